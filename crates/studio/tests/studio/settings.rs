//! Settings: written whole, and a damaged file is neither lost nor in the way.

use gameforge_studio::Config;
use gameforge_wire::{Settings, Theme};

#[test]
fn settings_and_known_libraries_come_back() {
    let dir = tempfile::tempdir().unwrap();
    let config = Config::open_in(dir.path()).unwrap();
    assert_eq!(config.settings(), Settings::default());
    let settings = Settings {
        theme: Theme::Light,
        thumb: 200,
        ..Settings::default()
    };
    config.save_settings(&settings).unwrap();
    config.opened(&dir.path().join("one")).unwrap();
    config.opened(&dir.path().join("two")).unwrap();
    config.opened(&dir.path().join("one")).unwrap();
    let again = Config::open_in(dir.path()).unwrap();
    assert_eq!(again.settings(), settings);
    let known: Vec<_> = again
        .known()
        .into_iter()
        .map(|it| (it.name, it.present))
        .collect();
    assert_eq!(
        known,
        [("one".to_owned(), false), ("two".to_owned(), false)]
    );
    let files = std::fs::read_dir(dir.path()).unwrap().count();
    assert_eq!(files, 1, "no half-written files are left");
}

#[test]
fn a_damaged_file_is_kept_aside() {
    let dir = tempfile::tempdir().unwrap();
    std::fs::write(dir.path().join("settings.json"), "{ half a").unwrap();
    let config = Config::open_in(dir.path()).unwrap();
    assert_eq!(config.settings(), Settings::default());
    let aside = std::fs::read_dir(dir.path())
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .find(|path| {
            path.file_name()
                .unwrap()
                .to_string_lossy()
                .starts_with("settings-damaged")
        })
        .expect("the damaged file is still there");
    assert_eq!(std::fs::read_to_string(aside).unwrap(), "{ half a");
}
