//! Named access to the terms that users of the library want most, on top of the tree.
//!
//! Invariant: a view borrows the tree and adds nothing; what it does not name is in its `group`.

use vir_core::Decimal;

use super::date::Date;
use super::dictionary::{Bg, Bt};
use super::invoice::{Group, Invoice, Value};

macro_rules! view {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy)]
        pub struct $name<'a> {
            /// The group that it shows.
            pub group: &'a Group,
        }
    };
}

macro_rules! fields {
    ($($(#[$doc:meta])* $name:ident $kind:ident $term:ident;)+) => { $(fields!(@ $(#[$doc])* $name $kind $term);)+ };
    (@ $(#[$doc:meta])* $name:ident text $term:ident) => {
        $(#[$doc])* #[must_use] pub fn $name(&self) -> Option<&'a str> { self.group.text(Bt::$term) }
    };
    (@ $(#[$doc:meta])* $name:ident number $term:ident) => {
        $(#[$doc])* #[must_use] pub fn $name(&self) -> Option<Decimal> { self.group.number(Bt::$term) }
    };
    (@ $(#[$doc:meta])* $name:ident date $term:ident) => {
        $(#[$doc])* #[must_use] pub fn $name(&self) -> Option<Date> { self.group.date(Bt::$term) }
    };
    (@ $(#[$doc:meta])* $name:ident value $term:ident) => {
        $(#[$doc])* #[must_use] pub fn $name(&self) -> Option<&'a Value> { self.group.value(Bt::$term) }
    };
}

/// The main terms of an invoice.
///
/// ```
/// use vir_invoice::model::{Bg, Bt, Group, Invoice, Kind, Value};
///
/// let mut invoice = Invoice::new(Kind::Invoice);
/// invoice.root.set(Bt::BT1, "R-2026-17");
/// invoice.root.set(Bt::BT2, "2026-03-01");
/// invoice.root.group_mut(Bg::BG4).set(Bt::BT27, "Tischlerei Holm");
/// invoice.root.group_mut(Bg::BG22).set(Bt::BT115, "119.00");
/// let mut line = Group::new(Bg::BG25);
/// line.set(Bt::BT131, "100.00");
/// invoice.root.add_group(line);
///
/// assert_eq!(invoice.number(), Some("R-2026-17"));
/// assert_eq!(invoice.issue_date().unwrap().to_string(), "2026-03-01");
/// assert_eq!(invoice.seller().unwrap().name(), Some("Tischlerei Holm"));
/// assert_eq!(invoice.total_amount_due(), "119".parse().ok());
/// assert_eq!(invoice.lines().next().unwrap().net_amount(), "100".parse().ok());
/// ```
impl Invoice {
    /// Invoice number (BT-1).
    #[must_use]
    pub fn number(&self) -> Option<&str> {
        self.root.text(Bt::BT1)
    }

    /// Invoice issue date (BT-2).
    #[must_use]
    pub fn issue_date(&self) -> Option<Date> {
        self.root.date(Bt::BT2)
    }

    /// Invoice type code (BT-3).
    #[must_use]
    pub fn type_code(&self) -> Option<&str> {
        self.root.text(Bt::BT3)
    }

    /// Invoice currency code (BT-5).
    #[must_use]
    pub fn currency(&self) -> Option<&str> {
        self.root.text(Bt::BT5)
    }

    /// Payment due date (BT-9).
    #[must_use]
    pub fn due_date(&self) -> Option<Date> {
        self.root.date(Bt::BT9)
    }

    /// Buyer reference (BT-10), in Germany the Leitweg-ID.
    #[must_use]
    pub fn buyer_reference(&self) -> Option<&str> {
        self.root.text(Bt::BT10)
    }

    /// Purchase order reference (BT-13).
    #[must_use]
    pub fn order_reference(&self) -> Option<&str> {
        self.root.text(Bt::BT13)
    }

    /// Payment terms (BT-20).
    #[must_use]
    pub fn payment_terms(&self) -> Option<&str> {
        self.root.text(Bt::BT20)
    }

    /// Business process type (BT-23).
    #[must_use]
    pub fn process(&self) -> Option<&str> {
        self.root.group(Bg::BG2)?.text(Bt::BT23)
    }

    /// Specification identifier (BT-24).
    #[must_use]
    pub fn specification(&self) -> Option<&str> {
        self.root.group(Bg::BG2)?.text(Bt::BT24)
    }

    /// Notes (BG-1).
    pub fn notes(&self) -> impl Iterator<Item = Note<'_>> {
        self.root.groups_of(Bg::BG1).map(|group| Note { group })
    }

    /// The seller (BG-4).
    #[must_use]
    pub fn seller(&self) -> Option<Seller<'_>> {
        self.root.group(Bg::BG4).map(|group| Seller { group })
    }

    /// The buyer (BG-7).
    #[must_use]
    pub fn buyer(&self) -> Option<Buyer<'_>> {
        self.root.group(Bg::BG7).map(|group| Buyer { group })
    }

    /// The payee (BG-10), where it is not the seller.
    #[must_use]
    pub fn payee(&self) -> Option<Party<'_>> {
        self.root.group(Bg::BG10).map(|group| Party { group })
    }

    /// The tax representative of the seller (BG-11).
    #[must_use]
    pub fn tax_representative(&self) -> Option<Party<'_>> {
        self.root.group(Bg::BG11).map(|group| Party { group })
    }

    /// Delivery (BG-13).
    #[must_use]
    pub fn delivery(&self) -> Option<Delivery<'_>> {
        self.root.group(Bg::BG13).map(|group| Delivery { group })
    }

    /// Payment instructions (BG-16). The standard knows one; documents with several exist.
    pub fn payments(&self) -> impl Iterator<Item = Payment<'_>> {
        self.root.groups_of(Bg::BG16).map(|group| Payment { group })
    }

    /// Allowances (BG-20) and charges (BG-21) on the whole invoice.
    pub fn allowances_and_charges(&self) -> impl Iterator<Item = AllowanceCharge<'_>> {
        self.root.groups.iter().filter(|g| matches!(g.id, Bg::BG20 | Bg::BG21)).map(|group| AllowanceCharge { group })
    }

    /// VAT breakdown (BG-23).
    pub fn vat_breakdown(&self) -> impl Iterator<Item = VatBreakdown<'_>> {
        self.root.groups_of(Bg::BG23).map(|group| VatBreakdown { group })
    }

    /// Supporting documents (BG-24).
    pub fn attachments(&self) -> impl Iterator<Item = Attachment<'_>> {
        self.root.groups_of(Bg::BG24).map(|group| Attachment { group })
    }

    /// Invoice lines (BG-25).
    pub fn lines(&self) -> impl Iterator<Item = Line<'_>> {
        self.root.groups_of(Bg::BG25).map(|group| Line { group })
    }

    /// A term of the document totals (BG-22).
    #[must_use]
    pub fn total(&self, term: Bt) -> Option<Decimal> {
        self.root.group(Bg::BG22)?.number(term)
    }

    /// Sum of invoice line net amounts (BT-106).
    #[must_use]
    pub fn total_of_lines(&self) -> Option<Decimal> {
        self.total(Bt::BT106)
    }

    /// Invoice total without VAT (BT-109).
    #[must_use]
    pub fn total_without_vat(&self) -> Option<Decimal> {
        self.total(Bt::BT109)
    }

    /// Invoice total VAT amount (BT-110).
    #[must_use]
    pub fn total_vat(&self) -> Option<Decimal> {
        self.total(Bt::BT110)
    }

    /// Invoice total with VAT (BT-112).
    #[must_use]
    pub fn total_with_vat(&self) -> Option<Decimal> {
        self.total(Bt::BT112)
    }

    /// Amount due for payment (BT-115).
    #[must_use]
    pub fn total_amount_due(&self) -> Option<Decimal> {
        self.total(Bt::BT115)
    }
}

view! {
    /// A note (BG-1).
    Note
}
impl<'a> Note<'a> {
    fields! {
        /// Subject code (BT-21).
        subject text BT21;
        /// Text (BT-22).
        text text BT22;
    }
}

view! {
    /// The seller (BG-4).
    Seller
}
impl<'a> Seller<'a> {
    fields! {
        /// Name (BT-27).
        name text BT27;
        /// Trading name (BT-28).
        trading_name text BT28;
        /// Legal registration identifier (BT-30).
        legal_registration value BT30;
        /// VAT identifier (BT-31).
        vat_id text BT31;
        /// Local tax number (BT-32).
        tax_number text BT32;
        /// Additional legal information (BT-33).
        legal_information text BT33;
        /// Electronic address (BT-34).
        electronic_address value BT34;
    }

    /// Identifiers (BT-29).
    pub fn identifiers(&self) -> impl Iterator<Item = &'a Value> + use<'a> {
        self.group.values_of(Bt::BT29)
    }

    /// Postal address (BG-5).
    #[must_use]
    pub fn address(&self) -> Option<Address<'a>> {
        self.group.group(Bg::BG5).map(|group| Address { group })
    }

    /// Contact (BG-6).
    #[must_use]
    pub fn contact(&self) -> Option<Contact<'a>> {
        self.group.group(Bg::BG6).map(|group| Contact { group })
    }
}

view! {
    /// The buyer (BG-7).
    Buyer
}
impl<'a> Buyer<'a> {
    fields! {
        /// Name (BT-44).
        name text BT44;
        /// Trading name (BT-45).
        trading_name text BT45;
        /// Identifier (BT-46).
        identifier value BT46;
        /// Legal registration identifier (BT-47).
        legal_registration value BT47;
        /// VAT identifier (BT-48).
        vat_id text BT48;
        /// Electronic address (BT-49).
        electronic_address value BT49;
    }

    /// Postal address (BG-8).
    #[must_use]
    pub fn address(&self) -> Option<Address<'a>> {
        self.group.group(Bg::BG8).map(|group| Address { group })
    }

    /// Contact (BG-9).
    #[must_use]
    pub fn contact(&self) -> Option<Contact<'a>> {
        self.group.group(Bg::BG9).map(|group| Contact { group })
    }
}

view! {
    /// The payee (BG-10) or the tax representative (BG-11).
    Party
}
impl<'a> Party<'a> {
    /// Name (BT-59, BT-62).
    #[must_use]
    pub fn name(&self) -> Option<&'a str> {
        self.group.text(Bt::BT59).or_else(|| self.group.text(Bt::BT62))
    }

    /// Postal address (BG-12); a payee has none.
    #[must_use]
    pub fn address(&self) -> Option<Address<'a>> {
        self.group.group(Bg::BG12).map(|group| Address { group })
    }

    fields! {
        /// VAT identifier of the tax representative (BT-63).
        vat_id text BT63;
        /// Identifier of the payee (BT-60).
        identifier value BT60;
        /// Legal registration identifier of the payee (BT-61).
        legal_registration value BT61;
    }
}

view! {
    /// A postal address: of the seller (BG-5), the buyer (BG-8), the tax representative (BG-12) or
    /// the delivery (BG-15).
    Address
}
impl<'a> Address<'a> {
    fn part(&self, seller: Bt, buyer: Bt, representative: Bt, delivery: Bt) -> Option<&'a str> {
        self.group.text(match self.group.id {
            Bg::BG5 => seller,
            Bg::BG8 => buyer,
            Bg::BG12 => representative,
            _ => delivery,
        })
    }

    /// Line 1 (BT-35, BT-50, BT-64, BT-75), usually street and number.
    #[must_use]
    pub fn line_1(&self) -> Option<&'a str> {
        self.part(Bt::BT35, Bt::BT50, Bt::BT64, Bt::BT75)
    }

    /// Line 2 (BT-36, BT-51, BT-65, BT-76).
    #[must_use]
    pub fn line_2(&self) -> Option<&'a str> {
        self.part(Bt::BT36, Bt::BT51, Bt::BT65, Bt::BT76)
    }

    /// Line 3 (BT-162, BT-163, BT-164, BT-165).
    #[must_use]
    pub fn line_3(&self) -> Option<&'a str> {
        self.part(Bt::BT162, Bt::BT163, Bt::BT164, Bt::BT165)
    }

    /// City (BT-37, BT-52, BT-66, BT-77).
    #[must_use]
    pub fn city(&self) -> Option<&'a str> {
        self.part(Bt::BT37, Bt::BT52, Bt::BT66, Bt::BT77)
    }

    /// Post code (BT-38, BT-53, BT-67, BT-78).
    #[must_use]
    pub fn post_code(&self) -> Option<&'a str> {
        self.part(Bt::BT38, Bt::BT53, Bt::BT67, Bt::BT78)
    }

    /// Country subdivision (BT-39, BT-54, BT-68, BT-79).
    #[must_use]
    pub fn subdivision(&self) -> Option<&'a str> {
        self.part(Bt::BT39, Bt::BT54, Bt::BT68, Bt::BT79)
    }

    /// Country code (BT-40, BT-55, BT-69, BT-80).
    #[must_use]
    pub fn country(&self) -> Option<&'a str> {
        self.part(Bt::BT40, Bt::BT55, Bt::BT69, Bt::BT80)
    }
}

view! {
    /// A contact of the seller (BG-6) or the buyer (BG-9).
    Contact
}
impl<'a> Contact<'a> {
    /// Person or department (BT-41, BT-56).
    #[must_use]
    pub fn name(&self) -> Option<&'a str> {
        self.group.text(Bt::BT41).or_else(|| self.group.text(Bt::BT56))
    }

    /// Telephone (BT-42, BT-57).
    #[must_use]
    pub fn telephone(&self) -> Option<&'a str> {
        self.group.text(Bt::BT42).or_else(|| self.group.text(Bt::BT57))
    }

    /// E-mail (BT-43, BT-58).
    #[must_use]
    pub fn email(&self) -> Option<&'a str> {
        self.group.text(Bt::BT43).or_else(|| self.group.text(Bt::BT58))
    }
}

view! {
    /// Delivery (BG-13).
    Delivery
}
impl<'a> Delivery<'a> {
    fields! {
        /// Deliver to party name (BT-70).
        name text BT70;
        /// Location identifier (BT-71).
        location value BT71;
        /// Actual delivery date (BT-72).
        date date BT72;
    }

    /// First and last day of the invoicing period (BT-73, BT-74).
    #[must_use]
    pub fn period(&self) -> Option<(Option<Date>, Option<Date>)> {
        self.group.group(Bg::BG14).map(|group| (group.date(Bt::BT73), group.date(Bt::BT74)))
    }

    /// Address (BG-15).
    #[must_use]
    pub fn address(&self) -> Option<Address<'a>> {
        self.group.group(Bg::BG15).map(|group| Address { group })
    }
}

view! {
    /// Payment instructions (BG-16).
    Payment
}
impl<'a> Payment<'a> {
    fields! {
        /// Means of payment as code (BT-81).
        means_code text BT81;
        /// Means of payment in words (BT-82).
        means_text text BT82;
        /// Remittance information (BT-83).
        remittance text BT83;
    }

    /// Accounts to transfer to (BG-17).
    pub fn credit_transfers(&self) -> impl Iterator<Item = CreditTransfer<'a>> + use<'a> {
        self.group.groups_of(Bg::BG17).map(|group| CreditTransfer { group })
    }

    /// Direct debit (BG-19).
    #[must_use]
    pub fn direct_debit(&self) -> Option<DirectDebit<'a>> {
        self.group.group(Bg::BG19).map(|group| DirectDebit { group })
    }

    /// Card number (BT-87) and holder (BT-88).
    #[must_use]
    pub fn card(&self) -> Option<(Option<&'a str>, Option<&'a str>)> {
        self.group.group(Bg::BG18).map(|group| (group.text(Bt::BT87), group.text(Bt::BT88)))
    }
}

view! {
    /// A credit transfer (BG-17).
    CreditTransfer
}
impl<'a> CreditTransfer<'a> {
    fields! {
        /// Account, usually an IBAN (BT-84).
        account text BT84;
        /// Account holder (BT-85).
        holder text BT85;
        /// BIC (BT-86).
        bic text BT86;
    }
}

view! {
    /// A direct debit (BG-19).
    DirectDebit
}
impl<'a> DirectDebit<'a> {
    fields! {
        /// Mandate reference (BT-89).
        mandate text BT89;
        /// Creditor identifier (BT-90).
        creditor text BT90;
        /// Debited account (BT-91).
        account text BT91;
    }
}

view! {
    /// An allowance or charge: of the invoice (BG-20, BG-21) or of a line (BG-27, BG-28).
    AllowanceCharge
}
impl<'a> AllowanceCharge<'a> {
    fn term(&self, allowance: Bt, charge: Bt, line_allowance: Bt, line_charge: Bt) -> Bt {
        match self.group.id.kin() {
            Bg::BG20 => allowance,
            Bg::BG21 => charge,
            Bg::BG27 => line_allowance,
            _ => line_charge,
        }
    }

    /// Is it a charge, which makes the invoice dearer?
    #[must_use]
    pub fn is_charge(&self) -> bool {
        matches!(self.group.id.kin(), Bg::BG21 | Bg::BG28)
    }

    /// Amount (BT-92, BT-99, BT-136, BT-141).
    #[must_use]
    pub fn amount(&self) -> Option<Decimal> {
        self.group.number(self.term(Bt::BT92, Bt::BT99, Bt::BT136, Bt::BT141))
    }

    /// Base amount (BT-93, BT-100, BT-137, BT-142).
    #[must_use]
    pub fn base_amount(&self) -> Option<Decimal> {
        self.group.number(self.term(Bt::BT93, Bt::BT100, Bt::BT137, Bt::BT142))
    }

    /// Percentage (BT-94, BT-101, BT-138, BT-143).
    #[must_use]
    pub fn percentage(&self) -> Option<Decimal> {
        self.group.number(self.term(Bt::BT94, Bt::BT101, Bt::BT138, Bt::BT143))
    }

    /// Reason (BT-97, BT-104, BT-139, BT-144).
    #[must_use]
    pub fn reason(&self) -> Option<&'a str> {
        self.group.text(self.term(Bt::BT97, Bt::BT104, Bt::BT139, Bt::BT144))
    }

    /// Reason code (BT-98, BT-105, BT-140, BT-145).
    #[must_use]
    pub fn reason_code(&self) -> Option<&'a str> {
        self.group.text(self.term(Bt::BT98, Bt::BT105, Bt::BT140, Bt::BT145))
    }
}

view! {
    /// VAT of one category and rate (BG-23).
    VatBreakdown
}
impl<'a> VatBreakdown<'a> {
    fields! {
        /// Taxable amount (BT-116).
        taxable_amount number BT116;
        /// Tax amount (BT-117).
        tax_amount number BT117;
        /// Category code (BT-118).
        category text BT118;
        /// Rate in per cent (BT-119).
        rate number BT119;
        /// Exemption reason (BT-120).
        exemption_reason text BT120;
        /// Exemption reason code (BT-121).
        exemption_code text BT121;
    }
}

view! {
    /// A supporting document (BG-24).
    Attachment
}
impl<'a> Attachment<'a> {
    fields! {
        /// Reference (BT-122).
        reference text BT122;
        /// Description (BT-123).
        description text BT123;
        /// Location (BT-124).
        location text BT124;
        /// The file in base64 with MIME type and file name as components (BT-125).
        file value BT125;
    }
}

view! {
    /// An invoice line (BG-25) or sub invoice line (BG-DEX-01).
    Line
}
impl<'a> Line<'a> {
    fields! {
        /// Identifier (BT-126).
        id text BT126;
        /// Note (BT-127).
        note text BT127;
        /// Invoiced quantity (BT-129).
        quantity number BT129;
        /// Unit of the quantity (BT-130).
        unit text BT130;
        /// Net amount (BT-131).
        net_amount number BT131;
    }

    fn part(&self, id: Bg) -> Option<&'a Group> {
        self.group.groups.iter().find(|group| group.id.kin() == id)
    }

    /// First and last day of the period (BT-134, BT-135).
    #[must_use]
    pub fn period(&self) -> Option<(Option<Date>, Option<Date>)> {
        self.part(Bg::BG26).map(|group| (group.date(Bt::BT134), group.date(Bt::BT135)))
    }

    /// Item (BG-31).
    #[must_use]
    pub fn item(&self) -> Option<Item<'a>> {
        self.part(Bg::BG31).map(|group| Item { group })
    }

    /// Net price (BT-146).
    #[must_use]
    pub fn price(&self) -> Option<Decimal> {
        self.part(Bg::BG29)?.number(Bt::BT146)
    }

    /// Base quantity of the price (BT-149).
    #[must_use]
    pub fn price_base_quantity(&self) -> Option<Decimal> {
        self.part(Bg::BG29)?.number(Bt::BT149)
    }

    /// VAT category code (BT-151).
    #[must_use]
    pub fn vat_category(&self) -> Option<&'a str> {
        self.part(Bg::BG30)?.text(Bt::BT151)
    }

    /// VAT rate (BT-152).
    #[must_use]
    pub fn vat_rate(&self) -> Option<Decimal> {
        self.part(Bg::BG30)?.number(Bt::BT152)
    }

    /// Allowances (BG-27) and charges (BG-28) of the line.
    pub fn allowances_and_charges(&self) -> impl Iterator<Item = AllowanceCharge<'a>> + use<'a> {
        let groups = self.group.groups.iter();
        groups.filter(|group| matches!(group.id.kin(), Bg::BG27 | Bg::BG28)).map(|group| AllowanceCharge { group })
    }

    /// Sub invoice lines (BG-DEX-01).
    pub fn sub_lines(&self) -> impl Iterator<Item = Line<'a>> + use<'a> {
        self.group.groups_of(Bg::BGDEX01).map(|group| Line { group })
    }
}

view! {
    /// The item of a line (BG-31).
    Item
}
impl<'a> Item<'a> {
    fields! {
        /// Name (BT-153).
        name text BT153;
        /// Description (BT-154).
        description text BT154;
        /// The seller's identifier (BT-155).
        seller_id text BT155;
        /// The buyer's identifier (BT-156).
        buyer_id text BT156;
        /// Standard identifier (BT-157).
        standard_id value BT157;
        /// Country of origin (BT-159).
        origin text BT159;
    }

    /// Classifications (BT-158).
    pub fn classifications(&self) -> impl Iterator<Item = &'a Value> + use<'a> {
        self.group.values_of(Bt::BT158)
    }

    /// Names and values of attributes (BG-32: BT-160, BT-161).
    pub fn attributes(&self) -> impl Iterator<Item = (Option<&'a str>, Option<&'a str>)> + use<'a> {
        let groups = self.group.groups.iter().filter(|group| group.id.kin() == Bg::BG32);
        groups.map(|group| (group.text(Bt::BT160), group.text(Bt::BT161)))
    }
}
