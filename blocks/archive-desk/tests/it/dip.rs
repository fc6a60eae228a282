//! Packages that are handed out: each form is what it says, the cover page is PDF/A, and the verify page accepts them.

use std::io::{Cursor, Read as _};
use std::path::{Path, PathBuf};

use axum::http::StatusCode;
use vir_archive::bagit::validate;
use vir_archive::certificate::path::Trust;
use vir_archive::digest::Digest;
use vir_archive::evidence::Options;
use vir_archive::evidence::submission::{FileState, Limits, gather};
use vir_archive::evidence::tree::Tree;
use vir_archive::evidence::verify::Verdict;
use vir_archive::evidence::write::{self as evidence, Evidence as Record};
use vir_archive::moment::Moment;
use vir_archive::ocfl::digest::Algorithm;
use vir_archive::token::Token;
use vir_archive_desk::dip::{Contents, Dip, DipError, Document, Evidence, Form, write};
use vir_archive_desk::permissions::FILE;
use vir_archive_desk::storage::Disk;

use crate::desk::Desk;
use vir_testkit::time_stamps::{Authority, is_installed};

struct Held(Vec<Vec<u8>>);

impl Contents for Held {
    fn open(&self, place: usize) -> std::io::Result<Box<dyn std::io::Read + Send + '_>> {
        Ok(Box::new(self.0[place].as_slice()))
    }
}

fn document(title: &str, file_name: &str, bytes: &[u8]) -> Document {
    Document {
        title: title.to_owned(),
        case: None,
        file_name: file_name.to_owned(),
        sha512: Algorithm::Sha512.of(bytes),
        size: bytes.len() as u64,
        media_type: "text/plain".to_owned(),
        puid: Some("x-fmt/111".to_owned()),
        format: Some("Plain Text File".to_owned()),
    }
}

/// A record with two documents, and its evidence where openssl is there.
fn dip() -> (Dip, Held) {
    let files = vec![b"a letter".to_vec(), "ein Plan: groß & <neu>".as_bytes().to_vec()];
    let documents =
        vec![document("Brief & <Anlage>", "brief.txt", &files[0]), document("Plan", "plan ä.txt", &files[1])];
    let list = |folder: &str| {
        let one = |(place, document): (usize, &Document)| {
            format!("\"{}\":[\"{folder}content/{place}/{}\"]", document.sha512, document.file_name)
        };
        documents.iter().enumerate().map(one).collect::<Vec<_>>().join(",")
    };
    let inventory = format!(
        "{{\"id\":\"urn:vir:record:1\",\"type\":\"https://ocfl.io/1.1/spec/#inventory\",\"digestAlgorithm\":\"sha512\",\"head\":\"v1\",\"manifest\":{{{}}},\"versions\":{{\"v1\":{{\"created\":\"2026-11-22T08:00:00Z\",\"state\":{{{}}},\"message\":\"m\",\"user\":{{\"name\":\"vir\",\"address\":\"mailto:a@example.org\"}}}}}}}}",
        list("v1/content/"),
        list("")
    )
    .into_bytes();
    let evidence = is_installed().then(|| {
        let service = Authority::new(&["-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256"]);
        let digest = Digest::Sha512;
        let tree = Tree::new(digest, [digest.of(&[&inventory]).as_slice()]).unwrap();
        let response = service.answer(&evidence::request(digest, tree.root(), None));
        let token = evidence::answer(&response, digest, tree.root(), None).unwrap();
        Evidence { record: Record::initial(&tree, 0, token).unwrap().encode(), inventory: inventory.clone() }
    });
    let dip = Dip {
        id: "0192f0c1-0000-7000-8000-000000000001".to_owned(),
        reference: "6.1-2026-0007".to_owned(),
        title: "Bebauungsplan „Am Deich“".to_owned(),
        entry: "6.1 Bauleitplanung".to_owned(),
        state: "im Langzeitspeicher".to_owned(),
        period: "01.02.2020 – 22.11.2026".to_owned(),
        keep_until: "31.12.2056".to_owned(),
        publisher: "Stadt Musterstadt".to_owned(),
        made: Moment::parse("2026-11-22T08:00:00Z").unwrap(),
        documents,
        evidence,
    };
    (dip, Held(files))
}

fn unpacked(bytes: &[u8]) -> Vec<(String, Vec<u8>)> {
    let mut zip = zip::ZipArchive::new(Cursor::new(bytes)).unwrap();
    (0..zip.len())
        .map(|at| {
            let mut file = zip.by_index(at).unwrap();
            let mut content = Vec::new();
            file.read_to_end(&mut content).unwrap();
            (file.name().unwrap().into_owned(), content)
        })
        .collect()
}

fn lay_out(folder: &Path, files: &[(String, Vec<u8>)]) {
    for (path, content) in files {
        let path = folder.join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, content).unwrap();
    }
}

#[test]
fn every_form_is_what_it_says_and_verifies() {
    let (dip, files) = dip();
    let later = dip.evidence.as_ref().map(|evidence| {
        let record = vir_archive::evidence::Record::read(&evidence.record).unwrap();
        let (_, _, last) = record.stamps().last().unwrap();
        Moment::from_unix(Token::read(&last.token).unwrap().time.unix() + 60)
    });
    let folder = tempfile::tempdir().unwrap();
    for form in Form::ALL {
        let bytes = write(&dip, form, &files, Cursor::new(Vec::new())).unwrap().into_inner();
        let again = write(&dip, form, &files, Cursor::new(Vec::new())).unwrap().into_inner();
        assert_eq!(bytes, again, "{form:?} is always the same");
        let inside = unpacked(&bytes);
        let named = |end: &str| inside.iter().any(|(path, _)| path.ends_with(end));
        assert!(named("Deckblatt.pdf") && named("LIESMICH.txt"), "{form:?}");
        match form {
            Form::Folder => assert!(named("dokumente/01/brief.txt") && named("dokumente/02/plan ä.txt")),
            Form::Bag => {
                lay_out(folder.path(), &inside);
                let disk = Disk::open(&folder.path().join("6.1-2026-0007")).unwrap();
                let report = validate(&disk, "").unwrap();
                assert!(report.is_valid(), "{report:?}");
            }
            Form::Eark => assert!(named("/METS.xml") && named("representations/dokumente/data/01/brief.txt")),
            Form::Xaip => assert!(named("paket.xml")),
        }
        let Some(at) = later else { continue };
        let options = Options { at, catalogue: true, trust: Trust::default() };
        let judged = |bytes: Vec<u8>| {
            let found = gather("paket.zip", bytes, &[], &|_| None, Limits::OWN).unwrap();
            found.iter().map(|one| one.judge(&options)).collect::<Vec<_>>()
        };
        let good = judged(bytes);
        let [one] = good.as_slice() else { panic!("{form:?}: {} records", good.len()) };
        assert_eq!(one.report.verdict, Verdict::Valid, "{form:?}: {:?}", one.report.findings);
        assert_eq!(one.files.as_ref().unwrap().count(FileState::Covered), 2, "{form:?}");
    }
}

#[test]
fn a_file_that_is_not_the_recorded_one_is_refused() {
    let (dip, mut files) = dip();
    files.0[1] = b"another plan: groass & <neu>".to_vec();
    for form in Form::ALL {
        let refused = write(&dip, form, &files, Cursor::new(Vec::new())).unwrap_err();
        assert!(matches!(&refused, DipError::Changed(name) if name == "plan ä.txt"), "{form:?}: {refused}");
        assert!(refused.text().is_some());
    }
}

#[test]
fn the_cover_page_is_pdf_a() {
    use vir_testkit::verapdf::{Flavour, validate};
    let (dip, _) = dip();
    let folder = tempfile::tempdir().unwrap();
    let mut plain = dip.clone();
    (plain.evidence, plain.documents) = (None, Vec::new());
    let paths: Vec<PathBuf> = [(&dip, "cover.pdf"), (&plain, "plain.pdf")]
        .into_iter()
        .map(|(dip, name)| {
            let path = folder.path().join(name);
            std::fs::write(&path, vir_archive_desk::dip::cover(dip, Form::Folder).unwrap()).unwrap();
            path
        })
        .collect();
    match validate(&paths, &[Flavour::Pdfa3b, Flavour::Pdfua1]) {
        Ok(verdicts) => {
            assert!(verdicts.iter().all(|verdict| verdict.compliant), "{verdicts:?}");
            println!("veraPDF: {} verdicts, all compliant", verdicts.len());
        }
        Err(error) => vir_testkit::missing(&error.to_string()),
    }
}

#[tokio::test]
async fn a_record_is_fetched_as_package_and_that_is_noted() {
    let desk = Desk::new().await;
    let record = desk.open("6.1", "Bebauungsplan").await;
    let files: [(&str, &str, &[u8]); 1] = [("files", "brief.txt", b"a letter")];
    assert_eq!(desk.site.upload(&desk.registry, &format!("{record}/dokumente"), &[], &files).await.status, 303);
    let page = desk.site.get(&desk.registry, &format!("{record}/paket")).await;
    assert!(page.text().contains("BagIt") && page.text().contains("Noch kein Beweisnachweis"), "{}", page.text());
    // From the blobs, and then from storage.
    for _ in 0..2 {
        for form in Form::ALL {
            let reply = desk.site.get(&desk.registry, &format!("{record}/paket?form={}", form.word())).await;
            assert_eq!(reply.status, StatusCode::OK, "{}", reply.text());
            assert!(unpacked(&reply.bytes).iter().any(|(path, _)| path.ends_with("LIESMICH.txt")));
        }
        desk.work().await;
    }
    let nobody = desk.site.person("Ohne Recht", &[FILE]);
    assert_eq!(desk.site.get(&nobody, &format!("{record}/paket?form=ordner")).await.status, StatusCode::NOT_FOUND);
    let noted = desk
        .read(|tx| {
            Box::pin(async move {
                tx.one("select count(*) as number from audit where action = 'archive.handed-out'", &[])
                    .await?
                    .int("number")
            })
        })
        .await;
    assert_eq!(noted, 8);
}
