//! Files in the tree that are made from others: the front end's types, the data of the checked queries.

use crate::{
    postgres::{self, Fleeting},
    project,
    step::{self, cargo, command},
};
use anyhow::{Context, Result, bail};
use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
    process::Command,
    time::SystemTime,
};

/// The crates with queries, and what the data of theirs says of the database.
const CRATES: &[(&str, &str)] = &[("studio", "SQLite"), ("cloud", "PostgreSQL")];

/// Writes the front end's types from the commands.
///
/// # Errors
/// When the shell does not compile.
pub fn write_bindings() -> Result<()> {
    step::run(
        cargo(&[
            "test",
            "--package",
            "gameforge-studio-app",
            "--lib",
            "bindings::",
        ])
        .env("GAMEFORGE_WRITE_BINDINGS", "1"),
    )
}

/// Writes the data of the checked queries, from the migrations.
///
/// # Errors
/// When a query does not fit the tables.
pub fn write_sqlx() -> Result<()> {
    let mut check = cargo(&[
        "check",
        "--package",
        "gameforge-studio",
        "--package",
        "gameforge-cloud",
        "--all-targets",
    ]);
    let fresh = fresh(&mut check)?;
    for (name, database) in CRATES {
        let kept = kept(name);
        if kept.exists() {
            fs::remove_dir_all(&kept)?;
        }
        fs::create_dir_all(&kept)?;
        let own = fresh
            .iter()
            .filter(|(_, text)| database_of(text).is_some_and(|it| it == *database));
        let mut count = 0;
        for (file, text) in own {
            fs::write(kept.join(file), text)?;
            count += 1;
        }
        println!("{count} queries written to {}.", kept.display());
    }
    Ok(())
}

/// Runs a compiler over all, with every query checked against databases made from the migrations, and then compares
/// what the queries are with the data in the tree.
///
/// # Errors
/// When it does not compile; names the queries that differ.
pub fn check_with(compiler: &mut Command) -> Result<()> {
    let fresh = fresh(compiler)?;
    let mut in_tree = BTreeMap::new();
    for (name, _) in CRATES {
        in_tree.append(&mut read(&kept(name))?);
    }
    let differ: Vec<&String> = fresh
        .iter()
        .filter(|(name, text)| in_tree.get(*name) != Some(text))
        .map(|(name, _)| name)
        .chain(in_tree.keys().filter(|name| !fresh.contains_key(*name)))
        .collect();
    if differ.is_empty() {
        println!("{} queries are current.", fresh.len());
        return Ok(());
    }
    bail!(
        "The data of {} queries in crates/*/.sqlx is not current ({}); run `cargo xtask sqlx`.",
        differ.len(),
        differ[0]
    )
}

fn kept(name: &str) -> PathBuf {
    project::root().join("crates").join(name).join(".sqlx")
}

fn database_of(text: &str) -> Option<String> {
    let data: serde_json::Value = serde_json::from_str(text).ok()?;
    Some(data.get("db_name")?.as_str()?.to_owned())
}

/// Lets the macros check every query, and note what they found.
fn fresh(compiler: &mut Command) -> Result<BTreeMap<String, String>> {
    let scratch = project::stamps().join("sqlx");
    if scratch.exists() {
        fs::remove_dir_all(&scratch)?;
    }
    let queries = scratch.join("queries");
    fs::create_dir_all(&queries)?;
    let sqlite = sqlite(&scratch)?;
    let (_server, postgres) = postgres()?;
    // The macros speak only when their crate is compiled anew.
    for (name, _) in CRATES {
        let lib = project::root().join("crates").join(name).join("src/lib.rs");
        fs::File::options()
            .append(true)
            .open(&lib)?
            .set_modified(SystemTime::now())?;
    }
    step::run(
        compiler
            .env("STUDIO_DATABASE_URL", sqlite)
            .env("DATABASE_URL", postgres)
            .env("SQLX_OFFLINE_DIR", &queries)
            .env("SQLX_OFFLINE", "false"),
    )?;
    read(&queries)
}

/// An empty library's database.
fn sqlite(scratch: &Path) -> Result<String> {
    let database = scratch.join("empty.db");
    for migration in migrations("studio")? {
        let mut sqlite = command("sqlite3", &["-bail"]);
        sqlite
            .arg(&database)
            .arg(format!(".read '{}'", migration.display()));
        step::run(&mut sqlite)?;
    }
    Ok(format!("sqlite://{}", database.display()))
}

/// An empty database of the cloud, and the server it is in.
fn postgres() -> Result<(Fleeting, String)> {
    let server = postgres::fleeting()?;
    let url = server.url("postgres");
    let mut psql = postgres::psql()?;
    psql.args(["--quiet", "--no-psqlrc", "--set=ON_ERROR_STOP=1", &url]);
    for migration in migrations("cloud")? {
        psql.arg("--file").arg(migration);
    }
    step::run(&mut psql)?;
    Ok((server, url))
}

fn migrations(of: &str) -> Result<Vec<PathBuf>> {
    let folder = project::root().join("migrations").join(of);
    let entries = fs::read_dir(&folder).with_context(|| folder.display().to_string())?;
    let mut files = entries
        .map(|entry| Ok(entry?.path()))
        .collect::<Result<Vec<_>>>()?;
    files.retain(|file| file.extension().is_some_and(|ending| ending == "sql"));
    files.sort();
    Ok(files)
}

fn read(folder: &Path) -> Result<BTreeMap<String, String>> {
    let mut texts = BTreeMap::new();
    for entry in fs::read_dir(folder).with_context(|| folder.display().to_string())? {
        let entry = entry?;
        let name = entry.file_name().to_string_lossy().into_owned();
        if name.ends_with(".json") {
            texts.insert(name, fs::read_to_string(entry.path())?);
        }
    }
    Ok(texts)
}
