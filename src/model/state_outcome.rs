//! What becomes of saved state when the version changes, and what shows it.

use super::StreamId;

/// What a saved state does when another version of the connector starts from it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum StateOutcome {
    /// The sync fails, often that of all streams.
    Fails,
    /// The sync goes on from another moment: records may be skipped without a word.
    LosesData,
    /// Everything is read again without a word.
    ReadsAgain,
    /// It cannot be told.
    Unknown,
    /// The sync goes on where the last one stopped.
    Resumes,
    /// Nothing is saved that a sync could go on from.
    NothingSaved,
    /// The stream is not in the other version.
    NoStream,
}

impl StateOutcome {
    /// In words, for a table.
    pub fn name(self) -> &'static str {
        match self {
            Self::Fails => "sync fails",
            Self::LosesData => "may skip records",
            Self::ReadsAgain => "reads everything again",
            Self::Unknown => "not known",
            Self::Resumes => "resumes",
            Self::NothingSaved => "nothing saved",
            Self::NoStream => "no such stream",
        }
    }

    /// Whether users are worse off than after a sync of the version that saved the state.
    pub fn is_harm(self) -> bool {
        matches!(self, Self::Fails | Self::LosesData | Self::ReadsAgain)
    }
}

/// What an outcome was read off.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum StateEvidence {
    /// A sample of saved state, met by the other version's manifest.
    Replay,
    /// Samples of both versions, held side by side.
    Samples,
    /// The two manifests alone.
    Manifests,
    /// Nothing: what is missing is said.
    None,
}

impl StateEvidence {
    /// In words.
    pub fn name(self) -> &'static str {
        match self {
            Self::Replay => "a sample of saved state, met by the other version's cursor",
            Self::Samples => "state samples of both versions",
            Self::Manifests => "the cursors of both manifests",
            Self::None => "nothing that shows it",
        }
    }
}

/// One direction: state that one version saved, and the other version.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct StateMeeting {
    /// What happens.
    pub outcome: StateOutcome,
    /// Why, in words.
    pub why: String,
    /// What shows it.
    pub evidence: StateEvidence,
}

/// What happens to the saved state of one stream when the version changes, and when it is changed back.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct StreamStateReport {
    /// The stream.
    pub stream: StreamId,
    /// State of the old version, met by the new one.
    pub forward: StateMeeting,
    /// State of the new version, met by the old one: a rollback.
    pub back: StateMeeting,
}
