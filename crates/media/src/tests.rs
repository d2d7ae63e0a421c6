//! The facade over all formats: every reader is reached, every kind of damage gets its word.

use super::*;
use gameforge_testkit as testkit;

fn request(limits: &Limits) -> Request<'_> {
    Request {
        siblings: &NoSiblings,
        side: 96,
        limits,
    }
}

/// Formats that the kit makes small real files of.
fn samples() -> Vec<(Format, Vec<u8>)> {
    Format::ALL
        .iter()
        .filter(|format| **format != Format::Other)
        .map(|format| (*format, testkit::sample(*format)))
        .filter(|(_, bytes)| !bytes.is_empty())
        .collect()
}

#[test]
fn every_format_is_recognised_and_read() {
    let limits = Limits::STANDARD;
    for (format, bytes) in samples() {
        let name = format!("thing.{}", format.extensions()[0]);
        assert_eq!(sniff(&Sample::of(&bytes, &name)), format, "{name}");
        let reading = read(format, &bytes, &request(&limits))
            .unwrap_or_else(|error| panic!("{name}: {error}"));
        let shows = matches!(
            format.kind(),
            Kind::Image | Kind::Audio | Kind::Font | Kind::Text | Kind::Scene
        ) && format != Format::GodotBinary
            || matches!(
                format,
                Format::Glb | Format::Obj | Format::Stl | Format::Gltf
            );
        if shows {
            let preview = reading
                .preview
                .unwrap_or_else(|| panic!("{name} has no preview"));
            assert!(
                preview
                    .rgba
                    .as_chunks::<4>()
                    .0
                    .iter()
                    .any(|pixel| pixel[3] > 0),
                "{name}: the preview is empty"
            );
        }
        let kind = serde_word(&reading.metadata);
        assert_eq!(
            kind,
            if format == Format::Zip {
                "other"
            } else {
                format.kind().name()
            },
            "{name}"
        );
    }
}

fn serde_word(metadata: &Metadata) -> &'static str {
    match metadata {
        Metadata::Image(_) => "image",
        Metadata::Model(_) => "model",
        Metadata::Audio(_) => "audio",
        Metadata::Font(_) => "font",
        Metadata::Video(_) => "video",
        Metadata::Scene(_) => "scene",
        Metadata::Text(_) => "text",
        Metadata::Other {} => "other",
    }
}

#[test]
fn what_does_not_move_lasts_no_time() {
    let limits = Limits::STANDARD;
    for (format, bytes) in samples() {
        let duration = match read(format, &bytes, &request(&limits)).unwrap().metadata {
            Metadata::Image(image) => image.duration,
            Metadata::Model(model) => model.duration,
            Metadata::Video(film) => film.duration,
            _ => continue,
        };
        assert!(duration.is_sign_positive(), "{format}: {duration:?}");
    }
}

#[test]
fn a_wrong_name_changes_nothing_for_formats_with_a_mark() {
    for (format, bytes) in samples() {
        let named_by_content = matches!(
            format.kind(),
            Kind::Image | Kind::Audio | Kind::Font | Kind::Video
        ) && format != Format::Tga;
        if named_by_content {
            assert_eq!(sniff(&Sample::of(&bytes, "wrong.txt")), format, "{format}");
        }
    }
}

#[test]
fn files_cut_anywhere_are_answered_and_mostly_noticed() {
    let limits = Limits::STANDARD;
    for (format, bytes) in samples() {
        for part in [1, 3, 9, 30, 60, 95] {
            let cut = &bytes[..(bytes.len() * part / 100).max(1)];
            if let Err(ReadError::Panicked { what }) = read(format, cut, &request(&limits)) {
                panic!("{format} cut to {part} %: {what}");
            }
        }
        assert!(
            matches!(read(format, &[], &request(&limits)), Err(ReadError::Empty)),
            "{format}"
        );
    }
}

#[test]
fn a_file_over_the_limit_is_not_read() {
    let limits = Limits {
        file_bytes: 10,
        ..Limits::STANDARD
    };
    let error = read(Format::Png, &[0; 11], &request(&limits)).unwrap_err();
    assert_eq!(error.code(), "too_large");
}

#[test]
fn rounds_of_fuzzing_over_damaged_samples_find_nothing() {
    for (_, bytes) in samples() {
        for place in (0..bytes.len()).step_by((bytes.len() / 24).max(1)) {
            let mut damaged = bytes.clone();
            damaged[place] ^= 0xff;
            damaged.insert(0, 0);
            fuzz::round(&damaged);
        }
    }
}

fn corpus() -> Vec<(std::path::PathBuf, Vec<u8>)> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../fuzz/corpus/media");
    let entries = std::fs::read_dir(folder).expect("the corpus is in the tree");
    entries
        .map(|entry| entry.unwrap().path())
        .map(|path| (path.clone(), std::fs::read(path).unwrap()))
        .collect()
}

#[test]
fn the_stored_corpus_and_its_mutations_get_an_answer() {
    let corpus = corpus();
    assert!(corpus.len() >= 15, "the corpus has {} files", corpus.len());
    for (path, bytes) in corpus {
        fuzz::round(&bytes);
        for at in (1..bytes.len()).step_by((bytes.len() / 40).max(1)) {
            let mut damaged = bytes.clone();
            damaged[at] = damaged[at].wrapping_add(1) ^ 0x80;
            fuzz::round(&damaged);
            fuzz::round(&bytes[..at]);
        }
        assert!(path.exists());
    }
}

mod large;
