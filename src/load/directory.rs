//! A connector directory: which files it holds, by layout.
//!
//! The layouts are those of the connector repository and of published packages: manifest-only (a `manifest.yaml` at
//! the root), a Python package (`source_x/` with a manifest, `schemas/` or a spec file), the same flattened into
//! one folder, the Java and Kotlin layout (`src/main/resources/spec.json`), and a bare folder of captured files. A
//! root manifest beside `schemas/` is a flattened package unless the metadata's tags say `language:manifest-only`.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde_json::Value;

use super::captured::{self, CapturedPlace};
use super::common::NOT_A_FILE;
use super::golden;
use super::json;
use super::kind::{self, FileKind};
use super::manifest::{Manifest, locate_in_folder};
use super::schema_graph::add_schema_file;
use super::{docs, metadata, python, read, yaml};
use crate::model::{
    Artifact, Catalog, ConfigSample, Connector, ConnectorType, CoverageStatus, Document, DocumentFormat,
    Fact, FaultKind, InputError, LoadFault, Locate, Located, PartKind, Pointer, RecordSchema, SchemaFiles,
    StateSample, Stream, StreamBody, StreamId, StreamProperties, StreamStanding,
};

/// A path below the side's root, and how reports name it.
pub(super) struct Found {
    path: PathBuf,
    name: String,
}

pub(super) struct Directory<'d> {
    root: &'d Path,
}

/// Reads everything a connector directory holds.
pub(super) fn load(root: &Path, connector: &mut Connector) {
    let directory = Directory { root };
    if let Some(found) = directory.file("metadata.yaml").or_else(|| directory.file("metadata.yml")) {
        match read::document(&found.path, &found.name).and_then(|document| metadata::read(&document)) {
            Ok(metadata) => connector.metadata = Some(metadata),
            Err(error) => connector.errors.push(with_artifact(error, Artifact::Metadata)),
        }
    }
    let package = directory.package();
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
        load_captured(&found, connector);
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
    docs::find(root, connector);
}

pub(super) fn with_artifact(mut error: InputError, artifact: Artifact) -> InputError {
    error.artifact.get_or_insert(artifact);
    error
}

impl Directory<'_> {
    pub(super) fn file(&self, name: &str) -> Option<Found> {
        let path = self.root.join(name);
        path.is_file().then(|| Found { path, name: name.to_owned() })
    }

    pub(super) fn path(&self, name: &str) -> PathBuf {
        self.root.join(name)
    }

    fn is_dir(&self, name: &str) -> bool {
        self.root.join(name).is_dir()
    }

    /// File and folder names directly below a folder of this directory, sorted; folders end with `/`.
    pub(super) fn names(&self, folder: &str) -> Vec<String> {
        let Ok(entries) = fs::read_dir(self.root.join(folder)) else { return Vec::new() };
        let mut names: Vec<String> = entries
            .filter_map(|entry| {
                let entry = entry.ok()?;
                let name = entry.file_name().into_string().ok()?;
                Some(if entry.path().is_dir() { format!("{name}/") } else { name })
            })
            .collect();
        names.sort();
        names
    }

    /// The folder of the connector's package, relative to the root: empty where the root is the package itself,
    /// `None` where there is no package at all.
    fn package(&self) -> Option<String> {
        let markers = ["manifest.yaml", "spec.json", "spec.yaml", "spec.yml", "source.py", "spec.py"];
        let is_package = |folder: &str| {
            let at =
                |name: &str| if folder.is_empty() { name.to_owned() } else { format!("{folder}/{name}") };
            markers.iter().any(|marker| self.file(&at(marker)).is_some()) || self.is_dir(&at("schemas"))
        };
        let folders = self.names("");
        let named = folders.iter().filter_map(|name| name.strip_suffix('/')).find(|name| {
            (name.starts_with("source_") || name.starts_with("destination_")) && is_package(name)
        });
        match named {
            Some(name) if self.file("manifest.yaml").is_none() => Some(name.to_owned()),
            _ => is_package("").then(String::new),
        }
    }

    /// Captured files directly below the root: output, specs and catalogs. What a name promises and the content
    /// does not keep is an error; other files are none of ours.
    fn captured(&self, connector: &mut Connector) -> Vec<(Arc<Document>, FileKind)> {
        let mut found = Vec::new();
        for name in self.names("") {
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
            let Some(file) = self.file(&name) else { continue };
            let document = match read::document(&file.path, &file.name) {
                Ok(document) => document,
                Err(error) if promises => {
                    connector.errors.push(error);
                    continue;
                }
                Err(_) => continue,
            };
            if stem.starts_with("spec") && matches!(extension, "json" | "yaml" | "yml") {
                continue;
            }
            match kind_of(&document) {
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
    fn samples(&self, is_sample: fn(&str, &str) -> bool) -> Vec<Found> {
        ["", "integration_tests", "sample_files"]
            .iter()
            .flat_map(|folder| {
                self.names(folder).into_iter().filter_map(move |name| {
                    let lower = name.to_ascii_lowercase();
                    let (stem, ending) = lower.rsplit_once('.')?;
                    let wanted =
                        is_sample(stem, ending) && !stem.starts_with("invalid") && !stem.contains("catalog");
                    let name = if folder.is_empty() { name } else { format!("{folder}/{name}") };
                    wanted.then(|| Found { path: self.root.join(&name), name })
                })
            })
            .collect()
    }

    /// Reads the samples of saved state and of configs. Nobody named them, so one that cannot be read is not wrong
    /// input: it is not seen.
    fn load_samples(&self, connector: &mut Connector) {
        let not_a_file = |found: &Found, artifact| InputError {
            artifact: Some(artifact),
            file: found.name.clone(),
            line: None,
            message: NOT_A_FILE.to_owned(),
        };
        for found in self.state_files() {
            if !found.path.is_file() {
                connector.unread_beside.push(not_a_file(&found, Artifact::State));
                continue;
            }
            let document = match read::document(&found.path, &found.name) {
                // Notes on something else may have the word in their name.
                Ok(document)
                    if found.name.rsplit_once('.').is_some_and(|(_, ending)| is_prose(ending))
                        && !matches!(kind_of(&document), Ok(Some(FileKind::State | FileKind::Messages))) =>
                {
                    continue;
                }
                Ok(document) => document,
                Err(error) => {
                    connector.unread_beside.push(with_artifact(error, Artifact::State));
                    continue;
                }
            };
            let mut read = Connector::default();
            super::load_state_document(&document, true, &mut read);
            if is_made_up(&found.name) {
                read.states.iter_mut().for_each(StateSample::forget_values);
            }
            connector.states.append(&mut read.states);
            let unread = read.errors.into_iter().map(|error| with_artifact(error, Artifact::State));
            connector.unread_beside.extend(unread);
        }
        for found in self.config_files() {
            if !found.path.is_file() {
                connector.unread_beside.push(not_a_file(&found, Artifact::Spec));
                continue;
            }
            match read::document(&found.path, &found.name)
                .and_then(|document| read::value(&document, Artifact::Spec))
            {
                Ok(value) => connector.configs.push(ConfigSample { file: found.name, value }),
                Err(error) => connector.unread_beside.push(with_artifact(error, Artifact::Spec)),
            }
        }
    }

    fn state_files(&self) -> Vec<Found> {
        self.samples(is_state_file)
    }

    fn config_files(&self) -> Vec<Found> {
        self.samples(|stem, ending| stem.contains("config") && ending == "json")
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
pub(super) fn kind_of(document: &Document) -> Result<Option<FileKind>, InputError> {
    if document.format == DocumentFormat::Yaml {
        let value = yaml::parse(&document.text).map_err(|e| read::yaml_error(document, None, e))?;
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

fn load_captured((document, kind): &(Arc<Document>, FileKind), connector: &mut Connector) {
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
        FileKind::Catalog => super::load_catalog_document(document, connector),
        FileKind::Spec | FileKind::Registry if connector.spec.is_none() => {
            super::load_spec_document(document, *kind, connector);
        }
        _ => {}
    }
}

fn load_java_spec(directory: &Directory<'_>, connector: &mut Connector) {
    let places = ["src/main/resources/spec.json", "src/main/resources/spec.yaml"];
    let Some(found) = places.iter().find_map(|name| directory.file(name)) else { return };
    match read::document(&found.path, &found.name) {
        Ok(document) => super::load_spec_document(&document, FileKind::Spec, connector),
        Err(error) => connector.errors.push(with_artifact(error, Artifact::Spec)),
    }
}

fn load_package(directory: &Directory<'_>, package: &str, connector: &mut Connector) {
    let at = |name: &str| if package.is_empty() { name.to_owned() } else { format!("{package}/{name}") };
    let schema_folder = at("schemas/");
    let schemas = load_schemas(directory, &schema_folder, connector);
    let code = python::scan(&directory.root.join(package), &at(""));
    connector.code_words = code.words;
    connector.code = code.code;
    let manifest = directory.file(&at("manifest.yaml")).and_then(|found| {
        let (value, document) = read::document(&found.path, &found.name)
            .and_then(|document| Ok((read::value(&document, Artifact::Catalog)?, document)))
            .map_err(|error| connector.faults.push(LoadFault { error, kind: FaultKind::Unreadable }))
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
    let file = ["spec.json", "spec.yaml", "spec.yml"].iter().find_map(|name| directory.file(&at(name)));
    if let Some(found) = file {
        let read = read::document(&found.path, &found.name).and_then(|document| {
            let value = read::value(&document, Artifact::Spec)?;
            captured::spec(value, CapturedPlace::whole(&document))
        });
        match read {
            Ok(spec) => connector.spec = Some(spec),
            Err(error) => connector
                .faults
                .push(LoadFault { error: with_artifact(error, Artifact::Spec), kind: FaultKind::Unreadable }),
        }
    } else if let Some(file) = spec_in_code {
        connector.spec_reason = format!("the spec is built in Python ({file})");
    }
}

fn load_schemas(directory: &Directory<'_>, folder: &str, connector: &mut Connector) -> Arc<SchemaFiles> {
    let mut schemas = SchemaFiles::folder();
    let mut open = vec![String::new()];
    while let Some(below) = open.pop() {
        for name in directory.names(&format!("{folder}{below}")) {
            if let Some(inner) = name.strip_suffix('/') {
                // A link may lead back up.
                if directory.root.join(format!("{folder}{below}{inner}")).is_symlink() {
                    continue;
                }
                open.push(format!("{below}{inner}/"));
                continue;
            }
            if !name.ends_with(".json") {
                continue;
            }
            let file = format!("{below}{name}");
            let shown = format!("{folder}{file}");
            let path = directory.root.join(&shown);
            if !path.is_file() {
                let message = NOT_A_FILE.to_owned();
                let error =
                    InputError { artifact: Some(Artifact::Catalog), file: shown, line: None, message };
                connector.faults.push(LoadFault { error, kind: FaultKind::Unreadable });
                continue;
            }
            let read = read::document(&path, &shown)
                .and_then(|document| Ok((read::value(&document, Artifact::Catalog)?, document)));
            match read {
                Ok((value, document)) => schemas.insert(file, value, Some(document)),
                Err(error) => connector.faults.push(LoadFault {
                    error: with_artifact(error, Artifact::Catalog),
                    kind: FaultKind::Unreadable,
                }),
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
