//! What the service needs goes away and comes back: it says so, and goes on without a restart.

use crate::support::Cloud;
use axum::{
    Router,
    body::Body,
    http::{Request, StatusCode},
};
use chrono::TimeDelta;
use gameforge_cloud::{
    App,
    config::MailRoute,
    jobs::{Work, run_due},
    mail::{Letter, Words},
    metrics, store,
};
use gameforge_stores::Wire;
use serde_json::Value;
use sqlx::Executor;
use tokio::{
    io::{AsyncBufReadExt, AsyncWriteExt, BufReader},
    net::TcpListener,
    task::JoinHandle,
};
use tower::ServiceExt;

pub async fn get(
    router: &Router,
    path: &str,
    token: Option<&str>,
) -> (StatusCode, Option<String>, Value) {
    let mut request = Request::get(path);
    if let Some(token) = token {
        request = request.header("authorization", format!("Bearer {token}"));
    }
    let response = router
        .clone()
        .oneshot(request.body(Body::empty()).expect("a request"))
        .await
        .expect("an answer");
    let wait = response
        .headers()
        .get("retry-after")
        .and_then(|value| value.to_str().ok().map(str::to_owned));
    let status = response.status();
    let bytes = axum::body::to_bytes(response.into_body(), 1 << 20)
        .await
        .expect("a body");
    (
        status,
        wait,
        serde_json::from_slice(&bytes).unwrap_or_default(),
    )
}

pub fn part<'a>(health: &'a Value, name: &str) -> &'a Value {
    health["parts"]
        .as_array()
        .and_then(|parts| parts.iter().find(|part| part["part"] == name))
        .map_or(&Value::Null, |part| &part["ok"])
}

#[tokio::test]
async fn a_database_that_goes_and_comes_back_is_a_503_and_then_works_again() {
    let cloud = Cloud::start().await;
    let ada = cloud.person("ada").await;
    let mut url = url::Url::parse(&cloud.owner_url).expect("an address");
    let real = format!(
        "{}:{}",
        url.host_str().expect("a host"),
        url.port().expect("a port")
    );
    let wire = Wire::lay(real.clone(), None).await.expect("a wire");
    let address = wire.address;
    url.set_host(Some("127.0.0.1")).expect("a host");
    url.set_port(Some(address.port())).expect("a port");
    let mut config = cloud.app.config.clone();
    config.database_url = url.to_string().into();
    let app = App::new(config, cloud.clock.clone()).expect("the parts fit");
    let router = gameforge_cloud::service(app);
    assert_eq!(
        get(&router, "/v1/account", Some(&ada.token)).await.0,
        StatusCode::OK
    );
    assert_eq!(get(&router, "/readyz", None).await.0, StatusCode::OK);

    wire.cut().await;
    let (status, wait, problem) = get(&router, "/v1/account", Some(&ada.token)).await;
    assert_eq!(status, StatusCode::SERVICE_UNAVAILABLE, "{problem}");
    assert!(wait.is_some(), "it says when to come again");
    assert_eq!(problem["code"], "unavailable");
    cloud.clock.advance(TimeDelta::seconds(3));
    let (status, wait, health) = get(&router, "/readyz", None).await;
    assert_eq!(status, StatusCode::SERVICE_UNAVAILABLE);
    assert!(wait.is_some());
    assert_eq!(
        (part(&health, "database"), part(&health, "storage")),
        (&Value::Bool(false), &Value::Bool(true))
    );
    assert_eq!(
        get(&router, "/healthz", None).await.0,
        StatusCode::OK,
        "alive it is"
    );

    let _wire = Wire::lay(real, Some(address)).await.expect("a wire");
    cloud.clock.advance(TimeDelta::seconds(3));
    assert_eq!(
        get(&router, "/v1/account", Some(&ada.token)).await.0,
        StatusCode::OK
    );
    assert_eq!(get(&router, "/readyz", None).await.0, StatusCode::OK);
}

#[tokio::test]
async fn a_full_disk_of_the_database_is_a_503_and_then_works_again() {
    let cloud = Cloud::start().await;
    let ada = cloud.person("ada").await;
    let mut owner = cloud.owner().await;
    // What PostgreSQL says when its disk is full.
    owner
        .execute(
            "CREATE FUNCTION full_disk() RETURNS trigger LANGUAGE plpgsql AS
                $$ BEGIN RAISE EXCEPTION 'No space left on device' USING ERRCODE = 'disk_full'; END $$;
             CREATE TRIGGER full_disk BEFORE INSERT ON job FOR EACH ROW EXECUTE FUNCTION full_disk()",
        )
        .await
        .expect("a full disk");
    let ask = || {
        cloud.ask(
            axum::http::Method::POST,
            "/v1/account/exports",
            Some(&ada.token),
            None,
        )
    };
    let answer = ask().await;
    assert_eq!(
        answer.status,
        StatusCode::SERVICE_UNAVAILABLE,
        "{:?}",
        answer.body
    );
    assert!(answer.headers.contains_key("retry-after"));
    assert!(
        !answer.body.to_string().contains("device"),
        "the cause stays inside"
    );
    owner
        .execute("DROP TRIGGER full_disk ON job")
        .await
        .expect("room again");
    assert_eq!(
        ask().await.status,
        StatusCode::ACCEPTED,
        "nothing of the failed one stayed"
    );
}

#[tokio::test]
async fn a_storage_that_goes_and_comes_back_keeps_the_work_waiting() {
    let cloud = Cloud::start().await;
    let ada = cloud.person("ada").await;
    let blobs = cloud.folder.path().join("blobs");
    let ask = cloud
        .ask(
            axum::http::Method::POST,
            "/v1/account/exports",
            Some(&ada.token),
            None,
        )
        .await;
    assert_eq!(ask.status, StatusCode::ACCEPTED);
    std::fs::remove_dir_all(&blobs).expect("gone");
    std::fs::write(&blobs, b"in the way").expect("a file in its place");
    let (status, _, health) = get(&cloud.router, "/readyz", None).await;
    assert_eq!(
        (status, part(&health, "storage")),
        (StatusCode::SERVICE_UNAVAILABLE, &Value::Bool(false))
    );
    run_due(&cloud.app).await.expect("the loop runs");
    let list = || {
        cloud.ask(
            axum::http::Method::GET,
            "/v1/account/exports",
            Some(&ada.token),
            None,
        )
    };
    assert_eq!(list().await.body["items"][0]["state"], "waiting");
    std::fs::remove_file(&blobs).expect("out of the way");
    std::fs::create_dir(&blobs).expect("back");
    cloud.clock.advance(TimeDelta::seconds(10));
    run_due(&cloud.app).await.expect("the loop runs");
    let now = cloud.clock.now();
    let token = cloud
        .app
        .tokens
        .sign(ada.account, ada.session, Some(now), now)
        .expect("a token");
    let after = cloud
        .ask(
            axum::http::Method::GET,
            "/v1/account/exports",
            Some(&token),
            None,
        )
        .await;
    assert_eq!(after.body["items"][0]["state"], "ready", "{:?}", after.body);
    assert_eq!(get(&cloud.router, "/readyz", None).await.0, StatusCode::OK);
}

/// A mail server that takes one letter after the other.
fn mail_server(listener: TcpListener) -> JoinHandle<()> {
    tokio::spawn(async move {
        loop {
            let (stream, _) = listener.accept().await.expect("a connection");
            tokio::spawn(async move {
                let (read, mut write) = stream.into_split();
                write.write_all(b"220 test\r\n").await.unwrap_or_default();
                let mut lines = BufReader::new(read).lines();
                let mut in_data = false;
                while let Ok(Some(line)) = lines.next_line().await {
                    let answer: &[u8] = match line.split(' ').next().unwrap_or_default() {
                        "." => {
                            in_data = false;
                            b"250 taken\r\n"
                        }
                        _ if in_data => continue,
                        "DATA" => {
                            in_data = true;
                            b"354 go on\r\n"
                        }
                        "QUIT" => b"221 bye\r\n",
                        _ => b"250 ok\r\n",
                    };
                    write.write_all(answer).await.unwrap_or_default();
                }
            });
        }
    })
}

#[tokio::test]
async fn a_mail_server_that_goes_and_comes_back_gets_the_letters_later() {
    let cloud = Cloud::start().await;
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("an address");
    drop(listener);
    let mut config = cloud.app.config.clone();
    config.mail = MailRoute::Smtp(format!("smtp://{address}").into());
    let app = App::new(config, cloud.clock.clone()).expect("the parts fit");
    let router = gameforge_cloud::service(app.clone());
    let mut tx = app.store.worker().await.expect("a transaction");
    let letter = Work::Mail(Letter {
        to: "ada@example.org".parse().expect("an address"),
        locale: "en".to_owned(),
        words: Words::PasswordChanged {},
    });
    store::job::enqueue(&mut tx, app.new_id(), cloud.clock.now(), &letter)
        .await
        .expect("enqueued");
    tx.commit().await.expect("committed");
    run_due(&app).await.expect("the loop runs");
    let (status, _, health) = get(&router, "/readyz", None).await;
    assert_eq!(
        (status, part(&health, "mail")),
        (StatusCode::SERVICE_UNAVAILABLE, &Value::Bool(false))
    );

    let listener = TcpListener::bind(address).await.expect("the same port");
    let server = mail_server(listener);
    cloud.clock.advance(TimeDelta::minutes(1));
    run_due(&app).await.expect("the loop runs");
    let (status, _, health) = get(&router, "/readyz", None).await;
    assert_eq!(status, StatusCode::OK, "{health}");
    let mut tx = app.store.worker().await.expect("a transaction");
    let done = store::job::list(&mut tx, "done", None, 10)
        .await
        .expect("the list");
    assert_eq!(
        (done.len(), done[0].attempts),
        (1, 2),
        "sent at the second try"
    );
    server.abort();
}

#[tokio::test]
async fn what_is_measured_can_be_read_and_says_nothing_of_people() {
    let cloud = Cloud::start().await;
    let ada = cloud.person("ada").await;
    get(&cloud.router, "/v1/account", Some(&ada.token)).await;
    get(&cloud.router, "/v1/account", None).await;
    let text = metrics::text(&cloud.app).await;
    for line in [
        "gameforge_http_requests_total{route=\"/v1/account\",method=\"GET\",status=\"200\"} 1",
        "gameforge_problems_total{code=\"unauthenticated\"} 1",
        "gameforge_part_ok{part=\"database\"} 1",
        "gameforge_jobs_waiting 0",
        "gameforge_devices 1",
    ] {
        assert!(text.lines().any(|it| it == line), "{line} in\n{text}");
    }
    assert!(!text.contains("ada@example.org") && !text.contains(&ada.account.to_string()));
    // Every row is of a series that was announced.
    for line in text.lines().filter(|line| !line.starts_with('#')) {
        let name = line.split(['{', ' ']).next().expect("a name");
        let base = ["_bucket", "_sum", "_count"]
            .iter()
            .find_map(|end| name.strip_suffix(end))
            .filter(|base| text.contains(&format!("# TYPE {base} histogram")))
            .unwrap_or(name);
        assert!(text.contains(&format!("# TYPE {base} ")), "{line}");
    }
}

#[test]
fn the_committed_alerts_and_panels_ask_for_series_that_there_are() {
    let deploy = concat!(env!("CARGO_MANIFEST_DIR"), "/../../deploy");
    let source = include_str!("../../src/metrics.rs");
    for file in ["prometheus/alerts.yml", "grafana/gameforge-cloud.json"] {
        let text = std::fs::read_to_string(format!("{deploy}/{file}")).expect("it is committed");
        let mut count = 0;
        for word in text.split(|c: char| !(c.is_ascii_alphanumeric() || c == '_')) {
            if !word.starts_with("gameforge_") {
                continue;
            }
            count += 1;
            let base = ["_bucket", "_sum", "_count"]
                .iter()
                .find_map(|end| word.strip_suffix(end))
                .unwrap_or(word);
            assert!(
                source.contains(&format!("\"{base}\"")),
                "{file} asks for {word}, which is nowhere measured"
            );
        }
        assert!(count > 5, "{file} asks for {count} series only");
    }
}

#[tokio::test]
async fn only_the_development_service_shows_letters() {
    let cloud = Cloud::start().await;
    assert_eq!(
        get(&cloud.router, "/dev/mail", None).await.0,
        StatusCode::NOT_FOUND
    );
    let dev = Cloud::with(&[("DEVELOPMENT", "true")]).await;
    assert_eq!(get(&dev.router, "/dev/mail", None).await.0, StatusCode::OK);
    assert_eq!(
        get(&dev.router, "/dev/mail/..%2F..%2Fkeys", None).await.0,
        StatusCode::BAD_REQUEST,
        "only letters"
    );
}
