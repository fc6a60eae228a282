//! Watching: one task a mailbox, on the node that holds its lease.
//!
//! Invariant: where something fails, the task waits longer each time, at most ten minutes, and the
//! reason stands with the mailbox, where people who set it up see it.

use std::collections::HashMap;
use std::time::Duration;

use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;
use vir_store::{BoxFuture, TenantId, new_id};
use vir_web::App;

use super::account::{Account, lease, report};
use super::{MailboxError, Sealer, oauth, pull};

/// How often settings are looked at, and how long a task may wait for the server.
const ROUND: Duration = Duration::from_secs(30);
const FIRST_PAUSE: Duration = Duration::from_secs(5);
const LONGEST_PAUSE: Duration = Duration::from_secs(600);

/// The service that watches all mailboxes of all tenants.
#[must_use]
pub fn services(app: App, ended: CancellationToken) -> Vec<BoxFuture<'static, ()>> {
    vec![Box::pin(supervise(app, ended))]
}

async fn supervise(app: App, ended: CancellationToken) {
    let node = node(&app);
    let mut tasks: HashMap<(TenantId, String, i64), JoinHandle<()>> = HashMap::new();
    while !ended.is_cancelled() {
        match wanted(&app).await {
            Ok(wanted) => {
                // Another version of the settings is another task; the old one ends.
                tasks.retain(|key, task| {
                    let keep = wanted.contains_key(key) && !task.is_finished();
                    if !keep {
                        task.abort();
                    }
                    keep
                });
                for (key, account) in wanted {
                    let start = || tokio::spawn(watch(app.clone(), key.0.clone(), account, node.clone()));
                    tasks.entry(key.clone()).or_insert_with(start);
                }
            }
            Err(error) => tracing::warn!(%error, "the mailboxes' settings cannot be read"),
        }
        tokio::select! {
            () = ended.cancelled() => {}
            () = tokio::time::sleep(ROUND) => {}
        }
    }
    for task in tasks.into_values() {
        // Each step may be repeated, so a task may end anywhere.
        task.abort();
    }
}

/// What this node calls itself. One that was killed and starts again at the same address of the same machine
/// has its leases still, and need not wait for their end.
fn node(app: &App) -> String {
    let of_system = |name: &str| {
        let text = std::fs::read_to_string(format!("/proc/sys/kernel/{name}")).ok()?;
        Some(text.trim().to_owned()).filter(|text| !text.is_empty())
    };
    // A host name alone may be that of a copied machine; one boot is one machine.
    match (of_system("random/boot_id"), of_system("hostname"), app.config.listen) {
        (Some(boot), Some(host), listen) if listen.port() != 0 => format!("{host} {listen} {boot}"),
        _ => new_id(app.now()),
    }
}

async fn wanted(app: &App) -> Result<HashMap<(TenantId, String, i64), Account>, vir_store::Error> {
    let mut wanted = HashMap::new();
    for tenant in app.store.tenants().await? {
        let accounts = app.store.read(&tenant.id, |tx| Box::pin(Account::all(tx))).await?;
        for account in accounts.into_iter().filter(|account| account.active) {
            wanted.insert((tenant.id.clone(), account.id.clone(), account.version), account);
        }
    }
    Ok(wanted)
}

async fn watch(app: App, tenant: TenantId, account: Account, node: String) {
    let sealer = Sealer::of(&app);
    let mut pause = FIRST_PAUSE;
    loop {
        let outcome = connected(&app, &tenant, &account, &sealer, &node, &mut pause).await;
        if let Err(error) = outcome {
            tracing::warn!(%tenant, mailbox = account.id, %error, "a mailbox cannot be watched; trying again later");
            if account.oauth.is_some() && matches!(error, MailboxError::Imap(vir_mail::imap::Error::Refused(_))) {
                // Revoked before its end: keeping it would keep the door shut until then.
                let _ = oauth::forget(&app.store, &tenant, &account.id).await;
            }
            if let Err(error) = report(&app.store, &tenant, &account.id, Some(error.to_string())).await {
                tracing::warn!(%tenant, %error, "a mailbox's trouble cannot be noted");
            }
        }
        tokio::time::sleep(pause).await;
        pause = (pause * 2).min(LONGEST_PAUSE);
    }
}

/// As long as the connection holds.
async fn connected(
    app: &App,
    tenant: &TenantId,
    account: &Account,
    sealer: &Sealer,
    node: &str,
    pause: &mut Duration,
) -> Result<(), MailboxError> {
    if !lease(&app.store, tenant, &account.id, node).await? {
        // Another node looks after it.
        *pause = FIRST_PAUSE;
        return Ok(());
    }
    let mut mailbox = pull::open(account, &oauth::login(&app.store, tenant, account, sealer)?).await?;
    loop {
        pull::look(&app.store, tenant, account, &mut mailbox).await?;
        report(&app.store, tenant, &account.id, None).await?;
        *pause = FIRST_PAUSE;
        let (back, _) = mailbox.wait(ROUND, ROUND).await?;
        mailbox = back;
        if !lease(&app.store, tenant, &account.id, node).await? {
            mailbox.close().await;
            return Ok(());
        }
    }
}
