//! What each side of a difference of saved state is: facts without words, of which fingerprints are made.

use std::collections::BTreeSet;

use serde::{Serialize, Serializer};

use crate::model::{FileKey, Form, JsonType, KeyName, PartitionForm, Sides, StateClass, StateVersion};

/// What one side of a difference of saved state saves, or looks for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum StateValue {
    /// A kind of state.
    Class(StateClass),
    /// A kind of state without what it is about.
    Broken(StateClass),
    /// A position beside those of partitions.
    BesidePartitions,
    /// A stream without a cursor.
    NoCursor,
    /// A state of a form of its own, of this JSON type.
    OfType(JsonType),
    /// A history of files, by what the files are told apart by.
    Files(BTreeSet<FileKey>),
    /// The version and the type of a database position.
    Version(StateVersion),
    /// Keys.
    Keys(BTreeSet<KeyName>),
    /// Parent streams whose positions are kept.
    Parents(BTreeSet<KeyName>),
    /// The position of a parent.
    ParentPosition {
        /// Where it is looked for, or as what.
        read: Option<Box<StateValue>>,
        /// Where it was saved, or as what.
        saved: Option<Box<StateValue>>,
    },
    /// Something of the state of a parent.
    InParent {
        /// The parent.
        parent: String,
        /// What.
        value: Option<Box<StateValue>>,
    },
    /// The values under a key.
    Values {
        /// The key.
        key: KeyName,
        /// What they are.
        are: KeyValues,
    },
    /// Datetime formats, in the order in which they are tried.
    Formats(Vec<String>),
    /// The moment where reading starts.
    Start(String),
    /// What partitions are told apart by, each kind as a list of keys.
    PartitionKeys(BTreeSet<BTreeSet<KeyName>>),
    /// Kinds of partition.
    Partitions(#[serde(serialize_with = "partitions_by_look")] BTreeSet<PartitionForm>),
    /// The keys of partitions with the types of their values.
    PartitionTypes(BTreeSet<(KeyName, BTreeSet<JsonType>)>),
    /// Values that tell partitions apart.
    PartitionValues(Vec<String>),
    /// The classes of state migrations.
    Migrations(Vec<String>),
    /// A cursor, as a manifest shows it.
    Cursor {
        /// It is a class of the connector.
        is_custom: bool,
        /// It keeps a position for each partition.
        is_partitioned: bool,
        /// The classes of the state migrations before it.
        migrations: Vec<String>,
    },
    /// Code keeps the position.
    Code,
    /// A cursor that is a class of the connector.
    CursorClass {
        /// The module, where the name alone does not tell.
        module: Option<String>,
        /// Its name.
        name: String,
        /// What is other than before, besides the name.
        other: Option<CursorPart>,
    },
    /// A namespace.
    Namespace(Option<String>),
    /// Several, each of one key.
    Together(Vec<StateValue>),
}

/// What the values under a key are.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum KeyValues {
    /// Numbers that a cursor counts.
    Counts,
    /// Numbers, whatever wrote them.
    Numbers,
    /// Dates or times.
    Datetimes,
    /// Objects or lists.
    Nested,
    /// What samples show.
    Seen(BTreeSet<Form>),
}

/// A part of a cursor that is a class of the connector.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum CursorPart {
    /// What the manifest hands to it.
    Arguments,
    /// Its code.
    Code,
    /// Perhaps its code, in a package that is not all Python.
    UnseenCode,
}

impl StateValue {
    /// Keys; nothing where there are none.
    pub(super) fn keys<'k>(keys: impl IntoIterator<Item = &'k String>) -> Option<Self> {
        let keys: BTreeSet<KeyName> = keys.into_iter().map(|key| KeyName::of(key)).collect();
        (!keys.is_empty()).then_some(Self::Keys(keys))
    }

    /// Parents; nothing where there are none.
    pub(super) fn parents(names: BTreeSet<KeyName>) -> Option<Self> {
        (!names.is_empty()).then_some(Self::Parents(names))
    }

    /// Datetime formats; nothing where none is known.
    pub(super) fn formats(formats: &[String]) -> Option<Self> {
        (!formats.is_empty()).then(|| Self::Formats(formats.to_vec()))
    }

    /// Values under a field, whose name stands in a manifest.
    pub(super) fn values(field: &str, are: KeyValues) -> Self {
        Self::Values { key: KeyName::Name(field.to_owned()), are }
    }
}

fn partitions_by_look<S: Serializer>(
    forms: &BTreeSet<PartitionForm>,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    #[derive(Serialize)]
    struct ByLook<'f>(#[serde(serialize_with = "crate::model::partition_by_look")] &'f PartitionForm);
    serializer.collect_seq(forms.iter().map(ByLook))
}

/// Adds what another key shows to what is known of a difference.
pub(super) fn join(known: &mut Sides<Option<StateValue>>, other: Sides<Option<StateValue>>) {
    let is_known = match (&known.old, &other.old) {
        (Some(StateValue::Together(values)), Some(value)) => values.contains(value),
        (old, other) => old == other,
    };
    if !is_known {
        push(&mut known.old, other.old);
        push(&mut known.new, other.new);
    }
}

fn push(known: &mut Option<StateValue>, other: Option<StateValue>) {
    *known = match (known.take(), other) {
        (Some(StateValue::Together(mut values)), Some(value)) => {
            values.push(value);
            Some(StateValue::Together(values))
        }
        (Some(one), Some(other)) => Some(StateValue::Together(vec![one, other])),
        (one, other) => one.or(other),
    };
}
