//! The service from its start to its end: requests, jobs, live connections, measurements.

use anyhow::{Context, Result};
use gameforge_cloud::{
    App, Config, clock::Clock, http, identity::follow, jobs::Worker, live, metrics,
};
use std::time::Duration;
use tokio::{net::TcpListener, signal, sync::watch, time};

/// How long requests and jobs that are on their way may take once the service is asked to stop. Orchestrators wait for
/// 30 s by themselves.
const LAST: Duration = Duration::from_secs(25);

/// `serve`: until it is asked to stop.
///
/// # Errors
/// When an address cannot be listened on, or the configuration's parts do not fit.
pub async fn serve(config: Config) -> Result<()> {
    let listener = TcpListener::bind(config.listen)
        .await
        .with_context(|| format!("listening on {}", config.listen))?;
    let app = App::new(config, Clock::default())?;
    run(app, listener).await
}

/// Runs the service on a listener until it is asked to stop.
///
/// # Errors
/// When the measurements' address cannot be listened on.
pub async fn run(app: App, listener: TcpListener) -> Result<()> {
    let (stop, stopped) = watch::channel(false);
    let measurements = match app.config.metrics_listen {
        Some(address) => {
            let listener = TcpListener::bind(address)
                .await
                .with_context(|| format!("listening on {address}"))?;
            let router = metrics::router(app.clone());
            let until = until(stopped.clone());
            Some(tokio::spawn(async move {
                axum::serve(listener, router)
                    .with_graceful_shutdown(until)
                    .await
            }))
        }
        None => None,
    };
    // What was signed out before this start is known before the first request; without a database, soon after.
    if let Err(error) = follow::load(&app).await {
        tracing::warn!(%error, "the list of signed-out devices is read later");
    }
    let following = tokio::spawn(follow::follow(app.clone()));
    let worker = Worker::start(app.clone());
    let live = live::Running::start(app.clone());
    tracing::info!(address = %listener.local_addr()?, name = %app.name, "listening");
    let serving = tokio::spawn(http::serve(
        listener,
        gameforge_cloud::service(app.clone()),
        app.config.request_life,
        until(stopped),
    ));
    asked_to_stop().await;
    tracing::info!("asked to stop; what is on its way is ended first");
    stop.send(true).unwrap_or_default();
    let ending = async {
        // Live connections end by themselves never; the others do.
        live.stop().await;
        worker.stop().await;
        serving.await.context("the requests")?;
        if let Some(measurements) = measurements {
            measurements.await.context("the measurements")??;
        }
        anyhow::Ok(())
    };
    match time::timeout(LAST, ending).await {
        Ok(ended) => ended?,
        Err(_) => tracing::warn!(
            "not all ended in {} s; jobs are taken up again by another copy or the next start",
            LAST.as_secs()
        ),
    }
    following.abort();
    app.store.pool().close().await;
    tracing::info!("stopped");
    Ok(())
}

async fn until(mut stopped: watch::Receiver<bool>) {
    // An error means that the sender is gone, which is an end, too.
    stopped
        .wait_for(|stopped| *stopped)
        .await
        .map(|_| ())
        .unwrap_or_default();
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
