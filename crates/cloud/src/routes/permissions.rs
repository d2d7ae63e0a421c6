//! The permission tables, as the window shows them.

use axum::Json;
use gameforge_domain::access::{PROJECT_TABLE, WORKSPACE_TABLE};
use gameforge_wire::cloud::{PermissionRow, PermissionTables};

/// Who may do what.
#[utoipa::path(get, path = "/v1/permissions", tag = "teams", responses((status = 200, body = PermissionTables)))]
pub async fn tables() -> Json<PermissionTables> {
    Json(PermissionTables {
        workspace: WORKSPACE_TABLE
            .iter()
            .map(|(permission, role)| row(permission.word(), role.word()))
            .collect(),
        project: PROJECT_TABLE
            .iter()
            .map(|(permission, role)| row(permission.word(), role.word()))
            .collect(),
    })
}

fn row(permission: &str, role: &str) -> PermissionRow {
    PermissionRow {
        permission: permission.to_owned(),
        least_role: role.to_owned(),
    }
}
