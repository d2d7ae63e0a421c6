/**
 * The arithmetic of drawing a million cells: where each lies, which ones are in view, and how a scroll bar of
 * limited length stands for a taller content. No DOM here.
 */

/** WebKit's layout stops at 33,554,428 px and transforms are exact to 16,777,216 px: stay below both. */
export const MAX_SCROLL = 15_000_000;

export interface GridShape {
  /** Cells side by side, at least 1. */
  columns: number;
  /** CSS pixels of a cell without its gap. */
  cellWidth: number;
  cellHeight: number;
  gap: number;
  /** Free space on every side. */
  padding: number;
}

/** As many columns as fit with cells of at least `least`, stretched to fill the width. */
export function gridShape(width: number, least: number, caption: number, gap: number, padding: number): GridShape {
  const inner = Math.max(least, width - 2 * padding);
  const columns = Math.max(1, Math.floor((inner + gap) / (least + gap)));
  const cellWidth = Math.floor((inner - gap * (columns - 1)) / columns);
  // Thumbnails are a little wider than high, as in a contact sheet.
  const cellHeight = Math.round(cellWidth * 0.83) + caption;
  return { columns, cellWidth, cellHeight, gap, padding };
}

/** A list is a grid of one column. */
export function listShape(width: number, row: number): GridShape {
  return { columns: 1, cellWidth: width, cellHeight: row, gap: 0, padding: 0 };
}

export function rowCount(shape: GridShape, total: number): number {
  return Math.ceil(total / shape.columns);
}

export function rowStep(shape: GridShape): number {
  return shape.cellHeight + shape.gap;
}

export function contentHeight(shape: GridShape, total: number): number {
  const rows = rowCount(shape, total);
  return rows === 0 ? 0 : 2 * shape.padding + rows * rowStep(shape) - shape.gap;
}

export function cellTop(shape: GridShape, index: number): number {
  return shape.padding + Math.floor(index / shape.columns) * rowStep(shape);
}

export function cellLeft(shape: GridShape, index: number): number {
  return shape.padding + (index % shape.columns) * (shape.cellWidth + shape.gap);
}

/** The half-open range of indices that touch the view, with `over` rows more on both sides. */
export function inView(shape: GridShape, total: number, top: number, height: number, over: number): [number, number] {
  const step = rowStep(shape);
  const first = Math.max(0, Math.floor((top - shape.padding) / step) - over);
  const last = Math.min(rowCount(shape, total), Math.ceil((top + height - shape.padding) / step) + over);
  return [Math.min(total, first * shape.columns), Math.min(total, Math.max(first, last) * shape.columns)];
}

/** The indices whose cells touch a rectangle in content coordinates (for the marquee), rows first. */
export function inRectangle(shape: GridShape, total: number, x0: number, y0: number, x1: number, y1: number): number[] {
  const [left, right] = x0 < x1 ? [x0, x1] : [x1, x0];
  const [top, bottom] = y0 < y1 ? [y0, y1] : [y1, y0];
  const stepX = shape.cellWidth + shape.gap;
  const stepY = rowStep(shape);
  const firstColumn = Math.max(0, Math.ceil((left - shape.padding - shape.cellWidth) / stepX));
  const lastColumn = Math.min(shape.columns - 1, Math.floor((right - shape.padding) / stepX));
  const firstRow = Math.max(0, Math.ceil((top - shape.padding - shape.cellHeight) / stepY));
  const lastRow = Math.min(rowCount(shape, total) - 1, Math.floor((bottom - shape.padding) / stepY));
  const found: number[] = [];
  for (let row = firstRow; row <= lastRow; row += 1) {
    for (let column = firstColumn; column <= lastColumn; column += 1) {
      const index = row * shape.columns + column;
      if (index < total) found.push(index);
    }
  }
  return found;
}

/** The offset that brings a cell fully into view with the least movement. */
export function reveal(shape: GridShape, index: number, top: number, height: number): number {
  const start = cellTop(shape, index) - shape.gap;
  const end = cellTop(shape, index) + shape.cellHeight + shape.gap;
  if (start < top) return Math.max(0, start);
  if (end > top + height) return Math.max(0, end - height);
  return top;
}

/** Where a key moves the cursor; the cursor stays inside. */
export function moved(shape: GridShape, total: number, from: number, key: string, viewHeight: number): number {
  if (total === 0) return -1;
  if (from < 0) return key === "End" ? total - 1 : 0;
  const page = Math.max(1, Math.floor(viewHeight / rowStep(shape))) * shape.columns;
  const at = { ArrowLeft: from - 1, ArrowRight: from + 1, ArrowUp: from - shape.columns, ArrowDown: from + shape.columns, PageUp: from - page, PageDown: from + page, Home: 0, End: total - 1 }[key];
  if (at === undefined) return from;
  if (at < 0) return key === "ArrowUp" ? from : key === "PageUp" ? from % shape.columns : 0;
  if (at >= total) {
    const lastRow = Math.floor((total - 1) / shape.columns);
    // Down from the row above a short last row still goes to that row.
    if (key === "ArrowDown") return Math.floor(from / shape.columns) < lastRow ? total - 1 : from;
    return total - 1;
  }
  return at;
}

/**
 * Stands a tall content behind a scroll bar of at most `MAX_SCROLL`. Small movements (wheel, keys) go one to one;
 * a jump (dragging the bar) goes to the same fraction of the content. Where the content fits, both are the same.
 */
export class ScrollScale {
  /** The content's offset at the top of the view, in pixels. */
  top = 0;
  private bar = 0;

  constructor(
    private content: number,
    private view: number,
  ) {}

  get barHeight(): number {
    return Math.min(this.content, MAX_SCROLL);
  }

  get scaled(): boolean {
    return this.content > MAX_SCROLL;
  }

  private get range(): number {
    return Math.max(0, this.content - this.view);
  }

  private get barRange(): number {
    return Math.max(0, this.barHeight - this.view);
  }

  /** The content or the view changed size: keeps the offset where it can. */
  resize(content: number, view: number): void {
    this.content = content;
    this.view = view;
    this.top = Math.min(this.top, this.range);
    this.bar = this.barFor(this.top);
  }

  /** The bar moved by a person. */
  scrolled(bar: number): void {
    if (!this.scaled) {
      this.bar = bar;
      this.top = Math.min(Math.max(0, bar), this.range);
      return;
    }
    const delta = bar - this.bar;
    const jump = Math.abs(delta) > 2 * this.view;
    const to = jump ? (bar / this.barRange) * this.range : this.top + delta;
    this.bar = bar;
    this.top = Math.min(Math.max(0, to), this.range);
  }

  /** Where the bar belongs for an offset. */
  barFor(top: number): number {
    if (!this.scaled || this.range === 0) return top;
    return Math.round((top / this.range) * this.barRange);
  }

  /** Goes to an offset; returns where the bar must be put. */
  go(top: number): number {
    this.top = Math.min(Math.max(0, top), this.range);
    this.bar = this.barFor(this.top);
    return this.bar;
  }

  /** After one-to-one movement the bar has drifted from its fraction; where it should be put while nobody looks. */
  settle(): number {
    this.bar = this.barFor(this.top);
    return this.bar;
  }
}
