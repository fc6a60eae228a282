//! Fax: CCITT groups 3 and 4, and the TIFF file that holds one page of it.
//!
//! Invariant: a page has exactly as many rows as its header says; where data end earlier, it is damaged.

use fax::decoder::{DecodeStatus, Group3Decoder, Group4Decoder};
use fax::encoder::Encoder;
use fax::{Color, VecWriter};

use super::{Colour, Held, Raster, RasterError, fits};

/// Decodes group 4.
pub(super) fn decode4(data: &[u8], width: u32, height: u32, black_is_1: bool) -> Result<Raster, RasterError> {
    let mut page = Rows::new(width, height, black_is_1)?;
    let bytes = data.iter().copied().map(Ok::<u8, std::convert::Infallible>);
    let mut decoder = Group4Decoder::new(bytes, width).map_err(|_| RasterError::Damaged)?;
    for _ in 0..height {
        match decoder.advance() {
            Ok(DecodeStatus::Incomplete) => page.add(decoder.transition())?,
            Ok(DecodeStatus::End) | Err(_) => return Err(RasterError::Damaged),
        }
    }
    Ok(page.raster)
}

/// Decodes group 3 of one dimension, with marks at the ends of lines.
pub(super) fn decode3(data: &[u8], width: u32, height: u32, black_is_1: bool) -> Result<Raster, RasterError> {
    let mut page = Rows::new(width, height, black_is_1)?;
    // The decoder wants a mark after the last row, too, which files leave out.
    let bytes = data.iter().copied().chain([0, 1]).map(Ok::<u8, std::convert::Infallible>);
    let mut decoder = Group3Decoder::new(bytes).map_err(|_| RasterError::Damaged)?;
    for row in 1..=height {
        let ends = decoder.advance().map_err(|_| RasterError::Damaged)? == DecodeStatus::End;
        if (ends && row < height) || decoder.transitions().last() != Some(&width) {
            return Err(RasterError::Damaged);
        }
        page.add(decoder.transitions())?;
    }
    Ok(page.raster)
}

/// Rows of a page that is black where data say so, or white where it is turned round.
struct Rows {
    raster: Raster,
    black_is_1: bool,
}

impl Rows {
    fn new(width: u32, height: u32, black_is_1: bool) -> Result<Self, RasterError> {
        let size = fits(width, height, Colour::Bilevel)?;
        let rows = Vec::with_capacity(size);
        Ok(Self { raster: Raster { width, height, colour: Colour::Bilevel, rows }, black_is_1 })
    }

    /// Adds a row: where colours change, beginning with white.
    fn add(&mut self, changes: &[u32]) -> Result<(), RasterError> {
        let width = self.raster.width;
        let begin = self.raster.rows.len();
        let row = Colour::Bilevel.row(width);
        self.raster.rows.resize(begin + row, 0xff);
        let line = &mut self.raster.rows[begin..];
        let mut before = 0;
        for pair in changes.chunks(2) {
            let from = pair[0];
            let to = pair.get(1).copied().unwrap_or(width);
            if from < before || to < from || to > width {
                return Err(RasterError::Damaged);
            }
            blacken(line, from, to);
            before = to;
        }
        if self.black_is_1 {
            line.iter_mut().for_each(|byte| *byte = !*byte);
        }
        // Bits after the last dot are white.
        let spare = row as u32 * 8 - width;
        if let Some(last) = line.last_mut() {
            *last |= ((1_u16 << spare) - 1) as u8;
        }
        Ok(())
    }
}

fn blacken(line: &mut [u8], from: u32, to: u32) {
    let (first, last) = (from as usize / 8, to as usize / 8);
    let (head, tail) = (0xff_u8 >> (from % 8), !(0xff_u8 >> (to % 8)));
    if first == last {
        if let Some(byte) = line.get_mut(first) {
            *byte &= !(head & tail);
        }
        return;
    }
    line[first] &= !head;
    line[first + 1..last].fill(0);
    if let Some(byte) = line.get_mut(last) {
        *byte &= !tail;
    }
}

/// Codes a page of black and white as group 4.
pub(super) fn encode4(raster: &Raster) -> Vec<u8> {
    let mut encoder = Encoder::new(VecWriter::new());
    for line in raster.rows.chunks(Colour::Bilevel.row(raster.width).max(1)) {
        let dots = (0..raster.width).map(|at| {
            let white = line[at as usize / 8] >> (7 - at % 8) & 1 == 1;
            if white { Color::White } else { Color::Black }
        });
        let Ok(()) = encoder.encode_line(dots, raster.width);
    }
    let Ok(writer) = encoder.finish();
    writer.finish()
}

/// A TIFF file with one strip of group 4.
pub(super) fn file(data: &[u8], width: u32, height: u32, black_is_1: bool, dpi: Option<(u32, u32)>) -> Vec<u8> {
    let mut out = b"II\x2a\0\x08\0\0\0".to_vec();
    let short = 3_u16;
    let (long, fraction) = (4_u16, 5_u16);
    let count: u16 = if dpi.is_some() { 14 } else { 11 };
    let after = 8 + 2 + u32::from(count) * 12 + 4;
    let data_at = if dpi.is_some() { after + 16 } else { after };
    let mut entries: Vec<(u16, u16, u32)> = vec![
        (256, long, width),
        (257, long, height),
        (258, short, 1),
        (259, short, 4),
        (262, short, u32::from(black_is_1)),
        (266, short, 1),
        (273, long, data_at),
        (277, short, 1),
        (278, long, height),
        (279, long, data.len() as u32),
    ];
    if dpi.is_some() {
        entries.extend([(282, fraction, after), (283, fraction, after + 8)]);
    }
    entries.push((293, long, 0));
    if dpi.is_some() {
        entries.push((296, short, 2));
    }
    out.extend_from_slice(&count.to_le_bytes());
    for (tag, kind, value) in entries {
        out.extend_from_slice(&tag.to_le_bytes());
        out.extend_from_slice(&kind.to_le_bytes());
        out.extend_from_slice(&1_u32.to_le_bytes());
        out.extend_from_slice(&value.to_le_bytes());
    }
    out.extend_from_slice(&0_u32.to_le_bytes());
    if let Some((across, down)) = dpi {
        for number in [across, 1, down, 1] {
            out.extend_from_slice(&number.to_le_bytes());
        }
    }
    out.extend_from_slice(data);
    out
}

/// The data of a file that [`file`] made.
pub(super) fn held(bytes: &[u8]) -> Option<Held<'_>> {
    let directory = super::tiff::Directory::read(bytes, *super::image::directories(bytes).ok()?.first()?).ok()?;
    let fits = directory.compression == 4 && directory.fill_order == 1 && directory.strips.len() == 1;
    let (offset, length) = *directory.strips.first().filter(|_| fits)?;
    let data = bytes.get(usize::try_from(offset).ok()?..)?.get(..usize::try_from(length).ok()?)?;
    Some(Held::Fax4 { data, black_is_1: directory.photometric == 1 })
}
