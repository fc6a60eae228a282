//! Everything that must not be lost: databases, migrations, jobs, outbox, blobs and the audit log.
//!
//! One SQL text runs on two engines: SQLite (a file per tenant, the default) and PostgreSQL
//! (shared tables under forced row-level security). There is no way to a tenant's data without
//! naming the tenant, and a statement never mentions it:
//!
//! ```
//! # use vir_store::{Clock, Config, Error, Migration, Migrations, Store, TenantId, Tx, args};
//! # async fn example() -> Result<(), Error> {
//! const NOTES: Migrations = Migrations::tenant("notes", &[Migration {
//!     name: "0001_note",
//!     sql: "create table note ({tenant} id TEXT not null, text TEXT not null, primary key ({t}id));",
//! }]);
//! let store = Store::open(Config::folder("data"), &[NOTES], Clock::system()).await?;
//! let town: TenantId = "musterstadt".parse()?;
//! store.create_tenant(&town, "Stadt Musterstadt").await?;
//! let id = store
//!     .write(&town, |tx: &mut Tx| {
//!         Box::pin(async move {
//!             let id = vir_store::new_id(tx.now());
//!             tx.execute("insert into note (id, text) values ($1, $2)", &args![&id, "Guten Tag"]).await?;
//!             Ok::<_, Error>(id)
//!         })
//!     })
//!     .await?;
//! # Ok(())
//! # }
//! ```
//!
//! Invariant: what a call has answered with `Ok` is on disk, whatever happens next.

pub mod audit;
pub mod backup;
mod blobs;
pub mod bucket;
pub mod care;
mod clock;
mod engine;
mod error;
pub mod job;
mod migration;
mod outbox;
pub mod search;
mod session;
mod store;
mod tenant;
mod tx;
mod value;
mod work;

pub use audit::Entry;
pub use blobs::{BlobId, BlobStream, Blobs, Listed, S3};
pub use clock::Clock;
pub use error::Error;
pub use job::{Job, JobContext, JobError, JobHandler, JobRunner};
pub use migration::{Migration, Migrations};
pub use outbox::{Event, EventId, Subscription};
pub use store::{BlobPlace, Config, Databases, Postgres, Store};
pub use tenant::{Tenant, TenantId};
pub use tx::{SystemTx, Tx};
pub use value::{Row, Value, ValueType};

/// What the closures of [`Store::read`] and [`Store::write`] return.
pub type BoxFuture<'a, T> = std::pin::Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// The result of everything here.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// A new identifier (UUIDv7 as text). Identifiers sort in the order of their times.
#[must_use]
pub fn new_id(now: jiff::Timestamp) -> String {
    let seconds = u64::try_from(now.as_second()).unwrap_or(0);
    let nanos = u32::try_from(now.subsec_nanosecond()).unwrap_or(0);
    uuid::Uuid::new_v7(uuid::Timestamp::from_unix(uuid::NoContext, seconds, nanos)).to_string()
}
