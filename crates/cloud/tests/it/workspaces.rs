//! Workspaces and who is in them.

use crate::{
    support::{Cloud, Person},
    teams::{audited, delete, each, get, let_in, order, patch, post, project, verbs, workspace},
};
use axum::http::StatusCode;
use serde_json::json;
use sqlx::Executor;

#[tokio::test]
async fn a_workspace_is_made_changed_binned_and_taken_out_again() {
    let cloud = Cloud::start().await;
    let ada = cloud.person("ada").await;
    let id = workspace(&cloud, &ada, "Studio Nord").await;
    let path = format!("/v1/workspaces/{id}");
    let change =
        json!({ "name": "Studio Süd", "settings": { "theme": { "dark": true }, "old": 1 } });
    let now = patch(&cloud, &ada, &path, change).await.is(StatusCode::OK);
    assert_eq!(now["name"], json!("Studio Süd"));
    let change = json!({ "settings": { "old": null, "theme": { "accent": "teal" } } });
    let now = patch(&cloud, &ada, &path, change).await.is(StatusCode::OK);
    assert_eq!(
        now["settings"],
        json!({ "theme": { "dark": true, "accent": "teal" } })
    );
    let same = patch(&cloud, &ada, &path, json!({ "name": "Studio Süd" }))
        .await
        .is(StatusCode::OK);
    assert_eq!(
        same["seq"], now["seq"],
        "nothing changed, nothing is numbered"
    );

    let game = project(&cloud, &ada, &id, "Game").await;
    delete(&cloud, &ada, &path).await.is(StatusCode::NO_CONTENT);
    get(&cloud, &ada, &path)
        .await
        .refused(StatusCode::NOT_FOUND, "not_found");
    let within = format!("/v1/projects/{game}");
    get(&cloud, &ada, &within)
        .await
        .refused(StatusCode::NOT_FOUND, "not_found");
    let bin = get(&cloud, &ada, "/v1/bin").await.is(StatusCode::OK);
    assert_eq!(each(&bin, "name"), vec![json!("Studio Süd")]);
    order(&cloud, &ada, &format!("{path}/restore"))
        .await
        .is(StatusCode::OK);
    get(&cloud, &ada, &within).await.is(StatusCode::OK);
    assert_eq!(
        audited(&cloud, &id).await,
        [
            "workspace.created",
            "workspace.renamed",
            "workspace.configured",
            "workspace.deleted",
            "workspace.restored"
        ]
    );
    let happened = get(&cloud, &ada, &format!("{path}/activity"))
        .await
        .is(StatusCode::OK);
    assert_eq!(verbs(&happened)[0], "workspace.restored");
    assert!(verbs(&happened).contains(&"project.created".to_owned()));
}

#[tokio::test]
async fn removing_and_giving_away_ask_for_a_fresh_proof() {
    let cloud = Cloud::start().await;
    let (ada, bob) = (cloud.person("ada").await, cloud.person("bob").await);
    let id = workspace(&cloud, &ada, "Nord").await;
    let path = format!("/v1/workspaces/{id}");
    let_in(&cloud, &ada, &path, &bob, "member").await;
    let stale = Person {
        token: cloud
            .app
            .tokens
            .sign(ada.account, ada.session, None, cloud.clock.now())
            .expect("a token"),
        ..ada.clone()
    };
    delete(&cloud, &stale, &path)
        .await
        .refused(StatusCode::FORBIDDEN, "step_up_required");
    post(
        &cloud,
        &stale,
        &format!("{path}/transfer"),
        json!({ "to": bob.account }),
    )
    .await
    .refused(StatusCode::FORBIDDEN, "step_up_required");
}

#[tokio::test]
async fn the_personal_workspace_stays_with_its_person() {
    let cloud = Cloud::start().await;
    let (ada, bob) = (cloud.person("ada").await, cloud.person("bob").await);
    let path = format!("/v1/workspaces/{}", ada.workspace);
    let_in(&cloud, &ada, &path, &bob, "member").await;
    delete(&cloud, &ada, &path)
        .await
        .refused(StatusCode::CONFLICT, "conflict");
    order(&cloud, &ada, &format!("{path}/leave"))
        .await
        .refused(StatusCode::CONFLICT, "conflict");
    post(
        &cloud,
        &ada,
        &format!("{path}/transfer"),
        json!({ "to": bob.account }),
    )
    .await
    .refused(StatusCode::CONFLICT, "conflict");
}

#[tokio::test]
async fn there_is_always_an_owner_and_nobody_reaches_above_the_own_role() {
    let cloud = Cloud::start().await;
    let (ada, bob, cem) = (
        cloud.person("ada").await,
        cloud.person("bob").await,
        cloud.person("cem").await,
    );
    let id = workspace(&cloud, &ada, "Nord").await;
    let path = format!("/v1/workspaces/{id}");
    let_in(&cloud, &ada, &path, &bob, "admin").await;
    let_in(&cloud, &bob, &path, &cem, "member").await;
    let member = |who: &Person| format!("{path}/members/{}", who.account);

    order(&cloud, &ada, &format!("{path}/leave"))
        .await
        .refused(StatusCode::CONFLICT, "conflict");
    patch(&cloud, &ada, &member(&ada), json!({ "role": "member" }))
        .await
        .refused(StatusCode::CONFLICT, "conflict");
    delete(&cloud, &bob, &member(&ada))
        .await
        .refused(StatusCode::CONFLICT, "conflict");
    patch(&cloud, &bob, &member(&ada), json!({ "role": "member" }))
        .await
        .refused(StatusCode::CONFLICT, "conflict");
    patch(&cloud, &bob, &member(&cem), json!({ "role": "owner" }))
        .await
        .refused(StatusCode::UNPROCESSABLE_ENTITY, "invalid");
    patch(&cloud, &cem, &member(&cem), json!({ "role": "admin" }))
        .await
        .refused(StatusCode::FORBIDDEN, "forbidden");
    patch(&cloud, &bob, &member(&cem), json!({ "role": "admin" }))
        .await
        .is(StatusCode::NO_CONTENT);
    post(
        &cloud,
        &bob,
        &format!("{path}/transfer"),
        json!({ "to": cem.account }),
    )
    .await
    .refused(StatusCode::FORBIDDEN, "forbidden");

    let after = post(
        &cloud,
        &ada,
        &format!("{path}/transfer"),
        json!({ "to": cem.account }),
    )
    .await
    .is(StatusCode::OK);
    assert_eq!(
        after["role"],
        json!("admin"),
        "who gave it away runs it still"
    );
    let members = get(&cloud, &cem, &format!("{path}/members"))
        .await
        .is(StatusCode::OK);
    assert_eq!(
        each(&members, "role")
            .iter()
            .filter(|role| **role == json!("owner"))
            .count(),
        1
    );
    order(&cloud, &ada, &format!("{path}/leave"))
        .await
        .is(StatusCode::NO_CONTENT);
    get(&cloud, &ada, &path)
        .await
        .refused(StatusCode::NOT_FOUND, "not_found");
}

#[tokio::test]
async fn who_goes_leaves_no_project_without_an_owner() {
    let cloud = Cloud::start().await;
    let (ada, bob) = (cloud.person("ada").await, cloud.person("bob").await);
    let id = workspace(&cloud, &ada, "Nord").await;
    let path = format!("/v1/workspaces/{id}");
    let_in(&cloud, &ada, &path, &bob, "member").await;
    let secret = post(
        &cloud,
        &bob,
        &format!("{path}/projects"),
        json!({ "name": "Secret", "visibility": "private" }),
    )
    .await
    .made();
    order(&cloud, &bob, &format!("{path}/leave"))
        .await
        .is(StatusCode::NO_CONTENT);
    get(&cloud, &bob, &format!("/v1/projects/{secret}"))
        .await
        .refused(StatusCode::NOT_FOUND, "not_found");
    let members = get(&cloud, &ada, &format!("/v1/projects/{secret}/members"))
        .await
        .is(StatusCode::OK);
    assert_eq!(members["items"][0]["role"], json!("owner"));
    assert_eq!(members["items"][0]["inherited"], json!(false));
    assert_eq!(members["items"][0]["person"]["id"], json!(ada.account));
}

#[tokio::test]
async fn two_owners_to_be_leave_one_at_the_same_moment() {
    let cloud = Cloud::start().await;
    let (ada, bob, cem) = (
        cloud.person("ada").await,
        cloud.person("bob").await,
        cloud.person("cem").await,
    );
    let id = workspace(&cloud, &ada, "Nord").await;
    let path = format!("/v1/workspaces/{id}");
    let_in(&cloud, &ada, &path, &bob, "member").await;
    let_in(&cloud, &ada, &path, &cem, "member").await;
    let transfer = format!("{path}/transfer");
    let (to_bob, to_cem) = tokio::join!(
        post(&cloud, &ada, &transfer, json!({ "to": bob.account })),
        post(&cloud, &ada, &transfer, json!({ "to": cem.account })),
    );
    let won = [&to_bob, &to_cem]
        .iter()
        .filter(|it| it.status == StatusCode::OK)
        .count();
    assert_eq!(won, 1, "{} {}", to_bob.body, to_cem.body);
    let mut owner = cloud.owner().await;
    let owners: i64 = sqlx::query_scalar(
        "SELECT count(*) FROM workspace_member WHERE workspace_id = $1::uuid AND role = 'owner'",
    )
    .bind(&id)
    .fetch_one(&mut owner)
    .await
    .expect("a count");
    assert_eq!(owners, 1);
}

#[tokio::test]
async fn a_plan_sets_the_limits_also_for_those_who_ask_at_once() {
    let cloud = Cloud::start().await;
    let ada = cloud.person("ada").await;
    let mut owner = cloud.owner().await;
    owner
        .execute("UPDATE plan_quota SET amount = 3 WHERE plan_id = 'free' AND resource NOT LIKE '%a_minute'")
        .await
        .expect("smaller quotas");
    // One is the personal one: two more fit.
    let make = || post(&cloud, &ada, "/v1/workspaces", json!({ "name": "N" }));
    let answers = tokio::join!(make(), make(), make(), make());
    let answers = [answers.0, answers.1, answers.2, answers.3];
    let made = answers
        .iter()
        .filter(|it| it.status == StatusCode::CREATED)
        .count();
    assert_eq!(made, 2);
    for answer in answers {
        if answer.status != StatusCode::CREATED {
            answer.refused(StatusCode::FORBIDDEN, "quota_exceeded");
        }
    }
    let place = format!("/v1/workspaces/{}", ada.workspace);
    for name in ["a", "b", "c"] {
        project(&cloud, &ada, &ada.workspace.to_string(), name).await;
    }
    post(
        &cloud,
        &ada,
        &format!("{place}/projects"),
        json!({ "name": "d" }),
    )
    .await
    .refused(StatusCode::FORBIDDEN, "quota_exceeded");
    for (n, status) in [(1, 201), (2, 201), (3, 403)] {
        let request = json!({ "email": format!("guest{n}@example.org"), "role": "member" });
        let answer = post(&cloud, &ada, &format!("{place}/invitations"), request).await;
        assert_eq!(answer.status.as_u16(), status, "{}", answer.body);
    }
    let quotas = get(&cloud, &ada, &format!("{place}/quotas"))
        .await
        .is(StatusCode::OK);
    assert_eq!(
        quotas,
        json!([
            { "resource": "members", "used": 1.0, "most": 3.0 },
            { "resource": "projects", "used": 3.0, "most": 3.0 },
            { "resource": "comments_a_day", "used": 0.0, "most": 3.0 },
        ])
    );
}

#[tokio::test]
async fn a_list_comes_in_pages_without_gaps_or_doubles() {
    let cloud = Cloud::start().await;
    let ada = cloud.person("ada").await;
    for n in 0..4 {
        workspace(&cloud, &ada, &format!("w{n}")).await;
    }
    let mut seen = Vec::new();
    let mut after = String::new();
    loop {
        let page = get(&cloud, &ada, &format!("/v1/workspaces?limit=2{after}"))
            .await
            .is(StatusCode::OK);
        seen.extend(each(&page, "id"));
        match page["next"].as_str() {
            Some(next) => after = format!("&after={next}"),
            None => break,
        }
    }
    let count = seen.len();
    seen.dedup();
    assert_eq!((count, seen.len()), (5, 5));
    for bad in ["limit=0", "limit=201", "after=x", "nonsense=1"] {
        get(&cloud, &ada, &format!("/v1/workspaces?{bad}"))
            .await
            .refused(StatusCode::UNPROCESSABLE_ENTITY, "invalid");
    }
}
