//! What is too much.

use super::section;

section! {
    /// What is too much.
    Limits in "limits";
    /// Bytes of one request.
    request_bytes: u64 = 256 << 20, "268435456", "So viele Bytes darf eine Anfrage höchstens haben (auch ein ZIP mit vielen Rechnungen).";
    /// Seconds that a request may take.
    request_seconds: u64 = 30, "30", "So lange darf eine Anfrage höchstens dauern, in Sekunden.";
    /// Seconds that an upload may take.
    upload_seconds: u64 = 900, "900", "So lange darf eine Übertragung von Dateien höchstens dauern, in Sekunden.";
    /// Seconds in which the head of a request must arrive.
    head_seconds: u64 = 10, "10", "In so vielen Sekunden muss der Kopf einer Anfrage angekommen sein (langsame Clients).";
    /// Seconds without a byte of the body or of the answer after which a connection is dropped.
    body_idle_seconds: u64 = 20, "20", "Nach so vielen Sekunden ohne ein Byte wird eine Übertragung abgebrochen, in beiden Richtungen.";
    /// Connections at once.
    connections: usize = 1024, "1024", "So viele Verbindungen nimmt ein Knoten gleichzeitig an; weitere warten.";
    /// Connections of one address at once.
    connections_per_address: usize = 256, "256", "So viele davon darf eine einzelne Adresse haben; weitere werden sofort geschlossen. Proxys aus proxy.trusted zählen nicht.";
    /// Jobs at once.
    jobs: usize = 4, "4", "So viele Hintergrundaufgaben laufen auf einem Knoten gleichzeitig.";
    /// Seconds that requests get to end when the server stops.
    drain_seconds: u64 = 20, "20", "So lange dürfen laufende Anfragen beim Anhalten noch brauchen, in Sekunden.";
}
