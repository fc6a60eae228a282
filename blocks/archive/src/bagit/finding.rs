//! What is said of a bag.
//!
//! Invariant: exactly the errors make a bag invalid; every reason has a clause and a text in both languages.

use serde::Serialize;
use vir_core::{Severity, Text};

/// Why something is said.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(missing_docs, reason = "the texts below say what each means")]
#[non_exhaustive]
pub enum Reason {
    NoDeclaration,
    Declaration,
    UnknownVersion(String),
    UnknownEncoding(String),
    NotInEncoding,
    ByteOrderMark,
    NoPayload,
    NoManifest,
    UnknownAlgorithm,
    Line(usize),
    DigestLength(usize),
    OutsideOfBag(String),
    NotInPayload(String),
    ListedTwice,
    ListedTwiceDifferently,
    Missing,
    ToBeFetched,
    Changed(String),
    NotListed,
    NotListedEverywhere(String),
    OtherName(String),
    OtherSize { said: String, found: String },
    ReadAsBinary,
    DotSlash,
    Link,
}

use Reason as R;

impl Reason {
    /// A short name that does not change.
    #[must_use]
    pub fn id(&self) -> &'static str {
        match self {
            R::NoDeclaration => "no-declaration",
            R::Declaration => "declaration",
            R::UnknownVersion(_) => "version-unknown",
            R::UnknownEncoding(_) => "encoding-unknown",
            R::NotInEncoding => "encoding",
            R::ByteOrderMark => "byte-order-mark",
            R::NoPayload => "no-payload",
            R::NoManifest => "no-manifest",
            R::UnknownAlgorithm => "algorithm-unknown",
            R::Line(_) => "line",
            R::DigestLength(_) => "digest-length",
            R::OutsideOfBag(_) => "outside-of-bag",
            R::NotInPayload(_) => "not-in-payload",
            R::ListedTwice => "listed-twice",
            R::ListedTwiceDifferently => "listed-twice-differently",
            R::Missing => "missing",
            R::ToBeFetched => "to-be-fetched",
            R::Changed(_) => "changed",
            R::NotListed => "not-listed",
            R::NotListedEverywhere(_) => "not-listed-everywhere",
            R::OtherName(_) => "other-name",
            R::OtherSize { .. } => "payload-oxum",
            R::ReadAsBinary => "asterisk",
            R::DotSlash => "dot-slash",
            R::Link => "link",
        }
    }

    /// The clause of RFC 8493.
    #[must_use]
    pub fn clause(&self) -> &'static str {
        match self {
            R::NoDeclaration | R::Declaration | R::UnknownVersion(_) => "RFC 8493, 2.1.1",
            R::UnknownEncoding(_) | R::NotInEncoding | R::ByteOrderMark => "RFC 8493, 2.3",
            R::NoPayload => "RFC 8493, 2.1.2",
            R::UnknownAlgorithm => "RFC 8493, 2.4",
            R::OutsideOfBag(_) => "RFC 8493, 5.2.1",
            R::ToBeFetched => "RFC 8493, 2.2.3",
            R::Missing | R::NotListed => "RFC 8493, 3 (complete)",
            R::Changed(_) => "RFC 8493, 3 (valid)",
            R::OtherName(_) => "RFC 8493, 6.1.2",
            R::OtherSize { .. } => "RFC 8493, 2.2.2",
            R::Link => "RFC 8493, 5.2",
            _ => "RFC 8493, 2.1.3",
        }
    }

    /// What it means, for people.
    #[must_use]
    pub fn message(&self) -> Text {
        let one = |de: &'static str, en: &'static str| Text::new(de, en);
        match self {
            R::NoDeclaration => one("bagit.txt fehlt: Das ist kein Bag.", "bagit.txt is missing: this is no bag."),
            R::Declaration => one(
                "bagit.txt besteht nicht aus den zwei vorgeschriebenen Zeilen.",
                "bagit.txt does not consist of the two lines that are prescribed.",
            ),
            R::UnknownVersion(version) => Text::owned(
                format!("Die BagIt-Version {version} ist unbekannt."),
                format!("The BagIt version {version} is unknown."),
            ),
            R::UnknownEncoding(name) => Text::owned(
                format!("Die Zeichenkodierung {name} wird nicht unterstützt."),
                format!("The encoding {name} is not supported."),
            ),
            R::NotInEncoding => one(
                "Die Datei hat nicht die Zeichenkodierung, die bagit.txt nennt.",
                "The file is not in the encoding that bagit.txt names.",
            ),
            R::ByteOrderMark => {
                one("Die Datei beginnt mit einer Bytereihenfolge-Marke.", "The file begins with a byte order mark.")
            }
            R::NoPayload => one("Der Ordner data fehlt.", "The folder data is missing."),
            R::NoManifest => {
                one("Es gibt kein Manifest mit bekanntem Algorithmus.", "There is no manifest with a known algorithm.")
            }
            R::UnknownAlgorithm => {
                one("Der Algorithmus des Manifests ist unbekannt.", "The algorithm of the manifest is unknown.")
            }
            R::Line(number) => {
                Text::owned(format!("Zeile {number} ist falsch aufgebaut."), format!("Line {number} is malformed."))
            }
            R::DigestLength(number) => Text::owned(
                format!("Zeile {number}: Das ist keine Prüfsumme dieses Algorithmus."),
                format!("Line {number}: this is no digest of that algorithm."),
            ),
            R::OutsideOfBag(path) => Text::owned(
                format!("Der Pfad {path} führt aus dem Bag hinaus."),
                format!("The path {path} leads out of the bag."),
            ),
            R::NotInPayload(path) => Text::owned(
                format!("Der Pfad {path} liegt nicht im Ordner data."),
                format!("The path {path} is not in the folder data."),
            ),
            R::ListedTwice => one("Die Datei ist zweimal aufgeführt.", "The file is listed twice."),
            R::ListedTwiceDifferently => one(
                "Die Datei ist zweimal mit verschiedenen Prüfsummen aufgeführt.",
                "The file is listed twice with different digests.",
            ),
            R::Missing => one("Die Datei fehlt.", "The file is missing."),
            R::ToBeFetched => one(
                "Die Datei fehlt und wäre nach fetch.txt erst zu holen; der Bag ist unvollständig. Es wird nichts aus dem Netz geholt.",
                "The file is missing and would have to be fetched after fetch.txt; the bag is incomplete. Nothing is fetched from the network.",
            ),
            R::Changed(manifest) => Text::owned(
                format!("Die Datei ist verändert: Ihre Prüfsumme ist nicht die in {manifest}."),
                format!("The file was changed: its digest is not the one in {manifest}."),
            ),
            R::NotListed => one("Die Datei steht in keinem Manifest.", "The file is in no manifest."),
            R::NotListedEverywhere(manifest) => Text::owned(
                format!("Die Datei steht nicht in {manifest}; ab Version 1.0 steht jede in jedem Manifest."),
                format!("The file is not in {manifest}; since version 1.0 each is in every manifest."),
            ),
            R::OtherName(name) => Text::owned(
                format!(
                    "Die Datei heißt {name}; der Name unterscheidet sich in Groß- und Kleinschreibung oder Zeichenform."
                ),
                format!("The file is named {name}; the name differs in case or in the form of its characters."),
            ),
            R::OtherSize { said, found } => Text::owned(
                format!("Payload-Oxum nennt {said}, es sind aber {found} (Bytes.Dateien)."),
                format!("Payload-Oxum says {said}, but there are {found} (bytes.files)."),
            ),
            R::ReadAsBinary => one(
                "Vor Pfaden stehen Sternchen, wie md5sum sie schreibt.",
                "Asterisks stand before paths, as md5sum writes them.",
            ),
            R::DotSlash => one("Pfade beginnen mit „./“.", "Paths begin with \"./\"."),
            R::Link => one("Ein Eintrag ist weder Datei noch Ordner.", "An entry is neither file nor folder."),
        }
    }
}

/// One statement about a bag.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// The file.
    pub place: String,
    /// Why.
    pub reason: Reason,
    /// How grave it is in the version of the bag.
    pub severity: Severity,
}

impl Serialize for Finding {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        use serde::ser::SerializeStruct as _;
        let mut map = serializer.serialize_struct("Finding", 5)?;
        map.serialize_field("reason", self.reason.id())?;
        map.serialize_field("severity", &self.severity)?;
        map.serialize_field("place", &self.place)?;
        map.serialize_field("clause", self.reason.clause())?;
        map.serialize_field("message", &self.reason.message())?;
        map.end()
    }
}
