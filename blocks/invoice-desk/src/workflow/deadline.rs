//! Deadlines of an invoice: until when cash discount can be taken, until when it must be paid, and how pressing
//! that is.
//!
//! The last day for the payment is not the due date: a transfer that is handed in on one bank day arrives on the next
//! (§ 675n (1) BGB), and banks do not pay on every day. So each deadline has two dates: the date of the document, and
//! the day on which the payment must be handed over at the latest.
//!
//! Invariant: `pay_by` is a bank day and not after `date`, unless the calendar itself ends.

use jiff::ToSpan;
use jiff::civil::Date;
use vir_core::{Lang, Phrase};

use super::calendar::{Region, add_bank_days, bank_day_until, working_days_between};

/// The traffic light.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Light {
    /// There is time.
    Green,
    /// It is getting close.
    Yellow,
    /// Today, or too late.
    Red,
}

impl Light {
    /// As classes and the API name it.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Green => "green",
            Self::Yellow => "yellow",
            Self::Red => "red",
        }
    }

    /// In words, because colour alone is no information (WCAG 2.2, 1.4.1).
    #[must_use]
    pub fn name(self) -> Phrase {
        match self {
            Self::Green => Phrase::new("genug Zeit", "enough time"),
            Self::Yellow => Phrase::new("bald", "soon"),
            Self::Red => Phrase::new("dringend", "urgent"),
        }
    }
}

/// What ends on that day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Term {
    /// The time within which cash discount may be taken.
    Discount,
    /// The payment term (BT-9).
    Due,
    /// Thirty days after receipt: default without a reminder (§ 286 (3) BGB). Used where the invoice has no due date.
    Default,
}

impl Term {
    /// What people call it.
    #[must_use]
    pub fn name(self) -> Phrase {
        match self {
            Self::Discount => Phrase::new("Skonto", "Cash discount"),
            Self::Due => Phrase::new("Fälligkeit", "Due date"),
            Self::Default => {
                Phrase::new("Verzug nach 30 Tagen (§ 286 Abs. 3 BGB)", "Default after 30 days (§ 286 (3) BGB)")
            }
        }
    }
}

/// One deadline of an invoice.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Deadline {
    /// What ends.
    pub term: Term,
    /// The last day as the document or the law has it.
    pub date: Date,
    /// The last bank day on which the payment can be handed over so that it arrives in time.
    pub pay_by: Date,
    /// Working days from today until then; negative when it has passed.
    pub days_left: i32,
    /// How pressing it is.
    pub light: Light,
}

/// What the deadlines are computed from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Dates {
    /// The day on which the invoice was received.
    pub received: Date,
    /// BT-9, or what the payment terms say.
    pub due: Option<Date>,
    /// The last day for the cash discount.
    pub discount: Option<Date>,
}

/// How many working days before the last day the light turns yellow.
pub const YELLOW: i32 = 5;

/// The deadlines of an invoice as of `today`, the first to end first.
///
/// ```
/// use vir_invoice_desk::workflow::{calendar::Region, deadline};
/// let day = |text: &str| text.parse().unwrap();
/// let dates = deadline::Dates { received: day("2026-11-02"), due: Some(day("2026-12-02")), discount: None };
/// let [due] = deadline::deadlines(&dates, day("2026-11-22"), Region::Niedersachsen, 5)[..] else { panic!() };
/// assert_eq!(due.pay_by, day("2026-12-01"));
/// ```
#[must_use]
pub fn deadlines(dates: &Dates, today: Date, region: Region, yellow: i32) -> Vec<Deadline> {
    let due = match dates.due {
        Some(due) => (Term::Due, due),
        None => (Term::Default, dates.received.saturating_add(30.days())),
    };
    let discount = dates.discount.map(|date| (Term::Discount, date));
    let terms = discount.into_iter().chain([due]);
    let mut found: Vec<Deadline> = terms.map(|(term, date)| deadline(term, date, today, region, yellow)).collect();
    found.sort_by_key(|deadline| deadline.date);
    found
}

fn deadline(term: Term, date: Date, today: Date, region: Region, yellow: i32) -> Deadline {
    let pay_by = pay_by(date);
    let days_left = working_days_between(region, today, pay_by);
    let light = if pay_by <= today {
        Light::Red
    } else if days_left <= yellow {
        Light::Yellow
    } else {
        Light::Green
    };
    Deadline { term, date, pay_by, days_left, light }
}

/// The last bank day on which a transfer can be handed in so that it arrives on `date` at the latest.
#[must_use]
pub fn pay_by(date: Date) -> Date {
    add_bank_days(bank_day_until(date), -1)
}

/// The light of the deadline that matters now: the first that has not passed, or the last.
#[must_use]
pub fn pressing(deadlines: &[Deadline], today: Date) -> Option<Deadline> {
    deadlines.iter().find(|deadline| deadline.pay_by >= today).or(deadlines.last()).copied()
}

/// How long the payment term is that the supplier grants, where the law has a word on it (§ 271a (2) BGB): public
/// bodies may agree on more than 30 days only expressly and with a reason in the matter, and never on more than 60.
#[must_use]
pub fn term_note(dates: &Dates, lang: Lang) -> Option<String> {
    let days = dates.received.until(dates.due?).ok()?.get_days();
    (days > 30).then(|| {
        if days > 60 {
            lang.tr(
                format!("Das Zahlungsziel liegt {days} Tage nach dem Eingang. Öffentliche Auftraggeber können mehr als 60 Tage nicht wirksam vereinbaren (§ 271a Abs. 2 Nr. 2 BGB)."),
                format!("The due date is {days} days after receipt. Public bodies cannot validly agree on more than 60 days (§ 271a (2) no. 2 BGB)."),
            )
        } else {
            lang.tr(
                format!("Das Zahlungsziel liegt {days} Tage nach dem Eingang. Mehr als 30 Tage gelten für öffentliche Auftraggeber nur bei ausdrücklicher und sachlich begründeter Vereinbarung (§ 271a Abs. 2 Nr. 1 BGB)."),
                format!("The due date is {days} days after receipt. For public bodies more than 30 days are valid only if agreed expressly and with a reason in the matter (§ 271a (2) no. 1 BGB)."),
            )
        }
    })
}

/// How far a step that waits has been pushed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Push {
    /// The group whose step it is was reminded.
    Reminder,
    /// The superiors were told.
    Escalation,
}

impl Push {
    /// As it is stored.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Reminder => "reminder",
            Self::Escalation => "escalation",
        }
    }
}

/// After how many working days at one step somebody is reminded, and the superiors are told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Patience {
    /// Working days until the reminder.
    pub remind: i32,
    /// Working days until the escalation.
    pub escalate: i32,
}

impl Default for Patience {
    fn default() -> Self {
        Self { remind: 3, escalate: 6 }
    }
}

/// What is due for a step that has waited since `since`: a red deadline reminds at once, however short the wait.
#[must_use]
pub fn push(since: Date, today: Date, region: Region, patience: Patience, light: Option<Light>) -> Option<Push> {
    let waited = working_days_between(region, since, today);
    if waited >= patience.escalate {
        Some(Push::Escalation)
    } else if waited >= patience.remind || light == Some(Light::Red) {
        Some(Push::Reminder)
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn day(text: &str) -> Date {
        text.parse().unwrap()
    }

    fn dates(due: Option<&str>, discount: Option<&str>) -> Dates {
        Dates { received: day("2026-11-02"), due: due.map(day), discount: discount.map(day) }
    }

    #[test]
    fn lights_turn_with_the_working_days() {
        // Due on Tuesday 2026-12-01, so it must be handed in on Monday 2026-11-30.
        for (today, left, light) in [
            ("2026-11-20", 6, Light::Green),
            ("2026-11-22", 6, Light::Green),
            ("2026-11-23", 5, Light::Yellow),
            ("2026-11-27", 1, Light::Yellow),
            ("2026-11-30", 0, Light::Red),
            ("2026-12-01", -1, Light::Red),
        ] {
            let found = deadlines(&dates(Some("2026-12-01"), None), day(today), Region::Niedersachsen, YELLOW);
            assert_eq!((found[0].days_left, found[0].light), (left, light), "{today}");
        }
    }

    #[test]
    fn the_payment_is_handed_in_a_bank_day_before() {
        for (due, expect) in [
            ("2026-11-26", "2026-11-25"),
            ("2026-11-29", "2026-11-26"), // a Sunday: it must arrive on Friday
            ("2026-12-26", "2026-12-23"),
            ("2026-05-14", "2026-05-13"), // Ascension Day is a bank day
            ("2027-01-01", "2026-12-30"),
        ] {
            assert_eq!(pay_by(day(due)), day(expect), "{due}");
        }
    }

    #[test]
    fn without_a_due_date_the_thirty_days_of_the_law_count() {
        let found = deadlines(&dates(None, Some("2026-11-12")), day("2026-11-03"), Region::Bremen, YELLOW);
        assert_eq!(found.iter().map(|found| found.term).collect::<Vec<_>>(), [Term::Discount, Term::Default]);
        assert_eq!(found[1].date, day("2026-12-02"));
        let now = |today| pressing(&found, day(today)).map(|found| found.term);
        assert_eq!(now("2026-11-11"), Some(Term::Discount));
        assert_eq!(now("2026-11-12"), Some(Term::Default), "the discount is lost, so the due date counts");
        assert_eq!(now("2026-12-24"), Some(Term::Default));
    }

    #[test]
    fn long_terms_are_remarked() {
        for (due, expect) in [("2026-12-02", None), ("2026-12-03", Some("Nr. 1")), ("2027-01-02", Some("Nr. 2"))] {
            let note = term_note(&dates(Some(due), None), Lang::De);
            assert_eq!(note.is_some(), expect.is_some(), "{due}");
            assert!(expect.is_none_or(|expect| note.unwrap().contains(expect)), "{due}");
        }
    }

    #[test]
    fn waiting_is_pushed() {
        let region = Region::Niedersachsen;
        let patience = Patience::default();
        for (today, light, expect) in [
            ("2026-11-03", None, None),
            ("2026-11-03", Some(Light::Red), Some(Push::Reminder)),
            ("2026-11-05", None, Some(Push::Reminder)),
            ("2026-11-09", None, Some(Push::Reminder)),
            ("2026-11-10", None, Some(Push::Escalation)),
        ] {
            assert_eq!(push(day("2026-11-02"), day(today), region, patience, light), expect, "{today} {light:?}");
        }
    }

    proptest! {
        #[test]
        fn a_payment_is_never_handed_in_too_late(offset in 0_i32..20_000) {
            let due = day("2000-01-03").saturating_add(offset.days());
            let pay_by = pay_by(due);
            prop_assert!(super::super::calendar::is_bank_day(pay_by) && pay_by < due);
            prop_assert!(add_bank_days(pay_by, 1) <= due, "it arrives in time");
            prop_assert!(add_bank_days(pay_by, 2) > due, "and no day is given away");
        }
    }
}
