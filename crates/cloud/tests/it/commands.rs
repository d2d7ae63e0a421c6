//! The first hour of a service: an empty database, its tables, an administrator who sets a password and signs in.

use crate::{
    program::{Program, check_config, run, settings},
    support::{Cloud, with_database},
};
use serde_json::{Value, json};
use sqlx::{AssertSqlSafe, Executor};

const EMAIL: &str = "root@example.org";
const PASSWORD: &str = "seven wooden otters swim";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_empty_database_becomes_a_service_with_an_administrator() {
    let cloud = Cloud::start().await;
    let folder = cloud.folder.path();
    let database = format!("empty_{}", cloud.app.new_id().simple());
    let mut owner = cloud.owner().await;
    let make = format!("CREATE DATABASE {database}");
    owner.execute(AssertSqlSafe(make)).await.expect("made");
    let values = settings(&with_database(&cloud.owner_url, &database), folder);

    let (good, said) = check_config(values.clone(), folder).await;
    assert!(
        !good && said.contains("run `gameforge-cloud migrate`"),
        "{said}"
    );
    // The second time there is nothing to do, and that is no error.
    for _ in 0..2 {
        let (code, said) = run(&["migrate"], values.clone(), folder).await;
        assert!(
            code == Some(0) && said.contains("has all migrations"),
            "{said}"
        );
    }
    let (good, said) = check_config(values.clone(), folder).await;
    assert!(good, "{said}");

    let create = ["create-admin", "--email", EMAIL, "--name", "Root"];
    let (code, first) = run(&create, values.clone(), folder).await;
    assert_eq!(code, Some(0), "{first}");
    // Who lost the way in gets another link to the same account.
    let (code, again) = run(&create, values.clone(), folder).await;
    assert_eq!(code, Some(0), "{again}");
    let wrong = ["create-admin", "--email", "no address"];
    let (code, said) = run(&wrong, values.clone(), folder).await;
    assert!(code == Some(1) && !said.contains("panicked"), "{said}");

    let mut program = Program::start(values.clone());
    let http = reqwest::Client::new();
    let ask = |path: &str, body: Value| {
        http.post(format!("http://{}{path}", program.address))
            .json(&body)
            .send()
    };
    let reset = json!({ "token": token_of(&again), "password": PASSWORD });
    let answer = ask("/v1/auth/password/reset", reset.clone())
        .await
        .expect("an answer");
    assert_eq!(answer.status(), 204);
    let answer = ask("/v1/auth/password/reset", reset)
        .await
        .expect("an answer");
    assert!(answer.status().is_client_error(), "a link works once");
    let sign_in = json!({ "email": EMAIL, "password": PASSWORD, "device_name": "Desk" });
    let answer = ask("/v1/auth/sign-in", sign_in).await.expect("an answer");
    let answer: Value = answer.json().await.expect("its body");
    assert_eq!(answer["account"]["role"], "ADMIN", "{answer}");
    program.terminate();
    assert!(program.end().await.success());

    let (code, said) = run(&["audit", "verify"], values.clone(), folder).await;
    assert_eq!(code, Some(0), "{said}");
    let (code, said) = run(&["migrate"], std::collections::BTreeMap::new(), folder).await;
    assert!(
        code == Some(2) && said.contains("GAMEFORGE_DATABASE_URL"),
        "{said}"
    );
    let drop = format!("DROP DATABASE {database} WITH (FORCE)");
    owner.execute(AssertSqlSafe(drop)).await.expect("gone");
}

/// The secret in the link that `create-admin` prints.
fn token_of(said: &str) -> &str {
    said.lines()
        .find_map(|line| line.split_once("/reset#"))
        .expect("a link")
        .1
}
