/**
 * Dragging assets inside the window, onto tags and collections, and out of it. Inside it is done with the pointer;
 * at the window's edge it is handed to the system, so that other programs get the files.
 */

import type { Targets } from "$backend";
import { t } from "$messages";
import { edit } from "./edits";
import type { Studio } from "./studio.svelte";

/** Movement before a press becomes a drag, in CSS pixels. */
const SLACK = 6;
/** Files handed to another program at once: more is a mistake more often than a wish. */
export const MOST_OUT = 500;

export type DropPlace = { is: "tag"; tag: string } | { is: "collection"; id: string };

export class AssetDrag {
  /** While assets are held: how many, and where the pointer is. */
  held = $state.raw<{ count: number; x: number; y: number; targets: Targets } | null>(null);
  /** The place under the pointer, as its `data-drop` says. */
  over = $state<string | null>(null);
  private from: { x: number; y: number } | null = null;

  constructor(private readonly studio: Studio) {}

  press(x: number, y: number): void {
    this.from = { x, y };
  }

  move(x: number, y: number): void {
    if (!this.held) {
      if (!this.from || Math.hypot(x - this.from.x, y - this.from.y) < SLACK || this.studio.selection.empty) return;
    }
    const { selection } = this.studio;
    this.held = { count: selection.count, x, y, targets: selection.targets() };
    const out = x < 0 || y < 0 || x >= innerWidth || y >= innerHeight;
    if (out) this.leave();
    else this.over = document.elementFromPoint(x, y)?.closest<HTMLElement>("[data-drop]")?.dataset["drop"] ?? null;
  }

  release(): boolean {
    const held = this.held;
    const place = this.over;
    this.cancel();
    if (!held) return false;
    if (place) void this.drop(JSON.parse(place) as DropPlace, held.targets);
    return true;
  }

  cancel(): void {
    this.held = null;
    this.over = null;
    this.from = null;
  }

  private leave(): void {
    const { held } = this;
    this.cancel();
    if (!held) return;
    if (held.count > MOST_OUT) {
      this.studio.toasts.show("bad", t("drag.tooMany", { n: held.count, most: MOST_OUT }));
      return;
    }
    void this.studio.attempt(async () => {
      // Everything that was found, without some: the ids are in pages that may not be loaded.
      const ids = held.targets.of === "ids" ? held.targets.ids : await this.resolved(held.targets.except);
      if (ids.length > 0) await this.studio.backend.startDrag(ids);
    });
  }

  private async resolved(except: readonly string[]): Promise<string[]> {
    const { results } = this.studio;
    const left = new Set(except);
    return (await results.ids(0, results.total)).filter((id) => !left.has(id));
  }

  private async drop(place: DropPlace, targets: Targets): Promise<void> {
    if (this.studio.readOnly) return;
    if (place.is === "tag") await edit(this.studio, { do: "addTags", targets, tags: [place.tag] });
    else await edit(this.studio, { do: "addToCollection", id: place.id, targets });
  }
}
