//! Who is really there, behind proxies.
//!
//! Invariant: a header that anybody can write is believed only from a proxy that was named.

use std::net::IpAddr;

use axum::http::HeaderMap;

use crate::Peer;
use crate::config::Proxy;

/// The other end of the TCP connection itself.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Direct {
    pub(crate) address: IpAddr,
    /// Somebody stands between, whether we know them or not.
    pub(crate) through_proxy: bool,
}

const FOR: &str = "x-forwarded-for";
const PROTO: &str = "x-forwarded-proto";

pub(super) fn is_forwarded(headers: &HeaderMap) -> bool {
    headers.contains_key(FOR) || headers.contains_key("forwarded")
}

/// Goes back along the proxies that we know, to the first address that is none of them.
pub(super) fn peer(proxy: &Proxy, from: IpAddr, encrypted: bool, headers: &HeaderMap) -> Peer {
    let is_ours = |address: IpAddr| proxy.trusted.iter().any(|network| network.contains(address));
    let mut address = from.to_canonical();
    if !is_ours(address) {
        return Peer { address, https: encrypted };
    }
    let hops: Vec<IpAddr> = headers
        .get_all(FOR)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|line| line.split(','))
        .map_while(|hop| hop.trim().parse::<IpAddr>().ok())
        .collect();
    for hop in hops.into_iter().rev() {
        address = hop.to_canonical();
        if !is_ours(address) {
            break;
        }
    }
    let proto = headers.get(PROTO).and_then(|value| value.to_str().ok());
    let https = proto.map_or(encrypted, |proto| proto.rsplit(',').next().unwrap_or_default().trim() == "https");
    Peer { address, https }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seen(from: &str, headers: &[(&'static str, &'static str)]) -> (String, bool) {
        let proxy = Proxy { trusted: vec!["10.0.0.0/8".parse().unwrap()] };
        let headers = headers.iter().map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap())).collect();
        let peer = peer(&proxy, from.parse().unwrap(), false, &headers);
        (peer.address.to_string(), peer.https)
    }

    #[test]
    fn only_named_proxies_are_believed() {
        let forwarded = [(FOR, "198.51.100.7, 203.0.113.9, 10.0.0.2"), (PROTO, "https")];
        assert_eq!(seen("192.0.2.1", &forwarded), ("192.0.2.1".to_owned(), false));
        assert_eq!(seen("10.0.0.1", &forwarded), ("203.0.113.9".to_owned(), true));
        assert_eq!(seen("::ffff:10.0.0.1", &forwarded), ("203.0.113.9".to_owned(), true));
        assert_eq!(seen("10.0.0.1", &[]), ("10.0.0.1".to_owned(), false));
        assert_eq!(seen("10.0.0.1", &[(FOR, "nonsense")]), ("10.0.0.1".to_owned(), false));
    }
}
