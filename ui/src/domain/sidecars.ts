/**
 * Engines put a small file beside each asset (`.import` in Godot, `.meta` in Unity). Where the library is looked
 * through as a whole they are left out; where somebody put things by hand, or asked for them, they are shown.
 */

import type { Facet } from "$backend";
import type { Place } from "./places";
import { both, tokens } from "./query";

export const SIDECARS = ["import", "meta"] as const;

const WITHOUT = `-format:${SIDECARS.join(",")}`;

/** Places that take in whatever lies in a folder. Tags, collections and smart folders hold what was put there. */
const WHOLE: readonly Place["is"][] = ["all", "recent", "untagged", "watched"];

/** Whether a question leaves sidecars out, unless they are shown by the settings. */
export function leavesOut(place: Place, text: string): boolean {
  if (!WHOLE.includes(place.is)) return false;
  return !tokens(text).some(({ filter }) => filter?.name === "format" || filter?.name === "id");
}

/** The question without sidecars. */
export function withoutSidecars(query: string): string {
  return both(query, WITHOUT);
}

/** How many sidecars a question left out: the counts of formats are made as if no format had been asked for. */
export function leftOut(facets: readonly Facet[]): number {
  const formats = facets.find((facet) => facet.filter === "format")?.values ?? [];
  return formats.reduce((sum, { value, count }) => ((SIDECARS as readonly string[]).includes(value) ? sum + count : sum), 0);
}
