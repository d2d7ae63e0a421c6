/** The list's columns: one place for their order, widths and sorting. */

import type { Key } from "$messages";

export interface Column { id: string; title: Key; width: string; sort: string | null; first: "up" | "down"; number?: boolean }

export const COLUMNS: readonly Column[] = [
  { id: "name", title: "column.name", width: "minmax(180px, 3fr)", sort: "name", first: "up" },
  { id: "format", title: "column.format", width: "72px", sort: "format", first: "up" },
  { id: "size", title: "column.size", width: "78px", sort: "size", first: "down", number: true },
  { id: "extent", title: "column.extent", width: "112px", sort: "pixels", first: "down", number: true },
  { id: "rating", title: "column.rating", width: "84px", sort: "rating", first: "down" },
  { id: "added", title: "column.added", width: "116px", sort: "added", first: "down" },
  { id: "folder", title: "column.folder", width: "minmax(90px, 1.6fr)", sort: "folder", first: "up" },
];

export const TEMPLATE = COLUMNS.map((column) => column.width).join(" ");
