//! The naive model: a list of what was accepted, and questions that are answered by looking through it.
//!
//! It shares no code with the library but the calendar's days at its edge; its own calendar is a table of days that
//! was made by counting.

use std::collections::{BTreeMap, HashMap};

use vir_archive::lifecycle::Day;

pub type Date = (i64, i64, i64);

/// Every day from 1990 on, counted.
pub struct Calendar {
    pub days: Vec<Date>,
    pub at: HashMap<Date, usize>,
}

impl Calendar {
    pub fn new() -> Self {
        let mut days = Vec::new();
        for year in 1990..2300 {
            for month in 1..=12 {
                let leap = if year % 400 == 0 {
                    true
                } else if year % 100 == 0 {
                    false
                } else {
                    year % 4 == 0
                };
                let length =
                    [31, if leap { 29 } else { 28 }, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][month as usize - 1];
                for day in 1..=length {
                    days.push((year, month, day));
                }
            }
        }
        let at = days.iter().enumerate().map(|(at, date)| (*date, at)).collect();
        Self { days, at }
    }

    /// The same day some months later, or the last that its month has.
    pub fn later(&self, from: usize, months: i64) -> usize {
        let (mut year, mut month, mut day) = self.days[from];
        for _ in 0..months {
            month += 1;
            if month == 13 {
                (year, month) = (year + 1, 1);
            }
        }
        while !self.at.contains_key(&(year, month, day)) {
            day -= 1;
        }
        self.at[&(year, month, day)]
    }

    pub fn day(&self, at: usize) -> Day {
        let (year, month, day) = self.days[at];
        Day::new(year, month, day).unwrap()
    }
}

/// The rules of the plan in the model's words: in force from, months (none for ever), begin, also for closed ones.
#[derive(Clone, Copy)]
pub enum Begin {
    YearEnd,
    Closing,
    NewYearAfter(&'static str),
    DayOf(&'static str),
}

pub type NaiveRule = (Date, Option<i64>, Begin, bool);

pub const ENTRIES: [(&str, Option<&str>, &[NaiveRule]); 7] = [
    ("a", None, &[((2000, 1, 1), Some(24), Begin::YearEnd, false), ((2021, 7, 1), Some(36), Begin::YearEnd, false)]),
    ("a.1", Some("a"), &[]),
    (
        "a.2",
        Some("a"),
        &[((2000, 1, 1), Some(18), Begin::Closing, false), ((2022, 3, 1), Some(5), Begin::Closing, true)],
    ),
    ("b", None, &[((2000, 1, 1), Some(24), Begin::NewYearAfter("council"), false)]),
    ("b.1", Some("b"), &[((2000, 1, 1), Some(12), Begin::DayOf("demolition"), false)]),
    ("c", None, &[((2000, 1, 1), None, Begin::YearEnd, false), ((2024, 1, 1), Some(12), Begin::YearEnd, true)]),
    ("d", None, &[((2000, 1, 1), None, Begin::YearEnd, false)]),
];

/// What was accepted, in the model's words.
#[derive(Clone, PartialEq)]
pub enum Fact {
    Open(&'static str),
    OpenCase(u8),
    CloseCase(u8),
    File(Option<u8>),
    Name(u8),
    Classify(&'static str),
    Close,
    Reopen,
    Occur(&'static str, usize),
    Deposit,
    Offer,
    Withdraw,
    Appraise(char, BTreeMap<u8, char>),
    HandOver,
    Import(Option<u8>, bool),
    Sign(Vec<u8>),
    Unsign,
    Delete,
}

/// A hold in the model's words.
pub struct NaiveHold {
    pub record: bool,
    pub branch: Option<&'static str>,
    pub subject: Option<u8>,
    pub from: usize,
    pub until: Option<usize>,
    pub lifted: Option<usize>,
}

pub struct Model<'c> {
    pub calendar: &'c Calendar,
    pub state_body: bool,
    pub log: Vec<(usize, Fact)>,
    pub holds: Vec<NaiveHold>,
}

impl Model<'_> {
    pub fn last(&self, wanted: impl Fn(&Fact) -> bool) -> Option<usize> {
        self.log.iter().rposition(|(_, fact)| wanted(fact))
    }

    pub fn is(&self, state: &str) -> bool {
        let word = |fact: &Fact| match fact {
            Fact::Open(_) | Fact::Reopen => Some("work"),
            Fact::Close => Some("closed"),
            Fact::Deposit | Fact::Withdraw => Some("stored"),
            Fact::Offer => Some("offered"),
            Fact::Appraise(..) => Some("appraised"),
            Fact::HandOver => Some("handed"),
            Fact::Delete => Some("deleted"),
            _ => None,
        };
        self.log.iter().rev().find_map(|(_, fact)| word(fact)).unwrap_or("none") == state
    }

    pub fn entry(&self) -> &'static str {
        let found = self.log.iter().rev().find_map(|(_, fact)| match fact {
            Fact::Open(entry) | Fact::Classify(entry) => Some(*entry),
            _ => None,
        });
        found.unwrap()
    }

    pub fn closed(&self) -> Option<usize> {
        let at = self.last(|fact| *fact == Fact::Close)?;
        (self.last(|fact| *fact == Fact::Reopen) < Some(at)).then(|| self.log[at].0)
    }

    fn last_edit(&self) -> usize {
        let edit = |fact: &Fact| matches!(fact, Fact::Open(_) | Fact::OpenCase(_) | Fact::CloseCase(_) | Fact::File(_));
        self.log[self.last(edit).unwrap()].0
    }

    fn rule(&self, on: usize) -> NaiveRule {
        let (mut id, mut rules): (_, &[NaiveRule]) = (self.entry(), &[]);
        while rules.is_empty() {
            let (_, parent, own) = ENTRIES.iter().find(|(name, ..)| *name == id).unwrap();
            rules = own;
            id = parent.unwrap_or(id);
        }
        let (closed, on) = (self.closed().unwrap_or(on), on);
        let mut chosen = rules[0];
        for rule in rules {
            let from = self.calendar.at[&rule.0];
            if from <= on && (from <= closed || rule.3) {
                chosen = *rule;
            }
        }
        chosen
    }

    /// The last day of the term, where it has one by now.
    pub fn end(&self, on: usize) -> Option<usize> {
        let closed = self.closed()?;
        let (_, months, begin, _) = self.rule(on);
        let months = months?;
        let happened = |event: &str| {
            self.log.iter().rev().find_map(|(_, fact)| match fact {
                Fact::Occur(name, at) if *name == event => Some((*at).max(closed)),
                _ => None,
            })
        };
        let silvester = |at: usize| self.calendar.at[&(self.calendar.days[at].0, 12, 31)];
        Some(match begin {
            Begin::YearEnd => self.calendar.later(silvester(closed), months),
            Begin::NewYearAfter(event) => self.calendar.later(silvester(happened(event)?), months),
            Begin::Closing => self.calendar.later(closed, months),
            Begin::DayOf(event) => self.calendar.later(happened(event)?, months),
        })
    }

    pub fn over(&self, on: usize) -> bool {
        self.end(on).is_some_and(|end| end < on)
    }

    fn meant(&self, hold: &NaiveHold) -> bool {
        let entry = self.entry();
        let under = |branch: &str| entry == branch || entry.starts_with(&format!("{branch}."));
        let named = |subject| self.log.iter().any(|(_, fact)| *fact == Fact::Name(subject));
        hold.record || hold.branch.is_some_and(under) || hold.subject.is_some_and(named)
    }

    pub fn held(&self, on: usize) -> bool {
        self.holds.iter().any(|hold| {
            let gone = hold.until.is_some_and(|until| on > until) || hold.lifted.is_some_and(|lifted| on >= lifted);
            self.meant(hold) && hold.from <= on && !gone
        })
    }

    fn cases(&self) -> Vec<u8> {
        let mut cases: Vec<u8> = self
            .log
            .iter()
            .filter_map(|(_, fact)| if let Fact::OpenCase(case) = fact { Some(*case) } else { None })
            .collect();
        cases.sort_unstable();
        cases.dedup();
        cases
    }

    fn is_open(&self, case: u8) -> bool {
        let opened = self.last(|fact| *fact == Fact::OpenCase(case));
        opened.is_some() && opened > self.last(|fact| *fact == Fact::CloseCase(case))
    }

    /// Each part with its appraisal and whether the archive has it.
    pub fn parts(&self) -> Vec<(char, bool)> {
        let cases = self.cases();
        let direct = cases.is_empty() || self.log.iter().any(|(_, fact)| *fact == Fact::File(None));
        let parts = direct.then_some(None).into_iter().chain(cases.into_iter().map(Some));
        let appraisal = self.log.iter().rev().find_map(|(_, fact)| match fact {
            Fact::Appraise(value, cases) => Some((*value, cases.clone())),
            _ => None,
        });
        let (value, exceptions) = appraisal.unwrap_or(('B', BTreeMap::new()));
        let handed = self.last(|fact| *fact == Fact::HandOver);
        let judge = |part: Option<u8>| {
            let value = part.and_then(|part| exceptions.get(&part)).copied().unwrap_or(value);
            let (mut whole, mut own) = (false, false);
            for (_, fact) in &self.log[handed.unwrap_or(self.log.len())..] {
                match fact {
                    Fact::Import(None, true) => whole = true,
                    Fact::Import(None, false) => (whole, own) = (false, false),
                    Fact::Import(case, true) if *case == part => own = true,
                    Fact::Import(case, false) => {
                        whole = false;
                        own &= *case != part;
                    }
                    _ => {}
                }
            }
            (value, whole || own)
        };
        parts.map(judge).collect()
    }

    pub fn signature(&self) -> Option<(usize, Vec<u8>)> {
        let void = |fact: &Fact| {
            matches!(fact, Fact::Appraise(..) | Fact::HandOver | Fact::Import(..) | Fact::Withdraw | Fact::Unsign)
        };
        let at = self.last(|fact| matches!(fact, Fact::Sign(_)))?;
        if self.last(void) > Some(at) {
            return None;
        }
        let (day, Fact::Sign(people)) = &self.log[at] else { return None };
        Some((*day, people.clone()))
    }

    /// May it be destroyed as far as its contents go?
    fn released(&self, on: usize) -> bool {
        let answered = self.is("appraised") || self.is("handed");
        let parts = self.parts();
        answered
            && !self.held(on)
            && self.over(on)
            && parts.iter().all(|(value, has)| *value == 'V' || (*value == 'A' && *has))
    }

    /// The model's verdict on a step.
    pub fn allows(&self, fact: &Fact, people: &[u8], on: usize, early: bool) -> bool {
        let human = !people.is_empty();
        match fact {
            Fact::Open(_) => self.is("none"),
            Fact::OpenCase(case) => self.is("work") && !self.is_open(*case),
            Fact::CloseCase(case) | Fact::File(Some(case)) => self.is("work") && self.is_open(*case),
            Fact::File(None) => self.is("work"),
            Fact::Name(_) => !self.is("deleted"),
            Fact::Occur(_, day) => !self.is("deleted") && *day <= on,
            Fact::Classify(_) => (self.is("work") || self.is("closed") || self.is("stored")) && !self.held(on),
            Fact::Close => self.is("work") && !self.cases().into_iter().any(|case| self.is_open(case)),
            Fact::Reopen => (self.is("closed") || self.is("stored")) && human,
            Fact::Deposit => self.is("closed"),
            Fact::Offer => {
                let near = self.state_body && on >= self.calendar.later(self.last_edit(), 29 * 12);
                self.is("stored") && !self.held(on) && (self.over(on) || early || near)
            }
            Fact::Withdraw => (self.is("offered") || self.is("appraised")) && human,
            Fact::Appraise(_, cases) => {
                let known = self.cases();
                (self.is("offered") || self.is("appraised")) && cases.keys().all(|case| known.contains(case))
            }
            Fact::HandOver => {
                let parts = self.parts();
                let decided = parts.iter().all(|(value, _)| *value != 'B');
                let wanted = parts.iter().any(|(value, has)| *value == 'A' && !has);
                (self.is("appraised") || self.is("handed")) && decided && wanted && self.over(on) && !self.held(on)
            }
            Fact::Import(case, _) => self.is("handed") && case.is_none_or(|case| self.cases().contains(&case)),
            Fact::Sign(_) => human && self.released(on),
            Fact::Unsign => (self.is("appraised") || self.is("handed")) && human,
            Fact::Delete => {
                let Some((day, first)) = self.signature() else { return false };
                let unknown = self.holds.iter().any(|hold| self.meant(hold) && (day..=on).contains(&hold.from));
                human && self.released(on) && !unknown && !first.iter().any(|person| people.contains(person))
            }
        }
    }
}
