//! GameForge Studio's window. Everything is in the library beside this file, so that tests can reach it.

#![cfg_attr(not(debug_assertions), windows_subsystem = "windows")]

use std::process::ExitCode;

fn main() -> ExitCode {
    gameforge_studio_app::run()
}
