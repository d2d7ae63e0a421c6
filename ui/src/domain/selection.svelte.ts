/**
 * Which assets are selected. Either some ids, or everything that a search found without some: selecting a million
 * costs nothing and loads nothing.
 */

import type { Card, Targets } from "$backend";

/** What selecting needs to know of a search's answer. */
export interface Found {
  readonly handle: number;
  readonly total: number;
  card(index: number): Card | undefined;
  /** Ids at the indices from `from` up to and without `to`, loading what is missing. */
  ids(from: number, to: number): Promise<string[]>;
}

export interface Keys { shift: boolean; toggle: boolean }

export class Selection {
  private some = $state.raw<ReadonlySet<string>>(new Set());
  private all = $state.raw<{ handle: number; total: number; except: ReadonlySet<string> } | null>(null);
  /** Indices of a range whose ids are still being fetched: drawn as selected at once. */
  private pending = $state.raw<readonly [number, number] | null>(null);
  /** Index that the keyboard is at; -1 for nowhere. */
  cursor = $state(-1);
  /** Grows whenever a person moved the cursor, so that it is brought into view; not when the results changed under it. */
  reveals = $state(0);
  private anchor = -1;
  private ask = 0;

  get count(): number {
    if (this.all) return Math.max(0, this.all.total - this.all.except.size);
    return this.pending ? Math.max(this.some.size, this.pending[1] - this.pending[0]) : this.some.size;
  }

  get empty(): boolean {
    return this.count === 0;
  }

  get everything(): boolean {
    return this.all !== null;
  }

  /** The one that is selected, if it is one. */
  get single(): string | null {
    if (this.all || this.some.size !== 1) return null;
    const [id] = this.some;
    return id ?? null;
  }

  /** Those that are known by id; none when everything is selected. */
  get ids(): readonly string[] {
    return this.all ? [] : [...this.some];
  }

  has(id: string, index = -1): boolean {
    if (this.all) return !this.all.except.has(id);
    if (this.pending && index >= this.pending[0] && index < this.pending[1]) return true;
    return this.some.has(id);
  }

  targets(): Targets {
    if (this.all) return { of: "results", handle: this.all.handle, except: [...this.all.except] };
    return { of: "ids", ids: [...this.some] };
  }

  clear(): void {
    this.set([]);
  }

  set(ids: readonly string[]): void {
    this.ask += 1;
    this.pending = null;
    this.all = null;
    this.some = new Set(ids);
  }

  selectAll(found: Found): void {
    this.ask += 1;
    this.pending = null;
    this.some = new Set();
    this.all = { handle: found.handle, total: found.total, except: new Set() };
  }

  invert(found: Found): void {
    if (this.all) {
      this.set([...this.all.except]);
    } else {
      const except = this.some;
      this.selectAll(found);
      this.all = { handle: found.handle, total: found.total, except };
    }
  }

  toggle(id: string): void {
    const set = new Set(this.all ? this.all.except : this.some);
    if (!set.delete(id)) set.add(id);
    this.pending = null;
    this.ask += 1;
    if (this.all) this.all = { ...this.all, except: set };
    else this.some = set;
  }

  /** A click or a key landed on a cell. */
  async choose(found: Found, index: number, keys: Keys): Promise<void> {
    if (index < 0 || index >= found.total) return;
    this.moveTo(index);
    if (keys.shift && this.anchor >= 0) {
      await this.range(found, this.anchor, index, keys.toggle);
      return;
    }
    this.anchor = index;
    const id = found.card(index)?.id ?? (await found.ids(index, index + 1))[0];
    if (id === undefined) return;
    if (keys.toggle) this.toggle(id);
    else this.set([id]);
  }

  /** Selects all between two cells, both included. Ids not yet loaded are fetched, at most half of all. */
  async range(found: Found, a: number, b: number, add: boolean): Promise<void> {
    const from = Math.max(0, Math.min(a, b));
    const to = Math.min(found.total, Math.max(a, b) + 1);
    if (from === 0 && to === found.total) {
      this.selectAll(found);
      return;
    }
    const before = add && !this.all ? this.some : new Set<string>();
    this.all = null;
    this.some = before;
    this.pending = [from, to];
    this.ask += 1;
    const ask = this.ask;
    if (to - from <= found.total / 2 || add) {
      const ids = await found.ids(from, to);
      if (ask !== this.ask) return;
      this.some = new Set([...before, ...ids]);
    } else {
      const [head, tail] = [await found.ids(0, from), await found.ids(to, found.total)];
      if (ask !== this.ask) return;
      this.all = { handle: found.handle, total: found.total, except: new Set([...head, ...tail]) };
      this.some = new Set();
    }
    this.pending = null;
  }

  /** Moves the keyboard's place without selecting. */
  moveTo(index: number): void {
    this.cursor = index;
    this.reveals += 1;
  }

  /** The results changed: the selected asset stands elsewhere now. */
  stands(index: number): void {
    this.cursor = index;
    this.anchor = index;
  }

  /** A new search was shown: the keyboard's place and ranges start again; ids stay only when `keep`. */
  renew(found: Found, keep: boolean): void {
    if (!keep) {
      this.clear();
      this.cursor = -1;
      this.anchor = -1;
    } else if (this.all) {
      // The same question asked again: “everything” means the new answer.
      this.all = { ...this.all, handle: found.handle, total: found.total };
      this.cursor = Math.min(this.cursor, found.total - 1);
    } else {
      this.pending = null;
      this.cursor = Math.min(this.cursor, found.total - 1);
    }
  }
}
