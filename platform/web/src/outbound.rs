//! Requests that the server itself makes.
//!
//! What a tenant's administrator may name (the address of a webhook) must not become a way into
//! the network of the operator: names are resolved here, and only public addresses are connected
//! to, unless the operator has opened a private network.
//!
//! Invariant: the address that was judged is the address that is connected to.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use reqwest::dns::{Addrs, Name, Resolve, Resolving};

use crate::config::{Network, Outbound};

/// How long one request may take in all.
const TAKES: Duration = Duration::from_secs(15);

/// A client for addresses that the operator has named (OpenID providers).
#[must_use]
pub fn client() -> reqwest::Client {
    builder().build().expect("a client of fixed settings can be made")
}

/// A client for addresses that a tenant has named.
#[must_use]
pub fn guarded_client(outbound: &Outbound) -> reqwest::Client {
    let guard = Guard { allow: outbound.allow.clone().into() };
    builder().dns_resolver(Arc::new(guard)).build().expect("a client of fixed settings can be made")
}

fn builder() -> reqwest::ClientBuilder {
    let mut roots = rustls::RootCertStore::empty();
    roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let tls = rustls::ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .expect("ring speaks TLS 1.2 and 1.3")
        .with_root_certificates(roots)
        .with_no_client_auth();
    reqwest::Client::builder()
        .tls_backend_preconfigured(tls)
        .redirect(reqwest::redirect::Policy::none())
        .no_proxy()
        .timeout(TAKES)
        .connect_timeout(Duration::from_secs(5))
        .pool_max_idle_per_host(2)
        .user_agent(concat!("vir/", env!("CARGO_PKG_VERSION")))
}

/// May a webhook be sent there? `Err` says in German and English why not.
pub fn check_url(url: &str, outbound: &Outbound) -> Result<reqwest::Url, vir_core::Text> {
    let text = vir_core::Text::new;
    let url: reqwest::Url = url.trim().parse().map_err(|_| {
        text("Das ist keine vollständige Adresse (https://…).", "This is no complete address (https://…).")
    })?;
    let plain = url.scheme() == "http" && outbound.allow_http;
    if url.scheme() != "https" && !plain {
        return Err(text("Die Adresse muss mit https:// beginnen.", "The address must begin with https://."));
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err(text(
            "Name und Passwort gehören nicht in die Adresse.",
            "Name and password do not belong into the address.",
        ));
    }
    let literal = url.host_str().and_then(|host| host.trim_matches(['[', ']']).parse::<IpAddr>().ok());
    if url.host_str().is_none() || literal.is_some_and(|address| !is_allowed(address, &outbound.allow)) {
        return Err(text(
            "Diese Adresse liegt in einem privaten Netz; der Betrieb müsste es freigeben ([outbound] allow).",
            "This address is in a private network; the operator would have to open it ([outbound] allow).",
        ));
    }
    Ok(url)
}

struct Guard {
    allow: Arc<[Network]>,
}

impl Resolve for Guard {
    fn resolve(&self, name: Name) -> Resolving {
        let allow = Arc::clone(&self.allow);
        Box::pin(async move {
            let found = tokio::net::lookup_host((name.as_str(), 0)).await?;
            let public: Vec<SocketAddr> = found.filter(|address| is_allowed(address.ip(), &allow)).collect();
            if public.is_empty() {
                return Err("the name has no public address".into());
            }
            Ok(Box::new(public.into_iter()) as Addrs)
        })
    }
}

fn is_allowed(address: IpAddr, allow: &[Network]) -> bool {
    let address = address.to_canonical();
    allow.iter().any(|network| network.contains(address))
        || match address {
            IpAddr::V4(address) => is_public_v4(address),
            IpAddr::V6(address) => is_public_v6(address),
        }
}

/// Not one of the special purposes of RFC 6890.
fn is_public_v4(address: Ipv4Addr) -> bool {
    let [a, b, c, _] = address.octets();
    !(address.is_private()
        || address.is_loopback()
        || address.is_link_local()
        || address.is_multicast()
        || address.is_documentation()
        || a == 0
        || (a == 100 && (64..128).contains(&b))
        || (a == 192 && b == 0 && c == 0)
        || (a == 198 && (18..20).contains(&b))
        || a >= 240)
}

/// Global unicast that leads to no address of version 4 in disguise.
fn is_public_v6(address: Ipv6Addr) -> bool {
    let [a, b, ..] = address.segments();
    // 2000::/3 is what is given out; of it not: documentation, Teredo, 6to4, benchmarking, ORCHID.
    (a & 0xe000) == 0x2000 && !(a == 0x2001 && b < 0x200) && !(a == 0x2001 && b == 0x0db8) && a != 0x2002 && a != 0x3fff
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_public_addresses_are_reached() {
        let none = Outbound::default();
        let open = Outbound { allow: vec!["10.0.0.0/8".parse().unwrap()], allow_http: true };
        for url in [
            "https://127.0.0.1/",
            "https://127.1/",
            "https://2130706433/",
            "https://0x7f000001/",
            "https://[::1]/",
            "https://[::ffff:127.0.0.1]/",
            "https://[::ffff:7f00:1]/",
            "https://[fe80::1]/",
            "https://[fd00::1]/",
            "https://[2002:7f00:1::]/",
            "https://[64:ff9b::7f00:1]/",
            "https://10.0.0.1/",
            "https://169.254.169.254/latest/meta-data",
            "https://100.64.0.1/",
            "https://0.0.0.0/",
            "http://example.org/",
            "ftp://example.org/",
            "file:///etc/passwd",
            "https://user:pass@example.org/",
            "nonsense",
        ] {
            assert!(check_url(url, &none).is_err(), "{url}");
        }
        assert!(check_url("https://example.org/hook", &none).is_ok());
        assert!(check_url("https://93.184.216.34/", &none).is_ok());
        assert!(check_url("http://10.1.2.3/hook", &open).is_ok());
        assert!(check_url("http://127.0.0.1/hook", &open).is_err());
    }

    #[tokio::test]
    async fn a_name_that_leads_inside_is_refused() {
        let client = guarded_client(&Outbound::default());
        let error = client.get("https://localhost:9/").send().await.unwrap_err();
        assert!(format!("{error:?}").contains("no public address"), "{error:?}");
    }
}
