//! The sums over lines, allowances and charges that the document totals are compared with.
//!
//! UBL adds decimals. CII adds binary floating-point numbers, in document order, so that its sums
//! can differ in the last digit from what one would compute on paper.

use std::cell::{OnceCell, RefCell};

use vir_core::Decimal;

use super::super::ubl::{is_allowance, is_charge};
use crate::names::{Name, cac, ram, rsm};
use crate::path;
use crate::rules::eval::{Abort, Eval, XPath, against_integer, equals_double, round_double};
use crate::rules::{Facts, Release};
use crate::xml::Element;

/// What is computed once per document.
#[derive(Debug, Default)]
pub(in crate::rules) struct Known {
    ubl_lines: OnceCell<Eval<Decimal>>,
    ubl_allowances: Last<Eval<Adjustments<Decimal>>>,
    cii_lines: Last<Eval<DoubleSum>>,
    cii_allowances: OnceCell<Eval<Adjustments<DoubleSum>>>,
    cii_taxes: OnceCell<Eval<DoubleSum>>,
    cii_breakdown: OnceCell<bool>,
}

/// What was computed last, and for which element: rules ask for one and the same in nearly every document.
type Last<T> = RefCell<Option<(u32, T)>>;

/// Allowances or charges of the document.
#[derive(Debug, Clone)]
pub(super) struct Adjustments<T> {
    /// Allowances, where there are any.
    pub(super) allowances: Option<T>,
    /// Charges, where there are any.
    pub(super) charges: Option<T>,
}

/// A sum of untyped values: doubles, or the integer 0 where there are none.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct DoubleSum(Option<f64>);

impl DoubleSum {
    /// The sum itself.
    pub(super) fn value(self) -> f64 {
        self.0.unwrap_or(0.0)
    }

    /// `x = round(sum * 10 * 10) div 100`
    pub(super) fn rounded_is(self, stated: Element<'_>) -> Eval<bool> {
        match self.0 {
            Some(sum) => equals_double(stated, round_double(sum * 10.0 * 10.0) / 100.0),
            None => Ok(against_integer(stated)? == 0.0),
        }
    }
}

/// `sum(//(cac:InvoiceLine|cac:CreditNoteLine)/xs:decimal(cbc:LineExtensionAmount))`
pub(super) fn ubl_lines(facts: &Facts<'_>) -> Eval<Decimal> {
    let add_up = || {
        let lines = facts.doc.all(cac::InvoiceLine).chain(facts.doc.all(cac::CreditNoteLine));
        add_each(lines, path!(cbc: LineExtensionAmount))
    };
    facts.en16931.amounts.ubl_lines.get_or_init(add_up).clone()
}

/// `sum(cac:AllowanceCharge[cbc:ChargeIndicator = …]/xs:decimal(cbc:Amount))` of an element.
pub(super) fn ubl_adjustments(facts: &Facts<'_>, of: Element<'_>) -> Eval<Adjustments<Decimal>> {
    remember(&facts.en16931.amounts.ubl_allowances, of, || {
        let of_kind = |is: fn(&Facts<'_>, Element<'_>) -> Eval<bool>| {
            let mut sum = None;
            for owner in of.kids(cac::AllowanceCharge) {
                if is(facts, owner)? {
                    let amount = owner.dec(path!(cbc: Amount))?.unwrap_or_default();
                    sum = Some(sum.unwrap_or_default() + amount);
                }
            }
            Ok(sum)
        };
        Ok(Adjustments { allowances: of_kind(is_allowance)?, charges: of_kind(is_charge)? })
    })
}

/// `sum(../../…/ram:LineTotalAmount)` of a monetary summation: lines of the transaction around it.
pub(super) fn cii_lines(facts: &Facts<'_>, summation: Element<'_>) -> Eval<DoubleSum> {
    let Some(transaction) = summation.parent().and_then(Element::parent) else { return Ok(DoubleSum(None)) };
    remember(&facts.en16931.amounts.cii_lines, transaction, || {
        add_doubles(transaction.select(path!(ram:IncludedSupplyChainTradeLineItem/ram:SpecifiedLineTradeSettlement/ram:SpecifiedTradeSettlementLineMonetarySummation/ram:LineTotalAmount)))
    })
}

/// The document's allowances and charges. Since 2026-07 the first amount of each counts, before all did.
pub(super) fn cii_adjustments(facts: &Facts<'_>) -> Eval<Adjustments<DoubleSum>> {
    let add_up = || {
        let of_kind = |charge| {
            let mut owners = Vec::new();
            for owner in settlement(facts, path!(ram: SpecifiedTradeAllowanceCharge)) {
                if owner.any_bool(path!(ram:ChargeIndicator/udt:Indicator), charge)? {
                    owners.push(owner);
                }
            }
            if owners.is_empty() {
                return Ok(None);
            }
            let most = if facts.release >= Release::R2026_07 { 1 } else { usize::MAX };
            add_doubles(owners.into_iter().flat_map(|owner| owner.kids(ram::ActualAmount).take(most))).map(Some)
        };
        Ok(Adjustments { allowances: of_kind(false)?, charges: of_kind(true)? })
    };
    facts.en16931.amounts.cii_allowances.get_or_init(add_up).clone()
}

/// `sum(…/ram:ApplicableTradeTax/ram:CalculatedAmount)` of the document's settlement.
pub(super) fn cii_taxes(facts: &Facts<'_>) -> Eval<DoubleSum> {
    let add_up = || {
        let taxes = settlement(facts, path!(ram: ApplicableTradeTax));
        add_doubles(taxes.flat_map(|tax| tax.kids(ram::CalculatedAmount)))
    };
    facts.en16931.amounts.cii_taxes.get_or_init(add_up).clone()
}

/// Is there a VAT breakdown in a settlement of a transaction?
pub(super) fn cii_has_breakdown(facts: &Facts<'_>) -> bool {
    let look = || {
        facts
            .doc
            .all(rsm::SupplyChainTradeTransaction)
            .any(|transaction| transaction.has(path!(ram:ApplicableHeaderTradeSettlement/ram:ApplicableTradeTax)))
    };
    *facts.en16931.amounts.cii_breakdown.get_or_init(look)
}

/// The elements of a path below the document's settlement.
pub(super) fn settlement<'a>(facts: &Facts<'a>, path: &'static [Name]) -> impl Iterator<Item = Element<'a>> {
    facts
        .root
        .select(path!(rsm:SupplyChainTradeTransaction/ram:ApplicableHeaderTradeSettlement))
        .flat_map(move |settlement| settlement.select(path))
}

fn add_each<'a>(elements: impl Iterator<Item = Element<'a>>, amount: &'static [Name]) -> Eval<Decimal> {
    let mut sum = Decimal::ZERO;
    for element in elements {
        if let Some(amount) = element.dec(amount)? {
            sum = sum + amount;
        }
    }
    Ok(sum)
}

/// `sum()` of untyped values.
fn add_doubles<'a>(amounts: impl Iterator<Item = Element<'a>>) -> Eval<DoubleSum> {
    // From the first on: zero plus negative zero would lose the sign, which comparisons see.
    let mut sum = None;
    for amount in amounts {
        let amount = amount.double_self()?;
        sum = Some(sum.map_or(amount, |sum: f64| sum + amount));
    }
    Ok(DoubleSum(sum))
}

fn remember<T: Clone>(last: &Last<Eval<T>>, of: Element<'_>, compute: impl FnOnce() -> Eval<T>) -> Eval<T> {
    if let Some((id, known)) = &*last.borrow()
        && *id == of.id()
    {
        return known.clone();
    }
    let computed = compute();
    *last.borrow_mut() = Some((of.id(), computed.clone()));
    computed
}

/// An amount that is present, or the end of the comparison: arithmetic with nothing is nothing.
pub(super) fn known<T>(value: Option<T>) -> Result<T, Stop> {
    value.ok_or(Stop::Nothing)
}

/// Why a comparison ends early.
#[derive(Debug)]
pub(super) enum Stop {
    /// An operand is missing: the comparison does not hold.
    Nothing,
    /// A dynamic error.
    Abort(Abort),
}

impl From<Abort> for Stop {
    fn from(abort: Abort) -> Self {
        Self::Abort(abort)
    }
}

/// A comparison of sums: it does not hold where one of its operands is missing.
pub(super) fn comparison(holds: impl FnOnce() -> Result<bool, Stop>) -> Eval<bool> {
    match holds() {
        Ok(holds) => Ok(holds),
        Err(Stop::Nothing) => Ok(false),
        Err(Stop::Abort(abort)) => Err(abort),
    }
}
