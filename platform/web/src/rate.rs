//! How often one address may do what everybody may do: public forms, public checks.
//!
//! Invariant: the memory that it takes is bounded, whoever knocks.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{LazyLock, Mutex, PoisonError};

use jiff::{SignedDuration, Timestamp};

/// Addresses that are remembered at most; beyond, those of an earlier window go.
const ADDRESSES: usize = 20_000;

/// A limit: so often in so many seconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limit {
    /// How often.
    pub times: u32,
    /// In how many seconds.
    pub seconds: i64,
}

/// Counts by purpose and address.
#[derive(Debug, Default)]
pub struct Counter {
    windows: HashMap<(&'static str, IpAddr), (Timestamp, u32)>,
}

impl Counter {
    /// Counts one more. `Err` has the seconds to wait.
    ///
    /// # Errors
    /// Where it was too often.
    pub fn count(&mut self, what: &'static str, peer: IpAddr, limit: Limit, now: Timestamp) -> Result<(), u32> {
        let age = |since: Timestamp| now.duration_since(since).as_secs();
        if self.windows.len() >= ADDRESSES {
            self.windows.retain(|_, (since, _)| age(*since) < limit.seconds);
            if self.windows.len() >= ADDRESSES {
                self.windows.clear();
            }
        }
        let window = self.windows.entry((what, network(peer))).or_insert((now, 0));
        if age(window.0) >= limit.seconds {
            *window = (now, 0);
        }
        window.1 += 1;
        if window.1 <= limit.times {
            return Ok(());
        }
        let end = window.0.checked_add(SignedDuration::from_secs(limit.seconds)).unwrap_or(now);
        Err(u32::try_from(end.duration_since(now).as_secs().max(1)).unwrap_or(u32::MAX))
    }
}

/// The network of an address: whoever has an IPv6 network has all addresses of its /64.
fn network(peer: IpAddr) -> IpAddr {
    match peer {
        IpAddr::V4(_) => peer,
        IpAddr::V6(v6) => {
            let s = v6.segments();
            IpAddr::from([s[0], s[1], s[2], s[3], 0, 0, 0, 0])
        }
    }
}

/// Counts one more in this process.
///
/// # Errors
/// The seconds to wait.
pub fn count(what: &'static str, peer: IpAddr, limit: Limit, now: Timestamp) -> Result<(), u32> {
    static COUNTER: LazyLock<Mutex<Counter>> = LazyLock::new(Mutex::default);
    COUNTER.lock().unwrap_or_else(PoisonError::into_inner).count(what, peer, limit, now)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_window_ends() {
        let mut counter = Counter::default();
        let start: Timestamp = "2026-11-22T08:00:00Z".parse().unwrap();
        let limit = Limit { times: 2, seconds: 60 };
        let at = |seconds: i64| start + SignedDuration::from_secs(seconds);
        let (one, other): (IpAddr, IpAddr) = ("192.0.2.1".parse().unwrap(), "2001:db8::1".parse().unwrap());
        assert_eq!(counter.count("x", one, limit, at(0)), Ok(()));
        assert_eq!(counter.count("x", one, limit, at(1)), Ok(()));
        assert_eq!(counter.count("x", one, limit, at(2)), Err(58));
        assert_eq!(counter.count("y", one, limit, at(2)), Ok(()));
        assert_eq!(counter.count("x", other, limit, at(2)), Ok(()));
        assert_eq!(counter.count("x", one, limit, at(60)), Ok(()));
    }
}
