//! What is posted from the page of a mail.
//!
//! Invariant: each handler asks for the permission by loading the mail, and answers with a redirect where it worked.

use axum::extract::Path;
use serde::Deserialize;
use vir_core::Text;
use vir_mail::Address;
use vir_store::Tx;
use vir_web::{Answer, AppError, Caller, FieldError, Flash, Form, Posted, redirect_with};

use super::page::{load, render, unit};
use super::sender_rule::SenderRule;
use super::{DeedError, LIST};
use crate::people::decider;

fn problem(error: DeedError) -> AppError {
    match error {
        DeedError::Stale => AppError::stale(),
        DeedError::NoPart => AppError::not_found(Text::new("diese Anlage", "this attachment")),
        DeedError::NoMailbox => AppError::conflict(Text::new(
            "Es ist kein Postfach eingerichtet, das senden kann.",
            "No mailbox is set up that can send.",
        )),
        DeedError::TooLarge => AppError::conflict(Text::new(
            "Die E-Mail ist zum Weiterleiten zu groß. Laden Sie sie herunter.",
            "The mail is too large to be forwarded. Download it.",
        )),
        DeedError::NoAddress => AppError::conflict(Text::new(
            "Die E-Mail nennt keinen Absender, dem man antworten kann.",
            "The mail names no sender who could be answered.",
        )),
        DeedError::Refused(refusal) => crate::workflow::api::problem(&refusal),
        DeedError::Intake(error) => AppError::conflict(error.text()),
        DeedError::Mailbox(error) => AppError::internal(error),
        DeedError::Store(error) => error.into(),
    }
}

fn done(caller: &Caller, to: &str, de: &'static str, en: &'static str) -> Answer {
    Ok(redirect_with(caller, to, &Flash::good(caller.lang.tr(de, en))))
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct TakeIn {
    part: String,
    unit: String,
    note: String,
}

pub(super) async fn take_in(caller: Caller, Path(id): Path<String>, Form(posted): Form<TakeIn>) -> Answer {
    let row = load(&caller, id).await?;
    let unit = unit(&caller, &posted.unit);
    let decider = decider(&caller).await?;
    let taken = super::take_in(&caller.app.store, &decider, &row, &posted.part, unit, &posted.note).await;
    let invoice = taken.map_err(problem)?;
    done(
        &caller,
        &format!("/rechnungen/{invoice}"),
        "Aus der E-Mail ist diese Rechnung geworden.",
        "The mail has become this invoice.",
    )
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Forward {
    to: String,
    note: String,
}

pub(super) async fn forward(caller: Caller, Path(id): Path<String>, Form(posted): Form<Forward>) -> Answer {
    let row = load(&caller, id).await?;
    let Ok(to) = Address::new(posted.to.trim()) else {
        let text = Text::new("Das ist keine E-Mail-Adresse.", "This is no mail address.");
        return render(&caller, &row, &[FieldError::new("to", text)], "").await;
    };
    let decider = decider(&caller).await?;
    let place = caller.place().to_owned();
    super::forward(&caller.app.store, &decider, &row, to, &posted.note, &place).await.map_err(problem)?;
    done(&caller, LIST, "Die E-Mail wird weitergeleitet.", "The mail is being forwarded.")
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Reply {
    text: String,
}

pub(super) async fn answer(caller: Caller, Path(id): Path<String>, Form(posted): Form<Reply>) -> Answer {
    let row = load(&caller, id).await?;
    if let Some(wrong) = crate::conversation::wrong(&posted.text) {
        return render(&caller, &row, &[FieldError::new("text", wrong)], &posted.text).await;
    }
    let decider = decider(&caller).await?;
    super::answer(&caller.app.store, &decider, &row, &posted.text).await.map_err(problem)?;
    done(&caller, LIST, "Die Antwort wird gesendet.", "The answer is being sent.")
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Rule {
    rule: String,
}

pub(super) async fn sender(caller: Caller, Path(id): Path<String>, Form(posted): Form<Rule>) -> Answer {
    let row = load(&caller, id).await?;
    let (decider, at) = (decider(&caller).await?, format!("/postfach/{}", row.id));
    let write = caller.app.store.write(&caller.principal.tenant, move |tx: &mut Tx| {
        Box::pin(async move { super::rule(tx, &decider, &row, SenderRule::find(&posted.rule)).await })
    });
    write.await.map_err(problem)?;
    done(&caller, &at, "Gespeichert. Es gilt für künftige E-Mails.", "Saved. It holds for further mails.")
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Discard {
    note: String,
}

pub(super) async fn discard(caller: Caller, Path(id): Path<String>, Form(posted): Form<Discard>) -> Answer {
    let row = load(&caller, id).await?;
    if posted.note.trim().is_empty() {
        let text =
            Text::new("Bitte begründen Sie, warum die E-Mail verworfen wird.", "Please say why the mail is discarded.");
        return render(&caller, &row, &[FieldError::new("note", text)], "").await;
    }
    let decider = decider(&caller).await?;
    let write = caller.app.store.write(&caller.principal.tenant, move |tx: &mut Tx| {
        Box::pin(async move { super::discard(tx, &decider, &row, &posted.note).await })
    });
    write.await.map_err(problem)?;
    done(&caller, LIST, "E-Mail verworfen. Sie bleibt gespeichert.", "Mail discarded. It stays stored.")
}

pub(super) async fn undo(caller: Caller, Path(id): Path<String>, Posted: Posted) -> Answer {
    let row = load(&caller, id).await?;
    let (decider, at) = (decider(&caller).await?, format!("/postfach/{}", row.id));
    let write = caller.app.store.write(&caller.principal.tenant, move |tx: &mut Tx| {
        Box::pin(async move { super::undo(tx, &decider, &row).await })
    });
    write.await.map_err(problem)?;
    done(&caller, &at, "Die E-Mail ist wieder in Quarantäne.", "The mail is in quarantine again.")
}
