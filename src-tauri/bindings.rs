//! Every command and event of the window in one list: Tauri calls them by it, and the front end's TypeScript is
//! written from it.

use crate::{
    commands::{cloud, edit, job, library, search, system, view},
    news::{CloudEvent, FileDrag, StudioEvent},
};
use specta_typescript::semantic;
use tauri::Wry;
use tauri_specta::{Builder, ErrorHandlingMode, collect_commands, collect_events};

/// The list. A failed command throws its `Failure` in the front end.
pub fn builder() -> Builder<Wry> {
    Builder::new()
        .error_handling(ErrorHandlingMode::Throw)
        // One type for both directions. Fields that Rust fills in by default are optional in it, though answers
        // always have them: the front end writes `Required<…>` around those.
        .disable_serde_phases()
        // No number on the wire is ever NaN or infinite, so none is ever `null`.
        .semantic_types(semantic::Configuration::empty().enable_lossless_floats())
        .events(collect_events![StudioEvent, FileDrag, CloudEvent])
        .commands(collect_commands![
            library::library_state,
            library::library_open,
            library::library_known,
            library::summary,
            library::add_samples,
            search::search,
            search::page,
            search::position,
            search::complete,
            search::duplicates,
            edit::edit,
            edit::undo,
            edit::redo,
            edit::history,
            edit::rename_preview,
            job::import_files,
            job::paste,
            job::jobs,
            job::job_report,
            job::job_pause,
            job::job_resume,
            job::job_cancel,
            job::watch_folder,
            job::unwatch_folder,
            job::rescan,
            view::asset,
            view::selection,
            view::visible,
            view::peaks,
            view::animation,
            view::text,
            view::export_to,
            view::verify,
            system::settings,
            system::save_settings,
            system::pick_files,
            system::pick_folder,
            system::pick_library,
            system::start_drag,
            system::reveal,
            system::reveal_path,
            system::open_external,
            system::doctor,
            system::app_info,
            system::painted,
            cloud::cloud_state,
            cloud::cloud_welcome,
            cloud::cloud_list,
            cloud::cloud_act,
            cloud::cloud_unsent,
            cloud::cloud_people,
            cloud::cloud_look,
            cloud::cloud_project,
            cloud::cloud_choose_project,
            cloud::cloud_notice,
        ])
        .typ::<gameforge_wire::Failure>()
}

#[cfg(test)]
mod tests {
    use super::*;
    use specta_typescript::Typescript;
    use std::path::Path;

    const FILE: &str = "ui/src/backend/generated/bindings.ts";

    /// `cargo xtask bindings` runs this with `GAMEFORGE_WRITE_BINDINGS=1`, which writes the file instead.
    #[test]
    fn the_front_ends_bindings_are_current() {
        let in_tree = Path::new(env!("CARGO_MANIFEST_DIR")).join(FILE);
        let folder = tempfile::tempdir().unwrap();
        let fresh = folder.path().join("bindings.ts");
        builder().export(Typescript::default(), &fresh).unwrap();
        let fresh = std::fs::read_to_string(fresh).unwrap();
        if std::env::var_os("GAMEFORGE_WRITE_BINDINGS").is_some() {
            std::fs::create_dir_all(in_tree.parent().unwrap()).unwrap();
            std::fs::write(&in_tree, &fresh).unwrap();
        }
        let kept = std::fs::read_to_string(&in_tree).unwrap_or_default();
        assert!(
            kept == fresh,
            "{FILE} is not what the commands say now; run `cargo xtask bindings`"
        );
    }
}
