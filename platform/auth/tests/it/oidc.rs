//! Log-in at a real OpenID provider: npm `oidc-provider`, installed into the target folder.

use std::collections::BTreeMap;
use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use vir_auth::{Arrival, Auth, Departure, Error, Provider};

use crate::support::{Town, town};

const BACK: &str = "https://rechnung.example/anmelden/dienst/zurueck";

struct Service {
    child: Child,
    issuer: String,
}

impl Drop for Service {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The provider, or why it is not there.
fn service() -> Result<Service, String> {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/provider");
    let place = Path::new(env!("CARGO_TARGET_TMPDIR")).join("openid-provider");
    std::fs::create_dir_all(&place).map_err(|error| error.to_string())?;
    for name in ["package.json", "provider.mjs"] {
        std::fs::copy(source.join(name), place.join(name)).map_err(|error| error.to_string())?;
    }
    if !place.join("node_modules/oidc-provider").is_dir() {
        let npm =
            Command::new("npm").args(["install", "--no-audit", "--no-fund", "--silent"]).current_dir(&place).output();
        match npm {
            Ok(output) if output.status.success() => {}
            Ok(output) => return Err(String::from_utf8_lossy(&output.stderr).into_owned()),
            Err(error) => return Err(format!("npm: {error}")),
        }
    }
    let mut child = Command::new("node")
        .arg("provider.mjs")
        .current_dir(&place)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .map_err(|error| format!("node: {error}"))?;
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let issuer = lines.by_ref().map_while(Result::ok).find(|line| line.starts_with("http://"));
    // What it says later goes nowhere, but must be read: a full pipe would stop it.
    std::thread::spawn(move || lines.for_each(drop));
    Ok(Service { child, issuer: issuer.ok_or("the provider did not start")? })
}

/// A browser at the provider: follows it until it sends us back, and gives state and code.
async fn visit(departure: &Departure, who: &str) -> (String, String) {
    let http = reqwest::Client::builder()
        .redirect(reqwest::redirect::Policy::none())
        .tls_backend_preconfigured(crate::support::tls())
        .build()
        .unwrap();
    let mut jar: BTreeMap<String, String> = BTreeMap::new();
    let mut at: reqwest::Url = format!("{}&login_hint={who}", departure.address).parse().unwrap();
    for _ in 0..10 {
        let cookies: Vec<_> = jar.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let response = http.get(at.clone()).header("cookie", cookies.join("; ")).send().await.unwrap();
        for cookie in response.headers().get_all("set-cookie") {
            let (name, value) = cookie.to_str().unwrap().split(';').next().unwrap().split_once('=').unwrap();
            jar.insert(name.to_owned(), value.to_owned());
        }
        let status = response.status();
        let Some(next) = response.headers().get("location").map(|next| next.to_str().unwrap().to_owned()) else {
            panic!("{status} at {at}: {}", response.text().await.unwrap());
        };
        at = at.join(&next).unwrap();
        if at.as_str().starts_with(BACK) {
            let pairs: BTreeMap<String, String> = at.query_pairs().into_owned().collect();
            return (pairs["state"].clone(), pairs.get("code").cloned().unwrap_or_default());
        }
    }
    panic!("the provider goes round in circles");
}

async fn arrive(auth: &Auth, town: &Town, who: &str) -> Result<Arrival, Error> {
    let departure = auth.begin_oidc(&town.tenant, BACK, "/eingang").await?;
    let (state, code) = visit(&departure, who).await;
    auth.finish_oidc(&town.tenant, (&state, &code), &departure.binding, "", None).await
}

#[tokio::test]
async fn people_come_from_a_real_provider() {
    let service = match service() {
        Ok(service) => service,
        Err(reason) => {
            vir_testkit::missing(&format!("no OpenID provider on this machine: {reason}"));
            return;
        }
    };
    let town = town().await;
    town.clock.set(jiff::Timestamp::now());
    let (auth, chief) = (&town.auth, town.chief().await);
    let group = auth.add_group(&chief, "Prüfung").await.unwrap();
    auth.change_group(&chief, &group, "Prüfung", Some("rechnung-pruefung"), [].into()).await.unwrap();
    let provider = Provider {
        enabled: true,
        issuer: service.issuer.clone(),
        client_id: "vir".to_owned(),
        client_secret: "a/secret with+signs".to_owned(),
        ..Provider::default()
    };
    let wrong = Provider { issuer: format!("{}/nowhere", service.issuer), ..provider.clone() };
    assert!(matches!(auth.set_provider(&chief, wrong).await, Err(Error::Invalid { field: "issuer", .. })));
    auth.set_provider(&chief, provider.clone()).await.unwrap();

    // Known by a confirmed address; afterwards by the subject.
    let arrival = arrive(auth, &town, "erika").await.unwrap();
    assert_eq!((&arrival.signed_in.principal.person, arrival.next.as_str()), (&town.chief, "/eingang"));
    assert_eq!(arrive(auth, &town, "erika").await.unwrap().signed_in.principal.person, town.chief);
    // An address that nobody confirmed is nobody's.
    assert!(matches!(arrive(auth, &town, "mallory").await, Err(Error::Refused)));
    // Nobody is added before that is wanted, and then only members of our groups.
    assert!(matches!(arrive(auth, &town, "bert").await, Err(Error::Refused)));
    auth.set_provider(&chief, Provider { provision: true, client_secret: String::new(), ..provider }).await.unwrap();
    assert!(matches!(arrive(auth, &town, "fremd").await, Err(Error::Refused)));
    let bert = arrive(auth, &town, "bert").await.unwrap().signed_in.principal;
    assert_eq!(bert.name, "Bert Bau");
    let directory = auth.directory(&town.tenant).await.unwrap();
    assert!(directory.groups[&group].members.contains(&bert.person));

    // Closed here is closed, whatever the provider says.
    auth.set_active(&chief, &bert.person, false).await.unwrap();
    assert!(matches!(arrive(auth, &town, "bert").await, Err(Error::Refused)));

    // An answer belongs to the browser that asked, and counts once.
    let departure = auth.begin_oidc(&town.tenant, BACK, "/").await.unwrap();
    let (state, code) = visit(&departure, "erika").await;
    let finish =
        async |binding: &str, code: &str| auth.finish_oidc(&town.tenant, (&state, code), binding, "", None).await;
    assert!(matches!(finish("another browser", &code).await, Err(Error::Provider(_))));
    assert!(matches!(finish(&departure.binding, &code).await, Err(Error::Provider(_))), "used up");
    let departure = auth.begin_oidc(&town.tenant, BACK, "/").await.unwrap();
    let (state, _) = visit(&departure, "erika").await;
    let guessed = auth.finish_oidc(&town.tenant, (&state, "guessed"), &departure.binding, "", None).await;
    assert!(matches!(guessed, Err(Error::Provider(_))));
}
