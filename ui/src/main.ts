/** Starts the window on the real backend, or on the stand-in in a browser. */

import { mount } from "svelte";
import "./app.css";
import type { Backend } from "$backend";
import { Studio } from "$domain/studio.svelte";
import App from "$views/App.svelte";
import { later } from "$views/later.svelte";
import { tauriBackend } from "./backend/tauri";

declare const __DEMO__: boolean;

/** How long the first page is waited for, in milliseconds, before the window is drawn without it. */
const PATIENCE = 300;

async function backend(): Promise<Backend> {
  if (__DEMO__ && !("__TAURI_INTERNALS__" in window)) {
    const { demoBackend } = await import("./backend/demo");
    return demoBackend(new URLSearchParams(location.search));
  }
  return tauriBackend();
}

/** The second frame begins when the first one is on screen. */
function twoFramesOn(call: () => void): void {
  requestAnimationFrame(() => requestAnimationFrame(call));
}

/** Calls back once after the first page, or what stands in its place, has been drawn. */
function whenPainted(target: HTMLElement, call: () => void): void {
  const shown = "[data-testid=card], [data-testid=welcome], [data-testid=empty-state]";
  const observer = new MutationObserver(() => {
    if (!target.querySelector(shown)) return;
    observer.disconnect();
    twoFramesOn(call);
  });
  observer.observe(target, { childList: true, subtree: true });
}

const target = document.getElementById("app");
if (target) {
  const chosen = await backend();
  const studio = new Studio(chosen);
  // Drawn once, with its language, theme and first page, rather than three times on the way there: what is drawn costs
  // more than what is asked for.
  const patience = new Promise((over) => setTimeout(over, PATIENCE));
  await Promise.race([studio.start(), patience]);
  whenPainted(target, () => void chosen.painted());
  mount(App, { target, props: { studio } });
  twoFramesOn(() => void later.load().catch((thrown: unknown) => studio.complain(thrown)));
}
