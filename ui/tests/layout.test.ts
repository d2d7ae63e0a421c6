/** What is remembered of the window's layout. */

import { waitFor } from "@testing-library/svelte";
import { describe, expect, it } from "vitest";
import { Studio } from "$domain/studio.svelte";
import { fakeBackend } from "../src/backend/fake";

describe("the layout", () => {
  it("is kept at once, and while a panel is dragged now and then", async () => {
    const backend = fakeBackend({ assets: 3, nowMs: Date.UTC(2026, 10, 22) });
    const studio = new Studio(backend);
    await studio.start();
    const widths = () => backend.calls.filter((call) => call.name === "saveSettings").map((call) => (call.args[0] as { sidebar: number }).sidebar);
    for (let sidebar = 201; sidebar <= 240; sidebar += 1) studio.change({ sidebar });
    expect(widths()).toEqual([201]);
    await waitFor(() => expect(widths()).toEqual([201, 240]));
    studio.stop();
  });
});
