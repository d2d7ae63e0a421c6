//! One entry for fuzzing every reader of this crate: by `cargo fuzz`, and by an ordinary test.

use gameforge_domain::{Format, Limits};

/// The formats in the order in which the first byte of an input chooses them.
pub const FORMATS: [Format; 13] = [
    Format::Png,
    Format::Jpeg,
    Format::Webp,
    Format::Gif,
    Format::Bmp,
    Format::Tga,
    Format::Tiff,
    Format::Hdr,
    Format::Exr,
    Format::Dds,
    Format::Svg,
    Format::Psd,
    Format::Aseprite,
];

/// Small, so that a run of millions of inputs does not wait for memory.
pub const LIMITS: Limits = Limits {
    pixels: 1 << 20,
    memory: 64 << 20,
    ..Limits::STANDARD
};

/// Reads the bytes after the first as the format that the first one names, through every entry,
/// and checks what holds for all input.
///
/// # Panics
/// When a reader breaks a promise: that is the finding.
#[allow(clippy::panic, reason = "a broken promise has to stop the fuzzer")]
pub fn fuzz(bytes: &[u8]) {
    let Some((choice, content)) = bytes.split_first() else {
        return;
    };
    let format = FORMATS[usize::from(*choice) % FORMATS.len()];
    let probed = crate::probe(format, content, &LIMITS);
    let read = crate::read(format, content, 64, &LIMITS);
    let decoded = crate::decode(format, content, &LIMITS);
    if let Ok(picture) = &read {
        let (preview, facts) = (&picture.preview, &picture.metadata);
        assert!(
            preview.width.max(preview.height) <= 64,
            "the preview of {format} is too large"
        );
        assert_eq!(
            preview.rgba.len(),
            preview.width as usize * preview.height as usize * 4
        );
        assert!(u64::from(facts.width) * u64::from(facts.height) <= LIMITS.pixels);
        assert!(picture.palette.len() <= 8 && facts.frames >= 1);
        assert!(crate::encode_preview(preview).is_ok());
        match probed.as_ref().map(|probed| (probed.width, probed.height)) {
            Ok(sides) => assert_eq!(
                sides,
                (facts.width, facts.height),
                "probe and read of {format} disagree"
            ),
            Err(error) => panic!("{format} can be read but not probed: {error}"),
        }
    }
    assert_eq!(
        read.is_ok(),
        decoded.is_ok(),
        "read and decode of {format} disagree"
    );
    if let Ok(animation) = crate::animation(format, content, &LIMITS) {
        for frame in &animation.frames {
            assert_eq!(
                (frame.pixels.width, frame.pixels.height),
                (animation.width, animation.height)
            );
        }
    }
}
