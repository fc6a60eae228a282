//! What another block is done with becomes a record with its term; an event for many records sets their terms going.

use std::sync::atomic::{AtomicU32, Ordering};

use vir_archive::lifecycle::State;
use vir_archive_desk::records;
use vir_core::{Phrase, Text};
use vir_store::{Migrations, Tx};
use vir_web::{Block, RecordDocument, RecordParts, RecordSource};

use crate::desk::Desk;

/// How often the source was asked; each time it has something else to say.
static ASKED: AtomicU32 = AtomicU32::new(0);

const SOURCE: RecordSource = RecordSource {
    name: "invoice",
    title: Phrase::new("Rechnungen", "Invoices"),
    event: "invoice.close",
    make: |_, _, event| {
        Box::pin(async move {
            let number = event["invoice_id"].as_str().unwrap_or_default().to_owned();
            let asked = ASKED.fetch_add(1, Ordering::Relaxed);
            let document = |title: &str, bytes: String| RecordDocument {
                title: title.to_owned(),
                file_name: format!("{title}.txt"),
                bytes: bytes.into_bytes(),
            };
            Ok(Some(RecordParts {
                reference: format!("Beleg {number}"),
                title: "Rechnung 88 von Petersen".to_owned(),
                subjects: vec!["Ole Petersen".to_owned()],
                documents: vec![
                    document("Original", "immer gleich".to_owned()),
                    document("Laufzettel", format!("{asked}")),
                ],
            }))
        })
    },
};

fn other() -> Block {
    const NONE: vir_auth::BlockPermissions =
        vir_auth::BlockPermissions { title: Phrase::new("Andere", "Other"), permissions: &[] };
    Block {
        records: &[SOURCE],
        ..Block::new("other", Text::new("Andere", "Other"), NONE, Migrations::tenant("other", &[]))
    }
}

async fn tell(desk: &Desk, number: &str) {
    let payload = serde_json::json!({ "invoice_id": number, "by": "karla-kasse" });
    desk.write(move |tx: &mut Tx| Box::pin(async move { tx.publish("invoice.close", payload).await })).await;
    desk.work().await;
}

async fn record(desk: &Desk, reference: &'static str) -> Option<records::Loaded> {
    desk.read(move |tx: &mut Tx| {
        Box::pin(async move {
            let Some(id) = records::by_reference(tx, reference).await? else { return Ok(None) };
            records::load(tx, &id).await
        })
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_closed_invoice_becomes_a_record_with_its_term() {
    let desk = Desk::with_blocks(vec![other()], |_| {}).await;
    // Nobody has said where to.
    tell(&desk, "2026-1").await;
    assert!(record(&desk, "Beleg 2026-1").await.is_none());
    let reply = desk.site.post(&desk.registry, "/aktenplan/zugaenge", &[("invoice", "2.2")]).await;
    assert_eq!(reply.status, 303);

    tell(&desk, "2026-2").await;
    let loaded = record(&desk, "Beleg 2026-2").await.unwrap();
    assert_eq!(loaded.record.state, State::Stored);
    assert_eq!(loaded.current().len(), 2);
    assert!(loaded.record.subjects.contains(&"Ole Petersen".into()));
    let page = desk.site.get(&desk.registry, &format!("/akten/{}", loaded.record.id)).await.text();
    assert!(page.contains("Frist beginnt erst mit dem Ereignis"), "{page}");

    // Told again with new decisions: the same record has what is new, and only that.
    tell(&desk, "2026-2").await;
    let again = record(&desk, "Beleg 2026-2").await.unwrap();
    assert_eq!((again.record.id.clone(), again.record.state), (loaded.record.id, State::Stored));
    assert_eq!(again.items.len(), 3);

    let fields =
        [("branch", "2"), ("year", "2026"), ("event", "Ratsbeschluss über den Jahresabschluss"), ("on", "2026-11-20")];
    assert_eq!(desk.site.post(&desk.registry, "/aktenplan/fristereignis", &fields).await.status, 303);
    desk.work().await;
    let row = desk
        .read(|tx| {
            Box::pin(async move {
                tx.one("select ends_on from archive_record where reference = 'Beleg 2026-2'", &[])
                    .await?
                    .text("ends_on")
            })
        })
        .await;
    assert_eq!(row, "2036-12-31");
}
