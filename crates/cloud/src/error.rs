//! Everything that can go wrong in the service, and what of it is told: RFC 9457 problem JSON with a stable code.
//! A cause never leaves the service; the log has it under the request's id.

use axum::{
    Json,
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use gameforge_wire::cloud::{FieldProblem, Problem, ProblemCode};

/// Why a request failed.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// To be told as it is.
    #[error("{detail}")]
    Told {
        /// To act on.
        code: ProblemCode,
        /// To read.
        detail: String,
        /// Values that cannot be used.
        fields: Vec<FieldProblem>,
        /// Seconds after which to come again.
        retry_after: Option<u64>,
    },
    /// The database refused or is away.
    #[error("the database: {0}")]
    Database(#[source] sqlx::Error),
    /// The object storage refused or is away.
    #[error("the object storage: {0}")]
    Storage(#[from] object_store::Error),
    /// The system has no random numbers.
    #[error("no random numbers: {0}")]
    Random(#[from] getrandom::Error),
    /// Hashing a password went wrong.
    #[error("the password hash: {0}")]
    PasswordHash(argon2::password_hash::Error),
    /// A token could not be signed.
    #[error("the token: {0}")]
    Token(#[from] jsonwebtoken::errors::Error),
    /// A stored value is not of its type: the database was changed by other hands, or it is a fault of ours.
    #[error("a stored value of {what} cannot be read: {source}")]
    Stored {
        /// Of what.
        what: &'static str,
        /// Why.
        #[source]
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// A letter cannot be written: an address in it is none.
    #[error("the letter: {0}")]
    Letter(#[from] lettre::error::Error),
    /// An address that a mail server would not take.
    #[error("the mail address: {0}")]
    MailAddress(#[from] lettre::address::AddressError),
    /// The mail server refused or is away.
    #[error("the mail server: {0}")]
    Smtp(#[from] lettre::transport::smtp::Error),
    /// The folder for objects, or a file on its way there, cannot be used.
    #[error("the folder for objects: {0}")]
    BlobFolder(#[source] std::io::Error),
    /// The folder for mail cannot be written.
    #[error("the mail folder: {0}")]
    MailFolder(#[source] std::io::Error),
    /// A thread of work ended early.
    #[error("work was cut off: {0}")]
    Join(#[from] tokio::task::JoinError),
}

/// The service's result.
pub type Result<T, E = Error> = std::result::Result<T, E>;

impl Error {
    /// A code with its words.
    pub fn told(code: ProblemCode, detail: impl Into<String>) -> Self {
        Self::Told {
            code,
            detail: detail.into(),
            fields: Vec::new(),
            retry_after: None,
        }
    }

    /// The thing is not there, or not for this person.
    #[must_use]
    pub fn not_found(what: &str) -> Self {
        Self::told(
            ProblemCode::NotFound,
            format!("{what} is not there, or not for you."),
        )
    }

    /// One value that cannot be used.
    pub fn invalid(field: &str, message: impl Into<String>) -> Self {
        let message = message.into();
        Self::Told {
            code: ProblemCode::Invalid,
            detail: format!("“{field}”: {message}"),
            fields: vec![FieldProblem {
                field: field.to_owned(),
                message,
            }],
            retry_after: None,
        }
    }

    /// The role or the key's scope does not reach this.
    #[must_use]
    pub fn forbidden(what: &str) -> Self {
        Self::told(ProblemCode::Forbidden, what)
    }

    /// Nobody is signed in.
    #[must_use]
    pub fn unauthenticated() -> Self {
        Self::told(ProblemCode::Unauthenticated, "Sign in first.")
    }

    /// Too many requests.
    #[must_use]
    pub fn rate_limited(seconds: u64) -> Self {
        Self::Told {
            code: ProblemCode::RateLimited,
            detail: format!("Too many requests; try again in {seconds} s."),
            fields: Vec::new(),
            retry_after: Some(seconds),
        }
    }

    /// A stored value that is not of its type.
    pub fn stored(
        what: &'static str,
        source: impl Into<Box<dyn std::error::Error + Send + Sync>>,
    ) -> Self {
        Self::Stored {
            what,
            source: source.into(),
        }
    }

    /// The code that is told.
    #[must_use]
    pub fn code(&self) -> ProblemCode {
        match self {
            Self::Told { code, .. } => *code,
            Self::Database(error) if is_away(error) => ProblemCode::Unavailable,
            Self::Database(error) if conflicts(error) => ProblemCode::Conflict,
            Self::Database(error) if holds_zero(error) => ProblemCode::Invalid,
            Self::Storage(_) | Self::BlobFolder(_) | Self::Smtp(_) | Self::MailFolder(_) => {
                ProblemCode::Unavailable
            }
            _ => ProblemCode::Internal,
        }
    }

    /// The problem, without the request's id, and the seconds to wait.
    #[must_use]
    pub fn problem(&self) -> (Problem, Option<u64>) {
        let code = self.code();
        let status = status(code);
        let (detail, fields, wait) = match self {
            Self::Told {
                detail,
                fields,
                retry_after,
                ..
            } => (detail.clone(), fields.clone(), *retry_after),
            _ => (unsaid(code).to_owned(), Vec::new(), None),
        };
        let wait = wait.or((code == ProblemCode::Unavailable).then_some(5));
        let problem = Problem {
            r#type: "about:blank".to_owned(),
            title: status.canonical_reason().unwrap_or_default().to_owned(),
            status: status.as_u16(),
            code,
            detail,
            request_id: String::new(),
            fields,
        };
        (problem, wait)
    }
}

/// What is said of errors whose cause stays inside.
fn unsaid(code: ProblemCode) -> &'static str {
    match code {
        ProblemCode::Unavailable => "A part of the service is away for the moment; try again soon.",
        ProblemCode::Conflict => {
            "It was changed or made by somebody else at the same time; read it again."
        }
        ProblemCode::Invalid => "A text in it holds a character that cannot be kept (U+0000).",
        _ => "Something went wrong in the service. If it stays, tell us the request's id.",
    }
}

/// Whether the database cannot be reached just now, or is going down, or has no room.
fn is_away(error: &sqlx::Error) -> bool {
    match error {
        sqlx::Error::Io(_)
        | sqlx::Error::PoolTimedOut
        | sqlx::Error::PoolClosed
        | sqlx::Error::WorkerCrashed
        | sqlx::Error::Tls(_)
        | sqlx::Error::Protocol(_)
        | sqlx::Error::BeginFailed => true,
        // 08 connection, 53 resources (disk full, too many connections), 57P operator's intervention, 58 system,
        // 25006 read-only, 57014 timed out (postgresql.org/docs/current/errcodes-appendix.html).
        sqlx::Error::Database(error) => error.code().is_some_and(|code| {
            ["08", "53", "57", "58"]
                .iter()
                .any(|class| code.starts_with(class))
                || code == "25006"
        }),
        _ => false,
    }
}

/// Whether it lost against another transaction, or against a constraint that nobody mapped by name.
fn conflicts(error: &sqlx::Error) -> bool {
    error
        .as_database_error()
        .and_then(|error| error.code())
        .is_some_and(|code| matches!(code.as_ref(), "23505" | "40001" | "40P01"))
}

/// Whether a text or a JSON value holds a zero, the one character that PostgreSQL cannot keep: 22021
/// (`character_not_in_repertoire`) and 22P05 (`untranslatable_character`). Only what somebody sent can bring one.
fn holds_zero(error: &sqlx::Error) -> bool {
    error
        .as_database_error()
        .and_then(|error| error.code())
        .is_some_and(|code| matches!(code.as_ref(), "22021" | "22P05"))
}

/// The HTTP status of a code.
const fn status(code: ProblemCode) -> StatusCode {
    match code {
        ProblemCode::NotFound => StatusCode::NOT_FOUND,
        ProblemCode::Invalid | ProblemCode::IdempotencyMismatch => StatusCode::UNPROCESSABLE_ENTITY,
        ProblemCode::Conflict => StatusCode::CONFLICT,
        ProblemCode::Unauthenticated | ProblemCode::WrongCredentials => StatusCode::UNAUTHORIZED,
        ProblemCode::Forbidden
        | ProblemCode::StepUpRequired
        | ProblemCode::Unverified
        | ProblemCode::ConsentRequired
        | ProblemCode::QuotaExceeded => StatusCode::FORBIDDEN,
        ProblemCode::RateLimited => StatusCode::TOO_MANY_REQUESTS,
        ProblemCode::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
        ProblemCode::Expired => StatusCode::GONE,
        ProblemCode::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
        ProblemCode::Internal => StatusCode::INTERNAL_SERVER_ERROR,
    }
}

impl From<sqlx::Error> for Error {
    fn from(error: sqlx::Error) -> Self {
        Self::Database(error)
    }
}

impl From<argon2::password_hash::Error> for Error {
    fn from(error: argon2::password_hash::Error) -> Self {
        Self::PasswordHash(error)
    }
}

/// Goes with the answer to the layer that logs it and writes the request's id into the body.
#[derive(Debug, Clone)]
pub struct Cause(pub String);

impl IntoResponse for Error {
    fn into_response(self) -> Response {
        let (problem, wait) = self.problem();
        let status =
            StatusCode::from_u16(problem.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let cause = (!matches!(self, Self::Told { .. })).then(|| Cause(self.to_string()));
        let mut response = (status, Json(problem.clone())).into_response();
        let headers = response.headers_mut();
        headers.insert(
            header::CONTENT_TYPE,
            HeaderValue::from_static("application/problem+json"),
        );
        if let Some(seconds) = wait {
            headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        if status == StatusCode::UNAUTHORIZED {
            headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        response.extensions_mut().insert(problem);
        if let Some(cause) = cause {
            response.extensions_mut().insert(cause);
        }
        response
    }
}
