import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { fill, languageFor, type Message } from "$messages";
import { de } from "$messages/de";
import { en } from "$messages/en";
import { ACTIONS, actionFor } from "$domain/actions";
import { formatSign, written } from "$domain/facts";
import { byCode, plainReport } from "$domain/reports";
import { collectionRows, tagRows, within } from "$domain/trees";
import { bytes, clock, middle, pathEnd, relative, remaining } from "$shared/format";
import { cutToFit } from "$shared/measure.svelte";
import { stepTo } from "$shared/roving";
import { shortcutOf, shown } from "$shared/keys";
import { ranked } from "$shared/match";

function places(message: Message): string[] {
  const texts = typeof message === "string" ? [message] : Object.values(message);
  return [...new Set(texts.flatMap((text) => text?.match(/\{\w+\}/g) ?? []))].sort();
}

function sources(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => (entry.isDirectory() ? sources(join(folder, entry.name)) : [join(folder, entry.name)]));
}

describe("the catalogue", () => {
  it("is complete in German, with the same places to fill", () => {
    expect(Object.keys(de).sort()).toEqual(Object.keys(en).sort());
    for (const key of Object.keys(en) as (keyof typeof en)[]) expect(places(de[key]), key).toEqual(places(en[key]));
  });

  it("has no key that nothing uses", () => {
    const code = sources("src").filter((file) => !file.includes("messages")).map((file) => readFileSync(file, "utf8")).join("\n");
    // Keys that are put together: `code.${code}`.
    const made = [...code.matchAll(/`([\w.]+\.)\$\{/g)].map(([, beginning]) => beginning ?? "");
    const unused = Object.keys(en).filter((key) => !code.includes(`"${key}"`) && !made.some((beginning) => key.startsWith(beginning)));
    expect(unused).toEqual([]);
  });

  it("fills in numbers in the language's way and takes its plural", () => {
    expect(fill(en["count.assets"], { n: 1 }, "en")).toBe("1 asset");
    expect(fill(en["count.assets"], { n: 48_210 }, "en")).toBe("48,210 assets");
    expect(fill(de["count.assets"], { n: 48_210 }, "de")).toBe("48.210 Assets");
    expect(fill("{a} and {b}", { a: "x" }, "en")).toBe("x and {b}");
  });

  it("finds the language of a setting or of the machine", () => {
    expect(languageFor("system", ["de-AT", "en"])).toBe("de");
    expect(languageFor("system", ["fr"])).toBe("en");
    expect(languageFor("en", ["de"])).toBe("en");
  });
});

describe("actions", () => {
  it("have one id each and no key that belongs to two", () => {
    const ids = ACTIONS.map((action) => action.id);
    expect(new Set(ids).size).toBe(ids.length);
    const keys = ACTIONS.flatMap((action) => action.keys);
    expect(keys.filter((key, at) => keys.indexOf(key) !== at)).toEqual([]);
  });

  it("are found by their keys, and not while a text is written", () => {
    const press = (key: string, mod = false, shift = false) => ({ key, ctrlKey: mod, metaKey: false, shiftKey: shift, altKey: false });
    expect(actionFor(press("k", true), false)?.id).toBe("palette");
    expect(actionFor(press("k", true), true)?.id).toBe("palette");
    expect(actionFor(press("4"), false)?.id).toBe("rate.4");
    expect(actionFor(press("4"), true)).toBeNull();
    expect(actionFor(press("/"), false)?.id).toBe("search");
    expect(actionFor(press("/"), true)).toBeNull();
    expect(actionFor(press("a", true), true)).toBeNull();
    expect(actionFor(press("?", false, true), false)?.id).toBe("keyboard");
  });

  it("show their keys as the platform writes them", () => {
    expect(shown("mod+shift+z", false)).toBe("Ctrl Shift Z");
    expect(shown("mod+k", true)).toBe("⌘K");
    expect(shortcutOf({ key: "K", ctrlKey: false, metaKey: true, shiftKey: true, altKey: false }, true)).toBe("mod+shift+k");
  });

  it("are ranked by how well they fit", () => {
    expect(ranked("rename", ["Rename many…", "Remove", "Batch rename"], (text) => text)).toEqual(["Rename many…", "Batch rename"]);
    expect(ranked("imf", ["Import files…", "Inspector"], (text) => text)[0]).toBe("Import files…");
  });
});

describe("numbers and names", () => {
  it("carry their unit", () => {
    expect(bytes(812)).toBe("812 B");
    expect(bytes(31_400_000_000)).toBe("31.4 GB");
    expect(bytes(999_999)).toBe("1 MB");
    expect(clock(92)).toBe("1:32");
    expect(clock(3723)).toBe("1:02:03");
    expect(clock(0.24)).toBe("0.24 s");
    expect(remaining(64)).toBe("1 min");
  });

  it("tell times against now", () => {
    expect(relative(0, 12 * 60_000)).toBe("12 minutes ago");
    expect(relative(0, 86_400_000)).toBe("yesterday");
  });

  it("keep a name's ending and never cut a letter in two", () => {
    expect(middle("goblin.png")).toEqual(["goblin.png", ""]);
    const [head, tail] = middle("wall_torch_animated_🔥🔥🔥🔥.png", 8);
    expect(head + tail).toBe("wall_torch_animated_🔥🔥🔥🔥.png");
    expect(tail).toBe("🔥🔥🔥🔥.png");
  });

  it("are cut to the width that they have, as late as possible", () => {
    const pen = (text: string) => Array.from(text).length * 7;
    expect(cutToFit("goblin.png", 70, 8, pen)).toBe("goblin.png");
    const name = "enemyFlyingAlternative_30.svg";
    for (const room of [90, 120, 140, 200]) {
      const cut = cutToFit(name, room, 8, pen);
      expect(cut.endsWith("…t_30.svg") || cut.endsWith("…e_30.svg"), cut).toBe(true);
      expect(pen(cut)).toBeLessThanOrEqual(room);
      expect(pen(cut) + 7, "one letter more would not fit").toBeGreaterThan(room);
    }
  });

  it("tell where something lies by the end of its path", () => {
    expect(pathEnd("/home/mira/game/art/ui")).toBe("…/art/ui");
    expect(pathEnd("C:\\game\\art\\ui")).toBe("…\\art\\ui");
    expect(["/art/ui", "art/ui", "fonts", "/", ""].map((path) => pathEnd(path))).toEqual(["/art/ui", "art/ui", "fonts", "/", ""]);
  });

  it("step round a group and to its ends", () => {
    expect(stepTo("ArrowDown", 2, 3, "vertical")).toBe(0);
    expect(stepTo("ArrowLeft", 0, 3, "horizontal")).toBe(2);
    expect(stepTo("ArrowLeft", 0, 3, "vertical")).toBeNull();
    expect(stepTo("End", 0, 3, "both")).toBe(2);
    expect(stepTo("Home", 0, 0, "both")).toBeNull();
  });

  it("are written as people write them", () => {
    expect(["rgb", "vorbis", "utf-8", "pcm", "mp3", "CMYK", "godot", ""].map(written)).toEqual(["RGB", "Vorbis", "UTF-8", "PCM", "MP3", "CMYK", "Godot", ""]);
    expect(formatSign({ format: "text", name: "cube.mtl" })).toBe("MTL");
    expect(formatSign({ format: "file", name: "LICENSE" })).toBe("FILE");
    expect(formatSign({ format: "aseprite", name: "a.aseprite" })).toBe("ASE");
  });
});

describe("trees", () => {
  const node = (tag: string) => ({ tag, count: 1, colour: 0 });

  it("put children below their parent and leave out what is folded", () => {
    const tags = [node("ui"), node("a"), node("a-b"), node("a/z"), node("a/b")];
    expect(tagRows(tags, new Set()).map((row) => row.key)).toEqual(["a", "a/b", "a/z", "a-b", "ui"]);
    expect(tagRows(tags, new Set(["a"])).map((row) => row.key)).toEqual(["a", "a-b", "ui"]);
  });

  it("keep a collection whose parent is gone, and notice rings", () => {
    const collections = [{ id: "1", name: "A", parent: null, count: 0 }, { id: "2", name: "B", parent: "1", count: 0 }, { id: "3", name: "C", parent: "gone", count: 0 }];
    expect(collectionRows(collections, new Set()).map((row) => [row.name, row.depth])).toEqual([["A", 0], ["B", 1], ["C", 0]]);
    expect(within(collections, "2", "1")).toBe(true);
    expect(within(collections, "1", "2")).toBe(false);
  });
});

describe("reports", () => {
  it("group by code and copy as one line a file", () => {
    const line = (path: string, code: string) => ({ path, code, message: "m" });
    const lines = [line("a", "empty"), line("b", "truncated"), line("c", "truncated")];
    expect(byCode(lines).map(([code, group]) => [code, group.length])).toEqual([["truncated", 2], ["empty", 1]]);
    const job = { title: "Import art", counts: { imported: 3, duplicates: 0, unchanged: 0, moved: 0, updated: 0, skipped: 0, failed: 3 } };
    expect(plainReport({ job: job as never, failed: lines, skipped: [] }).split("\n")).toHaveLength(5);
  });
});
