//! Files of the cloud that are larger than an answer: read part by part, never held as a whole. Where the parts are put
//! is the caller's business.

use crate::{
    Client, Error, Result,
    client::{MOST_ANSWER, NOTHING},
};
use reqwest::{Method, Response};
use std::time::Duration;
use tokio::time::timeout;

/// For all of a file: 10 GiB over 4 Mbit/s. A connection that stands still is given up long before.
const MOST_DOWNLOAD: Duration = Duration::from_hours(6);

/// A file on its way.
pub struct Download {
    answer: Response,
    size: Option<u64>,
    came: u64,
}

impl Client {
    pub(crate) async fn download(&self, path: &str) -> Result<Download> {
        let answer = self
            .signed_raw(Method::GET, path, &[], NOTHING, MOST_DOWNLOAD)
            .await?;
        Ok(Download {
            size: answer.content_length(),
            came: 0,
            answer,
        })
    }
}

impl Download {
    /// In bytes, where the cloud said it.
    #[must_use]
    pub const fn size(&self) -> Option<u64> {
        self.size
    }

    /// The next bytes; none at the end of a file that came whole.
    ///
    /// # Errors
    /// When the connection breaks, nothing comes for half a minute, or the file ends before its size.
    pub async fn next(&mut self) -> Result<Option<Vec<u8>>> {
        let part = timeout(MOST_ANSWER, self.answer.chunk())
            .await
            .map_err(Error::offline)?
            .map_err(Error::offline)?;
        match part {
            Some(part) => {
                self.came += part.len() as u64;
                Ok(Some(part.to_vec()))
            }
            None if self.size.is_some_and(|size| size != self.came) => {
                Err(Error::offline("the file ended before its size"))
            }
            None => Ok(None),
        }
    }
}
