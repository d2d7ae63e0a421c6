//! Fakes of other people's services, on loopback, for tests. Nothing of them is in what is shipped.
//!
//! [`Fake`] speaks the three providers' own HTTP interfaces: what their documentation says that they answer, with PKCE
//! and client secrets really compared. Its pages, on which a person agrees, can be opened in a browser; where a test has
//! none, [`Fake::visit`] is the person who agrees.
//!
//! Tests may panic, so this crate does where a test's own setup is impossible.

#![allow(
    clippy::expect_used,
    clippy::missing_panics_doc,
    reason = "a test whose setup fails should stop there"
)]

mod page;

use axum::{
    Form, Json, Router,
    extract::State,
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
    routing::{get, post},
};
use base64::{
    Engine,
    engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD},
};
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use parking_lot::Mutex;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use std::{
    collections::HashMap,
    sync::Arc,
    time::{SystemTime, UNIX_EPOCH},
};
use tokio::net::TcpListener;
use url::Url;

/// A key made for these tests: it guards nothing.
const KEY: &str = "\
    MIIEowIBAAKCAQEAu3ThqNqFehzt3WL3TbywiKT6lP57WL2X5cSqG0lt11nu+v3DbbJXpz9dUArWfcfKJMmOqPQxsY9EGy2QIvPk\
    1XwdnPsQiM6JwN7hJD4hrJKwD9dWy02LQxf9GI34GA+kTvLzkb3LyondY6XFSkhWc4hMzINEU+62UtEjcIsxFSsvCsCrEiNIT68v\
    /Dd7aZ3MxliovuI1uUWiE/hcxcg7/r0FJ3e7Qy92nTkUBJevPl9zl2I8HyZz/fqZBbFj/zUQP9odEPkaPFAPnYBFpWPqryonmU0B\
    fYedXvTlV+gQYAw10NQlUWevt1Dg2GjwwDiktpW71ykInOIVSi+lVKafawIDAQABAoIBAFliiF/NoyvxM3MHR8knmj3t/RaiqgpM\
    jWugdUSBpQC0/4FrE47xJV64ljQeltxvMfKMsZvapP93ww/6j+o6xfkOL8i05tN1OLZhEJYJkmEJqS5EjjxvA2LAw4y71XsTqlOD\
    AaWTDOPNDWYAm6yqBZ8ddRFn3mLvRr0CwJVfqc3fcYWX08A7oUIEfeJoRo5NEHw6IBIBR8T4z+uq2HXd+a5eivLP+gkrrUjG8vGA\
    rSJMoVOdEBOa1pY6cYVsV0GskRX7OWnoc0F0+vhigMgVmnkawpv5Ec12x5AhkZqItVTWaV1Ue1YUyKUTaIuU9OIFqsyQjzO3lVt0\
    YzrHjhBFSRECgYEA8zpv+zfW0VifCsY1BegWiWbeQBsHLdo/buzhnZxKTctv/zIJ6a5eK90OtQsthBvwLdnFbe6CpNiTYUcNM6tQ\
    U25gsdA2zgv7hb6I/mEU28kZNDHfb4Mgp9KQIP6p0LoZO7cnJN2pGj4ThmjiU1f4+PohsB0A9GFIqCtSe4tLTPcCgYEAxUy9mMRl\
    +pBzvpcyvBmTM18hDEhKbWrKlmctQd4nm1wtV5r/g793qvQqmkfZGW6KTyBwB86bXq12wHhjTXVVrsGcrqnyA8GBxXLJZMUEs/pj\
    fuhjnE/jndqRnLcBmJ3449H22vowynG4Dl99b59Pkq7gUC1g+MwoTjX1fI9YqC0CgYEAzVIoU55IhgJUh4jYG7tWwviGZwEp50gU\
    QjRPJHhZtSAl0/xOp+gc8NQz5RqheqMG9f2ejvVHbZaxmu2atGJKdZN4psHIcdllovo7tNkI/Zvd3dS38+9ycpjqOCAiA+QFBwbO\
    UW2YoWGDo/QIEijyMGMeaweg1asF5YhkoYvtrfMCgYBsm23S5mnsoA/W3oxDFyD8qmUaycCOsraKTImRNKVA1GDxVJVLBN7u8DFz\
    dBGB+mOQYx7IbWcBmyM/mAWx4eEkrdd+HnbmsmKpOiK6oemQ2Uhj17DdnuyBPIvjZKowROV5I19r80Vga3ESGGaIR34aFMHN4Oz8\
    iAW35+QWiSIYkQKBgEx1aIMkcIaJCFu2v4XrDRMQYQfTXzqG4qYUKW5ycy5iAIvIsdPmt4+CSukIjW7FTEnq95Syf1GDoSc1qnp8\
    aZtjvoR7wCNSqWWS9WpSvx1aWMX3epHV9aauO2azzWiHcBU8uEeKZ5HDEe2JkPi6j1Ppw3bUqvdIGPLNcV1zLNH4";
/// Its public half, as a provider publishes it.
const MODULUS: &str = "\
    u3ThqNqFehzt3WL3TbywiKT6lP57WL2X5cSqG0lt11nu-v3DbbJXpz9dUArWfcfKJMmOqPQxsY9EGy2QIvPk1XwdnPsQiM6JwN7h\
    JD4hrJKwD9dWy02LQxf9GI34GA-kTvLzkb3LyondY6XFSkhWc4hMzINEU-62UtEjcIsxFSsvCsCrEiNIT68v_Dd7aZ3MxliovuI1\
    uUWiE_hcxcg7_r0FJ3e7Qy92nTkUBJevPl9zl2I8HyZz_fqZBbFj_zUQP9odEPkaPFAPnYBFpWPqryonmU0BfYedXvTlV-gQYAw1\
    0NQlUWevt1Dg2GjwwDiktpW71ykInOIVSi-lVKafaw";
/// As registered with each fake.
pub const CLIENT_ID: &str = "the-client";
/// What belongs to it.
pub const CLIENT_SECRET: &str = "the client's secret & more";

/// Whoever agrees on the provider's page, as its interface tells of them.
#[derive(Debug, Clone)]
pub struct There {
    /// GitHub: the user and the addresses. Discord: the user. Google: the ID token's claims.
    pub user: Value,
    /// GitHub's list of addresses.
    pub emails: Value,
}

#[derive(Debug, Clone)]
struct Grant {
    there: There,
    challenge: String,
    redirect: String,
    nonce: Option<String>,
}

#[derive(Debug, Default)]
struct Held {
    /// Who sits in front of the pages, by the provider.
    people: HashMap<String, There>,
    codes: HashMap<String, Grant>,
    tokens: HashMap<String, There>,
    count: u32,
    /// Claims that a Google token gets in place of the right ones.
    twisted: serde_json::Map<String, Value>,
    /// The key's name in the token's head.
    kid: String,
    /// None: the time that it is.
    now: Option<i64>,
}

/// All three providers. Clones are the same ones.
#[derive(Debug, Clone)]
pub struct Fake {
    /// Where they are.
    pub base: Url,
    held: Arc<Mutex<Held>>,
}

impl Fake {
    /// Starts all three interfaces at one address: their paths do not meet.
    pub async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("an address");
        let fake = Self {
            base: Url::parse(&format!("http://{address}")).expect("an address"),
            held: Arc::new(Mutex::new(Held {
                kid: "one".to_owned(),
                ..Held::default()
            })),
        };
        let router = Router::new()
            .route("/login/oauth/access_token", post(github_token))
            .route("/api/v3/user", get(user))
            .route("/api/v3/user/emails", get(emails))
            .route("/api/oauth2/token", post(plain_token))
            .route("/api/users/@me", get(user))
            .route("/.well-known/openid-configuration", get(discovery))
            .route("/token", post(google_token))
            .route("/certs", get(certs))
            .merge(page::routes())
            .with_state(fake.clone());
        tokio::spawn(async move {
            axum::serve(listener, router)
                .await
                .expect("the fake serves");
        });
        fake
    }

    /// The settings by which the service uses it for a provider, without the beginning that all names have.
    #[must_use]
    pub fn settings(&self, provider: &str) -> Vec<(String, String)> {
        let name = provider.to_uppercase();
        vec![
            (format!("{name}_CLIENT_ID"), CLIENT_ID.to_owned()),
            (format!("{name}_CLIENT_SECRET"), CLIENT_SECRET.to_owned()),
            (format!("{name}_BASE_URL"), self.base.to_string()),
        ]
    }

    /// Who sits in front of a provider's page (`github`, `google`, `discord`) and agrees there, from now on.
    pub fn seat(&self, provider: &str, there: There) {
        self.held.lock().people.insert(provider.to_owned(), there);
    }

    /// Somebody opens the page and agrees: where the browser is sent to.
    #[must_use]
    pub fn visit(&self, page: &str, there: There) -> Url {
        let page = Url::parse(page).expect("a page");
        assert_eq!(page.origin(), self.base.origin(), "{page}");
        let asked: HashMap<String, String> = page.query_pairs().into_owned().collect();
        self.agree(&asked, there)
    }

    fn agree(&self, asked: &HashMap<String, String>, there: There) -> Url {
        assert_eq!(asked["response_type"], "code");
        assert_eq!(asked["client_id"], CLIENT_ID);
        assert_eq!(asked["code_challenge_method"], "S256");
        let mut held = self.held.lock();
        held.count += 1;
        let code = format!("code-{}", held.count);
        let grant = Grant {
            there,
            challenge: asked["code_challenge"].clone(),
            redirect: asked["redirect_uri"].clone(),
            nonce: asked.get("nonce").cloned(),
        };
        held.codes.insert(code.clone(), grant);
        let mut back = Url::parse(&asked["redirect_uri"]).expect("an address");
        back.query_pairs_mut()
            .append_pair("code", &code)
            .append_pair("state", &asked["state"]);
        back
    }

    /// What a Google token says instead of the truth, from now on.
    pub fn twist(&self, name: &str, value: Value) {
        self.held.lock().twisted.insert(name.to_owned(), value);
    }

    /// The name of the key in the heads of Google's tokens, from now on.
    pub fn name_key(&self, kid: &str) {
        self.held.lock().kid = kid.to_owned();
    }

    /// The time by which Google's tokens are made, in seconds since 1970; before, it is the machine's.
    pub fn set_time(&self, now: i64) {
        self.held.lock().now = Some(now);
    }

    fn redeem(&self, form: &HashMap<String, String>) -> Option<Grant> {
        let word = |name: &str| form.get(name).map(String::as_str);
        if word("grant_type") != Some("authorization_code")
            || word("client_id") != Some(CLIENT_ID)
            || word("client_secret") != Some(CLIENT_SECRET)
        {
            return None;
        }
        let grant = self.held.lock().codes.remove(word("code")?)?;
        (challenge(word("code_verifier")?) == grant.challenge
            && word("redirect_uri") == Some(&grant.redirect))
        .then_some(grant)
    }

    fn token_for(&self, there: There) -> String {
        let mut held = self.held.lock();
        held.count += 1;
        let token = format!("token-{}", held.count);
        held.tokens.insert(token.clone(), there);
        token
    }

    fn bearer(&self, headers: &HeaderMap) -> Option<There> {
        let value = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
        let token = value.strip_prefix("Bearer ")?;
        self.held.lock().tokens.get(token).cloned()
    }
}

/// PKCE's challenge for a verifier (RFC 7636, section 4.2).
fn challenge(verifier: &str) -> String {
    URL_SAFE_NO_PAD.encode(Sha256::digest(verifier))
}

fn clock() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    i64::try_from(since.expect("a clock after 1970").as_secs()).expect("a time")
}

type Fields = Form<HashMap<String, String>>;

/// GitHub answers a refusal with status 200.
async fn github_token(State(fake): State<Fake>, Form(form): Fields) -> Json<Value> {
    Json(match fake.redeem(&form) {
        Some(grant) => {
            json!({ "access_token": fake.token_for(grant.there), "token_type": "bearer", "scope": "" })
        }
        None => json!({ "error": "bad_verification_code" }),
    })
}

async fn plain_token(State(fake): State<Fake>, Form(form): Fields) -> Response {
    match fake.redeem(&form) {
        Some(grant) => {
            Json(json!({ "access_token": fake.token_for(grant.there), "token_type": "Bearer" }))
                .into_response()
        }
        None => refused(),
    }
}

fn refused() -> Response {
    (
        StatusCode::BAD_REQUEST,
        Json(json!({ "error": "invalid_grant" })),
    )
        .into_response()
}

async fn user(State(fake): State<Fake>, headers: HeaderMap) -> Response {
    match fake.bearer(&headers) {
        Some(there) => Json(there.user).into_response(),
        None => StatusCode::UNAUTHORIZED.into_response(),
    }
}

async fn emails(State(fake): State<Fake>, headers: HeaderMap) -> Response {
    match fake.bearer(&headers) {
        Some(there) => Json(there.emails).into_response(),
        None => StatusCode::UNAUTHORIZED.into_response(),
    }
}

async fn discovery(State(fake): State<Fake>) -> Json<Value> {
    let base = fake.base.as_str().trim_end_matches('/');
    Json(json!({
        "issuer": base,
        "authorization_endpoint": format!("{base}/o/oauth2/v2/auth"),
        "token_endpoint": format!("{base}/token"),
        "jwks_uri": format!("{base}/certs"),
    }))
}

async fn certs() -> Json<Value> {
    Json(json!({ "keys": [
        { "kty": "XYZ", "kid": "zero", "use": "sig" },
        { "kty": "RSA", "kid": "one", "use": "sig", "alg": "RS256", "n": MODULUS, "e": "AQAB" },
    ] }))
}

async fn google_token(State(fake): State<Fake>, Form(form): Fields) -> Response {
    let Some(grant) = fake.redeem(&form) else {
        return refused();
    };
    let held = fake.held.lock();
    let now = held.now.unwrap_or_else(clock);
    let mut claims = json!({
        "iss": fake.base.as_str().trim_end_matches('/'),
        "aud": CLIENT_ID,
        "azp": CLIENT_ID,
        "iat": now,
        "exp": now + 3_600,
        "nonce": grant.nonce,
    });
    let all = claims.as_object_mut().expect("an object");
    all.extend(grant.there.user.as_object().expect("claims").clone());
    all.extend(held.twisted.clone());
    let mut head = Header::new(Algorithm::RS256);
    head.kid = Some(held.kid.clone());
    let key = EncodingKey::from_rsa_der(&STANDARD.decode(KEY).expect("base 64"));
    let token = jsonwebtoken::encode(&head, &claims, &key).expect("a token");
    Json(json!({ "id_token": token, "access_token": "unused", "token_type": "Bearer" }))
        .into_response()
}
