//! Pages of TIFF files.
//!
//! Fax data of one strip are taken as they are; several strips are decoded and coded again as one, dot by dot the same.
//! Everything else is decoded by the library.
//!
//! Invariant: a strip is read only where it lies in the file.

use std::io::{Cursor, Read, Seek, SeekFrom};

use tiff::ColorType;
use tiff::decoder::{Decoder, DecodingResult, Limits};

use super::{Colour, Compression, PageFile, Raster, RasterError, fax, fits, image, png_file};

/// What a directory says of its image.
#[derive(Debug)]
pub(super) struct Directory {
    pub(super) compression: u64,
    pub(super) photometric: u64,
    pub(super) fill_order: u64,
    pub(super) strips: Vec<(u64, u64)>,
    width: u32,
    height: u32,
    rows_per_strip: u64,
    group_3: u64,
    dpi: Option<(u32, u32)>,
    known: Compression,
}

/// No image has more strips.
const MOST_STRIPS: usize = 100_000;

impl Directory {
    pub(super) fn read(bytes: &[u8], at: u64) -> Result<Self, RasterError> {
        let (page, entries) = image::entries(bytes, at, MOST_STRIPS)?;
        let first =
            |tag: u16, default: u64| entries.get(&tag).and_then(|values| values.first()).copied().unwrap_or(default);
        let none = Vec::new();
        let (offsets, lengths) = (entries.get(&273).unwrap_or(&none), entries.get(&279).unwrap_or(&none));
        Ok(Self {
            compression: first(259, 1),
            photometric: first(262, 0),
            fill_order: first(266, 1),
            strips: offsets.iter().copied().zip(lengths.iter().copied()).collect(),
            width: page.width.ok_or(RasterError::Damaged)?,
            height: page.height.ok_or(RasterError::Damaged)?,
            rows_per_strip: first(278, u64::MAX),
            group_3: first(292, 0),
            dpi: page.dpi,
            known: page.compression,
        })
    }
}

/// The page of a directory.
pub(super) fn page(bytes: &[u8], at: u64) -> Result<PageFile, RasterError> {
    let directory = Directory::read(bytes, at)?;
    match directory.known {
        known if !known.is_suitable() => Err(RasterError::Compression(known)),
        Compression::Fax3 | Compression::Fax4 => faxed(bytes, &directory),
        // The library has no decoder for these.
        known @ (Compression::Jpeg2000 | Compression::Jbig) => Err(RasterError::Compression(known)),
        known => {
            let raster = decoded(bytes, at, &directory)?;
            png_file(raster, directory.dpi, known)
        }
    }
}

fn faxed(bytes: &[u8], directory: &Directory) -> Result<PageFile, RasterError> {
    let (width, height) = (directory.width, directory.height);
    fits(width, height, Colour::Bilevel)?;
    let black_is_1 = match directory.photometric {
        0 => false,
        1 => true,
        _ => return Err(RasterError::Colours),
    };
    // Group 3 is taken in one dimension, without its uncompressed mode.
    if directory.known == Compression::Fax3 && (directory.compression != 3 || directory.group_3 & 3 != 0) {
        return Err(RasterError::Compression(Compression::Fax3));
    }
    let per_strip = u32::try_from(directory.rows_per_strip).unwrap_or(u32::MAX).clamp(1, height);
    if directory.strips.len() != height.div_ceil(per_strip) as usize {
        return Err(RasterError::Damaged);
    }
    let mut rows = Vec::new();
    let mut only = None;
    for (index, (offset, length)) in directory.strips.iter().enumerate() {
        let part = usize::try_from(*offset)
            .ok()
            .and_then(|offset| bytes.get(offset..)?.get(..usize::try_from(*length).ok()?))
            .ok_or(RasterError::Damaged)?;
        let data = match directory.fill_order {
            2 => part.iter().map(|byte| byte.reverse_bits()).collect(),
            _ => part.to_vec(),
        };
        let here = per_strip.min(height - per_strip * index as u32);
        let raster = match directory.known {
            Compression::Fax3 => fax::decode3(&data, width, here, black_is_1)?,
            _ => fax::decode4(&data, width, here, black_is_1)?,
        };
        rows.extend_from_slice(&raster.rows);
        only = (directory.strips.len() == 1).then_some(data);
    }
    let raster = Raster { width, height, colour: Colour::Bilevel, rows };
    let (dpi, compression) = (directory.dpi, directory.known);
    let file = match only {
        Some(data) if compression == Compression::Fax4 => fax::file(&data, width, height, black_is_1, dpi),
        _ => fax::file(&fax::encode4(&raster), width, height, false, dpi),
    };
    Ok(PageFile { kind: super::Kind::Tiff, bytes: file, width, height, dpi, compression, raster })
}

fn decoded(bytes: &[u8], at: u64, directory: &Directory) -> Result<Raster, RasterError> {
    fits(directory.width, directory.height, Colour::Bilevel)?;
    let mut limits = Limits::default();
    limits.decoding_buffer_size = super::MOST_BYTES as usize;
    limits.intermediate_buffer_size = super::MOST_BYTES as usize;
    let mut decoder = Decoder::new(Alone::new(bytes, at)).map_err(|_| RasterError::Damaged)?.with_limits(limits);
    let colour = match decoder.colortype() {
        Ok(ColorType::Gray(1)) => Colour::Bilevel,
        Ok(ColorType::Gray(8)) => Colour::Gray,
        Ok(ColorType::RGB(8) | ColorType::YCbCr(8)) => Colour::Rgb,
        _ => return Err(RasterError::Colours),
    };
    let (width, height) = (directory.width, directory.height);
    let size = fits(width, height, colour)?;
    match decoder.read_image() {
        Ok(DecodingResult::U8(rows)) if rows.len() == size => {
            if matches!(decoder.colortype(), Ok(ColorType::YCbCr(_))) && directory.known != Compression::Jpeg {
                return Err(RasterError::Colours);
            }
            Ok(Raster { width, height, colour, rows })
        }
        Ok(_) => Err(RasterError::Colours),
        Err(tiff::TiffError::LimitsExceeded) => Err(RasterError::TooLarge),
        Err(tiff::TiffError::UnsupportedError(_)) => Err(RasterError::Colours),
        Err(_) => Err(RasterError::Damaged),
    }
}

/// The file as if one directory were its first: the header is another one, the rest is not copied.
struct Alone<'b> {
    head: [u8; 16],
    head_length: usize,
    rest: Cursor<&'b [u8]>,
}

impl<'b> Alone<'b> {
    fn new(bytes: &'b [u8], at: u64) -> Self {
        let mut head = [0; 16];
        let length = bytes.len().min(16);
        head[..length].copy_from_slice(&bytes[..length]);
        let (little, big) = (head[0] == b'I', head[2] == 43 || head[3] == 43);
        let (place, width) = if big { (8, 8) } else { (4, 4) };
        let offset = if little { at.to_le_bytes() } else { at.to_be_bytes() };
        let offset = if little { &offset[..width] } else { &offset[8 - width..] };
        head[place..place + width].copy_from_slice(offset);
        Self { head, head_length: if big { 16 } else { 8 }, rest: Cursor::new(bytes) }
    }
}

impl Read for Alone<'_> {
    fn read(&mut self, out: &mut [u8]) -> std::io::Result<usize> {
        let at = usize::try_from(self.rest.position()).unwrap_or(usize::MAX);
        if at < self.head_length {
            let length = out.len().min(self.head_length - at).min(self.rest.get_ref().len().saturating_sub(at));
            out[..length].copy_from_slice(&self.head[at..at + length]);
            self.rest.set_position((at + length) as u64);
            return Ok(length);
        }
        self.rest.read(out)
    }
}

impl Seek for Alone<'_> {
    fn seek(&mut self, to: SeekFrom) -> std::io::Result<u64> {
        self.rest.seek(to)
    }
}
