//! What an invoice line must state (BG-25 to BG-32).

use vir_core::{Actor, Phrase};

use super::document::{cii_period_is_in_order, ubl_period_is_in_order};
use super::{cii, repairs, ubl};
use crate::names::{Name, cbc};
use crate::path;
use crate::rules::eval::XPath;
use crate::rules::{Binding, Rule, Shape};
use crate::xml::Element;

/// BR-21 to BR-28, BR-30, BR-41 to BR-44, BR-54, BR-64 and BR-65.
pub static RULES: &[Rule] = &[
    Rule {
        id: "BR-21",
        terms: &["BT-126"],
        message: Phrase::new("Eine Position hat keine Positionsnummer (BT-126).", "A line has no identifier (BT-126)."),
        repair: repairs::SOFTWARE,
        ubl: &[Binding::new(&ubl::LINE, |_, n| n.states(path!(cbc:ID)))],
        cii: &[Binding::new(&cii::LINE, |_, n| n.states(path!(ram:AssociatedDocumentLineDocument/ram:LineID)))],
        ..Rule::NONE
    },
    Rule {
        id: "BR-22",
        terms: &["BT-129"],
        actor: Actor::Issuer,
        message: Phrase::new("Eine Position hat keine Menge (BT-129).", "A line has no quantity (BT-129)."),
        repair: Phrase::new(
            "Die abgerechnete Menge angeben; bei einer Pauschale ist das 1.",
            "State the invoiced quantity; for a lump sum it is 1.",
        ),
        ubl: &[Binding::new(&ubl::LINE, |_, n| {
            Ok(n.has(path!(cbc:InvoicedQuantity)) || n.has(path!(cbc:CreditedQuantity)))
        })],
        cii: &[Binding::shape(&cii::LINE, Shape::Required("ram:SpecifiedLineTradeDelivery/ram:BilledQuantity"))],
        ..Rule::NONE
    },
    Rule {
        id: "BR-23",
        terms: &["BT-130"],
        actor: Actor::Issuer,
        message: Phrase::new(
            "Zur Menge einer Position fehlt die Einheit (BT-130).",
            "The quantity of a line has no unit (BT-130).",
        ),
        repair: Phrase::new(
            "Den Code der Einheit ergänzen, zum Beispiel C62 für Stück, HUR für Stunden oder LS für eine Pauschale.",
            "Add the code of the unit, for example C62 for pieces, HUR for hours or LS for a lump sum.",
        ),
        ubl: &[Binding::new(&ubl::LINE, |_, n| {
            let mut quantities = n
                .children()
                .filter(|child| child.name() == cbc::InvoicedQuantity || child.name() == cbc::CreditedQuantity);
            Ok(quantities.any(|quantity| quantity.attr("unitCode").is_some()))
        })],
        cii: &[Binding::shape(
            &cii::LINE,
            Shape::Required("ram:SpecifiedLineTradeDelivery/ram:BilledQuantity/@unitCode"),
        )],
        ..Rule::NONE
    },
    Rule {
        id: "BR-24",
        terms: &["BT-131"],
        message: Phrase::new("Einer Position fehlt der Nettobetrag (BT-131).", "A line has no net amount (BT-131)."),
        repair: repairs::SOFTWARE,
        ubl: &[Binding::shape(&ubl::LINE, Shape::Required("cbc:LineExtensionAmount"))],
        cii: &[Binding::shape(
            &cii::LINE,
            Shape::Required(
                "ram:SpecifiedLineTradeSettlement/ram:SpecifiedTradeSettlementLineMonetarySummation/ram:LineTotalAmount",
            ),
        )],
        ..Rule::NONE
    },
    Rule {
        id: "BR-25",
        terms: &["BT-153"],
        actor: Actor::Issuer,
        message: Phrase::new(
            "Einer Position fehlt die Bezeichnung der Ware oder Leistung (BT-153).",
            "A line does not name its item (BT-153).",
        ),
        repair: Phrase::new("Benennen, was geliefert oder geleistet wurde.", "Name what was delivered or done."),
        ubl: &[Binding::new(&ubl::LINE, |_, n| n.states(path!(cac:Item/cbc:Name)))],
        cii: &[Binding::new(&cii::LINE, |_, n| n.states(path!(ram:SpecifiedTradeProduct/ram:Name)))],
        ..Rule::NONE
    },
    Rule {
        id: "BR-26",
        terms: &["BT-146"],
        actor: Actor::Issuer,
        message: Phrase::new("Einer Position fehlt der Nettopreis (BT-146).", "A line has no net price (BT-146)."),
        repair: Phrase::new("Den Preis je Einheit ohne Umsatzsteuer angeben.", "State the price per unit without VAT."),
        ubl: &[Binding::shape(&ubl::LINE, Shape::Required("cac:Price/cbc:PriceAmount"))],
        cii: &[Binding::shape(
            &cii::LINE,
            Shape::Required("ram:SpecifiedLineTradeAgreement/ram:NetPriceProductTradePrice/ram:ChargeAmount"),
        )],
        ..Rule::NONE
    },
    Rule {
        id: "BR-27",
        terms: &["BT-146"],
        actor: Actor::Issuer,
        message: Phrase::new(
            "Der Nettopreis einer Position (BT-146) ist negativ oder fehlt.",
            "The net price of a line (BT-146) is negative or missing.",
        ),
        repair: Phrase::new(
            "Den Preis ohne Minuszeichen angeben; für eine Rückgabe wird die Menge (BT-129) negativ.",
            "State the price without a minus sign; for a return make the quantity (BT-129) negative.",
        ),
        ubl: &[Binding::new(&ubl::LINE, |_, n| n.any_double(path!(cac:Price/cbc:PriceAmount), |price| price >= 0.0))
            .at(path!(cac:Price/cbc:PriceAmount))],
        cii: &[Binding::new(&cii::LINE, |_, n| {
            n.any_double(
                path!(ram:SpecifiedLineTradeAgreement/ram:NetPriceProductTradePrice/ram:ChargeAmount),
                |price| price >= 0.0,
            )
        })
        .at(path!(ram:SpecifiedLineTradeAgreement/ram:NetPriceProductTradePrice/ram:ChargeAmount))],
        ..Rule::NONE
    },
    Rule {
        id: "BR-28",
        terms: &["BT-148"],
        actor: Actor::Issuer,
        message: Phrase::new(
            "Der Bruttopreis einer Position (BT-148) ist negativ.",
            "The gross price of a line (BT-148) is negative.",
        ),
        repair: Phrase::new("Den Preis ohne Minuszeichen angeben.", "State the price without a minus sign."),
        ubl: &[Binding::new(&ubl::LINE, |_, n| {
            let gross = path!(cac:Price/cac:AllowanceCharge/cbc:BaseAmount);
            Ok(!n.has(gross) || n.any_double(gross, |price| price >= 0.0)?)
        })
        .at(path!(cac:Price/cac:AllowanceCharge/cbc:BaseAmount))],
        cii: &[Binding::new(&cii::LINE, |_, n| {
            let gross = path!(ram:SpecifiedLineTradeAgreement/ram:GrossPriceProductTradePrice/ram:ChargeAmount);
            Ok(!n.has(gross) || n.any_double(gross, |price| price >= 0.0)?)
        })
        .at(path!(ram:SpecifiedLineTradeAgreement/ram:GrossPriceProductTradePrice/ram:ChargeAmount))],
        ..Rule::NONE
    },
    Rule {
        id: "BR-30",
        terms: &["BT-134", "BT-135"],
        actor: Actor::Issuer,
        message: Phrase::new(
            "Das Ende des Zeitraums einer Position (BT-135) liegt vor seinem Beginn (BT-134).",
            "The period of a line ends (BT-135) before it begins (BT-134).",
        ),
        repair: Phrase::new(
            "Beginn und Ende des Zeitraums berichtigen.",
            "Correct the beginning and the end of the period.",
        ),
        ubl: &[Binding::new(&ubl::LINE_PERIOD, |_, n| ubl_period_is_in_order(n)).at(path!(cbc:EndDate))],
        cii: &[Binding::new(&cii::LINE_PERIOD, |_, n| cii_period_is_in_order(n)).at(path!(ram:EndDateTime))],
        ..Rule::NONE
    },
    Rule {
        id: "BR-41",
        terms: &["BT-136", "BG-27"],
        actor: Actor::Issuer,
        message: Phrase::new(
            "Einem Nachlass auf eine Position (BG-27) fehlt der Betrag (BT-136).",
            "An allowance on a line (BG-27) has no amount (BT-136).",
        ),
        repair: repairs::SUPPLY,
        ubl: &[Binding::shape(&ubl::LINE_ALLOWANCE, Shape::Required("cbc:Amount"))],
        cii: &[Binding::new(&cii::LINE_ALLOWANCE, |_, n| Ok(beside(n, path!(ram:ActualAmount))))],
        ..Rule::NONE
    },
    Rule {
        id: "BR-42",
        terms: &["BT-139", "BT-140", "BG-27"],
        actor: Actor::Issuer,
        message: Phrase::new(
            "Einem Nachlass auf eine Position (BG-27) fehlt der Grund (BT-139 oder BT-140).",
            "An allowance on a line (BG-27) has no reason (BT-139 or BT-140).",
        ),
        repair: repairs::REASON,
        ubl: &[Binding::new(&ubl::LINE_ALLOWANCE, |_, n| Ok(ubl_has_reason(n)))],
        cii: &[Binding::new(&cii::LINE_ALLOWANCE, |_, n| Ok(cii_has_reason(n)))],
        ..Rule::NONE
    },
    Rule {
        id: "BR-43",
        terms: &["BT-141", "BG-28"],
        actor: Actor::Issuer,
        message: Phrase::new(
            "Einem Zuschlag auf eine Position (BG-28) fehlt der Betrag (BT-141).",
            "A charge on a line (BG-28) has no amount (BT-141).",
        ),
        repair: repairs::SUPPLY,
        ubl: &[Binding::shape(&ubl::LINE_CHARGE, Shape::Required("cbc:Amount"))],
        cii: &[Binding::new(&cii::LINE_CHARGE, |_, n| Ok(beside(n, path!(ram:ActualAmount))))],
        ..Rule::NONE
    },
    Rule {
        id: "BR-44",
        terms: &["BT-144", "BT-145", "BG-28"],
        actor: Actor::Issuer,
        message: Phrase::new(
            "Einem Zuschlag auf eine Position (BG-28) fehlt der Grund (BT-144 oder BT-145).",
            "A charge on a line (BG-28) has no reason (BT-144 or BT-145).",
        ),
        repair: repairs::REASON,
        ubl: &[Binding::new(&ubl::LINE_CHARGE, |_, n| Ok(ubl_has_reason(n)))],
        cii: &[Binding::new(&cii::LINE_CHARGE, |_, n| Ok(cii_has_reason(n)))],
        ..Rule::NONE
    },
    Rule {
        id: "BR-54",
        terms: &["BT-160", "BT-161", "BG-32"],
        actor: Actor::Issuer,
        message: Phrase::new(
            "Einem Artikelmerkmal (BG-32) fehlt der Name (BT-160) oder der Wert (BT-161).",
            "An attribute of an item (BG-32) lacks its name (BT-160) or its value (BT-161).",
        ),
        repair: Phrase::new(
            "Name und Wert des Merkmals angeben, zum Beispiel „Farbe“ und „rot“.",
            "State name and value of the attribute, for example \"colour\" and \"red\".",
        ),
        ubl: &[Binding::new(&ubl::ITEM_ATTRIBUTE, |_, n| Ok(n.has(path!(cbc:Name)) && n.has(path!(cbc:Value))))],
        cii: &[Binding::new(&cii::ITEM_ATTRIBUTE, |_, n| Ok(n.has(path!(ram:Description)) && n.has(path!(ram:Value))))],
        ..Rule::NONE
    },
    Rule {
        id: "BR-64",
        terms: &["BT-157"],
        message: Phrase::new(
            "Zur Standardkennung eines Artikels (BT-157) fehlt das Schema.",
            "The standard identifier of an item (BT-157) has no scheme.",
        ),
        repair: Phrase::new(
            "Das Schema der Kennung ergänzen, zum Beispiel 0160 für eine GTIN.",
            "Add the scheme of the identifier, for example 0160 for a GTIN.",
        ),
        ubl: &[Binding::shape(&ubl::ITEM_STANDARD_ID, Shape::Required("@schemeID"))],
        cii: &[Binding::new(&cii::LINE, |_, n| {
            let id = path!(ram:SpecifiedTradeProduct/ram:GlobalID);
            Ok(!n.has(id) || n.states_attribute(id, "schemeID")?)
        })
        .at(path!(ram:SpecifiedTradeProduct/ram:GlobalID))],
        ..Rule::NONE
    },
    Rule {
        id: "BR-65",
        terms: &["BT-158"],
        message: Phrase::new(
            "Zur Klassifizierung eines Artikels (BT-158) fehlt das Schema.",
            "The classification of an item (BT-158) has no scheme.",
        ),
        repair: Phrase::new(
            "Das Schema der Klassifizierung ergänzen, zum Beispiel STI für CPV-Codes.",
            "Add the scheme of the classification, for example STI for CPV codes.",
        ),
        ubl: &[Binding::shape(&ubl::ITEM_CLASSIFICATION, Shape::Required("@listID"))],
        cii: &[Binding::new(&cii::ITEM_CLASSIFICATION, |_, n| {
            let code = path!(ram:ClassCode);
            Ok(!n.has(code) || n.states_attribute(code, "listID")?)
        })
        .at(path!(ram:ClassCode))],
        ..Rule::NONE
    },
];

/// Is there something at this path below the element around this one: `../path`?
pub(super) fn beside(element: Element<'_>, path: &'static [Name]) -> bool {
    element.parent().is_some_and(|around| around.has(path))
}

pub(super) fn ubl_has_reason(charge: Element<'_>) -> bool {
    charge.has(path!(cbc:AllowanceChargeReason)) || charge.has(path!(cbc:AllowanceChargeReasonCode))
}

/// The context is the indicator of an allowance or charge; reasons stand beside it.
pub(super) fn cii_has_reason(indicator: Element<'_>) -> bool {
    beside(indicator, path!(ram:Reason)) || beside(indicator, path!(ram:ReasonCode))
}
