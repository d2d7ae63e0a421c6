//! ISO base media files: MP4, M4V, MOV (ISO 14496-12). Boxes are a 32-bit size, a type, and a body; the
//! facts are in `moov`, for fragmented films also in each `moof`.

use super::{MOST_PARTS, Source, rounded};
use crate::bytes::{be32, be64, slice};
use gameforge_domain::{ReadError, VideoMetadata};
use std::io::{Read, Seek};

/// Types and bodies, in order.
type Boxes<'a> = Vec<([u8; 4], &'a [u8])>;

#[derive(Default)]
struct Track {
    id: u32,
    picture: bool,
    sound: bool,
    width: u32,
    height: u32,
    timescale: u32,
    duration: u64,
    samples: u64,
    codec: String,
    /// Duration of a sample in fragments, where they do not say themselves.
    default_duration: u32,
}

pub fn read<R: Read + Seek>(source: &mut Source<R>) -> Result<VideoMetadata, ReadError> {
    let mut movie = None;
    let mut fragments = Vec::new();
    let (mut at, mut parts) = (0u64, 0u32);
    while at < source.len {
        parts += 1;
        if parts > MOST_PARTS {
            return Err(ReadError::corrupt("it has more boxes than a film can have"));
        }
        let (kind, head, size) = top_box(source, at)?;
        if parts == 1
            && !matches!(
                &kind,
                b"ftyp" | b"moov" | b"mdat" | b"free" | b"skip" | b"wide" | b"pnot" | b"styp"
            )
        {
            return Err(ReadError::corrupt(
                "it does not start as an MP4 or QuickTime film",
            ));
        }
        let end = at
            .checked_add(size)
            .ok_or_else(|| ReadError::corrupt("a box reaches beyond all bounds"))?;
        if end > source.len {
            let name = String::from_utf8_lossy(&kind).into_owned();
            return Err(ReadError::truncated(format!(
                "its “{name}” part reaches {} bytes past the end",
                end - source.len
            )));
        }
        match &kind {
            b"moov" if movie.is_none() => {
                movie = Some(source.part(at + head, size - head, "the film's index, in bytes,")?)
            }
            b"moof" => add_fragment(
                &source.part(at + head, size - head, "a fragment's index, in bytes,")?,
                &mut fragments,
            ),
            _ => {}
        }
        at = end;
    }
    let movie = movie.ok_or_else(|| ReadError::truncated("there is no index (“moov”)"))?;
    describe(&movie, &fragments)
}

/// Type, header length and whole length of the box at a place in the file.
fn top_box<R: Read + Seek>(
    source: &mut Source<R>,
    at: u64,
) -> Result<([u8; 4], u64, u64), ReadError> {
    let (bytes, length) = source.peek::<16>(at, "a box header")?;
    let (Some(size), Some(kind)) = (
        be32(&bytes[..length], 0),
        crate::bytes::array::<4>(&bytes[..length], 4),
    ) else {
        return Err(ReadError::truncated("a box header"));
    };
    let (head, size) = match size {
        // To the end of the file.
        0 => (8, source.len - at),
        1 => (
            16,
            be64(&bytes[..length], 8).ok_or_else(|| ReadError::truncated("a box header"))?,
        ),
        size => (8, u64::from(size)),
    };
    if size < head {
        return Err(ReadError::corrupt("a box is smaller than its own header"));
    }
    Ok((kind, head, size))
}

/// The boxes in a body; stops at the first one that does not fit.
fn boxes(body: &[u8]) -> Boxes<'_> {
    let mut found = Vec::new();
    let mut at = 0usize;
    while let (Some(size), Some(kind)) = (be32(body, at), crate::bytes::array::<4>(body, at + 4)) {
        let (head, size) = match size {
            0 => (8, (body.len() - at) as u64),
            1 => (16, be64(body, at + 8).unwrap_or(0)),
            size => (8, u64::from(size)),
        };
        let Ok(size) = usize::try_from(size) else {
            break;
        };
        let Some(inner) = size
            .checked_sub(head)
            .and_then(|length| slice(body, at + head, length))
        else {
            break;
        };
        found.push((kind, inner));
        at += size;
    }
    found
}

fn child<'a>(body: &'a [u8], path: &[&[u8; 4]]) -> Option<&'a [u8]> {
    path.iter().try_fold(body, |body, kind| {
        boxes(body)
            .into_iter()
            .find(|(found, _)| found == *kind)
            .map(|(_, inner)| inner)
    })
}

/// Timescale and duration of `mvhd` and `mdhd`, which begin alike.
fn clock(body: &[u8]) -> Option<(u32, u64)> {
    match body.first()? {
        1 => Some((be32(body, 20)?, be64(body, 24)?)),
        _ => Some((be32(body, 12)?, u64::from(be32(body, 16)?))),
    }
}

fn track(body: &[u8]) -> Option<Track> {
    let header = child(body, &[b"tkhd"])?;
    let media = child(body, &[b"mdia"])?;
    let shift = if header.first()? == &1 { 12 } else { 0 };
    let (timescale, duration) = clock(child(media, &[b"mdhd"])?)?;
    let handler = slice(child(media, &[b"hdlr"])?, 8, 4)?;
    let entry = child(media, &[b"minf", b"stbl", b"stsd"])?;
    let code: [u8; 4] = crate::bytes::array(entry, 12)?;
    let mut track = Track {
        id: be32(header, if shift > 0 { 20 } else { 12 })?,
        picture: handler == b"vide",
        sound: handler == b"soun",
        // Sides are 16.16 fixed point; a matrix that turns by a quarter swaps them.
        width: be32(header, 76 + shift)? >> 16,
        height: be32(header, 80 + shift)? >> 16,
        timescale,
        duration,
        codec: codec_name(code, entry),
        ..Track::default()
    };
    if be32(header, 40 + shift) == Some(0) && be32(header, 44 + shift).is_some_and(|cell| cell != 0)
    {
        (track.width, track.height) = (track.height, track.width);
    }
    if track.picture && (track.width == 0 || track.height == 0) {
        // Some writers leave the presentation size out; the coded size is in the sample entry.
        track.width = be32(entry, 8 + 32)? >> 16;
        track.height = be32(entry, 8 + 32)? & 0xffff;
    }
    if let Some(times) = child(media, &[b"minf", b"stbl", b"stts"]) {
        let count = be32(times, 4)?.min((times.len() / 8) as u32);
        track.samples = (0..count as usize)
            .filter_map(|at| be32(times, 8 + at * 8))
            .map(u64::from)
            .sum();
    }
    Some(track)
}

/// Samples and duration that one `traf` adds to a track.
struct Run {
    track: u32,
    samples: u64,
    /// Known sample durations summed up, and the samples that rely on a default.
    duration: u64,
    by_default: u64,
}

fn add_fragment(body: &[u8], runs: &mut Vec<Run>) {
    for (_, traf) in boxes(body).into_iter().filter(|(kind, _)| kind == b"traf") {
        let Some(run) = fragment(traf) else { continue };
        if let Some(sum) = runs.iter_mut().find(|other| other.track == run.track) {
            sum.samples += run.samples;
            sum.duration = sum.duration.saturating_add(run.duration);
            sum.by_default += run.by_default;
        } else if runs.len() < 64 {
            runs.push(run);
        }
    }
}

fn fragment(traf: &[u8]) -> Option<Run> {
    let header = child(traf, &[b"tfhd"])?;
    let flags = be32(header, 0)?;
    let mut at = 8 + if flags & 1 != 0 { 8 } else { 0 } + if flags & 2 != 0 { 4 } else { 0 };
    let own_default = if flags & 8 != 0 {
        be32(header, at)
    } else {
        None
    };
    let mut run = Run {
        track: be32(header, 4)?,
        samples: 0,
        duration: 0,
        by_default: 0,
    };
    for (_, trun) in boxes(traf).into_iter().filter(|(kind, _)| kind == b"trun") {
        let (flags, count) = (be32(trun, 0)?, be32(trun, 4)?);
        at = 8 + if flags & 1 != 0 { 4 } else { 0 } + if flags & 4 != 0 { 4 } else { 0 };
        let stride = (flags >> 8 & 15).count_ones() as usize * 4;
        run.samples = run.samples.saturating_add(u64::from(count));
        if flags & 0x100 != 0 {
            let durations = trun
                .get(at..)
                .unwrap_or_default()
                .chunks(stride)
                .take(count as usize);
            run.duration += durations
                .filter_map(|sample| be32(sample, 0))
                .map(u64::from)
                .sum::<u64>();
        } else if let Some(duration) = own_default {
            run.duration = run
                .duration
                .saturating_add(u64::from(duration) * u64::from(count));
        } else {
            run.by_default += u64::from(count);
        }
    }
    Some(run)
}

fn describe(movie: &[u8], fragments: &[Run]) -> Result<VideoMetadata, ReadError> {
    let (scale, length) = child(movie, &[b"mvhd"])
        .and_then(clock)
        .ok_or_else(|| ReadError::corrupt("the index has no header (“mvhd”)"))?;
    let tracks = tracks(movie, fragments);
    let picture = tracks
        .iter()
        .find(|track| track.picture)
        .ok_or_else(|| ReadError::unsupported("a film without a picture"))?;
    if picture.width == 0 || picture.height == 0 {
        return Err(ReadError::corrupt("its picture has no size"));
    }
    let seconds = |duration: u64, scale: u32| {
        if scale > 0 {
            duration as f64 / f64::from(scale)
        } else {
            0.0
        }
    };
    // All bits set stands for “unknown”.
    let known = length > 0 && length != u64::from(u32::MAX) && length != u64::MAX;
    let own = seconds(picture.duration, picture.timescale);
    let duration = if known { seconds(length, scale) } else { own };
    let frame_rate = if own > 0.0 {
        rounded(picture.samples as f64 / own)
    } else {
        0.0
    };
    Ok(VideoMetadata {
        width: picture.width,
        height: picture.height,
        duration,
        frame_rate,
        codec: picture.codec.clone(),
        audio_codec: tracks
            .iter()
            .find(|track| track.sound)
            .map(|track| track.codec.clone())
            .unwrap_or_default(),
    })
}

/// The tracks of the index, with what the fragments add to each.
fn tracks(movie: &[u8], fragments: &[Run]) -> Vec<Track> {
    let mut tracks: Vec<Track> = boxes(movie)
        .into_iter()
        .filter(|(kind, _)| kind == b"trak")
        .filter_map(|(_, body)| track(body))
        .collect();
    for (_, extends) in child(movie, &[b"mvex"])
        .map(boxes)
        .unwrap_or_default()
        .into_iter()
        .filter(|(kind, _)| kind == b"trex")
    {
        if let (Some(id), Some(duration)) = (be32(extends, 4), be32(extends, 12))
            && let Some(track) = tracks.iter_mut().find(|track| track.id == id)
        {
            track.default_duration = duration;
        }
    }
    for run in fragments {
        if let Some(track) = tracks.iter_mut().find(|track| track.id == run.track) {
            track.samples += run.samples;
            let by_default = run
                .by_default
                .saturating_mul(u64::from(track.default_duration));
            track.duration = track
                .duration
                .saturating_add(run.duration)
                .saturating_add(by_default);
        }
    }
    tracks
}

/// A sample entry's four letters as people say it; unknown ones as they are.
fn codec_name(code: [u8; 4], entry: &[u8]) -> String {
    match &code {
        b"avc1" | b"avc3" => "h264",
        b"hvc1" | b"hev1" => "hevc",
        b"av01" => "av1",
        b"vp08" => "vp8",
        b"vp09" => "vp9",
        b"apch" | b"apcn" | b"apcs" | b"apco" | b"ap4h" | b"ap4x" => "prores",
        b"jpeg" | b"mjpa" | b"mjpb" => "mjpeg",
        // The object type says whether it is AAC or MP3; 0x69 and 0x6b are MPEG audio.
        b"mp4a" => match entry.windows(5).find(|window| {
            window[0] == 4
                && matches!(window[1], 13..=60)
                && matches!(window[2], 0x69 | 0x6b)
                && window[3] == 0x15
        }) {
            Some(_) => "mp3",
            None => "aac",
        },
        b"mp4v" => "mpeg4",
        b"Opus" => "opus",
        b"fLaC" => "flac",
        b"ac-3" => "ac3",
        b"ec-3" => "eac3",
        b"sowt" | b"twos" | b"lpcm" | b"raw " | b"ipcm" | b"fpcm" | b"in24" | b"fl32" => "pcm",
        _ => {
            let shown = |byte: &u8| {
                if byte.is_ascii_graphic() {
                    char::from(*byte).to_ascii_lowercase()
                } else {
                    '_'
                }
            };
            return code.iter().map(shown).collect();
        }
    }
    .to_owned()
}
