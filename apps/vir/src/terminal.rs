//! What a terminal needs: colour only where it is wanted, lines that fit, text that does no harm.
//!
//! Invariant: nothing that comes from a document or a file name reaches a terminal unfiltered; a
//! control character in it could move the cursor, change the title or hide a line.

use std::fmt::Write as _;
use std::io::{IsTerminal, Write as _};

/// How a piece of text is emphasised.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Style {
    /// A heading or the thing itself.
    Strong,
    /// What may be skipped.
    Faint,
    /// All is well.
    Good,
    /// Must be repaired.
    Bad,
    /// Should be repaired.
    Careful,
}

/// When to use colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Colour {
    /// On a terminal, unless the environment says no.
    #[default]
    Auto,
    /// Always.
    Always,
    /// Never.
    Never,
}

/// The look of the output: colour and width.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Terminal {
    colour: bool,
    /// Columns to fill at most.
    pub width: usize,
}

/// Lines longer than this are tiring to read, however wide the window is.
const WIDEST: usize = 110;
const NARROWEST: usize = 40;

impl Terminal {
    /// The standard output as it is.
    pub fn of_stdout(colour: Colour) -> Self {
        let is_terminal = std::io::stdout().is_terminal();
        let asked_off = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty())
            || std::env::var_os("TERM").is_some_and(|term| term == "dumb");
        let colour = match colour {
            Colour::Auto => is_terminal && !asked_off,
            Colour::Always => true,
            Colour::Never => false,
        };
        let columns = std::env::var("COLUMNS").ok().and_then(|columns| columns.parse().ok());
        let columns = columns.or_else(|| terminal_size::terminal_size().map(|(width, _)| usize::from(width.0)));
        Self { colour, width: columns.unwrap_or(100).clamp(NARROWEST, WIDEST) }
    }

    /// May colours be used?
    pub fn has_colour(self) -> bool {
        self.colour
    }

    /// The text with this emphasis.
    pub fn paint(self, style: Style, text: &str) -> String {
        if !self.colour || text.is_empty() {
            return text.to_owned();
        }
        let code = match style {
            Style::Strong => "1",
            Style::Faint => "2",
            Style::Good => "32",
            Style::Bad => "1;31",
            Style::Careful => "33",
        };
        format!("\u{1b}[{code}m{text}\u{1b}[0m")
    }

    /// Appends the text in lines that fit, each indented; words longer than a line stay whole, so
    /// that a path can be copied.
    pub fn wrap(self, out: &mut String, indent: usize, text: &str, style: Option<Style>) {
        let room = self.width.saturating_sub(indent).max(20);
        let mut line = String::new();
        let mut length = 0;
        let mut flush = |line: &mut String| {
            if !line.is_empty() {
                let shown = style.map_or_else(|| line.clone(), |style| self.paint(style, line));
                _ = writeln!(out, "{:indent$}{shown}", "");
                line.clear();
            }
        };
        for word in text.split_whitespace() {
            let size = word.chars().count();
            if length > 0 && length + 1 + size > room {
                flush(&mut line);
                length = 0;
            }
            if length > 0 {
                line.push(' ');
                length += 1;
            }
            line.push_str(word);
            length += size;
        }
        flush(&mut line);
    }
}

/// Writes to standard output.
pub fn print(text: &str) -> anyhow::Result<()> {
    let mut out = std::io::stdout().lock();
    out.write_all(text.as_bytes())?;
    out.flush()?;
    Ok(())
}

/// The text with every character made visible that could control a terminal or reorder a line.
pub fn printable(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for character in text.chars() {
        let reorders = matches!(character, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
        if character.is_control() || reorders {
            _ = write!(out, "{}", character.escape_unicode());
        } else {
            out.push(character);
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn control_characters_become_visible() {
        assert_eq!(printable("a\u{1b}[31mb\r\n\u{202e}ü"), "a\\u{1b}[31mb\\u{d}\\u{a}\\u{202e}ü");
    }

    #[test]
    fn lines_fit_and_long_words_stay_whole() {
        let terminal = Terminal { colour: false, width: 40 };
        let mut out = String::new();
        terminal.wrap(
            &mut out,
            4,
            &format!("eins zwei drei vier fünf sechs sieben acht {} Ende", "x".repeat(50)),
            None,
        );
        assert_eq!(
            out,
            format!("    eins zwei drei vier fünf sechs\n    sieben acht\n    {}\n    Ende\n", "x".repeat(50))
        );
    }
}
