//! A connector directory: which files it holds, by layout.
//!
//! The layouts are those of the connector repository and of published packages: manifest-only (a `manifest.yaml` at
//! the root), a Python package (`source_x/` with a manifest, `schemas/` or a spec file), the same flattened into
//! one folder, the Java and Kotlin layout (`src/main/resources/spec.json`), and a bare folder of captured files. A
//! root manifest beside `schemas/` is a flattened package unless the metadata's tags say `language:manifest-only`.

use std::collections::{BTreeSet, HashSet};
use std::sync::Arc;

use serde_json::Value;

use super::captured::{self, CapturedPlace};
use super::golden;
use super::json;
use super::kind::{self, FileKind};
use super::manifest::{Manifest, locate_in_folder};
use super::read::{Cause, Unread};
use super::schema_graph::add_schema_file;
use super::{docs, metadata, python, read, yaml};
use crate::limits::Limits;
use crate::model::{
    Artifact, Catalog, ConfigSample, Connector, ConnectorType, CoverageStatus, Document, DocumentFormat,
    Fact, FaultKind, InputError, LoadFault, Locate, Located, PartKind, Pointer, RecordSchema, SchemaFiles,
    StateSample, Stream, StreamBody, StreamId, StreamProperties, StreamStanding,
};
use crate::tree::{Entry, Kind, Tree, TreeError, below};

/// A connector directory and how much of its files is read.
pub(super) struct Directory<'d> {
    tree: &'d Arc<dyn Tree>,
    pub(super) limits: &'d Limits,
}

/// Reads everything a connector directory holds.
pub(super) fn load(tree: &Arc<dyn Tree>, limits: &Limits, connector: &mut Connector) {
    let directory = Directory { tree, limits };
    if let Some(name) = ["metadata.yaml", "metadata.yml"].into_iter().find(|name| directory.has(name)) {
        match directory
            .document(name)
            .map_err(InputError::from)
            .and_then(|document| metadata::read(&document, limits))
        {
            Ok(metadata) => connector.metadata = Some(metadata),
            Err(error) => connector.errors.push(with_artifact(error, Artifact::Metadata)),
        }
    }
    let package = directory.package(&mut connector.errors);
    connector.name =
        connector.metadata.as_ref().and_then(|metadata| metadata.name().map(str::to_owned)).or_else(|| {
            package.as_ref().filter(|package| !package.is_empty()).map(|name| name.replace('_', "-"))
        });
    let captured = directory.captured(connector);
    if let Some(package) = &package {
        load_package(&directory, package, connector);
    }
    let mut printed: Option<String> = None;
    for found in captured {
        let before = connector.catalog.take();
        load_captured(&found, limits, connector);
        let Some(before) = before else {
            printed = printed.or_else(|| connector.catalog.as_ref().map(|_| found.0.file.clone()));
            continue;
        };
        if let (Some(first), true) = (&printed, connector.catalog.is_some()) {
            connector.errors.push(InputError {
                artifact: Some(Artifact::Catalog),
                file: found.0.file.clone(),
                line: None,
                message: format!(
                    "expected one captured catalog, found another in {first}: name the right one by flag"
                ),
            });
        }
        printed = printed.or_else(|| connector.catalog.as_ref().map(|_| found.0.file.clone()));
        connector.catalog.get_or_insert(before);
    }
    if connector.spec.is_none() {
        load_java_spec(&directory, connector);
    }
    golden::load(&directory, connector);
    directory.load_samples(connector);
    docs::find(tree, limits, connector);
    forget_repeated(&mut connector.errors);
}

/// Whether something is there that may hold anything: it is not seen, and not missing.
fn is_unseen(error: &TreeError) -> bool {
    !error.is_of_the_files() || matches!(error, TreeError::LinkToNowhere { .. })
}

/// What several readers met is said once.
fn forget_repeated(errors: &mut Vec<InputError>) {
    let mut seen = HashSet::new();
    errors.retain(|error| seen.insert(error.clone()));
}

pub(super) fn with_artifact(mut error: InputError, artifact: Artifact) -> InputError {
    error.artifact.get_or_insert(artifact);
    error
}

impl Directory<'_> {
    pub(super) fn tree(&self) -> &dyn Tree {
        &**self.tree
    }

    /// Whether something other than a folder has this name. What it is, is told when it is read.
    fn has(&self, name: &str) -> bool {
        read::is_there(self.tree(), name)
    }

    pub(super) fn document(&self, name: &str) -> Result<Arc<Document>, Unread> {
        read::document(self.tree(), name, self.limits)
    }

    /// What lies directly below a folder of this directory; nothing where there is no such folder. A folder that is there
    /// and cannot be listed is an error, since anything may be in it.
    fn entries(&self, folder: &str, errors: &mut Vec<InputError>) -> Vec<Entry> {
        match self.tree.list(folder) {
            Ok(entries) => entries,
            Err(error) => {
                if is_unseen(&error) {
                    errors.push(Unread::of_tree(folder.trim_end_matches('/'), &error).error);
                }
                Vec::new()
            }
        }
    }

    /// The names of these, folders with a `/` at their end.
    pub(super) fn names(&self, folder: &str, errors: &mut Vec<InputError>) -> Vec<String> {
        let name = |entry: Entry| match entry.kind {
            Ok(Kind::Folder) => format!("{}/", entry.name),
            _ => entry.name,
        };
        let mut names: Vec<String> = self.entries(folder, errors).into_iter().map(name).collect();
        names.sort();
        names
    }

    /// The folder of the connector's package, relative to the root: empty where the root is the package itself,
    /// `None` where there is no package at all. A package that cannot be looked into is an error.
    fn package(&self, errors: &mut Vec<InputError>) -> Option<String> {
        const MARKERS: [&str; 6] =
            ["manifest.yaml", "spec.json", "spec.yaml", "spec.yml", "source.py", "spec.py"];
        let is_marker = |entry: &Entry| match &entry.kind {
            Ok(Kind::Folder) => entry.name == "schemas",
            Err(error) if is_unseen(error) && entry.name == "schemas" => true,
            _ => MARKERS.contains(&entry.name.as_str()),
        };
        let root = self.entries("", errors);
        let is_named = |name: &str| name.starts_with("source_") || name.starts_with("destination_");
        let mut named = None;
        for entry in root.iter().filter(|entry| is_named(&entry.name)) {
            let is_package = match &entry.kind {
                Ok(Kind::Folder) => self.entries(&entry.name, errors).iter().any(is_marker),
                Err(error) if is_unseen(error) && !entry.name.contains('.') => {
                    errors.push(Unread::of_tree(&entry.name, error).error);
                    false
                }
                _ => false,
            };
            if named.is_none() && is_package {
                named = Some(entry.name.clone());
            }
        }
        match named {
            Some(name) if !self.has("manifest.yaml") => Some(name),
            _ => root.iter().any(is_marker).then(String::new),
        }
    }

    /// Captured files directly below the root: output, specs and catalogs. What a name promises and the content
    /// does not keep is an error; other files are none of ours.
    fn captured(&self, connector: &mut Connector) -> Vec<(Arc<Document>, FileKind)> {
        let mut found = Vec::new();
        for entry in self.entries("", &mut connector.errors) {
            let name = entry.name;
            let lower = name.to_ascii_lowercase();
            let Some((stem, extension)) = lower.rsplit_once('.') else { continue };
            let known =
                ["metadata", "manifest", "package", "tsconfig", "acceptance-test-config", "pyproject"];
            if !matches!(extension, "json" | "jsonl" | "ndjson" | "log" | "txt" | "yaml" | "yml")
                || known.contains(&stem)
                || is_state_file(stem, extension)
                || stem.starts_with("invalid_")
            {
                continue;
            }
            let promises = extension == "jsonl"
                || ["spec", "catalog", "discover"].iter().any(|word| stem.contains(word));
            if matches!(entry.kind, Ok(Kind::Folder)) {
                continue;
            }
            let document = match self.document(&name) {
                Ok(document) => document,
                // Only what it holds tells what it is.
                Err(unread) if promises || unread.cause == Cause::Limit => {
                    let artifact = if stem.contains("spec") { Artifact::Spec } else { Artifact::Catalog };
                    let unread = if unread.cause == Cause::Content { unread } else { unread.of(artifact) };
                    connector.errors.push(unread.error);
                    continue;
                }
                Err(_) => continue,
            };
            if stem.starts_with("spec") && matches!(extension, "json" | "yaml" | "yml") {
                continue;
            }
            match kind_of(&document, self.limits) {
                Ok(Some(
                    kind @ (FileKind::Messages | FileKind::Catalog | FileKind::Spec | FileKind::Registry),
                )) => {
                    found.push((document, kind));
                }
                Ok(_) => {}
                Err(error) if promises => connector.errors.push(error),
                Err(_) => {}
            }
        }
        found
    }

    /// Files beside the connector that show what users have saved, by the stem and ending of their names.
    fn samples(&self, is_sample: fn(&str, &str) -> bool, errors: &mut Vec<InputError>) -> Vec<String> {
        let mut found = Vec::new();
        for folder in ["", "integration_tests", "sample_files"] {
            for name in self.names(folder, errors) {
                let lower = name.to_ascii_lowercase();
                let Some((stem, ending)) = lower.rsplit_once('.') else { continue };
                if is_sample(stem, ending) && !stem.starts_with("invalid") && !stem.contains("catalog") {
                    found.push(below(folder, &name));
                }
            }
        }
        found
    }

    /// Reads the samples of saved state and of configs. Nobody named them, so one that cannot be read is not wrong
    /// input: it is not seen. One that this run may not read is an error all the same.
    fn load_samples(&self, connector: &mut Connector) {
        let unread = |unread: Unread, connector: &mut Connector| match unread.is_of_this_run() {
            true => connector.errors.push(unread.error),
            false => connector.unread_beside.push(unread.error),
        };
        for name in self.samples(is_state_file, &mut connector.errors) {
            let document = match self.document(&name) {
                // Notes on something else may have the word in their name.
                Ok(document)
                    if name.rsplit_once('.').is_some_and(|(_, ending)| is_prose(ending))
                        && !matches!(
                            kind_of(&document, self.limits),
                            Ok(Some(FileKind::State | FileKind::Messages))
                        ) =>
                {
                    continue;
                }
                Ok(document) => document,
                Err(error) => {
                    unread(error.of(Artifact::State), connector);
                    continue;
                }
            };
            let mut read = Connector::default();
            super::load_state_document(&document, true, self.limits, &mut read);
            if is_made_up(&name) {
                read.states.iter_mut().for_each(StateSample::forget_values);
            }
            connector.states.append(&mut read.states);
            let unread = read.errors.into_iter().map(|error| with_artifact(error, Artifact::State));
            connector.unread_beside.extend(unread);
        }
        let is_config = |stem: &str, ending: &str| stem.contains("config") && ending == "json";
        for name in self.samples(is_config, &mut connector.errors) {
            match read::value_at(self.tree(), &name, Artifact::Spec, self.limits) {
                Ok((value, _)) => connector.configs.push(ConfigSample { file: name, value }),
                Err(error) => unread(error.of(Artifact::Spec), connector),
            }
        }
    }
}

/// Whether the stem and the ending of a file's name say that it holds saved state.
fn is_state_file(stem: &str, ending: &str) -> bool {
    stem.contains("state")
        && !["catalog", "config"].iter().any(|other| stem.contains(other))
        && (matches!(ending, "json" | "jsonl" | "ndjson" | "yaml" | "yml") || is_prose(ending))
}

/// Whether a sample of saved state was written for a test of positions that no sync reaches: its keys are those of real
/// state, its values are not.
fn is_made_up(name: &str) -> bool {
    let name = name.rsplit('/').next().unwrap_or(name).to_ascii_lowercase();
    name.split(['_', '-', '.']).any(|word| ["abnormal", "future"].contains(&word))
}

/// Whether files of this ending may hold anything.
fn is_prose(ending: &str) -> bool {
    matches!(ending, "log" | "txt")
}

/// The kind of a document, without parsing a large JSON value for it.
pub(super) fn kind_of(document: &Document, limits: &Limits) -> Result<Option<FileKind>, InputError> {
    if document.format == DocumentFormat::Yaml {
        let value = yaml::parse(&document.text, limits).map_err(|e| read::yaml_error(document, None, e))?;
        return Ok(kind::of_value(&value));
    }
    let text = document.text.trim_start();
    let has_message = || text.lines().any(kind::is_message_line);
    if kind::is_one_object_a_line(text) && has_message() {
        return Ok(Some(FileKind::Messages));
    }
    if kind::is_state_message(text) || kind::is_state_list(text) {
        return Ok(Some(FileKind::State));
    }
    let whole = match text.starts_with('{') {
        true => json::object(document).map(|object| kind::of_object(&object)),
        false => json::check(&document.text).map(|()| None),
    };
    match whole {
        Ok(kind) => Ok(kind),
        // A log, which may begin with anything.
        Err(_) if document.format == DocumentFormat::JsonLines || has_message() => {
            Ok(Some(FileKind::Messages))
        }
        Err(_) if document.format == DocumentFormat::Text => Ok(None),
        Err(error) => Err(read::json_error(document, None, error)),
    }
}

fn load_captured((document, kind): &(Arc<Document>, FileKind), limits: &Limits, connector: &mut Connector) {
    match kind {
        FileKind::Messages => {
            let messages = captured::messages(document);
            if let Some(spec) = messages.spec {
                connector.spec = Some(spec);
            }
            if let Some(catalog) = messages.catalog {
                connector.catalog = Some(catalog);
            }
            connector.states.extend(messages.state);
            connector.errors.extend(messages.errors);
        }
        FileKind::Catalog => super::load_catalog_document(document, limits, connector),
        FileKind::Spec | FileKind::Registry if connector.spec.is_none() => {
            super::load_spec_document(document, *kind, limits, connector);
        }
        _ => {}
    }
}

fn load_java_spec(directory: &Directory<'_>, connector: &mut Connector) {
    let places = ["src/main/resources/spec.json", "src/main/resources/spec.yaml"];
    let Some(name) = places.into_iter().find(|name| directory.has(name)) else { return };
    match directory.document(name) {
        Ok(document) => {
            super::load_spec_document(&document, FileKind::Spec, directory.limits, connector);
        }
        Err(unread) => connector.errors.push(unread.of(Artifact::Spec).error),
    }
}

/// A file of the connector that cannot be read. What stands in it stops the connector too; why it cannot be opened may lie
/// with this run.
fn refuse(unread: Unread, connector: &mut Connector) {
    match unread.cause {
        Cause::Content => {
            connector.faults.push(LoadFault { error: unread.error, kind: FaultKind::Unreadable });
        }
        _ => connector.errors.push(unread.error),
    }
}

fn load_package(directory: &Directory<'_>, package: &str, connector: &mut Connector) {
    let at = |name: &str| if package.is_empty() { name.to_owned() } else { format!("{package}/{name}") };
    let schema_folder = at("schemas/");
    let schemas = load_schemas(directory, &schema_folder, connector);
    let mut code = python::scan(directory.tree(), package, directory.limits);
    connector.errors.append(&mut code.errors);
    connector.code_words = code.words;
    connector.code = code.code;
    let manifest_file = Some(at("manifest.yaml")).filter(|name| directory.has(name));
    let manifest = manifest_file.and_then(|name| {
        let (value, document) = read::value_at(directory.tree(), &name, Artifact::Catalog, directory.limits)
            .map_err(|unread| refuse(unread.of(Artifact::Catalog), connector))
            .ok()?;
        connector.has_manifest = true;
        let tagged = connector.metadata.as_ref().is_some_and(crate::model::Metadata::is_manifest_only);
        let manifest_only = package.is_empty() && (tagged || schemas.names().next().is_none());
        Some(Manifest::new(value, document, schemas.clone(), schema_folder.clone(), manifest_only))
    });
    if let Some(manifest) = &manifest {
        connector.manifest_version = manifest.version();
        connector.config_migrations = manifest.config_migrations();
        connector.config_normalization = manifest.config_normalization();
        let cdk = connector.metadata.as_ref().and_then(crate::model::Metadata::cdk_version);
        connector.faults.extend(manifest.faults(cdk, !code.words_found));
        manifest.add_words(&mut connector.code_words);
    }
    load_package_spec(directory, &at, manifest.as_ref(), &code.spec_in_code, connector);
    let mut claimed = BTreeSet::new();
    let mut catalog = match manifest.filter(|manifest| manifest.lists_streams()) {
        Some(manifest) => {
            let read = manifest.catalog();
            connector.faults.extend(read.faults);
            claimed = read.claimed_files;
            connector.graph = read.graph;
            connector.unlisted_parents = read.unlisted_parents;
            Some(read.catalog)
        }
        None => None,
    };
    let listed: BTreeSet<String> =
        catalog.iter().flat_map(|catalog| &catalog.streams).map(|stream| stream.id.name.clone()).collect();
    let orphans: Vec<String> = schemas
        .names()
        .filter(|name| is_stream_schema(&schemas, name) && !claimed.contains(*name))
        .filter(|name| !listed.contains(name.trim_end_matches(".json")))
        .map(str::to_owned)
        .collect();
    if catalog.is_none() && orphans.is_empty() {
        if code.words_found {
            connector.catalog_reason = "streams and schemas are built in Python".to_owned();
        }
        return;
    }
    let from_manifest = catalog.is_some();
    let catalog = catalog.get_or_insert_with(|| Catalog {
        streams: Vec::new(),
        status: CoverageStatus::Partial,
        reasons: vec![
            "streams, keys and cursors are set in Python; only their schema files can be read".to_owned(),
        ],
        captured: false,
    });
    if from_manifest && code.defines_streams {
        catalog.status = CoverageStatus::Partial;
        catalog
            .reasons
            .push("source.py defines streams(): Python may add streams to the manifest's".to_owned());
    } else if from_manifest && !orphans.is_empty() {
        catalog.status = CoverageStatus::Partial;
        catalog.reasons.push(match orphans.as_slice() {
            [one] => {
                format!("the schema file {one} belongs to no stream of the manifest; a stream may be Python")
            }
            more => format!(
                "{} schema files belong to no stream of the manifest; streams may be Python",
                more.len()
            ),
        });
    }
    for name in orphans {
        let Some(schema) = RecordSchema::file(&schemas, &name) else { continue };
        let part = connector.graph.part(PartKind::Stream, name.trim_end_matches(".json"));
        add_schema_file(&mut connector.graph, part, &schemas, &schema_folder, &name);
        let locate =
            FolderPlace { schemas: schemas.clone(), folder: schema_folder.clone(), file: name.clone() };
        catalog.streams.push(Stream {
            id: StreamId::named(name.trim_end_matches(".json")),
            index: catalog.streams.len(),
            standing: StreamStanding::SchemaFile,
            body: StreamBody::Derived { properties: Arc::new(only_schema(schema)), locate: Arc::new(locate) },
        });
    }
    connector.catalog = Some(catalog.clone());
    // A file that cannot be read and that no stream is built from stops nobody.
    let faults = std::mem::take(&mut connector.faults);
    let is_needed = |fault: &LoadFault| {
        let name = fault.error.file.strip_prefix(&schema_folder).filter(|name| !name.contains('/'));
        let stem = name.and_then(|name| name.strip_suffix(".json"));
        fault.kind != FaultKind::Unreadable
            || name.is_none_or(|name| claimed.contains(name))
            || stem.is_none_or(|stem| listed.contains(stem) || may_be_a_stream(connector, stem))
    };
    let (needed, beside): (Vec<LoadFault>, Vec<LoadFault>) = faults.into_iter().partition(is_needed);
    connector.faults = needed;
    connector.unread_beside.extend(beside.into_iter().map(|fault| fault.error));
}

/// Whether the file of this name in `schemas/` may be a stream's beside those of a manifest: the code names it, or no
/// code was there to read.
pub(super) fn may_be_a_stream(connector: &Connector, stem: &str) -> bool {
    let mut streams = connector.catalog.iter().flat_map(|catalog| &catalog.streams);
    let from_manifest = streams.any(|stream| stream.standing != StreamStanding::SchemaFile);
    !from_manifest || connector.code.is_empty() || connector.code_words.mention(stem)
}

/// A file directly in `schemas/` that describes records: a stray OpenAPI document does not.
fn is_stream_schema(schemas: &SchemaFiles, name: &str) -> bool {
    !name.contains('/')
        && schemas.schema(name).and_then(Value::as_object).is_some_and(|schema| {
            !schema.contains_key("openapi")
                && !schema.contains_key("swagger")
                && ["type", "properties", "$ref", "oneOf", "anyOf", "allOf"]
                    .iter()
                    .any(|key| schema.contains_key(*key))
        })
}

fn only_schema(schema: RecordSchema) -> StreamProperties {
    fn unknown<T>() -> Fact<T> {
        Fact::Unknown("it is set in Python".to_owned())
    }
    StreamProperties {
        json_schema: Fact::Known(schema),
        supported_sync_modes: unknown(),
        source_defined_cursor: unknown(),
        default_cursor_field: unknown(),
        source_defined_primary_key: unknown(),
        is_resumable: unknown(),
        is_file_based: unknown(),
        state: None,
        handed_to: Vec::new(),
        records: None,
    }
}

fn load_package_spec(
    directory: &Directory<'_>,
    at: &dyn Fn(&str) -> String,
    manifest: Option<&Arc<Manifest>>,
    spec_in_code: &Option<String>,
    connector: &mut Connector,
) {
    match manifest.and_then(Manifest::spec) {
        Some(Ok(spec)) => {
            connector.spec = Some(spec);
            return;
        }
        Some(Err(error)) => {
            connector.errors.push(error);
            return;
        }
        None => {}
    }
    let file = ["spec.json", "spec.yaml", "spec.yml"].map(at).into_iter().find(|name| directory.has(name));
    if let Some(name) = file {
        let read = read::value_at(directory.tree(), &name, Artifact::Spec, directory.limits).and_then(
            |(value, document)| {
                captured::spec(value, CapturedPlace::whole(&document)).map_err(Unread::in_text)
            },
        );
        match read {
            Ok(spec) => connector.spec = Some(spec),
            Err(unread) => refuse(unread.of(Artifact::Spec), connector),
        }
    } else if let Some(file) = spec_in_code {
        connector.spec_reason = format!("the spec is built in Python ({file})");
    }
}

fn load_schemas(directory: &Directory<'_>, folder: &str, connector: &mut Connector) -> Arc<SchemaFiles> {
    let mut schemas = SchemaFiles::folder();
    let mut open = vec![String::new()];
    while let Some(below) = open.pop() {
        for entry in directory.entries(&format!("{folder}{below}"), &mut connector.errors) {
            let file = format!("{below}{}", entry.name);
            match &entry.kind {
                // A link may lead back up.
                Ok(Kind::Folder) if entry.is_link => continue,
                Ok(Kind::Folder) => {
                    open.push(format!("{file}/"));
                    continue;
                }
                // It may be a folder with schemas.
                Err(error) if !error.is_of_the_files() => {}
                _ if !file.ends_with(".json") => continue,
                _ => {}
            }
            let shown = format!("{folder}{file}");
            match read::value_at(directory.tree(), &shown, Artifact::Catalog, directory.limits) {
                Ok((value, document)) => schemas.insert(file, value, Some(document)),
                Err(unread) if unread.cause == Cause::NotAFile => {
                    let error = unread.of(Artifact::Catalog).error;
                    connector.faults.push(LoadFault { error, kind: FaultKind::Unreadable });
                }
                Err(unread) => refuse(unread.of(Artifact::Catalog), connector),
            }
        }
    }
    Arc::new(schemas)
}

/// Places in a schema file's expanded schema.
#[derive(Debug)]
struct FolderPlace {
    schemas: Arc<SchemaFiles>,
    folder: String,
    file: String,
}

impl Locate for FolderPlace {
    fn locate(&self, pointer: &Pointer) -> Option<Located> {
        let inner = match pointer.segments().split_first() {
            Some((first, rest)) if first == "json_schema" => Pointer::new(rest.iter().cloned()),
            _ => Pointer::root(),
        };
        locate_in_folder(&self.schemas, &self.folder, &self.file, &inner)
    }
}

/// Source or destination, from whatever says it first.
pub(super) fn connector_type(connector: &Connector) -> ConnectorType {
    let declared = connector.metadata.as_ref().and_then(|metadata| metadata.data["connectorType"].as_str());
    let name = connector.name.as_deref().unwrap_or_default();
    let is_destination_spec = connector.spec.as_ref().is_some_and(|spec| {
        spec.value.get("supported_destination_sync_modes").is_some_and(|modes| !modes.is_null())
    });
    match declared {
        Some("source") => ConnectorType::Source,
        Some("destination") => ConnectorType::Destination,
        _ if name.starts_with("source-") => ConnectorType::Source,
        _ if name.starts_with("destination-") || is_destination_spec => ConnectorType::Destination,
        _ if connector.catalog.is_some() => ConnectorType::Source,
        _ => ConnectorType::Unknown,
    }
}
