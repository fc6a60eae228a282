//! The entries of the dictionary as a table.
//!
//! Invariant: the tables have one entry per variant, in the order of the variants; the macro sees
//! to it.

use vir_core::Phrase;

use super::dictionary::{Cardinality, DataType, GroupEntry, TermEntry};

macro_rules! groups {
    ($($variant:ident $id:literal in $parent:ident $cardinality:ident: $name_de:literal, $name_en:literal; $de:literal, $en:literal;)+) => {
        /// A business group of the semantic model.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[repr(u8)]
        #[allow(missing_docs, reason = "the dictionary documents every group")]
        pub enum Bg { $($variant),+ }

        impl Bg {
            /// Every group in reading order.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];
        }

        pub(super) static GROUPS: &[GroupEntry] = &[$(GroupEntry {
            id: $id,
            parent: Bg::$parent,
            cardinality: Cardinality::$cardinality,
            name: Phrase::new($name_de, $name_en),
            about: Phrase::new($de, $en),
        }),+];
    };
}

macro_rules! terms {
    ($($variant:ident $id:literal in $group:ident $cardinality:ident $data_type:ident $codes:literal: $name_de:literal, $name_en:literal; $de:literal, $en:literal;)+) => {
        /// A business term of the semantic model.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[repr(u16)]
        #[allow(missing_docs, non_camel_case_types, reason = "the dictionary documents every term")]
        pub enum Bt { $($variant),+ }

        impl Bt {
            /// Every term in reading order.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];
        }

        pub(super) static TERMS: &[TermEntry] = &[$(TermEntry {
            id: $id,
            group: Bg::$group,
            data_type: DataType::$data_type,
            cardinality: Cardinality::$cardinality,
            codes: $codes,
            name: Phrase::new($name_de, $name_en),
            about: Phrase::new($de, $en),
        }),+];
    };
}

groups! {
BG0 "BG-0" in BG0 One: "Rechnung", "Invoice"; "Die Rechnung als Ganzes.", "The invoice as a whole.";
BG1 "BG-1" in BG0 Any: "Freitext zur Rechnung", "Invoice note"; "Freier Text zur ganzen Rechnung, wahlweise mit einem Code für das Thema.", "Free text on the whole invoice, if wanted with a code for its subject.";
BG2 "BG-2" in BG0 One: "Prozesssteuerung", "Process control"; "Nach welchem Geschäftsprozess und welcher Spezifikation die Rechnung gemacht ist.", "The business process and the specification that the invoice follows.";
BG3 "BG-3" in BG0 Any: "Vorausgegangene Rechnung", "Preceding invoice reference"; "Verweis auf eine frühere Rechnung, die zum Beispiel berichtigt oder verrechnet wird.", "Reference to an earlier invoice, for example one that is corrected or settled.";
BG4 "BG-4" in BG0 One: "Verkäufer", "Seller"; "Wer liefert oder leistet und die Rechnung stellt.", "The party that supplies and invoices.";
BG5 "BG-5" in BG4 One: "Anschrift des Verkäufers", "Seller postal address"; "Die Postanschrift des Verkäufers.", "The postal address of the seller.";
BG6 "BG-6" in BG4 Optional: "Kontakt des Verkäufers", "Seller contact"; "Wer beim Verkäufer Auskunft gibt.", "Whom to ask at the seller.";
BG7 "BG-7" in BG0 One: "Käufer", "Buyer"; "Wer die Lieferung oder Leistung erhält und die Rechnung bekommt.", "The party that is supplied and invoiced.";
BG8 "BG-8" in BG7 One: "Anschrift des Käufers", "Buyer postal address"; "Die Postanschrift des Käufers.", "The postal address of the buyer.";
BG9 "BG-9" in BG7 Optional: "Kontakt des Käufers", "Buyer contact"; "Wer beim Käufer zuständig ist.", "Whom to ask at the buyer.";
BG10 "BG-10" in BG0 Optional: "Zahlungsempfänger", "Payee"; "Wer das Geld bekommt, wenn es nicht der Verkäufer ist.", "Who is paid, where that is not the seller.";
BG11 "BG-11" in BG0 Optional: "Steuervertreter des Verkäufers", "Seller tax representative party"; "Wer für den Verkäufer die Umsatzsteuer schuldet und erklärt.", "Who accounts for VAT in the seller's place.";
BG12 "BG-12" in BG11 One: "Anschrift des Steuervertreters", "Seller tax representative postal address"; "Die Postanschrift des Steuervertreters.", "The postal address of the tax representative.";
BG13 "BG-13" in BG0 Optional: "Lieferung", "Delivery information"; "Wohin und wann geliefert oder geleistet wurde.", "Where and when the supply took place.";
BG14 "BG-14" in BG13 Optional: "Abrechnungszeitraum", "Invoicing period"; "Der Zeitraum, den die ganze Rechnung abrechnet.", "The period that the whole invoice covers.";
BG15 "BG-15" in BG13 Optional: "Lieferanschrift", "Deliver to address"; "Die Anschrift, an die geliefert wurde.", "The address of delivery.";
BG16 "BG-16" in BG0 Optional: "Zahlungsanweisungen", "Payment instructions"; "Wie gezahlt werden soll oder wurde.", "How payment is to be made or was made.";
BG17 "BG-17" in BG16 Any: "Überweisung", "Credit transfer"; "Das Konto, auf das überwiesen werden soll.", "The account to which to transfer.";
BG18 "BG-18" in BG16 Optional: "Kartenzahlung", "Payment card information"; "Die Karte, mit der gezahlt wurde.", "The card that was used to pay.";
BG19 "BG-19" in BG16 Optional: "Lastschrift", "Direct debit"; "Mandat, Gläubiger und Konto einer Lastschrift.", "Mandate, creditor and account of a direct debit.";
BG20 "BG-20" in BG0 Any: "Nachlass auf Rechnungsebene", "Document level allowances"; "Ein Nachlass auf die ganze Rechnung.", "An allowance on the whole invoice.";
BG21 "BG-21" in BG0 Any: "Zuschlag auf Rechnungsebene", "Document level charges"; "Ein Zuschlag auf die ganze Rechnung, zum Beispiel Fracht.", "A charge on the whole invoice, for example freight.";
BG22 "BG-22" in BG0 One: "Gesamtbeträge", "Document totals"; "Die Summen der Rechnung.", "The totals of the invoice.";
BG23 "BG-23" in BG0 Many: "Umsatzsteueraufschlüsselung", "VAT breakdown"; "Umsatzsteuer je Kategorie und Satz.", "VAT for each category and rate.";
BG24 "BG-24" in BG0 Any: "Rechnungsbegründende Unterlage", "Additional supporting documents"; "Eine Unterlage zur Rechnung, beigefügt oder verlinkt.", "A document that supports the invoice, attached or linked.";
BG25 "BG-25" in BG0 Many: "Rechnungsposition", "Invoice line"; "Eine Position der Rechnung.", "One line of the invoice.";
BG26 "BG-26" in BG25 Optional: "Abrechnungszeitraum der Position", "Invoice line period"; "Der Zeitraum, den die Position abrechnet.", "The period that the line covers.";
BG27 "BG-27" in BG25 Any: "Nachlass der Position", "Invoice line allowances"; "Ein Nachlass auf die Position.", "An allowance on the line.";
BG28 "BG-28" in BG25 Any: "Zuschlag der Position", "Invoice line charges"; "Ein Zuschlag auf die Position.", "A charge on the line.";
BG29 "BG-29" in BG25 One: "Preis", "Price details"; "Der Preis der Ware oder Leistung.", "The price of the item.";
BG30 "BG-30" in BG25 One: "Umsatzsteuer der Position", "Line VAT information"; "Umsatzsteuerkategorie und Satz der Position.", "VAT category and rate of the line.";
BG31 "BG-31" in BG25 One: "Artikel", "Item information"; "Die Ware oder Leistung der Position.", "The goods or service of the line.";
BG32 "BG-32" in BG31 Any: "Eigenschaft des Artikels", "Item attributes"; "Eine Eigenschaft des Artikels, zum Beispiel die Farbe.", "A property of the item, for example its colour.";
BGDEX01 "BG-DEX-01" in BG25 Any: "Unterposition", "Sub invoice line"; "Eine Position, die zu einer anderen gehört und sie aufgliedert (Extension).", "A line that belongs to another and breaks it down (Extension).";
BGDEX02 "BG-DEX-02" in BGDEX01 Optional: "Abrechnungszeitraum der Unterposition", "Sub invoice line period"; "Der Zeitraum, den die Unterposition abrechnet.", "The period that the sub line covers.";
BGDEX03 "BG-DEX-03" in BGDEX01 Any: "Nachlass der Unterposition", "Sub invoice line allowances"; "Ein Nachlass auf die Unterposition.", "An allowance on the sub line.";
BGDEX04 "BG-DEX-04" in BGDEX01 Any: "Zuschlag der Unterposition", "Sub invoice line charges"; "Ein Zuschlag auf die Unterposition.", "A charge on the sub line.";
BGDEX05 "BG-DEX-05" in BGDEX01 One: "Preis der Unterposition", "Sub price details"; "Der Preis der Ware oder Leistung.", "The price of the item.";
BGDEX06 "BG-DEX-06" in BGDEX01 One: "Umsatzsteuer der Unterposition", "Sub invoice line VAT information"; "Umsatzsteuerkategorie und Satz der Unterposition.", "VAT category and rate of the sub line.";
BGDEX07 "BG-DEX-07" in BGDEX01 One: "Artikel der Unterposition", "Sub item information"; "Die Ware oder Leistung der Unterposition.", "The goods or service of the sub line.";
BGDEX08 "BG-DEX-08" in BGDEX07 Any: "Eigenschaft des Artikels der Unterposition", "Sub item attributes"; "Eine Eigenschaft des Artikels.", "A property of the item.";
BGDEX09 "BG-DEX-09" in BG0 Any: "Fremdforderung", "Third party payment"; "Eine Forderung Dritter, die mit dieser Rechnung eingezogen wird (Extension).", "A claim of a third party that is collected with this invoice (Extension).";
}

terms! {
BT1 "BT-1" in BG0 One Identifier "": "Rechnungsnummer", "Invoice number"; "Die eindeutige Nummer der Rechnung.", "The unique number of the invoice.";
BT2 "BT-2" in BG0 One Date "": "Rechnungsdatum", "Invoice issue date"; "Der Tag, an dem die Rechnung ausgestellt wurde.", "The day on which the invoice was issued.";
BT3 "BT-3" in BG0 One Code "UNTDID 1001": "Code für den Rechnungstyp", "Invoice type code"; "Was für eine Rechnung es ist: 380 Rechnung, 381 Gutschrift, 384 Korrektur, …", "What kind of invoice it is: 380 invoice, 381 credit note, 384 correction, …";
BT5 "BT-5" in BG0 One Code "ISO 4217": "Code für die Rechnungswährung", "Invoice currency code"; "Die Währung aller Beträge der Rechnung.", "The currency of all amounts of the invoice.";
BT6 "BT-6" in BG0 Optional Code "ISO 4217": "Code für die Währung der Umsatzsteuerbuchung", "VAT accounting currency code"; "Die Währung, in der der Verkäufer die Umsatzsteuer verbucht, wenn sie von der Rechnungswährung abweicht.", "The currency in which the seller books VAT, where it differs from the invoice currency.";
BT7 "BT-7" in BG0 Optional Date "": "Datum der Steuerfälligkeit", "Value added tax point date"; "Der Tag, an dem die Umsatzsteuer entsteht.", "The day on which VAT becomes chargeable.";
BT8 "BT-8" in BG0 Optional Code "UNTDID 2005": "Code für das Datum der Steuerfälligkeit", "Value added tax point date code"; "Welches Datum die Steuerfälligkeit bestimmt: 3 Rechnungsdatum, 35 Lieferdatum, 432 Zahlungsdatum.", "Which date decides when VAT becomes chargeable: 3 invoice date, 35 delivery date, 432 payment date.";
BT9 "BT-9" in BG0 Optional Date "": "Fälligkeitsdatum", "Payment due date"; "Der Tag, bis zu dem zu zahlen ist.", "The day by which to pay.";
BT10 "BT-10" in BG0 Optional Text "": "Käuferreferenz", "Buyer reference"; "Vom Käufer vergeben, um die Rechnung intern zuzustellen; in Deutschland die Leitweg-ID.", "Given by the buyer to route the invoice; in Germany the Leitweg-ID.";
BT11 "BT-11" in BG0 Optional DocumentReference "": "Projektreferenz", "Project reference"; "Die Kennung des Projekts, zu dem die Rechnung gehört.", "The identifier of the project that the invoice belongs to.";
BT12 "BT-12" in BG0 Optional DocumentReference "": "Vertragsreferenz", "Contract reference"; "Die Kennung des Vertrags.", "The identifier of the contract.";
BT13 "BT-13" in BG0 Optional DocumentReference "": "Bestellreferenz", "Purchase order reference"; "Die Nummer der Bestellung, vergeben vom Käufer.", "The number of the order, given by the buyer.";
BT14 "BT-14" in BG0 Optional DocumentReference "": "Auftragsreferenz", "Sales order reference"; "Die Nummer des Auftrags, vergeben vom Verkäufer.", "The number of the order, given by the seller.";
BT15 "BT-15" in BG0 Optional DocumentReference "": "Wareneingangsreferenz", "Receiving advice reference"; "Die Nummer der Wareneingangsmeldung.", "The number of the receiving advice.";
BT16 "BT-16" in BG0 Optional DocumentReference "": "Lieferscheinreferenz", "Despatch advice reference"; "Die Nummer des Lieferscheins.", "The number of the despatch advice.";
BT17 "BT-17" in BG0 Optional DocumentReference "": "Vergabe- oder Losreferenz", "Tender or lot reference"; "Die Kennung der Ausschreibung oder des Loses.", "The identifier of the call for tender or lot.";
BT18 "BT-18" in BG0 Optional Identifier "": "Objektkennung", "Invoiced object identifier"; "Das Objekt, auf das sich die Rechnung bezieht, zum Beispiel ein Zähler oder Anschluss.", "The object that the invoice is about, for example a meter or subscription.";
BT18_1 "BT-18-1" in BG0 Optional Component "UNTDID 1153": "Schema der Objektkennung", "Scheme identifier of the invoiced object"; "Was für eine Kennung das Objekt hat.", "What kind of identifier the object has.";
BT19 "BT-19" in BG0 Optional Text "": "Buchungsreferenz des Käufers", "Buyer accounting reference"; "Wo der Käufer die Rechnung bucht, zum Beispiel Kostenstelle oder Konto.", "Where the buyer books the invoice, for example cost centre or account.";
BT20 "BT-20" in BG0 Optional Text "": "Zahlungsbedingungen", "Payment terms"; "Wann und wie zu zahlen ist; Skonto nach XRechnung in Zeilen mit #SKONTO#.", "When and how to pay; cash discounts after XRechnung in lines with #SKONTO#.";
BT21 "BT-21" in BG1 Optional Code "UNTDID 4451": "Code für den Betreff des Freitexts", "Invoice note subject code"; "Worum es im Freitext geht.", "What the note is about.";
BT22 "BT-22" in BG1 One Text "": "Freitext", "Invoice note"; "Der Text.", "The text.";
BT23 "BT-23" in BG2 Optional Text "": "Kennung des Geschäftsprozesses", "Business process type"; "Der Geschäftsprozess, in dem die Rechnung steht.", "The business process that the invoice is part of.";
BT24 "BT-24" in BG2 One Identifier "": "Kennung der Spezifikation", "Specification identifier"; "Das Regelwerk, nach dem die Rechnung gemacht ist, zum Beispiel XRechnung.", "The set of rules that the invoice follows, for example XRechnung.";
BT25 "BT-25" in BG3 One DocumentReference "": "Nummer der vorausgegangenen Rechnung", "Preceding invoice reference"; "Die Nummer der früheren Rechnung.", "The number of the earlier invoice.";
BT26 "BT-26" in BG3 Optional Date "": "Datum der vorausgegangenen Rechnung", "Preceding invoice issue date"; "Der Tag, an dem die frühere Rechnung ausgestellt wurde.", "The day on which the earlier invoice was issued.";
BT27 "BT-27" in BG4 One Text "": "Name des Verkäufers", "Seller name"; "Der volle amtliche Name des Verkäufers.", "The full legal name of the seller.";
BT28 "BT-28" in BG4 Optional Text "": "Handelsname des Verkäufers", "Seller trading name"; "Unter welchem Namen der Verkäufer bekannt ist.", "The name by which the seller is known.";
BT29 "BT-29" in BG4 Any Identifier "": "Kennung des Verkäufers", "Seller identifier"; "Eine Kennung des Verkäufers, zum Beispiel die Lieferantennummer oder GLN.", "An identifier of the seller, for example supplier number or GLN.";
BT29_1 "BT-29-1" in BG4 Optional Component "ISO 6523 ICD": "Schema der Kennung des Verkäufers", "Scheme identifier of the seller identifier"; "Wer die Kennung vergibt.", "Who gives out the identifier.";
BT30 "BT-30" in BG4 Optional Identifier "": "Registernummer des Verkäufers", "Seller legal registration identifier"; "Die Nummer in einem amtlichen Register, zum Beispiel dem Handelsregister.", "The number in an official register, for example of companies.";
BT30_1 "BT-30-1" in BG4 Optional Component "ISO 6523 ICD": "Schema der Registernummer des Verkäufers", "Scheme identifier of the seller legal registration"; "Welches Register es ist.", "Which register it is.";
BT31 "BT-31" in BG4 Optional Identifier "": "Umsatzsteuer-Identifikationsnummer des Verkäufers", "Seller VAT identifier"; "Die USt-IdNr. mit Länderkennzeichen.", "The VAT number with its country prefix.";
BT32 "BT-32" in BG4 Optional Identifier "": "Steuernummer des Verkäufers", "Seller tax registration identifier"; "Die örtliche Steuernummer.", "The local tax number.";
BT33 "BT-33" in BG4 Optional Text "": "Rechtliche Angaben zum Verkäufer", "Seller additional legal information"; "Zum Beispiel Geschäftsführung, Registergericht, Kapital.", "For example directors, court of registration, capital.";
BT34 "BT-34" in BG4 Optional Identifier "": "Elektronische Adresse des Verkäufers", "Seller electronic address"; "Wohin Antworten auf die Rechnung elektronisch gehen.", "Where electronic answers to the invoice go.";
BT34_1 "BT-34-1" in BG4 Optional Component "EAS": "Schema der elektronischen Adresse des Verkäufers", "Scheme identifier of the seller electronic address"; "Was für eine Adresse es ist, zum Beispiel EM für E-Mail.", "What kind of address it is, for example EM for e-mail.";
BT35 "BT-35" in BG5 Optional Text "": "Straße des Verkäufers", "Seller address line 1"; "Straße und Hausnummer oder Postfach.", "Street and number or P.O. box.";
BT36 "BT-36" in BG5 Optional Text "": "Adresszusatz des Verkäufers", "Seller address line 2"; "Weitere Angabe zur Anschrift.", "A further part of the address.";
BT162 "BT-162" in BG5 Optional Text "": "Zweiter Adresszusatz des Verkäufers", "Seller address line 3"; "Weitere Angabe zur Anschrift.", "A further part of the address.";
BT37 "BT-37" in BG5 Optional Text "": "Ort des Verkäufers", "Seller city"; "Der Ort.", "The city or town.";
BT38 "BT-38" in BG5 Optional Text "": "Postleitzahl des Verkäufers", "Seller post code"; "Die Postleitzahl.", "The post code.";
BT39 "BT-39" in BG5 Optional Text "": "Region des Verkäufers", "Seller country subdivision"; "Bundesland, Kanton, Provinz.", "State, canton, province.";
BT40 "BT-40" in BG5 One Code "ISO 3166-1": "Land des Verkäufers", "Seller country code"; "Der Code des Landes.", "The code of the country.";
BT41 "BT-41" in BG6 Optional Text "": "Ansprechpartner des Verkäufers", "Seller contact point"; "Person oder Stelle.", "Person or department.";
BT42 "BT-42" in BG6 Optional Text "": "Telefon des Verkäufers", "Seller contact telephone number"; "Die Telefonnummer.", "The telephone number.";
BT43 "BT-43" in BG6 Optional Text "": "E-Mail des Verkäufers", "Seller contact email address"; "Die E-Mail-Adresse.", "The e-mail address.";
BT44 "BT-44" in BG7 One Text "": "Name des Käufers", "Buyer name"; "Der volle Name des Käufers.", "The full name of the buyer.";
BT45 "BT-45" in BG7 Optional Text "": "Handelsname des Käufers", "Buyer trading name"; "Unter welchem Namen der Käufer bekannt ist.", "The name by which the buyer is known.";
BT46 "BT-46" in BG7 Optional Identifier "": "Kennung des Käufers", "Buyer identifier"; "Eine Kennung des Käufers, zum Beispiel die Kundennummer.", "An identifier of the buyer, for example the customer number.";
BT46_1 "BT-46-1" in BG7 Optional Component "ISO 6523 ICD": "Schema der Kennung des Käufers", "Scheme identifier of the buyer identifier"; "Wer die Kennung vergibt.", "Who gives out the identifier.";
BT47 "BT-47" in BG7 Optional Identifier "": "Registernummer des Käufers", "Buyer legal registration identifier"; "Die Nummer in einem amtlichen Register.", "The number in an official register.";
BT47_1 "BT-47-1" in BG7 Optional Component "ISO 6523 ICD": "Schema der Registernummer des Käufers", "Scheme identifier of the buyer legal registration"; "Welches Register es ist.", "Which register it is.";
BT48 "BT-48" in BG7 Optional Identifier "": "Umsatzsteuer-Identifikationsnummer des Käufers", "Buyer VAT identifier"; "Die USt-IdNr. mit Länderkennzeichen.", "The VAT number with its country prefix.";
BT49 "BT-49" in BG7 Optional Identifier "": "Elektronische Adresse des Käufers", "Buyer electronic address"; "Wohin die Rechnung elektronisch zugestellt wird.", "Where the invoice is delivered electronically.";
BT49_1 "BT-49-1" in BG7 Optional Component "EAS": "Schema der elektronischen Adresse des Käufers", "Scheme identifier of the buyer electronic address"; "Was für eine Adresse es ist, zum Beispiel 0204 für die Leitweg-ID.", "What kind of address it is, for example 0204 for a Leitweg-ID.";
BT50 "BT-50" in BG8 Optional Text "": "Straße des Käufers", "Buyer address line 1"; "Straße und Hausnummer oder Postfach.", "Street and number or P.O. box.";
BT51 "BT-51" in BG8 Optional Text "": "Adresszusatz des Käufers", "Buyer address line 2"; "Weitere Angabe zur Anschrift.", "A further part of the address.";
BT163 "BT-163" in BG8 Optional Text "": "Zweiter Adresszusatz des Käufers", "Buyer address line 3"; "Weitere Angabe zur Anschrift.", "A further part of the address.";
BT52 "BT-52" in BG8 Optional Text "": "Ort des Käufers", "Buyer city"; "Der Ort.", "The city or town.";
BT53 "BT-53" in BG8 Optional Text "": "Postleitzahl des Käufers", "Buyer post code"; "Die Postleitzahl.", "The post code.";
BT54 "BT-54" in BG8 Optional Text "": "Region des Käufers", "Buyer country subdivision"; "Bundesland, Kanton, Provinz.", "State, canton, province.";
BT55 "BT-55" in BG8 One Code "ISO 3166-1": "Land des Käufers", "Buyer country code"; "Der Code des Landes.", "The code of the country.";
BT56 "BT-56" in BG9 Optional Text "": "Ansprechpartner des Käufers", "Buyer contact point"; "Person oder Stelle.", "Person or department.";
BT57 "BT-57" in BG9 Optional Text "": "Telefon des Käufers", "Buyer contact telephone number"; "Die Telefonnummer.", "The telephone number.";
BT58 "BT-58" in BG9 Optional Text "": "E-Mail des Käufers", "Buyer contact email address"; "Die E-Mail-Adresse.", "The e-mail address.";
BT59 "BT-59" in BG10 One Text "": "Name des Zahlungsempfängers", "Payee name"; "Wer das Geld bekommt.", "Who is paid.";
BT60 "BT-60" in BG10 Optional Identifier "": "Kennung des Zahlungsempfängers", "Payee identifier"; "Eine Kennung des Zahlungsempfängers.", "An identifier of the payee.";
BT60_1 "BT-60-1" in BG10 Optional Component "ISO 6523 ICD": "Schema der Kennung des Zahlungsempfängers", "Scheme identifier of the payee identifier"; "Wer die Kennung vergibt.", "Who gives out the identifier.";
BT61 "BT-61" in BG10 Optional Identifier "": "Registernummer des Zahlungsempfängers", "Payee legal registration identifier"; "Die Nummer in einem amtlichen Register.", "The number in an official register.";
BT61_1 "BT-61-1" in BG10 Optional Component "ISO 6523 ICD": "Schema der Registernummer des Zahlungsempfängers", "Scheme identifier of the payee legal registration"; "Welches Register es ist.", "Which register it is.";
BT62 "BT-62" in BG11 One Text "": "Name des Steuervertreters", "Seller tax representative name"; "Der volle Name des Steuervertreters.", "The full name of the tax representative.";
BT63 "BT-63" in BG11 One Identifier "": "Umsatzsteuer-Identifikationsnummer des Steuervertreters", "Seller tax representative VAT identifier"; "Die USt-IdNr. mit Länderkennzeichen.", "The VAT number with its country prefix.";
BT64 "BT-64" in BG12 Optional Text "": "Straße des Steuervertreters", "Tax representative address line 1"; "Straße und Hausnummer oder Postfach.", "Street and number or P.O. box.";
BT65 "BT-65" in BG12 Optional Text "": "Adresszusatz des Steuervertreters", "Tax representative address line 2"; "Weitere Angabe zur Anschrift.", "A further part of the address.";
BT164 "BT-164" in BG12 Optional Text "": "Zweiter Adresszusatz des Steuervertreters", "Tax representative address line 3"; "Weitere Angabe zur Anschrift.", "A further part of the address.";
BT66 "BT-66" in BG12 Optional Text "": "Ort des Steuervertreters", "Tax representative city"; "Der Ort.", "The city or town.";
BT67 "BT-67" in BG12 Optional Text "": "Postleitzahl des Steuervertreters", "Tax representative post code"; "Die Postleitzahl.", "The post code.";
BT68 "BT-68" in BG12 Optional Text "": "Region des Steuervertreters", "Tax representative country subdivision"; "Bundesland, Kanton, Provinz.", "State, canton, province.";
BT69 "BT-69" in BG12 One Code "ISO 3166-1": "Land des Steuervertreters", "Tax representative country code"; "Der Code des Landes.", "The code of the country.";
BT70 "BT-70" in BG13 Optional Text "": "Name des Empfängers der Lieferung", "Deliver to party name"; "An wen geliefert wurde.", "To whom delivery was made.";
BT71 "BT-71" in BG13 Optional Identifier "": "Kennung des Lieferorts", "Deliver to location identifier"; "Eine Kennung des Orts, an den geliefert wurde.", "An identifier of the place of delivery.";
BT71_1 "BT-71-1" in BG13 Optional Component "ISO 6523 ICD": "Schema der Kennung des Lieferorts", "Scheme identifier of the deliver to location"; "Wer die Kennung vergibt.", "Who gives out the identifier.";
BT72 "BT-72" in BG13 Optional Date "": "Lieferdatum", "Actual delivery date"; "Der Tag, an dem geliefert oder geleistet wurde.", "The day on which the supply was made.";
BT73 "BT-73" in BG14 Optional Date "": "Beginn des Abrechnungszeitraums", "Invoicing period start date"; "Der erste Tag.", "The first day.";
BT74 "BT-74" in BG14 Optional Date "": "Ende des Abrechnungszeitraums", "Invoicing period end date"; "Der letzte Tag.", "The last day.";
BT75 "BT-75" in BG15 Optional Text "": "Straße der Lieferanschrift", "Deliver to address line 1"; "Straße und Hausnummer.", "Street and number.";
BT76 "BT-76" in BG15 Optional Text "": "Adresszusatz der Lieferanschrift", "Deliver to address line 2"; "Weitere Angabe zur Anschrift.", "A further part of the address.";
BT165 "BT-165" in BG15 Optional Text "": "Zweiter Adresszusatz der Lieferanschrift", "Deliver to address line 3"; "Weitere Angabe zur Anschrift.", "A further part of the address.";
BT77 "BT-77" in BG15 Optional Text "": "Ort der Lieferanschrift", "Deliver to city"; "Der Ort.", "The city or town.";
BT78 "BT-78" in BG15 Optional Text "": "Postleitzahl der Lieferanschrift", "Deliver to post code"; "Die Postleitzahl.", "The post code.";
BT79 "BT-79" in BG15 Optional Text "": "Region der Lieferanschrift", "Deliver to country subdivision"; "Bundesland, Kanton, Provinz.", "State, canton, province.";
BT80 "BT-80" in BG15 One Code "ISO 3166-1": "Land der Lieferanschrift", "Deliver to country code"; "Der Code des Landes.", "The code of the country.";
BT81 "BT-81" in BG16 One Code "UNTDID 4461": "Code für die Zahlungsart", "Payment means type code"; "Wie gezahlt wird: 58 SEPA-Überweisung, 59 SEPA-Lastschrift, 48 Karte, …", "How payment is made: 58 SEPA credit transfer, 59 SEPA direct debit, 48 card, …";
BT82 "BT-82" in BG16 Optional Text "": "Zahlungsart als Text", "Payment means text"; "Die Zahlungsart in Worten.", "The means of payment in words.";
BT83 "BT-83" in BG16 Optional Text "": "Verwendungszweck", "Remittance information"; "Was bei der Zahlung anzugeben ist.", "What to state when paying.";
BT84 "BT-84" in BG17 One Identifier "": "Kontokennung", "Payment account identifier"; "Die IBAN oder eine andere Kontonummer.", "The IBAN or another account number.";
BT85 "BT-85" in BG17 Optional Text "": "Kontoinhaber", "Payment account name"; "Der Name des Kontos.", "The name of the account.";
BT86 "BT-86" in BG17 Optional Identifier "": "BIC der Bank", "Payment service provider identifier"; "Die Bank, bei der das Konto geführt wird.", "The bank that keeps the account.";
BT87 "BT-87" in BG18 One Text "": "Kartennummer", "Payment card primary account number"; "Die letzten Ziffern der Karte.", "The last digits of the card.";
BT88 "BT-88" in BG18 Optional Text "": "Karteninhaber", "Payment card holder name"; "Wem die Karte gehört.", "Who owns the card.";
BT89 "BT-89" in BG19 Optional Identifier "": "Mandatsreferenz", "Mandate reference identifier"; "Die Referenz des Lastschriftmandats.", "The reference of the direct debit mandate.";
BT90 "BT-90" in BG19 Optional Identifier "": "Gläubiger-Identifikationsnummer", "Bank assigned creditor identifier"; "Die Kennung dessen, der die Lastschrift einzieht.", "The identifier of who collects the direct debit.";
BT91 "BT-91" in BG19 Optional Identifier "": "Belastetes Konto", "Debited account identifier"; "Das Konto, von dem eingezogen wird.", "The account that is debited.";
BT92 "BT-92" in BG20 One Amount "": "Betrag des Nachlasses", "Document level allowance amount"; "Der Nachlass ohne Umsatzsteuer.", "The allowance without VAT.";
BT93 "BT-93" in BG20 Optional Amount "": "Grundbetrag des Nachlasses", "Document level allowance base amount"; "Der Betrag, von dem der Nachlass berechnet ist.", "The amount from which the allowance is computed.";
BT94 "BT-94" in BG20 Optional Percentage "": "Prozentsatz des Nachlasses", "Document level allowance percentage"; "Der Nachlass in Prozent des Grundbetrags.", "The allowance in per cent of the base amount.";
BT95 "BT-95" in BG20 One Code "UNTDID 5305": "Umsatzsteuerkategorie des Nachlasses", "Document level allowance VAT category code"; "Die Kategorie der Umsatzsteuer.", "The category of VAT.";
BT96 "BT-96" in BG20 Optional Percentage "": "Umsatzsteuersatz des Nachlasses", "Document level allowance VAT rate"; "Der Steuersatz in Prozent.", "The VAT rate in per cent.";
BT97 "BT-97" in BG20 Optional Text "": "Grund des Nachlasses", "Document level allowance reason"; "Warum der Nachlass gewährt wird.", "Why the allowance is given.";
BT98 "BT-98" in BG20 Optional Code "UNTDID 5189": "Code für den Grund des Nachlasses", "Document level allowance reason code"; "Der Grund als Code.", "The reason as a code.";
BT99 "BT-99" in BG21 One Amount "": "Betrag des Zuschlags", "Document level charge amount"; "Der Zuschlag ohne Umsatzsteuer.", "The charge without VAT.";
BT100 "BT-100" in BG21 Optional Amount "": "Grundbetrag des Zuschlags", "Document level charge base amount"; "Der Betrag, von dem der Zuschlag berechnet ist.", "The amount from which the charge is computed.";
BT101 "BT-101" in BG21 Optional Percentage "": "Prozentsatz des Zuschlags", "Document level charge percentage"; "Der Zuschlag in Prozent des Grundbetrags.", "The charge in per cent of the base amount.";
BT102 "BT-102" in BG21 One Code "UNTDID 5305": "Umsatzsteuerkategorie des Zuschlags", "Document level charge VAT category code"; "Die Kategorie der Umsatzsteuer.", "The category of VAT.";
BT103 "BT-103" in BG21 Optional Percentage "": "Umsatzsteuersatz des Zuschlags", "Document level charge VAT rate"; "Der Steuersatz in Prozent.", "The VAT rate in per cent.";
BT104 "BT-104" in BG21 Optional Text "": "Grund des Zuschlags", "Document level charge reason"; "Warum der Zuschlag erhoben wird.", "Why the charge is made.";
BT105 "BT-105" in BG21 Optional Code "UNTDID 7161": "Code für den Grund des Zuschlags", "Document level charge reason code"; "Der Grund als Code.", "The reason as a code.";
BT106 "BT-106" in BG22 One Amount "": "Summe der Positionen", "Sum of invoice line net amount"; "Die Summe aller Nettobeträge der Positionen.", "The sum of the net amounts of all lines.";
BT107 "BT-107" in BG22 Optional Amount "": "Summe der Nachlässe", "Sum of allowances on document level"; "Die Summe aller Nachlässe auf Rechnungsebene.", "The sum of all allowances on document level.";
BT108 "BT-108" in BG22 Optional Amount "": "Summe der Zuschläge", "Sum of charges on document level"; "Die Summe aller Zuschläge auf Rechnungsebene.", "The sum of all charges on document level.";
BT109 "BT-109" in BG22 One Amount "": "Rechnungssumme ohne Umsatzsteuer", "Invoice total amount without VAT"; "Positionen minus Nachlässe plus Zuschläge.", "Lines minus allowances plus charges.";
BT110 "BT-110" in BG22 Optional Amount "": "Umsatzsteuerbetrag", "Invoice total VAT amount"; "Die ganze Umsatzsteuer der Rechnung.", "All VAT of the invoice.";
BT111 "BT-111" in BG22 Optional Amount "": "Umsatzsteuerbetrag in Buchungswährung", "Invoice total VAT amount in accounting currency"; "Die ganze Umsatzsteuer in der Währung, in der der Verkäufer sie verbucht.", "All VAT in the currency in which the seller books it.";
BT112 "BT-112" in BG22 One Amount "": "Rechnungssumme mit Umsatzsteuer", "Invoice total amount with VAT"; "Die Bruttosumme.", "The gross total.";
BT113 "BT-113" in BG22 Optional Amount "": "Bereits gezahlt", "Paid amount"; "Was schon gezahlt wurde, zum Beispiel Abschläge.", "What was already paid, for example on account.";
BT114 "BT-114" in BG22 Optional Amount "": "Rundungsbetrag", "Rounding amount"; "Womit der Zahlbetrag gerundet wird.", "What rounds the amount to pay.";
BT115 "BT-115" in BG22 One Amount "": "Fälliger Betrag", "Amount due for payment"; "Was noch zu zahlen ist.", "What remains to be paid.";
BT116 "BT-116" in BG23 One Amount "": "Steuerpflichtiger Betrag der Kategorie", "VAT category taxable amount"; "Die Summe, auf die diese Steuer anfällt.", "The sum that bears this VAT.";
BT117 "BT-117" in BG23 One Amount "": "Umsatzsteuerbetrag der Kategorie", "VAT category tax amount"; "Die Steuer dieser Kategorie.", "The VAT of this category.";
BT118 "BT-118" in BG23 One Code "UNTDID 5305": "Umsatzsteuerkategorie", "VAT category code"; "S Normalsatz, AE Steuerschuldnerschaft des Empfängers, E befreit, …", "S standard rate, AE reverse charge, E exempt, …";
BT119 "BT-119" in BG23 Optional Percentage "": "Umsatzsteuersatz der Kategorie", "VAT category rate"; "Der Steuersatz in Prozent.", "The VAT rate in per cent.";
BT120 "BT-120" in BG23 Optional Text "": "Grund der Steuerbefreiung", "VAT exemption reason text"; "Warum keine Umsatzsteuer anfällt.", "Why there is no VAT.";
BT121 "BT-121" in BG23 Optional Code "VATEX": "Code für den Grund der Steuerbefreiung", "VAT exemption reason code"; "Der Grund als Code.", "The reason as a code.";
BT122 "BT-122" in BG24 One DocumentReference "": "Kennung der Unterlage", "Supporting document reference"; "Nummer oder Name der Unterlage.", "Number or name of the document.";
BT123 "BT-123" in BG24 Optional Text "": "Beschreibung der Unterlage", "Supporting document description"; "Was für eine Unterlage es ist.", "What kind of document it is.";
BT124 "BT-124" in BG24 Optional Text "": "Verweis auf die Unterlage", "External document location"; "Die Internetadresse, unter der die Unterlage liegt.", "The internet address of the document.";
BT125 "BT-125" in BG24 Optional BinaryObject "": "Beigefügte Unterlage", "Attached document"; "Die Unterlage selbst als Datei.", "The document itself as a file.";
BT125_1 "BT-125-1" in BG24 One Component "MIME": "MIME-Typ der Unterlage", "Attached document MIME code"; "Was für eine Datei es ist.", "What kind of file it is.";
BT125_2 "BT-125-2" in BG24 One Component "": "Dateiname der Unterlage", "Attached document filename"; "Wie die Datei heißt.", "What the file is called.";
BT126 "BT-126" in BG25 One Identifier "": "Positionsnummer", "Invoice line identifier"; "Die Nummer der Position in der Rechnung.", "The number of the line in the invoice.";
BT127 "BT-127" in BG25 Optional Text "": "Freitext zur Position", "Invoice line note"; "Freier Text zur Position.", "Free text on the line.";
BT128 "BT-128" in BG25 Optional Identifier "": "Objektkennung der Position", "Invoice line object identifier"; "Das Objekt, auf das sich die Position bezieht.", "The object that the line is about.";
BT128_1 "BT-128-1" in BG25 Optional Component "UNTDID 1153": "Schema der Objektkennung der Position", "Scheme identifier of the invoice line object"; "Was für eine Kennung das Objekt hat.", "What kind of identifier the object has.";
BT129 "BT-129" in BG25 One Quantity "": "Menge", "Invoiced quantity"; "Wie viel berechnet wird.", "How much is invoiced.";
BT130 "BT-130" in BG25 One Code "UN/ECE Rec. 20/21": "Code für die Mengeneinheit", "Invoiced quantity unit of measure code"; "Die Einheit der Menge, zum Beispiel C62 Stück, HUR Stunde.", "The unit of the quantity, for example C62 piece, HUR hour.";
BT131 "BT-131" in BG25 One Amount "": "Nettobetrag der Position", "Invoice line net amount"; "Der Betrag der Position ohne Umsatzsteuer.", "The amount of the line without VAT.";
BT132 "BT-132" in BG25 Optional DocumentReference "": "Bestellpositionsnummer", "Referenced purchase order line reference"; "Die Position in der Bestellung.", "The line of the purchase order.";
BT133 "BT-133" in BG25 Optional Text "": "Buchungsreferenz der Position", "Invoice line buyer accounting reference"; "Wo der Käufer die Position bucht.", "Where the buyer books the line.";
BT134 "BT-134" in BG26 Optional Date "": "Beginn des Zeitraums der Position", "Invoice line period start date"; "Der erste Tag.", "The first day.";
BT135 "BT-135" in BG26 Optional Date "": "Ende des Zeitraums der Position", "Invoice line period end date"; "Der letzte Tag.", "The last day.";
BT136 "BT-136" in BG27 One Amount "": "Betrag des Nachlasses der Position", "Invoice line allowance amount"; "Der Nachlass ohne Umsatzsteuer.", "The allowance without VAT.";
BT137 "BT-137" in BG27 Optional Amount "": "Grundbetrag des Nachlasses der Position", "Invoice line allowance base amount"; "Der Betrag, von dem der Nachlass berechnet ist.", "The amount from which the allowance is computed.";
BT138 "BT-138" in BG27 Optional Percentage "": "Prozentsatz des Nachlasses der Position", "Invoice line allowance percentage"; "Der Nachlass in Prozent des Grundbetrags.", "The allowance in per cent of the base amount.";
BT139 "BT-139" in BG27 Optional Text "": "Grund des Nachlasses der Position", "Invoice line allowance reason"; "Warum der Nachlass gewährt wird.", "Why the allowance is given.";
BT140 "BT-140" in BG27 Optional Code "UNTDID 5189": "Code für den Grund des Nachlasses der Position", "Invoice line allowance reason code"; "Der Grund als Code.", "The reason as a code.";
BT141 "BT-141" in BG28 One Amount "": "Betrag des Zuschlags der Position", "Invoice line charge amount"; "Der Zuschlag ohne Umsatzsteuer.", "The charge without VAT.";
BT142 "BT-142" in BG28 Optional Amount "": "Grundbetrag des Zuschlags der Position", "Invoice line charge base amount"; "Der Betrag, von dem der Zuschlag berechnet ist.", "The amount from which the charge is computed.";
BT143 "BT-143" in BG28 Optional Percentage "": "Prozentsatz des Zuschlags der Position", "Invoice line charge percentage"; "Der Zuschlag in Prozent des Grundbetrags.", "The charge in per cent of the base amount.";
BT144 "BT-144" in BG28 Optional Text "": "Grund des Zuschlags der Position", "Invoice line charge reason"; "Warum der Zuschlag erhoben wird.", "Why the charge is made.";
BT145 "BT-145" in BG28 Optional Code "UNTDID 7161": "Code für den Grund des Zuschlags der Position", "Invoice line charge reason code"; "Der Grund als Code.", "The reason as a code.";
BT146 "BT-146" in BG29 One UnitPriceAmount "": "Nettopreis", "Item net price"; "Der Preis nach Abzug des Rabatts, ohne Umsatzsteuer.", "The price after discount, without VAT.";
BT147 "BT-147" in BG29 Optional UnitPriceAmount "": "Rabatt auf den Preis", "Item price discount"; "Was vom Bruttopreis abgezogen wird.", "What is deducted from the gross price.";
BT148 "BT-148" in BG29 Optional UnitPriceAmount "": "Bruttopreis", "Item gross price"; "Der Preis vor Abzug des Rabatts, ohne Umsatzsteuer.", "The price before discount, without VAT.";
BT149 "BT-149" in BG29 Optional Quantity "": "Basismenge zum Preis", "Item price base quantity"; "Für wie viele Einheiten der Preis gilt.", "For how many units the price holds.";
BT150 "BT-150" in BG29 Optional Code "UN/ECE Rec. 20/21": "Code für die Einheit der Basismenge", "Item price base quantity unit of measure code"; "Die Einheit der Basismenge.", "The unit of the base quantity.";
BT151 "BT-151" in BG30 One Code "UNTDID 5305": "Umsatzsteuerkategorie der Position", "Invoiced item VAT category code"; "Die Kategorie der Umsatzsteuer.", "The category of VAT.";
BT152 "BT-152" in BG30 Optional Percentage "": "Umsatzsteuersatz der Position", "Invoiced item VAT rate"; "Der Steuersatz in Prozent.", "The VAT rate in per cent.";
BT153 "BT-153" in BG31 One Text "": "Artikelname", "Item name"; "Wie die Ware oder Leistung heißt.", "What the goods or service are called.";
BT154 "BT-154" in BG31 Optional Text "": "Artikelbeschreibung", "Item description"; "Nähere Beschreibung.", "A closer description.";
BT155 "BT-155" in BG31 Optional Identifier "": "Artikelnummer des Verkäufers", "Item Seller's identifier"; "Die Nummer beim Verkäufer.", "The number that the seller uses.";
BT156 "BT-156" in BG31 Optional Identifier "": "Artikelnummer des Käufers", "Item Buyer's identifier"; "Die Nummer beim Käufer.", "The number that the buyer uses.";
BT157 "BT-157" in BG31 Optional Identifier "": "Standardkennung des Artikels", "Item standard identifier"; "Zum Beispiel die GTIN.", "For example the GTIN.";
BT157_1 "BT-157-1" in BG31 One Component "ISO 6523 ICD": "Schema der Standardkennung", "Scheme identifier of the item standard identifier"; "Wer die Kennung vergibt.", "Who gives out the identifier.";
BT158 "BT-158" in BG31 Any Identifier "": "Klassifizierung des Artikels", "Item classification identifier"; "Die Warengruppe, zum Beispiel nach CPV.", "The class of goods, for example after CPV.";
BT158_1 "BT-158-1" in BG31 One Component "UNTDID 7143": "Schema der Klassifizierung", "Scheme identifier of the item classification"; "Nach welcher Liste klassifiziert ist.", "The list of the classification.";
BT158_2 "BT-158-2" in BG31 Optional Component "": "Version des Klassifizierungsschemas", "Scheme version identifier of the item classification"; "Welche Fassung der Liste gilt.", "The version of the list.";
BT159 "BT-159" in BG31 Optional Code "ISO 3166-1": "Herkunftsland des Artikels", "Item country of origin"; "Woher der Artikel kommt.", "Where the item comes from.";
BT160 "BT-160" in BG32 One Text "": "Name der Eigenschaft", "Item attribute name"; "Welche Eigenschaft es ist.", "Which property it is.";
BT161 "BT-161" in BG32 One Text "": "Wert der Eigenschaft", "Item attribute value"; "Was die Eigenschaft ist.", "What the property is.";
BTDEX001 "BT-DEX-001" in BGDEX09 One Text "": "Art der Fremdforderung", "Third party payment type"; "Was für eine Forderung es ist.", "What kind of claim it is.";
BTDEX002 "BT-DEX-002" in BGDEX09 One Amount "": "Betrag der Fremdforderung", "Third party payment amount"; "Wie viel für den Dritten eingezogen wird.", "How much is collected for the third party.";
BTDEX003 "BT-DEX-003" in BGDEX09 One Text "": "Beschreibung der Fremdforderung", "Third party payment description"; "Für wen und wofür eingezogen wird.", "For whom and for what it is collected.";
}
