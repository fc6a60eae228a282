//! What a tenant says about itself: name, state, Leitweg-IDs.
//!
//! Invariant: the state is known, because holidays and thereby deadlines depend on it.

use serde::{Deserialize, Serialize};
use serde_json::json;
use vir_core::Phrase;
use vir_core::leitweg::LeitwegId;
use vir_store::{TenantId, Tx, args};

use crate::auth::{Auth, Deed, name, note, require_administrator};
use crate::permission::Principal;
use crate::{Error, Result};

/// A German state; those whose law is built in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum State {
    /// Niedersachsen.
    #[default]
    Niedersachsen,
    /// Freie Hansestadt Bremen.
    Bremen,
}

impl State {
    /// All of them.
    pub const ALL: [Self; 2] = [Self::Niedersachsen, Self::Bremen];

    /// The word in forms and in the database.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Niedersachsen => "niedersachsen",
            Self::Bremen => "bremen",
        }
    }

    /// The state of this word.
    #[must_use]
    pub fn of(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.word() == word)
    }

    /// What it is called.
    #[must_use]
    pub fn title(self) -> Phrase {
        match self {
            Self::Niedersachsen => Phrase::new("Niedersachsen", "Lower Saxony"),
            Self::Bremen => Phrase::new("Bremen", "Bremen"),
        }
    }
}

/// What a tenant says about itself.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Profile {
    /// Its name: "Gemeinde Musterdorf".
    pub name: String,
    /// Where it lies.
    pub state: State,
    /// Under which Leitweg-IDs it gets invoices.
    pub leitweg_ids: Vec<String>,
}

const READ: &str = "select key, value from tenant_setting where key in ('name', 'state', 'leitweg_ids')";
const WRITE: &str = "insert into tenant_setting (key, value) values ($1, $2)
    on conflict ({t}key) do update set value = excluded.value";

impl Auth {
    /// What a tenant says about itself.
    pub async fn profile(&self, tenant: &TenantId) -> Result<Profile> {
        self.store.read(tenant, |tx: &mut Tx| Box::pin(async move { read_profile(tx).await })).await
    }

    /// Changes it.
    pub async fn set_profile(&self, by: &Principal, profile: Profile) -> Result<()> {
        require_administrator(by)?;
        let profile = checked(profile)?;
        let title = profile.name.clone();
        let actor = by.actor();
        self.store
            .write(&by.tenant, move |tx: &mut Tx| {
                Box::pin(async move {
                    let subject = format!("tenant/{}", tx.tenant());
                    let deed = Deed::new("tenant.change", subject).with(json!({
                        "name": profile.name, "state": profile.state, "leitweg_ids": profile.leitweg_ids,
                    }));
                    note(tx, actor, deed);
                    write_profile(tx, &profile).await
                })
            })
            .await?;
        self.store.rename_tenant(&by.tenant, &title).await?;
        Ok(())
    }
}

/// What a tenant says about itself, inside a transaction.
pub async fn read_profile(tx: &mut Tx) -> Result<Profile> {
    let mut profile = Profile::default();
    for row in tx.all(READ, &[]).await? {
        let value = row.text("value")?;
        match row.text("key")?.as_str() {
            "name" => profile.name = value,
            "state" => profile.state = State::of(&value).unwrap_or_default(),
            _ => profile.leitweg_ids = value.split_whitespace().map(str::to_owned).collect(),
        }
    }
    Ok(profile)
}

pub(crate) async fn write_profile(tx: &mut Tx, profile: &Profile) -> Result<()> {
    tx.execute(WRITE, &args!["name", &profile.name]).await?;
    tx.execute(WRITE, &args!["state", profile.state.word()]).await?;
    tx.execute(WRITE, &args!["leitweg_ids", profile.leitweg_ids.join(" ")]).await?;
    Ok(())
}

/// Takes what was typed apart: Leitweg-IDs stand one a line or with commas between them.
#[must_use]
pub fn leitweg_ids(text: &str) -> Vec<String> {
    let mut ids: Vec<String> = Vec::new();
    for id in text.split(|c: char| c.is_whitespace() || c == ',' || c == ';').filter(|id| !id.is_empty()) {
        let id = id.to_uppercase();
        if !ids.contains(&id) {
            ids.push(id);
        }
    }
    ids
}

pub(crate) fn checked(profile: Profile) -> Result<Profile> {
    let name = name("municipality", &profile.name)?;
    if let Some(wrong) = profile.leitweg_ids.iter().find(|id| id.parse::<LeitwegId>().is_err()) {
        return Err(Error::Invalid {
            field: "leitweg_ids",
            message: vir_core::Text::owned(
                format!(
                    "„{wrong}“ ist keine gültige Leitweg-ID (Beispiel: 03456789-TEST-12, die letzten zwei Ziffern sind Prüfziffern). Lassen Sie das Feld frei, wenn Sie noch keine haben."
                ),
                format!(
                    "\"{wrong}\" is no valid Leitweg-ID (its last two digits are check digits). Leave the field empty if you have none yet."
                ),
            ),
        });
    }
    Ok(Profile { name, ..profile })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn leitweg_ids_are_read_as_people_type_them() {
        assert_eq!(
            leitweg_ids(" 991-33333test-33,\n04011000-12345-03; 991-33333TEST-33 "),
            ["991-33333TEST-33", "04011000-12345-03"]
        );
        for (id, good) in [
            ("991-33333TEST-33", true),
            ("04011000-12345-03", true),
            ("04011000-12345-04", false),
            ("x", false),
            ("", false),
        ] {
            assert_eq!(id.parse::<LeitwegId>().is_ok(), good, "{id}");
        }
    }
}
