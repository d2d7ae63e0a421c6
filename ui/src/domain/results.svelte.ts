/** What the present search found: a handle, a count, and the pages that were looked at. */

import { type Backend, BackendError, type Card, type Facet, type SearchRequest } from "$backend";
import type { Found } from "./selection.svelte";

export const PAGE = 200;
/** Pages kept in memory: 64 × 200 cards are about 6 MB. */
const KEEP = 64;

interface Answer {
  handle: number;
  total: number;
  pages: Map<number, Card[]>;
}

export class Results implements Found {
  /** What was asked last, answered or not. */
  asked = $state.raw<SearchRequest>({ query: "", sort: "" });
  total = $state(0);
  of = $state(0);
  handle = $state(-1);
  facets = $state.raw<Facet[]>([]);
  warnings = $state.raw<string[]>([]);
  tookMs = $state(0);
  complete = $state(true);
  /** Whether any search was answered yet. */
  ready = $state(false);
  /** Grows whenever cards came or changed, so that cells look again. */
  version = $state(0);

  /** Set by the view: the asset that must not move on screen while the same question is answered anew. */
  anchor: () => { id: string; index: number } | null = () => null;
  private moved: { from: number; to: number } | null = null;
  private answer: Answer = { handle: -1, total: 0, pages: new Map() };
  private waiting = new Set<string>();
  private turn = 0;
  private view: readonly [number, number] = [0, 0];

  constructor(
    private readonly backend: Pick<Backend, "search" | "page" | "position">,
    private readonly complain: (thrown: unknown) => void,
  ) {}

  /** Asks. An answer that comes after a newer question is dropped. True when this answer was shown. */
  async search(request: SearchRequest): Promise<boolean> {
    const again = request.query === this.asked.query && request.sort === this.asked.sort;
    this.turn += 1;
    const turn = this.turn;
    this.asked = request;
    try {
      const found = await this.backend.search(request);
      if (turn !== this.turn) return false;
      const answer: Answer = { handle: found.handle, total: found.total, pages: new Map() };
      if (found.first.length === Math.min(PAGE, found.total)) answer.pages.set(0, found.first);
      // The same question again (something changed): what is on screen is fetched first, so that nothing flickers.
      const moved = again ? await this.anchored(answer) : null;
      if (again) await this.fetchView(answer, moved ? moved.to - moved.from : 0);
      if (turn !== this.turn) return false;
      this.moved = moved;
      this.answer = answer;
      this.waiting.clear();
      this.handle = found.handle;
      this.total = found.total;
      this.of = found.of;
      this.facets = found.facets;
      this.warnings = found.warnings;
      this.tookMs = found.tookMs;
      this.complete = found.complete;
      this.ready = true;
      this.version += 1;
      return true;
    } catch (thrown) {
      if (turn === this.turn) this.complain(thrown);
      return false;
    }
  }

  /** Where the anchored asset stood and stands since the last answer; told once. */
  takeMoved(): { from: number; to: number } | null {
    const { moved } = this;
    this.moved = null;
    return moved;
  }

  card(index: number): Card | undefined {
    return this.answer.pages.get(Math.floor(index / PAGE))?.[index % PAGE];
  }

  /** Says which indices are drawn; what is missing of them is fetched. */
  need(from: number, to: number): void {
    this.view = [from, to];
    const answer = this.answer;
    for (let page = Math.floor(from / PAGE); page * PAGE < Math.min(to, answer.total); page += 1) {
      const kept = answer.pages.get(page);
      if (kept) {
        // Looked at last, thrown away last.
        answer.pages.delete(page);
        answer.pages.set(page, kept);
      } else {
        void this.fetch(answer, page).then(() => {
          if (answer === this.answer) this.version += 1;
        });
      }
    }
  }

  async ids(from: number, to: number): Promise<string[]> {
    const answer = this.answer;
    const found: string[] = [];
    for (let at = from; at < Math.min(to, answer.total); ) {
      const page = Math.floor(at / PAGE);
      const end = Math.min(to, (page + 1) * PAGE);
      const cards = answer.pages.get(page) ?? (await this.backend.page(answer.handle, page * PAGE, PAGE));
      for (const card of cards.slice(at - page * PAGE, end - page * PAGE)) found.push(card.id);
      at = end;
    }
    return found;
  }

  /** Changes cards in place, before the engine's own news of it arrives. */
  patch(change: (card: Card) => Card): void {
    for (const [page, cards] of this.answer.pages) this.answer.pages.set(page, cards.map(change));
    this.version += 1;
  }

  private async fetch(answer: Answer, page: number): Promise<void> {
    const key = `${answer.handle}/${page}`;
    if (this.waiting.has(key)) return;
    this.waiting.add(key);
    try {
      const cards = await this.backend.page(answer.handle, page * PAGE, PAGE);
      answer.pages.set(page, cards);
      for (const oldest of answer.pages.keys()) {
        if (answer.pages.size <= KEEP) break;
        answer.pages.delete(oldest);
      }
    } catch (thrown) {
      if (answer !== this.answer) return;
      // The engine keeps the last searches only; one that was looked at for long is simply asked again.
      if (BackendError.from(thrown).code === "not_found") void this.search(this.asked);
      else this.complain(thrown);
    } finally {
      this.waiting.delete(key);
    }
  }

  private async anchored(answer: Answer): Promise<{ from: number; to: number } | null> {
    const anchor = this.anchor();
    if (!anchor) return null;
    const to = await this.backend.position(answer.handle, anchor.id);
    return to === null ? null : { from: anchor.index, to };
  }

  private async fetchView(answer: Answer, shift: number): Promise<void> {
    const [from, to] = this.view.map((index) => Math.max(0, index + shift)) as [number, number];
    const wanted: Promise<void>[] = [];
    for (let page = Math.floor(from / PAGE); page * PAGE < Math.min(to, answer.total); page += 1) {
      if (!answer.pages.has(page)) wanted.push(this.fetch(answer, page));
    }
    await Promise.all(wanted);
  }
}
