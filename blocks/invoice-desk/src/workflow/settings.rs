//! What the municipality's own instruction says about the way: state, four eyes, patience.
//!
//! Invariant: without a stored row the defaults hold, so a fresh tenant works.

use vir_store::{Result, Tx, args};

use super::calendar::Region;
use super::deadline::{Patience, YELLOW};

/// The settings of the way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Settings {
    /// Whose holidays count.
    pub region: Region,
    /// From which amount on two people sign, in cents.
    pub four_eyes_from: Option<i64>,
    /// How many working days before its end a deadline turns yellow.
    pub yellow: i32,
    /// After how many working days somebody is reminded.
    pub patience: Patience,
}

impl Default for Settings {
    fn default() -> Self {
        Self { region: Region::default(), four_eyes_from: None, yellow: YELLOW, patience: Patience::default() }
    }
}

const SELECT: &str =
    "select region, four_eyes_cents, yellow_days, remind_days, escalate_days from workflow_setting where id = 1";

const SAVE: &str = "insert into workflow_setting (id, region, four_eyes_cents, yellow_days, remind_days, escalate_days)
    values (1, $1, $2, $3, $4, $5)
    on conflict ({t}id) do update set region = excluded.region, four_eyes_cents = excluded.four_eyes_cents,
    yellow_days = excluded.yellow_days, remind_days = excluded.remind_days, escalate_days = excluded.escalate_days";

impl Settings {
    /// The tenant's settings.
    ///
    /// # Errors
    /// Where the store fails.
    pub async fn load(tx: &mut Tx) -> Result<Self> {
        let Some(row) = tx.optional(SELECT, &[]).await? else { return Ok(Self::default()) };
        let days = |name: &str| Ok::<_, vir_store::Error>(i32::try_from(row.int(name)?).unwrap_or(i32::MAX));
        Ok(Self {
            region: Region::parse(&row.text("region")?).unwrap_or_default(),
            four_eyes_from: row.optional_int("four_eyes_cents")?,
            yellow: days("yellow_days")?,
            patience: Patience { remind: days("remind_days")?, escalate: days("escalate_days")? },
        })
    }

    /// Keeps them.
    ///
    /// # Errors
    /// Where the store fails.
    pub async fn save(&self, tx: &mut Tx) -> Result<()> {
        let Patience { remind, escalate } = self.patience;
        tx.execute(SAVE, &args![self.region.code(), self.four_eyes_from, self.yellow, remind, escalate]).await?;
        Ok(())
    }
}
