//! The Factur-X metadata, put into a file that krilla has finished.
//!
//! krilla writes a fixed set of XMP properties. Its files have one plain cross-reference
//! table and an unpacked metadata stream, so the stream can be replaced in place if every
//! offset behind it is moved by the difference.
//!
//! Invariant: apart from the metadata stream, the offsets and `startxref`, no byte changes.

use crate::file::File;
use crate::file::object::Object;
use crate::{FacturxMetadata, Limits, PdfError, xmp};

/// Adds the metadata of an embedded invoice to a file that [`paint`](super::paint) made.
pub(super) fn add_facturx(pdf: Vec<u8>, facturx: &FacturxMetadata) -> Result<Vec<u8>, PdfError> {
    let unexpected = || PdfError::Write("krilla's output has an unexpected form".to_owned());
    let limits = Limits { file_bytes: u64::MAX, ..Limits::default() };
    let file = File::open(&pdf, &limits)?;
    let catalog = file.catalog()?;
    let number = catalog.get(b"Metadata").and_then(Object::reference).ok_or_else(unexpected)?;
    let Object::Stream(stream) = file.resolve(&Object::Ref(number))? else {
        return Err(unexpected());
    };
    let raw = &pdf[stream.start..stream.end];
    let packet = std::str::from_utf8(raw).map_err(|_| unexpected())?;
    let packet = xmp::with_facturx(packet, facturx).ok_or_else(unexpected)?;

    // The stream's header begins after the last `obj` before its data.
    let header = memchr::memmem::rfind(&pdf[..stream.start], b" obj").ok_or_else(unexpected)? + 4;
    let mut dict = stream.dict.clone();
    dict.set(b"Length", Object::Int(packet.len() as i64));
    let mut replacement = b"\n".to_vec();
    dict.write(&mut replacement);
    replacement.extend_from_slice(b"\nstream\n");
    replacement.extend_from_slice(packet.as_bytes());
    let old_length = stream.end - header;
    let moved = |offset: usize| {
        if offset >= stream.end { offset - old_length + replacement.len() } else { offset }
    };

    let xref = file.table().start;
    let mut out = Vec::with_capacity(pdf.len() + replacement.len());
    out.extend_from_slice(&pdf[..header]);
    out.extend_from_slice(&replacement);
    out.extend_from_slice(&pdf[stream.end..xref]);
    let table_end = xref + memchr::memmem::find(&pdf[xref..], b"trailer").ok_or_else(unexpected)?;
    for line in pdf[xref..table_end].split_inclusive(|byte| *byte == b'\n') {
        let offset = std::str::from_utf8(line.get(..10).unwrap_or_default())
            .ok()
            .and_then(|digits| digits.parse::<usize>().ok())
            .filter(|_| line.get(17) == Some(&b'n'));
        match offset {
            Some(offset) => {
                out.extend_from_slice(format!("{:010}", moved(offset)).as_bytes());
                out.extend_from_slice(&line[10..]);
            }
            None => out.extend_from_slice(line),
        }
    }
    let start = memchr::memmem::rfind(&pdf, b"startxref").ok_or_else(unexpected)?;
    out.extend_from_slice(&pdf[table_end..start]);
    out.extend_from_slice(format!("startxref\n{}\n%%EOF", moved(xref)).as_bytes());
    Ok(out)
}
