/** Made-up pictures for made-up assets, as data addresses of small SVGs. */

import type { Card } from "../types";
import { hex, random } from "./assets";

const cache = new Map<string, string>();

export function picture(card: Card): string {
  const found = cache.get(card.content);
  if (found) return found;
  const roll = random(Number.parseInt(card.content.slice(0, 7), 16));
  const made = `data:image/svg+xml,${encodeURIComponent(draw(card, roll))}`;
  if (cache.size > 3000) cache.clear();
  cache.set(card.content, made);
  return made;
}

function svg(width: number, height: number, body: string): string {
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}">${body}</svg>`;
}

function draw(card: Card, roll: () => number): string {
  const hue = roll() * 360;
  if (card.kind === "audio") return wave(roll);
  if (card.kind === "model") return solid(roll, hue);
  if (card.kind === "font") return svg(320, 320, `<text x="160" y="205" font-size="132" font-weight="700" text-anchor="middle" fill="#c9d0d8" font-family="sans-serif">Ag</text>`);
  if (card.width <= 128 || card.alpha) return sprite(card, roll, hue);
  return texture(card, roll, hue);
}

/** A creature, mirrored left to right, as pixel art is. */
function sprite(card: Card, roll: () => number, hue: number): string {
  const cells = 12;
  const pixels: string[] = [];
  const colours = [hex(hue, 0.55, 0.35), hex(hue + 20, 0.6, 0.5), hex(hue + 40, 0.65, 0.66), "#1d1620"];
  for (let y = 1; y < cells - 1; y += 1) {
    for (let x = 1; x < cells / 2; x += 1) {
      const reach = 1 - Math.hypot((x - cells / 2) / 6, (y - cells / 2) / 6);
      if (roll() > 0.35 + reach * 0.8) continue;
      const fill = colours[Math.floor(roll() * colours.length)];
      pixels.push(`<rect x="${x}" y="${y}" width="1" height="1" fill="${fill}"/><rect x="${cells - 1 - x}" y="${y}" width="1" height="1" fill="${fill}"/>`);
    }
  }
  return svg(card.width, card.height, `<svg viewBox="0 0 12 12" width="${card.width}" height="${card.height}" shape-rendering="crispEdges">${pixels.join("")}</svg>`);
}

function texture(card: Card, roll: () => number, hue: number): string {
  const [w, h] = card.width >= card.height ? [320, Math.max(24, Math.round((320 * card.height) / card.width))] : [Math.max(24, Math.round((320 * card.width) / card.height)), 320];
  const rows: string[] = [`<rect width="${w}" height="${h}" fill="${hex(hue, 0.32, 0.42)}"/>`];
  for (let y = 0; y < h; y += 20) {
    for (let x = -20; x < w; x += 40) {
      rows.push(`<rect x="${x + ((y / 20) % 2) * 20 + 1}" y="${y + 1}" width="38" height="18" rx="2" fill="${hex(hue + roll() * 16, 0.3 + roll() * 0.2, 0.3 + roll() * 0.22)}"/>`);
    }
  }
  return svg(w, h, rows.join(""));
}

function wave(roll: () => number): string {
  const bars: string[] = [];
  for (let x = 4; x < 320; x += 8) {
    const height = 16 + roll() * 70 * (1 + Math.sin(x / 34)) + 10;
    bars.push(`<rect x="${x}" y="${160 - height / 2}" width="4" height="${height}" rx="2" fill="#8b78e6"/>`);
  }
  return svg(320, 320, bars.join(""));
}

function solid(roll: () => number, hue: number): string {
  const block = (x: number, y: number, s: number, height: number, h: number) => {
    const [a, b] = [s * 0.87, s * 0.5];
    return `<path d="M${x} ${y}l${a} ${-b}l${a} ${b}l${-a} ${b}z" fill="${hex(h, 0.42, 0.55)}"/><path d="M${x} ${y}l${a} ${b}v${height}l${-a} ${-b}z" fill="${hex(h, 0.42, 0.38)}"/><path d="M${x + 2 * a} ${y}l${-a} ${b}v${height}l${a} ${-b}z" fill="${hex(h, 0.42, 0.27)}"/>`;
  };
  return svg(320, 320, block(70, 170, 104, 60 + roll() * 20, hue) + block(112, 118, 56, 40 + roll() * 30, hue + 140));
}
