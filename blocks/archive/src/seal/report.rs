//! What is said about a seal: the steps, what each found, and how much the seal is worth.
//!
//! Invariant: every reason has a clause and a text in both languages, and exactly the errors among them make a seal
//! invalid.

use serde::ser::SerializeStruct as _;
use serde::{Serialize, Serializer};
use vir_core::{Phrase, Severity, Text};

use super::qualified::Statements;
use crate::certificate::path::Judgement;
use crate::digest::Digest;
use crate::evidence::verify::Verdict;
use crate::moment::Moment;
use crate::scan::class::Seal;

/// A step of the verification.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
#[expect(missing_docs, reason = "the names below say it")]
pub enum Step {
    Structure,
    Content,
    Signature,
    TimeStamp,
    Algorithms,
    CertificatePath,
}

impl Step {
    /// All steps in their order.
    pub const ALL: [Self; 6] =
        [Self::Structure, Self::Content, Self::Signature, Self::TimeStamp, Self::Algorithms, Self::CertificatePath];

    /// For people.
    #[must_use]
    pub fn name(self) -> Phrase {
        match self {
            Self::Structure => Phrase::new("Aufbau", "structure"),
            Self::Content => Phrase::new("Gesiegelte Datei", "sealed file"),
            Self::Signature => Phrase::new("Signatur", "signature"),
            Self::TimeStamp => Phrase::new("Zeitstempel", "time stamp"),
            Self::Algorithms => Phrase::new("Algorithmen", "algorithms"),
            Self::CertificatePath => Phrase::new("Zertifikatspfad", "certificate path"),
        }
    }
}

/// The baseline level (ETSI EN 319 122-1, 6).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub enum Form {
    /// Signed data that lacks an attribute of the baseline.
    #[serde(rename = "CMS")]
    Plain,
    /// CAdES-B-B.
    #[serde(rename = "CAdES-B-B")]
    Basic,
    /// CAdES-B-T: with a time stamp over the signature.
    #[serde(rename = "CAdES-B-T")]
    Stamped,
}

impl Form {
    /// As people write it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Plain => "CMS",
            Self::Basic => "CAdES-B-B",
            Self::Stamped => "CAdES-B-T",
        }
    }
}

/// Why something is said.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
#[expect(missing_docs, reason = "the texts below say it")]
pub enum Reason {
    Unreadable(String),
    Signers(usize),
    ContentMissing,
    ContentChanged,
    Attribute(&'static str),
    NoCertificate,
    OtherCertificate,
    SignatureWrong,
    Unverifiable(String),
    NotBaseline(&'static str),
    StampUnreadable(String),
    StampOther,
    StampFault(Text),
    Unsuitable(Text, Moment),
    OutOfValidity { from: Moment, to: Moment, counted: Moment },
    PathNotJudged(String),
    PathBroken(Text),
    RevocationUnknown(String),
}

impl Reason {
    /// A short name that does not change.
    #[must_use]
    pub fn id(&self) -> &'static str {
        self.row().0
    }

    /// The step in which it was found.
    #[must_use]
    pub fn step(&self) -> Step {
        self.row().1
    }

    /// How grave it is.
    #[must_use]
    pub fn severity(&self) -> Severity {
        self.row().2
    }

    /// Where it is written.
    #[must_use]
    pub fn clause(&self) -> &'static str {
        self.row().3
    }

    fn row(&self) -> (&'static str, Step, Severity, &'static str) {
        use Severity::{Error, Information, Warning};
        match self {
            Self::Unreadable(_) => ("unreadable", Step::Structure, Error, "RFC 5652, 5.1"),
            Self::Signers(_) => ("signers", Step::Structure, Error, "ETSI EN 319 122-1, 6.3"),
            Self::ContentMissing => ("content-missing", Step::Content, Error, "RFC 5652, 5.2"),
            Self::ContentChanged => ("content-changed", Step::Content, Error, "RFC 5652, 5.6"),
            Self::Attribute(_) => ("attribute", Step::Signature, Error, "RFC 5652, 5.3"),
            Self::NoCertificate => ("no-certificate", Step::Signature, Error, "RFC 5652, 5.6"),
            Self::OtherCertificate => ("other-certificate", Step::Signature, Error, "RFC 5035, 5.4"),
            Self::SignatureWrong => ("signature-wrong", Step::Signature, Error, "RFC 5652, 5.6"),
            Self::Unverifiable(_) => ("unverifiable", Step::Signature, Error, "RFC 5652, 5.6"),
            Self::NotBaseline(_) => ("not-baseline", Step::Structure, Information, "ETSI EN 319 122-1, 6.3"),
            Self::StampUnreadable(_) => ("stamp-unreadable", Step::TimeStamp, Error, "ETSI EN 319 122-1, 5.3"),
            Self::StampOther => ("stamp-other", Step::TimeStamp, Error, "ETSI EN 319 122-1, 5.3"),
            Self::StampFault(_) => ("stamp-fault", Step::TimeStamp, Error, "RFC 3161, 2.4.2"),
            Self::Unsuitable(..) => ("unsuitable", Step::Algorithms, Error, "ETSI TS 119 312"),
            Self::OutOfValidity { .. } => ("out-of-validity", Step::CertificatePath, Error, "RFC 5280, 6.1.3"),
            Self::PathNotJudged(_) => ("path-not-judged", Step::CertificatePath, Information, "RFC 5280, 6.1"),
            Self::PathBroken(_) => ("path-broken", Step::CertificatePath, Error, "RFC 5280, 6.1"),
            Self::RevocationUnknown(_) => ("revocation-unknown", Step::CertificatePath, Warning, "RFC 5280, 6.3"),
        }
    }

    /// For people.
    #[must_use]
    pub fn message(&self) -> Text {
        match self {
            Self::Unreadable(why) => Text::owned(
                format!("Das ist keine lesbare Signatur in CMS: {why}."),
                format!("This is no readable signature in CMS: {why}."),
            ),
            Self::Signers(count) => Text::owned(
                format!("Ein Siegel hat genau eine Signatur, nicht {count}."),
                format!("A seal has exactly one signature, not {count}."),
            ),
            Self::ContentMissing => {
                Text::new("Die gesiegelte Datei fehlt; nichts wurde verglichen.", "The sealed file is missing.")
            }
            Self::ContentChanged => Text::new(
                "Die Datei ist nicht die gesiegelte: Ihr Hashwert ist ein anderer.",
                "The file is not the sealed one: its hash value is another.",
            ),
            Self::Attribute(name) => Text::owned(
                format!("Das signierte Attribut {name} fehlt oder ist falsch."),
                format!("The signed attribute {name} is missing or wrong."),
            ),
            Self::NoCertificate => Text::new(
                "Das Zertifikat des Siegels fehlt; die Signatur lässt sich nicht prüfen.",
                "The certificate of the seal is missing; the signature cannot be verified.",
            ),
            Self::OtherCertificate => Text::new(
                "Das signierte Attribut nennt ein anderes Zertifikat.",
                "The signed attribute names another certificate.",
            ),
            Self::SignatureWrong => Text::new("Die Signatur ist falsch.", "The signature is wrong."),
            Self::Unverifiable(why) => Text::owned(
                format!("Die Signatur lässt sich nicht prüfen: {why}."),
                format!("The signature cannot be verified: {why}."),
            ),
            Self::NotBaseline(name) => Text::owned(
                format!("Kein CAdES-Grundprofil: Das Attribut {name} fehlt."),
                format!("No CAdES baseline: the attribute {name} is missing."),
            ),
            Self::StampUnreadable(why) => Text::owned(
                format!("Der Zeitstempel des Siegels ist nicht lesbar: {why}."),
                format!("The time stamp of the seal is not readable: {why}."),
            ),
            Self::StampOther => Text::new(
                "Der Zeitstempel gehört nicht zu diesem Siegel.",
                "The time stamp does not belong to this seal.",
            ),
            Self::StampFault(what) | Self::PathBroken(what) => what.clone(),
            Self::Unsuitable(what, at) => Text::owned(
                format!("{} war am {at} nicht geeignet.", what.de),
                format!("{} was not suitable on {at}.", what.en),
            ),
            Self::OutOfValidity { from, to, counted } => Text::owned(
                format!("Das Zertifikat gilt von {from} bis {to}, nicht am {counted}."),
                format!("The certificate is valid from {from} to {to}, not on {counted}."),
            ),
            Self::PathNotJudged(name) => Text::owned(
                format!("Ob „{name}“ zu vertrauen ist, wurde nicht beurteilt; dafür fehlen Zertifikate."),
                format!("Whether \"{name}\" is to be trusted was not judged; that needs certificates."),
            ),
            Self::RevocationUnknown(name) => Text::owned(
                format!("Ob das Zertifikat „{name}“ gesperrt wurde, ist nicht bekannt."),
                format!("It is not known whether the certificate \"{name}\" was revoked."),
            ),
        }
    }
}

/// Something that was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding(pub Reason);

impl Serialize for Finding {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let (id, step, severity, clause) = self.0.row();
        let text = self.0.message();
        let mut out = serializer.serialize_struct("Finding", 6)?;
        out.serialize_field("id", id)?;
        out.serialize_field("step", &step)?;
        out.serialize_field("severity", &severity)?;
        out.serialize_field("clause", clause)?;
        out.serialize_field("de", &*text.de)?;
        out.serialize_field("en", &*text.en)?;
        out.end()
    }
}

/// A time stamp over the signature.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Stamp {
    /// When it was issued.
    pub time: Moment,
    /// By whom.
    pub service: Option<String>,
    /// Does it say that it is a qualified one (ETSI EN 319 422, 9.1)?
    pub claims_qualified: bool,
    /// Its certificate's path.
    pub path: Judgement,
}

impl Stamp {
    /// Does it count as a qualified one: it says so, and its service is trusted?
    #[must_use]
    pub fn is_qualified(&self) -> bool {
        self.claims_qualified && matches!(self.path, Judgement::Trusted { .. })
    }
}

/// What is known of a seal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Report {
    /// The verdict.
    pub verdict: Verdict,
    /// The moment of verification.
    pub at: Moment,
    /// The moment for which the certificate had to be valid: that of the time stamp, where there is a good one.
    pub counted: Moment,
    /// How much the seal is worth: nothing where it is not valid.
    pub level: Seal,
    /// Does it have a time stamp that counts as qualified?
    pub qualified_stamp: bool,
    /// The baseline level.
    pub form: Form,
    /// When it was made, as whoever made it says.
    pub signing_time: Option<Moment>,
    /// Whose it is.
    pub signer: Option<String>,
    /// Who issued the certificate.
    pub issuer: Option<String>,
    /// The serial number of the certificate, in hexadecimal digits.
    pub serial: Option<String>,
    /// The hash algorithm over the content.
    pub digest: Option<Digest>,
    /// The algorithm and length of the key.
    pub signature: Option<String>,
    /// What the certificate says of itself.
    pub statements: Option<Statements>,
    /// The path of the certificate.
    pub path: Judgement,
    /// The time stamps over the signature.
    pub stamps: Vec<Stamp>,
    /// What was found.
    pub findings: Vec<Finding>,
}

impl Report {
    /// What the seal is worth, for people.
    #[must_use]
    pub fn level_text(&self) -> Text {
        let stamp = match (self.qualified_stamp, self.stamps.is_empty()) {
            (true, _) => (" mit qualifiziertem Zeitstempel", " with a qualified time stamp"),
            (false, false) => (" mit Zeitstempel", " with a time stamp"),
            (false, true) => ("", ""),
        };
        let (de, en) = match self.level {
            Seal::None => return Text::new("kein gültiges Siegel", "no valid seal"),
            Seal::Advanced => ("fortgeschrittenes Siegel", "advanced seal"),
            Seal::Qualified => ("qualifiziertes Siegel", "qualified seal"),
        };
        Text::owned(format!("{de}{}", stamp.0), format!("{en}{}", stamp.1))
    }
}
