//! Who seals: what the configuration says, ready to sign.
//!
//! Invariant: whoever signs, the signature is verified with the certificate before it counts.

use vir_archive::certificate::{Certificate, certificates};
use vir_archive::moment::Moment;
use vir_archive::seal::{Draft, Sealed};
use vir_core::Text;
use vir_web::config::Seal;

use super::csc::Csc;
use super::local::Local;

/// Why there is no seal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SealTrouble {
    /// For people: what, and what to do.
    pub text: Text,
    /// Is there hope that it works later?
    pub retry: bool,
}

impl SealTrouble {
    /// Somebody has to do something first.
    pub(super) fn lasting(text: Text) -> Self {
        Self { text, retry: false }
    }

    /// It may work later.
    pub(super) fn passing(text: Text) -> Self {
        Self { text, retry: true }
    }

    pub(super) fn file(path: &std::path::Path, why: &Text) -> Self {
        let path = path.display();
        Self::lasting(Text::owned(
            format!(
                "Die Datei {path} ([seal]) lässt sich nicht verwenden: {}. Der Betrieb muss sie richtigstellen.",
                why.de.trim_end_matches('.')
            ),
            format!(
                "The file {path} ([seal]) cannot be used: {}. The operator has to put it right.",
                why.en.trim_end_matches('.')
            ),
        ))
    }
}

/// Reads a file of the configuration.
pub(super) async fn read(path: &std::path::Path) -> Result<Vec<u8>, SealTrouble> {
    tokio::fs::read(path).await.map_err(|error| {
        let text = error.to_string();
        SealTrouble::file(path, &Text::owned(text.clone(), text))
    })
}

/// The trusted certificates of qualified providers.
///
/// # Errors
/// Where a file cannot be read.
pub async fn trusted(config: &Seal) -> Result<Vec<Vec<u8>>, SealTrouble> {
    let mut found = Vec::new();
    for path in &config.trust {
        found.extend(certificates_of(path).await?);
    }
    Ok(found)
}

/// The certificates in a file of the configuration.
pub(super) async fn certificates_of(path: &std::path::Path) -> Result<Vec<Vec<u8>>, SealTrouble> {
    let none = Text::new("keine Zertifikate in PEM oder DER", "no certificates in PEM or DER");
    certificates(&read(path).await?).map_err(|_| SealTrouble::file(path, &none))
}

/// Whoever seals.
#[derive(Debug)]
#[non_exhaustive]
pub enum Sealer {
    /// A key of the office.
    Local(Box<Local>),
    /// A service.
    Remote(Box<Csc>),
}

impl Sealer {
    /// As the configuration says; none where it says nothing.
    ///
    /// # Errors
    /// Where a file or address cannot be used.
    pub async fn of(config: &Seal) -> Result<Option<Self>, SealTrouble> {
        if let Some(path) = &config.key_file {
            return Ok(Some(Self::Local(Box::new(Local::open(config, path).await?))));
        }
        let remote = Csc::of(config)?;
        Ok(remote.map(|csc| Self::Remote(Box::new(csc))))
    }

    /// Seals content: its bytes stay here, and go nowhere.
    ///
    /// # Errors
    /// Where key or service do not give a signature that holds.
    pub async fn seal(&self, content: &[u8], at: Moment) -> Result<Sealed, SealTrouble> {
        match self {
            Self::Local(local) => local.seal(content, at),
            Self::Remote(csc) => csc.seal(content, at).await,
        }
    }
}

/// A draft over content.
pub(super) fn draft(
    content: &[u8],
    certificate: &[u8],
    chain: &[Vec<u8>],
    scheme: vir_archive::signature::Scheme,
    at: Moment,
) -> Result<Draft, SealTrouble> {
    let hash = Draft::digest_of(scheme).of(&[content]);
    Draft::new(&hash, certificate, chain, scheme, at).map_err(|error| SealTrouble::lasting(error.text()))
}

/// The certificate of the key, and the others as they came; none where no certificate fits.
pub(super) fn chain(all: Vec<Vec<u8>>, fits: impl Fn(&Certificate<'_>) -> bool) -> Option<(Vec<u8>, Vec<Vec<u8>>)> {
    let at = all.iter().position(|bytes| Certificate::read(bytes).is_ok_and(|certificate| fits(&certificate)))?;
    let mut others = all;
    let own = others.remove(at);
    Some((own, others))
}
