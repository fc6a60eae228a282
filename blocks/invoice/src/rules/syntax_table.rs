//! The notation for tables of rules that have one of the four shapes.

/// Makes a table of rules: `"UBL-CR-004" Warning DOCUMENT Forbidden "cbc:CopyIndicator";` per line, where
/// the third column is a context in scope. Business terms may follow, `["BT-12"]`, and the releases in
/// which the rule stands, `SINCE_2026_07`. Messages are made from shape, path and terms.
macro_rules! syntax_table {
    ($field:ident: $(
        $id:literal $severity:ident $context:ident $shape:ident $path:literal $([$($term:literal),*])? $($releases:ident)?;
    )*) => {
        /// The rules of this table.
        pub static RULES: &[$crate::rules::Rule] = &[$(
            $crate::rules::Rule {
                id: $id,
                severity: vir_core::Severity::$severity,
                terms: &[$($($term),*)?],
                releases: syntax_table!(@releases $($releases)?),
                $field: &[$crate::rules::Binding::shape(&$context, $crate::rules::Shape::$shape($path))],
                ..$crate::rules::Rule::NONE
            }
        ),*];
    };
    (@releases) => { $crate::rules::Releases::ALL };
    (@releases $releases:ident) => { $crate::rules::Releases::$releases };
}
pub(crate) use syntax_table;
