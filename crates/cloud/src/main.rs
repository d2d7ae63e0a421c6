//! `gameforge-cloud`: the service and what is done to it by hand. One module a command.

#![allow(
    clippy::print_stdout,
    reason = "what the commands find is their output"
)]

mod commands;

use clap::{Parser, Subcommand};
use std::{path::PathBuf, process::ExitCode};

#[derive(Parser)]
#[command(
    name = "gameforge-cloud",
    version,
    about = "The cloud that GameForge Studios sync with"
)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Runs the service until it is asked to stop; requests and jobs that are on their way are ended first
    Serve,
    /// Runs a whole cloud of one's own on this machine, for development: its own PostgreSQL, folders for objects and mail
    Dev {
        /// Where it keeps everything
        #[arg(long)]
        data: PathBuf,
        /// The folder with PostgreSQL's programs (`bin/postgres` …); `cargo xtask postgres` fetches one
        #[arg(long, env = "GAMEFORGE_POSTGRES")]
        postgres: PathBuf,
    },
    /// Brings the database's tables up to this version; safe while an older version runs
    Migrate,
    /// Says what is wrong with the configuration, in words
    CheckConfig,
    /// Makes an administrator of an account, or a new one, and prints a link to set its password
    CreateAdmin {
        /// The account's mail address
        #[arg(long)]
        email: String,
        /// What others see of a new one
        #[arg(long, default_value = "Administrator")]
        name: String,
    },
    /// Looks into the audit log
    Audit {
        #[command(subcommand)]
        what: Audit,
    },
    /// Writes the whole database and the list of objects into a new folder
    Backup {
        /// The folder
        folder: PathBuf,
    },
    /// Puts a backup back into an empty, migrated database
    Restore {
        /// The folder
        folder: PathBuf,
    },
    /// Prints the OpenAPI document
    Openapi,
}

#[derive(Subcommand)]
enum Audit {
    /// Takes every row's hash again and says which were changed, removed or inserted
    Verify {
        /// A head that an earlier check printed and you kept elsewhere; may be given several times
        #[arg(long)]
        kept: Vec<String>,
    },
}

/// Gives memory back sooner than the system's allocator, which keeps what many threads once needed.
#[global_allocator]
static ALLOCATOR: gameforge_allocator::Allocator = gameforge_allocator::Allocator;

fn main() -> ExitCode {
    match commands::run(Arguments::parse().command) {
        Ok(code) => code,
        Err(error) => {
            eprintln!("gameforge-cloud: {error:#}");
            ExitCode::FAILURE
        }
    }
}
