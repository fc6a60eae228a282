//! `vir invoice check`: the verdict on invoices, and what is to be repaired by whom.

use std::io::{BufWriter, IsTerminal, Write};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, anyhow, bail};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use vir_core::Lang;
use vir_invoice::check::{Checker, Options, Reason, Verdict};
use vir_invoice::identify::Profile;
use vir_invoice::rules::Release;

use super::input::{Source, sources};
use super::summary::Summary;
use super::{document, overrides, pool};
use crate::language::{language, say};
use crate::output::{Checked, Detail, Form, Readable};
use crate::terminal::{Colour, Terminal};
use crate::{Outcome, complain};

/// The options.
#[derive(Debug, clap::Args)]
pub struct Args {
    #[arg(required = true, value_name = say("DATEI|ORDNER|-", "FILE|FOLDER|-"), help = say(
        "Rechnungen (XML oder PDF); aus Ordnern alle *.xml und *.pdf; „-“ ist die Standardeingabe",
        "Invoices (XML or PDF); of folders all *.xml and *.pdf; \"-\" is standard input"
    ))]
    files: Vec<PathBuf>,

    #[arg(long, group = "form", help = say("Eine Zeile JSON je Rechnung", "One line of JSON per invoice"))]
    json: bool,
    #[arg(long, group = "form", help = say(
        "CSV: eine Zeile je Befund, eine für Rechnungen ohne Befund",
        "CSV: one line per finding, one for invoices without"
    ))]
    csv: bool,
    #[arg(long, group = "form", help = say("SVRL (Schematron-Bericht in XML)", "SVRL (Schematron report in XML)"))]
    svrl: bool,
    #[arg(long, group = "form", help = say("JUnit-XML für Build-Server", "JUnit XML for build servers"))]
    junit: bool,
    #[arg(short, long, value_name = say("ORDNER", "FOLDER"), help = say(
        "Je Rechnung eine Berichtsdatei in diesem Ordner",
        "One report file per invoice in this folder"
    ))]
    output: Option<PathBuf>,

    #[arg(long, value_name = say("NAME|DATUM", "NAME|DATE"), value_parser = release, help = say(
        "Regelstand, z. B. 2026-07, oder ein Tag JJJJ-MM-TT (sonst der neueste)",
        "Release of the rules, e.g. 2026-07, or a day YYYY-MM-DD (else the newest)"
    ))]
    rules: Option<Release>,
    #[arg(long, value_name = "NAME", value_parser = profile, help = say(
        "Nach diesem Profil prüfen, nicht nach dem, das die Rechnung nennt (siehe: vir invoice profiles)",
        "Check by this profile, not by the one that the invoice names (see: vir invoice profiles)"
    ))]
    profile: Option<Profile>,
    #[arg(long, value_name = "NAME", value_parser = profile, help = say(
        "Nur Rechnungen annehmen, die außer ihrem eigenen auch dieses Profil erfüllen",
        "Accept only invoices that meet this profile, too, beside their own"
    ))]
    require: Option<Profile>,
    #[arg(long, help = say(
        "Regeln auch dann prüfen, wenn kein Profil passt oder der Aufbau falsch ist",
        "Run the rules even where no profile matches or the structure is wrong"
    ))]
    rules_anyway: bool,
    #[arg(long = "override", value_name = say("REGEL=SCHWERE", "RULE=SEVERITY"), help = say(
        "Schwere einer Regel für diesen Empfänger: error, warning oder information; mehrfach möglich",
        "Severity of a rule for this receiver: error, warning or information; repeatable"
    ))]
    overrides: Vec<String>,
    #[arg(long = "overrides", value_name = say("DATEI", "FILE"), help = say(
        "Solche Angaben aus einer Datei, eine je Zeile, # leitet Bemerkungen ein",
        "The same from a file, one per line, # begins a remark"
    ))]
    overrides_file: Option<PathBuf>,
    #[arg(long, value_name = say("REGEL", "RULE"), help = say(
        "Diese Regel nicht prüfen; mehrfach möglich",
        "Do not check this rule; repeatable"
    ))]
    without: Vec<String>,
    #[arg(long, help = say(
        "Auch Rechnungen mit Warnungen oder Hinweisen gelten als nicht angenommen (Rückgabewert 1)",
        "Invoices with warnings or notes count as not accepted, too (exit code 1)"
    ))]
    strict: bool,

    #[arg(short, long, value_name = say("ZAHL", "NUMBER"), value_parser = clap::value_parser!(u16).range(1..=256), help = say(
        "So viele Rechnungen gleichzeitig (sonst so viele, wie Kerne da sind)",
        "So many invoices at once (else as many as there are cores)"
    ))]
    jobs: Option<u16>,
    #[arg(short, long, conflicts_with_all = ["form", "all"], help = say(
        "Nichts ausgeben; nur der Rückgabewert sagt das Ergebnis",
        "Print nothing; only the exit code tells"
    ))]
    quiet: bool,
    #[arg(short, long, help = say(
        "Alle Befunde an allen Stellen, auch bei angenommenen Rechnungen",
        "All findings in all places, also of accepted invoices"
    ))]
    all: bool,
    #[arg(long, value_name = "auto|always|never", value_parser = colour, default_value = "auto", hide_default_value = true, help = say(
        "Farben: auto, always oder never",
        "Colours: auto, always or never"
    ))]
    color: Colour,

    #[command(flatten)]
    pdf: document::PdfLimits,
}

pub(super) fn release(text: &str) -> Result<Release, String> {
    Release::find(text).ok_or_else(|| {
        let names: Vec<&str> = Release::ALL.iter().map(|release| release.name()).collect();
        format!("{} {}", say("Regelstände sind", "releases are"), names.join(", "))
    })
}

pub(super) fn profile(text: &str) -> Result<Profile, String> {
    let wanted = text.trim();
    Profile::ALL
        .into_iter()
        .find(|profile| profile.name().eq_ignore_ascii_case(wanted) || profile.identifier() == wanted)
        .ok_or_else(|| {
            let names: Vec<&str> = Profile::ALL.iter().map(|profile| profile.name()).collect();
            format!("{} {}", say("Profile sind", "profiles are"), names.join(", "))
        })
}

pub fn colour(text: &str) -> Result<Colour, String> {
    match text {
        "auto" => Ok(Colour::Auto),
        "always" => Ok(Colour::Always),
        "never" => Ok(Colour::Never),
        _ => Err("auto, always, never".to_owned()),
    }
}

/// Checks.
pub fn run(args: &Args) -> Result<Outcome> {
    let options = options(args)?;
    let (sources, errors) = sources(&args.files);
    let mut incomplete = !errors.is_empty();
    errors.iter().for_each(complain);
    let form = form(args, sources.len());
    if form == Form::Svrl && args.output.is_none() && sources.len() > 1 {
        bail!(say(
            "Ein SVRL-Bericht beschreibt genau eine Rechnung. Für mehrere mit --output einen Ordner angeben",
            "an SVRL report describes exactly one invoice; for several name a folder with --output"
        ));
    }
    let files = args.output.as_deref().map(|folder| ReportFiles::new(folder, form)).transpose()?;
    let jobs = match args.jobs {
        Some(jobs) => usize::from(jobs),
        None => std::thread::available_parallelism().map_or(1, usize::from),
    };

    let mut summary = Summary::default();
    let mut out = Printer::new(sources.len(), args.quiet || files.is_some());
    out.print(form.head())?;
    let work = |checker: &mut Checker, source: &Source| -> Result<Done> {
        let bytes = source.read()?;
        let checked = check_one(checker, source, &bytes, &options, args);
        drop(bytes);
        Ok(Done {
            accepted: accepted(&checked, args.strict),
            text: form.render(&checked),
            counts: Summary::of(&checked),
        })
    };
    let mut next = 0;
    pool::in_order(&sources, jobs, Checker::new, work, |result| {
        let source = &sources[next];
        next += 1;
        match result {
            Ok(done) => {
                summary.add(done.counts, done.accepted);
                match &files {
                    Some(files) => files.write(source, &done.text)?,
                    None => out.print(&done.text)?,
                }
            }
            Err(error) => {
                incomplete = true;
                out.complain(&error);
            }
        }
        out.advance();
        anyhow::Ok(())
    })?;
    out.print(form.tail())?;
    let is_readable = matches!(form, Form::Readable(_));
    if is_readable && sources.len() > 1 {
        out.print(&summary.render(Terminal::of_stdout(args.color)))?;
    }
    out.finish()?;
    if files.is_some() && !args.quiet {
        let mut out = Printer::new(0, false);
        out.print(&summary.render(Terminal::of_stdout(args.color)))?;
        out.finish()?;
    }
    Ok(match (incomplete, summary.all_accepted()) {
        (true, _) => Outcome::Incomplete,
        (false, true) => Outcome::Good,
        (false, false) => Outcome::NotGood,
    })
}

struct Done {
    accepted: bool,
    text: String,
    counts: Summary,
}

fn options(args: &Args) -> Result<Options> {
    Ok(Options {
        release: args.rules.unwrap_or_default(),
        profile: args.profile,
        rules_anyway: args.rules_anyway,
        overrides: overrides::gather(&args.overrides, args.overrides_file.as_deref())?,
        without: args.without.iter().map(|rule| overrides::rule_id(rule)).collect::<Result<_>>()?,
        ..Options::default()
    })
}

fn form(args: &Args, documents: usize) -> Form {
    if args.json {
        Form::Json
    } else if args.csv {
        Form::Csv
    } else if args.svrl {
        Form::Svrl
    } else if args.junit {
        Form::Junit
    } else {
        let detail = match (args.quiet, args.all, documents) {
            (true, ..) => Detail::Verdict,
            (_, true, _) => Detail::All,
            (_, _, 0..=1) => Detail::Findings,
            _ => Detail::Problems,
        };
        // Files are not terminals: no colour.
        let colour = if args.output.is_some() { Colour::Never } else { args.color };
        Form::Readable(Readable { terminal: Terminal::of_stdout(colour), detail })
    }
}

fn accepted(checked: &Checked, strict: bool) -> bool {
    checked.report.verdict == Verdict::Accept && (!strict || checked.report.findings.is_empty())
}

/// Checks by the document's own profile, and where another is required, by that one, too.
fn check_one(checker: &mut Checker, source: &Source, bytes: &[u8], options: &Options, args: &Args) -> Checked {
    let limits = args.pdf.limits();
    let (mut report, embedded) = document::check(checker, bytes, options, &limits);
    if let Some(required) = args.require.filter(|required| report.profile != Some(*required))
        && report.reason != Some(Reason::NotWellFormed)
        && report.kind.is_some()
    {
        let options = Options { profile: Some(required), ..options.clone() };
        let (second, _) = document::check(checker, bytes, &options, &limits);
        for finding in second.findings {
            if !report.findings.contains(&finding) {
                report.findings.push(finding);
            }
        }
        if report.verdict == Verdict::Accept {
            (report.verdict, report.reason) = (second.verdict, second.reason);
        }
    }
    Checked { file: source.label(), title: source.title(), embedded, report }
}

/// One report file per document.
struct ReportFiles<'a> {
    folder: &'a Path,
    form: Form,
    used: std::cell::RefCell<std::collections::HashSet<PathBuf>>,
}

impl<'a> ReportFiles<'a> {
    fn new(folder: &'a Path, form: Form) -> Result<Self> {
        std::fs::create_dir_all(folder).with_context(|| match language() {
            Lang::De => format!("{}: Der Ordner für die Berichte lässt sich nicht anlegen", folder.display()),
            Lang::En => format!("{}: cannot create the folder for the reports", folder.display()),
        })?;
        Ok(Self { folder, form, used: std::cell::RefCell::default() })
    }

    /// Writes a report beside the others, below the same folders as the document.
    fn write(&self, source: &Source, text: &str) -> Result<()> {
        let mut used = self.used.borrow_mut();
        let base = source.below.to_string_lossy().into_owned();
        let mut name = PathBuf::from(format!("{base}.{}", self.form.extension()));
        let mut number = 2;
        while !used.insert(name.clone()) {
            name = PathBuf::from(format!("{base}-{number}.{}", self.form.extension()));
            number += 1;
        }
        let path = self.folder.join(&name);
        let failed = || path.display().to_string();
        if let Some(parent) = path.parent() {
            std::fs::create_dir_all(parent).with_context(failed)?;
        }
        std::fs::write(&path, format!("{}{text}{}", self.form.head(), self.form.tail())).with_context(failed)
    }
}

/// Standard output, with the progress on standard error kept out of its way.
struct Printer {
    out: BufWriter<std::io::Stdout>,
    silent: bool,
    progress: Option<ProgressBar>,
}

/// Fewer documents are done before anybody could read how far it is.
const WORTH_PROGRESS: usize = 100;

impl Printer {
    fn new(documents: usize, silent: bool) -> Self {
        // A bar among lines on the same terminal would only flicker.
        let visible = std::io::stderr().is_terminal() && (silent || !std::io::stdout().is_terminal());
        let progress = (documents >= WORTH_PROGRESS && visible).then(|| {
            let bar = ProgressBar::with_draw_target(Some(documents as u64), ProgressDrawTarget::stderr_with_hz(10));
            let template = match language() {
                Lang::De => "{bar:40} {pos} von {len} geprüft, noch {eta}",
                Lang::En => "{bar:40} {pos} of {len} checked, {eta} left",
            };
            match ProgressStyle::with_template(template) {
                Ok(style) => bar.with_style(style),
                Err(_) => bar,
            }
        });
        Self { out: BufWriter::with_capacity(1 << 16, std::io::stdout()), silent, progress }
    }

    fn print(&mut self, text: &str) -> Result<()> {
        if self.silent || text.is_empty() {
            return Ok(());
        }
        self.out.write_all(text.as_bytes()).map_err(|error| anyhow!(error))
    }

    fn complain(&mut self, error: &anyhow::Error) {
        // Keeps the order where both streams go to one place; failing shows at the next print.
        _ = self.out.flush();
        match &self.progress {
            Some(progress) => progress.suspend(|| complain(error)),
            None => complain(error),
        }
    }

    fn advance(&self) {
        if let Some(progress) = &self.progress {
            progress.inc(1);
        }
    }

    fn finish(mut self) -> Result<()> {
        if let Some(progress) = &self.progress {
            progress.finish_and_clear();
        }
        self.out.flush().map_err(|error| anyhow!(error))
    }
}
