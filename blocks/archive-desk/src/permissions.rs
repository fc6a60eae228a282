//! What people may do with records.
//!
//! A branch of the *Aktenplan* belongs to an organisation unit; permissions are asked for in that unit.
//!
//! Invariant: every permission that the desk asks for is declared here, with the roles that have it from the start; the
//! table of the handbook is made from it.

use vir_auth::{BlockPermissions, DefaultRole as Role, Permission, PermissionInfo};
use vir_core::Phrase;

/// See records, their documents, history and evidence.
pub const SEE: Permission = "archive.see";
/// See also what is classified *VS – Nur für den Dienstgebrauch*.
pub const SEE_RESTRICTED: Permission = "archive.see-restricted";
/// Begin records, file documents, close and reopen.
pub const FILE: Permission = "archive.file";
/// Write the *Aktenplan* and its rules.
pub const PLAN: Permission = "archive.plan";
/// Impose, prolong and lift legal holds.
pub const HOLD: Permission = "archive.hold";
/// Offer to the archive, hand over, sign for deletion.
pub const DISPOSE: Permission = "archive.dispose";
/// Appraise what is offered, and take over what is handed over.
pub const APPRAISE: Permission = "archive.appraise";
/// Scan batches and check them.
pub const SCAN: Permission = "archive.scan";
/// See what is kept about whom.
pub const REPORT: Permission = "archive.report";
/// Have evidence made and renewed, and the storage read and repaired.
pub const PRESERVE: Permission = "archive.preserve";

/// All of them.
pub const PERMISSIONS: BlockPermissions = BlockPermissions {
    title: Phrase::new("Akten und Archiv", "Records and archive"),
    permissions: &[
        info(
            SEE,
            Phrase::new(
                "Akten, Dokumente, Verlauf und Beweisnachweise sehen",
                "See records, documents, history and evidence",
            ),
            &[Role::Clerk, Role::Head, Role::Auditor, Role::Registry, Role::ScanStation],
        ),
        info(
            SEE_RESTRICTED,
            Phrase::new(
                "Auch Akten sehen, die als VS – Nur für den Dienstgebrauch eingestuft sind",
                "See also records that are classified as restricted",
            ),
            &[Role::Registry],
        ),
        info(
            FILE,
            Phrase::new(
                "Akten anlegen, Dokumente zu den Akten nehmen, z.d.A. verfügen, wieder aufnehmen",
                "Begin records, file documents, close and reopen",
            ),
            &[Role::Clerk, Role::Registry, Role::ScanStation],
        ),
        info(
            PLAN,
            Phrase::new("Aktenplan und Aufbewahrungsregeln pflegen", "Write the plan and its retention rules"),
            &[Role::Registry],
        ),
        info(
            HOLD,
            Phrase::new("Aufbewahrungssperren verhängen und aufheben", "Impose and lift legal holds"),
            &[Role::Registry, Role::Head],
        ),
        info(
            DISPOSE,
            Phrase::new(
                "Akten anbieten und abgeben, Löschungen zeichnen",
                "Offer and hand over records, sign for deletion",
            ),
            &[Role::Registry, Role::Head],
        ),
        info(
            APPRAISE,
            Phrase::new("Angebotene Akten bewerten und übernehmen", "Appraise and take over what is offered"),
            &[Role::Archivist],
        ),
        info(
            SCAN,
            Phrase::new("Stapel scannen und prüfen", "Scan and check batches"),
            &[Role::ScanStation, Role::Registry],
        ),
        info(
            REPORT,
            Phrase::new(
                "Auskunft: was über wen bis wann nach welcher Regel aufbewahrt wird",
                "Report: what is kept about whom, until when, by which rule",
            ),
            &[Role::Registry, Role::Auditor],
        ),
        info(
            PRESERVE,
            Phrase::new(
                "Beweisnachweise erzeugen und erneuern, Speicher prüfen und reparieren",
                "Have evidence made and renewed, storage read and repaired",
            ),
            &[Role::Registry, Role::Archivist, Role::Administrator],
        ),
    ],
};

const fn info(name: Permission, text: Phrase, roles: &'static [Role]) -> PermissionInfo {
    PermissionInfo { name, text, roles, limited: false }
}
