//! Which format a file is in, by its content. A name only breaks ties: among formats that are plain text, and among
//! those without a mark of their own. Reads nothing itself; the caller hands over both ends of the file.

mod binary;
mod text;

use gameforge_domain::{Format, Kind};

/// Bytes from the start of a file that [`sniff`] makes use of.
pub const HEAD: usize = 64 << 10;
/// Bytes from the end of a file that [`sniff`] makes use of.
pub const TAIL: usize = 64;

/// Both ends of a file, and what it is called.
#[derive(Debug, Clone, Copy)]
pub struct Sample<'a> {
    /// The first bytes, at most [`HEAD`] of use.
    pub head: &'a [u8],
    /// The last bytes, at most [`TAIL`] of use; may overlap `head`.
    pub tail: &'a [u8],
    /// Length of the whole file.
    pub len: u64,
    /// File name, for ties only.
    pub name: &'a str,
}

impl<'a> Sample<'a> {
    /// The sample of a file that is in memory.
    #[must_use]
    pub fn of(bytes: &'a [u8], name: &'a str) -> Self {
        let head = &bytes[..bytes.len().min(HEAD)];
        let tail = &bytes[bytes.len().saturating_sub(TAIL)..];
        Self {
            head,
            tail,
            len: bytes.len() as u64,
            name,
        }
    }

    /// The name's ending in lower case, without its dot.
    pub(crate) fn ending(&self) -> String {
        self.name
            .rsplit_once('.')
            .map(|(_, ending)| ending.to_ascii_lowercase())
            .unwrap_or_default()
    }

    /// The format that the name suggests.
    pub(crate) fn hint(&self) -> Option<Format> {
        Format::from_extension(&self.ending())
    }
}

/// Decides the format of a file. [`Format::Other`] for an empty one and for anything that is not known.
#[must_use]
pub fn sniff(sample: &Sample<'_>) -> Format {
    if sample.head.is_empty() {
        return Format::Other;
    }
    binary::by_mark(sample)
        .or_else(|| text::by_words(sample))
        .or_else(|| binary::by_shape(sample))
        .unwrap_or(Format::Other)
}

/// The format that a name promises while the content is nothing known: most likely a damaged file of that format.
///
/// Endings that several unrelated programs use promise nothing.
#[must_use]
pub fn broken_promise(format: Format, name: &str) -> Option<Format> {
    const SHARED: [&str; 6] = ["pic", "ase", "obj", "mov", "vst", "vda"];
    let sample = Sample {
        head: &[],
        tail: &[],
        len: 0,
        name,
    };
    let promised = sample.hint()?;
    let has_a_mark = matches!(
        promised.kind(),
        Kind::Image | Kind::Model | Kind::Audio | Kind::Font | Kind::Video
    );
    (format == Format::Other && has_a_mark && !SHARED.contains(&sample.ending().as_str()))
        .then_some(promised)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn of(bytes: &[u8], name: &str) -> Format {
        sniff(&Sample::of(bytes, name))
    }

    #[test]
    fn marks_win_over_names() {
        assert_eq!(of(b"\x89PNG\r\n\x1a\n", "sound.wav"), Format::Png);
        assert_eq!(of(b"\xff\xd8\xff\xe0", "a.txt"), Format::Jpeg);
        assert_eq!(of(b"RIFF\x10\0\0\0WEBPVP8 ", "a.wav"), Format::Webp);
        assert_eq!(of(b"RIFF\x10\0\0\0WAVEfmt ", "a.webp"), Format::Wav);
        assert_eq!(of(b"RIFF\x10\0\0\0AVI LIST", "a.webp"), Format::Other);
        assert_eq!(of(b"glTF\x02\0\0\0", "a.bin"), Format::Glb);
        assert_eq!(of(b"OTTO\0\x09\0\x80", "a.ttf"), Format::Otf);
        assert_eq!(of(b"wOF2\0\x01\0\0", ""), Format::Woff2);
        assert_eq!(
            of(b"ttcf\0\x01\0\0\0\0\0\x01\0\0\0\x10OTTO", "x"),
            Format::Otf
        );
        assert_eq!(of(b"8BPS\0\x02", "x.png"), Format::Psd);
        assert_eq!(of(b"\x76\x2f\x31\x01", "x"), Format::Exr);
        assert_eq!(of(b"#?RADIANCE\n", "x.txt"), Format::Hdr);
        assert_eq!(of(b"PK\x03\x04rest", "x.png"), Format::Zip);
        assert_eq!(of(b"BLENDER-v300", "x"), Format::Blend);
        assert_eq!(of(b"Kaydara FBX Binary  \0\x1a\0", "x"), Format::Fbx);
        assert_eq!(of(b"RSRC\0\0\0\0", "x"), Format::GodotBinary);
        assert_eq!(of(b"RSCC\x02\0\0\0", "x"), Format::GodotBinary);
    }

    #[test]
    fn containers_are_told_apart_by_what_they_hold() {
        assert_eq!(of(b"\0\0\0\x18ftypisom\0\0\0\0", "x"), Format::Mp4);
        assert_eq!(of(b"\0\0\0\x18ftypavif\0\0\0\0", "x.mp4"), Format::Other);
        assert_eq!(of(b"\0\0\0\x18ftypM4A \0\0\0\0", "x.mp4"), Format::Other);
        assert_eq!(
            of(b"\x1a\x45\xdf\xa3\x9f\x42\x82\x84webm", "x"),
            Format::Webm
        );
        assert_eq!(
            of(b"\x1a\x45\xdf\xa3\x9f\x42\x82\x84abcd", "x"),
            Format::Other
        );
        let mut ogg = b"OggS\0\x02".to_vec();
        ogg.extend([0; 20]);
        ogg.extend([1, 7]);
        let with = |packet: &[u8]| of(&[ogg.as_slice(), packet].concat(), "x");
        assert_eq!(with(b"\x01vorbis"), Format::Ogg);
        assert_eq!(with(b"OpusHead"), Format::Ogg);
        assert_eq!(with(b"\x80theora"), Format::Other);
    }

    #[test]
    fn xml_is_told_apart_by_its_root() {
        let svg = b"\xef\xbb\xbf<?xml version='1.0'?>\n<!-- <COLLADA> -->\n<!DOCTYPE svg [<!ENTITY a 'b'>]>\n<svg:svg xmlns:svg='x'/>";
        assert_eq!(of(svg, "a.xml"), Format::Svg);
        assert_eq!(of(b"<COLLADA version='1.4.1'>", "a.svg"), Format::Dae);
        assert_eq!(of(b"<html><svg></svg></html>", "a.svg"), Format::Plain);
    }

    #[test]
    fn engines_files_are_known_by_their_headers() {
        assert_eq!(
            of(b"[gd_scene load_steps=2 format=3]\n", "a.txt"),
            Format::GodotScene
        );
        assert_eq!(
            of(
                b"; made by hand\n[gd_resource type=\"Theme\" format=3]\n",
                "a"
            ),
            Format::GodotResource
        );
        assert_eq!(
            of(
                b"; Engine configuration file.\n\nconfig_version=5\n\n[application]\n",
                "project.godot"
            ),
            Format::GodotProject
        );
        assert_eq!(
            of(b"[remap]\n\nimporter=\"texture\"\n", "a.png.import"),
            Format::GodotImport
        );
        assert_eq!(
            of(
                b"%YAML 1.1\n%TAG !u! tag:unity3d.com,2011:\n--- !u!1 &1\n",
                "a.yaml"
            ),
            Format::UnityScene
        );
        assert_eq!(
            of(
                b"fileFormatVersion: 2\nguid: 0123456789abcdef0123456789abcdef\n",
                "a.meta"
            ),
            Format::UnityMeta
        );
    }

    #[test]
    fn names_break_ties_among_texts() {
        assert_eq!(of(b"# Title\n", "a.md"), Format::Markdown);
        assert_eq!(of(b"a,b\n1,2\n", "a.csv"), Format::Csv);
        assert_eq!(of(b"extends Node\n", "a.gd"), Format::Plain);
        assert_eq!(of(b"extends Node\n", "a.png"), Format::Plain);
        assert_eq!(of(b"{\"a\": 1}", "a.txt"), Format::Json);
        assert_eq!(of(b"[section]\nkey=1\n", "a.cfg"), Format::Plain);
        assert_eq!(
            of(b"{\"asset\":{\"version\":\"2.0\"},\"meshes\":[]}", "a.json"),
            Format::Gltf
        );
        assert_eq!(
            of(b"# box\nv 1 0 0\nv 0 1 0\nv 0 0 1\nf 1 2 3\n", "a.txt"),
            Format::Obj
        );
        assert_eq!(of(b"solid box\nfacet normal 0 0 1\n", "a.txt"), Format::Stl);
        assert_eq!(
            of(b"solid advice for level designers\n", "a.txt"),
            Format::Plain
        );
        assert_eq!(of(b"; FBX 7.4.0 project file\n", "a.txt"), Format::Fbx);
        assert_eq!(of(b"\xff\xfeh\0i\0", "a.txt"), Format::Plain);
        assert_eq!(of("Grüße".as_bytes(), "a"), Format::Plain);
        assert_eq!(of(b"Gr\xfc\xdfe", "a.txt"), Format::Plain);
    }

    #[test]
    fn shapes_decide_where_there_is_no_mark() {
        let mut stl = vec![0u8; 84 + 50 * 2];
        stl[80] = 2;
        assert_eq!(of(&stl, "a.bin"), Format::Stl);
        assert_eq!(
            of(&stl[..150], "a.stl"),
            Format::Stl,
            "cut short, and still a model by its name and shape"
        );
        let mut tga = vec![0, 0, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2, 0, 2, 0, 24, 0];
        tga.extend([9; 12]);
        assert_eq!(of(&tga, "a.tga"), Format::Tga);
        assert_eq!(of(&tga, "a.bin"), Format::Other);
        tga.extend(b"\0\0\0\0\0\0\0\0TRUEVISION-XFILE.\0");
        assert_eq!(of(&tga, "a.bin"), Format::Tga);
    }

    #[test]
    fn a_name_that_promises_more_than_the_bytes_is_noticed() {
        assert_eq!(broken_promise(Format::Other, "a.png"), Some(Format::Png));
        assert_eq!(
            broken_promise(Format::Plain, "a.png"),
            None,
            "text is text, whatever it is called"
        );
        assert_eq!(
            broken_promise(Format::Other, "build.obj"),
            None,
            "compilers use that ending too"
        );
        assert_eq!(broken_promise(Format::Other, "level.dat"), None);
    }

    proptest! {
        #[test]
        fn any_bytes_under_any_name_have_a_format(bytes in proptest::collection::vec(any::<u8>(), 0..600), name in "\\PC{0,12}") {
            let first = of(&bytes, &name);
            prop_assert_eq!(first, of(&bytes, &name));
        }
    }
}
