//! FLAC: the metadata blocks before the first frame (RFC 9639, section 8).

use super::Header;
use crate::bytes::{be16, be64};
use crate::labels;
use gameforge_bytes::Window;
use gameforge_domain::{AudioMetadata, ReadError};
use std::io::{Read, Seek};

pub fn read(file: &mut Window<impl Read + Seek>) -> Result<Header, ReadError> {
    let body = labels::id3v2_length(file.upto(0, 10)?);
    if file.array(body)? != Some(*b"fLaC") {
        return Err(match file.size() < body + 4 {
            true => ReadError::truncated("the FLAC marker"),
            false => ReadError::corrupt("it does not start as a FLAC file"),
        });
    }
    let mut header = None;
    let mut found = labels::Labels::new();
    let mut at = body + 4;
    let cut = || ReadError::truncated("a FLAC metadata block");
    loop {
        let [kind, a, b, c] = file.array::<4>(at)?.ok_or_else(cut)?;
        let length = u32::from_be_bytes([0, a, b, c]);
        let next = at + 4 + u64::from(length);
        if next > file.size() {
            return Err(cut());
        }
        match kind & 0x7f {
            0 if header.is_none() => {
                header = Some(stream_facts(file.upto(at + 4, length as usize)?)?)
            }
            4 => found = labels::vorbis_comment(file.upto(at + 4, length as usize)?),
            127 => {
                return Err(ReadError::corrupt(
                    "a FLAC metadata block of a forbidden kind",
                ));
            }
            _ => {}
        }
        at = next;
        if kind & 0x80 != 0 {
            break;
        }
    }
    let mut header = header.ok_or_else(|| ReadError::corrupt("no FLAC stream description"))?;
    if at >= file.size() && header.frames != Some(0) {
        return Err(ReadError::truncated("the sound after the FLAC header"));
    }
    header.metadata.labels = found;
    header.body = body..file.size();
    Ok(header)
}

/// STREAMINFO: 20 bits of rate, 3 of channels, 5 of depth, 36 of length from byte 10 on.
pub fn stream_facts(block: &[u8]) -> Result<Header, ReadError> {
    let (Some(_), Some(packed)) = (be16(block, 0), be64(block, 10)) else {
        return Err(ReadError::corrupt(
            "the FLAC stream description is too short",
        ));
    };
    let frames = packed & 0xf_ffff_ffff;
    let metadata = AudioMetadata {
        rate: (packed >> 44) as u32,
        channels: (packed >> 41 & 7) as u32 + 1,
        bits: (packed >> 36 & 31) as u32 + 1,
        codec: "flac".to_owned(),
        ..AudioMetadata::default()
    };
    // Zero stands for “unknown”.
    Ok(Header {
        metadata,
        frames: (frames > 0).then_some(frames),
        head: Vec::new(),
        body: 0..block.len() as u64,
    })
}
