//! The configuration: one documented file, the environment, and defaults that need neither.
//!
//! Every setting stands in one of the files here, with its default and its text for the operator
//! guide. A variable of the environment overrides the file: `VIR_LISTEN`, `VIR_DATABASE_URL`.
//!
//! Invariant: a value that is not understood stops the start, and says where it stands and what
//! is expected; nothing is guessed.

mod archive;
mod channels;
mod housekeeping;
mod limits;
mod network;
mod read;
mod reference;
mod running;
mod seal;
mod setting;
mod storage;
mod value;

use std::net::SocketAddr;
use std::path::PathBuf;

pub use archive::Archive;
pub use channels::Channels;
pub use housekeeping::Housekeeping;
pub use limits::Limits;
pub use network::{Outbound, Proxy, Tls};
pub use read::{ConfigError, FILE, read, read_with};
pub use reference::reference;
pub use running::{Log, LogForm, Mail, Metrics, Session};
pub use seal::Seal;
pub use setting::Setting;
pub use storage::{Blobs, Database};
pub use value::{Network, Secret};

use setting::section;

section! {
    /// Everything that can be configured.
    Config in "";
    /// The name in the header before somebody is signed in.
    name: String = "vir".to_owned(), "\"Rechnungen der Stadt Musterstadt\"", "Name in der Kopfzeile, solange niemand angemeldet ist.";
    /// Where the server listens.
    listen: SocketAddr = SocketAddr::from(([127, 0, 0, 1], 8080)), "\"127.0.0.1:8080\"",
        "Adresse und Port, an denen der Server lauscht. Für andere Rechner: „0.0.0.0:8080“, dann mit [tls] oder hinter einem Proxy.";
    /// Under which address people reach it.
    public_url: Option<String> = None, "\"https://rechnung.musterstadt.example\"",
        "Adresse, unter der Menschen den Server erreichen; für Verweise in E-Mails, Passkeys und OpenID.";
    /// The data folder.
    data: PathBuf = PathBuf::from("vir-data"), "\"/var/lib/vir\"", "Datenordner.";
    /// The key with which secrets in the database are sealed.
    key_file: Option<PathBuf> = None, "\"/run/credentials/vir/key\"",
        "Datei mit dem Schlüssel (mindestens 32 zufällige Zeichen), unter dem Geheimnisse in der Datenbank verschlüsselt sind: Passwörter der Postfächer, Geheimnisse des Anmeldedienstes und der Webhooks. Auf allen Knoten derselbe. Ohne Angabe: Datei „key“ im Datenordner, die beim ersten Start angelegt wird; mit PostgreSQL ein Schlüssel in der Datenbank selbst, was eine Kopie der Datenbank nicht schützt.";
    /// Shows invented data, and says so.
    demo: bool = false, "false", "Zeigt an, dass alle Daten erfunden sind; wird von „vir serve --demo“ gesetzt.";
    /// Whom to ask, on public pages.
    contact: Option<String> = None, "\"it@musterstadt.example\"", "Wen man fragen kann; steht auf öffentlichen Seiten.";
    /// Who is responsible, on the page *Impressum*.
    imprint: Option<String> = None, "\"Stadt Musterstadt, Marktplatz 1, 12345 Musterstadt\"", "Wer verantwortlich ist; steht im Impressum.";
    /// Databases.
    database: Database = Database::default(), "", "";
    /// Documents.
    blobs: Blobs = Blobs::default(), "", "";
    /// Encryption.
    tls: Tls = Tls::default(), "", "";
    /// Proxies in front.
    proxy: Proxy = Proxy::default(), "", "";
    /// Requests of the server itself.
    outbound: Outbound = Outbound::default(), "", "";
    /// Sessions.
    session: Session = Session::default(), "", "";
    /// Ways in.
    channels: Channels = Channels::default(), "", "";
    /// Where records are kept.
    archive: Archive = Archive::default(), "", "";
    /// Who seals.
    seal: Seal = Seal::default(), "", "";
    /// What is too much.
    limits: Limits = Limits::default(), "", "";
    /// What is done at night.
    housekeeping: Housekeeping = Housekeeping::default(), "", "";
    /// The log.
    log: Log = Log::default(), "", "";
    /// Figures.
    metrics: Metrics = Metrics::default(), "", "";
    /// Mail that the server sends.
    mail: Mail = Mail::default(), "", "";
}

impl Config {
    /// The address under which people reach the server, without a slash at the end.
    #[must_use]
    pub fn url(&self) -> String {
        self.public_url.as_deref().map_or_else(
            || {
                let scheme = if self.tls.certificate.is_some() { "https" } else { "http" };
                let host = if self.listen.ip().is_unspecified() || self.listen.ip().is_loopback() {
                    "localhost".to_owned()
                } else {
                    self.listen.ip().to_string()
                };
                format!("{scheme}://{host}:{}", self.listen.port())
            },
            |url| url.trim_end_matches('/').to_owned(),
        )
    }

    /// Where the store is.
    #[must_use]
    pub fn store(&self) -> vir_store::Config {
        let mut store = vir_store::Config::folder(&self.data);
        if let Some(url) = &self.database.url {
            store = store.with_postgres(vir_store::Postgres {
                url: url.reveal().to_owned(),
                owner_url: self.database.owner_url.as_ref().map(|url| url.reveal().to_owned()),
                connections: self.database.connections,
            });
        }
        if let (Some(endpoint), Some(secret)) = (&self.blobs.endpoint, &self.blobs.secret_key) {
            store = store.with_s3(vir_store::S3 {
                endpoint: endpoint.clone(),
                region: self.blobs.region.clone(),
                bucket: self.blobs.bucket.clone(),
                prefix: self.blobs.prefix.clone(),
                access_key: self.blobs.access_key.clone(),
                secret_key: secret.reveal().to_owned(),
            });
        }
        store
    }
}

/// All settings, in the order of the reference.
#[must_use]
pub fn settings() -> Vec<Setting> {
    let sections = [
        Config::SETTINGS,
        Database::SETTINGS,
        Blobs::SETTINGS,
        Tls::SETTINGS,
        Proxy::SETTINGS,
        Outbound::SETTINGS,
        Session::SETTINGS,
        Channels::SETTINGS,
        Archive::SETTINGS,
        Seal::SETTINGS,
        Limits::SETTINGS,
        Housekeeping::SETTINGS,
        Log::SETTINGS,
        Metrics::SETTINGS,
        Mail::SETTINGS,
    ];
    sections.into_iter().flatten().copied().filter(|setting| !setting.text.is_empty()).collect()
}
