//! The transfer note: complete or refused, and the same in both forms.

use proptest::prelude::*;
use vir_archive::moment::Moment;
use vir_archive::scan::note::{Quality, Scan, TransferNote};

pub fn note() -> TransferNote {
    TransferNote {
        batch: "S-1".to_owned(),
        creator: "ada".to_owned(),
        organisation: "Stadt <Musterstadt> & Co".to_owned(),
        technical: vec![("Scanner".to_owned(), "Modell X, 300 dpi".to_owned())],
        organisational: vec![("Verfahrensanweisung".to_owned(), "1.2".to_owned())],
        irregularities: Vec::new(),
        scanned: Moment::from_unix(1_000),
        quality: Quality {
            checker: "bob".to_owned(),
            ended: Moment::from_unix(2_000),
            pages: 10,
            checked: 10,
            seed: None,
            repeated: 0,
            good: true,
        },
        identical: true,
        scans: vec![Scan { name: "a.pdf".to_owned(), algorithm: "sha256".to_owned(), value: "ab".repeat(32) }],
    }
}

#[test]
fn a_note_without_an_element_is_refused_by_its_letter() {
    assert_eq!(note().complete(), Ok(()));
    type Change = fn(&mut TransferNote);
    let changes: [(char, Change); 12] = [
        ('a', |note| note.creator.clear()),
        ('a', |note| note.organisation = " ".to_owned()),
        ('b', |note| note.technical.clear()),
        ('b', |note| note.organisational[0].1.clear()),
        ('c', |note| note.irregularities.push("-".to_owned())),
        ('d', |note| note.scanned = Moment::from_unix(3_000)),
        ('e', |note| note.quality.good = false),
        ('e', |note| note.quality.checked = 9),
        ('e', |note| note.quality.checked = 11),
        ('f', |note| note.identical = false),
        ('g', |note| note.scans.clear()),
        ('g', |note| note.scans[0].value = "x".repeat(64)),
    ];
    for (letter, change) in changes {
        let mut note = note();
        change(&mut note);
        let missing = note.complete().unwrap_err();
        assert_eq!(missing.element, letter);
        assert!(!missing.text().de.is_empty());
    }
}

#[test]
fn what_is_no_note_is_none() {
    let good = note().to_xml();
    for text in ["", "<a/>", &good.replace("<batch>", "<b>").replace("</batch>", "</b>"), &good.replace("true", "ja")] {
        assert_eq!(TransferNote::from_xml(text.as_bytes()), None);
    }
}

proptest! {
    #[test]
    fn both_forms_say_the_same(texts in prop::collection::vec("[ -~äöü\t\r\n]{0,12}", 6), seconds in 0i64..4_000_000_000) {
        let mut note = note();
        note.batch = texts[0].clone();
        note.technical.push((texts[1].clone(), texts[2].clone()));
        note.irregularities = texts[3..].to_vec();
        note.quality.seed = (seconds % 2 == 0).then(|| texts[4].clone());
        note.scanned = Moment::from_unix(seconds);
        note.scans[0].name = texts[5].clone();
        let xml = note.to_xml();
        prop_assert_eq!(TransferNote::from_xml(xml.as_bytes()), Some(note.clone()));
        let json = serde_json::to_string(&note).unwrap();
        prop_assert_eq!(serde_json::from_str::<TransferNote>(&json).unwrap(), note);
    }
}
