//! The digest: what waits for a person, in their language, as short as it can be.
//!
//! Invariant: no name of a seller, no amount, no text of a comment; each line leads to the place where they stand.

use jiff::Timestamp;
use jiff::civil::Date;
use vir_core::Lang;
use vir_store::{Result, Tx};
use vir_web::format;

use super::note::{self, Kind, Note};
use crate::work::waiting::{Scope, Whose, steps};
use crate::workflow::Decider;
use crate::workflow::deadline::{self, Deadline, Light, Term};
use crate::workflow::settings::Settings;

/// How many invoices are listed by name; of the others the number is told.
const LISTED: usize = 8;
/// How many notes.
const NOTES: usize = 12;

/// Work at one step.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Waiting {
    /// The step, as the work page names it in its address.
    pub code: &'static str,
    /// What people call it.
    pub de: &'static str,
    /// In English.
    pub en: &'static str,
    /// How many wait.
    pub count: i64,
    /// How many of them are new since the last digest.
    pub new: i64,
}

/// An invoice that presses.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pressing {
    /// Its identifier.
    pub id: String,
    /// Its number, where it has one.
    pub number: Option<String>,
    /// What ends, and when.
    pub deadline: Deadline,
    /// Is it the person's own to do?
    pub mine: bool,
}

/// What there is to tell a person.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Digest {
    /// Work, step by step; only steps with work.
    pub work: Vec<Waiting>,
    /// The most pressing of it.
    pub pressing: Vec<Pressing>,
    /// What happened.
    pub notes: Vec<Note>,
    /// Mails in quarantine.
    pub quarantined: i64,
    /// For whom the person stands in.
    pub acting_for: Vec<String>,
}

impl Digest {
    /// Reads what waits for this person.
    ///
    /// # Errors
    /// Where the store fails.
    pub async fn read(tx: &mut Tx, decider: &Decider, since: Option<Timestamp>) -> Result<Self> {
        let principal = &decider.principal;
        let settings = Settings::load(tx).await?;
        let today = crate::day_of(tx.now());
        let found = steps(tx, principal, &Scope::new(decider, Whose::All), None, since).await?;
        let mut digest = Self::default();
        for step in found {
            // That a payment is on its way is no work: the bank answers.
            if step.count == 0 || step.waiting.code == "pay" {
                continue;
            }
            digest.work.push(Waiting {
                code: step.waiting.code,
                de: step.waiting.de,
                en: step.waiting.en,
                count: step.count,
                new: step.new,
            });
            for item in step.items {
                let deadlines = deadline::deadlines(&item.dates, today, settings.region, settings.yellow);
                let Some(deadline) = deadline::pressing(&deadlines, today) else { continue };
                if deadline.light == Light::Green {
                    continue;
                }
                let mine = item.assignee == crate::workflow::Assignee::Person(principal.person.clone());
                digest.pressing.push(Pressing { id: item.id, number: item.number, deadline, mine });
            }
        }
        // What can still be kept comes before what is lost already.
        let order = |one: &Pressing| (one.deadline.pay_by < today, one.deadline.pay_by, one.id.clone());
        digest.pressing.sort_by_key(order);
        digest.notes = note::untold(tx, principal.person.as_str(), false).await?;
        digest.notes.retain(|note| match note.kind {
            Kind::Quarantine => principal.may_everywhere(crate::permissions::CODE),
            _ => crate::access::may(principal, crate::permissions::SEE, note.unit.as_deref()),
        });
        if principal.may_everywhere(crate::permissions::CODE) {
            let sql = "select count(*) as n from mail where state = 'quarantined'";
            digest.quarantined = tx.one(sql, &[]).await?.int("n")?;
        }
        digest.acting_for =
            principal.acting_for_anybody().iter().map(|of| decider.directory.name_of(of).to_owned()).collect();
        Ok(digest)
    }

    /// Is there nothing to tell?
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.work.is_empty() && self.notes.is_empty() && self.quarantined == 0
    }

    fn waiting(&self) -> i64 {
        self.work.iter().map(|step| step.count).sum()
    }

    /// The first deadline that can still be kept.
    fn nearest(&self, today: Date) -> Option<&Pressing> {
        self.pressing.iter().find(|one| one.deadline.pay_by >= today)
    }

    /// The subject: how many, and until when.
    #[must_use]
    pub fn subject(&self, lang: Lang, today: Date) -> String {
        let waiting = self.waiting();
        let count = match waiting {
            0 => match self.notes.len() {
                0 => lang.tr(
                    format!("{} E-Mails in Quarantäne", self.quarantined),
                    format!("{} mails in quarantine", self.quarantined),
                ),
                1 => lang.tr("1 Hinweis zu Rechnungen", "1 note on invoices").to_owned(),
                notes => lang.tr(format!("{notes} Hinweise zu Rechnungen"), format!("{notes} notes on invoices")),
            },
            1 => lang.tr("1 Rechnung wartet auf Sie", "1 invoice waits for you").to_owned(),
            _ => {
                let waiting = format::count(waiting.unsigned_abs(), lang);
                lang.tr(format!("{waiting} Rechnungen warten auf Sie"), format!("{waiting} invoices wait for you"))
            }
        };
        let overdue = self.pressing.iter().filter(|one| one.deadline.pay_by < today).count();
        match self.nearest(today) {
            Some(one) => format!("{count}, {}", until(lang, &one.deadline, today)),
            None if overdue > 0 => {
                lang.tr(format!("{count}, {overdue} überfällig"), format!("{count}, {overdue} overdue"))
            }
            None => count,
        }
    }

    /// The text; links begin with `base`.
    #[must_use]
    pub fn text(&self, lang: Lang, name: &str, base: &str, place: &str, today: Date) -> String {
        let mut parts = vec![lang.tr(format!("Guten Tag {name},"), format!("Hello {name},"))];
        if !self.acting_for.is_empty() {
            let names = self.acting_for.join(", ");
            parts.push(lang.tr(
                format!("Sie vertreten heute {names}; deren Arbeit ist hier dabei."),
                format!("Today you stand in for {names}; their work is included."),
            ));
        }
        if !self.work.is_empty() {
            let mut lines = vec![lang.tr("Das wartet auf Sie:", "This waits for you:").to_owned()];
            for step in &self.work {
                let (count, new) = (format::count(step.count.unsigned_abs(), lang), step.new);
                let new = if new > 0 {
                    lang.tr(format!(", davon {new} neu"), format!(", {new} of them new"))
                } else {
                    String::new()
                };
                lines.push(format!(
                    "- {}: {count}{new}\n  {base}/arbeit?step={}",
                    lang.tr(step.de, step.en),
                    step.code
                ));
            }
            parts.push(lines.join("\n"));
        }
        if !self.pressing.is_empty() {
            let mut lines = vec![lang.tr("Diese Fristen drängen:", "These deadlines press:").to_owned()];
            for one in self.pressing.iter().take(LISTED) {
                let mine = if one.mine { lang.tr(", Ihnen zugewiesen", ", assigned to you") } else { "" };
                let number = numbered(lang, one.number.as_deref());
                let until = until(lang, &one.deadline, today);
                lines.push(format!("- {number}: {until}{mine}\n  {base}/rechnungen/{}", one.id));
            }
            if let more @ 1.. = self.pressing.len().saturating_sub(LISTED) {
                lines.push(
                    lang.tr(
                        format!("- und {more} weitere: {base}/arbeit"),
                        format!("- and {more} more: {base}/arbeit"),
                    ),
                );
            }
            parts.push(lines.join("\n"));
        }
        if !self.notes.is_empty() {
            parts.push(notes(lang, &self.notes, base));
        }
        if self.quarantined > 0 {
            let count = self.quarantined;
            parts.push(lang.tr(
                format!("In Quarantäne liegen {count} E-Mails: {base}/postfach/quarantaene"),
                format!("{count} mails lie in quarantine: {base}/postfach/quarantaene"),
            ));
        }
        parts.push(foot(lang, base, place));
        parts.join("\n\n")
    }
}

/// What is told at once: a few notes in one mail.
#[must_use]
pub fn bundle(lang: Lang, found: &[Note], name: &str, base: &str, place: &str) -> (String, String) {
    let subject = match found {
        [one] => {
            let says = one.kind.says();
            let says = says.get(lang);
            match &one.by {
                Some(by) if one.kind == Kind::Mention => {
                    lang.tr(format!("{by} hat Sie erwähnt"), format!("{by} mentioned you"))
                }
                _ => format!("{says}: {}", about(lang, one)),
            }
        }
        many => lang.tr(format!("{} Hinweise zu Rechnungen", many.len()), format!("{} notes on invoices", many.len())),
    };
    let text = [
        lang.tr(format!("Guten Tag {name},"), format!("Hello {name},")),
        notes(lang, found, base),
        foot(lang, base, place),
    ];
    (subject, text.join("\n\n"))
}

fn notes(lang: Lang, notes: &[Note], base: &str) -> String {
    let mut lines = vec![lang.tr("Das ist passiert:", "This happened:").to_owned()];
    for one in notes.iter().take(NOTES) {
        let by = one.by.as_ref().map(|by| lang.tr(format!(" von {by}"), format!(" by {by}"))).unwrap_or_default();
        let when = format::date_time(one.at, lang);
        lines.push(format!(
            "- {}{by}: {}, {when}\n  {base}{}",
            one.kind.says().get(lang),
            about(lang, one),
            one.path()
        ));
    }
    if let more @ 1.. = notes.len().saturating_sub(NOTES) {
        lines
            .push(lang.tr(format!("- und {more} weitere: {base}/arbeit"), format!("- and {more} more: {base}/arbeit")));
    }
    lines.join("\n")
}

fn about(lang: Lang, note: &Note) -> String {
    if note.kind == Kind::Quarantine {
        return lang.tr("eine E-Mail", "a mail").to_owned();
    }
    numbered(lang, note.number.as_deref())
}

/// Numbers come from outside: one line, and not long.
fn numbered(lang: Lang, number: Option<&str>) -> String {
    match number {
        Some(number) => {
            let number: String = number.chars().map(|c| if c.is_control() { ' ' } else { c }).take(60).collect();
            lang.tr(format!("Rechnung {number}"), format!("Invoice {number}"))
        }
        None => lang.tr("Rechnung ohne Nummer", "Invoice without number").to_owned(),
    }
}

/// „Skonto bis 24.11.2026", „überfällig seit …".
fn until(lang: Lang, deadline: &Deadline, today: Date) -> String {
    let date = format::date(deadline.date, lang);
    let what = match deadline.term {
        Term::Discount => lang.tr("Skonto", "discount"),
        Term::Due => lang.tr("fällig", "due"),
        Term::Default => lang.tr("Verzug", "default"),
    };
    match deadline.term {
        _ if deadline.date < today => lang.tr(format!("überfällig seit {date}"), format!("overdue since {date}")),
        Term::Discount => lang.tr(format!("{what} bis {date}"), format!("{what} until {date}")),
        Term::Due => lang.tr(format!("{what} am {date}"), format!("{what} on {date}")),
        Term::Default => lang.tr(format!("{what} ab {date}"), format!("{what} from {date}")),
    }
}

fn foot(lang: Lang, base: &str, place: &str) -> String {
    lang.tr(
        format!("{place}, Rechnungseingang: {base}/arbeit\nWann Sie solche E-Mails bekommen, bestimmen Sie selbst: {base}/konto/benachrichtigungen"),
        format!("{place}, invoice desk: {base}/arbeit\nWhen you get such mails is yours to choose: {base}/konto/benachrichtigungen"),
    )
}
