//! Generated lives against a naive model that shares no code with the library.
//!
//! The model keeps a list of what was accepted and answers each question by looking through it; its calendar is a
//! table of days that was made by counting. Library and model must agree on every step, allowed or refused, and on
//! the end of every term. `VIR_LIVES` sets how many lives are lived.

use std::collections::{BTreeMap, HashMap};
use std::sync::atomic::{AtomicU64, Ordering};

use vir_archive::lifecycle::event::{Kind, Package};
use vir_archive::lifecycle::hold::{self, Change, Hold, Scope};
use vir_archive::lifecycle::law::{Body, Settings};
use vir_archive::lifecycle::plan::{Appraisal, Plan};
use vir_archive::lifecycle::term::End;
use vir_archive::lifecycle::tombstone::redact;
use vir_archive::lifecycle::{Command, Day, Law, Logged, Record, State, Who, decide};

/// A stream of numbers (SplitMix64).
struct Dice(u64);

impl Dice {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    fn below(&mut self, n: usize) -> usize {
        (self.next() % n as u64) as usize
    }

    fn one_in(&mut self, n: usize) -> bool {
        self.below(n) == 0
    }
}

type Date = (i64, i64, i64);

/// Every day from 1990 on, counted.
struct Calendar {
    days: Vec<Date>,
    at: HashMap<Date, usize>,
}

impl Calendar {
    fn new() -> Self {
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
    fn later(&self, from: usize, months: i64) -> usize {
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

    fn day(&self, at: usize) -> Day {
        let (year, month, day) = self.days[at];
        Day::new(year, month, day).unwrap()
    }
}

/// The rules of the plan in the model's words: in force from, months (none for ever), begin, also for closed ones.
#[derive(Clone, Copy)]
enum Begin {
    YearEnd,
    Closing,
    NewYearAfter(&'static str),
    DayOf(&'static str),
}

type NaiveRule = (Date, Option<i64>, Begin, bool);

const ENTRIES: [(&str, Option<&str>, &[NaiveRule]); 7] = [
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

fn plan() -> Plan {
    let day = |(year, month, day): Date| format!("{year:04}-{month:02}-{day:02}");
    let rule = |months: Option<i64>, begin| {
        let start = match begin {
            Begin::YearEnd => r#"{"from": "year-end"}"#.to_owned(),
            Begin::Closing => r#"{"from": "closing"}"#.to_owned(),
            Begin::NewYearAfter(event) => format!(r#"{{"from": "new-year-after", "event": "{event}"}}"#),
            Begin::DayOf(event) => format!(r#"{{"from": "day-of", "event": "{event}"}}"#),
        };
        months.map_or(r#"{"kind": "permanent"}"#.to_owned(), |months| {
            let (years, months) = (months / 12, months % 12);
            format!(r#"{{"kind": "term", "period": {{"years": {years}, "months": {months}}}, "start": {start}}}"#)
        })
    };
    let entries = ENTRIES.iter().map(|(id, parent, rules)| {
        let versions = rules.iter().enumerate().map(|(at, (from, months, begin, also))| {
            let (version, from, rule) = (at + 1, day(*from), rule(*months, *begin));
            format!(
                r#"{{"version": {version}, "from": "{from}", "source": "", "also_closed": {also}, "rule": {rule}}}"#
            )
        });
        let versions = versions.collect::<Vec<_>>().join(",");
        let parent = parent.map_or("null".to_owned(), |parent| format!("\"{parent}\""));
        format!(r#"{{"id": "{id}", "parent": {parent}, "title": "", "retention": [{versions}]}}"#)
    });
    serde_json::from_str(&format!("[{}]", entries.collect::<Vec<_>>().join(","))).unwrap()
}

/// What was accepted, in the model's words.
#[derive(Clone, PartialEq)]
enum Fact {
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
struct NaiveHold {
    record: bool,
    branch: Option<&'static str>,
    subject: Option<u8>,
    from: usize,
    until: Option<usize>,
    lifted: Option<usize>,
}

struct Model<'c> {
    calendar: &'c Calendar,
    state_body: bool,
    log: Vec<(usize, Fact)>,
    holds: Vec<NaiveHold>,
}

impl Model<'_> {
    fn last(&self, wanted: impl Fn(&Fact) -> bool) -> Option<usize> {
        self.log.iter().rposition(|(_, fact)| wanted(fact))
    }

    fn is(&self, state: &str) -> bool {
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

    fn entry(&self) -> &'static str {
        let found = self.log.iter().rev().find_map(|(_, fact)| match fact {
            Fact::Open(entry) | Fact::Classify(entry) => Some(*entry),
            _ => None,
        });
        found.unwrap()
    }

    fn closed(&self) -> Option<usize> {
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
    fn end(&self, on: usize) -> Option<usize> {
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

    fn over(&self, on: usize) -> bool {
        self.end(on).is_some_and(|end| end < on)
    }

    fn meant(&self, hold: &NaiveHold) -> bool {
        let entry = self.entry();
        let under = |branch: &str| entry == branch || entry.starts_with(&format!("{branch}."));
        let named = |subject| self.log.iter().any(|(_, fact)| *fact == Fact::Name(subject));
        hold.record || hold.branch.is_some_and(under) || hold.subject.is_some_and(named)
    }

    fn held(&self, on: usize) -> bool {
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
    fn parts(&self) -> Vec<(char, bool)> {
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

    fn signature(&self) -> Option<(usize, Vec<u8>)> {
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
    fn allows(&self, fact: &Fact, people: &[u8], on: usize, early: bool) -> bool {
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

struct Life<'c> {
    dice: Dice,
    model: Model<'c>,
    holds: Vec<Hold>,
    history: Vec<Logged>,
    record: Option<Record>,
    today: usize,
}

const NAMES: [&str; 4] = ["ada", "bob", "carla", "dora"];

fn letter(value: char) -> Appraisal {
    match value {
        'A' => Appraisal::A,
        'B' => Appraisal::B,
        _ => Appraisal::V,
    }
}

impl Life<'_> {
    fn who(&mut self) -> (Who, Vec<u8>) {
        let person = self.dice.below(4);
        match self.dice.below(12) {
            0 => (Who::program("night"), Vec::new()),
            1..4 => {
                let of = self.dice.below(4);
                (Who::deputy(NAMES[person], NAMES[of]), vec![person as u8, of as u8])
            }
            _ => (Who::person(NAMES[person]), vec![person as u8]),
        }
    }

    fn value(&mut self) -> char {
        ['A', 'A', 'V', 'V', 'V', 'B'][self.dice.below(6)]
    }

    /// Most of the time what comes next, sometimes anything.
    fn fact(&mut self) -> Fact {
        let dice = &mut self.dice;
        let case = dice.below(3) as u8;
        let choice = if dice.one_in(4) { dice.below(18) } else { 100 };
        let state = self.record.as_ref().map(|record| record.state);
        let next = match state {
            None => 0,
            Some(State::InWork) => [1, 2, 3, 6, 6, 4][dice.below(6)],
            Some(State::Closed) => [9, 9, 9, 8, 5][dice.below(5)],
            Some(State::Stored) => [10, 10, 10, 8][dice.below(4)],
            Some(State::Offered) => 12,
            Some(State::Appraised) => [13, 13, 15, 17, 15, 17, 12][dice.below(7)],
            Some(State::HandedOver) => [14, 14, 15, 17, 17][dice.below(5)],
            Some(State::Deleted) => dice.below(18),
        };
        match if choice == 100 { next } else { choice } {
            0 => Fact::Open(ENTRIES[dice.below(7)].0),
            1 => Fact::OpenCase(case),
            2 => Fact::CloseCase(case),
            3 => Fact::File(Some(case).filter(|_| !dice.one_in(3))),
            4 => Fact::Name(dice.below(2) as u8),
            5 => Fact::Classify(ENTRIES[dice.below(7)].0),
            6 => Fact::Close,
            7 => Fact::Reopen,
            8 => {
                let name = ["council", "demolition"][dice.below(2)];
                let back = dice.below(400);
                let future = dice.one_in(9);
                let day = if future { self.today + 1 } else { self.today.saturating_sub(back) };
                Fact::Occur(name, day)
            }
            9 => Fact::Deposit,
            10 => Fact::Offer,
            11 => Fact::Withdraw,
            12 => {
                let value = self.value();
                let count = self.dice.below(3);
                let cases = (0..count).map(|_| (self.dice.below(3) as u8, self.value())).collect();
                Fact::Appraise(value, cases)
            }
            13 => Fact::HandOver,
            14 => Fact::Import(Some(case).filter(|_| dice.one_in(2)), !dice.one_in(4)),
            15 => Fact::Sign(Vec::new()),
            16 => Fact::Unsign,
            _ => Fact::Delete,
        }
    }

    fn command(&self, fact: &Fact, early: bool) -> Command {
        let (message, reason) = ("message".to_owned(), "reason".to_owned());
        let case = |case: &u8| format!("case {case}").as_str().into();
        match fact {
            Fact::Open(entry) => Command::Open {
                id: "record".into(),
                kind: Kind::File,
                entry: (*entry).into(),
                title: "SECRET".to_owned(),
                subjects: Default::default(),
            },
            Fact::OpenCase(id) => Command::OpenCase { case: case(id), title: "SECRET".to_owned() },
            Fact::CloseCase(id) => Command::CloseCase { case: case(id) },
            Fact::File(id) => Command::FileDocument {
                document: id.map_or("d".to_owned(), |id| format!("d{id}")).as_str().into(),
                title: "SECRET".to_owned(),
                case: id.as_ref().map(case),
            },
            Fact::Name(subject) => Command::NameSubject { subject: format!("SECRET {subject}").as_str().into() },
            Fact::Classify(entry) => Command::Classify { entry: (*entry).into(), reason },
            Fact::Close => Command::Close,
            Fact::Reopen => Command::Reopen { reason },
            Fact::Occur(event, at) => Command::Occur { event: (*event).to_owned(), on: self.model.calendar.day(*at) },
            Fact::Deposit => {
                let version = self.record.as_ref().map_or(0, |record| record.packages.len()) as u32 + 1;
                Command::Deposit { package: Package { version, algorithm: "sha256".to_owned(), leaf: "0a".repeat(32) } }
            }
            Fact::Offer => Command::Offer { message, early: early.then_some(reason) },
            Fact::Withdraw => Command::WithdrawOffer { reason },
            Fact::Appraise(value, cases) => Command::Appraise {
                message,
                value: letter(*value),
                cases: cases.iter().map(|(id, value)| (case(id), letter(*value))).collect(),
            },
            Fact::HandOver => Command::HandOver { message },
            Fact::Import(id, success) => {
                Command::ConfirmImport { message, case: id.as_ref().map(case), success: *success, archive_id: None }
            }
            Fact::Sign(_) => Command::RequestDeletion,
            Fact::Unsign => Command::WithdrawDeletion { reason },
            Fact::Delete => Command::Delete,
        }
    }

    fn change_holds(&mut self) {
        let (on, day) = (self.today, self.model.calendar.day(self.today));
        let who = Who::person("ada");
        if self.dice.one_in(2) && self.holds.len() < 3 {
            let branch = ENTRIES[self.dice.below(7)].0;
            let kind = self.dice.below(4);
            let (record, subject) = (kind == 0 || kind == 1, (kind == 2).then(|| self.dice.below(2) as u8));
            let branch = (kind == 3).then_some(branch);
            let scope = match (kind, branch, subject) {
                (0, ..) => Scope::Record { record: "record".into() },
                (1, ..) => Scope::Search { words: "words".to_owned(), records: ["record".into()].into() },
                (_, Some(entry), _) => Scope::Branch { entry: entry.into() },
                (_, _, subject) => {
                    let subject = format!("SECRET {}", subject.unwrap());
                    Scope::Subjects { subjects: [subject.as_str().into()].into() }
                }
            };
            let from = on + self.dice.below(60);
            let until = self.dice.one_in(2).then(|| from + self.dice.below(500));
            let change = Change::Impose {
                id: format!("{}", self.holds.len()).as_str().into(),
                scope,
                reason: "lawsuit".to_owned(),
                from: self.model.calendar.day(from),
                until: until.map(|until| self.model.calendar.day(until)),
            };
            self.holds.push(hold::change(None, &change, &who, day).unwrap());
            self.model.holds.push(NaiveHold { record, branch, subject, from, until, lifted: None });
        } else if let Some(at) = self.holds.len().checked_sub(1)
            && self.model.holds[at].lifted.is_none()
        {
            let change = Change::Lift { reason: "settled".to_owned() };
            self.holds[at] = hold::change(Some(&self.holds[at]), &change, &who, day).unwrap();
            self.model.holds[at].lifted = Some(on);
        }
    }

    /// One attempt; says whether it was a deletion that succeeded.
    fn step(&mut self, plan: &Plan, settings: &Settings, seed: u64) -> bool {
        let fact = self.fact();
        if self.record.is_none() && !matches!(fact, Fact::Open(_)) {
            return false;
        }
        let (who, people) = self.who();
        let early = self.dice.one_in(6);
        let command = self.command(&fact, early);
        let law = Law { plan, holds: &self.holds, settings };
        let day = self.model.calendar.day(self.today);
        let decided = decide(self.record.as_ref(), &command, &who, day, &law);
        let allowed = self.model.allows(&fact, &people, self.today, early);
        assert_eq!(
            decided.is_ok(),
            allowed,
            "life {seed}: {command:?} by {who:?} on {day}: {decided:?}\n{:#?}",
            self.history
        );
        let Ok(events) = decided else { return false };
        for event in &events {
            match &mut self.record {
                Some(record) => record.apply(event),
                None => self.record = Record::replay([event]),
            }
        }
        self.history.extend(events);
        let fact = if let Fact::Sign(_) = fact { Fact::Sign(people) } else { fact };
        self.model.log.push((self.today, fact.clone()));
        let record = self.record.as_ref().unwrap();
        let end = match law.end(record, day).unwrap() {
            End::On { day } => Some(day),
            _ => None,
        };
        let expect = self.model.end(self.today).map(|end| self.model.calendar.day(end));
        assert_eq!(end, expect, "life {seed}: the term on {day}\n{:#?}", self.history);
        fact == Fact::Delete
    }
}

#[test]
fn generated_lives_are_lived_as_the_naive_model_says() {
    let lives: u64 = std::env::var("VIR_LIVES").ok().map_or(20_000, |lives| lives.parse().unwrap());
    let (calendar, plan) = (Calendar::new(), plan());
    let (next, deleted, steps) = (AtomicU64::new(0), AtomicU64::new(0), AtomicU64::new(0));
    let live = |seed: u64| {
        let mut dice = Dice(seed.wrapping_mul(0x1234_5678_9abc_def1));
        let state_body = dice.one_in(2);
        let settings = Settings { body: if state_body { Body::State } else { Body::Municipal }, ..Settings::default() };
        let today = calendar.at[&(2019, 1, 1)] + dice.below(1500);
        let model = Model { calendar: &calendar, state_body, log: Vec::new(), holds: Vec::new() };
        let mut life = Life { dice, model, holds: Vec::new(), history: Vec::new(), record: None, today };
        for _ in 0..60 {
            // Hours, weeks or years pass.
            life.today += match life.dice.below(12) {
                0..6 => 0,
                6..9 => life.dice.below(40),
                9..11 => life.dice.below(500),
                _ => life.dice.below(1_500),
            };
            if life.dice.one_in(15) {
                life.change_holds();
            }
            steps.fetch_add(1, Ordering::Relaxed);
            if life.step(&plan, &settings, seed) {
                deleted.fetch_add(1, Ordering::Relaxed);
                let kept = serde_json::to_string(&redact(&life.history)).unwrap();
                assert!(!kept.contains("SECRET"), "life {seed}: {kept}");
            }
        }
        assert_eq!(life.record, Record::replay(&life.history), "life {seed}");
        if seed.is_multiple_of(64) {
            let stored = serde_json::to_string(&life.history).unwrap();
            assert_eq!(serde_json::from_str::<Vec<Logged>>(&stored).unwrap(), life.history, "life {seed}");
        }
    };
    std::thread::scope(|scope| {
        for _ in 0..std::thread::available_parallelism().map_or(2, usize::from) {
            scope.spawn(|| {
                loop {
                    let seed = next.fetch_add(1, Ordering::Relaxed);
                    if seed >= lives {
                        return;
                    }
                    live(seed);
                }
            });
        }
    });
    let (deleted, steps) = (deleted.into_inner(), steps.into_inner());
    println!("lives: {lives} of {lives} as the model says: {steps} steps, {deleted} deletions");
    assert!(deleted * 20 > lives, "too few deletions to mean anything: {deleted} of {lives}");
}
