//! How the rules of the VAT categories are tested in CII.
//!
//! CII compares category codes exactly as they stand, most amounts in binary floating point, and takes
//! for the context of a breakdown sometimes its tax and sometimes the category code in it.

use std::cell::{Cell, OnceCell};

use vir_core::Decimal;

use super::category::{Categories, Category};
use super::rates::ByRate;
use crate::names::ram;
use crate::path;
use crate::rules::eval::{Abort, Eval, XPath, boolean, equals_double, round_double, round2};
use crate::rules::{Facts, Release};
use crate::xml::Element;

/// What is computed once per document.
#[derive(Debug, Default)]
pub(in crate::rules) struct Known {
    census: OnceCell<Census>,
    parties: OnceCell<Parties>,
    lines: OnceCell<Eval<Group>>,
    /// Allowances and charges, whose indicator may be missing; and where it must not.
    loose: OnceCell<(Eval<Group>, Eval<Group>)>,
    strict: OnceCell<(Eval<Group>, Eval<Group>)>,
    dated: OnceCell<bool>,
    /// The settlement last asked for its period, and the answer.
    period: Cell<Option<(u32, bool)>>,
    country: OnceCell<bool>,
}

/// BR-…-01, where the category needs exactly one breakdown, and the breakdown somebody who uses it.
pub(super) fn declared_once(facts: &Facts<'_>, category: Category) -> Eval<bool> {
    let seen = census(facts).of(category);
    let used = seen.in_line > 0 || seen.in_allowance_or_charge > 0;
    Ok(if seen.in_breakdown == 0 { !used } else { seen.in_breakdown == 1 && used })
}

/// BR-O-01: as [`declared_once`], but a breakdown that is missing is not asked for.
pub(super) fn outside_declared(facts: &Facts<'_>) -> Eval<bool> {
    Ok(census(facts).of(Category::O).in_breakdown == 0 || declared_once(facts, Category::O)?)
}

/// BR-S-01, BR-AF-01 and BR-AG-01: lines and breakdowns together are two or more, and so are allowances,
/// charges and breakdowns.
pub(super) fn declared_by_rate(facts: &Facts<'_>, category: Category) -> Eval<bool> {
    let seen = census(facts).of(category);
    let enough = |count: usize| count == 0 || count + seen.in_breakdown >= 2;
    Ok(enough(seen.in_line) && enough(seen.in_allowance_or_charge))
}

/// BR-…-02 to -04: who must be registered where the category is used.
pub(super) fn parties_suffice(facts: &Facts<'_>, category: Category) -> Eval<bool> {
    let parties = facts.en16931.vat_cii.parties.get_or_init(|| Parties::look(facts));
    let of_agreement = &parties.of_agreement;
    Ok(match category {
        Category::Ae => {
            (parties.seller_tax || parties.representative_vat) && (parties.buyer_vat || parties.buyer_legal)
        }
        Category::Ic => (parties.seller_vat || parties.representative_vat) && parties.buyer_vat,
        Category::G => parties.seller_vat || parties.representative_vat,
        Category::O => !of_agreement.seller_vat && !of_agreement.representative_vat && !parties.buyer_vat,
        _ => of_agreement.seller_tax || of_agreement.representative_vat,
    })
}

/// BR-…-05 to -07, where the rate is zero.
pub(super) fn rate_is_zero(tax: Element<'_>) -> Eval<bool> {
    tax.any_double(path!(ram: RateApplicablePercent), |rate| rate == 0.0)
}

/// BR-S-05 to -07 and BR-AF-05 to -07.
pub(super) fn rate_is_positive(tax: Element<'_>) -> Eval<bool> {
    tax.any_double(path!(ram: RateApplicablePercent), |rate| rate > 0.0)
}

/// BR-AG-05 to -07.
pub(super) fn rate_is_not_negative(tax: Element<'_>) -> Eval<bool> {
    tax.any_double(path!(ram: RateApplicablePercent), |rate| rate >= 0.0)
}

/// BR-O-05 to -07.
pub(super) fn rate_is_absent(tax: Element<'_>) -> Eval<bool> {
    Ok(!tax.has(path!(ram: RateApplicablePercent)))
}

/// BR-…-08, where the breakdown has all of the category: within one unit of currency.
pub(super) fn taxable_is_sum(facts: &Facts<'_>, own: Element<'_>, category: Category) -> Eval<bool> {
    let Some(taxable) = tax(own).one(path!(ram: BasisAmount))? else { return Ok(false) };
    let taxable = taxable.double_self()?;
    let sum = sum_of(facts, category, category == Category::Z)?.to_f64();
    Ok(taxable - 1.0 < sum && taxable + 1.0 > sum)
}

/// BR-O-08: equal, as doubles.
pub(super) fn outside_taxable_is_sum(facts: &Facts<'_>, own: Element<'_>) -> Eval<bool> {
    let sum = sum_of(facts, Category::O, true)?.to_f64();
    any_equal(tax(own), sum)
}

/// BR-S-08, BR-AF-08 and BR-AG-08: equal, as doubles, for the rate beside the context element. The context
/// of the latter two is the tax, beside which there never is a rate.
pub(super) fn taxable_is_sum_of_rate(facts: &Facts<'_>, own: Element<'_>, category: Category) -> Eval<bool> {
    let Some(beside) = own.parent() else { return Ok(true) };
    for rate in beside.kids(ram::RateApplicablePercent) {
        let rate = rate.dec_self()?;
        let known = &facts.en16931.vat_cii;
        let (allowances, charges) = known.allowances_and_charges(facts, false);
        let sum = round2(&known.lines(facts)?.of_rate(category, &rate)?) + round2(&charges?.of_rate(category, &rate)?)
            - round2(&allowances?.of_rate(category, &rate)?);
        if !any_equal(beside, sum.to_f64())? {
            return Ok(false);
        }
    }
    Ok(true)
}

fn any_equal(tax: Element<'_>, sum: f64) -> Eval<bool> {
    for basis in tax.kids(ram::BasisAmount) {
        if equals_double(basis, sum)? {
            return Ok(true);
        }
    }
    Ok(false)
}

/// BR-…-09, where no VAT is due.
pub(super) fn tax_is_zero(own: Element<'_>) -> Eval<bool> {
    tax(own).any_double(path!(ram: CalculatedAmount), |amount| amount == 0.0)
}

/// BR-S-09: within one unit of currency, signs aside. The product is made of doubles.
pub(super) fn tax_is_product(own: Element<'_>) -> Eval<bool> {
    let tax = tax(own);
    let Some(amount) = tax.dec(path!(ram: CalculatedAmount))? else { return Ok(false) };
    let Some(basis) = tax.dec(path!(ram: BasisAmount))? else { return Ok(false) };
    let Some(rate) = tax.one(path!(ram: RateApplicablePercent))? else { return Ok(false) };
    let product = round_double(basis.abs().to_f64() * rate.double_self()?) / 100.0;
    Ok((amount.abs() - Decimal::ONE).to_f64() < product && (amount.abs() + Decimal::ONE).to_f64() > product)
}

/// BR-…-10, where an exemption reason is wanted.
pub(super) fn is_explained(own: Element<'_>) -> Eval<bool> {
    let tax = tax(own);
    Ok(tax.has(path!(ram: ExemptionReason)) || tax.has(path!(ram: ExemptionReasonCode)))
}

/// BR-…-10, where there must be none.
pub(super) fn is_unexplained(own: Element<'_>) -> Eval<bool> {
    Ok(!is_explained(own)?)
}

/// BR-O-11 and BR-O-12: no other category in a breakdown or line.
pub(super) fn only_tax(facts: &Facts<'_>) -> Eval<bool> {
    Ok(!census(facts).other_than_outside_tax)
}

/// BR-O-13 and BR-O-14: no other category in an allowance or charge.
pub(super) fn only_in_allowances_and_charges(facts: &Facts<'_>) -> Eval<bool> {
    Ok(!census(facts).other_than_outside_allowance_or_charge)
}

/// BR-IC-11: a day or a period of delivery.
pub(super) fn delivery_is_dated(facts: &Facts<'_>, own: Element<'_>) -> Eval<bool> {
    let known = &facts.en16931.vat_cii;
    let dated = *known.dated.get_or_init(|| {
        facts.root.has(path!(rsm:SupplyChainTradeTransaction/ram:ApplicableHeaderTradeDelivery/ram:ActualDeliverySupplyChainEvent/ram:OccurrenceDateTime/udt:DateTimeString))
    });
    let Some(settlement) = tax(own).parent() else { return Ok(dated) };
    if dated {
        return Ok(true);
    }
    if let Some((id, answer)) = known.period.get()
        && id == settlement.id()
    {
        return Ok(answer);
    }
    let answer = settlement
        .kids(ram::BillingSpecifiedPeriod)
        .any(|period| period.has(path!(ram: StartDateTime)) || period.has(path!(ram: EndDateTime)));
    known.period.set(Some((settlement.id(), answer)));
    Ok(answer)
}

/// BR-IC-12: a country of delivery.
pub(super) fn delivery_has_country(facts: &Facts<'_>) -> Eval<bool> {
    Ok(*facts.en16931.vat_cii.country.get_or_init(|| {
        facts.root.has(path!(rsm:SupplyChainTradeTransaction/ram:ApplicableHeaderTradeDelivery/ram:ShipToTradeParty/ram:PostalTradeAddress/ram:CountryID))
    }))
}

/// BR-B-01: all countries are Italy.
pub(super) fn split_payment_is_italian(facts: &Facts<'_>) -> Eval<bool> {
    Ok(!census(facts).split_payment || facts.doc.all(ram::CountryID).all(|country| country.text() == "IT"))
}

/// BR-B-02: not together with the standard rate.
pub(super) fn split_payment_is_alone(facts: &Facts<'_>) -> Eval<bool> {
    let census = census(facts);
    Ok(!(census.split_payment && census.standard))
}

/// The tax of a breakdown, whose category code may be the context.
fn tax(own: Element<'_>) -> Element<'_> {
    if own.name() == ram::CategoryCode { own.parent().unwrap_or(own) } else { own }
}

/// How often a category stands where.
#[derive(Debug, Default, Clone, Copy)]
struct Seen {
    in_breakdown: usize,
    in_line: usize,
    in_allowance_or_charge: usize,
}

/// Which categories stand where.
#[derive(Debug, Default)]
struct Census {
    seen: [Seen; Category::COUNT],
    other_than_outside_tax: bool,
    other_than_outside_allowance_or_charge: bool,
    split_payment: bool,
    standard: bool,
}

fn census<'f>(facts: &'f Facts<'_>) -> &'f Census {
    facts.en16931.vat_cii.census.get_or_init(|| Census::take(facts))
}

impl Census {
    fn of(&self, category: Category) -> Seen {
        self.seen[category as usize]
    }

    fn take(facts: &Facts<'_>) -> Self {
        let mut census = Self::default();
        for tax in facts.doc.all(ram::ApplicableTradeTax) {
            let (categories, other) = codes(tax);
            census.other_than_outside_tax |= other;
            let place: fn(&mut Seen) -> &mut usize = match tax.parent().map(Element::name) {
                Some(ram::ApplicableHeaderTradeSettlement) => |seen| &mut seen.in_breakdown,
                Some(ram::SpecifiedLineTradeSettlement) => |seen| &mut seen.in_line,
                _ => continue,
            };
            census.count(categories, place);
        }
        for tax in facts.doc.all(ram::CategoryTradeTax) {
            let (categories, other) = codes(tax);
            census.other_than_outside_allowance_or_charge |= other;
            census.count(categories, |seen| &mut seen.in_allowance_or_charge);
        }
        for code in facts.doc.all(ram::CategoryCode) {
            match Category::of(&code.text()) {
                Category::B => census.split_payment = true,
                Category::S => census.standard = true,
                _ => {}
            }
        }
        census
    }

    fn count(&mut self, categories: Categories, place: fn(&mut Seen) -> &mut usize) {
        for category in Category::ALL.into_iter().filter(|category| categories.has(*category)) {
            *place(&mut self.seen[category as usize]) += 1;
        }
    }
}

/// The categories of a tax, and whether one of them is another than O.
fn codes(tax: Element<'_>) -> (Categories, bool) {
    let (mut categories, mut other) = (Categories::default(), false);
    for code in tax.kids(ram::CategoryCode) {
        let category = Category::of(&code.text());
        categories.add(category);
        other |= category != Category::O;
    }
    (categories, other)
}

/// Which parties are registered for tax.
#[derive(Debug, Default)]
struct Parties {
    /// With a VAT identifier or a tax number.
    seller_tax: bool,
    seller_vat: bool,
    representative_vat: bool,
    buyer_vat: bool,
    buyer_legal: bool,
    of_agreement: OfAgreement,
}

/// Those of the document's agreement only.
#[derive(Debug, Default)]
struct OfAgreement {
    seller_tax: bool,
    seller_vat: bool,
    representative_vat: bool,
}

impl Parties {
    fn look(facts: &Facts<'_>) -> Self {
        let mut parties = Self::default();
        let in_agreement = |party: Element<'_>| {
            let mut around = party.ancestors().map(Element::name);
            around.next() == Some(ram::ApplicableHeaderTradeAgreement)
                && around.next() == Some(crate::names::rsm::SupplyChainTradeTransaction)
                && around.next() == Some(crate::names::rsm::CrossIndustryInvoice)
                && around.next().is_none()
        };
        for seller in facts.doc.all(ram::SellerTradeParty) {
            let (vat, tax) = (is_registered(seller, &["VA"]), is_registered(seller, &["VA", "FC"]));
            parties.seller_vat |= vat;
            parties.seller_tax |= tax;
            parties.of_agreement.seller_vat |= vat && in_agreement(seller);
            parties.of_agreement.seller_tax |= tax && in_agreement(seller);
        }
        for representative in facts.doc.all(ram::SellerTaxRepresentativeTradeParty) {
            let vat = is_registered(representative, &["VA"]);
            parties.representative_vat |= vat;
            parties.of_agreement.representative_vat |= vat && in_agreement(representative);
        }
        for buyer in facts.doc.all(ram::BuyerTradeParty) {
            parties.buyer_vat |= is_registered(buyer, &["VA"]);
            parties.buyer_legal |= buyer.has(path!(ram:SpecifiedLegalOrganization/ram:ID));
        }
        parties
    }
}

fn is_registered(party: Element<'_>, schemes: &[&str]) -> bool {
    party
        .select(path!(ram:SpecifiedTaxRegistration/ram:ID))
        .any(|id| id.attr("schemeID").is_some_and(|scheme| schemes.contains(&scheme.as_ref())))
}

/// Lines plus charges minus allowances of a category, each rounded.
fn sum_of(facts: &Facts<'_>, category: Category, strict: bool) -> Eval<Decimal> {
    let known = &facts.en16931.vat_cii;
    let lines = round2(&known.lines(facts)?.of(category)?);
    let (allowances, charges) = known.allowances_and_charges(facts, strict);
    Ok(lines + round2(&charges?.of(category)?) - round2(&allowances?.of(category)?))
}

impl Known {
    fn lines(&self, facts: &Facts<'_>) -> Eval<&Group> {
        let lines = || {
            let settlements = facts.root.select(path!(rsm:SupplyChainTradeTransaction/ram:IncludedSupplyChainTradeLineItem/ram:SpecifiedLineTradeSettlement));
            Group::add_up(settlements, path!(ram: ApplicableTradeTax), |settlement, group| {
                // One cast per summation: several amounts in one of them break it off.
                for summation in settlement.kids(ram::SpecifiedTradeSettlementLineMonetarySummation) {
                    group(summation.dec(path!(ram: LineTotalAmount)));
                }
            })
        };
        self.lines.get_or_init(lines).as_ref().map_err(Clone::clone)
    }

    /// Where `strict`, an indicator that is missing breaks off (`cast as xs:boolean`).
    fn allowances_and_charges(&self, facts: &Facts<'_>, strict: bool) -> (Eval<&Group>, Eval<&Group>) {
        let cell = if strict { &self.strict } else { &self.loose };
        let (allowances, charges) = cell
            .get_or_init(|| (allowances_or_charges(facts, false, strict), allowances_or_charges(facts, true, strict)));
        (allowances.as_ref().map_err(Clone::clone), charges.as_ref().map_err(Clone::clone))
    }
}

fn allowances_or_charges(facts: &Facts<'_>, charge: bool, strict: bool) -> Eval<Group> {
    let path =
        path!(rsm:SupplyChainTradeTransaction/ram:ApplicableHeaderTradeSettlement/ram:SpecifiedTradeAllowanceCharge);
    let (mut found, mut without) = (Vec::new(), Vec::new());
    for owner in facts.root.select(path) {
        let indicator = path!(ram:ChargeIndicator/udt:Indicator);
        if strict && !owner.has(indicator) {
            without.push(owner);
        } else if strict {
            let indicator = owner.one(indicator)?;
            let text = indicator.map_or(std::borrow::Cow::Borrowed(""), Element::text);
            if boolean(&text)? == charge {
                found.push(owner);
            }
        } else if owner.any_bool(indicator, charge)? {
            found.push(owner);
        }
    }
    let first_only = facts.release >= Release::R2026_07;
    let mut group = Group::add_up(found.into_iter(), path!(ram: CategoryTradeTax), |owner, group| {
        let amount = path!(ram: ActualAmount);
        group(if first_only { owner.first(amount).map(XPath::dec_self).transpose() } else { owner.dec(amount) });
    })?;
    // The official processor looks at the category first, so that only sums of this category break off.
    for owner in without {
        let categories = of_taxes(owner.kids(ram::CategoryTradeTax));
        for category in Category::ALL.into_iter().filter(|category| categories.has(*category)) {
            group.broken[category as usize].get_or_insert(Abort::Missing { element: owner.id() });
        }
    }
    Ok(group)
}

/// The categories of some taxes.
fn of_taxes<'a>(taxes: impl Iterator<Item = Element<'a>>) -> Categories {
    let mut categories = Categories::default();
    for code in taxes.flat_map(|tax| tax.kids(ram::CategoryCode)) {
        categories.add(Category::of(&code.text()));
    }
    categories
}

/// Amounts by category, and by rate for the categories that have several.
#[derive(Debug, Default)]
struct Group {
    by_category: [Decimal; Category::COUNT],
    by_rate: [ByRate; RATED.len()],
    /// What breaks off a sum of a category, or of its rates.
    broken: [Option<Abort>; Category::COUNT],
    broken_rates: [Option<Abort>; RATED.len()],
}

const RATED: [Category; 3] = [Category::S, Category::Af, Category::Ag];

impl Group {
    /// Adds up amounts. The categories and rates of an element need not belong together: the official
    /// tests ask for any tax of the code and for any of the rate.
    fn add_up<'a>(
        elements: impl Iterator<Item = Element<'a>>,
        taxes_at: &'static [crate::names::Name],
        amounts: impl Fn(Element<'a>, &mut dyn FnMut(Eval<Option<Decimal>>)),
    ) -> Eval<Self> {
        let mut group = Self::default();
        for element in elements {
            let categories = of_taxes(element.select(taxes_at));
            if categories == Categories::default() {
                continue;
            }
            let (mut amount, mut broken) = (Decimal::ZERO, None);
            amounts(element, &mut |next| match next {
                Ok(next) => amount = std::mem::take(&mut amount) + next.unwrap_or_default(),
                Err(abort) => broken = broken.take().or(Some(abort)),
            });
            for category in Category::ALL.into_iter().filter(|category| categories.has(*category)) {
                let at = category as usize;
                group.by_category[at] = std::mem::take(&mut group.by_category[at]) + amount.clone();
                if group.broken[at].is_none() {
                    group.broken[at].clone_from(&broken);
                }
            }
            for (at, _) in RATED.into_iter().enumerate().filter(|(_, category)| categories.has(*category)) {
                match rates(element.select(taxes_at)) {
                    Ok(rates) => rates.into_iter().for_each(|rate| group.by_rate[at].add(rate, amount.clone())),
                    Err(abort) => {
                        group.broken_rates[at].get_or_insert(abort);
                    }
                }
            }
        }
        group.by_rate.iter_mut().for_each(ByRate::sort);
        Ok(group)
    }

    fn of(&self, category: Category) -> Eval<Decimal> {
        let at = category as usize;
        self.broken[at].clone().map_or_else(|| Ok(self.by_category[at].clone()), Err)
    }

    fn of_rate(&self, category: Category, rate: &Decimal) -> Eval<Decimal> {
        let Some(at) = RATED.iter().position(|rated| *rated == category) else { return Ok(Decimal::ZERO) };
        match self.broken[category as usize].as_ref().or(self.broken_rates[at].as_ref()) {
            Some(abort) => Err(abort.clone()),
            None => Ok(self.by_rate[at].sum(rate)),
        }
    }
}

/// The different rates of some taxes.
fn rates<'a>(taxes: impl Iterator<Item = Element<'a>>) -> Eval<Vec<Decimal>> {
    let mut rates = Vec::new();
    for tax in taxes {
        rates.extend(tax.dec(path!(ram: RateApplicablePercent))?);
    }
    rates.sort();
    rates.dedup();
    Ok(rates)
}
