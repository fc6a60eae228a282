//! Who may see and do what with records: the same question for pages and API.
//!
//! Invariant: a record that belongs to no unit is open only to those who may do the thing in all units; what somebody
//! may not see is not there for them.

use serde_json::json;
use vir_archive::lifecycle::RecordId;
use vir_archive::lifecycle::plan::Confidentiality;
use vir_auth::{Permission, Principal, UnitId, UnitScope};
use vir_core::Text;
use vir_store::{Entry, Tx, Value};
use vir_web::{AppError, Caller};

use crate::permissions::{SEE, SEE_RESTRICTED};
use crate::records::{self, ActError, Loaded};

/// May they do this with what belongs to this unit?
#[must_use]
pub fn may(principal: &Principal, permission: Permission, unit: Option<&str>) -> bool {
    match unit {
        Some(unit) => principal.may(permission, &UnitId::from(unit)),
        None => principal.may_everywhere(permission),
    }
}

/// May they see this record?
#[must_use]
pub fn may_see(principal: &Principal, unit: Option<&str>, class: Confidentiality) -> bool {
    may(principal, SEE, unit) && (class == Confidentiality::Open || may(principal, SEE_RESTRICTED, unit))
}

/// The record, where the caller may see it. That they saw it is noted.
///
/// # Errors
/// 404 for what is not there, or not for them.
pub async fn visible(caller: &Caller, id: &str) -> Result<Loaded, AppError> {
    let loaded = unnoted(caller, id).await?;
    let (actor, subject) = (caller.principal.actor(), format!("record/{id}"));
    caller
        .app
        .store
        .write(&caller.principal.tenant, move |tx: &mut Tx| {
            Box::pin(async move {
                tx.audit(Entry { actor, action: "archive.seen".to_owned(), subject, detail: json!({}) });
                Ok::<_, vir_store::Error>(())
            })
        })
        .await?;
    Ok(loaded)
}

/// The record, where the caller may see it and does something with it that is noted anyway.
///
/// # Errors
/// 404 for what is not there, or not for them.
pub async fn unnoted(caller: &Caller, id: &str) -> Result<Loaded, AppError> {
    let wanted = RecordId::from(id);
    let read = caller
        .app
        .store
        .read(&caller.principal.tenant, move |tx: &mut Tx| Box::pin(async move { records::load(tx, &wanted).await }));
    let loaded = read.await?;
    loaded
        .filter(|loaded| may_see(&caller.principal, loaded.unit.as_deref(), loaded.confidentiality))
        .ok_or_else(unknown)
}

/// The record, where the caller may see it and may do this with it.
///
/// # Errors
/// 404 for what they may not see, 403 for what they may not do.
pub async fn permitted(caller: &Caller, id: &str, permission: Permission) -> Result<Loaded, AppError> {
    let loaded = unnoted(caller, id).await?;
    if may(&caller.principal, permission, loaded.unit.as_deref()) {
        Ok(loaded)
    } else {
        Err(AppError::forbidden(permission))
    }
}

/// The answer for a record that is not there, or not for this caller.
#[must_use]
pub fn unknown() -> AppError {
    AppError::not_found(Text::new("diese Akte", "this record"))
}

/// What a refused change answers where there is no form to show it in.
#[must_use]
pub fn refused(error: ActError) -> AppError {
    match error {
        ActError::Store(error) => error.into(),
        ActError::Unknown => unknown(),
        ActError::Stale => AppError::stale(),
        other => {
            let texts = other.texts();
            let all = |lang| texts.iter().map(|text| text.get(lang)).collect::<Vec<_>>().join(" ");
            AppError::conflict(Text::owned(all(vir_core::Lang::De), all(vir_core::Lang::En)))
        }
    }
}

/// A condition for SQL that keeps a list to what somebody may see; `args` gets what it refers to.
#[must_use]
pub fn condition(principal: &Principal, args: &mut Vec<Value>) -> String {
    let seen = among(&principal.units(SEE), args);
    let restricted = among(&principal.units(SEE_RESTRICTED), args);
    format!("({seen} and (confidentiality = 'open' or {restricted}))")
}

/// A condition for SQL: the record belongs to one of these units.
#[must_use]
pub fn among(scope: &UnitScope, args: &mut Vec<Value>) -> String {
    match scope {
        UnitScope::All => "1 = 1".to_owned(),
        UnitScope::These(units) if units.is_empty() => "1 = 0".to_owned(),
        UnitScope::These(units) => {
            let place = |unit: &UnitId| {
                args.push(Value::from(unit.as_str()));
                format!("${}", args.len())
            };
            let places: Vec<String> = units.iter().map(place).collect();
            format!("unit_id in ({})", places.join(", "))
        }
    }
}
