//! From events to notes: whom does it concern?
//!
//! Whoever caused it is not told. Who is away is told, and so are those who stand in for them today: nobody reads mail
//! on holiday, and nobody should have to.
//!
//! Invariant: a note goes only to people who may see the invoice; an event told twice makes no second note.

use std::collections::BTreeSet;
use std::sync::Arc;

use jiff::civil::Date;
use serde_json::Value as Json;
use vir_auth::{By, Directory, GroupId, PersonId, PersonKind, UnitId};
use vir_store::{Job, Result, TenantId, Tx, args};
use vir_web::{EventCall, Subscription, WorkError};

use super::choice::Choice;
use super::note::{self, Kind, New};
use super::send::BUNDLE_JOB;
use super::when;
use crate::permissions::{CODE, PAY, SEE};
use crate::workflow::settings::Settings;

/// Listens to what people are told of.
pub const LISTEN: Subscription = Subscription {
    name: "invoice-desk.notices",
    events: &[
        "invoice.comment",
        "invoice.assign",
        "invoice.answer",
        "invoice.reminder",
        "invoice.hand_over_failed",
        "mail.quarantined",
    ],
    handle: |call| Box::pin(handle(call)),
};

async fn handle(call: EventCall) -> std::result::Result<(), WorkError> {
    let directory = call.app.auth.directory(&call.tenant).await?;
    let (tenant, event, kind, payload) =
        (call.tenant.clone(), call.id.clone(), call.kind.clone(), call.payload.clone());
    call.context
        .write(move |tx| {
            Box::pin(async move {
                let told = Told { tenant, directory, event, kind, payload };
                told.note(tx).await.map(|_| ())
            })
        })
        .await?;
    Ok(())
}

/// An event, with the directory of its tenant.
#[derive(Debug)]
pub struct Told {
    /// Whose.
    pub tenant: TenantId,
    /// All people of the tenant.
    pub directory: Arc<Directory>,
    /// The event's identifier.
    pub event: String,
    /// Its kind.
    pub kind: String,
    /// What it says.
    pub payload: Json,
}

impl Told {
    fn text(&self, name: &str) -> Option<&str> {
        self.payload[name].as_str()
    }

    /// Makes the notes, and the jobs that mail what is told at once. Gives how many people were noted.
    ///
    /// # Errors
    /// Where the store fails.
    pub async fn note(&self, tx: &mut Tx) -> Result<usize> {
        let today = crate::day_of(tx.now());
        let Some((kind, people)) = self.whom(tx, today).await? else { return Ok(0) };
        let subject = self.text("invoice_id").or(self.text("mail_id")).unwrap_or_default();
        let by = self.text("by").map(|person| self.directory.name_of(&PersonId::from(person)).to_owned());
        let region = Settings::load(tx).await?.region;
        let mut noted = 0;
        for person in people {
            if Some(person.as_str()) == self.text("by") || !self.may_see(tx, &person, subject, today).await? {
                continue;
            }
            let choice = Choice::load(tx, person.as_str()).await?;
            let urgent = choice.tells_at_once(kind);
            let new = New { person: person.as_str(), kind, subject, about: &self.event, by: by.as_deref(), urgent };
            if !note::add(tx, &new).await? {
                continue;
            }
            noted += 1;
            if urgent {
                let at = when::allowed(&choice, region, tx.now() + when::BUNDLE);
                let job = Job::now(BUNDLE_JOB, serde_json::json!({ "person": person.as_str() }));
                tx.enqueue(job.at(at).keyed(person.as_str())).await?;
            }
        }
        Ok(noted)
    }

    /// Active people with a mail address.
    fn reachable(&self, person: &PersonId) -> bool {
        self.directory
            .people
            .get(person)
            .is_some_and(|person| person.active && person.kind == PersonKind::Human && !person.email.is_empty())
    }

    async fn may_see(&self, tx: &mut Tx, person: &PersonId, subject: &str, today: Date) -> Result<bool> {
        let Some(principal) = self.directory.principal(&self.tenant, person, By::System, today) else {
            return Ok(false);
        };
        if !self.reachable(person) {
            return Ok(false);
        }
        if self.kind == "mail.quarantined" {
            return Ok(principal.may_everywhere(CODE));
        }
        let row = tx.optional("select unit_id from invoice where id = $1", &args![subject]).await?;
        let Some(row) = row else { return Ok(false) };
        Ok(crate::access::may(&principal, SEE, row.optional_text("unit_id")?.as_deref()))
    }

    /// Those who may do this in a unit; in all units where the invoice has none.
    fn who_may(&self, permission: &str, unit: Option<&str>, today: Date) -> BTreeSet<PersonId> {
        let permission = crate::permissions::PERMISSIONS.permissions.iter().find(|known| known.name == permission);
        let Some(permission) = permission.map(|known| known.name) else { return BTreeSet::new() };
        let unit = unit.map(UnitId::from);
        let people = self.directory.people.keys().filter(|person| {
            let principal = self.directory.principal(&self.tenant, person, By::System, today);
            principal.is_some_and(|principal| match &unit {
                Some(unit) => principal.may(permission, unit),
                None => principal.may_everywhere(permission),
            })
        });
        people.cloned().collect()
    }

    /// The person and those who stand in for them today.
    fn with_deputies(&self, person: PersonId, today: Date) -> BTreeSet<PersonId> {
        let deputies = self.directory.deputies.iter().filter(|one| one.of == person && one.holds_on(today));
        let mut people: BTreeSet<PersonId> = deputies.map(|one| one.deputy.clone()).collect();
        people.insert(person);
        people
    }

    async fn whom(&self, tx: &mut Tx, today: Date) -> Result<Option<(Kind, BTreeSet<PersonId>)>> {
        let with_deputies = |person: &str| self.with_deputies(PersonId::from(person), today);
        let members = |group: &str| {
            let group = self.directory.groups.get(&GroupId::from(group));
            group.map(|group| group.members.clone()).unwrap_or_default()
        };
        Ok(match self.kind.as_str() {
            "invoice.comment" => {
                let names = self.payload["mentioned"].as_array().map(Vec::as_slice).unwrap_or_default();
                let people = names.iter().filter_map(Json::as_str).flat_map(with_deputies).collect();
                Some((Kind::Mention, people))
            }
            "invoice.assign" => match (self.text("person"), self.text("group")) {
                (Some(person), _) => Some((Kind::Assigned, with_deputies(person))),
                (None, Some(group)) => Some((Kind::Assigned, members(group))),
                (None, None) => None,
            },
            "invoice.answer" => {
                // Whoever asked last; else whoever has it in hand; else those who may ask.
                let sql = "select person_id from invoice_comment where invoice_id = $1 and kind = 'query'
                    and person_id is not null order by at desc, id desc limit 1";
                let invoice = self.text("invoice_id").unwrap_or_default();
                let asked = tx.optional(sql, &args![invoice]).await?;
                let asked = asked.map(|row| row.text("person_id")).transpose()?;
                let (unit, person, _) = self.hands(tx).await?;
                let people = match asked.or(person) {
                    Some(person) => with_deputies(&person),
                    None => self.who_may(CODE, unit.as_deref(), today),
                };
                Some((Kind::Answer, people))
            }
            "invoice.reminder" => {
                let permission = self.text("permission").unwrap_or_default();
                let (unit, person, group) = self.hands(tx).await?;
                let may = self.who_may(permission, unit.as_deref(), today);
                let escalation = self.text("push") == Some("escalation");
                let kind = match (escalation, self.text("light")) {
                    (true, _) => Kind::Escalation,
                    (false, Some("red")) => Kind::Deadline,
                    (false, _) => Kind::Reminder,
                };
                // Who has it in hand is reminded alone, as long as it is somebody who may do it.
                let narrow = match (escalation, person, group) {
                    (false, Some(person), _) => with_deputies(&person),
                    (false, None, Some(group)) => members(&group),
                    _ => BTreeSet::new(),
                };
                let narrow: BTreeSet<PersonId> =
                    narrow.into_iter().filter(|person| may.contains(person) && self.reachable(person)).collect();
                Some((kind, if narrow.is_empty() { may } else { narrow }))
            }
            "invoice.hand_over_failed" => {
                let (unit, ..) = self.hands(tx).await?;
                Some((Kind::Failed, self.who_may(PAY, unit.as_deref(), today)))
            }
            "mail.quarantined" => Some((Kind::Quarantine, self.who_may(CODE, None, today))),
            _ => None,
        })
    }

    /// The invoice's unit, and who has it in hand.
    async fn hands(&self, tx: &mut Tx) -> Result<(Option<String>, Option<String>, Option<String>)> {
        let sql = "select unit_id, assigned_person, assigned_group from invoice where id = $1";
        let invoice = self.text("invoice_id").unwrap_or_default();
        let Some(row) = tx.optional(sql, &args![invoice]).await? else { return Ok((None, None, None)) };
        Ok((row.optional_text("unit_id")?, row.optional_text("assigned_person")?, row.optional_text("assigned_group")?))
    }
}
