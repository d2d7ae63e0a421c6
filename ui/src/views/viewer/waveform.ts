/** From the peaks of a file to the bars of a view. Pure. */

/**
 * Puts `peaks` (lowest and highest sample of equal stretches, −128 to 127) into `wanted` bars. Fewer bars than peaks:
 * each takes the extremes of its stretch, so that no click is lost. More: each shows the peak that it falls into.
 */
export function columns(peaks: readonly (readonly [number, number])[], wanted: number): [number, number][] {
  if (peaks.length === 0 || wanted <= 0) return [];
  return Array.from({ length: wanted }, (_, index) => {
    const from = Math.floor((index * peaks.length) / wanted);
    const to = Math.max(from + 1, Math.floor(((index + 1) * peaks.length) / wanted));
    let low = 127;
    let high = -128;
    for (const [least, most] of peaks.slice(from, to)) {
      low = Math.min(low, least);
      high = Math.max(high, most);
    }
    return [low, high];
  });
}
