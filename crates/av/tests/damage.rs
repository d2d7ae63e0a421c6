//! Every prefix and many mutations of every fixture: an answer or an error, never a panic or a hang.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test stops where its setup fails"
)]

use gameforge_testkit::{fixture, mutated, sound};

fn seeds() -> Vec<Vec<u8>> {
    let short = sound::wav(&sound::tone(700.0, 0.02, 8000, 0.5), 8000);
    let cases: [(u8, &[u8]); 11] = [
        (0, &short),
        (0, fixture::ADPCM),
        (1, fixture::VORBIS),
        (1, fixture::OPUS),
        (1, fixture::OPUS_SURROUND),
        (2, fixture::MP3),
        (2, fixture::MP3_WITHOUT_XING),
        (3, fixture::FLAC),
        (4, fixture::MP4),
        (4, fixture::MP4_FRAGMENTED),
        (5, fixture::WEBM),
    ];
    cases
        .into_iter()
        .map(|(choice, bytes)| [&[choice], bytes].concat())
        .collect()
}

#[test]
fn every_prefix_gets_an_answer() {
    for seed in seeds() {
        let step = (seed.len() / 400).max(1);
        for length in (0..seed.len()).step_by(step) {
            gameforge_av::fuzz(&seed[..length]);
        }
    }
}

#[test]
fn mutations_get_an_answer() {
    for seed in seeds() {
        for round in 0..250 {
            gameforge_av::fuzz(&mutated(&seed, round));
        }
    }
}

#[test]
fn the_stored_corpus_and_its_mutations_get_an_answer() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fuzz/corpus/av");
    let mut files = 0;
    for entry in std::fs::read_dir(folder).expect("the corpus is in the tree") {
        let bytes = std::fs::read(entry.expect("a file").path()).expect("it is readable");
        files += 1;
        gameforge_av::fuzz(&bytes);
        for round in 0..20 {
            gameforge_av::fuzz(&mutated(&bytes, round));
        }
    }
    assert!(files >= 10, "{files} files");
}
