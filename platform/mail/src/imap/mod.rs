//! One connection to one mailbox (IMAP4rev1, RFC 3501).
//!
//! A mail is looked at in this order: list with size → fetch in pieces, or only its header where it is
//! too large → (the caller stores it) → move to another folder. Nothing here deletes: a move is MOVE
//! (RFC 6851), or COPY, then `\Deleted`, then UID EXPUNGE of that one message (UIDPLUS, RFC 4315). On a
//! server without UIDPLUS the copied mail stays marked as deleted, because EXPUNGE would take others with it.
//!
//! Mails are known by UIDVALIDITY and UID. Where a server changes UIDVALIDITY, the caller knows a mail
//! again by the hash of its bytes.
//!
//! Invariant: no command waits longer than [`Server::patience`], and no fetch holds more than its limit.

mod connect;
mod folder;
mod idle;

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use async_imap::Session;
use futures_util::TryStreamExt;
use tokio::time::timeout;

use crate::{Secret, Security, Trust};
use connect::Stream;
pub use idle::Wake;

/// Where a mailbox is.
#[derive(Debug, Clone)]
pub struct Server {
    /// Name or address.
    pub host: String,
    /// 993 for [`Security::Tls`], 143 for [`Security::StartTls`].
    pub port: u16,
    /// How the connection is protected.
    pub security: Security,
    /// Whose certificates are believed.
    pub trust: Trust,
    /// How long one command may take.
    pub patience: Duration,
}

/// What a token is asked from: it refreshes where it must.
pub type TokenSource =
    Arc<dyn Fn() -> std::pin::Pin<Box<dyn Future<Output = Result<Secret, String>> + Send>> + Send + Sync>;

/// How to log in.
#[derive(Clone)]
pub enum Login {
    /// With a password (AUTHENTICATE PLAIN, else LOGIN).
    Password {
        /// The account.
        user: String,
        /// Its password.
        password: Secret,
    },
    /// With an OAuth 2.0 access token (OAUTHBEARER, RFC 7628, else XOAUTH2).
    Token {
        /// The account.
        user: String,
        /// Gives a token that is still good.
        source: TokenSource,
    },
}

impl fmt::Debug for Login {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Password { .. } => f.write_str("Login::Password"),
            Self::Token { .. } => f.write_str("Login::Token"),
        }
    }
}

/// What went wrong between us and the mail server. No text of a command is ever in it.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// [`Security::Plain`] for another machine.
    #[error("a connection without TLS is allowed to this machine only, not to {0}")]
    PlainToOther(String),
    /// Name, port, network.
    #[error("{0} does not answer: {1}")]
    Unreachable(String, std::io::Error),
    /// Certificate, protocol.
    #[error("no protected connection with {0}: {1}")]
    Tls(String, String),
    /// Wrong name, password or token.
    #[error("the mail server refuses the login: {0}")]
    Refused(String),
    /// No token could be had.
    #[error("no access token: {0}")]
    Token(String),
    /// It took too long.
    #[error("the mail server was silent for too long")]
    Silent,
    /// The server said no, or something that IMAP does not know.
    #[error("the mail server answered: {0}")]
    Answer(String),
    /// The connection broke.
    #[error("the connection to the mail server broke")]
    Broken,
    /// A mail is larger than its announced size allowed.
    #[error("the mail is larger than {0} bytes")]
    TooLarge(usize),
}

impl From<async_imap::error::Error> for Error {
    fn from(error: async_imap::error::Error) -> Self {
        use async_imap::error::Error as Imap;
        match error {
            Imap::Io(_) | Imap::ConnectionLost => Self::Broken,
            Imap::No(text) | Imap::Bad(text) => Self::Answer(short(&text)),
            // The others quote bytes, of which nobody knows what they are.
            _ => Self::Answer("something that is not IMAP".to_owned()),
        }
    }
}

fn short(text: &str) -> String {
    text.chars().filter(|c| !c.is_control()).take(200).collect()
}

/// A mail that waits in the folder.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Waiting {
    /// Its number, unique together with the folder's UIDVALIDITY.
    pub uid: u32,
    /// Its size as the server says it.
    pub size: usize,
}

/// An open folder.
#[derive(Debug)]
pub struct Mailbox {
    session: Session<Stream>,
    patience: Duration,
    uid_validity: u32,
    can_idle: bool,
    can_move: bool,
    can_expunge_one: bool,
}

/// Bytes of a mail that are asked for at once.
const PIECE: usize = 1 << 20;
/// Mails that are listed at once; the others wait for the next look.
const LISTED: usize = 200;

impl Mailbox {
    /// Connects, logs in and opens a folder.
    ///
    /// # Errors
    /// By the kinds of [`Error`].
    pub async fn open(server: &Server, login: &Login, folder: &str) -> Result<Self, Error> {
        timeout(server.patience * 3, Self::open_unhurried(server, login, folder)).await.map_err(|_| Error::Silent)?
    }

    async fn open_unhurried(server: &Server, login: &Login, folder: &str) -> Result<Self, Error> {
        let mut session = connect::session(server, login).await?;
        let capabilities = session.capabilities().await?;
        let opened = session.select(folder::encoded(folder)).await?;
        let uid_validity =
            opened.uid_validity.ok_or_else(|| Error::Answer("a folder without UIDVALIDITY".to_owned()))?;
        Ok(Self {
            session,
            patience: server.patience,
            uid_validity,
            can_idle: capabilities.has_str("IDLE"),
            can_move: capabilities.has_str("MOVE"),
            can_expunge_one: capabilities.has_str("UIDPLUS"),
        })
    }

    /// The folder's UIDVALIDITY.
    #[must_use]
    pub fn uid_validity(&self) -> u32 {
        self.uid_validity
    }

    /// Can the server tell of new mails by itself?
    #[must_use]
    pub fn can_idle(&self) -> bool {
        self.can_idle
    }

    /// The mails in the folder that are not marked as deleted, the oldest first; at most 200 at once.
    ///
    /// # Errors
    /// Where the server refuses or falls silent.
    pub async fn waiting(&mut self) -> Result<Vec<Waiting>, Error> {
        let found = patiently(self.patience, self.session.uid_search("UNDELETED")).await?;
        let mut uids: Vec<u32> = found.into_iter().collect();
        uids.sort_unstable();
        uids.truncate(LISTED);
        if uids.is_empty() {
            return Ok(Vec::new());
        }
        let set = uids.iter().map(u32::to_string).collect::<Vec<_>>().join(",");
        let sizes = async {
            let stream = self.session.uid_fetch(set, "(UID RFC822.SIZE)").await?;
            stream.try_collect::<Vec<_>>().await
        };
        let mut waiting: Vec<Waiting> = patiently(self.patience, sizes)
            .await?
            .iter()
            .filter_map(|fetch| Some(Waiting { uid: fetch.uid?, size: fetch.size? as usize }))
            .collect();
        waiting.sort_unstable();
        waiting.dedup();
        Ok(waiting)
    }

    /// The whole mail, in pieces, without marking it as read; `None` where it is gone.
    ///
    /// # Errors
    /// [`Error::TooLarge`] where it is longer than `limit`, whatever size was announced.
    pub async fn fetch(&mut self, uid: u32, limit: usize) -> Result<Option<Vec<u8>>, Error> {
        let mut whole = Vec::new();
        loop {
            let query = format!("(UID BODY.PEEK[]<{}.{PIECE}>)", whole.len());
            let Some(piece) = self.piece(uid, &query, false).await? else {
                return Ok(None);
            };
            whole.extend_from_slice(&piece);
            if whole.len() > limit {
                return Err(Error::TooLarge(limit));
            }
            if piece.len() < PIECE {
                return Ok(Some(whole));
            }
        }
    }

    /// Only the header of a mail, cut at `limit`; `None` where the mail is gone.
    ///
    /// # Errors
    /// Where the server refuses or falls silent.
    pub async fn fetch_header(&mut self, uid: u32, limit: usize) -> Result<Option<Vec<u8>>, Error> {
        let query = format!("(UID BODY.PEEK[HEADER]<0.{limit}>)");
        self.piece(uid, &query, true).await
    }

    async fn piece(&mut self, uid: u32, query: &str, header: bool) -> Result<Option<Vec<u8>>, Error> {
        let fetch = async {
            let mut stream = self.session.uid_fetch(uid.to_string(), query).await?;
            let mut found = None;
            while let Some(fetch) = stream.try_next().await? {
                // Servers may tell of other mails in between.
                if fetch.uid == Some(uid) {
                    let bytes = if header { fetch.header() } else { fetch.body() };
                    found = found.or_else(|| bytes.map(<[u8]>::to_vec));
                }
            }
            Ok(found)
        };
        patiently(self.patience, fetch).await
    }

    /// Moves a mail to another folder, which is made where it is missing. A mail that is gone already is
    /// no error: whoever is killed between two steps tries again.
    ///
    /// # Errors
    /// Where the server refuses or falls silent.
    pub async fn move_to(&mut self, uid: u32, folder: &str) -> Result<(), Error> {
        let first = folder::encoded(folder);
        if self.try_move(uid, &first).await.is_ok() {
            return Ok(());
        }
        // The folder is missing, or the server keeps all folders below INBOX.
        let _ = patiently(self.patience, self.session.create(&first)).await;
        let Err(error) = self.try_move(uid, &first).await else { return Ok(()) };
        if matches!(error, Error::Broken | Error::Silent) {
            return Err(error);
        }
        for delimiter in ['.', '/'] {
            let below = format!("INBOX{delimiter}{first}");
            let _ = patiently(self.patience, self.session.create(&below)).await;
            if self.try_move(uid, &below).await.is_ok() {
                return Ok(());
            }
        }
        Err(error)
    }

    async fn try_move(&mut self, uid: u32, folder: &str) -> Result<(), Error> {
        if self.can_move {
            return patiently(self.patience, self.session.uid_mv(uid.to_string(), folder)).await;
        }
        patiently(self.patience, self.session.uid_copy(uid.to_string(), folder)).await?;
        let mark = async {
            let stream = self.session.uid_store(uid.to_string(), "+FLAGS.SILENT (\\Deleted)").await?;
            stream.try_collect::<Vec<_>>().await
        };
        patiently(self.patience, mark).await?;
        if self.can_expunge_one {
            let expunge = async {
                let stream = self.session.uid_expunge(uid.to_string()).await?;
                stream.try_collect::<Vec<_>>().await
            };
            patiently(self.patience, expunge).await?;
        }
        Ok(())
    }

    /// The names of all folders, as the server encodes them.
    ///
    /// # Errors
    /// Where the server refuses or falls silent.
    pub async fn folders(&mut self) -> Result<Vec<String>, Error> {
        let list = async {
            let stream = self.session.list(Some(""), Some("*")).await?;
            stream.map_ok(|name| folder::decoded(name.name())).try_collect::<Vec<_>>().await
        };
        patiently(self.patience, list).await
    }

    /// Says good-bye.
    pub async fn close(mut self) {
        let _ = timeout(self.patience, self.session.logout()).await;
    }
}

async fn patiently<T>(
    patience: Duration,
    work: impl Future<Output = async_imap::error::Result<T>>,
) -> Result<T, Error> {
    timeout(patience, work).await.map_err(|_| Error::Silent)?.map_err(Error::from)
}
