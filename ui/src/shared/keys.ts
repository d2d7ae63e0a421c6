/** Keyboard shortcuts as text: `mod+k`, `shift+delete`, `f2`, `/`. `mod` is Ctrl, or Cmd on a Mac. */

export interface Press {
  key: string;
  ctrlKey: boolean;
  metaKey: boolean;
  shiftKey: boolean;
  altKey: boolean;
}

export const MAC = typeof navigator !== "undefined" && /Mac|iPhone|iPad/.test(navigator.platform ?? "");

const NAMES: Record<string, string> = { " ": "space", arrowup: "up", arrowdown: "down", arrowleft: "left", arrowright: "right", escape: "esc", del: "delete" };

/** The shortcut that a key press stands for. Shift counts only where it does not make the character itself. */
export function shortcutOf(press: Press, mac = MAC): string {
  const key = press.key.toLowerCase();
  const name = NAMES[key] ?? key;
  const makesCharacter = name.length === 1 && !/[a-z0-9]/.test(name);
  const parts: string[] = [];
  if (mac ? press.metaKey : press.ctrlKey) parts.push("mod");
  if (mac && press.ctrlKey) parts.push("ctrl");
  if (press.altKey) parts.push("alt");
  if (press.shiftKey && !makesCharacter) parts.push("shift");
  parts.push(name);
  return parts.join("+");
}

const SHOWN: Record<string, string> = { esc: "Esc", delete: "Del", enter: "Enter", space: "Space", backspace: "Backspace", up: "↑", down: "↓", left: "←", right: "→" };

/** As written in menus: `Ctrl K`, or `⌘K` on a Mac. */
export function shown(shortcut: string, mac = MAC): string {
  const parts = shortcut.split("+").map((part) => {
    if (part === "mod") return mac ? "⌘" : "Ctrl";
    if (part === "shift") return mac ? "⇧" : "Shift";
    if (part === "alt") return mac ? "⌥" : "Alt";
    return SHOWN[part] ?? (part.length === 1 ? part.toUpperCase() : part.charAt(0).toUpperCase() + part.slice(1));
  });
  return parts.join(mac ? "" : " ");
}

/** Whether keys belong to what has the focus (a text being written), not to the window. */
export function writing(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  if (target.isContentEditable || target instanceof HTMLTextAreaElement || target instanceof HTMLSelectElement) return true;
  return target instanceof HTMLInputElement && !["checkbox", "radio", "range", "button"].includes(target.type);
}

/** Whether a press asks for the menu of what has the focus. */
export function asksForMenu(press: Pick<KeyboardEvent, "key" | "shiftKey">): boolean {
  return press.key === "ContextMenu" || (press.key === "F10" && press.shiftKey);
}

/** Opens the menu of an element at its own place, as the right button would. */
export function openMenuOn(element: Element): void {
  const box = element.getBoundingClientRect();
  element.dispatchEvent(new MouseEvent("contextmenu", { bubbles: true, cancelable: true, clientX: box.left + Math.min(24, box.width / 2), clientY: box.top + Math.min(24, box.height / 2) }));
}
