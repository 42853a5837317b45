//! What differs in what a destination writes.
//!
//! As in `delta`, fingerprints are made of these names.

use serde::Serialize;
use serde_json::Value;

use crate::model::{Sides, WrittenKind};

/// What became of a column.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum ColumnEdit {
    /// It is new.
    Added,
    /// It is gone.
    Removed,
    /// It has another name.
    Renamed {
        /// The new one.
        to: String,
    },
    /// It has another type.
    Retyped,
}

/// Differences in what a destination writes.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum DestinationChange {
    /// A column of Airbyte's own.
    MetadataColumn(ColumnEdit),
    /// Keys of the objects in a column of Airbyte's own.
    MetadataKeys {
        /// Those that are gone.
        removed: Vec<String>,
    },
    /// A column of a stream is gone.
    ColumnRemoved,
    /// A column of a stream is new.
    ColumnAdded {
        /// Whether every table has it: then it may be the input that grew.
        everywhere: bool,
    },
    /// Columns are written in another case.
    ColumnsRecased,
    /// The type of a column.
    TypeChanged,
    /// Whether a column takes null.
    NullabilityChanged,
    /// The same value is written in another way.
    EncodingChanged,
    /// Engine, partitions, clusters or keys of a table.
    LayoutChanged(String),
    /// Raw tables are no longer expected, and final ones are.
    RawTablesGone,
    /// A table has another name.
    TableRenamed,
    /// A table of output is no longer there.
    TableGone,
    /// An operation is gone.
    OperationRemoved {
        /// Its sync mode.
        mode: String,
    },
    /// An operation is new.
    OperationAdded {
        /// Its sync mode.
        mode: String,
    },
    /// The keys by which an operation finds objects.
    MatchingKeysChanged {
        /// Its sync mode.
        mode: String,
        /// Whether each of the old lists is still one.
        keeps_all: bool,
    },
    /// A property that records must have now.
    OperationRequires {
        /// Its sync mode.
        mode: String,
    },
    /// A property that an operation no longer takes, or with fewer values.
    OperationPropertyChanged {
        /// Its sync mode.
        mode: String,
    },
    /// An operation takes fewer properties that it does not list.
    OperationClosed {
        /// Its sync mode.
        mode: String,
    },
}

/// How a difference in what a destination writes was found.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct DestinationContext {
    /// What shows it, kind by kind.
    pub shown_by: Vec<Shown>,
    /// Where it stands: the table in the order of the side, and the byte in its file.
    pub place: Sides<Option<(usize, usize)>>,
    /// The syncs or configs that alone are reached, where the files prove it.
    pub only: Option<String>,
}

/// How many files or statements of one kind show a difference.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shown {
    /// The kind.
    pub kind: WrittenKind,
    /// So many show it.
    pub count: usize,
    /// Of so many that could.
    pub of: usize,
    /// Whether something besides them shows that the test's input is the same.
    pub is_certain: bool,
    /// The first file that shows it.
    pub file: String,
}

impl Shown {
    /// Whether all that could show it do, and no change of the test's input explains it. Which statements of the code run,
    /// and for whom, no text of it shows.
    pub fn agrees(&self) -> bool {
        self.is_certain && self.count == self.of && self.kind != WrittenKind::Code
    }

    /// Whether it may be the test's input that changed, since others that could show it do not.
    pub fn is_doubtful(&self) -> bool {
        !self.is_certain && self.count < self.of
    }
}

impl DestinationContext {
    /// Whether all files of one kind agree.
    pub fn agrees(&self) -> bool {
        self.shown_by.iter().any(Shown::agrees)
    }

    /// Whether a type or a list of columns that is declared shows it, and not records alone.
    pub fn is_declared(&self) -> bool {
        let is_of_records = |kind: WrittenKind| {
            matches!(kind, WrittenKind::FinalRecords | WrittenKind::RawRecords | WrittenKind::Output)
        };
        self.shown_by.iter().any(|shown| !is_of_records(shown.kind))
    }
}

/// A value for a list of names.
pub(super) fn names<'n>(names: impl IntoIterator<Item = &'n String>) -> Value {
    names.into_iter().map(|name| Value::from(name.as_str())).collect()
}
