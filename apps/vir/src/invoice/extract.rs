//! `vir invoice extract`: the XML of the invoice in a PDF, byte for byte.

use std::path::PathBuf;

use anyhow::Result;

use super::document::{self, PdfLimits};
use super::input::Source;
use super::save::Output;
use crate::Outcome;
use crate::language::say;

/// The options.
#[derive(Debug, clap::Args)]
pub struct Args {
    #[arg(value_name = say("DATEI|-", "FILE|-"), help = say("Das PDF", "The PDF"))]
    file: PathBuf,
    #[command(flatten)]
    output: Output,
    #[command(flatten)]
    limits: PdfLimits,
}

/// Extracts.
pub fn run(args: &Args) -> Result<Outcome> {
    let source = Source::of(&args.file);
    let loaded = document::load(&source, &args.limits.limits())?;
    args.output.write(&loaded.xml, &[&source])?;
    Ok(Outcome::Good)
}
