//! Search, pages, start and memory on a library of a million made-up assets, alone and during an import.

use crate::{figures, memory, pictures};
use anyhow::{Context, Result};
use gameforge_studio::{Library, Options};
use gameforge_wire::{ImportRequest, JobState, SearchRequest};
use serde_json::json;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// Pictures that are imported while searches go on.
const PICTURES: u32 = 1_500;

/// Kept queries of many shapes: one word, prefixes, substrings, filters, ranges, facets over everything.
const QUERIES: &[(&str, &str)] = &[
    ("", "-added"),
    ("", "name"),
    ("", "-size"),
    ("goblin", ""),
    ("gob", ""),
    ("g", ""),
    ("oblin", ""),
    ("goblin idle", ""),
    ("kind:image", "-added"),
    ("kind:image,model", "name"),
    ("kind:audio duration<30s", "duration"),
    ("kind:model triangles>5k", "-triangles"),
    ("format:png width>=512", "-width"),
    ("tag:ui", "-added"),
    ("tag:environment", "name"),
    ("tree tag:environment kind:image", ""),
    ("untagged", "-added"),
    ("rating>=3", "-rating"),
    ("size>1mb", "-size"),
    ("folder:emberfall", "folder"),
    ("sword -kind:audio", ""),
    ("dragon broken kind:image width:64..256", ""),
    ("added:<30d", "-added"),
    ("colour:#ff8a3d", ""),
    ("zzzznothing", ""),
    ("alpha:yes frames>1", "-modified"),
    (FIRST, "-added"),
];

/// Runs the measurements and prints them.
pub async fn run(assets: u32, keep: Option<PathBuf>) -> Result<()> {
    let temporary = tempfile::tempdir()?;
    let folder = keep.unwrap_or_else(|| temporary.path().join("library"));
    prepare(&folder, assets).await?;

    start(&folder, assets).await?;
    let library = Library::open(&folder, window()).await?;
    search_all(&library).await?; // warm: the index is read, the orders are there
    let mut measured = search_all(&library).await?;
    slowest(&measured);
    figures::times("search with facets", &mut measured, 10.0);
    figures::times("page of 200 at any depth", &mut pages(&library).await?, 1.0);
    report_memory("memory with the library open", assets);

    during_import(&library, temporary.path(), assets).await?;
    library.close().await?;
    Ok(())
}

fn options(create: bool) -> Options {
    Options {
        create,
        watch: false,
        resume_jobs: false,
        ..Options::default()
    }
}

/// As a window opens a library: somebody follows what changes, so that a search need not look for it.
fn window() -> Options {
    Options {
        watch: true,
        ..options(false)
    }
}

/// Makes the library, or fills up one that is there.
pub async fn prepare(folder: &Path, assets: u32) -> Result<()> {
    let begun = Instant::now();
    let library = Library::open(folder, options(true)).await?;
    let present = library.summary().await?.assets;
    if present < assets {
        eprintln!(
            "Making {} assets in {}; a million takes about two minutes.",
            assets - present,
            folder.display()
        );
        library
            .generate(assets - present, 0x6761_6d65, |_| ())
            .await?;
        figures::print(
            "made-up library written",
            "s",
            begun.elapsed().as_secs_f64(),
            &json!({ "assets": assets }),
        );
    }
    library
        .close()
        .await
        .context("closing writes the snapshot of the index")?;
    Ok(())
}

/// What a window asks for first: everything but engines' import files, newest first.
const FIRST: &str = "-format:import,meta";

/// From nothing to the first page, as a window opens a library: the page comes before the index is there.
async fn start(folder: &Path, assets: u32) -> Result<()> {
    let mut first_page = Vec::new();
    let mut everything = Vec::new();
    let mut early = 0;
    for _ in 0..5 {
        let begun = Instant::now();
        let library = Library::open(folder, window()).await?;
        let result = library.search(request(FIRST, "-added")).await?;
        first_page.push(begun.elapsed());
        library.search(request("goblin", "")).await?;
        everything.push(begun.elapsed());
        anyhow::ensure!(
            result.of >= assets && result.first.len() == 200,
            "the first page has {} of {} assets",
            result.first.len(),
            result.of
        );
        early += u32::from(!result.complete);
        let exact = library.search(request(FIRST, "-added")).await?;
        anyhow::ensure!(
            exact.first == result.first && exact.total == result.total,
            "the index says {} assets and the database said {}, or others come first",
            exact.total,
            result.total
        );
        library.close().await?;
    }
    anyhow::ensure!(early > 0, "every first page waited for the index");
    figures::times("open to first page", &mut first_page, 500.0);
    figures::times(
        "open to first word search with facets",
        &mut everything,
        1500.0,
    );
    Ok(())
}

async fn search_all(library: &Library) -> Result<Vec<Duration>> {
    let mut measured = Vec::new();
    for _ in 0..12 {
        for (query, sort) in QUERIES {
            measured.push(timed(library, query, sort).await?);
        }
    }
    Ok(measured)
}

/// Names the queries that make the tail: the median of each of the slowest five.
fn slowest(measured: &[Duration]) {
    let mut medians: Vec<(Duration, &str, &str)> = QUERIES
        .iter()
        .enumerate()
        .map(|(at, (query, sort))| {
            let own: Vec<Duration> = measured
                .iter()
                .skip(at)
                .step_by(QUERIES.len())
                .copied()
                .collect();
            (figures::median(own), *query, *sort)
        })
        .collect();
    medians.sort_unstable_by(|a, b| b.cmp(a));
    for (took, query, sort) in medians.into_iter().take(5) {
        figures::print(
            "one of the slowest queries",
            "ms",
            figures::milliseconds(took),
            &json!({ "query": query, "sort": sort }),
        );
    }
}

async fn timed(library: &Library, query: &str, sort: &str) -> Result<Duration> {
    let begun = Instant::now();
    let result = library.search(request(query, sort)).await?;
    let took = begun.elapsed();
    anyhow::ensure!(
        result.warnings.is_empty(),
        "“{query}” is not understood: {:?}",
        result.warnings
    );
    Ok(took)
}

async fn pages(library: &Library) -> Result<Vec<Duration>> {
    let mut measured = Vec::new();
    for (query, sort) in [
        ("", "-added"),
        ("", "name"),
        ("kind:image", "-size"),
        ("tree", ""),
    ] {
        let result = library.search(request(query, sort)).await?;
        for step in 0..250u32 {
            let depth = (u64::from(result.total.saturating_sub(200)) * u64::from(step * 7919 % 250)
                / 250) as u32;
            let begun = Instant::now();
            let page = library.page(result.handle, depth, 200).await?;
            measured.push(begun.elapsed());
            anyhow::ensure!(
                page.len() == 200.min(result.total as usize),
                "a page of {} at {depth}",
                page.len()
            );
        }
    }
    Ok(measured)
}

async fn during_import(library: &Library, temporary: &Path, assets: u32) -> Result<()> {
    let pictures = temporary.join("pictures");
    // A kept library has the pictures of its earlier runs; what it has by now makes these new.
    let present = library.summary().await?.assets;
    pictures::write(&pictures, PICTURES, present)?;
    memory::reset_peak();
    let job = library
        .import(ImportRequest {
            paths: vec![pictures.display().to_string()],
            copy: false,
        })
        .await?;
    let mut measured = Vec::new();
    let report = 'running: loop {
        // Looked at after each: what is measured after the end of the job is no search during it.
        for (query, sort) in QUERIES {
            measured.push(timed(library, query, sort).await?);
            let report = library.job_report(job).await?;
            if report.job.state != JobState::Running {
                break 'running report;
            }
        }
    };
    anyhow::ensure!(
        report.job.state == JobState::Done && report.failed.is_empty(),
        "the import ended as {:?}",
        report.job.state
    );
    let imported = report.job.counts.imported;
    anyhow::ensure!(
        imported > PICTURES / 2,
        "only {imported} of {PICTURES} pictures were new: this measured no import"
    );
    figures::times("search with facets, during an import", &mut measured, 10.0);
    report_memory("memory, most during the import", assets);
    Ok(())
}

fn report_memory(figure: &str, assets: u32) {
    let field = if figure.contains("most") {
        "VmHWM"
    } else {
        "VmRSS"
    };
    if let Some(mib) = memory::resident(field) {
        figures::print(
            figure,
            "MiB",
            mib,
            &json!({ "assets": assets, "budget": 400, "met": mib <= 400.0 }),
        );
    }
}

fn request(query: &str, sort: &str) -> SearchRequest {
    SearchRequest {
        query: query.to_owned(),
        sort: sort.to_owned(),
    }
}
