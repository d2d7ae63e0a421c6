import { describe, expect, it } from "vitest";
import * as virtual from "$shared/virtual";

const grid = virtual.gridShape(910, 132, 44, 14, 14);

describe("the shape of the grid", () => {
  it("fits as many columns as the width allows and fills it", () => {
    expect(grid.columns).toBe(6);
    const used = 2 * grid.padding + grid.columns * grid.cellWidth + (grid.columns - 1) * grid.gap;
    expect(used).toBeLessThanOrEqual(910);
    expect(910 - used).toBeLessThan(grid.columns);
  });

  it("keeps one column in a window too narrow for it", () => {
    expect(virtual.gridShape(50, 132, 44, 14, 14).columns).toBe(1);
  });
});

describe("what is in view", () => {
  it("covers every cell that touches the view, for any offset", () => {
    const total = 1000;
    for (let top = 0; top < virtual.contentHeight(grid, total); top += 137) {
      const [from, to] = virtual.inView(grid, total, top, 700, 0);
      for (let index = 0; index < total; index += 1) {
        const start = virtual.cellTop(grid, index);
        const touches = start < top + 700 && start + grid.cellHeight > top;
        if (touches) expect(index >= from && index < to, `cell ${index} at ${top}`).toBe(true);
      }
      expect(to - from).toBeLessThanOrEqual(grid.columns * 7);
    }
  });

  it("is empty without assets", () => {
    expect(virtual.inView(grid, 0, 0, 700, 2)).toEqual([0, 0]);
    expect(virtual.contentHeight(grid, 0)).toBe(0);
  });
});

describe("the rectangle", () => {
  it("takes the cells that it touches, whichever corner it began at", () => {
    const x = virtual.cellLeft(grid, 1) + 5;
    const y = virtual.cellTop(grid, 1) + 5;
    const to: [number, number] = [virtual.cellLeft(grid, 2) + 5, virtual.cellTop(grid, 8) + 5];
    expect(virtual.inRectangle(grid, 100, x, y, ...to)).toEqual([1, 2, 7, 8]);
    expect(virtual.inRectangle(grid, 100, ...to, x, y)).toEqual([1, 2, 7, 8]);
  });

  it("takes nothing in a gap and nothing behind the last cell", () => {
    const gap = virtual.cellLeft(grid, 1) - grid.gap + 2;
    expect(virtual.inRectangle(grid, 100, gap, 20, gap + 4, 30)).toEqual([]);
    expect(virtual.inRectangle(grid, 3, 0, 0, 5000, 5000)).toEqual([0, 1, 2]);
  });
});

describe("keys", () => {
  const go = (from: number, key: string, total = 20) => virtual.moved(grid, total, from, key, 700);

  it("stay inside the content", () => {
    expect(go(0, "ArrowUp")).toBe(0);
    expect(go(0, "ArrowLeft")).toBe(0);
    expect(go(19, "ArrowRight")).toBe(19);
    expect(go(3, "ArrowDown")).toBe(9);
    expect(go(5, "End")).toBe(19);
    expect(go(5, "Home")).toBe(0);
  });

  it("go down into a last row that is shorter, and no further", () => {
    expect(go(17, "ArrowDown")).toBe(19);
    expect(go(18, "ArrowDown")).toBe(18);
  });

  it("begin at the first cell and know an empty content", () => {
    expect(go(-1, "ArrowDown")).toBe(0);
    expect(go(-1, "ArrowDown", 0)).toBe(-1);
  });
});

describe("revealing", () => {
  it("moves only as far as needed", () => {
    expect(virtual.reveal(grid, 0, 0, 700)).toBe(0);
    const below = virtual.reveal(grid, 60, 0, 700);
    expect(virtual.cellTop(grid, 60) + grid.cellHeight).toBeLessThanOrEqual(below + 700);
    expect(virtual.reveal(grid, 60, below, 700)).toBe(below);
  });
});

describe("the scroll bar of a million cells", () => {
  const height = 230_000_000;

  it("is the content itself where that fits", () => {
    const scale = new virtual.ScrollScale(40_000, 700);
    scale.scrolled(12_345);
    expect(scale.top).toBe(12_345);
    expect(scale.barHeight).toBe(40_000);
  });

  it("never asks for more than the browser can lay out", () => {
    expect(new virtual.ScrollScale(height, 700).barHeight).toBe(virtual.MAX_SCROLL);
  });

  it("moves one to one for a wheel and to the same fraction for a jump", () => {
    const scale = new virtual.ScrollScale(height, 700);
    scale.scrolled(120);
    expect(scale.top).toBe(120);
    const half = (virtual.MAX_SCROLL - 700) / 2;
    scale.scrolled(half);
    expect(scale.top).toBeCloseTo((height - 700) / 2, -1);
    const before = scale.top;
    scale.scrolled(half + 53);
    expect(scale.top - before).toBeCloseTo(53, 5);
  });

  it("reaches both ends, and puts the bar where the offset belongs", () => {
    const scale = new virtual.ScrollScale(height, 700);
    expect(scale.go(height)).toBe(virtual.MAX_SCROLL - 700);
    expect(scale.top).toBe(height - 700);
    scale.scrolled(0);
    expect(scale.top).toBe(0);
    scale.scrolled(300);
    expect(scale.settle()).toBeLessThan(300);
  });

  it("keeps the last cell reachable by its own offset", () => {
    const list = virtual.listShape(900, 30);
    const scale = new virtual.ScrollScale(virtual.contentHeight(list, 1_000_000), 700);
    scale.go(virtual.reveal(list, 999_999, 0, 700));
    const [, to] = virtual.inView(list, 1_000_000, scale.top, 700, 0);
    expect(to).toBe(1_000_000);
  });
});
