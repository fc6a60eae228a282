//! Settings of the hand-over: own accounts, and the formats of finance systems.

use axum::extract::Path;
use serde::Deserialize;
use vir_core::Lang;
use vir_web::parts::{
    self, Choice, Column, FieldError, Row, Tone, badge, button, card, checkbox, empty_state, field, link_button,
    notice, select, text_area,
};
use vir_web::{Answer, AppError, Caller, Flash, Form, Page, Query, html, page as frame, redirect_with};

use super::super::HandOverError;
use super::super::account::{AccountForm, accounts, add_account as add, retire_account as retire};
use super::super::batch::{self, SetMapping};
use super::super::posting::{DateForm, Encoding, Field, LineEnd, Mapping, NumberForm, presets};
use super::{SECTION, sections};
use crate::permissions::CONFIGURE;

/// Accounts and formats.
pub async fn page(caller: Caller) -> Answer {
    caller.require_everywhere(CONFIGURE)?;
    let lang = caller.lang;
    let (accounts, mappings) = caller
        .app
        .store
        .read(&caller.principal.tenant, move |tx| {
            Box::pin(async move { Ok::<_, HandOverError>((accounts(tx).await?, batch::mappings(tx).await?)) })
        })
        .await?;
    let table = parts::table(lang, "accounts", lang.tr("Eigene Konten", "Own accounts"))
        .columns([
            Column::text(lang.tr("Inhaber", "Holder")),
            Column::text("IBAN"),
            Column::text(lang.tr("Regeln", "Rules")),
            Column::unseen(lang.tr("Entfernen", "Remove")),
        ])
        .rows(accounts.iter().map(|account| {
            let iban = account.iban.to_string();
            Row::new([
                html! { (account.name) },
                html! { (iban) },
                html! {
                    @if account.batch_booking { (badge(Tone::Neutral, lang.tr("Sammelbuchung", "Batch booking"))) " " }
                    @if account.two_persons { (badge(Tone::Info, lang.tr("Freigabe zu zweit", "Two persons"))) }
                },
                parts::post_button(
                    &caller,
                    &format!("/uebergabe/einstellungen/konten/{}/stilllegen", account.id),
                    &button(lang.tr("Entfernen", "Remove")).quiet().small().about(&iban),
                ),
            ])
        }));
    let body = html! {
        (sections(&caller, "/uebergabe/einstellungen"))
        @if accounts.is_empty() {
            (empty_state(lang.tr("Noch kein Konto", "No account yet"), lang.tr("Zahlungsläufe brauchen ein Konto, von dem gezahlt wird.", "Payment runs need an account to pay from."), &html! {}))
        } @else { (table) }
        (card(lang.tr("Konto hinzufügen", "Add an account"), &html! {
            form method="post" action="/uebergabe/einstellungen/konten" {
                (parts::csrf_field(&caller))
                (field(lang, "name", lang.tr("Kontoinhaber", "Holder")).required().max_length(70))
                (field(lang, "iban", "IBAN").required().max_length(42).no_spellcheck())
                (field(lang, "bic", "BIC").max_length(11).no_spellcheck()
                    .hint(lang.tr("Nur wenn Ihre Bank sie verlangt.", "Only where your bank wants it.")))
                (checkbox("batch_booking", lang.tr("Sammelbuchung: ein Posten je Lauf auf dem Kontoauszug", "Batch booking: one entry per run on the statement")).checked(true))
                (checkbox("two_persons", lang.tr("Jeder Lauf wird von einer zweiten Person freigegeben", "A second person releases each run")))
                (button(lang.tr("Konto hinzufügen", "Add account")))
            }
        }))
        (card(lang.tr("Formate für Finanzverfahren", "Formats for finance systems"), &html! {
            ul { @for set in &mappings {
                li { a href={ "/uebergabe/einstellungen/abbildungen?id=" (set.id) } { (set.mapping.name) }
                    @if set.pays { " " (badge(Tone::Info, lang.tr("zahlt selbst", "pays itself"))) } }
            } }
            p { (lang.tr("Neues Format beginnen mit:", "Begin a new format with:")) }
            div.toolbar { @for preset in presets::ALL {
                (link_button(&format!("/uebergabe/einstellungen/abbildungen?preset={}", preset.id), preset.title.get(lang)).small())
            } }
        }))
    };
    Ok(frame(
        &caller,
        Page::new(lang.tr("Einstellungen der Übergabe", "Settings of the hand-over")).section(SECTION),
        body,
    ))
}

/// Adds an account.
pub async fn add_account(caller: Caller, Form(form): Form<AccountForm>) -> Answer {
    caller.require_everywhere(CONFIGURE)?;
    let principal = caller.principal.clone();
    let done = caller
        .app
        .store
        .write(&caller.principal.tenant, move |tx| Box::pin(async move { add(tx, &principal, &form).await }))
        .await;
    let flash = match done {
        Ok(_) => Flash::good(caller.tr("Das Konto ist hinzugefügt.", "The account is added.")),
        Err(HandOverError::Store(error)) => return Err(AppError::internal(error)),
        Err(error) => Flash::bad(error.text().get(caller.lang)),
    };
    Ok(redirect_with(&caller, "/uebergabe/einstellungen", &flash))
}

/// Takes an account out of use.
pub async fn retire_account(caller: Caller, Path(id): Path<String>, Form(_): Form<super::run::Nothing>) -> Answer {
    caller.require_everywhere(CONFIGURE)?;
    let principal = caller.principal.clone();
    caller
        .app
        .store
        .write(&caller.principal.tenant, move |tx| Box::pin(async move { retire(tx, &principal, &id).await }))
        .await?;
    let text = caller.tr("Das Konto ist entfernt.", "The account is removed.");
    Ok(redirect_with(&caller, "/uebergabe/einstellungen", &Flash::good(text)))
}

/// Which mapping.
#[derive(Debug, Clone, Default, Deserialize)]
pub struct Which {
    #[serde(default)]
    id: String,
    #[serde(default)]
    preset: String,
}

/// A mapping as it is typed.
#[derive(Debug, Clone, Default, Deserialize)]
pub struct MappingForm {
    #[serde(default)]
    id: String,
    #[serde(default)]
    preset: String,
    #[serde(default)]
    name: String,
    #[serde(default)]
    columns: String,
    #[serde(default)]
    separator: String,
    #[serde(default)]
    encoding: String,
    #[serde(default)]
    number: String,
    #[serde(default)]
    date: String,
    #[serde(default)]
    line_end: String,
    #[serde(default)]
    header: Option<String>,
    #[serde(default)]
    quote_all: Option<String>,
    #[serde(default)]
    pays: Option<String>,
}

impl MappingForm {
    fn of(set: &SetMapping) -> Self {
        let mapping = &set.mapping;
        let on = |on: bool| on.then(|| "on".to_owned());
        Self {
            id: set.id.clone(),
            preset: set.preset.clone(),
            name: mapping.name.clone(),
            columns: mapping.columns_as_text(),
            separator: if mapping.separator == '\t' { "tab".to_owned() } else { mapping.separator.to_string() },
            encoding: word(&mapping.encoding),
            number: word(&mapping.number),
            date: word(&mapping.date),
            line_end: word(&mapping.line_end),
            header: on(mapping.header),
            quote_all: on(mapping.quote_all),
            pays: on(set.pays),
        }
    }

    fn read(&self) -> Result<SetMapping, FieldError> {
        let columns =
            Mapping::columns_from_text(&self.columns).map_err(|error| FieldError::new("columns", error.text()))?;
        let separator = if self.separator == "tab" { '\t' } else { self.separator.chars().next().unwrap_or(';') };
        let mapping = Mapping {
            name: self.name.trim().chars().take(80).collect(),
            columns,
            separator,
            header: self.header.is_some(),
            quote_all: self.quote_all.is_some(),
            line_end: of_word::<LineEnd>(&self.line_end),
            encoding: of_word::<Encoding>(&self.encoding),
            number: of_word::<NumberForm>(&self.number),
            date: of_word::<DateForm>(&self.date),
        };
        mapping.check().map_err(|error| FieldError::new("columns", error.text()))?;
        Ok(SetMapping { id: self.id.clone(), preset: self.preset.clone(), pays: self.pays.is_some(), mapping })
    }
}

/// The word by which a value stands in a mapping.
fn word<T: serde::Serialize>(value: &T) -> String {
    serde_json::to_value(value).ok().and_then(|value| value.as_str().map(str::to_owned)).unwrap_or_default()
}

fn of_word<T: serde::de::DeserializeOwned + Default>(word: &str) -> T {
    serde_json::from_value(serde_json::Value::String(word.to_owned())).unwrap_or_default()
}

/// The editor of a mapping.
pub async fn mapping(caller: Caller, Query(which): Query<Which>) -> Answer {
    caller.require_everywhere(CONFIGURE)?;
    let form = match presets::Preset::find(&which.preset) {
        Some(preset) => MappingForm::of(&SetMapping {
            id: String::new(),
            preset: preset.id.to_owned(),
            pays: false,
            mapping: preset.mapping(),
        }),
        None => {
            let found = caller
                .app
                .store
                .read(&caller.principal.tenant, move |tx| Box::pin(async move { batch::mappings(tx).await }))
                .await?;
            let found = found.into_iter().find(|set| set.id == which.id);
            MappingForm::of(&found.ok_or_else(|| AppError::not_found(vir_core::Text::new("Format", "format")))?)
        }
    };
    Ok(editor(&caller, &form, &[]))
}

fn editor(caller: &Caller, form: &MappingForm, errors: &[FieldError]) -> axum::response::Response {
    let lang = caller.lang;
    let remark = presets::Preset::find(&form.preset).map(|preset| preset.remark.get(lang));
    let choices = |list: &[(&str, &str, &str)]| -> Vec<Choice> {
        list.iter().map(|(value, de, en)| Choice::new(*value, lang.tr(*de, *en))).collect()
    };
    let separators = choices(&[
        (";", "Semikolon", "Semicolon"),
        (",", "Komma", "Comma"),
        ("tab", "Tabulator", "Tab"),
        ("|", "Senkrechter Strich", "Bar"),
    ]);
    let encodings = choices(&[
        ("utf8", "UTF-8", "UTF-8"),
        ("utf8-bom", "UTF-8 mit Kennzeichen (Tabellenprogramme)", "UTF-8 with mark (spreadsheets)"),
        ("windows1252", "Windows-1252", "Windows-1252"),
    ]);
    let numbers =
        choices(&[("comma", "1234,50", "1234,50"), ("point", "1234.50", "1234.50"), ("cents", "123450", "123450")]);
    let dates = choices(&[
        ("german", "31.12.2026", "31.12.2026"),
        ("iso", "2026-12-31", "2026-12-31"),
        ("compact", "20261231", "20261231"),
        ("ddmmyyyy", "31122026", "31122026"),
        ("ddmm", "3112", "3112"),
    ]);
    let ends = choices(&[("crlf", "Windows", "Windows"), ("lf", "Linux", "Linux")]);
    let body = html! {
        (parts::error_summary(lang, errors))
        @if let Some(remark) = remark { (notice(Tone::Careful, lang.tr("Was Sie wissen sollten", "What you should know"), &html! { p { (remark) } })) }
        form method="post" action="/uebergabe/einstellungen/abbildungen" {
            (parts::csrf_field(caller))
            input type="hidden" name="id" value=(form.id);
            input type="hidden" name="preset" value=(form.preset);
            (field(lang, "name", lang.tr("Name", "Name")).value(&form.name).required().max_length(80))
            (text_area(lang, "columns", lang.tr("Spalten", "Columns")).rows(16).value(&form.columns).errors(errors).no_spellcheck()
                .hint(lang.tr(
                    "Eine je Zeile, in der Reihenfolge der Datei: Titel = feld, oder Titel = \"fester Text\", dahinter wenn nötig die größte Länge in eckigen Klammern.",
                    "One a line, in the order of the file: title = field, or title = \"constant\", then, where needed, the greatest length in brackets.",
                )))
            details {
                summary { (lang.tr("Welche Felder gibt es?", "Which fields are there?")) }
                (field_list(lang))
            }
            (select(lang, "separator", lang.tr("Trennzeichen", "Separator"), &separators).value(&form.separator))
            (select(lang, "encoding", lang.tr("Zeichensatz", "Encoding"), &encodings).value(&form.encoding))
            (select(lang, "number", lang.tr("Beträge", "Amounts"), &numbers).value(&form.number))
            (select(lang, "date", lang.tr("Daten", "Dates"), &dates).value(&form.date))
            (select(lang, "line_end", lang.tr("Zeilenenden", "Line ends"), &ends).value(&form.line_end))
            (checkbox("header", lang.tr("Erste Zeile mit Spaltentiteln", "First line with titles")).checked(form.header.is_some()))
            (checkbox("quote_all", lang.tr("Alle Werte in Anführungszeichen", "All values in quotation marks")).checked(form.quote_all.is_some()))
            (checkbox("pays", lang.tr("Das Finanzverfahren zahlt: Mit der Übergabe gelten die Rechnungen als übergeben", "The finance system pays: with the batch the invoices are handed over")).checked(form.pays.is_some()))
            (button(lang.tr("Format speichern", "Keep format")))
        }
    };
    let mut page = Page::new(lang.tr("Format für das Finanzverfahren", "Format for the finance system"))
        .section(SECTION)
        .crumb("/uebergabe/einstellungen", lang.tr("Einstellungen der Übergabe", "Settings of the hand-over"));
    if !errors.is_empty() {
        page = page.with_errors();
    }
    frame(caller, page, body)
}

fn field_list(lang: Lang) -> vir_web::Markup {
    html! { dl.terms { @for value in Field::ALL {
        div.terms__entry { dt { code { (value.name()) } } dd { (value.title(lang)) } }
    } } }
}

/// Keeps a mapping.
pub async fn keep_mapping(caller: Caller, Form(form): Form<MappingForm>) -> Answer {
    caller.require_everywhere(CONFIGURE)?;
    let set = match form.read() {
        Ok(set) => set,
        Err(error) => return Ok(editor(&caller, &form, &[error])),
    };
    let principal = caller.principal.clone();
    caller
        .app
        .store
        .write(&caller.principal.tenant, move |tx| {
            Box::pin(async move { batch::keep_mapping(tx, &principal, &set).await })
        })
        .await?;
    let text = caller.tr("Das Format ist gespeichert.", "The format is kept.");
    Ok(redirect_with(&caller, "/uebergabe/einstellungen", &Flash::good(text)))
}
