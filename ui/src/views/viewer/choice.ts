/** Which viewer shows an asset. Pure. */

import type { AssetDetail } from "$backend";

export type Choice = "image" | "sprite" | "model" | "audio" | "font" | "video" | "text" | "other";

export function viewerFor(detail: AssetDetail): Choice {
  const { card, metadata, problem } = detail;
  // Words can be read even when they are damaged as what they claim to be (JSON with a comma too many).
  const words = card.kind === "text" || (card.kind === "scene" && card.format !== "godot-binary");
  if (card.missing || (problem && !words)) return "other";
  switch (card.kind) {
    case "image":
      return metadata.kind === "image" && metadata.frames > 1 ? "sprite" : "image";
    case "model":
    case "audio":
    case "font":
    case "video":
      return card.kind;
    default:
      return words ? "text" : "other";
  }
}
