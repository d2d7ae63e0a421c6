//! One round of fuzzing over all formats: the bytes decide themselves which reader gets them.

use crate::{NoSiblings, Request, Sample, read, sniff};
use gameforge_domain::{Limits, ReadError};

/// Sniffs and reads. Anything but an answer or a [`ReadError`] is a finding, a caught panic included.
pub fn round(bytes: &[u8]) {
    // The first byte chooses a name, since names break ties.
    const NAMES: [&str; 8] = [
        "a", "a.obj", "a.gltf", "a.stl", "a.tga", "a.import", "a.json", "a.csv",
    ];
    let Some((choice, bytes)) = bytes.split_first() else {
        return;
    };
    let name = NAMES[usize::from(*choice) % NAMES.len()];
    let format = sniff(&Sample::of(bytes, name));
    let limits = Limits {
        file_bytes: 1 << 20,
        pixels: 1 << 20,
        memory: 64 << 20,
        vertices: 100_000,
        sample_frames: 1_000_000,
        depth: 64,
    };
    let answer = read(
        format,
        bytes,
        &Request {
            siblings: &NoSiblings,
            side: 64,
            limits: &limits,
        },
    );
    if let Err(ReadError::Panicked { what }) = &answer {
        assert!(what.is_empty(), "the reader of {format} panicked: {what}");
    }
}
