//! Single ways, with the rule that refuses each wrong step.

use std::collections::BTreeMap;

use vir_archive::lifecycle::clocks::{Due, due};
use vir_archive::lifecycle::event::{Kind, Package};
use vir_archive::lifecycle::hold::{self, Change, Hold, Scope};
use vir_archive::lifecycle::law::{Body, Settings};
use vir_archive::lifecycle::plan::{Appraisal, Plan};
use vir_archive::lifecycle::tombstone::{Keep, redact};
use vir_archive::lifecycle::{Command, Day, Law, Logged, Record, State, Who, decide};

pub fn plan() -> Plan {
    serde_json::from_str(
        r#"[
        {"id": "20", "title": "Finanzen", "transfer": {"years": 1}, "retention": [
            {"version": 1, "from": "2000-01-01", "source": "KomHKVO",
             "rule": {"kind": "term", "period": {"years": 10}, "start": {"from": "new-year-after", "event": "Ratsbeschluss"}}}]},
        {"id": "20.1", "parent": "20", "title": "Jahresabschluss"},
        {"id": "51", "title": "Jugend", "appraisal": "A", "confidentiality": "confidential", "retention": [
            {"version": 1, "from": "2000-01-01", "source": "Satzung",
             "rule": {"kind": "term", "period": {"years": 2}, "start": {"from": "year-end"}}}]},
        {"id": "99", "title": "Urkunden", "retention": [
            {"version": 1, "from": "2000-01-01", "source": "Satzung", "rule": {"kind": "permanent"}}]}]"#,
    )
    .unwrap()
}

/// A record and those who act on it.
struct Desk {
    plan: Plan,
    settings: Settings,
    holds: Vec<Hold>,
    history: Vec<Logged>,
}

impl Desk {
    fn open(entry: &str) -> Self {
        let mut desk = Self { plan: plan(), settings: Settings::default(), holds: Vec::new(), history: Vec::new() };
        let subjects = ["Erika Beispiel".into()].into();
        let title = "Der Fall Beispiel".to_owned();
        desk.ok(
            "2020-01-10",
            "ada",
            Command::Open { id: "r1".into(), kind: Kind::File, entry: entry.into(), title, subjects },
        );
        desk
    }

    fn record(&self) -> Record {
        Record::replay(&self.history).unwrap()
    }

    fn attempt(&mut self, day: &str, who: &Who, command: &Command) -> Vec<&'static str> {
        let law = Law { plan: &self.plan, holds: &self.holds, settings: &self.settings };
        let record = Record::replay(&self.history);
        match decide(record.as_ref(), command, who, day.parse().unwrap(), &law) {
            Ok(events) => self.history.extend(events),
            Err(refusal) => {
                for objection in &refusal.objections {
                    assert!(!objection.why.de.is_empty() && !objection.why.en.is_empty());
                }
                return refusal.objections.iter().map(|objection| objection.rule.id).collect();
            }
        }
        Vec::new()
    }

    fn ok(&mut self, day: &str, who: &str, command: Command) {
        assert_eq!(self.attempt(day, &Who::person(who), &command), [""; 0], "{command:?}");
    }

    fn refused(&mut self, day: &str, who: &str, command: &Command, rules: &[&str]) {
        assert_eq!(self.attempt(day, &Who::person(who), command), rules, "{command:?}");
    }

    /// Closed on a day, in storage the day after.
    fn stored(&mut self, day: &str, next: &str) {
        self.ok(day, "ada", Command::Close);
        let version = self.record().packages.len() as u32 + 1;
        let package = Package { version, algorithm: "sha512".to_owned(), leaf: "ab".repeat(64) };
        self.ok(next, "ada", Command::Deposit { package });
    }

    fn due(&self, day: &str) -> Option<Due> {
        due(
            &self.record(),
            &Law { plan: &self.plan, holds: &self.holds, settings: &self.settings },
            day.parse().unwrap(),
        )
    }
}

fn offer() -> Command {
    Command::Offer { message: "0501".to_owned(), early: None }
}

fn appraise(value: Appraisal) -> Command {
    Command::Appraise { message: "0502".to_owned(), value, cases: BTreeMap::new() }
}

fn import(success: bool) -> Command {
    Command::ConfirmImport { message: "0506".to_owned(), case: None, success, archive_id: Some("N 12".to_owned()) }
}

#[test]
fn what_the_archive_declines_is_deleted_by_two() {
    let mut desk = Desk::open("51");
    desk.refused("2020-02-01", "ada", &Command::Delete, &["steps", "offer-first", "term", "four-eyes"]);
    desk.stored("2020-06-30", "2020-07-01");
    assert_eq!(desk.due("2022-12-31"), None);
    desk.refused("2022-12-31", "ada", &offer(), &["NArchG-3-1"]);
    assert_eq!(desk.due("2023-01-01"), Some(Due::Offer));
    // The term is over; but that is no permission.
    desk.refused("2023-01-01", "ada", &Command::RequestDeletion, &["steps", "offer-first"]);
    desk.ok("2023-01-01", "ada", offer());
    desk.refused("2023-01-02", "ada", &Command::RequestDeletion, &["steps", "offer-first"]);
    assert_eq!(desk.due("2023-07-01"), None);
    assert_eq!(desk.due("2023-07-02"), Some(Due::AskArchive));
    desk.ok("2023-08-01", "archivist", appraise(Appraisal::B));
    desk.refused("2023-08-02", "ada", &Command::RequestDeletion, &["appraisal"]);
    desk.ok("2023-08-03", "archivist", appraise(Appraisal::V));
    desk.refused("2023-08-04", "ada", &Command::Delete, &["four-eyes"]);
    assert_eq!(desk.attempt("2023-08-04", &Who::program("night"), &Command::RequestDeletion), ["people"]);
    assert_eq!(desk.attempt("2023-08-04", &Who::deputy("bob", "ada"), &Command::RequestDeletion), [""; 0]);
    assert_eq!(desk.due("2023-08-05"), Some(Due::Delete));
    // Neither the deputy, nor whom they acted for, nor another deputy of theirs.
    for who in [Who::person("bob"), Who::person("ada"), Who::deputy("carla", "ada"), Who::deputy("carla", "bob")] {
        assert_eq!(desk.attempt("2023-08-05", &who, &Command::Delete), ["four-eyes"]);
    }
    assert_eq!(desk.attempt("2023-08-05", &Who::program("night"), &Command::Delete), ["people"]);
    desk.ok("2023-08-05", "carla", Command::Delete);
    let record = desk.record();
    assert_eq!(record.state, State::Deleted);
    let tombstone = record.tombstone.unwrap();
    assert_eq!(tombstone.packages[0].leaf, "ab".repeat(64));
    assert_eq!((tombstone.title, tombstone.entry, tombstone.dates), (None, None, None));
    assert_eq!(desk.attempt("2023-08-06", &Who::person("ada"), &Command::Close), ["steps"]);
}

#[test]
fn what_the_archive_takes_is_deleted_after_its_import_receipt() {
    let mut desk = Desk::open("51");
    desk.ok("2020-02-01", "ada", Command::OpenCase { case: "1".into(), title: "Antrag".to_owned() });
    desk.ok("2020-02-01", "ada", Command::OpenCase { case: "2".into(), title: "Gästeliste".to_owned() });
    let document = Command::FileDocument { document: "d".into(), title: "Brief".to_owned(), case: Some("1".into()) };
    desk.ok("2020-02-02", "ada", document.clone());
    desk.refused("2020-02-03", "ada", &Command::Close, &["cases"]);
    desk.ok("2020-02-04", "ada", Command::CloseCase { case: "1".into() });
    desk.refused("2020-02-04", "ada", &document, &["cases"]);
    desk.ok("2020-02-04", "ada", Command::CloseCase { case: "2".into() });
    desk.stored("2020-02-05", "2020-02-06");
    desk.ok("2023-01-01", "ada", offer());
    desk.ok("2023-01-02", "archive", Command::ReceiveOffer { message: "0504".to_owned() });
    let cases = [("2".into(), Appraisal::V)].into();
    let value = Command::Appraise { message: "0502".to_owned(), value: Appraisal::A, cases };
    desk.ok("2023-02-01", "archive", value);
    desk.refused("2023-02-02", "ada", &Command::RequestDeletion, &["import-receipt"]);
    assert_eq!(desk.due("2023-02-02"), Some(Due::HandOver));
    let hand_over = Command::HandOver { message: "0503".to_owned() };
    desk.ok("2023-02-03", "ada", hand_over.clone());
    desk.ok("2023-02-04", "archive", Command::ReceiveHandOver { message: "0507".to_owned() });
    desk.refused("2023-02-05", "ada", &Command::RequestDeletion, &["import-receipt"]);
    desk.ok("2023-02-06", "archive", import(false));
    desk.refused("2023-02-07", "ada", &Command::RequestDeletion, &["import-receipt"]);
    desk.ok("2023-02-08", "ada", hand_over.clone());
    desk.ok("2023-02-09", "archive", import(true));
    desk.refused("2023-02-10", "ada", &hand_over, &["archival"]);
    desk.ok("2023-02-10", "ada", Command::RequestDeletion);
    desk.settings.keep = Keep { decision: Some("DSB 2023/7".to_owned()), title: true, ..Keep::default() };
    desk.ok("2023-02-11", "bob", Command::Delete);
    let tombstone = desk.record().tombstone.unwrap();
    assert_eq!(tombstone.ground.archive_ids, ["N 12".to_owned()].into());
    assert_eq!(tombstone.title.as_deref(), Some("Der Fall Beispiel"));
    let kept = redact(&desk.history);
    let text = serde_json::to_string(&kept).unwrap();
    assert!(!text.contains("Erika") && !text.contains("Brief") && !text.contains("Antrag"), "{text}");
    let read: Vec<Logged> = serde_json::from_str(&text).unwrap();
    assert_eq!(Record::replay(&read).unwrap().state, State::Deleted);
}

#[test]
fn terms_wait_for_the_council_and_restart_after_reopening() {
    let mut desk = Desk::open("20.1");
    desk.stored("2020-03-01", "2020-03-02");
    desk.refused("2040-01-01", "ada", &offer(), &["NArchG-3-1"]);
    let council = |on: &str| Command::Occur { event: "Ratsbeschluss".to_owned(), on: on.parse().unwrap() };
    desk.refused("2021-06-01", "ada", &council("2021-06-17"), &["days"]);
    desk.ok("2021-06-17", "ada", council("2021-06-17"));
    desk.refused("2031-12-31", "ada", &offer(), &["NArchG-3-1"]);
    let again = Command::Reopen { reason: "Nachforderung des Rechnungsprüfungsamts".to_owned() };
    desk.refused("2031-12-31", "ada", &Command::Reopen { reason: " - ".to_owned() }, &["reason"]);
    desk.ok("2031-12-31", "ada", again);
    desk.stored("2032-01-05", "2032-01-06");
    desk.refused("2042-12-31", "ada", &offer(), &["NArchG-3-1"]);
    desk.ok("2043-01-01", "ada", offer());
}

#[test]
fn a_hold_stops_every_way_out() {
    let mut desk = Desk::open("51");
    desk.stored("2020-06-30", "2020-07-01");
    let impose = |scope| Change::Impose {
        id: "h".into(),
        scope,
        reason: "Klage 4 K 12/23".to_owned(),
        from: day("2023-01-01"),
        until: None,
    };
    let ada = Who::person("ada");
    let branch = Scope::Branch { entry: "51".into() };
    let subjects = Scope::Subjects { subjects: ["Erika Beispiel".into()].into() };
    let search = Scope::Search { words: "Beispiel".to_owned(), records: ["r1".into()].into() };
    for scope in [Scope::Record { record: "r1".into() }, branch, subjects, search] {
        desk.holds = vec![hold::change(None, &impose(scope), &ada, day("2023-01-01")).unwrap()];
        desk.refused("2023-01-02", "ada", &offer(), &["hold"]);
        let classify = Command::Classify { entry: "20".into(), reason: "weg von der Sperre".to_owned() };
        desk.refused("2023-01-02", "ada", &classify, &["hold"]);
        assert_eq!(desk.due("2023-01-02"), None);
    }
    desk.holds.clear();
    desk.ok("2023-01-02", "ada", offer());
    desk.ok("2023-01-03", "archive", appraise(Appraisal::V));
    desk.ok("2023-01-04", "ada", Command::RequestDeletion);
    // Imposed after the first signature, and lifted again: the signature is void.
    let change = Change::Impose {
        id: "h2".into(),
        scope: Scope::Record { record: "r1".into() },
        reason: "Auskunftsersuchen".to_owned(),
        from: day("2023-01-05"),
        until: None,
    };
    let hold = hold::change(None, &change, &ada, day("2023-01-05")).unwrap();
    desk.holds = vec![hold];
    desk.refused("2023-01-06", "bob", &Command::Delete, &["hold"]);
    let lift = Change::Lift { reason: "erledigt".to_owned() };
    assert!(hold::change(Some(&desk.holds[0]), &lift, &Who::program("night"), day("2023-01-07")).is_err());
    desk.holds[0] = hold::change(Some(&desk.holds[0]), &lift, &ada, day("2023-01-07")).unwrap();
    desk.refused("2023-01-08", "bob", &Command::Delete, &["hold"]);
    desk.ok("2023-01-08", "ada", Command::RequestDeletion);
    desk.ok("2023-01-09", "bob", Command::Delete);
}

#[test]
fn the_state_offers_after_thirty_years_whatever_the_term() {
    let mut desk = Desk::open("99");
    desk.stored("2020-03-01", "2020-03-02");
    desk.refused("2049-12-31", "ada", &offer(), &["NArchG-3-1"]);
    desk.settings.body = Body::State;
    assert_eq!(desk.due("2050-01-09"), None);
    assert_eq!(desk.due("2050-01-10"), Some(Due::OfferAtLatest));
    desk.ok("2049-12-31", "ada", offer());
    desk.ok("2050-01-02", "archive", appraise(Appraisal::V));
    // Kept permanently all the same.
    desk.refused("2050-01-03", "ada", &Command::RequestDeletion, &["term"]);
}

fn day(text: &str) -> Day {
    text.parse().unwrap()
}
