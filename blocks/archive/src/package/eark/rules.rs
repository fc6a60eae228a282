//! The rules of CSIP 2.1 that say MUST, by their identifiers, and what a package has to be beside that: whole.
//!
//! Judged is the METS document of the package and those of its representations, the folder around them, and every
//! content that is named. What the specification only recommends is not judged.
//!
//! Invariant: a rule is reported at most once for each place, in the order of the document; a document that cannot be
//! read is a finding, never an error.

use std::collections::BTreeSet;

use roxmltree::Node;
use serde::Serialize;
use vir_core::Text;

use super::super::text::{at, children};
use super::read::{Folder, mets, named, place_of};
use super::{CSIP_SPACE, LINK_SPACE, METS};
use crate::xml::canonical;

/// What was found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// The rule of the specification; those that begin with `VIR` are our own.
    pub rule: &'static str,
    /// Where: a path, and what there.
    pub place: String,
    /// For people.
    pub message: Text,
}

/// Findings that are kept.
const MOST: usize = 10_000;

/// Judges a package. `paths` are those of all files in its folder.
#[must_use]
pub fn judge(paths: &[String], folder: Folder<'_>) -> Vec<Finding> {
    let mut judge = Judge { folder, findings: Vec::new(), named: BTreeSet::new() };
    if !paths.iter().any(|path| path == METS) {
        judge.add("CSIPSTR4", METS.to_owned(), ABSENT);
        return judge.findings;
    }
    judge.named.insert(METS.to_owned());
    judge.document(METS, "");
    for path in paths.iter().filter(|path| !judge.named.contains(*path)).cloned().collect::<Vec<_>>() {
        judge.add("VIR-UNNAMED", path, ("Kein METS-Dokument nennt diese Datei.", "No METS document names this file."));
    }
    judge.findings
}

type Words = (&'static str, &'static str);
const ABSENT: Words = ("Das muss da sein.", "This must be there.");
const VALUE: Words = ("Der Wert ist nicht der vorgeschriebene.", "The value is not the one that is prescribed.");

struct Judge<'f> {
    folder: Folder<'f>,
    findings: Vec<Finding>,
    named: BTreeSet<String>,
}

/// Attributes that must be there, with their rules; where a value is given, it must be that.
type Attributes = &'static [(&'static str, &'static str, Option<&'static str>)];

const DESCRIPTION: Attributes = &[
    ("CSIP22", "LOCTYPE", Some("URL")),
    ("CSIP23", "xlink:type", Some("simple")),
    ("CSIP24", "xlink:href", None),
    ("CSIP25", "MDTYPE", None),
    ("CSIP26", "MIMETYPE", None),
    ("CSIP27", "SIZE", None),
    ("CSIP28", "CREATED", None),
    ("CSIP29", "CHECKSUM", None),
    ("CSIP30", "CHECKSUMTYPE", None),
];
const PROVENANCE: Attributes = &[
    ("CSIP36", "LOCTYPE", Some("URL")),
    ("CSIP37", "xlink:type", Some("simple")),
    ("CSIP38", "xlink:href", None),
    ("CSIP39", "MDTYPE", None),
    ("CSIP40", "MIMETYPE", None),
    ("CSIP41", "SIZE", None),
    ("CSIP42", "CREATED", None),
    ("CSIP43", "CHECKSUM", None),
    ("CSIP44", "CHECKSUMTYPE", None),
];
const RIGHTS: Attributes = &[
    ("CSIP49", "LOCTYPE", Some("URL")),
    ("CSIP50", "xlink:type", Some("simple")),
    ("CSIP51", "xlink:href", None),
    ("CSIP52", "MDTYPE", None),
    ("CSIP53", "MIMETYPE", None),
    ("CSIP54", "SIZE", None),
    ("CSIP55", "CREATED", None),
    ("CSIP56", "CHECKSUM", None),
    ("CSIP57", "CHECKSUMTYPE", None),
];
const FILE: Attributes = &[
    ("CSIP67", "ID", None),
    ("CSIP68", "MIMETYPE", None),
    ("CSIP69", "SIZE", None),
    ("CSIP70", "CREATED", None),
    ("CSIP71", "CHECKSUM", None),
    ("CSIP72", "CHECKSUMTYPE", None),
];
const LOCATOR: Attributes =
    &[("CSIP77", "LOCTYPE", Some("URL")), ("CSIP78", "xlink:type", Some("simple")), ("CSIP79", "xlink:href", None)];
const POINTER: Attributes =
    &[("CSIP110", "xlink:href", None), ("CSIP111", "xlink:type", Some("simple")), ("CSIP112", "LOCTYPE", Some("URL"))];

fn attribute<'a>(node: Node<'a, '_>, name: &str) -> Option<&'a str> {
    match name.split_once(':') {
        Some(("xlink", name)) => node.attribute((LINK_SPACE, name)),
        Some(("csip", name)) => node.attribute((CSIP_SPACE, name)),
        _ => node.attribute(name),
    }
}

impl Judge<'_> {
    fn add(&mut self, rule: &'static str, place: String, (de, en): Words) {
        if self.findings.len() < MOST
            && !self.findings.iter().rev().take(64).any(|one| one.rule == rule && one.place == place)
        {
            self.findings.push(Finding { rule, place, message: Text::new(de, en) });
        }
    }

    fn must(&mut self, rule: &'static str, holds: bool, place: &str) {
        if !holds {
            self.add(rule, place.to_owned(), ABSENT);
        }
    }

    fn attributes(&mut self, node: Node<'_, '_>, wanted: Attributes, place: &str) {
        for (rule, name, value) in wanted {
            match attribute(node, name).filter(|found| !found.is_empty()) {
                None => self.add(rule, format!("{place}/@{name}"), ABSENT),
                Some(found) if value.is_some_and(|value| value != found) => {
                    self.add(rule, format!("{place}/@{name}"), VALUE);
                }
                Some(_) => {}
            }
        }
    }

    fn document(&mut self, path: &str, inside: &str) {
        let is_root = inside.is_empty();
        let Some(bytes) = (self.folder)(path) else {
            return self.add("VIR-MISSING", path.to_owned(), ABSENT);
        };
        let text = canonical::text(&bytes).unwrap_or_default();
        let document = canonical::parse(&text);
        let Some(root) = document.as_ref().ok().and_then(|document| mets(document.root_element()).ok()) else {
            let words = ("Das ist kein lesbares METS-Dokument.", "This is no readable METS document.");
            return self.add("VIR-METS", path.to_owned(), words);
        };
        self.attributes(root, &[("CSIP1", "OBJID", None), ("CSIP2", "TYPE", None), ("CSIP6", "PROFILE", None)], path);
        self.header(root, path);
        for section in children(root, "dmdSec") {
            let place = format!("{path}/dmdSec");
            self.attributes(section, &[("CSIP18", "ID", None), ("CSIP19", "CREATED", None)], &place);
            children(section, "mdRef").for_each(|node| self.reference(node, DESCRIPTION, &place, inside));
        }
        for section in children(root, "amdSec") {
            for one in children(section, "digiprovMD") {
                let place = format!("{path}/amdSec/digiprovMD");
                self.attributes(one, &[("CSIP33", "ID", None)], &place);
                children(one, "mdRef").for_each(|node| self.reference(node, PROVENANCE, &place, inside));
            }
            for one in children(section, "rightsMD") {
                let place = format!("{path}/amdSec/rightsMD");
                self.attributes(one, &[("CSIP46", "ID", None)], &place);
                children(one, "mdRef").for_each(|node| self.reference(node, RIGHTS, &place, inside));
            }
        }
        self.files(root, path, inside);
        self.structure(root, path, inside, is_root);
    }

    fn header(&mut self, root: Node<'_, '_>, path: &str) {
        let Some(header) = at(root, &["metsHdr"]) else {
            return self.add("CSIP117", format!("{path}/metsHdr"), ABSENT);
        };
        let place = format!("{path}/metsHdr");
        self.attributes(header, &[("CSIP7", "CREATEDATE", None), ("CSIP9", "csip:OAISPACKAGETYPE", None)], &place);
        let agents: Vec<Node<'_, '_>> = children(header, "agent").collect();
        let place = format!("{place}/agent");
        self.must("CSIP10", !agents.is_empty(), &place);
        let is =
            |name: &'static str, value: &'static str| move |agent: &Node<'_, '_>| agent.attribute(name) == Some(value);
        // All of it is about one agent, the software; the nearest one is meant.
        let wanted = [("CSIP11", "ROLE", "CREATOR"), ("CSIP12", "TYPE", "OTHER"), ("CSIP13", "OTHERTYPE", "SOFTWARE")];
        let alike = |agent: &&Node<'_, '_>| wanted.iter().filter(|(_, name, value)| is(name, value)(agent)).count();
        let nearest = agents.iter().max_by_key(alike);
        for (rule, name, value) in wanted {
            self.must(rule, nearest.is_some_and(is(name, value)), &place);
        }
        let software = agents.iter().find(|agent| is("OTHERTYPE", "SOFTWARE")(agent) && is("ROLE", "CREATOR")(agent));
        let Some(software) = software else { return };
        self.must("CSIP14", at(*software, &["name"]).is_some(), &place);
        let note = at(*software, &["note"]);
        self.must("CSIP15", note.is_some(), &place);
        let is_version = note.is_some_and(|note| attribute(note, "csip:NOTETYPE") == Some("SOFTWARE VERSION"));
        self.must("CSIP16", is_version, &place);
    }

    fn files(&mut self, root: Node<'_, '_>, path: &str, inside: &str) {
        let Some(section) = at(root, &["fileSec"]) else { return };
        let place = format!("{path}/fileSec");
        self.attributes(section, &[("CSIP59", "ID", None)], &place);
        let groups: Vec<Node<'_, '_>> = children(section, "fileGrp").collect();
        if inside.is_empty() {
            let has = |name: &str| {
                groups.iter().any(|group| group.attribute("USE").is_some_and(|usage| usage.starts_with(name)))
            };
            self.must("CSIP60", has("Documentation"), &place);
            self.must("CSIP113", has("Schemas"), &place);
            self.must("CSIP114", has("Representations"), &place);
        }
        for group in groups {
            let usage = group.attribute("USE").unwrap_or("?");
            let place = format!("{place}/fileGrp[{usage}]");
            self.attributes(group, &[("CSIP64", "USE", None), ("CSIP65", "ID", None)], &place);
            let files: Vec<Node<'_, '_>> =
                group.descendants().filter(|node| node.is_element() && node.tag_name().name() == "file").collect();
            self.must("CSIP66", !files.is_empty(), &place);
            for file in files {
                let place = format!("{place}/{}", file.attribute("ID").unwrap_or("file"));
                self.attributes(file, FILE, &place);
                match at(file, &["FLocat"]) {
                    Some(locator) => {
                        self.attributes(locator, LOCATOR, &place);
                        self.whole(file, locator, &place, inside);
                    }
                    None => self.add("CSIP76", place, ABSENT),
                }
            }
        }
    }

    fn structure(&mut self, root: Node<'_, '_>, path: &str, inside: &str, is_root: bool) {
        let maps: Vec<Node<'_, '_>> = children(root, "structMap").collect();
        let place = format!("{path}/structMap");
        let Some(map) = maps.iter().find(|map| map.attribute("LABEL") == Some("CSIP")) else {
            self.must("CSIP80", !maps.is_empty(), &place);
            return self.add("CSIP82", place, ABSENT);
        };
        self.attributes(*map, &[("CSIP81", "TYPE", Some("PHYSICAL")), ("CSIP83", "ID", None)], &place);
        let divisions: Vec<Node<'_, '_>> = children(*map, "div").collect();
        let [main] = divisions.as_slice() else {
            return self.add("CSIP84", place, ("Es muss genau eine Einheit geben.", "There must be one division."));
        };
        self.attributes(*main, &[("CSIP85", "ID", None)], &place);
        let parts: Vec<Node<'_, '_>> = children(*main, "div").collect();
        let metadata = parts.iter().find(|part| part.attribute("LABEL") == Some("Metadata"));
        self.must("CSIP88", metadata.is_some(), &place);
        for part in &parts {
            let label = part.attribute("LABEL").unwrap_or_default();
            let rule = match label {
                "Metadata" => "CSIP89",
                "Documentation" => "CSIP94",
                "Schemas" => "CSIP98",
                "Representations" => "CSIP102",
                _ => "CSIP106",
            };
            self.must(rule, part.attribute("ID").is_some(), &format!("{place}/div[{label}]"));
            if !is_root {
                continue;
            }
            let pointers: Vec<Node<'_, '_>> = children(*part, "mptr").collect();
            let place = format!("{place}/div[{label}]");
            if label.starts_with("Representations/") {
                self.must("CSIP109", pointers.len() == 1, &place);
            }
            for pointer in pointers {
                self.attributes(pointer, POINTER, &place);
                match place_of(pointer, inside) {
                    Ok(target) => {
                        if let Some(inside) = target.strip_suffix(METS).filter(|inside| !inside.is_empty()) {
                            self.named.insert(target.clone());
                            self.document(&target, inside);
                        } else {
                            self.add("CSIP107", place.clone(), VALUE);
                        }
                    }
                    Err(_) => self.add("VIR-PATH", place.clone(), LEADS_OUT),
                }
            }
        }
    }

    fn reference(&mut self, node: Node<'_, '_>, wanted: Attributes, place: &str, inside: &str) {
        self.attributes(node, wanted, place);
        self.whole(node, node, place, inside);
    }

    /// Is the content there, and is it what METS says?
    fn whole(&mut self, facts: Node<'_, '_>, link: Node<'_, '_>, place: &str, inside: &str) {
        let Ok(target) = place_of(link, inside) else {
            return self.add("VIR-PATH", place.to_owned(), LEADS_OUT);
        };
        self.named.insert(target.clone());
        // Without size and check sum the rules above have spoken.
        let Ok(named) = named(facts, link, inside) else { return };
        match (self.folder)(&target) {
            None => self.add("VIR-MISSING", target, ("Die Datei fehlt.", "The file is missing.")),
            Some(content) if !named.file.is(&content) => {
                let words =
                    ("Größe oder Prüfsumme passen nicht zur Datei.", "Size or check sum do not match the file.");
                self.add("VIR-FIXITY", target, words);
            }
            Some(_) => {}
        }
    }
}

const LEADS_OUT: Words =
    ("Der Verweis ist kein Pfad innerhalb des Pakets.", "The reference is no path within the package.");
