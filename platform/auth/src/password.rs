//! Passwords: which are taken, and how they are kept and compared.
//!
//! Rules after NIST SP 800-63B-4 (3.1.1.2) and BSI's recommendation for long passwords: at least
//! 12 characters, any characters, no rules of composition, no forced change; what everybody
//! guesses first is refused. Kept as argon2id with 19 MiB, 2 passes, 1 lane: OWASP's first
//! recommendation (Password Storage Cheat Sheet).
//!
//! Invariant: comparing takes the same work whether the account exists or not, and at most
//! [`AT_ONCE`] comparisons run at a time, so that log-ins cannot eat the machine's memory.

use argon2::password_hash::{PasswordHasher as _, PasswordVerifier as _, phc::PasswordHash};
use argon2::{Algorithm, Argon2, Params, Version};
use tokio::sync::Semaphore;

use crate::{Error, Result};

/// The least number of characters.
pub const MIN_LENGTH: usize = 12;
/// The greatest number of characters; long enough for every sentence.
pub const MAX_LENGTH: usize = 200;
/// How many comparisons run at once: each takes 19 MiB and a core.
pub const AT_ONCE: usize = 2;

fn argon2() -> Argon2<'static> {
    let params = Params::new(19 * 1024, 2, 1, None).expect("OWASP's parameters are within argon2's bounds");
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
}

/// Hashes and compares, away from the threads that answer requests.
#[derive(Debug)]
pub(crate) struct Passwords {
    permits: Semaphore,
    /// Compared with where there is no account, so that both take as long.
    decoy: String,
}

impl Passwords {
    pub(crate) fn new() -> Self {
        let decoy = crate::Secret::random();
        let decoy = argon2().hash_password(decoy.reveal().as_bytes()).expect("argon2 with its own salt").to_string();
        Self { permits: Semaphore::new(AT_ONCE), decoy }
    }

    pub(crate) async fn hash(&self, password: &str) -> Result<String> {
        let password = password.to_owned();
        self.run(move || argon2().hash_password(password.as_bytes()).map(|hash| hash.to_string()).ok())
            .await?
            .ok_or(Error::Internal("a password could not be hashed"))
    }

    pub(crate) async fn verify(&self, password: &str, stored: Option<&str>) -> Result<bool> {
        let known = stored.is_some();
        let (password, stored) = (password.to_owned(), stored.unwrap_or(&self.decoy).to_owned());
        let equal = self
            .run(move || {
                PasswordHash::new(&stored)
                    .is_ok_and(|stored| argon2().verify_password(password.as_bytes(), &stored).is_ok())
            })
            .await?;
        Ok(equal && known)
    }

    async fn run<T: Send + 'static>(&self, work: impl FnOnce() -> T + Send + 'static) -> Result<T> {
        let _permit = self.permits.acquire().await.map_err(|_| Error::Internal("shutting down"))?;
        tokio::task::spawn_blocking(work).await.map_err(|_| Error::Internal("shutting down"))
    }
}

/// Words with which guessing begins; also those of a town hall.
const COMMON: [&str; 36] = [
    "passwort",
    "password",
    "kennwort",
    "geheim",
    "hallo",
    "willkommen",
    "welcome",
    "admin",
    "administrator",
    "qwertz",
    "qwerty",
    "asdfgh",
    "yxcvbn",
    "iloveyou",
    "ichliebedich",
    "schatz",
    "sommer",
    "winter",
    "fruehling",
    "herbst",
    "rathaus",
    "stadt",
    "gemeinde",
    "buergermeister",
    "verwaltung",
    "rechnung",
    "kaemmerei",
    "deutschland",
    "niedersachsen",
    "bremen",
    "hannover",
    "werder",
    "fussball",
    "letmein",
    "changeme",
    "test",
];

/// Is this password taken? `about` is what others know of the person: name, address, municipality.
pub fn check_rules(field: &'static str, password: &str, about: &[&str]) -> Result<()> {
    let length = password.chars().count();
    if length < MIN_LENGTH {
        return Err(Error::invalid(
            field,
            "Das Passwort ist zu kurz: mindestens 12 Zeichen, gern ein ganzer Satz.",
            "The password is too short: at least 12 characters; a whole sentence is fine.",
        ));
    }
    if length > MAX_LENGTH {
        return Err(Error::invalid(
            field,
            "Das Passwort ist zu lang: höchstens 200 Zeichen.",
            "The password is too long: at most 200 characters.",
        ));
    }
    let known = || COMMON.iter().copied().chain(about.iter().copied());
    // What is left when everything that is guessed first is taken out: words, runs, repetitions. Asked of
    // the text as it is, too: undoing replacements turns the run 1234 into letters.
    let left = |text: String| {
        let mut words: Vec<String> = known()
            .flat_map(|words| words.split(|c: char| !c.is_alphanumeric()))
            .map(plain)
            .filter(|word| word.len() >= 3)
            .collect();
        words.sort_by_key(|word| std::cmp::Reverse(word.len()));
        unpredictable(&words.iter().fold(text, |rest, word| rest.replace(word.as_str(), "")))
    };
    if left(plain(password)).min(left(password.to_lowercase())) < 6 {
        return Err(Error::invalid(
            field,
            "Dieses Passwort ist leicht zu erraten. Nehmen Sie zum Beispiel vier Wörter, die nichts miteinander zu tun haben.",
            "This password is easy to guess. Take, for example, four words that have nothing to do with each other.",
        ));
    }
    Ok(())
}

/// Lower case, with the usual replacements of letters by digits undone.
fn plain(text: &str) -> String {
    text.chars()
        .flat_map(char::to_lowercase)
        .flat_map(|c| {
            let (first, second) = match c {
                'ä' => ('a', Some('e')),
                'ö' => ('o', Some('e')),
                'ü' => ('u', Some('e')),
                'ß' => ('s', Some('s')),
                '@' | '4' => ('a', None),
                '0' => ('o', None),
                '1' | '!' => ('i', None),
                '3' => ('e', None),
                '5' | '$' => ('s', None),
                '7' => ('t', None),
                c => (c, None),
            };
            std::iter::once(first).chain(second)
        })
        .collect()
}

/// How many characters neither repeat an earlier one nor continue a run as 1234 and abcd do.
fn unpredictable(text: &str) -> usize {
    let mut seen = std::collections::BTreeSet::new();
    let mut last: Option<u32> = None;
    let letters = text.chars().filter(|c| c.is_alphanumeric());
    letters
        .filter(|&c| {
            let code = u32::from(c);
            let run = last.is_some_and(|last| code.abs_diff(last) <= 1);
            last = Some(code);
            seen.insert(c) && !run
        })
        .count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_and_own_is_taken_what_everybody_guesses_is_not() {
        let about = ["Erika Mustermann", "e.mustermann@musterstadt.example", "Stadt Musterstadt"];
        for (password, good) in [
            ("vier Esel tanzen Walzer", true),
            ("kaffee-regenschirm-tuba", true),
            ("kX9#fQ2!mZ7v", true),
            ("kurz", false),
            ("elf Zeichen", false),
            ("passwort1234", false),
            ("P@ssw0rt!2026", false),
            ("aaaaaaaaaaaaaaaa", false),
            ("123456789012", false),
            ("abcdefghijklmnop", false),
            ("mustermann2026", false),
            ("ErikaMustermann", false),
            ("Musterstadt2026!", false),
            ("rathausrathausrathaus", false),
            ("Sommer2026!!", false),
        ] {
            assert_eq!(check_rules("password", password, &about).is_ok(), good, "{password}");
        }
        assert!(check_rules("password", &"ab cd ef gh ij ".repeat(20), &[]).is_err(), "too long");
    }

    #[tokio::test]
    async fn only_the_right_password_of_an_account_that_is_there() {
        let passwords = Passwords::new();
        let stored = passwords.hash("vier Esel tanzen Walzer").await.unwrap();
        assert!(stored.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{stored}");
        assert!(passwords.verify("vier Esel tanzen Walzer", Some(&stored)).await.unwrap());
        assert!(!passwords.verify("vier Esel tanzen Tango", Some(&stored)).await.unwrap());
        assert!(!passwords.verify("vier Esel tanzen Walzer", None).await.unwrap());
        assert!(!passwords.verify("x", Some("no hash")).await.unwrap());
    }
}
