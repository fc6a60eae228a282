//! The notation for tables of rules that are tested by functions.

/// Makes a table of rules. An entry is: identifier, severity, who acts, terms; what is wrong in
/// German and in English; how to repair it in both; then its tests, each `ubl CONTEXT: test;` or
/// `cii CONTEXT: test;`, where the context may be followed by the path to point at:
/// `ubl PARTY [cbc:EndpointID]: test;`. The modules `ubl` and `cii` in scope hold the contexts.
macro_rules! rule_table {
    ($(
        $id:literal $severity:ident $actor:ident [$($term:literal)*]
        $de:literal $en:literal
        $fix_de:literal $fix_en:literal
        $(ubl $ubl_context:ident $([$($up:ident : $ul:ident)/+])? : $ubl_test:expr;)*
        $(cii $cii_context:ident $([$($cp:ident : $cl:ident)/+])? : $cii_test:expr;)*
    )*) => {
        /// The rules of this family.
        pub static RULES: &[$crate::rules::Rule] = &[$(
            $crate::rules::Rule {
                id: $id,
                severity: vir_core::Severity::$severity,
                terms: &[$($term),*],
                actor: vir_core::Actor::$actor,
                message: vir_core::Phrase::new($de, $en),
                repair: vir_core::Phrase::new($fix_de, $fix_en),
                releases: $crate::rules::Releases::ALL,
                ubl: &[$(
                    $crate::rules::Binding::new(&ubl::$ubl_context, $ubl_test)
                        $(.at($crate::path!($($up : $ul)/+)))?
                ),*],
                cii: &[$(
                    $crate::rules::Binding::new(&cii::$cii_context, $cii_test)
                        $(.at($crate::path!($($cp : $cl)/+)))?
                ),*],
            }
        ),*];
    };
}
pub(crate) use rule_table;

/// Makes constants of rules without tests, for rules that stand in several layers: name, identifier,
/// who acts, terms; what is wrong in German and in English; how to repair it in both.
macro_rules! rule_texts {
    ($($name:ident $id:literal $actor:ident [$($term:literal)*] $de:literal $en:literal $fix_de:literal $fix_en:literal)*) => {$(
        #[doc = $id]
        pub(crate) const $name: $crate::rules::Rule = $crate::rules::Rule {
            id: $id,
            severity: vir_core::Severity::Error,
            terms: &[$($term),*],
            actor: vir_core::Actor::$actor,
            message: vir_core::Phrase::new($de, $en),
            repair: vir_core::Phrase::new($fix_de, $fix_en),
            ..$crate::rules::Rule::NONE
        };
    )*};
}
pub(crate) use rule_texts;
