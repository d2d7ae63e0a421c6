import { describe, expect, it, vi } from "vitest";
import { BackendError } from "$backend";
import type { Card, SearchRequest, SearchResult } from "$backend";
import { PAGE, Results } from "$domain/results.svelte";

const card = (id: string) => ({ id }) as Card;
const answer = (handle: number, total: number, prefix: string): SearchResult => ({ handle, total, of: 5000, first: Array.from({ length: Math.min(PAGE, total) }, (_, at) => card(`${prefix}${at}`)), facets: [], warnings: [], tookMs: 1, complete: true });

/** A backend whose answers come when the test says so. */
function slow() {
  const open: { request: SearchRequest; done: (result: SearchResult) => void }[] = [];
  const pages: [number, number][] = [];
  return {
    open,
    pages,
    search: (request: SearchRequest) => new Promise<SearchResult>((done) => open.push({ request, done })),
    position: async (_handle: number, _id: string): Promise<number | null> => null,
    page: async (handle: number, offset: number, limit: number) => {
      pages.push([handle, offset]);
      return Array.from({ length: limit }, (_, at) => card(`p${offset + at}`));
    },
  };
}

describe("results", () => {
  it("drop an answer that comes after a newer question", async () => {
    const backend = slow();
    const results = new Results(backend, () => undefined);
    const first = results.search({ query: "g", sort: "" });
    const second = results.search({ query: "go", sort: "" });
    backend.open[1]?.done(answer(2, 3, "new"));
    expect(await second).toBe(true);
    backend.open[0]?.done(answer(1, 900, "old"));
    expect(await first).toBe(false);
    expect(results.handle).toBe(2);
    expect(results.card(0)?.id).toBe("new0");
  });

  it("fetch the pages that are looked at, once each", async () => {
    const backend = slow();
    const results = new Results(backend, () => undefined);
    const asked = results.search({ query: "", sort: "" });
    backend.open[0]?.done(answer(1, 2000, "a"));
    await asked;
    results.need(390, 410);
    results.need(395, 415);
    await Promise.resolve();
    await Promise.resolve();
    await new Promise((done) => setTimeout(done, 0));
    expect(backend.pages).toEqual([[1, 200], [1, 400]]);
    expect(results.card(400)?.id).toBe("p400");
  });

  it("forget the pages that were looked at longest ago", async () => {
    const backend = slow();
    const results = new Results(backend, () => undefined);
    const asked = results.search({ query: "", sort: "" });
    backend.open[0]?.done(answer(1, 1_000_000, "a"));
    await asked;
    for (let page = 1; page <= 80; page += 1) {
      results.need(page * PAGE, page * PAGE + 1);
      await new Promise((done) => setTimeout(done, 0));
    }
    expect(results.card(80 * PAGE)).toBeDefined();
    expect(results.card(PAGE)).toBeUndefined();
  });

  it("ask again when the engine has let go of an old search", async () => {
    let asked = 0;
    const told: unknown[] = [];
    const results = new Results({ search: async () => answer((asked += 1), 2000, `s${asked}-`), page: async (handle) => (handle === 1 ? Promise.reject(new BackendError({ code: "not_found", message: "over" })) : [card("fresh")]), position: async () => null }, (thrown) => told.push(thrown));
    await results.search({ query: "", sort: "" });
    results.need(600, 601);
    await vi.waitFor(() => expect(results.card(600)?.id).toBe("fresh"));
    expect(asked).toBe(2);
    expect(told).toEqual([]);
  });

  it("say what went wrong, once, for the question that counts", async () => {
    const told: unknown[] = [];
    const results = new Results({ search: () => Promise.reject(new Error("gone")), page: async () => [], position: async () => null }, (thrown) => told.push(thrown));
    expect(await results.search({ query: "x", sort: "" })).toBe(false);
    expect(told).toHaveLength(1);
    expect(results.ready).toBe(false);
  });

  it("follow the asset that is looked at when others come above it", async () => {
    const backend = { ...slow(), position: vi.fn(async () => 437) };
    const results = new Results(backend, () => undefined);
    const first = results.search({ query: "", sort: "-added" });
    backend.open[0]?.done(answer(1, 900, "a"));
    await first;
    results.need(400, 430);
    results.anchor = () => ({ id: "p400", index: 400 });
    const again = results.search({ query: "", sort: "-added" });
    backend.open[1]?.done(answer(2, 1_037, "b"));
    expect(await again).toBe(true);
    expect(backend.position).toHaveBeenCalledWith(2, "p400");
    // The pages at its new place are there before anything is drawn.
    expect(results.card(437)?.id).toBe("p437");
    expect(results.card(466)?.id).toBe("p466");
    expect(results.takeMoved()).toEqual({ from: 400, to: 437 });
    expect(results.takeMoved()).toBeNull();
  });
});
