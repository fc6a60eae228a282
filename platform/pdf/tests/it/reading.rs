//! PDFs from outside: every place and encoding of embedded files, broken and hostile files.

use std::io::Write as _;

use proptest::prelude::*;
use vir_pdf::read::{EmbeddedFile, Place, embedded_files, metadata};
use vir_pdf::{Limit, Limits, PdfError, Relationship};

use crate::samples;

/// Puts objects into a file with a proper table. Object 1 is the catalog.
fn pdf(objects: &[&str]) -> Vec<u8> {
    let objects: Vec<Vec<u8>> = objects.iter().map(|text| text.as_bytes().to_vec()).collect();
    pdf_of_bytes(&objects, "")
}

fn pdf_of_bytes(objects: &[Vec<u8>], trailer: &str) -> Vec<u8> {
    let mut out = b"%PDF-1.7\n".to_vec();
    let mut offsets = Vec::new();
    for (index, object) in objects.iter().enumerate() {
        offsets.push(out.len());
        out.extend_from_slice(format!("{} 0 obj\n", index + 1).as_bytes());
        out.extend_from_slice(object);
        out.extend_from_slice(b"\nendobj\n");
    }
    let start = out.len();
    let size = objects.len() + 1;
    out.extend_from_slice(format!("xref\n0 {size}\n0000000000 65535 f \n").as_bytes());
    for offset in offsets {
        out.extend_from_slice(format!("{offset:010} 00000 n \n").as_bytes());
    }
    let end = format!("trailer\n<</Size {size}/Root 1 0 R{trailer}>>\nstartxref\n{start}\n%%EOF\n");
    out.extend_from_slice(end.as_bytes());
    out
}

fn stream(dict: &str, bytes: &[u8]) -> Vec<u8> {
    let mut out = format!("<<{dict}/Length {}>>\nstream\n", bytes.len()).into_bytes();
    out.extend_from_slice(bytes);
    out.extend_from_slice(b"\nendstream");
    out
}

const PAGES: &str = "<</Type/Pages/Kids[3 0 R]/Count 1>>";
const PAGE: &str = "<</Type/Page/Parent 2 0 R>>";
const CONTENT: &str = "<</Length 4>>\nstream\n<a/>\nendstream";

fn read(pdf: &[u8]) -> Vec<EmbeddedFile> {
    embedded_files(pdf, &Limits::default()).expect("a readable PDF")
}

fn names(pdf: &[u8]) -> Vec<String> {
    read(pdf).into_iter().map(|file| file.name).collect()
}

/// A catalog whose name tree is object 4 and leads to the specification given.
fn with_specification(specification: &str) -> Vec<u8> {
    pdf(&[
        "<</Type/Catalog/Pages 2 0 R/Names<</EmbeddedFiles 4 0 R>>>>",
        PAGES,
        PAGE,
        "<</Names[(key.xml) 5 0 R]>>",
        specification,
        CONTENT,
    ])
}

#[test]
fn every_place_is_searched_and_each_file_given_once() {
    let file = pdf(&[
        "<</Type/Catalog/Pages 2 0 R/AF[5 0 R]/Names<</EmbeddedFiles 4 0 R>>>>",
        PAGES,
        "<</Type/Page/Parent 2 0 R/AF 10 0 R/Annots[11 0 R 12 0 R 11 0 R]>>",
        "<</Kids[13 0 R 4 0 R 14 0 R]>>",
        "<</F(a.xml)/AFRelationship/Data/EF<</F 6 0 R>>>>",
        CONTENT,
        "<</F(b.xml)/AFRelationship/Alternative/EF<</F 9 0 R>>>>",
        "<</F(c.xml)/AFRelationship/Odd/EF<</UF 15 0 R>>>>",
        CONTENT,
        "[8 0 R]",
        "<</Subtype/FileAttachment/FS<</F(d.xml)/EF<</F 16 0 R>>>>>>",
        "<</Subtype/Link/FS<</F(no.xml)/EF<</F 17 0 R>>>>>>",
        "<</Names[(x) 5 0 R(y) 7 0 R]>>",
        "<</Names[(z)<</F(e.xml)/EF<</F 6 0 R>>>>]>>",
        CONTENT,
        CONTENT,
        CONTENT,
    ]);
    let found: Vec<(String, Place, Relationship)> =
        read(&file).into_iter().map(|f| (f.name, f.place, f.relationship)).collect();
    let expect = [
        ("a.xml", Place::Associated, Relationship::Data),
        ("b.xml", Place::NameTree, Relationship::Alternative),
        ("c.xml", Place::Page, Relationship::Other),
        ("d.xml", Place::Page, Relationship::Unspecified),
    ];
    assert_eq!(found, expect.map(|(name, place, r)| (name.to_owned(), place, r)));
    assert_eq!(metadata(&file, &Limits::default()).unwrap().pages, 1);
}

#[test]
fn names_are_decoded() {
    for (specification, expect) in [
        ("<</F(f.xml)/UF(u.xml)/EF<</F 6 0 R>>>>", "u.xml"),
        ("<</F(f.xml)/EF<</F 6 0 R>>>>", "f.xml"),
        ("<</EF<</F 6 0 R>>>>", "key.xml"),
        ("<</UF<FEFF005200FC>/EF<</F 6 0 R>>>>", "Rü"),
        ("<</F<52FC>/EF<</F 6 0 R>>>>", "Rü"),
        ("<</F(a\\(b\\)\\.xml)/EF<</F 6 0 R>>>>", "a(b).xml"),
    ] {
        assert_eq!(names(&with_specification(specification)), [expect], "{specification}");
    }
}

#[test]
fn broken_structure_is_repaired() {
    let whole = with_specification("<</F(f.xml)/EF<</F 6 0 R>>>>");
    let text = String::from_utf8(whole.clone()).unwrap();
    let at = text.find("xref\n0").unwrap();
    for (what, broken) in [
        ("nothing", text.clone()),
        ("junk before", format!("junk\n{text}")),
        ("junk behind", format!("{text}\n\n\0\0\0junk")),
        ("no table", text[..at].to_owned()),
        ("no startxref", text.replace("startxref", "startxxxx")),
        ("startxref elsewhere", text.replace(&format!("startxref\n{at}"), "startxref\n7")),
        ("wrong offsets", text.replace("%PDF-1.7\n", "%PDF-1.7\n%a comment\n")),
        ("wrong length", text.replace("/Length 4", "/Length 9999")),
        ("no length", text.replace("/Length 4", "")),
        ("no trailer", text.replace("trailer", "t")),
        ("old Mac line ends", text.replace('\n', "\r")),
        ("no endobj", text.replace("endobj", "")),
    ] {
        let files = read(broken.as_bytes());
        assert_eq!(files.len(), 1, "{what}");
        assert_eq!(files[0].bytes, b"<a/>", "{what}");
    }
}

#[test]
fn updates_and_object_streams() {
    // The appended revision replaces the specification; the older table is used for the rest.
    let mut updated = with_specification("<</F(old.xml)/EF<</F 6 0 R>>>>");
    let text = String::from_utf8(updated.clone()).unwrap();
    let previous = text.rfind("xref\n0").unwrap();
    let offset = updated.len();
    let object = "5 0 obj\n<</F(new.xml)/EF<</F 6 0 R>>>>\nendobj\n";
    let table = offset + object.len();
    let tail = format!(
        "{object}xref\n5 1\n{offset:010} 00000 n \n\
         trailer\n<</Size 7/Root 1 0 R/Prev {previous}>>\nstartxref\n{table}\n%%EOF\n"
    );
    updated.extend_from_slice(tail.as_bytes());
    assert_eq!(names(&updated), ["new.xml"]);

    // Objects 1 to 5 in an object stream, found through a cross-reference stream.
    let inner = [
        "<</Type/Catalog/Pages 2 0 R/AF[5 0 R]>>",
        "<</Type/Pages/Kids[3 0 R]>>",
        "<</Type/Page>>",
        "null",
        "<</F(inner.xml)/EF<</F 6 0 R>>>>",
    ];
    let (mut head, mut body) = (String::new(), String::new());
    for (index, text) in inner.iter().enumerate() {
        head += &format!("{} {} ", index + 1, body.len());
        body += &format!("{text} ");
    }
    let content = format!("{head}{body}");
    let mut out = b"%PDF-1.5\n".to_vec();
    let file_at = out.len() as u16;
    out.extend_from_slice(format!("6 0 obj\n{CONTENT}\nendobj\n7 0 obj\n").as_bytes());
    let stream_at = file_at + format!("6 0 obj\n{CONTENT}\nendobj\n").len() as u16;
    let dict = format!("/Type/ObjStm/N 5/First {}", head.len());
    out.extend_from_slice(&stream(&dict, content.as_bytes()));
    out.extend_from_slice(b"\nendobj\n");
    let start = out.len() as u16;
    let mut rows: Vec<u8> = (0..5).flat_map(|index| [2, 0, 7, index]).collect();
    for at in [file_at, stream_at, start] {
        rows.extend([&[1][..], &at.to_be_bytes(), &[0]].concat());
    }
    out.extend_from_slice(b"8 0 obj\n");
    let dict = "/Type/XRef/Size 9/W[1 2 1]/Index[1 8]/Root 1 0 R";
    out.extend_from_slice(&stream(dict, &rows));
    out.extend_from_slice(format!("\nendobj\nstartxref\n{start}\n%%EOF").as_bytes());
    assert_eq!(names(&out), ["inner.xml"]);
    // And by searching, if the cross-reference is lost.
    let lost = memchr::memmem::rfind(&out, b"startxref").unwrap();
    assert_eq!(names(&out[..lost]), ["inner.xml"]);
}

#[test]
fn encrypted_files_open_with_the_empty_password() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/encrypted");
    let mut tried = 0;
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let result = embedded_files(&std::fs::read(&path).unwrap(), &Limits::default());
        if path.ends_with("password.pdf") {
            assert_eq!(result, Err(PdfError::Encrypted));
            assert!(PdfError::Encrypted.text().de.contains("verschlüsselt"));
        } else {
            let files = result.unwrap();
            assert_eq!(files.len(), 1, "{}", path.display());
            assert_eq!(files[0].name, "Rechnung ä.xml", "{}", path.display());
            assert_eq!(files[0].bytes, b"<a/>", "{}", path.display());
        }
        tried += 1;
    }
    assert_eq!(tried, 8);
}

#[test]
fn what_is_no_pdf_is_said_to_be_none() {
    for bytes in [&b""[..], b"<Invoice/>", b"PK\x03\x04", b"%PDX-1.7"] {
        assert_eq!(embedded_files(bytes, &Limits::default()), Err(PdfError::NotPdf));
    }
    let empty = embedded_files(b"%PDF-1.7\n%%EOF", &Limits::default());
    assert!(matches!(empty, Err(PdfError::Damaged(_))), "{empty:?}");
}

fn bomb(zeros: usize) -> Vec<u8> {
    let mut packer = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::best());
    packer.write_all(&vec![0; zeros]).expect("memory takes all");
    packer.finish().expect("memory takes all")
}

#[test]
fn limits_hold() {
    let limits = Limits { stream_bytes: 1 << 20, total_bytes: 3 << 20, ..Limits::default() };
    let packed = bomb(2 << 20);
    let file = |dict: &str, content: &[u8]| {
        pdf_of_bytes(
            &[
                b"<</Type/Catalog/Pages 2 0 R/AF[4 0 R 5 0 R]>>".to_vec(),
                PAGES.into(),
                PAGE.into(),
                b"<</F(bomb)/EF<</F 6 0 R>>>>".to_vec(),
                b"<</F(good)/EF<</F 7 0 R>>>>".to_vec(),
                stream(dict, content),
                CONTENT.into(),
            ],
            "",
        )
    };
    // One bomb is emptied, its neighbour is whole.
    let files = embedded_files(&file("/Filter/FlateDecode", &packed), &limits).unwrap();
    let expect = PdfError::LimitExceeded { what: Limit::StreamSize, limit: 1 << 20 };
    assert_eq!((files[0].bytes.len(), files[0].damage.clone()), (0, Some(expect)));
    assert_eq!(files[1].bytes, b"<a/>");
    // Bombs as object streams and cross-reference streams.
    for kind in ["ObjStm/N 9/First 9", "XRef/W[1 1 1]/Size 9"] {
        let dict = format!("/Type/{kind}/Filter/FlateDecode");
        let hostile = file(&dict, &packed);
        let lost = memchr::memmem::rfind(&hostile, b"xref\n0").unwrap();
        let _ = embedded_files(&hostile[..lost], &limits);
    }
    // Many files, a large file.
    let few = Limits { files: 1, ..limits };
    let error = embedded_files(&file("", b"x"), &few).unwrap_err();
    assert_eq!(error, PdfError::LimitExceeded { what: Limit::Files, limit: 1 });
    let small = Limits { file_bytes: 10, ..limits };
    let error = embedded_files(&file("", b"x"), &small).unwrap_err();
    assert_eq!(error, PdfError::LimitExceeded { what: Limit::FileSize, limit: 10 });
}

#[test]
fn rings_and_depths_end() {
    for objects in [
        vec!["<</Type/Catalog/Pages 2 0 R/AF 1 0 R>>", "<</Kids[2 0 R 2 0 R 1 0 R]>>"],
        vec!["<</Type/Catalog/Pages 1 0 R/Names 2 0 R>>", "2 0 R"],
        vec!["<</Type/Catalog/Pages 2 0 R/Names<</EmbeddedFiles 2 0 R>>>>", "<</Kids[2 0 R]/Names[1 0 R 2 0 R]>>"],
        vec!["<</Type/Catalog/Pages 2 0 R>>", "3 0 R", "2 0 R"],
    ] {
        assert_eq!(read(&pdf(&objects)), [], "{objects:?}");
    }
    let deep = format!("<</Type/Catalog/Pages 2 0 R/AF {}>>", "[".repeat(100_000));
    assert!(embedded_files(&pdf(&[&deep, PAGES, PAGE]), &Limits::default()).is_err());
}

#[test]
fn hostile_files_take_linear_time() {
    // A hundred thousand entries that all name the same large object.
    let array = format!("[{}]", "0 ".repeat(200_000));
    let mut out = b"%PDF-1.7\n".to_vec();
    let at = out.len();
    out.extend_from_slice(format!("1 0 obj\n{array}\nendobj\n").as_bytes());
    let kids: String = (1..100_000).map(|number| format!("{number} 0 R ")).collect();
    let root = out.len();
    let catalog = format!("200000 0 obj\n<</Type/Catalog/Pages<</Kids[{kids}]>>>>\nendobj\n");
    out.extend_from_slice(catalog.as_bytes());
    let start = out.len();
    out.extend_from_slice(b"xref\n1 99999\n");
    for _ in 1..100_000 {
        out.extend_from_slice(format!("{at:010} 00000 n \n").as_bytes());
    }
    let end = format!("200000 1\n{root:010} 00000 n \ntrailer\n<</Root 200000 0 R>>\nstartxref\n{start}\n%%EOF");
    out.extend_from_slice(end.as_bytes());
    let error = embedded_files(&out, &Limits::default()).unwrap_err();
    assert!(matches!(error, PdfError::LimitExceeded { what: Limit::Objects, .. }), "{error}");
}

#[test]
fn no_cut_panics() {
    let pdf = vir_pdf::write::render(&samples::invoice()).unwrap().pdf;
    for cut in (0..pdf.len()).step_by(211) {
        let _ = embedded_files(&pdf[..cut], &Limits::default());
        let _ = metadata(&pdf[cut..], &Limits::default());
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn no_change_panics(changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..20)) {
        let mut file = with_specification("<</UF<FEFF0052>/F(f.xml)/EF<</F 6 0 R>>>>");
        for (index, byte) in changes {
            let at = index.index(file.len());
            file[at] = byte;
        }
        let _ = embedded_files(&file, &Limits::default());
        let _ = metadata(&file, &Limits::default());
    }
}
