//! `winmail.dat`: the envelope (TNEF) that Outlook puts around attachments for other Outlooks.
//!
//! The files inside are taken out; the formatted text is not, because the message carries it as plain
//! text anyway.
//!
//! Invariant: every length is checked against the bytes that are there, and the files are slices of them.

/// A file in the envelope.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct File<'a> {
    pub name: Option<String>,
    pub bytes: &'a [u8],
}

const MARK: [u8; 4] = [0x78, 0x9f, 0x3e, 0x22];
const BEGIN_FILE: u32 = 0x0006_9002;
const FILE_NAME: u32 = 0x0001_8010;
const FILE_DATA: u32 = 0x0006_800f;
const FILE_PROPERTIES: u32 = 0x0006_9005;
const FILES: usize = 250;

pub(super) fn is_envelope(bytes: &[u8]) -> bool {
    bytes.starts_with(&MARK)
}

/// The files of the envelope; what is damaged ends the list.
pub(super) fn files(bytes: &[u8]) -> Vec<File<'_>> {
    let mut found: Vec<File<'_>> = Vec::new();
    let mut rest = bytes.get(6..).unwrap_or_default();
    // level (1 byte), attribute (4), length (4), content, check sum (2)
    while let Some((head, after)) = rest.split_first_chunk::<9>() {
        let attribute = u32::from_le_bytes([head[1], head[2], head[3], head[4]]);
        let length = u32::from_le_bytes([head[5], head[6], head[7], head[8]]) as usize;
        let Some((content, after)) = after.split_at_checked(length) else { break };
        rest = after.get(2..).unwrap_or_default();
        match attribute {
            BEGIN_FILE if found.len() < FILES => found.push(File::default()),
            BEGIN_FILE => break,
            _ => {
                let Some(file) = found.last_mut() else { continue };
                match attribute {
                    FILE_NAME if file.name.is_none() => file.name = Some(latin(content)),
                    FILE_DATA => file.bytes = content,
                    FILE_PROPERTIES => {
                        if let Some(name) = long_name(content) {
                            file.name = Some(name);
                        }
                    }
                    _ => {}
                }
            }
        }
    }
    found.retain(|file| !file.bytes.is_empty());
    found
}

fn latin(bytes: &[u8]) -> String {
    bytes.iter().take_while(|byte| **byte != 0).take(260).map(|byte| *byte as char).collect()
}

/// The long file name (MAPI property 3707) is found by its tag; reading all properties before it would
/// need a table of their types.
fn long_name(content: &[u8]) -> Option<String> {
    // type (2 bytes), id 0x3707, count 1 (4), length (4), characters
    let at = content.windows(4).position(|window| matches!(window, [0x1f | 0x1e, 0x00, 0x07, 0x37]))?;
    let wide = content[at] == 0x1f;
    let length = u32::from_le_bytes(content.get(at + 8..at + 12)?.try_into().ok()?) as usize;
    let text = content.get(at + 12..(at + 12).checked_add(length)?)?;
    if wide {
        let units = text
            .as_chunks::<2>()
            .0
            .iter()
            .map(|pair| u16::from_le_bytes(*pair))
            .take_while(|unit| *unit != 0)
            .take(260);
        Some(char::decode_utf16(units).map(|c| c.unwrap_or('_')).collect())
    } else {
        Some(latin(text))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn attribute(id: u32, content: &[u8]) -> Vec<u8> {
        [&[2][..], &id.to_le_bytes(), &(content.len() as u32).to_le_bytes(), content, &[0, 0]].concat()
    }

    #[test]
    fn files_come_out_with_their_names() {
        let wide: Vec<u8> = "Rechnung März.xml\0".encode_utf16().flat_map(u16::to_le_bytes).collect();
        let property = [&[0x1f, 0, 0x07, 0x37, 1, 0, 0, 0][..], &(wide.len() as u32).to_le_bytes(), &wide].concat();
        let whole = [
            &MARK[..],
            &[1, 0],
            &attribute(BEGIN_FILE, &[0; 14]),
            &attribute(FILE_NAME, b"RECHN~1.XML\0"),
            &attribute(FILE_DATA, b"<a/>"),
            &attribute(FILE_PROPERTIES, &property),
            &attribute(BEGIN_FILE, &[0; 14]),
            &attribute(FILE_NAME, b"b.pdf\0"),
            &attribute(FILE_DATA, b"%PDF-"),
        ]
        .concat();
        let found = files(&whole);
        assert_eq!(found[0], File { name: Some("Rechnung März.xml".into()), bytes: b"<a/>" });
        assert_eq!(found[1], File { name: Some("b.pdf".into()), bytes: b"%PDF-" });
        for length in 0..whole.len() {
            assert!(files(&whole[..length]).len() <= 2);
        }
    }
}
