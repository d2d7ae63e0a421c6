//! `notification` and `notification_preference`: what a person should know, and how they want to be told.

use super::word::{count, person};
use crate::{Error, Result};
use chrono::{DateTime, Utc};
use gameforge_domain::{AccountId, CommentId, Email, NotificationId, ProjectId, WorkspaceId};
use gameforge_wire::cloud::{
    MailWhen, Notification, NotificationKind, NotificationPreference, ObjectKind, ObjectRef,
};
use serde_json::{Value, json};
use sqlx::PgConnection;
use uuid::Uuid;

/// All kinds, in the order in which the window lists them.
pub const KINDS: &[NotificationKind] = &[
    NotificationKind::Mention,
    NotificationKind::Reply,
    NotificationKind::Comment,
    NotificationKind::Resolved,
    NotificationKind::Invitation,
    NotificationKind::Role,
    NotificationKind::Removed,
    NotificationKind::Security,
];

/// A kind's word in the database.
#[must_use]
pub const fn kind_word(kind: NotificationKind) -> &'static str {
    match kind {
        NotificationKind::Mention => "mention",
        NotificationKind::Reply => "reply",
        NotificationKind::Comment => "comment",
        NotificationKind::Invitation => "invitation",
        NotificationKind::Role => "role",
        NotificationKind::Removed => "removed",
        NotificationKind::Resolved => "resolved",
        NotificationKind::Security => "security",
    }
}

fn kind(text: &str) -> Result<NotificationKind> {
    KINDS
        .iter()
        .copied()
        .find(|kind| kind_word(*kind) == text)
        .ok_or_else(|| unknown("notification.kind", text))
}

fn unknown(what: &'static str, text: &str) -> Error {
    Error::stored(what, gameforge_domain::UnknownWord(text.to_owned()))
}

const fn mail_word(mail: MailWhen) -> &'static str {
    match mail {
        MailWhen::Never => "never",
        MailWhen::AtOnce => "at_once",
        MailWhen::Digest => "digest",
    }
}

fn mail(text: &str) -> Result<MailWhen> {
    match text {
        "never" => Ok(MailWhen::Never),
        "at_once" => Ok(MailWhen::AtOnce),
        "digest" => Ok(MailWhen::Digest),
        other => Err(unknown("notification.mail", other)),
    }
}

/// How somebody is told who did not say.
#[must_use]
pub const fn default_wish(kind: NotificationKind) -> NotificationPreference {
    use NotificationKind as Kind;
    let (desktop, mail) = match kind {
        Kind::Mention | Kind::Removed | Kind::Security => (true, MailWhen::AtOnce),
        Kind::Reply => (true, MailWhen::Digest),
        Kind::Comment | Kind::Role | Kind::Resolved => (false, MailWhen::Digest),
        // The invitation itself is a letter.
        Kind::Invitation => (true, MailWhen::Never),
    };
    NotificationPreference {
        kind,
        in_app: true,
        desktop,
        mail,
    }
}

/// An object's kind as the database has it.
#[must_use]
pub const fn object_word(kind: ObjectKind) -> &'static str {
    match kind {
        ObjectKind::Project => "project",
        ObjectKind::Asset => "asset",
        ObjectKind::Template => "template",
        ObjectKind::Run => "run",
    }
}

/// Reads it.
///
/// # Errors
/// When it is none.
pub fn object_kind(text: &str) -> Result<ObjectKind> {
    match text {
        "project" => Ok(ObjectKind::Project),
        "asset" => Ok(ObjectKind::Asset),
        "template" => Ok(ObjectKind::Template),
        "run" => Ok(ObjectKind::Run),
        other => Err(unknown("object_kind", other)),
    }
}

/// Something to be told.
#[derive(Debug, Clone)]
pub struct New<'a> {
    /// Which it will be.
    pub id: Uuid,
    /// Whom.
    pub to: AccountId,
    /// Why.
    pub kind: NotificationKind,
    /// Where.
    pub workspace: Option<WorkspaceId>,
    /// Where.
    pub project: Option<ProjectId>,
    /// About what.
    pub object: Option<(ObjectKind, Uuid)>,
    /// Said where.
    pub comment: Option<CommentId>,
    /// What else there is to say.
    pub details: &'a Value,
    /// When.
    pub at: DateTime<Utc>,
}

/// Tells somebody something as they wish it; the number in their order and when it is mailed, none when they do not
/// wish to be told. It locks their scope: with several people, go in the order of their ids.
///
/// # Errors
/// When the database is away.
pub async fn tell(conn: &mut PgConnection, new: &New<'_>) -> Result<Option<(i64, MailWhen)>> {
    let wish = default_wish(new.kind);
    let row = sqlx::query!(
        "SELECT told_seq, told_mail FROM app_tell($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)",
        new.id,
        new.to.uuid(),
        kind_word(new.kind),
        new.workspace.map(WorkspaceId::uuid),
        new.project.map(ProjectId::uuid),
        new.object.map(|(kind, _)| object_word(kind)),
        new.object.map(|(_, id)| id),
        new.comment.map(CommentId::uuid),
        new.details,
        new.at,
        wish.in_app,
        mail_word(wish.mail),
    )
    .fetch_one(conn)
    .await?;
    match (row.told_seq, row.told_mail) {
        (Some(seq), Some(text)) => Ok(Some((seq, mail(&text)?))),
        _ => Ok(None),
    }
}

/// A person's notifications, the newest first. What a comment says is read from the comment as it is now, and only
/// where the person may still see it.
///
/// # Errors
/// When the database is away.
pub async fn list(
    conn: &mut PgConnection,
    account: AccountId,
    unread_only: bool,
    before: Option<Uuid>,
    limit: i64,
) -> Result<Vec<Notification>> {
    let rows = sqlx::query!(
        r#"
        SELECT notification.id, notification.kind, notification.workspace_id, notification.project_id,
            notification.object_kind, notification.object_id, comment_id, actor_id, details, notification.created_at,
            read_at, person.display_name AS "name?", person.erased AS "erased?",
            left(comment.body, 200) AS "excerpt?", wish.desktop AS "desktop?"
        FROM notification
            LEFT JOIN person ON person.id = actor_id
            LEFT JOIN comment ON comment.id = comment_id AND comment.deleted_at IS NULL
            LEFT JOIN notification_preference AS wish
                ON wish.account_id = notification.account_id AND wish.kind = notification.kind
        WHERE notification.account_id = $1 AND shown AND (NOT $2 OR read_at IS NULL)
            AND ($3::uuid IS NULL OR notification.id < $3)
        ORDER BY notification.id DESC
        LIMIT $4
        "#,
        account.uuid(),
        unread_only,
        before,
        limit,
    )
    .fetch_all(conn)
    .await?;
    rows.into_iter()
        .map(|row| {
            let kind = kind(&row.kind)?;
            let mut details = row.details;
            let name = details["object_name"]
                .as_str()
                .unwrap_or_default()
                .to_owned();
            if let (Some(excerpt), Some(all)) = (row.excerpt, details.as_object_mut()) {
                all.insert("excerpt".to_owned(), json!(excerpt));
            }
            let object = object_of(row.object_kind.as_deref(), row.object_id, name)?;
            let actor = match (row.actor_id, row.name, row.erased) {
                (Some(id), Some(name), Some(erased)) => Some(person(id, name, erased)),
                _ => None,
            };
            Ok(Notification {
                id: NotificationId::from_uuid(row.id),
                kind,
                workspace_id: row.workspace_id.map(WorkspaceId::from_uuid),
                project_id: row.project_id.map(ProjectId::from_uuid),
                object,
                comment_id: row.comment_id.map(CommentId::from_uuid),
                actor,
                details,
                created_at: row.created_at,
                read_at: row.read_at,
                desktop: row.desktop.unwrap_or(default_wish(kind).desktop),
            })
        })
        .collect()
}

fn object_of(kind: Option<&str>, id: Option<Uuid>, name: String) -> Result<Option<ObjectRef>> {
    let (Some(kind), Some(id)) = (kind, id) else {
        return Ok(None);
    };
    Ok(Some(ObjectRef {
        kind: object_kind(kind)?,
        id: id.to_string(),
        name,
    }))
}

/// Marks one as read, or all up to and including one, or all; how many were not before.
///
/// # Errors
/// When the database is away.
pub async fn mark(
    conn: &mut PgConnection,
    account: AccountId,
    only: Option<NotificationId>,
    up_to: Option<NotificationId>,
    now: DateTime<Utc>,
) -> Result<u64> {
    let done = sqlx::query!(
        r#"
        UPDATE notification SET read_at = $4
        WHERE account_id = $1 AND read_at IS NULL AND ($2::uuid IS NULL OR id = $2) AND ($3::uuid IS NULL OR id <= $3)
        "#,
        account.uuid(),
        only.map(NotificationId::uuid),
        up_to.map(NotificationId::uuid),
        now,
    )
    .execute(conn)
    .await?;
    Ok(done.rows_affected())
}

/// Whether a person has such a notification.
///
/// # Errors
/// When the database is away.
pub async fn is_there(
    conn: &mut PgConnection,
    account: AccountId,
    id: NotificationId,
) -> Result<bool> {
    let there = sqlx::query_scalar!(
        r#"SELECT EXISTS (SELECT FROM notification WHERE id = $1 AND account_id = $2 AND shown) AS "there!""#,
        id.uuid(),
        account.uuid(),
    )
    .fetch_one(conn)
    .await?;
    Ok(there)
}

/// How many are not read.
///
/// # Errors
/// When the database is away.
pub async fn unread(conn: &mut PgConnection, account: AccountId) -> Result<u32> {
    let unread = sqlx::query_scalar!(
        r#"SELECT count(*) AS "count!" FROM notification WHERE account_id = $1 AND read_at IS NULL AND shown"#,
        account.uuid(),
    )
    .fetch_one(conn)
    .await?;
    Ok(count(unread))
}

/// How a person wants to be told of every kind.
///
/// # Errors
/// When the database is away.
pub async fn wishes(
    conn: &mut PgConnection,
    account: AccountId,
) -> Result<Vec<NotificationPreference>> {
    let rows = sqlx::query!(
        "SELECT kind, in_app, desktop, mail FROM notification_preference WHERE account_id = $1",
        account.uuid(),
    )
    .fetch_all(conn)
    .await?;
    let mut wishes: Vec<NotificationPreference> =
        KINDS.iter().map(|kind| default_wish(*kind)).collect();
    for row in rows {
        let said = NotificationPreference {
            kind: kind(&row.kind)?,
            in_app: row.in_app,
            desktop: row.desktop,
            mail: mail(&row.mail)?,
        };
        for wish in wishes.iter_mut().filter(|wish| wish.kind == said.kind) {
            wish.clone_from(&said);
        }
    }
    Ok(wishes)
}

/// Keeps how a person wants to be told of one kind.
///
/// # Errors
/// When the database is away.
pub async fn wish(
    conn: &mut PgConnection,
    account: AccountId,
    wish: &NotificationPreference,
) -> Result<()> {
    sqlx::query!(
        r#"
        INSERT INTO notification_preference (account_id, kind, in_app, desktop, mail) VALUES ($1, $2, $3, $4, $5)
        ON CONFLICT (account_id, kind) DO UPDATE SET in_app = $3, desktop = $4, mail = $5
        "#,
        account.uuid(),
        kind_word(wish.kind),
        wish.in_app,
        wish.desktop,
        mail_word(wish.mail),
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// A notification that is to be mailed.
#[derive(Debug, Clone)]
pub struct ToMail {
    /// Which.
    pub id: Uuid,
    /// Whose.
    pub account: AccountId,
    /// Where to.
    pub to: Email,
    /// In which language.
    pub locale: String,
    /// Why.
    pub kind: NotificationKind,
    /// By whom.
    pub actor: String,
    /// In which project the person has to see it, to be told what was said.
    pub project: Option<ProjectId>,
    /// What else there is to say.
    pub details: Value,
    /// What was said; none when it was removed.
    pub said: Option<String>,
    /// Whether it was about a comment.
    pub about_comment: bool,
}

/// Takes what is to be mailed and notes that it was: one notification, or the digest's of one person, without what
/// they read meanwhile. Who has no verified address any more gets nothing. For the worker's role.
///
/// # Errors
/// When the database is away.
pub async fn take_mail(
    conn: &mut PgConnection,
    only: Option<Uuid>,
    digest_of: Option<AccountId>,
    now: DateTime<Utc>,
) -> Result<Vec<ToMail>> {
    let rows = sqlx::query!(
        r#"
        WITH taken AS (
            UPDATE notification SET mailed_at = $3
            WHERE mailed_at IS NULL AND (id = $1 OR (account_id = $2 AND mail = 'digest'))
            RETURNING *
        )
        SELECT taken.id, taken.account_id, account.email AS "email!", account.locale, taken.kind,
            person.display_name AS "actor?", taken.project_id, taken.details, left(comment.body, 500) AS "said?",
            taken.comment_id
        FROM taken
            JOIN account ON account.id = taken.account_id AND account.erased_at IS NULL
                AND account.email_verified_at IS NOT NULL AND (taken.id = $1 OR taken.read_at IS NULL)
            LEFT JOIN person ON person.id = taken.actor_id
            LEFT JOIN comment ON comment.id = taken.comment_id AND comment.deleted_at IS NULL
        ORDER BY taken.id
        "#,
        only,
        digest_of.map(AccountId::uuid),
        now,
    )
    .fetch_all(conn)
    .await?;
    rows.into_iter()
        .map(|row| {
            Ok(ToMail {
                id: row.id,
                account: AccountId::from_uuid(row.account_id),
                to: Email::parse(&row.email)
                    .map_err(|error| Error::stored("account.email", error))?,
                locale: row.locale,
                kind: kind(&row.kind)?,
                actor: row.actor.unwrap_or_else(|| "GameForge".to_owned()),
                project: row.project_id.map(ProjectId::from_uuid),
                details: row.details,
                said: row.said,
                about_comment: row.comment_id.is_some(),
            })
        })
        .collect()
}

/// People for whom a digest waits, in the order of their ids. For the worker's role.
///
/// # Errors
/// When the database is away.
pub async fn waiting_digests(
    conn: &mut PgConnection,
    after: Option<Uuid>,
    limit: i64,
) -> Result<Vec<AccountId>> {
    let accounts = sqlx::query_scalar!(
        r#"
        SELECT DISTINCT account_id FROM notification
        WHERE mailed_at IS NULL AND mail = 'digest' AND ($1::uuid IS NULL OR account_id > $1)
        ORDER BY account_id LIMIT $2
        "#,
        after,
        limit,
    )
    .fetch_all(conn)
    .await?;
    Ok(accounts.into_iter().map(AccountId::from_uuid).collect())
}
