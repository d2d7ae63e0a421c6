//! Every chore of the project. `cargo xtask` lists them.

#![allow(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "chores say what they are doing"
)]

use anyhow::{Result, bail};
use std::process::ExitCode;
use xtask::chores;

const USAGE: &str = "\
cargo xtask run [--keep] [--no-cloud] [-- ARGUMENTS]   build the Studio and open it, a cloud of its own beside it;
                                          without a display: take a picture of it
cargo xtask test [--from STEP]            everything that must hold before a change lands
cargo xtask bench WHAT [OPTIONS]          measure; `cargo xtask bench` lists what
cargo xtask bundle                        a package to install
cargo xtask screens [--out DIR]           a picture of every view and state of the real window
cargo xtask bindings                      write the front end's types from the commands
cargo xtask sqlx                          write the checked queries' data from the migrations
cargo xtask postgres                      a PostgreSQL for work on the cloud by hand
cargo xtask schemathesis [--examples N]   ask the cloud all that its OpenAPI document allows, and more
cargo xtask fuzz [TARGET] [--seconds N]   feed broken files to the readers (needs a nightly compiler)";

fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    match run(&words) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("\n{error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(words: &[&str]) -> Result<()> {
    let (chore, rest) = match words.split_first() {
        Some((chore, rest)) => (*chore, rest),
        None => {
            println!("{USAGE}");
            return Ok(());
        }
    };
    match chore {
        "run" => chores::run::run(rest),
        "test" => chores::test::run(rest),
        "bench" => chores::bench::run(rest),
        "bundle" => chores::bundle::run(),
        "screens" => chores::screens::run(rest),
        "bindings" => chores::generated::write_bindings(),
        "sqlx" => chores::generated::write_sqlx(),
        "postgres" => xtask::postgres::run(rest),
        "schemathesis" => chores::schemathesis::run(rest),
        "fuzz" => chores::fuzz::run(rest),
        "help" | "--help" | "-h" => {
            println!("{USAGE}");
            Ok(())
        }
        other => bail!("There is no chore “{other}”.\n\n{USAGE}"),
    }
}
