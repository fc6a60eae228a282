//! Requests that two readers could take apart differently (RFC 9112, 3.2 and 6.3): a proxy in front
//! sees one where we see two, and lets the second one pass unseen.
//!
//! `hyper` refuses two lengths, unknown codings and malformed chunks. It lets pass what stands here.
//!
//! Invariant: after a request whose end could be doubted, nothing more is read from its connection.

use axum::http::request::Parts;
use axum::http::{Version, header};

/// Does it say once for whom it is?
pub(super) fn is_plain(parts: &Parts) -> bool {
    let hosts = parts.headers.get_all(header::HOST).iter().count();
    match parts.version {
        Version::HTTP_11 => hosts == 1,
        _ => hosts <= 1,
    }
}

/// Must the connection end after it? With chunks a length may have been sent as well; `hyper` has dropped it
/// then, and RFC 9112, 6.1 wants the connection to be closed.
pub(super) fn ends(parts: &Parts) -> bool {
    parts.headers.contains_key(header::TRANSFER_ENCODING)
}

#[cfg(test)]
mod tests {
    use axum::http::Request;

    use super::*;

    #[test]
    fn one_host_and_no_doubt_about_the_end() {
        for (headers, version, plain, close) in [
            (&[("host", "a")][..], Version::HTTP_11, true, false),
            (&[], Version::HTTP_11, false, false),
            (&[], Version::HTTP_10, true, false),
            (&[], Version::HTTP_2, true, false),
            (&[("host", "a"), ("host", "a")], Version::HTTP_11, false, false),
            (&[("host", "a"), ("transfer-encoding", "chunked")], Version::HTTP_11, true, true),
        ] {
            let mut request = Request::builder().version(version);
            for (name, value) in headers {
                request = request.header(*name, *value);
            }
            let (parts, ()) = request.body(()).unwrap().into_parts();
            assert_eq!((is_plain(&parts), ends(&parts)), (plain, close), "{headers:?} {version:?}");
        }
    }
}
