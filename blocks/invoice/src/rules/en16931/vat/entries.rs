//! The texts that the VAT categories share, and which test stands behind them.
//!
//! Invariant: a category file says for every rule which demand it is; the sentences are written once.

/// The rules of one category: identifier, demand and, where the demand is put to several places, the place.
macro_rules! category_rules {
    (
        $category:ident $de:literal $en:literal
        $breakdown:ident $allowance:ident $charge:ident $line:ident;
        $($id:literal $demand:ident $($place:ident)?;)*
    ) => {
        /// The rules of this category.
        pub static RULES: &[crate::rules::Rule] = &[$(
            $crate::rules::en16931::vat::entries::entry!(
                $demand $($place)?; $id $category $de $en ($breakdown $allowance $charge $line)
            )
        ),*];
    };
}
pub(super) use category_rules;

/// One rule.
macro_rules! entry {
    // BR-…-01
    (declared_once; $id:literal $category:ident $de:literal $en:literal $contexts:tt) => {
        entry!(declared declared_once declared_once; $id $category $de $en)
    };
    (outside_declared; $id:literal $category:ident $de:literal $en:literal $contexts:tt) => {
        rule! {
            $id Software ["BG-23", "BT-118"]
            concat!("Die Umsatzsteueraufschlüsselung (BG-23) hat für ", $de, " nicht genau einen Eintrag, der zu Positionen, Nachlässen oder Zuschlägen dieser Kategorie gehört."),
            concat!("The VAT breakdown (BG-23) does not have exactly one entry for ", $en, " that belongs to lines, allowances or charges of this category."),
            "In der Rechnungssoftware die Steueraufschlüsselung aus den Positionen neu berechnen.",
            "Have the invoicing software compute the VAT breakdown from the lines again.",
            ubl DOCUMENT |f, _| ubl::declared_once(f, Category::$category),
            cii DOCUMENT |f, _| cii::outside_declared(f)
        }
    };
    (standard_declared; $id:literal $category:ident $de:literal $en:literal $contexts:tt) => {
        entry!(declared_by_rate standard_declared; $id $category $de $en)
    };
    (igic_declared; $id:literal $category:ident $de:literal $en:literal $contexts:tt) => {
        entry!(declared_by_rate igic_declared; $id $category $de $en)
    };
    (ipsi_declared; $id:literal $category:ident $de:literal $en:literal $contexts:tt) => {
        entry!(declared_by_rate ipsi_declared; $id $category $de $en)
    };
    (declared $ubl:ident $cii:ident; $id:literal $category:ident $de:literal $en:literal) => {
        rule! {
            $id Software ["BG-23", "BT-118"]
            concat!("Die Umsatzsteueraufschlüsselung (BG-23) passt nicht zu den Positionen, Nachlässen und Zuschlägen: Für ", $de, " muss sie genau einen Eintrag haben, wenn diese Kategorie vorkommt, und sonst keinen."),
            concat!("The VAT breakdown (BG-23) does not fit the lines, allowances and charges: for ", $en, " it must have exactly one entry where the category occurs, and none elsewhere."),
            "In der Rechnungssoftware die Steueraufschlüsselung aus den Positionen neu berechnen.",
            "Have the invoicing software compute the VAT breakdown from the lines again.",
            ubl DOCUMENT |f, _| ubl::$ubl(f, Category::$category),
            cii DOCUMENT |f, _| cii::$cii(f, Category::$category)
        }
    };
    (declared_by_rate $ubl:ident; $id:literal $category:ident $de:literal $en:literal) => {
        rule! {
            $id Software ["BG-23", "BT-118"]
            concat!("Die Umsatzsteueraufschlüsselung (BG-23) passt nicht zu den Positionen, Nachlässen und Zuschlägen: Für ", $de, " muss sie mindestens einen Eintrag haben, wenn diese Kategorie vorkommt, und sonst keinen."),
            concat!("The VAT breakdown (BG-23) does not fit the lines, allowances and charges: for ", $en, " it must have at least one entry where the category occurs, and none elsewhere."),
            "In der Rechnungssoftware die Steueraufschlüsselung aus den Positionen neu berechnen.",
            "Have the invoicing software compute the VAT breakdown from the lines again.",
            ubl DOCUMENT |f, _| ubl::$ubl(f),
            cii DOCUMENT |f, _| cii::declared_by_rate(f, Category::$category)
        }
    };

    // BR-…-02 to -04
    ($demand:ident line; $id:literal $category:ident $de:literal $en:literal ($b:ident $a:ident $c:ident $l:ident)) => {
        entry!(at $demand; line_parties "Position" "line" ["BT-151", "BT-152"] $l; $id $category $de $en)
    };
    ($demand:ident allowance; $id:literal $category:ident $de:literal $en:literal ($b:ident $a:ident $c:ident $l:ident)) => {
        entry!(at $demand; allowance_parties "Nachlass" "allowance" ["BT-95", "BT-96"] $a; $id $category $de $en)
    };
    ($demand:ident charge; $id:literal $category:ident $de:literal $en:literal ($b:ident $a:ident $c:ident $l:ident)) => {
        entry!(at $demand; charge_parties "Zuschlag" "charge" ["BT-102", "BT-103"] $c; $id $category $de $en)
    };
    (at seller_registered; $test:ident $place_de:literal $place_en:literal [$($term:literal),*] $context:ident; $id:literal $category:ident $de:literal $en:literal) => {
        entry!(parties $test $place_de $place_en ["BT-31", "BT-32", "BT-63"] $context; $id $category $de $en
            "muss der Verkäufer seine Umsatzsteuer-Identifikationsnummer (BT-31) oder Steuernummer (BT-32) angeben, oder sein Steuervertreter die seine (BT-63)"
            "the seller must give a VAT identifier (BT-31) or tax number (BT-32), or the tax representative a VAT identifier (BT-63)"
            "USt-IdNr. oder Steuernummer des Verkäufers ergänzen."
            "Add the seller's VAT identifier or tax number.")
    };
    (at seller_has_vat_id; $test:ident $place_de:literal $place_en:literal [$($term:literal),*] $context:ident; $id:literal $category:ident $de:literal $en:literal) => {
        entry!(parties $test $place_de $place_en ["BT-31", "BT-63"] $context; $id $category $de $en
            "muss der Verkäufer (BT-31) oder sein Steuervertreter (BT-63) eine Umsatzsteuer-Identifikationsnummer angeben"
            "the seller (BT-31) or the tax representative (BT-63) must give a VAT identifier"
            "USt-IdNr. des Verkäufers ergänzen."
            "Add the seller's VAT identifier.")
    };
    (at both_registered; $test:ident $place_de:literal $place_en:literal [$($term:literal),*] $context:ident; $id:literal $category:ident $de:literal $en:literal) => {
        entry!(parties $test $place_de $place_en ["BT-31", "BT-32", "BT-63", "BT-47", "BT-48"] $context; $id $category $de $en
            "müssen Verkäufer (BT-31, BT-32 oder BT-63 des Steuervertreters) und Käufer (USt-IdNr. BT-48 oder Registernummer BT-47) angegeben sein"
            "seller (BT-31, BT-32, or BT-63 of the tax representative) and buyer (VAT identifier BT-48 or legal registration BT-47) must be identified"
            "Die fehlende Nummer des Verkäufers oder Käufers ergänzen."
            "Add the number of seller or buyer that is missing.")
    };
    (at both_have_vat_id; $test:ident $place_de:literal $place_en:literal [$($term:literal),*] $context:ident; $id:literal $category:ident $de:literal $en:literal) => {
        entry!(parties $test $place_de $place_en ["BT-31", "BT-63", "BT-48"] $context; $id $category $de $en
            "müssen Verkäufer (BT-31, oder BT-63 des Steuervertreters) und Käufer (BT-48) eine Umsatzsteuer-Identifikationsnummer haben"
            "both seller (BT-31, or BT-63 of the tax representative) and buyer (BT-48) must have a VAT identifier"
            "Die fehlende USt-IdNr. ergänzen."
            "Add the VAT identifier that is missing.")
    };
    (at nobody_has_vat_id; $test:ident $place_de:literal $place_en:literal [$($term:literal),*] $context:ident; $id:literal $category:ident $de:literal $en:literal) => {
        entry!(parties $test $place_de $place_en ["BT-31", "BT-63", "BT-48"] $context; $id $category $de $en
            "darf keine Umsatzsteuer-Identifikationsnummer von Verkäufer (BT-31), Steuervertreter (BT-63) oder Käufer (BT-48) angegeben sein"
            "no VAT identifier of seller (BT-31), tax representative (BT-63) or buyer (BT-48) may be given"
            "Die USt-IdNr. weglassen oder die Steuerkategorie berichtigen."
            "Leave out the VAT identifier or correct the VAT category.")
    };
    (parties $test:ident $place_de:literal $place_en:literal [$($term:literal),*] $context:ident; $id:literal $category:ident $de:literal $en:literal $demand_de:literal $demand_en:literal $repair_de:literal $repair_en:literal) => {
        rule! {
            $id Issuer [$($term),*]
            concat!($place_de, " mit ", $de, ": Dann ", $demand_de, "."),
            concat!("A ", $place_en, " has ", $en, ": then ", $demand_en, "."),
            $repair_de, $repair_en,
            ubl DOCUMENT |f, _| ubl::$test(f, Category::$category),
            cii $context |f, _| cii::parties_suffice(f, Category::$category)
        }
    };

    // BR-…-05 to -07
    (at rate_is_zero; $test:ident $place_de:literal $place_en:literal $terms:tt $context:ident; $id:literal $category:ident $de:literal $en:literal) => {
        entry!(rate rate_is_zero rate_is_zero $place_de $place_en $terms $context; $id $de $en "0 sein" "be 0")
    };
    (at rate_is_positive; $test:ident $place_de:literal $place_en:literal $terms:tt $context:ident; $id:literal $category:ident $de:literal $en:literal) => {
        entry!(rate rate_is_positive rate_is_positive $place_de $place_en $terms $context; $id $de $en "angegeben und größer als 0 sein" "be given and be above 0")
    };
    // In UBL a rate of 0 suffices, in CII it does not.
    (at rate_is_not_negative_or_positive; $test:ident $place_de:literal $place_en:literal $terms:tt $context:ident; $id:literal $category:ident $de:literal $en:literal) => {
        entry!(rate rate_is_not_negative rate_is_positive $place_de $place_en $terms $context; $id $de $en "angegeben und 0 (nur in UBL) oder größer sein" "be given and be 0 (in UBL only) or above")
    };
    (at rate_is_not_negative; $test:ident $place_de:literal $place_en:literal $terms:tt $context:ident; $id:literal $category:ident $de:literal $en:literal) => {
        entry!(rate rate_is_not_negative rate_is_not_negative $place_de $place_en $terms $context; $id $de $en "angegeben und 0 oder größer sein" "be given and be 0 or above")
    };
    (at rate_is_absent; $test:ident $place_de:literal $place_en:literal $terms:tt $context:ident; $id:literal $category:ident $de:literal $en:literal) => {
        entry!(rate rate_is_absent rate_is_absent $place_de $place_en $terms $context; $id $de $en "weggelassen werden" "be left out")
    };
    (rate $ubl:ident $cii:ident $place_de:literal $place_en:literal [$($term:literal),*] $context:ident; $id:literal $de:literal $en:literal $demand_de:literal $demand_en:literal) => {
        crate::rules::Rule {
            id: $id,
            terms: &[$($term),*],
            actor: vir_core::Actor::Issuer,
            message: vir_core::Phrase::new(
                concat!($place_de, " mit ", $de, ": Der Steuersatz muss ", $demand_de, "."),
                concat!("A ", $place_en, " has ", $en, ": the rate must ", $demand_en, "."),
            ),
            repair: vir_core::Phrase::new(
                "Steuersatz oder Steuerkategorie berichtigen, so dass beide zusammenpassen.",
                "Correct the rate or the VAT category so that they fit together.",
            ),
            ubl: &[crate::rules::Binding::new(&crate::rules::en16931::ubl::$context, |_, n| ubl::$ubl(n))
                .at(crate::path!(cbc: Percent))],
            cii: &[crate::rules::Binding::new(&crate::rules::en16931::cii::$context, |_, n| cii::$cii(n))
                .at(crate::path!(ram: RateApplicablePercent))],
            ..crate::rules::Rule::NONE
        }
    };

    // BR-…-08
    (taxable_is_sum; $id:literal $category:ident $de:literal $en:literal ($b:ident $a:ident $c:ident $l:ident)) => {
        entry!(taxable taxable_is_sum(f, n, Category::$category), taxable_is_sum(f, n, Category::$category), f n $b; $id $de $en "Kategorie" "category")
    };
    (outside_taxable_is_sum; $id:literal $category:ident $de:literal $en:literal ($b:ident $a:ident $c:ident $l:ident)) => {
        entry!(taxable taxable_is_sum(f, n, Category::$category), outside_taxable_is_sum(f, n), f n $b; $id $de $en "Kategorie" "category")
    };
    (taxable_is_sum_of_rate; $id:literal $category:ident $de:literal $en:literal ($b:ident $a:ident $c:ident $l:ident)) => {
        entry!(taxable taxable_is_sum_of_rate(f, n, Category::$category), taxable_is_sum_of_rate(f, n, Category::$category), f n $b; $id $de $en "Kategorie mit diesem Steuersatz" "category at this rate")
    };
    (taxable $ubl:ident $ubl_args:tt, $cii:ident $cii_args:tt, $f:ident $n:ident $context:ident; $id:literal $de:literal $en:literal $of_de:literal $of_en:literal) => {
        rule! {
            $id Software ["BT-116", "BT-131", "BT-92", "BT-99"]
            concat!("Steueraufschlüsselung für ", $de, ": Der steuerpflichtige Betrag (BT-116) ist nicht die Summe der Positionen (BT-131) und Zuschläge (BT-99) minus Nachlässe (BT-92) dieser ", $of_de, "."),
            concat!("VAT breakdown for ", $en, ": the taxable amount (BT-116) is not the sum of the lines (BT-131) and charges (BT-99) minus the allowances (BT-92) of this ", $of_en, "."),
            "In der Rechnungssoftware die Steueraufschlüsselung aus den Positionen neu berechnen.",
            "Have the invoicing software compute the VAT breakdown from the lines again.",
            ubl $context |$f, $n| ubl::$ubl $ubl_args,
            cii $context |$f, $n| cii::$cii $cii_args
        }
    };

    // BR-…-09
    (tax_is_zero; $id:literal $category:ident $de:literal $en:literal ($b:ident $a:ident $c:ident $l:ident)) => {
        rule! {
            $id Software ["BT-117"]
            concat!("Steueraufschlüsselung für ", $de, ": Der Steuerbetrag (BT-117) muss 0 sein."),
            concat!("VAT breakdown for ", $en, ": the tax amount (BT-117) must be 0."),
            "Den Steuerbetrag auf 0 setzen oder die Steuerkategorie berichtigen.",
            "Set the tax amount to 0 or correct the VAT category.",
            ubl $b |_, n| ubl::tax_is_zero(n),
            cii $b |_, n| cii::tax_is_zero(n)
        }
    };
    (tax_is_product; $id:literal $category:ident $de:literal $en:literal ($b:ident $a:ident $c:ident $l:ident)) => {
        rule! {
            $id Software ["BT-116", "BT-117", "BT-119"]
            concat!("Steueraufschlüsselung für ", $de, ": Der Steuerbetrag (BT-117) ist nicht der steuerpflichtige Betrag (BT-116) mal Steuersatz (BT-119)."),
            concat!("VAT breakdown for ", $en, ": the tax amount (BT-117) is not the taxable amount (BT-116) times the rate (BT-119)."),
            "In der Rechnungssoftware den Steuerbetrag neu berechnen.",
            "Have the invoicing software compute the tax amount again.",
            ubl $b |_, n| ubl::tax_is_product(n),
            cii $b |_, n| cii::tax_is_product(n)
        }
    };
    // Officially tested in UBL only: the test for CII says yes to everything.
    (tax_is_product_in_ubl; $id:literal $category:ident $de:literal $en:literal ($b:ident $a:ident $c:ident $l:ident)) => {
        crate::rules::Rule {
            cii: &[],
            ..entry!(tax_is_product; $id $category $de $en ($b $a $c $l))
        }
    };

    // BR-…-10
    (is_explained; $id:literal $category:ident $de:literal $en:literal ($b:ident $a:ident $c:ident $l:ident)) => {
        rule! {
            $id Issuer ["BT-120", "BT-121"]
            concat!("Steueraufschlüsselung für ", $de, ": Es fehlt der Grund, aus dem keine Umsatzsteuer anfällt, als Text (BT-120) oder Code (BT-121)."),
            concat!("VAT breakdown for ", $en, ": the reason why no VAT is due is missing, as text (BT-120) or code (BT-121)."),
            "Den Befreiungsgrund angeben.",
            "Give the exemption reason.",
            ubl $b |_, n| ubl::is_explained(n),
            cii $b |_, n| cii::is_explained(n)
        }
    };
    (is_unexplained; $id:literal $category:ident $de:literal $en:literal ($b:ident $a:ident $c:ident $l:ident)) => {
        rule! {
            $id Issuer ["BT-120", "BT-121"]
            concat!("Steueraufschlüsselung für ", $de, ": Ein Befreiungsgrund (BT-120, BT-121) passt nicht zu dieser Kategorie."),
            concat!("VAT breakdown for ", $en, ": an exemption reason (BT-120, BT-121) does not go with this category."),
            "Den Befreiungsgrund weglassen oder die Steuerkategorie berichtigen.",
            "Leave out the exemption reason or correct the VAT category.",
            ubl $b |_, n| ubl::is_unexplained(n),
            cii $b |_, n| cii::is_unexplained(n)
        }
    };

    // BR-O-11 to -14
    (only_breakdown; $id:literal $category:ident $de:literal $en:literal ($b:ident $a:ident $c:ident $l:ident)) => {
        entry!(only only_breakdown only_tax $b ["BG-23", "BT-118"] "die Steueraufschlüsselung (BG-23)" "the VAT breakdown (BG-23)"; $id $de $en)
    };
    (only_in_lines; $id:literal $category:ident $de:literal $en:literal ($b:ident $a:ident $c:ident $l:ident)) => {
        entry!(only only_in_lines only_tax $b ["BT-118", "BT-151"] "eine Position (BT-151)" "a line (BT-151)"; $id $de $en)
    };
    (only_in_allowances; $id:literal $category:ident $de:literal $en:literal ($b:ident $a:ident $c:ident $l:ident)) => {
        entry!(only only_in_allowances only_in_allowances_and_charges $b ["BT-118", "BT-95"] "ein Nachlass (BT-95)" "an allowance (BT-95)"; $id $de $en)
    };
    (only_in_charges; $id:literal $category:ident $de:literal $en:literal ($b:ident $a:ident $c:ident $l:ident)) => {
        entry!(only only_in_charges only_in_allowances_and_charges $b ["BT-118", "BT-102"] "ein Zuschlag (BT-102)" "a charge (BT-102)"; $id $de $en)
    };
    (only $ubl:ident $cii:ident $context:ident [$($term:literal),*] $where_de:literal $where_en:literal; $id:literal $de:literal $en:literal) => {
        rule! {
            $id Issuer [$($term),*]
            concat!("Die Rechnung hat ", $de, " in der Steueraufschlüsselung; dann darf ", $where_de, " keine andere Kategorie haben."),
            concat!("The invoice has ", $en, " in its VAT breakdown; then ", $where_en, " must not have another category."),
            "Leistungen mit und ohne Umsatzsteuer in getrennten Rechnungen abrechnen.",
            "Invoice what is within the scope of VAT and what is not separately.",
            ubl DOCUMENT |f, _| ubl::$ubl(f),
            cii $context |f, _| cii::$cii(f)
        }
    };

    // BR-IC-11 and -12
    (delivery_is_dated; $id:literal $category:ident $de:literal $en:literal ($b:ident $a:ident $c:ident $l:ident)) => {
        rule! {
            $id Issuer ["BT-72", "BG-14"]
            concat!("Die Rechnung hat ", $de, ", aber weder Lieferdatum (BT-72) noch Abrechnungszeitraum (BG-14)."),
            concat!("The invoice has ", $en, ", but neither a delivery date (BT-72) nor an invoicing period (BG-14)."),
            "Lieferdatum oder Abrechnungszeitraum angeben.",
            "Give the delivery date or the invoicing period.",
            ubl DOCUMENT |f, _| ubl::delivery_is_dated(f),
            cii $b |f, n| cii::delivery_is_dated(f, n)
        }
    };
    (delivery_has_country; $id:literal $category:ident $de:literal $en:literal ($b:ident $a:ident $c:ident $l:ident)) => {
        rule! {
            $id Issuer ["BT-80"]
            concat!("Die Rechnung hat ", $de, ", aber kein Land der Lieferung (BT-80)."),
            concat!("The invoice has ", $en, ", but no country of delivery (BT-80)."),
            "Die Lieferanschrift mit Ländercode angeben.",
            "Give the delivery address with its country code.",
            ubl DOCUMENT |f, _| ubl::delivery_has_country(f),
            cii $b |f, _| cii::delivery_has_country(f)
        }
    };
}
pub(super) use entry;

/// One rule from its parts, with a binding per syntax.
macro_rules! rule {
    (
        $id:literal $actor:ident [$($term:literal),*]
        $de:expr, $en:expr, $repair_de:expr, $repair_en:expr,
        ubl $ubl:ident |$uf:pat_param, $un:pat_param| $ubl_test:expr,
        cii $cii:ident |$cf:pat_param, $cn:pat_param| $cii_test:expr
    ) => {
        crate::rules::Rule {
            id: $id,
            terms: &[$($term),*],
            actor: vir_core::Actor::$actor,
            message: vir_core::Phrase::new($de, $en),
            repair: vir_core::Phrase::new($repair_de, $repair_en),
            ubl: &[crate::rules::Binding::new(&crate::rules::en16931::ubl::$ubl, |$uf, $un| $ubl_test)],
            cii: &[crate::rules::Binding::new(&crate::rules::en16931::cii::$cii, |$cf, $cn| $cii_test)],
            ..crate::rules::Rule::NONE
        }
    };
}
pub(super) use rule;
