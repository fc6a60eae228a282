//! PEPPOL-EN16931-R: what every Peppol invoice must say, and its arithmetics.

use vir_core::{Actor, Phrase, Severity};

use super::parties::{Process, process_cii, process_ubl};
use super::{SLACK, cii, common, texts, ubl};
use crate::names::{cac, ram};
use crate::path;
use crate::rules::cast::norm_text;
use crate::rules::eval::XPath;
use crate::rules::{Binding, Rule};

/// The beginning of every Peppol specification identifier.
const SPECIFICATION: &str = "urn:cen.eu:en16931:2017#compliant#urn:fdc:peppol.eu:2017:poacc:billing:3.0";

/// PEPPOL-EN16931-R001 to R130.
pub static RULES: &[Rule] = &[
    Rule {
        ubl: &[Binding::new(&ubl::DOCUMENT, |_, n| Ok(n.has(path!(cbc:ProfileID))))],
        cii: &[Binding::new(&cii::PROCESS, |_, n| {
            Ok(n.has(path!(ram:BusinessProcessSpecifiedDocumentContextParameter/ram:ID)))
        })],
        ..texts::R001
    },
    Rule {
        id: "PEPPOL-EN16931-R002",
        severity: Severity::Error,
        terms: &["BT-22", "BG-1"],
        actor: Actor::Software,
        message: Phrase::new(
            "Es steht mehr als eine Bemerkung (BT-22) auf der Rechnung; das ist nur zwischen zwei deutschen Beteiligten erlaubt.",
            "There is more than one note (BT-22) on the invoice; only two German parties may do that.",
        ),
        repair: Phrase::new("Die Bemerkungen zu einer zusammenfassen.", "Combine the notes into one."),
        ubl: &[Binding::new(&ubl::DOCUMENT, |f, n| {
            Ok(n.count(path!(cbc:Note)) <= 1 || f.parties().both_addresses_in("DE")?)
        })
        .at(path!(cbc:Note))],
        cii: &[Binding::new(&cii::EXCHANGED_DOCUMENT, |_, n| {
            Ok(n.count(path!(ram:IncludedNote)) <= 1 && !n.has(path!(ram:IncludedNote/ram:SubjectCode)))
        })
        .at(path!(ram:IncludedNote))],
        ..Rule::NONE
    },
    Rule {
        id: "PEPPOL-EN16931-R003",
        severity: Severity::Error,
        terms: &["BT-10", "BT-13"],
        actor: Actor::Buyer,
        message: Phrase::new(
            "Weder Käuferreferenz (BT-10) noch Bestellnummer (BT-13) sind angegeben.",
            "Neither buyer reference (BT-10) nor purchase order number (BT-13) is given.",
        ),
        repair: Phrase::new(
            "Die Referenz oder Bestellnummer beim Käufer erfragen und eintragen.",
            "Ask the buyer for the reference or order number and enter it.",
        ),
        ubl: &[Binding::new(&ubl::DOCUMENT, |_, n| {
            Ok(n.has(path!(cbc:BuyerReference)) || n.has(path!(cac:OrderReference/cbc:ID)))
        })],
        cii: &[Binding::new(&cii::AGREEMENT, |_, n| {
            Ok(n.has(path!(ram:BuyerReference))
                || n.has(path!(ram:BuyerOrderReferencedDocument/ram:IssuerAssignedID)))
        })],
        ..Rule::NONE
    },
    Rule {
        id: "PEPPOL-EN16931-R004",
        severity: Severity::Error,
        terms: &["BT-24"],
        actor: Actor::Software,
        message: Phrase::new(
            "Die Spezifikationskennung (BT-24) ist nicht die von Peppol BIS Billing 3.",
            "The specification identifier (BT-24) is not that of Peppol BIS Billing 3.",
        ),
        repair: Phrase::new(
            "In der Rechnungssoftware das Format Peppol BIS Billing 3 einstellen.",
            "Choose the format Peppol BIS Billing 3 in the invoicing software.",
        ),
        ubl: &[Binding::new(&ubl::DOCUMENT, |_, n| {
            let id = norm_text(n.select(path!(cbc:CustomizationID)))?;
            Ok(id.starts_with(SPECIFICATION) && !id.contains("::"))
        })
        .at(path!(cbc:CustomizationID))],
        cii: &[Binding::new(&cii::PROCESS, |_, n| {
            let id = path!(ram:GuidelineSpecifiedDocumentContextParameter/ram:ID);
            Ok(norm_text(n.select(id))?.starts_with(SPECIFICATION))
        })
        .at(path!(ram:GuidelineSpecifiedDocumentContextParameter/ram:ID))],
        ..Rule::NONE
    },
    Rule {
        ubl: &[Binding::new(&ubl::TAX_CURRENCY, common::tax_currency_differs_ubl)],
        cii: &[Binding::new(&cii::SETTLEMENT, common::tax_currency_differs_cii).at(path!(ram:TaxCurrencyCode))],
        ..texts::R005
    },
    Rule {
        id: "PEPPOL-EN16931-R006",
        severity: Severity::Error,
        terms: &["BT-18"],
        actor: Actor::Software,
        message: Phrase::new(
            "Es ist mehr als ein abgerechnetes Objekt (BT-18, Typ 130) angegeben.",
            "More than one invoiced object (BT-18, type 130) is given.",
        ),
        repair: Phrase::new("Nur ein Objekt angeben.", "Give one object only."),
        cii: &[Binding::new(&cii::AGREEMENT, |_, n| {
            let of_type = |document: &crate::xml::Element<'_>| document.any_text(path!(ram:TypeCode), "130");
            Ok(n.kids(ram::AdditionalReferencedDocument).filter(of_type).count() <= 1)
        })],
        ..Rule::NONE
    },
    Rule {
        id: "PEPPOL-EN16931-R007",
        severity: Severity::Error,
        terms: &["BT-23"],
        actor: Actor::Software,
        message: Phrase::new(
            "Der Geschäftsprozess (BT-23) ist keiner von Peppol.",
            "The business process (BT-23) is none of Peppol's.",
        ),
        repair: Phrase::new(
            "In der Rechnungssoftware „urn:fdc:peppol.eu:2017:poacc:billing:01:1.0“ einstellen.",
            "Have the software write \"urn:fdc:peppol.eu:2017:poacc:billing:01:1.0\".",
        ),
        ubl: &[Binding::new(&ubl::DOCUMENT, |f, _| Ok(process_ubl(f)? != Process::Unknown)).at(path!(cbc:ProfileID))],
        cii: &[Binding::new(&cii::PROCESS, |f, _| Ok(process_cii(f)? != Process::Unknown))
            .at(path!(ram:BusinessProcessSpecifiedDocumentContextParameter/ram:ID))],
        ..Rule::NONE
    },
    Rule { ubl: &[Binding::new(&ubl::EMPTY, common::never)], ..texts::R008 },
    Rule {
        ubl: &[Binding::new(&ubl::BUYER, |_, n| Ok(n.has(path!(cbc:EndpointID))))],
        cii: &[Binding::new(&cii::BUYER, |_, n| Ok(n.has(path!(ram:URIUniversalCommunication/ram:URIID))))],
        ..texts::R010
    },
    Rule {
        ubl: &[Binding::new(&ubl::SELLER, |_, n| Ok(n.has(path!(cbc:EndpointID))))],
        cii: &[Binding::new(&cii::SELLER, |_, n| Ok(n.has(path!(ram:URIUniversalCommunication/ram:URIID))))],
        ..texts::R020
    },
    Rule {
        ubl: &[Binding::new(&ubl::ALLOWANCE_CHARGE, |_, n| common::share_is_right_ubl(n, &SLACK))
            .at(path!(cbc:Amount))],
        cii: &[Binding::new(&cii::ALLOWANCE_CHARGE, |_, n| common::share_is_right_cii(n, &SLACK))
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
        cii: &[
            Binding::new(&cii::ALLOWANCE_CHARGE, common::indicator_is_clear_cii).at(path!(ram:ChargeIndicator)),
            Binding::new(&cii::PRICE_ALLOWANCE, common::indicator_is_clear_cii).at(path!(ram:ChargeIndicator)),
        ],
        ..texts::R043
    },
    Rule {
        ubl: &[Binding::new(&ubl::PRICE_ALLOWANCE, common::price_has_no_charge_ubl).at(path!(cbc:ChargeIndicator))],
        ..texts::R044
    },
    Rule { ubl: &[Binding::new(&ubl::PRICE_ALLOWANCE, common::net_price_is_right_ubl)], ..texts::R046 },
    Rule {
        id: "PEPPOL-EN16931-R051",
        severity: Severity::Error,
        terms: &["BT-5"],
        actor: Actor::Software,
        message: Phrase::new(
            "Ein Betrag ist nicht in der Rechnungswährung (BT-5) angegeben.",
            "An amount is not in the invoice currency (BT-5).",
        ),
        repair: Phrase::new(
            "Alle Beträge in der Rechnungswährung angeben; nur die Umsatzsteuersumme in Buchungswährung (BT-111) darf abweichen.",
            "Give all amounts in the invoice currency; only the VAT total in accounting currency (BT-111) may differ.",
        ),
        ubl: &[Binding::new(&ubl::AMOUNT, |f, n| {
            Ok(n.attr("currencyID").is_some_and(|code| f.profile().is_currency(&code)))
        })],
        ..Rule::NONE
    },
    Rule {
        ubl: &[Binding::new(&ubl::DOCUMENT, common::one_tax_total_ubl)],
        cii: &[Binding::new(&cii::SETTLEMENT, |f, n| Ok(common::totals_in_currency_cii(f, n) == 1))],
        ..texts::R053
    },
    Rule {
        ubl: &[Binding::new(&ubl::DOCUMENT, common::tax_total_in_tax_currency_ubl)],
        cii: &[Binding::new(&cii::SETTLEMENT, common::tax_total_in_tax_currency_cii)],
        ..texts::R054
    },
    Rule {
        ubl: &[Binding::new(&ubl::DOCUMENT, common::tax_totals_agree_in_sign_ubl)],
        cii: &[Binding::new(&cii::SETTLEMENT, |f, n| {
            let tax_currency =
                path!(rsm:SupplyChainTradeTransaction/ram:ApplicableHeaderTradeSettlement/ram:TaxCurrencyCode);
            Ok(!f.root.has(tax_currency) || common::tax_totals_agree_in_sign_cii(f, n)?)
        })],
        ..texts::R055
    },
    Rule {
        ubl: &[Binding::new(&ubl::DIRECT_DEBIT, |_, n| Ok(n.has(path!(cac:PaymentMandate/cbc:ID))))],
        cii: &[Binding::new(&cii::DIRECT_DEBIT, common::has_mandate_cii)],
        ..texts::R061
    },
    Rule {
        id: "PEPPOL-EN16931-R080",
        severity: Severity::Error,
        terms: &["BT-11"],
        actor: Actor::Software,
        message: Phrase::new(
            "Es ist mehr als ein Projekt (BT-11, Typ 50) angegeben.",
            "More than one project reference (BT-11, type 50) is given.",
        ),
        repair: Phrase::new("Nur ein Projekt angeben.", "Give one project only."),
        ubl: &[Binding::new(&ubl::CREDIT_NOTE, |_, n| {
            let of_type = |reference: &crate::xml::Element<'_>| reference.any_text(path!(cbc:DocumentTypeCode), "50");
            Ok(n.kids(cac::AdditionalDocumentReference).filter(of_type).count() <= 1)
        })],
        cii: &[Binding::new(&cii::AGREEMENT, |_, n| {
            let of_type = |document: &crate::xml::Element<'_>| document.any_text(path!(ram:TypeCode), "50");
            Ok(n.kids(ram::AdditionalReferencedDocument).filter(of_type).count() <= 1)
        })],
        ..Rule::NONE
    },
    Rule {
        id: "PEPPOL-EN16931-R100",
        severity: Severity::Error,
        terms: &["BT-128"],
        actor: Actor::Software,
        message: Phrase::new(
            "Eine Rechnungsposition nennt mehr als ein abgerechnetes Objekt (BT-128).",
            "An invoice line names more than one invoiced object (BT-128).",
        ),
        repair: Phrase::new("Nur ein Objekt je Position angeben.", "Give one object per line only."),
        ubl: &[Binding::new(&ubl::LINE, |_, n| Ok(n.count(path!(cac:DocumentReference)) <= 1))],
        cii: &[Binding::new(&cii::LINE, |_, n| {
            let of_type = |document: &crate::xml::Element<'_>| document.any_text(path!(ram:TypeCode), "130");
            let documents = path!(ram:SpecifiedLineTradeSettlement/ram:AdditionalReferencedDocument);
            Ok(n.select(documents).filter(of_type).count() <= 1)
        })],
        ..Rule::NONE
    },
    Rule {
        ubl: &[Binding::new(&ubl::LINE, common::reference_is_object_ubl).at(path!(cac:DocumentReference))],
        cii: &[Binding::new(&cii::LINE, common::reference_is_object_cii)
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
        ubl: &[Binding::new(&ubl::LINE, |f, n| common::line_adds_up_ubl(f, n, &SLACK))
            .at(path!(cbc:LineExtensionAmount))],
        cii: &[Binding::new(&cii::LINE, |_, n| common::line_adds_up_cii(n, &SLACK, false))
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
