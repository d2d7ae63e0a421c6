//! Changes at the cloud. Comments are kept here first; everything else needs the cloud and says so when it is away.

use super::{
    Cloud,
    ask::{now_ms, place},
    save,
};
use crate::{Error, Result};
use gameforge_client::Client;
use gameforge_domain::CommentId;
use gameforge_wire::{
    CloudAct, CloudAsk, CloudDone, CloudNews, CloudPlace, UnsentComment,
    cloud::{
        ApiKeyRequest, CommentRequest, EmailChange, FactorCode, InvitationRequest, MailAgain,
        MemberChange, PasswordChange, PasswordForgotten, ReactionRequest, Register,
        SecondFactorProof, SignIn, Transfer, WorkspaceRequest,
    },
};
use std::path::Path;
use uuid::Uuid;

/// As it is sent.
pub(super) fn request(comment: &UnsentComment) -> CommentRequest {
    CommentRequest {
        id: comment.id,
        object: comment.object.clone(),
        thread_id: comment.thread,
        body: comment.body.clone(),
    }
}

impl Cloud {
    /// Does something at the cloud.
    ///
    /// # Errors
    /// When the cloud refuses or is away; `StepUp` when it wants a fresh proof first.
    pub async fn act(&self, act: CloudAct) -> Result<CloudDone> {
        let outcome = match act {
            CloudAct::Connect { .. }
            | CloudAct::Disconnect
            | CloudAct::Register { .. }
            | CloudAct::SendAgain { .. }
            | CloudAct::SignIn { .. }
            | CloudAct::SecondFactor { .. }
            | CloudAct::Provider { .. }
            | CloudAct::PasswordForgotten { .. }
            | CloudAct::SignOut => self.enter_or_leave(act).await,
            CloudAct::CreateWorkspace { .. }
            | CloudAct::ChangeWorkspace { .. }
            | CloudAct::CreateProject { .. }
            | CloudAct::ChangeProject { .. }
            | CloudAct::Remove { .. }
            | CloudAct::Restore { .. }
            | CloudAct::ChangeMember { .. }
            | CloudAct::RemoveMember { .. }
            | CloudAct::Leave { .. }
            | CloudAct::Transfer { .. }
            | CloudAct::Invite { .. }
            | CloudAct::Revoke { .. }
            | CloudAct::Resend { .. }
            | CloudAct::AnswerOffer { .. } => self.in_teams(act).await,
            CloudAct::Comment { .. }
            | CloudAct::DropUnsent { .. }
            | CloudAct::ChangeComment { .. }
            | CloudAct::RemoveComment { .. }
            | CloudAct::RestoreComment { .. }
            | CloudAct::React { .. }
            | CloudAct::Read { .. }
            | CloudAct::ReadAll { .. }
            | CloudAct::SetPreferences { .. } => self.in_talk(act).await,
            other => self.in_account(other).await,
        };
        match &outcome {
            Err(Error::Cloud(gameforge_client::Error::SignedOut)) => self.signed_out(),
            Err(Error::Cloud(error)) if error.is_away() => self.lost(),
            _ => {}
        }
        outcome
    }

    async fn enter_or_leave(&self, act: CloudAct) -> Result<CloudDone> {
        match act {
            CloudAct::Connect { address } => self.connect(&address).await?,
            CloudAct::Disconnect => self.disconnect().await?,
            CloudAct::SignOut => self.sign_out().await?,
            CloudAct::Register {
                email,
                password,
                display_name,
                locale,
                consents,
            } => {
                let body = Register {
                    email,
                    password,
                    display_name,
                    locale: Some(locale),
                    consents,
                };
                self.needed()?.register(&body).await?;
            }
            CloudAct::SendAgain { email } => {
                self.needed()?.send_again(&MailAgain { email }).await?;
            }
            CloudAct::PasswordForgotten { email } => {
                let body = PasswordForgotten { email };
                self.needed()?.password_forgotten(&body).await?;
            }
            CloudAct::SignIn { email, password } => {
                let device = self.0.desk.device.clone();
                let body = SignIn {
                    email,
                    password,
                    device_name: device.name,
                    platform: device.platform,
                };
                return self.sign_in(body).await;
            }
            CloudAct::SecondFactor { challenge, code } => {
                let body = SecondFactorProof { challenge, code };
                return self.second_factor(body).await;
            }
            CloudAct::Provider { provider, consents } => {
                return self.by_provider(provider, consents).await;
            }
            _ => {}
        }
        Ok(CloudDone::Done)
    }

    async fn in_account(&self, act: CloudAct) -> Result<CloudDone> {
        let client = self.needed()?;
        let again = changes(&act);
        let done = account(self, &client, act).await?;
        for ask in again {
            self.hear(ask).await;
        }
        Ok(done)
    }

    async fn in_teams(&self, act: CloudAct) -> Result<CloudDone> {
        let client = self.needed()?;
        let again = changes(&act);
        let done = teams(&client, act).await?;
        for ask in again {
            self.hear(ask).await;
        }
        // What is on screen may show it as well: a project in its workspace, a bin, a role. The live connection says
        // so too, where it stands.
        self.tell(CloudNews::Stale { scope: None });
        Ok(done)
    }

    async fn in_talk(&self, act: CloudAct) -> Result<CloudDone> {
        match act {
            CloudAct::Comment {
                project,
                object,
                thread,
                body,
            } => {
                let comment = UnsentComment {
                    id: CommentId::from_uuid(Uuid::now_v7()),
                    project,
                    object,
                    thread,
                    body,
                    written_ms: now_ms(),
                    refused: None,
                };
                self.signed_in()?.outbox.put(comment)?;
                self.waits();
                let cloud = self.clone();
                tokio::spawn(async move { cloud.send_waiting().await });
            }
            CloudAct::DropUnsent { id } => {
                self.signed_in()?.outbox.take_back(id)?;
                self.waits();
            }
            CloudAct::ChangeComment { id, change } => {
                self.needed()?.change_comment(id, &change).await?;
            }
            CloudAct::RemoveComment { id } => self.needed()?.remove_comment(id).await?,
            CloudAct::RestoreComment { id } => {
                self.needed()?.restore_comment(id).await?;
            }
            CloudAct::React { id, emoji, on } => {
                let body = ReactionRequest { emoji, on };
                self.needed()?.react(id, &body).await?;
            }
            CloudAct::Read { id } => {
                self.needed()?.read(id).await?;
                self.count_unread().await?;
            }
            CloudAct::ReadAll { up_to } => {
                self.needed()?.read_all(up_to).await?;
                self.count_unread().await?;
            }
            CloudAct::SetPreferences { preferences } => {
                self.needed()?.set_preferences(&preferences).await?;
                self.hear(CloudAsk::Preferences).await;
            }
            _ => {}
        }
        Ok(CloudDone::Done)
    }

    /// What waits changed.
    fn waits(&self) {
        self.turn(|_| {});
        self.tell(CloudNews::Unsent);
    }

    async fn count_unread(&self) -> Result<()> {
        let unread = self.needed()?.unread().await?;
        self.turn(|now| now.unread = unread.notifications);
        self.hear(CloudAsk::Notifications).await;
        Ok(())
    }
}

/// Lists that are not what they were after a change.
fn changes(act: &CloudAct) -> Vec<CloudAsk> {
    let of_place = |at: &CloudPlace| match at {
        CloudPlace::Workspace(_) => vec![CloudAsk::Workspaces],
        CloudPlace::Project(_) => Vec::new(),
    };
    match act {
        CloudAct::EndSession { .. } | CloudAct::EndOtherSessions => vec![CloudAsk::Sessions],
        CloudAct::CreateKey { .. } | CloudAct::RemoveKey { .. } => vec![CloudAsk::Keys],
        CloudAct::Link { .. } | CloudAct::Unlink { .. } => vec![CloudAsk::Identities],
        CloudAct::AnswerConsent { .. } => vec![CloudAsk::Consents],
        CloudAct::AskExport => vec![CloudAsk::Exports],
        CloudAct::Erase | CloudAct::KeepAccount => vec![CloudAsk::Erasure],
        CloudAct::CreateWorkspace { .. } | CloudAct::ChangeWorkspace { .. } => {
            vec![CloudAsk::Workspaces]
        }
        CloudAct::CreateProject { workspace, .. } => vec![CloudAsk::Projects {
            workspace: *workspace,
        }],
        CloudAct::Remove { place } | CloudAct::Restore { place } | CloudAct::Leave { place } => {
            of_place(place)
        }
        CloudAct::ChangeMember { place, .. }
        | CloudAct::RemoveMember { place, .. }
        | CloudAct::Transfer { place, .. } => vec![CloudAsk::Members { place: *place }],
        CloudAct::Invite { place, .. } => vec![CloudAsk::Invitations { place: *place }],
        CloudAct::AnswerOffer { .. } => vec![CloudAsk::Offers, CloudAsk::Workspaces],
        _ => Vec::new(),
    }
}

async fn account(cloud: &Cloud, client: &Client, act: CloudAct) -> Result<CloudDone> {
    match act {
        CloudAct::StepUp { proof } => client.step_up(&proof).await?,
        CloudAct::StepUpBy { provider } => cloud.step_up_by(provider).await?,
        CloudAct::ChangeAccount { change } => {
            let account = client.change_account(&change).await?;
            cloud.turn(|now| now.account = Some(account));
        }
        CloudAct::ChangePassword { current, password } => {
            let body = PasswordChange { current, password };
            client.change_password(&body).await?;
            renew(cloud, client).await?;
        }
        CloudAct::ChangeEmail { email } => client.change_email(&EmailChange { email }).await?,
        CloudAct::BeginFactor => return Ok(CloudDone::Factor(client.begin_factor().await?)),
        CloudAct::ConfirmFactor { code } => {
            let codes = client.confirm_factor(&FactorCode { code }).await?.codes;
            renew(cloud, client).await?;
            return Ok(CloudDone::Codes(codes));
        }
        CloudAct::RemoveFactor => {
            client.remove_factor().await?;
            renew(cloud, client).await?;
        }
        CloudAct::NewRecoveryCodes => {
            return Ok(CloudDone::Codes(client.new_recovery_codes().await?.codes));
        }
        CloudAct::EndSession { id } => client.end_session(id).await?,
        CloudAct::EndOtherSessions => client.end_other_sessions().await?,
        CloudAct::CreateKey { name, scopes, days } => {
            let body = ApiKeyRequest { name, scopes, days };
            return Ok(CloudDone::Key(client.create_key(&body).await?));
        }
        CloudAct::RemoveKey { id } => client.remove_key(id).await?,
        CloudAct::Link { provider } => cloud.link(provider).await?,
        CloudAct::Unlink { provider } => client.unlink(provider).await?,
        CloudAct::AnswerConsent { answer } => {
            client.answer_consent(&answer).await?;
        }
        CloudAct::AskExport => {
            client.ask_export().await?;
        }
        CloudAct::SaveExport { id, folder } => {
            let download = client.fetch_export(id).await?;
            let file = save::package(download, Path::new(&folder), id).await?;
            return Ok(CloudDone::Saved(file.display().to_string()));
        }
        CloudAct::Erase => {
            client.ask_erasure().await?;
            renew(cloud, client).await?;
        }
        CloudAct::KeepAccount => {
            client.keep_account().await?;
            renew(cloud, client).await?;
        }
        _ => {}
    }
    Ok(CloudDone::Done)
}

/// Reads the own account anew.
async fn renew(cloud: &Cloud, client: &Client) -> Result<()> {
    let account = client.account().await?;
    cloud.turn(|now| now.account = Some(account));
    Ok(())
}

async fn teams(client: &Client, act: CloudAct) -> Result<CloudDone> {
    match act {
        CloudAct::CreateWorkspace { name } => {
            let workspace = client.create_workspace(&WorkspaceRequest { name }).await?;
            return Ok(CloudDone::Workspace(workspace.id));
        }
        CloudAct::ChangeWorkspace { id, change } => {
            client.change_workspace(id, &change).await?;
        }
        CloudAct::CreateProject { workspace, request } => {
            let project = client.create_project(workspace, &request).await?;
            return Ok(CloudDone::Project(project.id));
        }
        CloudAct::ChangeProject { id, change } => {
            client.change_project(id, &change).await?;
        }
        CloudAct::Remove { place: at } => client.remove(place(at)).await?,
        CloudAct::Restore { place: at } => client.restore(place(at)).await?,
        CloudAct::Leave { place: at } => client.leave(place(at)).await?,
        CloudAct::ChangeMember {
            place: at,
            who,
            role,
        } => {
            client
                .change_member(place(at), who, &MemberChange { role })
                .await?;
        }
        CloudAct::RemoveMember { place: at, who } => client.remove_member(place(at), who).await?,
        CloudAct::Transfer { place: at, to } => {
            client.transfer(place(at), &Transfer { to }).await?;
        }
        CloudAct::Invite {
            place: at,
            email,
            role,
            message,
        } => {
            let body = InvitationRequest {
                email,
                role,
                message,
            };
            client.invite(place(at), &body).await?;
        }
        CloudAct::Revoke { id } => client.revoke(id).await?,
        CloudAct::Resend { id } => client.resend(id).await?,
        CloudAct::AnswerOffer { id, yes } => client.answer_offer(id, yes).await?,
        _ => {}
    }
    Ok(CloudDone::Done)
}
