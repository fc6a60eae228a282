//! The list of mails that a person has to look at, and one of them, shown inert.
//!
//! Invariant: nothing of a mail is rendered: text stands as text, HTML is not shown, files are downloads that no browser
//! opens by itself.

use axum::body::Body;
use axum::extract::Path;
use axum::response::IntoResponse as _;
use serde::Deserialize;
use vir_auth::UnitId;
use vir_core::{Lang, Text};
use vir_mail::message::{Limits, Mail, Part, take_apart};
use vir_store::{Tx, args};
use vir_web::parts::{self, Choice, Column, Tab};
use vir_web::{Answer, AppError, Caller, FieldError, Markup, Page, Query, format, html, page};

use super::super::keep::{COLUMNS, MailRow, MailState};
use super::sender_rule::{self, SenderRule};
use super::{LIST, UNDO, is_file, name_of};
use crate::api::download;
use crate::notices::note;
use crate::permissions::CODE;

#[derive(Debug, Default, Deserialize)]
pub(super) struct Asked {
    /// `erledigt`: those that somebody decided about.
    #[serde(default)]
    ansicht: String,
}

pub(super) async fn list(caller: Caller, Query(asked): Query<Asked>) -> Answer {
    caller.require_everywhere(CODE)?;
    let lang = caller.lang;
    let settled = asked.ansicht == "erledigt";
    let rows = caller
        .app
        .store
        .read(&caller.principal.tenant, move |tx: &mut Tx| {
            Box::pin(async move {
                let which = if settled {
                    "decided_at is not null and state <> 'quarantined' order by decided_at desc"
                } else {
                    "state = 'quarantined' order by received_at desc"
                };
                let sql = format!("select {COLUMNS} from mail where {which} limit 200");
                tx.all(sql, &[]).await?.iter().map(MailRow::read).collect::<Result<Vec<_>, vir_store::Error>>()
            })
        })
        .await?;
    let tabs = [
        Tab::new(LIST, lang.tr("In Quarantäne", "In quarantine"), !settled),
        Tab::new(format!("{LIST}?ansicht=erledigt"), lang.tr("Erledigt", "Settled"), settled),
    ];
    let subject = |row: &MailRow| html! { a href={ "/postfach/" (row.id) } { (subject(lang, row)) } };
    let mut table = parts::table(lang, "quarantine", lang.tr("E-Mails", "Mails")).columns([
        Column::text(lang.tr("Eingang", "Received")),
        Column::text(lang.tr("Von", "From")),
        Column::text(lang.tr("Betreff", "Subject")),
        Column::text(if settled { lang.tr("Entscheidung", "Decision") } else { lang.tr("Grund", "Reason") }),
    ]);
    for row in &rows {
        table = table.row([
            html! { (format::date_time(row.received_at, lang)) },
            html! { (row.from_address.as_deref().unwrap_or("–")) },
            subject(row),
            html! {
                @if settled { (row.state.text().get(lang)) @if let Some(by) = &row.decided_by { ", " (by) } }
                @else { (row.reason.map(|reason| reason.text().get(lang)).unwrap_or_default()) }
            },
        ]);
    }
    let body = html! {
        (parts::tabs(lang, lang.tr("Welche E-Mails", "Which mails"), &tabs))
        @if rows.is_empty() && settled {
            (parts::empty_state(lang.tr("Noch nichts entschieden", "Nothing decided yet"),
                lang.tr("Hier stehen E-Mails, über die jemand entschieden hat.", "Mails that somebody decided about stand here."), &html! {}))
        } @else if rows.is_empty() {
            (parts::empty_state(lang.tr("Nichts in Quarantäne", "Nothing in quarantine"),
                lang.tr("Alle E-Mails konnten verarbeitet werden.", "All mails could be processed."), &html! {}))
        } @else { (table) }
    };
    Ok(page(&caller, Page::new(lang.tr("E-Mails in Quarantäne", "Mails in quarantine")).section("work"), body))
}

fn subject(lang: Lang, row: &MailRow) -> &str {
    if row.subject.is_empty() { lang.tr("(ohne Betreff)", "(no subject)") } else { row.subject.as_str() }
}

pub(super) async fn load(caller: &Caller, id: String) -> Result<MailRow, AppError> {
    caller.require_everywhere(CODE)?;
    let found = caller
        .app
        .store
        .read(&caller.principal.tenant, move |tx: &mut Tx| Box::pin(async move { MailRow::load(tx, &id).await }));
    found.await?.ok_or_else(|| AppError::not_found(Text::new("diese E-Mail", "this mail")))
}

pub(super) async fn bytes(caller: &Caller, row: &MailRow) -> Result<Vec<u8>, AppError> {
    Ok(caller.app.store.blobs().get(&caller.principal.tenant, &row.blob.parse()?).await?.to_vec())
}

/// `GET /postfach/{id}/original`: the bytes as they came.
pub(super) async fn original(caller: Caller, Path(id): Path<String>) -> Answer {
    let row = load(&caller, id).await?;
    let bytes = bytes(&caller, &row).await?;
    Ok(download("nachricht.eml", "application/octet-stream", Body::from(bytes)))
}

/// `GET /postfach/{id}/anlagen/{part}`
pub(super) async fn attachment(caller: Caller, Path((id, part)): Path<(String, String)>) -> Answer {
    let row = load(&caller, id).await?;
    let bytes = bytes(&caller, &row).await?;
    let mail = take_apart(&bytes, &Limits::default());
    let found = mail.parts.iter().find(|one| one.number == part);
    let found = found.ok_or_else(|| AppError::not_found(Text::new("diese Anlage", "this attachment")))?;
    Ok(download(&name_of(found), "application/octet-stream", Body::from(found.bytes.to_vec())).into_response())
}

/// `GET /postfach/{id}`
pub(super) async fn show(caller: Caller, Path(id): Path<String>) -> Answer {
    let row = load(&caller, id).await?;
    render(&caller, &row, &[], "").await
}

/// The page; after a mistake with what was wrong and what was typed.
pub(super) async fn render(caller: &Caller, row: &MailRow, errors: &[FieldError], typed: &str) -> Answer {
    let lang = caller.lang;
    let bytes = bytes(caller, row).await?;
    let mail = take_apart(&bytes, &Limits::default());
    let (from, person, id) = (row.from_address.clone(), caller.principal.person.to_string(), row.id.clone());
    let read = caller.app.store.read(&caller.principal.tenant, move |tx: &mut Tx| {
        Box::pin(async move {
            let invoices =
                tx.all("select invoice_id from mail_invoice where mail_id = $1 order by position", &args![&id]).await?;
            let invoices = invoices.iter().map(|row| row.text("invoice_id")).collect::<Result<Vec<_>, _>>()?;
            let unread = note::has_unread(tx, &person, &id).await?;
            Ok::<_, vir_store::Error>((sender_rule::of(tx, from.as_deref()).await?, invoices, unread))
        })
    });
    let (rule, invoices, unread) = read.await.map_err(AppError::from)?;
    if unread {
        let (person, id) = (caller.principal.person.to_string(), row.id.clone());
        let seen = caller.app.store.write(&caller.principal.tenant, move |tx: &mut Tx| {
            Box::pin(async move { note::seen(tx, &person, &id).await })
        });
        seen.await.map_err(|error: vir_store::Error| AppError::from(error))?;
    }
    let open = row.state == MailState::Quarantined;
    let undoable = matches!(row.state, MailState::Discarded | MailState::Forwarded | MailState::Returned)
        && row.decided_at.is_some_and(|at| at > caller.app.now() - UNDO);
    let at = format!("/postfach/{}", row.id);
    let body = html! {
        (parts::error_summary(lang, errors))
        div.stack {
            (head(lang, row, &mail, &invoices))
            @if undoable {
                (parts::notice(parts::Tone::Info, lang.tr("Entschieden", "Decided"), &html! {
                    p { (lang.tr("Bis 30 Tage danach lässt sich das zurücknehmen. Was gesendet ist, bleibt gesendet.", "This can be taken back until 30 days later. What was sent stays sent.")) }
                    (parts::post_button(caller, &format!("{at}/zuruecknehmen"), &parts::button(lang.tr("Zurück in die Quarantäne", "Back into quarantine")).secondary()))
                }))
            }
            section.card {
                h2.card__title { (lang.tr("Text der E-Mail", "Text of the mail")) }
                @if mail.text.trim().is_empty() { p { (lang.tr("Die E-Mail enthält keinen Text.", "The mail has no text.")) } }
                @else { p.pre-line.break-words { (mail.text) } }
                p.small.faint { (lang.tr("Nur als Text gezeigt: Bilder, Verweise und Formatierung der E-Mail werden nicht geladen.", "Shown as text only: pictures, links and formatting of the mail are not loaded.")) }
            }
            (files(caller, row, &mail))
            @if open { (deeds(caller, row, &mail, errors, typed)) }
            (sender_card(caller, row, rule))
        }
    };
    let title = Page::new(subject(lang, row)).section("work").crumb(LIST, lang.tr("Quarantäne", "Quarantine"));
    Ok(page(caller, if errors.is_empty() { title } else { title.with_errors() }, body))
}

/// The headers that matter for judging a mail.
fn head(lang: Lang, row: &MailRow, mail: &Mail<'_>, invoices: &[String]) -> Markup {
    let mut entries: Vec<(&str, Markup)> = vec![(
        lang.tr("Von", "From"),
        html! { @if let Some(name) = &row.from_name { (name) " " } (row.from_address.as_deref().unwrap_or("–")) },
    )];
    let mut add = |label: &'static str, text: Option<String>| {
        if let Some(text) = text.filter(|text| !text.is_empty()) {
            entries.push((label, html! { span.break-words { (text) } }));
        }
    };
    let header = &mail.header;
    let list = |addresses: &[vir_mail::Address]| {
        addresses.iter().take(10).map(ToString::to_string).collect::<Vec<_>>().join(", ")
    };
    add(lang.tr("Antwort an", "Reply to"), header.reply_to.as_ref().map(ToString::to_string));
    add(
        lang.tr("Umschlagabsender (Return-Path)", "Envelope sender (Return-Path)"),
        header.return_path.as_ref().map(ToString::to_string),
    );
    add(lang.tr("An", "To"), Some(list(&header.to)));
    add(lang.tr("Nachrichtenkennung", "Message-ID"), header.message_id.clone());
    add(
        lang.tr(
            "Angaben des Mailservers zum Absender (ungeprüft)",
            "What the mail server says of the sender (unchecked)",
        ),
        row.authentication.clone(),
    );
    add(lang.tr("Entschieden von", "Decided by"), row.decided_by.clone());
    add(lang.tr("Begründung oder Text", "Reason or text"), row.decision_note.clone());
    entries.push((lang.tr("Eingang", "Received"), html! { (format::date_time(row.received_at, lang)) }));
    entries.push((lang.tr("Größe", "Size"), html! { (format::bytes(row.size_bytes.unsigned_abs(), lang)) @if row.signed { ", " (lang.tr("signiert", "signed")) } }));
    entries.push((lang.tr("Zustand", "State"), html! { (row.state.text().get(lang)) }));
    if let Some(reason) = row.reason {
        entries.push((lang.tr("Grund der Quarantäne", "Why in quarantine"), html! { (reason.text().get(lang)) }));
    }
    if !invoices.is_empty() {
        entries.push((lang.tr("Rechnungen daraus", "Invoices from it"), html! { ul.stack--tight { @for id in invoices { li { a href={ "/rechnungen/" (id) } { (lang.tr("Rechnung ansehen", "See the invoice")) } } } } }));
    }
    html! { section.card {
        h2.card__title { (lang.tr("Kopf", "Head")) }
        (parts::definition_list(&entries))
        div.toolbar { (parts::link_button(&format!("/postfach/{}/original", row.id), lang.tr("E-Mail herunterladen (.eml)", "Download the mail (.eml)")).quiet().small().icon(parts::Icon::Download)) }
    } }
}

fn kind(lang: Lang, part: &Part<'_>) -> &'static str {
    use vir_mail::message::Kind;
    match part.kind {
        Kind::Xml => "XML",
        Kind::Pdf => "PDF",
        Kind::Zip => lang.tr("Archiv (ZIP)", "archive (ZIP)"),
        Kind::Picture => lang.tr("Bild", "picture"),
        Kind::Text | Kind::Html => lang.tr("Text", "text"),
        Kind::Signature => lang.tr("Signatur", "signature"),
        Kind::Other => lang.tr("andere Datei", "other file"),
    }
}

fn files(caller: &Caller, row: &MailRow, mail: &Mail<'_>) -> Markup {
    let lang = caller.lang;
    let parts_: Vec<&Part<'_>> = mail.parts.iter().filter(|part| part.name.is_some() || is_file(part)).collect();
    if parts_.is_empty() {
        return html! {};
    }
    let mut table = parts::table(lang, "files", lang.tr("Anlagen", "Attachments")).columns([
        Column::text(lang.tr("Name", "Name")),
        Column::text(lang.tr("Art", "Kind")),
        Column::number(lang.tr("Größe", "Size")),
    ]);
    for part in parts_.iter().take(200) {
        table = table.row([
            html! { a href={ "/postfach/" (row.id) "/anlagen/" (part.number) } { (name_of(part)) } },
            html! { (kind(lang, part)) " " span.small.faint { (part.media_type) } },
            html! { (format::bytes(part.bytes.len() as u64, lang)) },
        ]);
    }
    html! { (table) p.small.faint { (lang.tr("Öffnen Sie Anlagen unbekannter Absender mit Vorsicht.", "Take care when opening attachments of unknown senders.")) } }
}

fn deeds(caller: &Caller, row: &MailRow, mail: &Mail<'_>, errors: &[FieldError], typed: &str) -> Markup {
    let lang = caller.lang;
    let at = |what: &str| format!("/postfach/{}/{what}", row.id);
    let choices: Vec<Choice> = mail
        .parts
        .iter()
        .filter(|part| is_file(part))
        .take(200)
        .map(|part| {
            let size = format::bytes(part.bytes.len() as u64, lang);
            Choice::new(part.number.clone(), format!("{} ({}, {size})", name_of(part), kind(lang, part)))
        })
        .collect();
    let first = choices.first().map(|choice| choice.value.clone()).unwrap_or_default();
    let tree = &caller.principal.tree;
    let units: Vec<Choice> = tree
        .in_order()
        .into_iter()
        .filter(|(_, unit)| unit.active)
        .map(|(depth, unit)| Choice::new(unit.id.as_str(), format!("{}{}", "\u{2003}".repeat(depth), unit.name)))
        .collect();
    let wrong = |field: &str| errors.iter().any(|error| error.field == field);
    html! { section.card {
        h2.card__title { (lang.tr("Was soll mit der E-Mail geschehen?", "What shall become of the mail?")) }
        div.stack--tight {
            @if !choices.is_empty() {
                details open[wrong("part")] {
                    summary { (lang.tr("Trotzdem als Rechnung annehmen", "Take in as an invoice anyway")) }
                    form.form method="post" action=(at("annehmen")) {
                        (parts::csrf_field(caller))
                        (parts::select(lang, "part", lang.tr("Welche Anlage ist die Rechnung?", "Which attachment is the invoice?"), &choices).value(&first).errors(errors).required()
                            .hint(lang.tr("Die anderen Anlagen gehen als Beilagen mit.", "The other attachments go along.")))
                        (parts::select(lang, "unit", lang.tr("Stelle", "Unit"), &units).empty(lang.tr("nach den Regeln der Zuordnung", "by the rules of routing")))
                        (parts::field(lang, "note", lang.tr("Hinweis", "Note")).id("take-note").max_length(1000))
                        div.form__actions { (parts::button(lang.tr("Annehmen", "Take in"))) }
                    }
                }
            }
            details open[wrong("to")] {
                summary { (lang.tr("Weiterleiten", "Forward")) }
                form.form method="post" action=(at("weiterleiten")) {
                    (parts::csrf_field(caller))
                    (parts::field(lang, "to", lang.tr("An E-Mail-Adresse", "To mail address")).id("to").kind("email").errors(errors).required())
                    (parts::field(lang, "note", lang.tr("Nachricht dazu", "Message with it")).id("forward-note").max_length(1000))
                    div.form__actions { (parts::button(lang.tr("Weiterleiten", "Forward")).secondary()) }
                }
            }
            @if row.answer_to.is_some() {
                details open[wrong("text")] {
                    summary { (lang.tr("Absender antworten", "Answer the sender")) }
                    form.form method="post" action=(at("antworten")) {
                        (parts::csrf_field(caller))
                        p { (lang.tr("An: ", "To: ")) (row.answer_to.as_deref().unwrap_or_default()) }
                        (parts::text_area(lang, "text", lang.tr("Antwort", "Answer")).id("text").rows(6).value(typed).errors(errors).required().max_length(5000))
                        div.form__actions { (parts::button(lang.tr("Antwort senden", "Send the answer")).secondary().icon(parts::Icon::Mail)) }
                    }
                }
            }
            details open[wrong("note")] {
                summary { (lang.tr("Verwerfen", "Discard")) }
                form.form method="post" action=(at("verwerfen")) {
                    (parts::csrf_field(caller))
                    (parts::text_area(lang, "note", lang.tr("Begründung", "Reason")).id("note").rows(2).errors(errors).required().max_length(1000))
                    div.form__actions { (parts::button(lang.tr("Verwerfen", "Discard")).danger()) }
                }
            }
        }
        p.small { (lang.tr("Nichts wird gelöscht. Verwerfen, Weiterleiten und Antworten lassen sich 30 Tage lang zurücknehmen.", "Nothing is deleted. Discarding, forwarding and answering can be taken back for 30 days.")) }
    } }
}

fn sender_card(caller: &Caller, row: &MailRow, rule: Option<SenderRule>) -> Markup {
    let lang = caller.lang;
    let Some(from) = &row.from_address else { return html! {} };
    let mut choices: Vec<Choice> =
        SenderRule::ALL.into_iter().map(|one| Choice::new(one.code(), one.text().get(lang))).collect();
    choices.insert(0, Choice::new("none", lang.tr("Jede E-Mail für sich beurteilen", "Judge each mail by itself")));
    let now = rule.map_or("none", SenderRule::code);
    html! { section.card {
        h2.card__title { (lang.tr("Künftige E-Mails von diesem Absender", "Further mails of this sender")) }
        form.form method="post" action={ "/postfach/" (row.id) "/absender" } {
            (parts::csrf_field(caller))
            (parts::radios(lang, "rule", from, &choices).value(now)
                .hint(lang.tr("Absender lassen sich fälschen: „immer“ heißt nur, dass eine Rechnung angelegt wird. Geprüft und unterzeichnet wird sie wie jede andere.", "Senders can be forged: “always” only means that an invoice is made. It is checked and signed like any other.")))
            div.form__actions { (parts::button(lang.tr("Speichern", "Save")).secondary()) }
        }
    } }
}

/// The units that a form may name.
pub(super) fn unit(caller: &Caller, text: &str) -> Option<UnitId> {
    Some(UnitId::from(text)).filter(|unit| caller.principal.tree.unit(unit).is_some_and(|unit| unit.active))
}
