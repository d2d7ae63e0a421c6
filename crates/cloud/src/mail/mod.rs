//! Letters to people: what they say is in `words`, how they go out is here.

pub mod read;
mod words;

pub use words::Words;

use crate::{Config, Error, Result, config::MailRoute};
use gameforge_domain::Email;
use lettre::{
    AsyncSmtpTransport, AsyncTransport, Message, Tokio1Executor,
    message::{Mailbox, header::ContentType},
};
use secrecy::ExposeSecret;
use serde::{Deserialize, Serialize};
use std::{path::PathBuf, time::Duration};

/// How long a mail server may take.
const TIMEOUT: Duration = Duration::from_secs(20);

/// A letter, as a job keeps it.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Letter {
    /// To whom.
    pub to: Email,
    /// `en` or `de`.
    pub locale: String,
    /// What it says.
    pub words: Words,
}

/// The way out.
#[derive(Debug, Clone)]
pub enum Post {
    /// A file a letter.
    Folder(PathBuf),
    /// A mail server.
    Smtp(AsyncSmtpTransport<Tokio1Executor>),
}

impl Post {
    /// The configured one. Nothing is connected yet.
    ///
    /// # Errors
    /// When the mail server's address cannot be read.
    pub fn new(route: &MailRoute) -> Result<Self> {
        match route {
            MailRoute::Folder(folder) => Ok(Self::Folder(folder.clone())),
            MailRoute::Smtp(url) => {
                let builder = AsyncSmtpTransport::<Tokio1Executor>::from_url(url.expose_secret())?;
                Ok(Self::Smtp(builder.timeout(Some(TIMEOUT)).build()))
            }
        }
    }

    /// Whether letters would be taken: the server answers, or the folder can be written.
    ///
    /// # Errors
    /// When they would not.
    pub async fn probe(&self) -> Result<()> {
        match self {
            Self::Smtp(transport) => match transport.test_connection().await? {
                true => Ok(()),
                false => Err(Error::told(
                    gameforge_wire::cloud::ProblemCode::Unavailable,
                    "The mail server does not answer as one.",
                )),
            },
            Self::Folder(folder) => {
                tokio::fs::create_dir_all(folder)
                    .await
                    .map_err(Error::MailFolder)?;
                let file = folder.join(format!("{}.probe", uuid::Uuid::now_v7()));
                tokio::fs::write(&file, b"gameforge")
                    .await
                    .map_err(Error::MailFolder)?;
                tokio::fs::remove_file(&file)
                    .await
                    .map_err(Error::MailFolder)
            }
        }
    }

    /// Sends a letter.
    ///
    /// # Errors
    /// When the server refuses it or is away, or the folder cannot be written.
    pub async fn send(&self, letter: &Letter, config: &Config) -> Result<()> {
        let (subject, body) = letter.words.text(&letter.locale);
        let from: Mailbox = config.mail_from.parse()?;
        let to: Mailbox = letter.to.as_str().parse()?;
        let message = Message::builder()
            .from(from)
            .to(to)
            .subject(subject)
            .header(ContentType::TEXT_PLAIN)
            .body(body)?;
        match self {
            Self::Smtp(transport) => {
                transport.send(message).await?;
            }
            Self::Folder(folder) => {
                tokio::fs::create_dir_all(folder)
                    .await
                    .map_err(Error::MailFolder)?;
                // By time, so that the newest is the last; written beside and renamed, so that nobody reads half.
                let name = uuid::Uuid::now_v7().to_string();
                let fresh = folder.join(format!("{name}.part"));
                tokio::fs::write(&fresh, message.formatted())
                    .await
                    .map_err(Error::MailFolder)?;
                tokio::fs::rename(&fresh, folder.join(format!("{name}.eml")))
                    .await
                    .map_err(Error::MailFolder)?;
            }
        }
        Ok(())
    }
}
