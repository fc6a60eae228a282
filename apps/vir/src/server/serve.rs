//! `vir serve`: the server.
//!
//! Invariant: it ends when it is asked to (SIGTERM, SIGINT), in order: no new requests, those that
//! run end, jobs stop, the store closes.

use std::net::SocketAddr;

use anyhow::{Context as _, Result};
use clap::Args as ClapArgs;
use tokio_util::sync::CancellationToken;
use vir_store::Clock;
use vir_web::config::Config;
use vir_web::serve::{Figures, Server};
use vir_web::{App, Workers};

use super::Place;
use crate::language::say;
use crate::{Outcome, blocks};

/// Options of `vir serve`.
#[derive(Debug, ClapArgs)]
pub struct Args {
    #[command(flatten)]
    place: Place,
    /// Where to listen.
    #[arg(long, value_name = say("ADRESSE", "ADDRESS"), help = say(
        "Adresse und Port, etwa 0.0.0.0:8080 (sonst nach der Konfiguration, sonst 127.0.0.1:8080)",
        "Address and port, such as 0.0.0.0:8080 (else after the configuration, else 127.0.0.1:8080)"
    ))]
    listen: Option<SocketAddr>,
    /// A furnished tenant.
    #[arg(long, help = say(
        "Mit einer erfundenen Stadt, ihren Leuten und einigen Hundert Rechnungen (Ordner vir-demo-data)",
        "With an invented town, its people and some hundred invoices (folder vir-demo-data)"
    ))]
    demo: bool,
}

/// Runs the server until it is asked to end.
pub fn run(args: &Args) -> Result<Outcome> {
    let mut config = args.place.read()?;
    if let Some(listen) = args.listen {
        config.listen = listen;
    }
    if args.demo {
        config.demo = true;
        if args.place.data.is_none() && config.data == Config::default().data {
            config.data = "vir-demo-data".into();
        }
    }
    super::log::begin(&config.log)?;
    super::runtime()?.block_on(serve(config))?;
    Ok(Outcome::Good)
}

async fn serve(config: Config) -> Result<()> {
    let stop = CancellationToken::new();
    on_signal(stop.clone())?;
    let place = config.data.display().to_string();
    let app = App::open(config, blocks::all(), Clock::system(), Figures::install()).await.with_context(|| {
        format!("{} {place}", say("Der Datenordner lässt sich nicht öffnen:", "cannot open the data folder"))
    })?;
    let app = if app.config.demo && app.store.tenants().await?.is_empty() { furnished(app).await? } else { app };
    let server = Server::bind(app.clone()).await.with_context(|| {
        say(
            "Der Server ist nicht gestartet: Adresse und Zertifikat prüfen (vir config show), oder den Server beenden, der dort schon läuft",
            "the server has not started: check address and certificate (vir config show), or stop the server that already runs there",
        )
    })?;
    greet(&app).await?;
    let workers = Workers::start(&app);
    server.run(stop).await;
    workers.stop().await;
    app.store.close().await;
    Ok(())
}

/// Furnishes the demonstration on a clock that can be set, and opens it again on the system's.
async fn furnished(app: App) -> Result<App> {
    crate::tell(say(
        "Die Vorführung wird eingerichtet; das dauert einen Augenblick …",
        "The demonstration is being furnished; this takes a moment …",
    ));
    let (config, figures, now) = (app.config.clone(), app.figures.clone(), app.now());
    app.store.close().await;
    drop(app);
    let set = App::open(config.clone(), blocks::all(), Clock::fixed(now), None).await?;
    for demo in set.blocks.iter().filter_map(|block| block.demo) {
        (demo.furnish)(set.clone()).await.map_err(|error| anyhow::anyhow!("{error}"))?;
    }
    set.clock.set(now);
    Workers::drain(&set).await?;
    set.store.close().await;
    Ok(App::open(config, blocks::all(), Clock::system(), figures).await?)
}

/// What somebody at the terminal needs next.
async fn greet(app: &App) -> Result<()> {
    let url = app.config.url();
    let mut words = format!("{} {url}\n", say("vir läuft:", "vir is running:"));
    if app.store.tenants().await?.is_empty() {
        let link = app.auth.setup_link().await?;
        words.push_str(&format!(
            "{}\n  {url}{}\n",
            say(
                "Zum Einrichten öffnen Sie diesen Link (er gilt einmal und 24 Stunden):",
                "To set it up, open this link (it holds once and for 24 hours):"
            ),
            link.path()
        ));
    }
    if let Some(welcome) = app.welcome() {
        words.push_str(&format!(
            "{} {}\n",
            say("Anmelden mit einem dieser Konten, Passwort:", "Sign in with one of these accounts, password:"),
            welcome.password
        ));
        for (account, part) in &welcome.accounts {
            words.push_str(&format!("  {account}  {}\n", part.get(crate::language::language())));
        }
    }
    crate::terminal::print(&words)
}

/// Asks for the end on the signals with which process managers and terminals do.
fn on_signal(stop: CancellationToken) -> Result<()> {
    use tokio::signal::unix::{SignalKind, signal};
    let (mut term, mut int) = (signal(SignalKind::terminate())?, signal(SignalKind::interrupt())?);
    // Taken here so that it never ends the server: a new certificate is read on it.
    let mut hangup = signal(SignalKind::hangup())?;
    tokio::spawn(async move { while hangup.recv().await.is_some() {} });
    tokio::spawn(async move {
        tokio::select! {
            _ = term.recv() => {}
            _ = int.recv() => {}
        }
        tracing::info!("asked to end");
        stop.cancel();
        // Whoever asks twice does not want to wait.
        tokio::select! {
            _ = term.recv() => {}
            _ = int.recv() => {}
        }
        std::process::exit(1);
    });
    Ok(())
}
