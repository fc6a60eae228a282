//! Taking over: a hand-over (0503) becomes records of the archive, and the office is told what could be imported (0506).
//!
//! A record of the office becomes a record here, under an entry of the archive's own plan, with its *Vorgänge* and all
//! versions of its documents; it is closed at once and goes into storage. Files inside a file become *Vorgänge* of it,
//! attachments documents.
//!
//! Invariant: the import receipt says *imported* only of what is in the database and the blobs in the same write.

use std::collections::BTreeMap;

use axum::body::Bytes;
use tokio::io::AsyncReadExt as _;
use vir_archive::lifecycle::event::Kind;
use vir_archive::lifecycle::{CaseId, Command, DocumentId, EntryId, Who};
use vir_archive::xdomea::exchange;
use vir_archive::xdomea::model::Object;
use vir_core::Text;
use vir_store::{Tx, new_id};
use vir_web::{AppError, Caller};

use super::archive::{hand_over, is_taken_over};
use super::office::outgoing;
use super::receive::{Refused, fetched, opened};
use super::store::{Kept, Side};
use super::{build, store};
use crate::permissions::{APPRAISE, FILE};
use crate::records::{self, ActError, NewDocument, NewRecord, Origin, Taken};

/// The largest single file.
const MOST: u64 = 1 << 36;

/// A record to be made of a root object.
struct Plan {
    root: usize,
    kind: Kind,
    title: String,
    remark: Option<String>,
    /// Object to title.
    cases: Vec<(usize, String)>,
    documents: Vec<Planned>,
}

/// A document with its versions.
struct Planned {
    case: Option<usize>,
    title: String,
    /// Name in the container, and what it was called before.
    files: Vec<(String, String)>,
}

/// What the objects of a hand-over become.
fn plans(objects: &[Object]) -> Vec<Plan> {
    let mut plans: Vec<Plan> = Vec::new();
    // For each object the plan it belongs to, and the case.
    let mut places: Vec<(usize, Option<usize>)> = Vec::with_capacity(objects.len());
    for (at, object) in objects.iter().enumerate() {
        let above = object.parent.and_then(|parent| places.get(parent).copied());
        let title = object.subject.clone().filter(|title| !title.trim().is_empty());
        let title = title.or_else(|| object.reference.clone()).unwrap_or_else(|| object.id.to_string());
        let place = match above {
            None => {
                let remark = object.reference.as_ref().map(|reference| format!("{reference}: {title}"));
                let (cases, documents) = (Vec::new(), Vec::new());
                plans.push(Plan { root: at, kind: object.kind, title: title.clone(), remark, cases, documents });
                (plans.len() - 1, None)
            }
            // A Vorgang inside a Vorgang is one beside it, with the other's title before its own.
            Some((plan, case)) if object.kind != Kind::Document && plans[plan].kind == Kind::File => {
                let outer = case.and_then(|case| plans[plan].cases.iter().find(|(at, _)| *at == case));
                let title = outer.map_or_else(|| title.clone(), |(_, outer)| format!("{outer} / {title}"));
                plans[plan].cases.push((at, title));
                (plan, Some(at))
            }
            Some(place) => place,
        };
        if object.kind == Kind::Document {
            let files = object.files().map(|file| {
                let before = file.original.clone();
                let plain = file.name.get(37..).unwrap_or(&file.name).to_owned();
                (file.name.clone(), before.unwrap_or(plain))
            });
            let files: Vec<_> = files.collect();
            if !files.is_empty() {
                plans[place.0].documents.push(Planned { case: place.1, title, files });
            }
        }
        places.push(place);
    }
    plans
}

/// Takes the newest hand-over of a process over. Gives how many records there are.
pub async fn take_over(caller: &Caller, messages: &[Kept], entry: EntryId) -> Result<usize, Refused> {
    let said = |text| Err(Refused::Said(vec![text]));
    let Some(kept) = hand_over(messages) else {
        return said(Text::new("Zu diesem Vorgang ist nichts abgegeben.", "Nothing was handed over in this process."));
    };
    if is_taken_over(messages) {
        return said(Text::new("Diese Abgabe ist schon übernommen.", "This hand-over was taken over already."));
    }
    let (app, tenant) = (&caller.app, &caller.principal.tenant);
    let plans = plans(kept.message.objects());
    let mut taken = files(caller, kept, &plans).await?;
    let wanted = plans.iter().flat_map(|plan| &plan.documents).flat_map(|document| &document.files);
    if let Some((name, _)) = wanted.into_iter().find(|(name, _)| !taken.contains_key(name)) {
        let name = name.clone();
        return said(Text::owned(format!("Die Datei {name} fehlt."), format!("The file {name} is missing.")));
    }
    let count = plans.len();
    // The archive's signature: the holding, and a number that nobody else has.
    let signature = |id: String| format!("{entry}-{}", id.get(28..).unwrap_or(&id));
    let signatures: Vec<String> = plans.iter().map(|_| signature(new_id(app.now()))).collect();
    let by_root: BTreeMap<&str, &str> = plans
        .iter()
        .zip(&signatures)
        .map(|(plan, signature)| (kept.message.objects()[plan.root].id.as_str(), signature.as_str()))
        .collect();
    let receipt = exchange::imported(&kept.message, &build::created(app.now()), |object| {
        Ok(by_root.get(object.id.as_str()).map(|signature| (*signature).to_owned()))
    });
    let receipt = outgoing(caller, Side::Archive, receipt, kept.version()).await?;
    let (actor, who, process) =
        (caller.principal.actor(), records::who(&caller.principal, APPRAISE, None), kept.process.clone());
    let done = app.store.write(tenant, move |tx: &mut Tx| {
        Box::pin(async move {
            // Somebody else may have done it meanwhile.
            store::lock(tx, &process).await?;
            if is_taken_over(&store::messages(tx, Side::Archive, &process).await?) {
                return Err(ActError::Stale);
            }
            let mut made = Vec::new();
            for (plan, signature) in plans.into_iter().zip(signatures) {
                made.push(import(tx, plan, signature, &entry, &who, &mut taken).await?);
            }
            store::name_records(tx, &process, &made).await?;
            store::keep(tx, &receipt, &actor).await?;
            Ok::<_, ActError>(())
        })
    });
    match done.await {
        Ok(()) => Ok(count),
        Err(ActError::Store(error)) => Err(Refused::Failed(error.into())),
        Err(error) => Err(Refused::Said(error.texts())),
    }
}

/// Brings all files of the hand-over into the blobs, one after the other.
async fn files(caller: &Caller, kept: &Kept, plans: &[Plan]) -> Result<BTreeMap<String, Taken>, Refused> {
    let (app, tenant) = (&caller.app, &caller.principal.tenant);
    let mut taken = BTreeMap::new();
    if plans.iter().all(|plan| plan.documents.is_empty()) {
        return Ok(taken);
    }
    let file = fetched(app, tenant, &kept.blob).await?;
    let mut transfer = opened(file, &kept.file_name)?;
    let names: Vec<(String, String)> =
        plans.iter().flat_map(|plan| &plan.documents).flat_map(|document| document.files.clone()).collect();
    for (name, original) in names {
        if taken.contains_key(&name) {
            continue;
        }
        let wanted = name.clone();
        let copied = tokio::task::spawn_blocking(move || -> std::io::Result<_> {
            let mut copy = tempfile::tempfile()?;
            transfer.copy(&wanted, &mut copy)?;
            std::io::Seek::rewind(&mut copy)?;
            Ok((transfer, copy))
        });
        let (back, copy) = copied.await.map_err(AppError::internal)?.map_err(|error| {
            Refused::Said(vec![Text::owned(
                format!("Die Datei {name} ist nicht lesbar: {error}"),
                format!("The file {name} is not readable: {error}"),
            )])
        })?;
        transfer = back;
        let pieces = futures_util::stream::try_unfold(tokio::fs::File::from_std(copy), |mut file| async move {
            let mut piece = vec![0; 256 * 1024];
            let count = file.read(&mut piece).await?;
            piece.truncate(count);
            Ok::<_, std::io::Error>((count > 0).then(|| (Bytes::from(piece), file)))
        });
        let one = records::take(app, tenant, &original, MOST, pieces).await;
        let one = one.map_err(|error| match error.text() {
            Some(text) => Refused::Said(vec![text]),
            None => Refused::Failed(AppError::internal(error)),
        })?;
        taken.insert(name, one);
    }
    Ok(taken)
}

async fn import(
    tx: &mut Tx,
    plan: Plan,
    signature: String,
    entry: &EntryId,
    who: &Who,
    taken: &mut BTreeMap<String, Taken>,
) -> Result<vir_archive::lifecycle::RecordId, ActError> {
    let new = NewRecord {
        kind: plan.kind,
        entry: entry.clone(),
        title: plan.remark.unwrap_or(plan.title),
        reference: Some(signature),
        subjects: std::collections::BTreeSet::new(),
    };
    let opened = records::open(tx, new, who).await?;
    let mut cases: BTreeMap<usize, CaseId> = BTreeMap::new();
    for (at, title) in plan.cases {
        let case = CaseId(new_id(tx.now()));
        let command = Command::OpenCase { case: case.clone(), title };
        records::act(tx, &opened.id, None, &[command], who).await?;
        cases.insert(at, case);
    }
    let mut documents = Vec::new();
    for document in plan.documents {
        // Its files are versions of one document.
        let id = DocumentId(new_id(tx.now()));
        for (name, _) in document.files {
            let Some(file) = taken.get(&name).cloned() else { continue };
            let case = document.case.and_then(|case| cases.get(&case)).cloned();
            let title = document.title.clone();
            documents.push(NewDocument { id: Some(id.clone()), case, title, origin: Origin::Xdomea, file });
        }
    }
    records::file(tx, &opened.id, documents, who).await?;
    let mut commands: Vec<Command> = cases.into_values().map(|case| Command::CloseCase { case }).collect();
    commands.push(Command::Close);
    records::act(tx, &opened.id, None, &commands, who).await?;
    Ok(opened.id)
}

/// May the caller put records under this entry?
pub async fn permitted_entry(caller: &Caller, entry: &EntryId) -> Result<bool, AppError> {
    let read =
        caller.app.store.read(&caller.principal.tenant, |tx: &mut Tx| Box::pin(async move { records::plan(tx).await }));
    let (_, plan) = read.await?;
    let unit = plan.unit(entry);
    Ok(plan.entry(entry).is_some()
        && (crate::access::may(&caller.principal, FILE, unit) || crate::access::may(&caller.principal, APPRAISE, unit)))
}
