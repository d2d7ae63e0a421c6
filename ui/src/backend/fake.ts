/**
 * NOT THE REAL THING: an in-memory stand-in for component tests and for looking at the window in a browser.
 * Its assets are made up, its files do not exist. The window shows a note while it runs on this.
 */

import { metadataOf, paletteOf } from "./fake/assets";
import { FakeCloud, type FakeCloudOptions } from "./fake/cloud";
import { FakeLibrary } from "./fake/library";
import { picture } from "./fake/pictures";
import { completions, facets, matching, sorted } from "./fake/search";
import { type Backend, BackendError } from "./index";
import type * as wire from "./types";

export interface FakeOptions {
  assets: number;
  /** The state to start in, for looking at the others. */
  state?: wire.LibraryState;
  settings?: Partial<wire.Settings>;
  nowMs?: number;
  /** Milliseconds before every answer. */
  delay?: number;
  /** How many engines' import files there are beside them. */
  sidecars?: number;
  /** A cloud; without one the Studio works alone. */
  cloud?: FakeCloudOptions;
  /** Whether an import runs at the start. */
  job?: boolean;
}

const SETTINGS: wire.Settings = { theme: "dark", view: "grid", thumb: 132, sidebar: 216, inspector: 300, sort: "-added", copy: false, importThreads: 0, importMemory: 400, language: "en", welcomed: true, showSidecars: false };

/** The fake, and what a test can make happen on it. */
export interface FakeBackend extends Backend {
  readonly calls: { name: string; args: unknown[] }[];
  readonly cloud: FakeCloud;
  tell(event: wire.Event): void;
  news(news: wire.CloudNews): void;
  drag(drag: wire.FileDrag): void;
}

function makeJob(id: string, part: Partial<wire.Job> = {}): wire.Job {
  return { id, title: "Import art", task: "import", state: "running", found: 2140, done: 812, walked: true, bytes: 4.2e8, counts: { imported: 790, duplicates: 12, unchanged: 0, moved: 0, updated: 0, skipped: 7, failed: 3 }, remaining: 64, startedMs: Date.now() - 40_000, endedMs: null, failure: null, ...part };
}

export function fakeBackend(options: FakeOptions): FakeBackend {
  const now = options.nowMs ?? Date.now();
  const library = new FakeLibrary(options.assets, now, options.sidecars ?? 0);
  let settings = { ...SETTINGS, ...options.settings };
  const listeners = new Set<(event: wire.Event) => void>();
  const drags = new Set<(drag: wire.FileDrag) => void>();
  const hearers = new Set<(news: wire.CloudNews) => void>();
  const news = (each: wire.CloudNews) => hearers.forEach((hear) => hear(structuredClone(each)));
  const cloud = new FakeCloud(options.cloud ?? {}, now, news);
  const calls: { name: string; args: unknown[] }[] = [];
  const jobs = new Map<string, wire.Job>();
  let state: wire.LibraryState = options.state ?? { is: "open", path: "/home/mira/Emberfall", name: "Emberfall", readOnly: false };
  if (options.job) jobs.set("job-1", makeJob("job-1"));

  const tell = (event: wire.Event) => listeners.forEach((hear) => hear(event));
  const setJob = (job: wire.Job) => {
    jobs.set(job.id, job);
    tell({ is: "job", job });
  };
  const jobState = (id: string, to: wire.JobState) => {
    const job = jobs.get(id);
    if (job) setJob({ ...job, state: to, endedMs: to === "cancelled" ? Date.now() : null });
  };
  const newJob = (title: string) => {
    const job = makeJob(library.freshId("job"), { title, found: 240, done: 80, remaining: 12 });
    setJob(job);
    return job.id;
  };
  const edited = <T>(done: T): T => {
    tell({ is: "changed" });
    return done;
  };

  const pictureUrl = (id: string) => {
    const asset = library.assets.get(id);
    return asset ? picture(asset.card) : "";
  };

  function detail(id: string): wire.AssetDetail {
    const asset = library.assets.get(id);
    if (!asset) throw new BackendError({ code: "not_found", message: "This asset is not in the library any more." });
    const { card } = asset;
    const path = `/home/mira/game/${card.folder}/${card.name}`;
    return {
      card, blake3: card.content.repeat(4), metadata: metadataOf(card), palette: paletteOf(card), tags: asset.tags, collections: asset.collections,
      notes: asset.notes, licence: asset.licence, source: asset.source, author: asset.author, stored: false,
      locations: [{ path, inPlace: true, missingMs: card.missing ? now - 7_200_000 : null }],
      versions: [{ content: card.content, cause: "Changed on disk", atMs: now - 720_000, size: card.size }, { content: "0123456789abcdef", cause: "Imported", atMs: card.addedMs, size: Math.round(card.size * 0.9) }],
      problem: card.preview === "failed" ? ["truncated", "The file ends in the middle of a picture. Export it again, or restore it from a backup."] : null,
    };
  }

  function summaryOf(targets: wire.Targets): wire.SelectionSummary {
    const all = library.targets(targets);
    const kinds = new Map<wire.Kind, number>();
    const tags = new Map<string, number>();
    for (const asset of all) {
      kinds.set(asset.card.kind, (kinds.get(asset.card.kind) ?? 0) + 1);
      for (const tag of asset.tags) tags.set(tag, (tags.get(tag) ?? 0) + 1);
    }
    const [first] = all;
    const same = <T>(of: (asset: (typeof all)[number]) => T): T | null => (first && all.every((asset) => of(asset) === of(first)) ? of(first) : null);
    return { count: all.length, size: all.reduce((sum, asset) => sum + asset.card.size, 0), kinds: [...kinds].sort((a, b) => b[1] - a[1]), tags: [...tags].map(([tag, count]) => ({ tag, count })).sort((a, b) => b.count - a.count), rating: same((a) => a.card.rating), label: same((a) => a.card.label), licence: same((a) => a.licence), licenceDiffers: all.some((asset) => asset.licence !== first?.licence) };
  }

  function duplicateGroups(kind: wire.ReviewKind): wire.DuplicateGroup[] {
    const images = [...library.assets.values()].filter((asset) => asset.card.kind === "image").slice(0, 60);
    const groups: wire.DuplicateGroup[] = [];
    for (let at = kind === "exact" ? 0 : 20; at + 3 < images.length && groups.length < 8; at += 3) {
      const cards = images.slice(at, at + (at % 2 === 0 ? 2 : 3)).map((asset) => asset.card);
      const [keep] = cards;
      if (!keep) break;
      groups.push({ kind, cards, keep: keep.id, reason: kind === "exact" ? "it has more tags" : "it is larger", paths: kind === "exact" ? cards.map((card) => `/home/mira/game/${card.folder}/${card.name}`) : [], spare: keep.size * (cards.length - 1) });
    }
    return groups;
  }

  const plain: Omit<Backend, "real" | "onCloud" | "onEvent" | "onFileDrag" | "previewUrl" | "contentUrl" | "siblingUrl" | "pixelsUrl" | "sheetUrl"> = {
    libraryState: async () => state,
    knownLibraries: async () => [{ path: "/home/mira/Emberfall", name: "Emberfall", present: true }, { path: "/home/mira/Jam 2026", name: "Jam 2026", present: true }, { path: "/media/usb/Archive", name: "Archive", present: false }],
    openLibrary: async (path) => {
      state = { is: "open", path, name: path.split("/").at(-1) ?? path, readOnly: false };
      tell({ is: "library", state });
    },
    summary: async () => library.summary(),
    addSamples: async () => newJob("Add the sample library"),
    search: async ({ query, sort }) => {
      const started = performance.now();
      const warnings: string[] = [];
      const all = [...library.assets.values()];
      const found = sorted(matching(all, query, now, warnings), sort);
      return { handle: library.keep(found), total: found.length, of: library.assets.size, first: found.slice(0, 200).map((asset) => asset.card), facets: facets((part) => (part === query ? found : matching(all, part, now, [])), query), warnings, tookMs: performance.now() - started, complete: true };
    },
    page: async (handle, offset, limit) => library.found(handle).slice(offset, offset + limit).map((asset) => library.assets.get(asset.card.id)?.card ?? asset.card),
    position: async (handle, id) => {
      const at = library.found(handle).findIndex((asset) => asset.card.id === id);
      return at < 0 ? null : at;
    },
    complete: async (text, cursor) => completions(text, cursor, library.summary().tags.map((node) => node.tag)),
    duplicates: async (kind, offset, limit) => {
      const groups = duplicateGroups(kind);
      return [groups.slice(offset, offset + limit), groups.length];
    },
    asset: async (id) => detail(id),
    selection: async (targets) => summaryOf(targets),
    visible: async () => undefined,
    exportTo: async (targets) => ({ written: library.targets(targets).length, problems: [] }),
    peaks: async () => Array.from({ length: 400 }, (_, at): [number, number] => {
      const high = Math.round(Math.abs(Math.sin(at / 9) * Math.cos(at / 41)) * 120);
      return [-high, high];
    }),
    animation: async (id) => {
      const { card } = detail(id);
      return { width: card.width, height: card.height, columns: 1, frames: [0.1], tags: [] };
    },
    text: async () => "# Credits\n\nGoblin by Mira Valdés, CC0-1.0.\n",
    edit: async (edit) => edited(library.edit(edit)),
    undo: async () => edited(library.undo()),
    redo: async () => edited(library.redo()),
    history: async (limit) => library.steps.toReversed().slice(0, limit),
    renamePreview: async (targets, pattern, find, replace) => library.renamePreview(targets, pattern, find, replace),
    importPaths: async ({ paths }) => newJob(`Import ${paths[0]?.split("/").at(-1) ?? "files"}`),
    paste: async () => null,
    jobs: async () => [...jobs.values()],
    jobReport: async (id) => {
      const job = jobs.get(id);
      if (!job) throw new BackendError({ code: "not_found", message: "This job is not known any more." });
      return { job, failed: [{ path: "/home/mira/game/art/broken.png", code: "truncated", message: "The file ends in the middle of a picture." }, { path: "/home/mira/game/art/old/skull.psd", code: "truncated", message: "The file ends before the layer list." }, { path: "/home/mira/game/huge.png", code: "too_large", message: "The picture says it has 100,000 × 100,000 pixels; 268 million are the most." }], skipped: [{ path: "/home/mira/game/.DS_Store", code: "clutter", message: "A file that the system left." }] };
    },
    pauseJob: async (id) => jobState(id, "paused"),
    resumeJob: async (id) => jobState(id, "running"),
    cancelJob: async (id) => jobState(id, "cancelled"),
    watchFolder: async (path, copy) => {
      const folder = { id: library.freshId("w"), path, copy, present: true, scannedMs: null };
      library.places.watched = [...library.places.watched, folder];
      tell({ is: "places" });
      return folder;
    },
    unwatchFolder: async (id) => {
      library.places.watched = library.places.watched.filter((folder) => folder.id !== id);
      tell({ is: "places" });
    },
    rescan: async () => newJob("Look through art"),
    settings: async () => settings,
    saveSettings: async (to) => {
      settings = to;
    },
    appInfo: async () => ({ name: "GameForge Studio", version: "0.1.0", configFolder: "/home/mira/.config/gameforge", platform: "browser" }),
    painted: async () => undefined,
    doctor: async () => [{ name: "Trash", ok: true, message: "Files can be moved to the trash.", windowOnly: false }],
    pickFiles: async () => ["/home/mira/game/art/goblin.png"],
    pickFolder: async () => "/home/mira/game/art",
    pickLibrary: async () => "/home/mira/New library",
    copyText: async (text) => {
      await navigator.clipboard?.writeText(text);
    },
    reveal: async () => undefined,
    revealPath: async () => undefined,
    openExternal: async () => undefined,
    startDrag: async () => undefined,
    cloudState: async () => cloud.state,
    cloudWelcome: async () => ({ providers: ["github", "google", "discord"], consents: [{ purpose: "terms", version: 1, required: true, text: "I agree to the terms." }] }),
    cloudList: async (ask) => cloud.list(ask),
    cloudAct: async (act) => cloud.act(act),
    cloudUnsent: async () => cloud.unsent,
    cloudPeople: async (_, begins) => cloud.people.filter((each) => each.display_name.toLowerCase().includes(begins.toLowerCase())),
    cloudLook: async () => undefined,
    cloudProject: async () => cloud.project,
    cloudChooseProject: async (_, project) => {
      cloud.project = project;
    },
    cloudNotice: async (about, title, body) => {
      if (cloud.desktop) cloud.notices.push({ about, title, body });
      return cloud.desktop;
    },
  };

  // Every call is noted for tests, and answered late when a delay is asked for.
  const noted = Object.fromEntries(
    Object.entries(plain).map(([name, work]) => [
      name,
      async (...args: unknown[]) => {
        calls.push({ name, args });
        if (options.delay) await new Promise((done) => setTimeout(done, options.delay));
        return structuredClone(await (work as (...given: unknown[]) => Promise<unknown>)(...args));
      },
    ]),
  ) as unknown as typeof plain;

  return {
    ...noted,
    real: false,
    previewUrl: pictureUrl,
    contentUrl: pictureUrl,
    siblingUrl: pictureUrl,
    pixelsUrl: pictureUrl,
    sheetUrl: pictureUrl,
    onCloud: (hear) => {
      hearers.add(hear);
      return () => hearers.delete(hear);
    },
    onEvent: (hear) => {
      listeners.add(hear);
      return () => listeners.delete(hear);
    },
    onFileDrag: (hear) => {
      drags.add(hear);
      return () => drags.delete(hear);
    },
    calls,
    cloud,
    news,
    tell,
    drag: (drag) => drags.forEach((hear) => hear(drag)),
  };
}
