//! `second_factor` and `recovery_code`.

use crate::{Result, secret::Hash};
use chrono::{DateTime, Utc};
use gameforge_domain::AccountId;
use sqlx::PgConnection;

/// A second factor.
#[derive(Debug)]
pub struct Factor {
    /// Sealed for its account.
    pub sealed_secret: Vec<u8>,
    /// Whether it counts: a code of it was given once.
    pub is_confirmed: bool,
    /// The last step that was taken.
    pub last_step: i64,
}

/// An account's second factor, held until the transaction ends so that no code counts twice.
///
/// # Errors
/// When the database is away.
pub async fn hold(conn: &mut PgConnection, account: AccountId) -> Result<Option<Factor>> {
    Ok(sqlx::query_as!(
        Factor,
        r#"
        SELECT sealed_secret, confirmed_at IS NOT NULL AS "is_confirmed!", last_step
        FROM second_factor WHERE account_id = $1 FOR UPDATE
        "#,
        account.uuid(),
    )
    .fetch_optional(conn)
    .await?)
}

/// Whether a second factor is asked for.
///
/// # Errors
/// When the database is away.
pub async fn is_on(conn: &mut PgConnection, account: AccountId) -> Result<bool> {
    Ok(
        sqlx::query_scalar!(r#"SELECT account_has_factor($1) AS "on!""#, account.uuid())
            .fetch_one(conn)
            .await?,
    )
}

/// Begins one anew; says no when there is one that counts.
///
/// # Errors
/// When the database is away.
pub async fn begin(
    conn: &mut PgConnection,
    account: AccountId,
    sealed_secret: &[u8],
    now: DateTime<Utc>,
) -> Result<bool> {
    let done = sqlx::query!(
        r#"
        INSERT INTO second_factor AS old (account_id, sealed_secret, created_at) VALUES ($1, $2, $3)
        ON CONFLICT (account_id) DO UPDATE SET sealed_secret = $2, created_at = $3, last_step = 0
        WHERE old.confirmed_at IS NULL
        "#,
        account.uuid(),
        sealed_secret,
        now,
    )
    .execute(conn)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// From now on it counts.
///
/// # Errors
/// When the database is away.
pub async fn confirm(
    conn: &mut PgConnection,
    account: AccountId,
    now: DateTime<Utc>,
) -> Result<()> {
    sqlx::query!(
        "UPDATE second_factor SET confirmed_at = $2 WHERE account_id = $1",
        account.uuid(),
        now,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Notes the step of the last code that was taken.
///
/// # Errors
/// When the database is away.
pub async fn took(conn: &mut PgConnection, account: AccountId, step: i64) -> Result<()> {
    sqlx::query!(
        "UPDATE second_factor SET last_step = $2 WHERE account_id = $1",
        account.uuid(),
        step,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Takes it away with its recovery codes; says no when there was none.
///
/// # Errors
/// When the database is away.
pub async fn remove(conn: &mut PgConnection, account: AccountId) -> Result<bool> {
    sqlx::query!(
        "DELETE FROM recovery_code WHERE account_id = $1",
        account.uuid()
    )
    .execute(&mut *conn)
    .await?;
    let done = sqlx::query!(
        "DELETE FROM second_factor WHERE account_id = $1",
        account.uuid()
    )
    .execute(conn)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// Gives an account new recovery codes in place of the old ones.
///
/// # Errors
/// When the database is away.
pub async fn set_codes(conn: &mut PgConnection, account: AccountId, hashes: &[Hash]) -> Result<()> {
    let hashes: Vec<Vec<u8>> = hashes.iter().map(|hash| hash.as_slice().to_vec()).collect();
    sqlx::query!(
        "DELETE FROM recovery_code WHERE account_id = $1",
        account.uuid()
    )
    .execute(&mut *conn)
    .await?;
    sqlx::query!(
        "INSERT INTO recovery_code (account_id, hash) SELECT $1, unnest($2::bytea[])",
        account.uuid(),
        &hashes,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Uses a recovery code; says no when there is no such one left.
///
/// # Errors
/// When the database is away.
pub async fn use_code(
    conn: &mut PgConnection,
    account: AccountId,
    hash: Hash,
    now: DateTime<Utc>,
) -> Result<bool> {
    let done = sqlx::query!(
        "UPDATE recovery_code SET used_at = $3 WHERE account_id = $1 AND hash = $2 AND used_at IS NULL",
        account.uuid(),
        hash.as_slice(),
        now,
    )
    .execute(conn)
    .await?;
    Ok(done.rows_affected() == 1)
}
