/**
 * The cloud as the window shows it: how it stands, lists with their age, what waits to be sent. The engine answers lists
 * from what it remembers and says when something newer came; nothing here decides who may do what.
 */

import { SvelteMap } from "svelte/reactivity";
import { type Backend, BackendError, type CloudAct, type CloudAsk, type CloudDone, type CloudList, type CloudNews, type CloudRows, type CloudState, type Notification, type Presence, type SignInProvider, type UnsentComment } from "$backend";

/** The rows of a list by its name. */
export type RowsOf<L extends CloudAsk["list"]> = Extract<CloudRows, { list: L }>["rows"];

/** Whose pages one may come by, as they call themselves. */
export const PROVIDERS: Readonly<Record<SignInProvider, string>> = { github: "GitHub", google: "Google", discord: "Discord" };

const ALONE: CloudState = { address: null, offered: null, link: "none", account: null, offlineSinceMs: null, memoryOnly: false, unsent: 0, unread: 0, offers: 0 };

/** Who is told of what concerns a person rather than a list. */
export interface CloudHears {
  told: (notification: Notification) => void;
  /** A notice on the desktop was pressed. */
  pressed: (notification: string) => void;
}

/** A list that is on screen. */
class Shown {
  list = $state.raw<CloudList | null>(null);
  /** How many views show it. */
  views = 0;

  constructor(readonly ask: CloudAsk) {}
}

export class Cloud {
  state = $state.raw<CloudState>(ALONE);
  unsent = $state.raw<readonly UnsentComment[]>([]);
  /** Who else is in the chosen project. */
  present = $state.raw<readonly Presence[]>([]);
  /** The project that the open library belongs to. */
  project = $state<string | null>(null);
  /** Set while a fresh proof is asked for: answers whether it was given. */
  proving = $state.raw<((proved: boolean) => void) | null>(null);

  private shown = new SvelteMap<string, Shown>();
  private library: string | null = null;
  private end: (() => void) | undefined;

  constructor(private readonly backend: Backend, private readonly complain: (thrown: unknown) => void, private readonly hears: CloudHears) {}

  get signedIn(): boolean {
    return this.state.link !== "none" && this.state.link !== "signedOut";
  }

  get away(): boolean {
    return this.state.link === "offline";
  }

  async start(): Promise<void> {
    this.end = this.backend.onCloud((news) => this.heard(news));
    try {
      this.state = await this.backend.cloudState();
      await this.loadUnsent();
    } catch (thrown) {
      this.complain(thrown);
    }
  }

  stop(): void {
    this.end?.();
  }

  /** Another library is open: which project is it? */
  async of(library: string | null): Promise<void> {
    this.library = library;
    this.present = [];
    this.project = null;
    if (library === null) return;
    try {
      const project = await this.backend.cloudProject(library);
      if (this.library === library) this.project = project;
    } catch (thrown) {
      this.complain(thrown);
    }
  }

  /** Puts the open library into a project, or takes it out. */
  async choose(project: string | null): Promise<void> {
    if (this.library === null) return;
    try {
      await this.backend.cloudChooseProject(this.library, project);
      this.project = project;
      this.present = [];
    } catch (thrown) {
      this.complain(thrown);
    }
  }

  /** Tells the others what is looked at. */
  look(asset: string | null): void {
    const place = this.signedIn && this.project !== null ? { project_id: this.project, object_kind: asset === null ? null : "asset", object_id: asset } : null;
    void this.backend.cloudLook(place).catch(this.complain);
  }

  /** Shows a list until the returned function is called; it is asked for anew at once and whenever something changed. */
  show(ask: CloudAsk): () => void {
    const key = JSON.stringify(ask);
    const shown = this.shown.get(key) ?? new Shown(ask);
    shown.views += 1;
    this.shown.set(key, shown);
    void this.read(shown, true);
    return () => {
      shown.views -= 1;
      if (shown.views === 0) this.shown.delete(key);
    };
  }

  /** A list on screen; none before its first answer. */
  list(ask: CloudAsk): CloudList | null {
    return this.shown.get(JSON.stringify(ask))?.list ?? null;
  }

  /** Its rows; none when it was never heard. */
  rows<L extends CloudAsk["list"]>(list: L, ask: CloudAsk): RowsOf<L> | null {
    const rows = this.list(ask)?.rows;
    return (rows?.list === list ? rows.rows : null) as unknown as RowsOf<L> | null;
  }

  /** Asks for a list again, at a person's wish. */
  again(ask: CloudAsk): void {
    const shown = this.shown.get(JSON.stringify(ask));
    if (shown) void this.read(shown, true);
  }

  /** Does something, asking for a fresh proof first where the cloud wants one. Throws what went wrong. */
  async attempt(act: CloudAct): Promise<CloudDone> {
    try {
      return await this.backend.cloudAct(act);
    } catch (thrown) {
      if (BackendError.from(thrown).code !== "step_up") throw thrown;
      if (!(await this.prove())) throw thrown;
      return this.backend.cloudAct(act);
    }
  }

  /** The same, saying what went wrong; none then. */
  async act(act: CloudAct): Promise<CloudDone | undefined> {
    try {
      return await this.attempt(act);
    } catch (thrown) {
      // Who closes the question for a proof has changed their mind, and knows it.
      if (BackendError.from(thrown).code !== "step_up") this.complain(thrown);
      return undefined;
    }
  }

  private prove(): Promise<boolean> {
    return new Promise((answer) => {
      this.proving?.(false);
      this.proving = (proved) => {
        this.proving = null;
        answer(proved);
      };
    });
  }

  private async read(shown: Shown, hear: boolean): Promise<void> {
    if (!this.signedIn) return;
    try {
      shown.list = await this.backend.cloudList(shown.ask, hear);
    } catch (thrown) {
      if (BackendError.from(thrown).code !== "signed_out") this.complain(thrown);
    }
  }

  private async loadUnsent(): Promise<void> {
    this.unsent = this.signedIn ? await this.backend.cloudUnsent() : [];
  }

  private heard(news: CloudNews): void {
    switch (news.is) {
      case "state": {
        const before = this.state;
        this.state = news.state;
        if (before.account?.id === news.state.account?.id && before.link === news.state.link) break;
        if (!this.signedIn) this.present = [];
        void this.loadUnsent().catch(this.complain);
        if (before.account?.id !== news.state.account?.id) for (const shown of this.shown.values()) void this.read(shown, true);
        break;
      }
      case "heard": {
        const shown = this.shown.get(JSON.stringify(news.ask)) ?? [...this.shown.values()].find((each) => same(each.ask, news.ask));
        if (shown) void this.read(shown, false);
        break;
      }
      case "stale":
        for (const shown of this.shown.values()) if (news.scope === null || concerns(shown.ask, news.scope)) void this.read(shown, true);
        break;
      case "present":
        if (news.project === this.project) this.present = news.people;
        break;
      case "unsent":
        void this.loadUnsent().catch(this.complain);
        break;
      case "told":
        this.hears.told(news.notification);
        break;
      case "pressed":
        this.hears.pressed(news.id);
        break;
    }
  }
}

/** Fields may come back in another order. */
function same(one: CloudAsk, other: CloudAsk): boolean {
  const ordered = (ask: CloudAsk) => JSON.stringify(ask, (_, value: unknown) => (value !== null && typeof value === "object" ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1))) : value));
  return ordered(one) === ordered(other);
}

/** Whether news of a scope may change a list: those without a scope of their own are the person's. */
function concerns(ask: CloudAsk, scope: string): boolean {
  if ("place" in ask) return ask.place === null || ask.place.id === scope;
  if ("workspace" in ask) return ask.workspace === scope;
  if ("project" in ask) return ask.project === scope;
  return true;
}
