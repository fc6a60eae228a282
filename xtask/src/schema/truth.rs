//! The schema layer against the official validator, on every document whose verdict is known.

use std::fs;

use serde_json::Value;
use vir_invoice::{schema, xml};

use crate::corpus::{SETS, corpora, document, unpack};

#[test]
fn the_schema_layer_agrees_with_the_official_validator_on_every_document() {
    let Some(root) = corpora() else {
        println!("skipped: no corpora; set VIR_CORPORA to the folder that has einvoice/*.tar.gz");
        return;
    };
    let (mut documents, mut differing) = (0, Vec::new());
    for set in SETS {
        let folder = unpack(&root, set).unwrap();
        for line in fs::read_to_string(folder.join("truth.jsonl")).unwrap().lines() {
            let record: Value = serde_json::from_str(line).unwrap();
            let file = record["file"].as_str().unwrap();
            let bytes = fs::read(document(&folder, file)).unwrap();
            // A document that is not well-formed has no verdict on its schema.
            let valid = xml::parse(&bytes).ok().map(|doc| schema::validate(&doc).is_empty());
            let wanted = record["wellformed"].as_bool().unwrap().then(|| record["xsd"]["valid"] == true);
            documents += 1;
            if valid != wanted {
                differing.push(format!("{set}/{file}: want {wanted:?}, got {valid:?}"));
            }
        }
    }
    assert!(documents > 10_000 && differing.is_empty(), "{documents} documents: {differing:#?}");
}
