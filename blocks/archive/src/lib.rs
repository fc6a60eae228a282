//! Long-term archiving: evidence records after RFC 4998 and RFC 6283, the time stamps that they rest on, and storage
//! after OCFL, packages after BagIt.
//!
//! Pure: bytes and values in, values and findings out; no files, no network, no clock.

pub mod bagit;
pub mod certificate;
pub mod der;
pub mod digest;
pub mod evidence;
pub mod format;
pub mod json;
pub mod lifecycle;
pub mod moment;
pub mod ocfl;
pub mod package;
pub mod s4;
pub mod scan;
pub mod seal;
pub mod signature;
pub mod signed;
pub mod stamping;
pub mod token;
pub mod xdomea;
pub mod xml;
