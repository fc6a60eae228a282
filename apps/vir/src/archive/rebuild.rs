//! `vir archive rebuild-index`: the database of records made again from storage alone.
//!
//! Invariant: nothing is deleted while something waits to be written into storage.

use anyhow::{Result, anyhow};
use vir_store::TenantId;

use super::counted;
use crate::Outcome;
use crate::language::say;
use crate::server;
use crate::terminal::{print, printable};

/// The options.
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(flatten)]
    place: server::Place,
    #[arg(long, value_name = say("KURZNAME", "SHORT-NAME"), help = say(
        "Nur dieser Mandant; sonst alle",
        "This tenant only; else all of them"
    ))]
    tenant: Option<TenantId>,
    #[arg(long, help = say("Eine Zeile JSON je Mandant", "One line of JSON per tenant"))]
    json: bool,
}

/// Runs the command.
pub fn run(args: &Args) -> Result<Outcome> {
    let config = args.place.read()?;
    let unreadable = server::runtime()?.block_on(async {
        let app = server::open(config).await?;
        let mut tenants: Vec<TenantId> = app.store.tenants().await?.into_iter().map(|tenant| tenant.id).collect();
        if let Some(wanted) = &args.tenant {
            tenants.retain(|tenant| tenant == wanted);
            if tenants.is_empty() {
                return Err(anyhow!("{wanted}: {}", say("diesen Mandanten gibt es nicht", "there is no such tenant")));
            }
        }
        let mut unreadable = 0;
        for tenant in tenants {
            let rebuilt = vir_archive_desk::keep::rebuild(&app, &tenant).await;
            let rebuilt = rebuilt.map_err(|error| anyhow!("{tenant}: {}", printable(&error.reason)))?;
            unreadable += rebuilt.unreadable;
            if args.json {
                let line = serde_json::json!({
                    "tenant": tenant, "records": rebuilt.records, "unreadable": rebuilt.unreadable,
                });
                print(&format!("{line}\n"))?;
                continue;
            }
            let records = counted(rebuilt.records as u64, ("Akte", "record"), ("Akten", "records"));
            let mut line = format!("{tenant}: {records} {}", say("wiederhergestellt", "restored"));
            if rebuilt.unreadable > 0 {
                let lost = counted(rebuilt.unreadable as u64, ("Objekt", "object"), ("Objekte", "objects"));
                line.push_str(&format!(
                    ", {lost} {}",
                    say("nicht lesbar: `vir archive scrub`", "not readable: `vir archive scrub`")
                ));
            }
            print(&format!("{line}\n"))?;
        }
        app.store.close().await;
        Ok(unreadable)
    })?;
    Ok(if unreadable == 0 { Outcome::Good } else { Outcome::Incomplete })
}
