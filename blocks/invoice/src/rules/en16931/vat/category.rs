//! The VAT categories that the rules know (UNTDID 5305, as EN 16931 restricts it).

/// A VAT category.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Category {
    /// Standard rate, which includes reduced rates.
    S,
    /// Zero rated.
    Z,
    /// Exempt.
    E,
    /// Reverse charge.
    Ae,
    /// Intra-community supply, code K.
    Ic,
    /// Export outside the EU.
    G,
    /// Outside the scope of VAT.
    O,
    /// Canary Islands (IGIC), code L.
    Af,
    /// Ceuta and Melilla (IPSI), code M.
    Ag,
    /// Italian split payment.
    B,
    /// Any other code, or none.
    Other,
}

impl Category {
    /// How many there are.
    pub(super) const COUNT: usize = 11;

    /// All of them.
    pub(super) const ALL: [Self; Self::COUNT] =
        [Self::S, Self::Z, Self::E, Self::Ae, Self::Ic, Self::G, Self::O, Self::Af, Self::Ag, Self::B, Self::Other];

    /// The category of exactly this code.
    pub(super) fn of(code: &str) -> Self {
        match code {
            "S" => Self::S,
            "Z" => Self::Z,
            "E" => Self::E,
            "AE" => Self::Ae,
            "K" => Self::Ic,
            "G" => Self::G,
            "O" => Self::O,
            "L" => Self::Af,
            "M" => Self::Ag,
            "B" => Self::B,
            _ => Self::Other,
        }
    }
}

/// A few categories, those of one line for example.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Categories(u16);

impl Categories {
    /// With one more.
    pub(super) fn add(&mut self, category: Category) {
        self.0 |= 1 << category as u16;
    }

    /// Is it among them?
    pub(super) fn has(self, category: Category) -> bool {
        self.0 & (1 << category as u16) != 0
    }
}
