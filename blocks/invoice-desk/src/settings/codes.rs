//! The lists of cost centres, accounts, products and investments. Many are entered at once, one a line, as a finance
//! system exports them: code, a semicolon or tab, name.
//!
//! Invariant: no code is ever deleted, because old codings name it; it is only closed for new ones.

use axum::body::Body;
use maud::{Markup, html};
use serde::Deserialize;
use serde_json::json;
use vir_core::{Lang, Text};
use vir_store::{Entry, Tx};
use vir_web::parts::{self, Choice, Column, Tone};
use vir_web::{Answer, AppError, Caller, FieldError, Flash, Form, Page, Query, Upload, format, page, redirect_with};

use crate::coding::store::{Code, CodeList, codes, save_code};
use crate::permissions::CONFIGURE;
use crate::register::columns::Cell;
use crate::register::csv_file;

pub(super) const HERE: &str = "/einstellungen/kontierung";
/// The most that is taken at once.
const AT_ONCE: usize = 5000;
/// The largest file.
const FILE_BYTES: usize = 1 << 20;

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct Draft {
    list: String,
    codes: String,
    closed: Option<String>,
    /// `preview`, or nothing: keep it.
    #[serde(rename = "do")]
    action: String,
}

pub(super) async fn show(caller: Caller) -> Answer {
    caller.require_everywhere(CONFIGURE)?;
    render(&caller, &Draft::default(), &[], None).await
}

/// Lines of `code; name` or `code; name; state` as codes; the number of the first line that is none. A first line of
/// headings is left out.
fn parse(text: &str, active: bool) -> Result<Vec<Code>, usize> {
    let mut found = Vec::new();
    for (index, line) in text.trim_start_matches('\u{FEFF}').lines().enumerate() {
        let line = line.trim();
        if line.is_empty() || (index == 0 && is_heading(line)) {
            continue;
        }
        let mut cells = line.splitn(3, [';', '\t']).map(|cell| cell.trim().trim_matches('"').trim());
        let (code, name) = (cells.next().unwrap_or_default(), cells.next().unwrap_or_default());
        let code = code.strip_prefix('\'').unwrap_or(code);
        let closed = cells.next().is_some_and(is_closed);
        if code.is_empty() || code.chars().count() > 60 || name.chars().count() > 200 || found.len() >= AT_ONCE {
            return Err(index + 1);
        }
        found.push(Code { code: code.to_owned(), name: name.to_owned(), active: active && !closed });
    }
    Ok(found)
}

fn is_heading(line: &str) -> bool {
    let first = line.split([';', '\t']).next().unwrap_or_default().trim().trim_matches('"').to_lowercase();
    ["nummer", "number", "code", "kostenstelle", "sachkonto", "produkt", "konto"].contains(&first.as_str())
}

fn is_closed(text: &str) -> bool {
    ["gesperrt", "closed", "inaktiv", "inactive", "nein", "no", "0"].contains(&text.to_lowercase().as_str())
}

/// What entering a code would do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Change {
    New,
    Renamed,
    Closed,
    Opened,
    Same,
}

impl Change {
    fn of(code: &Code, known: &[Code]) -> Self {
        match known.iter().find(|one| one.code == code.code) {
            None => Self::New,
            Some(old) if old.active && !code.active => Self::Closed,
            Some(old) if !old.active && code.active => Self::Opened,
            Some(old) if old.name != code.name => Self::Renamed,
            Some(_) => Self::Same,
        }
    }

    fn name(self, lang: Lang) -> &'static str {
        match self {
            Self::New => lang.tr("neu", "new"),
            Self::Renamed => lang.tr("umbenannt", "renamed"),
            Self::Closed => lang.tr("wird gesperrt", "is closed"),
            Self::Opened => lang.tr("wird geöffnet", "is opened"),
            Self::Same => lang.tr("unverändert", "unchanged"),
        }
    }
}

pub(super) async fn save(caller: Caller, Form(draft): Form<Draft>) -> Answer {
    caller.require_everywhere(CONFIGURE)?;
    keep(&caller, draft).await
}

/// `POST /einstellungen/kontierung/datei`: the same from a file, always looked over first.
pub(super) async fn file(caller: Caller, mut upload: Upload) -> Answer {
    caller.require_everywhere(CONFIGURE)?;
    let mut draft = Draft { action: "preview".to_owned(), ..Draft::default() };
    while let Some(mut part) = upload.next().await? {
        let name = part.name().map(str::to_owned);
        let mut bytes = Vec::new();
        while let Some(piece) = part.chunk().await.map_err(|error| vir_web::upload_error(&error))? {
            bytes.extend_from_slice(&piece);
            if bytes.len() > FILE_BYTES {
                return Err(AppError::too_large(FILE_BYTES as u64));
            }
        }
        let text = text_of(&bytes);
        match name.as_deref() {
            Some("list") => draft.list = text,
            Some("file") => draft.codes = text,
            _ => {}
        }
    }
    keep(&caller, draft).await
}

/// UTF-8, or what finance systems of Windows write instead: there each byte from 0xA0 on is the character of that
/// number.
fn text_of(bytes: &[u8]) -> String {
    std::str::from_utf8(bytes).map_or_else(|_| bytes.iter().copied().map(char::from).collect(), str::to_owned)
}

async fn keep(caller: &Caller, draft: Draft) -> Answer {
    let Some(list) = CodeList::parse(&draft.list) else {
        return Err(AppError::bad_request(Text::new("Diese Liste gibt es nicht.", "There is no such list.")));
    };
    let found = match parse(&draft.codes, draft.closed.is_none()) {
        Ok(found) if !found.is_empty() => found,
        Ok(_) => {
            let message = Text::new("Geben Sie mindestens eine Zeile an.", "Give at least one line.");
            return render(caller, &draft, &[FieldError::new("codes", message)], None).await;
        }
        Err(line) => {
            let message = Text::owned(
                format!("Zeile {line} ist nicht lesbar. Schreiben Sie: Nummer; Bezeichnung"),
                format!("Line {line} cannot be read. Write: number; name"),
            );
            return render(caller, &draft, &[FieldError::new("codes", message)], None).await;
        }
    };
    if draft.action == "preview" {
        return render(caller, &draft, &[], Some(&found)).await;
    }
    let count = found.len();
    write(caller, list, found).await?;
    let said = caller.lang.tr(format!("{count} Zeilen gespeichert."), format!("{count} lines saved."));
    Ok(redirect_with(caller, HERE, &Flash::good(said)))
}

async fn write(caller: &Caller, list: CodeList, found: Vec<Code>) -> Result<(), AppError> {
    let actor = caller.principal.actor();
    let write = caller.app.store.write(&caller.principal.tenant, move |tx: &mut Tx| {
        Box::pin(async move {
            for code in &found {
                save_code(tx, list, code).await?;
            }
            tx.audit(Entry {
                actor,
                action: "coding.codes".to_owned(),
                subject: list.code().to_owned(),
                detail: json!({ "codes": found.iter().map(|code| &code.code).collect::<Vec<_>>() }),
            });
            Ok::<_, vir_store::Error>(())
        })
    });
    write.await.map_err(AppError::from)
}

/// Which code is opened or closed.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Toggle {
    /// `list:code`
    toggle: String,
}

/// `POST /einstellungen/kontierung/stand`
pub(super) async fn toggle(caller: Caller, Form(toggle): Form<Toggle>) -> Answer {
    caller.require_everywhere(CONFIGURE)?;
    let unknown = || AppError::not_found(Text::new("diese Nummer", "this number"));
    let (list, code) = toggle.toggle.split_once(':').ok_or_else(unknown)?;
    let list = CodeList::parse(list).ok_or_else(unknown)?;
    let read = caller
        .app
        .store
        .read(&caller.principal.tenant, move |tx: &mut Tx| Box::pin(async move { codes(tx, list).await }));
    let known: Vec<Code> = read.await.map_err(|error: vir_store::Error| AppError::from(error))?;
    let mut found = known.into_iter().find(|one| one.code == code).ok_or_else(unknown)?;
    found.active = !found.active;
    let said = if found.active {
        caller.lang.tr(format!("{code} ist wieder verwendbar."), format!("{code} is in use again."))
    } else {
        caller
            .lang
            .tr(format!("{code} ist für neue Kontierungen gesperrt."), format!("{code} is closed for new codings."))
    };
    write(&caller, list, vec![found]).await?;
    Ok(redirect_with(&caller, HERE, &Flash::good(said)))
}

/// Which list is wanted as a file.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Wanted {
    list: String,
}

/// `GET /einstellungen/kontierung/export`: a list as it can be entered again.
pub(super) async fn export(caller: Caller, Query(wanted): Query<Wanted>) -> Answer {
    caller.require_everywhere(CONFIGURE)?;
    let lang = caller.lang;
    let list =
        CodeList::parse(&wanted.list).ok_or_else(|| AppError::not_found(Text::new("diese Liste", "this list")))?;
    let read = caller
        .app
        .store
        .read(&caller.principal.tenant, move |tx: &mut Tx| Box::pin(async move { codes(tx, list).await }));
    let known: Vec<Code> = read.await.map_err(|error: vir_store::Error| AppError::from(error))?;
    let head = lang.tr(["Nummer", "Bezeichnung", "Stand"], ["Number", "Name", "State"]);
    let mut text = csv_file::MARK.to_owned();
    text.push_str(&csv_file::heading(&head.map(str::to_owned), lang));
    for code in known {
        let state = if code.active { lang.tr("verwendbar", "in use") } else { lang.tr("gesperrt", "closed") };
        let cells = [Cell::Text(code.code), Cell::Text(code.name), Cell::Text(state.to_owned())];
        text.push_str(&csv_file::row(&cells, lang));
    }
    Ok(crate::api::download(&format!("{}.csv", list.code()), "text/csv; charset=utf-8", Body::from(text)))
}

async fn render(caller: &Caller, draft: &Draft, errors: &[FieldError], preview: Option<&[Code]>) -> Answer {
    let lang = caller.lang;
    let read = caller.app.store.read(&caller.principal.tenant, |tx: &mut Tx| {
        Box::pin(async move {
            let mut all = Vec::new();
            for list in CodeList::ALL {
                all.push((list, codes(tx, list).await?));
            }
            Ok::<_, vir_store::Error>(all)
        })
    });
    let all = read.await?;
    let lists: Vec<Choice> =
        CodeList::ALL.iter().map(|list| Choice::new(list.code(), list.plural().get(lang))).collect();
    let body = html! {
        (parts::error_summary(lang, errors))
        div.stack {
            (parts::card(lang.tr("Eintragen oder ändern", "Enter or change"), &html! {
                form.form method="post" action=(HERE) {
                    (parts::csrf_field(caller))
                    (parts::select(lang, "list", lang.tr("Liste", "List"), &lists).value(&draft.list).required())
                    (parts::text_area(lang, "codes", lang.tr("Eine je Zeile: Nummer; Bezeichnung", "One a line: number; name")).rows(6).value(&draft.codes).errors(errors).required()
                        .hint(lang.tr("Zum Beispiel: 11101; Rathaus. Gleiche Nummern werden überschrieben.", "For example: 11101; Town hall. Equal numbers are overwritten.")))
                    (parts::checkbox("closed", lang.tr("Für neue Kontierungen sperren", "Close for new codings")).checked(draft.closed.is_some()))
                    div.form__actions {
                        (parts::button(lang.tr("Speichern", "Save")))
                        (parts::button(lang.tr("Vorschau", "Preview")).secondary().name_value("do", "preview"))
                    }
                }
            }))
            @if let Some(found) = preview { (looked_over(lang, draft, found, &all)) }
            (parts::card(lang.tr("Aus einer Datei", "From a file"), &html! {
                p { (lang.tr("Eine CSV-Datei mit Nummer; Bezeichnung und, wenn gewünscht, Stand („gesperrt“). Erst nach der Vorschau wird etwas gespeichert.",
                    "A CSV file with number; name and, where wanted, state (“closed”). Nothing is saved before the preview.")) }
                form.form method="post" enctype="multipart/form-data" action={ (HERE) "/datei" } {
                    (parts::csrf_field(caller))
                    (parts::select(lang, "list", lang.tr("Liste", "List"), &lists).id("file-list").value(&draft.list).required())
                    div.field {
                        label.label for="file-codes" { (lang.tr("CSV-Datei", "CSV file")) }
                        input id="file-codes" type="file" name="file" accept=".csv,.txt,text/csv" required;
                    }
                    div.form__actions { (parts::button(lang.tr("Vorschau", "Preview")).secondary()) }
                }
            }))
            @for (list, codes) in &all { (table(caller, *list, codes)) }
        }
    };
    let mut frame = Page::new(lang.tr("Kostenstellen, Konten, Produkte", "Cost centres, accounts, products"))
        .section("settings")
        .lead(lang.tr(
            "Solange eine Liste leer ist, darf beim Kontieren alles eingetragen werden.",
            "As long as a list is empty, anything may be entered in a coding.",
        ));
    if !errors.is_empty() {
        frame = frame.with_errors();
    }
    Ok(page(caller, frame, body))
}

/// What entering these lines would do.
fn looked_over(lang: Lang, draft: &Draft, found: &[Code], all: &[(CodeList, Vec<Code>)]) -> Markup {
    let known = all.iter().find(|(list, _)| list.code() == draft.list).map_or(&[][..], |(_, codes)| codes.as_slice());
    let changes: Vec<(&Code, Change)> = found.iter().map(|code| (code, Change::of(code, known))).collect();
    let kinds = [Change::New, Change::Renamed, Change::Closed, Change::Opened, Change::Same];
    let counts: Vec<String> = kinds
        .into_iter()
        .map(|kind| (kind, changes.iter().filter(|(_, change)| *change == kind).count()))
        .filter(|(_, count)| *count > 0)
        .map(|(kind, count)| format!("{} {}", format::count(count as u64, lang), kind.name(lang)))
        .collect();
    let rows = changes.iter().filter(|(_, change)| *change != Change::Same).take(200);
    html! { section.card id="preview" {
        h2.card__title { (lang.tr("Vorschau", "Preview")) }
        p { (counts.join(", ")) ". " (lang.tr("Gespeichert ist noch nichts; „Speichern“ übernimmt die Zeilen oben.", "Nothing is saved yet; “Save” takes the lines above.")) }
        (parts::table(lang, "changes", lang.tr("Was sich ändert", "What changes")).columns([
            Column::text(lang.tr("Nummer", "Number")),
            Column::text(lang.tr("Bezeichnung", "Name")),
            Column::text(lang.tr("Änderung", "Change")),
        ]).rows(rows.map(|(code, change)| parts::Row::new([
            html! { (code.code) }, html! { (code.name) }, html! { (change.name(lang)) },
        ]))))
    } }
}

fn table(caller: &Caller, list: CodeList, codes: &[Code]) -> Markup {
    let lang = caller.lang;
    let title = format!("{} ({})", list.plural().get(lang), format::count(codes.len() as u64, lang));
    if codes.is_empty() {
        return html! { section { h2 { (title) } p.faint { (lang.tr("Noch nichts eingetragen.", "Nothing entered yet.")) } } };
    }
    let mut table = parts::table(lang, format!("codes-{}", list.code()), title).columns([
        Column::text(lang.tr("Nummer", "Number")),
        Column::text(lang.tr("Bezeichnung", "Name")),
        Column::text(lang.tr("Stand", "State")),
        Column::unseen(lang.tr("Ändern", "Change")),
    ]);
    for code in codes {
        let state = if code.active {
            parts::badge(Tone::Good, lang.tr("verwendbar", "in use"))
        } else {
            parts::badge(Tone::Neutral, lang.tr("gesperrt", "closed"))
        };
        let value = format!("{}:{}", list.code(), code.code);
        let label = if code.active { lang.tr("Sperren", "Close") } else { lang.tr("Öffnen", "Open") };
        let button = html! { (parts::button(label).quiet().small().name_value("toggle", &value).about(&code.code)) };
        table = table.row([html! { (code.code) }, html! { (code.name) }, state, button]);
    }
    html! { details open[codes.len() <= 30] {
        summary { (list.plural().get(lang)) }
        p { a href={ (HERE) "/export?list=" (list.code()) } download { (lang.tr("Als CSV herunterladen", "Download as CSV")) } }
        form method="post" action={ (HERE) "/stand" } { (parts::csrf_field(caller)) (table) }
    } }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_as_a_finance_system_exports_them() {
        let found = parse("100; Rathaus\n\n200\tBauhof\r\n300", true).unwrap();
        let pairs: Vec<_> = found.iter().map(|code| (code.code.as_str(), code.name.as_str())).collect();
        assert_eq!(pairs, [("100", "Rathaus"), ("200", "Bauhof"), ("300", "")]);
        assert_eq!(parse("1;a\n; b", true), Err(2));
        let again = parse("Nummer;Bezeichnung;Stand\n100;Rathaus;verwendbar\n200;Bauhof;gesperrt", true).unwrap();
        assert_eq!(again.iter().map(|code| code.active).collect::<Vec<_>>(), [true, false]);
        let kinds: Vec<Change> = [
            ("100", "Rathaus", true),
            ("200", "Bauhof", true),
            ("300", "Neu", true),
            ("100", "Haus", true),
            ("100", "Rathaus", false),
        ]
        .map(|(code, name, active)| Change::of(&Code { code: code.into(), name: name.into(), active }, &again))
        .into();
        assert_eq!(kinds, [Change::Same, Change::Opened, Change::New, Change::Renamed, Change::Closed]);
    }
}
