//! What the language promises: everything parses, canonical text is stable, warnings say what to do.

use super::dates::days_from_civil;
use super::*;
use crate::{AssetId, Colour, Format, Kind, TagPath};
use proptest::prelude::*;

fn one(text: &str) -> Filter {
    let (query, warnings) = Query::parse(text);
    assert_eq!(warnings, [], "{text}");
    assert_eq!(query.clauses.len(), 1, "{text}");
    query.clauses[0].filter.clone()
}

fn warning(text: &str) -> String {
    let (query, warnings) = Query::parse(text);
    assert!(
        query.is_empty(),
        "{text} should not be searched for: {query:?}"
    );
    warnings[0].message.clone()
}

fn range(text: &str) -> (u64, u64) {
    match one(text) {
        Filter::Number(_, Range { min, max }) => (min, max),
        other => panic!("{other:?}"),
    }
}

#[test]
fn words_phrases_and_signs() {
    let (query, warnings) = Query::parse("gob -\"red cap\" -old untagged");
    assert_eq!(warnings, []);
    let clause = |negated, filter| Clause { negated, filter };
    assert_eq!(
        query.clauses,
        [
            clause(false, Filter::Word("gob".into())),
            clause(true, Filter::Phrase("red cap".into())),
            clause(true, Filter::Word("old".into())),
            clause(false, Filter::Is(Condition::Untagged)),
        ]
    );
}

#[test]
fn lists_aliases_and_quotes() {
    assert_eq!(
        one("kind:image,Model"),
        Filter::Kind(vec![Kind::Image, Kind::Model])
    );
    assert_eq!(one("format:jpeg"), Filter::Format(vec![Format::Jpeg]));
    assert_eq!(
        one("license:none,CC0-1.0"),
        Filter::Licence(vec![None, Some("CC0-1.0".into())])
    );
    assert_eq!(
        one("folder:\"my art/chars\\\\a\"/"),
        one("folder:\"my art/chars/a/\"")
    );
    assert_eq!(one("tag:ui/"), Filter::Tag(vec!["ui".parse().unwrap()]));
    assert_eq!(one("label:gray"), Filter::Label(vec![Some(Label::Grey)]));
    assert_eq!(one("color:#f80"), one("colour:#ff8800~0.1"));
}

#[test]
fn numbers_know_their_units_and_how_precisely_they_were_written() {
    assert_eq!(range("size>1mb"), (1_048_577, u64::MAX));
    assert_eq!(range("size>=1.5kb"), (1536, u64::MAX));
    assert_eq!(range("size:1000"), (1000, 1000));
    assert_eq!(range("triangles>5k"), (5001, u64::MAX));
    assert_eq!(range("width:512..1024"), (512, 1024));
    assert_eq!(
        range("width<512"),
        (1, 511),
        "what has no width is not narrow"
    );
    assert_eq!(
        range("bones<2"),
        (0, 1),
        "a model without bones has fewer than two"
    );
    assert_eq!(range("duration<1m30s"), (1, 89_999));
    assert_eq!(range("duration:30s"), (29_501, 30_499));
    assert_eq!(range("rate:44.1k"), (44_051, 44_149));
    assert_eq!(range("width:>=5"), (5, u64::MAX));
    assert_eq!(one("loudness<-14"), Filter::Loudness(i32::MIN, -1401));
}

#[test]
fn dates_are_spans() {
    let day = |year, month, date| Some(days_from_civil(year, month, date));
    let span = |text: &str| match one(text) {
        Filter::Date(DateField::Added, span) => span,
        other => panic!("{other:?}"),
    };
    assert_eq!(span("added:today"), DateSpan::Recent(1));
    assert_eq!(
        span("added:2026-01..2026-02"),
        DateSpan::Days {
            from: day(2026, 1, 1),
            to: day(2026, 2, 28)
        }
    );
    assert_eq!(
        span("added>2026-01-01"),
        DateSpan::Days {
            from: day(2026, 1, 2),
            to: None
        }
    );
    assert_eq!(span("added<30d"), DateSpan::Newer(720));
    assert_eq!(span("added>2w"), DateSpan::Older(336));
}

#[test]
fn warnings_say_what_to_do() {
    assert_eq!(
        warning("knd:image"),
        "there is no filter “knd:”, did you mean “kind:”?"
    );
    assert_eq!(
        warning("format:pgn"),
        "there is no format “pgn”, did you mean “png”?"
    );
    assert!(warning("https://a.b").contains("quotation marks"));
    assert!(warning("width>big").contains("512"));
    assert!(warning("width:9..3").contains("smaller number first"));
    assert!(warning("kind>image").contains("kind:image,model"));
    assert!(warning("kind:").contains("needs a value"));
    assert!(warning("+++").contains("no letter"));
    let (_, warnings) = Query::parse("日本 x:1");
    assert_eq!(
        (warnings[0].start, warnings[0].end),
        (3, 6),
        "UTF-16, not bytes"
    );
}

#[test]
fn a_chip_can_be_cut_out_of_the_text() {
    let text = "gob -tag:\"a b\",c wdth>3";
    let chips = chips(text);
    assert_eq!(chips[1].text, "-tag:\"a b\",c");
    assert_eq!(chips[1].label, "tag: a b, c");
    assert!(chips[1].negated && chips[1].valid && !chips[2].valid);
    let rest = format!(
        "{}{}",
        &text[..chips[1].start as usize],
        &text[chips[1].end as usize..]
    );
    assert_eq!(Query::parse(&rest).0.to_string(), "gob");
}

#[test]
fn completion_offers_names_then_values() {
    let names = |text: &str| match complete(text, text.len() as u32).kind {
        CompletionKind::Word { filters } => filters,
        other => panic!("{other:?}"),
    };
    assert_eq!(names("goblin ki"), ["kind:"]);
    assert_eq!(names("goblin ").len(), FILTERS.len());
    let value = complete("kind:image,mo rest", 13);
    assert_eq!(
        (value.start, value.end, value.prefix.as_str()),
        (11, 13, "mo")
    );
    assert_eq!(
        value.kind,
        CompletionKind::Value {
            filter: "kind".into(),
            value: ValueKind::Fixed,
            offers: vec!["model".into()],
        }
    );
    assert_eq!(complete("\"a phr", 6).kind, CompletionKind::Nothing);
}

#[test]
fn every_example_and_fixed_value_is_understood() {
    for filter in FILTERS {
        one(filter.example);
        for alias in filter.aliases {
            one(&filter.example.replacen(filter.name, alias, 1));
        }
        for value in filter.values {
            one(&format!("{}:{value}", filter.name));
        }
    }
    let formats: Vec<&str> = Format::ALL.iter().map(|format| format.name()).collect();
    let offered = FILTERS
        .iter()
        .find(|filter| filter.name == "format")
        .unwrap()
        .values;
    assert_eq!(
        offered,
        formats.as_slice(),
        "a format is missing from the completions"
    );
}

#[test]
fn orders_parse_as_they_print() {
    for key in SortKey::ALL {
        for descending in [false, true] {
            let sort = Sort {
                key,
                descending: descending && key != SortKey::Relevance,
            };
            assert_eq!(sort.to_string().parse(), Ok(sort));
        }
    }
    assert!(
        "sideways"
            .parse::<Sort>()
            .unwrap_err()
            .to_string()
            .contains("-")
    );
}

fn text() -> impl Strategy<Value = String> {
    prop_oneof!["[a-zA-Z0-9_ ,\"\\\\/.ä日-]{0,8}[a-z0-9]", "[a-z]{1,6}"]
        .prop_map(|text: String| text.trim().to_owned())
}

fn filter() -> impl Strategy<Value = Filter> {
    let few = || prop::collection::vec(text(), 1..3);
    let id = any::<u128>().prop_map(|n| AssetId::from_slice(&n.to_be_bytes()).unwrap());
    let bounds = (any::<u32>(), any::<u32>(), any::<bool>()).prop_map(|(a, b, open)| Range {
        min: u64::from(a.min(b)),
        max: if open { u64::MAX } else { u64::from(a.max(b)) },
    });
    let span = prop_oneof![
        prop::sample::select(vec![1u16, 7, 30, 365]).prop_map(DateSpan::Recent),
        Just(DateSpan::Yesterday),
        (0..800_000u32).prop_map(DateSpan::Newer),
        (0..800_000u32).prop_map(DateSpan::Older),
        (0..30_000i32, 0..1000i32).prop_map(|(a, b)| DateSpan::Days {
            from: Some(a),
            to: Some(a + b)
        }),
        (0..30_000i32).prop_map(|a| DateSpan::Days {
            from: Some(a),
            to: None
        }),
        (0..30_000i32).prop_map(|a| DateSpan::Days {
            from: None,
            to: Some(a)
        }),
    ];
    let number = (prop::sample::select(NumberField::ALL.to_vec()), bounds);
    let tag =
        "[a-zA-Zäß][a-z ]{0,4}[a-z](/[a-z]{1,4})?".prop_map(|tag| tag.parse::<TagPath>().unwrap());
    let plain = "[a-z0-9日ü][a-z0-9_.日-]{0,8}".prop_filter("a keyword", |word| word != "untagged");
    prop_oneof![
        plain.prop_map(Filter::Word),
        text().prop_map(Filter::Phrase),
        prop::sample::subsequence(Kind::ALL.to_vec(), 1..4).prop_map(Filter::Kind),
        prop::sample::subsequence(Format::ALL.to_vec(), 1..4).prop_map(Filter::Format),
        prop::collection::vec(tag, 1..3).prop_map(Filter::Tag),
        prop::sample::select(Condition::ALL.to_vec()).prop_map(Filter::Is),
        number.prop_map(|(field, range)| Filter::Number(field, range)),
        (-7000..0i32, 0..7000i32).prop_map(|(a, b)| Filter::Loudness(a, a + b)),
        (-7000..7000i32).prop_map(|a| Filter::Loudness(a, i32::MAX)),
        (-7000..7000i32).prop_map(|a| Filter::Loudness(i32::MIN, a)),
        (any::<bool>(), span).prop_map(|(added, span)| {
            Filter::Date(
                if added {
                    DateField::Added
                } else {
                    DateField::Modified
                },
                span,
            )
        }),
        any::<bool>().prop_map(Filter::Alpha),
        prop::sample::subsequence(Aspect::ALL.to_vec(), 1..3).prop_map(Filter::Aspect),
        prop::collection::vec(
            prop::option::of(prop::sample::select(Label::ALL.to_vec())),
            1..3
        )
        .prop_map(Filter::Label),
        prop::collection::vec(prop::option::of("[A-Z]{2}[0-9.-]{0,3}"), 1..3)
            .prop_map(Filter::Licence),
        few().prop_map(|all| Filter::Folder(
            all.into_iter().map(|one| one.replace('\\', "/")).collect()
        )),
        few().prop_map(Filter::Name),
        "[a-z0-9]{1,5}".prop_map(|ending| Filter::Ext(vec![ending])),
        few().prop_map(Filter::Collection),
        (any::<[u8; 3]>(), 0..=1000u16).prop_map(|([r, g, b], tolerance)| {
            Filter::Colour(ColourFilter {
                colour: Colour { r, g, b },
                tolerance,
            })
        }),
        id.clone().prop_map(Filter::Like),
        "[0-9a-f]{1,64}".prop_map(Filter::Content),
        prop::collection::vec(id, 1..3).prop_map(Filter::Id),
    ]
}

proptest! {
    #[test]
    fn a_query_prints_as_text_that_parses_to_it(
        clauses in prop::collection::vec((any::<bool>(), filter()), 0..6)
    ) {
        let clauses = clauses.into_iter().map(|(negated, filter)| Clause { negated, filter }).collect();
        let query = Query { clauses };
        let text = query.to_string();
        let (again, warnings) = Query::parse(&text);
        prop_assert_eq!(warnings, vec![], "{}", text);
        prop_assert_eq!(again, query, "{}", text);
    }

    #[test]
    fn any_text_parses_and_what_it_prints_is_stable(
        text in r#"([ -~]|[a-z]{2,8}[:<>=]{1,2}|["\\, -]|[0-9]{1,4}(mb|s|k|d)?|\.\.|日|ß|\u{301}){0,24}"#
    ) {
        let (query, _) = Query::parse(&text);
        let printed = query.to_string();
        let (again, warnings) = Query::parse(&printed);
        prop_assert_eq!(warnings, vec![], "{}", printed);
        prop_assert_eq!(again, query, "{}", printed);
    }

    #[test]
    fn chips_and_completions_stay_within_any_text(text in "\\PC{0,24}", cursor in 0..40u32) {
        let units = text.encode_utf16().count() as u32;
        for chip in chips(&text) {
            prop_assert!(chip.start < chip.end && chip.end <= units);
        }
        let completion = complete(&text, cursor);
        prop_assert!(completion.start <= completion.end && completion.end <= units);
    }
}

/// What the fuzzer of queries checks, over its stored corpus (the first byte of a file is the cursor).
#[test]
fn the_corpus_of_queries_holds() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../fuzz/corpus/query");
    let mut count = 0;
    for file in std::fs::read_dir(folder).unwrap() {
        let text = std::fs::read(file.unwrap().path()).unwrap();
        let text = String::from_utf8_lossy(text.get(1..).unwrap_or_default()).into_owned();
        let query = Query::parse(&text).0;
        let printed = query.to_string();
        assert_eq!(Query::parse(&printed), (query, vec![]), "{text}");
        let units = text.encode_utf16().count() as u32;
        assert!(chips(&text).iter().all(|chip| chip.end <= units), "{text}");
        assert!(
            (0..=units).all(|cursor| complete(&text, cursor).end <= units),
            "{text}"
        );
        count += 1;
    }
    assert!(count > 5, "the corpus is missing");
}
