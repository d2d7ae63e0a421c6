//! What each command does: it opens the library, asks the engine, prints the answer.

mod check;
mod collections;
mod export;
mod history;
mod import;
mod overview;
mod preview;
mod review;
mod search;
mod tag;

use crate::{
    arguments::{Arguments, Command, Which},
    failure::Trouble,
    output::Output,
};
use gameforge_studio::{Config, Library, Options};
use gameforge_wire::{SearchRequest, Targets};
use std::{path::PathBuf, process::ExitCode};

/// Does what the words say.
///
/// # Errors
/// Whatever the engine refuses.
pub async fn run(arguments: Arguments, output: &mut Output) -> Result<ExitCode, Trouble> {
    if matches!(arguments.command, Command::Doctor) {
        return check::doctor(output);
    }
    let create = matches!(arguments.command, Command::Import(_));
    let library = open(arguments.library, create).await?;
    let done = on_library(&library, arguments.command, output).await;
    let closed = library.close().await;
    let code = done?;
    closed?;
    Ok(code)
}

async fn on_library(
    library: &Library,
    command: Command,
    output: &mut Output,
) -> Result<ExitCode, Trouble> {
    match command {
        Command::Import(import) => import::run(library, &import, output).await,
        Command::Search(search) => search::run(library, &search, output).await,
        Command::Show(ids) => search::show(library, &ids.ids, output).await,
        Command::Tag(tag) => tag::run(library, tag, output).await,
        Command::Collections(collections) => {
            collections::run(library, collections.command, output).await
        }
        Command::Export(export) => export::run(library, export, output).await,
        Command::Duplicates(duplicates) => review::run(library, &duplicates, output).await,
        Command::Similar(similar) => search::similar(library, &similar, output).await,
        Command::Preview(preview) => preview::run(library, &preview, output).await,
        Command::Verify => check::verify(library, output).await,
        Command::Doctor => check::doctor(output),
        Command::Library => overview::library(library, output).await,
        Command::Jobs => overview::jobs(library, output).await,
        Command::Undo => history::undo(library, output).await,
        Command::Redo => history::redo(library, output).await,
    }
}

async fn open(folder: Option<PathBuf>, create: bool) -> Result<Library, Trouble> {
    let folder = folder.unwrap_or_else(Config::default_library);
    let folder = std::path::absolute(&folder).unwrap_or(folder);
    let settings = Config::open()?.settings();
    let options = Options {
        create,
        import_threads: settings.import_threads,
        import_memory_mib: settings.import_memory,
        watch: false,
        resume_jobs: false,
        read_only: false,
    };
    Ok(Library::open(&folder, options).await?)
}

/// The assets that a change is for.
async fn targets(library: &Library, which: Which) -> Result<Targets, Trouble> {
    let Some(query) = which.matching else {
        return Ok(Targets::Ids { ids: which.ids });
    };
    let request = SearchRequest {
        query: query.clone(),
        sort: String::new(),
    };
    let found = library.search(request).await?;
    // A filter that was not understood would silently widen the change.
    if let Some(warning) = found.warnings.first() {
        return Err(Trouble::Nothing(format!(
            "Nothing was changed, since “{query}” was not understood: {warning}"
        )));
    }
    if found.total == 0 {
        return Err(Trouble::Nothing(format!("“{query}” finds no asset.")));
    }
    Ok(Targets::Results {
        handle: found.handle,
        except: Vec::new(),
    })
}
