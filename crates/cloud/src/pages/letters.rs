//! What links in letters open. The link's secret stands behind its `#`; the page's script puts it into a form, and
//! the form hands it over. Opening a link changes nothing, so that a mail program that looks at links does no harm; and
//! as only the secret counts, never a cookie, no other site can send such a form for somebody.

use super::html::{locale, page, safe, sent, sent_with};
use crate::{
    App, Error, Result,
    http::{Asked, Body},
    routes::{account, auth},
};
use axum::{
    extract::{Form, State},
    http::{HeaderMap, StatusCode},
    response::Response,
};
use gameforge_wire::cloud::{MailProof, PasswordReset};
use serde::Deserialize;

/// A page's words.
struct Words {
    title: &'static str,
    about: &'static str,
    button: &'static str,
    done: &'static str,
}

fn by_hand(locale: &str) -> &'static str {
    match locale {
        "de" => "Der Teil des Links hinter dem „#“",
        _ => "The part of the link behind the “#”",
    }
}

fn new_password(locale: &str) -> &'static str {
    match locale {
        "de" => "Neues Passwort (mindestens zehn Zeichen)",
        _ => "New password (at least ten characters)",
    }
}

const fn verify_words(german: bool) -> Words {
    if german {
        Words {
            title: "Adresse bestätigen",
            about: "Bestätige, dass diese Adresse dir gehört.",
            button: "Bestätigen",
            done: "Deine Adresse ist bestätigt. Melde dich jetzt im Studio an.",
        }
    } else {
        Words {
            title: "Confirm your address",
            about: "Confirm that this address is yours.",
            button: "Confirm",
            done: "Your address is confirmed. You can sign in in the Studio now.",
        }
    }
}

const fn reset_words(german: bool) -> Words {
    if german {
        Words {
            title: "Neues Passwort",
            about: "Setze ein neues Passwort. Alle Geräte werden dabei abgemeldet.",
            button: "Passwort setzen",
            done: "Das neue Passwort gilt. Melde dich damit im Studio an.",
        }
    } else {
        Words {
            title: "New password",
            about: "Set a new password. All devices are signed out.",
            button: "Set password",
            done: "The new password holds. Sign in with it in the Studio.",
        }
    }
}

const fn change_words(german: bool) -> Words {
    if german {
        Words {
            title: "Neue Adresse bestätigen",
            about: "Bestätige, dass dies deine neue Adresse ist.",
            button: "Bestätigen",
            done: "Deine neue Adresse gilt.",
        }
    } else {
        Words {
            title: "Confirm your new address",
            about: "Confirm that this is your new address.",
            button: "Confirm",
            done: "Your new address holds.",
        }
    }
}

/// A page with a form.
struct Sheet {
    path: &'static str,
    words: fn(german: bool) -> Words,
    asks_password: bool,
}

const VERIFY: Sheet = Sheet {
    path: "/verify",
    words: verify_words,
    asks_password: false,
};
const RESET: Sheet = Sheet {
    path: "/reset",
    words: reset_words,
    asks_password: true,
};
const CHANGE: Sheet = Sheet {
    path: "/change-address",
    words: change_words,
    asks_password: false,
};

impl Sheet {
    /// The page as a link opens it.
    fn opened(&self, headers: &HeaderMap) -> Response {
        sent(self.form(locale(headers), "", ""))
    }

    /// What comes of the form that was sent: the good news, or the form again with what went wrong.
    fn answered<T>(&self, headers: &HeaderMap, token: &str, came: Result<T>) -> Response {
        let locale = locale(headers);
        match came {
            Ok(_) => self.done(locale),
            Err(error) => again(&error, locale, |problem| self.form(locale, problem, token)),
        }
    }

    /// `problem` is what went wrong with it the last time, `token` what was given then.
    fn form(&self, locale: &str, problem: &str, token: &str) -> String {
        let words = (self.words)(locale == "de");
        let problem = if problem.is_empty() {
            String::new()
        } else {
            format!("<p class=\"bad\" role=\"alert\">{}</p>", safe(problem))
        };
        let hidden = if token.is_empty() { "" } else { " hidden" };
        let password = if self.asks_password {
            format!(
                "<label for=\"password\">{}</label><input id=\"password\" name=\"password\" type=\"password\" \
                 autocomplete=\"new-password\" required minlength=\"10\" maxlength=\"512\">",
                new_password(locale)
            )
        } else {
            String::new()
        };
        let body = format!(
            "<h1>{}</h1><p>{}</p>{problem}<form method=\"post\" action=\"{}\"><div data-by-hand{hidden}>\
             <label for=\"token\">{}</label><input id=\"token\" name=\"token\" required autocomplete=\"off\" \
             data-from-address value=\"{}\"></div>{password}<button>{}</button></form>",
            words.title,
            words.about,
            self.path,
            by_hand(locale),
            safe(token),
            words.button,
        );
        page(locale, words.title, true, &body)
    }

    fn done(&self, locale: &str) -> Response {
        let words = (self.words)(locale == "de");
        let body = format!(
            "<h1>{}</h1><p class=\"good\" role=\"status\">{}</p>",
            words.title, words.done
        );
        sent(page(locale, words.title, true, &body))
    }
}

/// Shows the form again with what went wrong.
fn again(error: &Error, locale: &str, form: impl FnOnce(&str) -> String) -> Response {
    let (problem, _) = error.problem();
    if !matches!(error, Error::Told { .. }) {
        tracing::error!(%error, "a page failed");
    }
    let status = StatusCode::from_u16(problem.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let words = match (locale, problem.status) {
        ("de", 410) => "Dieser Link wurde schon benutzt oder gilt nicht mehr.".to_owned(),
        ("de", 503) => {
            "Ein Teil des Dienstes ist gerade nicht erreichbar; versuche es gleich noch einmal."
                .to_owned()
        }
        _ => problem.detail,
    };
    sent_with(status, form(&words))
}

/// A form's secret.
#[derive(Debug, Deserialize)]
pub struct Token {
    token: String,
}

/// A form's secret and the new password.
#[derive(Debug, Deserialize)]
pub struct TokenAndPassword {
    token: String,
    password: String,
}

/// The form to confirm an address.
pub async fn verify_page(headers: HeaderMap) -> Response {
    VERIFY.opened(&headers)
}

/// Confirms it.
pub async fn verify(
    state: State<App>,
    asked: Asked,
    headers: HeaderMap,
    Form(given): Form<Token>,
) -> Response {
    let token = given.token.trim().to_owned();
    let proof = MailProof {
        token: token.clone(),
    };
    let came = auth::verify(state, asked, Body(proof)).await;
    VERIFY.answered(&headers, &token, came)
}

/// The form to set a new password.
pub async fn reset_page(headers: HeaderMap) -> Response {
    RESET.opened(&headers)
}

/// Sets it.
pub async fn reset(
    state: State<App>,
    asked: Asked,
    headers: HeaderMap,
    Form(given): Form<TokenAndPassword>,
) -> Response {
    let token = given.token.trim().to_owned();
    let wish = PasswordReset {
        token: token.clone(),
        password: given.password,
    };
    let came = auth::reset(state, asked, Body(wish)).await;
    RESET.answered(&headers, &token, came)
}

/// The form to confirm a new address.
pub async fn change_page(headers: HeaderMap) -> Response {
    CHANGE.opened(&headers)
}

/// Confirms it.
pub async fn change(
    state: State<App>,
    asked: Asked,
    headers: HeaderMap,
    Form(given): Form<Token>,
) -> Response {
    let token = given.token.trim().to_owned();
    let proof = MailProof {
        token: token.clone(),
    };
    let came = account::confirm_email(state, asked, Body(proof)).await;
    CHANGE.answered(&headers, &token, came)
}

/// Where an invitation's link leads: into the Studio, where somebody is signed in who can answer it.
pub async fn invitation_page(headers: HeaderMap) -> Response {
    let locale = locale(&headers);
    let (title, about, then) = if locale == "de" {
        (
            "Einladung",
            "Antworte auf diese Einladung im Studio: melde dich dort mit der Adresse an, an die sie ging.",
            "Die Einladung steht dort unter „Einladungen“.",
        )
    } else {
        (
            "Invitation",
            "Answer this invitation in the Studio: sign in there with the address that it was sent to.",
            "The Studio lists it under “Invitations”.",
        )
    };
    let body = format!("<h1>{title}</h1><p>{about}</p><p>{then}</p>");
    sent(page(locale, title, true, &body))
}

/// Where the letter about an export leads: into the Studio, where somebody is signed in who may fetch it.
pub async fn exports_page(headers: HeaderMap) -> Response {
    let locale = locale(&headers);
    let (title, about) = if locale == "de" {
        (
            "Deine Daten",
            "Das Paket mit deinen Daten holst du im Studio ab, unter „Konto“; dazu musst du angemeldet sein.",
        )
    } else {
        (
            "Your data",
            "Fetch the package of your data in the Studio, under “Account”; you have to be signed in for that.",
        )
    };
    let body = format!("<h1>{title}</h1><p>{about}</p>");
    sent(page(locale, title, true, &body))
}
