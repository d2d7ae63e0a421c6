/** Keeps the focus from being lost with what had it. */

/**
 * A Svelte action: when the focused part inside goes away (the last asset was removed, a list became an empty state),
 * the holder takes the focus, so that the keys still belong to it and Tab goes on from here.
 */
export function keepsFocus(holder: HTMLElement): { destroy: () => void } {
  let inside = false;
  const moved = (event: FocusEvent) => (inside = holder.contains(event.target as Node));
  const watch = new MutationObserver(() => {
    if (inside && (document.activeElement === document.body || document.activeElement === null)) holder.focus({ preventScroll: true });
  });
  document.addEventListener("focusin", moved);
  watch.observe(holder, { childList: true, subtree: true });
  return {
    destroy: () => {
      document.removeEventListener("focusin", moved);
      watch.disconnect();
    },
  };
}
