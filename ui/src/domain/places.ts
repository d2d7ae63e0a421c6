/** The places of the side bar: what each one asks for. */

import type { LibrarySummary } from "$backend";
import { type Key, t } from "$messages";
import { quoted } from "./query";

export type Place =
  | { is: "all" }
  | { is: "recent" }
  | { is: "untagged" }
  | { is: "missing" }
  | { is: "failed" }
  | { is: "duplicates" }
  | { is: "smart"; id: string }
  | { is: "collection"; id: string }
  | { is: "tag"; tag: string }
  | { is: "watched"; id: string };

const FIXED: Partial<Record<Place["is"], { query: string; name: Key }>> = {
  all: { query: "", name: "place.all" },
  recent: { query: "added:week", name: "place.recent" },
  untagged: { query: "is:untagged", name: "place.untagged" },
  missing: { query: "is:missing", name: "place.missing" },
  failed: { query: "is:failed", name: "place.failed" },
  duplicates: { query: "is:duplicate", name: "place.duplicates" },
};

/** What a place asks for; the empty query when the place is gone. */
export function placeQuery(place: Place, summary: LibrarySummary | null): string {
  switch (place.is) {
    case "smart":
      return summary?.smartFolders.find((folder) => folder.id === place.id)?.query ?? "";
    case "collection": {
      const collection = summary?.collections.find((other) => other.id === place.id);
      return collection ? `collection:${quoted(collection.name)}` : "";
    }
    case "tag":
      return `tag:${quoted(place.tag)}`;
    case "watched": {
      const folder = summary?.watched.find((other) => other.id === place.id);
      return folder ? `folder:${quoted(folder.path)}` : "";
    }
    default:
      return FIXED[place.is]?.query ?? "";
  }
}

export function placeName(place: Place, summary: LibrarySummary | null): string {
  switch (place.is) {
    case "smart":
      return summary?.smartFolders.find((folder) => folder.id === place.id)?.name ?? "";
    case "collection":
      return summary?.collections.find((other) => other.id === place.id)?.name ?? "";
    case "tag":
      return place.tag;
    case "watched":
      return lastName(summary?.watched.find((other) => other.id === place.id)?.path ?? "");
    default: {
      const fixed = FIXED[place.is];
      return fixed ? t(fixed.name) : "";
    }
  }
}

/**
 * A path as people read it. One whose bytes are no text comes from the shell as a `file:` address, and goes back to it
 * as one; shown, it has a � for what cannot be read.
 */
export function readable(path: string): string {
  if (!path.startsWith("file://")) return path;
  const bytes = path.slice("file://".length).replace(/%([0-9A-F]{2})/g, (_, byte: string) => String.fromCharCode(Number.parseInt(byte, 16)));
  return new TextDecoder().decode(Uint8Array.from(bytes, (letter) => letter.charCodeAt(0)));
}

/** The last part of a path, on either kind of system. */
export function lastName(path: string): string {
  const whole = readable(path);
  return whole.split(/[\\/]/).filter(Boolean).at(-1) ?? whole;
}

/** Whether two places are the same. */
export function samePlace(a: Place, b: Place): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}
