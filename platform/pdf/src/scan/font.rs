//! A font without shapes: every glyph is empty and half as wide as the font is high.
//!
//! It carries the invisible text. PDF/A wants fonts to be embedded, and widths that agree with the font.
//!
//! Invariant: the file has the tables that ISO 32000 demands of an embedded TrueType font, and nothing else.

/// The advance of each glyph, in thousandths of the size.
pub(super) const ADVANCE: u16 = 500;

/// The font file: glyph 0 for what is not there, glyph 1 for everything else.
pub(super) fn file() -> Vec<u8> {
    let mut head = Vec::new();
    for word in [1_u16, 0, 1, 0, 0, 0, 0x5F0F, 0x3CF5, 0, 1000] {
        head.extend_from_slice(&word.to_be_bytes());
    }
    // Created and changed: never.
    head.extend_from_slice(&[0; 16]);
    // Box, style, least size, direction, short offsets, format of glyphs.
    for word in [0_u16, 0, ADVANCE, 1000, 0, 8, 2, 0, 0] {
        head.extend_from_slice(&word.to_be_bytes());
    }
    let words = |words: &[u16]| words.iter().flat_map(|word| word.to_be_bytes()).collect::<Vec<u8>>();
    let hhea = words(&[1, 0, 1000, 0, 0, ADVANCE, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 2]);
    let maxp = words(&[1, 0, 2, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0]);
    let hmtx = words(&[ADVANCE, 0, ADVANCE, 0]);
    let loca = words(&[0, 0, 0]);
    let glyf = vec![0; 4];
    let tables: [(&[u8; 4], Vec<u8>); 6] =
        [(b"glyf", glyf), (b"head", head), (b"hhea", hhea), (b"hmtx", hmtx), (b"loca", loca), (b"maxp", maxp)];
    let mut font = words(&[1, 0, 6, 64, 2, 32]);
    let mut at = 12 + 16 * tables.len();
    let mut body = Vec::new();
    for (name, table) in &tables {
        let mut padded = table.clone();
        padded.resize(table.len().next_multiple_of(4), 0);
        font.extend_from_slice(*name);
        font.extend_from_slice(&sum(&padded).to_be_bytes());
        font.extend_from_slice(&(at as u32).to_be_bytes());
        font.extend_from_slice(&(table.len() as u32).to_be_bytes());
        at += padded.len();
        body.extend_from_slice(&padded);
    }
    font.extend_from_slice(&body);
    let adjustment = 0xB1B0_AFBA_u32.wrapping_sub(sum(&font));
    // The second table is `head`; its ninth byte begins the adjustment.
    let place = 12 + 16 * tables.len() + 4 + 8;
    font[place..place + 4].copy_from_slice(&adjustment.to_be_bytes());
    font
}

fn sum(bytes: &[u8]) -> u32 {
    bytes
        .chunks(4)
        .map(|chunk| chunk.iter().fold(0_u32, |word, byte| word << 8 | u32::from(*byte)))
        .fold(0, u32::wrapping_add)
}
