//! `content://`: the bytes of an asset's file, and of files beside it.

use super::{
    Asked,
    range::{Part, part},
    reply::{Keep, Reply},
};
use crate::state::{Answer, answer};
use gameforge_wire::{ErrorCode, Failure};
use std::io::{self, SeekFrom};
use tokio::{
    fs::File,
    io::{AsyncReadExt, AsyncSeekExt},
};

/// A file is handed to the page in one piece up to this many bytes; beyond it, by ranges.
const WHOLE: u64 = 512 << 20;

pub async fn file(asked: Asked) -> Answer<Reply> {
    if let Some(relative) = asked.address.rest.strip_prefix("sibling/") {
        let sibling = asked.library.sibling(asked.address.asset, relative).await;
        let (bytes, mime) = answer(sibling)?;
        return Ok(Reply::whole(bytes, mime, Keep::Not));
    }
    let file = answer(asked.library.content(asked.address.asset).await)?;
    let mime = file.format.mime();
    let read = read(&file.path, asked.range.as_deref(), mime).await;
    read.map_err(|error| {
        let code = match error.kind() {
            io::ErrorKind::NotFound => ErrorCode::NotFound,
            _ => ErrorCode::Unreadable,
        };
        Failure::new(code, format!("“{}”: {error}.", file.path.display()))
    })
}

async fn read(
    path: &std::path::Path,
    range: Option<&str>,
    mime: &'static str,
) -> io::Result<Reply> {
    let mut file = File::open(path).await?;
    let size = file.metadata().await?.len();
    match part(range, size) {
        Part::Whole if size > WHOLE => Ok(Reply::too_large(size)),
        Part::Whole => {
            let mut bytes = Vec::new();
            // The file may grow while it is read; what is read may not.
            file.take(WHOLE).read_to_end(&mut bytes).await?;
            Ok(Reply::whole(bytes, mime, Keep::Not))
        }
        Part::Stretch { first, last } if last - first >= WHOLE => Ok(Reply::too_large(size)),
        Part::Stretch { first, last } => {
            file.seek(SeekFrom::Start(first)).await?;
            let mut bytes = Vec::new();
            file.take(last - first + 1).read_to_end(&mut bytes).await?;
            Ok(Reply::stretch(bytes, mime, first, size))
        }
        Part::Outside => Ok(Reply::outside(size)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn given(range: Option<&str>) -> Reply {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("loop.wav");
        std::fs::write(&path, b"0123456789").unwrap();
        read(&path, range, "audio/wav").await.unwrap()
    }

    #[tokio::test]
    async fn a_range_gives_its_bytes_and_says_of_how_many() {
        let response = given(Some("bytes=2-4")).await.into_response(None);
        assert_eq!(response.status(), 206);
        assert_eq!(response.headers()["content-range"], "bytes 2-4/10");
        assert_eq!(response.body().as_ref(), b"234");
    }

    #[tokio::test]
    async fn without_a_range_the_whole_file_comes() {
        let response = given(None).await.into_response(None);
        assert_eq!(
            (response.status().as_u16(), response.body().len()),
            (200, 10)
        );
        assert_eq!(response.headers()["content-type"], "audio/wav");
    }

    #[tokio::test]
    async fn a_range_beyond_the_end_is_416() {
        let response = given(Some("bytes=10-")).await.into_response(None);
        assert_eq!(response.status(), 416);
        assert_eq!(response.headers()["content-range"], "bytes */10");
    }
}
