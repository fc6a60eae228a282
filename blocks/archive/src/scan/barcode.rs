//! Code 128, for separator sheets: written as widths of bars, found again on a scanned page.
//!
//! A sheet carries `VIR1/CLASS/COUNT`: it begins a document, says its class and how many pages it has (0 where they were
//! not counted). Pages are read along rows and columns, so that a sheet may lie in any of four ways.
//!
//! Source: ISO/IEC 15417; only code set B is written and read.
//!
//! Invariant: what is read was checked by the code's own check character; nothing else is taken for a sheet.

use super::raster::{Colour, Raster};

/// What a separator sheet says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sheet {
    /// The class of the document that follows.
    pub class: String,
    /// How many pages it has; none where they were not counted.
    pub pages: Option<u32>,
}

const MARK: &str = "VIR1/";
/// The longest text on a sheet.
const LONGEST: usize = 40;

impl Sheet {
    /// The text in the code; none where the class has letters that the code has not, or is too long.
    #[must_use]
    pub fn text(&self) -> Option<String> {
        let text = format!("{MARK}{}/{}", self.class, self.pages.unwrap_or(0));
        let fits = text.len() <= LONGEST
            && self.class.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_'));
        fits.then_some(text)
    }

    fn parse(text: &str) -> Option<Self> {
        let (class, pages) = text.strip_prefix(MARK)?.split_once('/')?;
        let pages: u32 = pages.parse().ok()?;
        let sheet = Self { class: class.to_owned(), pages: (pages > 0).then_some(pages) };
        sheet.text().is_some_and(|again| again == text).then_some(sheet)
    }
}

/// The widths of bars and gaps of each character, beginning with a bar; 103 to 105 begin, 106 ends.
const WIDTHS: [&[u8]; 107] = [
    b"212222", b"222122", b"222221", b"121223", b"121322", b"131222", b"122213", b"122312", b"132212", b"221213",
    b"221312", b"231212", b"112232", b"122132", b"122231", b"113222", b"123122", b"123221", b"223211", b"221132",
    b"221231", b"213212", b"223112", b"312131", b"311222", b"321122", b"321221", b"312212", b"322112", b"322211",
    b"212123", b"212321", b"232121", b"111323", b"131123", b"131321", b"112313", b"132113", b"132311", b"211313",
    b"231113", b"231311", b"112133", b"112331", b"132131", b"113123", b"113321", b"133121", b"313121", b"211331",
    b"231131", b"213113", b"213311", b"213131", b"311123", b"311321", b"331121", b"312113", b"312311", b"332111",
    b"314111", b"221411", b"431111", b"111224", b"111422", b"121124", b"121421", b"141122", b"141221", b"112214",
    b"112412", b"122114", b"122411", b"142112", b"142211", b"241211", b"221114", b"413111", b"241112", b"134111",
    b"111242", b"121142", b"121241", b"114212", b"124112", b"124211", b"411212", b"421112", b"421211", b"212141",
    b"214121", b"412121", b"111143", b"111341", b"131141", b"114113", b"114311", b"411113", b"411311", b"113141",
    b"114131", b"311141", b"411131", b"211412", b"211214", b"211232", b"2331112",
];

const START: usize = 104;
const STOP: usize = 106;

/// Bars and gaps of a text, in modules, beginning with a bar; none where the code has not all its letters.
#[must_use]
pub fn bars(text: &str) -> Option<Vec<u8>> {
    let values: Vec<usize> =
        text.bytes().map(|byte| (32..127).contains(&byte).then(|| usize::from(byte) - 32)).collect::<Option<_>>()?;
    let check = values.iter().enumerate().fold(START, |sum, (at, value)| sum + (at + 1) * value) % 103;
    let all = [START].into_iter().chain(values).chain([check, STOP]);
    Some(all.flat_map(|value| WIDTHS[value].iter().map(|digit| digit - b'0')).collect())
}

/// How many lines are looked at in each direction.
const LINES: u32 = 60;

/// The sheet that this page is; none where it is none.
#[must_use]
pub fn sheet(page: &Raster) -> Option<Sheet> {
    let (width, height) = (page.width, page.height);
    let threshold = threshold(page);
    let rows = lines(height).map(|y| (0..width).map(|x| is_dark(page, x, y, threshold)).collect::<Vec<bool>>());
    let columns = lines(width).map(|x| (0..height).map(|y| is_dark(page, x, y, threshold)).collect::<Vec<bool>>());
    rows.chain(columns).find_map(|line| {
        let runs = runs(&line);
        let turned: Vec<u32> = runs.iter().rev().copied().collect();
        decode(&runs).or_else(|| decode(&turned)).and_then(|text| Sheet::parse(&text))
    })
}

fn lines(length: u32) -> impl Iterator<Item = u32> {
    let step = (length / LINES).max(1);
    (step / 2..length).step_by(step as usize)
}

/// Halfway between what is darkest and brightest.
fn threshold(page: &Raster) -> u8 {
    if page.colour == Colour::Bilevel {
        return 128;
    }
    let some = page.rows.iter().step_by(97);
    let (low, high) = some.fold((255_u8, 0_u8), |(low, high), byte| (low.min(*byte), high.max(*byte)));
    low / 2 + high / 2
}

fn is_dark(page: &Raster, x: u32, y: u32, threshold: u8) -> bool {
    let row = page.colour.row(page.width) * y as usize;
    let x = x as usize;
    let byte = |at: usize| page.rows.get(row + at).copied().unwrap_or(255);
    match page.colour {
        Colour::Bilevel => byte(x / 8) >> (7 - x % 8) & 1 == 0,
        Colour::Gray => byte(x) < threshold,
        // Green carries most of the brightness.
        Colour::Rgb => byte(3 * x + 1) < threshold,
    }
}

/// Lengths of dark and bright runs, beginning with a bright one (perhaps 0), ending with a bright one.
fn runs(line: &[bool]) -> Vec<u32> {
    let mut runs = vec![0];
    let mut dark = false;
    for dot in line {
        if *dot != dark {
            runs.push(0);
            dark = *dot;
        }
        if let Some(last) = runs.last_mut() {
            *last += 1;
        }
    }
    if dark {
        runs.push(0);
    }
    runs
}

/// The first text that is found in a line whose runs begin with a bright one.
fn decode(runs: &[u32]) -> Option<String> {
    let mut at = 1;
    while at + 6 <= runs.len() {
        // A bright zone of ten modules stands before the code; half of it suffices on paper.
        let module = runs[at..at + 6].iter().sum::<u32>() / 11;
        if runs[at - 1] >= 5 * module
            && character(&runs[at..at + 6]) == Some(START)
            && let Some(text) = characters(&runs[at + 6..])
        {
            return Some(text);
        }
        at += 2;
    }
    None
}

fn characters(runs: &[u32]) -> Option<String> {
    let mut values = Vec::new();
    for part in runs.chunks(6).take(LONGEST + 2) {
        match character(part) {
            Some(STOP) => break,
            Some(value) if value < 96 || part.len() == 6 => values.push(value),
            _ => return None,
        }
    }
    let check = values.pop()?;
    let sum = values.iter().enumerate().fold(START, |sum, (at, value)| sum + (at + 1) * value);
    if sum % 103 != check || values.is_empty() || values.len() > LONGEST {
        return None;
    }
    values.into_iter().map(|value| u8::try_from(value + 32).ok().filter(|byte| *byte < 127).map(char::from)).collect()
}

/// The character of six runs: by the sums of neighbours, which do not change where ink runs.
fn character(runs: &[u32]) -> Option<usize> {
    if runs.len() < 6 {
        return None;
    }
    let total: u32 = runs[..6].iter().sum();
    if total < 11 {
        return None;
    }
    let modules = |length: u32| (length * 22 + total) / (2 * total);
    let edges: Vec<u32> = runs[..6].windows(2).map(|pair| modules(pair[0] + pair[1])).collect();
    let of = |widths: &[u8]| -> Vec<u32> {
        widths[..6].windows(2).map(|pair| u32::from(pair[0] - b'0') + u32::from(pair[1] - b'0')).collect()
    };
    let mut fitting = WIDTHS.iter().enumerate().filter(|(_, widths)| of(widths) == edges).map(|(value, _)| value);
    let first = fitting.next()?;
    // Few characters share their edges; of those the one whose bars fit better counts.
    let distance = |value: usize| -> u32 {
        let sum: u32 = WIDTHS[value][..6].iter().map(|digit| u32::from(digit - b'0')).sum();
        WIDTHS[value][..6]
            .iter()
            .zip(runs)
            .map(|(digit, run)| (u32::from(digit - b'0') * total / sum.max(1)).abs_diff(*run))
            .sum()
    };
    fitting.chain([first]).min_by_key(|value| distance(*value))
}
