//! Who is asking, and what they may do.
//!
//! Accounts, sessions, API tokens, OpenID Connect and passkeys say who somebody is; units, roles,
//! grants and deputies say what they may do. This crate knows no HTTP server and no HTML.
//!
//! Invariant: nobody is somebody without proof, and nobody may do anything without a grant.

mod ids;
mod permission;

pub use ids::{DeputyId, GrantId, GroupId, PasskeyId, PersonId, RoleId, SessionId, TokenId, UnitId};
pub use permission::{
    ADMINISTER, AUDIT, BlockPermissions, By, Catalogue, DefaultRole, Deputy, Directory, Grant, Group, Limit, PLATFORM,
    Permission, PermissionInfo, Person, PersonKind, Principal, Role, RoleName, StoredGrant, To, Unit, UnitScope,
    UnitTree, permission_table,
};
