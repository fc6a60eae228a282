//! A site with invoices in its store, and a look into it.

use vir_invoice_desk::block;
use vir_invoice_desk::intake::{Received, receive};
use vir_invoice_desk::invoice_row::Channel;
use vir_store::Tx;
use vir_web::test::Site;

const UBL: &str = include_str!("../../../invoice/samples/xrechnung-ubl.xml");

/// A site with so many invoices, each with a number of its own, and then this done to them.
pub async fn site(many: usize, then: &'static str) -> (Site, Vec<String>) {
    let site = Site::new(vec![block()]).await;
    let mut ids = Vec::new();
    for index in 0..many {
        let bytes = UBL.replacen("<cbc:ID>", &format!("<cbc:ID>N{index}-"), 1).into_bytes();
        let receipt = receive(&site.app.store, &site.tenant, Received::new(Channel::Upload, "r.xml", bytes)).await;
        ids.push(receipt.unwrap().id.to_string());
    }
    execute(&site, then).await;
    (site, ids)
}

/// Does this to the store.
pub async fn execute(site: &Site, sql: &'static str) {
    let write =
        site.app.store.write(&site.tenant, move |tx: &mut Tx| Box::pin(async move { tx.execute(sql, &[]).await }));
    let _: u64 = write.await.unwrap();
}

/// The number that this names `n`.
pub async fn number(site: &Site, sql: &'static str) -> i64 {
    let read =
        site.app.store.read(&site.tenant, move |tx: &mut Tx| Box::pin(async move { tx.one(sql, &[]).await?.int("n") }));
    read.await.unwrap()
}
