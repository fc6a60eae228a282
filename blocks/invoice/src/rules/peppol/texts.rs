//! What the Peppol rules say, where XRechnung has the same rule: identifier, terms and texts, without
//! the tests, because the two layers put them to the same elements in different company.
//!
//! Invariant: a text here holds for both syntaxes and both layers.

use crate::rules::rule_table::rule_texts;

rule_texts! {
    R001 "PEPPOL-EN16931-R001" Software ["BT-23"]
        "Der Geschäftsprozess (BT-23) fehlt."
        "The business process (BT-23) is missing."
        "In der Rechnungssoftware den Prozess „urn:fdc:peppol.eu:2017:poacc:billing:01:1.0“ eintragen lassen."
        "Have the invoicing software write the process \"urn:fdc:peppol.eu:2017:poacc:billing:01:1.0\"."
    R005 "PEPPOL-EN16931-R005" Issuer ["BT-6" "BT-5"]
        "Die Währung der Umsatzsteuerbuchung (BT-6) ist dieselbe wie die Rechnungswährung (BT-5); sie gehört nur hinein, wenn sie eine andere ist."
        "The VAT accounting currency (BT-6) is the same as the invoice currency (BT-5); it belongs here only where it differs."
        "Die Angabe BT-6 weglassen."
        "Leave BT-6 out."
    R008 "PEPPOL-EN16931-R008" Software []
        "Ein Element ist leer; leere Elemente sind nicht erlaubt."
        "An element is empty; empty elements are not allowed."
        "Das Feld ausfüllen, oder das leere Element in der Rechnungssoftware unterdrücken."
        "Fill in the field, or keep the software from writing the empty element."
    R010 "PEPPOL-EN16931-R010" Issuer ["BT-49"]
        "Die elektronische Adresse des Käufers (BT-49) fehlt; ohne sie ist die Rechnung nicht zustellbar."
        "The buyer's electronic address (BT-49) is missing; without it the invoice cannot be delivered."
        "Beim Käufer die elektronische Adresse eintragen, zum Beispiel seine E-Mail-Adresse oder Leitweg-ID."
        "Enter the buyer's electronic address, for example an e-mail address or Leitweg-ID."
    R020 "PEPPOL-EN16931-R020" Issuer ["BT-34"]
        "Die elektronische Adresse des Verkäufers (BT-34) fehlt."
        "The seller's electronic address (BT-34) is missing."
        "Beim Verkäufer die eigene elektronische Adresse eintragen, zum Beispiel die E-Mail-Adresse."
        "Enter the seller's own electronic address, for example the e-mail address."
    R040 "PEPPOL-EN16931-R040" Software ["BT-92" "BT-99" "BT-136" "BT-141"]
        "Der Betrag eines Nachlasses oder Zuschlags ist nicht das Produkt aus Grundbetrag und Prozentsatz."
        "The amount of an allowance or charge is not its base amount times its percentage."
        "Betrag, Grundbetrag oder Prozentsatz berichtigen; Grundbetrag mal Prozentsatz geteilt durch 100 muss bis auf 0,02 den Betrag ergeben."
        "Correct amount, base amount or percentage; base times percentage over 100 must give the amount within 0.02."
    R041 "PEPPOL-EN16931-R041" Issuer ["BT-93" "BT-100" "BT-137" "BT-142"]
        "Zu einem Nachlass oder Zuschlag steht ein Prozentsatz, aber kein Grundbetrag, auf den er sich bezieht."
        "An allowance or charge has a percentage but no base amount that it refers to."
        "Den Grundbetrag ergänzen oder den Prozentsatz weglassen."
        "Add the base amount, or leave the percentage out."
    R042 "PEPPOL-EN16931-R042" Issuer ["BT-94" "BT-101" "BT-138" "BT-143"]
        "Zu einem Nachlass oder Zuschlag steht ein Grundbetrag, aber kein Prozentsatz."
        "An allowance or charge has a base amount but no percentage."
        "Den Prozentsatz ergänzen oder den Grundbetrag weglassen."
        "Add the percentage, or leave the base amount out."
    R043 "PEPPOL-EN16931-R043" Software ["BG-20" "BG-21" "BG-27" "BG-28"]
        "Ob es ein Nachlass oder ein Zuschlag ist, muss mit „true“ oder „false“ angegeben sein."
        "Whether it is an allowance or a charge must be given as \"true\" or \"false\"."
        "In der Rechnungssoftware „false“ für einen Nachlass und „true“ für einen Zuschlag ausgeben lassen."
        "Have the software write \"false\" for an allowance and \"true\" for a charge."
    R044 "PEPPOL-EN16931-R044" Software ["BT-147"]
        "Auf den Preis eines Artikels ist nur ein Nachlass erlaubt, kein Zuschlag."
        "An item's price can have an allowance only, no charge."
        "Den Zuschlag in den Preis einrechnen oder auf der Rechnungsposition angeben."
        "Include the charge in the price, or state it on the invoice line."
    R046 "PEPPOL-EN16931-R046" Software ["BT-146" "BT-147" "BT-148"]
        "Der Nettopreis (BT-146) ist nicht Bruttopreis (BT-148) minus Nachlass (BT-147)."
        "The net price (BT-146) is not the gross price (BT-148) minus the discount (BT-147)."
        "Nettopreis, Bruttopreis oder Nachlass des Artikels berichtigen."
        "Correct the item's net price, gross price or discount."
    R053 "PEPPOL-EN16931-R053" Software ["BT-110"]
        "Der Gesamtbetrag der Umsatzsteuer in Rechnungswährung (BT-110) muss genau einmal angegeben sein."
        "The total VAT amount in invoice currency (BT-110) must be given exactly once."
        "Die Umsatzsteuersummen in der Rechnungssoftware zu einer mit Aufschlüsselung zusammenfassen lassen."
        "Have the software combine the VAT totals into one with a breakdown."
    R054 "PEPPOL-EN16931-R054" Software ["BT-111" "BT-6"]
        "Die Umsatzsteuersumme in Buchungswährung (BT-111) und die Angabe dieser Währung (BT-6) passen nicht zusammen: entweder beides genau einmal oder keines."
        "The VAT total in accounting currency (BT-111) and that currency (BT-6) do not go together: either both exactly once, or neither."
        "BT-6 und BT-111 beide angeben oder beide weglassen."
        "Give both BT-6 and BT-111, or leave both out."
    R055 "PEPPOL-EN16931-R055" Software ["BT-110" "BT-111"]
        "Die Umsatzsteuersummen in Rechnungswährung (BT-110) und in Buchungswährung (BT-111) haben verschiedene Vorzeichen, oder eine von ihnen fehlt."
        "The VAT totals in invoice currency (BT-110) and accounting currency (BT-111) differ in sign, or one is missing."
        "Beide Beträge prüfen und mit gleichem Vorzeichen angeben."
        "Check both amounts and give them with the same sign."
    R061 "PEPPOL-EN16931-R061" Issuer ["BT-89"]
        "Es wird per Lastschrift gezahlt, aber die Mandatsreferenz (BT-89) fehlt."
        "Payment is by direct debit, but the mandate reference (BT-89) is missing."
        "Die Referenz des Lastschriftmandats eintragen."
        "Enter the reference of the direct debit mandate."
    R101 "PEPPOL-EN16931-R101" Software ["BT-128"]
        "Der Verweis auf ein Dokument in einer Rechnungsposition ist nur für das abgerechnete Objekt (BT-128, Typ 130) vorgesehen."
        "A document reference on an invoice line is meant only for the invoiced object (BT-128, type 130)."
        "Den Verweis mit dem Typ 130 kennzeichnen oder weglassen."
        "Mark the reference with type 130, or leave it out."
    R110 "PEPPOL-EN16931-R110" Issuer ["BT-134" "BT-73"]
        "Der Zeitraum einer Rechnungsposition beginnt (BT-134) vor dem Abrechnungszeitraum der Rechnung (BT-73)."
        "The period of an invoice line begins (BT-134) before the invoicing period (BT-73)."
        "Den Beginn der Position oder des Abrechnungszeitraums berichtigen."
        "Correct the start of the line's or the invoice's period."
    R111 "PEPPOL-EN16931-R111" Issuer ["BT-135" "BT-74"]
        "Der Zeitraum einer Rechnungsposition endet (BT-135) nach dem Abrechnungszeitraum der Rechnung (BT-74)."
        "The period of an invoice line ends (BT-135) after the invoicing period (BT-74)."
        "Das Ende der Position oder des Abrechnungszeitraums berichtigen."
        "Correct the end of the line's or the invoice's period."
    R120 "PEPPOL-EN16931-R120" Software ["BT-131" "BT-129" "BT-146" "BT-149"]
        "Der Nettobetrag einer Rechnungsposition (BT-131) ist nicht Menge mal Preis je Basismenge plus Zuschläge minus Nachlässe der Position."
        "An invoice line's net amount (BT-131) is not quantity times price per base quantity plus its charges minus its allowances."
        "Menge, Preis, Basismenge, Zuschläge, Nachlässe und Nettobetrag der Position prüfen und neu berechnen."
        "Check the line's quantity, price, base quantity, charges, allowances and net amount, and calculate again."
    R121 "PEPPOL-EN16931-R121" Issuer ["BT-149"]
        "Die Basismenge zum Preis (BT-149) muss größer als null sein."
        "The price's base quantity (BT-149) must be greater than zero."
        "Die Menge eintragen, für die der Preis gilt, oder die Angabe weglassen."
        "Enter the quantity that the price is for, or leave it out."
    R130 "PEPPOL-EN16931-R130" Issuer ["BT-150" "BT-130"]
        "Die Einheit der Basismenge (BT-150) ist eine andere als die der berechneten Menge (BT-130)."
        "The unit of the base quantity (BT-150) differs from that of the invoiced quantity (BT-130)."
        "Beide Mengen in derselben Einheit angeben."
        "Give both quantities in the same unit."
}
