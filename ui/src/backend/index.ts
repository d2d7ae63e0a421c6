/**
 * The one seam to the outside: everything that the window asks of the engine or the system goes through `Backend`.
 * `tauri.ts` is the real one; `fake.ts` is an in-memory stand-in for component tests and for a browser.
 */

import type * as wire from "./types";

export type * from "./types";

/** A failed request, with the engine's code to act on and its words to read. */
export class BackendError extends Error {
  readonly code: wire.ErrorCode;

  constructor(failure: wire.Failure) {
    super(failure.message);
    this.name = "BackendError";
    this.code = failure.code;
  }

  /** Whatever was thrown, as an error with a code. */
  static from(thrown: unknown): BackendError {
    if (thrown instanceof BackendError) return thrown;
    if (typeof thrown === "object" && thrown !== null && "code" in thrown && "message" in thrown) {
      return new BackendError(thrown as wire.Failure);
    }
    return new BackendError({ code: "internal", message: String(thrown instanceof Error ? thrown.message : thrown) });
  }
}

export interface Backend {
  /** False for the stand-in: the window then says so. */
  readonly real: boolean;

  libraryState(): Promise<wire.LibraryState>;
  knownLibraries(): Promise<wire.KnownLibrary[]>;
  /** Returns at once; what came of it follows as an event. */
  openLibrary(path: string, create: boolean): Promise<void>;
  summary(): Promise<wire.LibrarySummary>;
  addSamples(): Promise<string>;

  search(request: wire.SearchRequest): Promise<wire.SearchResult>;
  page(handle: number, offset: number, limit: number): Promise<wire.Card[]>;
  position(handle: number, id: string): Promise<number | null>;
  complete(text: string, cursor: number): Promise<wire.Completion[]>;
  duplicates(kind: wire.ReviewKind, offset: number, limit: number): Promise<[wire.DuplicateGroup[], number]>;

  asset(id: string): Promise<wire.AssetDetail>;
  selection(targets: wire.Targets): Promise<wire.SelectionSummary>;
  /** Tells which assets are on screen, so that their previews are made first. */
  visible(ids: string[]): Promise<void>;
  exportTo(targets: wire.Targets, folder: string): Promise<wire.ExportDone>;
  /** Lowest and highest sample of each stretch of a sound, -128 to 127. */
  peaks(id: string): Promise<[number, number][]>;
  /** The frames of an animation; their picture is at `sheetUrl`. */
  animation(id: string): Promise<wire.AnimationSheet>;
  /** The words of a text, cut after `limit` bytes. */
  text(id: string, limit: number): Promise<string>;

  edit(edit: wire.Edit): Promise<wire.EditDone>;
  undo(): Promise<wire.HistoryStep | null>;
  redo(): Promise<wire.HistoryStep | null>;
  history(limit: number): Promise<wire.HistoryStep[]>;
  renamePreview(targets: wire.Targets, pattern: string, find: string, replace: string): Promise<wire.RenamePreview>;

  importPaths(request: wire.ImportRequest): Promise<string>;
  /** Files or a picture on the clipboard; none when there is nothing that can be brought in. */
  paste(copy: boolean): Promise<string | null>;
  jobs(): Promise<wire.Job[]>;
  jobReport(id: string): Promise<wire.JobReport>;
  pauseJob(id: string): Promise<void>;
  resumeJob(id: string): Promise<void>;
  cancelJob(id: string): Promise<void>;
  watchFolder(path: string, copy: boolean): Promise<wire.WatchedFolder>;
  unwatchFolder(id: string): Promise<void>;
  rescan(id: string): Promise<string>;

  settings(): Promise<wire.Settings>;
  saveSettings(settings: wire.Settings): Promise<void>;
  appInfo(): Promise<wire.AppInfo>;
  /** The first page, or what stands in its place, is on screen. */
  painted(): Promise<void>;
  doctor(): Promise<wire.Finding[]>;

  /** Asks the person for files; empty when they changed their mind. */
  pickFiles(): Promise<string[]>;
  /** Asks the person for a folder; none when they changed their mind. */
  pickFolder(): Promise<string | null>;
  /** Asks where a library is or shall be; none when they changed their mind. */
  pickLibrary(): Promise<string | null>;
  copyText(text: string): Promise<void>;
  /** Shows the asset's file in the system's file manager. */
  reveal(id: string): Promise<void>;
  revealPath(path: string): Promise<void>;
  /** Opens the asset's file in the program that the system has for it. */
  openExternal(id: string): Promise<void>;
  /** Hands the files of these assets to a drag of the system; the mouse button must still be down. */
  startDrag(ids: string[]): Promise<void>;

  /** Address of an asset's picture at about `side` pixels. Changes with the content, so it can be cached for ever. */
  previewUrl(id: string, content: string, side: number): string;
  /** Address of the asset's own bytes; the name is for what derives a type from an ending. */
  contentUrl(id: string, name: string): string;
  /** Address of a file beside a model, by its path relative to the model's folder. */
  siblingUrl(id: string, path: string): string;
  /** Address of the full picture as PNG, for formats that a web view does not draw. */
  pixelsUrl(id: string, content: string): string;
  /** Address of all frames of an animation in one picture. */
  sheetUrl(id: string, content: string): string;

  /** How the Studio stands to its cloud. Everything of the cloud is optional: without one the Studio works alone. */
  cloudState(): Promise<wire.CloudState>;
  cloudWelcome(locale: string): Promise<wire.CloudWelcome>;
  /** From memory at once; with `hear` something newer is asked for, and `onCloud` tells. */
  cloudList(ask: wire.CloudAsk, hear: boolean): Promise<wire.CloudList>;
  cloudAct(act: wire.CloudAct): Promise<wire.CloudDone>;
  cloudUnsent(): Promise<wire.UnsentComment[]>;
  cloudPeople(project: string, begins: string): Promise<wire.Person[]>;
  cloudLook(place: wire.PresencePlace | null): Promise<void>;
  /** The project that a library belongs to. */
  cloudProject(library: string): Promise<string | null>;
  cloudChooseProject(library: string, project: string | null): Promise<void>;
  /** Tells the desktop of a notification, unless the window is in front; whether it was told there. */
  cloudNotice(about: string, title: string, body: string): Promise<boolean>;
  onCloud(hear: (news: wire.CloudNews) => void): () => void;

  /** Both return what ends the listening. */
  onEvent(hear: (event: wire.Event) => void): () => void;
  onFileDrag(hear: (drag: wire.FileDrag) => void): () => void;
}
