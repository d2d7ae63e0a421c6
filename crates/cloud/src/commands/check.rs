//! `check-config`: what the words themselves cannot show is tried: the database, the storage, the mail server.

use anyhow::Result;
use gameforge_cloud::{App, Config, clock::Clock, diagnosis};
use std::process::ExitCode;

/// Says what does not work.
///
/// # Errors
/// When the configuration's parts do not fit.
pub async fn run(config: Config) -> Result<ExitCode> {
    let shown = config.database_shown();
    let app = App::new(config, Clock::default())?;
    println!("The words of the configuration are right ({shown}).");
    let mut is_good = true;
    let mut tell = |what: &str, result: Result<String, String>| match result {
        Ok(note) => println!("{what}: {note}"),
        Err(error) => {
            is_good = false;
            println!("{what}: does not work: {error}");
        }
    };
    tell(
        "database",
        match app.store.is_ready().await {
            Ok(true) => Ok("answers, and has all migrations".to_owned()),
            Ok(false) => Err("it lacks migrations; run `gameforge-cloud migrate`".to_owned()),
            Err(error) => Err(diagnosis::database(&error, &app.config)),
        },
    );
    tell(
        "roles",
        roles(&app)
            .await
            .map(|()| "the login may become all three".to_owned())
            .map_err(|error| diagnosis::database(&error, &app.config)),
    );
    tell(
        "storage",
        app.blobs
            .probe(&app.name)
            .await
            .map(|()| "takes objects and gives them back".to_owned())
            .map_err(|error| diagnosis::storage(&error, &app.config.storage)),
    );
    tell(
        "mail",
        app.mail
            .probe()
            .await
            .map(|()| "takes letters".to_owned())
            .map_err(|error| error.to_string()),
    );
    Ok(if is_good {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

async fn roles(app: &App) -> gameforge_cloud::Result<()> {
    app.store.identity().await?.rollback().await?;
    app.store.worker().await?.rollback().await?;
    let nobody = gameforge_domain::AccountId::from_uuid(app.new_id());
    app.store.service_read(nobody).await?.rollback().await?;
    Ok(())
}
