//! `vir invoice profiles`: the profiles whose rules are known, and the releases of the rules.

use std::fmt::Write as _;

use anyhow::Result;
use vir_invoice::identify::{Kind, Profile};
use vir_invoice::rules::Release;

use crate::Outcome;
use crate::language::{language, say};
use crate::terminal::{Colour, Style, Terminal, print};

/// The options.
#[derive(Debug, clap::Args)]
pub struct Args {
    #[arg(long, help = say("Als JSON", "As JSON"))]
    json: bool,
}

const KINDS: [Kind; 3] = [Kind::UblInvoice, Kind::UblCreditNote, Kind::Cii];

/// Lists.
pub fn run(args: &Args) -> Result<Outcome> {
    print(&if args.json { json() } else { list(Terminal::of_stdout(Colour::Auto)) })?;
    Ok(Outcome::Good)
}

fn kinds(profile: Profile) -> impl Iterator<Item = Kind> {
    KINDS.into_iter().filter(move |kind| profile.allows(*kind))
}

fn layers(profile: Profile) -> Vec<&'static str> {
    profile.layers().iter().map(|layer| layer.name()).collect()
}

fn list(terminal: Terminal) -> String {
    let mut out = String::new();
    _ = writeln!(out, "{}", terminal.paint(Style::Strong, say("Profile (--profile)", "Profiles (--profile)")));
    for profile in Profile::ALL {
        _ = writeln!(out, "\n  {}  {}", terminal.paint(Style::Strong, profile.name()), profile.title());
        terminal.wrap(&mut out, 4, profile.identifier(), Some(Style::Faint));
        let kinds: Vec<&str> = kinds(profile).map(|kind| kind.title().get(language())).collect();
        terminal.wrap(&mut out, 4, &kinds.join(", "), None);
        terminal.wrap(&mut out, 4, &format!("{}: {}", say("Regeln", "rules"), layers(profile).join(" + ")), None);
    }
    _ = writeln!(
        out,
        "\n{}",
        terminal.paint(Style::Strong, say("Regelstände (--rules)", "Releases of the rules (--rules)"))
    );
    for release in Release::ALL.into_iter().rev() {
        let (year, month, day) = release.since();
        let newest = if release == Release::default() { say(" (vorgegeben)", " (default)") } else { "" };
        _ = writeln!(
            out,
            "\n  {}  {} {year}-{month:02}-{day:02}{newest}",
            terminal.paint(Style::Strong, release.name()),
            say("ab", "from"),
        );
        terminal.wrap(&mut out, 4, release.describe(), Some(Style::Faint));
    }
    out
}

fn json() -> String {
    let profiles: Vec<serde_json::Value> = Profile::ALL
        .into_iter()
        .map(|profile| {
            serde_json::json!({
                "name": profile.name(),
                "title": profile.title(),
                "identifier": profile.identifier(),
                "documents": kinds(profile).map(Kind::name).collect::<Vec<_>>(),
                "layers": layers(profile),
            })
        })
        .collect();
    let releases: Vec<serde_json::Value> = Release::ALL
        .into_iter()
        .map(|release| {
            let (year, month, day) = release.since();
            serde_json::json!({
                "name": release.name(),
                "since": format!("{year}-{month:02}-{day:02}"),
                "consists_of": release.describe(),
            })
        })
        .collect();
    format!("{:#}\n", serde_json::json!({ "profiles": profiles, "releases": releases }))
}
