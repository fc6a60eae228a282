//! The settings page of routing: the rules in their order, a new one, and a trial of it.
//!
//! Invariant: a trial changes nothing; a change is in the audit log.

use std::sync::LazyLock;

use axum::Router;
use axum::extract::Path;
use axum::routing::{get, post};
use serde::Deserialize;
use vir_auth::{Directory, PersonKind, UnitId};
use vir_core::Lang;
use vir_store::Tx;
use vir_web::parts::{self, Choice, Column};
use vir_web::{Answer, App, Caller, FieldError, Flash, Form, Markup, Page, format, html, page};

use super::tester;
use super::{Field, Operator, Rule, Stage, Subject, add, all, remove, reorder, validate};
use crate::access;
use crate::invoice_row::InvoiceRow;
use crate::permissions::{CONFIGURE, SEE};
use crate::workflow::Assignee;

const HERE: &str = "/einstellungen/zuordnung";
/// On so many of the newest invoices a rule is tried.
const TRIAL: u32 = 100;

/// The addresses of the settings.
pub fn routes() -> Router<App> {
    Router::new()
        .route(HERE, get(show).post(save))
        .route(tester::HERE, get(tester::show))
        .route("/einstellungen/zuordnung/{id}/entfernen", post(take_out))
        .route("/einstellungen/zuordnung/{id}/verschieben", post(move_rule))
}

/// A rule as somebody types it.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
struct Draft {
    stage: String,
    field: String,
    operator: String,
    value: String,
    unit: String,
    /// `person:…`, `group:…`, or nothing.
    assignee: String,
    note: String,
    /// `try` or `save`.
    action: String,
}

async fn show(caller: Caller) -> Answer {
    caller.require_everywhere(CONFIGURE)?;
    render(&caller, &Draft::default(), &[], None).await
}

async fn rules(caller: &Caller) -> vir_store::Result<Vec<Rule>> {
    caller.app.store.read(&caller.principal.tenant, |tx: &mut Tx| Box::pin(async move { all(tx).await })).await
}

async fn save(caller: Caller, Form(draft): Form<Draft>) -> Answer {
    caller.require_everywhere(CONFIGURE)?;
    let present = rules(&caller).await?.len();
    let mut errors = Vec::new();
    if let Some(text) = validate(&draft.value, &draft.unit, present) {
        errors.push(FieldError::new(
            if draft.unit.is_empty() && !draft.value.trim().is_empty() { "unit" } else { "value" },
            text,
        ));
    }
    let directory = caller.app.auth.directory(&caller.principal.tenant).await?;
    let (person, group) = match Assignee::parse(&draft.assignee) {
        Some(Assignee::Person(id)) if directory.people.contains_key(&id) => (Some(id.to_string()), None),
        Some(Assignee::Group(id)) if directory.groups.contains_key(&id) => (None, Some(id.to_string())),
        _ => (None, None),
    };
    let known_unit = caller.principal.tree.unit(&UnitId::from(draft.unit.as_str())).is_some();
    let parsed = (Stage::find(&draft.stage), Field::find(&draft.field), Operator::find(&draft.operator));
    let (Some(stage), Some(field), Some(operator)) = parsed else {
        return render(&caller, &draft, &errors, None).await;
    };
    if errors.is_empty() && !known_unit {
        errors.push(FieldError::new(
            "unit",
            vir_core::Text::new("Diese Organisationseinheit gibt es nicht.", "There is no such unit."),
        ));
    }
    if !errors.is_empty() {
        return render(&caller, &draft, &errors, None).await;
    }
    let rule = Rule {
        id: String::new(),
        stage,
        position: 0,
        field,
        operator,
        value: draft.value.clone(),
        unit_id: draft.unit.clone(),
        person_id: person,
        group_id: group,
        note: draft.note.chars().take(400).collect(),
    };
    if draft.action == "try" {
        let hits = try_out(&caller, &rule).await?;
        return render(&caller, &draft, &[], Some(hits)).await;
    }
    let actor = caller.principal.actor();
    let saved = caller
        .app
        .store
        .write(&caller.principal.tenant, move |tx: &mut Tx| Box::pin(async move { add(tx, &actor, rule).await }));
    saved.await?;
    let text = caller.lang.tr(
        "Regel gespeichert. Sie gilt ab sofort für neue Eingänge.",
        "Rule saved. It applies to new invoices from now on.",
    );
    Ok(vir_web::redirect_with(&caller, HERE, &Flash::good(text)))
}

/// What a rule would have done.
struct Trial {
    tried: usize,
    hits: Vec<InvoiceRow>,
}

/// The invoices among the newest that the caller may see and that the rule fits.
async fn try_out(caller: &Caller, rule: &Rule) -> vir_store::Result<Trial> {
    static SELECT: LazyLock<String> =
        LazyLock::new(|| format!("select {} from invoice where direction = 'incoming' and ", InvoiceRow::COLUMNS));
    let mut args = Vec::new();
    let condition = access::condition(&caller.principal, SEE, &mut args);
    let sql = format!("{}{condition} order by id desc limit {TRIAL}", *SELECT);
    let rows = caller.app.store.read(&caller.principal.tenant, move |tx: &mut Tx| {
        Box::pin(async move {
            tx.all(sql, &args).await?.iter().map(InvoiceRow::read).collect::<vir_store::Result<Vec<_>>>()
        })
    });
    let rows = rows.await?;
    let tried = rows.len();
    Ok(Trial { tried, hits: rows.into_iter().filter(|row| rule.fits(&Subject::of(row))).collect() })
}

#[derive(Debug, Deserialize)]
struct Direction {
    #[serde(default)]
    up: String,
}

async fn move_rule(caller: Caller, Path(id): Path<String>, Form(direction): Form<Direction>) -> Answer {
    caller.require_everywhere(CONFIGURE)?;
    let (actor, up) = (caller.principal.actor(), direction.up == "1");
    let moved = caller.app.store.write(&caller.principal.tenant, move |tx: &mut Tx| {
        Box::pin(async move { reorder(tx, &actor, &id, up).await })
    });
    moved.await?;
    Ok(vir_web::redirect(HERE))
}

#[derive(Debug, Deserialize)]
struct Nothing {}

async fn take_out(caller: Caller, Path(id): Path<String>, Form(Nothing {}): Form<Nothing>) -> Answer {
    caller.require_everywhere(CONFIGURE)?;
    let actor = caller.principal.actor();
    let removed = caller
        .app
        .store
        .write(&caller.principal.tenant, move |tx: &mut Tx| Box::pin(async move { remove(tx, &actor, &id).await }));
    let flash = if removed.await? {
        Flash::good(caller.lang.tr("Regel entfernt.", "Rule removed."))
    } else {
        Flash::info(caller.lang.tr("Diese Regel gab es schon nicht mehr.", "This rule was gone already."))
    };
    Ok(vir_web::redirect_with(&caller, HERE, &flash))
}

async fn render(caller: &Caller, draft: &Draft, errors: &[FieldError], trial: Option<Trial>) -> Answer {
    let lang = caller.lang;
    let rules = rules(caller).await?;
    let directory = caller.app.auth.directory(&caller.principal.tenant).await?;
    let body = html! {
        p { a href=(tester::HERE) { (lang.tr("Wohin ginge diese Rechnung?", "Where would this invoice go?")) } }
        (list(caller, &directory, &rules))
        h2 { (lang.tr("Neue Regel", "New rule")) }
        (parts::error_summary(lang, errors))
        (entry_form(caller, &directory, draft, errors))
        @if let Some(trial) = &trial { (outcome(trial, lang)) }
    };
    let title = Page::new(lang.tr("Zuordnung der Rechnungen", "Routing of invoices")).section("routing").lead(lang.tr(
        "Die erste passende Regel bestimmt, welche Organisationseinheit eine Rechnung bekommt. Passt keine, wartet die Rechnung unter „nicht zugeordnet“.",
        "The first rule that fits decides which unit gets an invoice. Where none fits, the invoice waits under \"not assigned\".",
    ));
    let title = if errors.is_empty() { title } else { title.with_errors() };
    Ok(page(caller, title, body))
}

fn list(caller: &Caller, directory: &Directory, rules: &[Rule]) -> Markup {
    let lang = caller.lang;
    if rules.is_empty() {
        return parts::empty_state(
            lang.tr("Noch keine Regeln", "No rules yet"),
            lang.tr(
                "Beginnen Sie mit den Leitweg-IDs Ihrer Ämter: Damit finden die meisten Rechnungen von selbst ihren Weg.",
                "Begin with the Leitweg-IDs of your offices: with them most invoices find their way by themselves.",
            ),
            &html! {},
        );
    }
    let unit = |id: &str| {
        caller.principal.tree.unit(&UnitId::from(id)).map_or_else(|| id.to_owned(), |unit| unit.name.clone())
    };
    html! {
        @for stage in Stage::ALL {
            @let of_stage: Vec<&Rule> = rules.iter().filter(|rule| rule.stage == *stage).collect();
            @if !of_stage.is_empty() {
                (parts::table(lang, format!("rules-{}", stage.text()), stage.name(lang))
                    .columns([
                        Column::text(lang.tr("Wenn", "If")),
                        Column::text(lang.tr("dann an", "then to")),
                        Column::text(lang.tr("Notiz", "Note")),
                        Column::unseen(lang.tr("Ändern", "Change")),
                    ])
                    .rows(of_stage.iter().map(|rule| {
                        let about = format!("{} {} {}", rule.field.name(lang), rule.operator.name(lang), rule.value);
                        let action = |what: &str| format!("{HERE}/{}/{what}", rule.id);
                        parts::Row::new([
                            html! { (rule.field.name(lang)) " " (rule.operator.name(lang)) " " strong { (rule.value) } },
                            html! {
                                (unit(&rule.unit_id))
                                @if let Some(person) = &rule.person_id { ", " (directory.name_of(&vir_auth::PersonId::from(person.as_str()))) }
                                @if let Some(group) = rule.group_id.as_deref().and_then(|id| directory.groups.get(&vir_auth::GroupId::from(id))) { ", " (group.name) }
                            },
                            html! { (rule.note) },
                            html! {
                                (parts::post_button(caller, &action("verschieben"),
                                    &parts::button(lang.tr("Nach oben", "Up")).quiet().small().name_value("up", "1").about(&about)))
                                (parts::post_button(caller, &action("verschieben"),
                                    &parts::button(lang.tr("Nach unten", "Down")).quiet().small().name_value("up", "0").about(&about)))
                                (parts::post_button(caller, &action("entfernen"),
                                    &parts::button(lang.tr("Entfernen", "Remove")).danger().small().about(&about)
                                        .confirm(lang.tr("Diese Regel entfernen?", "Remove this rule?"))))
                            },
                        ])
                    })))
            }
        }
    }
}

fn entry_form(caller: &Caller, directory: &Directory, draft: &Draft, errors: &[FieldError]) -> Markup {
    let lang = caller.lang;
    let choices = |all: &[(&'static str, &'static str)]| -> Vec<Choice> {
        all.iter().map(|(value, label)| Choice::new(*value, *label)).collect()
    };
    let stages = choices(&Stage::ALL.iter().map(|it| (it.text(), it.name(lang))).collect::<Vec<_>>());
    let fields = choices(&Field::ALL.iter().map(|it| (it.text(), it.name(lang))).collect::<Vec<_>>());
    let operators = choices(&Operator::ALL.iter().map(|it| (it.text(), it.name(lang))).collect::<Vec<_>>());
    let units: Vec<Choice> = caller
        .principal
        .tree
        .in_order()
        .into_iter()
        .map(|(depth, unit)| Choice::new(unit.id.as_str(), format!("{}{}", "\u{2003}".repeat(depth), unit.name)))
        .collect();
    let mut assignees: Vec<Choice> = directory
        .groups
        .values()
        .map(|group| {
            let label = lang.tr(format!("Gruppe {}", group.name), format!("Group {}", group.name));
            Choice::new(Assignee::Group(group.id.clone()).text(), label)
        })
        .collect();
    let people = directory.people.values().filter(|person| person.active && person.kind == PersonKind::Human);
    assignees.extend(people.map(|person| Choice::new(Assignee::Person(person.id.clone()).text(), person.name.clone())));
    let body = html! {
        (parts::select(lang, "stage", lang.tr("Stufe", "Stage"), &stages).value(&draft.stage)
            .hint(lang.tr("Die Stufen werden von oben nach unten gefragt.", "Stages are asked from top to bottom.")))
        (parts::select(lang, "field", lang.tr("Wenn", "If"), &fields).value(&draft.field))
        (parts::select(lang, "operator", lang.tr("Vergleich", "Comparison"), &operators).value(&draft.operator))
        (parts::field(lang, "value", lang.tr("Wert", "Value")).value(&draft.value).errors(errors).required().max_length(200)
            .hint(lang.tr("In Mustern steht * für beliebig viele Zeichen und ? für eines.", "In patterns * stands for any characters and ? for one.")))
        (parts::select(lang, "unit", lang.tr("Dann an", "Then to"), &units).value(&draft.unit).errors(errors)
            .empty(lang.tr("Bitte wählen", "Please choose")).required())
        (parts::select(lang, "assignee", lang.tr("und dort", "and there"), &assignees).value(&draft.assignee)
            .empty(lang.tr("niemandem besonders", "nobody in particular"))
            .hint(lang.tr("Wer die Rechnung in die Hand bekommt; tun kann es weiterhin jede berechtigte Person.", "Who gets the invoice in hand; everybody with the permission still can.")))
        (parts::field(lang, "note", lang.tr("Notiz", "Note")).value(&draft.note).max_length(400))
        p {
            (parts::button(lang.tr("Speichern", "Save")).name_value("action", "save")) " "
            (parts::button(lang.tr("An den letzten 100 Rechnungen erproben", "Try on the last 100 invoices")).secondary().name_value("action", "try"))
        }
    };
    parts::post_form(caller, HERE, &body)
}

fn outcome(trial: &Trial, lang: Lang) -> Markup {
    html! {
        section aria-labelledby="trial" {
            h2 id="trial" { (lang.tr("Erprobung", "Trial")) }
            p {
                (lang.tr(
                    format!("Die Regel passt auf {} der letzten {} Rechnungen. Gespeichert wurde noch nichts.", trial.hits.len(), trial.tried),
                    format!("The rule fits {} of the last {} invoices. Nothing was saved yet.", trial.hits.len(), trial.tried),
                ))
            }
            @if !trial.hits.is_empty() {
                (parts::table(lang, "hits", lang.tr("Passende Rechnungen", "Invoices that fit"))
                    .columns([
                        Column::text(lang.tr("Rechnung", "Invoice")),
                        Column::text(lang.tr("Eingang", "Received")),
                        Column::text(lang.tr("Leitweg-ID", "Leitweg-ID")),
                        Column::text(lang.tr("Bestellnummer", "Order number")),
                    ])
                    .rows(trial.hits.iter().map(|row| parts::Row::new([
                        html! { a href={ "/rechnungen/" (row.id) } { (row.caption(lang)) } },
                        format::time_element(row.received_at, lang),
                        html! { (row.buyer_reference.as_deref().unwrap_or("–")) },
                        html! { (row.order_reference.as_deref().unwrap_or("–")) },
                    ]))))
            }
        }
    }
}
