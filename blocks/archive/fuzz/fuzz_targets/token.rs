//! Reads arbitrary bytes as a time stamp token, a certificate and a signature with records, and judges each.
#![no_main]

use libfuzzer_sys::fuzz_target;
use vir_archive::certificate::path::{self, Trust};
use vir_archive::certificate::{Certificate, certificates, readable_name};
use vir_archive::evidence::container::cms;
use vir_archive::moment::Moment;
use vir_archive::token::{Token, token_of_response};

fuzz_target!(|bytes: &[u8]| {
    _ = certificates(bytes);
    if let Ok(certificate) = Certificate::read(bytes) {
        _ = readable_name(certificate.subject);
        _ = certificate.is_signed_by(&certificate);
        _ = (certificate.authority(), certificate.key_usage(5), certificate.purposes());
    }
    _ = cms::records(bytes, Some(b"content"));
    let Ok(token) = token_of_response(bytes).and_then(Token::read) else { return };
    _ = token.faults(&[]);
    if let Some(certificate) = token.signer_certificate(&[]) {
        let anchors: Vec<&[u8]> = token.signed_data.certificates.clone();
        let trust = Trust { anchors, ..Trust::default() };
        _ = path::judge(&certificate, &token, &[], &[], &trust, Moment::from_unix(1_800_000_000));
    }
});
