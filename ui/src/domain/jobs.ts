/** What is said of a job when it is over. */

import type { Job } from "$backend";
import { t } from "$messages";

export interface JobNote { tone: "done" | "bad"; text: string }

/** None for work that nobody asked for and that went well. */
export function noteOf(job: Job): JobNote | null {
  if (job.failure) return { tone: "bad", text: job.failure.message };
  if (job.task !== "import" && job.counts.failed === 0) return null;
  const { imported: n, failed } = job.counts;
  return { tone: "done", text: t(failed > 0 ? "job.doneFailed" : "job.done", { n, failed, title: job.title }) };
}
