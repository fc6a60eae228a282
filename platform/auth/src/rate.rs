//! How often somebody may try.
//!
//! Counted per node and in memory: with several nodes the limits are that much wider, which 256-bit
//! secrets bear. What they would not bear, guessing a person's password, is counted a second time in
//! the store, for all nodes together (`Auth::sign_in`).
//!
//! Invariant: memory is bounded; whoever has not tried for a while is forgotten.

use std::net::{IpAddr, Ipv6Addr};
use std::num::NonZeroU32;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use governor::clock::Clock as _;
use governor::middleware::NoOpMiddleware;
use governor::nanos::Nanos;
use governor::state::keyed::HashMapStateStore;
use governor::{Quota, RateLimiter};
use vir_store::Clock;

use crate::{Error, Result, TokenId};

/// The store's clock as `governor` wants it, so that tests can set the time here too.
#[derive(Debug, Clone)]
struct Ticks(Clock);

impl governor::clock::Clock for Ticks {
    type Instant = Nanos;

    fn now(&self) -> Nanos {
        Nanos::new(u64::try_from(self.0.now().as_nanosecond()).unwrap_or(0))
    }
}

type Keyed = RateLimiter<String, HashMapStateStore<String>, Ticks, NoOpMiddleware<Nanos>>;

/// After this many questions those are forgotten who have not asked for a while.
const TIDY_EVERY: u32 = 4096;

struct Limiter {
    limiter: Keyed,
    clock: Ticks,
    asked: AtomicU32,
}

impl Limiter {
    /// `burst` at once, then one every `pause`.
    fn new(clock: &Clock, burst: u32, pause: Duration) -> Self {
        let quota = Quota::with_period(pause)
            .expect("a pause is longer than nothing")
            .allow_burst(NonZeroU32::new(burst.max(1)).expect("at least one"));
        let clock = Ticks(clock.clone());
        Self {
            limiter: RateLimiter::new(quota, HashMapStateStore::default(), clock.clone()),
            clock,
            asked: AtomicU32::new(0),
        }
    }

    fn check(&self, key: &str) -> Result<()> {
        if self.asked.fetch_add(1, Ordering::Relaxed) % TIDY_EVERY == TIDY_EVERY - 1 {
            self.limiter.retain_recent();
            self.limiter.shrink_to_fit();
        }
        self.limiter.check_key(&key.to_owned()).map_err(|not_until| {
            let wait = not_until.wait_time_from(self.clock.now());
            Error::TooMany { retry_after: u32::try_from(wait.as_secs()).unwrap_or(u32::MAX - 1) + 1 }
        })
    }
}

/// The limits of a server.
pub struct RateLimits {
    account: Limiter,
    address: Limiter,
    link: Limiter,
    begin: Limiter,
    token: Limiter,
    unknown: Limiter,
}

impl std::fmt::Debug for RateLimits {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("RateLimits")
    }
}

/// An address as it is counted: IPv6 users have a whole /64.
fn key(address: IpAddr) -> String {
    match address.to_canonical() {
        IpAddr::V4(address) => address.to_string(),
        IpAddr::V6(address) => {
            let [a, b, c, d, ..] = address.segments();
            Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0).to_string()
        }
    }
}

impl RateLimits {
    /// The limits by this clock.
    #[must_use]
    pub fn new(clock: &Clock) -> Self {
        Self {
            account: Limiter::new(clock, 10, Duration::from_secs(30)),
            address: Limiter::new(clock, 50, Duration::from_secs(2)),
            link: Limiter::new(clock, 20, Duration::from_secs(10)),
            begin: Limiter::new(clock, 60, Duration::from_secs(1)),
            token: Limiter::new(clock, 6_000, Duration::from_micros(500)),
            unknown: Limiter::new(clock, 100, Duration::from_millis(100)),
        }
    }

    /// An attempt to sign in with a password: 10 per account, then one every 30 seconds; 50 per
    /// address, then one every 2 seconds.
    pub fn sign_in(&self, tenant: &str, account: &str, address: IpAddr) -> Result<()> {
        self.address.check(&key(address))?;
        self.account.check(&format!("{tenant}/{}", account.to_lowercase()))
    }

    /// An attempt to use a one-time link: 20 per address, then one every 10 seconds.
    pub fn link(&self, address: IpAddr) -> Result<()> {
        self.link.check(&key(address))
    }

    /// Beginning to sign in with a passkey or at an OpenID provider, or coming back from there:
    /// 60 per address, then one a second.
    pub fn begin(&self, address: IpAddr) -> Result<()> {
        self.begin.check(&key(address))
    }

    /// A call of the API with a token: 6,000 at once, then 2,000 a second.
    pub fn token(&self, token: &TokenId) -> Result<()> {
        self.token.check(token.as_str())
    }

    /// A request with a token that is none, or to a public page that works hard: 100 per address,
    /// then ten a second.
    pub fn unknown(&self, address: IpAddr) -> Result<()> {
        self.unknown.check(&key(address))
    }
}

#[cfg(test)]
mod tests {
    use jiff::{SignedDuration, Timestamp};

    use super::*;

    #[test]
    fn an_account_rests_after_ten_attempts() {
        let clock = Clock::fixed(Timestamp::from_second(1_700_000_000).unwrap());
        let limits = RateLimits::new(&clock);
        let address: IpAddr = "192.0.2.1".parse().unwrap();
        for _ in 0..10 {
            limits.sign_in("a", "X@y.example", address).unwrap();
        }
        assert!(matches!(limits.sign_in("a", "x@y.example", address), Err(Error::TooMany { retry_after: 1..=31 })));
        limits.sign_in("b", "x@y.example", address).unwrap();
        clock.advance(SignedDuration::from_secs(31));
        limits.sign_in("a", "x@y.example", address).unwrap();
    }

    #[test]
    fn addresses_of_one_network_count_as_one() {
        let clock = Clock::fixed(Timestamp::from_second(1_700_000_000).unwrap());
        let limits = RateLimits::new(&clock);
        let address = |n: u16| IpAddr::from([0x2001, 0xdb8, 0, 1, 0, 0, 0, n]);
        assert_eq!((0..100).filter(|n| limits.link(address(*n)).is_ok()).count(), 20);
        assert_eq!(key("::ffff:192.0.2.1".parse().unwrap()), "192.0.2.1");
    }
}
