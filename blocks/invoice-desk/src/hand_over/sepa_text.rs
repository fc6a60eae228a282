//! Texts of a payment file: only the characters that every bank takes.
//!
//! Source: EPC217-08 (SEPA requirements for an extended character set) and Anlage 3 of the
//! DFÜ-Abkommen, chapter 2: letters without marks, digits and `/ - ? : ( ) . , ' +` and the blank.
//! German banks may take umlauts, foreign ones need not; so umlauts are written out (`ä` as `ae`),
//! because a payee's bank compares the name of the account (verification of payee) and this is the
//! spelling that it knows.
//!
//! Invariant: what comes out is of that set, has no blank at either end and none doubled, and is at most
//! as long as asked for.

/// The text in the characters of SEPA, at most `longest` of them.
///
/// ```
/// use vir_invoice_desk::hand_over::sepa_text;
/// assert_eq!(sepa_text("Größe & Söhne – Österreich", 70), "Groesse + Soehne - Oesterreich");
/// ```
#[must_use]
pub fn sepa_text(text: &str, longest: usize) -> String {
    let mut out = String::with_capacity(text.len().min(longest));
    for c in text.chars() {
        push(&mut out, c);
        if out.len() > longest + 8 {
            break;
        }
    }
    out.truncate(longest);
    out.truncate(out.trim_end().len());
    out
}

/// An identification: as a text, and it neither begins nor ends with a slash nor has two in a row.
#[must_use]
pub fn sepa_id(text: &str, longest: usize) -> String {
    let mut id = sepa_text(text, longest);
    while id.contains("//") {
        id = id.replace("//", "/");
    }
    id.trim_matches(['/', ' ']).to_owned()
}

fn push(out: &mut String, c: char) {
    let plain = match c {
        'a'..='z' | 'A'..='Z' | '0'..='9' | '/' | '-' | '?' | ':' | '(' | ')' | '.' | ',' | '\'' | '+' => {
            out.push(c);
            return;
        }
        'ä' => "ae",
        'ö' => "oe",
        'ü' => "ue",
        'Ä' => "Ae",
        'Ö' => "Oe",
        'Ü' => "Ue",
        'ß' | 'ẞ' => "ss",
        'æ' => "ae",
        'Æ' => "Ae",
        'ø' => "oe",
        'Ø' => "Oe",
        'œ' => "oe",
        'Œ' => "Oe",
        'å' | 'à' | 'á' | 'â' | 'ã' | 'ā' | 'ă' | 'ą' => "a",
        'Å' | 'À' | 'Á' | 'Â' | 'Ã' | 'Ā' | 'Ă' | 'Ą' => "A",
        'ç' | 'ć' | 'č' | 'ĉ' | 'ċ' => "c",
        'Ç' | 'Ć' | 'Č' | 'Ĉ' | 'Ċ' => "C",
        'ď' | 'đ' | 'ð' => "d",
        'Ď' | 'Đ' | 'Ð' => "D",
        'è' | 'é' | 'ê' | 'ë' | 'ē' | 'ė' | 'ę' | 'ě' => "e",
        'È' | 'É' | 'Ê' | 'Ë' | 'Ē' | 'Ė' | 'Ę' | 'Ě' => "E",
        'ğ' | 'ģ' => "g",
        'Ğ' | 'Ģ' => "G",
        'ì' | 'í' | 'î' | 'ï' | 'ī' | 'į' | 'ı' => "i",
        'Ì' | 'Í' | 'Î' | 'Ï' | 'Ī' | 'Į' | 'İ' => "I",
        'ķ' => "k",
        'Ķ' => "K",
        'ł' | 'ľ' | 'ļ' | 'ĺ' => "l",
        'Ł' | 'Ľ' | 'Ļ' | 'Ĺ' => "L",
        'ñ' | 'ń' | 'ň' | 'ņ' => "n",
        'Ñ' | 'Ń' | 'Ň' | 'Ņ' => "N",
        'ò' | 'ó' | 'ô' | 'õ' | 'ō' | 'ő' => "o",
        'Ò' | 'Ó' | 'Ô' | 'Õ' | 'Ō' | 'Ő' => "O",
        'ř' | 'ŕ' => "r",
        'Ř' | 'Ŕ' => "R",
        'ś' | 'š' | 'ş' | 'ș' => "s",
        'Ś' | 'Š' | 'Ş' | 'Ș' => "S",
        'ť' | 'ţ' | 'ț' => "t",
        'Ť' | 'Ţ' | 'Ț' => "T",
        'ù' | 'ú' | 'û' | 'ū' | 'ů' | 'ű' | 'ų' => "u",
        'Ù' | 'Ú' | 'Û' | 'Ū' | 'Ů' | 'Ű' | 'Ų' => "U",
        'ý' | 'ÿ' => "y",
        'Ý' | 'Ÿ' => "Y",
        'ź' | 'ż' | 'ž' => "z",
        'Ź' | 'Ż' | 'Ž' => "Z",
        'þ' => "th",
        'Þ' => "Th",
        '&' => "+",
        '–' | '—' | '‐' | '‑' | '_' | '~' => "-",
        '„' | '“' | '”' | '‚' | '‘' | '’' | '"' | '`' | '´' | '«' | '»' => "'",
        '[' | '{' | '<' => "(",
        ']' | '}' | '>' => ")",
        '\\' | '|' => "/",
        ';' => ",",
        '€' => "EUR",
        '§' => "Par.",
        _ => " ",
    };
    if plain == " " {
        if !out.is_empty() && !out.ends_with(' ') {
            out.push(' ');
        }
    } else {
        out.push_str(plain);
    }
}

/// Is the text an ISO 11649 creditor reference (`RF…`) with right check digits?
#[must_use]
pub fn is_creditor_reference(text: &str) -> bool {
    (5..=25).contains(&text.len())
        && text.starts_with("RF")
        && text.bytes().all(|byte| byte.is_ascii_digit() || byte.is_ascii_uppercase())
        && text[2..4].bytes().all(|byte| byte.is_ascii_digit())
        && super::iban::mod97(text) == 1
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn references() {
        assert!(is_creditor_reference("RF18539007547034"));
        for bad in ["RF18539007547035", "RF", "RF18", "R-1", "rf18539007547034", "RFÄ8539007547034"] {
            assert!(!is_creditor_reference(bad), "{bad}");
        }
    }

    proptest! {
        #[test]
        fn only_characters_of_sepa(text in "\\PC{0,200}", longest in 1_usize..140) {
            let out = sepa_text(&text, longest);
            prop_assert!(out.len() <= longest);
            prop_assert!(out.chars().all(|c| c.is_ascii_alphanumeric() || "/-?:().,'+ ".contains(c)), "{out}");
            prop_assert_eq!(out.trim(), &out);
            prop_assert!(!out.contains("  "));
            prop_assert_eq!(sepa_text(&out, longest), out.clone());
        }
    }
}
