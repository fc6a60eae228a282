//! Scanned paper: page images become a PDF/A-2b that can be searched, and scanners' PDFs give their page images back.
//!
//! Images are put into the file as they are coded: JPEG, fax (CCITT group 4) and PNG are never decoded here. The words
//! that were recognised lie invisibly over them, in a font without shapes.
//!
//! Invariant: no pixel is changed; the same pages give the same bytes.

mod font;
mod images;
mod write;

pub use images::{Image, PageImage, ScanError, Trouble, page_images};
pub use write::{About, Writer};

/// How the image of a page is coded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Coding {
    /// A whole JPEG file.
    Jpeg {
        /// The file.
        bytes: Vec<u8>,
        /// 1 for grey, 3 for colour.
        components: u8,
    },
    /// CCITT group 4, one piece for the whole page, the first pixel in the highest bit.
    Fax4 {
        /// The data.
        data: Vec<u8>,
        /// Are black runs stored as ones? What is called black is white then.
        black_is_1: bool,
    },
    /// zlib data of rows with the filters of PNG: what the `IDAT` chunks of a PNG file hold.
    Png {
        /// The data.
        data: Vec<u8>,
        /// Bits per sample: 1 or 8.
        bits: u8,
        /// 1 for grey, 3 for colour.
        components: u8,
    },
}

/// A word that was recognised, and its box on the image in pixels, counted from the top left.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Word {
    /// The word.
    pub text: String,
    /// The left side.
    pub left: u32,
    /// The upper side.
    pub top: u32,
    /// The width.
    pub width: u32,
    /// The height.
    pub height: u32,
    /// Is it the last one of its line?
    pub ends_line: bool,
}

/// A page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page {
    /// How its image is coded.
    pub coding: Coding,
    /// The width in pixels.
    pub width: u32,
    /// The height in pixels.
    pub height: u32,
    /// Dots per inch, across and down.
    pub dpi: (u32, u32),
    /// What was read on it, in the order of reading.
    pub words: Vec<Word>,
}
