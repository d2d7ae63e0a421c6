//! `Range: bytes=…` as players of sound and film send it (RFC 9110, section 14). One stretch; lists of several are
//! answered with the whole file, as the RFC allows.

/// What is asked for of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// All of it.
    Whole,
    /// From the first to the last byte, included.
    Stretch {
        /// First byte.
        first: u64,
        /// Last byte.
        last: u64,
    },
    /// A stretch that the file does not have.
    Outside,
}

/// Most bytes that one answer carries when the end is left open; the player asks again for more.
const OPEN_END: u64 = 4 << 20;

/// Reads the header for a file of `size` bytes.
pub fn part(header: Option<&str>, size: u64) -> Part {
    let Some(asked) = header.and_then(|header| header.trim().strip_prefix("bytes=")) else {
        return Part::Whole;
    };
    let Some((first, last)) = asked.split_once('-') else {
        return Part::Whole;
    };
    let (first, last) = (first.trim(), last.trim());
    if first.is_empty() {
        return suffix(last, size);
    }
    let Ok(first) = first.parse::<u64>() else {
        return Part::Whole;
    };
    if first >= size {
        return Part::Outside;
    }
    let last = match last.parse::<u64>() {
        Ok(last) if last < first => return Part::Whole,
        Ok(last) => last,
        Err(_) if last.is_empty() => first.saturating_add(OPEN_END - 1),
        Err(_) => return Part::Whole,
    };
    Part::Stretch {
        first,
        last: last.min(size - 1),
    }
}

/// `-500`: the last 500 bytes.
fn suffix(length: &str, size: u64) -> Part {
    match length.parse::<u64>() {
        Ok(0) => Part::Outside,
        Ok(_) if size == 0 => Part::Outside,
        Ok(length) => Part::Stretch {
            first: size.saturating_sub(length),
            last: size - 1,
        },
        Err(_) => Part::Whole,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_cases_of_the_rfc() {
        let stretch = |first, last| Part::Stretch { first, last };
        for (header, expected) in [
            (None, Part::Whole),
            (Some("bytes=0-499"), stretch(0, 499)),
            (Some("bytes=500-999"), stretch(500, 999)),
            (Some("bytes=9500-"), stretch(9_500, 9_999)),
            (Some("bytes=-500"), stretch(9_500, 9_999)),
            (Some("bytes=-20000"), stretch(0, 9_999)),
            (Some("bytes=0-99999"), stretch(0, 9_999)),
            (Some("bytes=10000-"), Part::Outside),
            (Some("bytes=-0"), Part::Outside),
            (Some("bytes=5-2"), Part::Whole),
            (Some("bytes=0-1,5-6"), Part::Whole),
            (Some("lines=0-1"), Part::Whole),
        ] {
            assert_eq!(part(header, 10_000), expected, "{header:?}");
        }
    }

    #[test]
    fn an_open_end_is_given_in_pieces() {
        let last = OPEN_END - 1;
        assert_eq!(
            part(Some("bytes=0-"), u64::MAX),
            Part::Stretch { first: 0, last }
        );
    }

    proptest! {
        #[test]
        fn a_stretch_lies_inside_the_file(header in ".{0,24}", first: u64, last: u64, size: u64) {
            for header in [header, format!("bytes={first}-{last}"), format!("bytes=-{last}")] {
                if let Part::Stretch { first, last } = part(Some(&header), size) {
                    prop_assert!(first <= last && last < size, "{header}");
                }
            }
        }
    }
}
