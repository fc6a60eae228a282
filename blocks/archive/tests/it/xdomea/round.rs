//! A disposal between an office and an archive, all of it as messages.

use vir_archive::lifecycle::event::{Kind, Package};
use vir_archive::lifecycle::law::Settings;
use vir_archive::lifecycle::plan::{Appraisal, Plan};
use vir_archive::lifecycle::{Command, Law, Record, State, Who, decide};
use vir_archive::xdomea::exchange::{self, Doubt, Names};
use vir_archive::xdomea::model::{Appraised, Body, Disposal, Message, RetentionEnd};
use vir_archive::xdomea::{Read, Version, read, write};

use super::sample::{self, uuid};

/// The office: its record, and how it is called.
struct Office {
    plan: Plan,
    record: Option<Record>,
    names: Names,
}

impl Office {
    fn act(&mut self, day: &str, who: &str, command: Command) -> Result<(), Vec<&'static str>> {
        let settings = Settings::default();
        let law = Law { plan: &self.plan, holds: &[], settings: &settings };
        let events = decide(self.record.as_ref(), &command, &Who::person(who), day.parse().unwrap(), &law)
            .map_err(|refusal| refusal.objections.iter().map(|objection| objection.rule.id).collect::<Vec<_>>())?;
        for event in &events {
            match &mut self.record {
                Some(record) => record.apply(event),
                None => self.record = Record::replay([event]),
            }
        }
        Ok(())
    }

    fn new() -> Self {
        let plan = r#"[{"id": "51", "title": "Jugend", "confidentiality": "confidential", "appraisal": "A",
            "retention": [{"version": 1, "from": "2000-01-01", "source": "Satzung",
            "rule": {"kind": "term", "period": {"years": 2}, "start": {"from": "year-end"}}}]}]"#;
        let names = Names {
            record: uuid(10),
            cases: [("a".into(), uuid(11)), ("b".into(), uuid(12))].into(),
            documents: [("d1".into(), uuid(13)), ("d2".into(), uuid(14))].into(),
        };
        let mut office = Self { plan: serde_json::from_str(plan).unwrap(), record: None, names };
        let open = Command::Open {
            id: "r".into(),
            kind: Kind::File,
            entry: "51".into(),
            title: "Jugendhaus".to_owned(),
            subjects: Default::default(),
        };
        let mut commands = vec![open];
        for (case, document) in [("a", "d1"), ("b", "d2")] {
            let title = case.to_owned();
            commands.push(Command::OpenCase { case: case.into(), title: title.clone() });
            commands.push(Command::FileDocument { document: document.into(), title, case: Some(case.into()) });
            commands.push(Command::CloseCase { case: case.into() });
        }
        commands.push(Command::Close);
        let package = Package { version: 1, algorithm: "sha256".to_owned(), leaf: "0f".repeat(32) };
        commands.push(Command::Deposit { package });
        for command in commands {
            office.act("2020-05-05", "ada", command).unwrap();
        }
        office
    }

    fn record(&self) -> &Record {
        self.record.as_ref().unwrap()
    }

    /// Takes an answer of the archive; what follows from it is decided.
    fn take(&mut self, day: &str, answer: &Message) -> Vec<Doubt> {
        let (commands, doubts) = exchange::commands(answer, answer.kind().code(), &[(self.record(), &self.names)]);
        for (_, command) in commands {
            self.act(day, "archive", command).unwrap();
        }
        doubts
    }
}

/// Over the wire.
fn sent(message: &Message, version: Version) -> Message {
    let Read { message, notes, .. } = read(write(message, version).unwrap().xml.as_bytes()).unwrap();
    assert_eq!(notes, Vec::new());
    message
}

#[test]
fn an_office_and_an_archive_finish_a_disposal() {
    for version in Version::ALL {
        let mut office = Office::new();
        let settings = Settings::default();
        let law = Law { plan: &office.plan, holds: &[], settings: &settings };
        let today = "2023-01-01".parse().unwrap();
        let objects = exchange::offered(office.record(), &office.names, &law, today).unwrap();
        assert_eq!(objects.len(), 5);
        assert_eq!(objects[0].retention_end, Some(RetentionEnd::Day("2022-12-31".parse().unwrap())));
        let offer = sent(&Message { head: sample::head(true), body: Body::Offer(objects.clone()) }, version);
        office.act("2023-01-01", "ada", Command::Offer { message: "0501".to_owned(), early: None }).unwrap();

        // The archive confirms and appraises: the record is kept, but for one case.
        let now = "2023-02-01T10:00:00Z";
        office.take("2023-01-02", &sent(&exchange::receipt(&offer, now).unwrap(), version));
        let appraised = [(10, Appraisal::A), (12, Appraisal::V)]
            .map(|(id, value)| Appraised { id: uuid(id), disposal: Disposal::Standard(value) });
        let answer = sent(&exchange::reply(&offer, now, Body::Appraisal(appraised.to_vec())), version);
        assert_eq!(answer.head.recipient, offer.head.sender);
        assert_eq!(office.take("2023-02-01", &answer), Vec::new());
        assert_eq!(office.record().state, State::Appraised);
        assert_eq!(office.act("2023-02-02", "ada", Command::RequestDeletion), Err(vec!["import-receipt"]));

        // The office hands over what is wanted.
        let wanted = exchange::handed_over(office.record(), &office.names, &objects);
        assert_eq!(wanted.iter().map(|object| object.id.clone()).collect::<Vec<_>>(), [uuid(10), uuid(11), uuid(13)]);
        assert_eq!(wanted.iter().map(|object| object.parent).collect::<Vec<_>>(), [None, Some(0), Some(1)]);
        let mut head = sample::head(version.is_third());
        head.archive_id_wanted = true;
        let hand_over = sent(&Message { head, body: Body::HandOver(wanted) }, version);
        office.act("2023-02-03", "ada", Command::HandOver { message: "0503".to_owned() }).unwrap();
        if version.is_third() {
            office.take("2023-02-03", &sent(&exchange::receipt(&hand_over, now).unwrap(), version));
        }
        assert_eq!(office.act("2023-02-04", "ada", Command::RequestDeletion), Err(vec!["import-receipt"]));

        // The import fails once, then succeeds; only then may the office delete.
        let failed = exchange::imported(&hand_over, now, |_| Err(vec!["Prüfsumme".to_owned()]));
        office.take("2023-02-05", &sent(&failed, version));
        assert_eq!(office.act("2023-02-06", "ada", Command::RequestDeletion), Err(vec!["import-receipt"]));
        let imported = exchange::imported(&hand_over, now, |_| Ok(Some("N 1/2023".to_owned())));
        office.take("2023-02-07", &sent(&imported, version));
        office.act("2023-02-08", "ada", Command::RequestDeletion).unwrap();
        assert_eq!(office.act("2023-02-09", "ada", Command::Delete), Err(vec!["four-eyes"]));
        office.act("2023-02-09", "bob", Command::Delete).unwrap();
        let tombstone = office.record().tombstone.as_ref().unwrap();
        assert_eq!(tombstone.ground.archive_ids, ["N 1/2023".to_owned()].into());
        assert_eq!(tombstone.ground.receipts, ["0506".to_owned()].into());
    }
}

#[test]
fn doubt_never_destroys() {
    let decide = |lines: &[(u128, Disposal)]| {
        let mut office = Office::new();
        office.act("2023-01-01", "ada", Command::Offer { message: "0501".to_owned(), early: None }).unwrap();
        let appraised =
            lines.iter().map(|(id, disposal)| Appraised { id: uuid(*id), disposal: disposal.clone() }).collect();
        let answer = Message { head: sample::head(false), body: Body::Appraisal(appraised) };
        let doubts = office.take("2023-01-02", &answer);
        let destroyed = office.act("2023-01-03", "ada", Command::RequestDeletion).is_ok();
        (doubts, destroyed)
    };
    let (a, v) = (Disposal::Standard(Appraisal::A), Disposal::Standard(Appraisal::V));
    assert_eq!(decide(&[(10, v.clone())]), (Vec::new(), true));
    assert_eq!(decide(&[(10, v.clone()), (10, a.clone())]), (vec![Doubt::Contradiction(uuid(10))], false));
    assert_eq!(decide(&[(10, v.clone()), (14, a.clone())]), (vec![Doubt::Document(uuid(14))], false));
    assert_eq!(decide(&[(10, v.clone()), (13, v.clone())]), (Vec::new(), true));
    assert_eq!(decide(&[(10, Disposal::Own("weg".to_owned()))]), (vec![Doubt::OwnWords(uuid(10))], false));
    assert_eq!(decide(&[(11, v.clone())]), (Vec::new(), false));
    assert_eq!(decide(&[(11, v.clone()), (12, v.clone())]), (Vec::new(), true));
    assert_eq!(decide(&[(10, v.clone()), (99, a)]), (vec![Doubt::Unknown(uuid(99))], true));
}
