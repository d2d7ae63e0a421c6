//! Sends requests: signs them, renews the tokens by itself, reads answers and refusals. Which requests there are is in
//! `account.rs`, `team.rs` and `talk.rs`.

use crate::{
    Address, Error, Result,
    tokens::{Kept, TokenPlace, TokenStore},
};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use gameforge_domain::{AccountId, SessionId};
use gameforge_wire::cloud::{Problem, ProblemCode, Refresh, Tokens};
use parking_lot::Mutex;
use reqwest::{Method, Response, StatusCode, header};
use secrecy::{ExposeSecret, SecretString};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::Value;
use std::{
    sync::{Arc, Once},
    time::{Duration, Instant},
};
use tokio::sync::watch;

/// Until a connection stands.
const MOST_CONNECT: Duration = Duration::from_secs(6);
/// Until the answer is there.
pub(crate) const MOST_ANSWER: Duration = Duration::from_secs(30);
/// Bytes of an answer: a page of 200 long comments is a tenth of it.
const MOST_BODY: usize = 32 << 20;
/// A wait that the cloud asks for is kept here up to this long; a longer one is told.
const MOST_WAIT: Duration = Duration::from_secs(3);
/// A token is renewed this long before it ends, so that it does not end on its way.
const EARLY: Duration = Duration::from_secs(20);

/// Who is signed in on which device.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SignedIn {
    /// Who.
    pub account: AccountId,
    /// On which device.
    pub session: SessionId,
}

/// One person (or nobody yet) on one cloud. Clones are the same one.
#[derive(Clone)]
pub struct Client(Arc<Parts>);

struct Parts {
    address: Address,
    http: reqwest::Client,
    store: Arc<dyn TokenStore>,
    access: Mutex<Option<Access>>,
    /// Held while the tokens are renewed: whoever comes meanwhile waits and takes the result.
    renewing: tokio::sync::Mutex<()>,
    signed_in: watch::Sender<Option<SignedIn>>,
}

#[derive(Clone)]
struct Access {
    token: SecretString,
    until: Instant,
}

impl Access {
    fn new(token: String, seconds: u32) -> Self {
        Self {
            token: token.into(),
            until: Instant::now() + Duration::from_secs(u64::from(seconds)),
        }
    }
}

impl Client {
    /// A client that signs in with what the store keeps, if it keeps anything. Nothing is sent yet.
    ///
    /// # Errors
    /// When TLS cannot be set up, or the store refuses.
    pub async fn open(address: Address, store: Arc<dyn TokenStore>) -> Result<Self> {
        choose_crypto();
        let http = reqwest::Client::builder()
            .user_agent(concat!("GameForge-Studio/", env!("CARGO_PKG_VERSION")))
            .connect_timeout(MOST_CONNECT)
            .timeout(MOST_ANSWER)
            // A redirect could carry the token to another machine; the cloud sends none.
            .redirect(reqwest::redirect::Policy::none())
            .build()
            .map_err(Error::Setup)?;
        let client = Self(Arc::new(Parts {
            address,
            http,
            store,
            access: Mutex::new(None),
            renewing: tokio::sync::Mutex::new(()),
            signed_in: watch::channel(None).0,
        }));
        let kept = match client.stored(|store| store.load()).await {
            // A damaged entry is as good as none: one signs in again and it is replaced.
            Err(Error::Kept(error)) => {
                tracing::warn!(%error, "the keychain's entry cannot be read");
                None
            }
            other => other?,
        };
        client.0.signed_in.send_replace(kept.as_ref().map(who));
        Ok(client)
    }

    /// Which cloud.
    #[must_use]
    pub fn address(&self) -> &Address {
        &self.0.address
    }

    /// Who is signed in, as far as is known here; it changes when the cloud signs the device out.
    #[must_use]
    pub fn signed_in(&self) -> watch::Receiver<Option<SignedIn>> {
        self.0.signed_in.subscribe()
    }

    /// Where the secret is kept.
    #[must_use]
    pub fn token_place(&self) -> TokenPlace {
        self.0.store.place()
    }

    /// Takes what a sign-in gave: stored first, used after.
    pub(crate) async fn enter(&self, tokens: Tokens) -> Result<()> {
        let _turn = self.0.renewing.lock().await;
        self.keep(tokens).await
    }

    async fn keep(&self, tokens: Tokens) -> Result<()> {
        let kept = Kept {
            refresh_token: tokens.refresh_token.into(),
            session: tokens.session_id,
            account: tokens.account.id,
        };
        let signed_in = who(&kept);
        self.stored(move |store| store.save(&kept)).await?;
        *self.0.access.lock() = Some(Access::new(tokens.access_token, tokens.expires_in));
        self.0.signed_in.send_replace(Some(signed_in));
        Ok(())
    }

    /// Forgets the device here, whatever the cloud says.
    pub(crate) async fn forget(&self) -> Result<()> {
        *self.0.access.lock() = None;
        self.0.signed_in.send_replace(None);
        self.stored(|store| store.clear()).await
    }

    /// An access token shown to be fresh takes the place of the one before.
    pub(crate) fn freshen(&self, token: String, seconds: u32) {
        *self.0.access.lock() = Some(Access::new(token, seconds));
    }

    /// An access token that is good for a while yet; renewed where needed.
    ///
    /// # Errors
    /// When nobody is signed in, or the cloud is away.
    pub async fn access(&self) -> Result<SecretString> {
        match self.good() {
            Some(token) => Ok(token),
            None => self.renew(None).await,
        }
    }

    fn good(&self) -> Option<SecretString> {
        let access = self.0.access.lock();
        let good = access
            .as_ref()
            .filter(|access| access.until > Instant::now() + EARLY);
        good.map(|access| access.token.clone())
    }

    /// Renews the pair, once for all who ask at the same time. `refused` is a token that the cloud does not take though
    /// it looks good (after sleep, or when its keys changed).
    pub(crate) async fn renew(&self, refused: Option<&SecretString>) -> Result<SecretString> {
        let _turn = self.0.renewing.lock().await;
        if let Some(token) = self.good()
            && refused.is_none_or(|old| old.expose_secret() != token.expose_secret())
        {
            return Ok(token);
        }
        // From the store, not from memory: a second window on this store may have renewed it meanwhile.
        let mut shown = self.stored(|store| store.load()).await?;
        loop {
            let Some(kept) = shown else {
                self.forget().await?;
                return Err(Error::SignedOut);
            };
            let body = Refresh {
                refresh_token: kept.refresh_token.expose_secret().to_owned(),
            };
            let how = How::plain(&[]);
            let sent = self
                .send(Method::POST, "v1/auth/refresh", &how, None, Some(&body))
                .await;
            match sent {
                Ok(answer) => {
                    self.keep(read::<Tokens>(answer).await?).await?;
                    return self.good().ok_or(Error::SignedOut);
                }
                Err(error) if ends_the_session(&error) => {
                    let now = self.stored(|store| store.load()).await?;
                    let other = now.filter(|now| {
                        now.refresh_token.expose_secret() != kept.refresh_token.expose_secret()
                    });
                    if other.is_none() {
                        self.forget().await?;
                        return Err(Error::SignedOut);
                    }
                    shown = other;
                }
                Err(error) => return Err(error),
            }
        }
    }

    async fn stored<T: Send + 'static>(
        &self,
        work: impl FnOnce(&dyn TokenStore) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        let store = Arc::clone(&self.0.store);
        tokio::task::spawn_blocking(move || work(store.as_ref())).await?
    }

    /// A request as nobody in particular.
    pub(crate) async fn anyone<T: DeserializeOwned>(
        &self,
        method: Method,
        path: &str,
        body: Option<&impl Serialize>,
    ) -> Result<T> {
        let how = How::plain(&[]);
        read(self.send(method, path, &how, None, body).await?).await
    }

    /// A request that makes something. It carries a key of its own (`Idempotency-Key`), so that it can be sent again
    /// when its answer was lost: the cloud makes the thing once and gives the same answer.
    pub(crate) async fn make<T: DeserializeOwned>(
        &self,
        path: &str,
        body: &impl Serialize,
    ) -> Result<T> {
        let mut key = [0_u8; 16];
        getrandom::fill(&mut key)?;
        let how = How {
            once: Some(URL_SAFE_NO_PAD.encode(key)),
            ..How::plain(&[])
        };
        let sent = self.signed_how(Method::POST, path, &how, Some(body));
        read(sent.await?).await
    }

    /// A request as the person who is signed in. A token that has ended is renewed and the request sent again: the
    /// cloud did nothing with the first.
    pub(crate) async fn signed<T: DeserializeOwned>(
        &self,
        method: Method,
        path: &str,
        query: &[(&str, String)],
        body: Option<&impl Serialize>,
    ) -> Result<T> {
        read(
            self.signed_raw(method, path, query, body, MOST_ANSWER)
                .await?,
        )
        .await
    }

    /// The answer unread; it has to be whole within `most`.
    pub(crate) async fn signed_raw(
        &self,
        method: Method,
        path: &str,
        query: &[(&str, String)],
        body: Option<&impl Serialize>,
        most: Duration,
    ) -> Result<Response> {
        let how = How {
            most,
            ..How::plain(query)
        };
        self.signed_how(method, path, &how, body).await
    }

    async fn signed_how(
        &self,
        method: Method,
        path: &str,
        how: &How<'_>,
        body: Option<&impl Serialize>,
    ) -> Result<Response> {
        let token = self.access().await?;
        let sent = self
            .send(method.clone(), path, how, Some(&token), body)
            .await;
        match sent {
            Err(error) if error.code() == Some(ProblemCode::Unauthenticated) => {
                let token = self.renew(Some(&token)).await?;
                self.send(method, path, how, Some(&token), body).await
            }
            other => other,
        }
    }

    /// Sends, and sends again after a short wait when the cloud asks for one and nothing was done: always for “too
    /// many”, for “away” only what may be done twice. What carries a key may also be sent again when its answer was
    /// lost on the way.
    async fn send(
        &self,
        method: Method,
        path: &str,
        how: &How<'_>,
        token: Option<&SecretString>,
        body: Option<&impl Serialize>,
    ) -> Result<Response> {
        let url = self.0.address.of(path, how.query)?;
        let twice = method.is_safe() || how.once.is_some();
        for last in [false, true] {
            let mut request = self.0.http.request(method.clone(), url.clone());
            // The client's own limit holds where no longer one is asked for.
            if how.most > MOST_ANSWER {
                request = request.timeout(how.most);
            }
            if let Some(key) = &how.once {
                request = request.header("idempotency-key", key);
            }
            if let Some(token) = token {
                request = request.bearer_auth(token.expose_secret());
            }
            if let Some(body) = body {
                request = request.json(body);
            }
            let answer = match request.send().await {
                Ok(answer) => answer,
                // Who cannot be connected to got nothing, and will not answer a moment later either.
                Err(error) if how.once.is_some() && !last && !error.is_connect() => continue,
                Err(error) => return Err(Error::offline(error)),
            };
            if answer.status().is_success() {
                return Ok(answer);
            }
            let again = twice || answer.status() == StatusCode::TOO_MANY_REQUESTS;
            let error = refusal(answer).await;
            match error.retry_after() {
                Some(wait) if again && !last && wait <= MOST_WAIT => tokio::time::sleep(wait).await,
                _ => return Err(error),
            }
        }
        // The second turn of the loop returns.
        Err(Error::offline("no answer"))
    }
}

/// How a request is sent.
struct How<'a> {
    query: &'a [(&'a str, String)],
    /// Until all of the answer is there.
    most: Duration,
    /// By which the cloud knows it again.
    once: Option<String>,
}

impl<'a> How<'a> {
    const fn plain(query: &'a [(&'a str, String)]) -> Self {
        Self {
            query,
            most: MOST_ANSWER,
            once: None,
        }
    }
}

/// What is not read, in requests without a body.
pub(crate) const NOTHING: Option<&()> = None;

const fn who(kept: &Kept) -> SignedIn {
    SignedIn {
        account: kept.account,
        session: kept.session,
    }
}

/// Whether the device is signed out for good, and not just the cloud away.
fn ends_the_session(error: &Error) -> bool {
    matches!(
        error.code(),
        Some(ProblemCode::Unauthenticated | ProblemCode::WrongCredentials | ProblemCode::Expired)
    )
}

/// Two crypto libraries may be linked; this one is meant. It fails only when one was chosen already.
fn choose_crypto() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let _chosen = rustls::crypto::ring::default_provider().install_default();
    });
}

/// Reads an answer's body up to the limit.
pub(crate) async fn bytes(mut answer: Response) -> Result<Vec<u8>> {
    let mut body = Vec::new();
    while let Some(part) = answer.chunk().await.map_err(Error::offline)? {
        if body.len() + part.len() > MOST_BODY {
            return Err(Error::TooLarge { most: MOST_BODY });
        }
        body.extend_from_slice(&part);
    }
    Ok(body)
}

/// Reads an answer. Of one that is asked for as `()` nothing is read: some changes answer with the changed thing, some
/// with an empty 204.
async fn read<T: DeserializeOwned>(answer: Response) -> Result<T> {
    let status = answer.status().as_u16();
    let body = bytes(answer).await?;
    let read = if size_of::<T>() == 0 {
        serde_json::from_value(Value::Null)
    } else {
        serde_json::from_slice(&body)
    };
    read.map_err(|source| Error::Foreign {
        status,
        source: Some(source),
    })
}

/// What stands in an answer that is not a success.
async fn refusal(answer: Response) -> Error {
    let status = answer.status();
    let retry_after = answer
        .headers()
        .get(header::RETRY_AFTER)
        .and_then(|value| value.to_str().ok())
        .and_then(|text| text.trim().parse().ok())
        .map(Duration::from_secs);
    let body = match bytes(answer).await {
        Ok(body) => body,
        Err(error) => return error,
    };
    match serde_json::from_slice::<Problem>(&body) {
        Ok(problem) => Error::Refused {
            problem: Box::new(problem),
            retry_after,
        },
        Err(_) if matches!(status.as_u16(), 502..=504) => Error::Away {
            status: status.as_u16(),
            retry_after,
        },
        Err(source) => Error::Foreign {
            status: status.as_u16(),
            source: Some(source),
        },
    }
}
