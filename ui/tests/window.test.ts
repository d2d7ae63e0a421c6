/** The whole window on the stand-in: what a person does, and what they see of it. */

import { fireEvent, render, screen, waitFor, within } from "@testing-library/svelte";
import { describe, expect, it } from "vitest";
import App from "$views/App.svelte";
import { type FakeBackend, type FakeOptions, fakeBackend } from "../src/backend/fake";
import { started } from "./started";

async function open(options: Partial<FakeOptions> = {}): Promise<FakeBackend> {
  const backend = fakeBackend({ assets: 600, nowMs: Date.UTC(2026, 10, 22), ...options });
  render(App, { props: { studio: started(backend) } });
  await waitFor(() => expect(screen.getByTestId("window").dataset["library"]).not.toBe("none"));
  return backend;
}

async function cards(): Promise<HTMLElement[]> {
  return waitFor(() => {
    const found = screen.getAllByTestId("card");
    expect(found.length).toBeGreaterThan(0);
    return found;
  });
}

async function press(index: number, keys: Partial<PointerEventInit> = {}): Promise<HTMLElement> {
  await cards();
  const cell = document.querySelector<HTMLElement>(`[data-cell][data-index="${index}"]`);
  if (!cell) throw new Error(`cell ${index} is not drawn`);
  await fireEvent.pointerDown(cell, { button: 0, ...keys });
  await fireEvent.pointerUp(cell, { button: 0, ...keys });
  return cell;
}

const edits = (backend: FakeBackend) => backend.calls.filter((call) => call.name === "edit").map((call) => call.args[0] as { do: string });

it("says on hover what a sign is for, one at a time", async () => {
  await open();
  await cards();
  const said = () => [...document.querySelectorAll(".tooltip")].map((tip) => tip.textContent?.trim());
  expect(said()).toEqual([]);
  for (const [part, words] of [["open-settings", /^Settings/], ["theme-toggle", /^Switch between dark and light/]] as const) {
    await fireEvent.pointerEnter(screen.getByTestId(part), { pointerType: "mouse" });
    await fireEvent.pointerMove(screen.getByTestId(part), { pointerType: "mouse" });
    await waitFor(() => expect(said()).toEqual([expect.stringMatching(words)]));
    await fireEvent.pointerLeave(screen.getByTestId(part), { pointerType: "mouse" });
  }
});

it("says nothing over a dialog that a key opened", async () => {
  await open();
  await cards();
  await fireEvent.pointerEnter(screen.getByTestId("open-settings"), { pointerType: "mouse" });
  await fireEvent.pointerMove(screen.getByTestId("open-settings"), { pointerType: "mouse" });
  await waitFor(() => expect(document.querySelector(".tooltip")).not.toBeNull());
  await fireEvent.keyDown(document.body, { key: "k", ctrlKey: true });
  await screen.findByTestId("palette");
  await waitFor(() => expect(document.querySelector(".tooltip")).toBeNull());
});

describe("the grid", () => {
  it("draws what fits and not more, and says how many there are", async () => {
    await open();
    expect((await cards()).length).toBeLessThan(60);
    expect(screen.getByTestId("grid").dataset["total"]).toBe("600");
    expect(screen.getByTestId("match-count").textContent).toContain("600 of 600");
  });

  it("tells the engine what is on screen", async () => {
    const backend = await open();
    await cards();
    await waitFor(() => expect(backend.calls.some((call) => call.name === "visible")).toBe(true));
  });

  it("moves by keys and extends with Shift", async () => {
    await open();
    await press(0);
    const grid = screen.getByTestId("grid");
    await fireEvent.keyDown(grid, { key: "ArrowRight" });
    await fireEvent.keyDown(grid, { key: "ArrowRight", shiftKey: true });
    await waitFor(() => expect(screen.getByTestId("status-selection").textContent).toContain("2 selected"));
    expect(grid.getAttribute("aria-activedescendant")).toBe("cell-2");
  });

  it("changes to a list and sorts by its columns", async () => {
    const backend = await open();
    await cards();
    await fireEvent.click(screen.getByTestId("view-list"));
    await waitFor(() => expect(screen.getByTestId("list")).toBeTruthy());
    await fireEvent.click(screen.getByTestId("column-name"));
    await waitFor(() => expect(screen.getByTestId("column-name").dataset["sort"]).toBe("ascending"));
    await fireEvent.click(screen.getByTestId("column-name"));
    await waitFor(() => expect(backend.calls.filter((call) => call.name === "search").at(-1)?.args[0]).toMatchObject({ sort: "-name" }));
  });
});

describe("searching", () => {
  it("shows filters as chips that can be removed", async () => {
    await open();
    await cards();
    await fireEvent.input(screen.getByTestId("search-input"), { target: { value: "goblin kind:image" } });
    const chip = await screen.findByTestId("filter-chip");
    expect(chip.textContent).toContain("kind: image");
    await waitFor(() => expect(Number(screen.getByTestId("grid").dataset["total"])).toBeLessThan(600));
    await fireEvent.click(chip);
    await waitFor(() => expect(screen.queryByTestId("filter-chip")).toBeNull());
    expect(screen.getByTestId<HTMLInputElement>("search-input").value).toBe("goblin");
  });

  it("says which filter keeps everything out", async () => {
    await open();
    await cards();
    await fireEvent.input(screen.getByTestId("search-input"), { target: { value: "kind:image width>9000" } });
    await screen.findByTestId("empty-state");
    const drop = await screen.findByTestId("drop-filter");
    expect(drop.textContent).toContain("width>9000");
    await fireEvent.click(drop);
    await waitFor(() => expect(screen.queryByTestId("empty-state")).toBeNull());
  });

  it("clears with Escape", async () => {
    await open();
    await cards();
    const input = screen.getByTestId<HTMLInputElement>("search-input");
    await fireEvent.input(input, { target: { value: "goblin" } });
    await fireEvent.keyDown(input, { key: "Escape" });
    expect(input.value).toBe("");
  });

  it("calls the order best only where something is matched", async () => {
    await open({ settings: { sort: "" } });
    await cards();
    expect(screen.getByTestId("sort-menu").textContent).toContain("Newest");
    await fireEvent.input(screen.getByTestId("search-input"), { target: { value: "kind:image" } });
    await screen.findByTestId("filter-chip");
    expect(screen.getByTestId("sort-menu").textContent).toContain("Newest");
    await fireEvent.input(screen.getByTestId("search-input"), { target: { value: "goblin" } });
    await waitFor(() => expect(screen.getByTestId("sort-menu").textContent).toContain("Best match"));
  });

  it("does not complain of a filter while its values are offered", async () => {
    await open();
    await cards();
    const input = screen.getByTestId<HTMLInputElement>("search-input");
    input.focus();
    await fireEvent.input(input, { target: { value: "kind:" } });
    const offers = await screen.findAllByTestId("completion");
    expect(offers.find((offer) => offer.textContent?.includes("image"))?.textContent, "how many there are").toMatch(/image\D*\d+/);
    expect(screen.queryByTestId("query-warning")).toBeNull();
  });

  it("offers to clear one word that finds nothing, and nothing else", async () => {
    await open();
    await cards();
    await fireEvent.input(screen.getByTestId("search-input"), { target: { value: "no-such-word" } });
    const empty = await screen.findByTestId("empty-state");
    expect(screen.queryByTestId("drop-filter")).toBeNull();
    await fireEvent.click(within(empty).getByRole("button"));
    await waitFor(() => expect(screen.queryByTestId("empty-state")).toBeNull());
  });

  it("says where it looks, and what it would find elsewhere", async () => {
    await open();
    await cards();
    const tag = screen.getAllByTestId("place-tag").find((row) => row.dataset["name"] === "vehicles");
    if (!tag) throw new Error("no such tag");
    await fireEvent.click(tag);
    const input = screen.getByTestId<HTMLInputElement>("search-input");
    await waitFor(() => expect(input.placeholder).toContain("Search in vehicles"));
    await fireEvent.input(input, { target: { value: "-tag:vehicles" } });
    await fireEvent.click(await screen.findByTestId("search-all"));
    await waitFor(() => expect(screen.getByTestId("place-title").textContent).toBe("All assets"));
    await cards();
    expect(input.value).toBe("-tag:vehicles");
  });

  it("leads out of the review of duplicates", async () => {
    await open();
    await cards();
    await fireEvent.click(screen.getByTestId("place-duplicates"));
    await screen.findAllByTestId("duplicate-group");
    await fireEvent.input(screen.getByTestId("search-input"), { target: { value: "goblin" } });
    await waitFor(() => expect(screen.getByTestId("place-title").textContent).toBe("All assets"));
    await cards();
  });

  it("says what it did not understand", async () => {
    await open();
    await cards();
    await fireEvent.input(screen.getByTestId("search-input"), { target: { value: "wdith>=512" } });
    expect((await screen.findByTestId("query-warning")).textContent).toContain("wdith>=512");
  });
});

describe("the inspector", () => {
  it("fills the strip of colours, also where they are not the whole picture", async () => {
    await open();
    const first = (await cards()).findIndex((card) => card.dataset["name"]?.endsWith(".png"));
    await press(first);
    const strip = await screen.findAllByTestId("palette-colour");
    const grows = strip.map((colour) => Number(colour.style.flexGrow));
    expect(grows.length).toBeGreaterThan(1);
    // Below one in all, the rest stays empty.
    expect(grows.reduce((sum, grow) => sum + grow)).toBeGreaterThanOrEqual(1);
    expect(Math.max(...grows)).toBeGreaterThan(1);
  });

  it("shows the selected asset and rates it by a key", async () => {
    const backend = await open();
    const cell = await press(0);
    await waitFor(() => expect(screen.getByTestId("inspector-name").textContent).toContain(cell.dataset["name"]?.slice(0, 6) ?? "?"));
    await fireEvent.keyDown(screen.getByTestId("grid"), { key: "4" });
    await waitFor(() => expect(edits(backend)).toHaveLength(1));
    expect(edits(backend)[0]).toMatchObject({ do: "setRating", rating: 4 });
    await waitFor(() => expect(within(screen.getByTestId("inspector")).getByTestId("rating").dataset["rating"]).toBe("4"));
  });

  it("adds a tag and takes it back by the note's Undo", async () => {
    const backend = await open();
    await press(0);
    const input = await screen.findByTestId("tag-input");
    await fireEvent.input(input, { target: { value: "boss/final" } });
    await fireEvent.keyDown(input, { key: "Enter" });
    await waitFor(() => expect(screen.getAllByTestId("tag-chip").some((chip) => chip.dataset["tag"] === "boss/final")).toBe(true));
    await fireEvent.click(await screen.findByTestId("toast-action"));
    await waitFor(() => expect(backend.calls.filter((call) => call.name === "undo")).toHaveLength(1));
    await waitFor(() => expect(screen.queryAllByTestId("tag-chip").some((chip) => chip.dataset["tag"] === "boss/final")).toBe(false));
  });

  it("takes a tag back by Ctrl Z in the field that gave it, unless something is written there", async () => {
    const backend = await open();
    await press(0);
    const input = await screen.findByTestId("tag-input");
    await fireEvent.input(input, { target: { value: "boss" } });
    await fireEvent.keyDown(input, { key: "z", ctrlKey: true });
    expect(backend.calls.some((call) => call.name === "undo")).toBe(false);
    await fireEvent.keyDown(input, { key: "Enter" });
    await waitFor(() => expect(screen.getAllByTestId("tag-chip").some((chip) => chip.dataset["tag"] === "boss")).toBe(true));
    await waitFor(() => expect(screen.getByTestId<HTMLButtonElement>("undo").disabled).toBe(false));
    await fireEvent.keyDown(input, { key: "z", ctrlKey: true });
    await waitFor(() => expect(screen.queryAllByTestId("tag-chip").some((chip) => chip.dataset["tag"] === "boss")).toBe(false));
  });

  it("renames by F2, and only when the name changed", async () => {
    const backend = await open();
    await press(0);
    await screen.findByTestId("inspector-name");
    await fireEvent.keyDown(screen.getByTestId("grid"), { key: "F2" });
    const input = await screen.findByTestId<HTMLInputElement>("name-input");
    await waitFor(() => expect(input.value).not.toBe(""));
    await fireEvent.keyDown(input, { key: "Enter" });
    expect(edits(backend)).toHaveLength(0);
    await fireEvent.keyDown(screen.getByTestId("grid"), { key: "F2" });
    const again = await screen.findByTestId("name-input");
    await fireEvent.input(again, { target: { value: "king.png" } });
    await fireEvent.click(screen.getByTestId("name-file-too"));
    await fireEvent.keyDown(again, { key: "Enter" });
    await waitFor(() => expect(edits(backend)[0]).toMatchObject({ do: "rename", name: "king.png", fileToo: true }));
  });

  it("sums up many and edits them all at once", async () => {
    const backend = await open();
    await press(0);
    await fireEvent.keyDown(window, { key: "a", ctrlKey: true });
    await waitFor(() => expect(screen.getByTestId("inspector-count").textContent).toContain("600"));
    expect(backend.calls.filter((call) => call.name === "page")).toHaveLength(0);
    await fireEvent.keyDown(screen.getByTestId("grid"), { key: "3" });
    await waitFor(() => expect(edits(backend)[0]).toMatchObject({ do: "setRating", targets: { of: "results", except: [] } }));
  });

  it("asks before files go to the trash, and not before a removal", async () => {
    const backend = await open();
    await press(0);
    await fireEvent.keyDown(screen.getByTestId("grid"), { key: "Delete", shiftKey: true });
    await screen.findByTestId("confirm-dialog");
    expect(edits(backend)).toHaveLength(0);
    await fireEvent.click(screen.getByTestId("confirm-done"));
    await waitFor(() => expect(edits(backend)[0]).toMatchObject({ do: "trash" }));
  });
});

describe("the palette", () => {
  it("opens by Ctrl K, finds a command and runs it", async () => {
    await open();
    await cards();
    await fireEvent.keyDown(window, { key: "k", ctrlKey: true });
    const input = await screen.findByTestId("palette-input");
    await fireEvent.input(input, { target: { value: "show as list" } });
    expect(screen.getAllByTestId("palette-item")[0]?.dataset["action"]).toBe("view.list");
    await fireEvent.keyDown(input, { key: "Enter" });
    await waitFor(() => expect(screen.getByTestId("list")).toBeTruthy());
    expect(screen.queryByTestId("palette")).toBeNull();
  });

  it("offers nothing that makes no sense now", async () => {
    await open();
    await cards();
    await fireEvent.keyDown(window, { key: "k", ctrlKey: true });
    await screen.findByTestId("palette-input");
    expect(screen.getAllByTestId("palette-item").some((item) => item.dataset["action"] === "trash")).toBe(false);
  });
});

describe("places", () => {
  it("ask for what they hold", async () => {
    const backend = await open();
    await cards();
    const tag = (await screen.findAllByTestId("place-tag")).find((row) => row.dataset["name"] === "vehicles");
    if (tag) await fireEvent.click(tag);
    await waitFor(() => expect(screen.getByTestId("place-title").textContent).toBe("vehicles"));
    expect(backend.calls.filter((call) => call.name === "search").at(-1)?.args[0]).toMatchObject({ query: "tag:vehicles" });
  });

  it("say nothing of what needs no attention", async () => {
    await open({ assets: 3 });
    await cards();
    expect(screen.getByTestId("place-failed").textContent?.trim()).toBe("Could not be read");
  });

  it("count neither the last search nor its kinds beside duplicates", async () => {
    await open();
    await cards();
    await fireEvent.click(screen.getByTestId("place-duplicates"));
    await screen.findAllByTestId("duplicate-group");
    expect(screen.queryByTestId("status-count")).toBeNull();
    expect(screen.getByTestId("inspector").textContent).not.toContain("Kinds");
    expect(screen.queryByTestId("merge-selected")).toBeNull();
  });

  it("review duplicates and merge with the chosen one kept", async () => {
    const backend = await open();
    await cards();
    await fireEvent.click(screen.getByTestId("place-duplicates"));
    const group = (await screen.findAllByTestId("duplicate-group"))[0];
    if (!group) throw new Error("no group");
    const second = within(group).getAllByRole("button").filter((button) => button.hasAttribute("aria-pressed"))[1];
    if (second) await fireEvent.click(second);
    await fireEvent.click(within(group).getByTestId("merge"));
    await waitFor(() => expect(edits(backend)).toHaveLength(1));
    const merge = edits(backend)[0] as unknown as { keep: string; others: string[] };
    expect(second?.getAttribute("aria-pressed")).toBe("true");
    expect(merge.others).not.toContain(merge.keep);
  });
});

describe("files from outside", () => {
  it("are named as far as a name can be read, and asked for by their bytes", async () => {
    const backend = await open();
    await cards();
    const path = "file:///art/caf%E9.png";
    backend.drag({ is: "enter", paths: [path], x: 0, y: 0 });
    expect((await screen.findByTestId("drop-target")).textContent).toContain("“caf\u{fffd}.png”");
    backend.drag({ is: "drop", paths: [path], x: 0, y: 0 });
    await waitFor(() => expect(backend.calls.find((call) => call.name === "importPaths")?.args[0]).toEqual({ paths: [path], copy: false }));
  });

  it("say what letting go will do, and are imported as said", async () => {
    const backend = await open();
    await cards();
    backend.drag({ is: "enter", paths: ["/art"], x: 0, y: 0 });
    expect((await screen.findByTestId("drop-target")).textContent).toContain("stay where they are");
    const band = innerHeight - 60;
    backend.drag({ is: "over", x: 200, y: band });
    await waitFor(() => expect(screen.getByTestId("drop-target").textContent).toContain("are copied"));
    expect(screen.getByTestId("drop-other").className).toContain("turned");
    backend.drag({ is: "drop", paths: ["/art"], x: 200, y: band });
    await waitFor(() => expect(backend.calls.find((call) => call.name === "importPaths")?.args[0]).toEqual({ paths: ["/art"], copy: true }));
    expect((await screen.findAllByTestId("job"))[0]?.dataset["state"]).toBe("running");
  });
});

describe("a job", () => {
  it("that ends while all jobs are asked for is over, though the answer is older", async () => {
    const backend = await open({ job: true });
    const shown = async () => (await screen.findAllByTestId("job"))[0]?.dataset["state"];
    expect(await shown()).toBe("running");
    const older = await backend.jobs();
    let answer: (jobs: typeof older) => void = () => undefined;
    backend.jobs = () => new Promise((resolve) => (answer = resolve));
    backend.tell({ is: "places" });
    for (const job of older) backend.tell({ is: "job", job: { ...job, state: "done", endedMs: Date.now() } });
    answer(older);
    await waitFor(async () => expect(await shown()).toBe("done"));
    await new Promise((resolve) => setTimeout(resolve));
    expect(await shown()).toBe("done");
  });
});

describe("engines' import files", () => {
  const lastQuery = (backend: FakeBackend) => (backend.calls.filter((call) => call.name === "search").at(-1)?.args[0] as { query: string }).query;

  it("are left out, counted, and shown on demand", async () => {
    const backend = await open({ sidecars: 40 });
    await cards();
    expect(screen.getByTestId("grid").dataset["total"]).toBe("600");
    expect(screen.getByTestId("match-count").textContent).toContain("600 of 600");
    expect(screen.getByTestId("place-all").textContent).toContain("600");
    const note = screen.getByTestId("sidecars");
    expect(note.textContent).toContain("40 sidecar files hidden");
    await fireEvent.click(within(note).getByRole("button"));
    await waitFor(() => expect(screen.getByTestId("grid").dataset["total"]).toBe("640"));
    expect(screen.getByTestId("place-all").textContent).toContain("640");
    expect(screen.getByTestId("sidecars").textContent).toContain("Hide");
    await waitFor(() => expect(backend.calls.some((call) => call.name === "saveSettings" && (call.args[0] as { showSidecars: boolean }).showSidecars)).toBe(true));
  });

  it("are shown where they were asked for by format", async () => {
    const backend = await open({ sidecars: 40 });
    await cards();
    await fireEvent.input(screen.getByTestId("search-input"), { target: { value: "format:import" } });
    await waitFor(() => expect(screen.getByTestId("grid").dataset["total"]).toBe("40"));
    expect(lastQuery(backend)).toBe("format:import");
    expect(screen.getByTestId("match-count").textContent).toContain("40 of 640");
    expect(screen.queryByText(/hidden/)).toBeNull();
  });

  it("say so where nothing else matches", async () => {
    await open({ sidecars: 40 });
    await cards();
    await fireEvent.input(screen.getByTestId("search-input"), { target: { value: ".import" } });
    const empty = await screen.findByTestId("empty-state");
    await fireEvent.click(within(empty).getByText("40 engine import files match: show them"));
    await waitFor(() => expect(screen.getByTestId("grid").dataset["total"]).toBe("40"));
  });
});

describe("states", () => {
  it("teach in an empty library", async () => {
    const backend = await open({ assets: 0 });
    await screen.findByTestId("welcome");
    await fireEvent.click(screen.getByTestId("add-samples"));
    await waitFor(() => expect(backend.calls.some((call) => call.name === "addSamples")).toBe(true));
  });

  it("say why a library could not be opened and offer ways on", async () => {
    await open({ state: { is: "failed", path: "/l", failure: { code: "newer_library", message: "Install the newer version." } } });
    const failed = await screen.findByTestId("library-failed");
    expect(failed.textContent).toContain("Install the newer version.");
    expect(screen.queryByTestId("try-again")).toBeNull();
  });

  it("let nothing be changed in a read-only library", async () => {
    const backend = await open({ state: { is: "open", path: "/l", name: "L", readOnly: true } });
    await press(0);
    await fireEvent.keyDown(screen.getByTestId("grid"), { key: "5" });
    await fireEvent.keyDown(screen.getByTestId("grid"), { key: "Delete" });
    expect(edits(backend)).toHaveLength(0);
    expect(screen.queryByTestId("tag-input")).toBeNull();
    expect(screen.getByTestId<HTMLButtonElement>("import-button").disabled).toBe(true);
  });

  it("speak German throughout", async () => {
    await open({ settings: { language: "de" } });
    await cards();
    await waitFor(() => expect(screen.getByTestId("place-all").textContent).toContain("Alle Assets"));
    expect(document.documentElement.lang).toBe("de");
  });
});
