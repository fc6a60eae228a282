//! Tests that the Peppol rules and XRechnung's copies of them have in common.
//!
//! Invariant: each is the official expression of the rule in its name; where the layers differ,
//! the difference is a parameter.

use std::rc::Rc;

use vir_core::Decimal;

use super::super::cast::{date, norm_single, norm_text, text_node};
use super::super::eval::{self, Abort, Eval, XPath, round2};
use super::super::facts::Facts;
use crate::names::{Name, cac, cbc, ram, ubl, udt};
use crate::path;
use crate::xml::Element;

/// Two hundredths, what an amount may differ by.
pub(crate) const SLACK: Decimal = Decimal::new(2, 2);

/// Is `exact` within `slack` of `amount`?
fn near(amount: &Decimal, exact: &Decimal, slack: &Decimal) -> bool {
    amount.clone() + slack.clone() >= *exact && amount.clone() - slack.clone() <= *exact
}

/// Has it no content at all but white space? The condition under which R008 always fires.
pub(crate) fn is_empty(_: &Facts<'_>, n: Element<'_>) -> Eval<bool> {
    Ok(!n.has_children() && n.is_blank())
}

/// A test that never holds: the context says it all.
pub(crate) fn never(_: &Facts<'_>, _: Element<'_>) -> Eval<bool> {
    Ok(false)
}

/// R040 with the names of base amount, percentage and amount.
fn share_is_right(n: Element<'_>, [base, percent, amount]: [Name; 3], slack: &Decimal) -> Eval<bool> {
    let one = |name: Name| super::super::cast::single(n.kids(name));
    if n.kids(base).next().is_none() || n.kids(percent).next().is_none() {
        return Ok(true);
    }
    let decimal = |name: Name| one(name)?.map_or(Ok(Decimal::ZERO), XPath::dec_self);
    let share = (decimal(base)? * decimal(percent)?).div(&Decimal::HUNDRED).ok_or(Abort::DivisionByZero)?;
    Ok(near(&decimal(amount)?, &share, slack))
}

pub(crate) fn share_is_right_ubl(n: Element<'_>, slack: &Decimal) -> Eval<bool> {
    share_is_right(n, [cbc::BaseAmount, cbc::MultiplierFactorNumeric, cbc::Amount], slack)
}

pub(crate) fn share_is_right_cii(n: Element<'_>, slack: &Decimal) -> Eval<bool> {
    share_is_right(n, [ram::BasisAmount, ram::CalculationPercent, ram::ActualAmount], slack)
}

pub(crate) fn has_share_without_base_ubl(_: &Facts<'_>, n: Element<'_>) -> Eval<bool> {
    Ok(n.has(path!(cbc:MultiplierFactorNumeric)) && !n.has(path!(cbc:BaseAmount)))
}

pub(crate) fn has_base_without_share_ubl(_: &Facts<'_>, n: Element<'_>) -> Eval<bool> {
    Ok(!n.has(path!(cbc:MultiplierFactorNumeric)) && n.has(path!(cbc:BaseAmount)))
}

pub(crate) fn has_share_without_base_cii(_: &Facts<'_>, n: Element<'_>) -> Eval<bool> {
    Ok(n.has(path!(ram:CalculationPercent)) && !n.has(path!(ram:BasisAmount)))
}

pub(crate) fn has_base_without_share_cii(_: &Facts<'_>, n: Element<'_>) -> Eval<bool> {
    Ok(!n.has(path!(ram:CalculationPercent)) && n.has(path!(ram:BasisAmount)))
}

/// R043 in UBL.
pub(crate) fn indicator_is_clear_ubl(_: &Facts<'_>, n: Element<'_>) -> Eval<bool> {
    Ok(matches!(&*norm_text(n.kids(cbc::ChargeIndicator))?, "true" | "false"))
}

/// R043 in CII.
pub(crate) fn indicator_is_clear_cii(_: &Facts<'_>, n: Element<'_>) -> Eval<bool> {
    Ok(matches!(&*norm_text(n.select(path!(ram:ChargeIndicator/udt:Indicator)))?, "true" | "false"))
}

/// R005 in UBL.
pub(crate) fn tax_currency_differs_ubl(f: &Facts<'_>, n: Element<'_>) -> Eval<bool> {
    let own = norm_text([n])?;
    let document =
        n.parent().map_or(Ok("".into()), |parent| norm_text(f.at(parent, path!(cbc:DocumentCurrencyCode))))?;
    Ok(own != document)
}

/// R005 in CII.
pub(crate) fn tax_currency_differs_cii(_: &Facts<'_>, n: Element<'_>) -> Eval<bool> {
    if !n.has(path!(ram:TaxCurrencyCode)) {
        return Ok(true);
    }
    Ok(norm_text(n.kids(ram::TaxCurrencyCode))? != norm_text(n.kids(ram::InvoiceCurrencyCode))?)
}

/// R053 in UBL.
pub(crate) fn one_tax_total_ubl(_: &Facts<'_>, n: Element<'_>) -> Eval<bool> {
    Ok(n.kids(cac::TaxTotal).filter(|total| total.has(path!(cac:TaxSubtotal))).count() == 1)
}

/// R054 in UBL.
pub(crate) fn tax_total_in_tax_currency_ubl(_: &Facts<'_>, n: Element<'_>) -> Eval<bool> {
    let without = n.kids(cac::TaxTotal).filter(|total| !total.has(path!(cac:TaxSubtotal))).count();
    Ok(without == usize::from(n.has(path!(cbc:TaxCurrencyCode))))
}

/// R055 in UBL.
pub(crate) fn tax_totals_agree_in_sign_ubl(_: &Facts<'_>, n: Element<'_>) -> Eval<bool> {
    if !n.has(path!(cbc:TaxCurrencyCode)) {
        return Ok(true);
    }
    let any = |currency: Name, holds: fn(f64) -> bool| {
        for amount in n.select(path!(cac:TaxTotal/cbc:TaxAmount)) {
            let currency = norm_single(n.kids(currency))?;
            if amount.attr("currencyID").is_some_and(|own| own == currency) && holds(amount.double_self()?) {
                return Ok(true);
            }
        }
        Ok::<_, Abort>(false)
    };
    let both = |holds| eval::and(|| any(cbc::TaxCurrencyCode, holds), || any(cbc::DocumentCurrencyCode, holds));
    eval::or(|| both(|amount| amount <= 0.0), || both(|amount| amount >= 0.0))
}

/// The tax totals of a CII document in one of its currencies, compared.
fn any_total(f: &Facts<'_>, n: Element<'_>, tax: bool, holds: fn(f64) -> bool) -> Eval<bool> {
    for total in n.select(path!(ram:SpecifiedTradeSettlementHeaderMonetarySummation/ram:TaxTotalAmount)) {
        let Some(own) = total.attr("currencyID") else { continue };
        let of_currency = if tax { f.profile().is_tax_currency(&own) } else { f.profile().is_currency(&own) };
        if of_currency && holds(total.double_self()?) {
            return Ok(true);
        }
    }
    Ok(false)
}

/// How many tax totals of a CII document are in its currency.
pub(crate) fn totals_in_currency_cii(f: &Facts<'_>, n: Element<'_>) -> usize {
    n.select(path!(ram:SpecifiedTradeSettlementHeaderMonetarySummation/ram:TaxTotalAmount))
        .filter(|total| total.attr("currencyID").is_some_and(|own| f.profile().is_currency(&own)))
        .count()
}

/// R054 in CII.
pub(crate) fn tax_total_in_tax_currency_cii(f: &Facts<'_>, n: Element<'_>) -> Eval<bool> {
    let others = n
        .select(path!(ram:SpecifiedTradeSettlementHeaderMonetarySummation/ram:TaxTotalAmount))
        .filter(|total| total.attr("currencyID").is_some_and(|own| f.profile().has_other_currency(&own)))
        .count();
    Ok(others == usize::from(n.has(path!(ram:TaxCurrencyCode))))
}

/// The second half of R055 in CII.
pub(crate) fn tax_totals_agree_in_sign_cii(f: &Facts<'_>, n: Element<'_>) -> Eval<bool> {
    let both = |holds| eval::and(|| any_total(f, n, true, holds), || any_total(f, n, false, holds));
    eval::or(|| both(|amount| amount < 0.0), || both(|amount| amount >= 0.0))
}

/// The context of R061 in UBL.
pub(crate) fn is_direct_debit_ubl(_: &Facts<'_>, n: Element<'_>) -> Eval<bool> {
    Ok(matches!(&*n.norm(path!(cbc:PaymentMeansCode))?, "49" | "59"))
}

/// The context of R061 in CII.
pub(crate) fn is_direct_debit_cii(_: &Facts<'_>, n: Element<'_>) -> Eval<bool> {
    Ok(matches!(&*n.norm(path!(ram:TypeCode))?, "49" | "59"))
}

/// R061 in CII.
pub(crate) fn has_mandate_cii(f: &Facts<'_>, n: Element<'_>) -> Eval<bool> {
    let settlement = n.parent();
    Ok(settlement.is_some_and(|settlement| {
        f.at(settlement, path!(ram:SpecifiedTradePaymentTerms/ram:DirectDebitMandateID)).next().is_some()
    }))
}

/// The document around a date of a line's period.
fn around_line_period(n: Element<'_>) -> Option<Element<'_>> {
    n.parent()?.parent()?.parent()
}

const PERIOD_START: &[Name] = path!(cac:InvoicePeriod/cbc:StartDate);
const PERIOD_END: &[Name] = path!(cac:InvoicePeriod/cbc:EndDate);

pub(crate) fn document_has_start_ubl(f: &Facts<'_>, n: Element<'_>) -> Eval<bool> {
    Ok(around_line_period(n).is_some_and(|document| f.at(document, PERIOD_START).next().is_some()))
}

pub(crate) fn document_has_end_ubl(f: &Facts<'_>, n: Element<'_>) -> Eval<bool> {
    Ok(around_line_period(n).is_some_and(|document| f.at(document, PERIOD_END).next().is_some()))
}

fn compare_dates(
    f: &Facts<'_>,
    n: Element<'_>,
    of_document: &'static [Name],
    holds: fn(i64, i64) -> bool,
) -> Eval<bool> {
    let Some(own) = text_node([n])?.map(|text| date(&text)).transpose()? else { return Ok(false) };
    let document = match around_line_period(n) {
        Some(document) => super::super::cast::single(f.at(document, of_document))?,
        None => None,
    };
    Ok(document.map(|date_of| date(&date_of.text())).transpose()?.is_some_and(|document| holds(own, document)))
}

/// R110 in UBL.
pub(crate) fn starts_within_ubl(f: &Facts<'_>, n: Element<'_>) -> Eval<bool> {
    compare_dates(f, n, PERIOD_START, |own, document| own >= document)
}

/// R111 in UBL.
pub(crate) fn ends_within_ubl(f: &Facts<'_>, n: Element<'_>) -> Eval<bool> {
    compare_dates(f, n, PERIOD_END, |own, document| own <= document)
}

/// The invoicing period of a CII transaction. Its dates are compared as texts, any with any, so the
/// smallest start and the largest end decide.
#[derive(Debug)]
pub struct Periods {
    has_start: bool,
    has_end: bool,
    first_start: Option<String>,
    last_end: Option<String>,
}

fn periods(f: &Facts<'_>, n: Element<'_>) -> Option<Rc<Periods>> {
    let transaction = n.parent()?.parent()?.parent()?.parent()?;
    if let Some(known) = f.periods.borrow().get(&transaction.id()) {
        return Some(Rc::clone(known));
    }
    let start = path!(ram:ApplicableHeaderTradeSettlement/ram:BillingSpecifiedPeriod/ram:StartDateTime);
    let end = path!(ram:ApplicableHeaderTradeSettlement/ram:BillingSpecifiedPeriod/ram:EndDateTime);
    let dates = |path| {
        transaction
            .select(path)
            .flat_map(|of: Element<'_>| of.kids(udt::DateTimeString))
            .map(|text| text.text().into_owned())
    };
    let new = Rc::new(Periods {
        has_start: transaction.has(start),
        has_end: transaction.has(end),
        first_start: dates(start).min(),
        last_end: dates(end).max(),
    });
    f.periods.borrow_mut().insert(transaction.id(), Rc::clone(&new));
    Some(new)
}

pub(crate) fn document_has_start_cii(f: &Facts<'_>, n: Element<'_>) -> Eval<bool> {
    Ok(periods(f, n).is_some_and(|periods| periods.has_start))
}

pub(crate) fn document_has_end_cii(f: &Facts<'_>, n: Element<'_>) -> Eval<bool> {
    Ok(periods(f, n).is_some_and(|periods| periods.has_end))
}

/// R110 in CII.
pub(crate) fn starts_within_cii(f: &Facts<'_>, n: Element<'_>) -> Eval<bool> {
    let first = periods(f, n).and_then(|periods| periods.first_start.clone());
    Ok(first.is_some_and(|first| n.kids(udt::DateTimeString).any(|own| *own.text() >= *first)))
}

/// R111 in CII.
pub(crate) fn ends_within_cii(f: &Facts<'_>, n: Element<'_>) -> Eval<bool> {
    let last = periods(f, n).and_then(|periods| periods.last_end.clone());
    Ok(last.is_some_and(|last| n.kids(udt::DateTimeString).any(|own| *own.text() <= *last)))
}

/// What the rule on a line's net amount adds up.
struct Line {
    net: Decimal,
    quantity: Decimal,
    price: Decimal,
    base: Decimal,
    charges: Decimal,
    allowances: Decimal,
}

impl Line {
    fn adds_up(self, slack: &Decimal) -> Eval<bool> {
        let price = self.price.div(&self.base).ok_or(Abort::DivisionByZero)?;
        Ok(near(&self.net, &(self.quantity * price + self.charges - self.allowances), slack))
    }
}

/// The sum of the allowances or charges whose indicator is `kind`, to two decimals.
fn sum_of<'a>(
    all: impl Iterator<Item = Element<'a>>,
    indicator: &'static [Name],
    amount: Name,
    kind: &str,
) -> Eval<Decimal> {
    let mut sum = Decimal::ZERO;
    for one in all {
        if norm_single(one.select(indicator))? == kind {
            for amount in one.kids(amount) {
                sum = sum + amount.dec_self()?;
            }
        }
    }
    Ok(round2(&sum))
}

fn or(value: Option<Decimal>, other: Decimal) -> Decimal {
    value.unwrap_or(other)
}

/// R120 in UBL.
pub(crate) fn line_adds_up_ubl(f: &Facts<'_>, n: Element<'_>, slack: &Decimal) -> Eval<bool> {
    let quantity = if f.root.name() == ubl::Invoice {
        n.dec(path!(cbc:InvoicedQuantity))?
    } else {
        n.dec(path!(cbc:CreditedQuantity))?
    };
    let sum = |kind| sum_of(n.kids(cac::AllowanceCharge), path!(cbc:ChargeIndicator), cbc::Amount, kind);
    Line {
        net: or(n.dec(path!(cbc:LineExtensionAmount))?, Decimal::ZERO),
        quantity: or(quantity, Decimal::ONE),
        price: or(n.dec(path!(cac:Price/cbc:PriceAmount))?, Decimal::ZERO),
        base: or(n.dec(path!(cac:Price/cbc:BaseQuantity))?.filter(|base| !base.is_zero()), Decimal::ONE),
        charges: sum("true")?,
        allowances: sum("false")?,
    }
    .adds_up(slack)
}

/// R120 in CII; XRechnung also looks for a base quantity at the gross price.
pub(crate) fn line_adds_up_cii(n: Element<'_>, slack: &Decimal, gross: bool) -> Eval<bool> {
    let price = path!(ram:SpecifiedLineTradeAgreement/ram:NetPriceProductTradePrice/ram:ChargeAmount);
    let net_base = path!(ram:SpecifiedLineTradeAgreement/ram:NetPriceProductTradePrice/ram:BasisQuantity);
    let gross_base = path!(ram:SpecifiedLineTradeAgreement/ram:GrossPriceProductTradePrice/ram:BasisQuantity);
    let mut base = n.dec(net_base)?.filter(|base| !base.is_zero());
    if base.is_none() && gross {
        base = n.dec(gross_base)?.filter(|base| !base.is_zero());
    }
    let sum = |kind| {
        let all = n.select(path!(ram:SpecifiedLineTradeSettlement/ram:SpecifiedTradeAllowanceCharge));
        sum_of(all, path!(ram:ChargeIndicator/udt:Indicator), ram::ActualAmount, kind)
    };
    let net =
        path!(ram:SpecifiedLineTradeSettlement/ram:SpecifiedTradeSettlementLineMonetarySummation/ram:LineTotalAmount);
    Line {
        net: or(n.dec(net)?, Decimal::ZERO),
        quantity: or(n.dec(path!(ram:SpecifiedLineTradeDelivery/ram:BilledQuantity))?, Decimal::ONE),
        price: or(n.dec(price)?, Decimal::ZERO),
        base: or(base, Decimal::ONE),
        charges: sum("true")?,
        allowances: sum("false")?,
    }
    .adds_up(slack)
}

/// R121: a base quantity is greater than zero.
pub(crate) fn base_is_positive(n: Element<'_>, path: &'static [Name]) -> Eval<bool> {
    Ok(n.dec(path)?.is_none_or(|base| base > Decimal::ZERO))
}

/// R101 in UBL.
pub(crate) fn reference_is_object_ubl(_: &Facts<'_>, n: Element<'_>) -> Eval<bool> {
    Ok(!n.has(path!(cac:DocumentReference)) || n.any_text(path!(cac:DocumentReference/cbc:DocumentTypeCode), "130"))
}

/// R101 in CII.
pub(crate) fn reference_is_object_cii(_: &Facts<'_>, n: Element<'_>) -> Eval<bool> {
    Ok(!n.has(path!(ram:SpecifiedLineTradeSettlement/ram:AdditionalReferencedDocument))
        || n.any_text(path!(ram:SpecifiedLineTradeSettlement/ram:AdditionalReferencedDocument/ram:TypeCode), "130"))
}

/// R044 in UBL.
pub(crate) fn price_has_no_charge_ubl(_: &Facts<'_>, n: Element<'_>) -> Eval<bool> {
    Ok(n.norm(path!(cbc:ChargeIndicator))? == "false")
}

/// R046 in UBL.
pub(crate) fn net_price_is_right_ubl(f: &Facts<'_>, n: Element<'_>) -> Eval<bool> {
    if !n.has(path!(cbc:BaseAmount)) {
        return Ok(true);
    }
    let net = match n.parent() {
        Some(price) => super::super::cast::single(f.at(price, path!(cbc:PriceAmount)))?,
        None => None,
    };
    // A comparison with nothing is false before its other side is looked at.
    let Some(net) = net.map(XPath::dec_self).transpose()? else { return Ok(false) };
    let Some(gross) = n.dec(path!(cbc:BaseAmount))? else { return Ok(false) };
    Ok(n.dec(path!(cbc:Amount))?.is_some_and(|discount| net == gross - discount))
}

pub(crate) fn has_unit(_: &Facts<'_>, n: Element<'_>) -> Eval<bool> {
    Ok(n.attr("unitCode").is_some())
}

/// R130 in UBL.
pub(crate) fn units_agree_ubl(f: &Facts<'_>, n: Element<'_>) -> Eval<bool> {
    let Some(line) = n.parent().and_then(Element::parent) else { return Ok(true) };
    let invoiced = f.at(line, path!(cbc:InvoicedQuantity));
    let credited = f.at(line, path!(cbc:CreditedQuantity));
    if invoiced.clone().next().is_none() && credited.clone().next().is_none() {
        return Ok(true);
    }
    let own = n.attr("unitCode");
    let agrees = |quantity: Element<'_>| quantity.attr("unitCode").is_some_and(|unit| Some(unit) == own);
    Ok(if f.root.name() == ubl::Invoice { invoiced.clone().any(agrees) } else { credited.clone().any(agrees) })
}

/// R130 in CII.
pub(crate) fn units_agree_cii(f: &Facts<'_>, n: Element<'_>) -> Eval<bool> {
    let line = n.parent().and_then(Element::parent).and_then(Element::parent);
    let own = n.attr("unitCode");
    Ok(line.is_some_and(|line| {
        f.at(line, path!(ram:SpecifiedLineTradeDelivery/ram:BilledQuantity))
            .any(|quantity| quantity.attr("unitCode").is_some_and(|unit| Some(unit) == own))
    }))
}
