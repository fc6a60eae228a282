//! The watched folder: complete files only, nothing lost, nothing twice.

use vir_invoice_desk::intake::{Received, receive};
use vir_invoice_desk::invoice_row::Channel;
use vir_invoice_desk::limits;
use vir_invoice_desk::watched_folder::Watch;

use crate::desk::Desk;
use vir_web::watched::Watch as _;

const UBL: &[u8] = include_bytes!("../../../invoice/samples/xrechnung-ubl.xml");

fn names(folder: &std::path::Path) -> Vec<String> {
    let Ok(entries) = std::fs::read_dir(folder) else { return Vec::new() };
    let mut names: Vec<String> = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

#[tokio::test]
async fn a_file_is_taken_once_it_is_complete_and_moved_with_a_report() {
    let desk = Desk::new("folder").await;
    let folder = desk.folder.join("eingang");
    let mut watch = Watch::new(desk.store.clone(), desk.tenant.clone(), folder.clone());
    assert_eq!(watch.round().await, 0, "no folder, no channel");
    std::fs::create_dir_all(folder.join("in")).unwrap();
    std::fs::write(folder.join("in/a.xml"), &UBL[..100]).unwrap();
    std::fs::write(folder.join("in/b.xml.part"), UBL).unwrap();
    assert_eq!(watch.round().await, 0, "seen once");
    std::fs::write(folder.join("in/a.xml"), UBL).unwrap();
    assert_eq!(watch.round().await, 0, "it has grown");
    assert_eq!(watch.round().await, 1);
    assert_eq!(names(&folder.join("in")), ["b.xml.part"]);
    let done = names(&folder.join("done"));
    assert_eq!(done.len(), 2, "{done:?}");
    let report = std::fs::read_to_string(folder.join("done").join(&done[1])).unwrap();
    let report: serde_json::Value = serde_json::from_str(&report).unwrap();
    assert_eq!((report["stored"].as_bool(), report["receipt"]["verdict"].as_str()), (Some(true), Some("accept")));
}

#[tokio::test]
async fn a_crash_between_storing_and_moving_does_no_harm() {
    let desk = Desk::new("folder-crash").await;
    let folder = desk.folder.join("eingang");
    std::fs::create_dir_all(folder.join("in")).unwrap();
    std::fs::write(folder.join("in/a.xml"), UBL).unwrap();
    // The server stored it and died before it moved the file.
    receive(&desk.store, &desk.tenant, Received::new(Channel::Folder, "a.xml", UBL)).await.unwrap();
    let mut watch = Watch::new(desk.store.clone(), desk.tenant.clone(), folder.clone());
    watch.round().await;
    assert_eq!(watch.round().await, 1);
    assert_eq!(desk.count("invoice").await, 1);
    // It died between report and move: the report is there, the file comes again.
    let done = names(&folder.join("done"));
    std::fs::rename(folder.join("done").join(&done[0]), folder.join("in/a.xml")).unwrap();
    watch.round().await;
    assert_eq!(watch.round().await, 1);
    assert_eq!((desk.count("invoice").await, names(&folder.join("done"))), (1, done));
}

#[tokio::test]
async fn what_cannot_be_taken_is_put_aside_with_the_reason() {
    let desk = Desk::new("folder-failed").await;
    let folder = desk.folder.join("eingang");
    std::fs::create_dir_all(folder.join("in")).unwrap();
    std::fs::write(folder.join("in/notiz.txt"), "hello").unwrap();
    let large = std::fs::File::create(folder.join("in/gross.xml")).unwrap();
    large.set_len(limits::DOCUMENT_BYTES + 1).unwrap();
    let mut watch = Watch::new(desk.store.clone(), desk.tenant.clone(), folder.clone());
    watch.round().await;
    assert_eq!(watch.round().await, 2);
    let failed = names(&folder.join("failed"));
    assert_eq!(failed.len(), 4, "{failed:?}");
    assert!(failed.iter().any(|name| name.starts_with("zu-gross-gross.xml")), "{failed:?}");
    assert_eq!(desk.count("invoice").await, 1, "the note is stored, in quarantine");
}
