//! Mail addresses, checked where they enter.
//!
//! Invariant: an [`Address`] has no line break, no control character and exactly one domain, so it can
//! stand in a header or an SMTP command as it is.

use std::fmt;

/// `person@example.org`, with the name that stood beside it.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Address {
    name: Option<String>,
    local: String,
    domain: String,
}

/// The text is not an address.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not a mail address")]
pub struct InvalidAddress;

impl Address {
    /// Reads `local@domain`. What RFC 5321 allows and nobody uses (quoted local parts, address
    /// literals) is refused: nothing may be hidden in an address that the program answers to.
    ///
    /// ```
    /// use vir_mail::Address;
    /// assert_eq!(Address::new("Rechnung@Stadt.example").unwrap().to_string(), "Rechnung@stadt.example");
    /// assert!(Address::new("a@b@c").is_err());
    /// assert!(Address::new("a\r\nBcc: x@y.example").is_err());
    /// ```
    ///
    /// # Errors
    /// Where the text is no such address.
    pub fn new(text: &str) -> Result<Self, InvalidAddress> {
        let (local, domain) = text.trim().rsplit_once('@').ok_or(InvalidAddress)?;
        let local_ok = (1..=64).contains(&local.len())
            && local.chars().all(|c| c.is_alphanumeric() || ".!#$%&'*+/=?^_`{|}~-".contains(c))
            && !local.starts_with(['.', '-'])
            && !local.ends_with('.')
            && !local.contains("..");
        let label_ok = |label: &str| {
            (1..=63).contains(&label.len())
                && !label.starts_with('-')
                && !label.ends_with('-')
                && label.chars().all(|c| c.is_alphanumeric() || c == '-')
        };
        if !local_ok || domain.len() > 253 || !domain.split('.').all(label_ok) {
            return Err(InvalidAddress);
        }
        Ok(Self { name: None, local: local.to_owned(), domain: domain.to_lowercase() })
    }

    /// The same address with a name beside it; control characters of the name are dropped.
    #[must_use]
    pub fn named(mut self, name: &str) -> Self {
        let clean: String = name.chars().filter(|c| !c.is_control()).take(200).collect();
        let clean = clean.trim().trim_matches('"').trim();
        self.name = (!clean.is_empty()).then(|| clean.to_owned());
        self
    }

    /// The name beside the address.
    #[must_use]
    pub fn name(&self) -> Option<&str> {
        self.name.as_deref()
    }

    /// What stands before the `@`.
    #[must_use]
    pub fn local(&self) -> &str {
        &self.local
    }

    /// What stands after the `@`, in lower case.
    #[must_use]
    pub fn domain(&self) -> &str {
        &self.domain
    }

    /// Two addresses that the loop guard and the address book take for one: case is ignored, and so is
    /// a `+tag`.
    #[must_use]
    pub fn key(&self) -> String {
        let local = self.local.to_lowercase();
        format!("{}@{}", local.split('+').next().unwrap_or(&local), self.domain)
    }

    /// The same address with a tag: `rechnung@…` and `q-7f3a` give `rechnung+q-7f3a@…`.
    #[must_use]
    pub fn tagged(&self, tag: &str) -> Self {
        let local = self.local.split('+').next().unwrap_or(&self.local);
        Self { name: self.name.clone(), local: format!("{local}+{tag}"), domain: self.domain.clone() }
    }

    /// The tag: `q-7f3a` of `rechnung+q-7f3a@…`.
    #[must_use]
    pub fn tag(&self) -> Option<&str> {
        self.local.split_once('+').map(|(_, tag)| tag)
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}@{}", self.local, self.domain)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_plain_addresses_are_addresses() {
        for good in ["a@b.example", "erika.muster+x@xn--mnchen-3ya.example", "ö@straße.example", "root@localhost"] {
            assert!(Address::new(good).is_ok(), "{good}");
        }
        for bad in [
            "",
            "a",
            "@",
            "a@",
            "@b",
            "a b@c.example",
            "a@b c",
            "a@[127.0.0.1]",
            "\"a\"@b.example",
            "a@b..c",
            ".a@b.example",
            "a.@b.example",
            "a@b.example\r\nRCPT TO:<x>",
            "-f@b.example",
            "a@-b.example",
            "a,b@c.example",
        ] {
            assert_eq!(Address::new(bad), Err(InvalidAddress), "{bad}");
        }
    }

    #[test]
    fn tags_are_part_of_the_address_but_not_of_its_key() {
        let address = Address::new("Rechnung@Stadt.example").unwrap().tagged("q-7f3a");
        assert_eq!(address.to_string(), "Rechnung+q-7f3a@stadt.example");
        assert_eq!(address.tag(), Some("q-7f3a"));
        assert_eq!(address.key(), "rechnung@stadt.example");
        assert_eq!(address.tagged("b").to_string(), "Rechnung+b@stadt.example");
    }
}
