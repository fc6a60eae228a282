//! The history of an invoice: everything that happened, in its order, nothing twice, and nothing left out.

use vir_core::Lang;
use vir_invoice_desk::conversation;
use vir_invoice_desk::invoice::history::{self, Happening, Topic};
use vir_invoice_desk::invoice_row::{Channel, InvoiceId};
use vir_invoice_desk::workflow::{Assignee, Attempt, Kind, assign};
use vir_store::{Tx, args, audit};

use crate::desk::Desk;
use crate::way;

async fn history_of(desk: &Desk, id: &InvoiceId) -> (Vec<Happening>, usize) {
    let (decider, row) = (way::decider(&desk.tenant, "ada"), desk.row(id).await);
    desk.store
        .read(&desk.tenant, move |tx: &mut Tx| {
            Box::pin(async move {
                let entries = audit::of_subject(tx, &row.id.subject()).await?.len();
                Ok::<_, vir_store::Error>((history::of(tx, &decider, &row).await?, entries))
            })
        })
        .await
        .unwrap()
}

#[tokio::test]
async fn everything_that_happened_is_told_once_and_in_order() {
    let desk = Desk::new("history").await;
    let receipt = desk
        .receive(Channel::Upload, "r.xml", include_bytes!("../../../invoice/samples/xrechnung-ubl.xml").to_vec())
        .await;
    let id = receipt.id;
    let step = || desk.store.clock().advance(jiff::SignedDuration::from_mins(1));
    let row = id.clone();
    let unit = desk.store.write(&desk.tenant, move |tx: &mut Tx| {
        Box::pin(async move {
            tx.execute("update invoice set unit_id = 'bau', payable_cents = 50000 where id = $1", &args![row.as_str()])
                .await
        })
    });
    let _: u64 = unit.await.unwrap();
    step();
    let (ada, wanted) = (way::decider(&desk.tenant, "ada"), id.clone());
    let give = desk.store.write(&desk.tenant, move |tx: &mut Tx| {
        Box::pin(async move { assign(tx, &ada, &wanted, &Assignee::Person("ada".into()), Some("Ich mache das")).await })
    });
    assert!(give.await.unwrap());
    step();
    let code = Attempt { lines: way::lines(50_000), ..Attempt::new(id.clone(), Kind::Code) };
    way::try_to(&desk.store, &desk.tenant, "ada", code).await.unwrap();
    step();
    let (ada, row) = (way::decider(&desk.tenant, "ada"), desk.row(&id).await);
    let talk = desk.store.write(&desk.tenant, move |tx: &mut Tx| {
        Box::pin(async move {
            conversation::comment(tx, &ada, &row.id, "@Bert bitte ansehen").await?;
            conversation::query(tx, &ada, &row, "holm@example.org", "Wie viele?").await?;
            conversation::answer(tx, &row.id, "mail-1", "Holm", "Zwölf.").await?;
            conversation::reject_notice(tx, &ada, &row, "holm@example.org", "Leider nein.").await
        })
    });
    talk.await.map_err(|error: vir_store::Error| error).unwrap();
    for kind in [Kind::CertifySubstance, Kind::CertifyArithmetic] {
        step();
        way::try_to(&desk.store, &desk.tenant, "ada", Attempt::new(id.clone(), kind)).await.unwrap();
    }
    step();
    way::try_to(&desk.store, &desk.tenant, "bert", Attempt::new(id.clone(), Kind::Hold).because("Menge unklar"))
        .await
        .unwrap();
    let bring = desk.store.write(&desk.tenant, |tx: &mut Tx| {
        Box::pin(async move {
            let entry = vir_store::Entry {
                actor: "system".into(),
                action: "invoice.from_the_future".into(),
                subject: "invoice/none".into(),
                detail: serde_json::json!({}),
            };
            tx.audit(entry);
            Ok::<_, vir_store::Error>(())
        })
    });
    bring.await.unwrap();
    let (history, entries) = history_of(&desk, &id).await;
    assert_eq!(history.len(), entries, "each entry is one happening: {history:#?}");
    assert!(history.is_sorted_by_key(|one| one.at));
    let told: Vec<String> =
        history.iter().map(|one| format!("{}: {}", one.who.get(Lang::De), one.what.get(Lang::De))).collect();
    let expect = [
        "Upload: eingegangen",
        // The people of these tests act for the system, and the entry has no other name.
        "vir: zugewiesen → ADA",
        "ADA: kontiert",
        "ADA: Kommentar",
        "ADA: Rückfrage an den Lieferanten",
        "Holm: Antwort des Lieferanten",
        "ADA: ",
        "ADA: sachlich richtig festgestellt",
        "ADA: rechnerisch richtig festgestellt",
        "BERT: angehalten",
    ];
    for (told, expect) in told.iter().zip(expect).skip(1) {
        assert!(told.starts_with(expect), "{told} / {expect}");
    }
    assert!(told[0].contains("eingegangen"), "{}", told[0]);
    assert_eq!(history.last().unwrap().words.as_deref(), Some("Menge unklar"));
    let topics: Vec<Topic> = history.iter().map(|one| one.topic).collect();
    assert_eq!(topics.iter().filter(|topic| **topic == Topic::Talk).count(), 4);
}

#[tokio::test]
async fn what_was_kept_without_an_entry_is_told_too() {
    // Rows as they could be from before an entry was written: a comment and a decision alone.
    let desk = Desk::new("history-old").await;
    let id = way::invoice(&desk, "i1", 50_000).await;
    let write = desk.store.write(&desk.tenant, |tx: &mut Tx| {
        Box::pin(async move {
            tx.execute(
                "insert into invoice_comment (id, invoice_id, at, kind, person_id, author, text)
                 values ('c1', 'i1', $1, 'comment', 'ada', 'ADA', 'von früher')",
                &args![tx.now()],
            )
            .await?;
            tx.execute(
                "insert into invoice_decision (invoice_id, version, kind, from_state, to_state, person_id, person_name, at, reason)
                 values ('i1', 2, 'hold', 'received', 'received', 'ada', 'ADA (früher)', $1, 'warten')",
                &args![tx.now()],
            )
            .await
        })
    });
    let _: u64 = write.await.unwrap();
    let (history, _) = history_of(&desk, &id).await;
    let words: Vec<Option<&str>> = history.iter().map(|one| one.words.as_deref()).collect();
    assert_eq!(words, [None, Some("von früher"), Some("warten")]);
    assert_eq!(history[2].who.get(Lang::De), "ADA (früher)", "as they were called on that day");
}
