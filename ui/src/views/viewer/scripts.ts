/** Words and letters to show a typeface with, by the English name of its script. */

const PANGRAMS: Record<string, string> = {
  Latin: "Sphinx of black quartz, judge my vow. 0123456789",
  Cyrillic: "Съешь же ещё этих мягких французских булок, да выпей чаю. 0123456789",
  Greek: "Ξεσκεπάζω την ψυχοφθόρα βδελυγμία. 0123456789",
  Arabic: "نص حكيم له سر قاطع وذو شأن عظيم مكتوب على ثوب أخضر",
  Hebrew: "דג סקרן שט בים מאוכזב ולפתע מצא חברה",
  Thai: "เป็นมนุษย์สุดประเสริฐเลิศคุณค่า",
  Devanagari: "ऋषियों को सताने वाले दुष्ट राक्षसों के राजा रावण",
  Hiragana: "いろはにほへと ちりぬるを",
  Katakana: "イロハニホヘト チリヌルヲ",
  Han: "天地玄黃 宇宙洪荒 日月盈昃 辰宿列張",
  Hangul: "키스의 고유조건은 입술끼리 만나야 한다",
};
const GERMAN = "Zwölf Boxkämpfer jagen Viktor quer über den großen Sylter Deich. 0123456789";

const RANGES: Record<string, [number, number][]> = {
  Latin: [[0x41, 0x5a], [0x61, 0x7a], [0x30, 0x39], [0x21, 0x2f], [0x3a, 0x40]],
  "Latin Extended": [[0xc0, 0xd6], [0xd8, 0xf6], [0xf8, 0x17f]],
  Cyrillic: [[0x410, 0x44f]],
  Greek: [[0x391, 0x3a1], [0x3a3, 0x3a9], [0x3b1, 0x3c9]],
  Arabic: [[0x621, 0x63a], [0x641, 0x64a]],
  Hebrew: [[0x5d0, 0x5ea]],
  Thai: [[0xe01, 0xe30]],
  Devanagari: [[0x905, 0x914], [0x915, 0x939]],
  Hiragana: [[0x3042, 0x3093]],
  Katakana: [[0x30a2, 0x30f3]],
};

/** A text that shows most letters of the first known script; Latin when none is known. */
export function pangramFor(scripts: readonly string[], locale: string): string {
  const first = scripts.find((script) => script in PANGRAMS) ?? "Latin";
  return first === "Latin" && locale === "de" ? GERMAN : (PANGRAMS[first] as string);
}

/** The letters of a script, for a table; none for scripts with too many to show. */
export function lettersOf(script: string): string[] {
  return (RANGES[script] ?? []).flatMap(([from, to]) => Array.from({ length: to - from + 1 }, (_, index) => String.fromCodePoint(from + index)));
}
