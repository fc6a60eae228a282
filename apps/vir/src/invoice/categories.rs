//! `vir invoice categories`: may these VAT categories stand in one invoice?

use std::collections::BTreeSet;

use anyhow::{Result, bail};
use vir_core::Lang;

use crate::Outcome;
use crate::language::{language, say};
use crate::terminal::print;

/// The options.
#[derive(Debug, clap::Args)]
pub struct Args {
    #[arg(required = true, value_name = "CODE", help = say(
        "Steuerkategorien: S, Z, E, AE, K, G, O, L, M, B",
        "VAT categories: S, Z, E, AE, K, G, O, L, M, B"
    ))]
    codes: Vec<String>,
}

/// The categories of EN 16931 (BT-118, from UNCL 5305).
const CATEGORIES: [(&str, &str, &str); 10] = [
    ("S", "Normalsatz oder ermäßigter Satz", "standard or reduced rate"),
    ("Z", "Nullsatz", "zero rated"),
    ("E", "steuerbefreit", "exempt"),
    ("AE", "Umkehr der Steuerschuld", "reverse charge"),
    ("K", "innergemeinschaftliche Lieferung", "intra-community supply"),
    ("G", "Ausfuhr", "export"),
    ("O", "nicht steuerbar", "outside the scope of VAT"),
    ("L", "Kanarische Inseln", "Canary Islands"),
    ("M", "Ceuta und Melilla", "Ceuta and Melilla"),
    ("B", "geteilte Zahlung (Italien)", "split payment (Italy)"),
];

/// Answers.
pub fn run(args: &Args) -> Result<Outcome> {
    let mut codes = BTreeSet::new();
    for code in &args.codes {
        let wanted = code.trim().to_ascii_uppercase();
        let Some((known, ..)) = CATEGORIES.iter().find(|(known, ..)| *known == wanted) else {
            match language() {
                Lang::De => bail!("„{code}“ ist keine Steuerkategorie; es gibt S, Z, E, AE, K, G, O, L, M und B"),
                Lang::En => bail!("\"{code}\" is no VAT category; there are S, Z, E, AE, K, G, O, L, M and B"),
            }
        };
        codes.insert(*known);
    }
    let mut out = String::new();
    for (code, de, en) in CATEGORIES.iter().filter(|(code, ..)| codes.contains(code)) {
        out.push_str(&format!("  {code:2}  {}\n", say(de, en)));
    }
    let problem = if codes.contains("O") && codes.len() > 1 {
        Some(say(
            "O (nicht steuerbar) verträgt keine andere Kategorie daneben: BR-O-11 bis BR-O-14",
            "O (outside the scope of VAT) allows no other category beside it: BR-O-11 to BR-O-14",
        ))
    } else if codes.contains("B") && codes.contains("S") {
        Some(say(
            "B (geteilte Zahlung) und S stehen nicht in einer Rechnung: BR-B-02",
            "B (split payment) and S do not stand in one invoice: BR-B-02",
        ))
    } else {
        None
    };
    let answer =
        problem.unwrap_or(say("Sie dürfen zusammen in einer Rechnung stehen.", "They may stand in one invoice."));
    print(&format!("{answer}\n{out}"))?;
    Ok(if problem.is_some() { Outcome::NotGood } else { Outcome::Good })
}
