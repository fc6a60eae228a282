//! The card of reductions on an invoice's page: take off, tell the supplier, and how the order stands.
//!
//! Invariant: what was typed and refused is shown again as it was typed.

use axum::Router;
use axum::extract::Path;
use axum::routing::post;
use maud::{Markup, html};
use serde::Deserialize;
use vir_core::{Lang, Text};
use vir_store::Tx;
use vir_web::parts::{self, Choice, Icon, Tone};
use vir_web::{Answer, App, AppError, Caller, FieldError, Flash, Form, Page, format, page};

use super::store::{self, OrderSums};
use super::{Kind, Part, notice, sum};
use crate::conversation;
use crate::invoice::load::{self, Loaded};
use crate::invoice::page::currency;
use crate::invoice::require_code;
use crate::invoice::steps::{closed, may_code, offer};
use crate::invoice_row::{Direction, InvoiceId};
use crate::people::decider;
use crate::workflow::{Attempt, Decider, Refusal, decide};

/// What is posted.
pub fn routes() -> Router<App> {
    Router::new()
        .route("/rechnungen/{id}/kuerzung", post(reduce))
        .route("/rechnungen/{id}/kuerzung/mitteilung", post(tell))
        .route("/rechnungen/{id}/bestellung", post(order))
}

/// The posted reduction: rows of the same fields.
#[derive(Debug, Default, Clone, Deserialize)]
#[serde(default)]
struct Typed {
    version: i64,
    kind: Vec<String>,
    line: Vec<String>,
    cents: Vec<String>,
    why: Vec<String>,
}

impl Typed {
    fn of(parts: &[Part], lang: Lang) -> Self {
        Self {
            version: 0,
            kind: parts.iter().map(|part| part.kind.code().to_owned()).collect(),
            line: parts.iter().map(|part| part.line.clone().unwrap_or_default()).collect(),
            cents: parts.iter().map(|part| format::cents(part.cents, lang)).collect(),
            why: parts.iter().map(|part| part.reason.clone()).collect(),
        }
    }

    fn rows(&self) -> usize {
        self.cents.len().min(super::MOST)
    }

    fn at(list: &[String], index: usize) -> &str {
        list.get(index).map_or("", |text| text.trim())
    }

    /// The parts, without rows that are empty, or what is wrong with a row.
    fn parts(&self, lang: Lang) -> Result<Vec<Part>, Vec<FieldError>> {
        let (mut parts, mut errors) = (Vec::new(), Vec::new());
        for index in 0..self.rows() {
            let (amount, why) = (Self::at(&self.cents, index), Self::at(&self.why, index));
            if amount.is_empty() && why.is_empty() {
                continue;
            }
            let Some(cents) = format::parse_amount(amount, lang) else {
                let text = Text::new(
                    "Bitte einen Betrag angeben, zum Beispiel 12,50.",
                    "Please give an amount, for example 12.50.",
                );
                errors.push(FieldError::new(format!("reduction-cents-{index}"), text));
                continue;
            };
            parts.push(Part {
                kind: Kind::parse(Self::at(&self.kind, index)).unwrap_or(Kind::Other),
                line: Some(Self::at(&self.line, index).to_owned()).filter(|line| !line.is_empty()),
                cents,
                reason: why.to_owned(),
            });
        }
        if errors.is_empty() { Ok(parts) } else { Err(errors) }
    }
}

/// The card.
pub(crate) fn card(caller: &Caller, decider: &Decider, loaded: &Loaded) -> Markup {
    let lang = caller.lang;
    let row = &loaded.row;
    if row.direction == Direction::Outgoing || row.payable_cents.is_none() {
        return html! {};
    }
    html! {
        @if row.payable_cents.is_some_and(|cents| cents > 0) { (reductions(caller, decider, loaded)) }
        @if let Some(sums) = &loaded.order { (order_card(caller, loaded, sums, lang)) }
    }
}

fn reductions(caller: &Caller, decider: &Decider, loaded: &Loaded) -> Markup {
    let lang = caller.lang;
    let parts_now = &loaded.reductions;
    let offered = offer(decider, loaded, crate::workflow::Kind::Reduce);
    if parts_now.is_empty() && offered.is_none() {
        return html! {};
    }
    let base = format!("/rechnungen/{}/kuerzung", loaded.row.id);
    html! { section.card id="reduction" {
        h2.card__title { (lang.tr("Kürzung", "Reduction")) }
        @if !parts_now.is_empty() {
            (shown(parts_now, loaded, lang))
            @if may_code(caller, loaded) {
                @let text = notice(&loaded.row, parts_now, caller.place());
                details {
                    summary { (lang.tr("Lieferanten mitteilen", "Tell the supplier")) }
                    form.form method="post" action={ (base) "/mitteilung" } {
                        (parts::csrf_field(caller))
                        (parts::field(lang, "to", lang.tr("E-Mail-Adresse", "Mail address")).id("reduction-to").kind("email").required().value(loaded.row.seller_email.as_deref().unwrap_or_default()))
                        (parts::text_area(lang, "text", lang.tr("Text", "Text")).id("reduction-text").rows(10).required().max_length(5000).value(&text))
                        div.form__actions { (parts::button(lang.tr("Mitteilung senden", "Send the notice")).secondary().icon(Icon::Mail)) }
                    }
                }
            }
        }
        @if let Some(offer) = offered {
            @if offer.open() {
                details {
                    summary { (if parts_now.is_empty() { lang.tr("Mit weniger als gefordert feststellen", "Certify with less than is demanded") } else { lang.tr("Kürzung ändern", "Change the reduction") }) }
                    (form(caller, loaded, &Typed::of(parts_now, lang), &[]))
                }
            } @else if parts_now.is_empty() { (closed(lang, decider, loaded, &offer)) }
        }
    } }
}

fn shown(parts_now: &[Part], loaded: &Loaded, lang: Lang) -> Markup {
    let money = |cents: i64| format::amount(cents, currency(loaded), lang);
    let demanded = loaded.row.payable_cents.unwrap_or(0);
    html! {
        (parts::table(lang, "reductions", lang.tr("Kürzungen", "Reductions")).hide_caption().columns([
            parts::Column::text(lang.tr("Grund", "Reason")),
            parts::Column::text(lang.tr("Position", "Line")),
            parts::Column::number(lang.tr("Betrag", "Amount")),
        ]).rows(parts_now.iter().map(|part| parts::Row::new([
            html! { (part.kind.name().get(lang)) ": " (part.reason) },
            html! { (part.line.as_deref().unwrap_or_default()) },
            html! { "−" (money(part.cents)) },
        ]))).foot([html! { (lang.tr("Zahlbetrag", "Payable amount")) }, html! {}, html! { (money(demanded - sum(parts_now))) }]))
    }
}

fn form(caller: &Caller, loaded: &Loaded, typed: &Typed, errors: &[FieldError]) -> Markup {
    let lang = caller.lang;
    let kinds: Vec<Choice> = Kind::ALL.iter().map(|kind| Choice::new(kind.code(), kind.name().get(lang))).collect();
    // One empty row more than there are: more come with saving.
    let rows = (typed.rows() + 1).min(super::MOST);
    html! {
        form.form method="post" action={ "/rechnungen/" (loaded.row.id) "/kuerzung" } {
            (parts::csrf_field(caller))
            input type="hidden" name="version" value=(loaded.row.version);
            p.small { (lang.tr(
                "Die Rechnung bleibt, wie sie ist; gezahlt wird der Rest. Kontierung, Skonto und Zahlung folgen, schon gegebene Feststellungen sind neu nötig. Ohne Zeilen wird eine Kürzung zurückgenommen.",
                "The invoice stays as it is; what is left is paid. Coding, discount and payment follow, and certifications given already are needed anew. Without rows a reduction is taken back.")) }
            @for index in 0..rows {
                @let id = |what: &str| format!("f-reduction-{what}-{index}");
                fieldset.form__group {
                    legend { (lang.tr(format!("Kürzung {}", index + 1), format!("Reduction {}", index + 1))) }
                    (parts::select(lang, "kind", lang.tr("Grund", "Reason"), &kinds).id(&id("kind")).value(Typed::at(&typed.kind, index)))
                    div.form__row {
                        (parts::amount_field(lang, "cents", lang.tr("Betrag", "Amount")).id(&id("cents")).value(Typed::at(&typed.cents, index))
                            .error(errors.iter().find(|error| format!("f-{}", error.field) == id("cents")).map(|error| error.message.get(lang))))
                        (parts::field(lang, "line", lang.tr("Position der Rechnung", "Line of the invoice")).id(&id("line")).width(8).max_length(60).value(Typed::at(&typed.line, index)))
                    }
                    (parts::field(lang, "why", lang.tr("Begründung", "Explanation")).id(&id("why")).max_length(500).value(Typed::at(&typed.why, index)))
                }
            }
            div.form__actions { (parts::button(lang.tr("Kürzung speichern", "Save the reduction")).secondary()) }
        }
    }
}

fn order_card(caller: &Caller, loaded: &Loaded, sums: &OrderSums, lang: Lang) -> Markup {
    let money = |cents: i64| format::amount(cents, currency(loaded), lang);
    let order = loaded.row.order_reference.as_deref().unwrap_or_default();
    let mut entries = vec![
        (lang.tr("Bestellnummer", "Order number"), html! { (order) }),
        (
            lang.tr("Auftragssumme (brutto)", "Ordered (gross)"),
            html! { @match sums.ordered { Some(cents) => (money(cents)), None => { (lang.tr("nicht erfasst", "not entered")) } } },
        ),
        (lang.tr("Abgerechnet", "Invoiced"), html! { (money(sums.demanded)) " (" (sums.invoices) ")" }),
    ];
    if sums.reduced != 0 {
        entries.push((lang.tr("Davon gekürzt", "Taken off"), html! { (money(sums.reduced)) }));
    }
    if sums.retained != 0 {
        entries.push((lang.tr("Davon Sicherheitseinbehalt", "Of it kept back"), html! { (money(sums.retained)) }));
    }
    if let Some(left) = sums.left() {
        entries.push((lang.tr("Noch offen", "Left"), html! { strong { (money(left)) } }));
    }
    let value = sums.ordered.map(|cents| format::cents(cents, lang)).unwrap_or_default();
    html! { section.card id="order" {
        h2.card__title { (lang.tr("Bestellung", "Order")) }
        @if sums.left().is_some_and(|left| left < 0) {
            (parts::notice(Tone::Careful, lang.tr("Auftragssumme überschritten", "More invoiced than ordered"), &html! {}))
        }
        (parts::definition_list(&entries))
        @if may_code(caller, loaded) {
            details {
                summary { (lang.tr("Auftragssumme erfassen", "Enter what was ordered")) }
                form.form method="post" action={ "/rechnungen/" (loaded.row.id) "/bestellung" } {
                    (parts::csrf_field(caller))
                    (parts::amount_field(lang, "cents", lang.tr("Auftragssumme (brutto)", "Ordered (gross)")).id("order-cents").value(&value).required())
                    (parts::field(lang, "note", lang.tr("Bemerkung", "Note")).id("order-note").max_length(500))
                    div.form__actions { (parts::button(lang.tr("Speichern", "Save")).secondary()) }
                }
            }
        }
    } }
}

/// `POST /rechnungen/{id}/kuerzung`
async fn reduce(caller: Caller, Path(id): Path<String>, Form(typed): Form<Typed>) -> Answer {
    let id = InvoiceId(id);
    load::row(&caller, &id).await?;
    let lang = caller.lang;
    let parts_new = match typed.parts(lang) {
        Ok(parts_new) => parts_new,
        Err(errors) => return again(&caller, &id, &typed, errors).await,
    };
    let reason = if parts_new.is_empty() { "Kürzung zurückgenommen".to_owned() } else { reason(&parts_new) };
    let coded = !load::loaded(&caller, &id).await?.lines.is_empty();
    let attempt = Attempt {
        reductions: parts_new,
        reason: Some(reason),
        ..Attempt::new(id.clone(), crate::workflow::Kind::Reduce).seen(typed.version)
    };
    let who = decider(&caller).await?;
    let write = caller
        .app
        .store
        .write(&caller.principal.tenant, move |tx: &mut Tx| Box::pin(async move { decide(tx, &who, &attempt).await }));
    match write.await {
        Ok(_) => {
            let said = if coded {
                lang.tr(
                    "Die Kürzung ist gespeichert; die Kontierung wurde anteilig angepasst. Bitte prüfen Sie sie.",
                    "The reduction is saved; the coding was adjusted in proportion. Please check it.",
                )
            } else {
                lang.tr("Die Kürzung ist gespeichert.", "The reduction is saved.")
            };
            Ok(vir_web::redirect_with(&caller, &format!("/rechnungen/{id}"), &Flash::good(said)))
        }
        Err(Refusal::NotFound) => Err(load::not_found()),
        Err(Refusal::Forbidden(permission)) => Err(AppError::forbidden(permission)),
        Err(Refusal::Store(error)) => Err(error.into()),
        Err(refusal) => {
            let text = Text::owned(refusal.text(Lang::De), refusal.text(Lang::En));
            again(&caller, &id, &typed, vec![FieldError::new("", text)]).await
        }
    }
}

/// The reasons in one sentence, for the history.
fn reason(parts_new: &[Part]) -> String {
    let texts: Vec<String> = parts_new
        .iter()
        .map(|part| {
            format!(
                "{}: {} ({})",
                crate::coding::split::euros(part.cents, Lang::De),
                part.kind.name().de,
                part.reason.trim()
            )
        })
        .collect();
    texts.join("; ").chars().take(crate::workflow::decide::REASON_LIMIT).collect()
}

/// The form alone, with what was typed and what is wrong.
async fn again(caller: &Caller, id: &InvoiceId, typed: &Typed, errors: Vec<FieldError>) -> Answer {
    let loaded = load::loaded(caller, id).await?;
    let lang = caller.lang;
    let body = html! { div.column.stack {
        (parts::error_summary(lang, &errors))
        (form(caller, &loaded, typed, &errors))
    } };
    let frame = Page::new(lang.tr("Kürzung", "Reduction"))
        .section("register")
        .crumb(format!("/rechnungen/{id}"), loaded.row.caption(lang))
        .with_errors();
    Ok(page(caller, frame, body))
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Told {
    to: String,
    text: String,
}

/// `POST /rechnungen/{id}/kuerzung/mitteilung`
async fn tell(caller: Caller, Path(id): Path<String>, Form(told): Form<Told>) -> Answer {
    let id = InvoiceId(id);
    let row = load::row(&caller, &id).await?;
    require_code(&caller, row.unit_id.as_deref())?;
    let to = told.to.trim().to_owned();
    let mut errors = Vec::new();
    if !crate::invoice::plausible_mail(&to) {
        errors.push(FieldError::new("to", Text::new("Das ist keine E-Mail-Adresse.", "This is no mail address.")));
    }
    errors.extend(conversation::wrong(&told.text).map(|wrong| FieldError::new("text", wrong)));
    if !errors.is_empty() {
        return Err(AppError::invalid(errors));
    }
    let who = decider(&caller).await?;
    let number = row.number.clone().unwrap_or_else(|| "–".to_owned());
    let write = caller.app.store.write(&caller.principal.tenant, move |tx: &mut Tx| {
        Box::pin(async move {
            let subject = format!("Kürzung Ihrer Rechnung {number}");
            conversation::notice(tx, &who, &row, &to, &subject, &told.text).await
        })
    });
    write.await?;
    let said = Flash::good(caller.lang.tr("Die Mitteilung wird gesendet.", "The notice is being sent."));
    Ok(vir_web::redirect_with(&caller, &format!("/rechnungen/{id}"), &said))
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Ordered {
    cents: String,
    note: String,
}

/// `POST /rechnungen/{id}/bestellung`
async fn order(caller: Caller, Path(id): Path<String>, Form(ordered): Form<Ordered>) -> Answer {
    let id = InvoiceId(id);
    let row = load::row(&caller, &id).await?;
    require_code(&caller, row.unit_id.as_deref())?;
    let Some(cents) = format::parse_amount(&ordered.cents, caller.lang).filter(|cents| *cents > 0) else {
        let text = Text::new("Bitte einen Betrag größer als null angeben.", "Please give an amount above zero.");
        return Err(AppError::invalid(vec![FieldError::new("cents", text)]));
    };
    let principal = caller.principal.clone();
    let write = caller.app.store.write(&caller.principal.tenant, move |tx: &mut Tx| {
        Box::pin(async move { store::enter_order(tx, &principal, &row, cents, &ordered.note).await })
    });
    write.await?;
    let said = Flash::good(caller.lang.tr("Die Auftragssumme ist gespeichert.", "What was ordered is saved."));
    Ok(vir_web::redirect_with(&caller, &format!("/rechnungen/{id}"), &said))
}
