//! The office's part: offering, understanding the archive's answers, handing over.
//!
//! Invariant: either every record of a message changes, or none, and the message is not kept.

use std::io::{Seek as _, SeekFrom};

use jiff::Timestamp;
use tokio::runtime::Handle;
use vir_archive::lifecycle::{Command, RecordId, State};
use vir_archive::xdomea::exchange::{self, Doubt, Names};
use vir_archive::xdomea::model::Body;
use vir_archive::xdomea::name::MessageName;
use vir_archive::xdomea::transfer::pack;
use vir_archive::xdomea::{Message, MessageKind};
use vir_core::Text;
use vir_store::{Tx, new_id};
use vir_web::{AppError, Caller};

use super::receive::{Came, Refused};
use super::store::{Direction, NewMessage, Side};
use super::{build, settings, store};
use crate::permissions::DISPOSE;
use crate::records::{self, ActError, Item, Loaded};
use crate::{access, keep};

/// The records with these names, each of which the caller may dispose of.
pub async fn permitted(caller: &Caller, ids: &[RecordId]) -> Result<Vec<Loaded>, AppError> {
    let mut found = Vec::new();
    for id in ids {
        found.push(access::permitted(caller, &id.0, DISPOSE).await?);
    }
    Ok(found)
}

/// What a refused change says.
fn said(error: ActError) -> Refused {
    match error {
        ActError::Store(error) => Refused::Failed(error.into()),
        other => Refused::Said(other.texts()),
    }
}

/// Offers records to the archive (0501). Gives the process.
pub async fn offer(caller: &Caller, ids: &[RecordId], early: Option<String>) -> Result<String, Refused> {
    let (app, tenant, now) = (&caller.app, &caller.principal.tenant, caller.app.now());
    let loaded = permitted(caller, ids).await?;
    let read = app.store.read(tenant, |tx: &mut Tx| {
        Box::pin(async move { Ok::<_, vir_store::Error>((records::law(tx).await?, settings::exchange(tx).await?)) })
    });
    let (law, exchange) = read.await?;
    let mut objects = Vec::new();
    for one in &loaded {
        let names = build::names(&one.record).map_err(|error| build::unnamed(&error))?;
        let mut own = exchange::offered(&one.record, &names, &law.law(), records::day_of(now))
            .map_err(|error| build::unnamed(&error))?;
        if let Some(root) = own.first_mut() {
            root.reference = Some(one.reference.clone());
        }
        build::append(&mut objects, own);
    }
    let process = build::uuid(&new_id(now)).map_err(|error| build::unnamed(&error))?;
    let office = app.tenant_name(tenant).await.unwrap_or_default();
    let message = Message { head: build::head(process.clone(), now, &exchange, &office), body: Body::Offer(objects) };
    let (file_name, bytes) = build::small(&message, exchange.version)?;
    let blob = app.store.blobs().put(tenant, bytes).await?;
    let reference = MessageName { process: process.clone(), kind: MessageKind::Offer }.stem();
    let process = store::process_name(&process);
    let (actor, name) = (caller.principal.actor(), process.clone());
    let acts: Vec<_> = loaded
        .iter()
        .map(|one| {
            let who = records::who(&caller.principal, DISPOSE, one.unit.as_deref());
            let command = Command::Offer { message: reference.clone(), early: early.clone() };
            (one.record.id.clone(), one.seen(), command, who)
        })
        .collect();
    let new = NewMessage {
        side: Side::Office,
        direction: Direction::Out,
        standard: exchange.version,
        file_name,
        blob,
        message,
        notes: Vec::new(),
    };
    let done = app.store.write(tenant, move |tx: &mut Tx| {
        Box::pin(async move {
            let mut ids = Vec::new();
            for (id, seen, command, who) in &acts {
                records::act(tx, id, Some(*seen), std::slice::from_ref(command), who).await?;
                ids.push(id.clone());
            }
            store::name_records(tx, &name, &ids).await?;
            store::keep(tx, &new, &actor).await?;
            Ok::<_, ActError>(())
        })
    });
    done.await.map_err(said)?;
    Ok(process)
}

/// What became of an answer.
pub struct Understood {
    /// The process.
    pub process: String,
    /// What the message was.
    pub kind: MessageKind,
    /// What people must look at.
    pub doubts: Vec<Doubt>,
    /// How many records changed.
    pub records: usize,
}

/// Takes an answer of the archive: 0502, 0504, 0506, 0507.
pub async fn answer(caller: &Caller, came: Came) -> Result<Understood, Refused> {
    let (app, tenant, now) = (&caller.app, &caller.principal.tenant, caller.app.now());
    let kind = came.message.kind();
    let wanted =
        [MessageKind::Appraisal, MessageKind::OfferReceived, MessageKind::Imported, MessageKind::HandOverReceived];
    if !wanted.contains(&kind) {
        return Err(Refused::Said(vec![Text::owned(
            format!("{} ist keine Antwort des Archivs an eine anbietende Stelle.", kind.name().de),
            format!("{} is no answer of an archive to an offering office.", kind.name().en),
        )]));
    }
    let process = store::process_name(&came.message.head.process);
    let name = process.clone();
    let ids = app
        .store
        .read(tenant, move |tx: &mut Tx| Box::pin(async move { store::process_records(tx, &name).await }))
        .await?;
    if ids.is_empty() {
        return Err(Refused::Said(vec![Text::new(
            "Zu dieser Nachricht gibt es hier keine Anbietung.",
            "There is no offer here to which this message belongs.",
        )]));
    }
    let loaded = permitted(caller, &ids).await?;
    let named: Vec<Names> = loaded
        .iter()
        .map(|one| build::names(&one.record))
        .collect::<Result<_, _>>()
        .map_err(|error| build::unnamed(&error))?;
    let about: Vec<_> = loaded.iter().map(|one| &one.record).zip(&named).collect();
    let reference = MessageName { process: came.message.head.process.clone(), kind }.stem();
    let (commands, doubts) = exchange::commands(&came.message, &reference, &about);
    // A receipt that comes when the archive has already answered changes nothing more.
    let late = |id: &RecordId, command: &Command| {
        let record = loaded.iter().find(|one| one.record.id == *id).map(|one| &one.record);
        match command {
            Command::ReceiveOffer { .. } => record.is_some_and(|record| record.state != State::Offered),
            Command::ReceiveHandOver { .. } => {
                record.is_some_and(|record| record.state != State::HandedOver || !record.lacks_receipt())
            }
            // One message may cover records that were never handed over, because the archive wants none of them.
            Command::ConfirmImport { .. } => record.is_some_and(|record| record.handed_over.is_none()),
            _ => false,
        }
    };
    let acts: Vec<_> = commands
        .into_iter()
        .filter(|(id, command)| !late(id, command))
        .map(|(id, command)| {
            let unit = loaded.iter().find(|one| one.record.id == id).and_then(|one| one.unit.clone());
            let who = records::who(&caller.principal, DISPOSE, unit.as_deref());
            (id, command, who)
        })
        .collect();
    let count = acts.iter().map(|(id, ..)| id).collect::<std::collections::BTreeSet<_>>().len();
    let receipt = came.message.head.receipt_wanted.then(|| exchange::receipt(&came.message, &build::created(now)));
    let receipt = match receipt.flatten() {
        Some(receipt) => Some(outgoing(caller, Side::Office, receipt, came.version).await?),
        None => None,
    };
    let actor = caller.principal.actor();
    let new = NewMessage {
        side: Side::Office,
        direction: Direction::In,
        standard: came.version,
        file_name: came.file_name,
        blob: came.blob,
        message: came.message,
        notes: came.notes.into_iter().chain(doubts.iter().map(Doubt::text)).collect(),
    };
    let done = app.store.write(tenant, move |tx: &mut Tx| {
        Box::pin(async move {
            for (id, command, who) in &acts {
                records::act(tx, id, None, std::slice::from_ref(command), who).await?;
            }
            store::keep(tx, &new, &actor).await?;
            if let Some(receipt) = &receipt {
                store::keep(tx, receipt, &actor).await?;
            }
            Ok::<_, ActError>(())
        })
    });
    done.await.map_err(said)?;
    Ok(Understood { process, kind, doubts, records: count })
}

/// A message of ours without files, with its container already in the blobs.
pub async fn outgoing(
    caller: &Caller,
    side: Side,
    message: Message,
    standard: vir_archive::xdomea::Version,
) -> Result<NewMessage, AppError> {
    let (file_name, bytes) = build::small(&message, standard)?;
    let blob = caller.app.store.blobs().put(&caller.principal.tenant, bytes).await?;
    Ok(NewMessage { side, direction: Direction::Out, standard, file_name, blob, message, notes: Vec::new() })
}

/// Can this record be handed over now, as far as its state says?
#[must_use]
pub fn is_wanted(loaded: &Loaded) -> bool {
    let record = &loaded.record;
    matches!(record.state, State::Appraised | State::HandedOver) && !record.is_undecided() && record.lacks_receipt()
}

/// Hands over what the archive wants (0503).
pub async fn hand_over(caller: &Caller, process: &str) -> Result<(), Refused> {
    let (app, tenant, now) = (&caller.app, &caller.principal.tenant, caller.app.now());
    let name = process.to_owned();
    let read = app.store.read(tenant, move |tx: &mut Tx| {
        Box::pin(async move {
            let ids = store::process_records(tx, &name).await?;
            let messages = store::messages(tx, Side::Office, &name).await?;
            Ok::<_, vir_store::Error>((ids, messages, records::law(tx).await?, settings::exchange(tx).await?))
        })
    });
    let (ids, messages, law, exchange) = read.await?;
    let loaded: Vec<Loaded> = permitted(caller, &ids).await?.into_iter().filter(is_wanted).collect();
    let Some(first) = messages.first().filter(|_| !loaded.is_empty()) else {
        return Err(Refused::Said(vec![Text::new(
            "Hier ist nichts abzugeben: Das Archiv will nichts davon, hat noch nicht entschieden oder hat schon alles.",
            "There is nothing to hand over: the archive wants none of it, has not decided yet, or has all of it.",
        )]));
    };
    let standard =
        messages.iter().rev().find(|one| one.direction == Direction::In).map_or(first.version(), |one| one.version());
    let (mut objects, mut files): (Vec<_>, Vec<(String, Loaded, Item)>) = (Vec::new(), Vec::new());
    for one in &loaded {
        let names = build::names(&one.record).map_err(|error| build::unnamed(&error))?;
        let mut own = exchange::offered(&one.record, &names, &law.law(), records::day_of(now))
            .map_err(|error| build::unnamed(&error))?;
        if let Some(root) = own.first_mut() {
            root.reference = Some(one.reference.clone());
        }
        let mut own = exchange::handed_over(&one.record, &names, &own);
        let with = build::with_files(&mut own, one, standard, now);
        files.extend(with.into_iter().map(|(name, item)| (name, one.clone(), item)));
        build::append(&mut objects, own);
    }
    let office = app.tenant_name(tenant).await.unwrap_or_default();
    let mut head = build::head(first.message.head.process.clone(), now, &exchange, &office);
    head.receipt_wanted = standard.is_third();
    head.archive_id_wanted = true;
    let message = Message { head, body: Body::HandOver(objects) };
    let (file, file_name) = packed(caller, &message, standard, files).await?;
    let blob = build::put(app, tenant, file).await?;
    let reference = MessageName { process: message.head.process.clone(), kind: MessageKind::HandOver }.stem();
    let acts: Vec<_> = loaded
        .iter()
        .map(|one| {
            let who = records::who(&caller.principal, DISPOSE, one.unit.as_deref());
            (one.record.id.clone(), one.seen(), Command::HandOver { message: reference.clone() }, who)
        })
        .collect();
    let actor = caller.principal.actor();
    let new = NewMessage {
        side: Side::Office,
        direction: Direction::Out,
        standard,
        file_name,
        blob,
        message,
        notes: Vec::new(),
    };
    let done = app.store.write(tenant, move |tx: &mut Tx| {
        Box::pin(async move {
            for (id, seen, command, who) in &acts {
                records::act(tx, id, Some(*seen), std::slice::from_ref(command), who).await?;
            }
            store::keep(tx, &new, &actor).await?;
            Ok::<_, ActError>(())
        })
    });
    done.await.map_err(said)
}

/// The container of a hand-over as a file.
async fn packed(
    caller: &Caller,
    message: &Message,
    standard: vir_archive::xdomea::Version,
    files: Vec<(String, Loaded, Item)>,
) -> Result<(std::fs::File, String), AppError> {
    let (app, tenant, handle) = (caller.app.clone(), caller.principal.tenant.clone(), Handle::current());
    let message = message.clone();
    let made = tokio::task::spawn_blocking(move || {
        let mut out = tempfile::tempfile().map_err(AppError::internal)?;
        let files = files.into_iter().map(|(name, loaded, item)| {
            let (app, tenant, handle) = (app.clone(), tenant.clone(), handle.clone());
            let open = move || {
                let read = keep::read(&app, &tenant, &loaded, &item);
                handle.block_on(read).map_err(|error| std::io::Error::other(error.reason))
            };
            (name, build::Lazy(Some(open), None))
        });
        let (name, _) = pack(&mut out, &message, standard, files).map_err(|error| build::said(&error))?;
        out.seek(SeekFrom::Start(0)).map_err(AppError::internal)?;
        Ok::<_, AppError>((out, name.zip()))
    });
    made.await.map_err(AppError::internal)?
}

/// A step towards deletion.
pub async fn deletion(caller: &Caller, id: &str, seen: usize, command: Command) -> Result<State, Refused> {
    let loaded = access::permitted(caller, id, DISPOSE).await?;
    let who = records::who(&caller.principal, DISPOSE, loaded.unit.as_deref());
    let record = loaded.record.id;
    let done = caller.app.store.write(&caller.principal.tenant, move |tx: &mut Tx| {
        Box::pin(async move { records::act(tx, &record, Some(seen), &[command], &who).await })
    });
    Ok(done.await.map_err(said)?.record.state)
}

/// The day that it is.
#[must_use]
pub fn today(now: Timestamp) -> vir_archive::lifecycle::Day {
    records::day_of(now)
}
