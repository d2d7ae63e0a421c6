//! The real program on a real library: what scripts rely on.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use gameforge_testkit::{PROJECT_DUPLICATES, PROJECT_FILES, game_project};
use serde_json::Value;
use std::{
    ffi::OsStr,
    path::PathBuf,
    process::{Command, Output},
};
use tempfile::TempDir;

/// A library with the testkit's game project in it, and a home of its own.
struct Scene {
    folder: TempDir,
}

impl Scene {
    fn empty() -> Self {
        Self {
            folder: tempfile::tempdir().unwrap(),
        }
    }

    fn with_project() -> Self {
        let scene = Self::empty();
        game_project(&scene.path("art")).unwrap();
        let told = scene.ok(["import", "art", "--json"]);
        assert_eq!(told.len(), 1, "an import ends with one line");
        scene
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn run<I: AsRef<OsStr>>(&self, words: impl IntoIterator<Item = I>) -> Output {
        Command::new(env!("CARGO_BIN_EXE_gameforge"))
            .current_dir(self.folder.path())
            .env("GAMEFORGE_CONFIG_DIR", self.path("config"))
            .env("GAMEFORGE_LIBRARY", self.path("library"))
            .env_remove("DISPLAY")
            .env_remove("WAYLAND_DISPLAY")
            .args(words)
            .output()
            .unwrap()
    }

    /// Runs a command that must go well, and gives its lines of JSON.
    fn ok<I: AsRef<OsStr>>(&self, words: impl IntoIterator<Item = I>) -> Vec<Value> {
        let output = self.run(words);
        let said = String::from_utf8(output.stdout).unwrap();
        let complained = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{said}\n{complained}");
        said.lines()
            .map(|line| serde_json::from_str(line).unwrap())
            .collect()
    }

    /// Runs a command that must fail, and gives the code of its error.
    fn code<I: AsRef<OsStr>>(&self, words: impl IntoIterator<Item = I>) -> String {
        let output = self.run(words);
        assert_eq!(output.status.code(), Some(1));
        let told: Value = serde_json::from_slice(&output.stdout).unwrap();
        assert!(!told["error"]["message"].as_str().unwrap().is_empty());
        told["error"]["code"].as_str().unwrap().to_owned()
    }

    fn id_of(&self, query: &str) -> String {
        let found = self.ok(["search", query, "--json"]);
        assert_eq!(found.len(), 1, "{query}: {found:?}");
        found[0]["id"].as_str().unwrap().to_owned()
    }
}

#[test]
fn an_import_counts_every_file_once_and_again_finds_nothing_new() {
    let scene = Scene::empty();
    game_project(&scene.path("art")).unwrap();
    std::fs::write(
        scene.path("art/broken.png"),
        b"\x89PNG\r\n\x1a\nand then nothing",
    )
    .unwrap();

    let first = &scene.ok(["import", "art", "--json"])[0];
    assert_eq!(
        first["imported"],
        PROJECT_FILES - PROJECT_DUPLICATES + 1 - failed(first),
        "{first}"
    );
    assert_eq!(first["duplicates"], PROJECT_DUPLICATES, "{first}");
    assert_eq!(first["unchanged"], 0, "{first}");

    let again = &scene.ok(["import", "art", "--json"])[0];
    assert_eq!(again["imported"], 0, "{again}");
    assert_eq!(
        again["unchanged"].as_u64().unwrap() + again["duplicates"].as_u64().unwrap(),
        (PROJECT_FILES + 1 - failed(again)) as u64,
        "{again}"
    );
}

/// Files of an import's line that failed. Each has a path, a code and words.
fn failed(line: &Value) -> usize {
    let failed = line["failed"].as_array().unwrap();
    for issue in failed {
        for key in ["path", "code", "message"] {
            assert!(!issue[key].as_str().unwrap().is_empty(), "{issue}");
        }
    }
    failed.len()
}

#[test]
fn a_search_gives_one_asset_a_line_with_its_kinds_facts() {
    let scene = Scene::with_project();
    let found = scene.ok(["search", "hero", "kind:image", "format:png", "--json"]);
    assert_eq!(found.len(), 1, "{found:?}");
    let hero = &found[0];
    assert_eq!(hero["name"], "hero.png");
    assert_eq!(
        (&hero["kind"], &hero["format"]),
        (&"image".into(), &"png".into())
    );
    assert_eq!(hero["blake3"].as_str().unwrap().len(), 64);
    assert!(hero["path"].as_str().unwrap().ends_with("sprites/hero.png"));
    assert!(hero["size"].is_u64() && hero["tags"].as_array().unwrap().is_empty());
    assert_eq!(
        (&hero["metadata"]["width"], &hero["width"]),
        (&32.into(), &32.into())
    );
    assert_eq!(hero["alpha"], true);

    let sorted = scene.ok([
        "search",
        "kind:audio",
        "--sort",
        "name",
        "--limit",
        "2",
        "--json",
    ]);
    let names: Vec<_> = sorted
        .iter()
        .map(|asset| asset["name"].as_str().unwrap())
        .collect();
    assert_eq!(names, ["hit.wav", "jump.wav"]);
    assert!(sorted[0]["metadata"]["duration"].as_f64().unwrap() > 0.1);
}

#[test]
fn tags_are_added_found_listed_and_taken_back() {
    let scene = Scene::with_project();
    let id = scene.id_of("name:slime_red");
    scene.ok(["tag", "add", "enemy/slime", &id, "--json"]);
    assert_eq!(scene.id_of("tag:enemy"), id);
    assert_eq!(
        scene.ok(["show", &id, "--json"])[0]["tags"],
        serde_json::json!(["enemy/slime"])
    );
    let listed = scene.ok(["tag", "list", "--json"]);
    assert!(
        listed
            .iter()
            .any(|node| node["tag"] == "enemy/slime" && node["count"] == 1),
        "{listed:?}"
    );

    scene.ok(["undo", "--json"]);
    assert!(scene.ok(["search", "tag:enemy", "--json"]).is_empty());
    scene.ok(["tag", "add", "sound", "--matching", "kind:audio", "--json"]);
    let tagged = scene.ok(["search", "tag:sound", "--json"]).len();
    assert_eq!(tagged, scene.ok(["search", "kind:audio", "--json"]).len());
    assert!(tagged > 3);
}

#[test]
fn a_collection_is_made_filled_and_listed() {
    let scene = Scene::with_project();
    let id = scene.id_of("name:slime_red");
    scene.ok(["collections", "create", "Level one", "--json"]);
    scene.ok(["collections", "add", "Level one", &id, "--json"]);
    let listed = scene.ok(["collections", "--json"]);
    assert_eq!(
        (&listed[0]["name"], &listed[0]["count"]),
        (&"Level one".into(), &1.into())
    );
    assert_eq!(
        scene.code(["collections", "add", "Level two", &id, "--json"]),
        "not_found"
    );
}

#[test]
fn exported_files_have_their_names_and_bytes() {
    let scene = Scene::with_project();
    let id = scene.id_of("name:slime_red");
    let done = &scene.ok(["export", &id, "--to", "out", "--json"])[0];
    assert_eq!(done["written"], 1, "{done}");
    let written = std::fs::read(scene.path("out/slime_red.png")).unwrap();
    assert_eq!(
        written,
        std::fs::read(scene.path("art/sprites/slime_red.png")).unwrap()
    );
}

#[test]
fn copies_are_reported_and_look_alikes_found() {
    let scene = Scene::with_project();
    let groups = scene.ok(["duplicates", "--json"]);
    assert_eq!(groups.len(), PROJECT_DUPLICATES, "{groups:?}");
    assert!(
        groups
            .iter()
            .all(|group| group["paths"].as_array().unwrap().len() == 2),
        "{groups:?}"
    );

    let id = scene.id_of("name:slime_red");
    let alike = scene.ok(["similar", &id, "--json"]);
    assert!(
        alike
            .iter()
            .all(|asset| asset["kind"] == "image" && asset["distance"].is_u64()),
        "{alike:?}"
    );
    assert!(!alike.is_empty());
}

#[test]
fn a_model_is_drawn_without_a_display() {
    let scene = Scene::with_project();
    let id = scene.id_of("name:crate format:glb");
    let told = &scene.ok([
        "preview",
        &id,
        "--size",
        "256",
        "--out",
        "crate.img",
        "--json",
    ])[0];
    let bytes = std::fs::read(scene.path("crate.img")).unwrap();
    let (png, jpeg) = (
        bytes.starts_with(b"\x89PNG"),
        bytes.starts_with(&[0xff, 0xd8, 0xff]),
    );
    assert!(
        png && told["mime"] == "image/png" || jpeg && told["mime"] == "image/jpeg",
        "{told}"
    );
}

#[test]
fn a_damaged_object_is_found_by_verify() {
    let scene = Scene::empty();
    game_project(&scene.path("art")).unwrap();
    scene.ok(["import", "art", "--copy", "--json"]);
    assert_eq!(
        scene.ok(["verify", "--json"])[0]["damaged"],
        serde_json::json!([])
    );

    let id = scene.id_of("name:slime_red");
    let hash = scene.ok(["show", &id, "--json"])[0]["blake3"]
        .as_str()
        .unwrap()
        .to_owned();
    let object = scene
        .path("library/objects")
        .join(&hash[..2])
        .join(&hash[2..]);
    let mut bytes = std::fs::read(&object).unwrap();
    let last = bytes.len() - 1;
    bytes[last] ^= 1;
    let mut rights = std::fs::metadata(&object).unwrap().permissions();
    #[allow(
        clippy::permissions_set_readonly_false,
        reason = "a file in a test's own folder"
    )]
    rights.set_readonly(false);
    std::fs::set_permissions(&object, rights).unwrap();
    std::fs::write(&object, bytes).unwrap();

    let output = scene.run(["verify", "--json"]);
    assert_eq!(output.status.code(), Some(1));
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(report["damaged"].as_array().unwrap().len(), 1, "{report}");
    assert!(
        report["damaged"][0]["path"]
            .as_str()
            .unwrap()
            .contains(&hash[2..]),
        "{report}"
    );
}

#[test]
fn failures_have_codes_and_wrong_words_end_with_two() {
    let scene = Scene::empty();
    assert_eq!(scene.code(["search", "hero", "--json"]), "not_a_library");
    assert!(
        !scene.path("library").exists(),
        "a search does not create a library"
    );
    assert_eq!(scene.run(["import"]).status.code(), Some(2));
    assert_eq!(scene.run(["serach"]).status.code(), Some(2));
    let output = scene.run(["search", "hero"]);
    assert!(
        output.stdout.is_empty(),
        "for people, errors go to standard error"
    );
    assert!(String::from_utf8_lossy(&output.stderr).starts_with("gameforge: "));

    let scene = Scene::with_project();
    let nobody = "0192f0c1-2345-7abc-8def-0123456789ab";
    assert_eq!(scene.code(["show", nobody, "--json"]), "not_found");
    assert_eq!(scene.code(["undo", "--json"]), "not_found");
}

#[test]
fn a_missing_display_is_a_note_and_no_failure() {
    let scene = Scene::empty();
    let output = scene.run(["doctor", "--json"]);
    let findings: Vec<Value> = String::from_utf8(output.stdout)
        .unwrap()
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    let faults = findings
        .iter()
        .filter(|it| it["ok"] == false && it["windowOnly"] == false)
        .count();
    assert_eq!(output.status.code(), Some(i32::from(faults > 0)));
    if cfg!(target_os = "linux") {
        let display = findings.iter().find(|it| it["name"] == "display").unwrap();
        assert_eq!(
            (&display["ok"], &display["windowOnly"]),
            (&Value::from(false), &Value::from(true)),
            "the test takes the display away"
        );
    }
}

#[test]
fn every_command_has_a_manual_page_and_is_completed() {
    let scene = Scene::empty();
    let said = scene.run(["manual", "pages"]);
    assert!(said.status.success());
    let help = String::from_utf8(scene.run(["--help"]).stdout).unwrap();
    let commands: Vec<&str> = help
        .lines()
        .skip_while(|line| *line != "Commands:")
        .skip(1)
        .take_while(|line| line.starts_with("  "))
        .filter_map(|line| line.split_whitespace().next())
        .filter(|command| *command != "help")
        .collect();
    assert!(commands.len() > 12, "{help}");
    let completed = scene.run(["completions", "bash"]);
    let completed = String::from_utf8(completed.stdout).unwrap();
    for command in commands {
        let page = scene.path(&format!("pages/gameforge-{command}.1"));
        let page = std::fs::read_to_string(&page).unwrap();
        assert!(page.contains(".SH SYNOPSIS"), "{command}: {page}");
        assert!(completed.contains(command), "{command}");
    }
    assert!(!help.contains("manual"), "that one is for packages");
    assert!(
        !scene.path("library").exists() && !scene.path("config").exists(),
        "neither of the two touches anything else"
    );
}
