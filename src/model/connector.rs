//! One side of the comparison.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::sync::{Arc, OnceLock};

use serde::Serialize;
use serde_json::Value;

use super::catalog::Locate;
use super::{
    BuildGraph, Catalog, ConfigRules, Metadata, Pointer, RecordSchema, ReleaseFiles, StateSample,
    WrittenFormat,
};
use crate::limits::Limits;
use crate::python::Code;
use crate::tree::{Kind, Tree, TreeError};

/// A part of a connector that is compared on its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Artifact {
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

impl Artifact {
    /// The name used in reports.
    pub fn name(self) -> &'static str {
        match self {
            Self::Spec => "spec",
            Self::Catalog => "catalog",
            Self::State => "state",
            Self::Destination => "destination",
            Self::Metadata => "metadata",
            Self::Docs => "docs",
        }
    }
}

impl fmt::Display for Artifact {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// Which way data flows.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum ConnectorType {
    /// Reads from somewhere.
    Source,
    /// Writes to somewhere.
    Destination,
    /// Nothing says.
    #[default]
    Unknown,
}

/// How much of an artifact is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum CoverageStatus {
    /// Everything.
    Complete,
    /// A part; absence proves nothing.
    Partial,
    /// Nothing.
    Absent,
}

/// How much of one artifact is known on both sides, and why not more.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Coverage {
    /// The artifact.
    pub artifact: Artifact,
    /// The old side.
    pub old: CoverageStatus,
    /// The new side.
    pub new: CoverageStatus,
    /// Why, in a sentence; empty where both are complete.
    pub reason: String,
}

impl Coverage {
    /// What it is about, in words.
    pub fn subject(&self) -> &'static str {
        match self.artifact {
            Artifact::Destination => "written format",
            artifact => artifact.name(),
        }
    }
}

/// Something that is there and cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct InputError {
    /// What it would have been.
    pub artifact: Option<Artifact>,
    /// The file, as reports name it.
    pub file: String,
    /// The line, from 1, where it is known.
    pub line: Option<usize>,
    /// What was expected, what was found, what to do.
    pub message: String,
    /// Where the reason lies.
    pub cause: ErrorCause,
}

/// Where the reason of an [`InputError`] lies.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ErrorCause {
    /// In the text of the file.
    Content,
    /// No file is there, or something else.
    NotAFile,
    /// The file refers to one that is not there.
    MissingFile,
    /// The file lies outside the side. Others may read it, the connector among them.
    Outside,
    /// A limit of this program is met.
    Limit,
    /// The system does not give it.
    Failed,
}

impl ErrorCause {
    /// Whether the files are as they are, and this run may not or cannot read them.
    pub fn is_of_this_run(self) -> bool {
        matches!(self, Self::Outside | Self::Limit | Self::Failed)
    }
}

impl InputError {
    /// The same of an artifact, where it is of none yet.
    #[must_use]
    pub(crate) fn of(mut self, artifact: Artifact) -> Self {
        self.artifact.get_or_insert(artifact);
        self
    }
}

impl std::error::Error for InputError {}

impl fmt::Display for InputError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.line {
            Some(line) => write!(f, "{}:{line}: {}", self.file, self.message),
            None => write!(f, "{}: {}", self.file, self.message),
        }
    }
}

/// A reason for which the connector itself would refuse to start, found in the files it ships.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LoadFault {
    /// Where, and what.
    pub error: InputError,
    /// The place in the file, where it is one value's.
    pub pointer: Option<Pointer>,
    /// How bad it is.
    pub kind: FaultKind,
}

/// What a [`LoadFault`] comes to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum FaultKind {
    /// The file cannot even be parsed, so part of the side is unknown.
    Unreadable,
    /// Every version of the CDK refuses it.
    Refused,
    /// The CDK's schema of components does not allow it. Versions differ in that schema, so a release that ran may hold
    /// such a fault.
    Disallowed,
}

/// The spec of one side, as the protocol prints it.
#[derive(Debug, Clone)]
pub struct Spec {
    /// A ConnectorSpecification object. Differences show parts of it.
    pub value: Arc<Value>,
    /// Where its parts were written.
    pub locate: Arc<dyn Locate>,
}

/// The editions of the platform, which may offer different specs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Edition {
    /// Self-managed Airbyte.
    Oss,
    /// Airbyte Cloud.
    Cloud,
}

impl Edition {
    /// Every edition.
    pub const ALL: [Self; 2] = [Self::Oss, Self::Cloud];

    /// This edition and no other.
    pub fn only(self) -> &'static [Self] {
        match self {
            Self::Oss => &[Self::Oss],
            Self::Cloud => &[Self::Cloud],
        }
    }

    /// The name used in reports.
    pub fn name(self) -> &'static str {
        match self {
            Self::Oss => "oss",
            Self::Cloud => "cloud",
        }
    }
}

/// A spec that is kept among the tests of a connector.
#[derive(Debug, Clone)]
pub struct GoldenSpec {
    /// The edition whose spec it is; one for both counts as that of a self-managed Airbyte.
    pub edition: Edition,
    /// The file.
    pub file: String,
    /// The spec.
    pub spec: Spec,
}

/// How an `oauth_connector_input_specification` joins its scopes where it does not say. airbyte-cdk 7.39.1 prints the
/// default into the spec of a manifest and 6.48.16 does not: the difference asks nothing of anybody.
pub(crate) const SCOPES_JOIN_STRATEGY: (&str, &str) = ("scopes_join_strategy", "space");

/// A sample of a saved config.
#[derive(Debug, Clone, PartialEq)]
pub struct ConfigSample {
    /// The file, as reports name it.
    pub file: String,
    /// The config.
    pub value: Value,
}

/// Everything known about one version of one connector.
#[derive(Debug, Clone, Default)]
pub struct Connector {
    /// The side as the user named it.
    pub source: String,
    /// Whether there is no connector on this side, and none is meant to be: the other side was added or removed.
    pub is_absent: bool,
    /// The file or folder that the side is.
    pub tree: Option<Arc<dyn Tree>>,
    /// How much of it was read.
    pub limits: Limits,
    /// So many of the errors are of the side itself; those that follow are of files that were named beside it.
    pub own_errors: usize,
    /// Whether files were added to what the side holds, or replace it.
    pub has_overrides: bool,
    /// The folders of the side that the connector may be built from, the empty one for the side itself. Where there are
    /// several, conventions choose.
    pub layouts: BTreeSet<String>,
    /// Files of the side that hold what the connector printed, and that were read.
    pub printed: BTreeSet<String>,
    /// The connector's name, such as `source-github`.
    pub name: Option<String>,
    /// Source or destination.
    pub connector_type: ConnectorType,
    /// The version, where metadata or the user gives one.
    pub version: Option<String>,
    /// The spec, if there is one.
    pub spec: Option<Spec>,
    /// What its tests hold equal to what it prints on `spec`, one for each edition.
    pub golden_specs: Vec<GoldenSpec>,
    /// Whether the spec is one of these, since no other is there.
    pub is_spec_golden: bool,
    /// Why there is no spec, or why not all of it.
    pub spec_reason: String,
    /// Whether the spec was given beside the side.
    pub is_spec_given: bool,
    /// The file of code that builds the spec, where there is none to read.
    pub spec_in_code: Option<String>,
    /// The catalog, if there is one.
    pub catalog: Option<Catalog>,
    /// Why there is no catalog.
    pub catalog_reason: String,
    /// What its manifest does to saved configs before it validates them.
    pub config_rules: ConfigRules,
    /// `config_normalization_rules` of its manifest, as they resolve: null where it has none, `None` where there is no
    /// manifest.
    pub config_normalization: Option<Value>,
    /// What its streams are built from.
    pub graph: BuildGraph,
    /// The schemas of streams that others take their partitions from and that no catalog lists, by name.
    pub unlisted_parents: BTreeMap<String, RecordSchema>,
    /// Saved state.
    pub states: Vec<StateSample>,
    /// What a destination writes.
    pub written: WrittenFormat,
    /// What was found and cannot be read, and what nothing needs: samples of saved state and of configs, and schema files
    /// that no stream is built from.
    pub unread_beside: Vec<InputError>,
    /// Samples of saved configs.
    pub configs: Vec<ConfigSample>,
    /// `metadata.yaml`.
    pub metadata: Option<Metadata>,
    /// What belongs to its releases and not to what runs.
    pub release_files: ReleaseFiles,
    /// Whether the package has a manifest.
    pub has_manifest: bool,
    /// The manifest's `version`: the CDK it is written for.
    pub manifest_version: Option<String>,
    /// The package's own Python.
    pub code: Code,
    /// Words of the package's own code and manifest, to tell a removed stream from a moved one.
    pub code_words: CodeWords,
    /// What could not be read.
    pub errors: Vec<InputError>,
    /// Why the connector itself would not load.
    pub faults: Vec<LoadFault>,
}

impl Connector {
    /// No connector, on purpose.
    pub fn absent() -> Self {
        Self { is_absent: true, ..Self::default() }
    }

    /// What stands before the name of one of its files in the path that opens it: nothing where the side is a file.
    pub fn root(&self) -> String {
        const NAME: &str = "x";
        let folder = self.tree.as_ref().filter(|tree| matches!(tree.kind(""), Ok(Kind::Folder)));
        let shown = folder.map(|tree| tree.shown(NAME)).unwrap_or_default();
        shown.strip_suffix(NAME).unwrap_or_default().to_owned()
    }

    /// The same for a file by the name that reports give it. One that a flag names lies elsewhere, and is named as it can be
    /// opened.
    pub fn root_of(&self, file: &str) -> String {
        let lies_here = |tree: &Arc<dyn Tree>| !matches!(tree.kind(file), Err(TreeError::Absent));
        if self.tree.as_ref().is_some_and(lies_here) { self.root() } else { String::new() }
    }
}

/// The words that stand in a package's Python code and manifest, comments left out. They are told apart when they are
/// first asked for: most comparisons never ask.
#[derive(Debug, Clone, Default)]
pub struct CodeWords {
    /// One behind the other, each with a line break.
    texts: String,
    code: Vec<String>,
    keys: Vec<String>,
    words: OnceLock<Words>,
    /// Whether any Python was there to read.
    pub has_python: bool,
}

#[derive(Debug, Clone, Default)]
struct Words {
    words: BTreeSet<String>,
    keys: BTreeSet<String>,
}

impl CodeWords {
    /// Adds every word of a text: runs of letters, digits, `_`, `-` and `.`, in lower case and without
    /// underscores, so that a stream `issue_events` meets its class `IssueEvents`.
    pub fn add(&mut self, text: &str) {
        self.texts.push_str(text);
        self.texts.push('\n');
        self.words = OnceLock::new();
    }

    /// Adds a text of Python code, with its words.
    pub fn add_code(&mut self, text: &str) {
        self.add(text);
        self.has_python = true;
        self.code.push(text.to_owned());
    }

    /// Whether no text of code was there.
    pub fn is_empty(&self) -> bool {
        self.texts.is_empty()
    }

    /// Whether the Python code of both is the same.
    pub fn same_code(&self, other: &Self) -> bool {
        self.code == other.code
    }

    /// Adds a key of the manifest, which may be a field's name as well as anything else's.
    pub fn add_key(&mut self, key: &str) {
        self.keys.push(key.to_owned());
        self.words = OnceLock::new();
    }

    fn words(&self) -> &Words {
        self.words.get_or_init(|| {
            let mut words = BTreeSet::new();
            let is_between = |c: char| !(c.is_alphanumeric() || matches!(c, '_' | '-' | '.'));
            for word in self.texts.split(is_between).filter(|word| !word.is_empty()) {
                words.insert(fold(word));
                words.extend(word.split(['.', '-']).filter(|part| !part.is_empty()).map(fold));
            }
            Words { words, keys: self.keys.iter().map(|key| fold(key)).collect() }
        })
    }

    /// Whether the name of a stream stands in the code or in a value of the manifest.
    pub fn mention(&self, stream: &str) -> bool {
        self.words().words.contains(&fold(stream))
    }

    /// Whether the name stands as a key of the manifest only.
    pub fn mention_as_key(&self, stream: &str) -> bool {
        self.words().keys.contains(&fold(stream)) && !self.mention(stream)
    }
}

fn fold(word: &str) -> String {
    word.chars().filter(|c| *c != '_').flat_map(char::to_lowercase).collect()
}
