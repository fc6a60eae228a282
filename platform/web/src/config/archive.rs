//! Where records are kept, and who stamps them.

use std::path::PathBuf;

use super::section;

section! {
    /// Where records are kept, and who stamps them.
    Archive in "archive";
    /// The folder in which each tenant's depot lies.
    depot: Option<PathBuf> = None, "\"/srv/archiv\"",
        "Ordner der Magazine (OCFL), je Mandant einer darin; am besten ein eigenes Dateisystem. Ohne Angabe „archiv“ im Datenordner.";
    /// Do the depots lie in the bucket of the documents?
    in_bucket: bool = false, "true",
        "Magazine im S3-Speicher von [blobs] statt in einem Ordner, für mehrere Knoten ohne gemeinsames Dateisystem. Ein Magazin gehört immer einem Knoten zur Zeit; fällt er aus, wartet der nächste bis zu einer halben Minute.";
    /// The folder of the second copies.
    replica: Option<PathBuf> = None, "\"/mnt/zweitkopie\"",
        "Ordner der Zweitkopien, auf einem anderen Gerät. Jede Einlieferung ist erst bestätigt, wenn sie in beiden liegt; der Prüfer repariert das eine aus dem anderen.";
    /// Time-stamp services.
    time_stamps: Vec<String> = Vec::new(), "[\"https://tsa.example/tsp\"]",
        "Zeitstempeldienste nach RFC 3161, in der Reihenfolge, in der sie gefragt werden. Ohne Angabe entstehen keine Beweisnachweise; für Beweiskraft nach eIDAS muss ein qualifizierter Dienst beauftragt werden.";
    /// DROID's signature file.
    signatures: Option<PathBuf> = None, "\"/var/lib/vir/DROID_SignatureFile.xml\"",
        "Signaturdatei von PRONOM/DROID, an der Formate erkannt werden. Ohne Angabe bleibt das Format unbekannt.";
    /// DROID's container signature file.
    container_signatures: Option<PathBuf> = None, "\"/var/lib/vir/container-signature.xml\"",
        "Container-Signaturen von PRONOM/DROID, für Office-Formate.";
    /// The largest document.
    document_bytes: u64 = 2_147_483_648, "10_737_418_240", "So groß darf ein einzelnes Dokument höchstens sein, in Byte.";
}
