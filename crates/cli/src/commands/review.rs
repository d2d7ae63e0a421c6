//! `gameforge duplicates`.

use crate::{
    arguments::{Duplicates, Likeness},
    failure::Trouble,
    output::Output,
    words,
};
use gameforge_domain::counted;
use gameforge_studio::Library;
use gameforge_wire::{DuplicateGroup, ReviewKind};
use std::process::ExitCode;

/// Groups that are asked for at a time.
const PAGE: u32 = 100;

/// Lists groups, one a line.
pub async fn run(
    library: &Library,
    duplicates: &Duplicates,
    output: &mut Output,
) -> Result<ExitCode, Trouble> {
    let kind = match duplicates.kind {
        Likeness::Exact => ReviewKind::Exact,
        Likeness::Alike => ReviewKind::Alike,
    };
    let mut offset = 0;
    loop {
        let (groups, total) = library.duplicates(kind, offset, PAGE).await?;
        for group in &groups {
            output.tell(group, words_of)?;
        }
        offset = offset.saturating_add(PAGE);
        if groups.is_empty() || offset >= total {
            break;
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn words_of(group: &DuplicateGroup) -> String {
    let members = u32::try_from(group.cards.len().max(group.paths.len())).unwrap_or(u32::MAX);
    let mut lines = vec![format!(
        "{}, {} to spare; keep {} ({})",
        counted(members, "file"),
        words::bytes(group.spare),
        group.keep,
        group.reason
    )];
    for card in &group.cards {
        lines.push(format!("  {}  {}/{}", card.id, card.folder, card.name));
    }
    lines.extend(group.paths.iter().map(|path| format!("  {path}")));
    lines.join("\n")
}
