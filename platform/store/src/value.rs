//! Arguments and rows: the few types that both engines share.
//!
//! Invariant: a null carries its type, because PostgreSQL types each parameter of a prepared statement.

use sqlx::postgres::PgRow;
use sqlx::sqlite::SqliteRow;
use sqlx::{Column as _, Decode, Row as _, Type, TypeInfo as _, ValueRef as _};

use crate::{BlobId, Error, TenantId};

/// An argument of a statement. Made by `From`; see [`args!`](crate::args).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Value {
    /// TEXT
    Text(String),
    /// BIGINT
    Int(i64),
    /// BOOLEAN
    Bool(bool),
    /// BYTEA
    Bytes(Vec<u8>),
    /// NULL of a type
    Null(ValueType),
}

/// The types that columns have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ValueType {
    /// TEXT
    Text,
    /// BIGINT
    Int,
    /// BOOLEAN
    Bool,
    /// BYTEA
    Bytes,
}

/// A type that can be an argument, also as an `Option`.
pub trait Typed: Into<Value> {
    /// The column's type.
    const TYPE: ValueType;
}

macro_rules! typed {
    ($($from:ty => $variant:ident |$value:ident| $into:expr;)*) => {$(
        impl From<$from> for Value {
            fn from($value: $from) -> Value {
                Value::$variant($into)
            }
        }
        impl Typed for $from {
            const TYPE: ValueType = ValueType::$variant;
        }
    )*};
}

typed! {
    String => Text |value| value;
    &str => Text |value| value.to_owned();
    &String => Text |value| value.clone();
    std::borrow::Cow<'_, str> => Text |value| value.into_owned();
    &TenantId => Text |value| value.as_str().to_owned();
    TenantId => Text |value| value.as_str().to_owned();
    &BlobId => Text |value| value.as_str().to_owned();
    BlobId => Text |value| value.as_str().to_owned();
    jiff::civil::Date => Text |value| value.to_string();
    i64 => Int |value| value;
    i32 => Int |value| i64::from(value);
    u32 => Int |value| i64::from(value);
    u16 => Int |value| i64::from(value);
    u8 => Int |value| i64::from(value);
    &i64 => Int |value| *value;
    jiff::Timestamp => Int |value| value.as_microsecond();
    bool => Bool |value| value;
    &bool => Bool |value| *value;
    Vec<u8> => Bytes |value| value;
    &[u8] => Bytes |value| value.to_vec();
    bytes::Bytes => Bytes |value| value.to_vec();
}

impl<T: Typed> From<Option<T>> for Value {
    fn from(value: Option<T>) -> Value {
        value.map_or(Value::Null(T::TYPE), Into::into)
    }
}

impl<'a, T> From<&'a Option<T>> for Value
where
    &'a T: Typed,
{
    fn from(value: &'a Option<T>) -> Value {
        value.as_ref().into()
    }
}

/// The arguments of a statement, in the order of `$1`, `$2`, …
///
/// ```
/// # use vir_store::{args, Value, ValueType};
/// let number: Option<&str> = None;
/// let values = args![7i64, "text", true, number];
/// assert_eq!(values[3], Value::Null(ValueType::Text));
/// ```
#[macro_export]
macro_rules! args {
    ($($value:expr),* $(,)?) => {
        ::std::vec::Vec::<$crate::Value>::from([$($crate::Value::from($value)),*])
    };
}

/// A row of a result.
#[derive(Debug)]
pub struct Row(pub(crate) Fields);

pub(crate) enum Fields {
    Sqlite(SqliteRow),
    Postgres(PgRow),
}

impl std::fmt::Debug for Fields {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Fields::Sqlite(row) => f.debug_list().entries(row.columns().iter().map(|column| column.name())).finish(),
            Fields::Postgres(row) => f.debug_list().entries(row.columns().iter().map(|column| column.name())).finish(),
        }
    }
}

impl Row {
    /// A TEXT that is not null.
    pub fn text(&self, name: &str) -> Result<String, Error> {
        self.required(name)
    }

    /// A BIGINT that is not null. Counts are BIGINT; a sum must be cast: `cast(sum(x) as bigint)`.
    pub fn int(&self, name: &str) -> Result<i64, Error> {
        self.optional_int(name)?.ok_or_else(|| null(name))
    }

    /// A BOOLEAN that is not null.
    pub fn bool(&self, name: &str) -> Result<bool, Error> {
        self.required(name)
    }

    /// Bytes that are not null.
    pub fn bytes(&self, name: &str) -> Result<Vec<u8>, Error> {
        self.required(name)
    }

    /// A time (BIGINT, microseconds UTC) that is not null.
    pub fn time(&self, name: &str) -> Result<jiff::Timestamp, Error> {
        time(name, self.int(name)?)
    }

    /// A date (TEXT, `YYYY-MM-DD`) that is not null.
    pub fn date(&self, name: &str) -> Result<jiff::civil::Date, Error> {
        date(name, &self.text(name)?)
    }

    /// A TEXT or null.
    pub fn optional_text(&self, name: &str) -> Result<Option<String>, Error> {
        self.field(name)
    }

    /// A BIGINT or null.
    pub fn optional_int(&self, name: &str) -> Result<Option<i64>, Error> {
        // A literal or a count of a subquery may be a narrower integer on PostgreSQL.
        if let Fields::Postgres(row) = &self.0 {
            let raw = row.try_get_raw(name).map_err(|source| Error::Column { name: name.to_owned(), source })?;
            match raw.type_info().name() {
                "INT4" => return self.field::<i32>(name).map(|value| value.map(i64::from)),
                "INT2" => return self.field::<i16>(name).map(|value| value.map(i64::from)),
                _ => {}
            }
        }
        self.field(name)
    }

    /// A BOOLEAN or null.
    pub fn optional_bool(&self, name: &str) -> Result<Option<bool>, Error> {
        self.field(name)
    }

    /// Bytes or null.
    pub fn optional_bytes(&self, name: &str) -> Result<Option<Vec<u8>>, Error> {
        self.field(name)
    }

    /// A time or null.
    pub fn optional_time(&self, name: &str) -> Result<Option<jiff::Timestamp>, Error> {
        self.optional_int(name)?.map(|value| time(name, value)).transpose()
    }

    /// A date or null.
    pub fn optional_date(&self, name: &str) -> Result<Option<jiff::civil::Date>, Error> {
        self.optional_text(name)?.map(|value| date(name, &value)).transpose()
    }

    fn required<T: Field>(&self, name: &str) -> Result<T, Error> {
        self.field::<T>(name)?.ok_or_else(|| null(name))
    }

    fn field<T: Field>(&self, name: &str) -> Result<Option<T>, Error> {
        match &self.0 {
            Fields::Sqlite(row) => row.try_get::<Option<T>, _>(name),
            Fields::Postgres(row) => row.try_get::<Option<T>, _>(name),
        }
        .map_err(|source| Error::Column { name: name.to_owned(), source })
    }
}

trait Field:
    for<'r> Decode<'r, sqlx::Sqlite> + for<'r> Decode<'r, sqlx::Postgres> + Type<sqlx::Sqlite> + Type<sqlx::Postgres>
{
}
impl<T> Field for T where
    T: for<'r> Decode<'r, sqlx::Sqlite>
        + for<'r> Decode<'r, sqlx::Postgres>
        + Type<sqlx::Sqlite>
        + Type<sqlx::Postgres>
{
}

fn null(name: &str) -> Error {
    Error::Column { name: name.to_owned(), source: sqlx::Error::Decode("null, but a value is needed".into()) }
}

fn time(name: &str, microseconds: i64) -> Result<jiff::Timestamp, Error> {
    jiff::Timestamp::from_microsecond(microseconds)
        .map_err(|error| Error::Column { name: name.to_owned(), source: sqlx::Error::Decode(error.into()) })
}

fn date(name: &str, text: &str) -> Result<jiff::civil::Date, Error> {
    text.parse().map_err(|error: jiff::Error| Error::Column {
        name: name.to_owned(),
        source: sqlx::Error::Decode(error.into()),
    })
}
