//! Builds what Tauri needs at compile time: the configuration, the capabilities, the icon of a Windows program.

use tauri_build::Attributes;

fn main() {
    // The front end is built into the program, and Tauri does not watch it.
    println!("cargo::rerun-if-changed=ui/dist");
    let attributes =
        Attributes::new().capabilities_path_pattern("./src-tauri/capabilities/**/*.json");
    if let Err(error) = tauri_build::try_build(attributes) {
        println!("cargo::error={error:#}");
    }
}
