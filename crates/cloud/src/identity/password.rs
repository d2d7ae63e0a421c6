//! Passwords: argon2id with the parameters of OWASP's cheat sheet (19 MiB, two passes, one lane).

use crate::{Error, Result};
use argon2::{
    Argon2, Params, PasswordHash, PasswordHasher, PasswordVerifier,
    password_hash::{self, SaltString},
};
use std::sync::{
    OnceLock,
    atomic::{AtomicU64, Ordering},
};
use tokio::sync::Semaphore;

/// Hashes that were made or compared since the start: for the measurements, and to show that all answers to a sign-in
/// cost the same.
static HASHED: AtomicU64 = AtomicU64::new(0);
/// At most so many at once: each takes 19 MiB and a core for 20 ms, and a crowd of sign-ins is to wait, not to swell.
static PLACES: Semaphore = Semaphore::const_new(8);

/// The fewest characters. Length beats rules about kinds of characters (NIST SP 800-63B, 5.1.1.2).
pub const FEWEST: usize = 10;
/// The most bytes, so that hashing costs the same for everybody.
pub const MOST: usize = 512;

/// Why a password is not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Weak {
    /// Too few characters.
    #[error("a password needs at least ten characters; a few words in a row are easy to remember")]
    Short,
    /// Too many bytes.
    #[error("a password has at most 512 bytes")]
    Long,
    /// Known from breaches, or the person's own name.
    #[error("this password is in lists of stolen ones; choose another")]
    Known,
}

/// Passwords that are tried first. A larger list is read at the start where one is configured.
const KNOWN: &[&str] = &[
    "password123",
    "1234567890",
    "12345678910",
    "qwertyuiop",
    "qwerty123456",
    "passwordpassword",
    "password1234",
    "iloveyou123",
    "letmein1234",
    "welcome1234",
    "administrator",
    "changeme123",
    "1q2w3e4r5t",
    "1q2w3e4r5t6y",
    "asdfghjkl123",
    "abcdefghij",
    "abc123abc123",
    "football123",
    "baseball123",
    "superman123",
    "trustno1trustno1",
    "monkey12345",
    "dragon12345",
    "minecraft123",
    "pokemon12345",
    "starwars123",
    "0987654321",
    "qazwsxedcrfv",
    "zaqxswcdevfr",
    "gameforge123",
];

/// Whether a password may be used. `known` is asked for those from breaches.
///
/// # Errors
/// Why not.
pub fn check(password: &str, known: &dyn Fn(&str) -> bool) -> Result<(), Weak> {
    if password.len() > MOST {
        return Err(Weak::Long);
    }
    if password.chars().count() < FEWEST {
        return Err(Weak::Short);
    }
    let folded = password.to_lowercase();
    let first = folded.chars().next();
    let one_letter = folded.chars().all(|c| Some(c) == first);
    if one_letter || KNOWN.contains(&folded.as_str()) || known(password) || known(&folded) {
        return Err(Weak::Known);
    }
    Ok(())
}

/// How many hashes were made or compared since the start.
#[must_use]
pub fn hashed() -> u64 {
    HASHED.load(Ordering::Relaxed)
}

/// Works on a thread for such work, once there is a place.
async fn work<T: Send + 'static>(task: impl FnOnce() -> Result<T> + Send + 'static) -> Result<T> {
    // The semaphore is never closed; without a place the work is done all the same.
    let _place = PLACES.acquire().await;
    HASHED.fetch_add(1, Ordering::Relaxed);
    tokio::task::spawn_blocking(task).await?
}

fn argon2() -> Argon2<'static> {
    let params = Params::new(19 * 1024, 2, 1, None).unwrap_or_default();
    Argon2::new(argon2::Algorithm::Argon2id, argon2::Version::V0x13, params)
}

/// Hashes a password, on a thread for such work (about 20 ms).
///
/// # Errors
/// When the system has no random numbers or no memory.
pub async fn hash(password: String) -> Result<String> {
    work(move || {
        let mut salt = [0_u8; 16];
        getrandom::fill(&mut salt)?;
        let salt = SaltString::encode_b64(&salt)?;
        Ok(argon2()
            .hash_password(password.as_bytes(), &salt)?
            .to_string())
    })
    .await
}

/// Whether the password is the one of the hash. Without a hash it takes the same time and says no, so that nobody
/// can tell by the clock whether an account exists.
///
/// # Errors
/// When the stored hash cannot be read.
pub async fn verify(password: String, hash: Option<String>) -> Result<bool> {
    work(move || {
        let is_real = hash.is_some();
        let hash = hash.unwrap_or_else(decoy);
        let parsed = PasswordHash::new(&hash)?;
        match argon2().verify_password(password.as_bytes(), &parsed) {
            Ok(()) => Ok(is_real),
            Err(password_hash::Error::Password) => Ok(false),
            Err(error) => Err(Error::PasswordHash(error)),
        }
    })
    .await
}

/// The hash of nothing that anybody knows.
fn decoy() -> String {
    static DECOY: OnceLock<String> = OnceLock::new();
    DECOY
        .get_or_init(|| {
            let mut bytes = [0_u8; 16];
            let salt = getrandom::fill(&mut bytes)
                .ok()
                .and_then(|()| SaltString::encode_b64(&bytes).ok());
            salt.and_then(|salt| {
                argon2()
                    .hash_password(&bytes, &salt)
                    .ok()
                    .map(|hash| hash.to_string())
            })
            .unwrap_or_default()
        })
        .clone()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn only_the_password_itself_is_right() -> Result<()> {
        let hash = hash("correct horse battery".to_owned()).await?;
        assert!(
            hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"),
            "{hash}"
        );
        assert!(verify("correct horse battery".to_owned(), Some(hash.clone())).await?);
        assert!(!verify("correct horse batterY".to_owned(), Some(hash)).await?);
        assert!(
            !verify("correct horse battery".to_owned(), None).await?,
            "no account, no entry"
        );
        Ok(())
    }

    #[test]
    fn short_long_and_known_passwords_are_refused() {
        let none = |_: &str| false;
        assert_eq!(check("short", &none), Err(Weak::Short));
        assert_eq!(check(&"x".repeat(513), &none), Err(Weak::Long));
        assert_eq!(check("Password123", &none), Err(Weak::Known));
        assert_eq!(check("aaaaaaaaaaaa", &none), Err(Weak::Known));
        assert_eq!(
            check("from the breach", &|it| it == "from the breach"),
            Err(Weak::Known)
        );
        assert_eq!(check("vier kleine Worte", &none), Ok(()));
    }
}
