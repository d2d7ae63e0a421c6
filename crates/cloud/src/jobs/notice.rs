//! Letters about what a person should know: each alone, or the day's together.

use super::Work;
use crate::{
    App, Result,
    mail::{Letter, Words},
    rules::mention,
    store::{job, notification, project},
};
use gameforge_domain::AccountId;
use gameforge_wire::cloud::NotificationKind as Kind;
use sqlx::PgConnection;
use uuid::Uuid;

/// People for whom digests are made in one go.
const AT_ONCE: i64 = 500;

/// Writes a letter about one notification. A second time there is nothing to write any more.
///
/// # Errors
/// When the database is away.
pub async fn one(app: &App, id: Uuid) -> Result<()> {
    let now = app.clock.now();
    let mut tx = app.store.worker().await?;
    let taken = notification::take_mail(&mut tx, Some(id), None, now).await?;
    for news in taken {
        if !still_concerns(&mut tx, &news).await? {
            continue;
        }
        let letter = Letter {
            words: Words::Notice {
                line: line(&news),
                more: said(&news),
            },
            to: news.to,
            locale: news.locale,
        };
        job::enqueue(&mut tx, app.new_id(), now, &Work::Mail(letter)).await?;
    }
    tx.commit().await?;
    Ok(())
}

/// Writes everybody's digest.
///
/// # Errors
/// When the database is away: who has theirs has it, the others get theirs with the next try.
pub async fn digests(app: &App) -> Result<()> {
    let mut after = None;
    loop {
        let mut tx = app.store.worker().await?;
        let people = notification::waiting_digests(&mut tx, after, AT_ONCE).await?;
        tx.commit().await?;
        let Some(last) = people.last() else {
            return Ok(());
        };
        after = Some(last.uuid());
        for account in people {
            digest(app, account).await?;
        }
    }
}

async fn digest(app: &App, account: AccountId) -> Result<()> {
    let now = app.clock.now();
    let mut tx = app.store.worker().await?;
    let taken = notification::take_mail(&mut tx, None, Some(account), now).await?;
    let mut lines = Vec::new();
    let mut to = None;
    for news in taken {
        if still_concerns(&mut tx, &news).await? {
            lines.push(line(&news));
            to = Some((news.to, news.locale));
        }
    }
    if let Some((to, locale)) = to {
        let letter = Letter {
            to,
            locale,
            words: Words::Digest { lines },
        };
        job::enqueue(&mut tx, app.new_id(), now, &Work::Mail(letter)).await?;
    }
    tx.commit().await?;
    Ok(())
}

/// Whether there is still something to say: the comment stands, and the person still sees the project.
async fn still_concerns(conn: &mut PgConnection, news: &notification::ToMail) -> Result<bool> {
    if !news.about_comment {
        return Ok(true);
    }
    let Some(id) = news.project.filter(|_| news.said.is_some()) else {
        return Ok(false);
    };
    let seen = project::seen(conn, id, news.account).await?;
    Ok(seen.is_some_and(|seen| seen.deleted_at.is_none()))
}

/// The words of the comment, cut and without the ids of mentions.
fn said(news: &notification::ToMail) -> String {
    mention::plain(news.said.as_deref().unwrap_or_default())
}

/// What happened, in one line.
fn line(news: &notification::ToMail) -> String {
    let detail = |name: &str| {
        news.details
            .get(name)
            .and_then(serde_json::Value::as_str)
            .unwrap_or_default()
    };
    let by = news.actor.as_str();
    let place = match detail("project") {
        "" => detail("workspace"),
        project => project,
    };
    let role = detail("role");
    // About what it was said; about the project as a whole there is no name.
    let about = match detail("object_name") {
        "" => place.to_owned(),
        name => format!("{name} ({place})"),
    };
    if news.locale == "de" {
        match news.kind {
            Kind::Mention => format!("{by} hat dich in „{about}“ erwähnt"),
            Kind::Reply => format!("{by} hat zu „{about}“ geantwortet"),
            Kind::Comment => format!("{by} hat „{about}“ kommentiert"),
            Kind::Resolved => format!("{by} hat deine Frage zu „{about}“ als erledigt markiert"),
            Kind::Invitation => format!("{by} lädt dich zu „{place}“ ein"),
            Kind::Role => format!("{by} hat dir in „{place}“ die Rolle {role} gegeben"),
            Kind::Removed => format!("{by} hat dich aus „{place}“ entfernt"),
            Kind::Security => format!(
                "Ein neues Gerät hat sich mit deinem Konto angemeldet: {}",
                detail("device")
            ),
        }
    } else {
        match news.kind {
            Kind::Mention => format!("{by} mentioned you in “{about}”"),
            Kind::Reply => format!("{by} answered about “{about}”"),
            Kind::Comment => format!("{by} commented on “{about}”"),
            Kind::Resolved => format!("{by} settled your thread about “{about}”"),
            Kind::Invitation => format!("{by} invites you to “{place}”"),
            Kind::Role => format!("{by} gave you the role {role} in “{place}”"),
            Kind::Removed => format!("{by} removed you from “{place}”"),
            Kind::Security => format!(
                "A new device signed in to your account: {}",
                detail("device")
            ),
        }
    }
}
