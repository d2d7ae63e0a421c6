//! What each command does: it opens the library, asks the engine, prints the answer.

mod check;
mod collections;
mod export;
mod history;
mod import;
mod overview;
mod pages;
mod preview;
mod review;
mod search;
mod tag;

use crate::{
    arguments::{Arguments, Command, OnLibrary, Which},
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
    let command = match arguments.command {
        Command::OnLibrary(command) => command,
        Command::Doctor => return check::doctor(output),
        Command::Completions { shell } => return pages::completions(shell, output),
        Command::Manual { to } => return pages::manual(&to),
    };
    let create = matches!(command, OnLibrary::Import(_));
    let library = open(arguments.library, create).await?;
    let done = on_library(&library, command, output).await;
    let closed = library.close().await;
    let code = done?;
    closed?;
    Ok(code)
}

async fn on_library(
    library: &Library,
    command: OnLibrary,
    output: &mut Output,
) -> Result<ExitCode, Trouble> {
    match command {
        OnLibrary::Import(import) => import::run(library, &import, output).await,
        OnLibrary::Search(search) => search::run(library, &search, output).await,
        OnLibrary::Show(ids) => search::show(library, &ids.ids, output).await,
        OnLibrary::Tag(tag) => tag::run(library, tag, output).await,
        OnLibrary::Collections(collections) => {
            collections::run(library, collections.command, output).await
        }
        OnLibrary::Export(export) => export::run(library, export, output).await,
        OnLibrary::Duplicates(duplicates) => review::run(library, &duplicates, output).await,
        OnLibrary::Similar(similar) => search::similar(library, &similar, output).await,
        OnLibrary::Preview(preview) => preview::run(library, &preview, output).await,
        OnLibrary::Verify => check::verify(library, output).await,
        OnLibrary::Library => overview::library(library, output).await,
        OnLibrary::Jobs => overview::jobs(library, output).await,
        OnLibrary::Undo => history::undo(library, output).await,
        OnLibrary::Redo => history::redo(library, output).await,
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

/// How the program ends: a failure when something was told that is wrong.
fn ended(all_well: bool) -> ExitCode {
    if all_well {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
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
