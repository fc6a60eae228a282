//! Claims about formats: our PUIDs are those of `fido`, an independent program over the same register, on files of
//! our own making; broken and hostile ones end in a statement, never in a panic.
//!
//! The signature files of DROID come with PyPI's `opf-fido`, which is installed once into the target folder. Without
//! Python or the registry nothing is claimed.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use flate2::Compression;
use flate2::write::{DeflateEncoder, GzEncoder};
use std::io::Write as _;
use vir_archive::format::risk::{self, Report, Risk};
use vir_archive::format::signature::{Containers, Signatures};
use vir_archive::format::{Identification, Identifier, Method, Warning};

use crate::openssl::Folder;

const VERSION: &str = "1.6.1";

/// The folder with `fido`, installed on the first call.
fn fido() -> Option<PathBuf> {
    static ONCE: std::sync::OnceLock<Option<PathBuf>> = std::sync::OnceLock::new();
    ONCE.get_or_init(|| {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("opf-fido-{VERSION}"));
        if !folder.join("fido/conf").is_dir() {
            let mut install = Command::new("python3");
            install.args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--target"]);
            install.arg(&folder).arg(format!("opf-fido=={VERSION}")).arg("setuptools<81");
            if !install.output().is_ok_and(|output| output.status.success()) {
                return None;
            }
        }
        Some(folder)
    })
    .clone()
}

fn identifier() -> Option<Identifier> {
    let folder = fido()?.join("fido/conf");
    let file = |start: &str| {
        let mut names = fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path());
        let path = names.find(|path| path.file_name().unwrap().to_string_lossy().starts_with(start)).unwrap();
        fs::read(path).unwrap()
    };
    let signatures = Signatures::read(&file("DROID_SignatureFile")).unwrap();
    let containers = Containers::read(&file("container-signature")).unwrap();
    assert_eq!((signatures.skipped, containers.skipped), (0, 0), "every signature is understood");
    assert!(signatures.formats().len() > 2000);
    Some(Identifier::new(signatures, Some(containers)))
}

/// A ZIP archive; every second file is packed.
pub fn zip(files: &[(&str, &[u8])]) -> Vec<u8> {
    let (mut bytes, mut directory) = (Vec::new(), Vec::new());
    for (number, (name, content)) in files.iter().enumerate() {
        let method: u16 = if number % 2 == 1 { 8 } else { 0 };
        let mut packed = content.to_vec();
        if method == 8 {
            let mut encoder = DeflateEncoder::new(Vec::new(), Compression::default());
            encoder.write_all(content).unwrap();
            packed = encoder.finish().unwrap();
        }
        let mut sum = flate2::Crc::new();
        sum.update(content);
        let mut common = [20_u16, 0, method, 0, 0x21].map(u16::to_le_bytes).concat();
        common.extend([sum.sum(), packed.len() as u32, content.len() as u32].map(u32::to_le_bytes).concat());
        common.extend([name.len() as u16, 0].map(u16::to_le_bytes).concat());
        let at = bytes.len() as u32;
        bytes.extend([b"PK\x03\x04", &common[..], name.as_bytes(), &packed].concat());
        let rest = [&[0; 10][..], &at.to_le_bytes()].concat();
        directory.extend([b"PK\x01\x02\x14\x00", &common[..], &rest, name.as_bytes()].concat());
    }
    let at = bytes.len() as u32;
    let count = (files.len() as u16).to_le_bytes();
    let end = [&[0; 4][..], &count, &count, &(directory.len() as u32).to_le_bytes(), &at.to_le_bytes(), &[0; 2]];
    [bytes, directory, b"PK\x05\x06".to_vec(), end.concat()].concat()
}

/// A compound file with small streams below the root (MS-CFB).
fn compound(streams: &[(&str, &[u8])]) -> Vec<u8> {
    const END: u32 = 0xffff_fffe;
    const FREE: u32 = 0xffff_ffff;
    let (mut small, mut small_table, mut entries) = (Vec::new(), Vec::new(), Vec::new());
    let entry = |name: &str, kind: u8, right: u32, child: u32, start: u32, size: usize| {
        let mut bytes = vec![0; 128];
        let units: Vec<u8> = name.encode_utf16().flat_map(u16::to_le_bytes).collect();
        bytes[..units.len()].copy_from_slice(&units);
        bytes[64..66].copy_from_slice(&(units.len() as u16 + 2).to_le_bytes());
        (bytes[66], bytes[67]) = (kind, 1);
        for (at, value) in [(68, FREE), (72, right), (76, child), (116, start), (120, size as u32)] {
            bytes[at..at + 4].copy_from_slice(&value.to_le_bytes());
        }
        bytes
    };
    for (number, (name, content)) in streams.iter().enumerate() {
        let start = small_table.len() as u32;
        let count = content.len().div_ceil(64) as u32;
        small_table.extend((1..count).map(|next| start + next));
        small_table.push(END);
        small.extend_from_slice(content);
        small.resize(small_table.len() * 64, 0);
        let right = if number + 1 < streams.len() { number as u32 + 2 } else { FREE };
        entries.push(entry(name, 2, right, FREE, start, content.len()));
    }
    let sectors = |bytes: &[u8]| bytes.len().div_ceil(512) as u32;
    let directory_sectors = (entries.len() as u32 + 1).div_ceil(4);
    let small_start = 2 + directory_sectors;
    entries.insert(0, entry("Root Entry", 5, FREE, 1, small_start, small.len()));
    let mut table = vec![0xffff_fffd];
    for count in [directory_sectors, 1, sectors(&small)] {
        let start = table.len() as u32;
        table.extend((1..count).map(|next| start + next));
        table.push(END);
    }
    let table_start = 1 + directory_sectors;
    let mut header = vec![0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1];
    header.extend([0; 16]);
    header.extend([0x3e_u16, 3, 0xfffe, 9, 6, 0, 0, 0].map(u16::to_le_bytes).concat());
    header.extend([0, 1, 1, 0, 4096, table_start, 1, END, 0, 0].map(u32::to_le_bytes).concat());
    header.extend([FREE; 108].map(u32::to_le_bytes).concat());
    let mut numbers = |values: &[u32]| {
        let mut bytes: Vec<u8> = values.iter().flat_map(|value| value.to_le_bytes()).collect();
        bytes.resize(512, 0xff);
        header.extend(bytes);
    };
    numbers(&table);
    let mut directory = entries.concat();
    directory.resize(directory_sectors as usize * 512, 0);
    header.extend(directory);
    let mut bytes: Vec<u8> = small_table.iter().flat_map(|value: &u32| value.to_le_bytes()).collect();
    bytes.resize(512, 0xff);
    header.extend(bytes);
    small.resize(sectors(&small) as usize * 512, 0);
    header.extend(small);
    header
}

fn pdf(version: &str, inside: &str) -> Vec<u8> {
    format!("%PDF-{version}\n1 0 obj\n<</Type/Catalog>>\nendobj\n{inside}\ntrailer\n<</Root 1 0 R>>\n%%EOF\n")
        .into_bytes()
}

const XMP: &str = "<x:xmpmeta xmlns:x=\"adobe:ns:meta/\"><rdf:RDF xmlns:rdf=\"http://www.w3.org/1999/02/22-rdf-syntax-ns#\"><rdf:Description rdf:about=\"\" xmlns:pdfaid=\"http://www.aiim.org/pdfa/ns/id/\"><pdfaid:part>3</pdfaid:part><pdfaid:conformance>B</pdfaid:conformance></rdf:Description></rdf:RDF></x:xmpmeta>";

/// Files of our own making, with the identifier that we know them to have.
fn samples() -> Vec<(&'static str, Vec<u8>, &'static str)> {
    let content_types = |kind: &str| {
        format!(
            "<?xml version=\"1.0\"?><Types><Override PartName=\"/a\" ContentType=\"application/vnd.openxmlformats-officedocument.{kind}.main+xml\"/></Types>"
        )
    };
    let office = |kind: &str| zip(&[("_rels/.rels", b"<r/>"), ("[Content_Types].xml", content_types(kind).as_bytes())]);
    let open_document = |kind: &str, version: &str| {
        let mime = format!("application/vnd.oasis.opendocument.{kind}");
        let manifest = format!(
            "<manifest:manifest><manifest:file-entry manifest:media-type=\"{mime}\" manifest:version=\"{version}\" manifest:full-path=\"/\"/></manifest:manifest>"
        );
        let content = format!("<office:document-content office:version=\"{version}\"/>");
        zip(&[
            ("mimetype", mime.as_bytes()),
            ("content.xml", content.as_bytes()),
            ("META-INF/manifest.xml", manifest.as_bytes()),
        ])
    };
    let mut packed = GzEncoder::new(Vec::new(), Compression::default());
    packed.write_all(b"text").unwrap();
    let word = [&[0; 60][..], b"\x10\0\0\0Word.Document.8\0", &[0; 20]].concat();
    let document = [&b"\xec\xa5\xc1\0"[..], &[0; 700]].concat();
    let mut png = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01\0\0\0\x01\x08\0\0\0\0".to_vec();
    png.extend(b"\0\0\0\0\0\0\0\0IEND\xaeB`\x82");
    vec![
        ("a.pdf", pdf("1.4", ""), "fmt/18"),
        ("b.pdf", pdf("1.7", ""), "fmt/276"),
        ("c.pdf", pdf("1.7", XMP), "fmt/480"),
        ("a.gif", b"GIF89a\x01\0\x01\0\0\0\0;".to_vec(), "fmt/4"),
        ("a.tif", b"II*\0\x08\0\0\0\0\0".to_vec(), "fmt/353"),
        ("a.jpg", b"\xff\xd8\xff\xe0\0\x10JFIF\0\x01\x02\0\0\x01\0\x01\0\0\xff\xd9".to_vec(), "fmt/44"),
        ("a.png", png, "fmt/11"),
        ("a.xml", b"<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<a/>\n".to_vec(), "fmt/101"),
        ("a.zip", zip(&[("a.txt", b"a"), ("b.txt", b"bbbbbbbb")]), "x-fmt/263"),
        ("a.gz", packed.finish().unwrap(), "x-fmt/266"),
        ("a.docx", office("wordprocessingml.document"), "fmt/412"),
        ("a.xlsx", office("spreadsheetml.sheet"), "fmt/214"),
        ("a.pptx", office("presentationml.presentation"), "fmt/215"),
        ("a.odt", open_document("text", "1.2"), "fmt/291"),
        ("a.ods", open_document("spreadsheet", "1.2"), "fmt/295"),
        ("a.doc", compound(&[("WordDocument", &document), ("\u{1}CompObj", &word)]), "fmt/40"),
        ("a.xls", compound(&[("Workbook", b"\x09\x08\x10\0\0\x06\x05\0\0\0\0\0")]), "fmt/61"),
        ("a.ole", compound(&[("Nothing", b"known")]), "fmt/111"),
        ("a.rtf", b"{\\rtf1\\ansi\\ansicpg1252\\deff0 a}".to_vec(), "fmt/50"),
        ("a.html", b"<!DOCTYPE html><html><head><title>a</title></head></html>".to_vec(), "fmt/471"),
        ("unknown", b"nothing that anybody knows".to_vec(), ""),
    ]
}

/// What `fido` says of each file of a folder, joined where it finds several.
fn fido_says(folder: &Path) -> std::collections::BTreeMap<String, Vec<String>> {
    let at = fido().unwrap();
    let mut command = Command::new("python3");
    command.env("PYTHONPATH", &at).args(["-m", "fido.fido", "-q", "-recurse", "-nomatchprintf", ""]);
    command.args(["-matchprintf", "%(info.filename)s\t%(info.puid)s\t%(info.matchtype)s\n"]).arg(folder);
    let output = command.output().unwrap();
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let mut found = std::collections::BTreeMap::<String, Vec<String>>::new();
    for line in text.lines() {
        let [name, puid, kind] = line.split('\t').collect::<Vec<_>>()[..] else { continue };
        if kind != "extension" {
            found.entry(name.to_owned()).or_default().push(puid.to_owned());
        }
    }
    found.values_mut().for_each(|puids| {
        puids.sort();
        puids.dedup();
    });
    found
}

fn puids(identification: &Identification) -> Vec<String> {
    let mut puids: Vec<String> = identification
        .matches
        .iter()
        .filter(|one| one.method != Method::Extension)
        .map(|one| one.puid.clone())
        .collect();
    puids.sort();
    puids
}

/// Where we differ from `fido`: of a container signature it reads the first path and the first sub-sequence only, and
/// knows no priorities among containers. So it misses Word, finds the template beside the workbook of Excel, and takes the version of
/// an OpenDocument file as it comes.
const DIFFERENT: [&str; 4] = ["a.doc", "a.ods", "a.odt", "a.xls"];

#[test]
fn formats_are_those_that_fido_finds() {
    let Some(identifier) = identifier() else {
        println!("formats: fido is missing");
        return;
    };
    let folder = Folder::new("formats");
    let samples = samples();
    for (name, bytes, _) in &samples {
        fs::write(folder.0.join(name), bytes).unwrap();
    }
    let theirs = fido_says(&folder.0);
    let (mut same, mut others) = (0, Vec::new());
    for (name, bytes, expect) in &samples {
        let found = identifier.identify(bytes, name).unwrap();
        assert_eq!(puids(&found).join(" "), *expect, "{name}: {found:?}");
        let other = theirs.get(&folder.0.join(name).display().to_string()).cloned().unwrap_or_default();
        if puids(&found) == other {
            same += 1;
        } else {
            others.push((*name, other));
        }
    }
    others.sort();
    assert!(others.iter().all(|(name, _)| DIFFERENT.contains(name)), "{others:?}");
    println!("formats: {same} of {} as fido {VERSION}, {} differ for a named reason", samples.len(), others.len());
}

/// A folder with any files, compared file by file: `VIR_FORMAT_FOLDER`.
#[test]
fn a_folder_is_compared_where_one_is_named() {
    let Some(folder) = std::env::var_os("VIR_FORMAT_FOLDER").map(PathBuf::from) else { return };
    let identifier = identifier().unwrap();
    let theirs = fido_says(&folder);
    let mut open = vec![folder];
    let (mut files, mut known, mut same) = (0, 0, 0);
    while let Some(path) = open.pop() {
        if path.is_symlink() {
            continue;
        }
        if path.is_dir() {
            open.extend(fs::read_dir(&path).unwrap().map(|entry| entry.unwrap().path()));
            continue;
        }
        let name = path.display().to_string();
        let bytes = fs::read(&path).unwrap();
        let found = puids(&identifier.identify(&bytes, &name).unwrap());
        let other = theirs.get(&name).cloned().unwrap_or_default();
        files += 1;
        known += usize::from(!found.is_empty());
        if found == other {
            same += 1;
        } else {
            println!("{name}: ours {found:?}, fido {other:?}");
        }
    }
    println!("{same} of {files} files as fido, {known} identified");
}

#[test]
fn what_is_noticed_is_said_and_counted() {
    let Some(identifier) = identifier() else { return };
    let see = |name: &str, bytes: &[u8]| identifier.identify(&bytes.to_vec(), name).unwrap();
    let mut report = Report::default();
    let mut count = |name: &str, bytes: &[u8]| {
        let found = see(name, bytes);
        report.add(name, bytes.len() as u64, &found);
        (risk::risks(&found), found)
    };
    let (risks, found) = count("a.docx", &pdf("1.7", XMP));
    assert!(found.warnings.contains(&Warning::Extension { extension: "docx".to_owned() }));
    assert_eq!(risks, [Risk::Mismatch, Risk::Unvalidated]);
    assert!(found.certain().is_some());
    let (risks, _) = count("b.pdf", &pdf("1.4", "trailer <</Encrypt 5 0 R>>"));
    assert_eq!(risks, [Risk::Encrypted]);
    let (risks, found) = count("empty.pdf", b"");
    assert_eq!(risks[0], Risk::Empty);
    assert!(found.certain().is_none());
    assert_eq!(count("nothing", b"nothing that anybody knows").0, [Risk::Unidentified]);
    let (risks, found) = count("note.txt", b"plain text");
    assert_eq!((risks, found.matches[0].puid.as_str()), (vec![Risk::ByNameOnly], "x-fmt/111"));
    // Half of an archive.
    let whole = zip(&[("a.txt", &[7; 4000]), ("b.txt", b"b")]);
    assert!(count("half.zip", &whole[..2000]).0.contains(&Risk::Broken));
    assert_eq!(count("whole.zip", &whole).0, [Risk::Archive]);
    let macros = zip(&[
        ("[Content_Types].xml", b"ContentType=\"application/vnd.ms-word.document.macroEnabled.main+xml\""),
        ("word/vbaProject.bin", b"code"),
    ]);
    let (risks, found) = count("a.docm", &macros);
    assert_eq!((found.matches[0].puid.as_str(), &risks[..]), ("fmt/523", &[Risk::Macros][..]));
    let (risks, _) = count("secret.docx", &compound(&[("EncryptedPackage", &[9; 100]), ("EncryptionInfo", &[1; 8])]));
    assert!(risks.contains(&Risk::Encrypted));
    assert_eq!(report.files, 9);
    assert_eq!(report.formats.values().map(|row| row.files).sum::<u64>(), 9);
    assert_eq!(report.risks[&Risk::Encrypted].examples, ["b.pdf", "secret.docx"]);
    assert_eq!(report.gravest_first()[0].0.level(), risk::Level::High);
}

/// Every beginning of every sample, and every sample with a byte turned, is identified somehow and soon.
#[test]
fn broken_files_end_in_a_statement() {
    let Some(identifier) = identifier() else { return };
    for (name, bytes, _) in samples() {
        for step in 0..24 {
            let cut = bytes.len() * step / 24;
            _ = identifier.identify(&bytes[..cut].to_vec(), name).unwrap();
            let mut turned = bytes.clone();
            let place = (bytes.len() * (2 * step + 1) / 48).min(bytes.len() - 1);
            turned[place] ^= 0xff;
            _ = identifier.identify(&turned, name).unwrap();
        }
    }
    // A compound file whose chains are circles, and an archive that says it is enormous.
    let mut circle = compound(&[("WordDocument", &[0; 700])]);
    circle[512..1024].copy_from_slice(&[0x01, 0, 0, 0].repeat(128));
    assert!(identifier.identify(&circle, "a.doc").unwrap().certain().is_some());
    let mut large = zip(&[("a", b"a")]);
    let end = large.len() - 22;
    large[end + 12..end + 16].copy_from_slice(&[0xfe, 0xff, 0xff, 0xff]);
    assert!(identifier.identify(&large, "a.zip").unwrap().warnings.contains(&Warning::ContainerBroken));
}

#[test]
fn only_signature_files_are_read_as_such() {
    assert!(Signatures::read(b"<FFSignatureFile/>").is_err());
    assert!(Signatures::read(b"<other/>").unwrap_err().to_string().contains("other"));
    assert!(Signatures::read(b"<!DOCTYPE a [<!ENTITY b 'c'>]><FFSignatureFile/>").is_err());
    assert!(Containers::read(b"<ContainerSignatureMapping/>").is_err());
    assert!(Containers::read(b"\xff").is_err());
}
