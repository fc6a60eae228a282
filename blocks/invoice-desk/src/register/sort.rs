//! The orders in which the register can be read.
//!
//! Invariant: each order is total (the invoice's id decides between equals), and what has no value
//! in the column comes last in either direction: the two databases do not agree on that by themselves.

use vir_core::Phrase;

/// By which column.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum By {
    /// When it was received.
    Received,
    /// When it is due.
    Due,
    /// Until when cash discount can be taken.
    Discount,
    /// The amount due.
    Amount,
    /// The seller's name.
    Seller,
    /// The invoice number, compared without punctuation.
    Number,
    /// How far it has come, and in each state when it was received.
    State,
}

impl By {
    /// All.
    pub const ALL: [Self; 7] =
        [Self::Received, Self::Due, Self::Discount, Self::Amount, Self::Seller, Self::Number, Self::State];

    /// The name in addresses.
    #[must_use]
    pub fn text(self) -> &'static str {
        match self {
            Self::Received => "received",
            Self::Due => "due",
            Self::Discount => "discount",
            Self::Amount => "amount",
            Self::Seller => "seller",
            Self::Number => "number",
            Self::State => "state",
        }
    }

    /// The name for people.
    #[must_use]
    pub fn name(self) -> Phrase {
        match self {
            Self::Received => Phrase::new("Eingang", "Received"),
            Self::Due => Phrase::new("Fälligkeit", "Due date"),
            Self::Discount => Phrase::new("Skonto bis", "Discount until"),
            Self::Amount => Phrase::new("Betrag", "Amount"),
            Self::Seller => Phrase::new("Rechnungssteller", "Seller"),
            Self::Number => Phrase::new("Rechnungsnummer", "Invoice number"),
            Self::State => Phrase::new("Stand", "State"),
        }
    }

    /// The column that has this order.
    pub(super) fn column(self) -> &'static str {
        match self {
            Self::Received | Self::State => "received_at",
            Self::Due => "due_date",
            Self::Discount => "skonto_date",
            Self::Amount => "payable_cents",
            Self::Seller => "seller_sort",
            Self::Number => "number_key",
        }
    }

    /// Are the values numbers? Else they are text.
    pub(super) fn is_number(self) -> bool {
        matches!(self, Self::Received | Self::State | Self::Amount)
    }

    /// Is there always a value?
    pub(super) fn is_total(self) -> bool {
        matches!(self, Self::Received | Self::State)
    }
}

/// What the column `seller_sort` makes of a seller's name: umlauts with their vowels (DIN 5007-1), case does not matter.
#[must_use]
pub(super) fn seller_key(name: &str) -> String {
    let mut key = String::with_capacity(name.len());
    for character in name.chars() {
        match character {
            'Ä' | 'ä' => key.push('a'),
            'Ö' | 'ö' => key.push('o'),
            'Ü' | 'ü' => key.push('u'),
            'ß' => key.push_str("ss"),
            _ => key.push(character.to_ascii_lowercase()),
        }
    }
    key
}

/// An order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Sort {
    /// By which column.
    pub by: By,
    /// The greatest first.
    pub descending: bool,
}

impl Default for Sort {
    /// The last received first.
    fn default() -> Self {
        Self { by: By::Received, descending: true }
    }
}

impl Sort {
    /// How people want it when they sort by this for the first time: the newest, the largest, the next to be due.
    #[must_use]
    pub fn usual(by: By) -> Self {
        Self { by, descending: matches!(by, By::Received | By::Amount) }
    }

    /// As it stands in an address: `due`, or `-due` for descending.
    #[must_use]
    pub fn text(self) -> String {
        format!("{}{}", if self.descending { "-" } else { "" }, self.by.text())
    }

    /// The order of this text.
    #[must_use]
    pub fn find(text: &str) -> Option<Self> {
        let (descending, name) = match text.strip_prefix('-') {
            Some(name) => (true, name),
            None => (false, text),
        };
        let by = By::ALL.into_iter().find(|by| by.text() == name)?;
        Some(Self { by, descending })
    }
}
