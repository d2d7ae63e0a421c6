//! Where the secret of a signed-in device is kept: the system's keychain, or the memory of this program where there is
//! none. Never a file.

use crate::{Error, Result};
use gameforge_domain::{AccountId, SessionId};
use parking_lot::Mutex;
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// Where it is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TokenPlace {
    /// The system's keychain: it stays signed in.
    Keychain,
    /// This program's memory: it is signed out when it ends.
    Memory,
}

/// What is kept of a device. The access token is not: it lives minutes.
#[derive(Clone)]
pub struct Kept {
    /// For the next pair.
    pub refresh_token: SecretString,
    /// The device.
    pub session: SessionId,
    /// Who.
    pub account: AccountId,
}

#[derive(Serialize, Deserialize)]
struct Written {
    refresh_token: String,
    session: SessionId,
    account: AccountId,
}

impl Kept {
    fn write(&self) -> Result<SecretString> {
        let written = Written {
            refresh_token: self.refresh_token.expose_secret().to_owned(),
            session: self.session,
            account: self.account,
        };
        serde_json::to_string(&written)
            .map(Into::into)
            .map_err(Error::Kept)
    }

    fn read(text: &SecretString) -> Result<Self> {
        let written: Written = serde_json::from_str(text.expose_secret()).map_err(Error::Kept)?;
        Ok(Self {
            refresh_token: written.refresh_token.into(),
            session: written.session,
            account: written.account,
        })
    }
}

/// Keeps one device's secret. The calls may block (a keychain may ask its owner), so the client makes them on threads
/// that may.
pub trait TokenStore: Send + Sync {
    /// What is kept; none when nobody is signed in.
    ///
    /// # Errors
    /// When the keychain refuses.
    fn load(&self) -> Result<Option<Kept>>;

    /// Puts it in place of what was there, in one step.
    ///
    /// # Errors
    /// When the keychain refuses.
    fn save(&self, kept: &Kept) -> Result<()>;

    /// Forgets it.
    ///
    /// # Errors
    /// When the keychain refuses.
    fn clear(&self) -> Result<()>;

    /// Where it is kept.
    fn place(&self) -> TokenPlace;
}

/// This program's memory.
#[derive(Default)]
pub struct Memory(Mutex<Option<Kept>>);

impl TokenStore for Memory {
    fn load(&self) -> Result<Option<Kept>> {
        Ok(self.0.lock().clone())
    }

    fn save(&self, kept: &Kept) -> Result<()> {
        *self.0.lock() = Some(kept.clone());
        Ok(())
    }

    fn clear(&self) -> Result<()> {
        *self.0.lock() = None;
        Ok(())
    }

    fn place(&self) -> TokenPlace {
        TokenPlace::Memory
    }
}

/// The system's keychain.
pub struct Keychain(keyring::Entry);

impl Keychain {
    /// An entry of it, and proof that it can be read.
    ///
    /// # Errors
    /// When there is no keychain, or it is locked and stays so.
    pub fn open(user: &str) -> Result<Self> {
        let entry = keyring::Entry::new("GameForge Studio", user)?;
        match entry.get_password() {
            Ok(_) | Err(keyring::Error::NoEntry) => Ok(Self(entry)),
            Err(error) => Err(error.into()),
        }
    }
}

impl TokenStore for Keychain {
    fn load(&self) -> Result<Option<Kept>> {
        match self.0.get_password() {
            Ok(text) => Kept::read(&text.into()).map(Some),
            Err(keyring::Error::NoEntry) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    fn save(&self, kept: &Kept) -> Result<()> {
        Ok(self.0.set_password(kept.write()?.expose_secret())?)
    }

    fn clear(&self) -> Result<()> {
        match self.0.delete_credential() {
            Ok(()) | Err(keyring::Error::NoEntry) => Ok(()),
            Err(error) => Err(error.into()),
        }
    }

    fn place(&self) -> TokenPlace {
        TokenPlace::Keychain
    }
}

/// The keychain, or memory where there is none; [`TokenStore::place`] says which, so that the window can.
/// Blocks: call it on a thread that may.
#[must_use]
pub fn open(user: &str) -> Arc<dyn TokenStore> {
    match Keychain::open(user) {
        Ok(keychain) => Arc::new(keychain),
        Err(error) => {
            tracing::warn!(%error, "no keychain; the sign-in is kept in memory only");
            Arc::new(Memory::default())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_kept_reads_back_and_stays_out_of_logs() {
        let kept = Kept {
            refresh_token: "gf_r_secret".to_owned().into(),
            session: SessionId::from_uuid(uuid::Uuid::now_v7()),
            account: AccountId::from_uuid(uuid::Uuid::now_v7()),
        };
        let back = Kept::read(&kept.write().unwrap()).unwrap();
        assert_eq!(back.refresh_token.expose_secret(), "gf_r_secret");
        assert_eq!((back.session, back.account), (kept.session, kept.account));
        assert!(
            !format!("{:?}", back.refresh_token).contains("secret\""),
            "a secret does not print"
        );
        assert!(!format!("{:?}", kept.write().unwrap()).contains("gf_r"));
    }

    #[test]
    fn a_damaged_entry_is_an_error_not_a_panic() {
        assert!(matches!(
            Kept::read(&"{\"refresh_token\": 3}".to_owned().into()),
            Err(Error::Kept(_))
        ));
    }
}
