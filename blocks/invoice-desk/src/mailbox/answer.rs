//! What the sender of a mail is told: one text for each outcome, German, with English below.
//!
//! Whoever wrote an invoice should be able to repair it with the answer in hand: findings are told in
//! plain words, with what to do. Nothing is said about the way of an invoice inside the house: one that
//! no unit could be found for gets the same receipt as any other.
//!
//! Invariant: an answer names only what was in the sender's own mail.

use jiff::Timestamp;
use jiff::tz::TimeZone;
use vir_core::Lang;

use super::keep::MailRow;
use crate::intake::{KeptFinding, Receipt};
use crate::invoice_row::{Kind, Verdict};

/// Findings of one invoice that are told.
const FINDINGS: usize = 10;

/// One invoice of the mail.
#[derive(Debug, Clone)]
pub struct Item {
    /// The part's number.
    pub part: String,
    /// The file's name.
    pub name: String,
    /// It came by an earlier mail, too.
    pub again: bool,
    /// What the intake said.
    pub receipt: Receipt,
    /// The errors.
    pub findings: Vec<KeptFinding>,
}

/// What became of a mail, as far as its sender is concerned.
#[derive(Debug, Clone)]
pub enum Outcome {
    /// Invoices with data.
    Received(Vec<Item>),
    /// Pictures of invoices.
    PicturesOnly(Vec<Item>),
    /// Damaged XML.
    Broken(Vec<Item>),
    /// No invoice.
    Nothing,
    /// Cannot be read.
    Encrypted,
    /// The signed envelope is damaged.
    Damaged,
    /// Too large.
    TooLarge,
    /// Too many parts, too deep, too much inside.
    TooMuch,
}

impl Outcome {
    /// As it stands in the column `mail.answer`.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Received(_) => "received",
            Self::PicturesOnly(_) => "pictures",
            Self::Broken(_) => "broken",
            Self::Nothing => "nothing",
            Self::Encrypted => "encrypted",
            Self::Damaged => "damaged",
            Self::TooLarge => "too_large",
            Self::TooMuch => "too_much",
        }
    }

    /// Its invoices.
    #[must_use]
    pub fn items(&self) -> &[Item] {
        match self {
            Self::Received(items) | Self::PicturesOnly(items) | Self::Broken(items) => items,
            _ => &[],
        }
    }
}

/// Subject and text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Written {
    /// `AW: …`.
    pub subject: String,
    /// Both languages.
    pub text: String,
}

/// Writes the answer.
#[must_use]
pub fn write(outcome: &Outcome, row: &MailRow, ours: &str, now: Timestamp) -> Written {
    let subject = row.subject.trim();
    let bare = ["AW:", "Aw:", "RE:", "Re:"]
        .iter()
        .fold(subject, |text, start| text.strip_prefix(start).unwrap_or(text))
        .trim();
    let bare = if bare.is_empty() { "Ihre E-Mail" } else { bare };
    let text = format!(
        "{}\n\n(English below)\n\n{}\n\n{}",
        body(Lang::De, outcome, bare, ours, now),
        "- - - - -",
        body(Lang::En, outcome, bare, ours, now)
    );
    Written { subject: format!("AW: {bare}"), text }
}

fn body(lang: Lang, outcome: &Outcome, subject: &str, ours: &str, now: Timestamp) -> String {
    let when = now.to_zoned(TimeZone::get("Europe/Berlin").unwrap_or(TimeZone::UTC));
    let when = lang.tr(when.strftime("%d.%m.%Y um %H:%M Uhr"), when.strftime("%-d %B %Y at %H:%M")).to_string();
    let intro = lang.tr(
        format!("Guten Tag,\n\nIhre E-Mail „{subject}“ ist am {when} bei uns eingegangen."),
        format!("Dear Sir or Madam,\n\nyour mail \"{subject}\" reached us on {when}."),
    );
    let said = match outcome {
        Outcome::Received(items) | Outcome::Broken(items) => {
            let lines: Vec<String> = items.iter().map(|item| line(lang, item)).collect();
            let head = match items.len() {
                1 => lang.tr("Sie enthält eine Rechnung:", "It contains one invoice:").to_owned(),
                count => lang.tr(format!("Sie enthält {count} Rechnungen:"), format!("It contains {count} invoices:")),
            };
            let faulty = items.iter().any(is_faulty);
            let repair = if faulty {
                lang.tr(
                    "\n\nBitte korrigieren Sie die genannten Punkte und senden Sie die Rechnung noch einmal. \
                     Behalten Sie die Rechnungsnummer bei, solange die Rechnung nicht bezahlt ist.",
                    "\n\nPlease correct the points above and send the invoice again. \
                     Keep the invoice number as long as the invoice is not paid.",
                )
            } else {
                ""
            };
            format!("{head}\n\n{}{repair}", lines.join("\n"))
        }
        Outcome::PicturesOnly(items) => {
            let names: Vec<String> = items.iter().map(|item| format!("- {}", plain(&item.name))).collect();
            lang.tr(
                format!(
                    "Sie enthält Rechnungen als Bild oder PDF ohne Rechnungsdaten:\n\n{}\n\nWir bearbeiten sie von Hand; das \
                     dauert länger. Bitte senden Sie Rechnungen künftig als XRechnung (XML) oder als PDF mit eingebetteten \
                     Daten (ZUGFeRD ab Version 2.1, Profil EN 16931 oder XRECHNUNG).",
                    names.join("\n")
                ),
                format!(
                    "It contains invoices as picture or PDF without invoice data:\n\n{}\n\nWe process them by hand, which takes \
                     longer. Please send invoices as XRechnung (XML) or as PDF with embedded data (ZUGFeRD 2.1 or newer, \
                     profile EN 16931 or XRECHNUNG).",
                    names.join("\n")
                ),
            )
        }
        Outcome::Nothing => lang
            .tr(
                "Wir haben darin keine Rechnung gefunden. Angenommen werden XRechnung (XML), PDF mit eingebetteten Daten \
                 (ZUGFeRD), einfache PDF und ZIP-Archive damit, jeweils als Anlage.\n\nEine Person sieht sich Ihre E-Mail noch an.",
                "We found no invoice in it. We take XRechnung (XML), PDF with embedded data (ZUGFeRD), plain PDF and ZIP \
                 archives of these, each as an attachment.\n\nA person will look at your mail.",
            )
            .to_owned(),
        Outcome::Encrypted => lang
            .tr(
                "Sie ist verschlüsselt und kann hier nicht gelesen werden. Bitte senden Sie die Rechnung unverschlüsselt noch \
                 einmal; eine Signatur stört nicht. Die Übertragung zwischen den Mailservern ist in der Regel gesichert.",
                "It is encrypted and cannot be read here. Please send the invoice again without encryption; a signature does \
                 no harm. Mail servers usually protect the transmission.",
            )
            .to_owned(),
        Outcome::Damaged => lang
            .tr(
                "Ihre Signaturhülle (S/MIME) ist beschädigt, der Inhalt lässt sich nicht entnehmen. Bitte senden Sie die \
                 Rechnung noch einmal.",
                "Its signed envelope (S/MIME) is damaged and the content cannot be taken out. Please send the invoice again.",
            )
            .to_owned(),
        Outcome::TooLarge => lang
            .tr(
                "Sie ist größer als 50 MiB und wurde nicht verarbeitet. Bitte senden Sie die Rechnung mit weniger oder \
                 kleineren Anlagen noch einmal.",
                "It is larger than 50 MiB and was not processed. Please send the invoice again with fewer or smaller \
                 attachments.",
            )
            .to_owned(),
        Outcome::TooMuch => lang
            .tr(
                "Sie hat zu viele Teile, ist zu tief verschachtelt oder enthält ein zu großes Archiv und wurde nicht \
                 verarbeitet. Bitte senden Sie jede Rechnung in einer eigenen E-Mail, höchstens 50 Rechnungen und 200 \
                 Anlagen je E-Mail.",
                "It has too many parts, is nested too deep or holds too large an archive and was not processed. Please send \
                 each invoice in a mail of its own; at most 50 invoices and 200 attachments a mail.",
            )
            .to_owned(),
    };
    let end = lang.tr(
        format!("Diese Nachricht wurde automatisch erstellt.\n\nMit freundlichen Grüßen\n{ours}"),
        format!("This message was written by a program.\n\nYours sincerely\n{ours}"),
    );
    format!("{intro}\n\n{said}\n\n{end}")
}

fn is_faulty(item: &Item) -> bool {
    !item.again && (item.receipt.trouble.is_some() || item.receipt.verdict == Some(Verdict::Reject))
}

fn line(lang: Lang, item: &Item) -> String {
    let receipt = &item.receipt;
    let what = match (&receipt.number, &receipt.seller_name) {
        (Some(number), Some(seller)) => lang.tr(
            format!("{} {} von {} ({})", kind(lang, receipt.kind), plain(number), plain(seller), plain(&item.name)),
            format!("{} {} of {} ({})", kind(lang, receipt.kind), plain(number), plain(seller), plain(&item.name)),
        ),
        (Some(number), None) => format!("{} {} ({})", kind(lang, receipt.kind), plain(number), plain(&item.name)),
        _ => plain(&item.name),
    };
    if item.again {
        return lang.tr(
            format!("- {what}: ist schon mit einer früheren E-Mail eingegangen. Es ist nichts zu tun."),
            format!("- {what}: came by an earlier mail already. There is nothing to do."),
        );
    }
    if let Some(trouble) = receipt.trouble {
        return lang.tr(
            format!("- {what}: {} Sie kann so nicht bearbeitet werden.", trouble.title().de),
            format!("- {what}: {} It cannot be processed like this.", trouble.title().en),
        );
    }
    if receipt.verdict == Some(Verdict::Reject) {
        let shown: Vec<String> = item.findings.iter().take(FINDINGS).map(|finding| told(lang, finding)).collect();
        let more = (receipt.error_count as usize).saturating_sub(shown.len());
        let more = match more {
            0 => String::new(),
            more => lang.tr(format!("\n  … und {more} weitere."), format!("\n  … and {more} more.")),
        };
        return lang.tr(
            format!("- {what}: enthält Fehler.\n{}{more}", shown.join("\n")),
            format!("- {what}: has errors.\n{}{more}", shown.join("\n")),
        );
    }
    if receipt.duplicate_of.is_some() {
        return lang.tr(
            format!("- {what}: eingegangen. Eine gleiche oder sehr ähnliche Rechnung liegt schon vor; wir prüfen, ob es eine Dublette ist."),
            format!("- {what}: received. We already have the same or a very similar invoice and check whether it is a duplicate."),
        );
    }
    lang.tr(format!("- {what}: eingegangen und fehlerfrei."), format!("- {what}: received, without errors."))
}

fn kind(lang: Lang, kind: Kind) -> &'static str {
    match kind {
        Kind::CreditNote => lang.tr("Gutschrift", "Credit note"),
        Kind::Correction => lang.tr("Rechnungskorrektur", "Corrected invoice"),
        _ => lang.tr("Rechnung", "Invoice"),
    }
}

fn told(lang: Lang, finding: &KeptFinding) -> String {
    let (message, repair) =
        lang.tr((&finding.message_de, &finding.repair_de), (&finding.message_en, &finding.repair_en));
    let todo = lang.tr("Was zu tun ist:", "What to do:");
    let line = if finding.line > 0 {
        lang.tr(format!(", Zeile {}", finding.line), format!(", line {}", finding.line))
    } else {
        String::new()
    };
    format!("  {} ({}{line}) {todo} {}", plain(message), finding.rule, plain(repair))
}

/// Text of a document, as one short line.
fn plain(text: &str) -> String {
    let line: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).take(300).collect();
    line.split_whitespace().collect::<Vec<_>>().join(" ")
}
