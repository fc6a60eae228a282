//! Page images out of a scanner's PDF.
//!
//! Taken is a page that is one image and nothing else that can be seen: text may only lie invisibly over it, as text
//! recognition puts it. Anything else would be lost without anybody noticing, and is refused.
//!
//! Invariant: what is given back is what the file holds, pixel by pixel.

use super::Coding;
use crate::file::File;
use crate::file::object::{Dict, Object, Stream};
use crate::read::each_page;
use crate::{Limits, PdfError};

/// An image that fills a page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PageImage {
    /// How it is coded; pixels that were packed otherwise come as bare rows in [`Coding::Png`]'s stead.
    pub image: Image,
    /// The width in pixels.
    pub width: u32,
    /// The height in pixels.
    pub height: u32,
    /// Dots per inch, from the size of the page; none where it has none.
    pub dpi: Option<(u32, u32)>,
}

/// The image.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Image {
    /// As it is coded in the file.
    Coded(Coding),
    /// Bare rows: each begins at a byte. One bit: 1 is white.
    Rows {
        /// The rows.
        rows: Vec<u8>,
        /// Bits per sample: 1 or 8.
        bits: u8,
        /// 1 for grey, 3 for colour.
        components: u8,
    },
}

/// Why a page cannot be taken.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ScanError {
    /// The file cannot be read.
    #[error(transparent)]
    Pdf(#[from] PdfError),
    /// A page is not one image and nothing else.
    #[error("page {page}: {why}")]
    Page {
        /// The page, from 1.
        page: usize,
        /// Why, for the log.
        why: Trouble,
    },
}

/// What is wrong with a page.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
#[expect(missing_docs, reason = "the words say it")]
pub enum Trouble {
    #[error("no image fills the page")]
    NoImage,
    #[error("several images make the page")]
    SeveralImages,
    #[error("there is text that can be seen")]
    VisibleText,
    #[error("the page is stored rotated")]
    Rotated,
    #[error("the image is coded with symbols (JBIG2)")]
    Symbols,
    #[error("the image is coded in a way that is not taken")]
    Coding,
    #[error("the image is damaged")]
    Damaged,
}

/// No page is larger, in pixels.
const MOST_PIXELS: u64 = 200_000_000;
/// How often resources are looked for further up.
const MOST_PARENTS: usize = 32;

/// Gives each page's image, in order; the answer of `take` says whether to go on.
///
/// # Errors
/// Where the file cannot be read, or a page is not one image and nothing else.
pub fn page_images(bytes: &[u8], limits: &Limits, mut take: impl FnMut(PageImage) -> bool) -> Result<(), ScanError> {
    let file = File::open(bytes, limits)?;
    let catalog = file.catalog()?;
    let (mut number, mut outcome, mut on) = (0, Ok(()), true);
    each_page(&file, &catalog, |page| {
        if !on || outcome.is_err() {
            return Ok(());
        }
        number += 1;
        match one(&file, page)? {
            Ok(image) => on = take(image),
            Err(why) => outcome = Err(ScanError::Page { page: number, why }),
        }
        Ok(())
    })?;
    outcome
}

type Found<T> = Result<Result<T, Trouble>, PdfError>;

fn one(file: &File<'_>, page: &Dict) -> Found<PageImage> {
    if inherited(file, page, b"Rotate")?.as_ref().and_then(Object::int).unwrap_or(0).rem_euclid(360) != 0 {
        return Ok(Err(Trouble::Rotated));
    }
    let resources = match inherited(file, page, b"Resources")? {
        Some(Object::Dict(resources)) => resources,
        _ => return Ok(Err(Trouble::NoImage)),
    };
    let mut images = Vec::new();
    if let Some(Object::Dict(objects)) = file.lookup(&resources, b"XObject")? {
        for (_, object) in objects.0.iter().take(64) {
            if let Object::Stream(stream) = file.resolve(object)? {
                match file.lookup(&stream.dict, b"Subtype")?.as_ref().and_then(Object::name) {
                    Some(b"Image") => images.push(stream),
                    // A form can hold anything.
                    _ => return Ok(Err(Trouble::SeveralImages)),
                }
            }
        }
    }
    let stream = match images.as_slice() {
        [] => return Ok(Err(Trouble::NoImage)),
        [one] => one,
        _ => return Ok(Err(Trouble::SeveralImages)),
    };
    let content = content(file, page)?;
    if shows_text(&content) {
        return Ok(Err(Trouble::VisibleText));
    }
    let number = |key: &[u8]| -> Result<Option<u32>, PdfError> {
        Ok(file.lookup(&stream.dict, key)?.as_ref().and_then(Object::int).and_then(|n| u32::try_from(n).ok()))
    };
    let (Some(width), Some(height)) = (number(b"Width")?, number(b"Height")?) else {
        return Ok(Err(Trouble::Damaged));
    };
    if width == 0 || height == 0 || u64::from(width) * u64::from(height) > MOST_PIXELS {
        return Ok(Err(Trouble::Damaged));
    }
    let dpi = match inherited(file, page, b"MediaBox")? {
        Some(Object::Array(sides)) => dots(file, &sides, width, height)?,
        _ => None,
    };
    Ok(coded(file, stream, width, height)?.map(|image| PageImage { image, width, height, dpi }))
}

fn dots(file: &File<'_>, sides: &[Object], width: u32, height: u32) -> Result<Option<(u32, u32)>, PdfError> {
    let mut values = Vec::new();
    for side in sides.iter().take(4) {
        values.push(match file.resolve(side)? {
            Object::Int(value) => value as f64,
            Object::Real(value) => value,
            _ => return Ok(None),
        });
    }
    let [left, bottom, right, top] = values.as_slice() else { return Ok(None) };
    let per_inch = |pixels: u32, points: f64| {
        let dots = (f64::from(pixels) * 72.0 / points.abs()).round();
        (dots.is_finite() && (1.0..=10_000.0).contains(&dots)).then_some(dots as u32)
    };
    Ok(per_inch(width, right - left).zip(per_inch(height, top - bottom)))
}

/// A value of the page, or of what it lies in.
fn inherited(file: &File<'_>, page: &Dict, key: &[u8]) -> Result<Option<Object>, PdfError> {
    let mut node = page.clone();
    for _ in 0..MOST_PARENTS {
        if let Some(value) = file.lookup(&node, key)? {
            return Ok(Some(value));
        }
        match file.lookup(&node, b"Parent")? {
            Some(Object::Dict(parent)) => node = parent,
            _ => break,
        }
    }
    Ok(None)
}

fn content(file: &File<'_>, page: &Dict) -> Result<Vec<u8>, PdfError> {
    let parts = match file.lookup(page, b"Contents")? {
        Some(Object::Array(parts)) => parts,
        Some(one) => vec![one],
        None => Vec::new(),
    };
    let mut content = Vec::new();
    for part in parts.iter().take(1_000) {
        if let Object::Stream(stream) = file.resolve(part)? {
            content.extend_from_slice(&file.unpack(&stream)?.bytes);
            content.push(b'\n');
        }
    }
    Ok(content)
}

/// Is text shown otherwise than invisibly (`3 Tr`), or an image that stands in the content itself?
fn shows_text(content: &[u8]) -> bool {
    let (mut at, mut depth, mut mode, mut last) = (0, 0_u32, 0_u32, None);
    let regular = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'*' | b'\'' | b'"' | b'.' | b'-' | b'+');
    while let Some(byte) = content.get(at) {
        match byte {
            b'\\' if depth > 0 => at += 2,
            b'(' => {
                depth += 1;
                at += 1;
            }
            b')' => {
                depth = depth.saturating_sub(1);
                at += 1;
            }
            _ if depth > 0 => at += 1,
            b'%' => at += content[at..].iter().position(|byte| matches!(byte, b'\r' | b'\n')).unwrap_or(content.len()),
            b'/' => at += 1 + content[at + 1..].iter().take_while(|byte| regular(byte)).count(),
            byte if regular(byte) => {
                let length = content[at..].iter().take_while(|byte| regular(byte)).count();
                let word = &content[at..at + length];
                match word {
                    b"Tr" => mode = last.unwrap_or(0),
                    b"Tj" | b"TJ" | b"'" | b"\"" if mode != 3 => return true,
                    b"BI" => return true,
                    _ => {}
                }
                last = std::str::from_utf8(word).ok().and_then(|word| word.parse().ok());
                at += length;
            }
            _ => at += 1,
        }
    }
    false
}

fn coded(file: &File<'_>, stream: &Stream, width: u32, height: u32) -> Found<Image> {
    for key in [&b"SMask"[..], b"Mask"] {
        if file.lookup(&stream.dict, key)?.is_some() {
            return Ok(Err(Trouble::SeveralImages));
        }
    }
    let (data, last, parameters) = file.unpack_image(stream)?;
    let flag = |dict: &Dict, key: &[u8]| -> Result<bool, PdfError> {
        Ok(matches!(file.lookup(dict, key)?, Some(Object::Bool(true))))
    };
    let mask = flag(&stream.dict, b"ImageMask")?;
    let inverted = match file.lookup(&stream.dict, b"Decode")? {
        Some(Object::Array(ends)) => {
            let mut numbers = Vec::new();
            for end in ends.iter().take(8) {
                numbers.push(file.resolve(end)?.int());
            }
            match numbers.as_slice() {
                [] => false,
                pairs if pairs.chunks(2).all(|pair| pair == [Some(0), Some(1)]) => false,
                pairs if pairs.chunks(2).all(|pair| pair == [Some(1), Some(0)]) => true,
                _ => return Ok(Err(Trouble::Coding)),
            }
        }
        _ => false,
    };
    // What a mask paints is black: 0 paints.
    let bits = if mask { Some(1) } else { file.lookup(&stream.dict, b"BitsPerComponent")?.and_then(|n| n.int()) };
    let components = if mask { Some(1) } else { components(file, &stream.dict)? };
    Ok(match last.as_deref() {
        Some(b"DCTDecode" | b"DCT") => match components {
            Some(components @ (1 | 3)) if !inverted => Ok(Image::Coded(Coding::Jpeg { bytes: data, components })),
            _ => Err(Trouble::Coding),
        },
        Some(b"CCITTFaxDecode" | b"CCF") => {
            let parameters = parameters.unwrap_or_default();
            let number = |key: &[u8]| -> Result<Option<i64>, PdfError> {
                Ok(file.lookup(&parameters, key)?.as_ref().and_then(Object::int))
            };
            let whole = number(b"Columns")?.unwrap_or(1_728) == i64::from(width)
                && number(b"K")?.is_some_and(|k| k < 0)
                && !flag(&parameters, b"EncodedByteAlign")?
                && components == Some(1);
            let black_is_1 = flag(&parameters, b"BlackIs1")? != inverted;
            if whole { Ok(Image::Coded(Coding::Fax4 { data, black_is_1 })) } else { Err(Trouble::Coding) }
        }
        Some(b"JBIG2Decode") => Err(Trouble::Symbols),
        Some(_) => Err(Trouble::Coding),
        None => match (bits, components) {
            (Some(bits @ (1 | 8)), Some(components @ (1 | 3))) if bits == 8 || components == 1 => {
                let row = (u64::from(width) * u64::from(components) * bits as u64).div_ceil(8);
                let whole = usize::try_from(row * u64::from(height)).unwrap_or(usize::MAX);
                let mut rows = data;
                if rows.len() < whole {
                    return Ok(Err(Trouble::Damaged));
                }
                rows.truncate(whole);
                if inverted {
                    rows.iter_mut().for_each(|byte| *byte = !*byte);
                }
                Ok(Image::Rows { rows, bits: if bits == 1 { 1 } else { 8 }, components })
            }
            _ => Err(Trouble::Coding),
        },
    })
}

/// How many colours a sample has; none where it is neither grey nor red, green and blue.
fn components(file: &File<'_>, dict: &Dict) -> Result<Option<u8>, PdfError> {
    let space = match file.lookup(dict, b"ColorSpace")? {
        Some(Object::Array(parts)) => parts,
        Some(name) => vec![name],
        None => return Ok(None),
    };
    let Some(first) = space.first() else { return Ok(None) };
    Ok(match file.resolve(first)?.name() {
        Some(b"DeviceGray" | b"G" | b"CalGray") => Some(1),
        Some(b"DeviceRGB" | b"RGB" | b"CalRGB") => Some(3),
        Some(b"ICCBased") => match space.get(1).map(|profile| file.resolve(profile)).transpose()? {
            Some(Object::Stream(profile)) => match file.lookup(&profile.dict, b"N")?.and_then(|n| n.int()) {
                Some(1) => Some(1),
                Some(3) => Some(3),
                _ => None,
            },
            _ => None,
        },
        _ => None,
    })
}
