//! The model of permissions answers as a naive one does: one that follows the words of the rules,
//! one person, one unit, one day at a time, without sets made beforehand.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use jiff::civil::{Date, date};
use proptest::prelude::*;
use vir_auth::{
    ADMINISTER, AUDIT, By, Deputy, Directory, Group, Limit, Permission, Person, PersonId, PersonKind, Role, RoleName,
    StoredGrant, To, Unit, UnitId, UnitScope, UnitTree,
};
use vir_core::Lang;
use vir_store::TenantId;

const PERMISSIONS: [Permission; 5] = [ADMINISTER, AUDIT, "invoice.see", "invoice.order", "invoice.pay"];

type Given = (Result<usize, usize>, usize, usize, Option<i64>);

/// All that a tenant consists of, as plain numbers.
#[derive(Debug, Clone)]
struct World {
    /// The unit above each unit; unit 0 is the root.
    parents: Vec<usize>,
    active: Vec<bool>,
    /// Members of each group.
    groups: Vec<BTreeSet<usize>>,
    /// Permissions of each role.
    roles: Vec<BTreeSet<usize>>,
    /// To a person (left) or group (right); role; unit; limit.
    grants: Vec<Given>,
    /// Deputy, of whom, first and last day.
    deputies: Vec<(usize, usize, i8, i8)>,
}

fn world() -> impl Strategy<Value = World> {
    let units = prop::collection::vec(any::<prop::sample::Index>(), 0..8);
    let people = prop::collection::vec(prop::bool::weighted(0.85), 1..6);
    (units, people).prop_flat_map(|(above, active)| {
        let (units, people) = (above.len() + 1, active.len());
        let parents: Vec<usize> =
            std::iter::once(0).chain(above.iter().enumerate().map(|(unit, index)| index.index(unit + 1))).collect();
        let to = prop_oneof![(0..people).prop_map(Ok), (0..3_usize).prop_map(Err)];
        let limit = prop_oneof![Just(None), (0..5_i64).prop_map(|limit| Some(limit * 1000))];
        (
            prop::collection::vec(prop::collection::btree_set(0..people, 0..=people), 3),
            prop::collection::vec(prop::collection::btree_set(0..PERMISSIONS.len(), 0..4), 4),
            prop::collection::vec((to, 0..4_usize, 0..units, limit), 0..10),
            prop::collection::vec((0..people, 0..people, 1..20_i8, 0..10_i8), 0..5),
        )
            .prop_map(move |(groups, roles, grants, deputies)| World {
                parents: parents.clone(),
                active: active.clone(),
                groups,
                roles,
                grants,
                deputies: deputies.into_iter().map(|(who, of, from, days)| (who, of, from, from + days)).collect(),
            })
    })
}

impl World {
    /// By the words of the rules.
    fn limit(&self, person: usize, permission: usize, unit: usize, day: i8) -> Limit {
        if !self.active[person] {
            return Limit::Nothing;
        }
        let mut best = self.own_limit(person, permission, unit);
        for (deputy, of, from, to) in &self.deputies {
            if *deputy == person && *of != person && self.active[*of] && *from <= day && day <= *to {
                best = best.max(self.own_limit(*of, permission, unit));
            }
        }
        best
    }

    fn own_limit(&self, person: usize, permission: usize, unit: usize) -> Limit {
        let mut best = Limit::Nothing;
        for (to, role, top, limit) in &self.grants {
            let concerned = match to {
                Ok(one) => *one == person,
                Err(group) => self.groups[*group].contains(&person),
            };
            if concerned && self.roles[*role].contains(&permission) && self.is_below(unit, *top) {
                best = best.max(limit.map_or(Limit::Unlimited, Limit::UpTo));
            }
        }
        best
    }

    fn is_below(&self, unit: usize, top: usize) -> bool {
        unit == top || (unit != 0 && self.is_below(self.parents[unit], top))
    }

    fn directory(&self) -> Directory {
        let units = self.parents.iter().enumerate().map(|(unit, parent)| Unit {
            id: unit_id(unit),
            parent: (unit != 0).then(|| unit_id(*parent)),
            name: format!("Einheit {unit}"),
            code: String::new(),
            active: true,
        });
        let people = self.active.iter().enumerate().map(|(person, active)| {
            let person = Person {
                id: person_id(person),
                name: format!("Person {person}"),
                email: String::new(),
                kind: PersonKind::Human,
                lang: Lang::De,
                active: *active,
            };
            (person.id.clone(), person)
        });
        let groups = self.groups.iter().enumerate().map(|(group, members)| {
            let members = members.iter().copied().map(person_id).collect();
            (format!("g{group}").into(), Group { id: format!("g{group}").into(), name: String::new(), members })
        });
        let roles = self.roles.iter().enumerate().map(|(role, permissions)| {
            let permissions: BTreeSet<String> = permissions.iter().map(|at| PERMISSIONS[*at].to_owned()).collect();
            let (id, name) = (format!("r{role}").into(), RoleName::Own(String::new()));
            (format!("r{role}").into(), Role { id, name, permissions: Arc::new(permissions), default: None })
        });
        let grants = self.grants.iter().enumerate().map(|(grant, (to, role, unit, limit))| StoredGrant {
            id: format!("{grant}").into(),
            to: match to {
                Ok(person) => To::Person(person_id(*person)),
                Err(group) => To::Group(format!("g{group}").into()),
            },
            role: format!("r{role}").into(),
            unit: unit_id(*unit),
            limit: Limit::from_cents(*limit),
        });
        let deputies = self.deputies.iter().enumerate().map(|(at, (deputy, of, from, to))| Deputy {
            id: format!("{at}").into(),
            deputy: person_id(*deputy),
            of: person_id(*of),
            from: day(*from),
            to: day(*to),
        });
        Directory {
            version: 1,
            tree: Arc::new(UnitTree::new(units.collect())),
            people: people.collect(),
            groups: groups.collect(),
            roles: roles.collect::<BTreeMap<_, _>>(),
            grants: grants.collect(),
            deputies: deputies.collect(),
        }
    }
}

fn unit_id(unit: usize) -> UnitId {
    format!("u{unit}").into()
}

fn person_id(person: usize) -> PersonId {
    format!("p{person}").into()
}

fn day(day: i8) -> Date {
    date(2026, 11, 1).saturating_add(jiff::Span::new().days(i64::from(day) - 1))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn answers_as_the_naive_model(world in world(), today in 1..30_i8) {
        let (directory, tenant) = (world.directory(), "t".parse::<TenantId>().unwrap());
        for person in 0..world.active.len() {
            let principal = directory.principal(&tenant, &person_id(person), By::System, day(today));
            prop_assert_eq!(principal.is_some(), world.active[person]);
            let Some(principal) = principal else { continue };
            for (at, permission) in PERMISSIONS.into_iter().enumerate() {
                let scope = principal.units(permission);
                let mut somewhere = false;
                for unit in 0..world.parents.len() {
                    let (expect, id) = (world.limit(person, at, unit, today), unit_id(unit));
                    somewhere |= expect != Limit::Nothing;
                    prop_assert_eq!(principal.limit(permission, &id), expect);
                    prop_assert_eq!(principal.may(permission, &id), expect != Limit::Nothing);
                    prop_assert_eq!(scope.contains(Some(&id)), expect != Limit::Nothing);
                    for cents in [0, -1000, 1000, 2500, 4000, 1_000_000] {
                        prop_assert_eq!(principal.may_amount(permission, &id, cents), expect.covers(cents));
                        let own = world.own_limit(person, at, unit).covers(cents);
                        let acting = principal.acting_for_amount(permission, &id, cents);
                        prop_assert_eq!(acting.is_some(), expect.covers(cents) && !own);
                        if let Some(of) = acting {
                            let of: usize = of.as_str()[1..].parse().unwrap();
                            prop_assert!(world.own_limit(of, at, unit).covers(cents));
                        }
                    }
                }
                prop_assert_eq!(principal.may_anywhere(permission), somewhere);
                // What belongs to no unit yet is seen only by whoever sees all.
                let everywhere = world.limit(person, at, 0, today) != Limit::Nothing;
                prop_assert_eq!(scope == UnitScope::All, everywhere);
                prop_assert_eq!(scope.contains(None), everywhere);
                prop_assert!(!principal.may(permission, &"elsewhere".into()));
            }
        }
    }

    #[test]
    fn a_token_has_less_than_its_person_and_nothing_of_those_it_represents(
        world in world(), scopes in prop::collection::btree_set(0..PERMISSIONS.len(), 0..4), within in 0..9_usize, today in 1..30_i8,
    ) {
        let (directory, tenant) = (world.directory(), "t".parse::<TenantId>().unwrap());
        let unit = (within < world.parents.len()).then_some(within);
        let names: BTreeSet<String> = scopes.iter().map(|at| PERMISSIONS[*at].to_owned()).collect();
        for person in (0..world.active.len()).filter(|person| world.active[*person]) {
            let principal = directory.principal(&tenant, &person_id(person), By::System, day(today)).unwrap();
            let token = principal.narrowed(&names, unit.map(unit_id).as_ref());
            for (at, permission) in PERMISSIONS.into_iter().enumerate() {
                for of in 0..world.parents.len() {
                    let inside = unit.is_none_or(|unit| world.is_below(of, unit));
                    let expect = if scopes.contains(&at) && inside { world.own_limit(person, at, of) } else { Limit::Nothing };
                    prop_assert_eq!(token.limit(permission, &unit_id(of)), expect);
                }
            }
        }
    }
}
