//! Reading: the files that a PDF carries, and what it says about itself.
//!
//! Embedded files are looked for in all three places where writers put them: the list of
//! associated files, the name tree, and annotations on pages. Each file is given once.
//!
//! Invariant: the answer is bounded by [`Limits`], and broken parts do not hide whole ones.

use std::collections::HashSet;

use crate::error::Limit;
use crate::file::File;
use crate::file::object::{Dict, Object, Ref};
use crate::file::text;
use crate::{FacturxMetadata, Limits, PdfError, PdfaClaim, Relationship, Timestamp, xmp};

/// A file inside a PDF.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EmbeddedFile {
    /// The name, as the PDF says it. It may hold path separators or anything else: whoever
    /// writes it to a disk has to make it safe.
    pub name: String,
    /// How it relates to the document.
    pub relationship: Relationship,
    /// Where it was found first.
    pub place: Place,
    /// The MIME type, if given.
    pub mime: Option<String>,
    /// The description, empty if there is none.
    pub description: String,
    /// When it was made.
    pub created: Option<Timestamp>,
    /// When it was changed.
    pub modified: Option<Timestamp>,
    /// The content. Where [`damage`](Self::damage) is set, only what could be had of it.
    pub bytes: Vec<u8>,
    /// Why the content is not complete.
    pub damage: Option<PdfError>,
}

/// Where in a PDF a file was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Place {
    /// In the document's list of associated files.
    Associated,
    /// In the tree of embedded files.
    NameTree,
    /// Attached to a page, visibly or not.
    Page,
}

/// What a PDF says about itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Metadata {
    /// The XMP packet.
    pub xmp: Option<String>,
    /// What PDF/A it claims to be. A claim only: nothing is validated here.
    pub pdfa: Option<PdfaClaim>,
    /// Which part of PDF/UA it claims to fulfil.
    pub pdfua: Option<u8>,
    /// The number of pages.
    pub pages: usize,
    /// It is encrypted, but opens without a password.
    pub encrypted: bool,
}

/// All embedded files: first the associated ones, then the name tree's, then the pages'.
///
/// # Errors
/// Where the bytes are no PDF, cannot be opened or repaired, or exceed a limit. A single file
/// that is broken or too large is no error; see [`EmbeddedFile::damage`].
pub fn embedded_files(bytes: &[u8], limits: &Limits) -> Result<Vec<EmbeddedFile>, PdfError> {
    let file = File::open(bytes, limits)?;
    let mut collector = Collector { file: &file, seen: HashSet::new(), files: Vec::new() };
    collector.collect()?;
    Ok(collector.files)
}

/// The document's metadata.
///
/// # Errors
/// Where the bytes are no PDF, cannot be opened or repaired, or exceed a limit.
pub fn metadata(bytes: &[u8], limits: &Limits) -> Result<Metadata, PdfError> {
    let file = File::open(bytes, limits)?;
    let catalog = file.catalog()?;
    let xmp = match file.lookup(&catalog, b"Metadata")? {
        Some(Object::Stream(stream)) => Some(xmp::packet_text(&file.unpack(&stream)?.bytes)),
        _ => None,
    };
    let packet = xmp.as_deref().unwrap_or_default();
    let mut pages = 0;
    each_page(&file, &catalog, |_| {
        pages += 1;
        Ok(())
    })?;
    Ok(Metadata { pdfa: xmp::pdfa(packet), pdfua: xmp::pdfua(packet), pages, encrypted: file.is_encrypted(), xmp })
}

/// What an XMP packet says about an embedded invoice. The namespaces of ZUGFeRD 1.0 and 2.0
/// are known, too.
#[must_use]
pub fn facturx_metadata(xmp: &str) -> Option<FacturxMetadata> {
    xmp::facturx(xmp)
}

struct Collector<'f, 'a> {
    file: &'f File<'a>,
    /// References to file specifications, content streams and tree nodes that are done.
    seen: HashSet<Ref>,
    files: Vec<EmbeddedFile>,
}

impl Collector<'_, '_> {
    fn collect(&mut self) -> Result<(), PdfError> {
        let catalog = self.file.catalog()?;
        self.associated(&catalog, Place::Associated)?;
        if let Some(Object::Dict(names)) = self.file.lookup(&catalog, b"Names")?
            && let Some(root) = names.get(b"EmbeddedFiles")
        {
            self.name_tree(root.clone())?;
        }
        let file = self.file;
        each_page(file, &catalog, |page| {
            self.associated(page, Place::Page)?;
            self.annotations(page)
        })
    }

    fn associated(&mut self, dict: &Dict, place: Place) -> Result<(), PdfError> {
        match self.follow(dict, b"AF")? {
            Some(Object::Array(items)) => items.iter().try_for_each(|item| self.specification(item, None, place)),
            // A single file instead of a list: not allowed, but unmistakable.
            Some(Object::Dict(_)) => match dict.get(b"AF") {
                Some(single) => self.specification(&single.clone(), None, place),
                None => Ok(()),
            },
            _ => Ok(()),
        }
    }

    /// Resolves a value of `dict`, but each referenced list only once in the whole document.
    fn follow(&mut self, dict: &Dict, key: &[u8]) -> Result<Option<Object>, PdfError> {
        match dict.get(key) {
            Some(Object::Ref(to)) if self.seen.contains(to) => Ok(None),
            Some(value @ Object::Ref(to)) => {
                let resolved = self.file.resolve(value)?;
                if matches!(resolved, Object::Array(_)) {
                    self.seen.insert(*to);
                }
                Ok(Some(resolved))
            }
            Some(direct) => Ok(Some(direct.clone())),
            None => Ok(None),
        }
    }

    fn name_tree(&mut self, root: Object) -> Result<(), PdfError> {
        let mut waiting = vec![root];
        while let Some(next) = waiting.pop() {
            if let Object::Ref(to) = next
                && !self.seen.insert(to)
            {
                continue;
            }
            let Object::Dict(node) = self.file.resolve(&next)? else { continue };
            if let Some(Object::Array(pairs)) = self.follow(&node, b"Names")? {
                for pair in pairs.chunks_exact(2) {
                    let key = self.file.resolve(&pair[0])?;
                    self.specification(&pair[1], key.string(), Place::NameTree)?;
                }
            }
            if let Some(Object::Array(kids)) = self.follow(&node, b"Kids")? {
                // From the end, so that they are taken in order.
                waiting.extend(kids.into_iter().rev());
            }
            if waiting.len() > self.file.limits().objects {
                return Err(too_many(Limit::Objects, self.file.limits().objects));
            }
        }
        Ok(())
    }

    fn annotations(&mut self, page: &Dict) -> Result<(), PdfError> {
        let Some(Object::Array(annotations)) = self.follow(page, b"Annots")? else {
            return Ok(());
        };
        for annotation in annotations {
            if let Object::Ref(to) = annotation
                && !self.seen.insert(to)
            {
                continue;
            }
            let Object::Dict(dict) = self.file.resolve(&annotation)? else { continue };
            if dict.get(b"Subtype").and_then(Object::name) == Some(b"FileAttachment")
                && let Some(specification) = dict.get(b"FS")
            {
                self.specification(specification, None, Place::Page)?;
            }
            self.associated(&dict, Place::Page)?;
        }
        Ok(())
    }

    /// Takes the file of a file specification, if it carries one and was not taken before.
    fn specification(&mut self, specification: &Object, key: Option<&[u8]>, place: Place) -> Result<(), PdfError> {
        if let Object::Ref(to) = specification
            && !self.seen.insert(*to)
        {
            return Ok(());
        }
        let Object::Dict(dict) = self.file.resolve(specification)? else { return Ok(()) };
        let Some(Object::Dict(contents)) = self.file.lookup(&dict, b"EF")? else { return Ok(()) };
        const KEYS: [&[u8]; 5] = [b"UF", b"F", b"Unix", b"Mac", b"DOS"];
        let Some(content) = KEYS.iter().find_map(|key| contents.get(key)) else { return Ok(()) };
        if let Object::Ref(to) = content
            && !self.seen.insert(*to)
        {
            return Ok(());
        }
        let Object::Stream(stream) = self.file.resolve(content)? else { return Ok(()) };
        if self.files.len() >= self.file.limits().files {
            return Err(too_many(Limit::Files, self.file.limits().files));
        }
        let mut name = None;
        for key in KEYS {
            if let Some(Object::String(bytes)) = self.file.lookup(&dict, key)?
                && !bytes.is_empty()
            {
                name = Some(text::decode(&bytes));
                break;
            }
        }
        let name = name.or_else(|| key.map(text::decode)).unwrap_or_default();
        let relationship = match self.file.lookup(&dict, b"AFRelationship")? {
            Some(Object::Name(value)) => Relationship::from_name(&value),
            _ => Relationship::Unspecified,
        };
        let description = match self.file.lookup(&dict, b"Desc")? {
            Some(Object::String(bytes)) => text::decode(&bytes),
            _ => String::new(),
        };
        let mime = match self.file.lookup(&stream.dict, b"Subtype")? {
            Some(Object::Name(value)) => Some(String::from_utf8_lossy(&value).into_owned()),
            _ => None,
        };
        let parameters = match self.file.lookup(&stream.dict, b"Params")? {
            Some(Object::Dict(parameters)) => parameters,
            _ => Dict::default(),
        };
        let date = |key: &[u8]| -> Result<Option<Timestamp>, PdfError> {
            let value = self.file.lookup(&parameters, key)?;
            Ok(value.as_ref().and_then(Object::string).and_then(Timestamp::from_pdf))
        };
        let (created, modified) = (date(b"CreationDate")?, date(b"ModDate")?);
        let (bytes, damage) = match self.file.unpack(&stream) {
            Ok(unpacked) if unpacked.truncated => {
                (unpacked.bytes, Some(PdfError::Damaged("an embedded file breaks off")))
            }
            Ok(unpacked) => (unpacked.bytes, None),
            Err(error) => (Vec::new(), Some(error)),
        };
        self.files.push(EmbeddedFile {
            name,
            relationship,
            place,
            mime,
            description,
            created,
            modified,
            bytes,
            damage,
        });
        Ok(())
    }
}

fn too_many(what: Limit, limit: usize) -> PdfError {
    PdfError::LimitExceeded { what, limit: limit as u64 }
}

/// Calls `visit` with every page, in order. Nodes that were seen before are left out.
pub(crate) fn each_page(
    file: &File<'_>,
    catalog: &Dict,
    mut visit: impl FnMut(&Dict) -> Result<(), PdfError>,
) -> Result<(), PdfError> {
    let mut seen = HashSet::new();
    let mut waiting: Vec<Object> = catalog.get(b"Pages").cloned().into_iter().collect();
    while let Some(next) = waiting.pop() {
        if let Object::Ref(to) = next
            && !seen.insert(to)
        {
            continue;
        }
        let Object::Dict(node) = file.resolve(&next)? else { continue };
        match file.lookup(&node, b"Kids")? {
            Some(Object::Array(kids)) if !node.is_type(b"Page") => {
                waiting.extend(kids.into_iter().rev());
            }
            _ => visit(&node)?,
        }
        if waiting.len() > file.limits().objects {
            return Err(too_many(Limit::Objects, file.limits().objects));
        }
    }
    Ok(())
}
