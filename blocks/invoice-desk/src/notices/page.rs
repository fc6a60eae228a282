//! „Benachrichtigungen": how somebody wants to be told, with what it would say now; and ending it by a link.
//!
//! Invariant: everybody sees and changes only their own choice.

use axum::Router;
use axum::extract::Path;
use axum::routing::{get, post};
use maud::{Markup, html};
use serde::Deserialize;
use vir_core::{Lang, Phrase, Text};
use vir_store::{Entry, TenantId, Tx};
use vir_web::parts::{self, Choice as Option_};
use vir_web::{
    Answer, App, AppError, Caller, FieldError, Flash, Form, Page, Posted, Visitor, account_tabs, format, page,
    redirect_with,
};

use super::choice::{AtOnce, Choice, Rhythm, clock, minutes};
use super::digest::Digest;
use super::note::{self, Note};
use super::send::sender;
use super::unsubscribe::{What, is_ours};
use crate::people::decider;

/// The address of the choice.
pub const HERE: &str = "/konto/benachrichtigungen";
/// What it is called among the views of one's account.
pub const TAB: (&str, Phrase) = (HERE, Phrase::new("Benachrichtigungen", "Notices"));

/// The pages.
pub fn routes() -> Router<App> {
    Router::new()
        .route(HERE, get(show).post(save))
        .route("/arbeit/hinweise/gelesen", post(read_all))
        .route("/abbestellen/{tenant}/{person}/{what}/{signature}", get(ask).post(end))
}

/// The form as it is posted.
#[derive(Debug, Default, Deserialize)]
struct Draft {
    #[serde(default)]
    rhythm: String,
    #[serde(default)]
    at: String,
    #[serde(default)]
    weekday: String,
    #[serde(default)]
    at_once: Vec<String>,
    #[serde(default)]
    quiet_from: String,
    #[serde(default)]
    quiet_to: String,
    #[serde(default)]
    free_days: String,
}

impl Draft {
    fn of(choice: &Choice) -> Self {
        Self {
            rhythm: choice.rhythm.code().to_owned(),
            at: clock(choice.at_minute),
            weekday: choice.weekday.to_string(),
            at_once: choice.at_once.iter().map(|one| one.code().to_owned()).collect(),
            quiet_from: clock(choice.quiet_from),
            quiet_to: clock(choice.quiet_to),
            free_days: if choice.free_days { "1".to_owned() } else { String::new() },
        }
    }

    fn read(&self) -> Result<Choice, Vec<FieldError>> {
        let mut errors = Vec::new();
        let mut minute = |field: &str, text: &str| {
            minutes(text).unwrap_or_else(|| {
                let message = Text::new("Bitte eine Uhrzeit wie 07:30 angeben.", "Please give a time such as 07:30.");
                errors.push(FieldError::new(field, message));
                0
            })
        };
        let choice = Choice {
            rhythm: Rhythm::find(&self.rhythm).unwrap_or(Rhythm::Daily),
            at_minute: minute("at", &self.at),
            weekday: self.weekday.parse().ok().filter(|day| (1..=7).contains(day)).unwrap_or(1),
            at_once: AtOnce::ALL.into_iter().filter(|one| self.at_once.iter().any(|code| code == one.code())).collect(),
            quiet_from: minute("quiet_from", &self.quiet_from),
            quiet_to: minute("quiet_to", &self.quiet_to),
            free_days: self.free_days == "1",
        };
        if errors.is_empty() { Ok(choice) } else { Err(errors) }
    }
}

async fn show(caller: Caller) -> Answer {
    let person = caller.principal.person.to_string();
    let read = caller
        .app
        .store
        .read(&caller.principal.tenant, move |tx: &mut Tx| Box::pin(async move { Choice::load(tx, &person).await }));
    let choice = read.await.map_err(|error: vir_store::Error| AppError::from(error))?;
    render(&caller, &Draft::of(&choice), &[]).await
}

async fn save(caller: Caller, Form(draft): Form<Draft>) -> Answer {
    let choice = match draft.read() {
        Ok(choice) => choice,
        Err(errors) => return render(&caller, &draft, &errors).await,
    };
    let (person, actor) = (caller.principal.person.to_string(), caller.principal.actor());
    let write = caller.app.store.write(&caller.principal.tenant, move |tx: &mut Tx| {
        Box::pin(async move { keep(tx, &choice, &person, actor).await })
    });
    write.await.map_err(|error: vir_store::Error| AppError::from(error))?;
    let flash = Flash::good(caller.lang.tr("Gespeichert.", "Saved."));
    Ok(redirect_with(&caller, HERE, &flash))
}

async fn keep(tx: &mut Tx, choice: &Choice, person: &str, actor: String) -> vir_store::Result<()> {
    choice.save(tx, person).await?;
    let at_once: Vec<&str> = choice.at_once.iter().map(|one| one.code()).collect();
    tx.audit(Entry {
        actor,
        action: "notice.choose".to_owned(),
        subject: format!("person/{person}"),
        detail: serde_json::json!({ "rhythm": choice.rhythm.code(), "at_once": at_once }),
    });
    Ok(())
}

async fn render(caller: &Caller, draft: &Draft, errors: &[FieldError]) -> Answer {
    let lang = caller.lang;
    // With the rights of whoever asks: a token that may see less than its person is not shown the person's mail.
    let deciding = decider(caller).await?;
    let today = crate::day_of(caller.app.now());
    let reading = deciding.clone();
    let read = caller.app.store.read(&caller.principal.tenant, move |tx: &mut Tx| {
        Box::pin(async move { Ok::<_, vir_store::Error>((Digest::read(tx, &reading, None).await?, sender(tx).await?)) })
    });
    let (digest, sender) = read.await.map_err(AppError::from)?;
    let base = caller.app.config.url();
    let body = html! {
        (account_tabs(caller, HERE))
        div.stack {
            (parts::error_summary(lang, errors))
            @if sender.is_none() {
                (parts::notice(parts::Tone::Careful, lang.tr("Zurzeit werden keine E-Mails gesendet", "No mails are sent at present"), &html! { p {
                    (lang.tr("Es ist kein Postfach eingerichtet, das senden darf. Alles, was wartet, steht unter „Meine Arbeit“.", "No mailbox is set up that may send. All that waits stands under “My work”.")) } }))
            }
            (parts::card(lang.tr("Wann möchten Sie Bescheid bekommen?", "When would you like to be told?"), &form(caller, draft, errors)))
            (parts::card(lang.tr("So sähe Ihre Übersicht jetzt aus", "What your digest would say now"), &html! {
                @if digest.is_empty() {
                    p { (lang.tr("Auf Sie wartet nichts. Dann kommt auch keine E-Mail.", "Nothing waits for you. Then there is no mail.")) }
                } @else {
                    p { strong { (digest.subject(lang, today)) } }
                    p.pre-line.break-words { (digest.text(lang, &deciding.principal.name, &base, caller.place(), today)) }
                }
            }))
        }
    };
    let title = Page::new(lang.tr("Benachrichtigungen", "Notices"));
    Ok(page(caller, if errors.is_empty() { title } else { title.with_errors() }, body))
}

fn form(caller: &Caller, draft: &Draft, errors: &[FieldError]) -> Markup {
    let lang = caller.lang;
    let rhythms: Vec<Option_> =
        Rhythm::ALL.into_iter().map(|one| Option_::new(one.code(), one.name().get(lang))).collect();
    let days = [
        lang.tr("Montag", "Monday"),
        lang.tr("Dienstag", "Tuesday"),
        lang.tr("Mittwoch", "Wednesday"),
        lang.tr("Donnerstag", "Thursday"),
        lang.tr("Freitag", "Friday"),
    ];
    let days: Vec<Option_> = (1..).zip(days).map(|(number, day)| Option_::new(number.to_string(), day)).collect();
    html! {
        form.form method="post" action=(HERE) {
            (parts::csrf_field(caller))
            (parts::radios(lang, "rhythm", lang.tr("Übersicht über das, was wartet", "Digest of what waits"), &rhythms).value(&draft.rhythm)
                .hint(lang.tr("Eine E-Mail mit allem. An Wochenenden und Feiertagen kommt keine, und keine, wenn nichts wartet.", "One mail with everything. None on weekends and holidays, and none if nothing waits.")))
            (parts::field(lang, "at", lang.tr("Uhrzeit der Übersicht", "Time of the digest")).kind("time").value(&draft.at).errors(errors).required())
            (parts::select(lang, "weekday", lang.tr("Wochentag der wöchentlichen Übersicht", "Day of the weekly digest"), &days).value(&draft.weekday))
            fieldset.field {
                legend.label { (lang.tr("Sofort, in einer eigenen E-Mail", "At once, in a mail of its own")) }
                p.hint { (lang.tr("Was innerhalb von zehn Minuten geschieht, kommt zusammen. Alles andere steht in der Übersicht.", "What happens within ten minutes comes together. Everything else stands in the digest.")) }
                @for one in AtOnce::ALL {
                    (parts::checkbox("at_once", one.name().get(lang)).value(one.code()).id(&format!("at-once-{}", one.code()))
                        .checked(draft.at_once.iter().any(|code| code == one.code())))
                }
            }
            (parts::field(lang, "quiet_from", lang.tr("Ruhezeit von", "Quiet from")).kind("time").value(&draft.quiet_from).errors(errors).required()
                .hint(lang.tr("In der Ruhezeit kommt nichts sofort, sondern danach.", "In quiet hours nothing comes at once, but after them.")))
            (parts::field(lang, "quiet_to", lang.tr("Ruhezeit bis", "Quiet until")).kind("time").value(&draft.quiet_to).errors(errors).required())
            (parts::checkbox("free_days", lang.tr("Sofortiges auch an Wochenenden und Feiertagen", "At once on weekends and holidays, too")).value("1").checked(draft.free_days == "1"))
            div.form__actions { (parts::button(lang.tr("Speichern", "Save"))) }
        }
    }
}

async fn read_all(caller: Caller, Posted: Posted) -> Answer {
    let person = caller.principal.person.to_string();
    let write = caller
        .app
        .store
        .write(&caller.principal.tenant, move |tx: &mut Tx| Box::pin(async move { note::all_seen(tx, &person).await }));
    write.await.map_err(|error: vir_store::Error| AppError::from(error))?;
    Ok(redirect_with(&caller, "/arbeit", &Flash::good(caller.lang.tr("Als gelesen vermerkt.", "Marked as read."))))
}

/// The notes on the work page.
pub(crate) fn list(caller: &Caller, notes: &[Note]) -> Markup {
    let lang = caller.lang;
    html! { @if !notes.is_empty() { section.card id="hinweise" {
        h2.card__title { (lang.tr(format!("Hinweise ({})", notes.len()), format!("Notes ({})", notes.len()))) }
        ul.stack--tight { @for note in notes.iter().take(20) { li {
            a href=(note.path()) { (note.kind.says().get(lang)) ": " (subject(lang, note)) }
            span.small.faint { " " @if let Some(by) = &note.by { (by) ", " } (format::date_time(note.at, lang)) }
        } } }
        (parts::post_button(caller, "/arbeit/hinweise/gelesen", &parts::button(lang.tr("Alle als gelesen vermerken", "Mark all as read")).quiet().small()))
    } } }
}

fn subject(lang: Lang, note: &Note) -> String {
    match (&note.number, note.kind) {
        (_, note::Kind::Quarantine) => lang.tr("ansehen", "look at it").to_owned(),
        (Some(number), _) => lang.tr(format!("Rechnung {number}"), format!("invoice {number}")),
        (None, _) => lang.tr("Rechnung ohne Nummer", "invoice without number").to_owned(),
    }
}

type Link = (String, String, String, String);

/// Whose mails, and which, where the signature is ours.
fn opened(visitor: &Visitor, (tenant, person, what, signature): &Link) -> Result<(TenantId, String, What), AppError> {
    let unknown = || AppError::not_found(Text::new("dieser Verweis", "this link"));
    let tenant: TenantId = tenant.parse().map_err(|_| unknown())?;
    let what = What::find(what).ok_or_else(unknown)?;
    if !is_ours(&visitor.app.key, &tenant, person, what, signature) {
        return Err(unknown());
    }
    Ok((tenant, person.clone(), what))
}

fn named(lang: Lang, what: What) -> &'static str {
    match what {
        What::Digest => lang.tr("die Übersicht über wartende Rechnungen", "the digest of waiting invoices"),
        What::AtOnce => lang.tr("sofortige Hinweise zu Rechnungen", "immediate notes on invoices"),
    }
}

/// Mail servers look at links, so looking changes nothing.
async fn ask(visitor: Visitor, Path(link): Path<Link>) -> Answer {
    let (.., what) = opened(&visitor, &link)?;
    let lang = visitor.lang;
    let (tenant, person, code, signature) = &link;
    let body = html! { div.stack.column {
        p { (lang.tr("Möchten Sie keine E-Mails mehr über das Folgende bekommen?", "Do you want no more mails about the following?")) }
        p { strong { (named(lang, what)) } }
        form method="post" action={ "/abbestellen/" (tenant) "/" (person) "/" (code) "/" (signature) } {
            (parts::button(lang.tr("Abbestellen", "Unsubscribe")))
        }
    } };
    Ok(page(&visitor, Page::new(lang.tr("E-Mails abbestellen", "Unsubscribe")), body))
}

/// One click, from a mail program or from our page: no session, no form token, but our signature.
async fn end(visitor: Visitor, Path(link): Path<Link>) -> Answer {
    let (tenant, person, what) = opened(&visitor, &link)?;
    let write = visitor.app.store.write(&tenant, move |tx: &mut Tx| {
        Box::pin(async move {
            let mut choice = Choice::load(tx, &person).await?;
            match what {
                What::Digest => choice.rhythm = Rhythm::None,
                What::AtOnce => choice.at_once.clear(),
            }
            keep(tx, &choice, &person, "link".to_owned()).await
        })
    });
    write.await.map_err(|error: vir_store::Error| AppError::from(error))?;
    let lang = visitor.lang;
    let body = html! { div.stack.column {
        p { (lang.tr("Abbestellt: ", "Ended: ")) strong { (named(lang, what)) } }
        p { a href=(HERE) { (lang.tr("Benachrichtigungen einstellen (mit Anmeldung)", "Choose notices (signed in)")) } }
    } };
    Ok(page(&visitor, Page::new(lang.tr("E-Mails abbestellt", "Unsubscribed")), body))
}
