//! `session`: devices on which somebody is signed in. Signing one out tells all copies of the service.

use crate::Result;
use chrono::{DateTime, Utc};
use gameforge_domain::{AccountId, SessionId};
use gameforge_wire::cloud::Session;
use ipnetwork::IpNetwork;
use sqlx::PgConnection;
use std::net::IpAddr;
use uuid::Uuid;

/// Where the database tells of devices that are signed out; the payload is the device's id.
pub const CHANNEL: &str = "session_revoked";

/// Why a device is signed out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Why {
    /// It did so itself.
    SignedOut,
    /// Its owner did, from another one.
    ByUser,
    /// Its refresh token came twice.
    Reuse,
    /// The password was changed.
    Password,
    /// The account was suspended.
    Suspended,
    /// The account was erased.
    Erased,
}

impl Why {
    const fn word(self) -> &'static str {
        match self {
            Self::SignedOut => "signed_out",
            Self::ByUser => "by_user",
            Self::Reuse => "reuse",
            Self::Password => "password",
            Self::Suspended => "suspended",
            Self::Erased => "erased",
        }
    }
}

/// A device, as it presents itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Device {
    /// For example the computer's name.
    pub name: String,
    /// For example `Linux`; may be empty.
    pub platform: String,
}

/// What the list says about a device's owner's other devices.
#[derive(Debug, Clone, Copy)]
pub struct Acquaintance {
    /// Somebody signed in on any device before.
    pub has_others: bool,
    /// On one that calls itself the same.
    pub is_known: bool,
}

/// Whether the account has been used on this device, or on any.
///
/// # Errors
/// When the database is away.
pub async fn acquaintance(
    conn: &mut PgConnection,
    account: AccountId,
    device: &Device,
) -> Result<Acquaintance> {
    let row = sqlx::query!(
        r#"
        SELECT count(*) > 0 AS "has_others!",
            coalesce(bool_or(device_name = $2 AND platform = $3), false) AS "is_known!"
        FROM session WHERE account_id = $1
        "#,
        account.uuid(),
        device.name,
        device.platform,
    )
    .fetch_one(conn)
    .await?;
    Ok(Acquaintance {
        has_others: row.has_others,
        is_known: row.is_known,
    })
}

/// A device that signs in.
#[derive(Debug)]
pub struct NewSession<'a> {
    /// Which.
    pub id: SessionId,
    /// Whose.
    pub account: AccountId,
    /// As it presents itself.
    pub device: &'a Device,
    /// From where.
    pub address: IpAddr,
    /// When it is signed out if nobody uses it.
    pub expires_at: DateTime<Utc>,
}

/// Signs a device in. Whoever signs in has just shown who they are, so that counts as fresh.
///
/// # Errors
/// When the database is away.
pub async fn insert(
    conn: &mut PgConnection,
    session: &NewSession<'_>,
    now: DateTime<Utc>,
) -> Result<()> {
    sqlx::query!(
        r#"
        INSERT INTO session (id, account_id, device_name, platform, created_at, last_used_at, last_address, expires_at,
            stepped_up_at)
        VALUES ($1, $2, $3, $4, $5, $5, $6, $7, $5)
        "#,
        session.id.uuid(),
        session.account.uuid(),
        session.device.name,
        session.device.platform,
        now,
        IpNetwork::from(session.address),
        session.expires_at,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// What is known of a device when its refresh token comes; the row is held until the transaction ends, so that a
/// device's tokens turn one after the other.
#[derive(Debug)]
pub struct Held {
    /// Which.
    pub id: SessionId,
    /// Whose.
    pub account: AccountId,
    /// What it is called.
    pub device_name: String,
    /// Neither signed out nor ended, and its owner may use the service.
    pub is_in: bool,
    /// When its owner last showed afresh who they are.
    pub fresh_at: Option<DateTime<Utc>>,
}

/// Reads and holds a device.
///
/// # Errors
/// When the database is away.
pub async fn hold(
    conn: &mut PgConnection,
    id: SessionId,
    now: DateTime<Utc>,
) -> Result<Option<Held>> {
    let row = sqlx::query!(
        r#"
        SELECT session.account_id, device_name, stepped_up_at,
            revoked_at IS NULL AND session.expires_at > $2 AND account.suspended_at IS NULL AND account.erased_at IS NULL
                AS "is_in!"
        FROM session JOIN account ON account.id = account_id
        WHERE session.id = $1 FOR UPDATE OF session
        "#,
        id.uuid(),
        now,
    )
    .fetch_optional(conn)
    .await?;
    Ok(row.map(|row| Held {
        id,
        account: AccountId::from_uuid(row.account_id),
        device_name: row.device_name,
        is_in: row.is_in,
        fresh_at: row.stepped_up_at,
    }))
}

/// Notes that a device was used, from where, and until when it stays signed in.
///
/// # Errors
/// When the database is away.
pub async fn touch(
    conn: &mut PgConnection,
    id: SessionId,
    address: IpAddr,
    expires_at: DateTime<Utc>,
    now: DateTime<Utc>,
) -> Result<()> {
    sqlx::query!(
        "UPDATE session SET last_used_at = $2, last_address = $3, expires_at = $4 WHERE id = $1",
        id.uuid(),
        now,
        IpNetwork::from(address),
        expires_at,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Notes that its owner showed afresh who they are; says no when the device is not signed in any more.
///
/// # Errors
/// When the database is away.
pub async fn step_up(conn: &mut PgConnection, id: SessionId, now: DateTime<Utc>) -> Result<bool> {
    let done = sqlx::query!(
        "UPDATE session SET stepped_up_at = $2 WHERE id = $1 AND revoked_at IS NULL",
        id.uuid(),
        now,
    )
    .execute(conn)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// The devices on which somebody is signed in, the newest sign-in first; `current` is the one that asks.
///
/// # Errors
/// When the database is away.
pub async fn list(
    conn: &mut PgConnection,
    account: AccountId,
    current: SessionId,
    now: DateTime<Utc>,
    before: Option<Uuid>,
    limit: i64,
) -> Result<Vec<Session>> {
    let rows = sqlx::query!(
        r#"
        SELECT id, device_name, platform, created_at, last_used_at, last_address, place
        FROM session
        WHERE account_id = $1 AND revoked_at IS NULL AND expires_at > $2 AND ($3::uuid IS NULL OR id < $3)
        ORDER BY id DESC LIMIT $4
        "#,
        account.uuid(),
        now,
        before,
        limit,
    )
    .fetch_all(conn)
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| Session {
            id: SessionId::from_uuid(row.id),
            device_name: row.device_name,
            platform: row.platform,
            created_at: row.created_at,
            last_used_at: row.last_used_at,
            last_address: row.last_address.map(|network| network.ip().to_string()),
            place: row.place,
            current: row.id == current.uuid(),
        })
        .collect())
}

/// Signs one device of a person out and tells all copies of the service; says no when it was not signed in.
///
/// # Errors
/// When the database is away.
pub async fn revoke(
    conn: &mut PgConnection,
    account: AccountId,
    id: SessionId,
    why: Why,
    now: DateTime<Utc>,
) -> Result<bool> {
    let told = sqlx::query!(
        r#"
        WITH ended AS (
            UPDATE session SET revoked_at = $3, revoked_reason = $4
            WHERE id = $1 AND account_id = $2 AND revoked_at IS NULL
            RETURNING id
        )
        SELECT pg_notify($5, id::text)::text AS told FROM ended
        "#,
        id.uuid(),
        account.uuid(),
        now,
        why.word(),
        CHANNEL,
    )
    .fetch_optional(conn)
    .await?;
    Ok(told.is_some())
}

/// Signs all devices of a person out, but for one perhaps, and tells all copies of the service; says which.
///
/// # Errors
/// When the database is away.
pub async fn revoke_all(
    conn: &mut PgConnection,
    account: AccountId,
    but: Option<SessionId>,
    why: Why,
    now: DateTime<Utc>,
) -> Result<Vec<SessionId>> {
    let ended = sqlx::query!(
        r#"
        WITH ended AS (
            UPDATE session SET revoked_at = $3, revoked_reason = $4
            WHERE account_id = $1 AND id IS DISTINCT FROM $2 AND revoked_at IS NULL
            RETURNING id
        )
        SELECT id AS "id!", pg_notify($5, id::text)::text AS told FROM ended
        "#,
        account.uuid(),
        but.map(SessionId::uuid),
        now,
        why.word(),
        CHANNEL,
    )
    .fetch_all(conn)
    .await?;
    Ok(ended
        .into_iter()
        .map(|row| SessionId::from_uuid(row.id))
        .collect())
}

/// Devices that were signed out since a time, and when.
///
/// # Errors
/// When the database is away.
pub async fn revoked_since(
    conn: &mut PgConnection,
    since: DateTime<Utc>,
) -> Result<Vec<(SessionId, DateTime<Utc>)>> {
    let rows = sqlx::query!(
        r#"SELECT id, revoked_at AS "revoked_at!" FROM session WHERE revoked_at >= $1"#,
        since,
    )
    .fetch_all(conn)
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| (SessionId::from_uuid(row.id), row.revoked_at))
        .collect())
}
