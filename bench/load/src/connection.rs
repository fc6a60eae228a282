//! Just enough HTTP/1.1 to hand something in and read the answer: a client library would take more
//! of the processor than the measurement allows.
//!
//! Invariant: an answer is whole, by its `Content-Length`, or an error.

use std::io::{Error, Result};
use std::net::SocketAddr;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

/// A connection that is kept open.
pub struct Connection {
    stream: TcpStream,
    buffer: Vec<u8>,
    host: String,
}

/// What came back.
pub struct Answer {
    /// The status.
    pub status: u16,
    /// The body.
    pub body: String,
    /// May the connection be used again?
    pub keep: bool,
}

impl Connection {
    /// Connects.
    pub async fn open(address: SocketAddr) -> Result<Self> {
        let stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        Ok(Self { stream, buffer: Vec::with_capacity(4096), host: address.to_string() })
    }

    /// Sends a document and waits for the answer.
    pub async fn post(&mut self, path: &str, token: &str, body: &[u8]) -> Result<Answer> {
        let mut request = format!(
            "POST {path} HTTP/1.1\r\nHost: {}\r\nAuthorization: Bearer {token}\r\nContent-Type: application/xml\r\nContent-Length: {}\r\n\r\n",
            self.host,
            body.len()
        )
        .into_bytes();
        request.extend_from_slice(body);
        self.stream.write_all(&request).await?;
        self.buffer.clear();
        let head = loop {
            if let Some(end) = self.buffer.windows(4).position(|window| window == b"\r\n\r\n") {
                break end + 4;
            }
            self.more().await?;
        };
        let text = String::from_utf8_lossy(&self.buffer[..head]).to_ascii_lowercase();
        let status = text.split(' ').nth(1).and_then(|status| status.parse().ok());
        let status = status.ok_or_else(|| Error::other("no status"))?;
        let field = |name: &str| text.lines().find_map(|line| line.strip_prefix(name)).map(str::trim);
        let length: usize = field("content-length:")
            .and_then(|length| length.parse().ok())
            .ok_or_else(|| Error::other("an answer without length"))?;
        while self.buffer.len() < head + length {
            self.more().await?;
        }
        let body = String::from_utf8_lossy(&self.buffer[head..head + length]).into_owned();
        Ok(Answer { status, body, keep: field("connection:") != Some("close") })
    }

    async fn more(&mut self) -> Result<()> {
        match self.stream.read_buf(&mut self.buffer).await? {
            0 => Err(Error::other("the connection was closed")),
            _ => Ok(()),
        }
    }
}
