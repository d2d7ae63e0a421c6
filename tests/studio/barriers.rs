//! Nobody is kept out of a view: contrast, names, roles and sizes of what is pressed, by the rules of WCAG.

use anyhow::Result;
use gameforge_e2e::{
    DevCloud, Stage, Studio,
    scenes::{Camera, furnish, gather},
};

/// `cargo xtask screens` looks at the dark ones as well.
#[tokio::test]
async fn no_light_view_has_a_barrier() -> Result<()> {
    let cloud = DevCloud::start(Vec::new())?;
    let stage = Stage::new()?
        .with_keychain()?
        .telling("GAMEFORGE_CLOUD_URL", &cloud.url);
    let pictures = stage.scratch("pictures");
    std::fs::create_dir(&pictures)?;
    let studio = Studio::open(&stage).await?;
    let mut camera = Camera::new(&studio, &pictures, "light").await?;
    camera.first_start().await?;
    camera.connect().await?;
    nothing_in_the_way(camera);
    furnish(&stage, &studio).await?;
    studio.close().await?;

    // A window each: in a long session WebKitWebDriver loses track of Shift.
    let studio = Studio::open(&stage).await?;
    let mut camera = Camera::new(&studio, &pictures, "light").await?;
    camera.library().await?;
    nothing_in_the_way(camera);
    studio.close().await?;

    let studio = Studio::open(&stage).await?;
    gather(&cloud, &stage, &studio).await?;
    studio.close().await?;
    let studio = Studio::open(&stage).await?;
    let mut camera = Camera::new(&studio, &pictures, "light").await?;
    camera.cloud().await?;
    camera.small(&stage).await?;
    nothing_in_the_way(camera);
    studio.close().await
}

fn nothing_in_the_way(camera: Camera<'_>) {
    let (pictures, barriers) = camera.taken();
    assert!(!pictures.is_empty(), "no view was looked at");
    assert!(barriers.is_empty(), "{barriers:#?}");
}
