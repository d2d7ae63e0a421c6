//! `cargo xtask test`: everything that must hold before a change lands. It stops at the first failure.

use super::{generated, schemathesis};
use crate::{
    needs, packages, postgres,
    step::{self, Steps, cargo},
    ui, window,
};
use anyhow::{Result, bail};

type Step = (&'static str, fn() -> Result<()>);

/// What the first run leaves in `target/`, in gigabytes, without what a second build of the same would use.
const ROOM: u64 = 6;

/// In this order: what fails fast and cheaply first; the front end before what embeds it.
const STEPS: &[Step] = &[
    ("needs", needs_of_tests),
    ("format", || {
        step::run(&mut cargo(&["fmt", "--all", "--check"]))
    }),
    ("ui packages", ui::install),
    ("ui checks", ui_checks),
    ("ui tests", || step::run(&mut ui::npm(&["run", "test"]))),
    ("ui build", ui::build),
    ("lints and queries", lints),
    ("docs", docs),
    ("build", build),
    ("rust tests", rust_tests),
    ("doc tests", || {
        step::run(&mut cargo(&["test", "--locked", "--workspace", "--doc"]))
    }),
    ("interface", schemathesis::bounded),
    ("end to end", end_to_end),
];

/// Takes all steps, or those from a named one on.
///
/// # Errors
/// At the first step that fails.
pub fn run(words: &[&str]) -> Result<()> {
    let first = match words {
        [] => 0,
        ["--from", name] => match STEPS.iter().position(|(step, _)| step == name) {
            Some(first) => first,
            None => bail!("There is no step “{name}”; there are: {}.", names()),
        },
        _ => bail!("`test` knows --from STEP, with one of: {}.", names()),
    };
    let mut steps = Steps::default();
    for (name, step) in &STEPS[first..] {
        steps.take(name, step)?;
    }
    steps.table(None);
    println!("Everything holds.");
    Ok(())
}

fn names() -> String {
    let names: Vec<_> = STEPS.iter().map(|(name, _)| *name).collect();
    names.join(", ")
}

fn needs_of_tests() -> Result<()> {
    needs::room("debug", ROOM);
    needs::packages(&[needs::BUILD, needs::TEST])?;
    needs::node()?;
    needs::nextest()
}

fn ui_checks() -> Result<()> {
    for script in ["check", "lint", "format:check"] {
        if ui::has_script(script) {
            step::run(&mut ui::npm(&["run", script]))?;
        }
    }
    Ok(())
}

/// One pass of the compiler for both: the macros check the queries while clippy reads the code.
fn lints() -> Result<()> {
    generated::check_with(&mut cargo(&[
        "clippy",
        "--locked",
        "--workspace",
        "--all-targets",
        "--",
        "-D",
        "warnings",
    ]))
}

/// Everything that the steps after this one start. All packages at once, as they are: another choice of packages
/// would be another choice of features, and half of the libraries would be built a second time.
fn build() -> Result<()> {
    step::run(&mut cargo(&[
        "build",
        "--locked",
        "--workspace",
        "--bins",
        "--tests",
    ]))
}

fn docs() -> Result<()> {
    step::run(
        cargo(&[
            "doc",
            "--locked",
            "--workspace",
            "--no-deps",
            "--document-private-items",
        ])
        // These pages are for who works on the project: private items are in them and may be linked to.
        .env(
            "RUSTDOCFLAGS",
            "-D warnings -A rustdoc::private_intra_doc_links",
        ),
    )
}

/// All but those in a window; the test that the front end's types are current is one of them.
fn rust_tests() -> Result<()> {
    // One server for all; a test that kills its own starts it from the programs.
    let (server, programs) = (postgres::fleeting()?, postgres::programs()?);
    let (azurite, with_tls) = (packages::azurite()?, packages::postgres_with_tls()?);
    let otlp = packages::otlp()?;
    step::run(
        cargo(&[
            "nextest",
            "run",
            "--locked",
            "--workspace",
            "--filterset",
            "not package(gameforge-e2e)",
        ])
        .env("GAMEFORGE_TEST_POSTGRES", server.url("postgres"))
        .env("GAMEFORGE_POSTGRES", programs)
        .env("GAMEFORGE_TEST_POSTGRES_TLS", with_tls)
        .env("GAMEFORGE_TEST_AZURITE", azurite)
        .env("GAMEFORGE_TEST_OTLP", otlp),
    )
}

fn end_to_end() -> Result<()> {
    let postgres = postgres::programs()?;
    // One window at a time: they would take the keyboard from each other's page on two cores.
    step::run(
        cargo(&[
            "nextest",
            "run",
            "--locked",
            "--workspace",
            "--filterset",
            "package(gameforge-e2e)",
            "--test-threads",
            "1",
        ])
        .env("GAMEFORGE_STUDIO_BINARY", window::program("debug"))
        // The scenes of the cloud start a real one, which starts its own PostgreSQL.
        .env("GAMEFORGE_POSTGRES", postgres)
        // One of them keeps a person's data in Azure's storage.
        .env("GAMEFORGE_TEST_AZURITE", packages::azurite()?),
    )
}
