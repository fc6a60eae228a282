//! Encryption, proxies, and what may be asked of other servers.

use std::path::PathBuf;

use super::section;
use super::value::Network;

section! {
    /// Encryption by the server itself; behind a proxy it is not needed.
    Tls in "tls";
    /// The certificate with its chain, PEM.
    certificate: Option<PathBuf> = None, "\"/etc/vir/cert.pem\"", "Zertifikat mit seiner Kette (PEM).";
    /// Its key, PEM.
    key: Option<PathBuf> = None, "\"/etc/vir/key.pem\"", "Schlüssel dazu (PEM).";
}

section! {
    /// Proxies in front of the server.
    Proxy in "proxy";
    /// Whose X-Forwarded-For and X-Forwarded-Proto are believed.
    trusted: Vec<Network> = Vec::new(), "[\"127.0.0.1\", \"10.0.0.0/8\"]",
        "Netze der vorgeschalteten Proxys. Nur ihnen wird X-Forwarded-For und X-Forwarded-Proto geglaubt.";
}

section! {
    /// Webhooks and other requests that the server itself makes.
    Outbound in "outbound";
    /// Private networks that webhooks may reach nevertheless.
    allow: Vec<Network> = Vec::new(), "[\"10.20.0.0/16\"]",
        "Private Netze, die Webhooks trotzdem erreichen dürfen. Ohne Angabe nur öffentliche Adressen.";
    /// May webhooks use http?
    allow_http: bool = false, "false", "Ob Webhooks auch unverschlüsselt (http) erlaubt sind.";
}
