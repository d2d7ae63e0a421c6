//! Bad input and bad moments: each gets its line, nothing else suffers.

use crate::at::{Place, cards, ended, import, job_that, options, picture, request, sum};
use gameforge_domain::{Format, Kind};
use gameforge_studio::Library;
use gameforge_testkit::{self as testkit, bombs, faults};
use gameforge_wire::{ErrorCode, JobReport, JobState};
use std::{
    collections::HashMap,
    fs,
    io::{BufRead, BufReader},
    path::Path,
    process::{Command, Output, Stdio},
};

fn codes(report: &JobReport) -> HashMap<String, String> {
    let lines = report.failed.iter().chain(&report.skipped);
    lines
        .map(|line| {
            (
                Path::new(&line.path)
                    .file_name()
                    .unwrap()
                    .to_string_lossy()
                    .into_owned(),
                line.code.clone(),
            )
        })
        .collect()
}

#[tokio::test]
async fn empty_cut_and_corrupt_files_of_every_format_get_a_line_each_and_harm_nobody() {
    let place = Place::new();
    place.write("good.png", picture(1));
    let mut must_fail = Vec::new();
    for format in Format::ALL {
        let bytes = testkit::sample(*format);
        if bytes.is_empty() {
            continue;
        }
        let ending = format.extensions().first().copied().unwrap_or("dat");
        place.write(&format!("empty.{ending}"), "");
        place.write(
            &format!("cut.{ending}"),
            &bytes[..(bytes.len() * 2 / 3).max(1)],
        );
        let corrupt: Vec<u8> = bytes
            .iter()
            .enumerate()
            .map(|(at, byte)| if at < 32 { *byte } else { byte ^ 0x5a })
            .collect();
        place.write(&format!("corrupt.{ending}"), corrupt);
        must_fail.push(format!("empty.{ending}"));
        // Pictures hold their length; a cut text is a shorter text.
        if matches!(
            format,
            Format::Png
                | Format::Webp
                | Format::Gif
                | Format::Bmp
                | Format::Psd
                | Format::Exr
                | Format::Aseprite
                | Format::Glb
                | Format::Gltf
                | Format::Flac
                | Format::Wav
                | Format::Json
                | Format::Zip
                | Format::Mp4
                | Format::Woff2
                | Format::Ttf
        ) {
            must_fail.push(format!("cut.{ending}"));
        }
    }
    let library = place.open().await;
    let report = import(&library, &place.files, false).await;
    let lines = codes(&report);
    let silent: Vec<_> = must_fail
        .iter()
        .filter(|name| !lines.contains_key(*name))
        .collect();
    assert!(silent.is_empty(), "no line for {silent:?}");
    assert!(
        report
            .failed
            .iter()
            .all(|line| !line.message.is_empty() && line.code != "reader_failed"),
        "{:?}",
        report.failed
    );
    assert!(!lines.contains_key("good.png"));
    // A damaged file of a known format is in the library, where it can be found.
    let failed = cards(&library, "is:failed name:cut.png", 1).await;
    let (code, message) = library.asset(failed[0].id).await.unwrap().problem.unwrap();
    assert_eq!(code, lines["cut.png"]);
    assert!(message.ends_with('.'), "{message}");
    assert!(library.verify(|_, _| ()).await.unwrap().damaged.is_empty());
    library.close().await.unwrap();
}

#[tokio::test]
async fn content_decides_and_a_name_that_lies_about_nothing_known_is_reported() {
    let place = Place::new();
    place.write("really-a-picture.wav", picture(1));
    place.write("really-words.png", "These are words.\n");
    place.write(
        "really-nothing.png",
        (0..400u32).map(|n| (n * 97 + 31) as u8).collect::<Vec<_>>(),
    );
    let library = place.open().await;
    let report = import(&library, &place.files, false).await;
    assert_eq!(
        codes(&report),
        HashMap::from([("really-nothing.png".to_owned(), "corrupt".to_owned())])
    );
    let kinds: Vec<_> = cards(&library, "", 3)
        .await
        .into_iter()
        .map(|card| (card.name, card.kind))
        .collect();
    assert_eq!(
        kinds,
        [
            ("really-a-picture.wav".into(), Kind::Image),
            ("really-nothing.png".into(), Kind::Other),
            ("really-words.png".into(), Kind::Text)
        ]
    );
    library.close().await.unwrap();
}

#[tokio::test]
async fn bombs_are_refused_in_a_moment() {
    let place = Place::new();
    place.write("huge.png", bombs::huge_png());
    place.write("nested.svg", bombs::nested_svg(20_000));
    place.write("laughing.svg", bombs::laughing_svg());
    place.write("nested.json", bombs::nested_json(100_000));
    place.write("zeros.zip", bombs::zip_of_zeros(8));
    let library = place.open().await;
    let report = import(&library, &place.files, false).await;
    let lines = codes(&report);
    for name in ["huge.png", "nested.svg", "laughing.svg", "nested.json"] {
        assert!(lines.contains_key(name), "{name} is refused: {lines:?}");
    }
    assert_eq!(lines["huge.png"], "too_large");
    assert!(
        !lines.contains_key("zeros.zip"),
        "an archive is never unpacked"
    );
    library.close().await.unwrap();
}

#[tokio::test]
async fn odd_names_links_pipes_and_locked_folders_are_all_accounted_for() {
    let place = Place::new();
    let odd = faults::not_utf8(&place.files, &picture(1)).unwrap();
    faults::longest_name(&place.files, &picture(2)).unwrap();
    faults::symlink_loop(&place.files).unwrap();
    let dangling = faults::dangling_symlink(&place.files).unwrap();
    let locked = faults::locked_folder(&place.files).unwrap();
    place.write(".hidden/secret.png", picture(3));
    let library = place.open().await;
    let report = import(&library, &place.files, true).await;
    let lines = codes(&report);
    assert_eq!(lines.get(".hidden").map(String::as_str), Some("hidden"));
    if dangling.is_some() {
        assert_eq!(lines["gone.png"], "link");
    }
    let inside = match &locked {
        Some(locked) if locked.effective => {
            assert_eq!(lines["locked"], "permission");
            0
        }
        Some(_) => 1,
        None => 0,
    };
    let expected = 1 + u32::from(odd.is_some()) + inside;
    assert_eq!(report.job.counts.imported, expected, "{:?}", report.failed);
    let again = import(&library, &place.files, true).await;
    assert_eq!(
        again.job.counts.unchanged, expected,
        "odd names are known again"
    );
    drop(locked);
    library.close().await.unwrap();
}

#[tokio::test]
async fn a_file_that_changes_or_goes_after_it_was_found_is_a_line() {
    let place = Place::new();
    place.write_pictures(60);
    let library = place.open_slowly().await;
    let job = library.import(request(&place.files, false)).await.unwrap();
    // Found and hashed; before all are read, some change and some go.
    library.pause(job).await.unwrap();
    job_that(&library, job, |job| job.state == JobState::Paused).await;
    fs::remove_file(place.file("059.png")).unwrap();
    fs::write(place.file("058.png"), picture(1000)).unwrap();
    library.resume(job).await.unwrap();
    let report = ended(&library, job).await;
    assert_eq!(report.job.state, JobState::Done);
    assert_eq!(
        report.job.found,
        sum(report.job.counts),
        "{:?}",
        report.job.counts
    );
    let lines = codes(&report);
    // Depending on the moment the file was not found at all, or not there any more; never was it brought in whole.
    assert!(
        report.job.found == 59 || lines.get("059.png").is_some_and(|code| code == "vanished"),
        "{lines:?}"
    );
    // The next import sets right what had changed.
    let again = import(&library, &place.files, false).await;
    assert!(again.failed.is_empty());
    let changed = cards(&library, "name:058.png", 1).await.remove(0);
    let detail = library.asset(changed.id).await.unwrap();
    assert_eq!(
        detail.blake3,
        blake3::hash(&picture(1000)).to_hex().to_string()
    );
    library.close().await.unwrap();
}

/// Runs one of the ignored tests below in a process of its own.
fn child(test: &str, library: &Path, files: &Path) -> Command {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args(["--ignored", "--exact", "--nocapture", test]);
    command
        .env("STUDIO_TEST_LIBRARY", library)
        .env("STUDIO_TEST_FILES", files);
    command.stdout(Stdio::piped()).stderr(Stdio::null());
    command
}

fn given(name: &str) -> std::path::PathBuf {
    std::env::var_os(name)
        .expect("set by the test that starts this process")
        .into()
}

#[tokio::test]
#[ignore = "runs in a process of its own, which `an_import_killed_at_any_moment…` starts and kills"]
async fn child_that_imports() {
    let library = Library::open(&given("STUDIO_TEST_LIBRARY"), options())
        .await
        .unwrap();
    let mut events = library.events();
    library
        .import(request(&given("STUDIO_TEST_FILES"), true))
        .await
        .unwrap();
    while let Ok(event) = events.recv().await {
        if let gameforge_wire::Event::Job { job } = event {
            println!("done {}", job.done);
        }
    }
}

#[tokio::test]
async fn an_import_killed_at_any_moment_loses_nothing_and_goes_on() {
    for moment in [0, 1, 40] {
        let place = Place::new();
        for number in 0..200 {
            place.write(&format!("{number}.png"), picture(number / 2));
        }
        let mut process = child("faults::child_that_imports", &place.library, &place.files)
            .spawn()
            .unwrap();
        let lines = BufReader::new(process.stdout.take().unwrap()).lines();
        let reached = lines
            .map_while(Result::ok)
            .filter_map(|line| line.strip_prefix("done ")?.parse::<u32>().ok())
            .find(|done| *done >= moment);
        process.kill().unwrap();
        process.wait().unwrap();
        assert!(reached.is_some(), "the import had begun");

        let library = place.open().await;
        let report = library.verify(|_, _| ()).await.unwrap();
        assert!(
            report.damaged.is_empty(),
            "after kill -9 at {moment}: {:?}",
            report.damaged
        );
        let job = library.jobs().await.unwrap().remove(0);
        if job.state == JobState::Running {
            library.resume(job.id).await.unwrap();
        }
        let report = ended(&library, job.id).await;
        assert_eq!(report.job.state, JobState::Done);
        let counts = report.job.counts;
        assert_eq!(
            (counts.imported, counts.duplicates, sum(counts)),
            (100, 100, 200),
            "killed at {moment}: {counts:?}"
        );
        cards(&library, "", 100).await;
        assert!(library.verify(|_, _| ()).await.unwrap().damaged.is_empty());
        let leftovers: Vec<_> = fs::read_dir(place.library.join("jobs")).unwrap().collect();
        assert!(leftovers.is_empty(), "{leftovers:?}");
        library.close().await.unwrap();
    }
}

#[tokio::test]
#[ignore = "runs in a process of its own on a small disk, which `a_full_disk…` starts"]
async fn child_on_a_full_disk() {
    let (disk, files) = (given("STUDIO_TEST_LIBRARY"), given("STUDIO_TEST_FILES"));
    let library = Library::open(&disk.join("library"), options())
        .await
        .unwrap();
    let job = library.import(request(&files, true)).await.unwrap();
    let report = ended(&library, job).await;
    assert_eq!(
        report.job.state,
        JobState::Failed,
        "{:?}",
        report.job.counts
    );
    assert_eq!(report.job.failure.unwrap().code, ErrorCode::DiskFull);
    let kept = report.job.counts.imported;
    assert!(
        library.verify(|_, _| ()).await.unwrap().damaged.is_empty(),
        "what was committed is whole"
    );
    println!("stopped with {kept}");
    let larger = Command::new("mount")
        .args(["-o", "remount,size=64m"])
        .arg(&disk)
        .status()
        .unwrap();
    assert!(larger.success());
    library.resume(job).await.unwrap();
    let report = ended(&library, job).await;
    assert_eq!(
        (
            report.job.state,
            report.job.counts.imported,
            report.job.found
        ),
        (JobState::Done, 12, 12),
        "{:?}",
        report.job.counts
    );
    assert!(library.verify(|_, _| ()).await.unwrap().damaged.is_empty());
    println!("went on to the end");
    library.close().await.unwrap();
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn a_full_disk_stops_the_job_and_when_there_is_room_it_goes_on() {
    let place = Place::new();
    for number in 0..12u32 {
        let mut state = number + 1;
        let noise = (0..1 << 18).flat_map(|_| {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (state >> 8).to_le_bytes()
        });
        place.write(&format!("{number}.dat"), noise.collect::<Vec<u8>>());
    }
    let disk = place.library.parent().unwrap().join("disk");
    fs::create_dir(&disk).unwrap();
    // The page that no longer fits is another one each time: of a copy, of a batch, of the job's own last word.
    for kilobytes in (8600..9720).step_by(56) {
        let Some(output) = on_a_small_disk(kilobytes, &disk, &place.files) else {
            println!("this system lets no small disk be made; a full disk is not tried");
            return;
        };
        let (said, wrong) = (
            String::from_utf8_lossy(&output.stdout),
            String::from_utf8_lossy(&output.stderr),
        );
        assert!(
            output.status.success() && said.contains("went on to the end"),
            "{kilobytes} KiB: {said}\n{wrong}"
        );
    }
}

/// Runs `child_on_a_full_disk` on a disk of its own in a name space of its own: nothing of it is left afterwards.
#[cfg(target_os = "linux")]
fn on_a_small_disk(kilobytes: u32, disk: &Path, files: &Path) -> Option<Output> {
    let plain = child("faults::child_on_a_full_disk", disk, files);
    let mount = format!(
        "mount -t tmpfs -o size={kilobytes}k disk \"$STUDIO_TEST_LIBRARY\" || exit 77; exec \"$0\" \"$@\""
    );
    let mut command = Command::new("unshare");
    command.args(["--map-root-user", "--mount", "sh", "-c", &mount]);
    command.arg(plain.get_program()).args(plain.get_args());
    command.envs(
        plain
            .get_envs()
            .filter_map(|(name, value)| Some((name, value?))),
    );
    let output = command.output().ok()?;
    let refused =
        !output.status.success() && String::from_utf8_lossy(&output.stderr).contains("unshare:");
    (output.status.code() != Some(77) && !refused).then_some(output)
}
