/** Made-up assets for component tests and for a browser. The same number always gives the same library. */

import type { Card, Format, Kind, Metadata, Swatch } from "../types";

/** What the fake keeps of an asset. */
export interface FakeAsset {
  card: Card;
  tags: string[];
  collections: string[];
  notes: string;
  licence: string | null;
  source: string;
  author: string;
}

/** mulberry32, by Tommy Ettinger: small, and good enough to look natural. */
export function random(seed: number): () => number {
  let a = seed >>> 0;
  return () => {
    a = (a + 0x6d2b79f5) | 0;
    let t = Math.imul(a ^ (a >>> 15), 1 | a);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}

const NOUNS = ["goblin", "isotiles", "truck_trailer", "tow_truck", "enemyFlyingAlt", "skybox", "tree_top", "ice", "drape", "player_battle", "grass", "trunk_deco", "arena", "coin_pile", "theme_loop", "crow_sleep", "choose_van", "banner", "fabric", "wall_skull", "Xolonium", "tiles_albedo", "enemyWalking", "lantern", "door_iron", "potion", "barrel", "bridge_stone", "slime", "torch", "chest", "wizard_cast"];
const TAGS = ["character/enemy", "character/player", "environment/dungeon", "environment/forest", "environment/props", "isometric", "ui/icons", "ui/fonts", "audio/music", "audio/effects", "textures/tiling", "vehicles"];
const FOLDERS = ["art/characters", "art/tiles", "art/props", "models/vehicles", "models/nature", "audio/music", "audio/sfx", "fonts", "scenes", "docs"];
const LICENCES = ["CC0-1.0", "CC-BY-4.0", "CC-BY-SA-3.0", "OFL-1.1", "MIT", null, null];

const FORMATS: [Kind, Format, number][] = [
  ["image", "png", 38], ["image", "webp", 8], ["image", "jpg", 8], ["image", "aseprite", 6], ["image", "psd", 3], ["image", "svg", 3],
  ["model", "glb", 10], ["model", "obj", 3], ["audio", "ogg", 8], ["audio", "wav", 6], ["font", "ttf", 2], ["font", "otf", 1],
  ["video", "webm", 1], ["scene", "tscn", 2], ["text", "md", 1], ["other", "zip", 1],
];
const SUM = FORMATS.reduce((sum, [, , weight]) => sum + weight, 0);

function formatFor(roll: number): [Kind, Format] {
  let left = roll * SUM;
  for (const [kind, format, weight] of FORMATS) {
    left -= weight;
    if (left < 0) return [kind, format];
  }
  return ["image", "png"];
}

const SIDES = [16, 24, 32, 48, 64, 96, 128, 256, 512, 1024, 2048];

function id(index: number): string {
  return `0192f0c1-2345-7abc-8def-${index.toString(16).padStart(12, "0")}`;
}

export function makeAsset(index: number, nowMs: number): FakeAsset {
  const roll = random(index + 1);
  const [kind, format] = formatFor(roll());
  const noun = NOUNS[Math.floor(roll() * NOUNS.length)] ?? "asset";
  const number = Math.floor(roll() * 40);
  const extension = format === "aseprite" ? "ase" : format;
  const name = `${noun}${number > 6 ? `_${String(number).padStart(2, "0")}` : ""}${roll() < 0.06 ? "_seamless_variation_long_name" : ""}.${extension}`;
  const pixel = kind === "image" && (format === "aseprite" || roll() < 0.45);
  const side = () => SIDES[Math.floor(roll() * (pixel ? 7 : 4) + (pixel ? 0 : 7))] ?? 64;
  const width = kind === "image" || kind === "video" ? side() : 0;
  const height = width === 0 ? 0 : roll() < 0.6 ? width : side();
  const content = Array.from({ length: 16 }, () => Math.floor(roll() * 16).toString(16)).join("");
  const failed = roll() < 0.004;
  const card: Card = {
    id: id(index), name, folder: FOLDERS[Math.floor(roll() * FOLDERS.length)] ?? "art", kind, format, content,
    size: Math.round(10 ** (2.6 + roll() * 4)), width, height,
    frames: pixel && roll() < 0.3 ? 2 + Math.floor(roll() * 30) : width > 0 ? 1 : 0,
    duration: kind === "audio" ? roll() ** 3 * 180 + 0.2 : kind === "video" ? 4 + roll() * 60 : 0,
    triangles: kind === "model" ? Math.round(100 + roll() ** 2 * 20_000) : 0,
    glyphs: kind === "font" ? Math.round(200 + roll() * 1200) : 0,
    loudness: kind === "audio" ? -10 - roll() * 18 : null,
    alpha: kind === "image" && format !== "jpg" && (pixel || roll() < 0.4),
    rating: roll() < 0.25 ? 1 + Math.floor(roll() * 5) : 0,
    label: roll() < 0.08 ? 1 + Math.floor(roll() * 7) : 0,
    addedMs: nowMs - index * 41_000 - Math.floor(roll() * 30_000), modifiedMs: nowMs - index * 97_000 - 86_400_000,
    missing: roll() < 0.003,
    preview: failed ? "failed" : kind === "text" || kind === "other" || kind === "scene" || kind === "video" ? "none" : "ready",
    distance: null,
  };
  const tags = TAGS.filter(() => roll() < 0.13);
  return { card, tags: roll() < 0.2 ? [] : tags, collections: [], notes: "", licence: LICENCES[Math.floor(roll() * LICENCES.length)] ?? null, source: roll() < 0.4 ? "opengameart.org" : "", author: roll() < 0.3 ? "Mira Valdés" : "" };
}

export function paletteOf(card: Card): Swatch[] {
  if (card.kind !== "image") return [];
  const roll = random(Number.parseInt(card.content.slice(0, 6), 16));
  const hue = Math.floor(roll() * 360);
  return [0, 1, 2, 3, 4].map((step) => ({ colour: hex(hue + step * 18, 0.5, 0.25 + step * 0.12), share: 0.4 / (step + 1) }));
}

/** HSL to `#rrggbb`, by the formula of CSS Color 4, section 7. */
export function hex(hue: number, saturation: number, lightness: number): string {
  const a = saturation * Math.min(lightness, 1 - lightness);
  const channel = (n: number) => {
    const k = (n + hue / 30) % 12;
    return Math.round(255 * (lightness - a * Math.max(-1, Math.min(k - 3, 9 - k, 1)))).toString(16).padStart(2, "0");
  };
  return `#${channel(0)}${channel(8)}${channel(4)}`;
}

export function metadataOf(card: Card): Metadata {
  switch (card.kind) {
    case "image":
      return { kind: "image", width: card.width, height: card.height, alpha: card.alpha, bits: 8, colour_model: card.width <= 128 ? "indexed" : "rgb", frames: card.frames, duration: card.frames > 1 ? card.frames / 10 : 0, layers: card.format === "psd" || card.format === "aseprite" ? 4 : 0, layer_names: card.format === "psd" ? ["Background", "Line art", "Colour", "Light"] : [], tags: card.frames > 1 ? [{ name: "walk", from: 0, to: 3, direction: "forward" }, { name: "idle", from: 4, to: 5, direction: "pingpong" }] : [], slices: [], mipmaps: 0, palette_size: card.width <= 128 ? 24 : 0 };
    case "model":
      return { kind: "model", vertices: Math.round(card.triangles * 0.7), triangles: card.triangles, meshes: 3, materials: ["body", "wheels", "glass"], material_count: 3, textures: 2, bones: 0, animations: [], duration: 0, bounds: { min: [-1.2, 0, -2.4], max: [1.2, 1.9, 2.4] }, missing: [], generator: "Khronos glTF Blender I/O v4.2 (glTF 2.0)" };
    case "audio":
      return { kind: "audio", duration: card.duration, rate: 44_100, channels: 2, bits: card.format === "wav" ? 16 : 0, codec: card.format === "wav" ? "pcm" : "vorbis", loudness: card.loudness, peak: -0.8, labels: [], loops: card.duration > 60 };
    case "font":
      return { kind: "font", family: "Xolonium", style: "Regular", weight: 400, italic: false, monospace: false, glyphs: card.glyphs, scripts: ["Latin", "Cyrillic", "Greek"], axes: [], licence: "OFL-1.1", faces: 1 };
    case "video":
      return { kind: "video", width: card.width, height: card.height, duration: card.duration, frame_rate: 30, codec: "vp9", audio_codec: "opus" };
    case "scene":
      return { kind: "scene", engine: "godot", version: "4.3", class: "Node2D", nodes: 42, uses: ["res://art/goblin.png", "res://player.gd"], uid: "uid://b8x5f" };
    case "text":
      return { kind: "text", lines: 120, words: 840, encoding: "utf-8", excerpt: "# Credits" };
    case "other":
      return { kind: "other" };
  }
}
