//! Airbyte's type system: what a record schema means to a destination's column.
//!
//! Source of the mapping: Airbyte's "supported data types" page and the bulk CDK's reading of JSON schemas.

use std::collections::BTreeSet;
use std::fmt;

use serde::Serialize;
use serde_json::Value;

use super::SchemaNode;

/// One type a value can have. `Array` and `Object` stand for themselves; what is inside them is compared apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Scalar {
    /// `type: string`, with no format a destination knows.
    String,
    /// `type: boolean`.
    Boolean,
    /// A string with `format: date`.
    Date,
    /// A string with `format: date-time`; without an `airbyte_type` this is meant.
    TimestampWithTimezone,
    /// The same with `airbyte_type: timestamp_without_timezone`.
    TimestampWithoutTimezone,
    /// A string with `format: time`.
    TimeWithTimezone,
    /// The same with `airbyte_type: time_without_timezone`.
    TimeWithoutTimezone,
    /// `type: integer`, or a number with `airbyte_type: integer`.
    Integer,
    /// `type: number`.
    Number,
    /// A string with `airbyte_type: big_integer` (legacy).
    BigInteger,
    /// A string with `contentEncoding: base64` (legacy).
    Binary,
    /// `type: array`.
    Array,
    /// `type: object`.
    Object,
}

impl Scalar {
    /// The name Airbyte's documentation uses.
    pub fn name(self) -> &'static str {
        match self {
            Self::String => "string",
            Self::Boolean => "boolean",
            Self::Date => "date",
            Self::TimestampWithTimezone => "timestamp_with_timezone",
            Self::TimestampWithoutTimezone => "timestamp_without_timezone",
            Self::TimeWithTimezone => "time_with_timezone",
            Self::TimeWithoutTimezone => "time_without_timezone",
            Self::Integer => "integer",
            Self::Number => "number",
            Self::BigInteger => "big_integer",
            Self::Binary => "binary",
            Self::Array => "array",
            Self::Object => "object",
        }
    }

    /// Whether this is a date, a time or a timestamp.
    pub fn is_temporal(self) -> bool {
        matches!(
            self,
            Self::Date
                | Self::TimestampWithTimezone
                | Self::TimestampWithoutTimezone
                | Self::TimeWithTimezone
                | Self::TimeWithoutTimezone
        )
    }

    /// Whether this is an object or an array.
    pub fn is_container(self) -> bool {
        matches!(self, Self::Array | Self::Object)
    }
}

/// The type of a field: no member means unknown, more than one a union. `null` is kept apart, since destinations
/// treat every column as nullable.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct AirbyteType {
    /// The types other than `null`.
    pub members: BTreeSet<Scalar>,
    /// Whether `null` is allowed by name.
    pub nullable: bool,
}

impl AirbyteType {
    /// What this very node says with `type`, or with `properties` or `items` where it has no `type`. Unions by
    /// keyword (`oneOf`, `anyOf`, `allOf`) are the caller's to join.
    pub fn of_node(node: SchemaNode<'_>) -> Self {
        let Some(schema) = node.value().as_object() else { return Self::default() };
        let mut found = Self::default();
        let mut add = |name: &str| match name {
            "null" => found.nullable = true,
            "string" => {
                found.members.insert(string_type(node.value()));
            }
            "boolean" => {
                found.members.insert(Scalar::Boolean);
            }
            "integer" => {
                found.members.insert(Scalar::Integer);
            }
            "number" => {
                found.members.insert(match node.value()["airbyte_type"].as_str() {
                    Some("integer") => Scalar::Integer,
                    _ => Scalar::Number,
                });
            }
            "array" => {
                found.members.insert(Scalar::Array);
            }
            "object" => {
                found.members.insert(Scalar::Object);
            }
            _ => {}
        };
        match schema.get("type") {
            Some(Value::String(name)) => add(name),
            Some(Value::Array(names)) => names.iter().filter_map(Value::as_str).for_each(add),
            Some(_) => {}
            None if schema.contains_key("properties") => add("object"),
            None if schema.contains_key("items") => add("array"),
            None => {}
        }
        // A number column holds every integer: listing both adds nothing.
        if found.members.contains(&Scalar::Number) {
            found.members.remove(&Scalar::Integer);
        }
        found
    }

    /// Adds what another alternative of a union allows.
    pub fn join(&mut self, other: Self) {
        self.nullable |= other.nullable;
        self.members.extend(other.members);
    }

    /// The one type, if there is exactly one.
    pub fn single(&self) -> Option<Scalar> {
        let mut members = self.members.iter();
        members.next().copied().filter(|_| members.next().is_none())
    }

    /// Whether the schema does not say which type.
    pub fn is_unknown(&self) -> bool {
        self.members.is_empty()
    }

    /// Whether there are two or more types.
    pub fn is_union(&self) -> bool {
        self.members.len() > 1
    }
}

fn string_type(schema: &Value) -> Scalar {
    let hint = schema["airbyte_type"].as_str();
    match (schema["format"].as_str(), hint) {
        (Some("date"), _) => Scalar::Date,
        (Some("date-time"), Some("timestamp_without_timezone")) => Scalar::TimestampWithoutTimezone,
        (Some("date-time"), _) => Scalar::TimestampWithTimezone,
        (Some("time"), Some("time_without_timezone")) => Scalar::TimeWithoutTimezone,
        (Some("time"), _) => Scalar::TimeWithTimezone,
        (_, Some("big_integer")) => Scalar::BigInteger,
        _ if schema["contentEncoding"] == "base64" => Scalar::Binary,
        _ => Scalar::String,
    }
}

impl fmt::Display for AirbyteType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.members.is_empty() {
            return f.write_str("unknown");
        }
        let names: Vec<&str> = self.members.iter().map(|member| member.name()).collect();
        f.write_str(&names.join(" or "))
    }
}
