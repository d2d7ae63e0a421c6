//! Metadata and pixels of one good file of each kind.

use crate::samples::{self, named};
use gameforge_domain::{Format, ImageMetadata, Limits, Pixels};
use gameforge_raster::{Picture, animation, decode, probe, read};

const LIMITS: Limits = Limits::STANDARD;

fn picture(name: &str) -> Picture {
    let sample = named(name);
    read(sample.format, &sample.bytes, 64, &LIMITS)
        .unwrap_or_else(|error| panic!("{name}: {error}"))
}

fn pixels(name: &str) -> Pixels {
    let sample = named(name);
    decode(sample.format, &sample.bytes, &LIMITS).unwrap_or_else(|error| panic!("{name}: {error}"))
}

fn at(pixels: &Pixels, x: u32, y: u32) -> [u8; 4] {
    let start = ((y * pixels.width + x) * 4) as usize;
    pixels.rgba[start..start + 4].try_into().unwrap()
}

#[track_caller]
fn close(found: [u8; 4], expected: [u8; 4], tolerance: u8) {
    let near = found
        .iter()
        .zip(expected)
        .all(|(a, b)| a.abs_diff(b) <= tolerance);
    assert!(near, "{found:?} is not {expected:?} ± {tolerance}");
}

/// Name, bits, colour model, tolerance, alpha.
const DRAWN: [(&str, u8, &str, u8, u8); 19] = [
    ("interlaced.png", 8, "rgb", 0, 255),
    ("indexed.png", 8, "indexed", 40, 255),
    ("colour16.png", 16, "rgb", 0, 255),
    ("progressive.jpg", 8, "rgb", 40, 255),
    ("cmyk.jpg", 8, "cmyk", 40, 255),
    ("lossy.webp", 8, "rgb", 60, 255),
    ("lossless.webp", 8, "rgb", 0, 255),
    ("lzw.tiff", 8, "rgb", 0, 255),
    ("indexed.tiff", 8, "indexed", 1, 255),
    ("deep.tiff", 16, "rgb", 1, 255),
    ("rle.tga", 8, "rgb", 0, 255),
    ("indexed.bmp", 4, "indexed", 40, 255),
    ("dxt1.dds", 8, "bc1", 40, 255),
    ("dxt5.dds", 8, "bc3", 40, 128),
    ("cmyk.psd", 8, "cmyk", 2, 255),
    ("large.psb", 8, "rgb", 0, 255),
    ("zip.psd", 8, "rgb", 0, 255),
    ("indexed.psd", 8, "indexed", 0, 255),
    ("light.hdr", 32, "hdr", 8, 255),
];

#[test]
fn one_picture_looks_the_same_in_every_format() {
    for (name, bits, model, tolerance, alpha) in DRAWN {
        let found = picture(name);
        let facts = &found.metadata;
        assert_eq!(
            (facts.width, facts.height, facts.frames),
            (24, 16, 1),
            "{name}"
        );
        assert_eq!(
            (facts.bits, facts.colour_model.as_str()),
            (bits, model),
            "{name}"
        );
        assert_eq!(facts.alpha, alpha < 255, "{name}");
        assert_eq!(
            (found.preview.width, found.preview.height),
            (24, 16),
            "{name} is never enlarged"
        );
        let full = pixels(name);
        for (x, y, [r, g, b]) in [
            (5, 6, [0, 255, 0]),
            (20, 0, [255, 0, 0]),
            (20, 15, [0, 0, 255]),
        ] {
            let (shown, expected) = (at(&full, x, y), [r, g, b, alpha]);
            let near = shown
                .iter()
                .zip(expected)
                .all(|(a, b)| a.abs_diff(b) <= tolerance);
            assert!(near, "{name} at {x}, {y}: {shown:?} is not {expected:?}");
        }
        assert!(!found.palette.is_empty() && found.phash.is_some(), "{name}");
    }
}

#[test]
fn the_header_alone_gives_the_same_facts() {
    for sample in samples::all() {
        let name = sample.name;
        let full = read(sample.format, &sample.bytes, 64, &LIMITS)
            .unwrap_or_else(|error| panic!("{name}: {error}"));
        let header = probe(sample.format, &sample.bytes, &LIMITS)
            .unwrap_or_else(|error| panic!("{name}: {error}"));
        assert!(
            header.alpha || !full.metadata.alpha,
            "{name}: alpha where there can be none"
        );
        let compared = ImageMetadata {
            alpha: full.metadata.alpha,
            palette_size: full.metadata.palette_size,
            ..header
        };
        assert_eq!(compared, full.metadata, "{name}");
    }
}

#[test]
fn animations_have_frames_and_durations() {
    for (name, durations) in [("animated.gif", [70; 3]), ("animated.webp", [50; 3])] {
        let sample = named(name);
        let found = animation(sample.format, &sample.bytes, &LIMITS).unwrap();
        let facts = picture(name).metadata;
        assert_eq!((facts.frames, found.frames.len()), (3, 3), "{name}");
        assert_eq!(
            found
                .frames
                .iter()
                .map(|frame| frame.duration_ms)
                .collect::<Vec<_>>(),
            durations,
            "{name}"
        );
        assert!(
            (facts.duration - f64::from(durations.iter().sum::<u32>()) / 1000.0).abs() < 1e-9,
            "{name}"
        );
        close(at(&found.frames[0].pixels, 6, 5), [255, 0, 0, 255], 8);
        close(at(&found.frames[1].pixels, 6, 5), [0, 255, 0, 255], 8);
        assert_eq!((found.width, found.height), (12, 10), "{name}");
    }
    let sample = named("animated.png");
    let found = animation(Format::Png, &sample.bytes, &LIMITS).unwrap();
    let shown: Vec<_> = found
        .frames
        .iter()
        .map(|frame| (at(&frame.pixels, 3, 2), frame.duration_ms))
        .collect();
    assert_eq!(shown, [([255, 0, 0, 255], 100), ([0, 0, 255, 128], 250)]);
    let facts = picture("animated.png").metadata;
    assert_eq!(
        (facts.frames, facts.duration, facts.alpha),
        (2, 0.35, false),
        "the first frame is opaque"
    );
}

#[test]
fn a_still_is_an_animation_of_one() {
    let sample = named("lossless.webp");
    let found = animation(sample.format, &sample.bytes, &LIMITS).unwrap();
    assert_eq!((found.frames.len(), found.frames[0].duration_ms), (1, 0));
    assert_eq!(found.frames[0].pixels, pixels("lossless.webp"));
}

#[test]
fn a_turned_photograph_stands_upright() {
    let found = picture("upright.jpg");
    assert_eq!((found.metadata.width, found.metadata.height), (32, 16));
    assert_eq!((found.preview.width, found.preview.height), (32, 16));
    for shown in [&found.preview, &pixels("upright.jpg")] {
        close(at(shown, 29, 8), [255, 0, 0, 255], 6);
        close(at(shown, 2, 8), [0, 0, 255, 255], 6);
    }
}

#[test]
fn direct_draw_surfaces_in_masks_and_blocks() {
    let full = pixels("masks.dds");
    let row = |y: u32| [at(&full, 0, y), at(&full, 1, y), at(&full, 2, y)];
    assert_eq!(
        row(0),
        [[255, 0, 0, 255], [0, 255, 0, 255], [0, 0, 255, 255]]
    );
    assert_eq!(row(1), [[255; 4], [0, 0, 0, 255], [132, 130, 132, 255]]);
    let facts = picture("bc7.dds").metadata;
    assert_eq!(
        (facts.width, facts.height, facts.colour_model.as_str()),
        (6, 5, "bc7")
    );
    close(at(&pixels("bc7.dds"), 5, 4), [255, 0, 0, 255], 1);
    assert_eq!(picture("masks.dds").metadata.mipmaps, 2);
    assert_eq!(picture("bc6h.dds").metadata.bits, 16);
}

#[test]
fn bright_pictures_are_mapped_to_the_screen() {
    let found = picture("float.exr");
    assert_eq!(
        (found.metadata.bits, found.metadata.colour_model.as_str()),
        (32, "hdr")
    );
    let full = pixels("float.exr");
    let [r, g, b, a] = at(&full, 0, 0);
    assert!(r > 200 && g == 0 && b == 0 && a == 255, "{r} {g} {b} {a}");
    let grey = at(&full, 5, 5);
    assert!(
        grey[0] == grey[1] && grey[1] == grey[2] && (80..180).contains(&grey[0]),
        "{grey:?}"
    );
}

#[test]
fn photoshop_layers_transparency_and_modes() {
    let facts = picture("alpha.psd").metadata;
    assert_eq!(
        (facts.layers, facts.layer_names),
        (1, vec!["Glöw".to_owned()])
    );
    assert!(facts.alpha);
    let full = pixels("alpha.psd");
    close(at(&full, 0, 0), [255, 0, 0, 128], 1);
    assert_eq!(at(&full, 1, 0), [0; 4]);
    let raw = pixels("raw.psd");
    assert_eq!(
        (at(&raw, 5, 6), at(&raw, 20, 0)),
        ([0, 255, 0, 255], [255, 0, 0, 255])
    );
    let grey = picture("grey16.psd").metadata;
    assert_eq!((grey.bits, grey.colour_model.as_str()), (16, "grey"));
    assert_eq!(pixels("layers.psd"), raw);
}

#[test]
fn vectors_are_drawn_at_the_size_asked_for() {
    for name in ["shapes.svg", "shapes.svgz"] {
        let found = picture(name);
        let facts = &found.metadata;
        assert_eq!(
            (
                facts.width,
                facts.height,
                facts.colour_model.as_str(),
                facts.alpha
            ),
            (40, 20, "vector", true)
        );
        assert_eq!((found.preview.width, found.preview.height), (64, 32));
        close(at(&found.preview, 40, 8), [0, 255, 0, 255], 0);
        close(at(&found.preview, 1, 8), [255, 0, 0, 255], 12);
        assert_eq!(at(&found.preview, 60, 28), [0; 4]);
        assert_eq!(pixels(name).width, 40);
    }
}

#[test]
fn text_in_a_vector_needs_no_font_to_be_read() {
    let svg = br#"<svg xmlns="http://www.w3.org/2000/svg" width="60" height="20"><rect width="5" height="5"/><text x="8" y="15" font-family="NoSuchFont">Hi</text></svg>"#;
    let found = read(Format::Svg, svg, 60, &LIMITS).unwrap();
    assert_eq!(at(&found.preview, 2, 2), [0, 0, 0, 255]);
}

#[test]
fn aseprite_layers_frames_tags_and_links() {
    let facts = picture("layers.aseprite").metadata;
    assert_eq!(
        (facts.width, facts.height, facts.frames, facts.duration),
        (4, 3, 2, 0.15)
    );
    assert_eq!(facts.layer_names, ["Base", "Over", "Mark", "Hidden"]);
    assert_eq!((facts.slices, facts.layers), (vec!["hit".to_owned()], 4));
    let tag = &facts.tags[0];
    assert_eq!(
        (tag.name.as_str(), tag.from, tag.to, tag.direction.as_str()),
        ("walk", 0, 1, "pingpong")
    );
    assert_eq!((facts.palette_size, facts.alpha), (2, false));
    let sample = named("layers.aseprite");
    let frames = animation(Format::Aseprite, &sample.bytes, &LIMITS)
        .unwrap()
        .frames;
    close(at(&frames[0].pixels, 1, 1), [127, 128, 0, 255], 1);
    assert_eq!(at(&frames[0].pixels, 0, 0), [255, 0, 0, 255]);
    assert_eq!(
        (at(&frames[1].pixels, 0, 0), frames[1].duration_ms),
        ([0; 4], 50),
        "only the linked cel"
    );
    assert_eq!(at(&frames[1].pixels, 1, 1), [0, 255, 0, 128]);
}

#[test]
fn aseprite_tiles_are_mirrored_and_indices_coloured() {
    let full = pixels("tiles.aseprite");
    let (dark, light, none) = ([10, 20, 30, 255], [200, 100, 50, 255], [0; 4]);
    let row = |y: u32| {
        [
            at(&full, 0, y),
            at(&full, 1, y),
            at(&full, 2, y),
            at(&full, 3, y),
        ]
    };
    assert_eq!(row(0), [dark, light, light, dark]);
    assert_eq!(row(1), [none, light, light, none]);
    let facts = picture("tiles.aseprite").metadata;
    assert_eq!(
        (facts.colour_model.as_str(), facts.palette_size, facts.alpha),
        ("indexed", 3, true)
    );
}

#[test]
fn a_large_picture_is_shrunk_as_a_whole() {
    // A checkerboard of 3 × 3 fields on an odd size: fields stay where they are, and so do their colours.
    let rgba = (0..1501 * 997_u32)
        .flat_map(|n| {
            if ((n % 1501 / 501) + (n / 1501 / 333)).is_multiple_of(2) {
                [200, 40, 0, 255]
            } else {
                [0, 40, 200, 60]
            }
        })
        .collect();
    let large = Pixels::new(1501, 997, rgba).unwrap();
    let png = gameforge_raster::encode_png(&large).unwrap();
    let found = read(Format::Png, &png, 100, &LIMITS).unwrap();
    assert_eq!((found.preview.width, found.preview.height), (100, 66));
    assert_eq!(
        (found.metadata.alpha, found.metadata.palette_size),
        (true, 2)
    );
    for (x, y, colour) in [
        (16, 11, [200, 40, 0, 255]),
        (50, 11, [0, 40, 200, 60]),
        (83, 55, [200, 40, 0, 255]),
    ] {
        close(at(&found.preview, x, y), colour, 2);
    }
    let whole = gameforge_raster::phash(&large).unwrap();
    assert!(
        (whole ^ found.phash.unwrap()).count_ones() <= 6,
        "the shrunk picture looks like the whole"
    );
}
