//! Jobs and events: done at least once, and what they write exactly once.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use jiff::SignedDuration;
use serde_json::json;
use vir_store::care;
use vir_store::job::dead;
use vir_store::{Error, Job, JobError, JobHandler, JobRunner, Store, Subscription, TenantId, Tx, args};

use super::{fixtures, number, open};

async fn enqueue(store: &Store, town: &TenantId, jobs: Vec<Job>) {
    let written: Result<(), Error> = store
        .write(town, move |tx: &mut Tx| {
            Box::pin(async move {
                for job in jobs {
                    tx.enqueue(job).await?;
                }
                Ok(())
            })
        })
        .await;
    written.unwrap();
}

/// A handler that notes what it was given.
fn noting(kind: &str, seen: &Arc<Mutex<Vec<String>>>) -> JobHandler {
    let seen = Arc::clone(seen);
    JobHandler::new(kind, move |_, payload| {
        seen.lock().unwrap().push(payload["n"].to_string());
        Box::pin(async { Ok(()) })
    })
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn jobs_run_when_they_are_due_and_never_if_their_transaction_failed() {
    for fixture in fixtures("due").await {
        let (store, town) = (fixture.store, fixture.town);
        let later = fixture.clock.now() + SignedDuration::from_hours(1);
        enqueue(&store, &town, vec![Job::now("a", json!({"n": 1})), Job::now("a", json!({"n": 2})).at(later)]).await;
        let failed: Result<(), Error> = store
            .write(&town, |tx: &mut Tx| {
                Box::pin(async move {
                    tx.enqueue(Job::now("a", json!({"n": 3}))).await?;
                    Err(Error::Busy)
                })
            })
            .await;
        assert!(failed.is_err());
        let seen = Arc::default();
        let drain = || JobRunner::drain(&store, vec![noting("a", &seen)], &[]);
        assert_eq!(drain().await.unwrap(), 1);
        fixture.clock.advance(SignedDuration::from_hours(2));
        assert_eq!(drain().await.unwrap(), 1);
        assert_eq!(drain().await.unwrap(), 0);
        assert_eq!(*seen.lock().unwrap(), ["1", "2"], "{}", fixture.name);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_failed_job_waits_longer_each_time_and_is_given_up_until_somebody_replays_it() {
    for fixture in fixtures("failed").await {
        let (store, town) = (fixture.store, fixture.town);
        enqueue(&store, &town, vec![Job::now("a", json!({})).keyed("k")]).await;
        let works = Arc::new(AtomicUsize::new(0));
        let handler = {
            let works = Arc::clone(&works);
            JobHandler::new("a", move |_, _| {
                let works = works.load(Ordering::Relaxed) > 0;
                Box::pin(async move { if works { Ok(()) } else { Err(JobError::Retry("no answer".to_owned())) } })
            })
            .patience(3, Duration::from_secs(10))
        };
        let drain = || JobRunner::drain(&store, vec![handler.clone()], &[]);
        assert_eq!(drain().await.unwrap(), 1);
        assert_eq!(drain().await.unwrap(), 0, "the first pause lasts");
        fixture.clock.advance(SignedDuration::from_secs(13));
        assert_eq!(drain().await.unwrap(), 1);
        fixture.clock.advance(SignedDuration::from_secs(13));
        assert_eq!(drain().await.unwrap(), 0, "the second pause is longer");
        fixture.clock.advance(SignedDuration::from_secs(13));
        assert_eq!(drain().await.unwrap(), 1);
        let dead = store.read(&town, |tx: &mut Tx| Box::pin(async move { dead::list(tx).await })).await.unwrap();
        assert_eq!((dead.len(), dead[0].last_error.as_str(), dead[0].attempts), (1, "no answer", 3));
        fixture.clock.advance(SignedDuration::from_hours(5));
        assert_eq!(drain().await.unwrap(), 0, "a dead job stays so");
        works.store(1, Ordering::Relaxed);
        let id = dead[0].id.clone();
        store.write(&town, move |tx: &mut Tx| Box::pin(async move { dead::replay(tx, &id).await })).await.unwrap();
        assert_eq!(drain().await.unwrap(), 1);
        assert_eq!(number(&store, &town, "select count(*) as n from job").await, 0, "{}", fixture.name);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_a_handler_writes_with_its_job_is_kept_once() {
    for fixture in fixtures("once").await {
        let (store, town) = (fixture.store, fixture.town);
        let published: Result<(), Error> = store
            .write(&town, |tx: &mut Tx| {
                Box::pin(async move { tx.publish("note.wanted", json!({"id": "n"})).await.map(|_| ()) })
            })
            .await;
        published.unwrap();
        assert_eq!(number(&store, &town, "select count(*) as n from job").await, 0, "nobody listens yet");
        let subscription = Subscription::new("writer", &["note.wanted"], |context, event| {
            Box::pin(async move {
                assert_eq!(event.payload["id"], "n");
                let id = event.id.to_string();
                context
                    .write(move |tx| {
                        Box::pin(async move { tx.execute("insert into note (id) values ($1)", &args![id]).await })
                    })
                    .await?;
                // The node loses its answer, or dies, after the effect is kept.
                Err(JobError::Retry("lost".to_owned()))
            })
        });
        let drain = || JobRunner::drain(&store, vec![], std::slice::from_ref(&subscription));
        assert_eq!(drain().await.unwrap(), 0);
        for _ in 0..2 {
            let published: Result<(), Error> = store
                .write(&town, |tx: &mut Tx| {
                    Box::pin(async move { tx.publish("note.wanted", json!({"id": "n"})).await.map(|_| ()) })
                })
                .await;
            published.unwrap();
        }
        assert_eq!(drain().await.unwrap(), 2);
        assert_eq!(drain().await.unwrap(), 0);
        assert_eq!(number(&store, &town, "select count(*) as n from note").await, 2, "{}", fixture.name);
        assert_eq!(number(&store, &town, "select count(*) as n from event").await, 3);
        let day = Duration::from_secs(24 * 3600);
        assert_eq!(care::forget_events(&store, &town, day).await.unwrap(), 0);
        fixture.clock.advance(SignedDuration::from_hours(48));
        assert_eq!(care::forget_events(&store, &town, day).await.unwrap(), 3);
        assert_eq!(number(&store, &town, "select count(*) as n from event_seen").await, 0);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_job_of_a_dead_node_is_taken_over_when_its_lease_ends() {
    for fixture in fixtures("lease").await {
        let (store, town) = (fixture.store, fixture.town);
        enqueue(&store, &town, vec![Job::now("a", json!({"n": 1}))]).await;
        // A node claims it and dies: its handler never comes back.
        let stuck = JobHandler::new("a", |_, _| Box::pin(std::future::pending()));
        let node = tokio::spawn({
            let store = store.clone();
            async move { JobRunner::drain(&store, vec![stuck], &[]).await }
        });
        while number(&store, &town, "select count(*) as n from job where state = 'running'").await == 0 {
            tokio::task::yield_now().await;
        }
        node.abort();
        let seen = Arc::default();
        assert_eq!(JobRunner::drain(&store, vec![noting("a", &seen)], &[]).await.unwrap(), 0, "the lease lasts");
        fixture.clock.advance(SignedDuration::from_secs(61));
        assert_eq!(JobRunner::drain(&store, vec![noting("a", &seen)], &[]).await.unwrap(), 1);
        assert_eq!(*seen.lock().unwrap(), ["1"], "{}", fixture.name);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_runners_share_the_work_and_stop_gracefully() {
    for fixture in fixtures("runners").await {
        let (store, town) = (fixture.store, fixture.town);
        let count = Arc::new(AtomicUsize::new(0));
        let handler = {
            let count = Arc::clone(&count);
            JobHandler::new("a", move |context, _| {
                let count = Arc::clone(&count);
                Box::pin(async move {
                    let id = context.job.clone();
                    let insert = "insert into note (id) values ($1)";
                    context.write(move |tx| Box::pin(async move { tx.execute(insert, &args![id]).await })).await?;
                    count.fetch_add(1, Ordering::Relaxed);
                    Ok(())
                })
            })
        };
        // On PostgreSQL the second runner is another node.
        let second = match fixture.name {
            "SQLite and files" => store.clone(),
            _ => open(fixture.config.clone(), fixture.clock.clone()).await,
        };
        let runners = [&store, &second].map(|store| JobRunner::start(store, vec![handler.clone()], &[], 4));
        for n in 0..10 {
            enqueue(&store, &town, (0..10).map(|m| Job::now("a", json!({"n": n * 10 + m}))).collect()).await;
        }
        let all = async {
            while count.load(Ordering::Relaxed) < 100 {
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        };
        tokio::time::timeout(Duration::from_secs(30), all).await.unwrap();
        for runner in runners {
            runner.stop().await;
        }
        assert_eq!(number(&store, &town, "select count(*) as n from note").await, 100, "{}", fixture.name);
        assert_eq!(number(&store, &town, "select count(*) as n from job").await, 0);
    }
}
