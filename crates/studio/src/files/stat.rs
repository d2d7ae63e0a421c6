//! What the system says of a file without reading it: enough to see that it has not changed, and to follow a rename.

use std::{fs::Metadata, time::UNIX_EPOCH};

/// Size, time and identity of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Stat {
    pub size: u64,
    /// Last change, in nanoseconds since 1970; before that it is negative.
    pub mtime_ns: i64,
    /// Device and inode, where the system has them.
    pub file_id: Option<Vec<u8>>,
}

impl Stat {
    pub fn of(metadata: &Metadata) -> Self {
        Self {
            size: metadata.len(),
            mtime_ns: mtime_ns(metadata),
            file_id: file_id(metadata),
        }
    }

    /// The file's own time, for people.
    pub const fn modified_ms(&self) -> i64 {
        self.mtime_ns.div_euclid(1_000_000)
    }
}

fn mtime_ns(metadata: &Metadata) -> i64 {
    let Ok(time) = metadata.modified() else {
        return 0;
    };
    match time.duration_since(UNIX_EPOCH) {
        Ok(since) => i64::try_from(since.as_nanos()).unwrap_or(i64::MAX),
        Err(before) => {
            i64::try_from(before.duration().as_nanos()).map_or(i64::MIN, |nanoseconds| -nanoseconds)
        }
    }
}

#[cfg(unix)]
fn file_id(metadata: &Metadata) -> Option<Vec<u8>> {
    use std::os::unix::fs::MetadataExt;
    Some([metadata.dev().to_be_bytes(), metadata.ino().to_be_bytes()].concat())
}

#[cfg(not(unix))]
fn file_id(_: &Metadata) -> Option<Vec<u8>> {
    None
}
