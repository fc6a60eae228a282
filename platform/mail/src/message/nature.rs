//! Who or what sent a message.
//!
//! RFC 3834 says whom a program must not answer; the rest is what mail programs do in practice.
//!
//! Invariant: whatever is [`Nature::Automatic`] is never answered by a program. It is read like any
//! other mail, though: accounting systems send invoices as `auto-generated`.

use mail_parser::HeaderName;

use super::header::Fields;
use crate::Address;

/// Who or what sent a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Nature {
    /// Nothing speaks against a person who reads answers.
    Personal,
    /// A program; it is not answered.
    Automatic(Automatic),
}

/// Why a message is taken for one of a program.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Automatic {
    /// A mail server returns a message or reports on it: empty `Return-Path`, `MAILER-DAEMON`,
    /// `multipart/report`.
    Bounce,
    /// An out-of-office notice or another automatic answer: `Auto-Submitted: auto-replied`,
    /// `X-Autoreply`, a subject that such notices have.
    Reply,
    /// Made by a program on its own: `Auto-Submitted: auto-generated`.
    Generated,
    /// A mailing list or bulk mail: `List-*`, `Precedence`.
    List,
    /// The sender asks not to be answered: `X-Auto-Response-Suppress`, `noreply@`.
    Unwanted,
    /// It carries the mark of our own answers: it came back to us.
    Own,
}

impl Nature {
    /// May a program answer?
    #[must_use]
    pub fn may_be_answered(self) -> bool {
        self == Self::Personal
    }
}

/// The field by which our own answers are known, wherever they turn up again.
pub(crate) const OWN_MARK: &str = "X-Vir-Answer";

const ROBOTS: [&str; 5] = ["mailer-daemon", "postmaster", "mail-daemon", "maildaemon", "mdaemon"];
const NO_REPLY: [&str; 10] = [
    "noreply",
    "no-reply",
    "no_reply",
    "donotreply",
    "do-not-reply",
    "do_not_reply",
    "nicht-antworten",
    "keine-antwort",
    "keineantwort",
    "bounce",
];
/// How the subjects of out-of-office notices begin, where programs do not mark them.
const AWAY: [&str; 8] = [
    "automatische antwort:",
    "abwesenheitsnotiz",
    "abwesend:",
    "out of office:",
    "automatic reply:",
    "autoreply:",
    "auto-reply:",
    "ich bin nicht im büro",
];

pub(super) fn of(fields: &Fields<'_>) -> Nature {
    use Automatic::{Bounce, Generated, List, Own, Reply, Unwanted};

    let first = |name: &str| fields.raw(name).next().map(|value| value.to_ascii_lowercase());
    let has = |name: &str| fields.raw(name).next().is_some();
    let word = |value: &str| value.split([';', ' ', '\t', '(']).next().unwrap_or_default().trim().to_owned();
    let automatic = |why| Nature::Automatic(why);

    if has(OWN_MARK) {
        return automatic(Own);
    }
    let report = fields.content_type().is_some_and(|kind| {
        kind.ctype().eq_ignore_ascii_case("multipart")
            && kind.subtype().is_some_and(|sub| sub.eq_ignore_ascii_case("report"))
    });
    let locals = |name: &str| -> Vec<String> {
        let inside = |value: &str| {
            let tail = value.rsplit_once('<').map_or(value, |(_, tail)| tail.split('>').next().unwrap_or(tail));
            Address::new(tail).ok().map(|address| address.local().to_lowercase())
        };
        fields.raw(name).filter_map(|value| inside(&value)).collect()
    };
    let robot =
        ["From", "Sender", "Return-Path"].into_iter().flat_map(locals).any(|local| ROBOTS.contains(&local.as_str()));
    let empty_path = first("Return-Path").is_some_and(|path| path.trim() == "<>" || path.trim().is_empty());
    if report || robot {
        return automatic(Bounce);
    }
    match first("Auto-Submitted").map(|value| word(&value)).as_deref() {
        None | Some("no" | "") => {}
        Some("auto-generated") => return automatic(Generated),
        Some(_) => return automatic(Reply),
    }
    let marked =
        ["X-Autoreply", "X-Autorespond", "X-Autoresponder", "X-Auto-Reply-From", "X-Mail-Autoreply", "Auto-Reply"];
    if marked.iter().any(|name| has(name)) {
        return automatic(Reply);
    }
    if let Some(value) = first("Precedence").map(|value| word(&value)) {
        match &*value {
            "auto_reply" | "auto-reply" => return automatic(Reply),
            "bulk" | "junk" | "list" => return automatic(List),
            _ => {}
        }
    }
    if ["List-Id", "List-Post", "List-Unsubscribe", "List-Help", "Mailing-List", "X-Mailing-List"]
        .iter()
        .any(|name| has(name))
    {
        return automatic(List);
    }
    let subject = fields.text(&HeaderName::Subject).unwrap_or_default().trim().to_lowercase();
    if AWAY.iter().any(|start| subject.starts_with(start)) {
        return automatic(Reply);
    }
    if empty_path {
        return automatic(Bounce);
    }
    let suppressed = first("X-Auto-Response-Suppress")
        .is_some_and(|value| value.split(',').any(|one| matches!(one.trim(), "all" | "autoreply" | "oof")));
    // An answer goes to `Reply-To` where there is one.
    let answer_to = if has("Reply-To") { "Reply-To" } else { "From" };
    let no_reply = locals(answer_to).iter().any(|local| NO_REPLY.iter().any(|start| local.starts_with(start)));
    if suppressed || no_reply {
        return automatic(Unwanted);
    }
    Nature::Personal
}
