//! Reasons of allowances and charges.
//!
//! Source: the lists of CEN EN 16931 1.3.15 and 1.3.16.
//!
//! Invariant: codes and names are sorted.

use vir_core::Phrase;

use super::CodeList;

/// Reasons of allowances (BT-98, BT-140).
#[rustfmt::skip]
pub static ALLOWANCE_REASONS: CodeList = CodeList {
    id: "UNTDID 5189",
    title: Phrase::new("Gründe von Nachlässen", "reasons of allowances"),
    codes: &[
        "100", "102", "103", "104", "105", "41", "42", "60", "62", "63", "64", "65", "66", "67", "68", "70",
        "71", "88", "95",
    ],
    since_2026_07: &[],
    until_2026_01: &[],
    names: &[
        ("100", Phrase::new("Sonderrabatt", "Special rebate")),
        ("102", Phrase::new("Fester langfristiger Rabatt", "Fixed long term")),
        ("103", Phrase::new("Befristeter Rabatt", "Temporary")),
        ("104", Phrase::new("Üblicher Rabatt", "Standard")),
        ("105", Phrase::new("Jahresumsatzrabatt", "Yearly turnover")),
        ("41", Phrase::new("Bonus für vorzeitige Fertigstellung", "Bonus for works ahead of schedule")),
        ("42", Phrase::new("Sonstiger Bonus", "Other bonus")),
        ("60", Phrase::new("Herstellerrabatt", "Manufacturer's consumer discount")),
        ("62", Phrase::new("Rabatt wegen Militärstatus", "Due to military status")),
        ("63", Phrase::new("Wegen eines Arbeitsunfalls", "Due to work accident")),
        ("64", Phrase::new("Sondervereinbarung", "Special agreement")),
        ("65", Phrase::new("Rabatt wegen Produktionsfehler", "Production error discount")),
        ("66", Phrase::new("Eröffnungsrabatt", "New outlet discount")),
        ("67", Phrase::new("Musterrabatt", "Sample discount")),
        ("68", Phrase::new("Auslaufrabatt", "End-of-range discount")),
        ("70", Phrase::new("Rabatt nach Incoterm", "Incoterm discount")),
        ("71", Phrase::new("Rabatt nach Umsatzschwelle", "Point of sales threshold allowance")),
        ("88", Phrase::new("Materialabzug oder -zuschlag", "Material surcharge or deduction")),
        ("95", Phrase::new("Rabatt", "Discount")),
    ],
};

/// Reasons of charges (BT-105, BT-145).
#[rustfmt::skip]
pub static CHARGE_REASONS: CodeList = CodeList {
    id: "UNTDID 7161",
    title: Phrase::new("Gründe von Zuschlägen", "reasons of charges"),
    codes: &[
        "AA", "AAA", "AAC", "AAD", "AAE", "AAF", "AAH", "AAI", "AAS", "AAT", "AAV", "AAY", "AAZ", "ABA",
        "ABB", "ABC", "ABD", "ABF", "ABK", "ABL", "ABN", "ABR", "ABS", "ABT", "ABU", "ACF", "ACG", "ACH",
        "ACI", "ACJ", "ACK", "ACL", "ACM", "ACS", "ADC", "ADE", "ADJ", "ADK", "ADL", "ADM", "ADN", "ADO",
        "ADP", "ADQ", "ADR", "ADT", "ADW", "ADY", "ADZ", "AEA", "AEB", "AEC", "AED", "AEF", "AEH", "AEI",
        "AEJ", "AEK", "AEL", "AEM", "AEN", "AEO", "AEP", "AES", "AET", "AEU", "AEV", "AEW", "AEX", "AEY",
        "AEZ", "AJ", "AU", "CA", "CAB", "CAD", "CAE", "CAF", "CAI", "CAJ", "CAK", "CAL", "CAM", "CAN", "CAO",
        "CAP", "CAQ", "CAR", "CAS", "CAT", "CAU", "CAV", "CAW", "CAX", "CAY", "CAZ", "CD", "CG", "CS", "CT",
        "DAB", "DAC", "DAD", "DAF", "DAG", "DAH", "DAI", "DAJ", "DAK", "DAL", "DAM", "DAN", "DAO", "DAP",
        "DAQ", "DL", "EG", "EP", "ER", "FAA", "FAB", "FAC", "FC", "FH", "FI", "GAA", "HAA", "HD", "HH", "IAA",
        "IAB", "ID", "IF", "IR", "IS", "KO", "L1", "LA", "LAA", "LAB", "LF", "MAE", "MI", "ML", "NAA", "OA",
        "PA", "PAA", "PC", "PL", "PRV", "RAB", "RAC", "RAD", "RAF", "RE", "RF", "RH", "RV", "SA", "SAA",
        "SAD", "SAE", "SAI", "SG", "SH", "SM", "SU", "TAB", "TAC", "TT", "TV", "V1", "V2", "WH", "XAA", "YY",
        "ZZZ",
    ],
    since_2026_07: &[],
    until_2026_01: &[],
    names: &[
        ("AA", Phrase::new("Werbung", "Advertising")),
        ("ABL", Phrase::new("Zusätzliche Verpackung", "Additional packaging")),
        ("ADR", Phrase::new("Sonstige Leistungen", "Other services")),
        ("ADT", Phrase::new("Abholung", "Pick-up")),
        ("CG", Phrase::new("Reinigung", "Cleaning")),
        ("DL", Phrase::new("Lieferung", "Delivery")),
        ("FC", Phrase::new("Fracht", "Freight")),
        ("FI", Phrase::new("Finanzierung", "Financing")),
        ("LA", Phrase::new("Etikettierung", "Labelling")),
        ("PC", Phrase::new("Verpackung", "Packing")),
        ("ZZZ", Phrase::new("Zwischen den Beteiligten vereinbart", "Mutually defined")),
    ],
};
