//! Signing in, and the own account.

use crate::{Client, Download, Error, Result, client::NOTHING};
use gameforge_domain::{ApiKeyId, DataExportId, SessionId, SignInProvider};
use gameforge_wire::cloud::{
    Account, AccountChange, ApiKey, ApiKeyCreated, ApiKeyRequest, Consent, ConsentAnswer,
    ConsentText, DataExport, EmailChange, ErasureState, FactorCode, FactorSetup, FreshAccess,
    Identity, MailAgain, MailProof, Page, PasswordChange, PasswordForgotten, PasswordReset,
    ProviderFinish, ProviderLink, ProviderStart, ProviderStarted, Providers, RecoveryCodes,
    Register, Registered, SecondFactorProof, Session, SignIn, SignInAnswer, StepUp, Tokens,
};
use reqwest::Method;

/// What a right password, or a way through another's pages, leads to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Entered {
    /// Signed in.
    Done(Box<Account>),
    /// The second factor is asked for; goes with the code.
    SecondFactor(String),
}

impl Client {
    /// Makes an account. The answer does not tell whether the address was new.
    ///
    /// # Errors
    /// When the cloud refuses or is away. So in all that follow.
    pub async fn register(&self, body: &Register) -> Result<Registered> {
        self.anyone(Method::POST, "v1/auth/register", Some(body))
            .await
    }

    /// The texts that people agree to here, in a language.
    pub async fn consent_texts(&self, locale: &str) -> Result<Vec<ConsentText>> {
        let path = format!("v1/consents?locale={locale}");
        let page: Page<ConsentText> = self.anyone(Method::GET, &path, NOTHING).await?;
        Ok(page.items)
    }

    /// Shows that an address is one's own.
    pub async fn verify(&self, body: &MailProof) -> Result<()> {
        self.anyone(Method::POST, "v1/auth/verify", Some(body))
            .await
    }

    /// Asks for that mail once more.
    pub async fn send_again(&self, body: &MailAgain) -> Result<()> {
        self.anyone(Method::POST, "v1/auth/verify/again", Some(body))
            .await
    }

    /// Signs in by password.
    pub async fn sign_in(&self, body: &SignIn) -> Result<Entered> {
        let answer = self
            .anyone(Method::POST, "v1/auth/sign-in", Some(body))
            .await?;
        self.entered(answer).await
    }

    /// Signs in by the second factor.
    pub async fn second_factor(&self, body: &SecondFactorProof) -> Result<Box<Account>> {
        let tokens: Tokens = self
            .anyone(Method::POST, "v1/auth/second-factor", Some(body))
            .await?;
        self.take(tokens).await
    }

    /// By which other pages one may sign in here.
    pub async fn providers(&self) -> Result<Providers> {
        self.anyone(Method::GET, "v1/auth/providers", NOTHING).await
    }

    pub(crate) async fn provider_start(
        &self,
        provider: SignInProvider,
        body: &ProviderStart,
    ) -> Result<ProviderStarted> {
        let path = format!("v1/auth/provider/{provider}/start");
        self.anyone(Method::POST, &path, Some(body)).await
    }

    pub(crate) async fn provider_finish(&self, body: &ProviderFinish) -> Result<Entered> {
        let answer = self
            .anyone(Method::POST, "v1/auth/provider/finish", Some(body))
            .await?;
        self.entered(answer).await
    }

    pub(crate) async fn link_start(
        &self,
        provider: SignInProvider,
        body: &ProviderStart,
    ) -> Result<ProviderStarted> {
        let path = format!("v1/account/identities/{provider}/start");
        self.signed(Method::POST, &path, &[], Some(body)).await
    }

    pub(crate) async fn link_finish(&self, body: &ProviderLink) -> Result<Identity> {
        self.signed(Method::POST, "v1/account/identities", &[], Some(body))
            .await
    }

    pub(crate) async fn step_up_start(
        &self,
        provider: SignInProvider,
        body: &ProviderStart,
    ) -> Result<ProviderStarted> {
        let path = format!("v1/auth/step-up/{provider}/start");
        self.signed(Method::POST, &path, &[], Some(body)).await
    }

    pub(crate) async fn step_up_finish(&self, body: &ProviderLink) -> Result<()> {
        let fresh: FreshAccess = self
            .signed(Method::POST, "v1/auth/step-up/finish", &[], Some(body))
            .await?;
        self.freshen(fresh.access_token, fresh.expires_in);
        Ok(())
    }

    async fn entered(&self, answer: SignInAnswer) -> Result<Entered> {
        match answer {
            SignInAnswer::Done(tokens) => self.take(tokens).await.map(Entered::Done),
            SignInAnswer::SecondFactor { challenge } => Ok(Entered::SecondFactor(challenge)),
        }
    }

    async fn take(&self, tokens: Tokens) -> Result<Box<Account>> {
        let account = Box::new(tokens.account.clone());
        self.enter(tokens).await?;
        Ok(account)
    }

    /// Signs this device out: at the cloud if it can be reached, and here in any case.
    ///
    /// # Errors
    /// When the keychain does not let go of the secret. That the cloud could not be told is only logged: the device
    /// holds nothing any more and stays listed there until it ends.
    pub async fn sign_out(&self) -> Result<()> {
        let told: Result<()> = self
            .signed(Method::POST, "v1/auth/sign-out", &[], NOTHING)
            .await;
        if let Err(error) = told
            && !matches!(error, Error::SignedOut)
        {
            tracing::warn!(%error, "the cloud was not told of the sign-out");
        }
        self.forget().await
    }

    /// Shows afresh that it is the account's owner; what is asked next counts as fresh for some minutes.
    pub async fn step_up(&self, body: &StepUp) -> Result<()> {
        let fresh: FreshAccess = self
            .signed(Method::POST, "v1/auth/step-up", &[], Some(body))
            .await?;
        self.freshen(fresh.access_token, fresh.expires_in);
        Ok(())
    }

    /// Asks for a mail to set the password anew.
    pub async fn password_forgotten(&self, body: &PasswordForgotten) -> Result<()> {
        self.anyone(Method::POST, "v1/auth/password/forgotten", Some(body))
            .await
    }

    /// Sets it anew.
    pub async fn password_reset(&self, body: &PasswordReset) -> Result<()> {
        self.anyone(Method::POST, "v1/auth/password/reset", Some(body))
            .await
    }

    /// The own account.
    pub async fn account(&self) -> Result<Account> {
        self.signed(Method::GET, "v1/account", &[], NOTHING).await
    }

    /// Changes it.
    pub async fn change_account(&self, body: &AccountChange) -> Result<Account> {
        self.signed(Method::PATCH, "v1/account", &[], Some(body))
            .await
    }

    /// Changes the password.
    pub async fn change_password(&self, body: &PasswordChange) -> Result<()> {
        self.signed(Method::PUT, "v1/account/password", &[], Some(body))
            .await
    }

    /// Asks for another address.
    pub async fn change_email(&self, body: &EmailChange) -> Result<()> {
        self.signed(Method::PUT, "v1/account/email", &[], Some(body))
            .await
    }

    /// Begins with a second factor.
    pub async fn begin_factor(&self) -> Result<FactorSetup> {
        self.signed(Method::POST, "v1/account/factor", &[], NOTHING)
            .await
    }

    /// Ends that with a first code; gives the recovery codes.
    pub async fn confirm_factor(&self, body: &FactorCode) -> Result<RecoveryCodes> {
        self.signed(Method::POST, "v1/account/factor/confirm", &[], Some(body))
            .await
    }

    /// Takes the second factor away.
    pub async fn remove_factor(&self) -> Result<()> {
        self.signed(Method::DELETE, "v1/account/factor", &[], NOTHING)
            .await
    }

    /// New recovery codes in place of the old.
    pub async fn new_recovery_codes(&self) -> Result<RecoveryCodes> {
        self.signed(Method::POST, "v1/account/factor/codes", &[], NOTHING)
            .await
    }

    /// Devices.
    pub async fn sessions(&self) -> Result<Vec<Session>> {
        self.all("v1/account/sessions").await
    }

    /// Signs one out.
    pub async fn end_session(&self, id: SessionId) -> Result<()> {
        let path = format!("v1/account/sessions/{id}");
        self.signed(Method::DELETE, &path, &[], NOTHING).await
    }

    /// Signs out all but this one.
    pub async fn end_other_sessions(&self) -> Result<()> {
        let path = "v1/account/sessions/revoke-others";
        self.signed(Method::POST, path, &[], NOTHING).await
    }

    /// Keys for programs.
    pub async fn keys(&self) -> Result<Vec<ApiKey>> {
        self.all("v1/account/keys").await
    }

    /// A new one; its secret is in this answer only.
    pub async fn create_key(&self, body: &ApiKeyRequest) -> Result<ApiKeyCreated> {
        self.make("v1/account/keys", body).await
    }

    /// Ends one.
    pub async fn remove_key(&self, id: ApiKeyId) -> Result<()> {
        let path = format!("v1/account/keys/{id}");
        self.signed(Method::DELETE, &path, &[], NOTHING).await
    }

    /// Accounts elsewhere by which one may sign in.
    pub async fn identities(&self) -> Result<Vec<Identity>> {
        self.all("v1/account/identities").await
    }

    /// Takes one away.
    pub async fn unlink(&self, provider: SignInProvider) -> Result<()> {
        let path = format!("v1/account/identities/{provider}");
        self.signed(Method::DELETE, &path, &[], NOTHING).await
    }

    /// What was agreed to.
    pub async fn consents(&self) -> Result<Vec<Consent>> {
        self.all("v1/account/consents").await
    }

    /// Agrees to a text, or takes that back.
    pub async fn answer_consent(&self, body: &ConsentAnswer) -> Result<Consent> {
        self.signed(Method::PUT, "v1/account/consents", &[], Some(body))
            .await
    }

    /// Packages of the own data.
    pub async fn exports(&self) -> Result<Vec<DataExport>> {
        self.all("v1/account/exports").await
    }

    /// Asks for one.
    pub async fn ask_export(&self) -> Result<DataExport> {
        self.signed(Method::POST, "v1/account/exports", &[], NOTHING)
            .await
    }

    /// Fetches one, a ZIP of any size: its bytes come part by part.
    pub async fn fetch_export(&self, id: DataExportId) -> Result<Download> {
        self.download(&format!("v1/account/exports/{id}/file"))
            .await
    }

    /// Whether the account goes.
    pub async fn erasure(&self) -> Result<ErasureState> {
        self.signed(Method::GET, "v1/account/erasure", &[], NOTHING)
            .await
    }

    /// Asks for it to go.
    pub async fn ask_erasure(&self) -> Result<ErasureState> {
        self.signed(Method::POST, "v1/account/erasure", &[], NOTHING)
            .await
    }

    /// Takes that back.
    pub async fn keep_account(&self) -> Result<ErasureState> {
        self.signed(Method::DELETE, "v1/account/erasure", &[], NOTHING)
            .await
    }
}
