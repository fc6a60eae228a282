//! One invoice as the desk sees it: the row of the table `invoice`, with types.
//!
//! Everything that lists, decides or pays works on this row; the document itself stays a blob and
//! is read again where somebody wants to see all of it.
//!
//! Invariant: what is in the columns of the document (number, dates, amounts, account …) was read
//! from the original when it came in, or typed in by a person for an invoice without data; no
//! later step changes it.

use std::fmt;

use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use vir_core::{Lang, Phrase};

/// Identifies an invoice of a tenant; a UUIDv7, so it sorts by arrival.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct InvoiceId(pub String);

impl InvoiceId {
    /// The identifier as it stands in columns and addresses.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for InvoiceId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Defines an enum whose variants have a fixed text in a column and a name for people.
macro_rules! column {
    ($(#[$doc:meta])* $name:ident { $($(#[$variant_doc:meta])* $variant:ident $text:literal $de:literal $en:literal;)+ }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(rename_all = "snake_case")]
        pub enum $name { $($(#[$variant_doc])* $variant,)+ }

        impl $name {
            /// All of them, in their natural order.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The text in the column and in the API.
            #[must_use]
            pub fn text(self) -> &'static str {
                match self { $(Self::$variant => $text,)+ }
            }

            /// The one with this text.
            #[must_use]
            pub fn find(text: &str) -> Option<Self> {
                match text { $($text => Some(Self::$variant),)+ _ => None }
            }

            /// Its name for people.
            #[must_use]
            pub fn title(self) -> Phrase {
                match self { $(Self::$variant => Phrase::new($de, $en),)+ }
            }

            /// Its name in a language.
            #[must_use]
            pub fn name(self, lang: Lang) -> &'static str {
                self.title().get(lang)
            }
        }
    };
}

column! {
    /// How far an invoice has come.
    State {
        /// It is in, and nobody has worked on it.
        Received "received" "Eingegangen" "Received";
        /// Cost centre and account are assigned (*Kontierung*).
        Coded "coded" "Kontiert" "Coded";
        /// Certified for substance and arithmetic (*sachlich und rechnerisch richtig*).
        Certified "certified" "Festgestellt" "Certified";
        /// Payment is ordered (*Anordnung*).
        Ordered "ordered" "Angeordnet" "Ordered";
        /// The finance system has it.
        HandedOver "handed_over" "Übergeben" "Handed over";
        /// It is paid.
        Paid "paid" "Bezahlt" "Paid";
        /// Nothing is left to do.
        Closed "closed" "Abgeschlossen" "Closed";
        /// It was sent back to the seller.
        Rejected "rejected" "Zurückgewiesen" "Rejected";
        /// It cannot be read; a person has to look at it.
        Quarantined "quarantined" "In Quarantäne" "Quarantined";
    }
}

column! {
    /// By which way it came.
    Channel {
        /// Files that a person handed in on a page.
        Upload "upload" "Hochgeladen" "Upload";
        /// The REST API.
        Api "api" "Schnittstelle" "API";
        /// A watched folder.
        Folder "folder" "Ordner" "Folder";
        /// A mailbox.
        Mail "mail" "E-Mail" "Mail";
        /// The public form.
        Web "web" "Webformular" "Web form";
        /// The Peppol network.
        Peppol "peppol" "Peppol" "Peppol";
        /// Made here: an outgoing invoice.
        Own "own" "Eigene Rechnung" "Own invoice";
    }
}

column! {
    /// Whose invoice it is.
    Direction {
        /// Somebody wants money from us.
        Incoming "incoming" "Eingang" "Incoming";
        /// We want money from somebody.
        Outgoing "outgoing" "Ausgang" "Outgoing";
    }
}

column! {
    /// What it is.
    Kind {
        /// An invoice.
        Invoice "invoice" "Rechnung" "Invoice";
        /// A credit note.
        CreditNote "credit_note" "Gutschrift" "Credit note";
        /// A corrected invoice (BT-3 = 384).
        Correction "correction" "Rechnungskorrektur" "Corrected invoice";
        /// A picture or PDF without data: a person has to type it in, or it goes back.
        Unstructured "unstructured" "Nur Bild, keine Daten" "Picture only, no data";
    }
}

column! {
    /// What the check came to.
    Verdict {
        /// It meets the rules.
        Accept "accept" "Regelkonform" "Meets the rules";
        /// It violates rules.
        Reject "reject" "Nicht regelkonform" "Violates rules";
        /// The official rules break off on it.
        Undefined "undefined" "Nicht entscheidbar" "Cannot be decided";
    }
}

column! {
    /// How much an invoice resembles an earlier one, the surest first.
    Likeness {
        /// The very same bytes came by another channel.
        SameBytes "same_bytes" "dieselbe Datei" "the same file";
        /// Another file that says the same, for example in the other syntax.
        SameContent "same_content" "derselbe Inhalt" "the same content";
        /// The same seller and the same invoice number.
        SameNumber "same_number" "dieselbe Rechnungsnummer desselben Rechnungsstellers" "the same number of the same seller";
        /// The same seller, amount and date, and a number much like it.
        Similar "similar" "Betrag und Datum gleich, Nummer ähnlich" "same amount and date, similar number";
    }
}

column! {
    /// What a person said about a suspected duplicate.
    DuplicateDecision {
        /// It is one: it must not be ordered.
        Duplicate "duplicate" "Ist eine Dublette" "Is a duplicate";
        /// It is none.
        Distinct "distinct" "Ist keine Dublette" "Is no duplicate";
    }
}

column! {
    /// Why something is in quarantine.
    Trouble {
        /// Neither XML nor PDF nor a picture.
        UnknownFormat "unknown_format" "Das Dateiformat ist keine Rechnung und kein Bild." "The file format is neither an invoice nor a picture.";
        /// XML that is not well-formed.
        BrokenXml "broken_xml" "Die XML-Datei ist beschädigt." "The XML file is damaged.";
        /// XML that is no invoice.
        NoInvoice "no_invoice" "Die XML-Datei ist keine Rechnung." "The XML file is no invoice.";
        /// A PDF that cannot be opened.
        BrokenPdf "broken_pdf" "Das PDF lässt sich nicht öffnen." "The PDF cannot be opened.";
        /// Nothing in it.
        Empty "empty" "Die Datei ist leer." "The file is empty.";
    }
}

/// A row of the table `invoice`. The meaning of each column stands in its migration.
#[derive(Debug, Clone, PartialEq, Eq)]
#[allow(missing_docs, reason = "the columns are described in the migration")]
pub struct InvoiceRow {
    pub id: InvoiceId,
    pub received_at: Timestamp,
    pub channel: Channel,
    pub direction: Direction,
    pub state: State,
    pub unit_id: Option<String>,
    pub assigned_person: Option<String>,
    pub kind: Kind,
    pub syntax: Option<String>,
    pub profile: Option<String>,
    pub verdict: Option<Verdict>,
    pub finding_count: i64,
    pub error_count: i64,
    pub original_blob: String,
    pub xml_blob: Option<String>,
    pub file_name: String,
    pub size_bytes: i64,
    pub sender: Option<String>,
    pub note: Option<String>,
    pub trouble: Option<Trouble>,
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
    pub duplicate_of: Option<InvoiceId>,
    pub duplicate_degree: Option<Likeness>,
    pub duplicate_decision: Option<DuplicateDecision>,
    pub voucher_number: Option<String>,
    pub on_hold: bool,
    pub hold_reason: Option<String>,
    pub changed_at: Timestamp,
    pub version: i64,
}

impl InvoiceRow {
    /// The columns of a row, for `select`; [`InvoiceRow::read`] wants them all.
    pub const COLUMNS: &'static str = "id, received_at, channel, direction, state, unit_id, assigned_person, kind, \
        syntax, profile, verdict, finding_count, error_count, original_blob, xml_blob, file_name, size_bytes, sender, \
        note, trouble, number, issue_date, due_date, type_code, seller_name, seller_id, seller_key, seller_email, \
        buyer_reference, order_reference, contract_reference, accounting_reference, preceding_number, buyer_name, \
        buyer_contact, currency, net_cents, vat_cents, gross_cents, payable_cents, skonto_date, skonto_cents, \
        payment_means, payee_name, iban, bic, payment_reference, duplicate_of, duplicate_degree, duplicate_decision, \
        voucher_number, on_hold, hold_reason, changed_at, version";

    /// What people call it: „Tischlerei Holm, R-2026-17", or the name of the file.
    #[must_use]
    pub fn caption(&self, lang: Lang) -> String {
        match (&self.seller_name, &self.number) {
            (Some(seller), Some(number)) => format!("{seller}, {number}"),
            (Some(seller), None) => format!("{seller}, {}", lang.tr("ohne Nummer", "without number")),
            (None, Some(number)) => number.clone(),
            (None, None) => self.file_name.clone(),
        }
    }

    /// Is it held to be a duplicate: suspected and not cleared, or confirmed?
    #[must_use]
    pub fn may_be_duplicate(&self) -> bool {
        self.duplicate_of.is_some() && self.duplicate_decision != Some(DuplicateDecision::Distinct)
    }

    /// Is it known to be a duplicate? Then it must not be ordered.
    #[must_use]
    pub fn is_duplicate(&self) -> bool {
        self.duplicate_decision == Some(DuplicateDecision::Duplicate)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_text_in_a_column_leads_back_to_its_variant() {
        for state in State::ALL {
            assert_eq!(State::find(state.text()), Some(*state));
            assert_eq!(serde_json::to_value(state).ok(), Some(state.text().into()));
        }
        for likeness in Likeness::ALL {
            assert_eq!(Likeness::find(likeness.text()), Some(*likeness));
            assert!(!likeness.name(Lang::De).is_empty());
        }
        assert_eq!(Channel::find("fax"), None);
    }

    #[test]
    fn the_migration_has_every_column() {
        let migration = include_str!("../migrations/0001_invoice.sql");
        let table = migration.split("create table invoice_file").next().unwrap_or_default();
        for column in InvoiceRow::COLUMNS.split(", ") {
            assert!(table.contains(&format!("\n  {} ", column.trim())), "{column}");
        }
    }
}
