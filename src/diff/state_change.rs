//! How saved state differs, and what a sync does that starts from it.

use serde::Serialize;
use serde_json::Value;

use super::state_value::StateValue;
use crate::model::{Sides, StateEvidence, StateOutcome};

/// Differences between saved states.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum StateChange {
    /// The cursor is saved under another key.
    CursorKeyRenamed,
    /// The cursor value has another JSON type.
    CursorValueTypeChanged,
    /// The cursor value is written in another form.
    CursorFormatChanged {
        /// The CDK is known to read one form; code of a database source may read both.
        sure: bool,
    },
    /// One position became one per partition.
    Partitioned,
    /// One position per partition became one.
    Departitioned,
    /// Partitions are told apart by other keys.
    PartitionKeysChanged {
        /// Whether a global position catches partitions that are not found.
        global: bool,
    },
    /// A partition value has another JSON type.
    PartitionValueTypeChanged {
        /// Whether a global position catches partitions that are not found.
        global: bool,
        /// The values were seen, or are decided; else only what schemas declare of them differs.
        sure: bool,
    },
    /// Partitions are new whose history a position for all of them hides.
    PartitionValuesAdded,
    /// The map by partition id of Python substreams is gone.
    LegacyMapReplaced {
        /// The declared migration turns it into partitions that are found.
        migrated: bool,
    },
    /// A cursor value is null or an empty text.
    CursorNull,
    /// A parent's position is no longer kept.
    ParentStateRemoved,
    /// A parent whose position is kept has another name.
    ParentRenamed,
    /// A parent's position is kept.
    ParentStateAdded,
    /// Partitions share one position, or no longer do.
    GlobalCursorToggled,
    /// Date ranges became one position.
    SlicesToSequential,
    /// One position became date ranges.
    SequentialToSlices,
    /// Full refresh became incremental.
    BecameIncremental,
    /// Incremental became full refresh.
    BecameFullRefresh,
    /// The history of synced files changed its form.
    FileHistoryChanged,
    /// Another class of state altogether.
    ClassChanged {
        /// What the CDK is known to do, or that it is not known.
        outcome: StateOutcome,
    },
    /// The position may be among keys or kinds of partition that were not kept, since there are very many.
    KeysNotRead,
    /// A stream's state is only in the old sample.
    MissingInNew,
    /// A stream's state is only in the new sample.
    MissingInOld,
    /// Keys of an unknown kind of state are gone.
    KeysRemoved,
    /// Keys are new.
    KeysAdded,
    /// `version` or `state_type` of a database source.
    VersionMarkerChanged,
    /// One legacy object became a message per stream.
    EnvelopeLegacyToStream {
        /// The object says that it is such a message; a bare one may be a shortened sample.
        is_message: bool,
    },
    /// Messages per stream became one global message, or the reverse.
    EnvelopeSwitched {
        /// Whether a side has `shared_state`.
        shared: bool,
    },
    /// What the streams share.
    SharedStateChanged,
    /// A stream's state is saved under another namespace.
    NamespaceChanged,
    /// Exactly one side has a state sample.
    OnlyOneSide,
    /// The manifest keeps the position with a custom class, on one side or both, and not as before.
    CustomCursorChanged,
    /// The manifest no longer reads the format in which the old one saved the cursor, by name at least.
    DatetimeFormatChanged {
        /// No value of the old format parses; else that depends on the value, or on a format that is not known.
        sure: bool,
    },
    /// The manifest reads what the old one saved as another instant.
    DatetimeMisread {
        /// An earlier one always: nothing is skipped.
        earlier: bool,
    },
    /// A declared state migration is gone.
    MigrationDropped,
    /// The position lies before the moment where the new version starts.
    BeforeStart,
}

/// What is known of a difference of saved state.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct StateContext {
    /// What it was read off; `None` where it is about no stream.
    pub evidence: Option<StateEvidence>,
    /// The samples it is about, by their places among those of the side.
    pub file: Sides<Option<usize>>,
    /// What either side saves, or looks for.
    pub values: Sides<Option<StateValue>>,
    /// A saved value that shows it. It may be a secret.
    pub value: Option<Value>,
    /// The migration that rescues it, or may.
    pub migration: Option<StateMigration>,
    /// Whether the old version writes such values is not known: only a file that people keep by hand shows them.
    pub is_by_hand: bool,
}

/// A state migration of the new version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StateMigration {
    /// It was followed, and what it leaves is found.
    Works {
        /// Its type.
        by: String,
    },
    /// It is a class of the connector: what it does is not known.
    Unseen {
        /// Its class names.
        by: String,
    },
}

impl StateChange {
    /// Whether it is about how values are written, and not about where they stand.
    pub(super) fn is_of_values(&self) -> bool {
        matches!(
            self,
            Self::CursorValueTypeChanged
                | Self::CursorFormatChanged { .. }
                | Self::CursorNull
                | Self::DatetimeFormatChanged { .. }
                | Self::DatetimeMisread { .. }
                | Self::BeforeStart
        )
    }

    /// What a sync does that starts from such a state, as the Python CDK 7.39.1 was seen to.
    pub fn outcome(&self) -> StateOutcome {
        match self {
            Self::CursorValueTypeChanged
            | Self::CursorFormatChanged { sure: true }
            | Self::CursorNull
            | Self::DatetimeFormatChanged { sure: true }
            | Self::EnvelopeSwitched { shared: true } => StateOutcome::Fails,
            Self::PartitionKeysChanged { global: true }
            | Self::PartitionValueTypeChanged { global: true, sure: true }
            | Self::ParentRenamed
            | Self::BeforeStart
            | Self::DatetimeMisread { earlier: false } => StateOutcome::LosesData,
            Self::CursorKeyRenamed
            | Self::Departitioned
            | Self::PartitionKeysChanged { global: false }
            | Self::PartitionValueTypeChanged { global: false, sure: true }
            | Self::LegacyMapReplaced { migrated: false }
            | Self::BecameFullRefresh
            | Self::FileHistoryChanged
            | Self::DatetimeMisread { earlier: true }
            | Self::EnvelopeLegacyToStream { is_message: true }
            | Self::NamespaceChanged => StateOutcome::ReadsAgain,
            Self::PartitionValueTypeChanged { sure: false, .. }
            | Self::KeysNotRead
            | Self::MissingInNew
            | Self::KeysRemoved
            | Self::VersionMarkerChanged
            | Self::CursorFormatChanged { sure: false }
            | Self::EnvelopeLegacyToStream { is_message: false }
            | Self::SharedStateChanged
            | Self::OnlyOneSide
            | Self::CustomCursorChanged
            | Self::DatetimeFormatChanged { sure: false } => StateOutcome::Unknown,
            Self::Partitioned
            | Self::PartitionValuesAdded
            | Self::LegacyMapReplaced { migrated: true }
            | Self::ParentStateRemoved
            | Self::ParentStateAdded
            | Self::GlobalCursorToggled
            | Self::SlicesToSequential
            | Self::SequentialToSlices
            | Self::KeysAdded
            | Self::EnvelopeSwitched { shared: false }
            | Self::MigrationDropped => StateOutcome::Resumes,
            Self::BecameIncremental | Self::MissingInOld => StateOutcome::NothingSaved,
            Self::ClassChanged { outcome } => *outcome,
        }
    }
}
