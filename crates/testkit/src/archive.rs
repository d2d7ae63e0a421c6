//! ZIP archives with stored entries.

use crate::bytes::{Writer, crc32};

/// An archive of these files, uncompressed.
#[must_use]
pub fn zip(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut out = Writer::default();
    let mut directory = Writer::default();
    for (name, body) in files {
        let at = out.0.len() as u32;
        let facts = |out: &mut Writer| {
            out.le16(20)
                .le16(0x0800)
                .le16(0)
                .le16(0)
                .le16(0x21)
                .le32(crc32(body));
            out.le32(body.len() as u32)
                .le32(body.len() as u32)
                .le16(name.len() as u16)
                .le16(0);
        };
        out.raw(b"PK\x03\x04");
        facts(&mut out);
        out.raw(name).raw(body);
        directory.raw(b"PK\x01\x02").le16(20);
        facts(&mut directory);
        directory.zeros(10).le32(at).raw(name);
    }
    let start = out.0.len() as u32;
    let count = files.len() as u16;
    out.raw(&directory.0)
        .raw(b"PK\x05\x06")
        .zeros(4)
        .le16(count)
        .le16(count);
    out.le32(directory.0.len() as u32).le32(start).le16(0);
    out.0
}
