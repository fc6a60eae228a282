//! Reads a tenant's directory out of the database.
//!
//! Invariant: what is read is one snapshot, with the version that belongs to it.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use vir_core::Lang;
use vir_store::{Tx, args};

use crate::permission::{
    Deputy, Directory, Group, Limit, Person, PersonKind, Role, RoleName, StoredGrant, To, Unit, UnitTree,
};
use crate::{PersonId, Result, RoleId};

const VERSION: &str = "select version from auth_version where id = 1";
const COUNT_UP: &str = "insert into auth_version (id, version) values (1, 1)
    on conflict ({t}id) do update set version = auth_version.version + 1";
const UNITS: &str = "select id, parent_id, name, code, active from unit";
pub(crate) const PEOPLE: &str = "select id, kind, name, email, lang, active from person";
const GROUPS: &str = "select id, name from person_group";
const MEMBERS: &str = "select group_id, person_id from group_member";
const ROLES: &str = "select id, name from role";
const ROLE_PERMISSIONS: &str = "select role_id, permission from role_permission";
const GRANTS: &str = "select id, person_id, group_id, role_id, unit_id, limit_cents from role_grant order by id";
const DEPUTIES: &str = "select id, deputy_id, person_id, from_date, to_date from deputy order by from_date, id";

/// How often rights have changed.
pub(crate) async fn version(tx: &mut Tx) -> Result<i64> {
    Ok(match tx.optional(VERSION, &[]).await? {
        Some(row) => row.int("version")?,
        None => 0,
    })
}

/// Rights have changed: every node reads them anew.
pub(crate) async fn count_up(tx: &mut Tx) -> Result<()> {
    tx.execute(COUNT_UP, &[]).await?;
    Ok(())
}

pub(crate) fn lang(text: &str) -> Lang {
    if text == "en" { Lang::En } else { Lang::De }
}

/// All rights. `roles` are the default roles, to which the tenant's own are added.
pub(crate) async fn directory(tx: &mut Tx, mut roles: BTreeMap<RoleId, Role>) -> Result<Directory> {
    let version = version(tx).await?;
    let mut units = Vec::new();
    for row in tx.all(UNITS, &[]).await? {
        units.push(Unit {
            id: row.text("id")?.into(),
            parent: row.optional_text("parent_id")?.map(Into::into),
            name: row.text("name")?,
            code: row.text("code")?,
            active: row.bool("active")?,
        });
    }
    let mut people = BTreeMap::new();
    for row in tx.all(PEOPLE, &[]).await? {
        let person = Person {
            id: row.text("id")?.into(),
            name: row.text("name")?,
            email: row.optional_text("email")?.unwrap_or_default(),
            kind: if row.text("kind")? == "technical" { PersonKind::Technical } else { PersonKind::Human },
            lang: lang(&row.text("lang")?),
            active: row.bool("active")?,
        };
        people.insert(person.id.clone(), person);
    }
    let mut members: BTreeMap<String, BTreeSet<PersonId>> = BTreeMap::new();
    for row in tx.all(MEMBERS, &[]).await? {
        members.entry(row.text("group_id")?).or_default().insert(row.text("person_id")?.into());
    }
    let mut groups = BTreeMap::new();
    for row in tx.all(GROUPS, &[]).await? {
        let id = row.text("id")?;
        let members = members.remove(&id).unwrap_or_default();
        groups.insert(id.clone().into(), Group { id: id.into(), name: row.text("name")?, members });
    }
    let mut permissions: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for row in tx.all(ROLE_PERMISSIONS, &[]).await? {
        permissions.entry(row.text("role_id")?).or_default().insert(row.text("permission")?);
    }
    for row in tx.all(ROLES, &[]).await? {
        let id = row.text("id")?;
        let permissions = Arc::new(permissions.remove(&id).unwrap_or_default());
        let role = Role { id: id.clone().into(), name: RoleName::Own(row.text("name")?), permissions, default: None };
        // A default role keeps its meaning, whatever stands in the table.
        roles.entry(id.into()).or_insert(role);
    }
    let mut grants = Vec::new();
    for row in tx.all(GRANTS, &[]).await? {
        let to = match (row.optional_text("person_id")?, row.optional_text("group_id")?) {
            (Some(person), _) => To::Person(person.into()),
            (None, Some(group)) => To::Group(group.into()),
            (None, None) => continue,
        };
        grants.push(StoredGrant {
            id: row.text("id")?.into(),
            to,
            role: row.text("role_id")?.into(),
            unit: row.text("unit_id")?.into(),
            limit: Limit::from_cents(row.optional_int("limit_cents")?),
        });
    }
    let mut deputies = Vec::new();
    for row in tx.all(DEPUTIES, &[]).await? {
        deputies.push(Deputy {
            id: row.text("id")?.into(),
            deputy: row.text("deputy_id")?.into(),
            of: row.text("person_id")?.into(),
            from: row.date("from_date")?,
            to: row.date("to_date")?,
        });
    }
    Ok(Directory { version, tree: Arc::new(UnitTree::new(units)), people, groups, roles, grants, deputies })
}

/// Is there a row with this identifier? `table` is a name of ours.
pub(crate) async fn exists(tx: &mut Tx, table: &'static str, id: &str) -> Result<bool> {
    Ok(tx.optional(format!("select id from {table} where id = $1"), &args![id]).await?.is_some())
}
