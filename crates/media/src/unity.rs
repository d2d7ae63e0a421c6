//! Unity's own text files: `.meta` beside every asset, and scenes, prefabs and the like in YAML.

use gameforge_domain::{ReadError, SceneMetadata};
use std::collections::HashSet;

/// The most references that are kept.
const USES: usize = 1000;

fn blank() -> SceneMetadata {
    SceneMetadata {
        engine: "unity".to_owned(),
        ..SceneMetadata::default()
    }
}

/// A `.meta` file: the id by which everything refers to the asset, and the importer that is used.
///
/// # Errors
/// `Corrupt` where the id is not 32 hexadecimal digits, `Truncated` where there is none.
pub fn meta(text: &str) -> Result<SceneMetadata, ReadError> {
    let mut found = blank();
    for line in text.lines() {
        if let Some(version) = line.strip_prefix("fileFormatVersion:") {
            found.version = format!("format {}", version.trim());
        } else if let Some(guid) = line.strip_prefix("guid:") {
            found.uid = guid.trim().to_owned();
        } else if let Some(importer) = line
            .strip_suffix(':')
            .filter(|name| name.ends_with("Importer"))
        {
            found.class = importer.to_owned();
        }
    }
    if found.uid.is_empty() {
        return Err(ReadError::truncated("the asset's id (guid) is missing"));
    }
    if !is_guid(&found.uid) {
        return Err(ReadError::corrupt(
            "the asset's id (guid) is not 32 hexadecimal digits",
        ));
    }
    Ok(found)
}

/// A scene, prefab, material or another serialised object: its documents, `--- !u!<class> &<id>`.
///
/// # Errors
/// `Truncated` where there is no document at all.
pub fn scene(text: &str) -> Result<SceneMetadata, ReadError> {
    let mut found = blank();
    let mut seen = HashSet::new();
    let mut after_document = false;
    let mut documents = 0u32;
    for line in text.lines() {
        if let Some(rest) = line.strip_prefix("--- !u!") {
            documents = documents.saturating_add(1);
            after_document = true;
            // Class 1 is GameObject, in Unity's list of class ids.
            found.nodes += u32::from(rest.split_ascii_whitespace().next() == Some("1"));
            continue;
        }
        if std::mem::take(&mut after_document) && found.class.is_empty() {
            found.class = line.trim_end().trim_end_matches(':').to_owned();
        }
        for (at, _) in line.match_indices("guid: ") {
            let Some(guid) = line.get(at + 6..at + 38).filter(|guid| is_guid(guid)) else {
                continue;
            };
            if found.uses.len() < USES && seen.insert(guid) {
                found.uses.push(guid.to_owned());
            }
        }
    }
    if documents == 0 {
        return Err(ReadError::truncated("no object follows the header"));
    }
    if found.nodes > 0 {
        found.class = "GameObject".to_owned();
    }
    Ok(found)
}

fn is_guid(text: &str) -> bool {
    text.len() == 32 && text.bytes().all(|byte| byte.is_ascii_hexdigit())
}

#[cfg(test)]
mod tests {
    use super::*;

    const GUID: &str = "0123456789abcdef0123456789ABCDEF";

    #[test]
    fn a_meta_file_tells_id_and_importer() {
        let found = meta(&format!(
            "fileFormatVersion: 2\nguid: {GUID}\nTextureImporter:\n  serializedVersion: 13\n"
        ))
        .unwrap();
        assert_eq!(
            (
                found.uid.as_str(),
                found.class.as_str(),
                found.version.as_str()
            ),
            (GUID, "TextureImporter", "format 2")
        );
        assert_eq!(
            meta("fileFormatVersion: 2\n").unwrap_err().code(),
            "truncated"
        );
        assert_eq!(
            meta("fileFormatVersion: 2\nguid: 12\n").unwrap_err().code(),
            "corrupt"
        );
    }

    #[test]
    fn a_scene_tells_its_objects_and_references() {
        let text = format!(
            "%YAML 1.1\n%TAG !u! tag:unity3d.com,2011:\n--- !u!1 &1\nGameObject:\n  m_Name: A\n--- !u!4 &2\nTransform:\n  a: {{fileID: 1, guid: {GUID}, type: 3}}\n  b: {{guid: {GUID}}}\n--- !u!1 &3\nGameObject:\n"
        );
        let found = scene(&text).unwrap();
        assert_eq!((found.nodes, found.class.as_str()), (2, "GameObject"));
        assert_eq!(found.uses, [GUID]);
        assert_eq!(
            scene("%YAML 1.1\n--- !u!21 &2\nMaterial:\n").unwrap().class,
            "Material"
        );
        assert_eq!(
            scene("%YAML 1.1\n%TAG !u! tag:unity3d.com,2011:\n")
                .unwrap_err()
                .code(),
            "truncated"
        );
    }
}
