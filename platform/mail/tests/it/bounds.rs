//! Hostile mails end with an obstacle, in bounded time and on a small stack.

use proptest::prelude::*;
use vir_mail::message::{Limits, Obstacle, take_apart};

/// Runs on a stack of 256 KB: recursion that follows the mail would end the process.
fn obstacle(bytes: Vec<u8>) -> Option<Obstacle> {
    std::thread::Builder::new()
        .stack_size(256 << 10)
        .spawn(move || take_apart(&bytes, &Limits::default()).obstacle)
        .unwrap()
        .join()
        .unwrap()
}

#[test]
fn nesting_without_end_is_too_deep() {
    assert_eq!(obstacle(b"Content-Type: message/rfc822\r\n\r\n".repeat(100_000)), Some(Obstacle::TooDeep));
    let mut multiparts = Vec::new();
    for level in 0..20_000 {
        multiparts.extend_from_slice(
            format!("Content-Type: multipart/mixed; boundary=b{level}\r\n\r\n--b{level}\r\n").as_bytes(),
        );
    }
    assert_eq!(obstacle(multiparts), Some(Obstacle::TooDeep));
}

#[test]
fn parts_without_end_are_too_many() {
    let many =
        [&b"Content-Type: multipart/mixed; boundary=x\r\n\r\n"[..], &b"--x\r\n\r\na\r\n".repeat(1_000_000)].concat();
    assert_eq!(obstacle(many), Some(Obstacle::TooManyParts));
    // Envelopes of Outlook without any file are no leaves, and cost time all the same.
    let mut inner = b"Content-Type: multipart/mixed; boundary=x\r\n\r\n".to_vec();
    inner.extend(b"--x\r\nContent-Type: application/ms-tnef\r\n\r\n\x78\x9f\x3e\x22\r\n".repeat(240));
    let mut outer = b"Content-Type: multipart/mixed; boundary=y\r\n\r\n".to_vec();
    for _ in 0..240 {
        outer.extend_from_slice(b"--y\r\n");
        outer.extend_from_slice(&inner);
    }
    assert_eq!(obstacle(outer), Some(Obstacle::TooManyParts));
}

#[test]
fn size_is_bounded_before_anything_else() {
    assert_eq!(obstacle(vec![b'a'; (50 << 20) + 1]), Some(Obstacle::TooLarge));
    assert_eq!(obstacle([&b"X: "[..], &[b'a'; 1 << 20]].concat()), Some(Obstacle::HeaderTooLarge));
}

#[test]
fn every_prefix_of_every_mail_is_read() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/mails");
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|ending| ending == "eml") {
            let bytes = std::fs::read(path).unwrap();
            for length in (0..bytes.len()).step_by(bytes.len() / 40 + 1) {
                let _ = take_apart(&bytes[..length], &Limits::default());
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn arbitrary_bytes_are_read(bytes in proptest::collection::vec(any::<u8>(), 0..2000)) {
        let _ = take_apart(&bytes, &Limits::default());
    }

    #[test]
    fn what_is_composed_is_read_again(
        subject in "\\PC{0,80}", text in "[a-zA-ZäöüÄÖÜß€ .,<>&\n-]{0,500}", name in "[a-zA-Zäöü ]{1,20}",
        content in proptest::collection::vec(any::<u8>(), 1..500),
    ) {
        use vir_mail::smtp::{Answer, Attachment, Outgoing, Standing, compose};
        let address = |text| vir_mail::Address::new(text).unwrap();
        let composed = compose(&Outgoing {
            from: address("rechnung@stadt.example").named("Stadt"),
            to: address("a@muster.example"),
            reply_to: Some(address("rechnung+q-1@stadt.example")),
            subject: subject.clone(),
            text,
            attachments: vec![Attachment { name: format!("{name}.bin"), media_type: "application/octet-stream".into(), bytes: content.clone() }],
            answer: Answer { to: Some("m1@muster.example".into()), references: vec!["m0@muster.example".into()] },
            standing: Standing::Answered,
            message_id: "x1@stadt.example".into(),
            date: 1_790_000_000,
            unsubscribe: None,
        }).unwrap();
        let mail = take_apart(&composed.bytes, &Limits::default());
        prop_assert_eq!(mail.obstacle, None);
        prop_assert_eq!(mail.header.message_id.as_deref(), Some("x1@stadt.example"));
        prop_assert_eq!(mail.header.references, ["m0@muster.example", "m1@muster.example"]);
        prop_assert_eq!(mail.header.reply_to.as_ref().and_then(|to| to.tag()), Some("q-1"));
        prop_assert!(!mail.nature.may_be_answered(), "our own answer would be answered");
        prop_assert_eq!(&*mail.parts.last().unwrap().bytes, &*content);
    }
}
