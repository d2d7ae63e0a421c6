/**
 * Writes what is changed often: at once, so that nothing is lost when the window is closed, and then now and then as long
 * as it goes on changing, as while a panel is dragged.
 */

/** Between two writings. */
const EVERY_MS = 200;

export class Saving {
  private later: ReturnType<typeof setTimeout> | undefined;
  private changed = false;

  constructor(private readonly write: () => void) {}

  soon(): void {
    this.changed = true;
    if (this.later !== undefined) return;
    this.changed = false;
    this.write();
    this.later = setTimeout(() => {
      this.later = undefined;
      if (this.changed) this.soon();
    }, EVERY_MS);
  }
}
