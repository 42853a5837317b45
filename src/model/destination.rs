//! What a change of a source comes to in a destination.

use serde::{Deserialize, Serialize};

/// What a destination does, worst first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum DestinationEffect {
    /// The sync fails.
    SyncFails,
    /// A column is dropped with what it holds.
    ColumnDropped,
    /// Until a refresh or a clear, what is stored and what is new do not go together.
    NeedsRefresh,
    /// Stored values become NULL.
    Null,
    /// Stored values lose something or become others.
    Truncate,
    /// Nobody knows.
    Unknown,
    /// The old column stays, and is no longer filled.
    OldColumnStays,
    /// A column is added.
    NewColumn,
    /// Stored values are written in the new type, and lose nothing.
    Cast,
    /// Nothing.
    None,
}

impl DestinationEffect {
    /// The name used in reports for programs.
    pub fn name(self) -> &'static str {
        match self {
            Self::SyncFails => "sync-fails",
            Self::ColumnDropped => "column-dropped",
            Self::NeedsRefresh => "needs-refresh",
            Self::Null => "null",
            Self::Truncate => "truncate",
            Self::Unknown => "unknown",
            Self::OldColumnStays => "old-column-stays",
            Self::NewColumn => "new-column",
            Self::Cast => "cast",
            Self::None => "none",
        }
    }

    /// In words, as the end of a sentence that starts with a destination.
    pub fn describe(self) -> &'static str {
        match self {
            Self::SyncFails => "the sync fails",
            Self::ColumnDropped => "a column is dropped",
            Self::NeedsRefresh => "a refresh is needed",
            Self::Null => "values become NULL",
            Self::Truncate => "values lose something",
            Self::Unknown => "it is not known what happens",
            Self::OldColumnStays => "the old column stays",
            Self::NewColumn => "a column is added",
            Self::Cast => "values are cast",
            Self::None => "nothing changes",
        }
    }
}

impl DestinationEffect {
    /// The same of values of which some fare better.
    pub fn describe_possible(self) -> &'static str {
        match self {
            Self::SyncFails => "the sync may fail",
            Self::NeedsRefresh => "a refresh may be needed",
            Self::Null => "values may become NULL",
            Self::Truncate => "values may lose something",
            Self::ColumnDropped
            | Self::Unknown
            | Self::OldColumnStays
            | Self::NewColumn
            | Self::Cast
            | Self::None => self.describe(),
        }
    }
}

/// What an effect is known from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum EffectEvidence {
    /// An engine was asked, with the statements of the destination.
    Experiment,
    /// The destination's code, or a page, says so.
    Source,
    /// Nothing.
    Unknown,
}

impl EffectEvidence {
    /// The name used in reports.
    pub fn name(self) -> &'static str {
        match self {
            Self::Experiment => "experiment",
            Self::Source => "source",
            Self::Unknown => "unknown",
        }
    }
}

/// What one finding comes to in one destination.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct InDestination {
    /// The destination, as `--destinations` names it.
    pub name: &'static str,
    /// The worst that can happen to what is stored.
    pub effect: DestinationEffect,
    /// What happens to stored values that fit, where that is another.
    pub otherwise: Option<DestinationEffect>,
    /// What it is known from.
    pub evidence: EffectEvidence,
    /// The experiment, or the page or file that says so.
    pub reference: Option<&'static str>,
    /// The day on which the page or file was last known to say so.
    pub seen: Option<&'static str>,
    /// Why, in a sentence or two.
    pub note: &'static str,
}
