//! What a screen reader gets over the accessibility bus: names and roles of everything that can be used, the assets as
//! a list that says where in it one is, and where the focus goes.

use super::{ASSETS, stage_with_project};
use anyhow::{Context, Result};
use fantoccini::key::Key;
use gameforge_e2e::{OtherProgram, Stage, Studio, mouse, other};
use serde_json::Value;
use std::{process::Stdio, time::Duration};
use xtask::desktop::wait_until;

const PATIENCE: Duration = Duration::from_secs(20);

/// Roles that tell nobody what a thing is for.
const WITHOUT_MEANING: &[&str] = &["unknown", "section", "panel", "filler", "static", "text"];
/// What GTK and WebKit put around the page; it takes the focus only to hand it on.
const AROUND: &[&str] = &["scroll pane", "document web"];

#[tokio::test]
async fn a_screen_reader_gets_roles_names_and_the_focus() -> Result<()> {
    let stage = stage_with_project()?.with_assistance()?;
    let studio = Studio::open(&stage).await?;
    studio.import(&[&stage.files], false).await?;
    studio.matches(ASSETS).await?;
    studio.rests().await?;
    let mut faults = Vec::new();

    // The assets are a list, and each says what it is and where in it.
    studio.search("slime kind:image").await?;
    studio.matches(3).await?;
    studio.select("slime_red.png").await?;
    let tree = nodes(&stage, "the grid")?;
    faults.extend(nameless(&tree, "the grid"));
    let list = named(&tree, "list box", "Assets")?;
    assert!(has(list, "focusable"), "{list}");
    let slime = named(&tree, "list item", "slime_red.png")?;
    assert!(has(slime, "selected"), "{slime}");
    assert_eq!(slime["attributes"]["setsize"], "3", "{slime}");
    assert!(slime["attributes"]["posinset"].is_string(), "{slime}");

    // The focus: told as it moves, from control to control and from asset to asset.
    let reader = reader(&stage, "focus")?;
    mouse::activate(&stage.desktop, "GameForge Studio$")?;
    studio.press(Key::Home).await?;
    studio.press(Key::Right).await?;
    let first = focus_on(&reader, "list item")?;
    studio.press(Key::Right).await?;
    let second = focus_on(&reader, "list item")?;
    assert_ne!(first["name"], second["name"]);
    studio.chord(&[Key::Control], 'f').await?;
    assert_eq!(focus_on(&reader, "combo box")?["name"], "Search");

    // Every view, as it is with something in it.
    studio.click("view-list").await?;
    studio.part("list").await?;
    faults.extend(nameless(&nodes(&stage, "the list")?, "the list"));
    studio.click("view-grid").await?;
    studio.select("slime_red.png").await?;
    studio.press(' ').await?;
    studio
        .appears("[data-testid=quick-look][data-state=ready]")
        .await?;
    faults.extend(nameless(&nodes(&stage, "quick look")?, "quick look"));
    away(&studio, "quick-look").await?;
    for (open, part) in [(',', "settings"), ('k', "palette"), ('h', "history-dialog")] {
        studio.chord(&[Key::Control], open).await?;
        studio.part(part).await?;
        let tree = nodes(&stage, part)?;
        let dialog = tree.iter().find(|node| node["role"] == "dialog");
        let dialog = dialog.with_context(|| format!("{part} is no dialog"))?;
        assert_ne!(dialog["name"], "", "{dialog}");
        faults.extend(nameless(&tree, part));
        away(&studio, part).await?;
    }
    studio.chord(&[Key::Control], 'd').await?;
    studio.part("duplicates-view").await?;
    faults.extend(nameless(&nodes(&stage, "duplicates")?, "duplicates"));
    studio.click("place-all").await?;
    studio.click("import-button").await?;
    studio.part("import-copy").await?;
    let tree = nodes(&stage, "the import menu")?;
    named(&tree, "menu item", "Import files… Ctrl O")
        .or_else(|_| named(&tree, "menu item", "Import files…"))?;
    faults.extend(nameless(&tree, "the import menu"));
    assert!(
        faults.is_empty(),
        "a screen reader can say nothing of these:\n{}",
        faults.join("\n")
    );
    studio.press(Key::Escape).await?;
    studio.close().await
}

fn reader(stage: &Stage, what: &str) -> Result<OtherProgram> {
    let mut reader = stage.command("/usr/bin/python3")?;
    reader
        .arg(other::script("screen_reader.py"))
        .arg(what)
        .stdin(Stdio::null())
        .stdout(Stdio::piped());
    OtherProgram::start_command(&mut reader)
}

/// The tree, once the page is in it: WebKit builds it when it is first asked for.
fn nodes(stage: &Stage, view: &str) -> Result<Vec<Value>> {
    let mut nodes = Vec::new();
    wait_until("the page in the tree", PATIENCE, || {
        let tree = reader(stage, "tree")?.tells_of("tree")?;
        tree.as_array().context("a tree")?.clone_into(&mut nodes);
        Ok(nodes
            .iter()
            .any(|node| has(node, "focusable") && !AROUND.iter().any(|role| node["role"] == *role)))
    })
    .with_context(|| format!("{view}: {nodes:?}"))?;
    Ok(nodes)
}

/// What can be used and has no name, or no role that says how.
fn nameless(tree: &[Value], view: &str) -> Vec<String> {
    let used = |node: &&Value| has(node, "focusable") && has(node, "showing");
    let role = |node: &Value| node["role"].as_str().unwrap_or_default().to_owned();
    tree.iter()
        .filter(used)
        .filter(|node| !AROUND.contains(&role(node).as_str()))
        .filter(|node| {
            node["name"].as_str().unwrap_or_default().trim().is_empty()
                || WITHOUT_MEANING.contains(&role(node).as_str())
        })
        .map(|node| format!("{view}: {node}"))
        .collect()
}

fn named<'a>(tree: &'a [Value], role: &str, name: &str) -> Result<&'a Value> {
    let found = tree
        .iter()
        .find(|node| node["role"] == role && node["name"] == name);
    found.with_context(|| {
        let roles = tree
            .iter()
            .map(|node| format!("{} “{}”", node["role"], node["name"]));
        format!(
            "no {role} “{name}” among {}",
            roles.collect::<Vec<_>>().join(", ")
        )
    })
}

fn has(node: &Value, state: &str) -> bool {
    let mut states = node["states"].as_array().into_iter().flatten();
    states.any(|has| has == state)
}

/// The next time that the focus goes to something of a role.
fn focus_on(reader: &OtherProgram, role: &str) -> Result<Value> {
    loop {
        let focus = reader
            .tells_of("focus")
            .with_context(|| format!("the focus on a {role}"))?;
        if focus["role"] == role {
            return Ok(focus);
        }
    }
}

async fn away(studio: &Studio<'_>, part: &str) -> Result<()> {
    studio.press(Key::Escape).await?;
    let gone = format!("document.querySelector('[data-testid={part}]') === null");
    studio.becomes("it is gone", &gone).await
}
