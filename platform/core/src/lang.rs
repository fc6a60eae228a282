//! The two languages of every text that a person reads.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

/// A language of the user interface. German comes first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Lang {
    /// German.
    #[default]
    De,
    /// English.
    En,
}

impl Lang {
    /// The BCP 47 tag: `de` or `en`.
    #[must_use]
    pub fn tag(self) -> &'static str {
        match self {
            Self::De => "de",
            Self::En => "en",
        }
    }

    /// One of two texts: German first, then English.
    ///
    /// ```
    /// assert_eq!(vir_core::Lang::De.tr("Eingang", "Inbox"), "Eingang");
    /// ```
    #[must_use]
    pub fn tr<T>(self, de: T, en: T) -> T {
        match self {
            Self::De => de,
            Self::En => en,
        }
    }
}

/// A text in both languages.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default, Serialize)]
pub struct Text {
    /// German.
    pub de: Cow<'static, str>,
    /// English.
    pub en: Cow<'static, str>,
}

impl Text {
    /// A text that is known at compile time.
    #[must_use]
    pub const fn new(de: &'static str, en: &'static str) -> Self {
        Self { de: Cow::Borrowed(de), en: Cow::Borrowed(en) }
    }

    /// A text made while running, for example with a value in it.
    #[must_use]
    pub fn owned(de: String, en: String) -> Self {
        Self { de: Cow::Owned(de), en: Cow::Owned(en) }
    }

    /// The text in `lang`.
    #[must_use]
    pub fn get(&self, lang: Lang) -> &str {
        match lang {
            Lang::De => &self.de,
            Lang::En => &self.en,
        }
    }
}

/// A text in both languages that is known at compile time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Phrase {
    /// German.
    pub de: &'static str,
    /// English.
    pub en: &'static str,
}

impl Phrase {
    /// German first, then English.
    #[must_use]
    pub const fn new(de: &'static str, en: &'static str) -> Self {
        Self { de, en }
    }

    /// Is there no text?
    #[must_use]
    pub const fn is_empty(self) -> bool {
        self.de.is_empty()
    }

    /// The text in `lang`.
    #[must_use]
    pub fn get(self, lang: Lang) -> &'static str {
        match lang {
            Lang::De => self.de,
            Lang::En => self.en,
        }
    }
}

impl From<Phrase> for Text {
    fn from(phrase: Phrase) -> Self {
        Self::new(phrase.de, phrase.en)
    }
}
