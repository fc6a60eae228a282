//! xdomea: the messages by which an office offers records to an archive and hands them over.
//!
//! [`model`] is what messages say, free of versions; [`read`] understands 2.3, 2.4, 3.0 and 3.1, [`write()`] writes
//! them. [`name`] knows how message files are called, [`transfer`] opens and packs the ZIP containers in which they
//! travel, [`exchange`] ties them to the life cycle: what an office offers, what an archive answers, and which
//! commands follow from it.
//!
//! Reading understands messages; it does not validate them against the schemas. What it cannot take over is said.
//!
//! Source: XÖV standard xdomea, message group *Aussonderung durchführen*, schemas 2.3.0, 2.4.0, 3.0.0 and 3.1.0.
//!
//! Invariant: what [`write()`] writes, [`read`] reads as the same message, or [`write()`] says what the version lacks.

pub mod exchange;
mod latin;
pub mod model;
pub mod name;
pub mod note;
pub mod read;
pub mod transfer;
pub mod write;

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, de};
use vir_core::Phrase;

pub use model::Message;
pub use note::{Note, Reason};
pub use read::{Read, read};
pub use write::{WriteError, Written, write};

/// A version of the standard.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[expect(missing_docs, reason = "the names say it")]
pub enum Version {
    #[serde(rename = "2.3.0")]
    V2_3,
    #[serde(rename = "2.4.0")]
    V2_4,
    #[serde(rename = "3.0.0")]
    V3_0,
    #[serde(rename = "3.1.0")]
    V3_1,
}

impl Version {
    /// All versions that are understood and written.
    pub const ALL: [Self; 4] = [Self::V2_3, Self::V2_4, Self::V3_0, Self::V3_1];

    /// Its number.
    #[must_use]
    pub fn number(self) -> &'static str {
        match self {
            Self::V2_3 => "2.3.0",
            Self::V2_4 => "2.4.0",
            Self::V3_0 => "3.0.0",
            Self::V3_1 => "3.1.0",
        }
    }

    /// Its XML namespace.
    #[must_use]
    pub fn namespace(self) -> String {
        format!("urn:xoev-de:xdomea:schema:{}", self.number())
    }

    /// Is it one of the third generation?
    #[must_use]
    pub fn is_third(self) -> bool {
        self >= Self::V3_0
    }
}

/// What a message is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[expect(missing_docs, reason = "the names below say what each means")]
pub enum MessageKind {
    Offer,
    Appraisal,
    HandOver,
    OfferReceived,
    AppraisalReceived,
    Imported,
    HandOverReceived,
    PlanOffer,
    PlanOfferReceived,
    Catalogue,
    CatalogueImported,
    CatalogueReceived,
}

impl MessageKind {
    /// All messages of *Aussonderung durchführen*.
    pub const ALL: [Self; 12] = [
        Self::Offer,
        Self::Appraisal,
        Self::HandOver,
        Self::OfferReceived,
        Self::AppraisalReceived,
        Self::Imported,
        Self::HandOverReceived,
        Self::PlanOffer,
        Self::PlanOfferReceived,
        Self::Catalogue,
        Self::CatalogueImported,
        Self::CatalogueReceived,
    ];

    /// Its number in the list *Nachrichtentyp*.
    #[must_use]
    pub fn code(self) -> &'static str {
        let name = self.element();
        &name[name.len() - 4..]
    }

    /// Its root element.
    #[must_use]
    pub fn element(self) -> &'static str {
        match self {
            Self::Offer => "Aussonderung.Anbieteverzeichnis.0501",
            Self::Appraisal => "Aussonderung.Bewertungsverzeichnis.0502",
            Self::HandOver => "Aussonderung.Aussonderung.0503",
            Self::OfferReceived => "Aussonderung.AnbietungEmpfangBestaetigen.0504",
            Self::AppraisalReceived => "Aussonderung.BewertungEmpfangBestaetigen.0505",
            Self::Imported => "Aussonderung.AussonderungImportBestaetigen.0506",
            Self::HandOverReceived => "Aussonderung.AussonderungEmpfangBestaetigen.0507",
            Self::PlanOffer => "Aussonderung.AktenplanZurBewertung.0511",
            Self::PlanOfferReceived => "Aussonderung.AktenplanZurBewertungEmpfangBestaetigen.0512",
            Self::Catalogue => "Aussonderung.Bewertungskatalog.0513",
            Self::CatalogueImported => "Aussonderung.BewertungskatalogImportBestaetigen.0514",
            Self::CatalogueReceived => "Aussonderung.BewerteterAktenplanEmpfangBestaetigen.0515",
        }
    }

    /// Does a version know it?
    #[must_use]
    pub fn is_in(self, version: Version) -> bool {
        version.is_third() || self < Self::HandOverReceived
    }

    /// For people.
    #[must_use]
    pub fn name(self) -> Phrase {
        match self {
            Self::Offer => Phrase::new("Anbieteverzeichnis", "offer"),
            Self::Appraisal => Phrase::new("Bewertungsverzeichnis", "appraisal"),
            Self::HandOver => Phrase::new("Aussonderung", "hand-over"),
            Self::OfferReceived => Phrase::new("Empfang der Anbietung", "receipt of the offer"),
            Self::AppraisalReceived => Phrase::new("Empfang der Bewertung", "receipt of the appraisal"),
            Self::Imported => Phrase::new("Importbestätigung", "import receipt"),
            Self::HandOverReceived => Phrase::new("Empfang der Aussonderung", "receipt of the hand-over"),
            Self::PlanOffer => Phrase::new("Aktenplan zur Bewertung", "file plan for appraisal"),
            Self::PlanOfferReceived => Phrase::new("Empfang des Aktenplans", "receipt of the file plan"),
            Self::Catalogue => Phrase::new("Bewertungskatalog", "catalogue of appraisals"),
            Self::CatalogueImported => Phrase::new("Import des Bewertungskatalogs", "import of the catalogue"),
            Self::CatalogueReceived => Phrase::new("Empfang des Bewertungskatalogs", "receipt of the catalogue"),
        }
    }
}

/// An identifier of the form that xdomea demands (RFC 9562), kept as it was written.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(transparent)]
pub struct Uuid(String);

impl Uuid {
    /// Reads one; none where the form is not met.
    #[must_use]
    pub fn new(text: &str) -> Option<Self> {
        let shaped = text.len() == 36
            && text.bytes().enumerate().all(|(at, byte)| match at {
                8 | 13 | 18 | 23 => byte == b'-',
                _ => byte.is_ascii_hexdigit(),
            });
        shaped.then(|| Self(text.to_owned()))
    }

    /// From 16 bytes.
    #[must_use]
    pub fn from_bytes(bytes: [u8; 16]) -> Self {
        let mut text = String::with_capacity(36);
        for (at, byte) in bytes.iter().enumerate() {
            if matches!(at, 4 | 6 | 8 | 10) {
                text.push('-');
            }
            text.push_str(&format!("{byte:02x}"));
        }
        Self(text)
    }

    /// As it was written.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Do both mean the same? Case does not matter.
    #[must_use]
    pub fn is(&self, other: &Self) -> bool {
        self.0.eq_ignore_ascii_case(&other.0)
    }

    /// In small letters, for maps.
    #[must_use]
    pub fn folded(&self) -> Self {
        Self(self.0.to_ascii_lowercase())
    }
}

impl fmt::Display for Uuid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for Uuid {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::new(&text).ok_or_else(|| de::Error::custom("not a UUID"))
    }
}
