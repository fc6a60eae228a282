//! The registered extensions of OCFL, as far as their names go.
//!
//! Invariant: a name in the list is one of the community's register.

/// Names of registered extensions; `initial` is reserved by the register.
const NAMES: [&str; 13] = [
    "initial",
    "0001-digest-algorithms",
    "0002-flat-direct-storage-layout",
    "0003-hash-and-id-n-tuple-storage-layout",
    "0004-hashed-n-tuple-storage-layout",
    "0005-mutable-head",
    "0006-flat-omit-prefix-storage-layout",
    "0007-n-tuple-omit-prefix-storage-layout",
    "0008-schema-registry",
    "0009-digest-algorithms",
    "0010-differential-n-tuple-omit-prefix-storage-layout",
    "0011-direct-clean-path-layout",
    "0012-hash-and-no-prefix-id-n-tuple-storage-layout",
];

/// Is it the name of a registered extension?
#[must_use]
pub fn is_registered(name: &str) -> bool {
    NAMES.contains(&name)
}

/// Is it the name of a registered storage layout?
#[must_use]
pub fn is_layout(name: &str) -> bool {
    is_registered(name) && name.ends_with("-layout")
}
