/** A session without a mouse: everything is reached, the focus is never lost, Escape closes the topmost layer only. */

import { fireEvent, render, screen, waitFor, within } from "@testing-library/svelte";
import userEvent from "@testing-library/user-event";
import { describe, expect, it } from "vitest";
import { ACTIONS } from "$domain/actions";
import App from "$views/App.svelte";
import { type FakeBackend, type FakeOptions, fakeBackend } from "../src/backend/fake";
import { started } from "./started";

async function open(options: Partial<FakeOptions> = {}): Promise<FakeBackend> {
  const backend = fakeBackend({ assets: 60, nowMs: Date.UTC(2026, 10, 22), ...options });
  render(App, { props: { studio: started(backend) } });
  await waitFor(() => expect(screen.getAllByTestId("card").length).toBeGreaterThan(0));
  return backend;
}

const keys = userEvent.setup({ delay: null });
const focus = () => document.activeElement as HTMLElement;
const edits = (backend: FakeBackend) => backend.calls.filter((call) => call.name === "edit").map((call) => call.args[0] as { do: string });

/** What a person hears of the part that has the focus. */
function named(element: HTMLElement): string {
  const label = element.getAttribute("aria-label") ?? element.getAttribute("placeholder") ?? element.textContent?.trim();
  return `${element.getAttribute("role") ?? element.tagName.toLowerCase()} ${label ?? ""}`.trim();
}

async function intoGrid(): Promise<HTMLElement> {
  const grid = screen.getByTestId("grid");
  for (let presses = 0; focus() !== grid; presses += 1) {
    expect(presses, "Tab leads to the assets").toBeLessThan(40);
    await keys.tab();
  }
  return grid;
}

async function chosen(index = 0): Promise<HTMLElement> {
  const grid = await intoGrid();
  await keys.keyboard("{Home}");
  for (let step = 0; step < index; step += 1) await keys.keyboard("{ArrowRight}");
  await waitFor(() => expect(screen.getByTestId("status-selection").textContent).toContain("1 selected"));
  await screen.findByTestId("inspector-name");
  return grid;
}

describe("Tab", () => {
  it("goes once round the window, through parts that all have a name, and gets stuck nowhere", async () => {
    await open();
    const stops: HTMLElement[] = [];
    for (let presses = 0; presses < 80; presses += 1) {
      await keys.tab();
      if (focus() === document.body) break;
      expect(stops, `${named(focus())} comes twice in one round`).not.toContain(focus());
      stops.push(focus());
    }
    expect(focus()).toBe(document.body);
    expect(stops.map(named).filter((name) => !name.includes(" "))).toEqual([]);
    for (const part of ["library-menu", "search-input", "open-settings", "place-all", "add-filter", "sort-menu", "view-grid", "import-button", "grid"]) {
      expect(stops.some((stop) => stop.dataset["testid"] === part), part).toBe(true);
    }
  });

  it("stops once at the places, however many there are", async () => {
    await open({ assets: 600 });
    const side = screen.getByTestId("sidebar");
    const rows = side.querySelectorAll("[data-place-row]");
    expect(rows.length).toBeGreaterThan(20);
    expect([...rows].filter((row) => (row as HTMLElement).tabIndex === 0).map((row) => (row as HTMLElement).dataset["testid"])).toEqual(["place-all"]);
  });
});

describe("the places", () => {
  it("are gone through by arrows and opened by Enter", async () => {
    await open();
    screen.getByTestId("place-all").focus();
    await keys.keyboard("{ArrowDown}{ArrowDown}");
    expect(focus().dataset["testid"]).toBe("place-untagged");
    await keys.keyboard("{Enter}");
    await waitFor(() => expect(screen.getByTestId("place-title").textContent).toBe("Untagged"));
    await keys.keyboard("{Home}");
    expect(named(focus())).toContain("Library");
    await keys.keyboard("{ArrowLeft}");
    expect(screen.queryByTestId("place-all")).toBeNull();
    await keys.keyboard("{ArrowRight}");
    expect(screen.getByTestId("place-all")).toBeTruthy();
  });

  it("fold and open their children, and have their menu by Shift F10", async () => {
    await open({ assets: 600 });
    const parent = screen.getAllByTestId("place-tag").find((row) => row.getAttribute("aria-expanded") === "true");
    if (!parent) throw new Error("no tag has children");
    const before = screen.getAllByTestId("place-tag").length;
    parent.focus();
    await keys.keyboard("{ArrowLeft}");
    expect(screen.getAllByTestId("place-tag").length).toBeLessThan(before);
    await keys.keyboard("{ArrowRight}");
    expect(screen.getAllByTestId("place-tag").length).toBe(before);
    await keys.keyboard("{Shift>}{F10}{/Shift}");
    await waitFor(() => expect(document.querySelector("[data-menu-open]")?.textContent).toContain("Rename or move tag"));
    await keys.keyboard("{Escape}");
    await waitFor(() => expect(document.querySelector("[data-menu-open]")).toBeNull());
    await waitFor(() => expect(focus()).toBe(parent));
  });
});

describe("Escape", () => {
  it("closes the dialog, then the quick look, then gives up the selection", async () => {
    await open();
    const grid = await chosen();
    await keys.keyboard(" ");
    await screen.findByTestId("quick-look");
    await keys.keyboard("?");
    await screen.findByTestId("settings");
    await keys.keyboard("{Escape}");
    await waitFor(() => expect(screen.queryByTestId("settings")).toBeNull());
    expect(screen.getByTestId("quick-look")).toBeTruthy();
    await waitFor(() => expect(screen.getByTestId("quick-look").contains(focus())).toBe(true));
    await keys.keyboard("{Escape}");
    await waitFor(() => expect(screen.queryByTestId("quick-look")).toBeNull());
    expect(screen.getByTestId("status-selection").textContent).toContain("1 selected");
    expect(focus()).toBe(grid);
    await keys.keyboard("{Escape}");
    await waitFor(() => expect(screen.queryByTestId("status-selection")).toBeNull());
  });

  it("closes the palette over the viewer and leaves the viewer", async () => {
    await open();
    const grid = await chosen();
    await keys.keyboard("{Enter}");
    await screen.findByTestId("quick-look");
    await keys.keyboard("{Control>}k{/Control}");
    const input = await screen.findByTestId("palette-input");
    await waitFor(() => expect(focus()).toBe(input));
    await keys.keyboard("{Escape}");
    await waitFor(() => expect(screen.queryByTestId("palette")).toBeNull());
    expect(screen.getByTestId("quick-look").dataset["mode"]).toBe("full");
    await waitFor(() => expect(screen.getByTestId("quick-look").contains(focus())).toBe(true));
    await keys.keyboard("{Escape}");
    await waitFor(() => expect(screen.queryByTestId("quick-look")).toBeNull());
    expect(focus()).toBe(grid);
  });

  it("closes the menu of an asset and keeps the selection", async () => {
    await open();
    const grid = await chosen();
    await keys.keyboard("{Shift>}{F10}{/Shift}");
    await screen.findByTestId("asset-menu");
    await keys.keyboard("{Escape}");
    await waitFor(() => expect(screen.queryByTestId("asset-menu")).toBeNull());
    expect(screen.getByTestId("status-selection").textContent).toContain("1 selected");
    await waitFor(() => expect(focus()).toBe(grid));
  });

  it("closes the filters and goes back to their button", async () => {
    await open();
    await chosen();
    screen.getByTestId("add-filter").focus();
    await keys.keyboard("{Enter}");
    const filters = await screen.findByTestId("filters");
    within(filters).getAllByTestId("filter-page")[0]?.focus();
    await keys.keyboard("{ArrowDown}");
    expect(focus().dataset["filter"]).toBe("format");
    expect(focus().getAttribute("aria-selected")).toBe("true");
    await keys.tab();
    expect(named(focus())).toContain("Find a value");
    await keys.tab();
    expect(named(focus())).toContain("checkbox");
    await keys.keyboard("{ArrowDown}{Enter}");
    expect((await screen.findByTestId("filter-chip")).dataset["filter"]).toBe("format");
    await keys.keyboard("{Escape}");
    await waitFor(() => expect(screen.queryByTestId("filters")).toBeNull());
    await waitFor(() => expect(focus()).toBe(screen.getByTestId("add-filter")));
    expect(screen.getByTestId("filter-chip")).toBeTruthy();
  });

  it("puts a half written name, tag and note back and stays in the window", async () => {
    const backend = await open();
    const grid = await chosen();
    await keys.keyboard("{F2}");
    const name = await screen.findByTestId("name-input");
    await waitFor(() => expect(focus()).toBe(name));
    await keys.keyboard("other{Escape}");
    await waitFor(() => expect(focus()).toBe(grid));
    screen.getByTestId("notes").focus();
    await keys.keyboard("half a note{Escape}");
    await waitFor(() => expect(focus()).toBe(grid));
    screen.getByTestId("tag-input").focus();
    await keys.keyboard("half{Escape}");
    expect(screen.getByTestId<HTMLInputElement>("tag-input").value).toBe("");
    await keys.keyboard("{Escape}");
    await waitFor(() => expect(focus()).toBe(grid));
    expect(edits(backend)).toEqual([]);
  });
});

describe("the focus", () => {
  it("stays inside a dialog and comes back after it", async () => {
    const backend = await open();
    const grid = await chosen();
    await keys.keyboard("{Shift>}{Delete}{/Shift}");
    const dialog = await screen.findByTestId("confirm-dialog");
    await waitFor(() => expect(dialog.contains(focus())).toBe(true));
    for (let presses = 0; presses < 6; presses += 1) {
      await keys.tab();
      expect(dialog.contains(focus()), named(focus())).toBe(true);
    }
    await keys.keyboard("{Escape}");
    await waitFor(() => expect(screen.queryByTestId("confirm-dialog")).toBeNull());
    await waitFor(() => expect(focus()).toBe(grid));
    expect(edits(backend)).toEqual([]);
  });

  it("comes back to the assets after a tag was written, and Ctrl Z takes it back", async () => {
    const backend = await open();
    const grid = await chosen(2);
    await keys.keyboard("t");
    const input = await screen.findByTestId("ask-input");
    await waitFor(() => expect(focus()).toBe(input));
    await keys.keyboard("boss/final{Enter}");
    await waitFor(() => expect(edits(backend)[0]).toMatchObject({ do: "addTags", tags: ["boss/final"] }));
    await waitFor(() => expect(focus()).toBe(grid));
    await keys.keyboard("{Control>}z{/Control}");
    await waitFor(() => expect(backend.calls.some((call) => call.name === "undo")).toBe(true));
    await waitFor(() => expect(screen.getAllByTestId("toast").map((note) => note.textContent).join()).toContain("Taken back"));
    expect(screen.queryByTestId("toast-action"), "the Undo of a step that is taken back would take back another").toBeNull();
    expect(focus()).toBe(grid);
  });

  it("comes back after an action of the palette that opens a dialog", async () => {
    await open();
    const grid = await chosen();
    await keys.keyboard("{Control>}k{/Control}");
    const input = await screen.findByTestId("palette-input");
    await waitFor(() => expect(focus()).toBe(input));
    await keys.keyboard("history{Enter}");
    await screen.findByTestId("history-dialog");
    await keys.keyboard("{Escape}");
    await waitFor(() => expect(screen.queryByTestId("history-dialog")).toBeNull());
    await waitFor(() => expect(focus()).toBe(grid));
  });

  it("is with the content when the last asset of a place is gone", async () => {
    await open({ assets: 3 });
    await intoGrid();
    await keys.keyboard("{Control>}a{/Control}");
    await waitFor(() => expect(screen.getByTestId("status-selection").textContent).toContain("3 selected"));
    await keys.keyboard("{Delete}");
    await waitFor(() => expect(screen.queryByTestId("grid")).toBeNull());
    await waitFor(() => expect(focus().tagName).toBe("MAIN"));
    await keys.keyboard("{Control>}z{/Control}");
    await screen.findByTestId("grid");
  });
});

describe("radio groups and tabs", () => {
  it("move by arrows and are one stop", async () => {
    const backend = await open();
    await chosen();
    const labels = screen.getByTestId("label");
    const dots = within(labels).getAllByRole("radio");
    expect(dots.filter((dot) => dot.tabIndex === 0)).toHaveLength(1);
    dots.find((dot) => dot.tabIndex === 0)?.focus();
    await keys.keyboard("{Home}{ArrowRight}");
    expect(named(focus())).toContain("Red");
    expect(edits(backend), "looking at labels gives none").toEqual([]);
    await keys.keyboard("{Enter}");
    await waitFor(() => expect(edits(backend)[0]).toMatchObject({ do: "setLabel", label: 1 }));
  });

  it("turn the pages of the settings", async () => {
    await open();
    await keys.keyboard("{Control>},{/Control}");
    await screen.findByTestId("settings");
    screen.getByTestId("settings-look").focus();
    await keys.keyboard("{ArrowDown}");
    expect(focus()).toBe(screen.getByTestId("settings-import"));
    expect(screen.getByTestId("import-threads")).toBeTruthy();
    await keys.keyboard("{End}");
    expect(focus()).toBe(screen.getByTestId("settings-about"));
    await keys.keyboard("{Escape}");
    await waitFor(() => expect(screen.queryByTestId("settings")).toBeNull());
  });
});

describe("everything that can be done", () => {
  it("is found in the palette by its name", async () => {
    await open();
    await chosen();
    await keys.keyboard("{Control>}k{/Control}");
    const input = await screen.findByTestId("palette-input");
    // Those that make no sense with one unharmed asset, nothing done yet and nobody signed in, or that are the palette itself.
    const later = ["palette", "undo", "redo", "cloud.account", "cloud.inbox"];
    for (const action of ACTIONS.filter((each) => !later.includes(each.id))) {
      await fireEvent.input(input, { target: { value: action.title() } });
      const found = screen.queryAllByTestId("palette-item").map((item) => item.dataset["action"]);
      expect(found, action.title()).toContain(action.id);
    }
  });

  it("has a name for those who do not see it", async () => {
    await open({ job: true });
    await chosen();
    const nameless = [...document.querySelectorAll("button, input, textarea, select, [role=slider], [role=separator]")].filter((part) => {
      const own = part.getAttribute("aria-label") ?? part.getAttribute("aria-labelledby") ?? part.textContent?.trim();
      return !own && part.closest("label") === null && part.closest("[aria-hidden=true]") === null && part.getAttribute("aria-hidden") !== "true";
    });
    expect(nameless.map((part) => part.outerHTML.slice(0, 120))).toEqual([]);
  });
});

describe("duplicates", () => {
  it("are chosen, looked at and merged by keys", async () => {
    const backend = await open({ assets: 600 });
    await keys.keyboard("{Control>}d{/Control}");
    const group = (await screen.findAllByTestId("duplicate-group"))[0];
    if (!group) throw new Error("no group");
    const look = within(group).getAllByTestId("look-at")[1];
    look?.focus();
    await keys.keyboard("{Enter}");
    await screen.findByTestId("quick-look");
    await keys.keyboard("{Escape}");
    await waitFor(() => expect(screen.queryByTestId("quick-look")).toBeNull());
    await waitFor(() => expect(focus()).toBe(look));
    within(group).getByRole("checkbox").focus();
    await keys.keyboard(" ");
    (await screen.findByTestId("merge-selected")).focus();
    await keys.keyboard("{Enter}");
    await waitFor(() => expect(edits(backend)[0]).toMatchObject({ do: "merge" }));
    await waitFor(() => expect(focus()).not.toBe(document.body));
  });
});

describe("a menu", () => {
  it("says what it is for", async () => {
    await open();
    await chosen();
    const opens = async (at: HTMLElement | undefined, press: string, name: string) => {
      at?.focus();
      await keys.keyboard(press);
      await screen.findByRole("menu", { name });
      await keys.keyboard("{Escape}");
      await waitFor(() => expect(screen.queryByRole("menu")).toBeNull());
    };
    const tag = screen.getAllByTestId("place-tag")[0];
    await opens(screen.getByTestId("library-menu"), "{Enter}", "Libraries");
    await opens(tag, "{Shift>}{F10}{/Shift}", `For “${tag?.dataset["name"]}”`);
    await opens(screen.getByRole("button", { name: "More actions" }), "{Enter}", "More actions");
  });
});
