//! Who may do what: one table of permissions, from which the service decides, the window shows and the docs print.

use crate::account::words;
use serde::{Deserialize, Serialize};
use specta::Type;

/// A person's role in a workspace, the lesser first.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, Type,
)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum WorkspaceRole {
    /// Works in the projects that are open to the workspace.
    Member,
    /// Runs it day by day.
    Admin,
    /// Answers for it.
    Owner,
}

words!(WorkspaceRole { Member = "member", Admin = "admin", Owner = "owner" });

/// A person's role in a project, the lesser first.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, Type,
)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum ProjectRole {
    /// Looks and comments.
    Viewer,
    /// Changes what is in it.
    Editor,
    /// Changes the project itself and who is in it.
    Admin,
    /// Answers for it.
    Owner,
}

words!(ProjectRole { Viewer = "viewer", Editor = "editor", Admin = "admin", Owner = "owner" });

/// Who sees a project besides its own members and the workspace's owners and admins.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, Type)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Visibility {
    /// Nobody.
    Private,
    /// The workspace's members, who may edit.
    Workspace,
    /// The workspace's members, who may edit, and everybody with an account, who may look.
    Public,
}

words!(Visibility { Private = "private", Workspace = "workspace", Public = "public" });

/// Something that a person may do in a workspace.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, Type)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum WorkspacePermission {
    /// See its name, members and activity.
    View,
    /// Make projects in it.
    CreateProject,
    /// Change its name and settings.
    Configure,
    /// Invite people, change their roles (up to the own), let them go.
    ManageMembers,
    /// See its audit events.
    Audit,
    /// Put it into the bin and take it out.
    Delete,
    /// Make somebody else its owner.
    Transfer,
}

words!(WorkspacePermission {
    View = "view",
    CreateProject = "create_project",
    Configure = "configure",
    ManageMembers = "manage_members",
    Audit = "audit",
    Delete = "delete",
    Transfer = "transfer",
});

/// Something that a person may do in a project.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, Type)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum ProjectPermission {
    /// See it and what is in it.
    View,
    /// Write comments, answer, react; change and remove the own.
    Comment,
    /// Change what is in it; resolve threads.
    Edit,
    /// Change its name, visibility, tags and settings.
    Configure,
    /// Invite people, change their roles (up to the own), let them go.
    ManageMembers,
    /// Remove other people's comments.
    Moderate,
    /// Put it into the bin and take it out.
    Delete,
    /// Make somebody else its owner.
    Transfer,
}

words!(ProjectPermission {
    View = "view",
    Comment = "comment",
    Edit = "edit",
    Configure = "configure",
    ManageMembers = "manage_members",
    Moderate = "moderate",
    Delete = "delete",
    Transfer = "transfer",
});

/// The least role for each permission in a workspace.
pub const WORKSPACE_TABLE: &[(WorkspacePermission, WorkspaceRole)] = &[
    (WorkspacePermission::View, WorkspaceRole::Member),
    (WorkspacePermission::CreateProject, WorkspaceRole::Member),
    (WorkspacePermission::Configure, WorkspaceRole::Admin),
    (WorkspacePermission::ManageMembers, WorkspaceRole::Admin),
    (WorkspacePermission::Audit, WorkspaceRole::Owner),
    (WorkspacePermission::Delete, WorkspaceRole::Owner),
    (WorkspacePermission::Transfer, WorkspaceRole::Owner),
];

/// The least role for each permission in a project.
pub const PROJECT_TABLE: &[(ProjectPermission, ProjectRole)] = &[
    (ProjectPermission::View, ProjectRole::Viewer),
    (ProjectPermission::Comment, ProjectRole::Viewer),
    (ProjectPermission::Edit, ProjectRole::Editor),
    (ProjectPermission::Configure, ProjectRole::Admin),
    (ProjectPermission::ManageMembers, ProjectRole::Admin),
    (ProjectPermission::Moderate, ProjectRole::Admin),
    (ProjectPermission::Delete, ProjectRole::Owner),
    (ProjectPermission::Transfer, ProjectRole::Owner),
];

impl WorkspaceRole {
    /// Whether the table allows it. A permission without a row is nobody's.
    #[must_use]
    pub fn may(self, permission: WorkspacePermission) -> bool {
        WORKSPACE_TABLE
            .iter()
            .any(|(row, least)| *row == permission && self >= *least)
    }
}

impl ProjectRole {
    /// Whether the table allows it. A permission without a row is nobody's.
    #[must_use]
    pub fn may(self, permission: ProjectPermission) -> bool {
        PROJECT_TABLE
            .iter()
            .any(|(row, least)| *row == permission && self >= *least)
    }
}

/// What a person is to a project, all reasons taken together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ProjectAccess {
    /// Has a role: the greatest of the own and the one that comes from the workspace.
    Role(ProjectRole),
    /// Everybody may look, and no more.
    Public,
}

impl ProjectAccess {
    /// Takes all reasons together; `None` means that to this person the project does not exist.
    #[must_use]
    pub fn of(
        own: Option<ProjectRole>,
        workspace: Option<WorkspaceRole>,
        visibility: Visibility,
    ) -> Option<Self> {
        let from_workspace = workspace.and_then(|role| match (role, visibility) {
            (WorkspaceRole::Owner, _) => Some(ProjectRole::Owner),
            (WorkspaceRole::Admin, _) => Some(ProjectRole::Admin),
            (WorkspaceRole::Member, Visibility::Private) => None,
            (WorkspaceRole::Member, _) => Some(ProjectRole::Editor),
        });
        match (own.max(from_workspace), visibility) {
            (Some(role), _) => Some(Self::Role(role)),
            (None, Visibility::Public) => Some(Self::Public),
            (None, _) => None,
        }
    }

    /// Whether it may be done.
    #[must_use]
    pub fn may(self, permission: ProjectPermission) -> bool {
        match self {
            Self::Role(role) => role.may(permission),
            Self::Public => permission == ProjectPermission::View,
        }
    }

    /// The role, where there is one.
    #[must_use]
    pub const fn role(self) -> Option<ProjectRole> {
        match self {
            Self::Role(role) => Some(role),
            Self::Public => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_permission_has_exactly_one_row() {
        for permission in WorkspacePermission::ALL {
            assert_eq!(
                WORKSPACE_TABLE
                    .iter()
                    .filter(|(row, _)| row == permission)
                    .count(),
                1,
                "{permission}"
            );
        }
        for permission in ProjectPermission::ALL {
            assert_eq!(
                PROJECT_TABLE
                    .iter()
                    .filter(|(row, _)| row == permission)
                    .count(),
                1,
                "{permission}"
            );
        }
    }

    #[test]
    fn a_greater_role_may_all_that_a_lesser_one_may() {
        for pair in ProjectRole::ALL.windows(2) {
            for permission in ProjectPermission::ALL {
                assert!(
                    !pair[0].may(*permission) || pair[1].may(*permission),
                    "{permission}: {} but not {}",
                    pair[0],
                    pair[1]
                );
            }
        }
    }

    #[test]
    fn a_private_project_does_not_exist_for_plain_members() {
        assert_eq!(
            ProjectAccess::of(None, Some(WorkspaceRole::Member), Visibility::Private),
            None
        );
        assert_eq!(ProjectAccess::of(None, None, Visibility::Workspace), None);
        assert_eq!(
            ProjectAccess::of(
                Some(ProjectRole::Viewer),
                Some(WorkspaceRole::Admin),
                Visibility::Private
            ),
            Some(ProjectAccess::Role(ProjectRole::Admin)),
            "the workspace's admins run its projects, also those they are viewers of"
        );
    }

    #[test]
    fn a_stranger_may_look_at_a_public_project_and_no_more() {
        let stranger = ProjectAccess::of(None, None, Visibility::Public);
        assert_eq!(stranger, Some(ProjectAccess::Public));
        for permission in ProjectPermission::ALL {
            assert_eq!(
                ProjectAccess::Public.may(*permission),
                *permission == ProjectPermission::View,
                "{permission}"
            );
        }
    }
}
