//! Handing over: from ordered invoices to the bank and to the finance system, and the status back.
//!
//! Two ways out of the desk: a *payment run* makes a SEPA credit transfer file ([`pain001`]), and a
//! *posting batch* makes a file for the finance system ([`posting`]). What comes back, a status report
//! or a statement of the bank, is read by [`bank_report`].
//!
//! Invariant: an invoice is in at most one run that is not cancelled, so nothing is paid twice however
//! often a hand-over is repeated; the file of a run and of a batch is made once and never again.

pub mod account;
pub mod answer;
pub mod api;
mod bank_report;
pub mod batch;
mod counter;
mod error;
mod iban;
mod moves;
mod netting;
pub mod page;
mod pain001;
pub mod payee;
pub mod posting;
mod propose;
pub mod run;
mod sepa_text;
mod target;

pub use bank_report::{BankReport, Outcome, ReportError, read_bank_report, reason_text};
pub use counter::next_number;
pub use error::{HandOverError, Objection};
pub use iban::{Iban, IbanError, german_iban};
pub use netting::{Held, Payable, PayableKind, Plan, plan};
pub use pain001::{Account, Address, FileError, PaymentFile, Transfer, write_pain001};
pub use propose::{Dates, Proposal, propose};
pub use sepa_text::{is_creditor_reference, sepa_id, sepa_text};
pub use target::{execution_day, german_day, is_target_day, last_target_day_until};
