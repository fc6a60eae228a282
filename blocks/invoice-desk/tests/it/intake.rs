//! Receiving: each claim of `intake`.

use axum::body::Bytes;
use vir_invoice_desk::duplicates::{self, Decided};
use vir_invoice_desk::intake::{FoundFile, IntakeError, Received, original, receive};
use vir_invoice_desk::invoice_row::{Channel, DuplicateDecision, Kind, Likeness, State, Trouble, Verdict};
use vir_invoice_desk::limits;
use vir_invoice_desk::routing::{self, Field, Operator, Rule, Stage};
use vir_store::Tx;

use crate::desk::Desk;

const UBL: &[u8] = include_bytes!("../../../invoice/samples/xrechnung-ubl.xml");
const CII: &[u8] = include_bytes!("../../../invoice/samples/xrechnung-cii.xml");
const FAULTY: &[u8] = include_bytes!("../../../invoice/samples/faulty-ubl.xml");

fn edited(from: &str, to: &str) -> Vec<u8> {
    let text = std::str::from_utf8(UBL).unwrap();
    assert!(text.contains(from), "{from}");
    text.replace(from, to).into_bytes()
}

#[tokio::test]
async fn an_invoice_is_stored_checked_and_read() {
    let desk = Desk::new("stored").await;
    let receipt = desk.receive(Channel::Api, "../../etc/rechnung.xml", UBL).await;
    assert_eq!((receipt.again, receipt.state, receipt.kind), (false, State::Received, Kind::Invoice));
    assert_eq!(receipt.verdict, Some(Verdict::Accept));
    let row = desk.row(&receipt.id).await;
    assert_eq!(row.number, receipt.number);
    assert!(row.payable_cents.is_some() && row.seller_key.is_some() && row.iban.is_some(), "{row:?}");
    assert!(!row.file_name.contains('/') && row.file_name.ends_with(".xml"), "{}", row.file_name);
    assert_eq!(original::original(&desk.store, &desk.tenant, &row).await.unwrap(), UBL);
    let model = original::model(&desk.store, &desk.tenant, &row).await.unwrap().unwrap();
    assert_eq!(model.number().map(str::to_owned), row.number);
    assert_eq!(desk.count("audit").await, 1);
    assert_eq!(desk.count("event").await, 1);
}

#[tokio::test]
async fn the_same_bytes_by_the_same_channel_give_the_same_receipt() {
    let desk = Desk::new("again").await;
    let first = desk.receive(Channel::Upload, "a.xml", UBL).await;
    let again = desk.receive(Channel::Upload, "b.xml", UBL).await;
    assert_eq!((again.again, &again.id), (true, &first.id));
    assert_eq!(desk.count("invoice").await, 1);
    assert_eq!(desk.count("audit").await, 1);
    // At once, too.
    let many = futures_util::future::join_all((0..20).map(|_| desk.receive(Channel::Api, "c.xml", UBL))).await;
    assert_eq!(many.iter().filter(|receipt| !receipt.again).count(), 1);
    assert!(many.iter().all(|receipt| receipt.id == many[0].id));
}

#[tokio::test]
async fn duplicates_are_suspected_across_channels_and_syntaxes() {
    let desk = Desk::new("duplicates").await;
    let first = desk.receive(Channel::Upload, "a.xml", UBL).await;
    assert_eq!(first.duplicate_of, None);
    let bytes = desk.receive(Channel::Mail, "a.xml", UBL).await;
    assert_eq!((bytes.duplicate_of.as_ref(), bytes.duplicate_degree), (Some(&first.id), Some(Likeness::SameBytes)));
    // Which of several is named is the earliest by time; here the clock stands.
    let earlier = [first.id.clone(), bytes.id.clone()];
    let content = desk.receive(Channel::Api, "a-cii.xml", CII).await;
    assert_eq!(content.duplicate_degree, Some(Likeness::SameContent));
    assert!(content.duplicate_of.is_some_and(|id| earlier.contains(&id)));
    let number = desk.row(&first.id).await.number.unwrap();
    let noted = desk.receive(Channel::Api, "b.xml", edited("<cbc:DueDate>", "<!-- again --><cbc:DueDate>")).await;
    assert_eq!(noted.duplicate_degree, Some(Likeness::SameContent));
    let other = edited(&format!("<cbc:ID>{number}</cbc:ID>"), &format!("<cbc:ID>{number}X</cbc:ID>"));
    let similar = desk.receive(Channel::Api, "c.xml", other).await;
    assert_eq!(similar.duplicate_degree, Some(Likeness::Similar));
}

#[tokio::test]
async fn a_decision_on_a_duplicate_is_kept_and_not_overtaken() {
    let desk = Desk::new("decision").await;
    desk.receive(Channel::Upload, "a.xml", UBL).await;
    let second = desk.receive(Channel::Mail, "a.xml", UBL).await;
    let row = desk.row(&second.id).await;
    assert!(row.may_be_duplicate() && !row.is_duplicate());
    for (version, expect) in [(row.version, Decided::Noted), (row.version, Decided::Stale)] {
        let id = second.id.clone();
        let decided = desk.store.write(&desk.tenant, move |tx: &mut Tx| {
            Box::pin(async move { duplicates::decide(tx, "p1", &id, version, DuplicateDecision::Duplicate).await })
        });
        assert_eq!(decided.await.unwrap(), expect);
    }
    assert!(desk.row(&second.id).await.is_duplicate());
}

#[tokio::test]
async fn what_cannot_be_read_waits_in_quarantine_and_is_stored() {
    let desk = Desk::new("quarantine").await;
    for (bytes, trouble) in [
        (&b"<Invoice"[..], Trouble::BrokenXml),
        (b"%PDF-1.7 nothing", Trouble::BrokenPdf),
        (b"<html><body/></html>", Trouble::NoInvoice),
        (b"just text", Trouble::UnknownFormat),
        (b"", Trouble::Empty),
    ] {
        let receipt = desk.receive(Channel::Mail, "x", bytes).await;
        assert_eq!((receipt.state, receipt.trouble), (State::Quarantined, Some(trouble)));
        let row = desk.row(&receipt.id).await;
        assert_eq!(original::original(&desk.store, &desk.tenant, &row).await.unwrap(), bytes);
    }
    let picture = desk.receive(Channel::Mail, "scan.jpg", b"\xff\xd8\xff\xe0 scan".to_vec()).await;
    assert_eq!((picture.state, picture.kind), (State::Received, Kind::Unstructured));
    let faulty = desk.receive(Channel::Mail, "f.xml", FAULTY).await;
    assert_eq!((faulty.state, faulty.verdict), (State::Received, Some(Verdict::Reject)));
    let findings = desk
        .store
        .read(&desk.tenant, move |tx: &mut Tx| Box::pin(async move { original::findings(tx, &faulty.id).await }));
    let findings = findings.await.unwrap();
    assert!(findings.iter().any(|finding| finding.line > 0 && !finding.message_de.is_empty()), "{findings:?}");
}

#[tokio::test]
async fn rules_route_and_what_none_fits_has_no_unit() {
    let desk = Desk::new("route").await;
    let waiting = desk.receive(Channel::Upload, "a.xml", UBL).await;
    assert_eq!(waiting.unit_id, None);
    let address = desk.row(&waiting.id).await.buyer_reference.unwrap();
    let rule = Rule {
        id: String::new(),
        stage: Stage::Address,
        position: 0,
        field: Field::BuyerReference,
        operator: Operator::Is,
        value: address,
        unit_id: "bauhof".to_owned(),
        person_id: None,
        group_id: None,
        note: String::new(),
    };
    let added =
        desk.store.write(&desk.tenant, move |tx: &mut Tx| Box::pin(async move { routing::add(tx, "p1", rule).await }));
    added.await.unwrap();
    let routed = desk.receive(Channel::Api, "a.xml", UBL).await;
    assert_eq!(routed.unit_id.as_deref(), Some("bauhof"));
}

#[tokio::test]
async fn files_that_came_with_it_are_kept_beside_it() {
    let desk = Desk::new("files").await;
    let plan = FoundFile {
        origin: "mail",
        name: "plan.pdf".to_owned(),
        mime: "application/pdf".to_owned(),
        description: None,
        bytes: Bytes::from_static(b"%PDF-1.4"),
    };
    let received = Received::new(Channel::Mail, "a.xml", UBL).with_files(vec![plan]);
    let receipt = receive(&desk.store, &desk.tenant, received).await.unwrap();
    let files = desk
        .store
        .read(&desk.tenant, move |tx: &mut Tx| Box::pin(async move { original::files(tx, &receipt.id).await }));
    let files = files.await.unwrap();
    assert_eq!(files.last().map(|file| (file.name.as_str(), file.origin.as_str())), Some(("plan.pdf", "mail")));
}

#[tokio::test]
async fn a_document_that_is_too_large_is_refused() {
    let desk = Desk::new("large").await;
    let bytes = vec![b' '; limits::DOCUMENT_BYTES as usize + 1];
    let refused = receive(&desk.store, &desk.tenant, Received::new(Channel::Api, "a.xml", bytes)).await;
    assert!(matches!(refused, Err(IntakeError::TooLarge(_))));
    assert_eq!(desk.count("invoice").await, 0);
}
