//! German sellers with German buyers: XRechnung's rules under Peppol's identifiers.

use vir_core::Severity;

use crate::path;
use crate::rules::xrechnung::german as de;
use crate::rules::{Binding, Rule};

pub(in super::super) mod ubl {
    use crate::path;
    use crate::rules::eval::{Eval, XPath};
    use crate::rules::{Context, Facts, Pattern};
    use crate::xml::Element;

    const GERMANY: Pattern = Pattern(11);

    /// In the order in which the official pattern tries them.
    pub static CONTEXTS: &[&Context] = &[
        &DOCUMENT,
        &EXTERNAL_REFERENCE,
        &SELLER,
        &SELLER_ADDRESS,
        &SELLER_CONTACT,
        &BUYER_ADDRESS,
        &DELIVERY_ADDRESS,
        &CREDIT_TRANSFER,
        &CARD_PAYMENT,
        &DEBIT_PAYMENT,
        &TAX_SUBTOTAL,
    ];

    fn german(f: &Facts<'_>, _: Element<'_>) -> Eval<bool> {
        f.parties().both_addresses_in("DE")
    }

    pub(super) static DOCUMENT: Context = Context::new(GERMANY, &["/ubl:Invoice", "/cn:CreditNote"]).when(german);
    pub(super) static EXTERNAL_REFERENCE: Context = Context::new(
        GERMANY,
        &[
            "/ubl:Invoice/cac:AdditionalDocumentReference/cac:Attachment/cac:ExternalReference",
            "/cn:CreditNote/cac:AdditionalDocumentReference/cac:Attachment/cac:ExternalReference",
        ],
    )
    .when(german);
    pub(super) static SELLER: Context = Context::new(
        GERMANY,
        &["/ubl:Invoice/cac:AccountingSupplierParty", "/cn:CreditNote/cac:AccountingSupplierParty"],
    )
    .when(german);
    pub(super) static SELLER_ADDRESS: Context = Context::new(
        GERMANY,
        &[
            "/ubl:Invoice/cac:AccountingSupplierParty/cac:Party/cac:PostalAddress",
            "/cn:CreditNote/cac:AccountingSupplierParty/cac:Party/cac:PostalAddress",
        ],
    )
    .when(german);
    pub(super) static SELLER_CONTACT: Context = Context::new(
        GERMANY,
        &[
            "/ubl:Invoice/cac:AccountingSupplierParty/cac:Party/cac:Contact",
            "/cn:CreditNote/cac:AccountingSupplierParty/cac:Party/cac:Contact",
        ],
    )
    .when(german);
    pub(super) static BUYER_ADDRESS: Context = Context::new(
        GERMANY,
        &[
            "/ubl:Invoice/cac:AccountingCustomerParty/cac:Party/cac:PostalAddress",
            "/cn:CreditNote/cac:AccountingCustomerParty/cac:Party/cac:PostalAddress",
        ],
    )
    .when(german);
    pub(super) static DELIVERY_ADDRESS: Context = Context::new(
        GERMANY,
        &[
            "/ubl:Invoice/cac:Delivery/cac:DeliveryLocation/cac:Address",
            "/cn:CreditNote/cac:Delivery/cac:DeliveryLocation/cac:Address",
        ],
    )
    .when(german);
    const PAYMENT_MEANS: &[&str] = &["/ubl:Invoice/cac:PaymentMeans", "/cn:CreditNote/cac:PaymentMeans"];
    pub(super) static CREDIT_TRANSFER: Context = Context::new(GERMANY, PAYMENT_MEANS)
        .when(|f, n| Ok(german(f, n)? && matches!(&*n.norm(path!(cbc:PaymentMeansCode))?, "30" | "58")));
    pub(super) static CARD_PAYMENT: Context = Context::new(GERMANY, PAYMENT_MEANS)
        .when(|f, n| Ok(german(f, n)? && matches!(&*n.norm(path!(cbc:PaymentMeansCode))?, "48" | "54" | "55")));
    pub(super) static DEBIT_PAYMENT: Context = Context::new(GERMANY, PAYMENT_MEANS)
        .when(|f, n| Ok(german(f, n)? && n.norm(path!(cbc:PaymentMeansCode))? == "59"));
    pub(super) static TAX_SUBTOTAL: Context = Context::new(
        GERMANY,
        &["/ubl:Invoice/cac:TaxTotal/cac:TaxSubtotal", "/cn:CreditNote/cac:TaxTotal/cac:TaxSubtotal"],
    )
    .when(german);
}

/// The rules of this family.
pub static RULES: &[Rule] = &[
    Rule { id: "DE-R-001", ubl: &[Binding::new(&ubl::DOCUMENT, de::has_payment_means)], ..de::PAYMENT },
    Rule { id: "DE-R-015", ubl: &[Binding::new(&ubl::DOCUMENT, de::has_buyer_reference)], ..de::BUYER_REFERENCE },
    Rule { id: "DE-R-016", ubl: &[Binding::new(&ubl::DOCUMENT, de::has_tax_number)], ..de::SELLER_TAX_NUMBER },
    Rule {
        id: "DE-R-017",
        severity: Severity::Warning,
        ubl: &[Binding::new(&ubl::DOCUMENT, de::has_german_type)],
        ..de::TYPE_CODE
    },
    Rule {
        id: "DE-R-018",
        ubl: &[Binding::new(&ubl::DOCUMENT, de::has_clear_skonto_ubl).at(path!(cac:PaymentTerms/cbc:Note))],
        ..de::SKONTO
    },
    Rule { id: "DE-R-022", ubl: &[Binding::new(&ubl::DOCUMENT, de::file_names_differ)], ..de::FILE_NAMES },
    Rule {
        id: "DE-R-026",
        severity: Severity::Warning,
        ubl: &[Binding::new(&ubl::DOCUMENT, de::names_corrected_invoice)],
        ..de::PRECEDING_INVOICE
    },
    Rule {
        id: "DE-R-030",
        ubl: &[Binding::new(&ubl::DOCUMENT, de::has_creditor_identifier)],
        ..de::CREDITOR_IDENTIFIER
    },
    Rule { id: "DE-R-031", ubl: &[Binding::new(&ubl::DOCUMENT, de::has_debited_account)], ..de::DEBITED_ACCOUNT },
    Rule {
        id: "DE-R-T02",
        severity: Severity::Warning,
        ubl: &[Binding::new(&ubl::EXTERNAL_REFERENCE, de::has_url_ubl).at(path!(cbc:URI))],
        ..de::EXTERNAL_URL
    },
    Rule { id: "DE-R-002", ubl: &[Binding::new(&ubl::SELLER, de::has_contact)], ..de::CONTACT },
    Rule { id: "DE-R-003", ubl: &[Binding::new(&ubl::SELLER_ADDRESS, de::has_city)], ..de::SELLER_CITY },
    Rule { id: "DE-R-004", ubl: &[Binding::new(&ubl::SELLER_ADDRESS, de::has_post_code)], ..de::SELLER_POST_CODE },
    Rule { id: "DE-R-005", ubl: &[Binding::new(&ubl::SELLER_CONTACT, de::has_name)], ..de::CONTACT_NAME },
    Rule { id: "DE-R-006", ubl: &[Binding::new(&ubl::SELLER_CONTACT, de::has_telephone)], ..de::CONTACT_TELEPHONE },
    Rule { id: "DE-R-007", ubl: &[Binding::new(&ubl::SELLER_CONTACT, de::has_email)], ..de::CONTACT_EMAIL },
    Rule {
        id: "DE-R-027",
        severity: Severity::Warning,
        ubl: &[Binding::new(&ubl::SELLER_CONTACT, de::telephone_is_one).at(path!(cbc:Telephone))],
        ..de::TELEPHONE
    },
    Rule {
        id: "DE-R-028",
        severity: Severity::Warning,
        ubl: &[Binding::new(&ubl::SELLER_CONTACT, de::email_is_one).at(path!(cbc:ElectronicMail))],
        ..de::EMAIL
    },
    Rule { id: "DE-R-008", ubl: &[Binding::new(&ubl::BUYER_ADDRESS, de::has_city)], ..de::BUYER_CITY },
    Rule { id: "DE-R-009", ubl: &[Binding::new(&ubl::BUYER_ADDRESS, de::has_post_code)], ..de::BUYER_POST_CODE },
    Rule { id: "DE-R-010", ubl: &[Binding::new(&ubl::DELIVERY_ADDRESS, de::has_city)], ..de::DELIVERY_CITY },
    Rule { id: "DE-R-011", ubl: &[Binding::new(&ubl::DELIVERY_ADDRESS, de::has_post_code)], ..de::DELIVERY_POST_CODE },
    Rule {
        id: "DE-R-019",
        severity: Severity::Warning,
        ubl: &[
            Binding::new(&ubl::CREDIT_TRANSFER, de::iban_of_seller_is_one).at(path!(cac:PayeeFinancialAccount/cbc:ID))
        ],
        ..de::IBAN_OF_SELLER
    },
    Rule {
        id: "DE-R-023-1",
        ubl: &[Binding::new(&ubl::CREDIT_TRANSFER, de::has_account)],
        ..de::TRANSFER_NEEDS_ACCOUNT
    },
    Rule {
        id: "DE-R-023-2",
        ubl: &[Binding::new(&ubl::CREDIT_TRANSFER, de::has_no_card_or_debit)],
        ..de::TRANSFER_EXCLUDES_OTHERS
    },
    Rule { id: "DE-R-024-1", ubl: &[Binding::new(&ubl::CARD_PAYMENT, de::has_card)], ..de::CARD_NEEDS_DATA },
    Rule {
        id: "DE-R-024-2",
        ubl: &[Binding::new(&ubl::CARD_PAYMENT, de::has_no_account_or_debit)],
        ..de::CARD_EXCLUDES_OTHERS
    },
    Rule {
        id: "DE-R-020",
        severity: Severity::Warning,
        ubl: &[Binding::new(&ubl::DEBIT_PAYMENT, de::iban_of_buyer_is_one)
            .at(path!(cac:PaymentMandate/cac:PayerFinancialAccount/cbc:ID))],
        ..de::IBAN_OF_BUYER
    },
    Rule { id: "DE-R-025-1", ubl: &[Binding::new(&ubl::DEBIT_PAYMENT, de::has_mandate)], ..de::DEBIT_NEEDS_DATA },
    Rule {
        id: "DE-R-025-2",
        ubl: &[Binding::new(&ubl::DEBIT_PAYMENT, de::has_no_account_or_card)],
        ..de::DEBIT_EXCLUDES_OTHERS
    },
    Rule { id: "DE-R-014", ubl: &[Binding::new(&ubl::TAX_SUBTOTAL, de::has_vat_rate)], ..de::VAT_RATE },
];
