/** Lists that a person chooses from: labels, licences, orders, kinds. */

import type { Kind } from "$backend";
import type { Key } from "$messages";

export const KINDS: readonly Kind[] = ["image", "model", "audio", "font", "video", "scene", "text", "other"];

export const KIND_NAMES: Record<Kind, Key> = {
  image: "kind.image", model: "kind.model", audio: "kind.audio", font: "kind.font",
  video: "kind.video", scene: "kind.scene", text: "kind.text", other: "kind.other",
};

/** By number, 0 is none. `query` is the word in the query language. Colours are the same in both themes. */
export const LABELS: readonly { query: string; name: Key; colour: string }[] = [
  { query: "none", name: "label.none", colour: "transparent" },
  { query: "red", name: "label.red", colour: "#e5484d" },
  { query: "orange", name: "label.orange", colour: "#f2843a" },
  { query: "yellow", name: "label.yellow", colour: "#e2b203" },
  { query: "green", name: "label.green", colour: "#3fb27f" },
  { query: "blue", name: "label.blue", colour: "#4a9fe8" },
  { query: "purple", name: "label.purple", colour: "#9a7bf0" },
  { query: "grey", name: "label.grey", colour: "#8d969f" },
];

/** Licences that game assets commonly come under, by SPDX identifier. */
export const LICENCES: readonly string[] = [
  "CC0-1.0", "CC-BY-4.0", "CC-BY-SA-4.0", "CC-BY-NC-4.0", "CC-BY-NC-SA-4.0", "CC-BY-3.0", "CC-BY-SA-3.0",
  "OGA-BY-3.0", "MIT", "Apache-2.0", "BSD-3-Clause", "GPL-3.0-only", "LGPL-3.0-only", "MPL-2.0", "Unlicense", "OFL-1.1",
];

export const SORTS: readonly { sort: string; name: Key }[] = [
  { sort: "", name: "sort.best" },
  { sort: "-added", name: "sort.newest" },
  { sort: "added", name: "sort.oldest" },
  { sort: "name", name: "sort.name" },
  { sort: "-name", name: "sort.nameDown" },
  { sort: "-modified", name: "sort.modified" },
  { sort: "-size", name: "sort.largest" },
  { sort: "size", name: "sort.smallest" },
  { sort: "-rating", name: "sort.rating" },
  { sort: "-pixels", name: "sort.pixels" },
  { sort: "-duration", name: "sort.longest" },
  { sort: "-triangles", name: "sort.triangles" },
  { sort: "kind", name: "sort.kind" },
  { sort: "format", name: "sort.format" },
  { sort: "folder", name: "sort.folder" },
  { sort: "colour", name: "sort.colour" },
];
