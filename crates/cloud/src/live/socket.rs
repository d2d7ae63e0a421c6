//! One live connection, from its welcome to its end.

use super::{
    outbox::{Ending, Outbox},
    recheck,
};
use crate::{
    App, Result,
    store::{project, word},
};
use axum::extract::ws::{CloseFrame, Message, close_code};
use futures_util::{Sink, SinkExt, Stream, StreamExt};
use gameforge_domain::{AccountId, SessionId, access::ProjectPermission};
use gameforge_wire::cloud::{LiveRequest, Person, PresencePlace};
use std::{sync::Arc, time::Duration};
use tokio::time::{self, Instant};
use uuid::Uuid;

/// How often the other end is asked whether it is there.
const PING: Duration = Duration::from_secs(25);
/// Silence after which it counts as gone.
const SILENCE: Duration = Duration::from_secs(60);
/// How long the other end may take to read what it is sent; who takes longer connects anew.
const SEND: Duration = Duration::from_secs(10);
/// What a window may say within one ping's time: it says where it looks, and that once more every 30 s.
const MOST_REQUESTS: u32 = 200;
/// Characters of an object's kind.
const MOST_KIND: usize = 40;

/// Who connects.
#[derive(Debug, Clone)]
pub struct Guest {
    /// The person.
    pub person: Person,
    /// The device.
    pub session: SessionId,
}

impl Guest {
    /// A person by their id.
    ///
    /// # Errors
    /// `Unauthenticated` when there is nobody of this id any more; when the database is away.
    pub async fn of(app: &App, account: AccountId, session: SessionId) -> Result<Self> {
        let mut tx = app.store.service_read(account).await?;
        let row = sqlx::query!(
            r#"SELECT display_name AS "name!", erased AS "erased!" FROM person WHERE id = $1"#,
            account.uuid()
        )
        .fetch_optional(&mut *tx)
        .await?;
        tx.commit().await?;
        let row = row
            .filter(|row| !row.erased)
            .ok_or_else(crate::Error::unauthenticated)?;
        Ok(Self {
            person: word::person(account.uuid(), row.name, row.erased),
            session,
        })
    }
}

/// Serves a connection until either end closes it.
pub async fn serve<S>(app: App, guest: Guest, socket: S)
where
    S: Stream<Item = Result<Message, axum::Error>> + Sink<Message, Error = axum::Error> + Unpin,
{
    let id = app.new_id();
    let account = guest.person.id;
    let Some(outbox) = app.live.hub.enter(id, guest.session, guest.person.clone()) else {
        close(socket, close_code::AGAIN, "too many connections").await;
        return;
    };
    // First in the hub, then asked what may be followed: a change in between puts it in doubt again.
    match recheck::ask(&app, account).await {
        Ok(()) => outbox.welcome(account),
        Err(error) => {
            tracing::warn!(%error, "a live connection could not begin");
            outbox.end(Ending::Stopping);
        }
    }
    // Signed out between its token's check and now.
    if app.revoked.contains(guest.session) {
        outbox.end(Ending::SignedOut);
    }
    let connection = Connection {
        app: &app,
        id,
        guest: &guest,
        outbox: &outbox,
        heard_at: Instant::now(),
        requests: 0,
    };
    connection.run(socket).await;
    if let Some((person, _)) = app.live.hub.leave(id) {
        app.live.look(id, person, None);
    }
}

struct Connection<'a> {
    app: &'a App,
    id: Uuid,
    guest: &'a Guest,
    outbox: &'a Arc<Outbox>,
    heard_at: Instant,
    requests: u32,
}

/// Why a connection ends.
enum End {
    /// The other end closed it, or is gone.
    Gone,
    /// This end closes it.
    Close(u16, &'static str),
}

impl Connection<'_> {
    async fn run<S>(mut self, mut socket: S)
    where
        S: Stream<Item = Result<Message, axum::Error>> + Sink<Message, Error = axum::Error> + Unpin,
    {
        let mut ping = time::interval_at(Instant::now() + PING, PING);
        let end = loop {
            let ended = tokio::select! {
                () = self.outbox.filled() => self.tell(&mut socket).await,
                heard = socket.next() => self.hear(heard).await,
                _ = ping.tick() => self.ask(&mut socket).await,
            };
            if let Err(end) = ended {
                break end;
            }
        };
        if let End::Close(code, why) = end {
            close(socket, code, why).await;
        }
    }

    /// Sends what waits.
    async fn tell<S>(&self, socket: &mut S) -> Result<(), End>
    where
        S: Sink<Message, Error = axum::Error> + Unpin,
    {
        let (frames, ending) = self.outbox.take();
        for frame in frames {
            let text = serde_json::to_string(&frame)
                .map_err(|_| End::Close(close_code::ERROR, "a fault of the service"))?;
            send(socket, Message::Text(text.into())).await?;
        }
        match ending {
            None => Ok(()),
            Some(Ending::SignedOut) => Err(End::Close(close_code::POLICY, "signed out")),
            Some(Ending::Stopping) => Err(End::Close(close_code::RESTART, "connect again")),
        }
    }

    /// Is the other end still there?
    async fn ask<S>(&mut self, socket: &mut S) -> Result<(), End>
    where
        S: Sink<Message, Error = axum::Error> + Unpin,
    {
        if self.heard_at.elapsed() > SILENCE {
            return Err(End::Gone);
        }
        self.requests = 0;
        send(socket, Message::Ping(axum::body::Bytes::new())).await
    }

    async fn hear(&mut self, heard: Option<Result<Message, axum::Error>>) -> Result<(), End> {
        let message = heard.and_then(Result::ok).ok_or(End::Gone)?;
        self.heard_at = Instant::now();
        let text = match message {
            Message::Text(text) => text,
            // Pings are answered by the library.
            Message::Ping(_) | Message::Pong(_) => return Ok(()),
            Message::Binary(_) => {
                return Err(End::Close(close_code::UNSUPPORTED, "only texts are read"));
            }
            Message::Close(_) => return Err(End::Gone),
        };
        self.requests += 1;
        if self.requests > MOST_REQUESTS {
            return Err(End::Close(close_code::POLICY, "too many requests"));
        }
        let request = serde_json::from_str(&text)
            .map_err(|_| End::Close(close_code::INVALID, "not a request of this connection"))?;
        let LiveRequest::Look { place } = request;
        if place.as_ref().is_some_and(|place| !is_sound(place)) {
            return Err(End::Close(close_code::INVALID, "not a place"));
        }
        if let Err(error) = self.look(place).await {
            // The window says it again.
            tracing::warn!(%error, "a look could not be noted");
        }
        Ok(())
    }

    /// Notes what the person looks at. At what they may not see, they look at nothing.
    async fn look(&self, place: Option<PresencePlace>) -> Result<()> {
        let account = self.guest.person.id;
        let place = match place {
            None => None,
            Some(place) => {
                let mut tx = self.app.store.service_read(account).await?;
                let seen = project::seen(&mut tx, place.project_id, account).await?;
                tx.commit().await?;
                let may = seen.is_some_and(|it| {
                    it.deleted_at.is_none() && it.access.may(ProjectPermission::View)
                });
                may.then_some(place)
            }
        };
        if self.app.live.hub.set_look(self.id, place.clone()) {
            let person = self.guest.person.clone();
            self.app.live.look(self.id, person, place);
        }
        Ok(())
    }
}

/// Whether a place is of the form that fits into what the copies say to each other.
fn is_sound(place: &PresencePlace) -> bool {
    let kind = place.object_kind.as_deref();
    let id = place.object_id.as_deref();
    kind.is_none_or(|kind| {
        kind.len() <= MOST_KIND && kind.chars().all(|c| c.is_ascii_lowercase() || c == '_')
    }) && id.is_none_or(|id| id.len() <= 36 && Uuid::try_parse(id).is_ok())
        && kind.is_some() == id.is_some()
}

/// Sends a message to an end that reads.
async fn send<S>(socket: &mut S, message: Message) -> Result<(), End>
where
    S: Sink<Message, Error = axum::Error> + Unpin,
{
    match time::timeout(SEND, socket.send(message)).await {
        Ok(Ok(())) => Ok(()),
        // Gone, or it does not read: it is not waited for.
        Ok(Err(_)) | Err(_) => Err(End::Gone),
    }
}

async fn close<S>(mut socket: S, code: u16, why: &'static str)
where
    S: Sink<Message, Error = axum::Error> + Unpin,
{
    let frame = CloseFrame {
        code,
        reason: why.into(),
    };
    // It may be gone already, which is what is wanted.
    let _closed = time::timeout(SEND, async {
        socket.send(Message::Close(Some(frame))).await?;
        socket.close().await
    })
    .await;
}

#[cfg(test)]
mod tests {
    use super::*;
    use gameforge_domain::ProjectId;
    use std::{
        pin::Pin,
        task::{Context, Poll},
    };

    /// An end that never reads.
    struct Deaf;

    impl Sink<Message> for Deaf {
        type Error = axum::Error;

        fn poll_ready(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Result<(), axum::Error>> {
            Poll::Pending
        }

        fn start_send(self: Pin<&mut Self>, _: Message) -> Result<(), axum::Error> {
            Ok(())
        }

        fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Result<(), axum::Error>> {
            Poll::Pending
        }

        fn poll_close(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Result<(), axum::Error>> {
            Poll::Pending
        }
    }

    #[tokio::test(start_paused = true)]
    async fn who_does_not_read_is_not_waited_for() {
        let began = Instant::now();
        let sent = send(&mut Deaf, Message::Text("{}".into())).await;
        assert!(matches!(sent, Err(End::Gone)));
        assert_eq!(began.elapsed(), SEND);
    }

    #[test]
    fn a_place_has_a_kind_and_an_id_or_neither() {
        let place = |kind: Option<&str>, id: Option<&str>| PresencePlace {
            project_id: ProjectId::from_uuid(Uuid::nil()),
            object_kind: kind.map(str::to_owned),
            object_id: id.map(str::to_owned),
        };
        let id = Uuid::from_u128(5).to_string();
        assert!(is_sound(&place(None, None)));
        assert!(is_sound(&place(Some("asset"), Some(&id))));
        assert!(!is_sound(&place(Some("asset"), None)));
        assert!(!is_sound(&place(Some("as set"), Some(&id))));
        assert!(!is_sound(&place(Some("asset"), Some("nonsense"))));
        assert!(!is_sound(&place(Some(&"a".repeat(9_000)), Some(&id))));
    }
}
