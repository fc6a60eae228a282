//! The HTML alternative of a plain text.
//!
//! Invariant: everything from the text is escaped; the only elements are paragraphs, lists, line breaks
//! and links to `https://` addresses. No styles, no pictures, nothing that is loaded.

/// Paragraphs are parted by empty lines, lines beginning with `- ` are a list.
///
/// ```
/// use vir_mail::smtp::html_from_plain;
/// let html = html_from_plain("Guten Tag,\n\n- <eins>\n- zwei https://vir.example/a?b=1&c.");
/// assert!(html.contains("<p>Guten Tag,</p>\n<ul>\n<li>&lt;eins&gt;</li>"));
/// assert!(html.contains("<a href=\"https://vir.example/a?b=1&amp;c\">https://vir.example/a?b=1&amp;c</a>."));
/// ```
#[must_use]
pub fn html_from_plain(text: &str) -> String {
    let mut out = String::from("<!DOCTYPE html>\n<html><head><meta charset=\"utf-8\"></head><body>\n");
    for paragraph in text.replace("\r\n", "\n").split("\n\n") {
        let lines: Vec<&str> = paragraph.lines().filter(|line| !line.trim().is_empty()).collect();
        let mut list = false;
        let mut open = false;
        for line in lines {
            if let Some(item) = line.strip_prefix("- ") {
                close_paragraph(&mut out, &mut open);
                if !list {
                    out.push_str("<ul>\n");
                    list = true;
                }
                out.push_str("<li>");
                push_line(&mut out, item);
                out.push_str("</li>\n");
            } else if list && line.starts_with("  ") {
                // The continuation of an item.
                out.truncate(out.len() - "</li>\n".len());
                out.push_str("<br>");
                push_line(&mut out, line.trim_start());
                out.push_str("</li>\n");
            } else {
                if list {
                    out.push_str("</ul>\n");
                    list = false;
                }
                out.push_str(if open { "<br>\n" } else { "<p>" });
                open = true;
                push_line(&mut out, line);
            }
        }
        close_paragraph(&mut out, &mut open);
        if list {
            out.push_str("</ul>\n");
        }
    }
    out.push_str("</body></html>\n");
    out
}

fn close_paragraph(out: &mut String, open: &mut bool) {
    if *open {
        out.push_str("</p>\n");
        *open = false;
    }
}

fn push_line(out: &mut String, line: &str) {
    for (index, word) in line.split(' ').enumerate() {
        if index > 0 {
            out.push(' ');
        }
        let address = word.trim_end_matches(['.', ',', ')', ';', ':']);
        if address.starts_with("https://") || address.starts_with("http://localhost") {
            out.push_str("<a href=\"");
            push_escaped(out, address);
            out.push_str("\">");
            push_escaped(out, address);
            out.push_str("</a>");
            push_escaped(out, &word[address.len()..]);
        } else {
            push_escaped(out, word);
        }
    }
}

fn push_escaped(out: &mut String, text: &str) {
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            c => out.push(c),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::html_from_plain;

    #[test]
    fn text_stays_text() {
        let html = html_from_plain("a\nb\n- x\n  y\nc\n\n\"><script> javascript:x https://x\"onclick=1");
        assert!(html.contains("<p>a<br>\nb</p>\n<ul>\n<li>x<br>y</li>\n</ul>\n<p>c</p>"), "{html}");
        assert!(!html.contains("<script") && html.contains("https://x&quot;onclick=1\""), "{html}");
    }
}
