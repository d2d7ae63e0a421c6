//! Blender's own catalogue of its structures, which every file carries (the DNA1 block): where a field stands.

use std::collections::HashMap;

/// Structures by name with the places of their fields.
#[derive(Debug)]
pub struct Dna {
    /// Number and fields of each structure.
    structures: HashMap<String, (u32, HashMap<String, usize>)>,
    /// Length of the name in an ID, which has grown over the years.
    id_name_size: usize,
}

/// Steps through the catalogue, each read checked.
struct Cursor<'a> {
    bytes: &'a [u8],
    at: usize,
    big_endian: bool,
}

impl<'a> Cursor<'a> {
    fn take(&mut self, size: usize) -> Option<&'a [u8]> {
        let end = self.at.checked_add(size)?;
        let taken = self.bytes.get(self.at..end)?;
        self.at = end;
        Some(taken)
    }

    fn mark(&mut self, tag: &[u8; 4]) -> Option<()> {
        // Parts start at multiples of four.
        self.at = self.at.checked_next_multiple_of(4)?;
        (self.take(4)? == tag).then_some(())
    }

    fn u16(&mut self) -> Option<usize> {
        let two: [u8; 2] = self.take(2)?.try_into().ok()?;
        Some(usize::from(if self.big_endian {
            u16::from_be_bytes(two)
        } else {
            u16::from_le_bytes(two)
        }))
    }

    /// A count of entries that each take at least two bytes, so that it cannot be more than there are.
    fn count(&mut self) -> Option<usize> {
        let four: [u8; 4] = self.take(4)?.try_into().ok()?;
        let count = if self.big_endian {
            u32::from_be_bytes(four)
        } else {
            u32::from_le_bytes(four)
        } as usize;
        (count <= self.bytes.len() / 2).then_some(count)
    }

    fn words(&mut self) -> Option<Vec<&'a str>> {
        let count = self.count()?;
        (0..count)
            .map(|_| {
                let rest = self.bytes.get(self.at..)?;
                let size = rest.iter().position(|byte| *byte == 0)?;
                let word = std::str::from_utf8(self.take(size)?).ok()?;
                self.at += 1;
                Some(word)
            })
            .collect()
    }
}

impl Dna {
    /// `None` where the block is not such a catalogue.
    pub fn parse(bytes: &[u8], big_endian: bool, pointer: usize) -> Option<Self> {
        let mut cursor = Cursor {
            bytes,
            at: 0,
            big_endian,
        };
        cursor.mark(b"SDNA")?;
        cursor.mark(b"NAME")?;
        let names = cursor.words()?;
        cursor.mark(b"TYPE")?;
        let types = cursor.words()?;
        cursor.mark(b"TLEN")?;
        let sizes: Vec<usize> = (0..types.len())
            .map(|_| cursor.u16())
            .collect::<Option<_>>()?;
        cursor.mark(b"STRC")?;
        let mut structures = HashMap::new();
        let mut id_name_size = 66;
        for number in 0..cursor.count()? {
            let name = *types.get(cursor.u16()?)?;
            let wanted = matches!(name, "ID" | "Mesh" | "Bone");
            let mut offset = 0usize;
            let mut fields = HashMap::new();
            for _ in 0..cursor.u16()? {
                let (kind, field) = (cursor.u16()?, *names.get(cursor.u16()?)?);
                let (bare, items) = dimensions(field);
                let size = if field.starts_with(['*', '(']) {
                    pointer
                } else {
                    *sizes.get(kind)?
                };
                if wanted {
                    fields.insert(bare.to_owned(), offset);
                    if name == "ID" && bare == "name" {
                        id_name_size = items;
                    }
                }
                offset = offset.checked_add(size.checked_mul(items)?)?;
            }
            if wanted {
                structures.insert(name.to_owned(), (number as u32, fields));
            }
        }
        Some(Self {
            structures,
            id_name_size,
        })
    }

    /// Where a field starts in its structure.
    pub fn field(&self, structure: &str, field: &str) -> Option<usize> {
        self.structures.get(structure)?.1.get(field).copied()
    }

    /// The number that blocks of this structure carry.
    pub fn structure(&self, name: &str) -> Option<u32> {
        self.structures.get(name).map(|(number, _)| *number)
    }

    /// The name of a data block, without the two letters of its kind.
    pub fn id_name(&self, data: &[u8]) -> Option<String> {
        let start = self.field("ID", "name")?.checked_add(2)?;
        let name = data.get(start..start.checked_add(self.id_name_size.checked_sub(2)?)?)?;
        let end = name
            .iter()
            .position(|byte| *byte == 0)
            .unwrap_or(name.len());
        Some(String::from_utf8_lossy(&name[..end]).into_owned())
    }
}

/// A field's bare name and how many values it has: `mat[4][4]` is 16 of `mat`.
fn dimensions(field: &str) -> (&str, usize) {
    let end = field.find('[').unwrap_or(field.len());
    let items = field[end..]
        .split('[')
        .filter_map(|part| part.strip_suffix(']')?.parse::<usize>().ok())
        .fold(1, usize::saturating_mul);
    (
        field[..end]
            .trim_start_matches(['*', '('])
            .trim_end_matches(')'),
        items,
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_know_their_size() {
        assert_eq!(dimensions("mat[4][4]"), ("mat", 16));
        assert_eq!(dimensions("*next"), ("next", 1));
        assert_eq!(
            dimensions("x[99999999999][99999999999][99999999999]"),
            ("x", usize::MAX)
        );
    }
}
