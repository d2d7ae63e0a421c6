//! Where an invitation leads, and whether the one who sends it reaches that far: when it is sent, and still when it is
//! answered.

use super::reach;
use crate::{
    Error, Result,
    http::Caller,
    store::{
        invitation::{self, By},
        project, workspace,
    },
};
use chrono::{DateTime, Utc};
use gameforge_domain::{
    InvitationId, ProjectId, WorkspaceId,
    access::{ProjectPermission, ProjectRole, WorkspacePermission, WorkspaceRole},
};
use gameforge_wire::cloud::ProblemCode;
use serde_json::{Value, json};
use sqlx::PgConnection;
use uuid::Uuid;

/// Where somebody is asked in, as far as the person may ask.
pub(super) struct Place {
    pub workspace: WorkspaceId,
    pub project: Option<ProjectId>,
    /// For letters and lists.
    pub title: String,
    pub details: Value,
    pub plan: Option<String>,
    /// The person's own role there.
    pub own: Own,
}

/// A person's role where they ask somebody in.
#[derive(Clone, Copy)]
pub(super) enum Own {
    Workspace(WorkspaceRole),
    Project(ProjectRole),
}

impl Own {
    /// Whether this role reaches a role that somebody is asked in as.
    ///
    /// # Errors
    /// `Invalid` when there is no such role, `Forbidden` when it is above the own.
    pub fn reaches(self, role: &str) -> Result<()> {
        let (known, reached) = match self {
            Self::Workspace(own) => match role.parse::<WorkspaceRole>() {
                Ok(role) => (role != WorkspaceRole::Owner, role <= own),
                Err(_) => (false, false),
            },
            Self::Project(own) => match role.parse::<ProjectRole>() {
                Ok(role) => (role != ProjectRole::Owner, role <= own),
                Err(_) => (false, false),
            },
        };
        if !known {
            let roles = match self {
                Self::Workspace(_) => "admin or member",
                Self::Project(_) => "admin, editor or viewer",
            };
            return Err(Error::invalid("role", format!("should be {roles}")));
        }
        if !reached {
            return Err(Error::forbidden("Your own role does not reach above this."));
        }
        Ok(())
    }
}

/// A workspace to which the person may ask people.
///
/// # Errors
/// `NotFound`, `Forbidden`.
pub(super) async fn workspace_place(
    conn: &mut PgConnection,
    caller: &Caller,
    id: WorkspaceId,
) -> Result<Place> {
    let seen =
        reach::workspace_to(conn, id, caller.account, WorkspacePermission::ManageMembers).await?;
    let own = seen
        .role
        .ok_or_else(|| Error::not_found("This workspace"))?;
    Ok(Place {
        workspace: id,
        project: None,
        title: seen.name.as_str().to_owned(),
        details: json!({ "workspace": seen.name }),
        plan: Some(seen.plan),
        own: Own::Workspace(own),
    })
}

/// A project to which the person may ask people.
///
/// # Errors
/// `NotFound`, `Forbidden`.
pub(super) async fn project_place(
    conn: &mut PgConnection,
    caller: &Caller,
    id: ProjectId,
) -> Result<Place> {
    let seen = reach::project(conn, id, caller.account, ProjectPermission::ManageMembers).await?;
    let own = seen
        .access
        .role()
        .ok_or_else(|| Error::not_found("This project"))?;
    Ok(Place {
        workspace: seen.workspace,
        project: Some(id),
        title: seen.name.as_str().to_owned(),
        details: json!({ "workspace": seen.workspace_name, "project": seen.name }),
        plan: seen.plan,
        own: Own::Project(own),
    })
}

/// The place of an invitation by its id. Who does not see the place does not see the invitation.
pub(super) async fn found(
    conn: &mut PgConnection,
    caller: &Caller,
    id: InvitationId,
    now: DateTime<Utc>,
) -> Result<(invitation::Found, Place)> {
    let hidden = |error: Error| match error.code() {
        ProblemCode::NotFound => Error::not_found("This invitation"),
        _ => error,
    };
    let invitation = invitation::find(conn, By::Id(id), now)
        .await?
        .ok_or_else(|| Error::not_found("This invitation"))?;
    let place = match invitation.project {
        Some(project) => project_place(conn, caller, project).await.map_err(hidden)?,
        None => workspace_place(conn, caller, invitation.workspace)
            .await
            .map_err(hidden)?,
    };
    Ok((invitation, place))
}

/// Whether who sent an invitation may still let somebody in with its role. For the worker's role.
pub(super) async fn still_stands(
    conn: &mut PgConnection,
    invitation: &invitation::Found,
) -> Result<bool> {
    let own = match invitation.project {
        Some(id) => project::seen(conn, id, invitation.by)
            .await?
            .filter(|seen| {
                seen.deleted_at.is_none() && seen.access.may(ProjectPermission::ManageMembers)
            })
            .and_then(|seen| seen.access.role())
            .map(Own::Project),
        None => workspace::seen(conn, invitation.workspace, invitation.by)
            .await?
            .filter(|seen| {
                seen.deleted_at.is_none() && seen.may(WorkspacePermission::ManageMembers)
            })
            .and_then(|seen| seen.role)
            .map(Own::Workspace),
    };
    Ok(own.is_some_and(|own| own.reaches(&invitation.role).is_ok()))
}

/// Whose scope an invitation's place has.
pub(super) fn scope(invitation: &invitation::Found) -> Uuid {
    invitation
        .project
        .map_or_else(|| invitation.workspace.uuid(), ProjectId::uuid)
}
