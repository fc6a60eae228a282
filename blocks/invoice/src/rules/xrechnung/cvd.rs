//! BR-DE-CVD: the rules of XRechnung CVD, by which public buyers report clean vehicles.

use super::codes::is_classification_scheme;
use super::ubl::{is_clean_vehicle_class, is_clean_vehicle_property};
use super::{cii, ubl};
use crate::names::{cac, ram};
use crate::path;
use crate::rules::Facts;
use crate::rules::cast::{attr_is, filled, norm_attr};
use crate::rules::eval::{Eval, XPath, and};
use crate::rules::rule_table::rule_table;
use crate::xml::{Element, is_blank};

rule_table! {
    "BR-DE-CVD-01" Error Buyer ["BT-12"]
        "Die Vertragsnummer (BT-12) fehlt; für saubere Fahrzeuge ist sie Pflicht."
        "The contract reference (BT-12) is missing; it is mandatory for clean vehicles."
        "Die Vertragsnummer des Auftrags eintragen."
        "Enter the contract's number."
        ubl V_DOCUMENT: |_, n| Ok(filled(n, path!(cac:ContractDocumentReference/cbc:ID)));
        cii V_AGREEMENT: |_, n| Ok(filled(n, path!(ram:ContractReferencedDocument/ram:IssuerAssignedID)));
    "BR-DE-CVD-02" Error Buyer ["BT-17"]
        "Die Nummer der Ausschreibung oder des Loses (BT-17) fehlt; für saubere Fahrzeuge ist sie Pflicht."
        "The tender or lot reference (BT-17) is missing; it is mandatory for clean vehicles."
        "Die Nummer der Ausschreibung oder des Loses eintragen."
        "Enter the number of the tender or lot."
        ubl V_DOCUMENT: |_, n| Ok(filled(n, path!(cac:OriginatorDocumentReference/cbc:ID)));
        cii V_AGREEMENT: |_, n| names_tender(n);
    "BR-DE-CVD-03" Error Issuer ["BT-158" "BT-160"]
        "Keine Position nennt ein sauberes Fahrzeug: mit einer Klassifizierung (BT-158) nach dem Schema „CVD“ und dem Merkmal „cva“ (BT-160)."
        "No line has a clean vehicle: with a classification (BT-158) by the scheme \"CVD\" and the attribute \"cva\" (BT-160)."
        "In mindestens einer Position Fahrzeugklasse und Merkmal „cva“ angeben."
        "Give vehicle category and attribute \"cva\" on at least one line."
        ubl V_DOCUMENT: |_, n| Ok(n
            .select(path!(cac:InvoiceLine/cac:Item))
            .chain(n.select(path!(cac:CreditNoteLine/cac:Item)))
            .any(|item| classes_ubl(item) > 0 && properties_ubl(item) > 0));
        cii V_TRANSACTION: |_, n| Ok(n
            .select(path!(ram:IncludedSupplyChainTradeLineItem/ram:SpecifiedTradeProduct))
            .any(|item| classes_cii(item) > 0 && properties_cii(item) > 0));
    "BR-DE-CVD-04" Error Issuer ["BT-158"]
        "Die Fahrzeugklasse (BT-158, Schema „CVD“) ist keine der zugelassenen: M1, M2, M3, N1, N2 oder N3."
        "The vehicle category (BT-158, scheme \"CVD\") is none of M1, M2, M3, N1, N2 and N3."
        "Die Fahrzeugklasse nach EU-Recht eintragen."
        "Enter the vehicle category after EU law."
        ubl V_CLASSIFICATION: is_vehicle_category;
        cii V_CLASSIFICATION: is_vehicle_category;
    "BR-DE-CVD-05" Error Issuer ["BT-161"]
        "Der Wert des Merkmals „cva“ (BT-161) ist keiner der zugelassenen: clean, zero-emission oder other."
        "The value of the attribute \"cva\" (BT-161) is none of clean, zero-emission and other."
        "Einen dieser Werte eintragen."
        "Enter one of these values."
        ubl V_CLEAN_VEHICLE [cbc:Value]: |_, n| Ok(is_vehicle_kind(&n.norm(path!(cbc:Value))?));
        cii V_CLEAN_VEHICLE [ram:Value]: |_, n| Ok(is_vehicle_kind(&n.norm(path!(ram:Value))?));
    "BR-DE-CVD-06-a" Error Issuer ["BT-158" "BT-160"]
        "Eine Position hat eine Fahrzeugklasse (BT-158, Schema „CVD“), aber nicht genau einmal das Merkmal „cva“ (BT-160)."
        "A line has a vehicle category (BT-158, scheme \"CVD\"), but not exactly one attribute \"cva\" (BT-160)."
        "Das Merkmal „cva“ genau einmal angeben."
        "Give the attribute \"cva\" exactly once."
        ubl V_ITEM: |_, n| Ok(classes_ubl(n) == 0 || properties_ubl(n) == 1);
        cii V_ITEM: |_, n| Ok(classes_cii(n) == 0 || properties_cii(n) == 1);
    "BR-DE-CVD-06-b" Error Issuer ["BT-158" "BT-160"]
        "Eine Position hat das Merkmal „cva“ (BT-160), aber nicht genau eine Fahrzeugklasse (BT-158, Schema „CVD“)."
        "A line has the attribute \"cva\" (BT-160), but not exactly one vehicle category (BT-158, scheme \"CVD\")."
        "Die Fahrzeugklasse genau einmal angeben."
        "Give the vehicle category exactly once."
        ubl V_ITEM: |_, n| Ok(properties_ubl(n) == 0 || classes_ubl(n) == 1);
        cii V_ITEM: |_, n| Ok(properties_cii(n) == 0 || classes_cii(n) == 1);
    "BR-TMP-CVD-01" Error Software ["BT-158"]
        "Das Schema einer Artikelklassifizierung (BT-158) steht nicht in der Codeliste UNTDID 7143 und ist nicht „CVD“."
        "The scheme of an item classification (BT-158) is not in the code list UNTDID 7143, nor \"CVD\"."
        "Ein Schema aus der Liste wählen."
        "Choose a scheme from the list."
        ubl V_CLASSIFICATION: has_known_scheme;
        cii V_CLASSIFICATION: has_known_scheme;
}

fn classes_ubl(item: Element<'_>) -> usize {
    item.select(path!(cac:CommodityClassification/cbc:ItemClassificationCode))
        .filter(|code| is_clean_vehicle_class(*code))
        .count()
}

fn properties_ubl(item: Element<'_>) -> usize {
    item.kids(cac::AdditionalItemProperty).filter(|property| is_clean_vehicle_property(*property)).count()
}

fn classes_cii(item: Element<'_>) -> usize {
    item.select(path!(ram:DesignatedProductClassification/ram:ClassCode))
        .filter(|code| attr_is(*code, "listID", "CVD"))
        .count()
}

fn properties_cii(item: Element<'_>) -> usize {
    item.kids(ram::ApplicableProductCharacteristic)
        .filter(|property| property.any_text(path!(ram:Description), "cva"))
        .count()
}

fn is_vehicle_category(_: &Facts<'_>, n: Element<'_>) -> Eval<bool> {
    Ok(norm_attr(n, "listID") != "CVD" || matches!(&*n.norm_self(), "M1" | "M2" | "M3" | "N1" | "N2" | "N3"))
}

fn is_vehicle_kind(value: &str) -> bool {
    matches!(value, "clean" | "zero-emission" | "other")
}

fn has_known_scheme(_: &Facts<'_>, n: Element<'_>) -> Eval<bool> {
    Ok(is_classification_scheme(&norm_attr(n, "listID")))
}

fn names_tender(n: Element<'_>) -> Eval<bool> {
    for reference in n.kids(ram::AdditionalReferencedDocument) {
        let is_tender = || Ok(reference.norm(path!(ram:TypeCode))? == "50");
        let is_named = || Ok(!is_blank(&reference.string(path!(ram:IssuerAssignedID))?));
        if and(is_tender, is_named)? {
            return Ok(true);
        }
    }
    Ok(false)
}
