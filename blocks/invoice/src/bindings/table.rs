//! Where every group and term stands: one table for UBL invoice, UBL credit note and CII.
//!
//! A path is written relative to the element of its group, in a notation that works both ways:
//!
//! | written | reading | writing |
//! |---|---|---|
//! | `cac:Party/cbc:Name` | the text of that element | that element |
//! | `cbc:Amount/@unitCode` | the attribute | the attribute, where the element is written |
//! | `a[b/c=X]` | only where `b/c` says X | writes `b/c` with X |
//! | `a[@s=X]`, `a[@s]` | only where the attribute says X, or is there | writes X, or the scheme |
//! | `a{b/c=X}` | always; `b/c` is understood where it says X | writes `b/c` with X |
//! | `a*` | each of several | one for each value |
//! | `p \| q` | both | the first that fits the value |
//! | `~agreement/` … | the long beginnings of CII paths | |
//! | `.` (groups) | terms stand in the element of the parent | no element of its own |
//! | empty | the syntax cannot say it | nothing is written |
//!
//! A term `at` another group than its own is moved after reading and before writing
//! (see [`super::arrange`]).
//!
//! Invariant: every group and term of the dictionary has a row, components by rule or by row.

use crate::model::{Bg, Bt};

/// One row: a group, or a term.
pub(crate) struct Row {
    pub(crate) what: What,
    /// The group in whose element the paths start.
    pub(crate) at: Bg,
    pub(crate) ubl: &'static str,
    /// The path in a UBL credit note where it differs.
    pub(crate) credit_note: Option<&'static str>,
    pub(crate) cii: &'static str,
}

pub(crate) enum What {
    Group(Bg),
    Term(Bt),
}

macro_rules! rows {
    ($($kind:ident $name:ident in $at:ident: $ubl:literal $(/ $cn:literal)?, $cii:literal;)+) => {
        pub(crate) static ROWS: &[Row] = &[$(Row {
            what: rows!(@ $kind $name),
            at: Bg::$at,
            ubl: $ubl,
            credit_note: rows!(@cn $($cn)?),
            cii: $cii,
        }),+];
    };
    (@ group $name:ident) => { What::Group(Bg::$name) };
    (@ term $name:ident) => { What::Term(Bt::$name) };
    (@cn) => { None };
    (@cn $cn:literal) => { Some($cn) };
}

/// The beginnings of CII paths that would make the table unreadable.
pub(crate) static SHORT: &[(&str, &str)] = &[
    ("~agreement", "rsm:SupplyChainTradeTransaction/ram:ApplicableHeaderTradeAgreement"),
    ("~delivery", "rsm:SupplyChainTradeTransaction/ram:ApplicableHeaderTradeDelivery"),
    ("~settlement", "rsm:SupplyChainTradeTransaction/ram:ApplicableHeaderTradeSettlement"),
    (
        "~totals",
        "rsm:SupplyChainTradeTransaction/ram:ApplicableHeaderTradeSettlement/ram:SpecifiedTradeSettlementHeaderMonetarySummation",
    ),
    ("~terms", "rsm:SupplyChainTradeTransaction/ram:ApplicableHeaderTradeSettlement/ram:SpecifiedTradePaymentTerms"),
];

rows! {
// The document itself.
term BT1 in BG0: "cbc:ID", "rsm:ExchangedDocument/ram:ID";
term BT2 in BG0: "cbc:IssueDate", "rsm:ExchangedDocument/ram:IssueDateTime/udt:DateTimeString";
term BT3 in BG0: "cbc:InvoiceTypeCode" / "cbc:CreditNoteTypeCode", "rsm:ExchangedDocument/ram:TypeCode";
term BT5 in BG0: "cbc:DocumentCurrencyCode", "~settlement/ram:InvoiceCurrencyCode";
term BT6 in BG0: "cbc:TaxCurrencyCode", "~settlement/ram:TaxCurrencyCode";
term BT7 in BG0: "cbc:TaxPointDate", "";
term BT7 in BG23: "", "ram:TaxPointDate/udt:DateString";
term BT8 in BG14: "cbc:DescriptionCode", "";
term BT8 in BG23: "", "ram:DueDateTypeCode";
term BT9 in BG0: "cbc:DueDate" / "", "~terms/ram:DueDateDateTime/udt:DateTimeString";
term BT9 in BG16: "" / "cbc:PaymentDueDate", "";
term BT10 in BG0: "cbc:BuyerReference", "~agreement/ram:BuyerReference";
term BT11 in BG0: "cac:ProjectReference/cbc:ID" / "cac:AdditionalDocumentReference[cbc:DocumentTypeCode=50]/cbc:ID", "~agreement/ram:SpecifiedProcuringProject{ram:Name=Project reference}/ram:ID";
term BT12 in BG0: "cac:ContractDocumentReference/cbc:ID", "~agreement/ram:ContractReferencedDocument/ram:IssuerAssignedID";
term BT13 in BG0: "cac:OrderReference/cbc:ID", "~agreement/ram:BuyerOrderReferencedDocument/ram:IssuerAssignedID";
term BT14 in BG0: "cac:OrderReference/cbc:SalesOrderID", "~agreement/ram:SellerOrderReferencedDocument/ram:IssuerAssignedID";
term BT15 in BG0: "cac:ReceiptDocumentReference/cbc:ID", "~delivery/ram:ReceivingAdviceReferencedDocument/ram:IssuerAssignedID";
term BT16 in BG0: "cac:DespatchDocumentReference/cbc:ID", "~delivery/ram:DespatchAdviceReferencedDocument/ram:IssuerAssignedID";
term BT17 in BG0: "cac:OriginatorDocumentReference/cbc:ID", "~agreement/ram:AdditionalReferencedDocument[ram:TypeCode=50]/ram:IssuerAssignedID";
term BT18 in BG0: "cac:AdditionalDocumentReference[cbc:DocumentTypeCode=130]/cbc:ID", "~agreement/ram:AdditionalReferencedDocument[ram:TypeCode=130]/ram:IssuerAssignedID";
term BT18_1 in BG0: "", "~agreement/ram:AdditionalReferencedDocument[ram:TypeCode=130]/ram:ReferenceTypeCode";
term BT19 in BG0: "cbc:AccountingCost", "~settlement/ram:ReceivableSpecifiedTradeAccountingAccount/ram:ID";
term BT20 in BG0: "cac:PaymentTerms/cbc:Note", "~terms/ram:Description";
// In UBL, code and text of a note share one element; the reader and the writer know.
group BG1 in BG0: "cbc:Note", "rsm:ExchangedDocument/ram:IncludedNote";
term BT21 in BG1: "", "ram:SubjectCode";
term BT22 in BG1: "", "ram:Content";
group BG2 in BG0: ".", "rsm:ExchangedDocumentContext";
term BT23 in BG2: "cbc:ProfileID", "ram:BusinessProcessSpecifiedDocumentContextParameter/ram:ID";
term BT24 in BG2: "cbc:CustomizationID", "ram:GuidelineSpecifiedDocumentContextParameter/ram:ID";
group BG3 in BG0: "cac:BillingReference", "~settlement/ram:InvoiceReferencedDocument";
term BT25 in BG3: "cac:InvoiceDocumentReference/cbc:ID", "ram:IssuerAssignedID";
term BT26 in BG3: "cac:InvoiceDocumentReference/cbc:IssueDate", "ram:FormattedIssueDateTime/qdt:DateTimeString";
// Parties.
group BG4 in BG0: "cac:AccountingSupplierParty/cac:Party", "~agreement/ram:SellerTradeParty";
term BT27 in BG4: "cac:PartyLegalEntity/cbc:RegistrationName", "ram:Name";
term BT28 in BG4: "cac:PartyName/cbc:Name", "ram:SpecifiedLegalOrganization/ram:TradingBusinessName";
term BT29 in BG4: "cac:PartyIdentification*/cbc:ID", "ram:GlobalID*[@schemeID] | ram:ID* | ram:GlobalID*";
term BT30 in BG4: "cac:PartyLegalEntity/cbc:CompanyID", "ram:SpecifiedLegalOrganization/ram:ID";
term BT31 in BG4: "cac:PartyTaxScheme[cac:TaxScheme/cbc:ID=VAT]/cbc:CompanyID", "ram:SpecifiedTaxRegistration[ram:ID/@schemeID=VA]/ram:ID";
term BT32 in BG4: "cac:PartyTaxScheme[cac:TaxScheme/cbc:ID=FC]/cbc:CompanyID | cac:PartyTaxScheme/cbc:CompanyID", "ram:SpecifiedTaxRegistration[ram:ID/@schemeID=FC]/ram:ID";
term BT33 in BG4: "cac:PartyLegalEntity/cbc:CompanyLegalForm", "ram:Description";
term BT34 in BG4: "cbc:EndpointID", "ram:URIUniversalCommunication/ram:URIID";
term BT90 in BG4: "cac:PartyIdentification[cbc:ID/@schemeID=SEPA]/cbc:ID", "";
group BG5 in BG4: "cac:PostalAddress", "ram:PostalTradeAddress";
term BT35 in BG5: "cbc:StreetName", "ram:LineOne";
term BT36 in BG5: "cbc:AdditionalStreetName", "ram:LineTwo";
term BT162 in BG5: "cac:AddressLine/cbc:Line", "ram:LineThree";
term BT37 in BG5: "cbc:CityName", "ram:CityName";
term BT38 in BG5: "cbc:PostalZone", "ram:PostcodeCode";
term BT39 in BG5: "cbc:CountrySubentity", "ram:CountrySubDivisionName";
term BT40 in BG5: "cac:Country/cbc:IdentificationCode", "ram:CountryID";
group BG6 in BG4: "cac:Contact", "ram:DefinedTradeContact";
term BT41 in BG6: "cbc:Name", "ram:PersonName | ram:DepartmentName";
term BT42 in BG6: "cbc:Telephone", "ram:TelephoneUniversalCommunication/ram:CompleteNumber";
term BT43 in BG6: "cbc:ElectronicMail", "ram:EmailURIUniversalCommunication/ram:URIID";
group BG7 in BG0: "cac:AccountingCustomerParty/cac:Party", "~agreement/ram:BuyerTradeParty";
term BT44 in BG7: "cac:PartyLegalEntity/cbc:RegistrationName", "ram:Name";
term BT45 in BG7: "cac:PartyName/cbc:Name", "ram:SpecifiedLegalOrganization/ram:TradingBusinessName";
term BT46 in BG7: "cac:PartyIdentification/cbc:ID", "ram:GlobalID[@schemeID] | ram:ID | ram:GlobalID";
term BT47 in BG7: "cac:PartyLegalEntity/cbc:CompanyID", "ram:SpecifiedLegalOrganization/ram:ID";
term BT48 in BG7: "cac:PartyTaxScheme[cac:TaxScheme/cbc:ID=VAT]/cbc:CompanyID", "ram:SpecifiedTaxRegistration[ram:ID/@schemeID=VA]/ram:ID";
term BT49 in BG7: "cbc:EndpointID", "ram:URIUniversalCommunication/ram:URIID";
group BG8 in BG7: "cac:PostalAddress", "ram:PostalTradeAddress";
term BT50 in BG8: "cbc:StreetName", "ram:LineOne";
term BT51 in BG8: "cbc:AdditionalStreetName", "ram:LineTwo";
term BT163 in BG8: "cac:AddressLine/cbc:Line", "ram:LineThree";
term BT52 in BG8: "cbc:CityName", "ram:CityName";
term BT53 in BG8: "cbc:PostalZone", "ram:PostcodeCode";
term BT54 in BG8: "cbc:CountrySubentity", "ram:CountrySubDivisionName";
term BT55 in BG8: "cac:Country/cbc:IdentificationCode", "ram:CountryID";
group BG9 in BG7: "cac:Contact", "ram:DefinedTradeContact";
term BT56 in BG9: "cbc:Name", "ram:PersonName | ram:DepartmentName";
term BT57 in BG9: "cbc:Telephone", "ram:TelephoneUniversalCommunication/ram:CompleteNumber";
term BT58 in BG9: "cbc:ElectronicMail", "ram:EmailURIUniversalCommunication/ram:URIID";
group BG10 in BG0: "cac:PayeeParty", "~settlement/ram:PayeeTradeParty";
term BT59 in BG10: "cac:PartyName/cbc:Name", "ram:Name";
term BT60 in BG10: "cac:PartyIdentification/cbc:ID", "ram:GlobalID[@schemeID] | ram:ID | ram:GlobalID";
term BT61 in BG10: "cac:PartyLegalEntity/cbc:CompanyID", "ram:SpecifiedLegalOrganization/ram:ID";
term BT90 in BG10: "cac:PartyIdentification[cbc:ID/@schemeID=SEPA]/cbc:ID", "";
group BG11 in BG0: "cac:TaxRepresentativeParty", "~agreement/ram:SellerTaxRepresentativeTradeParty";
term BT62 in BG11: "cac:PartyName/cbc:Name", "ram:Name";
term BT63 in BG11: "cac:PartyTaxScheme[cac:TaxScheme/cbc:ID=VAT]/cbc:CompanyID", "ram:SpecifiedTaxRegistration[ram:ID/@schemeID=VA]/ram:ID";
group BG12 in BG11: "cac:PostalAddress", "ram:PostalTradeAddress";
term BT64 in BG12: "cbc:StreetName", "ram:LineOne";
term BT65 in BG12: "cbc:AdditionalStreetName", "ram:LineTwo";
term BT164 in BG12: "cac:AddressLine/cbc:Line", "ram:LineThree";
term BT66 in BG12: "cbc:CityName", "ram:CityName";
term BT67 in BG12: "cbc:PostalZone", "ram:PostcodeCode";
term BT68 in BG12: "cbc:CountrySubentity", "ram:CountrySubDivisionName";
term BT69 in BG12: "cac:Country/cbc:IdentificationCode", "ram:CountryID";
// Delivery.
group BG13 in BG0: ".", ".";
term BT70 in BG13: "cac:Delivery/cac:DeliveryParty/cac:PartyName/cbc:Name", "~delivery/ram:ShipToTradeParty/ram:Name";
term BT71 in BG13: "cac:Delivery/cac:DeliveryLocation/cbc:ID", "~delivery/ram:ShipToTradeParty/ram:GlobalID[@schemeID] | ~delivery/ram:ShipToTradeParty/ram:ID | ~delivery/ram:ShipToTradeParty/ram:GlobalID";
term BT72 in BG13: "cac:Delivery/cbc:ActualDeliveryDate", "~delivery/ram:ActualDeliverySupplyChainEvent/ram:OccurrenceDateTime/udt:DateTimeString";
group BG14 in BG13: "cac:InvoicePeriod", "~settlement/ram:BillingSpecifiedPeriod";
term BT73 in BG14: "cbc:StartDate", "ram:StartDateTime/udt:DateTimeString";
term BT74 in BG14: "cbc:EndDate", "ram:EndDateTime/udt:DateTimeString";
group BG15 in BG13: "cac:Delivery/cac:DeliveryLocation/cac:Address", "~delivery/ram:ShipToTradeParty/ram:PostalTradeAddress";
term BT75 in BG15: "cbc:StreetName", "ram:LineOne";
term BT76 in BG15: "cbc:AdditionalStreetName", "ram:LineTwo";
term BT165 in BG15: "cac:AddressLine/cbc:Line", "ram:LineThree";
term BT77 in BG15: "cbc:CityName", "ram:CityName";
term BT78 in BG15: "cbc:PostalZone", "ram:PostcodeCode";
term BT79 in BG15: "cbc:CountrySubentity", "ram:CountrySubDivisionName";
term BT80 in BG15: "cac:Country/cbc:IdentificationCode", "ram:CountryID";
// Payment. CII says remittance, mandate and creditor once for the invoice.
group BG16 in BG0: "cac:PaymentMeans", "~settlement/ram:SpecifiedTradeSettlementPaymentMeans";
term BT81 in BG16: "cbc:PaymentMeansCode", "ram:TypeCode";
term BT82 in BG16: "cbc:PaymentMeansCode/@name", "ram:Information";
term BT83 in BG16: "cbc:PaymentID", "";
term BT83 in BG0: "", "~settlement/ram:PaymentReference";
group BG17 in BG16: "cac:PayeeFinancialAccount", ".";
term BT84 in BG17: "cbc:ID", "ram:PayeePartyCreditorFinancialAccount/ram:IBANID | ram:PayeePartyCreditorFinancialAccount/ram:ProprietaryID";
term BT85 in BG17: "cbc:Name", "ram:PayeePartyCreditorFinancialAccount/ram:AccountName";
term BT86 in BG17: "cac:FinancialInstitutionBranch/cbc:ID", "ram:PayeeSpecifiedCreditorFinancialInstitution/ram:BICID";
group BG18 in BG16: "cac:CardAccount{cbc:NetworkID=NA}", "ram:ApplicableTradeSettlementFinancialCard";
term BT87 in BG18: "cbc:PrimaryAccountNumberID", "ram:ID";
term BT88 in BG18: "cbc:HolderName", "ram:CardholderName";
group BG19 in BG16: "cac:PaymentMandate", ".";
term BT89 in BG19: "cbc:ID", "";
term BT89 in BG0: "", "~terms/ram:DirectDebitMandateID";
term BT90 in BG0: "", "~settlement/ram:CreditorReferenceID";
term BT91 in BG19: "cac:PayerFinancialAccount/cbc:ID", "ram:PayerPartyDebtorFinancialAccount/ram:IBANID | ram:PayerPartyDebtorFinancialAccount/ram:ProprietaryID";
// Allowances and charges of the invoice.
group BG20 in BG0: "cac:AllowanceCharge[cbc:ChargeIndicator=false]", "~settlement/ram:SpecifiedTradeAllowanceCharge[ram:ChargeIndicator/udt:Indicator=false]";
term BT92 in BG20: "cbc:Amount", "ram:ActualAmount";
term BT93 in BG20: "cbc:BaseAmount", "ram:BasisAmount";
term BT94 in BG20: "cbc:MultiplierFactorNumeric", "ram:CalculationPercent";
term BT95 in BG20: "cac:TaxCategory{cac:TaxScheme/cbc:ID=VAT}/cbc:ID", "ram:CategoryTradeTax{ram:TypeCode=VAT}/ram:CategoryCode";
term BT96 in BG20: "cac:TaxCategory/cbc:Percent", "ram:CategoryTradeTax/ram:RateApplicablePercent";
term BT97 in BG20: "cbc:AllowanceChargeReason", "ram:Reason";
term BT98 in BG20: "cbc:AllowanceChargeReasonCode", "ram:ReasonCode";
group BG21 in BG0: "cac:AllowanceCharge[cbc:ChargeIndicator=true]", "~settlement/ram:SpecifiedTradeAllowanceCharge[ram:ChargeIndicator/udt:Indicator=true]";
term BT99 in BG21: "cbc:Amount", "ram:ActualAmount";
term BT100 in BG21: "cbc:BaseAmount", "ram:BasisAmount";
term BT101 in BG21: "cbc:MultiplierFactorNumeric", "ram:CalculationPercent";
term BT102 in BG21: "cac:TaxCategory{cac:TaxScheme/cbc:ID=VAT}/cbc:ID", "ram:CategoryTradeTax{ram:TypeCode=VAT}/ram:CategoryCode";
term BT103 in BG21: "cac:TaxCategory/cbc:Percent", "ram:CategoryTradeTax/ram:RateApplicablePercent";
term BT104 in BG21: "cbc:AllowanceChargeReason", "ram:Reason";
term BT105 in BG21: "cbc:AllowanceChargeReasonCode", "ram:ReasonCode";
// Totals and VAT. BT-111 is told from BT-110 by its currency.
group BG22 in BG0: ".", ".";
term BT106 in BG22: "cac:LegalMonetaryTotal/cbc:LineExtensionAmount", "~totals/ram:LineTotalAmount";
term BT107 in BG22: "cac:LegalMonetaryTotal/cbc:AllowanceTotalAmount", "~totals/ram:AllowanceTotalAmount";
term BT108 in BG22: "cac:LegalMonetaryTotal/cbc:ChargeTotalAmount", "~totals/ram:ChargeTotalAmount";
term BT109 in BG22: "cac:LegalMonetaryTotal/cbc:TaxExclusiveAmount", "~totals/ram:TaxBasisTotalAmount";
term BT110 in BG22: "cac:TaxTotal/cbc:TaxAmount", "~totals/ram:TaxTotalAmount";
term BT111 in BG22: "cac:TaxTotal[cbc:TaxAmount/@currencyID=BT-6]/cbc:TaxAmount", "~totals/ram:TaxTotalAmount[@currencyID=BT-6]";
term BT112 in BG22: "cac:LegalMonetaryTotal/cbc:TaxInclusiveAmount", "~totals/ram:GrandTotalAmount";
term BT113 in BG22: "cac:LegalMonetaryTotal/cbc:PrepaidAmount", "~totals/ram:TotalPrepaidAmount";
term BT114 in BG22: "cac:LegalMonetaryTotal/cbc:PayableRoundingAmount", "~totals/ram:RoundingAmount";
term BT115 in BG22: "cac:LegalMonetaryTotal/cbc:PayableAmount", "~totals/ram:DuePayableAmount";
group BG23 in BG0: "cac:TaxTotal/cac:TaxSubtotal", "~settlement/ram:ApplicableTradeTax{ram:TypeCode=VAT}";
term BT116 in BG23: "cbc:TaxableAmount", "ram:BasisAmount";
term BT117 in BG23: "cbc:TaxAmount", "ram:CalculatedAmount";
term BT118 in BG23: "cac:TaxCategory{cac:TaxScheme/cbc:ID=VAT}/cbc:ID", "ram:CategoryCode";
term BT119 in BG23: "cac:TaxCategory/cbc:Percent", "ram:RateApplicablePercent";
term BT120 in BG23: "cac:TaxCategory/cbc:TaxExemptionReason", "ram:ExemptionReason";
term BT121 in BG23: "cac:TaxCategory/cbc:TaxExemptionReasonCode", "ram:ExemptionReasonCode";
group BG24 in BG0: "cac:AdditionalDocumentReference", "~agreement/ram:AdditionalReferencedDocument{ram:TypeCode=916}";
term BT122 in BG24: "cbc:ID", "ram:IssuerAssignedID";
term BT123 in BG24: "cbc:DocumentDescription", "ram:Name";
term BT124 in BG24: "cac:Attachment/cac:ExternalReference/cbc:URI", "ram:URIID";
term BT125 in BG24: "cac:Attachment/cbc:EmbeddedDocumentBinaryObject", "ram:AttachmentBinaryObject";
// Lines. Sub lines have the same paths in UBL; in CII they are lines that name their parent.
group BG25 in BG0: "cac:InvoiceLine" / "cac:CreditNoteLine", "rsm:SupplyChainTradeTransaction/ram:IncludedSupplyChainTradeLineItem";
term BT126 in BG25: "cbc:ID", "ram:AssociatedDocumentLineDocument/ram:LineID";
term BT127 in BG25: "cbc:Note", "ram:AssociatedDocumentLineDocument/ram:IncludedNote/ram:Content";
term BT128 in BG25: "cac:DocumentReference{cbc:DocumentTypeCode=130}/cbc:ID", "ram:SpecifiedLineTradeSettlement/ram:AdditionalReferencedDocument{ram:TypeCode=130}/ram:IssuerAssignedID";
term BT128_1 in BG25: "", "ram:SpecifiedLineTradeSettlement/ram:AdditionalReferencedDocument/ram:ReferenceTypeCode";
term BT129 in BG25: "cbc:InvoicedQuantity" / "cbc:CreditedQuantity", "ram:SpecifiedLineTradeDelivery/ram:BilledQuantity";
term BT130 in BG25: "cbc:InvoicedQuantity/@unitCode" / "cbc:CreditedQuantity/@unitCode", "ram:SpecifiedLineTradeDelivery/ram:BilledQuantity/@unitCode";
term BT131 in BG25: "cbc:LineExtensionAmount", "ram:SpecifiedLineTradeSettlement/ram:SpecifiedTradeSettlementLineMonetarySummation/ram:LineTotalAmount";
term BT132 in BG25: "cac:OrderLineReference/cbc:LineID", "ram:SpecifiedLineTradeAgreement/ram:BuyerOrderReferencedDocument/ram:LineID";
term BT133 in BG25: "cbc:AccountingCost", "ram:SpecifiedLineTradeSettlement/ram:ReceivableSpecifiedTradeAccountingAccount/ram:ID";
group BG26 in BG25: "cac:InvoicePeriod", "ram:SpecifiedLineTradeSettlement/ram:BillingSpecifiedPeriod";
term BT134 in BG26: "cbc:StartDate", "ram:StartDateTime/udt:DateTimeString";
term BT135 in BG26: "cbc:EndDate", "ram:EndDateTime/udt:DateTimeString";
group BG27 in BG25: "cac:AllowanceCharge[cbc:ChargeIndicator=false]", "ram:SpecifiedLineTradeSettlement/ram:SpecifiedTradeAllowanceCharge[ram:ChargeIndicator/udt:Indicator=false]";
term BT136 in BG27: "cbc:Amount", "ram:ActualAmount";
term BT137 in BG27: "cbc:BaseAmount", "ram:BasisAmount";
term BT138 in BG27: "cbc:MultiplierFactorNumeric", "ram:CalculationPercent";
term BT139 in BG27: "cbc:AllowanceChargeReason", "ram:Reason";
term BT140 in BG27: "cbc:AllowanceChargeReasonCode", "ram:ReasonCode";
group BG28 in BG25: "cac:AllowanceCharge[cbc:ChargeIndicator=true]", "ram:SpecifiedLineTradeSettlement/ram:SpecifiedTradeAllowanceCharge[ram:ChargeIndicator/udt:Indicator=true]";
term BT141 in BG28: "cbc:Amount", "ram:ActualAmount";
term BT142 in BG28: "cbc:BaseAmount", "ram:BasisAmount";
term BT143 in BG28: "cbc:MultiplierFactorNumeric", "ram:CalculationPercent";
term BT144 in BG28: "cbc:AllowanceChargeReason", "ram:Reason";
term BT145 in BG28: "cbc:AllowanceChargeReasonCode", "ram:ReasonCode";
group BG29 in BG25: ".", ".";
term BT146 in BG29: "cac:Price/cbc:PriceAmount", "ram:SpecifiedLineTradeAgreement/ram:NetPriceProductTradePrice/ram:ChargeAmount";
term BT147 in BG29: "cac:Price/cac:AllowanceCharge{cbc:ChargeIndicator=false}/cbc:Amount", "ram:SpecifiedLineTradeAgreement/ram:GrossPriceProductTradePrice/ram:AppliedTradeAllowanceCharge{ram:ChargeIndicator/udt:Indicator=false}/ram:ActualAmount";
term BT148 in BG29: "cac:Price/cac:AllowanceCharge/cbc:BaseAmount", "ram:SpecifiedLineTradeAgreement/ram:GrossPriceProductTradePrice/ram:ChargeAmount";
term BT149 in BG29: "cac:Price/cbc:BaseQuantity", "ram:SpecifiedLineTradeAgreement/ram:NetPriceProductTradePrice/ram:BasisQuantity | ram:SpecifiedLineTradeAgreement/ram:GrossPriceProductTradePrice/ram:BasisQuantity";
term BT150 in BG29: "cac:Price/cbc:BaseQuantity/@unitCode", "ram:SpecifiedLineTradeAgreement/ram:NetPriceProductTradePrice/ram:BasisQuantity/@unitCode | ram:SpecifiedLineTradeAgreement/ram:GrossPriceProductTradePrice/ram:BasisQuantity/@unitCode";
group BG30 in BG25: "cac:Item/cac:ClassifiedTaxCategory{cac:TaxScheme/cbc:ID=VAT}", "ram:SpecifiedLineTradeSettlement/ram:ApplicableTradeTax{ram:TypeCode=VAT}";
term BT151 in BG30: "cbc:ID", "ram:CategoryCode";
term BT152 in BG30: "cbc:Percent", "ram:RateApplicablePercent";
group BG31 in BG25: ".", "ram:SpecifiedTradeProduct";
term BT153 in BG31: "cac:Item/cbc:Name", "ram:Name";
term BT154 in BG31: "cac:Item/cbc:Description", "ram:Description";
term BT155 in BG31: "cac:Item/cac:SellersItemIdentification/cbc:ID", "ram:SellerAssignedID";
term BT156 in BG31: "cac:Item/cac:BuyersItemIdentification/cbc:ID", "ram:BuyerAssignedID";
term BT157 in BG31: "cac:Item/cac:StandardItemIdentification/cbc:ID", "ram:GlobalID";
term BT158 in BG31: "cac:Item/cac:CommodityClassification*/cbc:ItemClassificationCode", "ram:DesignatedProductClassification*/ram:ClassCode";
term BT159 in BG31: "cac:Item/cac:OriginCountry/cbc:IdentificationCode", "ram:OriginTradeCountry/ram:ID";
group BG32 in BG31: "cac:Item/cac:AdditionalItemProperty", "ram:ApplicableProductCharacteristic";
term BT160 in BG32: "cbc:Name", "ram:Description";
term BT161 in BG32: "cbc:Value", "ram:Value";
group BGDEX01 in BG25: "cac:SubInvoiceLine" / "cac:SubCreditNoteLine", "";
group BGDEX09 in BG0: "cac:PrepaidPayment" / "", "~settlement/ram:SpecifiedFinancialAdjustment";
term BTDEX001 in BGDEX09: "cbc:ID", "ram:ReasonCode";
term BTDEX002 in BGDEX09: "cbc:PaidAmount", "ram:ActualAmount";
term BTDEX003 in BGDEX09: "cbc:InstructionID", "ram:Reason";
}
