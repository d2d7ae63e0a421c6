//! `gameforge tag`.

use super::{history::told, targets};
use crate::{arguments::Tag, failure::Trouble, output::Output};
use gameforge_domain::grouped;
use gameforge_studio::Library;
use gameforge_wire::Edit;
use std::process::ExitCode;

/// Adds, removes or lists.
pub async fn run(library: &Library, tag: Tag, output: &mut Output) -> Result<ExitCode, Trouble> {
    let edit = match tag {
        Tag::List => return list(library, output).await,
        Tag::Add(tagged) => Edit::AddTags {
            targets: targets(library, tagged.which).await?,
            tags: vec![tagged.tag],
        },
        Tag::Remove(tagged) => Edit::RemoveTags {
            targets: targets(library, tagged.which).await?,
            tags: vec![tagged.tag],
        },
    };
    told(&library.edit(edit).await?, output)
}

async fn list(library: &Library, output: &mut Output) -> Result<ExitCode, Trouble> {
    for node in library.summary().await?.tags {
        output.tell(&node, |node| {
            format!("{:>9}  {}", grouped(node.count), node.tag)
        })?;
    }
    Ok(ExitCode::SUCCESS)
}
