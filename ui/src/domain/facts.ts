/** What a cell says of an asset in one line, and what its metadata says in the inspector: facts in words and units. */

import type { AssetDetail, Card, Kind, Metadata } from "$backend";
import { type Key, locale, t } from "$messages";
import { bytes, clock, count, decimal } from "$shared/format";

/** `1024×512`. */
export function dimensions(width: number, height: number): string {
  return `${width}×${height}`;
}

function loudness(value: number): string {
  return `${value < 0 ? "−" : ""}${decimal(Math.abs(value), 0, locale())} LUFS`;
}

function plain(card: Card): string {
  return bytes(card.size, locale());
}

const SHORT: Record<Kind, (card: Card) => string> = {
  image: (card) => {
    const size = card.width > 0 ? dimensions(card.width, card.height) : plain(card);
    return card.frames > 1 ? `${size} · ${t("fact.frames", { n: card.frames })}` : size;
  },
  model: (card) => (card.triangles > 0 ? t("fact.tris", { n: card.triangles }) : plain(card)),
  audio: (card) => {
    const length = clock(card.duration, locale());
    return card.loudness === null ? length : `${length} · ${loudness(card.loudness)}`;
  },
  font: (card) => (card.glyphs > 0 ? t("fact.glyphs", { n: card.glyphs }) : plain(card)),
  video: (card) => (card.width > 0 ? `${clock(card.duration, locale())} · ${dimensions(card.width, card.height)}` : plain(card)),
  scene: plain,
  text: plain,
  other: plain,
};

/** A format in a few capitals: its name, or the file's own ending where the name is a description. */
export function formatSign(card: Pick<Card, "format" | "name">): string {
  if (card.format === "aseprite") return "ASE";
  const ending = card.name.includes(".") ? (card.name.split(".").at(-1) ?? "") : "";
  const says = card.format.length <= 6 && card.format !== "text" && card.format !== "file";
  return (!says && ending !== "" && ending.length <= 6 ? ending : card.format).toUpperCase();
}

/** What readers write small is written as people know it: `rgb` → `RGB`, `vorbis` → `Vorbis`, `utf-8` → `UTF-8`. */
export function written(word: string): string {
  if (/^(vorbis|opus|vector|indexed|grey|gray|godot|unity)$/.test(word)) return word[0]?.toUpperCase() + word.slice(1);
  return /^[a-z0-9-]{2,7}$/.test(word) ? word.toUpperCase() : word;
}

/** The second line of a cell. */
export function short(card: Card): string {
  return SHORT[card.kind](card);
}

/** The list's column for size or length: dimensions, triangles, time or glyphs. */
export function extent(card: Card): string {
  if (card.kind === "audio" || card.kind === "video") return clock(card.duration, locale());
  if (card.kind === "model") return card.triangles > 0 ? t("fact.tris", { n: card.triangles }) : "";
  if (card.kind === "font") return card.glyphs > 0 ? t("fact.glyphs", { n: card.glyphs }) : "";
  return card.width > 0 ? dimensions(card.width, card.height) : "";
}

export interface Fact { label: Key; value: string; title?: string }

function several(names: readonly string[], most = 3): string {
  const shown = names.slice(0, most).join(", ");
  return names.length > most ? t("fact.andMore", { names: shown, n: names.length - most }) : shown;
}

/** Keeps only the facts that say something. */
function facts(...all: [Key, string | number | null | undefined | false, string?][]): Fact[] {
  const kept: Fact[] = [];
  for (const [label, value, title] of all) {
    if (value === null || value === undefined || value === false || value === "" || value === 0) continue;
    kept.push({ label, value: typeof value === "number" ? count(value, locale()) : value, ...(title ? { title } : {}) });
  }
  return kept;
}

function ofMetadata(m: Metadata): Fact[] {
  const at = locale();
  switch (m.kind) {
    case "image":
      return facts(
        ["facts.dimensions", m.width > 0 && `${dimensions(m.width, m.height)}${m.alpha ? `, ${t("fact.alpha")}` : ""}`],
        ["facts.frames", m.frames > 1 && [count(m.frames, at), m.duration > 0 && clock(m.duration, at), several(m.tags.map((tag) => tag.name))].filter(Boolean).join(" · ")],
        ["facts.layers", m.layers > 1 && `${count(m.layers, at)}${m.layer_names.length > 0 ? ` · ${several(m.layer_names, 2)}` : ""}`, m.layer_names.join("\n")],
        ["facts.slices", m.slices.length > 0 && several(m.slices), m.slices.join("\n")],
        ["facts.colourModel", [written(m.colour_model), m.bits > 0 && t("fact.bits", { n: m.bits })].filter(Boolean).join(", ")],
        ["facts.palette", m.palette_size > 0 && t("fact.colours", { n: m.palette_size })],
        ["facts.mipmaps", m.mipmaps > 1 && m.mipmaps],
      );
    case "model":
      return facts(
        ["facts.triangles", m.triangles],
        ["facts.vertices", m.vertices],
        ["facts.meshes", m.meshes],
        ["facts.materials", m.material_count > 0 && `${count(m.material_count, at)} · ${several(m.materials, 2)}`, m.materials.join("\n")],
        ["facts.textures", m.textures],
        ["facts.bones", m.bones],
        ["facts.animations", m.animations.length > 0 && `${count(m.animations.length, at)} · ${several(m.animations)}`, m.animations.join("\n")],
        ["facts.bounds", m.bounds && m.bounds.max.map((most, axis) => decimal(most - (m.bounds?.min[axis] ?? 0), 2, at)).join(" × ")],
        ["facts.generator", m.generator],
        ["facts.missingFiles", m.missing.length > 0 && several(m.missing, 2), m.missing.join("\n")],
      );
    case "audio":
      return facts(
        ["facts.duration", m.duration > 0 && `${clock(m.duration, at)}${m.loops ? `, ${t("fact.loops")}` : ""}`],
        ["facts.rate", m.rate > 0 && `${decimal(m.rate / 1000, 1, at)} kHz`],
        ["facts.channels", m.channels === 1 ? t("fact.mono") : m.channels === 2 ? t("fact.stereo") : m.channels],
        ["facts.codec", [written(m.codec), m.bits > 0 && t("fact.bits", { n: m.bits })].filter(Boolean).join(", ")],
        ["facts.loudness", m.loudness !== null && `${decimal(m.loudness, 1, at)} LUFS`],
        ["facts.peak", m.peak !== null && `${decimal(m.peak, 1, at)} dBFS`],
      );
    case "font":
      return facts(
        ["facts.family", m.family],
        ["facts.style", [m.style, m.weight > 0 && String(m.weight)].filter(Boolean).join(" · ")],
        ["facts.glyphs", m.glyphs],
        ["facts.scripts", m.scripts.length > 0 && several(m.scripts), m.scripts.join(", ")],
        ["facts.axes", m.axes.length > 0 && m.axes.map(([tag, least, , most]) => `${tag} ${least}–${most}`).join(", ")],
        ["facts.faces", m.faces > 1 && m.faces],
        ["facts.fontLicence", m.licence],
      );
    case "video":
      return facts(
        ["facts.dimensions", m.width > 0 && dimensions(m.width, m.height)],
        ["facts.duration", m.duration > 0 && clock(m.duration, at)],
        ["facts.frameRate", m.frame_rate > 0 && t("fact.fps", { n: Math.round(m.frame_rate * 100) / 100 })],
        ["facts.codec", [m.codec, m.audio_codec ?? ""].filter(Boolean).map(written).join(" + ")],
      );
    case "scene":
      return facts(
        ["facts.engine", [written(m.engine), m.version].filter(Boolean).join(m.version.startsWith("format") ? ", " : " ")],
        ["facts.class", m.class],
        ["facts.nodes", m.nodes],
        ["facts.uses", m.uses.length > 0 && several(m.uses, 2), m.uses.join("\n")],
        ["facts.uid", m.uid],
      );
    case "text":
      return facts(["facts.lines", m.lines], ["facts.words", m.words], ["facts.encoding", written(m.encoding)]);
    case "other":
      return [];
  }
}

/** What the inspector tells of one asset, most useful first. */
export function factsOf(detail: AssetDetail): Fact[] {
  return [...ofMetadata(detail.metadata), ...facts(["facts.format", formatSign(detail.card)], ["facts.size", bytes(detail.card.size, locale()), `${count(detail.card.size, locale())} B`])];
}

/** Whether a picture is small enough to be pixel art: shown at whole multiples, unsmoothed. */
export function pixelArt(card: Pick<Card, "kind" | "width" | "height" | "format">): boolean {
  return card.kind === "image" && card.format !== "svg" && card.width > 0 && Math.max(card.width, card.height) <= 128;
}

/** The size at which a picture is drawn in a box: whole multiples for pixel art, never larger than itself for others. */
export function drawnSize(card: Pick<Card, "kind" | "width" | "height" | "format">, box: number, boxHeight = box): { width: number; height: number } | null {
  if (card.kind !== "image" || card.width <= 0 || card.format === "svg") return null;
  const fit = Math.min(box / card.width, boxHeight / card.height);
  if (fit < 1) return null;
  const times = pixelArt(card) ? Math.floor(fit) : 1;
  return { width: card.width * times, height: card.height * times };
}
