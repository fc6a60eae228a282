//! The validation codes of OCFL: for each rule its section and a text in both languages.
//!
//! The numbers are those of the specification (1.1, with those that 1.0 alone knows); the texts are ours.
//!
//! Invariant: errors (`E`) stand for what the specification demands, warnings (`W`) for what it recommends.

use serde::Serialize;
use vir_core::{Phrase, Severity};

/// A validation code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Code(&'static str);

impl Code {
    /// The code as the specification writes it: `E092`.
    #[must_use]
    pub fn name(self) -> &'static str {
        self.0
    }

    /// An error makes the object or root invalid.
    #[must_use]
    pub fn severity(self) -> Severity {
        if self.0.starts_with('E') { Severity::Error } else { Severity::Warning }
    }

    /// The section of the specification.
    #[must_use]
    pub fn clause(self) -> &'static str {
        row(self.0).map_or("OCFL", |row| row.1)
    }

    /// What the rule demands, for people.
    #[must_use]
    pub fn demand(self) -> Phrase {
        row(self.0).map_or(Phrase::new("", ""), |row| Phrase::new(row.2, row.3))
    }

    /// All codes.
    pub fn all() -> impl Iterator<Item = Self> {
        TABLE.iter().map(|row| Self(row.0))
    }
}

/// The code of that name, looked up while compiling: a name that is not in the table does not compile.
macro_rules! code {
    ($name:literal) => {
        const { $crate::ocfl::code::Code::of($name) }
    };
}

pub(super) use code;

impl Code {
    #[expect(clippy::panic, reason = "only the compiler runs it")]
    pub(super) const fn of(name: &'static str) -> Self {
        let mut at = 0;
        while at < TABLE.len() {
            if same(TABLE[at].0.as_bytes(), name.as_bytes()) {
                return Self(name);
            }
            at += 1;
        }
        panic!("a code that is not in the table")
    }
}

const fn same(one: &[u8], other: &[u8]) -> bool {
    let mut at = 0;
    while at < one.len() && at < other.len() {
        if one[at] != other[at] {
            return false;
        }
        at += 1;
    }
    one.len() == other.len()
}

fn row(name: &str) -> Option<&'static Row> {
    TABLE.iter().find(|row| row.0 == name)
}

impl Serialize for Code {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.0)
    }
}

type Row = (&'static str, &'static str, &'static str, &'static str);

#[rustfmt::skip]
const TABLE: &[Row] = &[
    ("E001", "OCFL 3.1", "Im Wurzelordner eines Objekts steht nur, was OCFL vorsieht.", "The root of an object holds only what OCFL provides for."),
    ("E002", "OCFL 3.2", "Die Versionserklärung folgt NAMASTE.", "The version declaration follows NAMASTE."),
    ("E003", "OCFL 3.2", "Ein Objekt hat genau eine Versionserklärung.", "An object has exactly one version declaration."),
    ("E004", "OCFL 3.2", "Der Name der Versionserklärung hat die Form 0=ocfl_object_VERSION.", "The name of the version declaration has the form 0=ocfl_object_VERSION."),
    ("E005", "OCFL 3.2", "Der Name der Versionserklärung beginnt mit 0.", "The name of the version declaration begins with 0."),
    ("E006", "OCFL 3.2", "Die Versionserklärung nennt ocfl_object_ und die Nummer der Spezifikation.", "The version declaration names ocfl_object_ and the number of the specification."),
    ("E007", "OCFL 3.2", "Der Inhalt der Versionserklärung ist ihr Name ohne „0=“ und ein Zeilenende.", "The content of the version declaration is its name without \"0=\" and a line feed."),
    ("E008", "OCFL 3.3", "Ein Objekt hat mindestens eine Version.", "An object has at least one version."),
    ("E009", "OCFL 3.3", "Die Versionen beginnen mit 1.", "Versions begin with 1."),
    ("E010", "OCFL 3.3", "Die Versionsnummern sind lückenlos.", "Version numbers have no gaps."),
    ("E011", "OCFL 3.3", "Aufgefüllte Versionsnummern beginnen mit v und einer Null.", "Padded version numbers begin with v and a zero."),
    ("E012", "OCFL 3.3", "Alle Versionen eines Objekts sind auf dieselbe Weise benannt.", "All versions of an object are named in the same way."),
    ("E013", "OCFL 3.3", "Neue Versionen folgen der Benennung der früheren.", "New versions follow the naming of earlier ones."),
    ("E014", "OCFL 3.3", "Verweise in Versionen nennen den wirklichen Ordnernamen.", "References into versions use the real folder name."),
    ("E015", "OCFL 3.3", "In einem Versionsordner liegen außer Inventar und Prüfsumme keine Dateien.", "A version folder has no files but inventory and sidecar."),
    ("E016", "OCFL 3.3.1", "Inhalte einer Version liegen in ihrem Inhaltsordner.", "Content of a version lies in its content folder."),
    ("E017", "OCFL 3.3.1", "Der Name des Inhaltsordners enthält keinen Schrägstrich.", "The name of the content folder has no slash."),
    ("E018", "OCFL 3.3.1", "Der Inhaltsordner heißt nicht „.“ oder „..“.", "The content folder is not named \".\" or \"..\"."),
    ("E019", "OCFL 3.3.1", "Ein eigener Name des Inhaltsordners gilt seit der ersten Version.", "An own name of the content folder is set since the first version."),
    ("E020", "OCFL 3.3.1", "Der Name des Inhaltsordners ändert sich nicht.", "The name of the content folder does not change."),
    ("E021", "OCFL 3.3.1", "Ohne eigenen Namen heißt der Inhaltsordner content.", "Without a name of its own the content folder is named content."),
    ("E022", "OCFL 3.3.1", "Andere Ordner in Versionen bleiben unbeachtet.", "Other folders in versions are ignored."),
    ("E023", "OCFL 3.3.1", "Jede Inhaltsdatei steht im Manifest.", "Every content file is in the manifest."),
    ("E024", "OCFL 3.3.1", "Im Inhaltsordner gibt es keine leeren Ordner.", "There are no empty folders in a content folder."),
    ("E025", "OCFL 3.4", "Inhalte sind mit sha512 oder sha256 bezeichnet.", "Content is addressed by sha512 or sha256."),
    ("E026", "OCFL 3.4", "Prüfsummen haben einen bekannten Algorithmus.", "Fixity values have a known algorithm."),
    ("E027", "OCFL 3.4", "Programme kennen alle vorgesehenen Algorithmen.", "Programs know all algorithms of the table."),
    ("E028", "OCFL 3.4", "Unbekannte Algorithmen werden übergangen.", "Unknown algorithms are ignored."),
    ("E029", "OCFL 3.4", "sha1-Werte sind hexadezimal.", "sha1 values are hexadecimal."),
    ("E030", "OCFL 3.4", "sha256-Werte sind hexadezimal.", "sha256 values are hexadecimal."),
    ("E031", "OCFL 3.4", "sha512-Werte sind hexadezimal.", "sha512 values are hexadecimal."),
    ("E032", "OCFL 3.4", "blake2b-512-Werte sind hexadezimal.", "blake2b-512 values are hexadecimal."),
    ("E033", "OCFL 3.5", "Das Inventar ist ein JSON-Dokument des vorgesehenen Aufbaus.", "The inventory is a JSON document of the given structure."),
    ("E034", "OCFL 3.5", "Das Inventar heißt inventory.json.", "The inventory is named inventory.json."),
    ("E035", "OCFL 3.5", "Pfade sind mit Schrägstrichen geschrieben.", "Paths are written with forward slashes."),
    ("E036", "OCFL 3.5.1", "Das Inventar nennt id, type, digestAlgorithm und head.", "The inventory names id, type, digestAlgorithm and head."),
    ("E037", "OCFL 3.5.1", "Die Kennung ist eine nicht leere Zeichenkette, eindeutig und in allen Versionen dieselbe.", "The identifier is a non-empty string, unique and the same in all versions."),
    ("E038", "OCFL 3.5.1", "type nennt die Spezifikation der Versionserklärung.", "type names the specification of the version declaration."),
    ("E039", "OCFL 3.5.1", "digestAlgorithm gilt für Manifest und Zustände.", "digestAlgorithm is that of manifest and states."),
    ("E040", "OCFL 3.5.1", "head ist die höchste Version.", "head is the highest version."),
    ("E041", "OCFL 3.5.1", "Das Inventar hat ein Manifest und Versionen.", "The inventory has a manifest and versions."),
    ("E042", "OCFL 3.5.2", "Inhaltspfade beginnen im Wurzelordner des Objekts und führen in einen Inhaltsordner.", "Content paths begin in the root of the object and lead into a content folder."),
    ("E043", "OCFL 3.5.3", "Das Inventar hat Versionen.", "The inventory has versions."),
    ("E044", "OCFL 3.5.3", "versions ist ein JSON-Objekt.", "versions is a JSON object."),
    ("E045", "OCFL 3.5.3", "versions ist ein JSON-Objekt.", "versions is a JSON object."),
    ("E046", "OCFL 3.5.3", "Versionen im Inventar und Versionsordner entsprechen einander.", "Versions in the inventory and version folders correspond."),
    ("E047", "OCFL 3.5.3", "Jede Version ist durch ein JSON-Objekt beschrieben.", "Each version is described by a JSON object."),
    ("E048", "OCFL 3.5.3.1", "Jede Version nennt created und state.", "Each version names created and state."),
    ("E049", "OCFL 3.5.3.1", "created ist ein Zeitpunkt nach RFC 3339 mit Sekunden und Zeitzone.", "created is a time after RFC 3339 with seconds and time zone."),
    ("E050", "OCFL 3.5.3.1", "state ist ein JSON-Objekt, dessen Schlüssel so im Manifest stehen.", "state is a JSON object whose keys stand in the manifest as they are."),
    ("E051", "OCFL 3.5.3.1", "Logische Pfade bestehen aus Teilen mit Schrägstrichen dazwischen.", "Logical paths are elements joined by slashes."),
    ("E052", "OCFL 3.5.3.1", "Teile logischer Pfade sind nicht leer, „.“ oder „..“.", "Elements of logical paths are not empty, \".\" or \"..\"."),
    ("E053", "OCFL 3.5.3.1", "Logische Pfade beginnen und enden nicht mit einem Schrägstrich.", "Logical paths do not begin or end with a slash."),
    ("E054", "OCFL 3.5.3.1", "user ist ein JSON-Objekt mit einem Namen.", "user is a JSON object with a name."),
    ("E055", "OCFL 3.5.4", "Weitere Prüfsummen stehen unter fixity.", "Further digests stand under fixity."),
    ("E056", "OCFL 3.5.4", "fixity nennt bekannte Algorithmen.", "fixity names known algorithms."),
    ("E057", "OCFL 3.5.4", "fixity ist aufgebaut wie das Manifest.", "fixity has the structure of the manifest."),
    ("E058", "OCFL 3.6", "Neben jedem Inventar liegt seine Prüfsumme.", "Beside every inventory lies its digest."),
    ("E059", "OCFL 3.6", "Die Prüfsumme des Inventars hat den Algorithmus des Objekts.", "The digest of the inventory has the algorithm of the object."),
    ("E060", "OCFL 3.6", "Die Prüfsumme stimmt mit dem Inventar überein.", "The digest matches the inventory."),
    ("E061", "OCFL 3.6", "Die Prüfsummendatei enthält Wert und Dateinamen.", "The sidecar holds value and file name."),
    ("E062", "OCFL 3.6", "Die Prüfsumme des Inventars wird zuletzt geschrieben.", "The digest of the inventory is written last."),
    ("E063", "OCFL 3.7", "Im Wurzelordner des Objekts liegt ein Inventar.", "There is an inventory in the root of the object."),
    ("E064", "OCFL 3.7", "Das Inventar des Objekts gleicht dem der jüngsten Version.", "The inventory of the object equals that of the latest version."),
    ("E066", "OCFL 3.7", "Frühere Inventare beschreiben dieselben Zustände.", "Earlier inventories describe the same states."),
    ("E067", "OCFL 3.9", "extensions enthält nur Ordner von Erweiterungen.", "extensions holds only folders of extensions."),
    ("E069", "OCFL 4.1", "Ein Speicher hat eine Versionserklärung.", "A storage root has a version declaration."),
    ("E070", "OCFL 4.1", "ocfl_layout.json ist ein JSON-Objekt mit extension und description.", "ocfl_layout.json is a JSON object with extension and description."),
    ("E071", "OCFL 4.1", "extension nennt eine Ordnung mit eingetragenem Namen.", "extension names a layout with a registered name."),
    ("E072", "OCFL 4.1", "Im Speicher liegen keine Dateien außerhalb von Objekten.", "A storage root has no files outside of objects."),
    ("E073", "OCFL 4.1", "Im Speicher gibt es keine leeren Ordner.", "A storage root has no empty folders."),
    ("E074", "OCFL 4.1", "Jeder Speicher steht für sich.", "Each storage root is independent."),
    ("E075", "OCFL 4.2", "Die Versionserklärung des Speichers folgt NAMASTE.", "The version declaration of the root follows NAMASTE."),
    ("E076", "OCFL 4.2", "Ein Speicher hat genau eine Versionserklärung.", "A storage root has exactly one version declaration."),
    ("E077", "OCFL 4.2", "Der Name der Versionserklärung hat die Form 0=ocfl_VERSION.", "The name of the version declaration has the form 0=ocfl_VERSION."),
    ("E078", "OCFL 4.2", "Der Name der Versionserklärung beginnt mit 0.", "The name of the version declaration begins with 0."),
    ("E079", "OCFL 4.2", "Die Versionserklärung nennt ocfl_ und die Nummer der Spezifikation.", "The version declaration names ocfl_ and the number of the specification."),
    ("E080", "OCFL 4.2", "Der Inhalt der Versionserklärung ist ihr Name ohne „0=“ und ein Zeilenende.", "The content of the version declaration is its name without \"0=\" and a line feed."),
    ("E081", "OCFL 4.2", "Objekte folgen keiner jüngeren Spezifikation als der Speicher.", "Objects follow no later specification than the root."),
    ("E082", "OCFL 4.3", "Objekte liegen am Ende der Ordner oder unmittelbar im Speicher.", "Objects lie at the end of the folders or directly in the root."),
    ("E083", "OCFL 4.3", "Jede Kennung hat genau einen Ort.", "Each identifier has exactly one place."),
    ("E084", "OCFL 4.3", "In Ordnern über Objekten liegen keine Dateien.", "Folders above objects have no files."),
    ("E085", "OCFL 4.3", "Ordner im Speicher führen zu Objekten.", "Folders of the root lead to objects."),
    ("E087", "OCFL 4.1", "Unbekannte Dateien im Speicher bleiben unbeachtet.", "Unknown files in the root are ignored."),
    ("E088", "OCFL 4.1", "Im Speicher gibt es nur Ordner für Objekte und Erweiterungen.", "A storage root has only folders for objects and extensions."),
    ("E089", "OCFL 4.6", "Eigenheiten von Dateisystemen sind in Abbildern verpackt.", "Features of file systems are wrapped in images."),
    ("E090", "OCFL 4.6", "Verknüpfungen sind nicht zulässig.", "Links are not allowed."),
    ("E092", "OCFL 3.5.2", "Die Dateien im Manifest sind da und haben den genannten Wert.", "The files of the manifest are there and have the given digest."),
    ("E093", "OCFL 3.5.4", "Die Dateien unter fixity sind da und haben den genannten Wert.", "The files of fixity are there and have the given digest."),
    ("E094", "OCFL 3.5.3.1", "message ist eine Zeichenkette.", "message is a string."),
    ("E095", "OCFL 3.5.3.1", "Logische Pfade einer Version sind eindeutig und widersprechen einander nicht.", "Logical paths of a version are unique and do not conflict."),
    ("E096", "OCFL 3.5.2", "Jeder Wert steht einmal im Manifest, gleich in welcher Schreibung.", "Each digest stands in the manifest once, in whatever case."),
    ("E097", "OCFL 3.5.4", "Jeder Wert steht einmal unter fixity, gleich in welcher Schreibung.", "Each digest stands in a fixity block once, in whatever case."),
    ("E098", "OCFL 3.5.2", "Inhaltspfade bestehen aus Teilen mit Schrägstrichen dazwischen.", "Content paths are elements joined by slashes."),
    ("E099", "OCFL 3.5.2", "Teile von Inhaltspfaden sind nicht leer, „.“ oder „..“.", "Elements of content paths are not empty, \".\" or \"..\"."),
    ("E100", "OCFL 3.5.2", "Inhaltspfade beginnen und enden nicht mit einem Schrägstrich.", "Content paths do not begin or end with a slash."),
    ("E101", "OCFL 3.5.2", "Inhaltspfade sind eindeutig und widersprechen einander nicht.", "Content paths are unique and do not conflict."),
    ("E102", "OCFL 3.5", "Ein Inventar enthält nur vorgesehene Schlüssel.", "An inventory has only keys that are provided for."),
    ("E103", "OCFL 3.7.1", "Jede Version folgt derselben oder einer jüngeren Spezifikation als die vorige.", "Each version follows the same or a later specification than the one before."),
    ("E104", "OCFL 3.3", "Versionsordner heißen v und die Nummer.", "Version folders are named v and the number."),
    ("E105", "OCFL 3.3", "Versionsnummern sind positive Dezimalzahlen.", "Version numbers are positive decimal integers."),
    ("E106", "OCFL 3.5.2", "manifest ist ein JSON-Objekt.", "manifest is a JSON object."),
    ("E107", "OCFL 3.5.2", "Jeder Wert des Manifests kommt in einem Zustand vor.", "Each digest of the manifest is used in a state."),
    ("E108", "OCFL 3.3.1", "Der Inhaltsordner liegt unmittelbar im Versionsordner.", "The content folder is a direct child of the version folder."),
    ("E110", "OCFL 3.5.1", "Die Kennung ändert sich nicht.", "The identifier does not change."),
    ("E111", "OCFL 3.5.4", "fixity ist ein JSON-Objekt.", "fixity is a JSON object."),
    ("E112", "OCFL 4.4", "extensions enthält nur Ordner von Erweiterungen.", "extensions holds only folders of extensions."),
    ("W001", "OCFL 3.3", "Versionsnummern sind besser nicht aufgefüllt.", "Version numbers are better not padded."),
    ("W002", "OCFL 3.3", "Ein Versionsordner hat besser nur seinen Inhaltsordner.", "A version folder better has its content folder only."),
    ("W003", "OCFL 3.3.1", "Ohne Inhalte hat eine Version besser keinen Inhaltsordner.", "Without content a version better has no content folder."),
    ("W004", "OCFL 3.4", "Inhalte sind besser mit sha512 bezeichnet.", "Content is better addressed by sha512."),
    ("W005", "OCFL 3.5.1", "Die Kennung ist besser eine URI.", "The identifier is better a URI."),
    ("W007", "OCFL 3.5.3.1", "Eine Version nennt besser message und user.", "A version better names message and user."),
    ("W008", "OCFL 3.5.3.1", "user nennt besser eine Adresse.", "user better has an address."),
    ("W009", "OCFL 3.5.3.1", "Die Adresse ist besser eine URI.", "The address is better a URI."),
    ("W010", "OCFL 3.7", "In jedem Versionsordner liegt besser ein Inventar.", "Each version folder better has an inventory."),
    ("W011", "OCFL 3.7", "Frühere Inventare nennen besser dieselben Angaben zur Version.", "Earlier inventories better tell the same of each version."),
    ("W012", "OCFL 3.8", "logs ist besser für Protokolle da.", "logs is better for records of actions."),
    ("W013", "OCFL 3.9", "Erweiterungen haben besser einen eingetragenen Namen.", "Extensions better have a registered name."),
    ("W014", "OCFL 4.3", "Ein Speicher hat besser nur eine Ordnung.", "A storage root better has one layout only."),
    ("W015", "OCFL 4.3", "Objekte liegen besser alle in Ordnern oder alle unmittelbar im Speicher.", "Objects better lie all in folders or all directly in the root."),
    ("W016", "OCFL 4.4", "Erweiterungen haben besser einen eingetragenen Namen.", "Extensions better have a registered name."),
];
