/** Contrast of the colours that are in use: every pair that the window sets, by WCAG 2.2, in both themes. */

import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";

const css = readFileSync("src/app.css", "utf8");

/** The custom properties of a rule that are plain colours, as `[red, green, blue]`. */
function tokensOf(selector: string): Map<string, Rgb> {
  const body = css.slice(css.indexOf(`${selector} {`)).split("}")[0] ?? "";
  return new Map([...body.matchAll(/--([\w-]+): (#[0-9a-f]{6});/g)].map(([, name, colour]) => [name ?? "", rgb(colour ?? "")]));
}

type Rgb = readonly [number, number, number];

function rgb(colour: string): Rgb {
  const number = Number.parseInt(colour.slice(1), 16);
  return [number >> 16, (number >> 8) & 255, number & 255];
}

/** Relative luminance, WCAG 2.2. */
function luminance(colour: Rgb): number {
  const [r, g, b] = colour.map((value) => {
    const part = value / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  }) as [number, number, number];
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

function contrast(a: Rgb, b: Rgb): number {
  const [light, dark] = [luminance(a), luminance(b)].sort((x, y) => y - x) as [number, number];
  return (light + 0.05) / (dark + 0.05);
}

/** One colour over another, as `color-mix(in srgb, top share, transparent)` is painted. */
function over(top: Rgb, below: Rgb, share: number): Rgb {
  return top.map((value, at) => Math.round(value * share + (below[at] ?? 0) * (1 - share))) as unknown as Rgb;
}

const dark = tokensOf(":root");
const THEMES = { dark, light: new Map([...dark, ...tokensOf(':root[data-theme="light"]')]) };

/** Words, and on what they stand. AA asks for 4.5. */
const TEXT: readonly [string, readonly string[]][] = [
  ["text", ["bg", "surface", "raised", "hover", "pick", "accent-soft", "thumb"]],
  ["text-2", ["bg", "surface", "raised", "hover", "pick", "accent-soft", "thumb"]],
  ["text-3", ["bg", "surface", "raised", "hover", "thumb"]],
  ["accent-text", ["bg", "surface", "raised", "accent-soft"]],
  ["accent-ink", ["accent"]],
  ["ok", ["bg", "surface", "raised"]],
  ["warn", ["bg", "surface", "raised", "accent-soft"]],
  ["bad", ["bg", "surface", "raised", "pick", "accent-soft", "thumb"]],
];

/** Signs, rings, ticks and waves. AA asks for 3. */
const SIGNS: readonly [string, readonly string[]][] = [
  ["accent", ["bg", "surface", "raised", "accent-soft", "thumb"]],
  ["text-3", ["bg", "surface", "raised", "thumb"]],
  ["violet", ["thumb"]],
  ["warn", ["bg", "surface", "raised", "thumb", "accent-soft"]],
  ["ok", ["thumb", "raised"]],
];

describe.each(Object.entries(THEMES))("the %s theme", (_, tokens) => {
  const colour = (name: string): Rgb => {
    const found = tokens.get(name);
    if (!found) throw new Error(`there is no colour --${name}`);
    return found;
  };

  it.each(TEXT.flatMap(([ink, papers]) => papers.map((paper) => [ink, paper] as const)))("reads %s on %s", (ink, paper) => {
    expect(contrast(colour(ink), colour(paper))).toBeGreaterThanOrEqual(4.5);
  });

  it.each(SIGNS.flatMap(([ink, papers]) => papers.map((paper) => [ink, paper] as const)))("shows %s on %s", (ink, paper) => {
    expect(contrast(colour(ink), colour(paper))).toBeGreaterThanOrEqual(3);
  });

  it("reads a format's badge over any picture", () => {
    const cell = readFileSync("src/views/content/Cell.svelte", "utf8");
    const share = Number(/\.badge.*color-mix\(in srgb, var\(--thumb\) (\d+)%, transparent\); color: var\(--text-2\)/.exec(cell)?.[1]) / 100;
    for (const picture of [[0, 0, 0], [255, 255, 255], [255, 0, 0], [0, 255, 0], [0, 0, 255]] as const) {
      expect(contrast(colour("text-2"), over(colour("thumb"), picture, share)), String(picture)).toBeGreaterThanOrEqual(4.5);
    }
  });

  it("keeps a primary button readable under the pointer", () => {
    const share = Number(/\.button\.primary:hover[^}]*var\(--accent\) (\d+)%, var\(--text\)/.exec(css)?.[1]) / 100;
    expect(contrast(colour("accent-ink"), over(colour("accent"), colour("text"), share))).toBeGreaterThanOrEqual(4.5);
  });
});

describe("the style sheets", () => {
  function sources(folder: string): string[] {
    return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => (entry.isDirectory() ? sources(join(folder, entry.name)) : [join(folder, entry.name)]));
  }

  it("take text colours from the tokens, so that the pairs above are all there are", () => {
    const styles = sources("src").filter((file) => file.endsWith(".svelte")).map((file) => [file, /<style>([\s\S]*)<\/style>/.exec(readFileSync(file, "utf8"))?.[1] ?? ""] as const);
    // The mark of the product is a picture of a letter.
    const own = styles.flatMap(([file, style]) => [...style.matchAll(/[;{\s]color: (#[0-9a-f]+|rgb[^;]*)/g)].map(([, colour]) => `${file}: ${colour}`)).filter((use) => use !== "src/views/frame/TopBar.svelte: #1d0f04");
    expect(own).toEqual([]);
  });

  it("use no colour that is not there", () => {
    const names = new Set([...css.matchAll(/--([\w-]+):/g)].map(([, name]) => name));
    const used = sources("src").filter((file) => /\.(svelte|css)$/.test(file)).flatMap((file) => [...readFileSync(file, "utf8").matchAll(/var\(--([\w-]+)[,)]/g)].map(([, name]) => name ?? ""));
    const local = new Set(["digits"]);
    expect([...new Set(used)].filter((name) => !names.has(name) && !local.has(name) && !name.startsWith("bits-"))).toEqual([]);
  });
});
