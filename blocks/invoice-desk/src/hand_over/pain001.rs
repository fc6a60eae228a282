//! The SEPA credit transfer file that a bank takes: pain.001.001.09.
//!
//! Source: ISO 20022 pain.001.001.09 in the subset of the German banks (DFÜ-Abkommen, Anlage 3 from
//! version 3.9, technical validation subset GBIC_5 of 2025-04-01): service level SEPA, EUR only, control
//! sums at both levels, a debtor's bank without BIC as `NOTPROVIDED`, an address only in structured (or
//! hybrid) form with town and country, one line of remittance information of 140 characters or one
//! creditor reference.
//!
//! Addresses (Regulation (EU) 2023/1113, article 4; SEPA rulebook 2025, AT-P005): the payer's is written
//! where a payee's account lies outside the European Economic Area, and only then; in structured form,
//! because banks refuse others since November 2026. The payee's is optional everywhere and written only
//! there, where it is known.
//!
//! What we leave out on purpose: addresses inside the European Economic Area (nobody needs them, and data
//! that is not sent cannot be wrong), instant payments, salaries.
//!
//! Invariant: the file says the sum and the number of what is in it, and the same [`PaymentFile`] gives the
//! same bytes.

use std::collections::BTreeSet;
use std::fmt::Write;

use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use vir_core::Text;

use super::iban::Iban;
use super::sepa_text::{is_creditor_reference, sepa_id, sepa_text};
use super::target::is_target_day;

/// The most that one transfer may be, in cents (AT-T002: 999,999,999.99).
const MOST_CENTS: i64 = 99_999_999_999;

/// Who pays.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Account {
    /// Name of the holder.
    pub name: String,
    /// The account.
    pub iban: Iban,
    /// BIC; the bank knows itself without.
    pub bic: Option<String>,
    /// Address of the holder; only written where a payee's account is outside the European Economic Area.
    pub address: Address,
}

/// A structured address: town and country at least.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Address {
    /// Street and number.
    pub street: String,
    /// Post code.
    pub post_code: String,
    /// Town; without it no address is written.
    pub town: String,
    /// Country, ISO 3166-1; without it no address is written.
    pub country: String,
}

/// One credit transfer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Transfer {
    /// Comes back in every status report and statement; unique in the file, and for ever for the payer.
    pub end_to_end_id: String,
    /// Whom to pay.
    pub creditor: String,
    /// Where to.
    pub iban: Iban,
    /// BIC of the payee's bank; only needed outside of the European Economic Area.
    pub bic: Option<String>,
    /// Address of the payee; only written outside of the European Economic Area.
    pub address: Address,
    /// How much, in cents.
    pub cents: i64,
    /// What the payee reads: its own reference (BT-83) or the numbers of the invoices.
    pub remittance: String,
}

/// What a payment file says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PaymentFile {
    /// Identifies the file at the bank, which refuses a second one with the same.
    pub message_id: String,
    /// When it was made.
    pub created: Timestamp,
    /// Who pays, and from where.
    pub debtor: Account,
    /// When the bank shall execute; a TARGET day.
    pub execution: Date,
    /// One booking for all of it on the statement, instead of one for each transfer.
    pub batch_booking: bool,
    /// The transfers.
    pub transfers: Vec<Transfer>,
}

/// Why no file can be made.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum FileError {
    /// There is nothing to pay.
    #[error("there is no transfer")]
    Nothing,
    /// An amount that cannot be transferred.
    #[error("{id}: {cents} cents cannot be transferred")]
    Amount {
        /// Which transfer.
        id: String,
        /// The amount.
        cents: i64,
    },
    /// An identification that is missing, has characters that banks refuse, or occurs twice.
    #[error("{0:?} is no unique identification")]
    Id(String),
    /// A payee without a name that could be written.
    #[error("{0}: the payee has no name")]
    Creditor(String),
    /// The bank does not execute on that day.
    #[error("{0} is no TARGET day")]
    Day(Date),
}

impl FileError {
    /// The reason for people.
    #[must_use]
    pub fn text(&self) -> Text {
        match self {
            Self::Nothing => Text::new("Es ist nichts zu überweisen.", "There is nothing to transfer."),
            Self::Amount { id, cents } => Text::owned(
                format!("{id}: Der Betrag ({cents} Cent) kann nicht überwiesen werden."),
                format!("{id}: the amount ({cents} cents) cannot be transferred."),
            ),
            Self::Id(id) => Text::owned(
                format!("„{id}“ ist keine eindeutige Kennung."),
                format!("\"{id}\" is no unique identification."),
            ),
            Self::Creditor(id) => Text::owned(
                format!("{id}: Der Zahlungsempfänger hat keinen Namen."),
                format!("{id}: the payee has no name."),
            ),
            Self::Day(day) => Text::owned(
                format!("Am {day} führen Banken keine Überweisungen aus."),
                format!("Banks execute no transfers on {day}."),
            ),
        }
    }
}

impl PaymentFile {
    /// The sum of all transfers in cents.
    #[must_use]
    pub fn control_sum(&self) -> i64 {
        self.transfers.iter().map(|transfer| transfer.cents).sum()
    }

    /// Is every payee's account in the European Economic Area?
    #[must_use]
    pub fn stays_in_eea(&self) -> bool {
        self.transfers.iter().all(|transfer| transfer.iban.is_in_eea())
    }

    fn check(&self) -> Result<(), FileError> {
        if self.transfers.is_empty() {
            return Err(FileError::Nothing);
        }
        if !is_target_day(self.execution) {
            return Err(FileError::Day(self.execution));
        }
        let mut seen = BTreeSet::new();
        for id in std::iter::once(&self.message_id).chain(self.transfers.iter().map(|t| &t.end_to_end_id)) {
            if id.is_empty() || sepa_id(id, 35) != *id || !seen.insert(id) {
                return Err(FileError::Id(id.clone()));
            }
        }
        for transfer in &self.transfers {
            let id = || transfer.end_to_end_id.clone();
            if !(1..=MOST_CENTS).contains(&transfer.cents) {
                return Err(FileError::Amount { id: id(), cents: transfer.cents });
            }
            if sepa_text(&transfer.creditor, 70).is_empty() {
                return Err(FileError::Creditor(id()));
            }
        }
        Ok(())
    }
}

/// Writes the file.
///
/// # Errors
/// Where the bank would refuse it; see [`FileError`].
pub fn write_pain001(file: &PaymentFile) -> Result<String, FileError> {
    file.check()?;
    let mut xml = Xml(String::with_capacity(1024 + file.transfers.len() * 700));
    let (count, sum) = (file.transfers.len().to_string(), euros(file.control_sum()));
    let debtor = sepa_text(&file.debtor.name, 70);
    xml.0.push_str("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    xml.open("Document xmlns=\"urn:iso:std:iso:20022:tech:xsd:pain.001.001.09\"");
    xml.open("CstmrCdtTrfInitn");
    xml.open("GrpHdr");
    xml.text("MsgId", &file.message_id);
    xml.text("CreDtTm", &file.created.strftime("%Y-%m-%dT%H:%M:%SZ").to_string());
    xml.text("NbOfTxs", &count);
    xml.text("CtrlSum", &sum);
    xml.within("InitgPty", |xml| xml.text("Nm", &debtor));
    xml.close("GrpHdr");
    xml.open("PmtInf");
    xml.text("PmtInfId", &sepa_id(&file.message_id, 35));
    xml.text("PmtMtd", "TRF");
    xml.text("BtchBookg", if file.batch_booking { "true" } else { "false" });
    xml.text("NbOfTxs", &count);
    xml.text("CtrlSum", &sum);
    xml.within("PmtTpInf", |xml| xml.within("SvcLvl", |xml| xml.text("Cd", "SEPA")));
    xml.within("ReqdExctnDt", |xml| xml.text("Dt", &file.execution.to_string()));
    xml.within("Dbtr", |xml| {
        xml.text("Nm", &debtor);
        if !file.stays_in_eea() {
            write_address(xml, &file.debtor.address);
        }
    });
    xml.within("DbtrAcct", |xml| xml.within("Id", |xml| xml.text("IBAN", file.debtor.iban.as_str())));
    xml.within("DbtrAgt", |xml| {
        xml.within("FinInstnId", |xml| match bic(file.debtor.bic.as_deref()) {
            Some(bic) => xml.text("BICFI", &bic),
            None => xml.within("Othr", |xml| xml.text("Id", "NOTPROVIDED")),
        });
    });
    xml.text("ChrgBr", "SLEV");
    for transfer in &file.transfers {
        write_transfer(&mut xml, transfer);
    }
    xml.close("PmtInf");
    xml.close("CstmrCdtTrfInitn");
    xml.close("Document");
    Ok(xml.0)
}

fn write_transfer(xml: &mut Xml, transfer: &Transfer) {
    xml.open("CdtTrfTxInf");
    xml.within("PmtId", |xml| xml.text("EndToEndId", &transfer.end_to_end_id));
    xml.within("Amt", |xml| xml.with_attribute("InstdAmt", "Ccy=\"EUR\"", &euros(transfer.cents)));
    if let Some(bic) = bic(transfer.bic.as_deref()) {
        xml.within("CdtrAgt", |xml| xml.within("FinInstnId", |xml| xml.text("BICFI", &bic)));
    }
    xml.within("Cdtr", |xml| {
        xml.text("Nm", &sepa_text(&transfer.creditor, 70));
        if !transfer.iban.is_in_eea() {
            write_address(xml, &transfer.address);
        }
    });
    xml.within("CdtrAcct", |xml| xml.within("Id", |xml| xml.text("IBAN", transfer.iban.as_str())));
    let compact: String = transfer.remittance.chars().filter(|c| !c.is_whitespace()).collect();
    let plain = sepa_text(&transfer.remittance, 140);
    if is_creditor_reference(&compact) {
        xml.within("RmtInf", |xml| {
            xml.within("Strd", |xml| {
                xml.within("CdtrRefInf", |xml| {
                    xml.within("Tp", |xml| xml.within("CdOrPrtry", |xml| xml.text("Cd", "SCOR")));
                    xml.text("Ref", &compact);
                });
            });
        });
    } else if !plain.is_empty() {
        xml.within("RmtInf", |xml| xml.text("Ustrd", &plain));
    }
    xml.close("CdtTrfTxInf");
}

fn write_address(xml: &mut Xml, address: &Address) {
    let town = sepa_text(&address.town, 35);
    let country = address.country.trim().to_ascii_uppercase();
    if town.is_empty() || country.len() != 2 || !country.bytes().all(|byte| byte.is_ascii_uppercase()) {
        return;
    }
    xml.within("PstlAdr", |xml| {
        xml.text("StrtNm", &sepa_text(&address.street, 70));
        xml.text("PstCd", &sepa_text(&address.post_code, 16));
        xml.text("TwnNm", &town);
        xml.text("Ctry", &country);
    });
}

/// A BIC, where the text is one.
fn bic(text: Option<&str>) -> Option<String> {
    let bic = text?.trim().to_ascii_uppercase();
    let form = matches!(bic.len(), 8 | 11)
        && bic.bytes().all(|byte| byte.is_ascii_alphanumeric())
        && bic[4..6].bytes().all(|byte| byte.is_ascii_uppercase());
    form.then_some(bic)
}

/// `1234` as `12.34`.
pub(super) fn euros(cents: i64) -> String {
    let sign = if cents < 0 { "-" } else { "" };
    let cents = cents.unsigned_abs();
    format!("{sign}{}.{:02}", cents / 100, cents % 100)
}

/// Writes elements; the values have no character that XML needs escaped but the apostrophe and blanks.
struct Xml(String);

impl Xml {
    fn open(&mut self, tag: &str) {
        let _ = writeln!(self.0, "<{tag}>");
    }

    fn close(&mut self, name: &str) {
        let _ = writeln!(self.0, "</{name}>");
    }

    fn within(&mut self, name: &str, inner: impl FnOnce(&mut Self)) {
        let _ = write!(self.0, "<{name}>");
        inner(self);
        self.close(name);
    }

    /// An element with text, or nothing where there is none.
    fn text(&mut self, name: &str, text: &str) {
        if !text.is_empty() {
            let _ = write!(self.0, "<{name}>{}</{name}>", escape(text));
        }
    }

    fn with_attribute(&mut self, name: &str, attribute: &str, text: &str) {
        let _ = write!(self.0, "<{name} {attribute}>{}</{name}>", escape(text));
    }
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use proptest::prelude::*;

    use super::super::iban::german_iban;
    use super::*;

    fn file(transfers: Vec<Transfer>) -> PaymentFile {
        PaymentFile {
            message_id: "VIR-2026-7".to_owned(),
            created: "2026-11-22T08:00:00Z".parse().unwrap(),
            debtor: Account { name: "Musterstadt".to_owned(), iban: iban(1), bic: None, address: Address::default() },
            execution: date(2026, 11, 23),
            batch_booking: true,
            transfers,
        }
    }

    fn iban(account: u64) -> Iban {
        german_iban(25_050_000, account).parse().unwrap()
    }

    fn transfer(number: usize, cents: i64) -> Transfer {
        Transfer {
            end_to_end_id: format!("VIR-2026-7-{number}"),
            creditor: "Müller & Söhne <GmbH>".to_owned(),
            iban: iban(42),
            bic: None,
            address: Address::default(),
            cents,
            remittance: "RE 4711".to_owned(),
        }
    }

    #[test]
    fn refusals() {
        assert_eq!(write_pain001(&file(vec![])), Err(FileError::Nothing));
        for cents in [0, -1, MOST_CENTS + 1] {
            assert!(matches!(write_pain001(&file(vec![transfer(1, cents)])), Err(FileError::Amount { .. })));
        }
        let twice = write_pain001(&file(vec![transfer(1, 1), transfer(1, 1)]));
        assert_eq!(twice, Err(FileError::Id("VIR-2026-7-1".to_owned())));
        let nameless = Transfer { creditor: "漢字".to_owned(), ..transfer(1, 1) };
        assert!(matches!(write_pain001(&file(vec![nameless])), Err(FileError::Creditor(_))));
        let sunday = PaymentFile { execution: date(2026, 11, 22), ..file(vec![transfer(1, 1)]) };
        assert!(matches!(write_pain001(&sunday), Err(FileError::Day(_))));
    }

    #[test]
    fn umlauts_are_written_out_and_nothing_breaks_the_xml() {
        let xml = write_pain001(&file(vec![transfer(1, 11_900)])).unwrap();
        assert!(xml.contains("<Nm>Mueller + Soehne (GmbH)</Nm>"), "{xml}");
        assert!(xml.contains("<InstdAmt Ccy=\"EUR\">119.00</InstdAmt>"), "{xml}");
        assert!(xml.contains("<Id>NOTPROVIDED</Id>"), "{xml}");
    }

    proptest! {
        #[test]
        fn the_control_sum_is_the_sum_of_the_amounts(cents in proptest::collection::vec(1_i64..MOST_CENTS, 1..40)) {
            let file = file(cents.iter().enumerate().map(|(i, cents)| transfer(i, *cents)).collect());
            let xml = write_pain001(&file).unwrap();
            let written = sum_as_written(&xml);
            prop_assert_eq!(written, cents.iter().sum::<i64>());
            let total = euros(cents.iter().sum());
            prop_assert_eq!(xml.matches(&format!("<CtrlSum>{total}</CtrlSum>")).count(), 2);
            let count = format!("<NbOfTxs>{}</NbOfTxs>", cents.len());
            prop_assert_eq!(xml.matches(&count).count(), 2);
        }
    }

    /// Adds up what stands in the file, digits only: no code is shared with the writer.
    fn sum_as_written(xml: &str) -> i64 {
        xml.split("<InstdAmt Ccy=\"EUR\">")
            .skip(1)
            .map(|rest| rest.split('<').next().unwrap().replace('.', "").parse::<i64>().unwrap())
            .sum()
    }
}
