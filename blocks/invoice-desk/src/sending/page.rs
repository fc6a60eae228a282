//! The pages of own invoices.
//!
//! Invariant: what is shown before issuing is what is issued, but for number and date.

use axum::Router;
use axum::extract::Path;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use serde::Deserialize;
use vir_core::Text;
use vir_invoice::show::{self, View};
use vir_invoice::{bindings, xml};
use vir_mail::Address;
use vir_mail::smtp::{Attachment, Standing};
use vir_web::format::{amount, date_time, iso_date};
use vir_web::parts::{
    self, Column, FieldError, Icon, Row, Tone, badge, button, card, checkbox, date_field, definition_list, empty_state,
    error_summary, field, link_button, notice, text_area,
};
use vir_web::{
    Answer, App, AppError, Caller, Embedded, Flash, Form, Page, html, page as frame, redirect, redirect_with,
};

use super::own::{self, OwnInvoice, OwnState, SendingError, draft};
use super::party::OwnParty;
use crate::intake::{Received, receive};
use crate::invoice_row::Channel;
use crate::mailbox::account::Account;
use crate::mailbox::outbox::{self, Letter};
use crate::permissions::{CONFIGURE, SEND};
use crate::web_entry::{Checked, EntryForm, checked, one_line};

/// The part of the navigation that these pages belong to.
pub const SECTION: &str = "own";

/// The pages.
pub fn routes() -> Router<App> {
    Router::new()
        .route("/ausgangsrechnungen", get(list))
        .route("/ausgangsrechnungen/neu", get(new).post(posted))
        .route("/ausgangsrechnungen/rechnungssteller", get(seller).post(keep_seller))
        .route("/ausgangsrechnungen/{id}", get(one).post(posted_again))
        .route("/ausgangsrechnungen/{id}/bearbeiten", get(edit))
        .route("/ausgangsrechnungen/{id}/ansicht", get(shown))
        .route("/ausgangsrechnungen/{id}/xml", get(file_xml))
        .route("/ausgangsrechnungen/{id}/pdf", get(file_pdf))
        .route("/ausgangsrechnungen/{id}/ausstellung", post(issue))
        .route("/ausgangsrechnungen/{id}/mail", post(mail))
        .route("/ausgangsrechnungen/{id}/versand", post(sent))
        .route("/ausgangsrechnungen/{id}/zahlung", post(paid))
        .route("/ausgangsrechnungen/{id}/storno", post(cancel))
}

impl From<SendingError> for AppError {
    fn from(error: SendingError) -> Self {
        match error {
            SendingError::Store(error) => Self::internal(error),
            SendingError::NotFound => Self::not_found(Text::new("diese Rechnung", "this invoice")),
            SendingError::Refused(text) => Self::conflict(text),
            SendingError::Fields(fields) => Self::invalid(fields),
        }
    }
}

fn tone(state: OwnState) -> Tone {
    match state {
        OwnState::Draft => Tone::Neutral,
        OwnState::Issued => Tone::Careful,
        OwnState::Sent => Tone::Info,
        OwnState::Paid => Tone::Good,
        OwnState::Cancelled => Tone::Bad,
    }
}

async fn list(caller: Caller) -> Answer {
    caller.require_anywhere(SEND)?;
    let lang = caller.lang;
    let (all, party) = caller
        .app
        .store
        .read(&caller.principal.tenant, |tx| {
            Box::pin(async move { Ok::<_, vir_store::Error>((OwnInvoice::list(tx).await?, OwnParty::load(tx).await?)) })
        })
        .await?;
    let table = parts::table(lang, "own", lang.tr("Eigene Rechnungen", "Own invoices"))
        .hide_caption()
        .columns([
            Column::text(lang.tr("Nummer", "Number")),
            Column::text(lang.tr("An", "To")),
            Column::text(lang.tr("Stand", "State")),
            Column::text(lang.tr("Ausgestellt", "Issued")),
            Column::number(lang.tr("Betrag", "Amount")),
        ])
        .rows(all.iter().map(|own| {
            Row::new([
                html! { a href={ "/ausgangsrechnungen/" (own.id) } { (own.number.as_deref().unwrap_or(lang.tr("Entwurf", "Draft"))) } },
                html! { (own.form.buyer_name) },
                badge(tone(own.state), own.state.title().get(lang)),
                html! { @if let Some(day) = &own.issued_on { (iso_date(day, lang)) } },
                html! { @if let Some(cents) = own.total_cents { (amount(cents, "EUR", lang)) } },
            ])
        }));
    let body = html! {
        @if !party.check().is_empty() {
            (notice(Tone::Careful, lang.tr("Ihre Angaben als Rechnungssteller fehlen noch", "Your details as seller are missing"), &html! {
                p { a href="/ausgangsrechnungen/rechnungssteller" { (lang.tr("Angaben ergänzen", "Complete them")) } }
            }))
        }
        @if all.is_empty() {
            (empty_state(
                lang.tr("Noch keine eigene Rechnung", "No own invoice yet"),
                lang.tr("Hier schreiben Sie Rechnungen der Kommune, zum Beispiel an andere Verwaltungen.", "Here you write invoices of the municipality, for example to other administrations."),
                &html! { (link_button("/ausgangsrechnungen/neu", lang.tr("Rechnung schreiben", "Write an invoice")).primary().icon(Icon::Plus)) },
            ))
        } @else { (table) }
    };
    let page = Page::new(lang.tr("Eigene Rechnungen", "Own invoices")).section(SECTION).actions(html! {
        (link_button("/ausgangsrechnungen/neu", lang.tr("Rechnung schreiben", "Write an invoice")).primary().icon(Icon::Plus))
        @if caller.principal.may_everywhere(CONFIGURE) {
            (link_button("/ausgangsrechnungen/rechnungssteller", lang.tr("Rechnungssteller", "Seller")).quiet().icon(Icon::Settings))
        }
    });
    Ok(frame(&caller, page, body))
}

async fn new(caller: Caller) -> Answer {
    caller.require_anywhere(SEND)?;
    let mut form = EntryForm::default();
    form.add_line();
    Ok(form_page(&caller, "/ausgangsrechnungen/neu", &form, &[]))
}

async fn edit(caller: Caller, Path(id): Path<String>) -> Answer {
    caller.require_anywhere(SEND)?;
    let own = load(&caller, &id).await?;
    if own.state != OwnState::Draft {
        return Ok(redirect(&format!("/ausgangsrechnungen/{id}")));
    }
    Ok(form_page(&caller, &format!("/ausgangsrechnungen/{id}"), &own.form, &[]))
}

async fn load(caller: &Caller, id: &str) -> Result<OwnInvoice, AppError> {
    let id = id.to_owned();
    let read = caller
        .app
        .store
        .read(&caller.principal.tenant, move |tx| Box::pin(async move { OwnInvoice::load(tx, &id).await }));
    Ok(read.await?)
}

fn form_page(caller: &Caller, action: &str, form: &EntryForm, errors: &[FieldError]) -> Response {
    let lang = caller.lang;
    let body = html! {
        (error_summary(lang, errors))
        form method="post" action=(action) novalidate {
            (parts::csrf_field(caller))
            button.visually-hidden type="submit" name="do" value="preview" tabindex="-1" aria-hidden="true" { (lang.tr("Prüfen", "Check")) }
            (card(lang.tr("An wen", "To whom"), &html! {
                (field(lang, "buyer_name", lang.tr("Name", "Name")).value(&form.buyer_name).errors(errors).required().max_length(200))
                (field(lang, "buyer_post_code", lang.tr("Postleitzahl", "Post code")).value(&form.buyer_post_code).errors(errors).required().max_length(10))
                (field(lang, "buyer_city", lang.tr("Ort", "Town")).value(&form.buyer_city).errors(errors).required().max_length(100))
                (field(lang, "leitweg", lang.tr("Leitweg-ID oder Zeichen des Empfängers", "Leitweg-ID or reference of the recipient")).value(&form.leitweg).errors(errors).required().max_length(46).no_spellcheck()
                    .hint(lang.tr("Verwaltungen haben eine Leitweg-ID; bei anderen genügt ihr Zeichen oder ihre Kundennummer.", "Administrations have a Leitweg-ID; for others their reference or customer number is enough.")))
                (field(lang, "email", lang.tr("E-Mail des Empfängers", "E-mail of the recipient")).value(&form.email).errors(errors).max_length(200).kind("email"))
                (field(lang, "order", lang.tr("Bestellnummer", "Order number")).value(&form.order).errors(errors).max_length(100))
            }))
            (card(lang.tr("Die Rechnung", "The invoice"), &html! {
                (date_field(lang, "delivery_date", lang.tr("Geleistet am", "Supplied on")).value(&form.delivery_date).errors(errors))
                (date_field(lang, "due_date", lang.tr("Zahlbar bis", "Payable until")).value(&form.due_date).errors(errors))
                (checkbox("small_business", lang.tr("Hoheitliche Leistung: keine Umsatzsteuer", "Sovereign activity: no VAT")).checked(form.small_business.is_some()))
                (text_area(lang, "note", lang.tr("Bemerkung", "Note")).rows(3).value(&form.note).errors(errors).max_length(1000))
            }))
            (card(lang.tr("Positionen", "Lines"), &html! {
                @for (index, line) in form.lines().iter().enumerate() { (one_line(lang, index, line, form, errors)) }
                (button(lang.tr("Position hinzufügen", "Add a line")).secondary().icon(Icon::Plus).name_value("do", "add").no_validate())
            }))
            div.toolbar {
                (button(lang.tr("Prüfen und Vorschau", "Check and preview")).name_value("do", "preview"))
                (button(lang.tr("Entwurf speichern", "Keep draft")).secondary().name_value("do", "keep").no_validate())
            }
        }
    };
    let mut page = Page::new(lang.tr("Rechnung schreiben", "Write an invoice"))
        .section(SECTION)
        .crumb("/ausgangsrechnungen", lang.tr("Eigene Rechnungen", "Own invoices"));
    if !errors.is_empty() {
        page = page.with_errors();
    }
    frame(caller, page, body)
}

async fn posted(caller: Caller, Form(form): Form<EntryForm>) -> Answer {
    act(&caller, None, form).await
}

async fn posted_again(caller: Caller, Path(id): Path<String>, Form(form): Form<EntryForm>) -> Answer {
    act(&caller, Some(id), form).await
}

async fn act(caller: &Caller, id: Option<String>, mut form: EntryForm) -> Answer {
    caller.require_anywhere(SEND)?;
    form.tidy();
    let action = form.action.clone();
    let path =
        id.as_ref().map_or_else(|| "/ausgangsrechnungen/neu".to_owned(), |id| format!("/ausgangsrechnungen/{id}"));
    if action == "add" {
        form.add_line();
        return Ok(form_page(caller, &path, &form, &[]));
    }
    if let Some(index) = action.strip_prefix("remove-").and_then(|index| index.parse().ok()) {
        form.remove_line(index);
        return Ok(form_page(caller, &path, &form, &[]));
    }
    if action != "keep"
        && let Err(errors) = preview(caller, &form).await?
    {
        return Ok(form_page(caller, &path, &form, &errors));
    }
    let principal = caller.principal.clone();
    let kept = caller
        .app
        .store
        .write(&caller.principal.tenant, move |tx| {
            Box::pin(async move { own::keep(tx, &principal, id.as_deref(), &form).await })
        })
        .await?;
    Ok(redirect(&format!("/ausgangsrechnungen/{kept}")))
}

/// The invoice as it would be issued today.
async fn preview(caller: &Caller, form: &EntryForm) -> Result<Result<Checked, Vec<FieldError>>, AppError> {
    let party =
        caller.app.store.read(&caller.principal.tenant, |tx| Box::pin(async move { OwnParty::load(tx).await })).await?;
    if !party.check().is_empty() {
        return Ok(Err(vec![FieldError::new(
            "",
            Text::new(
                "Ihre Angaben als Rechnungssteller fehlen noch (Eigene Rechnungen, Rechnungssteller).",
                "Your details as seller are missing (own invoices, seller).",
            ),
        )]));
    }
    let (form, today) = (form.clone(), crate::day_of(caller.app.now()).to_string());
    let work = move || draft(&form, &party, "ENTWURF", &today).and_then(|draft| checked(&draft));
    tokio::task::spawn_blocking(work).await.map_err(AppError::internal)
}

async fn one(caller: Caller, Path(id): Path<String>) -> Answer {
    caller.require_anywhere(SEND)?;
    let lang = caller.lang;
    let mut own = load(&caller, &id).await?;
    if own.state != OwnState::Draft && own.invoice_id.is_none() {
        register(&caller, &own).await?;
        own = load(&caller, &id).await?;
    }
    let at = |what: &str| format!("/ausgangsrechnungen/{id}/{what}");
    let problems = if own.state == OwnState::Draft { preview(&caller, &own.form).await?.err() } else { None };
    let mut entries = vec![
        (lang.tr("Stand", "State"), badge(tone(own.state), own.state.title().get(lang))),
        (lang.tr("An", "To"), html! { (own.form.buyer_name) ", " (own.form.leitweg) }),
        (lang.tr("Geschrieben von", "Written by"), html! { (own.created_by_name) }),
    ];
    if let Some(cents) = own.total_cents {
        entries.push((lang.tr("Betrag", "Amount"), html! { (amount(cents, "EUR", lang)) }));
    }
    if let Some(moment) = own.sent_at {
        entries.push((lang.tr("Versandt", "Sent"), html! { (date_time(moment, lang)) }));
    }
    if let Some(day) = &own.paid_on {
        entries.push((lang.tr("Bezahlt am", "Paid on"), html! { (iso_date(day, lang)) }));
    }
    if let Some(invoice) = &own.invoice_id {
        entries.push((
            lang.tr("Im Register", "In the register"),
            html! { a href={ "/rechnungen/" (invoice) } { (lang.tr("ansehen", "view")) } },
        ));
    }
    let key = id.clone();
    let read = caller
        .app
        .store
        .read(&caller.principal.tenant, move |tx| Box::pin(async move { own::cancelled_by(tx, &key).await }));
    for (title, other) in [
        (lang.tr("Storniert die Rechnung", "Cancels the invoice"), own.cancels.clone()),
        (lang.tr("Storniert durch", "Cancelled by"), read.await?),
    ] {
        if let Some(other) = other {
            entries.push((title, html! { a href={ "/ausgangsrechnungen/" (other) } { (lang.tr("ansehen", "view")) } }));
        }
    }
    let body = html! {
        (definition_list(&entries))
        @if let Some(problems) = &problems {
            (notice(Tone::Careful, lang.tr("Der Entwurf ist noch nicht vollständig", "The draft is not complete yet"), &html! {
                ul { @for problem in problems { li { (problem.message.get(lang)) } } }
            }))
        } @else {
            iframe.document src=(at("ansicht")) title=(lang.tr("Ansicht der Rechnung", "View of the invoice")) {}
        }
        div.toolbar {
            @match own.state {
                OwnState::Draft => {
                    @if problems.is_none() {
                        (parts::post_button(&caller, &at("ausstellung"), &button(lang.tr("Ausstellen", "Issue")).icon(Icon::Check)
                            .confirm(lang.tr("Die Rechnung erhält jetzt ihre Nummer und kann danach nicht mehr geändert werden. Ausstellen?", "The invoice gets its number now and cannot be changed afterwards. Issue it?"))))
                    }
                    (link_button(&at("bearbeiten"), lang.tr("Ändern", "Change")))
                }
                OwnState::Issued => {
                    @if !own.form.email.is_empty() {
                        (parts::post_button(&caller, &at("mail"), &button(lang.tr("Per E-Mail senden", "Send by mail")).icon(Icon::Mail).about(&own.form.email)))
                    }
                    (parts::post_button(&caller, &at("versand"), &button(lang.tr("Als versandt vermerken", "Record as sent")).secondary()))
                }
                OwnState::Sent => {
                    (parts::post_button(&caller, &at("zahlung"), &button(lang.tr("Als bezahlt vermerken", "Record as paid"))))
                }
                OwnState::Paid | OwnState::Cancelled => {}
            }
            @if own.state != OwnState::Draft {
                (link_button(&at("xml"), lang.tr("XRechnung (XML)", "XRechnung (XML)")).download().icon(Icon::Download))
                (link_button(&at("pdf"), lang.tr("PDF mit Daten (ZUGFeRD)", "PDF with data (ZUGFeRD)")).download().icon(Icon::Download))
            }
            @if matches!(own.state, OwnState::Issued | OwnState::Sent | OwnState::Paid) && own.cancels.is_none() {
                (parts::post_button(&caller, &at("storno"), &button(lang.tr("Durch Gutschrift stornieren", "Cancel by credit note")).danger()
                    .confirm(lang.tr("Eine Gutschrift über den ganzen Betrag ausstellen?", "Issue a credit note over the whole amount?"))))
            }
        }
    };
    let title = own.number.clone().unwrap_or_else(|| lang.tr("Entwurf", "Draft").to_owned());
    let page =
        Page::new(title).section(SECTION).crumb("/ausgangsrechnungen", lang.tr("Eigene Rechnungen", "Own invoices"));
    Ok(frame(&caller, page, body))
}

/// Puts an issued invoice into the register. Repeated, it is the same invoice there.
async fn register(caller: &Caller, own: &OwnInvoice) -> Result<(), AppError> {
    let Some(ubl) = own.ubl.clone() else { return Ok(()) };
    let name = format!("{}.xml", own.number.as_deref().unwrap_or("rechnung"));
    let received = Received::new(Channel::Own, name, ubl.into_bytes())
        .from(caller.principal.name.clone())
        .by(caller.principal.actor());
    let tenant = &caller.principal.tenant;
    let receipt = receive(&caller.app.store, tenant, received).await.map_err(AppError::internal)?;
    let id = own.id.clone();
    caller
        .app
        .store
        .write(tenant, move |tx| Box::pin(async move { own::registered(tx, &id, receipt.id.as_str()).await }))
        .await?;
    Ok(())
}

async fn shown(caller: Caller, Path(id): Path<String>) -> Answer {
    caller.require_anywhere(SEND)?;
    let own = load(&caller, &id).await?;
    let text = match own.ubl {
        Some(ubl) => ubl,
        None => preview(&caller, &own.form).await?.map_err(AppError::invalid)?.ubl,
    };
    let doc = xml::parse(text.as_bytes()).map_err(AppError::internal)?;
    let invoice = bindings::read(&doc);
    let mut response = axum::response::Html(show::html(&View::new(&invoice, None, caller.lang))).into_response();
    response.extensions_mut().insert(Embedded::Document);
    Ok(response)
}

async fn file_xml(caller: Caller, Path(id): Path<String>) -> Answer {
    caller.require_anywhere(SEND)?;
    let own = load(&caller, &id).await?;
    let ubl = own.ubl.clone().ok_or_else(not_issued)?;
    Ok(file(&own, "xml", "application/xml", ubl.into_bytes()))
}

async fn file_pdf(caller: Caller, Path(id): Path<String>) -> Answer {
    caller.require_anywhere(SEND)?;
    let own = load(&caller, &id).await?;
    let cii = own.cii.clone().ok_or_else(not_issued)?;
    let (lang, now) = (caller.lang, caller.app.now());
    let bytes = tokio::task::spawn_blocking(move || crate::sheet::zugferd(&cii, lang, now))
        .await
        .map_err(AppError::internal)?
        .map_err(|text| AppError::internal(text.en))?;
    Ok(file(&own, "pdf", "application/pdf", bytes))
}

fn not_issued() -> AppError {
    AppError::conflict(Text::new("Die Rechnung ist noch nicht ausgestellt.", "The invoice is not issued yet."))
}

fn file(own: &OwnInvoice, ending: &str, kind: &'static str, bytes: Vec<u8>) -> Response {
    let number: String = own
        .number
        .as_deref()
        .unwrap_or("rechnung")
        .chars()
        .map(|c| if c.is_ascii_alphanumeric() || c == '-' { c } else { '-' })
        .collect();
    let disposition = HeaderValue::from_str(&format!("attachment; filename=\"{number}.{ending}\""))
        .unwrap_or(HeaderValue::from_static("attachment"));
    let headers = [(header::CONTENT_TYPE, HeaderValue::from_static(kind)), (header::CONTENT_DISPOSITION, disposition)];
    (headers, bytes).into_response()
}

/// A form without fields of its own.
#[derive(Debug, Clone, Copy, Deserialize)]
struct Nothing {}

async fn issue(caller: Caller, Path(id): Path<String>, Form(_): Form<Nothing>) -> Answer {
    caller.require_anywhere(SEND)?;
    // The whole check takes too long for a transaction; it is made before, on the same form.
    let own = load(&caller, &id).await?;
    if own.state == OwnState::Draft && preview(&caller, &own.form).await?.is_err() {
        return Ok(redirect(&format!("/ausgangsrechnungen/{id}")));
    }
    let principal = caller.principal.clone();
    let issuing = id.clone();
    let own = caller
        .app
        .store
        .write(&caller.principal.tenant, move |tx| Box::pin(async move { own::issue(tx, &principal, &issuing).await }))
        .await?;
    register(&caller, &own).await?;
    let number = own.number.unwrap_or_default();
    let text = caller.tr(format!("Rechnung {number} ist ausgestellt."), format!("Invoice {number} is issued."));
    Ok(redirect_with(&caller, &format!("/ausgangsrechnungen/{id}"), &Flash::good(text)))
}

async fn cancel(caller: Caller, Path(id): Path<String>, Form(_): Form<Nothing>) -> Answer {
    caller.require_anywhere(SEND)?;
    let principal = caller.principal.clone();
    let credit = caller
        .app
        .store
        .write(&caller.principal.tenant, move |tx| Box::pin(async move { own::cancel(tx, &principal, &id).await }))
        .await?;
    register(&caller, &credit).await?;
    let text = caller.tr("Storniert; dies ist die Gutschrift.", "Cancelled; this is the credit note.");
    Ok(redirect_with(&caller, &format!("/ausgangsrechnungen/{}", credit.id), &Flash::good(text)))
}

/// Sends an issued invoice to its recipient: a mail in the outbox and the step to *sent*, in one write.
async fn mail(caller: Caller, Path(id): Path<String>, Form(_): Form<Nothing>) -> Answer {
    caller.require_anywhere(SEND)?;
    let own = load(&caller, &id).await?;
    let at = format!("/ausgangsrechnungen/{id}");
    let (Some(ubl), Some(cii), Some(number)) = (own.ubl, own.cii, own.number) else { return Err(not_issued()) };
    let tenant = caller.principal.tenant.clone();
    let store = &caller.app.store;
    let mailboxes = store.read(&tenant, |tx| Box::pin(async move { Account::all(tx).await })).await?;
    let sending = mailboxes.into_iter().find(|mailbox| mailbox.active && !mailbox.smtp.0.is_empty());
    let (Some(mailbox), Ok(to)) = (sending, Address::new(&own.form.email)) else {
        let text = caller.tr(
            "Es ist kein Postfach zum Senden eingerichtet, oder die E-Mail-Adresse ist falsch. Bitte laden Sie die Datei und senden Sie sie selbst.",
            "No mailbox is set up for sending, or the address is wrong. Please fetch the file and send it yourself.",
        );
        return Ok(redirect_with(&caller, &at, &Flash::bad(text)));
    };
    let now = caller.app.now();
    let pdf = tokio::task::spawn_blocking(move || crate::sheet::zugferd(&cii, vir_core::Lang::De, now))
        .await
        .map_err(AppError::internal)?
        .map_err(|text| AppError::internal(text.en))?;
    let attachment = |ending: &str, kind: &str, bytes: Vec<u8>| Attachment {
        name: format!("{number}.{ending}"),
        media_type: kind.to_owned(),
        bytes,
    };
    let letter = Letter {
        key: format!("own-invoice:{id}"),
        kind: "invoice",
        to,
        subject: format!("Rechnung {number}"),
        text: format!(
            "Guten Tag,\n\nanbei erhalten Sie unsere Rechnung {number} als XRechnung und als PDF mit denselben Daten.\n\nFreundliche Grüße"
        ),
        answered: None,
        thread: None,
        mail: None,
        invoice: None,
        standing: Standing::Personal,
        attachments: vec![
            attachment("xml", "application/xml", ubl.into_bytes()),
            attachment("pdf", "application/pdf", pdf),
        ],
        unsubscribe: None,
    };
    let prepared = outbox::prepare(store, &tenant, &mailbox, letter).await.map_err(AppError::internal)?;
    let principal = caller.principal.clone();
    store
        .write(&tenant, move |tx| {
            Box::pin(async move {
                // Sent twice by two clicks is sent once: the key of the mail and the step both refuse the second.
                own::step(tx, &principal, &id, OwnState::Sent).await?;
                outbox::queue(tx, prepared).await?;
                Ok::<_, SendingError>(())
            })
        })
        .await?;
    let text = caller.tr("Die Rechnung ist auf dem Weg.", "The invoice is on its way.");
    Ok(redirect_with(&caller, &at, &Flash::good(text)))
}

async fn sent(caller: Caller, Path(id): Path<String>, Form(_): Form<Nothing>) -> Answer {
    step(&caller, id, OwnState::Sent).await
}

async fn paid(caller: Caller, Path(id): Path<String>, Form(_): Form<Nothing>) -> Answer {
    step(&caller, id, OwnState::Paid).await
}

async fn step(caller: &Caller, id: String, to: OwnState) -> Answer {
    caller.require_anywhere(SEND)?;
    let principal = caller.principal.clone();
    let path = format!("/ausgangsrechnungen/{id}");
    caller
        .app
        .store
        .write(&caller.principal.tenant, move |tx| Box::pin(async move { own::step(tx, &principal, &id, to).await }))
        .await?;
    Ok(redirect_with(caller, &path, &Flash::good(to.title().get(caller.lang))))
}

async fn seller(caller: Caller) -> Answer {
    caller.require_everywhere(CONFIGURE)?;
    let party =
        caller.app.store.read(&caller.principal.tenant, |tx| Box::pin(async move { OwnParty::load(tx).await })).await?;
    Ok(seller_page(&caller, &party, &[]))
}

fn seller_page(caller: &Caller, party: &OwnParty, errors: &[FieldError]) -> Response {
    let lang = caller.lang;
    let text = |name: &'static str, label: &'static str, value: &str, most: u32| {
        html! { (field(lang, name, label).value(value).errors(errors).max_length(most)) }
    };
    let body = html! {
        (error_summary(lang, errors))
        form method="post" action="/ausgangsrechnungen/rechnungssteller" {
            (parts::csrf_field(caller))
            (text("name", lang.tr("Name der Kommune", "Name of the municipality"), &party.name, 200))
            (text("street", lang.tr("Straße und Hausnummer", "Street and number"), &party.street, 200))
            (text("post_code", lang.tr("Postleitzahl", "Post code"), &party.post_code, 10))
            (text("city", lang.tr("Ort", "Town"), &party.city, 100))
            (text("tax_number", lang.tr("Steuernummer", "Tax number"), &party.tax_number, 30))
            (text("vat_id", lang.tr("Umsatzsteuer-ID", "VAT id"), &party.vat_id, 20))
            (text("contact", lang.tr("Ansprechperson oder Stelle", "Contact"), &party.contact, 200))
            (text("phone", lang.tr("Telefon", "Telephone"), &party.phone, 50))
            (text("email", lang.tr("E-Mail", "E-mail"), &party.email, 200))
            (text("iban", "IBAN", &party.iban, 42))
            (field(lang, "prefix", lang.tr("Rechnungsnummern beginnen mit", "Invoice numbers begin with")).value(&party.prefix).max_length(10)
                .hint(lang.tr("Dahinter folgen Jahr und laufende Nummer: A-2026-00001.", "Then follow year and running number: A-2026-00001.")))
            (button(lang.tr("Speichern", "Keep")))
        }
    };
    let mut page = Page::new(lang.tr("Rechnungssteller", "Seller"))
        .section(SECTION)
        .crumb("/ausgangsrechnungen", lang.tr("Eigene Rechnungen", "Own invoices"));
    if !errors.is_empty() {
        page = page.with_errors();
    }
    frame(caller, page, body)
}

async fn keep_seller(caller: Caller, Form(party): Form<OwnParty>) -> Answer {
    caller.require_everywhere(CONFIGURE)?;
    let errors = party.check();
    if !errors.is_empty() {
        return Ok(seller_page(&caller, &party, &errors));
    }
    caller.app.store.write(&caller.principal.tenant, move |tx| Box::pin(async move { party.save(tx).await })).await?;
    Ok(redirect_with(&caller, "/ausgangsrechnungen", &Flash::good(caller.tr("Gespeichert.", "Kept."))))
}
