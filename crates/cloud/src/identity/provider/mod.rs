//! Signing in by other people's pages: GitHub and Discord (OAuth 2, RFC 6749) and Google (OpenID Connect), each by
//! authorization code with PKCE (RFC 7636). The words of their interfaces are in a module each; what they share, and
//! how their answers are fetched, is here. What follows from who somebody is there is decided elsewhere.

mod discord;
mod github;
mod google;

use crate::{Config, Error, config::ProviderConfig};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use chrono::{DateTime, Utc};
use gameforge_domain::{Email, SignInProvider};
use gameforge_wire::cloud::ProblemCode;
use reqwest::{Client, RequestBuilder, header};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use sha2::{Digest, Sha256};
use std::time::Duration;
use url::{Url, form_urlencoded};

/// How long a provider may take for one answer.
const TIMEOUT: Duration = Duration::from_secs(10);
/// The most bytes of an answer.
const MOST_ANSWER: usize = 256 * 1024;

/// Why a provider's answer is not taken. None of it is told; the log has it.
#[derive(Debug, thiserror::Error)]
pub enum Fault {
    /// It does not answer, or not as HTTP.
    #[error("no answer: {0}")]
    Away(#[from] reqwest::Error),
    /// It refused.
    #[error("it answered {status}: {words}")]
    Refused {
        /// The HTTP status.
        status: u16,
        /// What it said.
        words: String,
    },
    /// The answer is larger than any real one.
    #[error("its answer is larger than {MOST_ANSWER} bytes")]
    TooLarge,
    /// The answer is of another shape.
    #[error("its answer cannot be read: {0}")]
    Malformed(#[from] serde_json::Error),
    /// An address in the answer is none.
    #[error("an address in its answer cannot be read: {0}")]
    Address(#[from] url::ParseError),
    /// The ID token is not the provider's, or not for us, or not of this sign-in.
    #[error("its ID token is not taken: {0}")]
    IdToken(&'static str),
    /// The ID token's signature or form is wrong.
    #[error("its ID token cannot be read: {0}")]
    Signature(#[from] jsonwebtoken::errors::Error),
}

/// Who somebody is at a provider.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Profile {
    /// Never changes there.
    pub subject: String,
    /// What the account is called there, to be shown.
    pub label: String,
    /// What the person is called there.
    pub name: String,
    /// The address, only where the provider has verified it.
    pub email: Option<Email>,
}

/// What goes to the provider's page and is compared when the browser comes back.
#[derive(Debug, Clone)]
pub struct Ask<'a> {
    /// Comes back with the browser.
    pub state: &'a str,
    /// Comes back within the ID token.
    pub nonce: &'a str,
    /// Whose hash goes with the request, and which goes with the code.
    pub verifier: &'a str,
    /// Where the browser comes back to: the service's own address.
    pub redirect: &'a str,
    /// Whether the person is to act there once more, however short ago they did: nobody passes the page unseen.
    pub anew: bool,
}

/// The providers that are set up.
#[derive(Debug, Clone)]
pub struct Providers {
    http: Client,
    github: Option<ProviderConfig>,
    google: Option<ProviderConfig>,
    discord: Option<ProviderConfig>,
}

impl Providers {
    /// From the configuration. Nothing is asked yet.
    ///
    /// # Errors
    /// When the system's certificates cannot be read.
    pub fn new(config: &Config) -> Result<Self, Error> {
        // Chosen already when the program is the service itself; tests begin here.
        let _chosen = rustls::crypto::ring::default_provider().install_default();
        let http = Client::builder()
            .timeout(TIMEOUT)
            .redirect(reqwest::redirect::Policy::none())
            .user_agent(concat!("GameForge/", env!("CARGO_PKG_VERSION")))
            .build()
            .map_err(|error| Error::stored("the system's certificates", error))?;
        Ok(Self {
            http,
            github: config.github.clone(),
            google: config.google.clone(),
            discord: config.discord.clone(),
        })
    }

    /// Those that are set up.
    #[must_use]
    pub fn all(&self) -> Vec<SignInProvider> {
        SignInProvider::ALL
            .iter()
            .copied()
            .filter(|provider| self.of(*provider).is_ok())
            .collect()
    }

    /// The page to send the browser to.
    ///
    /// # Errors
    /// `NotFound` when the provider is not set up; `Unavailable` when it has to be asked and does not answer.
    pub async fn page(&self, provider: SignInProvider, ask: &Ask<'_>) -> Result<Url, Error> {
        let config = self.of(provider)?;
        let page = match provider {
            SignInProvider::Github => github::page(config, ask),
            SignInProvider::Google => google::page(&self.http, config, ask).await,
            SignInProvider::Discord => discord::page(config, ask),
        };
        page.map_err(|fault| {
            tracing::warn!(%provider, %fault, "a sign-in page cannot be found");
            Error::told(
                ProblemCode::Unavailable,
                format!("“{provider}” does not answer for the moment; try again soon."),
            )
        })
    }

    /// Who came back, by the code that the browser brought.
    ///
    /// # Errors
    /// Why the provider's word is not taken.
    pub async fn profile(
        &self,
        provider: SignInProvider,
        ask: &Ask<'_>,
        code: &str,
        now: DateTime<Utc>,
    ) -> Result<Profile, Fault> {
        let config = self.of(provider).map_err(|_| Fault::Refused {
            status: 404,
            words: "the provider is not set up any more".to_owned(),
        })?;
        match provider {
            SignInProvider::Github => github::profile(&self.http, config, ask, code).await,
            SignInProvider::Google => google::profile(&self.http, config, ask, code, now).await,
            SignInProvider::Discord => discord::profile(&self.http, config, ask, code).await,
        }
    }

    fn of(&self, provider: SignInProvider) -> Result<&ProviderConfig, Error> {
        match provider {
            SignInProvider::Github => self.github.as_ref(),
            SignInProvider::Google => self.google.as_ref(),
            SignInProvider::Discord => self.discord.as_ref(),
        }
        .ok_or_else(|| Error::not_found("This way to sign in"))
    }
}

/// The challenge of a verifier: `base64url(sha256(verifier))` (RFC 7636, 4.2, `S256`).
#[must_use]
pub fn challenge(verifier: &str) -> String {
    URL_SAFE_NO_PAD.encode(Sha256::digest(verifier.as_bytes()))
}

/// A provider's base address with a path behind it.
fn at(base: &Url, path: &str) -> Result<Url, url::ParseError> {
    Url::parse(&format!("{}{path}", base.as_str().trim_end_matches('/')))
}

/// What an authorization request asks for at a provider.
struct Wish {
    scope: &'static str,
    /// The `prompt` by which it asks the person once more. None of the three offers more than that, such as a password
    /// typed anew.
    anew: &'static str,
}

/// An authorization request (RFC 6749, 4.1.1, with RFC 7636).
fn with_request(mut page: Url, config: &ProviderConfig, ask: &Ask<'_>, wish: &Wish) -> Url {
    page.query_pairs_mut()
        .append_pair("response_type", "code")
        .append_pair("client_id", &config.client_id)
        .append_pair("redirect_uri", ask.redirect)
        .append_pair("scope", wish.scope)
        .append_pair("state", ask.state)
        .append_pair("code_challenge", &challenge(ask.verifier))
        .append_pair("code_challenge_method", "S256");
    if ask.anew {
        page.query_pairs_mut().append_pair("prompt", wish.anew);
    }
    page
}

/// A token request (RFC 6749, 4.1.3) with the client's secret in the body.
fn token_request(
    http: &Client,
    endpoint: Url,
    config: &ProviderConfig,
    ask: &Ask<'_>,
    code: &str,
) -> RequestBuilder {
    use secrecy::ExposeSecret;
    let body = form_urlencoded::Serializer::new(String::new())
        .append_pair("grant_type", "authorization_code")
        .append_pair("code", code)
        .append_pair("redirect_uri", ask.redirect)
        .append_pair("client_id", &config.client_id)
        .append_pair("client_secret", config.client_secret.expose_secret())
        .append_pair("code_verifier", ask.verifier)
        .finish();
    http.post(endpoint)
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
        .header(header::ACCEPT, "application/json")
        .body(body)
}

/// Sends a request and reads its JSON, of a bounded size.
async fn fetch<T: DeserializeOwned>(request: RequestBuilder) -> Result<T, Fault> {
    let mut response = request.send().await?;
    let mut body = Vec::new();
    while let Some(part) = response.chunk().await? {
        if body.len() + part.len() > MOST_ANSWER {
            return Err(Fault::TooLarge);
        }
        body.extend_from_slice(&part);
    }
    if !response.status().is_success() {
        return Err(Fault::Refused {
            status: response.status().as_u16(),
            words: String::from_utf8_lossy(&body).chars().take(300).collect(),
        });
    }
    Ok(serde_json::from_slice(&body)?)
}

/// A provider's own words as a label: one visible line of at most 80 characters.
fn label(words: &str) -> String {
    words
        .chars()
        .filter(|c| !c.is_control())
        .take(gameforge_domain::Name::MOST)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_challenge_is_the_one_of_the_rfc() {
        // RFC 7636, appendix B.
        assert_eq!(
            challenge("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"),
            "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"
        );
    }

    #[test]
    fn a_base_may_have_a_path_and_a_slash() -> Result<(), url::ParseError> {
        for base in [
            "https://git.example.org/forge",
            "https://git.example.org/forge/",
        ] {
            assert_eq!(
                at(&Url::parse(base)?, "/login")?.as_str(),
                "https://git.example.org/forge/login"
            );
        }
        Ok(())
    }
}
