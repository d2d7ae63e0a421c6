//! `gameforge`: the command line over the engine of the Studio, for scripts and build servers. It needs no display,
//! and may use a library while a window has it open.
//!
//! Exit codes: 0 done, 1 failed (with a line on standard error, or `{"error":{"code":…,"message":…}}` on standard
//! output with `--json`), 2 wrong usage.

mod arguments;
mod asset_json;
mod commands;
mod failure;
mod output;
mod words;

use arguments::Arguments;
use clap::Parser;
use failure::Trouble;
use output::Output;
use std::process::ExitCode;

/// Gives memory back sooner than the system's allocator, which keeps what many threads once needed.
#[global_allocator]
static ALLOCATOR: gameforge_allocator::Allocator = gameforge_allocator::Allocator;

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let mut output = Output::new(arguments.json);
    match run(arguments, &mut output) {
        Ok(code) => code,
        // Whoever read our lines has enough of them: `gameforge search … | head`.
        Err(Trouble::Output(error)) if error.kind() == std::io::ErrorKind::BrokenPipe => {
            ExitCode::SUCCESS
        }
        Err(trouble) => {
            output.trouble(&trouble.failure());
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: Arguments, output: &mut Output) -> Result<ExitCode, Trouble> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(Trouble::Output)?;
    let code = runtime.block_on(commands::run(arguments, output))?;
    output.finish()?;
    Ok(code)
}
