//! The archive's part: taking offers and hand-overs in, with their receipts, and appraising.
//!
//! Invariant: every object of an offer is appraised at once; what nobody decided is B, with which nothing is deleted.

use std::collections::BTreeMap;

use vir_archive::lifecycle::event::Kind;
use vir_archive::lifecycle::plan::Appraisal;
use vir_archive::xdomea::MessageKind;
use vir_archive::xdomea::exchange;
use vir_archive::xdomea::model::{Appraised, Body, Disposal, Object};
use vir_core::Text;
use vir_store::Tx;
use vir_web::Caller;

use super::office::outgoing;
use super::receive::{Came, Refused};
use super::store::{Direction, Kept, NewMessage, Side};
use super::{build, store};

/// Takes a message of an office: 0501, 0503 and the receipt 0505. Gives the process.
pub async fn receive(caller: &Caller, came: Came) -> Result<String, Refused> {
    let (app, tenant, now) = (&caller.app, &caller.principal.tenant, caller.app.now());
    let kind = came.message.kind();
    if !matches!(kind, MessageKind::Offer | MessageKind::HandOver | MessageKind::AppraisalReceived) {
        return Err(Refused::Said(vec![Text::owned(
            format!("{} ist keine Nachricht einer anbietenden Stelle an ein Archiv.", kind.name().de),
            format!("{} is no message of an offering office to an archive.", kind.name().en),
        )]));
    }
    let process = store::process_name(&came.message.head.process);
    let name = process.clone();
    let known = app
        .store
        .read(tenant, move |tx: &mut Tx| Box::pin(async move { store::messages(tx, Side::Archive, &name).await }))
        .await?;
    if let Some(before) = known.iter().find(|one| one.kind() == kind && one.direction == Direction::In) {
        if before.message == came.message {
            return Ok(process);
        }
        if kind == MessageKind::Offer {
            return Err(Refused::Said(vec![Text::new(
                "Zu diesem Vorgang gibt es schon ein anderes Anbieteverzeichnis.",
                "There is another offer of this process already.",
            )]));
        }
    }
    if kind == MessageKind::AppraisalReceived && known.is_empty() {
        return Err(Refused::Said(vec![Text::new(
            "Zu dieser Empfangsbestätigung gibt es hier keinen Vorgang.",
            "There is no process here to which this receipt belongs.",
        )]));
    }
    // Receipts cost nothing and help the office; only one that has no answer gets none.
    let receipt = match exchange::receipt(&came.message, &build::created(now)) {
        Some(receipt) if receipt.kind().is_in(came.version) => {
            Some(outgoing(caller, Side::Archive, receipt, came.version).await?)
        }
        _ => None,
    };
    let actor = caller.principal.actor();
    let new = NewMessage {
        side: Side::Archive,
        direction: Direction::In,
        standard: came.version,
        file_name: came.file_name,
        blob: came.blob,
        message: came.message,
        notes: came.notes,
    };
    let done = app.store.write(tenant, move |tx: &mut Tx| {
        Box::pin(async move {
            store::keep(tx, &new, &actor).await?;
            if let Some(receipt) = &receipt {
                store::keep(tx, receipt, &actor).await?;
            }
            Ok::<_, vir_store::Error>(())
        })
    });
    done.await?;
    Ok(process)
}

/// The offer of a process.
#[must_use]
pub fn offer(messages: &[Kept]) -> Option<&Kept> {
    messages.iter().find(|one| one.kind() == MessageKind::Offer)
}

/// The newest hand-over of a process.
#[must_use]
pub fn hand_over(messages: &[Kept]) -> Option<&Kept> {
    messages.iter().rev().find(|one| one.kind() == MessageKind::HandOver)
}

/// Has all of the newest hand-over been taken over?
#[must_use]
pub fn is_taken_over(messages: &[Kept]) -> bool {
    let last = messages.iter().rposition(|one| one.kind() == MessageKind::HandOver);
    last.is_some_and(|last| messages[last..].iter().any(|one| one.kind() == MessageKind::Imported))
}

/// What is appraised one by one: records and their *Vorgänge*, and documents that stand alone.
pub fn decided(objects: &[Object]) -> impl Iterator<Item = (usize, &Object)> {
    objects.iter().enumerate().filter(|(_, object)| object.kind != Kind::Document || object.parent.is_none())
}

/// How deep an object stands.
#[must_use]
pub fn depth(objects: &[Object], mut at: usize) -> usize {
    let mut depth = 0;
    while let Some(above) = objects.get(at).and_then(|object| object.parent).filter(|above| *above < at) {
        (at, depth) = (above, depth + 1);
    }
    depth
}

/// What was last decided, by identifier.
#[must_use]
pub fn last_decision(messages: &[Kept]) -> BTreeMap<String, Appraisal> {
    let last = messages.iter().rev().find_map(|one| match &one.message.body {
        Body::Appraisal(appraised) => Some(appraised),
        _ => None,
    });
    let one = |appraised: &Appraised| match appraised.disposal {
        Disposal::Standard(value) => Some((appraised.id.folded().as_str().to_owned(), value)),
        Disposal::Own(_) => None,
    };
    last.into_iter().flatten().filter_map(one).collect()
}

/// Appraises an offer (0502).
pub async fn appraise(caller: &Caller, messages: &[Kept], values: &BTreeMap<String, Appraisal>) -> Result<(), Refused> {
    let said = |text| Err(Refused::Said(vec![text]));
    let Some(offer) = offer(messages) else {
        return said(Text::new("Zu diesem Vorgang gibt es keine Anbietung.", "There is no offer of this process."));
    };
    if hand_over(messages).is_some() {
        return said(Text::new(
            "Die Abgabe ist schon da; bewertet wird vorher.",
            "The hand-over is here already; appraisal comes before it.",
        ));
    }
    let appraised = decided(offer.message.objects()).map(|(_, object)| {
        let value = values.get(object.id.folded().as_str()).copied().unwrap_or(Appraisal::B);
        Appraised { id: object.id.clone(), disposal: Disposal::Standard(value) }
    });
    let mut answer =
        exchange::reply(&offer.message, &build::created(caller.app.now()), Body::Appraisal(appraised.collect()));
    answer.head.receipt_wanted = true;
    let new = outgoing(caller, Side::Archive, answer, offer.version()).await?;
    let actor = caller.principal.actor();
    let done = caller.app.store.write(&caller.principal.tenant, move |tx: &mut Tx| {
        Box::pin(async move { store::keep(tx, &new, &actor).await.map(|_| ()) })
    });
    Ok(done.await?)
}
