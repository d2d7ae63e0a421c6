//! Asking people in: only the one who was asked may answer, once.

use crate::{
    support::Cloud,
    teams::{audited, delete, each, get, let_in, letters, order, patch, post, project, workspace},
};
use axum::http::StatusCode;
use chrono::Duration;
use serde_json::{Value, json};
use sqlx::Executor;

/// The secret of the newest letter.
async fn secret(cloud: &Cloud) -> String {
    let letters = letters(cloud).await;
    let letter = letters.last().expect("a letter");
    let link = find(letter, "link").expect("a link");
    link.split_once('#')
        .expect("a secret behind the #")
        .1
        .to_owned()
}

fn find(value: &Value, name: &str) -> Option<String> {
    match value {
        Value::Object(map) => map
            .get(name)
            .and_then(Value::as_str)
            .map(str::to_owned)
            .or_else(|| map.values().find_map(|it| find(it, name))),
        _ => None,
    }
}

#[tokio::test]
async fn somebody_without_an_account_is_asked_and_comes_in_later() {
    let cloud = Cloud::start().await;
    let ada = cloud.person("ada").await;
    let place = workspace(&cloud, &ada, "Nord").await;
    let list = format!("/v1/workspaces/{place}/invitations");
    let request = json!({ "email": "Bob@Example.org", "role": "member", "message": "Come in!" });
    let made = post(&cloud, &ada, &list, request.clone())
        .await
        .is(StatusCode::CREATED);
    assert!(
        !made.to_string().contains("gf_inv_"),
        "the secret is in the letter only"
    );
    post(&cloud, &ada, &list, request)
        .await
        .refused(StatusCode::CONFLICT, "conflict");
    let token = secret(&cloud).await;
    let mut owner = cloud.owner().await;
    let stored: bool = sqlx::query_scalar(
        "SELECT count(*) = 0 FROM invitation WHERE encode(token_hash, 'escape') LIKE '%gf_inv%'",
    )
    .fetch_one(&mut owner)
    .await
    .expect("a look");
    assert!(stored, "only its hash is kept");

    // Months later? No: days, with another spelling of the same address.
    let bob = cloud.person("bob").await;
    let offers = get(&cloud, &bob, "/v1/invitations")
        .await
        .is(StatusCode::OK);
    assert_eq!(offers["items"][0]["workspace"], json!("Nord"));
    assert_eq!(offers["items"][0]["message"], json!("Come in!"));
    post(
        &cloud,
        &bob,
        "/v1/invitations/accept",
        json!({ "token": token }),
    )
    .await
    .is(StatusCode::NO_CONTENT);
    let seen = get(&cloud, &bob, &format!("/v1/workspaces/{place}"))
        .await
        .is(StatusCode::OK);
    assert_eq!(seen["role"], json!("member"));
    post(
        &cloud,
        &bob,
        "/v1/invitations/accept",
        json!({ "token": token }),
    )
    .await
    .refused(StatusCode::GONE, "expired");
    let list = get(&cloud, &ada, &list).await.is(StatusCode::OK);
    assert_eq!(each(&list, "state"), vec![json!("accepted")]);
    let id = made["id"].as_str().expect("an id");
    assert_eq!(
        audited(&cloud, id).await,
        ["invitation.sent", "invitation.accepted"]
    );
}

#[tokio::test]
async fn a_stolen_link_opens_nothing() {
    let cloud = Cloud::start().await;
    let (ada, bob, eve) = (
        cloud.person("ada").await,
        cloud.person("bob").await,
        cloud.person("eve").await,
    );
    let place = workspace(&cloud, &ada, "Nord").await;
    let list = format!("/v1/workspaces/{place}/invitations");
    let id = post(
        &cloud,
        &ada,
        &list,
        json!({ "email": bob.email, "role": "admin" }),
    )
    .await
    .made();
    let token = secret(&cloud).await;
    post(
        &cloud,
        &eve,
        "/v1/invitations/accept",
        json!({ "token": token }),
    )
    .await
    .refused(StatusCode::FORBIDDEN, "forbidden");
    for path in ["accept", "decline"] {
        order(&cloud, &eve, &format!("/v1/invitations/{id}/{path}"))
            .await
            .refused(StatusCode::NOT_FOUND, "not_found");
    }
    delete(&cloud, &eve, &format!("/v1/invitations/{id}"))
        .await
        .refused(StatusCode::NOT_FOUND, "not_found");
    get(&cloud, &eve, &format!("/v1/workspaces/{place}"))
        .await
        .refused(StatusCode::NOT_FOUND, "not_found");

    // An address that merely claims to be Bob's does not count either.
    let mut owner = cloud.owner().await;
    owner
        .execute("UPDATE account SET email_verified_at = NULL WHERE email = 'bob@example.org'")
        .await
        .expect("an unverified address");
    let offers = get(&cloud, &bob, "/v1/invitations")
        .await
        .is(StatusCode::OK);
    assert_eq!(offers["items"], json!([]));
    order(&cloud, &bob, &format!("/v1/invitations/{id}/accept"))
        .await
        .refused(StatusCode::NOT_FOUND, "not_found");
    post(
        &cloud,
        &bob,
        "/v1/invitations/accept",
        json!({ "token": token }),
    )
    .await
    .refused(StatusCode::FORBIDDEN, "unverified");
}

#[tokio::test]
async fn an_invitation_is_declined_revoked_or_ends() {
    let cloud = Cloud::start().await;
    let (ada, bob) = (cloud.person("ada").await, cloud.person("bob").await);
    let id = project(&cloud, &ada, &ada.workspace.to_string(), "Game").await;
    let list = format!("/v1/projects/{id}/invitations");
    let ask = || {
        post(
            &cloud,
            &ada,
            &list,
            json!({ "email": bob.email, "role": "viewer" }),
        )
    };
    let declined = ask().await.made();
    order(&cloud, &bob, &format!("/v1/invitations/{declined}/decline"))
        .await
        .is(StatusCode::NO_CONTENT);
    order(&cloud, &bob, &format!("/v1/invitations/{declined}/accept"))
        .await
        .refused(StatusCode::GONE, "expired");

    let revoked = ask().await.made();
    let token = secret(&cloud).await;
    delete(&cloud, &ada, &format!("/v1/invitations/{revoked}"))
        .await
        .is(StatusCode::NO_CONTENT);
    post(
        &cloud,
        &bob,
        "/v1/invitations/accept",
        json!({ "token": token }),
    )
    .await
    .refused(StatusCode::GONE, "expired");
    order(&cloud, &ada, &format!("/v1/invitations/{revoked}/resend"))
        .await
        .refused(StatusCode::GONE, "expired");

    let old = ask().await.made();
    let first = secret(&cloud).await;
    cloud.clock.advance(Duration::days(13));
    let ada = cloud.again(&ada);
    order(&cloud, &ada, &format!("/v1/invitations/{old}/resend"))
        .await
        .is(StatusCode::NO_CONTENT);
    let bob = cloud.again(&bob);
    post(
        &cloud,
        &bob,
        "/v1/invitations/accept",
        json!({ "token": first }),
    )
    .await
    .refused(StatusCode::NOT_FOUND, "not_found");
    cloud.clock.advance(Duration::days(15));
    let (ada, bob) = (cloud.again(&ada), cloud.again(&bob));
    let offers = get(&cloud, &bob, "/v1/invitations")
        .await
        .is(StatusCode::OK);
    assert_eq!(offers["items"], json!([]));
    order(&cloud, &bob, &format!("/v1/invitations/{old}/accept"))
        .await
        .refused(StatusCode::GONE, "expired");
    let all = get(&cloud, &ada, &list).await.is(StatusCode::OK);
    assert_eq!(
        each(&all, "state"),
        vec![json!("expired"), json!("revoked"), json!("declined")]
    );
    order(&cloud, &ada, &format!("/v1/invitations/{old}/resend"))
        .await
        .is(StatusCode::NO_CONTENT);
    order(&cloud, &bob, &format!("/v1/invitations/{old}/accept"))
        .await
        .is(StatusCode::NO_CONTENT);
    get(&cloud, &bob, &format!("/v1/projects/{id}"))
        .await
        .is(StatusCode::OK);
}

#[tokio::test]
async fn nobody_asks_in_above_the_own_role_nor_after_losing_it() {
    let cloud = Cloud::start().await;
    let (ada, bob, cem) = (
        cloud.person("ada").await,
        cloud.person("bob").await,
        cloud.person("cem").await,
    );
    let place = workspace(&cloud, &ada, "Nord").await;
    let path = format!("/v1/workspaces/{place}");
    let list = format!("{path}/invitations");
    let_in(&cloud, &ada, &path, &bob, "admin").await;
    for role in ["owner", "editor", ""] {
        post(
            &cloud,
            &bob,
            &list,
            json!({ "email": cem.email, "role": role }),
        )
        .await
        .refused(StatusCode::UNPROCESSABLE_ENTITY, "invalid");
    }
    let id = post(
        &cloud,
        &bob,
        &list,
        json!({ "email": cem.email, "role": "admin" }),
    )
    .await
    .made();
    patch(
        &cloud,
        &ada,
        &format!("{path}/members/{}", bob.account),
        json!({ "role": "member" }),
    )
    .await
    .is(StatusCode::NO_CONTENT);
    order(&cloud, &cem, &format!("/v1/invitations/{id}/accept"))
        .await
        .refused(StatusCode::GONE, "expired");
    get(&cloud, &bob, &list)
        .await
        .refused(StatusCode::FORBIDDEN, "forbidden");
}

#[tokio::test]
async fn an_invitation_never_lowers_a_role() {
    let cloud = Cloud::start().await;
    let (ada, bob) = (cloud.person("ada").await, cloud.person("bob").await);
    let place = workspace(&cloud, &ada, "Nord").await;
    let path = format!("/v1/workspaces/{place}");
    let_in(&cloud, &ada, &path, &bob, "admin").await;
    let_in(&cloud, &ada, &path, &bob, "member").await;
    let seen = get(&cloud, &bob, &path).await.is(StatusCode::OK);
    assert_eq!(seen["role"], json!("admin"));
}
