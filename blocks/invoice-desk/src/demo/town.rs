//! The municipality of the demo: invented, with its units and people.
//!
//! Invariant: nothing here exists. Names of places and people are made up, all mail addresses end in
//! `.example`, bank codes begin with 99, which no German bank has.

use vir_core::leitweg::LeitwegId;

/// The tenant's slug.
pub const SLUG: &str = "gruenensiel";
/// The municipality's name.
pub const NAME: &str = "Stadt Grünensiel";
/// The coarse address of its Leitweg-IDs.
pub const COARSE: &str = "039999990001";

/// An organisation unit.
#[derive(Debug, Clone, Copy)]
pub struct Unit {
    /// Short and stable; also the fine address of its Leitweg-ID.
    pub key: &'static str,
    /// What people call it.
    pub name: &'static str,
    /// The unit above it, by its key; none for the municipality itself.
    pub above: Option<&'static str>,
    /// The cost centre that its invoices are usually coded to.
    pub cost_centre: &'static str,
}

impl Unit {
    /// Its Leitweg-ID, with check digits.
    #[must_use]
    pub fn leitweg_id(&self) -> String {
        format!("{COARSE}-{}-{}", self.key, LeitwegId::check_digits(COARSE, self.key))
    }
}

const fn unit(key: &'static str, name: &'static str, above: &'static str, cost_centre: &'static str) -> Unit {
    Unit { key, name, above: Some(above), cost_centre }
}

/// All units; each stands behind the one above it.
pub const UNITS: &[Unit] = &[
    Unit { key: "RATHAUS", name: NAME, above: None, cost_centre: "10000" },
    unit("FB1", "Fachbereich 1 – Zentrale Dienste und Finanzen", "RATHAUS", "11000"),
    unit("IT", "Informationstechnik", "FB1", "11200"),
    unit("KASSE", "Stadtkasse", "FB1", "11300"),
    unit("FB2", "Fachbereich 2 – Bildung und Soziales", "RATHAUS", "21000"),
    unit("GSDEICH", "Grundschule am Deich", "FB2", "21110"),
    unit("KITA", "Kindertagesstätte Wattwurm", "FB2", "36510"),
    unit("BUCH", "Stadtbücherei", "FB2", "27210"),
    unit("FB3", "Fachbereich 3 – Bauen und Ordnung", "RATHAUS", "51000"),
    unit("BAUHOF", "Bauhof", "FB3", "57310"),
    unit("TIEFBAU", "Tiefbau und Entwässerung", "FB3", "54110"),
    unit("FEUERW", "Freiwillige Feuerwehr", "FB3", "12610"),
];

/// Accounts (*Sachkonten*) that the suppliers are coded to.
pub const ACCOUNTS: &[(&str, &str)] = &[
    ("082100", "Betriebs- und Geschäftsausstattung"),
    ("096100", "Anlagen im Bau"),
    ("421100", "Unterhaltung der Gebäude"),
    ("421200", "Unterhaltung der Straßen und Wege"),
    ("421300", "Unterhaltung der Grünflächen, Bäume"),
    ("421310", "Unterhaltung der Grünflächen, Bepflanzung"),
    ("422100", "Verbrauchsmittel Winterdienst"),
    ("422200", "Ausrüstung und Schutzkleidung"),
    ("422210", "Haltung von Fahrzeugen"),
    ("422300", "Unterhaltung der Maschinen"),
    ("424100", "Reinigung"),
    ("424200", "Strom"),
    ("424300", "Wasser"),
    ("424400", "Abfallentsorgung"),
    ("427100", "Medien der Bücherei"),
    ("427200", "Lernmittel"),
    ("427210", "Lehrmittel"),
    ("427300", "Lebensmittel"),
    ("427310", "Mittagsverpflegung"),
    ("443100", "Bürobedarf"),
    ("443110", "Druck- und Kopierkosten"),
    ("443200", "Geräte der Informationstechnik"),
    ("443210", "Lizenzen und Pflege"),
    ("443300", "Telekommunikation"),
    ("443400", "Planung und Gutachten"),
    ("443410", "Rechtsberatung"),
    ("443500", "Ärztliche Untersuchungen"),
];

/// Products (*Produkte*) that the suppliers are coded to.
pub const PRODUCTS: &[(&str, &str)] = &[
    ("111101", "Verwaltungsführung"),
    ("111201", "Zentrale Dienste"),
    ("111301", "Informationstechnik"),
    ("111501", "Gebäudewirtschaft"),
    ("126101", "Brandschutz"),
    ("211101", "Grundschulen"),
    ("272101", "Büchereien"),
    ("365101", "Kindertagesstätten"),
    ("366101", "Spielplätze"),
    ("538101", "Abwasserbeseitigung"),
    ("541101", "Gemeindestraßen"),
    ("551101", "Öffentliches Grün"),
    ("573101", "Bauhof"),
];

/// What somebody does in the demo; the names of the default roles.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// Codes invoices.
    Clerk,
    /// Certifies them.
    Certifier,
    /// Orders payment, up to a limit in cents.
    Orderer(i64),
    /// Pays.
    Cashier,
    /// Sees all, sets up the desk.
    HeadOfFinance,
    /// Administers people and rights; sees no invoices.
    Administrator,
    /// Reads everything, changes nothing.
    Auditor,
}

/// Somebody who works there.
#[derive(Debug, Clone, Copy)]
pub struct Person {
    /// Signs in with it.
    pub login: &'static str,
    /// Full name.
    pub name: &'static str,
    /// Where the part applies: that unit and all below it.
    pub unit: &'static str,
    /// What they do.
    pub part: Part,
}

const fn person(login: &'static str, name: &'static str, unit: &'static str, part: Part) -> Person {
    Person { login, name, unit, part }
}

/// The password of everybody in the demo; shown on the log-in page, there only.
pub const PASSWORD: &str = "gruenensiel-am-deich";

/// The people. The first of each part is the one that the log-in page offers.
pub const PEOPLE: &[Person] = &[
    person("imke.janssen", "Imke Janßen", "FB3", Part::Clerk),
    person("hauke.meinders", "Hauke Meinders", "FB3", Part::Certifier),
    person("frauke.tjarks", "Frauke Tjarks", "FB3", Part::Orderer(1_000_000)),
    person("okka.behrends", "Okka Behrends", "RATHAUS", Part::Cashier),
    person("wiebke.onken", "Wiebke Onken", "RATHAUS", Part::HeadOfFinance),
    person("jannes.ulfers", "Jannes Ulfers", "RATHAUS", Part::Administrator),
    person("theda.wilts", "Theda Wilts", "RATHAUS", Part::Auditor),
    person("enno.harms", "Enno Harms", "FB2", Part::Clerk),
    person("gesa.poppinga", "Gesa Poppinga", "FB2", Part::Certifier),
    person("tammo.dirks", "Tammo Dirks", "FB1", Part::Clerk),
    person("antje.reents", "Antje Reents", "FB1", Part::Certifier),
    person("folkert.sassen", "Folkert Sassen", "RATHAUS", Part::Orderer(100_000_000)),
    person("silke.agena", "Silke Agena", "RATHAUS", Part::Cashier),
];

/// The unit with a key.
#[must_use]
pub fn unit_of(key: &str) -> Option<&'static Unit> {
    UNITS.iter().find(|unit| unit.key == key)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_town_holds_together() {
        for (index, unit) in UNITS.iter().enumerate() {
            let above = unit.above.map(|above| UNITS[..index].iter().any(|earlier| earlier.key == above));
            assert_ne!(above, Some(false), "{} stands before the unit above it", unit.key);
            unit.leitweg_id().parse::<LeitwegId>().unwrap();
        }
        assert!(PEOPLE.iter().all(|person| unit_of(person.unit).is_some()));
        let known = |list: &[(&str, &str)], code: &str| list.iter().any(|(known, _)| *known == code);
        for supplier in crate::demo::suppliers::SUPPLIERS {
            let (account, product) = supplier.coding;
            assert!(known(ACCOUNTS, account) && known(PRODUCTS, product), "{}", supplier.name);
        }
    }
}
