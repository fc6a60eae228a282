//! The payment file, byte for byte.
//!
//! `cases/pain001.xml` was checked against the schema of ISO 20022 (pain.001.001.09) and the technical validation subset
//! of the German banks (GBIC_5, Anlage 3 from version 3.9). Whoever changes the writer checks the new file again.

use jiff::civil::date;
use vir_invoice_desk::hand_over::{Account, Address, PaymentFile, Transfer, german_iban, write_pain001};

fn transfer(number: u32, creditor: &str, iban: &str, cents: i64, remittance: &str) -> Transfer {
    Transfer {
        end_to_end_id: format!("VIR-2026-000017-{number:05}"),
        creditor: creditor.to_owned(),
        iban: iban.parse().unwrap(),
        bic: None,
        address: Address::default(),
        cents,
        remittance: remittance.to_owned(),
    }
}

#[test]
fn the_file_is_the_one_that_the_schemas_accept() {
    let swiss = Transfer {
        bic: Some("POFICHBEXXX".to_owned()),
        address: Address {
            street: "Bahnhofstraße 1".to_owned(),
            post_code: "8001".to_owned(),
            town: "Zürich".to_owned(),
            country: "CH".to_owned(),
        },
        ..transfer(3, "Brücken & Söhne AG", "CH9300762011623852957", 99_999_999_999, "RE 4711")
    };
    let long = "Rechnung mit sehr langem Verwendungszweck ".repeat(6);
    let file = PaymentFile {
        message_id: "VIR-2026-000017".to_owned(),
        created: "2026-11-22T08:15:00Z".parse().unwrap(),
        debtor: Account {
            name: "Stadt Grünensiel – Stadtkasse".to_owned(),
            iban: german_iban(28_050_100, 4711).parse().unwrap(),
            bic: None,
        },
        execution: date(2026, 11, 23),
        batch_booking: true,
        transfers: vec![
            transfer(1, "Tischlerei Harms & Söhne", &german_iban(25_050_000, 42), 1, "Kd.-Nr. 12/34; RE „2026-17“"),
            transfer(2, "Stiftung <Öl>", "NL91ABNA0417164300", 123_456, "RF18 5390 0754 7034"),
            swiss,
            transfer(4, "Ohne Zweck", "AT611904300234573201", 5_000, "漢字"),
            transfer(5, &"Langer Name ".repeat(12), &german_iban(25_050_000, 43), 100, &long),
        ],
    };
    let expect = include_str!("cases/pain001.xml");
    let made = write_pain001(&file).unwrap();
    // Put where a person can check it and copy it from.
    std::fs::write(concat!(env!("CARGO_TARGET_TMPDIR"), "/pain001.xml"), &made).unwrap();
    assert_eq!(made, expect);
}
