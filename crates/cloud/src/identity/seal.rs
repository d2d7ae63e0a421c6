//! Sealing what must be read again: XChaCha20-Poly1305 (draft-irtf-cfrg-xchacha) under the service's key, with a
//! random nonce in front. What it belongs to is authenticated with it, so a sealed value cannot be moved to another row.

use base64::{Engine, engine::general_purpose::STANDARD};
use chacha20poly1305::{
    KeyInit, XChaCha20Poly1305, XNonce,
    aead::{Aead, Payload},
};

/// A sealed value cannot be opened: it was changed, moved, or sealed with another key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a sealed value cannot be opened with the service's key")]
pub struct Broken;

/// Bytes of the nonce in front.
const NONCE: usize = 24;

/// The key.
#[derive(Clone)]
pub struct Key(XChaCha20Poly1305);

impl Key {
    /// Reads 32 bytes in base64.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let bytes = STANDARD.decode(text.trim()).ok()?;
        XChaCha20Poly1305::new_from_slice(&bytes).ok().map(Self)
    }

    /// Seals a value that belongs to `owner`.
    ///
    /// # Errors
    /// When the system has no random numbers.
    pub fn seal(&self, owner: &[u8], value: &[u8]) -> Result<Vec<u8>, getrandom::Error> {
        let mut nonce = [0_u8; NONCE];
        getrandom::fill(&mut nonce)?;
        let sealed = self
            .0
            .encrypt(
                &XNonce::from(nonce),
                Payload {
                    msg: value,
                    aad: owner,
                },
            )
            .map_err(|_| getrandom::Error::UNEXPECTED)?;
        Ok([nonce.as_slice(), &sealed].concat())
    }

    /// Opens it again.
    ///
    /// # Errors
    /// [`Broken`] when it was changed, belongs to another owner, or was sealed with another key.
    pub fn open(&self, owner: &[u8], sealed: &[u8]) -> Result<Vec<u8>, Broken> {
        let (nonce, sealed) = sealed.split_at_checked(NONCE).ok_or(Broken)?;
        let nonce: [u8; NONCE] = nonce.try_into().map_err(|_| Broken)?;
        self.0
            .decrypt(
                &XNonce::from(nonce),
                Payload {
                    msg: sealed,
                    aad: owner,
                },
            )
            .map_err(|_| Broken)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_same_owner_and_key_open_what_was_sealed() -> Result<(), getrandom::Error> {
        let key = Key::parse(&STANDARD.encode([7; 32])).expect("32 bytes are a key");
        let other = Key::parse(&STANDARD.encode([8; 32])).expect("32 bytes are a key");
        let sealed = key.seal(b"ada", b"secret")?;
        assert_eq!(key.open(b"ada", &sealed), Ok(b"secret".to_vec()));
        assert_eq!(
            key.open(b"eve", &sealed),
            Err(Broken),
            "moved to another row"
        );
        assert_eq!(other.open(b"ada", &sealed), Err(Broken), "another key");
        let mut changed = sealed.clone();
        *changed.last_mut().expect("it is not empty") ^= 1;
        assert_eq!(key.open(b"ada", &changed), Err(Broken), "changed");
        assert_eq!(key.open(b"ada", &sealed[..10]), Err(Broken), "cut");
        assert!(Key::parse("c2hvcnQ=").is_none());
        Ok(())
    }
}
