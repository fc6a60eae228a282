//! BR-CO-17: the tax amounts of the VAT breakdown (BG-23).

use vir_core::Decimal;

use super::super::ubl::is_vat;
use super::rule;
use super::sums::{comparison, known};
use crate::names::{Name, cac};
use crate::path;
use crate::rules::Rule;
use crate::rules::eval::{Abort, Eval, XPath, round2};
use crate::xml::Element;

/// BR-CO-17.
pub static RULES: &[Rule] = &[rule! {
    "BR-CO-17" Software ["BT-116", "BT-117", "BT-119"]
    "Der Steuerbetrag (BT-117) ist nicht der steuerpflichtige Betrag (BT-116) mal Steuersatz (BT-119).",
    "The tax amount (BT-117) is not the taxable amount (BT-116) times the rate (BT-119).",
    "In der Rechnungssoftware den Steuerbetrag neu berechnen.",
    "Have the invoicing software compute the tax amount again.",
    ubl BREAKDOWN |_, n| ubl_tax_is_product(n),
    cii BREAKDOWN |_, n| cii_tax_is_product(n),
}];

fn ubl_tax_is_product(breakdown: Element<'_>) -> Eval<bool> {
    let mut rates = Vec::new();
    for category in breakdown.kids(cac::TaxCategory) {
        if is_vat(category)?
            && let Some(rate) = category.dec(path!(cbc: Percent))?
        {
            rates.push((category, rate));
        }
    }
    if let [_, (second, _), ..] = rates.as_slice() {
        return Err(Abort::Repeated { element: second.id() });
    }
    let rate = rates.pop().map(|(_, rate)| rate);
    // The official tolerance is below one unit of currency here, and one unit at most in CII.
    tax_is_product(breakdown, rate, path!(cbc: TaxAmount), path!(cbc: TaxableAmount), |tax, product| {
        tax.clone() - Decimal::ONE < *product && tax.clone() + Decimal::ONE > *product
    })
}

fn cii_tax_is_product(tax: Element<'_>) -> Eval<bool> {
    let is_vat = crate::xml::trim(&tax.string(path!(ram: TypeCode))?).eq_ignore_ascii_case("VAT");
    let rate = if is_vat { tax.dec(path!(ram: RateApplicablePercent))? } else { None };
    tax_is_product(tax, rate, path!(ram: CalculatedAmount), path!(ram: BasisAmount), |tax, product| {
        tax.clone() - Decimal::ONE <= *product && tax.clone() + Decimal::ONE >= *product
    })
}

/// Without a rate, or with one that rounds to 0, the tax must round to 0.
fn tax_is_product(
    breakdown: Element<'_>,
    rate: Option<Decimal>,
    tax: &'static [Name],
    taxable: &'static [Name],
    near: fn(&Decimal, &Decimal) -> bool,
) -> Eval<bool> {
    comparison(|| {
        let tax = known(breakdown.dec(tax)?)?;
        match rate.filter(|rate| !rate.round_xpath().is_zero()) {
            None => Ok(tax.round_xpath().is_zero()),
            Some(rate) => {
                let taxable = known(breakdown.dec(taxable)?)?;
                let product = round2(&(taxable.abs() * (rate * Decimal::new(1, 2))));
                Ok(near(&tax.abs(), &product))
            }
        }
    })
}
