//! Unpacking streams, never beyond the room that is left for them.
//!
//! Invariant: no filter ever holds more output than its room, whatever the input says.

use flate2::{Decompress, FlushDecompress, Status};

use super::object::{Dict, Object};
use crate::error::PdfError;
use crate::limits::Budget;

/// What came out of a stream, and what was wrong with it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Unpacked {
    pub(crate) bytes: Vec<u8>,
    /// The stream broke off; the bytes are what could be had.
    pub(crate) truncated: bool,
}

/// More filters in a row than this are a trick, not a document.
const MAX_FILTERS: usize = 8;

/// Applies the filters named in `dict` to `raw`. Values in `dict` must be resolved already.
pub(crate) fn unpack(dict: &Dict, raw: &[u8], budget: &Budget) -> Result<Unpacked, PdfError> {
    let names = list(dict.get(b"Filter").or_else(|| dict.get(b"F")));
    let parameters = list(dict.get(b"DecodeParms").or_else(|| dict.get(b"DP")));
    if names.len() > MAX_FILTERS {
        return Err(PdfError::UnsupportedFilter("a chain of filters".to_owned()));
    }
    let mut current = Unpacked { bytes: Vec::new(), truncated: false };
    if names.is_empty() {
        if raw.len() as u64 > budget.stream_room() {
            return Err(budget.stream_error());
        }
        budget.charge_stream(raw.len() as u64);
        current.bytes = raw.to_vec();
        return Ok(current);
    }
    for (index, filter) in names.iter().enumerate() {
        let input = if index == 0 { raw } else { &current.bytes };
        let parameters = parameters.get(index).and_then(Object::dict);
        let room = usize::try_from(budget.stream_room()).unwrap_or(usize::MAX);
        let name = filter.name().unwrap_or(b"?");
        let mut out = Sink { bytes: Vec::new(), room };
        let done = match name {
            b"FlateDecode" | b"Fl" => inflate(input, &mut out),
            b"LZWDecode" | b"LZW" => {
                let early = parameters.and_then(|p| p.get(b"EarlyChange")).and_then(Object::int);
                lzw(input, early != Some(0), &mut out)
            }
            b"ASCIIHexDecode" | b"AHx" => ascii_hex(input, &mut out),
            b"ASCII85Decode" | b"A85" => ascii_85(input, &mut out),
            b"RunLengthDecode" | b"RL" => run_length(input, &mut out),
            // The identity, unless a named crypt filter applies, which encryption deals with.
            b"Crypt" => out.put(input).map(|()| true),
            other => {
                let name = String::from_utf8_lossy(other).into_owned();
                return Err(PdfError::UnsupportedFilter(name));
            }
        };
        let complete = done.map_err(|Full| budget.stream_error())?;
        budget.charge_stream(out.bytes.len() as u64);
        let predicted = matches!(name, b"FlateDecode" | b"Fl" | b"LZWDecode" | b"LZW");
        let bytes = match parameters {
            Some(parameters) if predicted => undo_predictor(out.bytes, parameters),
            _ => out.bytes,
        };
        current = Unpacked { bytes, truncated: current.truncated || !complete };
    }
    Ok(current)
}

fn list(value: Option<&Object>) -> Vec<Object> {
    match value {
        Some(Object::Array(items)) => items.iter().take(MAX_FILTERS + 1).cloned().collect(),
        Some(Object::Null) | None => Vec::new(),
        Some(single) => vec![single.clone()],
    }
}

/// The output has no room left.
struct Full;

struct Sink {
    bytes: Vec<u8>,
    room: usize,
}

impl Sink {
    fn put(&mut self, more: &[u8]) -> Result<(), Full> {
        if more.len() > self.room - self.bytes.len() {
            return Err(Full);
        }
        self.bytes.extend_from_slice(more);
        Ok(())
    }

    fn fill(&mut self, byte: u8, count: usize) -> Result<(), Full> {
        if count > self.room - self.bytes.len() {
            return Err(Full);
        }
        self.bytes.resize(self.bytes.len() + count, byte);
        Ok(())
    }
}

/// Unpacks zlib data; where its header is broken, tries bare deflate data, as readers do.
/// The answer says whether the data was complete.
fn inflate(input: &[u8], out: &mut Sink) -> Result<bool, Full> {
    // Some writers put a line end between `stream` and the data.
    let trimmed = match input {
        [b'\r', b'\n', rest @ ..] | [b'\n', rest @ ..] => rest,
        _ => input,
    };
    let complete = inflate_with(Decompress::new(true), trimmed, out)?;
    if complete || !out.bytes.is_empty() {
        return Ok(complete);
    }
    let without_header = trimmed.get(2..).unwrap_or_default();
    for candidate in [trimmed, without_header] {
        let mut attempt = Sink { bytes: Vec::new(), room: out.room };
        let complete = inflate_with(Decompress::new(false), candidate, &mut attempt)?;
        if complete || attempt.bytes.len() > out.bytes.len() {
            out.bytes = attempt.bytes;
        }
        if complete {
            return Ok(true);
        }
    }
    Ok(false)
}

fn inflate_with(mut flate: Decompress, input: &[u8], out: &mut Sink) -> Result<bool, Full> {
    let mut chunk = vec![0u8; 32 * 1024];
    loop {
        let (taken, given) = (flate.total_in(), flate.total_out());
        let rest = &input[usize::try_from(taken).map_or(input.len(), |n| n.min(input.len()))..];
        let status = flate.decompress(rest, &mut chunk, FlushDecompress::None);
        let produced = usize::try_from(flate.total_out() - given).unwrap_or(0);
        out.put(&chunk[..produced.min(chunk.len())])?;
        match status {
            Ok(Status::StreamEnd) => return Ok(true),
            Ok(_) if produced > 0 || flate.total_in() > taken => {}
            Ok(_) | Err(_) => return Ok(false),
        }
    }
}

fn lzw(input: &[u8], early: bool, out: &mut Sink) -> Result<bool, Full> {
    const CLEAR: usize = 256;
    const END: usize = 257;
    // An entry is where its text stands in the output: LZW only repeats what it wrote.
    let mut table: Vec<(usize, usize)> = Vec::new();
    let mut width = 9;
    let mut previous: Option<(usize, usize)> = None;
    let (mut buffer, mut bits) = (0u32, 0u32);
    let mut input = input.iter();
    loop {
        while bits < width {
            let Some(byte) = input.next() else { return Ok(false) };
            buffer = buffer << 8 | u32::from(*byte);
            bits += 8;
        }
        bits -= width;
        let code = (buffer >> bits) as usize & ((1 << width) - 1);
        buffer &= (1 << bits) - 1;
        match code {
            CLEAR => {
                table.clear();
                width = 9;
                previous = None;
                continue;
            }
            END => return Ok(true),
            _ => {}
        }
        let start = out.bytes.len();
        if code < 256 {
            out.put(&[code as u8])?;
        } else {
            let (from, length) = match (table.get(code - 258), previous) {
                (Some(entry), _) => *entry,
                // The code being defined right now: the last text and its first byte.
                (None, Some((from, length))) if code - 258 == table.len() => (from, length + 1),
                _ => return Ok(false),
            };
            if length > out.room - out.bytes.len() {
                return Err(Full);
            }
            for offset in from..from + length {
                let byte = out.bytes[offset];
                out.bytes.push(byte);
            }
        }
        if let Some((from, length)) = previous
            && table.len() < 4096 - 258
        {
            table.push((from, length + 1));
        }
        previous = Some((start, out.bytes.len() - start));
        width = match table.len() + 258 + usize::from(early) {
            0..512 => 9,
            512..1024 => 10,
            1024..2048 => 11,
            _ => 12,
        };
    }
}

fn ascii_hex(input: &[u8], out: &mut Sink) -> Result<bool, Full> {
    let mut high = None;
    for &byte in input {
        if byte == b'>' {
            break;
        }
        let Some(digit) = (byte as char).to_digit(16) else { continue };
        match high.take() {
            Some(first) => out.put(&[(first << 4 | digit) as u8])?,
            None => high = Some(digit),
        }
    }
    if let Some(first) = high {
        out.put(&[(first << 4) as u8])?;
    }
    Ok(true)
}

fn ascii_85(input: &[u8], out: &mut Sink) -> Result<bool, Full> {
    let input = input.strip_prefix(b"<~").unwrap_or(input);
    let (mut group, mut count) = (0u32, 0usize);
    for &byte in input {
        match byte {
            b'~' => break,
            b'z' if count == 0 => out.put(&[0; 4])?,
            b'!'..=b'u' => {
                group = group.wrapping_mul(85).wrapping_add(u32::from(byte - b'!'));
                count += 1;
                if count == 5 {
                    out.put(&group.to_be_bytes())?;
                    (group, count) = (0, 0);
                }
            }
            _ => {}
        }
    }
    if count > 1 {
        for _ in count..5 {
            group = group.wrapping_mul(85).wrapping_add(84);
        }
        out.put(&group.to_be_bytes()[..count - 1])?;
    }
    Ok(true)
}

fn run_length(input: &[u8], out: &mut Sink) -> Result<bool, Full> {
    let mut rest = input;
    while let Some((&length, tail)) = rest.split_first() {
        match length {
            128 => return Ok(true),
            0..=127 => {
                let count = usize::from(length) + 1;
                let Some((literal, tail)) = tail.split_at_checked(count) else {
                    out.put(tail)?;
                    return Ok(false);
                };
                out.put(literal)?;
                rest = tail;
            }
            129..=255 => {
                let Some((&byte, tail)) = tail.split_first() else { return Ok(false) };
                out.fill(byte, 257 - usize::from(length))?;
                rest = tail;
            }
        }
    }
    Ok(false)
}

/// Undoes the PNG and TIFF predictors, which shrink cross-reference streams.
fn undo_predictor(bytes: Vec<u8>, parameters: &Dict) -> Vec<u8> {
    let number = |key: &[u8], default: i64, max: i64| {
        let value = parameters.get(key).and_then(Object::int).unwrap_or(default);
        usize::try_from(value.clamp(1, max)).unwrap_or(1)
    };
    let predictor = number(b"Predictor", 1, 15);
    let colours = number(b"Colors", 1, 32);
    let bits = number(b"BitsPerComponent", 8, 16);
    let columns = number(b"Columns", 1, 1 << 24);
    let pixel = (colours * bits).div_ceil(8);
    let row = (colours * bits * columns).div_ceil(8);
    match predictor {
        2 if bits == 8 => {
            let mut bytes = bytes;
            for line in bytes.chunks_mut(row) {
                for index in pixel..line.len() {
                    line[index] = line[index].wrapping_add(line[index - pixel]);
                }
            }
            bytes
        }
        10..=15 => undo_png(&bytes, row, pixel),
        _ => bytes,
    }
}

fn undo_png(bytes: &[u8], row: usize, pixel: usize) -> Vec<u8> {
    let mut out: Vec<u8> = Vec::with_capacity(bytes.len());
    for line in bytes.chunks(row + 1) {
        let Some((&kind, data)) = line.split_first() else { break };
        let start = out.len();
        for (index, &byte) in data.iter().enumerate() {
            let left = if index >= pixel { out[start + index - pixel] } else { 0 };
            let up = if start >= row { out[start - row + index] } else { 0 };
            let up_left = if index >= pixel && start >= row { out[start - row + index - pixel] } else { 0 };
            let guess = match kind {
                1 => left,
                2 => up,
                3 => ((u16::from(left) + u16::from(up)) / 2) as u8,
                4 => paeth(left, up, up_left),
                _ => 0,
            };
            out.push(byte.wrapping_add(guess));
        }
    }
    out
}

fn paeth(left: u8, up: u8, up_left: u8) -> u8 {
    let estimate = i16::from(left) + i16::from(up) - i16::from(up_left);
    let distance = |value: u8| (estimate - i16::from(value)).abs();
    if distance(left) <= distance(up) && distance(left) <= distance(up_left) {
        left
    } else if distance(up) <= distance(up_left) {
        up
    } else {
        up_left
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use super::{Object, Unpacked, unpack};
    use crate::error::{Limit, PdfError};
    use crate::file::object::Parser;
    use crate::limits::{Budget, Limits};

    fn check(dict: &str, raw: &[u8]) -> Result<Unpacked, PdfError> {
        let limits = Limits { stream_bytes: 100_000, ..Limits::default() };
        let dict = Parser::new(dict.as_bytes(), 0, 8).value()?.unwrap_or(Object::Null);
        let empty = super::Dict::default();
        unpack(dict.dict().unwrap_or(&empty), raw, &Budget::new(&limits, raw.len()))
    }

    fn complete(text: &str) -> Result<Unpacked, PdfError> {
        Ok(Unpacked { bytes: text.as_bytes().to_vec(), truncated: false })
    }

    fn deflate(bytes: &[u8]) -> Vec<u8> {
        let mut writer = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::default());
        writer.write_all(bytes).unwrap();
        writer.finish().unwrap()
    }

    #[test]
    fn every_filter() {
        assert_eq!(check("<<>>", b"abc"), complete("abc"));
        assert_eq!(check("<</Filter/ASCIIHexDecode>>", b"61 62 6>"), complete("ab`"));
        assert_eq!(check("<</Filter[/A85]>>", b"<~87cURD]j7BEbo80~>"), complete("Hello world!"));
        assert_eq!(check("<</Filter/RL>>", b"\x01ab\xfec\x80"), complete("abccc"));
        assert_eq!(check("<</Filter/FlateDecode>>", &deflate(b"abc")), complete("abc"));
        assert_eq!(check("<</Filter/FlateDecode>>", &deflate(b"abc")[2..]), complete("abc"));
        // The example of the PDF standard.
        let lzw = [0x80, 0x0B, 0x60, 0x50, 0x22, 0x0C, 0x0C, 0x85, 0x01];
        assert_eq!(check("<</Filter/LZWDecode>>", &lzw), complete("-----A---B"));
        let chain = check("<</Filter[/AHx/AHx]>>", b"3631>");
        assert_eq!(chain, complete("a"));
        let png = deflate(&[2, 1, 2, 3, 2, 1, 1, 1]);
        let dict = "<</Filter/Fl/DecodeParms<</Predictor 12/Columns 3>>>>";
        assert_eq!(check(dict, &png).unwrap().bytes, [1, 2, 3, 2, 3, 4]);
    }

    #[test]
    fn broken_data_gives_what_there_is() {
        let packed = deflate(&[b'x'; 5000].map(|b| b));
        let cut = check("<</Filter/Fl>>", &packed[..packed.len() - 6]).unwrap();
        assert!(cut.truncated);
        assert!(matches!(check("<</Filter/JPXDecode>>", b""), Err(PdfError::UnsupportedFilter(_))));
    }

    #[test]
    fn bombs_are_stopped() {
        let bomb = deflate(&vec![0; 200_000]);
        let expect = PdfError::LimitExceeded { what: Limit::StreamSize, limit: 100_000 };
        assert_eq!(check("<</Filter/FlateDecode>>", &bomb), Err(expect.clone()));
        let nested = deflate(&bomb);
        assert_eq!(check("<</Filter[/Fl/Fl]>>", &nested), Err(expect.clone()));
        assert_eq!(check("<</Filter/RL>>", &[129, 0].repeat(1000)), Err(expect));
    }
}
