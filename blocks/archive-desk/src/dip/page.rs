//! `/akten/{record}/paket`: choose a form, and fetch the package.
//!
//! Invariant: who gets a package may see the record, and that they got it is noted before the first byte.

use std::io::{self, Read, Seek as _, SeekFrom};

use axum::Router;
use axum::extract::Path;
use axum::response::Response;
use axum::routing::get;
use serde::Deserialize;
use serde_json::json;
use tokio::runtime::Handle;
use vir_archive::lifecycle::State;
use vir_archive::lifecycle::clocks::clocks;
use vir_archive::lifecycle::term::End;
use vir_core::{Lang, Text};
use vir_store::{Entry, TenantId, Tx};
use vir_web::parts::{self, Choice, Icon};
use vir_web::{Answer, App, AppError, Caller, Page, Query, format, html, page};

use super::{Contents, Dip, DipError, Document, Evidence, Form, write};
use crate::pages::documents::{attachment, streamed};
use crate::records::{self, Item, Loaded, OwnedLaw};
use crate::{access, keep, pages};

/// The addresses.
pub fn routes() -> Router<App> {
    Router::new().route("/akten/{record}/paket", get(show))
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Which {
    form: String,
}

async fn show(caller: Caller, Path(id): Path<String>, Query(which): Query<Which>) -> Answer {
    let loaded = access::unnoted(&caller, &id).await?;
    if loaded.record.state == State::Deleted {
        let gone = Text::new(
            "Die Akte ist gelöscht; von ihr gibt es kein Paket.",
            "The record is deleted; there is no package of it.",
        );
        return Err(AppError::conflict(gone));
    }
    match Form::find(&which.form) {
        Some(form) => fetch(&caller, &loaded, form).await,
        None => Ok(choose(&caller, &loaded)),
    }
}

fn choose(caller: &Caller, loaded: &Loaded) -> Response {
    let lang = caller.lang;
    let choices: Vec<Choice> = Form::ALL
        .into_iter()
        .map(|form| Choice::new(form.word(), form.name().get(lang)).hint(form.hint().get(lang)))
        .collect();
    let address = format!("/akten/{}/paket", loaded.record.id);
    let body = html! {
        @if loaded.stamped == 0 {
            (parts::notice(parts::Tone::Info, lang.tr("Noch kein Beweisnachweis", "No evidence record yet"), &html! {
                p { (lang.tr(
                    "Das Paket kann erstellt werden, enthält aber noch keinen Beweisnachweis.",
                    "The package can be made, but has no evidence record yet.",
                )) }
            }))
        }
        form.form method="get" action=(address) {
            (parts::radios(lang, "form", lang.tr("Form des Pakets", "Form of the package"), &choices).value(Form::Folder.word()))
            div.form__actions { (parts::button(lang.tr("Paket laden", "Fetch the package")).icon(Icon::Download)) }
        }
    };
    let frame = Page::new(lang.tr("Akte herausgeben", "Hand out a record"))
        .section(pages::SECTION)
        .crumb("/akten", lang.tr("Akten", "Records"))
        .crumb(format!("/akten/{}", loaded.record.id), loaded.reference.clone())
        .lead(lang.tr(
            "Alle Dokumente in ihrer neuesten Fassung, mit Deckblatt und Beweisnachweis. Wer das Paket wann geladen hat, wird festgehalten.",
            "All documents in their newest version, with cover page and evidence record. It is noted who fetched the package when.",
        ));
    page(caller, frame, body)
}

async fn fetch(caller: &Caller, loaded: &Loaded, form: Form) -> Answer {
    let (actor, subject) = (caller.principal.actor(), format!("record/{}", loaded.record.id));
    let noted = caller.app.store.write(&caller.principal.tenant, move |tx: &mut Tx| {
        Box::pin(async move {
            let detail = json!({ "form": form.word() });
            tx.audit(Entry { actor, action: "archive.handed-out".to_owned(), subject, detail });
            records::law(tx).await
        })
    });
    let law = noted.await?;
    let (dip, files) = of_record(&caller.app, &caller.principal.tenant, loaded, &law).await?;
    let name = format!("{}-{}.zip", vir_archive::package::eark::folder(&loaded.reference), form.word());
    let made = tokio::task::spawn_blocking(move || -> Result<std::fs::File, DipError> {
        let mut file = write(&dip, form, &files, tempfile::tempfile()?)?;
        file.seek(SeekFrom::Start(0))?;
        Ok(file)
    });
    let file = made.await.map_err(AppError::internal)?.map_err(|error| match error.text() {
        Some(text) => AppError::conflict(text),
        None => AppError::internal(error),
    })?;
    download(file, &name)
}

/// A file of ours as something to keep.
///
/// # Errors
/// Where the file cannot be read.
pub(crate) fn download(file: std::fs::File, name: &str) -> Answer {
    let size = file.metadata().map_err(AppError::internal)?.len();
    Ok(attachment(streamed(file), "application/zip", name, Some(size)))
}

/// The documents of a record, wherever they lie now.
pub(crate) struct Files {
    app: App,
    tenant: TenantId,
    loaded: Loaded,
    items: Vec<Item>,
    handle: Handle,
}

impl Files {
    /// Of these versions of documents. To be made in a runtime, and read in a thread that may wait.
    pub fn new(app: &App, tenant: &TenantId, loaded: &Loaded, items: Vec<Item>) -> Self {
        Self { app: app.clone(), tenant: tenant.clone(), loaded: loaded.clone(), items, handle: Handle::current() }
    }
}

impl Contents for Files {
    fn open(&self, place: usize) -> io::Result<Box<dyn Read + Send + '_>> {
        let read = keep::read(&self.app, &self.tenant, &self.loaded, &self.items[place]);
        self.handle.block_on(read).map(|reader| reader as _).map_err(|error| io::Error::other(error.reason))
    }
}

/// What is handed out of a record.
pub(crate) async fn of_record(
    app: &App,
    tenant: &TenantId,
    loaded: &Loaded,
    law: &OwnedLaw,
) -> Result<(Dip, Files), AppError> {
    let day = |day: vir_archive::lifecycle::Day| format::iso_date(&day.to_string(), Lang::De);
    let record = &loaded.record;
    let today = records::day_of(app.now());
    let entry = law.plan.entry(&record.entry);
    let keep_until = match clocks(record, &law.law(), today).retention {
        Some(End::On { day: last }) => day(last),
        Some(other) => other.text().get(Lang::De).to_owned(),
        None => "keine Regel".to_owned(),
    };
    let evidence = if loaded.stamped > 0 {
        let cut = keep::evidence(app, tenant, &loaded.object(), loaded.stamped).await;
        let cut = cut.map_err(|error| AppError::internal(error.reason))?;
        cut.map(|(record, inventory)| Evidence { record, inventory })
    } else {
        None
    };
    let items: Vec<Item> = loaded.current().into_iter().cloned().collect();
    let document = |item: &Item| Document {
        title: item.title.clone(),
        case: item.case.as_ref().and_then(|case| record.cases.get(case)).map(|case| case.title.clone()),
        file_name: item.path.rsplit('/').next().unwrap_or("datei").to_owned(),
        sha512: item.sha512.clone(),
        size: item.size,
        media_type: item.media_type.clone(),
        puid: item.puid.clone(),
        format: item.format.clone(),
    };
    let dip = Dip {
        id: record.id.to_string(),
        reference: loaded.reference.clone(),
        title: record.title.clone(),
        entry: entry.map_or_else(|| record.entry.to_string(), |entry| format!("{} {}", record.entry, entry.title)),
        state: record.state.name().get(Lang::De).to_owned(),
        period: format!("{} – {}", day(record.opened), record.closed.map_or_else(|| "offen".to_owned(), day)),
        keep_until,
        publisher: app.tenant_name(tenant).await.unwrap_or_else(|| app.config.name.clone()),
        made: vir_archive::moment::Moment::from_unix(app.now().as_second()),
        documents: items.iter().map(document).collect(),
        evidence,
    };
    Ok((dip, Files::new(app, tenant, loaded, items)))
}
