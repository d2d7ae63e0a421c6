//! The second factor: turning it on, signing in with it, recovery codes, showing afresh who one is.

use crate::{
    front_door::{PASSWORD, Pair, code, credentials},
    support::{Answer, Cloud},
};
use axum::http::{Method, StatusCode};
use chrono::TimeDelta;
use gameforge_cloud::identity::totp::Authenticator;
use gameforge_domain::Email;
use serde_json::{Value, json};

const ADA: &str = "ada@example.org";

/// Somebody with a second factor.
struct Guarded {
    cloud: Cloud,
    pair: Pair,
    authenticator: Authenticator,
    recovery: Vec<String>,
}

impl Guarded {
    async fn new() -> Self {
        let cloud = Cloud::start().await;
        cloud.register(ADA).await;
        let pair = cloud.sign_in(ADA, "Desk").await;
        let setup = cloud
            .post_as(&pair.access, "/v1/account/factor", Value::Null)
            .await;
        assert_eq!(setup.status, StatusCode::OK, "{:?}", setup.body);
        let secret = base32(setup.body["secret"].as_str().expect("a secret"));
        let email = Email::parse(ADA).expect("an address");
        let authenticator = Authenticator::new(&secret, &email).expect("a secret");
        assert!(
            setup.body["url"]
                .as_str()
                .is_some_and(|url| url.contains(&authenticator.base32())),
            "{:?}",
            setup.body["url"]
        );
        assert!(
            setup.body["qr_svg"]
                .as_str()
                .is_some_and(|it| it.contains("<svg"))
        );
        let wrong = cloud
            .post_as(
                &pair.access,
                "/v1/account/factor/confirm",
                json!({ "code": "00000" }),
            )
            .await;
        assert_eq!(code(&wrong), (401, "wrong_credentials"));
        let account = cloud.get_as(&pair.access, "/v1/account").await;
        assert_eq!(account.body["has_second_factor"], false, "not yet");
        let right = authenticator.code(cloud.clock.now());
        let confirmed = cloud
            .post_as(
                &pair.access,
                "/v1/account/factor/confirm",
                json!({ "code": right }),
            )
            .await;
        assert_eq!(confirmed.status, StatusCode::OK, "{:?}", confirmed.body);
        let recovery: Vec<String> =
            serde_json::from_value(confirmed.body["codes"].clone()).expect("codes");
        assert_eq!(recovery.len(), 10);
        Self {
            cloud,
            pair,
            authenticator,
            recovery,
        }
    }

    /// The code of now. Each is taken once: the clock goes on by a step first.
    fn next_code(&self) -> String {
        self.cloud.clock.advance(TimeDelta::seconds(30));
        self.authenticator.code(self.cloud.clock.now())
    }

    async fn challenge(&self) -> String {
        let answer = self
            .cloud
            .post("/v1/auth/sign-in", credentials(ADA, PASSWORD, "Couch"))
            .await;
        assert_eq!(answer.body["result"], "second_factor", "{:?}", answer.body);
        assert!(answer.body.get("access_token").is_none());
        answer.body["challenge"]
            .as_str()
            .expect("a challenge")
            .to_owned()
    }

    async fn answer(&self, challenge: &str, code: &str) -> Answer {
        self.cloud
            .post(
                "/v1/auth/second-factor",
                json!({ "challenge": challenge, "code": code }),
            )
            .await
    }
}

/// RFC 4648, as the authenticator reads it.
fn base32(text: &str) -> Vec<u8> {
    let (mut bits, mut held, mut bytes) = (0_u32, 0, Vec::new());
    for letter in text.bytes() {
        let value = match letter {
            b'A'..=b'Z' => letter - b'A',
            b'2'..=b'7' => letter - b'2' + 26,
            _ => panic!("{text} is not base 32"),
        };
        bits = (bits << 5) | u32::from(value);
        held += 5;
        if held >= 8 {
            held -= 8;
            bytes.push(u8::try_from((bits >> held) & 0xff).expect("a byte"));
        }
    }
    bytes
}

#[tokio::test]
async fn the_second_factor_is_asked_for_and_no_code_counts_twice() {
    let ada = Guarded::new().await;
    assert_eq!(ada.cloud.audited("factor.enabled").await, 1);
    let challenge = ada.challenge().await;
    let right = ada.next_code();
    let pair = Pair::of(&ada.answer(&challenge, &right).await);
    assert!(ada.cloud.opens(&pair.access).await);
    let replayed = ada.answer(&challenge, &ada.next_code()).await;
    assert_eq!(code(&replayed), (410, "expired"), "a challenge works once");
    let second = ada.challenge().await;
    let seen = ada.answer(&second, &right).await;
    assert_eq!(
        code(&seen),
        (401, "wrong_credentials"),
        "somebody looked over the shoulder"
    );
    Pair::of(&ada.answer(&second, &ada.next_code()).await);
}

#[tokio::test]
async fn five_attempts_and_five_minutes_are_all() {
    let ada = Guarded::new().await;
    let challenge = ada.challenge().await;
    let right = ada.next_code();
    let wrong = if right == "000000" {
        "000001"
    } else {
        "000000"
    };
    for turn in 0..5 {
        let answer = ada.answer(&challenge, wrong).await;
        assert_eq!(code(&answer), (401, "wrong_credentials"), "attempt {turn}");
    }
    let answer = ada.answer(&challenge, &right).await;
    assert_eq!(
        code(&answer),
        (410, "expired"),
        "the right one comes too late"
    );
    assert_eq!(ada.cloud.audited("second_factor.refused").await, 5);
    let challenge = ada.challenge().await;
    ada.cloud.wait_minutes(5);
    let answer = ada.answer(&challenge, &ada.next_code()).await;
    assert_eq!(code(&answer), (410, "expired"));
}

#[tokio::test]
async fn a_recovery_code_works_once_in_place_of_the_factor() {
    let ada = Guarded::new().await;
    let typed = ada.recovery[3].replace('-', " ").to_uppercase();
    let pair = Pair::of(&ada.answer(&ada.challenge().await, &typed).await);
    let account = ada.cloud.get_as(&pair.access, "/v1/account").await;
    assert_eq!(account.body["recovery_codes_left"], 9);
    let again = ada.answer(&ada.challenge().await, &ada.recovery[3]).await;
    assert_eq!(code(&again), (401, "wrong_credentials"));
    let renewed = ada
        .cloud
        .post_as(&pair.access, "/v1/account/factor/codes", Value::Null)
        .await;
    assert_eq!(renewed.status, StatusCode::OK);
    let old = ada.answer(&ada.challenge().await, &ada.recovery[4]).await;
    assert_eq!(
        code(&old),
        (401, "wrong_credentials"),
        "the old ones are gone"
    );
    let new = renewed.body["codes"][0].as_str().expect("a code");
    Pair::of(&ada.answer(&ada.challenge().await, new).await);
}

#[tokio::test]
async fn dangerous_things_want_a_fresh_proof() {
    let ada = Guarded::new().await;
    ada.cloud.wait_minutes(10);
    let pair = Pair::of(&ada.cloud.refresh(&ada.pair.refresh).await);
    let turn_off = |token: String| {
        let cloud = &ada.cloud;
        async move {
            cloud
                .ask(Method::DELETE, "/v1/account/factor", Some(&token), None)
                .await
        }
    };
    assert_eq!(
        code(&turn_off(pair.access.clone()).await),
        (403, "step_up_required")
    );
    let step_up = |body: Value| ada.cloud.post_as(&pair.access, "/v1/auth/step-up", body);
    assert_eq!(
        code(&step_up(json!({ "password": PASSWORD })).await),
        (422, "invalid"),
        "the password is what a thief may have"
    );
    assert_eq!(
        code(&step_up(json!({ "code": "12345" })).await),
        (401, "wrong_credentials")
    );
    let fresh = step_up(json!({ "code": ada.next_code() })).await;
    assert_eq!(fresh.status, StatusCode::OK, "{:?}", fresh.body);
    let token = fresh.body["access_token"].as_str().expect("a token");
    let turned = Pair::of(&ada.cloud.refresh(&pair.refresh).await);
    assert_eq!(
        turn_off(token.to_owned()).await.status,
        StatusCode::NO_CONTENT
    );
    assert_eq!(
        code(&turn_off(turned.access).await),
        (404, "not_found"),
        "the next token carries the fresh proof, too; there is nothing left to turn off"
    );
    ada.cloud.sign_in(ADA, "Desk").await;
    assert_eq!(ada.cloud.audited("factor.disabled").await, 1);
}

#[tokio::test]
async fn without_a_factor_the_password_is_the_proof() {
    let cloud = Cloud::start().await;
    cloud.register(ADA).await;
    let pair = cloud.sign_in(ADA, "Desk").await;
    cloud.wait_minutes(9);
    let body = json!({ "password": "not the password" });
    let wrong = cloud.post_as(&pair.access, "/v1/auth/step-up", body).await;
    assert_eq!(code(&wrong), (401, "wrong_credentials"));
    let right = cloud
        .post_as(
            &pair.access,
            "/v1/auth/step-up",
            json!({ "password": PASSWORD }),
        )
        .await;
    assert_eq!(right.status, StatusCode::OK, "{:?}", right.body);
    for _ in 0..10 {
        cloud
            .post_as(
                &pair.access,
                "/v1/auth/step-up",
                json!({ "password": "a guess" }),
            )
            .await;
    }
    let limited = cloud
        .post_as(
            &pair.access,
            "/v1/auth/step-up",
            json!({ "password": PASSWORD }),
        )
        .await;
    assert_eq!(
        code(&limited),
        (429, "rate_limited"),
        "a stolen token does not let one guess on"
    );
}

#[tokio::test]
async fn the_secret_is_sealed_for_its_owner() {
    let ada = Guarded::new().await;
    let sealed: Vec<u8> = sqlx::query_scalar("SELECT sealed_secret FROM second_factor")
        .fetch_one(&mut ada.cloud.owner().await)
        .await
        .expect("a factor");
    let plain = base32(&ada.authenticator.base32());
    assert!(
        !sealed.windows(plain.len()).any(|part| part == plain),
        "the secret lies open in the database"
    );
    let second = ada
        .cloud
        .post_as(&ada.pair.access, "/v1/account/factor", Value::Null)
        .await;
    assert_eq!(
        code(&second),
        (409, "conflict"),
        "one that counts is not replaced unseen"
    );
}
