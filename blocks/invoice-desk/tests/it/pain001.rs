//! The payment file, byte for byte, and many others for the schemas.
//!
//! `cases/pain001.xml` was checked against the schema of ISO 20022 (pain.001.001.09) and the technical validation subset
//! of the German banks (GBIC_5, Anlage 3 from version 3.9). Whoever changes the writer checks the new file again:
//! `cargo xtask proof payment-file` validates what these tests write, and has it read by others.

use std::path::PathBuf;

use jiff::civil::date;
use proptest::prelude::*;
use proptest::strategy::ValueTree as _;
use proptest::test_runner::TestRunner;
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

fn address(street: &str, post_code: &str, town: &str, country: &str) -> Address {
    Address {
        street: street.to_owned(),
        post_code: post_code.to_owned(),
        town: town.to_owned(),
        country: country.to_owned(),
    }
}

fn debtor() -> Account {
    Account {
        name: "Stadt Grünensiel – Stadtkasse".to_owned(),
        iban: german_iban(28_050_100, 4711).parse().unwrap(),
        bic: None,
        address: address("Am Deich 1", "26999", "Grünensiel", "DE"),
    }
}

/// Where the proof finds the files of the last run.
fn folder() -> PathBuf {
    let folder = PathBuf::from(concat!(env!("CARGO_TARGET_TMPDIR"), "/payment-files"));
    std::fs::create_dir_all(&folder).unwrap();
    folder
}

#[test]
fn the_file_is_the_one_that_the_schemas_accept() {
    let swiss = Transfer {
        bic: Some("POFICHBEXXX".to_owned()),
        address: address("Bahnhofstraße 1", "8001", "Zürich", "CH"),
        ..transfer(3, "Brücken & Söhne AG", "CH9300762011623852957", 99_999_999_999, "RE 4711")
    };
    let long = "Rechnung mit sehr langem Verwendungszweck ".repeat(6);
    let file = PaymentFile {
        message_id: "VIR-2026-000017".to_owned(),
        created: "2026-11-22T08:15:00Z".parse().unwrap(),
        debtor: debtor(),
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
    std::fs::write(folder().join("case.xml"), &made).unwrap();
    assert_eq!(made, expect);
}

#[test]
fn the_payer_has_an_address_only_where_a_payment_leaves_the_economic_area() {
    let file = |iban: &str| {
        let transfers = vec![transfer(1, "Brücken AG", iban, 100, "RE 1")];
        let file = PaymentFile {
            message_id: "VIR-2026-000018".to_owned(),
            created: "2026-11-22T08:15:00Z".parse().unwrap(),
            debtor: debtor(),
            execution: date(2026, 11, 23),
            batch_booking: false,
            transfers,
        };
        write_pain001(&file).unwrap()
    };
    assert!(!file("NL91ABNA0417164300").contains("PstlAdr"));
    let abroad = file("GB29NWBK60161331926819");
    assert!(abroad.contains("<TwnNm>Gruenensiel</TwnNm><Ctry>DE</Ctry>"), "{abroad}");
    assert_eq!(abroad.matches("PstlAdr").count(), 2, "only the payer's: {abroad}");
    std::fs::write(folder().join("abroad.xml"), abroad).unwrap();
}

/// What people may have typed anywhere.
fn words() -> impl Strategy<Value = String> {
    prop_oneof!["[A-Za-zÄÖÜäöüßéèçñø0-9 /?:().,'+&<>\"€§–-]{1,90}", "\\PC{1,60}".prop_map(|text| format!("x{text}")),]
}

fn any_transfer() -> impl Strategy<Value = Transfer> {
    let iban = prop_oneof![
        (10_000_000_u32..99_999_999, 0_u64..9_999_999_999).prop_map(|(bank, account)| german_iban(bank, account)),
        Just("NL91ABNA0417164300".to_owned()),
        Just("AT611904300234573201".to_owned()),
        Just("CH9300762011623852957".to_owned()),
        Just("GB29NWBK60161331926819".to_owned()),
    ];
    let remittance = prop_oneof![3 => words(), 1 => Just("RF18 5390 0754 7034".to_owned()), 1 => Just(String::new())];
    let bic =
        prop_oneof![2 => Just(None), 1 => Just(Some("NOLADE21XXX".to_owned())), 1 => Just(Some("nonsense".to_owned()))];
    let place =
        (words(), words(), words()).prop_map(|(street, post_code, town)| address(&street, &post_code, &town, "ch"));
    (words(), iban, bic, place, 1_i64..=99_999_999_999, remittance).prop_map(
        |(creditor, iban, bic, address, cents, remittance)| Transfer {
            bic,
            address,
            ..transfer(0, &format!("F {creditor}"), &iban, cents, &remittance)
        },
    )
}

#[test]
fn files_of_every_kind_for_the_schemas() {
    let mut runner = TestRunner::deterministic();
    let kinds = (proptest::collection::vec(any_transfer(), 1..40), words(), any::<bool>());
    for number in 0..60 {
        let (mut transfers, name, batch_booking) = kinds.new_tree(&mut runner).unwrap().current();
        let message_id = format!("VIR-2026-{number:06}");
        for (position, transfer) in transfers.iter_mut().enumerate() {
            transfer.end_to_end_id = format!("{message_id}-{:05}", position + 1);
        }
        let file = PaymentFile {
            message_id,
            created: "2026-11-22T08:15:00Z".parse().unwrap(),
            debtor: Account { name: format!("Stadt {name}"), ..debtor() },
            execution: date(2026, 11, 23),
            batch_booking,
            transfers,
        };
        let made = write_pain001(&file).unwrap();
        let sum: i64 = file.transfers.iter().map(|transfer| transfer.cents).sum();
        assert_eq!(sum, file.control_sum());
        std::fs::write(folder().join(format!("{number:02}.xml")), made).unwrap();
    }
}
