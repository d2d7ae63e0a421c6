/** Bringing files in: from the picker, the clipboard, a drop, or a followed folder. */

import { t } from "$messages";
import { edit } from "./edits";
import type { Studio } from "./studio.svelte";

/** The key that is held while dropping turns the choice (in place or copy) around. */
export function copies(studio: Studio, turned: boolean): boolean {
  return studio.settings.copy !== turned;
}

export async function importPaths(studio: Studio, paths: readonly string[], copy: boolean): Promise<void> {
  if (paths.length === 0) return;
  if (studio.readOnly) {
    studio.toasts.show("bad", t("readOnly.import"));
    return;
  }
  await studio.attempt(() => studio.backend.importPaths({ paths: [...paths], copy }));
  studio.change({ welcomed: true });
}

export async function importFiles(studio: Studio): Promise<void> {
  const paths = await studio.attempt(() => studio.backend.pickFiles());
  if (paths) await importPaths(studio, paths, studio.settings.copy);
}

export async function importFolder(studio: Studio): Promise<void> {
  const path = await studio.attempt(() => studio.backend.pickFolder());
  if (path) await importPaths(studio, [path], studio.settings.copy);
}

export async function paste(studio: Studio): Promise<void> {
  const job = await studio.attempt(() => studio.backend.paste(studio.settings.copy));
  if (job === null) studio.toasts.show("done", t("paste.nothing"));
}

export async function watch(studio: Studio): Promise<void> {
  const path = await studio.attempt(() => studio.backend.pickFolder());
  if (path) studio.dialog = { is: "watch", path };
}

export async function addSamples(studio: Studio): Promise<void> {
  await studio.attempt(() => studio.backend.addSamples());
  studio.change({ welcomed: true });
}

export async function relink(studio: Studio, id: string): Promise<void> {
  const path = (await studio.attempt(() => studio.backend.pickFiles()))?.[0];
  if (!path) return;
  await edit(studio, { do: "relink", target: id, path });
}

export async function relinkBelow(studio: Studio): Promise<void> {
  if (studio.selection.empty) return;
  const targets = studio.selection.targets();
  const folder = await studio.attempt(() => studio.backend.pickFolder());
  if (!folder) return;
  await edit(studio, { do: "relinkBelow", targets, folder });
}

export async function exportSelection(studio: Studio): Promise<void> {
  if (studio.selection.empty) return;
  const targets = studio.selection.targets();
  const folder = await studio.attempt(() => studio.backend.pickFolder());
  if (!folder) return;
  const done = await studio.attempt(() => studio.backend.exportTo(targets, folder));
  if (!done) return;
  if (done.problems.length > 0) studio.toasts.show("bad", t("export.problems", { n: done.problems.length }), { lines: done.problems.map((problem) => `${problem.path}: ${problem.message}`) });
  else studio.toasts.show("done", t("export.done", { n: done.written }), { action: { label: t("action.reveal"), run: () => void studio.attempt(() => studio.backend.revealPath(folder)) } });
}
