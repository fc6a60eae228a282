//! PEPPOL-EN16931-CL, -P and -F: code lists, types by process, dates, and VAT categories by
//! exemption reason.

use super::parties::{Process, process_cii, process_ubl};
use super::{cii, ubl};
use crate::path;
use crate::rules::Facts;
use crate::rules::cast::{date_minutes, norm_attr, norm_text, text_node};
use crate::rules::eval::{Eval, XPath, and, in_codes, or};
use crate::rules::rule_table::rule_table;
use crate::xml::Element;

rule_table! {
    "PEPPOL-EN16931-CL001" Error Issuer ["BT-125"]
        "Das Format eines Anhangs (BT-125) ist nicht erlaubt; erlaubt sind PDF, PNG, JPEG, CSV, Excel (xlsx) und OpenDocument-Tabellen."
        "The format of an attachment (BT-125) is not allowed; PDF, PNG, JPEG, CSV, Excel (xlsx) and OpenDocument spreadsheets are."
        "Den Anhang in eines dieser Formate umwandeln."
        "Convert the attachment to one of these formats."
        ubl ATTACHMENT: has_allowed_format;
        cii ATTACHMENT: has_allowed_format;
    "PEPPOL-EN16931-CL002" Error Software ["BT-98" "BT-140"]
        "Der Code für den Grund eines Nachlasses steht nicht in der Liste UNTDID 5189."
        "The code for an allowance's reason is not in the list UNTDID 5189."
        "Einen Code aus der Liste wählen, oder den Grund nur als Text angeben."
        "Choose a code from the list, or give the reason as text only."
        ubl ALLOWANCE_REASON: |_, n| is_listed(ALLOWANCE_REASONS, n);
        cii ALLOWANCE_REASON: |_, n| is_listed(ALLOWANCE_REASONS, n);
    "PEPPOL-EN16931-CL003" Error Software ["BT-105" "BT-145"]
        "Der Code für den Grund eines Zuschlags steht nicht in der Liste UNTDID 7161."
        "The code for a charge's reason is not in the list UNTDID 7161."
        "Einen Code aus der Liste wählen, oder den Grund nur als Text angeben."
        "Choose a code from the list, or give the reason as text only."
        ubl CHARGE_REASON: |_, n| is_listed(CHARGE_REASONS, n);
        cii CHARGE_REASON: |_, n| is_listed(CHARGE_REASONS, n);
    "PEPPOL-EN16931-CL006" Error Software ["BT-8"]
        "Der Code für den Zeitpunkt der Steuerentstehung (BT-8) ist keiner von 3, 35 und 432."
        "The code for the tax point (BT-8) is none of 3, 35 and 432."
        "Einen dieser Codes wählen: Rechnungsdatum (3), Lieferdatum (35) oder Zahlungsdatum (432)."
        "Choose one of them: invoice date (3), delivery date (35) or payment date (432)."
        ubl TAX_POINT: |_, n| Ok(matches!(&*norm_text([n])?, "3" | "35" | "432"));
    "PEPPOL-EN16931-CL007" Error Software ["BT-5" "BT-6"]
        "Die Währung eines Betrags ist kein Code aus ISO 4217."
        "An amount's currency is no code of ISO 4217."
        "Einen gültigen Währungscode angeben, zum Beispiel EUR."
        "Give a valid currency code, such as EUR."
        ubl ANY_AMOUNT: |_, n| Ok(n.attr("currencyID").is_some_and(|code| in_codes(CURRENCIES, &code) && !["ANG", "BGN"].contains(&&*code)));
        cii TAX_TOTAL: |_, n| Ok(n.attr("currencyID").is_some_and(|code| in_codes(CURRENCIES, &code) && !["CNH", "XCG"].contains(&&*code)));
    "PEPPOL-EN16931-CL008" Error Software ["BT-34" "BT-49"]
        "Das Schema einer elektronischen Adresse steht nicht in der Liste von Peppol."
        "An electronic address's scheme is not in Peppol's list."
        "Ein Schema aus der Liste wählen, zum Beispiel 9930 für die deutsche Umsatzsteuer-ID oder 0204 für die Leitweg-ID."
        "Choose a scheme from the list, such as 9930 for German VAT identifiers or 0204 for Leitweg-ID."
        ubl ENDPOINT: |_, n| Ok(n.attr("schemeID").is_some_and(|code| in_codes(ADDRESS_SCHEMES_UBL, &code)));
        cii ENDPOINT: |_, n| Ok(n.attr("schemeID").is_some_and(|code| in_codes(ADDRESS_SCHEMES_CII, &code)));
    "PEPPOL-EN16931-P0100" Error Software ["BT-3"]
        "Diese Rechnungsart (BT-3) ist in Peppol nicht erlaubt."
        "This invoice type (BT-3) is not allowed in Peppol."
        "Eine erlaubte Rechnungsart wählen, meist 380."
        "Choose an allowed invoice type, mostly 380."
        ubl INVOICE_TYPE: |f, n| or(|| in_billing(f).map(|is| !is), || is_listed(INVOICE_TYPES, n));
        cii INVOICE_TYPE: |f, n| Ok(process_cii(f)? != Process::Billing
            || is_listed(INVOICE_TYPES, n)? || is_listed(CREDIT_NOTE_TYPES, n)?);
    "PEPPOL-EN16931-P0101" Error Software ["BT-3"]
        "Diese Art von Gutschrift (BT-3) ist in Peppol nicht erlaubt."
        "This type of credit note (BT-3) is not allowed in Peppol."
        "Eine erlaubte Art wählen, meist 381."
        "Choose an allowed type, mostly 381."
        ubl CREDIT_NOTE_TYPE: |f, n| or(|| in_billing(f).map(|is| !is), || is_listed(CREDIT_NOTE_TYPES, n));
    "PEPPOL-EN16931-P0112" Error Software ["BT-3"]
        "Die Rechnungsarten 326 und 384 (BT-3) sind nur zwischen zwei deutschen Beteiligten erlaubt."
        "Invoice types 326 and 384 (BT-3) are allowed between two German parties only."
        "Eine andere Rechnungsart wählen, meist 380."
        "Choose another invoice type, mostly 380."
        ubl INVOICE_TYPE: |f, n| Ok(!matches!(&*n.norm_self(), "326" | "384") || f.parties().both_addresses_in("DE")?);
    "PEPPOL-EN16931-F001" Error Software ["BT-2" "BT-9" "BT-7" "BT-72" "BT-73" "BT-74"]
        "Ein Datum hat nicht die vorgeschriebene Form."
        "A date does not have the prescribed form."
        "Das Datum mit vierstelligem Jahr, Monat und Tag ausgeben lassen, in UBL wie 2026-01-31, in CII wie 20260131."
        "Have the date written with four-digit year, month and day: 2026-01-31 in UBL, 20260131 in CII."
        ubl DATE: |_, n| and(
            || Ok(text_node([n])?.is_some_and(|text| text.chars().count() == 10)),
            || Ok(date_minutes(&n.text()).is_some()),
        );
        cii DATE: is_date_cii;
    "PEPPOL-EN16931-P0104" Error Software ["BT-118" "BT-121"]
        "Zum Befreiungsgrund VATEX-EU-G (BT-121) gehört die Steuerkategorie G (BT-118)."
        "The exemption reason VATEX-EU-G (BT-121) goes with VAT category G (BT-118)."
        "Die Steuerkategorie G wählen, oder den Befreiungsgrund berichtigen."
        "Choose VAT category G, or correct the exemption reason."
        ubl EXEMPT_G [cbc:ID]: |_, n| has_category(n, "G");
    "PEPPOL-EN16931-P0105" Error Software ["BT-118" "BT-121"]
        "Zum Befreiungsgrund VATEX-EU-O (BT-121) gehört die Steuerkategorie O (BT-118)."
        "The exemption reason VATEX-EU-O (BT-121) goes with VAT category O (BT-118)."
        "Die Steuerkategorie O wählen, oder den Befreiungsgrund berichtigen."
        "Choose VAT category O, or correct the exemption reason."
        ubl EXEMPT_O [cbc:ID]: |_, n| has_category(n, "O");
    "PEPPOL-EN16931-P0106" Error Software ["BT-118" "BT-121"]
        "Zum Befreiungsgrund VATEX-EU-IC (BT-121) gehört die Steuerkategorie K (BT-118)."
        "The exemption reason VATEX-EU-IC (BT-121) goes with VAT category K (BT-118)."
        "Die Steuerkategorie K wählen, oder den Befreiungsgrund berichtigen."
        "Choose VAT category K, or correct the exemption reason."
        ubl EXEMPT_IC [cbc:ID]: |_, n| has_category(n, "K");
    "PEPPOL-EN16931-P0107" Error Software ["BT-118" "BT-121"]
        "Zum Befreiungsgrund VATEX-EU-AE (BT-121) gehört die Steuerkategorie AE (BT-118)."
        "The exemption reason VATEX-EU-AE (BT-121) goes with VAT category AE (BT-118)."
        "Die Steuerkategorie AE wählen, oder den Befreiungsgrund berichtigen."
        "Choose VAT category AE, or correct the exemption reason."
        ubl EXEMPT_AE [cbc:ID]: |_, n| has_category(n, "AE");
    "PEPPOL-EN16931-P0108" Error Software ["BT-118" "BT-121"]
        "Zum Befreiungsgrund VATEX-EU-D (BT-121) gehört die Steuerkategorie E (BT-118)."
        "The exemption reason VATEX-EU-D (BT-121) goes with VAT category E (BT-118)."
        "Die Steuerkategorie E wählen, oder den Befreiungsgrund berichtigen."
        "Choose VAT category E, or correct the exemption reason."
        ubl EXEMPT_D [cbc:ID]: |_, n| has_category(n, "E");
    "PEPPOL-EN16931-P0109" Error Software ["BT-118" "BT-121"]
        "Zum Befreiungsgrund VATEX-EU-F (BT-121) gehört die Steuerkategorie E (BT-118)."
        "The exemption reason VATEX-EU-F (BT-121) goes with VAT category E (BT-118)."
        "Die Steuerkategorie E wählen, oder den Befreiungsgrund berichtigen."
        "Choose VAT category E, or correct the exemption reason."
        ubl EXEMPT_F [cbc:ID]: |_, n| has_category(n, "E");
    "PEPPOL-EN16931-P0110" Error Software ["BT-118" "BT-121"]
        "Zum Befreiungsgrund VATEX-EU-I (BT-121) gehört die Steuerkategorie E (BT-118)."
        "The exemption reason VATEX-EU-I (BT-121) goes with VAT category E (BT-118)."
        "Die Steuerkategorie E wählen, oder den Befreiungsgrund berichtigen."
        "Choose VAT category E, or correct the exemption reason."
        ubl EXEMPT_I [cbc:ID]: |_, n| has_category(n, "E");
    "PEPPOL-EN16931-P0111" Error Software ["BT-118" "BT-121"]
        "Zum Befreiungsgrund VATEX-EU-J (BT-121) gehört die Steuerkategorie E (BT-118)."
        "The exemption reason VATEX-EU-J (BT-121) goes with VAT category E (BT-118)."
        "Die Steuerkategorie E wählen, oder den Befreiungsgrund berichtigen."
        "Choose VAT category E, or correct the exemption reason."
        ubl EXEMPT_J [cbc:ID]: |_, n| has_category(n, "E");
}

fn has_allowed_format(_: &Facts<'_>, n: Element<'_>) -> Eval<bool> {
    Ok(n.attr("mimeCode").is_some_and(|mime| {
        matches!(
            &*mime,
            "application/pdf"
                | "image/png"
                | "image/jpeg"
                | "text/csv"
                | "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
                | "application/vnd.oasis.opendocument.spreadsheet"
        )
    }))
}

fn is_listed(codes: &[&str], n: Element<'_>) -> Eval<bool> {
    Ok(in_codes(codes, &norm_text([n])?))
}

fn in_billing(f: &Facts<'_>) -> Eval<bool> {
    Ok(matches!(process_ubl(f)?, Process::Billing | Process::WithResponse))
}

fn is_date_cii(_: &Facts<'_>, n: Element<'_>) -> Eval<bool> {
    if norm_attr(n, "format") != "102" {
        return Ok(false);
    }
    let Some(text) = text_node([n])? else { return Ok(false) };
    let is_year = |at: &[u8]| at.starts_with(b"20") && at[2..].iter().all(u8::is_ascii_digit);
    Ok(text.chars().count() == 8 && text.trim_matches([' ', '\t', '\r', '\n']).as_bytes().windows(8).any(is_year))
}

fn has_category(n: Element<'_>, category: &str) -> Eval<bool> {
    Ok(n.norm(path!(cbc:ID))? == category)
}

/// UNTDID 5189, as Peppol restricts it.
static ALLOWANCE_REASONS: &[&str] = &[
    "100", "102", "103", "104", "105", "41", "42", "60", "62", "63", "64", "65", "66", "67", "68", "70", "71", "88",
    "95",
];

/// UNTDID 7161.
static CHARGE_REASONS: &[&str] = &[
    "AA", "AAA", "AAC", "AAD", "AAE", "AAF", "AAH", "AAI", "AAS", "AAT", "AAV", "AAY", "AAZ", "ABA", "ABB", "ABC",
    "ABD", "ABF", "ABK", "ABL", "ABN", "ABR", "ABS", "ABT", "ABU", "ACF", "ACG", "ACH", "ACI", "ACJ", "ACK", "ACL",
    "ACM", "ACS", "ADC", "ADE", "ADJ", "ADK", "ADL", "ADM", "ADN", "ADO", "ADP", "ADQ", "ADR", "ADT", "ADW", "ADY",
    "ADZ", "AEA", "AEB", "AEC", "AED", "AEF", "AEH", "AEI", "AEJ", "AEK", "AEL", "AEM", "AEN", "AEO", "AEP", "AES",
    "AET", "AEU", "AEV", "AEW", "AEX", "AEY", "AEZ", "AJ", "AU", "CA", "CAB", "CAD", "CAE", "CAF", "CAI", "CAJ", "CAK",
    "CAL", "CAM", "CAN", "CAO", "CAP", "CAQ", "CAR", "CAS", "CAT", "CAU", "CAV", "CAW", "CAX", "CAY", "CAZ", "CD",
    "CG", "CS", "CT", "DAB", "DAC", "DAD", "DAF", "DAG", "DAH", "DAI", "DAJ", "DAK", "DAL", "DAM", "DAN", "DAO", "DAP",
    "DAQ", "DL", "EG", "EP", "ER", "FAA", "FAB", "FAC", "FC", "FH", "FI", "GAA", "HAA", "HD", "HH", "IAA", "IAB", "ID",
    "IF", "IR", "IS", "KO", "L1", "LA", "LAA", "LAB", "LF", "MAE", "MI", "ML", "NAA", "OA", "PA", "PAA", "PC", "PL",
    "PRV", "RAB", "RAC", "RAD", "RAF", "RE", "RF", "RH", "RV", "SA", "SAA", "SAD", "SAE", "SAI", "SG", "SH", "SM",
    "SU", "TAB", "TAC", "TT", "TV", "V1", "V2", "WH", "XAA", "YY", "ZZZ",
];

/// ISO 4217: what either syntax accepts.
static CURRENCIES: &[&str] = &[
    "AED", "AFN", "ALL", "AMD", "ANG", "AOA", "ARS", "AUD", "AWG", "AZN", "BAM", "BBD", "BDT", "BGN", "BHD", "BIF",
    "BMD", "BND", "BOB", "BOV", "BRL", "BSD", "BTN", "BWP", "BYN", "BZD", "CAD", "CDF", "CHE", "CHF", "CHW", "CLF",
    "CLP", "CNH", "CNY", "COP", "COU", "CRC", "CUP", "CVE", "CZK", "DJF", "DKK", "DOP", "DZD", "EGP", "ERN", "ETB",
    "EUR", "FJD", "FKP", "GBP", "GEL", "GHS", "GIP", "GMD", "GNF", "GTQ", "GYD", "HKD", "HNL", "HTG", "HUF", "IDR",
    "ILS", "INR", "IQD", "IRR", "ISK", "JMD", "JOD", "JPY", "KES", "KGS", "KHR", "KMF", "KPW", "KRW", "KWD", "KYD",
    "KZT", "LAK", "LBP", "LKR", "LRD", "LSL", "LYD", "MAD", "MDL", "MGA", "MKD", "MMK", "MNT", "MOP", "MRU", "MUR",
    "MVR", "MWK", "MXN", "MXV", "MYR", "MZN", "NAD", "NGN", "NIO", "NOK", "NPR", "NZD", "OMR", "PAB", "PEN", "PGK",
    "PHP", "PKR", "PLN", "PYG", "QAR", "RON", "RSD", "RUB", "RWF", "SAR", "SBD", "SCR", "SDG", "SEK", "SGD", "SHP",
    "SLE", "SOS", "SRD", "SSP", "STN", "SVC", "SYP", "SZL", "THB", "TJS", "TMT", "TND", "TOP", "TRY", "TTD", "TWD",
    "TZS", "UAH", "UGX", "USD", "USN", "UYI", "UYU", "UYW", "UZS", "VED", "VES", "VND", "VUV", "WST", "XAF", "XAG",
    "XAU", "XBA", "XBB", "XBC", "XBD", "XCD", "XCG", "XDR", "XOF", "XPD", "XPF", "XPT", "XSU", "XTS", "XUA", "XXX",
    "YER", "ZAR", "ZMW", "ZWG",
];

/// Schemes of electronic addresses in UBL.
static ADDRESS_SCHEMES_UBL: &[&str] = &[
    "0002", "0007", "0009", "0060", "0088", "0096", "0097", "0106", "0130", "0135", "0142", "0151", "0183", "0184",
    "0188", "0190", "0191", "0192", "0195", "0196", "0198", "0199", "0200", "0201", "0204", "0208", "0209", "0210",
    "0211", "0216", "0218", "0221", "0225", "0230", "0235", "0240", "0242", "0244", "0245", "0246", "0248", "9910",
    "9913", "9914", "9915", "9918", "9919", "9920", "9922", "9923", "9924", "9925", "9926", "9927", "9928", "9929",
    "9930", "9931", "9932", "9933", "9934", "9935", "9936", "9937", "9938", "9939", "9940", "9941", "9942", "9943",
    "9944", "9945", "9946", "9947", "9948", "9949", "9950", "9951", "9952", "9953", "9957", "9959",
];

/// Schemes of electronic addresses in CII, where the rules are older.
static ADDRESS_SCHEMES_CII: &[&str] = &[
    "0002", "0007", "0009", "0037", "0060", "0088", "0096", "0097", "0106", "0130", "0135", "0142", "0147", "0151",
    "0154", "0158", "0170", "0177", "0183", "0184", "0188", "0190", "0191", "0192", "0193", "0194", "0195", "0196",
    "0198", "0199", "0200", "0201", "0202", "0203", "0204", "0205", "0208", "0209", "0210", "0211", "0212", "0213",
    "0215", "0216", "0217", "0218", "0221", "0225", "0230", "0235", "0240", "9910", "9913", "9914", "9915", "9918",
    "9919", "9920", "9922", "9923", "9924", "9925", "9926", "9927", "9928", "9929", "9930", "9931", "9932", "9933",
    "9934", "9935", "9936", "9937", "9938", "9939", "9940", "9941", "9942", "9943", "9944", "9945", "9946", "9947",
    "9948", "9949", "9950", "9951", "9952", "9953", "9957", "9959",
];

/// UNTDID 1001 for invoices.
static INVOICE_TYPES: &[&str] = &[
    "102", "218", "219", "326", "331", "380", "382", "383", "384", "386", "388", "393", "395", "553", "575", "623",
    "71", "780", "80", "817", "82", "84", "870", "875", "876", "877",
];

/// UNTDID 1001 for credit notes.
static CREDIT_NOTE_TYPES: &[&str] = &["381", "396", "532", "81", "83"];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_are_sorted() {
        for codes in [
            ALLOWANCE_REASONS,
            CHARGE_REASONS,
            CURRENCIES,
            ADDRESS_SCHEMES_UBL,
            ADDRESS_SCHEMES_CII,
            INVOICE_TYPES,
            CREDIT_NOTE_TYPES,
        ] {
            assert!(codes.is_sorted());
        }
    }
}
