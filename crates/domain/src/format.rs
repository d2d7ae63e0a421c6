//! The formats that the library tells apart, and the kinds that they belong to.

use serde::{Deserialize, Serialize};
use specta::Type;
use std::{fmt, str::FromStr};

/// What a person calls a thing, whatever file it is in.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, Type,
)]
#[serde(rename_all = "lowercase")]
#[repr(u8)]
pub enum Kind {
    /// Pictures, textures and sprites.
    Image,
    /// Meshes, with or without materials, bones and animations.
    Model,
    /// Sounds and music.
    Audio,
    /// Typefaces.
    Font,
    /// Moving pictures.
    Video,
    /// An engine's own scene, resource, project or import file.
    Scene,
    /// Words, code and tables.
    Text,
    /// Any other file.
    Other,
}

impl Kind {
    /// Every kind, in the order in which lists show them.
    pub const ALL: [Self; 8] = [
        Self::Image,
        Self::Model,
        Self::Audio,
        Self::Font,
        Self::Video,
        Self::Scene,
        Self::Text,
        Self::Other,
    ];

    /// The word used in queries and in JSON.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Image => "image",
            Self::Model => "model",
            Self::Audio => "audio",
            Self::Font => "font",
            Self::Video => "video",
            Self::Scene => "scene",
            Self::Text => "text",
            Self::Other => "other",
        }
    }
}

macro_rules! formats {
    ($($variant:ident = $number:literal, $name:literal, $kind:ident, $mime:literal, [$($extension:literal),*];)+) => {
        /// A file format, decided by content. Numbers are stored and never change meaning.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, Type)]
        #[repr(u8)]
        #[allow(missing_docs, reason = "a format is described by its name below")]
        pub enum Format {
            $(#[serde(rename = $name)] $variant = $number,)+
        }

        impl Format {
            /// Every format.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The word used in queries, in JSON and on badges.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self { $(Self::$variant => $name,)+ }
            }

            /// The kind of thing that a file of this format holds.
            #[must_use]
            pub const fn kind(self) -> Kind {
                match self { $(Self::$variant => Kind::$kind,)+ }
            }

            /// The media type to serve it with.
            #[must_use]
            pub const fn mime(self) -> &'static str {
                match self { $(Self::$variant => $mime,)+ }
            }

            /// The usual endings, lower case, the first one preferred. A hint where content is silent.
            #[must_use]
            pub const fn extensions(self) -> &'static [&'static str] {
                match self { $(Self::$variant => &[$($extension),*],)+ }
            }
        }
    };
}

formats! {
    Png = 1, "png", Image, "image/png", ["png", "apng"];
    Jpeg = 2, "jpg", Image, "image/jpeg", ["jpg", "jpeg", "jpe", "jfif"];
    Webp = 3, "webp", Image, "image/webp", ["webp"];
    Gif = 4, "gif", Image, "image/gif", ["gif"];
    Bmp = 5, "bmp", Image, "image/bmp", ["bmp", "dib"];
    Tga = 6, "tga", Image, "image/x-tga", ["tga", "icb", "vda", "vst"];
    Tiff = 7, "tiff", Image, "image/tiff", ["tiff", "tif"];
    Hdr = 8, "hdr", Image, "image/vnd.radiance", ["hdr", "rgbe", "pic"];
    Exr = 9, "exr", Image, "image/x-exr", ["exr"];
    Dds = 10, "dds", Image, "image/vnd-ms.dds", ["dds"];
    Svg = 11, "svg", Image, "image/svg+xml", ["svg", "svgz"];
    Psd = 12, "psd", Image, "image/vnd.adobe.photoshop", ["psd", "psb"];
    Aseprite = 13, "aseprite", Image, "image/x-aseprite", ["aseprite", "ase"];
    Glb = 32, "glb", Model, "model/gltf-binary", ["glb", "vrm"];
    Gltf = 33, "gltf", Model, "model/gltf+json", ["gltf"];
    Obj = 34, "obj", Model, "model/obj", ["obj"];
    Fbx = 35, "fbx", Model, "application/x-fbx", ["fbx"];
    Stl = 36, "stl", Model, "model/stl", ["stl"];
    Dae = 37, "dae", Model, "model/vnd.collada+xml", ["dae"];
    Blend = 38, "blend", Model, "application/x-blender", ["blend"];
    Wav = 64, "wav", Audio, "audio/wav", ["wav", "wave"];
    Ogg = 65, "ogg", Audio, "audio/ogg", ["ogg", "oga"];
    Mp3 = 66, "mp3", Audio, "audio/mpeg", ["mp3"];
    Flac = 67, "flac", Audio, "audio/flac", ["flac"];
    Ttf = 80, "ttf", Font, "font/ttf", ["ttf", "ttc"];
    Otf = 81, "otf", Font, "font/otf", ["otf", "otc"];
    Woff2 = 82, "woff2", Font, "font/woff2", ["woff2"];
    Mp4 = 96, "mp4", Video, "video/mp4", ["mp4", "m4v", "mov"];
    Webm = 97, "webm", Video, "video/webm", ["webm", "mkv"];
    GodotScene = 112, "tscn", Scene, "text/plain", ["tscn"];
    GodotResource = 113, "tres", Scene, "text/plain", ["tres"];
    GodotProject = 114, "godot", Scene, "text/plain", ["godot"];
    GodotImport = 115, "import", Scene, "text/plain", ["import"];
    GodotBinary = 116, "godot-binary", Scene, "application/octet-stream", ["scn", "res"];
    UnityMeta = 117, "meta", Scene, "text/plain", ["meta"];
    UnityScene = 118, "unity", Scene, "text/plain", ["unity", "prefab", "mat", "asset", "anim", "controller"];
    Plain = 144, "text", Text, "text/plain", ["txt", "log", "ini", "cfg", "toml", "yaml", "yml", "gd", "cs", "lua", "py", "gdshader", "shader", "glsl", "po", "pot", "mtl", "xml", "html", "css", "js", "ts", "rs", "c", "h", "cpp"];
    Markdown = 145, "md", Text, "text/markdown", ["md", "markdown"];
    Json = 146, "json", Text, "application/json", ["json"];
    Csv = 147, "csv", Text, "text/csv", ["csv", "tsv"];
    Zip = 160, "zip", Other, "application/zip", ["zip"];
    Other = 255, "file", Other, "application/octet-stream", [];
}

impl Format {
    /// The format behind a stored number.
    #[must_use]
    pub fn from_number(number: u8) -> Option<Self> {
        Self::ALL
            .iter()
            .copied()
            .find(|format| *format as u8 == number)
    }

    /// The format that an ending (without its dot, any case) suggests.
    #[must_use]
    pub fn from_extension(extension: &str) -> Option<Self> {
        let extension = extension.to_ascii_lowercase();
        Self::ALL
            .iter()
            .copied()
            .find(|format| format.extensions().contains(&extension.as_str()))
    }
}

/// No kind or format has this name.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("there is no kind or format called “{0}”")]
pub struct UnknownName(pub String);

impl FromStr for Kind {
    type Err = UnknownName;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::ALL
            .into_iter()
            .find(|kind| kind.name().eq_ignore_ascii_case(text))
            .ok_or_else(|| UnknownName(text.to_owned()))
    }
}

impl FromStr for Format {
    type Err = UnknownName;
    /// By name first (`tscn`), then by any of its endings (`jpeg`).
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::ALL
            .iter()
            .copied()
            .find(|format| format.name().eq_ignore_ascii_case(text))
            .or_else(|| Self::from_extension(text))
            .ok_or_else(|| UnknownName(text.to_owned()))
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl fmt::Display for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn names_numbers_and_endings_lead_to_one_format_each() {
        let mut endings = HashSet::new();
        for format in Format::ALL {
            assert_eq!(Format::from_number(*format as u8), Some(*format));
            assert_eq!(
                format.name().parse(),
                Ok(*format),
                "a name must not be another's ending"
            );
            for ending in format.extensions() {
                assert!(endings.insert(*ending), "{ending} belongs to two formats");
            }
        }
    }

    #[test]
    fn json_uses_the_query_word() {
        assert_eq!(
            serde_json::to_string(&Format::GodotScene).unwrap(),
            "\"tscn\""
        );
        assert_eq!(serde_json::to_string(&Kind::Model).unwrap(), "\"model\"");
    }
}
