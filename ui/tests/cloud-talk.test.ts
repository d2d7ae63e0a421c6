/** Comments on the stand-in: mentions by the keyboard, threads, what each role may do, the history of an object. */

import { fireEvent, screen, waitFor, within } from "@testing-library/svelte";
import userEvent from "@testing-library/user-event";
import { describe, expect, it } from "vitest";
import type { Person } from "$backend";
import { beginning, beginsMention, bodyOf, draftOf, plain, stretches, suggested, toldOf, withMention } from "$domain/comments";
import { ADA, GRACE, PROJECT } from "../src/backend/fake/cloud";
import { click, comment, IN_PROJECT, open, pickFirst, rows } from "./cloud";

const GRANT: Person = { id: "01900000-0000-7000-8000-00000000000d", display_name: "Grant" };
const LOVELACE: Person = { id: "01900000-0000-7000-8000-00000000000e", display_name: "Ada Lovelace" };

describe("mentions", () => {
  it("begin after an @ that begins a word, and end with the line or a third word", () => {
    expect(beginsMention("hello @Gr", 9)).toBe("Gr");
    expect(beginsMention("hello @", 7)).toBe("");
    expect(beginsMention("(@Ada Lov", 9)).toBe("Ada Lov");
    expect(beginsMention("mail@example", 12), "an address is no mention").toBeNull();
    expect(beginsMention("@a\nb", 4)).toBeNull();
    expect(beginsMention("@one two three four", 19)).toBeNull();
  });

  it("read as names and are sent with who is meant", () => {
    const { draft, caret } = withMention({ words: "hello @Gr!", people: [] }, 9, GRACE);
    expect([draft.words, caret]).toEqual(["hello @Grace !", 13]);
    expect(bodyOf(draft)).toBe(`hello @[Grace](${GRACE.id}) !`);
    expect(toldOf(draft)).toEqual([GRACE]);
    expect(toldOf({ ...draft, words: "hello @Gracefully" }), "a longer word is no mention").toEqual([]);
    expect(bodyOf({ words: "hello @Grace", people: [] }), "nobody was chosen").toBe("hello @Grace");
  });

  it("take the longest name, and each of two people with one name", () => {
    expect(bodyOf({ words: "@Ada Lovelace and @Ada", people: [ADA, LOVELACE] })).toBe(`@[Ada Lovelace](${LOVELACE.id}) and @[Ada](${ADA.id})`);
    const other = { ...GRANT, display_name: "Grace" };
    expect(bodyOf({ words: "@Grace @Grace @Grace", people: [GRACE, other] })).toBe(`@[Grace](${GRACE.id}) @[Grace](${other.id}) @[Grace](${other.id})`);
  });

  it("are the same after they were written on and sent unchanged", () => {
    for (const body of [`@[Grace](${GRACE.id}), look.`, "plain words, a@b.c", `a @[Ada Lovelace](${LOVELACE.id}) b @[Ada](${ADA.id})`, "@[x](nobody)"]) expect(bodyOf(draftOf(body)), body).toBe(body);
  });

  it("are shown by the name that somebody has now", () => {
    const renamed = { ...GRACE, display_name: "Grace H." };
    expect(stretches(`hi @[Grace](${GRACE.id})!`, [renamed])).toEqual([{ is: "words", text: "hi " }, { is: "mention", person: renamed }, { is: "words", text: "!" }]);
    expect(plain(`@[x](${"z".repeat(36)})`), "no id, no mention").toContain("@[x]");
    expect(beginning(`see @[Grace](${GRACE.id}) and @[Ada](0190`)).toBe("see @Grace and …");
  });

  it("suggest by any word of a name, never oneself", () => {
    expect(suggested([ADA, GRACE, LOVELACE], "lov", ADA.id)).toEqual([LOVELACE]);
    expect(suggested([ADA, GRACE], "", ADA.id)).toEqual([GRACE]);
  });
});

describe("the field for a comment", () => {
  async function writing() {
    const backend = await open(IN_PROJECT);
    backend.cloud.people = [GRACE, GRANT];
    await pickFirst();
    const field = await screen.findByTestId<HTMLTextAreaElement>("comment-words");
    const user = userEvent.setup();
    await user.click(field);
    return { backend, field, user };
  }

  it("is used by the keyboard alone: arrows choose, Enter takes, Ctrl and Enter sends", async () => {
    const { backend, field, user } = await writing();
    await user.keyboard("look @gr");
    const list = await screen.findByTestId("mention-people");
    await waitFor(() => expect(within(list).getAllByRole("option")).toHaveLength(2));
    expect(field.getAttribute("aria-activedescendant")).toBe(within(list).getAllByRole("option")[0]?.id);
    await user.keyboard("{ArrowDown}");
    expect(list.getAttribute("role")).toBe("listbox");
    const second = within(list).getAllByRole("option")[1];
    expect([second?.textContent, second?.getAttribute("aria-selected")]).toEqual(["Grant", "true"]);
    expect(field.getAttribute("aria-activedescendant")).toBe(second?.id);
    await user.keyboard("{ArrowDown}{ArrowUp}{Enter}");
    await waitFor(() => expect(screen.queryByTestId("mention-people")).toBeNull());
    expect([field.value, document.activeElement === field]).toEqual(["look @Grant ", true]);
    expect(screen.getByTestId("comment-tells").textContent).toBe("Tells Grant");
    await user.keyboard("please{Control>}{Enter}{/Control}");
    await waitFor(() => expect(backend.cloud.acts.at(-1)).toMatchObject({ do: "comment", body: `look @[Grant](${GRANT.id}) please` }));
    await waitFor(() => expect(field.value).toBe(""));
  });

  it("closes the list by Escape without leaving the field, and takes by Tab", async () => {
    const { field, user } = await writing();
    await user.keyboard("@g");
    await screen.findByTestId("mention-people");
    await user.keyboard("{Escape}");
    await waitFor(() => expect(screen.queryByTestId("mention-people")).toBeNull());
    expect([field.value, document.activeElement === field]).toEqual(["@g", true]);
    await user.keyboard("r");
    await screen.findByTestId("mention-people");
    await user.keyboard("{Tab}");
    await waitFor(() => expect(field.value).toBe("@Grace "));
    expect(document.activeElement).toBe(field);
    await user.tab();
    expect(document.activeElement, "Tab goes on where no list is open").not.toBe(field);
  });

  it("suggests whom this computer remembers while the cloud is away", async () => {
    const { backend, user } = await writing();
    backend.cloud.turn({ link: "offline", offlineSinceMs: Date.now() });
    await user.keyboard("@");
    const list = await screen.findByTestId("mention-people");
    expect(within(list).getAllByRole("option").map((each) => each.textContent)).toEqual(["Grace"]);
    expect(backend.calls.some((call) => call.name === "cloudPeople"), "nothing was asked of the cloud").toBe(false);
  });
});

describe("comments", () => {
  it("show who is mentioned as a chip, the person at hand marked", async () => {
    await open(IN_PROJECT, [rows("comments", [comment({ id: "1", body: `@[Ada](${ADA.id}) and @[Grace](${GRACE.id})?`, mentions: [ADA, GRACE] })])]);
    await pickFirst();
    const chips = within(await screen.findByTestId("comment")).getAllByTestId("mention");
    expect(chips.map((chip) => [chip.textContent, chip.classList.contains("me")])).toEqual([["@Ada", true], ["@Grace", false]]);
  });

  it("are written on as they read, not as they are sent", async () => {
    const backend = await open(IN_PROJECT, [rows("comments", [comment({ id: "mine", author: ADA, body: `@[Grace](${GRACE.id}) drker?` })])]);
    await pickFirst();
    await click("comment-edit");
    const field = screen.getByTestId<HTMLTextAreaElement>("comment-words");
    expect(field.value).toBe("@Grace drker?");
    await fireEvent.input(field, { target: { value: "@Grace darker?" } });
    await click("comment-say");
    await waitFor(() => expect(backend.cloud.acts.at(-1)).toEqual({ do: "changeComment", id: "mine", change: { body: `@[Grace](${GRACE.id}) darker?`, resolved: null } }));
    await waitFor(() => expect(field.value, "the next one begins anew").toBe(""));
  });

  it("are removed and come back from the note, and from the gap that stays above answers", async () => {
    const all = [comment({ id: "1", author: ADA }), comment({ id: "2", thread_id: "1", created_at: "2026-11-20T11:00:00Z" })];
    const backend = await open(IN_PROJECT, [rows("comments", all)]);
    await pickFirst();
    await fireEvent.click((await screen.findAllByTestId("comment-remove"))[0] as HTMLElement);
    await waitFor(() => expect(backend.cloud.acts.at(-1)).toEqual({ do: "removeComment", id: "1" }));
    await fireEvent.click(await screen.findByRole("button", { name: "Restore" }));
    await waitFor(() => expect(backend.cloud.acts.at(-1)).toEqual({ do: "restoreComment", id: "1" }));
    backend.cloud.lists.set("comments", rows("comments", [{ ...all[0], body: "", deleted_at: "2026-11-20T12:00:00Z" }, all[1]]));
    backend.news({ is: "stale", scope: PROJECT });
    backend.cloud.acts.length = 0;
    await click("comment-restore");
    await waitFor(() => expect(backend.cloud.acts).toEqual([{ do: "restoreComment", id: "1" }]));
  });

  it("get reactions by the keyboard, and lose them again", async () => {
    const backend = await open(IN_PROJECT, [rows("comments", [comment({ id: "1", reactions: [{ emoji: "👍", people: [ADA] }] })])]);
    await pickFirst();
    await click("reaction");
    await waitFor(() => expect(backend.cloud.acts.at(-1)).toEqual({ do: "react", id: "1", emoji: "👍", on: false }));
    await click("comment-react");
    await fireEvent.click(screen.getByRole("button", { name: "React with 🎉" }));
    await waitFor(() => expect(backend.cloud.acts.at(-1)).toEqual({ do: "react", id: "1", emoji: "🎉", on: true }));
    expect(document.activeElement, "the focus is where the choice was opened").toBe(screen.getByTestId("comment-react"));
  });

  it("offer only what the role may do", async () => {
    const backend = await open(IN_PROJECT, [rows("comments", [comment({ id: "1" })])]);
    await pickFirst();
    expect(await screen.findByTestId("comment-resolve")).toBeTruthy();
    expect(screen.getByTestId("comment-remove"), "an owner moderates").toBeTruthy();
    const inside = backend.cloud.lists.get("project");
    if (inside?.list !== "project") throw new Error("no project");
    backend.cloud.lists.set("project", { list: "project", rows: { ...inside.rows, role: null, permissions: ["view"] } });
    backend.news({ is: "stale", scope: PROJECT });
    await waitFor(() => expect(screen.getByTestId("comments-look-only")).toBeTruthy());
    for (const part of ["comment-words", "comment-resolve", "comment-remove", "comment-react", "comment-answer"]) expect(screen.queryByTestId(part), part).toBeNull();
  });

  it("tell what happened to the object when somebody wants to know", async () => {
    const backend = await open(IN_PROJECT, [rows("objectActivity", [{ seq: 2, part: 0, at: "2026-11-20T10:00:00Z", actor: GRACE, verb: "thread.resolved", object_kind: "asset", object_id: "a", details: {} }])]);
    await pickFirst();
    const history = await screen.findByTestId<HTMLDetailsElement>("object-activity");
    expect(backend.calls.filter((call) => call.name === "cloudList").some((call) => (call.args[0] as { list: string }).list === "objectActivity"), "not before").toBe(false);
    history.open = true;
    await fireEvent(history, new Event("toggle"));
    expect((await screen.findByTestId("event")).textContent).toContain("Grace settled a thread");
  });
});
