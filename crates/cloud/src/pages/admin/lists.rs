//! The pages of jobs, of the audit log, and of health.

use super::{Plain, Shown, Signed, entry::to, next_link, safe};
use crate::{
    App,
    http::{Id, Params},
    routes::admin,
};
use axum::extract::{Form, State};
use gameforge_domain::CloudJobId;
use gameforge_wire::cloud::{AuditEvent, AuditQuery, JobRow};
use std::fmt::Write;

/// Jobs.
pub async fn jobs(
    State(app): State<App>,
    signed: Signed,
    Params(query): Params<admin::JobsQuery>,
) -> Shown {
    let state = query.state.clone().unwrap_or_else(|| "dead".to_owned());
    let found = admin::jobs(State(app), signed.caller.clone(), Params(query))
        .await?
        .0;
    let mut body = String::from("<nav>");
    for word in ["dead", "waiting", "running", "done"] {
        // Writing into a string cannot fail.
        let _ = write!(body, "<a href=\"/admin/jobs?state={word}\">{word}</a>");
    }
    body.push_str(
        "</nav><div class=\"wide\"><table><thead><tr><th>Job</th><th>Kind</th><th>Made</th><th>Runs</th><th>Tries</th>\
         <th>Last error</th><th></th></tr></thead><tbody>",
    );
    for job in &found.items {
        job_row(&mut body, &signed, job);
    }
    body.push_str("</tbody></table></div>");
    if found.items.is_empty() {
        let _ = write!(body, "<p class=\"quiet\">No {} job.</p>", safe(&state));
    }
    body.push_str(&next_link(
        "/admin/jobs",
        &[("state", Some(&state))],
        found.next.as_deref(),
    ));
    Ok(signed.frame("Jobs", &body))
}

fn job_row(body: &mut String, signed: &Signed, job: &JobRow) {
    let again = if job.state == "dead" {
        format!(
            "<form method=\"post\" action=\"/admin/jobs/{}/retry\">{}<button>Try again</button></form>",
            job.id,
            signed.field()
        )
    } else {
        String::new()
    };
    // Writing into a string cannot fail.
    let _ = write!(
        body,
        "<tr><td><code>{}</code></td><td>{}</td><td>{}</td><td>{}</td><td>{} of {}</td><td>{}</td><td>{again}</td></tr>",
        job.id,
        safe(&job.kind),
        job.created_at.format("%F %T"),
        job.run_at.format("%F %T"),
        job.attempts,
        job.most_attempts,
        safe(job.last_error.as_deref().unwrap_or_default()),
    );
}

/// Tries a job again.
pub async fn retry(
    State(app): State<App>,
    signed: Signed,
    id: Id<CloudJobId>,
    Form(form): Form<Plain>,
) -> Shown {
    signed.gave(&form.csrf)?;
    admin::retry(State(app), signed.caller, id).await?;
    Ok(to("/admin/jobs"))
}

/// The audit log.
pub async fn audit(
    State(app): State<App>,
    signed: Signed,
    Params(query): Params<AuditQuery>,
) -> Shown {
    let action = query.action.clone().filter(|text| !text.is_empty());
    let query = AuditQuery {
        action: action.clone(),
        ..query
    };
    let found = admin::audit(State(app), signed.caller.clone(), Params(query))
        .await?
        .0;
    let mut rows = String::new();
    for event in &found.items {
        event_row(&mut rows, event);
    }
    let body = format!(
        "<form action=\"/admin/audit\"><label for=\"action\">Act; with a dot at the end, all that begin so</label>\
         <input id=\"action\" name=\"action\" type=\"search\" value=\"{}\"></form>\
         <div class=\"wide\"><table><thead><tr><th>#</th><th>When</th><th>Who</th><th>Act</th><th>What</th><th>Before</th>\
         <th>After</th><th>From</th></tr></thead><tbody>{rows}</tbody></table></div>{}",
        safe(action.as_deref().unwrap_or_default()),
        next_link(
            "/admin/audit",
            &[("action", action.as_deref())],
            found.next.as_deref()
        )
    );
    Ok(signed.frame("Audit log", &body))
}

fn event_row(rows: &mut String, event: &AuditEvent) {
    let json = |value: &Option<serde_json::Value>| {
        value
            .as_ref()
            .map_or_else(String::new, |value| safe(&value.to_string()))
    };
    // Writing into a string cannot fail.
    let _ = write!(
        rows,
        "<tr><td>{}</td><td>{}</td><td>{} <code>{}</code></td><td>{}</td><td>{} <code>{}</code></td>\
         <td><code>{}</code></td><td><code>{}</code></td><td>{}</td></tr>",
        event.seq,
        event.at.format("%F %T"),
        safe(&event.actor_kind),
        safe(event.actor_id.as_deref().unwrap_or_default()),
        safe(&event.action),
        safe(&event.target_kind),
        safe(event.target_id.as_deref().unwrap_or_default()),
        json(&event.before),
        json(&event.after),
        safe(event.address.as_deref().unwrap_or_default()),
    );
}

/// Health.
pub async fn health(State(app): State<App>, signed: Signed) -> Shown {
    let health = admin::standing(State(app), signed.caller.clone()).await?.0;
    let mut rows = String::new();
    for part in &health.parts {
        let (class, word) = if part.ok {
            ("good", "works")
        } else {
            ("bad", "does not work")
        };
        // Writing into a string cannot fail.
        let _ = write!(
            rows,
            "<tr><td>{}</td><td class=\"{class}\">{word}</td><td>{}</td></tr>",
            safe(&part.part),
            safe(&part.note)
        );
    }
    let body = format!(
        "<p>Version {}</p><table><thead><tr><th>Part</th><th>Standing</th><th></th></tr></thead><tbody>{rows}</tbody></table>",
        safe(&health.version)
    );
    Ok(signed.frame("Health", &body))
}
