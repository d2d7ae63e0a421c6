//! The licences of everybody else's code that is in the programs: crates, and packages of the front end. Most of them
//! ask for their text to come along.

use crate::{
    project,
    step::{self, cargo, command},
};
use anyhow::{Context, Result, bail};
use serde_json::Value;
use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
};

/// What becomes a program of the package; their own dependencies are what is in it.
const PROGRAMS: [&str; 2] = ["gameforge-studio-app", "gameforge-cli"];

/// Packages that the front end's build puts into it though they are not among its `dependencies`.
const BUILT_IN: [&str; 1] = ["svelte"];

/// Something of somebody else's.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Work {
    name: String,
    version: String,
    /// An SPDX expression; empty when only a text says it.
    licence: String,
    /// Where its source is; empty when it does not say.
    home: String,
    folder: PathBuf,
}

/// All of them in one text: a list, then each licence's text once with the works that it is for.
///
/// # Errors
/// When cargo or a package's own description cannot be read, or a work names no licence.
pub fn collect() -> Result<String> {
    let mut works = crates()?;
    works.extend(packages()?);
    let mut texts: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for work in &works {
        let own = licence_texts(&work.folder)?;
        if work.licence.is_empty() && own.is_empty() {
            bail!("{} {} names no licence.", work.name, work.version);
        }
        for text in own {
            texts
                .entry(text)
                .or_default()
                .insert(format!("{} {}", work.name, work.version));
        }
    }
    Ok(written(&works, &texts))
}

fn written(works: &BTreeSet<Work>, texts: &BTreeMap<String, BTreeSet<String>>) -> String {
    let mut out = String::from(
        "GameForge Studio contains these works of others, unchanged. Under each name: its licence, and where its\n\
         source is. The licences' texts follow, as the works came with them.\n\n",
    );
    for work in works {
        let licence = match work.licence.as_str() {
            "" => "as its text below says",
            expression => expression,
        };
        out.push_str(&format!("{} {}\n  {licence}\n", work.name, work.version));
        if !work.home.is_empty() {
            out.push_str(&format!("  {}\n", work.home));
        }
    }
    for (text, of) in texts {
        let of: Vec<&str> = of.iter().map(String::as_str).collect();
        out.push_str(&format!(
            "\n{}\n{}\n\n{}\n",
            "=".repeat(78),
            of.join(", "),
            text.trim_end()
        ));
    }
    out
}

/// The crates that are linked into the programs on this system.
fn crates() -> Result<BTreeSet<Work>> {
    let rustc = step::output(&mut command("rustc", &["--version", "--verbose"]))?;
    let host = rustc
        .lines()
        .find_map(|line| line.strip_prefix("host: "))
        .context("rustc does not say which system this is")?;
    let told = step::output(&mut cargo(&[
        "metadata",
        "--format-version=1",
        "--locked",
        "--filter-platform",
        host,
    ]))?;
    linked(&serde_json::from_str(&told)?)
}

/// Follows the ordinary dependencies from the programs on: not what only builds or tests them.
fn linked(metadata: &Value) -> Result<BTreeSet<Work>> {
    let described = by_id(&metadata["packages"]);
    let nodes = by_id(&metadata["resolve"]["nodes"]);
    let mut open: Vec<&str> = described
        .iter()
        .filter(|(_, it)| it["source"].is_null() && PROGRAMS.contains(&text(it, "name")))
        .map(|(id, _)| *id)
        .collect();
    if open.len() != PROGRAMS.len() {
        bail!("cargo does not know the programs of the package");
    }
    let mut seen = BTreeSet::new();
    let mut works = BTreeSet::new();
    while let Some(id) = open.pop() {
        if !seen.insert(id) {
            continue;
        }
        if let Some(it) = described.get(id)
            && !it["source"].is_null()
        {
            works.insert(Work {
                name: text(it, "name").to_owned(),
                version: text(it, "version").to_owned(),
                licence: text(it, "license").to_owned(),
                home: text(it, "repository").to_owned(),
                folder: Path::new(text(it, "manifest_path"))
                    .parent()
                    .unwrap_or(Path::new(""))
                    .to_owned(),
            });
        }
        let needed = nodes.get(id).map(|node| each(&node["deps"]));
        for needed in needed.into_iter().flatten() {
            // An ordinary dependency has no kind.
            if each(&needed["dep_kinds"]).any(|kind| kind["kind"].is_null()) {
                open.push(text(needed, "pkg"));
            }
        }
    }
    Ok(works)
}

fn by_id(list: &Value) -> BTreeMap<&str, &Value> {
    each(list).map(|it| (text(it, "id"), it)).collect()
}

fn each(list: &Value) -> impl Iterator<Item = &Value> {
    list.as_array().into_iter().flatten()
}

fn text<'a>(of: &'a Value, key: &str) -> &'a str {
    of[key].as_str().unwrap_or_default()
}

/// The packages that the front end's build puts into it, and those that these need in turn.
fn packages() -> Result<BTreeSet<Work>> {
    let ui = project::root().join("ui");
    let modules = ui.join("node_modules");
    let mut open = needed(&described(&ui)?);
    open.extend(BUILT_IN.map(str::to_owned));
    let mut seen = BTreeSet::new();
    let mut works = BTreeSet::new();
    while let Some(name) = open.pop() {
        let folder = modules.join(&name);
        // One that is not there is for another system.
        if !seen.insert(name.clone()) || !folder.exists() {
            continue;
        }
        let it = described(&folder)?;
        open.extend(needed(&it));
        let home = it["repository"]["url"].as_str();
        works.insert(Work {
            name,
            version: text(&it, "version").to_owned(),
            licence: text(&it, "license").to_owned(),
            home: home.unwrap_or(text(&it, "homepage")).to_owned(),
            folder,
        });
    }
    Ok(works)
}

fn described(folder: &Path) -> Result<Value> {
    let file = folder.join("package.json");
    let bytes = fs::read(&file).with_context(|| file.display().to_string())?;
    serde_json::from_slice(&bytes).with_context(|| file.display().to_string())
}

fn needed(package: &Value) -> Vec<String> {
    let names = package["dependencies"].as_object();
    names
        .into_iter()
        .flatten()
        .map(|(name, _)| name.clone())
        .collect()
}

/// The texts of a work's licence files, without what only looks different.
fn licence_texts(folder: &Path) -> Result<Vec<String>> {
    let mut texts = Vec::new();
    let entries = fs::read_dir(folder).with_context(|| folder.display().to_string())?;
    for entry in entries {
        let entry = entry?;
        let name = entry.file_name().to_string_lossy().to_uppercase();
        let says = [
            "LICENSE",
            "LICENCE",
            "COPYING",
            "COPYRIGHT",
            "NOTICE",
            "UNLICENSE",
        ]
        .iter()
        .any(|word| name.starts_with(word));
        if says && entry.file_type()?.is_file() {
            let bytes = fs::read(entry.path())?;
            let lines: Vec<&str> = std::str::from_utf8(&bytes)
                .with_context(|| entry.path().display().to_string())?
                .lines()
                .map(str::trim_end)
                .collect();
            texts.push(lines.join("\n").trim_matches('\n').to_owned());
        }
    }
    Ok(texts)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn what_only_builds_or_tests_a_program_is_not_in_it() {
        let package = |name: &str, source: Value| {
            json!({"id": name, "name": name, "version": "1.0.0", "license": "MIT", "source": source,
                "manifest_path": format!("/{name}/Cargo.toml")})
        };
        let needs = |id: &str, deps: Vec<(&str, Value)>| {
            let deps: Vec<Value> = deps
                .into_iter()
                .map(|(id, kind)| json!({"pkg": id, "dep_kinds": [{"kind": kind}]}))
                .collect();
            json!({"id": id, "deps": deps})
        };
        let outside = || json!("registry");
        let metadata = json!({
            "packages": [
                package("gameforge-studio-app", Value::Null),
                package("gameforge-cli", Value::Null),
                package("ours", Value::Null),
                package("linked", outside()),
                package("builds", outside()),
                package("tests", outside()),
                package("alone", outside()),
            ],
            "resolve": {"nodes": [
                needs("gameforge-studio-app", vec![("ours", Value::Null), ("builds", json!("build"))]),
                needs("gameforge-cli", vec![("tests", json!("dev"))]),
                needs("ours", vec![("linked", Value::Null)]),
                needs("linked", vec![]),
            ]}
        });
        let works = linked(&metadata).unwrap();
        let names: Vec<&str> = works.iter().map(|work| work.name.as_str()).collect();
        assert_eq!(names, ["linked"]);
    }

    #[test]
    fn a_text_that_differs_in_line_ends_only_is_the_same() {
        let (one, other) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        fs::write(one.path().join("LICENSE-MIT"), "Free \r\nto use\r\n").unwrap();
        fs::write(other.path().join("license.txt"), "Free\nto use\n\n").unwrap();
        fs::write(other.path().join("README"), "no licence").unwrap();
        let of = |folder: &tempfile::TempDir| licence_texts(folder.path()).unwrap();
        assert_eq!(of(&one), ["Free\nto use"]);
        assert_eq!(of(&one), of(&other));
    }
}
