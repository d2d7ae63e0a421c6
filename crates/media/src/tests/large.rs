//! Files that are larger than what may be held, as a file system without the bytes: zeros but for a few pieces, and a
//! count of how much was read.

use super::*;
use std::io::{self, SeekFrom};
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};

/// What the readers may take here: far less than the files are long.
const SMALL: Limits = Limits {
    file_bytes: 64 << 10,
    memory: 24 << 20,
    ..Limits::STANDARD
};

/// Zeros, with pieces at places.
struct Sparse<'a> {
    pieces: Vec<(u64, Vec<u8>)>,
    len: u64,
    at: Mutex<u64>,
    taken: &'a AtomicU64,
}

impl<'a> Sparse<'a> {
    fn new(len: u64, pieces: Vec<(u64, Vec<u8>)>, taken: &'a AtomicU64) -> Self {
        let at = Mutex::new(0);
        Self {
            pieces,
            len,
            at,
            taken,
        }
    }
}

impl Read for Sparse<'_> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let mut place = self.at.lock().unwrap();
        let count = (self.len.saturating_sub(*place) as usize).min(into.len());
        let into = &mut into[..count];
        into.fill(0);
        for (start, bytes) in &self.pieces {
            let from = (*place).max(*start);
            let to = (*place + count as u64).min(start + bytes.len() as u64);
            if from < to {
                let piece = &bytes[(from - start) as usize..(to - start) as usize];
                into[(from - *place) as usize..(to - *place) as usize].copy_from_slice(piece);
            }
        }
        *place += count as u64;
        self.taken.fetch_add(count as u64, Ordering::Relaxed);
        Ok(count)
    }
}

impl Seek for Sparse<'_> {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let mut place = self.at.lock().unwrap();
        let target = match to {
            SeekFrom::Start(at) => Some(at),
            SeekFrom::Current(by) => place.checked_add_signed(by),
            SeekFrom::End(by) => self.len.checked_add_signed(by),
        };
        *place = target.ok_or(io::ErrorKind::InvalidInput)?;
        Ok(*place)
    }
}

/// Reads with small limits; gives the reading and how many bytes were taken from the file.
fn streamed(
    format: Format,
    len: u64,
    pieces: Vec<(u64, Vec<u8>)>,
) -> (Result<Reading, ReadError>, u64) {
    assert_eq!(appetite(format), Appetite::Either);
    assert!(too_much_to_hold(format, len, &SMALL));
    let taken = AtomicU64::new(0);
    let file = Sparse::new(len, pieces, &taken);
    let reading = read_seekable(format, file, len, &request(&SMALL));
    (reading, taken.into_inner())
}

#[test]
fn what_can_be_read_either_way_gives_the_same_both_ways() {
    let mut count = 0;
    for (format, bytes) in samples() {
        if appetite(format) != Appetite::Either || format == Format::Glb {
            continue;
        }
        let held = read(format, &bytes, &request(&Limits::STANDARD)).unwrap();
        let len = bytes.len() as u64;
        let file = std::io::Cursor::new(&bytes);
        let found = read_seekable(format, file, len, &request(&SMALL)).unwrap();
        assert_eq!(found.metadata, held.metadata, "{format}");
        assert_eq!(found.preview, held.preview, "{format}");
        assert_eq!(
            (found.palette, found.phash),
            (held.palette, held.phash),
            "{format}"
        );
        count += 1;
    }
    assert!(count >= 6, "{count}");
}

#[test]
fn a_long_wave_file_is_measured_as_it_goes_by() {
    let wave = testkit::sample(Format::Wav);
    let (head, sound) = wave.split_at(44);
    assert_eq!(&head[36..40], b"data");
    // Three megabytes of silence with the kit's sound in their middle, and labels at the end.
    let size = 3_000_000u32;
    let mut head = head.to_vec();
    head[40..44].copy_from_slice(&size.to_le_bytes());
    let labels = b"LIST\x10\0\0\0INFOINAM\x04\0\0\0Long".to_vec();
    let end = 44 + u64::from(size);
    let len = end + labels.len() as u64;
    let pieces = vec![(0, head), (44 + 1_500_000, sound.to_vec()), (end, labels)];
    let (reading, _) = streamed(Format::Wav, len, pieces.clone());
    let reading = reading.unwrap();
    let Metadata::Audio(facts) = reading.metadata else {
        panic!("not a sound");
    };
    assert_eq!(facts.labels, [("title".to_owned(), "Long".to_owned())]);
    let held = read(Format::Wav, &wave, &request(&Limits::STANDARD)).unwrap();
    let Metadata::Audio(short) = held.metadata else {
        panic!("not a sound");
    };
    assert_eq!(facts.peak, short.peak, "the sound in the middle was heard");
    assert!(facts.duration > 10.0 * short.duration);
    assert!(reading.preview.is_some());
    // A file that ends before its sound does.
    let (cut, _) = streamed(Format::Wav, end - 10, pieces);
    assert_eq!(cut.unwrap_err().code(), "truncated");
}

#[test]
fn a_document_with_gigabytes_of_layers_is_read_by_its_merged_picture() {
    let psd = testkit::sample(Format::Psd);
    // Signature to resources are 34 bytes; then the layers' length and their records' length.
    let number = |at: usize| u32::from_be_bytes(psd[at..at + 4].try_into().unwrap()) as usize;
    let layers = number(34);
    let (start, merged) = psd.split_at(38 + layers);
    // Room for 3 GB of smart objects behind the records, before the merged picture.
    let room = 3_000_000_000u32;
    let mut start = start.to_vec();
    start[34..38].copy_from_slice(&(layers as u32 + room).to_be_bytes());
    let at = start.len() as u64 + u64::from(room);
    let len = at + merged.len() as u64;
    let (reading, taken) = streamed(Format::Psd, len, vec![(0, start), (at, merged.to_vec())]);
    let reading = reading.unwrap();
    let held = read(Format::Psd, &psd, &request(&Limits::STANDARD)).unwrap();
    assert_eq!(reading.metadata, held.metadata);
    assert_eq!(reading.preview, held.preview);
    assert!(taken < 2 << 20, "{taken} bytes were read");
}

#[test]
fn a_blender_file_of_gigabytes_is_passed_over_for_what_it_says() {
    let blend = testkit::sample(Format::Blend);
    let held = read(Format::Blend, &blend, &request(&Limits::STANDARD)).unwrap();
    // One more block of data, of 2 GB, before all others.
    let size = 2_000_000_000u32;
    let mut block = b"DATA".to_vec();
    block.extend(size.to_le_bytes());
    block.extend([0; 16]);
    let (head, rest) = blend.split_at(12);
    let at = 36 + u64::from(size);
    let len = at + rest.len() as u64;
    let pieces = vec![(0, [head, &block].concat()), (at, rest.to_vec())];
    let (reading, taken) = streamed(Format::Blend, len, pieces);
    let reading = reading.unwrap();
    assert_eq!(reading.metadata, held.metadata);
    assert_eq!(reading.preview, held.preview);
    assert!(taken < 2 << 20, "{taken} bytes were read");
}

#[test]
fn of_a_binary_gltf_that_cannot_be_held_the_description_is_read() {
    let glb = testkit::sample(Format::Glb);
    let held = read(Format::Glb, &glb, &request(&Limits::STANDARD)).unwrap();
    let (reading, taken) = streamed(Format::Glb, 1 << 31, vec![(0, glb)]);
    let reading = reading.unwrap();
    let (Metadata::Model(found), Metadata::Model(wanted)) = (reading.metadata, held.metadata)
    else {
        panic!("not models");
    };
    assert_eq!(
        (found.vertices, found.triangles, found.materials),
        (wanted.vertices, wanted.triangles, wanted.materials)
    );
    assert!(reading.preview.is_none());
    assert!(taken < 1 << 20, "{taken} bytes were read");
}
