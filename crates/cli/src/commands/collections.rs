//! `gameforge collections`.

use super::{history::told, targets};
use crate::{arguments::CollectionsCommand, failure::Trouble, output::Output};
use gameforge_domain::{CollectionId, grouped};
use gameforge_studio::Library;
use gameforge_wire::Edit;
use std::process::ExitCode;

/// Lists or changes them.
pub async fn run(
    library: &Library,
    command: Option<CollectionsCommand>,
    output: &mut Output,
) -> Result<ExitCode, Trouble> {
    let edit = match command.unwrap_or(CollectionsCommand::List) {
        CollectionsCommand::List => return list(library, output).await,
        CollectionsCommand::Create { name } => Edit::CreateCollection { name, parent: None },
        CollectionsCommand::Delete { name } => Edit::DeleteCollection {
            id: named(library, &name).await?,
        },
        CollectionsCommand::Add(collected) => Edit::AddToCollection {
            id: named(library, &collected.name).await?,
            targets: targets(library, collected.which).await?,
        },
        CollectionsCommand::Remove(collected) => Edit::RemoveFromCollection {
            id: named(library, &collected.name).await?,
            targets: targets(library, collected.which).await?,
        },
    };
    told(&library.edit(edit).await?, output)
}

async fn list(library: &Library, output: &mut Output) -> Result<ExitCode, Trouble> {
    for collection in library.summary().await?.collections {
        output.tell(&collection, |collection| {
            format!(
                "{}  {:>9}  {}",
                collection.id,
                grouped(collection.count),
                collection.name
            )
        })?;
    }
    Ok(ExitCode::SUCCESS)
}

/// The collection with this id, or else the only one with this name.
async fn named(library: &Library, text: &str) -> Result<CollectionId, Trouble> {
    let collections = library.summary().await?.collections;
    let by_id = text.parse().ok();
    let mut matching = collections
        .iter()
        .filter(|collection| Some(collection.id) == by_id || collection.name == text);
    match (matching.next(), matching.next()) {
        (Some(collection), None) => Ok(collection.id),
        (None, _) => Err(Trouble::Nothing(format!(
            "There is no collection “{text}”."
        ))),
        (Some(_), Some(_)) => Err(Trouble::Nothing(format!(
            "Several collections are called “{text}”; name one by its id."
        ))),
    }
}
