//! What is posted from the page of an invoice.
//!
//! Invariant: each handler answers with a redirect where it worked, and with the page and what was typed where not.

use axum::extract::Path;
use serde::Deserialize;
use vir_auth::UnitId;
use vir_core::Text;
use vir_web::{Answer, AppError, Caller, FieldError, Flash, Form, Query, redirect_with};

use super::history::Topic;
use super::load::{self, loaded};
use super::page::{Given, show};
use crate::coding::form::{self as coding_form, Posted};
use crate::conversation;
use crate::intake::original;
use crate::invoice_row::{InvoiceId, InvoiceRow, State};
use crate::notices::note;
use crate::people::decider;
use crate::permissions::CODE;
use crate::register::view::seen;
use crate::workflow::{Attempt, Decider, Kind, Refusal, decide};

/// What the address of the page may ask for.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Asked {
    /// Fill the coding from this suggestion, counted from 1.
    vorschlag: Option<usize>,
    /// `positionen`: fill the coding from the invoice's lines.
    kontierung: Option<String>,
    /// What of the history is shown.
    verlauf: Option<String>,
}

/// `GET /rechnungen/{id}`
pub(super) async fn page(caller: Caller, Path(id): Path<String>, Query(asked): Query<Asked>) -> Answer {
    let id = InvoiceId(id);
    let loaded = loaded(&caller, &id).await?;
    if loaded.unread {
        // Whoever reads the page has seen what there is about it. Only then a write: looking stays cheap.
        let (person, subject) = (caller.principal.person.to_string(), id.to_string());
        write(&caller, move |tx| Box::pin(async move { note::seen(tx, &person, &subject).await })).await?;
    }
    seen::note(&caller, &id).await;
    let decider = decider(&caller).await?;
    let topic = asked.verlauf.as_deref().and_then(Topic::find);
    let mut given = Given { topic, ..Given::default() };
    let total = loaded.subject.amount_cents;
    if let Some(suggestion) = asked.vorschlag.and_then(|index| loaded.suggestions.get(index.checked_sub(1)?)) {
        given.coding = Some(coding_form::suggested(suggestion, total, caller.lang));
    } else if asked.kontierung.as_deref() == Some("positionen")
        && let Some(model) = original::model(&caller.app.store, &caller.principal.tenant, &loaded.row).await?
    {
        let parts = super::parts_of(&model);
        given.coding = (!parts.is_empty()).then(|| coding_form::per_line(&parts, total, caller.lang));
    }
    show(&caller, &decider, &loaded, &given)
}

pub(super) async fn again(caller: &Caller, id: &InvoiceId, given: Given) -> Answer {
    let loaded = loaded(caller, id).await?;
    show(caller, &decider(caller).await?, &loaded, &given)
}

/// `POST /rechnungen/{id}/kontierung`
pub(super) async fn code(caller: Caller, Path(id): Path<String>, Form(posted): Form<Posted>) -> Answer {
    let id = InvoiceId(id);
    let mut typed = posted.lines();
    let mut given = Given::default();
    if posted.action == "add" {
        typed.push(coding_form::Typed::default());
        given.coding = Some(typed);
        let loaded = loaded(&caller, &id).await?;
        return show(&caller, &decider(&caller).await?, &loaded, &given);
    }
    let row = load::row(&caller, &id).await?;
    let lines = match coding_form::parse(&typed, row.due_cents().unwrap_or(0)) {
        Ok(lines) => lines,
        Err(errors) => {
            return again(&caller, &id, Given { errors, coding: Some(typed), ..Given::default() }).await;
        }
    };
    let attempt = Attempt { lines, ..Attempt::new(id.clone(), Kind::Code).seen(posted.version) };
    match run(&caller, vec![attempt], None).await {
        Ok(_) => done(&caller, &id, caller.lang.tr("Die Kontierung ist gespeichert.", "The coding is saved.")),
        Err(refusal) => {
            let errors = vec![FieldError::new("cost_centre-1", text(&refusal)?)];
            let conflict = conflict(&refusal, posted.version);
            again(&caller, &id, Given { errors, coding: Some(typed), conflict, ..Given::default() }).await
        }
    }
}

/// The posted decision.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Decision {
    kind: String,
    #[serde(default)]
    version: i64,
    #[serde(default)]
    reason: String,
    #[serde(default)]
    target: String,
    #[serde(default)]
    unit: String,
    #[serde(default)]
    notify: String,
}

/// `POST /rechnungen/{id}/entscheidung`
pub(super) async fn decision(caller: Caller, Path(id): Path<String>, Form(posted): Form<Decision>) -> Answer {
    let id = InvoiceId(id);
    let kinds = match posted.kind.as_str() {
        "certify_both" => vec![Kind::CertifySubstance, Kind::CertifyArithmetic],
        other => vec![Kind::parse(other).ok_or_else(|| {
            AppError::bad_request(Text::new("Diese Entscheidung gibt es nicht.", "There is no such decision."))
        })?],
    };
    let notify = posted.notify.trim().to_owned();
    if !notify.is_empty() && !plausible_mail(&notify) {
        let error = FieldError::new("reject-mail", no_mail());
        return again(&caller, &id, Given { errors: vec![error], reason: posted.reason, ..Given::default() }).await;
    }
    let attempts = (0..).zip(&kinds).map(|(index, kind)| Attempt {
        reason: Some(posted.reason.clone()),
        target: State::find(&posted.target),
        unit: Some(posted.unit.as_str()).filter(|unit| !unit.is_empty()).map(UnitId::from),
        ..Attempt::new(id.clone(), *kind).seen(posted.version + index)
    });
    let notice = match kinds.contains(&Kind::Reject) && !notify.is_empty() {
        true => Some(notice(&caller, &id, notify, &posted.reason).await?),
        false => None,
    };
    match run(&caller, attempts.collect(), notice).await {
        Ok(decided) => {
            let kind = decided.kind;
            let mut said = format!("{}.", capital(kind.done().get(caller.lang)));
            if let (Kind::Order, Some(number)) = (kind, &decided.voucher) {
                said.push_str(&caller.lang.tr(format!(" Belegnummer {number}."), format!(" Voucher number {number}.")));
            }
            done(&caller, &id, &said)
        }
        Err(refusal) => {
            let field = if matches!(refusal, Refusal::Rules(_)) { "reason-next" } else { "" };
            let errors = vec![FieldError::new(field, text(&refusal)?)];
            let conflict = conflict(&refusal, posted.version);
            again(&caller, &id, Given { errors, reason: posted.reason, conflict, ..Given::default() }).await
        }
    }
}

fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

pub(super) fn done(caller: &Caller, id: &InvoiceId, said: &str) -> Answer {
    Ok(redirect_with(caller, &format!("/rechnungen/{id}"), &Flash::good(said)))
}

/// What the supplier is told of a rejection.
struct Notice {
    row: InvoiceRow,
    to: String,
    text: String,
}

/// Decides one after the other, and tells the supplier, all or nothing; the last one's outcome.
async fn run(
    caller: &Caller,
    attempts: Vec<Attempt>,
    notice: Option<Notice>,
) -> Result<crate::workflow::Decided, Refusal> {
    let decider = decider(caller).await.map_err(|_| Refusal::NotFound)?;
    let tenant = caller.principal.tenant.clone();
    caller
        .app
        .store
        .write(&tenant, move |tx| {
            Box::pin(async move {
                let mut last = None;
                for attempt in &attempts {
                    last = Some(decide(tx, &decider, attempt).await?);
                }
                if let Some(Notice { row, to, text }) = notice {
                    conversation::reject_notice(tx, &decider, &row, &to, &text).await?;
                }
                last.ok_or(Refusal::NotFound)
            })
        })
        .await
}

/// The version that was seen, where somebody else was faster.
fn conflict(refusal: &Refusal, seen: i64) -> Option<i64> {
    matches!(refusal, Refusal::Stale).then_some(seen)
}

/// What a refusal says at the form; what is not about the form is an error page.
fn text(refusal: &Refusal) -> Result<Text, AppError> {
    match refusal {
        Refusal::NotFound => Err(load::not_found()),
        Refusal::Forbidden(permission) => Err(AppError::forbidden(permission)),
        Refusal::Store(error) => Err(AppError::internal(error)),
        refusal => Ok(Text::owned(refusal.text(vir_core::Lang::De), refusal.text(vir_core::Lang::En))),
    }
}

async fn notice(caller: &Caller, id: &InvoiceId, to: String, reason: &str) -> Result<Notice, AppError> {
    let row = load::row(caller, id).await?;
    let text = conversation::rejection(&row, reason, caller.place());
    Ok(Notice { row, to, text })
}

pub(super) async fn write<T, F>(caller: &Caller, work: F) -> Result<T, AppError>
where
    T: Send + 'static,
    F: for<'t> FnOnce(&'t mut vir_store::Tx) -> vir_store::BoxFuture<'t, vir_store::Result<T>> + Send + 'static,
{
    caller.app.store.write(&caller.principal.tenant, work).await.map_err(AppError::from)
}

/// The posted comment or question.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Talk {
    #[serde(default)]
    text: String,
    #[serde(default)]
    to: String,
}

/// `POST /rechnungen/{id}/kommentare`
pub(super) async fn comment(caller: Caller, Path(id): Path<String>, Form(posted): Form<Talk>) -> Answer {
    let id = InvoiceId(id);
    load::row(&caller, &id).await?;
    if let Some(wrong) = conversation::wrong(&posted.text) {
        let errors = vec![FieldError::new("comment-text", wrong)];
        return again(&caller, &id, Given { errors, text: posted.text, ..Given::default() }).await;
    }
    let (decider, wanted) = (decider(&caller).await?, id.clone());
    write(&caller, move |tx| Box::pin(async move { conversation::comment(tx, &decider, &wanted, &posted.text).await }))
        .await?;
    done(&caller, &id, caller.lang.tr("Der Kommentar steht im Verlauf.", "The comment stands in the history."))
}

/// `POST /rechnungen/{id}/rueckfrage`
pub(super) async fn query(caller: Caller, Path(id): Path<String>, Form(posted): Form<Talk>) -> Answer {
    let id = InvoiceId(id);
    let row = load::row(&caller, &id).await?;
    require_code(&caller, row.unit_id.as_deref())?;
    let to = posted.to.trim().to_owned();
    let mut errors = Vec::new();
    if !plausible_mail(&to) {
        errors.push(FieldError::new("query-to", no_mail()));
    }
    errors.extend(conversation::wrong(&posted.text).map(|wrong| FieldError::new("query-text", wrong)));
    if !errors.is_empty() {
        return again(&caller, &id, Given { errors, ..Given::default() }).await;
    }
    let decider: Decider = decider(&caller).await?;
    write(&caller, move |tx| Box::pin(async move { conversation::query(tx, &decider, &row, &to, &posted.text).await }))
        .await?;
    done(&caller, &id, caller.lang.tr("Die Frage wird gesendet.", "The question is being sent."))
}

fn no_mail() -> Text {
    Text::new("Das ist keine E-Mail-Adresse.", "This is no mail address.")
}

/// Could a mail be sent to it? Whoever sends parses it in earnest.
pub(crate) fn plausible_mail(text: &str) -> bool {
    let shape = text.split_once('@').is_some_and(|(name, host)| !name.is_empty() && host.contains('.'));
    shape && text.len() <= 254 && !text.chars().any(|c| c.is_whitespace() || c.is_control() || c == ',' || c == ';')
}

pub(crate) fn require_code(caller: &Caller, unit: Option<&str>) -> Result<(), AppError> {
    match unit.map(UnitId::from) {
        Some(unit) => caller.require(CODE, &unit),
        None => caller.require_everywhere(CODE),
    }
}
