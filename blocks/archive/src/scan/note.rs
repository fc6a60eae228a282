//! The *Transfervermerk* (A.NB.4): who turned paper into a file, where and when, what was found, and that both are
//! the same.
//!
//! It has two forms: JSON by `serde`, and XML by [`TransferNote::to_xml`]. It names the scans by their hash values, so
//! that the seal over the note is one over them.
//!
//! Invariant: a note that [`TransferNote::complete`] has let pass has every element from a to f.

use std::fmt::Write as _;

use roxmltree::Node;
use serde::{Deserialize, Serialize};
use vir_core::Text;

use crate::lifecycle::says_something;
use crate::moment::Moment;
use crate::xml::canonical;

/// The namespace of the XML form.
pub const NAMESPACE: &str = "urn:vir:transfervermerk:1";
/// No note has more scans or irregularities.
const MOST: usize = 1_000_000;

/// A note.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TransferNote {
    /// Which batch.
    pub batch: String,
    /// a: the person who made the scans.
    pub creator: String,
    /// a: their organisation.
    pub organisation: String,
    /// b: scanner, programs, settings.
    pub technical: Vec<(String, String)>,
    /// b: place, procedure with version, class of documents.
    pub organisational: Vec<(String, String)>,
    /// c: what was irregular; none means that nothing was.
    pub irregularities: Vec<String>,
    /// d: when the scans were made.
    pub scanned: Moment,
    /// e: what quality assurance came to.
    pub quality: Quality,
    /// f: the statement that scans and paper are the same to the eye and in content.
    pub identical: bool,
    /// The scans: name, hash algorithm, hash value in hexadecimal digits.
    pub scans: Vec<Scan>,
}

/// What quality assurance came to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Quality {
    /// Who looked.
    pub checker: String,
    /// When it ended.
    pub ended: Moment,
    /// How many pages there are.
    pub pages: u64,
    /// How many were looked at.
    pub checked: u64,
    /// The seed with which they were drawn, in hexadecimal digits; none where all were looked at.
    pub seed: Option<String>,
    /// How many were scanned again.
    pub repeated: u64,
    /// Was the batch good?
    pub good: bool,
}

/// A scan.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Scan {
    /// Its name.
    pub name: String,
    /// The hash algorithm.
    pub algorithm: String,
    /// The hash value.
    pub value: String,
}

/// What a note lacks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("A.NB.4 {element} is missing or untrue")]
pub struct Incomplete {
    /// The letter of the element.
    pub element: char,
}

impl Incomplete {
    /// For people.
    #[must_use]
    pub fn text(&self) -> Text {
        let (de, en) = match self.element {
            'a' => ("wer gescannt hat, als Person und Organisation", "who scanned, as person and organisation"),
            'b' => ("die technische und organisatorische Umgebung", "the technical and organisational environment"),
            'c' => ("die Auffälligkeiten", "the irregularities"),
            'd' => ("der Zeitpunkt", "the time"),
            'e' => ("das Ergebnis der Qualitätssicherung", "the result of quality assurance"),
            'f' => ("die Erklärung der bildlichen und inhaltlichen Gleichheit", "the statement that both are the same"),
            _ => ("die Hashwerte der Scans", "the hash values of the scans"),
        };
        Text::owned(
            format!("Dem Transfervermerk fehlt etwas: {de} (A.NB.4)."),
            format!("The transfer note lacks something: {en} (A.NB.4)."),
        )
    }
}

impl TransferNote {
    /// Has it every element, and does it say that all is well?
    pub fn complete(&self) -> Result<(), Incomplete> {
        let said = |pairs: &[(String, String)]| {
            !pairs.is_empty() && pairs.iter().all(|(name, value)| !name.trim().is_empty() && !value.trim().is_empty())
        };
        let quality = &self.quality;
        let hexadecimal = |scan: &Scan| {
            scan.value.len() >= 64 && scan.value.bytes().all(|byte| byte.is_ascii_hexdigit()) && !scan.name.is_empty()
        };
        let checks = [
            ('a', !self.creator.trim().is_empty() && !self.organisation.trim().is_empty()),
            ('b', said(&self.technical) && said(&self.organisational)),
            ('c', self.irregularities.iter().all(|text| says_something(text))),
            ('d', self.scanned <= quality.ended),
            ('e', quality.good && !quality.checker.trim().is_empty() && quality.checked > 0),
            ('e', quality.checked <= quality.pages && (quality.seed.is_some() || quality.checked == quality.pages)),
            ('f', self.identical),
            ('g', !self.scans.is_empty() && self.scans.iter().all(hexadecimal)),
        ];
        checks.iter().find(|(_, holds)| !holds).map_or(Ok(()), |(element, _)| Err(Incomplete { element: *element }))
    }

    /// The XML form. Characters that XML does not have become U+FFFD.
    #[must_use]
    pub fn to_xml(&self) -> String {
        let mut out = format!("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<transferNote xmlns=\"{NAMESPACE}\">");
        let element = |out: &mut String, name: &str, text: &str| {
            _ = write!(out, "<{name}>{}</{name}>", escaped(text));
        };
        element(&mut out, "batch", &self.batch);
        element(&mut out, "creator", &self.creator);
        element(&mut out, "organisation", &self.organisation);
        for (name, pairs) in [("technical", &self.technical), ("organisational", &self.organisational)] {
            for (key, value) in pairs {
                _ = write!(out, "<{name} name=\"{}\">{}</{name}>", escaped(key), escaped(value));
            }
        }
        for text in &self.irregularities {
            element(&mut out, "irregularity", text);
        }
        element(&mut out, "scanned", &self.scanned.to_string());
        let quality = &self.quality;
        out.push_str("<quality>");
        element(&mut out, "checker", &quality.checker);
        element(&mut out, "ended", &quality.ended.to_string());
        element(&mut out, "pages", &quality.pages.to_string());
        element(&mut out, "checked", &quality.checked.to_string());
        if let Some(seed) = &quality.seed {
            element(&mut out, "seed", seed);
        }
        element(&mut out, "repeated", &quality.repeated.to_string());
        element(&mut out, "good", if quality.good { "true" } else { "false" });
        out.push_str("</quality>");
        element(&mut out, "identical", if self.identical { "true" } else { "false" });
        for scan in &self.scans {
            let (name, algorithm) = (escaped(&scan.name), escaped(&scan.algorithm));
            _ = write!(out, "<scan name=\"{name}\" algorithm=\"{algorithm}\">{}</scan>", escaped(&scan.value));
        }
        out.push_str("</transferNote>\n");
        out
    }

    /// Reads the XML form; none where it is not one.
    #[must_use]
    pub fn from_xml(bytes: &[u8]) -> Option<Self> {
        let text = canonical::text(bytes)?;
        let document = canonical::parse(&text).ok()?;
        let root = document.root_element();
        if !root.has_tag_name((NAMESPACE, "transferNote")) || root.children().count() > 2 * MOST {
            return None;
        }
        let quality = child(root, "quality")?;
        let pairs = |name: &'static str| {
            children(root, name).map(|node| Some((node.attribute("name")?.to_owned(), content(node))))
        };
        let scan = |node: Node<'_, '_>| {
            let attribute = |name| node.attribute(name).map(str::to_owned);
            Some(Scan { name: attribute("name")?, algorithm: attribute("algorithm")?, value: content(node) })
        };
        Some(Self {
            batch: of(root, "batch")?,
            creator: of(root, "creator")?,
            organisation: of(root, "organisation")?,
            technical: pairs("technical").collect::<Option<_>>()?,
            organisational: pairs("organisational").collect::<Option<_>>()?,
            irregularities: children(root, "irregularity").map(content).collect(),
            scanned: of(root, "scanned")?.parse().ok()?,
            quality: Quality {
                checker: of(quality, "checker")?,
                ended: of(quality, "ended")?.parse().ok()?,
                pages: of(quality, "pages")?.parse().ok()?,
                checked: of(quality, "checked")?.parse().ok()?,
                seed: of(quality, "seed"),
                repeated: of(quality, "repeated")?.parse().ok()?,
                good: of(quality, "good")?.parse().ok()?,
            },
            identical: of(root, "identical")?.parse().ok()?,
            scans: children(root, "scan").map(scan).collect::<Option<_>>()?,
        })
    }
}

fn children<'n, 'd>(node: Node<'n, 'd>, name: &'static str) -> impl Iterator<Item = Node<'n, 'd>> {
    node.children().filter(move |child| child.has_tag_name((NAMESPACE, name)))
}

fn child<'n, 'd>(node: Node<'n, 'd>, name: &'static str) -> Option<Node<'n, 'd>> {
    children(node, name).next()
}

fn of(node: Node<'_, '_>, name: &'static str) -> Option<String> {
    child(node, name).map(content)
}

fn content(node: Node<'_, '_>) -> String {
    node.children().filter(Node::is_text).filter_map(|text| text.text()).collect()
}

fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\t' => out.push_str("&#9;"),
            '\n' => out.push_str("&#10;"),
            '\r' => out.push_str("&#13;"),
            '\0'..'\u{20}' | '\u{fffe}' | '\u{ffff}' => out.push('\u{fffd}'),
            letter => out.push(letter),
        }
    }
    out
}
