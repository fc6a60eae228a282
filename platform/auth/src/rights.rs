//! Changing units, groups, roles, grants and deputies.
//!
//! Invariant: nothing is deleted that something else still names; a unit is closed, not deleted,
//! because invoices keep naming it.

use std::collections::BTreeSet;

use jiff::civil::Date;
use serde_json::json;
use vir_store::{args, new_id};

use crate::auth::{Auth, Deed, name, note, one_row, require_administrator};
use crate::permission::{DefaultRole, Limit, PersonKind, Principal, To};
use crate::{DeputyId, Error, GrantId, GroupId, PersonId, Result, RoleId, UnitId, load};

/// The longest term of a deputy, in days.
const LONGEST_TERM: i32 = 366;

impl Auth {
    /// Adds a unit below another.
    pub async fn add_unit(&self, by: &Principal, parent: &UnitId, title: &str, code: &str) -> Result<UnitId> {
        let (title, code) = (name("name", title)?, short(code)?);
        let id = UnitId::from(new_id(self.store.clock().now()));
        let (unit, parent) = (id.clone(), parent.clone());
        self.administer(by, Deed::new("unit.add", format!("unit/{id}")).with(json!({ "name": title })), move |tx| {
            Box::pin(async move {
                if !load::exists(tx, "unit", parent.as_str()).await? {
                    return Err(Error::not_found("übergeordnete Einheit", "unit above"));
                }
                let sql = "insert into unit (id, parent_id, name, code, active) values ($1, $2, $3, $4, $5)";
                tx.execute(sql, &args![unit, parent, title, code, true]).await?;
                Ok(())
            })
        })
        .await?;
        Ok(id)
    }

    /// Renames a unit, hangs it elsewhere, closes or opens it. The municipality itself stays on top and open.
    pub async fn change_unit(
        &self,
        by: &Principal,
        unit: &UnitId,
        parent: Option<&UnitId>,
        title: &str,
        code: &str,
        active: bool,
    ) -> Result<()> {
        let (title, code) = (name("name", title)?, short(code)?);
        let directory = self.directory(&by.tenant).await?;
        let is_root = directory.tree.root() == Some(unit);
        let parent = if is_root { None } else { parent.or(directory.tree.root()).cloned() };
        if parent.as_ref().is_some_and(|parent| directory.tree.is_within(parent, unit)) {
            return Err(Error::invalid(
                "parent",
                "Eine Einheit kann nicht unter sich selbst hängen.",
                "A unit cannot hang below itself.",
            ));
        }
        let (id, active) = (unit.clone(), active || is_root);
        let deed = Deed::new("unit.change", format!("unit/{unit}"))
            .with(json!({ "name": title, "parent": parent, "active": active }));
        self.administer(by, deed, move |tx| {
            Box::pin(async move {
                let above = parent.map(|parent| parent.as_str().to_owned());
                let sql = "update unit set parent_id = $2, name = $3, code = $4, active = $5 where id = $1";
                let changed = tx.execute(sql, &args![id, above, title, code, active]).await?;
                one_row(changed, "Organisationseinheit", "organisation unit")
            })
        })
        .await
    }

    /// Adds a group.
    pub async fn add_group(&self, by: &Principal, title: &str) -> Result<GroupId> {
        let title = name("name", title)?;
        let id = GroupId::from(new_id(self.store.clock().now()));
        let group = id.clone();
        self.administer(by, Deed::new("group.add", format!("group/{id}")).with(json!({ "name": title })), move |tx| {
            Box::pin(async move {
                tx.execute("insert into person_group (id, name) values ($1, $2)", &args![group, title]).await?;
                Ok(())
            })
        })
        .await?;
        Ok(id)
    }

    /// Renames a group, says what the OpenID provider calls it, and who belongs to it by our own
    /// choice; members that the provider names stay.
    pub async fn change_group(
        &self,
        by: &Principal,
        group: &GroupId,
        title: &str,
        external: Option<&str>,
        members: BTreeSet<PersonId>,
    ) -> Result<()> {
        let title = name("name", title)?;
        let external = external.map(str::trim).filter(|text| !text.is_empty()).map(str::to_owned);
        let id = group.clone();
        let deed = Deed::new("group.change", format!("group/{group}"))
            .with(json!({ "name": title, "members": members, "external": external }));
        let written = self
            .administer(by, deed, move |tx| {
                Box::pin(async move {
                    let sql = "update person_group set name = $2, external_name = $3 where id = $1";
                    one_row(tx.execute(sql, &args![&id, title, external]).await?, "Gruppe", "group")?;
                    let sql = "delete from group_member where group_id = $1 and source = 'manual'";
                    tx.execute(sql, &args![&id]).await?;
                    for person in members {
                        if !load::exists(tx, "person", person.as_str()).await? {
                            return Err(Error::not_found("Person", "person"));
                        }
                        let sql = "insert into group_member (group_id, person_id, source) values ($1, $2, 'manual')
                            on conflict ({t}group_id, person_id) do nothing";
                        tx.execute(sql, &args![&id, person]).await?;
                    }
                    Ok(())
                })
            })
            .await;
        match written {
            Err(Error::Store(error)) if error.is_unique() => Err(Error::invalid(
                "external",
                "Eine andere Gruppe hat schon diesen Namen beim Anmeldedienst.",
                "Another group has this name at the provider already.",
            )),
            written => written,
        }
    }

    /// Deletes a group and what was granted to it.
    pub async fn delete_group(&self, by: &Principal, group: &GroupId) -> Result<()> {
        let id = group.clone();
        self.administer(by, Deed::new("group.delete", format!("group/{group}")), move |tx| {
            Box::pin(async move {
                tx.execute("delete from role_grant where group_id = $1", &args![&id]).await?;
                tx.execute("delete from group_member where group_id = $1", &args![&id]).await?;
                one_row(tx.execute("delete from person_group where id = $1", &args![&id]).await?, "Gruppe", "group")
            })
        })
        .await
    }

    /// What the OpenID provider calls each group.
    pub async fn external_groups(&self, by: &Principal) -> Result<Vec<(GroupId, String)>> {
        require_administrator(by)?;
        let rows = self
            .store
            .read(&by.tenant, |tx| {
                Box::pin(async move {
                    let sql = "select id, external_name from person_group where external_name is not null order by id";
                    let mut found = Vec::new();
                    for row in tx.all(sql, &[]).await? {
                        found.push((GroupId::from(row.text("id")?), row.text("external_name")?));
                    }
                    Ok::<_, Error>(found)
                })
            })
            .await?;
        Ok(rows)
    }

    /// Adds a role of the tenant's own, or changes it. Only permissions that exist are taken.
    pub async fn save_role(
        &self,
        by: &Principal,
        role: Option<&RoleId>,
        title: &str,
        permissions: &BTreeSet<String>,
    ) -> Result<RoleId> {
        let title = name("name", title)?;
        let known: Vec<String> =
            permissions.iter().filter(|name| self.catalogue.permission(name).is_some()).cloned().collect();
        if known.is_empty() {
            return Err(Error::invalid(
                "permissions",
                "Wählen Sie mindestens ein Recht.",
                "Choose at least one permission.",
            ));
        }
        if role.is_some_and(|role| DefaultRole::of(role).is_some()) {
            return Err(Error::conflict(
                "Standardrollen lassen sich nicht ändern. Legen Sie eine eigene Rolle an.",
                "Default roles cannot be changed. Create a role of your own.",
            ));
        }
        let is_new = role.is_none();
        let id = role.cloned().unwrap_or_else(|| RoleId::from(new_id(self.store.clock().now())));
        let action = if is_new { "role.add" } else { "role.change" };
        let deed = Deed::new(action, format!("role/{id}")).with(json!({ "name": title, "permissions": known }));
        let given = id.clone();
        self.administer(by, deed, move |tx| {
            Box::pin(async move {
                if is_new {
                    tx.execute("insert into role (id, name) values ($1, $2)", &args![&given, title]).await?;
                } else {
                    let changed = tx.execute("update role set name = $2 where id = $1", &args![&given, title]).await?;
                    one_row(changed, "Rolle", "role")?;
                }
                tx.execute("delete from role_permission where role_id = $1", &args![&given]).await?;
                for permission in known {
                    let sql = "insert into role_permission (role_id, permission) values ($1, $2)";
                    tx.execute(sql, &args![&given, permission]).await?;
                }
                Ok(())
            })
        })
        .await?;
        Ok(id)
    }

    /// Deletes a role of the tenant's own, and what was granted with it.
    pub async fn delete_role(&self, by: &Principal, role: &RoleId) -> Result<()> {
        let id = role.clone();
        self.administer(by, Deed::new("role.delete", format!("role/{role}")), move |tx| {
            Box::pin(async move {
                tx.execute("delete from role_grant where role_id = $1", &args![&id]).await?;
                tx.execute("delete from role_permission where role_id = $1", &args![&id]).await?;
                one_row(
                    tx.execute("delete from role where id = $1", &args![&id]).await?,
                    "eigene Rolle",
                    "role of your own",
                )
            })
        })
        .await
    }

    /// Gives a role to a person or a group, for a unit and all below it.
    pub async fn grant(&self, by: &Principal, to: To, role: &RoleId, unit: &UnitId, limit: Limit) -> Result<GrantId> {
        let directory = self.directory(&by.tenant).await?;
        let known = directory.roles.contains_key(role)
            && directory.tree.unit(unit).is_some()
            && match &to {
                To::Person(person) => directory.people.contains_key(person),
                To::Group(group) => directory.groups.contains_key(group),
            };
        if !known {
            return Err(Error::not_found("Rolle, Einheit oder Empfänger", "role, unit or receiver"));
        }
        if limit == Limit::Nothing || limit.cents().is_some_and(|cents| cents < 0) {
            return Err(Error::invalid("limit", "Die Betragsgrenze ist 0 oder mehr.", "The limit is 0 or more."));
        }
        let same = |grant: &&crate::StoredGrant| {
            grant.to == to && grant.role == *role && grant.unit == *unit && grant.limit == limit
        };
        if let Some(same) = directory.grants.iter().find(same) {
            return Ok(same.id.clone());
        }
        let id = GrantId::from(new_id(self.store.clock().now()));
        let (person, group) = match &to {
            To::Person(person) => (Some(person.as_str().to_owned()), None),
            To::Group(group) => (None, Some(group.as_str().to_owned())),
        };
        let deed = Deed::new("grant.add", format!("grant/{id}")).with(
            json!({ "person": person, "group": group, "role": role, "unit": unit, "limit_cents": limit.cents() }),
        );
        let (grant, role, unit) = (id.clone(), role.clone(), unit.clone());
        self.administer(by, deed, move |tx| {
            Box::pin(async move {
                let now = tx.now();
                let sql = "insert into role_grant (id, person_id, group_id, role_id, unit_id, limit_cents, created_at)
                    values ($1, $2, $3, $4, $5, $6, $7)";
                tx.execute(sql, &args![grant, person, group, role, unit, limit.cents(), now]).await?;
                Ok(())
            })
        })
        .await?;
        Ok(id)
    }

    /// Takes a grant back.
    pub async fn revoke(&self, by: &Principal, grant: &GrantId) -> Result<()> {
        let directory = self.directory(&by.tenant).await?;
        let was = directory.grants.iter().find(|stored| stored.id == *grant);
        let was = was.ok_or_else(|| Error::not_found("Zuweisung", "grant"))?;
        let to = match &was.to {
            To::Person(person) => format!("person/{person}"),
            To::Group(group) => format!("group/{group}"),
        };
        let deed = Deed::new("grant.revoke", format!("grant/{grant}"))
            .with(json!({ "to": to, "role": was.role, "unit": was.unit, "limit_cents": was.limit.cents() }));
        let id = grant.clone();
        self.administer(by, deed, move |tx| {
            Box::pin(async move {
                one_row(tx.execute("delete from role_grant where id = $1", &args![id]).await?, "Zuweisung", "grant")
            })
        })
        .await
    }

    /// Names a deputy: for oneself, or as administrator for anybody.
    pub async fn add_deputy(
        &self,
        by: &Principal,
        of: &PersonId,
        deputy: &PersonId,
        from: Date,
        to: Date,
    ) -> Result<DeputyId> {
        if *of != by.person {
            require_administrator(by)?;
        }
        // A program acts on its owner's rights; it does not pass them on.
        if matches!(by.by, crate::By::Token(_)) {
            return Err(Error::Forbidden(crate::ADMINISTER));
        }
        let directory = self.directory(&by.tenant).await?;
        let human = |person: &PersonId| {
            directory.people.get(person).is_some_and(|person| person.active && person.kind == PersonKind::Human)
        };
        if of == deputy || !human(of) || !human(deputy) {
            return Err(Error::invalid(
                "deputy",
                "Wählen Sie eine andere, aktive Person als Vertretung.",
                "Choose another, active person as deputy.",
            ));
        }
        if to < from {
            return Err(Error::invalid("to", "Das Ende liegt vor dem Beginn.", "The end lies before the beginning."));
        }
        if to < self.today() {
            return Err(Error::invalid("to", "Das Ende liegt in der Vergangenheit.", "The end lies in the past."));
        }
        if (to - from).get_days() >= LONGEST_TERM {
            return Err(Error::invalid(
                "to",
                "Eine Vertretung gilt höchstens ein Jahr. Für länger vergeben Sie eine Rolle.",
                "A deputy acts for a year at most. Grant a role for longer.",
            ));
        }
        let id = DeputyId::from(new_id(self.store.clock().now()));
        let (key, of, deputy) = (id.clone(), of.clone(), deputy.clone());
        let deed = Deed::new("deputy.add", format!("person/{of}"))
            .with(json!({ "deputy": deputy, "from": from.to_string(), "to": to.to_string() }));
        self.change(&by.tenant, by.actor(), deed, move |tx| {
            Box::pin(async move {
                let sql =
                    "insert into deputy (id, deputy_id, person_id, from_date, to_date) values ($1, $2, $3, $4, $5)";
                tx.execute(sql, &args![key, deputy, of, from, to]).await?;
                Ok(())
            })
        })
        .await?;
        Ok(id)
    }

    /// Ends a term at once: by whoever is represented, by the deputy, or by an administrator.
    pub async fn end_deputy(&self, by: &Principal, deputy: &DeputyId) -> Result<()> {
        let directory = self.directory(&by.tenant).await?;
        let term = directory.deputies.iter().find(|term| term.id == *deputy);
        let term = term.ok_or_else(|| Error::not_found("Vertretung", "deputy"))?;
        // Whose deputy somebody is, is nobody else's business: to others there is no such term.
        if term.of != by.person && term.deputy != by.person && require_administrator(by).is_err() {
            return Err(Error::not_found("Vertretung", "deputy"));
        }
        let deed = Deed::new("deputy.end", format!("person/{}", term.of)).with(json!({ "deputy": term.deputy }));
        let id = deputy.clone();
        self.change(&by.tenant, by.actor(), deed, move |tx| {
            Box::pin(async move {
                one_row(tx.execute("delete from deputy where id = $1", &args![id]).await?, "Vertretung", "deputy")
            })
        })
        .await
    }

    /// Notes something for the audit log that a page of the administration did beside rights.
    pub async fn note(
        &self,
        by: &Principal,
        action: &'static str,
        subject: String,
        detail: serde_json::Value,
    ) -> Result<()> {
        let actor = by.actor();
        self.store
            .write(&by.tenant, move |tx| {
                Box::pin(async move {
                    note(tx, actor, Deed::new(action, subject).with(detail));
                    Ok::<_, Error>(())
                })
            })
            .await
    }
}

fn short(code: &str) -> Result<String> {
    let code = code.trim();
    if code.chars().count() <= 20 {
        Ok(code.to_owned())
    } else {
        Err(Error::invalid("code", "Höchstens 20 Zeichen.", "At most 20 characters."))
    }
}
