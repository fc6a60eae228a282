//! `/akten/neu`: a new record.

use std::collections::BTreeSet;

use serde::Deserialize;
use vir_archive::lifecycle::event::Kind;
use vir_archive::lifecycle::{EntryId, Plan, SubjectId};
use vir_core::Text;
use vir_store::Tx;
use vir_web::parts::{self, Choice};
use vir_web::{Answer, AppError, Caller, FieldError, Flash, Form, Page, Query, html, page, redirect_with};

use super::SECTION;
use crate::access;
use crate::permissions::FILE;
use crate::plan::labels;
use crate::records::{self, ActError, NewRecord};

/// The longest title and reference, in characters.
const LONGEST: usize = 300;

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct Draft {
    kind: String,
    entry: String,
    title: String,
    reference: String,
    subjects: String,
}

pub(super) async fn form(caller: Caller, Query(draft): Query<Draft>) -> Answer {
    caller.require_anywhere(FILE)?;
    render(&caller, &draft, &[]).await
}

async fn read_plan(caller: &Caller) -> Result<Plan, AppError> {
    let read =
        caller.app.store.read(&caller.principal.tenant, |tx: &mut Tx| Box::pin(async move { records::plan(tx).await }));
    Ok(read.await?.1)
}

async fn render(caller: &Caller, draft: &Draft, errors: &[FieldError]) -> Answer {
    let lang = caller.lang;
    let plan = read_plan(caller).await?;
    // Records stand under entries that somebody may file to; the others would only be refused.
    let entries: Vec<Choice> = labels(&plan)
        .into_iter()
        .filter(|(id, _)| access::may(&caller.principal, FILE, plan.unit(&EntryId(id.clone()))))
        .map(|(id, label)| Choice::new(id, label))
        .collect();
    let kinds = [
        Choice::new("file", lang.tr("Akte", "File"))
            .hint(lang.tr("mit Vorgängen und Dokumenten", "with cases and documents")),
        Choice::new("case", lang.tr("Vorgang", "Case")).hint(lang.tr("allein stehend", "that stands alone")),
        Choice::new("document", lang.tr("Dokument", "Document")).hint(lang.tr("allein stehend", "that stands alone")),
    ];
    let kind = if draft.kind.is_empty() { "file" } else { &draft.kind };
    let body = html! {
        (parts::error_summary(lang, errors))
        @if entries.is_empty() {
            (parts::empty_state(
                lang.tr("Kein Eintrag im Aktenplan", "No entry in the plan"),
                lang.tr("Eine Akte steht unter einem Eintrag des Aktenplans. Es gibt noch keinen, in dem Sie Akten führen dürfen.", "A record stands under an entry of the plan. There is none yet in which you may keep records."),
                &html! { (parts::link_button("/aktenplan", lang.tr("Zum Aktenplan", "To the plan")).primary()) }))
        } @else {
            form.form method="post" action="/akten/neu" {
                (parts::csrf_field(caller))
                (parts::select(lang, "entry", lang.tr("Eintrag des Aktenplans", "Entry of the plan"), &entries).value(&draft.entry).empty(lang.tr("bitte wählen", "please choose")).errors(errors).required())
                (parts::field(lang, "title", lang.tr("Betreff", "Title")).value(&draft.title).max_length(300).errors(errors).required())
                (parts::field(lang, "reference", lang.tr("Aktenzeichen", "Reference")).value(&draft.reference).max_length(300).errors(errors)
                    .hint(lang.tr("Leer: wird aus Aktenplan, Jahr und laufender Nummer gebildet.", "Empty: made from the plan, the year and a running number.")))
                (parts::text_area(lang, "subjects", lang.tr("Betroffene Personen", "Persons concerned")).value(&draft.subjects).rows(3).errors(errors)
                    .hint(lang.tr("Eine je Zeile, zum Beispiel Name und Geburtsdatum. Danach fragen die Auskunft nach Art. 15 DSGVO und Aufbewahrungssperren.", "One per line, for example name and date of birth. Reports to persons concerned and legal holds ask for them.")))
                (parts::radios(lang, "kind", lang.tr("Art", "Kind"), &kinds).value(kind))
                div.form__actions { (parts::button(lang.tr("Akte anlegen", "Begin the record"))) }
            }
        }
    };
    let mut frame =
        Page::new(lang.tr("Neue Akte", "New record")).section(SECTION).crumb("/akten", lang.tr("Akten", "Records"));
    if !errors.is_empty() {
        frame = frame.with_errors();
    }
    Ok(page(caller, frame, body))
}

pub(super) async fn create(caller: Caller, Form(draft): Form<Draft>) -> Answer {
    caller.require_anywhere(FILE)?;
    let plan = read_plan(&caller).await?;
    let mut errors = Vec::new();
    let entry = EntryId(draft.entry.clone());
    if plan.entry(&entry).is_none() {
        errors.push(FieldError::new("entry", Text::new("Bitte wählen Sie einen Eintrag.", "Please choose an entry.")));
    } else if !access::may(&caller.principal, FILE, plan.unit(&entry)) {
        return Err(AppError::forbidden(FILE));
    }
    let title = draft.title.trim();
    if title.is_empty() || title.chars().count() > LONGEST {
        errors.push(FieldError::new(
            "title",
            Text::new("Ein Betreff mit höchstens 300 Zeichen.", "A title of at most 300 characters."),
        ));
    }
    let reference = draft.reference.trim();
    if reference.chars().count() > LONGEST {
        errors.push(FieldError::new("reference", Text::new("Höchstens 300 Zeichen.", "At most 300 characters.")));
    }
    if !errors.is_empty() {
        return render(&caller, &draft, &errors).await;
    }
    let new = NewRecord {
        kind: match draft.kind.as_str() {
            "case" => Kind::Case,
            "document" => Kind::Document,
            _ => Kind::File,
        },
        title: title.to_owned(),
        reference: Some(reference.to_owned()).filter(|reference| !reference.is_empty()),
        subjects: subjects(&draft.subjects),
        entry: entry.clone(),
    };
    let who = records::who(&caller.principal, FILE, plan.unit(&entry));
    let done = caller.app.store.write(&caller.principal.tenant, move |tx: &mut Tx| {
        Box::pin(async move { records::open(tx, new, &who).await })
    });
    match done.await {
        Ok(opened) => {
            let text = caller.tr("Akte angelegt: ", "Record begun: ").to_owned() + &opened.reference;
            Ok(redirect_with(&caller, &format!("/akten/{}", opened.id), &Flash::good(text)))
        }
        Err(ActError::Store(error)) => Err(error.into()),
        Err(error) => {
            let field = if matches!(error, ActError::Reference) { "reference" } else { "entry" };
            let errors: Vec<FieldError> = error.texts().into_iter().map(|text| FieldError::new(field, text)).collect();
            render(&caller, &draft, &errors).await
        }
    }
}

/// One person per line.
pub(super) fn subjects(text: &str) -> BTreeSet<SubjectId> {
    let lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
    lines.take(200).map(|line| SubjectId(line.chars().take(LONGEST).collect())).collect()
}
