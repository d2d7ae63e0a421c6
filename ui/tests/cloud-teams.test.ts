/** Workspaces and projects on the stand-in: what they are, who is in them, their plan, their bin. */

import { fireEvent, screen, waitFor, within } from "@testing-library/svelte";
import userEvent from "@testing-library/user-event";
import { describe, expect, it } from "vitest";
import type { CloudPlace, Project, Workspace } from "$backend";
import type { FakeBackend } from "../src/backend/fake";
import { ADA, GRACE, PROJECT, WORKSPACE } from "../src/backend/fake/cloud";
import { click, open, rows, write } from "./cloud";

const SIGNED_IN = { cloud: { signedIn: true } } as const;
const place: CloudPlace = { is: "project", id: PROJECT };

function change(backend: FakeBackend, list: "project" | "workspace", part: Partial<Project> | Partial<Workspace>): void {
  const now = backend.cloud.lists.get(list);
  backend.cloud.lists.set(list, rows(list, { ...(now?.rows as object), ...part }));
  backend.news({ is: "stale", scope: list === "project" ? PROJECT : WORKSPACE });
}

async function general(of: "project" | "workspace" = "project") {
  const backend = await open(SIGNED_IN);
  await click(of);
  await click("team-general");
  await screen.findByTestId("team-name");
  return backend;
}

describe("a project’s page", () => {
  it("changes only what was changed, and says so", async () => {
    const backend = await general();
    const save = screen.getByTestId<HTMLButtonElement>("team-save");
    expect(save.disabled, "there is nothing to save").toBe(true);
    await write("team-description", "A game about embers. ");
    await fireEvent.click(within(screen.getByTestId("team-visibility")).getByRole("radio", { name: /Private/ }));
    const user = userEvent.setup();
    await user.click(screen.getByTestId("team-add-tag"));
    await user.keyboard("pixel art{Enter}jam,");
    expect(screen.getAllByTestId("team-tag").map((tag) => tag.textContent)).toEqual(["pixel art", "jam"]);
    await user.keyboard("{Backspace}");
    await fireEvent.click(save);
    await waitFor(() => expect(backend.cloud.acts.at(-1)).toEqual({ do: "changeProject", id: PROJECT, change: { name: null, description: "A game about embers.", visibility: "private", tags: ["pixel art"], settings: null } }));
    await waitFor(() => expect(screen.getByTestId("team-form").textContent).toContain("Saved."));
  });

  it("keeps what was typed when the cloud refuses", async () => {
    const backend = await general();
    await write("team-name", "Taken");
    backend.cloud.refuse = { code: "exists", message: "There is a project of this name." };
    await click("team-save");
    await waitFor(() => expect(document.body.textContent).toContain("There is a project of this name."));
    expect(screen.getByTestId<HTMLInputElement>("team-name").value).toBe("Taken");
  });

  it("follows a change that somebody else made, but not over what is being written", async () => {
    const backend = await general();
    await write("team-description", "Mine");
    change(backend, "project", { name: "Emberrise", description: "Theirs" });
    await waitFor(() => expect(screen.getByTestId<HTMLInputElement>("team-name").value).toBe("Emberrise"));
    expect(screen.getByTestId<HTMLTextAreaElement>("team-description").value).toBe("Mine");
  });

  it("lets a viewer look and leave, and no more", async () => {
    const backend = await general();
    change(backend, "project", { role: "viewer", permissions: ["view", "comment"] });
    await waitFor(() => expect(screen.queryByTestId("team-save")).toBeNull());
    expect(screen.getByTestId<HTMLInputElement>("team-name").disabled).toBe(true);
    expect(screen.queryByTestId("team-remove")).toBeNull();
    await click("team-leave");
    await click("confirm-done");
    await waitFor(() => expect(backend.cloud.acts).toEqual([{ do: "leave", place }]));
  });

  it("goes into the bin after a question, and comes back from the note", async () => {
    const backend = await general();
    await click("team-remove");
    expect(backend.cloud.acts, "asked first").toEqual([]);
    await click("confirm-done");
    await waitFor(() => expect(backend.cloud.acts).toEqual([{ do: "remove", place }]));
    await fireEvent.click(await screen.findByRole("button", { name: "Restore" }));
    await waitFor(() => expect(backend.cloud.acts.at(-1)).toEqual({ do: "restore", place }));
  });

  it("changes nothing while the cloud is away, and says so", async () => {
    const backend = await general();
    backend.cloud.turn({ link: "offline", offlineSinceMs: Date.now() });
    await waitFor(() => expect(screen.getByTestId<HTMLInputElement>("team-name").disabled).toBe(true));
    expect(screen.getByTestId("team").textContent).toContain("The cloud cannot be reached");
    expect(screen.getByTestId<HTMLButtonElement>("team-remove").disabled).toBe(true);
  });
});

describe("a workspace’s page", () => {
  it("of one’s own cannot be left, given away or removed", async () => {
    const backend = await general("workspace");
    change(backend, "workspace", { personal: true });
    expect(await screen.findByTestId("personal")).toBeTruthy();
    for (const part of ["team-leave", "team-remove"]) expect(screen.queryByTestId(part), part).toBeNull();
    await click("team-members");
    await screen.findAllByTestId("member");
    expect(screen.queryByTestId("transfer")).toBeNull();
  });

  it("says in words what the plan allows and what is full", async () => {
    await open(SIGNED_IN, [rows("quotas", [{ resource: "members", used: 5, most: 5 }, { resource: "comments_a_day", used: 37, most: 2000 }, { resource: "projects", used: 3, most: null }])]);
    await click("workspace");
    await click("team-plan");
    const shown = (await screen.findAllByTestId("quota")).map((each) => each.textContent?.replace(/\s+/g, " ").trim());
    expect(shown[0]).toMatch(/^Members ?5 of 5 .*Full/);
    expect(shown[1]).toMatch(/last 24 hours ?37 of 2,000$/);
    expect(shown[2]).toMatch(/Projects ?3, without a limit$/);
    expect(screen.getByTestId("plan").textContent).toBe("Plan: Free");
    expect(screen.getAllByRole("meter").map((meter) => meter.getAttribute("aria-valuetext"))).toEqual(["5 of 5", "37 of 2,000"]);
  });
});

describe("who is in it", () => {
  it("leave by themselves, which is not being let go", async () => {
    const backend = await open(SIGNED_IN, [rows("members", [{ person: GRACE, role: "owner", inherited: false, joined_at: "2026-11-20T10:00:00Z" }, { person: ADA, role: "editor", inherited: false, joined_at: "2026-11-20T10:00:00Z" }])]);
    change(backend, "project", { role: "editor", permissions: ["view", "comment", "edit"] });
    await click("project");
    await waitFor(() => expect(screen.queryByTestId("invite")).toBeNull());
    expect(screen.queryByTestId("let-go"), "an editor lets nobody go").toBeNull();
    await click("leave");
    await click("confirm-done");
    await waitFor(() => expect(backend.cloud.acts).toEqual([{ do: "leave", place }]));
  });

  it("keep their role when the cloud refuses another", async () => {
    const backend = await open(SIGNED_IN, [rows("members", [{ person: GRACE, role: "editor", inherited: false, joined_at: "2026-11-20T10:00:00Z" }])]);
    await click("project");
    const role = await screen.findByTestId<HTMLSelectElement>("member-role");
    backend.cloud.refuse = { code: "invalid", message: "Your own role does not reach above this." };
    await fireEvent.change(role, { target: { value: "admin" } });
    await waitFor(() => expect(document.body.textContent).toContain("does not reach above this"));
    await waitFor(() => expect(screen.getByTestId<HTMLSelectElement>("member-role").value).toBe("editor"));
  });

  it("are asked in, asked again, and not asked any more", async () => {
    const invitation = (id: string, state: string) => ({ id, workspace_id: WORKSPACE, project_id: PROJECT, email: `${id}@example.org`, role: "viewer", state, invited_by: ADA, created_at: "2026-11-20T10:00:00Z", expires_at: "2026-12-04T10:00:00Z" });
    const backend = await open(SIGNED_IN, [rows("invitations", [invitation("noor", "pending"), invitation("li", "declined"), invitation("old", "accepted")])]);
    await click("project");
    await screen.findByTestId("invite-email");
    await write("invite-email", " mira@example.org ");
    await write("invite-message", "Come in");
    await click("invite");
    await waitFor(() => expect(backend.cloud.acts.at(-1)).toEqual({ do: "invite", place, email: "mira@example.org", role: "viewer", message: "Come in" }));
    await waitFor(() => expect(screen.getByTestId<HTMLInputElement>("invite-email").value).toBe(""));
    expect(screen.getAllByTestId("resend"), "what was accepted is over").toHaveLength(2);
    await fireEvent.click(screen.getAllByTestId("resend")[1] as HTMLElement);
    await waitFor(() => expect(backend.cloud.acts.at(-1)).toEqual({ do: "resend", id: "li" }));
    expect(screen.getAllByTestId("revoke")).toHaveLength(1);
    await click("revoke");
    await waitFor(() => expect(backend.cloud.acts.at(-1)).toEqual({ do: "revoke", id: "noor" }));
  });
});

describe("the bin", () => {
  const item = (kind: string, id: string) => ({ kind, id, name: kind === "comment" ? `@[Grace](${GRACE.id}) old words` : "Old", deleted_by: ADA, deleted_at: "2026-11-20T10:00:00Z", purge_after: "2026-12-20T10:00:00Z" });

  it("gives back a project’s comments, in words as they read", async () => {
    const backend = await open(SIGNED_IN, [rows("bin", [item("comment", "c9")])]);
    await click("project");
    await click("team-bin");
    expect((await screen.findByTestId("bin-item")).textContent).toContain("@Grace old words");
    await click("bin-restore");
    await waitFor(() => expect(backend.cloud.acts).toEqual([{ do: "restoreComment", id: "c9" }]));
  });

  it("gives back own workspaces, from the side bar", async () => {
    const backend = await open(SIGNED_IN, [rows("bin", [item("workspace", WORKSPACE)])]);
    await click("open-bin");
    await click("bin-restore");
    await waitFor(() => expect(backend.cloud.acts).toEqual([{ do: "restore", place: { is: "workspace", id: WORKSPACE } }]));
    expect(backend.calls.some((call) => call.name === "cloudList" && JSON.stringify(call.args[0]) === '{"list":"bin","place":null}')).toBe(true);
  });

  it("says when nothing is in it", async () => {
    await open(SIGNED_IN);
    await click("open-bin");
    expect((await screen.findByTestId("cloud-empty")).textContent).toBe("The bin is empty.");
  });
});
