/** What the tests of the cloud's views begin with: the window on the stand-in, an asset selected, a comment. */

import { fireEvent, render, screen, waitFor } from "@testing-library/svelte";
import { expect } from "vitest";
import type { CloudRows, Comment } from "$backend";
import App from "$views/App.svelte";
import { type FakeBackend, type FakeOptions, fakeBackend } from "../src/backend/fake";
import { started } from "./started";
import { GRACE, PROJECT } from "../src/backend/fake/cloud";

/** The window, once it shows assets. What the cloud's lists hold is set before it asks for them. */
export async function open(options: Partial<FakeOptions> = {}, lists: readonly CloudRows[] = []): Promise<FakeBackend> {
  const backend = fakeBackend({ assets: 40, ...options });
  for (const rows of lists) backend.cloud.lists.set(rows.list, rows);
  render(App, { props: { studio: started(backend) } });
  await waitFor(() => expect(screen.getAllByTestId("card").length).toBeGreaterThan(0));
  return backend;
}

/** Signed in, with the library in a project. */
export const IN_PROJECT: Partial<FakeOptions> = { cloud: { signedIn: true, project: PROJECT } };

export async function pickFirst(): Promise<void> {
  const cell = document.querySelector<HTMLElement>('[data-cell][data-index="0"]');
  if (!cell) throw new Error("no cell is drawn");
  await fireEvent.pointerDown(cell, { button: 0 });
  await fireEvent.pointerUp(cell, { button: 0 });
}

export const write = (testid: string, value: string) => fireEvent.input(screen.getByTestId(testid), { target: { value } });

export const click = async (testid: string) => fireEvent.click(await screen.findByTestId(testid));

/** A list's rows as the wire has them. */
export const rows = (list: CloudRows["list"], all: readonly unknown[] | object): CloudRows => ({ list, rows: all }) as CloudRows;

export function comment(part: Partial<Comment> & { id: string }): Comment {
  return { project_id: PROJECT, object: { kind: "asset", id: "a", name: "goblin.png" }, thread_id: null, author: GRACE, body: "A little darker?", mentions: [], reactions: [], created_at: "2026-11-20T10:00:00Z", edited_at: null, resolved_at: null, resolved_by: null, deleted_at: null, seq: 1, ...part };
}
