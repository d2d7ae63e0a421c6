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
fn glyphs_of_points_without_a_contour_are_left_out() {
    // Each letter: no contours, no instructions, and still a point.
    let mut bytes = fixture::TTF.to_vec();
    let (glyf, loca) = (table(&bytes, b"glyf"), table(&bytes, b"loca"));
    for glyph in 0..58usize {
        let offset = |at: usize| usize::from(u16::from_be_bytes([bytes[at], bytes[at + 1]])) * 2;
        let (start, end) = (offset(loca + glyph * 2), offset(loca + glyph * 2 + 2));
        if end - start > 13 {
            bytes[glyf + start..glyf + start + 2].fill(0);
            bytes[glyf + start + 10..glyf + start + 13].copy_from_slice(&[0, 0, 1]);
        }
    }
    let set = specimen(Format::Ttf, &bytes, "ABC", 20.0, 99, INK, &LIMITS).unwrap();
    assert!(set.rgba.chunks(4).all(|pixel| pixel[3] == 0));
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

/// A font of one strike of 16 pixels to the em: every letter from A to z is a box of 8 × 8 with a hole of 4 × 4, one bit
/// a pixel, seven pixels above the line and one below it. No outlines.
fn bitmaps_only() -> Vec<u8> {
    let be16 =
        |values: &[u16]| -> Vec<u8> { values.iter().flat_map(|v| v.to_be_bytes()).collect() };
    let be32 =
        |values: &[u32]| -> Vec<u8> { values.iter().flat_map(|v| v.to_be_bytes()).collect() };
    let letters = 58_u16;
    let mut head = vec![0; 54];
    head[..4].copy_from_slice(&[0, 1, 0, 0]);
    head[12..16].copy_from_slice(&[0x5f, 0x0f, 0x3c, 0xf5]);
    head[18..20].copy_from_slice(&1600_u16.to_be_bytes());
    let maxp = [be32(&[0x5000]), be16(&[letters + 1])].concat();
    let mut hhea = vec![0; 36];
    hhea[1] = 1;
    hhea[34..36].copy_from_slice(&(letters + 1).to_be_bytes());
    let hmtx = be16(&[1000, 0]).repeat(usize::from(letters) + 1);
    let cmap = [
        be16(&[0, 1, 3, 10]),
        be32(&[12]),
        be16(&[12, 0]),
        be32(&[28, 0, 1, 0x41, 0x7a, 1]),
    ]
    .concat();
    // Height, width, bearings, advance across; the same down.
    let metrics = [8, 8, 1, 7, 10, 0, 0, 10];
    let lines = [0; 24];
    let subtable = [be16(&[2, 5]), be32(&[4, 8]), metrics.to_vec()].concat();
    let array = [be16(&[1, letters]), be32(&[8])].concat();
    let size = (array.len() + subtable.len()) as u32;
    let eblc = [
        be32(&[0x2_0000, 1, 56, size, 1, 0]),
        lines.to_vec(),
        be16(&[1, letters]),
        vec![16, 16, 1, 1],
        array,
        subtable,
    ]
    .concat();
    let picture = [0xff, 0xff, 0xc3, 0xc3, 0xc3, 0xc3, 0xff, 0xff];
    let ebdt = [be32(&[0x2_0000]), picture.repeat(usize::from(letters))].concat();
    let tables: [(&[u8; 4], Vec<u8>); 7] = [
        (b"EBDT", ebdt),
        (b"EBLC", eblc),
        (b"cmap", cmap),
        (b"head", head),
        (b"hhea", hhea),
        (b"hmtx", hmtx),
        (b"maxp", maxp),
    ];
    let mut font = [be32(&[0x1_0000]), be16(&[7, 64, 2, 48])].concat();
    let mut at = 12 + 16 * tables.len();
    for (tag, table) in &tables {
        font.extend(*tag);
        font.extend(be32(&[0, at as u32, table.len() as u32]));
        at += table.len().next_multiple_of(4);
    }
    for (_, table) in tables {
        font.extend(&table);
        font.resize(font.len().next_multiple_of(4), 0);
    }
    font
}

#[test]
fn a_font_of_bitmaps_alone_has_a_picture_and_a_specimen() {
    let font = bitmaps_only();
    let found = read(Format::Ttf, &font, 64, INK, &LIMITS).unwrap();
    assert_eq!(found.metadata.scripts, ["Latin"]);
    let picture = &found.preview;
    assert_eq!((picture.width, picture.height), (64, 64));
    // “Ag” is 18 × 8 pixels in the strike and twice as large here, 48 pixels of ink to a letter.
    assert_eq!(inked(picture), 2 * 48 * 4);
    let first = picture.rgba.chunks(4).find(|pixel| pixel[3] > 0).unwrap();
    assert_eq!(first, [INK.r, INK.g, INK.b, 255]);
    // Twice the strike's size: letters of 16 × 16 begin two pixels from the left.
    let set = specimen(Format::Ttf, &font, "A\nB", 32.0, 100, INK, &LIMITS).unwrap();
    assert_eq!((set.width, inked(&set)), (100, 2 * 48 * 4));
    let at = |x: u32, y: u32| set.rgba[((y * set.width + x) * 4 + 3) as usize];
    let top = (0..set.height).find(|y| at(2, *y) > 0).unwrap();
    assert_eq!(
        (at(1, top), at(2, top), at(17, top), at(18, top)),
        (0, 255, 255, 0)
    );
    // Half of the strike's size.
    let small = specimen(Format::Ttf, &font, "A", 8.0, 100, INK, &LIMITS).unwrap();
    assert_eq!(small.width, 100);
    assert!((4..30).contains(&inked(&small)), "{}", inked(&small));
}

#[test]
fn damaged_bitmap_fonts_get_an_answer() {
    let font = bitmaps_only();
    for seed in 0..400 {
        gameforge_fonts::fuzz(&mutated(&font, seed));
    }
    // The last two bytes only fill the last table up.
    for end in (0..font.len() - 2).step_by(7) {
        assert!(read(Format::Ttf, &font[..end], 64, INK, &LIMITS).is_err());
    }
}
