//! One person: details, rights, groups, access.

use axum::extract::Path;
use axum::response::Response;
use maud::html;
use vir_auth::{Account, Directory, PersonId, PersonKind, To};
use vir_core::Text;

use super::grants::{grant_form, grant_table};
use super::people::{Typed, fields};
use super::{below, require};
use crate::account::{Nothing, into_form, of_auth};
use crate::parts::{self, FieldError, Tone};
use crate::{Answer, AppError, Caller, Flash, Form, format, page, redirect_with};

async fn account(caller: &Caller, id: &str) -> Result<Account, AppError> {
    require(caller)?;
    let accounts = caller.app.auth.accounts(&caller.principal).await.map_err(of_auth)?;
    let found = accounts.into_iter().find(|account| account.person.id.as_str() == id);
    found.ok_or_else(|| AppError::not_found(Text::new("Person", "person")))
}

pub(super) async fn show(caller: Caller, Path(id): Path<String>) -> Answer {
    let account = account(&caller, &id).await?;
    let typed = Typed {
        kind: String::new(),
        name: account.person.name.clone(),
        email: account.person.email.clone(),
        lang: account.person.lang.tag().to_owned(),
    };
    shown(&caller, &account, &typed, &[]).await
}

pub(super) async fn save(caller: Caller, Path(id): Path<String>, Form(typed): Form<Typed>) -> Answer {
    let account = account(&caller, &id).await?;
    let new = vir_auth::NewPerson { kind: account.person.kind, ..typed.person() };
    match caller.app.auth.change_person(&caller.principal, &account.person.id, new).await {
        Ok(()) => {
            Ok(redirect_with(&caller, &path(&account.person.id), &Flash::good(caller.tr("Gespeichert.", "Saved."))))
        }
        Err(error) => {
            let errors = into_form(error)?;
            shown(&caller, &account, &typed, &errors).await
        }
    }
}

/// Makes a one-time link and shows it: whoever administers hands it over.
pub(super) async fn access_link(caller: Caller, Path(id): Path<String>, Form(Nothing {}): Form<Nothing>) -> Answer {
    let account = account(&caller, &id).await?;
    let link = caller.app.auth.access_link(&caller.principal, &account.person.id).await.map_err(of_auth)?;
    let lang = caller.lang;
    let address = match &caller.app.config.public_url {
        Some(url) => format!("{}{}", url.trim_end_matches('/'), link.path()),
        None => link.path(),
    };
    let body = html! {
        div.column.stack {
            (parts::notice(Tone::Careful, lang.tr("Dieser Verweis ist ein Zugang", "This link is an access"), &html! {
                p { (lang.tr(
                    "Geben Sie ihn nur der Person selbst. Er gilt einmal; ein neuer ersetzt ihn.",
                    "Give it to the person only. It is valid once; a new one replaces it.",
                )) }
            }))
            (parts::field(lang, "link", lang.tr("Verweis", "Link")).value(&address).read_only().no_spellcheck())
            p { (lang.tr("Gültig bis ", "Valid until ")) (format::time_element(link.expires_at, lang)) }
            div.toolbar { (parts::link_button(&path(&account.person.id), lang.tr("Fertig", "Done")).primary()) }
        }
    };
    let title = format!("{} {}", lang.tr("Zugang für", "Access for"), account.person.name);
    Ok(page(&caller, below(title, "/verwaltung/personen", lang.tr("Personen", "People")), body))
}

pub(super) async fn close(caller: Caller, Path(id): Path<String>, Form(Nothing {}): Form<Nothing>) -> Answer {
    let flash = caller.tr("Das Konto ist geschlossen.", "The account is closed.");
    set_active(&caller, &id, false, flash).await
}

pub(super) async fn open(caller: Caller, Path(id): Path<String>, Form(Nothing {}): Form<Nothing>) -> Answer {
    let flash = caller.tr("Das Konto ist wieder offen.", "The account is open again.");
    set_active(&caller, &id, true, flash).await
}

async fn set_active(caller: &Caller, id: &str, active: bool, flash: &str) -> Answer {
    require(caller)?;
    let id = PersonId::from(id);
    let flash = match caller.app.auth.set_active(&caller.principal, &id, active).await {
        Ok(()) => Flash::good(flash),
        Err(vir_auth::Error::Conflict(why)) => Flash::bad(why.get(caller.lang)),
        Err(error) => return Err(of_auth(error)),
    };
    Ok(redirect_with(caller, &path(&id), &flash))
}

fn path(id: &PersonId) -> String {
    format!("/verwaltung/personen/{id}")
}

async fn shown(caller: &Caller, account: &Account, typed: &Typed, errors: &[FieldError]) -> Result<Response, AppError> {
    let (lang, person) = (caller.lang, &account.person);
    let directory: std::sync::Arc<Directory> =
        caller.app.auth.directory(&caller.principal.tenant).await.map_err(of_auth)?;
    let here = path(&person.id);
    let granted: Vec<_> = directory.granted(&person.id).collect();
    let groups: Vec<_> = directory.groups.values().filter(|group| group.members.contains(&person.id)).collect();
    let body = html! {
        div.stack {
            (parts::error_summary(lang, errors))
            @if !person.active {
                (parts::notice(Tone::Careful, lang.tr("Dieses Konto ist geschlossen", "This account is closed"), &html! {
                    p { (lang.tr("Die Person kann sich nicht anmelden und hat keine Rechte. Was sie getan hat, bleibt nachvollziehbar.", "The person cannot sign in and has no rights. What they did stays traceable.")) }
                }))
            }
            (parts::card(lang.tr("Angaben", "Details"), &html! {
                form.form method="post" action=(here) {
                    (parts::csrf_field(caller))
                    (fields(caller, typed, errors))
                    div.form__actions { (parts::button(lang.tr("Speichern", "Save"))) }
                }
            }))
            (parts::card(lang.tr("Rechte", "Grants"), &html! {
                @if granted.is_empty() {
                    (parts::empty_state(lang.tr("Noch keine Rechte", "No grants yet"), lang.tr("Geben Sie der Person unten eine Rolle, oder nehmen Sie sie in eine Gruppe auf.", "Give the person a role below, or take them into a group."), &html! {}))
                } @else { (grant_table(caller, &directory, &granted, &here)) }
                (grant_form(caller, &directory, Some(&To::Person(person.id.clone())), &here, &[]))
            }))
            (parts::card(lang.tr("Gruppen", "Groups"), &html! {
                @if groups.is_empty() { p { (lang.tr("In keiner Gruppe.", "In no group.")) } }
                @else { ul { @for group in groups { li { a href={ "/verwaltung/gruppen/" (group.id) } { (group.name) } } } } }
            }))
            (parts::card(lang.tr("Zugang", "Access"), &html! {
                @if person.kind == PersonKind::Technical {
                    p { (lang.tr("Ein Programm meldet sich mit einem Token an.", "A program signs in with a token.")) " "
                        a href="/verwaltung/token" { (lang.tr("Zu den API-Token", "To the API tokens")) } }
                } @else {
                    (parts::definition_list(&[
                        (lang.tr("Passwort", "Password"), html! { (if account.has_password { lang.tr("gesetzt", "set") } else { lang.tr("noch keines", "none yet") }) }),
                        (lang.tr("Passkeys", "Passkeys"), html! { (account.passkeys) }),
                        (lang.tr("Anmeldedienst", "Log-in service"), html! { (if account.has_provider { lang.tr("verknüpft", "linked") } else { lang.tr("nicht verknüpft", "not linked") }) }),
                        (lang.tr("Zuletzt angemeldet", "Last signed in"), html! { @if let Some(at) = account.signed_in_at { (format::time_element(at, lang)) } @else { (lang.tr("noch nie", "never")) } }),
                    ]))
                    @if person.active {
                        (parts::post_button(caller, &format!("{here}/zugang"), &parts::button(
                            if account.has_password { lang.tr("Verweis für neues Passwort", "Link for a new password") } else { lang.tr("Einladung erzeugen", "Create invitation") }).secondary()))
                    }
                }
                div.toolbar {
                    @if person.active {
                        (parts::post_button(caller, &format!("{here}/schliessen"), &parts::button(lang.tr("Konto schließen", "Close account")).danger()
                            .confirm(lang.tr("Die Person wird sofort abgemeldet und verliert alle Rechte. Schließen?", "The person is signed out at once and loses all rights. Close?"))))
                    } @else {
                        (parts::post_button(caller, &format!("{here}/oeffnen"), &parts::button(lang.tr("Konto wieder öffnen", "Open account again")).secondary()))
                    }
                }
            }))
        }
    };
    let mut shown = below(person.name.clone(), "/verwaltung/personen", lang.tr("Personen", "People"));
    if !errors.is_empty() {
        shown = shown.with_errors();
    }
    Ok(page(caller, shown, body))
}
