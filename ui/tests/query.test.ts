import { describe, expect, it } from "vitest";
import * as query from "$domain/query";

describe("reading a query", () => {
  it("knows whether matches can be better or worse", () => {
    expect(["", "kind:image width>=512", "is:untagged", "-tag:ui"].map(query.ranks)).toEqual([false, false, false, false]);
    expect(["goblin", "kind:image goblin", "like:0192", "colour:#ff0000"].map(query.ranks)).toEqual([true, true, true, true]);
  });

  it("tells filters from words and keeps quotes together", () => {
    const parts = query.tokens('goblin tag:"two words" width>=512 -kind:audio,video "a phrase"');
    expect(parts.map((part) => part.text)).toEqual(["goblin", 'tag:"two words"', "width>=512", "-kind:audio,video", '"a phrase"']);
    expect(parts.map((part) => part.filter?.name ?? null)).toEqual([null, "tag", "width", "kind", null]);
    expect(parts[3]?.filter).toMatchObject({ negated: true, values: ["audio", "video"] });
  });

  it("does not take an address, a drive or a half-written filter for a filter", () => {
    expect(query.chips("https://example.org C:\\art kind:")).toEqual([]);
  });
});

describe("changing a query", () => {
  it("removes only the chip that was meant, even when it is there twice", () => {
    const text = "tag:a goblin tag:a";
    const second = query.tokens(text)[2];
    expect(second && query.without(text, second)).toBe("tag:a goblin");
  });

  it("adds values to a list and takes them out again", () => {
    const one = query.toggled("goblin", "kind", "image");
    expect(one).toBe("goblin kind:image");
    const two = query.toggled(one, "kind", "model");
    expect(two).toBe("goblin kind:image,model");
    expect(query.toggled(two, "kind", "IMAGE")).toBe("goblin kind:model");
    expect(query.toggled(query.toggled("", "kind", "image"), "kind", "image")).toBe("");
  });

  it("leaves what is asked against alone when something is asked for", () => {
    expect(query.toggled("-kind:audio", "kind", "image")).toBe("-kind:audio kind:image");
    expect(query.holds("-kind:audio", "kind", "audio")).toBe(-1);
  });

  it("writes values with spaces so that they are read back as one", () => {
    const text = query.toggled("", "collection", "Level 1, boss");
    expect(query.tokens(text)).toHaveLength(1);
    expect(query.tokens(text)[0]?.filter?.values).toEqual(["Level 1, boss"]);
  });

  it("replaces bounds instead of piling them up", () => {
    const wide = query.withRange("goblin width>100 width<900", "width", "512", null);
    expect(wide).toBe("goblin width>=512");
    expect(query.rangeOf(query.withRange(wide, "width", "512", "1024"), "width")).toEqual({ least: "512", most: "1024" });
    expect(query.withRange(wide, "width", null, null)).toBe("goblin");
  });

  it("sets one value in place of all", () => {
    expect(query.withValue("colour:#ff0000 goblin", "colour", "#00ff00")).toBe("goblin colour:#00ff00");
    expect(query.withValue("colour:#ff0000 goblin", "colour", null)).toBe("goblin");
  });
});
