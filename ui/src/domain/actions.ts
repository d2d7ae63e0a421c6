/**
 * Everything that can be done, once: the palette, the menus, the tool bars and the keyboard all read this list.
 */

import { type Key, t } from "$messages";
import { shortcutOf, shown, type Press } from "$shared/keys";
import * as edits from "./edits";
import * as imports from "./imports";
import type { Studio } from "./studio.svelte";
import { LABELS, SORTS } from "./words";

export type Section = "section.file" | "section.edit" | "section.select" | "section.organise" | "section.view" | "section.go" | "section.help";

export interface Action {
  id: string;
  section: Section;
  title: () => string;
  /** Shortcuts; the first one is shown. */
  keys: readonly string[];
  /** Whether it makes sense now. */
  when: (studio: Studio) => boolean;
  run: (studio: Studio) => void;
  /** For choices and switches: whether it is the present one. */
  on?: (studio: Studio) => boolean;
  danger?: boolean;
}

const always = () => true;
const open = (studio: Studio) => studio.open;
const writable = (studio: Studio) => studio.open && !studio.readOnly;
const some = (studio: Studio) => studio.open && !studio.selection.empty;
const someWritable = (studio: Studio) => some(studio) && !studio.readOnly;
const one = (studio: Studio) => studio.open && studio.selection.single !== null;

function action(id: string, section: Section, title: Key, keys: readonly string[], when: Action["when"], run: Action["run"], rest: Partial<Action> = {}): Action {
  return { id, section, title: () => t(title), keys, when, run, ...rest };
}

function single(studio: Studio, work: (id: string) => void): void {
  const id = studio.selection.single;
  if (id !== null) work(id);
}

const FILE: Action[] = [
  action("import.files", "section.file", "action.importFiles", ["mod+o"], writable, (s) => void imports.importFiles(s)),
  action("import.folder", "section.file", "action.importFolder", ["mod+shift+o"], writable, (s) => void imports.importFolder(s)),
  action("import.paste", "section.file", "action.paste", ["mod+v"], writable, (s) => void imports.paste(s)),
  action("import.watch", "section.file", "action.watch", [], writable, (s) => void imports.watch(s)),
  action("import.samples", "section.file", "action.samples", [], writable, (s) => void imports.addSamples(s)),
  action("export", "section.file", "action.export", ["mod+e"], some, (s) => void imports.exportSelection(s)),
  action("library.open", "section.file", "action.openLibrary", [], always, (s) => void s.pickLibrary(false)),
  action("library.new", "section.file", "action.newLibrary", [], always, (s) => void s.pickLibrary(true)),
];

const CLOUD: Action[] = [
  action("cloud.signIn", "section.file", "action.signIn", [], (s) => !s.cloud.signedIn, (s) => (s.dialog = { is: "signIn" })),
  action("cloud.account", "section.file", "action.account", [], (s) => s.cloud.signedIn, (s) => (s.dialog = { is: "account", page: "profile" })),
  action("cloud.inbox", "section.file", "action.inbox", [], (s) => s.cloud.signedIn, (s) => (s.dialog = { is: "inbox" })),
];

const EDIT: Action[] = [
  action("undo", "section.edit", "action.undo", ["mod+z"], (s) => writable(s) && !!s.summary?.undo, (s) => void edits.undo(s)),
  action("redo", "section.edit", "action.redo", ["mod+shift+z", "mod+y"], (s) => writable(s) && !!s.summary?.redo, (s) => void edits.redo(s)),
  action("history", "section.edit", "action.history", ["mod+h"], open, (s) => (s.dialog = { is: "history" })),
  action("rename", "section.edit", "action.rename", ["f2"], someWritable, (s) => {
    if (s.selection.single !== null) {
      s.change({ inspector: s.settings.inspector || 300 });
      s.naming = true;
    } else s.dialog = { is: "rename" };
  }),
  action("rename.many", "section.edit", "action.renameMany", ["shift+f2"], someWritable, (s) => (s.dialog = { is: "rename" })),
  action("remove", "section.edit", "action.remove", ["delete", "backspace"], someWritable, edits.remove),
  action("trash", "section.edit", "action.trash", ["shift+delete"], someWritable, edits.trash, { danger: true }),
];

const SELECT: Action[] = [
  action("select.all", "section.select", "action.selectAll", ["mod+a"], open, (s) => {
    s.selection.selectAll(s.results);
    void s.inspect();
  }),
  action("select.none", "section.select", "action.selectNone", ["mod+shift+a"], some, (s) => {
    s.selection.clear();
    void s.inspect();
  }),
  action("select.invert", "section.select", "action.selectInvert", ["mod+i"], open, (s) => {
    s.selection.invert(s.results);
    void s.inspect();
  }),
];

const ORGANISE: Action[] = [
  action("tag.add", "section.organise", "action.tag", ["t"], someWritable, edits.newTag),
  action("collection.new", "section.organise", "action.newCollection", ["mod+shift+n"], writable, (s) => edits.newCollection(s, null, false)),
  action("collection.from", "section.organise", "action.collectionFrom", [], someWritable, (s) => edits.newCollection(s, null, true)),
  action("smart.new", "section.organise", "action.newSmart", ["mod+s"], writable, (s) => (s.dialog = { is: "smart", folder: null, query: s.query, sort: s.sort })),
  ...[0, 1, 2, 3, 4, 5].map((rating): Action => ({
    id: `rate.${rating}`,
    section: "section.organise",
    title: () => (rating === 0 ? t("action.rateNone") : t("action.rate", { n: rating })),
    keys: [String(rating)],
    when: someWritable,
    run: (s) => edits.rate(s, rating),
    on: (s) => (s.detail?.card.rating ?? s.common?.rating) === rating,
  })),
  ...LABELS.map((label, number): Action => ({
    id: `label.${number}`,
    section: "section.organise",
    title: () => (number === 0 ? t("action.labelNone") : t("action.label", { label: t(label.name) })),
    keys: number === 0 ? [] : [`alt+${number}`],
    when: someWritable,
    run: (s) => edits.mark(s, number),
    on: (s) => (s.detail?.card.label ?? s.common?.label) === number,
  })),
];

const VIEW: Action[] = [
  action("quicklook", "section.view", "action.quickLook", ["space"], (s) => s.open && (s.quickLook !== null || s.selection.single !== null || s.selection.cursor >= 0), (s) => s.toggleQuickLook()),
  action("viewer", "section.view", "action.viewer", ["enter"], one, (s) => single(s, (id) => s.openViewer(id))),
  action("outside", "section.view", "action.outside", ["mod+enter"], one, (s) => single(s, (id) => void s.attempt(() => s.backend.openExternal(id)))),
  action("reveal", "section.view", "action.reveal", ["mod+shift+r"], one, (s) => single(s, (id) => void s.attempt(() => s.backend.reveal(id)))),
  action("similar", "section.view", "action.similar", [], one, (s) => single(s, (id) => {
    s.place = { is: "all" };
    s.sort = "";
    s.ask(`like:${id}`);
  })),
  action("relink", "section.view", "action.relink", [], (s) => one(s) && !s.readOnly, (s) => single(s, (id) => void imports.relink(s, id))),
  action("relink.below", "section.view", "action.relinkBelow", [], someWritable, (s) => void imports.relinkBelow(s)),
  action("copy.path", "section.view", "action.copyPath", ["mod+shift+c"], (s) => one(s) && !!s.detail, (s) => {
    const path = s.detail?.locations[0]?.path;
    if (path) void s.attempt(() => s.backend.copyText(path)).then(() => s.toasts.show("done", t("copied")));
  }),
  action("view.grid", "section.view", "action.grid", ["mod+1"], open, (s) => s.change({ view: "grid" }), { on: (s) => s.settings.view === "grid" }),
  action("view.list", "section.view", "action.list", ["mod+2"], open, (s) => s.change({ view: "list" }), { on: (s) => s.settings.view === "list" }),
  action("view.larger", "section.view", "action.larger", ["mod+=", "mod++"], open, (s) => s.change({ thumb: Math.min(400, s.settings.thumb + 24) })),
  action("view.smaller", "section.view", "action.smaller", ["mod+-"], open, (s) => s.change({ thumb: Math.max(72, s.settings.thumb - 24) })),
  action("view.inspector", "section.view", "action.inspector", ["mod+alt+i", "i"], always, (s) => s.change({ inspector: s.settings.inspector > 0 ? 0 : 300 }), { on: (s) => s.settings.inspector > 0 }),
  action("view.sidebar", "section.view", "action.sidebar", ["mod+b"], always, (s) => s.change({ sidebar: s.settings.sidebar > 0 ? 0 : 216 }), { on: (s) => s.settings.sidebar > 0 }),
  action("view.sidecars", "section.view", "sidecars.setting", [], open, (s) => s.showSidecars(!s.settings.showSidecars), { on: (s) => s.settings.showSidecars }),
  ...(["dark", "light", "system"] as const).map((theme): Action => ({
    id: `theme.${theme}`,
    section: "section.view",
    title: () => t(`action.theme.${theme}`),
    keys: [],
    when: always,
    run: (s) => s.change({ theme }),
    on: (s) => s.settings.theme === theme,
  })),
  action("theme.toggle", "section.view", "action.theme.toggle", ["mod+shift+l"], always, (s) => s.change({ theme: document.documentElement.dataset["theme"] === "light" ? "dark" : "light" })),
  ...SORTS.map((order): Action => ({
    id: `sort.${order.sort || "best"}`,
    section: "section.view",
    title: () => t("action.sort", { order: t(order.name) }),
    keys: [],
    when: open,
    run: (s) => s.orderBy(order.sort),
    on: (s) => s.shownSort === order.sort,
  })),
];

const GO: Action[] = [
  action("search", "section.go", "action.search", ["mod+f", "/"], open, (s) => s.focusSearch()),
  action("palette", "section.go", "action.palette", ["mod+k", "mod+shift+p"], always, (s) => (s.palette = !s.palette)),
  action("go.all", "section.go", "action.goAll", ["mod+shift+h"], open, (s) => s.go({ is: "all" })),
  action("go.recent", "section.go", "action.goRecent", [], open, (s) => s.go({ is: "recent" })),
  action("go.untagged", "section.go", "action.goUntagged", [], open, (s) => s.go({ is: "untagged" })),
  action("go.missing", "section.go", "action.goMissing", [], open, (s) => s.go({ is: "missing" })),
  action("go.failed", "section.go", "action.goFailed", [], open, (s) => s.go({ is: "failed" })),
  action("go.duplicates", "section.go", "action.duplicates", ["mod+d"], open, (s) => s.go({ is: "duplicates" })),
];

const HELP: Action[] = [
  action("settings", "section.help", "action.settings", ["mod+,"], always, (s) => (s.dialog = { is: "settings", page: "look" })),
  action("keyboard", "section.help", "action.keyboard", ["?", "f1"], always, (s) => (s.dialog = { is: "settings", page: "keyboard" })),
  action("about", "section.help", "action.about", [], always, (s) => (s.dialog = { is: "settings", page: "about" })),
];

export const ACTIONS: readonly Action[] = [...FILE, ...CLOUD, ...EDIT, ...SELECT, ...ORGANISE, ...VIEW, ...GO, ...HELP];

const BY_ID = new Map(ACTIONS.map((each) => [each.id, each]));
const BY_KEY = new Map(ACTIONS.flatMap((each) => each.keys.map((key) => [key, each] as const)));

/** An action by its id; the ids are fixed in this file, so a wrong one is a mistake in the program. */
export function actionById(id: string): Action {
  const found = BY_ID.get(id);
  if (!found) throw new Error(`there is no action “${id}”`);
  return found;
}

/** The shortcut as menus show it; empty without one. */
export function hint(id: string): string {
  const key = actionById(id).keys[0];
  return key ? shown(key) : "";
}

/** The action behind a key press. Without Ctrl a key belongs to a text that is being written. */
export function actionFor(press: Press, isWriting: boolean): Action | null {
  const found = BY_KEY.get(shortcutOf(press)) ?? null;
  if (!found || !isWriting) return found;
  // A character without Ctrl is what is being written: the slash of `enemy/slime`, say.
  if (press.key.length === 1 && !press.ctrlKey && !press.metaKey) return null;
  return ALSO_WHILE_WRITING.has(found.id) ? found : null;
}

/** Keys like Ctrl+A, Ctrl+Z and Ctrl+V mean the text while one is written. */
const ALSO_WHILE_WRITING = new Set(["search", "palette", "settings", "view.grid", "view.list", "view.sidebar", "import.files", "import.folder", "smart.new", "theme.toggle"]);

/** Runs an action if it makes sense now. True when it did. */
export function run(studio: Studio, id: string): boolean {
  const found = actionById(id);
  if (!found.when(studio)) return false;
  found.run(studio);
  return true;
}
