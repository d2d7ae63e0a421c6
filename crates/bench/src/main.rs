//! Measures the engine and prints one JSON line a figure. Started by `cargo xtask bench`.
//!
//! Machines are shared and noisy, so every figure stands beside a peer or a limit measured in the same run.

#![allow(clippy::print_stdout, reason = "the figures are its output")]

mod cloud;
mod figures;
mod import;
mod library;
mod memory;
mod pictures;
mod start;

use clap::{Parser, Subcommand};
use std::path::PathBuf;

#[derive(Parser)]
#[command(name = "cargo xtask bench", about)]
struct Arguments {
    #[command(subcommand)]
    what: What,
}

#[derive(Subcommand)]
enum What {
    /// Search, pages, facets, start and memory on a generated library.
    Library {
        /// How many assets.
        #[arg(long, default_value_t = 1_000_000)]
        assets: u32,
        /// Where to keep the generated library for the next time; a temporary folder otherwise.
        #[arg(long)]
        keep: Option<PathBuf>,
    },
    /// The real window on a generated library: from the start of the program to the first page on screen.
    Start {
        /// How many assets.
        #[arg(long, default_value_t = 1_000_000)]
        assets: u32,
        /// Where to keep the generated library for the next time; a temporary folder otherwise.
        #[arg(long)]
        keep: Option<PathBuf>,
        /// The program, built in release.
        #[arg(long, default_value = "target/release/gameforge-studio")]
        program: PathBuf,
    },
    /// The cloud over the wire, beside `pgbench` on the same server.
    Cloud {
        /// The program, built in release.
        #[arg(long, default_value = "target/release/gameforge-cloud")]
        program: PathBuf,
        /// The folder with PostgreSQL's programs.
        #[arg(long)]
        postgres: PathBuf,
        /// Seconds of each load.
        #[arg(long, default_value_t = 10)]
        seconds: u64,
        /// Idle WebSockets.
        #[arg(long, default_value_t = 1_000)]
        sockets: usize,
    },
    /// Import of real files beside `vipsthumbnail` and `b3sum` on the same files.
    Import {
        /// The files.
        #[arg(long)]
        from: Option<PathBuf>,
    },
}

/// Gives memory back sooner than the system's allocator, which keeps what many threads once needed.
#[global_allocator]
static ALLOCATOR: gameforge_allocator::Allocator = gameforge_allocator::Allocator;

fn main() -> anyhow::Result<()> {
    let arguments = Arguments::parse();
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()?;
    match arguments.what {
        What::Library { assets, keep } => runtime.block_on(library::run(assets, keep)),
        What::Start {
            assets,
            keep,
            program,
        } => runtime.block_on(start::run(assets, keep, &program)),
        What::Cloud {
            program,
            postgres,
            seconds,
            sockets,
        } => cloud::run(&program, &postgres, seconds, sockets),
        What::Import { from } => runtime.block_on(import::run(from)),
    }
}
