/** What the window shows: the state of a Studio that is on its way. */

import type { Backend } from "$backend";
import { Studio } from "$domain/studio.svelte";
import { later } from "$views/later.svelte";

// A test has no patience for what comes later.
await later.load();

export function started(backend: Backend): Studio {
  const studio = new Studio(backend);
  void studio.start();
  return studio;
}
