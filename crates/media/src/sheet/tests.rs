//! Pages as a whole: any text has an answer, the same one every time, within its size.

use super::*;
use proptest::prelude::*;

const TEXTS: [Format; 4] = [Format::Plain, Format::Markdown, Format::Json, Format::Csv];

fn inked(pixels: &Pixels) -> usize {
    pixels
        .rgba
        .as_chunks::<4>()
        .0
        .iter()
        .filter(|pixel| pixel[3] > 0)
        .count()
}

#[test]
fn a_page_is_four_to_three_and_quiet() {
    let text = "{\"name\": \"Goblin\", \"tags\": [\"green\", \"small\"]}\n";
    for format in TEXTS {
        let page = super::text(format, text, SIDE).unwrap();
        assert_eq!((page.width, page.height), (320, 240));
        assert!(inked(&page) > 300, "{format}: {}", inked(&page));
        assert!(inked(&page) < 320 * 240 / 3, "{format}");
        let margin = page.rgba.as_chunks::<4>().0.iter().take(320 * 8);
        assert!(
            margin.clone().all(|pixel| pixel[3] == 0),
            "{format} leaves no margin"
        );
    }
}

#[test]
fn nothing_to_see_is_no_page() {
    for format in TEXTS {
        for text in ["", " \n\t\n", "\0\0\0", "\u{200b}\u{feff}"] {
            let page = super::text(format, text, SIDE);
            assert!(
                page.is_none_or(|page| inked(&page) == 0 || text.len() > 3),
                "{format} {text:?}"
            );
        }
    }
}

#[test]
fn the_size_changes_the_pixels_and_not_the_words() {
    let text = "one two three\n".repeat(40);
    for side in [0, 1, 64, 320, 1024, u32::MAX] {
        let page = super::text(Format::Plain, &text, side).unwrap();
        assert_eq!(page.height, page.width * 3 / 4);
        assert!((32..=2048).contains(&page.width));
        assert!(inked(&page) > 0);
    }
}

#[test]
fn letters_that_the_face_lacks_leave_bars() {
    let known = super::text(Format::Plain, "wwwwwww", SIDE).unwrap();
    let bars = super::text(Format::Plain, "نص عربي", SIDE).unwrap();
    let wide = super::text(Format::Plain, "永永永永永永永", SIDE).unwrap();
    assert!(inked(&bars) > 100 && inked(&wide) > inked(&bars));
    let strongest = |page: &Pixels| {
        page.rgba
            .as_chunks::<4>()
            .0
            .iter()
            .map(|pixel| pixel[3])
            .max()
    };
    assert!(
        strongest(&bars) < strongest(&known),
        "bars are lighter than letters"
    );
}

#[test]
fn one_endless_line_is_a_page_like_any_other() {
    for letter in [
        "x", "{", "[1,", "\"", "a,", "# ", "\u{301}", "🎮", "<", "[![", "**", "`",
    ] {
        let text = letter.repeat((10 << 20) / letter.len());
        for format in TEXTS {
            let _ = super::text(
                format,
                &text[..text.len().min(8000) / letter.len() * letter.len()],
                SIDE,
            );
        }
        let scene = format!(
            "[node name=\"{}\" type=\"A\"]\nkey = \"{0}\"\n",
            text.replace('"', "q")
        );
        let mut outline = godot::Outline::default();
        crate::quoted::pieces(&scene, |piece| {
            outline.node(piece);
            outline.entry(piece);
        })
        .unwrap();
        assert!(outline.draw(SIDE).is_some());
    }
}

proptest! {
    #[test]
    fn any_text_has_the_same_page_twice(text in "\\PC{0,200}|[\\x00-\\x7f]{0,400}|[#*`\\[\\]()<>!{}:,;\"'/ a-z0-9\n\t]{0,400}") {
        for format in TEXTS {
            let first = super::text(format, &text, 96);
            prop_assert_eq!(&first, &super::text(format, &text, 96));
            if let Some(page) = first {
                prop_assert_eq!((page.width, page.height), (96, 72));
            }
        }
        let _ = unity::scene(&text, 96);
        let _ = unity::meta(&text, 96);
    }
}
