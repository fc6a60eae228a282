//! Plans that are to be appraised, written without recursion.
//!
//! Invariant: an entry is written inside the one above it where the version has a tree, and after it where not.

use super::out::Out;
use super::{Outcome, WriteError, disposal, object, runs};
use crate::xdomea::Version;
use crate::xdomea::model::{PlanEntry, PlanOffer};
use crate::xdomea::read::MAX_DEPTH;

const ENTRY: &str = "Einheit";

pub(super) fn offer(out: &mut Out, plan: &PlanOffer) -> Outcome {
    out.within("Aktenplan", |out| {
        out.text("ID", plan.id.as_str())?;
        out.text("Bezeichnung", &plan.name)?;
        out.optional("Typ", plan.type_name.as_deref())?;
        out.text("Version", &plan.version)?;
        if out.version == Version::V3_0 {
            plan.entries.iter().try_for_each(|entry| flat(out, entry))?;
        } else {
            tree(out, &plan.entries)?;
        }
        runs(out, "Gueltigkeit", plan.runs)
    })
}

fn flat(out: &mut Out, entry: &PlanEntry) -> Outcome {
    out.lose("Kennzeichen", entry.reference.is_some());
    out.lose("Inhaltsangabe", entry.about.is_some());
    out.lose("Gueltigkeit", entry.runs.is_some());
    out.lose("Stillgelegt", entry.retired);
    out.lose("Aufbewahrungsdauer", entry.retention.is_some());
    out.lose(ENTRY, entry.parent.is_some());
    out.within(ENTRY, |out| {
        out.text("ID", entry.id.as_str())?;
        disposal(out, &entry.disposal)
    })
}

fn tree(out: &mut Out, entries: &[PlanEntry]) -> Outcome {
    let mut children: Vec<Vec<usize>> = vec![Vec::new(); entries.len()];
    let mut depths = vec![1; entries.len()];
    let mut work = Vec::new();
    for (position, entry) in entries.iter().enumerate() {
        let Some(parent) = entry.parent else {
            work.push(Some(position));
            continue;
        };
        if parent >= position || depths[parent] >= MAX_DEPTH {
            return Err(WriteError::Placement { position });
        }
        depths[position] = depths[parent] + 1;
        children[parent].push(position);
    }
    work.reverse();
    // An entry to begin, or the end of one.
    while let Some(next) = work.pop() {
        let Some(position) = next else {
            out.close(ENTRY);
            continue;
        };
        let entry = &entries[position];
        out.open(ENTRY);
        out.optional("Kennzeichen", entry.reference.as_deref())?;
        out.optional("Inhaltsangabe", entry.about.as_deref())?;
        out.text("ID", entry.id.as_str())?;
        disposal(out, &entry.disposal)?;
        runs(out, "Gueltigkeit", entry.runs)?;
        out.flag("Stillgelegt", entry.retired)?;
        let retention = entry.retention.ok_or(WriteError::Missing { element: "Aufbewahrungsdauer" })?;
        object::duration(out, retention)?;
        work.push(None);
        work.extend(children[position].iter().rev().copied().map(Some));
    }
    Ok(())
}
