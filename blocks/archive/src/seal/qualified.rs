//! What a certificate says of itself: the statements of ETSI EN 319 412-5 in the extension qcStatements (RFC 3739).
//!
//! They are claims of whoever issued the certificate. They count where the issuer is trusted to make them.
//!
//! Invariant: a statement that is not there is not assumed, whatever was usual before it existed.

use serde::Serialize;

use crate::certificate::Certificate;
use crate::der::{DerError, Element, tag};

/// id-pe-qcStatements
const STATEMENTS: &str = "1.3.6.1.5.5.7.1.3";
/// esi4-qcStatement-1: an EU qualified certificate.
const COMPLIANCE: &str = "0.4.0.1862.1.1";
/// esi4-qcStatement-4: the key lies in a qualified device.
const DEVICE: &str = "0.4.0.1862.1.4";
/// esi4-qcStatement-6: for signatures, seals or web sites.
const TYPE: &str = "0.4.0.1862.1.6";
/// esi4-qcStatement-7: qualified by the law of other countries.
const LEGISLATION: &str = "0.4.0.1862.1.7";
/// id-etsi-qct-esign, id-etsi-qct-eseal, id-etsi-qct-web
const PURPOSES: [(&str, Purpose); 3] = [
    ("0.4.0.1862.1.6.1", Purpose::Signature),
    ("0.4.0.1862.1.6.2", Purpose::Seal),
    ("0.4.0.1862.1.6.3", Purpose::WebSite),
];

/// What a certificate is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
#[expect(missing_docs, reason = "the names say it")]
pub enum Purpose {
    Signature,
    Seal,
    WebSite,
}

/// The statements.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Statements {
    /// QcCompliance: it is a qualified certificate.
    pub compliance: bool,
    /// QcSSCD: the key lies in a qualified device for signatures or seals.
    pub device: bool,
    /// QcType: what for.
    pub purposes: Vec<Purpose>,
    /// QcCClegislation: by the law of these countries, which are not the Union; empty for the Union's.
    pub countries: Vec<String>,
}

impl Statements {
    /// The statements of a certificate; none where it has none or they cannot be read.
    #[must_use]
    pub fn of(certificate: &Certificate<'_>) -> Option<Self> {
        Self::read(certificate.extension(STATEMENTS)?.value).ok()
    }

    fn read(value: &[u8]) -> Result<Self, DerError> {
        let mut found = Self::default();
        for statement in Element::only(value)?.parts(tag::SEQUENCE)?.all()? {
            let mut parts = statement.parts(tag::SEQUENCE)?;
            match parts.next()?.oid()?.as_str() {
                COMPLIANCE => found.compliance = true,
                DEVICE => found.device = true,
                TYPE => {
                    for purpose in parts.next()?.parts(tag::SEQUENCE)?.all()? {
                        let oid = purpose.oid()?;
                        found.purposes.extend(PURPOSES.iter().find(|(known, _)| *known == oid).map(|(_, one)| *one));
                    }
                }
                LEGISLATION => {
                    for country in parts.next()?.parts(tag::SEQUENCE)?.all()? {
                        found.countries.push(String::from_utf8_lossy(country.content).into_owned());
                    }
                }
                _ => {}
            }
        }
        Ok(found)
    }

    /// Is it, by its own words, a qualified certificate for seals whose key lies in a qualified device
    /// (Regulation (EU) No 910/2014, article 3 (27))?
    #[must_use]
    pub fn is_qualified_seal(&self) -> bool {
        self.compliance && self.device && self.purposes.contains(&Purpose::Seal) && self.countries.is_empty()
    }
}
