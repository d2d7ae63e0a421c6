/** Which picture of an animation is due at a time. Pure; seconds. */

export type Direction = "forward" | "reverse" | "pingpong";

/** The frames of one round, in the order in which they are shown. A ping-pong shows its ends once. */
export function round(from: number, to: number, direction: Direction): number[] {
  const forward = Array.from({ length: Math.max(0, to - from) + 1 }, (_, index) => from + index);
  if (direction === "reverse") return forward.reverse();
  if (direction === "pingpong" && forward.length > 2) return [...forward, ...forward.slice(1, -1).reverse()];
  return forward;
}

/** Sum of the durations of a round. */
export function length(order: readonly number[], durations: readonly number[]): number {
  return order.reduce((sum, frame) => sum + duration(durations, frame), 0);
}

/** The frame at `time` seconds after the start of an endless repetition of `order`. */
export function frameAt(order: readonly number[], durations: readonly number[], time: number): number {
  const total = length(order, durations);
  let rest = total > 0 ? time % total : 0;
  for (const frame of order) {
    rest -= duration(durations, frame);
    if (rest < 0) return frame;
  }
  return order.at(-1) ?? 0;
}

/** The time at which `frame` begins in a round; 0 when it is not part of it. */
export function startOf(order: readonly number[], durations: readonly number[], frame: number): number {
  let time = 0;
  for (const shown of order) {
    if (shown === frame) return time;
    time += duration(durations, shown);
  }
  return 0;
}

/** Files with a duration of zero exist; browsers show such frames for a tenth of a second, and so do we. */
function duration(durations: readonly number[], frame: number): number {
  const seconds = durations[frame] ?? 0.1;
  return seconds > 0 ? seconds : 0.1;
}
