/** The message catalogue: typed keys, plurals, and the language that is chosen. Every word on screen comes from here. */

import { de } from "./de";
import { en } from "./en";

/** A text with `{name}` places; with plural forms, `{n}` decides which one. */
export type Message = string | Readonly<Partial<Record<Intl.LDMLPluralRule, string>> & { other: string }>;
export type Key = keyof typeof en;
export type Catalogue = Readonly<Record<Key, Message>>;
export type Params = Readonly<Record<string, string | number>>;

export const LANGUAGES = { en: "English", de: "Deutsch" } as const;
export type Language = keyof typeof LANGUAGES;

const CATALOGUES: Record<Language, Catalogue> = { en, de };

/** Made once: a list that scrolls fills hundreds of messages. */
const RULES: Record<Language, Intl.PluralRules> = { en: new Intl.PluralRules("en"), de: new Intl.PluralRules("de") };
const NUMBERS: Record<Language, Intl.NumberFormat> = { en: new Intl.NumberFormat("en"), de: new Intl.NumberFormat("de") };

/** The language for a setting: `system` follows the machine, what is not known is English. */
export function languageFor(setting: string, machine: readonly string[]): Language {
  const wanted = setting === "system" ? machine : [setting];
  for (const tag of wanted) {
    const language = tag.split("-")[0]?.toLowerCase();
    if (language === "en" || language === "de") return language;
  }
  return "en";
}

const chosen = $state<{ language: Language }>({ language: "en" });

export function setLanguage(language: Language): void {
  chosen.language = language;
}

/** The locale for numbers and dates. */
export function locale(): Language {
  return chosen.language;
}

/** Fills a message. Numbers are written in the language's own way. */
export function fill(message: Message, params: Params, language: Language): string {
  let text: string;
  if (typeof message === "string") {
    text = message;
  } else {
    const rule = RULES[language].select(Number(params["n"] ?? 0));
    text = message[rule] ?? message.other;
  }
  return text.replace(/\{(\w+)\}/g, (whole, name: string) => {
    const value = params[name];
    if (value === undefined) return whole;
    return typeof value === "number" ? NUMBERS[language].format(value) : value;
  });
}

/** The words for a key in the chosen language. */
export function t(key: Key, params: Params = {}): string {
  return fill(CATALOGUES[chosen.language][key], params, chosen.language);
}

/** Whether a key exists, for keys put together from a code or a kind. */
export function known(key: string): key is Key {
  return key in en;
}
