//! The furnished desk of `vir serve --demo`: an invented town, its people, and invoices in all states.
//!
//! [`town`] and [`suppliers`] say who there is, [`invoices`] makes what arrives, `plan` says what happens when, and
//! [`furnish`] lets four months of work happen: decisions, what is said (`talk`), and payment runs (`cash`).

mod cash;
mod furnish;
pub mod invoices;
mod plan;
pub mod suppliers;
mod talk;
pub mod town;

pub use furnish::{FurnishError, email, furnish};

use vir_core::Text;
use vir_web::{Demo, Welcome};

use town::Part;

/// The desk's part of the demonstration.
pub const DEMO: Demo = Demo {
    furnish: |app| {
        Box::pin(async move {
            furnish(&app.store, &app.auth, app.now()).await?;
            Ok(())
        })
    },
    welcome,
};

/// One person of each part.
fn welcome() -> Welcome {
    let mut seen = Vec::new();
    let mut accounts = Vec::new();
    for person in town::PEOPLE {
        let part = match person.part {
            Part::Clerk => Text::new("Sachbearbeitung", "clerk"),
            Part::Certifier => Text::new("Feststellung", "certification"),
            Part::Orderer(_) => Text::new("Anordnung", "ordering"),
            Part::Cashier => Text::new("Kasse", "cash office"),
            Part::HeadOfFinance => Text::new("Leitung Finanzen", "head of finance"),
            Part::Administrator => Text::new("Administration", "administration"),
            Part::Auditor => Text::new("Revision", "audit"),
        };
        if !seen.contains(&part) {
            seen.push(part.clone());
            accounts.push((email(person), part));
        }
    }
    Welcome { accounts, password: town::PASSWORD.to_owned() }
}
