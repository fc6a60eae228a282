//! What we and the archive are called in messages, and in which version of the standard we write.
//!
//! Invariant: a version that the archive does not read is a decision of people, not of the program.

use axum::response::Response;
use serde::{Deserialize, Serialize};
use vir_archive::xdomea::Version;
use vir_core::Text;
use vir_store::{Entry, Result, Tx};
use vir_web::parts::{self, Choice};
use vir_web::{Answer, Caller, FieldError, Flash, Form, Page, html, page, redirect_with};

use super::SECTION;
use crate::permissions::DISPOSE;

/// The settings.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Exchange {
    /// What we are called; the administration's name where it is empty.
    pub office: String,
    /// The unit that offers.
    pub unit: String,
    /// What the archive is called.
    pub archive: String,
    /// The version of the standard.
    pub version: Version,
}

impl Default for Exchange {
    fn default() -> Self {
        Self { office: String::new(), unit: String::new(), archive: String::new(), version: Version::V3_0 }
    }
}

/// What was decided.
///
/// # Errors
/// Where the store fails.
pub async fn exchange(tx: &mut Tx) -> Result<Exchange> {
    let kept = crate::settings::read(tx, "exchange").await?;
    Ok(kept.and_then(|kept| serde_json::from_str(&kept).ok()).unwrap_or_default())
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Draft {
    office: String,
    unit: String,
    archive: String,
    version: String,
}

pub async fn show(caller: Caller) -> Answer {
    caller.require_everywhere(DISPOSE)?;
    let read =
        caller.app.store.read(&caller.principal.tenant, |tx: &mut Tx| Box::pin(async move { exchange(tx).await }));
    Ok(form(&caller, &read.await?, &[]))
}

fn form(caller: &Caller, exchange: &Exchange, errors: &[FieldError]) -> Response {
    let lang = caller.lang;
    let versions: Vec<Choice> = Version::ALL
        .into_iter()
        .rev()
        .map(|one| Choice::new(one.number(), format!("xdomea {}", one.number())))
        .collect();
    let body = html! {
        (parts::error_summary(lang, errors))
        form.form method="post" action="/aussonderung/einstellungen" {
            (parts::csrf_field(caller))
            (parts::field(lang, "office", lang.tr("Anbietende Stelle", "Offering office")).value(&exchange.office).max_length(200).errors(errors)
                .hint(lang.tr("Ohne Angabe: der Name der Verwaltung.", "Without: the name of the administration.")))
            (parts::field(lang, "unit", lang.tr("Organisationseinheit", "Unit")).value(&exchange.unit).max_length(200).errors(errors))
            (parts::field(lang, "archive", lang.tr("Archiv", "Archive")).value(&exchange.archive).max_length(200).errors(errors))
            (parts::select(lang, "version", lang.tr("Fassung des Standards", "Version of the standard"), &versions).value(exchange.version.number()).errors(errors)
                .hint(lang.tr("In ihr werden neue Anbietungen geschrieben. Antworten werden in allen Fassungen gelesen.", "New offers are written in it. Answers are read in all versions.")))
            div.form__actions { (parts::button(lang.tr("Speichern", "Save"))) }
        }
    };
    let frame = Page::new(lang.tr("Austausch mit dem Archiv", "Exchange with the archive"))
        .section(SECTION)
        .crumb("/aussonderung", lang.tr("Aussonderung", "Disposal"));
    page(caller, if errors.is_empty() { frame } else { frame.with_errors() }, body)
}

pub async fn save(caller: Caller, Form(draft): Form<Draft>) -> Answer {
    caller.require_everywhere(DISPOSE)?;
    let tidy = |text: &str| text.trim().chars().filter(|c| !c.is_control()).take(200).collect::<String>();
    let version = Version::ALL.into_iter().find(|version| version.number() == draft.version);
    let exchange = Exchange {
        office: tidy(&draft.office),
        unit: tidy(&draft.unit),
        archive: tidy(&draft.archive),
        version: version.unwrap_or(Version::V3_0),
    };
    if version.is_none() {
        let error = FieldError::new("version", Text::new("Bitte eine Fassung wählen.", "Please choose a version."));
        return Ok(form(&caller, &exchange, &[error]));
    }
    let actor = caller.principal.actor();
    let value = serde_json::to_string(&exchange).expect("settings are JSON");
    caller
        .app
        .store
        .write(&caller.principal.tenant, move |tx: &mut Tx| {
            Box::pin(async move {
                crate::settings::write(tx, "exchange", &value).await?;
                tx.audit(Entry {
                    actor,
                    action: "archive.exchange-settings".to_owned(),
                    subject: "archive-setting/exchange".to_owned(),
                    detail: serde_json::json!({}),
                });
                Ok::<_, vir_store::Error>(())
            })
        })
        .await?;
    let flash = Flash::good(caller.tr("Gespeichert.", "Saved."));
    Ok(redirect_with(&caller, "/aussonderung/einstellungen", &flash))
}
