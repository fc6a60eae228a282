//! What is said about an invoice: comments among colleagues, questions to the supplier and their answers, and the
//! notice of a rejection.
//!
//! A question is an event (`invoice.query`); whoever sends mail listens to it and brings the answer back with
//! [`answer`]. A comment may mention people with `@name`; they find it in their work until they have seen it.
//!
//! Invariant: nothing that was said is changed or removed.

use serde_json::json;
use vir_core::{Lang, Text};
use vir_store::{Entry, Result, Tx, args, new_id};

use crate::invoice_row::{InvoiceId, InvoiceRow};
use crate::workflow::Decider;

/// The most characters of a comment or a question.
pub const LIMIT: usize = 5000;

/// What kind of thing was said.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Among colleagues.
    Comment,
    /// A question to the supplier.
    Query,
    /// Their answer.
    Answer,
    /// The notice of a rejection.
    Notice,
}

impl Kind {
    /// As it is stored.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Comment => "comment",
            Self::Query => "query",
            Self::Answer => "answer",
            Self::Notice => "notice",
        }
    }

    fn find(code: &str) -> Self {
        [Self::Query, Self::Answer, Self::Notice].into_iter().find(|kind| kind.code() == code).unwrap_or(Self::Comment)
    }

    /// What people call it.
    #[must_use]
    pub fn name(self, lang: Lang) -> &'static str {
        match self {
            Self::Comment => lang.tr("Kommentar", "Comment"),
            Self::Query => lang.tr("Rückfrage an den Lieferanten", "Question to the supplier"),
            Self::Answer => lang.tr("Antwort des Lieferanten", "The supplier's answer"),
            Self::Notice => lang.tr("Mitteilung an den Lieferanten", "Notice to the supplier"),
        }
    }
}

/// Something that was said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Said {
    /// Its identifier.
    pub id: String,
    /// When.
    pub at: jiff::Timestamp,
    /// What kind of thing it is.
    pub kind: Kind,
    /// Who said it.
    pub author: String,
    /// What was said.
    pub text: String,
}

const ALL: &str = "select id, at, kind, author, text from invoice_comment where invoice_id = $1 order by at, id";
const SAY: &str = "insert into invoice_comment (id, invoice_id, at, kind, person_id, author, text)
    values ($1, $2, $3, $4, $5, $6, $7)";
const MENTION: &str = "insert into comment_mention (comment_id, person_id, invoice_id, at, seen)
    values ($1, $2, $3, $4, false) on conflict ({t}comment_id, person_id) do nothing";

/// Everything that was said about an invoice, in its order.
///
/// # Errors
/// Where the store fails.
pub async fn all(tx: &mut Tx, invoice: &InvoiceId) -> Result<Vec<Said>> {
    let rows = tx.all(ALL, &args![invoice.as_str()]).await?;
    rows.iter()
        .map(|row| {
            Ok(Said {
                id: row.text("id")?,
                at: row.time("at")?,
                kind: Kind::find(&row.text("kind")?),
                author: row.text("author")?,
                text: row.text("text")?,
            })
        })
        .collect()
}

/// What is wrong with a text, if anything.
#[must_use]
pub fn wrong(text: &str) -> Option<Text> {
    if text.trim().is_empty() {
        Some(Text::new("Bitte schreiben Sie einen Text.", "Please write a text."))
    } else if text.chars().count() > LIMIT {
        Some(Text::new("Höchstens 5.000 Zeichen.", "At most 5,000 characters."))
    } else {
        None
    }
}

/// Writes a comment. Whoever is mentioned is told by the event `invoice.comment`.
///
/// # Errors
/// Where the store fails.
pub async fn comment(tx: &mut Tx, decider: &Decider, invoice: &InvoiceId, text: &str) -> Result<String> {
    let principal = &decider.principal;
    let id = say(tx, invoice, Kind::Comment, Some(principal.person.as_str()), &principal.name, text).await?;
    let people = decider.directory.people.values().map(|person| (person.id.as_str(), person.name.as_str()));
    let mentioned = mentions(text, people);
    for person in &mentioned {
        tx.execute(MENTION, &args![&id, person, invoice.as_str(), tx.now()]).await?;
    }
    let event = json!({
        "invoice_id": invoice, "comment_id": id, "by": principal.person.as_str(), "mentioned": mentioned,
    });
    tx.publish("invoice.comment", event).await?;
    tx.audit(Entry {
        actor: principal.actor(),
        action: "invoice.comment".to_owned(),
        subject: invoice.subject(),
        detail: json!({ "comment": id }),
    });
    Ok(id)
}

/// Asks the supplier. The event `invoice.query` carries what is to be sent.
///
/// # Errors
/// Where the store fails.
pub async fn query(tx: &mut Tx, decider: &Decider, row: &InvoiceRow, to: &str, text: &str) -> Result<String> {
    let principal = &decider.principal;
    let id = say(tx, &row.id, Kind::Query, Some(principal.person.as_str()), &principal.name, text).await?;
    let number = row.number.as_deref().unwrap_or("–");
    let event = json!({
        "invoice_id": row.id, "comment_id": id, "to": to, "by": principal.person.as_str(),
        "subject": format!("Rückfrage zu Ihrer Rechnung {number}"), "text": text,
    });
    tx.publish("invoice.query", event).await?;
    tx.audit(Entry {
        actor: principal.actor(),
        action: "invoice.query".to_owned(),
        subject: row.id.subject(),
        detail: json!({ "comment": id }),
    });
    Ok(id)
}

/// Puts the supplier's answer to the invoice. `message` is the mail's own identifier: the same mail twice is one answer.
///
/// # Errors
/// Where the store fails.
pub async fn answer(tx: &mut Tx, invoice: &InvoiceId, message: &str, from: &str, text: &str) -> Result<()> {
    let text: String = text.chars().take(LIMIT).collect();
    let known = tx.optional("select id from invoice_comment where id = $1", &args![message]).await?;
    if known.is_some() {
        return Ok(());
    }
    let row = args![message, invoice.as_str(), tx.now(), Kind::Answer.code(), None::<String>, from, text];
    tx.execute(SAY, &row).await?;
    tx.publish("invoice.answer", json!({ "invoice_id": invoice, "comment_id": message })).await?;
    tx.audit(Entry {
        actor: "supplier".to_owned(),
        action: "invoice.answer".to_owned(),
        subject: invoice.subject(),
        detail: json!({ "comment": message }),
    });
    Ok(())
}

/// Tells the supplier that their invoice was rejected: event `invoice.notice`.
///
/// # Errors
/// Where the store fails.
pub async fn reject_notice(tx: &mut Tx, decider: &Decider, row: &InvoiceRow, to: &str, text: &str) -> Result<()> {
    let number = row.number.as_deref().unwrap_or("–");
    notice(tx, decider, row, to, &format!("Ihre Rechnung {number} wurde zurückgewiesen"), text).await
}

/// Tells the supplier something that needs no answer: event `invoice.notice`.
///
/// # Errors
/// Where the store fails.
pub async fn notice(
    tx: &mut Tx,
    decider: &Decider,
    row: &InvoiceRow,
    to: &str,
    subject: &str,
    text: &str,
) -> Result<()> {
    let principal = &decider.principal;
    let id = say(tx, &row.id, Kind::Notice, Some(principal.person.as_str()), &principal.name, text).await?;
    let event = json!({
        "invoice_id": row.id, "comment_id": id, "to": to, "by": principal.person.as_str(),
        "subject": subject, "text": text,
    });
    tx.publish("invoice.notice", event).await?;
    tx.audit(Entry {
        actor: principal.actor(),
        action: "invoice.notice".to_owned(),
        subject: row.id.subject(),
        detail: json!({ "comment": id }),
    });
    Ok(())
}

/// The text of the notice. German only: it goes to the supplier of a German administration.
#[must_use]
pub fn rejection(row: &InvoiceRow, reason: &str, place: &str) -> String {
    let number = row.number.as_deref().unwrap_or("ohne Nummer");
    let date = row.issue_date.map_or_else(String::new, |date| format!(" vom {}", date.strftime("%d.%m.%Y")));
    format!(
        "Guten Tag,\n\nIhre Rechnung {number}{date} können wir nicht annehmen.\n\nGrund: {}\n\n\
         Bitte senden Sie uns eine berichtigte Rechnung.\n\n\
         Mit freundlichen Grüßen\n{place}\n",
        reason.trim()
    )
}

async fn say(
    tx: &mut Tx,
    invoice: &InvoiceId,
    kind: Kind,
    person: Option<&str>,
    author: &str,
    text: &str,
) -> Result<String> {
    let id = new_id(tx.now());
    tx.execute(SAY, &args![&id, invoice.as_str(), tx.now(), kind.code(), person, author, text.trim()]).await?;
    Ok(id)
}

/// The people whom a text mentions: `@` and their whole name, or their first or last name where only one person
/// has it. Capitals do not matter.
#[must_use]
pub fn mentions<'a>(text: &str, people: impl Iterator<Item = (&'a str, &'a str)>) -> Vec<String> {
    let text = text.to_lowercase();
    let people: Vec<(&str, String)> = people.map(|(id, name)| (id, name.to_lowercase())).collect();
    let mut found: Vec<String> = Vec::new();
    for (at, _) in text.match_indices('@') {
        let rest = &text[at + 1..];
        let starts = |name: &str| {
            !name.is_empty() && rest.strip_prefix(name).is_some_and(|after| !after.starts_with(char::is_alphanumeric))
        };
        let whole: Vec<&str> = people.iter().filter(|(_, name)| starts(name)).map(|(id, _)| *id).collect();
        let part = || people.iter().filter(|(_, name)| name.split(' ').any(starts)).map(|(id, _)| *id).collect();
        let hits: Vec<&str> = if whole.is_empty() { part() } else { whole };
        if let [one] = hits[..]
            && !found.iter().any(|known| known == one)
        {
            found.push(one.to_owned());
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn people_are_mentioned_by_name() {
        let people = [("1", "Erika Muster"), ("2", "Jan Muster"), ("3", "Ole Größe")];
        let check = |text: &str, expect: &[&str]| {
            assert_eq!(mentions(text, people.into_iter()), expect, "{text}");
        };
        check("@Erika Muster bitte ansehen", &["1"]);
        check("@erika, @ole: bitte", &["1", "3"]);
        check("@Größe?", &["3"]);
        check("@Muster ist mehrdeutig", &[]);
        check("mail@jan.example", &["2"]);
        check("@Janosch und @", &[]);
        check("@Jan @Jan", &["2"]);
    }
}
