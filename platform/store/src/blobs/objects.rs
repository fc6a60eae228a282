//! Blobs in an S3-compatible storage: `PREFIX/TENANT/ab/abcdef…`.
//!
//! Invariant: an object with a blob's name is complete: the storage makes an object visible as a
//! whole, and what is streamed gets its name by a copy at the end.

use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use futures_util::stream::BoxStream;
use futures_util::{Stream, StreamExt as _, TryStreamExt as _, stream};
use jiff::Timestamp;
use object_store::aws::{AmazonS3, AmazonS3Builder};
use object_store::path::Path;
use object_store::{BackoffConfig, ClientOptions, ObjectStore as _, ObjectStoreExt as _, RetryConfig, WriteMultipart};
use sha2::{Digest, Sha256};

use super::{BlobId, BlobStream, Listed, hex};
use crate::{Error, Result, TenantId};

/// Where an S3-compatible storage is, and who we are there.
#[derive(Clone)]
pub struct S3 {
    /// `https://s3.example.org`
    pub endpoint: String,
    /// Its region; many storages take any.
    pub region: String,
    /// The bucket; it must exist.
    pub bucket: String,
    /// What the names of all objects begin with; may be empty.
    pub prefix: String,
    /// The key's name.
    pub access_key: String,
    /// The key.
    pub secret_key: String,
}

impl std::fmt::Debug for S3 {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("S3").field("endpoint", &self.endpoint).field("bucket", &self.bucket).finish_non_exhaustive()
    }
}

/// How many uploads of one call run at once.
const AT_ONCE: usize = 16;
/// What is smaller is sent in one request.
const LARGE: usize = 8 * 1024 * 1024;

#[derive(Debug)]
pub(super) struct Objects {
    bucket: Arc<AmazonS3>,
    prefix: String,
}

impl Objects {
    pub fn connect(s3: &S3) -> Result<Objects> {
        Ok(Objects { bucket: Arc::new(connect(s3)?), prefix: s3.prefix.trim_matches('/').to_owned() })
    }

    pub async fn put_many(&self, tenant: &TenantId, blobs: Vec<Bytes>) -> Result<Vec<BlobId>> {
        // The same bytes again give the same object: no need to ask whether it is there.
        let uploads = blobs.into_iter().map(|bytes| async move {
            let id = BlobId::of(&bytes);
            self.bucket.put(&self.path(tenant, &id), bytes.into()).await?;
            Ok::<_, Error>(id)
        });
        stream::iter(uploads).buffered(AT_ONCE).try_collect().await
    }

    pub async fn put_stream<S, E>(&self, tenant: &TenantId, stream: S) -> Result<(BlobId, u64), E>
    where
        S: Stream<Item = Result<Bytes, E>> + Send,
        E: From<Error>,
    {
        let mut stream = pin!(stream);
        let mut start = BytesMut::new();
        while start.len() < LARGE {
            match stream.next().await {
                Some(bytes) => start.extend_from_slice(&bytes?),
                None => {
                    let size = start.len() as u64;
                    let ids = self.put_many(tenant, vec![start.freeze()]).await?;
                    return Ok((ids.into_iter().next().expect("as many names as blobs"), size));
                }
            }
        }
        let draft = self.folder(tenant).join("new").join(uuid::Uuid::new_v4().to_string());
        let failed = |error: object_store::Error| E::from(Error::from(error));
        let mut upload = WriteMultipart::new(self.bucket.put_multipart(&draft).await.map_err(failed)?);
        let (mut hasher, mut size) = (Sha256::new(), 0);
        let mut next = Some(Ok(start.freeze()));
        while let Some(bytes) = next {
            let bytes = match bytes {
                Ok(bytes) => bytes,
                Err(error) => {
                    // The caller's error counts; parts that stay behind are removed by the bucket's rules.
                    let _ = upload.abort().await;
                    return Err(error);
                }
            };
            size += bytes.len() as u64;
            hasher.update(&bytes);
            upload.wait_for_capacity(4).await.map_err(failed)?;
            upload.put(bytes);
            next = stream.next().await;
        }
        upload.finish().await.map_err(failed)?;
        let id = BlobId(hex(&hasher.finalize()));
        self.bucket.copy(&draft, &self.path(tenant, &id)).await.map_err(failed)?;
        self.bucket.delete(&draft).await.map_err(failed)?;
        Ok((id, size))
    }

    pub async fn get(&self, tenant: &TenantId, id: &BlobId) -> Result<Bytes> {
        let found = self.bucket.get(&self.path(tenant, id)).await.map_err(|error| missing(id, error))?;
        Ok(found.bytes().await?)
    }

    pub async fn open(&self, tenant: &TenantId, id: &BlobId) -> Result<(u64, BlobStream)> {
        let found = self.bucket.get(&self.path(tenant, id)).await.map_err(|error| missing(id, error))?;
        Ok((found.meta.size, found.into_stream().map_err(Error::from).boxed()))
    }

    pub async fn contains(&self, tenant: &TenantId, id: &BlobId) -> Result<bool> {
        match self.bucket.head(&self.path(tenant, id)).await {
            Ok(_) => Ok(true),
            Err(object_store::Error::NotFound { .. }) => Ok(false),
            Err(error) => Err(error.into()),
        }
    }

    pub async fn ping(&self) -> Result<()> {
        match self.bucket.head(&Path::from("ping")).await {
            Ok(_) | Err(object_store::Error::NotFound { .. }) => Ok(()),
            Err(error) => Err(error.into()),
        }
    }

    pub fn list(&self, tenant: &TenantId) -> BoxStream<'static, Result<Listed>> {
        self.bucket
            .list(Some(&self.folder(tenant)))
            .map_err(Error::from)
            .try_filter_map(|found| async move {
                let id = found.location.filename().and_then(|name| name.parse().ok());
                let modified_at = Timestamp::from_microsecond(found.last_modified.timestamp_micros());
                Ok(id.map(|id| Listed {
                    id,
                    modified_at: modified_at.unwrap_or(Timestamp::UNIX_EPOCH),
                    size: found.size,
                }))
            })
            .boxed()
    }

    pub async fn remove(&self, tenant: &TenantId, id: &BlobId) -> Result<()> {
        match self.bucket.delete(&self.path(tenant, id)).await {
            Err(object_store::Error::NotFound { .. }) | Ok(()) => Ok(()),
            Err(error) => Err(error.into()),
        }
    }

    fn folder(&self, tenant: &TenantId) -> Path {
        match self.prefix.as_str() {
            "" => Path::from(tenant.as_str()),
            prefix => Path::from(format!("{prefix}/{tenant}")),
        }
    }

    fn path(&self, tenant: &TenantId, id: &BlobId) -> Path {
        self.folder(tenant).join(&id.as_str()[..2]).join(id.as_str())
    }
}

/// Gets ready to talk to a bucket.
pub(crate) fn connect(s3: &S3) -> Result<AmazonS3> {
    connect_with(s3, 5)
}

/// The same, with so many repetitions of a request that fails.
pub(crate) fn connect_with(s3: &S3, max_retries: usize) -> Result<AmazonS3> {
    // All TLS of the program is by one library. Where it is installed already, this does nothing.
    let _ = rustls::crypto::ring::default_provider().install_default();
    Ok(AmazonS3Builder::new()
        .with_endpoint(&s3.endpoint)
        .with_region(&s3.region)
        .with_bucket_name(&s3.bucket)
        .with_access_key_id(&s3.access_key)
        .with_secret_access_key(&s3.secret_key)
        .with_allow_http(s3.endpoint.starts_with("http://"))
        .with_virtual_hosted_style_request(false)
        .with_client_options(
            ClientOptions::new()
                .with_allow_http(s3.endpoint.starts_with("http://"))
                .with_connect_timeout(Duration::from_secs(5))
                .with_timeout(Duration::from_secs(30)),
        )
        .with_retry(RetryConfig {
            backoff: BackoffConfig {
                init_backoff: Duration::from_millis(100),
                max_backoff: Duration::from_secs(5),
                base: 2.0,
            },
            max_retries,
            retry_timeout: Duration::from_secs(60),
        })
        .build()?)
}

fn missing(id: &BlobId, error: object_store::Error) -> Error {
    match error {
        object_store::Error::NotFound { .. } => Error::NoBlob(id.clone()),
        error => error.into(),
    }
}
