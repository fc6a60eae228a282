//! Bytes on a socket, as no honest client would send them.
//!
//! Invariant: nothing here waits longer than it was told to.

use std::io::{Read, Write};
use std::net::{IpAddr, Ipv4Addr, SocketAddr, TcpStream};
use std::time::{Duration, Instant};

/// The address from which the ill-behaved come; the well-behaved come from 127.0.0.1.
pub const ELSEWHERE: IpAddr = IpAddr::V4(Ipv4Addr::new(127, 0, 0, 2));

/// A connection to the server.
pub struct Wire {
    pub stream: TcpStream,
}

impl Wire {
    pub fn from(address: IpAddr, port: u16) -> std::io::Result<Self> {
        let connecting = async {
            let socket = tokio::net::TcpSocket::new_v4()?;
            socket.bind(SocketAddr::new(address, 0))?;
            socket.connect(SocketAddr::from((Ipv4Addr::LOCALHOST, port))).await?.into_std()
        };
        let stream = tokio::runtime::Handle::current().block_on(connecting)?;
        stream.set_nonblocking(false)?;
        Ok(Self { stream })
    }

    pub fn to(port: u16) -> Self {
        Self::from(ELSEWHERE, port).unwrap()
    }

    /// Sends what it can; a server that has hung up takes nothing more.
    pub fn send(&mut self, bytes: impl AsRef<[u8]>) -> bool {
        self.stream.write_all(bytes.as_ref()).is_ok()
    }

    /// All that comes until the server hangs up, or until the time is over. Did it hang up?
    pub fn rest(&mut self, most: Duration) -> (String, bool) {
        let (began, mut all, mut piece) = (Instant::now(), Vec::new(), [0; 16 * 1024]);
        self.stream.set_read_timeout(Some(Duration::from_millis(100))).unwrap();
        loop {
            match self.stream.read(&mut piece) {
                Ok(0) => return (String::from_utf8_lossy(&all).into_owned(), true),
                Ok(read) => all.extend_from_slice(&piece[..read]),
                Err(error) if matches!(error.kind(), std::io::ErrorKind::WouldBlock | std::io::ErrorKind::TimedOut) => {
                    if began.elapsed() > most {
                        return (String::from_utf8_lossy(&all).into_owned(), false);
                    }
                }
                Err(_) => return (String::from_utf8_lossy(&all).into_owned(), true),
            }
        }
    }
}

/// The status of each answer in what came.
pub fn statuses(text: &str) -> Vec<u16> {
    text.match_indices("HTTP/1.1 ").filter_map(|(at, _)| text.get(at + 9..at + 12)?.parse().ok()).collect()
}

/// How long an honest client waits for a page.
pub fn honest(port: u16) -> Duration {
    let began = Instant::now();
    let mut wire = Wire::from(IpAddr::V4(Ipv4Addr::LOCALHOST), port).unwrap();
    wire.send("GET /hilfe HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
    let (text, _) = wire.rest(Duration::from_secs(30));
    assert_eq!(statuses(&text).first(), Some(&200), "an honest client is not served: {text}");
    began.elapsed()
}
