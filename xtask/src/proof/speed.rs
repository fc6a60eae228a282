//! Time and instructions.

use std::collections::HashMap;
use std::path::PathBuf;
use std::process::Command;
use std::sync::OnceLock;

use super::{Figure, output, release_binary, root};
use crate::corpus::{corpora, unpack};

/// The figures of the side-by-side benchmark, measured once.
fn figures() -> Result<&'static HashMap<String, f64>, String> {
    static FIGURES: OnceLock<Result<HashMap<String, f64>, String>> = OnceLock::new();
    let measured = FIGURES.get_or_init(|| {
        let bench = release_binary("vir-bench", "vir-bench")?;
        let text = output(Command::new(bench).arg("--figures"))?;
        let pairs = text.lines().filter_map(|line| line.split_once(' '));
        Ok(pairs.filter_map(|(name, value)| Some((name.to_owned(), value.parse().ok()?))).collect())
    });
    measured.as_ref().map_err(Clone::clone)
}

fn figure(name: &str) -> Result<f64, String> {
    figures()?.get(name).copied().ok_or(format!("the benchmark gives no {name}"))
}

pub(super) fn small() -> Result<Figure, String> {
    let ms = figure("20kb")?;
    Ok(Figure::new(format!("{ms:.4} ms"), ms <= 0.10))
}

pub(super) fn peer() -> Result<Figure, String> {
    let ratio = figure("20kb-peer")? / figure("20kb")?;
    Ok(Figure::new(format!("{ratio:.1}×"), ratio > 1.0))
}

pub(super) fn large() -> Result<Figure, String> {
    let ms = figure("5000-lines")?;
    Ok(Figure::new(format!("{ms:.1} ms"), ms <= 25.0))
}

pub(super) fn linear() -> Result<Figure, String> {
    let ratio = figure("100000-lines")? / 20.0 / figure("5000-lines")?;
    Ok(Figure::new(format!("{ratio:.2}×"), ratio <= 1.5))
}

fn vir() -> Result<PathBuf, String> {
    release_binary("vir", "vir")
}

/// Wall and CPU milliseconds of a command, by the shell's own accounting: the least of several runs.
fn shell_times(command: &str, runs: usize) -> Result<(f64, f64), String> {
    let script = format!("TIMEFORMAT='%R %U %S'; time {command} >/dev/null 2>&1");
    let (mut wall, mut cpu) = (f64::MAX, f64::MAX);
    for _ in 0..runs {
        let done = Command::new("bash").args(["-c", &script]).output().map_err(|error| error.to_string())?;
        let text = String::from_utf8_lossy(&done.stderr).into_owned();
        let times: Vec<f64> = text.split_whitespace().filter_map(|time| time.parse().ok()).collect();
        let [real, user, system] = times[..] else { return Err(format!("no times in {text:?}")) };
        wall = wall.min(real * 1000.0);
        cpu = cpu.min((user + system) * 1000.0);
    }
    Ok((wall, cpu))
}

pub(super) fn cold() -> Result<Figure, String> {
    let sample = root().join("blocks/invoice/samples/xrechnung-ubl.xml");
    let (wall, _) = shell_times(&format!("{} invoice check {}", vir()?.display(), sample.display()), 20)?;
    Ok(Figure::new(format!("{wall:.0} ms"), wall <= 15.0))
}

pub(super) fn suite() -> Result<Figure, String> {
    let folder = unpack(&corpora().ok_or("no corpora here")?, "corpus-dev")?.join("xml/xrechnung-testsuite");
    let (_, cpu) = shell_times(&format!("{} invoice check --jobs 1 {}", vir()?.display(), folder.display()), 10)?;
    Ok(Figure::new(format!("{cpu:.0} ms"), cpu <= 40.0))
}

pub(super) fn jobs() -> Result<Figure, String> {
    let folder = unpack(&corpora().ok_or("no corpora here")?, "mutants-dev")?.join("xml");
    let folder = folder.display();
    let vir = vir()?;
    let run = |jobs: usize| {
        let files = format!("{folder} {folder} {folder} {folder}");
        shell_times(&format!("{} invoice check --json --jobs {jobs} {files}", vir.display()), 5)
    };
    let ratio = run(1)?.0 / run(2)?.0;
    Ok(Figure::new(format!("{ratio:.2}×"), ratio >= 1.5))
}

pub(super) fn memory() -> Result<Figure, String> {
    let bench = release_binary("vir-bench", "vir-bench")?;
    let text = output(Command::new(bench).args(["--peak", "lines:140000"]))?;
    let numbers: Vec<f64> = text.split_whitespace().filter_map(|number| number.parse().ok()).collect();
    let [size, peak] = numbers[..] else { return Err(format!("no figures in {text:?}")) };
    let ratio = peak / size;
    Ok(Figure::new(format!("{:.0} MB need {:.0} MB, {ratio:.1}×", size / 1e6, peak / 1e6), ratio <= 4.0))
}

/// The committed number of instructions; changed by hand, with a reason in the commit.
const INSTRUCTIONS: &str = include_str!("instructions.txt");

pub(super) fn instructions() -> Result<Figure, String> {
    let bench = release_binary("vir-bench", "vir-bench")?;
    let count = |repeats: u32| -> Result<f64, String> {
        let done = Command::new("valgrind")
            .args(["--tool=callgrind", "--callgrind-out-file=/dev/null"])
            .arg(&bench)
            .args(["--repeat", &repeats.to_string(), "lines:23"])
            .output()
            .map_err(|error| format!("valgrind: {error}"))?;
        let text = String::from_utf8_lossy(&done.stderr).into_owned();
        let collected = text.lines().find_map(|line| line.split_once("Collected :"));
        collected.and_then(|(_, number)| number.trim().parse().ok()).ok_or(format!("no count in {text}"))
    };
    // The difference leaves out what happens once, at the start.
    let each = (count(30)? - count(10)?) / 20.0;
    let committed: f64 = INSTRUCTIONS.trim().parse().map_err(|_| "instructions.txt holds no number")?;
    let share = each * 100.0 / committed;
    Ok(Figure::new(format!("{each:.0}, {share:.1} %"), share <= 105.0))
}
