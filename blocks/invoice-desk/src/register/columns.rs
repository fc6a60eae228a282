//! The columns of the register: in the table, in files, and in the chooser.
//!
//! Invariant: a file has the same columns in the same order as the page it was made from.

use jiff::Timestamp;
use jiff::civil::Date;
use vir_auth::{Directory, PersonId, UnitTree};
use vir_core::{Lang, Phrase};

use super::list::Line;
use super::sort::By;

macro_rules! columns {
    ($($(#[$doc:meta])* $name:ident $text:literal $de:literal $en:literal;)+) => {
        /// A column.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum Column { $($(#[$doc])* $name,)+ }

        impl Column {
            /// All, in their order.
            pub const ALL: &'static [Self] = &[$(Self::$name),+];

            /// Its name in addresses and settings.
            #[must_use]
            pub fn text(self) -> &'static str {
                match self { $(Self::$name => $text,)+ }
            }

            /// Its heading.
            #[must_use]
            pub fn title(self) -> Phrase {
                match self { $(Self::$name => Phrase::new($de, $en),)+ }
            }
        }
    };
}

columns! {
    /// The seller; on the page also the number, where it has no column of its own.
    Seller "seller" "Rechnungssteller" "Seller";
    /// BT-1
    Number "number" "Rechnungsnummer" "Invoice number";
    /// BT-115
    Amount "amount" "Betrag" "Amount";
    /// What is to be paid: less what was taken off.
    Payable "payable" "Zahlbetrag" "Payable";
    /// What is pressing: the traffic light.
    Deadline "deadline" "Frist" "Deadline";
    /// BT-9
    Due "due" "Fällig" "Due";
    /// Until when cash discount can be taken.
    Discount "discount" "Skonto bis" "Discount until";
    /// How far it has come.
    State "state" "Stand" "State";
    /// The organisation unit.
    Unit "unit" "Organisationseinheit" "Unit";
    /// Who works on it.
    Person "person" "Zuständig" "Assigned to";
    /// When it was received.
    Received "received" "Eingang" "Received";
    /// By which way.
    Channel "channel" "Kanal" "Channel";
    /// What the check came to.
    Verdict "verdict" "Prüfung" "Check";
    /// The voucher number.
    Voucher "voucher" "Belegnummer" "Voucher number";
    /// BT-2
    Issued "issued" "Rechnungsdatum" "Issue date";
    /// BT-13
    Order "order" "Bestellnummer" "Order reference";
    /// BT-84
    Iban "iban" "IBAN" "IBAN";
    /// Invoice, credit note …
    Kind "kind" "Art" "Kind";
}

impl Column {
    /// Those that are shown to who has not chosen.
    pub const USUAL: [Self; 7] =
        [Self::Seller, Self::Amount, Self::Deadline, Self::State, Self::Unit, Self::Received, Self::Verdict];

    /// The column of this name.
    #[must_use]
    pub fn find(text: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|column| column.text() == text)
    }

    /// Reads names separated by commas; what is unknown is left out, and nothing is the usual ones.
    #[must_use]
    pub fn read(text: &str) -> Vec<Self> {
        let mut chosen: Vec<Self> = Vec::new();
        for column in text.split(',').filter_map(|name| Self::find(name.trim())) {
            if !chosen.contains(&column) {
                chosen.push(column);
            }
        }
        if chosen.is_empty() { Self::USUAL.to_vec() } else { chosen }
    }

    /// The names, separated by commas.
    #[must_use]
    pub fn write(columns: &[Self]) -> String {
        columns.iter().map(|column| column.text()).collect::<Vec<_>>().join(",")
    }

    /// By what a click on its heading sorts.
    #[must_use]
    pub fn sort(self) -> Option<By> {
        Some(match self {
            Self::Seller => By::Seller,
            Self::Number => By::Number,
            Self::Amount => By::Amount,
            Self::Deadline | Self::Due => By::Due,
            Self::Discount => By::Discount,
            Self::State => By::State,
            Self::Received => By::Received,
            _ => return None,
        })
    }
}

/// A value for a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Cell {
    /// Nothing.
    Empty,
    /// Text, which may be hostile.
    Text(String),
    /// A day.
    Day(Date),
    /// A moment; files show it as it is here.
    Moment(Timestamp),
    /// Money.
    Cents(i64),
    /// A number of things.
    Count(i64),
    /// A number with one decimal.
    Tenths(i64),
}

impl Cell {
    /// Text that may be missing.
    #[must_use]
    pub fn optional(text: Option<&str>) -> Self {
        text.map_or(Self::Empty, |text| Self::Text(text.to_owned()))
    }
}

/// Where names for identifiers are found.
#[derive(Clone)]
pub struct Names {
    /// The units.
    pub tree: std::sync::Arc<UnitTree>,
    /// People and their rights.
    pub directory: std::sync::Arc<Directory>,
    /// The language.
    pub lang: Lang,
}

impl Names {
    /// A unit's name.
    #[must_use]
    pub fn unit(&self, id: Option<&str>) -> String {
        match id {
            None => self.lang.tr("nicht zugeordnet", "not assigned").to_owned(),
            Some(id) => self.tree.unit(&id.into()).map_or_else(|| id.to_owned(), |unit| unit.name.clone()),
        }
    }

    /// A person's name.
    #[must_use]
    pub fn person(&self, id: Option<&str>) -> Option<String> {
        id.map(|id| self.directory.name_of(&PersonId::from(id)).to_owned())
    }
}

/// The headings of a file.
#[must_use]
pub fn headings(columns: &[Column], lang: Lang) -> Vec<String> {
    let mut headings = Vec::new();
    for column in columns {
        match column {
            // In a file a light is no light: its two dates are of use.
            Column::Deadline => {
                headings.push(Column::Due.title().get(lang).to_owned());
                headings.push(Column::Discount.title().get(lang).to_owned());
                headings.push(lang.tr("Skontobetrag", "Discount").to_owned());
            }
            // The page shows the number beneath the seller's name.
            Column::Seller if !columns.contains(&Column::Number) => {
                headings.push(column.title().get(lang).to_owned());
                headings.push(Column::Number.title().get(lang).to_owned());
            }
            Column::Amount => {
                headings.push(column.title().get(lang).to_owned());
                headings.push(lang.tr("Währung", "Currency").to_owned());
            }
            other => headings.push(other.title().get(lang).to_owned()),
        }
    }
    headings
}

/// The values of an invoice for a file.
#[must_use]
pub fn cells(line: &Line, columns: &[Column], names: &Names) -> Vec<Cell> {
    let lang = names.lang;
    let day = |day: Option<Date>| day.map_or(Cell::Empty, Cell::Day);
    let cents = |cents: Option<i64>| cents.map_or(Cell::Empty, Cell::Cents);
    let mut cells = Vec::new();
    for column in columns {
        let cell = match column {
            Column::Seller if !columns.contains(&Column::Number) => {
                cells.push(Cell::optional(line.seller_name.as_deref()));
                Cell::optional(line.number.as_deref())
            }
            Column::Seller => Cell::optional(line.seller_name.as_deref()),
            Column::Number => Cell::optional(line.number.as_deref()),
            Column::Amount => {
                cells.push(cents(line.payable_cents));
                Cell::optional(line.currency.as_deref())
            }
            Column::Payable => cents(line.payable_cents.map(|cents| cents - line.reduced_cents.unwrap_or(0))),
            Column::Deadline => {
                cells.push(day(line.due_date));
                cells.push(day(line.skonto_date));
                cents(line.skonto_cents)
            }
            Column::Due => day(line.due_date),
            Column::Discount => day(line.skonto_date),
            Column::State => {
                let hold = if line.on_hold { lang.tr(" (angehalten)", " (on hold)") } else { "" };
                Cell::Text(format!("{}{hold}", line.state.name(lang)))
            }
            Column::Unit => Cell::Text(names.unit(line.unit_id.as_deref())),
            Column::Person => Cell::optional(names.person(line.assigned_person.as_deref()).as_deref()),
            Column::Received => Cell::Moment(line.received_at),
            Column::Channel => Cell::Text(line.channel.name(lang).to_owned()),
            Column::Verdict => Cell::optional(line.verdict.map(|verdict| verdict.name(lang))),
            Column::Voucher => Cell::optional(line.voucher_number.as_deref()),
            Column::Issued => day(line.issue_date),
            Column::Order => Cell::optional(line.order_reference.as_deref()),
            Column::Iban => Cell::optional(line.iban.as_deref()),
            Column::Kind => Cell::Text(line.kind.name(lang).to_owned()),
        };
        cells.push(cell);
    }
    cells
}
