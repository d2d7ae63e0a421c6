//! `gameforge-cloud`: the service and what is done to it by hand.

use anyhow::{Context, Result};
use clap::{Parser, Subcommand};
use gameforge_cloud::{App, Config, clock::Clock, store};
use std::{net::SocketAddr, process::ExitCode};
use tokio::{net::TcpListener, signal};
use tracing_subscriber::{EnvFilter, fmt, prelude::*};

#[derive(Parser)]
#[command(
    name = "gameforge-cloud",
    version,
    about = "The cloud that GameForge Studios sync with"
)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Runs the service until it is asked to stop; requests that are on their way are answered first
    Serve,
    /// Brings the database's tables up to this version; safe while an older version runs
    Migrate,
    /// Says what is wrong with the configuration, in words
    CheckConfig,
    /// Prints the OpenAPI document
    Openapi,
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    match run(arguments.command) {
        Ok(code) => code,
        Err(error) => {
            eprintln!("gameforge-cloud: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(command: Command) -> Result<ExitCode> {
    if matches!(command, Command::Openapi) {
        println!(
            "{}",
            serde_json::to_string_pretty(&gameforge_cloud::openapi())?
        );
        return Ok(ExitCode::SUCCESS);
    }
    let config = match Config::values()
        .map_err(|fault| vec![fault])
        .and_then(|values| Config::read(&values))
    {
        Ok(config) => config,
        Err(faults) => {
            for fault in faults {
                eprintln!("{fault}");
            }
            return Ok(ExitCode::from(2));
        }
    };
    // Two crypto libraries may be linked; this one is meant. It fails only when it was chosen already.
    let _chosen = rustls::crypto::ring::default_provider().install_default();
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()?;
    runtime.block_on(async {
        match command {
            Command::Serve => serve(config).await?,
            Command::Migrate => store::migrate(&config.owner_url)
                .await
                .context("migrating")?,
            Command::CheckConfig => println!(
                "Nothing is wrong with the configuration ({}).",
                config.database_shown()
            ),
            Command::Openapi => {}
        }
        Ok(ExitCode::SUCCESS)
    })
}

async fn serve(config: Config) -> Result<()> {
    tracing_subscriber::registry()
        .with(EnvFilter::try_from_env("GAMEFORGE_LOG").unwrap_or_else(|_| EnvFilter::new("info")))
        .with(fmt::layer().json())
        .init();
    let listener = TcpListener::bind(config.listen)
        .await
        .with_context(|| format!("listening on {}", config.listen))?;
    let app = App::new(config, Clock::default())?;
    tracing::info!(address = %listener.local_addr()?, "listening");
    axum::serve(
        listener,
        gameforge_cloud::service(app).into_make_service_with_connect_info::<SocketAddr>(),
    )
    .with_graceful_shutdown(asked_to_stop())
    .await?;
    Ok(())
}

/// Ends with Ctrl+C or, where there is such a thing, SIGTERM.
async fn asked_to_stop() {
    #[cfg(unix)]
    {
        let Ok(mut terminate) = signal::unix::signal(signal::unix::SignalKind::terminate()) else {
            return signal::ctrl_c().await.unwrap_or_default();
        };
        tokio::select! {
            _ = terminate.recv() => {}
            _ = signal::ctrl_c() => {}
        }
    }
    #[cfg(not(unix))]
    signal::ctrl_c().await.unwrap_or_default();
}
