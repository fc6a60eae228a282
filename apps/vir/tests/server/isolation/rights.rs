//! Who may do what, said once more and as simply as possible: sets of (permission, unit), a tree of five
//! units as a list of parents, and the roles as the handbook describes them.
//!
//! Invariant: nothing here comes from the code under test.

/// A permission in a unit and all below it.
pub type Right = (&'static str, usize);

/// Units by number: 1 is the municipality; 0 stands for "no unit yet".
pub const PARENT: [usize; 6] = [0, 0, 1, 2, 1, 4];
pub const ROOT: usize = 1;
pub const UNITS: [usize; 6] = [0, 1, 2, 3, 4, 5];

pub const ADMINISTER: &str = "platform.administer";
pub const AUDIT: &str = "platform.audit";
pub const SEE: &str = "invoice.see";
pub const RECEIVE: &str = "invoice.receive";
pub const CODE: &str = "invoice.code";
pub const CERTIFY: &str = "invoice.certify";
pub const ORDER: &str = "invoice.order";
pub const PAY: &str = "invoice.pay";
pub const SEND: &str = "invoice.send";
pub const FIGURES: &str = "invoice.figures";
pub const CONFIGURE: &str = "invoice.configure";
pub const ARCHIVE_SEE: &str = "archive.see";
pub const ARCHIVE_RESTRICTED: &str = "archive.see-restricted";
pub const ARCHIVE_FILE: &str = "archive.file";
pub const ARCHIVE_PLAN: &str = "archive.plan";
pub const ARCHIVE_HOLD: &str = "archive.hold";
pub const ARCHIVE_DISPOSE: &str = "archive.dispose";
pub const ARCHIVE_APPRAISE: &str = "archive.appraise";
pub const ARCHIVE_SCAN: &str = "archive.scan";
pub const ARCHIVE_REPORT: &str = "archive.report";
pub const ARCHIVE_PRESERVE: &str = "archive.preserve";

pub const ALL: [&str; 21] = [
    ADMINISTER,
    AUDIT,
    SEE,
    RECEIVE,
    CODE,
    CERTIFY,
    ORDER,
    PAY,
    SEND,
    FIGURES,
    CONFIGURE,
    ARCHIVE_SEE,
    ARCHIVE_RESTRICTED,
    ARCHIVE_FILE,
    ARCHIVE_PLAN,
    ARCHIVE_HOLD,
    ARCHIVE_DISPOSE,
    ARCHIVE_APPRAISE,
    ARCHIVE_SCAN,
    ARCHIVE_REPORT,
    ARCHIVE_PRESERVE,
];

/// What lets somebody see the things that this permission is about.
pub fn sight(permission: &str) -> &'static str {
    if permission.starts_with("archive.") { ARCHIVE_SEE } else { SEE }
}

/// The standard roles.
pub const ROLES: [(&str, &[&str]); 10] = [
    ("clerk", &[SEE, RECEIVE, CODE, SEND, ARCHIVE_SEE, ARCHIVE_FILE]),
    ("certifier", &[SEE, CERTIFY]),
    ("orderer", &[SEE, ORDER]),
    ("cashier", &[SEE, PAY]),
    ("head", &[SEE, RECEIVE, CODE, SEND, FIGURES, CONFIGURE, ARCHIVE_SEE, ARCHIVE_HOLD, ARCHIVE_DISPOSE]),
    ("administrator", &[ADMINISTER, ARCHIVE_PRESERVE]),
    ("auditor", &[SEE, AUDIT, FIGURES, ARCHIVE_SEE, ARCHIVE_REPORT]),
    (
        "registry",
        &[
            ARCHIVE_SEE,
            ARCHIVE_RESTRICTED,
            ARCHIVE_FILE,
            ARCHIVE_PLAN,
            ARCHIVE_HOLD,
            ARCHIVE_DISPOSE,
            ARCHIVE_REPORT,
            ARCHIVE_SCAN,
            ARCHIVE_PRESERVE,
        ],
    ),
    ("archivist", &[ARCHIVE_APPRAISE, ARCHIVE_PRESERVE]),
    ("scan-station", &[ARCHIVE_SEE, ARCHIVE_FILE, ARCHIVE_SCAN]),
];

/// Does `unit` lie in `top`?
pub fn within(mut unit: usize, top: usize) -> bool {
    while unit != 0 {
        if unit == top {
            return true;
        }
        unit = PARENT[unit];
    }
    false
}

/// In this unit; what has no unit yet belongs to those who may everywhere.
pub fn may(rights: &[Right], permission: &str, unit: usize) -> bool {
    rights.iter().any(|(has, top)| *has == permission && if unit == 0 { *top == ROOT } else { within(unit, *top) })
}

pub fn anywhere(rights: &[Right], permission: &str) -> bool {
    rights.iter().any(|(has, _)| *has == permission)
}

pub fn everywhere(rights: &[Right], permission: &str) -> bool {
    rights.iter().any(|(has, top)| *has == permission && *top == ROOT)
}

/// What a token for these permissions in this unit has of its person's rights.
pub fn narrowed(rights: &[Right], permissions: &[&str], unit: Option<usize>) -> Vec<Right> {
    let mut left = Vec::new();
    for (permission, top) in rights.iter().filter(|(permission, _)| permissions.contains(permission)) {
        match unit {
            None => left.push((*permission, *top)),
            Some(unit) if within(unit, *top) => left.push((*permission, unit)),
            Some(unit) if within(*top, unit) => left.push((*permission, *top)),
            Some(_) => {}
        }
    }
    left
}
