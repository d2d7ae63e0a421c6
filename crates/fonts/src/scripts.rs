//! Which scripts a font can write, by whether it has representative letters of each.

use skrifa::charmap::Charmap;

/// A script with letters that a font for it must have.
pub struct Script {
    /// Its English name.
    pub name: &'static str,
    /// Representative letters.
    letters: &'static str,
    /// What a small picture shows of it.
    pub sample: &'static str,
}

const fn script(name: &'static str, letters: &'static str, sample: &'static str) -> Script {
    Script {
        name,
        letters,
        sample,
    }
}

/// In the order in which a preview chooses among them.
const SCRIPTS: &[Script] = &[
    script(
        "Latin",
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz",
        "Ag",
    ),
    script("Latin Extended", "ĀāČčĐđĘęĞğŁłŐőŘřŞşŢţŰűŽž", "Řğ"),
    script("Vietnamese", "ĂăƠơƯưẠạẢảẤấẦầẮắẾếỀềỐốỒồỨứỪừỴỵ", "Ưệ"),
    script("Greek", "ΑΒΓΔΘΛΞΠΣΦΨΩαβγδθλξπσφψω", "Ωγ"),
    script("Cyrillic", "АБВГДЖЗИЛФЦЧШЩЫЮЯабвгджзилфцчшщыюя", "Жд"),
    script("Armenian", "ԱԲԳԴԵԶԷԸԹաբգդեզէըթ", "Աբ"),
    script("Georgian", "აბგდევზთიკლმნოპჟრსტ", "აბ"),
    script("Hebrew", "אבגדהוזחטיכלמנסעפצקרשת", "אב"),
    script("Arabic", "ابتثجحخدذرزسشصضطظعغفقكلمنهوي", "ضع"),
    script("Devanagari", "अआइईउएकखगघचछजटडतदनपबमयरलवसह", "अक"),
    script("Bengali", "অআইউএকখগঘচছজটডতদনপবমযরলসহ", "অক"),
    script("Gurmukhi", "ਅਆਇਉਏਕਖਗਘਚਛਜਟਡਤਦਨਪਬਮਯਰਲਸਹ", "ਅਕ"),
    script("Gujarati", "અઆઇઉએકખગઘચછજટડતદનપબમયરલસહ", "અક"),
    script("Tamil", "அஆஇஉஎகஙசஞடணதநபமயரலவ", "அக"),
    script("Telugu", "అఆఇఉఎకఖగఘచఛజటడతదనపబమయరల", "అక"),
    script("Kannada", "ಅಆಇಉಎಕಖಗಘಚಛಜಟಡತದನಪಬಮಯರಲ", "ಅಕ"),
    script("Malayalam", "അആഇഉഎകഖഗഘചഛജടഡതദനപബമയരല", "അക"),
    script("Sinhala", "අආඉඋඑකඛගඝචජටඩතදනපබමයරල", "අක"),
    script("Thai", "กขคงจชซญดตถทนบปผพฟมยรลวสหอ", "กฟ"),
    script("Lao", "ກຂຄງຈຊຍດຕຖທນບປຜພຟມຢຣລວສຫອ", "ກຟ"),
    script("Khmer", "កខគឃងចឆជញដថទនបផពភមយរលវសហអ", "កខ"),
    script("Myanmar", "ကခဂဃငစဆဇညတထဒနပဖဗမယရလဝသဟအ", "ကခ"),
    script("Tibetan", "ཀཁགངཅཆཇཉཏཐདནཔཕབམཙཚཛཝཞཟ", "ཀཁ"),
    script("Ethiopic", "ሀለሐመሠረሰቀበተኀነአከወዐዘየደገ", "ሀለ"),
    script("Cherokee", "ᎠᎡᎢᎣᎤᎥᎦᎧᎨᎩᎪᎫᎬᎭᎮᎯ", "ᎠᎦ"),
    script("Runic", "ᚠᚢᚦᚨᚱᚲᚷᚹᚺᚾᛁᛃᛈᛉᛋᛏᛒᛖᛗᛚᛜᛞᛟ", "ᚠᚱ"),
    script(
        "Hiragana",
        "あいうえおかきくけこさしすせそたちつてとなにぬねのはひふへほまみむめもやゆよらりるれろわをん",
        "あの",
    ),
    script(
        "Katakana",
        "アイウエオカキクケコサシスセソタチツテトナニヌネノハヒフヘホマミムメモヤユヨラリルレロワヲン",
        "アノ",
    ),
    script("Hangul", "가나다라마바사아자차카타파하한글말이의을", "한글"),
    script(
        "Han",
        "一人大中日本年上下生分出時行前手国東西水火山川",
        "永水",
    ),
    script("Emoji", "😀😂😍👍🔥🎮", "🎮"),
];

/// The scripts of which the font has at least nine letters in ten.
pub fn covered(charmap: &Charmap<'_>) -> impl Iterator<Item = &'static Script> {
    SCRIPTS.iter().filter(move |script| {
        let all = script.letters.chars().count();
        let there = script
            .letters
            .chars()
            .filter(|letter| {
                charmap
                    .map(*letter)
                    .is_some_and(|glyph| glyph.to_u32() != 0)
            })
            .count();
        there * 10 >= all * 9
    })
}

/// Letters to show for a font that covers these scripts, the most telling first.
pub fn samples(names: &[String]) -> impl Iterator<Item = &'static str> {
    SCRIPTS
        .iter()
        .filter(|script| names.iter().any(|name| name == script.name))
        .map(|script| script.sample)
}
