/** Short notes at the bottom: what was done (with Undo), and what went wrong. */

export interface Toast {
  id: number;
  tone: "done" | "bad";
  text: string;
  /** One line each, of what could not be done. */
  lines: readonly string[];
  action?: { label: string; run: () => void };
  /** Tells of the last step of the history: the next such note takes its place, and with it its Undo. */
  step?: boolean;
}

const LIFE_MS = { done: 6000, bad: 12_000 } as const;

export class Toasts {
  list = $state.raw<readonly Toast[]>([]);
  private next = 1;
  private timers = new Map<number, ReturnType<typeof setTimeout>>();

  show(tone: Toast["tone"], text: string, rest: Partial<Pick<Toast, "lines" | "action" | "step">> = {}): void {
    const toast: Toast = { id: this.next, tone, text, lines: [], ...rest };
    this.next += 1;
    // The same complaint twice in a row is one complaint. Undo takes back the last step: only its note may offer it.
    const stale = (other: Toast) => other.text === text || (rest.step === true && other.step === true);
    const others = this.list.filter((other) => !stale(other)).slice(-2);
    this.list = [...others, toast];
    this.resume(toast.id);
  }

  close(id: number): void {
    this.pause(id);
    this.list = this.list.filter((toast) => toast.id !== id);
  }

  /** While the pointer or the focus is on a note it stays. */
  pause(id: number): void {
    clearTimeout(this.timers.get(id));
    this.timers.delete(id);
  }

  resume(id: number): void {
    this.pause(id);
    const toast = this.list.find((other) => other.id === id);
    if (toast) this.timers.set(id, setTimeout(() => this.close(id), LIFE_MS[toast.tone]));
  }
}
