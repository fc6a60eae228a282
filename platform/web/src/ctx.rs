//! What is known about a request before its handler runs: who asks, in which language, from where.
//!
//! Invariant: it is made once per request, by the layer that identifies; handlers get it through
//! [`crate::Caller`] or [`crate::Visitor`].

use std::net::IpAddr;

use axum::http::{HeaderMap, header};
use vir_auth::Principal;
use vir_core::Lang;

use crate::{App, Flash, cookies};

/// The cookie of people who are not signed in; it carries nothing but a random number, to which the
/// tokens of their forms are bound.
pub(crate) const VISIT_COOKIE: &str = "vir_visit";
pub(crate) const LANG_COOKIE: &str = "vir_lang";
pub(crate) const THEME_COOKIE: &str = "vir_theme";

/// Light or dark.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Theme {
    /// As the system has it.
    #[default]
    System,
    /// Light.
    Light,
    /// Dark.
    Dark,
}

impl Theme {
    /// The word in cookies and forms.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::System => "system",
            Self::Light => "light",
            Self::Dark => "dark",
        }
    }

    pub(crate) fn of(word: &str) -> Option<Self> {
        [Self::System, Self::Light, Self::Dark].into_iter().find(|theme| theme.word() == word)
    }

    pub(crate) fn attribute(self) -> Option<&'static str> {
        (self != Self::System).then(|| self.word())
    }

    pub(crate) fn color_scheme(self) -> &'static str {
        match self {
            Self::System => "light dark",
            Self::Light => "light",
            Self::Dark => "dark",
        }
    }
}

/// What is known about a request.
#[derive(Debug, Clone)]
pub struct Ctx {
    /// The application.
    pub app: App,
    /// The language of the answer.
    pub lang: Lang,
    /// Light or dark.
    pub theme: Theme,
    /// Who is signed in.
    pub principal: Option<Principal>,
    /// The token of this session's forms.
    pub csrf: String,
    /// The number that error pages and logs share.
    pub request_id: String,
    /// The address of whoever asks, as far as proxies can be trusted.
    pub peer: IpAddr,
    /// Did the request come over https?
    pub https: bool,
    /// Path and query.
    pub uri: String,
    /// The name of the municipality of whoever is signed in, or of the public page.
    pub place: Option<String>,
    /// Does the script ask for the main part only?
    pub fragment: bool,
    pub(crate) flash: Option<Flash>,
    /// A visit that the browser does not know yet.
    pub(crate) new_visit: Option<String>,
}

impl Ctx {
    /// The name that stands in the header.
    #[must_use]
    pub fn place(&self) -> &str {
        self.place.as_deref().unwrap_or(&self.app.config.name)
    }

    /// The page itself, to come back to it.
    #[must_use]
    pub fn here(&self) -> &str {
        &self.uri
    }

    /// The German or the English text.
    pub fn tr<T>(&self, de: T, en: T) -> T {
        self.lang.tr(de, en)
    }

    /// Lets the browser keep the visit to which the forms of this answer are bound.
    pub(crate) fn remember_visit(&self, headers: &mut HeaderMap) {
        if let Some(visit) = &self.new_visit {
            let name = cookies::bound_name(VISIT_COOKIE, self.https);
            headers.append(header::SET_COOKIE, cookies::write(&name, visit, None, self.https));
        }
    }
}

/// The language that somebody wants: their choice, else what the browser prefers, else German.
pub(crate) fn language(headers: &HeaderMap) -> Lang {
    match cookies::read(headers, LANG_COOKIE) {
        Some("de") => return Lang::De,
        Some("en") => return Lang::En,
        _ => {}
    }
    let wanted = headers.get(header::ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let mut best = (0.0_f32, Lang::De);
    for entry in wanted.split(',') {
        let mut parts = entry.split(';');
        let tag = parts.next().unwrap_or_default().trim().to_ascii_lowercase();
        let weight = parts.find_map(|part| part.trim().strip_prefix("q=")).map_or(1.0, |q| q.parse().unwrap_or(0.0));
        let lang = match tag.split('-').next() {
            Some("de") => Lang::De,
            Some("en") => Lang::En,
            _ => continue,
        };
        if weight > best.0 {
            best = (weight, lang);
        }
    }
    best.1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn choice_then_browser_then_german() {
        for (cookie, accept, expect) in [
            ("", "", Lang::De),
            ("", "fr", Lang::De),
            ("", "en-GB,en;q=0.9,de;q=0.8", Lang::En),
            ("", "en;q=0.3, de;q=0.7", Lang::De),
            ("", "en;q=0", Lang::De),
            ("vir_lang=de", "en", Lang::De),
            ("vir_lang=en", "de", Lang::En),
            ("vir_lang=xx", "en", Lang::En),
        ] {
            let mut headers = HeaderMap::new();
            headers.insert(header::COOKIE, cookie.parse().unwrap());
            headers.insert(header::ACCEPT_LANGUAGE, accept.parse().unwrap());
            assert_eq!(language(&headers), expect, "{cookie} {accept}");
        }
    }
}
