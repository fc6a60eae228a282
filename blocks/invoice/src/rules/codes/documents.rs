//! What a document is, what its notes and attachments are, and when its VAT becomes due.
//!
//! Source: the lists of CEN EN 16931 1.3.15 and 1.3.16.
//!
//! Invariant: codes and names are sorted.

use vir_core::Phrase;

use super::CodeList;

/// Types of invoices (BT-3), as UBL's Invoice takes them.
#[rustfmt::skip]
pub static INVOICE_TYPES: CodeList = CodeList {
    id: "UNTDID 1001",
    title: Phrase::new("Rechnungsarten", "types of invoices"),
    codes: &[
        "102", "130", "202", "203", "204", "211", "218", "219", "295", "325", "326", "331", "380", "382",
        "383", "384", "385", "386", "387", "388", "389", "390", "393", "394", "395", "456", "457", "471",
        "472", "473", "500", "501", "502", "503", "527", "553", "575", "623", "633", "71", "751", "780", "80",
        "81", "817", "82", "84", "870", "875", "876", "877", "935",
    ],
    since_2026_07: &[],
    until_2026_01: &["502", "503"],
    names: &[
        ("130", Phrase::new("Abrechnungsblatt", "Invoicing data sheet")),
        ("211", Phrase::new("Antrag auf Abschlagszahlung", "Interim application for payment")),
        ("295", Phrase::new("Rechnung über eine Preisänderung", "Price variation invoice")),
        ("325", Phrase::new("Proforma-Rechnung", "Pro-forma invoice")),
        ("326", Phrase::new("Teilrechnung", "Partial invoice")),
        ("331", Phrase::new("Rechnung mit Packliste", "Invoice with packing list")),
        ("380", Phrase::new("Rechnung", "Invoice")),
        ("382", Phrase::new("Provisionsabrechnung", "Commission note")),
        ("383", Phrase::new("Belastungsanzeige", "Debit note")),
        ("384", Phrase::new("Rechnungskorrektur", "Corrected invoice")),
        ("385", Phrase::new("Sammelrechnung", "Consolidated invoice")),
        ("386", Phrase::new("Rechnung über eine Vorauszahlung", "Prepayment invoice")),
        ("387", Phrase::new("Mietrechnung", "Hire invoice")),
        ("388", Phrase::new("Steuerrechnung", "Tax invoice")),
        ("389", Phrase::new("Vom Käufer ausgestellte Rechnung", "Self-billed invoice")),
        ("390", Phrase::new("Delkredererechnung", "Delcredere invoice")),
        ("393", Phrase::new("Rechnung mit abgetretener Forderung", "Factored invoice")),
        ("394", Phrase::new("Leasingrechnung", "Lease invoice")),
        ("395", Phrase::new("Konsignationsrechnung", "Consignment invoice")),
        ("457", Phrase::new("Storno einer Belastung", "Reversal of debit")),
        ("471", Phrase::new("Vom Käufer ausgestellte Korrektur", "Self-billed corrected invoice")),
        ("472", Phrase::new("Korrektur mit abgetretener Forderung", "Factored corrected invoice")),
        ("473", Phrase::new("Vom Käufer ausgestellte Korrektur mit abgetretener Forderung", "Self-billed factored corrected invoice")),
        ("500", Phrase::new("Vom Käufer ausgestellte Vorauszahlungsrechnung", "Self-billed prepayment invoice")),
        ("501", Phrase::new("Vom Käufer ausgestellte Rechnung mit abgetretener Forderung", "Self-billed factored invoice")),
        ("502", Phrase::new("Vom Käufer ausgestellte Gutschrift mit abgetretener Forderung", "Self-billed factored credit note")),
        ("503", Phrase::new("Vom Käufer ausgestellte Gutschrift zur Vorauszahlung", "Self-billed credit note for a prepayment")),
        ("527", Phrase::new("Vom Käufer ausgestellte Belastung", "Self-billed debit note")),
        ("575", Phrase::new("Rechnung des Versicherers", "Insurer's invoice")),
        ("623", Phrase::new("Speditionsrechnung", "Forwarder's invoice")),
        ("71", Phrase::new("Zahlungsaufforderung", "Request for payment")),
        ("751", Phrase::new("Rechnungsdaten für die Buchhaltung", "Invoice data for accounting")),
        ("780", Phrase::new("Frachtrechnung", "Freight invoice")),
        ("80", Phrase::new("Belastung für Waren oder Leistungen", "Debit note for goods or services")),
        ("81", Phrase::new("Gutschrift für Waren oder Leistungen", "Credit note for goods or services")),
        ("82", Phrase::new("Rechnung über gemessenen Verbrauch", "Metered services invoice")),
        ("84", Phrase::new("Belastung aus finanzieller Anpassung", "Debit note for a financial adjustment")),
        ("870", Phrase::new("Konsulatsrechnung", "Consular invoice")),
        ("875", Phrase::new("Abschlagsrechnung Bau", "Partial construction invoice")),
        ("876", Phrase::new("Teilschlussrechnung Bau", "Partial final construction invoice")),
        ("877", Phrase::new("Schlussrechnung Bau", "Final construction invoice")),
        ("935", Phrase::new("Zollrechnung", "Customs invoice")),
    ],
};

/// Types of credit notes (BT-3), as UBL's CreditNote takes them. CII takes both kinds.
#[rustfmt::skip]
pub static CREDIT_NOTE_TYPES: CodeList = CodeList {
    id: "UNTDID 1001",
    title: Phrase::new("Gutschriftarten", "types of credit notes"),
    codes: &[
        "261", "262", "296", "308", "381", "396", "420", "458", "502", "503", "532", "81", "83",
    ],
    since_2026_07: &["502", "503"],
    until_2026_01: &[],
    names: &[
        ("261", Phrase::new("Vom Käufer ausgestellte Gutschrift", "Self-billed credit note")),
        ("262", Phrase::new("Sammelgutschrift", "Consolidated credit note")),
        ("296", Phrase::new("Gutschrift über eine Preisänderung", "Price variation credit note")),
        ("308", Phrase::new("Delkrederegutschrift", "Delcredere credit note")),
        ("381", Phrase::new("Gutschrift", "Credit note")),
        ("396", Phrase::new("Gutschrift mit abgetretener Forderung", "Factored credit note")),
        ("458", Phrase::new("Storno einer Gutschrift", "Reversal of credit")),
        ("502", Phrase::new("Vom Käufer ausgestellte Gutschrift mit abgetretener Forderung", "Self-billed factored credit note")),
        ("503", Phrase::new("Vom Käufer ausgestellte Gutschrift zur Vorauszahlung", "Self-billed credit note for a prepayment")),
        ("532", Phrase::new("Gutschrift des Spediteurs", "Forwarder's credit note")),
        ("81", Phrase::new("Gutschrift für Waren oder Leistungen", "Credit note for goods or services")),
        ("83", Phrase::new("Gutschrift aus finanzieller Anpassung", "Credit note for a financial adjustment")),
    ],
};

/// Subjects of notes (BT-21). UBL takes those of [`NOTE_SUBJECTS_CII_ONLY`] not.
#[rustfmt::skip]
pub static NOTE_SUBJECTS: CodeList = CodeList {
    id: "UNTDID 4451",
    title: Phrase::new("Themen von Bemerkungen", "subjects of notes"),
    codes: &[
        "AAA", "AAB", "AAC", "AAD", "AAE", "AAF", "AAG", "AAI", "AAJ", "AAK", "AAL", "AAM", "AAN", "AAO",
        "AAP", "AAQ", "AAR", "AAS", "AAT", "AAU", "AAV", "AAW", "AAX", "AAY", "AAZ", "ABA", "ABB", "ABC",
        "ABD", "ABE", "ABF", "ABG", "ABH", "ABI", "ABJ", "ABK", "ABL", "ABM", "ABN", "ABO", "ABP", "ABQ",
        "ABR", "ABS", "ABT", "ABU", "ABV", "ABW", "ABX", "ABZ", "ACA", "ACB", "ACC", "ACD", "ACE", "ACF",
        "ACG", "ACH", "ACI", "ACJ", "ACK", "ACL", "ACM", "ACN", "ACO", "ACP", "ACQ", "ACR", "ACS", "ACT",
        "ACU", "ACV", "ACW", "ACX", "ACY", "ACZ", "ADA", "ADB", "ADC", "ADD", "ADE", "ADF", "ADG", "ADH",
        "ADI", "ADJ", "ADK", "ADL", "ADM", "ADN", "ADO", "ADP", "ADQ", "ADR", "ADS", "ADT", "ADU", "ADV",
        "ADW", "ADX", "ADY", "ADZ", "AEA", "AEB", "AEC", "AED", "AEE", "AEF", "AEG", "AEH", "AEI", "AEJ",
        "AEK", "AEL", "AEM", "AEN", "AEO", "AEP", "AEQ", "AER", "AES", "AET", "AEU", "AEV", "AEW", "AEX",
        "AEY", "AEZ", "AFA", "AFB", "AFC", "AFD", "AFE", "AFF", "AFG", "AFH", "AFI", "AFJ", "AFK", "AFL",
        "AFM", "AFN", "AFO", "AFP", "AFQ", "AFR", "AFS", "AFT", "AFU", "AFV", "AFW", "AFX", "AFY", "AFZ",
        "AGA", "AGB", "AGC", "AGD", "AGE", "AGF", "AGG", "AGH", "AGI", "AGJ", "AGK", "AGL", "AGM", "AGN",
        "AGO", "AGP", "AGQ", "AGR", "AGS", "AGT", "AGU", "AGV", "AGW", "AGX", "AGY", "AGZ", "AHA", "AHB",
        "AHC", "AHD", "AHE", "AHF", "AHG", "AHH", "AHI", "AHJ", "AHK", "AHL", "AHM", "AHN", "AHO", "AHP",
        "AHQ", "AHR", "AHS", "AHT", "AHU", "AHV", "AHW", "AHX", "AHY", "AHZ", "AIA", "AIB", "AIC", "AID",
        "AIE", "AIF", "AIG", "AIH", "AII", "AIJ", "AIK", "AIL", "AIM", "AIN", "AIO", "AIP", "AIQ", "AIR",
        "AIS", "AIT", "AIU", "AIV", "AIW", "AIX", "AIY", "AIZ", "AJA", "AJB", "ALC", "ALD", "ALE", "ALF",
        "ALG", "ALH", "ALI", "ALJ", "ALK", "ALL", "ALM", "ALN", "ALO", "ALP", "ALQ", "ARR", "ARS", "AUT",
        "AUU", "AUV", "AUW", "AUX", "AUY", "AUZ", "AVA", "AVB", "AVC", "AVD", "AVE", "AVF", "BAG", "BAH",
        "BAI", "BAJ", "BAK", "BAL", "BAM", "BAN", "BAO", "BAP", "BAQ", "BAR", "BAS", "BAT", "BAU", "BAV",
        "BAW", "BAX", "BAY", "BAZ", "BBA", "BBB", "BLC", "BLD", "BLE", "BLF", "BLG", "BLH", "BLI", "BLJ",
        "BLK", "BLL", "BLM", "BLN", "BLO", "BLP", "BLQ", "BLR", "BLS", "BLT", "BLU", "BLV", "BLW", "BLX",
        "BLY", "BLZ", "BMA", "BMB", "BMC", "BMD", "BME", "BMF", "BMG", "BMH", "CCI", "CCJ", "CCK", "CCL",
        "CCM", "CCN", "CCO", "CEX", "CHG", "CIP", "CLP", "CLR", "COI", "CUR", "CUS", "DAR", "DCL", "DEL",
        "DIN", "DOC", "DUT", "EUR", "FBC", "GBL", "GEN", "GS7", "HAN", "HAZ", "ICN", "IIN", "IMI", "IND",
        "INS", "INV", "IRP", "ITR", "ITS", "LAN", "LIN", "LOI", "MCO", "MDH", "MKS", "ORI", "OSI", "PAC",
        "PAI", "PAY", "PKG", "PKT", "PMD", "PMT", "PRD", "PRF", "PRI", "PUR", "QIN", "QQD", "QUT", "RAH",
        "REG", "RET", "REV", "RQR", "SAF", "SIC", "SIN", "SLR", "SPA", "SPG", "SPH", "SPP", "SPT", "SRN",
        "SSR", "SUR", "TCA", "TDT", "TRA", "TRR", "TXD", "WHI", "ZZZ",
    ],
    since_2026_07: &[],
    until_2026_01: &[],
    names: &[
        ("AAB", Phrase::new("Zahlungsbedingungen", "Payment terms")),
        ("AAI", Phrase::new("Allgemeine Angaben", "General information")),
        ("AAJ", Phrase::new("Zusätzliche Bedingungen", "Additional conditions")),
        ("AAK", Phrase::new("Preisbedingungen", "Price conditions")),
        ("ADU", Phrase::new("Hinweis", "Note")),
        ("CUS", Phrase::new("Angaben zum Zoll", "Customs information")),
        ("DEL", Phrase::new("Angaben zur Lieferung", "Delivery information")),
        ("INV", Phrase::new("Hinweis zur Rechnung", "Invoice instruction")),
        ("PMD", Phrase::new("Einzelheiten der Zahlung", "Payment detail")),
        ("PMT", Phrase::new("Angaben zur Zahlung", "Payment information")),
        ("REG", Phrase::new("Angaben zum Register", "Regulatory information")),
        ("SUR", Phrase::new("Angaben des Lieferanten", "Supplier remarks")),
        ("TXD", Phrase::new("Angaben zur Steuer", "Tax declaration")),
        ("ZZZ", Phrase::new("Zwischen den Beteiligten vereinbart", "Mutually defined")),
    ],
};

/// The subjects that the rules for CII know and those for UBL do not.
#[rustfmt::skip]
pub static NOTE_SUBJECTS_CII_ONLY: &[&str] = &[
    "BAT", "BAU", "BAV", "BAW", "BAX", "BAY", "BAZ", "BBA", "BBB", "BMF", "BMG", "BMH", "CCJ", "CCK", "CCL",
    "CCM", "CCN", "CCO",
];

/// When VAT becomes due (BT-8), in UBL.
#[rustfmt::skip]
pub static TAX_POINTS: CodeList = CodeList {
    id: "UNTDID 2005",
    title: Phrase::new("Zeitpunkte der Steuerfälligkeit", "tax points"),
    codes: &["3", "35", "432"],
    since_2026_07: &[],
    until_2026_01: &[],
    names: &[
        ("3", Phrase::new("Rechnungsdatum", "Date of the invoice")),
        ("35", Phrase::new("Tatsächliches Lieferdatum", "Actual date of delivery")),
        ("432", Phrase::new("Tag der Zahlung", "Date of payment")),
    ],
};

/// When VAT becomes due (BT-8), in CII.
#[rustfmt::skip]
pub static TAX_POINTS_CII: CodeList = CodeList {
    id: "UNTDID 2475",
    title: Phrase::new("Zeitpunkte der Steuerfälligkeit", "tax points"),
    codes: &["29", "5", "72"],
    since_2026_07: &[],
    until_2026_01: &[],
    names: &[
        ("29", Phrase::new("Tatsächliches Lieferdatum", "Actual date of delivery")),
        ("5", Phrase::new("Rechnungsdatum", "Date of the invoice")),
        ("72", Phrase::new("Tag der Zahlung", "Date of payment")),
    ],
};

/// Media types of attached files (BT-125).
#[rustfmt::skip]
pub static MEDIA_TYPES: CodeList = CodeList {
    id: "MIME",
    title: Phrase::new("Dateitypen von Anhängen", "media types of attachments"),
    codes: &[
        "application/pdf", "application/vnd.oasis.opendocument.spreadsheet",
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "image/jpeg", "image/png",
        "text/csv",
    ],
    since_2026_07: &[],
    until_2026_01: &[],
    names: &[
        ("application/pdf", Phrase::new("PDF", "PDF")),
        ("application/vnd.oasis.opendocument.spreadsheet", Phrase::new("Tabelle (OpenDocument)", "Spreadsheet (OpenDocument)")),
        ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", Phrase::new("Tabelle (Excel)", "Spreadsheet (Excel)")),
        ("image/jpeg", Phrase::new("Bild (JPEG)", "Image (JPEG)")),
        ("image/png", Phrase::new("Bild (PNG)", "Image (PNG)")),
        ("text/csv", Phrase::new("Tabelle (CSV)", "Table (CSV)")),
    ],
};
