//! Who may do what, and where: the model of permissions, without input or output.
//!
//! A *permission* is a name that a block declares (`invoice.code`). A *role* is a set of them. A
//! *grant* gives a role to a person or a group, for an organisation unit and all below it, with
//! an amount limit where wanted. A *deputy* has, from one day to another, what somebody else was
//! granted. All of a tenant's rights are a [`Directory`]; what they come to for one person on one
//! day is a [`Principal`], and that is all that the rest of the program asks.
//!
//! Invariant: what is not granted is forbidden. There is no permission that includes another, and
//! no account that may do everything: whoever administers does not thereby see invoices.

mod amount;
mod declared;
mod directory;
mod grant;
mod principal;
mod table;
mod tree;

pub use amount::Limit;
pub use declared::{ADMINISTER, AUDIT, BlockPermissions, Catalogue, DefaultRole, PLATFORM, Permission, PermissionInfo};
pub use directory::{Deputy, Directory, Group, Person, PersonKind, Role, RoleName, StoredGrant, To};
pub use grant::Grant;
pub use principal::{By, Principal, UnitScope};
pub use table::permission_table;
pub use tree::{Unit, UnitTree};
