//! Connections. axum's own loop waits for a request's head for ever; this one does not: a client that sends nothing, or
//! its head byte by byte, is let go.

use axum::{Router, body::Body, extract::ConnectInfo, http::Request};
use hyper::body::Incoming;
use hyper_util::{
    rt::{TokioExecutor, TokioIo, TokioTimer},
    server::{conn::auto::Builder, graceful::GracefulShutdown},
    service::TowerToHyperService,
};
use std::{
    future::Future,
    pin::pin,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};
use tokio::{
    net::{TcpListener, TcpStream},
    time,
};
use tower::{ServiceExt, service_fn};

/// After a connection that could not be accepted, for example because there are no file handles left.
const PAUSE: Duration = Duration::from_millis(200);

/// Serves until `stop`; then takes no connection more, and ends when the requests on their way are answered. A request's
/// head may take `patience`, and so may the silence between two requests of a connection.
pub async fn serve(
    listener: TcpListener,
    routes: Router,
    patience: Duration,
    stop: impl Future<Output = ()>,
) {
    let mut builder = Builder::new(TokioExecutor::new());
    builder
        .http1()
        .timer(TokioTimer::new())
        .header_read_timeout(patience);
    builder
        .http2()
        .timer(TokioTimer::new())
        .keep_alive_interval(patience)
        .enable_connect_protocol();
    let (builder, graceful) = (Arc::new(builder), GracefulShutdown::new());
    let mut stop = pin!(stop);
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            () = &mut stop => break,
        };
        match accepted {
            Ok((stream, peer)) => {
                let watcher = graceful.watcher();
                let (builder, routes) = (Arc::clone(&builder), routes.clone());
                tokio::spawn(async move {
                    let began = Arc::new(AtomicBool::new(false));
                    let seen = Arc::clone(&began);
                    let service = service_fn(move |request: Request<Incoming>| {
                        seen.store(true, Ordering::Relaxed);
                        let mut request = request.map(Body::new);
                        request.extensions_mut().insert(ConnectInfo(peer));
                        routes.clone().oneshot(request)
                    });
                    let connection = builder.serve_connection_with_upgrades(
                        plain(stream),
                        TowerToHyperService::new(service),
                    );
                    let mut connection = pin!(watcher.watch(connection.into_owned()));
                    // Which protocol it speaks is read without a limit: that is this one.
                    let first = time::timeout(patience, connection.as_mut()).await;
                    let ended = match first {
                        Ok(ended) => ended,
                        Err(_) if began.load(Ordering::Relaxed) => connection.await,
                        Err(_) => return tracing::debug!(%peer, "a connection said nothing"),
                    };
                    if let Err(error) = ended {
                        tracing::debug!(%peer, %error, "a connection broke off");
                    }
                });
            }
            Err(error) => {
                tracing::warn!(%error, "a connection could not be accepted");
                time::sleep(PAUSE).await;
            }
        }
    }
    drop(listener);
    graceful.shutdown().await;
}

fn plain(stream: TcpStream) -> TokioIo<TcpStream> {
    // Answers are small and written at once; where the system refuses, they are only slower.
    stream.set_nodelay(true).unwrap_or_default();
    TokioIo::new(stream)
}
