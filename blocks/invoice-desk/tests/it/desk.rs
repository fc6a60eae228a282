//! A desk for tests: a store in a place that goes away, one tenant, a clock that stands.

use std::path::PathBuf;

use vir_invoice_desk::MIGRATIONS;
use vir_invoice_desk::intake::{Receipt, Received, receive};
use vir_invoice_desk::invoice_row::{Channel, InvoiceId, InvoiceRow};
use vir_invoice_desk::mailbox::account::Account;
use vir_mail::Security;
use vir_store::{Clock, Store, TenantId, Tx};
use vir_testkit::stores::Place;

pub struct Desk {
    pub store: Store,
    pub tenant: TenantId,
    pub folder: PathBuf,
    /// Goes away with the desk.
    _place: Option<Place>,
}

/// 2026-11-22, noon in Germany.
pub fn noon() -> Clock {
    Clock::fixed("2026-11-22T11:00:00Z".parse().unwrap())
}

/// A watched mailbox that answers and sends; nobody listens at its servers.
pub fn mailbox(address: &str, sealed: Vec<u8>) -> Account {
    Account {
        id: "m1".into(),
        address: address.into(),
        name: "Stadt Musterstadt".into(),
        imap: ("localhost".into(), 1, Security::StartTls),
        smtp: ("localhost".into(), 1, Security::StartTls),
        user: address.into(),
        sealed,
        certificates: None,
        folder: "INBOX".into(),
        done_folder: "Verarbeitet".into(),
        quarantine_folder: "Quarantäne".into(),
        answers: true,
        notices: true,
        active: true,
        oauth: None,
        looked_at: None,
        trouble: None,
        version: 0,
    }
}

impl Desk {
    pub async fn new(_name: &str) -> Self {
        let place = Place::new(&[MIGRATIONS]).await;
        let store = Store::open(place.config.clone(), &[MIGRATIONS], noon()).await.unwrap();
        let tenant: TenantId = "musterstadt".parse().unwrap();
        store.create_tenant(&tenant, "Stadt Musterstadt").await.unwrap();
        Self { store, tenant, folder: place.folder.clone(), _place: Some(place) }
    }

    /// A desk over a store that stands already.
    pub fn over(store: Store, tenant: TenantId, folder: PathBuf) -> Self {
        Self { store, tenant, folder, _place: None }
    }

    pub async fn receive(&self, channel: Channel, name: &str, bytes: impl Into<Vec<u8>>) -> Receipt {
        receive(&self.store, &self.tenant, Received::new(channel, name, bytes.into())).await.unwrap()
    }

    pub async fn row(&self, id: &InvoiceId) -> InvoiceRow {
        let id = id.clone();
        self.store
            .read(&self.tenant, |tx: &mut Tx| {
                Box::pin(async move { Ok::<_, vir_store::Error>(InvoiceRow::load(tx, &id).await?.unwrap()) })
            })
            .await
            .unwrap()
    }

    pub async fn count(&self, table: &'static str) -> i64 {
        let sql = format!("select count(*) as n from {table}");
        self.store
            .read(&self.tenant, |tx: &mut Tx| Box::pin(async move { tx.one(sql, &[]).await?.int("n") }))
            .await
            .unwrap()
    }
}
