//! Full text finds the same on both engines.

use vir_store::search::{self, Document, Hit, Question};
use vir_store::{Result, Store, TenantId, Tx};

use super::fixtures;

async fn index(store: &Store, town: &TenantId, documents: Vec<(&'static str, i64, &'static str, &'static str)>) {
    let written: Result<()> = store
        .write(town, move |tx: &mut Tx| {
            Box::pin(async move {
                for (id, second, text, state) in documents {
                    let at = jiff::Timestamp::from_second(1_790_000_000 + second).unwrap();
                    let facets = [format!("state={state}")];
                    search::index(tx, &Document { kind: "invoice", id, at, text, facets: &facets }).await?;
                }
                Ok(())
            })
        })
        .await;
    written.unwrap();
}

async fn find(store: &Store, town: &TenantId, words: &'static str, facets: &'static [&'static str]) -> Vec<String> {
    page(store, town, words, facets, None, 10).await.into_iter().map(|hit| hit.id).collect()
}

async fn page(
    store: &Store,
    town: &TenantId,
    words: &'static str,
    facets: &'static [&'static str],
    before: Option<i64>,
    limit: i64,
) -> Vec<Hit> {
    store
        .read(town, move |tx: &mut Tx| {
            Box::pin(async move {
                let facets: Vec<String> = facets.iter().map(|&facet| facet.to_owned()).collect();
                let facets: Vec<Vec<String>> = facets.into_iter().map(|facet| vec![facet]).collect();
                let question = Question { kind: "invoice", words, facets: &facets, before, enough: limit, limit };
                search::find(tx, &question).await.map(|found| found.hits)
            })
        })
        .await
        .unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn words_their_beginnings_and_facets_are_found_newest_first() {
    for fixture in fixtures("search").await {
        let (store, town) = (fixture.store, fixture.town);
        index(
            &store,
            &town,
            vec![
                ("a", 1, "Müller & Söhne GmbH RE-2026/0815", "received"),
                ("b", 3, "Bäckerei Mueller, Rechnung 4711", "paid"),
                ("c", 2, "Stadtwerke Musterstadt 4711 Strom", "received"),
                // The same second and the same words.
                ("d", 2, "Stadtwerke Musterstadt 4712 Gas", "received"),
            ],
        )
        .await;
        let cases: [(&str, &[&str], &[&str]); 12] = [
            ("müller", &[], &["b", "a"]),
            ("MUELL", &[], &["b", "a"]),
            ("muller sohne", &[], &["a"]),
            ("muller", &["state=paid"], &["b"]),
            ("4711", &[], &["b", "c"]),
            ("471 stadtw", &["state=received"], &["c", "d"]),
            ("re-2026/08", &[], &["a"]),
            ("fehlt", &[], &[]),
            ("", &["state=paid"], &["b"]),
            ("\"' ) OR * : & | ! <->", &[], &[]),
            ("state=paid", &[], &[]),
            ("@musterstadt", &["state=received"], &["c", "d"]),
        ];
        for (words, facets, expected) in cases {
            let mut found = find(&store, &town, words, facets).await;
            if expected == ["c", "d"] {
                // Of the same second: in the order of their numbers.
                found.sort();
            }
            assert_eq!(found, expected, "{}: {words} {facets:?}", fixture.name);
        }
        let first = page(&store, &town, "", &[], None, 3).await;
        let second = page(&store, &town, "", &[], Some(first[2].place), 3).await;
        assert_eq!((first[0].id.as_str(), second.len(), second[0].id.as_str()), ("b", 1, "a"));
        // Indexed again: new words, new state, the old place.
        index(&store, &town, vec![("a", 9, "Meier", "paid")]).await;
        assert_eq!(find(&store, &town, "muller", &[]).await, ["b"]);
        assert_eq!(find(&store, &town, "", &["state=paid"]).await, ["b", "a"]);
        let removed: Result<()> =
            store.write(&town, |tx: &mut Tx| Box::pin(async move { search::remove(tx, "invoice", "b").await })).await;
        removed.unwrap();
        assert_eq!(find(&store, &town, "", &["state=paid"]).await, ["a"]);
        // Another tenant finds nothing of this, also with the same ids.
        let other: TenantId = "nachbarstadt".parse().unwrap();
        store.create_tenant(&other, "Nachbarstadt").await.unwrap();
        assert!(find(&store, &other, "", &[]).await.is_empty(), "{}", fixture.name);
        index(&store, &other, vec![("a", 1, "Meier", "paid")]).await;
        assert_eq!(find(&store, &other, "meier", &[]).await, ["a"]);
        assert_eq!(find(&store, &town, "meier", &[]).await, ["a"]);
    }
}
