//! Element names as numbers.
//!
//! Every element that UBL 2.1 Invoice and CreditNote and CII D16B know has a number, so that the
//! tree, the schema and the rules compare 16 bits and not strings. A name that no schema knows is
//! [`Name::OTHER`]; its text is in the tree.
//!
//! Invariant: `lookup(name.ns, name.local()) == name` for every name but `OTHER`.
//!
//! ```
//! use vir_invoice::names::{Name, Ns, cbc};
//!
//! assert_eq!(Name::lookup(Ns::Cbc, b"IssueDate"), cbc::IssueDate);
//! assert_eq!(Name::from_qname("cbc:IssueDate"), Some(cbc::IssueDate));
//! assert_eq!(cbc::IssueDate.to_string(), "cbc:IssueDate");
//! assert_eq!(Name::lookup(Ns::Cbc, b"Issued"), Name::OTHER);
//! ```

use std::fmt;

// Generated lines are as long as they need to be.
#[rustfmt::skip]
mod generated;

use generated::{COUNT, FIRST, LOCALS, SLOTS, STARTS};
pub use generated::{Ns, cac, cbc, cn, ds, ext, qdt, ram, rsm, sac, sbc, sig, ubl, udt, xades, xades141};

/// The name of an element: namespace and local name as one number.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Name(u16);

impl Name {
    /// Any name that no schema knows.
    pub const OTHER: Self = Self(0);
    /// How many names there are, [`Name::OTHER`] included: [`Name::index`] is always below.
    pub const COUNT: usize = COUNT;

    /// The name of this local name in this namespace; [`Name::OTHER`] where there is none.
    #[must_use]
    #[inline]
    pub fn lookup(ns: Ns, local: &[u8]) -> Self {
        let mut at = hash(ns, local) as usize % SLOTS.len();
        // The table is at most a third full: an empty slot ends every search.
        loop {
            let name = Self(SLOTS[at]);
            if name == Self::OTHER || (name.is_in(ns) && name.local().as_bytes() == local) {
                return name;
            }
            at = (at + 1) % SLOTS.len();
        }
    }

    /// The name that is written so with its usual prefix: `cbc:ID`.
    #[must_use]
    pub fn from_qname(qname: &str) -> Option<Self> {
        let (prefix, local) = qname.split_once(':')?;
        let name = Self::lookup(Ns::from_prefix(prefix)?, local.as_bytes());
        (name != Self::OTHER).then_some(name)
    }

    /// The name with this number, which may come from a table.
    #[must_use]
    #[inline]
    pub const fn from_index(index: u16) -> Option<Self> {
        if (index as usize) < COUNT { Some(Self(index)) } else { None }
    }

    /// Its number, for tables.
    #[must_use]
    #[inline]
    pub const fn index(self) -> usize {
        self.0 as usize
    }

    /// Its local name; empty for [`Name::OTHER`].
    #[must_use]
    #[inline]
    pub fn local(self) -> &'static str {
        let at = self.index();
        &LOCALS[usize::from(STARTS[at])..usize::from(STARTS[at + 1])]
    }

    /// Its namespace; none for [`Name::OTHER`].
    #[must_use]
    pub fn ns(self) -> Option<Ns> {
        let before = FIRST.partition_point(|&first| first <= self.0);
        before.checked_sub(1).and_then(|ns| Ns::ALL.get(ns)).copied()
    }

    /// The URI of its namespace; empty for [`Name::OTHER`].
    #[must_use]
    pub fn namespace(self) -> &'static str {
        self.ns().map_or("", Ns::uri)
    }

    /// The usual prefix of its namespace; empty for [`Name::OTHER`].
    #[must_use]
    pub fn prefix(self) -> &'static str {
        self.ns().map_or("", Ns::prefix)
    }

    #[inline]
    fn is_in(self, ns: Ns) -> bool {
        FIRST[ns as usize] <= self.0 && self.0 < FIRST[ns as usize + 1]
    }
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if *self == Self::OTHER { f.write_str("?") } else { write!(f, "{}:{}", self.prefix(), self.local()) }
    }
}

impl fmt::Debug for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// Takes the first, the middle and the last eight bytes, which tells all names apart well enough.
/// The generator fills the table with the same function.
#[inline]
fn hash(ns: Ns, local: &[u8]) -> u64 {
    let n = local.len();
    let (a, b) = match (local.first_chunk(), local.last_chunk()) {
        (Some(first), Some(last)) => {
            let middle = local[(n - 8) / 2..].first_chunk().unwrap_or(last);
            (u64::from_le_bytes(*first) ^ u64::from_le_bytes(*middle).rotate_left(21), u64::from_le_bytes(*last))
        }
        _ => {
            let mut bytes = [0; 8];
            for (to, from) in bytes.iter_mut().zip(local) {
                *to = *from;
            }
            (u64::from_le_bytes(bytes), 0)
        }
    };
    let mixed = (a ^ (u64::from(ns as u8) << 8) ^ n as u64).wrapping_mul(0x9E37_79B9_7F4A_7C15)
        ^ b.wrapping_mul(0xC2B2_AE3D_27D4_EB4F).rotate_left(29);
    mixed.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 40
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_is_found_again() {
        for index in 1..Name::COUNT {
            let name = Name(u16::try_from(index).unwrap());
            let ns = name.ns().unwrap();
            assert_eq!(Name::lookup(ns, name.local().as_bytes()), name);
            assert_eq!(Name::from_qname(&name.to_string()), Some(name));
            assert_eq!(Ns::from_uri(name.namespace()), Some(ns));
        }
    }

    #[test]
    fn searches_are_short() {
        let steps: usize = (1..COUNT)
            .map(|i| {
                let name = Name(u16::try_from(i).unwrap());
                let home = hash(name.ns().unwrap(), name.local().as_bytes()) as usize % SLOTS.len();
                let at = SLOTS.iter().position(|&s| usize::from(s) == i).unwrap();
                (at + SLOTS.len() - home) % SLOTS.len()
            })
            .inspect(|&steps| assert!(steps < 32))
            .sum();
        assert!(steps < COUNT / 2, "{steps} steps for {COUNT} names");
    }

    #[test]
    fn other_names_are_other() {
        for local in ["", "i", "id", "ID ", "IDx", "IssueDatE", "Ærger", "x".repeat(9000).as_str()] {
            assert_eq!(Name::lookup(Ns::Cbc, local.as_bytes()), Name::OTHER, "{local}");
        }
        assert_eq!(Name::lookup(Ns::Cac, b"IssueDate"), Name::OTHER);
        assert_eq!(Name::OTHER.local(), "");
        assert_eq!(Name::OTHER.ns(), None);
        assert_eq!(Name::from_qname("IssueDate"), None);
        assert_eq!(Name::from_qname("cbc:"), None);
    }

    #[test]
    fn usual_modules_hold_usual_names() {
        let cases = [
            (ubl::Invoice, "ubl:Invoice"),
            (cn::CreditNote, "cn:CreditNote"),
            (cac::TaxTotal, "cac:TaxTotal"),
            (cbc::ID, "cbc:ID"),
            (ext::ExtensionContent, "ext:ExtensionContent"),
            (rsm::CrossIndustryInvoice, "rsm:CrossIndustryInvoice"),
            (ram::ID, "ram:ID"),
            (udt::DateTimeString, "udt:DateTimeString"),
            (qdt::DateTimeString, "qdt:DateTimeString"),
        ];
        for (name, written) in cases {
            assert_eq!(name.to_string(), written);
        }
    }
}
