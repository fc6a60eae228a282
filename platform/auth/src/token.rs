//! API tokens: how programs say who they are. `vir_{tenant}_{secret}`.
//!
//! Invariant: a token never has more rights than its person has at the moment, and only in the
//! unit and for the permissions that it was made for.

use std::collections::BTreeSet;

use jiff::{SignedDuration, Timestamp};
use serde_json::json;
use vir_store::{Row, TenantId, Tx, args, new_id};

use crate::auth::{Auth, Deed, name, note, one_row, require_administrator};
use crate::permission::{By, Principal};
use crate::secret::{Purpose, hash};
use crate::session::SEEN_EVERY;
use crate::{Error, PersonId, Result, Secret, TokenId, UnitId, load};

/// A token as the lists show it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TokenInfo {
    /// The identifier.
    pub id: TokenId,
    /// Whose it is.
    pub person: PersonId,
    /// What for.
    pub name: String,
    /// Which permissions it has, as far as its person has them.
    pub permissions: BTreeSet<String>,
    /// Only for this unit and below it.
    pub unit: Option<UnitId>,
    /// Since when.
    pub created_at: Timestamp,
    /// Until when.
    pub expires_at: Option<Timestamp>,
    /// When it was last used, to the minute.
    pub last_used_at: Option<Timestamp>,
}

/// What a new token shall be.
#[derive(Debug, Clone)]
pub struct NewToken {
    /// Whose: oneself, or a technical user where an administrator makes it.
    pub person: PersonId,
    /// What for.
    pub name: String,
    /// Its permissions.
    pub permissions: BTreeSet<String>,
    /// Only for this unit and below it.
    pub unit: Option<UnitId>,
    /// For how many days; none is for ever.
    pub days: Option<i64>,
}

const FIND: &str = "select id, person_id, permissions, unit_id, expires_at, last_used_at,
    (select version from auth_version where id = 1) as version from api_token where hash = $1";
const USED: &str = "update api_token set last_used_at = $2 where id = $1";
const INSERT: &str = "insert into api_token (id, hash, person_id, name, permissions, unit_id, created_at, expires_at)
    values ($1, $2, $3, $4, $5, $6, $7, $8)";
const LIST: &str = "select id, person_id, name, permissions, unit_id, created_at, expires_at, last_used_at
    from api_token order by created_at desc, id";
const LIST_OF: &str = "select id, person_id, name, permissions, unit_id, created_at, expires_at, last_used_at
    from api_token where person_id = $1 order by created_at desc, id";
const DELETE: &str = "delete from api_token where id = $1 and (person_id = $2 or $3)";

impl Auth {
    /// Whose token this is; `None` for everything that is none, or none any more.
    pub async fn token(&self, text: &str) -> Result<Option<Principal>> {
        let Some((tenant, secret)) = split(text) else { return Ok(None) };
        let key = hash(Purpose::Token, secret);
        let found = self
            .store
            .read(&tenant, move |tx: &mut Tx| {
                Box::pin(async move {
                    let Some(row) = tx.optional(FIND, &args![key]).await? else { return Ok(None) };
                    Ok::<_, Error>(Some((
                        TokenId::from(row.text("id")?),
                        PersonId::from(row.text("person_id")?),
                        permissions(&row)?,
                        row.optional_text("unit_id")?.map(UnitId::from),
                        row.optional_time("expires_at")?,
                        row.optional_time("last_used_at")?,
                        row.optional_int("version")?.unwrap_or(0),
                    )))
                })
            })
            .await;
        let found = match found {
            Err(Error::Store(vir_store::Error::NoTenant(_))) => return Ok(None),
            found => found?,
        };
        let Some((id, person, permissions, unit, expires_at, last_used_at, version)) = found else { return Ok(None) };
        let now = self.store.clock().now();
        if expires_at.is_some_and(|end| end <= now) {
            return Ok(None);
        }
        self.limits.token(&id)?;
        let due = last_used_at.is_none_or(|last| now.duration_since(last) >= SEEN_EVERY);
        if due && self.seen.is_news(id.as_str(), now) {
            let token = id.clone();
            self.store
                .write(&tenant, move |tx: &mut Tx| Box::pin(async move { tx.execute(USED, &args![token, now]).await }))
                .await?;
        }
        let directory = self.directory_at(&tenant, version).await?;
        let whole = directory.principal(&tenant, &person, By::Token(id), self.today());
        Ok(whole.map(|principal| principal.narrowed(&permissions, unit.as_ref())))
    }

    /// Makes a token, and gives its text: it is shown once and stored nowhere.
    pub async fn create_token(&self, by: &Principal, new: NewToken) -> Result<(TokenId, String)> {
        let of = if new.person == by.person {
            by.clone()
        } else {
            require_administrator(by)?;
            let directory = self.directory(&by.tenant).await?;
            directory
                .principal(&by.tenant, &new.person, By::System, self.today())
                .ok_or_else(|| Error::not_found("Person", "person"))?
        };
        // A token could otherwise make tokens that outlive it and have more than it has.
        if matches!(by.by, By::Token(_)) {
            return Err(Error::Forbidden(crate::ADMINISTER));
        }
        let title = name("name", &new.name)?;
        let has = of.permissions();
        let wanted: BTreeSet<String> =
            new.permissions.into_iter().filter(|wanted| has.contains(wanted.as_str())).collect();
        if wanted.is_empty() {
            return Err(Error::invalid(
                "permissions",
                "Wählen Sie mindestens ein Recht, das die Person selbst hat.",
                "Choose at least one permission that the person has.",
            ));
        }
        if new.unit.as_ref().is_some_and(|unit| of.tree.unit(unit).is_none()) {
            return Err(Error::not_found("Organisationseinheit", "organisation unit"));
        }
        if new.days.is_some_and(|days| !(1..=3650).contains(&days)) {
            return Err(Error::invalid("days", "Zwischen 1 und 3650 Tagen.", "Between 1 and 3650 days."));
        }
        let secret = Secret::random();
        let (key, actor, tenant) = (secret.hash(Purpose::Token), by.actor(), by.tenant.clone());
        let id = TokenId::from(new_id(self.store.clock().now()));
        let token = id.clone();
        self.store
            .write(&tenant, move |tx: &mut Tx| {
                Box::pin(async move {
                    let now = tx.now();
                    let expires_at = new.days.map(|days| now + SignedDuration::from_hours(24 * days));
                    let unit = new.unit.as_ref().map(|unit| unit.as_str().to_owned());
                    let list = serde_json::to_string(&wanted).map_err(vir_store::Error::from)?;
                    let row = args![&token, key, &new.person, &title, list, unit, now, expires_at];
                    tx.execute(INSERT, &row).await?;
                    let deed = Deed::new("token.create", format!("token/{token}")).with(
                        json!({ "person": new.person, "permissions": wanted, "unit": new.unit, "days": new.days }),
                    );
                    note(tx, actor, deed);
                    Ok::<_, Error>(())
                })
            })
            .await?;
        Ok((id, format!("vir_{tenant}_{}", secret.reveal())))
    }

    /// One's own tokens, the newest first.
    pub async fn own_tokens(&self, by: &Principal) -> Result<Vec<TokenInfo>> {
        let person = by.person.clone();
        self.store
            .read(&by.tenant, move |tx: &mut Tx| {
                Box::pin(async move { tx.all(LIST_OF, &args![person]).await?.iter().map(info).collect() })
            })
            .await
    }

    /// All tokens of the tenant, for administrators.
    pub async fn tokens(&self, by: &Principal) -> Result<Vec<TokenInfo>> {
        require_administrator(by)?;
        self.store
            .read(&by.tenant, |tx: &mut Tx| {
                Box::pin(async move { tx.all(LIST, &[]).await?.iter().map(info).collect() })
            })
            .await
    }

    /// Takes a token away: one's own, or as administrator any.
    pub async fn delete_token(&self, by: &Principal, token: &TokenId) -> Result<()> {
        let (any, person, actor, token) =
            (require_administrator(by).is_ok(), by.person.clone(), by.actor(), token.clone());
        self.store
            .write(&by.tenant, move |tx: &mut Tx| {
                Box::pin(async move {
                    one_row(tx.execute(DELETE, &args![&token, person, any]).await?, "API-Token", "API token")?;
                    note(tx, actor, Deed::new("token.delete", format!("token/{token}")));
                    load::count_up(tx).await
                })
            })
            .await
    }
}

fn permissions(row: &Row) -> Result<BTreeSet<String>> {
    Ok(serde_json::from_str(&row.text("permissions")?).map_err(vir_store::Error::from)?)
}

fn info(row: &Row) -> Result<TokenInfo> {
    Ok(TokenInfo {
        id: row.text("id")?.into(),
        person: row.text("person_id")?.into(),
        name: row.text("name")?,
        permissions: permissions(row)?,
        unit: row.optional_text("unit_id")?.map(Into::into),
        created_at: row.time("created_at")?,
        expires_at: row.optional_time("expires_at")?,
        last_used_at: row.optional_time("last_used_at")?,
    })
}

fn split(text: &str) -> Option<(TenantId, &str)> {
    // A tenant's name has no underscore, a secret may have several.
    let (tenant, secret) = text.strip_prefix("vir_")?.split_once('_')?;
    (secret.len() == 43).then_some(())?;
    Some((tenant.parse().ok()?, secret))
}
