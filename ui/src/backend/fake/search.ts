/** A small reading of the query language, enough to try the window on made-up assets. The real one is in Rust. */

import type { Card, Completion, Facet } from "../types";
import type { FakeAsset } from "./assets";

const SIZES: Record<string, number> = { "": 1, b: 1, kb: 1e3, mb: 1e6, gb: 1e9, s: 1, m: 60, h: 3600, ms: 0.001 };

function amount(text: string): number {
  const match = /^(-?[\d.]+)([a-z]*)$/i.exec(text);
  return match ? Number(match[1]) * (SIZES[(match[2] ?? "").toLowerCase()] ?? 1) : Number.NaN;
}

const NUMBERS: Record<string, (card: Card) => number> = {
  width: (c) => c.width, height: (c) => c.height, size: (c) => c.size, rating: (c) => c.rating, frames: (c) => c.frames,
  duration: (c) => c.duration, triangles: (c) => c.triangles, glyphs: (c) => c.glyphs, pixels: (c) => c.width * c.height,
};

const LABELS = ["none", "red", "orange", "yellow", "green", "blue", "purple", "grey"];

type Test = (asset: FakeAsset) => boolean;

const VALUES: Record<string, (asset: FakeAsset, value: string, nowMs: number) => boolean> = {
  kind: (a, v) => a.card.kind === v,
  format: (a, v) => a.card.format === v,
  tag: (a, v) => a.tags.some((tag) => tag.toLowerCase() === v || tag.toLowerCase().startsWith(`${v}/`)),
  licence: (a, v) => (v === "none" ? a.licence === null : a.licence?.toLowerCase() === v),
  label: (a, v) => LABELS[a.card.label] === v,
  collection: (a, v) => a.collections.some((name) => name.toLowerCase() === v),
  folder: (a, v) => `/home/mira/game/${a.card.folder}`.includes(v),
  name: (a, v) => a.card.name.toLowerCase().includes(v),
  alpha: (a, v) => a.card.kind === "image" && a.card.alpha === (v === "yes" || v === "true"),
  id: (a, v) => a.card.id === v,
  added: (a, v, now) => a.card.addedMs > now - ({ today: 1, week: 7, month: 30, year: 365 }[v] ?? 0) * 86_400_000,
  aspect: (a, v) => a.card.width > 0 && (v === "square" ? a.card.width === a.card.height : v === "wide" ? a.card.width > a.card.height : a.card.width < a.card.height),
  colour: (a, v) => a.card.kind === "image" && Number.parseInt(a.card.content.slice(0, 2), 16) % 12 === Number.parseInt(v.slice(1, 3) || "0", 16) % 12,
  like: (a) => a.card.kind === "image",
  is: (a, v) => ({ missing: a.card.missing, failed: a.card.preview === "failed", untagged: a.tags.length === 0, favourite: a.card.rating === 5, animated: a.card.frames > 1, duplicate: false })[v] ?? false,
};

function testFor(token: string, nowMs: number, warnings: string[]): Test | null {
  const match = /^(-?)([a-z]+)(:|>=|<=|>|<|=)(.+)$/i.exec(token);
  if (!match) {
    const word = token.replaceAll('"', "").toLowerCase();
    return (a) => a.card.name.toLowerCase().includes(word) || a.tags.some((tag) => tag.includes(word)) || a.card.folder.includes(word);
  }
  const [, minus, filter = "", operator, rest = ""] = match;
  const name = filter.toLowerCase();
  const values = rest.split(",").map((value) => value.replaceAll('"', "").toLowerCase());
  const number = NUMBERS[name];
  let test: Test | null = null;
  if (number) {
    const bound = amount(values[0] ?? "");
    const compare: Record<string, (value: number) => boolean> = { ">=": (v) => v >= bound, ">": (v) => v > bound, "<=": (v) => v > 0 && v <= bound, "<": (v) => v > 0 && v < bound };
    const fits = compare[operator ?? ""] ?? ((v: number) => v === bound);
    if (!Number.isNaN(bound)) test = (a) => fits(number(a.card));
  } else if (VALUES[name]) {
    const fits = VALUES[name];
    test = (a) => values.some((value) => fits(a, value, nowMs));
  }
  if (!test) {
    warnings.push(`“${token}” is not a filter that is known; it was left out.`);
    return null;
  }
  const kept = test;
  return minus ? (a) => !kept(a) : kept;
}

export function matching(assets: FakeAsset[], query: string, nowMs: number, warnings: string[]): FakeAsset[] {
  const parts = query.match(/(?:"[^"]*"?|[^\s"])+/g) ?? [];
  const tests = parts.map((part) => testFor(part, nowMs, warnings)).filter((test) => test !== null);
  return tests.length === 0 ? assets.slice() : assets.filter((asset) => tests.every((test) => test(asset)));
}

const ORDERS: Record<string, (a: Card, b: Card) => number> = {
  added: (a, b) => a.addedMs - b.addedMs,
  modified: (a, b) => a.modifiedMs - b.modifiedMs,
  name: (a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0),
  size: (a, b) => a.size - b.size,
  rating: (a, b) => a.rating - b.rating,
  pixels: (a, b) => a.width * a.height - b.width * b.height,
  duration: (a, b) => a.duration - b.duration,
  triangles: (a, b) => a.triangles - b.triangles,
  kind: (a, b) => a.kind.localeCompare(b.kind),
  format: (a, b) => a.format.localeCompare(b.format),
  folder: (a, b) => a.folder.localeCompare(b.folder),
};

export function sorted(assets: FakeAsset[], sort: string): FakeAsset[] {
  const down = sort.startsWith("-") || sort === "";
  const order = ORDERS[sort.replace(/^-/, "")] ?? ORDERS["added"];
  if (!order) return assets;
  return assets.sort((a, b) => (down ? -order(a.card, b.card) : order(a.card, b.card)));
}

const FACETS: Record<string, (asset: FakeAsset) => string[]> = {
  kind: (a) => [a.card.kind],
  format: (a) => [a.card.format],
  tag: (a) => a.tags,
  licence: (a) => [a.licence ?? "none"],
  rating: (a) => (a.card.rating > 0 ? [String(a.card.rating)] : []),
  label: (a) => (a.card.label > 0 ? [LABELS[a.card.label] ?? "none"] : []),
};

/** Counts by value. Each property is counted as if nothing had been asked of it; `found` answers such a query. */
export function facets(found: (query: string) => FakeAsset[], query: string): Facet[] {
  const parts = query.match(/(?:"[^"]*"?|[^\s"])+/g) ?? [];
  return Object.entries(FACETS).map(([filter, values]) => {
    const others = parts.filter((part) => !new RegExp(`^-?${filter}:`, "i").test(part));
    const counts = new Map<string, number>();
    for (const asset of found(others.length === parts.length ? query : others.join(" ") || " ")) {
      for (const value of values(asset)) counts.set(value, (counts.get(value) ?? 0) + 1);
    }
    return { filter, values: [...counts].map(([value, count]) => ({ value, count })).sort((a, b) => b.count - a.count) };
  });
}

const HELP: [string, string][] = [
  ["kind:", "image, model, audio, font…"], ["format:", "png, glb, ogg…"], ["tag:", "with a tag or one below it"], ["rating>=", "0 to 5"],
  ["width>=", "pixels"], ["size>", "1mb, 20kb"], ["duration<", "30s, 2m"], ["colour:", "#rrggbb"], ["licence:", "an SPDX identifier or none"],
  ["is:", "missing, untagged, animated…"], ["added:", "today, week, month"], ["folder:", "a part of the path"],
];

export function completions(text: string, cursor: number, tags: string[]): Completion[] {
  const before = text.slice(0, cursor);
  const start = before.lastIndexOf(" ") + 1;
  const typed = before.slice(start).toLowerCase();
  const put = (word: string) => text.slice(0, start) + word + text.slice(cursor);
  if (typed.startsWith("tag:")) return tags.filter((tag) => tag.includes(typed.slice(4))).slice(0, 8).map((tag) => ({ label: `tag:${tag}`, detail: "tag", query: `${put(`tag:${tag}`)} ` }));
  if (typed.startsWith("kind:")) return ["image", "model", "audio", "font"].filter((kind) => kind.startsWith(typed.slice(5))).map((kind) => ({ label: `kind:${kind}`, detail: "kind", query: `${put(`kind:${kind}`)} ` }));
  if (typed === "") return [];
  return HELP.filter(([name]) => name.startsWith(typed)).map(([name, detail]) => ({ label: name, detail, query: put(name) }));
}
