//! The log of the server, on standard output.
//!
//! Invariant: lines name requests, routes and tenants; never a person.

use tracing_subscriber::EnvFilter;
use tracing_subscriber::fmt;
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;
use vir_web::config::{Log, LogForm};

/// Begins to log.
pub fn begin(log: &Log) -> anyhow::Result<()> {
    let filter: EnvFilter = log.filter.parse().map_err(|error| anyhow::anyhow!("log.filter: {error}"))?;
    let registry = tracing_subscriber::registry().with(filter);
    match log.form {
        LogForm::Text => registry.with(fmt::layer().with_ansi(false).with_target(false)).init(),
        LogForm::Json => registry.with(fmt::layer().json().flatten_event(true).with_current_span(false)).init(),
    }
    Ok(())
}
