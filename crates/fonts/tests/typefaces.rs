//! Facts and pictures of a known font, bombs, and what damaged fonts get.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test stops where its setup fails"
)]

use gameforge_domain::{Colour, Format, Limits, Pixels};
use gameforge_fonts::{probe, read, specimen, to_sfnt};
use gameforge_testkit::{fixture, mutated};

const LIMITS: Limits = Limits::STANDARD;
const INK: Colour = Colour {
    r: 10,
    g: 20,
    b: 30,
};

fn inked(pixels: &Pixels) -> usize {
    pixels.rgba.chunks(4).filter(|pixel| pixel[3] > 128).count()
}

#[test]
fn the_three_containers_of_one_font_say_the_same() {
    let mut pictures = Vec::new();
    for (format, bytes) in [
        (Format::Ttf, fixture::TTF),
        (Format::Otf, fixture::OTF),
        (Format::Woff2, fixture::WOFF2),
    ] {
        let typeface = read(format, bytes, 96, INK, &LIMITS).unwrap();
        let facts = &typeface.metadata;
        assert_eq!(
            (facts.family.as_str(), facts.style.as_str()),
            ("Forge Test", "Bold"),
            "{format}"
        );
        assert_eq!(
            (facts.weight, facts.italic, facts.monospace, facts.faces),
            (700, false, true, 1),
            "{format}"
        );
        assert_eq!(
            (facts.glyphs, facts.licence.as_str()),
            (58, "CC0-1.0"),
            "{format}"
        );
        assert_eq!(facts.scripts, ["Latin"], "{format}");
        assert!(facts.axes.is_empty());
        assert!(
            typeface
                .preview
                .rgba
                .chunks(4)
                .all(|pixel| pixel[..3] == [10, 20, 30]),
            "a mask has one colour"
        );
        pictures.push(typeface.preview);
    }
    assert_eq!(
        pictures[0], pictures[1],
        "both kinds of outline draw the same letters"
    );
    assert_eq!(pictures[0], pictures[2]);
    let ink = inked(&pictures[0]);
    assert!((96 * 96 / 20..96 * 96 / 3).contains(&ink), "{ink} pixels");
}

#[test]
fn the_preview_is_centred() {
    let preview = read(Format::Ttf, fixture::TTF, 128, INK, &LIMITS)
        .unwrap()
        .preview;
    let filled = |x: usize, y: usize| preview.rgba[(y * 128 + x) * 4 + 3] > 128;
    let columns: Vec<usize> = (0..128)
        .filter(|x| (0..128).any(|y| filled(*x, y)))
        .collect();
    let rows: Vec<usize> = (0..128)
        .filter(|y| (0..128).any(|x| filled(x, *y)))
        .collect();
    for range in [columns, rows] {
        let (first, last) = (range[0], range[range.len() - 1]);
        assert!(
            first.abs_diff(127 - last) <= 1,
            "{first} at one side, {} at the other",
            127 - last
        );
    }
}

#[test]
fn a_specimen_wraps_words_and_cuts_what_is_too_long() {
    let set = |text: &str, width| {
        specimen(Format::Ttf, fixture::TTF, text, 20.0, width, INK, &LIMITS).unwrap()
    };
    let one = set("AV", 200);
    let line = one.height;
    // Each letter is 12 pixels wide at 20.
    assert_eq!(set("AAAA AAAA", 9 * 12).height, line);
    assert!(set("AAAA AAAA", 9 * 12 - 1).height > line);
    assert!(
        set("AAAAAAAAAAAA", 40).height > 3 * line,
        "a long word is cut between letters"
    );
    assert!(set("A\nA", 200).height > line);
    assert!(inked(&set("AAAA", 200)) > inked(&set("AA", 200)));
    assert_eq!(inked(&set(" ", 200)), 0);
    assert_eq!(set("", 200).width, 200);
}

#[test]
fn a_specimen_keeps_the_limits() {
    let long = "A ".repeat(100_000);
    let pixels = specimen(Format::Ttf, fixture::TTF, &long, 400.0, 16, INK, &LIMITS).unwrap();
    assert!(pixels.height <= 16_384);
    let small = Limits {
        pixels: 1000,
        ..LIMITS
    };
    let error = specimen(Format::Ttf, fixture::TTF, "A", 40.0, 200, INK, &small).unwrap_err();
    assert_eq!(error.code(), "too_large");
    for size in [f32::NAN, -1.0, 0.0, f32::INFINITY] {
        assert!(
            specimen(Format::Ttf, fixture::TTF, "A", size, 0, INK, &LIMITS).is_ok(),
            "{size}"
        );
    }
}

#[test]
fn woff2_becomes_a_plain_font() {
    let plain = to_sfnt(Format::Woff2, fixture::WOFF2, &LIMITS).unwrap();
    assert!(plain.starts_with(&[0, 1, 0, 0]));
    assert_eq!(
        probe(Format::Ttf, &plain, &LIMITS).unwrap(),
        probe(Format::Woff2, fixture::WOFF2, &LIMITS).unwrap()
    );
    assert_eq!(
        to_sfnt(Format::Ttf, fixture::TTF, &LIMITS).unwrap(),
        fixture::TTF
    );
}

#[test]
fn a_woff2_that_unpacks_to_too_much_is_refused() {
    let mut bytes = fixture::WOFF2.to_vec();
    bytes[16..20].copy_from_slice(&0xf000_0000u32.to_be_bytes());
    assert_eq!(
        read(Format::Woff2, &bytes, 32, INK, &LIMITS)
            .unwrap_err()
            .code(),
        "too_large"
    );
}

/// Where a table of a plain font starts.
fn table(bytes: &[u8], tag: &[u8; 4]) -> usize {
    let entry = bytes[12..]
        .chunks(16)
        .position(|entry| entry.starts_with(tag))
        .expect("the table is there");
    let at = 12 + entry * 16 + 8;
    u32::from_be_bytes(bytes[at..at + 4].try_into().unwrap()) as usize
}

#[test]
fn glyphs_composed_of_glyphs_without_end_are_refused_at_once() {
    // The letter A and its neighbours become composites: each of the next one, eight times.
    let mut bytes = fixture::TTF.to_vec();
    let (glyf, loca) = (table(&bytes, b"glyf"), table(&bytes, b"loca"));
    // Glyph 2 is “A”. Short offsets count in pairs of bytes.
    for glyph in 2..40usize {
        let at = loca + glyph * 2;
        let start =
            glyf + usize::from(u16::from_be_bytes(bytes[at..at + 2].try_into().unwrap())) * 2;
        let end = glyf
            + usize::from(u16::from_be_bytes(
                bytes[at + 2..at + 4].try_into().unwrap(),
            )) * 2;
        let parts = ((end - start - 10) / 6).min(8);
        bytes[start..start + 2].copy_from_slice(&[0xff, 0xff]);
        for part in 0..parts {
            let more = if part + 1 < parts { 0x20 } else { 0 };
            let record = [0, 0x02 | more, 0, glyph as u8 + 1, 0, 0];
            bytes[start + 10 + part * 6..start + 16 + part * 6].copy_from_slice(&record);
        }
    }
    let error = read(Format::Ttf, &bytes, 64, INK, &LIMITS).unwrap_err();
    assert_eq!(error.code(), "too_large", "{error}");
}

#[test]
fn subroutines_that_call_subroutines_without_end_are_refused_at_once() {
    let bomb = gameforge_testkit::bombs::SUBROUTINE_FONT;
    let error = read(Format::Otf, bomb, 64, INK, &LIMITS).unwrap_err();
    assert_eq!(error.code(), "too_large", "{error}");
    assert_eq!(
        specimen(Format::Otf, bomb, "g", 20.0, 99, INK, &LIMITS)
            .unwrap_err()
            .code(),
        "too_large"
    );
    assert!(
        specimen(Format::Otf, bomb, "BCD", 20.0, 99, INK, &LIMITS).is_ok(),
        "its other letters are harmless"
    );
    assert_eq!(
        probe(Format::Otf, bomb, &LIMITS).unwrap().family,
        "Forge Test"
    );
}

#[test]
fn cut_fonts_are_truncated_and_other_files_corrupt() {
    for (format, bytes) in [
        (Format::Ttf, fixture::TTF),
        (Format::Otf, fixture::OTF),
        (Format::Woff2, fixture::WOFF2),
    ] {
        for part in [0.01, 0.3, 0.6, 0.95] {
            let cut = &bytes[..(bytes.len() as f64 * part) as usize];
            let error = read(format, cut, 32, INK, &LIMITS).expect_err("a part is not the whole");
            assert_eq!(error.code(), "truncated", "{format} at {part}: {error}");
        }
        assert_eq!(
            read(format, &[], 32, INK, &LIMITS).unwrap_err().code(),
            "empty"
        );
        let other = gameforge_testkit::sample(Format::Png);
        assert_eq!(
            read(format, &other, 32, INK, &LIMITS).unwrap_err().code(),
            "corrupt"
        );
    }
}

#[test]
fn every_prefix_and_many_mutations_get_an_answer() {
    for bytes in [fixture::TTF, fixture::OTF, fixture::WOFF2] {
        for length in (0..bytes.len()).step_by((bytes.len() / 300).max(1)) {
            gameforge_fonts::fuzz(&bytes[..length]);
        }
        for round in 0..300 {
            gameforge_fonts::fuzz(&mutated(bytes, round));
        }
    }
}

#[test]
fn the_stored_corpus_and_its_mutations_get_an_answer() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fuzz/corpus/fonts");
    let mut files = 0;
    for entry in std::fs::read_dir(folder).expect("the corpus is in the tree") {
        let bytes = std::fs::read(entry.expect("a file").path()).expect("it is readable");
        files += 1;
        gameforge_fonts::fuzz(&bytes);
        for round in 0..20 {
            gameforge_fonts::fuzz(&mutated(&bytes, round));
        }
    }
    assert!(files >= 3, "{files} files");
}
