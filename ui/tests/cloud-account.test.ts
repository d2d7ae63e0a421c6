/** The own account on the stand-in: keys, what was agreed to, the package of data; what is so while the cloud is away. */

import { fireEvent, screen, waitFor, within } from "@testing-library/svelte";
import { describe, expect, it } from "vitest";
import type { CloudRows } from "$backend";
import { ADA } from "../src/backend/fake/cloud";
import { click, open, rows, write } from "./cloud";

const SIGNED_IN = { cloud: { signedIn: true } } as const;

async function page(name: string, ...lists: CloudRows[]) {
  const backend = await open(SIGNED_IN, lists);
  await click("open-account");
  await click(`account-${name}`);
  return backend;
}

describe("keys", () => {
  const key = { id: "k1", name: "Nightly build", hint: "gf_key_7f3a", scopes: ["projects:read"], created_at: "2026-11-20T10:00:00Z", expires_at: null, last_used_at: null, last_address: null };

  it("are made with what they may do, and their secret is shown once and copied", async () => {
    const backend = await page("keys");
    const make = await screen.findByTestId<HTMLButtonElement>("key-make");
    await write("key-name", "Nightly build");
    expect(make.disabled, "it may do nothing yet").toBe(true);
    const scope = screen.getAllByTestId("key-scope").find((each) => each.dataset["scope"] === "projects:read");
    await fireEvent.click(scope as HTMLElement);
    await write("key-days", "9999");
    expect(make.disabled, "longer than any key lasts").toBe(true);
    await write("key-days", "90");
    await fireEvent.click(make);
    await waitFor(() => expect(backend.cloud.acts.at(-1)).toEqual({ do: "createKey", name: "Nightly build", scopes: ["projects:read"], days: 90 }));
    expect((await screen.findByTestId("shown-once")).textContent).toContain("gf_key_ab12-the-secret");
    await click("once-copy");
    await waitFor(() => expect(screen.getByTestId("shown-once").textContent).toContain("Copied."));
    expect(backend.calls.findLast((call) => call.name === "copyText")?.args).toEqual(["gf_key_ab12-the-secret"]);
    await click("account-devices");
    await click("account-keys");
    expect(screen.queryByTestId("shown-once"), "once").toBeNull();
  });

  it("are ended after a question", async () => {
    const backend = await page("keys", rows("keys", [key]));
    await click("key-end");
    expect(document.body.textContent).toContain("Programs that use “Nightly build” can do nothing more here.");
    expect(backend.cloud.acts).toEqual([]);
    await click("confirm-done");
    await waitFor(() => expect(backend.cloud.acts).toEqual([{ do: "removeKey", id: "k1" }]));
    expect((await screen.findByTestId("account-keys")).getAttribute("aria-selected"), "back where it was asked").toBe("true");
  });
});

describe("the own data", () => {
  const consent = (purpose: string, required: boolean, given: boolean) => ({ text: { purpose, version: 1, required, text: `Text of ${purpose}` }, given, answered_at: "2026-11-20T10:00:00Z" });

  it("lets what was agreed to be taken back, but for what an account needs", async () => {
    const backend = await page("data", rows("consents", [consent("terms", true, true), consent("product_mail", false, true)]));
    const boxes = (await screen.findAllByTestId("consent")).map((each) => within(each).getByRole<HTMLInputElement>("checkbox"));
    expect(boxes.map((box) => box.disabled)).toEqual([true, false]);
    await fireEvent.click(boxes[1] as HTMLElement);
    await waitFor(() => expect(backend.cloud.acts.at(-1)).toEqual({ do: "answerConsent", answer: { purpose: "product_mail", version: 1, given: false } }));
  });

  it("is saved into a folder, and where is said", async () => {
    const backend = await page("data", rows("exports", [{ id: "e1", state: "ready", asked_at: "2026-11-20T10:00:00Z", expires_at: null, size: 48_000_000 }]));
    expect((await screen.findByTestId("export")).textContent).toContain("48 MB");
    await click("export-save");
    await waitFor(() => expect(backend.cloud.acts).toEqual([{ do: "saveExport", id: "e1", folder: "/home/mira/game/art" }]));
    await waitFor(() => expect(screen.getByTestId("account-note").textContent).toContain("/home/mira/game/art/gameforge-data.zip"));
  });

  it("is looked for by itself while it is being made", async () => {
    const backend = await page("data", rows("exports", [{ id: "e1", state: "waiting", asked_at: "2026-11-20T10:00:00Z", expires_at: null, size: null }]));
    await screen.findByTestId("export");
    expect(screen.getByTestId<HTMLButtonElement>("ask-export").disabled, "one at a time").toBe(true);
    backend.cloud.lists.set("exports", rows("exports", [{ id: "e1", state: "ready", asked_at: "2026-11-20T10:00:00Z", expires_at: null, size: 1 }]));
    await waitFor(() => expect(screen.getByTestId("export").dataset["state"]).toBe("ready"), { timeout: 8000 });
  });
});

describe("new terms", () => {
  it("are a step away from what they stop", async () => {
    const backend = await page("devices", rows("sessions", [{ id: "s2", device_name: "laptop", platform: "macOS", created_at: "2026-11-20T10:00:00Z", last_used_at: "2026-11-20T10:00:00Z", last_address: null, place: null, current: false }]));
    backend.cloud.lists.set("consents", rows("consents", [{ text: { purpose: "terms", version: 2, required: true, text: "I accept the new terms." }, given: false, answered_at: null }]));
    backend.cloud.refuse = { code: "consent_required", message: "There are new terms." };
    await click("device-end");
    await fireEvent.click(await screen.findByRole("button", { name: "Read and agree" }));
    expect((await screen.findByTestId("consent")).textContent).toContain("I accept the new terms.");
  });
});

describe("while the cloud is away", () => {
  it("everything is shown with its age, and nothing can be changed", async () => {
    const backend = await page("devices", rows("sessions", [{ id: "s1", device_name: "desk", platform: "Linux", created_at: "2026-11-20T10:00:00Z", last_used_at: "2026-11-20T10:00:00Z", last_address: null, place: null, current: true }, { id: "s2", device_name: "laptop", platform: "macOS", created_at: "2026-11-20T10:00:00Z", last_used_at: "2026-11-20T10:00:00Z", last_address: null, place: null, current: false }]));
    const end = await screen.findByTestId("device-end");
    backend.cloud.turn({ link: "offline", offlineSinceMs: Date.now() - 60_000 });
    await waitFor(() => expect(end.matches(":disabled")).toBe(true));
    const dialog = within(screen.getByTestId("account"));
    expect(dialog.getByTestId("cloud-age").textContent).toContain("As of");
    await click("account-profile");
    expect(screen.getByTestId<HTMLInputElement>("profile-name").value).toBe(ADA.display_name);
    expect(screen.getByTestId("profile-name").matches(":disabled")).toBe(true);
    expect(screen.getByTestId("sign-out").matches(":disabled"), "but for going").toBe(false);
  });

  it("a list that was never heard says so", async () => {
    const backend = await open({ cloud: { signedIn: true } });
    backend.cloud.lists.delete("keys");
    backend.cloud.turn({ link: "offline", offlineSinceMs: Date.now() });
    await click("open-account");
    await click("account-keys");
    expect((await screen.findByTestId("cloud-never")).textContent).toContain("never loaded here");
  });
});
