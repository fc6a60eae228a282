//! The municipality's own log-in service (OpenID Connect).

use axum::http::HeaderMap;
use axum::response::Response;
use maud::html;
use serde::Deserialize;
use vir_auth::Provider;

use super::{frame, require, tabs};
use crate::account::{into_form, of_auth, origin};
use crate::parts::{self, FieldError};
use crate::{Answer, AppError, Caller, Flash, Form, page, redirect_with};

#[derive(Deserialize)]
pub(super) struct Typed {
    #[serde(default)]
    enabled: Option<String>,
    title: String,
    issuer: String,
    client_id: String,
    #[serde(default)]
    client_secret: String,
    scopes: String,
    group_claim: String,
    #[serde(default)]
    provision: Option<String>,
    #[serde(default)]
    group_required: Option<String>,
}

const HERE: &str = "/verwaltung/anmeldedienst";

pub(super) async fn show(caller: Caller, headers: HeaderMap) -> Answer {
    require(&caller)?;
    let provider = caller.app.auth.provider(&caller.principal).await.map_err(of_auth)?;
    shown(&caller, &headers, &provider, &[])
}

pub(super) async fn save(caller: Caller, headers: HeaderMap, Form(typed): Form<Typed>) -> Answer {
    require(&caller)?;
    let provider = Provider {
        enabled: typed.enabled.is_some(),
        title: typed.title,
        issuer: typed.issuer,
        client_id: typed.client_id,
        client_secret: typed.client_secret,
        scopes: typed.scopes,
        group_claim: typed.group_claim,
        provision: typed.provision.is_some(),
        group_required: typed.group_required.is_some(),
    };
    match caller.app.auth.set_provider(&caller.principal, provider.clone()).await {
        Ok(()) => Ok(redirect_with(&caller, HERE, &Flash::good(caller.tr("Gespeichert.", "Saved.")))),
        Err(error) => shown(&caller, &headers, &provider, &into_form(error)?),
    }
}

fn shown(
    caller: &Caller,
    headers: &HeaderMap,
    provider: &Provider,
    errors: &[FieldError],
) -> Result<Response, AppError> {
    let lang = caller.lang;
    let back = format!("{}/anmelden/dienst/zurueck", origin(caller, headers));
    let body = html! {
        (tabs(caller, &caller.principal, HERE))
        div.column.stack {
            (parts::error_summary(lang, errors))
            p { (lang.tr(
                "Mit OpenID Connect melden sich Ihre Leute mit dem Konto an, das sie in der Verwaltung schon haben (zum Beispiel Keycloak, Entra ID, Univention).",
                "With OpenID Connect your people sign in with the account that they have already (for example Keycloak, Entra ID, Univention).",
            )) }
            (parts::definition_list(&[(lang.tr("Rücksprungadresse für den Anmeldedienst", "Redirect address for the log-in service"), html! { code { (back) } })]))
            form.form method="post" action=(HERE) {
                (parts::csrf_field(caller))
                (parts::checkbox("enabled", lang.tr("Bei der Anmeldung anbieten", "Offer at log-in")).checked(provider.enabled))
                (parts::field(lang, "issuer", lang.tr("Adresse (Issuer)", "Address (issuer)")).kind("url").value(&provider.issuer).errors(errors).no_spellcheck()
                    .placeholder("https://anmeldung.musterstadt.example"))
                (parts::field(lang, "client_id", lang.tr("Client-ID", "Client id")).value(&provider.client_id).errors(errors).no_spellcheck().autocomplete("off"))
                (parts::password_field(lang, "client_secret", lang.tr("Client-Secret", "Client secret"), "off").errors(errors)
                    .hint(if provider.client_secret.is_empty() { lang.tr("Noch keines hinterlegt.", "None stored yet.") } else { lang.tr("Hinterlegt. Frei lassen, um es zu behalten.", "Stored. Leave empty to keep it.") }))
                (parts::field(lang, "title", lang.tr("Beschriftung des Knopfs", "Label of the button")).value(&provider.title).errors(errors))
                (parts::field(lang, "scopes", lang.tr("Angefragte Bereiche (Scopes)", "Scopes")).value(&provider.scopes).errors(errors).no_spellcheck())
                (parts::field(lang, "group_claim", lang.tr("Feld mit den Gruppen (Claim)", "Claim with the groups")).value(&provider.group_claim).errors(errors).no_spellcheck()
                    .hint(lang.tr("Gruppen mit demselben „Namen beim Anmeldedienst“ werden bei jeder Anmeldung abgeglichen.", "Groups with the same \"name at the log-in service\" are brought up to date at each log-in.")))
                (parts::checkbox("provision", lang.tr("Personen bei der ersten Anmeldung anlegen", "Add people at their first log-in")).checked(provider.provision)
                    .hint(lang.tr("Sonst kommt nur herein, wer hier schon ein Konto mit derselben, vom Dienst bestätigten E-Mail-Adresse hat.", "Otherwise only those get in who have an account here with the same e-mail address, confirmed by the service.")))
                (parts::checkbox("group_required", lang.tr("Nur anlegen, wer dort in einer unserer Gruppen ist", "Only add who is in one of our groups there")).checked(provider.group_required))
                div.form__actions { (parts::button(lang.tr("Speichern", "Save"))) }
            }
        }
    };
    let mut shown = frame(lang.tr("Anmeldedienst", "Log-in service"));
    if !errors.is_empty() {
        shown = shown.with_errors();
    }
    Ok(page(caller, shown, body))
}
