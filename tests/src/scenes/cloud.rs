//! The cloud's views, for pictures: a team of two with something in every list, on a real cloud.

use super::Camera;
use crate::{DevCloud, Stage, Studio, cloud::PASSWORD, mouse};
use anyhow::{Context, Result, bail};
use serde_json::{Value, json};
use std::time::{Duration, Instant};

/// Whose window it is, and who else is in the team.
const ADA: (&str, &str) = ("Ada Lovelace", "ada@example.org");
const GRACE: (&str, &str) = ("Grace Hopper", "grace@example.org");
/// How long the cloud may take to answer.
const PATIENCE: Duration = Duration::from_secs(20);

async fn act(studio: &Studio<'_>, act: Value) -> Result<Value> {
    studio.call("cloud_act", json!({ "act": act })).await
}

/// The rows of a list, once it has some.
async fn rows(studio: &Studio<'_>, ask: &Value) -> Result<Value> {
    let begun = Instant::now();
    while begun.elapsed() < PATIENCE {
        let list = studio
            .call("cloud_list", json!({ "ask": ask, "hear": true }))
            .await?;
        let rows = &list["rows"]["rows"];
        if rows.as_array().is_none_or(|rows| !rows.is_empty()) && !rows.is_null() {
            return Ok(rows.clone());
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    bail!("nothing came of {ask}")
}

async fn enter(studio: &Studio<'_>, who: (&str, &str)) -> Result<String> {
    act(
        studio,
        json!({ "do": "signIn", "email": who.1, "password": PASSWORD }),
    )
    .await?;
    let state = studio.call("cloud_state", json!({})).await?;
    let id = state["account"]["id"].as_str().context("the account")?;
    Ok(id.to_owned())
}

/// Says something, and waits until it is said.
async fn say(studio: &Studio<'_>, project: &Value, object: &Value, body: &str) -> Result<()> {
    act(
        studio,
        json!({ "do": "comment", "project": project, "object": object, "thread": null, "body": body }),
    )
    .await?;
    let begun = Instant::now();
    while begun.elapsed() < PATIENCE {
        let waiting = studio.call("cloud_unsent", json!({})).await?;
        if waiting.as_array().is_some_and(Vec::is_empty) {
            return Ok(());
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    bail!("“{body}” was not sent")
}

/// Makes a team with a project that the library belongs to, talk about its first asset, an invitation, something in the
/// bin. Ada is signed in at the end.
///
/// # Errors
/// When the cloud or the window refuses something.
pub async fn gather(cloud: &DevCloud, stage: &Stage, studio: &Studio<'_>) -> Result<()> {
    cloud.person(ADA.0, ADA.1).await?;
    cloud.person(GRACE.0, GRACE.1).await?;
    act(studio, json!({ "do": "connect", "address": cloud.url })).await?;
    let found = studio
        .call(
            "search",
            json!({ "request": { "query": "", "sort": "-added" } }),
        )
        .await?;
    let first = &found["first"][0];
    let object = json!({ "kind": "asset", "id": first["id"], "name": first["name"] });

    let grace = enter(studio, GRACE).await?;
    let workspace = act(
        studio,
        json!({ "do": "createWorkspace", "name": "Emberworks" }),
    )
    .await?["what"]
        .take();
    let made = async |name: &str| -> Result<Value> {
        let request = json!({ "name": name, "description": "Embers, and who keeps them.", "visibility": "workspace", "tags": ["pixel art", "jam"] });
        let done = act(
            studio,
            json!({ "do": "createProject", "workspace": workspace, "request": request }),
        );
        Ok(done.await?["what"].take())
    };
    let project = made("Emberfall").await?;
    let old = made("Prototype 3").await?;
    act(
        studio,
        json!({ "do": "remove", "place": { "is": "project", "id": old } }),
    )
    .await?;
    let other = act(
        studio,
        json!({ "do": "createWorkspace", "name": "Night Market" }),
    )
    .await?["what"]
        .take();
    let place = json!({ "is": "workspace", "id": workspace });
    for (place, email, role) in [
        (&place, ADA.1, "admin"),
        (&place, "noor@example.org", "member"),
        (&json!({ "is": "workspace", "id": other }), ADA.1, "member"),
    ] {
        act(
            studio,
            json!({ "do": "invite", "place": place, "email": email, "role": role, "message": "Come in" }),
        )
        .await?;
    }
    act(studio, json!({ "do": "signOut" })).await?;

    let ada = enter(studio, ADA).await?;
    let offers = rows(studio, &json!({ "list": "offers" })).await?;
    let offer = offers
        .as_array()
        .and_then(|all| all.iter().find(|it| it["workspace"] == "Emberworks"))
        .context("the invitation")?;
    act(
        studio,
        json!({ "do": "answerOffer", "id": offer["id"], "yes": true }),
    )
    .await?;
    say(studio, &project, &object, "Is the pivot at the feet?").await?;
    act(studio, json!({ "do": "signOut" })).await?;

    enter(studio, GRACE).await?;
    let words = format!(
        "@[{}]({ada}) it is. A little darker at the shoulder?",
        ADA.0
    );
    say(studio, &project, &object, &words).await?;
    act(studio, json!({ "do": "signOut" })).await?;

    enter(studio, ADA).await?;
    let words = format!("@[{}]({grace}) two steps down, tonight.", GRACE.0);
    say(studio, &project, &object, &words).await?;
    rows(studio, &json!({ "list": "notifications" })).await?;
    studio
        .call(
            "cloud_choose_project",
            json!({ "library": stage.library, "project": project }),
        )
        .await?;
    Ok(())
}

impl Camera<'_> {
    /// Where a Studio without a cloud goes to one.
    ///
    /// # Errors
    /// When the view is not there.
    pub async fn connect(&mut self) -> Result<()> {
        self.studio.click("open-sign-in").await?;
        self.studio.part("cloud-address").await?;
        self.take("cloud-connect").await?;
        self.away("sign-in").await
    }

    /// Every view of the cloud, for somebody who is signed in.
    ///
    /// # Errors
    /// When a view is not there.
    pub async fn cloud(&mut self) -> Result<()> {
        let studio = self.studio;
        studio
            .appears("[data-testid=cloud-status][data-link=live]")
            .await?;
        self.talk().await?;
        studio.click("open-inbox").await?;
        studio.part("notification").await?;
        self.take("cloud-inbox").await?;
        self.away("inbox").await?;
        let place = "[data-testid=workspace][data-name=Emberworks]";
        self.pages(
            place,
            "team",
            &["members", "roles", "activity", "plan", "bin", "general"],
        )
        .await?;
        let place = "[data-testid=project][data-name=Emberfall]";
        self.pages(place, "team", &["members", "general"]).await?;
        studio.click("open-bin").await?;
        studio.part("bin").await?;
        self.take("cloud-bin").await?;
        self.away("bin").await?;
        let pages = [
            "profile",
            "security",
            "devices",
            "keys",
            "notifications",
            "data",
        ];
        self.pages("[data-testid=open-account]", "account", &pages)
            .await
    }

    /// The same in the smallest window that the Studio is made for.
    ///
    /// # Errors
    /// When a view is not there.
    pub async fn small(&mut self, stage: &Stage) -> Result<()> {
        let studio = self.studio;
        mouse::resize(&stage.desktop, (900, 600))?;
        let small = "`${innerWidth}×${innerHeight}` === '900×600'";
        studio.becomes("a small window", small).await?;
        studio.painted().await?;
        studio.click("place-all").await?;
        studio.click_on("[data-testid=card]").await?;
        studio.part("comment-words").await?;
        self.take("small-grid").await?;
        studio.click("open-inbox").await?;
        studio.part("notification").await?;
        self.take("small-inbox").await?;
        self.away("inbox").await?;
        studio
            .click_on("[data-testid=project][data-name=Emberfall]")
            .await?;
        studio.click("team-general").await?;
        studio.part("team-name").await?;
        self.take("small-team").await?;
        self.away("team").await?;
        studio.click("open-account").await?;
        studio.click("account-notifications").await?;
        studio.part("preference").await?;
        self.take("small-account").await?;
        self.away("account").await
    }

    /// Comments in the inspector, and somebody who is being mentioned.
    async fn talk(&mut self) -> Result<()> {
        let studio = self.studio;
        studio.click("place-all").await?;
        studio.search("").await?;
        studio.click_on("[data-testid=card]").await?;
        studio.part("comment").await?;
        let words = studio.part("comment-words").await?;
        words.click().await?;
        words.send_keys("Thanks, @gra").await?;
        studio.part("mention-option").await?;
        self.take("cloud-comments").await?;
        for _ in 0.."Thanks, @gra".len() {
            words.send_keys("\u{e003}").await?;
        }
        Ok(())
    }

    async fn pages(&mut self, opener: &str, dialog: &str, pages: &[&str]) -> Result<()> {
        let studio = self.studio;
        studio.click_on(opener).await?;
        let of = if opener.contains("workspace") {
            "workspace"
        } else if opener.contains("project") {
            "project"
        } else {
            dialog
        };
        for page in pages {
            studio.click(&format!("{dialog}-{page}")).await?;
            // What is asked of the cloud is there.
            let waits = format!("document.querySelector('[data-testid={dialog}] .wait') === null");
            studio.becomes("the page", &waits).await?;
            self.take(&format!("cloud-{of}-{page}")).await?;
        }
        self.away(dialog).await
    }
}
