//! Records: the row that every use case of the desk works on, and the only way to change it.
//!
//! What happened to a record ([`Loaded::history`]) and its documents are its truth; everything else about it in the
//! database follows from them and from the *Aktenplan*.
//!
//! Invariant: a record changes through [`act`] alone, and [`vir_archive::lifecycle::decide`] has the last word.

mod act;
mod find;
mod law;
mod load;
mod model;
mod save;
mod take;

pub(crate) use act::keep;
pub use act::{ActError, NewDocument, NewRecord, Opened, act, file, open};
pub use find::{Found, Line, PAGE, Wanted, find};
pub use law::{OwnedLaw, law, plan, replan, save_plan, settings};
pub use load::{by_reference, load};
pub use model::{Item, Loaded, Origin, Truth, object};
use save::save;
pub use save::{Stored, restore};
pub use take::{TakeError, Taken, take, take_bytes};

use jiff::Timestamp;
use vir_archive::lifecycle::{Day, Who};
use vir_auth::{Permission, Principal, UnitId};

/// The day that it is in Germany, whatever the server's clock says.
#[must_use]
pub fn day_of(now: Timestamp) -> Day {
    let date = now.to_zoned(vir_web::format::german_time()).date();
    Day::new(date.year().into(), date.month().into(), date.day().into()).expect("what a calendar gives is a day")
}

/// Who acts, and for whom: with this permission in the unit of the record.
#[must_use]
pub fn who(principal: &Principal, permission: Permission, unit: Option<&str>) -> Who {
    let acting_for = unit.and_then(|unit| principal.acting_for(permission, &UnitId::from(unit)));
    match acting_for {
        Some(other) => Who::deputy(principal.person.as_str(), other.as_str()),
        None => Who::person(principal.person.as_str()),
    }
}

/// As the audit log and the lists of documents name who acts.
#[must_use]
pub fn actor(who: &Who) -> String {
    match who {
        Who::Person { person, deputy_for: None } => person.to_string(),
        Who::Person { person, deputy_for: Some(other) } => format!("{person} for {other}"),
        Who::Program { name } => name.clone(),
    }
}
