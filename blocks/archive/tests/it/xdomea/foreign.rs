//! Foreign messages: the patterns of a state archive.

use vir_archive::lifecycle::plan::Appraisal;
use vir_archive::xdomea::model::{Body, Disposal};
use vir_archive::xdomea::{MessageKind, Version, read, write};

use crate::corpora;

#[test]
fn the_patterns_are_understood() {
    let Some(files) = corpora::files("xdomea.tar.gz") else { return };
    let mut understood = 0;
    for (path, bytes) in files.iter().filter(|(path, _)| path.contains("/pattern/")) {
        let found = read(bytes).unwrap_or_else(|notes| panic!("{path}: {notes:?}"));
        assert!(path.contains(found.version.number()), "{path}");
        assert!(path.contains(found.message.kind().element()), "{path}");
        // Some say another type in their head than they are.
        for note in &found.notes {
            assert_eq!(note.reason.id(), "other-type", "{path}: {note}");
            assert!(note.place.line > 0 && note.place.path.ends_with("Kopf"), "{path}: {note}");
        }
        let head = &found.message.head;
        assert_eq!(head.sender.institution.as_deref(), Some("AbsXdomeaInstitutionName"), "{path}");
        assert_eq!(head.sender.key.as_ref().map(|key| key.code.as_str()), Some("LATh"), "{path}");
        assert_eq!(head.recipient.family_name.as_deref(), Some("EmpNameFamilienname"), "{path}");
        match &found.message.body {
            Body::Offer(objects) | Body::HandOver(objects) => {
                // The hand-overs are templates with an empty record.
                if found.message.kind() == MessageKind::HandOver {
                    assert_eq!(objects.len(), 1, "{path}");
                } else {
                    assert_eq!(objects.len(), 3, "{path}");
                    let parents: Vec<_> = objects.iter().map(|object| object.parent).collect();
                    assert_eq!(parents, [None, Some(0), Some(1)]);
                    assert_eq!(objects[0].disposal, Some(Disposal::Standard(Appraisal::B)), "{path}");
                    let proposal = (found.version > Version::V2_4).then_some(Appraisal::A);
                    assert_eq!(objects[0].proposal, proposal, "{path}");
                }
            }
            Body::Appraisal(appraised) => assert!(!appraised.is_empty(), "{path}"),
            body => assert_eq!(*body, Body::OfferReceived, "{path}"),
        }
        for version in Version::ALL {
            let written = write(&found.message, version).unwrap_or_else(|error| panic!("{path}: {error}"));
            let again = read(written.xml.as_bytes()).unwrap().message;
            assert_eq!(again.objects().len(), found.message.objects().len(), "{path} as {version:?}");
        }
        understood += 1;
    }
    println!("xdomea-patterns: {understood} of 12 foreign patterns understood");
    assert_eq!(understood, 12);
}
