/**
 * Comments in threads, and mentions. The cloud reads a mention as `@[Name](id)`; a person writes and reads `@Name`, and
 * who is meant is kept beside the words.
 */

import type { Comment, Person } from "$backend";

export interface Thread {
  first: Comment;
  answers: Comment[];
}

/** Words as they are written, and the people who were chosen for the names in them. */
export interface Draft {
  words: string;
  people: readonly Person[];
}

/** A stretch of a comment: words, or somebody who is mentioned. */
export type Stretch = { is: "words"; text: string } | { is: "mention"; person: Person };

export const EMPTY: Draft = { words: "", people: [] };

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

const mention = () => /@\[([^[\]\n]*)\]\(([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})\)/gi;

/** A name as it can stand in a mention. */
const written = (person: Person) => person.display_name.replace(/[[\]\n]/g, "");

/** A comment in stretches. People have the names that they have now, where the cloud told them. */
export function stretches(body: string, mentions: readonly Person[] = []): Stretch[] {
  const found: Stretch[] = [];
  let from = 0;
  for (const match of body.matchAll(mention())) {
    const [whole, name = "", id = ""] = match;
    if (match.index > from) found.push({ is: "words", text: body.slice(from, match.index) });
    const now = mentions.find((each) => each.id.toLowerCase() === id.toLowerCase());
    found.push({ is: "mention", person: now ?? { id, display_name: name } });
    from = match.index + whole.length;
  }
  if (from < body.length) found.push({ is: "words", text: body.slice(from) });
  return found;
}

/** The words as they read: a mention is `@Name`. */
export function plain(body: string): string {
  return body.replace(mention(), "@$1");
}

/** The beginning of a comment as it reads; a mention that was cut in two at the end goes. */
export function beginning(excerpt: string): string {
  return plain(excerpt).replace(/@\[[^[\]\n]*(?:\](?:\([0-9a-f-]*)?)?$/i, "…");
}

/** A comment to be written on: as it reads, with its people beside. */
export function draftOf(body: string): Draft {
  const parts = stretches(body);
  return { words: plain(body), people: parts.flatMap((each) => (each.is === "mention" ? [each.person] : [])) };
}

/**
 * As the cloud reads it. Of several people with one name each is meant once, in the order in which they were chosen; the
 * last one also wherever the name stands after that.
 */
export function bodyOf({ words, people }: Draft): string {
  return parsed({ words, people }).map((each) => (each.is === "words" ? each.text : `@[${written(each.person)}](${each.person.id})`)).join("");
}

/** Who is told of a draft as it is, each once. */
export function toldOf(draft: Draft): Person[] {
  const told = new Map<string, Person>();
  for (const each of parsed(draft)) if (each.is === "mention") told.set(each.person.id, each.person);
  return [...told.values()];
}

function parsed({ words, people }: Draft): Stretch[] {
  const waiting = new Map<string, Person[]>();
  for (const person of people) {
    const name = written(person);
    if (name !== "") waiting.set(name, [...(waiting.get(name) ?? []), person]);
  }
  if (waiting.size === 0) return [{ is: "words", text: words }];
  // The longest first: “Ada Lovelace” is not “Ada”.
  const names = [...waiting.keys()].sort((a, b) => b.length - a.length).map((name) => name.replace(/[\\^$.*+?()[\]{}|]/g, "\\$&"));
  const found: Stretch[] = [];
  let from = 0;
  for (const match of words.matchAll(new RegExp(`(^|[^\\p{L}\\p{N}])@(${names.join("|")})(?![\\p{L}\\p{N}])`, "gu"))) {
    const [, before = "", name = ""] = match;
    const meant = waiting.get(name) ?? [];
    const person = meant.length > 1 ? meant.shift() : meant[0];
    if (!person) continue;
    const at = match.index + before.length;
    found.push({ is: "words", text: words.slice(from, at) }, { is: "mention", person });
    from = at + 1 + name.length;
  }
  return [...found, { is: "words", text: words.slice(from) }];
}

/** The beginning of a name after an `@` right before the caret, up to three words; none elsewhere. */
export function beginsMention(text: string, caret: number): string | null {
  return /(?:^|[\s(])@((?:[^\s@[\]()]{1,40}(?: [^\s@[\]()]{1,40}){0,2} ?)?)$/u.exec(text.slice(0, caret))?.[1] ?? null;
}

/** The draft with what was begun before the caret replaced by the person, and where the caret is then. */
export function withMention(draft: Draft, caret: number, person: Person): { draft: Draft; caret: number } {
  const begun = beginsMention(draft.words, caret);
  const at = caret - (begun === null ? 0 : begun.length + 1);
  const before = `${draft.words.slice(0, at)}@${written(person)} `;
  const after = draft.words.slice(caret).replace(/^ /, "");
  return { draft: { words: before + after, people: [...draft.people, person] }, caret: before.length };
}

/** People whose name, or a word of it, begins with a text; the own account is not among them. */
export function suggested(people: readonly Person[], begins: string, me: string | undefined): Person[] {
  const typed = begins.trim().toLocaleLowerCase();
  return people.filter((each) => {
    const name = each.display_name.toLocaleLowerCase();
    return each.id !== me && (name.startsWith(typed) || name.split(/\s+/).some((word) => word.startsWith(typed)));
  });
}
