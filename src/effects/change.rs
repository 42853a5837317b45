//! A difference as a destination sees it: the type of a column, a column, a key or a table changes.

use serde::Deserialize;
use serde_json::Value;

use crate::diff::{CatalogChange, Change, Delta};
use crate::model::{AirbyteType, Fragment, Scalar, Sides};

/// The type of a field, as far as destinations tell types apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FieldType {
    /// A text, with no format a destination knows.
    String,
    /// True or false.
    Boolean,
    /// A whole number.
    Integer,
    /// A number.
    Number,
    /// A date.
    Date,
    /// A timestamp with an offset.
    TimestampWithTimezone,
    /// A timestamp without one.
    TimestampWithoutTimezone,
    /// A time of day with an offset.
    TimeWithTimezone,
    /// A time of day without one.
    TimeWithoutTimezone,
    /// A list.
    Array,
    /// An object.
    Object,
    /// Two or more types.
    Union,
    /// No type that can be read.
    Unknown,
}

impl FieldType {
    /// All of them, in the order of the grid.
    pub const ALL: [Self; 13] = [
        Self::String,
        Self::Boolean,
        Self::Integer,
        Self::Number,
        Self::Date,
        Self::TimestampWithTimezone,
        Self::TimestampWithoutTimezone,
        Self::TimeWithTimezone,
        Self::TimeWithoutTimezone,
        Self::Array,
        Self::Object,
        Self::Union,
        Self::Unknown,
    ];

    /// The name Airbyte's documentation uses.
    pub fn name(self) -> &'static str {
        match self {
            Self::String => Scalar::String.name(),
            Self::Boolean => Scalar::Boolean.name(),
            Self::Integer => Scalar::Integer.name(),
            Self::Number => Scalar::Number.name(),
            Self::Date => Scalar::Date.name(),
            Self::TimestampWithTimezone => Scalar::TimestampWithTimezone.name(),
            Self::TimestampWithoutTimezone => Scalar::TimestampWithoutTimezone.name(),
            Self::TimeWithTimezone => Scalar::TimeWithTimezone.name(),
            Self::TimeWithoutTimezone => Scalar::TimeWithoutTimezone.name(),
            Self::Array => Scalar::Array.name(),
            Self::Object => Scalar::Object.name(),
            Self::Union => "union",
            Self::Unknown => "unknown",
        }
    }

    fn of(kind: &AirbyteType) -> Self {
        match kind.single() {
            Some(scalar) => Self::of_scalar(scalar),
            None if kind.is_union() => Self::Union,
            None => Self::Unknown,
        }
    }

    fn of_scalar(scalar: Scalar) -> Self {
        match scalar {
            // Destinations do not know the two legacy types, which are spelled as texts.
            Scalar::String | Scalar::BigInteger | Scalar::Binary => Self::String,
            Scalar::Boolean => Self::Boolean,
            Scalar::Integer => Self::Integer,
            Scalar::Number => Self::Number,
            Scalar::Date => Self::Date,
            Scalar::TimestampWithTimezone => Self::TimestampWithTimezone,
            Scalar::TimestampWithoutTimezone => Self::TimestampWithoutTimezone,
            Scalar::TimeWithTimezone => Self::TimeWithTimezone,
            Scalar::TimeWithoutTimezone => Self::TimeWithoutTimezone,
            Scalar::Array => Self::Array,
            Scalar::Object => Self::Object,
        }
    }

    /// The member of a union that destinations take for all of it where it is spelled `type: [a, b]`: the order is that of
    /// `UnionType.chooseType` in Airbyte's CDKs.
    fn widest(kind: &AirbyteType) -> Self {
        let rank = |found: &Self| match found {
            Self::Array => 0,
            Self::Object => 1,
            Self::String => 2,
            Self::Date => 3,
            Self::TimeWithoutTimezone => 4,
            Self::TimeWithTimezone => 5,
            Self::TimestampWithoutTimezone => 6,
            Self::TimestampWithTimezone => 7,
            Self::Number => 8,
            Self::Integer => 9,
            Self::Boolean => 10,
            Self::Union | Self::Unknown => 11,
        };
        let members = kind.members.iter().map(|member| Self::of_scalar(*member));
        members.min_by_key(rank).unwrap_or(Self::Unknown)
    }
}

/// A change other than from one type to another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum NamedChange {
    /// A field is new.
    FieldAdded,
    /// A field is gone.
    FieldRemoved,
    /// A field has the same name in another case.
    FieldCaseChanged,
    /// `null` was allowed or is no longer.
    NullabilityChanged,
    /// A field inside an object is new.
    NestedFieldAdded,
    /// A field inside an object is gone.
    NestedFieldRemoved,
    /// A field inside an object has another type.
    NestedFieldRetyped,
    /// Every field of an object is gone.
    ObjectShapeDropped,
    /// An object without fields has some.
    ObjectShapeIntroduced,
    /// The items of an array have another type.
    ArrayItemsRetyped,
    /// An array no longer says what it holds.
    ArrayItemsDropped,
    /// An array says what it holds.
    ArrayItemsIntroduced,
    /// A union has other members.
    UnionMembersChanged,
    /// There was no primary key.
    PrimaryKeyAdded,
    /// Another primary key.
    PrimaryKeyChanged,
    /// No primary key any more.
    PrimaryKeyRemoved,
    /// What no destination looks at: constraints, descriptions, `required`, formats that are not known.
    DeclarationOnly,
    /// A stream is gone.
    StreamRemoved,
    /// A stream may have another name.
    StreamRenamed,
    /// A stream has another namespace.
    NamespaceChanged,
}

impl NamedChange {
    /// All of them, in the order of the grid.
    pub const ALL: [Self; 20] = [
        Self::FieldAdded,
        Self::FieldRemoved,
        Self::FieldCaseChanged,
        Self::NullabilityChanged,
        Self::NestedFieldAdded,
        Self::NestedFieldRemoved,
        Self::NestedFieldRetyped,
        Self::ObjectShapeDropped,
        Self::ObjectShapeIntroduced,
        Self::ArrayItemsRetyped,
        Self::ArrayItemsDropped,
        Self::ArrayItemsIntroduced,
        Self::UnionMembersChanged,
        Self::PrimaryKeyAdded,
        Self::PrimaryKeyChanged,
        Self::PrimaryKeyRemoved,
        Self::DeclarationOnly,
        Self::StreamRemoved,
        Self::StreamRenamed,
        Self::NamespaceChanged,
    ];

    /// The name in the grid.
    pub fn name(self) -> &'static str {
        match self {
            Self::FieldAdded => "field-added",
            Self::FieldRemoved => "field-removed",
            Self::FieldCaseChanged => "field-case-changed",
            Self::NullabilityChanged => "nullability-changed",
            Self::NestedFieldAdded => "nested-field-added",
            Self::NestedFieldRemoved => "nested-field-removed",
            Self::NestedFieldRetyped => "nested-field-retyped",
            Self::ObjectShapeDropped => "object-shape-dropped",
            Self::ObjectShapeIntroduced => "object-shape-introduced",
            Self::ArrayItemsRetyped => "array-items-retyped",
            Self::ArrayItemsDropped => "array-items-dropped",
            Self::ArrayItemsIntroduced => "array-items-introduced",
            Self::UnionMembersChanged => "union-members-changed",
            Self::PrimaryKeyAdded => "primary-key-added",
            Self::PrimaryKeyChanged => "primary-key-changed",
            Self::PrimaryKeyRemoved => "primary-key-removed",
            Self::DeclarationOnly => "declaration-only",
            Self::StreamRemoved => "stream-removed",
            Self::StreamRenamed => "stream-renamed",
            Self::NamespaceChanged => "namespace-changed",
        }
    }

    /// In words, for the page of the grid.
    pub fn describe(self) -> &'static str {
        match self {
            Self::FieldAdded => "a field is added",
            Self::FieldRemoved => "a field is removed",
            Self::FieldCaseChanged => "a field is renamed in case only",
            Self::NullabilityChanged => "`null` is allowed or no longer",
            Self::NestedFieldAdded => "a field inside an object is added",
            Self::NestedFieldRemoved => "a field inside an object is removed",
            Self::NestedFieldRetyped => "a field inside an object has another type",
            Self::ObjectShapeDropped => "an object no longer declares its fields",
            Self::ObjectShapeIntroduced => "an object declares its fields",
            Self::ArrayItemsRetyped => "the items of an array have another type",
            Self::ArrayItemsDropped => "an array no longer declares its items",
            Self::ArrayItemsIntroduced => "an array declares its items",
            Self::UnionMembersChanged => "a union has other members",
            Self::PrimaryKeyAdded => "a primary key where there was none",
            Self::PrimaryKeyChanged => "another primary key",
            Self::PrimaryKeyRemoved => "no primary key any more",
            Self::DeclarationOnly => "constraints, descriptions, unknown formats",
            Self::StreamRemoved => "a stream is removed",
            Self::StreamRenamed => "a stream may be renamed",
            Self::NamespaceChanged => "a stream has another namespace",
        }
    }
}

/// A change, as the grid knows it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum SourceChange {
    /// A field has another type.
    Retype {
        /// The old type.
        old: FieldType,
        /// The new type.
        new: FieldType,
    },
    /// Anything else.
    Named(NamedChange),
}

impl SourceChange {
    /// Every change of the grid, in its order.
    pub fn all() -> impl Iterator<Item = Self> {
        let retypes = FieldType::ALL.into_iter().flat_map(|old| {
            FieldType::ALL
                .into_iter()
                .filter(move |new| *new != old)
                .map(move |new| Self::Retype { old, new })
        });
        retypes.chain(NamedChange::ALL.into_iter().map(Self::Named))
    }
}

/// A difference as destinations see it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Seen {
    /// A change of the grid. Destinations that take a union spelled `type: [a, b]` for its widest member may see another, or
    /// one that cannot be told; and so may destinations that store what declares no items or properties as text.
    Change { change: SourceChange, by_widest: Option<SourceChange>, by_text: SourceChange },
    /// The items of an array from one type to another: no change where they are stored alike.
    Items { old: FieldType, new: FieldType },
    /// Something about columns that cannot be told.
    Untold,
    /// A name that came back in another case, with another type or more than once.
    Contested,
}

impl Seen {
    fn named(change: NamedChange) -> Self {
        let change = SourceChange::Named(change);
        Self::Change { change, by_widest: Some(change), by_text: change }
    }

    /// What a difference is to destinations; `None` where they do not see it. Whether a field was renamed in case only, or a
    /// stream at all, is known to those who know all differences: `is_renamed`.
    pub(super) fn of(delta: &Delta, is_renamed: bool) -> Option<Self> {
        let Change::Catalog(change) = &delta.change else { return None };
        let is_nested = delta.field.len() > 1;
        let by_depth = |top: NamedChange, nested| Self::named(if is_nested { nested } else { top });
        use NamedChange as Named;
        Some(match change {
            _ if matches!(change, CatalogChange::FieldAdded { .. } | CatalogChange::FieldRemoved)
                && is_renamed
                && !is_nested =>
            {
                Self::named(Named::FieldCaseChanged)
            }
            CatalogChange::FieldAdded { .. } => by_depth(Named::FieldAdded, Named::NestedFieldAdded),
            CatalogChange::FieldRemoved => by_depth(Named::FieldRemoved, Named::NestedFieldRemoved),
            CatalogChange::TypeChanged { .. } if delta.field.is_empty() => Self::Untold,
            CatalogChange::TypeChanged { .. } if is_nested => Self::named(Named::NestedFieldRetyped),
            CatalogChange::TypeChanged { old, new, items: true } => {
                Self::Items { old: FieldType::of(old), new: FieldType::of(new) }
            }
            CatalogChange::TypeChanged { old, new, .. } => retyped(old, new, delta),
            CatalogChange::NullabilityChanged { .. } => Self::named(Named::NullabilityChanged),
            CatalogChange::UnknownFormatChanged
            | CatalogChange::TypeHintSpelled
            | CatalogChange::RequiredChanged
            | CatalogChange::ClosedChanged { .. }
            | CatalogChange::ConstraintsChanged
            | CatalogChange::AnnotationsChanged => Self::named(Named::DeclarationOnly),
            // Without the values of one keyword it is the alternatives that are spelled otherwise: a list may have become
            // a `oneOf`.
            CatalogChange::SpellingChanged if delta.old.is_none() && delta.new.is_none() => {
                let change = SourceChange::Named(Named::DeclarationOnly);
                Self::Change { change, by_widest: None, by_text: change }
            }
            CatalogChange::SpellingChanged => Self::named(Named::DeclarationOnly),
            CatalogChange::UnionOptionsChanged => {
                by_depth(Named::UnionMembersChanged, Named::NestedFieldRetyped)
            }
            CatalogChange::ObjectShapeDropped => {
                by_depth(Named::ObjectShapeDropped, Named::NestedFieldRetyped)
            }
            CatalogChange::ObjectShapeIntroduced => {
                by_depth(Named::ObjectShapeIntroduced, Named::NestedFieldRetyped)
            }
            CatalogChange::ArrayItemsDropped => by_depth(Named::ArrayItemsDropped, Named::NestedFieldRetyped),
            CatalogChange::ArrayItemsIntroduced => {
                by_depth(Named::ArrayItemsIntroduced, Named::NestedFieldRetyped)
            }
            CatalogChange::SchemaLost
            | CatalogChange::SchemaGained
            | CatalogChange::SchemaUnresolved
            | CatalogChange::SchemaTooLarge(_)
            | CatalogChange::FieldNamesTransformed => Self::Untold,
            CatalogChange::PrimaryKeyAdded => Self::named(Named::PrimaryKeyAdded),
            CatalogChange::PrimaryKeyRemoved => Self::named(Named::PrimaryKeyRemoved),
            CatalogChange::PrimaryKeyChanged
            | CatalogChange::PrimaryKeyWidened
            | CatalogChange::PrimaryKeyNarrowed => Self::named(Named::PrimaryKeyChanged),
            CatalogChange::StreamRemoved(_) if is_renamed => Self::named(Named::StreamRenamed),
            CatalogChange::StreamRemoved(_) => Self::named(Named::StreamRemoved),
            CatalogChange::NamespaceChanged => Self::named(Named::NamespaceChanged),
            // The table is there as before, or is new.
            CatalogChange::StreamAdded { .. }
            | CatalogChange::DuplicateStreamChanged
            | CatalogChange::ConditionChanged
            | CatalogChange::Undecided(_)
            | CatalogChange::FieldNotFilled { .. }
            | CatalogChange::RequestValuesDropped
            | CatalogChange::Behaviour { .. }
            | CatalogChange::PrimaryKeyNotInSchema(_)
            | CatalogChange::PrimaryKeyReordered
            | CatalogChange::CursorAdded
            | CatalogChange::CursorRemoved
            | CatalogChange::CursorChanged
            | CatalogChange::CursorTypeChanged { .. }
            | CatalogChange::SourceDefinedCursorChanged { .. }
            | CatalogChange::SyncModeRemoved(_)
            | CatalogChange::SyncModeAdded(_)
            | CatalogChange::ResumableChanged { .. }
            | CatalogChange::FileBasedChanged => return None,
        })
    }
}

/// A column from one type to another.
fn retyped(old: &AirbyteType, new: &AirbyteType, delta: &Delta) -> Seen {
    let types = Sides { old: FieldType::of(old), new: FieldType::of(new) };
    let change = if old.is_union() && new.is_union() {
        SourceChange::Named(NamedChange::UnionMembersChanged)
    } else {
        SourceChange::Retype { old: types.old, new: types.new }
    };
    let widest = |kind: &AirbyteType, value: &Option<Fragment>| match is_list(value.as_deref()) {
        true if kind.is_union() => FieldType::widest(kind),
        _ => FieldType::of(kind),
    };
    let by_widest = match (widest(old, &delta.old), widest(new, &delta.new)) {
        (FieldType::Union, FieldType::Union) => change,
        (old, new) => SourceChange::Retype { old, new },
    };
    let text = |kind: FieldType, value: &Option<Fragment>| match is_shapeless(kind, value.as_deref()) {
        true => FieldType::String,
        false => kind,
    };
    let by_text = match change {
        SourceChange::Retype { old, new } => {
            SourceChange::Retype { old: text(old, &delta.old), new: text(new, &delta.new) }
        }
        named => named,
    };
    Seen::Change { change, by_widest: Some(by_widest), by_text }
}

/// Whether a type declares nothing of what is inside: an array without `items`, or an object without `properties`. Of a type
/// that stands among alternatives each of them is asked.
fn is_shapeless(kind: FieldType, schema: Option<&Value>) -> bool {
    let (key, is_wanted) = match kind {
        FieldType::Array => ("items", "array"),
        FieldType::Object => ("properties", "object"),
        _ => return false,
    };
    let Some(schema) = schema else { return false };
    let is_empty = |schema: &Value| match &schema[key] {
        Value::Null => true,
        Value::Array(items) => items.is_empty(),
        Value::Object(names) => kind == FieldType::Object && names.is_empty(),
        _ => false,
    };
    let is_one = |schema: &&Value| {
        schema["type"] == is_wanted
            || schema["type"].as_array().is_some_and(|names| names.contains(&is_wanted.into()))
    };
    let options = ["oneOf", "anyOf", "allOf"].into_iter().filter_map(|key| schema[key].as_array()).flatten();
    let mut ours = options.chain([schema]).filter(is_one).peekable();
    ours.peek().is_some() && ours.all(is_empty)
}

/// Whether a type is spelled as a list.
fn is_list(schema: Option<&Value>) -> bool {
    schema.is_some_and(|schema| {
        let named = schema["type"].as_array().map_or(&[][..], Vec::as_slice);
        named.iter().filter(|name| **name != "null").count() > 1
    })
}
