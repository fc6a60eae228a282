//! Reads arbitrary bytes as a request of interface S.4, and answers it.
//!
//! Nothing may panic or hang, and every answer is XML.
#![no_main]

use libfuzzer_sys::fuzz_target;
use vir_archive::s4::info::{Event, profile, trace};
use vir_archive::s4::{Outcome, Soap, element, fault, read, response};
use vir_archive::xml::canonical;

fuzz_target!(|bytes: &[u8]| {
    let answer = match read(bytes) {
        Ok((soap, request)) => {
            let text = Some(format!("{request:?}"));
            let event = Event {
                time: String::new(),
                subject: String::new(),
                operation: request.operation().to_owned(),
                object: None,
                detail: text.clone(),
            };
            let content = element("AOID", &text.unwrap_or_default()) + &trace(&[event]) + &profile();
            response(soap, request.operation(), &Outcome::OK, &content)
        }
        Err(error) => fault(Soap::V1_1, &error.to_string()),
    };
    assert!(canonical::parse(&answer).is_ok(), "{answer}");
});
