//! What happens to saved state when the version changes, and what shows it.

use super::StreamId;

/// What a saved state does when another version of the connector starts from it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum StateOutcome {
    /// The sync fails, often that of all streams.
    Fails,
    /// The sync starts from another date: records may be skipped without an error.
    LosesData,
    /// Everything is read again, without an error.
    ReadsAgain,
    /// The files do not decide it.
    Unknown,
    /// The sync continues where the last one stopped.
    Resumes,
    /// There is no saved position.
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

/// What shows an outcome.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum StateEvidence {
    /// A sample of saved state, read by the cursor of the other version's manifest.
    Replay,
    /// Samples of both versions, compared.
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
            Self::Replay => "a sample of saved state, read by the other version's cursor",
            Self::Samples => "state samples of both versions",
            Self::Manifests => "the cursors of both manifests",
            Self::None => "no evidence",
        }
    }
}

/// One direction: the state that one version saved, read by the other version.
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
    /// State of the old version, read by the new one.
    pub forward: StateMeeting,
    /// State of the new version, read by the old one: a rollback.
    pub back: StateMeeting,
    /// Whether the rollback meets the same change as the way forward, with the two versions swapped.
    pub is_mirrored: bool,
}
