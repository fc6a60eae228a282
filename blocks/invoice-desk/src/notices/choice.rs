//! How somebody wants to be told: rhythm, hour, what at once, quiet hours.
//!
//! Invariant: without a row the defaults hold; they disturb nobody outside of working hours.

use vir_core::Phrase;
use vir_store::{Result, Row, Tx, args};

use super::note::Kind;

/// How often the digest comes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rhythm {
    /// On each working day.
    Daily,
    /// Once a week.
    Weekly,
    /// Never.
    None,
}

impl Rhythm {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Daily, Self::Weekly, Self::None];

    /// As it is stored.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Daily => "daily",
            Self::Weekly => "weekly",
            Self::None => "none",
        }
    }

    /// Reads [`Rhythm::code`].
    #[must_use]
    pub fn find(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|one| one.code() == code)
    }

    /// What people call it.
    #[must_use]
    pub fn name(self) -> Phrase {
        match self {
            Self::Daily => Phrase::new("Jeden Arbeitstag", "On each working day"),
            Self::Weekly => Phrase::new("Einmal in der Woche", "Once a week"),
            Self::None => Phrase::new("Keine Übersicht", "No digest"),
        }
    }
}

/// What can be told at once, so that the form and the column have one list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AtOnce {
    /// Somebody mentioned me.
    Mentions,
    /// Somebody gave me an invoice.
    Assigned,
    /// A supplier answered my question.
    Answers,
    /// Deadlines that turn red, escalations, failed hand-overs.
    Urgent,
}

impl AtOnce {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Mentions, Self::Assigned, Self::Answers, Self::Urgent];

    /// As it is stored.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Mentions => "mentions",
            Self::Assigned => "assigned",
            Self::Answers => "answers",
            Self::Urgent => "urgent",
        }
    }

    /// What people call it.
    #[must_use]
    pub fn name(self) -> Phrase {
        match self {
            Self::Mentions => Phrase::new("Jemand erwähnt mich", "Somebody mentions me"),
            Self::Assigned => Phrase::new("Jemand weist mir eine Rechnung zu", "Somebody assigns an invoice to me"),
            Self::Answers => Phrase::new("Ein Lieferant antwortet", "A supplier answers"),
            Self::Urgent => Phrase::new(
                "Dringendes: Frist läuft ab, Eskalation, gescheiterte Zahlung",
                "Urgent: a deadline ends, escalation, failed payment",
            ),
        }
    }

    fn of(kind: Kind) -> Option<Self> {
        match kind {
            Kind::Mention => Some(Self::Mentions),
            Kind::Assigned => Some(Self::Assigned),
            Kind::Answer => Some(Self::Answers),
            Kind::Escalation | Kind::Failed | Kind::Deadline => Some(Self::Urgent),
            Kind::Reminder | Kind::Quarantine => None,
        }
    }
}

/// How somebody wants to be told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Choice {
    /// How often the digest comes.
    pub rhythm: Rhythm,
    /// Minutes after midnight in Germany.
    pub at_minute: i64,
    /// The day of the weekly digest: 1 Monday … 7 Sunday.
    pub weekday: i8,
    /// What is told at once.
    pub at_once: Vec<AtOnce>,
    /// Nothing is told at once from this minute on …
    pub quiet_from: i64,
    /// … until this one. The same twice: no quiet hours.
    pub quiet_to: i64,
    /// Told at once on days on which nobody works, too?
    pub free_days: bool,
}

impl Default for Choice {
    fn default() -> Self {
        Self {
            rhythm: Rhythm::Daily,
            at_minute: 7 * 60 + 30,
            weekday: 1,
            at_once: vec![AtOnce::Mentions, AtOnce::Urgent],
            quiet_from: 18 * 60,
            quiet_to: 7 * 60,
            free_days: false,
        }
    }
}

const SELECT: &str =
    "select person_id, rhythm, at_minute, weekday, at_once, quiet_from, quiet_to, free_days from notice_choice";
const SAVE: &str = "insert into notice_choice (person_id, rhythm, at_minute, weekday, at_once, quiet_from, quiet_to,
    free_days, changed_at) values ($1, $2, $3, $4, $5, $6, $7, $8, $9)
    on conflict ({t}person_id) do update set rhythm = excluded.rhythm, at_minute = excluded.at_minute,
    weekday = excluded.weekday, at_once = excluded.at_once, quiet_from = excluded.quiet_from,
    quiet_to = excluded.quiet_to, free_days = excluded.free_days, changed_at = excluded.changed_at";

fn read(row: &Row) -> Result<Choice> {
    let at_once = row.text("at_once")?;
    let minute = |name: &str| Ok::<_, vir_store::Error>(row.int(name)?.clamp(0, 24 * 60 - 1));
    Ok(Choice {
        rhythm: Rhythm::find(&row.text("rhythm")?).unwrap_or(Rhythm::Daily),
        at_minute: minute("at_minute")?,
        weekday: i8::try_from(row.int("weekday")?.clamp(1, 7)).unwrap_or(1),
        at_once: AtOnce::ALL.into_iter().filter(|one| at_once.split(' ').any(|code| code == one.code())).collect(),
        quiet_from: minute("quiet_from")?,
        quiet_to: minute("quiet_to")?,
        free_days: row.bool("free_days")?,
    })
}

impl Choice {
    /// Is this kind told at once?
    #[must_use]
    pub fn tells_at_once(&self, kind: Kind) -> bool {
        AtOnce::of(kind).is_some_and(|one| self.at_once.contains(&one))
    }

    /// What this person chose, or the defaults.
    ///
    /// # Errors
    /// Where the store fails.
    pub async fn load(tx: &mut Tx, person: &str) -> Result<Self> {
        let row = tx.optional(format!("{SELECT} where person_id = $1"), &args![person]).await?;
        Ok(row.as_ref().map(read).transpose()?.unwrap_or_default())
    }

    /// What all those chose who have chosen.
    ///
    /// # Errors
    /// Where the store fails.
    pub async fn all(tx: &mut Tx) -> Result<std::collections::HashMap<String, Self>> {
        let rows = tx.all(SELECT, &[]).await?;
        rows.iter().map(|row| Ok((row.text("person_id")?, read(row)?))).collect()
    }

    /// Keeps it.
    ///
    /// # Errors
    /// Where the store fails.
    pub async fn save(&self, tx: &mut Tx, person: &str) -> Result<()> {
        let at_once: Vec<&str> = self.at_once.iter().map(|one| one.code()).collect();
        let row = args![
            person,
            self.rhythm.code(),
            self.at_minute,
            i64::from(self.weekday),
            at_once.join(" "),
            self.quiet_from,
            self.quiet_to,
            self.free_days,
            tx.now()
        ];
        tx.execute(SAVE, &row).await?;
        Ok(())
    }
}

/// `07:30` as minutes after midnight.
#[must_use]
pub fn minutes(text: &str) -> Option<i64> {
    let (hours, minutes) = text.trim().split_once(':')?;
    let (hours, minutes): (i64, i64) = (hours.parse().ok()?, minutes.parse().ok()?);
    ((0..24).contains(&hours) && (0..60).contains(&minutes)).then_some(hours * 60 + minutes)
}

/// Minutes after midnight as `07:30`.
#[must_use]
pub fn clock(minutes: i64) -> String {
    format!("{:02}:{:02}", minutes / 60, minutes % 60)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hours_are_read_as_they_are_written() {
        for minute in [0, 1, 450, 1439] {
            assert_eq!(minutes(&clock(minute)), Some(minute));
        }
        for wrong in ["", "7", "24:00", "07:60", "-1:00", "7.30"] {
            assert_eq!(minutes(wrong), None, "{wrong}");
        }
    }
}
