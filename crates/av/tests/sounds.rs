//! Facts of known signals, and what damaged sounds get.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test stops where its setup fails"
)]

use gameforge_av::{Peaks, probe, read, waveform};
use gameforge_domain::{Format, Limits, ReadError};
use gameforge_testkit::fixture;
use gameforge_testkit::sound::{Depth, list_chunk, loop_chunk, tone, wav, wav_of};

const LIMITS: Limits = Limits::STANDARD;

/// Interleaves one signal into two equal channels.
fn stereo(samples: &[f32]) -> Vec<f32> {
    samples
        .iter()
        .flat_map(|sample| [*sample, *sample])
        .collect()
}

#[test]
fn a_stereo_tone_of_minus_23_is_measured_as_the_standard_says() {
    // EBU Tech 3341, case 1: a 1 kHz sine at −23 dBFS in both channels reads −23 LUFS.
    let samples = stereo(&tone(1000.0, 5.0, 48_000, 10f64.powf(-23.0 / 20.0)));
    let sound = read(
        Format::Wav,
        &wav_of(&samples, 48_000, 2, Depth::I24, &[]),
        &LIMITS,
    )
    .unwrap();
    let facts = sound.metadata;
    assert!(
        (facts.loudness.unwrap() + 23.0).abs() <= 0.1,
        "{:?}",
        facts.loudness
    );
    assert!(
        (facts.peak.unwrap() + 23.0).abs() <= 0.01,
        "{:?}",
        facts.peak
    );
    assert_eq!(
        (facts.duration, facts.rate, facts.channels, facts.bits),
        (5.0, 48_000, 2, 24)
    );
}

#[test]
fn one_channel_reads_three_lower_than_two() {
    let samples = tone(1000.0, 3.0, 48_000, 0.1);
    let facts = read(Format::Wav, &wav(&samples, 48_000), &LIMITS)
        .unwrap()
        .metadata;
    assert!(
        (facts.loudness.unwrap() + 23.0).abs() <= 0.2,
        "−20 dBFS in one channel: {:?}",
        facts.loudness
    );
    assert!((facts.peak.unwrap() + 20.0).abs() <= 0.01);
}

#[test]
fn silence_and_very_short_sounds_have_no_loudness() {
    let silent = read(Format::Wav, &wav(&vec![0.0; 48_000], 48_000), &LIMITS).unwrap();
    assert_eq!(
        (silent.metadata.loudness, silent.metadata.peak),
        (None, None)
    );
    assert!(silent.peaks.buckets.iter().all(|bucket| *bucket == (0, 0)));
    let short = read(
        Format::Wav,
        &wav(&tone(1000.0, 0.2, 48_000, 0.5), 48_000),
        &LIMITS,
    )
    .unwrap();
    assert_eq!(short.metadata.loudness, None);
    assert!((short.metadata.peak.unwrap() + 6.02).abs() < 0.01);
}

#[test]
fn every_depth_of_pcm_reads_the_same_tone() {
    for (depth, bits) in [
        (Depth::U8, 8),
        (Depth::I16, 16),
        (Depth::I24, 24),
        (Depth::I32, 32),
        (Depth::F32, 32),
    ] {
        let bytes = wav_of(&tone(500.0, 0.5, 22_050, 0.5), 22_050, 1, depth, &[]);
        let facts = read(Format::Wav, &bytes, &LIMITS).unwrap().metadata;
        assert_eq!(
            (facts.duration, facts.bits, facts.codec.as_str()),
            (0.5, bits, "pcm"),
            "{depth:?}"
        );
        assert!(
            (facts.peak.unwrap() + 6.02).abs() < 0.15,
            "{depth:?}: {:?}",
            facts.peak
        );
    }
}

#[test]
fn loops_and_labels_of_a_wave_file_are_found_after_the_sound() {
    let chunks = [
        (b"smpl", loop_chunk(0, 100)),
        (b"LIST", list_chunk(&[(b"INAM", "Hop"), (b"IART", "Forge")])),
    ];
    let bytes = wav_of(&tone(500.0, 0.1, 8000, 0.5), 8000, 1, Depth::I16, &chunks);
    let facts = probe(Format::Wav, &bytes, &LIMITS).unwrap();
    assert!(facts.loops);
    assert_eq!(
        facts.labels,
        [
            ("title".to_owned(), "Hop".to_owned()),
            ("artist".to_owned(), "Forge".to_owned())
        ]
    );
    assert!(
        !probe(Format::Wav, &wav(&[0.0; 10], 8000), &LIMITS)
            .unwrap()
            .loops
    );
}

#[test]
fn compressed_sounds_have_their_length_rate_and_codec() {
    let cases = [
        (Format::Ogg, fixture::VORBIS, "vorbis", 44_100, 0.0001),
        (Format::Ogg, fixture::OPUS, "opus", 48_000, 0.0001),
        (Format::Mp3, fixture::MP3, "mp3", 22_050, 0.0001),
        // Without a header, encoder delay and padding cannot be told from sound.
        (Format::Mp3, fixture::MP3_WITHOUT_XING, "mp3", 22_050, 0.09),
        (Format::Flac, fixture::FLAC, "flac", 8000, 0.0001),
        // The last block is padded and this file does not say by how much.
        (Format::Wav, fixture::ADPCM, "adpcm", 11_025, 0.06),
    ];
    for (format, bytes, codec, rate, tolerance) in cases {
        let sound = read(format, bytes, &LIMITS).unwrap();
        let facts = &sound.metadata;
        assert_eq!(
            (facts.codec.as_str(), facts.rate, facts.channels),
            (codec, rate, 1),
            "{codec}"
        );
        assert!(
            (facts.duration - 0.5).abs() <= tolerance,
            "{codec}: {} s",
            facts.duration
        );
        assert!(
            facts.peak.unwrap() > -30.0 && facts.loudness.is_some(),
            "{codec}: {facts:?}"
        );
        assert!(sound.peaks.buckets.len() > 1000, "{codec}");
        assert_eq!(
            probe(format, bytes, &LIMITS).unwrap().duration,
            facts.duration,
            "{codec}"
        );
    }
}

#[test]
fn tags_of_every_container_are_read() {
    let title = |format, bytes| {
        let facts = probe(format, bytes, &LIMITS).unwrap();
        let title = facts
            .labels
            .iter()
            .find(|(name, _)| name == "title")
            .map(|(_, text)| text.clone());
        (title.unwrap_or_default(), facts.loops)
    };
    assert_eq!(
        title(Format::Ogg, fixture::VORBIS),
        ("Tone".to_owned(), true)
    );
    assert_eq!(title(Format::Mp3, fixture::MP3), ("Tone".to_owned(), false));
    assert_eq!(
        title(Format::Flac, fixture::FLAC),
        ("Tone".to_owned(), false)
    );
}

/// Where the header of an Opus stream lies in a file.
fn opus_head(bytes: &[u8]) -> usize {
    let mut windows = bytes.windows(8);
    windows
        .position(|found| found == b"OpusHead")
        .expect("an Opus stream")
}

#[test]
fn opus_is_measured_as_the_reference_decoder_hears_it() {
    // As measured by the reference decoder and EBU R 128.
    let sound = read(Format::Ogg, fixture::OPUS, &LIMITS).unwrap();
    let facts = &sound.metadata;
    let (loudness, peak) = (facts.loudness.unwrap(), facts.peak.unwrap());
    assert!((loudness + 27.7).abs() < 0.2, "{loudness} LUFS");
    assert!((peak + 22.3).abs() < 0.2, "{peak} dBFS");
    assert_eq!(facts.duration, 0.5);
}

#[test]
fn the_gain_in_an_opus_header_is_applied() {
    let before = read(Format::Ogg, fixture::OPUS, &LIMITS).unwrap().metadata;
    let mut bytes = fixture::OPUS.to_vec();
    let at = opus_head(&bytes) + 16;
    bytes[at..at + 2].copy_from_slice(&(-6i16 * 256).to_le_bytes());
    let after = read(Format::Ogg, &bytes, &LIMITS).unwrap().metadata;
    let quieter = before.peak.unwrap() - after.peak.unwrap();
    assert!((quieter - 6.0).abs() < 0.01, "{quieter} dB quieter");
}

#[test]
fn surround_in_opus_is_decoded_and_a_layout_of_ones_own_is_described() {
    let sound = read(Format::Ogg, fixture::OPUS_SURROUND, &LIMITS).unwrap();
    assert_eq!(sound.metadata.channels, 6);
    assert!((sound.metadata.duration - 0.6).abs() < 0.001);
    assert!(sound.metadata.loudness.is_some() && sound.metadata.peak.unwrap() > -30.0);
    assert!(!sound.peaks.buckets.is_empty());
    let mut bytes = fixture::OPUS_SURROUND.to_vec();
    let at = opus_head(&bytes) + 18;
    bytes[at] = 255;
    let sound = read(Format::Ogg, &bytes, &LIMITS).unwrap();
    assert_eq!(
        (sound.peaks, sound.metadata.loudness),
        (Peaks::default(), None)
    );
    assert!((sound.metadata.duration - 0.6).abs() < 0.001);
}

#[test]
fn opus_after_opus_in_one_file_is_heard_to_its_end() {
    let one = read(Format::Ogg, fixture::OPUS, &LIMITS).unwrap();
    let two = [fixture::OPUS, fixture::OPUS].concat();
    let two = read(Format::Ogg, &two, &LIMITS).unwrap();
    assert_eq!(two.metadata.duration, 1.0);
    assert_eq!(two.metadata.peak, one.metadata.peak);
    let reach = |peaks: &Peaks| {
        let late = &peaks.buckets[peaks.buckets.len() * 3 / 4..];
        late.iter().map(|(low, high)| high - low).max()
    };
    assert!(reach(&two.peaks) > Some(4), "the second one sounds");
}

#[test]
fn a_file_of_endless_beginnings_is_refused() {
    // A page of 28 bytes and a header of 19, under another serial number each time.
    let head = &fixture::OPUS[..47];
    assert_eq!(
        (&head[..4], &head[28..36]),
        (&b"OggS"[..], &b"OpusHead"[..])
    );
    let bytes: Vec<u8> = (0..2000u32)
        .flat_map(|serial| [&head[..14], &serial.to_le_bytes(), &head[18..]].concat())
        .collect();
    let error = probe(Format::Ogg, &bytes, &LIMITS).unwrap_err();
    assert_eq!(error.code(), "corrupt", "{error}");
    assert!(error.to_string().contains("streams"), "{error}");
}

#[test]
fn a_sound_beyond_the_limit_is_described_and_not_decoded() {
    let bytes = wav(&tone(440.0, 1.0, 8000, 0.5), 8000);
    let sound = read(
        Format::Wav,
        &bytes,
        &Limits {
            sample_frames: 7999,
            ..LIMITS
        },
    )
    .unwrap();
    assert_eq!(
        (
            sound.metadata.duration,
            sound.peaks.buckets.len(),
            sound.metadata.peak
        ),
        (1.0, 0, None)
    );
}

#[test]
fn cut_sounds_are_truncated_wherever_the_container_knows_its_length() {
    for (format, bytes) in [
        (Format::Wav, wav(&tone(440.0, 0.2, 8000, 0.5), 8000)),
        (Format::Ogg, fixture::VORBIS.to_vec()),
        (Format::Mp3, fixture::MP3.to_vec()),
        (Format::Flac, fixture::FLAC.to_vec()),
    ] {
        for part in [0.3, 0.5, 0.8] {
            let cut = &bytes[..(bytes.len() as f64 * part) as usize];
            let error = read(format, cut, &LIMITS).expect_err("a part is not the whole");
            assert_eq!(error.code(), "truncated", "{format} at {part}: {error}");
        }
        assert!(matches!(read(format, &[], &LIMITS), Err(ReadError::Empty)));
    }
}

#[test]
fn other_files_are_corrupt_and_not_sounds() {
    let bytes = gameforge_testkit::sample(Format::Png);
    for format in [Format::Wav, Format::Ogg, Format::Mp3, Format::Flac] {
        assert_eq!(
            read(format, &bytes, &LIMITS).unwrap_err().code(),
            "corrupt",
            "{format}"
        );
    }
    assert_eq!(
        read(Format::Png, &bytes, &LIMITS).unwrap_err().code(),
        "unsupported"
    );
}

#[test]
fn a_wave_header_that_promises_gigabytes_gets_no_memory() {
    let mut bytes = wav(&[0.0; 100], 8000);
    bytes[40..44].copy_from_slice(&0x7000_0000u32.to_le_bytes());
    assert_eq!(
        read(Format::Wav, &bytes, &LIMITS).unwrap_err().code(),
        "truncated"
    );
    // A recorder that could not go back writes the largest number: what is there counts.
    bytes[40..44].copy_from_slice(&u32::MAX.to_le_bytes());
    assert_eq!(
        read(Format::Wav, &bytes, &LIMITS)
            .unwrap()
            .metadata
            .duration,
        100.0 / 8000.0
    );
}

#[test]
fn numbers_that_are_none_do_not_reach_the_facts() {
    let samples = [f32::NAN, f32::INFINITY, 0.25, -0.5].repeat(8000);
    let facts = read(
        Format::Wav,
        &wav_of(&samples, 8000, 1, Depth::F32, &[]),
        &LIMITS,
    )
    .unwrap()
    .metadata;
    assert!(
        (facts.peak.unwrap() + 6.02).abs() < 0.01,
        "{:?}",
        facts.peak
    );
    assert!(facts.loudness.is_none_or(f64::is_finite));
}

#[test]
fn the_outline_of_a_tone_fills_its_height_and_is_drawn() {
    let sound = read(
        Format::Wav,
        &wav(&tone(440.0, 1.0, 44_100, 1.0), 44_100),
        &LIMITS,
    )
    .unwrap();
    let inner = &sound.peaks.buckets[1..sound.peaks.buckets.len() - 1];
    assert!(
        inner.iter().any(|bucket| bucket.1 >= 126) && inner.iter().any(|bucket| bucket.0 <= -126)
    );
    let picture = waveform(&sound.peaks, 256, 128, gameforge_av::WAVEFORM_COLOUR);
    let inked = picture
        .rgba
        .chunks(4)
        .filter(|pixel| pixel[3] > 128)
        .count();
    assert!(
        (256 * 128 / 5..256 * 128 * 2 / 3).contains(&inked),
        "{inked} pixels"
    );
}
