//! Long-term archiving: evidence records after RFC 4998 and RFC 6283, and the time stamps that they rest on.
//!
//! Pure: bytes and values in, values and findings out; no files, no network, no clock.

pub mod certificate;
pub mod der;
pub mod digest;
pub mod evidence;
pub mod moment;
pub mod signature;
pub mod token;
pub mod xml;
