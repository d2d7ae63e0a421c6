//! Traces, as the official schema of OTLP (Python's `opentelemetry-proto`) reads them: every field that is sent must be
//! one of the protocol's.
//!
//! `cargo xtask test` fetches those packages and names their folder in `GAMEFORGE_TEST_OTLP`; without that, those are
//! used that it fetched the last time.

use crate::support::Cloud;
use axum::{Router, body::Bytes, extract::State, http::HeaderMap, routing::post};
use gameforge_cloud::{
    jobs::{Work, run_due},
    mail::{Letter, Words},
    store,
};
use serde_json::Value;
use std::{
    io::Write,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    time::Duration,
};
use tokio::{net::TcpListener, sync::mpsc};

const TRACE: &str = "0af7651916cd43dd8448eb211c80319c";
const PARENT: &str = "b7ad6b7169203331";

/// The protocol writes ids in JSON as hex, where protobuf's own JSON has base64
/// (opentelemetry.io/docs/specs/otlp/#json-protobuf-encoding). What is printed is what was understood.
const READER: &str = r#"
import base64, json, sys
from google.protobuf import json_format
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

def ids(value):
    if isinstance(value, list):
        return [ids(each) for each in value]
    if isinstance(value, dict):
        return {
            key: base64.b64encode(bytes.fromhex(each)).decode() if key.endswith(("traceId", "spanId", "SpanId")) else ids(each)
            for key, each in value.items()
        }
    return value

request = json_format.ParseDict(ids(json.load(sys.stdin)), ExportTraceServiceRequest())
found = []
for resource in request.resource_spans:
    service = {each.key: each.value.string_value for each in resource.resource.attributes}["service.name"]
    for scope in resource.scope_spans:
        for span in scope.spans:
            found.append({
                "service": service,
                "scope": scope.scope.name,
                "name": span.name,
                "kind": span.kind,
                "trace": span.trace_id.hex(),
                "span": span.span_id.hex(),
                "parent": span.parent_span_id.hex(),
                "took": span.end_time_unix_nano - span.start_time_unix_nano,
                "ended": span.end_time_unix_nano,
                "status": span.status.code,
                "facts": {each.key: getattr(each.value, each.value.WhichOneof("value")) for each in span.attributes},
            })
json.dump(found, sys.stdout)
"#;

#[tokio::test]
async fn the_official_schema_reads_the_traces() {
    let packages = packages();
    let (sent, mut received) = mpsc::unbounded_channel();
    let collector = Router::new()
        .route("/v1/traces", post(take))
        .with_state(sent);
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("an address");
    tokio::spawn(async move { axum::serve(listener, collector).await });
    let cloud = Cloud::with(&[("OTLP_ENDPOINT", &format!("http://{address}"))]).await;
    let ada = cloud.person("ada").await;

    let request = axum::http::Request::get("/v1/account")
        .header("authorization", format!("Bearer {}", ada.token))
        .header("traceparent", format!("00-{TRACE}-{PARENT}-01"))
        .body(axum::body::Body::empty())
        .expect("a request");
    assert_eq!(cloud.send(request).await.status, 200);
    let mut tx = cloud.app.store.worker().await.expect("a transaction");
    let letter = Work::Mail(Letter {
        to: ada.email.parse().expect("an address"),
        locale: "en".to_owned(),
        words: Words::PasswordChanged {},
    });
    store::job::enqueue(&mut tx, cloud.app.new_id(), cloud.clock.now(), &letter)
        .await
        .expect("enqueued");
    tx.commit().await.expect("committed");
    run_due(&cloud.app).await.expect("the loop runs");

    let mut spans = Vec::new();
    while spans.len() < 2 {
        let wait = tokio::time::timeout(Duration::from_secs(30), received.recv());
        let message = wait.await.expect("in time").expect("a message");
        spans.extend(read(&packages, &message));
    }
    let of = |name: &str| {
        let span = spans.iter().find(|span| span["name"] == name);
        span.unwrap_or_else(|| panic!("{name} in {spans:?}"))
    };
    let request = of("GET /v1/account");
    assert_eq!(request["service"], "gameforge-cloud");
    assert_eq!(request["scope"], "gameforge-cloud");
    assert_eq!(
        (&request["trace"], &request["parent"]),
        (&Value::from(TRACE), &Value::from(PARENT)),
        "the caller's trace goes on"
    );
    assert_eq!(
        (&request["kind"], &request["status"]),
        (&2.into(), &0.into())
    );
    assert_eq!(request["facts"]["http.route"], "/v1/account");
    assert_eq!(request["facts"]["http.response.status_code"], 200);
    let job = of("job mail");
    assert_eq!(job["facts"]["gameforge.attempt"], 1);
    assert_eq!((&job["kind"], &job["parent"]), (&1.into(), &"".into()));
    for span in [request, job] {
        assert_eq!(span["trace"].as_str().expect("an id").len(), 32);
        assert_eq!(span["span"].as_str().expect("an id").len(), 16);
        assert!(span["took"].as_i64().expect("a time") > 0, "{span}");
        let ended = span["ended"].as_i64().expect("a time") / 1_000_000_000;
        let now = chrono::Utc::now().timestamp();
        assert!((now - 60..=now).contains(&ended), "{span}");
    }
    assert_ne!(job["trace"], request["trace"]);
    let all = serde_json::to_string(&spans).expect("JSON");
    assert!(
        !all.contains("ada@example.org") && !all.contains(&ada.token),
        "no addresses, no secrets"
    );
}

/// A collector's way in.
async fn take(
    State(sent): State<mpsc::UnboundedSender<Bytes>>,
    headers: HeaderMap,
    body: Bytes,
) -> &'static str {
    assert_eq!(headers["content-type"], "application/json");
    sent.send(body).expect("somebody reads");
    "{}"
}

/// Fails on a field that the schema does not have, and on a value that is not of its type.
fn read(packages: &Path, message: &[u8]) -> Vec<Value> {
    let mut python = Command::new("python3")
        .args(["-c", READER])
        .env("PYTHONPATH", packages)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("Python starts");
    let mut stdin = python.stdin.take().expect("its input");
    stdin.write_all(message).expect("read");
    drop(stdin);
    let output = python.wait_with_output().expect("it ends");
    assert!(
        output.status.success(),
        "the schema does not read {}",
        String::from_utf8_lossy(message)
    );
    serde_json::from_slice(&output.stdout).expect("spans")
}

fn packages() -> PathBuf {
    let fetched = concat!(env!("CARGO_MANIFEST_DIR"), "/../../target/python/otlp");
    let folder = std::env::var_os("GAMEFORGE_TEST_OTLP").map_or(fetched.into(), PathBuf::from);
    assert!(
        folder.join("opentelemetry/proto").is_dir(),
        "NOT RUN: the schema of OTLP is not in “{}”; `cargo xtask test` fetches it, or name the folder of the Python \
         packages in GAMEFORGE_TEST_OTLP",
        folder.display()
    );
    folder
}
