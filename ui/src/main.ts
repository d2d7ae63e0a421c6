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

const target = document.getElementById("app");
if (target) mount(App, { target, props: { backend: await backend() } });
