//! A power cut in the middle of an import.

use anyhow::{Result, ensure};
use gameforge_e2e::{Stage, Studio};
use gameforge_testkit::image;
use serde_json::json;

/// Enough that the import is still running when the power is cut.
const FILES: usize = 1_500;

#[tokio::test]
async fn an_import_that_was_cut_off_goes_on_by_itself_and_loses_nothing() -> Result<()> {
    let stage = Stage::new()?;
    for number in 0..FILES {
        let [high, low] = u16::try_from(number)?.to_be_bytes();
        let bytes = image::plain_png(48, 48, [high, low, 90, 255]);
        std::fs::write(stage.files.join(format!("tile_{number:04}.png")), bytes)?;
    }
    let studio = Studio::open(&stage).await?;
    let request = json!({ "request": { "paths": [&stage.files], "copy": true } });
    let job = studio.call("import_files", request).await?;
    studio
        .becomes("some of it in the library", "Number.parseInt(document.querySelector('[data-testid=status-count]')?.textContent.replaceAll(',', '') ?? '0') > 0")
        .await?;
    let report = studio.call("job_report", json!({ "id": job })).await?;
    ensure!(
        report["job"]["state"] == "running",
        "the import ended before the power was cut: {report}"
    );
    studio.crash().await?;

    let studio = Studio::open(&stage).await?;
    studio.matches(FILES).await?;
    studio.rests().await?;
    let report = studio.call("job_report", json!({ "id": job })).await?;
    assert_eq!(report["job"]["state"], "done", "{report}");
    assert_eq!(report["job"]["counts"]["failed"], 0, "{report}");
    let verified = studio.call("verify", json!({})).await?;
    assert_eq!(verified["damaged"], json!([]), "{verified}");
    studio.close().await
}
