//! A desk for tests: a store in a folder that goes away, one tenant, a clock that stands.

use std::path::PathBuf;

use vir_invoice_desk::MIGRATIONS;
use vir_invoice_desk::intake::{Receipt, Received, receive};
use vir_invoice_desk::invoice_row::{Channel, InvoiceId, InvoiceRow};
use vir_store::{Clock, Config, Store, TenantId, Tx};

pub struct Desk {
    pub store: Store,
    pub tenant: TenantId,
    pub folder: PathBuf,
}

/// 2026-11-22, noon in Germany.
pub fn noon() -> Clock {
    Clock::fixed("2026-11-22T11:00:00Z".parse().unwrap())
}

impl Desk {
    pub async fn new(name: &str) -> Self {
        let folder = std::env::temp_dir().join(format!("vir-desk-{name}-{}", std::process::id()));
        let _ = std::fs::remove_dir_all(&folder);
        let store = Store::open(Config::folder(&folder), &[MIGRATIONS], noon()).await.unwrap();
        let tenant: TenantId = "musterstadt".parse().unwrap();
        store.create_tenant(&tenant, "Stadt Musterstadt").await.unwrap();
        Self { store, tenant, folder }
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

impl Drop for Desk {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}
