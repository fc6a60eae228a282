//! Identifiers: newtypes, because a person is no unit even where both are text.
//!
//! Invariant: an identifier is opaque; nothing is read out of its text.

use std::fmt;

use serde::{Deserialize, Serialize};

macro_rules! id {
    ($($(#[$doc:meta])* $name:ident;)*) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(String);

        impl $name {
            /// The identifier as text.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl From<String> for $name {
            fn from(text: String) -> Self {
                Self(text)
            }
        }

        impl From<&str> for $name {
            fn from(text: &str) -> Self {
                Self(text.to_owned())
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl AsRef<str> for $name {
            fn as_ref(&self) -> &str {
                &self.0
            }
        }

        impl From<$name> for vir_store::Value {
            fn from(id: $name) -> Self {
                Self::Text(id.0)
            }
        }

        impl From<&$name> for vir_store::Value {
            fn from(id: &$name) -> Self {
                Self::Text(id.0.clone())
            }
        }
    )*};
}

id! {
    /// Somebody with an account, or a technical user.
    PersonId;
    /// An organisation unit: the municipality itself, an office, a team.
    UnitId;
    /// A role: one of ours ([`DefaultRole`](crate::DefaultRole)) or the tenant's own.
    RoleId;
    /// A group of people.
    GroupId;
    /// One grant.
    GrantId;
    /// One deputy's term.
    DeputyId;
    /// A session, as its owner sees it in the list; not the secret.
    SessionId;
    /// An API token, as its owner sees it in the list; not the secret.
    TokenId;
    /// A passkey, as its owner sees it in the list.
    PasskeyId;
}
