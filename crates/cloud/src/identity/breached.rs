//! A list of passwords that were stolen elsewhere, as the public ones are: a line each with the SHA-1 in hexadecimal,
//! in order, perhaps with a colon and a count behind it. It may have billions of lines: it is searched where it lies.

use sha1::{Digest, Sha1};
use std::{
    fmt::Write as _,
    fs::File,
    io::{self, Read, Seek, SeekFrom},
    path::{Path, PathBuf},
};

/// Digits of a hash.
const DIGITS: usize = 40;
/// More than a line ever has: hash, count, line ends.
const MOST_LINE: usize = 80;

/// The list, by its place.
#[derive(Debug, Clone)]
pub struct Breached {
    path: PathBuf,
}

impl Breached {
    /// Looks whether the file is such a list.
    ///
    /// # Errors
    /// When it cannot be read or its first line holds no SHA-1.
    pub fn open(path: &Path) -> io::Result<Self> {
        let mut file = File::open(path)?;
        line_at(&mut file, 0)?.ok_or_else(not_a_list)?;
        Ok(Self {
            path: path.to_owned(),
        })
    }

    /// Whether the password is in it. Reads about 40 places of a file of 40 GB.
    ///
    /// # Errors
    /// When the file cannot be read or is not in order of lines as described.
    pub fn contains(&self, password: &str) -> io::Result<bool> {
        let wanted = hex(password);
        let mut file = File::open(&self.path)?;
        let (mut low, mut high) = (0, file.metadata()?.len());
        // The line that begins first at or behind a place grows with the place: search for the last place whose line
        // is not beyond what is wanted.
        while low < high {
            let middle = low + (high - low) / 2;
            match line_at(&mut file, middle)? {
                Some(line) if line == wanted => return Ok(true),
                Some(line) if line < wanted => low = middle + 1,
                _ => high = middle,
            }
        }
        Ok(false)
    }
}

/// The hash on the line that begins first at or behind a place; none at the end.
fn line_at(file: &mut File, place: u64) -> io::Result<Option<String>> {
    // One byte back: a line that begins right here has its predecessor's end before it.
    file.seek(SeekFrom::Start(place.saturating_sub(1)))?;
    let mut bytes = Vec::with_capacity(2 * MOST_LINE);
    file.take(2 * MOST_LINE as u64).read_to_end(&mut bytes)?;
    let rest = if place == 0 {
        bytes.as_slice()
    } else {
        match bytes.iter().position(|byte| *byte == b'\n') {
            Some(end) => &bytes[end + 1..],
            None if bytes.len() < MOST_LINE => return Ok(None),
            None => return Err(not_a_list()),
        }
    };
    if rest.iter().all(u8::is_ascii_whitespace) {
        return Ok(None);
    }
    let hash = rest.get(..DIGITS).ok_or_else(not_a_list)?;
    let is_whole = rest
        .get(DIGITS)
        .is_none_or(|byte| matches!(byte, b':' | b'\r' | b'\n'));
    let text = std::str::from_utf8(hash).map_err(|_| not_a_list())?;
    if !is_whole || !text.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return Err(not_a_list());
    }
    Ok(Some(text.to_ascii_uppercase()))
}

fn hex(password: &str) -> String {
    Sha1::digest(password.as_bytes()).iter().fold(
        String::with_capacity(DIGITS),
        |mut text, byte| {
            // Writing to a text does not fail.
            write!(text, "{byte:02X}").unwrap_or_default();
            text
        },
    )
}

fn not_a_list() -> io::Error {
    io::Error::new(
        io::ErrorKind::InvalidData,
        "a line is not a SHA-1 in hexadecimal, perhaps with a colon and a count",
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::BTreeSet;

    fn list(words: &BTreeSet<String>, end: &str, counts: bool) -> tempfile::NamedTempFile {
        let lines: BTreeSet<String> = words.iter().map(|word| hex(word)).collect();
        let mut text = String::new();
        for (number, line) in lines.iter().enumerate() {
            let count = if counts {
                format!(":{}", number * 7919)
            } else {
                String::new()
            };
            write!(text, "{line}{count}{end}").expect("writing to a text");
        }
        let file = tempfile::NamedTempFile::new().expect("a temporary file");
        std::fs::write(file.path(), text).expect("writing the list");
        file
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(40))]
        #[test]
        fn all_that_is_in_it_is_found_and_nothing_else(
            words in prop::collection::btree_set("[a-z]{1,8}", 1..60),
            strangers in prop::collection::vec("[A-Z]{1,8}", 0..20),
            crlf: bool,
            counts: bool,
        ) {
            let file = list(&words, if crlf { "\r\n" } else { "\n" }, counts);
            let breached = Breached::open(file.path()).expect("it is a list");
            for word in &words {
                prop_assert!(breached.contains(word).expect("it can be read"), "{word} is in it");
            }
            for word in &strangers {
                prop_assert!(!breached.contains(word).expect("it can be read"), "{word} is not");
            }
        }
    }

    #[test]
    fn a_file_of_another_kind_is_refused() {
        let file = tempfile::NamedTempFile::new().expect("a temporary file");
        for text in ["", "hunter2\n", "5BAA61E4C9B93F3F0682250B6CF8331B7EE68FD\n"] {
            std::fs::write(file.path(), text).expect("writing");
            assert!(Breached::open(file.path()).is_err(), "{text:?}");
        }
        std::fs::write(file.path(), "5BAA61E4C9B93F3F0682250B6CF8331B7EE68FD8").expect("writing");
        assert!(
            Breached::open(file.path())
                .and_then(|list| list.contains("password"))
                .expect("one line without an end is a list"),
            "SHA-1 of “password”"
        );
    }
}
