//! BR-CO-10 to BR-CO-16: the document totals (BG-22).

use vir_core::Decimal;

use super::rule;
use super::sums::{cii_adjustments, cii_lines, cii_taxes, comparison, known, settlement, ubl_adjustments, ubl_lines};
use crate::names::{Name, cac, ram};
use crate::path;
use crate::rules::eval::{Eval, XPath, decimal_of, round2};
use crate::rules::{Facts, Release, Rule};
use crate::xml::Element;

const REPAIR: (&str, &str) = (
    "In der Rechnungssoftware die Summen neu berechnen und die Rechnung neu ausgeben.",
    "Have the invoicing software compute the totals again and export the invoice again.",
);

/// BR-CO-10 to BR-CO-16.
pub static RULES: &[Rule] = &[
    rule! {
        "BR-CO-10" Software ["BT-106", "BT-131"]
        "Die Summe der Positionen (BT-106) ist nicht die Summe der Nettobeträge aller Positionen (BT-131).",
        "The sum of lines (BT-106) is not the sum of all lines' net amounts (BT-131).",
        REPAIR.0, REPAIR.1,
        ubl TOTALS |f, n| ubl_line_total(f, n),
        cii TOTALS |f, n| cii_line_total(f, n),
    },
    rule! {
        "BR-CO-11" Software ["BT-107", "BT-92"]
        "Die Summe der Nachlässe (BT-107) ist nicht die Summe aller Nachlässe auf Ebene der Rechnung (BT-92).",
        "The sum of allowances (BT-107) is not the sum of all allowances on document level (BT-92).",
        REPAIR.0, REPAIR.1,
        ubl TOTALS |f, n| ubl_adjustment_total(f, n, false),
        cii TOTALS |f, n| cii_adjustment_total(f, n, false),
    },
    rule! {
        "BR-CO-12" Software ["BT-108", "BT-99"]
        "Die Summe der Zuschläge (BT-108) ist nicht die Summe aller Zuschläge auf Ebene der Rechnung (BT-99).",
        "The sum of charges (BT-108) is not the sum of all charges on document level (BT-99).",
        REPAIR.0, REPAIR.1,
        ubl TOTALS |f, n| ubl_adjustment_total(f, n, true),
        cii TOTALS |f, n| cii_adjustment_total(f, n, true),
    },
    rule! {
        "BR-CO-13" Software ["BT-106", "BT-107", "BT-108", "BT-109"]
        "Der Gesamtbetrag ohne Umsatzsteuer (BT-109) ist nicht Positionen (BT-106) minus Nachlässe (BT-107) plus Zuschläge (BT-108).",
        "The total without VAT (BT-109) is not lines (BT-106) minus allowances (BT-107) plus charges (BT-108).",
        REPAIR.0, REPAIR.1,
        ubl TOTALS |_, n| ubl_total_without_vat(n),
        cii TOTALS |f, n| cii_total_without_vat(f, n),
    },
    rule! {
        "BR-CO-14" Software ["BT-110", "BT-117"]
        "Der Gesamtbetrag der Umsatzsteuer (BT-110) ist nicht die Summe der Steuerbeträge (BT-117) in der Steueraufschlüsselung.",
        "The total VAT amount (BT-110) is not the sum of the tax amounts (BT-117) in the VAT breakdown.",
        REPAIR.0, REPAIR.1,
        ubl TAX_TOTAL |_, n| ubl_tax_total(n),
        cii TAX_TOTAL |f, n| cii_tax_total(f, n),
    },
    rule! {
        "BR-CO-15" Software ["BT-109", "BT-110", "BT-112"]
        "Der Gesamtbetrag mit Umsatzsteuer (BT-112) ist nicht Gesamtbetrag ohne Umsatzsteuer (BT-109) plus Umsatzsteuer (BT-110) in Rechnungswährung.",
        "The total with VAT (BT-112) is not the total without VAT (BT-109) plus the VAT (BT-110) in the invoice's currency.",
        REPAIR.0, REPAIR.1,
        ubl DOCUMENT |_, n| ubl_total_with_vat(n),
        cii DOCUMENT |f, _| cii_total_with_vat(f),
    },
    rule! {
        "BR-CO-16" Software ["BT-112", "BT-113", "BT-114", "BT-115"]
        "Der fällige Betrag (BT-115) ist nicht Gesamtbetrag mit Umsatzsteuer (BT-112) minus Vorauszahlungen (BT-113) plus Rundungsbetrag (BT-114).",
        "The amount due (BT-115) is not the total with VAT (BT-112) minus what is paid (BT-113) plus the rounding amount (BT-114).",
        REPAIR.0, REPAIR.1,
        ubl TOTALS |_, n| ubl_amount_due(n),
        cii TOTALS |f, n| cii_amount_due(f, n),
    },
];

fn ubl_line_total(facts: &Facts<'_>, totals: Element<'_>) -> Eval<bool> {
    let Some(total) = totals.dec(path!(cbc: LineExtensionAmount))? else { return Ok(false) };
    Ok(total == round2(&ubl_lines(facts)?))
}

fn ubl_adjustment_total(facts: &Facts<'_>, totals: Element<'_>, charge: bool) -> Eval<bool> {
    let path = if charge { path!(cbc: ChargeTotalAmount) } else { path!(cbc: AllowanceTotalAmount) };
    let Some(around) = totals.parent() else { return Ok(true) };
    let total = totals.dec(path)?;
    let sums = ubl_adjustments(facts, around)?;
    Ok(match (total, if charge { sums.charges } else { sums.allowances }) {
        (Some(total), sum) => total == round2(&sum.unwrap_or_default()),
        (None, sum) => sum.is_none(),
    })
}

fn ubl_total_without_vat(totals: Element<'_>) -> Eval<bool> {
    comparison(|| {
        let amount = |path: &'static [Name]| -> Result<Decimal, _> { known(totals.dec(path)?) };
        let total = amount(path!(cbc: TaxExclusiveAmount))?;
        let lines = amount(path!(cbc: LineExtensionAmount))?;
        let (charges, allowances) = (path!(cbc: ChargeTotalAmount), path!(cbc: AllowanceTotalAmount));
        Ok(match (totals.has(charges), totals.has(allowances)) {
            (true, true) => total == round2(&(lines + amount(charges)? - amount(allowances)?)),
            (false, true) => total == round2(&(lines - amount(allowances)?)),
            (true, false) => total == round2(&(lines + amount(charges)?)),
            // Without either, nothing is rounded.
            (false, false) => total == lines,
        })
    })
}

fn ubl_tax_total(total: Element<'_>) -> Eval<bool> {
    if !total.has(path!(cac: TaxSubtotal)) {
        // Officially tested after the amount is cast, which an amount that is no decimal breaks off.
        return total.dec(path!(cbc: TaxAmount)).map(|_| true);
    }
    let Some(amount) = total.dec(path!(cbc: TaxAmount))? else { return Ok(false) };
    Ok(amount == round2(&total.sum_each(path!(cac: TaxSubtotal), crate::names::cbc::TaxAmount)?))
}

fn ubl_total_with_vat(document: Element<'_>) -> Eval<bool> {
    for currency in document.kids(crate::names::cbc::DocumentCurrencyCode) {
        let currency = currency.text();
        let mut taxes = Vec::new();
        for total in document.kids(cac::TaxTotal) {
            let mut amounts = total.kids(crate::names::cbc::TaxAmount);
            let mut of_currency =
                amounts.by_ref().filter(|amount| amount.attr("currencyID").as_ref() == Some(&currency));
            let Some(first) = of_currency.next() else { continue };
            if let Some(second) = of_currency.next() {
                return Err(crate::rules::eval::Abort::Repeated { element: second.id() });
            }
            taxes.push(first.dec_self()?);
        }
        let [tax] = taxes.as_slice() else { return Ok(false) };
        let holds = comparison(|| {
            let mut totals = document.kids(cac::LegalMonetaryTotal);
            let first = known(totals.next())?;
            if let Some(second) = totals.next() {
                return Err(crate::rules::eval::Abort::Repeated { element: second.id() }.into());
            }
            let with_vat = known(first.dec(path!(cbc: TaxInclusiveAmount))?)?;
            let without_vat = known(first.dec(path!(cbc: TaxExclusiveAmount))?)?;
            Ok(with_vat == round2(&(without_vat + tax.clone())))
        })?;
        if !holds {
            return Ok(false);
        }
    }
    Ok(true)
}

fn ubl_amount_due(totals: Element<'_>) -> Eval<bool> {
    comparison(|| {
        let amount = |path: &'static [Name]| -> Result<Decimal, _> { known(totals.dec(path)?) };
        let (prepaid, rounding) = (path!(cbc: PrepaidAmount), path!(cbc: PayableRoundingAmount));
        let due = amount(path!(cbc: PayableAmount))?;
        // The four cases do not round alike.
        Ok(match (totals.has(prepaid), totals.has(rounding)) {
            (true, false) => due == round2(&(amount(path!(cbc: TaxInclusiveAmount))? - amount(prepaid)?)),
            (false, false) => due == amount(path!(cbc: TaxInclusiveAmount))?,
            (true, true) => {
                let due = round2(&(due - amount(rounding)?));
                due == round2(&(amount(path!(cbc: TaxInclusiveAmount))? - amount(prepaid)?))
            }
            (false, true) => {
                let due = round2(&(due - amount(rounding)?));
                due == amount(path!(cbc: TaxInclusiveAmount))?
            }
        })
    })
}

/// The sum is one of doubles, cast to decimal with all its digits and only then rounded.
fn cii_line_total(facts: &Facts<'_>, totals: Element<'_>) -> Eval<bool> {
    let Some(total) = totals.dec(path!(ram: LineTotalAmount))? else { return Ok(false) };
    Ok(total == round2(&decimal_of(cii_lines(facts, totals)?.value())?))
}

fn cii_adjustment_total(facts: &Facts<'_>, totals: Element<'_>, charge: bool) -> Eval<bool> {
    let name = if charge { ram::ChargeTotalAmount } else { ram::AllowanceTotalAmount };
    let sums = cii_adjustments(facts)?;
    let sum = if charge { sums.charges } else { sums.allowances };
    let mut stated = totals.kids(name).peekable();
    if sum.is_none() && stated.peek().is_none() {
        return Ok(true);
    }
    let sum = sum.unwrap_or_default();
    for amount in stated {
        if sum.rounded_is(amount)? {
            return Ok(true);
        }
    }
    Ok(false)
}

fn cii_total_without_vat(facts: &Facts<'_>, totals: Element<'_>) -> Eval<bool> {
    let amount = |path: &'static [Name]| -> Result<Decimal, _> { known(cii_amount(facts, totals, path)?) };
    let (charges, allowances) = (path!(ram: ChargeTotalAmount), path!(ram: AllowanceTotalAmount));
    let total = || amount(path!(ram: TaxBasisTotalAmount));
    let lines = || amount(path!(ram: LineTotalAmount));
    let both = comparison(|| Ok(total()? == round2(&(lines()? - amount(allowances)? + amount(charges)?))))?;
    let allowances_only = || comparison(|| Ok(total()? == round2(&(lines()? - amount(allowances)?))));
    let charges_only = || comparison(|| Ok(total()? == round2(&(lines()? + amount(charges)?))));
    let none = || comparison(|| Ok(total()? == round2(&lines()?)));
    Ok(both
        || (allowances_only()? && !totals.has(charges))
        || (charges_only()? && !totals.has(allowances))
        || (none()? && !totals.has(charges) && !totals.has(allowances)))
}

fn cii_amount_due(facts: &Facts<'_>, totals: Element<'_>) -> Eval<bool> {
    let amount = |path: &'static [Name]| -> Result<Decimal, _> { known(cii_amount(facts, totals, path)?) };
    let (prepaid, rounding) = (path!(ram: TotalPrepaidAmount), path!(ram: RoundingAmount));
    let due = || amount(path!(ram: DuePayableAmount));
    let total = || amount(path!(ram: GrandTotalAmount));
    // Until 2026-01 an amount of 0 counts as none here.
    let absent = |path: &'static [Name]| -> Eval<bool> {
        if facts.release >= Release::R2026_07 {
            Ok(!totals.has(path))
        } else {
            Ok(totals.dec(path)?.is_none_or(|amount| amount.is_zero()))
        }
    };
    let both = comparison(|| Ok(due()? == total()? - amount(prepaid)? + amount(rounding)?))?;
    let rounding_only = || comparison(|| Ok(due()? == total()? + amount(rounding)?));
    let prepaid_only = || comparison(|| Ok(due()? == total()? - amount(prepaid)?));
    let none = || comparison(|| Ok(due()? == total()?));
    Ok(both
        || (rounding_only()? && absent(prepaid)?)
        || (prepaid_only()? && absent(rounding)?)
        || (none()? && absent(prepaid)? && absent(rounding)?))
}

/// Since 2026-07 the first of repeated amounts counts; before, repeating one broke off.
fn cii_amount(facts: &Facts<'_>, of: Element<'_>, path: &'static [Name]) -> Eval<Option<Decimal>> {
    if facts.release >= Release::R2026_07 { of.first(path).map(XPath::dec_self).transpose() } else { of.dec(path) }
}

fn cii_tax_total(facts: &Facts<'_>, total: Element<'_>) -> Eval<bool> {
    cii_taxes(facts)?.rounded_is(total)
}

fn cii_total_with_vat(facts: &Facts<'_>) -> Eval<bool> {
    for currency in settlement(facts, path!(ram: InvoiceCurrencyCode)) {
        let currency = currency.text();
        let taxes: Vec<_> =
            settlement(facts, path!(ram:SpecifiedTradeSettlementHeaderMonetarySummation/ram:TaxTotalAmount))
                .filter(|amount| amount.attr("currencyID").as_ref() == Some(&currency))
                .collect();
        let holds = if facts.release >= Release::R2026_07 {
            total_with_vat(facts, &taxes)?
        } else {
            total_with_vat_until_2026_01(facts, &taxes)?
        };
        if !holds {
            return Ok(false);
        }
    }
    Ok(true)
}

fn total_with_vat(facts: &Facts<'_>, taxes: &[Element<'_>]) -> Eval<bool> {
    let first = |name: Name| {
        let summations = settlement(facts, path!(ram: SpecifiedTradeSettlementHeaderMonetarySummation));
        summations.flat_map(move |summation| summation.kids(name)).next().map(XPath::dec_self).transpose()
    };
    let (with_vat, without_vat) = (|| first(ram::GrandTotalAmount), || first(ram::TaxBasisTotalAmount));
    // The official processor takes the simpler alternative first, so that an unreadable tax may not matter.
    if comparison(|| Ok(known(with_vat()?)? == known(without_vat()?)?))? {
        return Ok(true);
    }
    let [tax] = taxes else { return Ok(false) };
    comparison(|| {
        let with_vat = known(with_vat()?)?;
        let sum = known(without_vat()?)? + tax.dec_self()?;
        Ok(with_vat == round2(&sum))
    })
}

/// Until 2026-01 the summations were those anywhere in the document, and repeated amounts broke off.
fn total_with_vat_until_2026_01(facts: &Facts<'_>, taxes: &[Element<'_>]) -> Eval<bool> {
    let amounts = |path: &'static [Name]| -> Eval<Vec<Decimal>> {
        let mut amounts = Vec::new();
        for summation in facts.doc.all(ram::SpecifiedTradeSettlementHeaderMonetarySummation) {
            amounts.extend(summation.dec(path)?);
        }
        Ok(amounts)
    };
    let (with_vat, without_vat) = (path!(ram: GrandTotalAmount), path!(ram: TaxBasisTotalAmount));
    if let [tax] = taxes {
        let basis = amounts(without_vat)?;
        if let Some(second) = facts.doc.all(ram::SpecifiedTradeSettlementHeaderMonetarySummation).nth(1)
            && basis.len() > 1
        {
            return Err(crate::rules::eval::Abort::Repeated { element: second.id() });
        }
        if let [basis] = basis.as_slice() {
            let sum = round2(&(basis.clone() + tax.dec_self()?));
            if amounts(with_vat)?.contains(&sum) {
                return Ok(true);
            }
        }
    }
    let (with_vat, without_vat) = (amounts(with_vat)?, amounts(without_vat)?);
    Ok(with_vat.iter().any(|amount| without_vat.contains(amount)))
}
