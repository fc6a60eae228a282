//! Reading the signature files of DROID: binary signatures with the formats, and signatures of containers.
//!
//! The files are obtained, never part of this program: The National Archives publish them, and tools carry them.
//!
//! Invariant: a signature that is not understood is left out and counted in [`Signatures::skipped`]; it never matches
//! more than it says.

use std::collections::{BTreeMap, BTreeSet};

use roxmltree::Node;
use thiserror::Error;

use super::pattern::{Anchor, Gap, Pattern, PatternError, Step};
use crate::xml::canonical;

/// Why a signature file cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum SignatureError {
    /// No XML, or with a document type.
    #[error("the signature file is not readable XML: {0}")]
    Xml(String),
    /// Another document.
    #[error("this is not a signature file of DROID, its root element is {0}")]
    Root(String),
    /// Nothing in it could be used.
    #[error("the signature file has no formats")]
    Empty,
}

/// A format of the register PRONOM.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Format {
    /// The persistent unique identifier, such as `fmt/18`.
    pub puid: String,
    /// The name.
    pub name: String,
    /// The version, where it has one.
    pub version: Option<String>,
    /// Media types.
    pub mime: Vec<String>,
    /// File name extensions, in lower case, without the dot.
    pub extensions: Vec<String>,
    pub(super) id: u32,
    pub(super) signatures: Vec<usize>,
    pub(super) outweighs: Vec<u32>,
}

/// A binary signature: all of its patterns have to hold.
pub(super) type Signature = Vec<Pattern>;

/// The binary signatures and formats.
#[derive(Debug, Clone)]
pub struct Signatures {
    /// The version of the signature file.
    pub version: String,
    /// When it was made, as it says itself.
    pub created: String,
    /// How many signatures were not understood.
    pub skipped: usize,
    pub(super) formats: Vec<Format>,
    pub(super) patterns: Vec<Signature>,
}

impl Signatures {
    /// Reads a DROID signature file (`DROID_SignatureFile-V….xml`).
    pub fn read(bytes: &[u8]) -> Result<Self, SignatureError> {
        let text = canonical::text(bytes).ok_or_else(|| SignatureError::Xml("the encoding is unknown".to_owned()))?;
        let document = canonical::parse(&text).map_err(|error| SignatureError::Xml(error.to_string()))?;
        let root = document.root_element();
        if root.tag_name().name() != "FFSignatureFile" {
            return Err(SignatureError::Root(root.tag_name().name().to_owned()));
        }
        let (mut patterns, mut by_id, mut skipped) = (Vec::new(), BTreeMap::new(), 0);
        for node in root.descendants().filter(|node| is(*node, "InternalSignature")) {
            match signature(node) {
                Ok(signature) => {
                    by_id.insert(node.attribute("ID").unwrap_or_default(), patterns.len());
                    patterns.push(signature);
                }
                Err(_) => skipped += 1,
            }
        }
        let texts = |node: Node<'_, '_>, name: &str| -> Vec<String> {
            node.children().filter(|child| is(*child, name)).map(|child| text_of(child).trim().to_owned()).collect()
        };
        let formats: Vec<Format> = root
            .descendants()
            .filter(|node| is(*node, "FileFormat"))
            .filter_map(|node| {
                let mime = node.attribute("MIMEType").unwrap_or_default();
                Some(Format {
                    puid: node.attribute("PUID")?.to_owned(),
                    name: node.attribute("Name").unwrap_or_default().to_owned(),
                    version: node.attribute("Version").filter(|version| !version.is_empty()).map(str::to_owned),
                    mime: mime.split(',').map(str::trim).filter(|one| !one.is_empty()).map(str::to_owned).collect(),
                    extensions: texts(node, "Extension").iter().map(|one| one.to_ascii_lowercase()).collect(),
                    id: node.attribute("ID")?.parse().ok()?,
                    signatures: texts(node, "InternalSignatureID")
                        .iter()
                        .filter_map(|id| by_id.get(id.as_str()).copied())
                        .collect(),
                    outweighs: texts(node, "HasPriorityOverFileFormatID")
                        .iter()
                        .filter_map(|id| id.parse().ok())
                        .collect(),
                })
            })
            .collect();
        if formats.is_empty() {
            return Err(SignatureError::Empty);
        }
        Ok(Self {
            version: root.attribute("Version").unwrap_or_default().to_owned(),
            created: root.attribute("DateCreated").unwrap_or_default().to_owned(),
            skipped,
            formats,
            patterns,
        })
    }

    /// All formats, in the order of the file.
    #[must_use]
    pub fn formats(&self) -> &[Format] {
        &self.formats
    }

    /// The format with this identifier.
    #[must_use]
    pub fn format(&self, puid: &str) -> Option<&Format> {
        self.formats.iter().find(|format| format.puid == puid)
    }
}

/// The kinds of containers that signatures look into.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Kind {
    Zip,
    Compound,
}

impl Kind {
    fn read(name: &str) -> Option<Self> {
        match name {
            "ZIP" => Some(Self::Zip),
            "OLE2" => Some(Self::Compound),
            _ => None,
        }
    }
}

/// A signature of a container: each of these files is there, and its content is as one of the signatures says.
#[derive(Debug, Clone)]
pub(super) struct ContainerSignature {
    pub kind: Kind,
    pub files: Vec<(String, Vec<Signature>)>,
    pub puids: Vec<String>,
}

/// The signatures of containers.
#[derive(Debug, Clone)]
pub struct Containers {
    /// The version of the signature file.
    pub version: String,
    /// How many signatures were not understood.
    pub skipped: usize,
    pub(super) signatures: Vec<ContainerSignature>,
    pub(super) triggers: BTreeSet<(Kind, String)>,
}

impl Containers {
    /// Reads a DROID container signature file (`container-signature-….xml`).
    pub fn read(bytes: &[u8]) -> Result<Self, SignatureError> {
        let text = canonical::text(bytes).ok_or_else(|| SignatureError::Xml("the encoding is unknown".to_owned()))?;
        let document = canonical::parse(&text).map_err(|error| SignatureError::Xml(error.to_string()))?;
        let root = document.root_element();
        if root.tag_name().name() != "ContainerSignatureMapping" {
            return Err(SignatureError::Root(root.tag_name().name().to_owned()));
        }
        let mut puids: BTreeMap<&str, Vec<String>> = BTreeMap::new();
        for node in root.descendants().filter(|node| is(*node, "FileFormatMapping")) {
            let (Some(id), Some(puid)) = (node.attribute("signatureId"), node.attribute("Puid")) else { continue };
            puids.entry(id).or_default().push(puid.to_owned());
        }
        let (mut signatures, mut skipped) = (Vec::new(), 0);
        for node in root.descendants().filter(|node| is(*node, "ContainerSignature")) {
            let kind = node.attribute("ContainerType").and_then(Kind::read);
            let puids = node.attribute("Id").and_then(|id| puids.get(id));
            match (kind, puids, container_files(node)) {
                (Some(kind), Some(puids), Ok(files)) if !files.is_empty() => {
                    signatures.push(ContainerSignature { kind, files, puids: puids.clone() });
                }
                _ => skipped += 1,
            }
        }
        let triggers = root
            .descendants()
            .filter(|node| is(*node, "TriggerPuid"))
            .filter_map(|node| {
                Some((Kind::read(node.attribute("ContainerType")?)?, node.attribute("Puid")?.to_owned()))
            })
            .collect();
        if signatures.is_empty() {
            return Err(SignatureError::Empty);
        }
        let version = root.attribute("signatureVersion").unwrap_or_default().to_owned();
        Ok(Self { version, skipped, signatures, triggers })
    }
}

fn container_files(node: Node<'_, '_>) -> Result<Vec<(String, Vec<Signature>)>, PatternError> {
    node.descendants()
        .filter(|node| is(*node, "File"))
        .map(|file| {
            let path = file.children().find(|child| is(*child, "Path")).map(text_of).unwrap_or_default();
            let signatures: Result<_, _> =
                file.descendants().filter(|node| is(*node, "InternalSignature")).map(signature).collect();
            Ok((path.trim().to_owned(), signatures?))
        })
        .collect()
}

fn signature(node: Node<'_, '_>) -> Result<Signature, PatternError> {
    let patterns: Signature =
        node.children().filter(|child| is(*child, "ByteSequence")).map(pattern).collect::<Result<_, _>>()?;
    if patterns.is_empty() { Err(PatternError::Empty) } else { Ok(patterns) }
}

/// A ByteSequence: sub-sequences from left to right. The offset of each is counted from its neighbour on the side of
/// the anchor, to the outermost fragment on that side.
fn pattern(node: Node<'_, '_>) -> Result<Pattern, PatternError> {
    let anchor = match node.attribute("Reference") {
        Some("BOFoffset") => Anchor::Begin,
        Some("EOFoffset") => Anchor::End,
        _ => Anchor::Anywhere,
    };
    // Newer files may give the whole sequence as it was written.
    if let Some(whole) = node.attribute("Sequence") {
        return Ok(Pattern::new(anchor, Step::read(&[(whole, Gap::NONE, Gap::NONE)])?));
    }
    let mut parts: Vec<Node<'_, '_>> = node.children().filter(|child| is(*child, "SubSequence")).collect();
    parts.sort_by_key(|part| number(*part, "Position"));
    let mut steps = Vec::new();
    for part in parts {
        let mut own = fragments(part, "LeftFragment")?;
        let main = part.children().find(|child| is(*child, "Sequence")).map(text_of).ok_or(PatternError::Empty)?;
        own.extend(Step::read(&[(&main, Gap::NONE, Gap::NONE)])?);
        own.extend(fragments(part, "RightFragment")?);
        let offset = Gap { least: number(part, "SubSeqMinOffset").unwrap_or(0), most: number(part, "SubSeqMaxOffset") };
        if anchor == Anchor::End {
            own.last_mut().expect("the sequence is a step").before_gap(offset);
        } else {
            own.first_mut().expect("the sequence is a step").after_gap(offset);
        }
        steps.extend(own);
    }
    if steps.is_empty() { Err(PatternError::Empty) } else { Ok(Pattern::new(anchor, steps)) }
}

/// Fragments of one side, from left to right. Those of the same position are alternatives; position 1 is next to the
/// sequence.
fn fragments(part: Node<'_, '_>, name: &str) -> Result<Vec<Step>, PatternError> {
    let is_left = name == "LeftFragment";
    let mut by_position: BTreeMap<usize, Vec<(String, Gap)>> = BTreeMap::new();
    for node in part.children().filter(|child| is(*child, name)) {
        let gap = Gap { least: number(node, "MinOffset").unwrap_or(0), most: number(node, "MaxOffset") };
        by_position.entry(number(node, "Position").unwrap_or(1)).or_default().push((text_of(node), gap));
    }
    let mut steps: Vec<Vec<Step>> = Vec::new();
    for options in by_position.values() {
        let texts: Vec<(&str, Gap, Gap)> = options
            .iter()
            .map(|(text, gap)| if is_left { (&text[..], Gap::NONE, *gap) } else { (&text[..], *gap, Gap::NONE) })
            .collect();
        steps.push(Step::read(&texts)?);
    }
    if is_left {
        steps.reverse();
    }
    Ok(steps.into_iter().flatten().collect())
}

fn number(node: Node<'_, '_>, name: &str) -> Option<usize> {
    node.attribute(name).and_then(|value| value.trim().parse().ok())
}

fn is(node: Node<'_, '_>, name: &str) -> bool {
    node.is_element() && node.tag_name().name() == name
}

fn text_of(node: Node<'_, '_>) -> String {
    node.children().filter_map(|child| child.text().filter(|_| child.is_text())).collect()
}
