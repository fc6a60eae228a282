//! What image files say of themselves: how many pages, how large, how compressed.
//!
//! Only headers are read; nothing is decompressed. It decides whether an image may be taken at all: symbol coding can
//! swap characters that look alike, so that a scan says something that the paper never did (A.SC.12).
//!
//! Invariant: reading takes time and memory by the length of the file, whatever it claims.

mod jpeg;
mod pdf;
mod tiff;

pub(super) use tiff::{directories, entries};

use serde::{Deserialize, Serialize};
use vir_core::Text;

/// How an image is compressed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[expect(missing_docs, reason = "the names say it")]
pub enum Compression {
    None,
    /// CCITT group 3, one- or two-dimensional.
    Fax3,
    /// CCITT group 4.
    Fax4,
    Lzw,
    Deflate,
    PackBits,
    Jpeg,
    Jpeg2000,
    /// JBIG1: without symbols.
    Jbig,
    /// JBIG2, which may be coded by symbols.
    Jbig2,
    /// Anything else, also what cannot be seen without decompressing.
    Unknown,
}

impl Compression {
    /// May it be taken?
    #[must_use]
    pub fn is_suitable(self) -> bool {
        !matches!(self, Self::Jbig2 | Self::Unknown)
    }

    /// Does it lose details?
    #[must_use]
    pub fn is_lossy(self) -> bool {
        matches!(self, Self::Jpeg | Self::Jpeg2000)
    }
}

/// One image of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Page {
    /// Its width in dots; none where only the whole file is known.
    pub width: Option<u32>,
    /// Its height in dots.
    pub height: Option<u32>,
    /// Dots per inch, across and down; none where the file does not say.
    pub dpi: Option<(u32, u32)>,
    /// How it is compressed.
    pub compression: Compression,
}

/// The file format.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
#[expect(missing_docs, reason = "the names say it")]
pub enum Container {
    Tiff,
    BigTiff,
    Jpeg,
    Pdf,
}

/// What a file says of itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Info {
    /// The file format.
    pub container: Container,
    /// Its images, in order; of a PDF one for each way of compression that it names.
    pub pages: Vec<Page>,
}

impl Info {
    /// The worst compression: the first that is not suitable, or else the first.
    #[must_use]
    pub fn compression(&self) -> Compression {
        let all = || self.pages.iter().map(|page| page.compression);
        all().find(|compression| !compression.is_suitable()).or_else(|| all().next()).unwrap_or(Compression::None)
    }

    /// The least resolution that is known.
    #[must_use]
    pub fn least_dpi(&self) -> Option<u32> {
        self.pages.iter().filter_map(|page| page.dpi.map(|(across, down)| across.min(down))).min()
    }
}

/// Why a file cannot be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ImageError {
    /// None of the formats.
    #[error("neither TIFF nor JPEG nor PDF")]
    Format,
    /// Broken off, or pointing outside itself.
    #[error("the file is damaged at byte {0}")]
    Damaged(u64),
    /// More images than a batch has pages.
    #[error("more than {0} images")]
    TooMany(usize),
}

impl ImageError {
    /// For people.
    #[must_use]
    pub fn text(self) -> Text {
        let de = match self {
            Self::Format => "Weder TIFF noch JPEG noch PDF.".to_owned(),
            Self::Damaged(at) => format!("Die Datei ist bei Byte {at} beschädigt."),
            Self::TooMany(most) => format!("Mehr als {most} Bilder."),
        };
        let mut en = self.to_string();
        en[..1].make_ascii_uppercase();
        en.push('.');
        Text::owned(de, en)
    }
}

/// Reads the headers of a file.
pub fn read(bytes: &[u8]) -> Result<Info, ImageError> {
    match bytes {
        [b'I', b'I', 42, 0, ..] | [b'M', b'M', 0, 42, ..] | [b'I', b'I', 43, 0, ..] | [b'M', b'M', 0, 43, ..] => {
            tiff::read(bytes)
        }
        [0xff, 0xd8, 0xff, ..] => jpeg::read(bytes),
        _ if bytes.get(..1024).unwrap_or(bytes).windows(5).any(|window| window == b"%PDF-") => Ok(pdf::read(bytes)),
        _ => Err(ImageError::Format),
    }
}
