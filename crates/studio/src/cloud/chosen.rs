//! Which cloud was chosen, who was signed in there last, and which library belongs to which project: `cloud.json` in the
//! configuration folder. No secrets.

use crate::{Error, Result, settings::write_whole};
use gameforge_domain::{AccountId, ProjectId};
use parking_lot::Mutex;
use serde::{Deserialize, Serialize};
use std::{
    collections::BTreeMap,
    fs, io,
    path::{Path, PathBuf},
};
use uuid::Uuid;

/// What is kept.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct Kept {
    /// The cloud.
    pub address: Option<String>,
    /// Tells this configuration's keychain entry from that of another on the same machine.
    pub profile: Option<Uuid>,
    /// Who was signed in last.
    pub account: Option<AccountId>,
    /// Libraries' folders and their projects.
    pub projects: BTreeMap<PathBuf, ProjectId>,
}

/// The file and what is in it.
pub(super) struct Chosen {
    folder: PathBuf,
    kept: Mutex<Kept>,
}

impl Chosen {
    /// Reads the file; one that cannot be understood counts as none and is replaced with the next choice.
    pub fn open(folder: &Path) -> Result<Self> {
        let file = folder.join("cloud.json");
        let kept = match fs::read(&file) {
            Ok(bytes) => serde_json::from_slice(&bytes).unwrap_or_else(|error| {
                tracing::warn!(file = %file.display(), %error, "the choice of a cloud could not be read");
                Kept::default()
            }),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Kept::default(),
            Err(error) => return Err(Error::io("Reading", &file)(error)),
        };
        Ok(Self {
            folder: folder.to_owned(),
            kept: Mutex::new(kept),
        })
    }

    pub fn kept(&self) -> Kept {
        self.kept.lock().clone()
    }

    /// In memory only once it is on the disk.
    pub fn change(&self, how: impl FnOnce(&mut Kept)) -> Result<()> {
        let mut kept = self.kept.lock();
        let mut new = kept.clone();
        how(&mut new);
        let text = serde_json::to_vec_pretty(&new).map_err(Error::json("the choice of a cloud"))?;
        write_whole(&self.folder.join("cloud.json"), &text)?;
        *kept = new;
        Ok(())
    }

    /// Where an account's lists are remembered.
    pub fn remembered(&self, account: AccountId) -> PathBuf {
        self.folder.join("cloud").join(account.to_string())
    }

    /// The keychain's name for this configuration on this cloud.
    pub fn entry(&self, address: &str) -> Result<String> {
        let profile = match self.kept().profile {
            Some(profile) => profile,
            None => {
                let profile = Uuid::now_v7();
                self.change(|kept| kept.profile = Some(profile))?;
                profile
            }
        };
        Ok(format!("{address} {profile}"))
    }
}
