//! Object storages for tests, each a real server of its protocol: a folder, `s3s-fs` for S3, Azurite for Azure Blob
//! Storage. The last two are reached over a wire that can be cut.

mod azurite;
mod bucket;
mod wire;

pub use azurite::{ACCOUNT as AZURE_ACCOUNT, OTHER_KEY as AZURE_OTHER_KEY};
pub use wire::Wire;

use anyhow::Result;
use azurite::Azurite;
use std::{fs, io, net::SocketAddr, path::PathBuf};

/// The bucket or container.
pub const PLACE: &str = "gameforge";

/// Which protocol.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// None: files in a folder.
    Folder,
    /// Amazon's, spoken by `s3s-fs`.
    S3,
    /// Microsoft's, spoken by Azurite.
    Azure,
}

/// A storage that runs. It ends when this is dropped.
#[derive(Debug)]
pub struct Store {
    /// Which protocol it speaks.
    pub kind: Kind,
    folder: tempfile::TempDir,
    /// Where the server itself listens.
    real: Option<SocketAddr>,
    /// Where the service reaches it, while it is reached.
    wire: Option<Wire>,
    address: Option<SocketAddr>,
    _azurite: Option<Azurite>,
}

impl Store {
    /// Starts one, with an empty bucket or container.
    ///
    /// # Errors
    /// When its server does not start.
    pub async fn start(kind: Kind) -> Result<Self> {
        let folder = tempfile::tempdir()?;
        let mut azurite = None;
        let real = match kind {
            Kind::Folder => {
                fs::create_dir(folder.path().join(PLACE))?;
                None
            }
            Kind::S3 => Some(bucket::start(folder.path()).await?),
            Kind::Azure => {
                let started = Azurite::start(folder.path()).await?;
                let address = started.address;
                azurite = Some(started);
                Some(address)
            }
        };
        let wire = match real {
            Some(real) => Some(Wire::lay(real.to_string(), None).await?),
            None => None,
        };
        Ok(Self {
            kind,
            folder,
            real,
            address: wire.as_ref().map(|wire| wire.address),
            wire,
            _azurite: azurite,
        })
    }

    /// What the service is told: names without their `GAMEFORGE_`, and values.
    #[must_use]
    pub fn settings(&self) -> Vec<(&'static str, String)> {
        let endpoint = self.address.map(|address| format!("http://{address}"));
        let endpoint = endpoint.unwrap_or_default();
        match self.kind {
            Kind::Folder => vec![
                ("STORAGE", "folder".to_owned()),
                ("STORAGE_FOLDER", self.place().display().to_string()),
            ],
            Kind::S3 => vec![
                ("STORAGE", "s3".to_owned()),
                ("S3_ENDPOINT", endpoint),
                ("S3_REGION", "us-east-1".to_owned()),
                ("S3_BUCKET", PLACE.to_owned()),
                ("S3_KEY", bucket::KEY.to_owned()),
                ("S3_SECRET", bucket::SECRET.to_owned()),
            ],
            Kind::Azure => vec![
                ("STORAGE", "azure".to_owned()),
                ("AZURE_ENDPOINT", format!("{endpoint}/{}", azurite::ACCOUNT)),
                ("AZURE_ACCOUNT", azurite::ACCOUNT.to_owned()),
                ("AZURE_KEY", azurite::KEY.to_owned()),
                ("AZURE_CONTAINER", PLACE.to_owned()),
            ],
        }
    }

    /// Takes it away: connections break, nobody answers.
    ///
    /// # Errors
    /// When its folder cannot be moved aside.
    pub async fn lose(&mut self) -> io::Result<()> {
        if let Some(wire) = self.wire.take() {
            wire.cut().await;
            return Ok(());
        }
        fs::rename(self.place(), self.aside())?;
        fs::write(self.place(), b"in the way")
    }

    /// Gives it back, with what was in it.
    ///
    /// # Errors
    /// When its port was taken, or its folder cannot be moved back.
    pub async fn find(&mut self) -> Result<()> {
        if let Some(real) = self.real {
            self.wire = Some(Wire::lay(real.to_string(), self.address).await?);
            return Ok(());
        }
        fs::remove_file(self.place())?;
        Ok(fs::rename(self.aside(), self.place())?)
    }

    /// The folder that is the bucket.
    #[must_use]
    pub fn place(&self) -> PathBuf {
        self.folder.path().join(PLACE)
    }

    /// Whether these bytes lie in a file that the server keeps; each of the servers writes an object as it is.
    ///
    /// # Errors
    /// When its files cannot be read.
    pub fn keeps(&self, bytes: &[u8]) -> io::Result<bool> {
        let mut folders = vec![self.folder.path().to_owned()];
        while let Some(folder) = folders.pop() {
            for entry in fs::read_dir(folder)? {
                let path = entry?.path();
                if path.is_dir() {
                    folders.push(path);
                } else if fs::read(&path)?
                    .windows(bytes.len())
                    .any(|some| some == bytes)
                {
                    return Ok(true);
                }
            }
        }
        Ok(false)
    }

    fn aside(&self) -> PathBuf {
        self.folder.path().join("aside")
    }
}
