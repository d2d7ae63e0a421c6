//! A person in the cloud: address, name, standing, and what a key may do.

use serde::{Deserialize, Serialize};
use specta::Type;
use std::{fmt, str::FromStr};

/// Why a text is not an e-mail address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum EmailError {
    /// More than the 254 characters that a mail server takes (RFC 5321, 4.5.3.1.3).
    #[error("an e-mail address has at most 254 characters")]
    TooLong,
    /// No name, no “@”, no domain with a dot, or characters that no mail server takes unquoted.
    #[error("this is not an e-mail address; one looks like name@example.org")]
    Malformed,
}

/// An e-mail address, as typed but for blanks around it. Two that differ in case only are the same person's.
#[derive(Debug, Clone, Serialize, Deserialize, Type)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(try_from = "String", into = "String")]
#[specta(transparent)]
pub struct Email(String);

impl Email {
    /// Reads an address: the dot-atom form of RFC 5322 with a domain that has a dot.
    ///
    /// # Errors
    /// When the text is too long or not of that form. Quoted local parts and address literals are not taken.
    pub fn parse(text: &str) -> Result<Self, EmailError> {
        let text = text.trim();
        if text.len() > 254 {
            return Err(EmailError::TooLong);
        }
        let (local, domain) = text.rsplit_once('@').ok_or(EmailError::Malformed)?;
        let local_ok = !local.is_empty()
            && local.len() <= 64
            && local
                .split('.')
                .all(|atom| !atom.is_empty() && atom.chars().all(is_atom));
        let domain_ok = domain.contains('.')
            && domain.split('.').all(|label| {
                !label.is_empty()
                    && label.len() <= 63
                    && !label.starts_with('-')
                    && !label.ends_with('-')
                    && label.chars().all(|c| c.is_alphanumeric() || c == '-')
            });
        if local_ok && domain_ok {
            Ok(Self(text.to_owned()))
        } else {
            Err(EmailError::Malformed)
        }
    }

    /// As typed.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// What is compared.
    #[must_use]
    pub fn folded(&self) -> String {
        self.0.to_lowercase()
    }
}

fn is_atom(c: char) -> bool {
    c.is_alphanumeric() || "!#$%&'*+/=?^_`{|}~-".contains(c)
}

impl PartialEq for Email {
    fn eq(&self, other: &Self) -> bool {
        self.folded() == other.folded()
    }
}

impl Eq for Email {}

impl fmt::Display for Email {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for Email {
    type Err = EmailError;

    fn from_str(text: &str) -> Result<Self, EmailError> {
        Self::parse(text)
    }
}

impl TryFrom<String> for Email {
    type Error = EmailError;

    fn try_from(text: String) -> Result<Self, EmailError> {
        Self::parse(&text)
    }
}

impl From<Email> for String {
    fn from(email: Email) -> Self {
        email.0
    }
}

/// Why a text cannot be a name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NameError {
    /// Nothing but blanks.
    #[error("a name needs at least one character")]
    Empty,
    /// More than 80 characters.
    #[error("a name has at most 80 characters")]
    TooLong,
    /// Control or direction characters, which make a name look like another.
    #[error("a name may not hold control characters")]
    Control,
}

/// What a person, a workspace or a project is called: 1 to 80 characters on one line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(try_from = "String", into = "String")]
#[specta(transparent)]
pub struct Name(String);

impl Name {
    /// The most characters.
    pub const MOST: usize = 80;

    /// Reads a name; blanks around it go.
    ///
    /// # Errors
    /// When nothing is left, it is too long, or it holds characters that are not seen.
    pub fn parse(text: &str) -> Result<Self, NameError> {
        let text = text.trim();
        if text.is_empty() {
            return Err(NameError::Empty);
        }
        if text.chars().count() > Self::MOST {
            return Err(NameError::TooLong);
        }
        let turns = |c: char| matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
        if text.chars().any(|c| c.is_control() || turns(c)) {
            return Err(NameError::Control);
        }
        Ok(Self(text.to_owned()))
    }

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl TryFrom<String> for Name {
    type Error = NameError;

    fn try_from(text: String) -> Result<Self, NameError> {
        Self::parse(&text)
    }
}

impl From<Name> for String {
    fn from(name: Name) -> Self {
        name.0
    }
}

/// A text names none of a closed set.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("“{0}” is none of the values that this can have")]
pub struct UnknownWord(pub String);

/// Gives a closed set of words its text form, both ways, and the list of all.
macro_rules! words {
    ($name:ident { $($variant:ident = $word:literal),+ $(,)? }) => {
        impl $name {
            /// All of them, in their order.
            pub const ALL: &[Self] = &[$(Self::$variant),+];

            /// As it is stored and sent.
            #[must_use]
            pub const fn word(self) -> &'static str {
                match self {
                    $(Self::$variant => $word),+
                }
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.word())
            }
        }

        impl std::str::FromStr for $name {
            type Err = $crate::UnknownWord;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                match text {
                    $($word => Ok(Self::$variant),)+
                    _ => Err($crate::UnknownWord(text.to_owned())),
                }
            }
        }
    };
}
pub(crate) use words;

/// What a person may do on the platform as a whole.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, Type,
)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum PlatformRole {
    /// Uses it.
    User,
    /// Sells on it.
    Developer,
    /// Looks after what is published.
    Moderator,
    /// Runs it.
    Admin,
}

words!(PlatformRole {
    User = "USER",
    Developer = "DEVELOPER",
    Moderator = "MODERATOR",
    Admin = "ADMIN",
});

/// What a key may do for its owner; never more than the owner may.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, Type,
)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum KeyScope {
    /// See the own account.
    #[serde(rename = "account:read")]
    AccountRead,
    /// See workspaces and their members.
    #[serde(rename = "workspaces:read")]
    WorkspacesRead,
    /// Change them.
    #[serde(rename = "workspaces:write")]
    WorkspacesWrite,
    /// See projects, their members and activity.
    #[serde(rename = "projects:read")]
    ProjectsRead,
    /// Change them.
    #[serde(rename = "projects:write")]
    ProjectsWrite,
    /// Read comments.
    #[serde(rename = "comments:read")]
    CommentsRead,
    /// Write them.
    #[serde(rename = "comments:write")]
    CommentsWrite,
    /// Read notifications and mark them.
    #[serde(rename = "notifications")]
    Notifications,
}

words!(KeyScope {
    AccountRead = "account:read",
    WorkspacesRead = "workspaces:read",
    WorkspacesWrite = "workspaces:write",
    ProjectsRead = "projects:read",
    ProjectsWrite = "projects:write",
    CommentsRead = "comments:read",
    CommentsWrite = "comments:write",
    Notifications = "notifications",
});

/// Whose pages a person may sign in by.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, Type,
)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum SignInProvider {
    /// OAuth 2.
    Github,
    /// OpenID Connect.
    Google,
    /// OAuth 2.
    Discord,
}

words!(SignInProvider {
    Github = "github",
    Google = "google",
    Discord = "discord",
});

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_told_from_other_texts() {
        for good in [
            "a@b.cc",
            " Ada.Lovelace+games@Example.org ",
            "jürgen@müller.de",
            "o'hara@x-y.co.uk",
        ] {
            assert!(Email::parse(good).is_ok(), "{good} is an address");
        }
        for bad in [
            "",
            "@",
            "a@b",
            "a b@c.de",
            "a@@b.cc",
            "a..b@c.de",
            "a@-b.cc",
            "a@b..cc",
            "a@b.cc\nBcc: x@y.zz",
            "\"a b\"@c.de",
        ] {
            assert!(Email::parse(bad).is_err(), "{bad:?} is no address");
        }
        let long = format!("{}@example.org", "a".repeat(250));
        assert_eq!(Email::parse(&long), Err(EmailError::TooLong));
    }

    #[test]
    fn addresses_that_differ_in_case_are_the_same() {
        assert_eq!(
            Email::parse("Ada@Example.org"),
            Email::parse("ada@example.ORG")
        );
    }

    #[test]
    fn names_are_one_visible_line() {
        assert_eq!(
            Name::parse("  Studio Nord ").map(String::from),
            Ok("Studio Nord".to_owned())
        );
        assert_eq!(Name::parse(" \t "), Err(NameError::Empty));
        assert_eq!(Name::parse(&"x".repeat(81)), Err(NameError::TooLong));
        assert_eq!(Name::parse("a\nb"), Err(NameError::Control));
        assert_eq!(Name::parse("evil\u{202e}gnp"), Err(NameError::Control));
    }

    #[test]
    fn words_come_back_from_their_text() {
        for role in PlatformRole::ALL {
            assert_eq!(role.word().parse(), Ok(*role));
        }
        for scope in KeyScope::ALL {
            assert_eq!(scope.word().parse(), Ok(*scope));
            assert_eq!(
                serde_json::to_value(scope).ok(),
                Some(scope.word().into()),
                "JSON and text agree"
            );
        }
        assert!("root".parse::<PlatformRole>().is_err());
    }
}
