/** Changes to assets and places: each one is sent, noted with Undo, and shown. */

import type { Edit, HistoryStep, Targets } from "$backend";
import { t } from "$messages";
import type { Studio } from "./studio.svelte";

/** Sends a change. True when it was done (even if it changed nothing). */
export async function edit(studio: Studio, change: Edit, quiet = false): Promise<boolean> {
  studio.saving += 1;
  const done = await studio.attempt(() => studio.backend.edit(change));
  studio.saving -= 1;
  if (!done) return false;
  studio.savedMs = Date.now();
  if (done.problems.length > 0) {
    studio.toasts.show("bad", t("edit.problems", { n: done.problems.length }), { lines: done.problems });
  } else if (done.step && !quiet) {
    studio.toasts.show("done", done.step.label, { step: true, action: { label: t("action.undo"), run: () => void undo(studio) } });
  }
  await after(studio);
  return true;
}

async function after(studio: Studio): Promise<void> {
  studio.refresh();
  await Promise.all([studio.inspect(), studio.loadSummary()]);
}

export async function undo(studio: Studio): Promise<void> {
  const step = await studio.attempt(() => studio.backend.undo());
  if (step === undefined) return;
  said(studio, step, "edit.undone", "edit.nothingToUndo");
  await after(studio);
}

export async function redo(studio: Studio): Promise<void> {
  const step = await studio.attempt(() => studio.backend.redo());
  if (step === undefined) return;
  said(studio, step, "edit.redone", "edit.nothingToRedo");
  await after(studio);
}

function said(studio: Studio, step: HistoryStep | null, done: "edit.undone" | "edit.redone", nothing: "edit.nothingToUndo" | "edit.nothingToRedo"): void {
  studio.toasts.show("done", step ? t(done, { step: step.label }) : t(nothing), { step: true });
  if (step) studio.savedMs = Date.now();
}

/** The present selection as targets; none when nothing is selected. */
export function targets(studio: Studio): Targets | null {
  return studio.selection.empty ? null : studio.selection.targets();
}

/** Sends a change for the selection. */
export async function editSelection(studio: Studio, make: (targets: Targets) => Edit, quiet = false): Promise<boolean> {
  const chosen = targets(studio);
  return chosen ? edit(studio, make(chosen), quiet) : false;
}

export function rate(studio: Studio, rating: number): void {
  const one = studio.selection.single;
  // Shown at once; the engine's answer follows.
  if (one) studio.results.patch((card) => (card.id === one ? { ...card, rating } : card));
  void editSelection(studio, (chosen) => ({ do: "setRating", targets: chosen, rating }));
}

export function mark(studio: Studio, label: number): void {
  void editSelection(studio, (chosen) => ({ do: "setLabel", targets: chosen, label }));
}

/** Out of the library: can be undone, so nobody is asked. */
export function remove(studio: Studio): void {
  void editSelection(studio, (chosen) => ({ do: "remove", targets: chosen }));
}

/** Files to the system's trash: this touches files, so it is asked. */
export function trash(studio: Studio): void {
  const chosen = targets(studio);
  if (!chosen) return;
  studio.dialog = {
    is: "confirm",
    title: t("trash.title", { n: studio.selection.count }),
    words: t("trash.words"),
    verb: t("action.trash"),
    danger: true,
    done: () => void edit(studio, { do: "trash", targets: chosen }),
  };
}

export function newCollection(studio: Studio, parent: string | null, withSelection: boolean): void {
  const chosen = withSelection ? targets(studio) : null;
  studio.dialog = {
    is: "ask",
    title: t("collection.new"),
    label: t("collection.name"),
    value: "",
    verb: t("verb.create"),
    done: async (name) => {
      const before = new Set(studio.summary?.collections.map((other) => other.id));
      if (!(await edit(studio, { do: "createCollection", name, parent }, chosen !== null)) || !chosen) return;
      const made = studio.summary?.collections.find((other) => !before.has(other.id));
      if (made) await edit(studio, { do: "addToCollection", id: made.id, targets: chosen });
    },
  };
}

export function renameCollection(studio: Studio, id: string, name: string): void {
  studio.dialog = {
    is: "ask", title: t("collection.rename"), label: t("collection.name"), value: name, verb: t("verb.rename"),
    done: (to) => void edit(studio, { do: "renameCollection", id, name: to }),
  };
}

export function renameTag(studio: Studio, tag: string): void {
  studio.dialog = {
    is: "ask", title: t("tag.rename"), label: t("tag.name"), value: tag, verb: t("verb.rename"), hint: t("tag.hint"),
    done: (to) => void edit(studio, { do: "renameTag", tag, to }),
  };
}

export function newTag(studio: Studio): void {
  const chosen = targets(studio);
  if (!chosen) return;
  studio.dialog = {
    is: "ask", title: t("tag.addTo", { n: studio.selection.count }), label: t("tag.name"), value: "", verb: t("tag.add"), hint: t("tag.hint"),
    done: (tag) => void edit(studio, { do: "addTags", targets: chosen, tags: tagsIn(tag) }),
  };
}

/** Several tags may be written at once, with commas between. */
export function tagsIn(text: string): string[] {
  return text.split(",").map((tag) => tag.trim()).filter((tag) => tag !== "");
}
