//! Links between invoices: corrections, credit notes, partial invoices; set and removed by people.
//!
//! Invariant: setting and removing a link stand in the history of both invoices, and neither changes an invoice.

use axum::extract::Path;
use maud::Markup;
use serde::Deserialize;
use serde_json::json;
use vir_auth::UnitId;
use vir_core::Text;
use vir_store::{Entry, Tx, args};
use vir_web::parts;
use vir_web::{Answer, AppError, Caller, FieldError, Form};

use super::act::{again, done, require_code, write};
use super::load::{self, Loaded, Related};
use super::page::Given;
use crate::invoice_row::InvoiceId;

const KINDS: [&str; 3] = ["corrects", "credits", "partial"];

/// The posted link.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Link {
    kind: String,
    number: String,
}

/// `POST /rechnungen/{id}/verknuepfungen`
pub(super) async fn link(caller: Caller, Path(id): Path<String>, Form(posted): Form<Link>) -> Answer {
    let id = InvoiceId(id);
    let row = load::row(&caller, &id).await?;
    require_code(&caller, row.unit_id.as_deref())?;
    if !KINDS.contains(&posted.kind.as_str()) {
        return Err(no_such_kind());
    }
    let principal = caller.principal.clone();
    let number = posted.number.trim().to_owned();
    let found = write(&caller, move |tx| {
        Box::pin(async move {
            // Of the same seller first: numbers are unique only there.
            let other = tx
                .optional(
                    "select id, unit_id from invoice where number = $1 and id <> $2
                     order by case when seller_key = $3 then 0 else 1 end, id desc limit 1",
                    &args![&number, row.id.as_str(), &row.seller_key],
                )
                .await?;
            let Some(other) = other else { return Ok(false) };
            let unit = other.optional_text("unit_id")?.map(UnitId::from);
            let visible = match &unit {
                Some(unit) => principal.may(crate::permissions::SEE, unit),
                None => principal.may_everywhere(crate::permissions::SEE),
            };
            if !visible {
                return Ok(false);
            }
            let other = InvoiceId(other.text("id")?);
            let new = tx
                .execute(
                    "insert into invoice_link (invoice_id, other_id, kind, person_id, at) values ($1, $2, $3, $4, $5)
                     on conflict ({t}invoice_id, other_id, kind) do nothing",
                    &args![row.id.as_str(), other.as_str(), &posted.kind, principal.person.as_str(), tx.now()],
                )
                .await?;
            if new == 1 {
                let by = Some(principal.person.as_str());
                tell(tx, &principal.actor(), by, &row.id, &other, &posted.kind).await?;
            }
            Ok(true)
        })
    })
    .await?;
    if found {
        return done(&caller, &id, caller.lang.tr("Die Rechnungen sind verbunden.", "The invoices are linked."));
    }
    let message =
        Text::new("Eine Rechnung mit dieser Nummer ist nicht zu finden.", "No invoice with this number is found.");
    again(&caller, &id, Given { errors: vec![FieldError::new("link-number", message)], ..Given::default() }).await
}

/// Writes a new link down: in both histories, and as an event.
pub(crate) async fn tell(
    tx: &mut Tx,
    actor: &str,
    by: Option<&str>,
    id: &InvoiceId,
    other: &InvoiceId,
    kind: &str,
) -> vir_store::Result<()> {
    audit_both(tx, actor, "invoice.link", id, other, kind);
    let event = json!({ "invoice_id": id, "other": other, "kind": kind, "by": by });
    tx.publish("invoice.link", event).await?;
    Ok(())
}

/// Both histories tell it, each from its own side.
fn audit_both(tx: &mut Tx, actor: &str, action: &str, id: &InvoiceId, other: &InvoiceId, kind: &str) {
    for (subject, other, from) in [(id, other, true), (other, id, false)] {
        tx.audit(Entry {
            actor: actor.to_owned(),
            action: action.to_owned(),
            subject: subject.subject(),
            detail: json!({ "other": other, "kind": kind, "from": from }),
        });
    }
}

/// The posted removal.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Unlink {
    kind: String,
    other: String,
    /// Does the link come from the other invoice?
    #[serde(default)]
    from_other: String,
}

/// `POST /rechnungen/{id}/verknuepfungen/loesen`
pub(super) async fn unlink(caller: Caller, Path(id): Path<String>, Form(posted): Form<Unlink>) -> Answer {
    let id = InvoiceId(id);
    let row = load::row(&caller, &id).await?;
    require_code(&caller, row.unit_id.as_deref())?;
    let Some(kind) = KINDS.into_iter().find(|kind| *kind == posted.kind) else { return Err(no_such_kind()) };
    let other = InvoiceId(posted.other.clone());
    let (from, to) = if posted.from_other == "1" { (other, id.clone()) } else { (id.clone(), other) };
    let principal = caller.principal.clone();
    let removed = write(&caller, move |tx| {
        Box::pin(async move {
            let sql = "delete from invoice_link where invoice_id = $1 and other_id = $2 and kind = $3";
            let removed = tx.execute(sql, &args![from.as_str(), to.as_str(), kind]).await? == 1;
            if removed {
                audit_both(tx, &principal.actor(), "invoice.unlink", &from, &to, kind);
                let event = json!({ "invoice_id": from, "other": to, "kind": kind, "by": principal.person.as_str() });
                tx.publish("invoice.unlink", event).await?;
            }
            Ok(removed)
        })
    })
    .await?;
    let said = if removed {
        caller.lang.tr(
            "Die Verbindung ist gelöst. Der Verlauf beider Rechnungen hält es fest.",
            "The link is removed. The history of both invoices says so.",
        )
    } else {
        caller.lang.tr("Diese Verbindung gab es nicht mehr.", "This link was gone already.")
    };
    done(&caller, &id, said)
}

fn no_such_kind() -> AppError {
    AppError::bad_request(Text::new("Diese Verbindung gibt es nicht.", "There is no such link."))
}

/// The button that removes a link, for those who may set one.
pub(super) fn remove_button(caller: &Caller, loaded: &Loaded, one: &Related, (kind, by): (&str, bool)) -> Markup {
    let lang = caller.lang;
    vir_web::html! {
        form method="post" action={ "/rechnungen/" (loaded.row.id) "/verknuepfungen/loesen" } {
            (parts::csrf_field(caller))
            input type="hidden" name="kind" value=(kind);
            input type="hidden" name="other" value=(one.id);
            input type="hidden" name="from_other" value=(if by { "1" } else { "0" });
            (parts::button(lang.tr("Lösen", "Remove")).quiet().small().about(&one.caption))
        }
    }
}
