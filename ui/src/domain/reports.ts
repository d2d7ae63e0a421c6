/** A job's lines, grouped and as plain text. */

import type { JobIssue, JobReport } from "$backend";

/** Lines by their code, the most frequent first. */
export function byCode(lines: readonly JobIssue[]): [string, JobIssue[]][] {
  const groups = new Map<string, JobIssue[]>();
  for (const line of lines) {
    const group = groups.get(line.code);
    if (group) group.push(line);
    else groups.set(line.code, [line]);
  }
  return [...groups].sort((a, b) => b[1].length - a[1].length);
}

/** The report for a mail or an issue: one line a file, fields by tabs. */
export function plainReport({ job, failed, skipped }: JobReport): string {
  const counts = Object.entries(job.counts).map(([name, value]) => `${name}: ${value}`).join(", ");
  const line = (what: string) => (issue: JobIssue) => `${what}\t${issue.code}\t${issue.path}\t${issue.message}`;
  return [job.title, counts, ...failed.map(line("failed")), ...skipped.map(line("skipped"))].join("\n");
}
