//! Who is who at the desk: the caller as somebody who decides, and the names of others.
//!
//! Invariant: what is shown of other people is their name only.

use vir_web::{AppError, Caller};

use crate::workflow::Decider;

/// The caller with the tenant's directory.
pub(crate) async fn decider(caller: &Caller) -> Result<Decider, AppError> {
    let directory = caller.app.auth.directory(&caller.principal.tenant).await?;
    Ok(Decider { principal: caller.principal.clone(), directory })
}
