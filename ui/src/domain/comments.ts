/** Comments in threads, and mentions while they are written (`@Name` becomes `@[Name](id)`, as the cloud reads them). */

import type { Comment, Person } from "$backend";

export interface Thread {
  first: Comment;
  answers: Comment[];
}

/** Threads by their beginning, answers by their age. An answer whose beginning is not known begins a thread. */
export function threads(comments: readonly Comment[]): Thread[] {
  const byAge = [...comments].sort((a, b) => Date.parse(a.created_at) - Date.parse(b.created_at));
  const found = new Map<string, Thread>();
  for (const comment of byAge) {
    const thread = comment.thread_id === null ? undefined : found.get(comment.thread_id);
    if (thread) thread.answers.push(comment);
    else found.set(comment.id, { first: comment, answers: [] });
  }
  // A gap without answers tells nobody anything.
  return [...found.values()].filter(({ first, answers }) => first.deleted_at === null || answers.length > 0);
}

/** The beginning of a name after an `@` right before the caret; none elsewhere. */
export function beginsMention(text: string, caret: number): string | null {
  return /(?:^|\s)@([^\s@[\]()]{0,40})$/.exec(text.slice(0, caret))?.[1] ?? null;
}

/** The text with what was begun replaced by the person. */
export function mentioned(text: string, caret: number, person: Person): string {
  const before = text.slice(0, caret).replace(/@[^\s@[\]()]{0,40}$/, "");
  return `${before}@[${person.display_name.replace(/[[\]]/g, "")}](${person.id}) ${text.slice(caret)}`;
}

/** The words as they read: a mention is `@Name`. */
export function plain(body: string): string {
  return body.replace(/@\[([^[\]\n]*)\]\([0-9a-f-]{36}\)/gi, "@$1");
}
