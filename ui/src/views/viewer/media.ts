/** Loading what the viewers show. Each function says clearly what failed, so that the viewer can. */

import type { Backend } from "$backend";

/** A picture, ready to be drawn. Cross-origin clean, so that its pixels can be read. */
export async function picture(address: string): Promise<HTMLImageElement> {
  const image = new Image();
  image.crossOrigin = "anonymous";
  image.decoding = "async";
  image.src = address;
  await image.decode();
  return image;
}

/** Formats that a web view draws by itself; all others come from the engine as PNG. */
const DRAWN_BY_WEB_VIEW = new Set(["png", "jpg", "webp", "gif", "bmp", "svg"]);

/** Where the full-size picture of an asset is to be had. */
export function pictureAddress(backend: Backend, id: string, name: string, format: string, content: string): string {
  return DRAWN_BY_WEB_VIEW.has(format) ? backend.contentUrl(id, name) : backend.pixelsUrl(id, content);
}

/**
 * A `blob:` address for a file, since WebKitGTK plays no sound or film from an address of ours.
 * The caller revokes it.
 */
export async function blobAddress(address: string, signal: AbortSignal): Promise<string> {
  const answer = await fetch(address, { signal });
  if (!answer.ok) throw new Error(`${answer.status}`);
  return URL.createObjectURL(await answer.blob());
}
