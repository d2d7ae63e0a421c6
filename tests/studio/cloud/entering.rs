//! From a Studio that was never signed in to an account, and back into it by other people's pages.

use super::{
    ADA, close, computer, go_on, gone, hours_later, link_is, picture, says, sign_out, to_sign_in,
};
use anyhow::{Context, Result};
use gameforge_e2e::{Browser, DevCloud, Stage, Studio, cloud::PASSWORD};
use gameforge_fakes::{Fake, There};
use serde_json::{Value, json};
use std::path::Path;

const PROVIDERS: [&str; 3] = ["github", "google", "discord"];

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_person_registers_and_comes_back_by_other_pages() -> Result<()> {
    let fake = Fake::start().await;
    let settings = PROVIDERS.map(|provider| fake.settings(provider)).concat();
    let cloud = DevCloud::start(settings)?;
    let stage = computer(Stage::new()?, &cloud, "ada-desk");
    let opened = stage.stand_in("xdg-open")?;
    let browser = Browser::open().await?;
    let studio = Studio::open(&stage).await?;

    register(&studio, &cloud).await?;
    verify(&cloud, &browser).await?;
    go_on(&studio).await?;
    link_is(&studio, "live").await?;
    gone(&studio, "sign-in").await?;
    // There is no keychain on this desktop, and the window says what that means.
    assert_eq!(studio.text("memory-only").await?, "Kept in memory only");

    // Other accounts of the same person are added…
    let person = Person {
        studio: &studio,
        browser: &browser,
        opened: &opened,
        fake: &fake,
    };
    let mut pages = 0;
    studio.click("open-account").await?;
    for provider in PROVIDERS {
        fake.seat(provider, ada_at(provider));
        studio.click(&format!("link-{provider}")).await?;
        pages = person.agrees(pages).await?;
        studio.part(&format!("unlink-{provider}")).await?;
    }
    picture(&studio, "account-profile").await?;
    close(&studio, "account").await?;
    sign_out(&studio).await?;

    // …and each is a way in. Who changes their mind on the other page is told so here.
    to_sign_in(&studio).await?;
    studio.click("provider-google").await?;
    pages = browser.follow(&opened, pages).await?;
    browser.click("#refuse").await?;
    browser.says("The sign-in was not finished").await?;
    studio.part("sign-in-problem").await?;
    picture(&studio, "sign-in-refused").await?;
    close(&studio, "sign-in").await?;
    for provider in PROVIDERS {
        pages = person.comes_back(provider, pages).await?;
    }

    // Somebody whose address has an account here does not enter it from elsewhere.
    fake.seat("github", stranger());
    to_sign_in(&studio).await?;
    studio.click("provider-github").await?;
    pages = person.agrees(pages).await?;
    says(
        &studio,
        "sign-in-problem",
        "There is an account with your address already",
    )
    .await?;

    // Who is new can come by another page from the start.
    fake.seat("google", mary());
    studio.click("to-register").await?;
    agree(&studio).await?;
    studio.click("provider-google").await?;
    person.agrees(pages).await?;
    link_is(&studio, "live").await?;
    gone(&studio, "sign-in").await?;
    studio.click("open-account").await?;
    let shown = studio.part("profile-name").await?;
    assert_eq!(shown.prop("value").await?.as_deref(), Some("Mary Shelley"));
    studio.close().await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_has_no_password_shows_afresh_by_the_page_they_came_by() -> Result<()> {
    let fake = Fake::start().await;
    let cloud = DevCloud::start(fake.settings("google"))?;
    let stage = computer(Stage::new()?, &cloud, "mary-desk").with_keychain()?;
    let opened = stage.stand_in("xdg-open")?;
    let browser = Browser::open().await?;
    fake.seat("google", mary());
    let studio = Studio::open(&stage).await?;
    studio.click("cloud-offered").await?;
    go_on(&studio).await?;
    studio.click("to-register").await?;
    agree(&studio).await?;
    studio.click("provider-google").await?;
    let pages = agrees(&browser, &opened, 0).await?;
    link_is(&studio, "live").await?;
    let studio = hours_later(studio, &stage, &cloud).await?;
    studio.click("erase").await?;
    studio.click("confirm-done").await?;
    studio.click("prove-google").await?;
    picture(&studio, "prove-elsewhere").await?;
    agrees(&browser, &opened, pages).await?;
    gone(&studio, "prove").await?;
    studio.part("erase-waits").await?;
    studio.close().await
}

/// From the proposal in the status bar to the letter.
async fn register(studio: &Studio<'_>, cloud: &DevCloud) -> Result<()> {
    let (name, email) = ADA;
    studio.click("cloud-offered").await?;
    let address = studio.part("cloud-address").await?.prop("value").await?;
    assert_eq!(address.as_deref(), Some(&*cloud.url));
    picture(studio, "connect").await?;
    go_on(studio).await?;
    studio.click("to-register").await?;
    studio.write("register-name", name).await?;
    studio.write("sign-in-email", email).await?;
    studio.write("sign-in-password", PASSWORD).await?;
    let done = "document.querySelector('[data-testid=sign-in-done]').disabled";
    assert_eq!(
        studio.value(done).await?,
        Value::Bool(true),
        "nothing is agreed to yet"
    );
    agree(studio).await?;
    picture(studio, "register").await?;
    go_on(studio).await?;
    says(studio, "mail-sent", email).await?;
    picture(studio, "mail-sent").await?;
    // Who does not look into the mail first is told why it does not go on.
    go_on(studio).await?;
    studio.part("to-register").await?;
    go_on(studio).await?;
    says(studio, "sign-in-problem", "Send the mail again").await?;
    picture(studio, "unverified").await
}

/// To what an account needs.
async fn agree(studio: &Studio<'_>) -> Result<()> {
    for purpose in ["terms", "privacy"] {
        studio.click(&format!("agree-{purpose}")).await?;
    }
    Ok(())
}

/// By the page that the letter's link opens.
async fn verify(cloud: &DevCloud, browser: &Browser) -> Result<()> {
    let letter = cloud.letter(ADA.1, "Confirm your address").await?;
    browser.go(&letter.page).await?;
    browser.click("pre a").await?;
    browser.says("Confirm that this address is yours").await?;
    browser.click("form button").await?;
    browser.says("Your address is confirmed").await
}

/// Ada in front of her window and her browser.
struct Person<'a> {
    studio: &'a Studio<'a>,
    browser: &'a Browser,
    /// What `xdg-open` was asked for.
    opened: &'a Path,
    fake: &'a Fake,
}

/// Agrees on the page that the Studio opens; gives how many pages it has opened by then.
async fn agrees(browser: &Browser, opened: &Path, pages: usize) -> Result<usize> {
    let pages = browser.follow(opened, pages).await?;
    browser.click("#agree").await?;
    browser.says("You can close this page").await?;
    Ok(pages)
}

impl Person<'_> {
    async fn agrees(&self, pages: usize) -> Result<usize> {
        agrees(self.browser, self.opened, pages).await
    }

    /// Signs in by another page, and out again.
    async fn comes_back(&self, provider: &str, pages: usize) -> Result<usize> {
        self.fake.seat(provider, ada_at(provider));
        to_sign_in(self.studio).await?;
        self.studio.click(&format!("provider-{provider}")).await?;
        let pages = self
            .agrees(pages)
            .await
            .with_context(|| provider.to_owned())?;
        link_is(self.studio, "live").await?;
        gone(self.studio, "sign-in").await?;
        self.studio.click("open-account").await?;
        let shown = self.studio.part("profile-name").await?;
        assert_eq!(
            shown.prop("value").await?.as_deref(),
            Some(ADA.0),
            "{provider}"
        );
        close(self.studio, "account").await?;
        sign_out(self.studio).await?;
        Ok(pages)
    }
}

/// Ada as each provider tells of her.
fn ada_at(provider: &str) -> There {
    let (user, emails) = match provider {
        "github" => (
            json!({ "id": 4711, "login": "ada-l", "name": "Ada at GitHub", "email": null }),
            json!([{ "email": ADA.1, "primary": true, "verified": true }]),
        ),
        "discord" => (
            json!({ "id": "80351110224678912", "username": "ada-l", "global_name": "Ada at Discord",
                "email": ADA.1, "verified": true }),
            Value::Null,
        ),
        _ => (
            json!({ "sub": "110169484474386276334", "name": "Ada at Google", "email": ADA.1,
                "email_verified": true }),
            Value::Null,
        ),
    };
    There { user, emails }
}

/// Somebody whom the cloud does not know.
fn mary() -> There {
    There {
        user: json!({ "sub": "220169484474386276334", "name": "Mary Shelley", "email": "mary@example.org",
            "email_verified": true }),
        emails: Value::Null,
    }
}

/// Another account at GitHub with Ada's address.
fn stranger() -> There {
    There {
        user: json!({ "id": 666, "login": "not-ada", "name": "Ada", "email": null }),
        emails: json!([{ "email": ADA.1, "primary": true, "verified": true }]),
    }
}
