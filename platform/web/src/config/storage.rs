//! Where everything is kept: a database for the rows, a place for the documents.

use std::path::PathBuf;

use super::section;
use super::value::Secret;

section! {
    /// Databases.
    Database in "database";
    /// A PostgreSQL server; without it SQLite files in the data folder.
    url: Option<Secret> = None, "\"postgres://vir:…@db.example/vir\"",
        "Adresse eines PostgreSQL-Servers (ab 15) mit einer Rolle, die weder Eigentümerin noch Superuser ist. Ohne Angabe: SQLite-Dateien im Datenordner.";
    /// A file that holds the address.
    url_file: Option<PathBuf> = None, "\"/run/credentials/vir/database\"", "Datei, in der diese Adresse steht.";
    /// The same database as its owner, to apply migrations.
    owner_url: Option<Secret> = None, "\"postgres://vir_owner:…@db.example/vir\"",
        "Dieselbe Datenbank als Eigentümerin, um beim Start das Schema zu aktualisieren. Ohne Angabe muss das jemand anders tun.";
    /// A file that holds the owner's address.
    owner_url_file: Option<PathBuf> = None, "\"/run/credentials/vir/database-owner\"", "Datei, in der diese Adresse steht.";
    /// How many connections this node opens at most.
    connections: u32 = 16, "16", "So viele Verbindungen öffnet dieser Knoten höchstens.";
}

section! {
    /// Documents.
    Blobs in "blobs";
    /// An S3-compatible storage; without it a folder.
    endpoint: Option<String> = None, "\"https://s3.example\"",
        "Adresse eines S3-kompatiblen Objektspeichers. Ohne Angabe: Ordner „blobs“ im Datenordner.";
    /// Its region; many storages take any.
    region: String = "eu-central-1".to_owned(), "\"eu-central-1\"", "Region; viele Speicher nehmen jede.";
    /// The bucket; it must exist.
    bucket: String = "vir".to_owned(), "\"vir\"", "Bucket; er muss bestehen.";
    /// What the names of all objects begin with.
    prefix: String = String::new(), "\"\"", "Womit die Namen aller Objekte beginnen.";
    /// The key's name.
    access_key: String = String::new(), "\"vir\"", "Name des Schlüssels.";
    /// The key.
    secret_key: Option<Secret> = None, "\"…\"", "Der Schlüssel.";
    /// A file that holds the key.
    secret_key_file: Option<PathBuf> = None, "\"/run/credentials/vir/s3\"", "Datei, in der der Schlüssel steht.";
}
