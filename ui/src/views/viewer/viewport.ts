/** How a picture lies in a view: scale and offset, and the moves of a hand. Pure; sizes in pixels. */

/** `scale`: view pixels for one picture pixel; `x`, `y`: where the picture's corner lies in the view. */
export interface Viewport {
  scale: number;
  x: number;
  y: number;
}

export interface Size {
  width: number;
  height: number;
}

export const LEAST_SCALE = 1 / 64;
export const GREATEST_SCALE = 64;

/** From this scale on single pixels are worth telling apart. */
export const GRID_SCALE = 8;

/** A picture this small is taken for pixel art: it is enlarged by whole multiples only. */
export function isPixelArt(picture: Size): boolean {
  return picture.width <= 256 && picture.height <= 256;
}

/** The whole picture in the middle, with a margin. Photographs are never enlarged; pixel art by whole multiples. */
export function fit(picture: Size, view: Size, margin = 32): Viewport {
  const room = { width: Math.max(1, view.width - 2 * margin), height: Math.max(1, view.height - 2 * margin) };
  let scale = Math.min(room.width / picture.width, room.height / picture.height);
  if (scale > 1) scale = isPixelArt(picture) ? Math.min(Math.floor(scale), 16) : 1;
  return centre(picture, view, clampScale(scale));
}

/** The picture in the middle at a given scale. */
export function centre(picture: Size, view: Size, scale: number): Viewport {
  return {
    scale,
    x: Math.round((view.width - picture.width * scale) / 2),
    y: Math.round((view.height - picture.height * scale) / 2),
  };
}

/** Zooms so that what is under (`atX`, `atY`) stays there. */
export function zoomAt(viewport: Viewport, factor: number, atX: number, atY: number): Viewport {
  const scale = clampScale(viewport.scale * factor);
  const moved = scale / viewport.scale;
  return { scale, x: atX - (atX - viewport.x) * moved, y: atY - (atY - viewport.y) * moved };
}

/** Moves the picture, but never wholly out of sight: `keep` pixels of it stay. */
export function pan(viewport: Viewport, dx: number, dy: number, picture: Size, view: Size, keep = 48): Viewport {
  const width = picture.width * viewport.scale;
  const height = picture.height * viewport.scale;
  return {
    scale: viewport.scale,
    x: clamp(viewport.x + dx, keep - width, view.width - keep),
    y: clamp(viewport.y + dy, keep - height, view.height - keep),
  };
}

const STEPS = [1 / 64, 1 / 32, 1 / 16, 1 / 8, 1 / 4, 1 / 3, 1 / 2, 2 / 3, 1, 2, 3, 4, 6, 8, 12, 16, 24, 32, 48, 64];

/** The next round scale in a direction, for the buttons and the keys. */
export function nextScale(scale: number, direction: 1 | -1): number {
  if (direction > 0) return STEPS.find((step) => step > scale * 1.001) ?? GREATEST_SCALE;
  return STEPS.findLast((step) => step < scale * 0.999) ?? LEAST_SCALE;
}

/** Which pixel of the picture lies under a point of the view; none outside. */
export function pixelAt(viewport: Viewport, picture: Size, atX: number, atY: number): { x: number; y: number } | null {
  const x = Math.floor((atX - viewport.x) / viewport.scale);
  const y = Math.floor((atY - viewport.y) / viewport.scale);
  return x >= 0 && y >= 0 && x < picture.width && y < picture.height ? { x, y } : null;
}

function clampScale(scale: number): number {
  return clamp(scale, LEAST_SCALE, GREATEST_SCALE);
}

function clamp(value: number, least: number, greatest: number): number {
  return least > greatest ? (least + greatest) / 2 : Math.min(greatest, Math.max(least, value));
}
