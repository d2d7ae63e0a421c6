//! Measures the index at its design size and prints one JSON line a figure.
//!
//! `cargo run --release -p gameforge-index --example million [-- ASSETS]`; a million without a number. The
//! library is generated: packs in folders, names of words and numbers, a skewed spread of kinds, tags and
//! licences. Times are in milliseconds, memory in MB of 1,048,576 bytes.

#![allow(clippy::print_stdout, reason = "printing figures is what it is for")]

use gameforge_domain::query::{Now, Query, Sort};
use gameforge_domain::{AssetId, Colour, Format, Swatch};
use gameforge_index::{Entry, Index, PreviewState};
use serde_json::{Value, json};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Instant;

const NOW: i64 = 1_800_000_000_000;

/// xorshift64*, so that every run is the same.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_f491_4f6c_dd1d)
    }

    fn below(&mut self, end: u64) -> u64 {
        (self.next() >> 11) % end
    }

    /// Small numbers much more often than large ones.
    fn skewed(&mut self, end: u64) -> u64 {
        let unit = (self.next() >> 11) as f64 / (1u64 << 53) as f64;
        ((end as f64).powf(unit) - 1.0) as u64
    }
}

const WORDS: &[&str] = &[
    "goblin",
    "knight",
    "dragon",
    "forest",
    "castle",
    "sword",
    "shield",
    "tile",
    "grass",
    "stone",
    "water",
    "fire",
    "button",
    "panel",
    "icon",
    "cursor",
    "health",
    "mana",
    "coin",
    "chest",
    "door",
    "wall",
    "floor",
    "tree",
    "rock",
    "cloud",
    "sky",
    "night",
    "day",
    "enemy",
    "player",
    "npc",
    "walk",
    "run",
    "jump",
    "attack",
    "idle",
    "death",
    "hit",
    "explosion",
    "smoke",
    "spark",
    "magic",
    "potion",
    "scroll",
    "book",
    "key",
    "lamp",
    "torch",
    "bridge",
    "house",
    "roof",
    "window",
    "barrel",
    "crate",
    "wagon",
    "horse",
    "wolf",
    "bear",
    "bird",
    "fish",
    "snake",
    "spider",
    "bat",
    "skeleton",
    "zombie",
    "ghost",
    "demon",
    "angel",
    "robot",
    "ship",
    "laser",
    "planet",
    "star",
    "asteroid",
    "engine",
    "footstep",
    "ambient",
    "wind",
    "rain",
    "thunder",
    "music",
    "loop",
    "theme",
    "battle",
    "menu",
    "victory",
    "defeat",
    "normal",
    "albedo",
    "roughness",
    "metallic",
    "emissive",
    "height",
    "mask",
    "diffuse",
    "specular",
    "occlusion",
    "small",
    "large",
    "red",
    "blue",
    "green",
    "gold",
    "silver",
    "dark",
    "light",
    "old",
    "new",
    "broken",
    "ancient",
];

/// A word of the library: the common ones above, then thousands of rarer compounds of them.
fn word(random: &mut Random) -> String {
    let count = WORDS.len() as u64;
    let number = random.skewed(6000);
    if number < count {
        return WORDS[number as usize].to_owned();
    }
    format!(
        "{}{}",
        WORDS[(number * 7 % count) as usize],
        WORDS[(number / 11 % count) as usize]
    )
}

fn uuid(number: u64) -> AssetId {
    let mut mixed = Random(number.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1);
    let time = u128::from(1_700_000_000_000 + number) << 80;
    let bytes = (time | 0x7000 << 64 | u128::from(mixed.next())).to_be_bytes();
    AssetId::from_slice(&bytes).unwrap_or_else(|| unreachable!("sixteen bytes"))
}

fn format_of(random: &mut Random) -> Format {
    match random.below(100) {
        0..45 => Format::Png,
        45..52 => Format::Jpeg,
        52..55 => Format::Tga,
        55..58 => Format::Psd,
        58..60 => Format::Aseprite,
        60..62 => Format::Svg,
        62..67 => Format::Glb,
        67..71 => Format::Fbx,
        71..73 => Format::Obj,
        73..82 => Format::Wav,
        82..88 => Format::Ogg,
        88..90 => Format::Ttf,
        90..91 => Format::Mp4,
        91..94 => Format::GodotScene,
        94..96 => Format::UnityMeta,
        96..98 => Format::Json,
        _ => Format::Plain,
    }
}

/// One asset; packs of some hundred lie together and share folders, tags, licence and vocabulary.
fn entry(row: u32) -> Entry {
    let pack = row / 400;
    let mut shared = Random(u64::from(pack).wrapping_mul(0xd134_2543_de82_ef95) | 1);
    let mut own = Random(u64::from(row).wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1);
    let format = format_of(&mut own);
    let (first, second) = (word(&mut shared), word(&mut own));
    let ending = format.extensions().first().copied().unwrap_or("bin");
    let name = match own.below(4) {
        0 => format!("{first}_{second}_{:02}.{ending}", own.below(40)),
        1 => format!("{second}-{first}{}.{ending}", own.below(300)),
        2 => format!("{first}_{second}_{}.{ending}", word(&mut own)),
        _ => format!("{second}_{:05}.{ending}", own.below(90_000)),
    };
    let mut entry = Entry::new(uuid(u64::from(row)), row + 1, name, format);
    let studio = ["assets", "art", "audio", "imported", "store"][shared.below(5) as usize];
    entry.folder = format!(
        "{studio}/{}/pack_{pack:04}/{}",
        word(&mut shared),
        ["", "textures", "models", "sfx", "src/old"][own.below(5) as usize]
    );
    entry.added_ms = NOW - i64::from(1_000_000 - row.min(1_000_000)) * 40_000;
    entry.modified_ms = entry.added_ms - own.below(200_000_000_000) as i64;
    entry.size = 300 + own.skewed(80_000_000);
    entry.rating = if own.below(10) == 0 {
        1 + own.below(5) as u8
    } else {
        0
    };
    entry.label = if own.below(12) == 0 {
        1 + own.below(7) as u8
    } else {
        0
    };
    let licences = [
        "CC0-1.0",
        "CC-BY-4.0",
        "CC-BY-SA-4.0",
        "MIT",
        "OFL-1.1",
        "Unity-EULA",
        "Proprietary",
    ];
    entry.licence = (shared.below(4) > 0).then(|| licences[shared.skewed(7) as usize].to_owned());
    let groups = ["environment", "character", "ui", "audio", "fx", "prop"];
    for _ in 0..shared.below(4) {
        entry.tags.push(format!(
            "{}/{}",
            groups[shared.below(6) as usize],
            word(&mut shared)
        ));
    }
    if own.below(3) == 0 {
        entry.tags.push(word(&mut own));
    }
    if shared.below(3) == 0 {
        entry.words = format!(
            "{} pack by {} studio\n",
            word(&mut shared),
            word(&mut shared)
        );
    }
    for _ in 0..own.below(6) {
        entry.words.push_str(&word(&mut own));
        entry.words.push('\n');
    }
    entry.content = [own.next(), own.next(), own.next(), own.next()]
        .map(u64::to_be_bytes)
        .concat()
        .try_into()
        .unwrap_or([0; 32]);
    entry.preview = if own.below(50) == 0 {
        PreviewState::None
    } else {
        PreviewState::Ready
    };
    (entry.missing, entry.failed) = (own.below(300) == 0, own.below(200) == 0);
    if own.below(30) == 0 {
        entry.locations = 2;
        entry
            .other_folders
            .push(format!("archive/pack_{:04}", own.below(200)));
    }
    facts(&mut entry, &mut own);
    entry
}

fn facts(entry: &mut Entry, own: &mut Random) {
    match entry.format as u8 {
        1..32 => {
            entry.width = 16 << own.below(8);
            entry.height = if own.below(3) == 0 {
                16 << own.below(8)
            } else {
                entry.width
            };
            entry.frames = if own.below(20) == 0 {
                2 + own.below(30) as u32
            } else {
                1
            };
            entry.alpha = Some(own.below(3) > 0);
            entry.layers = if entry.format == Format::Psd {
                own.below(30) as u32
            } else {
                0
            };
            // One in eight resembles another one.
            let base = if own.below(8) == 0 {
                Random(own.below(20_000) + 1).next() ^ 1 << own.below(64)
            } else {
                own.next()
            };
            entry.phash = Some(base);
            for _ in 0..1 + own.below(5) {
                let [r, g, b, share, ..] = own.next().to_be_bytes();
                entry.palette.push(Swatch {
                    colour: Colour { r, g, b },
                    share: f32::from(share) / 255.0,
                });
            }
        }
        32..64 => {
            entry.triangles = own.skewed(900_000) as u32;
            entry.vertices = entry.triangles / 2;
            entry.materials = own.below(9) as u32;
            entry.bones = if own.below(4) == 0 {
                own.below(90) as u32
            } else {
                0
            };
            entry.animations = if entry.bones > 0 {
                own.below(12) as u32
            } else {
                0
            };
        }
        64..80 => {
            entry.duration_ms = own.skewed(400_000) as u32;
            entry.rate = if own.below(2) == 0 { 44_100 } else { 48_000 };
            entry.channels = 1 + own.below(2) as u32;
            entry.loudness = Some(-(own.below(4000) as f32) / 100.0);
        }
        80..96 => entry.glyphs = 100 + own.below(2000) as u32,
        _ => {}
    }
}

/// About two hundred searches as people make them: half-typed words, filters, combinations; every kind of order.
fn searches() -> Vec<(String, Sort)> {
    let mut texts: Vec<String> = [
        "",
        "kind:image",
        "kind:model",
        "kind:audio",
        "format:png",
        "is:untagged",
        "rating>=3",
    ]
    .map(str::to_owned)
    .into();
    for word in [
        "goblin",
        "knight",
        "tile",
        "explosion",
        "albedo",
        "footstep",
        "goldplanet",
    ] {
        texts.extend((1..=word.len()).map(|end| word[..end].to_owned()));
    }
    for filter in [
        "kind:image alpha:yes width>=512",
        "kind:model triangles>5k bones>0",
        "kind:audio duration<2s channels:1",
        "tag:environment",
        "tag:ui kind:image",
        "folder:art",
        "folder:/assets/",
        "licence:CC0-1.0",
        "licence:none",
        "size>1mb",
        "added:month",
        "modified<90d",
        "colour:#ff8800",
        "colour:#2244aa~0.05",
        "is:duplicate",
        "is:animated",
        "label:red,blue",
        "aspect:square kind:image",
        "ext:png",
        "pixels>1m",
        "format:glb,fbx",
        "is:missing",
        "glyphs>500",
    ] {
        texts.push(filter.to_owned());
        texts.extend(
            [
                "gob",
                "castle",
                "stone -wall",
                "oblin",
                "\"stone wall\"",
                "walk_0",
            ]
            .map(|word| format!("{word} {filter}")),
        );
    }
    let sorts = [
        "relevance",
        "-added",
        "name",
        "-size",
        "-modified",
        "relevance",
        "kind",
        "-rating",
        "pixels",
    ];
    let sorts = sorts.map(|sort| sort.parse().unwrap_or_default());
    texts.into_iter().zip(sorts.into_iter().cycle()).collect()
}

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if let [mode, count, path] = arguments.as_slice()
        && mode == "--measure"
    {
        return measure(count.parse().unwrap_or(0), path);
    }
    let count: u32 = arguments
        .first()
        .and_then(|text| text.parse().ok())
        .unwrap_or(1_000_000);
    let start = Instant::now();
    let mut index = Index::new();
    let mut generating = 0.0;
    for batch in 0..count.div_ceil(10_000) {
        let began = Instant::now();
        let entries: Vec<Entry> = (batch * 10_000..count.min((batch + 1) * 10_000))
            .map(entry)
            .collect();
        generating += ms(began);
        index.apply(entries, &[]);
    }
    report(
        "build",
        json!({ "assets": count, "ms": (ms(start) - generating).round() }),
    );
    let start = Instant::now();
    let sorts = [
        "name",
        "-added",
        "-size",
        "-modified",
        "kind",
        "-rating",
        "pixels",
    ];
    sorts
        .iter()
        .filter_map(|sort| sort.parse().ok())
        .for_each(|sort| index.prepare(sort));
    report(
        "first orders",
        json!({ "orders": sorts.len(), "ms": ms(start).round() }),
    );

    let mut snapshot = Vec::new();
    let start = Instant::now();
    let written = index.write_snapshot(&mut snapshot, [1; 16], 1);
    report(
        "snapshot write",
        json!({ "ok": written.is_ok(), "ms": ms(start).round(), "mb": snapshot.len() >> 20 }),
    );
    let path = std::env::temp_dir().join(format!("gameforge-million-{}.index", std::process::id()));
    let stored = std::fs::write(&path, &snapshot);
    drop((index, snapshot));
    // In a process of its own: what this one freed would hide what the index takes.
    let child = std::env::current_exe().and_then(|program| {
        std::process::Command::new(program)
            .args(["--measure", &count.to_string()])
            .arg(&path)
            .status()
    });
    let removed = std::fs::remove_file(&path);
    if !(stored.is_ok() && removed.is_ok() && child.is_ok_and(|status| status.success())) {
        report("failed", json!({ "snapshot": path.display().to_string() }));
    }
}

/// Everything that is measured on an index loaded from its snapshot.
fn measure(count: u32, path: &str) {
    let before = resident();
    let (start, began) = (Instant::now(), computed());
    let file = std::fs::File::open(path);
    let length = std::fs::metadata(path).map_or(0, |file| file.len());
    let loaded = file.map(|file| Index::read_snapshot(file, length, [1; 16]));
    let (elapsed, computing) = (ms(start), computed() - began);
    let Ok(Ok((index, _))) = loaded else {
        report("snapshot load", json!({ "ok": false }));
        return;
    };
    let mb = resident().saturating_sub(before);
    report(
        "snapshot load",
        json!({ "ok": true, "ms": elapsed.round(), "cpu_ms": computing.round(), "index_mb": mb }),
    );
    measure_searches("search", &index);
    measure_pages(&index);
    let start = Instant::now();
    let groups = index.look_alikes(6);
    report(
        "look-alikes within 6",
        json!({ "groups": groups.len(), "ms": ms(start).round() }),
    );
    let lock = parking_lot::RwLock::new(index);
    during_import(&lock, count);
    report("resident at the end", json!({ "mb": resident() }));
}

fn measure_searches(what: &str, index: &Index) {
    let mut figures = Figures::default();
    for round in 0..5 {
        for (text, sort) in searches() {
            let (start, began) = (Instant::now(), computed());
            let (query, _) = Query::parse(&text);
            let hits = index.search(&query, sort, Now::from(NOW), &());
            let found = computed() - began;
            let facets = index.facets(&hits);
            let (took, computing) = (ms(start), computed() - began);
            if round > 0 {
                figures.add(took, computing, || {
                    format!("{text} by {sort}: {} hits", hits.len())
                });
            }
            if std::env::var_os("VERBOSE").is_some() && round == 4 {
                println!(
                    "{computing:7.2} {found:7.2} {:8} {:5} {text} by {sort}",
                    hits.len(),
                    facets.tags.len()
                );
            }
        }
    }
    report(what, figures.quantiles());
}

fn measure_pages(index: &Index) {
    let mut random = Random(7);
    let mut figures = Figures::default();
    for (text, sort) in searches() {
        let hits = index.search(&Query::parse(&text).0, sort, Now::from(NOW), &());
        for _ in 0..10 {
            let offset = random.below(hits.len().max(1) as u64) as usize;
            let (start, began) = (Instant::now(), computed());
            let bytes: usize = index
                .cards(&hits, offset, 200)
                .flatten()
                .map(|card| card.name.len() + card.folder.len())
                .sum();
            figures.add(ms(start), computed() - began, || {
                format!("{bytes} bytes of {text} at {offset}")
            });
        }
    }
    report("page of 200", figures.quantiles());
}

/// Searches while another thread applies batches of 500, half new assets, half changed ones, in slices of 100 as
/// an import should.
fn during_import(lock: &parking_lot::RwLock<Index>, count: u32) {
    let done = AtomicBool::new(false);
    std::thread::scope(|scope| {
        let importing = scope.spawn(|| {
            let (mut next, mut random, mut figures) = (count, Random(99), Figures::default());
            while !done.load(Ordering::Relaxed) {
                let mut batch: Vec<Entry> = (next..next + 250).map(entry).collect();
                next += 250;
                for _ in 0..250 {
                    let mut changed = entry(random.below(u64::from(count)) as u32);
                    changed.rating = random.below(6) as u8;
                    changed.tags.push("imported".to_owned());
                    batch.push(changed);
                }
                let (mut took, began) = (0.0, computed());
                let mut rest = batch.into_iter().peekable();
                while rest.peek().is_some() {
                    let slice: Vec<Entry> = rest.by_ref().take(100).collect();
                    let mut index = lock.write();
                    let start = Instant::now();
                    index.apply(slice, &[]);
                    took += ms(start);
                }
                figures.add(took, computed() - began, String::new);
                lock.read().settle();
            }
            figures
        });
        let mut figures = Figures::default();
        for _ in 0..4 {
            for (text, sort) in searches() {
                let (start, began) = (Instant::now(), computed());
                let (query, _) = Query::parse(&text);
                let index = lock.read();
                let hits = index.search(&query, sort, Now::from(NOW), &());
                let facets = index.facets(&hits);
                drop(index);
                figures.add(ms(start), computed() - began, || {
                    format!(
                        "{text} by {sort}: {} hits, {} tags",
                        hits.len(),
                        facets.tags.len()
                    )
                });
            }
        }
        done.store(true, Ordering::Relaxed);
        report("search during import", figures.quantiles());
        if let Ok(figures) = importing.join() {
            report("batch of 500", figures.quantiles());
        }
    });
}

/// Times of one kind of work: by the clock on the wall, and computing only. On a busy machine the two differ.
#[derive(Default)]
struct Figures {
    wall: Vec<f64>,
    computing: Vec<f64>,
    slowest: (f64, String),
}

impl Figures {
    fn add(&mut self, wall: f64, computing: f64, what: impl FnOnce() -> String) {
        self.wall.push(wall);
        self.computing.push(computing);
        if computing > self.slowest.0 {
            self.slowest = (computing, what());
        }
    }

    fn quantiles(mut self) -> Value {
        let parts = |times: &mut Vec<f64>| {
            times.sort_by(f64::total_cmp);
            [0.5, 0.9, 0.99, 1.0].map(|part| {
                let at = ((times.len() as f64 * part) as usize).min(times.len().saturating_sub(1));
                (times.get(at).copied().unwrap_or(0.0) * 1000.0).round() / 1000.0
            })
        };
        let ([p50, p90, p99, max], [cpu50, cpu90, cpu99, cpu_max]) =
            (parts(&mut self.wall), parts(&mut self.computing));
        json!({
            "count": self.wall.len(), "p50_ms": p50, "p90_ms": p90, "p99_ms": p99, "max_ms": max,
            "cpu_p50_ms": cpu50, "cpu_p90_ms": cpu90, "cpu_p99_ms": cpu99, "cpu_max_ms": cpu_max,
            "slowest": self.slowest.1,
        })
    }
}

fn ms(since: Instant) -> f64 {
    since.elapsed().as_secs_f64() * 1000.0
}

/// Time that this thread computed, in ms: what a search costs when nobody else wants the processor. 0 where the
/// system does not tell.
fn computed() -> f64 {
    let stat = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap_or_default();
    stat.split(' ')
        .next()
        .and_then(|text| text.parse::<f64>().ok())
        .unwrap_or(0.0)
        / 1e6
}

/// Memory of this process in RAM, in MB; 0 where the system does not tell.
fn resident() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    line.and_then(|line| line.trim().trim_end_matches(" kB").parse::<u64>().ok())
        .map_or(0, |kb| kb / 1024)
}

fn report(what: &str, mut figures: Value) {
    figures["what"] = json!(what);
    println!("{figures}");
}
