//! Coming in by address and password: registration, proofs by mail, signing in, passwords.

use crate::{
    front_door::{PASSWORD, Pair, code, consents, credentials, registration, said},
    support::Cloud,
};
use axum::{
    body::Body,
    http::{Method, Request, StatusCode, header},
};
use gameforge_cloud::identity::password::hashed;
use serde_json::{Value, json};
use sha1::{Digest, Sha1};
use std::fmt::Write as _;

const ADA: &str = "ada@example.org";
const EVE: &str = "eve@example.org";

#[tokio::test]
async fn who_registers_verifies_and_signs_in_has_an_account_and_a_workspace() {
    let cloud = Cloud::start().await;
    cloud.register(ADA).await;
    let pair = cloud.sign_in("ADA@Example.org", "Desk").await;
    let account = cloud.get_as(&pair.access, "/v1/account").await;
    assert_eq!(account.body["email"], ADA);
    assert_eq!(account.body["email_verified"], true);
    assert_eq!(account.body["has_password"], true);
    let own: (String, String) = sqlx::query_as(
        "SELECT workspace.name, role FROM workspace JOIN workspace_member ON workspace_id = workspace.id
         WHERE personal_of = account_id",
    )
    .fetch_one(&mut cloud.owner().await)
    .await
    .expect("exactly one personal workspace");
    assert_eq!(own, ("Ada".to_owned(), "owner".to_owned()));
    let agreed: Vec<String> = sqlx::query_scalar("SELECT purpose FROM consent ORDER BY purpose")
        .fetch_all(&mut cloud.owner().await)
        .await
        .expect("consents");
    assert_eq!(agreed, ["privacy", "terms"]);
    for action in ["account.registered", "account.verified", "session.created"] {
        assert_eq!(cloud.audited(action).await, 1, "{action}");
    }
    let out = cloud
        .ask(Method::POST, "/v1/auth/sign-out", Some(&pair.access), None)
        .await;
    assert_eq!(out.status, StatusCode::NO_CONTENT);
    assert!(
        !cloud.opens(&pair.access).await,
        "signed out is out at once"
    );
    assert_eq!(
        cloud.refresh(&pair.refresh).await.status,
        StatusCode::UNAUTHORIZED
    );
    assert_eq!(cloud.audited("session.revoked").await, 1);
}

#[tokio::test]
async fn nobody_learns_from_answers_or_work_whether_an_address_has_an_account() {
    let cloud = Cloud::start().await;
    cloud.register(ADA).await;
    let mut compared = Vec::new();
    for email in [ADA, EVE] {
        let before = hashed();
        let registered = cloud
            .post("/v1/auth/register", registration(email, "other good words"))
            .await;
        let register_work = hashed() - before;
        let forgotten = cloud
            .post("/v1/auth/password/forgotten", json!({ "email": email }))
            .await;
        let again = cloud
            .post("/v1/auth/verify/again", json!({ "email": email }))
            .await;
        let before = hashed();
        let refused = cloud
            .post(
                "/v1/auth/sign-in",
                credentials(email, "not the password", "Desk"),
            )
            .await;
        let sign_in_work = hashed() - before;
        assert_eq!(registered.body["email"], email);
        compared.push((
            registered.status,
            register_work,
            forgotten.status,
            again.status,
            said(&refused),
            sign_in_work,
        ));
    }
    assert_eq!(compared[0], compared[1], "known and unknown");
    assert_eq!(compared[0].1, 1, "one hash is made at a registration");
    assert_eq!(compared[0].5, 1, "one hash is compared at a sign-in");
    let stranger = cloud
        .post(
            "/v1/auth/sign-in",
            credentials("nobody@example.org", "not the password", "Desk"),
        )
        .await;
    assert_eq!(said(&stranger), compared[0].4, "an address never seen");
    assert_eq!(
        cloud.letter_kinds(ADA).await,
        ["verify", "already_registered", "reset"],
        "only the letters differ"
    );
    assert!(cloud.letters("nobody@example.org").await.is_empty());
}

#[tokio::test]
async fn an_account_counts_once_its_address_is_proven() {
    let cloud = Cloud::start().await;
    cloud
        .post("/v1/auth/register", registration(ADA, PASSWORD))
        .await;
    let answer = cloud
        .post("/v1/auth/sign-in", credentials(ADA, PASSWORD, "Desk"))
        .await;
    assert_eq!(code(&answer), (403, "unverified"));
    let wrong = cloud
        .post(
            "/v1/auth/sign-in",
            credentials(ADA, "not it at all", "Desk"),
        )
        .await;
    assert_eq!(
        code(&wrong),
        (401, "wrong_credentials"),
        "only who knows the password learns that the address waits"
    );
    cloud.wait_minutes(24 * 60 + 1);
    let late = cloud.secret(ADA, "verify").await;
    let answer = cloud
        .post("/v1/auth/verify", json!({ "token": late }))
        .await;
    assert_eq!(code(&answer), (410, "expired"));
    cloud
        .post("/v1/auth/verify/again", json!({ "email": ADA }))
        .await;
    let fresh = cloud.secret(ADA, "verify").await;
    assert_ne!(late, fresh);
    let answer = cloud
        .post("/v1/auth/verify", json!({ "token": fresh }))
        .await;
    assert_eq!(answer.status, StatusCode::NO_CONTENT);
    let replayed = cloud
        .post("/v1/auth/verify", json!({ "token": fresh }))
        .await;
    assert_eq!(code(&replayed), (410, "expired"), "a secret works once");
    cloud.sign_in(ADA, "Desk").await;
}

#[tokio::test]
async fn a_squatter_cannot_choose_the_password_of_somebody_elses_account() {
    let cloud = Cloud::start().await;
    cloud
        .post("/v1/auth/register", registration(ADA, PASSWORD))
        .await;
    let own = cloud.secret(ADA, "verify").await;
    cloud.wait_minutes(1);
    // Somebody else registers the same address while the owner looks for the letter.
    cloud
        .post(
            "/v1/auth/register",
            registration(ADA, "the squatter's words"),
        )
        .await;
    let squatters = cloud.secret(ADA, "verify").await;
    assert_ne!(own, squatters);
    let answer = cloud.post("/v1/auth/verify", json!({ "token": own })).await;
    assert_eq!(answer.status, StatusCode::NO_CONTENT);
    let theirs = cloud
        .post(
            "/v1/auth/sign-in",
            credentials(ADA, "the squatter's words", "Desk"),
        )
        .await;
    assert_eq!(code(&theirs), (401, "wrong_credentials"));
    cloud.sign_in(ADA, "Desk").await;
    let answer = cloud
        .post("/v1/auth/verify", json!({ "token": squatters }))
        .await;
    assert_eq!(code(&answer), (410, "expired"), "their letter is withdrawn");
}

#[tokio::test]
async fn required_consents_are_asked_for_in_their_newest_version() {
    let cloud = Cloud::start().await;
    let with = |consents: Value| {
        let mut body = registration(ADA, PASSWORD);
        body["consents"] = consents;
        body
    };
    let answer = cloud.post("/v1/auth/register", with(json!([]))).await;
    assert_eq!(code(&answer), (403, "consent_required"));
    let named: Vec<&str> = answer.body["fields"]
        .as_array()
        .expect("fields")
        .iter()
        .filter_map(|field| field["field"].as_str())
        .collect();
    assert_eq!(named, ["privacy", "terms"]);
    let mut refused = consents();
    refused[0]["given"] = json!(false);
    let answer = cloud.post("/v1/auth/register", with(refused)).await;
    assert_eq!(code(&answer), (403, "consent_required"));
    let mut old = consents();
    old[0]["version"] = json!(0);
    let answer = cloud.post("/v1/auth/register", with(old)).await;
    assert_eq!(code(&answer), (409, "conflict"));
    assert!(cloud.letters(ADA).await.is_empty(), "nothing was made");
}

#[tokio::test]
async fn passwords_that_were_stolen_elsewhere_are_refused() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let list = folder.path().join("stolen.txt");
    let mut lines: Vec<String> = [
        "stolen from a shop",
        "stolen from a bank",
        "Stolen Shouting",
    ]
    .iter()
    .map(|word| {
        Sha1::digest(word.as_bytes())
            .iter()
            .fold(String::new(), |mut text, byte| {
                write!(text, "{byte:02X}").expect("writing to a text");
                text
            })
    })
    .collect();
    lines.sort();
    std::fs::write(&list, lines.join(":12\r\n") + ":3\r\n").expect("writing the list");
    let cloud = Cloud::with(&[("BREACHED_FILE", &list.to_string_lossy())]).await;
    for (password, is_taken) in [
        ("stolen from a shop", false),
        ("STOLEN from a shop", false),
        ("Stolen Shouting", false),
        ("short", false),
        ("gameforge123", false),
        ("stolen from nobody", true),
    ] {
        let answer = cloud
            .post("/v1/auth/register", registration(EVE, password))
            .await;
        let wanted = if is_taken {
            (202, "")
        } else {
            (422, "invalid")
        };
        assert_eq!(code(&answer), wanted, "{password}");
        cloud.wait_minutes(1);
    }
}

#[tokio::test]
async fn a_forgotten_password_is_set_anew_and_everybody_is_signed_out() {
    let cloud = Cloud::start().await;
    cloud.register(ADA).await;
    let desk = cloud.sign_in(ADA, "Desk").await;
    for _ in 0..2 {
        cloud
            .post("/v1/auth/password/forgotten", json!({ "email": ADA }))
            .await;
        cloud.wait_minutes(1);
    }
    let letters = cloud.letters(ADA).await;
    let secrets: Vec<&str> = letters
        .iter()
        .filter(|letter| letter["words"]["letter"] == "reset")
        .filter_map(|letter| letter["words"]["link"].as_str()?.split_once('#'))
        .map(|(_, secret)| secret)
        .collect();
    assert_eq!(secrets.len(), 2);
    let reset = |token: &str, password: &str| {
        cloud.post(
            "/v1/auth/password/reset",
            json!({ "token": token, "password": password }),
        )
    };
    assert_eq!(
        code(&reset(secrets[1], "short").await),
        (422, "invalid"),
        "a weak password does not use the secret up"
    );
    let answer = cloud
        .post("/v1/auth/verify", json!({ "token": secrets[1] }))
        .await;
    assert_eq!(code(&answer), (410, "expired"), "it is for nothing else");
    let answer = reset(secrets[1], "five new little words").await;
    assert_eq!(answer.status, StatusCode::NO_CONTENT, "{:?}", answer.body);
    for secret in &secrets {
        assert_eq!(
            code(&reset(secret, "another new password").await),
            (410, "expired")
        );
    }
    assert!(!cloud.opens(&desk.access).await, "the desk is signed out");
    assert_eq!(
        cloud.refresh(&desk.refresh).await.status,
        StatusCode::UNAUTHORIZED
    );
    let old = cloud
        .post("/v1/auth/sign-in", credentials(ADA, PASSWORD, "Desk"))
        .await;
    assert_eq!(code(&old), (401, "wrong_credentials"));
    let new = credentials(ADA, "five new little words", "Desk");
    Pair::of(&cloud.post("/v1/auth/sign-in", new).await);
    assert_eq!(cloud.audited("password.reset").await, 1);
    assert_eq!(
        cloud.letter_kinds(ADA).await.last().map(String::as_str),
        Some("password_changed")
    );
}

#[tokio::test]
async fn a_reset_letter_also_proves_the_address_and_ends_after_an_hour() {
    let cloud = Cloud::start().await;
    cloud
        .post("/v1/auth/register", registration(ADA, "forgotten at once"))
        .await;
    cloud
        .post("/v1/auth/password/forgotten", json!({ "email": ADA }))
        .await;
    cloud.wait_minutes(61);
    let late = json!({ "token": cloud.secret(ADA, "reset").await, "password": PASSWORD });
    let answer = cloud.post("/v1/auth/password/reset", late).await;
    assert_eq!(code(&answer), (410, "expired"));
    cloud
        .post("/v1/auth/password/forgotten", json!({ "email": ADA }))
        .await;
    let fresh = json!({ "token": cloud.secret(ADA, "reset").await, "password": PASSWORD });
    let answer = cloud.post("/v1/auth/password/reset", fresh).await;
    assert_eq!(answer.status, StatusCode::NO_CONTENT);
    cloud.sign_in(ADA, "Desk").await;
}

#[tokio::test]
async fn a_changed_password_signs_all_others_out() {
    let cloud = Cloud::start().await;
    cloud.register(ADA).await;
    let (desk, couch) = (
        cloud.sign_in(ADA, "Desk").await,
        cloud.sign_in(ADA, "Couch").await,
    );
    let change = |current: Value| {
        let body = json!({ "current": current, "password": "five new little words" });
        cloud.ask(
            Method::PUT,
            "/v1/account/password",
            Some(&desk.access),
            Some(body),
        )
    };
    assert_eq!(
        code(&change(json!("a guess of somebody")).await),
        (401, "wrong_credentials")
    );
    assert_eq!(code(&change(Value::Null).await), (422, "invalid"));
    assert!(cloud.opens(&couch.access).await);
    assert_eq!(change(json!(PASSWORD)).await.status, StatusCode::NO_CONTENT);
    assert!(cloud.opens(&desk.access).await, "the one that asked stays");
    assert!(!cloud.opens(&couch.access).await);
    assert_eq!(cloud.audited("password.changed").await, 1);
}

#[tokio::test]
async fn another_address_counts_once_it_is_proven() {
    let cloud = Cloud::start().await;
    cloud.register(ADA).await;
    cloud.register("bob@example.org").await;
    let desk = cloud.sign_in(ADA, "Desk").await;
    cloud
        .post("/v1/auth/password/forgotten", json!({ "email": ADA }))
        .await;
    let old_reset = cloud.secret(ADA, "reset").await;
    let change = |email: &'static str| {
        cloud.ask(
            Method::PUT,
            "/v1/account/email",
            Some(&desk.access),
            Some(json!({ "email": email })),
        )
    };
    let taken = change("bob@example.org").await;
    let free = change("ada@new.example").await;
    assert_eq!(taken.status, free.status, "who has an address is not told");
    assert_eq!(
        cloud.letter_kinds("bob@example.org").await,
        ["verify", "already_registered"]
    );
    assert_eq!(
        cloud.get_as(&desk.access, "/v1/account").await.body["email"],
        ADA,
        "not yet"
    );
    let secret = cloud.secret("ada@new.example", "change_address").await;
    let confirm = || cloud.post("/v1/auth/email/confirm", json!({ "token": secret }));
    assert_eq!(confirm().await.status, StatusCode::NO_CONTENT);
    assert_eq!(code(&confirm().await), (410, "expired"));
    assert_eq!(
        cloud.get_as(&desk.access, "/v1/account").await.body["email"],
        "ada@new.example"
    );
    assert!(
        cloud
            .letter_kinds(ADA)
            .await
            .contains(&"address_changed".to_owned()),
        "the old address learns of it"
    );
    let answer = cloud
        .post(
            "/v1/auth/password/reset",
            json!({ "token": old_reset, "password": "taken by the old address" }),
        )
        .await;
    assert_eq!(
        code(&answer),
        (410, "expired"),
        "letters to the old address open nothing"
    );
    let stale = cloud
        .app
        .tokens
        .sign(
            desk_account(&cloud).await,
            desk.session.parse().expect("an id"),
            None,
            cloud.clock.now(),
        )
        .expect("a token");
    let answer = cloud
        .ask(
            Method::PUT,
            "/v1/account/email",
            Some(&stale),
            Some(json!({ "email": "x@new.example" })),
        )
        .await;
    assert_eq!(code(&answer), (403, "step_up_required"));
}

async fn desk_account(cloud: &Cloud) -> gameforge_domain::AccountId {
    let id = sqlx::query_scalar("SELECT id FROM account WHERE email = 'ada@new.example'")
        .fetch_one(&mut cloud.owner().await)
        .await
        .expect("the account");
    gameforge_domain::AccountId::from_uuid(id)
}

#[tokio::test]
async fn what_others_see_can_be_changed_and_is_noted() {
    let cloud = Cloud::start().await;
    let ada = cloud.person("ada").await;
    let patch = |body: Value| cloud.ask(Method::PATCH, "/v1/account", Some(&ada.token), Some(body));
    let answer = patch(json!({ "display_name": "Ada L.", "locale": "de" })).await;
    assert_eq!(
        (&answer.body["display_name"], &answer.body["locale"]),
        (&json!("Ada L."), &json!("de"))
    );
    let answer = patch(json!({})).await;
    assert_eq!(
        answer.body["display_name"], "Ada L.",
        "nothing given, nothing changed"
    );
    for bad in [
        json!({ "locale": "tlh" }),
        json!({ "display_name": "" }),
        json!({ "role": "ADMIN" }),
    ] {
        assert_eq!(code(&patch(bad.clone()).await), (422, "invalid"), "{bad}");
    }
    let noted: Vec<(Value, Value)> =
        sqlx::query_as("SELECT before, after FROM audit_event WHERE action = 'account.changed'")
            .fetch_all(&mut cloud.owner().await)
            .await
            .expect("the audit log");
    assert_eq!(
        noted,
        [(
            json!({ "display_name": "ada", "locale": "en" }),
            json!({ "display_name": "Ada L.", "locale": "de" })
        )]
    );
}

#[tokio::test]
async fn a_suspended_account_is_told_why_and_only_to_its_owner() {
    let cloud = Cloud::start().await;
    cloud.register(ADA).await;
    let desk = cloud.sign_in(ADA, "Desk").await;
    sqlx::query("UPDATE account SET suspended_at = now(), suspended_reason = 'Spam'")
        .execute(&mut cloud.owner().await)
        .await
        .expect("suspending");
    let answer = cloud
        .post("/v1/auth/sign-in", credentials(ADA, PASSWORD, "Desk"))
        .await;
    assert_eq!(code(&answer), (403, "forbidden"));
    assert!(answer.body["detail"].to_string().contains("Spam"));
    let answer = cloud
        .post(
            "/v1/auth/sign-in",
            credentials(ADA, "not it at all", "Desk"),
        )
        .await;
    assert_eq!(code(&answer), (401, "wrong_credentials"));
    assert_eq!(
        cloud.refresh(&desk.refresh).await.status,
        StatusCode::UNAUTHORIZED,
        "no new token for a suspended account"
    );
}

#[tokio::test]
async fn guessing_is_slowed_down_per_address_and_per_account() {
    let cloud = Cloud::start().await;
    cloud.register(ADA).await;
    let guess = |from: String, email: String| {
        let cloud = &cloud;
        async move {
            let body = credentials(&email, "a guess, and a wrong one", "Desk");
            let path = "/v1/auth/sign-in";
            cloud
                .ask_from(&from, Method::POST, path, None, Some(body))
                .await
        }
    };
    // One address, few accounts: twenty at once and one in three seconds.
    let began = cloud.clock.now();
    let mut through = 0;
    let limited = loop {
        let answer = guess("192.0.2.1".into(), format!("a{}@example.org", through % 4)).await;
        if answer.status == StatusCode::TOO_MANY_REQUESTS {
            break answer;
        }
        assert_eq!(answer.status, StatusCode::UNAUTHORIZED);
        through += 1;
        let more = (cloud.clock.now() - began).num_seconds() / 3 + 1;
        assert!(through <= 20 + more, "{through} guesses");
    };
    assert!(through >= 20, "a person may err: {through}");
    assert_eq!(code(&limited), (429, "rate_limited"));
    let wait: u64 = limited.headers["retry-after"]
        .to_str()
        .ok()
        .and_then(|text| text.parse().ok())
        .expect("seconds");
    assert!((1..=3).contains(&wait), "{wait} s");
    // One account, many addresses: ten at once and one in six seconds. Its case does not help.
    let began = cloud.clock.now();
    let mut through = 0;
    loop {
        let email = if through % 2 == 0 {
            ADA
        } else {
            "ADA@example.org"
        };
        let answer = guess(format!("198.51.100.{through}"), email.into()).await;
        if answer.status == StatusCode::TOO_MANY_REQUESTS {
            break;
        }
        through += 1;
        let more = (cloud.clock.now() - began).num_seconds() / 6 + 1;
        assert!(through <= 10 + more, "{through} guesses");
    }
    assert!(through >= 10, "a person may err: {through}");
    cloud.wait_minutes(1);
    cloud.sign_in(ADA, "Desk").await;
    // Written by who asks: no proxy is trusted here.
    let mut request = Request::builder()
        .method(Method::POST)
        .uri("/v1/auth/sign-in")
        .header(header::CONTENT_TYPE, "application/json")
        .header("x-forwarded-for", "203.0.113.1")
        .header("forwarded", "for=203.0.113.1")
        .header("x-real-ip", "203.0.113.1")
        .body(Body::from(
            credentials(EVE, "a guess, and a wrong one", "Desk").to_string(),
        ))
        .expect("a request");
    request
        .extensions_mut()
        .insert(axum::extract::ConnectInfo(std::net::SocketAddr::from((
            [192, 0, 2, 200],
            1,
        ))));
    cloud.send(request).await;
    let keys: Vec<String> =
        sqlx::query_scalar("SELECT key FROM rate WHERE key LIKE '%203.0.113.1%'")
            .fetch_all(&mut cloud.owner().await)
            .await
            .expect("the limits");
    assert!(keys.is_empty(), "a header chose the limit: {keys:?}");
}

#[tokio::test]
async fn trying_one_password_on_many_accounts_is_slowed_down() {
    let cloud = Cloud::start().await;
    let (mut outcomes, began) = (Vec::new(), cloud.clock.now());
    // Slow enough for the limit of the address: ten a minute, each for another account.
    for turn in 0..60 {
        if turn % 10 == 0 {
            cloud.wait_minutes(1);
        }
        let spread = credentials(&format!("p{turn}@example.org"), "Summer of 2026", "Desk");
        let few = credentials(
            &format!("f{}@example.org", turn % 3),
            "Summer of 2026",
            "Desk",
        );
        let path = "/v1/auth/sign-in";
        let sprayed = cloud
            .ask_from("192.0.2.1", Method::POST, path, None, Some(spread))
            .await;
        let control = cloud
            .ask_from("192.0.2.2", Method::POST, path, None, Some(few))
            .await;
        assert_eq!(
            control.status,
            StatusCode::UNAUTHORIZED,
            "as fast, but on few accounts"
        );
        outcomes.push(sprayed.status);
    }
    let through = outcomes
        .iter()
        .filter(|status| **status == StatusCode::UNAUTHORIZED)
        .count();
    let more = usize::try_from((cloud.clock.now() - began).num_seconds() / 20 + 1).unwrap_or(0);
    assert!(
        (30..=30 + more).contains(&through) && through < outcomes.len(),
        "thirty at once and three a minute, but {through} of {}",
        outcomes.len()
    );
}

#[tokio::test]
async fn nobody_is_flooded_with_letters() {
    let cloud = Cloud::start().await;
    cloud.register(ADA).await;
    let mut statuses = Vec::new();
    for turn in 0..5 {
        let from = format!("192.0.2.{turn}");
        let body = Some(json!({ "email": ADA }));
        let path = "/v1/auth/password/forgotten";
        statuses.push(
            cloud
                .ask_from(&from, Method::POST, path, None, body)
                .await
                .status
                .as_u16(),
        );
    }
    assert_eq!(statuses, [202, 202, 202, 429, 429]);
    let resets = cloud.letter_kinds(ADA).await;
    assert_eq!(resets.iter().filter(|kind| *kind == "reset").count(), 3);
}

#[tokio::test]
async fn bodies_that_are_too_large_or_of_another_shape_are_refused() {
    let cloud = Cloud::start().await;
    let large = registration(ADA, &"x".repeat(300 * 1024));
    let answer = cloud.post("/v1/auth/register", large).await;
    assert_eq!(answer.status, StatusCode::PAYLOAD_TOO_LARGE);
    let mut unknown = registration(ADA, PASSWORD);
    unknown["role"] = json!("ADMIN");
    let mut bad_device = credentials(ADA, PASSWORD, "Desk");
    bad_device["platform"] = json!("Linux\u{0}");
    let mut bad_purpose = registration(ADA, PASSWORD);
    bad_purpose["consents"][1]["purpose"] = json!("privacy\u{0}");
    for (path, body, wanted) in [
        ("/v1/auth/register", unknown, 422),
        ("/v1/auth/register", json!([]), 422),
        ("/v1/auth/register", json!({ "email": "a\u{0}@b.cc" }), 422),
        ("/v1/auth/register", bad_purpose, 403),
        ("/v1/auth/sign-in", bad_device, 422),
        ("/v1/auth/verify", json!({ "token": "\u{0}" }), 410),
        ("/v1/auth/refresh", json!({ "refresh_token": "" }), 401),
        (
            "/v1/auth/second-factor",
            json!({ "challenge": "\u{0}", "code": "\u{0}" }),
            410,
        ),
    ] {
        let answer = cloud.post(path, body.clone()).await;
        assert_eq!(answer.status.as_u16(), wanted, "{path} {body}");
    }
    let not_json = Request::builder()
        .method(Method::POST)
        .uri("/v1/auth/sign-in")
        .body(Body::from("{}"))
        .expect("a request");
    assert_eq!(
        cloud.send(not_json).await.status,
        StatusCode::UNPROCESSABLE_ENTITY,
        "forms of other pages send no JSON"
    );
}
