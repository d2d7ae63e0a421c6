/**
 * Editing queries as text: chips out of a query, and a query with a filter added, changed or taken away.
 * What a filter means is the engine's business (`crates/domain/src/query`); here only its shape is known.
 */

export type Operator = ":" | "=" | ">" | ">=" | "<" | "<=";

export interface Token {
  /** As written. */
  text: string;
  start: number;
  end: number;
  /** None for a word or a phrase. */
  filter: { name: string; negated: boolean; operator: Operator; values: string[] } | null;
}

const FILTER = /^(-?)([a-z]+)(:|>=|<=|>|<|=)(.*)$/is;

/** Splits at white space outside quotation marks. */
export function tokens(query: string): Token[] {
  const found: Token[] = [];
  const part = /(?:"[^"]*"?|[^\s"])+/g;
  for (let match = part.exec(query); match; match = part.exec(query)) {
    const text = match[0];
    found.push({ text, start: match.index, end: match.index + text.length, filter: filterOf(text) });
  }
  return found;
}

function filterOf(text: string): Token["filter"] {
  const match = FILTER.exec(text);
  if (!match) return null;
  const [, minus, name, operator, rest] = match;
  // A drive letter or an address is a word, not a filter.
  if (!name || !rest || rest.startsWith("//") || rest.startsWith("\\")) return null;
  return { name: name.toLowerCase(), negated: minus === "-", operator: operator as Operator, values: splitValues(rest) };
}

/** `a,"b, c"` → `a` and `b, c`. */
export function splitValues(text: string): string[] {
  const parts = text.match(/(?:"[^"]*"?|[^,"])+/g) ?? [];
  return parts.map((part) => part.replaceAll('"', "").trim()).filter((part) => part !== "");
}

/** A value as the query language wants it written. */
export function quoted(value: string): string {
  return /[\s,"]/.test(value) ? `"${value.replaceAll('"', "")}"` : value;
}

function join(parts: (string | null)[]): string {
  return parts.filter((part): part is string => !!part && part.trim() !== "").join(" ");
}

/** The query without one token. */
export function without(query: string, token: Token): string {
  return join(tokens(query).filter((other) => other.start !== token.start).map((other) => other.text));
}

/** The words of a query, without its filters. */
export function words(query: string): string {
  return join(tokens(query).filter((token) => !token.filter).map((token) => token.text));
}

/** Whether matches can be better or worse: words, a likeness and a colour can be met more or less well. */
export function ranks(query: string): boolean {
  return tokens(query).some(({ filter }) => !filter || ["like", "colour", "color"].includes(filter.name));
}

export function chips(query: string): Token[] {
  return tokens(query).filter((token) => token.filter);
}

/** Whether a list filter holds a value: 1 asked for, -1 asked against, 0 neither. */
export function holds(query: string, name: string, value: string): -1 | 0 | 1 {
  for (const { filter } of tokens(query)) {
    if (filter?.name === name && filter.values.some((other) => other.toLowerCase() === value.toLowerCase())) {
      return filter.negated ? -1 : 1;
    }
  }
  return 0;
}

function listToken(name: string, values: string[], negated = false): string | null {
  return values.length === 0 ? null : `${negated ? "-" : ""}${name}:${values.map(quoted).join(",")}`;
}

/** Adds a value to a list filter (“any of”), or takes it out when it is there. */
export function toggled(query: string, name: string, value: string): string {
  const all = tokens(query);
  const there = all.find((token) => token.filter?.name === name && !token.filter.negated && token.filter.operator === ":");
  if (!there?.filter) return join([...all.map((token) => token.text), listToken(name, [value])]);
  const key = value.toLowerCase();
  const kept = there.filter.values.filter((other) => other.toLowerCase() !== key);
  const values = kept.length === there.filter.values.length ? [...kept, value] : kept;
  return join(all.map((token) => (token === there ? listToken(name, values) : token.text)));
}

/** The query with exactly this value for a filter, whatever was asked of it before; none removes the filter. */
export function withValue(query: string, name: string, value: string | null): string {
  const others = tokens(query).filter((token) => token.filter?.name !== name);
  return join([...others.map((token) => token.text), value === null ? null : listToken(name, [value])]);
}

/** The query with bounds on a number; both none removes the filter. Bounds carry their unit: `512`, `30s`, `1mb`. */
export function withRange(query: string, name: string, least: string | null, most: string | null): string {
  const others = tokens(query).filter((token) => token.filter?.name !== name);
  return join([...others.map((token) => token.text), least ? `${name}>=${least}` : null, most ? `${name}<=${most}` : null]);
}

/** The bounds that a query puts on a number, as written. */
export function rangeOf(query: string, name: string): { least: string; most: string } {
  const bounds = { least: "", most: "" };
  for (const { filter } of tokens(query)) {
    if (filter?.name !== name || filter.negated) continue;
    const value = filter.values[0] ?? "";
    if (filter.operator === ">=" || filter.operator === ">") bounds.least = value;
    else if (filter.operator === "<=" || filter.operator === "<") bounds.most = value;
    else if (value.includes("..")) [bounds.least = "", bounds.most = ""] = value.split("..");
    else bounds.least = bounds.most = value;
  }
  return bounds;
}

/** Two queries that must both hold. */
export function both(a: string, b: string): string {
  return join([a.trim(), b.trim()]);
}
