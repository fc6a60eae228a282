//! Own invoices in the store: drafts, issuing, and what follows.
//!
//! Invariant: a number is taken in the transaction that issues; issued ones are never updated but in their state.

use jiff::Timestamp;
use vir_auth::Principal;
use vir_core::Text;
use vir_core::leitweg::LeitwegId;
use vir_invoice::bindings::{write_cii, write_ubl};
use vir_invoice::create::{Draft, ElectronicAddress, invoice};
use vir_store::{Entry, Row, Tx, args, new_id};
use vir_web::FieldError;

use super::party::OwnParty;
use crate::hand_over::next_number;
use crate::intake::columns::cents;
use crate::web_entry::{EntryForm, Manner};

/// How far an own invoice is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OwnState {
    /// It can be changed.
    Draft,
    /// It has its number.
    Issued,
    /// The customer has it.
    Sent,
    /// The customer has paid.
    Paid,
    /// A credit note has cancelled it.
    Cancelled,
}

impl OwnState {
    /// The text in the column.
    #[must_use]
    pub fn text(self) -> &'static str {
        match self {
            Self::Draft => "draft",
            Self::Issued => "issued",
            Self::Sent => "sent",
            Self::Paid => "paid",
            Self::Cancelled => "cancelled",
        }
    }

    fn find(text: &str) -> Self {
        match text {
            "issued" => Self::Issued,
            "sent" => Self::Sent,
            "paid" => Self::Paid,
            "cancelled" => Self::Cancelled,
            _ => Self::Draft,
        }
    }

    /// Its name for people.
    #[must_use]
    pub fn title(self) -> Text {
        match self {
            Self::Draft => Text::new("Entwurf", "Draft"),
            Self::Issued => Text::new("Ausgestellt", "Issued"),
            Self::Sent => Text::new("Versandt", "Sent"),
            Self::Paid => Text::new("Bezahlt", "Paid"),
            Self::Cancelled => Text::new("Storniert", "Cancelled"),
        }
    }
}

/// An own invoice.
#[derive(Debug, Clone)]
#[allow(missing_docs, reason = "the columns are described in the migration")]
pub struct OwnInvoice {
    pub id: String,
    pub state: OwnState,
    pub form: EntryForm,
    pub created_by_name: String,
    pub number: Option<String>,
    pub issued_on: Option<String>,
    pub total_cents: Option<i64>,
    pub ubl: Option<String>,
    pub cii: Option<String>,
    pub invoice_id: Option<String>,
    pub sent_at: Option<Timestamp>,
    pub paid_on: Option<String>,
    pub cancels: Option<String>,
}

/// Why something cannot be done.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SendingError {
    /// The store.
    #[error(transparent)]
    Store(#[from] vir_store::Error),
    /// There is none of this id.
    #[error("no such invoice")]
    NotFound,
    /// It does not fit its state.
    #[error("{}", .0.en)]
    Refused(Text),
    /// Fields are wrong.
    #[error("{} fields are wrong", .0.len())]
    Fields(Vec<FieldError>),
}

const COLUMNS: &str = "id, state, form, created_by_name, number, issued_on, total_cents, ubl, cii, invoice_id, sent_at, \
    paid_on, cancels";

impl OwnInvoice {
    fn read(row: &Row) -> vir_store::Result<Self> {
        Ok(Self {
            id: row.text("id")?,
            state: OwnState::find(&row.text("state")?),
            form: serde_json::from_str(&row.text("form")?)?,
            created_by_name: row.text("created_by_name")?,
            number: row.optional_text("number")?,
            issued_on: row.optional_text("issued_on")?,
            total_cents: row.optional_int("total_cents")?,
            ubl: row.optional_text("ubl")?,
            cii: row.optional_text("cii")?,
            invoice_id: row.optional_text("invoice_id")?,
            sent_at: row.optional_time("sent_at")?,
            paid_on: row.optional_text("paid_on")?,
            cancels: row.optional_text("cancels")?,
        })
    }

    /// All, newest first.
    ///
    /// # Errors
    /// The store's.
    pub async fn list(tx: &mut Tx) -> vir_store::Result<Vec<Self>> {
        let sql = format!("select {COLUMNS} from own_invoice order by id desc limit 500");
        tx.all(sql, &[]).await?.iter().map(Self::read).collect()
    }

    /// One.
    ///
    /// # Errors
    /// Where there is none of this id.
    pub async fn load(tx: &mut Tx, id: &str) -> Result<Self, SendingError> {
        let sql = format!("select {COLUMNS} from own_invoice where id = $1");
        let row = tx.optional(sql, &args![id]).await?.ok_or(SendingError::NotFound)?;
        Ok(Self::read(&row)?)
    }
}

/// The credit note that cancels an invoice, once there is one.
///
/// # Errors
/// The store's.
pub async fn cancelled_by(tx: &mut Tx, id: &str) -> vir_store::Result<Option<String>> {
    let row = tx.optional("select id from own_invoice where cancels = $1", &args![id]).await?;
    row.map(|row| row.text("id")).transpose()
}

/// The draft of a form: the customer is the buyer, the tenant the seller.
///
/// # Errors
/// What has to be corrected.
pub fn draft(form: &EntryForm, party: &OwnParty, number: &str, today: &str) -> Result<Draft, Vec<FieldError>> {
    let entry = EntryForm {
        seller_name: party.name.clone(),
        street: party.street.clone(),
        post_code: party.post_code.clone(),
        city: party.city.clone(),
        // What is outside the scope of VAT must not name a VAT id (BR-O-02).
        vat_id: if form.small_business.is_some() { String::new() } else { party.vat_id.clone() },
        tax_number: party.tax_number.clone(),
        contact: party.contact.clone(),
        phone: party.phone.clone(),
        email: party.email.clone(),
        iban: party.iban.clone(),
        number: number.to_owned(),
        issue_date: today.to_owned(),
        reference: number.to_owned(),
        ..form.clone()
    };
    let mut draft = entry.draft(Manner::Own)?;
    if !form.email.is_empty() && !LeitwegId::looks_like(&form.leitweg) {
        draft.buyer.electronic_address = Some(ElectronicAddress { scheme: "EM".to_owned(), id: form.email.clone() });
    }
    Ok(draft)
}

/// Keeps a draft; without an id a new one.
///
/// # Errors
/// Where it is issued already.
pub async fn keep(
    tx: &mut Tx,
    principal: &Principal,
    id: Option<&str>,
    form: &EntryForm,
) -> Result<String, SendingError> {
    let now = tx.now();
    let json = serde_json::to_string(form).map_err(vir_store::Error::from)?;
    if let Some(id) = id {
        let sql = "update own_invoice set form = $2, changed_at = $3 where id = $1 and state = 'draft'";
        if tx.execute(sql, &args![id, json, now]).await? == 1 {
            return Ok(id.to_owned());
        }
        return Err(immutable());
    }
    let id = new_id(now);
    tx.execute(
        "insert into own_invoice (id, state, form, created_at, created_by_name, changed_at) \
         values ($1, 'draft', $2, $3, $4, $3)",
        &args![&id, json, now, &principal.name],
    )
    .await?;
    Ok(id)
}

fn immutable() -> SendingError {
    SendingError::Refused(Text::new(
        "Die Rechnung ist ausgestellt und kann nicht mehr geändert werden.",
        "The invoice is issued and cannot be changed any more.",
    ))
}

/// Issues a draft: it gets its number and its date, and never changes again.
///
/// # Errors
/// Where it is no draft, or its fields are wrong.
pub async fn issue(tx: &mut Tx, principal: &Principal, id: &str) -> Result<OwnInvoice, SendingError> {
    let own = OwnInvoice::load(tx, id).await?;
    if own.state != OwnState::Draft {
        return Err(immutable());
    }
    issue_it(tx, principal, &own, None).await?;
    OwnInvoice::load(tx, id).await
}

/// Cancels an issued invoice by a credit note over the whole amount, which is issued at once.
///
/// # Errors
/// Where it is a draft, cancelled, or itself a credit note.
pub async fn cancel(tx: &mut Tx, principal: &Principal, id: &str) -> Result<OwnInvoice, SendingError> {
    let own = OwnInvoice::load(tx, id).await?;
    let cancellable = matches!(own.state, OwnState::Issued | OwnState::Sent | OwnState::Paid) && own.cancels.is_none();
    if !cancellable {
        return Err(SendingError::Refused(Text::new(
            "Nur eine ausgestellte Rechnung kann storniert werden, und nur einmal.",
            "Only an issued invoice can be cancelled, and only once.",
        )));
    }
    let credit = keep(tx, principal, None, &own.form).await?;
    tx.execute("update own_invoice set cancels = $2 where id = $1", &args![&credit, id]).await?;
    let note = OwnInvoice::load(tx, &credit).await?;
    issue_it(tx, principal, &note, own.number.as_deref()).await?;
    let now = tx.now();
    tx.execute("update own_invoice set state = 'cancelled', changed_at = $2 where id = $1", &args![id, now]).await?;
    record(tx, principal, "own_invoice.cancel", id, own.number.as_deref());
    OwnInvoice::load(tx, &credit).await
}

async fn issue_it(
    tx: &mut Tx,
    principal: &Principal,
    own: &OwnInvoice,
    cancels: Option<&str>,
) -> Result<(), SendingError> {
    let party = OwnParty::load(tx).await?;
    let today = crate::day_of(tx.now());
    let running = next_number(tx, &format!("own_invoice-{}", today.year())).await?;
    let number = format!("{}{}-{running:05}", party.prefix, today.year());
    let day = today.to_string();
    let mut draft = draft(&own.form, &party, &number, &day).map_err(SendingError::Fields)?;
    if let Some(cancels) = cancels {
        draft.r#type = "381".to_owned();
        draft.preceding_invoice = Some(cancels.to_owned());
        draft.due_date = None;
        if let Some(payment) = &mut draft.payment {
            payment.skonto.clear();
            payment.terms = Some(format!("Storno der Rechnung {cancels}"));
        }
    }
    let wrong = |error: &dyn std::fmt::Display| {
        SendingError::Fields(vec![FieldError::new("", Text::owned(error.to_string(), error.to_string()))])
    };
    let made = invoice(&draft).map_err(|error| wrong(&error))?;
    let ubl = write_ubl(&made).map_err(|error| wrong(&error))?;
    let cii = write_cii(&made).map_err(|error| wrong(&error))?;
    let total = made.total_amount_due().as_ref().and_then(cents);
    let now = tx.now();
    tx.execute(
        "update own_invoice set state = 'issued', number = $2, issued_on = $3, total_cents = $4, ubl = $5, cii = $6, \
         changed_at = $7 where id = $1 and state = 'draft'",
        &args![&own.id, &number, &day, total, ubl, cii, now],
    )
    .await?;
    record(tx, principal, "own_invoice.issue", &own.id, Some(&number));
    tx.publish("own_invoice.issued", serde_json::json!({ "id": own.id, "number": number, "totalCents": total }))
        .await?;
    Ok(())
}

/// Notes a step that somebody took outside: sent, or paid.
///
/// # Errors
/// Where it does not follow on the state.
pub async fn step(tx: &mut Tx, principal: &Principal, id: &str, to: OwnState) -> Result<(), SendingError> {
    let own = OwnInvoice::load(tx, id).await?;
    let fits = matches!(
        (own.state, to),
        (OwnState::Issued, OwnState::Sent | OwnState::Paid) | (OwnState::Sent, OwnState::Paid)
    );
    if !fits {
        return Err(SendingError::Refused(Text::new("Das geht in diesem Stand nicht.", "Not possible as it stands.")));
    }
    let now = tx.now();
    let day = crate::day_of(now).to_string();
    match to {
        OwnState::Paid => {
            let sql = "update own_invoice set state = 'paid', paid_on = $2, changed_at = $3 where id = $1";
            tx.execute(sql, &args![id, day, now]).await?;
        }
        _ => {
            let sql = "update own_invoice set state = 'sent', sent_at = $2, changed_at = $2 where id = $1";
            tx.execute(sql, &args![id, now]).await?;
        }
    }
    record(tx, principal, &format!("own_invoice.{}", to.text()), id, own.number.as_deref());
    let payload = serde_json::json!({ "id": id, "number": own.number });
    tx.publish(&format!("own_invoice.{}", to.text()), payload).await?;
    Ok(())
}

/// Notes under which id the register has it.
///
/// # Errors
/// The store's.
pub async fn registered(tx: &mut Tx, id: &str, invoice: &str) -> vir_store::Result<()> {
    tx.execute("update own_invoice set invoice_id = $2 where id = $1", &args![id, invoice]).await?;
    Ok(())
}

fn record(tx: &mut Tx, principal: &Principal, action: &str, subject: &str, number: Option<&str>) {
    tx.audit(Entry {
        actor: principal.actor(),
        action: action.to_owned(),
        subject: subject.to_owned(),
        detail: serde_json::json!({ "number": number }),
    });
}
