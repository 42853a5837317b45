//! Differences judged, and the verdict over them: the words of the report.

use std::collections::BTreeSet;
use std::fmt;

use schemars::JsonSchema;
use serde::Serialize;
use serde_json::Value;

use super::{Artifact, ConnectorType, Coverage, Pointer, StreamId};

/// How bad a finding is, worst first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Level {
    /// Users must act before they can sync again, or lose data or state.
    Breaking,
    /// Cannot be decided from the files; the finding says what would decide it.
    Review,
    /// Users can feel it and need not act.
    Safe,
    /// No reader of the data or the config can tell the difference.
    Cosmetic,
}

impl Level {
    /// The name used in reports.
    pub fn name(self) -> &'static str {
        match self {
            Self::Breaking => "breaking",
            Self::Review => "review",
            Self::Safe => "safe",
            Self::Cosmetic => "cosmetic",
        }
    }
}

/// The five kinds of breaking change of Airbyte's policy.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum BreakingType {
    /// Saved configs stop working.
    SpecChange,
    /// A property's type, or a key, changed.
    SchemaChange,
    /// A stream or property is gone.
    StreamOrPropertyRemoval,
    /// A destination writes in another form.
    DestinationFormatChange,
    /// Saved state no longer fits.
    StateChange,
}

impl BreakingType {
    /// The name used in reports.
    pub fn name(self) -> &'static str {
        match self {
            Self::SpecChange => "spec-change",
            Self::SchemaChange => "schema-change",
            Self::StreamOrPropertyRemoval => "stream-or-property-removal",
            Self::DestinationFormatChange => "destination-format-change",
            Self::StateChange => "state-change",
        }
    }
}

/// The part of the version that has to move, smallest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Bump {
    /// The version went down.
    Downgrade,
    /// Nothing has to move.
    None,
    /// The third number.
    Patch,
    /// The second number.
    Minor,
    /// The first number.
    Major,
}

impl Bump {
    /// The name used in reports.
    pub fn name(self) -> &'static str {
        match self {
            Self::Downgrade => "downgrade",
            Self::None => "none",
            Self::Patch => "patch",
            Self::Minor => "minor",
            Self::Major => "major",
        }
    }
}

/// How a rule comes to its level.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Decided {
    /// By what Airbyte's policy says of such a change.
    Policy,
    /// By comparing what the old and the new schema accept.
    Inclusion,
    /// By what the CDK does with old state.
    Replay,
}

/// Something said of both sides.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Sides<T> {
    /// The old side.
    pub old: T,
    /// The new side.
    pub new: T,
}

/// Where a value was written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Origin {
    /// The file, relative to the side where the side is a directory.
    pub file: String,
    /// What stands before `file` in the path that opens it.
    #[serde(skip)]
    pub root: String,
    /// The JSON pointer in that file.
    #[schemars(with = "String")]
    pub pointer: Pointer,
    /// The line, from 1.
    pub line: Option<usize>,
    /// The column in characters, from 1.
    pub column: Option<usize>,
}

/// Who is affected.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Scope {
    /// Every user of the connector.
    pub everyone: bool,
    /// Otherwise the streams, by name as `scopedImpact` takes them.
    pub streams: BTreeSet<String>,
    /// What narrows it further, in words: a sync mode or a config branch.
    pub only: Option<String>,
}

/// Why the level is what it is.
#[derive(Debug, Clone, Default, PartialEq, Serialize, JsonSchema)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum Evidence {
    /// Shown to hold for every value.
    Proof {
        /// What was shown.
        message: String,
    },
    /// A value that the old side accepts and the new side refuses.
    Witness {
        /// The value.
        value: Value,
        /// What a validator says of it.
        message: String,
    },
    /// Seen in a sample.
    Sample {
        /// Which sample shows it.
        message: String,
    },
    /// The rule decides by itself.
    #[default]
    Rule,
    /// Not decided; the message says what would decide it.
    Unproven {
        /// What would decide it.
        message: String,
    },
}

/// What the platform does with a connection at schema refresh.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Platform {
    /// It pauses the connection.
    Breaking,
    /// It goes on.
    NotBreaking,
    /// It does not look at this.
    Invisible,
}

/// What a related place is to a finding.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum RelatedKind {
    /// This may have been renamed to that.
    RenamedTo,
    /// This may be that under a new name.
    RenamedFrom,
}

/// A hint, never a certainty: a place on the other side that looks like this one.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct Related {
    /// What it is.
    pub kind: RelatedKind,
    /// The stream, where the hint is about a stream.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stream: Option<String>,
    /// The field or config path, where it is about one.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub field: Vec<String>,
    /// From 0 to 1.
    pub similarity: f64,
}

/// The option of a spec's `oneOf` that a finding concerns.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, JsonSchema)]
pub struct SpecBranch {
    /// The property that tells the options apart.
    pub property: String,
    /// Its value in this option.
    pub value: String,
}

impl fmt::Display for SpecBranch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.property, self.value)
    }
}

/// One difference, judged.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct Finding {
    /// The fingerprint: the same for the same difference on every machine.
    pub id: String,
    /// The rule's id.
    pub rule: String,
    /// How bad it is.
    pub level: Level,
    /// Which of the five types; null for what is not breaking by nature.
    #[serde(rename = "type")]
    pub breaking_type: Option<BreakingType>,
    /// The bump it asks for at 1.0.0 and later.
    pub bump: Bump,
    /// The artifact it was found in.
    pub artifact: Artifact,
    /// The stream; null for what is not in a stream.
    pub stream: Option<StreamId>,
    /// Property names from the root: the field, or the path in the config.
    pub field: Vec<String>,
    /// The option of the spec it concerns.
    pub branch: Option<SpecBranch>,
    /// Pointers into the derived artifacts; null where there is nothing.
    #[schemars(with = "Sides<Option<String>>")]
    pub pointer: Sides<Option<Pointer>>,
    /// The editions it holds for.
    pub editions: Vec<String>,
    /// What the platform does; null without a configured catalog.
    pub platform: Option<Platform>,
    /// Possible renames.
    pub related: Vec<Related>,
    /// The old value, where there is a short one.
    pub old: Option<Value>,
    /// The new value.
    pub new: Option<Value>,
    /// Who is affected.
    pub scope: Scope,
    /// What the user sees.
    pub effect: String,
    /// What the user, or the author, must do.
    pub action: String,
    /// Why the level is what it is.
    pub evidence: Evidence,
    /// Where the values were written.
    pub origin: Sides<Option<Origin>>,
    /// The shared definition or file whose edit it is.
    pub cause: Option<String>,
    /// A migration that absorbs it.
    pub migration: Option<Migration>,
    /// Set where the policy file waives it.
    pub waived: Option<Waived>,
}

/// A migration that absorbs a break.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct Migration {
    /// `config` or `state`.
    pub kind: String,
    /// Whether it lowers the level.
    pub credited: bool,
    /// Where it is declared.
    pub by: String,
}

/// A decision of the project to accept a finding.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct Waived {
    /// Why.
    pub reason: String,
    /// The version or date it ends with.
    pub until: Option<String>,
}

/// The one-word answer, worst first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    /// There is a breaking finding that nobody waived.
    Breaking,
    /// Something that is there cannot be read, or nothing could be compared.
    Inconclusive,
    /// There is a finding that the files cannot decide.
    Review,
    /// Neither.
    Compatible,
}

impl Outcome {
    /// The name used in reports.
    pub fn name(self) -> &'static str {
        match self {
            Self::Breaking => "breaking",
            Self::Inconclusive => "inconclusive",
            Self::Review => "review",
            Self::Compatible => "compatible",
        }
    }
}

/// How the release declares its breaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Declaration {
    /// Nothing breaks and nothing is declared.
    NotNeeded,
    /// The entry is there and covers every stream that breaks.
    Complete,
    /// The entry is there and does not cover everything.
    Incomplete,
    /// Something breaks and there is no entry.
    Missing,
    /// There is an entry and nothing found to explain it.
    Unmatched,
    /// There is no metadata to look at.
    Unknown,
}

impl Declaration {
    /// The name used in reports.
    pub fn name(self) -> &'static str {
        match self {
            Self::NotNeeded => "not-needed",
            Self::Complete => "complete",
            Self::Incomplete => "incomplete",
            Self::Missing => "missing",
            Self::Unmatched => "unmatched",
            Self::Unknown => "unknown",
        }
    }
}

/// The answer for one connector.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct Verdict {
    /// In a word.
    pub outcome: Outcome,
    /// The bump that the breaking and safe findings ask for, at this connector's version.
    pub required_bump: Bump,
    /// The same if every review finding turns out to be breaking.
    pub bump_if_confirmed: Bump,
    /// The bump that was made; null where a version is unknown.
    pub actual_bump: Option<Bump>,
    /// The lowest version that carries the required bump; null where the old version is unknown.
    pub minimum_version: Option<String>,
    /// How the release declares it.
    pub declaration: Declaration,
    /// The types of the breaking findings.
    pub breaking_types: Vec<BreakingType>,
    /// Whom the breaking findings reach together.
    pub scope: Scope,
    /// Whether the platform's own catalog diff pauses connections; null without a configured catalog.
    pub platform_breaking: Option<bool>,
    /// Whether the old version can be put back; null where that is not known.
    pub rollback_safe: Option<bool>,
}

/// How many findings there are of each level.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Summary {
    /// Breaking.
    pub breaking: usize,
    /// Review.
    pub review: usize,
    /// Safe.
    pub safe: usize,
    /// Cosmetic.
    pub cosmetic: usize,
    /// Waived, whatever their level; not counted in the others.
    pub waived: usize,
}

/// A difference that no rule judges yet.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct Unjudged {
    /// The artifact.
    pub artifact: Artifact,
    /// The stream, if it is in one.
    pub stream: Option<StreamId>,
    /// The field or config path.
    pub field: Vec<String>,
    /// What differs.
    pub change: String,
    /// The old value.
    pub old: Option<Value>,
    /// The new value.
    pub new: Option<Value>,
}

/// One of the two sides, as the report names it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, JsonSchema)]
pub struct SideInfo {
    /// What the user gave.
    pub source: String,
    /// Its version; null where unknown.
    pub version: Option<String>,
}

/// Something that could not be read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct ReportError {
    /// `old` or `new`.
    pub side: String,
    /// What it would have been; null where that could not be told.
    pub artifact: Option<Artifact>,
    /// The file.
    pub file: String,
    /// The line, from 1.
    pub line: Option<usize>,
    /// What was expected, what was found, what to do.
    pub message: String,
}

/// How serious a problem of the declaration is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Severity {
    /// Fails under `--fail-on undeclared`.
    Error,
    /// Advice.
    Warning,
}

/// Something wrong with what the release declares.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct Problem {
    /// The fingerprint.
    pub id: String,
    /// The check's id.
    pub rule: String,
    /// How serious.
    pub level: Severity,
    /// What is wrong and what to write instead.
    pub message: String,
    /// Where it stands.
    pub origin: Option<Origin>,
    /// Set where the policy file waives it.
    pub waived: Option<Waived>,
}

/// JSON patches (RFC 6902) from the old artifact to the new one.
#[derive(Debug, Clone, Default, PartialEq, Serialize, JsonSchema)]
pub struct Patches {
    /// Patch of the ConnectorSpecification.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub spec: Option<Value>,
    /// Patch of the AirbyteCatalog.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub catalog: Option<Value>,
}

/// The report on one connector.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct ConnectorReport {
    /// The connector's name.
    pub name: String,
    /// Source or destination.
    pub connector_type: ConnectorType,
    /// The old side.
    pub old: Option<SideInfo>,
    /// The new side.
    pub new: Option<SideInfo>,
    /// The answer.
    pub verdict: Verdict,
    /// How many findings of each level.
    pub summary: Summary,
    /// The findings, worst first.
    pub findings: Vec<Finding>,
    /// Differences that no rule judges yet.
    pub unjudged: Vec<Unjudged>,
    /// What could be seen and what not.
    pub coverage: Vec<Coverage>,
    /// What is wrong with the declaration.
    pub problems: Vec<Problem>,
    /// What could not be read.
    pub errors: Vec<ReportError>,
    /// Patches, where they were asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub patch: Option<Patches>,
}

/// The program that wrote a report.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Tool {
    /// `connector-diff`.
    pub name: String,
    /// Its version.
    pub version: String,
}

/// The whole report.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
#[schemars(title = "connector-diff report")]
pub struct Report {
    /// The version of this format; it moves when a reader could break.
    pub schema_version: u32,
    /// Who wrote it.
    pub tool: Tool,
    /// One entry per connector compared.
    pub connectors: Vec<ConnectorReport>,
}
