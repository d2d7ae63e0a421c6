import { svelte } from "@sveltejs/vite-plugin-svelte";
import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

const src = (path: string) => fileURLToPath(new URL(`./src/${path}`, import.meta.url));

// `--mode demo` builds the window on the in-memory fake, for a browser; every other mode talks to the shell.
export default defineConfig(({ mode }) => ({
  plugins: [svelte()],
  base: "./",
  clearScreen: false,
  server: { port: 5173, strictPort: true, host: "127.0.0.1" },
  preview: { port: 4173, strictPort: true, host: "127.0.0.1" },
  build: {
    target: ["es2022", "safari16"],
    chunkSizeWarningLimit: 900,
    assetsInlineLimit: 0,
  },
  resolve: {
    alias: [
      { find: /^\$backend$/, replacement: src("backend/index.ts") },
      { find: /^\$backend\//, replacement: src("backend/") },
      { find: /^\$shared\//, replacement: src("shared/") },
      { find: /^\$domain\//, replacement: src("domain/") },
      { find: /^\$messages$/, replacement: src("messages/index.svelte.ts") },
      { find: /^\$messages\//, replacement: src("messages/") },
      { find: /^\$views\//, replacement: src("views/") },
    ],
    ...(process.env["VITEST"] ? { conditions: ["browser"] } : {}),
  },
  define: { __DEMO__: JSON.stringify(mode === "demo" || mode === "development" || mode === "test") },
  test: {
    environment: "jsdom",
    globals: true,
    include: ["tests/**/*.test.ts"],
    setupFiles: ["tests/setup.ts"],
    // The whole window is drawn in a test; on a machine that builds beside it this takes its time.
    testTimeout: 30_000,
  },
}));
