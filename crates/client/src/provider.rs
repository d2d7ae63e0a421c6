//! Signing in through another's pages in the system's browser, which comes back to a port of this machine (RFC 8252,
//! section 7.3), with PKCE (RFC 7636).

use crate::{Client, Error, Result, account::Entered};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use gameforge_domain::{Name, SignInProvider};
use gameforge_wire::cloud::{ConsentAnswer, Identity, ProviderFinish, ProviderLink, ProviderStart};
use sha2::{Digest, Sha256};
use std::{net::Ipv4Addr, time::Duration};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    time::timeout,
};
use url::Url;

/// Until the person is back from the browser.
const MOST_WAIT: Duration = Duration::from_secs(600);
/// For one request of the browser.
const MOST_READ: Duration = Duration::from_secs(5);
/// Bytes of a request's head.
const MOST_HEAD: usize = 16 * 1024;

/// A secret for one sign-in, and what is told of it.
struct Proof {
    verifier: String,
    challenge: String,
    state: String,
}

impl Proof {
    fn draw() -> Result<Self> {
        let mut bytes = [0_u8; 64];
        getrandom::fill(&mut bytes)?;
        let verifier = URL_SAFE_NO_PAD.encode(&bytes[..32]);
        Ok(Self {
            challenge: URL_SAFE_NO_PAD.encode(Sha256::digest(verifier.as_bytes())),
            state: URL_SAFE_NO_PAD.encode(&bytes[32..]),
            verifier,
        })
    }
}

/// What this device is called in the list of devices.
#[derive(Debug, Clone)]
pub struct Device {
    /// For example the computer's name.
    pub name: Name,
    /// For example `Linux`.
    pub platform: String,
}

/// A sign-in that waits for the browser.
pub struct Waiting {
    client: Client,
    listener: TcpListener,
    proof: Proof,
    /// What to open in the browser.
    pub authorize_url: String,
}

impl Client {
    /// Begins to sign in through another's pages.
    ///
    /// # Errors
    /// When there is no port, or the cloud refuses or is away.
    pub async fn begin_provider(&self, provider: SignInProvider) -> Result<Waiting> {
        let (listener, proof, body) = begin().await?;
        let started = self.provider_start(provider, &body).await?;
        Ok(self.waiting(listener, proof, started.authorize_url))
    }

    /// Begins to add an account elsewhere to the own one.
    ///
    /// # Errors
    /// As above.
    pub async fn begin_link(&self, provider: SignInProvider) -> Result<Waiting> {
        let (listener, proof, body) = begin().await?;
        let started = self.link_start(provider, &body).await?;
        Ok(self.waiting(listener, proof, started.authorize_url))
    }

    /// Begins to show afresh who one is, by the pages of an account elsewhere that is linked.
    ///
    /// # Errors
    /// As above.
    pub async fn begin_step_up(&self, provider: SignInProvider) -> Result<Waiting> {
        let (listener, proof, body) = begin().await?;
        let started = self.step_up_start(provider, &body).await?;
        Ok(self.waiting(listener, proof, started.authorize_url))
    }

    fn waiting(&self, listener: TcpListener, proof: Proof, authorize_url: String) -> Waiting {
        Waiting {
            client: self.clone(),
            listener,
            proof,
            authorize_url,
        }
    }
}

async fn begin() -> Result<(TcpListener, Proof, ProviderStart)> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))
        .await
        .map_err(Error::Loopback)?;
    let port = listener.local_addr().map_err(Error::Loopback)?.port();
    let proof = Proof::draw()?;
    let body = ProviderStart {
        code_challenge: proof.challenge.clone(),
        state: proof.state.clone(),
        redirect_uri: format!("http://127.0.0.1:{port}/signed-in"),
    };
    Ok((listener, proof, body))
}

impl Waiting {
    /// Waits for the browser and signs in.
    ///
    /// # Errors
    /// When the other page said no, nobody came back within ten minutes, or the cloud refuses.
    pub async fn finish(self, device: Device, consents: Vec<ConsentAnswer>) -> Result<Entered> {
        let code = back(&self.listener, &self.proof.state).await?;
        let body = ProviderFinish {
            code,
            code_verifier: self.proof.verifier,
            device_name: device.name,
            platform: device.platform,
            consents,
        };
        self.client.provider_finish(&body).await
    }

    /// Waits for the browser and adds the account.
    ///
    /// # Errors
    /// As above.
    pub async fn link(self) -> Result<Identity> {
        let (client, body) = self.came_back().await?;
        client.link_finish(&body).await
    }

    /// Waits for the browser; what is asked next counts as fresh for some minutes.
    ///
    /// # Errors
    /// As above.
    pub async fn step_up(self) -> Result<()> {
        let (client, body) = self.came_back().await?;
        client.step_up_finish(&body).await
    }

    async fn came_back(self) -> Result<(Client, ProviderLink)> {
        let code = back(&self.listener, &self.proof.state).await?;
        let body = ProviderLink {
            code,
            code_verifier: self.proof.verifier,
        };
        Ok((self.client, body))
    }
}

/// What a request of the browser is.
#[derive(Debug, PartialEq, Eq)]
enum Came {
    /// With a code.
    Code(String),
    /// With a no, in the provider's word.
    No(String),
    /// Something else on this machine knocked, or the state is not ours: waiting goes on.
    Stranger,
}

async fn back(listener: &TcpListener, state: &str) -> Result<String> {
    let came = async {
        loop {
            let (mut stream, _) = listener.accept().await.map_err(Error::Loopback)?;
            // One that says nothing is let go; the next may be the browser.
            let Ok(Some(line)) = timeout(MOST_READ, request_line(&mut stream)).await else {
                continue;
            };
            let came = what_came(&line, state);
            let told = timeout(MOST_READ, answer(&mut stream, &came)).await;
            if !matches!(told, Ok(Ok(()))) {
                tracing::debug!("the browser went before it was answered");
            }
            match came {
                Came::Code(code) => return Ok(code),
                Came::No(why) => return Err(Error::Denied(why)),
                Came::Stranger => {}
            }
        }
    };
    timeout(MOST_WAIT, came).await.map_err(|_| Error::NotBack)?
}

/// The first line of a request, read with its head.
async fn request_line(stream: &mut TcpStream) -> Option<String> {
    let mut head = Vec::new();
    let mut part = [0_u8; 1024];
    while !head.windows(4).any(|four| four == b"\r\n\r\n") {
        let read = stream.read(&mut part).await.ok()?;
        if read == 0 || head.len() + read > MOST_HEAD {
            return None;
        }
        head.extend_from_slice(part.get(..read)?);
    }
    let text = String::from_utf8(head).ok()?;
    text.lines().next().map(str::to_owned)
}

fn what_came(line: &str, state: &str) -> Came {
    let mut words = line.split(' ');
    let (Some("GET"), Some(target)) = (words.next(), words.next()) else {
        return Came::Stranger;
    };
    let Some(url) = target
        .starts_with("/signed-in?")
        .then(|| Url::parse(&format!("http://127.0.0.1{target}")).ok())
        .flatten()
    else {
        return Came::Stranger;
    };
    let one = |name: &str| {
        let mut values = url.query_pairs().filter(|(key, _)| key == name);
        let value = values.next().map(|(_, value)| value.into_owned());
        // Twice the same parameter is nobody's honest answer.
        if values.next().is_some() { None } else { value }
    };
    if one("state").as_deref() != Some(state) {
        return Came::Stranger;
    }
    match (one("code"), one("error")) {
        (Some(code), None) if !code.is_empty() => Came::Code(code),
        (None, Some(why)) => {
            let plain: String = why.chars().filter(|c| !c.is_control()).take(200).collect();
            Came::No(plain)
        }
        _ => Came::Stranger,
    }
}

async fn answer(stream: &mut TcpStream, came: &Came) -> std::io::Result<()> {
    let (status, words) = match came {
        Came::Code(_) => (
            "200 OK",
            "You can close this page and go back to GameForge Studio.",
        ),
        Came::No(_) => (
            "200 OK",
            "The sign-in was not finished. You can close this page and try again in GameForge Studio.",
        ),
        Came::Stranger => ("404 Not Found", "There is nothing here."),
    };
    let page = format!(
        "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><title>GameForge Studio</title>\
         <body style=\"font:16px system-ui;margin:20vh auto;max-width:32em;text-align:center\"><p>{words}</p></body></html>"
    );
    let head = format!(
        "HTTP/1.1 {status}\r\nContent-Type: text/html; charset=utf-8\r\nContent-Length: {}\r\n\
         Content-Security-Policy: default-src 'none'; style-src 'unsafe-inline'\r\nReferrer-Policy: no-referrer\r\n\
         Cache-Control: no-store\r\nConnection: close\r\n\r\n",
        page.len()
    );
    stream.write_all(head.as_bytes()).await?;
    stream.write_all(page.as_bytes()).await?;
    stream.shutdown().await
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_challenge_is_the_hash_of_the_verifier() {
        let proof = Proof::draw().unwrap();
        assert_eq!(proof.challenge.len(), 43, "S256 of RFC 7636");
        assert_eq!(
            proof.challenge,
            URL_SAFE_NO_PAD.encode(Sha256::digest(&proof.verifier))
        );
        assert_ne!(proof.state, Proof::draw().unwrap().state);
    }

    #[test]
    fn only_the_own_state_is_listened_to() {
        for (line, came) in [
            (
                "GET /signed-in?code=abc&state=s HTTP/1.1",
                Came::Code("abc".into()),
            ),
            (
                "GET /signed-in?state=s&error=access_denied HTTP/1.1",
                Came::No("access_denied".into()),
            ),
            (
                "GET /signed-in?code=abc&state=other HTTP/1.1",
                Came::Stranger,
            ),
            ("GET /signed-in?code=abc HTTP/1.1", Came::Stranger),
            (
                "GET /signed-in?code=a&code=b&state=s HTTP/1.1",
                Came::Stranger,
            ),
            ("POST /signed-in?code=abc&state=s HTTP/1.1", Came::Stranger),
            ("GET /favicon.ico HTTP/1.1", Came::Stranger),
        ] {
            assert_eq!(what_came(line, "s"), came, "{line}");
        }
    }

    proptest! {
        #[test]
        fn no_request_gets_in_without_the_state(line in "\\PC{0,200}") {
            prop_assert_eq!(what_came(&line, "a-state-that-is-not-guessed"), Came::Stranger);
        }
    }

    #[tokio::test]
    async fn strangers_knock_and_the_browser_comes_after_them() {
        let (listener, proof, body) = begin().await.unwrap();
        let address = listener.local_addr().unwrap();
        let target = Url::parse(&body.redirect_uri).unwrap().path().to_owned();
        let state = proof.state.clone();
        let knocks = tokio::spawn(async move {
            let mut pages = Vec::new();
            for line in [
                "GET /favicon.ico HTTP/1.1".to_owned(),
                format!("GET {target}?code=stolen&state=wrong HTTP/1.1"),
                format!("GET {target}?code=right&state={state} HTTP/1.1"),
            ] {
                let mut stream = TcpStream::connect(address).await.unwrap();
                stream
                    .write_all(format!("{line}\r\nHost: x\r\n\r\n").as_bytes())
                    .await
                    .unwrap();
                let mut page = String::new();
                stream.read_to_string(&mut page).await.unwrap();
                pages.push(page);
            }
            pages
        });
        assert_eq!(back(&listener, &proof.state).await.unwrap(), "right");
        let pages = knocks.await.unwrap();
        assert!(pages[0].starts_with("HTTP/1.1 404") && pages[1].starts_with("HTTP/1.1 404"));
        assert!(pages[2].contains("You can close this page"));
    }
}
