//! Whatever people do: all of it taken back is the beginning, all of it done again is the end, also after a restart.

use crate::{
    editing::tag,
    support::{Place, dump, found, ids},
};
use gameforge_domain::AssetId;
use gameforge_studio::Library;
use gameforge_wire::{Edit, LibrarySummary};
use proptest::{collection::vec, prelude::*};

const NAMES: [&str; 5] = ["orc.png", "elf.png", "tree.wav", "rock.glb", "stone.glb"];
const TAGS: [&str; 6] = [
    "enemy",
    "enemy/boss",
    "Enemy/Small",
    "ui",
    "ui/icon",
    "boss",
];

/// An edit whose targets are numbers, so that they can be drawn before there is a library.
#[derive(Debug, Clone)]
struct Step {
    what: u8,
    who: Vec<u8>,
    a: u8,
    b: u8,
}

fn step() -> impl Strategy<Value = Step> {
    (0u8..24, vec(any::<u8>(), 1..4), any::<u8>(), any::<u8>()).prop_map(|(what, who, a, b)| Step {
        what,
        who,
        a,
        b,
    })
}

fn pick<T: Copy>(all: &[T], number: u8) -> Option<T> {
    (!all.is_empty()).then(|| all[usize::from(number) % all.len()])
}

fn edit(step: &Step, assets: &[AssetId], summary: &LibrarySummary) -> Option<Edit> {
    let some: Vec<AssetId> = step
        .who
        .iter()
        .filter_map(|who| pick(assets, *who))
        .collect();
    let one = some[0];
    let targets = ids(&some);
    let (a, b) = (step.a, step.b);
    let tags = |number: u8| tag(TAGS[usize::from(number) % TAGS.len()]);
    let collections: Vec<_> = summary.collections.iter().map(|it| it.id).collect();
    let folders: Vec<_> = summary.smart_folders.iter().map(|it| it.id).collect();
    let word = format!("word {}", a % 4);
    Some(match step.what {
        0..=2 => Edit::AddTags {
            targets,
            tags: vec![tags(a), tags(b)],
        },
        3 => Edit::RemoveTags {
            targets,
            tags: vec![tags(a)],
        },
        4 => Edit::SetRating {
            targets,
            rating: u32::from(a % 6),
        },
        5 => Edit::SetLabel {
            targets,
            label: u32::from(a % 8),
        },
        6 => Edit::SetLicence {
            targets,
            licence: (a % 3 > 0).then_some(word),
        },
        7 => Edit::SetNotes {
            targets,
            notes: word,
        },
        8 => Edit::SetSource {
            targets,
            source: word,
        },
        9 => Edit::SetAuthor {
            targets,
            author: word,
        },
        10 => Edit::Rename {
            target: one,
            name: format!("new{}.png", a % 5),
            file_too: b % 2 == 0,
        },
        11 => Edit::RenameMany {
            targets,
            pattern: ["{name}{n}", "t{n:02}", "{name}"][usize::from(a % 3)].to_owned(),
            find: "e".to_owned(),
            replace: "a".to_owned(),
            file_too: b % 2 == 0,
        },
        12 => Edit::Remove { targets },
        13 => Edit::Merge {
            keep: one,
            others: some,
        },
        14 | 15 => Edit::RenameTag {
            tag: tags(a),
            to: tags(b),
        },
        16 => Edit::DeleteTag { tag: tags(a) },
        17 => Edit::SetTagColour {
            tag: tags(a),
            colour: u32::from(b % 8),
        },
        18 => Edit::CreateCollection {
            name: word,
            parent: pick(&collections, b),
        },
        19 => Edit::MoveCollection {
            id: pick(&collections, a)?,
            parent: pick(&collections, b).filter(|_| a % 2 == 0),
            before: pick(&collections, step.who[0]),
        },
        20 => Edit::DeleteCollection {
            id: pick(&collections, a)?,
        },
        21 => Edit::AddToCollection {
            id: pick(&collections, a)?,
            targets,
        },
        22 => Edit::RemoveFromCollection {
            id: pick(&collections, a)?,
            targets,
        },
        _ => match pick(&folders, a) {
            None => Edit::CreateSmartFolder {
                name: word,
                query: "kind:image".to_owned(),
                sort: String::new(),
            },
            Some(id) if b % 2 == 0 => Edit::DeleteSmartFolder { id },
            Some(id) => Edit::ChangeSmartFolder {
                id,
                name: word,
                query: "rating>2".to_owned(),
                sort: "-size".to_owned(),
            },
        },
    })
}

/// What searches say must agree with the database, too.
async fn answers(library: &Library) -> Vec<Vec<String>> {
    let mut out = Vec::new();
    for query in [
        "",
        "tag:enemy",
        "tag:ui",
        "rating>=3",
        "is:untagged",
        "label:red",
        "new",
        "collection:\"word 1\"",
    ] {
        out.push(found(library, query).await);
    }
    out
}

async fn round(steps: &[Step], reopen: bool) -> Result<(), TestCaseError> {
    let place = Place::new();
    let mut library = place.open().await;
    let assets = place.add(&NAMES).await;
    let start = (dump(&place).await, answers(&library).await);
    let mut done = 0;
    for step in steps {
        let summary = library.summary().await.unwrap();
        let Some(edit) = edit(step, &assets, &summary) else {
            continue;
        };
        let before = dump(&place).await;
        match library.edit(edit.clone()).await {
            Ok(answer) => done += u32::from(answer.step.is_some()),
            // A step may be senseless by now; then it must have changed nothing.
            Err(error) => prop_assert_eq!(dump(&place).await, before, "{:?}: {}", edit, error),
        }
    }
    let end = (dump(&place).await, answers(&library).await);
    for _ in 0..2 {
        for _ in 0..done {
            prop_assert!(library.undo().await.unwrap().is_some());
        }
        prop_assert!(library.undo().await.unwrap().is_none());
        prop_assert_eq!((dump(&place).await, answers(&library).await), start.clone());
        if reopen {
            library.close().await.unwrap();
            library = place.open().await;
            prop_assert_eq!(answers(&library).await, start.1.clone());
        }
        for _ in 0..done {
            prop_assert!(library.redo().await.unwrap().is_some());
        }
        prop_assert!(library.redo().await.unwrap().is_none());
        prop_assert_eq!((dump(&place).await, answers(&library).await), end.clone());
    }
    library.close().await.unwrap();
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, max_shrink_iters: 60, ..ProptestConfig::default() })]
    #[test]
    fn all_taken_back_is_the_beginning_and_done_again_the_end(steps in vec(step(), 1..14), reopen in any::<bool>()) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(round(&steps, reopen))?;
    }
}
