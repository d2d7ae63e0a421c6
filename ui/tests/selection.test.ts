import { describe, expect, it } from "vitest";
import { type Found, Selection } from "$domain/selection.svelte";
import type { Card } from "$backend";

/** A thousand results of which only the first ten are loaded. */
function found(total = 1000, loaded = 10): Found & { asked: [number, number][] } {
  const asked: [number, number][] = [];
  return {
    handle: 7,
    total,
    asked,
    card: (index) => (index < loaded ? ({ id: `a${index}` } as Card) : undefined),
    ids: async (from, to) => {
      asked.push([from, to]);
      return Array.from({ length: Math.min(to, total) - from }, (_, at) => `a${from + at}`);
    },
  };
}

const plain = { shift: false, toggle: false };

describe("choosing", () => {
  it("takes one, adds and removes with Ctrl", async () => {
    const selection = new Selection();
    const results = found();
    await selection.choose(results, 2, plain);
    expect(selection.single).toBe("a2");
    await selection.choose(results, 4, { shift: false, toggle: true });
    expect(selection.ids).toEqual(["a2", "a4"]);
    await selection.choose(results, 2, { shift: false, toggle: true });
    expect(selection.ids).toEqual(["a4"]);
  });

  it("takes a range from where it began, in both directions", async () => {
    const selection = new Selection();
    const results = found();
    await selection.choose(results, 5, plain);
    await selection.choose(results, 7, { shift: true, toggle: false });
    expect(selection.ids).toEqual(["a5", "a6", "a7"]);
    await selection.choose(results, 3, { shift: true, toggle: false });
    expect(selection.ids).toEqual(["a3", "a4", "a5"]);
  });

  it("shows a range over pages that are not loaded before their ids come", async () => {
    const selection = new Selection();
    const results = found();
    await selection.choose(results, 1, plain);
    const coming = selection.choose(results, 400, { shift: true, toggle: false });
    expect(selection.has("unknown", 399)).toBe(true);
    expect(selection.count).toBe(400);
    await coming;
    expect(selection.count).toBe(400);
    expect(selection.has("a400")).toBe(true);
    expect(selection.has("a401")).toBe(false);
  });

  it("asks only for the lesser part of a range over more than half", async () => {
    const selection = new Selection();
    const results = found();
    await selection.choose(results, 1, plain);
    await selection.choose(results, 990, { shift: true, toggle: false });
    expect(selection.count).toBe(990);
    const loaded = results.asked.reduce((sum, [from, to]) => sum + to - from, 0);
    expect(loaded).toBeLessThan(20);
    expect(selection.targets()).toEqual({ of: "results", handle: 7, except: ["a0", "a991", "a992", "a993", "a994", "a995", "a996", "a997", "a998", "a999"] });
  });

  it("drops the ids of a range that is no longer wanted", async () => {
    const selection = new Selection();
    const results = found();
    await selection.choose(results, 1, plain);
    const coming = selection.choose(results, 300, { shift: true, toggle: false });
    selection.set(["a9"]);
    await coming;
    expect(selection.ids).toEqual(["a9"]);
  });
});

describe("the keyboard's place", () => {
  it("is brought into view when a person moves it, not when results change under it", async () => {
    const selection = new Selection();
    await selection.choose(found(), 3, plain);
    const before = selection.reveals;
    selection.stands(8);
    selection.renew(found(5), true);
    expect(selection.reveals).toBe(before);
    expect(selection.cursor).toBe(4);
    selection.moveTo(2);
    expect(selection.reveals).toBe(before + 1);
  });
});

describe("everything", () => {
  it("is selected without loading anything", () => {
    const selection = new Selection();
    const results = found(1_000_000);
    selection.selectAll(results);
    expect(selection.count).toBe(1_000_000);
    expect(results.asked).toEqual([]);
    selection.toggle("a3");
    expect(selection.count).toBe(999_999);
    expect(selection.has("a3")).toBe(false);
    expect(selection.targets()).toEqual({ of: "results", handle: 7, except: ["a3"] });
  });

  it("inverts to nothing and back", () => {
    const selection = new Selection();
    const results = found(10);
    selection.set(["a1", "a2"]);
    selection.invert(results);
    expect(selection.count).toBe(8);
    selection.invert(results);
    expect(selection.ids).toEqual(["a1", "a2"]);
  });

  it("follows the new answer to the same question, and ends with another question", () => {
    const selection = new Selection();
    selection.selectAll(found(10));
    selection.renew({ ...found(12), handle: 8 }, true);
    expect(selection.targets()).toEqual({ of: "results", handle: 8, except: [] });
    expect(selection.count).toBe(12);
    selection.renew(found(5), false);
    expect(selection.empty).toBe(true);
  });
});
