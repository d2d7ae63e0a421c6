//! `consent_text` and `consent`: what people are asked to agree to, and what they did.

use super::word::count;
use crate::Result;
use chrono::{DateTime, Utc};
use gameforge_domain::AccountId;
use gameforge_wire::cloud::{Consent, ConsentText};
use sqlx::PgConnection;
use std::net::IpAddr;
use uuid::Uuid;

/// The newest text for each purpose, the required ones first.
///
/// # Errors
/// When the database is away.
pub async fn texts(
    conn: &mut PgConnection,
    locale: &str,
    now: DateTime<Utc>,
) -> Result<Vec<ConsentText>> {
    let rows = sqlx::query!(
        r#"
        SELECT DISTINCT ON (required, purpose) purpose, version, required,
            CASE WHEN $1 = 'de' THEN text_de ELSE text_en END AS "text!"
        FROM consent_text AS newest
        WHERE published_at <= $2 AND NOT EXISTS (
            SELECT FROM consent_text AS newer
            WHERE newer.purpose = newest.purpose AND newer.version > newest.version AND newer.published_at <= $2)
        ORDER BY required DESC, purpose
        "#,
        locale,
        now,
    )
    .fetch_all(conn)
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| ConsentText {
            purpose: row.purpose,
            version: count(i64::from(row.version)),
            required: row.required,
            text: row.text,
        })
        .collect())
}

/// How somebody stands to the newest texts.
///
/// # Errors
/// When the database is away.
pub async fn standing(
    conn: &mut PgConnection,
    account: AccountId,
    locale: &str,
    now: DateTime<Utc>,
) -> Result<Vec<Consent>> {
    let texts = texts(&mut *conn, locale, now).await?;
    let rows = sqlx::query!(
        r#"
        SELECT purpose, max(version) FILTER (WHERE withdrawn_at IS NULL) AS version,
            max(greatest(given_at, withdrawn_at)) AS answered_at
        FROM consent WHERE account_id = $1 GROUP BY purpose
        "#,
        account.uuid(),
    )
    .fetch_all(conn)
    .await?;
    Ok(texts
        .into_iter()
        .map(|text| {
            let answer = rows.iter().find(|row| row.purpose == text.purpose);
            Consent {
                given: answer
                    .and_then(|row| row.version)
                    .is_some_and(|version| count(i64::from(version)) >= text.version),
                answered_at: answer.and_then(|row| row.answered_at),
                text,
            }
        })
        .collect())
}

/// The required texts to whose newest version somebody has not agreed, by purpose.
///
/// # Errors
/// When the database is away.
pub async fn missing(
    conn: &mut PgConnection,
    account: AccountId,
    now: DateTime<Utc>,
) -> Result<Vec<String>> {
    Ok(sqlx::query_scalar!(
        r#"
        SELECT purpose FROM consent_text AS newest
        WHERE required AND published_at <= $2
            AND NOT EXISTS (SELECT FROM consent_text AS newer
                WHERE newer.purpose = newest.purpose AND newer.version > newest.version AND newer.published_at <= $2)
            AND NOT EXISTS (SELECT FROM consent
                WHERE account_id = $1 AND consent.purpose = newest.purpose AND consent.version >= newest.version
                    AND withdrawn_at IS NULL)
        ORDER BY purpose
        "#,
        account.uuid(),
        now,
    )
    .fetch_all(conn)
    .await?)
}

/// Notes that somebody agreed; says no when they had already.
///
/// # Errors
/// When the database is away or there is no such text.
pub async fn give(
    conn: &mut PgConnection,
    id: Uuid,
    account: AccountId,
    text: &ConsentText,
    address: IpAddr,
    now: DateTime<Utc>,
) -> Result<bool> {
    let done = sqlx::query!(
        r#"
        INSERT INTO consent (id, account_id, purpose, version, given_at, address) VALUES ($1, $2, $3, $4, $5, $6)
        ON CONFLICT DO NOTHING
        "#,
        id,
        account.uuid(),
        text.purpose,
        i32::try_from(text.version).unwrap_or(i32::MAX),
        now,
        ipnetwork::IpNetwork::from(address),
    )
    .execute(conn)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// Takes back what was given for a purpose, in every version; says no when nothing was.
///
/// # Errors
/// When the database is away.
pub async fn withdraw(
    conn: &mut PgConnection,
    account: AccountId,
    purpose: &str,
    now: DateTime<Utc>,
) -> Result<bool> {
    let done = sqlx::query!(
        "UPDATE consent SET withdrawn_at = $3 WHERE account_id = $1 AND purpose = $2 AND withdrawn_at IS NULL",
        account.uuid(),
        purpose,
        now,
    )
    .execute(conn)
    .await?;
    Ok(done.rows_affected() > 0)
}
