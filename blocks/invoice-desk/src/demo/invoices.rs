//! Invoices of the demo: a stream that depends on nothing but a seed and a day.
//!
//! Every invoice is made by [`vir_invoice::create`], as a supplier's software would make it; some are
//! then spoiled, sent twice, or lack what they should have, as it happens.
//!
//! Invariant: the same seed and day give the same bytes.

use jiff::ToSpan;
use jiff::civil::Date;
use serde_json::{Value, json};
use vir_invoice::create::{self, CreateError, Draft};
use vir_invoice::{bindings, convert};

use crate::intake::columns::Columns;

use super::suppliers::{SUPPLIERS, Supplier};
use super::town;

/// A sequence of numbers that looks random and is the same everywhere (SplitMix64).
#[derive(Debug, Clone)]
pub struct Dice(u64);

impl Dice {
    /// Starts from a seed.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// A number from 0 to below `end`; 0 where `end` is 0.
    pub fn below(&mut self, end: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        (mixed ^ (mixed >> 31)).checked_rem(end).unwrap_or(0)
    }

    /// True once in `often`.
    pub fn once_in(&mut self, often: u64) -> bool {
        self.below(often) == 0
    }

    /// One of a list that is not empty.
    pub fn pick<'a, T>(&mut self, list: &'a [T]) -> &'a T {
        let index = self.below(list.len() as u64);
        &list[usize::try_from(index).expect("an index below the length")]
    }
}

/// What is peculiar about an invoice.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Peculiarity {
    /// Nothing.
    None,
    /// Names no Leitweg-ID of the town: nobody knows where it belongs.
    Unroutable,
    /// Breaks a rule.
    Faulty,
    /// Came before, in the other syntax.
    Duplicate,
    /// A credit note for an earlier invoice.
    CreditNote,
    /// Not readable at all.
    Broken,
}

/// An invoice as it arrives.
#[derive(Debug, Clone)]
pub struct Arrival {
    /// Name of the file.
    pub file_name: String,
    /// The file.
    pub bytes: Vec<u8>,
    /// The day on which it arrives.
    pub day: Date,
    /// Index in [`SUPPLIERS`].
    pub supplier: usize,
    /// The key of the unit that it is for.
    pub unit: &'static str,
    /// What is peculiar.
    pub peculiarity: Peculiarity,
    /// The amount due, in cents, as the desk reads it.
    pub payable_cents: i64,
}

/// The last `count` invoices up to `today`, in the order of their arrival.
///
/// # Errors
/// Where a draft is refused; the table of suppliers would be wrong then.
pub fn arrivals(seed: u64, today: Date, count: usize) -> Result<Vec<Arrival>, CreateError> {
    let mut dice = Dice::new(seed);
    let mut made: Vec<Arrival> = Vec::with_capacity(count);
    let mut last: Option<(Value, usize)> = None;
    for index in 0..count {
        // About four months, denser towards today.
        let back = (count - index) * 120 / count.max(1);
        let day = today.saturating_sub(i64::try_from(back).unwrap_or(0).days());
        let choice = usize::try_from(dice.below(SUPPLIERS.len() as u64)).expect("an index below the length");
        let peculiarity = match dice.below(40) {
            0 | 1 => Peculiarity::Unroutable,
            2 | 3 => Peculiarity::Faulty,
            4 if last.is_some() => Peculiarity::Duplicate,
            5 if last.is_some() => Peculiarity::CreditNote,
            6 if index % 3 == 0 => Peculiarity::Broken,
            _ => Peculiarity::None,
        };
        let (draft, supplier) = match (peculiarity, &last) {
            (Peculiarity::Duplicate, Some((draft, supplier))) => (draft.clone(), *supplier),
            (Peculiarity::CreditNote, Some((draft, supplier))) => (credit(draft, day), *supplier),
            _ => (draft(&mut dice, choice, index, day, peculiarity), choice),
        };
        let mut arrival = arrive(&mut dice, &draft, supplier, day, peculiarity)?;
        if peculiarity == Peculiarity::Broken {
            let end = arrival.bytes.len() / 2;
            arrival.bytes.truncate(end);
        }
        if peculiarity == Peculiarity::None {
            last = Some((draft, supplier));
        }
        made.push(arrival);
    }
    Ok(made)
}

fn draft(dice: &mut Dice, choice: usize, index: usize, day: Date, peculiarity: Peculiarity) -> Value {
    let supplier = &SUPPLIERS[choice];
    let issued = day.saturating_sub(i64::try_from(dice.below(4)).unwrap_or(0).days());
    let unit = town::unit_of(supplier.buyer).expect("a test asserts that suppliers sell to units that exist");
    let reference = match peculiarity {
        Peculiarity::Unroutable => json!("Bestellung per Telefon"),
        _ => json!(unit.leitweg_id()),
    };
    let (street, code, city) = supplier.address;
    let number = format!("{}-{}{:04}", issued.year(), 1 + choice % 9, 100 + index);
    let lines: Vec<Value> =
        (0..=dice.below(supplier.articles.len() as u64)).map(|line| article(dice, supplier, line)).collect();
    let mut draft = json!({
        "number": number,
        "issueDate": issued.to_string(),
        "dueDate": issued.saturating_add(supplier.days.days()).to_string(),
        "buyerReference": reference,
        "notes": [format!("Lieferung und Leistung für: {}", unit.name)],
        "seller": {
            "name": supplier.name,
            "vatId": format!("DE{:09}", 811_000_100 + choice * 7_919),
            "address": { "street": street, "postCode": code, "city": city },
            "contact": {
                "name": "Rechnungsstelle",
                "phone": format!("+49 4999 {:06}", 100_000 + choice * 373),
                "email": format!("rechnung@{}.example", supplier.domain),
            },
        },
        "buyer": {
            "name": town::NAME,
            "electronicAddress": { "scheme": "EM", "id": "rechnung@gruenensiel.example" },
            "address": { "street": "Rathausplatz 1", "postCode": "26997", "city": "Grünensiel" },
        },
        "delivery": { "date": issued.to_string() },
        "payment": {
            "iban": iban(choice),
            "reference": number,
            "terms": format!("Zahlbar innerhalb von {} Tagen.", supplier.days),
        },
        "lines": lines,
    });
    if !dice.once_in(3) {
        draft["orderReference"] = json!(format!("B-{}-{:03}", issued.year(), 100 + dice.below(800)));
    }
    if let Some((days, percent)) = supplier.skonto {
        draft["payment"]["skonto"] = json!([{ "days": days, "percent": percent }]);
    }
    draft
}

fn article(dice: &mut Dice, supplier: &Supplier, line: u64) -> Value {
    let index = usize::try_from(line).expect("a handful of lines") % supplier.articles.len();
    let article = &supplier.articles[index];
    let quantity = 1 + dice.below(u64::try_from(article.most).unwrap_or(1));
    let vat = match article.rate {
        0 => json!({ "category": "E", "rate": 0, "exemptionReason": "Steuerfrei nach § 4 Nr. 14 UStG" }),
        rate => json!({ "rate": rate }),
    };
    let price = format!("{}.{:02}", article.cents / 100, article.cents % 100);
    json!({ "name": article.name, "quantity": quantity, "unit": article.unit, "price": price, "vat": vat })
}

/// A credit note over the first line of an invoice.
fn credit(invoice: &Value, day: Date) -> Value {
    let mut draft = invoice.clone();
    let number = invoice["number"].as_str().unwrap_or_default();
    draft["precedingInvoice"] = json!(number);
    draft["number"] = json!(format!("G-{number}"));
    draft["type"] = json!("381");
    draft["issueDate"] = json!(day.to_string());
    draft["dueDate"] = json!(day.to_string());
    draft["payment"] = json!({ "means": "58", "iban": invoice["payment"]["iban"], "terms": "Wird mit der nächsten Rechnung verrechnet." });
    draft["lines"] = json!([invoice["lines"][0]]);
    draft
}

fn arrive(
    dice: &mut Dice,
    draft: &Value,
    supplier: usize,
    day: Date,
    peculiarity: Peculiarity,
) -> Result<Arrival, CreateError> {
    let draft = Draft::from_json(&draft.to_string())?;
    let invoice = create::invoice(&draft)?;
    let as_cii = (supplier % 3 == 1) != (peculiarity == Peculiarity::Duplicate);
    let text =
        if as_cii { bindings::write_cii(&invoice) } else { bindings::write(&invoice, convert::ubl_kind(&invoice)) };
    let mut text = text.expect("a created invoice can be written in both syntaxes");
    if peculiarity == Peculiarity::Faulty {
        spoil(dice, &mut text);
    }
    let name = vir_invoice::safe_name::safe_name(&draft.number, "rechnung");
    Ok(Arrival {
        file_name: format!("{name}.xml"),
        bytes: text.into_bytes(),
        day,
        supplier,
        unit: SUPPLIERS[supplier].buyer,
        peculiarity,
        payable_cents: Columns::of(&invoice, day).payable_cents.unwrap_or(0),
    })
}

/// Breaks a rule that real invoices break: a wrong sum, or the seller's contact is missing.
fn spoil(dice: &mut Dice, text: &mut String) {
    let wrong_sum = |text: &str, open: &str, close: &str| {
        let start = text.find(open)? + text[text.find(open)?..].find('>')? + 1;
        let end = start + text[start..].find(close)?;
        let amount: vir_core::Decimal = text[start..end].parse().ok()?;
        let more: vir_core::Decimal = "1.00".parse().ok()?;
        Some(format!("{}{}{}", &text[..start], amount + more, &text[end..]))
    };
    let spoiled = if text.contains("<cbc:PayableAmount") && !dice.once_in(3) {
        wrong_sum(text, "<cbc:PayableAmount", "</cbc:PayableAmount>")
    } else {
        let without = |open: &str, close: &str| {
            let start = text.find(open)?;
            let end = start + text[start..].find(close)? + close.len();
            Some(format!("{}{}", &text[..start], &text[end..]))
        };
        without("<cbc:BuyerReference>", "</cbc:BuyerReference>")
            .or_else(|| without("<ram:BuyerReference>", "</ram:BuyerReference>"))
    };
    if let Some(spoiled) = spoiled {
        *text = spoiled;
    }
}

/// An IBAN with right check digits at a bank that does not exist.
fn iban(choice: usize) -> String {
    let account = format!("99{:06}{:010}", 100_000 + choice, 4_711_000 + choice * 131);
    // "DE00" behind the account, letters as numbers (ISO 13616): D = 13, E = 14.
    let remainder =
        format!("{account}131400").bytes().fold(0_u32, |rest, digit| (rest * 10 + u32::from(digit - b'0')) % 97);
    format!("DE{:02}{account}", 98 - remainder)
}

#[cfg(test)]
mod tests {
    use super::*;
    use vir_invoice::check::{Options, Verdict, check};

    fn today() -> Date {
        jiff::civil::date(2026, 11, 22)
    }

    #[test]
    fn the_same_seed_gives_the_same_bytes() {
        let bytes =
            |seed| arrivals(seed, today(), 30).unwrap().into_iter().map(|arrival| arrival.bytes).collect::<Vec<_>>();
        assert_eq!(bytes(1), bytes(1));
        assert_ne!(bytes(1), bytes(2));
    }

    #[test]
    fn invoices_are_accepted_but_for_those_that_are_faulty_or_broken() {
        for arrival in arrivals(7, today(), 150).unwrap() {
            let report = check(&arrival.bytes, &Options::default());
            let wrong = matches!(arrival.peculiarity, Peculiarity::Faulty | Peculiarity::Broken);
            let findings: Vec<_> = report.findings.iter().map(|finding| (&finding.rule, &finding.message.en)).collect();
            assert_eq!(
                report.verdict == Verdict::Accept,
                !wrong,
                "{} {:?} {findings:?}\n{}",
                arrival.file_name,
                arrival.peculiarity,
                String::from_utf8_lossy(&arrival.bytes)
            );
        }
    }
}
