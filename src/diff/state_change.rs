//! How saved state differs, and what a sync does that starts from it.

use serde::Serialize;
use serde_json::Value;

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
    /// A saved value that shows it. It may be a secret.
    pub value: Option<Value>,
    /// The migration that rescues it, or may.
    pub migration: Option<StateMigration>,
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

    /// Why, in a line, for a state that is saved as `old` and read as `new`.
    pub fn why(&self, old: &str, new: &str) -> String {
        match self {
            Self::CursorKeyRenamed => format!("saved under {old}, read under {new}"),
            Self::CursorValueTypeChanged => format!("saved as {old}, read as {new}"),
            Self::CursorFormatChanged { .. } => format!("saved as {old}, later as {new}"),
            Self::BeforeStart => format!("a position lies before {new}, where reading starts"),
            Self::CursorNull => format!("an empty position is saved ({old})"),
            Self::DatetimeFormatChanged { sure: true } => {
                format!("saved as {old}, read as {new}: no format matches")
            }
            Self::DatetimeFormatChanged { sure: false } => {
                format!("saved as {old}, read as {new}: the value decides, or a format is not known")
            }
            Self::DatetimeMisread { earlier: false } => {
                format!("saved as {old}, read as {new}: another moment")
            }
            Self::DatetimeMisread { earlier: true } => {
                format!("saved as {old}, read as {new}: a moment long ago")
            }
            Self::Partitioned => "the one position starts every partition".to_owned(),
            Self::Departitioned => "positions per partition are not looked at".to_owned(),
            Self::PartitionKeysChanged { global } => {
                format!("partitions by {old} are not found by {new}{}", fallback(*global))
            }
            Self::PartitionValueTypeChanged { global, sure } => {
                let start = if *sure {
                    "partition values"
                } else {
                    "if records hold what the schema declares, values"
                };
                format!("{start} change their type ({old}, then {new}){}", fallback(*global))
            }
            Self::PartitionValuesAdded => {
                format!("new partitions start at the position of the others: {new}")
            }
            Self::LegacyMapReplaced { migrated: true } => {
                "the declared migration rewrites the map by id".to_owned()
            }
            Self::LegacyMapReplaced { migrated: false } => "a map by id is not looked at".to_owned(),
            Self::ParentStateRemoved => format!("the parent is read again ({old})"),
            Self::ParentRenamed => {
                format!(
                    "the position of the parent {old} is not found for {new}, and that of the stream stands in"
                )
            }
            Self::ParentStateAdded => format!("its own position stands in for that of the parent {new}"),
            Self::GlobalCursorToggled => "the saved state itself says which position counts".to_owned(),
            Self::SlicesToSequential => "the end of the date ranges is the position".to_owned(),
            Self::SequentialToSlices => "the position becomes a date range".to_owned(),
            Self::BecameIncremental => "a full refresh saved no position".to_owned(),
            Self::BecameFullRefresh => "a full refresh looks at no position".to_owned(),
            Self::FileHistoryChanged => "the history of files is written in another form".to_owned(),
            Self::KeysNotRead => "the state has more keys than are looked at".to_owned(),
            Self::ClassChanged { .. } => format!("saved as {old}, read as {new}"),
            Self::MissingInNew => "only the sample of the old version has the stream".to_owned(),
            Self::MissingInOld => "only the sample of the new version has the stream".to_owned(),
            Self::KeysRemoved => format!("keys are gone (of {old})"),
            Self::KeysAdded => format!("keys are new ({new})"),
            Self::VersionMarkerChanged => format!("{old} became {new}"),
            Self::EnvelopeLegacyToStream { .. } => {
                "one legacy object for all streams is not looked at".to_owned()
            }
            Self::EnvelopeSwitched { shared: true } => {
                "a global message with shared_state is refused".to_owned()
            }
            Self::EnvelopeSwitched { shared: false } => {
                "the streams of a global message are found".to_owned()
            }
            Self::SharedStateChanged => "what the streams share has other keys".to_owned(),
            Self::NamespaceChanged => "state is looked up under another namespace".to_owned(),
            Self::OnlyOneSide => "only one side has a sample".to_owned(),
            Self::CustomCursorChanged => format!("{old} became {new}"),
            Self::MigrationDropped => format!("the migration {old} is gone for users who skip versions"),
        }
    }
}

/// What partitions that are not found start from.
fn fallback(global: bool) -> &'static str {
    if global { "; all start where the furthest partition stands" } else { "" }
}
