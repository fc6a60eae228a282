//! Handing over: nothing is paid twice, whoever orders does not pay, and the bank's answer is put to the right
//! invoice.

use std::sync::Arc;

use jiff::civil::date;
use proptest::prelude::*;
use vir_auth::{By, Directory, Grant, Limit, PersonId, Principal, SessionId, Unit, UnitId, UnitTree};
use vir_core::Lang;
use vir_invoice::bindings::write_ubl;
use vir_invoice::create::{Draft, invoice};
use vir_invoice_desk::coding::line::{Line, Target, Tax};
use vir_invoice_desk::hand_over::account::{AccountForm, add_account};
use vir_invoice_desk::hand_over::batch::{self, BatchFile};
use vir_invoice_desk::hand_over::run::{self, NewRun, RunState};
use vir_invoice_desk::hand_over::{HandOverError, answer, german_iban, read_bank_report};
use vir_invoice_desk::intake::{Received, receive};
use vir_invoice_desk::invoice_row::{Channel, InvoiceId, State};
use vir_invoice_desk::workflow::decide::{Attempt, Decider, decide};
use vir_invoice_desk::workflow::state::Kind;
use vir_store::{BoxFuture, Store, TenantId, Tx};

use crate::desk::Desk;

pub fn decider(name: &str) -> Decider {
    let root: UnitId = "root".into();
    let unit = Unit { id: root.clone(), parent: None, name: "Stadt".into(), code: String::new(), active: true };
    let tree = Arc::new(UnitTree::new(vec![unit]));
    let permissions = ["see", "receive", "code", "certify", "order", "pay", "send", "configure"];
    let permissions = permissions.into_iter().map(|word| format!("invoice.{word}")).collect();
    let grant = Grant {
        role: "all".into(),
        permissions: Arc::new(permissions),
        unit: root,
        limit: Limit::Unlimited,
        acting_for: None,
    };
    let principal = Principal {
        tenant: "musterstadt".parse().unwrap(),
        person: PersonId::from(name),
        name: name.to_owned(),
        lang: Lang::De,
        by: By::Session(SessionId::from("s")),
        grants: vec![grant].into(),
        tree: tree.clone(),
    };
    Decider { principal, directory: Arc::new(Directory { tree, ..Directory::default() }) }
}

/// An invoice as UBL.
fn bill(number: &str, kind: &str, cents: i64, account: u64) -> Vec<u8> {
    let draft = format!(
        r#"{{"number": "{number}", "type": "{kind}", "issueDate": "2026-11-01", "dueDate": "2026-12-01",
            "buyerReference": "04011000-12345-03",
            "seller": {{"name": "Müller & Söhne GmbH", "vatId": "DE123456789",
                "address": {{"city": "Nordenham", "postCode": "26954", "country": "DE"}},
                "contact": {{"name": "Buchhaltung", "phone": "04731 1", "email": "a@mueller.example"}}}},
            "buyer": {{"name": "Musterstadt", "address": {{"city": "Musterstadt", "postCode": "26969", "country": "DE"}}}},
            "payment": {{"means": "58", "iban": "{}"}},
            "lines": [{{"name": "Leistung", "quantity": 1, "price": "{}.{:02}", "vat": {{"category": "E", "rate": 0, "exemptionReason": "steuerfrei"}}}}]}}"#,
        german_iban(25_050_000, account),
        cents / 100,
        cents % 100,
    );
    write_ubl(&invoice(&Draft::from_json(&draft).unwrap()).unwrap()).unwrap().into_bytes()
}

/// An invoice that was ordered by `frauke`.
pub async fn ordered(
    store: &Store,
    tenant: &TenantId,
    number: &str,
    kind: &str,
    cents: i64,
    account: u64,
) -> InvoiceId {
    let received = Received::new(Channel::Api, format!("{number}.xml"), bill(number, kind, cents, account));
    let receipt = receive(store, tenant, received).await.unwrap();
    let id = receipt.id.clone();
    store
        .write(tenant, move |tx: &mut Tx| {
            Box::pin(async move {
                let target = Target {
                    cost_centre: "5410".into(),
                    account: "4271".into(),
                    product: "541000".into(),
                    investment: None,
                    tax: Tax::None,
                };
                let amount = tx
                    .one("select payable_cents from invoice where id = $1", &vir_store::args![receipt.id.as_str()])
                    .await?
                    .int("payable_cents")?;
                let steps = [
                    (Kind::Forward, "imke"),
                    (Kind::Code, "imke"),
                    (Kind::CertifySubstance, "hauke"),
                    (Kind::CertifyArithmetic, "hauke"),
                    (Kind::Order, "frauke"),
                ];
                for (kind, who) in steps {
                    let mut attempt = Attempt::new(receipt.id.clone(), kind).because("so bestellt und geliefert");
                    attempt.unit = (kind == Kind::Forward).then(|| "root".into());
                    if kind == Kind::Code {
                        attempt.lines = vec![Line { target: target.clone(), amount_cents: amount, note: None }];
                    }
                    decide(tx, &decider(who), &attempt).await.unwrap();
                }
                Ok::<_, vir_store::Error>(())
            })
        })
        .await
        .unwrap();
    id
}

impl Desk {
    async fn run<T, E, F>(&self, f: F) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<vir_store::Error> + Send + 'static,
        F: for<'t> FnOnce(&'t mut Tx) -> BoxFuture<'t, Result<T, E>> + Send + 'static,
    {
        self.store.write(&self.tenant, f).await
    }

    async fn ordered(&self, number: &str, kind: &str, cents: i64, account: u64) -> InvoiceId {
        ordered(&self.store, &self.tenant, number, kind, cents, account).await
    }

    async fn account(&self, two_persons: bool) -> String {
        let form = AccountForm {
            name: "Stadt Musterstadt".into(),
            iban: german_iban(28_050_100, 1),
            bic: String::new(),
            batch_booking: Some("on".into()),
            two_persons: two_persons.then(|| "on".into()),
        };
        self.run(move |tx| Box::pin(async move { add_account(tx, &decider("wiebke").principal, &form).await }))
            .await
            .unwrap()
    }

    async fn pay(&self, who: &'static str, account: &str, invoices: &[&InvoiceId]) -> Result<run::Made, HandOverError> {
        let new = NewRun {
            invoices: invoices.iter().map(|id| ((*id).clone(), false)).collect(),
            account: account.to_owned(),
            execution: date(2026, 11, 24),
            confirmations: Vec::new(),
        };
        self.run(move |tx| Box::pin(async move { run::create(tx, &decider(who), &new).await })).await
    }

    async fn state(&self, id: &InvoiceId) -> State {
        self.row(id).await.state
    }

    async fn file(&self, run: &str) -> Vec<u8> {
        let id = run.to_owned();
        self.run(move |tx| Box::pin(async move { run::file(tx, &decider("okka").principal, &id).await }))
            .await
            .unwrap()
            .1
    }

    /// Can this person release the run?
    async fn releases(&self, who: &'static str, run: &str) -> bool {
        let id = run.to_owned();
        self.run(move |tx| Box::pin(async move { run::release(tx, &decider(who).principal, &id).await })).await.is_ok()
    }

    async fn bank_says(&self, xml: &str) -> answer::Applied {
        let report = read_bank_report(xml.as_bytes()).unwrap();
        self.run(move |tx| Box::pin(async move { answer::apply(tx, &decider("okka"), &report, "blob").await }))
            .await
            .unwrap()
    }
}

fn status(run: &str, transactions: &str) -> String {
    format!(
        "<Document xmlns=\"urn:iso:std:iso:20022:tech:xsd:pain.002.001.10\"><CstmrPmtStsRpt><GrpHdr><MsgId>B</MsgId></GrpHdr>\
         <OrgnlGrpInfAndSts><OrgnlMsgId>{run}</OrgnlMsgId></OrgnlGrpInfAndSts><OrgnlPmtInfAndSts>{transactions}</OrgnlPmtInfAndSts>\
         </CstmrPmtStsRpt></Document>"
    )
}

fn transaction(id: &str, status: &str, reason: &str) -> String {
    let reason =
        if reason.is_empty() { String::new() } else { format!("<StsRsnInf><Rsn><Cd>{reason}</Cd></Rsn></StsRsnInf>") };
    format!("<TxInfAndSts><OrgnlEndToEndId>{id}</OrgnlEndToEndId><TxSts>{status}</TxSts>{reason}</TxInfAndSts>")
}

#[tokio::test]
async fn a_run_hands_over_once_and_its_file_stays_the_same() {
    let desk = Desk::new("run").await;
    let account = desk.account(false).await;
    let one = desk.ordered("R-1", "380", 11_900, 7).await;
    let two = desk.ordered("R-2", "380", 5_000, 7).await;
    let made = desk.pay("okka", &account, &[&one, &two]).await.unwrap();
    assert_eq!((made.run.total_cents, made.run.transfer_count, made.run.state), (16_900, 2, RunState::Made));
    assert_eq!(made.run.message_id, "VIR-2026-000001");
    assert_eq!(desk.state(&one).await, State::HandedOver);

    let first = desk.file(&made.run.id).await;
    let again = desk.file(&made.run.id).await;
    assert_eq!(first, again);
    let text = String::from_utf8(first).unwrap();
    assert!(text.contains("<CtrlSum>169.00</CtrlSum>") && text.contains("Mueller + Soehne GmbH"), "{text}");

    let twice = desk.pay("okka", &account, &[&one]).await.unwrap_err();
    assert!(matches!(twice, HandOverError::Invoices(_)));
    assert_eq!(desk.count("payment_run").await, 1);
    assert_eq!(desk.count("payment_item").await, 2);
}

#[tokio::test]
async fn whoever_ordered_may_not_pay_nor_release() {
    let desk = Desk::new("law").await;
    let account = desk.account(true).await;
    let one = desk.ordered("R-1", "380", 11_900, 7).await;
    let refused = desk.pay("frauke", &account, &[&one]).await.unwrap_err();
    let HandOverError::Invoices(objections) = refused else { panic!("{refused}") };
    assert!(objections[0].why.de.contains("§ 42 Abs. 5"), "{objections:?}");

    let made = desk.pay("okka", &account, &[&one]).await.unwrap();
    assert_eq!(made.run.state, RunState::Waiting);
    for (who, may) in [("okka", false), ("frauke", false), ("silke", true)] {
        assert_eq!(desk.releases(who, &made.run.id).await, may, "{who}");
    }
    assert!(!desk.file(&made.run.id).await.is_empty());
}

#[tokio::test]
async fn a_certifier_pays_only_with_a_second_person() {
    let desk = Desk::new("law-3").await;
    // The account itself asks for nobody else.
    let account = desk.account(false).await;
    let one = desk.ordered("R-1", "380", 11_900, 7).await;
    let made = desk.pay("hauke", &account, &[&one]).await.unwrap();
    assert_eq!(made.run.state, RunState::Waiting);
    for (who, may) in [("hauke", false), ("frauke", false), ("okka", true)] {
        assert_eq!(desk.releases(who, &made.run.id).await, may, "{who}");
    }
    assert!(!desk.file(&made.run.id).await.is_empty());
}

#[tokio::test]
async fn what_the_bank_refuses_is_ordered_again_and_the_rest_is_paid() {
    let desk = Desk::new("bank").await;
    let account = desk.account(false).await;
    let one = desk.ordered("R-1", "380", 11_900, 7).await;
    let two = desk.ordered("R-2", "380", 5_000, 8).await;
    // The second account of a known seller is only new once something was paid to the first.
    let made = desk.pay("okka", &account, &[&one, &two]).await.unwrap();
    let id = |index: usize| format!("{}-{index:05}", made.run.message_id);
    let refused =
        status(&made.run.message_id, &(transaction(&id(1), "ACSC", "") + &transaction(&id(2), "RJCT", "AC04")));
    let applied = desk.bank_says(&refused).await;
    assert_eq!((applied.paid, applied.rejected), (1, 1), "{applied:?}");
    let states = [desk.state(&one).await, desk.state(&two).await];
    assert!(states.contains(&State::Paid) && states.contains(&State::Ordered), "{states:?}");

    let again = desk.bank_says(&refused).await;
    assert_eq!((again.paid, again.rejected, again.known), (0, 0, 2), "{again:?}");
    let done = made.run.id.clone();
    let found = desk.run(move |tx| Box::pin(async move { run::run(tx, &done).await })).await.unwrap();
    assert_eq!(found.state, RunState::Done);
}

#[tokio::test]
async fn a_run_is_taken_back_only_before_the_bank_has_it() {
    let desk = Desk::new("cancel").await;
    let account = desk.account(false).await;
    let one = desk.ordered("R-1", "380", 11_900, 7).await;
    let made = desk.pay("okka", &account, &[&one]).await.unwrap();
    let cancel = |id: String| {
        desk.run(move |tx| Box::pin(async move { run::cancel(tx, &decider("okka"), &id, "falsches Konto").await }))
    };
    cancel(made.run.id.clone()).await.unwrap();
    assert_eq!(desk.state(&one).await, State::Ordered);

    let second = desk.pay("okka", &account, &[&one]).await.unwrap();
    assert_eq!(second.run.message_id, "VIR-2026-000002");
    let id = second.run.id.clone();
    desk.run(move |tx| Box::pin(async move { run::mark_sent(tx, &decider("okka").principal, &id).await }))
        .await
        .unwrap();
    assert!(matches!(cancel(second.run.id.clone()).await, Err(HandOverError::Refused(_))));
    assert_eq!(desk.state(&one).await, State::HandedOver);
}

#[tokio::test]
async fn a_changed_account_must_be_confirmed() {
    let desk = Desk::new("fraud").await;
    let account = desk.account(false).await;
    let one = desk.ordered("R-1", "380", 11_900, 7).await;
    desk.pay("okka", &account, &[&one]).await.unwrap();
    let two = desk.ordered("R-2", "380", 5_000, 8).await;
    let refused = desk.pay("okka", &account, &[&two]).await.unwrap_err();
    let HandOverError::Invoices(objections) = refused else { panic!("{refused}") };
    assert!(objections[0].why.de.contains("Bankverbindung"), "{objections:?}");

    let row = desk.row(&two).await;
    for (reason, may) in [("ja", false), ("Rückruf unter der bekannten Nummer", true)] {
        let new = NewRun {
            invoices: vec![(two.clone(), false)],
            account: account.clone(),
            execution: date(2026, 11, 24),
            confirmations: vec![(row.seller_key.clone().unwrap(), row.iban.clone().unwrap(), reason.to_owned())],
        };
        let made = desk.run(move |tx| Box::pin(async move { run::create(tx, &decider("okka"), &new).await })).await;
        assert_eq!(made.is_ok(), may, "{reason}");
    }
}

#[tokio::test]
async fn batches_are_numbered_without_gaps_and_post_each_invoice_once() {
    let desk = Desk::new("batch").await;
    let one = desk.ordered("R-1", "380", 11_900, 7).await;
    let two = desk.ordered("R-2", "380", 5_000, 7).await;
    let make = |ids: Vec<InvoiceId>| {
        desk.run(move |tx| Box::pin(async move { batch::create_batch(tx, &decider("okka"), "", &ids).await }))
    };
    let first = make(vec![one.clone()]).await.unwrap();
    assert!(make(vec![one.clone()]).await.is_err());
    let second = make(vec![two]).await.unwrap();
    assert_eq!((first.name(), second.name()), ("B-000001".to_owned(), "B-000002".to_owned()));
    let file = |id: String| {
        desk.run(move |tx| {
            Box::pin(async move { batch::batch_file(tx, &decider("okka").principal, &id, BatchFile::Table).await })
        })
    };
    let (_, bytes) = file(first.id.clone()).await.unwrap();
    assert_eq!(bytes, file(first.id).await.unwrap().1);
    let text = String::from_utf8(bytes).unwrap();
    assert!(text.contains(";2026-000001;RE;R-1;") && text.contains(";119,00;EUR;5410;4271;541000;"), "{text}");
    assert_eq!(desk.state(&one).await, State::Ordered, "posting alone does not pay");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 12, ..ProptestConfig::default() })]

    /// Whatever is tried in whatever order, an invoice is active in one transfer at most, and what is handed over is
    /// in exactly one.
    #[test]
    fn nothing_is_in_two_transfers(steps in proptest::collection::vec((0_u8..4, 0_usize..3), 1..14)) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let desk = Desk::new("steps").await;
            let account = desk.account(false).await;
            let mut ids = Vec::new();
            for (index, cents) in [10_000, 20_000, 30_000].into_iter().enumerate() {
                ids.push(desk.ordered(&format!("R-{index}"), "380", cents, 7).await);
            }
            let mut runs: Vec<run::Run> = Vec::new();
            for (step, which) in steps {
                match step {
                    0 => if let Ok(made) = desk.pay("okka", &account, &[&ids[which]]).await { runs.push(made.run) },
                    1 => if let Ok(made) = desk.pay("okka", &account, &ids.iter().collect::<Vec<_>>()).await { runs.push(made.run) },
                    2 => if let Some(found) = runs.get(which) {
                        let id = found.id.clone();
                        let _ = desk.run(move |tx| Box::pin(async move { run::cancel(tx, &decider("okka"), &id, "Irrtum im Konto").await })).await;
                    },
                    _ => if let Some(found) = runs.get(which) {
                        let id = format!("{}-00001", found.message_id);
                        desk.bank_says(&status(&found.message_id, &transaction(&id, "RJCT", "AC01"))).await;
                    },
                }
                for id in &ids {
                    let invoice = id.clone();
                    let active = desk.run(move |tx| Box::pin(async move {
                        let sql = "select count(*) as n from payment_item where invoice_id = $1 and active";
                        tx.one(sql, &vir_store::args![invoice.as_str()]).await?.int("n")
                    })).await.unwrap();
                    let expect = i64::from(desk.state(id).await == State::HandedOver);
                    assert_eq!(active, expect);
                }
            }
        });
    }
}
