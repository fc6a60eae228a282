//! Collects every element name of the schemas and writes them as a Rust table.
//!
//! Invariant: a name's number is its place in the order (namespace as in [`NAMESPACES`], local name);
//! number 0 is «any other name».

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use super::xsd::{SchemaFile, is};

/// Usual prefix, namespace, and what it holds. The order is part of the generated numbers.
const NAMESPACES: [(&str, &str, &str); 15] = [
    (
        "ubl",
        "urn:oasis:names:specification:ubl:schema:xsd:Invoice-2",
        "UBL 2.1 invoice",
    ),
    (
        "cn",
        "urn:oasis:names:specification:ubl:schema:xsd:CreditNote-2",
        "UBL 2.1 credit note",
    ),
    (
        "cac",
        "urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2",
        "UBL aggregates",
    ),
    (
        "cbc",
        "urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2",
        "UBL basic elements",
    ),
    (
        "ext",
        "urn:oasis:names:specification:ubl:schema:xsd:CommonExtensionComponents-2",
        "UBL extensions",
    ),
    (
        "sig",
        "urn:oasis:names:specification:ubl:schema:xsd:CommonSignatureComponents-2",
        "UBL signatures",
    ),
    (
        "sac",
        "urn:oasis:names:specification:ubl:schema:xsd:SignatureAggregateComponents-2",
        "UBL signature aggregates",
    ),
    (
        "sbc",
        "urn:oasis:names:specification:ubl:schema:xsd:SignatureBasicComponents-2",
        "UBL signature basic elements",
    ),
    ("ds", "http://www.w3.org/2000/09/xmldsig#", "XML Signature"),
    ("xades", "http://uri.etsi.org/01903/v1.3.2#", "XAdES 1.3.2"),
    (
        "xades141",
        "http://uri.etsi.org/01903/v1.4.1#",
        "XAdES 1.4.1",
    ),
    (
        "rsm",
        "urn:un:unece:uncefact:data:standard:CrossIndustryInvoice:100",
        "CII message",
    ),
    (
        "ram",
        "urn:un:unece:uncefact:data:standard:ReusableAggregateBusinessInformationEntity:100",
        "CII aggregates",
    ),
    (
        "udt",
        "urn:un:unece:uncefact:data:standard:UnqualifiedDataType:100",
        "CII unqualified data types",
    ),
    (
        "qdt",
        "urn:un:unece:uncefact:data:standard:QualifiedDataType:100",
        "CII qualified data types",
    ),
];

/// Names that rules speak of although no schema declares them.
const EXTRA: [(&str, &str); 5] = [
    ("cbc", "PriceList"),
    ("cbc", "PrimaryAccountNumber"),
    ("cbc", "ValidityPeriod"),
    ("ram", "ExchangedDocument"),
    ("ram", "ValuationBreakdownStatement"),
];

/// Slots of the hash table: a power of two, at most a third full, so that searches are short.
const SLOTS: usize = 8192;

/// Every known element name, in the order of their numbers.
pub(crate) struct Names {
    /// Index into [`NAMESPACES`] and local name; the name at index i has the number i + 1.
    sorted: Vec<(usize, String)>,
    numbers: BTreeMap<(String, String), u16>,
}

impl Names {
    /// Collects the names of all elements that the schemas declare, global or local.
    pub(crate) fn collect(files: &[SchemaFile]) -> Result<Self, String> {
        let mut found: BTreeSet<(usize, String)> = BTreeSet::new();
        for (prefix, local) in EXTRA {
            let ns = NAMESPACES
                .iter()
                .position(|n| n.0 == prefix)
                .ok_or("extra prefix")?;
            found.insert((ns, local.to_owned()));
        }
        for file in files {
            let document = file.parse()?;
            let uri = document
                .root_element()
                .attribute("targetNamespace")
                .unwrap_or_default();
            let ns = NAMESPACES.iter().position(|n| n.1 == uri);
            for element in document.descendants().filter(|n| is(n, "element")) {
                if let Some(local) = element.attribute("name") {
                    let ns =
                        ns.ok_or_else(|| format!("{}: unlisted namespace {uri}", file.name))?;
                    found.insert((ns, local.to_owned()));
                }
            }
        }
        let sorted: Vec<_> = found.into_iter().collect();
        let mut numbers = BTreeMap::new();
        for (i, (ns, local)) in sorted.iter().enumerate() {
            let number = u16::try_from(i + 1).map_err(|_| "more than 65,535 names")?;
            numbers.insert((NAMESPACES[*ns].1.to_owned(), local.clone()), number);
        }
        Ok(Self { sorted, numbers })
    }

    /// The number of a name, if it is known.
    pub(crate) fn number(&self, namespace: &str, local: &str) -> Option<u16> {
        self.numbers
            .get(&(namespace.to_owned(), local.to_owned()))
            .copied()
    }

    /// How many numbers there are, «other» included.
    pub(crate) fn count(&self) -> usize {
        self.sorted.len() + 1
    }

    /// The generated source file.
    pub(crate) fn to_rust(&self) -> String {
        let mut out = String::new();
        self.write_head(&mut out);
        self.write_modules(&mut out);
        self.write_strings(&mut out);
        self.write_slots(&mut out);
        out
    }

    fn write_head(&self, out: &mut String) {
        out.push_str(
            "//! The names that UBL 2.1 Invoice and CreditNote and CII D16B know, as numbers.\n\
             //!\n\
             //! Generated by `cargo xtask schema` from the published schemas; do not edit.\n\n\
             /// A namespace that the schemas know.\n\
             #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]\n\
             #[repr(u8)]\n\
             pub enum Ns {\n",
        );
        for (prefix, uri, what) in NAMESPACES {
            let _ = writeln!(
                out,
                "    /// {what}: `{uri}`, usually `{prefix}`.\n    {},",
                capitalised(prefix)
            );
        }
        out.push_str("}\n\nimpl Ns {\n    /// Every namespace, in the order of their numbers.\n");
        let _ = write!(out, "    pub const ALL: [Self; {}] = [", NAMESPACES.len());
        for (prefix, ..) in NAMESPACES {
            let _ = write!(out, "Self::{}, ", capitalised(prefix));
        }
        out.push_str(
            "];\n\n    /// The namespace of this URI, if it is a known one.\n    #[must_use]\n    \
             pub fn from_uri(uri: &str) -> Option<Self> {\n        match uri {\n",
        );
        for (prefix, uri, _) in NAMESPACES {
            let _ = writeln!(
                out,
                "            {uri:?} => Some(Self::{}),",
                capitalised(prefix)
            );
        }
        out.push_str(
            "            _ => None,\n        }\n    }\n\n    /// The namespace of this usual prefix.\n    \
             #[must_use]\n    pub fn from_prefix(prefix: &str) -> Option<Self> {\n        match prefix {\n",
        );
        for (prefix, ..) in NAMESPACES {
            let _ = writeln!(
                out,
                "            {prefix:?} => Some(Self::{}),",
                capitalised(prefix)
            );
        }
        out.push_str("            _ => None,\n        }\n    }\n\n    /// Its URI.\n    #[must_use]\n    pub const fn uri(self) -> &'static str {\n        match self {\n");
        for (prefix, uri, _) in NAMESPACES {
            let _ = writeln!(out, "            Self::{} => {uri:?},", capitalised(prefix));
        }
        out.push_str("        }\n    }\n\n    /// Its usual prefix.\n    #[must_use]\n    pub const fn prefix(self) -> &'static str {\n        match self {\n");
        for (prefix, ..) in NAMESPACES {
            let _ = writeln!(
                out,
                "            Self::{} => {prefix:?},",
                capitalised(prefix)
            );
        }
        out.push_str("        }\n    }\n}\n\n");
        out.push_str(
            "macro_rules! names {\n    ($(#[$about:meta])* $module:ident { $($name:ident = $number:literal,)* }) => {\n        \
             $(#[$about])*\n        #[allow(non_upper_case_globals)]\n        pub mod $module {\n            \
             $(\n                #[doc = concat!(\"`\", stringify!($module), \":\", stringify!($name), \"`\")]\n                \
             pub const $name: $crate::names::Name = $crate::names::Name($number);\n            )*\n        }\n    };\n}\n\n",
        );
    }

    fn write_modules(&self, out: &mut String) {
        for (ns, (prefix, uri, what)) in NAMESPACES.iter().enumerate() {
            let _ = writeln!(out, "names! {{\n    /// {what}: `{uri}`.\n    {prefix} {{");
            for (i, (_, local)) in self.sorted.iter().enumerate().filter(|(_, n)| n.0 == ns) {
                let _ = writeln!(out, "        {local} = {},", i + 1);
            }
            out.push_str("    }\n}\n\n");
        }
    }

    fn write_strings(&self, out: &mut String) {
        let _ = writeln!(
            out,
            "/// How many numbers there are, «other» included.\npub(super) const COUNT: usize = {};\n",
            self.sorted.len() + 1
        );
        out.push_str(
            "/// Number of the first name of each namespace, and of what would follow the last.\n",
        );
        let _ = write!(
            out,
            "pub(super) const FIRST: [u16; {}] = [",
            NAMESPACES.len() + 1
        );
        for ns in 0..=NAMESPACES.len() {
            let first = self.sorted.iter().filter(|n| n.0 < ns).count() + 1;
            let _ = write!(out, "{first}, ");
        }
        out.push_str("];\n\n/// All local names, one after the other. One string needs no relocation when the program starts.\npub(super) const LOCALS: &str = concat!(\n");
        let locals: Vec<&str> = self.sorted.iter().map(|n| n.1.as_str()).collect();
        for part in locals.chunks(8) {
            let _ = writeln!(out, "    {:?},", part.concat());
        }
        out.push_str(
            ");\n\n/// Where each local name starts in [`LOCALS`]; one more entry for the end.\n",
        );
        let mut starts: Vec<String> = vec!["0".to_owned()];
        let mut at = 0;
        starts.push("0".to_owned());
        for local in &locals {
            at += local.len();
            starts.push(at.to_string());
        }
        let _ = writeln!(out, "pub(super) static STARTS: [u16; {}] = [", starts.len());
        write_numbers(out, &starts);
        out.push_str("];\n\n");
    }

    fn write_slots(&self, out: &mut String) {
        let mut slots = vec![0_u16; SLOTS];
        for (i, (ns, local)) in self.sorted.iter().enumerate() {
            let mut at = hash(*ns as u64, local.as_bytes()) as usize % SLOTS;
            while slots[at] != 0 {
                at = (at + 1) % SLOTS;
            }
            slots[at] = i as u16 + 1;
        }
        out.push_str("/// Open-addressed hash table of numbers; 0 is an empty slot.\n");
        let _ = writeln!(out, "pub(super) static SLOTS: [u16; {SLOTS}] = [");
        let slots: Vec<String> = slots.iter().map(u16::to_string).collect();
        write_numbers(out, &slots);
        out.push_str("];\n");
    }
}

/// The hash of a name. `blocks/invoice/src/names.rs` has the same function; its test looks up every
/// name, so that the two cannot drift apart.
fn hash(ns: u64, local: &[u8]) -> u64 {
    let word = |at: usize| {
        let mut bytes = [0; 8];
        bytes.copy_from_slice(&local[at..at + 8]);
        u64::from_le_bytes(bytes)
    };
    let n = local.len();
    let (a, b) = if n >= 8 {
        (word(0) ^ word((n - 8) / 2).rotate_left(21), word(n - 8))
    } else {
        let mut bytes = [0; 8];
        bytes[..n].copy_from_slice(local);
        (u64::from_le_bytes(bytes), 0)
    };
    let mixed = (a ^ (ns << 8) ^ n as u64).wrapping_mul(0x9E37_79B9_7F4A_7C15)
        ^ b.wrapping_mul(0xC2B2_AE3D_27D4_EB4F).rotate_left(29);
    mixed.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 40
}

/// Writes numbers as lines of moderate length.
pub(crate) fn write_numbers(out: &mut String, numbers: &[String]) {
    for line in numbers.chunks(24) {
        let _ = writeln!(out, "    {},", line.join(","));
    }
}

/// The word with a capital first letter.
pub(crate) fn capitalised(prefix: &str) -> String {
    let mut letters = prefix.chars();
    letters.next().map_or_else(String::new, |first| {
        first.to_ascii_uppercase().to_string() + letters.as_str()
    })
}
