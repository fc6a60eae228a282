//! What people of the demo say to each other and to suppliers, and what they hand on.
//!
//! Invariant: nothing is said that the desk would not take from the person who says it.

use vir_auth::PersonId;
use vir_store::{Store, TenantId, Tx};

use super::furnish::FurnishError;
use super::town::{self, PEOPLE};
use crate::conversation;
use crate::invoice_row::{InvoiceId, InvoiceRow};
use crate::workflow::assign::{Assignee, assign};
use crate::workflow::decide::{Decider, Refusal};

/// What is said or arranged.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Talk {
    /// A question to the supplier.
    Ask,
    /// Their answer.
    SupplierAnswers,
    /// A comment that mentions a colleague.
    Mention(&'static str),
    /// A comment for whoever reads it.
    Remark,
    /// The invoice is given to a colleague.
    Assign(&'static str),
}

impl Talk {
    /// The login of the colleague that it is about; empty: of nobody.
    pub(super) fn to(self) -> &'static str {
        match self {
            Self::Mention(login) | Self::Assign(login) => login,
            Self::Ask | Self::SupplierAnswers | Self::Remark => "",
        }
    }
}

pub(super) async fn happens(
    store: &Store,
    tenant: &TenantId,
    decider: Decider,
    invoice: InvoiceId,
    talk: Talk,
    colleague: Option<PersonId>,
) -> Result<(), FurnishError> {
    let done = store
        .write(tenant, move |tx: &mut Tx| {
            Box::pin(async move {
                let Some(row) = InvoiceRow::load(tx, &invoice).await? else { return Ok(()) };
                say(tx, &decider, &row, talk, colleague).await
            })
        })
        .await;
    match done {
        Ok(()) => Ok(()),
        Err(Refusal::Store(error)) => Err(error.into()),
        Err(refusal) => {
            tracing::debug!(%refusal, ?talk, "refused in the demo");
            Ok(())
        }
    }
}

async fn say(
    tx: &mut Tx,
    decider: &Decider,
    row: &InvoiceRow,
    talk: Talk,
    colleague: Option<PersonId>,
) -> Result<(), Refusal> {
    let supplier = row.seller_email.clone().unwrap_or_default();
    match talk {
        Talk::Ask => {
            let number = row.number.as_deref().unwrap_or_default();
            let text = format!(
                "Guten Tag,\n\nzu Ihrer Rechnung {number} fehlt uns der Lieferschein. Bitte senden Sie ihn uns.\n\n\
                 Mit freundlichen Grüßen\n{}",
                town::NAME
            );
            conversation::query(tx, decider, row, &supplier, &text).await?;
        }
        Talk::SupplierAnswers => {
            let text = "Guten Tag, der Lieferschein ist heute mit der Post an Sie gegangen; eine Kopie haben wir schon \
                        bei der Lieferung übergeben.";
            conversation::answer(tx, &row.id, &format!("<demo-{}@gruenensiel.example>", row.id), &supplier, text)
                .await?;
        }
        Talk::Mention(login) => {
            let name = PEOPLE.iter().find(|person| person.login == login).map_or(login, |person| person.name);
            let text = format!("@{name} Bitte auf die Menge achten: Geliefert wurde in zwei Teilen.");
            conversation::comment(tx, decider, &row.id, &text).await?;
        }
        Talk::Remark => {
            let text = "Leistung vor Ort abgenommen, der Nachweis liegt in der Akte.";
            conversation::comment(tx, decider, &row.id, text).await?;
        }
        Talk::Assign(_) => {
            if let Some(colleague) = colleague {
                let note = Some("Bitte diese Woche feststellen.");
                assign(tx, decider, &row.id, &Assignee::Person(colleague), note).await?;
            }
        }
    }
    Ok(())
}
