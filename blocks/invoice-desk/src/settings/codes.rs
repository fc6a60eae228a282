//! The lists of cost centres, accounts, products and investments. Many are entered at once, one a line, as a finance
//! system exports them: code, a semicolon or tab, name.
//!
//! Invariant: no code is ever deleted, because old codings name it; it is only closed for new ones.

use maud::{Markup, html};
use serde::Deserialize;
use serde_json::json;
use vir_core::Text;
use vir_store::{Entry, Tx};
use vir_web::parts::{self, Choice, Column, Tone};
use vir_web::{Answer, AppError, Caller, FieldError, Flash, Form, Page, format, page, redirect_with};

use crate::coding::store::{Code, CodeList, codes, save_code};
use crate::permissions::CONFIGURE;

pub(super) const HERE: &str = "/einstellungen/kontierung";
/// The most that is taken at once.
const AT_ONCE: usize = 5000;

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct Draft {
    list: String,
    codes: String,
    closed: Option<String>,
}

pub(super) async fn show(caller: Caller) -> Answer {
    caller.require_everywhere(CONFIGURE)?;
    render(&caller, &Draft::default(), &[]).await
}

/// Lines of `code; name` as codes; the number of the first line that is none.
fn parse(text: &str, active: bool) -> Result<Vec<Code>, usize> {
    let mut found = Vec::new();
    for (index, line) in text.lines().enumerate() {
        let line = line.trim();
        if line.is_empty() {
            continue;
        }
        let (code, name) = line.split_once([';', '\t']).unwrap_or((line, ""));
        let (code, name) = (code.trim(), name.trim().trim_matches('"'));
        if code.is_empty() || code.chars().count() > 60 || name.chars().count() > 200 || found.len() >= AT_ONCE {
            return Err(index + 1);
        }
        found.push(Code { code: code.to_owned(), name: name.to_owned(), active });
    }
    Ok(found)
}

pub(super) async fn save(caller: Caller, Form(draft): Form<Draft>) -> Answer {
    caller.require_everywhere(CONFIGURE)?;
    let Some(list) = CodeList::parse(&draft.list) else {
        return Err(AppError::bad_request(Text::new("Diese Liste gibt es nicht.", "There is no such list.")));
    };
    let found = match parse(&draft.codes, draft.closed.is_none()) {
        Ok(found) if !found.is_empty() => found,
        Ok(_) => {
            let message = Text::new("Geben Sie mindestens eine Zeile an.", "Give at least one line.");
            return render(&caller, &draft, &[FieldError::new("codes", message)]).await;
        }
        Err(line) => {
            let message = Text::owned(
                format!("Zeile {line} ist nicht lesbar. Schreiben Sie: Nummer; Bezeichnung"),
                format!("Line {line} cannot be read. Write: number; name"),
            );
            return render(&caller, &draft, &[FieldError::new("codes", message)]).await;
        }
    };
    let (actor, count) = (caller.principal.actor(), found.len());
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
    write.await.map_err(AppError::from)?;
    let said = caller.lang.tr(format!("{count} Zeilen gespeichert."), format!("{count} lines saved."));
    Ok(redirect_with(&caller, HERE, &Flash::good(said)))
}

async fn render(caller: &Caller, draft: &Draft, errors: &[FieldError]) -> Answer {
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
                    div.form__actions { (parts::button(lang.tr("Speichern", "Save"))) }
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
    ]);
    for code in codes {
        let state = if code.active {
            parts::badge(Tone::Good, lang.tr("verwendbar", "in use"))
        } else {
            parts::badge(Tone::Neutral, lang.tr("gesperrt", "closed"))
        };
        table = table.row([html! { (code.code) }, html! { (code.name) }, state]);
    }
    html! { details open[codes.len() <= 30] { summary { (list.plural().get(lang)) } (table) } }
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
    }
}
