/** What the engine tells without being asked, and what the window's state makes of it. */

import type { Event, Job } from "$backend";
import { t } from "$messages";
import { noteOf } from "./jobs";
import type { Studio } from "./studio.svelte";

export function heard(studio: Studio, event: Event): void {
  switch (event.is) {
    case "library": {
      const before = studio.library;
      studio.library = event.state;
      if (event.state.is !== "open") break;
      if (before?.is === "open" && before.path === event.state.path) break;
      studio.place = { is: "all" };
      studio.text = "";
      studio.selection.clear();
      studio.jobs = new Map();
      void studio.loadLibrary();
      break;
    }
    case "changed":
      studio.refresh();
      break;
    case "places":
      // Also told where the window fell behind and missed events: then a job may have ended unheard.
      void Promise.all([studio.loadSummary(), studio.loadJobs()]);
      break;
    case "job":
      jobMoved(studio, event.job);
      break;
    case "previews":
      previewsCame(studio, event.contents);
      break;
  }
}

function jobMoved(studio: Studio, job: Job): void {
  const before = studio.jobs.get(job.id);
  studio.jobs = new Map(studio.jobs).set(job.id, job);
  const over = job.state === "done" || job.state === "failed";
  if (!over || (before && before.state === job.state)) return;
  studio.refresh();
  const note = noteOf(job);
  const open = () => (studio.dialog = { is: "report", job: job.id });
  if (note) studio.toasts.show(note.tone, note.text, { action: { label: t("report.open"), run: open } });
}

function previewsCame(studio: Studio, contents: readonly string[]): void {
  const came = new Set(contents);
  studio.results.patch((card) => (came.has(card.content) && card.preview === "waiting" ? { ...card, preview: "ready" } : card));
  const { detail } = studio;
  if (detail && came.has(detail.card.content)) studio.detail = { ...detail, card: { ...detail.card, preview: "ready" } };
}
