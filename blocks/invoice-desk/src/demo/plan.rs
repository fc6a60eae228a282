//! What happens in the demo when: arrivals, what people do with them in the days after, what they say about them,
//! and the cash office's weeks.
//!
//! Invariant: the same seed, arrivals and day give the same plan, in the order of time.

use jiff::civil::{Date, Weekday};
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};

use super::cash::Cash;
use super::invoices::{Arrival, Dice, Peculiarity};
use super::talk::Talk;
use super::town::{self, PEOPLE, Part};
use crate::hand_over::is_target_day;
use crate::workflow::state::Kind;

/// Who pays.
pub(super) const CASHIER: &str = "okka.behrends";

/// Something that happens at a moment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Step {
    pub at: Timestamp,
    pub deed: Deed,
}

/// What happens; a number is the index of an arrival, a name the login of a person.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Deed {
    /// An invoice arrives.
    Arrive(usize),
    /// Somebody decides.
    Decide(usize, Kind, &'static str),
    /// Somebody says or arranges something about it.
    Talk(usize, Talk, &'static str),
    /// The cash office works.
    Cash(Cash),
}

pub(super) fn morning(day: Date) -> Timestamp {
    at(day, 7, 40)
}

pub(super) fn at(day: Date, hour: i8, minute: i8) -> Timestamp {
    let zone = TimeZone::get("Europe/Berlin").unwrap_or(TimeZone::UTC);
    day.at(hour, minute, 0, 0).to_zoned(zone).map_or(Timestamp::UNIX_EPOCH, |moment| moment.timestamp())
}

/// Everything that happens up to `today`.
pub(super) fn plan(seed: u64, arrivals: &[Arrival], today: Date) -> Vec<Step> {
    let mut dice = Dice::new(seed ^ 0xA11);
    // What people say is drawn apart: it does not change what they decide.
    let mut words = Dice::new(seed ^ 0x7A1);
    let mut steps = Vec::new();
    for (invoice, arrival) in arrivals.iter().enumerate() {
        let minute = i8::try_from(dice.below(60)).unwrap_or(0);
        let hour = 6 + i8::try_from(dice.below(3)).unwrap_or(0);
        steps.push(Step { at: at(arrival.day, hour, minute), deed: Deed::Arrive(invoice) });
        decisions(&mut dice, &mut words, invoice, arrival, &mut steps);
    }
    if let Some(first) = arrivals.first() {
        cash_office(first.day, today, &mut steps);
    }
    steps.sort_by_key(|step| step.at);
    steps
}

fn decisions(dice: &mut Dice, words: &mut Dice, invoice: usize, arrival: &Arrival, steps: &mut Vec<Step>) {
    let Some(clerk) = who(arrival.unit, |part| part == Part::Clerk) else { return };
    let Some(certifier) = who(arrival.unit, |part| part == Part::Certifier) else { return };
    let mut day = arrival.day;
    let mut then = |dice: &mut Dice, most: u64, hour: i8, kind: Kind, who: &'static str| {
        day = day.saturating_add(i64::try_from(dice.below(most)).unwrap_or(0).days());
        let minute = i8::try_from(dice.below(60)).unwrap_or(0);
        steps.push(Step { at: at(day, hour, minute), deed: Deed::Decide(invoice, kind, who) });
        day
    };
    match arrival.peculiarity {
        Peculiarity::Faulty if dice.once_in(2) => {
            then(dice, 3, 10, Kind::Reject, clerk);
        }
        Peculiarity::None | Peculiarity::CreditNote => {
            if dice.once_in(30) {
                then(dice, 3, 9, Kind::Reject, clerk);
                return;
            }
            if dice.once_in(25) {
                then(dice, 3, 9, Kind::Hold, clerk);
                return;
            }
            let coded = then(dice, 4, 10, Kind::Code, clerk);
            let reduces = arrival.peculiarity == Peculiarity::None && words.once_in(18);
            if reduces {
                then(words, 1, 10, Kind::Reduce, clerk);
            }
            then(dice, 5, 11, Kind::CertifySubstance, certifier);
            then(dice, 2, 12, Kind::CertifyArithmetic, certifier);
            let orders = |part| matches!(part, Part::Orderer(limit) if limit >= arrival.payable_cents);
            if let Some(orderer) = who(arrival.unit, orders) {
                let ordered = then(dice, 4, 14, Kind::Order, orderer);
                // Wherever it is by then; whatever is not paid yet stays open.
                if dice.once_in(2) {
                    let closing = ordered.saturating_add(30.days());
                    let later = i64::try_from(dice.below(30)).unwrap_or(0).days();
                    let deed = Deed::Decide(invoice, Kind::Close, CASHIER);
                    steps.push(Step { at: at(closing.saturating_add(later), 17, 5), deed });
                }
            }
            let mut say = |hour: i8, days: i64, talk: Talk, who: &'static str| {
                let deed = Deed::Talk(invoice, talk, who);
                steps.push(Step { at: at(coded.saturating_add(days.days()), hour, 50), deed });
            };
            match words.below(24) {
                0 => {
                    say(9, 0, Talk::Ask, clerk);
                    say(8, 2, Talk::SupplierAnswers, clerk);
                }
                1 | 2 => say(10, 0, Talk::Mention(certifier), clerk),
                3 => say(11, 0, Talk::Remark, certifier),
                4 | 5 => say(10, 0, Talk::Assign(certifier), clerk),
                _ => {}
            }
        }
        _ => {}
    }
}

/// Payment runs on Tuesdays and Fridays, with the bank's booking on the day after.
fn cash_office(first: Date, today: Date, steps: &mut Vec<Step>) {
    let days = std::iter::successors(Some(first), |day| day.tomorrow().ok()).take_while(|day| *day <= today);
    let mut waiting = false;
    for day in days.filter(|day| is_target_day(*day)) {
        let mut push = |hour, minute, what| steps.push(Step { at: at(day, hour, minute), deed: Deed::Cash(what) });
        if waiting {
            push(8, 15, Cash::Booked);
            waiting = false;
        }
        let next = match day.weekday() {
            Weekday::Tuesday => 3,
            Weekday::Friday => 4,
            _ => continue,
        };
        push(10, 5, Cash::Propose { next: day.saturating_add(next.days()) });
        push(10, 30, Cash::Send);
        waiting = true;
    }
}

/// Who has a part for a unit; the one nearest to it.
fn who(unit: &str, part: impl Fn(Part) -> bool) -> Option<&'static str> {
    let mut at = town::unit_of(unit);
    while let Some(unit) = at {
        if let Some(person) = PEOPLE.iter().find(|person| person.unit == unit.key && part(person.part)) {
            return Some(person.login);
        }
        at = unit.above.and_then(town::unit_of);
    }
    PEOPLE.iter().find(|person| part(person.part)).map(|person| person.login)
}
