//! Encryption by the server itself, from PEM files.
//!
//! Certificates last 90 days or less, so a new one is taken while the server runs: when a file has
//! changed (looked at every half a minute), or at once on SIGHUP. Connections that are open keep
//! theirs.
//!
//! Invariant: TLS 1.2 or 1.3, by `ring`; a certificate that cannot be used stops the start, and later
//! leaves the one in use as it is.

use std::path::Path;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::{Duration, SystemTime};

use rustls::crypto::CryptoProvider;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::{ClientHello, ResolvesServerCert};
use rustls::sign::CertifiedKey;
use tokio::signal::unix::{SignalKind, signal};
use tokio_util::sync::CancellationToken;

use super::ServeError;
use crate::config::Tls;

/// How often the files are looked at.
const LOOK: Duration = Duration::from_secs(30);

/// The certificate in use.
#[derive(Debug)]
struct Current(RwLock<Arc<CertifiedKey>>);

impl ResolvesServerCert for Current {
    fn resolve(&self, _: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        Some(Arc::clone(&self.0.read().unwrap_or_else(PoisonError::into_inner)))
    }
}

/// Encryption with a certificate that can change.
#[derive(Clone)]
pub(super) struct Encryption {
    tls: Tls,
    provider: Arc<CryptoProvider>,
    current: Arc<Current>,
    pub(super) acceptor: tokio_rustls::TlsAcceptor,
}

impl Encryption {
    /// `None` where none is configured.
    pub(super) fn of(tls: &Tls) -> Result<Option<Self>, ServeError> {
        let (Some(certificate), Some(key)) = (&tls.certificate, &tls.key) else { return Ok(None) };
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let current = Arc::new(Current(RwLock::new(read(certificate, key, &provider)?)));
        let mut config = rustls::ServerConfig::builder_with_provider(Arc::clone(&provider))
            .with_safe_default_protocol_versions()
            .map_err(|error| ServeError::Tls(error.to_string()))?
            .with_no_client_auth()
            .with_cert_resolver(Arc::clone(&current) as Arc<dyn ResolvesServerCert>);
        config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
        let acceptor = tokio_rustls::TlsAcceptor::from(Arc::new(config));
        Ok(Some(Self { tls: tls.clone(), provider, current, acceptor }))
    }

    /// Takes a new certificate when there is one, until the server stops.
    pub(super) async fn follow(self, stop: CancellationToken) {
        let mut known = self.changed_at();
        let Ok(mut hangup) = signal(SignalKind::hangup()) else { return };
        loop {
            let asked = tokio::select! {
                () = stop.cancelled() => return,
                _ = hangup.recv() => true,
                () = tokio::time::sleep(LOOK) => false,
            };
            let now = self.changed_at();
            if asked || now != known {
                known = now;
                self.renew();
            }
        }
    }

    fn renew(&self) {
        let (Some(certificate), Some(key)) = (&self.tls.certificate, &self.tls.key) else { return };
        match read(certificate, key, &self.provider) {
            Ok(fresh) => {
                *self.current.0.write().unwrap_or_else(PoisonError::into_inner) = fresh;
                tracing::info!("a new certificate is in use");
            }
            // The two files are written one after the other: the next look finds both.
            Err(error) => tracing::error!(%error, "the new certificate cannot be used; the old one stays"),
        }
    }

    fn changed_at(&self) -> [Option<SystemTime>; 2] {
        let changed = |path: &Option<std::path::PathBuf>| std::fs::metadata(path.as_ref()?).ok()?.modified().ok();
        [changed(&self.tls.certificate), changed(&self.tls.key)]
    }
}

/// Reads certificate and key, and makes sure that they belong together.
fn read(certificate: &Path, key: &Path, provider: &CryptoProvider) -> Result<Arc<CertifiedKey>, ServeError> {
    let wrong = |path: &Path, error: &dyn std::fmt::Display| ServeError::Tls(format!("{}: {error}", path.display()));
    let chain: Vec<CertificateDer<'static>> = CertificateDer::pem_file_iter(certificate)
        .and_then(Iterator::collect)
        .map_err(|error| wrong(certificate, &error))?;
    if chain.is_empty() {
        return Err(wrong(certificate, &"there is no certificate in it"));
    }
    let private = PrivateKeyDer::from_pem_file(key).map_err(|error| wrong(key, &error))?;
    let certified = CertifiedKey::from_der(chain, private, provider).map_err(|error| wrong(certificate, &error))?;
    Ok(Arc::new(certified))
}
