//! The index against a naive walk over all entries, whatever was applied before, also after a snapshot.

use crate::changing::ending;
use crate::collate;
use crate::colours::{self, Target};
use crate::columns::seconds;
use crate::matching::licence_matches;
use crate::term::Term;
use crate::text::Normal;
use crate::tree::Place;
use crate::{CollectionNames, Entry, Facets, Hits, Index, SnapshotError};
use gameforge_domain::query::{
    Aspect, Condition, DateField, Filter, Label, Now, NumberField, Query, Range, Sort, SortKey,
};
use gameforge_domain::{AssetId, CollectionId, Colour, Format, Kind, Swatch};
use proptest::prelude::*;
use std::collections::{BTreeMap, BTreeSet};

const NOW: Now = Now {
    unix_ms: 1_800_000_000_123,
    offset_seconds: 3600,
};

fn id(number: u8) -> AssetId {
    AssetId::from_slice(&[number; 16]).unwrap()
}

fn collection(number: u8) -> CollectionId {
    CollectionId::from_slice(&[number; 16]).unwrap()
}

struct Names;

impl CollectionNames for Names {
    fn by_name(&self, name: &str) -> Vec<CollectionId> {
        match name {
            "first" => vec![collection(1)],
            "both" => vec![collection(1), collection(2)],
            _ => Vec::new(),
        }
    }
}

/// Whether an entry matches, straight from what the filters promise.
fn naive(entry: &Entry, filter: &Filter, all: &BTreeMap<u32, Entry>) -> bool {
    let tags = || entry.tags.iter().map(|tag| tag.to_lowercase());
    let folders = || std::iter::once(&entry.folder).chain(&entry.other_folders);
    let anywhere = |term: &Term| {
        std::iter::once(entry.name.as_str())
            .chain(folders().map(String::as_str))
            .chain(entry.tags.iter().map(String::as_str))
            .chain(entry.words.lines())
            .any(|text| term.matches(&Normal::of(text)))
    };
    let number = |field: NumberField| match field {
        NumberField::Size => entry.size,
        NumberField::Rating => u64::from(entry.rating),
        NumberField::Width => u64::from(entry.width),
        NumberField::Height => u64::from(entry.height),
        NumberField::Pixels => u64::from(entry.width) * u64::from(entry.height),
        NumberField::Frames => u64::from(entry.frames),
        NumberField::Layers => u64::from(entry.layers),
        NumberField::Duration => u64::from(entry.duration_ms),
        NumberField::Rate => u64::from(entry.rate),
        NumberField::Channels => u64::from(entry.channels),
        NumberField::Triangles => u64::from(entry.triangles),
        NumberField::Vertices => u64::from(entry.vertices),
        NumberField::Materials => u64::from(entry.materials),
        NumberField::Bones => u64::from(entry.bones),
        NumberField::Animations => u64::from(entry.animations),
        NumberField::Glyphs => u64::from(entry.glyphs),
    };
    match filter {
        Filter::Word(text) => anywhere(&Term::word(text)),
        Filter::Phrase(text) => anywhere(&Term::phrase(text)),
        Filter::Name(names) => names
            .iter()
            .any(|name| Term::word(name).matches(&Normal::of(&entry.name))),
        Filter::Kind(kinds) => kinds.contains(&entry.kind),
        Filter::Format(formats) => formats.contains(&entry.format),
        Filter::Tag(asked) => asked.iter().any(|asked| {
            tags().any(|tag| tag == asked.key() || tag.starts_with(&format!("{}/", asked.key())))
        }),
        Filter::Is(Condition::Missing) => entry.missing,
        Filter::Is(Condition::Animated) => entry.frames > 1 || entry.animations > 0,
        Filter::Is(Condition::Duplicate) => entry.locations > 1,
        Filter::Is(Condition::Failed) => entry.failed,
        Filter::Is(Condition::Favourite) => entry.rating == 5,
        Filter::Is(Condition::Untagged) => entry.tags.is_empty(),
        Filter::Number(field, range) => {
            range.contains(number(*field))
                && field.only_kind().is_none_or(|kind| kind == entry.kind)
        }
        Filter::Loudness(min, max) => entry.loudness.is_some_and(|value| {
            let value = (value * 100.0).round() as i32;
            *min <= value && value <= *max
        }),
        Filter::Date(field, span) => {
            let ms = i64::from(seconds(if *field == DateField::Added {
                entry.added_ms
            } else {
                entry.modified_ms
            })) * 1000;
            let (from, to) = span.resolve(NOW);
            from <= ms && ms <= to
        }
        Filter::Alpha(yes) => entry.alpha == Some(*yes),
        Filter::Aspect(shapes) => {
            Aspect::of(entry.width, entry.height).is_some_and(|shape| shapes.contains(&shape))
        }
        Filter::Label(labels) => labels.contains(&Label::from_number(entry.label)),
        Filter::Licence(licences) => licences.iter().any(|asked| match (asked, &entry.licence) {
            (None, have) => have.is_none(),
            (Some(asked), Some(have)) => licence_matches(have, &asked.to_lowercase()),
            _ => false,
        }),
        Filter::Folder(asked) => asked
            .iter()
            .any(|asked| folders().any(|folder| Place::new(asked).contains(folder))),
        Filter::Ext(asked) => ending(&entry.name).is_some_and(|ending| asked.contains(&ending)),
        Filter::Collection(names) => names
            .iter()
            .flat_map(|name| Names.by_name(name))
            .any(|id| entry.collections.contains(&id)),
        Filter::Colour(filter) => Target::new(filter)
            .score(&colours::palette(&entry.palette))
            .is_some(),
        Filter::Like(other) => {
            let other = all
                .values()
                .find(|entry| entry.id == *other)
                .and_then(|entry| entry.phash);
            entry
                .phash
                .zip(other)
                .is_some_and(|(a, b)| (a ^ b).count_ones() <= 10)
        }
        Filter::Content(digits) => {
            let hex: String = entry.content[..8]
                .iter()
                .map(|byte| format!("{byte:02x}"))
                .collect();
            hex.starts_with(&digits[..digits.len().min(16)])
        }
        Filter::Id(ids) => ids.contains(&entry.id),
    }
}

fn naive_all(query: &Query, all: &BTreeMap<u32, Entry>) -> BTreeSet<AssetId> {
    all.values()
        .filter(|entry| {
            query
                .clauses
                .iter()
                .all(|clause| naive(entry, &clause.filter, all) != clause.negated)
        })
        .map(|entry| entry.id)
        .collect()
}

fn ids(index: &Index, hits: &Hits) -> Vec<AssetId> {
    index
        .cards(hits, 0, hits.len())
        .map(|card| card.unwrap().id)
        .collect()
}

/// The order promised for a sort, as a check on neighbours.
fn in_order(sort: Sort, all: &BTreeMap<u32, Entry>, ids: &[AssetId]) -> bool {
    let entry = |id: &AssetId| all.values().find(|entry| entry.id == *id).unwrap();
    ids.windows(2).all(|pair| {
        let (a, b) = (entry(&pair[0]), entry(&pair[1]));
        let by_key = match sort.key {
            SortKey::Name => collate::names(&a.name, &b.name),
            SortKey::Folder => collate::paths(&a.folder, &b.folder),
            SortKey::Added => seconds(a.added_ms).cmp(&seconds(b.added_ms)),
            SortKey::Modified => seconds(a.modified_ms).cmp(&seconds(b.modified_ms)),
            SortKey::Size => a.size.cmp(&b.size),
            SortKey::Kind => a.kind.cmp(&b.kind),
            SortKey::Format => a.format.name().cmp(b.format.name()),
            SortKey::Rating => a.rating.cmp(&b.rating),
            SortKey::Pixels => (u64::from(a.width) * u64::from(a.height))
                .cmp(&(u64::from(b.width) * u64::from(b.height))),
            SortKey::Duration => a.duration_ms.cmp(&b.duration_ms),
            SortKey::Triangles => a.triangles.cmp(&b.triangles),
            SortKey::Colour => colours::hue_key(&colours::palette(&a.palette))
                .cmp(&colours::hue_key(&colours::palette(&b.palette))),
            SortKey::Relevance => return true,
        };
        let directed = if sort.descending {
            by_key.reverse()
        } else {
            by_key
        };
        directed
            .then_with(|| collate::names(&a.name, &b.name))
            .then_with(|| a.id.cmp(&b.id))
            .is_lt()
    })
}

/// Facets counted one by one, where those are simple; the own filter of a field left out.
fn naive_facets(query: &Query, all: &BTreeMap<u32, Entry>) -> Facets {
    let without = |own: &dyn Fn(&Filter) -> bool| {
        let clauses = query
            .clauses
            .iter()
            .filter(|clause| !own(&clause.filter))
            .cloned()
            .collect();
        let ids = naive_all(&Query { clauses }, all);
        all.values()
            .filter(|entry| ids.contains(&entry.id))
            .cloned()
            .collect::<Vec<Entry>>()
    };
    fn counted<T: Ord + Clone>(values: impl Iterator<Item = T>) -> Vec<(T, u32)> {
        let mut counts = BTreeMap::new();
        values.for_each(|value| *counts.entry(value).or_insert(0) += 1);
        let mut counts: Vec<(T, u32)> = counts.into_iter().collect();
        counts.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
        counts
    }
    let rated = |filter: &Filter| {
        matches!(
            filter,
            Filter::Number(NumberField::Rating, _) | Filter::Is(Condition::Favourite)
        )
    };
    let tagged =
        without(&|filter| matches!(filter, Filter::Tag(_) | Filter::Is(Condition::Untagged)));
    let tags = counted(tagged.iter().flat_map(|entry| {
        let mut all = BTreeSet::new();
        for tag in &entry.tags {
            let tag = tag.to_lowercase();
            all.extend(tag.match_indices('/').map(|(at, _)| tag[..at].to_owned()));
            all.insert(tag);
        }
        all
    }));
    let hits = without(&|_| false);
    let licensed = without(&|filter| matches!(filter, Filter::Licence(_)));
    let alpha = without(&|filter| matches!(filter, Filter::Alpha(_)));
    let count = |entries: &[Entry], holds: &dyn Fn(&Entry) -> bool| {
        entries.iter().filter(|entry| holds(entry)).count() as u32
    };
    let mut ratings = counted(without(&rated).iter().map(|entry| entry.rating));
    let mut labels = counted(
        without(&|filter| matches!(filter, Filter::Label(_)))
            .iter()
            .map(|entry| entry.label),
    );
    ratings.sort_unstable();
    labels.sort_unstable();
    Facets {
        kinds: counted(
            without(&|filter| matches!(filter, Filter::Kind(_)))
                .iter()
                .map(|entry| entry.kind),
        ),
        formats: counted(
            without(&|filter| matches!(filter, Filter::Format(_)))
                .iter()
                .map(|entry| entry.format),
        ),
        tags,
        untagged: count(&tagged, &|entry| entry.tags.is_empty()),
        licences: counted(licensed.iter().filter_map(|entry| entry.licence.clone())),
        unlicensed: count(&licensed, &|entry| entry.licence.is_none()),
        ratings,
        labels,
        folders: Vec::new(),
        alpha_yes: count(&alpha, &|entry| entry.alpha == Some(true)),
        alpha_no: count(&alpha, &|entry| entry.alpha == Some(false)),
        animated: count(&hits, &|entry| entry.frames > 1 || entry.animations > 0),
        missing: count(&hits, &|entry| entry.missing),
        failed: count(&hits, &|entry| entry.failed),
        duplicates: count(&hits, &|entry| entry.locations > 1),
    }
}

/// Few distinct values everywhere, so that filters and entries meet.
fn entry() -> impl Strategy<Value = Entry> {
    let name = prop_oneof![
        "(goblin|Goblin|orc|tile|König|剣士)(King|_king| 2|_02|10|)(\\.png|\\.wav|\\.tar\\.gz|)",
        "[ab]{1,2}_[ab]{1,2}\\.png",
    ];
    let folder = prop::sample::select(vec![
        "",
        "art",
        "Art/chars",
        "art/chars/old",
        "/home/art",
        "smart",
    ]);
    let tag = prop::sample::select(vec![
        "ui",
        "ui/icons",
        "UI/Icons/Small",
        "env/dungeon",
        "king",
    ]);
    let texts = (
        name,
        folder.clone(),
        prop::collection::vec(folder, 0..2),
        prop::collection::vec(tag, 0..3),
        prop::sample::select(vec![
            "",
            "goblin king",
            "wood floor\nstone Wall_02",
            "old wood\nfloor tile",
            "GoblinKing",
        ]),
        prop::option::of(prop::sample::select(vec!["CC0-1.0", "CC-BY-4.0", "MIT"])),
    );
    let numbers = (
        prop::sample::select(vec![
            Format::Png,
            Format::Jpeg,
            Format::Glb,
            Format::Wav,
            Format::Ttf,
            Format::Json,
        ]),
        prop::array::uniform8(0..4u32),
        prop::sample::select(vec![0u64, 1000, 1 << 20, (1 << 32) + 5]),
        prop::sample::select(vec![
            0i64,
            1_799_990_000_000,
            1_799_000_000_500,
            1_700_000_000_000,
            -5000,
        ]),
        (0..6u8, 0..8u8),
        prop::option::of(prop::sample::select(vec![-14.0f32, -23.01, 0.0])),
    );
    let rest = (
        prop::option::of(any::<bool>()),
        prop::collection::vec(
            (
                prop::sample::select(vec!["#ff0000", "#ee1111", "#0000ff"]),
                0.01..1.0f32,
            ),
            0..3,
        ),
        prop::option::of(prop::sample::select(vec![0u64, 0xff, 0xffff, u64::MAX])),
        prop::array::uniform2(0..3u8),
        prop::array::uniform3(any::<bool>()),
        prop::collection::btree_set(1..3u8, 0..2),
    );
    (texts, numbers, rest).prop_map(|(texts, numbers, rest)| {
        let (name, folder, other_folders, mut tags, words, licence) = texts;
        let (format, counts, size, added_ms, (rating, label), loudness) = numbers;
        let (alpha, palette, phash, content, [missing, failed, twice], collections) = rest;
        tags.sort_unstable();
        let mut entry = Entry::new(id(0), 0, name, format);
        entry.folder = folder.to_owned();
        entry.other_folders = other_folders.into_iter().map(str::to_owned).collect();
        entry.tags = tags.into_iter().map(str::to_owned).collect();
        entry.words = words.to_owned();
        entry.licence = licence.map(str::to_owned);
        [
            entry.width,
            entry.height,
            entry.frames,
            entry.triangles,
            entry.bones,
            entry.animations,
            entry.layers,
            entry.duration_ms,
        ] = counts;
        (entry.size, entry.added_ms, entry.modified_ms) = (size, added_ms, added_ms / 2);
        (
            entry.rating,
            entry.label,
            entry.loudness,
            entry.alpha,
            entry.phash,
        ) = (rating, label, loudness, alpha, phash);
        entry.palette = palette
            .into_iter()
            .map(|(colour, share)| Swatch {
                colour: colour.parse::<Colour>().unwrap(),
                share,
            })
            .collect();
        entry.content[0] = content[0] << 4 | content[1];
        (entry.missing, entry.failed, entry.locations) = (missing, failed, 1 + u32::from(twice));
        entry.collections = collections.into_iter().map(collection).collect();
        entry
    })
}

/// Queries as people would write them, over the same few values.
fn query() -> impl Strategy<Value = String> {
    let word = prop::sample::select(vec![
        "gob",
        "oblin",
        "king",
        "ki",
        "goblin_king",
        "goblin_0",
        "tile",
        "02",
        "konig",
        "剣",
        "floor",
        "wood",
        "a",
        "art",
        "\"goblin king\"",
        "\"wood floor\"",
        "\"floor tile\"",
        "\"goblinking\"",
        "\"GoblinKing\"",
        "\"art chars\"",
        "\"ui icons\"",
        "name:king",
        "name:goblin,tile",
        "ext:png",
        "ext:gz,wav",
    ]);
    let filter = prop::sample::select(vec![
        "kind:image",
        "kind:model,audio",
        "format:png,wav",
        "tag:ui",
        "tag:UI/icons",
        "tag:env,king",
        "is:untagged",
        "is:missing",
        "is:animated",
        "is:duplicate",
        "is:failed",
        "is:favourite",
        "rating>=3",
        "rating:0",
        "label:red,none",
        "licence:none",
        "licence:cc0",
        "licence:CC",
        "size>1mb",
        "size:1000",
        "size>4gb",
        "width>=2",
        "height<3",
        "pixels>3",
        "frames>1",
        "layers:0",
        "bones:0",
        "animations>0",
        "triangles<2",
        "duration<2ms",
        "loudness<-14",
        "loudness:-23",
        "alpha:yes",
        "alpha:no",
        "aspect:square",
        "aspect:wide,tall",
        "folder:art",
        "folder:art/chars/",
        "folder:/art",
        "folder:old,smart",
        "collection:first",
        "collection:both",
        "collection:none",
        "added:today",
        "added<1d",
        "added>10d",
        "added:2027-01",
        "modified:..2000",
        "colour:#f00",
        "colour:#ff0000~0.01",
        "colour:#00f~1",
        "like:01010101-0101-0101-0101-010101010101",
        "content:0",
        "content:12",
        "id:02020202-0202-0202-0202-020202020202",
    ]);
    let clause = (prop::bool::weighted(0.2), prop_oneof![word, filter])
        .prop_map(|(negated, text)| format!("{}{text}", if negated { "-" } else { "" }));
    prop::collection::vec(clause, 0..4).prop_map(|clauses| clauses.join(" "))
}

fn sort() -> impl Strategy<Value = Sort> {
    (prop::sample::select(SortKey::ALL.to_vec()), any::<bool>())
        .prop_map(|(key, descending)| Sort { key, descending })
}

#[derive(Debug, Clone)]
enum Step {
    Put(u8, Box<Entry>),
    Drop(u8),
    Search(Sort),
    Compact,
    Reload,
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        8 => (0..24u8, entry()).prop_map(|(row, entry)| Step::Put(row, Box::new(entry))),
        2 => (0..24u8).prop_map(Step::Drop),
        2 => sort().prop_map(Step::Search),
        1 => Just(Step::Compact),
        1 => Just(Step::Reload),
    ]
}

fn run(steps: Vec<Step>) -> (Index, BTreeMap<u32, Entry>) {
    let (mut index, mut all) = (Index::new(), BTreeMap::new());
    for step in steps {
        match step {
            Step::Put(row, mut entry) => {
                (entry.row, entry.id) = (u32::from(row), id(row));
                all.insert(entry.row, (*entry).clone());
                index.apply(vec![*entry], &[]);
            }
            Step::Drop(row) => {
                all.remove(&u32::from(row));
                index.apply(Vec::new(), &[u32::from(row)]);
            }
            // Makes the order, so that later steps must keep it.
            Step::Search(sort) => index.prepare(sort),
            Step::Compact => index.compact(),
            Step::Reload => {
                let mut bytes = Vec::new();
                index.write_snapshot(&mut bytes, [7; 16], 9).unwrap();
                index = Index::read_snapshot(&mut bytes.as_slice(), bytes.len() as u64, [7; 16])
                    .unwrap()
                    .0;
            }
        }
    }
    (index, all)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]

    #[test]
    fn search_finds_what_a_naive_walk_finds(
        steps in prop::collection::vec(step(), 0..60),
        queries in prop::collection::vec((query(), sort()), 1..12),
    ) {
        let (index, all) = run(steps);
        prop_assert_eq!(index.len(), all.len());
        for (text, sort) in queries {
            let (query, warnings) = Query::parse(&text);
            prop_assert_eq!(warnings, vec![], "{}", text);
            let hits = index.search(&query, sort, NOW, &Names);
            let found = ids(&index, &hits);
            let expected = naive_all(&query, &all);
            prop_assert_eq!(found.iter().copied().collect::<BTreeSet<_>>(), expected, "{}", &text);
            prop_assert_eq!(found.len(), hits.len(), "twice in {}", &text);
            prop_assert!(in_order(sort, &all, &found), "{} by {}", text, sort);
            for (place, id) in found.iter().enumerate() {
                prop_assert_eq!(index.position(&hits, *id), Some(place));
            }
            let mut facets = index.facets(&hits);
            facets.folders.clear();
            facets.tags.iter_mut().for_each(|(tag, _)| *tag = tag.to_lowercase());
            facets.tags.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
            prop_assert_eq!(facets, naive_facets(&query, &all), "{}", text);
        }
    }
}

fn small() -> Index {
    let mut index = Index::new();
    let entries = [
        "goblin.png",
        "goblin king.png",
        "hobgoblin.png",
        "orc.png",
        "tree.png",
    ];
    let entries = entries.iter().zip(1u8..).map(|(name, number)| {
        let mut entry = Entry::new(id(number), u32::from(number), *name, Format::Png);
        entry.added_ms = i64::from(number) * 1000;
        entry.folder = format!("game/art/{}", if number == 4 { "goblins" } else { "chars" });
        if number == 5 {
            entry.words = "a goblin hides here".to_owned();
        }
        entry
    });
    index.apply(entries.collect(), &[]);
    index
}

fn names(index: &Index, text: &str) -> Vec<String> {
    let hits = index.search(&Query::parse(text).0, Sort::RELEVANCE, NOW, &());
    index
        .cards(&hits, 0, 99)
        .map(|card| card.unwrap().name.to_owned())
        .collect()
}

#[test]
fn the_best_name_comes_first() {
    let index = small();
    assert_eq!(
        names(&index, "goblin"),
        [
            "goblin.png",
            "goblin king.png",
            "hobgoblin.png",
            "orc.png",
            "tree.png"
        ]
    );
    assert_eq!(
        names(&index, "")[0],
        "tree.png",
        "newest first where nothing is asked"
    );
}

#[test]
fn hits_outlive_changes() {
    let mut index = small();
    let hits = index.search(&Query::default(), "name".parse().unwrap(), NOW, &());
    let mut renamed = Entry::new(id(2), 2, "zombie.png", Format::Png);
    renamed.rating = 3;
    index.apply(vec![renamed], &[1]);
    let cards: Vec<_> = index
        .cards(&hits, 0, 2)
        .map(|card| card.map(|card| card.name))
        .collect();
    assert_eq!(
        cards,
        [Some("zombie.png"), None],
        "changed and removed assets in their old places"
    );
    index.compact();
    assert!(!index.is_current(&hits));
    assert!(
        index.cards(&hits, 0, 5).all(|card| card.is_none()),
        "slots mean others now"
    );
    assert_eq!(index.position(&hits, id(3)), None);
    assert_eq!(index.facets(&hits), Facets::default());
}

#[test]
fn an_id_under_a_new_row_is_still_one_asset() {
    let mut index = small();
    index.apply(
        vec![Entry::new(id(2), 70_000, "moved.png", Format::Png)],
        &[],
    );
    assert_eq!((index.len(), index.slot_of_row(2)), (5, None));
    index.apply(
        vec![Entry::new(id(3), 70_000, "moved again.png", Format::Png)],
        &[],
    );
    assert_eq!((index.len(), index.slot_of(id(2))), (4, None));
    assert_eq!(names(&index, "moved"), ["moved again.png"]);
}

#[test]
fn folders_are_counted_below_what_all_share() {
    let index = small();
    let hits = index.search(&Query::default(), Sort::NEWEST, NOW, &());
    assert_eq!(
        index.facets(&hits).folders,
        [
            ("game/art/chars".to_owned(), 4),
            ("game/art/goblins".to_owned(), 1)
        ]
    );
}

#[test]
fn suggestions_come_by_start_and_frequency() {
    let mut index = small();
    let mut entry = Entry::new(id(9), 9, "x.png", Format::Png);
    entry.tags = vec!["env/Goblin".into(), "hobgoblin".into()];
    entry.licence = Some("CC0-1.0".into());
    index.apply(vec![entry], &[]);
    assert_eq!(
        index.suggest_tags("gob", 9),
        [("env/Goblin".to_owned(), 1), ("hobgoblin".to_owned(), 1)]
    );
    assert_eq!(index.suggest_words("gob", 9), [("goblin".to_owned(), 2)]);
    assert_eq!(
        index.suggest_folders("art", 1),
        [("game/art".to_owned(), 5)]
    );
    assert_eq!(index.suggest_licences("cc", 9), [("CC0-1.0".to_owned(), 1)]);
}

proptest! {
    #[test]
    fn look_alikes_are_near_their_first_and_no_pair_is_missed(
        hashes in prop::collection::vec((0..4u64, prop::collection::vec(0..64u32, 0..5)), 0..60),
        most in 0..12u32,
    ) {
        let bases = [0, 0x0123_4567_89ab_cdef, u64::MAX, 0xf0f0_f0f0_f0f0_f0f0];
        let mut index = Index::new();
        let entries = hashes.iter().zip(1u8..).map(|((base, flips), number)| {
            let mut entry = Entry::new(id(number), u32::from(number), "a", Format::Png);
            entry.phash = Some(flips.iter().fold(bases[*base as usize], |hash, bit| hash ^ 1 << bit));
            entry
        });
        index.apply(entries.collect(), &[]);
        let groups = index.look_alikes(most);
        let distance = |a: u32, b: u32| (index.phash(a).unwrap() ^ index.phash(b).unwrap()).count_ones();
        let mut seen = BTreeSet::new();
        for group in &groups {
            prop_assert!(group.len() > 1 && group.iter().all(|slot| seen.insert(*slot)));
            prop_assert!(group.iter().all(|slot| distance(group[0], *slot) <= most));
        }
        let alone: Vec<u32> = (0..index.len() as u32).filter(|slot| !seen.contains(slot)).collect();
        for a in &alone {
            prop_assert!(alone.iter().all(|b| a == b || distance(*a, *b) > most), "a pair was left out");
            let near = index.similar(index.phash(*a).unwrap(), most);
            prop_assert_eq!(near[0], (*a, 0));
            prop_assert_eq!(near.len(), (0..index.len() as u32).filter(|b| distance(*a, *b) <= most).count());
        }
    }
}

#[test]
fn many_hits_are_ordered_like_few() {
    let mut index = Index::new();
    let entry = |number: u32| {
        let mut entry = Entry::new(
            AssetId::from_slice(&u128::from(number).to_be_bytes()).unwrap(),
            number,
            format!("tile_{}.png", number * 7919 % 5000),
            if number.is_multiple_of(3) {
                Format::Png
            } else {
                Format::Wav
            },
        );
        entry.size = u64::from(number % 100);
        entry.kind = if number.is_multiple_of(3) {
            Kind::Image
        } else {
            Kind::Audio
        };
        entry
    };
    index.apply((0..5000).map(entry).collect(), &[]);
    let all: BTreeMap<u32, Entry> = (0..5000).map(|number| (number, entry(number))).collect();
    for order in ["name", "-name", "size", "-size", "-kind"] {
        let sort: Sort = order.parse().unwrap();
        let hits = index.search(&Query::parse("kind:image").0, sort, NOW, &());
        let entries: Vec<&Entry> = index
            .cards(&hits, 0, 5000)
            .map(|card| &all[&card.unwrap().row])
            .collect();
        assert_eq!(entries.len(), 1667);
        let sizes_or_names = |a: &&Entry, b: &&Entry| match order {
            "name" => collate::names(&a.name, &b.name).is_le(),
            "-name" => collate::names(&a.name, &b.name).is_ge(),
            "size" => a.size <= b.size,
            "-size" => a.size >= b.size,
            _ => collate::names(&a.name, &b.name).is_le(),
        };
        assert!(entries.is_sorted_by(sizes_or_names), "{order}");
    }
    assert_eq!(
        index
            .search(&Query::parse("tile").0, Sort::RELEVANCE, NOW, &())
            .len(),
        5000
    );
    let exact = Range { min: 5, max: 5 };
    let query = Query {
        clauses: vec![gameforge_domain::query::Clause {
            negated: false,
            filter: Filter::Number(NumberField::Size, exact),
        }],
    };
    assert_eq!(index.search(&query, Sort::NEWEST, NOW, &()).len(), 50);
}

#[test]
fn no_damage_goes_unnoticed() {
    let mut index = small();
    let mut entry = Entry::new(id(9), 9, "x.png", Format::Png);
    (entry.tags, entry.collections) = (vec!["env/cave".into()], vec![collection(1)]);
    entry.other_folders = vec!["elsewhere".into()];
    index.apply(vec![entry], &[1]);
    index.prepare("name".parse().unwrap());
    let mut bytes = Vec::new();
    index.write_snapshot(&mut bytes, [7; 16], 42).unwrap();
    let read = |bytes: &[u8]| Index::read_snapshot(bytes, bytes.len() as u64, [7; 16]);
    assert_eq!(read(&bytes).unwrap().1, 42);
    assert!(matches!(
        Index::read_snapshot(bytes.as_slice(), bytes.len() as u64, [8; 16]),
        Err(SnapshotError::OtherLibrary)
    ));
    for at in 0..bytes.len() {
        for flip in [1, 0x80] {
            let mut damaged = bytes.clone();
            damaged[at] ^= flip;
            assert!(read(&damaged).is_err(), "byte {at} of {}", bytes.len());
        }
    }
    for end in 0..bytes.len() {
        assert!(read(&bytes[..end]).is_err(), "cut at {end}");
    }
    bytes.push(0);
    assert!(read(&bytes).is_err(), "more than was written");
    assert!(matches!(
        read(b"GIF89a and some more bytes, long enough to be a head"),
        Err(SnapshotError::Version)
    ));
}
