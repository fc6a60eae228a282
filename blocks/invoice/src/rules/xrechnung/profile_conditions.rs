//! The conditions that contexts of the Extension and of CVD have.

use crate::rules::Facts;
use crate::rules::eval::Eval;
use crate::xml::Element;

/// Is it an XRechnung Extension?
pub(super) fn is_extension(f: &Facts<'_>, _: Element<'_>) -> Eval<bool> {
    Ok(f.profile().is_extension)
}

/// Is it an XRechnung CVD?
pub(super) fn is_cvd(f: &Facts<'_>, _: Element<'_>) -> Eval<bool> {
    Ok(f.profile().is_cvd)
}
