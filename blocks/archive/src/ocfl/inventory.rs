//! The inventory of an object (OCFL 3.5): what it holds in which version, as a value and as JSON.
//!
//! Invariant: what was read without error says the same when it is written; a path of it that has no finding stays
//! within the object.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use serde::Serialize;

use super::digest::Algorithm;
use super::path::VersionName;
use crate::json::quoted;

/// A version of the specification.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub enum Spec {
    /// OCFL 1.0
    #[serde(rename = "1.0")]
    V1_0,
    /// OCFL 1.1
    #[serde(rename = "1.1")]
    V1_1,
}

impl Spec {
    /// All that this library knows.
    pub const ALL: [Self; 2] = [Self::V1_0, Self::V1_1];

    /// Its number.
    #[must_use]
    pub fn number(self) -> &'static str {
        match self {
            Self::V1_0 => "1.0",
            Self::V1_1 => "1.1",
        }
    }

    /// The `type` of its inventories.
    #[must_use]
    pub fn inventory_type(self) -> &'static str {
        match self {
            Self::V1_0 => "https://ocfl.io/1.0/spec/#inventory",
            Self::V1_1 => "https://ocfl.io/1.1/spec/#inventory",
        }
    }

    /// By the `type` of an inventory.
    #[must_use]
    pub fn from_type(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|spec| spec.inventory_type() == text)
    }

    /// By its number.
    #[must_use]
    pub fn from_number(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|spec| spec.number() == text)
    }
}

/// Digests as they are written, with paths.
pub type Paths = BTreeMap<String, Vec<String>>;

/// Who made a version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct User {
    /// A readable name.
    pub name: String,
    /// Preferably `mailto:` or another URI.
    pub address: Option<String>,
}

/// A version of an object.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Version {
    /// When it was made (RFC 3339).
    pub created: String,
    /// Why.
    pub message: Option<String>,
    /// By whom.
    pub user: Option<User>,
    /// The logical paths by digest.
    pub state: Paths,
}

/// An inventory.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Inventory {
    /// The identifier of the object.
    pub id: String,
    /// The specification that it follows.
    pub spec: Spec,
    /// The algorithm of manifest, states and sidecar.
    pub algorithm: Algorithm,
    /// The newest version.
    pub head: VersionName,
    /// The name of the content folder, where it is not `content`.
    pub content_directory: Option<String>,
    /// The content paths by digest.
    pub manifest: Paths,
    /// All versions.
    pub versions: BTreeMap<VersionName, Version>,
    /// Further digests by name of the algorithm.
    pub fixity: BTreeMap<String, Paths>,
}

/// The name of the content folder where an inventory gives no other.
pub(super) const CONTENT: &str = "content";

impl Inventory {
    /// Reads an inventory that stands alone; none where it breaks a rule.
    #[must_use]
    pub fn parse(bytes: &[u8]) -> Option<Self> {
        let mut report = super::finding::Report::default();
        let inventory = super::read::read(bytes, Spec::V1_1, "inventory.json", &mut report)?;
        report.is_valid().then_some(inventory)
    }

    /// The name of the content folder.
    #[must_use]
    pub fn content_folder(&self) -> &str {
        self.content_directory.as_deref().unwrap_or(CONTENT)
    }

    /// The name of the sidecar.
    #[must_use]
    pub fn sidecar_name(&self) -> String {
        format!("inventory.json.{}", self.algorithm.name())
    }

    /// The logical paths of a version, each with its digest.
    pub fn files(&self, version: VersionName) -> impl Iterator<Item = (&str, &str)> {
        let state = self.versions.get(&version).map(|version| &version.state);
        state
            .into_iter()
            .flatten()
            .flat_map(|(digest, paths)| paths.iter().map(move |path| (path.as_str(), digest.as_str())))
    }

    /// The first content path of a digest.
    #[must_use]
    pub fn content_path(&self, digest: &str) -> Option<&str> {
        self.manifest.get(digest)?.first().map(String::as_str)
    }

    /// As JSON; the same inventory gives the same bytes.
    #[must_use]
    pub fn write(&self) -> Vec<u8> {
        let mut out = String::from("{\n");
        let _ = writeln!(out, "  \"id\": {},", quoted(&self.id));
        let _ = writeln!(out, "  \"type\": {},", quoted(self.spec.inventory_type()));
        let _ = writeln!(out, "  \"digestAlgorithm\": {},", quoted(self.algorithm.name()));
        let _ = writeln!(out, "  \"head\": \"{}\",", self.head);
        if let Some(folder) = &self.content_directory {
            let _ = writeln!(out, "  \"contentDirectory\": {},", quoted(folder));
        }
        out.push_str("  \"manifest\": ");
        write_paths(&mut out, &self.manifest, 2);
        out.push_str(",\n  \"versions\": {");
        for (at, (name, version)) in self.versions.iter().enumerate() {
            out.push_str(if at == 0 { "\n" } else { ",\n" });
            let _ = write!(out, "    \"{name}\": {{\n      \"created\": {}", quoted(&version.created));
            if let Some(message) = &version.message {
                let _ = write!(out, ",\n      \"message\": {}", quoted(message));
            }
            if let Some(user) = &version.user {
                let _ = write!(out, ",\n      \"user\": {{ \"name\": {}", quoted(&user.name));
                if let Some(address) = &user.address {
                    let _ = write!(out, ", \"address\": {}", quoted(address));
                }
                out.push_str(" }");
            }
            out.push_str(",\n      \"state\": ");
            write_paths(&mut out, &version.state, 6);
            out.push_str("\n    }");
        }
        out.push_str("\n  }");
        if !self.fixity.is_empty() {
            out.push_str(",\n  \"fixity\": {");
            for (at, (name, paths)) in self.fixity.iter().enumerate() {
                out.push_str(if at == 0 { "\n" } else { ",\n" });
                let _ = write!(out, "    {}: ", quoted(name));
                write_paths(&mut out, paths, 4);
            }
            out.push_str("\n  }");
        }
        out.push_str("\n}\n");
        out.into_bytes()
    }

    /// The sidecar of an inventory with these bytes.
    #[must_use]
    pub fn sidecar(&self, bytes: &[u8]) -> Vec<u8> {
        format!("{} inventory.json\n", self.algorithm.of(bytes)).into_bytes()
    }
}

fn write_paths(out: &mut String, paths: &Paths, indent: usize) {
    let space = " ".repeat(indent + 2);
    out.push('{');
    for (at, (digest, list)) in paths.iter().enumerate() {
        let list: Vec<String> = list.iter().map(|path| quoted(path)).collect();
        let comma = if at == 0 { "" } else { "," };
        let _ = write!(out, "{comma}\n{space}{}: [{}]", quoted(digest), list.join(", "));
    }
    if !paths.is_empty() {
        let _ = write!(out, "\n{}", " ".repeat(indent));
    }
    out.push('}');
}
