//! An S3 server over a folder.

use crate::PLACE;
use anyhow::{Result, anyhow};
use axum::{
    Router,
    body::Body,
    http::{Request, StatusCode},
    response::{IntoResponse, Response},
};
use s3s::{auth::SimpleAuth, service::S3ServiceBuilder};
use std::{net::SocketAddr, path::Path};
use tokio::net::TcpListener;
use tower::ServiceExt;

/// Its only access key.
pub const KEY: &str = "the-key";
/// The secret of [`KEY`].
pub const SECRET: &str = "the secret of the key";

/// Starts one on a free port, with an empty bucket; it ends with the runtime that it was started on.
pub async fn start(folder: &Path) -> Result<SocketAddr> {
    std::fs::create_dir(folder.join(PLACE))?;
    let files = s3s_fs::FileSystem::new(folder)
        .map_err(|error| anyhow!("the server's folder: {error:?}"))?;
    let mut builder = S3ServiceBuilder::new(files);
    builder.set_auth(SimpleAuth::from_single(KEY, SECRET));
    let service = builder.build();
    let answer = move |request: Request<Body>| {
        let service = service.clone();
        async move {
            // S3 refuses this; the server over a folder would make the bucket instead.
            let bucket = request.uri().path().split('/').nth(1).unwrap_or_default();
            if bucket != PLACE {
                return no_such_bucket();
            }
            match service.oneshot(request).await {
                Ok(response) => response.map(Body::new),
                Err(error) => {
                    (StatusCode::INTERNAL_SERVER_ERROR, format!("{error:?}")).into_response()
                }
            }
        }
    };
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let address = listener.local_addr()?;
    tokio::spawn(async move { axum::serve(listener, Router::new().fallback(answer)).await });
    Ok(address)
}

fn no_such_bucket() -> Response {
    (
        StatusCode::NOT_FOUND,
        [("content-type", "application/xml")],
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
         <Error><Code>NoSuchBucket</Code><Message>The specified bucket does not exist</Message></Error>",
    )
        .into_response()
}
