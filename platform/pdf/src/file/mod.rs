//! The file format: finding objects in a PDF, however broken its tables are.
//!
//! Objects are parsed when they are asked for and never kept, so that memory follows the
//! answer and not the file. Where the cross-reference tables are damaged, the whole file is
//! searched once for objects, as every reader does.
//!
//! Invariant: resolving ends, also when references form a ring.

mod crypt;
pub(crate) mod filter;
pub(crate) mod object;
pub(crate) mod text;
mod xref;

use std::cell::{OnceCell, RefCell};
use std::collections::HashMap;
use std::rc::Rc;

use crate::error::{Limit, PdfError};
use crate::limits::{Budget, Limits};
use crypt::Cipher;
use filter::Unpacked;
use object::{Dict, Object, Parser, Ref, Stream};
pub(crate) use xref::XrefKind;
use xref::{Entry, Table, rebuild};

/// A PDF that is open for reading.
#[derive(Debug)]
pub(crate) struct File<'a> {
    bytes: &'a [u8],
    budget: Budget,
    table: Table,
    rebuilt: OnceCell<Table>,
    cipher: Option<Cipher>,
    object_streams: RefCell<HashMap<u32, Option<Rc<ObjectStream>>>>,
}

/// An unpacked object stream and where each of its objects begins.
#[derive(Debug)]
struct ObjectStream {
    bytes: Vec<u8>,
    offsets: HashMap<u32, usize>,
}

/// The data of an image, its own filter, and that filter's parameters.
pub(crate) type ImageData = (Vec<u8>, Option<Vec<u8>>, Option<Dict>);

/// References in a row before we call it a ring.
const MAX_HOPS: usize = 32;

impl<'a> File<'a> {
    /// Finds the objects of a PDF.
    pub(crate) fn open(bytes: &'a [u8], limits: &Limits) -> Result<Self, PdfError> {
        if bytes.len() as u64 > limits.file_bytes {
            let limit = limits.file_bytes;
            return Err(PdfError::LimitExceeded { what: Limit::FileSize, limit });
        }
        let head = &bytes[..bytes.len().min(1024)];
        let start = memchr::memmem::find(head, b"%PDF-").ok_or(PdfError::NotPdf)?;
        // Offsets count from the header, where something stands before it.
        let bytes = &bytes[start..];
        let mut file = Self {
            bytes,
            budget: Budget::new(limits, bytes.len()),
            table: Table::default(),
            rebuilt: OnceCell::new(),
            cipher: None,
            object_streams: RefCell::default(),
        };
        match xref::load(&file) {
            Ok(table) => file.table = table,
            Err(error @ PdfError::LimitExceeded { .. }) => return Err(error),
            Err(_) => file.table = rebuild(&file)?,
        }
        file.cipher = Cipher::for_empty_password(&file)?;
        // Encrypted object streams can only be searched once the key is known.
        let search_again = file.table.rebuilt && file.cipher.is_some();
        if search_again || (file.catalog().is_err() && !file.table.rebuilt) {
            file.object_streams.borrow_mut().clear();
            file.table = rebuild(&file)?;
            // The dictionary that describes the encryption is itself not encrypted.
            file.cipher = None;
            file.cipher = Cipher::for_empty_password(&file)?;
        }
        file.catalog()?;
        Ok(file)
    }

    pub(crate) fn bytes(&self) -> &'a [u8] {
        self.bytes
    }

    pub(crate) fn limits(&self) -> &Limits {
        self.budget.limits()
    }

    pub(crate) fn trailer(&self) -> &Dict {
        &self.table.trailer
    }

    /// How the tables were written, and whether they could be used at all.
    pub(crate) fn table(&self) -> &Table {
        &self.table
    }

    pub(crate) fn is_encrypted(&self) -> bool {
        self.cipher.is_some()
    }

    /// The root of the document.
    pub(crate) fn catalog(&self) -> Result<Dict, PdfError> {
        let root = self.lookup(self.trailer(), b"Root")?;
        match root {
            Some(Object::Dict(dict)) if dict.get(b"Pages").is_some() => Ok(dict),
            _ => Err(PdfError::Damaged("no catalog")),
        }
    }

    /// The value of `key`, references followed. `null` counts as missing.
    pub(crate) fn lookup(&self, dict: &Dict, key: &[u8]) -> Result<Option<Object>, PdfError> {
        match dict.get(key) {
            Some(value) => self.resolve(value).map(|v| (v != Object::Null).then_some(v)),
            None => Ok(None),
        }
    }

    /// Follows references; one that leads nowhere is `null`, as the standard says.
    pub(crate) fn resolve(&self, object: &Object) -> Result<Object, PdfError> {
        let mut current = match object {
            Object::Ref(reference) => *reference,
            direct => return Ok(direct.clone()),
        };
        for _ in 0..MAX_HOPS {
            match self.load(current)? {
                Object::Ref(next) => current = next,
                found => return Ok(found),
            }
        }
        Ok(Object::Null)
    }

    /// The bytes of a stream, decrypted and unpacked.
    pub(crate) fn unpack(&self, stream: &Stream) -> Result<Unpacked, PdfError> {
        let raw = self.bytes.get(stream.start..stream.end).unwrap_or_default();
        let mut dict = Dict::default();
        for key in [&b"Filter"[..], b"DecodeParms", b"F", b"DP"] {
            // `/F` in a stream may be an external file, which is never opened.
            if let Some(value) = self.lookup(&stream.dict, key)? {
                let value = match value {
                    Object::Array(items) => {
                        let resolved = items.iter().take(16).map(|item| self.resolve(item));
                        Object::Array(resolved.collect::<Result<_, _>>()?)
                    }
                    single => single,
                };
                dict.set(key, value);
            }
        }
        self.budget.charge_work(raw.len())?;
        let Some(cipher) = &self.cipher else {
            return filter::unpack(&dict, raw, &self.budget);
        };
        if raw.len() as u64 > self.budget.stream_room() {
            return Err(self.budget.stream_error());
        }
        filter::unpack(&dict, &cipher.stream(stream, raw), &self.budget)
    }

    /// The bytes of an image up to its own coding: what other filters packed is unpacked, and the last filter with its
    /// parameters is given back where it is one for images.
    pub(crate) fn unpack_image(&self, stream: &Stream) -> Result<ImageData, PdfError> {
        let list = |key: &[u8]| -> Result<Vec<Object>, PdfError> {
            Ok(match self.lookup(&stream.dict, key)? {
                Some(Object::Array(items)) => {
                    items.iter().take(16).map(|item| self.resolve(item)).collect::<Result<_, _>>()?
                }
                Some(single) => vec![single],
                None => Vec::new(),
            })
        };
        let (mut filters, mut parameters) = (list(b"Filter")?, list(b"DecodeParms")?);
        let of_images: [&[u8]; 6] = [b"DCTDecode", b"DCT", b"CCITTFaxDecode", b"CCF", b"JBIG2Decode", b"JPXDecode"];
        let last = filters.last().and_then(Object::name).filter(|name| of_images.contains(name)).map(<[u8]>::to_vec);
        let mut own = None;
        if last.is_some() {
            filters.pop();
            own = parameters.get(filters.len()).and_then(Object::dict).cloned();
            parameters.truncate(filters.len());
        }
        let mut bare = Stream { dict: Dict::default(), ..stream.clone() };
        bare.dict.set(b"Filter", Object::Array(filters));
        bare.dict.set(b"DecodeParms", Object::Array(parameters));
        let unpacked = self.unpack(&bare)?;
        if unpacked.truncated {
            return Err(PdfError::Damaged("an image breaks off"));
        }
        Ok((unpacked.bytes, last, own))
    }

    fn load(&self, reference: Ref) -> Result<Object, PdfError> {
        let found = match self.table.entries.get(&reference.number) {
            Some(entry) => self.load_entry(reference, *entry)?,
            None => None,
        };
        if let Some(object) = found {
            return Ok(object);
        }
        // The table is silent or wrong about this object: search the file, once.
        if self.table.rebuilt || !self.table.entries.contains_key(&reference.number) {
            return Ok(Object::Null);
        }
        let rebuilt = match self.rebuilt.get() {
            Some(table) => table,
            None => {
                let table = rebuild(self).or_else(|error| match error {
                    PdfError::LimitExceeded { .. } => Err(error),
                    _ => Ok(Table::default()),
                })?;
                // What could not be opened before may be found now.
                self.object_streams.borrow_mut().retain(|_, opened| opened.is_some());
                self.rebuilt.get_or_init(|| table)
            }
        };
        match rebuilt.entries.get(&reference.number) {
            Some(entry) => Ok(self.load_entry(reference, *entry)?.unwrap_or(Object::Null)),
            None => Ok(Object::Null),
        }
    }

    fn load_entry(&self, reference: Ref, entry: Entry) -> Result<Option<Object>, PdfError> {
        match entry {
            Entry::Free => Ok(Some(Object::Null)),
            Entry::At { offset, .. } => match self.parse_at(offset)? {
                Some((id, object)) if id.number == reference.number => Ok(Some(self.decrypted(object, id))),
                _ => Ok(None),
            },
            Entry::In { stream } => {
                let Some(container) = self.object_stream(stream)? else { return Ok(None) };
                let Some(offset) = container.offsets.get(&reference.number) else {
                    return Ok(None);
                };
                let mut parser = Parser::new(&container.bytes, *offset, self.limits().depth);
                let start = parser.at;
                let value = parser.value();
                self.budget.charge_work(parser.at - start)?;
                value
            }
        }
    }

    fn decrypted(&self, object: Object, id: Ref) -> Object {
        match &self.cipher {
            Some(cipher) => cipher.strings(object, id),
            None => object,
        }
    }

    /// Parses `n g obj …` at an offset of the file.
    pub(crate) fn parse_at(&self, offset: usize) -> Result<Option<(Ref, Object)>, PdfError> {
        if offset >= self.bytes.len() {
            return Ok(None);
        }
        let mut parser = Parser::new(self.bytes, offset, self.limits().depth);
        let Some(id) = parser.object_header() else { return Ok(None) };
        let value = parser.value();
        self.budget.charge_work(parser.at - offset)?;
        let Some(value) = value? else { return Ok(Some((id, Object::Null))) };
        match value {
            Object::Dict(dict) if parser.keyword(b"stream") => {
                let start = parser.at + line_end(parser.rest());
                let end = self.stream_end(&dict, start, id)?;
                let stream = Stream { dict, start, end, id };
                Ok(Some((id, Object::Stream(Box::new(stream)))))
            }
            value => Ok(Some((id, value))),
        }
    }

    /// Where a stream ends: as its length says if `endstream` follows, else where that stands.
    fn stream_end(&self, dict: &Dict, start: usize, id: Ref) -> Result<usize, PdfError> {
        let length = match dict.get(b"Length") {
            // The length may be an object of its own, which must not be a stream again.
            Some(Object::Ref(to)) if to.number != id.number => self.plain_int(*to)?,
            Some(direct) => direct.int(),
            None => None,
        };
        let claimed = length
            .and_then(|length| usize::try_from(length).ok())
            .and_then(|length| start.checked_add(length))
            .filter(|end| *end <= self.bytes.len());
        if let Some(end) = claimed {
            let mut parser = Parser::new(self.bytes, end, 1);
            if parser.keyword(b"endstream") || parser.keyword(b"endobj") {
                return Ok(end);
            }
        }
        let rest = self.bytes.get(start..).unwrap_or_default();
        let found = memchr::memmem::find(rest, b"endstream");
        self.budget.charge_work(found.unwrap_or(rest.len()))?;
        let mut end = start + found.unwrap_or(rest.len());
        // The line end before `endstream` is not part of the data.
        for line_end in [b'\n', b'\r'] {
            if end > start && self.bytes[end - 1] == line_end {
                end -= 1;
            }
        }
        Ok(end)
    }

    /// An integer object that stands by itself; anything else is `None`.
    fn plain_int(&self, reference: Ref) -> Result<Option<i64>, PdfError> {
        match self.table.entries.get(&reference.number) {
            Some(Entry::At { offset, .. }) => {
                let mut parser = Parser::new(self.bytes, *offset, 1);
                let value = match parser.object_header() {
                    Some(id) if id.number == reference.number => parser.unsigned(),
                    _ => None,
                };
                self.budget.charge_work(parser.at.saturating_sub(*offset))?;
                Ok(value.and_then(|value| i64::try_from(value).ok()))
            }
            _ => Ok(None),
        }
    }

    fn object_stream(&self, number: u32) -> Result<Option<Rc<ObjectStream>>, PdfError> {
        if let Some(known) = self.object_streams.borrow().get(&number) {
            return Ok(known.clone());
        }
        // Marked first: an object stream that needs itself is none.
        self.object_streams.borrow_mut().insert(number, None);
        for table in [Some(&self.table), self.rebuilt.get()].into_iter().flatten() {
            let Some(Entry::At { offset, .. }) = table.entries.get(&number) else { continue };
            if let Some((id, Object::Stream(stream))) = self.parse_at(*offset)?
                && id.number == number
            {
                let opened = self.open_object_stream(&stream)?.map(Rc::new);
                self.object_streams.borrow_mut().insert(number, opened.clone());
                return Ok(opened);
            }
        }
        Ok(None)
    }

    fn open_object_stream(&self, stream: &Stream) -> Result<Option<ObjectStream>, PdfError> {
        let number = |key: &[u8]| -> Result<usize, PdfError> {
            let value = self.lookup(&stream.dict, key)?.and_then(|v| v.int()).unwrap_or(0);
            Ok(usize::try_from(value).unwrap_or(0))
        };
        let (count, first) = (number(b"N")?, number(b"First")?);
        let bytes = self.unpack(stream)?.bytes;
        let mut offsets = HashMap::new();
        let mut parser = Parser::new(&bytes, 0, 1);
        for _ in 0..count {
            let (Some(number), Some(offset)) = (parser.unsigned(), parser.unsigned()) else { break };
            if let (Ok(number), Ok(offset)) = (u32::try_from(number), usize::try_from(offset)) {
                offsets.insert(number, first.saturating_add(offset));
            }
            if offsets.len() > self.limits().objects {
                return Err(self.too_many_objects());
            }
        }
        self.budget.charge_work(parser.at)?;
        Ok(Some(ObjectStream { bytes, offsets }))
    }

    fn too_many_objects(&self) -> PdfError {
        PdfError::LimitExceeded { what: Limit::Objects, limit: self.limits().objects as u64 }
    }
}

/// The line end that follows the word `stream`.
fn line_end(rest: &[u8]) -> usize {
    match rest {
        [b'\r', b'\n', ..] => 2,
        [b'\n' | b'\r', ..] => 1,
        // A blank before the line end is common enough.
        [b' ', b'\r', b'\n', ..] => 3,
        [b' ', b'\n', ..] => 2,
        _ => 0,
    }
}
