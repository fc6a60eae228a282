//! What each operation does.
//!
//! Invariant: every way ends in an outcome; faults of ours are logged and told as such.

use std::collections::BTreeSet;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use vir_archive::lifecycle::event::Kind;
use vir_archive::lifecycle::{Command, EntryId, State};
use vir_archive::package::xaip;
use vir_archive::s4::{DataObject, Minor, Outcome, Request, Submission, element, escape, info};
use vir_core::{Lang, Text};
use vir_store::{Entry, Tx, audit};
use vir_web::{AppError, Caller};

use crate::permissions::{DISPOSE, FILE, REPORT};
use crate::records::{self, ActError, Item, Loaded, NewDocument, NewRecord, Origin};
use crate::verify::{Submitted, work};
use crate::{access, dip, keep};

type Answer = (Outcome, String);

/// What a package that was submitted is called among the documents of its record.
const PACKAGE: &str = "paket.xml";
/// Elements that one request asks for.
const MOST_LOCATIONS: usize = 100;
/// Events of one trace.
const MOST_EVENTS: usize = 10_000;
/// Entries of the log that say who looked.
const LOOKS: [&str; 3] = ["archive.seen", "archive.read", "archive.handed-out"];

fn no(minor: Minor, text: &str) -> Answer {
    (Outcome::error(minor, text), String::new())
}

fn internal(error: impl std::fmt::Display) -> Answer {
    tracing::error!(%error, "an operation of S.4 failed");
    no(Minor::InternalError, "Beim Bearbeiten ist auf dem Server ein Fehler aufgetreten; er wurde protokolliert.")
}

fn texts(texts: &[Text]) -> String {
    texts.iter().map(|text| text.get(Lang::De)).collect::<Vec<_>>().join(" ")
}

/// Runs a request.
pub async fn run(caller: &Caller, entry: &str, request: Request) -> Answer {
    let done = match request {
        Request::Submission(submission) => submit(caller, entry, submission).await,
        Request::Retrieval { aoid } => retrieve(caller, &aoid).await,
        Request::Evidence { aoid, versions } => evidence(caller, &aoid, &versions).await,
        Request::Deletion { aoid, reason } => delete(caller, &aoid, reason).await,
        Request::Data { aoid, locations } => data(caller, &aoid, &locations).await,
        Request::Verify { documents, records } => verify(caller, documents, records).await,
        Request::Trace { aoid } => trace(caller, &aoid).await.map_err(|(outcome, _)| (outcome, info::trace(&[]))),
        Request::RetrieveInfo { profile, status } => Ok(retrieve_info(profile.as_deref(), status.as_deref())),
        _ => Err(no(Minor::NotSupported, "Diese Funktion wird nicht unterstützt.")),
    };
    done.unwrap_or_else(|answer| answer)
}

/// The record, where the caller may see it.
async fn visible(caller: &Caller, aoid: &str) -> Result<Loaded, Answer> {
    access::visible(caller, aoid).await.map_err(|error| {
        if error.status().is_server_error() {
            internal(error.detail().get(Lang::En))
        } else {
            no(Minor::UnknownAoid, "Dieses Archivdatenobjekt gibt es nicht.")
        }
    })
}

async fn submit(caller: &Caller, entry: &str, submission: Submission) -> Result<Answer, Answer> {
    let entry = EntryId(entry.to_owned());
    let read =
        caller.app.store.read(&caller.principal.tenant, |tx: &mut Tx| Box::pin(async move { records::plan(tx).await }));
    let (_, plan) = read.await.map_err(internal)?;
    if plan.entry(&entry).is_none() {
        return Err(no(
            Minor::ParameterError,
            "Die Adresse nennt keinen Eintrag des Aktenplans; erwartet wird /s4?eintrag=….",
        ));
    }
    let unit = plan.unit(&entry).map(str::to_owned);
    if !access::may(&caller.principal, FILE, unit.as_deref()) {
        return Err(no(Minor::NoPermission, "Unter diesem Eintrag dürfen Sie keine Akten anlegen."));
    }
    let (title, objects) = match submission {
        Submission::Xaip(bytes) => {
            let (read, bytes) =
                tokio::task::spawn_blocking(move || (xaip::read(&bytes, &|_| None), bytes)).await.map_err(internal)?;
            let package =
                read.map_err(|error| (Outcome::error(Minor::XaipNok, error.to_string()), String::new()))?.package;
            let title = package.label.unwrap_or(package.id);
            let object = DataObject { id: PACKAGE.to_owned(), kind: String::new(), mime: None, bytes };
            (title, vec![object])
        }
        Submission::Data(objects) => {
            let title = objects.first().map_or_else(String::new, |object| object.id.clone());
            (title, objects)
        }
    };
    let mut taken = Vec::new();
    for object in objects {
        let name = if object.id == PACKAGE { PACKAGE.to_owned() } else { file_name(&object) };
        let file = records::take_bytes(&caller.app, &caller.principal.tenant, &name, object.bytes).await;
        taken.push((object.id, file.map_err(internal)?));
    }
    let title: String = title.trim().chars().filter(|c| !c.is_control()).take(300).collect();
    let title = if title.is_empty() { "Archivdatenobjekt".to_owned() } else { title };
    let who = records::who(&caller.principal, FILE, unit.as_deref());
    let done = caller.app.store.write(&caller.principal.tenant, move |tx: &mut Tx| {
        Box::pin(async move {
            let new = NewRecord { kind: Kind::File, entry, title, reference: None, subjects: BTreeSet::new() };
            let opened = records::open(tx, new, &who).await?;
            let document = |(title, file)| NewDocument { id: None, case: None, title, origin: Origin::S4, file };
            records::file(tx, &opened.id, taken.into_iter().map(document).collect(), &who).await?;
            records::act(tx, &opened.id, None, &[Command::Close], &who).await?;
            Ok::<_, ActError>(opened.id)
        })
    });
    match done.await {
        Ok(id) => Ok((Outcome::OK, element("AOID", &id.0))),
        Err(ActError::Store(error)) => Err(internal(error)),
        Err(error) => Err(no(Minor::ParameterError, &texts(&error.texts()))),
    }
}

/// A name with an ending, where the media type gives one.
fn file_name(object: &DataObject) -> String {
    let ending = match object.mime.as_deref() {
        Some("application/pdf") => ".pdf",
        Some("application/xml" | "text/xml") => ".xml",
        Some("text/plain") => ".txt",
        Some("image/tiff") => ".tif",
        Some("image/png") => ".png",
        Some("image/jpeg") => ".jpg",
        _ => ".bin",
    };
    format!("{}{ending}", object.id)
}

/// The package that was submitted.
fn submitted(loaded: &Loaded) -> Option<Item> {
    let items = loaded.current();
    let package = items.iter().find(|item| item.origin == Origin::S4 && item.file_name == PACKAGE);
    package.filter(|_| items.len() == 1).map(|item| (*item).clone())
}

/// The package of a record as XML without declaration.
async fn package(caller: &Caller, loaded: &Loaded) -> Result<String, Answer> {
    let (app, tenant) = (&caller.app, &caller.principal.tenant);
    if loaded.record.state == State::Deleted {
        return Err(no(Minor::UnknownAoid, "Dieses Archivdatenobjekt ist gelöscht."));
    }
    let bytes = if let Some(item) = submitted(loaded) {
        let mut reader = keep::read(app, tenant, loaded, &item).await.map_err(|error| internal(error.reason))?;
        let read = move || {
            let mut bytes = Vec::new();
            std::io::Read::read_to_end(&mut reader, &mut bytes).map(|_| bytes)
        };
        tokio::task::spawn_blocking(read).await.map_err(internal)?.map_err(internal)?
    } else {
        let read = app.store.read(tenant, |tx: &mut Tx| Box::pin(async move { records::law(tx).await }));
        let law = read.await.map_err(internal)?;
        let (dip, files) =
            dip::of_record(app, tenant, loaded, &law).await.map_err(|error| internal(error.detail().get(Lang::En)))?;
        let made = tokio::task::spawn_blocking(move || dip::xaip_document(&dip, &files)).await.map_err(internal)?;
        made.map_err(|error| match error.text() {
            Some(text) => no(Minor::NotSupported, text.get(Lang::De)),
            None => internal(error),
        })?
    };
    let text = String::from_utf8(bytes).map_err(internal)?;
    let text = text.trim_start_matches('\u{feff}').trim_start();
    let start = if text.starts_with("<?xml") { text.find("?>").map_or(0, |end| end + 2) } else { 0 };
    Ok(text[start..].trim_start().to_owned())
}

async fn noted(caller: &Caller, loaded: &Loaded, detail: serde_json::Value) -> Result<(), Answer> {
    let (actor, subject) = (caller.principal.actor(), format!("record/{}", loaded.record.id));
    let write = caller.app.store.write(&caller.principal.tenant, move |tx: &mut Tx| {
        Box::pin(async move {
            tx.audit(Entry { actor, action: "archive.handed-out".to_owned(), subject, detail });
            Ok::<_, vir_store::Error>(())
        })
    });
    write.await.map_err(internal)
}

async fn retrieve(caller: &Caller, aoid: &str) -> Result<Answer, Answer> {
    let loaded = visible(caller, aoid).await?;
    let package = package(caller, &loaded).await?;
    noted(caller, &loaded, serde_json::json!({ "form": "xaip", "by": "s4" })).await?;
    Ok((Outcome::OK, package))
}

async fn evidence(caller: &Caller, aoid: &str, versions: &[String]) -> Result<Answer, Answer> {
    let loaded = visible(caller, aoid).await?;
    let wanted: Vec<u32> = if versions.is_empty() {
        vec![loaded.stamped]
    } else {
        versions
            .iter()
            .filter_map(|version| version.trim_start_matches(['v', 'V']).parse().ok())
            .take(MOST_LOCATIONS)
            .collect()
    };
    let mut content = String::new();
    for version in wanted.iter().copied().filter(|version| *version > 0 && *version <= loaded.stamped) {
        let cut = keep::evidence(&caller.app, &caller.principal.tenant, &loaded.object(), version).await;
        let Some((record, _)) = cut.map_err(|error| internal(error.reason))? else { continue };
        content.push_str(&format!(
            "<xaip:evidenceRecord AOID=\"{}\" VersionID=\"v{version}\"><xaip:asn1EvidenceRecord>{}</xaip:asn1EvidenceRecord></xaip:evidenceRecord>",
            escape(aoid),
            STANDARD.encode(record)
        ));
    }
    Ok(if content.is_empty() {
        (Outcome::warning(Some(Minor::PartlySuccessful), "Es gibt noch keinen Beweisnachweis."), content)
    } else {
        (Outcome::OK, content)
    })
}

async fn delete(caller: &Caller, aoid: &str, reason: Option<(String, String)>) -> Result<Answer, Answer> {
    let loaded = visible(caller, aoid).await?;
    if !access::may(&caller.principal, DISPOSE, loaded.unit.as_deref()) {
        return Err(no(Minor::NoPermission, "Sie dürfen keine Löschungen zeichnen."));
    }
    if reason.is_none_or(|(_, info)| info.trim().is_empty()) {
        return Err(no(Minor::MissingReasonOfDeletion, "Es fehlt die Begründung (ReasonOfDeletion)."));
    }
    let who = records::who(&caller.principal, DISPOSE, loaded.unit.as_deref());
    let id = loaded.record.id;
    let done = caller.app.store.write(&caller.principal.tenant, move |tx: &mut Tx| {
        Box::pin(async move { records::act(tx, &id, None, &[Command::RequestDeletion], &who).await })
    });
    match done.await {
        Ok(_) => Ok((
            Outcome::warning(None, "Die Löschung ist beantragt. Gelöscht wird, wenn eine zweite Person sie zeichnet."),
            String::new(),
        )),
        Err(ActError::Store(error)) => Err(internal(error)),
        Err(error) => Err(no(Minor::NoPermission, &texts(&error.texts()))),
    }
}

/// The identifier that an expression asks for: the identifier itself, or an XPath of the form `//*[@dataObjectID='…']`.
fn wanted(expression: &str) -> Option<&str> {
    let expression = expression.trim();
    let plain = |text: &str| !text.is_empty() && text.chars().all(|c| c.is_alphanumeric() || "-_.:".contains(c));
    if plain(expression) {
        return Some(expression);
    }
    let inner = expression.strip_suffix("']").or(expression.strip_suffix("\"]"))?;
    let (path, id) = inner.rsplit_once(['\'', '"'])?;
    let names = ["dataObjectID", "metaDataID", "credentialID", "VersionID"];
    let attribute = path.strip_suffix('=')?.rsplit_once('@')?.1.trim();
    (names.contains(&attribute) && plain(id)).then_some(id)
}

async fn data(caller: &Caller, aoid: &str, locations: &[(Option<String>, String)]) -> Result<Answer, Answer> {
    let loaded = visible(caller, aoid).await?;
    if locations.is_empty() || locations.len() > MOST_LOCATIONS {
        return Err(no(Minor::ParameterError, "Erwartet werden 1 bis 100 Angaben DataLocation."));
    }
    let text = package(caller, &loaded).await?;
    let locations = locations.to_vec();
    let count = locations.len();
    let found = tokio::task::spawn_blocking(move || {
        let one = |(kind, expression): &(Option<String>, String)| {
            let element =
                wanted(expression).and_then(|id| vir_archive::evidence::container::xaip::element(text.as_bytes(), id));
            (kind.clone(), expression.clone(), element)
        };
        locations.iter().map(one).collect::<Vec<_>>()
    });
    let found = found.await.map_err(internal)?;
    let good = found.iter().filter(|(.., element)| element.is_some()).count();
    let content: String = found
        .iter()
        .map(|(kind, expression, element)| {
            let (major, value) = match element {
                Some(bytes) => ("ok", format!("<tr:Value>{}</tr:Value>", String::from_utf8_lossy(bytes))),
                None => ("error", String::new()),
            };
            let minor = if element.is_none() {
                format!("<dss:ResultMinor>{}</dss:ResultMinor>", Minor::UnknownLocation.address())
            } else {
                String::new()
            };
            let kind = kind.as_deref().map_or_else(String::new, |kind| format!(" Type=\"{}\"", escape(kind)));
            format!(
                "<tr:XAIPData><dss:Result><dss:ResultMajor>http://www.bsi.bund.de/ecard/api/1.1/resultmajor#{major}</dss:ResultMajor>{minor}</dss:Result><tr:DataLocation{kind}>{}</tr:DataLocation>{value}</tr:XAIPData>",
                escape(expression)
            )
        })
        .collect();
    noted(caller, &loaded, serde_json::json!({ "form": "elements", "by": "s4" })).await?;
    Ok(match good {
        0 => (Outcome::error(Minor::UnknownLocation, "Keine der Angaben führt zu einem Element."), content),
        good if good < count => {
            (Outcome::warning(Some(Minor::PartlySuccessful), "Nicht alle Angaben führen zu einem Element."), content)
        }
        _ => (Outcome::OK, content),
    })
}

/// The profile of the interface, if it is among those that are asked for.
fn retrieve_info(profile: Option<&str>, status: Option<&str>) -> Answer {
    match status {
        None | Some("active" | "all") => {}
        Some("inactive") => return (Outcome::OK, String::new()),
        Some(_) => return no(Minor::ParameterError, "Status ist active, inactive oder all."),
    }
    match profile {
        None | Some(info::PROFILE) => (Outcome::OK, info::profile()),
        Some(_) => no(Minor::ParameterError, "Dieses Profil gibt es hier nicht."),
    }
}

/// What happened to the record, as the log has it. Who looked at it is told to those only who may report on that.
async fn trace(caller: &Caller, aoid: &str) -> Result<Answer, Answer> {
    let loaded = visible(caller, aoid).await?;
    let all = access::may(&caller.principal, REPORT, loaded.unit.as_deref());
    let subject = format!("record/{}", loaded.record.id);
    let read = caller.app.store.read(&caller.principal.tenant, move |tx: &mut Tx| {
        Box::pin(async move { audit::of_subject(tx, &subject).await })
    });
    let noted = read.await.map_err(internal)?;
    let told: Vec<_> = noted.into_iter().filter(|noted| all || !LOOKS.contains(&noted.entry.action.as_str())).collect();
    let event = |noted: audit::Noted| info::Event {
        time: noted.at.to_string(),
        subject: noted.entry.actor,
        operation: noted.entry.action,
        object: Some(aoid.to_owned()),
        detail: Some(noted.entry.detail)
            .filter(|detail| detail.as_object().is_some_and(|map| !map.is_empty()))
            .map(|detail| detail.to_string()),
    };
    let older = told.len().saturating_sub(MOST_EVENTS);
    let events: Vec<info::Event> = told.into_iter().skip(older).map(event).collect();
    let outcome = if older > 0 {
        Outcome::warning(Some(Minor::PartlySuccessful), "Es sind mehr Ereignisse; dies sind die jüngsten.")
    } else {
        Outcome::OK
    };
    Ok((outcome, info::trace(&events)))
}

async fn verify(caller: &Caller, documents: Vec<(String, Vec<u8>)>, records: Vec<Vec<u8>>) -> Result<Answer, Answer> {
    let now = work::moment(caller.app.now());
    let mut records = records.into_iter();
    let (record, data) = match records.next() {
        Some(record) => (Some(("evidenceRecord".to_owned(), record)), documents),
        // A package with its record inside.
        None => {
            let mut documents = documents.into_iter();
            (documents.next(), documents.collect())
        }
    };
    if records.next().is_some() {
        return Err(no(Minor::NotSupported, "Je Anfrage wird ein Beweisnachweis geprüft."));
    }
    let submitted = Submitted { record, data, ..Submitted::default() };
    let judged = work::judge(submitted, now).await.map_err(|error: AppError| internal(error.detail().get(Lang::En)))?;
    let judged = match judged {
        Ok(judged) => judged,
        Err(errors) => {
            let said: Vec<Text> = errors.into_iter().map(|error| error.message).collect();
            return Err(no(Minor::ParameterError, &texts(&said)));
        }
    };
    let mut said = Vec::new();
    for one in &judged {
        let word = if one.is_good() { "gültig" } else { "nicht gültig" };
        said.push(format!("{}: {word}.", one.name()));
        for (message, clause) in one.said().into_iter().take(50) {
            said.push(format!("{} ({clause})", message.get(Lang::De)));
        }
    }
    let message = said.join(" ");
    Ok(if judged.iter().all(work::Outcome::is_good) {
        let outcome = Outcome { message: Some(message), ..Outcome::OK };
        (outcome, String::new())
    } else {
        (Outcome::error(Minor::XaipNokEr, message), String::new())
    })
}

#[cfg(test)]
mod tests {
    use super::wanted;

    #[test]
    fn expressions_name_one_element() {
        for (expression, expect) in [
            ("DO-000001", Some("DO-000001")),
            ("//*[@dataObjectID='DO-000001']", Some("DO-000001")),
            ("//xaip:dataObject[@dataObjectID=\"DO-1\"]/xaip:binaryData", None),
            ("//*[@dataObjectID=\"DO-1\"]", Some("DO-1")),
            ("//*[@href='x']", None),
            ("count(//*)", None),
            ("", None),
        ] {
            assert_eq!(wanted(expression), expect, "{expression}");
        }
    }
}
