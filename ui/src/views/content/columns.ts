/** The list's columns: their order and sorting. Their widths, and which give way in a small window, are in `app.css`. */

import type { Key } from "$messages";

export interface Column { id: string; title: Key; sort: string | null; first: "up" | "down"; number?: boolean }

export const COLUMNS: readonly Column[] = [
  { id: "name", title: "column.name", sort: "name", first: "up" },
  { id: "format", title: "column.format", sort: "format", first: "up" },
  { id: "size", title: "column.size", sort: "size", first: "down", number: true },
  { id: "extent", title: "column.extent", sort: "pixels", first: "down", number: true },
  { id: "rating", title: "column.rating", sort: "rating", first: "down" },
  { id: "added", title: "column.added", sort: "added", first: "down" },
  { id: "folder", title: "column.folder", sort: "folder", first: "up" },
];
