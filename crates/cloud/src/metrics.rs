//! What is counted and measured, in the text form that Prometheus reads. A registry of our own: a handful of series
//! needs no more than a map under a lock.

use crate::{App, Result, routes::health, store};
use axum::{Router, extract::State, http::header, response::IntoResponse, routing::get};
use gameforge_wire::cloud::ProblemCode;
use parking_lot::Mutex;
use std::{collections::BTreeMap, fmt::Write, time::Duration};

/// Upper bounds of the histograms' buckets, in seconds.
const BOUNDS: [f64; 12] = [
    0.001, 0.002_5, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0,
];

#[derive(Debug, Default, Clone)]
struct Histogram {
    buckets: [u64; BOUNDS.len()],
    count: u64,
    sum: f64,
}

impl Histogram {
    fn add(&mut self, seconds: f64) {
        for (bucket, bound) in self.buckets.iter_mut().zip(BOUNDS) {
            if seconds <= bound {
                *bucket += 1;
            }
        }
        self.count += 1;
        self.sum += seconds;
    }
}

#[derive(Debug, Default)]
struct Counted {
    /// By route (its pattern), method, status.
    requests: BTreeMap<(String, String, u16), u64>,
    /// By route and method.
    seconds: BTreeMap<(String, String), Histogram>,
    /// By the code that was told.
    problems: BTreeMap<String, u64>,
    /// By kind and how it ended.
    jobs: BTreeMap<(&'static str, &'static str), u64>,
    /// By kind.
    job_seconds: BTreeMap<&'static str, Histogram>,
    /// Looks into the shared rows of who may ask how often.
    leases: u64,
}

/// The registry.
#[derive(Debug, Default)]
pub struct Metrics(Mutex<Counted>);

impl Metrics {
    /// A request was answered.
    pub fn request(
        &self,
        route: &str,
        method: &str,
        status: u16,
        took: Duration,
        problem: Option<ProblemCode>,
    ) {
        // A method that nobody knows is anybody's to invent; it must not make series without end.
        let method = match method {
            "GET" | "POST" | "PUT" | "PATCH" | "DELETE" | "HEAD" | "OPTIONS" => method,
            _ => "other",
        };
        let mut counted = self.0.lock();
        *counted
            .requests
            .entry((route.to_owned(), method.to_owned(), status))
            .or_default() += 1;
        counted
            .seconds
            .entry((route.to_owned(), method.to_owned()))
            .or_default()
            .add(took.as_secs_f64());
        if let Some(code) = problem {
            *counted.problems.entry(word(code)).or_default() += 1;
        }
    }

    /// Requests were taken ahead of their use for an account or a key.
    pub fn lease(&self) {
        self.0.lock().leases += 1;
    }

    /// A try of a job ended: `done`, `retried` or `dead`.
    pub fn job(&self, kind: &'static str, outcome: &'static str, took: Duration) {
        let mut counted = self.0.lock();
        *counted.jobs.entry((kind, outcome)).or_default() += 1;
        counted
            .job_seconds
            .entry(kind)
            .or_default()
            .add(took.as_secs_f64());
    }

    /// All that was counted since the start.
    fn counted(&self, text: &mut Text) {
        let counted = self.0.lock();
        text.head(
            "gameforge_allowance_leases_total",
            "counter",
            "Blocks of requests that were taken for an account or a key.",
        );
        text.row(
            "gameforge_allowance_leases_total",
            &[],
            whole(counted.leases),
        );
        text.head(
            "gameforge_http_requests_total",
            "counter",
            "Requests that were answered.",
        );
        for ((route, method, status), count) in &counted.requests {
            let status = status.to_string();
            let labels = [
                ("route", route.as_str()),
                ("method", method),
                ("status", &status),
            ];
            text.row("gameforge_http_requests_total", &labels, whole(*count));
        }
        text.head(
            "gameforge_http_request_seconds",
            "histogram",
            "How long answers took.",
        );
        for ((route, method), histogram) in &counted.seconds {
            let labels = [("route", route.as_str()), ("method", method)];
            text.histogram("gameforge_http_request_seconds", &labels, histogram);
        }
        text.head(
            "gameforge_problems_total",
            "counter",
            "Problems that were told, by their code.",
        );
        for (code, count) in &counted.problems {
            text.row("gameforge_problems_total", &[("code", code)], whole(*count));
        }
        text.head(
            "gameforge_jobs_total",
            "counter",
            "Tries of jobs that ended.",
        );
        for ((kind, outcome), count) in &counted.jobs {
            let labels = [("kind", *kind), ("outcome", *outcome)];
            text.row("gameforge_jobs_total", &labels, whole(*count));
        }
        text.head(
            "gameforge_job_seconds",
            "histogram",
            "How long tries of jobs took.",
        );
        for (kind, histogram) in &counted.job_seconds {
            text.histogram("gameforge_job_seconds", &[("kind", *kind)], histogram);
        }
    }
}

fn word(code: ProblemCode) -> String {
    serde_json::to_value(code)
        .ok()
        .and_then(|value| value.as_str().map(str::to_owned))
        .unwrap_or_default()
}

fn whole(count: u64) -> f64 {
    #[allow(clippy::cast_precision_loss, reason = "nothing counts to 2⁵³")]
    let count = count as f64;
    count
}

/// The text form, version 0.0.4 (prometheus.io/docs/instrumenting/exposition_formats).
#[derive(Default)]
struct Text(String);

impl Text {
    fn head(&mut self, name: &str, kind: &str, help: &str) {
        // Writing into a string cannot fail.
        let _ = writeln!(self.0, "# HELP {name} {help}\n# TYPE {name} {kind}");
    }

    fn row(&mut self, name: &str, labels: &[(&str, &str)], value: f64) {
        self.0.push_str(name);
        for (at, (label, text)) in labels.iter().enumerate() {
            let open = if at == 0 { '{' } else { ',' };
            let text = text
                .replace('\\', "\\\\")
                .replace('"', "\\\"")
                .replace('\n', "\\n");
            let _ = write!(self.0, "{open}{label}=\"{text}\"");
        }
        if !labels.is_empty() {
            self.0.push('}');
        }
        let _ = writeln!(self.0, " {value}");
    }

    fn gauge(&mut self, name: &str, help: &str, value: f64) {
        self.head(name, "gauge", help);
        self.row(name, &[], value);
    }

    fn histogram(&mut self, name: &str, labels: &[(&str, &str)], histogram: &Histogram) {
        let bucket = format!("{name}_bucket");
        for (count, bound) in histogram.buckets.iter().zip(BOUNDS) {
            let bound = bound.to_string();
            let labels = [labels, &[("le", bound.as_str())]].concat();
            self.row(&bucket, &labels, whole(*count));
        }
        let all = [labels, &[("le", "+Inf")]].concat();
        self.row(&bucket, &all, whole(histogram.count));
        self.row(&format!("{name}_sum"), labels, histogram.sum);
        self.row(&format!("{name}_count"), labels, whole(histogram.count));
    }
}

/// The listener's only address. It belongs to those who run the service and is not guarded.
pub fn router(app: App) -> Router {
    Router::new().route("/metrics", get(read)).with_state(app)
}

async fn read(State(app): State<App>) -> impl IntoResponse {
    (
        [(header::CONTENT_TYPE, "text/plain; version=0.0.4")],
        text(&app).await,
    )
}

/// All measurements. What cannot be asked just now is left out; the parts' own rows say why.
pub async fn text(app: &App) -> String {
    let mut text = Text::default();
    app.metrics.counted(&mut text);
    let health = health::look(app).await;
    text.head(
        "gameforge_part_ok",
        "gauge",
        "1 while the part of the service works.",
    );
    for part in &health.parts {
        text.row(
            "gameforge_part_ok",
            &[("part", &part.part)],
            f64::from(u8::from(part.ok)),
        );
    }
    let pool = app.store.pool();
    text.gauge(
        "gameforge_database_connections",
        "Connections of this copy to the database.",
        f64::from(pool.size()),
    );
    let idle = u32::try_from(pool.num_idle()).unwrap_or(u32::MAX);
    text.gauge(
        "gameforge_database_connections_idle",
        "Those of them that wait.",
        f64::from(idle),
    );
    let live = u32::try_from(app.live.connections()).unwrap_or(u32::MAX);
    text.gauge(
        "gameforge_live_connections",
        "WebSockets that this copy holds.",
        f64::from(live),
    );
    match figures(app).await {
        Ok(figures) => {
            for (name, help, value) in figures {
                if let Some(value) = value {
                    text.gauge(name, help, value);
                }
            }
        }
        Err(error) => tracing::warn!(%error, "the database gives no figures"),
    }
    if let Some(bytes) = resident() {
        text.gauge(
            "gameforge_resident_bytes",
            "Memory of this copy.",
            whole(bytes),
        );
    }
    text.head("gameforge_build", "gauge", "1, with the version.");
    text.row(
        "gameforge_build",
        &[("version", env!("CARGO_PKG_VERSION"))],
        1.0,
    );
    text.0
}

type Figure = (&'static str, &'static str, Option<f64>);

/// What only the database knows.
async fn figures(app: &App) -> Result<Vec<Figure>> {
    let now = app.clock.now();
    let mut tx = app.store.worker().await?;
    let (waiting, age, dead) = store::job::standing(&mut tx, now).await?;
    let row = sqlx::query!(
        r#"
        SELECT pg_database_size(current_database())::float8 AS "size!",
            (SELECT count(*) FROM session WHERE revoked_at IS NULL AND expires_at > $1) AS "devices!",
            (SELECT seq FROM audit_head) AS "audit!",
            -- Only who may watch the server sees more than nulls here.
            (SELECT max(extract(epoch FROM replay_lag))::float8 FROM pg_stat_replication) AS lag
        "#,
        now,
    )
    .fetch_one(&mut *tx)
    .await?;
    tx.commit().await?;
    let count = |count: i64| Some(whole(u64::try_from(count).unwrap_or(0)));
    Ok(vec![
        ("gameforge_jobs_waiting", "Jobs that wait.", count(waiting)),
        (
            "gameforge_jobs_oldest_seconds",
            "How long the oldest job that is due waits.",
            Some(age),
        ),
        (
            "gameforge_jobs_dead",
            "Jobs that nothing helped, waiting for an administrator.",
            count(dead),
        ),
        (
            "gameforge_database_bytes",
            "What the database holds on its disk.",
            Some(row.size),
        ),
        (
            "gameforge_devices",
            "Devices that are signed in.",
            count(row.devices),
        ),
        (
            "gameforge_audit_seq",
            "The audit log's last number.",
            count(row.audit),
        ),
        (
            "gameforge_replication_lag_seconds",
            "How far the slowest standby is behind; only where the login may watch the server.",
            row.lag,
        ),
    ])
}

/// The memory that this process holds, where the system tells.
fn resident() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix("VmRSS:"))?;
    let kibibytes: u64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    Some(kibibytes * 1024)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_counted_is_told_in_prometheus_words() {
        let metrics = Metrics::default();
        let took = Duration::from_millis(3);
        metrics.request("/v1/a", "GET", 200, took, None);
        metrics.request("/v1/a", "GET", 200, took, None);
        metrics.request("/v1/a", "BREW", 404, took, Some(ProblemCode::NotFound));
        metrics.job("mail", "done", took);
        let mut text = Text::default();
        metrics.counted(&mut text);
        for line in [
            "gameforge_http_requests_total{route=\"/v1/a\",method=\"GET\",status=\"200\"} 2",
            "gameforge_http_requests_total{route=\"/v1/a\",method=\"other\",status=\"404\"} 1",
            "gameforge_http_request_seconds_bucket{route=\"/v1/a\",method=\"GET\",le=\"0.0025\"} 0",
            "gameforge_http_request_seconds_bucket{route=\"/v1/a\",method=\"GET\",le=\"0.005\"} 2",
            "gameforge_http_request_seconds_bucket{route=\"/v1/a\",method=\"GET\",le=\"+Inf\"} 2",
            "gameforge_http_request_seconds_count{route=\"/v1/a\",method=\"GET\"} 2",
            "gameforge_problems_total{code=\"not_found\"} 1",
            "gameforge_jobs_total{kind=\"mail\",outcome=\"done\"} 1",
        ] {
            assert!(text.0.lines().any(|it| it == line), "{line} in\n{}", text.0);
        }
    }

    #[test]
    fn a_label_cannot_break_out_of_its_quotes() {
        let mut text = Text::default();
        text.row("a", &[("b", "x\"}\n\\")], 1.0);
        assert_eq!(text.0, "a{b=\"x\\\"}\\n\\\\\"} 1\n");
    }
}
