//! Planes of a colour mode to straight RGBA.

use super::Mode;
use crate::tone;
use gameforge_domain::ReadError;

/// Turns one row of planes into pixels, all of them opaque. `table` has 256 reds, greens and blues of an indexed
/// document.
pub(super) fn row(
    mode: Mode,
    table: &[u8],
    planes: &[&[u8]],
    rgba: &mut Vec<u8>,
) -> Result<(), ReadError> {
    rgba.clear();
    match (mode, planes) {
        (Mode::Indexed, [indices, ..]) => {
            let table = table
                .get(..768)
                .ok_or_else(|| ReadError::corrupt("PSD colour table"))?;
            rgba.extend(
                indices
                    .iter()
                    .map(|index| usize::from(*index))
                    .flat_map(|index| [table[index], table[256 + index], table[512 + index], 255]),
            );
        }
        (Mode::Rgb, [red, green, blue, ..]) => {
            let all = red.iter().zip(*green).zip(*blue);
            rgba.extend(all.flat_map(|((r, g), b)| [*r, *g, *b, 255]));
        }
        (Mode::Cmyk, [cyan, magenta, yellow, black, ..]) => {
            // Stored as paper: 255 is no ink.
            let ink =
                |colour: u8, key: u8| ((u16::from(colour) * u16::from(key) + 127) / 255) as u8;
            let all = cyan.iter().zip(*magenta).zip(*yellow).zip(*black);
            rgba.extend(
                all.flat_map(|(((c, m), y), k)| [ink(*c, *k), ink(*m, *k), ink(*y, *k), 255]),
            );
        }
        (Mode::Lab, [light, a, b, ..]) => {
            let all = light.iter().zip(*a).zip(*b);
            rgba.extend(all.flat_map(|((l, a), b)| lab(*l, *a, *b)));
        }
        (Mode::Grey | Mode::Bitmap, [grey, ..]) => {
            rgba.extend(grey.iter().flat_map(|v| [*v, *v, *v, 255]));
        }
        _ => return Err(ReadError::corrupt("PSD planes")),
    }
    Ok(())
}

/// CIE Lab under D50, as Photoshop stores it in bytes, to sRGB (Bradford-adapted matrix by B. Lindbloom).
fn lab(light: u8, a: u8, b: u8) -> [u8; 4] {
    let height = (f32::from(light) / 2.55 + 16.0) / 116.0;
    let curve = |value: f32| {
        if value > 6.0 / 29.0 {
            value.powi(3)
        } else {
            (value - 4.0 / 29.0) * 3.0 * (6.0_f32 / 29.0).powi(2)
        }
    };
    let x = 0.964_22 * curve(height + (f32::from(a) - 128.0) / 500.0);
    let y = curve(height);
    let z = 0.825_21 * curve(height - (f32::from(b) - 128.0) / 200.0);
    [
        tone::encode(3.133_856 * x - 1.616_866_7 * y - 0.490_614_6 * z),
        tone::encode(-0.978_768_4 * x + 1.916_141_5 * y + 0.033_454 * z),
        tone::encode(0.071_945_3 * x - 0.228_991_4 * y + 1.405_242_7 * z),
        255,
    ]
}

/// Photoshop merges transparent documents onto white; this takes the white off again.
pub(super) fn off_white([r, g, b, _]: [u8; 4], alpha: u8) -> [u8; 4] {
    if alpha == 0 {
        return [0; 4];
    }
    let a = i32::from(alpha);
    let straight =
        |colour: u8| (((i32::from(colour) - (255 - a)) * 255 + a / 2) / a).clamp(0, 255) as u8;
    [straight(r), straight(g), straight(b), alpha]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lab_agrees_with_known_colours() {
        let near = |found: [u8; 4], wanted: [i32; 3]| {
            let off = found
                .iter()
                .zip(wanted)
                .map(|(f, w)| (i32::from(*f) - w).abs());
            assert!(off.max().unwrap_or(0) <= 4, "{found:?} is not {wanted:?}");
        };
        near(lab(255, 128, 128), [255, 255, 255]);
        near(lab(0, 128, 128), [0, 0, 0]);
        // L 53.6, a 0, b 0 is the middle grey; L 54.3, a 80.8, b 69.9 is sRGB's red under D50.
        near(lab(137, 128, 128), [128, 128, 128]);
        near(lab(138, 209, 198), [255, 0, 0]);
    }
}
