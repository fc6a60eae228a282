//! Who takes care of an invoice next: a person, a group, or whoever may.
//!
//! An assignment is a word among colleagues, not a lock: whoever may do the next step still may, so nothing lies about
//! while somebody is ill. It is given to those only who may do that step, and it changes neither the version of the
//! invoice nor the time since which it waits.
//!
//! Invariant: an assignment belongs to a step; the decision that ends the step, or gives the invoice to another unit,
//! ends it too ([`super::decide`]).

use jiff::civil::Date;
use serde_json::json;
use vir_auth::{Group, GroupId, Permission, Person, PersonId, PersonKind, Principal, UnitId};
use vir_core::Text;
use vir_store::{Entry, Tx, args};

use super::decide::{Decider, REASON_LIMIT, Refusal, Subject};
use super::state::State;
use crate::invoice_row::InvoiceId;
use crate::permissions::{CERTIFY, CODE, ORDER, PAY, SEE};

/// To whom an invoice is given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Assignee {
    /// Nobody in particular.
    Nobody,
    /// This person.
    Person(PersonId),
    /// This group.
    Group(GroupId),
}

impl Assignee {
    /// As the columns have it.
    #[must_use]
    pub fn of_columns(person: Option<&str>, group: Option<&str>) -> Self {
        match (person, group) {
            (Some(person), _) => Self::Person(PersonId::from(person)),
            (None, Some(group)) => Self::Group(GroupId::from(group)),
            (None, None) => Self::Nobody,
        }
    }

    /// As forms and addresses name it: `person:…`, `group:…`, `none`.
    #[must_use]
    pub fn text(&self) -> String {
        match self {
            Self::Nobody => "none".to_owned(),
            Self::Person(id) => format!("person:{id}"),
            Self::Group(id) => format!("group:{id}"),
        }
    }

    /// Reads [`Assignee::text`].
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        match text.split_once(':') {
            Some(("person", id)) if !id.is_empty() => Some(Self::Person(PersonId::from(id))),
            Some(("group", id)) if !id.is_empty() => Some(Self::Group(GroupId::from(id))),
            None if text == "none" => Some(Self::Nobody),
            _ => None,
        }
    }

    fn person(&self) -> Option<&str> {
        if let Self::Person(id) = self { Some(id.as_str()) } else { None }
    }

    fn group(&self) -> Option<&str> {
        if let Self::Group(id) = self { Some(id.as_str()) } else { None }
    }

    /// What people call it; `None` for nobody.
    #[must_use]
    pub fn name<'a>(&'a self, decider: &'a Decider) -> Option<&'a str> {
        match self {
            Self::Nobody => None,
            Self::Person(id) => Some(decider.directory.name_of(id)),
            Self::Group(id) => Some(decider.directory.groups.get(id).map_or(id.as_str(), |group| &group.name)),
        }
    }
}

/// The permission that the next step of an invoice in this state takes; none where nothing is left to do.
#[must_use]
pub fn next_permission(state: State) -> Option<Permission> {
    match state {
        State::Received | State::Quarantined => Some(CODE),
        State::Coded => Some(CERTIFY),
        State::Certified => Some(ORDER),
        State::Ordered | State::HandedOver | State::Paid => Some(PAY),
        State::Closed | State::Rejected => None,
    }
}

/// Those to whom an invoice can be given.
#[derive(Debug, Clone, Default)]
pub struct Candidates<'a> {
    /// People who may do the next step, by name.
    pub people: Vec<&'a Person>,
    /// Groups in which somebody may, by name.
    pub groups: Vec<&'a Group>,
}

impl Candidates<'_> {
    /// May it be given to this one?
    #[must_use]
    pub fn have(&self, assignee: &Assignee) -> bool {
        match assignee {
            Assignee::Nobody => true,
            Assignee::Person(id) => self.people.iter().any(|person| person.id == *id),
            Assignee::Group(id) => self.groups.iter().any(|group| group.id == *id),
        }
    }
}

/// Who may do the next step of an invoice of this unit, deputies included.
#[must_use]
pub fn candidates<'a>(
    decider: &'a Decider,
    unit: Option<&UnitId>,
    permission: Permission,
    today: Date,
) -> Candidates<'a> {
    let (directory, tenant) = (&decider.directory, &decider.principal.tenant);
    let may = |principal: &Principal| match unit {
        Some(unit) => principal.may(permission, unit),
        None => principal.may_everywhere(permission),
    };
    let mut people: Vec<&Person> = directory
        .people
        .values()
        .filter(|person| person.kind == PersonKind::Human)
        .filter(|person| {
            directory.principal(tenant, &person.id, vir_auth::By::System, today).is_some_and(|who| may(&who))
        })
        .collect();
    people.sort_by(|a, b| a.name.cmp(&b.name));
    let mut groups: Vec<&Group> = directory
        .groups
        .values()
        .filter(|group| people.iter().any(|person| group.members.contains(&person.id)))
        .collect();
    groups.sort_by(|a, b| a.name.cmp(&b.name));
    Candidates { people, groups }
}

/// The groups that somebody belongs to.
#[must_use]
pub fn groups_of(decider: &Decider, person: &PersonId) -> Vec<GroupId> {
    let groups = decider.directory.groups.values();
    groups.filter(|group| group.members.contains(person)).map(|group| group.id.clone()).collect()
}

/// May this person give the invoice to others or take it? Those who may do the next step, those who distribute
/// (`invoice.code`), and whoever it is given to.
#[must_use]
pub fn may_assign(decider: &Decider, subject: &Subject, current: &Assignee) -> bool {
    let Some(next) = next_permission(subject.state) else { return false };
    let me = &decider.principal;
    subject.permits(me, next)
        || subject.permits(me, CODE)
        || match current {
            Assignee::Nobody => false,
            Assignee::Person(id) => *id == me.person,
            Assignee::Group(id) => groups_of(decider, &me.person).contains(id),
        }
}

const CURRENT: &str = "select assigned_person, assigned_group from invoice where id = $1";
// What was assigned in between stays: who takes an invoice sees whether a colleague was faster.
const ASSIGN: &str = "update invoice set assigned_person = $2, assigned_group = $3
    where id = $1 and coalesce(assigned_person, '') = $4 and coalesce(assigned_group, '') = $5";

/// Gives an invoice to somebody; false where it was theirs already.
///
/// # Errors
/// [`Refusal`]: not visible, nothing left to do, not theirs to give, or the other one may not do the next step.
pub async fn assign(
    tx: &mut Tx,
    decider: &Decider,
    invoice: &InvoiceId,
    to: &Assignee,
    note: Option<&str>,
) -> Result<bool, Refusal> {
    let principal = &decider.principal;
    let subject = Subject::load(tx, invoice).await?.ok_or(Refusal::NotFound)?;
    if !subject.permits(principal, SEE) {
        return Err(Refusal::NotFound);
    }
    let Some(next) = next_permission(subject.state).filter(|_| !subject.outgoing) else {
        return Err(Refusal::Invalid(Text::new(
            "An dieser Rechnung ist nichts mehr zu tun.",
            "Nothing is left to do with this invoice.",
        )));
    };
    let row = tx.one(CURRENT, &args![invoice.as_str()]).await?;
    let (person, group) = (row.optional_text("assigned_person")?, row.optional_text("assigned_group")?);
    let current = Assignee::of_columns(person.as_deref(), group.as_deref());
    if !may_assign(decider, &subject, &current) {
        return Err(Refusal::Forbidden(next));
    }
    if !candidates(decider, subject.unit.as_ref(), next, crate::day_of(tx.now())).have(to) {
        return Err(Refusal::Invalid(Text::new(
            "Diese Person oder Gruppe darf den nächsten Schritt hier nicht tun.",
            "This person or group may not do the next step here.",
        )));
    }
    let note = note.map(str::trim).filter(|note| !note.is_empty());
    if note.is_some_and(|note| note.chars().count() > REASON_LIMIT) {
        return Err(Refusal::Invalid(Text::new("Der Hinweis ist zu lang.", "The note is too long.")));
    }
    if current == *to {
        return Ok(false);
    }
    let change = args![
        invoice.as_str(),
        to.person(),
        to.group(),
        person.as_deref().unwrap_or_default(),
        group.as_deref().unwrap_or_default()
    ];
    if tx.execute(ASSIGN, &change).await? != 1 {
        return Err(Refusal::Stale);
    }
    let actor = principal.actor();
    tell(tx, invoice, to, to.name(decider), &actor, note, Some(principal.person.as_str())).await?;
    Ok(true)
}

/// Writes an assignment down: audit entry and event `invoice.assign`.
pub(crate) async fn tell(
    tx: &mut Tx,
    invoice: &InvoiceId,
    to: &Assignee,
    name: Option<&str>,
    actor: &str,
    note: Option<&str>,
    by: Option<&str>,
) -> vir_store::Result<()> {
    let detail = json!({ "person": to.person(), "group": to.group(), "name": name, "note": note });
    tx.audit(Entry {
        actor: actor.to_owned(),
        action: "invoice.assign".to_owned(),
        subject: invoice.subject(),
        detail: detail.clone(),
    });
    let mut event = detail;
    event["invoice_id"] = json!(invoice.as_str());
    event["by"] = json!(by);
    tx.publish("invoice.assign", event).await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_form_says_is_read_again() {
        for assignee in [Assignee::Nobody, Assignee::Person("p1".into()), Assignee::Group("g:1".into())] {
            assert_eq!(Assignee::parse(&assignee.text()), Some(assignee));
        }
        for text in ["", "person:", "person", "unit:1", "me"] {
            assert_eq!(Assignee::parse(text), None, "{text}");
        }
    }

    #[test]
    fn every_open_state_has_a_next_step() {
        for state in State::ALL {
            let open = next_permission(*state).is_some();
            assert_eq!(open, !matches!(state, State::Closed | State::Rejected), "{state:?}");
        }
    }
}
