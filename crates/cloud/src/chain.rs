//! Checks the audit log's chain: the hash of every row is taken again here, in Rust, from the row's values and the
//! row before, so that neither a changed table nor a changed function of the database goes unseen.
//!
//! What the chain cannot show by itself is a tail that was cut off together with the head. For that, keep a head
//! outside (`audit verify` prints it) and give it the next time.

use crate::{Error, Result};
use chrono::{DateTime, Utc};
use futures_util::TryStreamExt;
use ipnetwork::IpNetwork;
use sha2::{Digest, Sha256};
use sqlx::PgConnection;
use std::{fmt, str::FromStr};
use uuid::Uuid;

/// The findings that are told at most; a log that was rewritten would tell of every row.
const MOST: usize = 100;

/// A place in the chain: number and hash.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Head {
    /// The last row's number; 0 before the first.
    pub seq: i64,
    /// Its hash; zeros before the first.
    pub hash: [u8; 32],
}

impl fmt::Display for Head {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:", self.seq)?;
        self.hash
            .iter()
            .try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

/// The text is not `NUMBER:64 HEX DIGITS`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a head looks like 42:9f86d0… with 64 hex digits")]
pub struct NoHead;

impl FromStr for Head {
    type Err = NoHead;

    fn from_str(text: &str) -> Result<Self, NoHead> {
        let (seq, hex) = text.trim().split_once(':').ok_or(NoHead)?;
        if hex.len() != 64 || !hex.is_ascii() {
            return Err(NoHead);
        }
        let mut hash = [0; 32];
        for (byte, at) in hash.iter_mut().zip((0..64).step_by(2)) {
            *byte = u8::from_str_radix(&hex[at..at + 2], 16).map_err(|_| NoHead)?;
        }
        Ok(Self {
            seq: seq.parse().map_err(|_| NoHead)?,
            hash,
        })
    }
}

/// Something that is wrong with the log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Finding {
    /// The row's values are not those that its hash was taken of.
    Changed(i64),
    /// Rows from the first to the last of these numbers are gone.
    Removed(i64, i64),
    /// The row does not follow from the one before: one of them was put in or in another's place.
    Inserted(i64),
    /// The log's end is not the head that was noted: rows were cut off, or added past the function.
    Cut {
        /// The last row that is there.
        last: i64,
        /// The last that should be.
        head: i64,
    },
    /// The row of a head that was kept outside is gone or another.
    NotAsKept(i64),
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Changed(seq) => write!(f, "Row {seq} was changed."),
            Self::Removed(from, to) if from == to => write!(f, "Row {from} was removed."),
            Self::Removed(from, to) => write!(f, "Rows {from} to {to} were removed."),
            Self::Inserted(seq) => write!(
                f,
                "Row {seq} does not follow from the one before: one of them was inserted or replaced."
            ),
            Self::Cut { last, head } => write!(
                f,
                "The log ends with row {last}, but row {head} was the last that the service wrote."
            ),
            Self::NotAsKept(seq) => write!(f, "Row {seq} is not the one whose hash you kept."),
        }
    }
}

/// What the check gave.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verdict {
    /// Rows that were read.
    pub rows: u64,
    /// The chain's end, to be kept outside.
    pub head: Head,
    /// What is wrong; empty when nothing is.
    pub findings: Vec<Finding>,
}

struct Row {
    seq: i64,
    at: DateTime<Utc>,
    actor_kind: String,
    actor_id: Option<Uuid>,
    action: String,
    target_kind: String,
    target_id: Option<Uuid>,
    workspace_id: Option<Uuid>,
    before: Option<String>,
    after: Option<String>,
    address: Option<IpNetwork>,
    request_id: String,
    flags: Vec<String>,
    previous_hash: Vec<u8>,
    hash: Vec<u8>,
}

impl Row {
    /// Each part with its length in characters before it, so that no two rows give the same text; `-` for none.
    fn text(&self) -> String {
        let id = |id: &Option<Uuid>| id.map(|id| id.to_string());
        let parts = [
            Some(self.seq.to_string()),
            Some(self.at.timestamp_micros().to_string()),
            Some(self.actor_kind.clone()),
            id(&self.actor_id),
            Some(self.action.clone()),
            Some(self.target_kind.clone()),
            id(&self.target_id),
            id(&self.workspace_id),
            self.before.clone(),
            self.after.clone(),
            self.address.map(|address| address.ip().to_string()),
            Some(self.request_id.clone()),
            Some(self.flags.join(" ")),
        ];
        let parts = parts.map(|part| {
            part.map_or_else(
                || "-".to_owned(),
                |part| format!("{}:{part}", part.chars().count()),
            )
        });
        parts.join(",")
    }

    fn expected(&self, previous: &[u8]) -> [u8; 32] {
        let mut hash = Sha256::new();
        hash.update(previous);
        hash.update(self.text().as_bytes());
        hash.finalize().into()
    }
}

/// Reads the whole log and takes every hash again; `kept` are heads of before that were kept outside.
///
/// # Errors
/// When the database is away. What is wrong with the log is in the verdict.
pub async fn verify(conn: &mut PgConnection, kept: &[Head]) -> Result<Verdict> {
    let noted = sqlx::query!("SELECT seq, hash FROM audit_head")
        .fetch_one(&mut *conn)
        .await?;
    let mut check = Check {
        rows: 0,
        last: Head {
            seq: 0,
            hash: [0; 32],
        },
        findings: Vec::new(),
        kept,
    };
    {
        let mut rows = sqlx::query_as!(
            Row,
            r#"
            SELECT seq, at, actor_kind, actor_id, action, target_kind, target_id, workspace_id,
                before::text, after::text, address, request_id, flags, previous_hash, hash
            FROM audit_event ORDER BY seq
            "#
        )
        .fetch(&mut *conn);
        while let Some(row) = rows.try_next().await? {
            check.row(&row)?;
        }
    }
    check.end(noted.seq, &noted.hash);
    Ok(Verdict {
        rows: check.rows,
        head: check.last,
        findings: check.findings,
    })
}

struct Check<'a> {
    rows: u64,
    last: Head,
    findings: Vec<Finding>,
    kept: &'a [Head],
}

impl Check<'_> {
    fn row(&mut self, row: &Row) -> Result<()> {
        self.rows += 1;
        if row.seq > self.last.seq + 1 {
            self.found(Finding::Removed(self.last.seq + 1, row.seq - 1));
        } else if row.seq <= self.last.seq || row.previous_hash != self.last.hash {
            self.found(Finding::Inserted(row.seq));
        }
        if row.expected(&row.previous_hash).as_slice() != row.hash {
            self.found(Finding::Changed(row.seq));
        }
        let hash = <[u8; 32]>::try_from(row.hash.as_slice())
            .map_err(|error| Error::stored("audit_event.hash", error))?;
        self.last = Head { seq: row.seq, hash };
        if self.kept.iter().any(|kept| kept.seq == row.seq) && !self.kept.contains(&self.last) {
            self.found(Finding::NotAsKept(row.seq));
        }
        Ok(())
    }

    fn end(&mut self, seq: i64, hash: &[u8]) {
        if seq != self.last.seq || hash != self.last.hash {
            self.found(Finding::Cut {
                last: self.last.seq,
                head: seq,
            });
        }
        let last = self.last.seq;
        for kept in self.kept.iter().filter(|kept| kept.seq > last) {
            if self.findings.len() < MOST {
                self.findings.push(Finding::NotAsKept(kept.seq));
            }
        }
    }

    fn found(&mut self, finding: Finding) {
        if self.findings.len() < MOST {
            self.findings.push(finding);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_head_comes_back_from_its_text() {
        let head = Head {
            seq: 42,
            hash: [0xa7; 32],
        };
        assert_eq!(head.to_string().parse(), Ok(head));
        for text in ["", "42", "42:", "x:00", &format!("1:{}", "é".repeat(32))] {
            assert_eq!(text.parse::<Head>(), Err(NoHead), "{text}");
        }
    }
}
