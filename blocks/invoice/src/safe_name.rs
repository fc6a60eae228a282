//! File names from documents, made harmless.
//!
//! Invariant: the result is one path component that no common system takes for a folder, a device, a
//! hidden file or an option, and at most [`LONGEST`] bytes long.

/// Longer names are cut before their ending.
pub const LONGEST: usize = 120;

/// A name for a file that a document calls `name`; `fallback` where nothing of it is usable.
pub fn safe_name(name: &str, fallback: &str) -> String {
    let last = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let cleaned: String = last
        .chars()
        .filter(|character| !character.is_control() && !is_invisible(*character))
        .map(|character| if "<>:\"|?*%$`'&;!~#{}".contains(character) { '_' } else { character })
        .collect();
    let trimmed = cleaned.trim_matches(|character: char| character.is_whitespace() || character == '.');
    let trimmed = trimmed.trim_start_matches('-');
    let mut safe = if trimmed.is_empty() { fallback.to_owned() } else { trimmed.to_owned() };
    if is_device(&safe) {
        safe.insert(0, '_');
    }
    shorten(&safe)
}

/// Marks that reorder or hide what a person reads: `rechnung\u{202e}fdp.exe`.
fn is_invisible(character: char) -> bool {
    matches!(character, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff0}'..='\u{ffff}')
}

/// Names that stand for devices on Windows, with any ending.
fn is_device(name: &str) -> bool {
    let stem = name.split('.').next().unwrap_or_default().trim_end().to_ascii_uppercase();
    let numbered = |prefix: &str| {
        stem.strip_prefix(prefix).is_some_and(|rest| {
            matches!(rest, "0" | "1" | "2" | "3" | "4" | "5" | "6" | "7" | "8" | "9" | "¹" | "²" | "³")
        })
    };
    matches!(&*stem, "CON" | "PRN" | "AUX" | "NUL" | "CONIN_" | "CONOUT_") || numbered("COM") || numbered("LPT")
}

fn shorten(name: &str) -> String {
    if name.len() <= LONGEST {
        return name.to_owned();
    }
    let (stem, ending) = match name.rsplit_once('.') {
        Some((stem, ending)) if ending.len() <= 10 => (stem, format!(".{ending}")),
        _ => (name, String::new()),
    };
    let cut = stem.floor_char_boundary(LONGEST - ending.len());
    format!("{}{ending}", stem[..cut].trim_end_matches(['.', ' ']))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hostile_names_become_plain_ones() {
        for (name, expect) in [
            ("rechnung.pdf", "rechnung.pdf"),
            ("../../etc/passwd", "passwd"),
            ("C:\\Windows\\system32\\evil.exe", "evil.exe"),
            ("..", "anlage-1"),
            ("", "anlage-1"),
            (".bashrc", "bashrc"),
            ("-rf", "rf"),
            ("CON", "_CON"),
            ("nul.txt", "_nul.txt"),
            ("com1.pdf", "_com1.pdf"),
            ("a\u{0}b\n.pdf", "ab.pdf"),
            ("rechnung\u{202e}fdp.exe", "rechnungfdp.exe"),
            ("a:b|c?.txt", "a_b_c_.txt"),
            ("Straßenbau Übersicht.pdf", "Straßenbau Übersicht.pdf"),
            ("ende. . ", "ende"),
        ] {
            assert_eq!(safe_name(name, "anlage-1"), expect, "{name:?}");
        }
        let long = safe_name(&format!("{}.pdf", "ä".repeat(300)), "x");
        assert!(long.len() <= LONGEST && long.ends_with("ä.pdf"), "{long}");
    }
}
