//! Where documents come from: files, folders, standard input.
//!
//! Invariant: the list of sources has the order in which they were given, a folder's files sorted
//! by path; links to folders are not followed, so that a walk ends.

use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, anyhow};

use crate::language::say;

/// The most bytes of one file that are read; the reader refuses documents that large.
const MOST_BYTES: u64 = (1 << 30) + 1;

/// One document that is still to be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Source {
    /// The file; none for standard input.
    path: Option<PathBuf>,
    /// The file's path below the folder that was given, or its name: where its report goes.
    pub below: PathBuf,
}

impl Source {
    /// The file or standard input that an argument names.
    pub fn of(argument: &Path) -> Self {
        if argument == Path::new("-") {
            return Self { path: None, below: PathBuf::from("stdin") };
        }
        let below = argument.file_name().map_or_else(|| argument.to_owned(), PathBuf::from);
        Self { path: Some(argument.to_owned()), below }
    }

    /// Its name in reports, as it was given.
    pub fn label(&self) -> String {
        self.path.as_ref().map_or_else(|| "-".to_owned(), |path| path.to_string_lossy().into_owned())
    }

    /// Its name for people.
    pub fn title(&self) -> String {
        match &self.path {
            Some(_) => crate::terminal::printable(&self.label()),
            None => say("Standardeingabe", "standard input").to_owned(),
        }
    }

    /// Is it this file?
    pub fn is(&self, other: &Path) -> bool {
        let Some(path) = &self.path else { return false };
        match (fs::canonicalize(path), fs::canonicalize(other)) {
            (Ok(a), Ok(b)) => a == b,
            _ => false,
        }
    }

    /// All its bytes.
    pub fn read(&self) -> Result<Vec<u8>> {
        let mut bytes = Vec::new();
        match &self.path {
            None => {
                std::io::stdin()
                    .lock()
                    .take(MOST_BYTES)
                    .read_to_end(&mut bytes)
                    .context(say("Standardeingabe nicht lesbar", "cannot read standard input"))?;
            }
            Some(path) => {
                let file = fs::File::open(path).map_err(|error| unreadable(path, &error))?;
                let size = file.metadata().map_or(0, |data| data.len()).min(MOST_BYTES);
                bytes.reserve_exact(usize::try_from(size).unwrap_or(0) + 1);
                file.take(MOST_BYTES).read_to_end(&mut bytes).map_err(|error| unreadable(path, &error))?;
            }
        }
        Ok(bytes)
    }
}

/// The sources that the arguments name, and what is wrong with those that name none.
pub fn sources(arguments: &[PathBuf]) -> (Vec<Source>, Vec<anyhow::Error>) {
    let (mut sources, mut errors) = (Vec::new(), Vec::new());
    let mut stdin_seen = false;
    for argument in arguments {
        if argument == Path::new("-") {
            if stdin_seen {
                errors.push(anyhow!(say(
                    "„-“ (Standardeingabe) darf nur einmal vorkommen",
                    "\"-\" (standard input) may occur only once"
                )));
            } else {
                sources.push(Source::of(argument));
            }
            stdin_seen = true;
        } else if argument.is_dir() {
            let before = sources.len();
            walk(argument, argument, &mut sources, &mut errors);
            if sources.len() == before && errors.is_empty() {
                errors.push(anyhow!(
                    "{}: {}",
                    argument.display(),
                    say(
                        "In diesem Ordner liegt keine Datei *.xml oder *.pdf",
                        "there is no *.xml or *.pdf file in this folder"
                    )
                ));
            }
        } else {
            sources.push(Source::of(argument));
        }
    }
    (sources, errors)
}

/// Adds the XML and PDF files below a folder, sorted by name at every level.
fn walk(root: &Path, folder: &Path, sources: &mut Vec<Source>, errors: &mut Vec<anyhow::Error>) {
    let entries = fs::read_dir(folder).and_then(Iterator::collect::<std::io::Result<Vec<_>>>);
    let mut entries = match entries {
        Ok(entries) => entries,
        Err(error) => return errors.push(unreadable(folder, &error)),
    };
    entries.sort_by_key(fs::DirEntry::file_name);
    for entry in entries {
        let path = entry.path();
        let Ok(kind) = entry.file_type() else { continue };
        if kind.is_dir() {
            walk(root, &path, sources, errors);
        } else if is_document(&path) && path.is_file() {
            let below = path.strip_prefix(root).unwrap_or(&path).to_owned();
            sources.push(Source { path: Some(path), below });
        }
    }
}

fn is_document(path: &Path) -> bool {
    path.extension().is_some_and(|end| end.eq_ignore_ascii_case("xml") || end.eq_ignore_ascii_case("pdf"))
}

fn unreadable(path: &Path, error: &std::io::Error) -> anyhow::Error {
    use std::io::ErrorKind;
    let what = match error.kind() {
        ErrorKind::NotFound => say(
            "Diese Datei gibt es nicht. Den Pfad prüfen (Groß- und Kleinschreibung zählt)",
            "there is no such file; check the path (case matters)",
        )
        .to_owned(),
        ErrorKind::PermissionDenied => say(
            "Keine Berechtigung zum Lesen. Die Rechte der Datei ändern oder als anderer Benutzer aufrufen",
            "no permission to read it; change the file's permissions or run as another user",
        )
        .to_owned(),
        ErrorKind::IsADirectory => say("Das ist ein Ordner, keine Datei", "this is a folder, not a file").to_owned(),
        _ => format!("{}: {error}", say("Nicht lesbar", "cannot be read")),
    };
    anyhow!("{}: {what}", path.display())
}
