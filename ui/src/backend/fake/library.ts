/** The fake's library: assets, places and a history in memory. Edits work on copies, so that undo is exact. */

import { BackendError } from "../index";
import type { Collection, Edit, EditDone, HistoryStep, LibrarySummary, RenamePreview, RenameRow, SmartFolder, Targets, WatchedFolder } from "../types";
import { type FakeAsset, makeAsset } from "./assets";
import { matching } from "./search";

interface Places { collections: Collection[]; smart: SmartFolder[]; watched: WatchedFolder[]; colours: Map<string, number> }
interface Step extends HistoryStep { before: Map<string, FakeAsset | null>; after: Map<string, FakeAsset | null>; placesBefore: Places; placesAfter: Places }

const EDIT_WORDS: Partial<Record<Edit["do"], string>> = { addTags: "Add tags", removeTags: "Remove tags", setRating: "Rate", setLabel: "Label", setLicence: "Set licence", setSource: "Set source", setAuthor: "Set author", setNotes: "Write notes", rename: "Rename", renameMany: "Rename", remove: "Remove from library", trash: "Move to trash", merge: "Merge", addToCollection: "Add to collection", removeFromCollection: "Take out of collection" };

export class FakeLibrary {
  assets = new Map<string, FakeAsset>();
  places: Places = { collections: [], smart: [], watched: [], colours: new Map() };
  steps: Step[] = [];
  handles = new Map<number, FakeAsset[]>();
  private nextHandle = 1;
  private nextId = 1;

  constructor(count: number, readonly nowMs: number, sidecars = 0) {
    for (let index = 0; index < count; index += 1) {
      const asset = makeAsset(index, nowMs);
      this.assets.set(asset.card.id, asset);
    }
    for (let index = 0; index < sidecars; index += 1) {
      const { card } = makeAsset(index, nowMs);
      const beside: FakeAsset["card"] = { ...card, id: `${card.id}-import`, name: `${card.name}.import`, kind: "scene", format: "import", preview: "none", size: 900 };
      this.assets.set(beside.id, { card: beside, tags: [], collections: [], notes: "", licence: null, source: "", author: "" });
    }
    if (count > 0) this.furnish();
  }

  private furnish(): void {
    const smart = (name: string, query: string): SmartFolder => ({ id: this.freshId("s"), name, query, sort: "-added", count: 0 });
    this.places.smart = [smart("Sprites, no licence", "kind:image width<=128 licence:none"), smart("Textures over 1024", "kind:image width>=1024"), smart("Loops under 30 s", "kind:audio duration<30")];
    const level = this.freshId("c");
    this.places.collections = [{ id: level, name: "Goblin Camp", parent: null, count: 0 }, { id: this.freshId("c"), name: "Enemies", parent: level, count: 0 }, { id: this.freshId("c"), name: "Vertical slice", parent: null, count: 0 }];
    this.places.watched = [{ id: this.freshId("w"), path: "/home/mira/game/art", copy: false, present: true, scannedMs: this.nowMs - 300_000 }];
    this.places.colours = new Map([["character", 1], ["environment", 4], ["audio", 6], ["ui", 5]]);
    let index = 0;
    for (const asset of this.assets.values()) {
      if (index % 9 === 0) asset.collections.push("Goblin Camp");
      if (index % 21 === 0) asset.collections.push("Enemies");
      index += 1;
      if (index > 600) break;
    }
  }

  freshId(kind: string): string {
    this.nextId += 1;
    return `${kind}-${this.nextId}`;
  }

  keep(found: FakeAsset[]): number {
    const handle = this.nextHandle;
    this.nextHandle += 1;
    this.handles.set(handle, found);
    this.handles.delete(handle - 16);
    return handle;
  }

  found(handle: number): FakeAsset[] {
    const found = this.handles.get(handle);
    if (!found) throw new BackendError({ code: "not_found", message: "This search is over. Search again." });
    return found;
  }

  targets(targets: Targets): FakeAsset[] {
    if (targets.of === "ids") return targets.ids.map((id) => this.assets.get(id)).filter((asset) => asset !== undefined);
    const except = new Set(targets.except);
    return this.found(targets.handle).map((old) => this.assets.get(old.card.id)).filter((asset) => asset !== undefined && !except.has(asset.card.id)) as FakeAsset[];
  }

  summary(): LibrarySummary {
    const all = [...this.assets.values()];
    const tags = new Map<string, number>();
    for (const asset of all) {
      const seen = new Set<string>();
      for (const tag of asset.tags) {
        const parts = tag.split("/");
        for (let depth = 1; depth <= parts.length; depth += 1) seen.add(parts.slice(0, depth).join("/"));
      }
      for (const tag of seen) tags.set(tag, (tags.get(tag) ?? 0) + 1);
    }
    const sidecar = (asset: FakeAsset) => asset.card.format === "import" || asset.card.format === "meta";
    const present = this.steps.filter((step) => !step.undone);
    const undone = this.steps.filter((step) => step.undone);
    return {
      assets: all.length,
      bytes: all.reduce((sum, asset) => sum + asset.card.size, 0),
      missing: all.filter((asset) => asset.card.missing).length,
      failed: all.filter((asset) => asset.card.preview === "failed").length,
      untagged: all.filter((asset) => asset.tags.length === 0).length,
      sidecars: { assets: all.filter(sidecar).length, untagged: all.filter((asset) => sidecar(asset) && asset.tags.length === 0).length, recent: all.filter((asset) => sidecar(asset) && asset.card.addedMs > this.nowMs - 7 * 86_400_000).length },
      recent: all.filter((asset) => asset.card.addedMs > this.nowMs - 7 * 86_400_000).length,
      tags: [...tags].sort(([a], [b]) => (a < b ? -1 : 1)).map(([tag, count]) => ({ tag, count, colour: this.places.colours.get(tag) ?? 0 })),
      collections: this.places.collections.map((each) => ({ ...each, count: all.filter((asset) => asset.collections.includes(each.name)).length })),
      smartFolders: this.places.smart.map((each) => ({ ...each, count: matching(all, each.query, this.nowMs, []).length })),
      watched: this.places.watched,
      undo: present.at(-1)?.label ?? null,
      redo: undone[0]?.label ?? null,
    };
  }

  renameRows(targets: Targets, pattern: string, find: string, replace: string): RenameRow[] {
    const all = this.targets(targets);
    return all.map((asset, index) => {
      const before = asset.card.name;
      const dot = before.lastIndexOf(".");
      const [stem, extension] = dot > 0 ? [before.slice(0, dot), before.slice(dot + 1)] : [before, ""];
      const searched = find === "" ? stem : stem.replaceAll(find, replace);
      const number = index + 1;
      const name = (pattern || "{name}").replace(/\{n:(0+)(\d)\}/g, (_, _zeros: string, width: string) => String(number).padStart(Number(width), "0")).replaceAll("{n}", String(number)).replaceAll("{name}", searched).replaceAll("{ext}", extension).replaceAll("{folder}", asset.card.folder.split("/").at(-1) ?? "").replaceAll("{w}", String(asset.card.width)).replaceAll("{h}", String(asset.card.height));
      const after = extension ? `${name}.${extension}` : name;
      return { id: asset.card.id, before, after, problem: name.trim() === "" ? "The name is empty." : /[\\/]/.test(name) ? "A name cannot contain a slash." : null };
    });
  }

  renamePreview(targets: Targets, pattern: string, find: string, replace: string): RenamePreview {
    const rows = this.renameRows(targets, pattern, find, replace);
    return { rows: rows.slice(0, 200), changes: rows.filter((row) => row.before !== row.after).length, problems: rows.filter((row) => row.problem).length };
  }

  edit(edit: Edit): EditDone {
    const before = new Map<string, FakeAsset | null>();
    const placesBefore = structuredClone(this.places);
    this.apply(edit, before);
    const after = new Map([...before.keys()].map((id) => [id, this.assets.get(id) ?? null] as const));
    const words = EDIT_WORDS[edit.do] ?? "Change places";
    const label = before.size > 0 ? `${words}: ${before.size === 1 ? "1 asset" : `${before.size} assets`}` : words;
    const step: Step = { id: this.freshId("h"), label, atMs: Date.now(), undone: false, before, after, placesBefore, placesAfter: structuredClone(this.places) };
    this.steps = [...this.steps.filter((other) => !other.undone), step];
    return { step: { id: step.id, label, atMs: step.atMs, undone: false }, changed: before.size, problems: [] };
  }

  undo(): HistoryStep | null {
    const step = this.steps.findLast((other) => !other.undone);
    return step ? this.restore(step, true) : null;
  }

  redo(): HistoryStep | null {
    const step = this.steps.find((other) => other.undone);
    return step ? this.restore(step, false) : null;
  }

  private restore(step: Step, undone: boolean): HistoryStep {
    for (const [id, asset] of undone ? step.before : step.after) {
      if (asset) this.assets.set(id, asset);
      else this.assets.delete(id);
    }
    this.places = structuredClone(undone ? step.placesBefore : step.placesAfter);
    step.undone = undone;
    return { id: step.id, label: step.label, atMs: step.atMs, undone };
  }

  private change(assets: FakeAsset[], before: Map<string, FakeAsset | null>, how: (copy: FakeAsset) => void): void {
    for (const asset of assets) {
      before.set(asset.card.id, asset);
      const copy = structuredClone(asset);
      how(copy);
      this.assets.set(copy.card.id, copy);
    }
  }

  private drop(assets: FakeAsset[], before: Map<string, FakeAsset | null>): void {
    for (const asset of assets) {
      before.set(asset.card.id, asset);
      this.assets.delete(asset.card.id);
    }
  }

  private apply(edit: Edit, before: Map<string, FakeAsset | null>): void {
    const all = "targets" in edit ? this.targets(edit.targets) : [];
    const collections = this.places.collections;
    switch (edit.do) {
      case "addTags": return this.change(all, before, (a) => (a.tags = [...new Set([...a.tags, ...edit.tags])].sort()));
      case "removeTags": return this.change(all, before, (a) => (a.tags = a.tags.filter((tag) => !edit.tags.includes(tag))));
      case "setRating": return this.change(all, before, (a) => (a.card.rating = edit.rating));
      case "setLabel": return this.change(all, before, (a) => (a.card.label = edit.label));
      case "setLicence": return this.change(all, before, (a) => (a.licence = edit.licence));
      case "setSource": return this.change(all, before, (a) => (a.source = edit.source));
      case "setAuthor": return this.change(all, before, (a) => (a.author = edit.author));
      case "setNotes": return this.change(all, before, (a) => (a.notes = edit.notes));
      case "rename": return this.change(this.targets({ of: "ids", ids: [edit.target] }), before, (a) => (a.card.name = edit.name));
      case "renameMany": {
        const names = new Map(this.renameRows(edit.targets, edit.pattern, edit.find, edit.replace).map((row) => [row.id, row.after]));
        return this.change(all, before, (a) => (a.card.name = names.get(a.card.id) ?? a.card.name));
      }
      case "remove":
      case "trash": return this.drop(all, before);
      case "relink": return this.change(this.targets({ of: "ids", ids: [edit.target] }), before, (a) => (a.card.missing = false));
      case "relinkBelow": return this.change(all, before, (a) => (a.card.missing = false));
      case "merge": {
        const others = this.targets({ of: "ids", ids: edit.others });
        const tags = others.flatMap((asset) => asset.tags);
        this.change(this.targets({ of: "ids", ids: [edit.keep] }), before, (a) => (a.tags = [...new Set([...a.tags, ...tags])]));
        return this.drop(others, before);
      }
      case "renameTag":
      case "deleteTag": {
        const moved = (tag: string) => (tag === edit.tag || tag.startsWith(`${edit.tag}/`) ? (edit.do === "renameTag" ? [edit.to + tag.slice(edit.tag.length)] : []) : [tag]);
        return this.change([...this.assets.values()].filter((a) => a.tags.some((tag) => moved(tag)[0] !== tag)), before, (a) => (a.tags = a.tags.flatMap(moved)));
      }
      case "setTagColour": return void this.places.colours.set(edit.tag, edit.colour);
      case "createCollection": return void collections.push({ id: this.freshId("c"), name: edit.name, parent: edit.parent, count: 0 });
      case "renameCollection": return this.renameCollection(edit.id, edit.name, before);
      case "moveCollection": return this.moveCollection(edit.id, edit.parent, edit.before);
      case "deleteCollection": return void (this.places.collections = collections.filter((each) => each.id !== edit.id && each.parent !== edit.id));
      case "addToCollection": return this.change(all, before, (a) => (a.collections = [...new Set([...a.collections, this.collectionName(edit.id)])]));
      case "removeFromCollection": return this.change(all, before, (a) => (a.collections = a.collections.filter((name) => name !== this.collectionName(edit.id))));
      case "createSmartFolder": return void this.places.smart.push({ id: this.freshId("s"), name: edit.name, query: edit.query, sort: edit.sort, count: 0 });
      case "changeSmartFolder": return void (this.places.smart = this.places.smart.map((each) => (each.id === edit.id ? { ...each, name: edit.name, query: edit.query, sort: edit.sort } : each)));
      case "deleteSmartFolder": return void (this.places.smart = this.places.smart.filter((each) => each.id !== edit.id));
    }
  }

  private collectionName(id: string): string {
    const found = this.places.collections.find((each) => each.id === id);
    if (!found) throw new BackendError({ code: "not_found", message: "This collection is not there any more." });
    return found.name;
  }

  private renameCollection(id: string, name: string, before: Map<string, FakeAsset | null>): void {
    const old = this.collectionName(id);
    this.change([...this.assets.values()].filter((a) => a.collections.includes(old)), before, (a) => (a.collections = a.collections.map((each) => (each === old ? name : each))));
    this.places.collections = this.places.collections.map((each) => (each.id === id ? { ...each, name } : each));
  }

  private moveCollection(id: string, parent: string | null, beforeId: string | null): void {
    const moving = this.places.collections.find((each) => each.id === id);
    if (!moving) return;
    const rest = this.places.collections.filter((each) => each.id !== id);
    const at = beforeId === null ? -1 : rest.findIndex((each) => each.id === beforeId);
    rest.splice(at < 0 ? rest.length : at, 0, { ...moving, parent });
    this.places.collections = rest;
  }
}
