//! Checks arbitrary bytes by every profile and release, rules included whatever the schema says, and
//! shows what was read with the findings.
#![no_main]

use libfuzzer_sys::fuzz_target;
use vir_core::Lang;
use vir_invoice::check::{Checker, Options, Verdict};
use vir_invoice::identify::Profile;
use vir_invoice::rules::Release;
use vir_invoice::show::{TextStyle, View, html, text};
use vir_invoice::{bindings, xml};

thread_local! {
    static CHECKER: std::cell::RefCell<Checker> = std::cell::RefCell::default();
}

fuzz_target!(|bytes: &[u8]| {
    CHECKER.with_borrow_mut(|checker| {
        for release in Release::ALL {
            for profile in [None, Some(Profile::XRechnungExtension), Some(Profile::XRechnungCvd), Some(Profile::PeppolBis)] {
                let options = Options { release, profile, rules_anyway: profile.is_some(), ..Options::default() };
                let report = checker.check(bytes, &options);
                assert_eq!(report.verdict == Verdict::Accept, report.reason.is_none());
            }
        }
        let Ok(doc) = xml::parse(bytes) else { return };
        let report = checker.check_document(&doc, &Options { rules_anyway: true, ..Options::default() });
        let invoice = bindings::read(&doc);
        for lang in [Lang::De, Lang::En] {
            let view = View::new(&invoice, Some(&report), lang);
            let page = html(&view);
            assert!(!page.contains("<script"), "a document reached the page unescaped");
            let shown = text(&view, TextStyle::default());
            assert!(!shown.contains('\u{1b}'), "a control character reached the terminal");
        }
    });
});
