//! `account`: who a person is.

use crate::{Error, Result};
use chrono::{DateTime, Utc};
use gameforge_domain::{AccountId, Email, Name};
use gameforge_wire::cloud::Account;
use sqlx::PgConnection;
use uuid::Uuid;

/// A person, to themselves; none when there is no such account or it is erased.
///
/// # Errors
/// When the database is away or a stored value is not of its type.
pub async fn read(conn: &mut PgConnection, id: AccountId) -> Result<Option<Account>> {
    let row = sqlx::query!(
        r#"
        SELECT email AS "email!", email_verified_at, display_name, role, plan_id, locale,
            password_hash IS NOT NULL AS "has_password!", created_at, erase_after,
            account_has_factor(id) AS "has_factor!", account_codes_left(id) AS "codes_left!"
        FROM account
        WHERE id = $1 AND erased_at IS NULL
        "#,
        id.uuid(),
    )
    .fetch_optional(conn)
    .await?;
    row.map(|row| {
        Ok(Account {
            id,
            email: Email::parse(&row.email)
                .map_err(|error| Error::stored("account.email", error))?,
            email_verified: row.email_verified_at.is_some(),
            display_name: Name::parse(&row.display_name)
                .map_err(|error| Error::stored("account.display_name", error))?,
            role: row
                .role
                .parse()
                .map_err(|error: gameforge_domain::UnknownWord| {
                    Error::stored("account.role", error)
                })?,
            plan: row.plan_id,
            locale: row.locale,
            has_password: row.has_password,
            has_second_factor: row.has_factor,
            recovery_codes_left: u32::try_from(row.codes_left).unwrap_or(0),
            created_at: row.created_at,
            erase_after: row.erase_after,
        })
    })
    .transpose()
}

/// What signing in has to know of an account.
#[derive(Debug, Clone)]
pub struct Known {
    /// Which.
    pub id: AccountId,
    /// Where mails go, as typed at the registration.
    pub email: Email,
    /// The language of mails.
    pub locale: String,
    /// argon2id in PHC form; none for who signs in elsewhere only.
    pub password_hash: Option<String>,
    /// Whether the address was shown to be theirs.
    pub is_verified: bool,
    /// Why it may not be used, where that is so.
    pub suspended: Option<String>,
}

struct KnownRow {
    id: Uuid,
    email: String,
    locale: String,
    password_hash: Option<String>,
    is_verified: bool,
    suspended: Option<String>,
}

impl TryFrom<KnownRow> for Known {
    type Error = Error;

    fn try_from(row: KnownRow) -> Result<Self> {
        Ok(Self {
            id: AccountId::from_uuid(row.id),
            email: Email::parse(&row.email)
                .map_err(|error| Error::stored("account.email", error))?,
            locale: row.locale,
            password_hash: row.password_hash,
            is_verified: row.is_verified,
            suspended: row.suspended,
        })
    }
}

/// By the address, whatever its case.
///
/// # Errors
/// When the database is away.
pub async fn by_email(conn: &mut PgConnection, email: &Email) -> Result<Option<Known>> {
    sqlx::query_as!(
        KnownRow,
        r#"
        SELECT id, email AS "email!", locale, password_hash, email_verified_at IS NOT NULL AS "is_verified!",
            CASE WHEN suspended_at IS NOT NULL THEN coalesce(suspended_reason, '') END AS suspended
        FROM account WHERE lower(email) = lower($1) AND erased_at IS NULL
        "#,
        email.as_str(),
    )
    .fetch_optional(conn)
    .await?
    .map(Known::try_from)
    .transpose()
}

/// By the id, held against changes until the transaction ends.
///
/// # Errors
/// When the database is away.
pub async fn hold(conn: &mut PgConnection, id: AccountId) -> Result<Option<Known>> {
    sqlx::query_as!(
        KnownRow,
        r#"
        SELECT id, email AS "email!", locale, password_hash, email_verified_at IS NOT NULL AS "is_verified!",
            CASE WHEN suspended_at IS NOT NULL THEN coalesce(suspended_reason, '') END AS suspended
        FROM account WHERE id = $1 AND erased_at IS NULL FOR NO KEY UPDATE
        "#,
        id.uuid(),
    )
    .fetch_optional(conn)
    .await?
    .map(Known::try_from)
    .transpose()
}

/// A new account.
#[derive(Debug)]
pub struct NewAccount<'a> {
    /// Which.
    pub id: AccountId,
    /// Where mails go.
    pub email: &'a Email,
    /// When it was shown to be theirs.
    pub verified_at: Option<DateTime<Utc>>,
    /// What others see.
    pub display_name: &'a Name,
    /// argon2id in PHC form.
    pub password_hash: Option<&'a str>,
    /// `en` or `de`.
    pub locale: &'a str,
}

/// Makes an account with the scope of its own things; says no when the address is taken.
///
/// # Errors
/// When the database is away.
pub async fn insert(
    conn: &mut PgConnection,
    account: &NewAccount<'_>,
    now: DateTime<Utc>,
) -> Result<bool> {
    let done = sqlx::query!(
        r#"
        INSERT INTO account (id, email, email_verified_at, display_name, password_hash, locale, created_at, updated_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $7)
        ON CONFLICT DO NOTHING
        "#,
        account.id.uuid(),
        account.email.as_str(),
        account.verified_at,
        account.display_name.as_str(),
        account.password_hash,
        account.locale,
        now,
    )
    .execute(&mut *conn)
    .await?;
    let is_new = done.rows_affected() == 1;
    if is_new {
        super::scope::create(conn, account.id.uuid(), "account").await?;
    }
    Ok(is_new)
}

/// Whoever registers an unverified address again: what is given last counts, once it is verified.
///
/// # Errors
/// When the database is away.
pub async fn register_again(
    conn: &mut PgConnection,
    id: AccountId,
    display_name: &Name,
    password_hash: &str,
    locale: &str,
    now: DateTime<Utc>,
) -> Result<()> {
    sqlx::query!(
        r#"
        UPDATE account SET display_name = $2, password_hash = $3, locale = $4, updated_at = $5
        WHERE id = $1 AND email_verified_at IS NULL
        "#,
        id.uuid(),
        display_name.as_str(),
        password_hash,
        locale,
        now,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// The address was shown to be theirs; says whether that is news.
///
/// # Errors
/// When the database is away.
pub async fn verify(conn: &mut PgConnection, id: AccountId, now: DateTime<Utc>) -> Result<bool> {
    let done = sqlx::query!(
        "UPDATE account SET email_verified_at = $2, updated_at = $2 WHERE id = $1 AND email_verified_at IS NULL",
        id.uuid(),
        now,
    )
    .execute(conn)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// Sets the password's hash.
///
/// # Errors
/// When the database is away.
pub async fn set_password(
    conn: &mut PgConnection,
    id: AccountId,
    hash: &str,
    now: DateTime<Utc>,
) -> Result<()> {
    sqlx::query!(
        "UPDATE account SET password_hash = $2, updated_at = $3 WHERE id = $1",
        id.uuid(),
        hash,
        now,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Sets an address that was shown to be theirs; says no when another account has it.
///
/// # Errors
/// When the database is away.
pub async fn set_email(
    conn: &mut PgConnection,
    id: AccountId,
    email: &Email,
    now: DateTime<Utc>,
) -> Result<bool> {
    let done = sqlx::query!(
        "UPDATE account SET email = $2, email_verified_at = $3, updated_at = $3 WHERE id = $1",
        id.uuid(),
        email.as_str(),
        now,
    )
    .execute(conn)
    .await;
    match done {
        Ok(_) => Ok(true),
        Err(sqlx::Error::Database(error)) if error.constraint() == Some("account_email") => {
            Ok(false)
        }
        Err(error) => Err(error.into()),
    }
}

/// Changes what is given.
///
/// # Errors
/// When the database is away.
pub async fn change(
    conn: &mut PgConnection,
    id: AccountId,
    display_name: Option<&Name>,
    locale: Option<&str>,
    now: DateTime<Utc>,
) -> Result<()> {
    sqlx::query!(
        r#"
        UPDATE account SET display_name = coalesce($2, display_name), locale = coalesce($3, locale), updated_at = $4
        WHERE id = $1 AND erased_at IS NULL
        "#,
        id.uuid(),
        display_name.map(Name::as_str),
        locale,
        now,
    )
    .execute(conn)
    .await?;
    Ok(())
}
