//! BR-nn: fields that must be there, and what their values must not be.

pub(super) mod breakdown;
pub(super) mod document;
pub(super) mod lines;
pub(super) mod parties;
pub(super) mod payment;
mod texts;

use super::{cii, ubl};
pub use texts::TextSets;

/// The texts of repairs that many rules share.
mod repairs {
    use vir_core::Phrase;

    /// A value that only the issuer knows is missing.
    pub(super) const SUPPLY: Phrase = Phrase::new(
        "Die Angabe ergänzen und die Rechnung neu ausgeben.",
        "Supply the value and export the invoice again.",
    );
    /// The software left something out that it always has to write.
    pub(super) const SOFTWARE: Phrase = Phrase::new(
        "Die Rechnungssoftware muss diese Angabe schreiben; bitte an den Hersteller wenden.",
        "The invoicing software has to write this; please turn to its maker.",
    );
    /// A reason is missing.
    pub(super) const REASON: Phrase = Phrase::new(
        "Einen Grund als Text oder einen Code dafür angeben, zum Beispiel „Rabatt“ oder 95.",
        "State a reason as text or its code, for example \"Discount\" or 95.",
    );
}
