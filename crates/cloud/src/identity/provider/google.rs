//! Google, by OpenID Connect: its addresses come from the discovery document, who somebody is from the ID token,
//! whose signature is checked with the published keys (OpenID Connect Core, 3.1.3.7).

use super::{Ask, Fault, Profile, Wish, at, fetch, label, token_request, with_request};
use crate::config::ProviderConfig;
use chrono::{DateTime, Utc};
use gameforge_domain::Email;
use jsonwebtoken::{Algorithm, DecodingKey, Validation, jwk::Jwk};
use reqwest::Client;
use serde::Deserialize;
use serde_json::Value;
use url::Url;

const BASE: &str = "https://accounts.google.com";
const WISH: Wish = Wish {
    scope: "openid email profile",
    anew: "consent",
};
/// Google's clock and ours differ by no more.
const LEEWAY_SECONDS: i64 = 60;

/// OpenID Connect Discovery, section 3.
#[derive(Deserialize)]
struct Discovery {
    issuer: String,
    authorization_endpoint: String,
    token_endpoint: String,
    jwks_uri: String,
}

#[derive(Deserialize)]
struct Token {
    id_token: String,
}

#[derive(Deserialize)]
struct Keys {
    keys: Vec<Value>,
}

#[derive(Deserialize)]
struct Claims {
    sub: String,
    exp: i64,
    iat: i64,
    nonce: Option<String>,
    azp: Option<String>,
    email: Option<String>,
    /// Google has sent it as a text, too.
    email_verified: Option<Value>,
    name: Option<String>,
}

async fn discover(http: &Client, config: &ProviderConfig) -> Result<Discovery, Fault> {
    let base = config.base.clone().map_or_else(|| Url::parse(BASE), Ok)?;
    let document: Discovery =
        fetch(http.get(at(&base, "/.well-known/openid-configuration")?)).await?;
    // Discovery, 4.3: who answers must be who was asked.
    if document.issuer.trim_end_matches('/') != base.as_str().trim_end_matches('/') {
        return Err(Fault::IdToken(
            "the discovery document names another issuer",
        ));
    }
    Ok(document)
}

pub async fn page(http: &Client, config: &ProviderConfig, ask: &Ask<'_>) -> Result<Url, Fault> {
    let page = discover(http, config).await?.authorization_endpoint;
    let mut page = with_request(Url::parse(&page)?, config, ask, &WISH);
    page.query_pairs_mut().append_pair("nonce", ask.nonce);
    Ok(page)
}

pub async fn profile(
    http: &Client,
    config: &ProviderConfig,
    ask: &Ask<'_>,
    code: &str,
    now: DateTime<Utc>,
) -> Result<Profile, Fault> {
    let discovery = discover(http, config).await?;
    let endpoint = Url::parse(&discovery.token_endpoint)?;
    let request = token_request(http, endpoint, config, ask, code);
    let token: Token = fetch(request).await?;
    let keys: Keys = fetch(http.get(Url::parse(&discovery.jwks_uri)?)).await?;
    let claims = read(&token.id_token, &keys, &discovery.issuer, &config.client_id)?;
    check(&claims, ask.nonce, &config.client_id, now)?;
    let is_verified = matches!(&claims.email_verified, Some(Value::Bool(true)))
        || matches!(&claims.email_verified, Some(Value::String(word)) if word == "true");
    let email = claims
        .email
        .filter(|_| is_verified)
        .and_then(|email| Email::parse(&email).ok());
    let name = claims.name.unwrap_or_else(|| {
        email
            .as_ref()
            .and_then(|email| email.as_str().split('@').next())
            .unwrap_or("Google")
            .to_owned()
    });
    Ok(Profile {
        label: label(email.as_ref().map_or(name.as_str(), Email::as_str)),
        subject: claims.sub,
        name,
        email,
    })
}

/// Signature, algorithm, issuer and audience. The algorithm is ours to choose, never the token's.
fn read(token: &str, keys: &Keys, issuer: &str, client_id: &str) -> Result<Claims, Fault> {
    let header = jsonwebtoken::decode_header(token)?;
    let key = keys
        .keys
        .iter()
        // A key of a kind that we do not know is not the one.
        .filter_map(|key| serde_json::from_value::<Jwk>(key.clone()).ok())
        .find(|key| header.kid.is_none() || key.common.key_id == header.kid)
        .ok_or(Fault::IdToken(
            "it is signed with a key that is not published",
        ))?;
    let mut rules = Validation::new(Algorithm::RS256);
    // Google's tokens name the issuer with and without the scheme.
    rules.set_issuer(&[issuer, issuer.trim_start_matches("https://")]);
    rules.set_audience(&[client_id]);
    rules.set_required_spec_claims(&["iss", "sub", "aud", "exp"]);
    // Time is compared by `check`, with the service's own clock.
    rules.validate_exp = false;
    let data = jsonwebtoken::decode::<Claims>(token, &DecodingKey::from_jwk(&key)?, &rules)?;
    Ok(data.claims)
}

fn check(claims: &Claims, nonce: &str, client_id: &str, now: DateTime<Utc>) -> Result<(), Fault> {
    let now = now.timestamp();
    if claims.exp + LEEWAY_SECONDS <= now {
        Err(Fault::IdToken("it has ended"))
    } else if claims.iat > now + LEEWAY_SECONDS {
        Err(Fault::IdToken("it is from the future"))
    } else if claims.nonce.as_deref() != Some(nonce) {
        Err(Fault::IdToken("it is of another sign-in"))
    } else if claims.azp.as_deref().is_some_and(|azp| azp != client_id) {
        Err(Fault::IdToken("it is for another client"))
    } else {
        Ok(())
    }
}
