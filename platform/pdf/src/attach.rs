//! Adding files to a PDF that exists already.
//!
//! The file is not rewritten: what is new is appended (an *incremental update*), so every byte
//! of the original stays as it was. A PDF/A-1 or PDF/A-2 becomes a PDF/A-3 by its metadata,
//! since the older parts forbid such attachments; everything else that they demand, part 3
//! demands, too. A file that was no PDF/A does not become one.
//!
//! Limits: encrypted files and files whose tables are broken are refused. A digital signature
//! stays valid for the original revision, but readers will report the addition.
//!
//! Invariant: the result begins with the original's bytes.

use std::collections::HashSet;

use crate::file::object::{Dict, Object, Ref};
use crate::file::text;
use crate::file::{File as Pdf, XrefKind};
use crate::write::File;
use crate::write::paint::unused_name;
use crate::{FacturxMetadata, Limits, PdfError, PdfaClaim, xmp};

/// A PDF with files added.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attached {
    /// The file.
    pub pdf: Vec<u8>,
    /// What it claims to be now; `None`: the original was no PDF/A, and so the result is none.
    pub pdfa: Option<PdfaClaim>,
}

/// Adds files, and metadata on the invoice among them, to an existing PDF.
///
/// Files that are there already stay; a new file of the same name gets a number, unless it is
/// the one that `facturx` names: that replaces the old one in the document's lists.
///
/// # Errors
/// Where the PDF cannot be read, is encrypted, or its tables are broken.
pub fn attach(
    pdf: &[u8],
    files: &[File],
    facturx: Option<&FacturxMetadata>,
    limits: &Limits,
) -> Result<Attached, PdfError> {
    let original = Pdf::open(pdf, limits)?;
    if original.is_encrypted() {
        return Err(PdfError::Encrypted);
    }
    if original.table().rebuilt {
        return Err(PdfError::Damaged("its tables cannot be extended"));
    }
    let root = match original.trailer().get(b"Root") {
        Some(Object::Ref(root)) => *root,
        _ => return Err(PdfError::Damaged("no catalog")),
    };
    let mut update = Update::new(&original);
    let mut catalog = original.catalog()?;

    let replaced = facturx.map(|facturx| facturx.document_file_name.as_str());
    let mut listed = Listed::of(&original, &catalog, replaced)?;
    for file in files {
        let specification = update.file(file, &mut listed.names)?;
        let name = specification.name;
        // In the old one's place, so that whatever else refers to it finds the new one.
        let reference = match listed.replaced.take_if(|_| Some(file.name.as_str()) == replaced) {
            Some(old) => {
                update.replace(old, &specification.dict);
                old
            }
            None => update.add(specification.dict),
        };
        listed.tree.push((name, Object::Ref(reference)));
        listed.associated.push(Object::Ref(reference));
    }
    listed.tree.sort_by(|a, b| a.0.cmp(&b.0));
    let pairs = listed.tree.into_iter().flat_map(|(name, specification)| [Object::String(name), specification]);
    let mut tree = Dict::default();
    tree.set(b"Names", Object::Array(pairs.collect()));
    let tree = update.add(tree);
    let mut names = match original.lookup(&catalog, b"Names")? {
        Some(Object::Dict(names)) => names,
        _ => Dict::default(),
    };
    names.set(b"EmbeddedFiles", Object::Ref(tree));
    catalog.set(b"Names", Object::Dict(names));
    catalog.set(b"AF", Object::Array(listed.associated));

    let packet = match original.lookup(&catalog, b"Metadata")? {
        Some(Object::Stream(stream)) => xmp::packet_text(&original.unpack(&stream)?.bytes),
        _ => xmp::empty_packet(),
    };
    let mut packet = xmp::with_pdfa3(&packet);
    if let Some(facturx) = facturx {
        packet = xmp::with_facturx(&packet, facturx).ok_or(PdfError::Damaged("its metadata cannot be extended"))?;
    }
    let mut dict = Dict::default();
    dict.set(b"Type", Object::Name(b"Metadata".to_vec()));
    dict.set(b"Subtype", Object::Name(b"XML".to_vec()));
    let metadata = update.add_stream(dict, packet.as_bytes());
    catalog.set(b"Metadata", Object::Ref(metadata));
    update.replace(root, &catalog);
    Ok(Attached { pdf: update.finish(root), pdfa: xmp::pdfa(&packet) })
}

/// The files that a document lists already.
struct Listed {
    names: HashSet<String>,
    tree: Vec<(Vec<u8>, Object)>,
    associated: Vec<Object>,
    /// The specification of the file that a new one replaces.
    replaced: Option<Ref>,
}

impl Listed {
    fn of(pdf: &Pdf<'_>, catalog: &Dict, replaced: Option<&str>) -> Result<Self, PdfError> {
        let mut listed = Self { names: HashSet::new(), tree: Vec::new(), associated: Vec::new(), replaced: None };
        let mut waiting: Vec<Object> = match pdf.lookup(catalog, b"Names")? {
            Some(Object::Dict(names)) => names.get(b"EmbeddedFiles").cloned().into_iter().collect(),
            _ => Vec::new(),
        };
        let mut seen = HashSet::new();
        while let Some(next) = waiting.pop() {
            if let Object::Ref(to) = next
                && !seen.insert(to)
            {
                continue;
            }
            let Object::Dict(node) = pdf.resolve(&next)? else { continue };
            if let Some(Object::Array(pairs)) = pdf.lookup(&node, b"Names")? {
                for pair in pairs.chunks_exact(2) {
                    let key = pdf.resolve(&pair[0])?.string().unwrap_or_default().to_vec();
                    let name = file_name(pdf, &pair[1])?.unwrap_or_else(|| text::decode(&key));
                    if Some(name.as_str()) == replaced {
                        listed.replaced = listed.replaced.or(pair[1].reference());
                    } else {
                        listed.names.insert(name);
                        listed.tree.push((key, pair[1].clone()));
                    }
                }
            }
            if let Some(Object::Array(kids)) = pdf.lookup(&node, b"Kids")? {
                waiting.extend(kids);
            }
        }
        if let Some(Object::Array(items)) = pdf.lookup(catalog, b"AF")? {
            for item in items {
                let name = file_name(pdf, &item)?;
                if name.is_some() && name.as_deref() == replaced {
                    listed.replaced = listed.replaced.or(item.reference());
                } else {
                    listed.names.extend(name);
                    listed.associated.push(item);
                }
            }
        }
        Ok(listed)
    }
}

fn file_name(pdf: &Pdf<'_>, specification: &Object) -> Result<Option<String>, PdfError> {
    let Object::Dict(dict) = pdf.resolve(specification)? else { return Ok(None) };
    for key in [&b"UF"[..], b"F"] {
        if let Some(Object::String(name)) = pdf.lookup(&dict, key)? {
            return Ok(Some(text::decode(&name)));
        }
    }
    Ok(None)
}

/// What is appended to the original.
struct Update<'p, 'b> {
    original: &'p Pdf<'b>,
    out: Vec<u8>,
    /// Where each new or replaced object stands.
    places: Vec<(Ref, usize)>,
    next: u32,
}

struct Specification {
    name: Vec<u8>,
    dict: Dict,
}

impl<'p, 'b> Update<'p, 'b> {
    fn new(original: &'p Pdf<'b>) -> Self {
        let mut out = original.bytes().to_vec();
        if !out.ends_with(b"\n") {
            out.push(b'\n');
        }
        let highest = original.table().entries.keys().copied().max().unwrap_or(0);
        let size = original.trailer().get(b"Size").and_then(Object::int).unwrap_or(0);
        let size = u32::try_from(size).unwrap_or(0);
        Self { original, out, places: Vec::new(), next: size.max(highest.saturating_add(1)) }
    }

    fn file(&mut self, file: &File, names: &mut HashSet<String>) -> Result<Specification, PdfError> {
        let name = unused_name(&file.name, names);
        let mut parameters = Dict::default();
        parameters.set(b"Size", Object::Int(file.bytes.len() as i64));
        parameters.set(b"ModDate", Object::String(file.modified.pdf().into_bytes()));
        let mut dict = Dict::default();
        dict.set(b"Type", Object::Name(b"EmbeddedFile".to_vec()));
        dict.set(b"Subtype", Object::Name(file.mime.clone().into_bytes()));
        dict.set(b"Params", Object::Dict(parameters));
        dict.set(b"Filter", Object::Name(b"FlateDecode".to_vec()));
        let content = Object::Ref(self.add_stream(dict, &deflated(&file.bytes)?));

        let mut contents = Dict::default();
        contents.set(b"F", content.clone());
        contents.set(b"UF", content);
        let encoded = text::encode(&name);
        let description = if file.description.is_empty() { &name } else { &file.description };
        let mut dict = Dict::default();
        dict.set(b"Type", Object::Name(b"Filespec".to_vec()));
        dict.set(b"F", Object::String(encoded.clone()));
        dict.set(b"UF", Object::String(encoded.clone()));
        dict.set(b"Desc", Object::String(text::encode(description)));
        dict.set(b"AFRelationship", Object::Name(relationship(file).as_bytes().to_vec()));
        dict.set(b"EF", Object::Dict(contents));
        Ok(Specification { name: encoded, dict })
    }

    fn begin(&mut self, reference: Ref) {
        self.places.push((reference, self.out.len()));
        let header = format!("{} {} obj\n", reference.number, reference.generation);
        self.out.extend_from_slice(header.as_bytes());
    }

    fn new_reference(&mut self) -> Ref {
        let reference = Ref { number: self.next, generation: 0 };
        self.next = self.next.saturating_add(1);
        reference
    }

    fn add(&mut self, dict: Dict) -> Ref {
        let reference = self.new_reference();
        self.replace(reference, &dict);
        reference
    }

    fn replace(&mut self, reference: Ref, dict: &Dict) {
        self.begin(reference);
        dict.write(&mut self.out);
        self.out.extend_from_slice(b"\nendobj\n");
    }

    fn add_stream(&mut self, mut dict: Dict, bytes: &[u8]) -> Ref {
        let reference = self.new_reference();
        dict.set(b"Length", Object::Int(bytes.len() as i64));
        self.begin(reference);
        dict.write(&mut self.out);
        self.out.extend_from_slice(b"\nstream\n");
        self.out.extend_from_slice(bytes);
        self.out.extend_from_slice(b"\nendstream\nendobj\n");
        reference
    }

    /// Writes the cross-reference in the form that the original has.
    fn finish(mut self, root: Ref) -> Vec<u8> {
        let mut trailer = Dict::default();
        for key in [&b"Info"[..], b"ID"] {
            if let Some(value) = self.original.trailer().get(key) {
                trailer.set(key, value.clone());
            }
        }
        trailer.set(b"Root", Object::Ref(root));
        trailer.set(b"Prev", Object::Int(self.original.table().start as i64));
        if self.original.table().kind == XrefKind::Stream {
            self.finish_with_stream(trailer);
        } else {
            self.finish_with_table(trailer);
        }
        self.out
    }

    fn finish_with_table(&mut self, mut trailer: Dict) {
        let start = self.out.len();
        self.places.sort_unstable();
        self.out.extend_from_slice(b"xref\n");
        for (reference, offset) in &self.places {
            let entry = format!("{} 1\n{offset:010} {:05} n \n", reference.number, reference.generation);
            self.out.extend_from_slice(entry.as_bytes());
        }
        trailer.set(b"Size", Object::Int(i64::from(self.next)));
        self.out.extend_from_slice(b"trailer\n");
        trailer.write(&mut self.out);
        self.out.extend_from_slice(format!("\nstartxref\n{start}\n%%EOF\n").as_bytes());
    }

    fn finish_with_stream(&mut self, mut dict: Dict) {
        let start = self.out.len();
        let own = self.new_reference();
        self.places.push((own, start));
        self.places.sort_unstable();
        let mut index = Vec::new();
        let mut rows = Vec::new();
        for (reference, offset) in &self.places {
            index.extend([Object::Int(i64::from(reference.number)), Object::Int(1)]);
            rows.push(1u8);
            rows.extend_from_slice(&(*offset as u64).to_be_bytes());
            rows.extend_from_slice(&reference.generation.to_be_bytes());
        }
        dict.set(b"Type", Object::Name(b"XRef".to_vec()));
        dict.set(b"Size", Object::Int(i64::from(self.next)));
        dict.set(b"W", Object::Array([1, 8, 2].map(Object::Int).to_vec()));
        dict.set(b"Index", Object::Array(index));
        dict.set(b"Length", Object::Int(rows.len() as i64));
        self.out.extend_from_slice(format!("{} 0 obj\n", own.number).as_bytes());
        dict.write(&mut self.out);
        self.out.extend_from_slice(b"\nstream\n");
        self.out.extend_from_slice(&rows);
        let end = format!("\nendstream\nendobj\nstartxref\n{start}\n%%EOF\n");
        self.out.extend_from_slice(end.as_bytes());
    }
}

fn relationship(file: &File) -> &'static str {
    match file.relationship {
        crate::Relationship::Other => crate::Relationship::Unspecified.name(),
        known => known.name(),
    }
}

fn deflated(bytes: &[u8]) -> Result<Vec<u8>, PdfError> {
    use std::io::Write as _;
    let mut packer = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::default());
    let packed = packer.write_all(bytes).and_then(|()| packer.finish());
    packed.map_err(|error| PdfError::Write(error.to_string()))
}
