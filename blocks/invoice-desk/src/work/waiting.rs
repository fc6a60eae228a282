//! What waits for a person, by step and deadline: read for the page, and for the notices.
//!
//! Invariant: nothing is read that the person may not see, and each invoice at most once.

use jiff::Timestamp;
use vir_auth::{Permission, Principal, UnitScope};
use vir_store::{Result, Row, Tx, Value, args};

use crate::permissions::{CERTIFY, CODE, ORDER, PAY};
use crate::workflow::Decider;
use crate::workflow::assign::{Assignee, groups_of};
use crate::workflow::deadline::Dates;

/// A step at which invoices wait for people with a permission.
pub(crate) struct Waiting {
    pub code: &'static str,
    pub permission: Permission,
    pub state: &'static str,
    pub held: bool,
    pub homeless: bool,
    pub de: &'static str,
    pub en: &'static str,
}

pub(crate) const STEPS: &[Waiting] = &[
    Waiting {
        code: "forward",
        permission: CODE,
        state: "received",
        held: false,
        homeless: true,
        de: "Zuordnen",
        en: "To assign",
    },
    Waiting {
        code: "code",
        permission: CODE,
        state: "received",
        held: false,
        homeless: false,
        de: "Kontieren",
        en: "To code",
    },
    Waiting {
        code: "certify",
        permission: CERTIFY,
        state: "coded",
        held: false,
        homeless: false,
        de: "Feststellen",
        en: "To certify",
    },
    Waiting {
        code: "order",
        permission: ORDER,
        state: "certified",
        held: false,
        homeless: false,
        de: "Anordnen",
        en: "To order",
    },
    Waiting {
        code: "hand_over",
        permission: PAY,
        state: "ordered",
        held: false,
        homeless: false,
        de: "Zur Zahlung übergeben",
        en: "To hand over",
    },
    Waiting {
        code: "pay",
        permission: PAY,
        state: "handed_over",
        held: false,
        homeless: false,
        de: "Zahlung vermerken",
        en: "To record as paid",
    },
    Waiting {
        code: "quarantine",
        permission: CODE,
        state: "quarantined",
        held: false,
        homeless: false,
        de: "Quarantäne ansehen",
        en: "Look into quarantine",
    },
];

/// How many are listed at each step.
const LISTED: i64 = 25;

/// Whose work is listed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Whose {
    /// What the person may do.
    All,
    /// What was given to the person, or to somebody whose deputy they are.
    Mine,
    /// What was given to their groups.
    Group,
}

impl Whose {
    pub fn find(code: &str) -> Self {
        match code {
            "mir" => Self::Mine,
            "gruppe" => Self::Group,
            _ => Self::All,
        }
    }

    pub fn code(self) -> &'static str {
        match self {
            Self::All => "alle",
            Self::Mine => "mir",
            Self::Group => "gruppe",
        }
    }

    /// The address of the list, with a step or without.
    pub fn path(self, step: Option<&str>) -> String {
        match (self, step) {
            (Self::All, None) => "/arbeit".to_owned(),
            (Self::All, Some(step)) => format!("/arbeit?step={step}"),
            (whose, None) => format!("/arbeit?wer={}", whose.code()),
            (whose, Some(step)) => format!("/arbeit?step={step}&wer={}", whose.code()),
        }
    }
}

/// Whose work is listed, with the identifiers that stand for it.
#[derive(Debug, Clone)]
pub(crate) struct Scope {
    pub whose: Whose,
    people: Vec<String>,
    pub groups: Vec<String>,
}

impl Scope {
    pub fn new(decider: &Decider, whose: Whose) -> Self {
        let me = &decider.principal;
        let acting = me.acting_for_anybody().into_iter().chain([me.person.clone()]);
        let groups = groups_of(decider, &me.person);
        Self {
            whose,
            people: acting.map(|person| person.to_string()).collect(),
            groups: groups.iter().map(ToString::to_string).collect(),
        }
    }

    /// Narrows a condition down.
    fn narrow(&self, sql: &mut String, values: &mut Vec<Value>) {
        let (column, among) = match self.whose {
            Whose::All => return,
            Whose::Mine => ("assigned_person", &self.people),
            Whose::Group => ("assigned_group", &self.groups),
        };
        if among.is_empty() {
            sql.push_str(" and 1 = 0");
            return;
        }
        let first = values.len() + 1;
        values.extend(among.iter().map(Value::from));
        let places: Vec<String> = (first..=values.len()).map(|at| format!("${at}")).collect();
        sql.push_str(&format!(" and {column} in ({})", places.join(", ")));
    }
}

/// An invoice that waits.
pub(crate) struct Item {
    pub id: String,
    pub caption: String,
    pub number: Option<String>,
    pub cents: Option<i64>,
    pub currency: String,
    pub unit: Option<String>,
    pub assignee: Assignee,
    pub dates: Dates,
    pub changed: Timestamp,
}

/// What waits at a step.
pub(crate) struct Step {
    pub waiting: &'static Waiting,
    pub count: i64,
    /// How many of them came since the asked time.
    pub new: i64,
    pub items: Vec<Item>,
}

/// The condition for a step and a scope, with its values; none where nothing can be seen.
fn condition(waiting: &Waiting, scope: &UnitScope) -> Option<(String, Vec<Value>)> {
    let mut values = args![waiting.state, waiting.held];
    let mut sql = "direction = 'incoming' and state = $1 and on_hold = $2".to_owned();
    match (scope, waiting.homeless) {
        (UnitScope::All, true) => sql.push_str(" and unit_id is null"),
        (UnitScope::All, false) if waiting.state == "received" => sql.push_str(" and unit_id is not null"),
        (UnitScope::All, false) => {}
        (UnitScope::These(_), true) => return None,
        (UnitScope::These(units), false) => {
            if units.is_empty() {
                return None;
            }
            let places: Vec<String> = (0..units.len()).map(|index| format!("${}", index + 3)).collect();
            sql.push_str(&format!(" and unit_id in ({})", places.join(", ")));
            values.extend(units.iter().map(|unit| Value::from(unit.as_str())));
        }
    }
    Some((sql, values))
}

fn item(row: &Row) -> Result<Item> {
    let caption = match (row.optional_text("seller_name")?, row.optional_text("number")?) {
        (Some(seller), Some(number)) => format!("{seller}, {number}"),
        (Some(name), None) | (None, Some(name)) => name,
        (None, None) => row.text("file_name")?,
    };
    Ok(Item {
        id: row.text("id")?,
        caption,
        number: row.optional_text("number")?,
        cents: row.optional_int("payable_cents")?,
        currency: row.optional_text("currency")?.unwrap_or_else(|| "EUR".to_owned()),
        unit: row.optional_text("unit_id")?,
        assignee: Assignee::of_columns(
            row.optional_text("assigned_person")?.as_deref(),
            row.optional_text("assigned_group")?.as_deref(),
        ),
        dates: Dates {
            received: crate::day_of(row.time("received_at")?),
            due: row.optional_date("due_date")?,
            discount: row.optional_date("skonto_date")?,
        },
        changed: row.time("changed_at")?,
    })
}

/// What waits at each step; `only` lists one step in full, `since` counts what came later.
pub(crate) async fn steps(
    tx: &mut Tx,
    principal: &Principal,
    scope: &Scope,
    only: Option<&str>,
    since: Option<Timestamp>,
) -> Result<Vec<Step>> {
    let mut found = Vec::new();
    for waiting in STEPS {
        let Some((mut sql, mut values)) = condition(waiting, &principal.units(waiting.permission)) else { continue };
        scope.narrow(&mut sql, &mut values);
        let count = tx.one(format!("select count(*) as n from invoice where {sql}"), &values).await?.int("n")?;
        let new = match since {
            Some(since) if count > 0 => {
                let mut values = values.clone();
                values.push(Value::from(since));
                let sql = format!("select count(*) as n from invoice where {sql} and changed_at > ${}", values.len());
                tx.one(sql, &values).await?.int("n")?
            }
            _ => 0,
        };
        let mut items = Vec::new();
        if only.is_none_or(|only| only == waiting.code) {
            // The earlier of both dates decides; a lost discount no longer presses.
            let today = crate::day_of(tx.now()).to_string();
            values.push(Value::from(today));
            let at = values.len();
            values.push(Value::from(if only.is_some() { 200 } else { LISTED }));
            let sql = format!(
                "select id, seller_name, number, file_name, payable_cents, currency, unit_id, assigned_person,
                    assigned_group, received_at, due_date, skonto_date, changed_at
                 from invoice where {sql}
                 order by case when skonto_date >= ${at} and (due_date is null or skonto_date < due_date)
                    then skonto_date else coalesce(due_date, '9999-12-31') end, id limit ${}",
                at + 1
            );
            items = tx.all(sql, &values).await?.iter().map(item).collect::<Result<_>>()?;
        }
        found.push(Step { waiting, count, new, items });
    }
    Ok(found)
}
