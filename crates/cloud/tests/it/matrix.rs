//! Every address × every role × the own and a foreign tenant, from one table. An address that the document has and
//! the table has not fails the test. Below the least role everybody is refused, the least role gets through; that a
//! greater role may all that a lesser one may is proved in `gameforge-domain`.

use crate::{
    support::{Answer, Cloud, Person},
    teams::letters,
};
use axum::http::{Method, StatusCode};
use futures_util::FutureExt;
use serde_json::{Value, json};
use sqlx::{AssertSqlSafe, Executor};
use std::{collections::BTreeSet, panic::AssertUnwindSafe};
use uuid::Uuid;

/// Who may.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Who {
    /// Everybody, signed in or not.
    Open,
    /// Everybody who is signed in, about themselves.
    Person,
    /// The same, with a device only.
    Device,
    /// Those who run the platform.
    Staff,
    /// Ada alone: it is hers.
    Adas,
    /// Bob alone: he was asked in.
    Bobs,
    /// From this role in the workspace on: 0 guest of a project, 1 member, 2 admin, 3 owner.
    Workspace(usize),
    /// From this role in the (private) project on: 0 viewer, 1 editor, 2 admin, 3 owner.
    Project(usize),
    /// The same, of something that is in a bin: below it, it is not there.
    WorkspaceBin(usize),
    ProjectBin(usize),
}

use Who::{
    Adas, Bobs, Device, Open, Person as Anybody, Project, ProjectBin, Staff, Workspace,
    WorkspaceBin,
};

/// The table: address, who may, and what is sent.
const TABLE: &[(&str, Who, &str)] = &[
    ("GET /healthz", Open, ""),
    ("GET /readyz", Open, ""),
    ("GET /v1/permissions", Open, ""),
    ("GET /v1/consents", Open, ""),
    ("GET /v1/auth/providers", Open, ""),
    ("GET /v1/auth/provider/{provider}/callback", Open, ""),
    ("POST /v1/auth/provider/{provider}/start", Open, "{}"),
    ("POST /v1/auth/provider/finish", Open, "{}"),
    ("POST /v1/auth/email/confirm", Open, "{}"),
    ("POST /v1/auth/password/forgotten", Open, "{}"),
    ("POST /v1/auth/password/reset", Open, "{}"),
    ("POST /v1/auth/refresh", Open, "{}"),
    ("POST /v1/auth/register", Open, "{}"),
    ("POST /v1/auth/second-factor", Open, "{}"),
    ("POST /v1/auth/sign-in", Open, "{}"),
    ("POST /v1/auth/verify", Open, "{}"),
    ("POST /v1/auth/verify/again", Open, "{}"),
    ("POST /v1/auth/sign-out", Device, ""),
    ("POST /v1/auth/step-up", Device, "{}"),
    ("POST /v1/auth/step-up/{provider}/start", Device, "{}"),
    ("POST /v1/auth/step-up/finish", Device, "{}"),
    ("GET /v1/account", Anybody, ""),
    ("PATCH /v1/account", Device, "{}"),
    ("GET /v1/account/consents", Device, ""),
    (
        "PUT /v1/account/consents",
        Device,
        "{\"purpose\":\"product_mail\",\"version\":1,\"given\":true}",
    ),
    ("PUT /v1/account/email", Device, "{}"),
    ("PUT /v1/account/password", Device, "{}"),
    ("GET /v1/account/erasure", Device, ""),
    ("POST /v1/account/erasure", Device, ""),
    ("DELETE /v1/account/erasure", Device, ""),
    ("GET /v1/account/exports", Device, ""),
    ("POST /v1/account/exports", Device, ""),
    ("GET /v1/account/exports/{export_id}/file", Device, ""),
    ("POST /v1/account/factor", Device, ""),
    ("DELETE /v1/account/factor", Device, ""),
    ("POST /v1/account/factor/codes", Device, ""),
    ("POST /v1/account/factor/confirm", Device, "{}"),
    ("GET /v1/account/identities", Device, ""),
    ("POST /v1/account/identities", Device, "{}"),
    ("DELETE /v1/account/identities/{provider}", Device, ""),
    ("POST /v1/account/identities/{provider}/start", Device, "{}"),
    ("GET /v1/account/keys", Device, ""),
    ("POST /v1/account/keys", Device, "{}"),
    ("DELETE /v1/account/keys/{id}", Adas, "key"),
    ("GET /v1/account/sessions", Device, ""),
    ("POST /v1/account/sessions/revoke-others", Device, ""),
    ("DELETE /v1/account/sessions/{id}", Adas, "session"),
    ("GET /v1/admin/accounts", Staff, ""),
    (
        "PUT /v1/admin/accounts/{account_id}/role",
        Staff,
        "{\"role\":\"ADMIN\"}",
    ),
    (
        "PUT /v1/admin/accounts/{account_id}/suspension",
        Staff,
        "{\"suspended\":true}",
    ),
    ("GET /v1/admin/audit", Staff, ""),
    ("GET /v1/admin/health", Staff, ""),
    ("GET /v1/admin/jobs", Staff, ""),
    ("POST /v1/admin/jobs/{job_id}/retry", Staff, ""),
    ("GET /v1/live", Device, ""),
    ("GET /v1/bin", Anybody, ""),
    ("GET /v1/invitations", Anybody, ""),
    ("POST /v1/invitations/accept", Device, "{\"token\":\"x\"}"),
    ("POST /v1/invitations/decline", Device, "{\"token\":\"x\"}"),
    ("POST /v1/invitations/{invitation_id}/accept", Bobs, ""),
    ("POST /v1/invitations/{invitation_id}/decline", Bobs, ""),
    ("DELETE /v1/invitations/{invitation_id}", Workspace(2), ""),
    (
        "POST /v1/invitations/{invitation_id}/resend",
        Workspace(2),
        "",
    ),
    ("GET /v1/notifications", Anybody, ""),
    ("GET /v1/notifications/unread", Anybody, ""),
    ("GET /v1/notifications/preferences", Anybody, ""),
    ("PUT /v1/notifications/preferences", Anybody, "[]"),
    ("POST /v1/notifications/read", Anybody, "{}"),
    (
        "POST /v1/notifications/{notification_id}/read",
        Adas,
        "notification",
    ),
    ("GET /v1/workspaces", Anybody, ""),
    ("POST /v1/workspaces", Anybody, "{\"name\":\"New\"}"),
    ("GET /v1/workspaces/{workspace_id}", Workspace(0), ""),
    (
        "PATCH /v1/workspaces/{workspace_id}",
        Workspace(2),
        "{\"name\":\"Other\"}",
    ),
    ("DELETE /v1/workspaces/{workspace_id}", Workspace(3), ""),
    (
        "POST /v1/workspaces/{workspace_id}/restore",
        WorkspaceBin(3),
        "",
    ),
    (
        "POST /v1/workspaces/{workspace_id}/transfer",
        Workspace(3),
        "{\"to\":\"CEM\"}",
    ),
    ("POST /v1/workspaces/{workspace_id}/leave", Workspace(0), ""),
    (
        "GET /v1/workspaces/{workspace_id}/activity",
        Workspace(1),
        "",
    ),
    ("GET /v1/workspaces/{workspace_id}/bin", Workspace(1), ""),
    ("GET /v1/workspaces/{workspace_id}/quotas", Workspace(1), ""),
    (
        "GET /v1/workspaces/{workspace_id}/members",
        Workspace(1),
        "",
    ),
    (
        "PATCH /v1/workspaces/{workspace_id}/members/{account_id}",
        Workspace(2),
        "{\"role\":\"admin\"}",
    ),
    (
        "DELETE /v1/workspaces/{workspace_id}/members/{account_id}",
        Workspace(2),
        "",
    ),
    (
        "GET /v1/workspaces/{workspace_id}/invitations",
        Workspace(2),
        "",
    ),
    (
        "POST /v1/workspaces/{workspace_id}/invitations",
        Workspace(2),
        "{\"email\":\"n@example.org\",\"role\":\"member\"}",
    ),
    (
        "GET /v1/workspaces/{workspace_id}/projects",
        Workspace(0),
        "",
    ),
    (
        "POST /v1/workspaces/{workspace_id}/projects",
        Workspace(1),
        "{\"name\":\"Another\"}",
    ),
    ("GET /v1/projects/{project_id}", Project(0), ""),
    (
        "PATCH /v1/projects/{project_id}",
        Project(2),
        "{\"name\":\"Other\"}",
    ),
    ("DELETE /v1/projects/{project_id}", Project(3), ""),
    ("POST /v1/projects/{project_id}/restore", ProjectBin(3), ""),
    (
        "POST /v1/projects/{project_id}/transfer",
        Project(3),
        "{\"to\":\"CEM\"}",
    ),
    ("POST /v1/projects/{project_id}/leave", Project(0), ""),
    ("GET /v1/projects/{project_id}/activity", Project(0), ""),
    ("GET /v1/projects/{project_id}/bin", Project(0), ""),
    ("GET /v1/projects/{project_id}/people", Project(0), ""),
    ("GET /v1/projects/{project_id}/members", Project(0), ""),
    (
        "PATCH /v1/projects/{project_id}/members/{account_id}",
        Project(2),
        "{\"role\":\"editor\"}",
    ),
    (
        "DELETE /v1/projects/{project_id}/members/{account_id}",
        Project(2),
        "",
    ),
    ("GET /v1/projects/{project_id}/invitations", Project(2), ""),
    (
        "POST /v1/projects/{project_id}/invitations",
        Project(2),
        "{\"email\":\"n@example.org\",\"role\":\"viewer\"}",
    ),
    ("GET /v1/projects/{project_id}/comments", Project(0), ""),
    (
        "POST /v1/projects/{project_id}/comments",
        Project(0),
        "{\"id\":\"NEW\",\"object\":{\"kind\":\"project\",\"id\":\"PROJECT\",\"name\":\"\"},\"body\":\"x\"}",
    ),
    (
        "PATCH /v1/comments/{comment_id}",
        Project(1),
        "{\"resolved\":true}",
    ),
    ("DELETE /v1/comments/{comment_id}", Project(2), ""),
    (
        "PUT /v1/comments/{comment_id}/reactions",
        Project(0),
        "{\"emoji\":\"👍\",\"on\":true}",
    ),
    (
        "POST /v1/comments/{comment_id}/restore",
        ProjectBin(2),
        "comment",
    ),
];

/// Everybody of a workspace “Nord” and its private project, and some who are not of it.
struct People {
    /// By their role in the workspace: guest, member, admin, owner.
    workspace: [Person; 4],
    /// By their role in the project, each a guest of the workspace: viewer, editor, admin; and its owner.
    project: [Person; 4],
    ada: Person,
    bob: Person,
    cem: Person,
    eve: Person,
    /// A key of Ada's that may see her account and nothing else.
    key: String,
}

impl People {
    async fn new(cloud: &Cloud) -> Self {
        let ada = cloud.person("ada").await;
        let (bob, cem, eve) = (
            cloud.person("bob").await,
            cloud.person("cem").await,
            cloud.person("eve").await,
        );
        let viewer = cloud.person("viewer").await;
        let key = "gf_key_of_a_test".to_owned();
        let statement = format!(
            "INSERT INTO api_key (id, account_id, name, hint, hash, scopes, created_at)
             VALUES ('{}', '{}', 'k', 'k', decode('{}', 'hex'), '{{account:read}}', now());
             UPDATE account SET plan_id = 'unlimited'",
            Uuid::now_v7(),
            ada.account,
            blake3::hash(key.as_bytes()).to_hex(),
        );
        cloud
            .owner()
            .await
            .execute(AssertSqlSafe(statement))
            .await
            .expect("a key");
        Self {
            workspace: [
                viewer.clone(),
                cloud.person("member").await,
                cloud.person("admin").await,
                ada.clone(),
            ],
            project: [
                viewer,
                cloud.person("editor").await,
                cloud.person("runner").await,
                ada.clone(),
            ],
            ada,
            bob,
            cem,
            eve,
            key,
        }
    }
}

/// The ids of one scene.
struct Scene {
    workspace: Uuid,
    project: Uuid,
    comment: Uuid,
    invitation: Uuid,
    notification: Uuid,
    session: Uuid,
    key: Uuid,
}

impl Scene {
    /// Puts a workspace and a project into the database, in the bin where the row is about that.
    async fn new(cloud: &Cloud, people: &People, who: Who, sent: &str) -> Self {
        let id = || cloud.app.new_id();
        let it = Self {
            workspace: id(),
            project: id(),
            comment: id(),
            invitation: id(),
            notification: id(),
            session: id(),
            key: id(),
        };
        let (ada, cem, bob) = (people.ada.account, people.cem.account, &people.bob.email);
        let now = cloud.clock.now();
        let Self {
            workspace,
            project,
            comment,
            invitation,
            notification,
            session,
            key,
        } = &it;
        let members = |table: &str, roles: [(&Person, &str); 4], ids: &str| -> String {
            roles
                .iter()
                .map(|(person, role)| {
                    format!(
                        "INSERT INTO {table} VALUES ({ids}, '{}', '{role}', '{now}', 0);",
                        person.account
                    )
                })
                .collect()
        };
        let [guest, member, admin, owner] = &people.workspace;
        let [viewer, editor, runner, _] = &people.project;
        let of_workspace = members(
            "workspace_member",
            [
                (member, "member"),
                (admin, "admin"),
                (owner, "owner"),
                (&people.cem, "member"),
            ],
            &format!("'{workspace}'"),
        );
        let of_project = members(
            "project_member",
            [
                (viewer, "viewer"),
                (editor, "editor"),
                (runner, "admin"),
                (owner, "owner"),
            ],
            &format!("'{project}', '{workspace}'"),
        );
        assert_eq!(guest.account, viewer.account);
        let in_bin = |is: bool| {
            if is {
                format!("'{now}', '{ada}'")
            } else {
                "NULL, NULL".to_owned()
            }
        };
        let workspace_bin = in_bin(matches!(who, WorkspaceBin(_)));
        let project_bin = in_bin(matches!(who, ProjectBin(_)) && sent != "comment");
        let comment_bin = in_bin(matches!(who, ProjectBin(_)) && sent == "comment");
        let statements = format!(
            "INSERT INTO scope (id, kind) VALUES ('{workspace}', 'workspace'), ('{project}', 'project');
             INSERT INTO workspace (id, name, plan_id, created_at, updated_at, deleted_at, deleted_by)
                 VALUES ('{workspace}', 'Nord', 'unlimited', '{now}', '{now}', {workspace_bin});
             INSERT INTO project (id, workspace_id, name, visibility, created_at, updated_at, deleted_at, deleted_by)
                 VALUES ('{project}', '{workspace}', 'Game', 'private', '{now}', '{now}', {project_bin});
             {of_workspace}
             {of_project}
             INSERT INTO project_member VALUES ('{project}', '{workspace}', '{cem}', 'viewer', '{now}', 0);
             INSERT INTO comment (id, workspace_id, project_id, object_kind, object_id, author_id, body, created_at, deleted_at, deleted_by)
                 VALUES ('{comment}', '{workspace}', '{project}', 'project', '{project}', '{ada}', 'secret', '{now}', {comment_bin});
             INSERT INTO invitation (id, workspace_id, email, role, token_hash, invited_by, created_at, expires_at)
                 VALUES ('{invitation}', '{workspace}', '{bob}', 'member', sha256('{invitation}'), '{ada}', '{now}', '{now}'::timestamptz + interval '1 day');
             INSERT INTO notification (id, account_id, kind, created_at) VALUES ('{notification}', '{ada}', 'security', '{now}');
             INSERT INTO session (id, account_id, device_name, created_at, last_used_at, expires_at)
                 VALUES ('{session}', '{ada}', 'other', '{now}', '{now}', '{now}'::timestamptz + interval '60 days');
             INSERT INTO api_key (id, account_id, name, hint, hash, scopes, created_at)
                 VALUES ('{key}', '{ada}', 'k', 'k', sha256('{key}'), '{{account:read}}', '{now}');",
        );
        cloud
            .owner()
            .await
            .execute(AssertSqlSafe(statements))
            .await
            .expect("a scene");
        it
    }

    /// Nothing of this is there.
    fn of_nothing() -> Self {
        let id = Uuid::now_v7();
        Self {
            workspace: id,
            project: id,
            comment: id,
            invitation: id,
            notification: id,
            session: id,
            key: id,
        }
    }

    fn path(&self, pattern: &str, sent: &str, people: &People) -> String {
        let own = if sent == "key" {
            self.key
        } else {
            self.session
        };
        pattern
            .replace("{workspace_id}", &self.workspace.to_string())
            .replace("{project_id}", &self.project.to_string())
            .replace("{comment_id}", &self.comment.to_string())
            .replace("{invitation_id}", &self.invitation.to_string())
            .replace("{notification_id}", &self.notification.to_string())
            .replace("{account_id}", &people.cem.account.to_string())
            .replace("{id}", &own.to_string())
            .replace("{export_id}", &Uuid::nil().to_string())
            .replace("{job_id}", &Uuid::nil().to_string())
            .replace("{provider}", "github")
    }
}

/// One row being tried.
struct Try<'a> {
    cloud: &'a Cloud,
    people: &'a People,
    scene: &'a Scene,
    address: &'a str,
    sent: &'a str,
}

impl Try<'_> {
    async fn ask(&self, token: Option<&str>) -> Answer {
        let (method, pattern) = self.address.split_once(' ').expect("a method");
        let method = Method::from_bytes(method.as_bytes()).expect("a method");
        let path = self.scene.path(pattern, self.sent, self.people);
        let body = self
            .sent
            .replace("CEM", &self.people.cem.account.to_string())
            .replace("NEW", &self.cloud.app.new_id().to_string())
            .replace("PROJECT", &self.scene.project.to_string());
        let body = serde_json::from_str::<Value>(&body).ok();
        self.cloud.ask(method, &path, token, body).await
    }

    #[track_caller]
    fn refuses(&self, who: &str, answer: &Answer, status: StatusCode) {
        assert_eq!(
            answer.status, status,
            "{} as {who}: {}",
            self.address, answer.body
        );
        let body = answer.body.to_string();
        for secret in ["Nord", "Game", "secret", "Ada"] {
            assert!(
                !body.contains(secret),
                "{} tells {who}: {body}",
                self.address
            );
        }
    }

    fn lets(&self, who: &str, answer: &Answer) {
        assert!(
            answer.status.is_success(),
            "{} as {who}: {} {}",
            self.address,
            answer.status,
            answer.body
        );
    }

    /// A stranger's answer is the same, word for word, as about something that is not there at all.
    async fn is_not_there(&self, who: &str, person: &Person) {
        let answer = self.ask(Some(&person.token)).await;
        self.refuses(who, &answer, StatusCode::NOT_FOUND);
        let nothing = Try {
            scene: &Scene::of_nothing(),
            ..*self
        };
        let missing = nothing.ask(Some(&person.token)).await;
        for field in ["status", "code", "detail", "title", "fields"] {
            assert_eq!(
                answer.body[field], missing.body[field],
                "{} tells {who} that it is there",
                self.address
            );
        }
    }

    async fn row(&self, who: Who) {
        let people = self.people;
        let nobody = self.ask(None).await;
        if who == Open {
            assert!(
                !nobody.status.is_server_error(),
                "{}: {}",
                self.address,
                nobody.body
            );
            assert_ne!(
                nobody.body["code"],
                json!("unauthenticated"),
                "{}",
                self.address
            );
            return;
        }
        self.refuses("nobody", &nobody, StatusCode::UNAUTHORIZED);
        self.by_key(who).await;
        match who {
            Open => {}
            Anybody => self.lets("a person", &self.ask(Some(&people.eve.token)).await),
            Device => {
                // Somebody of their own: signing out and leaving for good are among these.
                let name = format!("p{}", Uuid::now_v7().simple());
                let person = self.cloud.person(&name).await;
                let answer = self.ask(Some(&person.token)).await;
                assert!(
                    !answer.status.is_server_error(),
                    "{}: {}",
                    self.address,
                    answer.body
                );
                assert_ne!(
                    answer.status,
                    StatusCode::UNAUTHORIZED,
                    "{}: {}",
                    self.address,
                    answer.body
                );
            }
            Staff => {
                let answer = self.ask(Some(&people.eve.token)).await;
                self.refuses("a person", &answer, StatusCode::FORBIDDEN);
            }
            Adas => {
                self.is_not_there("a stranger", &people.eve).await;
                self.lets("its person", &self.ask(Some(&people.ada.token)).await);
            }
            Bobs => {
                for (who, person) in [("a stranger", &people.eve), ("its sender", &people.ada)] {
                    self.is_not_there(who, person).await;
                }
                self.lets(
                    "the one who was asked",
                    &self.ask(Some(&people.bob.token)).await,
                );
            }
            Workspace(least) => self.roles(&people.workspace, least, false).await,
            WorkspaceBin(least) => self.roles(&people.workspace, least, true).await,
            Project(least) => {
                self.is_not_there("a member of the workspace", &people.workspace[1])
                    .await;
                self.roles(&people.project, least, false).await;
            }
            ProjectBin(least) => {
                self.is_not_there("a member of the workspace", &people.workspace[1])
                    .await;
                self.roles(&people.project, least, true).await;
            }
        }
    }

    async fn roles(&self, roles: &[Person; 4], least: usize, hidden: bool) {
        self.is_not_there("a stranger", &self.people.eve).await;
        for person in &roles[..least] {
            if hidden {
                self.is_not_there(&person.email, person).await;
            } else {
                let answer = self.ask(Some(&person.token)).await;
                assert_eq!(
                    answer.status,
                    StatusCode::FORBIDDEN,
                    "{} as {}: {}",
                    self.address,
                    person.email,
                    answer.body
                );
            }
        }
        let person = &roles[least];
        self.lets(&person.email, &self.ask(Some(&person.token)).await);
    }

    /// A key of somebody who may, but with too little scope.
    async fn by_key(&self, who: Who) {
        let answer = self.ask(Some(&self.people.key)).await;
        if ["GET /v1/account", "GET /v1/account/consents"].contains(&self.address) {
            self.lets("a key for that", &answer);
        } else if who == Device && self.sent == "{}" {
            // What is sent is no request of it: that may be found first.
            assert!(
                matches!(
                    answer.status,
                    StatusCode::FORBIDDEN | StatusCode::UNPROCESSABLE_ENTITY
                ),
                "{}: {}",
                self.address,
                answer.body
            );
        } else {
            assert_eq!(
                answer.status,
                StatusCode::FORBIDDEN,
                "{} by a key: {}",
                self.address,
                answer.body
            );
        }
    }
}

#[tokio::test]
async fn every_address_refuses_everybody_below_its_least_role() {
    let cloud = Cloud::start().await;
    let people = People::new(&cloud).await;
    let mut wrong = Vec::new();
    for (address, who, sent) in TABLE {
        let scene = Scene::new(&cloud, &people, *who, sent).await;
        let it = Try {
            cloud: &cloud,
            people: &people,
            scene: &scene,
            address,
            sent,
        };
        // One wrong row hides no other.
        if AssertUnwindSafe(it.row(*who)).catch_unwind().await.is_err() {
            wrong.push(*address);
        }
    }
    assert!(wrong.is_empty(), "see above: {wrong:?}");
    assert!(
        !letters(&cloud).await.is_empty(),
        "who was let asked somebody in"
    );
}

#[test]
fn the_table_has_every_address_of_the_document() {
    let document = serde_json::to_value(gameforge_cloud::openapi()).expect("a document");
    let documented: BTreeSet<String> = document["paths"]
        .as_object()
        .expect("paths")
        .iter()
        .flat_map(|(path, operations)| {
            let methods = operations.as_object().expect("operations").keys();
            methods
                .filter(|method| {
                    ["get", "put", "post", "patch", "delete"].contains(&method.as_str())
                })
                .map(move |method| format!("{} {path}", method.to_uppercase()))
        })
        .collect();
    let listed: BTreeSet<String> = TABLE
        .iter()
        .map(|(address, ..)| (*address).to_owned())
        .collect();
    assert_eq!(listed.len(), TABLE.len(), "an address is listed twice");
    let missing: Vec<_> = documented.difference(&listed).collect();
    let gone: Vec<_> = listed.difference(&documented).collect();
    assert!(
        missing.is_empty() && gone.is_empty(),
        "not in the table: {missing:?}; not in the document: {gone:?}"
    );
}
