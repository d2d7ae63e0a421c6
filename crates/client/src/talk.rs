//! Comments and notifications.

use crate::{Client, Result, client::NOTHING};
use gameforge_domain::{CommentId, NotificationId, ProjectId};
use gameforge_wire::cloud::{
    Comment, CommentChange, CommentRequest, Notification, NotificationPreference, ObjectRef, Page,
    ReactionRequest, ReadAll, Unread,
};
use reqwest::Method;

impl Client {
    /// What was said about an object, threads in their order.
    ///
    /// # Errors
    /// When the cloud refuses or is away. So in all that follow.
    pub async fn comments(&self, id: ProjectId, object: &ObjectRef) -> Result<Vec<Comment>> {
        let kind = serde_json::to_value(object.kind).unwrap_or_default();
        let kind = kind.as_str().unwrap_or_default().to_owned();
        let path = format!("v1/projects/{id}/comments");
        let mut rows = Vec::new();
        let mut after: Option<String> = None;
        loop {
            let mut query = vec![
                ("object_kind", kind.clone()),
                ("object_id", object.id.clone()),
                ("limit", "200".to_owned()),
            ];
            query.extend(after.map(|after| ("after", after)));
            let page: Page<Comment> = self.signed(Method::GET, &path, &query, NOTHING).await?;
            rows.extend(page.items);
            after = page.next;
            if after.is_none() || rows.len() >= 2000 {
                return Ok(rows);
            }
        }
    }

    /// Says something. The id is the caller's: the same one sent twice is said once.
    pub async fn comment(&self, id: ProjectId, body: &CommentRequest) -> Result<Comment> {
        let path = format!("v1/projects/{id}/comments");
        self.signed(Method::POST, &path, &[], Some(body)).await
    }

    /// Changes words, or settles a thread.
    pub async fn change_comment(&self, id: CommentId, body: &CommentChange) -> Result<Comment> {
        let path = format!("v1/comments/{id}");
        self.signed(Method::PATCH, &path, &[], Some(body)).await
    }

    /// Takes it away.
    pub async fn remove_comment(&self, id: CommentId) -> Result<()> {
        let path = format!("v1/comments/{id}");
        self.signed(Method::DELETE, &path, &[], NOTHING).await
    }

    /// Takes it out of the bin.
    pub async fn restore_comment(&self, id: CommentId) -> Result<Comment> {
        let path = format!("v1/comments/{id}/restore");
        self.signed(Method::POST, &path, &[], NOTHING).await
    }

    /// Reacts, or takes that back.
    pub async fn react(&self, id: CommentId, body: &ReactionRequest) -> Result<Comment> {
        let path = format!("v1/comments/{id}/reactions");
        self.signed(Method::PUT, &path, &[], Some(body)).await
    }

    /// The newest notifications.
    pub async fn notifications(&self) -> Result<Vec<Notification>> {
        let page: Page<Notification> = self.page("v1/notifications", None, 100).await?;
        Ok(page.items)
    }

    /// How many are not read.
    pub async fn unread(&self) -> Result<Unread> {
        self.signed(Method::GET, "v1/notifications/unread", &[], NOTHING)
            .await
    }

    /// Counts one as read.
    pub async fn read(&self, id: NotificationId) -> Result<()> {
        let path = format!("v1/notifications/{id}/read");
        self.signed(Method::POST, &path, &[], NOTHING).await
    }

    /// Counts all as read, up to the newest that was shown.
    pub async fn read_all(&self, up_to: Option<NotificationId>) -> Result<()> {
        let body = ReadAll { up_to };
        self.signed(Method::POST, "v1/notifications/read", &[], Some(&body))
            .await
    }

    /// How the person wants to be told.
    pub async fn preferences(&self) -> Result<Vec<NotificationPreference>> {
        self.signed(Method::GET, "v1/notifications/preferences", &[], NOTHING)
            .await
    }

    /// Changes how.
    pub async fn set_preferences(
        &self,
        body: &[NotificationPreference],
    ) -> Result<Vec<NotificationPreference>> {
        let path = "v1/notifications/preferences";
        self.signed(Method::PUT, path, &[], Some(&body)).await
    }
}
