//! What would happen: each decision is weighed as it would be when it is made, without making it.
//!
//! Invariant: nothing is written.

use vir_core::{Lang, Text};
use vir_store::Tx;

use super::action::Action;
use super::run::attempt;
use super::store::{Bulk, Item};
use crate::permissions::SEE;
use crate::workflow::assign::{Assignee, may_assign, next_permission};
use crate::workflow::decide::{Subject, outlook};
use crate::workflow::{Decider, Refusal};

/// How many are weighed for the page; the rest is weighed when it is done.
pub const LOOKED_AT: usize = 500;

/// What would happen to one of them.
#[derive(Debug, Clone)]
pub enum Outlook {
    /// It would be done; with what rules warn of.
    Goes(Vec<Text>),
    /// It would be refused.
    Stops(Text),
}

/// Weighs these items.
pub async fn weigh(
    tx: &mut Tx,
    decider: &Decider,
    bulk: &Bulk,
    items: &[Item],
) -> Result<Vec<Outlook>, vir_store::Error> {
    let mut found = Vec::with_capacity(items.len());
    for item in items {
        found.push(match one(tx, decider, bulk, item).await {
            Ok(warnings) => Outlook::Goes(warnings),
            Err(Refusal::Store(error)) => return Err(error),
            Err(refusal) => Outlook::Stops(Text::owned(refusal.text(Lang::De), refusal.text(Lang::En))),
        });
    }
    Ok(found)
}

async fn one(tx: &mut Tx, decider: &Decider, bulk: &Bulk, item: &Item) -> Result<Vec<Text>, Refusal> {
    let subject = Subject::load(tx, &item.invoice).await?.ok_or(Refusal::NotFound)?;
    if !subject.permits(&decider.principal, SEE) {
        return Err(Refusal::NotFound);
    }
    if bulk.action == Action::Forward && bulk.undoes.is_some() && item.target.is_none() {
        return Err(Refusal::Invalid(Text::new(
            "Die Rechnung gehörte zu keiner Stelle; dahin lässt sie sich nicht zurückgeben.",
            "The invoice belonged to no unit; it cannot be given back there.",
        )));
    }
    if bulk.action == Action::Assign {
        let next = next_permission(subject.state).filter(|_| !subject.outgoing);
        let next = next.ok_or_else(|| {
            Refusal::Invalid(Text::new(
                "An dieser Rechnung ist nichts mehr zu tun.",
                "Nothing is left to do with this invoice.",
            ))
        })?;
        // To whom it belongs may allow more; that is asked when it is done.
        if !may_assign(decider, &subject, &Assignee::Nobody) {
            return Err(Refusal::Forbidden(next));
        }
    }
    let mut warnings = Vec::new();
    for kind in bulk.action.kinds(&subject.standing) {
        let attempt = attempt(bulk, item, kind).seen(item.version);
        warnings.extend(outlook(tx, decider, &attempt).await?.into_iter().map(|objection| objection.why));
    }
    Ok(warnings)
}
