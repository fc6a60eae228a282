//! The text of a message as it grows: elements, escaped, in the letters of its version.
//!
//! Invariant: every element that is opened is closed, and no text of a stranger becomes markup.

use std::borrow::Cow;
use std::collections::BTreeSet;

use super::{Outcome, WriteError, cut};
use crate::lifecycle::day::Day;
use crate::xdomea::{Version, latin};

pub(super) struct Out {
    pub(super) version: Version,
    xml: String,
    lost: BTreeSet<&'static str>,
}

impl Out {
    pub(super) fn new(version: Version) -> Self {
        Self { version, xml: String::new(), lost: BTreeSet::new() }
    }

    pub(super) fn done(self) -> (String, BTreeSet<&'static str>) {
        (self.xml, self.lost)
    }

    /// Notes an element that this version does not have, if there is something to lose.
    pub(super) fn lose(&mut self, element: &'static str, something: bool) {
        if something {
            self.lost.insert(element);
        }
    }

    /// Text of our own.
    pub(super) fn raw(&mut self, text: &str) {
        self.xml.push_str(text);
    }

    pub(super) fn open(&mut self, element: &str) {
        self.xml.push_str("<xdomea:");
        self.xml.push_str(element);
        self.xml.push('>');
    }

    pub(super) fn close(&mut self, element: &str) {
        self.xml.push_str("</xdomea:");
        self.xml.push_str(element);
        self.xml.push('>');
    }

    pub(super) fn within(&mut self, element: &'static str, write: impl FnOnce(&mut Self) -> Outcome) -> Outcome {
        self.open(element);
        write(self)?;
        self.close(element);
        Ok(())
    }

    pub(super) fn text(&mut self, element: &'static str, text: &str) -> Outcome {
        let mut text = Cow::Borrowed(text);
        if !self.version.is_third() && !latin::all_allowed(&text) {
            text = Cow::Owned(latin::simplified(&text));
            if !latin::all_allowed(&text) {
                return Err(WriteError::Letters { element, value: cut(&text) });
            }
            self.lose("typographic marks", true);
        }
        self.open(element);
        self.escaped(element, &text)?;
        self.close(element);
        Ok(())
    }

    pub(super) fn optional(&mut self, element: &'static str, text: Option<&str>) -> Outcome {
        text.map_or(Ok(()), |text| self.text(element, text))
    }

    pub(super) fn flag(&mut self, element: &'static str, value: bool) -> Outcome {
        self.text(element, if value { "1" } else { "0" })
    }

    pub(super) fn day(&mut self, element: &'static str, day: Option<Day>) -> Outcome {
        day.map_or(Ok(()), |day| self.text(element, &day.to_string()))
    }

    /// A code of the standard's own list.
    pub(super) fn code(&mut self, element: &'static str, code: &str) -> Outcome {
        self.code_of(element, code, None, &[])
    }

    pub(super) fn code_of(
        &mut self,
        element: &'static str,
        code: &str,
        name: Option<&str>,
        attributes: &[(&str, Option<&str>)],
    ) -> Outcome {
        self.raw("<xdomea:");
        self.raw(element);
        for (attribute, value) in attributes {
            let Some(value) = value else { continue };
            self.raw(&format!(" {attribute}=\""));
            self.escaped(element, value)?;
            self.raw("\"");
        }
        self.raw("><code>");
        self.escaped(element, code)?;
        self.raw("</code>");
        if let Some(name) = name {
            self.raw("<name>");
            self.escaped(element, name)?;
            self.raw("</name>");
        }
        self.close(element);
        Ok(())
    }

    /// Text of a stranger, also in attributes.
    fn escaped(&mut self, element: &'static str, text: &str) -> Outcome {
        for letter in text.chars() {
            match letter {
                '&' => self.xml.push_str("&amp;"),
                '<' => self.xml.push_str("&lt;"),
                '>' => self.xml.push_str("&gt;"),
                '"' => self.xml.push_str("&quot;"),
                '\r' => self.xml.push_str("&#13;"),
                '\t' | '\n' => self.xml.push(letter),
                // XML 1.0 has no other control characters and none of these.
                '\0'..'\u{20}' | '\u{fffe}' | '\u{ffff}' => {
                    return Err(WriteError::Letters { element, value: cut(text) });
                }
                letter => self.xml.push(letter),
            }
        }
        Ok(())
    }
}
