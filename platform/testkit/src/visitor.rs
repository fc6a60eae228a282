//! Somebody who visits the real server: signs in, reads pages, hands forms in. One connection that is
//! kept open, and nothing of a browser, so that what it measures is the server.
//!
//! Invariant: an answer is whole (by its length or its last piece), or an error.

#![allow(clippy::disallowed_methods, reason = "it measures how long an answer takes")]

use std::collections::BTreeMap;
use std::io::{BufRead as _, BufReader, Error, Read as _, Result, Write as _};
use std::net::TcpStream;
use std::time::{Duration, Instant};

/// A person, or a program with a token.
#[derive(Debug)]
pub struct Visitor {
    port: u16,
    cookies: BTreeMap<String, String>,
    token: Option<String>,
    connection: Option<BufReader<TcpStream>>,
}

/// What came back.
#[derive(Debug, Clone)]
pub struct Answer {
    /// The status.
    pub status: u16,
    /// The head, as it came.
    pub head: String,
    /// The body; empty where it was only counted.
    pub body: String,
    /// The length of the body.
    pub length: u64,
    /// From sending the request to the last byte.
    pub took: Duration,
}

impl Answer {
    /// A field of the head.
    #[must_use]
    pub fn field(&self, name: &str) -> Option<&str> {
        self.head.lines().find_map(|line| {
            let (key, value) = line.split_once(':')?;
            key.eq_ignore_ascii_case(name).then(|| value.trim())
        })
    }
}

impl Visitor {
    /// Somebody whom the server at this port does not know yet.
    #[must_use]
    pub fn new(port: u16) -> Self {
        Self { port, cookies: BTreeMap::new(), token: None, connection: None }
    }

    /// A program with a token.
    #[must_use]
    pub fn with_token(port: u16, token: &str) -> Self {
        Self { token: Some(token.to_owned()), ..Self::new(port) }
    }

    /// Signs in at the log-in page.
    ///
    /// # Errors
    /// Where the server does not answer, or not with a session.
    pub fn signed_in(port: u16, login: &str, password: &str) -> Result<Self> {
        let mut visitor = Self::new(port);
        let answer = visitor.fill_in("/anmelden", "/anmelden", &[("email", login), ("password", password)])?;
        match answer.status {
            302 | 303 => Ok(visitor),
            status => Err(Error::other(format!("{login} could not sign in: {status}"))),
        }
    }

    /// Makes a token with these permissions, of the person who is signed in.
    ///
    /// # Errors
    /// Where none is made.
    pub fn token(&mut self, permissions: &[&str]) -> Result<String> {
        let mut fields = vec![("name", "proof"), ("days", "1"), ("unit", "")];
        fields.extend(permissions.iter().map(|permission| ("permissions", *permission)));
        let page = self.fill_in("/konto/token", "/konto/token", &fields)?;
        let token = page.body.split('"').find(|text| text.starts_with("vir_") && text.len() > 30);
        token.map(str::to_owned).ok_or_else(|| Error::other(format!("no token was made: {}", page.status)))
    }

    /// Reads the page, and hands its form in at `action`: what the page has hidden in it, and `fields`.
    ///
    /// # Errors
    /// Where the connection breaks.
    pub fn fill_in(&mut self, page: &str, action: &str, fields: &[(&str, &str)]) -> Result<Answer> {
        let page = self.get(page)?;
        let hidden = hidden_fields(&page.body);
        let mut all: Vec<(&str, &str)> = Vec::new();
        for (name, value) in &hidden {
            if !all.iter().chain(fields).any(|(known, _)| known == name) {
                all.push((name, value));
            }
        }
        all.extend_from_slice(fields);
        self.post_form(action, &all)
    }

    /// Reads a page.
    ///
    /// # Errors
    /// Where the connection breaks; a refusal is an answer.
    pub fn get(&mut self, path: &str) -> Result<Answer> {
        self.ask("GET", path, "", &[], true)
    }

    /// Reads to the end and only counts: for answers that are larger than memory should be.
    ///
    /// # Errors
    /// Where the connection breaks.
    pub fn count(&mut self, path: &str) -> Result<Answer> {
        self.ask("GET", path, "", &[], false)
    }

    /// Hands a form in.
    ///
    /// # Errors
    /// Where the connection breaks.
    pub fn post_form(&mut self, path: &str, fields: &[(&str, &str)]) -> Result<Answer> {
        let body: Vec<String> =
            fields.iter().map(|(name, value)| format!("{}={}", encoded(name), encoded(value))).collect();
        self.post(path, "application/x-www-form-urlencoded", body.join("&").as_bytes())
    }

    /// Sends a body.
    ///
    /// # Errors
    /// Where the connection breaks.
    pub fn post(&mut self, path: &str, content_type: &str, body: &[u8]) -> Result<Answer> {
        self.ask("POST", path, content_type, body, true)
    }

    fn ask(&mut self, method: &str, path: &str, content_type: &str, body: &[u8], keep: bool) -> Result<Answer> {
        let mut head = format!(
            "{method} {path} HTTP/1.1\r\nHost: 127.0.0.1:{0}\r\nOrigin: http://127.0.0.1:{0}\r\nContent-Length: {1}\r\n",
            self.port,
            body.len()
        );
        if let Some(token) = &self.token {
            head.push_str(&format!("Authorization: Bearer {token}\r\n"));
        }
        if !self.cookies.is_empty() {
            let cookies: Vec<String> = self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
            head.push_str(&format!("Cookie: {}\r\n", cookies.join("; ")));
        }
        if !content_type.is_empty() {
            head.push_str(&format!("Content-Type: {content_type}\r\n"));
        }
        head.push_str("\r\n");
        let reused = self.connection.is_some();
        let begun = Instant::now();
        match self.exchange(head.as_bytes(), body, keep) {
            // The server ends connections that lay idle; only what was never sent before is sent again.
            Err(_) if reused && method == "GET" => self.exchange(head.as_bytes(), body, keep),
            answer => answer,
        }
        .map(|answer| Answer { took: begun.elapsed(), ..answer })
    }

    fn exchange(&mut self, head: &[u8], body: &[u8], keep: bool) -> Result<Answer> {
        let mut connection = match self.connection.take() {
            Some(connection) => connection,
            None => {
                let stream = TcpStream::connect(("127.0.0.1", self.port))?;
                stream.set_nodelay(true)?;
                stream.set_read_timeout(Some(Duration::from_secs(600)))?;
                BufReader::with_capacity(64 * 1024, stream)
            }
        };
        connection.get_mut().write_all(head)?;
        connection.get_mut().write_all(body)?;
        let mut text = String::new();
        loop {
            let before = text.len();
            if connection.read_line(&mut text)? == 0 {
                return Err(Error::other("the connection was closed"));
            }
            if text.get(before..).is_some_and(|line| line.trim_end().is_empty()) {
                break;
            }
        }
        let status = text.split(' ').nth(1).and_then(|status| status.parse().ok());
        let status = status.ok_or_else(|| Error::other("no status"))?;
        let mut answer = Answer { status, head: text, body: String::new(), length: 0, took: Duration::ZERO };
        let mut bytes = Vec::new();
        if answer.field("transfer-encoding").is_some() {
            loop {
                let mut size = String::new();
                connection.read_line(&mut size)?;
                let size = u64::from_str_radix(size.trim(), 16).map_err(Error::other)?;
                answer.length += piece(&mut connection, size, keep, &mut bytes)?;
                let mut end = String::new();
                connection.read_line(&mut end)?;
                if size == 0 {
                    break;
                }
            }
        } else {
            let length = answer.field("content-length").and_then(|length| length.parse().ok()).unwrap_or(0);
            answer.length = piece(&mut connection, length, keep, &mut bytes)?;
        }
        answer.body = String::from_utf8_lossy(&bytes).into_owned();
        for line in answer.head.lines() {
            let set = line.split_once(':').filter(|(name, _)| name.eq_ignore_ascii_case("set-cookie"));
            if let Some((name, value)) =
                set.and_then(|(_, set)| set.trim().split(';').next()).and_then(|pair| pair.split_once('='))
            {
                if value.is_empty() {
                    self.cookies.remove(name);
                } else {
                    self.cookies.insert(name.to_owned(), value.to_owned());
                }
            }
        }
        if !answer.field("connection").is_some_and(|word| word.eq_ignore_ascii_case("close")) {
            self.connection = Some(connection);
        }
        Ok(answer)
    }
}

fn piece(connection: &mut BufReader<TcpStream>, length: u64, keep: bool, into: &mut Vec<u8>) -> Result<u64> {
    let mut taken = connection.take(length);
    let read = if keep {
        u64::try_from(taken.read_to_end(into)?).unwrap_or(u64::MAX)
    } else {
        std::io::copy(&mut taken, &mut std::io::sink())?
    };
    if read == length { Ok(read) } else { Err(Error::other("the connection was closed within an answer")) }
}

/// Names and values of the hidden fields of a page. Values are the server's own and need no decoding.
fn hidden_fields(page: &str) -> Vec<(String, String)> {
    let inputs = page.split("<input ").skip(1).filter_map(|rest| rest.split('>').next());
    let attribute = |input: &str, name: &str| {
        let (_, rest) = input.split_once(&format!("{name}=\""))?;
        Some(rest.split('"').next()?.to_owned())
    };
    let hidden = inputs.filter(|input| input.contains("type=\"hidden\""));
    hidden
        .filter_map(|input| Some((attribute(input, "name")?, attribute(input, "value").unwrap_or_default())))
        .collect()
}

/// A text as it stands in a form or an address.
#[must_use]
pub fn encoded(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' => out.push(char::from(byte)),
            b' ' => out.push('+'),
            _ => out.push_str(&format!("%{byte:02X}")),
        }
    }
    out
}
