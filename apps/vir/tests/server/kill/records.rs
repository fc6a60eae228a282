//! Records under the same kills: begun, filed and closed over the API, and in the end in storage with every byte.
//!
//! Invariant: a document that was acknowledged is in the database, in the package of its record, and unharmed.

use std::io::Read as _;
use std::sync::Arc;

use reqwest::Method;
use serde_json::json;
use vir_archive::ocfl::digest::Algorithm;
use vir_archive_desk::records::object;
use vir_archive_desk::storage::{Disk, Shared, Store as Depot};
use vir_store::{Config, Store, TenantId, args};

use super::ledger::Ledger;
use super::load::{Answer, Load, breathe};

/// A document that was acknowledged.
#[derive(Debug, Clone)]
pub struct Filed {
    pub record: String,
    pub document: String,
    pub content: Vec<u8>,
    /// Was its record closed, with an answer that said so?
    pub closed: bool,
}

const WHO: &str = "rike.aden";

/// Begins records, files documents into them, and closes them.
pub async fn registrar(load: Arc<Load>) {
    while load.goes_on() {
        breathe(20).await;
        let number = load.next_number();
        let new = json!({ "entry": "3.3", "title": format!("Fundsache {number}"), "reference": format!("F-{number}") });
        let Answer::Said(201, record) = load.json(WHO, Method::POST, "/records", new).await else { continue };
        let id = record["id"].as_str().unwrap().to_owned();
        let mut filed = Vec::new();
        for part in 0..2 {
            let content = format!("Anzeige {number}, Blatt {part}. ").repeat(400).into_bytes();
            let path = format!("/records/{id}/documents?file_name=blatt-{part}.txt");
            // The same bytes again are the same document, so it is safe to ask until there is an answer.
            for _ in 0..20 {
                let asked = load.ask(WHO, Method::POST, &path, None, "application/octet-stream", content.clone());
                match asked.await {
                    Answer::Said(200 | 201, said) => {
                        let document = said["id"].as_str().unwrap().to_owned();
                        filed.push(Filed { record: id.clone(), document, content, closed: false });
                        break;
                    }
                    Answer::Said(503, _) => breathe(50).await,
                    Answer::Said(status, said) => panic!("{path}: {status} {said}"),
                    Answer::Doubt => {}
                    Answer::Ended => break,
                }
            }
        }
        let close = json!({ "step": "close" });
        let closed = load.json(WHO, Method::POST, &format!("/records/{id}/steps"), close).await;
        for one in &mut filed {
            one.closed = matches!(closed, Answer::Said(200, _));
        }
        load.ledger.lock().unwrap().filed.extend(filed);
    }
}

/// What is wrong with them now, when all jobs are done.
pub async fn check(place: &Config, store: &Store, town: &TenantId, faults: &mut Vec<String>, ledger: &Ledger) {
    let kept = "select count(*) as n from archive_record where keep_due";
    if super::check::count(store, town, kept).await > 0 {
        faults.push("a record is not in storage, though no job is left".to_owned());
    }
    let folder = place.folder.join("archiv").join(town.as_str());
    let disk: Shared = Arc::new(Disk::open(&folder).unwrap());
    let depot = Depot::open(disk, None).unwrap();
    for filed in &ledger.filed {
        let (record, document) = (filed.record.clone(), filed.document.clone());
        let read = store.read(town, move |tx| {
            Box::pin(async move {
                let sql = "select r.state, d.path, d.sha512 from archive_record r
                    join archive_document d on d.record_id = r.id where r.id = $1 and d.id = $2";
                tx.all(sql, &args![record, document]).await
            })
        });
        let rows: Vec<vir_store::Row> = read.await.unwrap();
        let [row] = rows.as_slice() else {
            faults.push(format!("document {} of {} is there {} times", filed.document, filed.record, rows.len()));
            continue;
        };
        if row.text("sha512").unwrap() != Algorithm::Sha512.of(&filed.content) {
            faults.push(format!("document {} has another digest", filed.document));
        }
        if filed.closed && row.text("state").unwrap() != "stored" {
            faults.push(format!("record {} was closed and is {}", filed.record, row.text("state").unwrap()));
        }
        let mut bytes = Vec::new();
        let found = depot.depot().file(&object(&filed.record), None, &row.text("path").unwrap());
        match found.map(|mut file| file.read_to_end(&mut bytes)) {
            Ok(Ok(_)) if bytes == filed.content => {}
            other => faults.push(format!("document {} in storage: {:?}", filed.document, other.map(|_| bytes.len()))),
        }
    }
    let scrubbed =
        depot.scrub(&mut |damage| faults.push(format!("storage: {}", damage.message().get(vir_core::Lang::En))));
    if let Err(error) = scrubbed {
        faults.push(format!("storage: {error}"));
    }
}
