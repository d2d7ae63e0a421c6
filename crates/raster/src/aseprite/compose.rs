//! Drawing a document's cels onto the canvas, layer by layer.

use super::{
    brush::{Brush, Raw, turned},
    cel_size,
    document::{Cel, Content, Document, Frame, Layer, TileMasks, Tileset},
};
use crate::{blend::Mode, bounds, cursor::inflate};
use gameforge_domain::{Limits, Pixels, ReadError};
use std::borrow::Cow;
use std::collections::BTreeMap;

/// Draws the frames of one document. Unpacked tiles are kept between frames.
pub(super) struct Composer<'d, 'a> {
    document: &'d Document<'a>,
    limits: &'d Limits,
    /// The layers on top, then those of each group, bottom up.
    children: BTreeMap<Option<usize>, Vec<usize>>,
    tiles: BTreeMap<u32, Vec<u8>>,
    tile_memory: u64,
    /// Pixels unpacked and drawn so far.
    work: u64,
}

/// Links cost nothing in the file and a whole cel to draw; so many times the largest picture is
/// more than any real document asks for.
const MOST_WORK: u64 = 16;

impl<'d, 'a> Composer<'d, 'a> {
    pub(super) fn new(document: &'d Document<'a>, limits: &'d Limits) -> Result<Self, ReadError> {
        let mut children: BTreeMap<Option<usize>, Vec<usize>> = BTreeMap::new();
        let mut open: Vec<usize> = Vec::new();
        for (index, layer) in document.layers.iter().enumerate() {
            if usize::from(layer.level) > open.len() || layer.level as u32 > limits.depth {
                return Err(ReadError::corrupt(
                    "Aseprite layer in a group that is not there",
                ));
            }
            open.truncate(usize::from(layer.level));
            children
                .entry(open.last().copied())
                .or_default()
                .push(index);
            // A layer under a layer that is no group is taken as under its group.
            open.push(if layer.group {
                index
            } else {
                open.last().copied().unwrap_or(index)
            });
        }
        Ok(Self {
            document,
            limits,
            children,
            tiles: BTreeMap::new(),
            tile_memory: 0,
            work: 0,
        })
    }

    /// The picture of frame `index`.
    pub(super) fn frame(&mut self, index: usize) -> Result<Pixels, ReadError> {
        let document = self.document;
        let frame = document
            .frames
            .get(index)
            .ok_or_else(|| ReadError::corrupt("Aseprite frame"))?;
        let mut canvas = vec![0; document.width as usize * document.height as usize * 4];
        self.draw_group(None, frame, &mut canvas)?;
        Pixels::new(document.width, document.height, canvas)
            .ok_or_else(|| ReadError::corrupt("Aseprite canvas"))
    }

    fn charge(&mut self, pixels: u64) -> Result<(), ReadError> {
        let limit = self.limits.pixels.saturating_mul(MOST_WORK);
        self.work = self.work.saturating_add(pixels);
        if self.work > limit {
            return Err(ReadError::TooLarge {
                what: "the number of pixels to draw",
                found: self.work,
                limit,
            });
        }
        Ok(())
    }

    /// Draws what lies in a group (or on top level), lowest first. A cel's z-index moves it by that
    /// many layers; on equal places the z-index decides.
    fn draw_group(
        &mut self,
        group: Option<usize>,
        frame: &Frame<'a>,
        canvas: &mut [u8],
    ) -> Result<(), ReadError> {
        let mut order: Vec<(i64, i64, usize)> = Vec::new();
        self.flatten(group, frame, &mut order);
        order.sort_unstable();
        for (_, _, index) in order {
            let layer = &self.document.layers[index];
            if layer.group {
                self.draw_isolated(index, frame, canvas)?;
            } else {
                for cel in frame
                    .cels
                    .iter()
                    .filter(|cel| usize::from(cel.layer) == index)
                {
                    self.draw_cel(layer, index, cel, frame, canvas)?;
                }
            }
        }
        Ok(())
    }

    /// Lists visible layers of a group with their place; groups that blend as one stay whole.
    fn flatten(&self, group: Option<usize>, frame: &Frame<'a>, order: &mut Vec<(i64, i64, usize)>) {
        for index in self.children.get(&group).into_iter().flatten().copied() {
            let layer = &self.document.layers[index];
            if !layer.visible || layer.reference {
                continue;
            }
            if layer.group && layer.mode == Mode::Normal && layer.opacity == 255 {
                self.flatten(Some(index), frame, order);
                continue;
            }
            let z = frame
                .cels
                .iter()
                .find(|cel| usize::from(cel.layer) == index)
                .map_or(0, |cel| i64::from(cel.z));
            order.push((index as i64 + z, z, index));
        }
    }

    /// A group with its own opacity or mode: drawn apart, then put down as one picture.
    fn draw_isolated(
        &mut self,
        index: usize,
        frame: &Frame<'a>,
        canvas: &mut [u8],
    ) -> Result<(), ReadError> {
        let layer = &self.document.layers[index];
        // Each nested group holds a canvas of its own.
        bounds::memory(
            canvas.len() as u64 * (u64::from(layer.level) + 2),
            self.limits,
        )?;
        self.charge(canvas.len() as u64 / 4)?;
        let mut apart = vec![0; canvas.len()];
        self.draw_group(Some(index), frame, &mut apart)?;
        for (below, above) in canvas
            .as_chunks_mut::<4>()
            .0
            .iter_mut()
            .zip(apart.as_chunks::<4>().0)
        {
            *below = layer.mode.over(*below, *above, layer.opacity);
        }
        Ok(())
    }

    fn draw_cel(
        &mut self,
        layer: &Layer,
        index: usize,
        cel: &Cel<'a>,
        frame: &Frame<'a>,
        canvas: &mut [u8],
    ) -> Result<(), ReadError> {
        let document = self.document;
        let content = content_of(document, cel, index)?;
        let brush = Brush {
            depth: document.depth,
            palette: &frame.palette,
            transparent: (!layer.background).then_some(document.transparent),
            mode: layer.mode,
            opacity: scaled(cel.opacity, layer.opacity),
        };
        let place = (i64::from(cel.x), i64::from(cel.y));
        let (width, height) = match content {
            Content::Raw { width, height, .. }
            | Content::Packed { width, height, .. }
            | Content::Tiles { width, height, .. } => (*width, *height),
            Content::Linked(_) => return Ok(()),
        };
        self.charge(u64::from(width) * u64::from(height))?;
        let sample = match content {
            Content::Tiles { .. } => 4,
            _ => document.depth.bytes(),
        };
        let size = cel_size(width, u32::from(height), sample, self.limits)?;
        let unpacked = match content {
            Content::Raw { pixels, .. } => Cow::Borrowed(
                pixels
                    .get(..size)
                    .ok_or_else(|| ReadError::truncated("Aseprite cel"))?,
            ),
            Content::Packed { zlib, .. } => Cow::Owned(inflate(*zlib, size, "Aseprite cel")?),
            Content::Tiles { masks, zlib, .. } => {
                let numbers = inflate(*zlib, size, "Aseprite tilemap")?;
                let id = layer
                    .tileset
                    .ok_or_else(|| ReadError::corrupt("Aseprite tilemap without its tileset"))?;
                let across = usize::from(width);
                return self.draw_tiles(id, &numbers, across, *masks, &brush, place, canvas);
            }
            Content::Linked(_) => return Ok(()),
        };
        let raw = Raw {
            width: width.into(),
            height: height.into(),
            bytes: &unpacked,
        };
        brush.draw(&raw, place.0, place.1, document, canvas);
        Ok(())
    }

    #[allow(clippy::too_many_arguments, reason = "all of them are one tilemap's")]
    fn draw_tiles(
        &mut self,
        id: u32,
        numbers: &[u8],
        across: usize,
        masks: TileMasks,
        brush: &Brush<'_>,
        (left, top): (i64, i64),
        canvas: &mut [u8],
    ) -> Result<(), ReadError> {
        let document = self.document;
        let set = document
            .tilesets
            .get(&id)
            .ok_or_else(|| ReadError::corrupt("Aseprite tilemap without its tileset"))?;
        self.unpack_tiles(id, set)?;
        let tiles = self.tiles.get(&id).map(Vec::as_slice).unwrap_or_default();
        let (width, height) = (usize::from(set.width), usize::from(set.height));
        let size = width * height * document.depth.bytes();
        let mut drawn = 0;
        let right = i64::from(document.width);
        let bottom = i64::from(document.height);
        for (place, number) in numbers.as_chunks::<4>().0.iter().enumerate() {
            let number = u32::from_le_bytes(*number);
            let x = left + (place % across * width) as i64;
            let y = top + (place / across * height) as i64;
            let outside =
                x >= right || y >= bottom || x + width as i64 <= 0 || y + height as i64 <= 0;
            if number == u32::MAX || outside {
                continue;
            }
            let tile = ((number & masks.id) >> masks.id.trailing_zeros().min(31)) as usize;
            if tile == 0 && set.zero_is_empty {
                continue;
            }
            let Some(bytes) = tiles.chunks_exact(size.max(1)).nth(tile) else {
                return Err(ReadError::corrupt(format!(
                    "Aseprite tilemap asks for tile {tile}"
                )));
            };
            drawn += size as u64;
            let turned = turned(bytes, width, height, document.depth.bytes(), number, masks);
            brush.draw(
                &Raw {
                    width,
                    height,
                    bytes: turned.as_deref().unwrap_or(bytes),
                },
                x,
                y,
                document,
                canvas,
            );
        }
        self.charge(drawn)
    }

    fn unpack_tiles(&mut self, id: u32, set: &Tileset<'a>) -> Result<(), ReadError> {
        if self.tiles.contains_key(&id) {
            return Ok(());
        }
        let zlib = set
            .zlib
            .ok_or_else(|| ReadError::unsupported("Aseprite tileset in another file"))?;
        let rows = u64::from(set.height).saturating_mul(u64::from(set.count));
        let rows = u32::try_from(rows).map_err(|_| ReadError::corrupt("Aseprite tileset size"))?;
        let size = cel_size(set.width, rows, self.document.depth.bytes(), self.limits)?;
        self.tile_memory += size as u64;
        bounds::memory(self.tile_memory, self.limits)?;
        self.tiles
            .insert(id, inflate(zlib, size, "Aseprite tileset")?);
        Ok(())
    }
}

/// A cel's own content, or that of the frame which it is linked to.
fn content_of<'d, 'a>(
    document: &'d Document<'a>,
    cel: &'d Cel<'a>,
    layer: usize,
) -> Result<&'d Content<'a>, ReadError> {
    let Content::Linked(to) = &cel.content else {
        return Ok(&cel.content);
    };
    document
        .frames
        .get(usize::from(*to))
        .and_then(|other| {
            let mut cels = other.cels.iter();
            cels.find(|cel| usize::from(cel.layer) == layer)
        })
        .map(|cel| &cel.content)
        .filter(|content| !matches!(content, Content::Linked(_)))
        .ok_or_else(|| ReadError::corrupt("Aseprite cel linked to one that is not there"))
}

fn scaled(a: u8, b: u8) -> u8 {
    let product = u32::from(a) * u32::from(b) + 0x80;
    (((product >> 8) + product) >> 8) as u8
}
