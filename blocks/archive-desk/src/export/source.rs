//! An object of a depot as packages.
//!
//! Invariant: the inventory that goes out with a version says of it what the inventory of the object says.

use std::collections::BTreeMap;
use std::io::{self, Read};

use vir_archive::digest::Digest;
use vir_archive::lifecycle::clocks::clocks;
use vir_archive::lifecycle::term::End;
use vir_archive::lifecycle::{Day, Record};
use vir_archive::moment::Moment;
use vir_archive::ocfl::depot::{Depot, DepotError, Indexed, IndexedVersion};
use vir_archive::ocfl::digest::{Algorithm, from_hexadecimal};
use vir_archive::ocfl::inventory::Inventory;
use vir_archive::ocfl::path::VersionName;
use vir_archive::ocfl::storage::join;
use vir_archive::package::{Description, Event, File, Package, Representation, Version};
use vir_archive::stamping::{Cutter, Stamping};

use super::{ExportError, Wanted, names, read_me};
use crate::parcel::{Contents, Edition, Form, Parcel, dublin_core};
use crate::records::{Item, OwnedLaw, Truth};
use crate::storage::Shared;
use crate::{formats, keep};

const CONTENT: &str = "content";
const PROOFS: &str = "evidence";
const READ_ME: &str = "README.txt";
/// What marks are computed over besides the object: another number makes all packages anew.
const MAKING: u32 = 1;

/// A depot that is left.
pub struct Source<'s, 'd> {
    depot: &'d Depot<Shared>,
    stamping: &'s Stamping<'d, Shared>,
    cutter: Cutter<'s, 'd, Shared>,
    law: Option<OwnedLaw>,
    now: Moment,
}

/// A package that an object gives.
pub struct One {
    /// The name that it gets.
    pub name: String,
    /// The object.
    pub id: String,
    /// The versions in it.
    pub versions: Vec<String>,
    /// Those of them that have evidence.
    pub evidence: Vec<String>,
    /// Changes where anything changes that goes into the package.
    pub mark: String,
    /// How many bytes its files have.
    pub bytes: u64,
}

impl<'s, 'd> Source<'s, 'd> {
    /// Gets ready; what is made now says so.
    ///
    /// # Errors
    /// Where storage cannot be read.
    pub fn open(
        depot: &'d Depot<Shared>,
        stamping: &'s Stamping<'d, Shared>,
        now: Moment,
    ) -> Result<Self, ExportError> {
        let law = keep::stored_law(depot)?.map(|(_, law)| law);
        Ok(Self { depot, stamping, cutter: stamping.cutter()?, law, now })
    }

    /// In this order hash trees are read once each.
    #[must_use]
    pub fn order(&self, id: &str, head: &str) -> Option<(u32, u32)> {
        self.cutter.place(id, head)
    }

    /// The object as the index knows it.
    ///
    /// # Errors
    /// Where there is none, or storage cannot be read.
    pub fn object(&self, id: &str) -> Result<Indexed, ExportError> {
        Ok(self.depot.indexed(id)?.ok_or_else(|| DepotError::NoObject(id.to_owned()))?)
    }

    /// The packages that an object gives: one, or with E-ARK one for each version.
    #[must_use]
    pub fn packages(&self, object: &Indexed, wanted: Wanted) -> Vec<One> {
        let from = if wanted.all_versions { 0 } else { object.versions.len().saturating_sub(1) };
        let versions = &object.versions[from..];
        let name = names::package(&object.id);
        if matches!(wanted.form, Form::Eark(_)) {
            let one = |version| self.one(object, std::slice::from_ref(version), &name, wanted);
            versions
                .iter()
                .map(one)
                .map(|one| One { name: format!("{}-{}", one.name, one.versions[0]), ..one })
                .collect()
        } else {
            vec![self.one(object, versions, &name, wanted)]
        }
    }

    fn one(&self, object: &Indexed, versions: &[IndexedVersion], name: &str, wanted: Wanted) -> One {
        let newest: Vec<(&str, u32)> = versions
            .iter()
            .filter_map(|version| Some((version.name.as_str(), self.cutter.newest(&object.id, &version.name)?)))
            .collect();
        let about = serde_json::json!([MAKING, wanted.word(), wanted.zip, object.id, versions, newest]);
        let files = versions.iter().flat_map(|version| &version.files);
        One {
            name: name.to_owned(),
            id: object.id.clone(),
            versions: versions.iter().map(|version| version.name.clone()).collect(),
            evidence: newest.iter().map(|(version, _)| (*version).to_owned()).collect(),
            mark: Algorithm::Sha256.of(about.to_string().as_bytes())[..32].to_owned(),
            bytes: files.filter_map(|file| file.size).sum(),
        }
    }

    /// Makes a package ready, and says where its files are.
    ///
    /// # Errors
    /// Where storage cannot be read, or has something else than the inventory says.
    pub fn parcel(&self, object: &Indexed, one: &One, form: Form) -> Result<(Parcel, Files<'d>), ExportError> {
        let known = self.known(&object.id);
        let place = self.depot.place(&object.id);
        let (mut versions, mut editions, mut originals) = (Vec::new(), Vec::new(), Vec::new());
        let mut files = Files { depot: self.depot, paths: BTreeMap::new() };
        let inventory = self.depot.inventory(&object.id)?.ok_or_else(|| DepotError::NoObject(object.id.clone()))?;
        for version in object.versions.iter().filter(|version| one.versions.contains(&version.name)) {
            let own = self.stamping.inventory_of(&object.id, &version.name)?;
            self.agree(&inventory, &own, &object.id, &version.name)?;
            let record = one
                .evidence
                .contains(&version.name)
                .then(|| self.cutter.record(&object.id, &version.name))
                .transpose()?;
            let folder = if matches!(form, Form::Eark(_)) { String::new() } else { version.name.clone() };
            editions.push(Edition { folder, inventory: Some(own), record });
            for file in &version.files {
                let missing = || DepotError::Damaged(join(&place, &file.path));
                let content = inventory.content_path(&file.digest).ok_or_else(missing)?;
                files.paths.insert(key(object, &file.digest)?, join(&place, content));
            }
            versions.push(described(object, version, known.as_ref(), &place)?);
            originals.push(version.files.iter().map(|file| file.path.clone()).collect());
        }
        let label = known.as_ref().map(Known::label);
        let mut package = Package { id: object.id.clone(), label, agreement: None, versions, evidence: Vec::new() };
        // Whatever came before is part of the history.
        for (at, version) in package.versions.iter_mut().enumerate() {
            let upto = object.versions.iter().position(|one_| one_.name == one.versions[at]).map_or(0, |at| at + 1);
            version.events = object.versions[..upto].iter().map(event).collect();
        }
        let read_me = read_me::text(&package, &editions, &originals, form);
        let (year, month, day) = self.now.date();
        let mut labels = vec![
            ("External-Identifier".to_owned(), plain(&object.id)),
            ("Bagging-Date".to_owned(), format!("{year:04}-{month:02}-{day:02}")),
            ("Bag-Software-Agent".to_owned(), format!("vir {}", env!("CARGO_PKG_VERSION"))),
        ];
        labels.extend(package.label.as_deref().map(|label| ("External-Description".to_owned(), plain(label))));
        let parcel = Parcel {
            folder: one.name.clone(),
            package,
            editions,
            proofs: PROOFS,
            beside: vec![(READ_ME.to_owned(), read_me.into_bytes())],
            labels,
        };
        Ok((parcel, files))
    }

    /// Nothing compares the inventory of an old version when it is read; its state is in that of the object, too.
    fn agree(&self, whole: &Inventory, own: &[u8], id: &str, version: &str) -> Result<(), ExportError> {
        let name = VersionName::read(version);
        let own = Inventory::parse(own).filter(|own| own.id == id && Some(own.head) == name);
        let agrees = name.zip(own).is_some_and(|(name, own)| {
            let state = |inventory: &Inventory| {
                let files = inventory.files(name).map(|(path, digest)| (path.to_owned(), digest.to_ascii_lowercase()));
                files.collect::<BTreeMap<_, _>>()
            };
            state(&own) == state(whole)
        });
        if agrees { Ok(()) } else { Err(ExportError::Inventory(id.to_owned(), version.to_owned())) }
    }

    /// What the desk has written about a record; none where the object is no record.
    fn known(&self, id: &str) -> Option<Known> {
        if !id.starts_with(&crate::records::object("")) {
            return None;
        }
        let truth = keep::stored_truth(self.depot, id).ok()?;
        let record = Record::replay(&truth.history)?;
        let (year, month, day) = self.now.date();
        let today = Day::new(year, month, day)?;
        let keep_until = self.law.as_ref().and_then(|law| match clocks(&record, &law.law(), today).retention {
            Some(End::On { day }) => Some(day),
            _ => None,
        });
        Some(Known { truth, record, keep_until })
    }
}

/// A record as the desk knows it.
struct Known {
    truth: Truth,
    record: Record,
    keep_until: Option<Day>,
}

impl Known {
    fn label(&self) -> String {
        plain(&format!("{} ({})", self.record.title, self.truth.reference))
    }

    fn item(&self, path: &str) -> Option<&Item> {
        self.truth.documents.iter().find(|item| item.path == path)
    }
}

/// Where the files of an object are.
pub struct Files<'d> {
    depot: &'d Depot<Shared>,
    paths: BTreeMap<String, String>,
}

impl Contents for Files<'_> {
    fn open(&self, file: &File) -> io::Result<Box<dyn Read + '_>> {
        self.depot.storage().open(self.paths.get(&file.key()).ok_or(io::ErrorKind::NotFound)?)
    }
}

fn digest(object: &Indexed) -> Digest {
    if object.algorithm == Algorithm::Sha256.name() { Digest::Sha256 } else { Digest::Sha512 }
}

fn key(object: &Indexed, value: &str) -> Result<String, ExportError> {
    let hash = from_hexadecimal(value).ok_or_else(|| DepotError::Damaged(object.place.clone()))?;
    Ok(File { hash: (digest(object), hash), ..File::of("", b"") }.key())
}

fn described(
    object: &Indexed,
    version: &IndexedVersion,
    known: Option<&Known>,
    place: &str,
) -> Result<Version, ExportError> {
    let paths = names::files(version.files.iter().map(|file| file.path.as_str()));
    let files = version.files.iter().zip(paths).map(|(file, path)| {
        let item = known.and_then(|known| known.item(&file.path));
        let missing = || DepotError::Damaged(join(place, &file.path));
        let hash = from_hexadecimal(&file.digest).ok_or_else(missing)?;
        Ok::<_, ExportError>(File {
            path,
            size: file.size.ok_or_else(missing)?,
            hash: (digest(object), hash),
            mime: Some(item.map_or_else(|| formats::media_type(&file.path), |item| item.media_type.clone())),
            puid: item.and_then(|item| item.puid.clone()),
            format: item.and_then(|item| item.format.clone()),
        })
    });
    let files = files.collect::<Result<Vec<_>, _>>()?;
    let created = Moment::parse(&version.created).unwrap_or(Moment::from_unix(0));
    let by = version.user.as_ref().map(|(name, _)| plain(name)).filter(|name| !name.is_empty());
    let mut elements = vec![("identifier", object.id.clone()), ("date", version.created.clone())];
    if let Some(known) = known {
        elements.insert(0, ("title", known.record.title.clone()));
        elements.push(("identifier", known.truth.reference.clone()));
        elements.push(("subject", known.record.entry.to_string()));
    }
    elements.extend(by.iter().map(|by| ("contributor", by.clone())));
    elements.extend(version.message.iter().filter(|text| !text.is_empty()).map(|text| ("description", text.clone())));
    Ok(Version {
        reason: version.message.as_deref().map(plain).filter(|text| !text.is_empty()),
        created,
        submitter: by,
        keep_until: known.and_then(|known| known.keep_until),
        representations: vec![Representation { name: CONTENT.to_owned(), files }],
        descriptions: vec![Description {
            name: "dc.xml".to_owned(),
            kind: "DC".to_owned(),
            content: dublin_core(&elements).into_bytes(),
        }],
        events: Vec::new(),
        agents: Vec::new(),
        rights: Vec::new(),
    })
}

/// That a version was made, in the words of PREMIS.
fn event(version: &IndexedVersion) -> Event {
    let by = version.user.as_ref().map(|(name, _)| plain(name)).unwrap_or_default();
    let why = version.message.as_deref().map(plain).unwrap_or_default();
    Event {
        id: format!("event-{}", version.name),
        kind: if version.name == "v1" { "ingestion" } else { "modification" }.to_owned(),
        time: Moment::parse(&version.created).unwrap_or(Moment::from_unix(0)),
        detail: Some(format!("{}: {by} {why}", version.name).trim_end().to_owned()),
        outcome: Some("success".to_owned()),
        agents: Vec::new(),
        objects: Vec::new(),
    }
}

/// Text without what would break a line or no XML can carry.
fn plain(text: &str) -> String {
    text.chars().map(|c| if c.is_control() || matches!(c, '\u{fffe}' | '\u{ffff}') { ' ' } else { c }).collect()
}
