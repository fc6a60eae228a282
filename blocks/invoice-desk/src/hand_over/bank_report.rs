//! What the bank says about our transfers: status reports (pain.002) and statements (camt.052, 053, 054).
//!
//! Only three things are read: which transfer (end-to-end id, or the whole file), what became of it, and
//! why. Names, balances and the bookings of other people are passed over and not kept.
//!
//! Source: ISO 20022 pain.002.001.03 and .10, camt.052/053/054.001.02 and .08; DFÜ-Abkommen Anlage 3.
//!
//! Invariant: nothing is called paid that the bank has not booked or settled; an accepted order is not yet
//! a payment.

use vir_core::Text;
use vir_invoice::xml::{Element, Limits, parse_with};

/// What a report may cost: larger statements are cut into days by every bank.
const LIMITS: Limits = Limits { bytes: 64 << 20, depth: 48, attributes: 64, name: 128, nodes: 4_000_000 };

/// What became of a transfer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// The bank has taken the order, the money has not moved.
    Accepted,
    /// Booked or settled.
    Paid,
    /// Refused, or sent back by the payee's bank: the reason's code and words.
    Rejected {
        /// `AC04` (ISO external code), or empty.
        code: String,
        /// What the bank adds, cut to what fits into a history.
        words: String,
    },
}

/// Whom a statement of the bank is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum About {
    /// One transfer, by its end-to-end id.
    Transfer(String),
    /// All transfers of a file, by its message id.
    File(String),
}

/// One thing that the bank says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// About what.
    pub about: About,
    /// What became of it.
    pub outcome: Outcome,
    /// The amount in cents, where the bank names it.
    pub cents: Option<i64>,
    /// The day of the booking, where the bank names it.
    pub day: Option<String>,
}

/// What a file of the bank says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BankReport {
    /// `pain.002`, `camt.053` …
    pub kind: &'static str,
    /// The bank's own id of the message.
    pub message_id: String,
    /// What it says, in the order of the file.
    pub entries: Vec<Entry>,
}

/// Why a file is no report of a bank.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ReportError {
    /// No XML, or too much of it.
    #[error("the file is no XML that can be read: {0}")]
    Xml(String),
    /// Another message.
    #[error("the file is neither pain.002 nor camt.052, 053 or 054")]
    Kind,
}

impl ReportError {
    /// The reason for people.
    #[must_use]
    pub fn text(&self) -> Text {
        match self {
            Self::Xml(why) => Text::owned(
                format!("Die Datei lässt sich nicht als XML lesen: {why}"),
                format!("The file cannot be read as XML: {why}"),
            ),
            Self::Kind => Text::new(
                "Das ist weder ein Statusbericht (pain.002) noch ein Kontoauszug (camt.052, camt.053, camt.054).",
                "This is neither a status report (pain.002) nor a statement (camt.052, camt.053, camt.054).",
            ),
        }
    }
}

/// Reads a report.
///
/// # Errors
/// Where the bytes are no such report.
pub fn read_bank_report(bytes: &[u8]) -> Result<BankReport, ReportError> {
    let doc = parse_with(bytes, &LIMITS)
        .map_err(|error| ReportError::Xml(format!("{}:{} {}", error.line, error.column, error.kind.message().de)))?;
    let root = doc.root();
    let namespace = root.namespace();
    let message = namespace.strip_prefix("urn:iso:std:iso:20022:tech:xsd:").unwrap_or_default();
    let kind = ["pain.002", "camt.052", "camt.053", "camt.054"]
        .into_iter()
        .find(|kind| message.strip_prefix(kind).is_some_and(|rest| rest.starts_with('.')));
    let (Some(kind), Some(body)) = (kind.filter(|_| root.local() == "Document"), root.children().next()) else {
        return Err(ReportError::Kind);
    };
    let message_id = text(body, &["GrpHdr", "MsgId"]);
    let mut entries = Vec::new();
    if kind == "pain.002" {
        status_report(body, &mut entries);
    } else {
        for account in body.children().filter(|e| matches!(e.local(), "Stmt" | "Rpt" | "Ntfctn")) {
            for booking in account.children().filter(|e| e.local() == "Ntry") {
                statement_entry(booking, &mut entries);
            }
        }
    }
    Ok(BankReport { kind, message_id, entries })
}

fn status_report(body: Element<'_>, entries: &mut Vec<Entry>) {
    let Some(group) = child(body, "OrgnlGrpInfAndSts") else { return };
    let file = text(group, &["OrgnlMsgId"]);
    if let Some(outcome) = status(group, "GrpSts")
        && !file.is_empty()
    {
        entries.push(Entry { about: About::File(file.clone()), outcome, cents: None, day: None });
    }
    for instruction in body.children().filter(|e| e.local() == "OrgnlPmtInfAndSts") {
        // We write one payment instruction to a file, so its status is that of the file.
        if let Some(outcome) = status(instruction, "PmtInfSts")
            && !file.is_empty()
        {
            entries.push(Entry { about: About::File(file.clone()), outcome, cents: None, day: None });
        }
        for transaction in instruction.children().filter(|e| e.local() == "TxInfAndSts") {
            let id = text(transaction, &["OrgnlEndToEndId"]);
            if let Some(outcome) = status(transaction, "TxSts")
                && !id.is_empty()
            {
                let cents = cents(transaction, &["OrgnlTxRef", "Amt", "InstdAmt"]);
                entries.push(Entry { about: About::Transfer(id), outcome, cents, day: None });
            }
        }
    }
}

/// The outcome that a status code stands for (ISO external payment transaction status codes). `PART` says
/// nothing of its own: the transactions do.
fn status(element: Element<'_>, name: &str) -> Option<Outcome> {
    let code = child(element, name)?.text();
    Some(match code.trim() {
        "RJCT" | "CANC" => {
            let information = child(element, "StsRsnInf");
            let code = information.map(|e| first_text(e, &[&["Rsn", "Cd"], &["Rsn", "Prtry"]])).unwrap_or_default();
            let words = information.map(|e| text(e, &["AddtlInf"])).unwrap_or_default();
            Outcome::Rejected { code, words }
        }
        "ACSC" | "ACCC" => Outcome::Paid,
        "PART" => return None,
        _ => Outcome::Accepted,
    })
}

fn statement_entry(booking: Element<'_>, entries: &mut Vec<Entry>) {
    let booked = matches!(first_text(booking, &[&["Sts", "Cd"], &["Sts"]]).as_str(), "BOOK");
    let day = first_text(booking, &[&["BookgDt", "Dt"], &["BookgDt", "DtTm"]]);
    let day = day.get(..10).map(str::to_owned);
    let credit = text(booking, &["CdtDbtInd"]) == "CRDT";
    let reversal = text(booking, &["RvslInd"]) == "true";
    if !booked {
        return;
    }
    let mut single = false;
    for details in booking.children().filter(|e| e.local() == "NtryDtls") {
        for transaction in details.children().filter(|e| e.local() == "TxDtls") {
            let id = first_text(transaction, &[&["Refs", "EndToEndId"]]);
            if id.is_empty() || id == "NOTPROVIDED" {
                continue;
            }
            single = true;
            let returned = child(transaction, "RtrInf");
            let cents = cents(transaction, &["Amt"]).or_else(|| cents(transaction, &["AmtDtls", "TxAmt", "Amt"]));
            let outcome = match returned {
                Some(returned) => Outcome::Rejected {
                    code: first_text(returned, &[&["Rsn", "Cd"], &["Rsn", "Prtry"]]),
                    words: text(returned, &["AddtlInf"]),
                },
                None if reversal || credit => Outcome::Rejected { code: String::new(), words: String::new() },
                None => Outcome::Paid,
            };
            entries.push(Entry { about: About::Transfer(id), outcome, cents, day: day.clone() });
        }
        let file = first_text(details, &[&["Btch", "PmtInfId"], &["Btch", "MsgId"]]);
        if !single && !file.is_empty() && !credit && !reversal {
            let cents = cents(booking, &["Amt"]);
            entries.push(Entry { about: About::File(file), outcome: Outcome::Paid, cents, day: day.clone() });
        }
    }
}

fn child<'a>(element: Element<'a>, name: &str) -> Option<Element<'a>> {
    element.children().find(|child| child.local() == name)
}

fn at<'a>(element: Element<'a>, path: &[&str]) -> Option<Element<'a>> {
    path.iter().try_fold(element, |element, name| child(element, name))
}

/// The text at a path, without blanks around it, without control characters, at most 140 characters.
fn text(element: Element<'_>, path: &[&str]) -> String {
    at(element, path)
        .map_or(String::new(), |found| found.text().trim().chars().filter(|c| !c.is_control()).take(140).collect())
}

fn first_text(element: Element<'_>, paths: &[&[&str]]) -> String {
    paths.iter().map(|path| text(element, path)).find(|text| !text.is_empty()).unwrap_or_default()
}

/// An amount in euro at a path.
fn cents(element: Element<'_>, path: &[&str]) -> Option<i64> {
    let amount = at(element, path)?;
    if amount.attr("Ccy").is_some_and(|currency| currency != "EUR") {
        return None;
    }
    cents_of(amount.text().trim())
}

/// `12.3` as 1230; nothing where there are fractions of cents.
pub(super) fn cents_of(text: &str) -> Option<i64> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let fraction = fraction.trim_end_matches('0');
    if whole.is_empty() || fraction.len() > 2 || !whole.bytes().chain(fraction.bytes()).all(|b| b.is_ascii_digit()) {
        return None;
    }
    format!("{whole}{fraction:0<2}").parse().ok()
}

/// The commonest reasons of banks in plain words (ISO external status and return reason codes).
#[must_use]
pub fn reason_text(code: &str) -> Text {
    let (de, en) = match code {
        "AC01" | "AC02" | "AC03" | "BE04" => ("Die IBAN ist falsch.", "The IBAN is wrong."),
        "AC04" | "AC07" => ("Das Konto ist geschlossen.", "The account is closed."),
        "AC06" => ("Das Konto ist gesperrt.", "The account is blocked."),
        "AG01" | "AG03" => ("Das Konto nimmt diese Zahlung nicht an.", "The account does not take this payment."),
        "AM02" | "AM14" | "AM21" => ("Der Betrag übersteigt eine Grenze.", "The amount exceeds a limit."),
        "AM04" => ("Das Konto ist nicht gedeckt.", "There is not enough money in the account."),
        "AM05" => ("Die Bank hält den Auftrag für doppelt.", "The bank takes the order for a duplicate."),
        "BE01" | "BE05" | "BE06" => ("Name und Konto passen nicht zusammen.", "Name and account do not match."),
        "DT01" => ("Das Ausführungsdatum ist ungültig.", "The execution date is not valid."),
        "FF01" | "FF05" => ("Die Bank kann die Datei nicht lesen.", "The bank cannot read the file."),
        "MD07" => ("Die Person ist verstorben.", "The payee has died."),
        "RC01" | "RC03" => ("Die BIC ist falsch.", "The BIC is wrong."),
        "RR01" | "RR02" | "RR03" | "RR04" => {
            ("Eine gesetzliche Angabe fehlt.", "Information that the law demands is missing.")
        }
        "CUST" | "FOCR" | "DUPL" | "TECH" => ("Auf Wunsch zurückgeholt.", "Recalled on request."),
        "" | "MS02" | "MS03" | "NARR" => ("Die Bank nennt keinen Grund.", "The bank gives no reason."),
        _ => ("Von der Bank nicht ausgeführt.", "Not executed by the bank."),
    };
    if code.is_empty() {
        return Text::new(de, en);
    }
    Text::owned(format!("{de} ({code})"), format!("{en} ({code})"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pain002(inner: &str) -> String {
        format!(
            "<Document xmlns=\"urn:iso:std:iso:20022:tech:xsd:pain.002.001.10\"><CstmrPmtStsRpt><GrpHdr><MsgId>B-1</MsgId></GrpHdr>{inner}</CstmrPmtStsRpt></Document>"
        )
    }

    #[test]
    fn a_part_is_refused() {
        let xml = pain002(
            "<OrgnlGrpInfAndSts><OrgnlMsgId>VIR-1</OrgnlMsgId><GrpSts>PART</GrpSts></OrgnlGrpInfAndSts>\
             <OrgnlPmtInfAndSts><TxInfAndSts><OrgnlEndToEndId>VIR-1-2</OrgnlEndToEndId><TxSts>RJCT</TxSts>\
             <StsRsnInf><Rsn><Cd>AC04</Cd></Rsn><AddtlInf>closed</AddtlInf></StsRsnInf></TxInfAndSts>\
             <TxInfAndSts><OrgnlEndToEndId>VIR-1-3</OrgnlEndToEndId><TxSts>ACCP</TxSts></TxInfAndSts></OrgnlPmtInfAndSts>",
        );
        let report = read_bank_report(xml.as_bytes()).unwrap();
        assert_eq!((report.kind, report.message_id.as_str()), ("pain.002", "B-1"));
        let rejected = Outcome::Rejected { code: "AC04".to_owned(), words: "closed".to_owned() };
        let seen: Vec<_> = report.entries.into_iter().map(|entry| (entry.about, entry.outcome)).collect();
        assert_eq!(
            seen,
            [
                (About::Transfer("VIR-1-2".to_owned()), rejected),
                (About::Transfer("VIR-1-3".to_owned()), Outcome::Accepted)
            ]
        );
    }

    #[test]
    fn a_file_is_refused() {
        let xml = pain002(
            "<OrgnlGrpInfAndSts><OrgnlMsgId>VIR-1</OrgnlMsgId><GrpSts>RJCT</GrpSts><StsRsnInf><Rsn><Cd>FF01</Cd></Rsn></StsRsnInf></OrgnlGrpInfAndSts>",
        );
        let report = read_bank_report(xml.as_bytes()).unwrap();
        assert_eq!(report.entries[0].about, About::File("VIR-1".to_owned()));
        assert!(matches!(&report.entries[0].outcome, Outcome::Rejected { code, .. } if code == "FF01"));
    }

    fn camt(version: &str, entry: &str) -> String {
        format!(
            "<Document xmlns=\"urn:iso:std:iso:20022:tech:xsd:camt.053.001.{version}\"><BkToCstmrStmt><GrpHdr><MsgId>S-1</MsgId></GrpHdr><Stmt>{entry}</Stmt></BkToCstmrStmt></Document>"
        )
    }

    #[test]
    fn only_what_is_booked_is_paid() {
        let details = "<NtryDtls><TxDtls><Refs><EndToEndId>VIR-1-2</EndToEndId></Refs><Amt Ccy=\"EUR\">119.5</Amt></TxDtls></NtryDtls>";
        for (status, count) in
            [("<Sts><Cd>BOOK</Cd></Sts>", 1), ("<Sts>BOOK</Sts>", 1), ("<Sts><Cd>PDNG</Cd></Sts>", 0)]
        {
            let xml = camt(
                "08",
                &format!(
                    "<Ntry><Amt Ccy=\"EUR\">119.50</Amt><CdtDbtInd>DBIT</CdtDbtInd>{status}<BookgDt><Dt>2026-11-24</Dt></BookgDt>{details}</Ntry>"
                ),
            );
            let report = read_bank_report(xml.as_bytes()).unwrap();
            assert_eq!(report.entries.len(), count, "{status}");
            if let Some(entry) = report.entries.first() {
                assert_eq!(
                    (entry.cents, entry.day.as_deref(), &entry.outcome),
                    (Some(11_950), Some("2026-11-24"), &Outcome::Paid)
                );
            }
        }
    }

    #[test]
    fn what_comes_back_was_not_paid() {
        let xml = camt(
            "02",
            "<Ntry><Amt Ccy=\"EUR\">5.00</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts>BOOK</Sts><NtryDtls><TxDtls><Refs><EndToEndId>VIR-1-2</EndToEndId></Refs><RtrInf><Rsn><Cd>AC01</Cd></Rsn></RtrInf></TxDtls></NtryDtls></Ntry>",
        );
        let report = read_bank_report(xml.as_bytes()).unwrap();
        assert!(matches!(&report.entries[0].outcome, Outcome::Rejected { code, .. } if code == "AC01"));
    }

    #[test]
    fn a_batch_booking_pays_the_file() {
        let xml = camt(
            "08",
            "<Ntry><Amt Ccy=\"EUR\">500.00</Amt><CdtDbtInd>DBIT</CdtDbtInd><Sts><Cd>BOOK</Cd></Sts><NtryDtls><Btch><PmtInfId>VIR-1</PmtInfId></Btch></NtryDtls></Ntry>",
        );
        let report = read_bank_report(xml.as_bytes()).unwrap();
        let entry = &report.entries[0];
        assert_eq!((&entry.about, entry.cents), (&About::File("VIR-1".to_owned()), Some(50_000)));
    }

    #[test]
    fn other_files_are_refused() {
        for bytes in
            ["", "x", "<a/>", "<Document xmlns=\"urn:iso:std:iso:20022:tech:xsd:pain.001.001.09\"><x/></Document>"]
        {
            assert!(read_bank_report(bytes.as_bytes()).is_err(), "{bytes}");
        }
        let bomb = "<!DOCTYPE a [<!ENTITY b \"c\">]><a>&b;</a>";
        assert!(read_bank_report(bomb.as_bytes()).is_err());
    }

    #[test]
    fn amounts() {
        for (text, expect) in [
            ("1", Some(100)),
            ("1.5", Some(150)),
            ("1.50000", Some(150)),
            ("1.505", None),
            ("-1", None),
            ("", None),
            (".5", None),
        ] {
            assert_eq!(cents_of(text), expect, "{text}");
        }
    }
}
