//! What letters say, in English and German. Plain text: it reads the same everywhere and hides nothing.

use serde::{Deserialize, Serialize};

/// One kind of letter with what goes into it.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(tag = "letter", rename_all = "snake_case")]
pub enum Words {
    /// Prove that the address is yours.
    Verify {
        /// The page.
        link: String,
    },
    /// Somebody registered with an address that has an account.
    AlreadyRegistered {
        /// To set the password anew.
        link: String,
    },
    /// Set the password anew.
    Reset {
        /// The page.
        link: String,
    },
    /// Prove that the new address is yours.
    ChangeAddress {
        /// The page.
        link: String,
    },
    /// The address was changed; sent to the old one.
    AddressChanged {
        /// The new one.
        to: String,
    },
    /// The password was changed.
    PasswordChanged {},
    /// A device signed in for the first time.
    NewDevice {
        /// What it is called.
        device: String,
        /// From where.
        address: String,
    },
    /// A refresh token came twice: somebody may have stolen it.
    TokenReused {
        /// Whose device was signed out.
        device: String,
    },
    /// Somebody asks you in.
    Invitation {
        /// Who.
        by: String,
        /// To where.
        to: String,
        /// As what.
        role: String,
        /// Their word.
        message: String,
        /// The page.
        link: String,
    },
    /// Something that a person should know.
    Notice {
        /// One line.
        line: String,
        /// More, perhaps empty.
        more: String,
    },
    /// What happened since yesterday.
    Digest {
        /// A line each.
        lines: Vec<String>,
    },
    /// The package of all of a person's data is there.
    ExportReady {
        /// The page.
        link: String,
        /// How long it is there.
        days: u32,
    },
    /// An erasure was asked for.
    ErasureAsked {
        /// When it happens.
        date: String,
    },
    /// It was taken back.
    ErasureCancelled {},
    /// It happened.
    Erased {},
}

impl Words {
    /// Subject and body.
    #[must_use]
    pub fn text(&self, locale: &str) -> (String, String) {
        let (subject, body) = match locale {
            "de" => self.german(),
            _ => self.english(),
        };
        // A name that somebody chose may not break out of the subject's line.
        let subject: String = subject
            .chars()
            .filter(|c| !c.is_control())
            .take(200)
            .collect();
        (subject, body)
    }

    fn english(&self) -> (String, String) {
        match self {
            Self::Verify { link } => letter(
                "Confirm your address",
                format!("Welcome to GameForge. Confirm that this address is yours:\n\n{link}\n\nThe link works once, for 24 hours. If you did not register, ignore this letter."),
            ),
            Self::AlreadyRegistered { link } => letter(
                "You have an account already",
                format!("Somebody, probably you, registered with this address, which has an account already. Sign in as before. If you forgot the password, set a new one:\n\n{link}\n\nIf it was not you, ignore this letter."),
            ),
            Self::Reset { link } => letter(
                "Set a new password",
                format!("Set a new password here:\n\n{link}\n\nThe link works once, for one hour. If you did not ask for it, ignore this letter; nothing was changed."),
            ),
            Self::ChangeAddress { link } => letter(
                "Confirm your new address",
                format!("Confirm that this is your new address:\n\n{link}\n\nThe link works once, for one hour."),
            ),
            Self::AddressChanged { to } => letter(
                "Your address was changed",
                format!("Your account's address is {to} now. If that was not you, set a new password at once and tell us."),
            ),
            Self::PasswordChanged {} => letter(
                "Your password was changed",
                "Your password was changed, and other devices were signed out. If that was not you, set a new one at once.".to_owned(),
            ),
            Self::NewDevice { device, address } => letter(
                "A new device signed in",
                format!("“{device}” signed in to your account from {address}. If that was not you, sign it out in the list of devices and change your password."),
            ),
            Self::TokenReused { device } => letter(
                "A device was signed out for safety",
                format!("The sign-in of “{device}” was used in two places, as if it had been copied. We signed it out. Sign in again; if you do not know why this happened, change your password."),
            ),
            Self::Invitation { by, to, role, message, link } => letter(
                &format!("{by} invites you to {to}"),
                format!("{by} invites you to “{to}” as {role}.\n{}\n{link}\n\nThe invitation is good for 14 days and for this address only.", quoted(message)),
            ),
            Self::Notice { line, more } => letter(line, format!("{line}\n{}", quoted(more))),
            Self::Digest { lines } => letter(
                &format!("{} news since yesterday", lines.len()),
                lines.iter().map(|line| format!("• {line}\n")).collect(),
            ),
            Self::ExportReady { link, days } => letter(
                "Your data is ready",
                format!("The package of your data is ready:\n\n{link}\n\nIt is there for {days} days. You have to be signed in to fetch it."),
            ),
            Self::ErasureAsked { date } => letter(
                "Your account will be erased",
                format!("You asked us to erase your account. It happens on {date}. Until then you can sign in and take it back."),
            ),
            Self::ErasureCancelled {} => letter("Your account stays", "The erasure of your account was taken back.".to_owned()),
            Self::Erased {} => letter(
                "Your account was erased",
                "Your account was erased. What the law wants kept is kept without your name.".to_owned(),
            ),
        }
    }

    fn german(&self) -> (String, String) {
        match self {
            Self::Verify { link } => letter(
                "Bestätige deine Adresse",
                format!("Willkommen bei GameForge. Bestätige, dass diese Adresse dir gehört:\n\n{link}\n\nDer Link gilt einmal und 24 Stunden lang. Wenn du dich nicht registriert hast, beachte diesen Brief nicht."),
            ),
            Self::AlreadyRegistered { link } => letter(
                "Du hast schon ein Konto",
                format!("Jemand, vermutlich du, hat sich mit dieser Adresse registriert; sie hat aber schon ein Konto. Melde dich wie bisher an. Wenn du das Passwort vergessen hast, setze ein neues:\n\n{link}\n\nWenn du es nicht warst, beachte diesen Brief nicht."),
            ),
            Self::Reset { link } => letter(
                "Setze ein neues Passwort",
                format!("Hier setzt du ein neues Passwort:\n\n{link}\n\nDer Link gilt einmal und eine Stunde lang. Wenn du das nicht wolltest, beachte diesen Brief nicht; nichts wurde geändert."),
            ),
            Self::ChangeAddress { link } => letter(
                "Bestätige deine neue Adresse",
                format!("Bestätige, dass dies deine neue Adresse ist:\n\n{link}\n\nDer Link gilt einmal und eine Stunde lang."),
            ),
            Self::AddressChanged { to } => letter(
                "Deine Adresse wurde geändert",
                format!("Die Adresse deines Kontos ist jetzt {to}. Wenn du das nicht warst, setze sofort ein neues Passwort und melde dich bei uns."),
            ),
            Self::PasswordChanged {} => letter(
                "Dein Passwort wurde geändert",
                "Dein Passwort wurde geändert, und andere Geräte wurden abgemeldet. Wenn du das nicht warst, setze sofort ein neues.".to_owned(),
            ),
            Self::NewDevice { device, address } => letter(
                "Ein neues Gerät hat sich angemeldet",
                format!("„{device}“ hat sich von {address} aus an deinem Konto angemeldet. Wenn du das nicht warst, melde es in der Liste der Geräte ab und ändere dein Passwort."),
            ),
            Self::TokenReused { device } => letter(
                "Ein Gerät wurde zur Sicherheit abgemeldet",
                format!("Die Anmeldung von „{device}“ wurde an zwei Stellen benutzt, als wäre sie kopiert worden. Wir haben es abgemeldet. Melde dich neu an; wenn du nicht weißt, wie das geschah, ändere dein Passwort."),
            ),
            Self::Invitation { by, to, role, message, link } => letter(
                &format!("{by} lädt dich zu {to} ein"),
                format!("{by} lädt dich zu „{to}“ ein, als {role}.\n{}\n{link}\n\nDie Einladung gilt 14 Tage und nur für diese Adresse.", quoted(message)),
            ),
            Self::Notice { line, more } => letter(line, format!("{line}\n{}", quoted(more))),
            Self::Digest { lines } => letter(
                &format!("{} Neuigkeiten seit gestern", lines.len()),
                lines.iter().map(|line| format!("• {line}\n")).collect(),
            ),
            Self::ExportReady { link, days } => letter(
                "Deine Daten sind bereit",
                format!("Das Paket mit deinen Daten ist bereit:\n\n{link}\n\nEs liegt {days} Tage lang dort. Zum Abholen musst du angemeldet sein."),
            ),
            Self::ErasureAsked { date } => letter(
                "Dein Konto wird gelöscht",
                format!("Du hast uns gebeten, dein Konto zu löschen. Das geschieht am {date}. Bis dahin kannst du dich anmelden und es zurücknehmen."),
            ),
            Self::ErasureCancelled {} => letter("Dein Konto bleibt", "Die Löschung deines Kontos wurde zurückgenommen.".to_owned()),
            Self::Erased {} => letter(
                "Dein Konto wurde gelöscht",
                "Dein Konto wurde gelöscht. Was das Gesetz aufbewahrt haben will, bleibt ohne deinen Namen.".to_owned(),
            ),
        }
    }
}

fn letter(subject: &str, body: String) -> (String, String) {
    (subject.to_owned(), body)
}

/// Somebody's words, each line marked as theirs.
fn quoted(words: &str) -> String {
    words.lines().map(|line| format!("> {line}\n")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_cannot_add_lines_to_a_subject() {
        let words = Words::Invitation {
            by: "Eve\r\nBcc: all@example.org".to_owned(),
            to: "Game".to_owned(),
            role: "viewer".to_owned(),
            message: "see\nhttps://evil.example".to_owned(),
            link: "https://cloud.example.org/i".to_owned(),
        };
        for locale in ["en", "de"] {
            let (subject, body) = words.text(locale);
            assert!(!subject.contains(['\r', '\n']), "{subject:?}");
            assert!(
                body.contains("> https://evil.example"),
                "their words are marked as theirs"
            );
        }
    }
}
