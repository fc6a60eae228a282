//! `vir audit`: is the audit log whole?
//!
//! Invariant: exit code 0 means that every entry of every tenant asked about is as it was written.

use anyhow::{Result, bail};
use clap::Subcommand;
use vir_store::TenantId;
use vir_store::audit::{self, Head};

use super::Place;
use crate::Outcome;
use crate::language::say;
use crate::terminal::print;

/// What to do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Verifies the chain.
    #[command(about = say("Das Protokoll auf Lücken und Änderungen prüfen", "Check the audit log for gaps and changes"))]
    Verify(Verify),
}

/// Options of `vir audit verify`.
#[derive(Debug, clap::Args)]
pub struct Verify {
    #[command(flatten)]
    place: Place,
    /// Only this tenant.
    #[arg(long, value_name = say("KURZNAME", "SHORT-NAME"), help = say("Nur dieser Mandant", "Only this tenant"))]
    tenant: Option<String>,
    /// A head that was written down.
    #[arg(long, value_name = "NR:HASH", requires = "tenant", help = say(
        "Ein früher notiertes Ende (Nummer:Hash): erkennt auch ein ganz neu geschriebenes Protokoll",
        "An end noted earlier (number:hash): also finds a log that was rewritten as a whole"
    ))]
    head: Option<String>,
}

/// Runs it.
pub fn run(command: &Command) -> Result<Outcome> {
    let Command::Verify(args) = command;
    let config = args.place.read()?;
    let written_down = args.head.as_deref().map(parse_head).transpose()?;
    super::runtime()?.block_on(async {
        let app = super::open(config).await?;
        let wanted: Option<TenantId> = args.tenant.as_deref().map(str::parse).transpose()?;
        let mut whole = true;
        let mut seen = 0;
        for tenant in app.store.tenants().await? {
            if wanted.as_ref().is_some_and(|wanted| *wanted != tenant.id) {
                continue;
            }
            seen += 1;
            let verdict = audit::verify(&app.store, &tenant.id, written_down.clone()).await?;
            let word = if verdict.is_intact() { say("unversehrt", "intact") } else { say("VERLETZT", "BROKEN") };
            print(&format!(
                "{}: {word}, {} {}, {} {}:{}\n",
                tenant.id,
                verdict.entries,
                say("Einträge", "entries"),
                say("Ende", "head"),
                verdict.head.seq,
                verdict.head.hash
            ))?;
            for fault in &verdict.faults {
                print(&format!("  {fault}\n"))?;
            }
            whole &= verdict.is_intact();
        }
        app.store.close().await;
        if let Some(wanted) = wanted.filter(|_| seen == 0) {
            bail!("{} {wanted}", say("Es gibt keinen Mandanten", "there is no tenant"));
        }
        Ok(if whole { Outcome::Good } else { Outcome::NotGood })
    })
}

fn parse_head(text: &str) -> Result<Head> {
    let head =
        text.split_once(':').and_then(|(seq, hash)| Some(Head { seq: seq.parse().ok()?, hash: hash.to_owned() }));
    match head {
        Some(head) => Ok(head),
        None => bail!("--head: {}", say("erwartet wird Nummer:Hash", "number:hash is expected")),
    }
}
