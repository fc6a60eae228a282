//! What people may do at the desk.
//!
//! Invariant: every permission that the desk asks for is declared here, with the roles that have it from the start; the
//! table of the handbook is made from it.

use vir_auth::{BlockPermissions, DefaultRole as Role, Permission, PermissionInfo};
use vir_core::Phrase;

/// See invoices, their findings and their history; write comments.
pub const SEE: Permission = "invoice.see";
/// Hand invoices in: upload, import, API.
pub const RECEIVE: Permission = "invoice.receive";
/// Code invoices, ask suppliers, hold, reject, forward.
pub const CODE: Permission = "invoice.code";
/// Certify substance and arithmetic.
pub const CERTIFY: Permission = "invoice.certify";
/// Order payments, up to the grant's limit.
pub const ORDER: Permission = "invoice.order";
/// Hand over and record payments.
pub const PAY: Permission = "invoice.pay";
/// Write and send own invoices.
pub const SEND: Permission = "invoice.send";
/// See the figures.
pub const FIGURES: Permission = "invoice.figures";
/// Set the desk up: routing, cost centres, deadlines, mailboxes, finance system.
pub const CONFIGURE: Permission = "invoice.configure";

/// All of them.
pub const PERMISSIONS: BlockPermissions = BlockPermissions {
    title: Phrase::new("Rechnungseingang", "Invoice desk"),
    permissions: &[
        PermissionInfo {
            name: SEE,
            text: Phrase::new(
                "Rechnungen, Prüfberichte und Verlauf sehen, Kommentare schreiben",
                "See invoices, reports and history, write comments",
            ),
            roles: &[Role::Clerk, Role::Certifier, Role::Orderer, Role::Cashier, Role::Head, Role::Auditor],
            limited: false,
        },
        PermissionInfo {
            name: RECEIVE,
            text: Phrase::new("Rechnungen hochladen und einliefern", "Upload and hand in invoices"),
            roles: &[Role::Clerk, Role::Head],
            limited: false,
        },
        PermissionInfo {
            name: CODE,
            text: Phrase::new(
                "Rechnungen kontieren, weitergeben, anhalten, ablehnen, beim Lieferanten nachfragen",
                "Code, forward, hold and reject invoices, ask suppliers",
            ),
            roles: &[Role::Clerk, Role::Head],
            limited: false,
        },
        PermissionInfo {
            name: CERTIFY,
            text: Phrase::new("Sachliche und rechnerische Richtigkeit feststellen", "Certify substance and arithmetic"),
            roles: &[Role::Certifier],
            limited: false,
        },
        PermissionInfo {
            name: ORDER,
            text: Phrase::new("Zahlungen anordnen", "Order payments"),
            roles: &[Role::Orderer],
            limited: true,
        },
        PermissionInfo {
            name: PAY,
            text: Phrase::new("Zahlungen übergeben und vermerken", "Hand over and record payments"),
            roles: &[Role::Cashier],
            limited: false,
        },
        PermissionInfo {
            name: SEND,
            text: Phrase::new("Eigene Rechnungen schreiben und versenden", "Write and send own invoices"),
            roles: &[Role::Clerk, Role::Head],
            limited: false,
        },
        PermissionInfo {
            name: FIGURES,
            text: Phrase::new("Auswertungen sehen", "See the figures"),
            roles: &[Role::Head, Role::Auditor],
            limited: false,
        },
        PermissionInfo {
            name: CONFIGURE,
            text: Phrase::new(
                "Rechnungseingang einrichten: Zuordnung, Kostenstellen, Fristen, Postfächer, Finanzverfahren",
                "Set the desk up: routing, cost centres, deadlines, mailboxes, finance system",
            ),
            roles: &[Role::Head],
            limited: false,
        },
    ],
};
