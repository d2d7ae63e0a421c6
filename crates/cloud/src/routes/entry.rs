//! What all ways in share: after the first proof comes the second factor, where there is one, then the device is
//! signed in.

use super::letters;
use crate::{
    App, Error, Result,
    http::Asked,
    mail::Words,
    secret::Secret,
    store::{
        self,
        audit::{Act, Actor},
        notification,
        session::{Device, NewSession},
    },
};
use chrono::{DateTime, TimeDelta, Utc};
use gameforge_domain::{AccountId, Name, SessionId};
use gameforge_wire::cloud::{Account, NotificationKind, SignInAnswer, Tokens};
use serde_json::{Value, json};
use sqlx::PgConnection;

/// How long the second factor is waited for.
const CHALLENGE_LIFE: TimeDelta = TimeDelta::minutes(5);

/// A device as it presents itself.
///
/// # Errors
/// `Invalid` when the platform is too long or holds what is not seen.
pub(super) fn device(name: &Name, platform: &str) -> Result<Device> {
    let platform = platform.trim();
    if platform.chars().count() > 60 || platform.chars().any(char::is_control) {
        return Err(Error::invalid(
            "platform",
            "at most 60 characters, on one line",
        ));
    }
    Ok(Device {
        name: name.as_str().to_owned(),
        platform: platform.to_owned(),
    })
}

/// The language of letters: `en` unless told otherwise.
///
/// # Errors
/// `Invalid` when it is none that we write.
pub(super) fn locale(wanted: Option<&str>) -> Result<&'static str> {
    match wanted {
        None | Some("en") => Ok("en"),
        Some("de") => Ok("de"),
        Some(_) => Err(Error::invalid("locale", "“en” or “de”")),
    }
}

/// How long a device stays signed in from now on.
pub(super) fn device_end(app: &App, now: DateTime<Utc>) -> DateTime<Utc> {
    now + TimeDelta::from_std(app.config.refresh_life).unwrap_or(TimeDelta::days(60))
}

/// After the first proof (`by`: `password` or a provider).
pub(super) async fn enter(
    app: &App,
    conn: &mut PgConnection,
    account: AccountId,
    device: &Device,
    asked: &Asked,
    by: &str,
) -> Result<SignInAnswer> {
    if !store::factor::is_on(&mut *conn, account).await? {
        let tokens = open(app, conn, account, device, asked, by).await?;
        return Ok(SignInAnswer::Done(tokens));
    }
    let (secret, now) = (Secret::draw("")?, app.clock.now());
    store::challenge::insert(
        conn,
        secret.hash(),
        account,
        device,
        now,
        now + CHALLENGE_LIFE,
    )
    .await?;
    Ok(SignInAnswer::SecondFactor {
        challenge: secret.expose().to_owned(),
    })
}

/// After the last proof: signs the device in. Its audit row is written here, so only the commit may follow.
pub(super) async fn open(
    app: &App,
    conn: &mut PgConnection,
    account: AccountId,
    device: &Device,
    asked: &Asked,
    by: &str,
) -> Result<Tokens> {
    let now = app.clock.now();
    let person = store::account::read(&mut *conn, account)
        .await?
        .ok_or_else(Error::unauthenticated)?;
    let seen = store::session::acquaintance(&mut *conn, account, device).await?;
    let session = SessionId::from_uuid(app.new_id());
    let ends = device_end(app, now);
    let new = NewSession {
        id: session,
        account,
        device,
        address: asked.address,
        expires_at: ends,
    };
    store::session::insert(&mut *conn, &new, now).await?;
    let refresh = Secret::draw("gf_refresh_")?;
    store::refresh_token::insert(&mut *conn, refresh.hash(), session, now, ends).await?;
    if seen.has_others && !seen.is_known {
        tell_of_device(app, conn, &person, device, asked).await?;
    }
    let act = Act {
        action: "session.created",
        target_kind: "session",
        target_id: Some(session.uuid()),
        after: Some(json!({ "device": device.name, "platform": device.platform, "by": by })),
        ..Act::default()
    };
    store::audit::append(conn, now, &Actor::account(account, asked), &act).await?;
    tokens(app, person, session, &refresh, Some(now), now)
}

/// A pair of tokens.
pub(super) fn tokens(
    app: &App,
    account: Account,
    session: SessionId,
    refresh: &Secret,
    fresh_at: Option<DateTime<Utc>>,
    now: DateTime<Utc>,
) -> Result<Tokens> {
    Ok(Tokens {
        access_token: app.tokens.sign(account.id, session, fresh_at, now)?,
        expires_in: access_seconds(app),
        refresh_token: refresh.expose().to_owned(),
        session_id: session,
        account,
    })
}

/// How long an access token lives.
pub(super) fn access_seconds(app: &App) -> u32 {
    u32::try_from(app.tokens.life().as_secs()).unwrap_or(u32::MAX)
}

async fn tell_of_device(
    app: &App,
    conn: &mut PgConnection,
    person: &Account,
    device: &Device,
    asked: &Asked,
) -> Result<()> {
    let address = asked.address.to_string();
    let details = json!({ "event": "new_device", "device": device.name, "address": address });
    tell(app, conn, person.id, &details).await?;
    let words = Words::NewDevice {
        device: device.name.clone(),
        address,
    };
    letters::send(app, conn, &person.email, &person.locale, words).await
}

/// Notes something about the account's safety in its owner's list. A letter goes its own way.
pub(super) async fn tell(
    app: &App,
    conn: &mut PgConnection,
    account: AccountId,
    details: &Value,
) -> Result<()> {
    let new = notification::New {
        id: app.new_id(),
        to: account,
        kind: NotificationKind::Security,
        workspace: None,
        project: None,
        object: None,
        comment: None,
        details,
        at: app.clock.now(),
    };
    notification::tell(conn, &new).await?;
    Ok(())
}
