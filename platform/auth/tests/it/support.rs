//! A store in a folder that goes away, and a tenant in it.

use std::cell::Cell;
use std::path::PathBuf;

use jiff::Timestamp;
use vir_auth::{
    Auth, BlockPermissions, Config, DefaultRole, Founding, MIGRATIONS, NewPerson, PermissionInfo, PersonId, PersonKind,
    Principal, Profile, State,
};
use vir_core::{Lang, Phrase};
use vir_store::{Clock, Store, TenantId};

pub const PASSWORD: &str = "vier Esel tanzen Walzer";

/// A block as desks declare theirs.
pub const DESK: BlockPermissions = BlockPermissions {
    title: Phrase::new("Rechnungen", "Invoices"),
    permissions: &[
        PermissionInfo {
            name: "invoice.see",
            text: Phrase::new("Rechnungen sehen", "See invoices"),
            roles: &[DefaultRole::Clerk, DefaultRole::Orderer, DefaultRole::Head, DefaultRole::Auditor],
            limited: false,
        },
        PermissionInfo {
            name: "invoice.order",
            text: Phrase::new("Zahlungen anordnen", "Order payments"),
            roles: &[DefaultRole::Orderer],
            limited: true,
        },
    ],
};

pub struct Town {
    pub auth: Auth,
    pub store: Store,
    pub clock: Clock,
    pub tenant: TenantId,
    pub chief: PersonId,
    folder: PathBuf,
}

impl Drop for Town {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

impl Town {
    /// The administrator.
    pub async fn chief(&self) -> Principal {
        self.auth.principal(&self.tenant, &self.chief).await.unwrap().unwrap()
    }

    /// A person with a password and no rights.
    pub async fn person(&self, name: &str, email: &str) -> PersonId {
        let new = NewPerson { kind: PersonKind::Human, name: name.to_owned(), email: email.to_owned(), lang: Lang::De };
        let person = self.auth.add_person(&self.chief().await, new).await.unwrap();
        self.auth.set_demo_password(&self.tenant, &person, PASSWORD).await.unwrap();
        person
    }

    pub async fn audit(&self) -> Vec<String> {
        self.store
            .read(&self.tenant, |tx| {
                Box::pin(async move {
                    let rows = tx.all("select action from audit order by seq", &[]).await?;
                    rows.iter().map(|row| row.text("action")).collect::<Result<Vec<_>, vir_store::Error>>()
                })
            })
            .await
            .unwrap()
    }
}

thread_local! {
    /// Shall stores of this thread be on PostgreSQL and S3?
    pub static DISTRIBUTED: Cell<bool> = const { Cell::new(false) };
}

pub async fn empty() -> (Auth, Store, Clock, PathBuf) {
    let folder = std::env::temp_dir().join(format!("vir-auth-{:032x}", rand::random::<u128>()));
    let clock = Clock::fixed("2026-11-22T09:00:00Z".parse::<Timestamp>().unwrap());
    let place = match DISTRIBUTED.get() || vir_testkit::stores::distributed() {
        true => vir_testkit::stores::places(&folder).into_iter().nth(1).expect("PostgreSQL and the S3 server").1,
        false => vir_store::Config::folder(&folder),
    };
    let store = Store::open(place, &[MIGRATIONS], clock.clone()).await.unwrap();
    let http = reqwest::Client::builder()
        .redirect(reqwest::redirect::Policy::none())
        .tls_backend_preconfigured(tls())
        .build()
        .unwrap();
    (Auth::new(store.clone(), &[DESK], Config::default(), http), store, clock, folder)
}

pub fn tls() -> rustls::ClientConfig {
    rustls::ClientConfig::builder_with_provider(rustls::crypto::ring::default_provider().into())
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(rustls::RootCertStore::empty())
        .with_no_client_auth()
}

pub fn founding() -> Founding {
    Founding {
        profile: Profile {
            name: "Gemeinde Musterdorf".to_owned(),
            state: State::Niedersachsen,
            leitweg_ids: vec!["991-33333TEST-33".to_owned()],
        },
        short: None,
        name: "Erika Muster".to_owned(),
        email: "Erika@musterdorf.example".to_owned(),
        lang: Lang::De,
        works_too: false,
    }
}

pub async fn town() -> Town {
    let (auth, store, clock, folder) = empty().await;
    let (tenant, chief) = auth.found(founding()).await.unwrap();
    auth.set_demo_password(&tenant, &chief, PASSWORD).await.unwrap();
    Town { auth, store, clock, tenant, chief, folder }
}
