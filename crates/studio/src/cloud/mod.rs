//! The Studio's side of the cloud: which one, who is signed in, what is remembered of it, what waits to be sent. The
//! window asks here and never waits for the network for a list: it gets what is remembered, with its age, and hears
//! when something newer came. Nothing of a library depends on this; without a cloud it does nothing at all.
//!
//! Requests and tokens are `gameforge-client`'s.

mod act;
mod ask;
mod cache;
mod chosen;
mod news;
mod outbox;
mod save;
mod sign_in;

pub use gameforge_client::{
    provider::Device,
    tokens::{self, TokenStore},
};

use crate::{Error, Result};
use cache::Cache;
use chosen::{Chosen, Kept};
use gameforge_client::{Address, Client, TokenPlace};
use gameforge_domain::{NotificationId, ProjectId};
use gameforge_wire::{
    CloudAsk, CloudLink, CloudNews, CloudState, CloudWelcome, Failure,
    cloud::{Account, Person, PresencePlace},
};
use outbox::Outbox;
use parking_lot::{Mutex, RwLock};
use std::{
    collections::{HashMap, HashSet},
    path::Path,
    sync::Arc,
};
use tokio::{
    sync::{broadcast, watch},
    task::JoinHandle,
};

/// Opens an address in the system's browser.
pub type OpenBrowser = Box<dyn Fn(&str) -> Result<()> + Send + Sync>;

/// Finds where a secret is kept, by its name. May block.
pub type OpenSecrets = Arc<dyn Fn(&str) -> Arc<dyn TokenStore> + Send + Sync>;

/// What a cloud needs of the machine around it.
pub struct Desk {
    /// What the list of devices calls it.
    pub device: Device,
    /// Opens pages for signing in.
    pub browser: OpenBrowser,
    /// Keeps the secret: [`tokens::open`], but in tests.
    pub secrets: OpenSecrets,
    /// A cloud that was started beside this Studio. It is proposed to the person and nothing else: what is no address
    /// of a cloud is left out.
    pub offered: Option<String>,
}

/// The cloud as this Studio sees it. Clones are the same one.
#[derive(Clone)]
pub struct Cloud(Arc<Parts>);

struct Parts {
    chosen: Chosen,
    desk: Desk,
    offered: Option<String>,
    tell: broadcast::Sender<CloudNews>,
    looked_at: watch::Sender<Option<PresencePlace>>,
    now: Mutex<Now>,
    client: RwLock<Option<Client>>,
    /// What is remembered of the person who is signed in.
    person: RwLock<Option<Remembered>>,
    /// The task that follows the live connection.
    following: Mutex<Option<JoinHandle<()>>>,
    /// One choice of a cloud, sign-in or sign-out at a time.
    changing: tokio::sync::Mutex<()>,
    /// Sends what waits, one at a time and in its order.
    sending: tokio::sync::Mutex<()>,
}

/// What is remembered of a person on this machine.
#[derive(Clone)]
struct Remembered {
    cache: Arc<Cache>,
    outbox: Arc<Outbox>,
}

/// What changes by the moment.
struct Now {
    link: CloudLink,
    account: Option<Account>,
    offline_since_ms: Option<f64>,
    memory_only: bool,
    unread: u32,
    offers: u32,
    /// Notifications that were heard of; none before the first list.
    known: Option<HashSet<NotificationId>>,
    /// Lists that are being asked for.
    asking: HashSet<CloudAsk>,
    /// Why the last try for a list went wrong.
    failed: HashMap<CloudAsk, Failure>,
}

impl Now {
    fn alone() -> Self {
        Self {
            link: CloudLink::None,
            account: None,
            offline_since_ms: None,
            memory_only: false,
            unread: 0,
            offers: 0,
            known: None,
            asking: HashSet::new(),
            failed: HashMap::new(),
        }
    }
}

impl Cloud {
    /// Reads which cloud was chosen. Nothing is sent before [`Cloud::start`].
    ///
    /// # Errors
    /// When the folder cannot be read.
    pub fn open(config_folder: &Path, desk: Desk) -> Result<Self> {
        let offered = desk.offered.as_deref().and_then(proposal);
        Ok(Self(Arc::new(Parts {
            chosen: Chosen::open(config_folder)?,
            desk,
            offered,
            tell: broadcast::channel(256).0,
            looked_at: watch::channel(None).0,
            now: Mutex::new(Now::alone()),
            client: RwLock::new(None),
            person: RwLock::new(None),
            following: Mutex::new(None),
            changing: tokio::sync::Mutex::new(()),
            sending: tokio::sync::Mutex::new(()),
        })))
    }

    /// Signs in with what the keychain holds, if a cloud was chosen, and follows it.
    ///
    /// # Errors
    /// When the kept address cannot be used any more.
    pub async fn start(&self) -> Result<()> {
        let _turn = self.0.changing.lock().await;
        if let Some(address) = self.0.chosen.kept().address {
            self.enter(&address).await?;
        }
        Ok(())
    }

    /// How it stands.
    #[must_use]
    pub fn state(&self) -> CloudState {
        let unsent = self.person().map_or(0, |person| person.outbox.count());
        let address = self.client().map(|client| client.address().to_string());
        let now = self.0.now.lock();
        CloudState {
            address,
            offered: self.0.offered.clone(),
            link: now.link,
            account: now.account.clone(),
            offline_since_ms: now.offline_since_ms,
            memory_only: now.memory_only,
            unsent,
            unread: now.unread,
            offers: now.offers,
        }
    }

    /// News from now on.
    #[must_use]
    pub fn news(&self) -> broadcast::Receiver<CloudNews> {
        self.0.tell.subscribe()
    }

    /// What somebody needs to know to sign in or register, in a language.
    ///
    /// # Errors
    /// When no cloud was chosen or it cannot be reached.
    pub async fn welcome(&self, locale: &str) -> Result<CloudWelcome> {
        let client = self.needed()?;
        let locale = if locale == "de" { "de" } else { "en" };
        let (providers, consents) =
            tokio::try_join!(client.providers(), client.consent_texts(locale))?;
        Ok(CloudWelcome {
            providers: providers.providers,
            consents,
        })
    }

    /// People of a project that can be mentioned.
    ///
    /// # Errors
    /// When the cloud refuses or is away.
    pub async fn people(&self, project: ProjectId, begins: &str) -> Result<Vec<Person>> {
        Ok(self.needed()?.people(project, begins).await?)
    }

    /// Tells the others what is looked at.
    pub fn look(&self, place: Option<PresencePlace>) {
        self.0.looked_at.send_if_modified(|was| {
            let other = *was != place;
            *was = place;
            other
        });
    }

    /// The project that a library belongs to.
    #[must_use]
    pub fn project_of(&self, library: &Path) -> Option<ProjectId> {
        self.0.chosen.kept().projects.get(library).copied()
    }

    /// Chooses it, or none.
    ///
    /// # Errors
    /// When the choice cannot be written.
    pub fn choose_project(&self, library: &Path, project: Option<ProjectId>) -> Result<()> {
        self.0.chosen.change(|kept: &mut Kept| match project {
            Some(project) => {
                kept.projects.insert(library.to_owned(), project);
            }
            None => {
                kept.projects.remove(library);
            }
        })
    }

    fn client(&self) -> Option<Client> {
        self.0.client.read().clone()
    }

    fn person(&self) -> Option<Remembered> {
        self.0.person.read().clone()
    }

    fn needed(&self) -> Result<Client> {
        self.client()
            .ok_or_else(|| Error::invalid("No cloud is chosen. Connect to one first."))
    }

    fn signed_in(&self) -> Result<Remembered> {
        self.person()
            .ok_or(Error::Cloud(gameforge_client::Error::SignedOut))
    }

    /// Changes the moment and says so.
    fn turn(&self, how: impl FnOnce(&mut Now)) {
        how(&mut self.0.now.lock());
        let state = Box::new(self.state());
        self.tell(CloudNews::State { state });
    }

    fn tell(&self, news: CloudNews) {
        // Nobody may listen yet: the window asks for everything when it opens.
        let _ = self.0.tell.send(news);
    }

    fn note_place(&self, client: &Client) {
        let memory_only = client.token_place() == TokenPlace::Memory;
        self.0.now.lock().memory_only = memory_only;
    }
}

/// An address to propose, as it reads; none for what is no address of a cloud.
fn proposal(told: &str) -> Option<String> {
    match Address::parse(told) {
        Ok(address) => Some(address.to_string()),
        Err(error) => {
            tracing::warn!(%error, told, "this cloud is not proposed");
            None
        }
    }
}
