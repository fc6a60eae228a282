//! The rows of mails.
//!
//! Invariant: a row is inserted before its mail is moved, and never deleted.

use jiff::Timestamp;
use vir_core::Phrase;
use vir_mail::message::{Automatic, Header, Nature};
use vir_store::{Row, Tx, args, new_id};

/// Identifies a mail.
pub type MailId = String;

macro_rules! code {
    ($(#[$doc:meta])* $name:ident { $($(#[$variant_doc:meta])* $variant:ident $text:literal $de:literal $en:literal;)+ }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum $name { $($(#[$variant_doc])* $variant,)+ }

        impl $name {
            /// All of them.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];
            /// As it stands in the column.
            #[must_use]
            pub fn code(self) -> &'static str {
                match self { $(Self::$variant => $text,)+ }
            }
            /// By its code.
            #[must_use]
            pub fn find(code: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|one| one.code() == code)
            }
            /// For people.
            #[must_use]
            pub fn text(self) -> Phrase {
                match self { $(Self::$variant => Phrase::new($de, $en),)+ }
            }
        }
    };
}

code! {
    /// How far a mail has come.
    MailState {
        /// Its bytes are safe; nothing was done with them.
        Stored "stored" "gespeichert" "stored";
        /// Its invoices are in the desk, or it needs nothing.
        Processed "processed" "verarbeitet" "processed";
        /// A person has to look at it.
        Quarantined "quarantined" "in Quarantäne" "in quarantine";
        /// A person put it away.
        Discarded "discarded" "verworfen" "discarded";
        /// A person answered its sender.
        Returned "returned" "beantwortet" "answered";
        /// A person forwarded it.
        Forwarded "forwarded" "weitergeleitet" "forwarded";
    }
}

code! {
    /// Why a mail is in quarantine.
    Reason {
        /// No invoice in it.
        NoInvoice "no_invoice" "Die E-Mail enthält keine Rechnung." "The mail contains no invoice.";
        /// Encrypted.
        Encrypted "encrypted" "Die E-Mail ist verschlüsselt und kann hier nicht gelesen werden." "The mail is encrypted and cannot be read here.";
        /// A damaged envelope.
        Envelope "envelope" "Die Signaturhülle der E-Mail ist beschädigt." "The mail's signed envelope is damaged.";
        /// Larger than allowed.
        TooLarge "too_large" "Die E-Mail ist zu groß; gespeichert ist nur ihr Kopf, sie selbst liegt im Quarantäne-Ordner des Postfachs." "The mail is too large; only its header is stored, the mail itself lies in the mailbox's quarantine folder.";
        /// Too many parts.
        TooManyParts "too_many_parts" "Die E-Mail hat zu viele Teile." "The mail has too many parts.";
        /// Nested too deep.
        TooDeep "too_deep" "Die E-Mail ist zu tief verschachtelt." "The mail is nested too deep.";
        /// Unpacks to too much.
        Bomb "bomb" "Ein Archiv in der E-Mail ist entpackt zu groß („ZIP-Bombe“)." "An archive in the mail unpacks to too much (zip bomb).";
        /// Too many invoices.
        TooMany "too_many_invoices" "Die E-Mail enthält mehr Rechnungen, als eine E-Mail bringen darf." "The mail contains more invoices than one mail may bring.";
        /// No message at all.
        NoMessage "no_message" "Das ist keine lesbare E-Mail." "This is no readable mail.";
        /// It broke off several times.
        Failed "failed" "Die Verarbeitung ist mehrmals abgebrochen." "Processing broke off several times.";
    }
}

/// A mail's row.
#[derive(Debug, Clone, PartialEq, Eq)]
#[allow(missing_docs, reason = "the columns are described in the migration")]
pub struct MailRow {
    pub id: MailId,
    pub mailbox_id: String,
    pub blob: String,
    pub size_bytes: i64,
    pub received_at: Timestamp,
    pub from_address: Option<String>,
    pub from_name: Option<String>,
    pub answer_to: Option<String>,
    pub subject: String,
    pub message_id: Option<String>,
    pub thread: String,
    pub nature: String,
    pub signed: bool,
    pub authentication: Option<String>,
    pub state: MailState,
    pub reason: Option<Reason>,
    pub attempts: i64,
    pub moved: bool,
    pub answer: Option<String>,
    pub invoice_id: Option<String>,
    pub decided_by: Option<String>,
    pub decision_note: Option<String>,
    pub decided_at: Option<Timestamp>,
    pub version: i64,
}

pub(super) const COLUMNS: &str = "id, mailbox_id, blob, size_bytes, received_at, from_address, from_name, answer_to,
    subject, message_id, thread, nature, signed, authentication, state, reason, attempts, moved, answer, invoice_id,
    decided_by, decision_note, decided_at, version";

impl MailRow {
    pub(super) fn read(row: &Row) -> Result<Self, vir_store::Error> {
        Ok(Self {
            id: row.text("id")?,
            mailbox_id: row.text("mailbox_id")?,
            blob: row.text("blob")?,
            size_bytes: row.int("size_bytes")?,
            received_at: row.time("received_at")?,
            from_address: row.optional_text("from_address")?,
            from_name: row.optional_text("from_name")?,
            answer_to: row.optional_text("answer_to")?,
            subject: row.text("subject")?,
            message_id: row.optional_text("message_id")?,
            thread: row.text("thread")?,
            nature: row.text("nature")?,
            signed: row.bool("signed")?,
            authentication: row.optional_text("authentication")?,
            state: MailState::find(&row.text("state")?).unwrap_or(MailState::Quarantined),
            reason: row.optional_text("reason")?.as_deref().and_then(Reason::find),
            attempts: row.int("attempts")?,
            moved: row.bool("moved")?,
            answer: row.optional_text("answer")?,
            invoice_id: row.optional_text("invoice_id")?,
            decided_by: row.optional_text("decided_by")?,
            decision_note: row.optional_text("decision_note")?,
            decided_at: row.optional_time("decided_at")?,
            version: row.int("version")?,
        })
    }

    /// By its identifier.
    pub async fn load(tx: &mut Tx, id: &str) -> Result<Option<Self>, vir_store::Error> {
        let row = tx.optional(format!("select {COLUMNS} from mail where id = $1"), &args![id]).await?;
        row.as_ref().map(Self::read).transpose()
    }

    /// The mails by which an invoice came, the first one first.
    pub async fn of_invoice(tx: &mut Tx, invoice: &str) -> Result<Vec<Self>, vir_store::Error> {
        let sql = format!(
            "select {COLUMNS} from mail where id in (select mail_id from mail_invoice where invoice_id = $1)
                or invoice_id = $1 order by received_at, id"
        );
        tx.all(sql, &args![invoice]).await?.iter().map(Self::read).collect()
    }
}

/// Where a mail lies on the server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Place {
    pub uid_validity: u32,
    pub uid: u32,
}

/// The row of the mail at this place.
pub(super) async fn at(tx: &mut Tx, mailbox: &str, place: Place) -> Result<Option<MailRow>, vir_store::Error> {
    let sql = format!("select {COLUMNS} from mail where mailbox_id = $1 and uid_validity = $2 and uid = $3");
    let args = args![mailbox, i64::from(place.uid_validity), i64::from(place.uid)];
    tx.optional(sql, &args).await?.as_ref().map(MailRow::read).transpose()
}

/// What is known of a mail when it is stored.
#[derive(Debug, Clone)]
pub(super) struct Arrival {
    pub mailbox: String,
    pub place: Place,
    pub blob: String,
    pub size: i64,
    pub header: Header,
    pub nature: Nature,
    /// Only the header could be stored.
    pub too_large: bool,
}

/// Keeps a mail. The same bytes in the same mailbox are the same mail: where its place changed (the
/// server gave new numbers), the row goes there.
pub(super) async fn keep(tx: &mut Tx, arrival: &Arrival) -> Result<MailRow, vir_store::Error> {
    if let Some(known) = at(tx, &arrival.mailbox, arrival.place).await? {
        return Ok(known);
    }
    let place =
        args![&arrival.mailbox, &arrival.blob, i64::from(arrival.place.uid_validity), i64::from(arrival.place.uid)];
    if !arrival.too_large {
        let sql = "update mail set uid_validity = $3, uid = $4, moved = false where mailbox_id = $1 and blob = $2";
        if tx.execute(sql, &place).await? > 0
            && let Some(known) = at(tx, &arrival.mailbox, arrival.place).await?
        {
            return Ok(known);
        }
    }
    let id = new_id(tx.now());
    let header = &arrival.header;
    let thread = header.references.first().or(header.in_reply_to.first()).or(header.message_id.as_ref()).unwrap_or(&id);
    let authentication = (!header.authentication_results.is_empty()).then(|| header.authentication_results.join("\n"));
    let sent = header.date.and_then(|seconds| Timestamp::from_second(seconds).ok());
    let args = args![
        &id,
        &arrival.mailbox,
        i64::from(arrival.place.uid_validity),
        i64::from(arrival.place.uid),
        &arrival.blob,
        arrival.size,
        tx.now(),
        header.from.as_ref().map(ToString::to_string),
        header.from.as_ref().and_then(|from| from.name().map(str::to_owned)),
        header.answer_to().map(ToString::to_string),
        &header.subject,
        &header.message_id,
        thread,
        sent,
        nature_code(arrival.nature),
        authentication
    ];
    tx.execute(
        "insert into mail (id, mailbox_id, uid_validity, uid, blob, size_bytes, received_at, from_address, from_name,
            answer_to, subject, message_id, thread, sent_at, nature, authentication, signed, state, attempts, moved, version)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, false, 'stored', 0, false, 1)",
        &args,
    )
    .await?;
    MailRow::load(tx, &id).await?.ok_or_else(|| vir_store::Error::NoRow { sql: "mail".to_owned() })
}

/// Notes one more attempt, before it is made: a mail that ends the process ends it only so often.
pub(super) async fn attempt(tx: &mut Tx, id: &str) -> Result<(), vir_store::Error> {
    tx.execute("update mail set attempts = attempts + 1 where id = $1", &args![id]).await.map(|_| ())
}

/// It is out of the inbox.
pub(super) async fn moved(tx: &mut Tx, id: &str) -> Result<(), vir_store::Error> {
    tx.execute("update mail set moved = true where id = $1", &args![id]).await.map(|_| ())
}

/// Is there a mail with an outcome that is not noted as moved?
pub(super) async fn any_unmoved(tx: &mut Tx, mailbox: &str) -> Result<bool, vir_store::Error> {
    let sql = "select 1 as n from mail where mailbox_id = $1 and not moved and state <> 'stored' limit 1";
    Ok(tx.optional(sql, &args![mailbox]).await?.is_some())
}

/// All with an outcome are out of the inbox.
pub(super) async fn all_moved(tx: &mut Tx, mailbox: &str) -> Result<(), vir_store::Error> {
    let sql = "update mail set moved = true where mailbox_id = $1 and not moved and state <> 'stored'";
    tx.execute(sql, &args![mailbox]).await.map(|_| ())
}

/// How a nature stands in its column.
pub(super) fn nature_code(nature: Nature) -> &'static str {
    match nature {
        Nature::Personal => "personal",
        Nature::Automatic(Automatic::Bounce) => "bounce",
        Nature::Automatic(Automatic::Reply) => "auto_reply",
        Nature::Automatic(Automatic::Generated) => "generated",
        Nature::Automatic(Automatic::List) => "list",
        Nature::Automatic(Automatic::Unwanted) => "unwanted",
        Nature::Automatic(Automatic::Own) => "own",
    }
}
