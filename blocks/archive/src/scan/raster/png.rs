//! PNG, as far as pages need it: written without loss, one `IDAT` chunk.
//!
//! Invariant: what is written here is read again by [`held`].

use std::borrow::Cow;
use std::io::Write as _;

use flate2::write::ZlibEncoder;
use flate2::{Compression, Crc};

use super::{Colour, Held, Raster};

const SIGNATURE: [u8; 8] = [0x89, b'P', b'N', b'G', 0x0d, 0x0a, 0x1a, 0x0a];

pub(super) fn write(raster: &Raster, dpi: Option<(u32, u32)>) -> Vec<u8> {
    let (bits, colour) = match raster.colour {
        Colour::Bilevel => (1, 0),
        Colour::Gray => (8, 0),
        Colour::Rgb => (8, 2),
    };
    let mut out = SIGNATURE.to_vec();
    let mut head = Vec::with_capacity(13);
    head.extend_from_slice(&raster.width.to_be_bytes());
    head.extend_from_slice(&raster.height.to_be_bytes());
    head.extend_from_slice(&[bits, colour, 0, 0, 0]);
    chunk(&mut out, b"IHDR", &head);
    if let Some((across, down)) = dpi {
        let metre = |dots: u32| (f64::from(dots) / 0.0254).round() as u32;
        let mut size = Vec::with_capacity(9);
        size.extend_from_slice(&metre(across).to_be_bytes());
        size.extend_from_slice(&metre(down).to_be_bytes());
        size.push(1);
        chunk(&mut out, b"pHYs", &size);
    }
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::new(4));
    let row = raster.colour.row(raster.width);
    for line in raster.rows.chunks(row.max(1)) {
        let written = encoder.write_all(&[0]).and_then(|()| encoder.write_all(line));
        written.expect("writing to memory does not fail");
    }
    let data = encoder.finish().expect("writing to memory does not fail");
    chunk(&mut out, b"IDAT", &data);
    chunk(&mut out, b"IEND", &[]);
    out
}

fn chunk(out: &mut Vec<u8>, name: &[u8; 4], data: &[u8]) {
    out.extend_from_slice(&(data.len() as u32).to_be_bytes());
    out.extend_from_slice(name);
    out.extend_from_slice(data);
    let mut crc = Crc::new();
    crc.update(name);
    crc.update(data);
    out.extend_from_slice(&crc.sum().to_be_bytes());
}

/// The data of a file that [`write`] made.
pub(super) fn held(bytes: &[u8]) -> Option<Held<'_>> {
    let mut rest = bytes.strip_prefix(&SIGNATURE)?;
    let (mut bits, mut components) = (0, 0);
    loop {
        let (length, after) = rest.split_first_chunk::<4>()?;
        let (name, after) = after.split_first_chunk::<4>()?;
        let length = u32::from_be_bytes(*length) as usize;
        let data = after.get(..length)?;
        match name {
            b"IHDR" => {
                bits = *data.get(8)?;
                components = if *data.get(9)? == 2 { 3 } else { 1 };
            }
            b"IDAT" => return Some(Held::Png { data: Cow::Borrowed(data), bits, components }),
            b"IEND" => return None,
            _ => {}
        }
        rest = after.get(length + 4..)?;
    }
}
