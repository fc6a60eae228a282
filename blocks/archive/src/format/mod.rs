//! Which format has a file? Identified as DROID does, with the identifiers of PRONOM (PUID), from DROID's own
//! signature files, which the operator obtains.
//!
//! In reading order: [`source`] is what is read, `notation` and `pattern` are byte patterns, [`signature`] reads the
//! signature files, `zip` and `compound` look into containers, [`portable`] notes what PDF files claim, [`risk`] tells
//! what a format means for keeping it.
//!
//! What was found inside a container outweighs what its first bytes say, and that outweighs the file name, which is a
//! hint only. Formats over which another one found has priority are left out, as PRONOM says.
//!
//! Invariant: of each file only the beginning and the end are matched, [`WINDOW`] bytes each, and of containers their
//! directory and the beginnings of the files that signatures name; a broken container leaves what its bytes say.

mod compound;
mod notation;
mod pattern;
pub mod portable;
pub mod risk;
pub mod signature;
pub mod source;
mod zip;

use std::collections::BTreeMap;
use std::io;

use serde::Serialize;
use vir_core::Text;

use portable::Claim;
use signature::{Containers, Format, Kind, Signature, Signatures};
use source::{Source, piece};

/// Bytes at the beginning and at the end in which signatures are looked for.
pub const WINDOW: usize = 128 * 1024;

/// Hints by extension that are given at most.
const MOST_HINTS: usize = 16;

/// How a format was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Method {
    /// By the file name only.
    Extension,
    /// By its bytes.
    Signature,
    /// By what is inside a container.
    Container,
}

impl Method {
    /// For people.
    #[must_use]
    pub fn name(self) -> Text {
        match self {
            Self::Extension => Text::new("nach der Dateiendung", "by extension"),
            Self::Signature => Text::new("nach dem Inhalt", "by content"),
            Self::Container => Text::new("nach dem Inhalt des Containers", "by the content of the container"),
        }
    }
}

/// A format that was found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Match {
    /// The identifier of PRONOM.
    pub puid: String,
    /// The name.
    pub name: String,
    /// The version, where the format has one.
    pub version: Option<String>,
    /// The first media type, where one is registered.
    pub mime: Option<String>,
    /// How it was found.
    pub method: Method,
}

/// Something that was noticed about a file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case", tag = "warning")]
#[non_exhaustive]
pub enum Warning {
    /// It has no bytes.
    Empty,
    /// The extension is not one of the format.
    Extension {
        /// The extension.
        extension: String,
    },
    /// More than one format fits.
    Ambiguous {
        /// How many.
        count: usize,
    },
    /// It looks like a container, but its directory cannot be read.
    ContainerBroken,
    /// It is encrypted, or something in it is.
    Encrypted,
    /// It has macros or scripts inside.
    Macros,
    /// It claims to be PDF/A.
    Claims {
        /// As it says itself.
        claim: Claim,
    },
    /// It claims several different things.
    ClaimsDiffer,
}

impl Warning {
    /// For people.
    #[must_use]
    pub fn message(&self) -> Text {
        match self {
            Self::Empty => Text::new("Die Datei ist leer.", "The file is empty."),
            Self::Extension { extension } => Text::owned(
                format!("Die Endung „{extension}“ gehört nicht zu diesem Format."),
                format!("The extension \"{extension}\" does not belong to this format."),
            ),
            Self::Ambiguous { count } => Text::owned(
                format!("{count} Formate passen; welches es ist, ist offen."),
                format!("{count} formats fit; which one it is remains open."),
            ),
            Self::ContainerBroken => Text::new(
                "Das Inhaltsverzeichnis des Containers ist nicht lesbar; die Datei ist vielleicht unvollständig.",
                "The directory of the container cannot be read; the file may be incomplete.",
            ),
            Self::Encrypted => Text::new(
                "Die Datei ist ganz oder teilweise verschlüsselt.",
                "The file is encrypted, all or part of it.",
            ),
            Self::Macros => Text::new("Die Datei enthält Makros.", "The file has macros inside."),
            Self::Claims { claim } => Text::owned(
                format!("Die Datei bezeichnet sich selbst als {claim}; das ist nicht geprüft."),
                format!("The file calls itself {claim}; that was not validated."),
            ),
            Self::ClaimsDiffer => Text::new(
                "Die Datei enthält mehrere, verschiedene Angaben zu PDF/A.",
                "The file has several statements about PDF/A that differ.",
            ),
        }
    }
}

/// What was found about a file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Identification {
    /// The formats that fit; mostly one, none where nothing is known.
    pub matches: Vec<Match>,
    /// What was noticed.
    pub warnings: Vec<Warning>,
}

impl Identification {
    /// The format, where it is known by its content and there is only one.
    #[must_use]
    pub fn certain(&self) -> Option<&Match> {
        match self.matches.as_slice() {
            [only] if only.method != Method::Extension => Some(only),
            _ => None,
        }
    }
}

/// Identifies files.
#[derive(Debug, Clone)]
pub struct Identifier {
    signatures: Signatures,
    containers: Option<Containers>,
    by_id: BTreeMap<u32, usize>,
    by_puid: BTreeMap<String, usize>,
}

/// What was seen inside a container.
#[derive(Default)]
struct Inside {
    puids: Vec<String>,
    warnings: Vec<Warning>,
}

impl Identifier {
    /// With these signatures; without those of containers, office documents are known as ZIP or OLE2 only.
    #[must_use]
    pub fn new(signatures: Signatures, containers: Option<Containers>) -> Self {
        let all = || signatures.formats.iter().enumerate();
        let by_id = all().map(|(at, format)| (format.id, at)).collect();
        let by_puid = all().map(|(at, format)| (format.puid.clone(), at)).collect();
        Self { signatures, containers, by_id, by_puid }
    }

    /// The signatures that are used.
    #[must_use]
    pub fn signatures(&self) -> &Signatures {
        &self.signatures
    }

    /// The format of a file. `name` is its name or path, of which only the extension counts.
    pub fn identify(&self, source: &dyn Source, name: &str) -> io::Result<Identification> {
        let extension = extension(name);
        let head = piece(source, 0, WINDOW)?;
        let mut tail = piece(source, source.length().saturating_sub(WINDOW as u64), WINDOW)?;
        tail.reverse();
        let mut found: Vec<usize> = Vec::new();
        let holds: Vec<bool> =
            self.signatures.patterns.iter().map(|signature| all_hold(signature, &head, &tail)).collect();
        for (at, format) in self.signatures.formats.iter().enumerate() {
            if format.signatures.iter().any(|signature| holds[*signature]) {
                found.push(at);
            }
        }
        let mut method = Method::Signature;
        let mut warnings = Vec::new();
        if source.length() == 0 {
            warnings.push(Warning::Empty);
        }
        if let Some(kind) = self.kind(&found, &head) {
            match self.look_inside(kind, source) {
                Ok(inside) => {
                    let known: Vec<usize> =
                        inside.puids.iter().filter_map(|puid| self.by_puid.get(puid).copied()).collect();
                    if !known.is_empty() {
                        (found, method) = (known, Method::Container);
                    }
                    warnings.extend(inside.warnings);
                }
                Err(_) => warnings.push(Warning::ContainerBroken),
            }
        }
        self.keep_weightiest(&mut found);
        if found.is_empty() {
            (found, method) = (self.hints(extension.as_deref()), Method::Extension);
        } else if let Some(extension) = extension {
            let fits = |at: &usize| {
                let known = &self.signatures.formats[*at].extensions;
                known.is_empty() || known.contains(&extension)
            };
            if !found.iter().any(fits) {
                warnings.push(Warning::Extension { extension });
            }
        }
        if head.starts_with(b"%PDF-") {
            tail.reverse();
            self.portable(source, &head, &tail, &mut warnings)?;
        }
        if found.len() > 1 {
            warnings.push(Warning::Ambiguous { count: found.len() });
        }
        let matches = found.into_iter().map(|at| describe(&self.signatures.formats[at], method)).collect();
        Ok(Identification { matches, warnings })
    }

    /// Is it a container into which signatures look? By the formats found, before any gives way to another.
    fn kind(&self, found: &[usize], head: &[u8]) -> Option<Kind> {
        let containers = self.containers.as_ref()?;
        let triggers = |kind: Kind| {
            found.iter().any(|at| containers.triggers.contains(&(kind, self.signatures.formats[*at].puid.clone())))
        };
        if head.starts_with(&compound::MAGIC) || triggers(Kind::Compound) {
            return Some(Kind::Compound);
        }
        (head.starts_with(b"PK\x03\x04") || triggers(Kind::Zip)).then_some(Kind::Zip)
    }

    fn look_inside(&self, kind: Kind, source: &dyn Source) -> io::Result<Inside> {
        match kind {
            Kind::Zip => {
                let entries = zip::entries(source)?;
                let mut by_path: BTreeMap<&str, &zip::Entry> = BTreeMap::new();
                entries.iter().for_each(|entry| _ = by_path.entry(&entry.path).or_insert(entry));
                let read = |path: &str| by_path.get(path).map(|entry| entry.beginning(source).unwrap_or_default());
                // A signature may name a folder, which need not have an entry of its own.
                let has = |path: &str| {
                    by_path.contains_key(path)
                        || path.ends_with('/')
                            && by_path.range(path..).next().is_some_and(|(one, _)| one.starts_with(path))
                };
                let mut inside = Inside { puids: self.inside(kind, &has, &read), warnings: Vec::new() };
                if entries.iter().any(|entry| entry.encrypted) {
                    inside.warnings.push(Warning::Encrypted);
                }
                if entries.iter().any(|entry| entry.path.ends_with("vbaProject.bin")) {
                    inside.warnings.push(Warning::Macros);
                }
                Ok(inside)
            }
            Kind::Compound => {
                let file = compound::Compound::open(source)?;
                let by_path: BTreeMap<&str, &compound::Entry> =
                    file.entries.iter().map(|entry| (entry.path.as_str(), entry)).collect();
                let read = |path: &str| {
                    let entry = by_path.get(path).filter(|entry| entry.is_stream)?;
                    Some(file.beginning(entry).unwrap_or_default())
                };
                let has = |path: &str| by_path.contains_key(path);
                let mut inside = Inside { puids: self.inside(kind, &has, &read), warnings: Vec::new() };
                if has("EncryptedPackage") {
                    inside.warnings.push(Warning::Encrypted);
                }
                if ["Macros", "_VBA_PROJECT_CUR", "_VBA_PROJECT"].into_iter().any(has) {
                    inside.warnings.push(Warning::Macros);
                }
                Ok(inside)
            }
        }
    }

    /// The formats whose container signature holds; every file is read once.
    fn inside(&self, kind: Kind, has: &dyn Fn(&str) -> bool, read: &dyn Fn(&str) -> Option<Vec<u8>>) -> Vec<String> {
        let mut contents: BTreeMap<String, Option<[Vec<u8>; 2]>> = BTreeMap::new();
        let mut puids: Vec<String> = Vec::new();
        let signatures = self.containers.iter().flat_map(|containers| &containers.signatures);
        for signature in signatures.filter(|signature| signature.kind == kind) {
            if !signature.files.iter().all(|(path, _)| has(path)) {
                continue;
            }
            let holds = signature.files.iter().all(|(path, options)| {
                if options.is_empty() {
                    return true;
                }
                let content = contents.entry(path.clone()).or_insert_with(|| {
                    let head = read(path)?;
                    let tail = head.iter().rev().copied().collect();
                    Some([head, tail])
                });
                content.as_ref().is_some_and(|[head, tail]| options.iter().any(|one| all_hold(one, head, tail)))
            });
            if holds {
                let new = signature.puids.iter().filter(|puid| !puids.contains(puid));
                let new: Vec<String> = new.cloned().collect();
                puids.extend(new);
            }
        }
        puids
    }

    /// Takes out every format over which another one found has priority.
    fn keep_weightiest(&self, found: &mut Vec<usize>) {
        let outweighed: Vec<usize> = found
            .iter()
            .flat_map(|at| &self.signatures.formats[*at].outweighs)
            .filter_map(|id| self.by_id.get(id).copied())
            .collect();
        found.retain(|at| !outweighed.contains(at));
    }

    /// Formats of an extension that have no signature: those that have one would have been found by it.
    fn hints(&self, extension: Option<&str>) -> Vec<usize> {
        let Some(extension) = extension else { return Vec::new() };
        let of_extension = |format: &Format| format.extensions.iter().any(|one| one == extension);
        let in_container = |format: &Format| {
            let signatures = self.containers.iter().flat_map(|containers| &containers.signatures);
            signatures.flat_map(|signature| &signature.puids).any(|puid| *puid == format.puid)
        };
        let formats = self.signatures.formats.iter().enumerate();
        let hints = formats.filter(|(_, one)| one.signatures.is_empty() && of_extension(one) && !in_container(one));
        hints.map(|(at, _)| at).take(MOST_HINTS).collect()
    }

    fn portable(&self, source: &dyn Source, head: &[u8], end: &[u8], warnings: &mut Vec<Warning>) -> io::Result<()> {
        if portable::is_encrypted(head, end) {
            warnings.push(Warning::Encrypted);
        }
        match portable::claims(source)?.as_slice() {
            [] => {}
            [claim] => warnings.push(Warning::Claims { claim: claim.clone() }),
            _ => warnings.push(Warning::ClaimsDiffer),
        }
        Ok(())
    }
}

fn all_hold(signature: &Signature, head: &[u8], tail: &[u8]) -> bool {
    signature.iter().all(|pattern| pattern.holds(head, tail))
}

fn describe(format: &Format, method: Method) -> Match {
    Match {
        puid: format.puid.clone(),
        name: format.name.clone(),
        version: format.version.clone(),
        mime: format.mime.first().cloned(),
        method,
    }
}

/// The extension of a name, in lower case; names that begin with a dot have none by that.
fn extension(name: &str) -> Option<String> {
    let name = name.rsplit(['/', '\\']).next()?;
    let (stem, extension) = name.rsplit_once('.')?;
    let is_one = !stem.is_empty() && !extension.is_empty() && extension.len() <= 32;
    is_one.then(|| extension.to_ascii_lowercase())
}
