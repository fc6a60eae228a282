//! The view for the terminal.
//!
//! Invariant: no line is longer than the width asked for, unless a single word is; control characters
//! of the document never reach the terminal.

use std::fmt::Write;

use vir_core::{Lang, Severity};

use super::view::{Field, LINE_COLUMNS, LineView, Section, View};
use crate::check::Verdict;

/// How to write for a terminal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TextStyle {
    /// Columns of the terminal; at least 40 are used.
    pub width: usize,
    /// May colours and weights be used?
    pub colour: bool,
}

impl Default for TextStyle {
    fn default() -> Self {
        Self { width: 100, colour: false }
    }
}

/// Renders a view as text.
#[must_use]
pub fn text(view: &View<'_>, style: TextStyle) -> String {
    let width = style.width.max(40);
    let mut sheet = Sheet { out: String::new(), view, width, colour: style.colour };
    sheet.head();
    sheet.lines();
    for section in &view.totals {
        sheet.section(section, 0);
    }
    for section in &view.sections {
        sheet.section(section, 0);
    }
    sheet.attachments();
    sheet.further();
    sheet.out
}

struct Sheet<'a> {
    out: String,
    view: &'a View<'a>,
    width: usize,
    colour: bool,
}

const BOLD: &str = "1";
const DIM: &str = "2";
const RED: &str = "31";
const YELLOW: &str = "33";
const GREEN: &str = "32";
const BLUE: &str = "34";

impl Sheet<'_> {
    fn t(&self, de: &'static str, en: &'static str) -> &'static str {
        match self.view.lang {
            Lang::De => de,
            Lang::En => en,
        }
    }

    fn paint(&self, code: &str, text: &str) -> String {
        if self.colour { format!("\u{1b}[{code}m{text}\u{1b}[0m") } else { text.to_owned() }
    }

    fn heading(&mut self, title: &str, term: &str) {
        let title = self.paint(BOLD, &clean(title));
        let term = self.paint(DIM, term);
        let _ = writeln!(self.out, "\n{title}  {term}");
    }

    fn head(&mut self) {
        let title = self.paint(BOLD, &clean(&self.view.title));
        self.out.push_str(&title);
        if let Some(report) = self.view.report {
            let (code, word) = match report.verdict {
                Verdict::Accept => (GREEN, self.t("angenommen", "accepted")),
                Verdict::Reject => (RED, self.t("abgelehnt", "rejected")),
                Verdict::Undefined => (YELLOW, self.t("unbestimmt", "undefined")),
            };
            let _ = write!(self.out, "  {}", self.paint(code, word));
            if let Some(profile) = report.profile {
                let _ = write!(self.out, "  {}", self.paint(DIM, profile.title()));
            }
        }
        self.out.push('\n');
        for field in &self.view.key {
            self.field(field, 2);
        }
    }

    fn field(&mut self, field: &Field, indent: usize) {
        let label_width = (self.width / 3).clamp(18, 36);
        let label = fit(field.label, label_width);
        let mut value = clean(&field.value);
        for hint in &field.hints {
            let _ = write!(value, " ({})", clean(hint));
        }
        let room = self.width.saturating_sub(indent + label_width + 12).max(16);
        for (i, line) in wrap(&value, room).iter().enumerate() {
            let (label, term) = if i == 0 { (label.as_str(), field.term) } else { ("", "") };
            let term = self.paint(DIM, &format!("{term:<10}"));
            let _ = writeln!(self.out, "{:indent$}{} {term} {line}", "", pad(label, label_width));
        }
        self.marks(&field.findings, indent);
    }

    fn marks(&mut self, findings: &[usize], indent: usize) {
        for index in findings {
            let Some(finding) = self.view.finding(*index) else { continue };
            let (code, sign) = match finding.severity {
                Severity::Error => (RED, "✗"),
                Severity::Warning => (YELLOW, "!"),
                Severity::Information => (BLUE, "i"),
            };
            let message = format!("{} ({})", clean(finding.message.get(self.view.lang)), finding.rule);
            for (i, line) in wrap(&message, self.width.saturating_sub(indent + 4)).iter().enumerate() {
                let sign = if i == 0 { sign } else { " " };
                let text = self.paint(code, &format!("{sign} {line}"));
                let _ = writeln!(self.out, "{:indent$}  {text}", "");
            }
        }
    }

    fn section(&mut self, section: &Section, indent: usize) {
        if section.fields.is_empty() && section.sections.is_empty() && section.findings.is_empty() {
            return;
        }
        if indent == 0 {
            self.heading(&section.title, section.group);
        } else {
            let line = self.paint(DIM, &format!("{}  {}", clean(&section.title), section.group));
            let _ = writeln!(self.out, "{:indent$}{line}", "");
        }
        self.marks(&section.findings, indent);
        for field in &section.fields {
            self.field(field, indent + 2);
        }
        for inner in &section.sections {
            self.section(inner, indent + 2);
        }
    }

    fn lines(&mut self) {
        if self.view.lines.is_empty() {
            return;
        }
        let title = self.t("Positionen", "Lines");
        self.heading(title, "BG-25");
        let cells: Vec<[String; 5]> = self.view.lines.iter().map(cells).collect();
        // Four narrow columns as wide as their content, within reason; the name gets the rest.
        let mut widths = [0; 5];
        for row in &cells {
            for (width, cell) in widths.iter_mut().zip(row) {
                *width = (*width).max(cell.chars().count()).min(24);
            }
        }
        let fixed: usize = widths.iter().sum::<usize>() + 2 * 5 + 2;
        let name_width = self.width.saturating_sub(fixed).max(16);
        for (line, [number, quantity, price, vat, net]) in self.view.lines.iter().zip(&cells) {
            let name = format!("{:indent$}{}", "", clean(&line.name), indent = line.depth * 2);
            for (i, part) in wrap(&name, name_width).iter().enumerate() {
                if i > 0 {
                    let _ = writeln!(self.out, "  {}  {part}", pad("", widths[0]));
                    continue;
                }
                let _ = writeln!(
                    self.out,
                    "  {}  {}  {}  {}  {}  {}",
                    pad(number, widths[0]),
                    pad(part, name_width),
                    pad_left(quantity, widths[1]),
                    pad_left(price, widths[2]),
                    pad(vat, widths[3]),
                    pad_left(net, widths[4]),
                );
            }
            self.marks(&line.findings, 4);
            for field in &line.fields {
                self.marks_of_column(field, 4);
            }
            for field in line.further_fields() {
                self.field(field, 4 + line.depth * 2);
            }
        }
    }

    /// The findings of a field that the table shows; other fields show their own.
    fn marks_of_column(&mut self, field: &Field, indent: usize) {
        if LINE_COLUMNS.iter().any(|column| column.contains(&field.term)) {
            self.marks(&field.findings, indent);
        }
    }

    fn attachments(&mut self) {
        for attachment in &self.view.attachments {
            self.section(&attachment.section, 0);
        }
    }

    fn further(&mut self) {
        if self.view.further.is_empty() {
            return;
        }
        let title = self.t("Weitere Angaben der Datei", "Further content of the file");
        self.heading(title, "");
        for (path, value) in &self.view.further {
            let _ = writeln!(self.out, "  {} = {}", clean(path), clean(value));
        }
        if self.view.further_omitted > 0 {
            let word = self.t("weitere", "more");
            let _ = writeln!(self.out, "  … {} {word}", self.view.further_omitted);
        }
    }
}

fn cells(line: &LineView) -> [String; 5] {
    [&line.number, &line.quantity, &line.price, &line.vat, &line.net].map(|cell| clean(cell))
}

/// Text without characters that steer a terminal.
fn clean(text: &str) -> String {
    text.chars()
        .filter(|c| *c == '\n' || !(c.is_control() || matches!(c, '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}')))
        .collect()
}

fn pad(text: &str, width: usize) -> String {
    let missing = width.saturating_sub(text.chars().count());
    text.to_owned() + &" ".repeat(missing)
}

fn pad_left(text: &str, width: usize) -> String {
    let missing = width.saturating_sub(text.chars().count());
    " ".repeat(missing) + text
}

fn fit(text: &str, width: usize) -> String {
    if text.chars().count() <= width {
        return text.to_owned();
    }
    text.chars().take(width.saturating_sub(1)).chain(['…']).collect()
}

/// Breaks text at blanks into lines of at most `width` characters; longer words stand alone.
fn wrap(text: &str, width: usize) -> Vec<String> {
    let mut lines = Vec::new();
    for paragraph in text.split('\n') {
        let indent = paragraph.len() - paragraph.trim_start_matches(' ').len();
        let mut line = " ".repeat(indent);
        for word in paragraph.split(' ').filter(|word| !word.is_empty()) {
            let needed = line.chars().count() + usize::from(line.len() > indent) + word.chars().count();
            if needed > width && line.len() > indent {
                lines.push(std::mem::replace(&mut line, " ".repeat(indent)));
            }
            if line.len() > indent {
                line.push(' ');
            }
            line.push_str(word);
        }
        lines.push(line);
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_text_is_wrapped_and_steering_characters_vanish() {
        assert_eq!(wrap("eins zwei drei", 9), ["eins zwei", "drei"]);
        assert_eq!(wrap("Donaudampfschiff a", 6), ["Donaudampfschiff", "a"]);
        assert_eq!(clean("a\u{1b}[31mb\u{202E}"), "a[31mb");
    }
}
