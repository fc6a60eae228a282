//! Preservation metadata after PREMIS 3: objects, events, agents and rights of one version.
//!
//! Written is what the model has; read is the same, and from foreign documents as much of it as they have.
//!
//! Invariant: identifiers are unique within their kind, and what links names something that is there.

use std::collections::{BTreeMap, BTreeSet};

use roxmltree::Node;

use super::text::{Xml, at, carried, children, text_at, text_of};
use super::{Agent, Event, File, PackageError, Representation, Right, Version, part};
use crate::digest::Digest;
use crate::moment::Moment;
use crate::ocfl::digest::{from_hexadecimal, hex};
use crate::xml::canonical;

/// The namespace (PREMIS 3.0).
pub const NAMESPACE: &str = "http://www.loc.gov/premis/v3";
const INSTANCE: &str = "http://www.w3.org/2001/XMLSchema-instance";
const LOCAL: &str = "local";

/// Identifiers as a set; none may be empty or there twice.
fn unique<'v>(ids: Vec<&'v str>, place: &str) -> Result<BTreeSet<&'v str>, PackageError> {
    ids.iter().try_for_each(|id| carried(id, place))?;
    let set: BTreeSet<&str> = ids.iter().copied().collect();
    if set.len() == ids.len() && !ids.iter().any(|id| id.trim().is_empty()) {
        Ok(set)
    } else {
        Err(part(place, "events, agents or rights share an identifier, or have none"))
    }
}

/// Can it be written?
pub(super) fn check(version: &Version, place: &str) -> Result<(), PackageError> {
    let agents = unique(version.agents.iter().map(|one| one.id.as_str()).collect(), place)?;
    unique(version.events.iter().map(|one| one.id.as_str()).collect(), place)?;
    unique(version.rights.iter().map(|one| one.id.as_str()).collect(), place)?;
    let paths: BTreeSet<String> = version.files().map(|(path, _)| path).collect();
    for event in &version.events {
        if event.agents.iter().any(|id| !agents.contains(id.as_str())) {
            return Err(part(&event.id, "the event names an agent that is not there"));
        }
        if event.objects.iter().any(|path| !paths.contains(path)) {
            return Err(part(&event.id, "the event names a file that is not there"));
        }
        for text in [Some(&event.kind), event.detail.as_ref(), event.outcome.as_ref()].into_iter().flatten() {
            carried(text, &event.id)?;
        }
    }
    for one in &version.agents {
        for text in [Some(&one.name), Some(&one.kind), one.version.as_ref()].into_iter().flatten() {
            carried(text, &one.id)?;
        }
    }
    for one in &version.rights {
        let texts = [Some(&one.basis), Some(&one.act), one.source.as_ref(), one.restriction.as_ref()];
        texts.into_iter().flatten().try_for_each(|text| carried(text, &one.id))?;
    }
    Ok(())
}

/// The whole document of a version; `only` limits it to the objects of one representation.
#[must_use]
pub fn write(id: &str, version: &Version, only: Option<&str>) -> String {
    let mut xml = Xml::new();
    let spaces = [("xmlns:premis", NAMESPACE), ("xmlns:xsi", INSTANCE), ("version", "3.0")];
    xml.open("premis:premis", &spaces);
    for one in version.representations.iter().filter(|one| only.is_none_or(|only| one.name == only)) {
        xml.open("premis:object", &[("xsi:type", "premis:representation")]);
        identifier(&mut xml, Names::OBJECT, LOCAL, &one.name);
        for file in &one.files {
            xml.open("premis:relationship", &[]);
            xml.text("premis:relationshipType", &[], "structural");
            xml.text("premis:relationshipSubType", &[], "has part");
            xml.open("premis:relatedObjectIdentifier", &[]);
            xml.text("premis:relatedObjectIdentifierType", &[], LOCAL);
            xml.text("premis:relatedObjectIdentifierValue", &[], &format!("{}/{}", one.name, file.path));
            xml.close();
            xml.close();
        }
        xml.close();
        one.files.iter().for_each(|file| object(&mut xml, &one.name, file));
    }
    if version.representations.is_empty() || only.is_none() {
        // The document must have an object; the package itself is one.
        xml.open("premis:object", &[("xsi:type", "premis:intellectualEntity")]);
        identifier(&mut xml, Names::OBJECT, "package", id);
        let until = version.keep_until.map(|day| day.to_string());
        for (kind, value) in [(KEEP_UNTIL, until.as_deref()), (REASON, version.reason.as_deref())] {
            let Some(value) = value else { continue };
            xml.open("premis:significantProperties", &[]);
            xml.text("premis:significantPropertiesType", &[], kind);
            xml.text("premis:significantPropertiesValue", &[], value);
            xml.close();
        }
        xml.close();
    }
    if only.is_none() {
        version.events.iter().for_each(|one| event(&mut xml, one));
        version.agents.iter().for_each(|one| agent(&mut xml, one));
        version.rights.iter().for_each(|one| right(&mut xml, one));
    }
    xml.finish()
}

/// The names of an identifier's elements, which differ by what it is about.
struct Names(&'static str, &'static str, &'static str);

impl Names {
    const OBJECT: Self = Self("premis:objectIdentifier", "premis:objectIdentifierType", "premis:objectIdentifierValue");
    const EVENT: Self = Self("premis:eventIdentifier", "premis:eventIdentifierType", "premis:eventIdentifierValue");
    const AGENT: Self = Self("premis:agentIdentifier", "premis:agentIdentifierType", "premis:agentIdentifierValue");
    const RIGHT: Self = Self(
        "premis:rightsStatementIdentifier",
        "premis:rightsStatementIdentifierType",
        "premis:rightsStatementIdentifierValue",
    );
    const LINKING_AGENT: Self = Self(
        "premis:linkingAgentIdentifier",
        "premis:linkingAgentIdentifierType",
        "premis:linkingAgentIdentifierValue",
    );
    const LINKING_OBJECT: Self = Self(
        "premis:linkingObjectIdentifier",
        "premis:linkingObjectIdentifierType",
        "premis:linkingObjectIdentifierValue",
    );
}

fn identifier(xml: &mut Xml, names: Names, kind: &str, value: &str) {
    xml.open(names.0, &[]);
    xml.text(names.1, &[], kind);
    xml.text(names.2, &[], value);
    xml.close();
}

fn object(xml: &mut Xml, representation: &str, file: &File) {
    xml.open("premis:object", &[("xsi:type", "premis:file")]);
    identifier(xml, Names::OBJECT, LOCAL, &format!("{representation}/{}", file.path));
    xml.open("premis:objectCharacteristics", &[]);
    xml.open("premis:fixity", &[]);
    xml.text("premis:messageDigestAlgorithm", &[], file.hash.0.name());
    xml.text("premis:messageDigest", &[], &hex(&file.hash.1));
    xml.close();
    xml.text("premis:size", &[], &file.size.to_string());
    xml.open("premis:format", &[]);
    // Name or register: one of them has to be there. A name that nobody gave is told apart by its note.
    xml.open("premis:formatDesignation", &[]);
    xml.text("premis:formatName", &[], file.format.as_deref().or(file.mime.as_deref()).unwrap_or("unknown"));
    xml.close();
    if let Some(puid) = &file.puid {
        xml.open("premis:formatRegistry", &[]);
        xml.text("premis:formatRegistryName", &[], "PRONOM");
        xml.text("premis:formatRegistryKey", &[], puid);
        xml.close();
    }
    if let Some(mime) = &file.mime {
        xml.text("premis:formatNote", &[], &format!("{MEDIA_TYPE}{mime}"));
    }
    if file.format.is_some() {
        xml.text("premis:formatNote", &[], NAMED);
    }
    xml.close();
    xml.close();
    xml.text("premis:originalName", &[], &file.path);
    xml.close();
}

/// Properties of the package that have no place of their own.
const KEEP_UNTIL: &str = "keep until";
const REASON: &str = "reason of the version";

/// Notes by which we know our own values again.
const MEDIA_TYPE: &str = "media type: ";
const NAMED: &str = "named";

fn event(xml: &mut Xml, event: &Event) {
    xml.open("premis:event", &[]);
    identifier(xml, Names::EVENT, LOCAL, &event.id);
    xml.text("premis:eventType", &[], &event.kind);
    xml.text("premis:eventDateTime", &[], &event.time.to_string());
    if let Some(detail) = &event.detail {
        xml.open("premis:eventDetailInformation", &[]);
        xml.text("premis:eventDetail", &[], detail);
        xml.close();
    }
    if let Some(outcome) = &event.outcome {
        xml.open("premis:eventOutcomeInformation", &[]);
        xml.text("premis:eventOutcome", &[], outcome);
        xml.close();
    }
    event.agents.iter().for_each(|id| identifier(xml, Names::LINKING_AGENT, LOCAL, id));
    event.objects.iter().for_each(|path| identifier(xml, Names::LINKING_OBJECT, LOCAL, path));
    xml.close();
}

fn agent(xml: &mut Xml, agent: &Agent) {
    xml.open("premis:agent", &[]);
    identifier(xml, Names::AGENT, LOCAL, &agent.id);
    xml.text("premis:agentName", &[], &agent.name);
    xml.text("premis:agentType", &[], &agent.kind);
    xml.optional("premis:agentVersion", agent.version.as_deref());
    xml.close();
}

fn right(xml: &mut Xml, right: &Right) {
    xml.open("premis:rights", &[]);
    xml.open("premis:rightsStatement", &[]);
    identifier(xml, Names::RIGHT, LOCAL, &right.id);
    xml.text("premis:rightsBasis", &[], &right.basis);
    if let Some(source) = &right.source {
        xml.open("premis:otherRightsInformation", &[]);
        xml.text("premis:otherRightsBasis", &[], source);
        xml.close();
    }
    xml.open("premis:rightsGranted", &[]);
    xml.text("premis:act", &[], &right.act);
    xml.optional("premis:restriction", right.restriction.as_deref());
    if let Some(from) = right.from {
        xml.open("premis:termOfGrant", &[]);
        xml.text("premis:startDate", &[], &from.to_string());
        xml.close();
    }
    xml.close();
    xml.close();
    xml.close();
}

/// What a document says, added to a version.
pub fn read(bytes: &[u8], version: &mut Version) -> Result<(), PackageError> {
    let unreadable = |why: String| PackageError::Xml("PREMIS".to_owned(), why);
    let text = canonical::text(bytes).ok_or_else(|| unreadable("the encoding is unknown".to_owned()))?;
    let document = canonical::parse(&text).map_err(|error| unreadable(error.to_string()))?;
    let root = document.root_element();
    if root.tag_name().name() != "premis" {
        return Err(PackageError::Kind("PREMIS document"));
    }
    let mut files: Vec<(String, File)> = Vec::new();
    let mut names: Vec<String> = Vec::new();
    for node in children(root, "object") {
        let id = text_at(node, &["objectIdentifier", "objectIdentifierValue"]).unwrap_or_default();
        let kind = node.attributes().find(|one| one.name() == "type").map_or("", |one| one.value());
        match kind.rsplit(':').next().unwrap_or_default() {
            "file" => files.push((id, read_file(node)?)),
            "representation" => names.push(id),
            "intellectualEntity" => {
                for one in children(node, "significantProperties") {
                    let value = text_at(one, &["significantPropertiesValue"]).unwrap_or_default();
                    match text_at(one, &["significantPropertiesType"]).as_deref() {
                        Some(KEEP_UNTIL) => {
                            let day =
                                value.parse().map_err(|_| part(&id, "the day until which it is kept is no day"))?;
                            version.keep_until = Some(day);
                        }
                        Some(REASON) => version.reason = Some(value),
                        _ => {}
                    }
                }
            }
            _ => {}
        }
    }
    let mut by_name: BTreeMap<String, Vec<File>> = BTreeMap::new();
    for (id, file) in files {
        let Some((name, path)) = id.split_once('/') else { continue };
        by_name.entry(name.to_owned()).or_default().push(File { path: path.to_owned(), ..file });
    }
    for name in names {
        let files = by_name.remove(&name).unwrap_or_default();
        version.representations.push(Representation { name, files });
    }
    for node in children(root, "event") {
        version.events.push(read_event(node)?);
    }
    for node in children(root, "agent") {
        version.agents.push(Agent {
            id: text_at(node, &["agentIdentifier", "agentIdentifierValue"]).unwrap_or_default(),
            name: text_at(node, &["agentName"]).unwrap_or_default(),
            kind: text_at(node, &["agentType"]).unwrap_or_default(),
            version: text_at(node, &["agentVersion"]),
        });
    }
    for node in children(root, "rights").flat_map(|rights| children(rights, "rightsStatement")) {
        version.rights.push(Right {
            id: text_at(node, &["rightsStatementIdentifier", "rightsStatementIdentifierValue"]).unwrap_or_default(),
            basis: text_at(node, &["rightsBasis"]).unwrap_or_default(),
            source: text_at(node, &["otherRightsInformation", "otherRightsBasis"]),
            act: text_at(node, &["rightsGranted", "act"]).unwrap_or_default(),
            restriction: text_at(node, &["rightsGranted", "restriction"]),
            from: text_at(node, &["rightsGranted", "termOfGrant", "startDate"]).and_then(|day| day.parse().ok()),
        });
    }
    Ok(())
}

fn read_file(node: Node<'_, '_>) -> Result<File, PackageError> {
    let id = text_at(node, &["objectIdentifier", "objectIdentifierValue"]).unwrap_or_default();
    let characteristics = at(node, &["objectCharacteristics"]).ok_or_else(|| part(&id, "no objectCharacteristics"))?;
    let hash = children(characteristics, "fixity").find_map(|fixity| {
        let digest = Digest::from_name(text_at(fixity, &["messageDigestAlgorithm"])?.trim())?;
        Some((digest, from_hexadecimal(&text_at(fixity, &["messageDigest"])?)?))
    });
    let notes: Vec<String> =
        at(characteristics, &["format"]).into_iter().flat_map(|one| children(one, "formatNote")).map(text_of).collect();
    let format = text_at(characteristics, &["format", "formatDesignation", "formatName"]);
    Ok(File {
        path: text_at(node, &["originalName"]).unwrap_or_else(|| id.clone()),
        size: text_at(characteristics, &["size"])
            .and_then(|size| size.trim().parse().ok())
            .ok_or_else(|| part(&id, "no size"))?,
        hash: hash.ok_or_else(|| part(&id, "no fixity with a known algorithm"))?,
        mime: notes.iter().find_map(|note| note.strip_prefix(MEDIA_TYPE)).map(str::to_owned),
        puid: text_at(characteristics, &["format", "formatRegistry", "formatRegistryKey"]),
        format: format.filter(|_| notes.iter().any(|note| note == NAMED)),
    })
}

fn read_event(node: Node<'_, '_>) -> Result<Event, PackageError> {
    let id = text_at(node, &["eventIdentifier", "eventIdentifierValue"]).unwrap_or_default();
    let links = |name: &'static str, value: &'static str| -> Vec<String> {
        children(node, name).filter_map(|link| text_at(link, &[value])).collect()
    };
    let time = text_at(node, &["eventDateTime"]).and_then(|time| Moment::parse(time.trim()));
    Ok(Event {
        kind: text_at(node, &["eventType"]).unwrap_or_default(),
        time: time.ok_or_else(|| part(&id, "no readable eventDateTime"))?,
        detail: text_at(node, &["eventDetailInformation", "eventDetail"]),
        outcome: text_at(node, &["eventOutcomeInformation", "eventOutcome"]),
        agents: links("linkingAgentIdentifier", "linkingAgentIdentifierValue"),
        objects: links("linkingObjectIdentifier", "linkingObjectIdentifierValue"),
        id,
    })
}
