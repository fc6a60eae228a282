//! The macro with which a section of the configuration is written: a struct, its defaults, and its
//! part of the reference in the operator guide, from one text.
//!
//! Invariant: there is no setting without a description and a default.

/// One setting, for the reference and for the names in the environment.
#[derive(Debug, Clone, Copy)]
pub struct Setting {
    /// The section; empty at the top.
    pub section: &'static str,
    /// The key.
    pub key: &'static str,
    /// What it is, in German.
    pub text: &'static str,
    /// An example, or the default, as it stands in the file.
    pub example: &'static str,
}

impl Setting {
    /// The variable of the environment that overrides it: `VIR_LIMITS_REQUEST_BYTES`.
    #[must_use]
    pub fn variable(&self) -> String {
        let name = if self.section.is_empty() { self.key.to_owned() } else { format!("{}_{}", self.section, self.key) };
        format!("VIR_{}", name.to_ascii_uppercase().replace('-', "_"))
    }
}

/// A section: `section "de title"; /// doc  field: type = default, "example", "German text";`
macro_rules! section {
    (
        $(#[doc = $doc:literal])+ $name:ident in $section:literal;
        $( $(#[doc = $field_doc:literal])+ $field:ident: $kind:ty = $default:expr, $example:literal, $text:literal; )+
    ) => {
        $(#[doc = $doc])+
        #[derive(Debug, Clone, serde::Deserialize, serde::Serialize)]
        #[serde(default, deny_unknown_fields)]
        pub struct $name {
            $( $(#[doc = $field_doc])+ pub $field: $kind, )+
        }

        impl Default for $name {
            fn default() -> Self {
                Self { $( $field: $default, )+ }
            }
        }

        impl $name {
            /// Its settings, for the reference.
            pub const SETTINGS: &'static [crate::config::Setting] = &[
                $( crate::config::Setting { section: $section, key: stringify!($field), text: $text, example: $example }, )+
            ];
        }
    };
}

pub(super) use section;
