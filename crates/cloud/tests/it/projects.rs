//! Projects: who sees them, what they are called, the bin.

use crate::{
    support::Cloud,
    teams::{audited, delete, each, get, let_in, order, patch, post, project, workspace},
};
use axum::http::StatusCode;
use chrono::Duration;
use serde_json::json;

#[tokio::test]
async fn visibility_decides_who_sees_a_project() {
    let cloud = Cloud::start().await;
    let (ada, bob, eve) = (
        cloud.person("ada").await,
        cloud.person("bob").await,
        cloud.person("eve").await,
    );
    let place = workspace(&cloud, &ada, "Nord").await;
    let_in(
        &cloud,
        &ada,
        &format!("/v1/workspaces/{place}"),
        &bob,
        "member",
    )
    .await;
    let id = project(&cloud, &ada, &place, "Game").await;
    let path = format!("/v1/projects/{id}");
    for (visibility, bobs, eves) in [
        ("private", 404, 404),
        ("workspace", 200, 404),
        ("public", 200, 200),
    ] {
        patch(&cloud, &ada, &path, json!({ "visibility": visibility }))
            .await
            .is(StatusCode::OK);
        assert_eq!(
            get(&cloud, &bob, &path).await.status.as_u16(),
            bobs,
            "{visibility}"
        );
        assert_eq!(
            get(&cloud, &eve, &path).await.status.as_u16(),
            eves,
            "{visibility}"
        );
    }
    let strangers = get(&cloud, &eve, &path).await.is(StatusCode::OK);
    assert_eq!(strangers["role"], json!(null));
    assert_eq!(strangers["permissions"], json!(["view"]));
    patch(&cloud, &eve, &path, json!({ "name": "Mine" }))
        .await
        .refused(StatusCode::FORBIDDEN, "forbidden");
    get(&cloud, &eve, &format!("{path}/members"))
        .await
        .refused(StatusCode::FORBIDDEN, "forbidden");
    get(&cloud, &eve, &format!("/v1/workspaces/{place}/projects"))
        .await
        .refused(StatusCode::NOT_FOUND, "not_found");
    let bobs = get(&cloud, &bob, &path).await.is(StatusCode::OK);
    assert_eq!(
        bobs["role"],
        json!("editor"),
        "members of the workspace edit what is open to it"
    );
}

#[tokio::test]
async fn a_name_is_there_once_in_a_workspace_and_free_again_from_the_bin() {
    let cloud = Cloud::start().await;
    let ada = cloud.person("ada").await;
    let place = workspace(&cloud, &ada, "Nord").await;
    let list = format!("/v1/workspaces/{place}/projects");
    let first = project(&cloud, &ada, &place, "Game").await;
    post(&cloud, &ada, &list, json!({ "name": "GAME" }))
        .await
        .refused(StatusCode::CONFLICT, "conflict");
    let other = workspace(&cloud, &ada, "Süd").await;
    project(&cloud, &ada, &other, "Game").await;
    delete(&cloud, &ada, &format!("/v1/projects/{first}"))
        .await
        .is(StatusCode::NO_CONTENT);
    let second = project(&cloud, &ada, &place, "Game").await;
    order(&cloud, &ada, &format!("/v1/projects/{first}/restore"))
        .await
        .refused(StatusCode::CONFLICT, "conflict");
    patch(
        &cloud,
        &ada,
        &format!("/v1/projects/{second}"),
        json!({ "name": "Game 2" }),
    )
    .await
    .is(StatusCode::OK);
    order(&cloud, &ada, &format!("/v1/projects/{first}/restore"))
        .await
        .is(StatusCode::OK);
    assert_eq!(
        audited(&cloud, &first).await,
        ["project.created", "project.deleted", "project.restored"]
    );
}

#[tokio::test]
async fn what_is_said_of_a_project_is_checked() {
    let cloud = Cloud::start().await;
    let ada = cloud.person("ada").await;
    let id = project(&cloud, &ada, &ada.workspace.to_string(), "Game").await;
    let path = format!("/v1/projects/{id}");
    for bad in [
        json!({ "name": "" }),
        json!({ "name": "a\u{202e}b" }),
        json!({ "description": "x".repeat(4_001) }),
        json!({ "description": "a\u{0}b" }),
        json!({ "tags": ["a\u{0}"] }),
        json!({ "tags": (0..51).map(|n| n.to_string()).collect::<Vec<_>>() }),
        json!({ "settings": [1] }),
        json!({ "settings": { "a": "\u{0}" } }),
        json!({ "settings": { "a": "x".repeat(20_000) } }),
        json!({ "visibility": "everybody" }),
        json!({ "owner": "me" }),
    ] {
        patch(&cloud, &ada, &path, bad)
            .await
            .refused(StatusCode::UNPROCESSABLE_ENTITY, "invalid");
    }
    let change = json!({ "tags": ["RPG", "rpg", " pixel "], "description": " A game. ", "settings": { "a": 1 } });
    let now = patch(&cloud, &ada, &path, change).await.is(StatusCode::OK);
    assert_eq!(now["tags"], json!(["RPG", "pixel"]));
    assert_eq!(now["description"], json!("A game."));
}

#[tokio::test]
async fn roles_in_a_project_are_given_up_to_the_own_and_taken() {
    let cloud = Cloud::start().await;
    let (ada, bob, cem) = (
        cloud.person("ada").await,
        cloud.person("bob").await,
        cloud.person("cem").await,
    );
    let place = workspace(&cloud, &ada, "Nord").await;
    let id = project(&cloud, &ada, &place, "Game").await;
    let path = format!("/v1/projects/{id}");
    let_in(&cloud, &ada, &path, &bob, "admin").await;
    let_in(&cloud, &bob, &path, &cem, "viewer").await;
    let guests = get(&cloud, &cem, "/v1/workspaces").await.is(StatusCode::OK);
    let guest_of = guests["items"]
        .as_array()
        .expect("a page")
        .iter()
        .find(|it| it["id"] == json!(place));
    let guest_of = guest_of.expect("the workspace of a project that one is a guest of");
    assert_eq!(
        (&guest_of["role"], &guest_of["members"]),
        (&json!(null), &json!(0))
    );
    get(&cloud, &cem, &format!("/v1/workspaces/{place}/members"))
        .await
        .refused(StatusCode::FORBIDDEN, "forbidden");

    patch(
        &cloud,
        &bob,
        &format!("{path}/members/{}", ada.account),
        json!({ "role": "viewer" }),
    )
    .await
    .refused(StatusCode::CONFLICT, "conflict");
    patch(
        &cloud,
        &cem,
        &format!("{path}/members/{}", cem.account),
        json!({ "role": "admin" }),
    )
    .await
    .refused(StatusCode::FORBIDDEN, "forbidden");
    patch(
        &cloud,
        &bob,
        &format!("{path}/members/{}", cem.account),
        json!({ "role": "editor" }),
    )
    .await
    .is(StatusCode::NO_CONTENT);
    let eve = cloud.person("eve").await;
    patch(
        &cloud,
        &bob,
        &format!("{path}/members/{}", eve.account),
        json!({ "role": "viewer" }),
    )
    .await
    .refused(StatusCode::NOT_FOUND, "not_found");
    order(&cloud, &ada, &format!("{path}/leave"))
        .await
        .refused(StatusCode::CONFLICT, "conflict");
    post(
        &cloud,
        &ada,
        &format!("{path}/transfer"),
        json!({ "to": eve.account }),
    )
    .await
    .refused(StatusCode::UNPROCESSABLE_ENTITY, "invalid");
    post(
        &cloud,
        &ada,
        &format!("{path}/transfer"),
        json!({ "to": cem.account }),
    )
    .await
    .is(StatusCode::OK);
    delete(&cloud, &cem, &format!("{path}/members/{}", bob.account))
        .await
        .is(StatusCode::NO_CONTENT);
    get(&cloud, &bob, &path)
        .await
        .refused(StatusCode::NOT_FOUND, "not_found");
    let members = get(&cloud, &cem, &format!("{path}/members"))
        .await
        .is(StatusCode::OK);
    let mut roles: Vec<_> = members["items"]
        .as_array()
        .expect("a page")
        .iter()
        .map(|it| {
            (
                it["person"]["display_name"].clone(),
                it["role"].clone(),
                it["inherited"].clone(),
            )
        })
        .collect();
    roles.sort_by_key(|it| it.0.to_string());
    assert_eq!(
        roles,
        vec![
            (json!("ada"), json!("owner"), json!(true)),
            (json!("cem"), json!("owner"), json!(false)),
        ],
        "the owner of the workspace stays one by the workspace"
    );
    let told = get(&cloud, &bob, "/v1/notifications")
        .await
        .is(StatusCode::OK);
    assert_eq!(told["items"][0]["kind"], json!("removed"));
    assert_eq!(told["items"][0]["details"]["project"], json!("Game"));
}

#[tokio::test]
async fn the_bin_is_emptied_of_what_is_over_and_of_nothing_else() {
    let cloud = Cloud::start().await;
    let ada = cloud.person("ada").await;
    let place = workspace(&cloud, &ada, "Nord").await;
    let (old, young, kept) = (
        project(&cloud, &ada, &place, "Old").await,
        project(&cloud, &ada, &place, "Young").await,
        project(&cloud, &ada, &place, "Kept").await,
    );
    delete(&cloud, &ada, &format!("/v1/projects/{old}"))
        .await
        .is(StatusCode::NO_CONTENT);
    cloud.clock.advance(Duration::days(29));
    let ada = cloud.again(&ada);
    delete(&cloud, &ada, &format!("/v1/projects/{young}"))
        .await
        .is(StatusCode::NO_CONTENT);
    let bin = get(&cloud, &ada, &format!("/v1/workspaces/{place}/bin"))
        .await
        .is(StatusCode::OK);
    assert_eq!(each(&bin, "name"), vec![json!("Old"), json!("Young")]);
    cloud.clock.advance(Duration::days(2));
    let ada = cloud.again(&ada);
    let mut tx = cloud.app.store.worker().await.expect("a transaction");
    let before = cloud.clock.now() - Duration::days(30);
    let purged = gameforge_cloud::store::bin::purge(&mut tx, before)
        .await
        .expect("purging");
    tx.commit().await.expect("a commit");
    assert_eq!((purged.projects, purged.workspaces), (1, 0));
    order(&cloud, &ada, &format!("/v1/projects/{old}/restore"))
        .await
        .refused(StatusCode::NOT_FOUND, "not_found");
    order(&cloud, &ada, &format!("/v1/projects/{young}/restore"))
        .await
        .is(StatusCode::OK);
    get(&cloud, &ada, &format!("/v1/projects/{kept}"))
        .await
        .is(StatusCode::OK);
    let mut owner = cloud.owner().await;
    let scopes: i64 = sqlx::query_scalar("SELECT count(*) FROM scope WHERE id = $1::uuid")
        .bind(&old)
        .fetch_one(&mut owner)
        .await
        .expect("a count");
    assert_eq!(scopes, 0, "its order is gone with it");
}
