//! A person's own data: the sign-in in the keychain, the package of everything, the erasure that can be taken back.

use super::{ADA, close, computer, gone, hours_later, link_is, picture, says, sign_in};
use crate::dialogs::choose;
use anyhow::{Context, Result};
use gameforge_e2e::{DevCloud, Stage, Studio, cloud::PASSWORD};
use gameforge_stores::{Kind, Store};
use std::path::{Path, PathBuf};
use xtask::step;

#[tokio::test]
async fn the_keychain_keeps_the_sign_in_and_the_data_can_be_had_and_erased() -> Result<()> {
    scene(None).await
}

// The server of S3 is in this process, and the scene waits for windows: a thread for each.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn so_it_is_with_the_package_in_a_bucket_of_s3() -> Result<()> {
    scene(Some(Store::start(Kind::S3).await?)).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn so_it_is_with_the_package_in_a_container_of_azure() -> Result<()> {
    scene(Some(Store::start(Kind::Azure).await?)).await
}

/// From the sign-in to the sign-out, over an object storage, or the folder that a cloud for development has itself.
async fn scene(store: Option<Store>) -> Result<()> {
    let settings = store.iter().flat_map(Store::settings);
    let cloud = DevCloud::start(settings.map(|(name, value)| (name.into(), value)).collect())?;
    cloud.person(ADA.0, ADA.1).await?;
    let stage = computer(Stage::new()?, &cloud, "ada-desk").with_keychain()?;
    let studio = Studio::open(&stage).await?;
    sign_in(&studio, ADA.1).await?;
    gone(&studio, "memory-only").await?;
    let studio = hours_later(studio, &stage, &cloud).await?;
    erase_and_keep(&studio, &cloud).await?;
    let package = fetch(&stage, &studio, &cloud).await?;
    if let Some(store) = store {
        let kept = store.keeps(&std::fs::read(package)?)?;
        assert!(kept, "the package is not in {store:?}");
    }
    close(&studio, "account").await?;

    // What was signed out is out of the keychain as well.
    super::sign_out(&studio).await?;
    studio.close().await?;
    let studio = Studio::open(&stage).await?;
    link_is(&studio, "signedOut").await?;
    studio.close().await
}

async fn erase_and_keep(studio: &Studio<'_>, cloud: &DevCloud) -> Result<()> {
    studio.click("erase").await?;
    studio.click("confirm-done").await?;
    studio.write("prove-value", "not the password").await?;
    studio.click("prove-done").await?;
    studio.appears("[data-testid=prove] [role=alert]").await?;
    picture(studio, "prove-wrong").await?;
    studio.write("prove-value", PASSWORD).await?;
    studio.click("prove-done").await?;
    studio.part("erase-waits").await?;
    gone(studio, "prove").await?;
    picture(studio, "erase-waits").await?;
    let letter = cloud.letter(ADA.1, "Your account will be erased").await?;
    assert!(letter.text.contains("take it back"), "{}", letter.text);
    studio.click("keep-account").await?;
    studio.part("erase").await?;
    cloud.letter(ADA.1, "Your account stays").await?;
    Ok(())
}

/// Where the package of everything was put.
async fn fetch(stage: &Stage, studio: &Studio<'_>, cloud: &DevCloud) -> Result<PathBuf> {
    studio.click("ask-export").await?;
    studio
        .appears("[data-testid=export][data-state=ready]")
        .await?;
    picture(studio, "export-ready").await?;
    let letter = cloud.letter(ADA.1, "Your data is ready").await?;
    assert_eq!(letter.link, format!("{}/exports", cloud.url));
    let folder = stage.scratch("package");
    std::fs::create_dir(&folder)?;
    studio.click("export-save").await?;
    choose(stage, "Choose a folder", &folder)?;
    says(studio, "account-note", "gameforge-data-").await?;
    let package = std::fs::read_dir(&folder)?
        .next()
        .context("the package")??
        .path();
    let holds = unpacked(stage, &package)?;
    for word in [ADA.0, ADA.1, "ada-desk", "terms"] {
        assert!(holds.contains(word), "“{word}” is not in the package");
    }
    assert!(
        !holds.contains("argon2"),
        "the password's hash is nobody's data"
    );
    Ok(package)
}

/// All that stands in the files of a package.
fn unpacked(stage: &Stage, package: &Path) -> Result<String> {
    let folder = stage.scratch("unpacked");
    let mut unpack = stage.command("/usr/bin/python3")?;
    unpack
        .args(["-m", "zipfile", "-e"])
        .arg(package)
        .arg(&folder);
    step::run(&mut unpack)?;
    let mut holds = String::new();
    let mut folders = vec![folder];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder)? {
            let path = entry?.path();
            if path.is_dir() {
                folders.push(path);
            } else {
                holds.push_str(&std::fs::read_to_string(&path)?);
            }
        }
    }
    Ok(holds)
}
