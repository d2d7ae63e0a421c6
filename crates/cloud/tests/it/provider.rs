//! Signing in by GitHub, Google and Discord, against fakes of their own interfaces.

use crate::{
    front_door::{Pair, code, consents},
    support::{Answer, Cloud},
};
use axum::http::{Method, StatusCode};
use gameforge_cloud::identity::provider::challenge;
use gameforge_fakes::{Fake, There};
use serde_json::{Value, json};
use std::collections::HashMap;
use url::Url;

const VERIFIER: &str = "the Studio's own verifier, of at least 43 characters";
const BACK: &str = "http://127.0.0.1:49152/signed-in";

/// A service and a fake of a provider.
struct Stage {
    cloud: Cloud,
    fake: Fake,
    provider: &'static str,
}

impl Stage {
    async fn new(provider: &'static str) -> Self {
        let fake = Fake::start().await;
        let settings = fake.settings(provider);
        let settings: Vec<(&str, &str)> = settings
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()))
            .collect();
        let cloud = Cloud::with(&settings).await;
        fake.set_time(cloud.clock.now().timestamp());
        Self {
            cloud,
            fake,
            provider,
        }
    }

    fn beginning() -> Value {
        json!({ "code_challenge": challenge(VERIFIER), "state": "the-studio's-state", "redirect_uri": BACK })
    }

    /// Begins a sign-in, or a link for whoever has the token; gives the page.
    async fn begin(&self, token: Option<&str>) -> String {
        let path = match token {
            None => format!("/v1/auth/provider/{}/start", self.provider),
            Some(_) => format!("/v1/account/identities/{}/start", self.provider),
        };
        let answer = self
            .cloud
            .ask(Method::POST, &path, token, Some(Self::beginning()))
            .await;
        assert_eq!(answer.status, StatusCode::OK, "{:?}", answer.body);
        answer.body["authorize_url"]
            .as_str()
            .expect("a page")
            .to_owned()
    }

    /// The browser comes to the service with what the provider gave it; gives where it is sent.
    async fn come_back(&self, to: &Url) -> Answer {
        let path = format!("{}?{}", to.path(), to.query().unwrap_or_default());
        self.cloud.ask(Method::GET, &path, None, None).await
    }

    /// Goes all the way to the Studio's code.
    async fn code(&self, token: Option<&str>, there: There) -> String {
        let page = self.begin(token).await;
        let answer = self.come_back(&self.fake.visit(&page, there)).await;
        landed(&answer)["code"].clone()
    }

    async fn finish(&self, code: &str, verifier: &str, consents: Value) -> Answer {
        let body = json!({ "code": code, "code_verifier": verifier, "device_name": "Desk", "consents": consents });
        self.cloud.post("/v1/auth/provider/finish", body).await
    }

    async fn sign_in(&self, there: There) -> Answer {
        let code = self.code(None, there).await;
        self.finish(&code, VERIFIER, consents()).await
    }

    async fn link(&self, token: &str, there: There) -> Answer {
        let code = self.code(Some(token), there).await;
        let body = json!({ "code": code, "code_verifier": VERIFIER });
        self.cloud
            .post_as(token, "/v1/account/identities", body)
            .await
    }
}

/// What the Studio's page is opened with.
fn landed(answer: &Answer) -> HashMap<String, String> {
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{:?}", answer.body);
    let location = answer.headers["location"].to_str().expect("an address");
    assert!(location.starts_with(&format!("{BACK}?")), "{location}");
    let got: HashMap<String, String> = Url::parse(location)
        .expect("an address")
        .query_pairs()
        .into_owned()
        .collect();
    assert_eq!(got["state"], "the-studio's-state");
    got
}

fn ada_at(provider: &str, verified: bool) -> There {
    let (user, emails) = match provider {
        "github" => (
            json!({ "id": 4711, "login": "ada-l", "name": "Ada Lovelace", "email": null }),
            json!([
                { "email": "other@example.org", "primary": false, "verified": true },
                { "email": "ada@example.org", "primary": true, "verified": verified },
            ]),
        ),
        "discord" => (
            json!({ "id": "80351110224678912", "username": "ada-l", "global_name": "Ada Lovelace",
                "email": "ada@example.org", "verified": verified }),
            Value::Null,
        ),
        _ => (
            json!({ "sub": "110169484474386276334", "name": "Ada Lovelace", "email": "ada@example.org",
                "email_verified": verified }),
            Value::Null,
        ),
    };
    There { user, emails }
}

async fn comes_and_comes_again(provider: &'static str) {
    let stage = Stage::new(provider).await;
    let listed = stage
        .cloud
        .ask(Method::GET, "/v1/auth/providers", None, None)
        .await;
    assert_eq!(listed.body["providers"], json!([provider]));
    let first = stage.sign_in(ada_at(provider, true)).await;
    let pair = Pair::of(&first);
    let account = &first.body["account"];
    assert_eq!(account["email"], "ada@example.org");
    assert_eq!(account["email_verified"], true);
    assert_eq!(account["display_name"], "Ada Lovelace");
    assert_eq!(account["has_password"], false);
    let workspaces: i64 =
        sqlx::query_scalar("SELECT count(*) FROM workspace WHERE personal_of IS NOT NULL")
            .fetch_one(&mut stage.cloud.owner().await)
            .await
            .expect("the workspaces");
    assert_eq!(workspaces, 1);
    let again = stage.sign_in(ada_at(provider, true)).await;
    assert_eq!(
        again.body["account"]["id"], account["id"],
        "the same person"
    );
    let own = stage
        .cloud
        .get_as(&pair.access, "/v1/account/identities")
        .await;
    assert_eq!(own.body["items"][0]["provider"], provider);
    assert!(own.body["items"][0]["last_used_at"].is_string());
    let last = stage
        .cloud
        .ask(
            Method::DELETE,
            &format!("/v1/account/identities/{provider}"),
            Some(&pair.access),
            None,
        )
        .await;
    assert_eq!(code(&last), (409, "conflict"), "it is the last way in");
    let password = json!({ "password": "vier kleine Worte" });
    let set = stage
        .cloud
        .ask(
            Method::PUT,
            "/v1/account/password",
            Some(&pair.access),
            Some(password),
        )
        .await;
    assert_eq!(set.status, StatusCode::NO_CONTENT, "{:?}", set.body);
    let now = stage
        .cloud
        .ask(
            Method::DELETE,
            &format!("/v1/account/identities/{provider}"),
            Some(&pair.access),
            None,
        )
        .await;
    assert_eq!(now.status, StatusCode::NO_CONTENT);
    for action in ["account.registered", "identity.unlinked"] {
        assert_eq!(stage.cloud.audited(action).await, 1, "{action}");
    }
}

#[tokio::test]
async fn somebody_comes_by_github() {
    comes_and_comes_again("github").await;
}

#[tokio::test]
async fn somebody_comes_by_google() {
    comes_and_comes_again("google").await;
}

#[tokio::test]
async fn somebody_comes_by_discord() {
    comes_and_comes_again("discord").await;
}

#[tokio::test]
async fn an_address_with_an_account_is_not_taken_over_but_linked() {
    let stage = Stage::new("discord").await;
    stage.cloud.register("ada@example.org").await;
    let answer = stage.sign_in(ada_at("discord", true)).await;
    assert_eq!(code(&answer), (409, "conflict"));
    assert!(answer.body["detail"].to_string().contains("Sign in to it"));
    let unsure = stage.sign_in(ada_at("discord", false)).await;
    assert_eq!(
        code(&unsure),
        (403, "unverified"),
        "who cannot prove an address does not learn whether it has an account"
    );
    let desk = stage.cloud.sign_in("ada@example.org", "Desk").await;
    let linked = stage.link(&desk.access, ada_at("discord", true)).await;
    assert_eq!(linked.status, StatusCode::CREATED, "{:?}", linked.body);
    assert_eq!(linked.body["label"], "ada-l");
    assert_eq!(stage.cloud.audited("identity.linked").await, 1);
    let pair = Pair::of(&stage.sign_in(ada_at("discord", false)).await);
    let account = stage.cloud.get_as(&pair.access, "/v1/account").await;
    assert_eq!(account.body["email"], "ada@example.org");
    let twice = stage.link(&desk.access, ada_at("discord", true)).await;
    assert_eq!(code(&twice), (409, "conflict"));
    let eve = stage.cloud.person("eve").await;
    let theirs = stage.link(&eve.token, ada_at("discord", true)).await;
    assert_eq!(code(&theirs), (409, "conflict"), "it is linked elsewhere");
}

#[tokio::test]
async fn who_is_new_reads_the_texts_before_the_account_is_made() {
    let stage = Stage::new("github").await;
    let once = stage.code(None, ada_at("github", true)).await;
    let answer = stage.finish(&once, VERIFIER, json!([])).await;
    assert_eq!(code(&answer), (403, "consent_required"));
    assert_eq!(answer.body["fields"].as_array().map(Vec::len), Some(2));
    let accounts: i64 = sqlx::query_scalar("SELECT count(*) FROM account")
        .fetch_one(&mut stage.cloud.owner().await)
        .await
        .expect("the accounts");
    assert_eq!(accounts, 0);
    let answer = stage.finish(&once, VERIFIER, consents()).await;
    Pair::of(&answer);
    let replayed = stage.finish(&once, VERIFIER, consents()).await;
    assert_eq!(code(&replayed), (410, "expired"), "a code works once");
}

#[tokio::test]
async fn the_second_factor_is_asked_for_here_too() {
    let stage = Stage::new("github").await;
    let pair = Pair::of(&stage.sign_in(ada_at("github", true)).await);
    sqlx::query(
        "INSERT INTO second_factor SELECT id, '\\x00', created_at, created_at FROM account",
    )
    .execute(&mut stage.cloud.owner().await)
    .await
    .expect("a second factor");
    let answer = stage.sign_in(ada_at("github", true)).await;
    assert_eq!(answer.body["result"], "second_factor");
    assert!(answer.body.get("access_token").is_none());
    assert!(stage.cloud.opens(&pair.access).await);
}

#[tokio::test]
async fn states_and_codes_work_once_for_whoever_began() {
    let stage = Stage::new("github").await;
    let page = stage.begin(None).await;
    let back = stage.fake.visit(&page, ada_at("github", true));
    let mut forged = back.clone();
    forged.set_query(Some("code=code-1&state=forged"));
    assert_eq!(stage.come_back(&forged).await.status, StatusCode::GONE);
    let mut elsewhere = back.clone();
    elsewhere.set_path("/v1/auth/provider/discord/callback");
    assert_eq!(
        stage.come_back(&elsewhere).await.status,
        StatusCode::GONE,
        "a state is good for its own provider only"
    );
    let once = landed(&stage.come_back(&back).await)["code"].clone();
    let replayed = stage.come_back(&back).await;
    assert_eq!(replayed.status, StatusCode::GONE);
    assert!(
        !replayed.headers.contains_key("location"),
        "nobody is sent anywhere"
    );
    let stolen = stage
        .finish(
            &once,
            "somebody else's verifier, also of 43 characters",
            consents(),
        )
        .await;
    assert_eq!(code(&stolen), (410, "expired"));
    let burnt = stage.finish(&once, VERIFIER, consents()).await;
    assert_eq!(
        code(&burnt),
        (410, "expired"),
        "a code that somebody tried with a wrong verifier is burnt"
    );
    let page = stage.begin(None).await;
    stage.cloud.wait_minutes(16);
    let late = stage.fake.visit(&page, ada_at("github", true));
    assert_eq!(stage.come_back(&late).await.status, StatusCode::GONE);
    let once = stage.code(None, ada_at("github", true)).await;
    stage.cloud.wait_minutes(11);
    assert_eq!(
        code(&stage.finish(&once, VERIFIER, consents()).await),
        (410, "expired")
    );
}

#[tokio::test]
async fn a_sign_in_cannot_be_used_as_a_link_nor_by_another_person() {
    let stage = Stage::new("github").await;
    let (ada, eve) = (
        stage.cloud.person("ada").await,
        stage.cloud.person("eve").await,
    );
    let link_with = |token: String, once: String| {
        let cloud = &stage.cloud;
        async move {
            let body = json!({ "code": once, "code_verifier": VERIFIER });
            cloud.post_as(&token, "/v1/account/identities", body).await
        }
    };
    let plain = stage.code(None, ada_at("github", true)).await;
    assert_eq!(
        code(&link_with(ada.token.clone(), plain).await),
        (410, "expired")
    );
    let adas = stage.code(Some(&ada.token), ada_at("github", true)).await;
    assert_eq!(
        code(&stage.finish(&adas, VERIFIER, consents()).await),
        (410, "expired"),
        "a link is no sign-in"
    );
    assert_eq!(
        code(&link_with(eve.token.clone(), adas.clone()).await),
        (410, "expired")
    );
    assert_eq!(
        link_with(ada.token.clone(), adas).await.status,
        StatusCode::CREATED
    );
}

#[tokio::test]
async fn a_browser_is_sent_to_the_own_machine_only_and_told_what_went_wrong() {
    let stage = Stage::new("github").await;
    for redirect in [
        "https://evil.example/",
        "http://evil.example:49152/",
        "http://127.0.0.1:49152@evil.example/",
        "http://localhost:49152/",
        "javascript:alert(1)",
    ] {
        let mut body = Stage::beginning();
        body["redirect_uri"] = json!(redirect);
        let answer = stage
            .cloud
            .post("/v1/auth/provider/github/start", body)
            .await;
        assert_eq!(code(&answer), (422, "invalid"), "{redirect}");
    }
    for (field, value) in [
        ("code_challenge", "short"),
        (
            "code_challenge",
            "====E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSst",
        ),
        ("state", ""),
        ("state", "a\u{0}b"),
    ] {
        let mut body = Stage::beginning();
        body[field] = json!(value);
        let answer = stage
            .cloud
            .post("/v1/auth/provider/github/start", body)
            .await;
        assert_eq!(code(&answer), (422, "invalid"), "{field} {value:?}");
    }
    let unset = stage
        .cloud
        .post("/v1/auth/provider/google/start", Stage::beginning())
        .await;
    assert_eq!(code(&unset), (404, "not_found"), "it is not set up");
    for (query, wanted) in [
        ("error=access_denied", "access_denied"),
        ("error=something_else", "server_error"),
        ("", "server_error"),
        ("code=invented", "server_error"),
    ] {
        let page = stage.begin(None).await;
        let mut back = stage.fake.visit(&page, ada_at("github", true));
        let state = back
            .query_pairs()
            .find(|(name, _)| name == "state")
            .map(|(_, value)| value.into_owned())
            .expect("a state");
        back.set_query(Some(&format!("{query}&state={state}")));
        let got = landed(&stage.come_back(&back).await);
        assert_eq!(got["error"], wanted, "{query}");
        assert!(!got.contains_key("code"));
    }
}

#[tokio::test]
async fn a_google_token_is_taken_only_when_all_of_it_is_right() {
    let lies: [(&str, Value); 8] = [
        ("nonce", json!("of another sign-in")),
        ("nonce", Value::Null),
        ("aud", json!("another client")),
        ("azp", json!("another client")),
        ("iss", json!("https://evil.example")),
        ("exp", json!(1_000_000_000)),
        ("iat", json!(4_000_000_000_i64)),
        ("kid", json!("never published")),
    ];
    for (name, value) in lies {
        let stage = Stage::new("google").await;
        if let ("kid", Some(kid)) = (name, value.as_str()) {
            stage.fake.name_key(kid);
        } else {
            stage.fake.twist(name, value.clone());
        }
        let page = stage.begin(None).await;
        let back = stage.fake.visit(&page, ada_at("google", true));
        let got = landed(&stage.come_back(&back).await);
        assert_eq!(
            got.get("error").map(String::as_str),
            Some("server_error"),
            "{name} {value}"
        );
    }
    let stage = Stage::new("google").await;
    stage.fake.twist("email_verified", json!(false));
    let answer = stage.sign_in(ada_at("google", true)).await;
    assert_eq!(code(&answer), (403, "unverified"));
}

#[tokio::test]
async fn a_provider_that_is_away_is_said_to_be() {
    // Nobody listens there.
    let cloud = Cloud::with(&[
        ("GOOGLE_CLIENT_ID", "x"),
        ("GOOGLE_CLIENT_SECRET", "x"),
        ("GOOGLE_BASE_URL", "http://127.0.0.1:9"),
    ])
    .await;
    let answer = cloud
        .post("/v1/auth/provider/google/start", Stage::beginning())
        .await;
    assert_eq!(code(&answer), (503, "unavailable"));
    assert!(answer.headers.contains_key("retry-after"));
}

/// Somebody who signed in by a provider alone, so long ago that nothing is fresh any more.
struct Stale {
    stage: Stage,
    pair: Pair,
}

impl Stale {
    async fn new(provider: &'static str) -> Self {
        let stage = Stage::new(provider).await;
        let pair = Pair::of(&stage.sign_in(ada_at(provider, true)).await);
        stage.cloud.wait_minutes(11);
        stage.fake.set_time(stage.cloud.clock.now().timestamp());
        let pair = Pair::of(&stage.cloud.refresh(&pair.refresh).await);
        let dangerous = stage
            .cloud
            .ask(Method::POST, "/v1/account/factor", Some(&pair.access), None)
            .await;
        assert_eq!(code(&dangerous), (403, "step_up_required"));
        Self { stage, pair }
    }

    /// Goes through the pages once more; gives the Studio's code.
    async fn again(&self, there: There) -> String {
        let path = format!("/v1/auth/step-up/{}/start", self.stage.provider);
        let cloud = &self.stage.cloud;
        let begun = cloud
            .post_as(&self.pair.access, &path, Stage::beginning())
            .await;
        assert_eq!(begun.status, StatusCode::OK, "{:?}", begun.body);
        let page = begun.body["authorize_url"].as_str().expect("a page");
        assert!(page.contains("prompt="), "nobody passes it unseen: {page}");
        let back = self.stage.fake.visit(page, there);
        landed(&self.stage.come_back(&back).await)["code"].clone()
    }

    async fn finish(&self, token: &str, once: &str) -> Answer {
        let body = json!({ "code": once, "code_verifier": VERIFIER });
        let cloud = &self.stage.cloud;
        cloud.post_as(token, "/v1/auth/step-up/finish", body).await
    }
}

async fn shows_afresh_by_the_provider(provider: &'static str) {
    let stale = Stale::new(provider).await;
    let once = stale.again(ada_at(provider, true)).await;
    let fresh = stale.finish(&stale.pair.access, &once).await;
    assert_eq!(fresh.status, StatusCode::OK, "{:?}", fresh.body);
    let access = fresh.body["access_token"].as_str().expect("a token");
    let cloud = &stale.stage.cloud;
    let dangerous = cloud
        .ask(Method::POST, "/v1/account/factor", Some(access), None)
        .await;
    assert_eq!(dangerous.status, StatusCode::OK, "{:?}", dangerous.body);
    assert_eq!(cloud.audited("session.stepped_up").await, 1);
    let replayed = stale.finish(&stale.pair.access, &once).await;
    assert_eq!(code(&replayed), (410, "expired"));
}

#[tokio::test]
async fn who_has_no_password_shows_afresh_by_github() {
    shows_afresh_by_the_provider("github").await;
}

#[tokio::test]
async fn who_has_no_password_shows_afresh_by_google() {
    shows_afresh_by_the_provider("google").await;
}

#[tokio::test]
async fn who_has_no_password_shows_afresh_by_discord() {
    shows_afresh_by_the_provider("discord").await;
}

#[tokio::test]
async fn only_the_linked_account_on_the_same_device_shows_afresh() {
    let stale = Stale::new("github").await;
    let (cloud, access) = (&stale.stage.cloud, stale.pair.access.clone());
    let mut eve = ada_at("github", true);
    eve.user["id"] = json!(4712);
    let once = stale.again(eve).await;
    let other = stale.finish(&access, &once).await;
    assert_eq!(code(&other), (401, "wrong_credentials"));
    assert_eq!(cloud.audited("step_up.refused").await, 1);

    let second = Pair::of(&stale.stage.sign_in(ada_at("github", true)).await);
    let once = stale.again(ada_at("github", true)).await;
    let elsewhere = stale.finish(&second.access, &once).await;
    assert_eq!(
        code(&elsewhere),
        (410, "expired"),
        "begun on another device"
    );
    let sign_in = stale.stage.finish(&once, VERIFIER, consents()).await;
    assert_eq!(code(&sign_in), (410, "expired"), "it is no sign-in");
    let link = json!({ "code": once, "code_verifier": VERIFIER });
    let link = cloud.post_as(&access, "/v1/account/identities", link).await;
    assert_eq!(code(&link), (410, "expired"), "nor a link");
    let plain = stale.stage.code(None, ada_at("github", true)).await;
    let plain = stale.finish(&access, &plain).await;
    assert_eq!(code(&plain), (410, "expired"), "and a sign-in is not this");
    let own = stale.finish(&access, &once).await;
    assert_eq!(own.status, StatusCode::OK, "{:?}", own.body);

    let bob = cloud.person("bob").await;
    let begin = |token: String| async move {
        let path = "/v1/auth/step-up/github/start";
        cloud.post_as(&token, path, Stage::beginning()).await
    };
    assert_eq!(
        code(&begin(bob.token).await),
        (404, "not_found"),
        "he has no such link"
    );
    let once = stale.again(ada_at("github", true)).await;
    sqlx::query(
        "INSERT INTO second_factor SELECT id, '\\x00', created_at, created_at FROM account WHERE email = 'ada@example.org'",
    )
    .execute(&mut cloud.owner().await)
    .await
    .expect("a second factor");
    assert_eq!(code(&begin(access.clone()).await), (422, "invalid"));
    let late = stale.finish(&access, &once).await;
    assert_eq!(
        code(&late),
        (422, "invalid"),
        "the factor is the stronger proof"
    );
}
