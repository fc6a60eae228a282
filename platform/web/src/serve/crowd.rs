//! How many connections one address has.
//!
//! Invariant: nobody alone takes all places; proxies that were named are many, and not counted.

use std::collections::HashMap;
use std::net::{IpAddr, Ipv6Addr};
use std::sync::{Arc, Mutex, PoisonError};

use crate::config::Network;

/// The open connections, by address.
#[derive(Debug, Clone)]
pub(super) struct Crowd {
    most: usize,
    open: Arc<Mutex<HashMap<IpAddr, usize>>>,
}

/// A place that is given back when it is dropped.
#[derive(Debug)]
pub(super) struct Place {
    crowd: Option<(Crowd, IpAddr)>,
}

impl Crowd {
    pub(super) fn new(most: usize) -> Self {
        Self { most, open: Arc::default() }
    }

    /// A place for one more connection from here; `None` where this address has its share.
    pub(super) fn admit(&self, from: IpAddr, proxies: &[Network]) -> Option<Place> {
        let from = from.to_canonical();
        if proxies.iter().any(|network| network.contains(from)) {
            return Some(Place { crowd: None });
        }
        let address = network_of(from);
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        let count = open.entry(address).or_default();
        if *count >= self.most {
            return None;
        }
        *count += 1;
        Some(Place { crowd: Some((self.clone(), address)) })
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let Some((crowd, address)) = self.crowd.take() else { return };
        let mut open = crowd.open.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = open.get_mut(&address) {
            *count -= 1;
            if *count == 0 {
                open.remove(&address);
            }
        }
    }
}

/// IPv6 users have a whole /64.
fn network_of(address: IpAddr) -> IpAddr {
    match address {
        IpAddr::V4(_) => address,
        IpAddr::V6(address) => {
            let [a, b, c, d, ..] = address.segments();
            Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0).into()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_address_has_its_share() {
        let crowd = Crowd::new(2);
        let proxies: Vec<Network> = vec!["10.0.0.0/8".parse().unwrap()];
        let admit = |text: &str| crowd.admit(text.parse().unwrap(), &proxies);
        let first = admit("192.0.2.1");
        let second = admit("::ffff:192.0.2.1");
        assert!(first.is_some() && second.is_some() && admit("192.0.2.1").is_none());
        assert!(admit("192.0.2.2").is_some(), "another address");
        let proxied: Vec<_> = (0..9).map(|_| admit("10.1.2.3")).collect();
        assert!(proxied.iter().all(Option::is_some), "proxies stand for many");
        let (one, two) = (admit("2001:db8::1"), admit("2001:db8::2"));
        assert!(one.is_some() && two.is_some() && admit("2001:db8::3").is_none(), "one network");
        drop(first);
        assert!(admit("192.0.2.1").is_some(), "a place that was given back");
    }
}
