//! Binary FBX whose lists of nodes lack the empty record that ends them, as the Open Asset Import Library writes it:
//! the record is put in where it is missing. Knows nothing of what the nodes mean.
//!
//! Layout after Blender's “FBX binary file format specification” (2013): a header of 27 bytes, then nodes of
//! `end, values, values' length` (32 bits each, 64 from version 7500 on), `name's length`, name, values, nodes. An `end`
//! counts from the start of the file, so each moves with what is put in before it.

/// The mark at the start, with the byte that says least significant byte first.
const MARK: &[u8; 23] = b"Kaydara FBX Binary  \0\x1a\0";
/// Where the first node begins; the version stands before it.
const FIRST: usize = MARK.len() + 4;
/// The first version with 64-bit numbers.
const WIDE: u32 = 7500;
/// Nodes within nodes that are followed; real files have about six.
const DEEPEST: u32 = 64;

/// The file with every list ended; none where no record is missing or the nodes do not fit into each other. At most
/// about twice as long as the file.
pub fn ended(bytes: &[u8]) -> Option<Vec<u8>> {
    if !bytes.starts_with(MARK) {
        return None;
    }
    let version = u32::from_le_bytes(bytes.get(MARK.len()..FIRST)?.try_into().ok()?);
    let mut copy = Copy {
        from: bytes,
        out: bytes.get(..FIRST)?.to_vec(),
        word: if version >= WIDE { 8 } else { 4 },
        missing: false,
    };
    let rest = copy.list(FIRST, bytes.len(), 0)?;
    if !copy.missing {
        return None;
    }
    copy.out.extend_from_slice(bytes.get(rest..)?);
    Some(copy.out)
}

struct Copy<'a> {
    from: &'a [u8],
    out: Vec<u8>,
    /// Bytes of a number.
    word: usize,
    missing: bool,
}

impl Copy<'_> {
    /// The length of the empty record, and of what precedes a node's name.
    const fn record(&self) -> usize {
        self.word * 3 + 1
    }

    fn number(&self, at: usize) -> Option<usize> {
        let mut wide = [0; 8];
        wide[..self.word].copy_from_slice(self.from.get(at..at.checked_add(self.word)?)?);
        usize::try_from(u64::from_le_bytes(wide)).ok()
    }

    /// Copies the nodes from `at` to `end` and an empty record; gives the place after them.
    fn list(&mut self, mut at: usize, end: usize, depth: u32) -> Option<usize> {
        if depth > DEEPEST {
            return None;
        }
        while at < end {
            let name = usize::from(*self.from.get(at + self.record() - 1)?);
            let node_end = self.number(at)?;
            if node_end == 0 && name == 0 {
                self.end_list();
                return Some(at + self.record());
            }
            let values = self.number(at + self.word * 2)?;
            let inner = (at + self.record() + name).checked_add(values)?;
            if inner > node_end || node_end > end {
                return None;
            }
            let start = self.out.len();
            self.out.extend_from_slice(self.from.get(at..inner)?);
            if inner < node_end {
                let rest = self.list(inner, node_end, depth + 1)?;
                if rest != node_end {
                    return None;
                }
            }
            let new_end = (self.out.len() as u64).to_le_bytes();
            if self.word == 4 && self.out.len() > u32::MAX as usize {
                return None;
            }
            self.out
                .get_mut(start..start + self.word)?
                .copy_from_slice(&new_end[..self.word]);
            at = node_end;
        }
        self.missing = true;
        self.end_list();
        Some(at)
    }

    fn end_list(&mut self) {
        self.out.resize(self.out.len() + self.record(), 0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// A node with one value of a byte, its nodes and, if wanted, the record that ends them.
    fn node(at: usize, wide: bool, ends: bool, inner: &[usize]) -> Vec<u8> {
        let word = if wide { 8 } else { 4 };
        let record = word * 3 + 1;
        let mut bytes = vec![0; record];
        bytes.extend(b"NamC\x01");
        if let Some((depth, rest)) = inner.split_first() {
            for _ in 0..*depth {
                let child = node(at + bytes.len(), wide, ends, rest);
                bytes.extend(child);
            }
            if ends {
                bytes.extend(vec![0; record]);
            }
        }
        let end = ((at + bytes.len()) as u64).to_le_bytes();
        bytes[..word].copy_from_slice(&end[..word]);
        bytes[word] = 1;
        bytes[word * 2] = 2;
        bytes[record - 1] = 3;
        bytes
    }

    fn file(version: u32, ends: bool, shape: &[usize]) -> Vec<u8> {
        let wide = version >= WIDE;
        let mut bytes = MARK.to_vec();
        bytes.extend(version.to_le_bytes());
        for _ in 0..2 {
            bytes.extend(node(bytes.len(), wide, ends, shape));
        }
        bytes.extend(vec![0; if wide { 25 } else { 13 }]);
        bytes.extend(b"footer");
        bytes
    }

    #[test]
    fn missing_ends_are_put_in_and_every_offset_moves_along() {
        for version in [7400, 7500] {
            for shape in [&[1][..], &[2, 3], &[3, 1, 2]] {
                assert_eq!(
                    ended(&file(version, false, shape)),
                    Some(file(version, true, shape)),
                    "{version} {shape:?}"
                );
            }
        }
    }

    #[test]
    fn complete_and_other_files_are_left_alone() {
        assert_eq!(ended(&file(7500, true, &[2, 2])), None);
        assert_eq!(ended(b"; FBX 7.3.0 project file"), None);
        assert_eq!(ended(&MARK[..]), None);
        assert_eq!(ended(&file(7500, false, &[1; 80])), None, "too deep");
    }

    proptest! {
        #[test]
        fn damage_is_survived(place in 0usize..400, byte: u8, cut in 0usize..400) {
            let mut bytes = file(7500, false, &[2, 2]);
            let place = place % bytes.len();
            bytes[place] = byte;
            for bytes in [&bytes[..], &bytes[..cut.min(bytes.len())]] {
                if let Some(found) = ended(bytes) {
                    prop_assert!(found.len() <= bytes.len() * 3);
                }
            }
        }
    }
}
