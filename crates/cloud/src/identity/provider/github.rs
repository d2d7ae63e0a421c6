//! GitHub (docs.github.com, “Authorizing OAuth apps”), also as GitHub Enterprise under an address of its own. It
//! answers refusals with status 200 and `error` in the body, and tells of addresses in a list of their own.

use super::{Ask, Fault, Profile, Wish, at, fetch, label, token_request, with_request};
use crate::config::ProviderConfig;
use gameforge_domain::Email;
use reqwest::{Client, header};
use serde::{Deserialize, de::DeserializeOwned};
use url::Url;

const BASE: &str = "https://github.com";
const API: &str = "https://api.github.com";
const WISH: Wish = Wish {
    scope: "read:user user:email",
    anew: "select_account",
};

#[derive(Deserialize)]
struct Token {
    access_token: Option<String>,
    error: Option<String>,
}

#[derive(Deserialize)]
struct User {
    id: u64,
    login: String,
    name: Option<String>,
}

#[derive(Deserialize)]
struct Address {
    email: String,
    primary: bool,
    verified: bool,
}

fn base(config: &ProviderConfig) -> Result<Url, url::ParseError> {
    config.base.clone().map_or_else(|| Url::parse(BASE), Ok)
}

/// GitHub's own interface has a host of its own; an Enterprise has it under a path.
fn api(config: &ProviderConfig, path: &str) -> Result<Url, url::ParseError> {
    match &config.base {
        None => Url::parse(&format!("{API}{path}")),
        Some(base) => at(base, &format!("/api/v3{path}")),
    }
}

pub fn page(config: &ProviderConfig, ask: &Ask<'_>) -> Result<Url, Fault> {
    let page = at(&base(config)?, "/login/oauth/authorize")?;
    Ok(with_request(page, config, ask, &WISH))
}

pub async fn profile(
    http: &Client,
    config: &ProviderConfig,
    ask: &Ask<'_>,
    code: &str,
) -> Result<Profile, Fault> {
    let endpoint = at(&base(config)?, "/login/oauth/access_token")?;
    let token: Token = fetch(token_request(http, endpoint, config, ask, code)).await?;
    let Some(token) = token.access_token else {
        return Err(Fault::Refused {
            status: 200,
            words: label(&token.error.unwrap_or_default()),
        });
    };
    let user: User = ask_api(http, api(config, "/user")?, &token).await?;
    let addresses: Vec<Address> = ask_api(http, api(config, "/user/emails")?, &token).await?;
    let email = addresses
        .iter()
        .filter(|address| address.verified)
        .max_by_key(|address| address.primary)
        .and_then(|address| Email::parse(&address.email).ok());
    Ok(Profile {
        subject: user.id.to_string(),
        name: user
            .name
            .filter(|name| !name.trim().is_empty())
            .unwrap_or_else(|| user.login.clone()),
        label: label(&user.login),
        email,
    })
}

async fn ask_api<T: DeserializeOwned>(http: &Client, url: Url, token: &str) -> Result<T, Fault> {
    fetch(
        http.get(url)
            .bearer_auth(token)
            .header(header::ACCEPT, "application/vnd.github+json")
            .header("x-github-api-version", "2022-11-28"),
    )
    .await
}
