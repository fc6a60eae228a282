//! Making a decision: who may, what the law says, what follows, all in one write.
//!
//! Pages, the API and jobs decide through [`decide`] and nothing else. It reads the invoice and its decisions, replays
//! them, checks permission, state machine and law, and writes the decision, the new state, the audit entry and the
//! event. Whoever decides says which version of the invoice they saw; if it has moved on, nothing happens.
//!
//! Invariant: after [`decide`] has returned `Ok` and the transaction is kept, the column `state` is what the decisions
//! replay to, and each decision has exactly one audit entry and one event.

use std::sync::Arc;

use serde_json::json;
use vir_auth::{Directory, Limit, PersonId, Principal, UnitId};
use vir_core::{Lang, Text};
use vir_store::{Entry, Row, Tx, args};

use super::law::{self, Case, Objection, OrderLimit};
use super::settings::Settings;
use super::state::{Act, Decision, Impossible, Kind, Standing, State, replay};
use super::voucher::{self, Voucher};
use crate::coding;
use crate::coding::line::Line;
use crate::invoice_row::InvoiceId;
use crate::permissions::{ORDER, SEE};
use crate::reduction::store::OrderSums;
use crate::reduction::{self, Part};

/// Who decides: the principal, and the tenant's directory for the names of others.
#[derive(Debug, Clone)]
pub struct Decider {
    /// Who asks.
    pub principal: Principal,
    /// All people and rights of the tenant.
    pub directory: Arc<Directory>,
}

/// What somebody wants to decide.
#[derive(Debug, Clone)]
pub struct Attempt {
    /// About which invoice.
    pub invoice: InvoiceId,
    /// What. [`Kind::Order`] becomes the first signature where two people must sign and nobody has.
    pub kind: Kind,
    /// The version that they saw; `None` for programs that decide whatever it is.
    pub version: Option<i64>,
    /// Why.
    pub reason: Option<String>,
    /// To which step it goes back.
    pub target: Option<State>,
    /// To which unit it goes.
    pub unit: Option<UnitId>,
    /// How it is coded.
    pub lines: Vec<Line>,
    /// What is taken off it.
    pub reductions: Vec<Part>,
    /// Will somebody else release the payment before it leaves? Payment runs say so.
    pub released_by_another: bool,
}

impl Attempt {
    /// Something without reason, target, unit or lines.
    #[must_use]
    pub fn new(invoice: InvoiceId, kind: Kind) -> Self {
        Self {
            invoice,
            kind,
            version: None,
            reason: None,
            target: None,
            unit: None,
            lines: Vec::new(),
            reductions: Vec::new(),
            released_by_another: false,
        }
    }

    /// With the version that was seen.
    #[must_use]
    pub fn seen(self, version: i64) -> Self {
        Self { version: Some(version), ..self }
    }

    /// With a reason.
    #[must_use]
    pub fn because(self, reason: impl Into<String>) -> Self {
        Self { reason: Some(reason.into()), ..self }
    }
}

/// What was decided.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decided {
    /// What it became: [`Kind::OrderFirst`] for the first of two signatures.
    pub kind: Kind,
    /// The state now.
    pub state: State,
    /// The version now.
    pub version: i64,
    /// The voucher number, where the invoice has one.
    pub voucher: Option<String>,
}

/// Why it was not decided.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Refusal {
    /// There is no such invoice for this person.
    #[error("no such invoice")]
    NotFound,
    /// The person may not do this in the invoice's unit.
    #[error("the permission {0} is needed")]
    Forbidden(&'static str),
    /// The invoice has changed since it was seen.
    #[error("the invoice has changed since it was seen")]
    Stale,
    /// It does not follow on the state that the invoice is in.
    #[error("not possible in the state {}", .0.state.text())]
    Impossible(Impossible),
    /// Rules object.
    #[error("rules object: {}", ids(.0))]
    Rules(Vec<Objection>),
    /// What was given with the decision is not right.
    #[error("{}", .0.en)]
    Invalid(Text),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] vir_store::Error),
}

impl Refusal {
    /// What to tell the person, where it is about them or the invoice.
    #[must_use]
    pub fn text(&self, lang: Lang) -> String {
        match self {
            Self::NotFound => lang.tr("Diese Rechnung gibt es nicht.", "There is no such invoice.").to_owned(),
            Self::Forbidden(permission) => lang.tr(
                format!("Ihnen fehlt dafür das Recht „{permission}“ in dieser Stelle."),
                format!("You lack the permission “{permission}” in this unit."),
            ),
            Self::Stale => lang
                .tr(
                    "Jemand hat die Rechnung inzwischen geändert. Bitte sehen Sie den neuen Stand an.",
                    "Somebody has changed the invoice in the meantime. Please look at it again.",
                )
                .to_owned(),
            Self::Impossible(impossible) => impossible.text().get(lang).to_owned(),
            Self::Rules(objections) => {
                let texts: Vec<String> = objections
                    .iter()
                    .map(|objection| format!("{} ({})", objection.why.get(lang), objection.rule.source.get(lang)))
                    .collect();
                texts.join(" ")
            }
            Self::Invalid(text) => text.get(lang).to_owned(),
            Self::Store(_) => lang.tr("Der Speicher antwortet nicht.", "The store does not answer.").to_owned(),
        }
    }
}

fn ids(objections: &[Objection]) -> String {
    objections.iter().map(|objection| objection.rule.id).collect::<Vec<_>>().join(" ")
}

/// What decisions ask of an invoice.
#[derive(Debug, Clone)]
pub struct Subject {
    /// The invoice.
    pub id: InvoiceId,
    /// Its state.
    pub state: State,
    /// Its version.
    pub version: i64,
    /// Its unit.
    pub unit: Option<UnitId>,
    /// The amount due, in cents: what is demanded less what was taken off.
    pub amount_cents: i64,
    /// What the document demands, in cents.
    pub demanded_cents: i64,
    /// How its order stands, where it names one.
    pub order: Option<OrderSums>,
    /// Is it one of the tenant's own?
    pub outgoing: bool,
    /// Did the check reject it?
    pub has_errors: bool,
    /// Does it look like another one, and nobody said that it is not?
    pub may_be_duplicate: bool,
    /// Did somebody say that it is one?
    pub is_duplicate: bool,
    /// Its voucher number.
    pub voucher: Option<String>,
    /// How it stands.
    pub standing: Standing,
}

const SUBJECT: &str = "select state, version, unit_id, payable_cents, reduced_cents, seller_key, order_reference, direction, verdict, duplicate_of,
    duplicate_decision, voucher_number, on_hold from invoice where id = $1";
const DECISIONS: &str = "select version, kind, from_state, to_state, person_id, for_person_id, at, reason
    from invoice_decision where invoice_id = $1 order by version";

impl Subject {
    /// Reads an invoice with its standing.
    ///
    /// # Errors
    /// Where the store fails.
    pub async fn load(tx: &mut Tx, id: &InvoiceId) -> Result<Option<Self>, vir_store::Error> {
        let Some(row) = tx.optional(SUBJECT, &args![id.as_str()]).await? else { return Ok(None) };
        let state = State::find(&row.text("state")?).unwrap_or(State::Quarantined);
        let (initial, decisions) = decisions(tx, id).await?;
        let mut standing = replay(initial.unwrap_or(state), &decisions).unwrap_or_else(|_| Standing::initial(state));
        // What intake said before anybody decided is not a decision; a hold may be in the column alone.
        standing.on_hold |= row.bool("on_hold")?;
        let duplicate_of = row.optional_text("duplicate_of")?;
        let decision = row.optional_text("duplicate_decision")?;
        let demanded_cents = row.optional_int("payable_cents")?.unwrap_or(0);
        let order = match (row.optional_text("seller_key")?, row.optional_text("order_reference")?) {
            (Some(seller), Some(order)) => Some(reduction::store::order_sums_of(tx, &seller, &order).await?),
            _ => None,
        };
        Ok(Some(Self {
            id: id.clone(),
            state,
            version: row.int("version")?,
            unit: row.optional_text("unit_id")?.map(UnitId::from),
            amount_cents: demanded_cents.saturating_sub(row.optional_int("reduced_cents")?.unwrap_or(0)),
            demanded_cents,
            order,
            outgoing: row.text("direction")? == "outgoing",
            has_errors: row.optional_text("verdict")?.as_deref() == Some("reject"),
            may_be_duplicate: duplicate_of.is_some() && decision.as_deref() != Some("distinct"),
            is_duplicate: decision.as_deref() == Some("duplicate"),
            voucher: row.optional_text("voucher_number")?,
            standing,
        }))
    }

    /// What rules ask about a decision of this person.
    #[must_use]
    pub fn case<'a>(
        &'a self,
        kind: Kind,
        act: &'a Act,
        principal: &Principal,
        higher: Option<&'a str>,
        settings: &Settings,
        reason: Option<&'a str>,
    ) -> Case<'a> {
        let limit = match self.unit.as_ref().map_or(Limit::Nothing, |unit| principal.limit(ORDER, unit)) {
            Limit::Unlimited => OrderLimit::Unlimited,
            Limit::UpTo(cents) => OrderLimit::UpTo(cents),
            Limit::Nothing => OrderLimit::UpTo(-1),
        };
        Case {
            kind,
            act,
            standing: &self.standing,
            amount_cents: self.amount_cents,
            limit,
            higher,
            four_eyes_from: settings.four_eyes_from,
            has_unit: self.unit.is_some(),
            outgoing: self.outgoing,
            has_errors: self.has_errors,
            may_be_duplicate: self.may_be_duplicate,
            is_duplicate: self.is_duplicate,
            reason,
            order_left: self.order.and_then(|sums| sums.left()),
            released_by_another: false,
            retained_share: None,
        }
    }

    /// May this person do this here?
    #[must_use]
    pub fn permits(&self, principal: &Principal, permission: &'static str) -> bool {
        match &self.unit {
            Some(unit) => principal.may(permission, unit),
            None => principal.may_everywhere(permission),
        }
    }

    /// The permission by which this person may decide it, if any.
    #[must_use]
    pub fn permission(&self, principal: &Principal, kind: Kind) -> Option<&'static str> {
        let permissions = std::iter::once(kind.permission()).chain(kind.also_with().iter().copied());
        permissions.into_iter().find(|permission| self.permits(principal, permission))
    }

    /// In whose name this person acts.
    #[must_use]
    pub fn act(&self, principal: &Principal, permission: &'static str) -> Act {
        let amount = if permission == ORDER { self.amount_cents } else { 0 };
        let acting_for = self.unit.as_ref().and_then(|unit| {
            // Where nobody's limit suffices, the deputy still acts as one, and the limit objects.
            principal.acting_for_amount(permission, unit, amount).or_else(|| principal.acting_for(permission, unit))
        });
        Act {
            by: principal.person.as_str().to_owned(),
            on_behalf_of: acting_for.map(|person| person.as_str().to_owned()),
        }
    }
}

/// The state before the first decision, and all decisions of an invoice.
///
/// # Errors
/// Where the store fails.
pub async fn decisions(tx: &mut Tx, id: &InvoiceId) -> Result<(Option<State>, Vec<Decision>), vir_store::Error> {
    let rows = tx.all(DECISIONS, &args![id.as_str()]).await?;
    let state = |row: &Row, name: &str| Ok::<_, vir_store::Error>(State::find(&row.text(name)?));
    let initial = rows.first().map(|row| state(row, "from_state")).transpose()?.flatten();
    let mut found = Vec::with_capacity(rows.len());
    for row in &rows {
        let Some(kind) = Kind::parse(&row.text("kind")?) else { continue };
        found.push(Decision {
            kind,
            act: Act { by: row.text("person_id")?, on_behalf_of: row.optional_text("for_person_id")? },
            at: row.time("at")?,
            reason: row.optional_text("reason")?,
            target: state(row, "to_state")?.filter(|_| kind == Kind::Return),
            version: row.int("version")?,
        });
    }
    Ok((initial, found))
}

const MOVE: &str = "update invoice set state = $1, on_hold = $2, hold_reason = $3, voucher_number = $4, unit_id = $5,
    version = version + 1, changed_at = $6,
    assigned_person = case when $9 then assigned_person end, assigned_group = case when $9 then assigned_group end
    where id = $7 and version = $8";
const KEEP: &str = "insert into invoice_decision (invoice_id, version, kind, from_state, to_state, person_id,
    person_name, for_person_id, for_person_name, at, reason, warnings, unit_id)
    values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)";

/// A decision that follows on the invoice's state and that the person may make, with what rules say about it.
struct Weighed {
    subject: Subject,
    kind: Kind,
    act: Act,
    standing: Standing,
    objections: Vec<Objection>,
}

/// Weighs a decision without making it.
async fn weigh(tx: &mut Tx, decider: &Decider, attempt: &Attempt, reason: Option<&str>) -> Result<Weighed, Refusal> {
    let principal = &decider.principal;
    let subject = Subject::load(tx, &attempt.invoice).await?.ok_or(Refusal::NotFound)?;
    if !subject.permits(principal, SEE) {
        return Err(Refusal::NotFound);
    }
    let settings = Settings::load(tx).await?;
    let mut kind = attempt.kind;
    if matches!(kind, Kind::Order | Kind::OrderFirst) {
        kind = law::next_order(&subject.standing, subject.amount_cents, settings.four_eyes_from);
    }
    let permission = subject.permission(principal, kind).ok_or(Refusal::Forbidden(kind.permission()))?;
    if attempt.version.is_some_and(|version| version != subject.version) {
        return Err(Refusal::Stale);
    }
    let act = subject.act(principal, permission);
    let standing = subject.standing.after(kind, &act, attempt.target).map_err(Refusal::Impossible)?;
    let orders = matches!(kind, Kind::Order | Kind::OrderFirst);
    // Who else could order it is asked of the whole directory: only where rules speak of it.
    let higher = if orders { higher(decider, &subject, crate::day_of(tx.now())) } else { None };
    let mut case = subject.case(kind, &act, principal, higher.as_deref(), &settings, reason);
    case.released_by_another = attempt.released_by_another;
    case.retained_share = Some((reduction::retained(&attempt.reductions), subject.demanded_cents));
    let objections = law::judge(&case);
    Ok(Weighed { subject, kind, act, standing, objections })
}

/// What a decision would meet if it were made now with a reason: the rules that would warn. Nothing is written.
///
/// # Errors
/// [`Refusal`], as [`decide`] would give it.
pub async fn outlook(tx: &mut Tx, decider: &Decider, attempt: &Attempt) -> Result<Vec<Objection>, Refusal> {
    let weighed = weigh(tx, decider, attempt, Some("begründet")).await?;
    let (blocks, warns): (Vec<_>, Vec<_>) = weighed.objections.into_iter().partition(Objection::blocks);
    if blocks.is_empty() { Ok(warns) } else { Err(Refusal::Rules(blocks)) }
}

/// Decides, or says why not. Nothing is written where it is refused.
///
/// # Errors
/// [`Refusal`].
pub async fn decide(tx: &mut Tx, decider: &Decider, attempt: &Attempt) -> Result<Decided, Refusal> {
    let principal = &decider.principal;
    let reason = attempt.reason.as_deref().map(str::trim).filter(|reason| !reason.is_empty());
    let Weighed { subject, kind, act, standing, objections } = weigh(tx, decider, attempt, reason).await?;
    let blocked = objections.iter().any(Objection::blocks);
    let unexplained = !objections.is_empty() && !law::says_something(reason);
    if blocked || unexplained {
        return Err(Refusal::Rules(objections));
    }
    check_given(tx, decider, &subject, kind, attempt).await?;

    let version = subject.version + 1;
    let now = tx.now();
    let drawn = if kind == Kind::Order {
        Some(voucher::draw(tx, i64::from(crate::day_of(now).year()), &subject.id).await?)
    } else {
        None
    };
    let number = drawn.as_ref().map(Voucher::to_string).or_else(|| subject.voucher.clone());
    let unit = match (kind, &attempt.unit) {
        (Kind::Forward, Some(unit)) => Some(unit.clone()),
        _ => subject.unit.clone(),
    };
    let hold_reason = reason.filter(|_| kind == Kind::Hold || (standing.on_hold && subject.standing.on_hold));
    let unit_text = unit.as_ref().map(UnitId::as_str);
    // Whoever had it in hand had it for this step, in this unit.
    let same_step = standing.state == subject.state && unit == subject.unit;
    let moved = args![
        standing.state.text(),
        standing.on_hold,
        hold_reason,
        &number,
        unit_text,
        now,
        subject.id.as_str(),
        subject.version,
        same_step
    ];
    if tx.execute(MOVE, &moved).await? != 1 {
        return Err(Refusal::Stale);
    }
    let warnings = (!objections.is_empty()).then(|| ids(&objections));
    let for_name =
        act.on_behalf_of.as_ref().map(|person| decider.directory.name_of(&PersonId::from(person.as_str())).to_owned());
    let row = args![
        subject.id.as_str(),
        version,
        kind.code(),
        subject.state.text(),
        standing.state.text(),
        &act.by,
        &principal.name,
        &act.on_behalf_of,
        &for_name,
        now,
        reason,
        &warnings,
        attempt.unit.as_ref().map(UnitId::as_str),
    ];
    tx.execute(KEEP, &row).await?;
    if kind == Kind::Code {
        coding::store::keep(tx, &subject.id, version, &attempt.lines).await?;
    }
    if kind == Kind::Reduce {
        reduction::store::keep(tx, &subject.id, version, &attempt.reductions).await?;
        let lines = coding::store::lines(tx, &subject.id).await?;
        let due = subject.demanded_cents.saturating_sub(reduction::sum(&attempt.reductions));
        coding::store::keep(tx, &subject.id, version, &reduction::recoded(&lines, due)).await?;
    }
    let detail = json!({
        "version": version,
        "from": subject.state.text(),
        "to": standing.state.text(),
        "for": &act.on_behalf_of,
        "reason": reason,
        "warnings": &warnings,
        "voucher": &number,
        "unit": unit_text,
    });
    let mut noted = detail.clone();
    if kind == Kind::Reduce {
        noted["reduced_cents"] = json!(reduction::sum(&attempt.reductions));
    }
    tx.audit(Entry {
        actor: principal.actor(),
        action: format!("invoice.{}", kind.code()),
        subject: subject.id.subject(),
        detail: noted,
    });
    let mut event = detail;
    event["invoice_id"] = json!(subject.id.as_str());
    event["kind"] = json!(kind.code());
    event["by"] = json!(&act.by);
    tx.publish(&format!("invoice.{}", kind.code()), event).await?;
    Ok(Decided { kind, state: standing.state, version, voucher: number })
}

/// What comes with a decision must fit it: lines that add up, a unit that exists.
async fn check_given(
    tx: &mut Tx,
    decider: &Decider,
    subject: &Subject,
    kind: Kind,
    attempt: &Attempt,
) -> Result<(), Refusal> {
    if attempt.reason.as_ref().is_some_and(|reason| reason.chars().count() > REASON_LIMIT) {
        return Err(Refusal::Invalid(Text::new("Die Begründung ist zu lang.", "The reason is too long.")));
    }
    match kind {
        Kind::Reduce => reduction::wrong(&attempt.reductions, subject.demanded_cents)
            .map_or(Ok(()), |text| Err(Refusal::Invalid(text))),
        Kind::Code => coding::check(tx, subject.amount_cents, &attempt.lines)
            .await?
            .map_or(Ok(()), |text| Err(Refusal::Invalid(text))),
        Kind::Forward => {
            let known = attempt.unit.as_ref().and_then(|unit| decider.principal.tree.unit(unit));
            match known {
                Some(unit) if unit.active => Ok(()),
                _ => Err(Refusal::Invalid(Text::new(
                    "Wählen Sie die Stelle, an die die Rechnung geht.",
                    "Choose the unit that the invoice goes to.",
                ))),
            }
        }
        _ => Ok(()),
    }
}

/// The most characters that a reason may have.
pub const REASON_LIMIT: usize = 2000;

/// Who may order such an amount in the invoice's unit: names, the nearest limit first.
#[must_use]
pub fn higher(decider: &Decider, subject: &Subject, today: jiff::civil::Date) -> Option<String> {
    let unit = subject.unit.as_ref()?;
    let principal = &decider.principal;
    let candidates = decider.directory.who_may(&principal.tenant, ORDER, unit, today);
    let mut able: Vec<(Limit, &str)> = candidates
        .into_iter()
        .filter(|person| person.id != principal.person)
        .filter_map(|person| {
            let other = decider.directory.principal(&principal.tenant, &person.id, vir_auth::By::System, today)?;
            let limit = other.limit(ORDER, unit);
            limit.covers(subject.amount_cents).then_some((limit, person.name.as_str()))
        })
        .collect();
    able.sort();
    let nearest = able.first()?.0;
    let names: Vec<&str> = able.iter().filter(|(limit, _)| *limit == nearest).map(|(_, name)| *name).take(3).collect();
    Some(names.join(", "))
}
