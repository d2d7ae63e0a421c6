//! What went wrong, as RFC 9457 problem JSON with a closed set of codes.

use serde::{Deserialize, Serialize};
use specta::Type;

/// A code exists only where a program acts on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, Type)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum ProblemCode {
    /// Not there, or not for this person: the two are not told apart.
    NotFound,
    /// The request cannot be read or holds values that cannot be used; `fields` says which.
    Invalid,
    /// It is there already, or changed since it was read.
    Conflict,
    /// Nobody is signed in, or the token has ended: refresh it or sign in again.
    Unauthenticated,
    /// Address and password do not belong together, or the code is wrong.
    WrongCredentials,
    /// Signed in, but the role or the key's scope does not reach this.
    Forbidden,
    /// A fresh second factor (or the password) is asked for first.
    StepUpRequired,
    /// The address has to be verified first.
    Unverified,
    /// A required consent is missing; `fields` names the purposes.
    ConsentRequired,
    /// The plan allows no more of it.
    QuotaExceeded,
    /// Too many requests; come again after `Retry-After`.
    RateLimited,
    /// The body is larger than is taken.
    TooLarge,
    /// The link or code was used, withdrawn or has ended.
    Expired,
    /// The same idempotency key came with another request.
    IdempotencyMismatch,
    /// A part of the service is away for the moment; come again after `Retry-After`.
    Unavailable,
    /// A fault of the service; its log has the cause under the request's id.
    Internal,
}

/// One value that cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct FieldProblem {
    /// Its name in the request.
    pub field: String,
    /// What is wrong with it, for a person.
    pub message: String,
}

/// The body of every answer that is not a success (`application/problem+json`).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Problem {
    /// `about:blank`: the code says more.
    pub r#type: String,
    /// The words of the HTTP status.
    pub title: String,
    /// The HTTP status.
    pub status: u16,
    /// To act on.
    pub code: ProblemCode,
    /// To read: what happened, to what, what to do now.
    pub detail: String,
    /// To ask about it; the log has it too.
    pub request_id: String,
    /// The values that cannot be used, where it is about those.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub fields: Vec<FieldProblem>,
}
