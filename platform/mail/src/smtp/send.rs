//! One attempt to hand a mail to a server.
//!
//! Invariant: [`Outcome::Accepted`] only where the server said so; whoever gets [`Outcome::Unknown`]
//! does not know, and is told that they do not.

use std::time::Duration;

use lettre::address::Envelope;
use lettre::transport::smtp::authentication::{Credentials, Mechanism};
use lettre::transport::smtp::client::{Certificate, Tls, TlsParameters};
use lettre::transport::smtp::extension::ClientId;
use lettre::transport::smtp::{AsyncSmtpTransport, PoolConfig};
use lettre::{AsyncTransport, Tokio1Executor};

use super::Composed;
use crate::imap::Login;
use crate::{Security, Trust};

/// The server that takes our mails.
#[derive(Debug, Clone)]
pub struct Relay {
    /// Name or address.
    pub host: String,
    /// 465 for [`Security::Tls`], 587 for [`Security::StartTls`].
    pub port: u16,
    /// How the connection is protected.
    pub security: Security,
    /// Whose certificates are believed.
    pub trust: Trust,
    /// How long one command may take.
    pub patience: Duration,
    /// How we call ourselves (EHLO); the name of this machine where it is missing.
    pub hello: Option<String>,
}

/// What is known after an attempt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// The server has taken it; what it said.
    Accepted(String),
    /// The server refused it for good (5xx): another attempt is of no use.
    Refused(String),
    /// Not now (4xx), or the server was not reached at all: try again later. It was not taken.
    Later(String),
    /// The connection broke or fell silent while sending: perhaps it was taken. Try again, with the
    /// same bytes.
    Unknown(String),
}

/// The settings are no good.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SendError {
    /// [`Security::Plain`] for another machine.
    #[error("a connection without TLS is allowed to this machine only, not to {0}")]
    PlainToOther(String),
    /// Certificates.
    #[error("no protected connection with {0}: {1}")]
    Tls(String, String),
    /// No token could be had.
    #[error("no access token: {0}")]
    Token(String),
}

/// A pool of connections to one server.
#[derive(Debug, Clone)]
pub struct Sender {
    transport: AsyncSmtpTransport<Tokio1Executor>,
}

impl Sender {
    /// Prepares a pool of at most four connections; none is opened yet.
    ///
    /// # Errors
    /// Where the settings are not allowed, or no token is to be had.
    pub async fn new(relay: &Relay, login: Option<&Login>) -> Result<Self, SendError> {
        if !relay.security.allowed_for(&relay.host) {
            return Err(SendError::PlainToOther(relay.host.clone()));
        }
        let tls = match relay.security {
            Security::Plain => Tls::None,
            Security::Tls => Tls::Wrapper(parameters(relay)?),
            Security::StartTls => Tls::Required(parameters(relay)?),
        };
        let mut builder = AsyncSmtpTransport::<Tokio1Executor>::builder_dangerous(relay.host.as_str())
            .port(relay.port)
            .tls(tls)
            .timeout(Some(relay.patience))
            .pool_config(PoolConfig::new().max_size(4).idle_timeout(Duration::from_secs(30)));
        if let Some(hello) = &relay.hello {
            builder = builder.hello_name(ClientId::Domain(hello.clone()));
        }
        match login {
            None => {}
            Some(Login::Password { user, password }) => {
                builder = builder
                    .credentials(Credentials::new(user.clone(), password.reveal().to_owned()))
                    .authentication(vec![Mechanism::Plain, Mechanism::Login]);
            }
            Some(Login::Token { user, source }) => {
                let token = source().await.map_err(SendError::Token)?;
                builder = builder
                    .credentials(Credentials::new(user.clone(), token.reveal().to_owned()))
                    .authentication(vec![Mechanism::Xoauth2]);
            }
        }
        Ok(Self { transport: builder.build() })
    }

    /// Makes one attempt.
    pub async fn send(&self, mail: &Composed) -> Outcome {
        let (Ok(from), Ok(to)) = (mail.from.parse(), mail.to.parse()) else {
            return Outcome::Refused("an address that cannot be sent to".to_owned());
        };
        let Ok(envelope) = Envelope::new(Some(from), vec![to]) else {
            return Outcome::Refused("an envelope without recipient".to_owned());
        };
        match self.transport.send_raw(&envelope, &mail.bytes).await {
            Ok(response) => Outcome::Accepted(short(response.message())),
            Err(error) => {
                let said = short([error.to_string()].iter().map(String::as_str));
                if error.is_permanent() {
                    Outcome::Refused(said)
                } else if error.is_transient() || error.is_client() || error.is_tls() || is_connect(&error) {
                    Outcome::Later(said)
                } else {
                    Outcome::Unknown(said)
                }
            }
        }
    }

    /// Connects, says hello, logs in; for the button "test the settings".
    ///
    /// # Errors
    /// What the server or the network said.
    pub async fn test(&self) -> Result<(), String> {
        match self.transport.test_connection().await {
            Ok(true) => Ok(()),
            Ok(false) => Err("the server does not answer".to_owned()),
            Err(error) => Err(short([error.to_string()].iter().map(String::as_str))),
        }
    }
}

/// Did it fail before anything was said?
fn is_connect(error: &lettre::transport::smtp::Error) -> bool {
    use std::error::Error as _;
    error.source().and_then(|source| source.downcast_ref::<std::io::Error>()).is_some_and(|io| {
        matches!(
            io.kind(),
            std::io::ErrorKind::ConnectionRefused
                | std::io::ErrorKind::HostUnreachable
                | std::io::ErrorKind::NetworkUnreachable
        )
    })
}

fn parameters(relay: &Relay) -> Result<TlsParameters, SendError> {
    let failed = |text: String| SendError::Tls(relay.host.clone(), text);
    let mut builder = TlsParameters::builder(relay.host.trim_matches(['[', ']']).to_owned());
    if let Some(pem) = relay.trust.pem() {
        builder = builder
            .add_root_certificate(Certificate::from_pem(pem.as_bytes()).map_err(|error| failed(error.to_string()))?);
    }
    builder.build_rustls().map_err(|error| failed(error.to_string()))
}

fn short<'a>(lines: impl IntoIterator<Item = &'a str>) -> String {
    let all = lines.into_iter().collect::<Vec<_>>().join(" ");
    all.chars().filter(|c| !c.is_control()).take(300).collect()
}
