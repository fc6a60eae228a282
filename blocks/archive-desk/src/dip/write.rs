//! What a package of a record has in it.
//!
//! Invariant: the hash values of the record are those of the package, so that no other bytes go in.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::io::{self, Read, Seek, Write};

use vir_archive::digest::Digest;
use vir_archive::ocfl::digest::from_hexadecimal;
use vir_archive::package::eark::{self, Kind};
use vir_archive::package::{Description, File, Package, Representation, Version, path};
use zip::ZipWriter;

use super::cover::{cover, read_me};
use super::{Contents, Dip, DipError, Form};
use crate::parcel::{self, Edition, Parcel, Zipped, dublin_core};

/// The most that XAIP takes where it is made in memory.
pub const MOST_IN_MEMORY: u64 = 128 << 20;
const COVER: &str = "Deckblatt.pdf";
const READ_ME: &str = "LIESMICH.txt";
const DOCUMENTS: &str = "dokumente";
const PROOFS: &str = "nachweis";

/// Writes a package as a ZIP archive.
///
/// # Errors
/// Where a file is not what the record states, the form cannot carry it, or reading or writing fails.
pub fn write<W: Write + Seek>(dip: &Dip, form: Form, contents: &dyn Contents, out: W) -> Result<W, DipError> {
    let (parcel, files) = parcel(dip, contents)?;
    let parcel = Parcel { beside: beside(dip, form)?, ..parcel };
    let form = match form {
        Form::Folder => parcel::Form::Folder,
        Form::Bag => parcel::Form::Bag,
        Form::Eark => parcel::Form::Eark(Kind::Dip),
        Form::Xaip => parcel::Form::Xaip,
    };
    let mut zip = ZipWriter::new(out);
    parcel::write(&parcel, form, &files, &Zipped(RefCell::new(&mut zip)))?;
    zip.finish().map_err(|error| DipError::Io(io::Error::other(error)))
}

/// The XAIP alone.
///
/// # Errors
/// As [`write`], and where the files are too large to be held.
pub fn xaip_document(dip: &Dip, contents: &dyn Contents) -> Result<Vec<u8>, DipError> {
    if dip.documents.iter().map(|document| document.size).sum::<u64>() > MOST_IN_MEMORY {
        return Err(DipError::Large(MOST_IN_MEMORY));
    }
    let (parcel, files) = parcel(dip, contents)?;
    let mut out = Vec::new();
    parcel::xaip(&parcel, &files, &mut out)?;
    Ok(out)
}

/// What people read first.
fn beside(dip: &Dip, form: Form) -> Result<Vec<(String, Vec<u8>)>, DipError> {
    let within = match form {
        Form::Folder => "dokumente/",
        Form::Bag => "data/dokumente/",
        Form::Eark => "representations/dokumente/data/",
        Form::Xaip => "",
    };
    let paths: Vec<String> = paths(dip).into_iter().map(|path| format!("{within}{path}")).collect();
    let read_me = read_me(dip, form, &paths).into_bytes();
    Ok(vec![(COVER.to_owned(), cover(dip, form)?), (READ_ME.to_owned(), read_me)])
}

/// The documents by what they contain.
struct Files<'c> {
    contents: &'c dyn Contents,
    places: BTreeMap<String, usize>,
}

impl parcel::Contents for Files<'_> {
    fn open(&self, file: &File) -> io::Result<Box<dyn Read + '_>> {
        let place = self.places.get(&file.key()).ok_or(io::ErrorKind::NotFound)?;
        Ok(self.contents.open(*place)?)
    }
}

fn parcel<'c>(dip: &Dip, contents: &'c dyn Contents) -> Result<(Parcel, Files<'c>), DipError> {
    let package = package(dip)?;
    let version = package.current()?;
    let mut places = BTreeMap::new();
    for (place, (_, file)) in version.files().enumerate() {
        places.entry(file.key()).or_insert(place);
    }
    let plain = |text: &str| text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect::<String>();
    let (year, month, day) = dip.made.date();
    let labels = vec![
        ("Source-Organization".to_owned(), plain(&dip.publisher)),
        ("External-Identifier".to_owned(), format!("urn:vir:record:{}", dip.id)),
        ("External-Description".to_owned(), plain(&format!("{} ({})", dip.title, dip.reference))),
        ("Bagging-Date".to_owned(), format!("{year:04}-{month:02}-{day:02}")),
    ];
    let evidence = dip.evidence.clone();
    let (inventory, record) = evidence.map(|evidence| (evidence.inventory, evidence.record)).unzip();
    let parcel = Parcel {
        folder: eark::folder(&dip.reference),
        package,
        editions: vec![Edition { folder: String::new(), inventory, record }],
        proofs: PROOFS,
        beside: Vec::new(),
        labels,
    };
    Ok((parcel, Files { contents, places }))
}

/// Where each document lies below its folder: one folder for each, so that names cannot meet.
fn paths(dip: &Dip) -> Vec<String> {
    let digits = dip.documents.len().to_string().len().max(2);
    let one = |(place, document): (usize, &super::Document)| {
        let number = place + 1;
        let plain = path(&document.file_name).is_ok() && !document.file_name.contains('/');
        let name = if plain { document.file_name.as_str() } else { "datei" };
        format!("{number:0digits$}/{name}")
    };
    dip.documents.iter().enumerate().map(one).collect()
}

/// The package with its documents in one representation.
fn package(dip: &Dip) -> Result<Package, DipError> {
    let file = |(path, document): (String, &super::Document)| {
        let hash = from_hexadecimal(&document.sha512).ok_or_else(|| DipError::Changed(document.file_name.clone()))?;
        Ok::<_, DipError>(File {
            path,
            size: document.size,
            hash: (Digest::Sha512, hash),
            mime: Some(document.media_type.clone()),
            puid: document.puid.clone(),
            format: document.format.clone(),
        })
    };
    let files = paths(dip).into_iter().zip(&dip.documents).map(file).collect::<Result<Vec<_>, _>>()?;
    let version = Version {
        reason: Some("Herausgabe".to_owned()),
        created: dip.made,
        submitter: Some(dip.publisher.clone()).filter(|name| !name.is_empty()),
        keep_until: None,
        representations: vec![Representation { name: DOCUMENTS.to_owned(), files }],
        descriptions: vec![Description {
            name: "dc.xml".to_owned(),
            kind: "DC".to_owned(),
            content: description(dip).into_bytes(),
        }],
        events: Vec::new(),
        agents: Vec::new(),
        rights: Vec::new(),
    };
    Ok(Package {
        id: format!("urn:vir:record:{}", dip.id),
        label: Some(format!("{} ({})", dip.title, dip.reference)),
        agreement: None,
        versions: vec![version],
        evidence: Vec::new(),
    })
}

fn description(dip: &Dip) -> String {
    dublin_core(&[
        ("title", dip.title.clone()),
        ("identifier", dip.reference.clone()),
        ("identifier", format!("urn:vir:record:{}", dip.id)),
        ("subject", dip.entry.clone()),
        ("publisher", dip.publisher.clone()),
        ("coverage", dip.period.clone()),
        ("language", "de".to_owned()),
    ])
}
