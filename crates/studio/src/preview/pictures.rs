//! Preview files: `previews/ab/cdef….jpg` by the content's hash, larger ones with their side in the name. All of them
//! can be made again, so nothing waits for the disk.

use super::{Preview, SIDE};
use crate::files::objects::write_whole;
use std::{
    fs, io,
    path::{Path, PathBuf},
};

const FORMS: [(&str, &str); 2] = [("jpg", "image/jpeg"), ("png", "image/png")];

/// The folder of previews.
#[derive(Debug, Clone)]
pub(crate) struct Pictures {
    root: PathBuf,
}

impl Pictures {
    pub const fn new(root: PathBuf) -> Self {
        Self { root }
    }

    fn path(&self, hash: &blake3::Hash, side: u32, ending: &str) -> PathBuf {
        let hex = hash.to_hex();
        let (folder, name) = hex.split_at(2);
        let size = if side == SIDE {
            String::new()
        } else {
            format!("-{side}")
        };
        self.root
            .join(folder)
            .join(format!("{name}{size}.{ending}"))
    }

    /// The stored picture of a size, if it is there.
    pub fn find(&self, hash: &blake3::Hash, side: u32) -> Option<Preview> {
        FORMS.into_iter().find_map(|(ending, mime)| {
            let bytes = fs::read(self.path(hash, side, ending)).ok()?;
            Some(Preview { bytes, mime })
        })
    }

    /// Where the stored picture is, for `verify`.
    pub fn place(&self, hash: &blake3::Hash) -> Option<PathBuf> {
        FORMS
            .into_iter()
            .map(|(ending, _)| self.path(hash, SIDE, ending))
            .find(|path| path.exists())
    }

    /// Where it would be.
    pub fn expected(&self, hash: &blake3::Hash) -> PathBuf {
        self.path(hash, SIDE, FORMS[0].0)
    }

    /// Stores a picture, in place of one of the other form.
    ///
    /// # Errors
    /// The path beside the system's word.
    pub fn store(
        &self,
        hash: &blake3::Hash,
        side: u32,
        picture: &Preview,
    ) -> Result<(), (PathBuf, io::Error)> {
        for (ending, mime) in FORMS {
            let path = self.path(hash, side, ending);
            if mime == picture.mime {
                write_whole(&path, &picture.bytes).map_err(|error| (path, error))?;
            } else {
                remove(&path);
            }
        }
        Ok(())
    }

    /// Lets a damaged picture go, so that it is made again.
    pub fn forget(&self, hash: &blake3::Hash) {
        for (ending, _) in FORMS {
            remove(&self.path(hash, SIDE, ending));
        }
    }
}

fn remove(path: &Path) {
    // Mostly it is not there.
    let _ = fs::remove_file(path);
}
