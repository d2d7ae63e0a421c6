/** What can lie over the window: one at a time. */

import type { SmartFolder } from "$backend";

export type SettingsPage = "look" | "import" | "library" | "keyboard" | "about";

export type Dialog =
  | { is: "settings"; page: SettingsPage }
  | { is: "rename" }
  | { is: "report"; job: string }
  | { is: "history" }
  | { is: "smart"; folder: SmartFolder | null; query: string; sort: string }
  | { is: "watch"; path: string }
  /** Asks for one line of text. */
  | { is: "ask"; title: string; label: string; value: string; verb: string; hint?: string; done: (value: string) => void }
  /** Only where a change cannot be taken back, or touches files. */
  | { is: "confirm"; title: string; words: string; verb: string; danger: boolean; done: () => void };
