//! The rules that XRechnung takes over from Peppol.

use vir_core::Severity;

use super::{cii, ubl};
use crate::names::ram;
use crate::path;
use crate::rules::cast::single;
use crate::rules::eval::{Eval, XPath};
use crate::rules::peppol::{common, texts};
use crate::rules::{Binding, Facts, Rule};
use crate::xml::Element;
use vir_core::Decimal;

/// PEPPOL-EN16931-R001 to R130.
pub static RULES: &[Rule] = &[
    Rule {
        ubl: &[Binding::new(&ubl::ANY_DOCUMENT, |_, n| Ok(n.has(path!(cbc:ProfileID))))],
        cii: &[Binding::new(&cii::ANY_PROCESS, |_, n| {
            Ok(n.has(path!(ram:BusinessProcessSpecifiedDocumentContextParameter/ram:ID)))
        })],
        ..texts::R001
    },
    Rule {
        ubl: &[Binding::new(&ubl::TAX_CURRENCY, common::tax_currency_differs_ubl)],
        cii: &[Binding::new(&cii::ANY_SETTLEMENT, common::tax_currency_differs_cii).at(path!(ram:TaxCurrencyCode))],
        ..texts::R005
    },
    Rule {
        ubl: &[Binding::new(&ubl::EMPTY, common::never)],
        cii: &[Binding::new(&cii::EMPTY, common::never)],
        ..texts::R008
    },
    Rule {
        ubl: &[Binding::new(&ubl::ANY_BUYER, |_, n| Ok(n.has(path!(cbc:EndpointID))))],
        cii: &[Binding::new(&cii::ANY_BUYER, |_, n| Ok(n.has(path!(ram:URIUniversalCommunication/ram:URIID))))],
        ..texts::R010
    },
    Rule {
        ubl: &[Binding::new(&ubl::ANY_SELLER, |_, n| Ok(n.has(path!(cbc:EndpointID))))],
        cii: &[Binding::new(&cii::ANY_SELLER, |_, n| Ok(n.has(path!(ram:URIUniversalCommunication/ram:URIID))))],
        ..texts::R020
    },
    Rule {
        ubl: &[Binding::new(&ubl::ALLOWANCE_CHARGE, |f, n| common::share_is_right_ubl(n, &f.profile().slack))
            .at(path!(cbc:Amount))],
        cii: &[Binding::new(&cii::ALLOWANCE_CHARGE, |f, n| common::share_is_right_cii(n, &f.profile().slack))
            .at(path!(ram:ActualAmount))],
        ..texts::R040
    },
    Rule {
        ubl: &[Binding::new(&ubl::SHARE_WITHOUT_BASE, common::never)],
        cii: &[Binding::new(&cii::SHARE_WITHOUT_BASE, common::never)],
        ..texts::R041
    },
    Rule {
        ubl: &[Binding::new(&ubl::BASE_WITHOUT_SHARE, common::never)],
        cii: &[Binding::new(&cii::BASE_WITHOUT_SHARE, common::never)],
        ..texts::R042
    },
    Rule {
        ubl: &[Binding::new(&ubl::ALLOWANCE_CHARGE, common::indicator_is_clear_ubl).at(path!(cbc:ChargeIndicator))],
        ..texts::R043
    },
    Rule {
        id: "PEPPOL-EN16931-R043-1",
        cii: &[Binding::new(&cii::ALLOWANCE_CHARGE, common::indicator_is_clear_cii).at(path!(ram:ChargeIndicator))],
        ..texts::R043
    },
    Rule {
        id: "PEPPOL-EN16931-R043-2",
        cii: &[Binding::new(&cii::PRICE_ALLOWANCE, common::indicator_is_clear_cii).at(path!(ram:ChargeIndicator))],
        ..texts::R043
    },
    Rule {
        ubl: &[Binding::new(&ubl::PRICE_ALLOWANCE, common::price_has_no_charge_ubl).at(path!(cbc:ChargeIndicator))],
        cii: &[Binding::new(&cii::GROSS_PRICE, |_, n| {
            Ok(!n.has(path!(ram:AppliedTradeAllowanceCharge/ram:ActualAmount))
                || n.any_text(path!(ram:AppliedTradeAllowanceCharge/ram:ChargeIndicator/udt:Indicator), "false"))
        })],
        ..texts::R044
    },
    Rule {
        ubl: &[Binding::new(&ubl::PRICE_ALLOWANCE, common::net_price_is_right_ubl)],
        cii: &[Binding::new(&cii::GROSS_PRICE, net_price_is_right_cii)],
        ..texts::R046
    },
    Rule {
        ubl: &[Binding::new(&ubl::ANY_DOCUMENT, common::one_tax_total_ubl)],
        cii: &[Binding::new(&cii::ANY_SETTLEMENT, |f, n| Ok(common::totals_in_currency_cii(f, n) <= 1))],
        ..texts::R053
    },
    Rule {
        ubl: &[Binding::new(&ubl::ANY_DOCUMENT, common::tax_total_in_tax_currency_ubl)],
        cii: &[Binding::new(&cii::ANY_SETTLEMENT, common::tax_total_in_tax_currency_cii)],
        ..texts::R054
    },
    Rule {
        ubl: &[Binding::new(&ubl::ANY_DOCUMENT, common::tax_totals_agree_in_sign_ubl)],
        cii: &[Binding::new(&cii::ANY_SETTLEMENT, |f, n| {
            let asked = f.root.has(path!(rsm:SupplyChainTradeTransaction/ram:ApplicableHeaderTradeSettlement/ram:TaxCurrencyCode))
                && common::totals_in_currency_cii(f, n) > 0;
            Ok(!asked || common::tax_totals_agree_in_sign_cii(f, n)?)
        })],
        ..texts::R055
    },
    Rule {
        ubl: &[Binding::new(&ubl::DIRECT_DEBIT, |_, n| Ok(n.has(path!(cac:PaymentMandate/cbc:ID))))],
        cii: &[Binding::new(&cii::DIRECT_DEBIT, common::has_mandate_cii)],
        ..texts::R061
    },
    Rule {
        ubl: &[Binding::new(&ubl::LINE, common::reference_is_object_ubl).at(path!(cac:DocumentReference))],
        cii: &[Binding::new(&cii::ANY_LINE, common::reference_is_object_cii)
            .at(path!(ram:SpecifiedLineTradeSettlement/ram:AdditionalReferencedDocument))],
        ..texts::R101
    },
    Rule {
        ubl: &[Binding::new(&ubl::LINE_START, common::starts_within_ubl)],
        cii: &[Binding::new(&cii::LINE_START, common::starts_within_cii)],
        ..texts::R110
    },
    Rule {
        ubl: &[Binding::new(&ubl::LINE_END, common::ends_within_ubl)],
        cii: &[Binding::new(&cii::LINE_END, common::ends_within_cii)],
        ..texts::R111
    },
    Rule {
        severity: Severity::Warning,
        ubl: &[Binding::new(&ubl::LINE, |f, n| common::line_adds_up_ubl(f, n, &f.profile().slack))
            .at(path!(cbc:LineExtensionAmount))],
        cii: &[Binding::new(&cii::ANY_LINE, |f, n| common::line_adds_up_cii(n, &f.profile().slack, true))
            .at(path!(ram:SpecifiedLineTradeSettlement/ram:SpecifiedTradeSettlementLineMonetarySummation/ram:LineTotalAmount))],
        ..texts::R120
    },
    Rule {
        ubl: &[Binding::new(&ubl::LINE, |_, n| common::base_is_positive(n, path!(cac:Price/cbc:BaseQuantity)))
            .at(path!(cac:Price/cbc:BaseQuantity))],
        cii: &[Binding::new(&cii::PRICE, |_, n| common::base_is_positive(n, path!(ram:BasisQuantity)))
            .at(path!(ram:BasisQuantity))],
        ..texts::R121
    },
    Rule {
        ubl: &[Binding::new(&ubl::BASE_QUANTITY, common::units_agree_ubl)],
        cii: &[Binding::new(&cii::BASE_QUANTITY, common::units_agree_cii)],
        ..texts::R130
    },
];

/// R046 in CII: the discount is the first amount of each price allowance; several allowances break off.
fn net_price_is_right_cii(f: &Facts<'_>, n: Element<'_>) -> Eval<bool> {
    if !n.has(path!(ram:ChargeAmount)) {
        return Ok(true);
    }
    let net = match n.parent() {
        Some(agreement) => single(f.at(agreement, path!(ram:NetPriceProductTradePrice/ram:ChargeAmount)))?,
        None => None,
    };
    // A comparison with nothing is false before its other side is looked at.
    let Some(net) = net.map(XPath::dec_self).transpose()? else { return Ok(false) };
    let Some(gross) = n.dec(path!(ram:ChargeAmount))? else { return Ok(false) };
    let firsts = n.kids(ram::AppliedTradeAllowanceCharge).filter_map(|one| one.kids(ram::ActualAmount).next());
    let discount = single(firsts)?.map_or(Ok(Decimal::ZERO), XPath::dec_self)?;
    Ok(net == gross - discount)
}
