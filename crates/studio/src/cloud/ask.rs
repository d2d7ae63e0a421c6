//! Lists: what is remembered at once, what is newer when it comes.

use super::Cloud;
use crate::Result;
use chrono::Utc;
use gameforge_client::{Client, Error, team::Place};
use gameforge_wire::{CloudAsk, CloudList, CloudNews, CloudPlace, CloudRows, UnsentComment};

/// Milliseconds since 1970.
#[allow(clippy::cast_precision_loss, reason = "exact until the year 287396")]
pub(super) fn now_ms() -> f64 {
    Utc::now().timestamp_millis() as f64
}

pub(super) const fn place(place: CloudPlace) -> Place {
    match place {
        CloudPlace::Workspace(id) => Place::Workspace(id),
        CloudPlace::Project(id) => Place::Project(id),
    }
}

impl Cloud {
    /// A list as it is known here, and with `hear` a newer one behind: [`CloudNews::Heard`] says when that is there or
    /// could not be had.
    ///
    /// # Errors
    /// When nobody is signed in.
    pub fn list(&self, ask: &CloudAsk, hear: bool) -> Result<CloudList> {
        let person = self.signed_in()?;
        if hear {
            let (cloud, ask) = (self.clone(), ask.clone());
            tokio::spawn(async move { cloud.hear(ask).await });
        }
        let document = person.cache.read(ask);
        let now = self.0.now.lock();
        Ok(CloudList {
            as_of_ms: document.as_ref().map(|it| it.as_of_ms),
            rows: document.map(|it| it.rows),
            asking: hear || now.asking.contains(ask),
            failure: now.failed.get(ask).cloned(),
        })
    }

    /// Comments that wait, the oldest first.
    #[must_use]
    pub fn unsent(&self) -> Vec<UnsentComment> {
        self.person()
            .map_or_else(Vec::new, |person| person.outbox.all())
    }

    /// Asks the cloud for a list and remembers it; one that is being asked for is not asked for twice.
    pub(super) async fn hear(&self, ask: CloudAsk) {
        let (Some(client), Some(person)) = (self.client(), self.person()) else {
            return;
        };
        if !self.0.now.lock().asking.insert(ask.clone()) {
            return;
        }
        // Also when the task is cut off: a list that counted as being asked for would never be asked for again.
        let _asking = Asking(self, &ask);
        let heard = fetch(&client, &ask).await;
        let outcome = match heard {
            Ok(rows) => {
                if let CloudRows::Notifications(rows) = &rows {
                    self.tell_news(rows);
                }
                person.cache.write(&ask, rows, now_ms())
            }
            Err(error) => {
                if error.is_away() {
                    self.lost();
                }
                if matches!(error, Error::SignedOut) {
                    self.signed_out();
                }
                Err(error.into())
            }
        };
        {
            let mut now = self.0.now.lock();
            now.asking.remove(&ask);
            match outcome {
                Ok(()) => now.failed.remove(&ask),
                Err(error) => now.failed.insert(ask.clone(), error.failure()),
            };
        }
        self.tell(CloudNews::Heard { ask: ask.clone() });
    }
}

/// A list that is being asked for.
struct Asking<'a>(&'a Cloud, &'a CloudAsk);

impl Drop for Asking<'_> {
    fn drop(&mut self) {
        self.0.0.now.lock().asking.remove(self.1);
    }
}

async fn fetch(client: &Client, ask: &CloudAsk) -> Result<CloudRows, Error> {
    Ok(match ask {
        CloudAsk::Workspaces => CloudRows::Workspaces(client.workspaces().await?),
        CloudAsk::Workspace { workspace } => {
            CloudRows::Workspace(client.workspace(*workspace).await?)
        }
        CloudAsk::Projects { workspace } => CloudRows::Projects(client.projects(*workspace).await?),
        CloudAsk::Project { project } => CloudRows::Project(client.project(*project).await?),
        CloudAsk::Quotas { workspace } => CloudRows::Quotas(client.quotas(*workspace).await?),
        CloudAsk::Bin { place: at } => CloudRows::Bin(client.bin(at.map(place)).await?),
        CloudAsk::Members { place: at } => CloudRows::Members(client.members(place(*at)).await?),
        CloudAsk::Invitations { place: at } => {
            CloudRows::Invitations(client.invitations(place(*at)).await?)
        }
        CloudAsk::Activity { place: at } => CloudRows::Activity(client.activity(place(*at)).await?),
        CloudAsk::ObjectActivity { project, object } => {
            CloudRows::ObjectActivity(client.activity_of(*project, object).await?)
        }
        CloudAsk::Comments { project, object } => {
            CloudRows::Comments(client.comments(*project, object).await?)
        }
        CloudAsk::Notifications => CloudRows::Notifications(client.notifications().await?),
        CloudAsk::Preferences => CloudRows::Preferences(client.preferences().await?),
        CloudAsk::Offers => CloudRows::Offers(client.offers().await?),
        CloudAsk::Permissions => CloudRows::Permissions(client.permissions().await?),
        CloudAsk::Account => CloudRows::Account(client.account().await?),
        CloudAsk::Sessions => CloudRows::Sessions(client.sessions().await?),
        CloudAsk::Keys => CloudRows::Keys(client.keys().await?),
        CloudAsk::Identities => CloudRows::Identities(client.identities().await?),
        CloudAsk::Consents => CloudRows::Consents(client.consents().await?),
        CloudAsk::Exports => CloudRows::Exports(client.exports().await?),
        CloudAsk::Erasure => CloudRows::Erasure(client.erasure().await?),
    })
}
