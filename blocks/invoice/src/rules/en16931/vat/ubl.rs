//! How the rules of the VAT categories are tested in UBL.
//!
//! UBL compares category codes after collapsing white space and asks of nearly every category that
//! its tax scheme is VAT; the few official tests that do not are followed as they are.

use std::cell::OnceCell;

use vir_core::Decimal;

use super::super::ubl::{is_allowance, is_charge, is_vat};
use super::category::{Categories, Category};
use super::rates::ByRate;
use crate::names::cac;
use crate::path;
use crate::rules::Facts;
use crate::rules::eval::{Abort, Eval, XPath, decimal_of, round2};
use crate::xml::Element;

/// What is computed once per document.
#[derive(Debug, Default)]
pub(in crate::rules) struct Known {
    census: OnceCell<Eval<Census>>,
    parties: OnceCell<Parties>,
    sums: OnceCell<Eval<Sums>>,
}

/// BR-…-01, where the category needs exactly one breakdown.
pub(super) fn declared_once(facts: &Facts<'_>, category: Category) -> Eval<bool> {
    let seen = census(facts)?.of(category);
    Ok(!(seen.tax_vat || seen.line_vat) || seen.breakdowns_vat == 1)
}

/// BR-S-01: a breakdown for each rate, so any number. The tax scheme does not matter.
pub(super) fn standard_declared(facts: &Facts<'_>) -> Eval<bool> {
    let seen = census(facts)?.of(Category::S);
    Ok((seen.allowance_or_charge || seen.line) == seen.breakdown)
}

/// BR-AF-01: the breakdown that is wanted is looked for by its exact code, the one that is not wanted without.
pub(super) fn igic_declared(facts: &Facts<'_>) -> Eval<bool> {
    let seen = census(facts)?.of(Category::Af);
    let used = seen.allowance_or_charge_vat || seen.line_vat;
    Ok(if used { seen.breakdown_exact } else { seen.breakdowns_vat == 0 })
}

/// BR-AG-01: as BR-AF-01, but the tax scheme matters.
pub(super) fn ipsi_declared(facts: &Facts<'_>) -> Eval<bool> {
    let seen = census(facts)?.of(Category::Ag);
    let used = seen.allowance_or_charge_vat || seen.line_vat;
    Ok(if used { seen.breakdown_exact_vat } else { seen.breakdowns_vat == 0 })
}

/// BR-…-02: who must be registered where a line has the category.
pub(super) fn line_parties(facts: &Facts<'_>, category: Category) -> Eval<bool> {
    let seen = census(facts)?.of(category);
    // BR-S-02 asks for a line of tax scheme VAT on one side and for any on the other.
    let asked = if category == Category::S { seen.line } else { seen.line_vat };
    Ok(!asked || (seen.line_vat && parties_suffice(facts, category)?))
}

/// BR-…-03: who must be registered where an allowance has the category.
pub(super) fn allowance_parties(facts: &Facts<'_>, category: Category) -> Eval<bool> {
    let seen = census(facts)?.of(category);
    let asked = if category == Category::O { seen.document_allowance_vat } else { seen.allowance_vat };
    Ok(!asked || parties_suffice(facts, category)?)
}

/// BR-…-04: who must be registered where a charge has the category.
pub(super) fn charge_parties(facts: &Facts<'_>, category: Category) -> Eval<bool> {
    let seen = census(facts)?.of(category);
    let asked = match category {
        Category::O => seen.document_charge_vat,
        // BR-AF-04 lets a code with white space around it pass.
        Category::Af => seen.charge_exact_vat,
        _ => seen.charge_vat,
    };
    Ok(!asked || parties_suffice(facts, category)?)
}

/// BR-…-05 to -07, where the rate is zero.
pub(super) fn rate_is_zero(category: Element<'_>) -> Eval<bool> {
    Ok(category.dec(path!(cbc: Percent))?.is_some_and(|rate| rate.is_zero()))
}

/// BR-S-05 to -07.
pub(super) fn rate_is_positive(category: Element<'_>) -> Eval<bool> {
    category.any_double(path!(cbc: Percent), |rate| rate > 0.0)
}

/// BR-AF-05 to -07 and BR-AG-05 to -07.
pub(super) fn rate_is_not_negative(category: Element<'_>) -> Eval<bool> {
    category.any_double(path!(cbc: Percent), |rate| rate >= 0.0)
}

/// BR-O-05 to -07.
pub(super) fn rate_is_absent(category: Element<'_>) -> Eval<bool> {
    Ok(!category.has(path!(cbc: Percent)))
}

/// BR-…-08, where the breakdown has all of the category: exact to the last digit.
pub(super) fn taxable_is_sum(facts: &Facts<'_>, category: Element<'_>, of: Category) -> Eval<bool> {
    for (lines, name) in [(Lines::Invoice, cac::InvoiceLine), (Lines::CreditNote, cac::CreditNoteLine)] {
        if facts.doc.all(name).next().is_none() {
            continue;
        }
        let Some(taxable) = around(category).map_or(Ok(None), |own| own.dec(path!(cbc: TaxableAmount)))? else {
            continue;
        };
        let sums = sums(facts)?;
        let sum = sums.lines(lines).of(of) + sums.charges.of(of) - sums.allowances.of(of);
        if taxable == sum {
            return Ok(true);
        }
    }
    Ok(false)
}

/// BR-…-08, where there is a breakdown per rate: within one unit of currency.
pub(super) fn taxable_is_sum_of_rate(facts: &Facts<'_>, category: Element<'_>, of: Category) -> Eval<bool> {
    let Some(rate) = category.dec(path!(cbc: Percent))? else { return Ok(true) };
    for (lines, name) in [(Lines::Invoice, cac::InvoiceLine), (Lines::CreditNote, cac::CreditNoteLine)] {
        let concerned = if of == Category::S {
            let sums = sums(facts)?;
            sums.lines(lines).has_rate(of, &rate)? || sums.anywhere.has_rate(of, &rate)?
        } else {
            facts.doc.all(name).next().is_some()
        };
        if !concerned {
            continue;
        }
        let Some(taxable) = around(category).map_or(Ok(None), |own| own.one(path!(cbc: TaxableAmount)))? else {
            continue;
        };
        let taxable = taxable.double_self()?;
        let sums = sums(facts)?;
        let sum = sums.lines(lines).of_rate(of, &rate)? + sums.charges.of_rate(of, &rate)?
            - sums.allowances.of_rate(of, &rate)?;
        if less(taxable - 1.0, &sum)? && !less_or_equal(taxable + 1.0, &sum)? {
            return Ok(true);
        }
    }
    Ok(false)
}

/// BR-…-09, where no VAT is due.
pub(super) fn tax_is_zero(category: Element<'_>) -> Eval<bool> {
    let tax = around(category).map_or(Ok(None), |own| own.dec(path!(cbc: TaxAmount)))?;
    Ok(tax.is_some_and(|tax| tax.is_zero()))
}

/// BR-…-09, where VAT is due: within one unit of currency, signs aside.
pub(super) fn tax_is_product(category: Element<'_>) -> Eval<bool> {
    let Some(own) = around(category) else { return Ok(false) };
    let Some(tax) = own.dec(path!(cbc: TaxAmount))? else { return Ok(false) };
    let Some(taxable) = own.dec(path!(cbc: TaxableAmount))? else { return Ok(false) };
    let Some(rate) = category.dec(path!(cbc: Percent))? else { return Ok(false) };
    let product = round2(&(taxable.abs() * (rate * Decimal::new(1, 2))));
    Ok(tax.abs() - Decimal::ONE < product && tax.abs() + Decimal::ONE > product)
}

/// BR-…-10, where an exemption reason is wanted.
pub(super) fn is_explained(category: Element<'_>) -> Eval<bool> {
    Ok(category.has(path!(cbc: TaxExemptionReason)) || category.has(path!(cbc: TaxExemptionReasonCode)))
}

/// BR-…-10, where there must be none.
pub(super) fn is_unexplained(category: Element<'_>) -> Eval<bool> {
    Ok(!is_explained(category)?)
}

/// BR-O-11: no other category in the breakdown.
pub(super) fn only_breakdown(facts: &Facts<'_>) -> Eval<bool> {
    alone(facts, |seen| seen.breakdowns_vat_any > 0)
}

/// BR-O-12: no other category in a line.
pub(super) fn only_in_lines(facts: &Facts<'_>) -> Eval<bool> {
    alone(facts, |seen| seen.line_vat)
}

/// BR-O-13: no other category in an allowance.
pub(super) fn only_in_allowances(facts: &Facts<'_>) -> Eval<bool> {
    alone(facts, |seen| seen.allowance_vat)
}

/// BR-O-14: no other category in a charge.
pub(super) fn only_in_charges(facts: &Facts<'_>) -> Eval<bool> {
    alone(facts, |seen| seen.charge_vat)
}

fn alone(facts: &Facts<'_>, has: fn(&Seen) -> bool) -> Eval<bool> {
    let census = census(facts)?;
    let outside = census.of(Category::O).breakdowns_vat > 0;
    Ok(!outside || !Category::ALL.iter().any(|other| *other != Category::O && has(census.of(*other))))
}

/// BR-IC-11: a day or a period of delivery. Several deliveries break the official test off.
pub(super) fn delivery_is_dated(facts: &Facts<'_>) -> Eval<bool> {
    if census(facts)?.of(Category::Ic).breakdowns_vat == 0 {
        return Ok(true);
    }
    if facts.root.string(path!(cac:Delivery/cbc:ActualDeliveryDate))?.chars().nth(1).is_some() {
        return Ok(true);
    }
    Ok(facts.root.kids(cac::InvoicePeriod).any(Element::has_children))
}

/// BR-IC-12: a country of delivery.
pub(super) fn delivery_has_country(facts: &Facts<'_>) -> Eval<bool> {
    if census(facts)?.of(Category::Ic).breakdowns_vat == 0 {
        return Ok(true);
    }
    let country = path!(cac:Delivery/cac:DeliveryLocation/cac:Address/cac:Country/cbc:IdentificationCode);
    Ok(facts.root.string(country)?.chars().nth(1).is_some())
}

/// BR-B-01: all countries are Italy.
pub(super) fn split_payment_is_italian(facts: &Facts<'_>) -> Eval<bool> {
    let seen = census(facts)?.of(Category::B);
    if !(seen.tax_exact || seen.line_exact) {
        return Ok(true);
    }
    Ok(facts.doc.all(crate::names::cbc::IdentificationCode).all(|country| country.text() == "IT"))
}

/// BR-B-02: not together with the standard rate.
pub(super) fn split_payment_is_alone(facts: &Facts<'_>) -> Eval<bool> {
    let census = census(facts)?;
    let used = |seen: &Seen| seen.breakdown_exact || seen.document_exact || seen.line_exact;
    // Until 2026-01 the official test looks for category S of a breakdown one level too high.
    let until_2026_01 = |seen: &Seen| {
        seen.document_exact || seen.line_exact || facts.root.any_text(path!(cac:TaxTotal/cac:TaxSubtotal/cbc:ID), "S")
    };
    let standard = census.of(Category::S);
    let standard =
        if facts.release < crate::rules::Release::R2026_07 { until_2026_01(standard) } else { used(standard) };
    Ok(!used(census.of(Category::B)) || !standard)
}

/// The breakdown around its category.
fn around<'a>(category: Element<'a>) -> Option<Element<'a>> {
    category.parent()
}

/// `xs:decimal(double) < decimal`, exactly; the cheap comparison decides where both are far apart.
fn less(double: f64, decimal: &Decimal) -> Eval<bool> {
    match far_apart(double, decimal) {
        Some(less) => Ok(less),
        None => Ok(decimal_of(double)? < *decimal),
    }
}

fn less_or_equal(double: f64, decimal: &Decimal) -> Eval<bool> {
    match far_apart(double, decimal) {
        Some(less) => Ok(less),
        None => Ok(decimal_of(double)? <= *decimal),
    }
}

fn far_apart(double: f64, decimal: &Decimal) -> Option<bool> {
    let other = decimal.to_f64();
    let tolerance = 1e-12 * (1.0 + double.abs() + other.abs());
    // Neither holds for infinities and NaN.
    ((double - other).abs() > tolerance && double.is_finite() && other.is_finite()).then_some(double < other)
}

/// Where a category was met.
#[derive(Debug, Default, Clone, Copy)]
pub(super) struct Seen {
    /// In an item, `//cac:ClassifiedTaxCategory`: at all, with tax scheme VAT, by its exact code.
    line: bool,
    line_vat: bool,
    line_exact: bool,
    /// In any `//cac:TaxCategory`: with an identifier and tax scheme VAT, by its exact code.
    tax_vat: bool,
    tax_exact: bool,
    /// In an allowance or charge anywhere.
    allowance_or_charge: bool,
    allowance_or_charge_vat: bool,
    allowance_vat: bool,
    charge_vat: bool,
    charge_exact_vat: bool,
    /// In an allowance or charge of the document.
    document_allowance_vat: bool,
    document_charge_vat: bool,
    document_exact: bool,
    /// In a breakdown of the document: at all, by its exact code, with tax scheme VAT and an identifier.
    breakdown: bool,
    breakdown_exact: bool,
    breakdown_exact_vat: bool,
    breakdowns_vat: u32,
    /// The same, with an identifier or without.
    breakdowns_vat_any: u32,
}

/// Which categories stand where.
#[derive(Debug, Default)]
pub(super) struct Census([Seen; Category::COUNT]);

/// One `cac:TaxCategory` or `cac:ClassifiedTaxCategory`.
struct Met {
    category: Category,
    exact: Category,
    identified: bool,
    vat: bool,
}

impl Census {
    fn of(&self, category: Category) -> &Seen {
        &self.0[category as usize]
    }

    fn take(facts: &Facts<'_>) -> Eval<Self> {
        let mut census = Self::default();
        for category in facts.doc.all(cac::ClassifiedTaxCategory) {
            let met = meet(category)?;
            let seen = &mut census.0[met.category as usize];
            seen.line = true;
            seen.line_vat |= met.vat;
            census.0[met.exact as usize].line_exact = true;
        }
        for category in facts.doc.all(cac::TaxCategory) {
            let met = meet(category)?;
            census.0[met.category as usize].tax_vat |= met.vat && met.identified;
            census.0[met.exact as usize].tax_exact = true;
        }
        for owner in facts.doc.all(cac::AllowanceCharge) {
            census.take_allowance_or_charge(facts, owner)?;
        }
        for category in facts.root.select(path!(cac:TaxTotal/cac:TaxSubtotal/cac:TaxCategory)) {
            let met = meet(category)?;
            let seen = &mut census.0[met.category as usize];
            seen.breakdown = true;
            seen.breakdowns_vat += u32::from(met.vat && met.identified);
            seen.breakdowns_vat_any += u32::from(met.vat);
            let exact = &mut census.0[met.exact as usize];
            exact.breakdown_exact = true;
            exact.breakdown_exact_vat |= met.vat;
        }
        Ok(census)
    }

    fn take_allowance_or_charge(&mut self, facts: &Facts<'_>, owner: Element<'_>) -> Eval<()> {
        let (allowance, charge) = (is_allowance(facts, owner)?, is_charge(facts, owner)?);
        let of_document = owner.parent() == Some(facts.root);
        for category in owner.kids(cac::TaxCategory) {
            let met = meet(category)?;
            let seen = &mut self.0[met.category as usize];
            seen.allowance_or_charge = true;
            seen.allowance_or_charge_vat |= met.vat;
            seen.allowance_vat |= met.vat && allowance;
            seen.charge_vat |= met.vat && charge;
            seen.document_allowance_vat |= met.vat && allowance && of_document;
            seen.document_charge_vat |= met.vat && charge && of_document;
            let exact = &mut self.0[met.exact as usize];
            exact.charge_exact_vat |= met.vat && charge;
            exact.document_exact |= of_document;
        }
        Ok(())
    }
}

fn meet(category: Element<'_>) -> Eval<Met> {
    let id = category.one(path!(cbc: ID))?;
    let text = id.map_or(std::borrow::Cow::Borrowed(""), Element::text);
    Ok(Met {
        category: Category::of(&crate::xml::collapse(&text)),
        exact: Category::of(&text),
        identified: id.is_some(),
        vat: is_vat(category)?,
    })
}

fn census<'f>(facts: &'f Facts<'_>) -> Eval<&'f Census> {
    known(&facts.en16931.vat_ubl.census, || Census::take(facts))
}

fn known<T>(cell: &OnceCell<Eval<T>>, compute: impl FnOnce() -> Eval<T>) -> Eval<&T> {
    cell.get_or_init(compute).as_ref().map_err(Clone::clone)
}

/// Which parties are registered for tax.
#[derive(Debug)]
struct Parties {
    seller: bool,
    seller_vat: Eval<bool>,
    representative_vat: Eval<bool>,
    buyer_vat: Eval<bool>,
    buyer_legal: bool,
}

fn parties_suffice(facts: &Facts<'_>, category: Category) -> Eval<bool> {
    let parties = facts.en16931.vat_ubl.parties.get_or_init(|| Parties::look(facts));
    let representative = || parties.representative_vat.clone();
    let registered = || Ok(parties.seller || representative()?);
    let has_vat_id = || Ok(parties.seller_vat.clone()? || representative()?);
    let buyer_has_vat_id = || parties.buyer_vat.clone();
    Ok(match category {
        Category::Ae => registered()? && (buyer_has_vat_id()? || parties.buyer_legal),
        Category::Ic => has_vat_id()? && buyer_has_vat_id()?,
        Category::G => has_vat_id()?,
        Category::O => !has_vat_id()? && !buyer_has_vat_id()?,
        _ => registered()?,
    })
}

impl Parties {
    fn look(facts: &Facts<'_>) -> Self {
        let sellers = || {
            let sellers = facts.doc.all(cac::AccountingSupplierParty);
            sellers.flat_map(|seller| seller.select(path!(cac:Party/cac:PartyTaxScheme)))
        };
        let representatives = facts.doc.all(cac::TaxRepresentativeParty);
        let buyers = || facts.doc.all(cac::AccountingCustomerParty);
        Self {
            seller: sellers().any(|registration| registration.has(path!(cbc: CompanyID))),
            seller_vat: have_vat_id(sellers()),
            representative_vat: have_vat_id(representatives.flat_map(|party| party.kids(cac::PartyTaxScheme))),
            buyer_vat: have_vat_id(buyers().flat_map(|buyer| buyer.select(path!(cac:Party/cac:PartyTaxScheme)))),
            buyer_legal: buyers().any(|buyer| buyer.has(path!(cac:Party/cac:PartyLegalEntity/cbc:CompanyID))),
        }
    }
}

/// `[cac:TaxScheme/(normalize-space(upper-case(cbc:ID)) = 'VAT')]/cbc:CompanyID`: a second tax scheme breaks off.
fn have_vat_id<'a>(registrations: impl Iterator<Item = Element<'a>>) -> Eval<bool> {
    for registration in registrations {
        registration.one(path!(cac: TaxScheme))?;
        if is_vat(registration)? && registration.has(path!(cbc: CompanyID)) {
            return Ok(true);
        }
    }
    Ok(false)
}

#[derive(Debug, Clone, Copy)]
enum Lines {
    Invoice,
    CreditNote,
}

/// Amounts of the document by category, and by rate for the categories that have several.
#[derive(Debug)]
struct Sums {
    invoice_lines: Group,
    credit_note_lines: Group,
    allowances: Group,
    charges: Group,
    /// Every allowance and charge, those of lines included; only their presence counts.
    anywhere: Group,
}

#[derive(Debug, Default)]
struct Group {
    by_category: [Decimal; Category::COUNT],
    rates: [ByRate; RATED.len()],
    /// A rate that is no decimal breaks off what asks for rates of its category.
    broken: [Option<Abort>; RATED.len()],
}

const RATED: [Category; 3] = [Category::S, Category::Af, Category::Ag];

fn sums<'f>(facts: &'f Facts<'_>) -> Eval<&'f Sums> {
    known(&facts.en16931.vat_ubl.sums, || Sums::add_up(facts))
}

impl Sums {
    fn lines(&self, lines: Lines) -> &Group {
        match lines {
            Lines::Invoice => &self.invoice_lines,
            Lines::CreditNote => &self.credit_note_lines,
        }
    }

    fn add_up(facts: &Facts<'_>) -> Eval<Self> {
        let lines = |name| {
            let lines = facts.root.kids(name);
            Group::add_up(lines, path!(cac:Item/cac:ClassifiedTaxCategory), path!(cbc: LineExtensionAmount))
        };
        let of_document = |is: fn(&Facts<'_>, Element<'_>) -> Eval<bool>| -> Eval<Group> {
            let mut found = Vec::new();
            for owner in facts.root.kids(cac::AllowanceCharge) {
                if is(facts, owner)? {
                    found.push(owner);
                }
            }
            Group::add_up(found.into_iter(), path!(cac: TaxCategory), path!(cbc: Amount))
        };
        Ok(Self {
            invoice_lines: lines(cac::InvoiceLine)?,
            credit_note_lines: lines(cac::CreditNoteLine)?,
            allowances: of_document(is_allowance)?,
            charges: of_document(is_charge)?,
            anywhere: Group::add_up(facts.doc.all(cac::AllowanceCharge), path!(cac: TaxCategory), &[])?,
        })
    }
}

impl Group {
    /// Adds up the amounts of elements. Their categories and rates need not belong together: the
    /// official tests ask for any category of the code and for any of the rate. Without a path to the
    /// amount only presence is noted.
    fn add_up<'a>(
        elements: impl Iterator<Item = Element<'a>>,
        categories_at: &'static [crate::names::Name],
        amount_at: &'static [crate::names::Name],
    ) -> Eval<Self> {
        let mut group = Self::default();
        for element in elements {
            let found = element.select(categories_at);
            let mut categories = Categories::default();
            for category in found.clone() {
                categories.add(Category::of(&category.norm(path!(cbc: ID))?));
            }
            if categories == Categories::default() {
                continue;
            }
            let amount = if amount_at.is_empty() { Decimal::ZERO } else { element.dec(amount_at)?.unwrap_or_default() };
            for category in Category::ALL {
                if categories.has(category) {
                    let sum = &mut group.by_category[category as usize];
                    *sum = sum.clone() + amount.clone();
                }
            }
            for (at, category) in RATED.into_iter().enumerate() {
                if !categories.has(category) {
                    continue;
                }
                match rates(found.clone()) {
                    Ok(rates) => rates.into_iter().for_each(|rate| group.rates[at].add(rate, amount.clone())),
                    Err(abort) => {
                        group.broken[at].get_or_insert(abort);
                    }
                }
            }
        }
        group.rates.iter_mut().for_each(ByRate::sort);
        Ok(group)
    }

    fn of(&self, category: Category) -> Decimal {
        self.by_category[category as usize].clone()
    }

    fn of_rate(&self, category: Category, rate: &Decimal) -> Eval<Decimal> {
        Ok(self.by_rate(category)?.map_or(Decimal::ZERO, |sums| sums.sum(rate)))
    }

    fn has_rate(&self, category: Category, rate: &Decimal) -> Eval<bool> {
        Ok(self.by_rate(category)?.is_some_and(|sums| sums.find(rate).is_some()))
    }

    fn by_rate(&self, category: Category) -> Eval<Option<&ByRate>> {
        let Some(at) = RATED.iter().position(|rated| *rated == category) else { return Ok(None) };
        match &self.broken[at] {
            Some(abort) => Err(abort.clone()),
            None => Ok(Some(&self.rates[at])),
        }
    }
}

/// The different rates of some categories.
fn rates<'a>(categories: impl Iterator<Item = Element<'a>>) -> Eval<Vec<Decimal>> {
    let mut rates = Vec::new();
    for category in categories {
        rates.extend(category.dec(path!(cbc: Percent))?);
    }
    rates.sort();
    rates.dedup();
    Ok(rates)
}
