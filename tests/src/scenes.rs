//! Every view and state of the window, for pictures.

mod cloud;

pub use cloud::gather;

use crate::{Stage, Studio};
use anyhow::{Context, Result};
use fantoccini::key::Key;
use gameforge_testkit::game_project;
use serde_json::json;
use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
};

/// Takes pictures of one theme into a folder.
pub struct Camera<'a> {
    studio: &'a Studio<'a>,
    folder: &'a Path,
    theme: &'a str,
    taken: Vec<PathBuf>,
    barriers: BTreeMap<String, String>,
}

impl<'a> Camera<'a> {
    /// For a window in a theme.
    ///
    /// # Errors
    /// When the window does not take the theme on.
    pub async fn new(studio: &'a Studio<'a>, folder: &'a Path, theme: &'a str) -> Result<Self> {
        // The remembered theme comes with the settings; before the first page, another one stands in for it.
        studio
            .appears("[data-testid=card], [data-testid=welcome]")
            .await?;
        let toggle = format!("document.documentElement.dataset.theme === '{theme}'");
        if studio.value(&toggle).await?.as_bool() != Some(true) {
            studio.click("theme-toggle").await?;
        }
        studio.becomes("the theme", &toggle).await?;
        Ok(Self {
            studio,
            folder,
            theme,
            taken: Vec::new(),
            barriers: BTreeMap::new(),
        })
    }

    async fn take(&mut self, name: &str) -> Result<()> {
        // Pictures that are still loading would leave holes; what has none has a sign by now.
        let loaded = "[...document.querySelectorAll('img')].every((img) => img.complete)";
        self.studio.becomes("loaded pictures", loaded).await?;
        let file = self.folder.join(format!("{name}-{}.png", self.theme));
        self.studio
            .picture(&file)
            .await
            .with_context(|| name.to_owned())?;
        self.taken.push(file);
        for barrier in self.studio.barriers().await? {
            // The same part stands in many views.
            let first = format!("{name}, {}", self.theme);
            self.barriers.entry(barrier).or_insert(first);
        }
        Ok(())
    }

    /// An empty library.
    ///
    /// # Errors
    /// When the view is not there.
    pub async fn first_start(&mut self) -> Result<()> {
        self.studio.part("welcome").await?;
        self.take("first-start").await
    }

    /// A library with something in it: every view of it.
    ///
    /// # Errors
    /// When a view is not there.
    pub async fn library(&mut self) -> Result<()> {
        self.browse().await?;
        self.look().await?;
        self.dialogs().await?;
        self.settings().await?;
        self.filters().await
    }

    async fn browse(&mut self) -> Result<()> {
        let studio = self.studio;
        studio.click("place-all").await?;
        studio.search("").await?;
        studio.appears("[data-testid=card]").await?;
        self.take("grid").await?;
        studio.click_on("[data-testid=card]").await?;
        self.take("grid-selected").await?;
        studio.chord(&[Key::Control], 'a').await?;
        self.take("grid-many-selected").await?;
        studio.click_on("[data-testid=card]").await?;
        studio.click("view-list").await?;
        studio.part("list").await?;
        self.take("list").await?;
        studio.click("view-grid").await?;
        studio.part("grid").await?;
        studio.search("kind:image width>=16").await?;
        studio.part("filter-chip").await?;
        self.take("search-filters").await?;
        studio.write("search-input", "kind:").await?;
        studio.part("completion").await?;
        self.take("search-completions").await?;
        studio.search("nothing-is-called-this").await?;
        studio.part("empty-state").await?;
        self.take("search-nothing-found").await?;
        studio.click("search-clear").await?;
        for place in ["recent", "untagged", "missing", "failed", "duplicates"] {
            studio.click(&format!("place-{place}")).await?;
            studio
                .appears(
                    "[data-testid=card], [data-testid=empty-state], [data-testid=duplicates-view]",
                )
                .await?;
            self.take(&format!("place-{place}")).await?;
        }
        studio.click("place-all").await
    }

    async fn look(&mut self) -> Result<()> {
        let studio = self.studio;
        for (query, name) in [
            ("format:png kind:image", "image"),
            ("format:aseprite", "sprite"),
            ("format:glb", "model"),
            ("kind:audio", "audio"),
            ("kind:font", "font"),
            ("kind:scene", "scene"),
            ("kind:text", "text"),
        ] {
            studio.search(query).await?;
            studio.click_on("[data-testid=card]").await?;
            studio.press(' ').await?;
            studio
                .appears("[data-testid=quick-look][data-mode=quick][data-state=ready]")
                .await?;
            self.take(&format!("quick-look-{name}")).await?;
            studio.press(Key::Enter).await?;
            studio
                .appears("[data-testid=quick-look][data-mode=full][data-state=ready]")
                .await?;
            self.take(&format!("viewer-{name}")).await?;
            studio.press(Key::Escape).await?;
            studio
                .becomes(
                    "no viewer",
                    "document.querySelector('[data-testid=quick-look]') === null",
                )
                .await?;
        }
        studio.search("").await
    }

    async fn dialogs(&mut self) -> Result<()> {
        let studio = self.studio;
        studio.chord(&[Key::Control], 'k').await?;
        studio.part("palette").await?;
        self.take("palette").await?;
        self.away("palette").await?;
        studio.click("open-settings").await?;
        studio.part("settings").await?;
        self.take("settings").await?;
        self.away("settings").await?;
        studio.click("import-button").await?;
        studio.part("import-copy").await?;
        self.take("import-menu").await?;
        studio.press(Key::Escape).await?;
        studio.open_menu_on("[data-testid=card]").await?;
        studio.part("asset-menu").await?;
        self.take("asset-menu").await?;
        studio.press(Key::Escape).await?;
        studio
            .becomes(
                "no menu",
                "document.querySelector('[data-menu-open]') === null",
            )
            .await?;
        studio.click_on("[data-testid=card]").await?;
        studio.chord(&[Key::Control], 'a').await?;
        studio.press(Key::F2).await?;
        studio.part("rename-pattern").await?;
        self.take("rename").await?;
        self.away("rename-pattern").await?;
        studio.click("job").await?;
        studio.part("report-copy").await?;
        self.take("job-report").await?;
        self.away("report-copy").await?;
        studio.chord(&[Key::Control], 'h').await?;
        studio.part("history-step").await?;
        self.take("history").await?;
        self.away("history-step").await
    }

    async fn settings(&mut self) -> Result<()> {
        let studio = self.studio;
        studio.click("open-settings").await?;
        for page in ["import", "library", "keyboard", "about"] {
            studio.click(&format!("settings-{page}")).await?;
            let shown = format!(
                "document.querySelector('[data-testid=settings-{page}]')?.ariaSelected === 'true'"
            );
            studio.becomes(page, &shown).await?;
            self.take(&format!("settings-{page}")).await?;
        }
        self.away("settings").await
    }

    async fn filters(&mut self) -> Result<()> {
        let studio = self.studio;
        studio.click("add-filter").await?;
        for page in ["tag", "dimensions", "colour"] {
            let tab = format!("[data-testid=filter-page][data-filter={page}]");
            studio.click_on(&tab).await?;
            studio
                .appears(&format!("{tab}[aria-selected=true]"))
                .await?;
            self.take(&format!("filters-{page}")).await?;
        }
        self.away("filters").await
    }

    async fn away(&self, part: &str) -> Result<()> {
        self.studio.press(Key::Escape).await?;
        let gone = format!("document.querySelector('[data-testid={part}]') === null");
        self.studio.becomes(&format!("{part} gone"), &gone).await
    }

    /// The files that were written; what keeps people out of the views, with the first view that it was seen in.
    #[must_use]
    pub fn taken(self) -> (Vec<PathBuf>, BTreeMap<String, String>) {
        (self.taken, self.barriers)
    }
}

/// Fills a library as a creator's would be: the samples, a game's project, tags, ratings, collections, a smart folder.
///
/// # Errors
/// When the window refuses something.
pub async fn furnish(stage: &Stage, studio: &Studio<'_>) -> Result<()> {
    game_project(&stage.files)?;
    std::fs::write(
        stage.files.join("sprites/broken.png"),
        b"\x89PNG\r\n\x1a\n, and then nothing",
    )?;
    studio.call("add_samples", json!({})).await?;
    studio.import(&[&stage.files], false).await?;
    studio.rests().await?;
    let edit = |edit: serde_json::Value| studio.call("edit", json!({ "edit": edit }));
    for (query, tags, rating, label) in [
        ("slime", &["enemy/slime", "sprite"][..], 4, 4),
        ("coin", &["pickup", "sprite"], 5, 3),
        ("kind:audio", &["sound/effect"], 3, 5),
        ("kind:model", &["prop"], 0, 2),
        ("folder:ui", &["ui"], 0, 0),
    ] {
        let found = studio
            .call(
                "search",
                json!({ "request": { "query": query, "sort": "" } }),
            )
            .await?;
        let targets = json!({ "of": "results", "handle": found["handle"], "except": [] });
        edit(json!({ "do": "addTags", "targets": targets, "tags": tags })).await?;
        if rating > 0 {
            edit(json!({ "do": "setRating", "targets": targets, "rating": rating })).await?;
        }
        if label > 0 {
            edit(json!({ "do": "setLabel", "targets": targets, "label": label })).await?;
        }
    }
    for name in ["Level one", "Title screen"] {
        edit(json!({ "do": "createCollection", "name": name, "parent": null })).await?;
    }
    for (name, query) in [
        ("Sprites, no licence", "tag:sprite -licence:*"),
        ("Short sounds", "kind:audio duration<2"),
    ] {
        edit(json!({ "do": "createSmartFolder", "name": name, "query": query, "sort": "-added" }))
            .await?;
    }
    Ok(())
}
