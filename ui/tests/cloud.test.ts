/** The cloud in the window, on the stand-in: signing in, lists with their age, comments that wait, roles. */

import { fireEvent, screen, waitFor, within } from "@testing-library/svelte";
import { describe, expect, it } from "vitest";
import type { CloudRows } from "$backend";
import { threads } from "$domain/comments";
import { ADA, PROJECT } from "../src/backend/fake/cloud";
import { comment, open, pickFirst, write as type } from "./cloud";

describe("without a cloud", () => {
  it("shows nothing of one but the way to sign in", async () => {
    const backend = await open();
    expect(screen.queryByTestId("cloud-status")).toBeNull();
    expect(screen.queryByTestId("workspace")).toBeNull();
    expect(screen.queryByTestId("open-inbox")).toBeNull();
    expect(screen.getByTestId("open-sign-in")).toBeTruthy();
    expect(backend.calls.some((call) => call.name === "cloudList"), "nothing is asked of a cloud that is not there").toBe(false);
  });
});

describe("a cloud beside the Studio", () => {
  it("is proposed, with its address, and forgotten about once another was chosen", async () => {
    const backend = await open({ cloud: { state: { offered: "http://127.0.0.1:8477" } } });
    await fireEvent.click(await screen.findByTestId("cloud-offered"));
    expect((screen.getByTestId("cloud-address") as HTMLInputElement).value).toBe("http://127.0.0.1:8477");
    await fireEvent.click(screen.getByTestId("sign-in-done"));
    await waitFor(() => expect(screen.getByTestId("sign-in-email")).toBeTruthy());
    expect(backend.cloud.acts).toEqual([{ do: "connect", address: "http://127.0.0.1:8477" }]);
    expect(screen.queryByTestId("cloud-offered")).toBeNull();
    expect(screen.getByTestId("cloud-status").dataset["link"]).toBe("signedOut");
  });
});

describe("signing in", () => {
  it("connects, asks for the second factor, and is in", async () => {
    const backend = await open();
    backend.cloud.entering = { is: "secondFactor", what: "challenge-1" };
    await fireEvent.click(screen.getByTestId("open-sign-in"));
    await type("cloud-address", "https://cloud.example.org");
    await fireEvent.click(screen.getByTestId("sign-in-done"));
    await waitFor(() => expect(screen.getByTestId("provider-github")).toBeTruthy());
    await type("sign-in-email", "ada@example.org");
    await type("sign-in-password", "correct horse battery");
    await fireEvent.click(screen.getByTestId("sign-in-done"));
    await waitFor(() => expect(screen.getByTestId("factor-code")).toBeTruthy());
    await type("factor-code", " 123456 ");
    await fireEvent.click(screen.getByTestId("sign-in-done"));
    await waitFor(() => expect(screen.queryByTestId("sign-in")).toBeNull());
    expect(backend.cloud.acts.at(-1)).toEqual({ do: "secondFactor", challenge: "challenge-1", code: "123456" });
    expect(screen.getByTestId("cloud-status").dataset["link"]).toBe("live");
    await waitFor(() => expect(screen.getByTestId("workspace").dataset["name"]).toBe("Emberworks"));
  });

  it("begins each step in its first field", async () => {
    await open();
    await fireEvent.click(screen.getByTestId("open-sign-in"));
    await waitFor(() => expect(document.activeElement).toBe(screen.getByTestId("cloud-address")));
    await type("cloud-address", "https://cloud.example.org");
    await fireEvent.click(screen.getByTestId("sign-in-done"));
    await waitFor(() => expect(document.activeElement).toBe(screen.getByTestId("sign-in-email")));
    await fireEvent.click(screen.getByTestId("to-register"));
    await waitFor(() => expect(document.activeElement).toBe(screen.getByTestId("register-name")));
  });

  it("lets a person who gives up on the browser go another way, and ignores the browser after that", async () => {
    const backend = await open({ cloud: { state: { address: "https://cloud.example.org", link: "signedOut" } } });
    let back: (error: Error) => void = () => undefined;
    const act = backend.cloudAct.bind(backend);
    backend.cloudAct = (asked) => (asked.do === "provider" ? new Promise((_, fail) => (back = fail)) : act(asked));
    await fireEvent.click(screen.getByTestId("open-sign-in"));
    await fireEvent.click(await screen.findByTestId("provider-github"));
    expect(document.body.textContent).toContain("Go on in the browser at GitHub.");
    await type("sign-in-email", "ada@example.org");
    await type("sign-in-password", "correct horse battery");
    backend.cloud.refuse = { code: "invalid", message: "Address and password do not belong together." };
    await fireEvent.click(screen.getByTestId("sign-in-done"));
    await waitFor(() => expect(screen.getByTestId("sign-in-problem").textContent).toContain("do not belong together"));
    expect(document.body.textContent).not.toContain("Go on in the browser");
    back(new Error("nobody came back"));
    await new Promise((rest) => setTimeout(rest));
    expect(screen.getByTestId("sign-in-problem").textContent).toContain("do not belong together");
  });

  it("says what went wrong where it was asked, and keeps what was typed", async () => {
    const backend = await open({ cloud: { state: { address: "https://cloud.example.org", link: "signedOut" } } });
    await fireEvent.click(screen.getByTestId("open-sign-in"));
    await type("sign-in-email", "ada@example.org");
    await type("sign-in-password", "wrong");
    backend.cloud.refuse = { code: "invalid", message: "Address and password do not belong together." };
    await fireEvent.click(screen.getByTestId("sign-in-done"));
    await waitFor(() => expect(screen.getByTestId("sign-in-problem").textContent).toContain("do not belong together"));
    expect((screen.getByTestId("sign-in-email") as HTMLInputElement).value).toBe("ada@example.org");
  });

  it("does not register before the required texts are agreed to", async () => {
    await open({ cloud: { state: { address: "https://cloud.example.org", link: "signedOut" } } });
    await fireEvent.click(screen.getByTestId("open-sign-in"));
    await waitFor(() => expect(screen.getByTestId("provider-google")).toBeTruthy());
    await fireEvent.click(screen.getByTestId("to-register"));
    const done = screen.getByTestId("sign-in-done") as HTMLButtonElement;
    expect(done.disabled).toBe(true);
    await fireEvent.click(screen.getByTestId("agree-terms"));
    expect(done.disabled).toBe(false);
  });
});

describe("signed in", () => {
  it("says how old a list is while the cloud is away, and keeps showing it", async () => {
    const backend = await open({ cloud: { signedIn: true } });
    await waitFor(() => expect(screen.getByTestId("project").dataset["name"]).toBe("Emberfall"));
    expect(screen.queryByTestId("cloud-age")).toBeNull();
    backend.cloud.turn({ link: "offline", offlineSinceMs: Date.now() - 300_000 });
    await waitFor(() => expect(screen.getByTestId("cloud-status").textContent).toContain("Offline since 5 minutes ago"));
    expect(screen.getAllByTestId("cloud-age")[0]?.textContent).toContain("As of");
    expect(screen.getByTestId("project")).toBeTruthy();
  });

  it("says that a sign-in is kept in memory only", async () => {
    await open({ cloud: { signedIn: true, state: { memoryOnly: true } } });
    await waitFor(() => expect(screen.getByTestId("memory-only").textContent).toContain("memory only"));
  });

  it("counts what is not read on the bell", async () => {
    const backend = await open({ cloud: { signedIn: true } });
    await waitFor(() => expect(screen.getByTestId("open-inbox")).toBeTruthy());
    expect(screen.queryByTestId("inbox-badge")).toBeNull();
    backend.cloud.turn({ unread: 2, offers: 1 });
    // The invitation is one of the two.
    await waitFor(() => expect(screen.getByTestId("inbox-badge").textContent).toBe("2"));
    backend.cloud.turn({ unread: 0, offers: 1 });
    await waitFor(() => expect(screen.getByTestId("inbox-badge").textContent).toBe("1"));
  });

  it("shows the roles from the cloud's own table", async () => {
    await open({ cloud: { signedIn: true } });
    await fireEvent.click(await screen.findByTestId("workspace"));
    await fireEvent.click(await screen.findByTestId("team-roles"));
    const rows = within(await screen.findByTestId("permission-table")).getAllByRole("row");
    const yes = (at: number) => within(rows[at] as HTMLElement).queryAllByText("✓").length;
    expect([yes(1), yes(2)], "all three roles see it, only the owner deletes it").toEqual([3, 1]);
  });

  it("asks for a fresh proof before something dangerous and then does it", async () => {
    const backend = await open({ cloud: { signedIn: true } });
    await fireEvent.click(await screen.findByTestId("open-account"));
    await fireEvent.click(screen.getByTestId("account-data"));
    backend.cloud.refuse = { code: "step_up", message: "Show once more that it is you." };
    await fireEvent.click(await screen.findByTestId("erase"));
    expect(backend.cloud.acts, "one press erases nobody").toEqual([]);
    await fireEvent.click(within(await screen.findByTestId("confirm-dialog")).getByText("Cancel"));
    await fireEvent.click(await screen.findByTestId("erase"));
    await fireEvent.click(await screen.findByTestId("confirm-done"));
    await screen.findByTestId("prove");
    await type("prove-value", "correct horse battery");
    await fireEvent.click(screen.getByTestId("prove-done"));
    await waitFor(() => expect(backend.cloud.acts.map((act) => act.do)).toEqual(["erase", "stepUp", "erase"]));
  });

  it("leads who has no password to the page they came by", async () => {
    const backend = await open({ cloud: { signedIn: true } }, [{ list: "identities", rows: [{ provider: "discord", label: "ada", linked_at: "2026-01-01T00:00:00Z", last_used_at: null }] }]);
    const { account } = backend.cloud.state;
    if (account) backend.cloud.turn({ account: { ...account, has_password: false } });
    await fireEvent.click(await screen.findByTestId("open-account"));
    await fireEvent.click(screen.getByTestId("account-data"));
    backend.cloud.refuse = { code: "step_up", message: "Show once more that it is you." };
    await fireEvent.click(await screen.findByTestId("erase"));
    await fireEvent.click(await screen.findByTestId("confirm-done"));
    await fireEvent.click(await screen.findByTestId("prove-discord"));
    expect(screen.queryByTestId("prove-value"), "there is nothing to type").toBeNull();
    await waitFor(() => expect(backend.cloud.acts.map((act) => act.do)).toEqual(["erase", "stepUpBy", "erase"]));
  });

  it("warns before a sign-out that would lose what was written", async () => {
    const backend = await open({ cloud: { signedIn: true, state: { unsent: 2 } } });
    await fireEvent.click(await screen.findByTestId("open-account"));
    await fireEvent.click(screen.getByTestId("sign-out"));
    expect(backend.cloud.acts).toEqual([]);
    expect(document.body.textContent).toContain("2 comments were not sent yet");
  });
});

describe("comments on an asset", () => {
  it("are shown when the library belongs to a project, and one written waits until it was sent", async () => {
    const backend = await open({ cloud: { signedIn: true, project: PROJECT } });
    backend.cloud.lists.set("comments", { list: "comments", rows: [comment({ id: "1" })] } as CloudRows);
    await pickFirst();
    expect((await screen.findByTestId("comment")).textContent).toContain("A little darker?");
    await type("comment-words", "Yes, a little.");
    await fireEvent.click(screen.getByTestId("comment-say"));
    await waitFor(() => expect(screen.getByTestId("unsent").textContent).toContain("Yes, a little."));
    expect(screen.getByTestId("cloud-unsent").textContent).toContain("1 comment waits");
    expect((screen.getByTestId("comment-words") as HTMLTextAreaElement).value).toBe("");
  });

  it("are not there for a library of no project", async () => {
    await open({ cloud: { signedIn: true } });
    await pickFirst();
    await waitFor(() => expect(screen.getByTestId("inspector-name")).toBeTruthy());
    expect(screen.queryByTestId("comment-words")).toBeNull();
  });

  it("are put in threads; a removed one stays only as a gap above its answers", () => {
    const rows = [comment({ id: "2", thread_id: "1", created_at: "2026-11-20T11:00:00Z" }), comment({ id: "1", deleted_at: "2026-11-20T12:00:00Z" }), comment({ id: "3", deleted_at: "2026-11-20T12:00:00Z" })];
    expect(threads(rows).map(({ first, answers }) => [first.id, answers.map((each) => each.id)])).toEqual([["1", ["2"]]]);
  });
});

describe("the own comments", () => {
  it("are changed in the place where they were written", async () => {
    const backend = await open({ cloud: { signedIn: true, project: PROJECT } });
    backend.cloud.lists.set("comments", { list: "comments", rows: [comment({ id: "mine", author: ADA, body: "Drker?" })] } as CloudRows);
    await pickFirst();
    await fireEvent.click(within(await screen.findByTestId("comment")).getByLabelText("Edit"));
    expect((screen.getByTestId("comment-words") as HTMLTextAreaElement).value).toBe("Drker?");
    await type("comment-words", "Darker?");
    await fireEvent.click(screen.getByTestId("comment-say"));
    await waitFor(() => expect(backend.cloud.acts.at(-1)).toEqual({ do: "changeComment", id: "mine", change: { body: "Darker?", resolved: null } }));
  });
});
