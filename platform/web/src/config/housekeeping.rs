//! What the server does at night.

use super::section;

section! {
    /// What the server does at night.
    Housekeeping in "housekeeping";
    /// The hour at which it begins, local time.
    hour: u32 = 2, "2", "Stunde (0 bis 23, Ortszeit), zu der nachts aufgeräumt wird: Dokumente ohne Eintrag, abgelaufene Sitzungen und Wiederholungsschlüssel, alte Nachrichten an Webhooks.";
    /// After how many days every document is read and compared with its checksum; 0: never.
    scrub_days: u32 = 7, "7", "Nach so vielen Tagen wird jedes Dokument gelesen und mit seiner Prüfsumme verglichen; 0: nie.";
}
