//! The records of the demonstration, and how they happen.

use jiff::Timestamp;
use vir_archive::lifecycle::event::Kind;
use vir_archive::lifecycle::{CaseId, Command, SubjectId, Who};
use vir_core::Lang;
use vir_pdf::write::{Block, Document, Field, Level, Style, render};
use vir_store::{TenantId, Tx, new_id};
use vir_web::{App, WorkError};

use super::days_before;
use crate::records::{self as desk, ActError, NewDocument, NewRecord, Origin};

/// A record.
pub(super) struct Sample {
    /// Begun so many days ago.
    begun: i64,
    /// Closed so many days ago; none: still in work.
    closed: Option<i64>,
    entry: &'static str,
    title: &'static str,
    subject: Option<&'static str>,
    case: Option<&'static str>,
    documents: &'static [(&'static str, &'static str)],
}

/// All of them, the oldest first.
pub(super) const RECORDS: &[Sample] = &[
    Sample {
        begun: 2300,
        closed: Some(2250),
        entry: "3.2",
        title: "Handwerkerparkausweis Malerbetrieb Kruse",
        subject: Some("Malerbetrieb Kruse"),
        case: None,
        documents: &[
            ("Antrag", "Antrag auf einen Parkausweis für ein Fahrzeug."),
            ("Bescheid", "Der Ausweis wird für ein Jahr erteilt."),
        ],
    },
    Sample {
        begun: 2100,
        closed: Some(2050),
        entry: "3.3",
        title: "Fundsache 2021/17: Armbanduhr",
        subject: Some("Onno Behrends"),
        case: None,
        documents: &[("Fundanzeige", "Eine Armbanduhr wurde am Hafen gefunden.")],
    },
    Sample {
        begun: 2080,
        closed: Some(2000),
        entry: "3.3",
        title: "Fundsache 2021/23: Handtasche mit Papieren",
        subject: Some("Tomke Eilers"),
        case: None,
        documents: &[("Fundanzeige", "Eine Handtasche wurde im Bürgerbüro abgegeben.")],
    },
    Sample {
        begun: 390,
        closed: Some(210),
        entry: "3.3",
        title: "Fundsache 2025/114: Kinderfahrrad, blau",
        subject: Some("Femke Harms"),
        case: None,
        documents: &[
            ("Fundanzeige", "Am Siel wurde ein blaues Kinderfahrrad gefunden und abgegeben."),
            ("Aushändigung an die Eigentümerin", "Das Fahrrad wurde der Eigentümerin ausgehändigt."),
        ],
    },
    Sample {
        begun: 380,
        closed: None,
        entry: "6.2",
        title: "Bauakte Deichstraße 5, Anbau",
        subject: Some("Ehepaar Tjaden"),
        case: Some("Anbau an das Wohnhaus"),
        documents: &[
            ("Bauantrag", "Antrag auf Anbau eines Wintergartens."),
            ("Statische Berechnung", "Die Standsicherheit ist nachgewiesen."),
        ],
    },
    Sample {
        begun: 350,
        closed: Some(340),
        entry: "0.1",
        title: "Niederschrift der Ratssitzung vom Dezember",
        subject: None,
        case: None,
        documents: &[("Niederschrift", "Der Rat beschließt den Haushalt.")],
    },
    Sample {
        begun: 300,
        closed: Some(120),
        entry: "3.2",
        title: "Handwerkerparkausweis Elektro Wilken",
        subject: Some("Elektro Wilken GmbH"),
        case: None,
        documents: &[
            ("Antrag", "Antrag auf einen Parkausweis für drei Fahrzeuge."),
            ("Bescheid", "Der Ausweis wird für ein Jahr erteilt."),
        ],
    },
    Sample {
        begun: 260,
        closed: Some(60),
        entry: "4.1",
        title: "Elterngeld Familie Saathoff",
        subject: Some("Familie Saathoff"),
        case: None,
        documents: &[
            ("Antrag auf Elterngeld", "Antrag für zwölf Monate."),
            ("Geburtsurkunde", "Abschrift der Urkunde."),
            ("Bescheid", "Elterngeld wird bewilligt."),
        ],
    },
    Sample {
        begun: 200,
        closed: None,
        entry: "6.1",
        title: "Bebauungsplan Nr. 42 „Am Alten Hafen“",
        subject: None,
        case: Some("Frühzeitige Beteiligung"),
        documents: &[
            ("Aufstellungsbeschluss", "Der Rat beschließt die Aufstellung."),
            ("Stellungnahme des Entwässerungsverbands", "Keine Bedenken."),
        ],
    },
    Sample {
        begun: 150,
        closed: Some(140),
        entry: "3.1",
        title: "Gaststättenerlaubnis Hafenkrug",
        subject: Some("Wiard Buss"),
        case: None,
        documents: &[
            ("Antrag", "Antrag auf Erlaubnis einer Schankwirtschaft."),
            ("Erlaubnis", "Die Erlaubnis wird erteilt."),
        ],
    },
    Sample {
        begun: 90,
        closed: None,
        entry: "1.1",
        title: "Geschäftsverteilungsplan 2027",
        subject: None,
        case: None,
        documents: &[("Entwurf", "Entwurf des Geschäftsverteilungsplans.")],
    },
    Sample {
        begun: 40,
        closed: None,
        entry: "3.3",
        title: "Fundsache 2026/231: Brille im Etui",
        subject: None,
        case: None,
        documents: &[("Fundanzeige", "Eine Brille wurde an der Bushaltestelle gefunden.")],
    },
    Sample {
        begun: 5,
        closed: None,
        entry: "2.1",
        title: "Haushaltsplanung 2027",
        subject: None,
        case: Some("Anmeldungen der Fachbereiche"),
        documents: &[("Eckwerte", "Eckwerte des Haushalts 2027.")],
    },
];

/// Lets a record happen on its days.
pub(super) async fn happen(
    app: &App,
    tenant: &TenantId,
    sample: &'static Sample,
    who: &Who,
    now: Timestamp,
) -> Result<(), WorkError> {
    app.clock.set(days_before(now, sample.begun));
    let mut files = Vec::new();
    for (title, text) in sample.documents {
        let bytes = sheet(title, text, sample.title, app.now())?;
        let taken = desk::take_bytes(app, tenant, &format!("{title}.pdf"), bytes).await;
        files.push((*title, taken.map_err(|error| WorkError::later(error.to_string()))?));
    }
    let acts = who.clone();
    let opened = app.store.write(tenant, move |tx: &mut Tx| {
        Box::pin(async move {
            let new = NewRecord {
                kind: Kind::File,
                entry: sample.entry.into(),
                title: sample.title.to_owned(),
                reference: None,
                subjects: sample.subject.into_iter().map(|subject| SubjectId(subject.to_owned())).collect(),
            };
            let id = desk::open(tx, new, &acts).await?.id;
            let case = sample.case.map(|title| (CaseId(new_id(tx.now())), title.to_owned()));
            if let Some((case, title)) = &case {
                let begin = Command::OpenCase { case: case.clone(), title: title.clone() };
                desk::act(tx, &id, None, &[begin], &acts).await?;
            }
            let case = case.map(|(case, _)| case);
            let document = |(title, file): (&str, _)| NewDocument {
                id: None,
                case: case.clone(),
                title: title.to_owned(),
                origin: Origin::Upload,
                file,
            };
            desk::file(tx, &id, files.into_iter().map(document).collect(), &acts).await?;
            Ok::<_, ActError>(id)
        })
    });
    let id = opened.await.map_err(|error| WorkError::hopeless(error.to_string()))?;
    if let Some(closed) = sample.closed {
        app.clock.set(days_before(now, closed));
        let acts = who.clone();
        let done = app.store.write(tenant, move |tx: &mut Tx| {
            Box::pin(async move { desk::act(tx, &id, None, &[Command::Close], &acts).await })
        });
        done.await.map_err(|error| WorkError::hopeless(error.to_string()))?;
    }
    Ok(())
}

/// A page as an office writes it.
fn sheet(title: &str, text: &str, about: &str, now: Timestamp) -> Result<Vec<u8>, WorkError> {
    let day = now.to_zoned(jiff::tz::TimeZone::UTC);
    let small = |number: i8| u8::try_from(number).unwrap_or(1);
    let year = u16::try_from(day.year()).unwrap_or(2026);
    let date = vir_pdf::Timestamp::utc(year, small(day.month()), small(day.day()), 8, 0, 0);
    let date = date.ok_or_else(|| WorkError::hopeless("no such day"))?;
    let mut sheet = Document::new(title, Lang::De, date);
    sheet.author = Some("Stadt Grünensiel".to_owned());
    sheet.blocks = vec![
        Block::Heading(Level::One, title.to_owned()),
        Block::Fields(vec![Field::new("Betreff", None, about)]),
        Block::Paragraph(Style::Normal, text.to_owned()),
    ];
    Ok(render(&sheet).map_err(|error| WorkError::hopeless(error.to_string()))?.pdf)
}
