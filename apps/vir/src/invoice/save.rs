//! Writing results: to a file whole or not at all, or to standard output.

use std::fs;
use std::io::{IsTerminal, Write};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};

use super::input::Source;
use crate::language::say;

/// Where a result goes.
#[derive(Debug, Clone, clap::Args)]
pub struct Output {
    #[arg(short, long, value_name = say("DATEI", "FILE"), help = say(
        "In diese Datei schreiben, sonst auf die Standardausgabe",
        "Write to this file, else to standard output"
    ))]
    pub output: Option<PathBuf>,
}

impl Output {
    /// Writes a result that was made of `from`.
    pub fn write(&self, bytes: &[u8], from: &[&Source]) -> Result<()> {
        let Some(path) = self.output.as_deref().filter(|path| *path != Path::new("-")) else {
            let mut out = std::io::stdout();
            if bytes.starts_with(b"%PDF-") && out.is_terminal() {
                bail!(say(
                    "Ein PDF ist nichts für das Terminal: mit -o eine Datei angeben",
                    "a PDF is nothing for a terminal: name a file with -o"
                ));
            }
            out.write_all(bytes)?;
            out.flush()?;
            return Ok(());
        };
        if from.iter().any(|source| source.is(path)) {
            bail!(
                "{}: {}",
                path.display(),
                say(
                    "Das ist die Eingabedatei; sie wird nicht überschrieben",
                    "this is the input file; it is not overwritten"
                )
            );
        }
        whole(path, bytes)
    }
}

/// Writes a file so that nobody ever sees half of it.
fn whole(path: &Path, bytes: &[u8]) -> Result<()> {
    let failed = || format!("{}: {}", path.display(), say("Schreiben ging nicht", "cannot write"));
    let name = path.file_name().with_context(failed)?;
    let mut temporary = name.to_os_string();
    temporary.push(format!(".{}.tmp", std::process::id()));
    let temporary = path.with_file_name(temporary);
    let written = fs::write(&temporary, bytes).and_then(|()| fs::rename(&temporary, path));
    if written.is_err() {
        // The reason of the failure is what counts; a left-over file is only untidy.
        _ = fs::remove_file(&temporary);
    }
    written.with_context(failed)
}
