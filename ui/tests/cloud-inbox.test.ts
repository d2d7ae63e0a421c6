/** What a person is told, on the stand-in: where a notification leads, notices on the desktop, invitations, wishes. */

import { fireEvent, screen, waitFor, within } from "@testing-library/svelte";
import { describe, expect, it } from "vitest";
import type { Notification } from "$backend";
import type { FakeBackend } from "../src/backend/fake";
import { ADA, GRACE, PROJECT, WORKSPACE } from "../src/backend/fake/cloud";
import { click, IN_PROJECT, open, rows } from "./cloud";

const SIGNED_IN = { cloud: { signedIn: true } } as const;

function notification(part: Partial<Notification> = {}): Notification {
  return { id: "01900000-0000-7000-8000-0000000000f1", kind: "mention", workspace_id: WORKSPACE, project_id: PROJECT, object: null, comment_id: null, actor: GRACE, details: { project: "Emberfall", excerpt: `@[Ada](${ADA.id}) darker?` }, created_at: new Date().toISOString(), read_at: null, desktop: true, ...part };
}

/** Some asset of the library that is not the first. */
async function anAsset(backend: FakeBackend): Promise<{ id: string; name: string }> {
  const found = await backend.search({ query: "", sort: "" });
  const card = found.first[7];
  if (!card) throw new Error("too few assets");
  return card;
}

describe("a notification", () => {
  it("leads to its asset in the open library, and is read then", async () => {
    const backend = await open(IN_PROJECT);
    const { id, name } = await anAsset(backend);
    backend.cloud.lists.set("notifications", rows("notifications", [notification({ object: { kind: "asset", id, name } })]));
    await click("open-inbox");
    const row = await screen.findByTestId("notification");
    expect(row.textContent).toContain("Grace mentioned you in Emberfall.");
    expect(row.textContent, "as it reads").toContain("@Ada darker?");
    await fireEvent.click(row);
    await waitFor(() => expect(screen.queryByTestId("inbox")).toBeNull());
    expect((await screen.findByTestId("inspector-name")).textContent).toContain(name);
    expect(backend.cloud.acts).toContainEqual({ do: "read", id: notification().id });
  });

  it("says so when its asset is not here", async () => {
    await open(IN_PROJECT, [rows("notifications", [notification({ object: { kind: "asset", id: "01900000-0000-7000-8000-00000000dead", name: "gone.png" } })])]);
    await click("open-inbox");
    await click("notification");
    await waitFor(() => expect(document.body.textContent).toContain("“gone.png” is not in this library."));
  });

  it("leads to the project where another library is open, and to the devices where it is about those", async () => {
    await open(SIGNED_IN, [rows("notifications", [notification(), notification({ id: "2", kind: "security", project_id: null, workspace_id: null, details: { device: "laptop" } })])]);
    await click("open-inbox");
    await fireEvent.click((await screen.findAllByTestId("notification"))[0] as HTMLElement);
    expect((await screen.findByTestId("team-activity")).getAttribute("aria-selected")).toBe("true");
    await fireEvent.keyDown(screen.getByTestId("team"), { key: "Escape" });
    await waitFor(() => expect(screen.queryByTestId("team")).toBeNull());
    await click("open-inbox");
    await fireEvent.click((await screen.findAllByTestId("notification"))[1] as HTMLElement);
    expect((await screen.findByTestId("account-devices")).getAttribute("aria-selected")).toBe("true");
  });

  it("is marked as read by itself; all are up to the newest that was shown", async () => {
    const backend = await open({ cloud: { signedIn: true, state: { unread: 2 } } }, [rows("notifications", [notification(), notification({ id: "2" })])]);
    await click("open-inbox");
    await fireEvent.click((await screen.findAllByTestId("notification-read"))[1] as HTMLElement);
    await waitFor(() => expect(backend.cloud.acts).toEqual([{ do: "read", id: "2" }]));
    await click("read-all");
    await waitFor(() => expect(backend.cloud.acts.at(-1)).toEqual({ do: "readAll", upTo: notification().id }));
  });
});

describe("a notice", () => {
  it("goes to the desktop, and its press leads to what it is about", async () => {
    const backend = await open(IN_PROJECT);
    backend.cloud.desktop = true;
    const { id, name } = await anAsset(backend);
    const told = notification({ object: { kind: "asset", id, name } });
    backend.news({ is: "told", notification: told });
    await waitFor(() => expect(backend.cloud.notices).toEqual([{ about: told.id, title: "Grace mentioned you in Emberfall.", body: "@Ada darker?" }]));
    expect(screen.queryByText(/mentioned you/), "once is enough").toBeNull();
    backend.news({ is: "pressed", id: told.id });
    expect((await screen.findByTestId("inspector-name")).textContent).toContain(name);
  });

  it("is said in the window where the desktop does not take it", async () => {
    const backend = await open(SIGNED_IN);
    backend.news({ is: "told", notification: notification() });
    await waitFor(() => expect(document.body.textContent).toContain("Grace mentioned you in Emberfall. “@Ada darker?”"));
  });

  it("of an earlier start leads to the list", async () => {
    const backend = await open(SIGNED_IN);
    backend.news({ is: "pressed", id: "unknown" });
    expect(await screen.findByTestId("inbox")).toBeTruthy();
  });
});

describe("an invitation", () => {
  const offer = { id: "o1", workspace: "Night Market", project: "Lanterns", role: "editor", invited_by: GRACE, message: "We need your tile sets.", expires_at: "2026-12-04T10:00:00Z" };

  it("shows in the side bar, and is accepted or declined where it stands", async () => {
    const backend = await open({ cloud: { signedIn: true, state: { offers: 1 } } }, [rows("offers", [offer])]);
    expect((await screen.findByTestId("open-offers")).textContent).toContain("1 invitation");
    await click("open-offers");
    const shown = await screen.findByTestId("offer");
    expect(shown.textContent).toContain("Grace asks you into Lanterns (Night Market) as Editor.");
    await click("offer-decline");
    await waitFor(() => expect(backend.cloud.acts.at(-1)).toEqual({ do: "answerOffer", id: "o1", yes: false }));
    await waitFor(() => expect(document.body.textContent).toContain("You declined the invitation to “Lanterns”."));
    await click("offer-accept");
    await waitFor(() => expect(backend.cloud.acts.at(-1)).toEqual({ do: "answerOffer", id: "o1", yes: true }));
  });

  it("waits while the cloud is away", async () => {
    const backend = await open({ cloud: { signedIn: true, state: { offers: 1 } } }, [rows("offers", [offer])]);
    await click("open-offers");
    await screen.findByTestId("offer");
    backend.cloud.turn({ link: "offline", offlineSinceMs: Date.now() });
    await waitFor(() => expect(screen.getByTestId<HTMLButtonElement>("offer-accept").disabled).toBe(true));
    expect(within(screen.getByTestId("inbox")).getAllByTestId("cloud-age").length).toBeGreaterThan(0);
  });
});

describe("wishes", () => {
  const all = [{ kind: "mention", in_app: true, desktop: true, mail: "at_once" }, { kind: "comment", in_app: true, desktop: false, mail: "never" }];

  it("are kept for each kind and way, and go back when the cloud refuses", async () => {
    const backend = await open(SIGNED_IN, [rows("preferences", all)]);
    await click("open-account");
    await click("account-notifications");
    const table = within(await screen.findByTestId("preferences"));
    await fireEvent.click(table.getByRole("checkbox", { name: "A comment in your project: On the desktop" }));
    await waitFor(() => expect(backend.cloud.acts.at(-1)).toEqual({ do: "setPreferences", preferences: [all[0], { ...all[1], desktop: true }] }));
    await fireEvent.change(table.getByRole("combobox", { name: "Somebody mentions you: By mail" }), { target: { value: "digest" } });
    await waitFor(() => expect(backend.cloud.acts.at(-1)).toEqual({ do: "setPreferences", preferences: [{ ...all[0], mail: "digest" }, all[1]] }));
    backend.cloud.refuse = { code: "invalid", message: "Not now." };
    const desktop = table.getByRole<HTMLInputElement>("checkbox", { name: "Somebody mentions you: On the desktop" });
    await fireEvent.click(desktop);
    await waitFor(() => expect(desktop.checked).toBe(true));
  });
});
