//! Import of files beside what the best single-purpose tools need for a part of the same work.

use crate::{figures, memory, pictures};
use anyhow::{Context, Result};
use gameforge_domain::{Format, Kind};
use gameforge_studio::{Library, Options};
use gameforge_wire::{ImportRequest, JobReport};
use serde_json::json;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// Runs the measurements and prints them. Without `from`, on 600 pictures made for it.
pub async fn run(from: Option<PathBuf>) -> Result<()> {
    let temporary = tempfile::tempdir()?;
    let from = match from {
        Some(folder) => folder,
        None => {
            let folder = temporary.path().join("pictures");
            pictures::write(&folder, 600, 0)?;
            folder
        }
    };
    let files = walk(&from)?;
    beside_vipsthumbnail(&files, temporary.path()).await?;
    everything(&from, &files, temporary.path()).await
}

/// The whole import of the pictures beside the peer, which only makes their previews.
async fn beside_vipsthumbnail(files: &[PathBuf], temporary: &Path) -> Result<()> {
    let images: Vec<&PathBuf> = files.iter().filter(|path| is_plain_picture(path)).collect();
    // Copied, so that both sides read the same set and nothing else.
    let only_images = temporary.join("images");
    std::fs::create_dir_all(&only_images)?;
    for (number, image) in images.iter().enumerate() {
        let ending = image.extension().unwrap_or_default().to_string_lossy();
        std::fs::copy(image, only_images.join(format!("{number:05}.{ending}")))?;
    }

    // Once over everything, so that all sides read from memory.
    import(&only_images, &temporary.join("warm")).await?;
    let mut ours = Vec::new();
    let mut peer = Vec::new();
    for round in 0..3 {
        let library = temporary.join(format!("images-{round}"));
        ours.push(import(&only_images, &library).await?.0);
        peer.push(vipsthumbnail(&only_images, temporary)?);
    }
    let (ours, peer) = (median(ours), median(peer));
    figures::print(
        "import of pictures: hash, facts, preview, look-alike, colours",
        "pictures/s",
        images.len() as f64 / ours.as_secs_f64(),
        &json!({
            "pictures": images.len(),
            "vipsthumbnail": figures::round(images.len() as f64 / peer.as_secs_f64()),
            "ratio": figures::round(peer.as_secs_f64() / ours.as_secs_f64()),
            "budget_ratio": 1,
            "met": ours <= peer,
        }),
    );
    Ok(())
}

/// The import of all files, its memory, and the same once more.
async fn everything(from: &Path, files: &[PathBuf], temporary: &Path) -> Result<()> {
    let library = temporary.join("all");
    memory::reset_peak();
    let (took, report) = import(from, &library).await?;
    let bytes: u64 = files
        .iter()
        .filter_map(|path| path.metadata().ok())
        .map(|metadata| metadata.len())
        .sum();
    let hashed = b3sum(files)?;
    figures::print(
        "import of everything",
        "files/s",
        files.len() as f64 / took.as_secs_f64(),
        &json!({
            "files": files.len(),
            "mb_per_s": figures::round(bytes as f64 / 1e6 / took.as_secs_f64()),
            "b3sum_mb_per_s": figures::round(bytes as f64 / 1e6 / hashed.as_secs_f64()),
            "counts": report.job.counts,
        }),
    );
    if let Some(mib) = memory::resident("VmHWM") {
        figures::print(
            "memory, most during the import",
            "MiB",
            mib,
            &json!({ "budget": 400, "met": mib <= 400.0 }),
        );
    }
    let begun = Instant::now();
    again(from, &library).await?;
    figures::print(
        "the same import again, nothing changed",
        "files/s",
        files.len() as f64 / begun.elapsed().as_secs_f64(),
        &json!({ "files": files.len() }),
    );
    Ok(())
}

/// A whole import into a new library, previews included.
async fn import(from: &Path, library: &Path) -> Result<(Duration, JobReport)> {
    let library = Library::open(
        library,
        Options {
            create: true,
            watch: false,
            resume_jobs: false,
            ..Options::default()
        },
    )
    .await?;
    let begun = Instant::now();
    let job = library
        .import(ImportRequest {
            paths: vec![from.display().to_string()],
            copy: false,
        })
        .await?;
    let report = library.wait(job).await?;
    let took = begun.elapsed();
    library.close().await?;
    Ok((took, report))
}

async fn again(from: &Path, library: &Path) -> Result<()> {
    let library = Library::open(
        library,
        Options {
            create: false,
            watch: false,
            resume_jobs: false,
            ..Options::default()
        },
    )
    .await?;
    let job = library
        .import(ImportRequest {
            paths: vec![from.display().to_string()],
            copy: false,
        })
        .await?;
    let report = library.wait(job).await?;
    anyhow::ensure!(
        report.job.counts.imported == 0,
        "{} files were imported twice",
        report.job.counts.imported
    );
    library.close().await?;
    Ok(())
}

/// The peer makes previews only, of the same size, with all cores as it likes (one process, its own threads),
/// then shared out over two processes, whichever is faster.
fn vipsthumbnail(images: &Path, temporary: &Path) -> Result<Duration> {
    let out = temporary.join("vips");
    std::fs::create_dir_all(&out)?;
    let files = walk(images)?;
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let run = |processes: usize| -> Result<Duration> {
        let begun = Instant::now();
        let share = files.len().div_ceil(processes.max(1)).max(1);
        let mut running = Vec::new();
        for part in files.chunks(share) {
            let child = Command::new("vipsthumbnail")
                .args(["--size", "320", "-o"])
                .arg(out.join("%s.jpg[Q=85]"))
                .args(part)
                .stdout(Stdio::null())
                .stderr(Stdio::null())
                .spawn()
                .context("vipsthumbnail is missing; it is in Debian's libvips-tools")?;
            running.push(child);
        }
        for mut child in running {
            child.wait()?;
        }
        Ok(begun.elapsed())
    };
    Ok(run(1)?.min(run(cores)?))
}

fn b3sum(files: &[PathBuf]) -> Result<Duration> {
    let begun = Instant::now();
    for part in files.chunks(500) {
        Command::new("b3sum")
            .args(part)
            .stdout(Stdio::null())
            .status()
            .context("b3sum is missing; Debian has it")?;
    }
    Ok(begun.elapsed())
}

fn walk(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_path_buf()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder)? {
            let entry = entry?;
            let kind = entry.file_type()?;
            if kind.is_dir() {
                folders.push(entry.path());
            } else if kind.is_file() {
                found.push(entry.path());
            }
        }
    }
    found.sort();
    Ok(found)
}

/// Pictures that the peer reads too.
fn is_plain_picture(path: &Path) -> bool {
    path.extension()
        .and_then(|ending| Format::from_extension(&ending.to_string_lossy()))
        .is_some_and(|format| {
            format.kind() == Kind::Image
                && matches!(
                    format,
                    Format::Png | Format::Jpeg | Format::Webp | Format::Svg
                )
        })
}

fn median(mut measured: Vec<Duration>) -> Duration {
    measured.sort_unstable();
    measured
        .get(measured.len() / 2)
        .copied()
        .unwrap_or_default()
}
