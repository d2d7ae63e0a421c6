//! Where glTF's bytes are: the chunks of a .glb, data URIs, files beside it.

use super::json::{Root, Text};
use crate::siblings::absent;
use crate::source::Source;
use base64::Engine as _;
use base64::alphabet;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use gameforge_domain::ReadError;
use std::borrow::Cow;

/// Lenient about what exporters leave out: padding and the last bits.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &alphabet::STANDARD,
    GeneralPurposeConfig::new()
        .with_decode_padding_mode(DecodePaddingMode::Indifferent)
        .with_decode_allow_trailing_bits(true),
);

/// The parts of a binary glTF file (“GLB”, version 2).
#[derive(Debug)]
pub struct Glb<'a> {
    /// The description.
    pub json: &'a [u8],
    /// The geometry, where it is inside.
    pub binary: Option<&'a [u8]>,
}

impl<'a> Glb<'a> {
    /// # Errors
    /// `Corrupt`, `Truncated` or `Unsupported` as the header and the chunks say.
    pub fn parse(bytes: &'a [u8]) -> Result<Self, ReadError> {
        if !bytes.starts_with(b"glTF") {
            return Err(ReadError::corrupt("it does not start as a GLB file does"));
        }
        let word = |at: usize| -> Result<u32, ReadError> {
            bytes
                .get(at..at + 4)
                .and_then(|four| four.try_into().ok())
                .map(u32::from_le_bytes)
                .ok_or_else(|| ReadError::truncated("the header of a GLB file"))
        };
        match word(4)? {
            2 => {}
            version => {
                return Err(ReadError::unsupported(format!(
                    "glTF {version} as GLB; version 2 is read"
                )));
            }
        }
        let mut at = 12;
        let (mut json, mut binary) = (None, None);
        while at + 8 <= bytes.len() && binary.is_none() {
            let size = word(at)? as usize;
            let start = at + 8;
            let chunk = start
                .checked_add(size)
                .and_then(|end| bytes.get(start..end));
            let chunk = chunk.ok_or_else(|| ReadError::truncated("a chunk of a GLB file"))?;
            match &bytes[at + 4..at + 8] {
                b"JSON" if json.is_none() => json = Some(chunk),
                b"BIN\0" => binary = Some(chunk),
                _ => {}
            }
            at = start + size;
        }
        let json = json.ok_or_else(|| ReadError::truncated("the description in a GLB file"))?;
        Ok(Self { json, binary })
    }
}

/// All buffers' bytes, in the file's order.
///
/// # Errors
/// `Io` with `NotFound` where a buffer is not there: without it there is no geometry.
pub fn buffers<'a>(
    root: &Root<'a>,
    binary: Option<&'a [u8]>,
    source: &mut Source,
) -> Result<Vec<Cow<'a, [u8]>>, ReadError> {
    let mut buffers = Vec::new();
    for (index, buffer) in root.buffers.iter().enumerate() {
        buffers.push(match (&buffer.uri, binary) {
            (Some(Text(uri)), _) => Cow::Owned(named(uri, source)?),
            (None, Some(binary)) if index == 0 => Cow::Borrowed(binary),
            // A fallback buffer of a compression, which is never looked at.
            (None, _) => Cow::Borrowed(&[][..]),
        });
    }
    Ok(buffers)
}

fn named(uri: &str, source: &mut Source) -> Result<Vec<u8>, ReadError> {
    if let Some(encoded) = data_uri(uri) {
        return decode_data(encoded, source);
    }
    let limit = source.limits.file_bytes.min(source.budget.memory_left());
    let bytes = source
        .siblings
        .read(uri, limit)
        .map_err(|error| match error {
            ReadError::Io(io) if io.kind() == std::io::ErrorKind::NotFound => absent(uri),
            other => other,
        })?;
    source.budget.take(bytes.len() as u64)?;
    Ok(bytes)
}

/// The part after the comma of `data:…;base64,…`; `None` for anything else.
pub fn data_uri(uri: &str) -> Option<&str> {
    if !uri.get(..5)?.eq_ignore_ascii_case("data:") {
        return None;
    }
    let (head, body) = uri.split_once(',')?;
    head.ends_with(";base64").then_some(body)
}

/// Decodes base64 within the budget.
pub fn decode_data(encoded: &str, source: &mut Source) -> Result<Vec<u8>, ReadError> {
    source.budget.take(encoded.len() as u64 / 4 * 3 + 3)?;
    BASE64
        .decode(encoded.trim())
        .map_err(|error| ReadError::corrupt(format!("a data URI: {error}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn data_uris_are_told_from_files() {
        assert_eq!(data_uri("data:image/png;base64,AAAA"), Some("AAAA"));
        assert_eq!(data_uri("DATA:;base64,AAAA"), Some("AAAA"));
        assert_eq!(data_uri("data.bin"), None);
        assert_eq!(data_uri("dätä"), None);
    }

    #[test]
    fn chunks_are_found_and_checked() {
        let mut bytes = b"glTF\x02\0\0\0\0\0\0\0".to_vec();
        bytes.extend(4u32.to_le_bytes());
        bytes.extend(b"JSON{}  ");
        let glb = Glb::parse(&bytes).unwrap();
        assert_eq!((glb.json, glb.binary), (&b"{}  "[..], None));
        assert!(matches!(
            Glb::parse(&bytes[..bytes.len() - 1]),
            Err(ReadError::Truncated { .. })
        ));
        bytes[4] = 1;
        assert!(matches!(
            Glb::parse(&bytes),
            Err(ReadError::Unsupported { .. })
        ));
    }
}
