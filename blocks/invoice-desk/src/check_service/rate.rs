//! How often somebody who is not signed in may check.
//!
//! Invariant: memory is bounded, however many addresses ask.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{LazyLock, Mutex, PoisonError};

use jiff::Timestamp;

/// Counts per minute and address.
#[derive(Debug, Default)]
pub struct Rate(Mutex<Window>);

#[derive(Debug, Default)]
struct Window {
    minute: i64,
    counts: HashMap<IpAddr, u32>,
}

/// More addresses than this in one minute share what is left.
const MOST_ADDRESSES: usize = 50_000;

impl Rate {
    /// The one of the process.
    #[must_use]
    pub fn of_process() -> &'static Self {
        static RATE: LazyLock<Rate> = LazyLock::new(Rate::default);
        &RATE
    }

    /// Counts one more of at most so many, or says after how many seconds to come again.
    pub fn take(&self, peer: IpAddr, most: u32, now: Timestamp) -> Result<(), i64> {
        let mut window = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let minute = now.as_second().div_euclid(60);
        if window.minute != minute {
            *window = Window { minute, counts: HashMap::new() };
        }
        let full = window.counts.len() >= MOST_ADDRESSES && !window.counts.contains_key(&peer);
        let peer = if full { IpAddr::from([0, 0, 0, 0]) } else { network(peer) };
        let count = window.counts.entry(peer).or_default();
        *count += 1;
        if *count > most { Err(60 - now.as_second().rem_euclid(60)) } else { Ok(()) }
    }
}

/// Whoever has one address of IPv6 has a whole network of them.
fn network(peer: IpAddr) -> IpAddr {
    match peer {
        IpAddr::V4(_) => peer,
        IpAddr::V6(address) => {
            let [a, b, c, d, ..] = address.segments();
            IpAddr::from([a, b, c, d, 0, 0, 0, 0])
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::*;

    #[test]
    fn an_address_has_so_many_per_minute() {
        let rate = Rate::default();
        let at: Timestamp = "2026-11-22T08:00:15Z".parse().unwrap();
        let (one, other) = (IpAddr::from([127, 0, 0, 1]), IpAddr::from([127, 0, 0, 2]));
        for _ in 0..3 {
            assert_eq!(rate.take(one, 3, at), Ok(()));
        }
        assert_eq!(rate.take(one, 3, at), Err(45));
        assert_eq!(rate.take(other, 3, at), Ok(()));
        assert_eq!(rate.take(one, 3, at + jiff::SignedDuration::from_secs(45)), Ok(()));
    }
}
