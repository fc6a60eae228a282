//! „Wer kümmert sich?": taking an invoice, giving it to somebody who may do the next step, giving it back.
//!
//! Invariant: only those are offered who may do the next step here.

use axum::extract::Path;
use maud::{Markup, html};
use serde::Deserialize;
use vir_core::Text;
use vir_web::parts::{self, Choice, Icon};
use vir_web::{Answer, AppError, Caller, Flash, Form, redirect_with};

use super::load::{self, Loaded};
use crate::invoice_row::{Direction, InvoiceId};
use crate::people::decider;
use crate::workflow::assign::{Assignee, assign, candidates, may_assign, next_permission};
use crate::workflow::{Decider, Refusal};

/// To whom an invoice is given at present.
pub(crate) fn current(loaded: &Loaded) -> Assignee {
    Assignee::of_columns(loaded.row.assigned_person.as_deref(), loaded.row.assigned_group.as_deref())
}

/// The card on the page of an invoice.
pub(super) fn panel(caller: &Caller, decider: &Decider, loaded: &Loaded) -> Markup {
    let lang = caller.lang;
    let Some(next) = next_permission(loaded.row.state) else { return html! {} };
    if loaded.row.direction == Direction::Outgoing {
        return html! {};
    }
    let current = current(loaded);
    let mine = current == Assignee::Person(decider.principal.person.clone());
    let found = candidates(decider, loaded.subject.unit.as_ref(), next, loaded.today);
    let able = found.have(&Assignee::Person(decider.principal.person.clone()));
    let may = may_assign(decider, &loaded.subject, &current);
    let mut choices: Vec<Choice> = found
        .groups
        .iter()
        .map(|group| {
            let label = lang.tr(format!("Gruppe {}", group.name), format!("Group {}", group.name));
            Choice::new(Assignee::Group(group.id.clone()).text(), label)
        })
        .collect();
    let others = found.people.iter().filter(|person| person.id != decider.principal.person);
    choices.extend(others.map(|person| Choice::new(Assignee::Person(person.id.clone()).text(), person.name.clone())));
    let action = format!("/rechnungen/{}/zuweisung", loaded.row.id);
    let now = current.text();
    html! { section.card id="assignment" {
        h2.card__title { (lang.tr("Wer kümmert sich?", "Who takes care?")) }
        p {
            @match current.name(decider) {
                Some(_) if mine => { (lang.tr("Sie haben diese Rechnung übernommen.", "You have taken this invoice.")) }
                Some(name) => { (lang.tr("Zugewiesen: ", "Assigned to: ")) strong { (name) } }
                None => { (lang.tr("Niemandem zugewiesen. Alle, die den nächsten Schritt tun dürfen, sehen sie in ihrer Arbeit.", "Assigned to nobody. All who may do the next step see it in their work.")) }
            }
        }
        @if may {
            form.toolbar method="post" action=(action) {
                (parts::csrf_field(caller))
                @if able && !mine { (parts::button(lang.tr("Ich übernehme", "I take it")).secondary().icon(Icon::Person).name_value("to", "me")) }
                @if current != Assignee::Nobody { (parts::button(lang.tr("Zurückgeben an alle", "Give back to all")).quiet().name_value("to", "none")) }
            }
            @if !choices.is_empty() {
                details {
                    summary { (lang.tr("Jemandem zuweisen", "Assign to somebody")) }
                    form.form method="post" action=(action) {
                        (parts::csrf_field(caller))
                        (parts::select(lang, "to", lang.tr("Person oder Gruppe", "Person or group"), &choices).id("assign-to").value(&now)
                            .empty(lang.tr("Bitte wählen", "Please choose")).required()
                            .hint(lang.tr("Zur Wahl steht, wer den nächsten Schritt tun darf.", "Those who may do the next step.")))
                        (parts::field(lang, "note", lang.tr("Hinweis", "Note")).id("assign-note").max_length(2000))
                        div.form__actions { (parts::button(lang.tr("Zuweisen", "Assign")).secondary()) }
                    }
                }
            }
        }
    } }
}

/// The posted assignment.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Posted {
    #[serde(default)]
    to: String,
    #[serde(default)]
    note: String,
}

/// `POST /rechnungen/{id}/zuweisung`
pub(super) async fn post(caller: Caller, Path(id): Path<String>, Form(posted): Form<Posted>) -> Answer {
    let id = InvoiceId(id);
    load::row(&caller, &id).await?;
    let me = Assignee::Person(caller.principal.person.clone());
    let to = if posted.to == "me" { Some(me.clone()) } else { Assignee::parse(&posted.to) };
    let to = to.ok_or_else(|| {
        AppError::bad_request(Text::new("Wählen Sie eine Person oder Gruppe.", "Choose a person or group."))
    })?;
    let (decider, wanted, given) = (decider(&caller).await?, id.clone(), to.clone());
    let written = caller.app.store.write(&caller.principal.tenant, move |tx| {
        Box::pin(async move { assign(tx, &decider, &wanted, &given, Some(&posted.note)).await })
    });
    let lang = caller.lang;
    let flash = match written.await {
        Ok(_) if to == me => Flash::good(lang.tr("Sie haben die Rechnung übernommen.", "You have taken the invoice.")),
        Ok(_) if to == Assignee::Nobody => {
            Flash::good(lang.tr("Die Rechnung ist wieder für alle da.", "The invoice is there for all again."))
        }
        Ok(_) => Flash::good(lang.tr("Die Rechnung ist zugewiesen.", "The invoice is assigned.")),
        Err(Refusal::NotFound) => return Err(load::not_found()),
        Err(Refusal::Forbidden(permission)) => return Err(AppError::forbidden(permission)),
        Err(Refusal::Store(error)) => return Err(AppError::internal(error)),
        Err(refusal) => Flash::bad(refusal.text(lang)),
    };
    Ok(redirect_with(&caller, &format!("/rechnungen/{id}"), &flash))
}
