//! Reads arbitrary bytes as a request of interface S.4, and answers it.
//!
//! Nothing may panic or hang, and every answer is XML.
#![no_main]

use libfuzzer_sys::fuzz_target;
use vir_archive::s4::{Outcome, Soap, element, fault, read, response};
use vir_archive::xml::canonical;

fuzz_target!(|bytes: &[u8]| {
    let answer = match read(bytes) {
        Ok((soap, request)) => {
            response(soap, request.operation(), &Outcome::OK, &element("AOID", &format!("{request:?}")))
        }
        Err(error) => fault(Soap::V1_1, &error.to_string()),
    };
    assert!(canonical::parse(&answer).is_ok(), "{answer}");
});
