//! A small game project as a folder: what tests import.

use crate::{archive, fixture, image, layered, model, sample, sound, text};
use gameforge_domain::Format;
use std::io;
use std::path::Path;

/// Files that [`game_project`] writes.
pub const PROJECT_FILES: usize = 43;
/// How many of them have the same content as an earlier one.
pub const PROJECT_DUPLICATES: usize = 3;

type File = (&'static str, Vec<u8>);

/// Writes “Slime Hop”, a Godot project of [`PROJECT_FILES`] files, always the same bytes. Returns the
/// paths below `root`, sorted.
///
/// # Errors
/// When the folder cannot be written.
pub fn game_project(root: &Path) -> io::Result<Vec<&'static str>> {
    let mut paths = Vec::new();
    for (path, bytes) in pictures()
        .into_iter()
        .chain(models())
        .chain(sounds())
        .chain(words())
    {
        let target = root.join(path);
        if let Some(folder) = target.parent() {
            std::fs::create_dir_all(folder)?;
        }
        std::fs::write(target, bytes)?;
        paths.push(path);
    }
    paths.sort_unstable();
    Ok(paths)
}

/// A disc of one colour on nothing.
fn disc(side: u32, colour: [u8; 3]) -> Vec<u8> {
    image::png(side, side, |x, y| {
        let from_centre = |at: u32| (2 * at + 1) as i32 - side as i32;
        let inside = from_centre(x).pow(2) + from_centre(y).pow(2) < (side * side) as i32;
        let [r, g, b] = colour;
        if inside { [r, g, b, 255] } else { [0; 4] }
    })
}

/// Squares of two shades.
fn tiles(width: u32, height: u32, a: [u8; 4], b: [u8; 4]) -> Vec<u8> {
    image::png(width, height, |x, y| {
        if (x / 16 + y / 16) % 2 == 0 { a } else { b }
    })
}

fn pictures() -> Vec<File> {
    vec![
        ("icon.svg", image::svg(128, 96).into_bytes()),
        ("sprites/hero.png", disc(32, [90, 170, 250])),
        ("sprites/slime_green.png", disc(24, [90, 210, 110])),
        ("sprites/slime_red.png", disc(24, [220, 80, 70])),
        ("sprites/slime_blue.png", disc(24, [80, 110, 230])),
        ("sprites/coin.png", disc(16, [245, 200, 66])),
        ("sprites/gem.png", disc(16, [190, 90, 220])),
        ("sprites/heart.png", disc(16, [235, 70, 100])),
        ("sprites/hero_walk.aseprite", layered::aseprite(32, 32)),
        ("sprites/coin_spin.gif", image::gif(16, 16, 4)),
        ("sprites/banner.psd", layered::psd(48, 64)),
        ("sprites/portrait.webp", fixture::WEBP.to_vec()),
        (
            "textures/grass.png",
            tiles(64, 64, [80, 150, 70, 255], [96, 170, 84, 255]),
        ),
        (
            "textures/stone.png",
            tiles(64, 64, [120, 124, 130, 255], [98, 102, 110, 255]),
        ),
        (
            "textures/water.png",
            tiles(128, 64, [50, 110, 190, 200], [70, 130, 210, 200]),
        ),
        ("textures/bark.tga", image::tga(32, 32)),
        ("textures/sand.bmp", image::bmp(32, 32)),
        ("textures/photo.jpg", fixture::JPEG.to_vec()),
        ("textures/sky.hdr", image::hdr(6, 4)),
        ("textures/brick.dds", image::dds(32, 32)),
        // Copies, as every real project has them.
        ("ui/coin.png", disc(16, [245, 200, 66])),
        ("ui/heart (copy).png", disc(16, [235, 70, 100])),
    ]
}

fn models() -> Vec<File> {
    let (gltf, buffer) = model::gltf_with_file([0.3, 0.7, 0.4]);
    vec![
        ("models/crate.glb", model::glb([0.72, 0.5, 0.3])),
        ("models/chest.glb", model::glb([0.85, 0.62, 0.2])),
        ("models/bush.gltf", gltf.into_bytes()),
        ("models/cube.bin", buffer),
        ("models/rock.obj", model::obj().into_bytes()),
        ("models/cube.mtl", model::MTL.into()),
    ]
}

fn sounds() -> Vec<File> {
    let effect = |hertz, seconds| sound::wav(&sound::tone(hertz, seconds, 22_050, 0.6), 22_050);
    vec![
        ("sounds/jump.wav", effect(520.0, 0.15)),
        ("sounds/hit.wav", effect(140.0, 0.2)),
        ("sounds/pickup.wav", effect(880.0, 0.1)),
        ("sounds/theme_loop.ogg", fixture::VORBIS.to_vec()),
        ("sounds/wind.mp3", fixture::MP3.to_vec()),
        ("sounds/old/jump_backup.wav", effect(520.0, 0.15)),
        ("fonts/forge_test.ttf", fixture::TTF.to_vec()),
    ]
}

fn words() -> Vec<File> {
    vec![
        ("project.godot", text::GODOT_PROJECT.into()),
        ("scenes/level.tscn", text::GODOT_SCENE.into()),
        ("scenes/paint.tres", text::GODOT_RESOURCE.into()),
        ("scripts/hero.gd", sample(Format::Plain)),
        ("data/items.json", sample(Format::Json)),
        ("data/weapons.csv", sample(Format::Csv)),
        (
            "README.md",
            "# Slime Hop\n\nHop over slimes, gather coins.\n".into(),
        ),
        (
            "backup/old_art.zip",
            archive::zip(&[("hero.png", &disc(32, [90, 170, 250]))]),
        ),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn the_project_has_as_many_files_and_copies_as_it_says() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let paths = game_project(folder.path()).expect("it is written");
        assert_eq!(paths.len(), PROJECT_FILES);
        let contents: HashSet<Vec<u8>> = paths
            .iter()
            .map(|path| std::fs::read(folder.path().join(path)).expect("it is there"))
            .collect();
        assert_eq!(paths.len() - contents.len(), PROJECT_DUPLICATES);
    }
}
