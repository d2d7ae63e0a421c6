//! What an attacker tries first. Each line of the list of attacks has a test here or in the file of what is attacked:
//! docs/FEATURES.md names it.

use crate::{
    front_door::{PASSWORD, code, credentials, registration},
    support::{Answer, Cloud},
    teams::{comment, each, get, post, project, workspace},
};
use axum::{
    body::Body,
    extract::ConnectInfo,
    http::{Method, Request, StatusCode, header},
};
use gameforge_cloud::http;
use serde_json::json;
use std::{net::SocketAddr, time::Duration};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    time::timeout,
};

/// Texts that are something else to a database, a page, a letter or a log that takes them for more than text.
const NASTY: [&str; 9] = [
    "'; DROP TABLE account; --",
    "\" OR \"1\"=\"1",
    "$1); DELETE FROM comment; --",
    "%",
    "_",
    "\\x27\\",
    "<script>alert(1)</script>",
    "${jndi:ldap://evil.example/a}",
    "{{7*7}}",
];

#[tokio::test]
async fn injected_words_stay_words() {
    let cloud = Cloud::start().await;
    let ada = cloud.person("ada").await;
    let mut expected = Vec::new();
    for name in NASTY.iter().take(3) {
        workspace(&cloud, &ada, name).await;
        expected.push(json!(name));
    }
    let listed = get(&cloud, &ada, "/v1/workspaces").await.is(StatusCode::OK);
    let names = each(&listed, "name");
    assert!(
        expected.iter().all(|name| names.contains(name)),
        "{names:?}"
    );

    let nord = workspace(&cloud, &ada, "Nord").await;
    let game = project(&cloud, &ada, &nord, "Game").await;
    let list = format!("/v1/projects/{game}/comments");
    for words in NASTY {
        let said = post(
            &cloud,
            &ada,
            &list,
            comment(&cloud, cloud.app.new_id(), words),
        )
        .await;
        assert_eq!(said.is(StatusCode::CREATED)["body"], json!(words));
    }
    // A search looks for the text itself: none of these is a pattern, and nobody is called so.
    for words in NASTY {
        let text: String = url::form_urlencoded::byte_serialize(words.as_bytes()).collect();
        let path = format!("/v1/projects/{game}/people?text={text}");
        let found = get(&cloud, &ada, &path).await.is(StatusCode::OK);
        assert_eq!(found, json!([]), "{words}");
        for path in [
            format!("{list}?object_kind=project&object_id={text}"),
            format!("/v1/workspaces?after={text}"),
            format!("/v1/workspaces?limit={text}"),
        ] {
            let answer = get(&cloud, &ada, &path).await;
            assert_eq!(code(&answer), (422, "invalid"), "{path}");
        }
        let path = format!("/v1/projects/{text}");
        assert_eq!(
            code(&get(&cloud, &ada, &path).await),
            (404, "not_found"),
            "{path}"
        );
    }
    let accounts: i64 = sqlx::query_scalar("SELECT count(*) FROM account")
        .fetch_one(&mut cloud.owner().await)
        .await
        .expect("the table is there");
    assert_eq!(accounts, 1);
}

#[tokio::test]
async fn administrators_search_and_read_words_as_words() {
    let cloud = Cloud::start().await;
    let (root, eve) = (cloud.person("root").await, cloud.person("eve").await);
    sqlx::query("UPDATE account SET role = 'ADMIN' WHERE email = 'root@example.org'")
        .execute(&mut cloud.owner().await)
        .await
        .expect("an administrator");
    let renamed = json!({ "display_name": NASTY[6] });
    let renamed = cloud
        .ask(
            Method::PATCH,
            "/v1/account",
            Some(&eve.token),
            Some(renamed),
        )
        .await;
    assert_eq!(renamed.status, StatusCode::OK, "{}", renamed.body);
    for words in ["%", "_", "' OR true --"] {
        let text: String = url::form_urlencoded::byte_serialize(words.as_bytes()).collect();
        let path = format!("/v1/admin/accounts?q={text}");
        let found = get(&cloud, &root, &path).await.is(StatusCode::OK);
        assert_eq!(found["items"], json!([]), "{words}");
        let path = format!("/v1/admin/audit?action={text}");
        let found = get(&cloud, &root, &path).await.is(StatusCode::OK);
        assert_eq!(found["items"], json!([]), "{words}");
    }
    let mut request = Request::get("/admin/accounts");
    request = request.header(header::COOKIE, format!("gameforge_admin={}", root.token));
    let page = cloud
        .send(request.body(Body::empty()).expect("a request"))
        .await;
    let page = page.body.as_str().expect("a page").to_owned();
    assert!(page.contains("&lt;script&gt;"), "the name is shown");
    assert!(!page.contains("<script>alert"), "and is not run");
}

#[tokio::test]
async fn no_line_of_a_letter_or_of_the_log_is_written_by_others() {
    let cloud = Cloud::start().await;
    let broken = "Ada\r\nBcc: eve@example.org";
    let mut body = registration("ada@example.org", PASSWORD);
    body["display_name"] = json!(broken);
    let answer = cloud.post("/v1/auth/register", body).await;
    assert_eq!(code(&answer), (422, "invalid"));
    for address in [
        "ada@example.org\r\nBcc: eve@example.org",
        "ada@example.org\0",
    ] {
        let answer = cloud
            .post("/v1/auth/register", registration(address, PASSWORD))
            .await;
        assert_eq!(code(&answer), (422, "invalid"), "{address:?}");
    }
    let answer = cloud
        .post(
            "/v1/auth/sign-in",
            credentials("ada@example.org", PASSWORD, broken),
        )
        .await;
    assert_eq!(code(&answer), (422, "invalid"));
    assert!(cloud.letters("eve@example.org").await.is_empty());
}

/// A letter's link, after a request with headers that want to choose it.
async fn forgotten(cloud: &Cloud, headers: &[(&str, &str)]) -> Answer {
    let mut request = Request::post("/v1/auth/password/forgotten")
        .header(header::CONTENT_TYPE, "application/json");
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let body = json!({ "email": "ada@example.org" }).to_string();
    cloud
        .send(request.body(Body::from(body)).expect("a request"))
        .await
}

#[tokio::test]
async fn header_tricks_change_nothing() {
    let cloud = Cloud::start().await;
    let ada = cloud.person("ada").await;
    let tricks = [
        ("host", "evil.example"),
        ("x-forwarded-host", "evil.example"),
        ("x-forwarded-proto", "https"),
        ("forwarded", "host=evil.example;for=127.0.0.1"),
        ("x-original-url", "/v1/admin/accounts"),
        ("x-request-id", "mine"),
    ];
    let answer = forgotten(&cloud, &tricks).await;
    assert_eq!(answer.status, StatusCode::ACCEPTED, "{}", answer.body);
    assert_ne!(answer.headers["x-request-id"], "mine");
    let letter = cloud
        .letters("ada@example.org")
        .await
        .pop()
        .expect("a letter");
    let link = letter["words"]["link"].as_str().expect("a link");
    assert!(link.starts_with("http://127.0.0.1:8477/"), "{link}");

    // A method in a header is no method.
    let nord = workspace(&cloud, &ada, "Nord").await;
    let path = format!("/v1/workspaces/{nord}");
    for name in [
        "x-http-method-override",
        "x-method-override",
        "x-http-method",
    ] {
        let request = Request::get(&path)
            .header(header::AUTHORIZATION, format!("Bearer {}", ada.token))
            .header(name, "DELETE");
        let answer = cloud
            .send(request.body(Body::empty()).expect("a request"))
            .await;
        assert_eq!(
            (answer.status, &answer.body["name"]),
            (StatusCode::OK, &json!("Nord"))
        );
    }

    // Two tokens are none, and neither is one with something behind it.
    let bearer = format!("Bearer {}", ada.token);
    for values in [
        vec![bearer.clone(), bearer.clone()],
        vec!["Bearer nonsense".to_owned(), bearer.clone()],
        vec![format!("{bearer} x")],
        vec![format!("Basic {}", ada.token)],
        vec![ada.token.clone()],
    ] {
        let mut request = Request::get("/v1/account");
        for value in &values {
            request = request.header(header::AUTHORIZATION, value);
        }
        let answer = cloud
            .send(request.body(Body::empty()).expect("a request"))
            .await;
        assert_eq!(code(&answer), (401, "unauthenticated"), "{}", values.len());
    }
    for path in [
        "/v1//account",
        "/v1/account/",
        "/V1/account",
        "/v1/x/../account",
        "/v1/%61ccount/",
    ] {
        let answer = cloud.get_as(&ada.token, path).await;
        assert_eq!(code(&answer), (404, "not_found"), "{path}");
    }
}

#[tokio::test]
async fn a_forged_address_gets_nobody_another_limit() {
    let cloud = Cloud::start().await;
    let mut last = None;
    for turn in 0..25 {
        let body = json!({ "email": format!("a{turn}@example.org") }).to_string();
        let mut request = Request::post("/v1/auth/password/forgotten")
            .header(header::CONTENT_TYPE, "application/json")
            .header("x-forwarded-for", format!("198.51.100.{turn}"))
            .header("x-real-ip", format!("198.51.100.{turn}"))
            .body(Body::from(body))
            .expect("a request");
        let peer = SocketAddr::from(([203, 0, 113, 9], 4711));
        request.extensions_mut().insert(ConnectInfo(peer));
        last = Some(cloud.send(request).await);
    }
    let last = last.expect("an answer");
    assert_eq!(code(&last), (429, "rate_limited"));
    assert!(last.headers.contains_key("retry-after"));
}

#[tokio::test]
async fn another_sites_form_is_no_request() {
    let cloud = Cloud::start().await;
    cloud.register("ada@example.org").await;
    let body = credentials("ada@example.org", PASSWORD, "Desk").to_string();
    // What a page may send anywhere without being asked (fetch.spec.whatwg.org, “CORS-safelisted request-header”).
    for kind in [
        "text/plain",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
    ] {
        let request = Request::post("/v1/auth/sign-in")
            .header(header::CONTENT_TYPE, kind)
            .header(header::ORIGIN, "https://evil.example")
            .body(Body::from(body.clone()))
            .expect("a request");
        let answer = cloud.send(request).await;
        assert_eq!(code(&answer), (422, "invalid"), "{kind}");
        assert!(!answer.headers.contains_key("access-control-allow-origin"));
    }
    // And a browser is told nothing that would let that page ask first.
    let request = Request::options("/v1/auth/sign-in")
        .header(header::ORIGIN, "https://evil.example")
        .header("access-control-request-method", "POST")
        .body(Body::empty())
        .expect("a request");
    let answer = cloud.send(request).await;
    assert!(!answer.headers.contains_key("access-control-allow-origin"));
    assert!(!answer.status.is_success());
}

/// Far more than it takes: only a failing test waits for it.
const PATIENCE: Duration = Duration::from_secs(20);

/// Reads until the service closes the connection.
async fn read(stream: &mut TcpStream) -> String {
    let mut all = Vec::new();
    // One that is cut off may end in a reset; what came before it is what was said.
    let ended = timeout(PATIENCE, stream.read_to_end(&mut all)).await;
    ended
        .expect("it is not kept open")
        .map(drop)
        .unwrap_or_default();
    String::from_utf8_lossy(&all).into_owned()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn slow_clients_hold_nothing_for_long() {
    let cloud = Cloud::with(&[("REQUEST_SECONDS", "1")]).await;
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("an address");
    let life = cloud.app.config.request_life;
    let routes = cloud.router.clone();
    let serving = tokio::spawn(async move {
        http::serve(listener, routes, life, std::future::pending()).await;
    });
    let connect = || async { TcpStream::connect(address).await.expect("a connection") };
    let slow = [
        "",
        "P",
        "PRI * HTTP/2.0\r\n",
        "GET /healthz HTTP/1.1\r\n",
        "GET /healthz HTTP/1.1\r\nHost: x\r\nX-Slow: ",
    ];
    let mut tasks = tokio::task::JoinSet::new();
    for beginning in slow {
        let mut stream = connect().await;
        stream.write_all(beginning.as_bytes()).await.expect("sent");
        tasks.spawn(async move {
            let said = read(&mut stream).await;
            assert!(!said.contains("200 OK"), "{beginning:?} got {said}");
        });
    }
    // A head that comes byte by byte has no more time than one that does not.
    let (mut reads, mut writes) = connect().await.into_split();
    tasks.spawn(async move {
        let mut said = Vec::new();
        let ended = timeout(PATIENCE, reads.read_to_end(&mut said)).await;
        ended
            .expect("it is not kept open")
            .map(drop)
            .unwrap_or_default();
        assert!(!said.starts_with(b"HTTP/1.1 200"));
    });
    tasks.spawn(async move {
        let mut turn = tokio::time::interval(Duration::from_millis(100));
        writes
            .write_all(b"GET /healthz HTTP/1.1\r\nX: ")
            .await
            .expect("sent");
        let dripped = async {
            while writes.write_all(b"x").await.is_ok() {
                turn.tick().await;
            }
        };
        timeout(PATIENCE, dripped).await.expect("it is cut off");
    });
    // Others are served meanwhile.
    let mut stream = connect().await;
    let whole = b"GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";
    stream.write_all(whole).await.expect("sent");
    assert!(read(&mut stream).await.starts_with("HTTP/1.1 200"));
    // A body that does not come to its end is answered, and says when to come again.
    let mut stream = connect().await;
    let half = b"POST /v1/auth/sign-in HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n\
        Content-Length: 1000\r\nConnection: close\r\n\r\n{\"email\":";
    stream.write_all(half).await.expect("sent");
    let said = read(&mut stream).await;
    assert!(said.starts_with("HTTP/1.1 503"), "{said}");
    assert!(
        said.contains("retry-after:") && said.contains("\"unavailable\""),
        "{said}"
    );
    while let Some(done) = tasks.join_next().await {
        done.expect("a slow one");
    }
    serving.abort();
}
