//! Bytes that lie: cut short, flipped, or asking for more than a machine has.

use crate::samples::{self, SVG, gzip, named};
use gameforge_domain::{Format, Limits, ReadError};
use gameforge_raster::{animation, decode, fuzz, probe, read};
use std::time::{Duration, Instant};

const LIMITS: Limits = Limits::STANDARD;

/// Bytes for the fuzzing entry: the format's number, then the file.
fn input(format: Format, bytes: &[u8]) -> Vec<u8> {
    let number = fuzz::FORMATS
        .iter()
        .position(|other| *other == format)
        .unwrap();
    let mut input = vec![number as u8];
    input.extend(bytes);
    input
}

/// The whole of an error, with the sender's caught panics counted as what they are.
fn panicked<T>(result: &Result<T, ReadError>) -> bool {
    matches!(result, Err(ReadError::Panicked { .. }))
}

#[test]
fn every_format_has_a_sample() {
    let samples = samples::all();
    for format in fuzz::FORMATS {
        assert!(
            samples.iter().any(|sample| sample.format == format),
            "{format}"
        );
    }
}

#[test]
fn no_prefix_of_a_file_panics_or_passes_for_the_whole() {
    for sample in samples::all() {
        let (name, format) = (sample.name, sample.format);
        let step = (sample.bytes.len() / 600).max(1);
        for end in (0..sample.bytes.len()).step_by(step) {
            let prefix = &sample.bytes[..end];
            let found = read(format, prefix, 32, &LIMITS);
            assert!(!panicked(&found), "{name} cut at {end}");
            assert!(
                !panicked(&probe(format, prefix, &LIMITS)),
                "{name} cut at {end}"
            );
            if end == 0 {
                assert_eq!(found.unwrap_err().code(), "empty");
            } else if matches!(format, Format::Png | Format::Jpeg) {
                let code = found.err().map(|error| error.code());
                assert!(
                    matches!(code, Some("truncated" | "corrupt")),
                    "{name} cut at {end}: {code:?}"
                );
            }
        }
    }
}

#[test]
fn half_a_file_says_that_it_is_cut_short() {
    for name in [
        "interlaced.png",
        "progressive.jpg",
        "lossy.webp",
        "animated.gif",
        "rle.tga",
        "dxt5.dds",
        "raw.psd",
        "layers.aseprite",
        "shapes.svg",
        "indexed.bmp",
    ] {
        let sample = named(name);
        let error = read(
            sample.format,
            &sample.bytes[..sample.bytes.len() / 2],
            32,
            &LIMITS,
        )
        .unwrap_err();
        assert_eq!(error.code(), "truncated", "{name}: {error}");
    }
}

#[test]
fn stored_inputs_and_seeded_mutations_keep_every_promise() {
    // A small generator with a fixed seed (Marsaglia's xorshift), so that a failure comes again.
    let mut state = 0x9e37_79b9_7f4a_7c15_u64;
    let mut random = move |most: usize| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state % most.max(1) as u64) as usize
    };
    // More by hand: GAMEFORGE_FUZZ_ROUNDS=20000.
    let rounds = std::env::var("GAMEFORGE_FUZZ_ROUNDS")
        .ok()
        .and_then(|text| text.parse().ok())
        .unwrap_or(150_u32);
    let corpus = concat!(env!("CARGO_MANIFEST_DIR"), "/../../fuzz/corpus/raster");
    let mut stored = 0;
    for entry in std::fs::read_dir(corpus).unwrap() {
        fuzz::fuzz(&std::fs::read(entry.unwrap().path()).unwrap());
        stored += 1;
    }
    assert!(
        stored >= samples::all().len(),
        "the corpus holds at least every sample: {stored}"
    );
    for sample in samples::all() {
        let whole = input(sample.format, &sample.bytes);
        let start = Instant::now();
        for _ in 0..rounds {
            let mut bytes = whole.clone();
            for _ in 0..=random(4) {
                // Headers decide the most, so half of the changes fall there.
                let reach = if random(2) == 0 {
                    bytes.len().min(160)
                } else {
                    bytes.len()
                };
                let place = 1 + random(reach - 1);
                match random(4) {
                    0 => bytes[place] ^= 1 << random(8),
                    1 => bytes[place] = [0, 1, 0x7f, 0x80, 0xff][random(5)],
                    2 => drop(bytes.drain(place..(place + random(8)).min(bytes.len()))),
                    _ => bytes.insert(place, random(256) as u8),
                }
                if bytes.len() < 3 {
                    break;
                }
            }
            fuzz::fuzz(&bytes);
        }
        assert!(
            start.elapsed() < Duration::from_secs(60),
            "{} takes too long",
            sample.name
        );
    }
}

/// Headers that promise 100,000 × 100,000 pixels (or the most that the format can say).
fn giants() -> Vec<(Format, Vec<u8>)> {
    let put = |mut bytes: Vec<u8>, at: usize, value: &[u8]| {
        bytes[at..at + value.len()].copy_from_slice(value);
        bytes
    };
    let big = 100_000_u32;
    let of = |name: &str| named(name).bytes;
    let mut png = put(
        of("interlaced.png"),
        16,
        &[big.to_be_bytes(), big.to_be_bytes()].concat(),
    );
    // The check sum fits, so that only the sides are wrong.
    let sum = crc(&png[12..29]);
    png = put(png, 29, &sum.to_be_bytes());
    let jpeg = of("progressive.jpg");
    let frame = jpeg
        .windows(2)
        .position(|pair| pair == [0xff, 0xc2])
        .unwrap();
    let gif = put(of("animated.gif"), 6, &[0xff; 4]);
    let lossless = of("lossless.webp");
    let hdr = String::from_utf8_lossy(&of("light.hdr")).into_owned();
    let sizes = hdr.find("-Y 16 +X 24").unwrap();
    let mut light = of("light.hdr")[..sizes].to_vec();
    light.extend(b"-Y 100000 +X 100000\n");
    light.extend([0; 64]);
    let mut exr = of("float.exr");
    let window = exr
        .windows(10)
        .position(|name| name == b"dataWindow")
        .unwrap()
        + 10
        + 1
        + 6
        + 4;
    exr = put(
        exr,
        window + 8,
        &[(big - 1).to_le_bytes(), (big - 1).to_le_bytes()].concat(),
    );
    let tiff = {
        let mut bytes = b"II\x2a\0\x08\0\0\0".to_vec();
        let tags: [(u16, u16, u32); 8] = [
            (256, 4, big),
            (257, 4, big),
            (258, 3, 8),
            (259, 3, 1),
            (262, 3, 1),
            (273, 4, 8),
            (278, 4, big),
            (279, 4, 100),
        ];
        bytes.extend((tags.len() as u16).to_le_bytes());
        for (tag, kind, value) in tags {
            bytes.extend([tag.to_le_bytes(), kind.to_le_bytes()].concat());
            bytes.extend([1_u32.to_le_bytes(), value.to_le_bytes()].concat());
        }
        bytes.extend([0; 4]);
        bytes
    };
    vec![
        (Format::Png, png),
        (Format::Jpeg, put(jpeg, frame + 5, &[0xff; 4])),
        (Format::Gif, gif),
        (Format::Webp, put(lossless, 21, &[0xfe, 0xbf, 0xff, 0x0f])),
        (
            Format::Bmp,
            put(
                of("indexed.bmp"),
                18,
                &[big.to_le_bytes(), big.to_le_bytes()].concat(),
            ),
        ),
        (Format::Tga, put(of("rle.tga"), 12, &[0xff; 4])),
        (Format::Tiff, tiff),
        (Format::Hdr, light),
        (Format::Exr, exr),
        (
            Format::Dds,
            put(
                of("dxt1.dds"),
                12,
                &[big.to_le_bytes(), big.to_le_bytes()].concat(),
            ),
        ),
        (
            Format::Psd,
            put(
                of("large.psb"),
                14,
                &[big.to_be_bytes(), big.to_be_bytes()].concat(),
            ),
        ),
        (Format::Aseprite, put(of("layers.aseprite"), 8, &[0xff; 4])),
        (
            Format::Svg,
            SVG.replace(
                r#"width="40" height="20""#,
                r#"width="100000" height="100000""#,
            )
            .into_bytes(),
        ),
    ]
}

fn crc(bytes: &[u8]) -> u32 {
    let mut sum = flate2::Crc::new();
    sum.update(bytes);
    sum.sum()
}

#[test]
fn giant_canvases_are_refused_at_once() {
    let giants = giants();
    assert_eq!(giants.len(), fuzz::FORMATS.len());
    for (format, bytes) in giants {
        let start = Instant::now();
        let codes = [
            read(format, &bytes, 320, &LIMITS)
                .err()
                .map(|error| error.code()),
            probe(format, &bytes, &LIMITS)
                .err()
                .map(|error| error.code()),
            decode(format, &bytes, &LIMITS)
                .err()
                .map(|error| error.code()),
            animation(format, &bytes, &LIMITS)
                .err()
                .map(|error| error.code()),
        ];
        assert_eq!(codes, [Some("too_large"); 4], "{format}");
        assert!(
            start.elapsed() < Duration::from_secs(1),
            "{format} took {:?}",
            start.elapsed()
        );
    }
}

#[test]
fn limits_of_the_caller_are_kept() {
    let tight = Limits {
        pixels: 24 * 16 - 1,
        ..LIMITS
    };
    for sample in samples::drawn()
        .iter()
        .filter(|sample| !sample.name.starts_with("animated"))
    {
        let error = read(sample.format, &sample.bytes, 32, &tight).unwrap_err();
        assert_eq!(error.code(), "too_large", "{}: {error}", sample.name);
    }
    let sample = named("animated.gif");
    let error = read(
        Format::Gif,
        &sample.bytes,
        32,
        &Limits {
            file_bytes: 100,
            ..LIMITS
        },
    )
    .unwrap_err();
    assert_eq!(error.code(), "too_large");
    let error = animation(
        Format::Gif,
        &sample.bytes,
        &Limits {
            memory: 2500,
            ..LIMITS
        },
    )
    .unwrap_err();
    assert_eq!(
        error.code(),
        "too_large",
        "three frames need more than two fit"
    );
}

#[test]
fn what_unpacks_to_far_more_than_it_says_is_cut_off() {
    let zeros = vec![0; 64 << 20];
    let document = samples::document(4, 3, 32, &[]);
    assert!(read(Format::Aseprite, &document, 32, &LIMITS).is_err());
    // A cel of 2 × 2 whose stream would give 64 MiB: only sixteen bytes are ever unpacked.
    let frame = {
        let base = samples::aseprite();
        let start = base
            .windows(2)
            .position(|pair| pair == [0x78, 0xda])
            .unwrap();
        let mut bytes = base[..start].to_vec();
        bytes.extend(samples::zlib(&zeros));
        bytes
    };
    let start = Instant::now();
    assert!(read(Format::Aseprite, &frame, 32, &LIMITS).is_err());
    let bomb = gzip(&vec![b' '; 200 << 20]);
    let error = read(Format::Svg, &bomb, 32, &LIMITS).unwrap_err();
    assert_eq!(error.code(), "too_large");
    assert!(start.elapsed() < Duration::from_secs(5));
}

fn svg(body: &str) -> Vec<u8> {
    format!(r#"<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" width="64" height="64">{body}</svg>"#)
        .into_bytes()
}

#[test]
fn vectors_cannot_multiply_their_work() {
    let uses: String = (1..12)
        .map(|n| {
            format!(
                r##"<g id="g{n}">{}</g>"##,
                format!(r##"<use xlink:href="#g{}"/>"##, n - 1).repeat(10)
            )
        })
        .collect();
    let patterns: String = (1..12)
        .map(|n| {
            let rect = format!(r#"<rect width="9" height="9" fill="url(#p{})"/>"#, n - 1);
            format!(
                r#"<pattern id="p{n}" width="9" height="9">{}</pattern>"#,
                rect.repeat(10)
            )
        })
        .collect();
    let classes: String = (1..12)
        .map(|n| format!(".m{n}{{mask:url(#k{})}}", n - 1))
        .collect();
    let masks: String = (1..12)
        .map(|n| {
            format!(
                r#"<mask id="k{n}">{}</mask>"#,
                format!(r#"<rect class="m{n}"/>"#).repeat(10)
            )
        })
        .collect();
    let laughs = (1..10).fold(
        r#"<!DOCTYPE svg [<!ENTITY a0 "ha">"#.to_owned(),
        |text, n| text + &format!(r#"<!ENTITY a{n} "{}">"#, format!("&a{};", n - 1).repeat(10)),
    );
    let bombs = [
        ("use", svg(&format!(r##"<defs><rect id="g0" width="1" height="1"/>{uses}</defs><use xlink:href="#g11"/>"##)), "too_large"),
        ("patterns", svg(&format!(r##"<pattern id="p0"/>{patterns}<rect width="64" height="64" fill="url(#p11)"/>"##)), "too_large"),
        ("masks", svg(&format!(r##"<style>{classes}</style><mask id="k0"/>{masks}<rect mask="url(#k11)"/>"##)), "too_large"),
        ("depth", svg(&("<g>".repeat(100_000) + &"</g>".repeat(100_000))), "too_large"),
        ("octaves", svg(r##"<filter id="f"><feTurbulence baseFrequency="1" numOctaves="2000000000"/></filter><rect width="64" height="64" filter="url(#f)"/>"##), "too_large"),
        ("entities", format!(r#"{laughs}]><svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><text>&a9;</text></svg>"#).into_bytes(), "corrupt"),
    ];
    for (name, bytes, code) in bombs {
        let start = Instant::now();
        let error = read(Format::Svg, &bytes, 320, &LIMITS).unwrap_err();
        assert_eq!(error.code(), code, "{name}: {error}");
        assert!(
            start.elapsed() < Duration::from_secs(3),
            "{name} took {:?}",
            start.elapsed()
        );
    }
}

#[test]
fn circles_in_a_vector_end() {
    let circles = [
        r##"<g id="a"><use xlink:href="#a"/></g>"##,
        r##"<g id="a"><use xlink:href="#b"/></g><g id="b"><use xlink:href="#a"/></g>"##,
        r##"<pattern id="p" width="5" height="5"><rect width="5" height="5" fill="url(#p)"/></pattern><rect width="9" height="9" fill="url(#p)"/>"##,
        r##"<mask id="m"><rect width="9" height="9" mask="url(#m)"/></mask><rect width="9" height="9" mask="url(#m)"/>"##,
    ];
    for circle in circles {
        let bytes = svg(&format!(
            r#"{circle}<rect x="50" y="50" width="9" height="9" fill="red"/>"#
        ));
        // Cut by the builder or refused by name; both are an end.
        if let Err(error) = read(Format::Svg, &bytes, 64, &LIMITS) {
            assert_eq!(error.code(), "corrupt", "{error}");
        }
    }
}

#[test]
fn depth_up_to_the_limit_is_drawn() {
    let deep = svg(&("<g opacity=\"0.99\">".repeat(120)
        + r#"<rect width="64" height="64" fill="red"/>"#
        + &"</g>".repeat(120)));
    let found = read(Format::Svg, &deep, 64, &LIMITS).unwrap();
    assert!(found.metadata.alpha && found.preview.rgba[3] > 40);
}

#[test]
fn a_vector_opens_no_file_and_keeps_embedded_pictures_within_limits() {
    // A real picture beside, absolute and as an address: it must not be drawn.
    let folder = std::env::temp_dir().join(format!("gameforge-raster-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let secret = folder.join("secret.png");
    let red = gameforge_domain::Pixels::new(8, 8, [255, 0, 0, 255].repeat(64)).unwrap();
    let png = gameforge_raster::encode_png(&red).unwrap();
    std::fs::write(&secret, &png).unwrap();
    for address in [
        secret.display().to_string(),
        format!("file://{}", secret.display()),
    ] {
        let bytes = svg(&format!(
            r#"<image xlink:href="{address}" width="64" height="64"/><text>&#160;</text>"#
        ));
        let found = read(Format::Svg, &bytes, 64, &LIMITS).unwrap();
        assert!(
            found.preview.rgba.iter().all(|byte| *byte == 0),
            "{address} was opened"
        );
    }
    std::fs::remove_dir_all(&folder).unwrap();
    let entity = format!(
        r#"<!DOCTYPE svg [<!ENTITY x SYSTEM "file://{}">]><svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><text>&x;</text></svg>"#,
        secret.display()
    );
    assert!(read(Format::Svg, entity.as_bytes(), 64, &LIMITS).is_err());

    let embedded = |bytes: &[u8]| {
        let data = base64(bytes);
        let file = svg(&format!(
            r#"<image xlink:href="data:image/png;base64,{data}" width="64" height="64"/>"#
        ));
        read(Format::Svg, &file, 64, &LIMITS).unwrap().preview.rgba[..4].to_vec()
    };
    assert_eq!(
        embedded(&png),
        [255, 0, 0, 255],
        "a picture inside is drawn"
    );
    let (_, giant) = giants()
        .into_iter()
        .find(|(format, _)| *format == Format::Png)
        .unwrap();
    assert_eq!(embedded(&giant), [0; 4], "a giant one is not");
}

fn base64(bytes: &[u8]) -> String {
    const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let digits = |chunk: &[u8]| {
        let word = chunk
            .iter()
            .chain([0, 0].iter())
            .take(3)
            .fold(0_u32, |word, byte| (word << 8) | u32::from(*byte));
        let used = chunk.len() + 1;
        (0..4)
            .map(|n| {
                if n < used {
                    LETTERS[(word >> (18 - 6 * n)) as usize & 63] as char
                } else {
                    '='
                }
            })
            .collect::<String>()
    };
    bytes.chunks(3).map(digits).collect()
}

#[test]
fn links_in_aseprite_cannot_multiply_work() {
    let pixels = Limits {
        pixels: 1000,
        ..LIMITS
    };
    // 2,000 layers that each link to a cel of 30 × 30.
    assert!(
        read(Format::Aseprite, &samples::many_links(2000), 32, &pixels)
            .is_err_and(|error| error.code() == "too_large")
    );
    assert!(read(Format::Aseprite, &samples::many_links(3), 32, &pixels).is_ok());
}

#[test]
fn other_formats_are_named_and_refused() {
    let error = read(Format::Wav, b"RIFF", 32, &LIMITS).unwrap_err();
    assert_eq!(error.code(), "unsupported");
    for format in fuzz::FORMATS {
        let noise: Vec<u8> = (0..4000_u32)
            .map(|n| (n.wrapping_mul(2_654_435_761) >> 13) as u8)
            .collect();
        let found = read(format, &noise, 32, &LIMITS);
        assert!(found.is_err() && !panicked(&found), "{format}");
    }
}
