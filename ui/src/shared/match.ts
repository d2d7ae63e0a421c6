/** Finding a command by a few of its letters. */

/** How well a text fits what was typed: higher is better, none does not fit. Letters must come in order. */
export function score(typed: string, text: string): number | null {
  const wanted = typed.trim().toLowerCase();
  if (wanted === "") return 0;
  const within = text.toLowerCase();
  const at = within.indexOf(wanted);
  if (at >= 0) return 1000 - at * 2 - text.length * 0.1 + (at === 0 || /\W/.test(within[at - 1] ?? "") ? 200 : 0);
  let points = 0;
  let from = 0;
  for (const letter of wanted) {
    if (letter === " ") continue;
    const found = within.indexOf(letter, from);
    if (found < 0) return null;
    const start = found === 0 || /\W/.test(within[found - 1] ?? "");
    points += start ? 10 : found === from ? 5 : 1;
    from = found + 1;
  }
  return points - text.length * 0.1;
}

/** The ones that fit, best first. */
export function ranked<T>(typed: string, all: readonly T[], text: (one: T) => string): T[] {
  return all
    .map((one, order) => ({ one, order, points: score(typed, text(one)) }))
    .filter((scored) => scored.points !== null)
    .sort((a, b) => (b.points ?? 0) - (a.points ?? 0) || a.order - b.order)
    .map((scored) => scored.one);
}
