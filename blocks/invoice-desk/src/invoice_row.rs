//! One invoice as the desk sees it: the row of the table `invoice`, with types.
//!
//! Everything that lists, decides or pays works on this row; the document itself stays a blob and
//! is read again where somebody wants to see all of it.
//!
//! Invariant: what is in the columns of the document (number, dates, amounts, account …) was read
//! from the original when it came in, or typed in by a person for an invoice without data; no
//! later step changes it.

use std::fmt;
use std::sync::LazyLock;

use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use vir_core::{Lang, Phrase};
use vir_store::{Row, Tx, Value, args};

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

    /// The subject of its entries in the audit log.
    #[must_use]
    pub fn subject(&self) -> String {
        format!("invoice/{}", self.0)
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
    pub assigned_group: Option<String>,
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
    pub reduced_cents: Option<i64>,
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

/// What a discount of `saves` saves once `reduced` is taken off what the document demands: as much less as there is
/// less to pay, rounded half up; all in cents.
#[must_use]
pub fn due_skonto(saves: i64, demanded: i64, reduced: i64) -> Option<i64> {
    if reduced == 0 {
        return Some(saves);
    }
    if demanded == 0 {
        return Some(0);
    }
    let (saves, demanded) = (i128::from(saves), i128::from(demanded));
    let share = saves * (demanded - i128::from(reduced)) * 2 + demanded;
    i64::try_from(share.div_euclid(demanded * 2)).ok()
}

impl InvoiceRow {
    /// The columns of a row, for `select`; [`InvoiceRow::read`] wants them all.
    pub const COLUMNS: &'static str = "id, received_at, channel, direction, state, unit_id, assigned_person, \
        assigned_group, kind, syntax, profile, verdict, finding_count, error_count, original_blob, xml_blob, file_name, size_bytes, sender, \
        note, trouble, number, issue_date, due_date, type_code, seller_name, seller_id, seller_key, seller_email, \
        buyer_reference, order_reference, contract_reference, accounting_reference, preceding_number, buyer_name, \
        buyer_contact, currency, net_cents, vat_cents, gross_cents, payable_cents, reduced_cents, skonto_date, skonto_cents, \
        payment_means, payee_name, iban, bic, payment_reference, duplicate_of, duplicate_degree, duplicate_decision, \
        voucher_number, on_hold, hold_reason, changed_at, version";

    /// Reads a row that was selected with [`InvoiceRow::COLUMNS`].
    pub fn read(row: &Row) -> vir_store::Result<Self> {
        Ok(Self {
            id: InvoiceId(row.text("id")?),
            received_at: row.time("received_at")?,
            channel: known("channel", Channel::find, &row.text("channel")?)?,
            direction: known("direction", Direction::find, &row.text("direction")?)?,
            state: known("state", State::find, &row.text("state")?)?,
            unit_id: row.optional_text("unit_id")?,
            assigned_person: row.optional_text("assigned_person")?,
            assigned_group: row.optional_text("assigned_group")?,
            kind: known("kind", Kind::find, &row.text("kind")?)?,
            syntax: row.optional_text("syntax")?,
            profile: row.optional_text("profile")?,
            verdict: row.optional_text("verdict")?.as_deref().and_then(Verdict::find),
            finding_count: row.int("finding_count")?,
            error_count: row.int("error_count")?,
            original_blob: row.text("original_blob")?,
            xml_blob: row.optional_text("xml_blob")?,
            file_name: row.text("file_name")?,
            size_bytes: row.int("size_bytes")?,
            sender: row.optional_text("sender")?,
            note: row.optional_text("note")?,
            trouble: row.optional_text("trouble")?.as_deref().and_then(Trouble::find),
            number: row.optional_text("number")?,
            issue_date: row.optional_date("issue_date")?,
            due_date: row.optional_date("due_date")?,
            type_code: row.optional_text("type_code")?,
            seller_name: row.optional_text("seller_name")?,
            seller_id: row.optional_text("seller_id")?,
            seller_key: row.optional_text("seller_key")?,
            seller_email: row.optional_text("seller_email")?,
            buyer_reference: row.optional_text("buyer_reference")?,
            order_reference: row.optional_text("order_reference")?,
            contract_reference: row.optional_text("contract_reference")?,
            accounting_reference: row.optional_text("accounting_reference")?,
            preceding_number: row.optional_text("preceding_number")?,
            buyer_name: row.optional_text("buyer_name")?,
            buyer_contact: row.optional_text("buyer_contact")?,
            currency: row.optional_text("currency")?,
            net_cents: row.optional_int("net_cents")?,
            vat_cents: row.optional_int("vat_cents")?,
            gross_cents: row.optional_int("gross_cents")?,
            payable_cents: row.optional_int("payable_cents")?,
            reduced_cents: row.optional_int("reduced_cents")?,
            skonto_date: row.optional_date("skonto_date")?,
            skonto_cents: row.optional_int("skonto_cents")?,
            payment_means: row.optional_text("payment_means")?,
            payee_name: row.optional_text("payee_name")?,
            iban: row.optional_text("iban")?,
            bic: row.optional_text("bic")?,
            payment_reference: row.optional_text("payment_reference")?,
            duplicate_of: row.optional_text("duplicate_of")?.map(InvoiceId),
            duplicate_degree: row.optional_text("duplicate_degree")?.as_deref().and_then(Likeness::find),
            duplicate_decision: row.optional_text("duplicate_decision")?.as_deref().and_then(DuplicateDecision::find),
            voucher_number: row.optional_text("voucher_number")?,
            on_hold: row.bool("on_hold")?,
            hold_reason: row.optional_text("hold_reason")?,
            changed_at: row.time("changed_at")?,
            version: row.int("version")?,
        })
    }

    /// What is to be paid: what the document demands less what was taken off it.
    #[must_use]
    pub fn due_cents(&self) -> Option<i64> {
        self.payable_cents.map(|cents| cents.saturating_sub(self.reduced_cents.unwrap_or(0)))
    }

    /// What the discount saves of what is to be paid: as much less as there is less to pay.
    #[must_use]
    pub fn due_skonto_cents(&self) -> Option<i64> {
        due_skonto(self.skonto_cents?, self.payable_cents?, self.reduced_cents.unwrap_or(0))
    }

    /// The values of a row in the order of [`InvoiceRow::COLUMNS`].
    #[must_use]
    pub fn values(&self) -> Vec<Value> {
        args![
            self.id.as_str(),
            self.received_at,
            self.channel.text(),
            self.direction.text(),
            self.state.text(),
            self.unit_id.as_deref(),
            self.assigned_person.as_deref(),
            self.assigned_group.as_deref(),
            self.kind.text(),
            self.syntax.as_deref(),
            self.profile.as_deref(),
            self.verdict.map(Verdict::text),
            self.finding_count,
            self.error_count,
            self.original_blob.as_str(),
            self.xml_blob.as_deref(),
            self.file_name.as_str(),
            self.size_bytes,
            self.sender.as_deref(),
            self.note.as_deref(),
            self.trouble.map(Trouble::text),
            self.number.as_deref(),
            self.issue_date,
            self.due_date,
            self.type_code.as_deref(),
            self.seller_name.as_deref(),
            self.seller_id.as_deref(),
            self.seller_key.as_deref(),
            self.seller_email.as_deref(),
            self.buyer_reference.as_deref(),
            self.order_reference.as_deref(),
            self.contract_reference.as_deref(),
            self.accounting_reference.as_deref(),
            self.preceding_number.as_deref(),
            self.buyer_name.as_deref(),
            self.buyer_contact.as_deref(),
            self.currency.as_deref(),
            self.net_cents,
            self.vat_cents,
            self.gross_cents,
            self.payable_cents,
            self.reduced_cents,
            self.skonto_date,
            self.skonto_cents,
            self.payment_means.as_deref(),
            self.payee_name.as_deref(),
            self.iban.as_deref(),
            self.bic.as_deref(),
            self.payment_reference.as_deref(),
            self.duplicate_of.as_ref().map(InvoiceId::as_str),
            self.duplicate_degree.map(Likeness::text),
            self.duplicate_decision.map(DuplicateDecision::text),
            self.voucher_number.as_deref(),
            self.on_hold,
            self.hold_reason.as_deref(),
            self.changed_at,
            self.version,
        ]
    }

    /// The invoice with this identifier. Whether the caller may see it is not asked here: that
    /// takes its unit, which stands in the row.
    pub async fn load(tx: &mut Tx, id: &InvoiceId) -> vir_store::Result<Option<Self>> {
        static BY_ID: LazyLock<String> =
            LazyLock::new(|| format!("select {} from invoice where id = $1", InvoiceRow::COLUMNS));
        tx.optional(BY_ID.as_str(), &args![id.as_str()]).await?.as_ref().map(Self::read).transpose()
    }

    /// The invoice that these bytes became when they came by this channel.
    pub async fn delivery(tx: &mut Tx, channel: Channel, original: &str) -> vir_store::Result<Self> {
        static BY_DELIVERY: LazyLock<String> = LazyLock::new(|| {
            format!("select {} from invoice where channel = $1 and original_blob = $2", InvoiceRow::COLUMNS)
        });
        Self::read(&tx.one(BY_DELIVERY.as_str(), &args![channel.text(), original]).await?)
    }

    /// Writes a new row. Gives `false` where the same bytes came by the same channel before.
    pub async fn insert(&self, tx: &mut Tx, keys: &Keys) -> vir_store::Result<bool> {
        static INSERT: LazyLock<String> = LazyLock::new(|| {
            let columns = format!("{}, number_key, content_key", InvoiceRow::COLUMNS);
            let places: Vec<String> = (1..=columns.split(',').count()).map(|at| format!("${at}")).collect();
            format!(
                "insert into invoice ({columns}) values ({}) on conflict ({{t}}channel, original_blob) do nothing",
                places.join(", ")
            )
        });
        let mut values = self.values();
        values.extend(args![keys.number.as_deref(), keys.content.as_deref()]);
        Ok(tx.execute(INSERT.as_str(), &values).await? == 1)
    }

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

/// What an invoice is compared by; see [`crate::intake::keys`].
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Keys {
    /// Of the number (BT-1).
    pub number: Option<String>,
    /// Of all that it says.
    pub content: Option<String>,
}

/// A text in a column that only our own code writes.
fn known<T>(column: &str, find: fn(&str) -> Option<T>, text: &str) -> vir_store::Result<T> {
    find(text).ok_or_else(|| {
        let what = format!("the column {column} holds {text:?}, which nothing here writes");
        <serde_json::Error as serde::de::Error>::custom(what).into()
    })
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
        let later = concat!(
            include_str!("../migrations/0305_reduction.sql"),
            include_str!("../migrations/0601_assignment.sql")
        );
        for column in InvoiceRow::COLUMNS.split(", ") {
            let later = later.contains(&format!("alter table invoice add column {} ", column.trim()));
            assert!(later || table.contains(&format!("\n  {} ", column.trim())), "{column}");
        }
    }
}
