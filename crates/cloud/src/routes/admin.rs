//! What those who run the platform see and do. Administrators do all of it, moderators look at accounts, jobs and
//! health; changes need a fresh proof and are in the audit log. The page of `pages::admin` calls the same functions.

use super::{health, reach};
use crate::{
    App, Error, Result,
    http::{Body, Caller, Id, Params},
    store::{
        self, Tx,
        admin::Wanted,
        audit::{Act, Actor},
        session::Why,
    },
};
use axum::{Json, extract::State, http::StatusCode};
use gameforge_domain::{AccountId, CloudJobId, PlatformRole};
use gameforge_wire::cloud::{
    AdminAccount, AuditEvent, AuditQuery, Health, JobRow, Page, PageQuery, Problem, ProblemCode,
    RoleChange, Suspension,
};
use serde::Deserialize;
use serde_json::json;

/// Characters of a reason.
const MOST_REASON: usize = 500;

/// A transaction for somebody of the platform's staff; who is none of it learns nothing more.
async fn staff(app: &App, caller: &Caller, least: PlatformRole) -> Result<Tx> {
    caller.session()?;
    let mut tx = app.store.worker().await?;
    let role = store::admin::role(&mut tx, caller.account).await?;
    let is_in = match role {
        Some(PlatformRole::Admin) => true,
        Some(PlatformRole::Moderator) => least == PlatformRole::Moderator,
        _ => false,
    };
    if !is_in {
        return Err(Error::forbidden("This is for those who run the platform."));
    }
    Ok(tx)
}

/// Which accounts.
#[derive(Debug, Clone, Default, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields, default)]
pub struct AccountsQuery {
    /// Those whose address or name holds this.
    pub q: Option<String>,
    /// `next` of the page before.
    pub after: Option<String>,
    /// Rows, 1 to 200.
    pub limit: Option<u32>,
}

impl AccountsQuery {
    fn page(&self) -> PageQuery {
        PageQuery {
            after: self.after.clone(),
            limit: self.limit,
        }
    }
}

/// All accounts.
#[utoipa::path(get, path = "/v1/admin/accounts", tag = "admin", security(("bearer" = [])), params(AccountsQuery),
    responses((status = 200, body = Page<AdminAccount>), (status = 401, body = Problem), (status = 403, body = Problem)))]
pub async fn accounts(
    State(app): State<App>,
    caller: Caller,
    Params(query): Params<AccountsQuery>,
) -> Result<Json<Page<AdminAccount>>> {
    let page = query.page();
    let limit = reach::limit(&page)?;
    let after = reach::after(&page)?;
    let holding = query
        .q
        .as_deref()
        .map(str::trim)
        .filter(|it| !it.is_empty());
    let mut tx = staff(&app, &caller, PlatformRole::Moderator).await?;
    let rows = store::admin::accounts(&mut tx, None, holding, after, limit + 1).await?;
    tx.commit().await?;
    Ok(Json(reach::page(rows, limit, |row| row.id.to_string())))
}

async fn one(tx: &mut Tx, id: AccountId) -> Result<AdminAccount> {
    let mut found = store::admin::accounts(tx, Some(id), None, None, 1).await?;
    found.pop().ok_or_else(|| Error::not_found("This account"))
}

/// Gives somebody another role on the platform.
#[utoipa::path(put, path = "/v1/admin/accounts/{account_id}/role", tag = "admin", security(("bearer" = [])),
    params(("account_id" = AccountId, Path)), request_body = RoleChange,
    responses((status = 200, body = AdminAccount), (status = 401, body = Problem), (status = 403, body = Problem),
        (status = 404, body = Problem), (status = 409, body = Problem)))]
pub async fn set_role(
    State(app): State<App>,
    caller: Caller,
    Id(id): Id<AccountId>,
    Body(change): Body<RoleChange>,
) -> Result<Json<AdminAccount>> {
    let now = app.clock.now();
    let mut tx = staff(&app, &caller, PlatformRole::Admin).await?;
    caller.fresh(now)?;
    let administrators = store::admin::hold_administrators(&mut tx).await?;
    let before = one(&mut tx, id).await?;
    if before.role == PlatformRole::Admin
        && change.role != PlatformRole::Admin
        && before.suspended_at.is_none()
        && administrators <= 1
    {
        return Err(last_one());
    }
    store::admin::set_role(&mut tx, id, change.role, now).await?;
    let after = one(&mut tx, id).await?;
    let act = Act {
        action: "account.role_changed",
        target_kind: "account",
        target_id: Some(id.uuid()),
        before: Some(json!({ "role": before.role })),
        after: Some(json!({ "role": after.role })),
        flags: &["privilege"],
        ..Act::default()
    };
    store::audit::append(&mut tx, now, &Actor::from(&caller), &act).await?;
    tx.commit().await?;
    Ok(Json(after))
}

fn last_one() -> Error {
    Error::told(
        ProblemCode::Conflict,
        "This is the last administrator who can sign in; make somebody else one first.",
    )
}

/// Keeps somebody out, or lets them in again. Kept out, all of their devices are signed out.
#[utoipa::path(put, path = "/v1/admin/accounts/{account_id}/suspension", tag = "admin", security(("bearer" = [])),
    params(("account_id" = AccountId, Path)), request_body = Suspension,
    responses((status = 200, body = AdminAccount), (status = 401, body = Problem), (status = 403, body = Problem),
        (status = 404, body = Problem), (status = 409, body = Problem)))]
pub async fn suspend(
    State(app): State<App>,
    caller: Caller,
    Id(id): Id<AccountId>,
    Body(change): Body<Suspension>,
) -> Result<Json<AdminAccount>> {
    let now = app.clock.now();
    let reason = change.reason.trim();
    if reason.chars().count() > MOST_REASON {
        return Err(Error::invalid(
            "reason",
            format!("has more than {MOST_REASON} characters"),
        ));
    }
    let mut tx = staff(&app, &caller, PlatformRole::Admin).await?;
    caller.fresh(now)?;
    let administrators = store::admin::hold_administrators(&mut tx).await?;
    let before = one(&mut tx, id).await?;
    let is_in = before.role == PlatformRole::Admin && before.suspended_at.is_none();
    if change.suspended && is_in && administrators <= 1 {
        return Err(last_one());
    }
    let signed_out = if change.suspended {
        store::admin::suspend(&mut tx, id, Some(reason), now).await?;
        store::session::revoke_all(&mut tx, id, None, Why::Suspended, now).await?
    } else {
        store::admin::suspend(&mut tx, id, None, now).await?;
        Vec::new()
    };
    let after = one(&mut tx, id).await?;
    let act = Act {
        action: if change.suspended {
            "account.suspended"
        } else {
            "account.unsuspended"
        },
        target_kind: "account",
        target_id: Some(id.uuid()),
        before: Some(json!({ "suspended_at": before.suspended_at })),
        after: Some(json!({ "reason": reason, "devices": signed_out.len() })),
        ..Act::default()
    };
    store::audit::append(&mut tx, now, &Actor::from(&caller), &act).await?;
    tx.commit().await?;
    Ok(Json(after))
}

/// Which jobs.
#[derive(Debug, Clone, Default, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields, default)]
pub struct JobsQuery {
    /// `waiting`, `running`, `done` or `dead`; dead ones when not given.
    pub state: Option<String>,
    /// `next` of the page before.
    pub after: Option<String>,
    /// Rows, 1 to 200.
    pub limit: Option<u32>,
}

/// Jobs of one state, the newest first.
#[utoipa::path(get, path = "/v1/admin/jobs", tag = "admin", security(("bearer" = [])), params(JobsQuery),
    responses((status = 200, body = Page<JobRow>), (status = 401, body = Problem), (status = 403, body = Problem)))]
pub async fn jobs(
    State(app): State<App>,
    caller: Caller,
    Params(query): Params<JobsQuery>,
) -> Result<Json<Page<JobRow>>> {
    let page = PageQuery {
        after: query.after,
        limit: query.limit,
    };
    let (limit, after) = (reach::limit(&page)?, reach::after(&page)?);
    let state = query.state.as_deref().unwrap_or("dead");
    if !["waiting", "running", "done", "dead"].contains(&state) {
        return Err(Error::invalid(
            "state",
            "is none of waiting, running, done, dead",
        ));
    }
    let mut tx = staff(&app, &caller, PlatformRole::Moderator).await?;
    let rows = store::job::list(&mut tx, state, after, limit + 1).await?;
    tx.commit().await?;
    Ok(Json(reach::page(rows, limit, |row| row.id.to_string())))
}

/// Tries a job again that was given up.
#[utoipa::path(post, path = "/v1/admin/jobs/{job_id}/retry", tag = "admin", security(("bearer" = [])),
    params(("job_id" = CloudJobId, Path)),
    responses((status = 204), (status = 401, body = Problem), (status = 403, body = Problem),
        (status = 404, body = Problem)))]
pub async fn retry(
    State(app): State<App>,
    caller: Caller,
    Id(id): Id<CloudJobId>,
) -> Result<StatusCode> {
    let now = app.clock.now();
    let mut tx = staff(&app, &caller, PlatformRole::Admin).await?;
    caller.fresh(now)?;
    store::job::revive(&mut tx, id.uuid(), now).await?;
    let act = Act {
        action: "job.retried",
        target_kind: "job",
        target_id: Some(id.uuid()),
        ..Act::default()
    };
    store::audit::append(&mut tx, now, &Actor::from(&caller), &act).await?;
    tx.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}

/// The audit log, the newest first.
#[utoipa::path(get, path = "/v1/admin/audit", tag = "admin", security(("bearer" = [])), params(AuditQuery),
    responses((status = 200, body = Page<AuditEvent>), (status = 401, body = Problem), (status = 403, body = Problem)))]
pub async fn audit(
    State(app): State<App>,
    caller: Caller,
    Params(query): Params<AuditQuery>,
) -> Result<Json<Page<AuditEvent>>> {
    let page = PageQuery {
        after: None,
        limit: query.limit,
    };
    let limit = reach::limit(&page)?;
    let wanted = Wanted {
        actor: query.actor_id.map(AccountId::uuid),
        target: query.target_id.as_deref().map(reach::cursor).transpose()?,
        action: query.action,
        before: query.after.as_deref().map(reach::cursor).transpose()?,
    };
    let mut tx = staff(&app, &caller, PlatformRole::Admin).await?;
    let rows = store::admin::audit(&mut tx, &wanted, limit + 1).await?;
    tx.commit().await?;
    Ok(Json(reach::page(rows, limit, |row| row.seq.to_string())))
}

/// How the service stands, as `/readyz` tells it.
#[utoipa::path(get, path = "/v1/admin/health", tag = "admin", security(("bearer" = [])),
    responses((status = 200, body = Health), (status = 401, body = Problem), (status = 403, body = Problem)))]
pub async fn standing(State(app): State<App>, caller: Caller) -> Result<Json<Health>> {
    let tx = staff(&app, &caller, PlatformRole::Moderator).await?;
    tx.commit().await?;
    Ok(Json(health::look(&app).await))
}
