//! Why something was not done.
//!
//! Invariant: no variant tells whether an account exists to somebody who is not signed in.

use vir_core::Text;

use crate::Permission;

/// Why something was not done.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The store could not.
    #[error(transparent)]
    Store(#[from] vir_store::Error),
    /// The principal lacks a permission.
    #[error("the permission {0} is missing")]
    Forbidden(Permission),
    /// What was named is not there.
    #[error("not found: {}", .0.en)]
    NotFound(Text),
    /// A value cannot be taken.
    #[error("{field}: {}", message.en)]
    Invalid {
        /// The field of the form.
        field: &'static str,
        /// What is wrong and what to do.
        message: Text,
    },
    /// It cannot be done as things are.
    #[error("{}", .0.en)]
    Conflict(Text),
    /// Log-in refused: for one answer to every reason, see [`Error::refused`].
    #[error("log-in refused")]
    Refused,
    /// A one-time link is used up, too old, or was never one.
    #[error("this link is not valid (any more)")]
    Link,
    /// Too many attempts.
    #[error("too many attempts; wait {retry_after} seconds")]
    TooMany {
        /// When it may be tried again.
        retry_after: u32,
    },
    /// The OpenID provider did not do what it should; for the administrator and the log.
    #[error("OpenID provider: {0}")]
    Provider(String),
    /// A passkey's answer does not prove what it should; for the log.
    #[error("passkey: {0}")]
    Passkey(&'static str),
    /// Something of ours broke, for example a task that was cancelled at shut-down.
    #[error("{0}")]
    Internal(&'static str),
}

impl Error {
    pub(crate) fn invalid(field: &'static str, de: &'static str, en: &'static str) -> Self {
        Self::Invalid { field, message: Text::new(de, en) }
    }

    pub(crate) fn conflict(de: &'static str, en: &'static str) -> Self {
        Self::Conflict(Text::new(de, en))
    }

    pub(crate) fn not_found(de: &'static str, en: &'static str) -> Self {
        Self::NotFound(Text::new(de, en))
    }
}

/// The result of everything here.
pub type Result<T, E = Error> = std::result::Result<T, E>;
