//! All rights of a tenant as one value: units, people, groups, roles, grants, deputies.
//!
//! Invariant: the same directory and the same day always give the same principal.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use jiff::civil::Date;
use vir_core::{Lang, Phrase};
use vir_store::TenantId;

use crate::permission::{By, Catalogue, DefaultRole, Grant, Limit, Principal, UnitTree};
use crate::{DeputyId, GrantId, GroupId, PersonId, RoleId, UnitId};

/// What kind of user.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum PersonKind {
    /// Somebody who signs in.
    Human,
    /// A program: it has API tokens and no password.
    Technical,
}

/// A person, as far as rights are concerned.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    /// The identifier.
    pub id: PersonId,
    /// What they are called.
    pub name: String,
    /// Where mail reaches them; with it they sign in. Empty for technical users.
    pub email: String,
    /// Person or program.
    pub kind: PersonKind,
    /// The language that they read.
    pub lang: Lang,
    /// Inactive people may do nothing, and nobody is their deputy.
    pub active: bool,
}

/// A group of people.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Group {
    /// The identifier.
    pub id: GroupId,
    /// What it is called.
    pub name: String,
    /// Who belongs to it.
    pub members: BTreeSet<PersonId>,
}

/// A role.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Role {
    /// The identifier.
    pub id: RoleId,
    /// What it is called.
    pub name: RoleName,
    /// Its permissions.
    pub permissions: Arc<BTreeSet<String>>,
    /// Is it one of ours, which no tenant changes?
    pub default: Option<DefaultRole>,
}

/// A role's name: ours in two languages, the tenant's own as they wrote it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RoleName {
    /// One of ours.
    Ours(Phrase),
    /// The tenant's own.
    Own(String),
}

impl Role {
    /// What it is called, in `lang`.
    #[must_use]
    pub fn name(&self, lang: Lang) -> &str {
        match &self.name {
            RoleName::Ours(phrase) => phrase.get(lang),
            RoleName::Own(name) => name,
        }
    }
}

/// Who gets a grant.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum To {
    /// One person.
    Person(PersonId),
    /// All members of a group.
    Group(GroupId),
}

/// A grant as it is stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredGrant {
    /// The identifier.
    pub id: GrantId,
    /// Who gets it.
    pub to: To,
    /// The role.
    pub role: RoleId,
    /// For this unit and all below it.
    pub unit: UnitId,
    /// Up to which amount.
    pub limit: Limit,
}

/// Somebody acts for somebody else for a while.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Deputy {
    /// The identifier.
    pub id: DeputyId,
    /// Who acts.
    pub deputy: PersonId,
    /// For whom.
    pub of: PersonId,
    /// The first day.
    pub from: Date,
    /// The last day.
    pub to: Date,
}

impl Deputy {
    /// Does it hold on this day? Both ends count.
    #[must_use]
    pub fn holds_on(&self, day: Date) -> bool {
        self.from <= day && day <= self.to
    }
}

/// All rights of a tenant.
#[derive(Debug, Clone, Default)]
pub struct Directory {
    /// Counts changes; sessions are answered from this directory while their tenant has this version.
    pub version: i64,
    /// Organisation units.
    pub tree: Arc<UnitTree>,
    /// People and technical users.
    pub people: BTreeMap<PersonId, Person>,
    /// Groups.
    pub groups: BTreeMap<GroupId, Group>,
    /// Roles, ours and the tenant's own.
    pub roles: BTreeMap<RoleId, Role>,
    /// Grants.
    pub grants: Vec<StoredGrant>,
    /// Deputies, past and future ones too.
    pub deputies: Vec<Deputy>,
}

impl Directory {
    /// Our own roles, with what the catalogue's blocks put into them.
    #[must_use]
    pub fn default_roles(catalogue: &Catalogue) -> BTreeMap<RoleId, Role> {
        DefaultRole::ALL
            .into_iter()
            .map(|role| {
                let permissions = catalogue.of_role(role).into_iter().map(str::to_owned).collect();
                let name = RoleName::Ours(role.title());
                (role.id(), Role { id: role.id(), name, permissions: Arc::new(permissions), default: Some(role) })
            })
            .collect()
    }

    /// The principal for a person on a day; `None` where there is no such active person.
    #[must_use]
    pub fn principal(&self, tenant: &TenantId, person: &PersonId, by: By, today: Date) -> Option<Principal> {
        let who = self.people.get(person).filter(|person| person.active)?;
        let mut grants: Vec<Grant> = self.granted(person).map(|grant| self.effective(grant, None)).collect();
        // One may be a deputy of the same person in two overlapping terms: what they give is given once.
        let represented: BTreeSet<&PersonId> = self
            .deputies
            .iter()
            .filter(|deputy| deputy.deputy == *person && deputy.of != *person && deputy.holds_on(today))
            .map(|deputy| &deputy.of)
            .filter(|of| self.people.get(of).is_some_and(|of| of.active))
            .collect();
        for of in represented {
            // Only what was granted to them: a deputy's deputy is nobody's deputy.
            grants.extend(self.granted(of).map(|grant| self.effective(grant, Some(of.clone()))));
        }
        Some(Principal {
            tenant: tenant.clone(),
            person: who.id.clone(),
            name: who.name.clone(),
            lang: who.lang,
            by,
            grants: grants.into(),
            tree: Arc::clone(&self.tree),
        })
    }

    /// Who may do this in this unit on this day, deputies included: for notices and for choices.
    #[must_use]
    pub fn who_may(&self, tenant: &TenantId, permission: &'static str, unit: &UnitId, today: Date) -> Vec<&Person> {
        self.people
            .values()
            .filter(|person| {
                self.principal(tenant, &person.id, By::System, today)
                    .is_some_and(|principal| principal.may(permission, unit))
            })
            .collect()
    }

    /// The grants of a person, by name and by group.
    pub fn granted<'a>(&'a self, person: &'a PersonId) -> impl Iterator<Item = &'a StoredGrant> {
        self.grants.iter().filter(move |grant| match &grant.to {
            To::Person(to) => to == person,
            To::Group(group) => self.groups.get(group).is_some_and(|group| group.members.contains(person)),
        })
    }

    /// What a name is, for lists; the identifier where nobody has it.
    #[must_use]
    pub fn name_of<'a>(&'a self, person: &'a PersonId) -> &'a str {
        self.people.get(person).map_or(person.as_str(), |person| &person.name)
    }

    fn effective(&self, grant: &StoredGrant, acting_for: Option<PersonId>) -> Grant {
        let permissions = self.roles.get(&grant.role).map(|role| Arc::clone(&role.permissions)).unwrap_or_default();
        Grant { role: grant.role.clone(), permissions, unit: grant.unit.clone(), limit: grant.limit, acting_for }
    }
}
