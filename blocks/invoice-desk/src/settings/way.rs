//! Deadlines and signatures: state, four eyes, patience; and the resolutions on the annual accounts, from which
//! retention counts (`KomHKVO` § 41 (2)).
//!
//! Invariant: what does not read as a sensible value is refused at its field and nothing is kept.

use jiff::civil::Date;
use maud::html;
use serde::Deserialize;
use serde_json::json;
use vir_core::Text;
use vir_store::{Entry, Tx, args};
use vir_web::parts::{self, Choice, Column};
use vir_web::{Answer, AppError, Caller, FieldError, Flash, Form, Page, format, page, redirect_with};

use crate::permissions::CONFIGURE;
use crate::workflow::calendar::{Region, holidays};
use crate::workflow::deadline::Patience;
use crate::workflow::retention;
use crate::workflow::settings::Settings;

pub(super) const HERE: &str = "/einstellungen/fristen";
pub(super) const YEARS: &str = "/einstellungen/fristen/jahresabschluss";

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct Draft {
    region: String,
    four_eyes: String,
    yellow: String,
    remind: String,
    escalate: String,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct Resolution {
    year: String,
    resolved_on: String,
}

pub(super) async fn show(caller: Caller) -> Answer {
    caller.require_everywhere(CONFIGURE)?;
    render(&caller, None, &Resolution::default(), &[]).await
}

async fn render(caller: &Caller, draft: Option<Draft>, resolution: &Resolution, errors: &[FieldError]) -> Answer {
    let lang = caller.lang;
    let read = caller.app.store.read(&caller.principal.tenant, |tx: &mut Tx| {
        Box::pin(async move {
            let rows = tx.all("select year, resolved_on from annual_accounts order by year desc", &[]).await?;
            let years: vir_store::Result<Vec<(i64, Date)>> =
                rows.iter().map(|row| Ok((row.int("year")?, row.date("resolved_on")?))).collect();
            Ok::<_, vir_store::Error>((Settings::load(tx).await?, years?))
        })
    });
    let (settings, years) = read.await?;
    let draft = draft.unwrap_or_else(|| Draft {
        region: settings.region.code().to_owned(),
        four_eyes: settings.four_eyes_from.map(|cents| format::cents(cents, lang)).unwrap_or_default(),
        yellow: settings.yellow.to_string(),
        remind: settings.patience.remind.to_string(),
        escalate: settings.patience.escalate.to_string(),
    });
    let regions: Vec<Choice> =
        Region::ALL.iter().map(|region| Choice::new(region.code(), region.name().get(lang))).collect();
    let mut table = parts::table(lang, "years", lang.tr("Vermerkte Beschlüsse", "Recorded resolutions")).columns([
        Column::text(lang.tr("Haushaltsjahr", "Financial year")),
        Column::text(lang.tr("Beschluss am", "Resolved on")),
        Column::text(lang.tr("Belege aufbewahren bis", "Keep vouchers until")),
    ]);
    for (year, date) in &years {
        let kept = retention::retention(*date);
        table = table.row([
            html! { (year) },
            html! { (format::date(*date, lang)) },
            html! { (format::date(kept.ends, lang)) },
        ]);
    }
    let days = lang.tr("Arbeitstage", "working days");
    let body = html! {
        (parts::error_summary(lang, errors))
        div.stack {
            (parts::card(lang.tr("Fristen und Unterschriften", "Deadlines and signatures"), &html! {
                form.form method="post" action=(HERE) {
                    (parts::csrf_field(caller))
                    (parts::select(lang, "region", lang.tr("Feiertage", "Holidays"), &regions).value(&draft.region).required())
                    (parts::amount_field(lang, "four_eyes", lang.tr("Zwei Unterschriften ab", "Two signatures from")).value(&draft.four_eyes).errors(errors)
                        .hint(lang.tr("Leer: Eine Unterschrift genügt immer.", "Empty: one signature always suffices.")))
                    (parts::field(lang, "yellow", lang.tr("Ampel wird gelb", "The light turns yellow")).value(&draft.yellow).input_mode("numeric").width(4).suffix(lang.tr("Arbeitstage vor der Frist", "working days before")).errors(errors).required())
                    (parts::field(lang, "remind", lang.tr("Erinnerung nach", "Reminder after")).value(&draft.remind).input_mode("numeric").width(4).suffix(days).errors(errors).required())
                    (parts::field(lang, "escalate", lang.tr("Hinweis an die Leitung nach", "Superiors are told after")).value(&draft.escalate).input_mode("numeric").width(4).suffix(days).errors(errors).required())
                    div.form__actions { (parts::button(lang.tr("Speichern", "Save"))) }
                }
            }))
            (free_days(caller, Region::parse(&draft.region).unwrap_or_default()))
            (parts::card(lang.tr("Jahresabschluss", "Annual accounts"), &html! {
                p { (lang.tr(
                    "Belege werden zehn Jahre aufbewahrt, ab dem 1. Januar nach dem Beschluss über den Jahresabschluss (KomHKVO § 41 Abs. 2). Solange kein Beschluss vermerkt ist, endet die Frist nicht.",
                    "Vouchers are kept for ten years from 1 January after the resolution on the annual accounts (KomHKVO § 41 (2)). As long as no resolution is recorded, the time does not end.")) }
                @if !years.is_empty() { (table) }
                form.form method="post" action=(YEARS) {
                    (parts::csrf_field(caller))
                    (parts::field(lang, "year", lang.tr("Haushaltsjahr", "Financial year")).value(&resolution.year).input_mode("numeric").width(4).errors(errors).required())
                    (parts::date_field(lang, "resolved_on", lang.tr("Beschluss des Rates am", "Council's resolution on")).value(&resolution.resolved_on).errors(errors).required())
                    div.form__actions { (parts::button(lang.tr("Beschluss vermerken", "Record the resolution"))) }
                }
            }))
        }
    };
    let mut frame = Page::new(lang.tr("Fristen und Unterschriften", "Deadlines and signatures")).section("settings");
    if !errors.is_empty() {
        frame = frame.with_errors();
    }
    Ok(page(caller, frame, body))
}

/// The holidays that count, of this year and the next.
fn free_days(caller: &Caller, region: Region) -> vir_web::Markup {
    let lang = caller.lang;
    let year = crate::day_of(caller.app.now()).year();
    let title = lang
        .tr(format!("Feiertage in {}", region.name().get(lang)), format!("Holidays in {}", region.name().get(lang)));
    let mut table = parts::table(lang, "holidays", title)
        .columns([Column::text(lang.tr("Tag", "Day")), Column::text(lang.tr("Feiertag", "Holiday"))]);
    for holiday in holidays(region, year).into_iter().chain(holidays(region, year.saturating_add(1))) {
        table = table.row([html! { (format::date(holiday.date, lang)) }, html! { (holiday.name.get(lang)) }]);
    }
    html! { details { summary { (lang.tr("Welche Feiertage zählen", "Which holidays count")) } (table) } }
}

/// A number of working days that makes sense.
fn days(text: &str, field: &'static str, errors: &mut Vec<FieldError>) -> i32 {
    match text.trim().parse::<i32>() {
        Ok(days) if (0..=250).contains(&days) => days,
        _ => {
            errors.push(FieldError::new(field, Text::new("Eine Zahl von 0 bis 250.", "A number from 0 to 250.")));
            0
        }
    }
}

pub(super) async fn save(caller: Caller, Form(draft): Form<Draft>) -> Answer {
    caller.require_everywhere(CONFIGURE)?;
    let mut errors = Vec::new();
    let four_eyes_from = match draft.four_eyes.trim() {
        "" => None,
        text => {
            let cents = format::parse_amount(text, caller.lang).filter(|cents| *cents >= 0);
            if cents.is_none() {
                let message = Text::new("Ein Betrag wie 5.000,00.", "An amount like 5,000.00.");
                errors.push(FieldError::new("four_eyes", message));
            }
            cents
        }
    };
    let settings = Settings {
        region: Region::parse(&draft.region).unwrap_or_default(),
        four_eyes_from,
        yellow: days(&draft.yellow, "yellow", &mut errors),
        patience: Patience {
            remind: days(&draft.remind, "remind", &mut errors),
            escalate: days(&draft.escalate, "escalate", &mut errors),
        },
    };
    if !errors.is_empty() {
        return render(&caller, Some(draft), &Resolution::default(), &errors).await;
    }
    let actor = caller.principal.actor();
    let write = caller.app.store.write(&caller.principal.tenant, move |tx: &mut Tx| {
        Box::pin(async move {
            settings.save(tx).await?;
            tx.audit(Entry {
                actor,
                action: "workflow.settings".to_owned(),
                subject: "workflow".to_owned(),
                detail: json!({
                    "region": settings.region.code(), "four_eyes_cents": settings.four_eyes_from,
                    "yellow": settings.yellow, "remind": settings.patience.remind,
                    "escalate": settings.patience.escalate,
                }),
            });
            Ok::<_, vir_store::Error>(())
        })
    });
    write.await.map_err(AppError::from)?;
    Ok(redirect_with(&caller, HERE, &Flash::good(caller.lang.tr("Gespeichert.", "Saved."))))
}

pub(super) async fn resolve(caller: Caller, Form(posted): Form<Resolution>) -> Answer {
    const RECORD: &str = "insert into annual_accounts (year, resolved_on, person_name, at) values ($1, $2, $3, $4)
        on conflict ({t}year) do update set resolved_on = excluded.resolved_on, person_name = excluded.person_name,
        at = excluded.at";
    caller.require_everywhere(CONFIGURE)?;
    let today = crate::day_of(caller.app.now());
    let mut errors = Vec::new();
    let year = posted.year.trim().parse::<i16>().ok().filter(|year| (2000..=today.year()).contains(year));
    if year.is_none() {
        errors.push(FieldError::new("year", Text::new("Ein Jahr wie 2025.", "A year like 2025.")));
    }
    let date = posted.resolved_on.trim().parse::<Date>().ok();
    let date = date.filter(|date| *date <= today && year.is_none_or(|year| date.year() > year));
    if date.is_none() {
        let message = Text::new(
            "Ein Tag nach dem Ende des Haushaltsjahres, der nicht in der Zukunft liegt.",
            "A day after the end of the financial year, and not in the future.",
        );
        errors.push(FieldError::new("resolved_on", message));
    }
    let (Some(year), Some(date)) = (year, date) else {
        return render(&caller, None, &posted, &errors).await;
    };
    let principal = caller.principal.clone();
    let write = caller.app.store.write(&caller.principal.tenant, move |tx: &mut Tx| {
        Box::pin(async move {
            tx.execute(RECORD, &args![i64::from(year), date, &principal.name, tx.now()]).await?;
            tx.audit(Entry {
                actor: principal.actor(),
                action: "workflow.annual_accounts".to_owned(),
                subject: format!("year/{year}"),
                detail: json!({ "resolved_on": date.to_string() }),
            });
            Ok::<_, vir_store::Error>(())
        })
    });
    write.await.map_err(AppError::from)?;
    Ok(redirect_with(
        &caller,
        HERE,
        &Flash::good(caller.lang.tr("Der Beschluss ist vermerkt.", "The resolution is recorded.")),
    ))
}
