/** Which characters of a text a typeface does not have, so that the web view takes them from another one. */

/** How wide a character is drawn: by a fallback alone, or by the typeface with that fallback behind it. */
export type Width = (character: string, fallback: Fallback, behind: boolean) => number;

export type Fallback = "monospace" | "serif";

export interface Borrowed {
  characters: string[];
  /** Whether nothing at all was drawn by the typeface. */
  all: boolean;
}

/**
 * A character that is as wide as each of two fallbacks makes it, whichever stands behind the typeface, is not the
 * typeface's own. Where both fallbacks are equally wide nothing can be told, and nothing is said.
 */
export function borrowed(text: string, width: Width): Borrowed {
  const alone = (character: string, fallback: Fallback) => width(character, fallback, false);
  const telling = [...new Set(text)].filter((character) => character.trim() !== "" && alone(character, "monospace") !== alone(character, "serif"));
  const characters = telling.filter((character) =>
    (["monospace", "serif"] as const).every((fallback) => width(character, fallback, true) === alone(character, fallback)),
  );
  return { characters, all: characters.length > 0 && characters.length === telling.length };
}

/** Measures by drawing on a canvas that is never shown; none where the web view has no canvas. */
export function widthIn(family: string): Width | null {
  const context = document.createElement("canvas").getContext("2d");
  if (!context) return null;
  return (character, fallback, behind) => {
    context.font = behind ? `64px "${family}", ${fallback}` : `64px ${fallback}`;
    return context.measureText(character).width;
  };
}
