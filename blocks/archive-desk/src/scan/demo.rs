//! The scan station of the demonstration: two classes, a procedure, and batches on their way: one that nobody has taken
//! over, one that is scanned, one that waits for its check, and one that waits for its record.
//!
//! Invariant: running again changes nothing; everything is invented.

use vir_archive::lifecycle::Who;
use vir_archive::scan::batch::{Batch, Command};
use vir_archive::scan::class::{Class, Level};
use vir_archive::scan::documentation::Configuration;
use vir_store::{TenantId, Tx};
use vir_web::{App, WorkError};

use super::batch::{self, BatchError, Channel};
use super::class::{self, Kept};
use super::intake::{self, NewBatch, Received};
use super::{make, note, procedure, quality, read};
use crate::records;

/// A letter that nobody wrote, as a scanner would send it.
const PAGES: &[u8] = include_bytes!("demo.tif");

/// Furnishes the scan station.
///
/// # Errors
/// Where the store fails.
pub async fn demo(app: &App, tenant: &TenantId, by: (Who, String)) -> Result<(), WorkError> {
    let there = app.store.read(tenant, |tx: &mut Tx| Box::pin(async move { class::all(tx).await }));
    if !there.await?.is_empty() {
        return Ok(());
    }
    let file = records::take_bytes(app, tenant, "posteingang-2026-11-20.tif", PAGES.to_vec()).await?;
    let second = records::take_bytes(app, tenant, "scan-0815.tif", PAGES.to_vec()).await?;
    let (who, name) = by.clone();
    let written = app.store.write(tenant, move |tx: &mut Tx| {
        Box::pin(async move {
            let mut ids = Vec::new();
            let mut post = Class::new("post", "Allgemeiner Posteingang", [Level::Normal, Level::Normal, Level::Normal]);
            post.integrity_proof =
                Some("Hashwerte im Transfervermerk; Beweisnachweis nach RFC 4998 im Langzeitspeicher".to_owned());
            let mut social = Class::new("sozial", "Sozialakten", [Level::High, Level::High, Level::Normal]);
            social.least_dpi = 300;
            for class in [post, social] {
                class::save(tx, &Kept { class, active: true }, "demo").await?;
            }
            let pair = |name: &str, what: &str| (name.to_owned(), what.to_owned());
            let configuration = Configuration {
                organisation: "Stadt Grünensiel".to_owned(),
                version: "1.2".to_owned(),
                place: "Rathaus, Poststelle, Raum 012".to_owned(),
                devices: vec![
                    pair("Scanner 1", "Dokumentenscanner, Flachbett und Einzug, 300 dpi"),
                    pair("Scanner 2", "Dokumentenscanner mit Einzug, 300 dpi"),
                ],
                duties: vec![
                    pair("Scannen", "Poststelle"),
                    pair("Prüfen", "Poststelle"),
                    pair("Vernichten", "Hausmeisterei"),
                ],
                proofs: [("A.P.4", "Schulungsordner der Poststelle, Blatt 3")]
                    .map(|(id, proof)| (id.to_owned(), proof.to_owned()))
                    .into(),
                ..Configuration::default()
            };
            procedure::save(tx, &configuration, "demo").await?;
            let batch = |title: &str, file, creator| NewBatch {
                title: title.to_owned(),
                channel: Channel::Upload,
                class: Some("post".to_owned()),
                expected: Some(2),
                device: "Scanner 1".to_owned(),
                files: vec![file],
                request: None,
                creator,
            };
            for title in ["Posteingang 18. November", "Posteingang 19. November", "Posteingang 20. November"] {
                let received = intake::receive(tx, batch(title, file.clone(), Some(by.clone()))).await?;
                if let Received::New(id) = received {
                    ids.push(id);
                }
            }
            let waiting = NewBatch { channel: Channel::Folder, class: None, ..batch("scan-0815.tif", second, None) };
            intake::receive(tx, waiting).await?;
            Ok::<_, BatchError>(ids)
        })
    });
    let ids = written.await?;
    if let [noted, checked, ..] = ids.as_slice() {
        for id in [noted, checked] {
            // Recognising their words would make everybody wait who starts the demonstration.
            read::read(&app.store, tenant, id, None).await?;
        }
        let (noted, checked) = (noted.clone(), checked.clone());
        let (key, by) = (noted.clone(), who.clone());
        let written = app.store.write(tenant, move |tx: &mut Tx| {
            Box::pin(async move {
                for id in [&key, &checked] {
                    quality::complete(tx, id, 2, &by).await?;
                }
                let drawn = batch::load(tx, &key).await?.and_then(|stored| stored.batch);
                let pages: Vec<u32> = drawn.iter().flat_map(Batch::unchecked).collect();
                for position in pages {
                    let check = Command::Check { position, good: true, defect: String::new() };
                    batch::act(tx, &key, &[check], &by).await?;
                }
                quality::approve(tx, &key, &by, &name).await
            })
        });
        written.await?;
        make::make(&app.store, tenant, &noted).await?;
        let written = app.store.write(tenant, move |tx: &mut Tx| {
            Box::pin(async move { note::make(tx, &noted, true, &who, None).await.map(|_| ()) })
        });
        written.await?;
    }
    Ok(())
}
