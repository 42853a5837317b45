//! From files to a [`Connector`]: everything known about one side, where each value came from, and what is not
//! known.
//!
//! Loading never fails as a whole. What cannot be read becomes an [`InputError`] (the input is broken) or a
//! [`LoadFault`] (the connector itself would refuse to start), and everything else is still there to compare.

mod acceptance;
mod archive;
mod captured;
mod cdk_versions;
mod common;
mod cut;
mod directory;
mod distribution;
mod docs;
mod folder;
mod golden;
mod json;
mod kind;
mod loaded;
mod manifest;
mod metadata;
mod package;
mod position;
mod python;
mod python_streams;
mod read;
mod reader;
mod registry;
mod renamed;
mod schema_graph;
mod spec;
mod spec_code;
mod spec_files;
mod state;
mod touched;
mod written;
mod yaml;

use std::collections::HashSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use thiserror::Error;

pub use acceptance::disabled_tests;
pub use common::{common, connectors_in, is_connector};
pub(crate) use cut::range_in;
pub(crate) use json::{CowStr, RawObject};
pub use kind::FileKind;
use loaded::{Loaded, Precedence};
pub use position::{PositionRequest, origins, positions};
pub use registry::{Registry, RegistryEntry, RegistryPair};
pub use touched::{Roots, Touched, TouchedConnector, touched, touched_at};

use crate::limits::Limits;
use crate::model::{
    Artifact, Catalog, ConfigSample, ConfiguredStream, Connector, ConnectorType, Document, ErrorCause,
    FaultKind, InputError, LoadFault, Metadata, Position, Spec, StreamStanding,
};
use crate::nesting;
use crate::tree::{Archive, Disk, Kind, Tree};

/// What the user named as one side, on disk.
#[derive(Debug, Clone, Default)]
pub struct Side {
    /// A directory or a file, which may be an archive.
    pub path: PathBuf,
    /// What the file is, where its content is not to decide.
    pub kind: Option<FileKind>,
    /// A file that replaces the spec.
    pub spec: Option<PathBuf>,
    /// A file that replaces the catalog.
    pub catalog: Option<PathBuf>,
    /// State samples to add.
    pub states: Vec<PathBuf>,
    /// Config samples to add.
    pub configs: Vec<PathBuf>,
    /// Files, or folders of them, that show what a destination writes, to add.
    pub outputs: Vec<PathBuf>,
    /// A file that replaces the metadata.
    pub metadata: Option<PathBuf>,
    /// The connector's name, where nothing else gives one.
    pub name: Option<String>,
    /// How much of each file is read.
    pub limits: Limits,
}

/// What one side is to be read from: as [`Side`], for files of any kind. A file is a tree whose root is that file.
#[derive(Debug, Clone)]
pub struct Request {
    /// A directory or a file, which may be an archive.
    pub tree: Arc<dyn Tree>,
    /// What the file is, where its content is not to decide.
    pub kind: Option<FileKind>,
    /// A file that replaces the spec.
    pub spec: Option<Arc<dyn Tree>>,
    /// A file that replaces the catalog.
    pub catalog: Option<Arc<dyn Tree>>,
    /// State samples to add.
    pub states: Vec<Arc<dyn Tree>>,
    /// Config samples to add.
    pub configs: Vec<Arc<dyn Tree>>,
    /// Files, or folders of them, that show what a destination writes, to add.
    pub outputs: Vec<Arc<dyn Tree>>,
    /// A file that replaces the metadata.
    pub metadata: Option<Arc<dyn Tree>>,
    /// The connector's name, where nothing else gives one.
    pub name: Option<String>,
    /// The connector's version, where nothing else gives one.
    pub version: Option<String>,
    /// Whether what a connector printed counts beside what it is built from. In a repository it does not: whatever lies
    /// there is older than the change that it would hide.
    pub reads_printed: bool,
    /// How much of each file is read.
    pub limits: Limits,
}

impl Request {
    /// A side that is a tree and nothing beside it.
    pub fn new(tree: impl Tree + 'static) -> Self {
        Self::of(Arc::new(tree))
    }

    /// As [`Request::new`], of a tree that others may hold too.
    pub fn of(tree: Arc<dyn Tree>) -> Self {
        Self {
            tree,
            kind: None,
            spec: None,
            catalog: None,
            states: Vec::new(),
            configs: Vec::new(),
            outputs: Vec::new(),
            metadata: None,
            name: None,
            version: None,
            reads_printed: true,
            limits: Limits::default(),
        }
    }
}

impl From<&Side> for Request {
    fn from(side: &Side) -> Self {
        let file = |path: &PathBuf| -> Arc<dyn Tree> { Arc::new(Disk::new(path)) };
        Self {
            tree: file(&side.path),
            kind: side.kind,
            spec: side.spec.as_ref().map(file),
            catalog: side.catalog.as_ref().map(file),
            states: side.states.iter().map(file).collect(),
            configs: side.configs.iter().map(file).collect(),
            outputs: side.outputs.iter().map(file).collect(),
            metadata: side.metadata.as_ref().map(file),
            name: side.name.clone(),
            version: None,
            reads_printed: true,
            limits: side.limits,
        }
    }
}

/// Reads one side from disk.
pub fn connector(side: &Side) -> Connector {
    connector_in(&Request::from(side))
}

/// Reads one side from wherever its files are.
pub fn connector_in(request: &Request) -> Connector {
    match read_in(request) {
        Read::Connector(connector) => *connector,
        Read::Registry(registry) => registry.as_connector(),
    }
}

/// What a side is.
#[derive(Debug)]
pub enum Read {
    /// A version of a connector.
    Connector(Box<Connector>),
    /// A whole registry.
    Registry(Registry),
}

/// As [`connector_in`], of a side that may be a whole registry.
pub fn read_in(request: &Request) -> Read {
    read_beside(request, None)
}

/// A side that no thread can walk, since its values may nest too deep for it.
pub(crate) fn not_walked(source: String, message: String) -> Connector {
    let file = source.clone();
    let error = InputError { cause: ErrorCause::Limit, artifact: None, file, line: None, message };
    Connector { source, own_errors: 1, errors: vec![error], ..Connector::default() }
}

/// Reads both sides. Two files that may be catalogs are read one after the other: most of the new one is the old one again,
/// and what stands there in the same bytes is cut once.
pub fn read_both(old: &Request, new: &Request) -> (Read, Read) {
    let is_file = |request: &Request| !matches!(request.tree.kind(""), Ok(Kind::Folder));
    if !(is_file(old) && is_file(new)) {
        return rayon::join(|| read_in(old), || read_in(new));
    }
    let old = read_in(old);
    let known = match &old {
        Read::Connector(connector) => connector.catalog.as_ref(),
        Read::Registry(_) => None,
    };
    let new = read_beside(new, known);
    (old, new)
}

/// `beside` is the catalog of a side that was read before.
fn read_beside(request: &Request, beside: Option<&Catalog>) -> Read {
    nesting::run(&request.limits, || read_side(request, beside)).unwrap_or_else(|error| {
        Read::Connector(Box::new(not_walked(request.tree.shown(""), error.to_string())))
    })
}

fn read_side(request: &Request, beside: Option<&Catalog>) -> Read {
    let (mut tree, limits) = (request.tree.clone(), &request.limits);
    let metadata = request.metadata.as_deref().map(|file| given_metadata(file, limits));
    let known = metadata.as_ref().and_then(|found| found.metadata.as_ref());
    let mut found = match tree.kind("") {
        Ok(Kind::Folder) => directory::load(&tree, limits, known, request.reads_printed),
        _ => match read::bytes(&*tree, "", limits) {
            Ok(bytes) if Archive::is_one(&tree.shown(""), &bytes) => {
                match archive::open(tree.shown(""), bytes, limits) {
                    Ok(archive) => {
                        tree = Arc::new(archive);
                        directory::load(&tree, limits, known, request.reads_printed)
                    }
                    Err(error) => Loaded::error(read::not_given(&tree.shown(""), &error)),
                }
            }
            Ok(bytes) => match load_file(&*tree, bytes, request.kind, limits, beside) {
                LoadedFile::Artifacts(found) => *found,
                LoadedFile::Registry(registry) => return Read::Registry(registry),
            },
            Err(unread) => Loaded::error(unread),
        },
    };
    let own_errors = found.errors.len();
    if let Some(metadata) = metadata {
        found.add(metadata, Precedence::Later);
    }
    add_given(request, &mut found);
    let mut connector = Connector {
        source: tree.shown(""),
        tree: Some(tree),
        limits: *limits,
        own_errors,
        has_overrides: request.spec.is_some()
            || request.catalog.is_some()
            || !request.states.is_empty()
            || !request.configs.is_empty()
            || !request.outputs.is_empty(),
        ..found.into_connector()
    };
    if connector.version.is_none() {
        connector.version.clone_from(&request.version);
    }
    if !connector.has_overrides && request.metadata.is_none() {
        // What turned out at the very end is the side's too.
        connector.own_errors = connector.errors.len();
    }
    finish(request.name.as_deref(), &mut connector);
    Read::Connector(Box::new(connector))
}

/// Reads a ConfiguredAirbyteCatalog, the view of one connection.
///
/// # Errors
/// The file cannot be read or is none.
pub fn configured_catalog(path: &Path, limits: &Limits) -> Result<Vec<ConfiguredStream>, InputError> {
    configured_catalog_in(&Disk::new(path), limits)
}

/// As [`configured_catalog`], from a tree that is that file.
///
/// # Errors
/// The file cannot be read or is none.
pub fn configured_catalog_in(tree: &dyn Tree, limits: &Limits) -> Result<Vec<ConfiguredStream>, InputError> {
    let document = read::document(tree, "", limits)?;
    nesting::run(limits, || captured::configured_catalog(&document, limits))
        .unwrap_or_else(|error| Err(no_threads(tree, error.to_string())))
}

/// The text of a tree that is a file and no artifact, such as a policy file.
///
/// # Errors
/// The file cannot be read or is not UTF-8.
pub fn text(tree: &dyn Tree, limits: &Limits) -> Result<String, InputError> {
    Ok(read::document(tree, "", limits)?.text.clone())
}

/// The same with the byte order mark that it may start with, for whoever writes it again.
///
/// # Errors
/// The file cannot be read or is not UTF-8.
pub fn text_as_it_is(tree: &dyn Tree, limits: &Limits) -> Result<String, InputError> {
    read::decoded(tree, "", limits)
}

/// The value of a tree that is a file with one JSON or YAML value, such as a JSON Schema.
///
/// # Errors
/// The file cannot be read or parsed.
pub fn value(tree: &dyn Tree, limits: &Limits) -> Result<serde_json::Value, InputError> {
    nesting::run(limits, || Ok(read::value_at(tree, "", Artifact::Spec, limits)?.0))
        .unwrap_or_else(|error| Err(no_threads(tree, error.to_string())))
}

fn no_threads(tree: &dyn Tree, message: String) -> InputError {
    InputError { cause: ErrorCause::Limit, artifact: None, file: tree.shown(""), line: None, message }
}

/// Reads a text as JSON the way every artifact is read, for tests that feed arbitrary text.
///
/// # Errors
/// The text is no JSON value.
pub fn parse_json(text: &str) -> Result<serde_json::Value, TextError> {
    json::parse(text).map_err(|error| TextError { message: error.message, position: error.position })
}

/// Reads a text as Python's YAML safe loader would.
///
/// # Errors
/// That loader would refuse the text.
pub fn parse_yaml(text: &str) -> Result<serde_json::Value, TextError> {
    yaml::parse(text, &Limits::default())
        .map_err(|error| TextError { message: error.message, position: error.position })
}

/// Why a text is not JSON or YAML.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("{}:{}: {message}", position.line, position.column)]
pub struct TextError {
    /// What was expected and found.
    pub message: String,
    /// Where.
    pub position: Position,
}

/// What a file that is a side holds.
enum LoadedFile {
    Artifacts(Box<Loaded>),
    Registry(Registry),
}

fn load_file(
    tree: &dyn Tree,
    bytes: Vec<u8>,
    kind: Option<FileKind>,
    limits: &Limits,
    beside: Option<&Catalog>,
) -> LoadedFile {
    let read = read::unshared_document(tree, "", bytes).and_then(|document| {
        let document = Arc::new(document);
        if let Some(other) = beside {
            cut::beside(&document, other);
        }
        let kind = kind_of_side(&document, kind, limits)?;
        Ok(match kind {
            FileKind::WholeRegistry => LoadedFile::Registry(Registry::of(&document, tree.shown(""), limits)?),
            FileKind::Messages => LoadedFile::Artifacts(Box::new(reader::messages_alone(&document))),
            FileKind::Catalog | FileKind::ConfiguredCatalog => {
                LoadedFile::Artifacts(Box::new(reader::catalog_beside(&document, beside, limits)))
            }
            kind => LoadedFile::Artifacts(Box::new((kind.reader().read)(&document, limits))),
        })
    });
    read.unwrap_or_else(|error| LoadedFile::Artifacts(Box::new(Loaded::error(error))))
}

/// What a file is that is a side by itself.
fn kind_of_side(
    document: &Document,
    kind: Option<FileKind>,
    limits: &Limits,
) -> Result<FileKind, InputError> {
    let wrong = |message: &str| {
        Err(InputError {
            cause: ErrorCause::Content,
            artifact: None,
            file: document.file.clone(),
            line: Some(1),
            message: message.to_owned(),
        })
    };
    if document.text.trim().is_empty() {
        return wrong(
            "expected a spec, a catalog, a state, a manifest, metadata or captured output, found an empty file",
        );
    }
    match kind.map_or_else(|| kind::of_document(document, limits), |kind| Ok(Some(kind)))? {
        Some(kind) => Ok(kind),
        None if read::file_stem(&document.file).contains("state") => Ok(FileKind::State),
        None => wrong(
            "cannot tell what this file is: expected a spec (connectionSpecification), a catalog \
             (streams), a state, a manifest, metadata or captured output; name it with --kind",
        ),
    }
}

fn given_metadata(tree: &dyn Tree, limits: &Limits) -> Loaded {
    let mut found = match read::document(tree, "", limits) {
        Ok(document) => (FileKind::Metadata.reader().read)(&document, limits),
        Err(unread) => Loaded::error(unread),
    };
    found.errors.iter_mut().for_each(|error| error.artifact = Some(Artifact::Metadata));
    found
}

/// Adds the files that flags name: a spec or a catalog takes the place of the side's own, samples come to its samples.
fn add_given(request: &Request, found: &mut Loaded) {
    let limits = &request.limits;
    let mut manifests: HashSet<InputError> = HashSet::new();
    for (artifact, file) in [(Artifact::Spec, &request.spec), (Artifact::Catalog, &request.catalog)] {
        let Some(document) = file.as_deref().and_then(|file| open(file, artifact, limits, found)) else {
            continue;
        };
        match artifact {
            Artifact::Spec => {
                found.spec.clear();
                found.golden_specs.clear();
            }
            _ => found.catalog.catalog = None,
        }
        let mut given = reader::given(&document, artifact, limits);
        // Both flags may name one manifest.
        given.faults.retain(|fault| manifests.insert(fault.error.clone()));
        found.add(given, Precedence::Later);
    }
    for file in &request.states {
        let Some(document) = open(&**file, Artifact::State, limits, found) else { continue };
        found.add(reader::given(&document, Artifact::State, limits), Precedence::Later);
    }
    for file in &request.configs {
        let Some(document) = open(&**file, Artifact::Spec, limits, found) else { continue };
        match read::value(&document, Artifact::Spec, limits) {
            Ok(value) => found.configs.push(ConfigSample { file: document.file.clone(), value }),
            Err(unread) => found.errors.push(unread),
        }
    }
    let name = request.name.as_deref().or(found.name.as_deref()).map(str::to_owned);
    for output in &request.outputs {
        let mut given = written::given(output, name.as_deref(), limits);
        // One file on each side is compared whatever it is called; of several each is held against the one of its name.
        if request.outputs.len() > 1 {
            let shown = output.shown("");
            given.written.tables.iter_mut().for_each(|table| {
                table.key.insert_str(0, &format!("{}#", read::file_stem(&shown)));
            });
        }
        found.add(given, Precedence::Later);
    }
}

/// A file that a flag names, or nothing and an error.
fn open(tree: &dyn Tree, artifact: Artifact, limits: &Limits, found: &mut Loaded) -> Option<Arc<Document>> {
    let error = match read::document(tree, "", limits) {
        Ok(document) if document.text.trim().is_empty() => InputError {
            cause: ErrorCause::Content,
            artifact: Some(artifact),
            file: document.file.clone(),
            line: Some(1),
            message: format!("expected a {artifact}, found an empty file"),
        },
        Ok(document) => return Some(document),
        Err(unread) => InputError { artifact: Some(artifact), ..unread },
    };
    found.errors.push(error);
    None
}

/// What follows from everything that was read.
fn finish(given_name: Option<&str>, connector: &mut Connector) {
    if let Some(name) = connector.metadata.as_ref().and_then(Metadata::name) {
        connector.name = Some(name.to_owned());
    }
    if let Some(name) = given_name {
        connector.name = Some(name.to_owned());
    }
    if let Some(version) = connector.metadata.as_ref().and_then(Metadata::version) {
        connector.version = Some(version.to_owned());
    }
    connector.connector_type = connector_type(
        connector.metadata.as_ref(),
        connector.name.as_deref(),
        connector.spec.as_ref(),
        connector.catalog.is_some() || connector.has_manifest,
    );
    check_references(connector);
}

/// A schema that refers to nowhere stops `discover`: the connector is at fault, not the input.
fn check_references(connector: &mut Connector) {
    let Some(catalog) = &connector.catalog else { return };
    let (mut faults, mut beside) = (Vec::new(), Vec::new());
    for (stream, properties) in catalog.derived() {
        let is_needed = stream.standing() != &StreamStanding::SchemaFile
            || package::may_be_a_stream(catalog, &connector.code, &connector.code_words, &stream.id.name);
        let Some(schema) = properties.json_schema.known().filter(|schema| schema.may_refer()) else {
            continue;
        };
        let schema = schema.open();
        for error in schema.reference_errors() {
            let fault = LoadFault {
                error: InputError {
                    cause: match error.names_no_file() {
                        true => ErrorCause::MissingFile,
                        false => ErrorCause::Content,
                    },
                    artifact: Some(Artifact::Catalog),
                    file: schema.file_of(&error),
                    line: None,
                    message: format!(
                        "the reference {} cannot be followed: {}",
                        error.reference, error.reason
                    ),
                },
                pointer: None,
                kind: FaultKind::Refused,
            };
            if !is_needed {
                beside.push(fault.error);
            } else if !faults.contains(&fault) {
                faults.push(fault);
            }
        }
    }
    connector.faults.extend(faults);
    connector.unread_beside.extend(beside);
}

/// Source or destination, from whatever says it first.
fn connector_type(
    metadata: Option<&Metadata>,
    name: Option<&str>,
    spec: Option<&Spec>,
    has_streams: bool,
) -> ConnectorType {
    let declared = metadata.and_then(|metadata| metadata.data["connectorType"].as_str());
    let name = name.unwrap_or_default();
    // An entry of a registry says it by the name of its id.
    let has = |key: &str| metadata.is_some_and(|metadata| metadata.data.get(key).is_some());
    let is_destination_spec = spec.is_some_and(|spec| {
        spec.value.get("supported_destination_sync_modes").is_some_and(|modes| !modes.is_null())
    });
    match declared {
        Some("source") => ConnectorType::Source,
        Some("destination") => ConnectorType::Destination,
        _ if has("sourceDefinitionId") => ConnectorType::Source,
        _ if has("destinationDefinitionId") => ConnectorType::Destination,
        _ if name.starts_with("source-") => ConnectorType::Source,
        _ if name.starts_with("destination-") => ConnectorType::Destination,
        // Sources have streams. What a source's spec says of sync modes is copied from a template, and means nothing.
        _ if has_streams => ConnectorType::Source,
        _ if is_destination_spec => ConnectorType::Destination,
        _ => ConnectorType::Unknown,
    }
}
