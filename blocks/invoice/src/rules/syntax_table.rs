//! The notation for tables of rules that have one of the four shapes.

/// Makes a table of rules: `"UBL-CR-001" Warning DOCUMENT Forbidden "ext:UBLExtensions";` per line, where
/// the third column is a context in scope. Their messages are made from shape and path.
macro_rules! syntax_table {
    ($field:ident: $($id:literal $severity:ident $context:ident $shape:ident $path:literal $($releases:ident)?;)*) => {
        /// The rules of this table.
        pub static RULES: &[$crate::rules::Rule] = &[$(
            $crate::rules::Rule {
                id: $id,
                severity: vir_core::Severity::$severity,
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
