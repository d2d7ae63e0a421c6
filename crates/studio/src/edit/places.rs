//! Edits of collections and smart folders.

use super::{Plan, Rows, change::Fact, words};
use crate::{
    Error, Result,
    store::{self, collection::CollectionRow, smart_folder::SmartFolderRow},
};
use gameforge_domain::{CollectionId, SmartFolderId, query::Sort};
use sqlx::SqliteConnection;
use uuid::Uuid;

fn name(text: &str) -> Result<String> {
    let text = text.trim();
    if text.is_empty() {
        return Err(Error::invalid("A name is needed."));
    }
    if text.chars().count() > 200 || text.chars().any(char::is_control) {
        return Err(Error::invalid(
            "A name is a single line of at most 200 letters.",
        ));
    }
    Ok(text.to_owned())
}

fn find(all: &[CollectionRow], id: CollectionId) -> Result<&CollectionRow> {
    all.iter()
        .find(|it| it.id == id)
        .ok_or_else(|| Error::not_found("The collection"))
}

pub(super) async fn create(
    conn: &mut SqliteConnection,
    text: &str,
    parent: Option<CollectionId>,
) -> Result<Plan> {
    let all = store::collection::all(conn).await?;
    if let Some(parent) = parent {
        find(&all, parent)?;
    }
    let last = all
        .iter()
        .filter(|it| it.parent == parent)
        .map(|it| it.position)
        .fold(0.0, f64::max);
    let to = CollectionRow {
        id: CollectionId::from_uuid(Uuid::now_v7()),
        name: name(text)?,
        parent,
        position: last + 1.0,
    };
    let label = format!("Create collection {}", to.name);
    let facts = vec![Fact::Collection {
        from: None,
        to: Some(to),
    }];
    Ok(Plan::new(label, facts))
}

fn changed(from: &CollectionRow, to: CollectionRow) -> Vec<Fact> {
    if *from == to {
        return Vec::new();
    }
    vec![Fact::Collection {
        from: Some(from.clone()),
        to: Some(to),
    }]
}

pub(super) async fn rename(
    conn: &mut SqliteConnection,
    id: CollectionId,
    text: &str,
) -> Result<Plan> {
    let all = store::collection::all(conn).await?;
    let from = find(&all, id)?;
    let to = CollectionRow {
        name: name(text)?,
        ..from.clone()
    };
    let label = format!("Rename collection {} to {}", from.name, to.name);
    Ok(Plan::new(label, changed(from, to)))
}

/// Whether `id` is `above` or somewhere below it. The tree is finite, and a loop in it would be our own fault:
/// the walk is bounded all the same.
fn is_below(all: &[CollectionRow], id: CollectionId, above: CollectionId) -> bool {
    let mut at = Some(id);
    for _ in 0..=all.len() {
        match at {
            Some(here) if here == above => return true,
            Some(here) => {
                at = all.iter().find(|it| it.id == here).and_then(|it| it.parent);
            }
            None => return false,
        }
    }
    true
}

pub(super) async fn move_to(
    conn: &mut SqliteConnection,
    id: CollectionId,
    parent: Option<CollectionId>,
    before: Option<CollectionId>,
) -> Result<Plan> {
    let all = store::collection::all(conn).await?;
    let from = find(&all, id)?;
    if let Some(parent) = parent {
        find(&all, parent)?;
        if is_below(&all, parent, id) {
            return Err(Error::invalid(format!(
                "“{}” cannot be moved into itself.",
                from.name
            )));
        }
    }
    let mut siblings: Vec<&CollectionRow> = all
        .iter()
        .filter(|it| it.parent == parent && it.id != id)
        .collect();
    let at = before
        .and_then(|before| siblings.iter().position(|it| it.id == before))
        .unwrap_or(siblings.len());
    let label = format!("Move collection {}", from.name);
    let low = at.checked_sub(1).map(|at| siblings[at].position);
    let high = siblings.get(at).map(|it| it.position);
    let position = match (low, high) {
        (None, None) => 1.0,
        (Some(low), None) => low + 1.0,
        (None, Some(high)) => high - 1.0,
        (Some(low), Some(high)) => f64::midpoint(low, high),
    };
    let fits = low.is_none_or(|low| low < position) && high.is_none_or(|high| position < high);
    let to = CollectionRow {
        parent,
        position,
        ..from.clone()
    };
    if fits {
        return Ok(Plan::new(label, changed(from, to)));
    }
    // Two neighbours without a number between them: all siblings are numbered anew.
    siblings.insert(at, from);
    let facts = siblings
        .into_iter()
        .zip(1_u32..)
        .flat_map(|(it, place)| {
            let to = CollectionRow {
                parent,
                position: f64::from(place),
                ..it.clone()
            };
            changed(it, to)
        })
        .collect();
    Ok(Plan::new(label, facts))
}

/// Runs of members that share a position, as facts.
fn members(id: CollectionId, members: Vec<(f64, i64)>, on: bool) -> Vec<Fact> {
    let mut runs: Vec<(f64, Vec<i64>)> = Vec::new();
    for (position, row) in members {
        match runs.last_mut() {
            Some((last, rows)) if last.total_cmp(&position).is_eq() => rows.push(row),
            _ => runs.push((position, vec![row])),
        }
    }
    runs.into_iter()
        .map(|(position, rows)| Fact::Members {
            id,
            position,
            rows: Rows::new(rows),
            on,
        })
        .collect()
}

/// Deletes a collection and those below it. Assets stay.
pub(super) async fn delete(conn: &mut SqliteConnection, id: CollectionId) -> Result<Plan> {
    let all = store::collection::all(conn).await?;
    let label = format!("Delete collection {}", find(&all, id)?.name);
    let mut below = vec![id];
    let mut at = 0;
    while let Some(&here) = below.get(at) {
        below.extend(
            all.iter()
                .filter(|it| it.parent == Some(here))
                .map(|it| it.id),
        );
        at += 1;
    }
    let mut facts = Vec::new();
    for id in below.into_iter().rev() {
        let inside = store::collection::members(conn, id).await?;
        facts.extend(members(id, inside, false));
        facts.push(Fact::Collection {
            from: Some(find(&all, id)?.clone()),
            to: None,
        });
    }
    Ok(Plan::new(label, facts))
}

pub(super) async fn add(
    conn: &mut SqliteConnection,
    id: CollectionId,
    rows: &Rows,
) -> Result<Plan> {
    let all = store::collection::all(conn).await?;
    let to = find(&all, id)?;
    let mut have: Vec<i64> = store::collection::members_among(conn, id, rows.as_slice())
        .await?
        .into_iter()
        .map(|(_, row)| row)
        .collect();
    have.sort_unstable();
    let rows = rows.without(&have);
    let label = format!(
        "Add {} to collection {}",
        words::assets(rows.len()),
        to.name
    );
    if rows.is_empty() {
        return Ok(Plan::new(label, Vec::new()));
    }
    let last = store::collection::last_position(conn, id).await?;
    let fact = Fact::Members {
        id,
        position: last.map_or(1.0, |last| last + 1.0),
        rows,
        on: true,
    };
    Ok(Plan::new(label, vec![fact]))
}

pub(super) async fn take(
    conn: &mut SqliteConnection,
    id: CollectionId,
    rows: &Rows,
) -> Result<Plan> {
    let all = store::collection::all(conn).await?;
    let from = find(&all, id)?;
    let inside = store::collection::members_among(conn, id, rows.as_slice()).await?;
    let label = format!(
        "Remove {} from collection {}",
        words::assets(inside.len()),
        from.name
    );
    Ok(Plan::new(label, members(id, inside, false)))
}

fn sort(text: &str) -> Result<String> {
    if text.trim().is_empty() {
        return Ok(String::new());
    }
    text.parse::<Sort>()
        .map(|sort| sort.to_string())
        .map_err(|error| Error::invalid(format!("{error}.")))
}

fn query(text: &str) -> Result<String> {
    if text.chars().count() > 4_000 {
        return Err(Error::invalid("A query may have 4,000 letters at most."));
    }
    Ok(text.trim().to_owned())
}

pub(super) async fn create_smart(
    conn: &mut SqliteConnection,
    text: &str,
    asked: &str,
    order: &str,
) -> Result<Plan> {
    let last = store::smart_folder::all(conn)
        .await?
        .into_iter()
        .map(|it| it.position)
        .fold(0.0, f64::max);
    let to = SmartFolderRow {
        id: SmartFolderId::from_uuid(Uuid::now_v7()),
        name: name(text)?,
        query: query(asked)?,
        sort: sort(order)?,
        position: last + 1.0,
    };
    let label = format!("Create smart folder {}", to.name);
    let fact = Fact::SmartFolder {
        from: None,
        to: Some(to),
    };
    Ok(Plan::new(label, vec![fact]))
}

async fn smart(conn: &mut SqliteConnection, id: SmartFolderId) -> Result<SmartFolderRow> {
    store::smart_folder::all(conn)
        .await?
        .into_iter()
        .find(|it| it.id == id)
        .ok_or_else(|| Error::not_found("The smart folder"))
}

pub(super) async fn change_smart(
    conn: &mut SqliteConnection,
    id: SmartFolderId,
    text: &str,
    asked: &str,
    order: &str,
) -> Result<Plan> {
    let from = smart(conn, id).await?;
    let to = SmartFolderRow {
        name: name(text)?,
        query: query(asked)?,
        sort: sort(order)?,
        ..from.clone()
    };
    let label = format!("Change smart folder {}", to.name);
    let facts = if from == to {
        Vec::new()
    } else {
        vec![Fact::SmartFolder {
            from: Some(from),
            to: Some(to),
        }]
    };
    Ok(Plan::new(label, facts))
}

pub(super) async fn delete_smart(conn: &mut SqliteConnection, id: SmartFolderId) -> Result<Plan> {
    let from = smart(conn, id).await?;
    let label = format!("Delete smart folder {}", from.name);
    let fact = Fact::SmartFolder {
        from: Some(from),
        to: None,
    };
    Ok(Plan::new(label, vec![fact]))
}
