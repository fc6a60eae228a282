//! The settings of a mailbox, and who looks after it.
//!
//! Invariant: at most one node holds the lease of a mailbox; a node that died loses it after
//! [`LEASE`].

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use vir_mail::imap::{Login, Server};
use vir_mail::smtp::Relay;
use vir_mail::{Address, Security, Trust};
use vir_store::{Row, Store, TenantId, Tx, Value, args};

use super::oauth::{Grant, OAuth};
use super::{MailboxError, Sealer};

/// How long a lease lasts without being renewed.
pub const LEASE: SignedDuration = SignedDuration::from_secs(120);

/// How long one command to a mail server may take.
const PATIENCE: Duration = Duration::from_secs(60);

/// A mailbox, as it is set up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Account {
    /// Identifier.
    pub id: String,
    /// The address to which suppliers write.
    pub address: String,
    /// The name beside it.
    pub name: String,
    /// Server, port and protection of IMAP.
    pub imap: (String, u16, Security),
    /// The same of SMTP; without a host nothing goes out.
    pub smtp: (String, u16, Security),
    /// The account at both.
    pub user: String,
    /// The sealed password; with OAuth the sealed refresh token.
    pub sealed: Vec<u8>,
    /// Certificates that are trusted besides the system's, as PEM.
    pub certificates: Option<String>,
    /// The folder that is looked into.
    pub folder: String,
    /// Where read mails go.
    pub done_folder: String,
    /// Where mails go that a person has to look at.
    pub quarantine_folder: String,
    /// Do senders get answers?
    pub answers: bool,
    /// Do notices to our own people go out here?
    pub notices: bool,
    /// Is it watched?
    pub active: bool,
    /// How it logs in with OAuth 2.0; none: with its password.
    pub oauth: Option<OAuth>,
    /// The last time that it worked.
    pub looked_at: Option<Timestamp>,
    /// Why it does not work.
    pub trouble: Option<String>,
    /// For the optimistic lock.
    pub version: i64,
}

const COLUMNS: &str = "id, address, name, imap_host, imap_port, imap_security, smtp_host, smtp_port, smtp_security,
    user_name, secret, certificates, folder, done_folder, quarantine_folder, answers, notices, active, looked_at,
    trouble, version, oauth_grant, oauth_token_url, oauth_client_id, oauth_scope, oauth_client_secret";

fn read(row: &Row) -> Result<Account, vir_store::Error> {
    let server = |prefix: &str| -> Result<(String, u16, Security), vir_store::Error> {
        let port = u16::try_from(row.int(&format!("{prefix}_port"))?).unwrap_or_default();
        let security = Security::by_name(&row.text(&format!("{prefix}_security"))?).unwrap_or(Security::Tls);
        Ok((row.text(&format!("{prefix}_host"))?, port, security))
    };
    Ok(Account {
        id: row.text("id")?,
        address: row.text("address")?,
        name: row.text("name")?,
        imap: server("imap")?,
        smtp: server("smtp")?,
        user: row.text("user_name")?,
        sealed: row.bytes("secret")?,
        certificates: row.optional_text("certificates")?,
        folder: row.text("folder")?,
        done_folder: row.text("done_folder")?,
        quarantine_folder: row.text("quarantine_folder")?,
        answers: row.bool("answers")?,
        notices: row.bool("notices")?,
        active: row.bool("active")?,
        oauth: match row.optional_text("oauth_grant")?.as_deref().and_then(Grant::find) {
            Some(grant) => Some(OAuth {
                grant,
                token_url: row.optional_text("oauth_token_url")?.unwrap_or_default(),
                client_id: row.optional_text("oauth_client_id")?.unwrap_or_default(),
                scope: row.optional_text("oauth_scope")?.unwrap_or_default(),
                sealed_client: row.optional_bytes("oauth_client_secret")?,
            }),
            None => None,
        },
        looked_at: row.optional_time("looked_at")?,
        trouble: row.optional_text("trouble")?,
        version: row.int("version")?,
    })
}

impl Account {
    /// All of a tenant, by address.
    pub async fn all(tx: &mut Tx) -> Result<Vec<Self>, vir_store::Error> {
        let rows = tx.all(format!("select {COLUMNS} from mailbox order by address"), &[]).await?;
        rows.iter().map(read).collect()
    }

    /// One of them.
    pub async fn load(tx: &mut Tx, id: &str) -> Result<Option<Self>, vir_store::Error> {
        let row = tx.optional(format!("select {COLUMNS} from mailbox where id = $1"), &args![id]).await?;
        row.as_ref().map(read).transpose()
    }

    /// Keeps it: new where its version is 0, else in place of that version. False: somebody else changed
    /// it in between.
    pub async fn save(&self, tx: &mut Tx) -> Result<bool, vir_store::Error> {
        let oauth = self.oauth.as_ref();
        let values: Vec<Value> = args![
            &self.id,
            &self.address,
            &self.name,
            &self.imap.0,
            i64::from(self.imap.1),
            self.imap.2.name(),
            &self.smtp.0,
            i64::from(self.smtp.1),
            self.smtp.2.name(),
            &self.user,
            self.sealed.clone(),
            &self.certificates,
            &self.folder,
            &self.done_folder,
            &self.quarantine_folder,
            self.answers,
            self.notices,
            self.active,
            self.version + 1,
            oauth.map(|oauth| oauth.grant.code()),
            oauth.map(|oauth| &oauth.token_url),
            oauth.map(|oauth| &oauth.client_id),
            oauth.map(|oauth| &oauth.scope),
            oauth.and_then(|oauth| oauth.sealed_client.clone()),
            self.version
        ];
        let touched = if self.version == 0 {
            tx.execute(
                "insert into mailbox (id, address, name, imap_host, imap_port, imap_security, smtp_host, smtp_port,
                    smtp_security, user_name, secret, certificates, folder, done_folder, quarantine_folder, answers,
                    notices, active, version, oauth_grant, oauth_token_url, oauth_client_id, oauth_scope,
                    oauth_client_secret)
                 values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21,
                    $22, $23, $24)",
                &values[..24],
            )
            .await?
        } else {
            tx.execute(
                "update mailbox set address = $2, name = $3, imap_host = $4, imap_port = $5, imap_security = $6,
                    smtp_host = $7, smtp_port = $8, smtp_security = $9, user_name = $10, secret = $11,
                    certificates = $12, folder = $13, done_folder = $14, quarantine_folder = $15, answers = $16,
                    notices = $17, active = $18, version = $19, trouble = null,
                    oauth_grant = $20, oauth_token_url = $21, oauth_client_id = $22, oauth_scope = $23,
                    oauth_client_secret = $24, access_token = null, access_until = null
                 where id = $1 and version = $25",
                &values,
            )
            .await?
        };
        Ok(touched == 1)
    }

    /// The sender of its answers.
    #[must_use]
    pub fn sender(&self) -> Option<Address> {
        Address::new(&self.address).ok().map(|address| address.named(&self.name))
    }

    fn trust(&self) -> Result<Trust, MailboxError> {
        match &self.certificates {
            Some(pem) => {
                Trust::system().and_pem(pem).map_err(|_| MailboxError::Settings("the certificates are no PEM"))
            }
            None => Ok(Trust::system()),
        }
    }

    /// Where it is.
    pub fn server(&self) -> Result<Server, MailboxError> {
        let (host, port, security) = self.imap.clone();
        Ok(Server { host, port, security, trust: self.trust()?, patience: PATIENCE })
    }

    /// Who takes its mails; none where it does not send.
    pub fn relay(&self) -> Result<Option<Relay>, MailboxError> {
        let (host, port, security) = self.smtp.clone();
        if host.is_empty() {
            return Ok(None);
        }
        let hello = self.sender().map(|address| address.domain().to_owned());
        Ok(Some(Relay { host, port, security, trust: self.trust()?, patience: PATIENCE, hello }))
    }

    /// How to log in with the password; [`super::oauth::login`] knows both ways.
    pub fn login(&self, tenant: &TenantId, sealer: &Sealer) -> Result<Login, MailboxError> {
        Ok(Login::Password { user: self.user.clone(), password: sealer.open(tenant, &self.id, &self.sealed)? })
    }
}

/// Takes or renews the lease of a mailbox; false where another node has it.
pub async fn lease(store: &Store, tenant: &TenantId, id: &str, node: &str) -> Result<bool, vir_store::Error> {
    let (id, node) = (id.to_owned(), node.to_owned());
    store
        .write(tenant, move |tx| {
            Box::pin(async move {
                let now = tx.now();
                let sql = "update mailbox set lease_by = $2, lease_until = $3
                    where id = $1 and (lease_by is null or lease_by = $2 or lease_until < $4)";
                Ok::<_, vir_store::Error>(tx.execute(sql, &args![&id, &node, now + LEASE, now]).await? == 1)
            })
        })
        .await
}

/// Gives the lease back, and notes how the last look went.
pub async fn report(
    store: &Store,
    tenant: &TenantId,
    id: &str,
    trouble: Option<String>,
) -> Result<(), vir_store::Error> {
    let id = id.to_owned();
    store
        .write(tenant, move |tx| {
            Box::pin(async move {
                match trouble {
                    Some(trouble) => {
                        tx.execute("update mailbox set trouble = $2 where id = $1", &args![&id, trouble]).await?
                    }
                    None => {
                        let sql = "update mailbox set trouble = null, looked_at = $2 where id = $1";
                        tx.execute(sql, &args![&id, tx.now()]).await?
                    }
                };
                Ok::<_, vir_store::Error>(())
            })
        })
        .await
}
