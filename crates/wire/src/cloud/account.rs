//! Signing in, and what a person sees and changes of the own account.

use chrono::{DateTime, Utc};
use gameforge_domain::{
    AccountId, ApiKeyId, DataExportId, Email, KeyScope, Name, PlatformRole, SessionId,
    SignInProvider,
};
use serde::{Deserialize, Serialize};
use specta::Type;

/// A new account by address and password.
#[derive(Debug, Clone, Serialize, Deserialize, Type)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Register {
    /// Where the proof goes.
    pub email: Email,
    /// At least ten characters, and not one of those known from breaches.
    pub password: String,
    /// What others see.
    pub display_name: Name,
    /// `en` or `de`, for mails.
    #[serde(default)]
    pub locale: Option<String>,
    /// What is agreed to; all required purposes in their newest version.
    pub consents: Vec<ConsentAnswer>,
}

/// The answer to a registration. It is the same whether the address was new or not: its owner gets the mail that
/// says which.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Registered {
    /// Where the mail went.
    pub email: Email,
}

/// The secret from a mail.
#[derive(Debug, Clone, Serialize, Deserialize, Type)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct MailProof {
    /// From the link.
    pub token: String,
}

/// Address and password.
#[derive(Debug, Clone, Serialize, Deserialize, Type)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct SignIn {
    /// Of the account.
    pub email: Email,
    /// Of the account.
    pub password: String,
    /// What the list of devices calls this one, for example the computer's name.
    pub device_name: Name,
    /// For example `Linux`.
    #[serde(default)]
    pub platform: String,
}

/// What a right password leads to.
#[derive(Debug, Clone, Serialize, Deserialize, Type)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(tag = "result", rename_all = "snake_case")]
pub enum SignInAnswer {
    /// Signed in.
    Done(Tokens),
    /// The second factor is asked for.
    SecondFactor {
        /// To be sent with the code, within five minutes.
        challenge: String,
    },
}

/// The second factor.
#[derive(Debug, Clone, Serialize, Deserialize, Type)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct SecondFactorProof {
    /// From the answer before.
    pub challenge: String,
    /// Six digits, or a recovery code.
    pub code: String,
}

/// What a device signs its requests with.
#[derive(Debug, Clone, Serialize, Deserialize, Type)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Tokens {
    /// For `Authorization: Bearer`; ends after minutes.
    pub access_token: String,
    /// Seconds until it ends.
    pub expires_in: u32,
    /// For the next pair; each works once.
    pub refresh_token: String,
    /// The device.
    pub session_id: SessionId,
    /// Who signed in.
    pub account: Account,
}

/// Asks for the next pair.
#[derive(Debug, Clone, Serialize, Deserialize, Type)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Refresh {
    /// The last one that was given.
    pub refresh_token: String,
}

/// Shows afresh that it is the account's owner: by the second factor, or by the password where there is none.
#[derive(Debug, Clone, Serialize, Deserialize, Type)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct StepUp {
    /// Six digits or a recovery code.
    #[serde(default)]
    pub code: Option<String>,
    /// For accounts without a second factor.
    #[serde(default)]
    pub password: Option<String>,
}

/// An access token that shows a fresh proof.
#[derive(Debug, Clone, Serialize, Deserialize, Type)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct FreshAccess {
    /// In place of the one before, which stays good but is not fresh.
    pub access_token: String,
    /// Seconds until it ends.
    pub expires_in: u32,
}

/// Asks for the mail with the proof once more. The answer is the same for every address.
#[derive(Debug, Clone, Serialize, Deserialize, Type)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct MailAgain {
    /// That was registered.
    pub email: Email,
}

/// Which other pages one may sign in by here.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Providers {
    /// Those that are set up.
    pub providers: Vec<SignInProvider>,
}

/// Begins a sign-in through another's pages, in the system's browser (RFC 8252: PKCE, loopback redirect).
#[derive(Debug, Clone, Serialize, Deserialize, Type)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct ProviderStart {
    /// `base64url(sha256(verifier))`, of 43 characters.
    pub code_challenge: String,
    /// Comes back to the loopback address unchanged.
    pub state: String,
    /// `http://127.0.0.1:PORT/…` or `http://[::1]:PORT/…`.
    pub redirect_uri: String,
}

/// Where to send the browser.
#[derive(Debug, Clone, Serialize, Deserialize, Type)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ProviderStarted {
    /// The provider's page.
    pub authorize_url: String,
}

/// Fetches the result of it.
#[derive(Debug, Clone, Serialize, Deserialize, Type)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct ProviderFinish {
    /// `code` as it came to the loopback address.
    pub code: String,
    /// Whose challenge was sent at the start.
    pub code_verifier: String,
    /// What the list of devices calls this one.
    pub device_name: Name,
    /// For example `Linux`.
    #[serde(default)]
    pub platform: String,
    /// For a new account: what is agreed to.
    #[serde(default)]
    pub consents: Vec<ConsentAnswer>,
}

/// Adds an account elsewhere to the own one: fetches the result of what was begun for that.
#[derive(Debug, Clone, Serialize, Deserialize, Type)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct ProviderLink {
    /// `code` as it came to the loopback address.
    pub code: String,
    /// Whose challenge was sent at the start.
    pub code_verifier: String,
}

/// Asks for a mail to set the password anew. The answer is the same for every address.
#[derive(Debug, Clone, Serialize, Deserialize, Type)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct PasswordForgotten {
    /// Of the account.
    pub email: Email,
}

/// Sets it anew; every device is signed out.
#[derive(Debug, Clone, Serialize, Deserialize, Type)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct PasswordReset {
    /// From the mail.
    pub token: String,
    /// The new one.
    pub password: String,
}

/// Changes it; every other device is signed out.
#[derive(Debug, Clone, Serialize, Deserialize, Type)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct PasswordChange {
    /// Today's; not needed where there is none yet.
    #[serde(default)]
    pub current: Option<String>,
    /// The new one.
    pub password: String,
}

/// Asks for another address; it counts once the mail to it was answered.
#[derive(Debug, Clone, Serialize, Deserialize, Type)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct EmailChange {
    /// The new one.
    pub email: Email,
}

/// A person, to themselves.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Account {
    /// Who.
    pub id: AccountId,
    /// Where mails go.
    pub email: Email,
    /// Whether the address was shown to be theirs.
    pub email_verified: bool,
    /// What others see.
    pub display_name: Name,
    /// On the platform as a whole.
    pub role: PlatformRole,
    /// Which plan's quotas hold.
    pub plan: String,
    /// `en` or `de`.
    pub locale: String,
    /// Whether there is a password.
    pub has_password: bool,
    /// Whether a second factor is asked for.
    pub has_second_factor: bool,
    /// Recovery codes that are left.
    pub recovery_codes_left: u32,
    /// Since when.
    pub created_at: DateTime<Utc>,
    /// Set while an erasure waits: it can be taken back until then.
    pub erase_after: Option<DateTime<Utc>>,
}

/// What to change; what is not given stays.
#[derive(Debug, Clone, Default, Serialize, Deserialize, Type)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields, default)]
pub struct AccountChange {
    /// What others see.
    pub display_name: Option<Name>,
    /// `en` or `de`.
    pub locale: Option<String>,
}

/// An account elsewhere.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Identity {
    /// Where.
    pub provider: SignInProvider,
    /// What it is called there.
    pub label: String,
    /// Since when.
    pub linked_at: DateTime<Utc>,
    /// The last sign-in by it.
    pub last_used_at: Option<DateTime<Utc>>,
}

/// A second factor on its way: it counts once a code was given.
#[derive(Debug, Clone, Serialize, Deserialize, Type)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct FactorSetup {
    /// To type into the authenticator, base32.
    pub secret: String,
    /// The same as an `otpauth:` address.
    pub url: String,
    /// The same as a picture (SVG).
    pub qr_svg: String,
}

/// A code of the authenticator.
#[derive(Debug, Clone, Serialize, Deserialize, Type)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct FactorCode {
    /// Six digits.
    pub code: String,
}

/// Each works once, in place of the second factor. Shown this once.
#[derive(Debug, Clone, Serialize, Deserialize, Type)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct RecoveryCodes {
    /// Ten of them.
    pub codes: Vec<String>,
}

/// A device on which somebody is signed in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Session {
    /// Which.
    pub id: SessionId,
    /// What it was called at the sign-in.
    pub device_name: String,
    /// For example `Linux`.
    pub platform: String,
    /// Since when.
    pub created_at: DateTime<Utc>,
    /// The last time it asked for anything, to within a token's life.
    pub last_used_at: DateTime<Utc>,
    /// From where then.
    pub last_address: Option<String>,
    /// Where that is, as far as it is known.
    pub place: Option<String>,
    /// Whether it is the one that asks.
    pub current: bool,
}

/// A key for a program.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ApiKey {
    /// Which.
    pub id: ApiKeyId,
    /// What its owner calls it.
    pub name: String,
    /// How it begins.
    pub hint: String,
    /// What it may do.
    pub scopes: Vec<KeyScope>,
    /// Since when.
    pub created_at: DateTime<Utc>,
    /// Until when.
    pub expires_at: Option<DateTime<Utc>>,
    /// The last request with it, to the minute.
    pub last_used_at: Option<DateTime<Utc>>,
    /// From where then.
    pub last_address: Option<String>,
}

/// Asks for a key.
#[derive(Debug, Clone, Serialize, Deserialize, Type)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct ApiKeyRequest {
    /// What to call it.
    pub name: Name,
    /// What it may do; at least one.
    pub scopes: Vec<KeyScope>,
    /// Days until it ends, 1 to 3,650; for ever when not given.
    #[serde(default)]
    pub days: Option<u32>,
}

/// A new key, with the secret that is shown this once.
#[derive(Debug, Clone, Serialize, Deserialize, Type)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ApiKeyCreated {
    /// The key.
    pub key: ApiKey,
    /// For `Authorization: Bearer`; begins with `gf_key_`.
    pub secret: String,
}

/// A text that people agree to, and how the person at hand stands to it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ConsentText {
    /// What it is for.
    pub purpose: String,
    /// The newest version.
    pub version: u32,
    /// Whether an account needs it.
    pub required: bool,
    /// In the person's language.
    pub text: String,
}

/// Agrees to a text, or takes that back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct ConsentAnswer {
    /// What it is for.
    pub purpose: String,
    /// Which version was read.
    pub version: u32,
    /// Yes or no. A required one can only be taken back by erasing the account.
    pub given: bool,
}

/// What somebody agreed to, and when.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Consent {
    /// The text.
    pub text: ConsentText,
    /// Whether the newest version was agreed to and not taken back.
    pub given: bool,
    /// The last answer, to any version.
    pub answered_at: Option<DateTime<Utc>>,
}

/// How far an export is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Type)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum DataExportState {
    /// Being made.
    Waiting,
    /// To be fetched.
    Ready,
    /// It went wrong; ask for another.
    Failed,
    /// It was there for seven days.
    Expired,
}

/// A package of all of a person's data.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Type)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct DataExport {
    /// Which.
    pub id: DataExportId,
    /// How far it is.
    pub state: DataExportState,
    /// When it was asked for.
    pub asked_at: DateTime<Utc>,
    /// Until when it is there.
    pub expires_at: Option<DateTime<Utc>>,
    /// In bytes, once it is there.
    pub size: Option<f64>,
}

/// Whether and when the account goes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ErasureState {
    /// From then on it cannot be taken back; none when nothing was asked for.
    pub erase_after: Option<DateTime<Utc>>,
    /// Workspaces of several people that the person alone owns: they need another owner first.
    pub sole_owner_of: Vec<String>,
}
