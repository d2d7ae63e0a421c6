//! What people are told, and how.

use crate::{
    support::Cloud,
    teams::{comment, delete, each, get, let_in, letters, order, post, project, put, workspace},
};
use axum::http::StatusCode;
use gameforge_cloud::jobs::{Work, run_due};
use serde_json::{Value, json};

async fn run(cloud: &Cloud, work: &Work) {
    let mut tx = cloud.app.store.worker().await.expect("a transaction");
    let (id, now) = (cloud.app.new_id(), cloud.clock.now());
    gameforge_cloud::store::job::enqueue(&mut tx, id, now, work)
        .await
        .expect("a job");
    tx.commit().await.expect("a commit");
    run_due(&cloud.app).await.expect("the jobs run");
}

/// Letters in the folder that were sent to an address.
fn sent(cloud: &Cloud, to: &str) -> Vec<String> {
    let Ok(folder) = std::fs::read_dir(cloud.folder.path().join("mail")) else {
        return Vec::new();
    };
    let mut letters: Vec<String> = folder
        .map(|file| std::fs::read_to_string(file.expect("a file").path()).expect("a letter"))
        .filter(|letter| letter.contains(&format!("To: {to}")))
        .collect();
    letters.sort();
    letters
}

#[tokio::test]
async fn people_are_told_as_they_wish() {
    let cloud = Cloud::start().await;
    let (ada, bob) = (cloud.person("ada").await, cloud.person("bob").await);
    let place = workspace(&cloud, &ada, "Nord").await;
    let path = format!(
        "/v1/projects/{}",
        project(&cloud, &ada, &place, "Game").await
    );
    let_in(&cloud, &ada, &path, &bob, "editor").await;
    let list = format!("{path}/comments");
    let asset = cloud.app.new_id();
    let first = post(&cloud, &bob, &list, comment(&cloud, asset, "What is this?"))
        .await
        .made();
    let say = |body: String| {
        let mut request = comment(&cloud, asset, &body);
        request["thread_id"] = json!(first);
        post(&cloud, &ada, &list, request)
    };

    say(format!("@[bob]({}) a goblin", bob.account))
        .await
        .made();
    say("A green one.".to_owned()).await.made();
    let told = get(&cloud, &bob, "/v1/notifications")
        .await
        .is(StatusCode::OK);
    assert_eq!(each(&told, "kind")[..2], [json!("reply"), json!("mention")]);
    assert_eq!(
        told["items"][1]["details"]["excerpt"],
        json!(format!("@[bob]({}) a goblin", bob.account))
    );
    assert_eq!(told["items"][1]["object"]["name"], json!("goblin.png"));
    assert_eq!(told["items"][1]["actor"]["display_name"], json!("ada"));
    assert_eq!(told["items"][1]["desktop"], json!(true));

    // By the defaults the mention is a letter at once, the answer waits for the digest.
    run_due(&cloud.app).await.expect("the jobs run");
    let mails = sent(&cloud, &bob.email);
    let mentions = mails
        .iter()
        .filter(|mail| mail.contains("mentioned you"))
        .count();
    assert_eq!(mentions, 1, "{mails:?}");
    run(&cloud, &Work::Digest).await;
    run(&cloud, &Work::Digest).await;
    let mails = sent(&cloud, &bob.email);
    let digests = mails
        .iter()
        .filter(|mail| mail.contains("ada answered about"))
        .count();
    assert_eq!(digests, 1, "a digest says a thing once");

    // Without wishing it, nothing comes.
    let never = json!([
        { "kind": "mention", "in_app": false, "desktop": false, "mail": "never" },
        { "kind": "reply", "in_app": true, "desktop": true, "mail": "at_once" },
    ]);
    let wishes = put(&cloud, &bob, "/v1/notifications/preferences", never)
        .await
        .is(StatusCode::OK);
    assert_eq!(
        wishes.as_array().map(Vec::len),
        Some(8),
        "every kind is named"
    );
    assert_eq!(
        get(&cloud, &bob, "/v1/notifications/preferences")
            .await
            .is(StatusCode::OK),
        wishes
    );
    let before = get(&cloud, &bob, "/v1/notifications/unread")
        .await
        .is(StatusCode::OK);
    say(format!("@[bob]({}) psst", bob.account)).await.made();
    let after = get(&cloud, &bob, "/v1/notifications/unread")
        .await
        .is(StatusCode::OK);
    assert_eq!(after, before);
    say("At once.".to_owned()).await.made();
    run_due(&cloud.app).await.expect("the jobs run");
    assert!(
        sent(&cloud, &bob.email)
            .iter()
            .any(|mail| mail.contains("> At once."))
    );
}

#[tokio::test]
async fn what_is_read_is_read_and_only_the_own() {
    let cloud = Cloud::start().await;
    let (ada, bob) = (cloud.person("ada").await, cloud.person("bob").await);
    let place = workspace(&cloud, &ada, "Nord").await;
    let path = format!(
        "/v1/projects/{}",
        project(&cloud, &ada, &place, "Game").await
    );
    let_in(&cloud, &ada, &path, &bob, "editor").await;
    let asset = cloud.app.new_id();
    for n in 0..3 {
        let request = comment(&cloud, asset, &format!("comment {n}"));
        post(&cloud, &bob, &format!("{path}/comments"), request)
            .await
            .made();
    }
    let told = get(&cloud, &ada, "/v1/notifications")
        .await
        .is(StatusCode::OK);
    assert_eq!(
        each(&told, "kind"),
        vec![json!("comment"); 3],
        "the project is Ada's"
    );
    let ids: Vec<Value> = each(&told, "id");
    let one = ids[0].as_str().expect("an id");
    order(&cloud, &bob, &format!("/v1/notifications/{one}/read"))
        .await
        .refused(StatusCode::NOT_FOUND, "not_found");
    order(&cloud, &ada, &format!("/v1/notifications/{one}/read"))
        .await
        .is(StatusCode::NO_CONTENT);
    let unread = get(&cloud, &ada, "/v1/notifications/unread")
        .await
        .is(StatusCode::OK);
    assert_eq!(unread["notifications"], json!(2));
    post(
        &cloud,
        &ada,
        "/v1/notifications/read",
        json!({ "up_to": ids[2] }),
    )
    .await
    .is(StatusCode::NO_CONTENT);
    let left = get(&cloud, &ada, "/v1/notifications?unread=true")
        .await
        .is(StatusCode::OK);
    assert_eq!(each(&left, "id"), vec![ids[1].clone()]);
    post(&cloud, &ada, "/v1/notifications/read", json!({}))
        .await
        .is(StatusCode::NO_CONTENT);
    let unread = get(&cloud, &ada, "/v1/notifications/unread")
        .await
        .is(StatusCode::OK);
    assert_eq!(unread["notifications"], json!(0));
    // What was read needs no letter.
    run(&cloud, &Work::Digest).await;
    assert!(
        !sent(&cloud, &ada.email)
            .iter()
            .any(|mail| mail.contains("commented on"))
    );
}

#[tokio::test]
async fn who_was_let_go_gets_no_letter_about_what_is_said_there() {
    let cloud = Cloud::start().await;
    let (ada, bob) = (cloud.person("ada").await, cloud.person("bob").await);
    let place = workspace(&cloud, &ada, "Nord").await;
    let path = format!(
        "/v1/projects/{}",
        project(&cloud, &ada, &place, "Game").await
    );
    let_in(&cloud, &ada, &path, &bob, "editor").await;
    run_due(&cloud.app).await.expect("the jobs run");
    let before = letters(&cloud).await.len();
    let body = format!("@[bob]({}) secret", bob.account);
    let request = comment(&cloud, cloud.app.new_id(), &body);
    post(&cloud, &ada, &format!("{path}/comments"), request)
        .await
        .made();
    delete(&cloud, &ada, &format!("{path}/members/{}", bob.account))
        .await
        .is(StatusCode::NO_CONTENT);
    run_due(&cloud.app).await.expect("the jobs run");
    let all = sent(&cloud, &bob.email);
    assert!(!all.iter().any(|mail| mail.contains("secret")), "{all:?}");
    assert!(
        all.iter().any(|mail| mail.contains("removed you")),
        "{all:?}"
    );
    assert_eq!(letters(&cloud).await.len(), before + 1);
    let told = get(&cloud, &bob, "/v1/notifications")
        .await
        .is(StatusCode::OK);
    assert!(
        !told.to_string().contains("secret"),
        "nor does the list say it"
    );
}
