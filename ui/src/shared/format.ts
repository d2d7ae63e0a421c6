/** Numbers, sizes, lengths of time and dates as people read them. The locale is an argument. */

/** Keeps what is slow to make: a formatter takes up to a millisecond, and a scrolled list needs hundreds. */
function kept<K extends readonly (string | number)[], V>(make: (...key: K) => V): (...key: K) => V {
  const made = new Map<string, V>();
  return (...key) => {
    const name = key.join("/");
    let found = made.get(name);
    if (found === undefined) {
      found = make(...key);
      made.set(name, found);
    }
    return found;
  };
}

const numbers = kept((locale: string, digits: number) => new Intl.NumberFormat(locale, { maximumFractionDigits: digits }));
const relatives = kept((locale: string) => new Intl.RelativeTimeFormat(locale, { numeric: "auto" }));
const exacts = kept((locale: string) => new Intl.DateTimeFormat(locale, { dateStyle: "medium", timeStyle: "medium" }));
const days = kept((locale: string) => new Intl.DateTimeFormat(locale, { day: "numeric", month: "short", year: "numeric" }));

/** `48210` → `48,210`. */
export function count(value: number, locale = "en"): string {
  return numbers(locale, 0).format(value);
}

/** `3.14159` → `3.14`; whole numbers stay whole. */
export function decimal(value: number, digits: number, locale = "en"): string {
  return numbers(locale, digits).format(value);
}

const UNITS = ["B", "kB", "MB", "GB", "TB", "PB"] as const;

/** Bytes in decimal units with about three figures: `31.4 GB`, `812 B`. */
export function bytes(value: number, locale = "en"): string {
  let unit = 0;
  let rest = Math.max(0, value);
  while (rest >= 999.5 && unit < UNITS.length - 1) {
    rest /= 1000;
    unit += 1;
  }
  const digits = unit === 0 || rest >= 99.95 ? 0 : 1;
  return `${numbers(locale, digits).format(rest)} ${UNITS[unit]}`;
}

/** Seconds as a clock: `0:02`, `1:32`, `1:02:03`; under a second with its milliseconds: `0.24 s`. */
export function clock(seconds: number, locale = "en"): string {
  if (seconds > 0 && seconds < 1) return `${numbers(locale, 2).format(seconds)} s`;
  const whole = Math.round(Math.max(0, seconds));
  const s = String(whole % 60).padStart(2, "0");
  const m = Math.floor(whole / 60) % 60;
  const h = Math.floor(whole / 3600);
  return h > 0 ? `${h}:${String(m).padStart(2, "0")}:${s}` : `${m}:${s}`;
}

/** Seconds left, coarse on purpose: `8 s`, `2 min`, `1.5 h`. */
export function remaining(seconds: number, locale = "en"): string {
  if (seconds < 60) return `${Math.max(1, Math.round(seconds))} s`;
  if (seconds < 5400) return `${Math.round(seconds / 60)} min`;
  return `${numbers(locale, 1).format(seconds / 3600)} h`;
}

const STEPS: [Intl.RelativeTimeFormatUnit, number][] = [
  ["year", 31_557_600],
  ["month", 2_629_800],
  ["week", 604_800],
  ["day", 86_400],
  ["hour", 3600],
  ["minute", 60],
];

/** A time against now: `12 minutes ago`, `yesterday`; `now` under a minute. */
export function relative(atMs: number, nowMs: number, locale = "en"): string {
  const seconds = (atMs - nowMs) / 1000;
  const words = relatives(locale);
  for (const [unit, length] of STEPS) {
    if (Math.abs(seconds) >= length) return words.format(Math.trunc(seconds / length), unit);
  }
  return words.format(0, "second");
}

/** The exact time, for hovering. */
export function exact(atMs: number, locale = "en"): string {
  return exacts(locale).format(atMs);
}

/** The day, short: `3 Nov 2026`. */
export function day(atMs: number, locale = "en"): string {
  return days(locale === "en" ? "en-GB" : locale).format(atMs);
}

/** The end of a path, which tells where something lies: `/home/mira/game/art/ui` → `…/art/ui`. */
export function pathEnd(path: string, parts = 2): string {
  const all = path.split(/([\\/])/);
  // Parts and the signs between them alternate.
  return all.length <= 2 * parts + 1 ? path : `…${all.slice(-2 * parts).join("")}`;
}

/** Splits a name so that its ending stays visible when the middle is cut. Never splits a surrogate pair. */
export function middle(name: string, tail = 8): [head: string, tail: string] {
  const letters = Array.from(name);
  if (letters.length <= tail + 4) return [name, ""];
  return [letters.slice(0, -tail).join(""), letters.slice(-tail).join("")];
}
