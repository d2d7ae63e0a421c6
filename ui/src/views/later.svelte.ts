/** The views of `over.ts`, once they are there. Who wants one before that gets it a moment later. */

type Over = typeof import("./over");

let come = $state.raw<Over | null>(null);

export const later = {
  get views(): Over | null {
    return come;
  },
  async load(): Promise<void> {
    come = await import("./over");
  },
};
