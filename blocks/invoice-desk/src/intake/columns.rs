//! From the semantic model to the columns of the row.
//!
//! Amounts are computed exactly; what is missing or no number stays empty, and what is unusual (an
//! amount beyond 90 quadrillion) as well, because a person has to look at it in any case.
//!
//! Invariant: pure; the same model and day give the same columns.

use jiff::civil::Date;
use vir_core::Decimal;
use vir_invoice::model::{Bg, Bt, Invoice};
use vir_invoice::show::{Skonto, Terms};
use vir_store::search;

use super::keys;
use crate::invoice_row::Kind;

/// What the columns of a document say. Named as in the table `invoice`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[allow(missing_docs, reason = "the columns are described in the migration")]
pub struct Columns {
    pub number: Option<String>,
    pub issue_date: Option<Date>,
    pub due_date: Option<Date>,
    pub type_code: Option<String>,
    pub seller_name: Option<String>,
    pub seller_id: Option<String>,
    pub seller_key: Option<String>,
    pub seller_email: Option<String>,
    pub buyer_reference: Option<String>,
    pub order_reference: Option<String>,
    pub contract_reference: Option<String>,
    pub accounting_reference: Option<String>,
    pub preceding_number: Option<String>,
    pub buyer_name: Option<String>,
    pub buyer_contact: Option<String>,
    pub currency: Option<String>,
    pub net_cents: Option<i64>,
    pub vat_cents: Option<i64>,
    pub gross_cents: Option<i64>,
    pub payable_cents: Option<i64>,
    pub skonto_date: Option<Date>,
    pub skonto_cents: Option<i64>,
    pub payment_means: Option<String>,
    pub payee_name: Option<String>,
    pub iban: Option<String>,
    pub bic: Option<String>,
    pub payment_reference: Option<String>,
    pub number_key: Option<String>,
}

/// The longest text that a column takes; what is longer is cut, the document has all of it.
const LONGEST: usize = 400;

impl Columns {
    /// Reads them from an invoice that came in on `today`.
    #[must_use]
    pub fn of(invoice: &Invoice, today: Date) -> Self {
        let text = |text: Option<&str>| text.and_then(column_text);
        let seller = invoice.seller();
        let seller = seller.as_ref();
        let payment = invoice.payments().next();
        let transfer = payment.and_then(|payment| payment.credit_transfers().next());
        let total = |term| invoice.total(term).as_ref().and_then(cents);
        let skonto = skonto(invoice, today);
        let seller_name = text(seller.and_then(|seller| seller.name()));
        let number = text(invoice.number());
        Self {
            number_key: number.as_deref().and_then(keys::number_key),
            number,
            issue_date: invoice.issue_date().and_then(civil),
            due_date: invoice.due_date().and_then(civil),
            type_code: text(invoice.type_code()),
            seller_id: text(seller.and_then(|seller| {
                seller.vat_id().or(seller.tax_number()).or_else(|| {
                    let registered = seller.legal_registration().and_then(|value| value.as_str());
                    registered.or_else(|| seller.identifiers().find_map(|value| value.as_str()))
                })
            })),
            seller_key: seller.and_then(keys::seller_key),
            seller_email: text(seller.and_then(|seller| {
                let electronic = seller.electronic_address().filter(|value| value.scheme() == Some("EM"));
                let contact = seller.contact().and_then(|contact| contact.email());
                contact.or_else(|| electronic.and_then(|value| value.as_str()))
            })),
            buyer_reference: text(invoice.buyer_reference()),
            order_reference: text(invoice.order_reference()),
            contract_reference: text(invoice.root.text(Bt::BT12)),
            accounting_reference: text(invoice.root.text(Bt::BT19)),
            preceding_number: text(invoice.root.group(Bg::BG3).and_then(|group| group.text(Bt::BT25))),
            buyer_name: text(invoice.buyer().and_then(|buyer| buyer.name())),
            buyer_contact: text(invoice.buyer().and_then(|buyer| buyer.contact()).and_then(|contact| contact.name())),
            currency: text(invoice.currency()),
            net_cents: total(Bt::BT109),
            vat_cents: total(Bt::BT110),
            gross_cents: total(Bt::BT112),
            payable_cents: total(Bt::BT115),
            skonto_date: skonto.map(|(date, _)| date),
            skonto_cents: skonto.map(|(_, cents)| cents),
            payment_means: text(payment.and_then(|payment| payment.means_code())),
            payee_name: text(invoice.payee().and_then(|payee| payee.name()))
                .or_else(|| text(transfer.and_then(|transfer| transfer.holder())))
                .or_else(|| seller_name.clone()),
            iban: transfer.and_then(|transfer| transfer.account()).and_then(account),
            bic: text(transfer.and_then(|transfer| transfer.bic())),
            payment_reference: text(payment.and_then(|payment| payment.remittance())),
            seller_name,
        }
    }

    /// The words of lines and notes that people search for: what was bought, and what was said about
    /// it. Each once, folded as the search folds them, numbers left out: a line's number finds nothing.
    #[must_use]
    pub fn line_words(invoice: &Invoice) -> String {
        let mut words = std::collections::BTreeSet::new();
        let texts = invoice.root.walk().filter(|(_, value)| SEARCHED.contains(&value.term));
        for said in texts.filter_map(|(_, value)| value.as_str()) {
            let plain = search::words(said).into_iter();
            words.extend(plain.filter(|word| word.len() > 2 && !word.bytes().all(|byte| byte.is_ascii_digit())));
            if words.len() >= WORDS {
                break;
            }
        }
        words.into_iter().take(WORDS).collect::<Vec<_>>().join(" ")
    }
}

/// Notes on the invoice and on lines, names and descriptions of items.
const SEARCHED: [Bt; 4] = [Bt::BT22, Bt::BT127, Bt::BT153, Bt::BT154];
/// So many words of an invoice's lines are found: a catalogue as an invoice must not fill the index.
const WORDS: usize = 300;

/// What it is, by the code of its type (BT-3).
#[must_use]
pub fn kind(invoice: &Invoice) -> Kind {
    match (invoice.type_code(), invoice.kind) {
        (Some("384"), _) => Kind::Correction,
        (_, vir_invoice::model::Kind::CreditNote) => Kind::CreditNote,
        (_, vir_invoice::model::Kind::Invoice) => Kind::Invoice,
    }
}

/// An amount in minor units, rounded commercially.
#[must_use]
pub fn cents(amount: &Decimal) -> Option<i64> {
    let text = amount.round_half_up(2).to_string();
    let (sign, digits) = text.strip_prefix('-').map_or((1, text.as_str()), |rest| (-1, rest));
    let (whole, part) = digits.split_once('.').unwrap_or((digits, "00"));
    let whole: i64 = whole.parse().ok()?;
    let part: i64 = part.parse().ok()?;
    whole.checked_mul(100)?.checked_add(part)?.checked_mul(sign)
}

/// The best cash discount that can still be had on `today`, or else the last that was lost: its
/// last day and what it saves.
fn skonto(invoice: &Invoice, today: Date) -> Option<(Date, i64)> {
    let due = invoice.total_amount_due()?;
    let issued = invoice.issue_date()?;
    let offers: Vec<(Date, i64)> = Terms::parse(invoice.payment_terms()?)
        .into_iter()
        .filter_map(|terms| match terms {
            Terms::Skonto(skonto) if !skonto.late => Some(skonto),
            _ => None,
        })
        .filter_map(|skonto: Skonto| Some((civil(issued.plus_days(skonto.days)?)?, cents(&skonto.discount(&due))?)))
        .filter(|(_, saved)| *saved > 0)
        .collect();
    let open = offers.iter().filter(|(until, _)| *until >= today).max_by_key(|(until, saved)| (*saved, *until));
    open.or_else(|| offers.iter().max()).copied()
}

fn civil(date: vir_invoice::model::Date) -> Option<Date> {
    Date::new(i16::try_from(date.year()).ok()?, i8::try_from(date.month()).ok()?, i8::try_from(date.day()).ok()?).ok()
}

/// Text for a column: one line, without control characters, not too long. PostgreSQL takes no NUL.
#[must_use]
pub fn column_text(text: &str) -> Option<String> {
    let mut kept = String::with_capacity(text.len().min(LONGEST));
    let mut count = 0;
    for word in text.split(|c: char| c.is_whitespace() || c.is_control()).filter(|word| !word.is_empty()) {
        if !kept.is_empty() {
            kept.push(' ');
        }
        kept.push_str(word);
        count += word.len() + 1;
        if count > LONGEST {
            break;
        }
    }
    if kept.chars().count() > LONGEST {
        kept = kept.chars().take(LONGEST - 1).chain(['…']).collect();
    }
    (!kept.is_empty()).then_some(kept)
}

/// An account as it is compared and paid: upper case, without blanks.
fn account(text: &str) -> Option<String> {
    let text: String = text.chars().filter(|c| !c.is_whitespace() && !c.is_control()).take(64).collect();
    (!text.is_empty()).then(|| text.to_uppercase())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use vir_invoice::{bindings, xml};

    use super::*;

    fn day(text: &str) -> Date {
        text.parse().unwrap()
    }

    fn sample(bytes: &[u8]) -> Invoice {
        bindings::read_values(&xml::parse(bytes).unwrap())
    }

    #[test]
    fn both_syntaxes_give_the_same_columns() {
        let ubl = sample(include_bytes!("../../../invoice/samples/small-ubl.xml"));
        let cii = sample(include_bytes!("../../../invoice/samples/small-cii.xml"));
        let columns = Columns::of(&ubl, day("2026-11-22"));
        assert_eq!(columns, Columns::of(&cii, day("2026-11-22")));
        assert_eq!(columns.number.as_deref(), Some("2026-88"));
        assert_eq!(columns.payable_cents, Some(4153));
        assert_eq!(columns.seller_name.as_deref(), Some("Bürobedarf Petersen e. K."));
        let words = Columns::line_words(&ubl);
        assert_eq!(words, Columns::line_words(&cii));
        assert!(["ordner", "breit", "grau"].iter().all(|word| words.split(' ').any(|one| one == *word)), "{words}");
    }

    #[test]
    fn money_is_exact() {
        for (text, expect) in [
            ("41.53", Some(4153)),
            ("-0.005", Some(-1)),
            ("0.004", Some(0)),
            ("12", Some(1200)),
            ("-7.10", Some(-710)),
            ("92233720368547758.07", Some(i64::MAX)),
            ("92233720368547758.08", None),
        ] {
            assert_eq!(cents(&text.parse().unwrap()), expect, "{text}");
        }
    }

    #[test]
    fn the_best_discount_that_can_be_had_counts() {
        let mut invoice = sample(include_bytes!("../../../invoice/samples/small-ubl.xml"));
        invoice.root.set(Bt::BT2, "2026-11-01");
        invoice.root.group_mut(Bg::BG22).set(Bt::BT115, "119.00");
        invoice.root.set(
            Bt::BT20,
            "#SKONTO#TAGE=7#PROZENT=3.00#\n#SKONTO#TAGE=14#PROZENT=2.00#\n#VERZUG#TAGE=30#PROZENT=9.00#\n30 Tage netto",
        );
        let skonto = |today: &str| super::skonto(&invoice, day(today));
        assert_eq!(skonto("2026-11-08"), Some((day("2026-11-08"), 357)));
        assert_eq!(skonto("2026-11-09"), Some((day("2026-11-15"), 238)));
        assert_eq!(skonto("2026-12-24"), Some((day("2026-11-15"), 238)), "lost");
    }

    #[test]
    fn texts_for_columns_are_short_and_plain() {
        assert_eq!(column_text(" a\u{0}b\n\t c "), Some("a b c".to_owned()));
        assert_eq!(column_text(" \n"), None);
        assert_eq!(column_text(&"x".repeat(5000)).unwrap().chars().count(), LONGEST);
    }
}
