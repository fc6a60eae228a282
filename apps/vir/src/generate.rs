//! `vir completions` and `vir man`: made from the description of the commands, so they cannot be stale.

use std::path::PathBuf;

use anyhow::{Context, Result};
use clap_complete::Shell;

use crate::language::say;
use crate::terminal::print;
use crate::{Outcome, cli};

/// The options of `completions`.
#[derive(Debug, clap::Args)]
pub struct Completions {
    #[arg(value_name = "SHELL", help = say(
        "bash, zsh, fish, powershell oder elvish",
        "bash, zsh, fish, powershell or elvish"
    ))]
    shell: Shell,
}

/// The options of `man`.
#[derive(Debug, clap::Args)]
pub struct Man {
    #[arg(value_name = say("ORDNER", "FOLDER"), help = say(
        "Alle Handbuchseiten in diesen Ordner schreiben; sonst die oberste ausgeben",
        "Write all manual pages into this folder; else print the first"
    ))]
    folder: Option<PathBuf>,
}

/// Prints a completion script.
pub fn completions(args: &Completions) -> Result<Outcome> {
    let mut out = Vec::new();
    clap_complete::generate(args.shell, &mut cli::command(), "vir", &mut out);
    print(&String::from_utf8_lossy(&out))?;
    Ok(Outcome::Good)
}

/// Prints or writes manual pages.
pub fn man(args: &Man) -> Result<Outcome> {
    let command = cli::command();
    match &args.folder {
        None => {
            let mut out = Vec::new();
            clap_mangen::Man::new(command).render(&mut out)?;
            print(&String::from_utf8_lossy(&out))?;
        }
        Some(folder) => {
            std::fs::create_dir_all(folder).with_context(|| folder.display().to_string())?;
            clap_mangen::generate_to(command, folder).with_context(|| folder.display().to_string())?;
        }
    }
    Ok(Outcome::Good)
}
