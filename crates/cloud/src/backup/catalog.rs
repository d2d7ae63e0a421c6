//! What tables there are, asked of the database itself: a table that a migration adds is in the next backup without
//! anybody remembering it.

use super::{Error, Result};
use sqlx::PgConnection;
use std::collections::{BTreeMap, BTreeSet};

/// A table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Table {
    /// Its name, in the schema `public`.
    pub name: String,
    /// Its columns but those that the database computes.
    pub columns: Vec<String>,
}

/// The tables in an order in which they can be filled: those that others refer to come first. Unlogged tables do not
/// survive a crash either and stay out, and so does the migrator's own.
pub async fn tables(conn: &mut PgConnection) -> Result<Vec<Table>> {
    // The catalog's queries are not checked against the service's own tables.
    let rows: Vec<(String, Vec<String>)> = sqlx::query_as(
        r"
        SELECT relname::text, array_agg(attname::text ORDER BY attnum)
        FROM pg_class JOIN pg_attribute ON attrelid = pg_class.oid AND attnum > 0 AND NOT attisdropped AND attgenerated = ''
        WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p') AND NOT relispartition
            AND relpersistence = 'p' AND relname <> '_sqlx_migrations'
        GROUP BY relname ORDER BY relname
        ",
    )
    .fetch_all(&mut *conn)
    .await?;
    let references: Vec<(String, String)> = sqlx::query_as(
        r"
        SELECT DISTINCT child.relname::text, parent.relname::text
        FROM pg_constraint
            JOIN pg_class AS child ON child.oid = conrelid
            JOIN pg_class AS parent ON parent.oid = confrelid
        WHERE contype = 'f' AND conrelid <> confrelid AND child.relnamespace = 'public'::regnamespace
        ",
    )
    .fetch_all(conn)
    .await?;
    sorted(rows, &references)
}

fn sorted(rows: Vec<(String, Vec<String>)>, references: &[(String, String)]) -> Result<Vec<Table>> {
    let mut waiting: BTreeMap<String, Vec<String>> = rows.into_iter().collect();
    let mut placed = Vec::with_capacity(waiting.len());
    while !waiting.is_empty() {
        let ready: BTreeSet<String> = waiting
            .keys()
            .filter(|name| {
                references
                    .iter()
                    .all(|(child, parent)| child != *name || !waiting.contains_key(parent))
            })
            .cloned()
            .collect();
        if ready.is_empty() {
            let names: Vec<&str> = waiting.keys().map(String::as_str).collect();
            return Err(Error::Refused(format!(
                "The tables {} refer to each other in a circle.",
                names.join(", ")
            )));
        }
        for name in ready {
            if let Some(columns) = waiting.remove(&name) {
                placed.push(Table { name, columns });
            }
        }
    }
    Ok(placed)
}

/// The migrations that were applied: version and checksum.
pub async fn migrations(conn: &mut PgConnection) -> Result<Vec<(i64, String)>> {
    let rows: Vec<(i64, Vec<u8>)> = sqlx::query_as(
        "SELECT version, checksum FROM _sqlx_migrations WHERE success ORDER BY version",
    )
    .fetch_all(conn)
    .await?;
    let hex = |bytes: Vec<u8>| bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    Ok(rows
        .into_iter()
        .map(|(version, checksum)| (version, hex(checksum)))
        .collect())
}

/// A name for a statement.
pub fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

/// Names for a statement.
pub fn list(names: &[String]) -> String {
    names
        .iter()
        .map(|name| quoted(name))
        .collect::<Vec<_>>()
        .join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(name: &str) -> (String, Vec<String>) {
        (name.to_owned(), vec!["id".to_owned()])
    }

    fn pair(child: &str, parent: &str) -> (String, String) {
        (child.to_owned(), parent.to_owned())
    }

    #[test]
    fn parents_come_before_their_children_and_circles_are_refused() {
        let rows = vec![row("a"), row("b"), row("c")];
        let references = [pair("a", "b"), pair("b", "c"), pair("a", "c")];
        let order = sorted(rows.clone(), &references).expect("an order");
        let names: Vec<&str> = order.iter().map(|table| table.name.as_str()).collect();
        assert_eq!(names, ["c", "b", "a"]);
        let circle = [pair("a", "b"), pair("b", "a")];
        assert!(matches!(sorted(rows, &circle), Err(Error::Refused(_))));
    }
}
