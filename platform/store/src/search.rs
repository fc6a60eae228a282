//! Full text: which documents have these words, the newest first.
//!
//! Use it like this, and it stays quick with a million documents:
//!
//! - Index what people look for (names, numbers, references), not whole documents.
//! - Put what lists are filtered by into [`Document::facets`] (`state=received`, `unit=…`). A facet
//!   is a word like the others, so that a common word and a rare state are intersected in the index
//!   instead of row by row. Whoever changes the state indexes the document again; it keeps its place.
//! - Ask [`find`] for one page of ids and load the rows by their ids. [`Hit::place`] of the last one
//!   is where the next page begins.
//!
//! Measured with a million documents on SQLite, two shared cores, unoptimised: p99 3 ms, 10,000
//! documents indexed a second.
//!
//! Words are folded on both engines alike: case, accents and umlauts do not count, and `ue` is the
//! same as `ü`. Each word of a question also finds longer words that begin with it.
//!
//! Invariant: one document per kind and subject.

use std::collections::BTreeSet;

use jiff::Timestamp;

use crate::session::Connection;
use crate::{Result, Tx, args};

/// What is indexed.
#[derive(Clone, Debug)]
pub struct Document<'a> {
    /// What it is: `invoice`.
    pub kind: &'a str,
    /// Its id.
    pub id: &'a str,
    /// Its place in the order; counts only when it is indexed for the first time.
    pub at: Timestamp,
    /// Its words, in any form.
    pub text: &'a str,
    /// What it is filtered by: `name=value`; only letters and digits of the value count.
    pub facets: &'a [String],
}

/// What is asked.
#[derive(Clone, Debug, Default)]
pub struct Question<'a> {
    /// Of which documents.
    pub kind: &'a str,
    /// All of these words are in the document, or words that begin with them. May be empty.
    pub words: &'a str,
    /// Of each of these groups at least one facet applies.
    pub facets: &'a [Vec<String>],
    /// Only documents before this place: the next page.
    pub before: Option<i64>,
    /// How many are enough: where it takes long to find more, the answer may end there.
    pub enough: i64,
    /// How many at most.
    pub limit: i64,
}

/// What was found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Found {
    /// The documents, the newest first.
    pub hits: Vec<Hit>,
    /// Only what stands at this place or later was looked at; there may be more before it.
    pub seen_to: Option<i64>,
}

/// A document that was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hit {
    /// Its id.
    pub id: String,
    /// Its place, for the next page.
    pub place: i64,
}

/// Longer words are cut: nobody types them, and hostile documents are full of them.
const LONGEST_WORD: usize = 40;
/// How many words of a document are indexed.
const WORDS: usize = 2000;
/// How many words of a question count.
const QUESTION_WORDS: usize = 12;

const DOC: &str = "select doc from search_doc where kind = $1 and subject = $2";
const NEW_DOC: &str = "insert into search_doc (doc, kind, subject) values ($1, $2, $3) on conflict ({t}doc) do nothing";

/// Indexes a document; one that is there is replaced and keeps its place.
pub async fn index(tx: &mut Tx, document: &Document<'_>) -> Result<()> {
    let mut words: BTreeSet<String> = fold(document.text).into_iter().take(WORDS).collect();
    words.extend(document.facets.iter().map(|named| facet(named)));
    words.insert(facet(&format!("kind={}", document.kind)));
    let words: String = words.into_iter().collect::<Vec<_>>().join(" ");
    let known = tx.optional(DOC, &args![document.kind, document.id]).await?;
    let doc = match &known {
        Some(row) => row.int("doc")?,
        None => new_doc(tx, document).await?,
    };
    match tx.session.connection {
        Connection::Sqlite(_) => {
            if known.is_some() {
                tx.execute("delete from search_text where rowid = $1", &args![doc]).await?;
            }
            tx.execute("insert into search_text (rowid, words) values ($1, $2)", &args![doc, words]).await?;
        }
        Connection::Postgres(_) => {
            tx.execute("select vir_search_put($1, $2)", &args![doc, words]).await?;
        }
    }
    Ok(())
}

/// Removes a document, if it is there.
pub async fn remove(tx: &mut Tx, kind: &str, id: &str) -> Result<()> {
    let Some(row) = tx.optional(DOC, &args![kind, id]).await? else {
        return Ok(());
    };
    let doc = row.int("doc")?;
    let words = match tx.session.connection {
        Connection::Sqlite(_) => "delete from search_text where rowid = $1",
        Connection::Postgres(_) => "select vir_search_remove($1)",
    };
    tx.execute(words, &args![doc]).await?;
    tx.execute("delete from search_doc where doc = $1", &args![doc]).await.map(|_| ())
}

/// The documents that answer a question, the newest first.
pub async fn find(tx: &mut Tx, question: &Question<'_>) -> Result<Found> {
    let words: Vec<String> = fold(question.words).into_iter().take(QUESTION_WORDS).collect();
    let kind = [vec![format!("kind={}", question.kind)]];
    let groups: Vec<Vec<String>> = question
        .facets
        .iter()
        .chain(&kind)
        .map(|group| group.iter().map(|named| facet(named)).collect::<Vec<_>>())
        .filter(|group: &Vec<String>| !group.is_empty())
        .collect();
    let before = question.before.unwrap_or(i64::MAX);
    let rows = match tx.session.connection {
        Connection::Sqlite(_) => {
            let words = words.iter().map(|word| match word.len() {
                1 => format!("\"{word}\""),
                _ => format!("\"{word}\"*"),
            });
            let groups = groups.iter().map(|group| alternatives(group, '"', " OR "));
            let expression = words.chain(groups).collect::<Vec<_>>().join(" AND ");
            let sql = "select d.subject, d.doc, cast(null as bigint) as seen_to
                from search_text join search_doc d on d.doc = search_text.rowid
                where search_text match $1 and search_text.rowid < $2 order by search_text.rowid desc limit $3";
            tx.all(sql, &args![expression, before, question.limit]).await?
        }
        Connection::Postgres(_) => {
            let words: Vec<String> = words
                .iter()
                .map(|word| match word.len() {
                    1 => format!("'{word}'"),
                    _ => format!("'{word}':*"),
                })
                .collect();
            let groups: Vec<String> = groups.iter().map(|group| alternatives(group, '\'', " | ")).collect();
            let sql = "select d.subject, f.found as doc, f.seen_to from vir_search_newest($1, $2, $3, $4, $5) f
                left join search_doc d on d.doc = f.found order by f.found desc";
            let enough = question.enough.clamp(1, question.limit.max(1));
            tx.all(sql, &args![words.join("|"), groups.join(" & "), before, enough, question.limit]).await?
        }
    };
    let mut found = Found::default();
    for row in &rows {
        found.seen_to = row.optional_int("seen_to")?;
        if let (Some(id), Some(place)) = (row.optional_text("subject")?, row.optional_int("doc")?) {
            found.hits.push(Hit { id, place });
        }
    }
    Ok(found)
}

/// One of these facets.
fn alternatives(facets: &[String], quote: char, or: &str) -> String {
    let quoted: Vec<String> = facets.iter().map(|facet| format!("{quote}{facet}{quote}")).collect();
    if quoted.len() == 1 { quoted.concat() } else { format!("({})", quoted.join(or)) }
}

/// A number that no other document has: its time, then twelve bits of its id.
async fn new_doc(tx: &mut Tx, document: &Document<'_>) -> Result<i64> {
    let tail = document.id.bytes().fold(0u16, |sum, byte| sum.wrapping_mul(31).wrapping_add(u16::from(byte))) % 4096;
    let mut doc = document.at.as_microsecond().saturating_mul(4096).saturating_add(i64::from(tail));
    while tx.execute(NEW_DOC, &args![doc, document.kind, document.id]).await? == 0 {
        doc = doc.saturating_add(1);
    }
    Ok(doc)
}

/// A facet as a word that no text contains: words have no `=`.
fn facet(named: &str) -> String {
    let (name, value) = named.split_once('=').unwrap_or((named, ""));
    let plain = |text: &str| text.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_ascii_lowercase();
    format!("{}={}", plain(name), plain(value))
}

/// The words of a text as they are indexed, each once.
#[must_use]
pub fn words(text: &str) -> BTreeSet<String> {
    fold(text).into_iter().collect()
}

/// The words of a text, folded: lower case, without accents, `ä`, `ö`, `ü` as `a`, `o`, `u`, and so
/// are `ae`, `oe`, `ue`; `ß` is `ss`.
fn fold(text: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut word = String::new();
    let mut end = |word: &mut String| {
        if !word.is_empty() {
            words.push(std::mem::take(word));
        }
    };
    for c in text.chars().flat_map(char::to_lowercase) {
        match plain(c) {
            _ if ('\u{300}'..='\u{36f}').contains(&c) => {}
            Some(letters) => {
                for letter in letters.chars() {
                    if letter == 'e' && word.ends_with(['a', 'o', 'u']) {
                        continue;
                    }
                    if word.len() < LONGEST_WORD {
                        word.push(letter);
                    }
                }
            }
            None if c.is_alphanumeric() => {
                if word.len() < LONGEST_WORD {
                    word.push(c);
                }
            }
            None => end(&mut word),
        }
    }
    end(&mut word);
    words
}

/// A Latin letter or a digit without its marks.
fn plain(c: char) -> Option<&'static str> {
    const LETTERS: [(&str, &str); 28] = [
        ("aàáâãäåāăą", "a"),
        ("b", "b"),
        ("cçćĉċč", "c"),
        ("dďđð", "d"),
        ("eèéêëēĕėęě", "e"),
        ("f", "f"),
        ("gĝğġģ", "g"),
        ("hĥħ", "h"),
        ("iìíîïĩīĭįı", "i"),
        ("jĵ", "j"),
        ("kķ", "k"),
        ("lĺļľŀł", "l"),
        ("m", "m"),
        ("nñńņň", "n"),
        ("oòóôõöøōŏő", "o"),
        ("p", "p"),
        ("q", "q"),
        ("rŕŗř", "r"),
        ("sśŝşšș", "s"),
        ("tţťŧț", "t"),
        ("uùúûüũūŭůűų", "u"),
        ("v", "v"),
        ("wŵ", "w"),
        ("x", "x"),
        ("yýÿŷ", "y"),
        ("zźżž", "z"),
        ("ß", "ss"),
        ("æ", "a"),
    ];
    const DIGITS: [&str; 10] = ["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"];
    if let Some(digit) = c.to_digit(10) {
        return DIGITS.get(digit as usize).copied();
    }
    LETTERS.iter().find(|(forms, _)| forms.contains(c)).map(|(_, plain)| *plain)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_folded() {
        for word in fold("\"' OR 1=1; -- \\ * @ Müller:* & ''") {
            assert!(!word.contains(['"', '\'', '=', '@', ' ', '*', '\\', ':', '&']), "{word}");
        }
        assert_eq!(fold("Müller & Söhne"), fold("MUELLER, soehne"));
        assert_eq!(fold("RE-2026/0815"), ["re", "2026", "0815"]);
        assert_eq!(fold("Straße"), fold("STRASSE"));
        assert_eq!(fold("Łódź Façade"), ["lodz", "facade"]);
        assert_eq!(fold("Привет"), ["привет"]);
        assert_eq!(fold("u\u{308}ber"), fold("über"));
        assert_eq!(facet("unit=0199-AB'\" x"), "unit=0199abx");
    }
}
