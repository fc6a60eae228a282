//! „Wohin ginge diese Rechnung?": the rules asked about an invoice that is there, with the one that decides and those
//! that would, were it not for it.
//!
//! Invariant: asking changes nothing, and nobody learns of an invoice that they may not see.

use serde::Deserialize;
use vir_auth::UnitId;
use vir_store::{Tx, args};
use vir_web::parts::{self, Column, Tone};
use vir_web::{Answer, Caller, Markup, Page, Query, html, page};

use super::{Rule, Subject, all};
use crate::access::may;
use crate::invoice_row::InvoiceRow;
use crate::permissions::{CONFIGURE, SEE};

pub(super) const HERE: &str = "/einstellungen/zuordnung/probe";

/// Which invoice is asked about.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Asked {
    nummer: String,
}

/// `GET /einstellungen/zuordnung/probe`
pub(super) async fn show(caller: Caller, Query(asked): Query<Asked>) -> Answer {
    caller.require_everywhere(CONFIGURE)?;
    let lang = caller.lang;
    let wanted = asked.nummer.trim().to_owned();
    let found = if wanted.is_empty() {
        None
    } else {
        let read = caller.app.store.read(&caller.principal.tenant, move |tx: &mut Tx| {
            Box::pin(async move {
                let sql = format!(
                    "select {} from invoice where (number_key = $1 or id = $2) and direction = 'incoming'
                     order by id desc limit 20",
                    InvoiceRow::COLUMNS
                );
                let key = crate::intake::keys::number_key(&wanted);
                let rows = tx.all(sql, &args![key, &wanted]).await?;
                let rows = rows.iter().map(InvoiceRow::read).collect::<vir_store::Result<Vec<_>>>()?;
                Ok::<_, vir_store::Error>((rows, all(tx).await?))
            })
        });
        let (rows, rules) = read.await?;
        let row = rows.into_iter().find(|row| may(&caller.principal, SEE, row.unit_id.as_deref()));
        Some((row, rules))
    };
    let body = html! { div.stack {
        form.form method="get" action=(HERE) {
            (parts::field(lang, "nummer", lang.tr("Rechnungsnummer", "Invoice number")).value(&asked.nummer).required().max_length(200).width(30)
                .hint(lang.tr("Einer Rechnung, die schon eingegangen ist.", "Of an invoice that was received already.")))
            div.form__actions { (parts::button(lang.tr("Wohin ginge sie?", "Where would it go?"))) }
        }
        @match &found {
            Some((Some(row), rules)) => { (answer(&caller, row, rules)) }
            Some((None, _)) => { (parts::notice(Tone::Careful, lang.tr("Diese Rechnung ist nicht zu finden", "This invoice is not found"), &html! {})) }
            None => {}
        }
    } };
    let frame = Page::new(lang.tr("Wohin ginge diese Rechnung?", "Where would this invoice go?"))
        .section("routing")
        .crumb("/einstellungen/zuordnung", lang.tr("Zuordnung", "Routing"));
    Ok(page(&caller, frame, body))
}

fn answer(caller: &Caller, row: &InvoiceRow, rules: &[Rule]) -> Markup {
    let lang = caller.lang;
    let name = |id: &str| {
        caller.principal.tree.unit(&UnitId::from(id)).map_or_else(|| id.to_owned(), |unit| unit.name.clone())
    };
    let subject = Subject::of(row);
    let fitting: Vec<&Rule> = rules.iter().filter(|rule| rule.fits(&subject)).collect();
    let now = row.unit_id.as_deref().map(name);
    html! {
        p { a href={ "/rechnungen/" (row.id) } { (row.caption(lang)) } ", " (lang.tr("jetzt bei: ", "now with: "))
            (now.as_deref().unwrap_or(lang.tr("nicht zugeordnet", "not assigned"))) }
        @match fitting.first() {
            Some(rule) => { (parts::notice(Tone::Good, &lang.tr(format!("Ginge an: {}", name(&rule.unit_id)), format!("Would go to: {}", name(&rule.unit_id))), &html! {})) }
            None => { (parts::notice(Tone::Careful, lang.tr("Keine Regel passt; sie würde unter „nicht zugeordnet“ warten", "No rule fits; it would wait under “not assigned”"), &html! {})) }
        }
        @if !fitting.is_empty() {
            (parts::table(lang, "fitting", lang.tr("Passende Regeln; die erste entscheidet", "Rules that fit; the first decides")).columns([
                Column::text(lang.tr("Stufe", "Stage")),
                Column::text(lang.tr("Wenn", "If")),
                Column::text(lang.tr("dann an", "then to")),
            ]).rows(fitting.iter().map(|rule| parts::Row::new([
                html! { (rule.stage.name(lang)) },
                html! { (rule.field.name(lang)) " " (rule.operator.name(lang)) " " strong { (rule.value) } },
                html! { (name(&rule.unit_id)) },
            ]))))
        }
    }
}
