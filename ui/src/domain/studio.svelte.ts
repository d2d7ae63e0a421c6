/**
 * The window's state and what can be done with it. Views read it and call it; it talks to the backend.
 * What it hears from there is in `events.ts`, importing in `imports.ts`, edits are in `edits.ts`, the list of all actions is
 * in `actions.ts`.
 */

import { type AssetDetail, type Backend, BackendError, type Job, type KnownLibrary, type LibraryState, type LibrarySummary, type SelectionSummary, type Settings } from "$backend";
import { languageFor, setLanguage, t } from "$messages";
import { Cloud } from "./cloud.svelte";
import type { Dialog } from "./dialogs";
import { heard } from "./events";
import { Notices } from "./notices";
import { type Place, placeQuery, samePlace } from "./places";
import { both, ranks } from "./query";
import { leavesOut, leftOut, withoutSidecars } from "./sidecars";
import { Results } from "./results.svelte";
import { Saving } from "./saving";
import { Selection } from "./selection.svelte";
import { Toasts } from "./toasts.svelte";

export const DEFAULTS: Settings = {
  theme: "dark", view: "grid", thumb: 132, sidebar: 216, inspector: 300, sort: "", copy: false,
  importThreads: 0, importMemory: 400, language: "system", welcomed: false, showSidecars: false,
};

/** Waiting after the last key before a search is sent, and between refreshes while something runs. */
const TYPING_MS = 20;
const REFRESH_MS = 400;

export class Studio {
  readonly toasts = new Toasts();
  readonly selection = new Selection();
  readonly results: Results;
  readonly cloud: Cloud;
  readonly notices = new Notices(this);

  settings = $state<Settings>({ ...DEFAULTS });
  library = $state.raw<LibraryState | null>(null);
  libraries = $state.raw<KnownLibrary[]>([]);
  summary = $state.raw<LibrarySummary | null>(null);
  jobs = $state.raw<ReadonlyMap<string, Job>>(new Map());

  place = $state.raw<Place>({ is: "all" });
  /** What stands in the search field. */
  text = $state("");
  sort = $state("");

  /** The single selected asset, or what many have in common. */
  detail = $state.raw<AssetDetail | null>(null);
  common = $state.raw<SelectionSummary | null>(null);

  dialog = $state.raw<Dialog | null>(null);
  palette = $state(false);
  /** Whether suggestions are shown below the search field: what is half written is not complained about yet. */
  suggesting = $state(false);
  /** The asset shown large over the window, and the one shown in the full viewer. */
  quickLook = $state<string | null>(null);
  viewer = $state<string | null>(null);
  /** Whether the inspector's name is being written. */
  naming = $state(false);
  /** When the last edit was saved; none before the first. */
  savedMs = $state<number | null>(null);
  saving = $state(0);
  /** Set by the views: puts the caret into the search field, or the focus on the assets. */
  focusSearch: () => void = () => undefined;
  focusContent: () => void = () => undefined;

  private typing: ReturnType<typeof setTimeout> | undefined;
  private refreshing: ReturnType<typeof setTimeout> | undefined;
  private refreshedAt = 0;
  private inspected = 0;
  private readonly keeping = new Saving(() => void this.attempt(() => this.backend.saveSettings($state.snapshot(this.settings))));
  private ends: (() => void)[] = [];

  constructor(readonly backend: Backend) {
    this.results = new Results(backend, (thrown) => this.complain(thrown));
    this.cloud = new Cloud(backend, (thrown) => this.complain(thrown), { told: (notification) => void this.notices.tell(notification), pressed: (id) => void this.notices.pressed(id) });
  }

  get open(): boolean {
    return this.library?.is === "open";
  }

  get readOnly(): boolean {
    return this.library?.is === "open" && this.library.readOnly;
  }

  /** The whole question: the place's and the field's. */
  get query(): string {
    return both(placeQuery(this.place, this.summary), this.text);
  }

  /** How many of them the shown answer left out. */
  get sidecarsHidden(): number {
    return this.results.asked.query === withoutSidecars(this.query) ? leftOut(this.results.facets) : 0;
  }

  /** How many assets there are to be seen at all, asked this way: the second number of “12 of 34”. */
  get whole(): number {
    const without = this.results.asked.query === withoutSidecars(this.query);
    return this.results.of - (without ? (this.summary?.sidecars.assets ?? 0) : 0);
  }

  showSidecars(show: boolean): void {
    this.change({ showSidecars: show });
    void this.search();
  }

  /** What is asked for a text in the field: with the place's own question, without what is left out. */
  asking(text: string): string {
    const query = both(placeQuery(this.place, this.summary), text);
    return !this.settings.showSidecars && leavesOut(this.place, text) ? withoutSidecars(query) : query;
  }

  private get request(): { query: string; sort: string } {
    return { query: this.asking(this.text), sort: this.sort };
  }

  /** Whether the question has something to be best at: words, a likeness, a colour. */
  get ranks(): boolean {
    return ranks(this.query);
  }

  /** The order as it is: without anything to be best at, the best is the newest (`SortKey::Relevance`). */
  get shownSort(): string {
    return this.sort === "" && !this.ranks ? "-added" : this.sort;
  }

  get activeJobs(): Job[] {
    return [...this.jobs.values()].filter((job) => job.state === "running" || job.state === "paused");
  }

  async start(): Promise<void> {
    this.ends.push(this.backend.onEvent((event) => heard(this, event)));
    try {
      this.settings = { ...DEFAULTS, ...(await this.backend.settings()) };
      this.sort = this.settings.sort;
      this.applyLanguage();
      void this.cloud.start();
      this.library = await this.backend.libraryState();
      await this.loadLibrary();
    } catch (thrown) {
      this.complain(thrown);
    }
  }

  stop(): void {
    for (const end of this.ends) end();
    this.ends = [];
    clearTimeout(this.typing);
    clearTimeout(this.refreshing);
    this.cloud.stop();
  }

  complain(thrown: unknown): void {
    const error = BackendError.from(thrown);
    // New terms are read and agreed to where all consents are.
    const action = error.code === "consent_required" ? { label: t("account.readTerms"), run: () => (this.dialog = { is: "account", page: "data" }) } : undefined;
    this.toasts.show("bad", error.message, action && { action });
  }

  /** Runs something that may fail, and says so when it does. */
  async attempt<T>(work: () => Promise<T>): Promise<T | undefined> {
    try {
      return await work();
    } catch (thrown) {
      this.complain(thrown);
      return undefined;
    }
  }

  /** Asks over a dialog, and goes back to it, or to none. */
  dialogOver(ask: { title: string; words: string; verb: string; danger: boolean; done: () => void; back: Dialog | null }): void {
    this.dialog = { is: "confirm", ...ask };
  }

  /** Signs out of the cloud; asks first where something that was written would be lost. */
  signOut(): void {
    const done = () => void this.cloud.act({ do: "signOut" });
    this.dialog = null;
    const n = this.cloud.state.unsent;
    if (n === 0) done();
    else this.dialog = { is: "confirm", title: t("account.signOut"), words: t("account.signOutUnsent", { n }), verb: t("account.signOut"), danger: true, done };
  }

  // Searching

  /** The field changed: searches a moment later, newest wins. */
  type(text: string): void {
    this.write(text);
    clearTimeout(this.typing);
    this.typing = setTimeout(() => void this.search(), TYPING_MS);
  }

  /** The field changed for good: searches now. */
  ask(text: string): void {
    this.write(text);
    void this.search();
  }

  /** The review of duplicates is no list to be searched: a question leads out of it. */
  private write(text: string): void {
    if (this.place.is === "duplicates" && text.trim() !== "") this.place = { is: "all" };
    this.text = text;
  }

  go(place: Place): void {
    const leaving = !samePlace(place, this.place);
    this.place = place;
    if (leaving) this.text = "";
    if (place.is === "smart") {
      this.sort = this.summary?.smartFolders.find((folder) => folder.id === place.id)?.sort || this.settings.sort;
    } else if (leaving) {
      this.sort = this.settings.sort;
    }
    if (place.is !== "duplicates") void this.search();
    else this.selection.clear();
  }

  orderBy(sort: string): void {
    this.sort = sort;
    if (this.place.is !== "smart") this.change({ sort });
    void this.search();
  }

  async search(): Promise<void> {
    clearTimeout(this.typing);
    if (!this.open) return;
    if (await this.results.search(this.request)) {
      this.selection.renew(this.results, false);
      void this.inspect();
    }
  }

  /** The library changed: asks the same again, often enough to follow and seldom enough to stay quick. */
  refresh(): void {
    if (this.refreshing !== undefined) return;
    const wait = Math.max(0, this.refreshedAt + REFRESH_MS - performance.now());
    this.refreshing = setTimeout(() => {
      this.refreshing = undefined;
      this.refreshedAt = performance.now();
      void this.refreshNow();
    }, wait);
  }

  private async refreshNow(): Promise<void> {
    if (!this.open) return;
    const [shown] = await Promise.all([this.results.search(this.request), this.loadSummary()]);
    if (shown) {
      this.selection.renew(this.results, true);
      await this.follow();
    }
    void this.inspect();
  }

  /** New assets push others down: the cursor stays with its asset, not with its number. */
  private async follow(): Promise<void> {
    const { single } = this.selection;
    if (single === null || this.results.card(this.selection.cursor)?.id === single) return;
    const { handle } = this.results;
    const at = await this.attempt(() => this.backend.position(handle, single));
    if (typeof at === "number" && this.selection.single === single && this.results.handle === handle) this.selection.stands(at);
  }

  // Inspecting

  /** Fetches what the inspector shows for the present selection; older answers are dropped. */
  async inspect(): Promise<void> {
    this.inspected += 1;
    const turn = this.inspected;
    const single = this.selection.single;
    if (this.selection.empty) {
      this.detail = null;
      this.common = null;
      return;
    }
    try {
      if (single !== null) {
        const detail = await this.backend.asset(single);
        if (turn === this.inspected) [this.detail, this.common] = [detail, null];
      } else {
        const common = await this.backend.selection(this.selection.targets());
        if (turn === this.inspected) [this.detail, this.common] = [null, common];
      }
    } catch (thrown) {
      if (turn !== this.inspected) return;
      // What was selected is gone (removed here or by another program): nothing to complain about.
      if (BackendError.from(thrown).code === "not_found") this.selection.clear();
      else this.complain(thrown);
      this.detail = null;
      this.common = null;
    }
  }

  async choose(index: number, keys: { shift: boolean; toggle: boolean }): Promise<void> {
    this.naming = false;
    await this.attempt(() => this.selection.choose(this.results, index, keys));
    await this.inspect();
  }

  /** Where an asset that is looked at stands in the results; none when it is not among them. */
  placeOf(id: string): number | null {
    const { cursor } = this.selection;
    return cursor >= 0 && this.results.card(cursor)?.id === id ? cursor : null;
  }

  /** Opens the full viewer for an asset. */
  openViewer(id: string): void {
    this.quickLook = null;
    this.viewer = id;
  }

  /** Shows or hides the large preview of the selected asset. */
  toggleQuickLook(): void {
    if (this.quickLook !== null) this.quickLook = null;
    else this.quickLook = this.selection.single ?? this.results.card(this.selection.cursor)?.id ?? null;
  }

  /** Selects the next or previous asset of the results, and shows it where one is looked at. */
  async step(by: 1 | -1): Promise<void> {
    const to = this.selection.cursor + by;
    if (to < 0 || to >= this.results.total) return;
    await this.choose(to, { shift: false, toggle: false });
    const next = this.selection.single;
    if (next === null) return;
    if (this.quickLook !== null) this.quickLook = next;
    else if (this.viewer !== null) this.viewer = next;
  }

  // Settings

  change(part: Partial<Settings>): void {
    this.settings = { ...this.settings, ...part };
    if (part.language !== undefined) this.applyLanguage();
    this.keeping.soon();
  }

  private applyLanguage(): void {
    const language = languageFor(this.settings.language, navigator.languages ?? [navigator.language]);
    setLanguage(language);
    document.documentElement.lang = language;
  }

  // The library

  async openLibrary(path: string, create: boolean): Promise<void> {
    await this.attempt(() => this.backend.openLibrary(path, create));
  }

  async pickLibrary(create: boolean): Promise<void> {
    const path = await this.attempt(() => this.backend.pickLibrary());
    if (path) await this.openLibrary(path, create);
  }

  async loadLibrary(): Promise<void> {
    void this.cloud.of(this.library?.is === "open" ? this.library.path : null);
    const known = this.loadKnown();
    if (this.open) await Promise.all([this.loadSummary(), this.search(), this.loadJobs()]);
    await known;
  }

  private async loadKnown(): Promise<void> {
    this.libraries = (await this.attempt(() => this.backend.knownLibraries())) ?? [];
  }

  async loadSummary(): Promise<void> {
    const summary = await this.attempt(() => this.backend.summary());
    if (summary) this.summary = summary;
  }

  async loadJobs(): Promise<void> {
    const before = this.jobs;
    const jobs = await this.attempt(() => this.backend.jobs());
    if (!jobs) return;
    // What was heard of a job while this was asked is newer than the answer.
    const moved = [...this.jobs].filter(([id, job]) => before.get(id) !== job);
    this.jobs = new Map([...jobs.map((job) => [job.id, job] as const), ...moved]);
  }
}
