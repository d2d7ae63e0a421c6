/** Cuts a name in its middle to the width that it has, so that no hole is left before its ending. */

/** The width of a text in pixels. */
export type Pen = (text: string) => number;

const KEEP = 4000;
const pens = new Map<string, Pen | null>();
const cuts = new Map<string, string>();
let ready = $state(false);

// `fonts.ready` is also true before anything was asked for: the face itself must be there, or another is measured.
if (typeof document !== "undefined") void document.fonts?.load('500 13px "Inter"').then((faces) => (ready = faces.length > 0));

function penFor(font: string): Pen | null {
  let pen = pens.get(font);
  if (pen === undefined) {
    const brush = document.createElement("canvas").getContext("2d");
    if (brush) brush.font = font;
    pen = brush ? (text) => brush.measureText(text).width : null;
    pens.set(font, pen);
  }
  return pen;
}

/** The text, or as much of its beginning as fits before an ellipsis and its last `tail` letters. */
export function cutToFit(text: string, room: number, tail: number, pen: Pen): string {
  if (pen(text) <= room) return text;
  const letters = Array.from(text);
  const ending = `…${letters.slice(-tail).join("")}`;
  let [fits, over] = [1, Math.max(1, letters.length - tail)];
  while (over - fits > 1) {
    const half = (fits + over) >> 1;
    if (pen(letters.slice(0, half).join("") + ending) <= room) fits = half;
    else over = half;
  }
  return letters.slice(0, fits).join("").trimEnd() + ending;
}

/** As `cutToFit`, kept; none while the window's fonts are not there to be measured. */
export function cutName(text: string, room: number, tail: number, font: string): string | null {
  if (!ready) return null;
  const pen = penFor(font);
  if (!pen) return null;
  const key = `${font}/${room}/${tail}/${text}`;
  let cut = cuts.get(key);
  if (cut === undefined) {
    cut = cutToFit(text, room, tail, pen);
    if (cuts.size >= KEEP) cuts.clear();
    cuts.set(key, cut);
  }
  return cut;
}
