//! What the cloud says by itself, and what follows from it.

use super::{Cloud, ask::now_ms};
use chrono::{DateTime, TimeDelta, Utc};
use gameforge_client::{Client, Error, live};
use gameforge_domain::NotificationId;
use gameforge_wire::{
    CloudAsk, CloudLink, CloudNews, CloudRows,
    cloud::{Account, LiveFrame, Notification},
};
use std::collections::HashSet;
use tokio::sync::mpsc;

impl Cloud {
    /// Follows the live connection of whoever is signed in.
    pub(super) fn follow(&self, client: Client) {
        let cloud = self.clone();
        let task = tokio::spawn(async move {
            let (tell, mut hear) = mpsc::channel(64);
            let looked_at = cloud.0.looked_at.subscribe();
            let connection = tokio::spawn(live::follow(client, looked_at, tell));
            cloud.look_after().await;
            while let Some(news) = hear.recv().await {
                cloud.heard(news).await;
            }
            // It has ended: nobody is there to tell.
            connection.abort();
        });
        if let Some(before) = self.0.following.lock().replace(task) {
            before.abort();
        }
    }

    async fn heard(&self, news: live::News) {
        match news {
            live::News::Up => {
                self.turn(|now| {
                    now.link = CloudLink::Live;
                    now.offline_since_ms = None;
                });
                self.tell(CloudNews::Stale { scope: None });
                self.send_waiting().await;
                self.look_after().await;
            }
            live::News::Down => self.lost(),
            live::News::SignedOut => self.signed_out(),
            live::News::Frame(LiveFrame::Poke { scope_id, .. }) => {
                let own = self
                    .0
                    .now
                    .lock()
                    .account
                    .as_ref()
                    .map(|it| it.id.to_string());
                let own = own.as_deref() == Some(scope_id.as_str());
                self.tell(CloudNews::Stale {
                    scope: Some(scope_id),
                });
                if own {
                    self.look_after().await;
                }
            }
            live::News::Frame(LiveFrame::Present { project_id, people }) => {
                self.tell(CloudNews::Present {
                    project: project_id,
                    people,
                });
            }
            live::News::Frame(LiveFrame::Welcome { .. } | LiveFrame::SignedOut) => {}
        }
    }

    /// The cloud cannot be reached, since now or since before.
    pub(super) fn lost(&self) {
        let news = {
            let now = self.0.now.lock();
            matches!(now.link, CloudLink::Live | CloudLink::Connecting)
        };
        if news {
            self.turn(|now| {
                now.link = CloudLink::Offline;
                now.offline_since_ms = Some(now_ms());
            });
        }
    }

    /// The account and what waits for the person.
    async fn look_after(&self) {
        let Some(client) = self.client() else { return };
        let asked = tokio::try_join!(client.account(), client.unread());
        match asked {
            Ok((account, unread)) => {
                self.remember_account(&account);
                self.turn(|now| {
                    now.account = Some(account);
                    now.unread = unread.notifications;
                    now.offers = unread.invitations;
                });
            }
            Err(Error::SignedOut) => return self.signed_out(),
            Err(error) => {
                tracing::debug!(%error, "the account was not heard");
                return;
            }
        }
        self.hear(CloudAsk::Notifications).await;
    }

    /// For the next start without the cloud. That it cannot be kept is no reason to do without it now.
    fn remember_account(&self, account: &Account) {
        let Some(person) = self.person() else { return };
        let rows = CloudRows::Account(account.clone());
        if let Err(error) = person.cache.write(&CloudAsk::Account, rows, now_ms()) {
            tracing::warn!(%error, "the account is not remembered");
        }
    }

    pub(super) fn remembered_account(&self) -> Option<Account> {
        let document = self.person()?.cache.read(&CloudAsk::Account)?;
        match document.rows {
            CloudRows::Account(account) => Some(account),
            _ => None,
        }
    }

    /// Tells the desktop of notifications that were not in the list before, whoever asked for the list: each once.
    pub(super) fn tell_news(&self, rows: &[Notification]) {
        let known = rows.iter().map(|it| it.id).collect();
        let before = self.0.now.lock().known.replace(known);
        // The first list ever tells of what is old.
        let Some(before) = before else { return };
        for notification in told(&before, rows, Utc::now()) {
            self.tell(CloudNews::Told {
                notification: Box::new(notification.clone()),
            });
        }
    }

    pub(super) fn remembered_notifications(&self) -> Option<HashSet<NotificationId>> {
        let document = self.person()?.cache.read(&CloudAsk::Notifications)?;
        match document.rows {
            CloudRows::Notifications(rows) => Some(rows.into_iter().map(|it| it.id).collect()),
            _ => None,
        }
    }

    /// Sends what waits, the oldest first, until the cloud is away or nothing is left.
    pub(super) async fn send_waiting(&self) {
        let _turn = self.0.sending.lock().await;
        let (Some(client), Some(person)) = (self.client(), self.person()) else {
            return;
        };
        let outbox = &person.outbox;
        let mut any = false;
        while let Some(comment) = outbox.next() {
            let request = super::act::request(&comment);
            let noted = match client.comment(comment.project, &request).await {
                Ok(_) => outbox.take_back(comment.id),
                Err(error) if error.passes() => {
                    if error.is_away() {
                        self.lost();
                    }
                    break;
                }
                Err(Error::SignedOut) => break,
                Err(error) => outbox.refused(comment.id, &error.to_string()),
            };
            any = true;
            self.tell(CloudNews::Unsent);
            self.hear(CloudAsk::Comments {
                project: comment.project,
                object: comment.object,
            })
            .await;
            if let Err(error) = noted {
                // The disk is full or gone: sending on would send the same again and again.
                tracing::error!(
                    error = &error as &dyn std::error::Error,
                    "what was sent could not be noted"
                );
                break;
            }
        }
        if any {
            self.turn(|_| {});
        }
    }
}

/// Those that came, were not read, and are wanted on the desktop; none from more than an hour ago, when this machine
/// was off.
fn told<'a>(
    known: &HashSet<NotificationId>,
    rows: &'a [Notification],
    now: DateTime<Utc>,
) -> Vec<&'a Notification> {
    let hour_ago = now - TimeDelta::hours(1);
    rows.iter()
        .filter(|it| it.desktop && it.read_at.is_none())
        .filter(|it| !known.contains(&it.id) && it.created_at > hour_ago)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use gameforge_wire::cloud::NotificationKind;
    use uuid::Uuid;

    #[test]
    fn the_desktop_hears_what_is_new_unread_and_wanted_there() {
        let now = Utc::now();
        let notification = |id: u128| Notification {
            id: NotificationId::from_uuid(Uuid::from_u128(id)),
            kind: NotificationKind::Mention,
            workspace_id: None,
            project_id: None,
            object: None,
            comment_id: None,
            actor: None,
            details: serde_json::Value::Null,
            created_at: now,
            read_at: None,
            desktop: true,
        };
        let known = HashSet::from([notification(1).id]);
        let mut rows = vec![
            notification(1),
            notification(2),
            notification(3),
            notification(4),
            notification(5),
        ];
        rows[2].read_at = Some(now);
        rows[3].desktop = false;
        rows[4].created_at = now - TimeDelta::hours(2);
        let told: Vec<_> = told(&known, &rows, now).iter().map(|it| it.id).collect();
        assert_eq!(told, [rows[1].id]);
    }
}
