//! Who takes care of an invoice: given only to those who may do the next step, ended with the step, no lock.

use std::sync::Arc;

use vir_auth::{By, Directory, Group};
use vir_invoice_desk::block;
use vir_invoice_desk::intake::{Received, receive};
use vir_invoice_desk::invoice_row::{Channel, InvoiceId};
use vir_invoice_desk::routing::{self, Field, Operator, Rule, Stage};
use vir_invoice_desk::workflow::{Assignee, Attempt, Decider, Kind, Refusal, assign};
use vir_store::{Tx, args};
use vir_web::test::Site;

use crate::desk::Desk;
use crate::way;

/// The town of the other tests, with two groups: one that can code and certify, one that can neither.
fn town() -> Directory {
    let mut directory = way::town();
    for (id, name, members) in
        [("office", "Rechnungsstelle", ["ada", "emil"]), ("away", "Ausgeschieden", ["emil", "nobody"])]
    {
        let members = members.into_iter().map(Into::into).collect();
        directory.groups.insert(id.into(), Group { id: id.into(), name: name.into(), members });
    }
    directory
}

fn decider(desk: &Desk, who: &str) -> Decider {
    let directory = Arc::new(town());
    let today = "2026-11-22".parse().unwrap();
    let principal = directory.principal(&desk.tenant, &who.into(), By::System, today).unwrap();
    Decider { principal, directory }
}

async fn give(desk: &Desk, who: &str, id: &InvoiceId, to: Assignee) -> Result<bool, Refusal> {
    let (decider, id) = (decider(desk, who), id.clone());
    desk.store
        .write(&desk.tenant, move |tx: &mut Tx| {
            Box::pin(async move { assign(tx, &decider, &id, &to, Some("bitte")).await })
        })
        .await
}

async fn hands(desk: &Desk, id: &InvoiceId) -> (Option<String>, Option<String>) {
    let row = desk.row(id).await;
    (row.assigned_person, row.assigned_group)
}

fn person(id: &str) -> Assignee {
    Assignee::Person(id.into())
}

#[tokio::test]
async fn an_invoice_is_given_to_those_who_may_do_the_next_step() {
    let desk = Desk::new("assign").await;
    let id = way::invoice(&desk, "i1", 50_000).await;
    let before = desk.row(&id).await;
    // Received: ada codes, nobody else may.
    assert!(give(&desk, "ada", &id, person("ada")).await.unwrap());
    assert!(!give(&desk, "ada", &id, person("ada")).await.unwrap(), "it was hers already");
    assert_eq!(hands(&desk, &id).await, (Some("ada".into()), None));
    assert!(matches!(give(&desk, "ada", &id, person("bert")).await, Err(Refusal::Invalid(_))), "bert cannot code");
    assert!(matches!(give(&desk, "ada", &id, person("nobody")).await, Err(Refusal::Invalid(_))));
    assert!(matches!(give(&desk, "bert", &id, person("ada")).await, Err(Refusal::Forbidden("invoice.code"))));
    assert!(give(&desk, "ada", &id, Assignee::Group("office".into())).await.unwrap());
    assert!(matches!(give(&desk, "ada", &id, Assignee::Group("away".into())).await, Err(Refusal::Invalid(_))));
    assert_eq!(hands(&desk, &id).await, (None, Some("office".into())));
    // It neither changes the version nor the time since which it waits, so nobody's form goes stale.
    let after = desk.row(&id).await;
    assert_eq!((after.version, after.changed_at, after.state), (before.version, before.changed_at, before.state));
    // Whoever may do the step still may: it is no lock. The step's end is the assignment's end.
    let code = Attempt { lines: way::lines(50_000), ..Attempt::new(id.clone(), Kind::Code).seen(1) };
    way::try_to(&desk.store, &desk.tenant, "ada", code).await.unwrap();
    assert_eq!(hands(&desk, &id).await, (None, None));
    // Coded: certifying is next; a first certificate does not end the step.
    assert!(give(&desk, "ada", &id, person("bert")).await.unwrap());
    way::try_to(&desk.store, &desk.tenant, "ada", Attempt::new(id.clone(), Kind::CertifySubstance)).await.unwrap();
    assert_eq!(hands(&desk, &id).await.0.as_deref(), Some("bert"));
    // Whoever has it gives it back.
    assert!(give(&desk, "bert", &id, Assignee::Nobody).await.unwrap());
    assert_eq!(hands(&desk, &id).await, (None, None));
    // Each change has its entry and its event.
    let (entries, events) = told(&desk).await;
    assert_eq!((entries, events.len()), (4, 4));
    for payload in events {
        crate::told::fits("invoice.assign", &payload);
    }
}

async fn told(desk: &Desk) -> (i64, Vec<serde_json::Value>) {
    desk.store
        .read(&desk.tenant, |tx: &mut Tx| {
            Box::pin(async move {
                let entries = tx.one("select count(*) as n from audit where action = 'invoice.assign'", &[]).await?;
                let rows = tx.all("select payload from event where kind = 'invoice.assign' order by id", &[]).await?;
                let events = rows.iter().map(|row| Ok(serde_json::from_str(&row.text("payload")?)?));
                Ok::<_, vir_store::Error>((entries.int("n")?, events.collect::<vir_store::Result<_>>()?))
            })
        })
        .await
        .unwrap()
}

#[tokio::test]
async fn of_two_who_take_it_one_is_told_that_the_other_was_faster() {
    let desk = Desk::new("assign-race").await;
    let id = way::certified(&desk, "i1", 50_000).await;
    // Both saw it free; the one who comes second gets it knowingly or not at all, never silently.
    let steal = desk.store.write(&desk.tenant, |tx: &mut Tx| {
        Box::pin(
            async move { tx.execute("update invoice set assigned_person = 'dora' where id = $1", &args!["i1"]).await },
        )
    });
    let _: u64 = steal.await.unwrap();
    assert!(give(&desk, "cleo", &id, person("cleo")).await.unwrap(), "taking over openly is allowed");
    let (_, events) = told(&desk).await;
    assert_eq!(events.last().unwrap()["person"], "cleo");
}

#[tokio::test]
async fn a_rule_gives_the_invoice_to_somebody() {
    let desk = Desk::new("assign-rule").await;
    let rule = Rule {
        id: String::new(),
        stage: Stage::Rule,
        position: 0,
        field: Field::Channel,
        operator: Operator::Is,
        value: "upload".into(),
        unit_id: "bau".into(),
        person_id: None,
        group_id: Some("office".into()),
        note: String::new(),
    };
    let add = desk
        .store
        .write(&desk.tenant, |tx: &mut Tx| Box::pin(async move { routing::add(tx, "person:ada", rule).await }));
    add.await.unwrap();
    let receipt = desk
        .receive(Channel::Upload, "r.xml", include_bytes!("../../../invoice/samples/xrechnung-ubl.xml").to_vec())
        .await;
    assert_eq!(hands(&desk, &receipt.id).await, (None, Some("office".into())));
    assert_eq!(told(&desk).await.1.len(), 1);
}

#[tokio::test]
async fn taken_and_given_back_by_forms_alone() {
    let site = Site::new(vec![block()]).await;
    let xml = include_bytes!("../../../invoice/samples/xrechnung-ubl.xml").to_vec();
    let received = Received::new(Channel::Upload, "r.xml", xml);
    let id = receive(&site.app.store, &site.tenant, received).await.unwrap().id;
    let row = id.clone();
    let unit = site.app.store.write(&site.tenant, move |tx: &mut Tx| {
        Box::pin(
            async move { tx.execute("update invoice set unit_id = 'root' where id = $1", &args![row.as_str()]).await },
        )
    });
    let _: u64 = unit.await.unwrap();
    let at = format!("/rechnungen/{id}");
    let reader = site.person("Rita Revision", &["invoice.see"]);
    let page = site.get(&reader, &at).await.text();
    assert!(page.contains("Niemandem zugewiesen") && !page.contains("Ich übernehme"), "{page}");
    assert_eq!(site.post(&reader, &format!("{at}/zuweisung"), &[("to", "none")]).await.status, 403);
    // The people of these tests stand in no directory, so nobody can be chosen; taking goes through the same check.
    let clerk = site.person("Erika Beispiel", &["invoice.see", "invoice.code"]);
    for (path, there) in [("/arbeit", true), ("/arbeit?wer=mir", false), ("/arbeit?step=code&wer=mir", false)] {
        let work = site.get(&clerk, path).await;
        assert_eq!((work.status.as_u16(), work.text().contains(&at)), (200, there), "{path}");
    }
    let me = clerk.person.to_string();
    let mine = id.clone();
    let give = site.app.store.write(&site.tenant, move |tx: &mut Tx| {
        Box::pin(async move {
            tx.execute("update invoice set assigned_person = $2 where id = $1", &args![mine.as_str(), me]).await
        })
    });
    let _: u64 = give.await.unwrap();
    assert!(site.get(&clerk, "/arbeit?wer=mir").await.text().contains(&at));
    assert!(site.get(&clerk, &at).await.text().contains("Sie haben diese Rechnung übernommen"));
    let back = site.post(&clerk, &format!("{at}/zuweisung"), &[("to", "none")]).await;
    assert_eq!((back.status.as_u16(), back.location()), (303, at.as_str()));
    assert!(!site.get(&clerk, "/arbeit?wer=mir").await.text().contains(&at));
}
