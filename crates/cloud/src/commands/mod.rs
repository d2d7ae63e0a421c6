//! One module a command; what several of them need is here: the configuration, the log, the runtime.

mod admin;
mod audit;
mod backup;
mod check;
mod dev;
mod running;

use crate::{Audit, Command};
use anyhow::Result;
use gameforge_cloud::{App, Config, clock::Clock, store, telemetry};
use std::process::ExitCode;

/// The configuration is wrong; what is wrong was said.
const MISCONFIGURED: u8 = 2;

/// Runs a command.
///
/// # Errors
/// What kept it from its end.
pub fn run(command: Command) -> Result<ExitCode> {
    if matches!(command, Command::Openapi) {
        let document = serde_json::to_string_pretty(&gameforge_cloud::openapi())?;
        println!("{document}");
        return Ok(ExitCode::SUCCESS);
    }
    // Two crypto libraries may be linked; this one is meant. It fails only when it was chosen already.
    let _chosen = rustls::crypto::ring::default_provider().install_default();
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()?;
    if let Command::Dev { data, postgres } = &command {
        telemetry::log(false);
        return dev::run(&runtime, data, postgres);
    }
    let config = Config::values()
        .map_err(|fault| vec![fault])
        .and_then(|values| Config::read(&values));
    let config = match config {
        Ok(config) => config,
        Err(faults) => {
            for fault in faults {
                eprintln!("{fault}");
            }
            return Ok(ExitCode::from(MISCONFIGURED));
        }
    };
    runtime.block_on(with(command, config))
}

async fn with(command: Command, config: Config) -> Result<ExitCode> {
    match command {
        Command::Serve => {
            telemetry::log(true);
            running::serve(config).await?;
        }
        Command::Migrate => {
            telemetry::log(false);
            store::migrate(&config.owner_url).await?;
            println!("The database has all migrations of this version.");
        }
        Command::CheckConfig => return check::run(config).await,
        Command::CreateAdmin { email, name } => {
            admin::create(&App::new(config, Clock::default())?, &email, &name).await?;
        }
        Command::Audit {
            what: Audit::Verify { kept },
        } => return audit::verify(&App::new(config, Clock::default())?, &kept).await,
        Command::Backup { folder } => {
            backup::save(&App::new(config, Clock::default())?, &folder).await?;
        }
        Command::Restore { folder } => {
            return backup::restore(&App::new(config, Clock::default())?, &folder).await;
        }
        // Both were done before there was a configuration.
        Command::Openapi | Command::Dev { .. } => {}
    }
    Ok(ExitCode::SUCCESS)
}
