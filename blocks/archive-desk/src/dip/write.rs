//! Writing a package.
//!
//! Invariant: each file passes in pieces and is hashed on its way; one with another hash value ends the work.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::io::{self, Read, Seek, Write};

use vir_archive::bagit;
use vir_archive::digest::Digest;
use vir_archive::ocfl::digest::{Algorithm, Hasher};
use vir_archive::package::eark::{self, Kind, Options, Part};
use vir_archive::package::{
    Description, Evidence as Proof, File, Package, PackageError, Representation, Version, path, xaip,
};
use zip::ZipWriter;

use super::bag::{Zipped, packed};
use super::cover::{cover, read_me};
use super::{Contents, Dip, DipError, Form};

/// The most that XAIP takes: it is made in memory.
pub const MOST_IN_MEMORY: u64 = 128 << 20;
const COVER: &str = "Deckblatt.pdf";
const READ_ME: &str = "LIESMICH.txt";
const RECORD: &str = "evidence.ers";
const INVENTORY: &str = "inventory.json";

/// Writes a package as a ZIP archive.
///
/// # Errors
/// Where a file is not what the record states, the form cannot carry it, or reading or writing fails.
pub fn write<W: Write + Seek>(dip: &Dip, form: Form, contents: &dyn Contents, out: W) -> Result<W, DipError> {
    let mut zip = ZipWriter::new(out);
    let cover = cover(dip, form)?;
    match form {
        Form::Folder => folder(dip, contents, &cover, &mut zip)?,
        Form::Bag => bag(dip, contents, &cover, &mut zip)?,
        Form::Eark => e_ark(dip, contents, cover, &mut zip)?,
        Form::Xaip => one_document(dip, contents, &cover, &mut zip)?,
    }
    zip.finish().map_err(|error| DipError::Io(io::Error::other(error)))
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

/// The bytes of a document, hashed as they pass; the last piece comes only where all of them were right.
struct Checked<'c> {
    inner: Box<dyn Read + Send + 'c>,
    hasher: Option<Hasher>,
    expected: &'c str,
}

impl Read for Checked<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.inner.read(buffer)?;
        if count > 0 {
            if let Some(hasher) = &mut self.hasher {
                hasher.update(&buffer[..count]);
            }
        } else if !buffer.is_empty()
            && let Some(hasher) = self.hasher.take()
            && !hasher.finish().eq_ignore_ascii_case(self.expected)
        {
            return Err(io::Error::new(io::ErrorKind::InvalidData, Other));
        }
        Ok(count)
    }
}

/// Another hash value.
#[derive(Debug, thiserror::Error)]
#[error("another hash value")]
struct Other;

fn opened<'c>(dip: &'c Dip, contents: &'c dyn Contents, place: usize) -> io::Result<Checked<'c>> {
    let inner = contents.open(place)?;
    Ok(Checked { inner, hasher: Some(Hasher::new(Algorithm::Sha512)), expected: &dip.documents[place].sha512 })
}

/// Says which document it was.
fn told(dip: &Dip, place: usize) -> impl Fn(io::Error) -> DipError {
    let name = dip.documents[place].file_name.clone();
    move |error| match error.get_ref() {
        Some(inner) if inner.is::<Other>() => DipError::Changed(name.clone()),
        _ => DipError::Io(error),
    }
}

fn put<W: Write + Seek>(zip: &mut ZipWriter<W>, path: &str, content: &mut dyn Read) -> io::Result<()> {
    zip.start_file(path, packed()).map_err(io::Error::other)?;
    io::copy(content, zip).map(|_| ())
}

fn folder<W: Write + Seek>(
    dip: &Dip,
    contents: &dyn Contents,
    cover: &[u8],
    zip: &mut ZipWriter<W>,
) -> Result<(), DipError> {
    let root = eark::folder(&dip.reference);
    let paths: Vec<String> = paths(dip).into_iter().map(|path| format!("dokumente/{path}")).collect();
    put(zip, &format!("{root}/{COVER}"), &mut &cover[..])?;
    put(zip, &format!("{root}/{READ_ME}"), &mut read_me(dip, Form::Folder, &paths).as_bytes())?;
    if let Some(evidence) = &dip.evidence {
        put(zip, &format!("{root}/nachweis/{INVENTORY}"), &mut evidence.inventory.as_slice())?;
        put(zip, &format!("{root}/nachweis/{RECORD}"), &mut evidence.record.as_slice())?;
    }
    for (place, path) in paths.iter().enumerate() {
        let mut content = opened(dip, contents, place)?;
        put(zip, &format!("{root}/{path}"), &mut content).map_err(told(dip, place))?;
    }
    Ok(())
}

fn bag<W: Write + Seek>(
    dip: &Dip,
    contents: &dyn Contents,
    cover: &[u8],
    zip: &mut ZipWriter<W>,
) -> Result<(), DipError> {
    let storage = Zipped(RefCell::new(zip));
    let mut bag = bagit::Writer::begin(&storage, &eark::folder(&dip.reference))?;
    let paths: Vec<String> = paths(dip).into_iter().map(|path| format!("dokumente/{path}")).collect();
    let told_paths: Vec<String> = paths.iter().map(|path| format!("data/{path}")).collect();
    for (place, path) in paths.iter().enumerate() {
        let mut content = opened(dip, contents, place)?;
        bag.payload(path, &mut content).map_err(told(dip, place))?;
    }
    bag.payload(COVER, &mut &cover[..])?;
    bag.payload(READ_ME, &mut read_me(dip, Form::Bag, &told_paths).as_bytes())?;
    if let Some(evidence) = &dip.evidence {
        bag.payload(&format!("nachweis/{INVENTORY}"), &mut evidence.inventory.as_slice())?;
        bag.payload(&format!("nachweis/{RECORD}"), &mut evidence.record.as_slice())?;
    }
    let plain = |text: &str| text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect::<String>();
    let (year, month, day) = dip.made.date();
    bag.finish(&vec![
        ("Source-Organization".to_owned(), plain(&dip.publisher)),
        ("External-Identifier".to_owned(), format!("urn:vir:record:{}", dip.id)),
        ("External-Description".to_owned(), plain(&format!("{} ({})", dip.title, dip.reference))),
        ("Bagging-Date".to_owned(), format!("{year:04}-{month:02}-{day:02}")),
    ])?;
    Ok(())
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
        representations: vec![Representation { name: "dokumente".to_owned(), files }],
        descriptions: vec![Description {
            name: "dc.xml".to_owned(),
            kind: "DC".to_owned(),
            content: dublin_core(dip).into_bytes(),
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

fn from_hexadecimal(text: &str) -> Option<Vec<u8>> {
    let digit = |byte: u8| char::from(byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
    let pairs = text.as_bytes().chunks(2);
    pairs.map(|pair| Some(digit(*pair.first()?)? << 4 | digit(*pair.get(1)?)?)).collect()
}

fn dublin_core(dip: &Dip) -> String {
    let escape = |text: &str| {
        text.chars().filter(|c| !c.is_control()).fold(String::new(), |mut out, c| {
            match c {
                '&' => out.push_str("&amp;"),
                '<' => out.push_str("&lt;"),
                '>' => out.push_str("&gt;"),
                c => out.push(c),
            }
            out
        })
    };
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<dc xmlns=\"http://purl.org/dc/elements/1.1/\">\n  <title>{}</title>\n  <identifier>{}</identifier>\n  <identifier>urn:vir:record:{}</identifier>\n  <subject>{}</subject>\n  <publisher>{}</publisher>\n  <coverage>{}</coverage>\n  <language>de</language>\n</dc>\n",
        escape(&dip.title),
        escape(&dip.reference),
        escape(&dip.id),
        escape(&dip.entry),
        escape(&dip.publisher),
        escape(&dip.period),
    )
}

fn e_ark<W: Write + Seek>(
    dip: &Dip,
    contents: &dyn Contents,
    cover: Vec<u8>,
    zip: &mut ZipWriter<W>,
) -> Result<(), DipError> {
    let package = package(dip)?;
    let within: Vec<String> =
        paths(dip).into_iter().map(|path| format!("representations/dokumente/data/{path}")).collect();
    let mut documentation =
        vec![(COVER.to_owned(), cover), (READ_ME.to_owned(), read_me(dip, Form::Eark, &within).into_bytes())];
    if let Some(evidence) = &dip.evidence {
        documentation.push((INVENTORY.to_owned(), evidence.inventory.clone()));
        documentation.push((RECORD.to_owned(), evidence.record.clone()));
    }
    let software = ("vir".to_owned(), env!("CARGO_PKG_VERSION").to_owned());
    let layout = eark::write(&package, Kind::Dip, &Options { software, documentation, ..Options::default() })?;
    let version = package.current()?;
    let places: BTreeMap<String, usize> =
        version.files().enumerate().map(|(place, (_, file))| (file.key(), place)).collect();
    for (path, part) in layout.files {
        let path = format!("{}/{path}", layout.folder);
        match part {
            Part::Document(bytes) => put(zip, &path, &mut bytes.as_slice())?,
            Part::Content(key) => {
                let place = *places.get(&key).ok_or_else(|| PackageError::Missing(path.clone()))?;
                let mut content = opened(dip, contents, place)?;
                put(zip, &path, &mut content).map_err(told(dip, place))?;
            }
        }
    }
    Ok(())
}

fn one_document<W: Write + Seek>(
    dip: &Dip,
    contents: &dyn Contents,
    cover: &[u8],
    zip: &mut ZipWriter<W>,
) -> Result<(), DipError> {
    let bytes = xaip_document(dip, contents)?;
    let root = eark::folder(&dip.reference);
    put(zip, &format!("{root}/{COVER}"), &mut &cover[..])?;
    put(zip, &format!("{root}/{READ_ME}"), &mut read_me(dip, Form::Xaip, &paths(dip)).as_bytes())?;
    put(zip, &format!("{root}/paket.xml"), &mut bytes.as_slice())?;
    Ok(())
}

/// The XAIP alone.
///
/// # Errors
/// As [`write`].
pub fn xaip_document(dip: &Dip, contents: &dyn Contents) -> Result<Vec<u8>, DipError> {
    if dip.documents.iter().map(|document| document.size).sum::<u64>() > MOST_IN_MEMORY {
        return Err(DipError::Large(MOST_IN_MEMORY));
    }
    let mut package = package(dip)?;
    let mut held: BTreeMap<String, Vec<u8>> = BTreeMap::new();
    for (place, (_, file)) in package.versions[0].files().enumerate() {
        let mut content = Vec::new();
        // A file that is longer than it should be is another one.
        opened(dip, contents, place)?.take(file.size + 1).read_to_end(&mut content).map_err(told(dip, place))?;
        if !file.is(&content) {
            return Err(DipError::Changed(dip.documents[place].file_name.clone()));
        }
        held.insert(file.key(), content);
    }
    let read = |file: &File| held.get(&file.key()).cloned();
    let Some(evidence) = &dip.evidence else { return Ok(xaip::write(&package, &read)?) };
    let inventory = File { mime: Some("application/json".to_owned()), ..File::of(INVENTORY, &evidence.inventory) };
    let (key, content) = (inventory.key(), evidence.inventory.clone());
    let representation = Representation { name: "nachweis".to_owned(), files: vec![inventory] };
    package.versions[0].representations.push(representation);
    package.evidence = vec![Proof { version: 1, record: evidence.record.clone() }];
    let read = |file: &File| if file.key() == key { Some(content.clone()) } else { read(file) };
    Ok(xaip::write_listed(&package, &format!("nachweis/{INVENTORY}"), &read)?)
}
