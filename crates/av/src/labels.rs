//! Titles, artists and the like, from whichever tag format a sound carries. Pictures in tags are skipped.

use crate::bytes::{be32, le32, slice};
use crate::decode::Body;
use gameforge_bytes::Part;
use std::io::Cursor;
use symphonia::core::io::{MediaSourceStream, MediaSourceStreamOptions};
use symphonia::core::meta::{MetadataOptions, MetadataReader, RawValue};
use symphonia::default::meta::Id3v2Reader;

/// Name and text, in the file's order.
pub type Labels = Vec<(String, String)>;

/// More labels than this are not kept.
const MOST: usize = 64;
/// Longer texts are cut to this many characters.
const LONGEST: usize = 500;

/// Adds one label, trimmed and cut; empty, repeated and surplus ones are dropped.
pub fn push(labels: &mut Labels, name: &str, text: &str) {
    let text: String = text
        .trim_matches(|c: char| c.is_whitespace() || c == '\0')
        .chars()
        .take(LONGEST)
        .collect();
    let name: String = name.trim().chars().take(64).collect();
    let repeated = labels
        .iter()
        .any(|(other, value)| *other == name && *value == text);
    if labels.len() < MOST && !text.is_empty() && !name.is_empty() && !repeated {
        labels.push((name, text));
    }
}

/// Whether the labels mark a loop, as RPG Maker and many players understand them.
pub fn mark_loop(labels: &Labels) -> bool {
    labels.iter().any(|(name, _)| {
        let name: String = name.chars().filter(char::is_ascii_alphanumeric).collect();
        matches!(name.as_str(), "loopstart" | "looplength" | "loopend")
    })
}

/// A Vorbis comment block without framing: vendor, count, `NAME=text` entries, all lengths 32 bits
/// little-endian (xiph.org, “Ogg Vorbis I format specification: comment field”). Stops at the first
/// entry that does not fit.
pub fn vorbis_comment(bytes: &[u8]) -> Labels {
    let mut labels = Labels::new();
    let Some(vendor) = le32(bytes, 0) else {
        return labels;
    };
    let mut at = 4usize.saturating_add(vendor as usize);
    let count = le32(bytes, at).unwrap_or(0);
    at = at.saturating_add(4);
    for _ in 0..count {
        let Some(length) = le32(bytes, at) else { break };
        let Some(entry) = slice(bytes, at.saturating_add(4), length as usize) else {
            break;
        };
        at += 4 + length as usize;
        let entry = String::from_utf8_lossy(entry.get(..8192).unwrap_or(entry));
        if let Some((name, text)) = entry.split_once('=') {
            let name = name.to_ascii_lowercase();
            if name != "metadata_block_picture" && name != "coverart" {
                push(&mut labels, &name, text);
            }
        }
    }
    labels
}

/// The `INFO` list of a RIFF file, by Microsoft's registered names; `bytes` start after the word `INFO`.
pub fn riff_list(bytes: &[u8], labels: &mut Labels) {
    let mut at = 0;
    while let (Some(id), Some(length)) = (slice(bytes, at, 4), le32(bytes, at + 4)) {
        let length = length as usize;
        let end = (at + 8).saturating_add(length).min(bytes.len());
        let name = match id {
            b"INAM" => "title",
            b"IART" => "artist",
            b"IPRD" => "album",
            b"ICRD" => "date",
            b"IGNR" => "genre",
            b"ICMT" => "comment",
            b"ITRK" => "track",
            b"ICOP" => "copyright",
            b"ISFT" => "software",
            b"IENG" => "engineer",
            b"ISBJ" => "subject",
            b"IKEY" => "keywords",
            _ => "",
        };
        push(labels, name, &latin_or_utf8(&bytes[at + 8..end]));
        at = end.saturating_add(length % 2);
    }
}

/// An ID3v2 tag, `bytes` being exactly the tag with its header. Unreadable tags give no labels: a sound
/// plays whatever its tag looks like.
pub fn id3v2(bytes: &[u8]) -> Labels {
    let mut labels = Labels::new();
    let whole = Part::new(Vec::new(), Cursor::new(bytes), 0..bytes.len() as u64);
    let source = Box::new(Body::new(whole));
    let stream = MediaSourceStream::new(source, MediaSourceStreamOptions::default());
    let Ok(mut reader) = Id3v2Reader::try_new(stream, MetadataOptions::default()) else {
        return labels;
    };
    let Ok(buffer) = reader.read_all() else {
        return labels;
    };
    for tag in &buffer.revision.media.tags {
        let text = match &tag.raw.value {
            RawValue::String(text) => text.to_string(),
            RawValue::StringList(list) => list.join("; "),
            RawValue::UnsignedInt(number) => number.to_string(),
            RawValue::SignedInt(number) => number.to_string(),
            _ => continue,
        };
        let described = tag
            .raw
            .sub_fields
            .iter()
            .flatten()
            .find_map(|field| match &field.value {
                RawValue::String(text) if field.field.to_ascii_lowercase().contains("desc") => {
                    Some(text.to_lowercase())
                }
                _ => None,
            });
        let key = tag.raw.key.as_str();
        let name = match key.get(..4).unwrap_or(key) {
            "TIT2" | "TT2" => "title".to_owned(),
            "TPE1" | "TP1" => "artist".to_owned(),
            "TALB" | "TAL" => "album".to_owned(),
            "TDRC" | "TYER" | "TYE" | "TDRL" => "date".to_owned(),
            "TCON" | "TCO" => "genre".to_owned(),
            "COMM" | "COM" => "comment".to_owned(),
            "TRCK" | "TRK" => "track".to_owned(),
            "TCOM" | "TCM" => "composer".to_owned(),
            "TCOP" | "TCR" => "copyright".to_owned(),
            "TSSE" | "TSS" | "TENC" | "TEN" => "encoder".to_owned(),
            "TBPM" | "TBP" => "bpm".to_owned(),
            "WCOP" | "WCP" => "licence".to_owned(),
            "TXXX" | "TXX" => match described.or_else(|| key.get(5..).map(str::to_lowercase)) {
                Some(name) => name,
                None => continue,
            },
            _ => continue,
        };
        push(&mut labels, &name, &text);
    }
    labels
}

/// An ID3v1 tag: the last 128 bytes of a file.
pub fn id3v1(bytes: &[u8], labels: &mut Labels) {
    let Some(tag) = bytes.len().checked_sub(128).and_then(|at| bytes.get(at..)) else {
        return;
    };
    if !tag.starts_with(b"TAG") {
        return;
    }
    for (name, from, to) in [
        ("title", 3, 33),
        ("artist", 33, 63),
        ("album", 63, 93),
        ("date", 93, 97),
        ("comment", 97, 127),
    ] {
        if !labels.iter().any(|(other, _)| other == name) {
            let text = tag[from..to]
                .split(|byte| *byte == 0)
                .next()
                .unwrap_or_default();
            push(labels, name, &latin_or_utf8(text));
        }
    }
}

/// The size of an ID3v2 tag by its header, the first ten `bytes`, with header and footer; 0 where there is none.
pub fn id3v2_length(bytes: &[u8]) -> u64 {
    let (Some(b"ID3"), Some(flags), Some(size)) =
        (slice(bytes, 0, 3), bytes.get(5), be32(bytes, 6))
    else {
        return 0;
    };
    if size & 0x8080_8080 != 0 {
        return 0;
    }
    let [a, b, c, d] = size.to_be_bytes().map(u64::from);
    10 + (a << 21 | b << 14 | c << 7 | d) + if flags & 0x10 != 0 { 10 } else { 0 }
}

fn latin_or_utf8(bytes: &[u8]) -> String {
    let bytes = bytes.get(..4096).unwrap_or(bytes);
    match std::str::from_utf8(bytes) {
        Ok(text) => text.to_owned(),
        Err(_) => bytes.iter().map(|byte| char::from(*byte)).collect(),
    }
}
