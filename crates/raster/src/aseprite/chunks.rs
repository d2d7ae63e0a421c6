//! The document's chunks to values. Cels stay compressed until they are drawn.

use super::MOST_NAMES;
use super::document::{Cel, Content, Depth, Document, Frame, Layer, TileMasks, Tileset};
use crate::blend::Mode;
use crate::{
    bounds,
    cursor::{Cursor, name},
};
use gameforge_domain::{AnimationTag, Limits, ReadError};
use std::collections::BTreeMap;

/// Tags listed; more than an author can tell apart.
const MOST_TAGS: usize = 1024;

pub(super) fn parse<'a>(bytes: &'a [u8], limits: &Limits) -> Result<Document<'a>, ReadError> {
    let mut file = Cursor::new(bytes, "Aseprite header");
    let mut header = file.part(128, "Aseprite header")?;
    header.skip(4)?;
    if header.u16_le()? != 0xa5e0 {
        return Err(ReadError::corrupt("Aseprite signature"));
    }
    let count = header.u16_le()?;
    let (width, height) = (u32::from(header.u16_le()?), u32::from(header.u16_le()?));
    let depth = match header.u16_le()? {
        32 => Depth::Rgba,
        16 => Depth::Grey,
        8 => Depth::Indexed,
        other => {
            return Err(ReadError::unsupported(format!(
                "Aseprite with {other} bits a pixel"
            )));
        }
    };
    let flags = header.u32_le()?;
    let speed = header.u16_le()?;
    header.skip(8)?;
    let transparent = header.u8()?;
    bounds::canvas(u64::from(width), u64::from(height), 8, limits)?;
    if count == 0 {
        return Err(ReadError::corrupt("Aseprite without a frame"));
    }
    let mut document = Document {
        width,
        height,
        depth,
        frames: Vec::new(),
        layers: Vec::new(),
        tags: Vec::new(),
        slices: Vec::new(),
        tilesets: BTreeMap::new(),
        layer_opacity: flags & 1 != 0,
        group_blend: flags & 2 != 0,
        transparent,
        new_palette: false,
        palette: Vec::new(),
    };
    for _ in 0..count {
        document.frame(&mut file, speed)?;
    }
    Ok(document)
}

impl<'a> Document<'a> {
    fn frame(&mut self, file: &mut Cursor<'a>, speed: u16) -> Result<(), ReadError> {
        let size = file.u32_le()? as usize;
        let length = size
            .checked_sub(4)
            .ok_or_else(|| ReadError::corrupt("Aseprite frame of no length"))?;
        let mut body = file.part(length, "Aseprite frame")?;
        if body.u16_le()? != 0xf1fa {
            return Err(ReadError::corrupt("Aseprite frame mark"));
        }
        let old_count = u32::from(body.u16_le()?);
        let duration = body.u16_le()?;
        body.skip(2)?;
        let new_count = body.u32_le()?;
        let mut frame = Frame {
            duration: if duration == 0 { speed } else { duration },
            cels: Vec::new(),
            palette: Vec::new(),
        };
        for _ in 0..if new_count == 0 { old_count } else { new_count } {
            let size = body.u32_le()? as usize;
            let kind = body.u16_le()?;
            let length = size
                .checked_sub(6)
                .ok_or_else(|| ReadError::corrupt("Aseprite chunk of no length"))?;
            let chunk = body.part(length, "Aseprite chunk")?;
            self.chunk(kind, chunk, &mut frame)?;
        }
        frame.palette.clone_from(&self.palette);
        self.frames.push(frame);
        Ok(())
    }

    fn chunk(
        &mut self,
        kind: u16,
        chunk: Cursor<'a>,
        frame: &mut Frame<'a>,
    ) -> Result<(), ReadError> {
        match kind {
            0x0004 if !self.new_palette => self.old_palette(chunk, 255),
            0x0011 if !self.new_palette => self.old_palette(chunk, 63),
            0x2004 => self.layer(chunk),
            0x2005 => {
                frame.cels.push(cel(chunk)?);
                Ok(())
            }
            0x2018 => self.tags(chunk),
            0x2019 => self.palette(chunk),
            0x2022 => self.slice(chunk),
            0x2023 => self.tileset(chunk),
            _ => Ok(()),
        }
    }

    fn old_palette(&mut self, mut chunk: Cursor<'a>, most: u16) -> Result<(), ReadError> {
        let mut index = 0;
        for _ in 0..chunk.u16_le()? {
            index += usize::from(chunk.u8()?);
            let count = match chunk.u8()? {
                0 => 256,
                count => usize::from(count),
            };
            for rgb in chunk.take(count * 3)?.as_chunks::<3>().0 {
                let [r, g, b] = rgb.map(|value| (u16::from(value).min(most) * 255 / most) as u8);
                if index < 256 {
                    self.set_colour(index, [r, g, b, 255]);
                }
                index += 1;
            }
        }
        Ok(())
    }

    fn palette(&mut self, mut chunk: Cursor<'a>) -> Result<(), ReadError> {
        if !self.new_palette {
            self.new_palette = true;
            self.palette.clear();
        }
        chunk.skip(4)?;
        let (first, last) = (chunk.u32_le()?, chunk.u32_le()?);
        chunk.skip(8)?;
        // Each entry takes six bytes of the chunk, so a false count ends with them.
        for index in first..=last {
            let flags = chunk.u16_le()?;
            let colour = [chunk.u8()?, chunk.u8()?, chunk.u8()?, chunk.u8()?];
            if flags & 1 != 0 {
                let length = chunk.u16_le()?;
                chunk.skip(usize::from(length))?;
            }
            // Indices in pixels have eight bits.
            if index < 256 {
                self.set_colour(index as usize, colour);
            }
        }
        Ok(())
    }

    fn set_colour(&mut self, index: usize, colour: [u8; 4]) {
        if self.palette.len() <= index {
            self.palette.resize(index + 1, [0, 0, 0, 255]);
        }
        self.palette[index] = colour;
    }

    fn layer(&mut self, mut chunk: Cursor<'a>) -> Result<(), ReadError> {
        let flags = chunk.u16_le()?;
        let kind = chunk.u16_le()?;
        let level = chunk.u16_le()?;
        chunk.skip(4)?;
        let mode = Mode::from_number(chunk.u16_le()?)?;
        let opacity = chunk.u8()?;
        chunk.skip(3)?;
        let name = text(&mut chunk)?;
        let tileset = if kind == 2 {
            Some(chunk.u32_le()?)
        } else {
            None
        };
        let group = kind == 1;
        let blends = !group || self.group_blend;
        self.layers.push(Layer {
            name,
            visible: flags & 1 != 0,
            background: flags & 8 != 0,
            reference: flags & 64 != 0,
            group,
            level,
            mode: if blends { mode } else { Mode::Normal },
            opacity: if blends && self.layer_opacity {
                opacity
            } else {
                255
            },
            tileset,
        });
        Ok(())
    }

    fn tags(&mut self, mut chunk: Cursor<'a>) -> Result<(), ReadError> {
        let count = chunk.u16_le()?;
        chunk.skip(8)?;
        for _ in 0..count {
            let (from, to) = (u32::from(chunk.u16_le()?), u32::from(chunk.u16_le()?));
            // The fourth kind starts its way to and fro at the end.
            let direction = match chunk.u8()? {
                0 => "forward",
                1 => "reverse",
                _ => "pingpong",
            };
            chunk.skip(12)?;
            let name = text(&mut chunk)?;
            if self.tags.len() < MOST_TAGS {
                self.tags.push(AnimationTag {
                    name,
                    from,
                    to,
                    direction: direction.to_owned(),
                });
            }
        }
        Ok(())
    }

    fn slice(&mut self, mut chunk: Cursor<'a>) -> Result<(), ReadError> {
        chunk.skip(12)?;
        let name = text(&mut chunk)?;
        if self.slices.len() < MOST_NAMES {
            self.slices.push(name);
        }
        Ok(())
    }

    fn tileset(&mut self, mut chunk: Cursor<'a>) -> Result<(), ReadError> {
        let id = chunk.u32_le()?;
        let flags = chunk.u32_le()?;
        let count = chunk.u32_le()?;
        let (width, height) = (chunk.u16_le()?, chunk.u16_le()?);
        chunk.skip(16)?;
        text(&mut chunk)?;
        if flags & 1 != 0 {
            chunk.skip(8)?;
        }
        let zlib = if flags & 2 == 0 {
            None
        } else {
            let length = chunk.u32_le()? as usize;
            Some(chunk.take(length)?)
        };
        self.tilesets.insert(
            id,
            Tileset {
                count,
                width,
                height,
                zero_is_empty: flags & 4 != 0,
                zlib,
            },
        );
        Ok(())
    }
}

fn cel<'a>(mut chunk: Cursor<'a>) -> Result<Cel<'a>, ReadError> {
    let layer = chunk.u16_le()?;
    let (x, y) = (chunk.i16_le()?, chunk.i16_le()?);
    let opacity = chunk.u8()?;
    let kind = chunk.u16_le()?;
    let z = chunk.i16_le()?;
    chunk.skip(5)?;
    let content = match kind {
        0 => Content::Raw {
            width: chunk.u16_le()?,
            height: chunk.u16_le()?,
            pixels: chunk.rest(),
        },
        1 => Content::Linked(chunk.u16_le()?),
        2 => Content::Packed {
            width: chunk.u16_le()?,
            height: chunk.u16_le()?,
            zlib: chunk.rest(),
        },
        3 => tiles(chunk)?,
        other => {
            return Err(ReadError::unsupported(format!(
                "Aseprite cel of kind {other}"
            )));
        }
    };
    Ok(Cel {
        layer,
        x,
        y,
        opacity,
        z,
        content,
    })
}

fn tiles<'a>(mut chunk: Cursor<'a>) -> Result<Content<'a>, ReadError> {
    let (width, height) = (chunk.u16_le()?, chunk.u16_le()?);
    let bits = chunk.u16_le()?;
    if bits != 32 {
        return Err(ReadError::unsupported(format!(
            "Aseprite tiles of {bits} bits"
        )));
    }
    let masks = TileMasks {
        id: chunk.u32_le()?,
        flip_x: chunk.u32_le()?,
        flip_y: chunk.u32_le()?,
        diagonal: chunk.u32_le()?,
    };
    chunk.skip(10)?;
    Ok(Content::Tiles {
        width,
        height,
        masks,
        zlib: chunk.rest(),
    })
}

fn text(chunk: &mut Cursor<'_>) -> Result<String, ReadError> {
    let length = chunk.u16_le()?;
    Ok(name(chunk.take(usize::from(length))?))
}
