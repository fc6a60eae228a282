//! What is said about a record: the reason, the step of verification, the place, and the clause.
//!
//! Invariant: every reason has a clause and a text in both languages, and exactly the errors among them make a record
//! invalid.

use std::fmt;

use serde::Serialize;
use vir_core::{Severity, Text};

use super::record::Syntax;
use crate::moment::Moment;

/// A step of the verification.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Step {
    /// Is it an evidence record at all?
    Structure,
    /// Does the record cover the data?
    Data,
    /// Do the hash trees lead to what was stamped?
    HashTree,
    /// Does each time stamp cover what it renews?
    Renewal,
    /// Is each time stamp token sound?
    TimeStamp,
    /// Was each algorithm suitable when it counted?
    Algorithms,
    /// Does the certificate of each time stamp service lead to a trusted one?
    CertificatePath,
}

impl Step {
    /// All steps in their order.
    pub const ALL: [Self; 7] = [
        Self::Structure,
        Self::Data,
        Self::HashTree,
        Self::Renewal,
        Self::TimeStamp,
        Self::Algorithms,
        Self::CertificatePath,
    ];

    /// For people.
    #[must_use]
    pub fn name(self) -> Text {
        match self {
            Self::Structure => Text::new("Aufbau", "Structure"),
            Self::Data => Text::new("Daten", "Data"),
            Self::HashTree => Text::new("Hashbaum", "Hash tree"),
            Self::Renewal => Text::new("Erneuerung", "Renewal"),
            Self::TimeStamp => Text::new("Zeitstempel", "Time stamp"),
            Self::Algorithms => Text::new("Algorithmen", "Algorithms"),
            Self::CertificatePath => Text::new("Zertifikatspfad", "Certificate path"),
        }
    }
}

/// Where in a record: counted from 1, none for the record as a whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default, Serialize)]
pub struct Place {
    /// The chain.
    pub chain: Option<usize>,
    /// The time stamp within the chain.
    pub time_stamp: Option<usize>,
}

impl Place {
    /// The record as a whole.
    pub const RECORD: Self = Self { chain: None, time_stamp: None };

    /// A time stamp, by positions from 0.
    #[must_use]
    pub fn stamp(chain: usize, stamp: usize) -> Self {
        Self { chain: Some(chain + 1), time_stamp: Some(stamp + 1) }
    }

    /// For people.
    #[must_use]
    pub fn name(self) -> Text {
        match (self.chain, self.time_stamp) {
            (Some(chain), Some(stamp)) => {
                Text::owned(format!("Kette {chain}, Zeitstempel {stamp}"), format!("chain {chain}, time stamp {stamp}"))
            }
            (Some(chain), None) => Text::owned(format!("Kette {chain}"), format!("chain {chain}")),
            _ => Text::new("Nachweis", "record"),
        }
    }
}

/// Why something is said.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(missing_docs, reason = "the texts below say what each means")]
pub enum Reason {
    Unreadable(String),
    NoData,
    NotDeclared(String),
    UnknownDigest(String),
    TwoDigests { tree: String, token: String },
    ChainDigest { chain: String, found: String },
    NoTree(usize),
    ObjectMissing(String),
    ObjectNotRehashed(String),
    ObjectUnhashed { object: String, digest: String },
    OtherValues(usize),
    ListEmpty,
    ValueLength,
    RootDiffers,
    StampNotCovered,
    TokenUnreadable(String),
    TokenFault { what: Text, clause: &'static str },
    TimeOrder { earlier: Moment, later: Moment },
    Future(Moment),
    Unsuitable { what: Text, until: Option<Moment>, counted: Moment },
    NotInCatalogue { what: Text },
    Encrypted,
    PathNotJudged,
    PathBroken(Text),
    RevocationUnknown(String),
    CertificateExpired(Moment),
    PackageObject { object: String, what: Text },
    ByInventory { covered: usize, absent: usize, beside: usize },
}

impl Reason {
    /// A short name that does not change.
    #[must_use]
    pub fn id(&self) -> &'static str {
        match self {
            Self::Unreadable(_) => "unreadable",
            Self::NoData => "no-data",
            Self::NotDeclared(_) => "algorithm-not-declared",
            Self::UnknownDigest(_) => "algorithm-unknown",
            Self::TwoDigests { .. } => "algorithm-differs-from-time-stamp",
            Self::ChainDigest { .. } => "algorithm-changes-in-chain",
            Self::NoTree(_) => "no-hash-tree",
            Self::ObjectMissing(_) => "data-not-covered",
            Self::ObjectNotRehashed(_) => "data-not-covered-after-renewal",
            Self::ObjectUnhashed { .. } => "data-hash-unknown",
            Self::OtherValues(_) => "other-values-beside",
            Self::ListEmpty => "hash-list-empty",
            Self::ValueLength => "hash-length",
            Self::RootDiffers => "root-differs",
            Self::StampNotCovered => "time-stamp-not-covered",
            Self::TokenUnreadable(_) => "token-unreadable",
            Self::TokenFault { .. } => "token-fault",
            Self::TimeOrder { .. } => "time-order",
            Self::Future(_) => "time-in-future",
            Self::Unsuitable { .. } => "algorithm-unsuitable",
            Self::NotInCatalogue { .. } => "algorithm-not-in-catalogue",
            Self::Encrypted => "data-encrypted",
            Self::PathNotJudged => "path-not-judged",
            Self::PathBroken(_) => "path-broken",
            Self::RevocationUnknown(_) => "revocation-unknown",
            Self::CertificateExpired(_) => "certificate-expired",
            Self::PackageObject { .. } => "package-object",
            Self::ByInventory { .. } => "files-by-inventory",
        }
    }

    /// The step to which it belongs.
    #[must_use]
    pub fn step(&self) -> Step {
        match self {
            Self::Unreadable(_) | Self::NotDeclared(_) => Step::Structure,
            Self::NoData
            | Self::ObjectMissing(_)
            | Self::ObjectUnhashed { .. }
            | Self::OtherValues(_)
            | Self::NoTree(_)
            | Self::Encrypted
            | Self::PackageObject { .. }
            | Self::ByInventory { .. } => Step::Data,
            Self::ListEmpty | Self::ValueLength | Self::RootDiffers => Step::HashTree,
            Self::ObjectNotRehashed(_) | Self::StampNotCovered | Self::ChainDigest { .. } => Step::Renewal,
            Self::TokenUnreadable(_)
            | Self::TokenFault { .. }
            | Self::TimeOrder { .. }
            | Self::Future(_)
            | Self::TwoDigests { .. } => Step::TimeStamp,
            Self::UnknownDigest(_) | Self::Unsuitable { .. } | Self::NotInCatalogue { .. } => Step::Algorithms,
            Self::PathNotJudged | Self::PathBroken(_) | Self::RevocationUnknown(_) | Self::CertificateExpired(_) => {
                Step::CertificatePath
            }
        }
    }

    /// How grave it is; an error makes the record invalid.
    #[must_use]
    pub fn severity(&self) -> Severity {
        match self {
            Self::OtherValues(_) | Self::PathNotJudged | Self::ByInventory { .. } => Severity::Information,
            Self::Encrypted | Self::RevocationUnknown(_) | Self::CertificateExpired(_) => Severity::Warning,
            _ => Severity::Error,
        }
    }

    /// The clause that demands it.
    #[must_use]
    pub fn clause(&self, syntax: Syntax) -> &'static str {
        let (asn1, xml) = match self {
            Self::Unreadable(_) => ("RFC 4998, 3.1", "RFC 6283, 2.1"),
            Self::NoData => ("RFC 4998, 4.3", "RFC 6283, 3.3"),
            Self::NotDeclared(_) => ("RFC 4998, 3.1 (digestAlgorithms)", "RFC 6283, 4.1.1"),
            Self::UnknownDigest(_) => ("RFC 4998, 4.3 (1)", "RFC 6283, 3.3 (1)"),
            Self::TwoDigests { .. } => ("RFC 4998, 4.1 (digestAlgorithm)", "RFC 6283, 4.1.1"),
            Self::ChainDigest { .. } => ("RFC 4998, 5.1", "RFC 6283, 4.1"),
            Self::NoTree(_) | Self::ObjectMissing(_) | Self::ObjectUnhashed { .. } => {
                ("RFC 4998, 4.3 (3)", "RFC 6283, 3.3 (2)")
            }
            Self::OtherValues(_) => ("RFC 4998, 4.3", "RFC 6283, 3.3"),
            Self::ObjectNotRehashed(_) => ("RFC 4998, 5.3 (4)", "RFC 6283, 4.3"),
            Self::ListEmpty | Self::ValueLength => ("RFC 4998, 4.2", "RFC 6283, 3.2"),
            Self::RootDiffers => ("RFC 4998, 4.3 (6)", "RFC 6283, 3.3 (3)"),
            Self::StampNotCovered => ("RFC 4998, 5.3 (3)", "RFC 6283, 4.3"),
            Self::TokenUnreadable(_) => ("RFC 3161, 2.4.2", "RFC 3161, 2.4.2"),
            Self::TokenFault { clause, .. } => (*clause, *clause),
            Self::TimeOrder { .. } | Self::Future(_) => ("RFC 4998, 5.3 (2)", "RFC 6283, 4.3"),
            Self::Unsuitable { .. } | Self::NotInCatalogue { .. } => ("RFC 4998, 5.3 (2)", "RFC 6283, 4.3"),
            Self::Encrypted => ("RFC 4998, 6.1", "RFC 6283, 5"),
            Self::PathNotJudged | Self::PathBroken(_) => ("RFC 5280, 6.1", "RFC 5280, 6.1"),
            Self::RevocationUnknown(_) => ("RFC 5280, 6.3", "RFC 5280, 6.3"),
            Self::CertificateExpired(_) => ("RFC 5280, 4.1.2.5", "RFC 5280, 4.1.2.5"),
            Self::PackageObject { .. } => ("BSI TR-03125, Anlage F", "BSI TR-03125, Anlage F"),
            Self::ByInventory { .. } => ("OCFL 1.1, 3.5", "OCFL 1.1, 3.5"),
        };
        match syntax {
            Syntax::Asn1 => asn1,
            Syntax::Xml => xml,
        }
    }

    /// What it means, for people.
    #[must_use]
    #[expect(clippy::too_many_lines, reason = "a table of texts")]
    pub fn message(&self) -> Text {
        match self {
            Self::Unreadable(why) => Text::owned(
                format!("Das ist kein lesbarer Beweisnachweis (Evidence Record): {why}."),
                format!("This is not a readable evidence record: {why}."),
            ),
            Self::NoData => Text::new(
                "Es wurden keine Daten angegeben; ohne sie beweist der Nachweis nichts.",
                "No data was given; without it the record proves nothing.",
            ),
            Self::NotDeclared(name) => Text::owned(
                format!("Der Nachweis verwendet {name}, nennt es aber nicht unter seinen Hash-Algorithmen."),
                format!("The record uses {name}, but does not name it among its hash algorithms."),
            ),
            Self::UnknownDigest(oid) => Text::owned(
                format!("Der Hash-Algorithmus {oid} ist unbekannt."),
                format!("The hash algorithm {oid} is unknown."),
            ),
            Self::TwoDigests { tree, token } => Text::owned(
                format!("Der Hashbaum ist mit {tree} gebildet, der Zeitstempel aber über einen Hashwert mit {token}."),
                format!("The hash tree is made with {tree}, but the time stamp is over a hash value with {token}."),
            ),
            Self::ChainDigest { chain, found } => Text::owned(
                format!("Eine Kette hat einen Hash-Algorithmus; diese beginnt mit {chain} und wechselt zu {found}."),
                format!("A chain has one hash algorithm; this one begins with {chain} and changes to {found}."),
            ),
            Self::NoTree(count) => Text::owned(
                format!("Ohne Hashbaum kann der Zeitstempel nur ein Datenobjekt decken, nicht {count}."),
                format!("Without hash tree the time stamp can cover one data object only, not {count}."),
            ),
            Self::ObjectMissing(name) => Text::owned(
                format!(
                    "{name} ist nicht gedeckt: Der Hashwert steht nicht im Nachweis. Entweder gehören die Daten nicht zu ihm, oder eines von beiden ist verändert."
                ),
                format!(
                    "{name} is not covered: its hash value is not in the record. Either the data does not belong to it, or one of the two was changed."
                ),
            ),
            Self::ObjectNotRehashed(name) => Text::owned(
                format!(
                    "{name} ist nach der Hashbaum-Erneuerung nicht mehr gedeckt: Der neue Hashwert über Daten und frühere Ketten fehlt."
                ),
                format!(
                    "{name} is no longer covered after the hash-tree renewal: the new hash value over data and earlier chains is missing."
                ),
            ),
            Self::ObjectUnhashed { object, digest } => Text::owned(
                format!("Zu {object} ist kein Hashwert mit {digest} bekannt."),
                format!("Of {object} no hash value with {digest} is known."),
            ),
            Self::OtherValues(count) => Text::owned(
                format!(
                    "Neben den angegebenen Daten stehen {count} weitere Hashwerte in der ersten Liste: andere Daten derselben Gruppe oder Nachbarn im Baum."
                ),
                format!(
                    "Beside the given data, {count} more hash values stand in the first list: other data of the same group, or neighbours in the tree."
                ),
            ),
            Self::ListEmpty => Text::new("Eine Liste von Hashwerten ist leer.", "A list of hash values is empty."),
            Self::ValueLength => Text::new(
                "Ein Hashwert hat nicht die Länge, die zu seinem Algorithmus gehört.",
                "A hash value does not have the length of its algorithm.",
            ),
            Self::RootDiffers => Text::new(
                "Der Hashbaum führt nicht zu dem Hashwert, der im Zeitstempel steht.",
                "The hash tree does not lead to the hash value in the time stamp.",
            ),
            Self::StampNotCovered => Text::new(
                "Die Erneuerung deckt den vorigen Zeitstempel nicht: Sein Hashwert fehlt.",
                "The renewal does not cover the time stamp before: its hash value is missing.",
            ),
            Self::TokenUnreadable(why) => Text::owned(
                format!("Der Zeitstempel ist nicht lesbar: {why}."),
                format!("The time stamp is not readable: {why}."),
            ),
            Self::TokenFault { what, .. } | Self::PathBroken(what) => what.clone(),
            Self::TimeOrder { earlier, later } => Text::owned(
                format!("Die Zeiten sind nicht aufsteigend: {later} folgt auf {earlier}."),
                format!("The times do not ascend: {later} follows {earlier}."),
            ),
            Self::Future(time) => Text::owned(
                format!("Der Zeitstempel liegt in der Zukunft: {time}."),
                format!("The time stamp is in the future: {time}."),
            ),
            Self::Unsuitable { what, until: Some(until), counted } => Text::owned(
                format!(
                    "{} war nur bis {} geeignet; es kam aber bis {} darauf an.",
                    what.de,
                    day(*until),
                    day(*counted)
                ),
                format!(
                    "{} was suitable until {} only, but it had to last until {}.",
                    what.en,
                    day(*until),
                    day(*counted)
                ),
            ),
            Self::Unsuitable { what, until: None, counted } => Text::owned(
                format!("{} war am {} nicht geeignet.", what.de, day(*counted)),
                format!("{} was not suitable on {}.", what.en, day(*counted)),
            ),
            Self::NotInCatalogue { what } => Text::owned(
                format!("{} steht nicht im Katalog der geeigneten Algorithmen.", what.de),
                format!("{} is not in the catalogue of suitable algorithms.", what.en),
            ),
            Self::Encrypted => Text::new(
                "Die Daten waren verschlüsselt, als der Nachweis entstand; anzugeben ist der verschlüsselte Stand.",
                "The data was encrypted when the record was made; what has to be given is its encrypted form.",
            ),
            Self::PathNotJudged => Text::new(
                "Der Zertifikatspfad wurde nicht beurteilt, weil keine vertrauenswürdigen Zertifikate angegeben sind.",
                "The certificate path was not judged, because no trusted certificates were given.",
            ),
            Self::RevocationUnknown(name) => Text::owned(
                format!("Ob das Zertifikat „{name}“ gesperrt war, geht aus den vorliegenden Daten nicht hervor."),
                format!("The data at hand does not tell whether the certificate \"{name}\" was revoked."),
            ),
            Self::CertificateExpired(until) => Text::owned(
                format!(
                    "Das Zertifikat des letzten Zeitstempels ist seit {} abgelaufen; eine Erneuerung steht an.",
                    day(*until)
                ),
                format!("The certificate of the last time stamp expired on {}; a renewal is due.", day(*until)),
            ),
            Self::ByInventory { covered, absent, beside } => Text::owned(
                format!(
                    "Der Nachweis deckt das Bestandsverzeichnis; {covered} der Dateien darin liegen unverändert vor, {absent} liegen nicht vor. {beside} weitere Dateien deckt er nicht."
                ),
                format!(
                    "The record covers the inventory; {covered} of the files in it are at hand and unchanged, {absent} are not at hand. It does not cover {beside} more files."
                ),
            ),
            Self::PackageObject { object, what } => {
                Text::owned(format!("{object}: {}", what.de), format!("{object}: {}", what.en))
            }
        }
    }
}

fn day(moment: Moment) -> String {
    let (year, month, day) = moment.date();
    format!("{year:04}-{month:02}-{day:02}")
}

/// One statement about a record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// Where.
    pub place: Place,
    /// Why.
    pub reason: Reason,
    /// The syntax of the record, on which the clause depends.
    pub syntax: Syntax,
}

impl Finding {
    /// Does it make the record invalid?
    #[must_use]
    pub fn is_error(&self) -> bool {
        self.reason.severity() == Severity::Error
    }

    /// The clause that demands it.
    #[must_use]
    pub fn clause(&self) -> &'static str {
        self.reason.clause(self.syntax)
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({}): {}", self.place.name().en, self.clause(), self.reason.message().en)
    }
}

impl Serialize for Finding {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        use serde::ser::SerializeStruct as _;
        let mut map = serializer.serialize_struct("Finding", 6)?;
        map.serialize_field("reason", self.reason.id())?;
        map.serialize_field("severity", &self.reason.severity())?;
        map.serialize_field("step", &self.reason.step())?;
        map.serialize_field("place", &self.place)?;
        map.serialize_field("clause", self.clause())?;
        map.serialize_field("message", &self.reason.message())?;
        map.end()
    }
}
