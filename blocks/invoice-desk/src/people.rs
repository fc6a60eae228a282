//! Who is who at the desk: the caller as somebody who decides, and the names of others.
//!
//! Invariant: what is shown of other people is their name only.

use std::sync::Arc;

use vir_auth::{Directory, Principal};
use vir_web::{AppError, Caller};

use crate::workflow::Decider;

/// The caller with the tenant's directory.
pub(crate) async fn decider(caller: &Caller) -> Result<Decider, AppError> {
    let directory = directory(caller, &caller.principal).await?;
    Ok(Decider { principal: caller.principal.clone(), directory })
}

/// The tenant's directory, with the units that the principal knows.
#[expect(clippy::unused_async, reason = "until the directory can be loaded")]
async fn directory(_caller: &Caller, principal: &Principal) -> Result<Arc<Directory>, AppError> {
    Ok(Arc::new(Directory { tree: Arc::clone(&principal.tree), ..Directory::default() }))
}
