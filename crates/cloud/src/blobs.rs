//! Objects: what is too large for the database. A folder, a bucket by the S3 protocol, or a container of Azure Blob
//! Storage; keys are paths with slashes. What an object means is known by the rows that name it, not here.

use crate::{Error, Result, config::Storage};
use bytes::Bytes;
use futures_util::{StreamExt, TryStreamExt, stream::BoxStream};
use object_store::{
    BackoffConfig, ClientOptions, ObjectMeta, ObjectStore, ObjectStoreExt, PutPayload, RetryConfig,
    aws::{AmazonS3Builder, AmazonS3ConfigKey},
    azure::MicrosoftAzureBuilder,
    buffered::BufWriter,
    local::LocalFileSystem,
    path::Path as Key,
};
use secrecy::ExposeSecret;
use std::{io, path::Path, sync::Arc, time::Duration};
use tokio::{
    fs::File,
    io::{AsyncReadExt, AsyncWriteExt},
};

/// How long a connection to the storage may take to stand.
const CONNECT: Duration = Duration::from_secs(3);
/// How long a request to it may take; a large object takes many.
const REQUEST: Duration = Duration::from_secs(30);
/// How long a failing request is tried again: less than a person waits for an answer.
const RETRY: Duration = Duration::from_secs(8);
/// Bytes read of a file at a time.
const PIECE: usize = 1 << 20;

/// The storage.
#[derive(Debug, Clone)]
pub struct Blobs {
    store: Arc<dyn ObjectStore>,
}

impl Blobs {
    /// The configured one. Only the folder is touched; the others are asked when they are needed.
    ///
    /// # Errors
    /// When the folder cannot be made, or an address or key cannot be used.
    pub fn new(storage: &Storage) -> Result<Self> {
        // Two crypto libraries may be linked; this one is meant. It fails only when it was chosen already.
        let _chosen = rustls::crypto::ring::default_provider().install_default();
        let options = ClientOptions::new()
            .with_connect_timeout(CONNECT)
            .with_timeout(REQUEST);
        let retry = RetryConfig {
            backoff: BackoffConfig::default(),
            max_retries: 3,
            retry_timeout: RETRY,
        };
        let store: Arc<dyn ObjectStore> = match storage {
            Storage::Folder(folder) => {
                std::fs::create_dir_all(folder).map_err(Error::BlobFolder)?;
                Arc::new(LocalFileSystem::new_with_prefix(folder)?)
            }
            Storage::S3 {
                bucket,
                endpoint,
                region,
                key,
                secret,
            } => {
                let mut builder = AmazonS3Builder::new()
                    .with_bucket_name(bucket)
                    .with_region(region)
                    .with_access_key_id(key)
                    .with_secret_access_key(secret.expose_secret())
                    // Objects go one at a time, and not every storage that speaks S3 knows how to remove many at once.
                    .with_config(AmazonS3ConfigKey::DisableBulkDelete, "true")
                    .with_client_options(options)
                    .with_retry(retry);
                if let Some(endpoint) = endpoint {
                    builder = builder
                        .with_endpoint(endpoint.as_str().trim_end_matches('/'))
                        .with_allow_http(endpoint.scheme() == "http");
                }
                Arc::new(builder.build()?)
            }
            Storage::Azure {
                account,
                key,
                container,
                endpoint,
            } => {
                let mut builder = MicrosoftAzureBuilder::new()
                    .with_account(account)
                    .with_access_key(key.expose_secret())
                    .with_container_name(container)
                    .with_client_options(options)
                    .with_retry(retry);
                if let Some(endpoint) = endpoint {
                    builder = builder
                        .with_endpoint(endpoint.as_str().trim_end_matches('/').to_owned())
                        .with_allow_http(endpoint.scheme() == "http");
                }
                Arc::new(builder.build()?)
            }
        };
        Ok(Self { store })
    }

    /// Puts a file under a key, in pieces; its size in bytes. What was there before is replaced once all is written.
    ///
    /// # Errors
    /// When the file cannot be read, or the storage is away or full.
    pub async fn put_file(&self, key: &str, file: &Path) -> Result<u64> {
        let mut from = File::open(file).await.map_err(Error::BlobFolder)?;
        let mut to = BufWriter::new(self.store.clone(), Key::from(key));
        let mut piece = vec![0; PIECE];
        let mut size = 0_u64;
        loop {
            let read = from.read(&mut piece).await.map_err(Error::BlobFolder)?;
            if read == 0 {
                break;
            }
            size += read as u64;
            to.put(Bytes::copy_from_slice(&piece[..read])).await?;
        }
        to.shutdown().await.map_err(unpacked)?;
        Ok(size)
    }

    /// An object's size and its bytes, as they come; none when it is not there. A transfer that breaks off ends with an
    /// error, never with fewer bytes.
    ///
    /// # Errors
    /// When the storage is away, or its bucket or container is.
    pub async fn read(&self, key: &str) -> Result<Option<Bytewise>> {
        match self.store.get(&Key::from(key)).await {
            Ok(found) => Ok(Some((found.meta.size, found.into_stream()))),
            Err(error) if is_absent(&error) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    /// Removes an object. One that is not there is no error: it is gone.
    ///
    /// # Errors
    /// When the storage is away, or its bucket or container is.
    pub async fn delete(&self, key: &str) -> Result<()> {
        match self.store.delete(&Key::from(key)).await {
            Ok(()) => Ok(()),
            Err(error) if is_absent(&error) => Ok(()),
            Err(error) => Err(error.into()),
        }
    }

    /// All objects below a prefix, in no order; of all when there is none.
    pub fn list(&self, prefix: Option<&str>) -> BoxStream<'static, Result<ObjectMeta>> {
        self.store
            .list(prefix.map(Key::from).as_ref())
            .map_err(Error::from)
            .boxed()
    }

    /// Size of an object; none when there is none, nor a bucket or container: the question has no answer with words.
    ///
    /// # Errors
    /// When the storage is away.
    pub async fn size(&self, key: &str) -> Result<Option<u64>> {
        match self.store.head(&Key::from(key)).await {
            Ok(found) => Ok(Some(found.size)),
            Err(object_store::Error::NotFound { .. }) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    /// Whether it takes what is written and gives it back: writes and removes an object of one's own.
    ///
    /// # Errors
    /// When it does not: it is away, full, or refuses.
    pub async fn probe(&self, name: &str) -> Result<()> {
        let key = Key::from(format!("probe/{name}"));
        self.store
            .put(&key, PutPayload::from_static(b"gameforge"))
            .await?;
        self.store.get(&key).await?.bytes().await?;
        self.delete(key.as_ref()).await
    }
}

/// The size of an object, and its bytes as they come.
pub type Bytewise = (u64, BoxStream<'static, object_store::Result<Bytes>>);

/// Whether the object is not there. A bucket or container that is not there answers 404 as well; then the storage is
/// lost, which must not look as if the object were.
fn is_absent(error: &object_store::Error) -> bool {
    let object_store::Error::NotFound { source, .. } = error else {
        return false;
    };
    let words = source.to_string();
    !NO_PLACE.iter().any(|code| words.contains(code))
}

/// What S3 and Azure say when the bucket or container is not there.
const NO_PLACE: [&str; 2] = ["NoSuchBucket", "ContainerNotFound"];

/// What a writer says at its end, as the storage said it.
fn unpacked(error: io::Error) -> Error {
    match error.downcast::<object_store::Error>() {
        Ok(error) => Error::Storage(error),
        Err(error) => Error::BlobFolder(error),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_file_comes_back_and_goes() {
        let folder = tempfile::tempdir().expect("a folder");
        let blobs = Blobs::new(&Storage::Folder(folder.path().join("blobs"))).expect("a storage");
        let file = folder.path().join("a.zip");
        let bytes: Vec<u8> = (0..3_000_000_u32).map(|at| (at % 251) as u8).collect();
        std::fs::write(&file, &bytes).expect("a file");
        let size = blobs
            .put_file("exports/a.zip", &file)
            .await
            .expect("written");
        assert_eq!(size, bytes.len() as u64);
        let read = blobs.read("exports/a.zip").await.expect("asked");
        let (told, stream) = read.expect("there");
        let back: Vec<Bytes> = stream.try_collect().await.expect("readable");
        assert_eq!((told, back.concat()), (size, bytes));
        assert_eq!(
            blobs.size("exports/a.zip").await.expect("asked"),
            Some(size)
        );
        let listed: Vec<ObjectMeta> = blobs.list(None).try_collect().await.expect("listed");
        assert_eq!(listed.len(), 1);
        blobs.delete("exports/a.zip").await.expect("gone");
        blobs.delete("exports/a.zip").await.expect("gone already");
        assert_eq!(blobs.size("exports/a.zip").await.expect("asked"), None);
        blobs.probe("me").await.expect("it works");
        assert!(
            blobs.list(None).next().await.is_none(),
            "the probe leaves nothing"
        );
    }

    #[test]
    fn an_object_that_is_gone_and_a_bucket_that_is_gone_are_two_things() {
        let missing = |code: &str| object_store::Error::NotFound {
            path: "a".to_owned(),
            source: format!("404 Not Found: <Code>{code}</Code>").into(),
        };
        assert!(is_absent(&missing("NoSuchKey")) && is_absent(&missing("BlobNotFound")));
        assert!(!is_absent(&missing("NoSuchBucket")) && !is_absent(&missing("ContainerNotFound")));
    }

    #[tokio::test]
    async fn a_storage_that_is_away_says_so_in_time() {
        let storage = Storage::S3 {
            bucket: "b".to_owned(),
            // The discard port: nobody listens there.
            endpoint: Some("http://127.0.0.1:9".parse().expect("an address")),
            region: "eu-central-1".to_owned(),
            key: "k".to_owned(),
            secret: "s".to_owned().into(),
        };
        let blobs = Blobs::new(&storage).expect("nothing is asked yet");
        let error = blobs.probe("me").await.expect_err("nobody is there");
        assert_eq!(
            error.code(),
            gameforge_wire::cloud::ProblemCode::Unavailable
        );
    }
}
