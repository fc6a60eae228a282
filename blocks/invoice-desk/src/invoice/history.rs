//! Everything that happened to an invoice, in its order, from one source: for the page and the API.
//!
//! The spine is the audit log, because nothing happens without an entry there. What entries leave out on purpose (the
//! words of a conversation, the reason's author as they were called on that day) is read from the tables that hold it;
//! what happens *with* an invoice and has an entry elsewhere (mails, reminders, payment runs, posting batches) is added.
//!
//! Invariant: each audit entry about the invoice is one happening, also where this program does not know its kind.

use std::collections::HashMap;

use jiff::Timestamp;
use vir_auth::PersonId;
use vir_core::{Lang, Text};
use vir_store::{Result, Row, Tx, args, audit};

use crate::conversation::{self, Kind as SaidKind, Said};
use crate::invoice_row::{Channel, InvoiceRow, State, Verdict};
use crate::permissions::PAY;
use crate::workflow::{Decider, Kind};

/// What it has to do with: the filter of the page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Topic {
    /// How it came in, what the check said, typing in, duplicates, links.
    Receipt,
    /// Decisions.
    Decision,
    /// Who takes care of it, reminders.
    Assignment,
    /// Comments, questions, answers, mails.
    Talk,
    /// Payment runs, the bank, postings, exports.
    Payment,
}

impl Topic {
    /// All of them.
    pub const ALL: [Self; 5] = [Self::Receipt, Self::Decision, Self::Assignment, Self::Talk, Self::Payment];

    /// As addresses name it.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Receipt => "eingang",
            Self::Decision => "entscheidungen",
            Self::Assignment => "zuweisung",
            Self::Talk => "gespraech",
            Self::Payment => "zahlung",
        }
    }

    /// Reads [`Topic::code`].
    #[must_use]
    pub fn find(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|one| one.code() == code)
    }

    /// What people call it.
    #[must_use]
    pub fn name(self, lang: Lang) -> &'static str {
        match self {
            Self::Receipt => lang.tr("Eingang und Prüfung", "Receipt and check"),
            Self::Decision => lang.tr("Entscheidungen", "Decisions"),
            Self::Assignment => lang.tr("Zuweisung", "Assignment"),
            Self::Talk => lang.tr("Gespräch und E-Mails", "Talk and mails"),
            Self::Payment => lang.tr("Zahlung und Buchung", "Payment and posting"),
        }
    }
}

/// One thing that happened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Happening {
    /// When.
    pub at: Timestamp,
    /// What it has to do with.
    pub topic: Topic,
    /// Who did it.
    pub who: Text,
    /// For whom, as a deputy.
    pub on_behalf_of: Option<String>,
    /// What.
    pub what: Text,
    /// Its words: a reason, a comment.
    pub words: Option<String>,
    /// Rules that warned, separated by blanks.
    pub warnings: Option<String>,
    /// Where more of it stands.
    pub link: Option<String>,
}

impl Happening {
    fn new(at: Timestamp, topic: Topic, who: Text, what: Text) -> Self {
        Self { at, topic, who, what, on_behalf_of: None, words: None, warnings: None, link: None }
    }
}

fn both(text: &str) -> Text {
    Text::owned(text.to_owned(), text.to_owned())
}

fn machine() -> Text {
    Text::new("vir", "vir")
}

struct Decided {
    person: String,
    on_behalf_of: Option<String>,
    reason: Option<String>,
    warnings: Option<String>,
}

/// Everything that happened, the oldest first.
///
/// # Errors
/// Where the store fails.
pub async fn of(tx: &mut Tx, decider: &Decider, row: &InvoiceRow) -> Result<Vec<Happening>> {
    let id = row.id.as_str();
    let entries = audit::of_subject(tx, &row.id.subject()).await?;
    let mut decided = decisions(tx, id).await?;
    let mut said: HashMap<String, Said> =
        conversation::all(tx, &row.id).await?.into_iter().map(|said| (said.id.clone(), said)).collect();
    let names = Names { decider };
    let mut found = Vec::new();
    if !entries.iter().any(|noted| noted.entry.action == "invoice.receive") {
        found.push(received(row, &names, &row.sender.as_deref().map_or_else(machine, both), None));
    }
    for noted in &entries {
        let (entry, at) = (&noted.entry, noted.at);
        let who = names.actor(&entry.actor);
        let text = |name: &str| entry.detail[name].as_str();
        let kind = entry.action.strip_prefix("invoice.").and_then(Kind::parse);
        let happening = match (kind, entry.action.as_str()) {
            (Some(kind), _) => {
                let version = entry.detail["version"].as_i64().unwrap_or_default();
                decision(at, &names, kind, who, text("unit"), text("to"), text("reason"), decided.remove(&version))
            }
            (None, "invoice.receive") => {
                found.push(received(row, &names, &who, text("unit")));
                continue;
            }
            (None, "invoice.comment" | "invoice.query" | "invoice.answer" | "invoice.notice") => {
                match text("comment").and_then(|id| said.remove(id)) {
                    Some(said) => spoken(&said),
                    None => Happening::new(at, Topic::Talk, who, Text::new("hat etwas geschrieben", "wrote something")),
                }
            }
            (None, "invoice.assign") => assigned(at, who, text("name"), &names, &entry.detail),
            (None, "invoice.link" | "invoice.unlink") => linked(at, who, &entry.action, &entry.detail),
            (None, "invoice.type_in") => {
                Happening::new(at, Topic::Receipt, who, Text::new("Angaben abgeschrieben", "typed in what it says"))
            }
            (None, "invoice.decide_duplicate") => {
                let what = match text("decision") {
                    Some("duplicate") => Text::new("ist eine Dublette", "is a duplicate"),
                    _ => Text::new("ist keine Dublette", "is no duplicate"),
                };
                Happening::new(at, Topic::Receipt, who, what)
            }
            (None, other) => Happening::new(at, Topic::Receipt, who, both(other)),
        };
        found.push(happening);
    }
    // Kept before the audit log had them.
    found.extend(said.values().map(spoken));
    for (step, at, kind, to, unit) in steps(tx, id).await? {
        if let (Some(made), Some(kind)) = (decided.remove(&step), kind) {
            let (who, reason) = (both(&made.person), made.reason.clone());
            let to = to.map(State::text);
            found.push(decision(at, &names, kind, who, unit.as_deref(), to, reason.as_deref(), Some(made)));
        }
    }
    found.extend(mails(tx, id).await?);
    found.extend(reminders(tx, id).await?);
    found.extend(payments(tx, id, decider.principal.may_everywhere(PAY)).await?);
    // Stable: what has the same time keeps the order in which it was noted.
    found.sort_by_key(|happening| happening.at);
    Ok(found)
}

struct Names<'a> {
    decider: &'a Decider,
}

impl Names<'_> {
    /// An actor of the audit log: `person:…`, `token:… person:…`, `channel:…`, or a part of the system.
    fn actor(&self, actor: &str) -> Text {
        let person = |id: &str| self.decider.directory.name_of(&PersonId::from(id)).to_owned();
        if let Some((token, id)) = actor.strip_prefix("token:").and_then(|rest| rest.split_once(" person:")) {
            let (name, _) = (person(id), token);
            return Text::owned(format!("{name} (über ein API-Token)"), format!("{name} (by an API token)"));
        }
        if let Some(id) = actor.strip_prefix("person:") {
            return both(&person(id));
        }
        if let Some(channel) = actor.strip_prefix("channel:").and_then(Channel::find) {
            return Text::owned(channel.name(Lang::De).to_owned(), channel.name(Lang::En).to_owned());
        }
        match actor {
            "supplier" => Text::new("Lieferant", "Supplier"),
            "routing" => Text::new("Regel der Zuordnung", "Rule of routing"),
            _ => machine(),
        }
    }

    fn unit(&self, id: &str) -> String {
        crate::invoice::page::unit_name(self.decider, id)
    }
}

fn received(row: &InvoiceRow, names: &Names<'_>, who: &Text, unit: Option<&str>) -> Happening {
    let channel = |lang: Lang| row.channel.name(lang);
    let (mut de, mut en) = (format!("eingegangen: {}", channel(Lang::De)), format!("received: {}", channel(Lang::En)));
    if let Some(sender) = &row.sender {
        de.push_str(&format!(", {sender}"));
        en.push_str(&format!(", {sender}"));
    }
    match row.verdict {
        Some(Verdict::Accept) => {
            de.push_str("; geprüft: regelkonform");
            en.push_str("; checked: meets the rules");
        }
        Some(verdict) => {
            let (errors, all) = (row.error_count, row.finding_count);
            de.push_str(&format!("; geprüft: {} ({errors} Fehler, {all} Hinweise)", verdict.name(Lang::De)));
            en.push_str(&format!("; checked: {} ({errors} errors, {all} findings)", verdict.name(Lang::En)));
        }
        None => {}
    }
    if let Some(unit) = unit.map(|unit| names.unit(unit)) {
        de.push_str(&format!("; zugeordnet: {unit}"));
        en.push_str(&format!("; routed to: {unit}"));
    }
    Happening::new(row.received_at, Topic::Receipt, who.clone(), Text::owned(de, en))
}

#[allow(clippy::too_many_arguments, reason = "one decision, said in full")]
fn decision(
    at: Timestamp,
    names: &Names<'_>,
    kind: Kind,
    who: Text,
    unit: Option<&str>,
    to: Option<&str>,
    reason: Option<&str>,
    made: Option<Decided>,
) -> Happening {
    let (mut de, mut en) = (kind.done().de.to_owned(), kind.done().en.to_owned());
    if kind == Kind::Forward
        && let Some(unit) = unit.map(|unit| names.unit(unit))
    {
        de.push_str(&format!(" → {unit}"));
        en.push_str(&format!(" → {unit}"));
    }
    if kind == Kind::Return
        && let Some(state) = to.and_then(State::find)
    {
        de.push_str(&format!(" → {}", state.name(Lang::De)));
        en.push_str(&format!(" → {}", state.name(Lang::En)));
    }
    let mut happening = Happening::new(at, Topic::Decision, who, Text::owned(de, en));
    happening.words = reason.map(str::to_owned);
    if let Some(made) = made {
        // As they were called on that day.
        happening.who = both(&made.person);
        happening.on_behalf_of = made.on_behalf_of;
        happening.warnings = made.warnings;
        happening.words = made.reason;
    }
    if matches!(kind, Kind::HandOver | Kind::HandOverFailed | Kind::Pay) {
        happening.topic = Topic::Payment;
    }
    happening
}

fn spoken(said: &Said) -> Happening {
    let what = Text::owned(said.kind.name(Lang::De).to_owned(), said.kind.name(Lang::En).to_owned());
    let mut happening = Happening::new(said.at, Topic::Talk, both(&said.author), what);
    happening.words = Some(said.text.clone());
    if said.kind == SaidKind::Answer {
        happening.what = Text::new("Antwort des Lieferanten", "answer of the supplier");
    }
    happening
}

fn assigned(at: Timestamp, who: Text, name: Option<&str>, names: &Names<'_>, detail: &serde_json::Value) -> Happening {
    let person = detail["person"].as_str().map(|id| names.decider.directory.name_of(&PersonId::from(id)).to_owned());
    let group = detail["group"].as_str();
    let group = group.map(|id| match names.decider.directory.groups.get(&vir_auth::GroupId::from(id)) {
        Some(group) => group.name.clone(),
        None => id.to_owned(),
    });
    let what = match name.map(str::to_owned).or(person).or(group) {
        Some(name) => Text::owned(format!("zugewiesen → {name}"), format!("assigned → {name}")),
        None => Text::new("an alle zurückgegeben", "given back to all"),
    };
    let mut happening = Happening::new(at, Topic::Assignment, who, what);
    happening.words = detail["note"].as_str().map(str::to_owned);
    happening
}

fn linked(at: Timestamp, who: Text, action: &str, detail: &serde_json::Value) -> Happening {
    let kind = match detail["kind"].as_str() {
        Some("corrects") => Text::new("Berichtigung", "correction"),
        Some("credits") => Text::new("Gutschrift", "credit note"),
        _ => Text::new("Teilrechnung", "partial invoice"),
    };
    let what = if action == "invoice.link" {
        Text::owned(format!("verbunden: {}", kind.de), format!("linked: {}", kind.en))
    } else {
        Text::owned(format!("Verbindung gelöst: {}", kind.de), format!("link removed: {}", kind.en))
    };
    let mut happening = Happening::new(at, Topic::Receipt, who, what);
    happening.link = detail["other"].as_str().map(|other| format!("/rechnungen/{other}"));
    happening
}

async fn decisions(tx: &mut Tx, id: &str) -> Result<HashMap<i64, Decided>> {
    let sql =
        "select version, person_name, for_person_name, reason, warnings from invoice_decision where invoice_id = $1";
    let read = |row: &Row| {
        let decided = Decided {
            person: row.text("person_name")?,
            on_behalf_of: row.optional_text("for_person_name")?,
            reason: row.optional_text("reason")?,
            warnings: row.optional_text("warnings")?,
        };
        Ok((row.int("version")?, decided))
    };
    tx.all(sql, &args![id]).await?.iter().map(read).collect()
}

type Step = (i64, Timestamp, Option<Kind>, Option<State>, Option<String>);

async fn steps(tx: &mut Tx, id: &str) -> Result<Vec<Step>> {
    let sql =
        "select version, at, kind, to_state, unit_id from invoice_decision where invoice_id = $1 order by version";
    let read = |row: &Row| {
        let (kind, to) = (Kind::parse(&row.text("kind")?), State::find(&row.text("to_state")?));
        Ok((row.int("version")?, row.time("at")?, kind, to, row.optional_text("unit_id")?))
    };
    tx.all(sql, &args![id]).await?.iter().map(read).collect()
}

/// Mails by which it came, and mails that went out about it.
async fn mails(tx: &mut Tx, id: &str) -> Result<Vec<Happening>> {
    let mut found = Vec::new();
    let sql = "select m.id as id, m.received_at as at, m.from_address as sender, m.subject as subject
        from mail m where m.id in (select mail_id from mail_invoice where invoice_id = $1) order by m.received_at";
    for row in tx.all(sql, &args![id]).await? {
        let who = row.optional_text("sender")?.map_or_else(machine, |sender| both(&sender));
        let subject = row.text("subject")?;
        let what = Text::owned(format!("E-Mail „{subject}“ brachte sie"), format!("mail “{subject}” brought it"));
        let mut happening = Happening::new(row.time("at")?, Topic::Talk, who, what);
        happening.link = Some(format!("/postfach/{}", row.text("id")?));
        found.push(happening);
    }
    let sql = "select created_at, sent_at, to_address, subject, state, trouble from mail_out where invoice_id = $1
        order by created_at";
    for row in tx.all(sql, &args![id]).await? {
        let (to, subject) = (row.text("to_address")?, row.text("subject")?);
        let (de, en) = match row.text("state")?.as_str() {
            "sent" => ("gesendet", "sent"),
            "refused" => ("nicht angenommen", "refused"),
            "returned" => ("kam zurück", "came back"),
            _ => ("wartet auf den Versand", "waits to be sent"),
        };
        let at = row.optional_time("sent_at")?.map_or_else(|| row.time("created_at"), Ok)?;
        let what = Text::owned(format!("E-Mail an {to} {de}: „{subject}“"), format!("mail to {to} {en}: “{subject}”"));
        let mut happening = Happening::new(at, Topic::Talk, machine(), what);
        happening.words = row.optional_text("trouble")?;
        found.push(happening);
    }
    Ok(found)
}

async fn reminders(tx: &mut Tx, id: &str) -> Result<Vec<Happening>> {
    let sql = "select push, at from invoice_reminder where invoice_id = $1 order by at";
    tx.all(sql, &args![id])
        .await?
        .iter()
        .map(|row| {
            let what = match row.text("push")?.as_str() {
                "escalation" => {
                    Text::new("Vorgesetzte wurden erinnert (Eskalation)", "superiors were reminded (escalation)")
                }
                _ => Text::new(
                    "wer den nächsten Schritt tun darf, wurde erinnert",
                    "those who may do the next step were reminded",
                ),
            };
            Ok(Happening::new(row.time("at")?, Topic::Assignment, machine(), what))
        })
        .collect()
}

/// Payment runs with what the bank said, and posting batches.
///
/// A run holds invoices of many units, so only those who pay for all of them are led to it.
async fn payments(tx: &mut Tx, id: &str, pays: bool) -> Result<Vec<Happening>> {
    let mut found = Vec::new();
    let sql = "select r.id as id, r.number as number, r.message_id as message, r.created_at as created_at,
            r.created_by_name as by_name, r.sent_at as sent_at, t.state as state, t.changed_at as changed_at,
            t.reason as reason, t.reason_words as words
        from payment_item i join payment_run r on r.id = i.run_id
            join payment_transfer t on t.run_id = i.run_id and t.position = i.position
        where i.invoice_id = $1 order by r.created_at";
    for row in tx.all(sql, &args![id]).await? {
        let (number, message) = (row.int("number")?, row.text("message")?);
        let run = row.text("id")?;
        let link = pays.then(|| format!("/uebergabe/laeufe/{run}"));
        let mut add = |at: Timestamp, who: Text, what: Text, words: Option<String>| {
            found.push(Happening { words, link: link.clone(), ..Happening::new(at, Topic::Payment, who, what) });
        };
        let what = Text::owned(
            format!("im Zahlungslauf {number} ({message})"),
            format!("in payment run {number} ({message})"),
        );
        add(row.time("created_at")?, both(&row.text("by_name")?), what, None);
        if let Some(at) = row.optional_time("sent_at")? {
            let what = Text::owned(
                format!("Zahlungslauf {number} an die Bank gegeben"),
                format!("payment run {number} given to the bank"),
            );
            add(at, machine(), what, None);
        }
        let said = match row.text("state")?.as_str() {
            "accepted" => Some(Text::new("von der Bank angenommen", "accepted by the bank")),
            "paid" => Some(Text::new("von der Bank ausgeführt", "carried out by the bank")),
            "rejected" => Some(Text::new("von der Bank abgelehnt", "rejected by the bank")),
            "returned" => Some(Text::new("Überweisung kam zurück", "the transfer came back")),
            "cancelled" => Some(Text::new("Überweisung zurückgezogen", "the transfer was cancelled")),
            _ => None,
        };
        if let Some(what) = said {
            let words = row.optional_text("words")?.or(row.optional_text("reason")?);
            add(row.time("changed_at")?, Text::new("Bank", "Bank"), what, words);
        }
    }
    let sql = "select b.number as number, b.created_at as at, b.created_by_name as by_name
        from posting_item i join posting_batch b on b.id = i.batch_id where i.invoice_id = $1 order by b.created_at";
    for row in tx.all(sql, &args![id]).await? {
        let number = row.int("number")?;
        let what = Text::owned(format!("gebucht mit Stapel {number}"), format!("posted with batch {number}"));
        found.push(Happening::new(row.time("at")?, Topic::Payment, both(&row.text("by_name")?), what));
    }
    Ok(found)
}
