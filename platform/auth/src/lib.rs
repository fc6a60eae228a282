//! Who is asking, and what they may do.
//!
//! Accounts, sessions, API tokens, OpenID Connect and passkeys say who somebody is; units, roles,
//! grants and deputies say what they may do. This crate knows no HTTP server and no HTML.
//!
//! [`Auth`] is the way in: it turns a cookie or a token into a [`Principal`], a value that answers
//! every question about rights without another look into the database.
//!
//! Invariant: nobody is somebody without proof, and nobody may do anything without a grant.

mod auth;
mod error;
mod ids;
mod load;
mod oidc;
mod passkey;
pub mod password;
mod people;
mod permission;
mod profile;
mod rate;
mod rights;
mod secret;
mod session;
mod setup;
mod token;
mod vault;

pub use auth::{Auth, Config, MIGRATIONS};
pub use error::{Error, Result};
pub use ids::{DeputyId, GrantId, GroupId, PasskeyId, PersonId, RoleId, SessionId, TokenId, UnitId};
pub use oidc::{Arrival, Departure, Provider};
pub use passkey::{Assertion, PasskeyInfo, Registration, RelyingParty};
pub use people::{AccessLink, Account, LinkInfo, NewPerson};
pub use permission::{
    ADMINISTER, AUDIT, BlockPermissions, By, Catalogue, DefaultRole, Deputy, Directory, Grant, Group, Limit, PLATFORM,
    Permission, PermissionInfo, Person, PersonKind, Principal, Role, RoleName, StoredGrant, To, Unit, UnitScope,
    UnitTree, permission_table,
};
pub use profile::{Profile, State, leitweg_ids, read_profile};
pub use rate::RateLimits;
pub use secret::Secret;
pub use session::{Means, SESSION_COOKIE, SessionInfo, SignedIn};
pub use setup::{Founding, SetupLink};
pub use token::{NewToken, TokenInfo};
pub use vault::Vault;
