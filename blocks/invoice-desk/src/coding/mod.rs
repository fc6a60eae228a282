//! Coding (*Kontierung*): on which cost centre, account and product an invoice is booked.
//!
//! Budgets are no part of it: the finance system knows them and refuses what exceeds them.
//!
//! Invariant: the lines of a coding add up to the amount due, to the cent.

pub mod form;
pub mod line;
pub mod split;
pub mod store;
pub mod suggest;

use vir_core::Text;
use vir_store::{Result, Tx};

use line::Line;
use store::CodeList;

/// The most lines that a coding may have.
pub const LINE_LIMIT: usize = 200;

/// What is wrong with the lines of a coding, if anything: they must add up, and use codes that exist. As long as a list
/// of codes is empty, any code goes: a tenant may begin without having entered them.
///
/// # Errors
/// Where the store fails.
pub async fn check(tx: &mut Tx, amount_cents: i64, lines: &[Line]) -> Result<Option<Text>> {
    if lines.is_empty() {
        return Ok(Some(split::Mismatch::Nothing.text()));
    }
    if lines.len() > LINE_LIMIT {
        return Ok(Some(Text::new("Höchstens 200 Buchungszeilen.", "At most 200 coding lines.")));
    }
    let sum: i128 = lines.iter().map(|line| i128::from(line.amount_cents)).sum();
    let left = i128::from(amount_cents) - sum;
    if left != 0 {
        let left = i64::try_from(left).unwrap_or(i64::MAX);
        return Ok(Some(split::Mismatch::Difference(left).text()));
    }
    for list in CodeList::ALL {
        let known = store::codes(tx, list).await?;
        for (index, line) in lines.iter().enumerate() {
            let target = &line.target;
            let code = match list {
                CodeList::CostCentre => Some(&target.cost_centre),
                CodeList::Account => Some(&target.account),
                CodeList::Product => Some(&target.product),
                CodeList::Investment => target.investment.as_ref(),
            };
            let Some(code) = code else { continue };
            let name = list.name();
            if code.trim().is_empty() || code.chars().count() > 60 {
                return Ok(Some(Text::owned(
                    format!("In Zeile {} fehlt: {}.", index + 1, name.de),
                    format!("Line {} lacks: {}.", index + 1, name.en),
                )));
            }
            if !known.is_empty() && !known.iter().any(|one| one.active && one.code == *code) {
                return Ok(Some(Text::owned(
                    format!("{} „{code}“ in Zeile {} gibt es nicht oder nicht mehr.", name.de, index + 1),
                    format!("{} “{code}” in line {} does not exist, or not any more.", name.en, index + 1),
                )));
            }
        }
    }
    Ok(None)
}
