//! Random secrets and what is kept of them.
//!
//! A secret has 256 bits, so its plain BLAKE3 hash cannot be turned back; a slow hash is for passwords only.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use std::fmt;

/// A random secret of 256 bits, in its text form.
#[derive(Clone)]
pub struct Secret(String);

impl Secret {
    /// Draws one from the system's generator.
    ///
    /// # Errors
    /// When the system has no random numbers to give.
    pub fn draw(prefix: &str) -> Result<Self, getrandom::Error> {
        let mut bytes = [0_u8; 32];
        getrandom::fill(&mut bytes)?;
        Ok(Self(format!("{prefix}{}", URL_SAFE_NO_PAD.encode(bytes))))
    }

    /// The text, to be shown or sent once.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// What is kept.
    #[must_use]
    pub fn hash(&self) -> Hash {
        Hash::of(&self.0)
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}

/// What the database has of a secret: 32 bytes of BLAKE3.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Hash([u8; 32]);

impl Hash {
    /// Of a secret that came from outside.
    #[must_use]
    pub fn of(secret: &str) -> Self {
        Self(*blake3::hash(secret.as_bytes()).as_bytes())
    }

    /// For the database.
    #[must_use]
    pub const fn as_slice(&self) -> &[u8] {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_two_secrets_are_the_same_and_none_is_printed() -> Result<(), getrandom::Error> {
        let (one, other) = (Secret::draw("gf_")?, Secret::draw("gf_")?);
        assert_ne!(one.expose(), other.expose());
        assert_eq!(
            one.expose().len(),
            "gf_".len() + 43,
            "256 bits in base64url"
        );
        assert!(!format!("{one:?}").contains(one.expose()));
        assert_eq!(
            Hash::of(one.expose()),
            one.hash(),
            "what comes back is recognised"
        );
        Ok(())
    }
}
