//! veraPDF, the reference validator for PDF/A and PDF/UA.
//!
//! It is a Java library; Maven fetches it once into the target folder, and a small Java
//! program beside this crate asks it. Both need a JDK of version 17 or newer.
//!
//! Invariant: a verdict is only given where veraPDF itself gave one.

use std::ffi::OsString;
use std::fmt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// What is validated.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Flavour {
    /// PDF/A-2, level B.
    Pdfa2b,
    /// PDF/A-3, level B.
    Pdfa3b,
    /// PDF/UA-1, as far as a machine can judge.
    Pdfua1,
}

impl Flavour {
    /// The name that veraPDF knows.
    #[must_use]
    pub fn id(self) -> &'static str {
        match self {
            Self::Pdfa2b => "2b",
            Self::Pdfa3b => "3b",
            Self::Pdfua1 => "ua1",
        }
    }
}

/// What veraPDF says about one file and one flavour.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verdict {
    /// The file.
    pub file: PathBuf,
    /// The flavour, as veraPDF names it.
    pub flavour: String,
    /// The file fulfils it.
    pub compliant: bool,
    /// Each broken rule once, with its first place.
    pub broken: Vec<String>,
}

/// Why there is no verdict: no Java, no Maven, no network for the first fetch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unavailable(String);

impl fmt::Display for Unavailable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "veraPDF is not available: {}", self.0)
    }
}

impl std::error::Error for Unavailable {}

/// Validates every file against every flavour, in one run of Java.
///
/// # Errors
/// Where veraPDF cannot be run here.
pub fn validate(files: &[PathBuf], flavours: &[Flavour]) -> Result<Vec<Verdict>, Unavailable> {
    let libraries = libraries()?;
    let home = Path::new(env!("CARGO_MANIFEST_DIR")).join("verapdf");
    let flavours: Vec<&str> = flavours.iter().map(|flavour| flavour.id()).collect();
    let mut class_path = OsString::from(libraries);
    class_path.push(std::path::MAIN_SEPARATOR_STR);
    class_path.push("*");
    let output = Command::new("java")
        .arg("-cp")
        .arg(class_path)
        .arg(home.join("Judge.java"))
        .arg(flavours.join(","))
        .args(files)
        .stdin(Stdio::null())
        .output()
        .map_err(|error| Unavailable(format!("java: {error}")))?;
    if !output.status.success() {
        let message = String::from_utf8_lossy(&output.stderr).into_owned();
        return Err(Unavailable(message));
    }
    Ok(verdicts(&String::from_utf8_lossy(&output.stdout)))
}

/// Reads what `Judge.java` prints.
fn verdicts(output: &str) -> Vec<Verdict> {
    let mut verdicts: Vec<Verdict> = Vec::new();
    for line in output.lines() {
        if let (Some(rule), Some(verdict)) = (line.strip_prefix('\t'), verdicts.last_mut()) {
            verdict.broken.push(rule.to_owned());
            continue;
        }
        let mut parts = line.splitn(3, '\t');
        if let (Some(word), Some(flavour), Some(file)) = (parts.next(), parts.next(), parts.next()) {
            verdicts.push(Verdict {
                file: PathBuf::from(file),
                flavour: flavour.to_owned(),
                compliant: word == "ok",
                broken: Vec::new(),
            });
        }
    }
    verdicts
}

/// The folder with veraPDF's libraries, fetched when they are needed first.
fn libraries() -> Result<PathBuf, Unavailable> {
    let crate_folder = Path::new(env!("CARGO_MANIFEST_DIR"));
    let target = match std::env::var_os("CARGO_TARGET_DIR") {
        Some(target) => PathBuf::from(target),
        None => crate_folder.join("../../target"),
    };
    let folder = target.join("verapdf");
    if folder.is_dir() {
        return Ok(folder);
    }
    // Several tests may fetch at once: each into its own folder, and the first one wins.
    let fetched = target.join(format!("verapdf-{}", std::process::id()));
    let run = Command::new("mvn")
        .args(["-q", "-B", "dependency:copy-dependencies", "-f"])
        .arg(crate_folder.join("verapdf/pom.xml"))
        .arg(format!("-DoutputDirectory={}", fetched.display()))
        .stdin(Stdio::null())
        .output()
        .map_err(|error| Unavailable(format!("mvn: {error}")))?;
    if !run.status.success() || !fetched.is_dir() {
        let message = String::from_utf8_lossy(&run.stdout).into_owned();
        return Err(Unavailable(format!("mvn: {message}")));
    }
    if std::fs::rename(&fetched, &folder).is_err() && !folder.is_dir() {
        return Err(Unavailable("the libraries could not be kept".to_owned()));
    }
    Ok(folder)
}
