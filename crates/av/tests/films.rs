//! Facts of films, and what damaged ones get.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test stops where its setup fails"
)]

use gameforge_av::film;
use gameforge_domain::{Format, Limits, ReadError, VideoMetadata};
use gameforge_testkit::fixture;
use std::io::Cursor;

fn read(format: Format, bytes: &[u8]) -> Result<VideoMetadata, ReadError> {
    film(
        format,
        Cursor::new(bytes),
        bytes.len() as u64,
        &Limits::STANDARD,
    )
}

#[test]
fn an_mp4_has_size_length_rate_and_codecs() {
    let film = read(Format::Mp4, fixture::MP4).unwrap();
    assert_eq!((film.width, film.height, film.frame_rate), (64, 36, 12.0));
    assert_eq!(
        (film.codec.as_str(), film.audio_codec.as_str()),
        ("h264", "aac")
    );
    assert!((film.duration - 0.5).abs() < 0.05, "{}", film.duration);
}

#[test]
fn a_fragmented_mp4_is_summed_up() {
    let film = read(Format::Mp4, fixture::MP4_FRAGMENTED).unwrap();
    assert_eq!((film.width, film.height, film.frame_rate), (64, 36, 12.0));
    assert!((film.duration - 0.5).abs() < 0.05, "{}", film.duration);
    assert_eq!(film.audio_codec, "");
}

#[test]
fn a_webm_has_size_length_rate_and_codecs() {
    let film = read(Format::Webm, fixture::WEBM).unwrap();
    assert_eq!((film.width, film.height), (64, 36));
    assert!((film.frame_rate - 12.0).abs() < 0.01, "{}", film.frame_rate);
    assert_eq!(
        (film.codec.as_str(), film.audio_codec.as_str()),
        ("vp8", "vorbis")
    );
    assert!((film.duration - 0.5).abs() < 0.05, "{}", film.duration);
}

#[test]
fn cut_films_are_truncated_and_other_files_corrupt() {
    for (format, bytes) in [(Format::Mp4, fixture::MP4), (Format::Webm, fixture::WEBM)] {
        for length in [10, bytes.len() / 4, bytes.len() / 2, bytes.len() - 1] {
            let error = read(format, &bytes[..length]).expect_err("a part is not the whole");
            assert_eq!(error.code(), "truncated", "{format} at {length}: {error}");
        }
        assert_eq!(read(format, &[]).unwrap_err().code(), "empty");
        assert_eq!(
            read(format, &gameforge_testkit::sample(Format::Png))
                .unwrap_err()
                .code(),
            "corrupt"
        );
    }
}

#[test]
fn an_index_larger_than_memory_allows_is_not_read() {
    // A sparse file of 64 GiB whose index claims nearly all of it.
    struct Sparse(u64, Vec<u8>);
    impl std::io::Read for Sparse {
        fn read(&mut self, into: &mut [u8]) -> std::io::Result<usize> {
            for byte in into.iter_mut() {
                *byte = self.1.get(self.0 as usize).copied().unwrap_or(0);
                self.0 += 1;
            }
            Ok(into.len())
        }
    }
    impl std::io::Seek for Sparse {
        fn seek(&mut self, to: std::io::SeekFrom) -> std::io::Result<u64> {
            if let std::io::SeekFrom::Start(at) = to {
                self.0 = at;
            }
            Ok(self.0)
        }
    }
    let mut bytes = b"\0\0\0\x10ftypisom\0\0\0\0\0\0\0\x01moov".to_vec();
    bytes.extend((60u64 << 30).to_be_bytes());
    let error = film(Format::Mp4, Sparse(0, bytes), 64 << 30, &Limits::STANDARD).unwrap_err();
    assert_eq!(error.code(), "too_large", "{error}");
}
