//! Cutting a multipart into its parts (RFC 2046, 5.1).
//!
//! Invariant: one pass over the body; the parts are slices of it and do not overlap.

/// The parts between the delimiter lines. What stands before the first and after the closing one is
/// dropped; a body without any delimiter gives nothing.
pub(super) fn parts<'a, 'b>(body: &'a [u8], boundary: &'b [u8]) -> Parts<'a, 'b> {
    Parts { body, boundary, at: 0, open: None, done: boundary.is_empty() || boundary.len() > 200 }
}

pub(super) struct Parts<'a, 'b> {
    body: &'a [u8],
    boundary: &'b [u8],
    at: usize,
    open: Option<usize>,
    done: bool,
}

impl<'a> Iterator for Parts<'a, '_> {
    type Item = &'a [u8];

    fn next(&mut self) -> Option<&'a [u8]> {
        while !self.done {
            let line_start = self.at;
            let rest = &self.body[line_start..];
            if rest.is_empty() {
                self.done = true;
                // A multipart that was cut off: what is there is the last part.
                return self.open.take().map(|start| &self.body[start..]).filter(|part| !part.is_empty());
            }
            let length = rest.iter().position(|byte| *byte == b'\n').map_or(rest.len(), |end| end + 1);
            self.at += length;
            let Some(closing) = delimiter(&rest[..length], self.boundary) else { continue };
            let finished = self.open.take().map(|start| trim_line_end(&self.body[start..line_start.max(start)]));
            if closing {
                self.done = true;
            } else {
                self.open = Some(self.at);
            }
            if finished.is_some() {
                return finished;
            }
        }
        None
    }
}

/// Is this line a delimiter, and is it the closing one?
fn delimiter(line: &[u8], boundary: &[u8]) -> Option<bool> {
    let rest = line.strip_prefix(b"--")?.strip_prefix(boundary)?;
    let (closing, rest) = match rest.strip_prefix(b"--") {
        Some(rest) => (true, rest),
        None => (false, rest),
    };
    rest.iter().all(u8::is_ascii_whitespace).then_some(closing)
}

/// The line break before a delimiter belongs to the delimiter.
fn trim_line_end(part: &[u8]) -> &[u8] {
    let part = part.strip_suffix(b"\n").unwrap_or(part);
    part.strip_suffix(b"\r").unwrap_or(part)
}

#[cfg(test)]
mod tests {
    use super::parts;

    fn check(body: &str, expect: &[&str]) {
        let found: Vec<_> =
            parts(body.as_bytes(), b"x").map(|part| String::from_utf8_lossy(part).into_owned()).collect();
        assert_eq!(found, expect, "{body:?}");
    }

    #[test]
    fn parts_lie_between_delimiter_lines() {
        check("pre\r\n--x\r\na\r\n--x\r\n\r\nb\r\n--x--\r\npost", &["a", "\r\nb"]);
        check("--x\na\n--x--", &["a"]);
        check("--x \t\na\n--x\n", &["a"]);
        check("--x\na\n", &["a\n"]);
        check("--x\n--x--", &[""]);
        check("--xy\na\n--xy--\n", &[]);
        check("text", &[]);
        check("", &[]);
        check("--x--\n--x\na\n--x--", &[]);
    }
}
