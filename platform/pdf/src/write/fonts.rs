//! The fonts, what they lack, and how wide texts are.
//!
//! Noto Sans covers Latin, Greek and Cyrillic in all faces. Characters that it lacks become
//! U+FFFD and are counted, since a missing glyph would make the file invalid.
//!
//! Glyphs are set one after the other, without kerning or ligatures: figures have equal
//! widths in this font, and measuring stays cheap and exact.
//!
//! Invariant: a [`Clean`] text has a glyph in its face for every character but line ends.

use std::collections::BTreeMap;

use krilla::text::{Font, GlyphId, KrillaGlyph};
use skrifa::instance::{LocationRef, Size};
use skrifa::{FontRef, MetadataProvider};

use crate::PdfError;

/// A face of the font.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Face {
    Regular,
    Bold,
    Italic,
}

/// How a text is set.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Type {
    pub(super) face: Face,
    pub(super) size: f32,
    pub(super) leading: f32,
    pub(super) colour: Colour,
}

/// Red, green, blue.
pub(super) type Colour = (u8, u8, u8);

/// All faces, and which characters had to be replaced.
pub(super) struct Fonts {
    faces: [Metrics; 3],
    pub(super) replaced: BTreeMap<char, usize>,
}

struct Metrics {
    font: Font,
    data: FontRef<'static>,
    units_per_em: f32,
    /// Glyph and advance of the characters that texts consist of.
    common: Vec<(u32, f32)>,
}

/// Characters below this are looked up in a table.
const COMMON: u32 = 0x2200;

impl Metrics {
    fn load(bytes: &'static [u8]) -> Option<Self> {
        let data = FontRef::new(bytes).ok()?;
        let font = Font::new(bytes.into(), 0)?;
        let units_per_em = font.units_per_em();
        let mut metrics = Self { font, data, units_per_em, common: Vec::new() };
        metrics.common =
            (0..COMMON).map(|code| char::from_u32(code).and_then(|c| metrics.search(c)).unwrap_or((0, 0.0))).collect();
        Some(metrics)
    }

    /// Glyph and advance (in ems) of a character; glyph 0 means that there is none.
    fn glyph(&self, c: char) -> (u32, f32) {
        match self.common.get(c as usize) {
            Some(known) => *known,
            None => self.search(c).unwrap_or((0, 0.0)),
        }
    }

    fn search(&self, c: char) -> Option<(u32, f32)> {
        let glyph = self.data.charmap().map(c)?;
        let metrics = self.data.glyph_metrics(Size::unscaled(), LocationRef::default());
        Some((glyph.to_u32(), metrics.advance_width(glyph)? / self.units_per_em))
    }
}

/// A text that can be set in its face as it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Clean(String);

impl Clean {
    pub(super) fn as_str(&self) -> &str {
        &self.0
    }
}

/// A line of a wrapped text.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Line {
    pub(super) text: String,
    /// Without the blank at its end.
    pub(super) width: f32,
}

impl Line {
    /// Adds a blank at the end, which shows nothing but parts words.
    pub(super) fn end_with_blank(&mut self) {
        if !self.text.ends_with(' ') {
            self.text.push(' ');
        }
    }
}

impl Fonts {
    pub(super) fn load() -> Result<Self, PdfError> {
        let load = |bytes: &'static [u8]| {
            Metrics::load(bytes).ok_or_else(|| PdfError::Write("a font is unreadable".to_owned()))
        };
        let faces = [load(notosans::REGULAR_TTF)?, load(notosans::BOLD_TTF)?, load(notosans::ITALIC_TTF)?];
        Ok(Self { faces, replaced: BTreeMap::new() })
    }

    fn metrics(&self, face: Face) -> &Metrics {
        &self.faces[match face {
            Face::Regular => 0,
            Face::Bold => 1,
            Face::Italic => 2,
        }]
    }

    pub(super) fn font(&self, face: Face) -> Font {
        self.metrics(face).font.clone()
    }

    /// Makes a text fit for its face: controls and invisible characters go, missing ones
    /// are replaced and counted.
    pub(super) fn clean(&mut self, text: &str, face: Face) -> Clean {
        let mut out = String::with_capacity(text.len());
        let mut characters = text.chars().peekable();
        while let Some(c) = characters.next() {
            match c {
                '\n' | '\u{2028}' | '\u{2029}' | '\u{85}' => out.push('\n'),
                '\r' => {
                    if characters.peek() != Some(&'\n') {
                        out.push('\n');
                    }
                }
                '\t' => out.push(' '),
                c if c.is_control() || is_invisible(c) => {}
                // These have no glyph, but a stand-in that nobody misses.
                '\u{2010}' | '\u{2011}' => out.push('-'),
                '→' => out.push_str("->"),
                '←' => out.push_str("<-"),
                '⇒' => out.push_str("=>"),
                '\u{3000}' => out.push(' '),
                c if is_private(c) || self.metrics(face).glyph(c).0 == 0 => {
                    *self.replaced.entry(c).or_default() += 1;
                    out.push(char::REPLACEMENT_CHARACTER);
                }
                c => out.push(c),
            }
        }
        Clean(out)
    }

    /// The width of a clean text in points.
    pub(super) fn width(&self, text: &str, set: Type) -> f32 {
        let metrics = self.metrics(set.face);
        text.chars().map(|c| metrics.glyph(c).1).sum::<f32>() * set.size
    }

    /// The width of a text as it comes. Replaced characters may change it a little.
    pub(super) fn rough_width(&self, text: &str, set: Type) -> f32 {
        let metrics = self.metrics(set.face);
        let advance = |c: char| match metrics.glyph(c) {
            _ if c.is_control() => 0.0,
            (0, _) => metrics.glyph(char::REPLACEMENT_CHARACTER).1,
            (_, advance) => advance,
        };
        text.chars().map(advance).sum::<f32>() * set.size
    }

    /// The glyphs of a clean text.
    pub(super) fn glyphs(&self, text: &str, face: Face) -> Vec<KrillaGlyph> {
        let metrics = self.metrics(face);
        text.char_indices()
            .map(|(at, c)| {
                let (glyph, advance) = metrics.glyph(c);
                let range = at..at + c.len_utf8();
                KrillaGlyph::new(GlyphId::new(glyph), advance, 0.0, 0.0, 0.0, range, None)
            })
            .collect()
    }

    /// Breaks a text into lines of at most `width` points. A word that is too long is cut.
    /// There is always at least one line.
    pub(super) fn wrap(&mut self, text: &str, set: Type, width: f32) -> Vec<Line> {
        let clean = self.clean(text, set.face);
        let mut lines: Vec<Line> = Vec::new();
        for paragraph in clean.as_str().trim_end_matches('\n').split('\n') {
            // Read aloud or copied, the last word of a line and the next must not run together.
            if let Some(last) = lines.last_mut() {
                last.end_with_blank();
            }
            self.wrap_paragraph(paragraph, set, width, &mut lines);
        }
        lines
    }

    fn wrap_paragraph(&self, text: &str, set: Type, width: f32, lines: &mut Vec<Line>) {
        let mut line = Line { text: String::new(), width: 0.0 };
        // Width of the line with the blanks at its end.
        let mut full = 0.0;
        let mut start = 0;
        for (end, _) in unicode_linebreak::linebreaks(text) {
            let piece = &text[start..end];
            start = end;
            let whole = self.width(piece, set);
            let visible = self.width(piece.trim_end_matches(' '), set);
            if full + visible > width && !line.text.is_empty() {
                lines.push(std::mem::replace(&mut line, Line { text: String::new(), width: 0.0 }));
                full = 0.0;
            }
            if visible <= width {
                line.text.push_str(piece);
                line.width = full + visible;
                full += whole;
                continue;
            }
            // A word longer than a line is cut where the line ends.
            for c in piece.chars() {
                let advance = self.metrics(set.face).glyph(c).1 * set.size;
                if full + advance > width && !line.text.is_empty() {
                    let next = Line { text: String::new(), width: 0.0 };
                    lines.push(std::mem::replace(&mut line, next));
                    full = 0.0;
                }
                line.text.push(c);
                full += advance;
                line.width = full;
            }
        }
        lines.push(line);
    }

    /// Shortens a text to one line of at most `width` points.
    pub(super) fn shorten(&mut self, text: &str, set: Type, width: f32) -> Line {
        let clean = self.clean(text, set.face).as_str().replace('\n', " ");
        let full = self.width(&clean, set);
        if full <= width {
            return Line { text: clean, width: full };
        }
        let dots = self.width("…", set);
        let mut line = Line { text: String::new(), width: dots };
        for c in clean.chars() {
            let advance = self.metrics(set.face).glyph(c).1 * set.size;
            if line.width + advance > width {
                break;
            }
            line.text.push(c);
            line.width += advance;
        }
        line.text.push('…');
        line
    }
}

/// Characters that show nothing, among them those that reorder text and could deceive.
fn is_invisible(c: char) -> bool {
    matches!(c,
        '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}'
        | '\u{e0000}'..='\u{e0fff}')
}

fn is_private(c: char) -> bool {
    matches!(c, '\u{e000}'..='\u{f8ff}' | '\u{f0000}'..='\u{10ffff}')
}

#[cfg(test)]
mod tests {
    use super::{Face, Fonts, Type};

    const SET: Type = Type { face: Face::Regular, size: 10.0, leading: 12.0, colour: (0, 0, 0) };

    fn check(text: &str, width: f32, expect: &[&str]) {
        let mut fonts = Fonts::load().unwrap();
        let lines = fonts.wrap(text, SET, width);
        let texts: Vec<&str> = lines.iter().map(|line| line.text.as_str()).collect();
        assert_eq!(texts, expect, "{text}");
        assert!(lines.iter().all(|line| line.width <= width));
    }

    #[test]
    fn wrapping() {
        check("", 100.0, &[""]);
        check("one two", 100.0, &["one two"]);
        check("one two three", 50.0, &["one two ", "three"]);
        check("one\n\ntwo\n", 100.0, &["one ", " ", "two"]);
        check("one\r\ntwo", 100.0, &["one ", "two"]);
        check("abcdefghijklmnop", 30.0, &["abcde", "fghijkl", "mnop"]);
        check("a b\u{200b}c\u{ad}d", 100.0, &["a bcd"]);
    }

    #[test]
    fn every_face_has_what_invoices_need() {
        let mut fonts = Fonts::load().unwrap();
        let text = "ÄÖÜäöüß€„“‚‘’–—…§°²³µ½ąćęłńóśźżčďěňřšťůžőűășțğışøåæŁŻ ΑΩαωάώ АЯаяёѢ ÿẞ «»‹›†•≤≥≠";
        for face in [Face::Regular, Face::Bold, Face::Italic] {
            assert_eq!(fonts.clean(text, face).as_str(), text);
        }
        assert!(fonts.replaced.is_empty());
        assert_eq!(fonts.clean("→ 日本 \u{e000}", Face::Bold).as_str(), "-> \u{fffd}\u{fffd} \u{fffd}");
        assert_eq!(fonts.replaced.len(), 3);
    }
}
