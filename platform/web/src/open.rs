//! Opens everything that the server, and the commands that work on its data, stand on.
//!
//! Invariant: the tables are there, and of this version, before anybody reads them.

use vir_store::{Clock, Migrations, Store, SystemTx, args, migrations};

use crate::config::Config;
use crate::serve::Figures;
use crate::{App, Block, csrf, key_file};

/// The tables of this crate.
pub const MIGRATIONS: Migrations =
    Migrations::tenant("web", migrations!["0001_web", "0002_housekeeping"]).with_system(migrations!["0001_web_system"]);

/// The tables of the platform and of these blocks, in the order in which they are made.
#[must_use]
pub fn migrations(blocks: &[Block]) -> Vec<Migrations> {
    let mut all = vec![vir_auth::MIGRATIONS, MIGRATIONS];
    all.extend(blocks.iter().map(|block| block.migrations));
    all
}

impl App {
    /// Opens the store of this configuration.
    pub async fn open(
        config: Config,
        blocks: Vec<Block>,
        clock: Clock,
        figures: Option<Figures>,
    ) -> Result<Self, vir_store::Error> {
        let store = Store::open(config.store(), &migrations(&blocks), clock).await?;
        let key = shared_key(&store).await?;
        let vault = key_file::vault(&store, &config).await?;
        let app = Self::with_vault(store, config, blocks, key, vault, figures);
        // Before anything is published: an event is told to those who listen at that time.
        let (_, subscriptions) = crate::work::of(&app);
        app.store.listen(&subscriptions);
        Ok(app)
    }
}

/// The key of all nodes: whoever comes first makes it.
async fn shared_key(store: &Store) -> Result<csrf::Key, vir_store::Error> {
    let fresh: [u8; 32] = rand::random();
    store
        .system_write(move |tx: &mut SystemTx| {
            Box::pin(async move {
                let now = tx.now();
                let sql = "insert into web_key (name, bytes, created_at) values ('forms', $1, $2)
                    on conflict (name) do nothing";
                tx.execute(sql, &args![fresh.to_vec(), now]).await?;
                let bytes = tx.one("select bytes from web_key where name = 'forms'", &[]).await?.bytes("bytes")?;
                let bytes: [u8; 32] = bytes
                    .try_into()
                    .map_err(|_| vir_store::Error::Config("the key of the forms is damaged".to_owned()))?;
                Ok(csrf::Key::new(bytes))
            })
        })
        .await
}
