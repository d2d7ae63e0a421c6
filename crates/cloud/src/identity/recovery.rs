//! Recovery codes: each works once in place of the second factor. 80 random bits, so a plain hash is enough.

use crate::secret::Hash;
use uuid::Uuid;

/// How many there are.
pub const COUNT: usize = 10;
/// Crockford's base 32: no letter looks like a digit.
const LETTERS: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";
/// Characters of a code.
const LENGTH: usize = 16;

/// Draws a code like `k3fw-9x2q-7hmd-0vtz`.
///
/// # Errors
/// When the system has no random numbers.
pub fn draw() -> Result<String, getrandom::Error> {
    let mut bytes = [0_u8; LENGTH];
    getrandom::fill(&mut bytes)?;
    let mut code = String::with_capacity(LENGTH + 3);
    for (place, byte) in bytes.iter().enumerate() {
        if place > 0 && place % 4 == 0 {
            code.push('-');
        }
        // 256 is a multiple of 32: no letter is likelier than another.
        code.push(char::from(LETTERS[usize::from(byte % 32)]));
    }
    Ok(code)
}

/// What is kept of an account's code; none when the text cannot be one. Blanks, dashes and case do not matter, and
/// neither do letters that are read for others.
#[must_use]
pub fn hash(account: Uuid, code: &str) -> Option<Hash> {
    let folded: String = code
        .chars()
        .filter(|c| !c.is_whitespace() && *c != '-')
        .map(|c| match c.to_ascii_lowercase() {
            'o' => '0',
            'i' | 'l' => '1',
            other => other,
        })
        .collect();
    let is_one = folded.len() == LENGTH && folded.bytes().all(|byte| LETTERS.contains(&byte));
    is_one.then(|| Hash::of(&format!("recovery:{account}:{folded}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_recognised_however_it_is_typed() -> Result<(), getrandom::Error> {
        let ada = Uuid::from_u128(1);
        let code = draw()?;
        assert_eq!(code.len(), 19, "{code}");
        let kept = hash(ada, &code).expect("it is one");
        assert_eq!(
            hash(ada, &code.replace('-', " ").to_uppercase()),
            Some(kept)
        );
        assert_eq!(
            hash(ada, &code.replace('0', "O").replace('1', "l")),
            Some(kept)
        );
        assert_ne!(hash(Uuid::from_u128(2), &code), Some(kept), "somebody else");
        assert_eq!(hash(ada, "123456"), None);
        assert_ne!(draw()?, code);
        Ok(())
    }
}
