//! Edits of tags: on assets, and in their tree.

use super::{Plan, Rows, change::Fact, words};
use crate::{
    Error, Result,
    store::{self, tag::TagRow},
};
use gameforge_domain::TagPath;
use sqlx::SqliteConnection;
use std::collections::HashSet;

fn distinct(tags: &[TagPath]) -> Result<Vec<&TagPath>> {
    let mut seen = HashSet::new();
    let tags: Vec<&TagPath> = tags.iter().filter(|tag| seen.insert(tag.key())).collect();
    if tags.is_empty() {
        return Err(Error::invalid("Name at least one tag."));
    }
    Ok(tags)
}

pub(super) async fn add(
    conn: &mut SqliteConnection,
    rows: &Rows,
    tags: &[TagPath],
) -> Result<Plan> {
    let tags = distinct(tags)?;
    let mut facts = Vec::new();
    let mut touched = Vec::new();
    for tag in &tags {
        let key = tag.key();
        let have = store::tag::rows_among(conn, &key, rows.as_slice()).await?;
        let new = rows.without(&have);
        if new.is_empty() {
            continue;
        }
        if store::tag::by_key(conn, &key).await?.is_none() {
            facts.push(Fact::Tag {
                from: None,
                to: Some(TagRow {
                    key: key.clone(),
                    path: tag.as_str().to_owned(),
                    colour: 0,
                }),
            });
        }
        touched.extend(new.as_slice());
        facts.push(Fact::Tagged {
            key,
            rows: new,
            on: true,
        });
    }
    let names: Vec<&str> = tags.iter().map(|tag| tag.as_str()).collect();
    let count = Rows::new(touched).len();
    let label = format!("Add {} to {}", words::tags(&names), words::assets(count));
    Ok(Plan::new(label, facts))
}

pub(super) async fn remove(
    conn: &mut SqliteConnection,
    rows: &Rows,
    tags: &[TagPath],
) -> Result<Plan> {
    let tags = distinct(tags)?;
    let mut facts = Vec::new();
    let mut touched = Vec::new();
    for tag in &tags {
        let key = tag.key();
        let have = store::tag::rows_among(conn, &key, rows.as_slice()).await?;
        if !have.is_empty() {
            touched.extend(&have);
            facts.push(Fact::Tagged {
                key,
                rows: Rows::new(have),
                on: false,
            });
        }
    }
    let names: Vec<&str> = tags.iter().map(|tag| tag.as_str()).collect();
    let count = Rows::new(touched).len();
    let label = format!(
        "Remove {} from {}",
        words::tags(&names),
        words::assets(count)
    );
    Ok(Plan::new(label, facts))
}

/// The path of a tag at or below `from` after `from` was renamed.
fn renamed(path: &str, from: &TagPath, to: &TagPath) -> Result<TagPath> {
    let depth = from.as_str().split('/').count();
    let below = path.split('/').skip(depth);
    let path: Vec<&str> = to.as_str().split('/').chain(below).collect();
    path.join("/")
        .parse()
        .map_err(|error| Error::invalid(format!("“{from}” cannot be renamed to “{to}”: {error}.")))
}

/// Renames a tag and all below it. Where a tag of the new name is there, the two become one.
pub(super) async fn rename(
    conn: &mut SqliteConnection,
    from: &TagPath,
    to: &TagPath,
) -> Result<Plan> {
    let mut moving = subtree(conn, from).await?;
    // Into its own subtree, the deepest goes first, so that the next one's place is free; else the highest.
    if to.key().starts_with(&format!("{}/", from.key())) {
        moving.reverse();
    }
    let mut taken: HashSet<String> = store::tag::all(conn)
        .await?
        .into_iter()
        .map(|tag| tag.key)
        .collect();
    let mut facts = Vec::new();
    for old in moving {
        let new = renamed(&old.path, from, to)?;
        let key = new.key();
        if new.as_str() == old.path {
            continue;
        }
        taken.remove(&old.key);
        if key != old.key && taken.contains(&key) {
            facts.extend(merged(conn, old, key).await?);
        } else {
            taken.insert(key.clone());
            let colour = old.colour;
            facts.push(Fact::Tag {
                from: Some(old),
                to: Some(TagRow {
                    key,
                    path: new.as_str().to_owned(),
                    colour,
                }),
            });
        }
    }
    Ok(Plan::new(format!("Rename tag {from} to {to}"), facts))
}

/// What was tagged with one tag is tagged with another, which is there already; the first one goes.
async fn merged(conn: &mut SqliteConnection, from: TagRow, to: String) -> Result<Vec<Fact>> {
    let rows = store::tag::rows(conn, &from.key).await?;
    let have = store::tag::rows_among(conn, &to, &rows).await?;
    let rows = Rows::new(rows);
    let more = rows.without(&have);
    let mut facts = Vec::new();
    if !more.is_empty() {
        facts.push(Fact::Tagged {
            key: to,
            rows: more,
            on: true,
        });
    }
    facts.extend(dropped(from, rows));
    Ok(facts)
}

/// A tag goes, first from the assets that have it.
fn dropped(tag: TagRow, rows: Rows) -> Vec<Fact> {
    let mut facts = Vec::new();
    if !rows.is_empty() {
        facts.push(Fact::Tagged {
            key: tag.key.clone(),
            rows,
            on: false,
        });
    }
    facts.push(Fact::Tag {
        from: Some(tag),
        to: None,
    });
    facts
}

async fn subtree(conn: &mut SqliteConnection, tag: &TagPath) -> Result<Vec<TagRow>> {
    let found = store::tag::subtree(conn, &tag.key()).await?;
    if found.is_empty() {
        return Err(Error::not_found(format!("The tag “{tag}”")));
    }
    Ok(found)
}

/// Deletes a tag and all below it.
pub(super) async fn delete(conn: &mut SqliteConnection, tag: &TagPath) -> Result<Plan> {
    let mut facts = Vec::new();
    let mut touched = Vec::new();
    for old in subtree(conn, tag).await? {
        let rows = store::tag::rows(conn, &old.key).await?;
        touched.extend(&rows);
        facts.extend(dropped(old, Rows::new(rows)));
    }
    let count = Rows::new(touched).len();
    let label = format!("Delete tag {tag} from {}", words::assets(count));
    Ok(Plan::new(label, facts))
}

pub(super) async fn set_colour(
    conn: &mut SqliteConnection,
    tag: &TagPath,
    colour: u32,
) -> Result<Plan> {
    if colour > 7 {
        return Err(Error::invalid(format!(
            "Tag colours have the numbers 0 to 7, not {colour}."
        )));
    }
    // A tag above others need not be kept itself: it is there because they are.
    subtree(conn, tag).await?;
    let from = store::tag::by_key(conn, &tag.key()).await?;
    let mut to = from.clone().unwrap_or_else(|| TagRow {
        key: tag.key(),
        path: tag.as_str().to_owned(),
        colour: 0,
    });
    to.colour = i64::from(colour);
    let facts = if from.as_ref() == Some(&to) {
        Vec::new()
    } else {
        vec![Fact::Tag { from, to: Some(to) }]
    };
    Ok(Plan::new(format!("Change the colour of tag {tag}"), facts))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_below_keeps_its_own_names() {
        let tag = |text: &str| text.parse::<TagPath>().unwrap();
        let new = renamed("Enemy/Boss/fire", &tag("enemy"), &tag("foes/large")).unwrap();
        assert_eq!(new.as_str(), "foes/large/Boss/fire");
        assert!(
            renamed("a/b/c/d", &tag("a"), &tag("1/2/3/4/5/6")).is_err(),
            "nine levels are too deep"
        );
    }
}
