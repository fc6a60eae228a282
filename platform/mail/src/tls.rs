//! How a connection to a mail server is protected.
//!
//! Invariant: a password never travels in the clear, except to this machine itself: [`Security::Plain`]
//! is refused for any host that is not a loopback address, and STARTTLS never falls back.

use std::sync::Arc;

use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use rustls::{ClientConfig, RootCertStore};

/// TLS from the first byte, after STARTTLS, or not at all.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Security {
    /// TLS from the first byte: ports 993 and 465.
    Tls,
    /// TLS after STARTTLS, and nothing before it: ports 143 and 587.
    StartTls,
    /// No TLS; only to this machine itself.
    Plain,
}

impl Security {
    /// The name in settings and in the database.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Tls => "tls",
            Self::StartTls => "starttls",
            Self::Plain => "plain",
        }
    }

    /// By its name.
    #[must_use]
    pub fn by_name(name: &str) -> Option<Self> {
        [Self::Tls, Self::StartTls, Self::Plain].into_iter().find(|one| one.name() == name)
    }

    /// Is this allowed for `host`?
    #[must_use]
    pub fn allowed_for(self, host: &str) -> bool {
        self != Self::Plain || is_loopback(host)
    }
}

/// Does the name mean this machine itself, without asking anybody?
fn is_loopback(host: &str) -> bool {
    host.eq_ignore_ascii_case("localhost")
        || host.trim_matches(['[', ']']).parse::<std::net::IpAddr>().is_ok_and(|address| address.is_loopback())
}

/// Whose certificates are believed.
#[derive(Debug, Clone, Default)]
pub struct Trust {
    extra: Vec<CertificateDer<'static>>,
    pem: Option<String>,
}

/// The text is not a list of certificates.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("no certificate in PEM form")]
pub struct TrustError;

impl Trust {
    /// The authorities of the operating system.
    #[must_use]
    pub fn system() -> Self {
        Self::default()
    }

    /// Besides, those in `pem`: the authority of the town's own data centre.
    ///
    /// # Errors
    /// Where there is no certificate in it, or a damaged one.
    pub fn and_pem(mut self, pem: &str) -> Result<Self, TrustError> {
        let found: Vec<_> =
            CertificateDer::pem_slice_iter(pem.as_bytes()).collect::<Result<_, _>>().map_err(|_| TrustError)?;
        if found.is_empty() {
            return Err(TrustError);
        }
        self.extra.extend(found);
        self.pem = Some(pem.to_owned());
        Ok(self)
    }

    pub(crate) fn pem(&self) -> Option<&str> {
        self.pem.as_deref()
    }

    /// # Errors
    /// Where the operating system has no certificates and none were given.
    pub(crate) fn client(&self) -> Result<Arc<ClientConfig>, String> {
        let mut roots = RootCertStore::empty();
        let native = rustls_native_certs::load_native_certs();
        roots.add_parsable_certificates(native.certs);
        roots.add_parsable_certificates(self.extra.iter().cloned());
        if roots.is_empty() {
            return Err("this machine knows no certificate authority".to_owned());
        }
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let config = ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .map_err(|error| error.to_string())?
            .with_root_certificates(roots)
            .with_no_client_auth();
        Ok(Arc::new(config))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_connections_stay_on_this_machine() {
        for (host, allowed) in [
            ("localhost", true),
            ("127.0.0.1", true),
            ("::1", true),
            ("[::1]", true),
            ("127.8.0.1", true),
            ("mail.stadt.example", false),
            ("10.0.0.1", false),
            ("localhost.evil.example", false),
            ("0.0.0.0", false),
        ] {
            assert_eq!(Security::Plain.allowed_for(host), allowed, "{host}");
            assert!(Security::StartTls.allowed_for(host));
        }
    }

    #[test]
    fn only_certificates_are_trusted() {
        assert_eq!(Trust::system().and_pem("hallo").map(|_| ()), Err(TrustError));
    }
}
