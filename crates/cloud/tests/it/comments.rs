//! What people say about the objects of a project.

use crate::{
    support::{Cloud, Person},
    teams::{
        audited, comment, delete, each, get, let_in, order, patch, post, project, put, verbs,
        workspace,
    },
};
use axum::http::StatusCode;
use serde_json::json;
use sqlx::Executor;
use uuid::Uuid;

/// A project of Ada's with Bob as its editor, Cem as its viewer; and Eve, who has nothing to do with it.
struct Scene {
    cloud: Cloud,
    ada: Person,
    bob: Person,
    cem: Person,
    eve: Person,
    path: String,
    asset: Uuid,
}

impl Scene {
    async fn new() -> Self {
        let cloud = Cloud::start().await;
        let (ada, bob) = (cloud.person("ada").await, cloud.person("bob").await);
        let (cem, eve) = (cloud.person("cem").await, cloud.person("eve").await);
        let place = workspace(&cloud, &ada, "Nord").await;
        let path = format!(
            "/v1/projects/{}",
            project(&cloud, &ada, &place, "Game").await
        );
        let_in(&cloud, &ada, &path, &bob, "editor").await;
        let_in(&cloud, &ada, &path, &cem, "viewer").await;
        let asset = cloud.app.new_id();
        Self {
            cloud,
            ada,
            bob,
            cem,
            eve,
            path,
            asset,
        }
    }

    fn list(&self) -> String {
        format!("{}/comments", self.path)
    }

    async fn say(&self, who: &Person, body: &str) -> String {
        let request = comment(&self.cloud, self.asset, body);
        post(&self.cloud, who, &self.list(), request).await.made()
    }

    async fn answer(&self, who: &Person, thread: &str, body: &str) -> String {
        let mut request = comment(&self.cloud, self.asset, body);
        request["thread_id"] = json!(thread);
        post(&self.cloud, who, &self.list(), request).await.made()
    }
}

#[tokio::test]
async fn the_same_comment_sent_twice_is_one_and_nobody_takes_its_id() {
    let it = Scene::new().await;
    let request = comment(&it.cloud, it.asset, "Too dark?");
    let id = post(&it.cloud, &it.bob, &it.list(), request.clone())
        .await
        .made();
    let again = post(&it.cloud, &it.bob, &it.list(), request.clone())
        .await
        .is(StatusCode::OK);
    assert_eq!(again["id"], json!(id));
    post(&it.cloud, &it.cem, &it.list(), request.clone())
        .await
        .refused(StatusCode::CONFLICT, "conflict");
    // Not even where the other one's is not to be seen.
    let elsewhere = project(&it.cloud, &it.eve, &it.eve.workspace.to_string(), "Other").await;
    post(
        &it.cloud,
        &it.eve,
        &format!("/v1/projects/{elsewhere}/comments"),
        request,
    )
    .await
    .refused(StatusCode::CONFLICT, "conflict");
    let all = get(&it.cloud, &it.ada, &it.list()).await.is(StatusCode::OK);
    assert_eq!(each(&all, "body"), vec![json!("Too dark?")]);
}

#[tokio::test]
async fn only_those_who_see_the_project_are_mentioned_and_suggested() {
    let it = Scene::new().await;
    let body = format!(
        "@[bob]({}) and @[eve]({}), look",
        it.bob.account, it.eve.account
    );
    let id = it.say(&it.ada, &body).await;
    let all = get(&it.cloud, &it.cem, &it.list()).await.is(StatusCode::OK);
    assert_eq!(
        all["items"][0]["mentions"],
        json!([{ "id": it.bob.account, "display_name": "bob" }])
    );
    let suggested = get(&it.cloud, &it.cem, &format!("{}/people?text=B", it.path))
        .await
        .is(StatusCode::OK);
    assert_eq!(
        suggested,
        json!([{ "id": it.bob.account, "display_name": "bob" }])
    );
    let everybody = get(&it.cloud, &it.cem, &format!("{}/people", it.path))
        .await
        .is(StatusCode::OK);
    assert_eq!(everybody.as_array().map(Vec::len), Some(3));
    let eves = get(&it.cloud, &it.eve, "/v1/notifications")
        .await
        .is(StatusCode::OK);
    assert_eq!(eves["items"], json!([]));
    // Who is mentioned by a change is told then; who was already is not told again.
    let change =
        json!({ "body": format!("@[bob]({}) and @[cem]({})", it.bob.account, it.cem.account) });
    patch(&it.cloud, &it.ada, &format!("/v1/comments/{id}"), change)
        .await
        .is(StatusCode::OK);
    let bobs = get(&it.cloud, &it.bob, "/v1/notifications")
        .await
        .is(StatusCode::OK);
    let mentions = each(&bobs, "kind")
        .iter()
        .filter(|kind| **kind == json!("mention"))
        .count();
    assert_eq!(mentions, 1);
    let cems = get(&it.cloud, &it.cem, "/v1/notifications")
        .await
        .is(StatusCode::OK);
    assert_eq!(cems["items"][0]["kind"], json!("mention"));
}

#[tokio::test]
async fn words_are_their_authors_and_threads_are_settled_by_who_edits() {
    let it = Scene::new().await;
    let first = it.say(&it.cem, "Why green?").await;
    let reply = it.answer(&it.bob, &first, "It is a goblin.").await;
    let path = format!("/v1/comments/{first}");
    patch(&it.cloud, &it.ada, &path, json!({ "body": "Why not?" }))
        .await
        .refused(StatusCode::FORBIDDEN, "forbidden");
    let edited = patch(
        &it.cloud,
        &it.cem,
        &path,
        json!({ "body": "Why so green?" }),
    )
    .await
    .is(StatusCode::OK);
    assert_ne!(edited["edited_at"], json!(null));
    patch(&it.cloud, &it.cem, &path, json!({ "resolved": true }))
        .await
        .refused(StatusCode::FORBIDDEN, "forbidden");
    patch(
        &it.cloud,
        &it.bob,
        &format!("/v1/comments/{reply}"),
        json!({ "resolved": true }),
    )
    .await
    .refused(StatusCode::UNPROCESSABLE_ENTITY, "invalid");
    let settled = patch(&it.cloud, &it.bob, &path, json!({ "resolved": true }))
        .await
        .is(StatusCode::OK);
    assert_eq!(settled["resolved_by"]["display_name"], json!("bob"));
    let told = get(&it.cloud, &it.cem, "/v1/notifications")
        .await
        .is(StatusCode::OK);
    assert_eq!(
        each(&told, "kind")[..2],
        [json!("resolved"), json!("reply")]
    );
    let open = patch(&it.cloud, &it.bob, &path, json!({ "resolved": false }))
        .await
        .is(StatusCode::OK);
    assert_eq!(open["resolved_at"], json!(null));
    let happened = get(
        &it.cloud,
        &it.cem,
        &format!("{}/activity?object_id={}", it.path, it.asset),
    )
    .await
    .is(StatusCode::OK);
    assert_eq!(
        verbs(&happened),
        [
            "thread.reopened",
            "thread.resolved",
            "comment.edited",
            "comment.answered",
            "comment.written"
        ]
    );
}

#[tokio::test]
async fn a_removed_comment_leaves_a_gap_while_it_is_answered() {
    let it = Scene::new().await;
    let first = it.say(&it.cem, "secret words").await;
    let reply = it.answer(&it.bob, &first, "Indeed.").await;
    let alone = it.say(&it.cem, "nobody answers").await;
    let path = |id: &str| format!("/v1/comments/{id}");
    delete(&it.cloud, &it.bob, &path(&first))
        .await
        .refused(StatusCode::FORBIDDEN, "forbidden");
    delete(&it.cloud, &it.cem, &path(&first))
        .await
        .is(StatusCode::NO_CONTENT);
    delete(&it.cloud, &it.cem, &path(&alone))
        .await
        .is(StatusCode::NO_CONTENT);
    let all = get(&it.cloud, &it.ada, &it.list()).await.is(StatusCode::OK);
    assert_eq!(each(&all, "id"), vec![json!(first), json!(reply)]);
    assert!(!all.to_string().contains("secret words"));
    let told = get(&it.cloud, &it.ada, "/v1/notifications")
        .await
        .is(StatusCode::OK);
    assert!(
        !told.to_string().contains("secret words"),
        "nor does the news of it say them"
    );
    patch(&it.cloud, &it.cem, &path(&first), json!({ "body": "x" }))
        .await
        .refused(StatusCode::NOT_FOUND, "not_found");

    let bin = get(&it.cloud, &it.cem, &format!("{}/bin", it.path))
        .await
        .is(StatusCode::OK);
    assert_eq!(
        each(&bin, "name"),
        vec![json!("secret words"), json!("nobody answers")]
    );
    let others = get(&it.cloud, &it.bob, &format!("{}/bin", it.path))
        .await
        .is(StatusCode::OK);
    assert_eq!(others["items"], json!([]));
    order(&it.cloud, &it.bob, &format!("/v1/comments/{first}/restore"))
        .await
        .refused(StatusCode::NOT_FOUND, "not_found");
    let back = order(&it.cloud, &it.cem, &format!("/v1/comments/{first}/restore"))
        .await
        .is(StatusCode::OK);
    assert_eq!(back["body"], json!("secret words"));

    // What a moderator removed, its author does not take out again; and it is noted.
    delete(&it.cloud, &it.ada, &path(&first))
        .await
        .is(StatusCode::NO_CONTENT);
    order(&it.cloud, &it.cem, &format!("/v1/comments/{first}/restore"))
        .await
        .refused(StatusCode::NOT_FOUND, "not_found");
    assert_eq!(
        audited(&it.cloud, &it.asset.to_string()).await,
        ["comment.removed"]
    );

    // For good: the gap stays without its words, what nobody answered goes.
    let mut tx = it.cloud.app.store.worker().await.expect("a transaction");
    let later = it.cloud.clock.now() + chrono::Duration::days(1);
    gameforge_cloud::store::bin::purge(&mut tx, later)
        .await
        .expect("purging");
    tx.commit().await.expect("a commit");
    order(&it.cloud, &it.ada, &format!("/v1/comments/{first}/restore"))
        .await
        .refused(StatusCode::NOT_FOUND, "not_found");
    let mut owner = it.cloud.owner().await;
    let left: Vec<(Uuid, String)> = sqlx::query_as("SELECT id, body FROM comment ORDER BY id")
        .fetch_all(&mut owner)
        .await
        .expect("the comments");
    assert_eq!(left.len(), 2);
    assert_eq!(left[0].1, "");
}

#[tokio::test]
async fn who_was_away_catches_up_by_number() {
    let it = Scene::new().await;
    let first = it.say(&it.ada, "one").await;
    let second = it.say(&it.ada, "two").await;
    let all = get(&it.cloud, &it.bob, &it.list()).await.is(StatusCode::OK);
    let seen = all["items"][1]["seq"].as_f64().expect("a number");
    put(
        &it.cloud,
        &it.cem,
        &format!("/v1/comments/{first}/reactions"),
        json!({ "emoji": "🚀", "on": true }),
    )
    .await
    .is(StatusCode::OK);
    delete(&it.cloud, &it.ada, &format!("/v1/comments/{second}"))
        .await
        .is(StatusCode::NO_CONTENT);
    let third = it.say(&it.bob, "three").await;
    let mut caught = Vec::new();
    let mut after = String::new();
    loop {
        let path = format!("{}?since={seen}&limit=1{after}", it.list());
        let page = get(&it.cloud, &it.bob, &path).await.is(StatusCode::OK);
        caught.extend(page["items"].as_array().expect("a page").clone());
        match page["next"].as_str() {
            Some(next) => after = format!("&after={next}"),
            None => break,
        }
    }
    let ids: Vec<_> = caught.iter().map(|it| it["id"].clone()).collect();
    assert_eq!(ids, vec![json!(first), json!(second), json!(third)]);
    assert_eq!(
        caught[0]["reactions"][0]["people"][0]["display_name"],
        json!("cem")
    );
    assert_ne!(
        caught[1]["deleted_at"],
        json!(null),
        "what was removed is told too"
    );
    assert_eq!(caught[1]["body"], json!(""));
    let one_object = format!(
        "{}?object_kind=asset&object_id={}",
        it.list(),
        Uuid::from_u128(1)
    );
    assert_eq!(
        get(&it.cloud, &it.bob, &one_object)
            .await
            .is(StatusCode::OK)["items"],
        json!([])
    );
}

#[tokio::test]
async fn what_is_no_comment_is_refused() {
    let it = Scene::new().await;
    let good = comment(&it.cloud, it.asset, "good");
    let with = |field: &str, value: serde_json::Value| {
        let mut request = good.clone();
        request[field] = value;
        request
    };
    let answered = {
        let first = it.say(&it.ada, "first").await;
        it.answer(&it.ada, &first, "second").await
    };
    for bad in [
        with("body", json!("  ")),
        with("body", json!("x".repeat(10_001))),
        with("body", json!("a\u{0}b")),
        with("id", json!("00000000-0000-4000-8000-000000000000")),
        with("id", json!("x")),
        with("object", json!({ "kind": "asset", "id": "x", "name": "" })),
        with(
            "object",
            json!({ "kind": "star", "id": it.asset, "name": "" }),
        ),
        with(
            "object",
            json!({ "kind": "project", "id": it.asset, "name": "" }),
        ),
        with(
            "object",
            json!({ "kind": "asset", "id": it.asset, "name": "x".repeat(256) }),
        ),
        with("thread_id", json!(answered)),
        with("thread_id", json!(it.cloud.app.new_id())),
        with("author", json!(it.ada.account)),
    ] {
        post(&it.cloud, &it.bob, &it.list(), bad)
            .await
            .refused(StatusCode::UNPROCESSABLE_ENTITY, "invalid");
    }
    put(
        &it.cloud,
        &it.bob,
        &format!("/v1/comments/{answered}/reactions"),
        json!({ "emoji": "🦄", "on": true }),
    )
    .await
    .refused(StatusCode::UNPROCESSABLE_ENTITY, "invalid");
    let mut owner = it.cloud.owner().await;
    owner
        .execute("UPDATE plan_quota SET amount = 2 WHERE resource = 'comments_a_day'")
        .await
        .expect("a smaller quota");
    post(&it.cloud, &it.bob, &it.list(), good)
        .await
        .refused(StatusCode::FORBIDDEN, "quota_exceeded");
}

#[tokio::test]
async fn many_at_once_each_get_a_number_of_their_own_and_none_is_missed() {
    let it = Scene::new().await;
    // Each tells the other by a mention: the locks of their scopes cross.
    let say = |who: &Person, other: &Person, n: u32| {
        let body = format!("@[x]({}) @[y]({}) {n}", other.account, it.ada.account);
        let (who, request) = (who.clone(), comment(&it.cloud, it.asset, &body));
        let it = &it;
        async move {
            post(&it.cloud, &who, &it.list(), request)
                .await
                .is(StatusCode::CREATED)
        }
    };
    let all = futures_util::future::join_all((0..12).map(|n| {
        if n % 2 == 0 {
            say(&it.bob, &it.cem, n)
        } else {
            say(&it.cem, &it.bob, n)
        }
    }))
    .await;
    let mut numbers: Vec<_> = all
        .iter()
        .map(|it| it["seq"].as_f64().expect("a number"))
        .collect();
    numbers.sort_by(f64::total_cmp);
    let first = numbers[0];
    let expected: Vec<f64> = (0..12).map(|n| first + f64::from(n)).collect();
    assert_eq!(numbers, expected);
    let page = get(
        &it.cloud,
        &it.ada,
        &format!("{}?since={}", it.list(), first - 1.0),
    )
    .await
    .is(StatusCode::OK);
    let caught: Vec<_> = each(&page, "seq")
        .iter()
        .filter_map(serde_json::Value::as_f64)
        .collect();
    assert_eq!(caught, expected, "in the order of their numbers");
}
