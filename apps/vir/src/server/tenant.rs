//! `vir tenant`: the municipalities that share this server.

use anyhow::Result;
use clap::Subcommand;
use vir_store::TenantId;

use super::Place;
use crate::Outcome;
use crate::language::say;
use crate::terminal::{print, printable};

/// What to do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// All tenants.
    #[command(about = say("Alle Mandanten auflisten", "List all tenants"))]
    List(Place),
}

/// Runs it.
pub fn run(command: &Command) -> Result<Outcome> {
    match command {
        Command::List(place) => {
            let config = place.read()?;
            super::runtime()?.block_on(async {
                let app = super::open(config).await?;
                let mut out = String::new();
                for tenant in app.store.tenants().await? {
                    let short: &TenantId = &tenant.id;
                    out.push_str(&format!("{short}\t{}\t{}\n", printable(&tenant.name), tenant.created_at));
                }
                print(&out)
            })?;
        }
    }
    Ok(Outcome::Good)
}
