/** The stand-in as the address asks for it: `?assets=100000&state=failed&theme=light&job`. */

import { type FakeBackend, fakeBackend } from "./fake";
import { PROJECT } from "./fake/cloud";
import { furnish } from "./fake/team";
import type { ErrorCode, LibraryState } from "./types";

function stateFor(name: string | null): LibraryState | undefined {
  const failed = (code: ErrorCode, message: string): LibraryState => ({ is: "failed", path: "/home/mira/Emberfall", failure: { code, message } });
  switch (name) {
    case "opening": return { is: "opening" };
    case "none": return failed("no_library", "No library is open. Choose a folder for one, or open one that you have.");
    case "newer": return failed("newer_library", "This library was made by a newer version of the Studio. Install that version to open it; nothing was changed.");
    case "damaged": return failed("damaged", "The library’s database is damaged. A backup of yesterday is in “backups/library-2026-11-21.db”.");
    case "readonly": return { is: "open", path: "/media/cd/Emberfall", name: "Emberfall", readOnly: true };
    default: return undefined;
  }
}

export function demoBackend(query: URLSearchParams): FakeBackend {
  const theme = query.get("theme");
  const state = stateFor(query.get("state"));
  const assets = Number(query.get("assets") ?? "48210");
  const backend = fakeBackend({
    assets,
    ...(state ? { state } : {}),
    job: query.has("job"),
    ...(query.has("cloud") ? { cloud: { signedIn: true, project: PROJECT, state: query.get("cloud") === "offline" ? { link: "offline", offlineSinceMs: Date.now() - 1_500_000, unread: 2 } : { unread: 2, offers: 1, memoryOnly: true } } } : {}),
    settings: {
      ...(theme === "light" || theme === "dark" ? { theme } : {}),
      ...(query.get("view") === "list" ? { view: "list" } : {}),
      ...(query.has("thumb") ? { thumb: Number(query.get("thumb")) } : {}),
      language: query.get("language") ?? "en",
      welcomed: assets > 0,
    },
  });
  if (query.has("cloud")) furnish(backend.cloud, query.get("of") ?? "");
  Object.assign(window, { fake: backend });
  return backend;
}
