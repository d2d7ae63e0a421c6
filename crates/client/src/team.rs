//! Workspaces, projects, members and invitations.

use crate::{Client, Result, client::NOTHING};
use gameforge_domain::{AccountId, InvitationId, ProjectId, WorkspaceId};
use gameforge_wire::cloud::{
    Activity, BinItem, Invitation, InvitationOffer, InvitationRequest, Member, MemberChange,
    ObjectRef, Page, PermissionTables, Person, Project, ProjectChange, ProjectRequest, Quota,
    Transfer, Workspace, WorkspaceChange, WorkspaceRequest,
};
use reqwest::Method;
use serde::de::DeserializeOwned;
use std::fmt;

/// Where members, invitations and activity are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Place {
    /// In a workspace.
    Workspace(WorkspaceId),
    /// In a project.
    Project(ProjectId),
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Workspace(id) => write!(f, "v1/workspaces/{id}"),
            Self::Project(id) => write!(f, "v1/projects/{id}"),
        }
    }
}

/// Rows of a page, the most that there are.
const ROWS: u32 = 200;
/// Pages of a list that is fetched to its end: what is longer is nothing to be shown whole.
const MOST_PAGES: usize = 25;

impl Client {
    /// One page.
    pub(crate) async fn page<T: DeserializeOwned>(
        &self,
        path: &str,
        after: Option<&str>,
        limit: u32,
    ) -> Result<Page<T>> {
        let mut query = vec![("limit", limit.to_string())];
        query.extend(after.map(|after| ("after", after.to_owned())));
        self.signed(Method::GET, path, &query, NOTHING).await
    }

    /// A list to its end, or to 5,000 rows.
    pub(crate) async fn all<T: DeserializeOwned>(&self, path: &str) -> Result<Vec<T>> {
        let mut rows = Vec::new();
        let mut after: Option<String> = None;
        for _ in 0..MOST_PAGES {
            let page: Page<T> = self.page(path, after.as_deref(), ROWS).await?;
            rows.extend(page.items);
            after = page.next;
            if after.is_none() {
                break;
            }
        }
        Ok(rows)
    }

    /// Workspaces that the person is in, or sees as a guest of a project.
    ///
    /// # Errors
    /// When the cloud refuses or is away. So in all that follow.
    pub async fn workspaces(&self) -> Result<Vec<Workspace>> {
        self.all("v1/workspaces").await
    }

    /// One of them, as it is now.
    pub async fn workspace(&self, id: WorkspaceId) -> Result<Workspace> {
        let path = Place::Workspace(id).to_string();
        self.signed(Method::GET, &path, &[], NOTHING).await
    }

    /// What its plan allows, and how much of it is used.
    pub async fn quotas(&self, id: WorkspaceId) -> Result<Vec<Quota>> {
        let path = format!("v1/workspaces/{id}/quotas");
        self.signed(Method::GET, &path, &[], NOTHING).await
    }

    /// Makes one.
    pub async fn create_workspace(&self, body: &WorkspaceRequest) -> Result<Workspace> {
        self.make("v1/workspaces", body).await
    }

    /// Changes one.
    pub async fn change_workspace(
        &self,
        id: WorkspaceId,
        body: &WorkspaceChange,
    ) -> Result<Workspace> {
        let path = Place::Workspace(id).to_string();
        self.signed(Method::PATCH, &path, &[], Some(body)).await
    }

    /// Its projects, those that the person sees.
    pub async fn projects(&self, id: WorkspaceId) -> Result<Vec<Project>> {
        self.all(&format!("v1/workspaces/{id}/projects")).await
    }

    /// One of them, as it is now.
    pub async fn project(&self, id: ProjectId) -> Result<Project> {
        let path = Place::Project(id).to_string();
        self.signed(Method::GET, &path, &[], NOTHING).await
    }

    /// Makes one.
    pub async fn create_project(&self, id: WorkspaceId, body: &ProjectRequest) -> Result<Project> {
        self.make(&format!("v1/workspaces/{id}/projects"), body)
            .await
    }

    /// Changes one.
    pub async fn change_project(&self, id: ProjectId, body: &ProjectChange) -> Result<Project> {
        let path = Place::Project(id).to_string();
        self.signed(Method::PATCH, &path, &[], Some(body)).await
    }

    /// Puts a workspace or a project into the bin.
    pub async fn remove(&self, place: Place) -> Result<()> {
        self.signed(Method::DELETE, &place.to_string(), &[], NOTHING)
            .await
    }

    /// Takes it out again.
    pub async fn restore(&self, place: Place) -> Result<()> {
        let path = format!("{place}/restore");
        self.signed(Method::POST, &path, &[], NOTHING).await
    }

    /// What lies in a bin: the projects of a workspace, the comments of a project; without a place the own workspaces.
    pub async fn bin(&self, place: Option<Place>) -> Result<Vec<BinItem>> {
        match place {
            Some(place) => self.all(&format!("{place}/bin")).await,
            None => self.all("v1/bin").await,
        }
    }

    /// Who is in it.
    pub async fn members(&self, place: Place) -> Result<Vec<Member>> {
        self.all(&format!("{place}/members")).await
    }

    /// Gives somebody another role.
    pub async fn change_member(
        &self,
        place: Place,
        who: AccountId,
        body: &MemberChange,
    ) -> Result<()> {
        let path = format!("{place}/members/{who}");
        self.signed(Method::PATCH, &path, &[], Some(body)).await
    }

    /// Lets somebody go.
    pub async fn remove_member(&self, place: Place, who: AccountId) -> Result<()> {
        let path = format!("{place}/members/{who}");
        self.signed(Method::DELETE, &path, &[], NOTHING).await
    }

    /// Gives up the own role.
    pub async fn leave(&self, place: Place) -> Result<()> {
        let path = format!("{place}/leave");
        self.signed(Method::POST, &path, &[], NOTHING).await
    }

    /// Makes somebody else the owner.
    pub async fn transfer(&self, place: Place, body: &Transfer) -> Result<()> {
        let path = format!("{place}/transfer");
        self.signed(Method::POST, &path, &[], Some(body)).await
    }

    /// Who was asked in.
    pub async fn invitations(&self, place: Place) -> Result<Vec<Invitation>> {
        self.all(&format!("{place}/invitations")).await
    }

    /// Asks somebody in.
    pub async fn invite(&self, place: Place, body: &InvitationRequest) -> Result<Invitation> {
        self.make(&format!("{place}/invitations"), body).await
    }

    /// Takes an invitation back.
    pub async fn revoke(&self, id: InvitationId) -> Result<()> {
        let path = format!("v1/invitations/{id}");
        self.signed(Method::DELETE, &path, &[], NOTHING).await
    }

    /// Sends one again, with another link.
    pub async fn resend(&self, id: InvitationId) -> Result<()> {
        let path = format!("v1/invitations/{id}/resend");
        self.signed(Method::POST, &path, &[], NOTHING).await
    }

    /// What the person is asked into.
    pub async fn offers(&self) -> Result<Vec<InvitationOffer>> {
        self.all("v1/invitations").await
    }

    /// Says yes or no to it.
    pub async fn answer_offer(&self, id: InvitationId, yes: bool) -> Result<()> {
        let answer = if yes { "accept" } else { "decline" };
        let path = format!("v1/invitations/{id}/{answer}");
        self.signed(Method::POST, &path, &[], NOTHING).await
    }

    /// What happened last, the newest first.
    pub async fn activity(&self, place: Place) -> Result<Vec<Activity>> {
        let page: Page<Activity> = self.page(&format!("{place}/activity"), None, 100).await?;
        Ok(page.items)
    }

    /// What happened last to one object of a project, the newest first.
    pub async fn activity_of(&self, id: ProjectId, object: &ObjectRef) -> Result<Vec<Activity>> {
        let path = format!("v1/projects/{id}/activity");
        let query = [("object_id", object.id.clone()), ("limit", "50".to_owned())];
        let page: Page<Activity> = self.signed(Method::GET, &path, &query, NOTHING).await?;
        Ok(page.items)
    }

    /// People of a project that can be mentioned, by the beginning of their names.
    pub async fn people(&self, id: ProjectId, begins: &str) -> Result<Vec<Person>> {
        let path = format!("v1/projects/{id}/people");
        let query = [("text", begins.to_owned())];
        self.signed(Method::GET, &path, &query, NOTHING).await
    }

    /// Who may do what.
    pub async fn permissions(&self) -> Result<PermissionTables> {
        self.anyone(Method::GET, "v1/permissions", NOTHING).await
    }
}
