//! The words of a document, for full text: of text, XML, HTML and JSON by reading them, of PDF by `pdftotext` where it
//! is installed.
//!
//! Invariant: at most [`MOST`] characters, whatever the document holds, within a bounded time; what cannot be read has
//! no words.

use std::fs::File;
use std::io::{Read, Seek as _};
use std::process::{Command, Stdio};
use std::time::Duration;

/// As many characters of a document are looked at.
pub const MOST: usize = 40_000;
/// As many bytes are read for them.
const BYTES: u64 = 1 << 20;
/// How often we look whether a PDF is read: some twenty seconds.
const LOOKS: u32 = 4000;
const PAUSE: Duration = Duration::from_millis(5);

/// The words of a document; none for what bears no text.
#[must_use]
pub fn text(media_type: &str, file: &mut File) -> Option<String> {
    file.rewind().ok()?;
    let kind = media_type.split([',', ';']).next().unwrap_or_default().trim();
    let text = match kind {
        "application/pdf" => pdf(file)?,
        "application/xml" | "text/xml" | "text/html" | "application/xhtml+xml" => without_tags(&plain(file)?),
        "application/json" => plain(file)?,
        kind if kind.starts_with("text/") || kind == "message/rfc822" => plain(file)?,
        _ => return None,
    };
    let words = text.split(|c: char| c.is_whitespace() || c.is_control()).filter(|word| !word.is_empty());
    let mut kept = String::new();
    for word in words {
        if kept.len() + word.len() > MOST {
            break;
        }
        kept.push_str(word);
        kept.push(' ');
    }
    Some(kept).filter(|kept| !kept.is_empty())
}

fn plain(file: &mut File) -> Option<String> {
    let mut bytes = Vec::new();
    file.take(BYTES).read_to_end(&mut bytes).ok()?;
    Some(String::from_utf8_lossy(&bytes).into_owned())
}

/// What stands between the tags; good enough for finding, never shown.
fn without_tags(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut inside = false;
    for c in text.chars() {
        match c {
            '<' => inside = true,
            '>' => {
                inside = false;
                out.push(' ');
            }
            c if !inside => out.push(c),
            _ => {}
        }
    }
    out
}

/// Another program reads foreign PDFs: what goes wrong in it goes wrong there.
fn pdf(file: &File) -> Option<String> {
    let mut child = Command::new("pdftotext")
        .args(["-q", "-enc", "UTF-8", "-l", "200", "-", "-"])
        .stdin(Stdio::from(file.try_clone().ok()?))
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .ok()?;
    let out = child.stdout.take()?;
    let reader = std::thread::spawn(move || {
        let mut bytes = Vec::new();
        out.take(BYTES).read_to_end(&mut bytes).ok().map(|_| bytes)
    });
    let mut looks = 0;
    loop {
        // Once it has said enough, nobody listens any more, and it ends.
        match child.try_wait() {
            Ok(Some(_)) => break,
            Ok(None) if looks < LOOKS => {
                looks += 1;
                std::thread::sleep(PAUSE);
            }
            _ => {
                let _ = child.kill();
                let _ = child.wait();
                break;
            }
        }
    }
    let bytes = reader.join().ok().flatten()?;
    Some(String::from_utf8_lossy(&bytes).into_owned())
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use super::*;

    fn of(kind: &str, bytes: &[u8]) -> Option<String> {
        let mut file = tempfile::tempfile().unwrap();
        file.write_all(bytes).unwrap();
        text(kind, &mut file)
    }

    #[test]
    fn words_of_text_and_nothing_of_tags() {
        for (kind, bytes, expect) in [
            ("text/plain", "Ein Deich\n\tund ein Siel\0".as_bytes(), Some("Ein Deich und ein Siel ")),
            ("application/xml", b"<a href='x'>Ems<b/>horn</a>", Some("Ems horn ")),
            ("image/png", b"Ein Deich", None),
            ("text/plain", b"", None),
            ("application/pdf", b"no PDF at all", None),
        ] {
            assert_eq!(of(kind, bytes).as_deref(), expect, "{kind}");
        }
        assert!(of("text/plain", "Siel ".repeat(100_000).as_bytes()).unwrap().len() <= MOST);
    }
}
