//! The report: the verdict over all findings, and everything that is said beside them.

use std::collections::BTreeSet;

use serde_json::Value;

use super::{
    Artifact, BreakingType, Bump, ConnectorType, Coverage, Finding, Origin, Scope, StreamId,
    StreamStateReport, Waived, Which,
};

/// The one-word answer, worst first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
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
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Declaration {
    /// Nothing breaks and nothing is declared.
    NotNeeded,
    /// The entry is there and covers every stream that breaks.
    Complete,
    /// The entry is there and covers every stream that breaks and is known, and others may break that are not known.
    Open,
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
            Self::Open => "open",
            Self::Incomplete => "incomplete",
            Self::Missing => "missing",
            Self::Unmatched => "unmatched",
            Self::Unknown => "unknown",
        }
    }
}

/// The answer for one connector.
#[derive(Debug, Clone, PartialEq)]
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
    /// The streams that break and that no entry names, where entries name some; empty elsewhere.
    pub undeclared_streams: BTreeSet<String>,
    /// The same of streams that may break, and are not among those that do.
    pub undeclared_if_confirmed: BTreeSet<String>,
    /// The types of the breaking findings.
    pub breaking_types: Vec<BreakingType>,
    /// Whom the breaking findings reach together.
    pub scope: Scope,
    /// Whether the platform's own catalog diff pauses connections; null without a configured catalog.
    pub platform_breaking: Option<bool>,
    /// Whether the old version can be put back; null where that is not known.
    pub rollback_safe: Option<bool>,
    /// Whether a file that the connector is built from changed: docs, tests, `metadata.yaml`, lock and build files are
    /// none; null where a side is no folder, or files were named beside it.
    pub build_changed: Option<bool>,
    /// Whether a destination of which no file changed is built with another CDK, which writes for it.
    pub other_cdk: bool,
    /// Whether code of the connector changed: what it does to records, state or tables is not read as a whole.
    pub code_unread: bool,
    /// Whether nothing above cosmetic differs, in the spec and in every stream; null where a side does not show all of
    /// that.
    pub equivalent: Option<bool>,
}

/// How many findings there are of each level.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
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
    /// Left out by the policy file, by `ignore` or a rule that is off, and not listed.
    pub ignored: usize,
}

/// A difference that no rule judges yet.
#[derive(Debug, Clone, PartialEq)]
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
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SideInfo {
    /// What the user gave.
    pub source: String,
    /// What stands before the name of one of its files in the path that opens it.
    pub root: String,
    /// Its version; null where unknown.
    pub version: Option<String>,
}

/// Something that could not be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReportError {
    /// The side it is on.
    pub side: Which,
    /// What it would have been; null where that could not be told.
    pub artifact: Option<Artifact>,
    /// The file.
    pub file: String,
    /// What stands before it in the path that opens it.
    pub root: String,
    /// The line, from 1.
    pub line: Option<usize>,
    /// What was expected, what was found, what to do.
    pub message: String,
}

/// How serious a problem of the declaration is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// Fails under `--fail-on undeclared`.
    Error,
    /// Advice.
    Warning,
}

impl Severity {
    /// Both, the worse first.
    pub const ALL: [Self; 2] = [Self::Error, Self::Warning];

    /// The name used in reports.
    pub fn name(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warning => "warning",
        }
    }
}

/// Something wrong with what the release declares.
#[derive(Debug, Clone, PartialEq)]
pub struct Problem {
    /// The fingerprint.
    pub id: String,
    /// The check's id.
    pub rule: String,
    /// How serious.
    pub level: Severity,
    /// What is wrong and what to write instead.
    pub message: String,
    /// What is wrong and what to write in a few words, where more is known than its check.
    pub in_short: Option<String>,
    /// Where it stands.
    pub origin: Option<Origin>,
    /// Where the policy file sets the level; null where the check's own level stands.
    pub policy: Option<String>,
    /// Set where the policy file waives it.
    pub waived: Option<Waived>,
}

/// JSON patches (RFC 6902) from the old artifact to the new one.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Patches {
    /// Patch of the ConnectorSpecification.
    pub spec: Option<Value>,
    /// Patch of the AirbyteCatalog.
    pub catalog: Option<Value>,
}

/// What streams are built from, drawn for a page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Picture {
    /// The SVG element; `None` where the graph is too large for one.
    pub svg: Option<String>,
    /// How many parts it has.
    pub parts: usize,
    /// How many parts the graph of the connector has.
    pub of: usize,
}

/// The report on one connector.
#[derive(Debug, Clone, PartialEq)]
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
    /// What happens to saved state, for each stream of the old version of which something can be said.
    pub states: Vec<StreamStateReport>,
    /// What could be seen and what not.
    pub coverage: Vec<Coverage>,
    /// What is wrong with the declaration.
    pub problems: Vec<Problem>,
    /// The versions that the migration guide of the new side has sections for; `None` where no docs were found.
    pub guided: Option<Vec<String>>,
    /// The versions of the entries of `releases.breakingChanges` that the release brings.
    pub brought: Vec<String>,
    /// What the latest of these entries says to users, where it says something.
    pub declared_message: Option<String>,
    /// The streams whose users these entries warn; `None` where they warn everyone.
    pub warned: Option<BTreeSet<String>>,
    /// What could not be read.
    pub errors: Vec<ReportError>,
    /// Patches, where they were asked for.
    pub patch: Option<Patches>,
    /// What of the new version is built from what was edited, where that was asked for.
    pub picture: Option<Picture>,
}

/// The program that wrote a report.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tool {
    /// `connector-diff`.
    pub name: String,
    /// Its version.
    pub version: String,
}

/// The whole report.
#[derive(Debug, Clone, PartialEq)]
pub struct Report {
    /// Who wrote it.
    pub tool: Tool,
    /// One entry per connector compared.
    pub connectors: Vec<ConnectorReport>,
    /// What a branch is held against, where the sides come from a repository.
    pub branch: Option<Branch>,
}

/// A branch and what it is held against.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Branch {
    /// The revision that was named, such as `origin/master`.
    pub base: String,
    /// The commit that the old sides are read from.
    pub commit: String,
    /// Whether that is the last commit that the branch has in common with the revision, and not the revision itself.
    pub is_merge_base: bool,
    /// The revision that the new sides are read from; `None` where that is the work tree.
    pub head: Option<String>,
    /// Files that differ outside of connectors and that connectors may be built from.
    pub shared_files: Vec<String>,
    /// Submodules that moved, and other repositories in the work tree: nothing in them is looked at.
    pub submodules: Vec<String>,
    /// What the branch's policy file would change about the one that holds.
    pub pending_policy: Vec<String>,
    /// Connectors that are compared with what lies in another folder now.
    pub renamed: Vec<Renamed>,
}

/// A connector that is compared with what lies in another folder now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Renamed {
    /// Where it was.
    pub old: String,
    /// Where what it is compared with is.
    pub new: String,
    /// Whether there is a connector at the old place still: the new one takes its definition id or repository over.
    pub is_old_left: bool,
}
