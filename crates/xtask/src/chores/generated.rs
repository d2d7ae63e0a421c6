//! Files in the tree that are made from others: the front end's types, the data of the checked queries.

use crate::{
    project,
    step::{self, cargo, command},
};
use anyhow::{Context, Result, bail};
use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

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
    let kept = kept();
    let fresh = fresh()?;
    if kept.exists() {
        fs::remove_dir_all(&kept)?;
    }
    fs::create_dir_all(&kept)?;
    let queries = read(&fresh)?;
    for (name, text) in &queries {
        fs::write(kept.join(name), text)?;
    }
    println!("{} queries written to {}.", queries.len(), kept.display());
    Ok(())
}

/// Checks that the data in the tree is that of the queries and migrations.
///
/// # Errors
/// Names the queries that differ.
pub fn check_sqlx() -> Result<()> {
    let fresh = read(&fresh()?)?;
    let kept = read(&kept())?;
    let differ: Vec<&String> = fresh
        .iter()
        .filter(|(name, text)| kept.get(*name) != Some(text))
        .map(|(name, _)| name)
        .chain(kept.keys().filter(|name| !fresh.contains_key(*name)))
        .collect();
    if differ.is_empty() {
        println!("{} queries are current.", fresh.len());
        return Ok(());
    }
    bail!(
        "{} of the queries' data in crates/studio/.sqlx are not current ({}); run `cargo xtask sqlx`.",
        differ.len(),
        differ[0]
    )
}

fn kept() -> PathBuf {
    project::root().join("crates/studio/.sqlx")
}

/// Lets the macros check every query against a database made from the migrations, and note what they found.
fn fresh() -> Result<PathBuf> {
    let scratch = project::stamps().join("sqlx");
    if scratch.exists() {
        fs::remove_dir_all(&scratch)?;
    }
    let queries = scratch.join("queries");
    fs::create_dir_all(&queries)?;
    let database = scratch.join("empty.db");
    for migration in migrations()? {
        let mut sqlite = command("sqlite3", &["-bail"]);
        sqlite
            .arg(&database)
            .arg(format!(".read '{}'", migration.display()));
        step::run(&mut sqlite)?;
    }
    // The macros speak only when their crate is compiled anew.
    let lib = project::root().join("crates/studio/src/lib.rs");
    fs::File::options()
        .append(true)
        .open(&lib)?
        .set_modified(std::time::SystemTime::now())?;
    step::run(
        cargo(&[
            "check",
            "--locked",
            "--package",
            "gameforge-studio",
            "--all-targets",
        ])
        .env(
            "STUDIO_DATABASE_URL",
            format!("sqlite://{}", database.display()),
        )
        .env("SQLX_OFFLINE_DIR", &queries)
        .env("SQLX_OFFLINE", "false"),
    )?;
    Ok(queries)
}

fn migrations() -> Result<Vec<PathBuf>> {
    let folder = project::root().join("migrations/studio");
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
