//! Messages to test with: one that says everything that the model has, and generated ones.

use proptest::prelude::*;
use vir_archive::lifecycle::Day;
use vir_archive::lifecycle::event::Kind;
use vir_archive::lifecycle::plan::{Appraisal, Confidentiality};
use vir_archive::xdomea::model::{
    Appraised, Body, Code, Contact, Disposal, Document, DocumentVersion, File, Format, Head, Imported, Medium, Message,
    Object, PlanEntry, PlanOffer, Retention, RetentionEnd, System,
};
use vir_archive::xdomea::{MessageKind, Uuid, Version};

pub fn uuid(number: u128) -> Uuid {
    Uuid::from_bytes(number.to_be_bytes())
}

fn day(text: &str) -> Day {
    text.parse().unwrap()
}

fn some(text: &str) -> Option<String> {
    Some(text.to_owned())
}

pub fn contact(name: &str) -> Contact {
    let code = |code: &str| {
        let list = some("urn:xoev-de:bund:codeliste:behoerdenkennung");
        Some(Code { code: code.to_owned(), name: some(name), list, list_version: some("1") })
    };
    Contact {
        key: code("03401000"),
        prefix: code("dbs"),
        institution: some(name),
        institution_short: some("Musterstadt"),
        unit: some("Registratur & Archiv"),
        salutation: some("Frau"),
        title: some("Dr."),
        family_name: some("Beispiel"),
        given_name: some("Erika"),
        activity: some("Archivarin"),
        responsibility: some("Übernahme"),
    }
}

pub fn head(wants: bool) -> Head {
    Head {
        process: uuid(1),
        created: "2026-11-22T17:00:00+01:00".to_owned(),
        sender: contact("Stadt <Musterstadt>"),
        recipient: contact("Stadtarchiv Musterstadt"),
        system: Some(System { instance: some("1"), product: some("vir"), version: some("0.1") }),
        note: some("Bitte bis Jahresende"),
        receipt_wanted: wants,
        archive_id_wanted: false,
    }
}

/// A record with a case, a document of two formats, an attachment, and a file inside; with all that can be said.
pub fn objects(version: Version) -> Vec<Object> {
    let third = version.is_third();
    let full = |kind: Kind, id: u128, parent| {
        let mut object = Object::new(kind, uuid(id), parent);
        object.number = Some(7);
        object.subject = some("Bebauungsplan Nr. 3, \"Am Deich\"");
        object.reference = some("61-26/3");
        object.lead = some("Amt 61");
        object.keeper = third.then(|| "Amt 61".to_owned());
        object.confidentiality = Some(Confidentiality::Restricted);
        object.remark = some("mit Plänen");
        object.medium = Some(Medium::Hybrid);
        object.plan_entry = Some((some("61"), some("Bauleitplanung")));
        object.type_name = some("Sachakte");
        if kind != Kind::Document {
            object.retention = Some(Retention::Years(30));
            object.disposal = Some(Disposal::Standard(Appraisal::B));
            object.archive_code = some("K 1");
            object.proposal = Some(Appraisal::A);
            object.retention_end =
                Some(if third { RetentionEnd::Day(day("2030-12-31")) } else { RetentionEnd::Year(2030) });
            object.runs = Some((Some(day("1990-01-01")), Some(day("2000-05-31"))));
            object.closed = (third || kind == Kind::Case).then_some(true);
            object.closed_on = third.then(|| day("2000-06-01"));
        }
        object
    };
    let format = |id: u128, code: &str, name: &str| Format {
        code: code.to_owned(),
        list_version: third.then(|| "1.0".to_owned()),
        other_name: some("PDF/A-2b"),
        version: "2".to_owned(),
        file: File {
            name: format!("{}_{name}", uuid(id)),
            original: third.then(|| "Brief an den Rat.pdf".to_owned()),
            creator: some("Erika Beispiel"),
            created: some("1999-01-02T03:04:05Z"),
        },
    };
    let mut document = full(Kind::Document, 12, Some(1));
    let formats = vec![format(21, "018", "brief.pdf"), format(22, "024", "brief.tiff")];
    document.document = Some(Document {
        foreign_reference: some("III B 4"),
        received: Some(day("1999-01-05")),
        sent: Some(day("1999-01-06")),
        dated: Some(day("1999-01-02")),
        regarding: some("Ihr Schreiben"),
        clerk: some("Beispiel"),
        versions: vec![DocumentVersion { number: "1".to_owned(), formats }],
    });
    vec![
        full(Kind::File, 10, None),
        full(Kind::Case, 11, Some(0)),
        document,
        full(Kind::Document, 13, Some(2)),
        full(Kind::Case, 14, Some(1)),
        full(Kind::File, 15, Some(0)),
        full(Kind::Case, 16, None),
        full(Kind::Document, 17, None),
    ]
}

/// A plan of three entries, two of them inside the first.
fn entries(version: Version) -> Vec<PlanEntry> {
    let tree = version == Version::V3_1;
    let entry = |id, parent: Option<usize>| PlanEntry {
        parent: parent.filter(|_| tree),
        id: uuid(id),
        disposal: Disposal::Standard(Appraisal::A),
        reference: tree.then(|| "61".to_owned()),
        about: tree.then(|| "Bauleitplanung".to_owned()),
        runs: tree.then(|| (Some(day("2020-01-01")), None)),
        retired: tree,
        retention: tree.then_some(Retention::Permanent),
    };
    vec![entry(60, None), entry(61, Some(0)), entry(62, Some(1)), entry(63, Some(0))]
}

/// One message of each kind that a version has.
pub fn messages(version: Version) -> Vec<Message> {
    let third = version.is_third();
    let appraised = || {
        let mut appraised: Vec<Appraised> = [Appraisal::A, Appraisal::B, Appraisal::V]
            .into_iter()
            .zip(30..)
            .map(|(value, id)| Appraised { id: uuid(id), disposal: Disposal::Standard(value) })
            .collect();
        if third {
            appraised.push(Appraised { id: uuid(40), disposal: Disposal::Own("Auswahl Buchstabe D".to_owned()) });
        }
        appraised
    };
    let imported = |archive_id: bool| {
        let failed = Imported {
            id: Some(uuid(10)),
            success: false,
            errors: vec!["Prüfsumme falsch".to_owned(), "zu groß".to_owned()],
            archive_id: None,
        };
        let archive_id = archive_id.then(|| "N 12/2026".to_owned());
        let good = Imported { id: Some(uuid(16)), success: true, errors: Vec::new(), archive_id };
        if third { vec![failed, good] } else { vec![good] }
    };
    let plan = PlanOffer {
        id: uuid(50),
        name: "Aktenplan".to_owned(),
        type_name: some("kommunal"),
        version: "2026".to_owned(),
        entries: entries(version),
        runs: Some((Some(day("2026-01-01")), None)),
    };
    let bodies = [
        Body::Offer(objects(version)),
        Body::Appraisal(appraised()),
        Body::HandOver(objects(version)),
        Body::OfferReceived,
        Body::AppraisalReceived,
        Body::Imported(imported(true)),
        Body::HandOverReceived,
        Body::PlanOffer(plan),
        Body::PlanOfferReceived,
        Body::Catalogue(appraised()),
        Body::CatalogueImported(imported(false)),
        Body::CatalogueReceived,
    ];
    let wanting = [MessageKind::Offer, MessageKind::Appraisal, MessageKind::PlanOffer, MessageKind::Catalogue];
    let messages = bodies.into_iter().map(|body| Message { head: head(false), body }).map(|mut message| {
        let kind = message.kind();
        message.head.receipt_wanted = wanting.contains(&kind) || (third && kind == MessageKind::HandOver);
        message.head.archive_id_wanted = kind == MessageKind::HandOver;
        message
    });
    messages.filter(|message| message.kind().is_in(version)).collect()
}

/// Texts that people and strangers write.
fn text() -> impl Strategy<Value = String> {
    prop_oneof![
        "[a-zA-Z0-9 äöüß<>&\"'./-]{0,12}",
        "[ \t\r\n]{1,3}x?",
        Just("]]>".to_owned()),
        Just("𝔵 α\u{85}".to_owned())
    ]
}

fn maybe() -> impl Strategy<Value = Option<String>> {
    proptest::option::of(text())
}

fn days() -> impl Strategy<Value = Option<Day>> {
    proptest::option::of((1i64..9999, 1i64..13, 1i64..29).prop_map(|(y, m, d)| Day::new(y, m, d).unwrap()))
}

/// An object of any kind, described by chance.
fn object() -> impl Strategy<Value = Object> {
    let general = (maybe(), maybe(), maybe(), maybe(), maybe(), proptest::option::of(any::<u32>()));
    let class = proptest::option::of(proptest::sample::select(Confidentiality::ALL.to_vec()));
    let archival = (
        proptest::option::of(any::<u16>()),
        proptest::option::of(prop_oneof![
            Just(Disposal::Standard(Appraisal::A)),
            Just(Disposal::Standard(Appraisal::V)),
            text().prop_map(Disposal::Own)
        ]),
        maybe(),
        days(),
        proptest::option::of(any::<bool>()),
        proptest::option::of((days(), days())),
    );
    let kind = proptest::sample::select(vec![Kind::File, Kind::Case, Kind::Document]);
    (kind, general, class, archival, days(), maybe(), proptest::option::of((maybe(), maybe()))).prop_map(
        |(kind, general, class, archival, closed_on, type_name, plan_entry)| {
            let mut object = Object::new(kind, uuid(0), None);
            (object.subject, object.reference, object.lead, object.keeper, object.remark, object.number) = general;
            object.confidentiality = class;
            object.type_name = type_name;
            object.plan_entry = plan_entry;
            if let Some(document) = &mut object.document {
                (document.received, document.clerk) = (archival.3, archival.2);
            } else {
                object.retention = archival.0.map(Retention::Years);
                (object.disposal, object.archive_code) = (archival.1, archival.2);
                object.retention_end = archival.3.map(RetentionEnd::Day);
                (object.closed, object.runs, object.closed_on) = (archival.4, archival.5, closed_on);
            }
            object
        },
    )
}

/// Lists of objects in the order in which they are written.
pub fn generated() -> impl Strategy<Value = Vec<Object>> {
    proptest::collection::vec((object(), any::<proptest::sample::Index>()), 1..14).prop_map(|items| {
        let mut placed: Vec<Object> = Vec::new();
        for (mut object, index) in items {
            // Under something that can contain it, or on its own.
            let above = index.index(placed.len() + 1);
            let fits = placed.get(above).is_some_and(|parent| match object.kind {
                Kind::File => parent.kind == Kind::File,
                Kind::Case => parent.kind != Kind::Document,
                Kind::Document => true,
            });
            object.parent = fits.then_some(above);
            object.id = uuid(100 + placed.len() as u128);
            placed.push(object);
        }
        let mut ordered = Vec::new();
        let roots: Vec<usize> = (0..placed.len()).filter(|at| placed[*at].parent.is_none()).collect();
        for root in roots {
            put(&placed, root, None, &mut ordered);
        }
        ordered
    })
}

fn put(placed: &[Object], at: usize, parent: Option<usize>, ordered: &mut Vec<Object>) {
    let own = ordered.len();
    ordered.push(Object { parent, ..placed[at].clone() });
    for kind in [Kind::Document, Kind::Case, Kind::File] {
        for child in (0..placed.len()).filter(|child| placed[*child].parent == Some(at) && placed[*child].kind == kind)
        {
            put(placed, child, Some(own), ordered);
        }
    }
}
