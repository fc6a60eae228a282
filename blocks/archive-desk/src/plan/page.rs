//! The pages of the plan.
//!
//! Invariant: an entry under which records stand is not removed.

use serde::Deserialize;
use vir_archive::lifecycle::plan::{Appraisal, Confidentiality, Entry};
use vir_archive::lifecycle::{EntryId, Plan};
use vir_auth::UnitId;
use vir_core::Text;
use vir_store::{Tx, args};
use vir_web::parts::{self, Choice, Column};
use vir_web::{
    Answer, AppError, Caller, FieldError, Flash, Form, Markup, Page, Posted, Query, html, page, redirect_with,
};

use super::draft::Draft;
use super::{in_order, labels, sample};
use crate::pages::{SECTION, rule};
use crate::permissions::{PLAN, SEE};
use crate::records;

const HERE: &str = "/aktenplan";

pub(super) async fn load(caller: &Caller) -> Result<(i64, Plan), AppError> {
    let read =
        caller.app.store.read(&caller.principal.tenant, |tx: &mut Tx| Box::pin(async move { records::plan(tx).await }));
    Ok(read.await?)
}

/// Keeps a plan that was made from the version that was seen.
pub(super) async fn keep(caller: &Caller, seen: i64, plan: Plan) -> Result<(), AppError> {
    let actor = caller.principal.actor();
    let kept = caller.app.store.write(&caller.principal.tenant, move |tx: &mut Tx| {
        Box::pin(async move { records::save_plan(tx, seen, &plan, &actor).await })
    });
    kept.await?.map(|_| ()).ok_or_else(AppError::stale)
}

pub(super) async fn show(caller: Caller) -> Answer {
    caller.require_anywhere(SEE)?;
    let lang = caller.lang;
    let (version, plan) = load(&caller).await?;
    let writes = caller.principal.may_everywhere(PLAN);
    let rows = in_order(&plan).into_iter().map(|(depth, entry)| row(&caller, &plan, depth, entry, writes));
    let mut columns = vec![
        Column::text(lang.tr("Eintrag", "Entry")),
        Column::text(lang.tr("Bezeichnung", "Title")),
        Column::text(lang.tr("Aufbewahrung", "Retention")),
        Column::text(lang.tr("Danach", "Then")).class("wide-only"),
        Column::text(lang.tr("Stelle", "Unit")).class("wide-only"),
    ];
    if writes {
        columns.push(Column::unseen(lang.tr("Aktionen", "Actions")));
    }
    let body = html! {
        @if version == 0 {
            (parts::empty_state(
                lang.tr("Noch kein Aktenplan", "No plan yet"),
                lang.tr("Lesen Sie einen vorhandenen Plan ein, oder beginnen Sie mit einem kleinen Muster. Beides lässt sich Eintrag für Eintrag ändern.", "Read a plan that you have, or begin with a small sample. Both can be changed entry by entry."),
                &html! { @if writes { (parts::post_button(&caller, "/aktenplan/muster", &parts::button(lang.tr("Mit dem Muster beginnen", "Begin with the sample")))) } }))
        } @else {
            (parts::table(lang, "plan", lang.tr("Aktenplan", "Plan")).hide_caption().columns(columns).rows(rows))
        }
        @if writes { (exchange(&caller, version)) }
    };
    let actions = html! { @if writes {
        (parts::link_button("/aktenplan/zugaenge", lang.tr("Zugänge und Fristereignisse", "What comes in, and events")))
        (parts::link_button("/aktenplan/eintrag", lang.tr("Neuer Eintrag", "New entry")).primary().icon(parts::Icon::Plus))
    } };
    let frame = Page::new(lang.tr("Aktenplan", "Plan"))
        .section(SECTION)
        .crumb("/akten", lang.tr("Akten", "Records"))
        .lead(lang.tr(
            "Unter jedem Eintrag stehen Akten; was er nicht sagt, sagen die Einträge über ihm.",
            "Records stand under each entry; what it does not say, the entries above it say.",
        ))
        .actions(actions);
    Ok(page(&caller, frame, body))
}

fn row(caller: &Caller, plan: &Plan, depth: usize, entry: &Entry, writes: bool) -> parts::Row {
    let lang = caller.lang;
    let id = vir_core::percent_encoded(&entry.id.0, "-_.~");
    let own = entry.retention.last();
    let inherited = plan.retention_entry(&entry.id).and_then(|other| other.retention.last());
    let unit = |unit: &str| caller.principal.tree.unit(&UnitId::from(unit)).map(|unit| unit.name.clone());
    let mut cells = vec![
        html! { span class={ "depth-" (depth.min(6)) } { a href={ "/akten?zweig=" (id) } { (entry.id) } } },
        html! { (entry.title)
        @if let Some(class) = entry.confidentiality.filter(|class| *class != Confidentiality::Open) { " " (parts::badge(parts::Tone::Careful, class.name().get(lang))) } },
        html! {
            @if let Some(version) = own { (rule(version, lang)) br; span.small.faint { (version.source) } }
            @else if let Some(version) = inherited { span.faint { (rule(version, lang)) } }
            @else { (parts::badge(parts::Tone::Bad, lang.tr("keine Regel", "no rule"))) }
        },
        html! { @if let Some(value) = plan.planned_appraisal(&entry.id) { span class=[entry.appraisal.is_none().then_some("faint")] { (value.name().get(lang)) } } },
        html! { @if let Some(name) = plan.unit(&entry.id).and_then(unit) { span class=[entry.unit.is_none().then_some("faint")] { (name) } } },
    ];
    if writes {
        cells.push(html! { (parts::link_button(&format!("/aktenplan/eintrag?id={id}"), lang.tr("Bearbeiten", "Edit")).quiet().small().about(&entry.title)) });
    }
    parts::Row::new(cells)
}

fn exchange(caller: &Caller, version: i64) -> Markup {
    let lang = caller.lang;
    html! {
        details { summary { (lang.tr("Plan als Datei", "Plan as a file")) }
            @if version > 0 { p { (parts::link_button("/aktenplan/datei", lang.tr("Herunterladen (JSON)", "Download (JSON)")).small().icon(parts::Icon::Download).download()) } }
            form.form method="post" action="/aktenplan/datei" enctype="multipart/form-data" {
                (parts::csrf_field(caller))
                input type="hidden" name="seen" value=(version);
                (parts::file_drop(lang, "file", lang.tr("Plan einlesen", "Read a plan")).accept(".json,.csv")
                    .hint(lang.tr("JSON wie beim Herunterladen, oder CSV mit den Spalten Eintrag; Bezeichnung; Jahre; Grundlage; Bewertung. Übergeordnete Einträge ergeben sich aus den Punkten.", "JSON as downloaded, or CSV with the columns entry; title; years; source; appraisal. Entries above follow from the dots.")))
                div.form__actions { (parts::button(lang.tr("Einlesen", "Read")).secondary().confirm(lang.tr("Den ganzen Plan durch diese Datei ersetzen?", "Replace the whole plan by this file?"))) }
            }
        }
    }
}

pub(super) async fn begin(caller: Caller, _: Posted) -> Answer {
    caller.require_everywhere(PLAN)?;
    keep(&caller, 0, sample()).await?;
    let text =
        caller.tr("Der Musterplan ist angelegt. Prüfen Sie die Fristen.", "The sample is there. Check its terms.");
    Ok(redirect_with(&caller, HERE, &Flash::good(text)))
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Which {
    id: String,
}

pub(super) async fn form(caller: Caller, Query(which): Query<Which>) -> Answer {
    caller.require_everywhere(PLAN)?;
    let (version, plan) = load(&caller).await?;
    let draft = match plan.entry(&EntryId(which.id.clone())) {
        Some(entry) => Draft::of(entry, version),
        None if which.id.is_empty() => Draft { seen: version, new: true, ..Draft::default() },
        None => return Err(AppError::not_found(Text::new("dieser Eintrag", "this entry"))),
    };
    render(&caller, &plan, &draft, &[])
}

fn render(caller: &Caller, plan: &Plan, draft: &Draft, errors: &[FieldError]) -> Answer {
    let lang = caller.lang;
    let own = plan.entry(&EntryId(draft.id.clone())).filter(|_| !draft.new);
    let parents: Vec<Choice> = labels(plan)
        .into_iter()
        .filter(|(id, _)| draft.new || !plan.is_under(&EntryId(id.clone()), &EntryId(draft.id.clone())))
        .map(|(id, label)| Choice::new(id, label))
        .collect();
    let units: Vec<Choice> = caller
        .principal
        .tree
        .in_order()
        .into_iter()
        .map(|(depth, unit)| Choice::new(unit.id.as_str(), format!("{}{}", "\u{a0}\u{a0}".repeat(depth), unit.name)))
        .collect();
    let classes: Vec<Choice> = [Confidentiality::Open, Confidentiality::Restricted]
        .into_iter()
        .map(|class| Choice::new(serde_json::json!(class).as_str().unwrap_or_default(), class.name().get(lang)))
        .collect();
    let appraisals: Vec<Choice> = [Appraisal::A, Appraisal::B, Appraisal::V]
        .into_iter()
        .map(|value| Choice::new(serde_json::json!(value).as_str().unwrap_or_default(), value.name().get(lang)))
        .collect();
    let inherited = lang.tr("wie darüber", "as above");
    let body = html! {
        (parts::error_summary(lang, errors))
        form.form method="post" action="/aktenplan/eintrag" {
            (parts::csrf_field(caller))
            input type="hidden" name="seen" value=(draft.seen);
            @if draft.new {
                input type="hidden" name="new" value="true";
                (parts::field(lang, "id", lang.tr("Eintrag", "Entry")).value(&draft.id).width(12).max_length(40).errors(errors).required()
                    .hint(lang.tr("Zum Beispiel 20.3.1; danach nicht mehr zu ändern.", "For example 20.3.1; not to be changed later.")))
            } @else {
                input type="hidden" name="id" value=(draft.id);
            }
            (parts::field(lang, "title", lang.tr("Bezeichnung", "Title")).value(&draft.title).max_length(300).errors(errors).required())
            (parts::select(lang, "parent", lang.tr("Steht unter", "Stands under"), &parents).value(&draft.parent).empty(lang.tr("oberste Ebene", "top level")).errors(errors))
            (parts::select(lang, "unit", lang.tr("Zuständige Stelle", "Responsible unit"), &units).value(&draft.unit).empty(inherited).errors(errors)
                .hint(lang.tr("Wer Akten dieses Zweigs sieht und bearbeitet, richtet sich nach den Rechten in dieser Stelle.", "Who sees and works on records of this branch follows from the rights in this unit.")))
            (parts::select(lang, "confidentiality", lang.tr("Einstufung", "Classification"), &classes).value(&draft.confidentiality).empty(inherited).errors(errors))
            (parts::select(lang, "appraisal", lang.tr("Erwartete Bewertung", "Expected appraisal"), &appraisals).value(&draft.appraisal).empty(inherited).errors(errors)
                .hint(lang.tr("Ersetzt nie die Entscheidung des Archivs.", "Never replaces the decision of the archive.")))
            (parts::field(lang, "transfer", lang.tr("Transferfrist", "Transfer term")).value(&draft.transfer).input_mode("numeric").width(4).suffix(lang.tr("Jahre", "years")).errors(errors))
            (versions(caller, own))
            (new_version(caller, draft, own, errors))
            div.form__actions {
                (parts::button(lang.tr("Speichern", "Save")))
                (parts::link_button(HERE, lang.tr("Abbrechen", "Cancel")).quiet())
            }
        }
        @if let Some(own) = own {
            details { summary { (lang.tr("Eintrag entfernen", "Remove the entry")) }
                p { (lang.tr("Nur solange keine Akte und kein anderer Eintrag darunter steht.", "Only while no record and no other entry stands under it.")) }
                form method="post" action="/aktenplan/eintrag/entfernen" {
                    (parts::csrf_field(caller))
                    input type="hidden" name="seen" value=(draft.seen);
                    input type="hidden" name="id" value=(own.id);
                    (parts::button(lang.tr("Entfernen", "Remove")).danger())
                }
            }
        }
    };
    let title = if draft.new {
        lang.tr("Neuer Eintrag", "New entry").to_owned()
    } else {
        format!("{} {}", draft.id, own.map_or("", |own| own.title.as_str()))
    };
    let mut frame = Page::new(title)
        .section(SECTION)
        .crumb("/akten", lang.tr("Akten", "Records"))
        .crumb(HERE, lang.tr("Aktenplan", "Plan"));
    if !errors.is_empty() {
        frame = frame.with_errors();
    }
    Ok(page(caller, frame, body))
}

fn versions(caller: &Caller, own: Option<&Entry>) -> Markup {
    let lang = caller.lang;
    let Some(own) = own.filter(|own| !own.retention.is_empty()) else { return html! {} };
    let rows = own.retention.iter().map(|version| {
        parts::Row::new([
            html! { (version.version) },
            html! { (vir_web::format::iso_date(&version.from.to_string(), lang)) },
            html! { (rule(version, lang)) @if version.also_closed { " (" (lang.tr("auch für schon geschlossene Akten", "also for records closed before")) ")" } },
            html! { (version.source) },
        ])
    });
    let table =
        parts::table(lang, "versions", lang.tr("Fassungen der Aufbewahrungsregel", "Versions of the retention rule"))
            .columns([
                Column::number(lang.tr("Fassung", "Version")),
                Column::text(lang.tr("Seit", "Since")),
                Column::text(lang.tr("Regel", "Rule")),
                Column::text(lang.tr("Grundlage", "Ground")),
            ]);
    html! { (table.rows(rows)) }
}

fn new_version(caller: &Caller, draft: &Draft, own: Option<&Entry>, errors: &[FieldError]) -> Markup {
    let lang = caller.lang;
    let has = own.is_some_and(|own| !own.retention.is_empty());
    let rules = [
        Choice::new("none", if has { lang.tr("unverändert", "unchanged") } else { lang.tr("wie darüber", "as above") }),
        Choice::new("term", lang.tr("Frist", "Term")),
        Choice::new("permanent", lang.tr("dauernd", "Permanent")),
    ];
    let starts = [
        Choice::new("year-end", lang.tr("Ende des Jahres von z.d.A.", "end of the year of closing")),
        Choice::new("closing", lang.tr("Tag von z.d.A.", "day of closing")),
        Choice::new("new-year-after", lang.tr("1. Januar nach einem Ereignis", "1 January after an event")),
        Choice::new("day-of", lang.tr("Tag eines Ereignisses", "day of an event")),
    ];
    let rule = if draft.rule.is_empty() { "none" } else { &draft.rule };
    let start = if draft.start.is_empty() { "year-end" } else { &draft.start };
    html! {
        fieldset {
            legend { @if has { (lang.tr("Neue Fassung der Aufbewahrungsregel", "New version of the retention rule")) } @else { (lang.tr("Aufbewahrungsregel", "Retention rule")) } }
            (parts::radios(lang, "rule", lang.tr("Aufbewahrung", "Retention"), &rules).value(rule).inline())
            (parts::field(lang, "years", lang.tr("Jahre", "Years")).value(&draft.years).input_mode("numeric").width(4).errors(errors))
            (parts::select(lang, "start", lang.tr("Beginn der Frist", "Beginning of the term"), &starts).value(start).errors(errors))
            (parts::field(lang, "event", lang.tr("Ereignis", "Event")).value(&draft.event).max_length(200).errors(errors)
                .hint(lang.tr("Zum Beispiel: Ratsbeschluss über den Jahresabschluss", "For example: council's resolution on the annual accounts")))
            (parts::date_field(lang, "from", lang.tr("In Kraft seit", "In force since")).value(&draft.from).errors(errors))
            (parts::field(lang, "source", lang.tr("Grundlage", "Ground")).value(&draft.source).max_length(300).errors(errors))
            (parts::checkbox("also_closed", lang.tr("gilt auch für Akten, die vorher geschlossen wurden", "also holds for records closed before")).value("true").checked(draft.also_closed))
        }
    }
}

pub(super) async fn save(caller: Caller, Form(draft): Form<Draft>) -> Answer {
    caller.require_everywhere(PLAN)?;
    let (_, plan) = load(&caller).await?;
    let before = plan.entry(&EntryId(draft.id.trim().to_owned()));
    if draft.new && before.is_some() {
        let text = Text::new("Diesen Eintrag gibt es schon.", "This entry is there already.");
        return render(&caller, &plan, &draft, &[FieldError::new("id", text)]);
    }
    let entry = match draft.read(before) {
        Ok(entry) => entry,
        Err(errors) => return render(&caller, &plan, &draft, &errors),
    };
    if entry.unit.as_deref().is_some_and(|unit| caller.principal.tree.unit(&UnitId::from(unit)).is_none()) {
        let text = Text::new("Diese Stelle gibt es nicht.", "There is no such unit.");
        return render(&caller, &plan, &draft, &[FieldError::new("unit", text)]);
    }
    let id = entry.id.clone();
    let others = plan.entries().filter(|other| other.id != id).cloned();
    match Plan::new(others.chain([entry])) {
        Ok(new) => {
            keep(&caller, draft.seen, new).await?;
            Ok(redirect_with(&caller, HERE, &Flash::good(caller.tr("Gespeichert.", "Saved."))))
        }
        Err(error) => render(&caller, &plan, &draft, &[FieldError::new("parent", error.text())]),
    }
}

#[derive(Debug, Deserialize)]
pub(super) struct Removal {
    seen: i64,
    id: String,
}

pub(super) async fn remove(caller: Caller, Form(removal): Form<Removal>) -> Answer {
    caller.require_everywhere(PLAN)?;
    let (_, plan) = load(&caller).await?;
    let id = EntryId(removal.id.clone());
    let key = removal.id.clone();
    let used = caller.app.store.read(&caller.principal.tenant, move |tx: &mut Tx| {
        Box::pin(async move {
            let sql = "select id from archive_record where entry = $1 limit 1";
            Ok::<_, vir_store::Error>(tx.optional(sql, &args![key]).await?.is_some())
        })
    });
    let below = plan.entries().any(|entry| entry.parent.as_ref() == Some(&id));
    if used.await? || below {
        let text = Text::new(
            "Unter diesem Eintrag stehen noch Akten oder Einträge. Gliedern Sie sie vorher um.",
            "Records or entries still stand under this entry. Reclassify them first.",
        );
        return Err(AppError::conflict(text));
    }
    let others = plan.entries().filter(|other| other.id != id).cloned();
    let new = Plan::new(others).map_err(|error| AppError::conflict(error.text()))?;
    keep(&caller, removal.seen, new).await?;
    Ok(redirect_with(&caller, HERE, &Flash::good(caller.tr("Eintrag entfernt.", "Entry removed."))))
}
