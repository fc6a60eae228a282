//! The suppliers of the demo and what they sell: all invented.

/// Something sold.
#[derive(Debug, Clone, Copy)]
pub struct Article {
    /// BT-153.
    pub name: &'static str,
    /// BT-130, UN/ECE Recommendation 20.
    pub unit: &'static str,
    /// Net price in cents for one.
    pub cents: i64,
    /// VAT rate in per cent.
    pub rate: u8,
    /// The most that is bought at once.
    pub most: i64,
}

const fn article(name: &'static str, unit: &'static str, cents: i64, rate: u8, most: i64) -> Article {
    Article { name, unit, cents, rate, most }
}

/// A supplier.
#[derive(Debug, Clone, Copy)]
pub struct Supplier {
    /// BT-27.
    pub name: &'static str,
    /// Street, post code, town.
    pub address: (&'static str, &'static str, &'static str),
    /// The part of mail addresses before `.example`.
    pub domain: &'static str,
    /// The unit that buys there most often.
    pub buyer: &'static str,
    /// The account (*Sachkonto*) and product (*Produkt*) that it is coded to.
    pub coding: (&'static str, &'static str),
    /// Days and per cent of cash discount, where offered.
    pub skonto: Option<(u32, &'static str)>,
    /// Days until payment is due.
    pub days: i8,
    /// What it sells.
    pub articles: &'static [Article],
}

macro_rules! suppliers {
    ($($name:literal, ($street:literal, $code:literal, $town:literal), $domain:literal, $buyer:literal,
       ($account:literal, $product:literal), $skonto:expr, $days:literal: $([$($article:expr),+ $(,)?]),+;)+) => {
        &[$(Supplier {
            name: $name, address: ($street, $code, $town), domain: $domain, buyer: $buyer,
            coding: ($account, $product), skonto: $skonto, days: $days,
            articles: &[$(article($($article),+)),+],
        }),+]
    };
}

/// All suppliers.
pub const SUPPLIERS: &[Supplier] = suppliers![
    "Salzhandel Unterweser GmbH", ("Hafenstraße 4", "26999", "Siel am Watt"), "salzhandel", "BAUHOF", ("422100", "573101"), Some((10, "2")), 30:
        ["Streusalz, lose", "TNE", 8990, 19, 25], ["Anlieferung", "C62", 6500, 19, 3];
    "Kieswerk Moorhusen KG", ("An der Kuhle 1", "26998", "Moorhusen"), "kieswerk-moorhusen", "TIEFBAU", ("421200", "541101"), Some((14, "3")), 30:
        ["Frostschutzkies 0/32", "TNE", 1480, 19, 90], ["Mineralgemisch 0/45", "TNE", 1690, 19, 60], ["Fracht", "KMT", 240, 19, 40];
    "Tischlerei Harms & Söhne", ("Mühlenweg 12", "26997", "Grünensiel"), "tischlerei-harms", "GSDEICH", ("421100", "211101"), None, 14:
        ["Fensterflügel instand setzen", "HUR", 5850, 19, 16], ["Isolierglas 4-16-4", "MTK", 11900, 19, 8];
    "Elektro Ahlers e. K.", ("Dorfstraße 33", "26997", "Grünensiel"), "elektro-ahlers", "KITA", ("421100", "365101"), Some((8, "2")), 21:
        ["Wiederkehrende Prüfung ortsfester Anlagen", "HUR", 6400, 19, 12], ["LED-Leuchte 1.200 mm", "C62", 7890, 19, 20];
    "Bürobedarf Petersen e. K.", ("Lange Straße 8", "26996", "Petershaven"), "buero-petersen", "FB1", ("443100", "111201"), Some((14, "2")), 30:
        ["Kopierpapier A4, Recycling, 500 Blatt", "C62", 489, 19, 200], ["Ordner, breit, grau", "C62", 349, 19, 60], ["Tonerkartusche schwarz", "C62", 11890, 19, 6];
    "Wattnetz Systemhaus GmbH", ("Technologiepark 3", "26995", "Küstenstadt"), "wattnetz", "IT", ("443200", "111301"), None, 30:
        ["Arbeitsplatzrechner", "C62", 78900, 19, 12], ["Bildschirm 27 Zoll", "C62", 23900, 19, 20], ["Wartung Server, Monatspauschale", "MON", 89000, 19, 1];
    "Deichverband Software eG", ("Am Kai 7", "26995", "Küstenstadt"), "deichsoft", "IT", ("443210", "111301"), None, 14:
        ["Fachverfahren Meldewesen, Jahrespflege", "C62", 460000, 19, 1], ["Schulung, halber Tag", "C62", 48000, 19, 3];
    "Küstenbuch Sortiment GbR", ("Marktplatz 2", "26997", "Grünensiel"), "kuestenbuch", "BUCH", ("427100", "272101"), None, 30:
        ["Jugendbücher, Auswahl Herbst", "C62", 1495, 7, 60], ["Sachbücher Natur und Küste", "C62", 2450, 7, 30], ["Folieren", "C62", 120, 19, 90];
    "Schulbuchkontor Nord GmbH", ("Speicherstraße 19", "26995", "Küstenstadt"), "schulbuchkontor", "GSDEICH", ("427200", "211101"), Some((10, "1.5")), 30:
        ["Lesebuch Klasse 3", "C62", 2275, 7, 60], ["Arbeitsheft Mathematik 2", "C62", 995, 7, 80];
    "Feuerschutz Boekhoff GmbH & Co. KG", ("Industriering 21", "26994", "Westergroden"), "boekhoff", "FEUERW", ("422200", "126101"), Some((14, "2")), 30:
        ["Einsatzhose nach HuPF Teil 2", "C62", 23900, 19, 24], ["Druckschlauch C 42, 15 m", "C62", 8450, 19, 20], ["Prüfung Atemschutzgerät", "C62", 4900, 19, 16];
    "Landtechnik Eilers GmbH", ("Bundesstraße 210", "26994", "Westergroden"), "landtechnik-eilers", "BAUHOF", ("422300", "573101"), Some((8, "2")), 14:
        ["Inspektion Kommunalschlepper", "HUR", 8200, 19, 9], ["Mähwerkmesser, Satz", "C62", 12650, 19, 4], ["Hydrauliköl 20 l", "C62", 9890, 19, 3];
    "Baumpflege Siebels", ("Achter de Diek 5", "26993", "Nordgroden"), "baumpflege-siebels", "BAUHOF", ("421300", "551101"), None, 30:
        ["Kronenpflege Alleebaum", "C62", 18500, 19, 24], ["Baumkontrolle mit Protokoll", "C62", 1850, 19, 80];
    "Tief- und Kanalbau Groden GmbH", ("Schleusenstraße 44", "26993", "Nordgroden"), "kanalbau-groden", "TIEFBAU", ("096100", "538101"), Some((21, "3")), 60:
        ["Abschlagsrechnung Kanalsanierung Deichstraße", "C62", 1848000, 19, 2], ["Kanal-TV-Befahrung", "MTR", 385, 19, 900];
    "Reinigungsdienst Blanke GmbH", ("Nordring 9", "26996", "Petershaven"), "blanke", "GSDEICH", ("424100", "211101"), None, 14:
        ["Unterhaltsreinigung, Monatspauschale", "MON", 218000, 19, 1], ["Grundreinigung Turnhalle", "MTK", 210, 19, 600];
    "Milchhof Wiarden eG", ("Molkereiweg 1", "26992", "Wiarden"), "milchhof-wiarden", "KITA", ("427300", "365101"), None, 14:
        ["Frischmilch, 10-l-Kanister", "C62", 1190, 7, 24], ["Naturjoghurt, 5 kg", "C62", 1390, 7, 12];
    "Mittagstisch Rieken GmbH", ("Gewerbestraße 17", "26996", "Petershaven"), "mittagstisch-rieken", "KITA", ("427310", "365101"), Some((7, "1")), 14:
        ["Mittagessen Kindertagesstätte", "C62", 385, 7, 1400], ["Lieferpauschale", "C62", 900, 19, 22];
    "Stadtwerke Küstenstadt AG", ("Gaswerkstraße 1", "26995", "Küstenstadt"), "sw-kuestenstadt", "RATHAUS", ("424200", "111501"), None, 14:
        ["Strom, Arbeitspreis", "KWH", 28, 19, 21000], ["Grundpreis", "MON", 1890, 19, 1];
    "Wasserverband Groden", ("Am Wasserwerk 2", "26993", "Nordgroden"), "wv-groden", "RATHAUS", ("424300", "111501"), None, 30:
        ["Trinkwasser", "MTQ", 148, 7, 420];
    "Küstenfunk Telekommunikation GmbH", ("Funkturm 1", "26995", "Küstenstadt"), "kuestenfunk", "IT", ("443300", "111301"), None, 10:
        ["Festnetz und Internet, Monat", "MON", 45900, 19, 1], ["Mobilfunk, Karte", "C62", 1290, 19, 34];
    "Ingenieurbüro Tammen PartG mbB", ("Kanalstraße 27", "26995", "Küstenstadt"), "ib-tammen", "TIEFBAU", ("443400", "541101"), None, 30:
        ["Objektplanung Verkehrsanlagen, LPH 3", "C62", 1240000, 19, 1], ["Vermessung, Trupp", "HUR", 14500, 19, 20];
    "Rechtsanwältinnen Coordes & Partner", ("Domshof 3", "26995", "Küstenstadt"), "ra-coordes", "FB1", ("443410", "111101"), None, 14:
        ["Beratung Vergaberecht", "HUR", 24000, 19, 8];
    "Druckerei Leuchtfeuer GmbH", ("Leuchtturmweg 6", "26996", "Petershaven"), "leuchtfeuer", "FB1", ("443110", "111201"), Some((10, "2")), 30:
        ["Wahlbenachrichtigungen, Druck und Kuvertierung", "C62", 19, 19, 9800], ["Faltblatt Ferienpass", "C62", 38, 7, 2500];
    "Spielplatzgeräte Hüpfburg GmbH", ("Werkstraße 14", "26991", "Hohenkoog"), "spielplatz-huepf", "KITA", ("082100", "366101"), Some((14, "3")), 30:
        ["Nestschaukel mit Gestell", "C62", 248000, 19, 2], ["Fallschutzplatte", "MTK", 4150, 19, 60];
    "Malerbetrieb Wübbena", ("Norderstraße 51", "26997", "Grünensiel"), "maler-wuebbena", "GSDEICH", ("421100", "211101"), Some((10, "2")), 21:
        ["Wände streichen, Dispersionsfarbe", "MTK", 780, 19, 420], ["Türzargen lackieren", "C62", 4600, 19, 14];
    "Autohaus Deichgraf GmbH", ("Bremer Straße 77", "26994", "Westergroden"), "autohaus-deichgraf", "FEUERW", ("422210", "126101"), None, 14:
        ["Hauptuntersuchung und Inspektion MTW", "C62", 61800, 19, 1], ["Winterreifen, Satz montiert", "C62", 74900, 19, 2];
    "Abfallwirtschaft Marschland AöR", ("Deponiestraße 1", "26992", "Wiarden"), "aw-marschland", "BAUHOF", ("424400", "573101"), None, 30:
        ["Grünschnitt, Annahme", "TNE", 4250, 19, 14], ["Container 10 m³, Gestellung", "C62", 14500, 19, 3];
    "Gärtnerei Freese", ("Tulpenweg 2", "26997", "Grünensiel"), "gaertnerei-freese", "BAUHOF", ("421310", "551101"), Some((14, "2")), 30:
        ["Sommerflor, Schale", "C62", 320, 7, 400], ["Blumenzwiebeln, 1.000 Stück", "C62", 14900, 7, 4];
    "Musikhaus Klönschnack", ("Neue Straße 11", "26996", "Petershaven"), "kloenschnack", "GSDEICH", ("427210", "211101"), None, 14:
        ["Glockenspiel, chromatisch", "C62", 6490, 19, 12], ["Notenständer", "C62", 1690, 19, 25];
    "Medizinischer Dienst am Deich GmbH", ("Klinikweg 4", "26995", "Küstenstadt"), "md-deich", "FEUERW", ("443500", "126101"), None, 30:
        ["Tauglichkeitsuntersuchung G 26.3", "C62", 13800, 0, 12];
    "Baugrund Gutachten Lessen GmbH", ("Hafenkai 12", "26995", "Küstenstadt"), "baugrund-lessen", "TIEFBAU", ("443400", "541101"), None, 30:
        ["Baugrundgutachten", "C62", 385000, 19, 1];
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::demo::town;

    #[test]
    fn suppliers_sell_to_units_that_exist_and_names_are_different() {
        let names: std::collections::BTreeSet<_> = SUPPLIERS.iter().map(|supplier| supplier.name).collect();
        assert_eq!(names.len(), SUPPLIERS.len());
        assert!(SUPPLIERS.iter().all(|supplier| town::unit_of(supplier.buyer).is_some()));
    }
}
