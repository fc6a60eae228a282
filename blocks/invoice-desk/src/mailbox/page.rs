//! The settings of mailboxes.
//!
//! Invariant: a stored password is never shown; whoever leaves the field empty keeps it.

use axum::Router;
use axum::extract::Path;
use axum::routing::get;
use serde::Deserialize;
use serde_json::json;
use vir_core::Text;
use vir_mail::{Address, Secret, Security, Trust};
use vir_store::{Entry, new_id};
use vir_web::parts::{self, Choice, Column};
use vir_web::{Answer, App, AppError, Caller, FieldError, Flash, Form, Page, format, html, outbound, page};

use super::Sealer;
use super::account::Account;
use super::oauth::{Grant, OAuth, client_place};
use crate::permissions::CONFIGURE;

const HERE: &str = "/einstellungen/postfaecher";

/// The pages.
pub fn routes() -> Router<App> {
    Router::new()
        .route(HERE, get(list).post(save))
        .route("/einstellungen/postfaecher/{id}", get(edit))
        .merge(super::quarantine::routes())
}

async fn accounts(caller: &Caller) -> Result<Vec<Account>, AppError> {
    Ok(caller.app.store.read(&caller.principal.tenant, |tx| Box::pin(Account::all(tx))).await?)
}

async fn list(caller: Caller) -> Answer {
    caller.require_everywhere(CONFIGURE)?;
    render(&caller, &Draft::default(), &[]).await
}

async fn edit(caller: Caller, Path(id): Path<String>) -> Answer {
    caller.require_everywhere(CONFIGURE)?;
    let account = accounts(&caller).await?.into_iter().find(|account| account.id == id);
    let account = account.ok_or_else(|| AppError::not_found(Text::new("dieses Postfach", "this mailbox")))?;
    render(&caller, &Draft::of(account), &[]).await
}

/// A mailbox as somebody types it.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
struct Draft {
    id: String,
    address: String,
    name: String,
    imap_host: String,
    imap_security: String,
    smtp_host: String,
    smtp_security: String,
    user: String,
    password: String,
    /// password, refresh_token, client_credentials
    sign_in: String,
    token_url: String,
    client_id: String,
    client_secret: String,
    scope: String,
    certificates: String,
    answers: String,
    notices: String,
    active: String,
}

impl Draft {
    fn of(account: Account) -> Self {
        let place = |(host, port, _): &(String, u16, Security)| {
            if host.is_empty() { String::new() } else { format!("{host}:{port}") }
        };
        let oauth = account.oauth;
        let text = |pick: fn(&OAuth) -> &str| oauth.as_ref().map(|oauth| pick(oauth).to_owned()).unwrap_or_default();
        Self {
            sign_in: oauth.as_ref().map_or("password", |oauth| oauth.grant.code()).to_owned(),
            token_url: text(|oauth| &oauth.token_url),
            client_id: text(|oauth| &oauth.client_id),
            client_secret: String::new(),
            scope: text(|oauth| &oauth.scope),
            imap_host: place(&account.imap),
            imap_security: account.imap.2.name().to_owned(),
            smtp_host: place(&account.smtp),
            smtp_security: account.smtp.2.name().to_owned(),
            id: account.id,
            address: account.address,
            name: account.name,
            user: account.user,
            password: String::new(),
            certificates: account.certificates.unwrap_or_default(),
            answers: if account.answers { "yes" } else { "no" }.to_owned(),
            notices: if account.notices { "yes" } else { "no" }.to_owned(),
            active: if account.active { "yes" } else { "no" }.to_owned(),
        }
    }
}

/// `mail.stadt.example:993`; without a port the usual one.
fn place(text: &str, security: &str, ports: [u16; 2]) -> Option<(String, u16, Security)> {
    let security = Security::by_name(security)?;
    let usual = if security == Security::Tls { ports[0] } else { ports[1] };
    let (host, port) = match text.trim().rsplit_once(':') {
        Some((host, port)) => (host, port.parse().ok()?),
        None => (text.trim(), usual),
    };
    let fits = host.len() <= 253 && host.chars().all(|c| c.is_ascii_alphanumeric() || ".-".contains(c));
    (fits && security.allowed_for(host)).then(|| (host.to_owned(), port, security))
}

async fn save(caller: Caller, Form(draft): Form<Draft>) -> Answer {
    caller.require_everywhere(CONFIGURE)?;
    let old = accounts(&caller).await?.into_iter().find(|account| account.id == draft.id);
    let mut errors = Vec::new();
    if Address::new(&draft.address).is_err() {
        errors.push(FieldError::new("address", Text::new("Das ist keine E-Mail-Adresse.", "This is no mail address.")));
    }
    let server = Text::new(
        "Erwartet wird ein Servername wie mail.stadt.example, auch mit Port. Ohne TLS geht es nur zu diesem Rechner selbst.",
        "A server name such as mail.town.example is expected, with or without port. Without TLS only this machine itself is allowed.",
    );
    let imap = place(&draft.imap_host, &draft.imap_security, [993, 143]).filter(|place| !place.0.is_empty());
    if imap.is_none() {
        errors.push(FieldError::new("imap_host", server.clone()));
    }
    let smtp = if draft.smtp_host.trim().is_empty() {
        Some((String::new(), 0, Security::StartTls))
    } else {
        place(&draft.smtp_host, &draft.smtp_security, [465, 587])
    };
    if smtp.is_none() {
        errors.push(FieldError::new("smtp_host", server));
    }
    let grant = Grant::find(&draft.sign_in);
    let old_oauth = old.as_ref().and_then(|old| old.oauth.as_ref());
    // A password is no refresh token, nor the other way round: changing the way needs the secret anew.
    let same_way = old.is_some() && old_oauth.map(|oauth| oauth.grant) == grant;
    if let Some(grant) = grant {
        if let Err(text) = outbound::check_url(&draft.token_url, &caller.app.config.outbound) {
            errors.push(FieldError::new("token_url", text));
        }
        if draft.client_id.trim().is_empty() {
            let text = Text::new("Die Kennung der Anwendung fehlt.", "The client's identifier is missing.");
            errors.push(FieldError::new("client_id", text));
        }
        let kept = old_oauth.is_some_and(|oauth| oauth.sealed_client.is_some());
        if grant == Grant::ClientCredentials && draft.client_secret.is_empty() && !kept {
            let text = Text::new("Das Geheimnis der Anwendung fehlt.", "The client's secret is missing.");
            errors.push(FieldError::new("client_secret", text));
        }
    }
    if draft.password.is_empty() && !same_way && grant != Some(Grant::ClientCredentials) {
        errors.push(FieldError::new("password", Text::new("Das Kennwort fehlt.", "The password is missing.")));
    }
    let certificates = Some(draft.certificates.trim().to_owned()).filter(|text| !text.is_empty());
    if certificates.as_ref().is_some_and(|pem| Trust::system().and_pem(pem).is_err()) {
        errors.push(FieldError::new(
            "certificates",
            Text::new("Das sind keine Zertifikate im PEM-Format.", "These are no certificates in PEM form."),
        ));
    }
    let (Some(imap), Some(smtp), true) = (imap, smtp, errors.is_empty()) else {
        return render(&caller, &draft, &errors).await;
    };
    let tenant = caller.principal.tenant.clone();
    let id = old.as_ref().map_or_else(|| new_id(caller.app.now()), |old| old.id.clone());
    let sealed = match &old {
        Some(old) if draft.password.is_empty() => old.sealed.clone(),
        _ => Sealer::of(&caller.app)
            .seal(&tenant, &id, &Secret::new(draft.password.clone()))
            .map_err(AppError::internal)?,
    };
    let oauth = match grant {
        None => None,
        Some(grant) => {
            let sealed_client = if draft.client_secret.is_empty() {
                old_oauth.and_then(|oauth| oauth.sealed_client.clone())
            } else {
                let secret = Secret::new(draft.client_secret.clone());
                let sealer = Sealer::of(&caller.app);
                Some(sealer.seal(&tenant, &client_place(&id), &secret).map_err(AppError::internal)?)
            };
            Some(OAuth {
                grant,
                token_url: draft.token_url.trim().to_owned(),
                client_id: draft.client_id.trim().to_owned(),
                scope: draft.scope.trim().to_owned(),
                sealed_client,
            })
        }
    };
    let account = Account {
        oauth,
        address: draft.address.trim().to_owned(),
        name: draft.name.chars().filter(|c| !c.is_control()).take(200).collect(),
        imap,
        smtp,
        user: if draft.user.trim().is_empty() { draft.address.trim().to_owned() } else { draft.user.trim().to_owned() },
        sealed,
        certificates,
        folder: old.as_ref().map_or_else(|| "INBOX".to_owned(), |old| old.folder.clone()),
        done_folder: old.as_ref().map_or_else(|| "Verarbeitet".to_owned(), |old| old.done_folder.clone()),
        quarantine_folder: old.as_ref().map_or_else(|| "Quarantäne".to_owned(), |old| old.quarantine_folder.clone()),
        answers: draft.answers != "no",
        notices: draft.notices != "no",
        active: draft.active != "no",
        looked_at: None,
        trouble: None,
        version: old.as_ref().map_or(0, |old| old.version),
        id,
    };
    let actor = caller.principal.actor();
    let saved = caller.app.store.write(&tenant, move |tx| {
        Box::pin(async move {
            let saved = account.save(tx).await?;
            tx.audit(Entry {
                actor,
                action: "mailbox.save".to_owned(),
                subject: format!("mailbox/{}", account.id),
                detail: json!({ "active": account.active }),
            });
            Ok::<_, vir_store::Error>(saved)
        })
    });
    match saved.await {
        Ok(true) => {}
        Ok(false) => return Err(AppError::stale()),
        Err(error) if error.is_unique() => {
            let text = Text::new("Dieses Postfach ist schon eingerichtet.", "This mailbox is set up already.");
            return render(&caller, &draft, &[FieldError::new("address", text)]).await;
        }
        Err(error) => return Err(error.into()),
    }
    let text = caller.lang.tr(
        "Postfach gespeichert. Ob die Verbindung klappt, steht hier in etwa einer Minute.",
        "Mailbox saved. Whether the connection works is shown here in about a minute.",
    );
    Ok(vir_web::redirect_with(&caller, HERE, &Flash::good(text)))
}

async fn render(caller: &Caller, draft: &Draft, errors: &[FieldError]) -> Answer {
    let lang = caller.lang;
    let accounts = accounts(caller).await?;
    let protections = [
        Choice::new("tls", lang.tr("TLS von Anfang an", "TLS from the start")),
        Choice::new("starttls", "STARTTLS"),
        Choice::new("plain", lang.tr("ohne TLS (nur dieser Rechner)", "without TLS (this machine only)")),
    ];
    let yes_no = [Choice::new("yes", lang.tr("ja", "yes")), Choice::new("no", lang.tr("nein", "no"))];
    let or = |value: &str, usual: &str| if value.is_empty() { usual.to_owned() } else { value.to_owned() };
    let (imap, smtp) = (or(&draft.imap_security, "tls"), or(&draft.smtp_security, "starttls"));
    let (answers, active) = (or(&draft.answers, "yes"), or(&draft.active, "yes"));
    let notices = or(&draft.notices, "yes");
    let sign_in = or(&draft.sign_in, "password");
    let mut ways = vec![Choice::new("password", lang.tr("mit Kennwort", "with a password"))];
    ways.extend(Grant::ALL.into_iter().map(|grant| Choice::new(grant.code(), grant.text().get(lang))));
    let form = html! {
        input type="hidden" name="id" value=(draft.id);
        (parts::field(lang, "address", lang.tr("Adresse", "Address")).kind("email").value(&draft.address).required().errors(errors))
        (parts::field(lang, "name", lang.tr("Absendername", "Name of the sender")).value(&draft.name).errors(errors))
        (parts::field(lang, "imap_host", lang.tr("IMAP-Server", "IMAP server")).value(&draft.imap_host).required().errors(errors))
        (parts::select(lang, "imap_security", lang.tr("Schutz der IMAP-Verbindung", "Protection of the IMAP connection"), &protections).value(&imap))
        (parts::field(lang, "smtp_host", lang.tr("SMTP-Server", "SMTP server")).value(&draft.smtp_host).errors(errors)
            .hint(lang.tr("Leer: Es wird nichts beantwortet.", "Empty: nothing is answered.")))
        (parts::select(lang, "smtp_security", lang.tr("Schutz der SMTP-Verbindung", "Protection of the SMTP connection"), &protections).value(&smtp))
        (parts::field(lang, "user", lang.tr("Benutzername", "User name")).value(&draft.user)
            .hint(lang.tr("Leer: die Adresse.", "Empty: the address.")))
        (parts::select(lang, "sign_in", lang.tr("Anmeldung beim Postfach", "Log-in to the mailbox"), &ways).value(&sign_in))
        (parts::password_field(lang, "password", lang.tr("Kennwort oder Refresh-Token", "Password or refresh token"), "off").errors(errors)
            .hint(lang.tr("Wird verschlüsselt gespeichert und nie angezeigt. Leer: bleibt, wie es ist.", "Is stored encrypted and never shown. Empty: stays as it is.")))
        fieldset.field {
            legend.label { (lang.tr("Nur bei OAuth 2.0", "Only with OAuth 2.0")) }
            (parts::field(lang, "token_url", lang.tr("Adresse des Token-Dienstes", "Address of the token service")).kind("url").value(&draft.token_url).errors(errors)
                .hint(lang.tr("Zum Beispiel https://login.microsoftonline.com/IHR-MANDANT/oauth2/v2.0/token", "For example https://login.microsoftonline.com/YOUR-TENANT/oauth2/v2.0/token")))
            (parts::field(lang, "client_id", lang.tr("Kennung der Anwendung (Client-ID)", "Identifier of the client")).value(&draft.client_id).errors(errors))
            (parts::password_field(lang, "client_secret", lang.tr("Geheimnis der Anwendung (Client-Secret)", "Secret of the client"), "off").errors(errors)
                .hint(lang.tr("Wird verschlüsselt gespeichert und nie angezeigt. Leer: bleibt, wie es ist.", "Is stored encrypted and never shown. Empty: stays as it is.")))
            (parts::field(lang, "scope", lang.tr("Bereich (Scope)", "Scope")).value(&draft.scope).errors(errors)
                .hint(lang.tr("Zum Beispiel https://outlook.office365.com/.default; leer: was der Dienst von sich aus gibt", "For example https://outlook.office365.com/.default; empty: what the service gives by itself")))
        }
        (parts::text_area(lang, "certificates", lang.tr("Eigene Zertifizierungsstelle (PEM)", "Own certificate authority (PEM)")).value(&draft.certificates).errors(errors))
        (parts::select(lang, "answers", lang.tr("Absender bekommen eine Antwort", "Senders get an answer"), &yes_no).value(&answers))
        (parts::select(lang, "notices", lang.tr("Benachrichtigungen an die eigenen Leute gehen hier hinaus", "Notices to our own people go out here"), &yes_no).value(&notices))
        (parts::select(lang, "active", lang.tr("Wird abgerufen", "Is watched"), &yes_no).value(&active))
        (parts::button(lang.tr("Speichern", "Save")))
    };
    let body = html! {
        @if accounts.is_empty() {
            (parts::empty_state(
                lang.tr("Noch kein Postfach", "No mailbox yet"),
                lang.tr("Richten Sie das Postfach ein, an das Lieferanten ihre Rechnungen schicken.", "Set up the mailbox to which suppliers send their invoices."),
                &html! {},
            ))
        } @else {
            (parts::table(lang, "mailboxes", lang.tr("Postfächer", "Mailboxes"))
                .columns([Column::text(lang.tr("Adresse", "Address")), Column::text(lang.tr("Zustand", "State")), Column::text(lang.tr("Zuletzt abgerufen", "Last look"))])
                .rows(accounts.iter().map(|account| parts::Row::new([
                    html! { a href={ (HERE) "/" (account.id) } { (account.address) } },
                    html! {
                        @match (&account.trouble, account.active) {
                            (_, false) => { (lang.tr("abgeschaltet", "switched off")) }
                            (Some(trouble), _) => { (trouble) }
                            (None, true) => { (lang.tr("in Ordnung", "fine")) }
                        }
                    },
                    html! { @if let Some(at) = account.looked_at { (format::date_time(at, lang)) } },
                ]))))
        }
        h2 { @if draft.id.is_empty() { (lang.tr("Neues Postfach", "New mailbox")) } @else { (lang.tr("Postfach ändern", "Change the mailbox")) } }
        (parts::error_summary(lang, errors))
        (parts::post_form(caller, HERE, &form))
    };
    let title = Page::new(lang.tr("Postfächer", "Mailboxes")).section("settings");
    Ok(page(caller, if errors.is_empty() { title } else { title.with_errors() }, body))
}
