//! Reads XSD files and what they import.
//!
//! Invariant: files come in the order of their names, each once.

use std::collections::BTreeMap;
use std::path::Path;

use roxmltree::{Document, Node, ParsingOptions};

/// The namespace of XML Schema itself.
pub(crate) const XS: &str = "http://www.w3.org/2001/XMLSchema";

/// The text of one schema document, by its file name.
pub(crate) struct SchemaFile {
    /// File name without directory.
    pub(crate) name: String,
    /// Content of the file.
    pub(crate) text: String,
}

impl SchemaFile {
    /// Parses the file; XML Signature's schema has an internal DTD subset, hence the option.
    pub(crate) fn parse(&self) -> Result<Document<'_>, String> {
        let options = ParsingOptions { allow_dtd: true, ..ParsingOptions::default() };
        Document::parse_with_options(&self.text, options).map_err(|e| format!("{}: {e}", self.name))
    }
}

/// Reads the schema document `root` in `dir` and everything that it imports.
pub(crate) fn load(dir: &Path, root: &str) -> Result<Vec<SchemaFile>, String> {
    let mut found: BTreeMap<String, SchemaFile> = BTreeMap::new();
    let mut open = vec![dir.join(root)];
    while let Some(path) = open.pop() {
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        if found.contains_key(&name) {
            continue;
        }
        let text = std::fs::read_to_string(&path).map_err(|e| format!("{}: {e}", path.display()))?;
        let file = SchemaFile { name: name.clone(), text };
        let document = file.parse()?;
        let beside = path.parent().unwrap_or(dir);
        for import in document.root_element().children().filter(|n| is(n, "import") || is(n, "include")) {
            if let Some(location) = import.attribute("schemaLocation") {
                // Where the publisher has it, or flat beside the others.
                let published = beside.join(location);
                let flat = beside.join(location.rsplit('/').next().unwrap_or(location));
                open.push(if published.is_file() { published } else { flat });
            }
        }
        drop(document);
        found.insert(name, file);
    }
    Ok(found.into_values().collect())
}

/// Whether the node is the XML Schema element of this local name.
pub(crate) fn is(node: &Node<'_, '_>, local: &str) -> bool {
    node.tag_name().namespace() == Some(XS) && node.tag_name().name() == local
}
