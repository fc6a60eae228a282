//! Wraps a caller's closure for the engines: begins its transaction, seals it, carries its answer.
//!
//! Invariant: a closure that panics takes only its own changes with it.

use std::panic::AssertUnwindSafe;

use futures_util::FutureExt as _;
use tokio::sync::oneshot;

use crate::engine::{Outcome, Work};
use crate::{BoxFuture, Error, Result, Store, SystemTx, TenantId, Tx};

pub(crate) fn tenant_work<T, E, F>(store: &Store, tenant: &TenantId, f: F) -> (Work, oneshot::Receiver<Result<T, E>>)
where
    T: Send + 'static,
    E: From<Error> + Send + 'static,
    F: for<'t> FnOnce(&'t mut Tx) -> BoxFuture<'t, Result<T, E>> + Send + 'static,
{
    let (reply, answer) = oneshot::channel();
    let (tenant, routes, wakeups) = (tenant.clone(), store.routes(), store.wakeups().clone());
    let work: Work = Box::new(move |session| {
        Box::pin(async move {
            let mut tx = Tx::new(session, tenant, routes);
            let result = AssertUnwindSafe(async {
                let value = f(&mut tx).await?;
                let due = tx.seal().await?;
                Ok((value, due))
            })
            .catch_unwind()
            .await
            .unwrap_or_else(|_| Err(Error::Panicked.into()));
            let tenant = tx.tenant;
            let woken = move |due: Option<_>| {
                if let Some(due) = due {
                    wakeups.wake(&tenant, due);
                }
            };
            (tx.session, outcome(result, reply, woken))
        })
    });
    (work, answer)
}

pub(crate) fn system_work<T, E, F>(f: F) -> (Work, oneshot::Receiver<Result<T, E>>)
where
    T: Send + 'static,
    E: From<Error> + Send + 'static,
    F: for<'t> FnOnce(&'t mut SystemTx) -> BoxFuture<'t, Result<T, E>> + Send + 'static,
{
    let (reply, answer) = oneshot::channel();
    let work: Work = Box::new(move |session| {
        Box::pin(async move {
            let mut tx = SystemTx { session };
            let result = AssertUnwindSafe(async {
                let value = f(&mut tx).await?;
                tx.session.soundness()?;
                Ok((value, ()))
            })
            .catch_unwind()
            .await
            .unwrap_or_else(|_| Err(Error::Panicked.into()));
            (tx.session, outcome(result, reply, |()| ()))
        })
    });
    (work, answer)
}

/// Turns what a closure returned into what is to be done with its changes and said to its caller.
fn outcome<T, E, A>(
    result: Result<(T, A), E>,
    reply: oneshot::Sender<Result<T, E>>,
    after_commit: impl FnOnce(A) + Send + 'static,
) -> Outcome
where
    T: Send + 'static,
    E: From<Error> + Send + 'static,
    A: Send + 'static,
{
    // A caller who has gone away does not take the answer; the changes stand nevertheless.
    match result {
        Ok((value, after)) => Outcome::Keep(Box::new(move |committed| {
            if committed.is_ok() {
                after_commit(after);
            }
            let _ = reply.send(committed.map(|()| value).map_err(E::from));
        })),
        Err(error) => Outcome::Undo(Box::new(move || {
            let _ = reply.send(Err(error));
        })),
    }
}
