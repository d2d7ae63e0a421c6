//! Discord (discord.com/developers/docs, “OAuth2” and “Users”).

use super::{Ask, Fault, Profile, Wish, at, fetch, label, token_request, with_request};
use crate::config::ProviderConfig;
use gameforge_domain::Email;
use reqwest::Client;
use serde::Deserialize;
use url::Url;

const BASE: &str = "https://discord.com";
const WISH: Wish = Wish {
    scope: "identify email",
    anew: "consent",
};

#[derive(Deserialize)]
struct Token {
    access_token: String,
}

#[derive(Deserialize)]
struct User {
    id: String,
    username: String,
    global_name: Option<String>,
    email: Option<String>,
    #[serde(default)]
    verified: bool,
}

fn base(config: &ProviderConfig) -> Result<Url, url::ParseError> {
    config.base.clone().map_or_else(|| Url::parse(BASE), Ok)
}

pub fn page(config: &ProviderConfig, ask: &Ask<'_>) -> Result<Url, Fault> {
    let page = at(&base(config)?, "/oauth2/authorize")?;
    Ok(with_request(page, config, ask, &WISH))
}

pub async fn profile(
    http: &Client,
    config: &ProviderConfig,
    ask: &Ask<'_>,
    code: &str,
) -> Result<Profile, Fault> {
    let base = base(config)?;
    let endpoint = at(&base, "/api/oauth2/token")?;
    let token: Token = fetch(token_request(http, endpoint, config, ask, code)).await?;
    let request = http
        .get(at(&base, "/api/users/@me")?)
        .bearer_auth(&token.access_token);
    let user: User = fetch(request).await?;
    Ok(Profile {
        subject: user.id,
        name: user.global_name.unwrap_or_else(|| user.username.clone()),
        label: label(&user.username),
        email: user
            .email
            .filter(|_| user.verified)
            .and_then(|email| Email::parse(&email).ok()),
    })
}
