//! Files that are not what they seem, each written by hand so that no library refuses to make it.
//!
//! Invariant: the same call gives the same bytes.

use std::io::Write as _;
use std::path::PathBuf;

use flate2::write::{DeflateEncoder, ZlibEncoder};
use flate2::{Compression, Crc};

pub const MIB: usize = 1024 * 1024;

/// An invoice that is in order.
pub fn invoice(number: &str) -> String {
    include_str!("../../../../../blocks/invoice/samples/small-ubl.xml").replace("2026-88", number)
}

/// A file that would be there, had a name of an attachment or entry been obeyed.
pub fn trap() -> PathBuf {
    std::env::temp_dir().join("vir-owned.xml")
}

/// An entry of an archive: its name, what is packed, and how large it says and is.
pub struct Entry {
    pub name: Vec<u8>,
    pub packed: Vec<u8>,
    pub method: u16,
    pub size: u32,
    pub crc: u32,
}

impl Entry {
    pub fn new(name: impl Into<Vec<u8>>, bytes: &[u8]) -> Self {
        let mut packer = DeflateEncoder::new(Vec::new(), Compression::best());
        packer.write_all(bytes).unwrap();
        let mut crc = Crc::new();
        crc.update(bytes);
        Self {
            name: name.into(),
            packed: packer.finish().unwrap(),
            method: 8,
            size: u32::try_from(bytes.len()).unwrap(),
            crc: crc.sum(),
        }
    }
}

/// An archive. With `overlap`, all entries of the directory name the same bytes.
pub fn zip(entries: &[Entry], copies_of_first: usize) -> Vec<u8> {
    let mut out = Vec::new();
    let mut directory = Vec::new();
    let mut count = 0_u32;
    let mut listed = |directory: &mut Vec<u8>, entry: &Entry, name: &[u8], at: u32| {
        directory.extend(0x0201_4b50_u32.to_le_bytes());
        for value in [20_u16, 20, 0, entry.method, 0, 0] {
            directory.extend(value.to_le_bytes());
        }
        for value in [entry.crc, u32::try_from(entry.packed.len()).unwrap(), entry.size] {
            directory.extend(value.to_le_bytes());
        }
        for value in [u16::try_from(name.len()).unwrap(), 0, 0, 0, 0] {
            directory.extend(value.to_le_bytes());
        }
        directory.extend(0_u32.to_le_bytes());
        directory.extend(at.to_le_bytes());
        directory.extend(name);
        count += 1;
    };
    for (index, entry) in entries.iter().enumerate() {
        let at = u32::try_from(out.len()).unwrap();
        out.extend(0x0403_4b50_u32.to_le_bytes());
        for value in [20_u16, 0, entry.method, 0, 0] {
            out.extend(value.to_le_bytes());
        }
        for value in [entry.crc, u32::try_from(entry.packed.len()).unwrap(), entry.size] {
            out.extend(value.to_le_bytes());
        }
        out.extend(u16::try_from(entry.name.len()).unwrap().to_le_bytes());
        out.extend(0_u16.to_le_bytes());
        out.extend(&entry.name);
        out.extend(&entry.packed);
        listed(&mut directory, entry, &entry.name, at);
        if index == 0 {
            for copy in 1..copies_of_first {
                listed(&mut directory, entry, format!("{copy}.xml").as_bytes(), at);
            }
        }
    }
    let at = u32::try_from(out.len()).unwrap();
    out.extend(&directory);
    out.extend(0x0605_4b50_u32.to_le_bytes());
    out.extend([0; 4]);
    let short = u16::try_from(count.min(65_535)).unwrap();
    out.extend(short.to_le_bytes());
    out.extend(short.to_le_bytes());
    out.extend(u32::try_from(directory.len()).unwrap().to_le_bytes());
    out.extend(at.to_le_bytes());
    out.extend([0; 2]);
    out
}

/// Text that packs about a hundred to one: below what is taken for a bomb by its ratio alone.
pub fn dull(bytes: usize) -> Vec<u8> {
    let mut word = 7_u64;
    let block: Vec<u8> = (0..16_384)
        .map(|_| {
            word = word.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            b'a' + u8::try_from(word >> 59).unwrap() % 26
        })
        .collect();
    block.iter().copied().cycle().take(bytes).collect()
}

fn zlib(bytes: &[u8]) -> Vec<u8> {
    let mut packer = ZlibEncoder::new(Vec::new(), Compression::best());
    packer.write_all(bytes).unwrap();
    packer.finish().unwrap()
}

/// A PDF with these streams as embedded files, and `more` before its trailer.
pub fn pdf(files: &[(String, Vec<u8>)], more: &str, trailer: &str) -> Vec<u8> {
    let names: Vec<String> =
        files.iter().enumerate().map(|(index, (name, _))| format!("({name}) {} 0 R", 10 + index * 2)).collect();
    let mut out = format!(
        "%PDF-1.7\n1 0 obj <</Type/Catalog/Pages 2 0 R/Names<</EmbeddedFiles<</Names[{}]>>>>>> endobj\n\
         2 0 obj <</Type/Pages/Kids[]/Count 0>> endobj\n",
        names.join(" ")
    )
    .into_bytes();
    for (index, (name, bytes)) in files.iter().enumerate() {
        let packed = zlib(bytes);
        let (spec, stream) = (10 + index * 2, 11 + index * 2);
        out.extend(
            format!("{spec} 0 obj <</Type/Filespec/F({name})/UF({name})/EF<</F {stream} 0 R>>>> endobj\n").bytes(),
        );
        out.extend(
            format!("{stream} 0 obj <</Type/EmbeddedFile/Filter/FlateDecode/Length {}>> stream\n", packed.len())
                .bytes(),
        );
        out.extend(packed);
        out.extend(b"\nendstream endobj\n");
    }
    out.extend(more.bytes());
    out.extend(format!("trailer <</Root 1 0 R{trailer}>>\n%%EOF\n").bytes());
    out
}

/// The head of a picture that claims to be 100,000 by 100,000.
pub fn huge_picture() -> Vec<u8> {
    let mut out = b"\x89PNG\r\n\x1a\n".to_vec();
    let mut chunk = |kind: &[u8; 4], data: &[u8]| {
        out.extend(u32::try_from(data.len()).unwrap().to_be_bytes());
        let mut crc = Crc::new();
        crc.update(kind);
        crc.update(data);
        out.extend(kind);
        out.extend(data);
        out.extend(crc.sum().to_be_bytes());
    };
    let mut head = Vec::new();
    head.extend(100_000_u32.to_be_bytes());
    head.extend(100_000_u32.to_be_bytes());
    head.extend([8, 6, 0, 0, 0]);
    chunk(b"IHDR", &head);
    chunk(b"IDAT", &zlib(&vec![0; 20 * MIB]));
    chunk(b"IEND", &[]);
    out
}
