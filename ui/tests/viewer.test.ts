import { render, screen, waitFor } from "@testing-library/svelte";
import { guarded } from "$views/viewer/scene";
import type { AssetDetail, Backend } from "$backend";
import { borrowed, type Width } from "$views/viewer/borrowed";
import { isolate } from "$views/viewer/channels";
import { viewerFor } from "$views/viewer/choice";
import FontViewer from "$views/viewer/FontViewer.svelte";
import { lettersOf, pangramFor } from "$views/viewer/scripts";
import { frameAt, length, round, startOf } from "$views/viewer/timeline";
import { centre, fit, nextScale, pan, pixelAt, zoomAt } from "$views/viewer/viewport";
import { columns } from "$views/viewer/waveform";
import { describe, expect, it, vi } from "vitest";

describe("viewport", () => {
  const view = { width: 800, height: 600 };

  it("shrinks a photograph to fit and never enlarges one", () => {
    expect(fit({ width: 4000, height: 3000 }, view).scale).toBeCloseTo(0.1787, 3);
    expect(fit({ width: 400, height: 300 }, view).scale).toBe(1);
  });

  it("enlarges pixel art by whole multiples only", () => {
    expect(fit({ width: 24, height: 24 }, view).scale).toBe(16);
    expect(fit({ width: 96, height: 64 }, view).scale).toBe(7);
  });

  it("keeps what is under the pointer there while zooming", () => {
    const before = fit({ width: 4000, height: 3000 }, view);
    const after = zoomAt(before, 3, 333, 222);
    const point = (v: typeof before) => [(333 - v.x) / v.scale, (222 - v.y) / v.scale];
    expect(point(after)[0]).toBeCloseTo(point(before)[0] as number, 6);
    expect(point(after)[1]).toBeCloseTo(point(before)[1] as number, 6);
  });

  it("never lets the picture leave the view", () => {
    const picture = { width: 100, height: 100 };
    const away = pan(centre(picture, view, 1), 99_999, -99_999, picture, view);
    expect(away.x).toBe(800 - 48);
    expect(away.y).toBe(48 - 100);
  });

  it("names the pixel under a point, and none outside", () => {
    const at = { scale: 8, x: 10, y: 20 };
    expect(pixelAt(at, { width: 4, height: 4 }, 10, 20)).toEqual({ x: 0, y: 0 });
    expect(pixelAt(at, { width: 4, height: 4 }, 41, 51)).toEqual({ x: 3, y: 3 });
    expect(pixelAt(at, { width: 4, height: 4 }, 42, 20)).toBeNull();
  });

  it("steps through round scales and stops at the ends", () => {
    expect(nextScale(1, 1)).toBe(2);
    expect(nextScale(1, -1)).toBeCloseTo(2 / 3);
    expect(nextScale(64, 1)).toBe(64);
  });
});

describe("timeline", () => {
  it("plays ping-pong without showing its ends twice", () => {
    expect(round(2, 5, "pingpong")).toEqual([2, 3, 4, 5, 4, 3]);
    expect(round(0, 1, "pingpong")).toEqual([0, 1]);
    expect(round(3, 5, "reverse")).toEqual([5, 4, 3]);
  });

  it("finds the frame that is due, round after round", () => {
    const durations = [0.1, 0.3, 0.2];
    const order = round(0, 2, "forward");
    expect(length(order, durations)).toBeCloseTo(0.6);
    expect(frameAt(order, durations, 0.05)).toBe(0);
    expect(frameAt(order, durations, 0.15)).toBe(1);
    expect(frameAt(order, durations, 0.6 * 7 + 0.45)).toBe(2);
    expect(startOf(order, durations, 2)).toBeCloseTo(0.4);
  });

  it("shows frames without a duration for a tenth of a second", () => {
    expect(length([0, 1], [0, 0])).toBeCloseTo(0.2);
  });
});

describe("waveform", () => {
  it("keeps every click when there are fewer bars than peaks", () => {
    const peaks: [number, number][] = Array.from({ length: 1000 }, () => [-1, 1]);
    peaks[637] = [-100, 120];
    const bars = columns(peaks, 50);
    expect(bars).toHaveLength(50);
    expect(bars[31]).toEqual([-100, 120]);
  });

  it("has no bars for no sound", () => {
    expect(columns([], 10)).toEqual([]);
  });
});

describe("choice of a viewer", () => {
  const detail = (card: object, metadata: object, problem: unknown = null) => ({ card: { missing: false, ...card }, metadata, problem }) as unknown as AssetDetail;

  it("plays what moves and shows what is still", () => {
    expect(viewerFor(detail({ kind: "image", format: "aseprite" }, { kind: "image", frames: 4 }))).toBe("sprite");
    expect(viewerFor(detail({ kind: "image", format: "png" }, { kind: "image", frames: 1 }))).toBe("image");
  });

  it("shows the words of a damaged JSON but not a damaged picture", () => {
    expect(viewerFor(detail({ kind: "text", format: "json" }, { kind: "text" }, ["corrupt", "…"]))).toBe("text");
    expect(viewerFor(detail({ kind: "image", format: "png" }, { kind: "image" }, ["corrupt", "…"]))).toBe("other");
  });

  it("says that a missing file is missing, whatever it was", () => {
    expect(viewerFor(detail({ kind: "audio", format: "wav", missing: true }, { kind: "audio" }))).toBe("other");
  });
});

describe("channels and scripts", () => {
  it("shows one channel as opaque grey", () => {
    const pixels = new Uint8ClampedArray([10, 20, 30, 40]);
    isolate(pixels, "a");
    expect([...pixels]).toEqual([40, 40, 40, 255]);
  });

  it("sets a typeface in its own script", () => {
    expect(pangramFor(["Thai", "Latin"], "en")).toContain("มนุษย์");
    expect(pangramFor([], "de")).toContain("Zwölf");
    expect(lettersOf("Cyrillic")).toHaveLength(64);
  });
});

describe("what a model may load", () => {
  const source = { own: "content://localhost/a1/chair.glb", beside: "content://localhost/a1/sibling/" };
  const cases: [string, string][] = [
    [source.own, source.own],
    ["blob:tauri://localhost/77", "blob:tauri://localhost/77"],
    ["data:image/png;base64,AA", "data:image/png;base64,AA"],
    [`${source.beside}Textures/colormap.png`, `${source.beside}Textures/colormap.png`],
    [`${source.beside}my wood.png`, `${source.beside}my%20wood.png`],
    [`${source.beside}my%20wood.png`, `${source.beside}my%20wood.png`],
    [`${source.beside}..\\Textures\\bark.tga`, `${source.beside}bark.tga`],
    [`${source.beside}%2e%2e/%2E%2E/other/model.glb`, `${source.beside}model.glb`],
    [`${source.beside}C:\\Users\\mira\\bark.png`, `${source.beside}bark.png`],
    ["https://example.org/track.png", `${source.beside}track.png`],
    ["content://localhost/b2/secret.png", `${source.beside}secret.png`],
    ["file:///etc/passwd", `${source.beside}passwd`],
  ];
  it.each(cases)("%s", (url, to) => {
    expect(guarded(source, url)).toBe(to);
  });
});

describe("characters of another typeface", () => {
  /** A typeface of Latin letters, 30 wide each; the fallbacks are 10 and 20 wide. */
  const latin: Width = (character, fallback, behind) => (behind && character < "Ѐ" ? 30 : fallback === "serif" ? 20 : 10);

  it("are found one by one", () => {
    expect(borrowed("Ab Жжb", latin)).toEqual({ characters: ["Ж", "ж"], all: false });
    expect(borrowed("Abc", latin)).toEqual({ characters: [], all: false });
  });

  it("are all of them where the typeface draws nothing", () => {
    expect(borrowed("Жж", latin).all).toBe(true);
  });

  it("are not guessed where both fallbacks are as wide", () => {
    expect(borrowed("永", () => 64)).toEqual({ characters: [], all: false });
  });
});

describe("a typeface that the web view refuses", () => {
  class Refused {
    constructor(readonly family: string) {}
    load(): Promise<never> {
      return Promise.reject(new Error("Failed to decode downloaded font"));
    }
  }
  const shown = (preview: string) => {
    vi.stubGlobal("FontFace", Refused);
    Object.defineProperty(document, "fonts", { value: new Set(), configurable: true });
    const backend = { contentUrl: () => "content:1", previewUrl: () => "preview:1" } as unknown as Backend;
    const detail = { card: { id: "1", name: "Broken.ttf", content: "c", preview }, metadata: { kind: "font", family: "Broken", style: "Regular", scripts: ["Latin"], glyphs: 3 } } as unknown as AssetDetail;
    render(FontViewer, { props: { backend, detail, onready: () => undefined } });
  };

  it("is shown as it was drawn, with a word about it, and never as another one's letters", async () => {
    shown("ready");
    await waitFor(() => expect(screen.getByRole("status").textContent).toContain("cannot set this typeface"));
    expect(screen.getByRole("img", { name: "Broken.ttf" }).getAttribute("src")).toBe("preview:1");
    expect(screen.queryByText(/Sphinx of black quartz/)).toBeNull();
  });

  it("is a problem with its reason where nothing was drawn", async () => {
    shown("none");
    await waitFor(() => expect(screen.getByRole("alert").textContent).toContain("Failed to decode"));
    expect(screen.queryByText(/Sphinx of black quartz/)).toBeNull();
  });
});
