//! Judges a storage root: its declaration, its folders, and every object in it (OCFL 4).
//!
//! Invariant: objects are reported one by one as they are found, so that memory holds their identifiers only.

use std::collections::BTreeMap;
use std::io;

use serde::Serialize;

use super::code::code;
use super::extension;
use super::finding::{Finding, Report};
use super::inventory::Spec;
use super::storage::{Entry, Kind, Source, join, parent, read, sorted};
use super::validate::{is_declaration, object};
use crate::json::{self, Value};

/// No path of a storage root that we follow is longer.
const LONGEST_PATH: usize = 4096;
const LARGEST_NOTE: u64 = 64 * 1024;

/// What was found out about a storage root.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct RootReport {
    /// The specification that it declares.
    pub spec: Option<Spec>,
    /// What is to be said of the root itself.
    pub findings: Vec<Finding>,
    /// How many objects there are.
    pub objects: u64,
    /// How many of them are not valid.
    pub invalid: u64,
}

impl RootReport {
    /// Are the root and all objects valid?
    #[must_use]
    pub fn is_valid(&self) -> bool {
        self.invalid == 0 && !self.findings.iter().any(Finding::is_error)
    }
}

/// What is said of the storage root at `base`, a path of `source`. Each object is handed to `each` with its path.
pub fn root(source: &(impl Source + ?Sized), base: &str, each: &mut dyn FnMut(&str, Report)) -> io::Result<RootReport> {
    let mut entries = source.list(base)?;
    entries.sort();
    let mut walk = Walk { source, base, own: Report::default(), objects: 0, invalid: 0, ids: BTreeMap::new(), each };
    let spec = walk.declaration(&entries)?;
    walk.top(&entries, spec)?;
    walk.own.sort();
    Ok(RootReport { spec, findings: walk.own.findings, objects: walk.objects, invalid: walk.invalid })
}

struct Walk<'s, S: ?Sized> {
    source: &'s S,
    base: &'s str,
    own: Report,
    objects: u64,
    invalid: u64,
    ids: BTreeMap<String, String>,
    each: &'s mut dyn FnMut(&str, Report),
}

impl<S: Source + ?Sized> Walk<'_, S> {
    /// The declaration of the root (OCFL 4.2).
    fn declaration(&mut self, entries: &[Entry]) -> io::Result<Option<Spec>> {
        let mut found = Vec::new();
        for entry in entries {
            let Some((number, value)) = entry.name.split_once('=') else { continue };
            if !value.starts_with("ocfl_") || value.starts_with("ocfl_object_") {
                continue;
            }
            if number != "0" {
                self.own.say(code!("E078"), entry.name.as_str(), "");
                continue;
            }
            let spec = value.strip_prefix("ocfl_").and_then(Spec::from_number);
            if spec.is_none() {
                self.own.say(code!("E079"), entry.name.as_str(), "");
            }
            let bytes = read(self.source, &join(self.base, &entry.name), LARGEST_NOTE)?.unwrap_or_default();
            if bytes != format!("{value}\n").as_bytes() {
                self.own.say(code!("E080"), entry.name.as_str(), String::from_utf8_lossy(&bytes));
            }
            found.push(spec);
        }
        match found.len() {
            0 => self.own.say(code!("E069"), "", ""),
            1 => {}
            more => self.own.say(code!("E076"), "", more.to_string()),
        }
        Ok(found.into_iter().flatten().max())
    }

    fn top(&mut self, entries: &[Entry], spec: Option<Spec>) -> io::Result<()> {
        let mut direct = 0;
        for entry in entries {
            let name = entry.name.as_str();
            match entry.kind {
                Kind::File(_) if name == "ocfl_layout.json" => self.layout()?,
                // Other files of the root are nobody's business (E087).
                Kind::File(_) => {}
                Kind::Other => self.own.say(code!("E090"), name, ""),
                Kind::Folder if name == "extensions" => self.extensions(spec)?,
                Kind::Folder => direct += u64::from(self.hierarchy(name, spec)?),
            }
        }
        if direct > 0 && direct < self.objects {
            self.own.say(code!("W015"), "", "");
        }
        Ok(())
    }

    fn layout(&mut self) -> io::Result<()> {
        let place = "ocfl_layout.json";
        let bytes = read(self.source, &join(self.base, place), LARGEST_NOTE)?.unwrap_or_default();
        let value = match json::read(&bytes) {
            Ok(value) => value,
            Err(error) => {
                self.own.say(code!("E070"), place, error.to_string());
                return Ok(());
            }
        };
        if value.member("description").and_then(Value::text).is_none() {
            self.own.say(code!("E070"), place, "description");
        }
        match value.member("extension") {
            None => self.own.say(code!("E070"), place, "extension"),
            Some(name) if name.text().is_some_and(extension::is_layout) => {}
            Some(name) => self.own.say(code!("E071"), place, name.text().unwrap_or_default()),
        }
        Ok(())
    }

    fn extensions(&mut self, spec: Option<Spec>) -> io::Result<()> {
        for entry in sorted(self.source, &join(self.base, "extensions"))? {
            let place = format!("extensions/{}", entry.name);
            match entry.kind {
                Kind::Folder if extension::is_registered(&entry.name) => {}
                Kind::Folder => self.own.say(code!("W016"), place, ""),
                Kind::File(_) => {
                    self.own.say(if spec == Some(Spec::V1_0) { code!("E067") } else { code!("E112") }, place, "")
                }
                Kind::Other => self.own.say(code!("E090"), place, ""),
            }
        }
        Ok(())
    }

    /// A folder of the root with all below it. Is it an object itself?
    fn hierarchy(&mut self, top: &str, spec: Option<Spec>) -> io::Result<bool> {
        let mut waiting = vec![top.to_owned()];
        let mut direct = false;
        while let Some(folder) = waiting.pop() {
            if folder.len() > LONGEST_PATH {
                self.own.say(code!("E085"), folder, "");
                continue;
            }
            let entries = sorted(self.source, &join(self.base, &folder))?;
            // With an inventory, but without its declaration, it is an object that lacks it.
            if entries.iter().any(|entry| is_declaration(&entry.name) || entry.name == "inventory.json") {
                direct |= folder == top;
                self.object(&folder, spec)?;
                continue;
            }
            if entries.is_empty() {
                self.own.say(code!("E073"), folder.as_str(), "");
            }
            // Folders are taken in their order: the last one pushed comes first.
            for entry in entries.into_iter().rev() {
                let path = format!("{folder}/{}", entry.name);
                match entry.kind {
                    Kind::Folder => waiting.push(path),
                    Kind::File(_) => self.own.say(code!("E072"), path, ""),
                    Kind::Other => self.own.say(code!("E090"), path, ""),
                }
            }
        }
        Ok(direct)
    }

    fn object(&mut self, folder: &str, spec: Option<Spec>) -> io::Result<()> {
        let report = object(self.source, &join(self.base, folder))?;
        self.objects += 1;
        self.invalid += u64::from(!report.is_valid());
        if report.spec > spec && spec.is_some() {
            self.own.say(code!("E081"), folder, report.spec.map(Spec::number).unwrap_or_default());
        }
        if let Some(id) = &report.id
            && let Some(other) = self.ids.insert(id.clone(), folder.to_owned())
        {
            self.own.say(code!("E083"), folder, format!("{id}: {}", parent(&other).1));
        }
        (self.each)(folder, report);
        Ok(())
    }
}
