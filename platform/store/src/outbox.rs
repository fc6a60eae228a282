//! The outbox: events that are written with the deed and told afterwards.
//!
//! Invariant: an event is there exactly if the transaction that published it was kept.

use crate::{Result, Tx, args, new_id};

/// The identifier of an event; whoever handles events remembers it to do each only once.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct EventId(pub(crate) String);

impl EventId {
    /// As text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

const INSERT: &str = "insert into event (id, at, kind, payload) values ($1, $2, $3, $4)";

pub(crate) async fn publish(tx: &mut Tx, kind: &str, payload: &serde_json::Value) -> Result<EventId> {
    let id = new_id(tx.now());
    tx.execute(INSERT, &args![&id, tx.now(), kind, payload.to_string()]).await?;
    Ok(EventId(id))
}
