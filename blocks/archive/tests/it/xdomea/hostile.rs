//! Messages and containers of strangers.

use std::io::{Cursor, Write};

use vir_archive::lifecycle::event::Kind;
use vir_archive::xdomea::model::{Body, Message, Object};
use vir_archive::xdomea::transfer::{self, Limits, PackError};
use vir_archive::xdomea::{Version, WriteError, read, write};
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

use super::sample;

fn ids(bytes: &[u8]) -> Vec<&'static str> {
    read(bytes).unwrap_err().iter().map(|note| note.reason.id()).collect()
}

fn offer() -> String {
    let message = Message { head: sample::head(true), body: Body::Offer(sample::objects(Version::V3_0)) };
    write(&message, Version::V3_0).unwrap().xml
}

#[test]
fn what_is_no_message_is_refused_by_name() {
    let good = offer();
    for (bytes, expect) in [
        (String::new(), "no-xml"),
        ("<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>".to_owned(), "no-xml"),
        ("<a/>".to_owned(), "no-message"),
        (good.replace("schema:3.0.0", "schema:4.0.0"), "unknown-version"),
        (good.replace("ProzessID>", "Prozess>"), "missing"),
        (good.replace(sample::uuid(10).as_str(), "../../etc/passwd"), "value"),
        (good.replace("2026-11-22T17:00:00+01:00", "gestern"), "value"),
        (good.replace("<code>B</code>", "<code>X</code>"), "value"),
        (good.replace("_brief.pdf", "_../brief.pdf"), "value"),
        (good.replace("2030-12-31", "2030-02-30"), "value"),
    ] {
        let found = ids(bytes.as_bytes());
        assert!(found.contains(&expect), "{expect}: {found:?}");
    }
    let notes = read(good.replace("2030-12-31", "2030-02-30").as_bytes()).unwrap_err();
    assert!(notes[0].place.path.ends_with("/xdomea:Aufbewahrungsende"), "{}", notes[0]);
    assert!(!notes[0].reason.text().de.is_empty());
    assert_eq!(ids(b"\xff\xfe\x00\xd8"), ["no-xml"]);
}

#[test]
fn depth_is_bounded_whatever_is_nested() {
    let message = Message { head: sample::head(true), body: Body::Offer(sample::objects(Version::V3_0)) };
    let good = write(&message, Version::V3_0).unwrap().xml;
    let (head, _) = good.split_once("<xdomea:Schriftgutobjekt>").unwrap();
    for depth in [60, 100, 20_000] {
        let one = |at: usize| {
            let name = if at == 0 { "Akte" } else { "Teilakte" };
            let id = sample::uuid(at as u128 + 1000);
            (
                name,
                format!(
                    "<xdomea:{name}><xdomea:Identifikation><xdomea:ID>{id}</xdomea:ID></xdomea:Identifikation><xdomea:Akteninhalt>"
                ),
            )
        };
        let opened: String = (0..depth).map(|at| one(at).1).collect();
        let closed: String =
            (0..depth).rev().map(|at| format!("</xdomea:Akteninhalt></xdomea:{}>", one(at).0)).collect();
        let text = format!(
            "{head}<xdomea:Schriftgutobjekt>{opened}{closed}</xdomea:Schriftgutobjekt></xdomea:Aussonderung.Anbieteverzeichnis.0501>"
        );
        match read(text.as_bytes()) {
            Ok(found) => assert_eq!((depth, found.message.objects().len()), (60, 60)),
            Err(notes) => assert!(depth > 64 && matches!(notes[0].reason.id(), "too-deep" | "no-xml"), "{}", notes[0]),
        }
    }
}

/// A megabyte of opening tags, and a hundred thousand documents side by side: neither overflows nor takes long.
#[test]
fn size_alone_is_no_trouble() {
    let deep = format!("<a>{}", "<b>".repeat(400_000));
    assert_eq!(ids(deep.as_bytes()), ["no-xml"]);
    let deep = format!("{}{}", "<b>".repeat(400_000), "</b>".repeat(400_000));
    assert!(matches!(ids(deep.as_bytes())[..], ["no-xml" | "no-message"]));
    let one = |at: usize| {
        let parent = (!at.is_multiple_of(100)).then_some(at - at % 100);
        let kind = if parent.is_none() { Kind::File } else { Kind::Document };
        Object::new(kind, sample::uuid(at as u128 + 1), parent)
    };
    let objects: Vec<Object> = (0..100_000).map(one).collect();
    let message = Message { head: sample::head(true), body: Body::Offer(objects) };
    let written = write(&message, Version::V3_0).unwrap();
    assert_eq!(read(written.xml.as_bytes()).unwrap().message, message);
}

#[test]
fn hostile_text_stays_text() {
    let mut message = Message { head: sample::head(true), body: Body::Offer(sample::objects(Version::V3_0)) };
    let hostile = "</xdomea:Hinweis><xdomea:Empfangsbestaetigung>0</xdomea:Empfangsbestaetigung>]]>&amp;\"\u{202e}";
    message.head.note = Some(hostile.to_owned());
    message.head.sender.key.as_mut().unwrap().list = Some("\"><evil/>\n".to_owned());
    let written = write(&message, Version::V3_0).unwrap();
    let mut found = read(written.xml.as_bytes()).unwrap().message;
    // A line break in an attribute is a space (XML 1.0, 3.3.3).
    found.head.sender.key.as_mut().unwrap().list = Some("\"><evil/>\n".to_owned());
    assert_eq!(found, message);
    message.head.note = Some("\u{1}".to_owned());
    assert!(matches!(write(&message, Version::V3_0), Err(WriteError::Letters { element: "Hinweis", .. })));
    message.head.note = Some("„Am Deich“ – 1. Änderung …".to_owned());
    let Message { body, .. } = &mut message;
    *body = Body::OfferReceived;
    let written = write(&message, Version::V2_4).unwrap();
    assert!(written.xml.contains("&quot;Am Deich&quot; - 1. Änderung ...") && written.lost.len() == 1);
    message.head.note = Some("α".to_owned());
    assert!(write(&message, Version::V3_0).is_ok());
    assert!(write(&message, Version::V2_4).is_err());
}

fn zip(files: &[(&str, &[u8])]) -> Cursor<Vec<u8>> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, content) in files {
        zip.start_file(*name, SimpleFileOptions::default()).unwrap();
        zip.write_all(content).unwrap();
    }
    Cursor::new(zip.finish().unwrap().into_inner())
}

#[test]
fn containers_are_packed_and_opened() {
    let mut message = Message { head: sample::head(true), body: Body::HandOver(sample::objects(Version::V3_1)) };
    message.head.archive_id_wanted = true;
    let names: Vec<String> =
        message.objects().iter().flat_map(|object| object.files().map(|file| file.name.clone())).collect();
    let files = || names.iter().map(|name| (name.clone(), Cursor::new(name.as_bytes().to_vec())));
    let mut packed = Cursor::new(Vec::new());
    let (name, lost) = transfer::pack(&mut packed, &message, Version::V3_1, files()).unwrap();
    assert!(lost.is_empty());
    assert_eq!(name.zip(), format!("{}_Aussonderung.Aussonderung.0503.zip", sample::uuid(1)));
    let mut opened = transfer::open(packed.clone(), &name.zip(), Limits::default()).unwrap();
    assert_eq!((&opened.read.message, &opened.notes), (&message, &Vec::new()));
    assert_eq!(opened.files().count(), 2);
    for name in &names {
        let mut content = Vec::new();
        opened.copy(name, &mut content).unwrap();
        assert_eq!(content, name.as_bytes());
    }
    assert!(opened.copy("other", &mut Vec::new()).is_err());
    let mut again = Cursor::new(Vec::new());
    transfer::pack(&mut again, &message, Version::V3_1, files()).unwrap();
    assert_eq!(again.into_inner(), packed.into_inner(), "the same message gives the same bytes");

    let less = transfer::pack(Cursor::new(Vec::new()), &message, Version::V3_1, files().skip(1));
    assert!(matches!(less, Err(PackError::File(_))));
    let twice = transfer::pack(Cursor::new(Vec::new()), &message, Version::V3_1, files().chain(files()));
    assert!(matches!(twice, Err(PackError::File(_))));
}

#[test]
fn containers_of_strangers_are_refused_by_name() {
    let message = Message { head: sample::head(true), body: Body::HandOver(sample::objects(Version::V3_0)) };
    let xml = write(&message, Version::V3_0).unwrap().xml.into_bytes();
    let name = format!("{}_Aussonderung.Aussonderung.0503.xml", sample::uuid(1));
    let other = format!("{}_Aussonderung.Aussonderung.0503.xml", sample::uuid(2));
    let files: Vec<String> =
        message.objects().iter().flat_map(|object| object.files().map(|file| file.name.clone())).collect();
    let whole: [(&str, &[u8]); 3] = [(&name, &xml), (&files[0], b"1"), (&files[1], b"2")];
    let limits = Limits { files: 4, total: 40_000_000, ratio: 100 };
    let refused = |bytes: Cursor<Vec<u8>>| match transfer::open(bytes, &name, limits) {
        Ok(_) => Vec::new(),
        Err(notes) => notes.iter().map(|note| note.reason.id()).collect(),
    };
    assert_eq!(refused(zip(&whole)), [""; 0]);
    assert_eq!(refused(Cursor::new(b"PK".to_vec())), ["no-zip"]);
    assert_eq!(refused(zip(&whole[..2])), ["file-missing"]);
    assert_eq!(refused(zip(&whole[1..])), ["no-message-file"]);
    assert_eq!(refused(zip(&[whole[0], (&other, &xml)])), ["two-message-files"]);
    assert_eq!(refused(zip(&[whole[0], whole[1], whole[2], ("a", b""), ("b", b"")])), ["too-many-files"]);
    for evil in ["../a", "/a", "a/../b", "C:\\a", "a/b", "folder/"] {
        assert_eq!(refused(zip(&[whole[0], (evil, b"")])), ["unsafe-name"], "{evil}");
    }
    let zeros = vec![0; 20_000_000];
    assert_eq!(refused(zip(&[whole[0], ("bomb", &zeros)])), ["bomb"]);
    assert_eq!(refused(zip(&[whole[0], ("a", &zeros[..1_000_000]), ("b", &vec![7; 39_500_000])])), ["too-large"]);
    let extra = transfer::open(zip(&[whole[0], whole[1], whole[2], ("extra.p7s", b"")]), "x.zip", limits).unwrap();
    let ids: Vec<_> = extra.notes.iter().map(|note| note.reason.id()).collect();
    assert_eq!(ids, ["file-name", "file-unnamed"]);
}
