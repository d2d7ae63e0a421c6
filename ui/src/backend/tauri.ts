/** The real backend: the shell's commands, events and addresses. Nothing is decided here. */

import { convertFileSrc } from "@tauri-apps/api/core";
import { commands, events } from "./generated/bindings";
import { type Backend, BackendError } from "./index";
import type * as wire from "./types";

/** Rejections become errors with a code. */
async function answer<T>(asked: Promise<T>): Promise<T> {
  try {
    return await asked;
  } catch (thrown) {
    throw BackendError.from(thrown);
  }
}

async function done(asked: Promise<unknown>): Promise<void> {
  await answer(asked);
}

/** The engine writes every field of types with defaults; the generated types cannot say so (see types.ts). */
async function whole<T>(asked: Promise<unknown>): Promise<T> {
  return (await answer(asked)) as T;
}

/** Listening starts a moment later than it is asked for; ending it before that must still end it. */
function listening(started: Promise<() => void>): () => void {
  let ended = false;
  let end: (() => void) | undefined;
  void started.then((unlisten) => {
    if (ended) unlisten();
    else end = unlisten;
  });
  return () => {
    ended = true;
    end?.();
  };
}

/** `scheme://localhost/` or what the platform has instead. */
const base = (scheme: string) => convertFileSrc("", scheme);

/** A path whose slashes stay and whose other letters are safe in an address. */
const path = (text: string) => text.split("/").map(encodeURIComponent).join("/");

export function tauriBackend(): Backend {
  const [preview, content, pixels] = [base("preview"), base("content"), base("pixels")];
  return {
    real: true,
    libraryState: () => answer(commands.libraryState()),
    knownLibraries: () => answer(commands.libraryKnown()),
    openLibrary: (folder, create) => done(commands.libraryOpen(folder, create)),
    summary: () => answer(commands.summary()),
    addSamples: () => answer(commands.addSamples()),

    search: (request) => answer(commands.search(request)),
    page: (handle, offset, limit) => answer(commands.page(handle, offset, limit)),
    position: (handle, id) => answer(commands.position(handle, id)),
    complete: (text, cursor) => answer(commands.complete(text, cursor)),
    duplicates: (kind, offset, limit) => answer(commands.duplicates(kind, offset, limit)),

    asset: (id) => whole<wire.AssetDetail>(commands.asset(id)),
    selection: (targets) => answer(commands.selection(targets)),
    visible: (ids) => done(commands.visible(ids)),
    exportTo: (targets, folder) => answer(commands.exportTo(targets, folder)),
    peaks: (id) => answer(commands.peaks(id)),
    animation: (id) => answer(commands.animation(id)),
    text: (id, limit) => answer(commands.text(id, limit)),

    edit: (edit) => answer(commands.edit(edit)),
    undo: () => answer(commands.undo()),
    redo: () => answer(commands.redo()),
    history: (limit) => answer(commands.history(limit)),
    renamePreview: (targets, pattern, find, replace) => answer(commands.renamePreview(targets, pattern, find, replace)),

    importPaths: (request) => answer(commands.importFiles(request)),
    paste: (copy) => answer(commands.paste(copy)),
    jobs: () => whole<wire.Job[]>(commands.jobs()),
    jobReport: (id) => whole<wire.JobReport>(commands.jobReport(id)),
    pauseJob: (id) => done(commands.jobPause(id)),
    resumeJob: (id) => done(commands.jobResume(id)),
    cancelJob: (id) => done(commands.jobCancel(id)),
    watchFolder: (folder, copy) => answer(commands.watchFolder(folder, copy)),
    unwatchFolder: (id) => done(commands.unwatchFolder(id)),
    rescan: (id) => answer(commands.rescan(id)),

    settings: () => whole<wire.Settings>(commands.settings()),
    saveSettings: (settings) => done(commands.saveSettings(settings)),
    appInfo: () => answer(commands.appInfo()),
    painted: () => done(commands.painted()),
    doctor: () => answer(commands.doctor()),

    pickFiles: () => answer(commands.pickFiles()),
    pickFolder: () => answer(commands.pickFolder()),
    pickLibrary: () => answer(commands.pickLibrary()),
    copyText: (text) => navigator.clipboard.writeText(text),
    reveal: (id) => done(commands.reveal(id)),
    revealPath: (place) => done(commands.revealPath(place)),
    openExternal: (id) => done(commands.openExternal(id)),
    startDrag: (ids) => done(commands.startDrag(ids)),

    previewUrl: (id, hash, side) => `${preview}${id}?side=${side}&v=${hash}`,
    contentUrl: (id, name) => `${content}${id}/${encodeURIComponent(name)}`,
    siblingUrl: (id, place) => `${content}${id}/sibling/${path(place)}`,
    pixelsUrl: (id, hash) => `${pixels}${id}?v=${hash}`,
    sheetUrl: (id, hash) => `${pixels}${id}/sheet?v=${hash}`,

    cloudState: () => answer(commands.cloudState()),
    cloudWelcome: (locale) => answer(commands.cloudWelcome(locale)),
    cloudList: (ask, hear) => answer(commands.cloudList(ask, hear)),
    cloudAct: (act) => answer(commands.cloudAct(act)),
    cloudUnsent: () => answer(commands.cloudUnsent()),
    cloudPeople: (project, begins) => answer(commands.cloudPeople(project, begins)),
    cloudLook: (place) => done(commands.cloudLook(place)),
    cloudProject: (library) => answer(commands.cloudProject(library)),
    cloudChooseProject: (library, project) => done(commands.cloudChooseProject(library, project)),
    cloudNotice: (about, title, body) => answer(commands.cloudNotice(about, title, body)),
    onCloud: (tell) => listening(events.cloudEvent.listen(({ payload }) => tell(payload))),

    onEvent: (tell) => listening(events.studioEvent.listen(({ payload }) => tell(payload as wire.Event))),
    onFileDrag: (tell) => listening(events.fileDrag.listen(({ payload }) => tell(payload))),
  };
}
