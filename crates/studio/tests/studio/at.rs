//! A library in a temporary folder beside a folder of files, and waiting for what happens in it.

use gameforge_domain::JobId;
use gameforge_studio::{Library, Options};
use gameforge_wire::{
    Card, Event, ImportCounts, ImportRequest, Job, JobReport, JobState, SearchRequest,
};
use std::{
    fs,
    path::{Path, PathBuf},
    time::Duration,
};
use tempfile::TempDir;

/// Longer than anything takes; who waits this long waits in vain.
const IN_VAIN: Duration = Duration::from_secs(120);

pub struct Place {
    _folder: TempDir,
    pub library: PathBuf,
    pub files: PathBuf,
}

impl Place {
    pub fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path().canonicalize().unwrap();
        let (library, files) = (root.join("library"), root.join("files"));
        fs::create_dir(&files).unwrap();
        Self {
            _folder: folder,
            library,
            files,
        }
    }

    pub fn file(&self, name: &str) -> PathBuf {
        self.files.join(name)
    }

    pub fn write(&self, name: &str, bytes: impl AsRef<[u8]>) -> PathBuf {
        let path = self.file(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, bytes).unwrap();
        path
    }

    /// `000.png` and so on, each another picture.
    pub fn write_pictures(&self, number: u32) {
        for number in 0..number {
            self.write(&format!("{number:03}.png"), picture(number));
        }
    }

    pub async fn open(&self) -> Library {
        self.open_with(options()).await
    }

    /// With one thread for the import, so that it can be met on its way.
    pub async fn open_slowly(&self) -> Library {
        self.open_with(Options {
            import_threads: 1,
            ..options()
        })
        .await
    }

    /// As a window does: followed folders are looked at.
    pub async fn open_watching(&self) -> Library {
        self.open_with(Options {
            watch: true,
            ..options()
        })
        .await
    }

    pub async fn open_with(&self, options: Options) -> Library {
        Library::open(&self.library, options).await.unwrap()
    }
}

pub fn options() -> Options {
    Options {
        create: true,
        import_threads: 2,
        import_memory_mib: 400,
        watch: false,
        resume_jobs: false,
        read_only: false,
    }
}

pub fn request(path: &Path, copy: bool) -> ImportRequest {
    ImportRequest {
        paths: vec![path.to_str().unwrap().to_owned()],
        copy,
    }
}

/// Imports and gives the report of a job that must have run to its end.
pub async fn import(library: &Library, path: &Path, copy: bool) -> JobReport {
    let job = library.import(request(path, copy)).await.unwrap();
    let report = ended(library, job).await;
    assert_eq!(report.job.state, JobState::Done, "{:?}", report.job.failure);
    assert_eq!(
        report.job.found,
        sum(report.job.counts),
        "every file is counted once: {:?}",
        report.job.counts
    );
    report
}

pub async fn ended(library: &Library, job: JobId) -> JobReport {
    tokio::time::timeout(IN_VAIN, library.wait(job))
        .await
        .expect("the job ends")
        .unwrap()
}

pub const fn sum(counts: ImportCounts) -> u32 {
    counts.imported
        + counts.duplicates
        + counts.unchanged
        + counts.moved
        + counts.updated
        + counts.skipped
        + counts.failed
}

pub async fn found(library: &Library, query: &str) -> Vec<Card> {
    library
        .search(SearchRequest {
            query: query.to_owned(),
            sort: "name".to_owned(),
        })
        .await
        .unwrap()
        .first
}

/// Asks again after every news until the answer is there.
pub async fn eventually<T>(
    library: &Library,
    what: &str,
    mut ask: impl AsyncFnMut() -> Option<T>,
) -> T {
    let mut events = library.events();
    let waited = tokio::time::timeout(IN_VAIN, async {
        loop {
            if let Some(answer) = ask().await {
                return answer;
            }
            // A listener that fell behind asks again, too.
            let _ = tokio::time::timeout(Duration::from_millis(500), events.recv()).await;
        }
    });
    waited.await.unwrap_or_else(|_| panic!("never: {what}"))
}

pub async fn cards(library: &Library, query: &str, number: usize) -> Vec<Card> {
    eventually(
        library,
        &format!("{number} assets for “{query}”"),
        async || Some(found(library, query).await).filter(|cards| cards.len() == number),
    )
    .await
}

/// Waits for a state of a job.
pub async fn job_that(library: &Library, id: JobId, is: impl Fn(&Job) -> bool) -> Job {
    eventually(library, "the job's state", async || {
        library
            .jobs()
            .await
            .unwrap()
            .into_iter()
            .find(|job| job.id == id)
            .filter(&is)
    })
    .await
}

/// The contents named by the next event about previews.
pub async fn next_previews(events: &mut tokio::sync::broadcast::Receiver<Event>) -> Vec<String> {
    let waited = tokio::time::timeout(IN_VAIN, async {
        loop {
            if let Ok(Event::Previews { contents }) = events.recv().await {
                return contents;
            }
        }
    });
    waited.await.expect("previews are told")
}

/// A picture unlike all others with another number.
pub fn picture(number: u32) -> Vec<u8> {
    gameforge_testkit::image::png(32, 32, |x, y| {
        let mixed = (x * 7 + y * 13 + number).wrapping_mul(2_654_435_761);
        [mixed as u8, (mixed >> 8) as u8, (mixed >> 16) as u8, 255]
    })
}
