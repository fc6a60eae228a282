//! The versions of an inventory (OCFL 3.5.3): their names, and what each says.
//!
//! Invariant: the versions that are read have different names.

use std::collections::{BTreeMap, BTreeSet};

use super::{Members, PathRules, Reader};
use crate::json::Value;
use crate::ocfl::code::code;
use crate::ocfl::digest::Algorithm;
use crate::ocfl::inventory::{Spec, User, Version};
use crate::ocfl::path::{Convention, VersionName};
use crate::ocfl::syntax::{is_time, is_uri};

impl Reader<'_> {
    pub(super) fn versions(
        &mut self,
        value: Option<Value>,
        algorithm: Option<Algorithm>,
    ) -> BTreeMap<VersionName, Version> {
        let mut versions = BTreeMap::new();
        let members = match value {
            None => {
                self.say(code!("E043"), "versions", "");
                if self.spec == Spec::V1_0 {
                    self.say(code!("E041"), "versions", "");
                }
                return versions;
            }
            Some(Value::Object(members)) => members,
            Some(_) => {
                self.say(code!("E044"), "versions", "");
                return versions;
            }
        };
        if members.is_empty() {
            self.say(code!("E008"), "versions", "");
        }
        for (name, value) in members {
            let key = format!("versions/{name}");
            let Some(read) = VersionName::read(&name) else {
                self.say(code!("E046"), &key, "");
                continue;
            };
            let version = match value {
                Value::Object(members) => self.version(members, &key, algorithm),
                _ => {
                    self.say(code!("E047"), &key, "");
                    Version::default()
                }
            };
            if versions.insert(read, version).is_some() {
                self.say(code!("E033"), &key, "×2");
            }
        }
        self.sequence(&versions);
        versions
    }

    /// The numbers are without gap, and the names of one convention (OCFL 3.3).
    fn sequence(&mut self, versions: &BTreeMap<VersionName, Version>) {
        let Some((first, _)) = versions.first_key_value() else { return };
        if first.number() != 1 {
            self.say(code!("E009"), "versions", first.to_string());
        }
        if first.is_padded() {
            self.say(code!("W001"), "versions", first.to_string());
        }
        let names: Vec<VersionName> = versions.keys().copied().collect();
        for pair in names.windows(2) {
            if pair[0].number() + 1 != pair[1].number() {
                self.say(code!("E010"), "versions", format!("{}, {}", pair[0], pair[1]));
            }
        }
        for name in &names[1..] {
            let of_padding = match name.follows(*first) {
                Convention::Same => continue,
                Convention::NotPadded => code!("E011"),
                Convention::Other => code!("E012"),
            };
            let key = format!("versions/{name}");
            self.say(of_padding, &key, "");
            self.say(code!("E013"), &key, "");
        }
    }

    fn version(&mut self, members: Members, key: &str, algorithm: Option<Algorithm>) -> Version {
        let mut version = Version::default();
        let mut seen = BTreeSet::new();
        for (name, value) in members {
            let place = format!("{key}/{name}");
            if !seen.insert(name.clone()) {
                self.say(code!("E033"), &place, "×2");
                continue;
            }
            match name.as_str() {
                "created" => match value.text() {
                    Some(time) if is_time(time) => version.created = time.to_owned(),
                    other => self.say(code!("E049"), &place, other.unwrap_or_default()),
                },
                "message" => match value {
                    Value::String(message) => version.message = Some(message),
                    _ => self.say(code!("E094"), &place, ""),
                },
                "user" => version.user = self.user(value, &place),
                "state" => match value {
                    Value::Object(members) => {
                        version.state = self.paths(members, &place, algorithm, PathRules::STATE);
                    }
                    _ => self.say(code!("E050"), &place, ""),
                },
                _ => self.say(code!("E102"), &place, ""),
            }
        }
        for name in ["created", "state"] {
            if !seen.contains(name) {
                self.say(code!("E048"), key, name);
            }
        }
        for name in ["message", "user"] {
            if !seen.contains(name) {
                self.say(code!("W007"), key, name);
            }
        }
        version
    }

    fn user(&mut self, value: Value, place: &str) -> Option<User> {
        let Value::Object(members) = value else {
            self.say(code!("E054"), place, "");
            return None;
        };
        let value = Value::Object(members);
        for (name, _) in if let Value::Object(members) = &value { members.as_slice() } else { &[] } {
            if !matches!(name.as_str(), "name" | "address") {
                self.say(code!("E102"), &format!("{place}/{name}"), "");
            }
        }
        let name = value.member("name").and_then(Value::text).filter(|name| !name.is_empty());
        if name.is_none() {
            self.say(code!("E054"), place, "");
        }
        let address = value.member("address");
        match address.map(Value::text) {
            None => self.say(code!("W008"), place, ""),
            Some(None) => self.say(code!("E054"), &format!("{place}/address"), ""),
            Some(Some(address)) if !is_uri(address) => self.say(code!("W009"), &format!("{place}/address"), address),
            Some(Some(_)) => {}
        }
        Some(User { name: name?.to_owned(), address: address.and_then(Value::text).map(str::to_owned) })
    }
}
