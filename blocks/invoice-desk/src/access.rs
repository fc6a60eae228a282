//! May somebody do something with an invoice? The same question for pages and API.
//!
//! Invariant: what belongs to no unit yet is open only to those who may do the thing in all units.

use vir_auth::{Permission, Principal, UnitId, UnitScope};
use vir_core::Text;
use vir_store::{Store, Tx, Value};
use vir_web::{AppError, Caller};

use crate::invoice_row::{InvoiceId, InvoiceRow};
use crate::permissions::SEE;

/// May they do this with what belongs to this unit?
#[must_use]
pub fn may(principal: &Principal, permission: Permission, unit: Option<&str>) -> bool {
    match unit {
        Some(unit) => principal.may(permission, &UnitId::from(unit)),
        None => principal.may_everywhere(permission),
    }
}

/// The invoice, where the caller may see it. What they may not see is not there for them: whether
/// an identifier exists is nobody else's business.
pub async fn visible(caller: &Caller, id: &InvoiceId) -> Result<InvoiceRow, AppError> {
    let row = load(&caller.app.store, &caller.principal, id).await?;
    row.filter(|row| may(&caller.principal, SEE, row.unit_id.as_deref())).ok_or_else(unknown)
}

/// The answer for an invoice that is not there, or not for this caller.
#[must_use]
pub fn unknown() -> AppError {
    AppError::not_found(Text::new("diese Rechnung", "this invoice"))
}

async fn load(store: &Store, principal: &Principal, id: &InvoiceId) -> Result<Option<InvoiceRow>, AppError> {
    let id = id.clone();
    Ok(store
        .read(&principal.tenant, move |tx: &mut Tx| Box::pin(async move { InvoiceRow::load(tx, &id).await }))
        .await?)
}

/// A condition for SQL that keeps a list to what somebody may do something with; `args` gets what
/// it refers to.
#[must_use]
pub fn condition(principal: &Principal, permission: Permission, args: &mut Vec<Value>) -> String {
    match principal.units(permission) {
        UnitScope::All => "1 = 1".to_owned(),
        UnitScope::These(units) if units.is_empty() => "1 = 0".to_owned(),
        UnitScope::These(units) => {
            let places: Vec<String> = units
                .iter()
                .map(|unit| {
                    args.push(Value::from(unit.as_str()));
                    format!("${}", args.len())
                })
                .collect();
            format!("unit_id in ({})", places.join(", "))
        }
    }
}
