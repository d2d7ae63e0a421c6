//! SVG and SVGZ, drawn by `resvg`. No file and no address is ever opened: references to other files
//! draw nothing, embedded pictures are checked first.
//!
//! A document can ask for much more work than it has bytes, so [`crate::svg_cost`] looks at it before
//! it is built, and everything runs on a thread whose stack fits the allowed depth.

use crate::{Picture, bounds, palette, phash, scale, svg_cost};
use flate2::read::MultiGzDecoder;
use gameforge_domain::{Format, ImageMetadata, Limits, Pixels, ReadError};
use resvg::{
    tiny_skia::{Pixmap, Transform},
    usvg::{self, ImageHrefResolver, ImageKind, Options, Tree, fontdb::Database},
};
use std::{
    io::Read,
    sync::{
        Arc, OnceLock,
        atomic::{AtomicU64, Ordering},
    },
    thread,
};

/// For parsing and drawing 128 nested groups with room to spare, also without optimisation.
/// Only pages that are touched take memory.
const STACK: usize = 64 << 20;
/// Pictures inside of pictures inside of pictures.
const MOST_NESTED: u32 = 3;
/// Elements of the document as written.
const MOST_NODES: u32 = 500_000;
/// The largest text that is parsed, unpacked: parsing takes several times as much memory.
const MOST_TEXT: u64 = 64 << 20;

pub(crate) fn probe(bytes: &[u8], limits: &Limits) -> Result<ImageMetadata, ReadError> {
    on_deep_stack(|| {
        let tree = parse(bytes, limits)?;
        Ok(metadata(&tree))
    })
}

/// The preview is drawn at the size asked for: vectors have no pixels that could be enlarged.
pub(crate) fn read(bytes: &[u8], side: u32, limits: &Limits) -> Result<Picture, ReadError> {
    on_deep_stack(|| {
        let tree = parse(bytes, limits)?;
        let mut metadata = metadata(&tree);
        let (width, height) = scale::inside(metadata.width, metadata.height, side);
        let preview = draw(&tree, width, height, limits)?;
        metadata.alpha = !scale::is_opaque(&preview);
        Ok(Picture {
            palette: palette::palette(&preview),
            phash: phash::phash(&preview),
            metadata,
            preview,
        })
    })
}

pub(crate) fn decode(bytes: &[u8], limits: &Limits) -> Result<Pixels, ReadError> {
    on_deep_stack(|| {
        let tree = parse(bytes, limits)?;
        let size = metadata(&tree);
        draw(&tree, size.width, size.height, limits)
    })
}

fn on_deep_stack<T: Send>(
    work: impl FnOnce() -> Result<T, ReadError> + Send,
) -> Result<T, ReadError> {
    thread::scope(|scope| {
        let thread = thread::Builder::new()
            .name("svg".to_owned())
            .stack_size(STACK)
            .spawn_scoped(scope, work)?;
        thread
            .join()
            .unwrap_or_else(|payload| Err(ReadError::panicked(payload.as_ref())))
    })
}

fn metadata(tree: &Tree) -> ImageMetadata {
    let side = |length: f32| (length.round() as u32).max(1);
    ImageMetadata {
        width: side(tree.size().width()),
        height: side(tree.size().height()),
        alpha: true,
        bits: 8,
        colour_model: "vector".to_owned(),
        frames: 1,
        ..ImageMetadata::default()
    }
}

fn parse(bytes: &[u8], limits: &Limits) -> Result<Tree, ReadError> {
    let text = unpack(bytes, limits)?;
    // What all pictures in the document may have together, in pixels.
    let budget = AtomicU64::new(limits.pixels);
    let tree = parse_text(&text, limits, &budget, 0)?;
    let size = tree.size();
    bounds::canvas(
        size.width().ceil() as u64,
        size.height().ceil() as u64,
        0,
        limits,
    )?;
    Ok(tree)
}

/// The document's text: gzip undone up to a bound, UTF-16 turned into UTF-8.
fn unpack(bytes: &[u8], limits: &Limits) -> Result<String, ReadError> {
    let most = MOST_TEXT.min(limits.memory / 8);
    let unpacked = if bytes.starts_with(&[0x1f, 0x8b]) {
        let mut unpacked = Vec::new();
        MultiGzDecoder::new(bytes)
            .take(most + 1)
            .read_to_end(&mut unpacked)
            .map_err(|cause| match cause.kind() {
                std::io::ErrorKind::UnexpectedEof => ReadError::truncated("SVGZ data"),
                _ => ReadError::corrupt(format!("SVGZ: {cause}")),
            })?;
        unpacked
    } else {
        bytes.to_vec()
    };
    let found = unpacked.len() as u64;
    if found > most {
        return Err(ReadError::TooLarge {
            what: "the SVG text",
            found,
            limit: most,
        });
    }
    let units = |decode: fn([u8; 2]) -> u16| {
        let units: Vec<u16> = unpacked
            .as_chunks::<2>()
            .0
            .iter()
            .skip(1)
            .map(|pair| decode(*pair))
            .collect();
        String::from_utf16(&units).map_err(|_| ReadError::corrupt("SVG text is not UTF-16"))
    };
    match unpacked.as_slice() {
        [0xff, 0xfe, ..] => units(u16::from_le_bytes),
        [0xfe, 0xff, ..] => units(u16::from_be_bytes),
        _ => String::from_utf8(unpacked).map_err(|_| ReadError::corrupt("SVG text is not UTF-8")),
    }
}

fn parse_text(
    text: &str,
    limits: &Limits,
    budget: &AtomicU64,
    nested: u32,
) -> Result<Tree, ReadError> {
    let options = roxmltree::ParsingOptions {
        allow_dtd: true,
        nodes_limit: MOST_NODES,
        ..Default::default()
    };
    let document = roxmltree::Document::parse_with_options(text, options)
        .map_err(|cause| xml_error(text, &cause))?;
    svg_cost::check(&document, limits)?;
    let options = Options {
        image_href_resolver: ImageHrefResolver {
            resolve_data: Box::new(move |_, data, _| embedded(data, limits, budget, nested)),
            resolve_string: Box::new(|_, _| None),
        },
        fontdb: if text.contains("<text") || text.contains(":text") {
            fonts()
        } else {
            Arc::default()
        },
        ..Options::default()
    };
    Tree::from_xmltree(&document, &options).map_err(|cause| match cause {
        usvg::Error::InvalidSize => ReadError::corrupt("SVG without a size"),
        other => ReadError::corrupt(format!("SVG: {other}")),
    })
}

/// The text ends inside an element, or is wrong before that.
fn xml_error(text: &str, cause: &roxmltree::Error) -> ReadError {
    match cause {
        roxmltree::Error::NodesLimitReached => ReadError::TooLarge {
            what: "the number of SVG elements",
            found: u64::from(MOST_NODES) + 1,
            limit: MOST_NODES.into(),
        },
        roxmltree::Error::UnexpectedEndOfStream | roxmltree::Error::UnclosedRootNode => {
            ReadError::truncated("SVG elements")
        }
        _ if text.trim_end().ends_with('>') => ReadError::corrupt(format!("SVG: {cause}")),
        _ => ReadError::Truncated {
            what: format!("SVG: {cause}"),
        },
    }
}

/// A picture in a `data:` address; what is not one or goes over the limits draws nothing.
fn embedded(
    data: Arc<Vec<u8>>,
    limits: &Limits,
    budget: &AtomicU64,
    nested: u32,
) -> Option<ImageKind> {
    let format = match data.as_slice() {
        [0x89, b'P', b'N', b'G', ..] => Format::Png,
        [0xff, 0xd8, ..] => Format::Jpeg,
        [b'G', b'I', b'F', b'8', ..] => Format::Gif,
        [b'R', b'I', b'F', b'F', _, _, _, _, rest @ ..] if rest.starts_with(b"WEBP") => {
            Format::Webp
        }
        _ if nested < MOST_NESTED => {
            let text = unpack(&data, limits).ok()?;
            return parse_text(&text, limits, budget, nested + 1)
                .ok()
                .map(ImageKind::SVG);
        }
        _ => return None,
    };
    let facts = crate::probe(format, &data, limits).ok()?;
    let pixels = u64::from(facts.width) * u64::from(facts.height);
    budget
        .fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| {
            left.checked_sub(pixels)
        })
        .ok()?;
    Some(match format {
        Format::Png => ImageKind::PNG(data),
        Format::Jpeg => ImageKind::JPEG(data),
        Format::Gif => ImageKind::GIF(data),
        _ => ImageKind::WEBP(data),
    })
}

/// The machine's fonts, looked up when the first document with text comes by.
fn fonts() -> Arc<Database> {
    static FONTS: OnceLock<Arc<Database>> = OnceLock::new();
    let load = || {
        let mut fonts = Database::new();
        fonts.load_system_fonts();
        // A document may name fonts that are nowhere; any face is better than no letters.
        let family = fonts
            .faces()
            .find_map(|face| face.families.first().map(|(family, _)| family.clone()));
        if let Some(family) = family {
            let known = |name: &str| {
                fonts
                    .faces()
                    .any(|face| face.families.iter().any(|(family, _)| family == name))
            };
            let pick = |names: &[&str]| {
                names
                    .iter()
                    .find(|name| known(name))
                    .map_or_else(|| family.clone(), |name| (*name).to_owned())
            };
            let sans = pick(&[
                "Arial",
                "Helvetica",
                "Liberation Sans",
                "DejaVu Sans",
                "Noto Sans",
            ]);
            let serif = pick(&[
                "Times New Roman",
                "Liberation Serif",
                "DejaVu Serif",
                "Noto Serif",
            ]);
            let mono = pick(&[
                "Courier New",
                "Liberation Mono",
                "DejaVu Sans Mono",
                "Noto Sans Mono",
            ]);
            fonts.set_sans_serif_family(sans);
            fonts.set_serif_family(serif);
            fonts.set_monospace_family(mono);
        }
        Arc::new(fonts)
    };
    Arc::clone(FONTS.get_or_init(load))
}

fn draw(tree: &Tree, width: u32, height: u32, limits: &Limits) -> Result<Pixels, ReadError> {
    // The canvas, and another for each layer that filters and masks work on.
    bounds::canvas(u64::from(width), u64::from(height), 4, limits)?;
    let mut canvas = Pixmap::new(width, height).ok_or_else(|| ReadError::corrupt("SVG size"))?;
    let size = tree.size();
    let transform =
        Transform::from_scale(width as f32 / size.width(), height as f32 / size.height());
    resvg::render(tree, transform, &mut canvas.as_mut());
    let rgba = canvas.pixels().iter().flat_map(|pixel| {
        let straight = pixel.demultiply();
        [
            straight.red(),
            straight.green(),
            straight.blue(),
            straight.alpha(),
        ]
    });
    Pixels::new(width, height, rgba.collect()).ok_or_else(|| ReadError::corrupt("SVG rows"))
}
