//! JPEG: the markers up to the frame.
//!
//! Invariant: every marker is passed once.

use super::{Compression, Container, ImageError, Info, Page};

pub(super) fn read(bytes: &[u8]) -> Result<Info, ImageError> {
    let mut at = 2;
    let mut dpi = None;
    loop {
        let damaged = ImageError::Damaged(at as u64);
        let marker = match bytes.get(at..at + 2) {
            Some([0xff, 0xff]) => {
                at += 1;
                continue;
            }
            Some([0xff, marker]) => *marker,
            _ => return Err(damaged),
        };
        let two =
            |at: usize| bytes.get(at..at + 2).map(|pair| u32::from(pair[0]) << 8 | u32::from(pair[1])).ok_or(damaged);
        let length = match marker {
            // Markers that stand alone.
            0x01 | 0xd0..=0xd7 => 0,
            // The image begins or ends before a frame was described.
            0xd8..=0xda => return Err(damaged),
            _ => two(at + 2)? as usize,
        };
        if length == 1 || (length == 0 && !matches!(marker, 0x01 | 0xd0..=0xd7)) {
            return Err(damaged);
        }
        match marker {
            0xe0 if bytes.get(at + 4..at + 9) == Some(b"JFIF\0") => {
                let unit = *bytes.get(at + 11).ok_or(damaged)?;
                let (across, down) = (two(at + 12)?, two(at + 14)?);
                // 2.54 centimetres make an inch.
                let per_inch = |dots: u32| if unit == 1 { dots } else { (dots * 254 + 50) / 100 };
                dpi = (matches!(unit, 1 | 2) && across > 0 && down > 0).then(|| (per_inch(across), per_inch(down)));
            }
            0xc4 | 0xc8 | 0xcc => {}
            0xc0..=0xcf => {
                let (height, width) = (two(at + 5)?, two(at + 7)?);
                let page = Page { width: Some(width), height: Some(height), dpi, compression: Compression::Jpeg };
                return Ok(Info { container: Container::Jpeg, pages: vec![page] });
            }
            _ => {}
        }
        at += 2 + length;
    }
}
