//! The live connection: over it the cloud says that something is new. It comes back by itself after a lost network,
//! a restart of the cloud, or sleep; what was missed is asked for after each `Welcome`.

use crate::{Client, Error, Result};
use futures_util::{SinkExt, StreamExt};
use gameforge_wire::cloud::{LiveFrame, LiveRequest, PresencePlace};
use secrecy::ExposeSecret;
use std::time::{Duration, SystemTime};
use tokio::{
    sync::{mpsc, watch},
    time::{Instant, MissedTickBehavior, interval, sleep, timeout},
};
use tokio_tungstenite::{
    connect_async_with_config,
    tungstenite::{
        self, Message,
        client::IntoClientRequest,
        http::{HeaderValue, StatusCode, header},
        protocol::WebSocketConfig,
    },
};

/// Until a connection stands.
const MOST_CONNECT: Duration = Duration::from_secs(15);
/// How often this side looks whether the connection lives.
const LOOK: Duration = Duration::from_secs(5);
/// Silence after which it is asked whether it lives, and how long it may be silent at all.
const PING: Duration = Duration::from_secs(20);
const DEAD: Duration = Duration::from_secs(45);
/// What one looks at is said again this often.
const SAY_AGAIN: Duration = Duration::from_secs(30);
/// The clock went this much further than the timer: the machine slept.
const SLEPT: Duration = Duration::from_secs(15);
/// Bytes of a frame.
const MOST_FRAME: usize = 1 << 20;
/// The longest wait between two tries.
const MOST_PAUSE: Duration = Duration::from_secs(60);

/// What the connection tells.
#[derive(Debug, Clone, PartialEq)]
pub enum News {
    /// It stands: ask for everything once.
    Up,
    /// It was lost, or does not come about.
    Down,
    /// The cloud said something.
    Frame(LiveFrame),
    /// This device was signed out; nothing follows.
    SignedOut,
}

/// Follows the cloud until nobody listens any more or the device is signed out.
pub async fn follow(
    client: Client,
    mut looked_at: watch::Receiver<Option<PresencePlace>>,
    tell: mpsc::Sender<News>,
) {
    let mut tries = 0_u32;
    loop {
        let ended = once(&client, &mut looked_at, &tell, &mut tries).await;
        match ended {
            Err(Error::SignedOut) => {
                let _ = tell.send(News::SignedOut).await;
                return;
            }
            Err(error) => tracing::debug!(%error, tries, "the live connection"),
            Ok(()) => {}
        }
        if tell.send(News::Down).await.is_err() {
            return;
        }
        let wait = pause(tries, random());
        tries = tries.saturating_add(1);
        tokio::select! {
            () = sleep(wait) => {}
            () = tell.closed() => return,
        }
    }
}

/// How long to wait before a try: the range doubles from one second to a minute, and the moment within its upper half
/// is drawn (`random` in 0..1), so that a restarted cloud is not met by all Studios at once.
#[must_use]
pub fn pause(tries: u32, random: f64) -> Duration {
    let range = Duration::from_secs(1)
        .saturating_mul(1 << tries.min(10))
        .min(MOST_PAUSE);
    range.mul_f64(0.5 + random.clamp(0.0, 1.0) / 2.0)
}

fn random() -> f64 {
    let mut bytes = [0_u8; 4];
    // Without random numbers the wait is the same each time, which only costs its evenness.
    let _ = getrandom::fill(&mut bytes);
    f64::from(u32::from_le_bytes(bytes)) / f64::from(u32::MAX)
}

/// One connection from its beginning to its end.
async fn once(
    client: &Client,
    looked_at: &mut watch::Receiver<Option<PresencePlace>>,
    tell: &mpsc::Sender<News>,
    tries: &mut u32,
) -> Result<()> {
    let stream = timeout(MOST_CONNECT, connect(client))
        .await
        .map_err(Error::offline)??;
    let (mut to, mut from) = stream.split();
    let mut heard = Instant::now();
    let mut said = Instant::now();
    let mut wall = SystemTime::now();
    let mut beat = interval(LOOK);
    beat.set_missed_tick_behavior(MissedTickBehavior::Delay);
    looked_at.mark_changed();
    let gone = |error: tungstenite::Error| Error::offline(error);
    loop {
        tokio::select! {
            () = tell.closed() => {
                // Whoever listened is gone; the cloud sees it at once this way.
                let _ = to.close().await;
                return Ok(());
            }
            changed = looked_at.changed() => {
                if changed.is_err() { return Ok(()); }
                said = Instant::now();
                let place = looked_at.borrow_and_update().clone();
                to.send(look(place)).await.map_err(gone)?;
            }
            _ = beat.tick() => {
                let slept = wall.elapsed().is_ok_and(|past| past > LOOK + SLEPT);
                wall = SystemTime::now();
                if slept || heard.elapsed() > DEAD { return Err(Error::offline("the connection is silent")); }
                if heard.elapsed() > PING { to.send(Message::Ping(Vec::new().into())).await.map_err(gone)?; }
                if said.elapsed() > SAY_AGAIN {
                    said = Instant::now();
                    let place = looked_at.borrow().clone();
                    to.send(look(place)).await.map_err(gone)?;
                }
            }
            message = from.next() => {
                let message = message.ok_or_else(|| Error::offline("the cloud closed the connection"))?.map_err(gone)?;
                heard = Instant::now();
                let Message::Text(text) = message else { continue };
                match serde_json::from_str::<LiveFrame>(&text) {
                    Ok(LiveFrame::SignedOut) => return gone_for_good(client).await,
                    Ok(frame) => {
                        let up = matches!(frame, LiveFrame::Welcome { .. });
                        if up { *tries = 0; }
                        let news = if up { News::Up } else { News::Frame(frame) };
                        if tell.send(news).await.is_err() { return Ok(()); }
                    }
                    // A newer cloud may say more than this Studio knows.
                    Err(error) => tracing::debug!(%error, "an unknown frame"),
                }
            }
        }
    }
}

async fn gone_for_good(client: &Client) -> Result<()> {
    client.forget().await?;
    Err(Error::SignedOut)
}

fn look(place: Option<PresencePlace>) -> Message {
    let request = LiveRequest::Look { place };
    Message::text(serde_json::to_string(&request).unwrap_or_default())
}

type Stream =
    tokio_tungstenite::WebSocketStream<tokio_tungstenite::MaybeTlsStream<tokio::net::TcpStream>>;

async fn connect(client: &Client) -> Result<Stream> {
    let token = client.access().await?;
    match dial(client, token.expose_secret()).await {
        Err(tungstenite::Error::Http(answer)) if answer.status() == StatusCode::UNAUTHORIZED => {
            let token = client.renew(Some(&token)).await?;
            dial(client, token.expose_secret())
                .await
                .map_err(Error::offline)
        }
        other => other.map_err(Error::offline),
    }
}

async fn dial(client: &Client, token: &str) -> Result<Stream, tungstenite::Error> {
    let unusable = |error: Error| {
        tungstenite::Error::Io(std::io::Error::new(std::io::ErrorKind::InvalidInput, error))
    };
    let url = client.address().live("v1/live").map_err(unusable)?;
    let mut request = url.as_str().into_client_request()?;
    let mut bearer = HeaderValue::from_str(&format!("Bearer {token}"))?;
    bearer.set_sensitive(true);
    request.headers_mut().insert(header::AUTHORIZATION, bearer);
    let limits = WebSocketConfig::default()
        .max_message_size(Some(MOST_FRAME))
        .max_frame_size(Some(MOST_FRAME));
    let (stream, _) = connect_async_with_config(request, Some(limits), true).await?;
    Ok(stream)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn a_pause_grows_to_a_minute_and_never_past_it(tries in 0_u32..2000, random in 0.0_f64..1.0) {
            let wait = pause(tries, random);
            prop_assert!(wait >= Duration::from_millis(500) && wait <= MOST_PAUSE);
            prop_assert!(pause(tries + 1, random) >= wait, "a later try waits no shorter");
        }
    }

    #[test]
    fn two_studios_do_not_come_back_at_the_same_moment() {
        assert_ne!(pause(4, 0.1), pause(4, 0.9));
    }
}
