//! GameForge Studio's window. Everything is in the library beside this file, so that tests can reach it.

#![cfg_attr(not(debug_assertions), windows_subsystem = "windows")]

use std::process::ExitCode;

/// Gives memory back sooner than the system's allocator, which keeps what many threads once needed.
#[global_allocator]
static ALLOCATOR: gameforge_allocator::Allocator = gameforge_allocator::Allocator;

fn main() -> ExitCode {
    gameforge_studio_app::run()
}
