//! Moves what the syntaxes keep elsewhere than the semantic model does.
//!
//! CII says mandate, creditor and remittance once for the whole invoice and the VAT point inside a
//! VAT breakdown; UBL says the creditor at the seller and the VAT point code in the invoicing
//! period. The plan reads such values into the group where they stand, and here they change place.
//!
//! Invariant: `after_reading(before_writing(x)) == x` for whatever the syntax can say at all.

use vir_core::Decimal;

use crate::identify;
use crate::model::{Bg, Bt, Content, Group, Value};
use crate::xml::trim;

/// Codes for the VAT point (BT-8): UNTDID 2005 as in the standard and UBL, UNTDID 2475 as in CII.
const VAT_POINTS: &[(&str, &str)] = &[("3", "5"), ("35", "29"), ("432", "72")];

/// Brings a group as read into the order of the model. Gives back the values that had no room.
pub(super) fn after_reading(root: &mut Group, kind: identify::Kind) -> Vec<Value> {
    let mut rejected = Vec::new();
    match kind {
        identify::Kind::Cii => {
            for term in [Bt::BT7, Bt::BT8] {
                let mut found = Vec::new();
                for vat in root.groups.iter_mut().filter(|group| group.id == Bg::BG23) {
                    found.extend(take(vat, term));
                }
                for value in &mut found {
                    translate(value, |(model, cii)| (cii, model));
                }
                keep_first(root, found, &mut rejected);
            }
            let remittance = take(root, Bt::BT83);
            if let Some(value) = remittance.into_iter().next() {
                if root.group(Bg::BG16).is_none() {
                    root.add_group(Group::new(Bg::BG16));
                }
                for payment in root.groups.iter_mut().filter(|group| group.id == Bg::BG16) {
                    payment.add(value.clone());
                }
            }
            for term in [Bt::BT89, Bt::BT90] {
                let found = take(root, term);
                debit(root, found, &mut rejected);
            }
            references_from_lines(root);
        }
        identify::Kind::UblInvoice | identify::Kind::UblCreditNote => {
            let mut point = Vec::new();
            if let Some(delivery) = root.groups.iter_mut().find(|group| group.id == Bg::BG13) {
                if let Some(period) = delivery.groups.iter_mut().find(|group| group.id == Bg::BG14) {
                    point = take(period, Bt::BT8);
                }
                delivery.groups.retain(|group| !group.is_empty());
            }
            keep_first(root, point, &mut rejected);
            let mut due = Vec::new();
            for payment in root.groups.iter_mut().filter(|group| group.id == Bg::BG16) {
                due.extend(take(payment, Bt::BT9));
            }
            keep_first(root, due, &mut rejected);
            let mut creditor = Vec::new();
            for party in root.groups.iter_mut().filter(|group| matches!(group.id, Bg::BG4 | Bg::BG10)) {
                creditor.extend(take(party, Bt::BT90));
            }
            debit(root, creditor, &mut rejected);
            // UBL wants an order reference where there is a sales order; NA stands for none.
            let is_placeholder = |value: &Value| value.term == Bt::BT13 && trim(&value.content.text()) == "NA";
            if root.value(Bt::BT14).is_some() {
                root.values.retain(|value| !is_placeholder(value));
            }
        }
    }
    root.groups.retain(|group| !group.is_empty());
    merge_payments(root);
    rejected
}

/// The head of an invoice as the syntax wants it. Lines and attachments are left out: they need no
/// change and are the bulk.
pub(super) fn before_writing(root: &Group, kind: identify::Kind) -> Group {
    let mut head = Group::new(Bg::BG0);
    head.values.clone_from(&root.values);
    head.groups = root.groups.iter().filter(|group| !is_bulk(group.id)).cloned().collect();
    split_payments(&mut head);
    match kind {
        identify::Kind::Cii => {
            for term in [Bt::BT7, Bt::BT8] {
                for mut value in take(&mut head, term) {
                    translate(&mut value, |(model, cii)| (model, cii));
                    head.group_mut(Bg::BG23).add(value);
                }
            }
            let mut found = Vec::new();
            for payment in head.groups.iter_mut().filter(|group| group.id == Bg::BG16) {
                found.extend(take(payment, Bt::BT83));
                for debit in payment.groups.iter_mut().filter(|group| group.id == Bg::BG19) {
                    found.extend(take(debit, Bt::BT89));
                    found.extend(take(debit, Bt::BT90));
                }
            }
            for value in found {
                if head.value(value.term).is_none() {
                    head.add(value);
                }
            }
        }
        identify::Kind::UblInvoice | identify::Kind::UblCreditNote => {
            for value in take(&mut head, Bt::BT8) {
                head.group_mut(Bg::BG13).group_mut(Bg::BG14).add(value);
            }
            if kind == identify::Kind::UblCreditNote
                && let Some(payment) = head.groups.iter().position(|group| group.id == Bg::BG16)
            {
                for value in take(&mut head, Bt::BT9) {
                    head.groups[payment].add(value);
                }
            }
            let mut creditor = Vec::new();
            for payment in head.groups.iter_mut().filter(|group| group.id == Bg::BG16) {
                for debit in payment.groups.iter_mut().filter(|group| group.id == Bg::BG19) {
                    creditor.extend(take(debit, Bt::BT90));
                }
            }
            if let Some(value) = creditor.into_iter().next() {
                head.group_mut(Bg::BG4).add(value);
            }
            if head.value(Bt::BT14).is_some() && head.value(Bt::BT13).is_none() {
                head.add(Value::new(Bt::BT13, "NA"));
            }
            // UBL wants the VAT total where there is a breakdown.
            let has_total = head.group(Bg::BG22).is_some_and(|totals| totals.value(Bt::BT110).is_some());
            if !has_total && head.group(Bg::BG23).is_some() {
                let sum: Decimal = head.groups_of(Bg::BG23).filter_map(|vat| vat.number(Bt::BT117)).sum();
                head.group_mut(Bg::BG22).set(Bt::BT110, &sum.to_string());
            }
        }
    }
    head
}

/// Preceding invoices that CII had no room for in the head.
fn references_from_lines(root: &mut Group) {
    fn collect(line: &mut Group, found: &mut Vec<Group>) {
        let (references, rest) = std::mem::take(&mut line.groups).into_iter().partition(|group| group.id == Bg::BG3);
        line.groups = rest;
        found.extend::<Vec<Group>>(references);
        for sub in line.groups.iter_mut().filter(|group| group.id == Bg::BGDEX01) {
            collect(sub, found);
        }
    }
    let mut found = Vec::new();
    for line in root.groups.iter_mut().filter(|group| group.id == Bg::BG25) {
        collect(line, &mut found);
    }
    if !found.is_empty() {
        root.groups.extend(found);
        root.groups.sort_by_key(|group| group.id);
    }
}

/// Is it one of the groups that the writer takes from the invoice itself?
pub(super) fn is_bulk(id: Bg) -> bool {
    matches!(id, Bg::BG24 | Bg::BG25)
}

fn take(group: &mut Group, term: Bt) -> Vec<Value> {
    if group.value(term).is_none() {
        return Vec::new();
    }
    let (taken, rest) = std::mem::take(&mut group.values).into_iter().partition(|value| value.term == term);
    group.values = rest;
    taken
}

fn keep_first(group: &mut Group, found: Vec<Value>, rejected: &mut Vec<Value>) {
    let mut found = found.into_iter();
    let Some(first) = found.next() else { return };
    rejected.extend(found.filter(|value| *value != first));
    group.add(first);
}

fn translate(value: &mut Value, direction: impl Fn((&'static str, &'static str)) -> (&'static str, &'static str)) {
    if value.term != Bt::BT8 {
        return;
    }
    let text = trim(&value.content.text()).to_owned();
    if let Some((_, to)) = VAT_POINTS.iter().map(|pair| direction(*pair)).find(|(from, _)| *from == text) {
        value.content = Content::Code(to.into());
    }
}

/// Puts a value of the direct debit where the direct debit is: into the instructions that have one,
/// else those with a code for direct debits, else the first.
fn debit(root: &mut Group, found: Vec<Value>, rejected: &mut Vec<Value>) {
    let mut found = found.into_iter();
    let Some(value) = found.next() else { return };
    rejected.extend(found.filter(|other| *other != value));
    let is_debit = |group: &Group| matches!(group.text(Bt::BT81), Some("59" | "49"));
    let payments = || root.groups.iter().enumerate().filter(|(_, group)| group.id == Bg::BG16);
    let at = payments()
        .find(|(_, group)| group.group(Bg::BG19).is_some_and(|debit| debit.value(Bt::BT91).is_some()))
        .or_else(|| payments().find(|(_, group)| group.group(Bg::BG19).is_some()))
        .or_else(|| payments().find(|(_, group)| is_debit(group)))
        .or_else(|| payments().next())
        .map(|(at, _)| at);
    let payment = match at {
        Some(at) => &mut root.groups[at],
        None => root.group_mut(Bg::BG16),
    };
    payment.group_mut(Bg::BG19).add(value);
}

/// Several accounts for one way of paying are one set of instructions; the syntaxes repeat the
/// instructions for each account.
fn merge_payments(root: &mut Group) {
    let mut merged: Vec<Group> = Vec::with_capacity(root.groups.len());
    for group in std::mem::take(&mut root.groups) {
        let only_transfers =
            |group: &Group| group.groups.iter().all(|inner| inner.id == Bg::BG17) && !group.groups.is_empty();
        if group.id == Bg::BG16
            && let Some(last) = merged.last_mut()
            && last.id == Bg::BG16
            && last.values == group.values
            && last.group(Bg::BG17).is_some()
            && only_transfers(&group)
        {
            last.groups.extend(group.groups);
        } else {
            merged.push(group);
        }
    }
    for payment in merged.iter_mut().filter(|group| group.id == Bg::BG16) {
        payment.groups.sort_by_key(|group| group.id);
    }
    root.groups = merged;
}

fn split_payments(head: &mut Group) {
    let mut split = Vec::with_capacity(head.groups.len());
    for mut group in std::mem::take(&mut head.groups) {
        if group.id != Bg::BG16 || group.groups_of(Bg::BG17).nth(1).is_none() {
            split.push(group);
            continue;
        }
        let (transfers, others) =
            std::mem::take(&mut group.groups).into_iter().partition::<Vec<_>, _>(|inner| inner.id == Bg::BG17);
        let values = group.values.clone();
        let mut first = Some((group, others));
        for transfer in transfers {
            let mut payment = match first.take() {
                Some((mut group, others)) => {
                    group.groups = others;
                    group
                }
                None => Group { values: values.clone(), ..Group::new(Bg::BG16) },
            };
            payment.add_group(transfer);
            split.push(payment);
        }
    }
    head.groups = split;
}
