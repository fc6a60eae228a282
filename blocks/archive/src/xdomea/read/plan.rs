//! Plans that are to be appraised: a list of entries in 3.0, a tree in 3.1, read without recursion.
//!
//! Invariant: entries come in the order of the document, parents before children.

use roxmltree::Node;

use super::{MAX_DEPTH, Reader, content};
use crate::xdomea::Uuid;
use crate::xdomea::model::{PlanEntry, PlanOffer, Retention};
use crate::xdomea::note::Reason;

impl<'d> Reader<'d> {
    pub(super) fn plan_offer(&mut self, root: Node<'d, 'd>) -> Option<PlanOffer> {
        let node = self.required(root, "Aktenplan")?;
        let id = self.needed(node, "ID", "UUID", Uuid::new);
        let (name, version) = (self.required(node, "Bezeichnung"), self.required(node, "Version"));
        let entries = self.plan_entries(node);
        let runs = self.runs(node, "Gueltigkeit");
        Some(PlanOffer {
            id: id?,
            name: content(name?),
            type_name: self.text(node, "Typ"),
            version: content(version?),
            entries: entries?,
            runs,
        })
    }

    fn plan_entries(&mut self, plan: Node<'d, 'd>) -> Option<Vec<PlanEntry>> {
        let mut waiting: Vec<_> = self.children(plan, "Einheit").map(|node| (node, None, 1)).collect();
        waiting.reverse();
        let mut entries = Vec::new();
        while let Some((node, parent, depth)) = waiting.pop() {
            if depth > MAX_DEPTH {
                self.note(node, Reason::TooDeep { limit: MAX_DEPTH });
                return None;
            }
            let id = self.needed(node, "ID", "UUID", Uuid::new);
            self.required(node, "Aussonderungsart");
            let (Some(id), Some(disposal)) = (id, self.disposal(node)) else { continue };
            let own = Some(entries.len());
            entries.push(PlanEntry {
                parent,
                id,
                disposal,
                reference: self.text(node, "Kennzeichen"),
                about: self.text(node, "Inhaltsangabe"),
                runs: self.runs(node, "Gueltigkeit"),
                retired: self.flag(node, "Stillgelegt").unwrap_or(false),
                retention: self.duration(node),
            });
            let from = waiting.len();
            waiting.extend(self.children(node, "Einheit").map(|child| (child, own, depth + 1)));
            waiting[from..].reverse();
        }
        Some(entries)
    }

    /// *Aufbewahrungsdauer* of version 3.
    pub(super) fn duration(&mut self, node: Node<'d, 'd>) -> Option<Retention> {
        let choice = self.child(node, "Aufbewahrungsdauer")?;
        let years = self.value(choice, "AnzahlJahre", "xs:unsignedShort", |text| text.parse().ok());
        let permanent = self.flag(choice, "Unbefristet").unwrap_or(false);
        years.map(Retention::Years).or(permanent.then_some(Retention::Permanent))
    }
}
