//! What a font says about itself: names, style, axes, coverage. Draws nothing.

use crate::{container::Face, scripts};
use gameforge_domain::FontMetadata;
use skrifa::attribute::Style;
use skrifa::instance::{LocationRef, Size};
use skrifa::raw::TableProvider;
use skrifa::string::StringId;
use skrifa::{FontRef, MetadataProvider};

pub fn describe(face: &Face<'_>) -> FontMetadata {
    let font = &face.font;
    let attributes = font.attributes();
    let licence = Some(name(font, StringId::LICENSE_DESCRIPTION, 500))
        .filter(|text| !text.is_empty())
        .unwrap_or_else(|| name(font, StringId::LICENSE_URL, 500));
    FontMetadata {
        family: first_of(
            font,
            [StringId::TYPOGRAPHIC_FAMILY_NAME, StringId::FAMILY_NAME],
        ),
        style: first_of(
            font,
            [
                StringId::TYPOGRAPHIC_SUBFAMILY_NAME,
                StringId::SUBFAMILY_NAME,
            ],
        ),
        weight: attributes.weight.value().clamp(1.0, 1000.0).round() as u32,
        italic: !matches!(attributes.style, Style::Normal),
        monospace: monospace(font),
        glyphs: font
            .maxp()
            .map(|maxp| u32::from(maxp.num_glyphs()))
            .unwrap_or(0),
        scripts: scripts::covered(&font.charmap())
            .map(|script| script.name.to_owned())
            .collect(),
        axes: font
            .axes()
            .iter()
            .take(64)
            .map(|axis| {
                (
                    axis.tag().to_string(),
                    axis.min_value(),
                    axis.default_value(),
                    axis.max_value(),
                )
            })
            .collect(),
        licence,
        faces: face.faces,
    }
}

fn first_of(font: &FontRef<'_>, ids: [StringId; 2]) -> String {
    ids.into_iter()
        .map(|id| name(font, id, 200))
        .find(|text| !text.is_empty())
        .unwrap_or_default()
}

fn name(font: &FontRef<'_>, id: StringId, longest: usize) -> String {
    let text: Option<String> = font
        .localized_strings(id)
        .english_or_first()
        .map(|text| text.chars().take(longest).collect());
    text.unwrap_or_default().trim().replace('\0', "")
}

/// By the `post` table's flag, or, since many fonts leave it out, by narrow and wide letters being equal.
fn monospace(font: &FontRef<'_>) -> bool {
    if font.post().is_ok_and(|post| post.is_fixed_pitch() != 0) {
        return true;
    }
    let charmap = font.charmap();
    let metrics = font.glyph_metrics(Size::unscaled(), LocationRef::default());
    let widths: Vec<f32> = ['i', 'l', 'm', 'W', '.']
        .into_iter()
        .filter_map(|letter| {
            charmap
                .map(letter)
                .and_then(|glyph| metrics.advance_width(glyph))
        })
        .collect();
    widths.len() == 5 && widths[0] > 0.0 && widths.iter().all(|width| *width == widths[0])
}
