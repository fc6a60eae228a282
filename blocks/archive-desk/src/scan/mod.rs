//! The scan station: paper becomes records, and may go when everything is certain (BSI TR-03138, RESISCAN).
//!
//! What may happen to a batch says [`vir_archive::scan::batch`]; here are its files and its people. Files come by
//! upload, from a watched folder or from a device ([`intake`], [`folder`], [`api`]); a job takes them apart ([`read`])
//! and has their words recognised ([`ocr`]); people look at pages and answer for them ([`page`], [`quality`]); then PDF/A
//! files and the transfer note are made ([`make`], [`note`]), sealed ([`seal`](mod@seal)) and filed into a record ([`filing`]).
//!
//! Invariant: a person answers for each batch; whatever a device or folder brings waits until somebody takes it over.

pub mod api;
pub mod batch;
pub mod class;
pub mod demo;
pub mod filing;
pub mod folder;
pub mod intake;
pub mod make;
pub mod note;
pub mod ocr;
pub mod page;
pub mod procedure;
pub mod quality;
pub mod read;
pub mod seal;

pub use demo::demo;
pub use seal::SEAL;

use vir_archive::lifecycle::Who;
use vir_auth::{Principal, UnitId};
use vir_web::JobHandler;

use crate::permissions::SCAN;

/// The kinds of the jobs.
pub(crate) mod kind {
    pub const READ: &str = "archive-desk.scan-read";
    pub const MAKE: &str = "archive-desk.scan-make";
    pub const SEAL: &str = "archive-desk.scan-seal";
    pub const DEPOSIT: &str = "archive-desk.scan-deposit";
}

/// Takes the files of a batch apart and has their words recognised.
pub const READ: JobHandler = JobHandler { kind: kind::READ, run: |call| Box::pin(read::run(call)) };
/// Makes the PDF/A files of a batch.
pub const MAKE: JobHandler = JobHandler { kind: kind::MAKE, run: |call| Box::pin(make::run(call)) };
/// Notes that storage has what was filed.
pub const DEPOSIT: JobHandler = JobHandler { kind: kind::DEPOSIT, run: |call| Box::pin(filing::run(call)) };

/// Who acts at the scan station. Who may scan only as somebody's deputy counts with that person as one.
#[must_use]
pub fn who(principal: &Principal) -> Who {
    let units: Vec<UnitId> = match principal.units(SCAN) {
        vir_auth::UnitScope::All => principal.grants.iter().map(|grant| grant.unit.clone()).collect(),
        vir_auth::UnitScope::These(units) => units.into_iter().collect(),
    };
    let others: Vec<_> = units.iter().map(|unit| principal.acting_for(SCAN, unit)).collect();
    match others.iter().flatten().next() {
        Some(other) if others.iter().all(Option::is_some) => Who::deputy(principal.person.as_str(), other.as_str()),
        _ => Who::person(principal.person.as_str()),
    }
}

/// Every statement of the scan station, for a test that has both engines read them.
#[must_use]
pub fn statements() -> Vec<&'static str> {
    let mut all = [
        batch::STATEMENTS,
        class::STATEMENTS,
        filing::STATEMENTS,
        intake::STATEMENTS,
        make::STATEMENTS,
        note::STATEMENTS,
        procedure::STATEMENTS,
        quality::STATEMENTS,
        read::STATEMENTS,
        seal::STATEMENTS,
    ]
    .concat();
    all.extend(page::statements());
    all
}
