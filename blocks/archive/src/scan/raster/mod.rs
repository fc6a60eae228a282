//! Pages: files of scanners taken apart into one file per page, and what their pixels are.
//!
//! A page is kept as it is coded wherever it can stand alone: a JPEG file as it is, fax (CCITT group 4) in a TIFF file of
//! its own. What cannot becomes PNG, without loss. So a page is one of three kinds of file, and everything that works
//! with pages knows no others.
//!
//! Sources: TIFF 6.0; ITU-T T.6; ISO/IEC 15948 (PNG).
//!
//! Invariant: no page takes more than [`MOST_BYTES`] once decoded, whatever its file says.

mod fax;
mod png;
mod tiff;

use std::borrow::Cow;

use serde::{Deserialize, Serialize};
use vir_core::Text;
use zune_jpeg::JpegDecoder;
use zune_jpeg::zune_core::bytestream::ZCursor;
use zune_jpeg::zune_core::colorspace::ColorSpace;
use zune_jpeg::zune_core::options::DecoderOptions;

use super::image::{self, Compression, Container, ImageError};

/// No page has more bytes once decoded.
pub const MOST_BYTES: u64 = 256 << 20;
/// No page is wider or higher, in dots.
const MOST_DOTS: u32 = 65_500;

/// Which of the three kinds of file a page is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[expect(missing_docs, reason = "the names say it")]
pub enum Kind {
    Jpeg,
    Tiff,
    Png,
}

impl Kind {
    /// Its media type.
    #[must_use]
    pub fn media_type(self) -> &'static str {
        match self {
            Self::Jpeg => "image/jpeg",
            Self::Tiff => "image/tiff",
            Self::Png => "image/png",
        }
    }

    /// How its files' names end.
    #[must_use]
    pub fn extension(self) -> &'static str {
        match self {
            Self::Jpeg => "jpg",
            Self::Tiff => "tif",
            Self::Png => "png",
        }
    }

    /// The kind of a page's file, by its first bytes.
    #[must_use]
    pub fn of(bytes: &[u8]) -> Option<Self> {
        match bytes {
            [0xff, 0xd8, 0xff, ..] => Some(Self::Jpeg),
            [0x89, b'P', b'N', b'G', ..] => Some(Self::Png),
            [b'I', b'I', 42, 0, ..] => Some(Self::Tiff),
            _ => None,
        }
    }
}

/// What a dot can be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Colour {
    /// Black or white, one bit; 1 is white.
    Bilevel,
    /// Grey, one byte.
    Gray,
    /// Red, green and blue, three bytes.
    Rgb,
}

impl Colour {
    /// Bytes of a row.
    #[must_use]
    pub fn row(self, width: u32) -> usize {
        match self {
            Self::Bilevel => width.div_ceil(8) as usize,
            Self::Gray => width as usize,
            Self::Rgb => width as usize * 3,
        }
    }
}

/// Dots, row by row; each row begins at a byte.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Raster {
    /// The width in dots.
    pub width: u32,
    /// The height in dots.
    pub height: u32,
    /// What a dot can be.
    pub colour: Colour,
    /// The rows.
    pub rows: Vec<u8>,
}

/// A page in a file of its own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PageFile {
    /// Its kind.
    pub kind: Kind,
    /// The file.
    pub bytes: Vec<u8>,
    /// The width in dots.
    pub width: u32,
    /// The height in dots.
    pub height: u32,
    /// Dots per inch, across and down; none where the scanner did not say.
    pub dpi: Option<(u32, u32)>,
    /// How the scanner compressed it.
    pub compression: Compression,
    /// Its dots.
    pub raster: Raster,
}

/// Why a file or page cannot be taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum RasterError {
    /// Its headers cannot be read.
    #[error(transparent)]
    Header(#[from] ImageError),
    /// It is compressed in a way that is not taken (A.SC.12).
    #[error("compressed by {0:?}, which is not taken")]
    Compression(Compression),
    /// Its colours are not taken: a palette, four inks, transparency.
    #[error("neither black and white, nor grey, nor red, green and blue")]
    Colours,
    /// The image breaks off or is broken.
    #[error("the image is damaged")]
    Damaged,
    /// The image is too large.
    #[error("the image is larger than {MOST_BYTES} bytes")]
    TooLarge,
}

impl RasterError {
    /// For people.
    #[must_use]
    pub fn text(self) -> Text {
        match self {
            Self::Header(error) => error.text(),
            Self::Compression(Compression::Jbig2) => Text::new(
                "Mit Symbolcodierung (JBIG2) verdichtet; das kann Zeichen vertauschen und ist nicht zugelassen (A.SC.12).",
                "Compressed with symbol coding (JBIG2), which can swap characters and is not admitted (A.SC.12).",
            ),
            Self::Compression(_) => Text::new(
                "Das Bild ist auf eine Art verdichtet, die nicht angenommen wird.",
                "The image is compressed in a way that is not taken.",
            ),
            Self::Colours => Text::new(
                "Angenommen werden Bilder in Schwarzweiß, Grau oder Rot-Grün-Blau.",
                "Images are taken in black and white, grey, or red, green and blue.",
            ),
            Self::Damaged => {
                Text::new("Das Bild ist beschädigt oder unvollständig.", "The image is damaged or incomplete.")
            }
            Self::TooLarge => Text::new("Das Bild ist zu groß.", "The image is too large."),
        }
    }
}

/// Are these sides possible, and do the dots fit?
fn fits(width: u32, height: u32, colour: Colour) -> Result<usize, RasterError> {
    if width == 0 || height == 0 {
        return Err(RasterError::Damaged);
    }
    let size = colour.row(width) as u64 * u64::from(height);
    if width > MOST_DOTS || height > MOST_DOTS || size > MOST_BYTES {
        return Err(RasterError::TooLarge);
    }
    usize::try_from(size).map_err(|_| RasterError::TooLarge)
}

/// The pages of a TIFF or JPEG file, one after the other.
#[derive(Debug)]
pub struct Pages<'b> {
    bytes: &'b [u8],
    jpeg: bool,
    directories: std::vec::IntoIter<u64>,
}

/// Takes a TIFF or JPEG file apart.
pub fn pages(bytes: &[u8]) -> Result<Pages<'_>, RasterError> {
    let info = image::read(bytes)?;
    let suitable = info.compression();
    if !suitable.is_suitable() {
        return Err(RasterError::Compression(suitable));
    }
    let directories = match info.container {
        Container::Jpeg => vec![0],
        Container::Tiff | Container::BigTiff => image::directories(bytes)?,
        Container::Pdf => return Err(RasterError::Header(ImageError::Format)),
    };
    Ok(Pages { bytes, jpeg: info.container == Container::Jpeg, directories: directories.into_iter() })
}

impl Iterator for Pages<'_> {
    type Item = Result<PageFile, RasterError>;

    fn next(&mut self) -> Option<Self::Item> {
        let at = self.directories.next()?;
        Some(if self.jpeg { jpeg_file(self.bytes.to_vec(), None) } else { tiff::page(self.bytes, at) })
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        self.directories.size_hint()
    }
}

impl ExactSizeIterator for Pages<'_> {}

/// A page that is a JPEG file; the resolution is what the file says, or else what is said here.
pub fn jpeg_file(bytes: Vec<u8>, dpi: Option<(u32, u32)>) -> Result<PageFile, RasterError> {
    let raster = jpeg(&bytes)?;
    let said = image::read(&bytes)?.pages.first().and_then(|page| page.dpi);
    let (width, height) = (raster.width, raster.height);
    Ok(PageFile { kind: Kind::Jpeg, bytes, width, height, dpi: said.or(dpi), compression: Compression::Jpeg, raster })
}

/// A page whose fax data (group 4) stood elsewhere, as in a PDF.
pub fn fax_file(
    data: &[u8],
    width: u32,
    height: u32,
    black_is_1: bool,
    dpi: Option<(u32, u32)>,
) -> Result<PageFile, RasterError> {
    let raster = fax::decode4(data, width, height, black_is_1)?;
    let bytes = fax::file(data, width, height, black_is_1, dpi);
    Ok(PageFile { kind: Kind::Tiff, bytes, width, height, dpi, compression: Compression::Fax4, raster })
}

/// A page of black and white of which there are only dots, coded as fax (group 4).
pub fn bilevel_file(raster: Raster, dpi: Option<(u32, u32)>) -> Result<PageFile, RasterError> {
    if raster.colour != Colour::Bilevel || raster.rows.len() != fits(raster.width, raster.height, Colour::Bilevel)? {
        return Err(RasterError::Damaged);
    }
    let (width, height) = (raster.width, raster.height);
    let bytes = fax::file(&fax::encode4(&raster), width, height, false, dpi);
    Ok(PageFile { kind: Kind::Tiff, bytes, width, height, dpi, compression: Compression::Fax4, raster })
}

/// A page of which there are only dots.
pub fn png_file(raster: Raster, dpi: Option<(u32, u32)>, compression: Compression) -> Result<PageFile, RasterError> {
    if raster.rows.len() != fits(raster.width, raster.height, raster.colour)? {
        return Err(RasterError::Damaged);
    }
    let bytes = png::write(&raster, dpi);
    let (width, height) = (raster.width, raster.height);
    Ok(PageFile { kind: Kind::Png, bytes, width, height, dpi, compression, raster })
}

fn jpeg(bytes: &[u8]) -> Result<Raster, RasterError> {
    let options = || {
        let side = MOST_DOTS as usize;
        DecoderOptions::new_safe().set_max_width(side).set_max_height(side).set_strict_mode(true)
    };
    let mut decoder = JpegDecoder::new_with_options(ZCursor::new(bytes), options());
    decoder.decode_headers().map_err(|_| RasterError::Damaged)?;
    let (colour, out) = match decoder.input_colorspace() {
        Some(ColorSpace::Luma) => (Colour::Gray, ColorSpace::Luma),
        Some(ColorSpace::YCbCr | ColorSpace::RGB) => (Colour::Rgb, ColorSpace::RGB),
        _ => return Err(RasterError::Colours),
    };
    let info = decoder.info().ok_or(RasterError::Damaged)?;
    let (width, height) = (u32::from(info.width), u32::from(info.height));
    let size = fits(width, height, colour)?;
    decoder.set_options(options().jpeg_set_out_colorspace(out));
    let rows = decoder.decode().map_err(|_| RasterError::Damaged)?;
    if rows.len() != size {
        return Err(RasterError::Damaged);
    }
    Ok(Raster { width, height, colour, rows })
}

/// What a page's file holds, as other containers take it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Held<'b> {
    /// A JPEG file: 1 for grey, 3 for colour.
    Jpeg {
        /// Colours.
        components: u8,
    },
    /// Fax data, group 4.
    Fax4 {
        /// The data.
        data: &'b [u8],
        /// Are black runs ones?
        black_is_1: bool,
    },
    /// The zlib data of a PNG file.
    Png {
        /// The data.
        data: Cow<'b, [u8]>,
        /// Bits per sample.
        bits: u8,
        /// Colours.
        components: u8,
    },
}

/// What one of *our* page files holds; none where it is not one.
#[must_use]
pub fn held(bytes: &[u8]) -> Option<Held<'_>> {
    match Kind::of(bytes)? {
        Kind::Jpeg => {
            let mut decoder = JpegDecoder::new(ZCursor::new(bytes));
            decoder.decode_headers().ok()?;
            let components = if decoder.input_colorspace()? == ColorSpace::Luma { 1 } else { 3 };
            Some(Held::Jpeg { components })
        }
        Kind::Tiff => fax::held(bytes),
        Kind::Png => png::held(bytes),
    }
}

/// The page as browsers show it: JPEG and PNG as they are, fax as PNG.
pub fn shown(bytes: &[u8]) -> Result<(Kind, Cow<'_, [u8]>), RasterError> {
    match Kind::of(bytes) {
        Some(kind @ (Kind::Jpeg | Kind::Png)) => Ok((kind, Cow::Borrowed(bytes))),
        Some(Kind::Tiff) => {
            let page = pages(bytes)?.next().ok_or(RasterError::Damaged)??;
            Ok((Kind::Png, Cow::Owned(png::write(&page.raster, page.dpi))))
        }
        None => Err(RasterError::Header(ImageError::Format)),
    }
}
