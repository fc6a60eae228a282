//! What the public form does: start, add and remove lines, keep, preview, hand in.
//!
//! Invariant: only who holds the secret link sees or changes what was typed.

use axum::extract::Path;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use vir_core::Text;
use vir_invoice::model::Invoice;
use vir_invoice::show::{self, View};
use vir_store::{TenantId, Tx, args, new_id};
use vir_web::{Answer, App, AppError, Embedded, FieldError, Flash, Form, Visitor, rate, redirect, redirect_with};

use super::draft::{Checked, check};
use super::form::EntryForm;
use super::view;
use super::{POSTS, SUBMISSIONS};
use crate::intake::{Received, receive};
use crate::invoice_row::{Channel, InvoiceId, InvoiceRow};
use crate::routing::{self, Stage};

/// What signatures of links are for.
const PURPOSE: &str = "web-entry";
/// Drafts that nobody touched for so long go.
pub(super) const DAYS: i64 = 60;

/// The tenant whose form it is.
pub struct Place {
    /// Its id.
    pub tenant: TenantId,
    /// Its name.
    pub name: String,
}

impl Place {
    async fn find(app: &App, tenant: &str) -> Result<Self, AppError> {
        let missing = || AppError::not_found(Text::new("Diese Verwaltung", "this administration"));
        let id: TenantId = tenant.parse().map_err(|_| missing())?;
        let tenants = app.store.tenants().await.map_err(AppError::internal)?;
        let found = tenants.into_iter().find(|tenant| tenant.id == id).ok_or_else(missing)?;
        Ok(Self { tenant: found.id, name: found.name })
    }

    /// Where its form is.
    pub fn path(&self) -> String {
        format!("/o/{}/rechnung", self.tenant)
    }

    fn key(&self, app: &App, id: &str) -> String {
        format!("{id}.{}", app.key.sign(PURPOSE, &[self.tenant.as_str().as_bytes(), id.as_bytes()]))
    }

    /// The id in a key, where its signature is ours.
    fn open(&self, app: &App, key: &str) -> Result<String, AppError> {
        let missing = || AppError::not_found(Text::new("Dieser Entwurf", "this draft"));
        let (id, signature) = key.split_once('.').ok_or_else(missing)?;
        let ours = app.key.verify(PURPOSE, &[self.tenant.as_str().as_bytes(), id.as_bytes()], signature);
        if ours { Ok(id.to_owned()) } else { Err(missing()) }
    }
}

/// What was kept.
struct Kept {
    form: EntryForm,
    invoice: Option<String>,
}

async fn load(app: &App, place: &Place, key: &str) -> Result<(String, Kept), AppError> {
    let id = place.open(app, key)?;
    let wanted = id.clone();
    let row = app
        .store
        .read(&place.tenant, move |tx: &mut Tx| {
            Box::pin(async move {
                tx.optional("select form, invoice_id from web_draft where id = $1", &args![wanted]).await
            })
        })
        .await
        .map_err(AppError::internal)?;
    let row = row.ok_or_else(|| AppError::not_found(Text::new("Dieser Entwurf", "this draft")))?;
    let form = serde_json::from_str(&row.text("form").map_err(AppError::internal)?).map_err(AppError::internal)?;
    let invoice = row.optional_text("invoice_id").map_err(AppError::internal)?;
    Ok((id, Kept { form, invoice }))
}

async fn keep(app: &App, place: &Place, id: Option<String>, form: &EntryForm) -> Result<String, AppError> {
    let json = serde_json::to_string(form).map_err(AppError::internal)?;
    let now = app.now();
    let id = id.unwrap_or_else(|| new_id(now));
    let kept = id.clone();
    app.store
        .write(&place.tenant, move |tx: &mut Tx| {
            Box::pin(async move {
                // What was handed in is not changed any more.
                tx.execute(
                    "insert into web_draft (id, created_at, changed_at, form) values ($1, $2, $2, $3) \
                     on conflict ({t}id) do update set changed_at = excluded.changed_at, form = excluded.form \
                     where web_draft.invoice_id is null",
                    &args![&kept, now, json],
                )
                .await?;
                Ok::<_, vir_store::Error>(())
            })
        })
        .await
        .map_err(AppError::internal)?;
    Ok(id)
}

/// What may stand in the address, to begin with.
#[derive(Debug, Clone, Default, Deserialize)]
pub struct Start {
    #[serde(default)]
    leitweg: String,
    #[serde(default)]
    order: String,
}

/// An empty form.
pub async fn start(
    visitor: Visitor,
    Path(tenant): Path<String>,
    vir_web::Query(start): vir_web::Query<Start>,
) -> Answer {
    let place = Place::find(&visitor.app, &tenant).await?;
    let mut form = EntryForm {
        buyer_name: place.name.clone(),
        issue_date: crate::day_of(visitor.app.now()).to_string(),
        leitweg: start.leitweg,
        order: start.order,
        ..EntryForm::default()
    };
    form.tidy();
    form.add_line();
    let visitor = visitor.at(place.name.clone());
    Ok(view::form(&visitor, &place, None, &form, &[]))
}

/// A kept form.
pub async fn resume(visitor: Visitor, Path((tenant, key)): Path<(String, String)>) -> Answer {
    let place = Place::find(&visitor.app, &tenant).await?;
    let (_, kept) = load(&visitor.app, &place, &key).await?;
    if kept.invoice.is_some() {
        return Ok(redirect(&format!("{}/{key}/eingereicht", place.path())));
    }
    let visitor = visitor.at(place.name.clone());
    Ok(view::form(&visitor, &place, Some(&key), &kept.form, &[]))
}

/// The form is posted for the first time.
pub async fn posted(visitor: Visitor, Path(tenant): Path<String>, Form(form): Form<EntryForm>) -> Answer {
    act(visitor, &tenant, None, form).await
}

/// A kept form is posted.
pub async fn posted_again(
    visitor: Visitor,
    Path((tenant, key)): Path<(String, String)>,
    Form(form): Form<EntryForm>,
) -> Answer {
    act(visitor, &tenant, Some(key), form).await
}

async fn act(visitor: Visitor, tenant: &str, key: Option<String>, mut form: EntryForm) -> Answer {
    let app = visitor.app.clone();
    rate::count("post", visitor.peer, POSTS, app.now()).map_err(AppError::too_many)?;
    let place = Place::find(&app, tenant).await?;
    let id = match &key {
        Some(key) => {
            let (id, kept) = load(&app, &place, key).await?;
            if kept.invoice.is_some() {
                return Ok(redirect(&format!("{}/{key}/eingereicht", place.path())));
            }
            Some(id)
        }
        None => None,
    };
    if !form.website.is_empty() {
        return Err(AppError::bad_request(Text::new(
            "Ein Feld war ausgefüllt, das leer bleiben muss. Bitte versuchen Sie es noch einmal.",
            "A field was filled that has to stay empty. Please try again.",
        )));
    }
    form.tidy();
    let visitor = visitor.at(place.name.clone());
    let action = form.action.clone();
    match action.as_str() {
        "add" => form.add_line(),
        "keep" => {
            let id = keep(&app, &place, id, &form).await?;
            let to = format!("{}/{}", place.path(), place.key(&app, &id));
            let text = visitor.tr(
                "Gespeichert. Mit der Adresse dieser Seite können Sie später weitermachen. Wer die Adresse kennt, kann den Entwurf sehen.",
                "Kept. With the address of this page you can go on later. Whoever knows the address can see the draft.",
            );
            return Ok(redirect_with(&visitor, &to, &Flash::good(text)));
        }
        _ if action.starts_with("remove-") => {
            if let Ok(index) = action["remove-".len()..].parse() {
                form.remove_line(index);
            }
        }
        _ => {
            let errors = problems(&app, &place, &form).await?;
            if !errors.is_empty() {
                return Ok(view::form(&visitor, &place, key.as_deref(), &form, &errors));
            }
            let id = keep(&app, &place, id, &form).await?;
            return Ok(redirect(&format!("{}/{}/pruefen", place.path(), place.key(&app, &id))));
        }
    }
    Ok(view::form(&visitor, &place, key.as_deref(), &form, &[]))
}

/// All that has to be corrected.
async fn problems(app: &App, place: &Place, form: &EntryForm) -> Result<Vec<FieldError>, AppError> {
    let mut errors = checked(form.clone()).await?.err().unwrap_or_default();
    let known = !errors.iter().any(|error| error.field == "leitweg");
    if known && !belongs(app, place, &form.leitweg).await? {
        errors.insert(
            0,
            FieldError::new(
                "leitweg",
                Text::owned(
                    format!(
                        "Diese Leitweg-ID gehört nicht zu: {}. Bitte sehen Sie in der Bestellung nach.",
                        place.name
                    ),
                    format!("This Leitweg-ID does not belong to {}. Please look at the order.", place.name),
                ),
            ),
        );
    }
    Ok(errors)
}

/// Is the Leitweg-ID one of the tenant's? Where the tenant has named none, every right one is taken.
async fn belongs(app: &App, place: &Place, leitweg: &str) -> Result<bool, AppError> {
    let table = app
        .store
        .read(&place.tenant, |tx: &mut Tx| Box::pin(async move { routing::current(tx).await }))
        .await
        .map_err(AppError::internal)?;
    let addresses: Vec<_> = table.rules().iter().filter(|rule| rule.stage == Stage::Address).collect();
    let columns = crate::intake::columns::Columns { buyer_reference: Some(leitweg.to_owned()), ..Default::default() };
    let subject = routing::Subject::arriving(&columns, Channel::Web, None, "");
    Ok(addresses.is_empty() || addresses.iter().any(|rule| rule.fits(&subject)))
}

/// Checking takes a while; it must not hold other visitors up.
async fn checked(form: EntryForm) -> Result<Result<Checked, Vec<FieldError>>, AppError> {
    tokio::task::spawn_blocking(move || check(&form)).await.map_err(AppError::internal)
}

async fn made(visitor: &Visitor, tenant: &str, key: &str) -> Result<(Place, String, Kept, Checked), AppError> {
    let place = Place::find(&visitor.app, tenant).await?;
    let (id, kept) = load(&visitor.app, &place, key).await?;
    match checked(kept.form.clone()).await? {
        Ok(checked) => Ok((place, id, kept, checked)),
        Err(_) => Err(AppError::conflict(Text::new(
            "Der Entwurf ist noch nicht vollständig. Bitte ergänzen Sie ihn zuerst.",
            "The draft is not complete yet. Please complete it first.",
        ))),
    }
}

/// The preview, from which it is handed in.
pub async fn preview(visitor: Visitor, Path((tenant, key)): Path<(String, String)>) -> Answer {
    let (place, _, kept, checked) = made(&visitor, &tenant, &key).await?;
    if kept.invoice.is_some() {
        return Ok(redirect(&format!("{}/{key}/eingereicht", place.path())));
    }
    let visitor = visitor.at(place.name.clone());
    Ok(view::preview(&visitor, &place, &key, &checked))
}

/// The invoice as a page of its own, for the frame in the preview.
pub async fn shown(visitor: Visitor, Path((tenant, key)): Path<(String, String)>) -> Answer {
    let (_, _, _, checked) = made(&visitor, &tenant, &key).await?;
    let html = show::html(&View::new(&checked.invoice, None, visitor.lang));
    let mut response = axum::response::Html(html).into_response();
    response.extensions_mut().insert(Embedded::Document);
    Ok(response)
}

/// The XRechnung.
pub async fn xml(visitor: Visitor, Path((tenant, key)): Path<(String, String)>) -> Answer {
    let (_, _, _, checked) = made(&visitor, &tenant, &key).await?;
    Ok(file(&checked.invoice, "xml", "application/xml", checked.ubl.clone().into_bytes()))
}

/// The same as PDF with the data inside.
pub async fn pdf(visitor: Visitor, Path((tenant, key)): Path<(String, String)>) -> Answer {
    let (_, _, _, checked) = made(&visitor, &tenant, &key).await?;
    rate::count("pdf", visitor.peer, POSTS, visitor.app.now()).map_err(AppError::too_many)?;
    let (lang, now) = (visitor.lang, visitor.app.now());
    let cii = checked.cii.clone();
    let bytes = tokio::task::spawn_blocking(move || crate::sheet::zugferd(&cii, lang, now))
        .await
        .map_err(AppError::internal)?
        .map_err(|text| AppError::internal(text.en))?;
    Ok(file(&checked.invoice, "pdf", "application/pdf", bytes))
}

fn file(invoice: &Invoice, ending: &str, kind: &'static str, bytes: Vec<u8>) -> Response {
    let number: String = invoice
        .number()
        .unwrap_or_default()
        .chars()
        .map(|c| if c.is_ascii_alphanumeric() || c == '-' { c } else { '-' })
        .take(60)
        .collect();
    let disposition = HeaderValue::from_str(&format!("attachment; filename=\"rechnung-{number}.{ending}\""))
        .unwrap_or(HeaderValue::from_static("attachment"));
    let headers = [(header::CONTENT_TYPE, HeaderValue::from_static(kind)), (header::CONTENT_DISPOSITION, disposition)];
    (StatusCode::OK, headers, bytes).into_response()
}

/// A form without fields of its own.
#[derive(Debug, Clone, Copy, Deserialize)]
pub struct Nothing {}

/// Hands the invoice in.
pub async fn submit(visitor: Visitor, Path((tenant, key)): Path<(String, String)>, Form(_): Form<Nothing>) -> Answer {
    let app = visitor.app.clone();
    let (place, id, kept, checked) = made(&visitor, &tenant, &key).await?;
    let to = format!("{}/{key}/eingereicht", place.path());
    if kept.invoice.is_some() {
        return Ok(redirect(&to));
    }
    rate::count("submit", visitor.peer, SUBMISSIONS, app.now()).map_err(AppError::too_many)?;
    if !belongs(&app, &place, &kept.form.leitweg).await? {
        return Ok(redirect(&format!("{}/{key}", place.path())));
    }
    let name = format!("rechnung-{}.xml", kept.form.number);
    let received = Received::new(Channel::Web, name, checked.ubl.into_bytes())
        .from(format!("{} <{}>", kept.form.contact, kept.form.email));
    let receipt = receive(&app.store, &place.tenant, received).await.map_err(|error| match error {
        crate::intake::IntakeError::TooLarge(size) => AppError::too_large(size),
        other => AppError::internal(other),
    })?;
    let now = app.now();
    app.store
        .write(&place.tenant, move |tx: &mut Tx| {
            Box::pin(async move {
                let sql = "update web_draft set invoice_id = $2, submitted_at = $3, changed_at = $3 where id = $1";
                tx.execute(sql, &args![id, receipt.id.as_str(), now]).await
            })
        })
        .await
        .map_err(AppError::internal)?;
    Ok(redirect(&to))
}

/// The confirmation.
pub async fn submitted(visitor: Visitor, Path((tenant, key)): Path<(String, String)>) -> Answer {
    let place = Place::find(&visitor.app, &tenant).await?;
    let (_, kept) = load(&visitor.app, &place, &key).await?;
    let Some(invoice) = kept.invoice else {
        return Ok(redirect(&format!("{}/{key}", place.path())));
    };
    let row = visitor
        .app
        .store
        .read(&place.tenant, move |tx: &mut Tx| {
            Box::pin(async move { InvoiceRow::load(tx, &InvoiceId(invoice)).await })
        })
        .await
        .map_err(AppError::internal)?;
    let visitor = visitor.at(place.name.clone());
    Ok(view::submitted(&visitor, &place, &key, &kept.form, row.as_ref()))
}
