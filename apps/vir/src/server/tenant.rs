//! `vir tenant`: the municipalities that share this server.

use anyhow::Result;
use clap::Subcommand;
use vir_auth::{Founding, Profile, State};
use vir_store::TenantId;
use vir_web::App;

use super::Place;
use crate::Outcome;
use crate::language::say;
use crate::terminal::{print, printable};

/// What to do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// A new tenant.
    #[command(about = say("Einen Mandanten anlegen; gibt einen Link für die erste Administration aus", "Create a tenant; prints a link for its first administrator"))]
    Create(Create),
    /// All tenants.
    #[command(about = say("Alle Mandanten auflisten", "List all tenants"))]
    List(Place),
}

/// Options of `vir tenant create`.
#[derive(Debug, clap::Args)]
pub struct Create {
    #[command(flatten)]
    place: Place,
    /// Its short name.
    #[arg(value_name = say("KURZNAME", "SHORT-NAME"), help = say("Kurzname: a–z, 0–9, Bindestrich", "Short name: a–z, 0–9, hyphen"))]
    short: TenantId,
    /// Its name.
    #[arg(value_name = "NAME", help = say("Name, etwa „Stadt Musterstadt“", "Name, such as \"Stadt Musterstadt\""))]
    name: String,
    /// The first administrator.
    #[arg(long, value_name = "NAME", help = say("Name der ersten Administration", "Name of the first administrator"))]
    administrator: String,
    /// With which they sign in.
    #[arg(long, value_name = say("ADRESSE", "ADDRESS"), help = say("E-Mail-Adresse der ersten Administration", "Mail address of the first administrator"))]
    email: String,
    /// The state.
    #[arg(long, value_name = say("LAND", "STATE"), default_value = "niedersachsen", value_parser = state, help = say(
        "Land: niedersachsen oder bremen", "State: niedersachsen or bremen"
    ))]
    state: State,
}

fn state(word: &str) -> Result<State, String> {
    State::of(word).ok_or_else(|| say("„niedersachsen“ oder „bremen“", "\"niedersachsen\" or \"bremen\"").to_owned())
}

async fn create(app: &App, args: &Create) -> Result<String> {
    let founding = Founding {
        profile: Profile { name: args.name.clone(), state: args.state, leitweg_ids: Vec::new() },
        short: Some(args.short.clone()),
        name: args.administrator.clone(),
        email: args.email.clone(),
        lang: crate::language::language(),
        works_too: false,
    };
    let (tenant, person) = app.auth.found(founding).await?;
    let by = app.auth.system(&tenant).await?;
    let link = app.auth.access_link(&by, &person).await?;
    Ok(format!("{}{}", app.config.url(), link.path()))
}

/// Runs it.
pub fn run(command: &Command) -> Result<Outcome> {
    match command {
        Command::Create(args) => {
            let config = args.place.read()?;
            super::runtime()?.block_on(async {
                let app = super::open(config).await?;
                let link = create(&app, args).await?;
                app.store.close().await;
                let words = say(
                    "Mit diesem Link wählt die erste Administration ihr Passwort:",
                    "With this link the first administrator chooses a password:",
                );
                print(&format!("{words}\n  {link}\n"))
            })?;
        }
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
