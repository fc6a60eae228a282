//! The way of a batch, with the measure that refuses each wrong step.

use std::collections::BTreeSet;

use proptest::prelude::*;
use vir_archive::lifecycle::Who;
use vir_archive::lifecycle::day::Period;
use vir_archive::lifecycle::event::Package;
use vir_archive::moment::Moment;
use vir_archive::scan::batch::{Batch, Command, Logged, Page, SealAbout, State, decide};
use vir_archive::scan::class::{Class, Level, Seal};
use vir_archive::scan::documentation::{Block, Configuration, Log, Sealing, Standing, procedure, standing, test_list};
use vir_archive::scan::image::Compression;
use vir_archive::scan::measures::{self, find};
use vir_archive::scan::note::{Quality, Scan, TransferNote};
use vir_archive::scan::sample::{Reliability, draw, seed, size};
use vir_core::Text;

/// 2026-11-22, and so many hours.
fn hour(hours: i64) -> Moment {
    Moment::from_unix(1_795_305_600 + hours * 3_600)
}

fn page(number: usize) -> Page {
    Page { raw: format!("{number:064x}"), treated: None, compression: Compression::Fax4, dpi: Some(300) }
}

struct Station {
    history: Vec<Logged>,
    hours: i64,
}

impl Station {
    fn new(class: Class) -> Self {
        let mut station = Self { history: Vec::new(), hours: 0 };
        station.ok("ada", Command::Open { id: "S-1".to_owned(), class, expected: None });
        station
    }

    fn batch(&self) -> Batch {
        Batch::replay(&self.history).unwrap()
    }

    fn attempt(&mut self, who: &Who, command: &Command) -> Result<(), &'static str> {
        let batch = Batch::replay(&self.history);
        match decide(batch.as_ref(), command, who, hour(self.hours)) {
            Ok(logged) => {
                self.history.push(logged);
                self.hours += 1;
                Ok(())
            }
            Err(refusal) => {
                assert!(!refusal.why.de.is_empty() && !refusal.why.en.is_empty());
                assert!(find(refusal.measure).is_some(), "{}", refusal.measure);
                Err(refusal.measure)
            }
        }
    }

    fn ok(&mut self, who: &str, command: Command) {
        assert_eq!(self.attempt(&Who::person(who), &command), Ok(()), "{command:?}");
    }

    fn refused(&mut self, who: &str, command: &Command, measure: &str) {
        assert_eq!(self.attempt(&Who::person(who), command), Err(measure), "{command:?}");
    }

    fn scan(&mut self, pages: usize) {
        for number in 0..pages {
            self.ok("ada", Command::Add { page: page(number) });
        }
        let counted = pages as u32;
        self.refused("ada", &Command::Complete { counted: counted + 1, reliability: Reliability::Proven }, "A.NB.3");
        self.ok("ada", Command::Complete { counted, reliability: Reliability::Proven });
    }

    fn check(&mut self, who: &str) {
        for position in self.batch().unchecked().collect::<Vec<_>>() {
            self.ok(who, Command::Check { position, good: true, defect: String::new() });
        }
    }

    fn note(&self) -> TransferNote {
        let batch = self.batch();
        let (ended, checker) = batch.approved.clone().unwrap();
        let text = |name: &str, value: &str| vec![(name.to_owned(), value.to_owned())];
        let value = |page: &Page| page.treated.clone().unwrap_or_else(|| page.raw.clone());
        let scan = |(at, page)| Scan { name: format!("{at}.tiff"), algorithm: "sha256".to_owned(), value: value(page) };
        TransferNote {
            batch: batch.id.clone(),
            creator: "ada".to_owned(),
            organisation: "Stadt".to_owned(),
            technical: text("Scanner", "X"),
            organisational: text("Anweisung", "1"),
            irregularities: batch.remarks.clone(),
            scanned: self.history[1].at,
            quality: Quality {
                checker: checker.people().next().unwrap().to_string(),
                ended,
                pages: batch.pages.len() as u64,
                checked: batch.checked.len() as u64,
                seed: batch.seed.clone(),
                repeated: u64::from(batch.repeated),
                good: true,
            },
            identical: true,
            scans: batch.pages.iter().enumerate().map(scan).collect(),
        }
    }
}

fn deposit() -> Command {
    Command::Deposit { package: Package { version: 1, algorithm: "sha256".to_owned(), leaf: "0a".repeat(32) } }
}

fn destroy() -> Command {
    Command::Destroy { din_66399: 5, held: false }
}

fn normal() -> Class {
    let proof = Some("Siegel der Ablage, Anweisung 1.2, Kapitel 7".to_owned());
    Class { integrity_proof: proof, ..Class::new("post", "Posteingang", [Level::Normal; 3]) }
}

#[test]
fn paper_goes_last() {
    let mut class = normal();
    class.keep_paper = Some(Period::months(1));
    let mut station = Station::new(class);
    station.scan(200);
    assert_eq!(station.batch().drawn.len(), 10);
    station.refused("ada", &destroy(), "A.SC.8");
    station.refused("ada", &Command::DiscardRaw, "A.NB.2");
    station.refused("ada", &Command::Approve, "A.SC.8");
    // One bad page, and all are looked at; the bad one is scanned again.
    let first = *station.batch().drawn.first().unwrap();
    station.refused("ada", &Command::Check { position: first, good: false, defect: String::new() }, "A.SC.8");
    station.ok("ada", Command::Check { position: first, good: false, defect: "schief".to_owned() });
    assert_eq!(station.batch().drawn.len(), 200);
    station.check("ada");
    station.refused("ada", &Command::Approve, "A.SC.8");
    let reason = "schief eingezogen".to_owned();
    station.ok("ada", Command::Replace { position: first, page: page(999), reason });
    station.refused("ada", &Command::Approve, "A.SC.8");
    station.check("ada");
    station.ok("ada", Command::Approve);
    station.refused("ada", &deposit(), "A.O.1");
    let mut untrue = station.note();
    untrue.quality.repeated = 0;
    station.refused("ada", &Command::Note { note: Box::new(untrue) }, "A.NB.4");
    let mut short = station.note();
    short.scans.pop();
    station.refused("ada", &Command::Note { note: Box::new(short) }, "A.NB.4");
    let note = Box::new(station.note());
    station.ok("ada", Command::Note { note });
    station.refused("ada", &destroy(), "A.T.4");
    station.ok("ada", deposit());
    station.refused("ada", &destroy(), "A.O.1");
    station.hours += 24 * 40;
    station.refused("ada", &Command::Destroy { din_66399: 2, held: false }, "A.O.1");
    station.refused("ada", &Command::Destroy { din_66399: 5, held: true }, "A.O.1");
    assert_eq!(station.attempt(&Who::program("night"), &destroy()), Err("A.O.1"));
    station.ok("ada", destroy());
    assert_eq!(station.batch().state, State::Destroyed);
    let stored = serde_json::to_string(&station.history).unwrap();
    let read: Vec<Logged> = serde_json::from_str(&stored).unwrap();
    assert_eq!(Batch::replay(&read), Some(station.batch()));
}

#[test]
fn very_high_integrity_needs_two_people_and_more() {
    let mut station = Station::new(Class::new("urkunde", "Urkunden", [Level::VeryHigh, Level::High, Level::Normal]));
    station.scan(30);
    assert_eq!(station.batch().drawn.len(), 30);
    let good = |position| Command::Check { position, good: true, defect: String::new() };
    station.refused("ada", &good(0), "A.AM.IN.SH.1");
    assert_eq!(station.attempt(&Who::deputy("bob", "ada"), &good(0)), Err("A.AM.IN.SH.1"));
    station.ok("bob", good(0));
    station.refused("bob", &Command::Approve, "A.AM.IN.SH.5");
    station.check("bob");
    let treat = Command::Treat { position: 3, treated: "cd".repeat(32), reason: "aufgehellt, weil blass".to_owned() };
    station.ok("carla", treat);
    station.refused("carla", &good(3), "A.AM.IN.SH.1");
    station.check("bob");
    station.ok("bob", Command::Approve);
    let note = Box::new(station.note());
    station.ok("ada", Command::Note { note });
    station.refused("ada", &deposit(), "A.AM.IN.H.1");
    station.ok("seal", sealed_with(Seal::Qualified, false));
    station.refused("ada", &deposit(), "A.AM.IN.SH.2");
    station.ok("seal", sealed_with(Seal::Qualified, true));
    station.ok("ada", deposit());
    station.refused("ada", &destroy(), "A.AM.VT.H.3");
    station.ok("ada", Command::DiscardRaw);
    station.refused("ada", &Command::Destroy { din_66399: 3, held: false }, "A.O.1");
    station.ok("ada", destroy());
}

#[test]
fn images_that_cannot_be_trusted_are_refused() {
    let class = Class::new("post", "Posteingang", [Level::Normal; 3]);
    let open = Command::Open { id: "S".to_owned(), class, expected: None };
    assert_eq!(decide(None, &open, &Who::person("ada"), hour(0)).unwrap_err().measure, "A.IS.1");
    let mut station = Station::new(normal());
    let jbig2 = Page { compression: Compression::Jbig2, ..page(1) };
    station.refused("ada", &Command::Add { page: jbig2 }, "A.SC.12");
    station.refused("ada", &Command::Add { page: Page { dpi: Some(150), ..page(1) } }, "A.SC.6");
    station.refused("ada", &Command::Add { page: Page { raw: "x".to_owned(), ..page(1) } }, "A.SC.11");
    station.refused("ada", &Command::Complete { counted: 0, reliability: Reliability::Proven }, "A.NB.3");
    station.hours = -1;
    station.refused("ada", &Command::Add { page: page(1) }, "A.SC.11");
}

#[test]
fn samples_are_as_large_as_the_class_demands() {
    let class = normal();
    for (pages, reliability, expect) in [
        (0, Reliability::Proven, 0),
        (3, Reliability::Proven, 3),
        (99, Reliability::Proven, 5),
        (1_001, Reliability::Proven, 51),
        (1_001, Reliability::Unproven, 101),
    ] {
        assert_eq!(size(&class, pages, reliability), expect, "{pages}");
    }
    let mut high = Class::new("h", "h", [Level::High, Level::Normal, Level::Normal]);
    assert_eq!(size(&high, 1_000, Reliability::Proven), 1_000);
    high.sample_reason = Some("fünf Jahre ohne Fehler, Prüfbericht 7".to_owned());
    assert_eq!(size(&high, 1_000, Reliability::Proven), 50);
    high.integrity = Level::VeryHigh;
    assert_eq!(size(&high, 1_000, Reliability::Proven), 1_000);
}

#[test]
fn every_page_is_drawn_as_often_as_any_other() {
    let mut drawn = [0_u32; 50];
    for number in 0..20_000 {
        for page in draw(&seed(&number.to_string(), ["a"]), 50, 5) {
            drawn[page] += 1;
        }
    }
    // 2,000 each are expected; five standard deviations are 212.
    assert!(drawn.iter().all(|count| count.abs_diff(2_000) < 212), "{drawn:?}");
}

proptest! {
    #[test]
    fn draws_repeat_and_stay_inside(name in "[a-z]{0,5}", pages in 0usize..500, size in 0usize..600) {
        let seed = seed(&name, ["x", "y"]);
        let drawn = draw(&seed, pages, size);
        prop_assert_eq!(&drawn, &draw(&seed, pages, size));
        prop_assert_eq!(drawn.len(), size.min(pages));
        prop_assert!(drawn.iter().all(|page| *page < pages));
    }
}

#[test]
fn the_papers_say_what_is_configured() {
    let ids: BTreeSet<_> = measures::all().map(|measure| measure.id).collect();
    assert_eq!(ids.len(), measures::all().count());
    let mut configuration = Configuration {
        organisation: "Stadt Musterstadt".to_owned(),
        version: "1.2".to_owned(),
        place: "Rathaus, Zimmer 12".to_owned(),
        devices: vec![("Scanner".to_owned(), "Modell X".to_owned())],
        duties: vec![("Prüfen".to_owned(), "bob".to_owned())],
        classes: vec![normal()],
        proofs: [("A.P.4".to_owned(), "Schulungsnachweise 2026".to_owned())].into(),
        sealing: Sealing::default(),
    };
    let at = |configuration: &Configuration, id| standing(find(id).unwrap(), configuration);
    assert_eq!(at(&configuration, "A.SC.12"), Standing::Met);
    assert_eq!(at(&configuration, "A.P.4"), Standing::Proved);
    assert_eq!(at(&configuration, "A.P.3"), Standing::Open);
    assert_eq!(at(&configuration, "A.AM.IN.SH.1"), Standing::NotDemanded);
    configuration.classes.push(Class::new("u", "Urkunden", [Level::VeryHigh; 3]));
    assert!(measures::all().all(|measure| standing(measure, &configuration) != Standing::NotDemanded));
    // Nobody seals, so nothing is met that rests on a seal.
    assert_eq!(at(&configuration, "A.AM.IN.H.1"), Standing::Open);
    configuration.sealing.service = Some(Text::new("mit eigenem Schlüssel", "with a key of the office"));
    assert_eq!(at(&configuration, "A.AM.IN.H.1"), Standing::Met);
    assert_eq!(at(&configuration, "A.AM.IN.SH.2"), Standing::Open);
    configuration.sealing.time_stamps = true;
    assert_eq!(at(&configuration, "A.AM.IN.SH.2"), Standing::Met);
    let mut station = Station::new(normal());
    station.scan(20);
    let log = Log::of([&station.batch()]);
    assert_eq!((log.batches, log.pages, log.noted), (1, 20, 0));
    let day = |text: &str| text.parse().unwrap();
    for document in [
        procedure(&configuration, day("2026-11-22")),
        test_list(&configuration, &log, day("2026-01-01"), day("2026-12-31")),
    ] {
        for block in &document.blocks {
            let Block::Table { head, rows } = block else { continue };
            assert!(rows.iter().all(|row| row.len() == head.len()));
            assert!(rows.iter().flatten().all(|cell| !cell.de.is_empty() && !cell.en.is_empty()));
        }
    }
}

fn sealed_with(seal: Seal, time_stamp: bool) -> Command {
    let about = SealAbout {
        note: "ab".repeat(64),
        seal: "cd".repeat(64),
        form: "CAdES-B-T".into(),
        signer: "Stadt Musterstadt".into(),
        issuer: "Test".into(),
        serial: "01".into(),
        algorithm: "ECDSA, 256 bit".into(),
        stamp: None,
    };
    Command::SealWith { seal, time_stamp, about: Box::new(about) }
}
