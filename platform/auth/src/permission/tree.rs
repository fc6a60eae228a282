//! Organisation units as a tree.
//!
//! Invariant: there is one root, the municipality itself; whatever names a missing parent, or
//! would close a circle, hangs under the root, so every unit is found exactly once.

use std::collections::{BTreeMap, BTreeSet};

use crate::UnitId;

/// An organisation unit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unit {
    /// Its identifier.
    pub id: UnitId,
    /// The unit above; none for the root.
    pub parent: Option<UnitId>,
    /// What it is called: "Fachbereich 3 Bauen".
    pub name: String,
    /// The short name that people write on paper: "FB 3"; may be empty.
    pub code: String,
    /// Closed units keep their invoices but take no new ones.
    pub active: bool,
}

/// All units of a tenant.
#[derive(Debug, Clone, Default)]
pub struct UnitTree {
    root: Option<UnitId>,
    units: BTreeMap<UnitId, Unit>,
    children: BTreeMap<UnitId, Vec<UnitId>>,
    /// Each unit with all above it, itself included.
    above: BTreeMap<UnitId, BTreeSet<UnitId>>,
}

impl UnitTree {
    /// Makes the tree. The first unit without a parent is the root.
    #[must_use]
    pub fn new(units: Vec<Unit>) -> Self {
        let Some(root) = units.iter().find(|unit| unit.parent.is_none()).or(units.first()).map(|unit| unit.id.clone())
        else {
            return Self::default();
        };
        let mut units: BTreeMap<UnitId, Unit> = units.into_iter().map(|unit| (unit.id.clone(), unit)).collect();
        let ids: Vec<UnitId> = units.keys().cloned().collect();
        for id in &ids {
            let parent = if *id == root {
                None
            } else {
                let stated = units[id].parent.clone().filter(|parent| units.contains_key(parent));
                Some(stated.unwrap_or_else(|| root.clone()))
            };
            if let Some(unit) = units.get_mut(id) {
                unit.parent = parent;
            }
        }
        // Whoever does not reach the root hangs in a circle: cut it there.
        let mut above = BTreeMap::new();
        for id in &ids {
            let mut path = BTreeSet::new();
            let mut next = Some(id.clone());
            while let Some(at) = next {
                if !path.insert(at.clone()) {
                    if let Some(unit) = units.get_mut(id) {
                        unit.parent = Some(root.clone());
                    }
                    path = BTreeSet::from([id.clone(), root.clone()]);
                    break;
                }
                next = units.get(&at).and_then(|unit| unit.parent.clone());
            }
            above.insert(id.clone(), path);
        }
        let mut children: BTreeMap<UnitId, Vec<UnitId>> = BTreeMap::new();
        for unit in units.values() {
            if let Some(parent) = &unit.parent {
                children.entry(parent.clone()).or_default().push(unit.id.clone());
            }
        }
        for list in children.values_mut() {
            list.sort_by_key(|id| (units[id].code.clone(), units[id].name.clone(), id.clone()));
        }
        Self { root: Some(root), units, children, above }
    }

    /// The municipality itself.
    #[must_use]
    pub fn root(&self) -> Option<&UnitId> {
        self.root.as_ref()
    }

    /// The unit with this identifier.
    #[must_use]
    pub fn unit(&self, id: &UnitId) -> Option<&Unit> {
        self.units.get(id)
    }

    /// Is `unit` the unit `top` or below it?
    #[must_use]
    pub fn is_within(&self, unit: &UnitId, top: &UnitId) -> bool {
        self.above.get(unit).is_some_and(|above| above.contains(top))
    }

    /// `top` and all below it, parents before children.
    #[must_use]
    pub fn within(&self, top: &UnitId) -> Vec<UnitId> {
        let mut found = Vec::new();
        let mut open = if self.units.contains_key(top) { vec![top.clone()] } else { Vec::new() };
        while let Some(id) = open.pop() {
            open.extend(self.children.get(&id).into_iter().flatten().rev().cloned());
            found.push(id);
        }
        found
    }

    /// All units with their depth, parents before children, siblings by code and name: as a list shows them.
    #[must_use]
    pub fn in_order(&self) -> Vec<(usize, &Unit)> {
        let Some(root) = &self.root else { return Vec::new() };
        self.within(root).iter().map(|id| (self.above[id].len() - 1, &self.units[id])).collect()
    }

    /// How many units there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.units.len()
    }

    /// Is there no unit at all? Only before a tenant is set up.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.units.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn unit(id: &str, parent: Option<&str>) -> Unit {
        Unit { id: id.into(), parent: parent.map(UnitId::from), name: id.to_owned(), code: String::new(), active: true }
    }

    #[test]
    fn below_and_above() {
        let tree =
            UnitTree::new(vec![unit("a", None), unit("b", Some("a")), unit("c", Some("b")), unit("d", Some("a"))]);
        assert_eq!(tree.within(&"b".into()), ["b".into(), "c".into()]);
        assert_eq!(
            tree.in_order().iter().map(|(depth, unit)| (*depth, unit.id.as_str())).collect::<Vec<_>>(),
            [(0, "a"), (1, "b"), (2, "c"), (1, "d")]
        );
        assert!(tree.is_within(&"c".into(), &"a".into()) && !tree.is_within(&"a".into(), &"c".into()));
        assert!(!tree.is_within(&"x".into(), &"a".into()) && tree.within(&"x".into()).is_empty());
    }

    #[test]
    fn circles_and_orphans_hang_under_the_root() {
        let tree = UnitTree::new(vec![
            unit("root", None),
            unit("b", Some("c")),
            unit("c", Some("b")),
            unit("d", Some("gone")),
            unit("second-root", None),
        ]);
        assert_eq!(tree.in_order().len(), 5, "{:?}", tree.in_order());
        assert!(["b", "c", "d", "second-root"].iter().all(|id| tree.is_within(&(*id).into(), &"root".into())));
    }
}
