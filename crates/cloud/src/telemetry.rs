//! What the service says of itself while it runs: its log, and traces by OTLP over HTTP (JSON encoding,
//! opentelemetry.io/docs/specs/otlp). One span a request and one a job's try; a caller's `traceparent`
//! (w3.org/TR/trace-context) is carried on.
//!
//! The exporter is our own: a span a request needs a fraction of what the OpenTelemetry crates bring.

use parking_lot::Mutex;
use serde_json::{Value, json};
use std::time::{Duration, SystemTime, UNIX_EPOCH};
use tokio::{sync::mpsc, time};
use tracing_subscriber::{EnvFilter, fmt, prelude::*};
use url::Url;

/// Spans that wait to be sent; more than that are dropped, and counted.
const WAITING: usize = 4_096;
/// Spans of one message.
const BATCH: usize = 512;
/// The longest that a span waits.
const PAUSE: Duration = Duration::from_secs(2);
/// How long the collector may take.
const TIMEOUT: Duration = Duration::from_secs(5);

/// Begins the log: a JSON line an event for machines, or plain lines for the development service. What is logged is
/// chosen by `GAMEFORGE_LOG` (`info` when not given).
pub fn log(json: bool) {
    let filter =
        EnvFilter::try_from_env("GAMEFORGE_LOG").unwrap_or_else(|_| EnvFilter::new("info"));
    let layers = tracing_subscriber::registry().with(filter);
    // A second call in one process changes nothing.
    let begun = if json {
        layers
            .with(fmt::layer().json().flatten_event(true))
            .try_init()
    } else {
        layers
            .with(
                fmt::layer()
                    .compact()
                    .with_target(false)
                    .with_writer(std::io::stderr),
            )
            .try_init()
    };
    begun.unwrap_or_default();
}

/// A place in a trace.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Parent {
    /// The trace.
    pub trace: u128,
    /// The span.
    pub span: u64,
    /// Whether it is recorded.
    pub sampled: bool,
}

impl Parent {
    /// Reads a `traceparent` header, version 00; none when it is not one.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let mut parts = text.trim().split('-');
        let (version, trace, span, flags) =
            (parts.next()?, parts.next()?, parts.next()?, parts.next()?);
        if version != "00" || parts.next().is_some() {
            return None;
        }
        if (trace.len(), span.len(), flags.len()) != (32, 16, 2) {
            return None;
        }
        let hex = |text: &str| {
            text.bytes()
                .all(|byte| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte))
        };
        if !(hex(trace) && hex(span) && hex(flags)) {
            return None;
        }
        let parent = Self {
            trace: u128::from_str_radix(trace, 16).ok()?,
            span: u64::from_str_radix(span, 16).ok()?,
            sampled: u8::from_str_radix(flags, 16).ok()? & 1 == 1,
        };
        (parent.trace != 0 && parent.span != 0).then_some(parent)
    }
}

/// Something that took time.
#[derive(Debug, Clone)]
pub struct Span {
    /// From outside, where it was told.
    pub parent: Option<Parent>,
    /// For example `GET /v1/account`.
    pub name: String,
    /// Whether others asked for it (a request) or the service itself (a job).
    pub asked: bool,
    /// When it ended.
    pub ended: SystemTime,
    /// How long it took.
    pub took: Duration,
    /// What is known of it; no addresses, names, secrets.
    pub facts: Vec<(&'static str, String)>,
    /// Whether it failed by a fault of the service.
    pub failed: bool,
}

/// The way to the collector.
#[derive(Debug, Default)]
pub struct Traces {
    to: Option<Url>,
    sender: Mutex<Option<mpsc::Sender<Span>>>,
}

impl Traces {
    /// To the collector at an address; to nobody when there is none.
    #[must_use]
    pub fn new(to: Option<Url>) -> Self {
        Self {
            to,
            sender: Mutex::default(),
        }
    }

    /// Whether anybody listens.
    #[must_use]
    pub const fn is_on(&self) -> bool {
        self.to.is_some()
    }

    /// Sends a span soon. Never waits: when the collector does not keep up, spans are lost, not requests.
    pub fn note(&self, span: Span) {
        let Some(to) = &self.to else { return };
        if span.parent.is_some_and(|parent| !parent.sampled) {
            return;
        }
        let mut sender = self.sender.lock();
        let sender = sender.get_or_insert_with(|| {
            let (sender, receiver) = mpsc::channel(WAITING);
            tokio::spawn(forward(to.clone(), receiver));
            sender
        });
        // Full: it is dropped.
        sender.try_send(span).unwrap_or_default();
    }
}

async fn forward(to: Url, mut spans: mpsc::Receiver<Span>) {
    let client = match reqwest::Client::builder().timeout(TIMEOUT).build() {
        Ok(client) => client,
        Err(error) => return tracing::error!(%error, "no traces are sent"),
    };
    let address = format!("{}/v1/traces", to.as_str().trim_end_matches('/'));
    let mut batch = Vec::with_capacity(BATCH);
    while spans.recv_many(&mut batch, BATCH).await > 0 {
        let sent = client.post(&address).json(&message(&batch)).send().await;
        if let Err(error) = sent.and_then(reqwest::Response::error_for_status) {
            tracing::debug!(%error, spans = batch.len(), "the collector of traces did not take them");
        }
        batch.clear();
        time::sleep(PAUSE).await;
    }
}

fn message(spans: &[Span]) -> Value {
    let spans: Vec<Value> = spans.iter().map(one).collect();
    json!({ "resourceSpans": [{
        "resource": { "attributes": [
            attribute("service.name", "gameforge-cloud"),
            attribute("service.version", env!("CARGO_PKG_VERSION")),
        ] },
        "scopeSpans": [{ "scope": { "name": "gameforge-cloud" }, "spans": spans }],
    }] })
}

/// Facts that are numbers (opentelemetry.io/docs/specs/semconv/http/http-spans); the protocol writes them as text.
const NUMBERS: [&str; 2] = ["http.response.status_code", "gameforge.attempt"];

fn attribute(key: &str, value: &str) -> Value {
    let kind = if NUMBERS.contains(&key) {
        "intValue"
    } else {
        "stringValue"
    };
    json!({ "key": key, "value": { kind: value } })
}

fn one(span: &Span) -> Value {
    let nanos = |at: SystemTime| {
        at.duration_since(UNIX_EPOCH)
            .unwrap_or_default()
            .as_nanos()
            .to_string()
    };
    let began = span.ended.checked_sub(span.took).unwrap_or(span.ended);
    let fresh = uuid::Uuid::now_v7().as_u128();
    let trace = span.parent.map_or(fresh, |parent| parent.trace);
    // The low half of a UUIDv7 is random but for two bits.
    #[allow(clippy::cast_possible_truncation, reason = "the low half is meant")]
    let id = fresh as u64;
    let mut value = json!({
        "traceId": format!("{trace:032x}"),
        "spanId": format!("{id:016x}"),
        "name": span.name,
        // SERVER and INTERNAL of the protocol.
        "kind": if span.asked { 2 } else { 1 },
        "startTimeUnixNano": nanos(began),
        "endTimeUnixNano": nanos(span.ended),
        "attributes": span.facts.iter().map(|(key, text)| attribute(key, text)).collect::<Vec<_>>(),
        // ERROR or UNSET.
        "status": { "code": if span.failed { 2 } else { 0 } },
    });
    if let Some(parent) = span.parent {
        value["parentSpanId"] = json!(format!("{:016x}", parent.span));
    }
    value
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_callers_trace_is_carried_on_and_nonsense_is_not() {
        let text = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
        let parent = Parent::parse(text).expect("a traceparent");
        assert!(parent.sampled);
        let span = Span {
            parent: Some(parent),
            name: "GET /v1/account".to_owned(),
            asked: true,
            ended: UNIX_EPOCH + Duration::from_secs(10),
            took: Duration::from_secs(1),
            facts: vec![("http.route", "/v1/account".to_owned())],
            failed: false,
        };
        let sent = one(&span);
        assert_eq!(sent["traceId"], "0af7651916cd43dd8448eb211c80319c");
        assert_eq!(sent["parentSpanId"], "b7ad6b7169203331");
        assert_eq!(sent["startTimeUnixNano"], "9000000000");
        for text in [
            "",
            "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331",
            "00-00000000000000000000000000000000-b7ad6b7169203331-01",
            "00-0AF7651916CD43DD8448EB211C80319C-b7ad6b7169203331-01",
            "ff-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
        ] {
            assert_eq!(Parent::parse(text), None, "{text}");
        }
    }
}
