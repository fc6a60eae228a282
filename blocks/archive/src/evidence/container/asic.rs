//! ASiC containers (ETSI EN 319 162-1): evidence records in `META-INF/*evidencerecord*`.
//!
//! In the simple form (ASiC-S) the record protects the one file beside `META-INF`; in the extended form (ASiC-E) a
//! manifest names the files, with hash values of their own.
//!
//! Invariant: a file that a manifest names must be there and be unchanged, or the container is at fault.

use roxmltree::Node;
use vir_core::Text;

use super::Protected;
use crate::digest::Digest;
use crate::evidence::{Object, Reason};
use crate::xml::{armour, canonical};

/// The records of a container, from its files by path.
#[must_use]
pub fn records(files: &[(String, Vec<u8>)]) -> Vec<Protected> {
    let manifests: Vec<(&str, Vec<Reference>, Vec<String>)> = files
        .iter()
        .filter(|(path, _)| path.starts_with("META-INF/") && path.to_ascii_lowercase().ends_with(".xml"))
        .filter_map(|(path, bytes)| manifest(bytes).map(|(references, records)| (path.as_str(), references, records)))
        .collect();
    files
        .iter()
        .filter(|(path, _)| is_record(path))
        .map(|(path, bytes)| {
            let manifest = manifests.iter().find(|(_, _, records)| records.iter().any(|record| same(record, path)));
            let mut protected =
                Protected { name: path.clone(), record: Some(bytes.clone()), objects: Vec::new(), faults: Vec::new() };
            match manifest {
                Some((_, references, _)) => references.iter().for_each(|one| one.resolve(files, &mut protected)),
                None => {
                    let data = files.iter().filter(|(path, _)| !path.starts_with("META-INF/") && path != "mimetype");
                    protected.objects.extend(data.map(|(path, bytes)| Object::new(path.clone(), bytes.clone())));
                    if protected.objects.len() > 1 {
                        protected.faults.push(Reason::PackageObject {
                            object: path.clone(),
                            what: Text::new(
                                "Kein Verzeichnis (ASiCEvidenceRecordManifest) nennt, was der Nachweis schützt.",
                                "No manifest (ASiCEvidenceRecordManifest) names what the record protects.",
                            ),
                        });
                    }
                }
            }
            protected
        })
        .collect()
}

/// Paths of evidence records (EN 319 162-1, 4.3.3.2 and 4.4.3.2).
fn is_record(path: &str) -> bool {
    let lower = path.to_ascii_lowercase();
    let is_named = lower.strip_prefix("meta-inf/").is_some_and(|name| name.contains("evidencerecord"));
    is_named && (lower.ends_with(".ers") || lower.ends_with(".xml")) && !lower.contains("manifest")
}

fn same(uri: &str, path: &str) -> bool {
    uri.trim_start_matches('/') == path || percent_decoded(uri).trim_start_matches('/') == path
}

fn percent_decoded(uri: &str) -> String {
    let bytes = uri.as_bytes();
    let mut out = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while at < bytes.len() {
        let digits = bytes.get(at + 1..at + 3).and_then(|digits| std::str::from_utf8(digits).ok());
        match (bytes[at], digits.and_then(|digits| u8::from_str_radix(digits, 16).ok())) {
            (b'%', Some(byte)) => {
                out.push(byte);
                at += 3;
            }
            (byte, _) => {
                out.push(byte);
                at += 1;
            }
        }
    }
    String::from_utf8_lossy(&out).into_owned()
}

struct Reference {
    uri: String,
    digest: Option<Digest>,
    value: Option<Vec<u8>>,
}

impl Reference {
    fn resolve(&self, files: &[(String, Vec<u8>)], protected: &mut Protected) {
        let mut fault = |what| protected.faults.push(Reason::PackageObject { object: self.uri.clone(), what });
        let Some((path, bytes)) = files.iter().find(|(path, _)| same(&self.uri, path)) else {
            fault(Text::new("Die Datei fehlt im Container.", "The file is missing in the container."));
            return;
        };
        if let (Some(digest), Some(value)) = (self.digest, &self.value)
            && digest.of(&[bytes]) != *value
        {
            fault(Text::new(
                "Der Hashwert im Verzeichnis des Containers passt nicht zur Datei.",
                "The hash value in the container's manifest does not match the file.",
            ));
        }
        protected.objects.push(Object::new(path.clone(), bytes.clone()));
    }
}

/// The references of an ASiCManifest, and the paths of the records that it is about.
fn manifest(bytes: &[u8]) -> Option<(Vec<Reference>, Vec<String>)> {
    let text = canonical::text(bytes)?;
    let document = canonical::parse(&text).ok()?;
    let root = document.root_element();
    if root.tag_name().name() != "ASiCManifest" {
        return None;
    }
    let named = |name: &'static str| root.children().filter(move |node: &Node<'_, '_>| node.tag_name().name() == name);
    let records = named("SigReference").filter_map(|node| node.attribute("URI")).map(str::to_owned).collect();
    let references = named("DataObjectReference")
        .map(|node| {
            let part = |name: &str| node.children().find(|child| child.tag_name().name() == name);
            let method = part("DigestMethod").and_then(|method| method.attribute("Algorithm"));
            // Some writers leave a full stop behind the value.
            let value =
                part("DigestValue").and_then(|value| value.text()).map(|text| text.trim().trim_end_matches('.'));
            Reference {
                uri: node.attribute("URI").unwrap_or_default().to_owned(),
                digest: method.and_then(Digest::from_uri),
                value: value.and_then(armour::base64),
            }
        })
        .collect();
    Some((references, records))
}
