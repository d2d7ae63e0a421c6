/** Single channels of a picture, as a picture to look at. */

export type Channel = "all" | "r" | "g" | "b" | "a";

export const CHANNELS: readonly Channel[] = ["all", "r", "g", "b", "a"];

/** Over this a copy for one channel would take too much memory: 64 million pixels are 256 MB. */
export const MOST_PIXELS = 64_000_000;

/** One channel as grey, opaque. `rgba` holds four bytes a pixel and is changed in place. */
export function isolate(rgba: Uint8ClampedArray, channel: Exclude<Channel, "all">): void {
  const offset = { r: 0, g: 1, b: 2, a: 3 }[channel];
  for (let at = 0; at < rgba.length; at += 4) {
    const value = rgba[at + offset] as number;
    rgba[at] = rgba[at + 1] = rgba[at + 2] = value;
    rgba[at + 3] = 255;
  }
}

/** A canvas with the channel of a picture as grey; the picture itself for `all`. */
export function view(picture: CanvasImageSource & { width: number; height: number }, channel: Channel): CanvasImageSource {
  if (channel === "all" || picture.width * picture.height > MOST_PIXELS) return picture;
  const canvas = document.createElement("canvas");
  canvas.width = picture.width;
  canvas.height = picture.height;
  const context = canvas.getContext("2d", { willReadFrequently: true });
  if (!context) return picture;
  context.drawImage(picture, 0, 0);
  const data = context.getImageData(0, 0, canvas.width, canvas.height);
  isolate(data.data, channel);
  context.putImageData(data, 0, 0);
  return canvas;
}
