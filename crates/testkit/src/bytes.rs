//! Writing numbers into a growing file, and the two checksums that PNG and ZIP need.

/// A file being written.
#[derive(Default)]
pub struct Writer(pub Vec<u8>);

impl Writer {
    pub fn raw(&mut self, bytes: impl AsRef<[u8]>) -> &mut Self {
        self.0.extend_from_slice(bytes.as_ref());
        self
    }
    pub fn u8(&mut self, value: u8) -> &mut Self {
        self.raw([value])
    }
    pub fn le16(&mut self, value: u16) -> &mut Self {
        self.raw(value.to_le_bytes())
    }
    pub fn le32(&mut self, value: u32) -> &mut Self {
        self.raw(value.to_le_bytes())
    }
    pub fn le64(&mut self, value: u64) -> &mut Self {
        self.raw(value.to_le_bytes())
    }
    pub fn be16(&mut self, value: u16) -> &mut Self {
        self.raw(value.to_be_bytes())
    }
    pub fn be32(&mut self, value: u32) -> &mut Self {
        self.raw(value.to_be_bytes())
    }
    pub fn f32(&mut self, value: f32) -> &mut Self {
        self.raw(value.to_le_bytes())
    }
    pub fn zeros(&mut self, count: usize) -> &mut Self {
        self.0.resize(self.0.len() + count, 0);
        self
    }
    /// Fills up to a multiple of `to`.
    pub fn pad(&mut self, to: usize, with: u8) -> &mut Self {
        while !self.0.len().is_multiple_of(to) {
            self.0.push(with);
        }
        self
    }
}

/// CRC-32 as in PNG and ZIP.
pub fn crc32(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(u32::MAX, |crc, byte| {
        (0..8).fold(crc ^ u32::from(*byte), |crc, _| {
            if crc & 1 == 1 {
                crc >> 1 ^ 0xedb8_8320
            } else {
                crc >> 1
            }
        })
    })
}

/// A zlib stream of stored blocks.
pub fn zlib_stored(bytes: &[u8]) -> Vec<u8> {
    let mut out = Writer(vec![0x78, 0x01]);
    let mut chunks = bytes.chunks(65_535).peekable();
    if bytes.is_empty() {
        out.raw([1, 0, 0, 0xff, 0xff]);
    }
    while let Some(chunk) = chunks.next() {
        let length = chunk.len() as u16;
        out.u8(u8::from(chunks.peek().is_none()))
            .le16(length)
            .le16(!length)
            .raw(chunk);
    }
    let (a, b) = bytes.iter().fold((1u32, 0u32), |(a, b), byte| {
        let a = (a + u32::from(*byte)) % 65_521;
        (a, (a + b) % 65_521)
    });
    out.be32(b << 16 | a);
    out.0
}
