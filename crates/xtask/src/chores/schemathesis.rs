//! `cargo xtask schemathesis`: the development cloud is asked all that its OpenAPI document allows, and much that it
//! does not, by Schemathesis (schemathesis.io). It must never fail inside (5xx), and never answer what the document
//! does not name: another status, another content type, another shape.
//!
//! Three runs: nobody on the addresses of signing in, an ordinary account everywhere, an administrator on the
//! administrators' addresses. Who may do what everywhere is the matter of the service's own tests.

use super::run::Cloud;
use crate::{
    packages, postgres, project,
    step::{self, cargo, command},
};
use anyhow::{Context, Result, bail};
use std::{
    fs,
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
    process::Command,
};

/// What an answer must stand.
const CHECKS: &str = "not_a_server_error,status_code_conformance,content_type_conformance,\
                      response_schema_conformance";
/// Requests for each address where nobody says how many.
const EXAMPLES: u32 = 100;
/// In `cargo xtask test`: requests for each address, and the longest that each of the runs takes.
const BOUNDED: Bounds = Bounds {
    examples: 8,
    seconds: Some(45),
};

/// Who asks what.
struct Asking {
    who: &'static str,
    email: Option<&'static str>,
    words: &'static [&'static str],
}

const RUNS: &[Asking] = &[
    Asking {
        who: "nobody",
        email: None,
        words: &["--include-tag", "sign-in", "--include-tag", "operations"],
    },
    Asking {
        who: "an ordinary account",
        email: Some("ordinary@example.org"),
        // What ends the asker's own session is left to the service's own tests: coming in again is limited to ten times
        // a minute. The socket's answers are no documents.
        words: &[
            "--exclude-tag",
            "admin",
            "--exclude-path-regex",
            "/live$|/sign-out$|/account/sessions/|/account/erasure$",
        ],
    },
    Asking {
        who: "an administrator",
        email: Some("administrator@example.org"),
        words: &["--include-tag", "admin"],
    },
];

#[derive(Debug, Clone, Copy)]
struct Bounds {
    examples: u32,
    seconds: Option<u32>,
}

/// By hand: `--examples N` requests for each address, without an end in time.
///
/// # Errors
/// When something cannot be fetched or built, or Schemathesis finds a fault.
pub fn run(words: &[&str]) -> Result<()> {
    let examples = match words {
        [] => EXAMPLES,
        ["--examples", count] => count
            .parse()
            .with_context(|| format!("“{count}” is not a number"))?,
        _ => bail!("`schemathesis` knows --examples N."),
    };
    step::run(
        cargo(&["build", "--locked", "--package", "gameforge-cloud"]).env("SQLX_OFFLINE", "true"),
    )?;
    all(Bounds {
        examples,
        seconds: None,
    })
}

/// As a step of `cargo xtask test`, which built the service already: the same requests each time, some minutes at most.
///
/// # Errors
/// When something cannot be fetched, or Schemathesis finds a fault.
pub fn bounded() -> Result<()> {
    all(BOUNDED)
}

fn all(bounds: Bounds) -> Result<()> {
    let packages = packages::schemathesis()?;
    let folder = tempfile::tempdir()?;
    // Where this is root, PostgreSQL is another user, who must be able to come here.
    fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o755))?;
    let data = folder.path().join("cloud");
    fs::create_dir(&data)?;
    // Any free port: the usual one may be somebody's own cloud.
    fs::write(data.join("port"), "0")?;
    let cloud = Cloud::open(
        &project::target().join("debug/gameforge-cloud"),
        &data,
        &[
            // Each request comes from another address, as it says itself.
            ("GAMEFORGE_TRUSTED_PROXIES", "127.0.0.0/8"),
            ("GAMEFORGE_LOG", "error"),
        ],
    )?;
    let python = Python {
        packages,
        scripts: project::root().join("crates/xtask/python"),
        folder: folder.path(),
    };
    let things = folder.path().join("things.json");
    step::run(python.script("people.py")?.arg(&cloud.url).arg(&things))?;
    prove(&data)?;
    step::run(
        python
            .script("people.py")?
            .arg(&cloud.url)
            .arg(&things)
            .arg("--work"),
    )?;
    let mut faults = Vec::new();
    for asking in RUNS {
        println!("\nAs {}:", asking.who);
        let mut ask = python.schemathesis(&cloud.url, &things, asking, bounds)?;
        if step::run(&mut ask).is_err() {
            faults.push(asking.who);
        }
    }
    if !faults.is_empty() {
        let log = fs::read_to_string(data.join("cloud.log")).unwrap_or_default();
        println!("The service said:\n{log}");
        bail!("Schemathesis found faults, as {}", faults.join("; as "));
    }
    Ok(())
}

/// What a letter and an administrator would do: the addresses are proven, one of the two administers. What a plan
/// allows a minute is not what is tried here.
fn prove(data: &Path) -> Result<()> {
    let cluster = data.join("postgres");
    let password = fs::read_to_string(cluster.join("password")).context("the password")?;
    // The fourth line is the port (postgresql.org/docs/current/storage-file-layout.html).
    let about = fs::read_to_string(cluster.join("cluster/postmaster.pid")).context("the port")?;
    let port = about.lines().nth(3).context("the port")?.trim();
    step::run(
        postgres::psql()?
            .env("PGPASSWORD", password)
            .args(["--host=127.0.0.1", "--username=gameforge", "--port", port])
            .args(["--quiet", "--set=ON_ERROR_STOP=1", "gameforge_cloud"])
            .arg(
                "--command=UPDATE account SET email_verified_at = now(); \
                 UPDATE account SET role = 'ADMIN' WHERE email LIKE 'administrator@%'; \
                 DELETE FROM plan_quota",
            ),
    )
}

/// The scripts and packages, and a folder to work in: nothing is written into the tree.
struct Python<'a> {
    packages: PathBuf,
    scripts: PathBuf,
    folder: &'a Path,
}

impl Python<'_> {
    fn command(&self) -> Result<Command> {
        let path = std::env::join_paths([&self.packages, &self.scripts])?;
        let mut python = command("python3", &[]);
        python
            .current_dir(self.folder)
            .env("PYTHONPATH", path)
            .env("PYTHONDONTWRITEBYTECODE", "1");
        Ok(python)
    }

    fn script(&self, name: &str) -> Result<Command> {
        let mut python = self.command()?;
        python.arg(self.scripts.join(name));
        Ok(python)
    }

    fn schemathesis(
        &self,
        url: &str,
        things: &Path,
        asking: &Asking,
        bounds: Bounds,
    ) -> Result<Command> {
        let mut python = self.command()?;
        python
            .env("SCHEMATHESIS_HOOKS", self.scripts.join("hooks.py"))
            .env("GAMEFORGE_URL", url)
            .env("GAMEFORGE_THINGS", things)
            .args(["-m", "schemathesis.cli", "run"])
            .arg(format!("{url}/openapi.json"))
            .args(["--checks", CHECKS, "--no-color", "--warnings", "off"])
            .args(["--continue-on-failure", "--suppress-health-check", "all"])
            .args(["--request-timeout", "30", "--max-examples"])
            .arg(bounds.examples.to_string())
            .args(asking.words);
        if let Some(email) = asking.email {
            python.env("GAMEFORGE_WHO", email);
        }
        match bounds.seconds {
            Some(seconds) => python
                // Chains of requests take longer than a step may.
                .args(["--phases", "coverage,fuzzing", "--generation-deterministic"])
                .arg("--max-time")
                .arg(seconds.to_string()),
            None => python.args(["--generation-database", "none"]),
        };
        Ok(python)
    }
}
