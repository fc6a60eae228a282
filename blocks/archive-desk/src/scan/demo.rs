//! The scan station of the demonstration: two classes, a procedure, and a batch that waits for its check.
//!
//! Invariant: running again changes nothing; everything is invented.

use vir_archive::lifecycle::Who;
use vir_archive::scan::class::{Class, Level};
use vir_archive::scan::documentation::Configuration;
use vir_store::{TenantId, Tx};
use vir_web::{App, WorkError};

use super::batch::Channel;
use super::class::{self, Kept};
use super::intake::{self, NewBatch};
use super::procedure;
use crate::records;

/// A letter that nobody wrote, as a scanner would send it.
const PAGES: &[u8] = include_bytes!("demo.tif");

/// Furnishes the scan station.
///
/// # Errors
/// Where the store fails.
pub async fn demo(app: &App, tenant: &TenantId) -> Result<(), WorkError> {
    let there = app.store.read(tenant, |tx: &mut Tx| Box::pin(async move { class::all(tx).await }));
    if !there.await?.is_empty() {
        return Ok(());
    }
    let file = records::take_bytes(app, tenant, "posteingang-2026-11-20.tif", PAGES.to_vec()).await?;
    let second = records::take_bytes(app, tenant, "scan-0815.tif", PAGES.to_vec()).await?;
    let written = app.store.write(tenant, move |tx: &mut Tx| {
        Box::pin(async move {
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
            let who = (Who::person("poststelle"), "Poststelle".to_owned());
            intake::receive(tx, batch("Posteingang 20. November", file, Some(who))).await?;
            let waiting = NewBatch { channel: Channel::Folder, class: None, ..batch("scan-0815.tif", second, None) };
            intake::receive(tx, waiting).await?;
            Ok::<_, super::batch::BatchError>(())
        })
    });
    Ok(written.await?)
}
