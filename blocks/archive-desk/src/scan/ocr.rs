//! Recognising words: the program tesseract, as a process of its own.
//!
//! It gets one page at a time, on its standard input, and says words with their boxes as a table (TSV). A process that
//! takes too long is ended; its memory is limited. A page that it cannot read stays a page without words, and that is
//! noted as an irregularity.
//!
//! Invariant: whatever an image makes the program do, it ends within [`LONGEST`], and what it says is bounded.

use std::process::Stdio;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::process::Command;
use tokio::sync::{OnceCell, Semaphore};
use vir_core::Text;

/// How long a page may take.
pub const LONGEST: Duration = Duration::from_secs(120);
/// How much memory the program may have.
const MEMORY: u64 = 2 << 30;
/// How much it may say about a page.
const MOST_OUTPUT: u64 = 16 << 20;
/// Words below this confidence are noise.
const LEAST_CONFIDENCE: f64 = 30.0;
/// The longest word, in letters.
const LONGEST_WORD: usize = 200;

/// One page at a time: the program takes all of a processor.
static TURN: Semaphore = Semaphore::const_new(1);

/// A word and its box on the image, in dots from the top left.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Word {
    /// The word.
    #[serde(rename = "t")]
    pub text: String,
    /// Left, top, width, height.
    #[serde(rename = "b")]
    pub at: [u32; 4],
    /// Is it the last one of its line?
    #[serde(rename = "e", default, skip_serializing_if = "std::ops::Not::not")]
    pub ends_line: bool,
}

/// The program, as it is installed here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ocr {
    program: String,
    /// Its version.
    pub version: String,
    /// The languages that it is asked for.
    pub languages: String,
}

/// Why a page has no words.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum OcrError {
    /// The program cannot be started.
    #[error("the program cannot be started: {0}")]
    Start(String),
    /// It took too long.
    #[error("the page took longer than {} seconds", LONGEST.as_secs())]
    Slow,
    /// It failed.
    #[error("the program failed: {0}")]
    Failed(String),
}

impl OcrError {
    /// For people.
    #[must_use]
    pub fn text(&self) -> Text {
        match self {
            Self::Start(_) => {
                Text::new("Die Texterkennung lässt sich nicht starten.", "Text recognition cannot be started.")
            }
            Self::Slow => Text::new("Die Texterkennung dauerte zu lange.", "Text recognition took too long."),
            Self::Failed(_) => Text::new(
                "Die Texterkennung konnte die Seite nicht lesen.",
                "Text recognition could not read the page.",
            ),
        }
    }
}

/// The program of this machine; none where there is none. It is looked for once.
pub async fn installed() -> Option<Ocr> {
    static FOUND: OnceCell<Option<Ocr>> = OnceCell::const_new();
    FOUND.get_or_init(|| Ocr::find("tesseract")).await.clone()
}

impl Ocr {
    /// Asks a program for its version and languages; none where it cannot be asked.
    pub async fn find(program: &str) -> Option<Self> {
        let asked = |argument: &'static str| async move {
            let run = Command::new(program).arg(argument).stdin(Stdio::null()).kill_on_drop(true).output();
            let output = tokio::time::timeout(Duration::from_secs(10), run).await.ok()?.ok()?;
            // Older versions answer on the standard error.
            let text = [output.stdout, output.stderr].concat();
            output.status.success().then(|| String::from_utf8_lossy(&text).into_owned())
        };
        let version = asked("--version").await?;
        let version = version.lines().next()?.trim_start_matches("tesseract").trim().to_owned();
        let known = asked("--list-langs").await?;
        let has = |language: &str| known.lines().any(|line| line.trim() == language);
        let languages = match (has("deu"), has("eng")) {
            (true, true) => "deu+eng",
            (true, false) => "deu",
            (false, true) => "eng",
            (false, false) => return None,
        };
        Some(Self { program: program.to_owned(), version, languages: languages.to_owned() })
    }

    /// The words of a page.
    ///
    /// # Errors
    /// Where the program cannot be started, fails or takes too long.
    pub async fn words(&self, page: Vec<u8>, dpi: Option<u32>) -> Result<Vec<Word>, OcrError> {
        let _turn = TURN.acquire().await.map_err(|error| OcrError::Start(error.to_string()))?;
        let mut command = Command::new(&self.program);
        command.args(["stdin", "stdout", "-l", &self.languages, "--psm", "3"]);
        if let Some(dpi) = dpi {
            command.args(["--dpi", &dpi.to_string()]);
        }
        command.arg("tsv").env("OMP_THREAD_LIMIT", "1");
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null()).kill_on_drop(true);
        let mut child = command.spawn().map_err(|error| OcrError::Start(error.to_string()))?;
        limit(&child);
        let (Some(mut input), Some(output)) = (child.stdin.take(), child.stdout.take()) else {
            return Err(OcrError::Start("no pipes".to_owned()));
        };
        let whole = async move {
            let write = async move {
                // A program that has seen enough closes its input; that is no fault.
                _ = input.write_all(&page).await;
                drop(input);
            };
            let read = async move {
                let mut said = Vec::new();
                output.take(MOST_OUTPUT).read_to_end(&mut said).await.map(|_| said)
            };
            let ((), said) = tokio::join!(write, read);
            let status = child.wait().await;
            (said, status)
        };
        let (said, status) = tokio::time::timeout(LONGEST, whole).await.map_err(|_| OcrError::Slow)?;
        let status = status.map_err(|error| OcrError::Failed(error.to_string()))?;
        if !status.success() {
            return Err(OcrError::Failed(status.to_string()));
        }
        let said = said.map_err(|error| OcrError::Failed(error.to_string()))?;
        Ok(table(&String::from_utf8_lossy(&said)))
    }
}

/// Limits the memory of a process that has just begun.
fn limit(child: &tokio::process::Child) {
    use rustix::process::{Pid, Resource, Rlimit, prlimit};
    let pid = child.id().and_then(|id| i32::try_from(id).ok()).and_then(Pid::from_raw);
    if let Some(pid) = pid {
        let limit = Rlimit { current: Some(MEMORY), maximum: Some(MEMORY) };
        if let Err(error) = prlimit(Some(pid), Resource::As, limit) {
            tracing::warn!(%error, "the memory of text recognition cannot be limited");
        }
    }
}

/// Reads the table: level, page, block, paragraph, line, word, left, top, width, height, confidence, text.
#[must_use]
pub fn table(said: &str) -> Vec<Word> {
    let mut words: Vec<Word> = Vec::new();
    let mut line = None;
    for row in said.lines().skip(1) {
        let cells: Vec<&str> = row.splitn(12, '\t').collect();
        let [level, _, block, paragraph, number, _, left, top, width, height, confidence, text] = cells.as_slice()
        else {
            continue;
        };
        let confident = confidence.parse::<f64>().is_ok_and(|value| value >= LEAST_CONFIDENCE);
        let text: String = text.trim().chars().filter(|c| !c.is_control()).take(LONGEST_WORD).collect();
        if *level != "5" || !confident || text.is_empty() {
            continue;
        }
        let numbers: Option<Vec<u32>> = [left, top, width, height].iter().map(|cell| cell.parse().ok()).collect();
        let Some(&[left, top, width, height]) = numbers.as_deref() else { continue };
        let here = (block.to_owned(), paragraph.to_owned(), number.to_owned());
        if line.as_ref().is_some_and(|before| *before != here)
            && let Some(last) = words.last_mut()
        {
            last.ends_line = true;
        }
        line = Some(here);
        words.push(Word { text, at: [left, top, width, height], ends_line: false });
    }
    if let Some(last) = words.last_mut() {
        last.ends_line = true;
    }
    words
}
