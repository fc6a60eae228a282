//! Blobs: documents as received and whatever is too large for a row. Content-addressed per tenant.
//!
//! Put the blob first, then write the row that names it: a blob without a row is swept away after
//! a while, a row without a blob would be a loss.
//!
//! Invariant: what `put` has answered is on disk, and what `get` answers has the hash it is named by.

mod folder;
mod objects;

use std::fmt;
use std::path::PathBuf;
use std::str::FromStr;
use std::sync::Arc;

use bytes::Bytes;
use futures_util::Stream;
use futures_util::stream::BoxStream;
use jiff::Timestamp;
use sha2::{Digest, Sha256};

pub use objects::S3;
pub(crate) use objects::{connect, connect_with};

use crate::{Error, Result, TenantId};

/// The name of a blob: the SHA-256 of its content, in hexadecimal.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct BlobId(String);

/// The content of a blob, piece by piece.
pub type BlobStream = BoxStream<'static, Result<Bytes>>;

/// The blobs of all tenants. Clones are the same store.
#[derive(Clone, Debug)]
pub struct Blobs {
    place: Arc<Place>,
}

#[derive(Debug)]
enum Place {
    Folder(folder::Folder),
    Objects(objects::Objects),
}

/// A blob as the storage lists it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listed {
    /// Its name.
    pub id: BlobId,
    /// When it was written last, by the storage's clock.
    pub modified_at: Timestamp,
    /// How many bytes.
    pub size: u64,
}

impl Blobs {
    pub(crate) fn folder(path: PathBuf) -> Blobs {
        Blobs { place: Arc::new(Place::Folder(folder::Folder::new(path))) }
    }

    pub(crate) fn s3(s3: &S3) -> Result<Blobs> {
        Ok(Blobs { place: Arc::new(Place::Objects(objects::Objects::connect(s3)?)) })
    }

    /// Keeps these bytes. The same bytes have the same name.
    pub async fn put(&self, tenant: &TenantId, bytes: impl Into<Bytes>) -> Result<BlobId> {
        let mut ids = self.put_many(tenant, vec![bytes.into()]).await?;
        Ok(ids.pop().expect("as many names as blobs"))
    }

    /// Keeps several blobs; cheaper than one after the other. The names are in their order.
    pub async fn put_many(&self, tenant: &TenantId, blobs: Vec<Bytes>) -> Result<Vec<BlobId>> {
        metrics::counter!("vir_store_blobs_put_total").increment(blobs.len() as u64);
        let begun = tokio::time::Instant::now();
        let put = match &*self.place {
            Place::Folder(folder) => folder.put_many(tenant, blobs).await,
            Place::Objects(objects) => objects.put_many(tenant, blobs).await,
        };
        metrics::histogram!("vir_store_blob_put_seconds").record(begun.elapsed().as_secs_f64());
        put
    }

    /// Keeps what a stream brings, without holding it in memory.
    pub async fn put_stream<S, E>(&self, tenant: &TenantId, stream: S) -> Result<(BlobId, u64), E>
    where
        S: Stream<Item = Result<Bytes, E>> + Send,
        E: From<Error>,
    {
        match &*self.place {
            Place::Folder(folder) => folder.put_stream(tenant, stream).await,
            Place::Objects(objects) => objects.put_stream(tenant, stream).await,
        }
    }

    /// The bytes of a blob, checked against its name.
    pub async fn get(&self, tenant: &TenantId, id: &BlobId) -> Result<Bytes> {
        let bytes = match &*self.place {
            Place::Folder(folder) => folder.get(tenant, id).await?,
            Place::Objects(objects) => objects.get(tenant, id).await?,
        };
        if BlobId::of(&bytes) == *id { Ok(bytes) } else { Err(Error::Damaged(id.clone())) }
    }

    /// The size of a blob and its bytes piece by piece; for what is too large to hold in memory.
    pub async fn open(&self, tenant: &TenantId, id: &BlobId) -> Result<(u64, BlobStream)> {
        match &*self.place {
            Place::Folder(folder) => folder.open(tenant, id).await,
            Place::Objects(objects) => objects.open(tenant, id).await,
        }
    }

    /// Whether this blob is there.
    pub async fn contains(&self, tenant: &TenantId, id: &BlobId) -> Result<bool> {
        match &*self.place {
            Place::Folder(folder) => folder.contains(tenant, id).await,
            Place::Objects(objects) => objects.contains(tenant, id).await,
        }
    }

    /// Whether the storage answers; for health checks.
    pub async fn ping(&self) -> Result<()> {
        match &*self.place {
            // The databases are in the same folder and are asked anyway.
            Place::Folder(_) => Ok(()),
            Place::Objects(objects) => objects.ping().await,
        }
    }

    /// All blobs of a tenant, in no order.
    pub fn list(&self, tenant: &TenantId) -> BoxStream<'static, Result<Listed>> {
        match &*self.place {
            Place::Folder(folder) => folder.list(tenant),
            Place::Objects(objects) => objects.list(tenant),
        }
    }

    /// Removes a blob. Only the sweeper knows that no row names it.
    pub(crate) async fn remove(&self, tenant: &TenantId, id: &BlobId) -> Result<()> {
        match &*self.place {
            Place::Folder(folder) => folder.remove(tenant, id).await,
            Place::Objects(objects) => objects.remove(tenant, id).await,
        }
    }
}

impl BlobId {
    /// The name that these bytes have.
    #[must_use]
    pub fn of(bytes: &[u8]) -> BlobId {
        BlobId(hex(&Sha256::digest(bytes)))
    }

    /// As text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for BlobId {
    type Err = Error;

    fn from_str(text: &str) -> Result<BlobId> {
        let fits = text.len() == 64 && text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
        if fits { Ok(BlobId(text.to_owned())) } else { Err(Error::BlobName(text.chars().take(80).collect())) }
    }
}

impl fmt::Display for BlobId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Bytes as lower-case hexadecimal digits.
pub(crate) fn hex(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let mut text = String::with_capacity(bytes.len() * 2);
    for byte in bytes {
        text.push(char::from(DIGITS[usize::from(byte >> 4)]));
        text.push(char::from(DIGITS[usize::from(byte & 15)]));
    }
    text
}
