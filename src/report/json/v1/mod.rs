//! Version 1 of the JSON report, as types of its own.
//!
//! The rest of the program may rename and rearrange what it works with; what stands here is what other programs rely on.
//! A field may be added. One that goes, or gets another name or meaning, is version 2. Every enum names its variants one
//! by one, so that a new one in the program does not compile until it has a name here.

mod finding;
mod names;

use std::collections::BTreeSet;

use schemars::JsonSchema;
use serde::{Serialize, Serializer};
use serde_json::Value;

use crate::model;
use finding::{Finding, Origin, Scope, StreamId, Waived};
use names::{
    Artifact, BreakingType, Bump, ConnectorType, CoverageStatus, Declaration, Outcome, Severity,
    StateEvidence, StateOutcome, Which,
};

/// The whole report.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(title = "connector-diff report")]
pub(super) struct Report<'r> {
    /// The version of this format; it moves when a reader could break.
    schema_version: u32,
    /// Who wrote it.
    tool: Tool<'r>,
    /// One entry per connector compared.
    connectors: Vec<ConnectorReport<'r>>,
    /// What a branch is held against; absent where two sides were named.
    #[serde(skip_serializing_if = "Option::is_none")]
    branch: Option<Branch<'r>>,
}

/// A branch and what it is held against.
#[derive(Debug, Serialize, JsonSchema)]
struct Branch<'r> {
    /// The revision that was named, such as `origin/master`.
    base: &'r str,
    /// The commit that the old sides are read from.
    commit: &'r str,
    /// Whether that is the last commit that the branch has in common with the revision, and not the revision itself.
    merge_base: bool,
    /// The revision that the new sides are read from; null where that is the work tree.
    head: Option<&'r str>,
    /// Files that differ outside of connectors and that connectors may be built from.
    shared_files: &'r [String],
    /// Submodules that moved, and other repositories in the work tree: nothing in them is looked at.
    submodules: &'r [String],
    /// What the branch's policy file would change about the one that holds.
    pending_policy: &'r [String],
    /// Connectors that are compared with what lies in another folder now.
    renamed: Vec<Renamed<'r>>,
}

/// A connector that is compared with what lies in another folder now.
#[derive(Debug, Serialize, JsonSchema)]
struct Renamed<'r> {
    /// Where it was.
    old: &'r str,
    /// Where what it is compared with is.
    new: &'r str,
    /// Whether there is a connector at the old place still: the new one takes its definition id or repository over.
    is_old_left: bool,
}

impl<'r> From<&'r model::Renamed> for Renamed<'r> {
    fn from(renamed: &'r model::Renamed) -> Self {
        Self { old: &renamed.old, new: &renamed.new, is_old_left: renamed.is_old_left }
    }
}

/// The program that wrote a report.
#[derive(Debug, Serialize, JsonSchema)]
struct Tool<'r> {
    /// `connector-diff`.
    name: &'r str,
    /// Its version.
    version: &'r str,
}

/// The report on one connector.
#[derive(Debug, Serialize, JsonSchema)]
struct ConnectorReport<'r> {
    /// The connector's name.
    name: &'r str,
    /// Source or destination.
    connector_type: ConnectorType,
    /// The old side; null for a connector that was added.
    old: Option<SideInfo<'r>>,
    /// The new side; null for a connector that was deleted.
    new: Option<SideInfo<'r>>,
    /// The answer.
    verdict: Verdict<'r>,
    /// How many findings of each level.
    summary: Summary,
    /// The findings, worst first.
    // Each is made as it is written: there may be very many.
    #[serde(serialize_with = "one_by_one")]
    #[schemars(with = "Vec<Finding<'r>>")]
    findings: &'r [model::Finding],
    /// Differences that no rule judges yet.
    unjudged: Vec<Unjudged<'r>>,
    /// What happens to saved state, for each stream of the old version of which something can be said.
    states: Vec<StreamState<'r>>,
    /// What could be seen and what not.
    coverage: Vec<Coverage<'r>>,
    /// What is wrong with the declaration.
    problems: Vec<Problem<'r>>,
    /// What could not be read.
    errors: Vec<Error<'r>>,
    /// Patches, where they were asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    patch: Option<Patches<'r>>,
}

/// One of the two sides.
#[derive(Debug, Serialize, JsonSchema)]
struct SideInfo<'r> {
    /// What the user gave.
    source: &'r str,
    /// Its version; null where unknown.
    version: Option<&'r str>,
}

/// The answer for one connector.
#[derive(Debug, Serialize, JsonSchema)]
struct Verdict<'r> {
    /// In a word.
    outcome: Outcome,
    /// The bump that the breaking and safe findings ask for, at this connector's version.
    required_bump: Bump,
    /// The same if every review finding turns out to be breaking.
    bump_if_confirmed: Bump,
    /// The bump that was made; null where a version is unknown.
    actual_bump: Option<Bump>,
    /// The lowest version that carries the required bump; null where the old version is unknown.
    minimum_version: Option<&'r str>,
    /// How the release declares it.
    declaration: Declaration,
    /// The streams that break and that no entry names, where entries name some; empty elsewhere.
    undeclared_streams: &'r BTreeSet<String>,
    /// The same of streams that may break, and are not among those that do.
    undeclared_if_confirmed: &'r BTreeSet<String>,
    /// The types of the breaking findings.
    breaking_types: Vec<BreakingType>,
    /// Whom the breaking findings reach together.
    scope: Scope<'r>,
    /// Whether the platform's own catalog diff pauses connections; null without a configured catalog.
    platform_breaking: Option<bool>,
    /// Whether the old version can be put back; null where that is not known.
    rollback_safe: Option<bool>,
    /// Whether a file that the connector is built from changed: docs, tests, `metadata.yaml`, lock and build files are
    /// none; null where a side is no folder, or files were named beside it.
    build_changed: Option<bool>,
    /// Whether code of the connector changed: what it does to records, state or tables is not read as a whole.
    code_unread: bool,
    /// Whether nothing above cosmetic differs, in the spec and in every stream; null where a side does not show all of
    /// that.
    equivalent: Option<bool>,
}

/// How many findings there are of each level.
#[derive(Debug, Serialize, JsonSchema)]
struct Summary {
    /// Breaking.
    breaking: usize,
    /// Review.
    review: usize,
    /// Safe.
    safe: usize,
    /// Cosmetic.
    cosmetic: usize,
    /// Waived, whatever their level; not counted in the others.
    waived: usize,
    /// Left out by the policy file, by `ignore` or a rule that is off, and not listed.
    ignored: usize,
}

/// A difference that no rule judges yet.
#[derive(Debug, Serialize, JsonSchema)]
struct Unjudged<'r> {
    /// The artifact.
    artifact: Artifact,
    /// The stream, if it is in one.
    stream: Option<StreamId<'r>>,
    /// The field or config path.
    field: &'r [String],
    /// What differs.
    change: &'r str,
    /// The old value.
    old: Option<&'r Value>,
    /// The new value.
    new: Option<&'r Value>,
}

/// What happens to the saved state of one stream when the version changes, and when it is changed back.
#[derive(Debug, Serialize, JsonSchema)]
struct StreamState<'r> {
    /// The stream.
    stream: StreamId<'r>,
    /// State of the old version, met by the new one.
    forward: StateMeeting<'r>,
    /// State of the new version, met by the old one: a rollback.
    back: StateMeeting<'r>,
}

/// One direction: state that one version saved, and the other version.
#[derive(Debug, Serialize, JsonSchema)]
struct StateMeeting<'r> {
    /// What happens.
    outcome: StateOutcome,
    /// Why, in words.
    why: &'r str,
    /// What shows it.
    evidence: StateEvidence,
}

/// How much of one artifact is known on both sides, and why not more.
#[derive(Debug, Serialize, JsonSchema)]
struct Coverage<'r> {
    /// The artifact.
    artifact: Artifact,
    /// The old side.
    old: CoverageStatus,
    /// The new side.
    new: CoverageStatus,
    /// Why, in a sentence; empty where both are complete.
    reason: &'r str,
}

/// Something wrong with what the release declares.
#[derive(Debug, Serialize, JsonSchema)]
struct Problem<'r> {
    /// The fingerprint.
    id: &'r str,
    /// The check's id.
    rule: &'r str,
    /// How serious.
    level: Severity,
    /// What is wrong and what to write instead.
    message: &'r str,
    /// Where it stands, or where what is missing belongs.
    origin: Option<Origin<'r>>,
    /// Where the policy file sets the level; null where the check's own level stands.
    policy: Option<&'r str>,
    /// Set where the policy file waives it.
    waived: Option<Waived<'r>>,
}

/// Something that could not be read.
#[derive(Debug, Serialize, JsonSchema)]
struct Error<'r> {
    /// The side it is on.
    side: Which,
    /// What it would have been; null where that could not be told.
    artifact: Option<Artifact>,
    /// The file.
    file: &'r str,
    /// The line, from 1.
    line: Option<usize>,
    /// What was expected, what was found, what to do.
    message: &'r str,
}

/// JSON patches (RFC 6902) from the old artifact to the new one.
#[derive(Debug, Serialize, JsonSchema)]
struct Patches<'r> {
    /// Patch of the ConnectorSpecification.
    #[serde(skip_serializing_if = "Option::is_none")]
    spec: Option<&'r Value>,
    /// Patch of the AirbyteCatalog.
    #[serde(skip_serializing_if = "Option::is_none")]
    catalog: Option<&'r Value>,
}

impl<'r> From<&'r model::Report> for Report<'r> {
    fn from(report: &'r model::Report) -> Self {
        Self {
            schema_version: 1,
            tool: Tool { name: &report.tool.name, version: &report.tool.version },
            connectors: report.connectors.iter().map(ConnectorReport::from).collect(),
            branch: report.branch.as_ref().map(Branch::from),
        }
    }
}

impl<'r> From<&'r model::Branch> for Branch<'r> {
    fn from(branch: &'r model::Branch) -> Self {
        Self {
            base: &branch.base,
            commit: &branch.commit,
            merge_base: branch.is_merge_base,
            head: branch.head.as_deref(),
            shared_files: &branch.shared_files,
            submodules: &branch.submodules,
            pending_policy: &branch.pending_policy,
            renamed: branch.renamed.iter().map(Renamed::from).collect(),
        }
    }
}

fn one_by_one<S: Serializer>(findings: &&[model::Finding], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_seq(findings.iter().map(Finding::from))
}

/// Each item of a list as the format has it.
fn each<'r, M, V: From<&'r M>>(items: &'r [M]) -> Vec<V> {
    items.iter().map(V::from).collect()
}

impl<'r> From<&'r model::ConnectorReport> for ConnectorReport<'r> {
    fn from(report: &'r model::ConnectorReport) -> Self {
        let summary = &report.summary;
        Self {
            name: &report.name,
            connector_type: report.connector_type.into(),
            old: report.old.as_ref().map(SideInfo::from),
            new: report.new.as_ref().map(SideInfo::from),
            verdict: (&report.verdict).into(),
            summary: Summary {
                breaking: summary.breaking,
                review: summary.review,
                safe: summary.safe,
                cosmetic: summary.cosmetic,
                waived: summary.waived,
                ignored: summary.ignored,
            },
            findings: &report.findings,
            unjudged: each(&report.unjudged),
            states: each(&report.states),
            coverage: each(&report.coverage),
            problems: each(&report.problems),
            errors: each(&report.errors),
            patch: report
                .patch
                .as_ref()
                .map(|patch| Patches { spec: patch.spec.as_ref(), catalog: patch.catalog.as_ref() }),
        }
    }
}

impl<'r> From<&'r model::SideInfo> for SideInfo<'r> {
    fn from(side: &'r model::SideInfo) -> Self {
        Self { source: &side.source, version: side.version.as_deref() }
    }
}

impl<'r> From<&'r model::Verdict> for Verdict<'r> {
    fn from(verdict: &'r model::Verdict) -> Self {
        Self {
            outcome: verdict.outcome.into(),
            required_bump: verdict.required_bump.into(),
            bump_if_confirmed: verdict.bump_if_confirmed.into(),
            actual_bump: verdict.actual_bump.map(Bump::from),
            minimum_version: verdict.minimum_version.as_deref(),
            declaration: verdict.declaration.into(),
            undeclared_streams: &verdict.undeclared_streams,
            undeclared_if_confirmed: &verdict.undeclared_if_confirmed,
            breaking_types: verdict.breaking_types.iter().map(|kind| (*kind).into()).collect(),
            scope: (&verdict.scope).into(),
            platform_breaking: verdict.platform_breaking,
            rollback_safe: verdict.rollback_safe,
            build_changed: verdict.build_changed,
            code_unread: verdict.code_unread,
            equivalent: verdict.equivalent,
        }
    }
}

impl<'r> From<&'r model::Unjudged> for Unjudged<'r> {
    fn from(unjudged: &'r model::Unjudged) -> Self {
        Self {
            artifact: unjudged.artifact.into(),
            stream: unjudged.stream.as_ref().map(StreamId::from),
            field: &unjudged.field,
            change: &unjudged.change,
            old: unjudged.old.as_ref(),
            new: unjudged.new.as_ref(),
        }
    }
}

impl<'r> From<&'r model::StreamStateReport> for StreamState<'r> {
    fn from(state: &'r model::StreamStateReport) -> Self {
        Self { stream: (&state.stream).into(), forward: (&state.forward).into(), back: (&state.back).into() }
    }
}

impl<'r> From<&'r model::StateMeeting> for StateMeeting<'r> {
    fn from(way: &'r model::StateMeeting) -> Self {
        Self { outcome: way.outcome.into(), why: &way.why, evidence: way.evidence.into() }
    }
}

impl<'r> From<&'r model::Coverage> for Coverage<'r> {
    fn from(coverage: &'r model::Coverage) -> Self {
        Self {
            artifact: coverage.artifact.into(),
            old: coverage.old.into(),
            new: coverage.new.into(),
            reason: &coverage.reason,
        }
    }
}

impl<'r> From<&'r model::Problem> for Problem<'r> {
    fn from(problem: &'r model::Problem) -> Self {
        Self {
            id: &problem.id,
            rule: &problem.rule,
            level: problem.level.into(),
            message: &problem.message,
            origin: problem.origin.as_ref().map(Origin::from),
            policy: problem.policy.as_deref(),
            waived: problem.waived.as_ref().map(Waived::from),
        }
    }
}

impl<'r> From<&'r model::ReportError> for Error<'r> {
    fn from(error: &'r model::ReportError) -> Self {
        Self {
            side: error.side.into(),
            artifact: error.artifact.map(Artifact::from),
            file: &error.file,
            line: error.line,
            message: &error.message,
        }
    }
}
