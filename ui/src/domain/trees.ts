/** Tags and collections as trees of rows, with what is folded left out. */

import type { Collection, TagNode } from "$backend";

export interface TreeRow<T> { node: T; depth: number; name: string; key: string; parent: string | null; children: boolean }

/** Tags come roots first, depth first; a child is one whose path begins with its parent's. */
export function tagRows(tags: readonly TagNode[], folded: ReadonlySet<string>): TreeRow<TagNode>[] {
  const rows: TreeRow<TagNode>[] = [];
  const all = [...tags].sort((a, b) => compare(a.tag, b.tag));
  let hidden: string | null = null;
  all.forEach((node, index) => {
    if (hidden !== null && node.tag.startsWith(hidden)) return;
    const parts = node.tag.split("/");
    const children = all[index + 1]?.tag.startsWith(`${node.tag}/`) ?? false;
    hidden = children && folded.has(node.tag) ? `${node.tag}/` : null;
    rows.push({ node, depth: parts.length - 1, name: parts.at(-1) ?? node.tag, key: node.tag, parent: parts.length > 1 ? parts.slice(0, -1).join("/") : null, children });
  });
  return rows;
}

/** Path by path, so that `a/b` comes before `a-b`. */
function compare(a: string, b: string): number {
  const left = a.split("/");
  const right = b.split("/");
  for (let at = 0; at < Math.min(left.length, right.length); at += 1) {
    const order = (left[at] ?? "").localeCompare(right[at] ?? "", undefined, { numeric: true, sensitivity: "base" });
    if (order !== 0) return order;
  }
  return left.length - right.length;
}

export function collectionRows(collections: readonly Collection[], folded: ReadonlySet<string>): TreeRow<Collection>[] {
  const rows: TreeRow<Collection>[] = [];
  const known = new Set(collections.map((each) => each.id));
  const below = (parent: string | null) => collections.filter((each) => (each.parent !== null && known.has(each.parent) ? each.parent : null) === parent);
  const walk = (parent: string | null, depth: number) => {
    // A ring of parents cannot come from the engine, but must not hang the window either.
    if (depth > 32) return;
    for (const node of below(parent)) {
      const children = below(node.id).length > 0;
      rows.push({ node, depth, name: node.name, key: node.id, parent, children });
      if (children && !folded.has(node.id)) walk(node.id, depth + 1);
    }
  };
  walk(null, 0);
  return rows;
}

/** Whether a collection lies in another one (or is it): such a move would make a ring. */
export function within(collections: readonly Collection[], id: string, ancestor: string): boolean {
  let at: string | null = id;
  for (let steps = 0; at !== null && steps < 64; steps += 1) {
    if (at === ancestor) return true;
    at = collections.find((each) => each.id === at)?.parent ?? null;
  }
  return false;
}
