//! What a run pays: which invoices become which transfers, and how credit notes are set off.
//!
//! One invoice is one transfer, because that is what a supplier can match. A credit note is set off
//! against invoices of the same account: as few of them as cover it. What no invoice covers is held and
//! named; a credit note is never paid out by transfer, nor forgotten.
//!
//! Invariant: every payable is in exactly one transfer or held, and the transfers' sum is the sum of
//! their payables.

use std::collections::BTreeMap;

use vir_core::Text;

use super::iban::Iban;
use super::sepa_text::sepa_text;

/// Money owed or to be set off.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PayableKind {
    /// We owe it.
    Invoice,
    /// The seller owes it: a credit note.
    CreditNote,
}

/// One invoice of a run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Payable {
    /// Its id in the register.
    pub invoice: String,
    /// The number that the seller gave (BT-1).
    pub number: String,
    /// Invoice or credit note.
    pub kind: PayableKind,
    /// Amount due in cents (BT-115), above zero in both kinds.
    pub cents: i64,
    /// The cash discount that is taken, in cents.
    pub discount: i64,
    /// Currency (BT-5).
    pub currency: String,
    /// How to pay (BT-81, UNTDID 4461).
    pub means: String,
    /// The payee's account as written (BT-84).
    pub iban: String,
    /// What the payee wants to read (BT-83).
    pub reference: Option<String>,
    /// Whom to pay (BT-85, or the payee's or seller's name).
    pub creditor: String,
}

/// A transfer to be: which invoices, how much, and what it says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Planned {
    /// The account.
    pub iban: Iban,
    /// Whom to pay.
    pub creditor: String,
    /// The invoices and credit notes in it.
    pub invoices: Vec<String>,
    /// How much, in cents.
    pub cents: i64,
    /// What the payee reads, at most 140 characters.
    pub remittance: String,
}

/// Something that is not paid, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Held {
    /// Its id in the register.
    pub invoice: String,
    /// Its number.
    pub number: String,
    /// Why.
    pub reason: Text,
}

/// What is paid and what is not.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Plan {
    /// The transfers.
    pub transfers: Vec<Planned>,
    /// What stays.
    pub held: Vec<Held>,
}

impl Plan {
    /// The sum of all transfers in cents.
    #[must_use]
    pub fn total(&self) -> i64 {
        self.transfers.iter().map(|transfer| transfer.cents).sum()
    }
}

impl Payable {
    fn net(&self) -> i64 {
        match self.kind {
            PayableKind::Invoice => self.cents - self.discount,
            PayableKind::CreditNote => -self.cents,
        }
    }

    fn label(&self) -> String {
        let kind = if self.kind == PayableKind::Invoice { "RE" } else { "GS" };
        let discount = if self.discount > 0 { " abz. Skonto" } else { "" };
        format!("{kind} {}{discount}", self.number)
    }

    /// Why this one cannot be paid by transfer.
    fn obstacle(&self) -> Option<Text> {
        if self.currency != "EUR" {
            return Some(Text::owned(
                format!(
                    "Rechnung in {}: SEPA-Überweisungen sind nur in Euro möglich. Zahlen Sie sie bei der Bank, und vermerken Sie die Zahlung an der Rechnung.",
                    self.currency
                ),
                format!(
                    "Invoice in {}: SEPA transfers are in euro only. Pay it at the bank, and record the payment with the invoice.",
                    self.currency
                ),
            ));
        }
        // UNTDID 4461: 49 direct debit, 59 SEPA direct debit, 48, 54, 55 cards, 10 cash, 97 settled between partners.
        let reason = match self.means.as_str() {
            "49" | "59" => Some((
                "Wird per Lastschrift eingezogen. Vermerken Sie die Zahlung an der Rechnung, wenn sie abgebucht ist.",
                "Will be collected by direct debit. Record the payment with the invoice when it was collected.",
            )),
            "48" | "54" | "55" => Some((
                "Wurde mit Karte bezahlt. Vermerken Sie die Zahlung an der Rechnung.",
                "Was paid by card. Record the payment with the invoice.",
            )),
            "10" => Some((
                "Ist bar zu zahlen. Vermerken Sie die Zahlung an der Rechnung.",
                "Is to be paid in cash. Record the payment with the invoice.",
            )),
            "97" => Some(("Wird zwischen den Partnern verrechnet.", "Is settled between the partners.")),
            _ => None,
        };
        if let Some((de, en)) = reason {
            return Some(Text::new(de, en));
        }
        if self.cents <= 0 || (self.kind == PayableKind::Invoice && self.net() <= 0) {
            return Some(Text::new(
                "Es ist nichts zu zahlen. Vermerken Sie das an der Rechnung als Zahlung.",
                "There is nothing to pay. Record that with the invoice as its payment.",
            ));
        }
        None
    }
}

/// Plans the transfers of a run.
#[must_use]
pub fn plan(payables: Vec<Payable>) -> Plan {
    let mut plan = Plan::default();
    let mut by_account: BTreeMap<Iban, (Vec<Payable>, Vec<Payable>)> = BTreeMap::new();
    for payable in payables {
        if let Some(reason) = payable.obstacle() {
            plan.hold(&payable, reason);
            continue;
        }
        match payable.iban.parse::<Iban>() {
            Err(error) => plan.hold(&payable, error.text()),
            Ok(iban) => {
                let (invoices, credits) = by_account.entry(iban).or_default();
                if payable.kind == PayableKind::Invoice { invoices.push(payable) } else { credits.push(payable) }
            }
        }
    }
    for (iban, (mut invoices, mut credits)) in by_account {
        // The largest invoices first: they cover a credit note with the fewest.
        invoices.sort_by(|a, b| b.net().cmp(&a.net()).then_with(|| a.number.cmp(&b.number)));
        credits.sort_by(|a, b| b.cents.cmp(&a.cents).then_with(|| a.number.cmp(&b.number)));
        let mut group: Vec<Payable> = Vec::new();
        let mut rest = invoices.into_iter();
        for credit in credits {
            let mut taken = Vec::new();
            let mut sum = group.iter().map(Payable::net).sum::<i64>() + credit.net();
            while sum <= 0 {
                let Some(next) = rest.next() else { break };
                sum += next.net();
                taken.push(next);
            }
            let labels = labels(group.iter().chain(&taken).chain(std::iter::once(&credit)));
            if sum > 0 && labels.len() <= 140 {
                group.append(&mut taken);
                group.push(credit);
            } else {
                plan.hold(
                    &credit,
                    Text::new(
                        "Gutschrift: Keine Rechnung dieses Laufs an dasselbe Konto deckt sie.",
                        "Credit note: no invoice of this run to the same account covers it.",
                    ),
                );
                let back = taken.into_iter().chain(rest).collect::<Vec<_>>();
                rest = back.into_iter();
            }
        }
        if !group.is_empty() {
            let remittance = labels(group.iter());
            plan.transfers.push(Planned::of(&iban, &group, remittance));
        }
        for invoice in rest {
            let own = invoice.reference.as_deref().map(|reference| sepa_text(reference, 140)).unwrap_or_default();
            let remittance = if own.is_empty() { sepa_text(&invoice.label(), 140) } else { own };
            plan.transfers.push(Planned::of(&iban, std::slice::from_ref(&invoice), remittance));
        }
    }
    plan
}

fn labels<'a>(payables: impl Iterator<Item = &'a Payable>) -> String {
    sepa_text(&payables.map(Payable::label).collect::<Vec<_>>().join(", "), 400)
}

impl Plan {
    fn hold(&mut self, payable: &Payable, reason: Text) {
        self.held.push(Held { invoice: payable.invoice.clone(), number: payable.number.clone(), reason });
    }
}

impl Planned {
    fn of(iban: &Iban, payables: &[Payable], remittance: String) -> Self {
        Self {
            iban: iban.clone(),
            creditor: payables.first().map(|payable| payable.creditor.clone()).unwrap_or_default(),
            invoices: payables.iter().map(|payable| payable.invoice.clone()).collect(),
            cents: payables.iter().map(Payable::net).sum(),
            remittance,
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::iban::german_iban;
    use super::*;

    fn payable(number: usize, account: u64, kind: PayableKind, cents: i64) -> Payable {
        Payable {
            invoice: format!("id-{number}"),
            number: format!("{number}"),
            kind,
            cents,
            discount: 0,
            currency: "EUR".to_owned(),
            means: "58".to_owned(),
            iban: german_iban(25_050_000, account),
            reference: None,
            creditor: "Holm".to_owned(),
        }
    }

    use PayableKind::{CreditNote, Invoice};

    #[test]
    fn a_credit_note_is_set_off_with_the_fewest_invoices() {
        let plan = plan(vec![
            payable(1, 7, Invoice, 100),
            payable(2, 7, Invoice, 5000),
            payable(3, 7, CreditNote, 3000),
            payable(4, 8, CreditNote, 10),
        ]);
        let seen: Vec<_> = plan.transfers.iter().map(|t| (t.cents, t.remittance.as_str())).collect();
        assert_eq!(seen, [(2000, "RE 2, GS 3"), (100, "RE 1")]);
        assert_eq!(plan.held.iter().map(|held| held.number.as_str()).collect::<Vec<_>>(), ["4"]);
    }

    #[test]
    fn what_cannot_be_transferred_is_held_with_its_reason() {
        let debit = Payable { means: "59".to_owned(), ..payable(1, 7, Invoice, 100) };
        let dollars = Payable { currency: "USD".to_owned(), ..payable(2, 7, Invoice, 100) };
        let nowhere = Payable { iban: String::new(), ..payable(3, 7, Invoice, 100) };
        let plan = plan(vec![debit, dollars, nowhere]);
        assert!(plan.transfers.is_empty());
        let reasons: Vec<&str> = plan.held.iter().map(|held| held.reason.de.as_ref()).collect();
        assert_eq!(
            reasons,
            [
                "Wird per Lastschrift eingezogen. Vermerken Sie die Zahlung an der Rechnung, wenn sie abgebucht ist.",
                "Rechnung in USD: SEPA-Überweisungen sind nur in Euro möglich. Zahlen Sie sie bei der Bank, und vermerken Sie die Zahlung an der Rechnung.",
                "Die IBAN fehlt."
            ]
        );
    }

    proptest! {
        #[test]
        fn nothing_is_lost_or_doubled(payables in proptest::collection::vec((0_u64..4, any::<bool>(), 1_i64..100_000), 0..40)) {
            let payables: Vec<Payable> = payables
                .iter()
                .enumerate()
                .map(|(i, (account, credit, cents))| payable(i, *account, if *credit { CreditNote } else { Invoice }, *cents))
                .collect();
            let plan = plan(payables.clone());
            let mut seen: Vec<&str> = plan.transfers.iter().flat_map(|t| t.invoices.iter().map(String::as_str)).collect();
            seen.extend(plan.held.iter().map(|held| held.invoice.as_str()));
            seen.sort_unstable();
            let mut all: Vec<&str> = payables.iter().map(|p| p.invoice.as_str()).collect();
            all.sort_unstable();
            prop_assert_eq!(seen, all);
            let held: i64 = payables.iter().filter(|p| plan.held.iter().any(|h| h.invoice == p.invoice)).map(Payable::net).sum();
            prop_assert_eq!(plan.total() + held, payables.iter().map(Payable::net).sum::<i64>());
            prop_assert!(plan.transfers.iter().all(|t| t.cents > 0 && t.remittance.len() <= 140));
            prop_assert!(plan.held.iter().all(|h| payables.iter().any(|p| p.invoice == h.invoice && p.kind == CreditNote)));
        }
    }
}
