//! From files to a [`Connector`]: everything known about one side, where each value came from, and what is not
//! known.
//!
//! Loading never fails as a whole. What cannot be read becomes an [`InputError`] (the input is broken) or a
//! [`LoadFault`] (the connector itself would refuse to start), and everything else is still there to compare.

mod captured;
mod common;
mod directory;
mod docs;
mod golden;
mod json;
mod kind;
mod manifest;
mod metadata;
mod position;
mod python;
mod read;
mod schema_graph;
mod state;
mod yaml;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use captured::CapturedPlace;
pub use common::common;
pub(crate) use json::RawObject;
pub use kind::FileKind;
use manifest::Manifest;
pub(crate) use manifest::migrations::stays_a_text;
pub use position::{PositionRequest, origins, positions};

use crate::limits::Limits;
use crate::model::{
    Artifact, ConfigSample, ConfiguredStream, Connector, Document, FaultKind, InputError, LoadFault,
    Metadata, Pointer, StreamStanding,
};
use crate::tree::{Disk, Kind, Tree};

/// What the user named as one side, on disk.
#[derive(Debug, Clone, Default)]
pub struct Side {
    /// A directory or a file.
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
    /// A directory or a file.
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
    /// A file that replaces the metadata.
    pub metadata: Option<Arc<dyn Tree>>,
    /// The connector's name, where nothing else gives one.
    pub name: Option<String>,
    /// How much of each file is read.
    pub limits: Limits,
}

impl Request {
    /// A side that is a tree and nothing beside it.
    pub fn new(tree: impl Tree + 'static) -> Self {
        Self {
            tree: Arc::new(tree),
            kind: None,
            spec: None,
            catalog: None,
            states: Vec::new(),
            configs: Vec::new(),
            metadata: None,
            name: None,
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
            metadata: side.metadata.as_ref().map(file),
            name: side.name.clone(),
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
    let (tree, limits) = (&request.tree, &request.limits);
    let mut connector = Connector {
        source: tree.shown(""),
        tree: Some(tree.clone()),
        limits: *limits,
        ..Connector::default()
    };
    let overrides_metadata = request.metadata.as_deref().map(|file| load_metadata(file, limits));
    if let Some(Ok(metadata)) = &overrides_metadata {
        connector.metadata = Some(metadata.clone());
    }
    connector.has_overrides = request.spec.is_some()
        || request.catalog.is_some()
        || !request.states.is_empty()
        || !request.configs.is_empty();
    match tree.kind("") {
        Ok(Kind::Folder) => directory::load(tree, limits, &mut connector),
        _ => load_file(&**tree, request.kind, limits, &mut connector),
    }
    connector.own_errors = connector.errors.len();
    match overrides_metadata {
        Some(Ok(metadata)) => connector.metadata = Some(metadata),
        Some(Err(error)) => connector.errors.push(error),
        None => {}
    }
    load_overrides(request, &mut connector);
    finish(request, &mut connector);
    connector
}

/// Reads a ConfiguredAirbyteCatalog, the view of one connection.
///
/// # Errors
/// The file cannot be read or is none.
pub fn configured_catalog(path: &Path, limits: &Limits) -> Result<Vec<ConfiguredStream>, InputError> {
    captured::configured_catalog(&*read::document(&Disk::new(path), "", limits)?, limits)
}

/// The text of a file that is no artifact, such as a policy file.
///
/// # Errors
/// The file cannot be read or is not UTF-8.
pub fn text(path: &Path, limits: &Limits) -> Result<String, InputError> {
    Ok(read::document(&Disk::new(path), "", limits)?.text.clone())
}

/// A file that holds one JSON or YAML value, such as a JSON Schema.
///
/// # Errors
/// The file cannot be read or parsed.
pub fn value(path: &Path, limits: &Limits) -> Result<serde_json::Value, InputError> {
    Ok(read::value_at(&Disk::new(path), "", Artifact::Spec, limits)?.0)
}

/// Reads a text as JSON the way every artifact is read, for tests that feed arbitrary text.
///
/// # Errors
/// The text is no JSON value.
pub fn parse_json(text: &str) -> Result<serde_json::Value, String> {
    json::parse(text).map_err(|error| error.message)
}

/// Reads a text as Python's YAML safe loader would.
///
/// # Errors
/// That loader would refuse the text.
pub fn parse_yaml(text: &str) -> Result<serde_json::Value, String> {
    yaml::parse(text, &Limits::default()).map_err(|error| error.message)
}

fn load_file(tree: &dyn Tree, kind: Option<FileKind>, limits: &Limits, connector: &mut Connector) {
    let document = match read::document(tree, "", limits) {
        Ok(document) => document,
        Err(unread) => return connector.errors.push(unread.error),
    };
    if document.text.trim().is_empty() {
        return connector.errors.push(InputError {
            artifact: None,
            file: document.file.clone(),
            line: Some(1),
            message: "expected a spec, a catalog, a state, a manifest, metadata or captured output, found an empty file"
                .to_owned(),
        });
    }
    let kind = match kind.map_or_else(|| directory::kind_of(&document, limits), |kind| Ok(Some(kind))) {
        Ok(Some(kind)) => kind,
        Ok(None) if read::file_stem(&document.file).contains("state") => FileKind::State,
        Ok(None) => {
            return connector.errors.push(InputError {
                artifact: None,
                file: document.file.clone(),
                line: Some(1),
                message:
                    "cannot tell what this file is: expected a spec (connectionSpecification), a catalog \
                          (streams), a state, a manifest, metadata or captured output; name it with --kind"
                        .to_owned(),
            });
        }
        Err(error) => return connector.errors.push(error),
    };
    match kind {
        FileKind::Spec | FileKind::Registry => load_spec_document(&document, kind, limits, connector),
        FileKind::Catalog | FileKind::ConfiguredCatalog => {
            load_catalog_document(&document, limits, connector)
        }
        FileKind::State => load_state_document(&document, true, limits, connector),
        FileKind::Metadata => match metadata::read(&document, limits) {
            Ok(metadata) => connector.metadata = Some(metadata),
            Err(error) => connector.errors.push(error),
        },
        FileKind::Messages => {
            let messages = captured::messages(&document);
            let empty = messages.spec.is_none() && messages.catalog.is_none() && messages.state.is_none();
            if empty && messages.errors.is_empty() {
                let expected = "a SPEC, CATALOG or STATE message";
                connector.errors.push(messages.nothing_among_them(&document, None, expected));
            }
            connector.spec = messages.spec;
            connector.catalog = messages.catalog;
            connector.states.extend(messages.state);
            connector.errors.extend(messages.errors);
        }
        FileKind::Manifest => load_manifest_document(&document, limits, connector),
    }
}

fn load_manifest_document(document: &Arc<Document>, limits: &Limits, connector: &mut Connector) {
    let value = match read::value(document, Artifact::Catalog, limits) {
        Ok(value) => value,
        Err(unread) => return connector.errors.push(unread.error),
    };
    connector.has_manifest = true;
    let manifest =
        Manifest::new(value, document.clone(), manifest::no_schemas(), "schemas/".to_owned(), false);
    connector.manifest_version = manifest.version();
    connector.config_migrations = manifest.config_migrations();
    connector.config_normalization = manifest.config_normalization();
    connector.faults.extend(manifest.faults(None, true));
    manifest.add_words(&mut connector.code_words);
    match manifest.spec() {
        Some(Ok(spec)) => connector.spec = Some(spec),
        Some(Err(error)) => connector.errors.push(error),
        None => connector.spec_reason = "the manifest holds no spec".to_owned(),
    }
    if manifest.lists_streams() {
        let read = manifest.catalog();
        connector.faults.extend(read.faults);
        connector.graph = read.graph;
        connector.unlisted_parents = read.unlisted_parents;
        connector.catalog = Some(read.catalog);
    }
}

fn load_spec_document(document: &Arc<Document>, kind: FileKind, limits: &Limits, connector: &mut Connector) {
    let value = match read::value(document, Artifact::Spec, limits) {
        Ok(value) => value,
        Err(unread) => return connector.errors.push(unread.error),
    };
    let mut place = CapturedPlace::whole(document);
    let value = if kind == FileKind::Registry {
        if connector.metadata.is_none() {
            connector.metadata =
                Some(Metadata { data: value.clone(), document: document.clone(), wrapped: false });
        }
        place.base = Pointer::new(["spec"]);
        value["spec"].clone()
    } else {
        value
    };
    match captured::spec(value, place) {
        Ok(spec) => connector.spec = Some(spec),
        Err(error) => connector.errors.push(error),
    }
}

fn load_catalog_document(document: &Arc<Document>, limits: &Limits, connector: &mut Connector) {
    let read = match document.format {
        crate::model::DocumentFormat::Yaml => yaml_as_json(document, limits),
        _ => Ok(document.clone()),
    };
    match read
        .and_then(|document| captured::catalog(&document, 0..document.text.len(), &mut connector.errors))
    {
        Ok(catalog) => connector.catalog = Some(catalog),
        Err(error) => connector.errors.push(error),
    }
}

/// A catalog written as YAML is small and rare: it is read through its JSON form, which costs it its line numbers.
fn yaml_as_json(document: &Document, limits: &Limits) -> Result<Arc<Document>, InputError> {
    let value = read::value(document, Artifact::Catalog, limits)?;
    let (file, root) = (document.file.clone(), document.root.clone());
    Ok(Arc::new(Document::new(file, root, value.to_string(), crate::model::DocumentFormat::Json)))
}

/// Saved state, alone in its file or among what a connector printed. Where its name or `--kind` says that the file is
/// state, nothing else is seen in it.
fn load_state_document(document: &Arc<Document>, is_named: bool, limits: &Limits, connector: &mut Connector) {
    let kind = directory::kind_of(document, limits).ok().flatten();
    // A stream may be called like the list of a catalog.
    let is_other = |kind: &FileKind| match kind {
        FileKind::State | FileKind::Messages => false,
        FileKind::Catalog => json::object(document)
            .is_ok_and(|object| object.get("streams").is_none_or(|streams| streams.starts_with('['))),
        _ => true,
    };
    if let Some(kind) = kind.filter(|kind| !is_named && is_other(kind)) {
        return connector.errors.push(InputError {
            artifact: Some(Artifact::State),
            file: document.file.clone(),
            line: None,
            message: format!("expected saved state, found a file of kind {kind:?}"),
        });
    }
    if kind == Some(FileKind::Messages) {
        let messages = captured::messages(document);
        if messages.state.is_some() || !messages.errors.is_empty() {
            connector.states.extend(messages.state);
            connector.errors.extend(messages.errors);
            return;
        }
        let is_one_value = document.text.trim_start().starts_with(['{', '[']);
        if !is_one_value || document.text.lines().any(kind::is_message_line) {
            let artifact = Some(Artifact::State);
            return connector.errors.push(messages.nothing_among_them(document, artifact, "a STATE message"));
        }
        // Something else, in one piece.
    }
    match state::sample(document, limits) {
        Ok(sample) => connector.states.push(sample),
        Err(error) => connector.errors.push(error),
    }
}

fn load_metadata(tree: &dyn Tree, limits: &Limits) -> Result<Metadata, InputError> {
    let read = read::document(tree, "", limits).map_err(InputError::from);
    read.and_then(|document| metadata::read(&document, limits)).map_err(|mut error| {
        error.artifact = Some(Artifact::Metadata);
        error
    })
}

fn load_overrides(request: &Request, connector: &mut Connector) {
    let limits = &request.limits;
    let open = |tree: &dyn Tree, artifact, connector: &mut Connector| {
        let name = tree.shown("");
        match read::document(tree, "", limits).map_err(InputError::from) {
            Ok(document) if document.text.trim().is_empty() => {
                connector.errors.push(InputError {
                    artifact: Some(artifact),
                    file: name,
                    line: Some(1),
                    message: format!("expected a {artifact}, found an empty file"),
                });
                None
            }
            Ok(document) => Some(document),
            Err(mut error) => {
                error.artifact = Some(artifact);
                connector.errors.push(error);
                None
            }
        }
    };
    if let Some(document) = request.spec.as_deref().and_then(|file| open(file, Artifact::Spec, connector)) {
        connector.spec = None;
        connector.is_spec_golden = false;
        connector.golden_specs.clear();
        connector.spec_reason.clear();
        match directory::kind_of(&document, limits) {
            Ok(Some(FileKind::Messages)) => {
                let messages = captured::messages(&document);
                connector.spec = messages.spec;
                connector.errors.extend(messages.errors);
            }
            Ok(Some(FileKind::Registry)) => {
                load_spec_document(&document, FileKind::Registry, limits, connector)
            }
            Ok(Some(FileKind::Manifest)) => {
                let mut from_manifest = Connector::default();
                load_manifest_document(&document, limits, &mut from_manifest);
                connector.spec = from_manifest.spec;
                connector.errors.append(&mut from_manifest.errors);
            }
            Ok(_) => load_spec_document(&document, FileKind::Spec, limits, connector),
            Err(error) => connector.errors.push(error),
        }
    }
    if let Some(document) =
        request.catalog.as_deref().and_then(|file| open(file, Artifact::Catalog, connector))
    {
        connector.catalog = None;
        match directory::kind_of(&document, limits) {
            Ok(Some(FileKind::Messages)) => {
                let messages = captured::messages(&document);
                connector.catalog = messages.catalog;
                connector.errors.extend(messages.errors);
            }
            Ok(Some(FileKind::Manifest)) => {
                let mut from_manifest = Connector::default();
                load_manifest_document(&document, limits, &mut from_manifest);
                connector.catalog = from_manifest.catalog;
                connector.faults.append(&mut from_manifest.faults);
                connector.errors.append(&mut from_manifest.errors);
            }
            Ok(_) => load_catalog_document(&document, limits, connector),
            Err(error) => connector.errors.push(error),
        }
    }
    for file in &request.states {
        let Some(document) = open(&**file, Artifact::State, connector) else { continue };
        load_state_document(&document, false, limits, connector);
    }
    for file in &request.configs {
        let Some(document) = open(&**file, Artifact::Spec, connector) else { continue };
        match read::value(&document, Artifact::Spec, limits) {
            Ok(value) => connector.configs.push(ConfigSample { file: document.file.clone(), value }),
            Err(unread) => connector.errors.push(unread.error),
        }
    }
}

/// What follows from everything that was read.
fn finish(request: &Request, connector: &mut Connector) {
    if let Some(name) = connector.metadata.as_ref().and_then(Metadata::name) {
        connector.name = Some(name.to_owned());
    }
    if let Some(name) = &request.name {
        connector.name = Some(name.clone());
    }
    connector.version =
        connector.metadata.as_ref().and_then(|metadata| metadata.version().map(str::to_owned));
    connector.connector_type = directory::connector_type(connector);
    check_references(connector);
}

/// A schema that refers to nowhere stops `discover`: the connector is at fault, not the input.
fn check_references(connector: &mut Connector) {
    let Some(catalog) = &connector.catalog else { return };
    let (mut faults, mut beside) = (Vec::new(), Vec::new());
    for stream in &catalog.streams {
        let is_needed = stream.standing != StreamStanding::SchemaFile
            || directory::may_be_a_stream(connector, &stream.id.name);
        let crate::model::StreamBody::Derived { properties, .. } = &stream.body else { continue };
        let Some(schema) = properties.json_schema.known() else { continue };
        for error in schema.reference_errors() {
            let fault = LoadFault {
                error: InputError {
                    artifact: Some(Artifact::Catalog),
                    file: schema.file_of(&error),
                    line: None,
                    message: format!(
                        "the reference {} cannot be followed: {}",
                        error.reference, error.reason
                    ),
                },
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
