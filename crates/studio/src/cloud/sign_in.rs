//! Choosing a cloud, signing in and out.

use super::{Cache, Cloud, Now, Outbox, Remembered};
use crate::Result;
use gameforge_client::{Address, Client, account::Entered, tokens};
use gameforge_domain::{AccountId, SignInProvider};
use gameforge_wire::{
    CloudDone, CloudLink,
    cloud::{Account, ConsentAnswer, SecondFactorProof, SignIn},
};
use std::sync::Arc;

impl Cloud {
    /// Chooses a cloud. It has to answer once: a wrong address is told at once and not kept.
    pub(super) async fn connect(&self, typed: &str) -> Result<()> {
        let _turn = self.0.changing.lock().await;
        let address = Address::parse(typed)?;
        let probe = Client::open(address.clone(), Arc::new(tokens::Memory::default())).await?;
        probe.providers().await?;
        self.leave();
        let address = address.to_string();
        self.0.chosen.change(|kept| {
            kept.address = Some(address.clone());
            kept.account = None;
        })?;
        self.enter(&address).await
    }

    /// Works alone again.
    pub(super) async fn disconnect(&self) -> Result<()> {
        self.sign_out().await?;
        let _turn = self.0.changing.lock().await;
        self.leave();
        self.0.chosen.change(|kept| kept.address = None)?;
        self.turn(|now| *now = Now::alone());
        Ok(())
    }

    /// Begins with a chosen cloud: whoever the keychain knows is signed in.
    pub(super) async fn enter(&self, address: &str) -> Result<()> {
        let entry = self.0.chosen.entry(address)?;
        // The keychain may ask its owner to unlock it, so it may take a while.
        let secrets = Arc::clone(&self.0.desk.secrets);
        let store = tokio::task::spawn_blocking(move || secrets(&entry)).await?;
        let client = Client::open(Address::parse(address)?, store).await?;
        let known = *client.signed_in().borrow();
        *self.0.client.write() = Some(client.clone());
        self.note_place(&client);
        match known {
            Some(known) => self.remember(known.account)?,
            None => self.turn(|now| now.link = CloudLink::SignedOut),
        }
        if known.is_some() {
            self.follow(client);
        }
        Ok(())
    }

    /// Opens what is remembered of a person.
    fn remember(&self, account: AccountId) -> Result<()> {
        let folder = self.0.chosen.remembered(account);
        let cache = Cache::open(folder.clone())?;
        let person = Remembered {
            outbox: Arc::new(Outbox::open(folder.join("outbox"))?),
            cache: Arc::new(cache),
        };
        *self.0.person.write() = Some(person);
        let (known, account) = (self.remembered_notifications(), self.remembered_account());
        self.turn(|now| {
            now.link = CloudLink::Connecting;
            now.known = known;
            // Who has just signed in is known better.
            now.account = now.account.take().or(account);
        });
        Ok(())
    }

    pub(super) async fn sign_in(&self, body: SignIn) -> Result<CloudDone> {
        let _turn = self.0.changing.lock().await;
        let entered = self.needed()?.sign_in(&body).await?;
        self.entered(entered)
    }

    pub(super) async fn second_factor(&self, body: SecondFactorProof) -> Result<CloudDone> {
        let _turn = self.0.changing.lock().await;
        let account = self.needed()?.second_factor(&body).await?;
        self.entered(Entered::Done(account))
    }

    /// Through the browser. Another way to sign in is free meanwhile: a person may give up on the browser.
    pub(super) async fn by_provider(
        &self,
        provider: SignInProvider,
        consents: Vec<ConsentAnswer>,
    ) -> Result<CloudDone> {
        let waiting = self.needed()?.begin_provider(provider).await?;
        (self.0.desk.browser)(&waiting.authorize_url)?;
        let entered = waiting.finish(self.0.desk.device.clone(), consents).await?;
        let _turn = self.0.changing.lock().await;
        self.entered(entered)
    }

    pub(super) async fn link(&self, provider: SignInProvider) -> Result<()> {
        let waiting = self.needed()?.begin_link(provider).await?;
        (self.0.desk.browser)(&waiting.authorize_url)?;
        waiting.link().await?;
        Ok(())
    }

    pub(super) async fn step_up_by(&self, provider: SignInProvider) -> Result<()> {
        let waiting = self.needed()?.begin_step_up(provider).await?;
        (self.0.desk.browser)(&waiting.authorize_url)?;
        waiting.step_up().await?;
        Ok(())
    }

    fn entered(&self, entered: Entered) -> Result<CloudDone> {
        match entered {
            Entered::SecondFactor(challenge) => Ok(CloudDone::SecondFactor(challenge)),
            Entered::Done(account) => {
                self.welcome_in(*account)?;
                Ok(CloudDone::Done)
            }
        }
    }

    fn welcome_in(&self, account: Account) -> Result<()> {
        let client = self.needed()?;
        let id = account.id;
        self.0.chosen.change(|kept| kept.account = Some(id))?;
        self.note_place(&client);
        self.turn(|now| now.account = Some(account));
        self.remember(id)?;
        self.follow(client);
        Ok(())
    }

    /// Signs out, and forgets what was remembered of the person.
    pub(super) async fn sign_out(&self) -> Result<()> {
        let _turn = self.0.changing.lock().await;
        let client = self.client();
        self.stop_following();
        if let Some(client) = client {
            client.sign_out().await?;
        }
        if let Some(person) = self.0.person.write().take() {
            person.cache.clear()?;
        }
        self.0.chosen.change(|kept| kept.account = None)?;
        self.signed_out();
        Ok(())
    }

    /// Nobody is signed in any more. What is remembered stays where the device was signed out from elsewhere: the
    /// same person may sign in again, and what was written here is not thrown away.
    pub(super) fn signed_out(&self) {
        *self.0.person.write() = None;
        self.turn(|now| {
            let memory_only = now.memory_only;
            *now = Now::alone();
            now.link = CloudLink::SignedOut;
            now.memory_only = memory_only;
        });
    }

    fn leave(&self) {
        self.stop_following();
        *self.0.client.write() = None;
        *self.0.person.write() = None;
    }

    /// Follows the cloud no longer; what waits stays for the next start.
    pub fn close(&self) {
        self.stop_following();
    }

    fn stop_following(&self) {
        if let Some(task) = self.0.following.lock().take() {
            task.abort();
        }
    }
}
