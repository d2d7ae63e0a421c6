/** Dragging assets out of the window, to other programs. */

import { describe, expect, it, vi } from "vitest";
import { AssetDrag, MOST_OUT } from "$domain/drag.svelte";
import { Studio } from "$domain/studio.svelte";
import { fakeBackend } from "../src/backend/fake";

async function dragged(assets: number, choose: (studio: Studio) => void | Promise<void>) {
  const backend = fakeBackend({ assets, nowMs: Date.UTC(2026, 10, 22) });
  const studio = new Studio(backend);
  await studio.start();
  await vi.waitFor(() => expect(studio.results.ready).toBe(true));
  await choose(studio);
  const drag = new AssetDrag(studio);
  drag.press(300, 300);
  drag.move(320, 300);
  expect(drag.held?.count).toBe(studio.selection.count);
  drag.move(-4, 300);
  const out = () => backend.calls.filter((call) => call.name === "startDrag").map((call) => call.args[0] as string[]);
  return { studio, drag, out };
}

describe("dragging out", () => {
  it("hands over everything that was found, without what was taken out again", async () => {
    let left = "";
    const { studio, drag, out } = await dragged(430, (open) => {
      open.selection.selectAll(open.results);
      left = open.results.card(3)?.id ?? "";
      open.selection.toggle(left);
    });
    await vi.waitFor(() => expect(out()).toHaveLength(1));
    const [ids] = out();
    expect(ids).toHaveLength(429);
    expect(new Set(ids).size).toBe(429);
    expect(ids).not.toContain(left);
    expect(drag.held).toBeNull();
    studio.stop();
  });

  it("says when it is too many, and hands over nothing", async () => {
    const { studio, drag, out } = await dragged(MOST_OUT + 1, (open) => open.selection.selectAll(open.results));
    expect(studio.toasts.list.map((toast) => toast.text).join()).toContain(`Only ${MOST_OUT} files`);
    expect(drag.held).toBeNull();
    expect(out()).toEqual([]);
    studio.stop();
  });
});
