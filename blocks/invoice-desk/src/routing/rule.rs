//! Rules as values: a field, an operator, a value, and the unit.
//!
//! Invariant: matching never fails and takes time linear in the text.

use vir_core::{Lang, Phrase};

use crate::intake::columns::Columns;
use crate::invoice_row::{Channel, InvoiceRow};

macro_rules! choice {
    ($(#[$doc:meta])* $name:ident { $($(#[$variant_doc:meta])* $variant:ident $text:literal $de:literal $en:literal;)+ }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum $name { $($(#[$variant_doc])* $variant,)+ }

        impl $name {
            /// All of them, in their order.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The text in the column.
            #[must_use]
            pub fn text(self) -> &'static str {
                match self { $(Self::$variant => $text,)+ }
            }

            /// The one with this text.
            #[must_use]
            pub fn find(text: &str) -> Option<Self> {
                match text { $($text => Some(Self::$variant),)+ _ => None }
            }

            /// Its name for people.
            #[must_use]
            pub fn name(self, lang: Lang) -> &'static str {
                match self { $(Self::$variant => Phrase::new($de, $en).get(lang),)+ }
            }
        }
    };
}

choice! {
    /// When a rule is asked: all of one stage before the next.
    Stage {
        /// By the Leitweg-ID.
        Address "address" "Leitweg-ID" "Leitweg-ID";
        /// By the order number.
        Order "order" "Bestellnummer" "Order number";
        /// By the seller.
        Seller "seller" "Rechnungssteller" "Seller";
        /// By the contact that the seller names.
        Contact "contact" "Ansprechpartner" "Contact";
        /// Anything else.
        Rule "rule" "Weitere Regeln" "Further rules";
    }
}

choice! {
    /// What a rule looks at.
    Field {
        /// BT-10.
        BuyerReference "buyer_reference" "Leitweg-ID (BT-10)" "Leitweg-ID (BT-10)";
        /// BT-13.
        OrderReference "order_reference" "Bestellnummer (BT-13)" "Order number (BT-13)";
        /// BT-12.
        ContractReference "contract_reference" "Vertragsnummer (BT-12)" "Contract number (BT-12)";
        /// BT-19.
        AccountingReference "accounting_reference" "Buchungsreferenz (BT-19)" "Accounting reference (BT-19)";
        /// BT-27.
        SellerName "seller_name" "Name des Rechnungsstellers (BT-27)" "Name of the seller (BT-27)";
        /// BT-31 and its substitutes.
        SellerId "seller_id" "Steuer-Kennung des Rechnungsstellers (BT-31)" "VAT identifier of the seller (BT-31)";
        /// BT-44.
        BuyerName "buyer_name" "Name des Empfängers (BT-44)" "Name of the buyer (BT-44)";
        /// BT-56.
        BuyerContact "buyer_contact" "Ansprechpartner beim Empfänger (BT-56)" "Contact at the buyer (BT-56)";
        /// Who handed it in.
        Sender "sender" "Absender" "Sender";
        /// The name of the file.
        FileName "file_name" "Dateiname" "File name";
        /// The channel.
        Channel "channel" "Eingangsweg" "Channel";
    }
}

choice! {
    /// How a rule compares; case and blanks at the ends do not count.
    Operator {
        /// The same.
        Is "is" "ist" "is";
        /// Begins with it.
        Begins "begins" "beginnt mit" "begins with";
        /// Ends with it.
        Ends "ends" "endet mit" "ends with";
        /// Has it somewhere.
        Contains "contains" "enthält" "contains";
        /// A pattern: `*` stands for anything, `?` for one character.
        Like "like" "entspricht dem Muster" "matches the pattern";
    }
}

/// One rule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rule {
    /// Its identifier.
    pub id: String,
    /// When it is asked.
    pub stage: Stage,
    /// Its place among those of its stage.
    pub position: i64,
    /// What it looks at.
    pub field: Field,
    /// How it compares.
    pub operator: Operator,
    /// With what.
    pub value: String,
    /// The unit that gets the invoice.
    pub unit_id: String,
    /// The person who gets it in hand.
    pub person_id: Option<String>,
    /// The group that gets it in hand.
    pub group_id: Option<String>,
    /// What the tenant noted about it.
    pub note: String,
}

/// What a rule can look at.
#[derive(Debug, Clone, Copy)]
pub struct Subject<'a> {
    fields: [Option<&'a str>; Field::ALL.len()],
}

impl<'a> Subject<'a> {
    /// A document that is coming in.
    #[must_use]
    pub fn arriving(columns: &'a Columns, channel: Channel, sender: Option<&'a str>, file_name: &'a str) -> Self {
        Self {
            fields: [
                columns.buyer_reference.as_deref(),
                columns.order_reference.as_deref(),
                columns.contract_reference.as_deref(),
                columns.accounting_reference.as_deref(),
                columns.seller_name.as_deref(),
                columns.seller_id.as_deref(),
                columns.buyer_name.as_deref(),
                columns.buyer_contact.as_deref(),
                sender,
                Some(file_name),
                Some(channel.text()),
            ],
        }
    }

    /// An invoice that is there.
    #[must_use]
    pub fn of(row: &'a InvoiceRow) -> Self {
        Self {
            fields: [
                row.buyer_reference.as_deref(),
                row.order_reference.as_deref(),
                row.contract_reference.as_deref(),
                row.accounting_reference.as_deref(),
                row.seller_name.as_deref(),
                row.seller_id.as_deref(),
                row.buyer_name.as_deref(),
                row.buyer_contact.as_deref(),
                row.sender.as_deref(),
                Some(&row.file_name),
                Some(row.channel.text()),
            ],
        }
    }

    fn field(&self, field: Field) -> Option<&'a str> {
        self.fields[Field::ALL.iter().position(|other| *other == field).unwrap_or_default()]
    }
}

/// Which rule decided.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Matched<'a> {
    /// The rule.
    pub rule: &'a Rule,
}

/// All rules of a tenant in the order in which they are asked.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Table {
    rules: Vec<Rule>,
}

impl Table {
    /// Puts rules in their order.
    #[must_use]
    pub fn new(mut rules: Vec<Rule>) -> Self {
        rules.sort_by(|a, b| (a.stage, a.position, &a.id).cmp(&(b.stage, b.position, &b.id)));
        Self { rules }
    }

    /// The rules in order.
    #[must_use]
    pub fn rules(&self) -> &[Rule] {
        &self.rules
    }

    /// The first rule that fits.
    #[must_use]
    pub fn route(&self, subject: &Subject<'_>) -> Option<Matched<'_>> {
        self.rules.iter().find(|rule| rule.fits(subject)).map(|rule| Matched { rule })
    }
}

impl Rule {
    /// Does it fit?
    #[must_use]
    pub fn fits(&self, subject: &Subject<'_>) -> bool {
        let Some(said) = subject.field(self.field) else { return false };
        let (said, wanted) = (plain(said), plain(&self.value));
        if wanted.is_empty() {
            return false;
        }
        match self.operator {
            Operator::Is => said == wanted,
            Operator::Begins => said.starts_with(&wanted),
            Operator::Ends => said.ends_with(&wanted),
            Operator::Contains => said.contains(&wanted),
            Operator::Like => like(&said, &wanted),
        }
    }
}

fn plain(text: &str) -> String {
    text.trim().to_lowercase()
}

/// A pattern with `*` and `?`. One way back to the last star suffices, so it is quadratic at worst,
/// in texts of at most a few hundred characters.
fn like(text: &str, pattern: &str) -> bool {
    let (text, pattern): (Vec<char>, Vec<char>) = (text.chars().collect(), pattern.chars().collect());
    let (mut t, mut p, mut star) = (0, 0, None);
    while t < text.len() {
        match pattern.get(p) {
            Some('*') => {
                star = Some((p, t));
                p += 1;
            }
            Some(&c) if c == '?' || c == text[t] => {
                t += 1;
                p += 1;
            }
            _ => match star {
                Some((at, from)) => {
                    star = Some((at, from + 1));
                    p = at + 1;
                    t = from + 1;
                }
                None => return false,
            },
        }
    }
    pattern[p..].iter().all(|c| *c == '*')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rule(stage: Stage, position: i64, field: Field, operator: Operator, value: &str, unit: &str) -> Rule {
        Rule {
            id: format!("{unit}-{position}"),
            stage,
            position,
            field,
            operator,
            value: value.to_owned(),
            unit_id: unit.to_owned(),
            person_id: None,
            group_id: None,
            note: String::new(),
        }
    }

    #[test]
    fn the_address_counts_more_than_the_order_and_that_more_than_the_rest() {
        let table = Table::new(vec![
            rule(Stage::Rule, 0, Field::Channel, Operator::Is, "mail", "post office"),
            rule(Stage::Seller, 0, Field::SellerName, Operator::Contains, "salz", "roads"),
            rule(Stage::Order, 1, Field::OrderReference, Operator::Like, "B-??-*", "buyers"),
            rule(Stage::Order, 0, Field::OrderReference, Operator::Begins, "B-26-9", "works"),
            rule(Stage::Address, 0, Field::BuyerReference, Operator::Is, "03403000-KITA-05", "kita"),
        ]);
        let route = |address: Option<&str>, order: Option<&str>, seller: &str| {
            let columns = Columns {
                buyer_reference: address.map(str::to_owned),
                order_reference: order.map(str::to_owned),
                seller_name: Some(seller.to_owned()),
                ..Columns::default()
            };
            let subject = Subject::arriving(&columns, Channel::Mail, None, "a.xml");
            table.route(&subject).map(|matched| matched.rule.unit_id.clone())
        };
        assert_eq!(route(Some(" 03403000-kita-05"), Some("B-26-9"), "Salz AG").as_deref(), Some("kita"));
        assert_eq!(route(Some("03403000-X-01"), Some("b-26-91"), "Salz AG").as_deref(), Some("works"));
        assert_eq!(route(None, Some("B-25-7"), "Salz AG").as_deref(), Some("buyers"));
        assert_eq!(route(None, None, "Nordsalz GmbH").as_deref(), Some("roads"));
        assert_eq!(route(None, None, "Holm").as_deref(), Some("post office"));
    }

    #[test]
    fn patterns_match_as_people_expect() {
        for (text, pattern, expect) in [
            ("abc", "a*c", true),
            ("abc", "*", true),
            ("abc", "a?c", true),
            ("abc", "a?", false),
            ("", "*", true),
            ("aab", "*ab", true),
        ] {
            assert_eq!(like(text, pattern), expect, "{text} {pattern}");
        }
    }
}
