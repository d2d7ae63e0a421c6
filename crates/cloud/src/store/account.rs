//! `account`: who a person is.

use crate::{Error, Result};
use gameforge_domain::{AccountId, Email, Name};
use gameforge_wire::cloud::Account;
use sqlx::PgConnection;

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
