//! An import that is held up, over the end of the program.

use anyhow::{Context, Result};
use gameforge_e2e::{Stage, Studio};
use gameforge_testkit::image;
use serde_json::json;

/// Enough that somebody comes in time to press the button.
const FILES: usize = 1_500;

#[tokio::test]
async fn a_paused_import_rests_also_after_a_restart_and_goes_on_when_asked() -> Result<()> {
    let stage = Stage::new()?;
    for number in 0..FILES {
        let [high, low] = u16::try_from(number)?.to_be_bytes();
        let bytes = image::plain_png(48, 48, [high, low, 30, 255]);
        std::fs::write(stage.files.join(format!("tile_{number:04}.png")), bytes)?;
    }
    let studio = Studio::open(&stage).await?;
    let request = json!({ "request": { "paths": [&stage.files], "copy": true } });
    let job = studio.call("import_files", request).await?;
    studio.click("job-pause").await?;
    studio
        .appears("[data-testid=job][data-state=paused]")
        .await?;
    let done = progress(&studio, &job).await?;
    assert!(done < FILES as u64, "it was over before it was paused");
    studio.close().await?;

    let studio = Studio::open(&stage).await?;
    studio
        .appears("[data-testid=job][data-state=paused] [data-testid=job-resume]")
        .await?;
    // What was in hand when it was paused is finished, and no more.
    let rested = progress(&studio, &job).await?;
    assert!(
        rested < FILES as u64,
        "it went on by itself: {done}, then {rested}"
    );
    studio.click("job-resume").await?;
    studio.matches(FILES).await?;
    studio.rests().await?;
    let report = studio.call("job_report", json!({ "id": job })).await?;
    assert_eq!(report["job"]["state"], "done", "{report}");
    assert_eq!(report["job"]["counts"]["imported"], FILES, "{report}");
    studio.close().await
}

async fn progress(studio: &Studio<'_>, job: &serde_json::Value) -> Result<u64> {
    let report = studio.call("job_report", json!({ "id": job })).await?;
    report["job"]["done"]
        .as_f64()
        .map(|done| done as u64)
        .context("a number")
}
