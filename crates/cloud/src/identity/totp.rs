//! Time-based one-time passwords (RFC 6238): HMAC-SHA-1, six digits, steps of 30 seconds; one step early or late is
//! taken, and no step twice.

use crate::{Error, Result};
use chrono::{DateTime, Utc};
use gameforge_domain::Email;
use qrcode::{QrCode, render::svg};
use totp_rs::{Algorithm, Builder, Totp};

/// Bytes of a secret: as many as SHA-1 gives (RFC 4226, section 4).
pub const SECRET: usize = 20;
/// What the authenticator calls us.
const ISSUER: &str = "GameForge";

/// An account's secret, ready to be asked.
pub struct Authenticator(Totp);

impl Authenticator {
    /// From the secret's bytes.
    ///
    /// # Errors
    /// When they are too few.
    pub fn new(secret: &[u8], email: &Email) -> Result<Self> {
        Builder::new()
            .with_algorithm(Algorithm::SHA1)
            .with_digits(6)
            .with_skew(1)
            .with_step_duration(30)
            .with_secret(secret.to_vec())
            .with_issuer(Some(ISSUER))
            .with_account_name(email.as_str())
            .build()
            .map(Self)
            .map_err(|error| Error::stored("second_factor.sealed_secret", error))
    }

    /// The step that the code is of, where it is a good one now and later than the last that was taken.
    #[must_use]
    pub fn step(&self, code: &str, now: DateTime<Utc>, last: i64) -> Option<i64> {
        let seconds = u64::try_from(now.timestamp()).ok()?;
        let step = i64::try_from(self.0.check(code, seconds)?).ok()?;
        (step > last).then_some(step)
    }

    /// The code at a time.
    #[must_use]
    pub fn code(&self, now: DateTime<Utc>) -> String {
        self.0
            .generate(u64::try_from(now.timestamp()).unwrap_or(0))
            .to_string()
    }

    /// The secret as it is typed in: base 32.
    #[must_use]
    pub fn base32(&self) -> String {
        self.0.secret().to_base32()
    }

    /// The `otpauth:` address and its picture.
    ///
    /// # Errors
    /// When the address does not fit into a QR code, which an e-mail address's length rules out.
    pub fn picture(&self) -> Result<(String, String)> {
        let url = self
            .0
            .to_url()
            .map_err(|error| Error::stored("the otpauth address", error))?;
        let code = QrCode::new(url.as_bytes())
            .map_err(|error| Error::stored("the otpauth address", error))?;
        let picture = code
            .render::<svg::Color<'_>>()
            .min_dimensions(200, 200)
            .build();
        Ok((url, picture))
    }
}

/// Reads an authenticator's code as people type it: six digits with blanks.
#[must_use]
pub fn digits(code: &str) -> Option<String> {
    let digits: String = code.chars().filter(|c| !c.is_whitespace()).collect();
    (digits.len() == 6 && digits.bytes().all(|byte| byte.is_ascii_digit())).then_some(digits)
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::TimeDelta;

    fn authenticator() -> Authenticator {
        let email = Email::parse("ada@example.org").expect("an address");
        Authenticator::new(b"12345678901234567890", &email).expect("20 bytes are a secret")
    }

    fn at(seconds: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(seconds, 0).expect("a time")
    }

    #[test]
    fn it_gives_the_codes_of_the_rfc() {
        // RFC 6238, appendix B: the last six of the eight digits.
        for (seconds, code) in [
            (59, "287082"),
            (1_111_111_109, "081804"),
            (1_111_111_111, "050471"),
            (1_234_567_890, "005924"),
            (2_000_000_000, "279037"),
            (20_000_000_000, "353130"),
        ] {
            assert_eq!(authenticator().code(at(seconds)), code, "at {seconds}");
        }
    }

    #[test]
    fn a_code_counts_one_step_early_and_late_and_only_once() {
        let now = at(1_800_000_015);
        let code = authenticator().code(now);
        let step = now.timestamp() / 30;
        for seconds in [-30, 0, 30] {
            assert_eq!(
                authenticator().step(&code, now + TimeDelta::seconds(seconds), 0),
                Some(step),
                "{seconds} s off"
            );
        }
        for seconds in [-60, 60] {
            assert_eq!(
                authenticator().step(&code, now + TimeDelta::seconds(seconds), 0),
                None,
                "{seconds} s off"
            );
        }
        assert_eq!(
            authenticator().step(&code, now, step),
            None,
            "the step was taken already"
        );
    }

    #[test]
    fn codes_are_read_as_people_type_them() {
        assert_eq!(digits(" 123 456 ").as_deref(), Some("123456"));
        for bad in ["12345", "1234567", "12345a", "+12345", "١٢٣٤٥٦"] {
            assert_eq!(digits(bad), None, "{bad}");
        }
    }

    #[test]
    fn the_picture_holds_the_address_and_no_script() -> Result<()> {
        let (url, picture) = authenticator().picture()?;
        assert!(
            url.starts_with("otpauth://totp/GameForge:ada%40example.org?secret=GEZDGNBVGY3TQOJQ"),
            "{url}"
        );
        assert!(url.contains("issuer=GameForge"), "{url}");
        assert!(picture.contains("<svg"), "{picture:.80}");
        assert!(!picture.contains("<script"));
        Ok(())
    }
}
