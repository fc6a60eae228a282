//! The text of a message, inert.
//!
//! Invariant: the result is plain text; no tag, script, style or control character of the source is in
//! it, and it is no longer than asked for.

use mail_parser::decoders::charsets::map::charset_decoder;

/// Bytes in some charset → text. UTF-8 where the charset is unknown.
pub(super) fn decode(bytes: &[u8], charset: Option<&str>, limit: usize) -> String {
    // Four bytes are the longest character of any charset.
    let bytes = &bytes[..bytes.len().min(limit.saturating_mul(4))];
    let name = charset.unwrap_or_default().trim().to_ascii_lowercase();
    if matches!(&*name, "" | "utf-8" | "utf8" | "us-ascii") {
        // Programs that say nothing or ASCII write UTF-8 or Windows-1252.
        return match std::str::from_utf8(bytes) {
            Ok(text) => text.to_owned(),
            Err(error) if error.error_len().is_none() => String::from_utf8_lossy(bytes).into_owned(),
            Err(_) if name.starts_with("utf") => String::from_utf8_lossy(bytes).into_owned(),
            Err(_) => charset_decoder(b"windows-1252")
                .map_or_else(|| String::from_utf8_lossy(bytes).into_owned(), |decode| decode(bytes)),
        };
    }
    match charset_decoder(name.as_bytes()) {
        Some(decode) => decode(bytes),
        None => String::from_utf8_lossy(bytes).into_owned(),
    }
}

/// Lines without control characters, at most `limit` bytes, at most two empty lines in a row.
pub(super) fn tidy(text: &str, limit: usize) -> String {
    let mut out = String::new();
    let mut breaks = 0;
    for c in text.chars() {
        if out.len() + 4 > limit {
            out.push('…');
            break;
        }
        match c {
            '\n' => {
                breaks += 1;
                if breaks <= 2 {
                    out.push('\n');
                }
            }
            '\t' => out.push(' '),
            c if c.is_control() || super::header::is_invisible(c) => {}
            c => {
                if !c.is_whitespace() {
                    breaks = 0;
                }
                out.push(c);
            }
        }
    }
    out.trim().to_owned()
}

/// What is left of HTML without its tags, scripts and styles.
///
/// ```
/// use vir_mail::message::plain_from_html;
/// assert_eq!(plain_from_html("<p>Guten&nbsp;Tag,<br>anbei<script>x()</script> &amp; Gru&szlig;</p>"), "Guten Tag,\nanbei & Gruß");
/// ```
#[must_use]
pub fn plain_from_html(html: &str) -> String {
    let mut out = String::with_capacity(html.len() / 2);
    let mut rest = html;
    while let Some(start) = rest.find(['<', '&']) {
        push_text(&mut out, &rest[..start]);
        rest = &rest[start..];
        if rest.starts_with('&') {
            let (text, length) = entity(rest);
            out.push_str(&text);
            rest = &rest[length..];
        } else if let Some(comment) = rest.strip_prefix("<!--") {
            rest = comment.find("-->").map_or("", |end| &comment[end + 3..]);
        } else {
            let (tag, after) = match rest.find('>') {
                Some(end) => (&rest[1..end], &rest[end + 1..]),
                None => ("", ""),
            };
            rest = after;
            let name: String = tag
                .trim_start_matches('/')
                .chars()
                .take_while(char::is_ascii_alphanumeric)
                .take(12)
                .collect::<String>()
                .to_ascii_lowercase();
            let closing = tag.starts_with('/');
            match &*name {
                "script" | "style" | "head" | "template" | "title" if !closing => rest = skip_element(rest, &name),
                "br" | "p" | "div" | "tr" | "li" | "h1" | "h2" | "h3" | "h4" | "table" | "blockquote" | "hr" => {
                    while out.ends_with(' ') {
                        out.pop();
                    }
                    if !out.is_empty() && !out.ends_with('\n') {
                        out.push('\n');
                    }
                }
                "td" | "th" if !out.is_empty() && !out.ends_with([' ', '\n']) => out.push(' '),
                _ => {}
            }
        }
    }
    push_text(&mut out, rest);
    out.trim().to_owned()
}

fn push_text(out: &mut String, text: &str) {
    for c in text.chars() {
        if !c.is_whitespace() {
            out.push(c);
        } else if !out.is_empty() && !out.ends_with([' ', '\n']) {
            out.push(' ');
        }
    }
}

/// What follows `</name`; nothing where the element does not end.
fn skip_element<'a>(rest: &'a str, name: &str) -> &'a str {
    let mut from = 0;
    while let Some(at) = rest[from..].find("</") {
        let after = from + at + 2;
        if rest.as_bytes()[after..].get(..name.len()).is_some_and(|bytes| bytes.eq_ignore_ascii_case(name.as_bytes())) {
            return rest[after..].find('>').map_or("", |end| &rest[after + end + 1..]);
        }
        from = after;
    }
    ""
}

/// The text of the entity that `rest` begins with, and its length; `&` itself where it is none.
fn entity(rest: &str) -> (String, usize) {
    let end = rest.bytes().take(12).position(|byte| byte == b';');
    let found = end.and_then(|end| {
        let name = &rest[1..end];
        let text = match name {
            "amp" => "&",
            "lt" => "<",
            "gt" => ">",
            "quot" => "\"",
            "apos" => "'",
            "nbsp" => " ",
            "auml" => "ä",
            "ouml" => "ö",
            "uuml" => "ü",
            "Auml" => "Ä",
            "Ouml" => "Ö",
            "Uuml" => "Ü",
            "szlig" => "ß",
            "euro" => "€",
            "ndash" => "–",
            "mdash" => "—",
            _ => {
                let number = match name.strip_prefix("#x").or_else(|| name.strip_prefix("#X")) {
                    Some(hex) => u32::from_str_radix(hex, 16).ok()?,
                    None => name.strip_prefix('#')?.parse().ok()?,
                };
                return Some((char::from_u32(number)?.to_string(), end + 1));
            }
        };
        Some((text.to_owned(), end + 1))
    });
    found.unwrap_or_else(|| ("&".to_owned(), 1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn html_leaves_only_text() {
        for (html, expect) in [
            ("<html><head><title>t</title><style>a{}</style></head><body>Hallo<br/>Welt</body>", "Hallo\nWelt"),
            ("a<!-- <b>x</b> -->b", "ab"),
            ("<script>if (a</b) x</script>y", "y"),
            ("<SCRIPT>x</ScRiPt >y", "y"),
            ("<script>never ends", ""),
            ("1 &lt; 2 &#228; &#x20AC; &unknown; & c", "1 < 2 ä € &unknown; & c"),
            ("<td>a</td><td>b</td>", "a b"),
            ("x <", "x"),
            ("&lt;script&gt;", "<script>"),
        ] {
            assert_eq!(plain_from_html(html), expect, "{html}");
        }
    }

    #[test]
    fn text_is_tidied_and_cut() {
        assert_eq!(tidy("a\r\n\r\n\n\n\nb\u{1b}[2J\u{202e}c", 100), "a\n\nb[2Jc");
        assert!(tidy(&"ä".repeat(100), 40).len() <= 42);
        assert_eq!(decode(b"Gr\xfc\xdfe", Some("iso-8859-1"), 100), "Grüße");
        assert_eq!(decode(b"Gr\xfc\xdfe", None, 100), "Grüße");
        assert_eq!(decode("Grüße".as_bytes(), Some("us-ascii"), 100), "Grüße");
    }
}
