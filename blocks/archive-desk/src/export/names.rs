//! Names that every system and every form of package takes.
//!
//! Invariant: different files of a version have different names, also without regard to case, and none is where a
//! folder has to be.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use vir_archive::ocfl::digest::Algorithm;
use vir_archive::package::eark;

/// No part of a path is longer, in bytes, and no path.
const LONGEST: usize = 200;
const LONGEST_PATH: usize = 800;

/// The name of a package: its identifier as far as file names take it. Where something was replaced so that another
/// identifier could give the same name, the beginning of its hash value follows.
pub fn package(id: &str) -> String {
    let name: String = eark::folder(id).chars().take(150).collect();
    let is_plain = |one: char| one.is_ascii_alphanumeric() || matches!(one, '-' | '.' | ':');
    if id.len() <= 150 && !id.starts_with('.') && !id.ends_with('.') && id.chars().all(is_plain) {
        name
    } else {
        format!("{name}-{}", &Algorithm::Sha256.of(id.as_bytes())[..16])
    }
}

/// Names for the files of a version, in the same order.
pub fn files<'p>(paths: impl Iterator<Item = &'p str>) -> Vec<String> {
    let (mut files, mut folders) = (BTreeSet::new(), BTreeSet::new());
    paths
        .map(|path| {
            let plain = portable(path);
            let mut name = plain.clone();
            let mut number = 1;
            while !fits(&name, &files, &folders) {
                number += 1;
                name = format!("~{number}/{plain}");
            }
            let key = name.to_lowercase();
            folders.extend(key.match_indices('/').map(|(at, _)| key[..at].to_owned()));
            files.insert(key);
            name
        })
        .collect()
}

fn fits(name: &str, files: &BTreeSet<String>, folders: &BTreeSet<String>) -> bool {
    let key = name.to_lowercase();
    let is_below_file = key.match_indices('/').any(|(at, _)| files.contains(&key[..at]));
    !files.contains(&key) && !folders.contains(&key) && !is_below_file
}

fn portable(path: &str) -> String {
    let whole = path.split('/').map(element).collect::<Vec<_>>().join("/");
    if whole.len() <= LONGEST_PATH { whole } else { shortened(&whole, path, LONGEST) }
}

fn element(element: &str) -> String {
    let mut out = String::with_capacity(element.len());
    let last = element.len() - element.chars().next_back().map_or(0, char::len_utf8);
    for (at, character) in element.char_indices() {
        let at_edge = at == last && matches!(character, '.' | ' ') || at == 0 && character == ' ';
        let reserved = matches!(character, '\\' | ':' | '*' | '?' | '"' | '<' | '>' | '|' | '\u{fffe}' | '\u{ffff}');
        if character.is_control() || reserved || at_edge {
            let mut bytes = [0; 4];
            for byte in character.encode_utf8(&mut bytes).bytes() {
                let _ = write!(out, "%{byte:02X}");
            }
        } else {
            out.push(character);
        }
    }
    if out.len() <= LONGEST { out } else { shortened(&out, element, LONGEST) }
}

/// The beginning of a name and of the hash value of what it stands for; slashes go.
fn shortened(name: &str, of: &str, longest: usize) -> String {
    let end = (0..=longest - 34).rev().find(|at| name.is_char_boundary(*at)).unwrap_or(0);
    format!("{}~{}", name[..end].replace('/', "_"), &Algorithm::Sha256.of(of.as_bytes())[..32])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_never_meet() {
        let long = "ä".repeat(300);
        let deep = "a/".repeat(600) + "b";
        let paths =
            ["a/b", "A/B", "a", "a/b/c", "c:d?.txt", "c%3Ad%3F.txt", " x", "x.", "%20x", &long, &deep, "100 %.txt"];
        let names = files(paths.into_iter());
        let keys: BTreeSet<String> = names.iter().map(|name| name.to_lowercase()).collect();
        assert_eq!(keys.len(), paths.len(), "{names:?}");
        for name in &names {
            vir_archive::package::path(name).unwrap();
            assert!(!keys.iter().any(|other| other.starts_with(&format!("{}/", name.to_lowercase()))), "{name}");
        }
        assert_eq!((names[0].as_str(), names[11].as_str()), ("a/b", "100 %.txt"));
        assert_eq!(package("urn:uuid:01-2"), "urn_uuid_01-2");
        assert_ne!(package("a_b"), package("a/b"));
    }
}
