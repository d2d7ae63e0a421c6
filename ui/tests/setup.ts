/** What jsdom lacks and the window needs. Sizes are set by the tests that need them. */

import { afterEach, vi } from "vitest";
import { cleanup, configure } from "@testing-library/svelte";

configure({ asyncUtilTimeout: 8000 });
afterEach(() => cleanup());

/** Tells every watcher the size that the tests set on `window`. */
class Resize implements ResizeObserver {
  constructor(private readonly tell: ResizeObserverCallback) {}
  observe(element: Element): void {
    const rect = { width: 1000, height: 700, top: 0, left: 0, bottom: 700, right: 1000, x: 0, y: 0, toJSON: () => ({}) };
    this.tell([{ target: element, contentRect: rect } as ResizeObserverEntry], this);
  }
  unobserve(): void {}
  disconnect(): void {}
}

/** A mouse event with the fields of a pointer. */
class Pointer extends MouseEvent implements Partial<PointerEvent> {
  readonly pointerId: number;
  readonly pointerType: string;

  constructor(type: string, init: PointerEventInit = {}) {
    super(type, init);
    this.pointerId = init.pointerId ?? 1;
    this.pointerType = init.pointerType ?? "mouse";
  }
}

vi.stubGlobal("PointerEvent", Pointer);
vi.stubGlobal("ResizeObserver", Resize);
vi.stubGlobal("matchMedia", (media: string) => ({ matches: false, media, addEventListener: () => undefined, removeEventListener: () => undefined, addListener: () => undefined, removeListener: () => undefined, onchange: null, dispatchEvent: () => false }));
// Nothing is laid out here, which focus traps take for hidden.
Element.prototype.getClientRects = function (this: Element) {
  return (this.isConnected ? [this.getBoundingClientRect()] : []) as unknown as DOMRectList;
};
Element.prototype.scrollIntoView = () => undefined;
Element.prototype.setPointerCapture = () => undefined;
Element.prototype.hasPointerCapture = () => false;
document.elementFromPoint = () => null;
