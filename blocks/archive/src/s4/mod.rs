//! The messages of interface S.4 of BSI TR-03125 (annex E, version 1.3): SOAP requests read, responses written.
//!
//! Read are SOAP 1.1 and 1.2. What an operation means is for whoever keeps the records; here is only what is said.
//!
//! Invariant: a request that is given names its operation and has everything that the operation demands; contents are
//! decoded, and take no more memory than the envelope.

pub mod info;
mod read;
mod write;

use thiserror::Error;

pub use read::read;
pub use write::{element, escape, fault, response};

/// The namespace of the operations.
pub const API: &str = "http://www.bsi.bund.de/tr-esor/api/1.3";
pub(crate) const XAIP: &str = "http://www.bsi.bund.de/tr-esor/xaip";
pub(crate) const DSS: &str = "urn:oasis:names:tc:dss:1.0:core:schema";

/// The version of SOAP in which somebody speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Soap {
    /// 1.1
    V1_1,
    /// 1.2
    V1_2,
}

impl Soap {
    pub(crate) fn namespace(self) -> &'static str {
        match self {
            Self::V1_1 => "http://schemas.xmlsoap.org/soap/envelope/",
            Self::V1_2 => "http://www.w3.org/2003/05/soap-envelope",
        }
    }

    /// The media type of an answer.
    #[must_use]
    pub fn media_type(self) -> &'static str {
        match self {
            Self::V1_1 => "text/xml; charset=utf-8",
            Self::V1_2 => "application/soap+xml; charset=utf-8",
        }
    }
}

/// What is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Request {
    /// What the interface can do.
    RetrieveInfo {
        /// Which profile; none for all.
        profile: Option<String>,
        /// Whether active or inactive ones are wanted; none for active ones.
        status: Option<String>,
    },
    /// Keep this.
    Submission(Submission),
    /// Add a version: what is to be added is not read.
    Update,
    /// Give it back.
    Retrieval {
        /// The archive data object.
        aoid: String,
    },
    /// Its evidence records.
    Evidence {
        /// The archive data object.
        aoid: String,
        /// Which versions; none for the newest.
        versions: Vec<String>,
    },
    /// Delete it.
    Deletion {
        /// The archive data object.
        aoid: String,
        /// Who wants it, and why.
        reason: Option<(String, String)>,
    },
    /// Single elements of it.
    Data {
        /// The archive data object.
        aoid: String,
        /// Where: type and expression.
        locations: Vec<(Option<String>, String)>,
    },
    /// What happened to it.
    Trace {
        /// The archive data object.
        aoid: String,
    },
    /// Verify evidence.
    Verify {
        /// A package or data objects, by name.
        documents: Vec<(String, Vec<u8>)>,
        /// Evidence records.
        records: Vec<Vec<u8>>,
    },
}

impl Request {
    /// The operation, as its request and response elements are called without their endings.
    #[must_use]
    pub fn operation(&self) -> &'static str {
        match self {
            Self::RetrieveInfo { .. } => "RetrieveInfo",
            Self::Submission(_) => "ArchiveSubmission",
            Self::Update => "ArchiveUpdate",
            Self::Retrieval { .. } => "ArchiveRetrieval",
            Self::Evidence { .. } => "ArchiveEvidence",
            Self::Deletion { .. } => "ArchiveDeletion",
            Self::Data { .. } => "ArchiveData",
            Self::Trace { .. } => "ArchiveTrace",
            Self::Verify { .. } => "Verify",
        }
    }
}

/// What is to be kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Submission {
    /// A package, as a document of its own.
    Xaip(Vec<u8>),
    /// Data objects.
    Data(Vec<DataObject>),
}

/// A data object.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DataObject {
    /// Its identifier in the request.
    pub id: String,
    /// Its type, an address.
    pub kind: String,
    /// Its media type.
    pub mime: Option<String>,
    /// Its bytes.
    pub bytes: Vec<u8>,
}

/// Why a request is not understood.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum S4Error {
    /// No XML, or with a document type.
    #[error("the envelope is not readable: {0}")]
    Xml(String),
    /// No SOAP envelope with one request in its body.
    #[error("this is no SOAP envelope with one request")]
    Envelope,
    /// An operation that the interface does not have.
    #[error("the operation {0} is unknown")]
    Operation(String),
    /// Something that the operation demands is missing or unreadable.
    #[error("{0} is missing or cannot be read")]
    Part(&'static str),
}

/// How an operation ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outcome {
    /// ok, warning, error.
    pub major: Major,
    /// The reason, as an address.
    pub minor: Option<Minor>,
    /// In words.
    pub message: Option<String>,
}

impl Outcome {
    /// It worked.
    pub const OK: Self = Self { major: Major::Ok, minor: None, message: None };

    /// It did not.
    #[must_use]
    pub fn error(minor: Minor, message: impl Into<String>) -> Self {
        Self { major: Major::Error, minor: Some(minor), message: Some(message.into()) }
    }

    /// It worked, but.
    #[must_use]
    pub fn warning(minor: Option<Minor>, message: impl Into<String>) -> Self {
        Self { major: Major::Warning, minor, message: Some(message.into()) }
    }
}

/// ResultMajor
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names say it")]
pub enum Major {
    Ok,
    Warning,
    Error,
}

/// ResultMinor (annex E, 3)
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names are those of the annex")]
pub enum Minor {
    NoPermission,
    InternalError,
    ParameterError,
    NotSupported,
    UnknownAoid,
    UnknownArchiveDataType,
    UnknownLocation,
    MissingReasonOfDeletion,
    PartlySuccessful,
    XaipNok,
    XaipNokEr,
}

impl Minor {
    /// Its address.
    #[must_use]
    pub fn address(self) -> &'static str {
        match self {
            Self::NoPermission => "http://www.bsi.bund.de/ecard/api/1.1/resultminor/al/common#noPermission",
            Self::InternalError => "http://www.bsi.bund.de/ecard/api/1.1/resultminor/al/common#internalError",
            Self::ParameterError => "http://www.bsi.bund.de/ecard/api/1.1/resultminor/al/common#parameterError",
            Self::NotSupported => "http://www.bsi.bund.de/ecard/tr-esor/1.3/resultminor/arl/notSupported",
            Self::UnknownAoid => "http://www.bsi.bund.de/ecard/tr-esor/1.3/resultminor/arl/unknownAOID",
            Self::UnknownArchiveDataType => {
                "http://www.bsi.bund.de/ecard/tr-esor/1.3/resultminor/arl/unknownArchiveDataType"
            }
            Self::UnknownLocation => "http://www.bsi.bund.de/ecard/tr-esor/1.3/resultminor/arl/unknownLocation",
            Self::MissingReasonOfDeletion => {
                "http://www.bsi.bund.de/ecard/tr-esor/1.3/resultminor/arl/missingReasonOfDeletion"
            }
            Self::PartlySuccessful => {
                "http://www.bsi.bund.de/ecard/tr-esor/1.3/resultminor/arl/requestOnlyPartlySuccessfulWarning"
            }
            Self::XaipNok => "http://www.bsi.bund.de/ecard/tr-esor/1.3/resultminor/arl/XAIP_NOK",
            Self::XaipNokEr => "http://www.bsi.bund.de/ecard/tr-esor/1.3/resultminor/arl/XAIP_NOK_ER",
        }
    }
}
