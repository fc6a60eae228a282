//! In which language the program speaks: `--lang`, else the environment, else German.
//!
//! The language must be known before the options are described, because their help is written in
//! it; so it is looked up in the raw arguments first.
//!
//! Invariant: the language is decided once, before the first text.

use std::ffi::OsString;
use std::sync::OnceLock;

use vir_core::Lang;

static LANGUAGE: OnceLock<Lang> = OnceLock::new();

/// Decides the language from the arguments and the environment.
pub fn decide(args: &[OsString]) -> Lang {
    *LANGUAGE.get_or_init(|| from_arguments(args).or_else(from_environment).unwrap_or_default())
}

/// The language that was decided on.
pub fn language() -> Lang {
    LANGUAGE.get().copied().unwrap_or_default()
}

/// The German or the English text.
pub fn say(de: &'static str, en: &'static str) -> &'static str {
    match language() {
        Lang::De => de,
        Lang::En => en,
    }
}

/// The language of this tag.
pub fn parse(tag: &str) -> Result<Lang, String> {
    match tag {
        "de" => Ok(Lang::De),
        "en" => Ok(Lang::En),
        _ => Err(say("Sprachen sind „de“ und „en“", "languages are \"de\" and \"en\"").to_owned()),
    }
}

fn from_arguments(args: &[OsString]) -> Option<Lang> {
    let mut args = args.iter().filter_map(|arg| arg.to_str()).take_while(|arg| *arg != "--");
    while let Some(arg) = args.next() {
        let tag = match arg.strip_prefix("--lang") {
            Some("") => args.next(),
            Some(rest) => rest.strip_prefix('='),
            None => None,
        };
        if let Some(lang) = tag.and_then(|tag| parse(tag).ok()) {
            return Some(lang);
        }
    }
    None
}

/// English where the locale is English; any other locale leaves it at German.
fn from_environment() -> Option<Lang> {
    let locale = ["LC_ALL", "LC_MESSAGES", "LANG"]
        .iter()
        .filter_map(|name| std::env::var(name).ok())
        .find(|locale| !locale.is_empty())?;
    locale.to_ascii_lowercase().starts_with("en").then_some(Lang::En)
}
