//! A desk for tests: a site with the block, a plan, and people.

use vir_archive_desk::permissions::{DISPOSE, FILE, HOLD, PLAN, PRESERVE, SEE, SEE_RESTRICTED};
use vir_archive_desk::{block, plan, records};
use vir_auth::Principal;
use vir_store::Tx;
use vir_web::Workers;
use vir_web::config::Config;
use vir_web::test::Site;

pub struct Desk {
    pub site: Site,
    pub registry: Principal,
    /// Goes away with the desk.
    _folder: tempfile::TempDir,
}

impl Desk {
    /// A desk with the sample plan.
    pub async fn new() -> Self {
        Self::with(|_| {}).await
    }

    pub async fn with(change: impl FnOnce(&mut Config)) -> Self {
        Self::with_blocks(Vec::new(), change).await
    }

    /// Beside other blocks.
    pub async fn with_blocks(others: Vec<vir_web::Block>, change: impl FnOnce(&mut Config)) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut config = Config::default();
        config.archive.depot = Some(folder.path().join("depot"));
        config.archive.replica = Some(folder.path().join("replica"));
        change(&mut config);
        let mut blocks = others;
        blocks.push(block());
        let site = Site::with(blocks, config).await;
        let registry = site.person("Rike Registratur", &[SEE, SEE_RESTRICTED, FILE, PLAN, HOLD, DISPOSE, PRESERVE]);
        let desk = Self { site, registry, _folder: folder };
        desk.write(|tx| Box::pin(async move { records::save_plan(tx, 0, &plan::sample(), "test").await })).await;
        // From here on somebody listens to events.
        desk.work().await;
        desk
    }

    pub async fn write<T, F>(&self, f: F) -> T
    where
        T: Send + 'static,
        F: for<'a> FnOnce(&'a mut Tx) -> vir_store::BoxFuture<'a, vir_store::Result<T>> + Send + 'static,
    {
        self.site.app.store.write(&self.site.tenant, f).await.unwrap()
    }

    pub async fn read<T, F>(&self, f: F) -> T
    where
        T: Send + 'static,
        F: for<'a> FnOnce(&'a mut Tx) -> vir_store::BoxFuture<'a, vir_store::Result<T>> + Send + 'static,
    {
        self.site.app.store.read(&self.site.tenant, f).await.unwrap()
    }

    /// Does all jobs that wait, until there are none.
    pub async fn work(&self) {
        while Workers::drain(&self.site.app).await.unwrap() > 0 {}
    }

    /// A record in this branch, begun through the page; gives its address.
    pub async fn open(&self, entry: &str, title: &str) -> String {
        let fields = [("entry", entry), ("title", title), ("kind", "file")];
        let reply = self.site.post(&self.registry, "/akten/neu", &fields).await;
        assert_eq!(reply.status, 303, "{}", reply.text());
        reply.location().to_owned()
    }

    /// Takes a step on a record's page, having seen all that happened.
    pub async fn step(&self, record: &str, fields: &[(&str, &str)]) -> vir_web::test::Reply {
        let id = record.rsplit('/').next().unwrap().to_owned();
        let seen = self
            .read(move |tx| {
                Box::pin(async move { Ok(records::load(tx, &id.as_str().into()).await?.unwrap().seen().to_string()) })
            })
            .await;
        let mut all = vec![("seen", seen.as_str())];
        all.extend_from_slice(fields);
        self.site.post(&self.registry, &format!("{record}/schritt"), &all).await
    }
}
