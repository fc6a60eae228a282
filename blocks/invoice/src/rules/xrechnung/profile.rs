//! Which of the XRechnung profiles a document follows, and the few other facts that the rules ask
//! of the document as a whole.
//!
//! Invariant: computed once per document.

use std::collections::BTreeSet;

use vir_core::Decimal;

use super::super::facts::Facts;
use super::super::peppol::SLACK;
use crate::names::{Name, cn, rsm, ubl};
use crate::path;
use crate::xml::Element;

/// The identifier of XRechnung itself.
pub(crate) const CIUS: &str = "urn:cen.eu:en16931:2017#compliant#urn:xeinkauf.de:kosit:xrechnung_3.0";
/// The identifier of its Extension.
pub(crate) const EXTENSION: &str = "urn:cen.eu:en16931:2017#compliant#urn:xeinkauf.de:kosit:xrechnung_3.0#conformant#urn:xeinkauf.de:kosit:extension:xrechnung_3.0";
/// The identifier of its CVD, for clean vehicles.
pub(crate) const CVD: &str = "urn:cen.eu:en16931:2017#compliant#urn:xeinkauf.de:kosit:xrechnung_3.0#compliant#urn:xeinkauf.de:kosit:xrechnung:cvd_0.9";

/// The facts about the profile of a document.
#[derive(Debug)]
pub struct Profile {
    /// It is an XRechnung Extension.
    pub(crate) is_extension: bool,
    /// It is an XRechnung CVD.
    pub(crate) is_cvd: bool,
    /// What a calculated amount may differ by: more in forints.
    pub(crate) slack: Decimal,
    /// CII only: a mandate reference or a creditor identifier, part of the direct debit (BG-19), is there.
    pub(crate) has_debit_reference: bool,
    currencies: BTreeSet<String>,
    tax_currencies: BTreeSet<String>,
}

impl Profile {
    /// The facts of a document of either syntax.
    pub(crate) fn of(facts: &Facts<'_>) -> Self {
        let root = facts.root;
        let texts = |path: &'static [Name]| root.select(path).map(|code| code.text().into_owned()).collect();
        let debit = |path: &'static [Name]| root.has(path);
        let (identifiers, currencies, tax_currencies, has_debit_reference): (Vec<_>, BTreeSet<_>, BTreeSet<_>, _) =
            if root.name() == rsm::CrossIndustryInvoice {
                (
                    root.select(
                        path!(rsm:ExchangedDocumentContext/ram:GuidelineSpecifiedDocumentContextParameter/ram:ID),
                    )
                    .collect(),
                    texts(
                        path!(rsm:SupplyChainTradeTransaction/ram:ApplicableHeaderTradeSettlement/ram:InvoiceCurrencyCode),
                    ),
                    texts(
                        path!(rsm:SupplyChainTradeTransaction/ram:ApplicableHeaderTradeSettlement/ram:TaxCurrencyCode),
                    ),
                    debit(
                        path!(rsm:SupplyChainTradeTransaction/ram:ApplicableHeaderTradeSettlement/ram:SpecifiedTradePaymentTerms/ram:DirectDebitMandateID),
                    ) || debit(
                        path!(rsm:SupplyChainTradeTransaction/ram:ApplicableHeaderTradeSettlement/ram:CreditorReferenceID),
                    ),
                )
            } else {
                let known = root.name() == ubl::Invoice || root.name() == cn::CreditNote;
                let identifiers = if known { root.select(path!(cbc:CustomizationID)).collect() } else { Vec::new() };
                (identifiers, texts(path!(cbc:DocumentCurrencyCode)), BTreeSet::new(), false)
            };
        let is = |identifier: &str| {
            identifiers.iter().any(|element: &Element<'_>| element.text_nodes().iter().any(|text| text == identifier))
        };
        Self {
            is_extension: is(EXTENSION),
            is_cvd: is(CVD),
            slack: if currencies.contains("HUF") { Decimal::new(5, 1) } else { SLACK },
            has_debit_reference,
            currencies,
            tax_currencies,
        }
    }

    /// Is it the invoice currency (BT-5)?
    pub(crate) fn is_currency(&self, code: &str) -> bool {
        self.currencies.contains(code)
    }

    /// Is there an invoice currency other than this one?
    pub(crate) fn has_other_currency(&self, code: &str) -> bool {
        self.currencies.len() > usize::from(self.currencies.contains(code))
    }

    /// CII only: is it the accounting currency (BT-6)?
    pub(crate) fn is_tax_currency(&self, code: &str) -> bool {
        self.tax_currencies.contains(code)
    }
}
