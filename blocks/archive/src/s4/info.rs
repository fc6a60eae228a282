//! What RetrieveInfo and ArchiveTrace give: a profile and a trace, as ETSI TS 119 512 (5.4) has them.
//!
//! The profile names the operations that are there, and none of the published profiles: those promise more.
//!
//! Invariant: both are well-formed with the namespaces that they need, whatever the texts in them are.

use super::escape;

/// The namespace of ETSI TS 119 512, version 1.1.2.
pub const PRESERVATION: &str = "http://uri.etsi.org/19512/v1.1.2#";
/// The namespace of the metadata of OASIS DSS-X 2.0.
const METADATA: &str = "http://docs.oasis-open.org/dss-x/ns/metadata";
/// The identifier of our profile.
pub const PROFILE: &str = "urn:vir:tr-esor:1.3:s4";
/// Where the operations are described.
const SPECIFICATION: &str = "https://www.bsi.bund.de/tr-esor";
/// Since when the profile holds.
const SINCE: &str = "2026-11-23T00:00:00Z";

/// The operations that are supported.
pub const OPERATIONS: [&str; 8] = [
    "RetrieveInfo",
    "ArchiveSubmission",
    "ArchiveRetrieval",
    "ArchiveEvidence",
    "ArchiveDeletion",
    "ArchiveData",
    "ArchiveTrace",
    "Verify",
];

/// The profile of the interface (TS 119 512, 5.4.6).
#[must_use]
pub fn profile() -> String {
    let described = |text: &str| format!("<md:Description xml:lang=\"EN\">{}</md:Description>", escape(text));
    let operation = |name: &&str| {
        let part = |kind: &str, end: &str| {
            format!("<md:{kind}><md:Name>{name}{end}</md:Name>{}</md:{kind}>", described(&format!("{name}{end}")))
        };
        format!(
            "<md:Operation><md:Name>{name}</md:Name><md:Specification>{SPECIFICATION}</md:Specification>{}{}{}</md:Operation>",
            described(&format!("BSI TR-03125, annex E, {name}")),
            part("Input", "Request"),
            part("Output", "Response"),
        )
    };
    let operations: String = OPERATIONS.iter().map(operation).collect();
    format!(
        "<pres:Profile xmlns:pres=\"{PRESERVATION}\" xmlns:md=\"{METADATA}\">\
         <md:ProfileIdentifier>{PROFILE}</md:ProfileIdentifier>\
         <md:Specification>{SPECIFICATION}</md:Specification>{}{operations}\
         <pres:ProfileValidityPeriod><pres:ValidFrom>{SINCE}</pres:ValidFrom></pres:ProfileValidityPeriod>\
         <pres:PreservationStorageModel>WithStorage</pres:PreservationStorageModel>\
         <pres:PreservationGoal>http://uri.etsi.org/19512/goal/pgd</pres:PreservationGoal>\
         <pres:EvidenceFormat><md:FormatID>urn:ietf:rfc:4998</md:FormatID>\
         <md:Specification>https://www.rfc-editor.org/rfc/rfc4998</md:Specification></pres:EvidenceFormat></pres:Profile>",
        described("Operations of interface S.4 of BSI TR-03125, version 1.3; not certified"),
    )
}

/// Something that happened (TS 119 512, 5.4.2).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    /// When, as XML Schema writes a dateTime.
    pub time: String,
    /// Who.
    pub subject: String,
    /// What.
    pub operation: String,
    /// To what.
    pub object: Option<String>,
    /// What else is known.
    pub detail: Option<String>,
}

/// A trace (TS 119 512, 5.4.9).
#[must_use]
pub fn trace(events: &[Event]) -> String {
    let mut out = format!("<pres:Trace xmlns:pres=\"{PRESERVATION}\">");
    for event in events {
        let parts = [
            ("Time", Some(&event.time)),
            ("Subject", Some(&event.subject)),
            ("Operation", Some(&event.operation)),
            ("Object", event.object.as_ref()),
            ("Detail", event.detail.as_ref()),
        ];
        out.push_str("<pres:Event>");
        for (name, text) in parts {
            text.into_iter().for_each(|text| out.push_str(&format!("<pres:{name}>{}</pres:{name}>", escape(text))));
        }
        out.push_str("</pres:Event>");
    }
    out.push_str("</pres:Trace>");
    out
}
