//! Numbers out of buffers: glTF's accessors, dense, sparse and quantised, with every range checked.

use super::json::{Accessor, BufferView, Root};
use crate::scene::Budget;
use gameforge_domain::ReadError;
use std::borrow::Cow;

/// The file's description with the bytes that it describes.
pub struct Data<'a> {
    pub root: &'a Root<'a>,
    pub buffers: &'a [Cow<'a, [u8]>],
}

/// The type of one number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Component {
    I8,
    U8,
    I16,
    U16,
    U32,
    F32,
}

impl Component {
    fn parse(code: u32) -> Result<Self, ReadError> {
        Ok(match code {
            5120 => Self::I8,
            5121 => Self::U8,
            5122 => Self::I16,
            5123 => Self::U16,
            5125 => Self::U32,
            5126 => Self::F32,
            other => {
                return Err(ReadError::corrupt(format!(
                    "an accessor with component type {other}"
                )));
            }
        })
    }

    fn size(self) -> usize {
        match self {
            Self::I8 | Self::U8 => 1,
            Self::I16 | Self::U16 => 2,
            Self::U32 | Self::F32 => 4,
        }
    }

    /// One number; `normalized` maps the integers' range to 0..1 or −1..1.
    fn float(self, bytes: &[u8], normalized: bool) -> f32 {
        let (value, most) = match (self, bytes) {
            (Self::I8, [a, ..]) => (f32::from(*a as i8), 127.0),
            (Self::U8, [a, ..]) => (f32::from(*a), 255.0),
            (Self::I16, [a, b, ..]) => (f32::from(i16::from_le_bytes([*a, *b])), 32767.0),
            (Self::U16, [a, b, ..]) => (f32::from(u16::from_le_bytes([*a, *b])), 65535.0),
            (Self::U32, [a, b, c, d, ..]) => {
                (u32::from_le_bytes([*a, *b, *c, *d]) as f32, u32::MAX as f32)
            }
            (Self::F32, [a, b, c, d, ..]) => return f32::from_le_bytes([*a, *b, *c, *d]),
            _ => (0.0, 1.0),
        };
        if normalized {
            (value / most).max(-1.0)
        } else {
            value
        }
    }

    fn integer(self, bytes: &[u8]) -> u32 {
        match (self, bytes) {
            (Self::U8, [a, ..]) => u32::from(*a),
            (Self::U16, [a, b, ..]) => u32::from(u16::from_le_bytes([*a, *b])),
            (Self::U32, [a, b, c, d, ..]) => u32::from_le_bytes([*a, *b, *c, *d]),
            _ => 0,
        }
    }
}

/// A run of equally spaced elements.
struct Run<'a> {
    bytes: &'a [u8],
    stride: usize,
    count: usize,
}

impl<'a> Data<'a> {
    fn accessor(&self, index: usize) -> Result<&'a Accessor, ReadError> {
        self.root
            .accessors
            .get(index)
            .ok_or_else(|| ReadError::corrupt(format!("there is no accessor {index}")))
    }

    /// How many elements an accessor has, without looking at them.
    pub fn count(&self, index: usize) -> u64 {
        self.root
            .accessors
            .get(index)
            .map_or(0, |accessor| accessor.count)
    }

    /// The bytes of a view.
    pub fn view(&self, index: usize) -> Result<(&'a [u8], &'a BufferView), ReadError> {
        let wrong = || ReadError::corrupt(format!("buffer view {index} is outside its buffer"));
        let view = self.root.buffer_views.get(index).ok_or_else(wrong)?;
        if view.extensions.meshopt.is_some() {
            return Err(ReadError::unsupported("geometry compressed with meshopt"));
        }
        let buffer: &'a [u8] = self.buffers.get(view.buffer).ok_or_else(wrong)?;
        let start = usize::try_from(view.byte_offset).map_err(|_| wrong())?;
        let size = usize::try_from(view.byte_length).map_err(|_| wrong())?;
        let end = start.checked_add(size).ok_or_else(wrong)?;
        match buffer.get(start..end) {
            Some(bytes) => Ok((bytes, view)),
            // Shorter than it says it is: the file or the .bin beside it was cut.
            None if self.root.buffers[view.buffer].byte_length > buffer.len() as u64 => Err(
                ReadError::truncated(format!("buffer {} of the model", view.buffer)),
            ),
            None => Err(wrong()),
        }
    }

    fn run(
        &self,
        view: usize,
        offset: u64,
        element: usize,
        count: u64,
    ) -> Result<Run<'a>, ReadError> {
        let wrong = || ReadError::corrupt(format!("an accessor reaches beyond buffer view {view}"));
        let (bytes, description) = self.view(view)?;
        let stride = match description.byte_stride {
            Some(stride) if stride > 0 => usize::try_from(stride).map_err(|_| wrong())?,
            _ => element,
        };
        let count = usize::try_from(count).map_err(|_| wrong())?;
        let offset = usize::try_from(offset).map_err(|_| wrong())?;
        let bytes = bytes.get(offset..).ok_or_else(wrong)?;
        if count > 0 {
            let needed = (count - 1)
                .checked_mul(stride)
                .and_then(|n| n.checked_add(element))
                .ok_or_else(wrong)?;
            if needed > bytes.len() {
                return Err(wrong());
            }
        }
        Ok(Run {
            bytes,
            stride,
            count,
        })
    }

    /// Elements of `N` numbers each; shorter ones are filled with `fill`.
    ///
    /// # Errors
    /// `Corrupt` for ranges outside the buffers, `TooLarge` over the budget.
    pub fn floats<const N: usize>(
        &self,
        index: usize,
        fill: f32,
        budget: &mut Budget,
    ) -> Result<Vec<[f32; N]>, ReadError> {
        let accessor = self.accessor(index)?;
        let component = Component::parse(accessor.component_type)?;
        let width = components(&accessor.shape)?;
        let used = width.min(N);
        budget.take(accessor.count.saturating_mul(N as u64 * 4))?;
        let count = usize::try_from(accessor.count)
            .map_err(|_| ReadError::corrupt("an accessor's count"))?;
        let element = width * component.size();
        let read = |bytes: &[u8]| {
            let mut values = [fill; N];
            for (value, number) in values
                .iter_mut()
                .zip(bytes.chunks_exact(component.size()))
                .take(used)
            {
                *value = component.float(number, accessor.normalized);
            }
            values
        };
        let mut values = match accessor.buffer_view {
            Some(view) => self
                .run(view, accessor.byte_offset, element, accessor.count)?
                .elements(element)
                .map(read)
                .collect(),
            // Without a view all is zero, to be filled by what is sparse.
            None => vec![[0.0; N]; count],
        };
        if let Some(sparse) = &accessor.sparse {
            let indices = Component::parse(sparse.indices.component_type)?;
            let places = self.run(
                sparse.indices.buffer_view,
                sparse.indices.byte_offset,
                indices.size(),
                sparse.count,
            )?;
            let replaced = self.run(
                sparse.values.buffer_view,
                sparse.values.byte_offset,
                element,
                sparse.count,
            )?;
            for (place, bytes) in places
                .elements(indices.size())
                .zip(replaced.elements(element))
            {
                let place = indices.integer(place) as usize;
                *values
                    .get_mut(place)
                    .ok_or_else(|| ReadError::corrupt("a sparse accessor's index"))? = read(bytes);
            }
        }
        Ok(values)
    }

    /// Whole numbers, as indices are.
    ///
    /// # Errors
    /// As [`Data::floats`].
    pub fn integers(&self, index: usize, budget: &mut Budget) -> Result<Vec<u32>, ReadError> {
        let accessor = self.accessor(index)?;
        let component = Component::parse(accessor.component_type)?;
        budget.take(accessor.count.saturating_mul(4))?;
        match accessor.buffer_view {
            Some(view) => {
                let run = self.run(view, accessor.byte_offset, component.size(), accessor.count)?;
                Ok(run
                    .elements(component.size())
                    .map(|bytes| component.integer(bytes))
                    .collect())
            }
            None => Ok(vec![0; usize::try_from(accessor.count).unwrap_or(0)]),
        }
    }
}

impl<'a> Run<'a> {
    fn elements(&self, element: usize) -> impl Iterator<Item = &'a [u8]> + use<'a> {
        let (bytes, stride) = (self.bytes, self.stride);
        // The range was checked when the run was made.
        (0..self.count).filter_map(move |i| bytes.get(i * stride..i * stride + element))
    }
}

/// Numbers in an element of this shape. Matrices of small integers have padding between their columns and do not occur
/// in what is read here.
fn components(shape: &str) -> Result<usize, ReadError> {
    Ok(match shape {
        "SCALAR" => 1,
        "VEC2" => 2,
        "VEC3" => 3,
        "VEC4" | "MAT2" => 4,
        "MAT3" => 9,
        "MAT4" => 16,
        other => {
            let other: String = other.chars().take(20).collect();
            return Err(ReadError::corrupt(format!("an accessor of type “{other}”")));
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use gameforge_domain::Limits;

    fn with<T>(json: &str, bytes: &[u8], then: impl FnOnce(&Data, &mut Budget) -> T) -> T {
        let root: Root = serde_json::from_str(json).unwrap();
        let buffers = [Cow::Borrowed(bytes)];
        then(
            &Data {
                root: &root,
                buffers: &buffers,
            },
            &mut Budget::new(&Limits::STANDARD),
        )
    }

    #[test]
    fn quantised_numbers_are_normalised() {
        let json = r#"{"accessors":[{"bufferView":0,"componentType":5120,"normalized":true,"count":2,"type":"VEC3"}],
            "bufferViews":[{"buffer":0,"byteLength":8,"byteStride":4}]}"#;
        let values = with(json, &[127, 0x81, 0, 9, 0x80, 0, 64, 9], |data, budget| {
            data.floats::<3>(0, 0.0, budget).unwrap()
        });
        assert_eq!(values[0], [1.0, -1.0, 0.0]);
        assert_eq!(values[1][0], -1.0);
    }

    #[test]
    fn sparse_values_replace_zeros() {
        let json = r#"{"accessors":[{"componentType":5126,"count":3,"type":"SCALAR","sparse":{"count":1,
            "indices":{"bufferView":0,"componentType":5121},"values":{"bufferView":0,"byteOffset":4}}}],
            "bufferViews":[{"buffer":0,"byteLength":8}]}"#;
        let mut bytes = vec![2, 0, 0, 0];
        bytes.extend(7.5f32.to_le_bytes());
        assert_eq!(
            with(json, &bytes, |data, budget| data
                .floats::<1>(0, 0.0, budget)
                .unwrap()),
            [[0.0], [0.0], [7.5]]
        );
        bytes[0] = 3;
        assert!(
            with(json, &bytes, |data, budget| data
                .floats::<1>(0, 0.0, budget))
            .is_err()
        );
    }

    #[test]
    fn huge_counts_are_refused_before_memory_is_taken() {
        for view in ["", r#""bufferView":0,"#] {
            let json = format!(
                r#"{{"accessors":[{{{view}"componentType":5126,"count":4000000000,"type":"VEC3"}}],
                "bufferViews":[{{"buffer":0,"byteLength":8}}]}}"#
            );
            let result = with(&json, &[0; 8], |data, budget| {
                data.floats::<3>(0, 0.0, budget)
            });
            assert!(matches!(result, Err(ReadError::TooLarge { .. })));
        }
    }

    #[test]
    fn ranges_outside_the_buffer_are_refused() {
        for (offset, stride, count) in [
            (4u64, 4u64, 2u64),
            (u64::MAX, 4, 1),
            (0, u64::MAX / 2, 3),
            (9, 4, 0),
        ] {
            let json = format!(
                r#"{{"accessors":[{{"bufferView":0,"byteOffset":{offset},"componentType":5126,"count":{count},"type":"SCALAR"}}],
                "bufferViews":[{{"buffer":0,"byteLength":8,"byteStride":{stride}}}]}}"#
            );
            let result = with(&json, &[0; 8], |data, budget| {
                data.floats::<1>(0, 0.0, budget)
            });
            assert!(
                matches!(result, Err(ReadError::Corrupt { .. })),
                "{offset} {stride} {count}"
            );
        }
    }
}
