//! The lexical form of `anyURI`, as the Java platform's validator reads RFC 2396 and 2732.
//!
//! Characters that a URI cannot hold are taken as if they were escaped, relative references are
//! allowed, and so nearly every text is a URI; what is left to refuse are wrong escapes, brackets
//! and second number signs in the wrong place, and a colon without a scheme before it.
//!
//! Invariant: linear in the text.

/// Is the text, with its white space collapsed, a URI reference?
pub(super) fn is_any_uri(text: &str) -> bool {
    let text = text.as_bytes();
    let mut rest = text;
    let mut has_scheme = false;
    if let Some(colon) = text.iter().position(|&b| b == b':') {
        if colon == 0 {
            return false;
        }
        if !text[..colon].iter().any(|b| matches!(b, b'/' | b'?' | b'#')) {
            if !is_scheme(&text[..colon]) {
                return false;
            }
            rest = &text[colon + 1..];
            if matches!(rest, [] | [b'#', ..]) {
                return false;
            }
            has_scheme = true;
        }
    }
    if let Some(after) = rest.strip_prefix(b"//") {
        if after.is_empty() {
            return false;
        }
        let end = after.iter().position(|b| matches!(b, b'/' | b'?' | b'#')).unwrap_or(after.len());
        // An authority that is none is read as a path, which allows the same characters.
        if is_bracketed_authority(&after[..end]) {
            rest = &after[end..];
        }
    }
    let opaque = has_scheme && !rest.is_empty() && rest[0] != b'/';
    let path = rest.iter().position(|b| matches!(b, b'?' | b'#')).unwrap_or(rest.len());
    if !holds(&rest[..path], opaque) {
        return false;
    }
    rest = &rest[path..];
    if let Some(after) = rest.strip_prefix(b"?") {
        let query = after.iter().position(|&b| b == b'#').unwrap_or(after.len());
        if !holds(&after[..query], true) {
            return false;
        }
        rest = &after[query..];
    }
    match rest.strip_prefix(b"#") {
        Some(fragment) => !fragment.contains(&b'#') && holds(fragment, true),
        None => true,
    }
}

fn is_scheme(text: &[u8]) -> bool {
    text.first().is_some_and(u8::is_ascii_alphabetic)
        && text.iter().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'-' | b'.'))
}

/// Are all escapes complete, and brackets only where they may be?
fn holds(text: &[u8], brackets: bool) -> bool {
    let mut bytes = text.iter();
    while let Some(byte) = bytes.next() {
        match byte {
            b'%' => {
                let two = (bytes.next(), bytes.next());
                let (Some(a), Some(b)) = two else { return false };
                if !a.is_ascii_hexdigit() || !b.is_ascii_hexdigit() {
                    return false;
                }
            }
            b'[' | b']' if !brackets => return false,
            _ => {}
        }
    }
    true
}

/// `user@[::1]:80`: the one authority that holds characters which a path does not.
fn is_bracketed_authority(text: &[u8]) -> bool {
    let host = text.iter().position(|&b| b == b'@').map_or(0, |at| at + 1);
    let (user, host) = text.split_at(host);
    let Some(close) = host.iter().position(|&b| b == b']') else { return false };
    let Ok(address) = std::str::from_utf8(&host[..=close]) else { return false };
    let port = match &host[close + 1..] {
        [] => true,
        [b':', port @ ..] => is_port(port),
        _ => false,
    };
    let user = user.strip_suffix(b"@").unwrap_or(user);
    let user_holds = holds(user, false) && !user.contains(&b'/');
    address.strip_prefix('[').and_then(|a| a.strip_suffix(']')).is_some_and(is_address) && port && user_holds
}

fn is_port(text: &[u8]) -> bool {
    // Java reads the port as an integer with a sign, and none at all is no port.
    text.is_empty() || std::str::from_utf8(text).is_ok_and(|t| t.parse::<i32>().is_ok_and(|p| (0..=65535).contains(&p)))
}

/// An IPv6 address, with or without an IPv4 address at its end.
fn is_address(text: &str) -> bool {
    match text.rsplit_once(':') {
        // Numbers of the IPv4 address may have leading zeros here, unlike in Rust.
        Some((head, tail)) if tail.contains('.') => is_dotted(tail) && is_address(&format!("{head}:0:0")),
        _ => text.parse::<std::net::Ipv6Addr>().is_ok(),
    }
}

fn is_dotted(text: &str) -> bool {
    let is_part = |part: &str| {
        (1..=3).contains(&part.len())
            && part.bytes().all(|b| b.is_ascii_digit())
            && part.parse::<u16>().is_ok_and(|value| value < 256)
    };
    text.split('.').count() == 4 && text.split('.').all(is_part)
}
