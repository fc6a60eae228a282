//! `vir evidence verify`: does a record prove that these data existed, unchanged, since when?

use std::path::PathBuf;

use anyhow::{Context, Result, bail};
use vir_archive::certificate;
use vir_archive::certificate::path::Trust;
use vir_archive::evidence::Options;
use vir_archive::evidence::submission::Judged;
use vir_archive::evidence::verify::Verdict;
use vir_archive::moment::Moment;

use super::material;
use super::{report, seal};
use crate::Outcome;
use crate::invoice::check::colour;
use crate::invoice::{clock, input::Source};
use crate::language::say;
use crate::terminal::{Colour, Terminal, print};

/// The options.
#[derive(Debug, clap::Args)]
pub struct Args {
    #[arg(value_name = say("NACHWEIS", "RECORD"), help = say(
        "Beweisnachweis (DER, Base64 oder XML), ein Behälter mit einem (XAIP, ASiC, CMS-Signatur), oder ein Siegel (CAdES, abgesetzt); „-“ ist die Standardeingabe",
        "Evidence record (DER, Base64 or XML), a container with one (XAIP, ASiC, CMS signature), or a seal (CAdES, detached); \"-\" is standard input"
    ))]
    record: PathBuf,
    #[arg(short, long, value_name = say("DATEI", "FILE"), help = say(
        "Die Daten, die der Nachweis decken soll; mehrfach möglich. Von einem XAIP zählen die geschützten Objekte. Zu einem Siegel die gesiegelte Datei und die Scans, die ein Transfervermerk nennt",
        "The data that the record is to cover; repeatable. Of an XAIP its protected objects count. For a seal the sealed file, and the scans that a transfer note names"
    ))]
    pub(super) data: Vec<PathBuf>,
    #[arg(short, long, value_name = say("ZERTIFIKATE", "CERTS"), help = say(
        "Vertrauenswürdige Zertifikate (PEM oder DER); mehrfach möglich. Ohne sie wird der Zertifikatspfad nicht beurteilt",
        "Trusted certificates (PEM or DER); repeatable. Without them the certificate path is not judged"
    ))]
    trust: Vec<PathBuf>,
    #[arg(long, value_name = say("DATEI", "FILE"), help = say(
        "Sperrlisten und OCSP-Antworten (DER); mehrfach möglich",
        "Revocation lists and OCSP answers (DER); repeatable"
    ))]
    revocation: Vec<PathBuf>,
    #[arg(long, value_name = say("TAG", "DAY"), value_parser = day, help = say(
        "Prüfen, als wäre es dieser Tag (JJJJ-MM-TT)",
        "Verify as if it were this day (YYYY-MM-DD)"
    ))]
    at: Option<Moment>,
    #[arg(long, help = say(
        "Die Eignung der Algorithmen nicht beurteilen",
        "Do not judge the suitability of the algorithms"
    ))]
    any_algorithm: bool,
    #[arg(long, help = say("Eine Zeile JSON je Nachweis", "One line of JSON per record"))]
    pub(super) json: bool,
    #[arg(short, long, conflicts_with = "json", help = say(
        "Nichts ausgeben; nur der Rückgabewert sagt das Ergebnis",
        "Print nothing; only the exit code tells"
    ))]
    pub(super) quiet: bool,
    #[arg(long, value_name = "auto|always|never", value_parser = colour, default_value = "auto", hide_default_value = true, help = say(
        "Farben: auto, always oder never",
        "Colours: auto, always or never"
    ))]
    pub(super) color: Colour,
}

fn day(text: &str) -> Result<Moment, String> {
    let mut parts = text.split('-').map(|part| part.parse::<i64>().ok());
    let date = (parts.next().flatten(), parts.next().flatten(), parts.next().flatten());
    let moment = match date {
        (Some(year), Some(month), Some(day)) if (1970..10_000).contains(&year) && parts.next().is_none() => {
            Moment::utc((year, month, day), (23, 59, 59), 0)
        }
        _ => None,
    };
    moment.ok_or_else(|| say("kein Tag der Form JJJJ-MM-TT", "no day of the form YYYY-MM-DD").to_owned())
}

/// Verifies.
pub fn run(args: &Args) -> Result<Outcome> {
    let source = Source::of(&args.record);
    let anchors = certificates(&args.trust)?;
    let revocation = args.revocation.iter().map(|path| Source::of(path).read()).collect::<Result<Vec<_>>>()?;
    let options = Options {
        at: args.at.unwrap_or_else(clock::moment),
        catalogue: !args.any_algorithm,
        trust: Trust {
            anchors: anchors.iter().map(Vec::as_slice).collect(),
            certificates: Vec::new(),
            revocation: revocation.iter().map(Vec::as_slice).collect(),
        },
    };
    let bytes = source.read()?;
    if vir_archive::seal::is_detached(&bytes) {
        return seal::run(args, &source.title(), &bytes, &options);
    }
    let materials = material::gather(&source, bytes, &args.data)?;
    if materials.is_empty() {
        bail!("{}: {}", source.title(), say("enthält keinen Beweisnachweis", "holds no evidence record"));
    }
    let verified: Vec<Judged> = materials.iter().map(|material| material.judge(&options)).collect();
    if !args.quiet {
        let terminal = Terminal::of_stdout(args.color);
        for one in &verified {
            print(&if args.json { report::json(one) } else { report::readable(one, terminal) })?;
        }
    }
    let unreadable = verified.iter().any(|one| !one.is_readable && materials.iter().all(|one| one.is_bare));
    Ok(match (unreadable, verified.iter().all(|one| one.report.verdict == Verdict::Valid)) {
        (true, _) => Outcome::Incomplete,
        (false, true) => Outcome::Good,
        (false, false) => Outcome::NotGood,
    })
}

/// The certificates in these files.
pub fn certificates(paths: &[PathBuf]) -> Result<Vec<Vec<u8>>> {
    let mut found = Vec::new();
    for path in paths {
        let bytes = Source::of(path).read()?;
        found.extend(certificate::certificates(&bytes).with_context(|| {
            format!("{}: {}", path.display(), say("keine Zertifikate in PEM oder DER", "no certificates in PEM or DER"))
        })?);
    }
    Ok(found)
}
