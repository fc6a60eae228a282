//! Writing an XAIP.
//!
//! Contents pass in pieces: what is in memory is the description of the package and a piece of one file.
//!
//! Invariant: a document that was finished has the contents that it states.

use std::collections::BTreeMap;
use std::io::{self, Read, Write};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use base64::write::EncoderWriter;
use thiserror::Error;

use super::{AGREEMENT, CANONICAL, CATEGORY, FOREVER, NAMESPACE, SIGNATURES, version_id};
use crate::digest::Digest;
use crate::ocfl::digest::hex;
use crate::ocfl::storage::pieces;
use crate::package::checked::{Checked, fault};
use crate::package::text::Xml;
use crate::package::{File, Package, PackageError, Version, part, premis};

/// Why a package was not written.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum WriteError {
    /// The package, or a content that is not its own.
    #[error(transparent)]
    Package(#[from] PackageError),
    /// Reading or writing.
    #[error(transparent)]
    Io(io::Error),
}

impl From<io::Error> for WriteError {
    fn from(error: io::Error) -> Self {
        match fault(&error) {
            Some(fault) => Self::Package(fault.clone()),
            None => Self::Io(error),
        }
    }
}

/// Opens the content of a file; none where nobody has it.
pub type Open<'o> = dyn Fn(&File) -> io::Result<Option<Box<dyn Read + 'o>>> + 'o;

/// Writes a package. `read` gives the content of a file.
pub fn write(package: &Package, read: &dyn Fn(&File) -> Option<Vec<u8>>) -> Result<Vec<u8>, PackageError> {
    in_memory(package, None, read)
}

/// Writes a package of which the evidence protects one file that stands for all others, the inventory: only that one is
/// a protected object, the rest is pointed to as unprotected. `inventory` is its path with the representation in front.
pub fn write_listed(
    package: &Package,
    inventory: &str,
    read: &dyn Fn(&File) -> Option<Vec<u8>>,
) -> Result<Vec<u8>, PackageError> {
    in_memory(package, Some(inventory), read)
}

fn in_memory(
    package: &Package,
    inventory: Option<&str>,
    read: &dyn Fn(&File) -> Option<Vec<u8>>,
) -> Result<Vec<u8>, PackageError> {
    let mut out = Vec::new();
    let open = |file: &File| Ok(read(file).map(|content| Box::new(io::Cursor::new(content)) as Box<dyn Read>));
    match stream(package, inventory, &open, &mut out) {
        Ok(()) => Ok(out),
        Err(WriteError::Package(error)) => Err(error),
        Err(WriteError::Io(error)) => Err(PackageError::Missing(error.to_string())),
    }
}

/// Writes a package of any size; `inventory` as for [`write_listed`], or none where all files are protected. What was
/// written before an error is no package.
pub fn stream(
    package: &Package,
    inventory: Option<&str>,
    open: &Open<'_>,
    out: &mut dyn Write,
) -> Result<(), WriteError> {
    if let Some(inventory) = inventory
        && package.versions.iter().any(|version| version.files().all(|(path, _)| path != inventory))
    {
        return Err(PackageError::Missing(inventory.to_owned()).into());
    }
    package.check()?;
    if package.versions.iter().any(|version| version.submitter.as_deref() == Some("")) {
        return Err(part("submitter", "it is empty").into());
    }
    let mut numbers: BTreeMap<String, usize> = BTreeMap::new();
    let mut files: Vec<&File> = Vec::new();
    for (_, file) in package.versions.iter().flat_map(Version::files) {
        numbers.entry(file.key()).or_insert_with(|| {
            files.push(file);
            files.len()
        });
    }
    let mut xml = Xml::new();
    let spaces = [("xmlns:xaip", NAMESPACE), ("xmlns:ds", SIGNATURES), ("XAIPVersion", "1.3.0")];
    xml.open("xaip:XAIP", &spaces);
    header(&mut xml, package, inventory, &numbers);
    xml.open("xaip:metaDataSection", &[]);
    for (at, version) in package.versions.iter().enumerate() {
        let id = version_id(at + 1);
        xml.open(
            "xaip:metaDataObject",
            &[("metaDataID", &format!("MDO-{id}-PREMIS")), ("relatedObjects", &id), ("category", CATEGORY)],
        );
        // Binary, because a schema of XAIP alone cannot resolve the types that PREMIS names inside.
        let premis = premis::write(&package.id, version, None);
        xml.text("xaip:binaryMetaData", &[("MimeType", "application/xml")], &STANDARD.encode(&premis));
        check_sum(&mut xml, Digest::Sha512, &Digest::Sha512.of(&[premis.as_bytes()]));
        xml.close();
        for (number, one) in version.descriptions.iter().enumerate() {
            let own = format!("MDO-{id}-{:03}", number + 1);
            let attributes =
                [("metaDataID", &own[..]), ("relatedObjects", &id), ("category", &one.kind), ("type", &one.name)];
            xml.open("xaip:metaDataObject", &attributes);
            xml.text("xaip:binaryMetaData", &[], &STANDARD.encode(&one.content));
            check_sum(&mut xml, Digest::Sha512, &Digest::Sha512.of(&[&one.content]));
            xml.close();
        }
    }
    xml.close();
    if !files.is_empty() {
        xml.open("xaip:dataObjectsSection", &[]);
        for (at, file) in files.iter().enumerate() {
            let content = open(file)?.ok_or_else(|| PackageError::Missing(file.path.clone()))?;
            xml.open("xaip:dataObject", &[("dataObjectID", &data_id(at + 1))]);
            let mime = file.mime.as_deref().map(|mime| ("MimeType", mime));
            xml.open("xaip:binaryData", mime.as_slice());
            xml.pass(out)?;
            let mut encoded = EncoderWriter::new(&mut *out, &STANDARD);
            pieces(&mut Checked::new(file, content), &mut |piece| encoded.write_all(piece))?;
            encoded.finish()?;
            drop(encoded);
            xml.close();
            check_sum(&mut xml, file.hash.0, &file.hash.1);
            xml.close();
        }
        xml.close();
    }
    if !package.evidence.is_empty() {
        xml.open("xaip:credentialsSection", &[]);
        for (at, one) in package.evidence.iter().enumerate() {
            let version = version_id(one.version);
            let own = format!("ER-{:03}", at + 1);
            xml.open("xaip:credential", &[("credentialID", &own), ("relatedObjects", &version)]);
            xml.open("xaip:evidenceRecord", &[("AOID", &package.id), ("VersionID", &version)]);
            xml.text("xaip:asn1EvidenceRecord", &[], &STANDARD.encode(&one.record));
            xml.close();
            xml.close();
        }
        xml.close();
    }
    out.write_all(xml.finish().as_bytes())?;
    Ok(())
}

fn data_id(number: usize) -> String {
    format!("DO-{number:06}")
}

fn check_sum(xml: &mut Xml, digest: Digest, hash: &[u8]) {
    xml.open("xaip:checkSum", &[]);
    xml.text("xaip:checkSumAlgorithm", &[], digest.uri());
    xml.text("xaip:checkSum", &[], &hex(hash));
    xml.close();
}

fn header(xml: &mut Xml, package: &Package, inventory: Option<&str>, numbers: &BTreeMap<String, usize>) {
    xml.open("xaip:packageHeader", &[("packageID", "PACKAGE")]);
    xml.text("xaip:AOID", &[], &package.id);
    xml.optional("xaip:packageInfo", package.label.as_deref());
    for (at, version) in package.versions.iter().enumerate() {
        let id = version_id(at + 1);
        xml.open("xaip:versionManifest", &[("VersionID", &id)]);
        xml.optional("xaip:versionInfo", version.reason.as_deref());
        xml.open("xaip:preservationInfo", &[]);
        let until = version.keep_until.map_or_else(|| FOREVER.to_owned(), |day| day.to_string());
        xml.text("xaip:retentionPeriod", &[], &until);
        xml.close();
        xml.open("xaip:submissionInfo", &[]);
        xml.text("xaip:clientID", &[], version.submitter.as_deref().unwrap_or_default());
        xml.text("xaip:submissionTime", &[], &version.created.to_string());
        xml.close();
        xml.open("xaip:packageInfoUnit", &[("packageUnitID", &format!("UNIT-{id}"))]);
        let mut objects: Vec<(usize, bool)> = version
            .files()
            .filter_map(|(path, file)| {
                Some((*numbers.get(&file.key())?, inventory.is_none_or(|inventory| inventory == path)))
            })
            .collect();
        // What stands there twice is protected where it is once.
        objects.sort_unstable_by_key(|(number, protected)| (*number, !protected));
        objects.dedup_by_key(|(number, _)| *number);
        let mut pointers: Vec<(String, bool)> =
            objects.into_iter().map(|(number, protected)| (data_id(number), protected)).collect();
        pointers.push((format!("MDO-{id}-PREMIS"), inventory.is_none()));
        let descriptions = 1..=version.descriptions.len();
        pointers.extend(descriptions.map(|number| (format!("MDO-{id}-{number:03}"), inventory.is_none())));
        for (name, wanted) in [("xaip:protectedObjectPointer", true), ("xaip:unprotectedObjectPointer", false)] {
            let these = pointers.iter().filter(|(_, protected)| *protected == wanted);
            these.for_each(|(pointer, _)| xml.text(name, &[], pointer));
        }
        xml.close();
        xml.close();
    }
    xml.empty("ds:CanonicalizationMethod", &[("Algorithm", CANONICAL)]);
    if let Some(agreement) = &package.agreement {
        xml.open("xaip:extension", &[]);
        xml.text("vir:agreement", &[("xmlns:vir", AGREEMENT)], agreement);
        xml.close();
    }
    xml.close();
}
