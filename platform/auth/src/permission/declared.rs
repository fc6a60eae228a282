//! What blocks declare: their permissions, and which default roles have them.
//!
//! Invariant: a default role's permissions are computed from the declarations and never stored,
//! so a new permission of a new version reaches every tenant without a migration.

use std::collections::{BTreeMap, BTreeSet};

use vir_core::Phrase;

use crate::RoleId;

/// The name of a permission: `block.verb`.
pub type Permission = &'static str;

/// People, units, roles, grants, tokens and settings of a tenant. Opens no invoice.
pub const ADMINISTER: Permission = "platform.administer";
/// Read the audit log.
pub const AUDIT: Permission = "platform.audit";

/// A permission as its block declares it.
#[derive(Debug, Clone, Copy)]
pub struct PermissionInfo {
    /// The name in code, API scopes and the database.
    pub name: Permission,
    /// What it allows, for people: "Rechnungen kontieren".
    pub text: Phrase,
    /// The default roles that have it.
    pub roles: &'static [DefaultRole],
    /// Does the amount limit of a grant matter for it?
    pub limited: bool,
}

/// The permissions of a block.
#[derive(Debug, Clone, Copy)]
pub struct BlockPermissions {
    /// What the block is called.
    pub title: Phrase,
    /// Its permissions.
    pub permissions: &'static [PermissionInfo],
}

/// The platform's own permissions.
pub const PLATFORM: BlockPermissions = BlockPermissions {
    title: Phrase::new("Verwaltung des Systems", "Administration of the system"),
    permissions: &[
        PermissionInfo {
            name: ADMINISTER,
            text: Phrase::new(
                "Personen, Gruppen, Rollen, Organisationseinheiten und Einstellungen verwalten",
                "Administer people, groups, roles, organisation units and settings",
            ),
            roles: &[DefaultRole::Administrator],
            limited: false,
        },
        PermissionInfo {
            name: AUDIT,
            text: Phrase::new("Das Protokoll lesen", "Read the audit log"),
            roles: &[DefaultRole::Auditor],
            limited: false,
        },
    ],
};

/// The roles that every tenant has from the start.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum DefaultRole {
    /// *Sachbearbeitung*: sees and codes the invoices of the own unit.
    Clerk,
    /// *Feststellung*: certifies that an invoice is right in substance and in arithmetic.
    Certifier,
    /// *Anordnung*: orders the payment, up to the grant's limit.
    Orderer,
    /// *Kasse*: pays what is ordered.
    Cashier,
    /// *Leitung Finanzen*: sees everything, the figures and the desk's settings.
    Head,
    /// *Administration*: people, units, roles. Sees no invoice.
    Administrator,
    /// *Revision*: reads everything, and the audit log; changes nothing.
    Auditor,
    /// *Registratur*: keeps the *Aktenplan* and the records, offers what is due, signs for deletion.
    Registry,
    /// *Archiv*: appraises what is offered and takes over what is of lasting value.
    Archivist,
    /// *Scanstelle*: scans paper that is then destroyed.
    ScanStation,
}

impl DefaultRole {
    /// All: first those on the way of an invoice, then those of records.
    pub const ALL: [Self; 10] = [
        Self::Clerk,
        Self::Certifier,
        Self::Orderer,
        Self::Cashier,
        Self::Head,
        Self::Administrator,
        Self::Auditor,
        Self::Registry,
        Self::Archivist,
        Self::ScanStation,
    ];

    /// The role's stable identifier in grants.
    #[must_use]
    pub fn key(self) -> &'static str {
        match self {
            Self::Clerk => "clerk",
            Self::Certifier => "certifier",
            Self::Orderer => "orderer",
            Self::Cashier => "cashier",
            Self::Head => "head",
            Self::Administrator => "administrator",
            Self::Auditor => "auditor",
            Self::Registry => "registry",
            Self::Archivist => "archivist",
            Self::ScanStation => "scan-station",
        }
    }

    /// The role's identifier in grants.
    #[must_use]
    pub fn id(self) -> RoleId {
        RoleId::from(self.key())
    }

    /// What people call it.
    #[must_use]
    pub fn title(self) -> Phrase {
        match self {
            Self::Clerk => Phrase::new("Sachbearbeitung", "Clerk"),
            Self::Certifier => Phrase::new("Feststellung", "Certification"),
            Self::Orderer => Phrase::new("Anordnung", "Ordering"),
            Self::Cashier => Phrase::new("Kasse", "Cash office"),
            Self::Head => Phrase::new("Leitung Finanzen", "Head of finance"),
            Self::Administrator => Phrase::new("Administration", "Administration"),
            Self::Auditor => Phrase::new("Revision", "Audit"),
            Self::Registry => Phrase::new("Registratur", "Registry"),
            Self::Archivist => Phrase::new("Archiv", "Archive"),
            Self::ScanStation => Phrase::new("Scanstelle", "Scan station"),
        }
    }

    /// What it is for, in a sentence.
    #[must_use]
    pub fn purpose(self) -> Phrase {
        match self {
            Self::Clerk => Phrase::new(
                "Sieht und kontiert Rechnungen der eigenen Organisationseinheit, fragt beim Lieferanten nach.",
                "Sees and codes invoices of the own unit, asks suppliers back.",
            ),
            Self::Certifier => Phrase::new(
                "Stellt die sachliche und rechnerische Richtigkeit fest.",
                "Certifies that an invoice is right in substance and in arithmetic.",
            ),
            Self::Orderer => Phrase::new(
                "Ordnet Zahlungen an, auf Wunsch nur bis zu einem Betrag.",
                "Orders payments, where wanted only up to an amount.",
            ),
            Self::Cashier => Phrase::new(
                "Übergibt angeordnete Zahlungen und bucht Zahlungseingänge und -ausgänge.",
                "Hands ordered payments over and confirms what is paid.",
            ),
            Self::Head => Phrase::new(
                "Sieht alle Rechnungen und Auswertungen, richtet den Rechnungseingang ein.",
                "Sees all invoices and figures, sets the invoice desk up.",
            ),
            Self::Administrator => Phrase::new(
                "Verwaltet Personen, Organisationseinheiten und Rechte; sieht dadurch keine Rechnungen.",
                "Administers people, units and rights; does not thereby see invoices.",
            ),
            Self::Auditor => Phrase::new(
                "Liest alle Rechnungen und das Protokoll, ändert nichts.",
                "Reads all invoices and the audit log, changes nothing.",
            ),
            Self::Registry => Phrase::new(
                "Führt Aktenplan und Akten, bietet dem Archiv an, was fällig ist, und zeichnet Löschungen.",
                "Keeps the plan and the records, offers to the archive what is due, signs for deletion.",
            ),
            Self::Archivist => Phrase::new(
                "Bewertet, was angeboten wird, und übernimmt, was bleibenden Wert hat.",
                "Appraises what is offered and takes over what is of lasting value.",
            ),
            Self::ScanStation => Phrase::new(
                "Scannt Papier, das danach vernichtet wird, und prüft die Ergebnisse.",
                "Scans paper that is then destroyed, and checks the results.",
            ),
        }
    }

    /// The role with this identifier.
    #[must_use]
    pub fn of(id: &RoleId) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.key() == id.as_str())
    }
}

/// All permissions that this program knows: those of the platform and those of its blocks.
#[derive(Debug, Clone)]
pub struct Catalogue {
    blocks: Vec<BlockPermissions>,
    known: BTreeMap<&'static str, PermissionInfo>,
}

impl Catalogue {
    /// The platform's permissions and those of `blocks`.
    #[must_use]
    pub fn new(blocks: &[BlockPermissions]) -> Self {
        let blocks: Vec<_> = std::iter::once(PLATFORM).chain(blocks.iter().copied()).collect();
        let known = blocks.iter().flat_map(|block| block.permissions).map(|info| (info.name, *info)).collect();
        Self { blocks, known }
    }

    /// Block by block.
    #[must_use]
    pub fn blocks(&self) -> &[BlockPermissions] {
        &self.blocks
    }

    /// The permission of this name. Names that no block declares (any more) mean nothing.
    #[must_use]
    pub fn permission(&self, name: &str) -> Option<&PermissionInfo> {
        self.known.get(name)
    }

    /// What a default role may do.
    #[must_use]
    pub fn of_role(&self, role: DefaultRole) -> BTreeSet<Permission> {
        self.known.values().filter(|info| info.roles.contains(&role)).map(|info| info.name).collect()
    }
}
