//! `audit verify`: whether the audit log is as it was written.

use anyhow::{Context, Result};
use gameforge_cloud::{
    App,
    chain::{self, Head},
};
use secrecy::ExposeSecret;
use sqlx::{Connection, PgConnection};
use std::process::ExitCode;

/// Checks the chain and says what is wrong.
///
/// # Errors
/// When a kept head cannot be read or the database is away.
pub async fn verify(app: &App, kept: &[String]) -> Result<ExitCode> {
    let kept = kept
        .iter()
        .map(|text| text.parse::<Head>().with_context(|| format!("“{text}”")))
        .collect::<Result<Vec<_>>>()?;
    let mut conn = PgConnection::connect(app.config.owner_url.expose_secret()).await?;
    let verdict = chain::verify(&mut conn, &kept).await?;
    conn.close().await?;
    println!("{} rows were read.", verdict.rows);
    for finding in &verdict.findings {
        println!("{finding}");
    }
    if !verdict.findings.is_empty() {
        return Ok(ExitCode::FAILURE);
    }
    println!(
        "Nothing was changed, removed or inserted. Keep this head elsewhere and give it as --kept the next time:"
    );
    println!("{}", verdict.head);
    Ok(ExitCode::SUCCESS)
}
