/** Starts the window on the real backend, or on the stand-in in a browser. */

import { mount } from "svelte";
import "./app.css";
import type { Backend } from "$backend";
import App from "$views/App.svelte";

declare const __DEMO__: boolean;

async function backend(): Promise<Backend> {
  if (__DEMO__ && !("__TAURI_INTERNALS__" in window)) {
    const { demoBackend } = await import("./backend/demo");
    return demoBackend(new URLSearchParams(location.search));
  }
  const { tauriBackend } = await import("./backend/tauri");
  return tauriBackend();
}

/** Calls back once after the first page, or what stands in its place, has been drawn. */
function whenPainted(target: HTMLElement, call: () => void): void {
  const shown = "[data-testid=card], [data-testid=welcome], [data-testid=empty-state]";
  const observer = new MutationObserver(() => {
    if (!target.querySelector(shown)) return;
    observer.disconnect();
    // The second frame begins when the first one is on screen.
    requestAnimationFrame(() => requestAnimationFrame(call));
  });
  observer.observe(target, { childList: true, subtree: true });
}

const target = document.getElementById("app");
if (target) {
  const chosen = await backend();
  whenPainted(target, () => void chosen.painted());
  mount(App, { target, props: { backend: chosen } });
}
