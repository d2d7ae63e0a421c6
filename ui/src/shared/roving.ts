/**
 * One stop for Tab, arrows inside it: the roving tabindex of the WAI-ARIA Authoring Practices, for lists, tabs, radio
 * groups and tool bars. The stop is where the focus is, else what is chosen, else the first.
 */

export interface Roving {
  /** Finds the parts among which arrows move. */
  items: string;
  /** Which arrows move; the others are left to the part itself. */
  along?: "both" | "vertical" | "horizontal";
  /** Whether going to a part presses it, as in tabs and radio groups. */
  press?: boolean;
}

const CHOSEN = "[aria-checked=true], [aria-selected=true], [aria-current]:not([aria-current=false])";
const STEPS = {
  both: { ArrowDown: 1, ArrowRight: 1, ArrowUp: -1, ArrowLeft: -1 },
  vertical: { ArrowDown: 1, ArrowUp: -1 },
  horizontal: { ArrowRight: 1, ArrowLeft: -1 },
} as const;

/** Where a key leads from one of `total` parts; none when it leads nowhere. */
export function stepTo(key: string, at: number, total: number, along: NonNullable<Roving["along"]>): number | null {
  if (total === 0) return null;
  if (key === "Home") return 0;
  if (key === "End") return total - 1;
  const by = (STEPS[along] as Record<string, number>)[key];
  return by === undefined ? null : (at + by + total) % total;
}

/** A Svelte action on what holds the parts. */
export function roving(holder: HTMLElement, given: Roving): { update: (next: Roving) => void; destroy: () => void } {
  let options = given;
  const items = () => [...holder.querySelectorAll<HTMLElement>(options.items)].filter((item) => !item.hasAttribute("disabled"));

  function settle() {
    const all = items();
    const stop = all.find((item) => item === document.activeElement) ?? all.find((item) => item.matches(CHOSEN)) ?? all[0];
    for (const item of all) item.tabIndex = item === stop ? 0 : -1;
  }

  function key(event: KeyboardEvent) {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || event.shiftKey) return;
    const all = items();
    const at = all.indexOf(event.target as HTMLElement);
    const to = at < 0 ? null : stepTo(event.key, at, all.length, options.along ?? "both");
    if (to === null) return;
    event.preventDefault();
    event.stopPropagation();
    all[to]?.focus();
    if (options.press && to !== at) all[to]?.click();
  }

  // What is there and what is chosen changes under us.
  const watch = new MutationObserver(settle);
  watch.observe(holder, { subtree: true, childList: true, attributes: true, attributeFilter: ["aria-checked", "aria-selected", "aria-current", "disabled"] });
  // After leaving, the stop goes back to what is chosen: the focus has moved by then.
  const left = () => queueMicrotask(settle);
  holder.addEventListener("keydown", key);
  holder.addEventListener("focusin", settle);
  holder.addEventListener("focusout", left);
  settle();

  return {
    update: (next) => {
      options = next;
      settle();
    },
    destroy: () => {
      watch.disconnect();
      holder.removeEventListener("keydown", key);
      holder.removeEventListener("focusin", settle);
      holder.removeEventListener("focusout", left);
    },
  };
}
