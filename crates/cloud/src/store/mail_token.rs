//! `mail_token`: secrets that went out by mail.

use crate::{Error, Result, secret::Hash};
use chrono::{DateTime, TimeDelta, Utc};
use gameforge_domain::{AccountId, Email};
use sqlx::PgConnection;

/// What a secret is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// To show that the address is theirs.
    Verify,
    /// To set the password anew.
    Reset,
    /// To show that the new address is theirs.
    Change,
}

impl Purpose {
    const fn word(self) -> &'static str {
        match self {
            Self::Verify => "verify",
            Self::Reset => "reset",
            Self::Change => "change",
        }
    }

    /// How long it is good, as the letters say.
    #[must_use]
    pub const fn life(self) -> TimeDelta {
        match self {
            Self::Verify => TimeDelta::hours(24),
            Self::Reset | Self::Change => TimeDelta::hours(1),
        }
    }
}

/// Notes a secret that goes out.
///
/// # Errors
/// When the database is away.
pub async fn insert(
    conn: &mut PgConnection,
    hash: Hash,
    account: AccountId,
    purpose: Purpose,
    email: &Email,
    password_hash: Option<&str>,
    now: DateTime<Utc>,
) -> Result<()> {
    sqlx::query!(
        r#"
        INSERT INTO mail_token (hash, account_id, purpose, email, password_hash, created_at, expires_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7)
        "#,
        hash.as_slice(),
        account.uuid(),
        purpose.word(),
        email.as_str(),
        password_hash,
        now,
        now + purpose.life(),
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// A secret that came back.
#[derive(Debug)]
pub struct Answered {
    /// Whose.
    pub account: AccountId,
    /// To which address it went.
    pub email: Email,
    /// The password of the registration that it answers.
    pub password_hash: Option<String>,
}

/// Uses a secret; none when it is unknown, was used, or has ended.
///
/// # Errors
/// When the database is away.
pub async fn redeem(
    conn: &mut PgConnection,
    hash: Hash,
    purpose: Purpose,
    now: DateTime<Utc>,
) -> Result<Option<Answered>> {
    let row = sqlx::query!(
        r#"
        UPDATE mail_token SET used_at = $3
        WHERE hash = $1 AND purpose = $2 AND used_at IS NULL AND expires_at > $3
        RETURNING account_id, email, password_hash
        "#,
        hash.as_slice(),
        purpose.word(),
        now,
    )
    .fetch_optional(conn)
    .await?;
    row.map(|row| {
        Ok(Answered {
            account: AccountId::from_uuid(row.account_id),
            email: Email::parse(&row.email)
                .map_err(|error| Error::stored("mail_token.email", error))?,
            password_hash: row.password_hash,
        })
    })
    .transpose()
}

/// Withdraws all of an account that are for one purpose.
///
/// # Errors
/// When the database is away.
pub async fn withdraw(
    conn: &mut PgConnection,
    account: AccountId,
    purpose: Purpose,
    now: DateTime<Utc>,
) -> Result<()> {
    sqlx::query!(
        "UPDATE mail_token SET used_at = $3 WHERE account_id = $1 AND purpose = $2 AND used_at IS NULL",
        account.uuid(),
        purpose.word(),
        now,
    )
    .execute(conn)
    .await?;
    Ok(())
}
