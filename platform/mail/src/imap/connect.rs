//! From a name to a logged-in session.
//!
//! The first words (greeting, CAPABILITY, STARTTLS) are spoken here, line by line, because the library
//! offers them only after login.
//!
//! Invariant: credentials are sent only after the connection is protected as the settings demand, and
//! nothing that was said before the handshake counts after it.

use std::fmt;

use async_imap::{Authenticator, Client, Session};
use rustls::pki_types::ServerName;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_rustls::TlsConnector;

use super::{Error, Login, Server, short};
use crate::Security;

/// A connection, protected or not.
pub(super) type Stream = Box<dyn Io>;

pub(super) trait Io: AsyncRead + AsyncWrite + Unpin + Send + fmt::Debug {}

impl<T: AsyncRead + AsyncWrite + Unpin + Send + fmt::Debug> Io for T {}

pub(super) async fn session(server: &Server, login: &Login) -> Result<Session<Stream>, Error> {
    if !server.security.allowed_for(&server.host) {
        return Err(Error::PlainToOther(server.host.clone()));
    }
    let place = format!("{}:{}", server.host, server.port);
    let connected = timeout(server.patience, TcpStream::connect((server.host.trim_matches(['[', ']']), server.port)));
    let mut tcp = connected.await.map_err(|_| Error::Silent)?.map_err(|error| Error::Unreachable(place, error))?;
    // Small commands and their answers should not wait for each other; where it fails, they do.
    let _ = tcp.set_nodelay(true);
    let mut stream: Stream = match server.security {
        Security::Tls => Box::new(protect(server, tcp).await?),
        Security::Plain => Box::new(tcp),
        Security::StartTls => {
            greeting(&mut tcp).await?;
            command(&mut tcp, "STARTTLS").await?;
            Box::new(protect(server, tcp).await?)
        }
    };
    if server.security != Security::StartTls {
        greeting(&mut stream).await?;
    }
    let offered = offers(&mut stream).await?;
    log_in(Client::new(stream), login, &offered).await
}

async fn protect(server: &Server, tcp: TcpStream) -> Result<tokio_rustls::client::TlsStream<TcpStream>, Error> {
    let failed = |text: String| Error::Tls(server.host.clone(), text);
    let config = server.trust.client().map_err(failed)?;
    let name = ServerName::try_from(server.host.trim_matches(['[', ']']).to_owned())
        .map_err(|error| failed(error.to_string()))?;
    let handshake = TlsConnector::from(config).connect(name, tcp);
    timeout(server.patience, handshake).await.map_err(|_| Error::Silent)?.map_err(|error| failed(error.to_string()))
}

async fn greeting(stream: &mut (impl Io + ?Sized)) -> Result<(), Error> {
    let said = read_line(stream).await?;
    if said.starts_with("* OK") { Ok(()) } else { Err(Error::Answer(short(&said))) }
}

/// What the server says before login that it can do.
async fn offers(stream: &mut Stream) -> Result<Vec<String>, Error> {
    let lines = command(stream, "CAPABILITY").await?;
    let words = lines.iter().filter_map(|line| line.strip_prefix("* CAPABILITY ")).flat_map(str::split_whitespace);
    Ok(words.map(str::to_ascii_uppercase).collect())
}

/// Says one word, and gives the lines before the server's OK.
async fn command(stream: &mut (impl Io + ?Sized), word: &str) -> Result<Vec<String>, Error> {
    stream.write_all(format!("v0 {word}\r\n").as_bytes()).await.map_err(|_| Error::Broken)?;
    stream.flush().await.map_err(|_| Error::Broken)?;
    let mut lines = Vec::new();
    while lines.len() < 100 {
        let line = read_line(stream).await?;
        match line.strip_prefix("v0 ") {
            Some(answer) if answer.starts_with("OK") => return Ok(lines),
            Some(answer) => return Err(Error::Answer(short(answer))),
            None => lines.push(line),
        }
    }
    Err(Error::Answer("too many words before login".to_owned()))
}

/// A line, byte by byte: nothing that follows it may be read here.
async fn read_line(stream: &mut (impl Io + ?Sized)) -> Result<String, Error> {
    let mut line = Vec::new();
    while line.len() < 8192 {
        match stream.read_u8().await.map_err(|_| Error::Broken)? {
            b'\n' => return Ok(String::from_utf8_lossy(&line).trim_end().to_owned()),
            byte => line.push(byte),
        }
    }
    Err(Error::Answer("a line that does not end".to_owned()))
}

async fn log_in(client: Client<Stream>, login: &Login, offered: &[String]) -> Result<Session<Stream>, Error> {
    let offers = |name: &str| offered.iter().any(|one| one == name);
    let outcome = match login {
        Login::Password { user, password } if offers("AUTH=PLAIN") => {
            client.authenticate("PLAIN", Say::once(format!("\0{user}\0{}", password.reveal()))).await
        }
        Login::Password { user, password } => client.login(user, password.reveal()).await,
        Login::Token { user, source } => {
            let token = source().await.map_err(Error::Token)?;
            let token = token.reveal();
            if offers("AUTH=OAUTHBEARER") {
                client
                    .authenticate("OAUTHBEARER", Say::once(format!("n,a={user},\u{1}auth=Bearer {token}\u{1}\u{1}")))
                    .await
            } else {
                client
                    .authenticate("XOAUTH2", Say::once(format!("user={user}\u{1}auth=Bearer {token}\u{1}\u{1}")))
                    .await
            }
        }
    };
    outcome.map_err(|(error, _)| match Error::from(error) {
        Error::Answer(text) => Error::Refused(short(&text)),
        other => other,
    })
}

/// Says its one sentence when asked, and nothing to further questions (which explain a refusal).
struct Say(Option<String>);

impl Say {
    fn once(sentence: String) -> Self {
        Self(Some(sentence))
    }
}

impl Authenticator for Say {
    type Response = String;

    fn process(&mut self, _question: &[u8]) -> String {
        self.0.take().unwrap_or_default()
    }
}
