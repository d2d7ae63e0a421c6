//! Engines' files that are text, and one that is not.

use crate::bytes::Writer;

/// A Godot 4 scene of four nodes that uses two resources.
pub const GODOT_SCENE: &str = r#"[gd_scene load_steps=3 format=3 uid="uid://b4gameforge001"]

[ext_resource type="Texture2D" uid="uid://c8gameforge002" path="res://sprites/hero.png" id="1_hero"]
[ext_resource type="AudioStream" path="res://sounds/jump.wav" id="2_jump"]

[node name="Level" type="Node2D"]

[node name="Hero" type="CharacterBody2D" parent="."]
position = Vector2(64, 32)

[node name="Sprite" type="Sprite2D" parent="Hero"]
texture = ExtResource("1_hero")

[node name="Jump" type="AudioStreamPlayer" parent="Hero"]
stream = ExtResource("2_jump")
"#;

/// A Godot resource.
pub const GODOT_RESOURCE: &str = r#"[gd_resource type="StandardMaterial3D" format=3 uid="uid://d1gameforge003"]

[resource]
albedo_color = Color(0.8, 0.3, 0.2, 1)
roughness = 0.7
"#;

/// A Godot project file.
pub const GODOT_PROJECT: &str = r#"config_version=5

[application]

config/name="Slime Hop"
run/main_scene="res://scenes/level.tscn"
config/features=PackedStringArray("4.3")
"#;

/// A Godot import file.
pub const GODOT_IMPORT: &str = r#"[remap]

importer="texture"
type="CompressedTexture2D"
uid="uid://c8gameforge002"
path="res://.godot/imported/hero.png-0123456789abcdef0123456789abcdef.ctex"

[deps]

source_file="res://sprites/hero.png"
"#;

/// A Unity meta file.
pub const UNITY_META: &str = "fileFormatVersion: 2\nguid: 0123456789abcdef0123456789abcdef\nTextureImporter:\n  serializedVersion: 11\n";

/// A Unity scene of one object.
pub const UNITY_SCENE: &str = "%YAML 1.1\n%TAG !u! tag:unity3d.com,2011:\n--- !u!1 &100000\nGameObject:\n  m_Name: Hero\n--- !u!4 &400000\nTransform:\n  m_GameObject: {fileID: 100000}\n--- !u!212 &2120000\nSpriteRenderer:\n  m_Sprite: {fileID: 21300000, guid: 0123456789abcdef0123456789abcdef, type: 3}\n";

/// The header of a binary Godot 4 resource of type `Theme`, without properties.
#[must_use]
pub fn godot_binary() -> Vec<u8> {
    let mut out = Writer(b"RSRC".to_vec());
    // Byte order, 64-bit numbers, engine 4.3, format 5.
    out.le32(0).le32(0).le32(4).le32(3).le32(5);
    out.le32(6)
        .raw(b"Theme\0")
        .le64(0)
        .le32(0)
        .le64(u64::MAX)
        .zeros(44);
    // The mark once more ends the file.
    out.le32(0).le32(0).le32(0).raw(b"RSRC");
    out.0
}
