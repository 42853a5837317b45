//! Version 1 of the JSON report, as types of its own.
//!
//! The rest of the program may rename and rearrange what it works with; what stands here is what other programs rely on.
//! A field may be added. One that goes, or gets another name or meaning, is version 2. Every enum names its variants one
//! by one, so that a new one in the program does not compile until it has a name here.

use std::collections::BTreeSet;

use schemars::JsonSchema;
use serde::{Serialize, Serializer};
use serde_json::Value;

use crate::model;

/// An enum of the format, from the enum of the program with the same variants.
macro_rules! mirrored {
    ($(#[$about:meta])* $name:ident of $model:path { $($(#[$what:meta])* $variant:ident),* $(,)? }) => {
        $(#[$about])*
        #[derive(Debug, Clone, Copy, Serialize, JsonSchema)]
        #[serde(rename_all = "kebab-case")]
        pub(super) enum $name { $($(#[$what])* $variant),* }

        impl From<$model> for $name {
            fn from(value: $model) -> Self {
                use $model as Model;
                match value { $(Model::$variant => Self::$variant),* }
            }
        }
    };
}

mirrored! {
    /// The one-word answer, worst first.
    Outcome of model::Outcome {
        /// There is a breaking finding that nobody waived.
        Breaking,
        /// Something that is there cannot be read, or nothing could be compared.
        Inconclusive,
        /// There is a finding that the files cannot decide.
        Review,
        /// Neither.
        Compatible,
    }
}

mirrored! {
    /// How the release declares its breaks.
    Declaration of model::Declaration {
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
}

mirrored! {
    /// The part of the version that has to move, smallest first.
    Bump of model::Bump {
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
}

mirrored! {
    /// How bad a finding is, worst first.
    Level of model::Level {
        /// Users must act before they can sync again, or lose data or state.
        Breaking,
        /// Cannot be decided from the files; the finding says what would decide it.
        Review,
        /// Users can feel it and need not act.
        Safe,
        /// No reader of the data or the config can tell the difference.
        Cosmetic,
    }
}

mirrored! {
    /// The five kinds of breaking change of Airbyte's policy.
    BreakingType of model::BreakingType {
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
}

mirrored! {
    /// A part of a connector that is compared on its own.
    Artifact of model::Artifact {
        /// The ConnectorSpecification: what a user configures.
        Spec,
        /// The AirbyteCatalog: which streams there are, with their schemas.
        Catalog,
        /// Samples of saved state.
        State,
        /// What a destination writes.
        Destination,
        /// `metadata.yaml`.
        Metadata,
        /// The migration guide and the changelog.
        Docs,
    }
}

mirrored! {
    /// Which way data flows.
    ConnectorType of model::ConnectorType {
        /// Reads from somewhere.
        Source,
        /// Writes to somewhere.
        Destination,
        /// Nothing says.
        Unknown,
    }
}

mirrored! {
    /// An edition of the platform.
    Edition of model::Edition {
        /// Self-managed Airbyte.
        Oss,
        /// Airbyte Cloud.
        Cloud,
    }
}

mirrored! {
    /// What the platform does with a connection at schema refresh.
    Platform of model::Platform {
        /// It pauses the connection.
        Breaking,
        /// It goes on.
        NotBreaking,
        /// It does not look at this.
        Invisible,
    }
}

mirrored! {
    /// What a destination does, worst first.
    DestinationEffect of model::DestinationEffect {
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
}

mirrored! {
    /// What the effect in a destination is known from.
    EffectEvidence of model::EffectEvidence {
        /// An engine was asked, with the statements of the destination.
        Experiment,
        /// The destination's code, or a page, says so.
        Source,
        /// Nothing.
        Unknown,
    }
}

mirrored! {
    /// What a related place is to a finding.
    RelatedKind of model::RelatedKind {
        /// This may have been renamed to that.
        RenamedTo,
        /// This may be that under a new name.
        RenamedFrom,
        /// This may stand there now.
        MovedTo,
        /// This may have stood there.
        MovedFrom,
    }
}

mirrored! {
    /// What speaks for two places being one.
    Likeness of model::Likeness {
        /// The names are alike.
        SimilarName,
        /// The names are equal.
        SameName,
        /// The schemas are equal, titles and descriptions aside.
        EqualSchema,
        /// Most fields have the same names.
        SharedFields,
        /// Both stand below one parent.
        SamePlace,
    }
}

mirrored! {
    /// What a migration rewrites.
    MigrationKind of model::MigrationKind {
        /// Saved configs.
        Config,
        /// Saved state.
        State,
    }
}

mirrored! {
    /// How much of an artifact is known.
    CoverageStatus of model::CoverageStatus {
        /// Everything.
        Complete,
        /// A part; absence proves nothing.
        Partial,
        /// Nothing.
        Absent,
    }
}

mirrored! {
    /// How serious a problem of the declaration is.
    Severity of model::Severity {
        /// Fails under `--fail-on undeclared`.
        Error,
        /// Advice.
        Warning,
    }
}

mirrored! {
    /// One of the two sides.
    Which of model::Which {
        /// The old version.
        Old,
        /// The new version.
        New,
    }
}

mirrored! {
    /// What a saved state does when another version of the connector starts from it.
    StateOutcome of model::StateOutcome {
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
}

mirrored! {
    /// What an outcome was read off.
    StateEvidence of model::StateEvidence {
        /// A sample of saved state, met by the other version's manifest.
        Replay,
        /// Samples of both versions, held side by side.
        Samples,
        /// The two manifests alone.
        Manifests,
        /// Nothing: what is missing is said.
        None,
    }
}

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

/// One difference, judged.
#[derive(Debug, Serialize, JsonSchema)]
struct Finding<'r> {
    /// The fingerprint: the same for the same difference on every machine, whatever is said of it.
    id: &'r str,
    /// The rule's id.
    rule: &'r str,
    /// How bad it is.
    level: Level,
    /// Which of the five types; null for what is not breaking by nature.
    #[serde(rename = "type")]
    breaking_type: Option<BreakingType>,
    /// The bump it asks for at 1.0.0 and later.
    bump: Bump,
    /// The artifact it was found in.
    artifact: Artifact,
    /// The stream; null for what is not in a stream.
    stream: Option<StreamId<'r>>,
    /// Property names from the root: the field, or the path in the config.
    field: &'r [String],
    /// The option of the spec it concerns.
    branch: Option<SpecBranch<'r>>,
    /// Pointers into the derived artifacts; null where there is nothing.
    pointer: Sides<Option<String>>,
    /// The editions it holds for.
    editions: Vec<Edition>,
    /// What the platform does; null without a configured catalog.
    platform: Option<Platform>,
    /// Possible renames.
    related: Vec<Related<'r>>,
    /// The old value, where there is a short one.
    old: Option<&'r Value>,
    /// The new value.
    new: Option<&'r Value>,
    /// Who is affected.
    scope: Scope<'r>,
    /// What the user sees.
    effect: &'r str,
    /// What the user, or the author, must do.
    action: String,
    /// Why the level is what it is.
    evidence: Evidence<'r>,
    /// Where the values were written.
    origin: Sides<Option<Origin<'r>>>,
    /// The shared definition or file whose edit it is.
    cause: Option<&'r str>,
    /// Where the policy file sets the level; null where the rule's own level stands.
    policy: Option<&'r str>,
    /// A migration that absorbs it.
    migration: Option<Migration<'r>>,
    /// Set where the policy file waives it.
    waived: Option<Waived<'r>>,
    /// What it comes to in the destinations of `--destinations`, as far as they see it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    destinations: Vec<InDestination<'r>>,
}

/// What one finding comes to in one destination.
#[derive(Debug, Serialize, JsonSchema)]
struct InDestination<'r> {
    /// The destination.
    name: &'r str,
    /// The worst that can happen to what is stored.
    effect: DestinationEffect,
    /// What happens to stored values that fit, where that is another.
    #[serde(skip_serializing_if = "Option::is_none")]
    otherwise: Option<DestinationEffect>,
    /// What it is known from.
    evidence: EffectEvidence,
    /// The experiment, or the file or page that says so; null where nothing does.
    reference: Option<&'r str>,
    /// The day on which the file or page was last known to say so.
    #[serde(skip_serializing_if = "Option::is_none")]
    seen: Option<&'r str>,
    /// Why.
    note: &'r str,
}

/// The identity of a stream: two streams are the same when namespace and name are.
#[derive(Debug, Serialize, JsonSchema)]
struct StreamId<'r> {
    /// The stream's name.
    name: &'r str,
    /// The namespace, where the catalog gives one.
    namespace: Option<&'r str>,
}

/// The option of a spec's `oneOf` that a finding concerns.
#[derive(Debug, Serialize, JsonSchema)]
struct SpecBranch<'r> {
    /// The property that tells the options apart.
    property: &'r str,
    /// Its value in this option.
    value: &'r str,
}

/// Something said of both sides.
#[derive(Debug, Serialize, JsonSchema)]
struct Sides<T> {
    /// The old side.
    old: T,
    /// The new side.
    new: T,
}

/// Where a value was written.
#[derive(Debug, Serialize, JsonSchema)]
struct Origin<'r> {
    /// The file, relative to the side where the side is a directory.
    file: &'r str,
    /// The JSON pointer in that file.
    pointer: String,
    /// The line, from 1.
    line: Option<usize>,
    /// The column in characters, from 1.
    column: Option<usize>,
}

/// Who is affected.
#[derive(Debug, Serialize, JsonSchema)]
struct Scope<'r> {
    /// Every user of the connector.
    everyone: bool,
    /// Otherwise the streams, by name as `scopedImpact` takes them.
    streams: &'r BTreeSet<String>,
    /// What narrows it further, in words: a sync mode or a config branch.
    only: Option<String>,
    /// Schema files from which other streams are built as well, whose names are not known.
    unlisted_streams_of: &'r BTreeSet<String>,
}

/// Why the level is what it is.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(tag = "kind", rename_all = "kebab-case")]
enum Evidence<'r> {
    /// Shown to hold for every value.
    Proof {
        /// What was shown.
        message: &'r str,
    },
    /// A value that the old side accepts and the new side refuses.
    Witness {
        /// The value.
        value: &'r Value,
        /// What a validator says of it.
        message: &'r str,
    },
    /// Seen in a sample.
    Sample {
        /// Which sample shows it.
        message: &'r str,
    },
    /// The rule decides by itself.
    Rule,
    /// Not decided; the message says what would decide it.
    Unproven {
        /// What would decide it.
        message: &'r str,
    },
}

/// A hint, never a certainty: a place on the other side that looks like this one.
#[derive(Debug, Serialize, JsonSchema)]
struct Related<'r> {
    /// What it is.
    kind: RelatedKind,
    /// The stream, where the hint is about a stream.
    #[serde(skip_serializing_if = "Option::is_none")]
    stream: Option<&'r str>,
    /// The field or config path, where it is about one.
    #[serde(skip_serializing_if = "<[String]>::is_empty")]
    field: &'r [String],
    /// The path of what moved, where that lies inside of what the finding is about.
    #[serde(skip_serializing_if = "<[String]>::is_empty")]
    part: &'r [String],
    /// From 0 to 1: of the names, or of the sets of fields where those are more alike.
    similarity: f64,
    /// What speaks for it.
    because: Vec<Likeness>,
}

/// A migration that absorbs a break.
#[derive(Debug, Serialize, JsonSchema)]
struct Migration<'r> {
    /// What it rewrites.
    kind: MigrationKind,
    /// Whether it lowers the level.
    credited: bool,
    /// Where it is declared.
    by: &'r str,
}

/// A decision of the project to accept a finding.
#[derive(Debug, Serialize, JsonSchema)]
struct Waived<'r> {
    /// Why.
    reason: &'r str,
    /// The version or date it ends with.
    until: Option<&'r str>,
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

impl<'r> From<&'r model::Finding> for Finding<'r> {
    fn from(finding: &'r model::Finding) -> Self {
        let pointer = |place: &Option<model::ArtifactPlace>| place.as_ref().map(ToString::to_string);
        Self {
            id: &finding.id,
            rule: &finding.rule,
            level: finding.level.into(),
            breaking_type: finding.breaking_type.map(BreakingType::from),
            bump: finding.bump.into(),
            artifact: finding.artifact.into(),
            stream: finding.stream.as_ref().map(StreamId::from),
            field: &finding.field,
            branch: finding
                .branch
                .as_ref()
                .map(|branch| SpecBranch { property: &branch.property, value: &branch.value }),
            pointer: Sides { old: pointer(&finding.pointer.old), new: pointer(&finding.pointer.new) },
            editions: finding.editions.iter().map(|edition| (*edition).into()).collect(),
            platform: finding.platform.map(Platform::from),
            related: each(&finding.related),
            old: finding.old.as_deref(),
            new: finding.new.as_deref(),
            scope: (&*finding.scope).into(),
            effect: finding.effect.as_str(),
            action: finding.action.to_string(),
            evidence: (&finding.evidence).into(),
            origin: Sides {
                old: finding.origin.old.as_ref().map(Origin::from),
                new: finding.origin.new.as_ref().map(Origin::from),
            },
            cause: finding.cause.as_deref(),
            policy: finding.policy.as_deref(),
            migration: finding.migration.as_ref().map(|migration| Migration {
                kind: migration.kind.into(),
                credited: migration.credited,
                by: &migration.by,
            }),
            waived: finding.waived.as_deref().map(Waived::from),
            destinations: each(&finding.destinations),
        }
    }
}

impl<'r> From<&'r model::InDestination> for InDestination<'r> {
    fn from(found: &'r model::InDestination) -> Self {
        Self {
            name: found.name,
            effect: found.effect.into(),
            otherwise: found.otherwise.map(DestinationEffect::from),
            evidence: found.evidence.into(),
            reference: found.reference,
            seen: found.seen,
            note: found.note,
        }
    }
}

impl<'r> From<&'r model::StreamId> for StreamId<'r> {
    fn from(stream: &'r model::StreamId) -> Self {
        Self { name: &stream.name, namespace: stream.namespace.as_deref() }
    }
}

impl<'r> From<&'r model::Origin> for Origin<'r> {
    fn from(origin: &'r model::Origin) -> Self {
        Self {
            file: &origin.file,
            pointer: origin.pointer.to_string(),
            line: origin.line,
            column: origin.column,
        }
    }
}

impl<'r> From<&'r model::Scope> for Scope<'r> {
    fn from(scope: &'r model::Scope) -> Self {
        Self {
            everyone: scope.everyone,
            streams: &scope.streams,
            only: scope.only.as_ref().map(ToString::to_string),
            unlisted_streams_of: &scope.unlisted_streams_of,
        }
    }
}

impl<'r> From<&'r model::Evidence> for Evidence<'r> {
    fn from(evidence: &'r model::Evidence) -> Self {
        match evidence {
            model::Evidence::Proof { message } => Self::Proof { message: message.as_str() },
            model::Evidence::Witness { value, message } => Self::Witness { value, message: message.as_str() },
            model::Evidence::Sample { message } => Self::Sample { message: message.as_str() },
            model::Evidence::Rule => Self::Rule,
            model::Evidence::Unproven { message } => Self::Unproven { message: message.as_str() },
        }
    }
}

impl<'r> From<&'r model::Related> for Related<'r> {
    fn from(related: &'r model::Related) -> Self {
        Self {
            kind: related.kind.into(),
            stream: related.stream.as_deref(),
            field: &related.field,
            part: &related.part,
            similarity: related.similarity,
            because: related.because.iter().map(|likeness| (*likeness).into()).collect(),
        }
    }
}

impl<'r> From<&'r model::Waived> for Waived<'r> {
    fn from(waived: &'r model::Waived) -> Self {
        Self { reason: &waived.reason, until: waived.until.as_deref() }
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
