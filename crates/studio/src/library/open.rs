//! Opening and making libraries: what is refused, what is brought up to date, what can only be read.

use super::{Inner, Library, Options, Writers, activity::Activity, backup, connections};
use crate::{Error, Result, files::Files, search::Searcher, store};
use connections::Access;
use parking_lot::Mutex;
use sqlx::{
    ConnectOptions, Connection, SqlitePool,
    sqlite::{SqliteConnectOptions, SqliteSynchronous},
};
use std::{
    path::{Path, PathBuf},
    sync::Arc,
};
use tokio::{
    sync::{broadcast, watch},
    task::JoinSet,
};
use uuid::Uuid;

/// The schema's number: how many migrations there are. Kept in `PRAGMA user_version`.
const SCHEMA: i64 = 1;
/// “GFst” in `PRAGMA application_id`: the file is a library and no other program's database.
const APPLICATION: i64 = 0x4746_7374;

static MIGRATIONS: sqlx::migrate::Migrator = sqlx::migrate!("../../migrations/studio");

impl Library {
    /// Opens the library in a folder, or makes one there with `options.create`.
    /// What needs the whole library (the search index) goes on in the background.
    ///
    /// # Errors
    /// `NotALibrary`, `NewerLibrary`, `Damaged` (naming the newest backup), `Io`. A library on a medium that
    /// cannot be written opens and can be searched; only its edits are refused.
    pub async fn open(dir: &Path, options: Options) -> Result<Self> {
        let dir = std::path::absolute(dir).map_err(Error::io("Finding", dir))?;
        let file = dir.join("library.db");
        let opened = open_folder(&dir, &file, options).await;
        let library = opened.map_err(|error| name_damage(error, &dir, &file))?;
        library.start_following();
        if !library.read_only() {
            library.start_files();
        }
        Ok(library)
    }
}

async fn open_folder(dir: &Path, file: &Path, options: Options) -> Result<Library> {
    let found = found_schema(dir, file).await?;
    if found.is_none() && !options.create {
        return Err(Error::NotALibrary {
            path: dir.to_owned(),
        });
    }
    if found.is_none() {
        std::fs::create_dir_all(dir).map_err(Error::io("Making the folder", dir))?;
    }
    let access = access(dir, &options);
    if found.is_none_or(|schema| schema < SCHEMA) && access != Access::Write {
        return Err(Error::ReadOnly {
            path: dir.to_owned(),
        });
    }
    let writers = match access {
        Access::Write => Some(open_writers(dir, file, found).await?),
        Access::Read | Access::Immutable => None,
    };
    let readers = match connections::readers(file, access).await {
        Ok(readers) => readers,
        // A medium that cannot be written, with a log beside the database but no way to share it.
        Err(_) if access == Access::Read => connections::readers(file, Access::Immutable).await?,
        Err(error) => return Err(error.into()),
    };
    let id = store::library::id(&mut *readers.acquire().await?).await?;
    Ok(Library(Arc::new(Inner {
        searcher: Searcher::new(dir.join("index.bin"), id),
        files: Files::new(&options),
        activity: Activity::new(),
        editing: tokio::sync::Mutex::new(()),
        path: dir.to_owned(),
        id,
        read_only: writers.is_none(),
        options,
        readers,
        writers,
        turn: Arc::new(tokio::sync::Mutex::new(())),
        events: broadcast::channel(1024).0,
        stop: watch::channel(false).0,
        tasks: Mutex::new(JoinSet::new()),
    })))
}

fn access(dir: &Path, options: &Options) -> Access {
    if connections::writable(dir) {
        if options.read_only {
            Access::Read
        } else {
            Access::Write
        }
    } else if std::fs::metadata(dir.join("library.db-wal")).is_ok_and(|log| log.len() > 0) {
        Access::Read
    } else {
        Access::Immutable
    }
}

/// The schema number of the library in a folder; none where there is no library (yet).
async fn found_schema(dir: &Path, file: &Path) -> Result<Option<i64>> {
    match std::fs::metadata(file) {
        Ok(entry) if entry.is_file() => {}
        Ok(_) => {
            return Err(Error::NotALibrary {
                path: dir.to_owned(),
            });
        }
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(Error::io("Opening", file)(error)),
    }
    let options = SqliteConnectOptions::new().filename(file).read_only(true);
    // On a medium where the log cannot be opened, the file alone tells.
    let mut conn = match options.clone().connect().await {
        Ok(conn) => conn,
        Err(error) if Error::is_damage(&error) => return Err(error.into()),
        Err(_) => options.clone().immutable(true).connect().await?,
    };
    let marks = store::library::marks(&mut conn).await;
    let marks = match marks {
        Ok(marks) => marks,
        Err(Error::Sql(error)) if !Error::is_damage(&error) => {
            conn = options.clone().immutable(true).connect().await?;
            store::library::marks(&mut conn).await?
        }
        Err(error) => return Err(error),
    };
    conn.close().await?;
    if marks.tables == 0 {
        return Ok(None);
    }
    if marks.application != APPLICATION {
        return Err(Error::NotALibrary {
            path: dir.to_owned(),
        });
    }
    if marks.schema > SCHEMA {
        return Err(Error::NewerLibrary {
            path: dir.to_owned(),
            found: marks.schema,
            known: SCHEMA,
        });
    }
    Ok(Some(marks.schema))
}

async fn open_writers(dir: &Path, file: &Path, found: Option<i64>) -> Result<Writers> {
    let edit = connections::writer(file, found.is_none(), SqliteSynchronous::Full).await?;
    if found != Some(SCHEMA) {
        bring_up_to_date(dir, &edit, found).await?;
    }
    for folder in ["objects", "previews", "backups"] {
        let folder = dir.join(folder);
        std::fs::create_dir_all(&folder).map_err(Error::io("Making the folder", &folder))?;
    }
    let bulk = connections::writer(file, false, SqliteSynchronous::Normal).await?;
    Ok(Writers { edit, bulk })
}

async fn bring_up_to_date(dir: &Path, pool: &SqlitePool, found: Option<i64>) -> Result<()> {
    let now = chrono::Utc::now().timestamp_millis();
    if let Some(schema) = found {
        let copy = backup::make(dir, pool, schema, now).await?;
        tracing::info!(backup = %copy.display(), from = schema, to = SCHEMA, "bringing the library up to date");
    }
    let mut conn = pool.acquire().await?;
    store::library::mark_application(&mut conn).await?;
    MIGRATIONS.run(&mut *conn).await?;
    store::library::create(&mut conn, Uuid::now_v7(), now).await?;
    store::library::mark_schema(&mut conn).await
}

/// SQLite says only “malformed”; a person needs to know which file, and what to go back to.
fn name_damage(error: Error, dir: &Path, file: &Path) -> Error {
    match error {
        Error::Sql(source) if Error::is_damage(&source) => Error::Damaged {
            path: PathBuf::from(file),
            backup: backup::newest(dir),
            source: Some(source),
        },
        other => other,
    }
}
