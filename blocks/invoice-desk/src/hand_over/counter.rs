//! Numbers without gaps.
//!
//! Invariant: a number is taken in the transaction that uses it; two transactions never get the same, and
//! one that fails gives its number back.

use vir_store::{Tx, args};

/// The next number of a row of numbers, from 1.
///
/// # Errors
/// The store's.
pub async fn next_number(tx: &mut Tx, name: &str) -> vir_store::Result<i64> {
    // One statement: the row is locked until the transaction ends.
    let sql = "insert into hand_over_counter (name, value) values ($1, 1) \
               on conflict ({t}name) do update set value = hand_over_counter.value + 1 returning value";
    tx.one(sql, &args![name]).await?.int("value")
}
