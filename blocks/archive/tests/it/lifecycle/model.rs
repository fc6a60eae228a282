//! Generated lives against a naive model that shares no code with the library.
//!
//! The model keeps a list of what was accepted and answers each question by looking through it; its calendar is a
//! table of days that was made by counting. Library and model must agree on every step, allowed or refused, and on
//! the end of every term. `VIR_LIVES` sets how many lives are lived.

use std::sync::atomic::{AtomicU64, Ordering};

use vir_archive::lifecycle::event::{Kind, Package};
use vir_archive::lifecycle::hold::{self, Change, Hold, Scope};
use vir_archive::lifecycle::law::{Body, Settings};
use vir_archive::lifecycle::plan::{Appraisal, Plan};
use vir_archive::lifecycle::term::End;
use vir_archive::lifecycle::tombstone::redact;
use vir_archive::lifecycle::{Command, Law, Logged, Record, State, Who, decide};

use super::naive::{Begin, Calendar, Date, ENTRIES, Fact, Model, NaiveHold};

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
