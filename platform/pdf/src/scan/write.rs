//! The file, written page by page.
//!
//! Colours are said by their measure (CalGray, CalRGB), so that no colour profile is needed.
//!
//! Source: ISO 19005-2 (PDF/A-2), level B; ISO 32000-1, 9.7 (composite fonts).
//!
//! Invariant: a finished file has every object that its table names.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io::Write as _;

use flate2::Compression;
use flate2::write::ZlibEncoder;
use sha2::{Digest as _, Sha256};

use super::{Coding, Page, Word, font};
use crate::{PdfError, Timestamp};

/// What the document says of itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct About {
    /// The title.
    pub title: String,
    /// The language of what is written, as `de`.
    pub lang: String,
    /// The program that made it.
    pub creator: String,
    /// The date of creation.
    pub date: Timestamp,
}

/// Objects that are known from the start.
const CATALOG: usize = 1;
const PAGES: usize = 2;
const METADATA: usize = 3;
const FONT: usize = 4;
const DESCENDANT: usize = 5;
const DESCRIPTOR: usize = 6;
const FONT_FILE: usize = 7;
const GLYPHS: usize = 8;
const UNICODE: usize = 9;
const FIRST: usize = 10;

/// Letters that one font can have.
const MOST_LETTERS: usize = 60_000;
/// The widest side of a page in PDF, in points (ISO 32000-1, annex C; PDF/A-2, 6.1.13).
const WIDEST: f64 = 14_400.0;

/// Writes a document.
#[derive(Debug)]
pub struct Writer {
    about: About,
    out: Vec<u8>,
    /// Where each object begins; 0 for one that is not written yet.
    offsets: Vec<usize>,
    pages: Vec<usize>,
    letters: BTreeMap<char, u16>,
}

impl Writer {
    /// Begins a document.
    #[must_use]
    pub fn new(about: About) -> Self {
        let mut out = b"%PDF-1.7\n%".to_vec();
        out.extend_from_slice(&[0xE2, 0xE3, 0xCF, 0xD3, b'\n']);
        Self { about, out, offsets: vec![0; FIRST], pages: Vec::new(), letters: BTreeMap::new() }
    }

    /// Adds a page.
    ///
    /// # Errors
    /// [`PdfError::Write`] where the image has no size, or the page would be larger than PDF allows.
    pub fn page(&mut self, page: &Page) -> Result<(), PdfError> {
        let refuse = |why: &str| Err(PdfError::Write(why.to_owned()));
        if page.width == 0 || page.height == 0 || page.dpi.0 == 0 || page.dpi.1 == 0 {
            return refuse("an image without size");
        }
        let scale = (72.0 / f64::from(page.dpi.0), 72.0 / f64::from(page.dpi.1));
        let size = (f64::from(page.width) * scale.0, f64::from(page.height) * scale.1);
        if size.0 > WIDEST || size.1 > WIDEST || size.0 < 3.0 || size.1 < 3.0 {
            return refuse("a page of impossible size");
        }
        let image = self.image(page)?;
        let mut content = format!("q {:.4} 0 0 {:.4} 0 0 cm /I Do Q\n", size.0, size.1);
        let has_text = self.text(&page.words, scale, size.1, &mut content);
        let packed = deflate(content.as_bytes());
        let content = self.stream("/Filter /FlateDecode", &packed);
        let fonts = if has_text { format!("/Font << /F {FONT} 0 R >> ") } else { String::new() };
        let number = self.number();
        self.object(
            number,
            &format!(
                "<< /Type /Page /Parent {PAGES} 0 R /MediaBox [0 0 {:.4} {:.4}] /Contents {content} 0 R /Resources << {fonts}/XObject << /I {image} 0 R >> >> >>",
                size.0, size.1
            ),
        );
        self.pages.push(number);
        Ok(())
    }

    /// The finished file.
    ///
    /// # Errors
    /// [`PdfError::Write`] where it has no page.
    pub fn finish(mut self) -> Result<Vec<u8>, PdfError> {
        if self.pages.is_empty() {
            return Err(PdfError::Write("no pages".to_owned()));
        }
        let mut kids = String::new();
        for page in &self.pages {
            _ = write!(kids, "{page} 0 R ");
        }
        self.object(PAGES, &format!("<< /Type /Pages /Count {} /Kids [{}] >>", self.pages.len(), kids.trim_end()));
        let packet = packet(&self.about);
        self.numbered_stream(METADATA, "/Type /Metadata /Subtype /XML", packet.as_bytes());
        self.font();
        let lang: String = self.about.lang.chars().filter(|c| c.is_ascii_alphanumeric() || *c == '-').collect();
        self.object(
            CATALOG,
            &format!(
                "<< /Type /Catalog /Pages {PAGES} 0 R /Metadata {METADATA} 0 R /Lang ({lang}) /ViewerPreferences << /DisplayDocTitle true >> >>"
            ),
        );
        let start = self.out.len();
        let mut table = format!("xref\n0 {}\n0000000000 65535 f \n", self.offsets.len());
        for offset in &self.offsets[1..] {
            _ = writeln!(table, "{offset:010} 00000 n ");
        }
        let digest = Sha256::digest(&self.out);
        let id: String = digest.iter().take(16).map(|byte| format!("{byte:02X}")).collect();
        _ = write!(
            table,
            "trailer\n<< /Size {} /Root {CATALOG} 0 R /ID [<{id}> <{id}>] >>\nstartxref\n{start}\n%%EOF\n",
            self.offsets.len()
        );
        self.out.extend_from_slice(table.as_bytes());
        Ok(self.out)
    }

    fn number(&mut self) -> usize {
        self.offsets.push(0);
        self.offsets.len() - 1
    }

    fn object(&mut self, number: usize, body: &str) {
        self.offsets[number] = self.out.len();
        self.out.extend_from_slice(format!("{number} 0 obj\n{body}\nendobj\n").as_bytes());
    }

    fn stream(&mut self, entries: &str, data: &[u8]) -> usize {
        let number = self.number();
        self.numbered_stream(number, entries, data);
        number
    }

    fn numbered_stream(&mut self, number: usize, entries: &str, data: &[u8]) {
        self.offsets[number] = self.out.len();
        let head = format!("{number} 0 obj\n<< {entries} /Length {} >>\nstream\n", data.len());
        self.out.extend_from_slice(head.as_bytes());
        self.out.extend_from_slice(data);
        self.out.extend_from_slice(b"\nendstream\nendobj\n");
    }

    fn image(&mut self, page: &Page) -> Result<usize, PdfError> {
        let (width, height) = (page.width, page.height);
        let space = |components: u8| match components {
            1 => Ok("[/CalGray << /WhitePoint [0.9505 1 1.089] /Gamma 2.2 >>]"),
            3 => Ok(
                "[/CalRGB << /WhitePoint [0.9505 1 1.089] /Gamma [2.2 2.2 2.2] /Matrix [0.4124 0.2126 0.0193 0.3576 0.7152 0.1192 0.1805 0.0722 0.9505] >>]",
            ),
            _ => Err(PdfError::Write("an image that is neither grey nor of three colours".to_owned())),
        };
        let (how, data) = match &page.coding {
            Coding::Jpeg { bytes, components } => {
                (format!("/ColorSpace {} /BitsPerComponent 8 /Filter /DCTDecode", space(*components)?), bytes)
            }
            Coding::Fax4 { data, black_is_1 } => (
                format!(
                    "/ColorSpace {} /BitsPerComponent 1 /Filter /CCITTFaxDecode /DecodeParms << /K -1 /Columns {width} /Rows {height} /BlackIs1 {black_is_1} >>",
                    space(1)?
                ),
                data,
            ),
            Coding::Png { data, bits, components } => (
                format!(
                    "/ColorSpace {} /BitsPerComponent {bits} /Filter /FlateDecode /DecodeParms << /Predictor 15 /Colors {components} /BitsPerComponent {bits} /Columns {width} >>",
                    space(*components)?
                ),
                data,
            ),
        };
        Ok(self.stream(&format!("/Type /XObject /Subtype /Image /Width {width} /Height {height} {how}"), data))
    }

    /// Puts the words over the image, each as wide as its box. Was there one?
    fn text(&mut self, words: &[Word], scale: (f64, f64), page_height: f64, content: &mut String) -> bool {
        let mut any = false;
        for word in words {
            let letters: Vec<char> = word.text.chars().filter(|c| !c.is_control()).collect();
            let size = f64::from(word.height) * scale.1;
            let width = f64::from(word.width) * scale.0;
            if letters.is_empty() || size < 0.5 || width < 0.5 || size > WIDEST || width > WIDEST {
                continue;
            }
            let natural = letters.len() as f64 * f64::from(font::ADVANCE) / 1000.0 * size;
            let bottom = page_height - (f64::from(word.top) + f64::from(word.height)) * scale.1;
            let left = f64::from(word.left) * scale.0;
            if !any {
                content.push_str("BT 3 Tr\n");
            }
            any = true;
            let stretch = 100.0 * width / natural;
            _ = write!(content, "/F {size:.3} Tf {stretch:.3} Tz 1 0 0 1 {left:.3} {bottom:.3} Tm <");
            for letter in letters.into_iter().chain([if word.ends_line { '\n' } else { ' ' }]) {
                // The end of a line is where the next begins; only between words a blank is written.
                if letter != '\n' {
                    _ = write!(content, "{:04X}", self.letter(letter));
                }
            }
            content.push_str("> Tj\n");
        }
        if any {
            content.push_str("ET\n");
        }
        any
    }

    /// The code of a letter; from 1, in the order in which they came.
    fn letter(&mut self, letter: char) -> u16 {
        let next = self.letters.len() + 1;
        let known = self.letters.get(&letter).copied();
        known.unwrap_or_else(|| {
            let letter = if next > MOST_LETTERS { char::REPLACEMENT_CHARACTER } else { letter };
            let code = u16::try_from(next).unwrap_or(u16::MAX);
            *self.letters.entry(letter).or_insert(code)
        })
    }

    fn font(&mut self) {
        const NAME: &str = "VIRABC+Unsichtbar";
        self.object(
            FONT,
            &format!(
                "<< /Type /Font /Subtype /Type0 /BaseFont /{NAME} /Encoding /Identity-H /DescendantFonts [{DESCENDANT} 0 R] /ToUnicode {UNICODE} 0 R >>"
            ),
        );
        self.object(
            DESCENDANT,
            &format!(
                "<< /Type /Font /Subtype /CIDFontType2 /BaseFont /{NAME} /CIDSystemInfo << /Registry (Adobe) /Ordering (Identity) /Supplement 0 >> /FontDescriptor {DESCRIPTOR} 0 R /DW {} /CIDToGIDMap {GLYPHS} 0 R >>",
                font::ADVANCE
            ),
        );
        self.object(
            DESCRIPTOR,
            &format!(
                "<< /Type /FontDescriptor /FontName /{NAME} /Flags 4 /FontBBox [0 0 {} 1000] /ItalicAngle 0 /Ascent 1000 /Descent 0 /CapHeight 1000 /StemV 80 /FontFile2 {FONT_FILE} 0 R >>",
                font::ADVANCE
            ),
        );
        let file = font::file();
        let packed = deflate(&file);
        self.numbered_stream(FONT_FILE, &format!("/Filter /FlateDecode /Length1 {}", file.len()), &packed);
        let mut glyphs = vec![0, 0];
        glyphs.extend([0, 1].repeat(self.letters.len()));
        self.numbered_stream(GLYPHS, "/Filter /FlateDecode", &deflate(&glyphs));
        let unicode = self.unicode();
        self.numbered_stream(UNICODE, "/Filter /FlateDecode", &deflate(unicode.as_bytes()));
    }

    /// Which letter each code means.
    fn unicode(&self) -> String {
        let mut map = String::from(
            "/CIDInit /ProcSet findresource begin\n12 dict begin\nbegincmap\n/CIDSystemInfo << /Registry (Adobe) /Ordering (UCS) /Supplement 0 >> def\n/CMapName /Adobe-Identity-UCS def\n/CMapType 2 def\n1 begincodespacerange\n<0000> <FFFF>\nendcodespacerange\n",
        );
        let mut letters: Vec<(u16, char)> = self.letters.iter().map(|(letter, code)| (*code, *letter)).collect();
        letters.sort_unstable();
        for part in letters.chunks(100) {
            _ = writeln!(map, "{} beginbfchar", part.len());
            for (code, letter) in part {
                _ = write!(map, "<{code:04X}> <");
                for unit in letter.encode_utf16(&mut [0; 2]) {
                    _ = write!(map, "{unit:04X}");
                }
                map.push_str(">\n");
            }
            map.push_str("endbfchar\n");
        }
        map.push_str("endcmap\nCMapName currentdict /CMap defineresource pop\nend\nend\n");
        map
    }
}

fn deflate(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::default());
    let written = encoder.write_all(bytes).and_then(|()| encoder.finish());
    written.expect("writing to memory does not fail")
}

fn packet(about: &About) -> String {
    let escaped = |text: &str| -> String {
        let mut out = String::new();
        for letter in text.chars() {
            match letter {
                '&' => out.push_str("&amp;"),
                '<' => out.push_str("&lt;"),
                '>' => out.push_str("&gt;"),
                '\t' => out.push(' '),
                letter if letter.is_control() || matches!(letter, '\u{fffe}' | '\u{ffff}') => {}
                letter => out.push(letter),
            }
        }
        out
    };
    let date = about.date;
    format!(
        "<?xpacket begin=\"\u{feff}\" id=\"W5M0MpCehiHzreSzNTczkc9d\"?>\n<x:xmpmeta xmlns:x=\"adobe:ns:meta/\"><rdf:RDF xmlns:rdf=\"http://www.w3.org/1999/02/22-rdf-syntax-ns#\"><rdf:Description rdf:about=\"\" xmlns:dc=\"http://purl.org/dc/elements/1.1/\" xmlns:xmp=\"http://ns.adobe.com/xap/1.0/\" xmlns:pdfaid=\"http://www.aiim.org/pdfa/ns/id/\"><dc:title><rdf:Alt><rdf:li xml:lang=\"x-default\">{}</rdf:li></rdf:Alt></dc:title><xmp:CreatorTool>{}</xmp:CreatorTool><xmp:CreateDate>{date}</xmp:CreateDate><xmp:ModifyDate>{date}</xmp:ModifyDate><pdfaid:part>2</pdfaid:part><pdfaid:conformance>B</pdfaid:conformance></rdf:Description></rdf:RDF></x:xmpmeta>\n<?xpacket end=\"w\"?>",
        escaped(&about.title),
        escaped(&about.creator),
    )
}
