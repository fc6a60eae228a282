//! CII-SR and CII-DT: what CEN's binding to CII leaves out or restricts.
//!
//! The rules that have no shape are in [`cii_syntax_special`](super::cii_syntax_special).
//!
//! Invariant: [`CONTEXTS`] is in the order in which the official pattern tries them.

use crate::names::ram;
use crate::rules::syntax_table::syntax_table;
use crate::rules::{Context, Pattern};

const SYNTAX: Pattern = Pattern(1);

/// In the order in which the official pattern tries them.
pub static CONTEXTS: &[&Context] = &[
    &PAYMENT,
    &PROCESS,
    &HEADER,
    &NOTE,
    &LINE,
    &LINE_DOCUMENT,
    &ITEM,
    &ITEM_ATTRIBUTE,
    &LINE_AGREEMENT,
    &ALLOWANCE_CHARGE,
    &PRICE_DISCOUNT,
    &LINE_DELIVERY,
    &LINE_SETTLEMENT,
    &AGREEMENT,
    &DELIVERY,
    &SETTLEMENT,
    &TOTALS,
    &DOCUMENT,
    &PARAMETER,
    &PLAIN_ID,
    &ID,
    &TYPE_CODE,
    &INVOICE_TYPE,
    &LINE_VAT_CATEGORY,
    &REFERENCE,
    &AMOUNT,
    &QUANTITY,
    &TAX,
    &PERIOD,
    &POSTAL_ADDRESS,
    &DATE,
];

pub(super) static PAYMENT: Context = Context::new(SYNTAX, &["ram:SpecifiedTradeSettlementPaymentMeans"]);
static PROCESS: Context = Context::new(SYNTAX, &["/rsm:CrossIndustryInvoice/rsm:ExchangedDocumentContext"]);
static HEADER: Context = Context::new(SYNTAX, &["/rsm:CrossIndustryInvoice/rsm:ExchangedDocument"]);
static NOTE: Context = Context::new(SYNTAX, &["/rsm:CrossIndustryInvoice/rsm:ExchangedDocument/ram:IncludedNote"]);
static LINE: Context = Context::new(
    SYNTAX,
    &["/rsm:CrossIndustryInvoice/rsm:SupplyChainTradeTransaction/ram:IncludedSupplyChainTradeLineItem"],
);
static LINE_DOCUMENT: Context = Context::new(
    SYNTAX,
    &[
        "/rsm:CrossIndustryInvoice/rsm:SupplyChainTradeTransaction/ram:IncludedSupplyChainTradeLineItem/ram:AssociatedDocumentLineDocument",
    ],
);
pub(super) static ITEM: Context = Context::new(
    SYNTAX,
    &[
        "/rsm:CrossIndustryInvoice/rsm:SupplyChainTradeTransaction/ram:IncludedSupplyChainTradeLineItem/ram:SpecifiedTradeProduct",
    ],
);
static ITEM_ATTRIBUTE: Context = Context::new(
    SYNTAX,
    &[
        "/rsm:CrossIndustryInvoice/rsm:SupplyChainTradeTransaction/ram:IncludedSupplyChainTradeLineItem/ram:SpecifiedTradeProduct/ram:ApplicableProductCharacteristic",
    ],
);
pub(super) static LINE_AGREEMENT: Context = Context::new(
    SYNTAX,
    &[
        "/rsm:CrossIndustryInvoice/rsm:SupplyChainTradeTransaction/ram:IncludedSupplyChainTradeLineItem/ram:SpecifiedLineTradeAgreement",
    ],
);
static ALLOWANCE_CHARGE: Context = Context::new(SYNTAX, &["ram:SpecifiedTradeAllowanceCharge"]);
static PRICE_DISCOUNT: Context =
    Context::new(SYNTAX, &["ram:GrossPriceProductTradePrice/ram:AppliedTradeAllowanceCharge"]);
static LINE_DELIVERY: Context = Context::new(
    SYNTAX,
    &[
        "/rsm:CrossIndustryInvoice/rsm:SupplyChainTradeTransaction/ram:IncludedSupplyChainTradeLineItem/ram:SpecifiedLineTradeDelivery",
    ],
);
pub(super) static LINE_SETTLEMENT: Context = Context::new(
    SYNTAX,
    &[
        "/rsm:CrossIndustryInvoice/rsm:SupplyChainTradeTransaction/ram:IncludedSupplyChainTradeLineItem/ram:SpecifiedLineTradeSettlement",
    ],
);
pub(super) static AGREEMENT: Context = Context::new(
    SYNTAX,
    &["/rsm:CrossIndustryInvoice/rsm:SupplyChainTradeTransaction/ram:ApplicableHeaderTradeAgreement"],
);
pub(super) static DELIVERY: Context = Context::new(
    SYNTAX,
    &["/rsm:CrossIndustryInvoice/rsm:SupplyChainTradeTransaction/ram:ApplicableHeaderTradeDelivery"],
);
pub(super) static SETTLEMENT: Context = Context::new(
    SYNTAX,
    &["/rsm:CrossIndustryInvoice/rsm:SupplyChainTradeTransaction/ram:ApplicableHeaderTradeSettlement"],
);
static TOTALS: Context = Context::new(
    SYNTAX,
    &[
        "/rsm:CrossIndustryInvoice/rsm:SupplyChainTradeTransaction/ram:ApplicableHeaderTradeSettlement/ram:SpecifiedTradeSettlementHeaderMonetarySummation",
    ],
);
pub(super) static DOCUMENT: Context = Context::new(SYNTAX, &["/rsm:CrossIndustryInvoice"]);
static PARAMETER: Context = Context::new(SYNTAX, &["*DocumentContextParameter"]);
static PLAIN_ID: Context = Context::new(
    SYNTAX,
    &[
        "/rsm:CrossIndustryInvoice/rsm:ExchangedDocumentContext/ram:GuidelineSpecifiedDocumentContextParameter/ram:ID",
        "/rsm:CrossIndustryInvoice/rsm:ExchangedDocument/ram:ID",
        "/rsm:CrossIndustryInvoice/rsm:SupplyChainTradeTransaction/ram:IncludedSupplyChainTradeLineItem/ram:AssociatedDocumentLineDocument/ram:LineID",
        "/rsm:CrossIndustryInvoice/rsm:SupplyChainTradeTransaction/ram:IncludedSupplyChainTradeLineItem/ram:SpecifiedTradeProduct/ram:SellerAssignedID",
    ],
);
static ID: Context = Context::new(SYNTAX, &["ram:*ID"]);
static TYPE_CODE: Context = Context::new(SYNTAX, &["ram:TypeCode"]);
/// Never reached: [`TYPE_CODE`] takes every element of it. It stays, because the official pattern has it.
static INVOICE_TYPE: Context = Context::new(SYNTAX, &["/rsm:CrossIndustryInvoice/rsm:ExchangedDocument/ram:TypeCode"]);
static LINE_VAT_CATEGORY: Context = Context::new(
    SYNTAX,
    &[
        "/rsm:CrossIndustryInvoice/rsm:SupplyChainTradeTransaction/ram:IncludedSupplyChainTradeLineItem/ram:SpecifiedLineTradeSettlement/ram:ApplicableTradeTax/ram:CategoryCode",
    ],
);
pub(super) static REFERENCE: Context = Context::new(SYNTAX, &["ram:*ReferencedDocument"]);
static AMOUNT: Context = Context::new(SYNTAX, &["ram:*Amount"]).when(|_, own| Ok(own.name() != ram::TaxTotalAmount));
pub(super) static QUANTITY: Context = Context::new(SYNTAX, &["ram:*Quantity"]);
pub(super) static TAX: Context = Context::new(SYNTAX, &["ram:*TradeTax"]);
static PERIOD: Context = Context::new(SYNTAX, &["ram:BillingSpecifiedPeriod"]);
static POSTAL_ADDRESS: Context = Context::new(SYNTAX, &["ram:PostalTradeAddress"]);
pub(super) static DATE: Context = Context::new(SYNTAX, &["udt:DateTimeString"])
    .when(|_, own| Ok(own.attr("format").is_some_and(|format| format == "102")));

syntax_table! { cii:
    "CII-SR-001" Warning PROCESS Forbidden "ram:SpecifiedTransactionID" ["BG-2"];
    "CII-SR-002" Warning PROCESS Forbidden "ram:TestIndicator" ["BG-2"];
    "CII-SR-003" Warning PROCESS AtMostOne "ram:BusinessProcessSpecifiedDocumentContextParameter" ["BT-23"];
    "CII-SR-04" Warning PARAMETER Forbidden "ram:Value";
    "CII-SR-05" Warning PARAMETER Forbidden "ram:SpecifiedDocumentVersion";
    "CII-SR-006" Warning PROCESS Forbidden "ram:BIMSpecifiedDocumentContextParameter" ["BG-2"];
    "CII-SR-007" Warning PROCESS Forbidden "ram:ScenarioSpecifiedDocumentContextParameter" ["BG-2"];
    "CII-SR-008" Warning PROCESS Forbidden "ram:ApplicationSpecifiedDocumentContextParameter" ["BG-2"];
    "CII-SR-009" Error PROCESS ExactlyOne "ram:GuidelineSpecifiedDocumentContextParameter" ["BT-24"];
    "CII-SR-010" Error PROCESS ExactlyOne "ram:GuidelineSpecifiedDocumentContextParameter/ram:ID" ["BT-24"];
    "CII-SR-011" Warning PROCESS Forbidden "ram:SubsetSpecifiedDocumentContextParameter" ["BG-2"];
    "CII-SR-012" Warning PROCESS Forbidden "ram:MessageStandardSpecifiedDocumentContextParameter" ["BG-2"];
    "CII-SR-013" Warning HEADER Forbidden "ram:Name";
    "CII-SR-014" Error HEADER ExactlyOne "ram:TypeCode" ["BT-3"];
    "CII-SR-015" Warning HEADER Forbidden "ram:IssueDateTime/udt:DateTime";
    "CII-SR-016" Warning HEADER Forbidden "ram:CopyIndicator";
    "CII-SR-017" Warning HEADER Forbidden "ram:Purpose";
    "CII-SR-018" Warning HEADER Forbidden "ram:ControlRequirementIndicator";
    "CII-SR-019" Warning HEADER Forbidden "ram:LanguageID";
    "CII-SR-020" Warning HEADER Forbidden "ram:PurposeCode";
    "CII-SR-021" Warning HEADER Forbidden "ram:RevisionDateTime";
    "CII-SR-022" Warning HEADER Forbidden "ram:VersionID";
    "CII-SR-023" Warning HEADER Forbidden "ram:GlobalID";
    "CII-SR-024" Warning HEADER Forbidden "ram:RevisionID";
    "CII-SR-025" Warning HEADER Forbidden "ram:PreviousRevisionID";
    "CII-SR-026" Warning HEADER Forbidden "ram:CategoryCode";
    "CII-SR-027" Warning HEADER Forbidden "ram:IncludedNote/ram:Subject" ["BG-1"];
    "CII-SR-028" Warning HEADER Forbidden "ram:IncludedNote/ram:ContentCode" ["BG-1"];
    "CII-SR-030" Warning NOTE AtMostOne "ram:Content" ["BT-22"];
    "CII-SR-032" Warning HEADER Forbidden "ram:IncludedNote/ram:ID" ["BG-1"];
    "CII-SR-033" Warning HEADER Forbidden "ram:EffectiveSpecifiedPeriod";
    "CII-SR-034" Warning HEADER Forbidden "ram:IssuerTradeParty";
    "CII-SR-035" Warning LINE Forbidden "ram:DescriptionCode" ["BG-25"];
    "CII-SR-036" Warning LINE Forbidden "ram:ParentLineID" ["BG-25"];
    "CII-SR-037" Warning LINE Forbidden "ram:LineStatusCode" ["BG-25"];
    "CII-SR-038" Warning LINE Forbidden "ram:LineStatusReasonCode" ["BG-25"];
    "CII-SR-039" Warning LINE_DOCUMENT AtMostOne "ram:IncludedNote" ["BT-127"];
    "CII-SR-040" Warning LINE_DOCUMENT AtMostOne "ram:IncludedNote/ram:Content" ["BT-127"];
    "CII-SR-041" Warning LINE_DOCUMENT Forbidden "ram:IncludedNote/ram:SubjectCode" ["BT-127"];
    "CII-SR-042" Warning LINE_DOCUMENT Forbidden "ram:IncludedNote/ram:ID" ["BT-127"];
    "CII-SR-043" Warning LINE_DOCUMENT Forbidden "ram:IncludedNote/ram:Subject" ["BT-127"];
    "CII-SR-044" Warning LINE_DOCUMENT Forbidden "ram:IncludedNote/ram:ContentCode" ["BT-127"];
    "CII-SR-045" Warning ITEM Forbidden "ram:ID" ["BG-31"];
    "CII-SR-048" Warning ITEM Forbidden "ram:ManufacturerAssignedID" ["BG-31"];
    "CII-SR-049" Warning ITEM Forbidden "ram:TradeName" ["BG-31"];
    "CII-SR-050" Warning ITEM Forbidden "ram:TypeCode" ["BG-31"];
    "CII-SR-051" Warning ITEM Forbidden "ram:NetWeightMeasure" ["BG-31"];
    "CII-SR-052" Warning ITEM Forbidden "ram:GrossWeightMeasure" ["BG-31"];
    "CII-SR-053" Warning ITEM Forbidden "ram:ProductGroupID" ["BG-31"];
    "CII-SR-054" Warning ITEM Forbidden "ram:EndItemTypeCode" ["BG-31"];
    "CII-SR-055" Warning ITEM Forbidden "ram:EndItemName" ["BG-31"];
    "CII-SR-056" Warning ITEM Forbidden "ram:AreaDensityMeasure" ["BG-31"];
    "CII-SR-057" Warning ITEM Forbidden "ram:UseDescription" ["BG-31"];
    "CII-SR-058" Warning ITEM Forbidden "ram:BrandName" ["BG-31"];
    "CII-SR-059" Warning ITEM Forbidden "ram:SubBrandName" ["BG-31"];
    "CII-SR-060" Warning ITEM Forbidden "ram:DrainedNetWeightMeasure" ["BG-31"];
    "CII-SR-061" Warning ITEM Forbidden "ram:VariableMeasureIndicator" ["BG-31"];
    "CII-SR-062" Warning ITEM Forbidden "ram:ColourCode" ["BG-31"];
    "CII-SR-063" Warning ITEM Forbidden "ram:ColourDescription" ["BG-31"];
    "CII-SR-064" Warning ITEM Forbidden "ram:Designation" ["BG-31"];
    "CII-SR-065" Warning ITEM Forbidden "ram:FormattedCancellationAnnouncedLaunchDateTime" ["BG-31"];
    "CII-SR-066" Warning ITEM Forbidden "ram:FormattedLatestProductDataChangeDateTime" ["BG-31"];
    "CII-SR-067" Warning ITEM Forbidden "ram:ApplicableProductCharacteristic/ram:ID" ["BG-32"];
    "CII-SR-068" Warning ITEM Forbidden "ram:ApplicableProductCharacteristic/ram:TypeCode" ["BG-32"];
    "CII-SR-069" Error ITEM_ATTRIBUTE ExactlyOne "ram:Description" ["BT-160"];
    "CII-SR-070" Warning ITEM Forbidden "ram:ApplicableProductCharacteristic/ram:ValueMeasure" ["BG-32"];
    "CII-SR-071" Warning ITEM Forbidden "ram:ApplicableProductCharacteristic/ram:MeasurementMethodCode" ["BG-32"];
    "CII-SR-072" Error ITEM_ATTRIBUTE ExactlyOne "ram:Value" ["BT-161"];
    "CII-SR-073" Warning ITEM Forbidden "ram:ApplicableProductCharacteristic/ram:ValueCode" ["BG-32"];
    "CII-SR-074" Warning ITEM Forbidden "ram:ApplicableProductCharacteristic/ram:ValueDateTime" ["BG-32"];
    "CII-SR-075" Warning ITEM Forbidden "ram:ApplicableProductCharacteristic/ram:ValueIndicator" ["BG-32"];
    "CII-SR-076" Warning ITEM Forbidden "ram:ApplicableProductCharacteristic/ram:ContentTypeCode" ["BG-32"];
    "CII-SR-077" Warning ITEM Forbidden "ram:ApplicableProductCharacteristic/ram:ValueSpecifiedBinaryFile" ["BG-32"];
    "CII-SR-078" Warning ITEM Forbidden "ram:ApplicableProductCharacteristic/ram:ApplicableProductCharacteristicCondition" ["BG-32"];
    "CII-SR-079" Warning ITEM Forbidden "ram:ApplicableProductCharacteristic/ram:ApplicableReferencedStandard" ["BG-32"];
    "CII-SR-080" Warning ITEM Forbidden "ram:ApplicableMaterialGoodsCharacteristic" ["BG-31"];
    "CII-SR-081" Warning ITEM Forbidden "ram:DesignatedProductClassification/ram:SystemID" ["BG-31"];
    "CII-SR-082" Warning ITEM Forbidden "ram:DesignatedProductClassification/ram:SystemName" ["BG-31"];
    "CII-SR-083" Warning ITEM Forbidden "ram:DesignatedProductClassification/ram:ClassName" ["BG-31"];
    "CII-SR-084" Warning ITEM Forbidden "ram:DesignatedProductClassification/ram:SubClassCode" ["BG-31"];
    "CII-SR-085" Warning ITEM Forbidden "ram:DesignatedProductClassification/ram:ClassProductCharacteristic" ["BG-31"];
    "CII-SR-086" Warning ITEM Forbidden "ram:DesignatedProductClassification/ram:ApplicableReferencedStandard" ["BG-31"];
    "CII-SR-087" Warning ITEM Forbidden "ram:IndividualTradeProductInstance" ["BG-31"];
    "CII-SR-088" Warning ITEM Forbidden "ram:CertificationEvidenceReferenceReferencedDocument" ["BG-31"];
    "CII-SR-089" Warning ITEM Forbidden "ram:InspectionReferenceReferencedDocument" ["BG-31"];
    "CII-SR-091" Warning ITEM Forbidden "ram:OriginTradeCountry/ram:Name" ["BG-31"];
    "CII-SR-092" Warning ITEM Forbidden "ram:OriginTradeCountry/ram:SubordinateTradeCountrySubDivision" ["BG-31"];
    "CII-SR-093" Warning ITEM Forbidden "ram:LinearSpatialDimension" ["BG-31"];
    "CII-SR-094" Warning ITEM Forbidden "ram:MinimumLinearSpatialDimension" ["BG-31"];
    "CII-SR-095" Warning ITEM Forbidden "ram:MaximumLinearSpatialDimension" ["BG-31"];
    "CII-SR-096" Warning ITEM Forbidden "ram:ManufacturerTradeParty" ["BG-31"];
    "CII-SR-097" Warning ITEM Forbidden "ram:PresentationSpecifiedBinaryFile" ["BG-31"];
    "CII-SR-098" Warning ITEM Forbidden "ram:MSDSReferenceReferencedDocument" ["BG-31"];
    "CII-SR-099" Warning ITEM Forbidden "ram:AdditionalReferenceReferencedDocument" ["BG-31"];
    "CII-SR-100" Warning ITEM Forbidden "ram:LegalRightsOwnerTradeParty" ["BG-31"];
    "CII-SR-101" Warning ITEM Forbidden "ram:BrandOwnerTradeParty" ["BG-31"];
    "CII-SR-102" Warning ITEM Forbidden "ram:IncludedReferencedProduct" ["BG-31"];
    "CII-SR-103" Warning ITEM Forbidden "ram:InformationNote" ["BG-31"];
    "CII-SR-104" Warning LINE_AGREEMENT Forbidden "ram:BuyerReference" ["BG-25"];
    "CII-SR-105" Warning LINE_AGREEMENT Forbidden "ram:BuyerRequisitionerTradeParty" ["BG-25"];
    "CII-SR-106" Warning LINE_AGREEMENT Forbidden "ram:ApplicableTradeDeliveryTerms" ["BG-25"];
    "CII-SR-107" Warning LINE_AGREEMENT Forbidden "ram:SellerOrderReferencedDocument" ["BG-25"];
    "CII-SR-108" Warning LINE_AGREEMENT Forbidden "ram:BuyerOrderReferencedDocument/ram:IssuerAssignedID" ["BG-25"];
    "CII-SR-109" Warning LINE_AGREEMENT Forbidden "ram:QuotationReferencedDocument" ["BG-25"];
    "CII-SR-110" Warning LINE_AGREEMENT Forbidden "ram:ContractReferencedDocument" ["BG-25"];
    "CII-SR-111" Warning LINE_AGREEMENT Forbidden "ram:DemandForecastReferencedDocument" ["BG-25"];
    "CII-SR-112" Warning LINE_AGREEMENT Forbidden "ram:PromotionalDealReferencedDocument" ["BG-25"];
    "CII-SR-113" Warning LINE_AGREEMENT Forbidden "ram:AdditionalReferencedDocument" ["BG-25"];
    "CII-SR-114" Warning LINE_AGREEMENT Forbidden "ram:GrossPriceProductTradePrice/ram:TypeCode" ["BG-29"];
    "CII-SR-115" Warning LINE_AGREEMENT Forbidden "ram:GrossPriceProductTradePrice/ram:MinimumQuantity" ["BG-29"];
    "CII-SR-116" Warning LINE_AGREEMENT Forbidden "ram:GrossPriceProductTradePrice/ram:MaximumQuantity" ["BG-29"];
    "CII-SR-117" Warning LINE_AGREEMENT Forbidden "ram:GrossPriceProductTradePrice/ram:ChangeReason" ["BG-29"];
    "CII-SR-118" Warning LINE_AGREEMENT Forbidden "ram:GrossPriceProductTradePrice/ram:OrderUnitConversionFactorNumeric" ["BG-29"];
    "CII-SR-120" Warning LINE_AGREEMENT Forbidden "ram:GrossPriceProductTradePrice/ram:AppliedTradeAllowanceCharge/ram:ID" ["BG-29"];
    "CII-SR-121" Warning LINE_AGREEMENT Forbidden "ram:GrossPriceProductTradePrice/ram:AppliedTradeAllowanceCharge/ram:SequenceNumeric" ["BG-29"];
    "CII-SR-122" Warning LINE_AGREEMENT Forbidden "ram:GrossPriceProductTradePrice/ram:AppliedTradeAllowanceCharge/ram:CalculationPercent" ["BG-29"];
    "CII-SR-123" Warning LINE_AGREEMENT Forbidden "ram:GrossPriceProductTradePrice/ram:AppliedTradeAllowanceCharge/ram:BasisAmount" ["BG-29"];
    "CII-SR-124" Warning LINE_AGREEMENT Forbidden "ram:GrossPriceProductTradePrice/ram:AppliedTradeAllowanceCharge/ram:BasisQuantity" ["BG-29"];
    "CII-SR-125" Warning LINE_AGREEMENT Forbidden "ram:GrossPriceProductTradePrice/ram:AppliedTradeAllowanceCharge/ram:PrepaidIndicator" ["BG-29"];
    "CII-SR-126" Warning LINE_AGREEMENT Forbidden "ram:GrossPriceProductTradePrice/ram:AppliedTradeAllowanceCharge/ram:UnitBasisAmount" ["BG-29"];
    "CII-SR-127" Warning LINE_AGREEMENT Forbidden "ram:GrossPriceProductTradePrice/ram:AppliedTradeAllowanceCharge/ram:ReasonCode" ["BG-29"];
    "CII-SR-128" Warning LINE_AGREEMENT Forbidden "ram:GrossPriceProductTradePrice/ram:AppliedTradeAllowanceCharge/ram:Reason" ["BG-29"];
    "CII-SR-129" Warning LINE_AGREEMENT Forbidden "ram:GrossPriceProductTradePrice/ram:AppliedTradeAllowanceCharge/ram:TypeCode" ["BG-29"];
    "CII-SR-130" Warning LINE_AGREEMENT Forbidden "ram:GrossPriceProductTradePrice/ram:AppliedTradeAllowanceCharge/ram:CategoryTradeTax" ["BG-29"];
    "CII-SR-131" Warning LINE_AGREEMENT Forbidden "ram:GrossPriceProductTradePrice/ram:AppliedTradeAllowanceCharge/ram:ActualTradeCurrencyExchange" ["BG-29"];
    "CII-SR-132" Warning LINE_AGREEMENT Forbidden "ram:GrossPriceProductTradePrice/ram:ValiditySpecifiedPeriod" ["BG-29"];
    "CII-SR-133" Warning LINE_AGREEMENT Forbidden "ram:GrossPriceProductTradePrice/ram:DeliveryTradeLocation" ["BG-29"];
    "CII-SR-134" Warning LINE_AGREEMENT Forbidden "ram:GrossPriceProductTradePrice/ram:TradeComparisonReferencePrice" ["BG-29"];
    "CII-SR-135" Warning LINE_AGREEMENT Forbidden "ram:GrossPriceProductTradePrice/ram:AssociatedReferencedDocument" ["BG-29"];
    "CII-SR-136" Warning LINE_AGREEMENT Forbidden "ram:NetPriceProductTradePrice/ram:TypeCode" ["BG-29"];
    "CII-SR-138" Warning LINE_AGREEMENT Forbidden "ram:NetPriceProductTradePrice/ram:MinimumQuantity" ["BG-29"];
    "CII-SR-139" Warning LINE_AGREEMENT Forbidden "ram:NetPriceProductTradePrice/ram:MaximumQuantity" ["BG-29"];
    "CII-SR-140" Warning LINE_AGREEMENT Forbidden "ram:NetPriceProductTradePrice/ram:ChangeReason" ["BG-29"];
    "CII-SR-141" Warning LINE_AGREEMENT Forbidden "ram:NetPriceProductTradePrice/ram:OrderUnitConversionFactorNumeric" ["BG-29"];
    "CII-SR-142" Warning LINE_AGREEMENT Forbidden "ram:NetPriceProductTradePrice/ram:AppliedTradeAllowanceCharge" ["BG-29"];
    "CII-SR-143" Warning LINE_AGREEMENT Forbidden "ram:NetPriceProductTradePrice/ram:ValiditySpecifiedPeriod" ["BG-29"];
    "CII-SR-144" Warning LINE_AGREEMENT Forbidden "ram:NetPriceProductTradePrice/ram:DeliveryTradeLocation" ["BG-29"];
    "CII-SR-145" Warning LINE_AGREEMENT Forbidden "ram:NetPriceProductTradePrice/ram:TradeComparisonReferencePrice" ["BG-29"];
    "CII-SR-146" Warning LINE_AGREEMENT Forbidden "ram:NetPriceProductTradePrice/ram:AssociatedReferencedDocument" ["BG-29"];
    "CII-SR-147" Warning LINE_AGREEMENT Forbidden "ram:RequisitionerReferencedDocument" ["BG-25"];
    "CII-SR-148" Warning LINE_AGREEMENT Forbidden "ram:ItemSellerTradeParty" ["BG-25"];
    "CII-SR-149" Warning LINE_AGREEMENT Forbidden "ram:ItemBuyerTradeParty" ["BG-25"];
    "CII-SR-150" Warning LINE_AGREEMENT Forbidden "ram:IncludedSpecifiedMarketplace" ["BG-25"];
    "CII-SR-151" Warning LINE_DELIVERY Forbidden "ram:RequestedQuantity" ["BG-25"];
    "CII-SR-152" Warning LINE_DELIVERY Forbidden "ram:ReceivedQuantity" ["BG-25"];
    "CII-SR-153" Warning LINE_DELIVERY Forbidden "ram:ChargeFreeQuantity" ["BG-25"];
    "CII-SR-154" Warning LINE_DELIVERY Forbidden "ram:PackageQuantity" ["BG-25"];
    "CII-SR-155" Warning LINE_DELIVERY Forbidden "ram:ProductUnitQuantity" ["BG-25"];
    "CII-SR-156" Warning LINE_DELIVERY Forbidden "ram:PerPackageUnitQuantity" ["BG-25"];
    "CII-SR-157" Warning LINE_DELIVERY Forbidden "ram:NetWeightMeasure" ["BG-25"];
    "CII-SR-158" Warning LINE_DELIVERY Forbidden "ram:GrossWeightMeasure" ["BG-25"];
    "CII-SR-159" Warning LINE_DELIVERY Forbidden "ram:TheoreticalWeightMeasure" ["BG-25"];
    "CII-SR-160" Warning LINE_DELIVERY Forbidden "ram:DespatchedQuantity" ["BG-25"];
    "CII-SR-161" Warning LINE_DELIVERY Forbidden "ram:SpecifiedDeliveryAdjustment" ["BG-25"];
    "CII-SR-162" Warning LINE_DELIVERY Forbidden "ram:IncludedSupplyChainPackaging" ["BG-25"];
    "CII-SR-163" Warning LINE_DELIVERY Forbidden "ram:RelatedSupplyChainConsignment" ["BG-25"];
    "CII-SR-164" Warning LINE_DELIVERY Forbidden "ram:ShipToTradeParty" ["BG-25"];
    "CII-SR-165" Warning LINE_DELIVERY Forbidden "ram:UltimateShipToTradeParty" ["BG-25"];
    "CII-SR-166" Warning LINE_DELIVERY Forbidden "ram:ShipFromTradeParty" ["BG-25"];
    "CII-SR-167" Warning LINE_DELIVERY Forbidden "ram:ActualDespatchSupplyChainEvent" ["BG-25"];
    "CII-SR-168" Warning LINE_DELIVERY Forbidden "ram:ActualPickUpSupplyChainEvent" ["BG-25"];
    "CII-SR-169" Warning LINE_DELIVERY Forbidden "ram:RequestedDeliverySupplyChainEvent" ["BG-25"];
    "CII-SR-170" Warning LINE_DELIVERY Forbidden "ram:ActualDeliverySupplyChainEvent" ["BG-25"];
    "CII-SR-171" Warning LINE_DELIVERY Forbidden "ram:ActualReceiptSupplyChainEvent" ["BG-25"];
    "CII-SR-172" Warning LINE_DELIVERY Forbidden "ram:AdditionalReferencedDocument" ["BG-25"];
    "CII-SR-173" Warning LINE_DELIVERY Forbidden "ram:DespatchAdviceReferencedDocument" ["BG-25"];
    "CII-SR-174" Warning LINE_DELIVERY Forbidden "ram:ReceivingAdviceReferencedDocument" ["BG-25"];
    "CII-SR-175" Warning LINE_DELIVERY Forbidden "ram:DeliveryNoteReferencedDocument" ["BG-25"];
    "CII-SR-176" Warning LINE_DELIVERY Forbidden "ram:ConsumptionReportReferencedDocument" ["BG-25"];
    "CII-SR-177" Warning LINE_DELIVERY Forbidden "ram:PackingListReferencedDocument" ["BG-25"];
    "CII-SR-178" Warning LINE_SETTLEMENT Forbidden "ram:PaymentReference" ["BG-25"];
    "CII-SR-179" Warning LINE_SETTLEMENT Forbidden "ram:InvoiceIssuerReference" ["BG-25"];
    "CII-SR-180" Warning LINE_SETTLEMENT Forbidden "ram:TotalAdjustmentAmount" ["BG-25"];
    "CII-SR-181" Warning LINE_SETTLEMENT Forbidden "ram:DiscountIndicator" ["BG-25"];
    "CII-SR-182" Warning LINE_SETTLEMENT Forbidden "ram:ApplicableTradeTax/ram:CalculatedAmount" ["BG-30"];
    "CII-SR-183" Warning LINE_SETTLEMENT Forbidden "ram:SpecifiedTradeAllowanceCharge/ram:ChargeIndicator/udt:IndicatorString" ["BG-27", "BG-28"];
    "CII-SR-184" Warning LINE_SETTLEMENT Forbidden "ram:SpecifiedTradeAllowanceCharge/ram:ID" ["BG-27", "BG-28"];
    "CII-SR-185" Warning LINE_SETTLEMENT Forbidden "ram:SpecifiedTradeAllowanceCharge/ram:SequenceNumeric" ["BG-27", "BG-28"];
    "CII-SR-186" Warning LINE_SETTLEMENT Forbidden "ram:SpecifiedTradeAllowanceCharge/ram:CalculationPercent/@format" ["BG-27", "BG-28"];
    "CII-SR-187" Warning LINE_SETTLEMENT Forbidden "ram:SpecifiedTradeAllowanceCharge/ram:BasisQuantity" ["BG-27", "BG-28"];
    "CII-SR-188" Warning LINE_SETTLEMENT Forbidden "ram:SpecifiedTradeAllowanceCharge/ram:PrepaidIndicator" ["BG-27", "BG-28"];
    "CII-SR-189" Warning LINE_SETTLEMENT Forbidden "ram:SpecifiedTradeAllowanceCharge/ram:UnitBasisAmount" ["BG-27", "BG-28"];
    "CII-SR-190" Warning LINE_SETTLEMENT Forbidden "ram:SpecifiedTradeAllowanceCharge/ram:TypeCode" ["BG-27", "BG-28"];
    "CII-SR-191" Warning LINE_SETTLEMENT Forbidden "ram:SpecifiedTradeAllowanceCharge/ram:CategoryTradeTax" ["BG-27", "BG-28"];
    "CII-SR-192" Warning LINE_SETTLEMENT Forbidden "ram:SpecifiedTradeAllowanceCharge/ram:ActualTradeCurrencyExchange" ["BG-27", "BG-28"];
    "CII-SR-193" Warning LINE_SETTLEMENT Forbidden "ram:SpecifiedTradeAllowanceCharge/ram:ID" ["BG-27", "BG-28"];
    "CII-SR-194" Warning LINE_SETTLEMENT Forbidden "ram:SubtotalCalculatedTradeTax" ["BG-25"];
    "CII-SR-195" Warning LINE_SETTLEMENT Forbidden "ram:SpecifiedLogisticsServiceCharge" ["BG-25"];
    "CII-SR-196" Warning LINE_SETTLEMENT Forbidden "ram:SpecifiedTradePaymentTerms" ["BG-25"];
    "CII-SR-197" Warning LINE_SETTLEMENT Forbidden "ram:SpecifiedTradeSettlementLineMonetarySummation/ram:ChargeTotalAmount" ["BG-25"];
    "CII-SR-198" Warning LINE_SETTLEMENT Forbidden "ram:SpecifiedTradeSettlementLineMonetarySummation/ram:AllowanceTotalAmount" ["BG-25"];
    "CII-SR-199" Warning LINE_SETTLEMENT Forbidden "ram:SpecifiedTradeSettlementLineMonetarySummation/ram:TaxBasisTotalAmount" ["BG-25"];
    "CII-SR-200" Warning LINE_SETTLEMENT Forbidden "ram:SpecifiedTradeSettlementLineMonetarySummation/ram:TaxTotalAmount" ["BG-25"];
    "CII-SR-201" Warning LINE_SETTLEMENT Forbidden "ram:SpecifiedTradeSettlementLineMonetarySummation/ram:GrandTotalAmount" ["BG-25"];
    "CII-SR-202" Warning LINE_SETTLEMENT Forbidden "ram:SpecifiedTradeSettlementLineMonetarySummation/ram:InformationAmount" ["BG-25"];
    "CII-SR-203" Warning LINE_SETTLEMENT Forbidden "ram:SpecifiedTradeSettlementLineMonetarySummation/ram:TotalAllowanceChargeAmount" ["BG-25"];
    "CII-SR-204" Warning LINE_SETTLEMENT Forbidden "ram:SpecifiedTradeSettlementLineMonetarySummation/ram:TotalRetailValueInformationAmount" ["BG-25"];
    "CII-SR-205" Warning LINE_SETTLEMENT Forbidden "ram:SpecifiedTradeSettlementLineMonetarySummation/ram:GrossLineTotalAmount" ["BG-25"];
    "CII-SR-206" Warning LINE_SETTLEMENT Forbidden "ram:SpecifiedTradeSettlementLineMonetarySummation/ram:NetLineTotalAmount" ["BG-25"];
    "CII-SR-207" Warning LINE_SETTLEMENT Forbidden "ram:SpecifiedTradeSettlementLineMonetarySummation/ram:NetIncludingTaxesLineTotalAmount" ["BG-25"];
    "CII-SR-208" Warning LINE_SETTLEMENT Forbidden "ram:SpecifiedTradeSettlementLineMonetarySummation/ram:ProductWeightLossInformationAmount" ["BG-25"];
    "CII-SR-209" Warning LINE_SETTLEMENT Forbidden "ram:SpecifiedFinancialAdjustment" ["BG-25"];
    "CII-SR-210" Warning LINE_SETTLEMENT Forbidden "ram:InvoiceReferencedDocument" ["BG-25"];
    "CII-SR-212" Warning LINE_SETTLEMENT Forbidden "ram:PayableSpecifiedTradeAccountingAccount" ["BG-25"];
    "CII-SR-213" Warning LINE_SETTLEMENT Forbidden "ram:ReceivableSpecifiedTradeAccountingAccount/ram:SetTriggerCode" ["BG-25"];
    "CII-SR-214" Warning LINE_SETTLEMENT Forbidden "ram:ReceivableSpecifiedTradeAccountingAccount/ram:TypeCode" ["BG-25"];
    "CII-SR-215" Warning LINE_SETTLEMENT Forbidden "ram:ReceivableSpecifiedTradeAccountingAccount/ram:AmountTypeCode" ["BG-25"];
    "CII-SR-216" Warning LINE_SETTLEMENT Forbidden "ram:ReceivableSpecifiedTradeAccountingAccount/ram:Name" ["BG-25"];
    "CII-SR-217" Warning LINE_SETTLEMENT Forbidden "ram:ReceivableSpecifiedTradeAccountingAccount/ram:CostReferenceDimensionPattern" ["BG-25"];
    "CII-SR-218" Warning LINE_SETTLEMENT Forbidden "ram:PurchaseSpecifiedTradeAccountingAccount" ["BG-25"];
    "CII-SR-219" Warning LINE_SETTLEMENT Forbidden "ram:SalesSpecifiedTradeAccountingAccount" ["BG-25"];
    "CII-SR-220" Warning LINE_SETTLEMENT Forbidden "ram:SpecifiedTradeSettlementFinancialCard" ["BG-25"];
    "CII-SR-221" Warning LINE Forbidden "ram:IncludedSubordinateTradeLineItem" ["BG-25"];
    "CII-SR-222" Warning AGREEMENT Forbidden "ram:SellerTradeParty/ram:RoleCode" ["BG-4"];
    "CII-SR-223" Warning AGREEMENT Forbidden "ram:SellerTradeParty/ram:SpecifiedLegalOrganization/ram:LegalClassificationCode" ["BG-4"];
    "CII-SR-224" Warning AGREEMENT Forbidden "ram:SellerTradeParty/ram:SpecifiedLegalOrganization/ram:Name" ["BG-4"];
    "CII-SR-225" Warning AGREEMENT Forbidden "ram:SellerTradeParty/ram:SpecifiedLegalOrganization/ram:PostalTradeAddress" ["BG-4"];
    "CII-SR-226" Warning AGREEMENT Forbidden "ram:SellerTradeParty/ram:SpecifiedLegalOrganization/ram:AuthorizedLegalRegistration" ["BG-4"];
    "CII-SR-227" Warning AGREEMENT Forbidden "ram:SellerTradeParty/ram:DefinedTradeContact/ram:ID" ["BG-6"];
    "CII-SR-228" Warning AGREEMENT Forbidden "ram:SellerTradeParty/ram:DefinedTradeContact/ram:TypeCode" ["BG-6"];
    "CII-SR-229" Warning AGREEMENT Forbidden "ram:SellerTradeParty/ram:DefinedTradeContact/ram:JobTitle" ["BG-6"];
    "CII-SR-230" Warning AGREEMENT Forbidden "ram:SellerTradeParty/ram:DefinedTradeContact/ram:Responsibility" ["BG-6"];
    "CII-SR-231" Warning AGREEMENT Forbidden "ram:SellerTradeParty/ram:DefinedTradeContact/ram:PersonID" ["BG-6"];
    "CII-SR-232" Warning AGREEMENT Forbidden "ram:SellerTradeParty/ram:DefinedTradeContact/ram:TelephoneUniversalCommunication/ram:URIID" ["BG-6"];
    "CII-SR-233" Warning AGREEMENT Forbidden "ram:SellerTradeParty/ram:DefinedTradeContact/ram:TelephoneUniversalCommunication/ram:ChannelCode" ["BG-6"];
    "CII-SR-234" Warning AGREEMENT Forbidden "ram:SellerTradeParty/ram:DefinedTradeContact/ram:DirectTelephoneUniversalCommunication" ["BG-6"];
    "CII-SR-235" Warning AGREEMENT Forbidden "ram:SellerTradeParty/ram:DefinedTradeContact/ram:MobileTelephoneUniversalCommunication" ["BG-6"];
    "CII-SR-236" Warning AGREEMENT Forbidden "ram:SellerTradeParty/ram:DefinedTradeContact/ram:FaxUniversalCommunication" ["BG-6"];
    "CII-SR-237" Warning AGREEMENT Forbidden "ram:SellerTradeParty/ram:DefinedTradeContact/ram:EmailURIUniversalCommunication/ram:ChannelCode" ["BG-6"];
    "CII-SR-238" Warning AGREEMENT Forbidden "ram:SellerTradeParty/ram:DefinedTradeContact/ram:EmailURIUniversalCommunication/ram:CompleteNumber" ["BG-6"];
    "CII-SR-239" Warning AGREEMENT Forbidden "ram:SellerTradeParty/ram:DefinedTradeContact/ram:TelexUniversalCommunication" ["BG-6"];
    "CII-SR-240" Warning AGREEMENT Forbidden "ram:SellerTradeParty/ram:DefinedTradeContact/ram:VOIPUniversalCommunication" ["BG-6"];
    "CII-SR-241" Warning AGREEMENT Forbidden "ram:SellerTradeParty/ram:DefinedTradeContact/ram:InstantMessagingUniversalCommunication" ["BG-6"];
    "CII-SR-242" Warning AGREEMENT Forbidden "ram:SellerTradeParty/ram:DefinedTradeContact/ram:SpecifiedNote" ["BG-6"];
    "CII-SR-243" Warning AGREEMENT Forbidden "ram:SellerTradeParty/ram:DefinedTradeContact/ram:SpecifiedContactPerson" ["BG-6"];
    "CII-SR-244" Warning AGREEMENT Forbidden "ram:SellerTradeParty/ram:URIUniversalCommunication/ram:ChannelCode" ["BG-4"];
    "CII-SR-245" Warning AGREEMENT Forbidden "ram:SellerTradeParty/ram:URIUniversalCommunication/ram:CompleteNumber" ["BG-4"];
    "CII-SR-246" Warning AGREEMENT Forbidden "ram:SellerTradeParty/ram:SpecifiedTaxRegistration/ram:AssociatedRegisteredTax" ["BG-4"];
    "CII-SR-247" Warning AGREEMENT Forbidden "ram:SellerTradeParty/ram:EndPointURIUniversalCommunication" ["BG-4"];
    "CII-SR-248" Warning AGREEMENT Forbidden "ram:SellerTradeParty/ram:LogoAssociatedSpecifiedBinaryFile" ["BG-4"];
    "CII-SR-249" Warning AGREEMENT Forbidden "ram:BuyerTradeParty/ram:RoleCode" ["BG-7"];
    "CII-SR-250" Warning AGREEMENT Forbidden "ram:BuyerTradeParty/ram:Description" ["BG-7"];
    "CII-SR-251" Warning AGREEMENT Forbidden "ram:BuyerTradeParty/ram:SpecifiedLegalOrganization/ram:LegalClassificationCode" ["BG-7"];
    "CII-SR-252" Warning AGREEMENT Forbidden "ram:BuyerTradeParty/ram:SpecifiedLegalOrganization/ram:Name" ["BG-7"];
    "CII-SR-254" Warning AGREEMENT Forbidden "ram:BuyerTradeParty/ram:SpecifiedLegalOrganization/ram:PostalTradeAddress" ["BG-7"];
    "CII-SR-255" Warning AGREEMENT Forbidden "ram:BuyerTradeParty/ram:SpecifiedLegalOrganization/ram:AuthorizedLegalRegistration" ["BG-7"];
    "CII-SR-256" Warning AGREEMENT Forbidden "ram:BuyerTradeParty/ram:DefinedTradeContact/ram:ID" ["BG-9"];
    "CII-SR-257" Warning AGREEMENT Forbidden "ram:BuyerTradeParty/ram:DefinedTradeContact/ram:TypeCode" ["BG-9"];
    "CII-SR-258" Warning AGREEMENT Forbidden "ram:BuyerTradeParty/ram:DefinedTradeContact/ram:JobTitle" ["BG-9"];
    "CII-SR-259" Warning AGREEMENT Forbidden "ram:BuyerTradeParty/ram:DefinedTradeContact/ram:Responsibility" ["BG-9"];
    "CII-SR-260" Warning AGREEMENT Forbidden "ram:BuyerTradeParty/ram:DefinedTradeContact/ram:PersonID" ["BG-9"];
    "CII-SR-261" Warning AGREEMENT Forbidden "ram:BuyerTradeParty/ram:DefinedTradeContact/ram:TelephoneUniversalCommunication/ram:URIID" ["BG-9"];
    "CII-SR-262" Warning AGREEMENT Forbidden "ram:BuyerTradeParty/ram:DefinedTradeContact/ram:TelephoneUniversalCommunication/ram:ChannelCode" ["BG-9"];
    "CII-SR-263" Warning AGREEMENT Forbidden "ram:BuyerTradeParty/ram:DefinedTradeContact/ram:DirectTelephoneUniversalCommunication" ["BG-9"];
    "CII-SR-264" Warning AGREEMENT Forbidden "ram:BuyerTradeParty/ram:DefinedTradeContact/ram:MobileTelephoneUniversalCommunication" ["BG-9"];
    "CII-SR-265" Warning AGREEMENT Forbidden "ram:BuyerTradeParty/ram:DefinedTradeContact/ram:FaxUniversalCommunication" ["BG-9"];
    "CII-SR-266" Warning AGREEMENT Forbidden "ram:BuyerTradeParty/ram:DefinedTradeContact/ram:EmailURIUniversalCommunication/ram:ChannelCode" ["BG-9"];
    "CII-SR-267" Warning AGREEMENT Forbidden "ram:BuyerTradeParty/ram:DefinedTradeContact/ram:EmailURIUniversalCommunication/ram:CompleteNumber" ["BG-9"];
    "CII-SR-268" Warning AGREEMENT Forbidden "ram:BuyerTradeParty/ram:DefinedTradeContact/ram:TelexUniversalCommunication" ["BG-9"];
    "CII-SR-269" Warning AGREEMENT Forbidden "ram:BuyerTradeParty/ram:DefinedTradeContact/ram:VOIPUniversalCommunication" ["BG-9"];
    "CII-SR-270" Warning AGREEMENT Forbidden "ram:BuyerTradeParty/ram:DefinedTradeContact/ram:InstantMessagingUniversalCommunication" ["BG-9"];
    "CII-SR-271" Warning AGREEMENT Forbidden "ram:BuyerTradeParty/ram:DefinedTradeContact/ram:SpecifiedNote" ["BG-9"];
    "CII-SR-272" Warning AGREEMENT Forbidden "ram:BuyerTradeParty/ram:DefinedTradeContact/ram:SpecifiedContactPerson" ["BG-9"];
    "CII-SR-273" Warning AGREEMENT Forbidden "ram:BuyerTradeParty/ram:URIUniversalCommunication/ram:ChannelCode" ["BG-7"];
    "CII-SR-274" Warning AGREEMENT Forbidden "ram:BuyerTradeParty/ram:URIUniversalCommunication/ram:CompleteNumber" ["BG-7"];
    "CII-SR-275" Warning AGREEMENT Forbidden "ram:BuyerTradeParty/ram:SpecifiedTaxRegistration/ram:AssociatedRegisteredTax" ["BG-7"];
    "CII-SR-276" Warning AGREEMENT Forbidden "ram:BuyerTradeParty/ram:EndPointURIUniversalCommunication" ["BG-7"];
    "CII-SR-277" Warning AGREEMENT Forbidden "ram:BuyerTradeParty/ram:LogoAssociatedSpecifiedBinaryFile" ["BG-7"];
    "CII-SR-278" Warning AGREEMENT Forbidden "ram:SalesAgentTradeParty";
    "CII-SR-279" Warning AGREEMENT Forbidden "ram:BuyerRequisitionerTradeParty";
    "CII-SR-280" Warning AGREEMENT Forbidden "ram:BuyerAssignedAccountantTradeParty";
    "CII-SR-281" Warning AGREEMENT Forbidden "ram:SellerAssignedAccountantTradeParty";
    "CII-SR-282" Warning AGREEMENT Forbidden "ram:BuyerTaxRepresentativeTradeParty";
    "CII-SR-283" Warning AGREEMENT Forbidden "ram:SellerTaxRepresentativeTradeParty/ram:GlobalID" ["BG-11"];
    "CII-SR-284" Warning AGREEMENT Forbidden "ram:SellerTaxRepresentativeTradeParty/ram:RoleCode" ["BG-11"];
    "CII-SR-285" Warning AGREEMENT Forbidden "ram:SellerTaxRepresentativeTradeParty/ram:Description" ["BG-11"];
    "CII-SR-286" Warning AGREEMENT Forbidden "ram:SellerTaxRepresentativeTradeParty/ram:SpecifiedLegalOrganization" ["BG-11"];
    "CII-SR-287" Warning AGREEMENT Forbidden "ram:SellerTaxRepresentativeTradeParty/ram:DefinedTradeContact" ["BG-11"];
    "CII-SR-288" Warning AGREEMENT Forbidden "ram:SellerTaxRepresentativeTradeParty/ram:URIUniversalCommunication" ["BG-11"];
    "CII-SR-289" Warning AGREEMENT Forbidden "ram:SellerTaxRepresentativeTradeParty/ram:SpecifiedTaxRegistration/ram:AssociatedRegisteredTax" ["BG-11"];
    "CII-SR-290" Warning AGREEMENT Forbidden "ram:SellerTaxRepresentativeTradeParty/ram:EndPointURIUniversalCommunication" ["BG-11"];
    "CII-SR-291" Warning AGREEMENT Forbidden "ram:SellerTaxRepresentativeTradeParty/ram:LogoAssociatedSpecifiedBinaryFile" ["BG-11"];
    "CII-SR-292" Warning AGREEMENT Forbidden "ram:ProductEndUserTradeParty";
    "CII-SR-293" Warning AGREEMENT Forbidden "ram:ApplicableTradeDeliveryTerms";
    "CII-SR-294" Warning AGREEMENT Forbidden "ram:SellerOrderReferencedDocument/ram:LineID" ["BT-14"];
    "CII-SR-295" Warning AGREEMENT Forbidden "ram:BuyerOrderReferencedDocument/ram:LineID" ["BT-13"];
    "CII-SR-296" Warning AGREEMENT Forbidden "ram:QuotationReferencedDocument";
    "CII-SR-297" Warning AGREEMENT Forbidden "ram:OrderResponseReferencedDocument";
    "CII-SR-298" Warning AGREEMENT Forbidden "ram:ContractReferencedDocument/ram:LineID" ["BT-12"];
    "CII-SR-299" Warning AGREEMENT Forbidden "ram:DemandForecastReferencedDocument";
    "CII-SR-300" Warning AGREEMENT Forbidden "ram:SupplyInstructionReferencedDocument";
    "CII-SR-301" Warning AGREEMENT Forbidden "ram:PromotionalDealReferencedDocument";
    "CII-SR-302" Warning AGREEMENT Forbidden "ram:PriceListReferencedDocument";
    "CII-SR-303" Warning AGREEMENT Forbidden "ram:AdditionalReferencedDocument/ram:LineID" ["BG-24"];
    "CII-SR-304" Warning AGREEMENT Forbidden "ram:RequisitionerReferencedDocument";
    "CII-SR-305" Warning AGREEMENT Forbidden "ram:BuyerAgentTradeParty";
    "CII-SR-306" Warning AGREEMENT Forbidden "ram:PurchaseConditionsReferencedDocument";
    "CII-SR-307" Warning AGREEMENT Forbidden "ram:SpecifiedProcuringProject/ram:Description" ["BT-11"];
    "CII-SR-308" Warning DELIVERY Forbidden "ram:RelatedSupplyChainConsignment" ["BG-13"];
    "CII-SR-309" Warning DELIVERY Forbidden "ram:ShipToTradeParty/ram:RoleCode" ["BG-13"];
    "CII-SR-310" Warning DELIVERY Forbidden "ram:ShipToTradeParty/ram:Description" ["BG-13"];
    "CII-SR-311" Warning DELIVERY Forbidden "ram:ShipToTradeParty/ram:SpecifiedLegalOrganization" ["BG-13"];
    "CII-SR-312" Warning DELIVERY Forbidden "ram:ShipToTradeParty/ram:DefinedTradeContact" ["BG-13"];
    "CII-SR-313" Warning DELIVERY Forbidden "ram:ShipToTradeParty/ram:URIUniversalCommunication" ["BG-13"];
    "CII-SR-314" Warning DELIVERY Forbidden "ram:ShipToTradeParty/ram:SpecifiedTaxRegistration" ["BG-13"];
    "CII-SR-315" Warning DELIVERY Forbidden "ram:ShipToTradeParty/ram:EndPointURIUniversalCommunication" ["BG-13"];
    "CII-SR-316" Warning DELIVERY Forbidden "ram:ShipToTradeParty/ram:LogoAssociatedSpecifiedBinaryFile" ["BG-13"];
    "CII-SR-317" Warning DELIVERY Forbidden "ram:UltimateShipToTradeParty" ["BG-13"];
    "CII-SR-318" Warning DELIVERY Forbidden "ram:ShipFromTradeParty" ["BG-13"];
    "CII-SR-319" Warning DELIVERY Forbidden "ram:ActualDespatchSupplyChainEvent" ["BG-13"];
    "CII-SR-320" Warning DELIVERY Forbidden "ram:ActualPickUpSupplyChainEvent" ["BG-13"];
    "CII-SR-321" Warning DELIVERY Forbidden "ram:ActualDeliverySupplyChainEvent/ram:ID" ["BG-13"];
    "CII-SR-322" Warning DELIVERY Forbidden "ram:ActualDeliverySupplyChainEvent/ram:OccurrenceDateTime/udt:DateTime" ["BG-13"];
    "CII-SR-323" Warning DELIVERY Forbidden "ram:ActualDeliverySupplyChainEvent/ram:TypeCode" ["BG-13"];
    "CII-SR-324" Warning DELIVERY Forbidden "ram:ActualDeliverySupplyChainEvent/ram:Description" ["BG-13"];
    "CII-SR-325" Warning DELIVERY Forbidden "ram:ActualDeliverySupplyChainEvent/ram:DescriptionBinaryObject" ["BG-13"];
    "CII-SR-326" Warning DELIVERY Forbidden "ram:ActualDeliverySupplyChainEvent/ram:UnitQuantity" ["BG-13"];
    "CII-SR-327" Warning DELIVERY Forbidden "ram:ActualDeliverySupplyChainEvent/ram:LatestOccurrenceDateTime" ["BG-13"];
    "CII-SR-328" Warning DELIVERY Forbidden "ram:ActualDeliverySupplyChainEvent/ram:EarliestOccurrenceDateTime" ["BG-13"];
    "CII-SR-329" Warning DELIVERY Forbidden "ram:ActualDeliverySupplyChainEvent/ram:OccurrenceSpecifiedPeriod" ["BG-13"];
    "CII-SR-330" Warning DELIVERY Forbidden "ram:ActualDeliverySupplyChainEvent/ram:OccurrenceLogisticsLocation" ["BG-13"];
    "CII-SR-331" Warning DELIVERY Forbidden "ram:ActualReceiptSupplyChainEvent" ["BG-13"];
    "CII-SR-332" Warning DELIVERY Forbidden "ram:AdditionalReferencedDocument" ["BG-13"];
    "CII-SR-333" Warning DELIVERY Forbidden "ram:DespatchAdviceReferencedDocument/ram:LineID" ["BT-16"];
    "CII-SR-334" Warning DELIVERY Forbidden "ram:DespatchAdviceReferencedDocument/ram:LineID" ["BT-16"];
    "CII-SR-335" Warning DELIVERY Forbidden "ram:DeliveryNoteReferencedDocument" ["BG-13"];
    "CII-SR-336" Warning DELIVERY Forbidden "ram:ConsumptionReportReferencedDocument" ["BG-13"];
    "CII-SR-337" Warning DELIVERY Forbidden "ram:PreviousDeliverySupplyChainEvent" ["BG-13"];
    "CII-SR-338" Warning DELIVERY Forbidden "ram:PackingListReferencedDocument" ["BG-13"];
    "CII-SR-339" Warning SETTLEMENT Forbidden "ram:DuePayableAmount";
    "CII-SR-340" Warning SETTLEMENT Forbidden "ram:CreditorReferenceTypeCode";
    "CII-SR-341" Warning SETTLEMENT Forbidden "ram:CreditorReferenceType";
    "CII-SR-342" Warning SETTLEMENT Forbidden "ram:CreditorReferenceIssuerID";
    "CII-SR-344" Warning SETTLEMENT Forbidden "ram:PaymentCurrencyCode";
    "CII-SR-345" Warning SETTLEMENT Forbidden "ram:InvoiceIssuerReference";
    "CII-SR-346" Warning SETTLEMENT Forbidden "ram:InvoiceDateTime";
    "CII-SR-347" Warning SETTLEMENT Forbidden "ram:NextInvoiceDateTime";
    "CII-SR-348" Warning SETTLEMENT Forbidden "ram:CreditReasonCode";
    "CII-SR-349" Warning SETTLEMENT Forbidden "ram:CreditReason";
    "CII-SR-350" Warning SETTLEMENT Forbidden "ram:InvoicerTradeParty";
    "CII-SR-351" Warning SETTLEMENT Forbidden "ram:InvoiceeTradeParty";
    "CII-SR-352" Warning SETTLEMENT Forbidden "ram:PayeeTradeParty/ram:RoleCode" ["BG-10"];
    "CII-SR-353" Warning SETTLEMENT Forbidden "ram:PayeeTradeParty/ram:Description" ["BG-10"];
    "CII-SR-354" Warning SETTLEMENT Forbidden "ram:PayeeTradeParty/ram:SpecifiedLegalOrganization/ram:LegalClassificationCode" ["BG-10"];
    "CII-SR-355" Warning SETTLEMENT Forbidden "ram:PayeeTradeParty/ram:SpecifiedLegalOrganization/ram:Name" ["BG-10"];
    "CII-SR-356" Warning SETTLEMENT Forbidden "ram:PayeeTradeParty/ram:SpecifiedLegalOrganization/ram:TradingBusinessName" ["BG-10"];
    "CII-SR-357" Warning SETTLEMENT Forbidden "ram:PayeeTradeParty/ram:SpecifiedLegalOrganization/ram:PostalTradeAddress" ["BG-10"];
    "CII-SR-358" Warning SETTLEMENT Forbidden "ram:PayeeTradeParty/ram:SpecifiedLegalOrganization/ram:AuthorizedLegalRegistration" ["BG-10"];
    "CII-SR-359" Warning SETTLEMENT Forbidden "ram:PayeeTradeParty/ram:DefinedTradeContact" ["BG-10"];
    "CII-SR-360" Warning SETTLEMENT Forbidden "ram:PayeeTradeParty/ram:PostalTradeAddress" ["BG-10"];
    "CII-SR-361" Warning SETTLEMENT Forbidden "ram:PayeeTradeParty/ram:URIUniversalCommunication" ["BG-10"];
    "CII-SR-362" Warning SETTLEMENT Forbidden "ram:PayeeTradeParty/ram:SpecifiedTaxRegistration" ["BG-10"];
    "CII-SR-363" Warning SETTLEMENT Forbidden "ram:PayeeTradeParty/ram:EndPointURIUniversalCommunication" ["BG-10"];
    "CII-SR-364" Warning SETTLEMENT Forbidden "ram:PayeeTradeParty/ram:LogoAssociatedSpecifiedBinaryFile" ["BG-10"];
    "CII-SR-365" Warning SETTLEMENT Forbidden "ram:PayerTradeParty";
    "CII-SR-366" Warning SETTLEMENT Forbidden "ram:TaxApplicableTradeCurrencyExchange";
    "CII-SR-367" Warning SETTLEMENT Forbidden "ram:InvoiceApplicableTradeCurrencyExchange";
    "CII-SR-368" Warning SETTLEMENT Forbidden "ram:PaymentApplicableTradeCurrencyExchange";
    "CII-SR-369" Warning SETTLEMENT Forbidden "ram:SpecifiedTradeSettlementPaymentMeans/ram:PaymentChannelCode" ["BG-16"];
    "CII-SR-370" Warning SETTLEMENT Forbidden "ram:SpecifiedTradeSettlementPaymentMeans/ram:GuaranteeMethodCode" ["BG-16"];
    "CII-SR-371" Warning SETTLEMENT Forbidden "ram:SpecifiedTradeSettlementPaymentMeans/ram:PaymentMethodCode" ["BG-16"];
    "CII-SR-372" Warning SETTLEMENT Forbidden "ram:SpecifiedTradeSettlementPaymentMeans/ram:ApplicableTradeSettlementFinancialCard/ram:MicrochipIndicator" ["BG-16"];
    "CII-SR-373" Warning SETTLEMENT Forbidden "ram:SpecifiedTradeSettlementPaymentMeans/ram:ApplicableTradeSettlementFinancialCard/ram:TypeCode" ["BG-16"];
    "CII-SR-375" Warning SETTLEMENT Forbidden "ram:SpecifiedTradeSettlementPaymentMeans/ram:ApplicableTradeSettlementFinancialCard/ram:ExpiryDate" ["BG-16"];
    "CII-SR-376" Warning SETTLEMENT Forbidden "ram:SpecifiedTradeSettlementPaymentMeans/ram:ApplicableTradeSettlementFinancialCard/ram:VerificationNumeric" ["BG-16"];
    "CII-SR-377" Warning SETTLEMENT Forbidden "ram:SpecifiedTradeSettlementPaymentMeans/ram:ApplicableTradeSettlementFinancialCard/ram:ValidFromDateTime" ["BG-16"];
    "CII-SR-378" Warning SETTLEMENT Forbidden "ram:SpecifiedTradeSettlementPaymentMeans/ram:ApplicableTradeSettlementFinancialCard/ram:CreditLimitAmount" ["BG-16"];
    "CII-SR-379" Warning SETTLEMENT Forbidden "ram:SpecifiedTradeSettlementPaymentMeans/ram:ApplicableTradeSettlementFinancialCard/ram:CreditAvailableAmount" ["BG-16"];
    "CII-SR-380" Warning SETTLEMENT Forbidden "ram:SpecifiedTradeSettlementPaymentMeans/ram:ApplicableTradeSettlementFinancialCard/ram:InterestRatePercent" ["BG-16"];
    "CII-SR-381" Warning SETTLEMENT Forbidden "ram:SpecifiedTradeSettlementPaymentMeans/ram:ApplicableTradeSettlementFinancialCard/ram:Description" ["BG-16"];
    "CII-SR-382" Warning SETTLEMENT Forbidden "ram:SpecifiedTradeSettlementPaymentMeans/ram:PayerPartyDebtorFinancialAccount/ram:AccountName" ["BG-16"];
    "CII-SR-384" Warning SETTLEMENT Forbidden "ram:SpecifiedTradeSettlementPaymentMeans/ram:PayerSpecifiedDebtorFinancialInstitution/ram:ClearingSystemName" ["BG-16"];
    "CII-SR-385" Warning SETTLEMENT Forbidden "ram:SpecifiedTradeSettlementPaymentMeans/ram:PayerSpecifiedDebtorFinancialInstitution/ram:Name" ["BG-16"];
    "CII-SR-386" Warning SETTLEMENT Forbidden "ram:SpecifiedTradeSettlementPaymentMeans/ram:PayerSpecifiedDebtorFinancialInstitution/ram:LocationFinancialInstitutionAddress" ["BG-16"];
    "CII-SR-388" Warning SETTLEMENT Forbidden "ram:SpecifiedTradeAllowanceCharge/ram:ID" ["BG-20", "BG-21"];
    "CII-SR-389" Warning SETTLEMENT Forbidden "ram:SpecifiedTradeAllowanceCharge/ram:SequenceNumeric" ["BG-20", "BG-21"];
    "CII-SR-390" Warning SETTLEMENT Forbidden "ram:SpecifiedTradeAllowanceCharge/ram:BasisQuantity" ["BG-20", "BG-21"];
    "CII-SR-391" Warning SETTLEMENT Forbidden "ram:SpecifiedTradeAllowanceCharge/ram:PrepaidIndicator" ["BG-20", "BG-21"];
    "CII-SR-392" Warning SETTLEMENT Forbidden "ram:SpecifiedTradeAllowanceCharge/ram:UnitBasisAmount" ["BG-20", "BG-21"];
    "CII-SR-393" Warning SETTLEMENT Forbidden "ram:SpecifiedTradeAllowanceCharge/ram:TypeCode" ["BG-20", "BG-21"];
    "CII-SR-394" Warning SETTLEMENT Forbidden "ram:SpecifiedTradeAllowanceCharge/ram:ActualTradeCurrencyExchange" ["BG-20", "BG-21"];
    "CII-SR-395" Warning SETTLEMENT Forbidden "ram:SubtotalCalculatedTradeTax";
    "CII-SR-396" Warning SETTLEMENT Forbidden "ram:SpecifiedLogisticsServiceCharge";
    "CII-SR-397" Warning SETTLEMENT Forbidden "ram:SpecifiedTradePaymentTerms/ram:ID" ["BT-20"];
    "CII-SR-398" Warning SETTLEMENT Forbidden "ram:SpecifiedTradePaymentTerms/ram:FromEventCode" ["BT-20"];
    "CII-SR-399" Warning SETTLEMENT Forbidden "ram:SpecifiedTradePaymentTerms/ram:SettlementPeriodMeasure" ["BT-20"];
    "CII-SR-400" Warning SETTLEMENT Forbidden "ram:SpecifiedTradePaymentTerms/ram:DueDateDateTime/udt:DateTime" ["BT-20"];
    "CII-SR-401" Warning SETTLEMENT Forbidden "ram:SpecifiedTradePaymentTerms/ram:TypeCode" ["BT-20"];
    "CII-SR-402" Warning SETTLEMENT Forbidden "ram:SpecifiedTradePaymentTerms/ram:InstructionTypeCode" ["BT-20"];
    "CII-SR-404" Warning SETTLEMENT Forbidden "ram:SpecifiedTradePaymentTerms/ram:PartialPaymentPercent" ["BT-20"];
    "CII-SR-405" Warning SETTLEMENT Forbidden "ram:SpecifiedTradePaymentTerms/ram:PaymentMeansID" ["BT-20"];
    "CII-SR-406" Warning SETTLEMENT Forbidden "ram:SpecifiedTradePaymentTerms/ram:PartialPaymentAmount" ["BT-20"];
    "CII-SR-407" Warning SETTLEMENT Forbidden "ram:SpecifiedTradePaymentTerms/ram:ApplicableTradePaymentPenaltyTerms" ["BT-20"];
    "CII-SR-408" Warning SETTLEMENT Forbidden "ram:SpecifiedTradePaymentTerms/ram:ApplicableTradePaymentDiscountTerms" ["BT-20"];
    "CII-SR-409" Warning SETTLEMENT Forbidden "ram:SpecifiedTradePaymentTerms/ram:PayeeTradeParty" ["BT-20"];
    "CII-SR-411" Warning TOTALS Forbidden "ram:InformationAmount" ["BG-22"];
    "CII-SR-412" Warning TOTALS Forbidden "ram:TotalDiscountAmount" ["BG-22"];
    "CII-SR-413" Warning TOTALS Forbidden "ram:TotalAllowanceChargeAmount" ["BG-22"];
    "CII-SR-414" Warning TOTALS Forbidden "ram:RetailValueExcludingTaxInformationAmount" ["BG-22"];
    "CII-SR-415" Warning TOTALS Forbidden "ram:TotalDepositFeeInformationAmount" ["BG-22"];
    "CII-SR-416" Warning TOTALS Forbidden "ram:ProductValueExcludingTobaccoTaxInformationAmount" ["BG-22"];
    "CII-SR-417" Warning TOTALS Forbidden "ram:TotalRetailValueInformationAmount" ["BG-22"];
    "CII-SR-418" Warning TOTALS Forbidden "ram:GrossLineTotalAmount" ["BG-22"];
    "CII-SR-419" Warning TOTALS Forbidden "ram:NetLineTotalAmount" ["BG-22"];
    "CII-SR-420" Warning TOTALS Forbidden "ram:NetIncludingTaxesLineTotalAmount" ["BG-22"];
    "CII-SR-421" Warning SETTLEMENT Forbidden "ram:SpecifiedFinancialAdjustment";
    "CII-SR-422" Warning SETTLEMENT Forbidden "ram:InvoiceReferencedDocument/ram:LineID" ["BG-3"];
    "CII-SR-423" Warning SETTLEMENT Forbidden "ram:ProFormaInvoiceReferencedDocument";
    "CII-SR-424" Warning SETTLEMENT Forbidden "ram:LetterOfCreditReferencedDocument";
    "CII-SR-425" Warning SETTLEMENT Forbidden "ram:FactoringAgreementReferencedDocument";
    "CII-SR-426" Warning SETTLEMENT Forbidden "ram:FactoringListReferencedDocument";
    "CII-SR-427" Warning SETTLEMENT Forbidden "ram:PayableSpecifiedTradeAccountingAccount";
    "CII-SR-428" Warning SETTLEMENT Forbidden "ram:ReceivableSpecifiedTradeAccountingAccount/ram:SetTriggerCode" ["BT-19"];
    "CII-SR-429" Warning SETTLEMENT Forbidden "ram:ReceivableSpecifiedTradeAccountingAccount/ram:TypeCode" ["BT-19"];
    "CII-SR-430" Warning SETTLEMENT Forbidden "ram:ReceivableSpecifiedTradeAccountingAccount/ram:AmountTypeCode" ["BT-19"];
    "CII-SR-431" Warning SETTLEMENT Forbidden "ram:ReceivableSpecifiedTradeAccountingAccount/ram:Name" ["BT-19"];
    "CII-SR-432" Warning SETTLEMENT Forbidden "ram:ReceivableSpecifiedTradeAccountingAccount/ram:CostReferenceDimensionPattern" ["BT-19"];
    "CII-SR-433" Warning SETTLEMENT Forbidden "ram:PurchaseSpecifiedTradeAccountingAccount";
    "CII-SR-434" Warning SETTLEMENT Forbidden "ram:SalesSpecifiedTradeAccountingAccount";
    "CII-SR-435" Warning SETTLEMENT Forbidden "ram:SpecifiedTradeSettlementFinancialCard";
    "CII-SR-436" Warning SETTLEMENT Forbidden "ram:SpecifiedAdvancePayment";
    "CII-SR-437" Warning SETTLEMENT Forbidden "ram:UltimatePayeeTradeParty";
    "CII-SR-438" Warning DOCUMENT Forbidden "ram:ValuationBreakdownStatement";
    "CII-SR-439" Error LINE_AGREEMENT ExactlyOne "ram:NetPriceProductTradePrice/ram:ChargeAmount" ["BT-146"];
    "CII-SR-440" Error PRICE_DISCOUNT AtMostOne "ram:ActualAmount" ["BT-147"];
    "CII-SR-441" Error LINE_AGREEMENT AtMostOne "ram:NetPriceProductTradePrice/ram:ChargeAmount" ["BT-146"];
    "CII-SR-442" Warning AGREEMENT Forbidden "ram:Reference";
    "CII-SR-443" Warning SETTLEMENT Forbidden "ram:SpecifiedTradeSettlementPaymentMeans/ram:ID" ["BG-16"];
    "CII-SR-444" Warning SETTLEMENT Forbidden "ram:SpecifiedTradeSettlementPaymentMeans/ram:PayerPartyDebtorFinancialAccount/ram:ProprietaryID" ["BG-16"];
    "CII-SR-445" Warning LINE_AGREEMENT Forbidden "ram:GrossPriceProductTradePrice/ram:IncludedTradeTax" ["BG-29"];
    "CII-SR-446" Warning LINE_AGREEMENT Forbidden "ram:NetPriceProductTradePrice/ram:IncludedTradeTax" ["BG-29"];
    "CII-SR-447" Warning LINE_AGREEMENT Forbidden "ram:UltimateCustomerOrderReferencedDocument" ["BG-25"];
    "CII-SR-448" Warning AGREEMENT Forbidden "ram:UltimateCustomerOrderReferencedDocument";
    "CII-SR-452" Warning SETTLEMENT AtMostOne "ram:SpecifiedTradePaymentTerms" ["BT-20"];
    "CII-SR-453" Warning SETTLEMENT AtMostOne "ram:SpecifiedTradePaymentTerms/ram:Description" ["BT-20"];
    "CII-SR-454" Warning LINE_SETTLEMENT ExactlyOne "ram:ApplicableTradeTax" ["BG-30"];
    "CII-SR-455" Error AGREEMENT AtMostOne "ram:SellerTradeParty/ram:DefinedTradeContact" ["BG-6"];
    "CII-SR-456" Error AGREEMENT AtMostOne "ram:BuyerTradeParty/ram:DefinedTradeContact" ["BG-9"];
    "CII-SR-459" Error AGREEMENT AtMostOne "ram:SellerTradeParty/ram:URIUniversalCommunication" ["BT-34"];
    "CII-SR-460" Error AGREEMENT AtMostOne "ram:BuyerTradeParty/ram:URIUniversalCommunication" ["BT-49"];
    "CII-SR-461" Error SETTLEMENT AtMostOne "ram:ApplicableTradeTax/ram:TaxPointDate" ["BT-7"];
    "CII-SR-463" Error ALLOWANCE_CHARGE Required "ram:ChargeIndicator" ["BG-20", "BG-21"];
    "CII-SR-464" Warning PAYMENT Forbidden "ram:PayerSpecifiedDebtorFinancialInstitution" ["BG-16"] SINCE_2026_07;
    "CII-SR-469" Error DOCUMENT AtMostOne "//ram:ApplicableHeaderTradeSettlement/ram:PaymentReference" ["BT-83"] SINCE_2026_07;
    "CII-SR-471" Error ALLOWANCE_CHARGE AtMostOne "ram:RateApplicablePercent" ["BT-96", "BT-103"] SINCE_2026_07;
    "CII-SR-472" Error ALLOWANCE_CHARGE AtMostOne "ram:CategoryTradeTax" ["BT-95", "BT-102"] SINCE_2026_07;
    "CII-SR-473" Error ALLOWANCE_CHARGE AtMostOne "ram:ActualAmount" ["BT-92", "BT-99"] SINCE_2026_07;
    "CII-SR-477" Error TOTALS AtMostOne "ram:LineTotalAmount" ["BT-106"] SINCE_2026_07;
    "CII-SR-478" Error TOTALS AtMostOne "ram:ChargeTotalAmount" ["BT-108"] SINCE_2026_07;
    "CII-SR-479" Error TOTALS AtMostOne "ram:AllowanceTotalAmount" ["BT-107"] SINCE_2026_07;
    "CII-SR-480" Error TOTALS AtMostOne "ram:TaxBasisTotalAmount" ["BT-109"] SINCE_2026_07;
    "CII-SR-481" Error TOTALS AtMostOne "ram:RoundingAmount" ["BT-114"] SINCE_2026_07;
    "CII-SR-482" Error TOTALS AtMostOne "ram:GrandTotalAmount" ["BT-112"] SINCE_2026_07;
    "CII-SR-483" Error TOTALS AtMostOne "ram:InformationAmount" SINCE_2026_07;
    "CII-SR-484" Error TOTALS AtMostOne "ram:TotalPrepaidAmount" ["BT-113"] SINCE_2026_07;
    "CII-SR-485" Error TOTALS AtMostOne "ram:TotalDiscountAmount" SINCE_2026_07;
    "CII-SR-486" Error TOTALS AtMostOne "ram:TotalAllowanceChargeAmount" SINCE_2026_07;
    "CII-SR-487" Error TOTALS AtMostOne "ram:DuePayableAmount" ["BT-115"] SINCE_2026_07;
    "CII-SR-488" Error TOTALS AtMostOne "ram:RetailValueExcludingTaxInformationAmount" SINCE_2026_07;
    "CII-SR-489" Error TOTALS AtMostOne "ram:TotalDepositFeeInformationAmount" SINCE_2026_07;
    "CII-SR-490" Error TOTALS AtMostOne "ram:ProductValueExcludingTobaccoTaxInformationAmount" SINCE_2026_07;
    "CII-SR-491" Error TOTALS AtMostOne "ram:TotalRetailValueInformationAmount" SINCE_2026_07;
    "CII-SR-492" Error TOTALS AtMostOne "ram:GrossLineTotalAmount" SINCE_2026_07;
    "CII-SR-493" Error TOTALS AtMostOne "ram:NetLineTotalAmount" SINCE_2026_07;
    "CII-SR-494" Error TOTALS AtMostOne "ram:NetIncludingTaxesLineTotalAmount" SINCE_2026_07;
    "CII-DT-001" Error PLAIN_ID Forbidden "@schemeName";
    "CII-DT-002" Error PLAIN_ID Forbidden "@schemeAgencyName";
    "CII-DT-003" Error PLAIN_ID Forbidden "@schemeDataURI";
    "CII-DT-004" Error PLAIN_ID Forbidden "@schemeURI";
    "CII-DT-005" Error PLAIN_ID Forbidden "@schemeID";
    "CII-DT-006" Error PLAIN_ID Forbidden "@schemeAgencyID";
    "CII-DT-007" Error PLAIN_ID Forbidden "@schemeVersionID";
    "CII-DT-008" Error TYPE_CODE Forbidden "@name";
    "CII-DT-009" Error TYPE_CODE Forbidden "@listURI";
    "CII-DT-010" Error INVOICE_TYPE Forbidden "@listID" ["BT-3"];
    "CII-DT-011" Error INVOICE_TYPE Forbidden "@listAgencyID" ["BT-3"];
    "CII-DT-012" Error INVOICE_TYPE Forbidden "@listVersionID" ["BT-3"];
    "CII-DT-013" Error DOCUMENT Forbidden "@languageID";
    "CII-DT-014" Error DOCUMENT Forbidden "@languageLocaleID";
    "CII-DT-016" Error REFERENCE Forbidden "ram:StatusCode";
    "CII-DT-017" Error REFERENCE Forbidden "ram:CopyIndicator";
    "CII-DT-019" Error REFERENCE Forbidden "ram:GlobalID";
    "CII-DT-020" Error REFERENCE Forbidden "ram:RevisionID";
    "CII-DT-023" Error REFERENCE Forbidden "ram:Information";
    "CII-DT-025" Error REFERENCE Forbidden "ram:SectionName";
    "CII-DT-026" Error REFERENCE Forbidden "ram:PreviousRevisionID";
    "CII-DT-028" Error REFERENCE Forbidden "ram:EffectiveSpecifiedPeriod";
    "CII-DT-029" Error REFERENCE Forbidden "ram:IssuerTradeParty";
    "CII-DT-030" Error REFERENCE Forbidden "ram:AttachedSpecifiedBinaryFile";
    "CII-DT-031" Error AMOUNT Forbidden "@currencyID";
    "CII-DT-032" Error AMOUNT Forbidden "@currencyCodeListVersionID";
    "CII-DT-034" Error QUANTITY Forbidden "@unitCodeListID";
    "CII-DT-035" Error QUANTITY Forbidden "@unitCodeListAgencyID";
    "CII-DT-036" Error QUANTITY Forbidden "@unitCodeListAgencyName";
    "CII-DT-038" Warning TAX Forbidden "ram:CalculatedRate";
    "CII-DT-039" Warning TAX Forbidden "ram:CalculationSequenceNumeric";
    "CII-DT-040" Warning TAX Forbidden "ram:BasisQuantity";
    "CII-DT-042" Warning TAX Forbidden "ram:UnitBasisAmount";
    "CII-DT-043" Warning TAX Forbidden "ram:LineTotalBasisAmount";
    "CII-DT-044" Warning TAX Forbidden "ram:AllowanceChargeBasisAmount";
    "CII-DT-045" Warning LINE_VAT_CATEGORY Forbidden "@listID" ["BT-151"];
    "CII-DT-046" Warning LINE_VAT_CATEGORY Forbidden "@listAgencyID" ["BT-151"];
    "CII-DT-047" Warning LINE_VAT_CATEGORY Forbidden "@listVersionID" ["BT-151"];
    "CII-DT-048" Warning LINE_VAT_CATEGORY Forbidden "@listURI" ["BT-151"];
    "CII-DT-049" Warning TAX Forbidden "ram:CurrencyCode";
    "CII-DT-050" Warning TAX Forbidden "ram:Jurisdiction";
    "CII-DT-051" Warning TAX Forbidden "ram:CustomsDutyIndicator";
    "CII-DT-053" Warning TAX Forbidden "ram:TaxBasisAllowanceRate";
    "CII-DT-055" Warning TAX Forbidden "ram:Type";
    "CII-DT-056" Warning TAX Forbidden "ram:InformationAmount";
    "CII-DT-057" Warning TAX Forbidden "ram:CategoryName";
    "CII-DT-059" Warning TAX Forbidden "ram:RateApplicablePercent/@format";
    "CII-DT-060" Warning TAX Forbidden "ram:SpecifiedTradeAccountingAccount";
    "CII-DT-061" Warning TAX Forbidden "ram:ServiceSupplyTradeCountry";
    "CII-DT-062" Warning TAX Forbidden "ram:BuyerRepayableTaxSpecifiedTradeAccountingAccount";
    "CII-DT-063" Warning TAX Forbidden "ram:SellerPayableTaxSpecifiedTradeAccountingAccount";
    "CII-DT-064" Warning TAX Forbidden "ram:SellerRefundableTaxSpecifiedTradeAccountingAccount";
    "CII-DT-065" Warning TAX Forbidden "ram:BuyerDeductibleTaxSpecifiedTradeAccountingAccount";
    "CII-DT-066" Warning TAX Forbidden "ram:BuyerNonDeductibleTaxSpecifiedTradeAccountingAccount";
    "CII-DT-067" Warning TAX Forbidden "ram:PlaceApplicableTradeLocation";
    "CII-DT-068" Error PERIOD Forbidden "ram:StartDateTime/udt:DateTime";
    "CII-DT-069" Error PERIOD Forbidden "ram:DurationMeasure";
    "CII-DT-070" Error PERIOD Forbidden "ram:InclusiveIndicator";
    "CII-DT-071" Error PERIOD Forbidden "ram:Description";
    "CII-DT-072" Error PERIOD Forbidden "ram:EndDateTime/udt:DateTime";
    "CII-DT-073" Error PERIOD Forbidden "ram:CompleteDateTime";
    "CII-DT-074" Error PERIOD Forbidden "ram:OpenIndicator";
    "CII-DT-075" Error PERIOD Forbidden "ram:SeasonCode";
    "CII-DT-076" Error PERIOD Forbidden "ram:ID";
    "CII-DT-077" Error PERIOD Forbidden "ram:Name";
    "CII-DT-078" Error PERIOD Forbidden "ram:SequenceNumeric";
    "CII-DT-079" Error PERIOD Forbidden "ram:StartDateFlexibilityCode";
    "CII-DT-080" Error PERIOD Forbidden "ram:ContinuousIndicator";
    "CII-DT-081" Error PERIOD Forbidden "ram:PurposeCode";
    "CII-DT-082" Error POSTAL_ADDRESS Forbidden "ram:ID";
    "CII-DT-083" Error POSTAL_ADDRESS Forbidden "ram:PostOfficeBox";
    "CII-DT-084" Error POSTAL_ADDRESS Forbidden "ram:BuildingName";
    "CII-DT-086" Error POSTAL_ADDRESS Forbidden "ram:LineFour";
    "CII-DT-087" Error POSTAL_ADDRESS Forbidden "ram:LineFive";
    "CII-DT-088" Error POSTAL_ADDRESS Forbidden "ram:StreetName";
    "CII-DT-089" Error POSTAL_ADDRESS Forbidden "ram:CitySubDivisionName";
    "CII-DT-090" Error POSTAL_ADDRESS Forbidden "ram:CountryName";
    "CII-DT-091" Error POSTAL_ADDRESS Forbidden "ram:CountrySubDivisionID";
    "CII-DT-092" Error POSTAL_ADDRESS Forbidden "ram:AttentionOf";
    "CII-DT-093" Error POSTAL_ADDRESS Forbidden "ram:CareOf";
    "CII-DT-094" Error POSTAL_ADDRESS Forbidden "ram:BuildingNumber";
    "CII-DT-095" Error POSTAL_ADDRESS Forbidden "ram:DepartmentName";
    "CII-DT-096" Error POSTAL_ADDRESS Forbidden "ram:AdditionalStreetName";
    "CII-DT-101" Error ID Forbidden "@schemeName";
    "CII-DT-102" Error ID Forbidden "@schemeAgencyName";
    "CII-DT-103" Error ID Forbidden "@schemeDataURI";
    "CII-DT-104" Error ID Forbidden "@schemeURI";
}
