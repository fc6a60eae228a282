//! `vir-register-bench`: how long pages of the register take over many invoices.
//!
//! ```text
//! vir-register-bench FOLDER [--engine sqlite|postgres|both] [--count 1000000] [--requests 200] [--server PATH] [--kind WORDS]
//! ```
//!
//! Furnishes the demo's town in FOLDER, adds COUNT invented invoices (as if five years of work had
//! left them), and asks for pages as people do and as nobody does: the query alone, in this process,
//! and the page as `vir serve` renders it, over HTTP. Twice: as the head of finance, who sees
//! everything, and as a clerk who sees four small units out of twelve. PostgreSQL is started for the
//! run, or is the one that `REGISTER_BENCH_DATABASE_URL` and `REGISTER_BENCH_DATABASE_OWNER_URL` name; what is
//! filled there already is used again.
//!
//! Before a kind is timed, half as many other questions of it are asked: a server that runs has its tables in memory.
//!
//! Invariant: each kind of request is drawn by seed; two runs over the same data ask the same.

#![allow(clippy::print_stdout, clippy::disallowed_methods, reason = "a measurement speaks and looks at the clock")]

#[path = "../generate.rs"]
mod generate;
mod place;
mod questions;
mod report;

use std::path::PathBuf;
use std::time::Instant;

use vir_invoice_desk::register::volume::Random;
use vir_invoice_desk::register::{Asking, Effort, Query, list, state_counts};
use vir_testkit::server::{Server, free_port};
use vir_testkit::visitor::Visitor;

use place::{Engine, Place, Town};
use questions::{KINDS, question};
use report::{Class, Times};

/// All errors: a measurement ends with the first.
pub type Outcome<T> = Result<T, Box<dyn std::error::Error + Send + Sync>>;

/// The password of everybody in the demo.
const PASSWORD: &str = "gruenensiel-am-deich";
/// Who asks: a person of the demo, and in words.
const PEOPLE: [(&str, &str); 2] = [("wiebke.onken", "all rights"), ("imke.janssen", "four small units")];
/// What the timed questions are drawn by.
const TIMED: u64 = 7;
/// What the questions are drawn by that are asked before, untimed.
const BEFORE: u64 = 11;
/// The bound of a page in milliseconds.
const PAGE: f64 = 50.0;
/// The bound of the pages that are not a list of the register.
const OTHER: f64 = 1_000.0;

struct Plan {
    folder: PathBuf,
    engines: Vec<Engine>,
    count: u32,
    requests: u32,
    server: Option<PathBuf>,
    kind: String,
}

fn plan() -> Outcome<Plan> {
    let mut arguments = std::env::args().skip(1);
    let folder = arguments.next().ok_or("a folder is needed")?.into();
    let both = vec![Engine::Sqlite, Engine::Postgres];
    let mut plan = Plan { folder, engines: both, count: 1_000_000, requests: 200, server: None, kind: String::new() };
    while let Some(name) = arguments.next() {
        let value = arguments.next().ok_or_else(|| format!("{name} needs a value"))?;
        match (name.as_str(), value.as_str()) {
            ("--engine", "sqlite") => plan.engines = vec![Engine::Sqlite],
            ("--engine", "postgres") => plan.engines = vec![Engine::Postgres],
            ("--engine", "both") => {}
            ("--count", _) => plan.count = value.parse()?,
            ("--requests", _) => plan.requests = value.parse()?,
            ("--server", _) => plan.server = Some(value.into()),
            ("--kind", _) => plan.kind = value,
            _ => return Err(format!("unknown: {name} {value}").into()),
        }
    }
    Ok(plan)
}

fn main() -> Outcome<()> {
    let plan = plan()?;
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
    let mut classes = Vec::new();
    for engine in &plan.engines {
        let place = Place::open(*engine, &plan.folder, plan.server.as_deref())?;
        runtime.block_on(place.fill(plan.count))?;
        println!("\n{} invoices on {}", place.count(&runtime)?, engine.name());
        for (login, sees) in PEOPLE {
            classes.extend(runtime.block_on(queries(&place, &plan, login, sees))?);
            if let Some(server) = &plan.server {
                classes.extend(pages(&place, &plan, server, login, sees)?);
            }
        }
        if let Some(server) = plan.server.as_ref().filter(|_| plan.kind.is_empty()) {
            classes.extend(others(&place, server)?);
        }
    }
    let worst =
        |other: bool| classes.iter().filter(|class| class.other == other).max_by(|a, b| a.p99.total_cmp(&b.p99));
    let mut held = true;
    for (other, bound, word) in [(false, PAGE, "register"), (true, OTHER, "other pages")] {
        if let Some(class) = worst(other) {
            held &= class.p99 < bound;
            let over = classes.iter().filter(|class| class.other == other && class.p99 >= bound).count();
            println!("{word}: worst p99 {:.1} ms ({}), {over} over {bound} ms", class.p99, class.name);
        }
    }
    println!("{}", if held { "all within the bounds" } else { "not all within the bounds" });
    Ok(())
}

/// The questions of a kind, and whether they are timed.
fn drawn(kind: &str, town: &Town, requests: u32) -> Vec<(String, bool)> {
    let draw = |seed, count, timed| {
        let mut random = Random(seed);
        (0..count).map(move |_| (question(kind, town, &mut random), timed))
    };
    draw(BEFORE, requests / 2, false).chain(draw(TIMED, requests, true)).collect()
}

/// The query alone, as the page asks it: with the numbers of its tabs.
async fn queries(place: &Place, plan: &Plan, login: &str, sees: &str) -> Outcome<Vec<Class>> {
    let store = place.store().await?;
    let town = place.town(&store).await?;
    let asking = Asking {
        me: town.person(login)?,
        scope: town.scope(login),
        today: vir_invoice_desk::day_of(store.clock().now()),
        settings: Default::default(),
        effort: Effort::USUAL,
    };
    let mut classes = Vec::new();
    for kind in KINDS.iter().filter(|kind| kind.contains(&plan.kind)) {
        let mut times = Times::default();
        for (text, timed) in drawn(kind, &town, plan.requests) {
            let query = Query::read(&text).map_err(|errors| format!("{text}: {errors:?}"))?;
            let asking = asking.clone();
            let begun = Instant::now();
            let read = store.read(&place.tenant, move |tx| {
                Box::pin(async move {
                    state_counts(tx, &query, &asking).await?;
                    list(tx, &query, &asking).await
                })
            });
            let page = read.await.map_err(|error: vir_store::Error| error.to_string())?;
            if timed {
                times.add(begun.elapsed(), &text, page.way, page.partial, page.lines.len());
            }
        }
        classes.push(times.class(&format!("{}, query, {sees}: {kind}", place.engine.name())));
    }
    store.close().await;
    Ok(classes)
}

/// The page as it comes over HTTP.
fn pages(place: &Place, plan: &Plan, server: &std::path::Path, login: &str, sees: &str) -> Outcome<Vec<Class>> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let town = runtime.block_on(async {
        let store = place.store().await?;
        let town = place.town(&store).await?;
        store.close().await;
        Outcome::Ok(town)
    })?;
    let running = place.serve(server)?;
    let mut visitor = sign_in(&running, login)?;
    let mut classes = Vec::new();
    for kind in KINDS.iter().filter(|kind| kind.contains(&plan.kind)) {
        let mut times = Times::default();
        for (text, timed) in drawn(kind, &town, plan.requests) {
            // As the page's own links write it.
            let text = Query::read(&text).map_err(|errors| format!("{text}: {errors:?}"))?.write();
            let answer = visitor.get(&format!("/rechnungen?{text}"))?;
            if answer.status != 200 {
                return Err(format!("/rechnungen?{text}: {}", answer.status).into());
            }
            if timed {
                times.plain(answer.took, &text);
            }
        }
        classes.push(times.class(&format!("{}, page, {sees}: {kind}", place.engine.name())));
    }
    Ok(classes)
}

/// What else people open while there are a million invoices.
fn others(place: &Place, server: &std::path::Path) -> Outcome<Vec<Class>> {
    let running = place.serve(server)?;
    let mut classes = Vec::new();
    let engine = place.engine.name();
    for (login, sees) in PEOPLE {
        let mut visitor = sign_in(&running, login)?;
        let list = visitor.get("/rechnungen?q=bauhof&sort=-received")?;
        let mut paths = vec!["/arbeit".to_owned(), "/auswertungen".to_owned(), "/api/v1/invoices?limit=50".to_owned()];
        paths.extend(report::first_invoice(&list.body));
        for path in &paths {
            // Not everybody may see the figures.
            if visitor.get(path)?.status == 403 {
                continue;
            }
            let mut times = Times::default();
            for _ in 0..20 {
                let answer = visitor.get(path)?;
                if answer.status != 200 {
                    return Err(format!("{path}: {} {}", answer.status, answer.body).into());
                }
                times.plain(answer.took, path);
            }
            let name = path.split(['?', '0']).next().unwrap_or(path);
            classes.push(times.class(&format!("{engine}, {sees}: {name}")).other());
        }
    }
    // Handing in: reading, the question for duplicates and the write, one after the other.
    let mut visitor = sign_in(&running, PEOPLE[0].0)?;
    let mut program = Visitor::with_token(running.port(), &visitor.token(&["invoice.receive", "invoice.see"])?);
    let mut times = Times::default();
    for at in 0..50 {
        let invoice = place::invoice(place.fresh() + at);
        let answer = program.post("/api/v1/invoices", "application/xml", invoice.as_bytes())?;
        if answer.status != 201 {
            return Err(format!("handing in: {} {}", answer.status, answer.body).into());
        }
        times.plain(answer.took, "POST /api/v1/invoices");
    }
    classes.push(times.class(&format!("{engine}: hand in, with the question for duplicates")).other());
    let before = running.memory().map_or(0, |(now, _)| now);
    let export = visitor.count("/rechnungen/export?form=csv-plain")?;
    let peak = running.memory().map_or(0, |(_, peak)| peak);
    println!(
        "{engine}: export of everything as CSV: {} MB in {:.1} s, status {}; memory {} MB before, {} MB at most",
        export.length / 1_000_000,
        export.took.as_secs_f64(),
        export.status,
        before / 1_000_000,
        peak / 1_000_000
    );
    Ok(classes)
}

fn sign_in(server: &Server, login: &str) -> Outcome<Visitor> {
    Ok(Visitor::signed_in(server.port(), &format!("{login}@gruenensiel.example"), PASSWORD)?)
}

/// A port for a server of ours.
pub fn port() -> Outcome<u16> {
    Ok(free_port()?)
}
