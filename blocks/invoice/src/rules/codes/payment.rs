//! Ways of payment.
//!
//! Source: the lists of CEN EN 16931 1.3.15 and 1.3.16.
//!
//! Invariant: codes and names are sorted.

use vir_core::Phrase;

use super::CodeList;

/// Ways of payment (BT-81).
#[rustfmt::skip]
pub static PAYMENT_MEANS: CodeList = CodeList {
    id: "UNTDID 4461",
    title: Phrase::new("Zahlungsarten", "payment means"),
    codes: &[
        "1", "10", "11", "12", "13", "14", "15", "16", "17", "18", "19", "2", "20", "21", "22", "23", "24",
        "25", "26", "27", "28", "29", "3", "30", "31", "32", "33", "34", "35", "36", "37", "38", "39", "4",
        "40", "41", "42", "43", "44", "45", "46", "47", "48", "49", "5", "50", "51", "52", "53", "54", "55",
        "56", "57", "58", "59", "6", "60", "61", "62", "63", "64", "65", "66", "67", "68", "69", "7", "70",
        "74", "75", "76", "77", "78", "8", "9", "91", "92", "93", "94", "95", "96", "97", "98", "ZZZ",
    ],
    since_2026_07: &[],
    until_2026_01: &[],
    names: &[
        ("1", Phrase::new("Nicht festgelegt", "Not defined")),
        ("10", Phrase::new("Barzahlung", "In cash")),
        ("15", Phrase::new("Gutschrift auf Konto", "Book-entry credit")),
        ("20", Phrase::new("Scheck", "Cheque")),
        ("21", Phrase::new("Bankwechsel", "Banker's draft")),
        ("25", Phrase::new("Bestätigter Scheck", "Certified cheque")),
        ("30", Phrase::new("Überweisung", "Credit transfer")),
        ("31", Phrase::new("Lastschrift (nicht SEPA)", "Debit transfer")),
        ("42", Phrase::new("Zahlung auf ein Bankkonto", "Payment to bank account")),
        ("48", Phrase::new("Bankkarte", "Bank card")),
        ("49", Phrase::new("Lastschrift", "Direct debit")),
        ("50", Phrase::new("Postgiro", "Payment by postgiro")),
        ("54", Phrase::new("Kreditkarte", "Credit card")),
        ("55", Phrase::new("Debitkarte", "Debit card")),
        ("57", Phrase::new("Dauerauftrag", "Standing agreement")),
        ("58", Phrase::new("SEPA-Überweisung", "SEPA credit transfer")),
        ("59", Phrase::new("SEPA-Lastschrift", "SEPA direct debit")),
        ("60", Phrase::new("Schuldschein", "Promissory note")),
        ("68", Phrase::new("Online-Bezahldienst", "Online payment service")),
        ("97", Phrase::new("Verrechnung", "Clearing between partners")),
        ("ZZZ", Phrase::new("Zwischen den Beteiligten vereinbart", "Mutually defined")),
    ],
};
