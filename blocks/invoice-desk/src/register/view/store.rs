//! Views and tastes in the database.
//!
//! Invariant: only its owner changes a view.

use std::collections::BTreeSet;

use vir_auth::{Directory, PersonId, Principal, UnitId};
use vir_store::{Result, Row, Tx, args, new_id};

use crate::permissions::SEE;
use crate::register::columns::Column;

/// A list that somebody has given a name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct View {
    pub id: String,
    pub person_id: String,
    /// With whose invoices it is shared.
    pub unit_id: Option<String>,
    /// With whom it is shared.
    pub role_id: Option<String>,
    pub name: String,
    /// As in the address, without columns.
    pub query: String,
    /// Empty: as the person likes them.
    pub columns: String,
}

impl View {
    /// Its address.
    pub fn href(&self) -> String {
        let mut parts: Vec<String> = Vec::new();
        if !self.query.is_empty() {
            parts.push(self.query.clone());
        }
        if !self.columns.is_empty() {
            parts.push(format!("columns={}", self.columns));
        }
        // A view without a filter must not lead to the view that the person begins with.
        if parts.is_empty() {
            "/rechnungen?ansicht=alle".to_owned()
        } else {
            format!("/rechnungen?{}", parts.join("&"))
        }
    }
}

/// How somebody likes the register.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Taste {
    /// The columns, where they have chosen.
    pub columns: Option<Vec<Column>>,
    /// The view that they begin with.
    pub begins_with: Option<String>,
}

const COLUMNS: &str = "id, person_id, unit_id, role_id, name, query, columns";

fn read(row: &Row) -> Result<View> {
    Ok(View {
        id: row.text("id")?,
        person_id: row.text("person_id")?,
        unit_id: row.optional_text("unit_id")?,
        role_id: row.optional_text("role_id")?,
        name: row.text("name")?,
        query: row.text("query")?,
        columns: row.text("columns")?,
    })
}

/// The views that a person sees: their own in their order, then those that others share, by name.
pub async fn visible(tx: &mut Tx, principal: &Principal, directory: &Directory) -> Result<Vec<View>> {
    let sql = format!(
        "select {COLUMNS} from register_view where person_id = $1 or unit_id is not null or role_id is not null
         order by case when person_id = $1 then 0 else 1 end,
         case when person_id = $1 then coalesce(position, 0) else 0 end, lower(name), id limit 500"
    );
    let scope = principal.units(SEE);
    let roles: BTreeSet<&str> = directory.granted(&principal.person).map(|grant| grant.role.as_str()).collect();
    let rows = tx.all(sql, &args![principal.person.as_str()]).await?;
    let mut views = rows.iter().map(read).collect::<Result<Vec<_>>>()?;
    views.retain(|view| {
        let unit = view.unit_id.as_deref().map(UnitId::from);
        view.person_id == principal.person.as_str()
            || unit.is_some_and(|unit| scope.contains(Some(&unit)))
            || view.role_id.as_deref().is_some_and(|role| roles.contains(role))
    });
    Ok(views)
}

/// How a person likes it.
pub async fn taste(tx: &mut Tx, person: &PersonId) -> Result<Taste> {
    const TASTE: &str = "select columns, view_id from register_taste where person_id = $1";
    let Some(row) = tx.optional(TASTE, &args![person.as_str()]).await? else { return Ok(Taste::default()) };
    let columns = row.text("columns")?;
    let chosen = (!columns.is_empty()).then(|| Column::read(&columns));
    Ok(Taste { columns: chosen, begins_with: row.optional_text("view_id")? })
}

/// Keeps how a person likes it.
pub async fn keep_taste(tx: &mut Tx, person: &PersonId, taste: &Taste) -> Result<()> {
    const KEEP: &str = "insert into register_taste (person_id, columns, dense, view_id) values ($1, $2, $3, $4)
        on conflict ({t}person_id) do update set columns = excluded.columns, view_id = excluded.view_id";
    let columns = taste.columns.as_deref().map(Column::write).unwrap_or_default();
    tx.execute(KEEP, &args![person.as_str(), columns, false, &taste.begins_with]).await?;
    Ok(())
}

/// Keeps a view, new or changed; false where it is not this person's.
pub async fn keep(tx: &mut Tx, view: &View) -> Result<bool> {
    const CHANGE: &str = "update register_view set name = $3, unit_id = $4, role_id = $5, changed_at = $6
        where id = $1 and person_id = $2";
    let values = args![&view.id, &view.person_id, &view.name, &view.unit_id, &view.role_id, tx.now()];
    Ok(tx.execute(CHANGE, &values).await? == 1)
}

/// Adds a view at the end of its owner's; gives its identifier.
pub async fn add(tx: &mut Tx, view: &View) -> Result<String> {
    const LAST: &str = "select coalesce(max(position), 0) as last from register_view where person_id = $1";
    const ADD: &str = "insert into register_view
        (id, person_id, unit_id, role_id, name, query, columns, changed_at, position)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9)";
    let id = new_id(tx.now());
    let last = tx.one(LAST, &args![&view.person_id]).await?.int("last")?;
    let values = args![
        &id,
        &view.person_id,
        &view.unit_id,
        &view.role_id,
        &view.name,
        &view.query,
        &view.columns,
        tx.now(),
        last + 1
    ];
    tx.execute(ADD, &values).await?;
    Ok(id)
}

/// Removes a view, where it is this person's.
pub async fn remove(tx: &mut Tx, person: &PersonId, id: &str) -> Result<bool> {
    const REMOVE: &str = "delete from register_view where id = $1 and person_id = $2";
    let gone = tx.execute(REMOVE, &args![id, person.as_str()]).await? == 1;
    if gone {
        tx.execute("update register_taste set view_id = null where view_id = $1", &args![id]).await?;
    }
    Ok(gone)
}

/// Puts a person's views into this order; others' stay where they are.
pub async fn arrange(tx: &mut Tx, person: &PersonId, ids: &[String]) -> Result<()> {
    const PUT: &str = "update register_view set position = $3 where id = $1 and person_id = $2";
    for (position, id) in (1_i64..).zip(ids) {
        tx.execute(PUT, &args![id, person.as_str(), position]).await?;
    }
    Ok(())
}
