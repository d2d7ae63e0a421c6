//! Words, code and tables: encoding, lines, words and the beginning. Any length, in little memory.

use gameforge_domain::{ReadError, TextMetadata};
use std::io::{ErrorKind, Read};

/// The most characters of an excerpt.
const EXCERPT: usize = 2000;
/// Bytes of the beginning.
const BEGINNING: usize = EXCERPT * 4;
/// Bytes that are looked at together.
const BLOCK: usize = 64 << 10;

/// What a text says, and how it begins.
#[derive(Debug, Clone, PartialEq)]
pub struct Text {
    /// The facts.
    pub metadata: TextMetadata,
    /// Its first 8,000 bytes, decoded.
    pub beginning: String,
}

/// Reads a text from its beginning to its end.
///
/// # Errors
/// [`ReadError::Empty`], or `Io` when the file cannot be read on.
pub fn read(file: &mut dyn Read) -> Result<Text, ReadError> {
    let mut block = vec![0u8; BLOCK];
    let mut count = Count::default();
    let mut start = Vec::with_capacity(BEGINNING);
    let mut check = Utf8::default();
    let mut unit = None;
    let mut total = 0u64;
    loop {
        let length = match file.read(&mut block) {
            Ok(0) => break,
            Ok(length) => length,
            Err(error) if error.kind() == ErrorKind::Interrupted => continue,
            Err(error) => return Err(ReadError::Io(error)),
        };
        let bytes = &block[..length];
        if total == 0 {
            unit = Unit::of(bytes);
        }
        total += length as u64;
        let room = BEGINNING.saturating_sub(start.len());
        start.extend_from_slice(&bytes[..bytes.len().min(room)]);
        match unit {
            Some(unit) => count.wide(bytes, unit),
            None => {
                check.push(bytes);
                count.narrow(bytes);
            }
        }
    }
    if total == 0 {
        return Err(ReadError::Empty);
    }
    let encoding = match unit {
        Some(Unit::Little) => "utf-16le",
        Some(Unit::Big) => "utf-16be",
        None if check.valid() => "utf-8",
        None => "latin-1",
    };
    let beginning = beginning(&start, encoding);
    Ok(Text {
        metadata: TextMetadata {
            lines: count.lines(),
            words: count.words,
            encoding: encoding.to_owned(),
            excerpt: excerpt(&beginning),
        },
        beginning,
    })
}

/// The whole text of some bytes, in whichever of the four encodings it is. Never fails: what cannot be a letter
/// becomes U+FFFD, and bytes that are not UTF-8 are taken as Latin-1.
#[must_use]
pub fn decoded(bytes: &[u8]) -> String {
    match Unit::of(bytes) {
        Some(unit) => {
            let units = bytes[2..]
                .as_chunks::<2>()
                .0
                .iter()
                .map(|pair| unit.join(*pair));
            char::decode_utf16(units)
                .map(|letter| letter.unwrap_or(char::REPLACEMENT_CHARACTER))
                .collect()
        }
        None => {
            let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
            match std::str::from_utf8(bytes) {
                Ok(text) => text.to_owned(),
                // Cut within a letter: still UTF-8.
                Err(error) if error.error_len().is_none() => {
                    String::from_utf8_lossy(&bytes[..error.valid_up_to()]).into_owned()
                }
                Err(_) => bytes.iter().map(|byte| char::from(*byte)).collect(),
            }
        }
    }
}

fn beginning(start: &[u8], encoding: &str) -> String {
    if encoding == "latin-1" {
        start.iter().map(|byte| char::from(*byte)).collect()
    } else {
        decoded(start)
    }
}

fn excerpt(text: &str) -> String {
    text.chars()
        .filter(|letter| !letter.is_control() || matches!(letter, '\n' | '\t'))
        .take(EXCERPT)
        .collect()
}

/// Which half of a UTF-16 unit comes first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Unit {
    Little,
    Big,
}

impl Unit {
    fn of(bytes: &[u8]) -> Option<Self> {
        match bytes {
            [0xff, 0xfe, ..] => Some(Self::Little),
            [0xfe, 0xff, ..] => Some(Self::Big),
            _ => None,
        }
    }

    const fn join(self, pair: [u8; 2]) -> u16 {
        match self {
            Self::Little => u16::from_le_bytes(pair),
            Self::Big => u16::from_be_bytes(pair),
        }
    }
}

/// Lines and words, counted over blocks that end anywhere.
#[derive(Default)]
struct Count {
    breaks: u32,
    words: u32,
    within_word: bool,
    open_line: bool,
    half: Option<u8>,
    after_mark: bool,
}

impl Count {
    fn narrow(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.letter(*byte == b'\n', byte.is_ascii_whitespace());
        }
    }

    fn wide(&mut self, bytes: &[u8], order: Unit) {
        for byte in bytes {
            let Some(first) = self.half.take() else {
                self.half = Some(*byte);
                continue;
            };
            let unit = order.join([first, *byte]);
            if !std::mem::replace(&mut self.after_mark, true) {
                continue;
            }
            let is_space = char::from_u32(u32::from(unit)).is_some_and(char::is_whitespace);
            self.letter(unit == u16::from(b'\n'), is_space);
        }
    }

    fn letter(&mut self, ends_line: bool, is_space: bool) {
        self.open_line = !ends_line;
        self.breaks = self.breaks.saturating_add(u32::from(ends_line));
        self.words = self
            .words
            .saturating_add(u32::from(!is_space && !self.within_word));
        self.within_word = !is_space;
    }

    const fn lines(&self) -> u32 {
        self.breaks.saturating_add(self.open_line as u32)
    }
}

/// Checks UTF-8 over blocks: keeps the bytes of a letter that a block cut in two.
#[derive(Default)]
struct Utf8 {
    broken: bool,
    rest: Vec<u8>,
}

impl Utf8 {
    fn push(&mut self, bytes: &[u8]) {
        if self.broken {
            return;
        }
        let joined;
        let bytes = if self.rest.is_empty() {
            bytes
        } else {
            joined = [self.rest.as_slice(), bytes].concat();
            &joined
        };
        self.rest = match std::str::from_utf8(bytes) {
            Ok(_) => Vec::new(),
            Err(error) if error.error_len().is_none() => bytes[error.valid_up_to()..].to_vec(),
            Err(_) => {
                self.broken = true;
                Vec::new()
            }
        };
    }

    /// A file that is cut within its last letter is UTF-8 all the same.
    const fn valid(&self) -> bool {
        !self.broken
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn of(bytes: &[u8]) -> TextMetadata {
        read(&mut &*bytes).unwrap().metadata
    }

    #[test]
    fn lines_words_and_encoding_are_told() {
        let found = of("# Goblin\n\nTwo  words".as_bytes());
        assert_eq!(
            (found.lines, found.words, found.encoding.as_str()),
            (3, 4, "utf-8")
        );
        assert_eq!(of(b"caf\xe9 ol\xe9\n").encoding, "latin-1");
        assert_eq!(of(b"caf\xe9 ol\xe9\n").excerpt, "café olé\n");
        let wide: Vec<u8> = [0xff, 0xfe]
            .into_iter()
            .chain("one two\nthree".encode_utf16().flat_map(u16::to_le_bytes))
            .collect();
        let found = of(&wide);
        assert_eq!(
            (
                found.lines,
                found.words,
                found.encoding.as_str(),
                found.excerpt.as_str()
            ),
            (2, 3, "utf-16le", "one two\nthree")
        );
        assert!(matches!(read(&mut &b""[..]), Err(ReadError::Empty)));
    }

    /// Gives its bytes in small pieces, as a file may.
    struct Drops<'a>(&'a [u8], usize);
    impl Read for Drops<'_> {
        fn read(&mut self, into: &mut [u8]) -> std::io::Result<usize> {
            let length = self.1.min(self.0.len()).min(into.len());
            let (now, later) = self.0.split_at(length);
            into[..length].copy_from_slice(now);
            self.0 = later;
            Ok(length)
        }
    }

    proptest! {
        #[test]
        fn where_blocks_end_makes_no_difference(text in "[a-zé\u{1f600} \n\t]{1,300}", step in 2usize..9) {
            let whole = of(text.as_bytes());
            let pieces = read(&mut Drops(text.as_bytes(), step)).unwrap().metadata;
            prop_assert_eq!(&whole, &pieces);
            prop_assert_eq!(whole.lines as usize, text.lines().count());
            prop_assert_eq!(whole.words as usize, text.split_ascii_whitespace().count());
            prop_assert_eq!(whole.encoding, "utf-8");
        }

        #[test]
        fn any_bytes_are_read(bytes in proptest::collection::vec(any::<u8>(), 1..400)) {
            let found = of(&bytes);
            prop_assert!(found.excerpt.chars().count() <= EXCERPT);
            let _ = decoded(&bytes);
        }
    }
}
