/** What can lie over the window: one at a time. */

import type { CloudPlace, SmartFolder } from "$backend";

export type SettingsPage = "look" | "import" | "library" | "keyboard" | "about";

export type AccountPage = "profile" | "security" | "devices" | "keys" | "notifications" | "data";

export type TeamPage = "members" | "roles" | "activity" | "plan" | "bin" | "general";

export type Dialog =
  | { is: "settings"; page: SettingsPage }
  | { is: "rename" }
  | { is: "report"; job: string }
  | { is: "history" }
  | { is: "smart"; folder: SmartFolder | null; query: string; sort: string }
  | { is: "watch"; path: string }
  /** Connecting to a cloud, signing in, registering. */
  | { is: "signIn" }
  | { is: "account"; page: AccountPage }
  /** A workspace or a project, with what the person may do in it. */
  | { is: "team"; place: CloudPlace; name: string; permissions: readonly string[]; page?: TeamPage }
  /** The own workspaces that can be restored. */
  | { is: "bin" }
  | { is: "inbox" }
  /** Asks for one line of text. */
  | { is: "ask"; title: string; label: string; value: string; verb: string; hint?: string; done: (value: string) => void }
  /** Only where a change cannot be taken back, or touches files. */
  /** `back`: what it lies over, and is there again when it goes. */
  | { is: "confirm"; title: string; words: string; verb: string; danger: boolean; done: () => void; back?: Dialog | null };
