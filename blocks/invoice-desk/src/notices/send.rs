//! From notes and waiting work to mails in the outbox.
//!
//! Every minute each node looks whose hour has come and leaves a job for each of them; the jobs of several nodes are one
//! by their key, and the row of the period makes the mail one even where two ran.
//!
//! Invariant: the row that says that somebody was told and the mail in the outbox are kept together or not at all.

use std::sync::Arc;
use std::time::Duration;

use jiff::SignedDuration;
use serde_json::json;
use tokio_util::sync::CancellationToken;
use vir_auth::{By, Directory, PersonId, PersonKind};
use vir_mail::Address;
use vir_mail::smtp::Standing;
use vir_store::{BoxFuture, Job, Result, Store, TenantId, Tx, args};
use vir_web::csrf::Key;
use vir_web::{App, JobCall, JobHandler, WorkError};

use super::choice::Choice;
use super::digest::{self, Digest};
use super::note::{self, Note};
use super::unsubscribe::{self, What};
use super::when::{self, Occasion};
use crate::mailbox::MailboxError;
use crate::mailbox::account::Account;
use crate::mailbox::outbox::{self, Letter, Prepared};
use crate::permissions::SEE;
use crate::workflow::Decider;
use crate::workflow::calendar::is_working_day;
use crate::workflow::settings::Settings;

/// The kind of the job that writes somebody's digest.
pub const DIGEST_JOB: &str = "invoice-desk.digest";
/// The kind of the job that mails what is told at once.
pub const BUNDLE_JOB: &str = "invoice-desk.notice";

/// Writes a digest.
pub const DIGEST: JobHandler = JobHandler { kind: DIGEST_JOB, run: |call| Box::pin(run_digest(call)) };
/// Mails what is told at once.
pub const BUNDLE: JobHandler = JobHandler { kind: BUNDLE_JOB, run: |call| Box::pin(run_bundle(call)) };

const PAUSE: Duration = Duration::from_secs(60);

/// Looks whose hour has come, until the server stops.
pub fn services(app: App, stop: CancellationToken) -> Vec<BoxFuture<'static, ()>> {
    vec![Box::pin(async move {
        while stop.run_until_cancelled(tokio::time::sleep(PAUSE)).await.is_some() {
            let tenants = app.store.tenants().await.unwrap_or_default();
            for tenant in tenants {
                if let Err(error) = look(&app, &tenant.id).await {
                    tracing::warn!(tenant = %tenant.id, error = error.reason, "nobody can be told what waits");
                }
            }
        }
    })]
}

async fn look(app: &App, tenant: &TenantId) -> std::result::Result<(), WorkError> {
    let office = Office::of(app, tenant).await?;
    office.enqueue_due().await?;
    Ok(())
}

async fn run_digest(call: JobCall) -> std::result::Result<(), WorkError> {
    let office = Office::of(&call.app, &call.tenant).await?;
    let text = |name: &str| call.payload[name].as_str().unwrap_or_default().to_owned();
    office.digest(&PersonId::from(text("person").as_str()), &text("period")).await?;
    Ok(())
}

async fn run_bundle(call: JobCall) -> std::result::Result<(), WorkError> {
    let office = Office::of(&call.app, &call.tenant).await?;
    let person = call.payload["person"].as_str().unwrap_or_default();
    match office.bundle(&PersonId::from(person)).await? {
        Bundled::Changed => Err(WorkError::later("what is to be told changed meanwhile")),
        Bundled::Queued(_) | Bundled::Nothing | Bundled::Quiet => Ok(()),
    }
}

/// What became of what was to be told at once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Bundled {
    /// One mail with so many notes is in the outbox.
    Queued(usize),
    /// Nothing is left to tell: it was seen, or the person does not want it.
    Nothing,
    /// Not now; a job waits for the end of the quiet hours.
    Quiet,
    /// Something was told or seen while the mail was written; to be looked at again.
    Changed,
}

/// All that is needed to write to a tenant's people.
#[derive(Debug, Clone)]
pub struct Office {
    /// The store.
    pub store: Store,
    /// Whose people.
    pub tenant: TenantId,
    /// Who they are.
    pub directory: Arc<Directory>,
    /// Signs the address for ending the mails.
    pub key: Key,
    /// The server's address without a slash at its end.
    pub base: String,
    /// The municipality's name.
    pub place: String,
}

/// Who is told, and with what.
struct To {
    decider: Decider,
    address: Address,
    account: Account,
    choice: Choice,
    settings: Settings,
}

impl Office {
    /// That of a tenant of this server.
    ///
    /// # Errors
    /// Where the directory cannot be read.
    pub async fn of(app: &App, tenant: &TenantId) -> std::result::Result<Self, WorkError> {
        Ok(Self {
            store: app.store.clone(),
            tenant: tenant.clone(),
            directory: app.auth.directory(tenant).await?,
            key: app.key.clone(),
            base: app.config.url(),
            place: app.tenant_name(tenant).await.unwrap_or_else(|| tenant.to_string()),
        })
    }

    /// Whose hour has come, and who got nothing for the period yet.
    ///
    /// # Errors
    /// Where the store fails.
    pub async fn due(&self) -> Result<Vec<(PersonId, Occasion)>> {
        let office = self.clone();
        self.store
            .read(&self.tenant, move |tx: &mut Tx| {
                Box::pin(async move {
                    let (now, settings) = (tx.now(), Settings::load(tx).await?);
                    let today = crate::day_of(now);
                    if !is_working_day(settings.region, today) || sender(tx).await?.is_none() {
                        return Ok(Vec::new());
                    }
                    let choices = Choice::all(tx).await?;
                    let usual = Choice::default();
                    let since = now - SignedDuration::from_hours(8 * 24);
                    let sql = "select person_id, period from notice_sent where at > $1";
                    let mut sent = std::collections::HashSet::new();
                    for row in tx.all(sql, &args![since]).await? {
                        sent.insert((row.text("person_id")?, row.text("period")?));
                    }
                    let people =
                        office.directory.people.values().filter(|person| {
                            person.active && person.kind == PersonKind::Human && !person.email.is_empty()
                        });
                    let due = people.filter_map(|person| {
                        let choice = choices.get(person.id.as_str()).unwrap_or(&usual);
                        let occasion = when::occasion(choice, settings.region, now)?;
                        if sent.contains(&(person.id.to_string(), occasion.period.clone())) {
                            return None;
                        }
                        let principal = office.directory.principal(&office.tenant, &person.id, By::System, today)?;
                        principal.may_anywhere(SEE).then(|| (person.id.clone(), occasion))
                    });
                    Ok(due.collect())
                })
            })
            .await
    }

    /// Leaves a job for each of them.
    ///
    /// # Errors
    /// Where the store fails.
    pub async fn enqueue_due(&self) -> Result<usize> {
        let due = self.due().await?;
        let count = due.len();
        if count == 0 {
            return Ok(0);
        }
        self.store
            .write(&self.tenant, move |tx: &mut Tx| {
                Box::pin(async move {
                    for (person, occasion) in due {
                        let payload = json!({ "person": person.as_str(), "period": occasion.period });
                        let key = format!("{person}/{}", occasion.period);
                        tx.enqueue(Job::now(DIGEST_JOB, payload).keyed(key)).await?;
                    }
                    Ok::<_, vir_store::Error>(())
                })
            })
            .await?;
        Ok(count)
    }

    async fn to(&self, tx: &mut Tx, person: &PersonId) -> Result<Option<To>> {
        let today = crate::day_of(tx.now());
        let principal = self.directory.principal(&self.tenant, person, By::System, today);
        let known = self.directory.people.get(person);
        let (Some(principal), Some(known)) = (principal, known) else { return Ok(None) };
        let (Ok(address), Some(account)) = (Address::new(&known.email), sender(tx).await?) else { return Ok(None) };
        Ok(Some(To {
            decider: Decider { principal, directory: self.directory.clone() },
            address: address.named(&known.name),
            account,
            choice: Choice::load(tx, person.as_str()).await?,
            settings: Settings::load(tx).await?,
        }))
    }

    fn letter(&self, to: &To, key: String, what: What, subject: String, text: String) -> Letter {
        let person = &to.decider.principal.person;
        Letter {
            key,
            kind: if what == What::Digest { "digest" } else { "notice" },
            to: to.address.clone(),
            subject,
            text,
            answered: None,
            thread: None,
            mail: None,
            invoice: None,
            standing: Standing::Generated,
            attachments: Vec::new(),
            unsubscribe: Some(format!("{}{}", self.base, unsubscribe::path(&self.key, &self.tenant, person, what))),
        }
    }

    async fn prepare(&self, to: &To, letter: Letter) -> std::result::Result<Prepared, MailboxError> {
        outbox::prepare(&self.store, &self.tenant, &to.account, letter).await
    }

    /// Writes somebody's digest for a period: true where a mail is in the outbox now, false where nothing waited or the
    /// period had its mail.
    ///
    /// # Errors
    /// Where store or composing fail; then nothing is kept, and it may be tried again.
    pub async fn digest(&self, person: &PersonId, period: &str) -> std::result::Result<bool, MailboxError> {
        let (office, wanted, of) = (self.clone(), person.clone(), period.to_owned());
        let read = self.store.read(&self.tenant, move |tx: &mut Tx| {
            Box::pin(async move {
                let sql = "select count(*) as n from notice_sent where person_id = $1 and period = $2";
                if tx.one(sql, &args![wanted.as_str(), &of]).await?.int("n")? > 0 {
                    return Ok(None);
                }
                let Some(to) = office.to(tx, &wanted).await? else { return Ok(None) };
                let sql = "select max(at) as at from notice_sent where person_id = $1";
                let since = tx.one(sql, &args![wanted.as_str()]).await?.optional_time("at")?;
                let digest = Digest::read(tx, &to.decider, since).await?;
                Ok::<_, vir_store::Error>(Some((to, digest, crate::day_of(tx.now()))))
            })
        });
        let Some((to, digest, today)) = read.await? else { return Ok(false) };
        let key = format!("digest/{person}/{period}");
        let prepared = if digest.is_empty() {
            None
        } else {
            let me = &to.decider.principal;
            let text = digest.text(me.lang, &me.name, &self.base, &self.place, today);
            let letter = self.letter(&to, key.clone(), What::Digest, digest.subject(me.lang, today), text);
            Some(self.prepare(&to, letter).await?)
        };
        let (person, period) = (person.clone(), period.to_owned());
        let written = self.store.write(&self.tenant, move |tx: &mut Tx| {
            Box::pin(async move {
                let sql = "insert into notice_sent (person_id, period, at, mail_key) values ($1, $2, $3, $4)
                    on conflict ({t}person_id, period) do nothing";
                let key = prepared.is_some().then_some(key);
                if tx.execute(sql, &args![person.as_str(), &period, tx.now(), &key]).await? == 0 {
                    return Ok(false);
                }
                note::told(tx, &digest.notes).await?;
                match prepared {
                    Some(prepared) => outbox::queue(tx, prepared).await,
                    None => Ok(false),
                }
            })
        });
        Ok(written.await?)
    }

    /// Mails what a person is to be told at once.
    ///
    /// # Errors
    /// Where store or composing fail; then nothing is kept, and it may be tried again.
    pub async fn bundle(&self, person: &PersonId) -> std::result::Result<Bundled, MailboxError> {
        let (office, wanted) = (self.clone(), person.clone());
        let read = self.store.read(&self.tenant, move |tx: &mut Tx| {
            Box::pin(async move {
                let Some(to) = office.to(tx, &wanted).await? else { return Ok(None) };
                let notes = office.still_wanted(tx, &to).await?;
                Ok::<_, vir_store::Error>(Some((to, notes, tx.now())))
            })
        });
        let Some((to, notes, now)) = read.await? else { return Ok(Bundled::Nothing) };
        let Some(first) = notes.first() else { return Ok(Bundled::Nothing) };
        let at = when::allowed(&to.choice, to.settings.region, now);
        if at > now {
            let job = Job::now(BUNDLE_JOB, json!({ "person": person.as_str() })).at(at).keyed(person.as_str());
            let write =
                self.store.write(&self.tenant, move |tx: &mut Tx| Box::pin(async move { tx.enqueue(job).await }));
            write.await?;
            return Ok(Bundled::Quiet);
        }
        let me = &to.decider.principal;
        let (subject, text) = digest::bundle(me.lang, &notes, &me.name, &self.base, &self.place);
        let letter = self.letter(&to, format!("notice/{}", first.id), What::AtOnce, subject, text);
        let prepared = self.prepare(&to, letter).await?;
        let office = self.clone();
        let written = self.store.write(&self.tenant, move |tx: &mut Tx| {
            Box::pin(async move {
                if office.still_wanted(tx, &to).await? != notes {
                    return Ok(Bundled::Changed);
                }
                note::told(tx, &notes).await?;
                outbox::queue(tx, prepared).await?;
                Ok::<_, vir_store::Error>(Bundled::Queued(notes.len()))
            })
        });
        Ok(written.await?)
    }

    /// What is urgent, not told and not seen, what the person still wants at once and may still see.
    async fn still_wanted(&self, tx: &mut Tx, to: &To) -> Result<Vec<Note>> {
        let me = &to.decider.principal;
        let mut notes = note::untold(tx, me.person.as_str(), true).await?;
        notes.retain(|note| to.choice.tells_at_once(note.kind) && crate::access::may(me, SEE, note.unit.as_deref()));
        Ok(notes)
    }
}

/// The mailbox by which notices go out: the first that sends and is meant for it.
pub(super) async fn sender(tx: &mut Tx) -> Result<Option<Account>> {
    let accounts = Account::all(tx).await?;
    Ok(accounts.into_iter().find(|account| account.active && account.notices && !account.smtp.0.is_empty()))
}
