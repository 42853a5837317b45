//! The package of a connector: its manifest, spec file, schema folder and Python.

use std::collections::BTreeSet;
use std::sync::Arc;

use serde_json::Value;

use super::directory::TYPESCRIPT;
use super::folder::Directory;
use super::loaded::{FoundSpec, Loaded, Precedence};
use super::manifest::{Manifest, Raw};
use super::python::PythonCode;
use super::python_streams::SchemaFolder;
use super::{python, python_streams, read, reader, spec_files};
use crate::model::{
    Artifact, Catalog, CodeWords, CoverageStatus, ErrorCause, FaultKind, InputError, LoadFault, Metadata,
    SchemaFiles,
};
use crate::python::Code;
use crate::tree::{Kind, below};

/// Reads the package in a folder of a connector directory, which is empty where it is the directory itself.
pub(super) fn load(directory: &Directory<'_>, package: &str, metadata: Option<&Metadata>) -> Loaded {
    let folder = format!("{}/", below(package, "schemas"));
    let mut found = Loaded::default();
    let schemas = schema_files(directory, &folder, &mut found);
    let mut code = python::scan(directory.tree(), package, directory.limits);
    if package == TYPESCRIPT {
        python::add_typescript(directory.tree(), directory.limits, &mut code);
    }
    found.errors.append(&mut code.errors);
    // A manifest that no code loads is a leftover.
    let manifest = match code.code.loads_a_manifest() {
        Some(false) => None,
        _ => manifest(directory, package, (&schemas, &folder), metadata, &mut found),
    };
    if let Some(manifest) = &manifest {
        let cdk = metadata.and_then(Metadata::cdk_version);
        found.add(reader::of_manifest(manifest, cdk, !code.words_found), Precedence::Later);
    }
    if !manifest.is_some_and(|manifest| manifest.has_spec()) {
        // Without code nobody can say that it does not.
        let loads_files = package == TYPESCRIPT || !code.words.has_python;
        let spec = spec_file(directory, package, code.spec_in_code.as_deref(), loads_files);
        found.add(spec, Precedence::Later);
    }
    found.words = std::mem::take(&mut code.words);
    found.code = std::mem::take(&mut code.code);
    let is_whole = package == TYPESCRIPT;
    add_streams(directory, &schemas, &folder, (&code, is_whole), &mut found);
    found
}

/// A file of the package that cannot be read. What stands in it stops the connector too; why it cannot be opened may lie
/// with this run.
fn refuse(unread: InputError, found: &mut Loaded) {
    match unread.cause {
        ErrorCause::Content => {
            found.faults.push(LoadFault { error: unread, pointer: None, kind: FaultKind::Unreadable })
        }
        _ => found.errors.push(unread),
    }
}

fn manifest(
    directory: &Directory<'_>,
    package: &str,
    (schemas, folder): (&Arc<SchemaFiles>, &str),
    metadata: Option<&Metadata>,
    found: &mut Loaded,
) -> Option<Arc<Manifest>> {
    let name = Some(below(package, "manifest.yaml")).filter(|name| directory.has(name))?;
    let (raw, document) = read::document(directory.tree(), &name, directory.limits)
        .and_then(|document| Ok((Raw::read(&document, directory.limits)?, document)))
        .map_err(|unread| refuse(unread.of(Artifact::Catalog), found))
        .ok()?;
    let tagged = metadata.is_some_and(Metadata::is_manifest_only);
    let manifest_only = package.is_empty() && (tagged || schemas.names().next().is_none());
    Some(Manifest::new(raw, document, schemas.clone(), folder.to_owned(), manifest_only, *directory.limits))
}

/// The spec file of a package whose manifest holds none. Where the connector `loads_files`, it puts its spec together from
/// those that the file refers to.
fn spec_file(
    directory: &Directory<'_>,
    package: &str,
    spec_in_code: Option<&str>,
    loads_files: bool,
) -> Loaded {
    let mut found = Loaded::default();
    let names = ["spec.json", "spec.yaml", "spec.yml"].map(|name| below(package, name));
    if let Some(name) = names.into_iter().find(|name| directory.has(name)) {
        let read = directory
            .document(&name)
            .and_then(|document| super::spec::of_document(&document, directory.limits))
            .and_then(|spec| match loads_files {
                true => spec_files::put_together(spec, &name, directory),
                false => Ok(spec),
            });
        match read {
            Ok(spec) => found.spec = FoundSpec { spec: Some(spec), ..FoundSpec::default() },
            Err(unread) => refuse(unread.of(Artifact::Spec), &mut found),
        }
    } else if let Some(file) = spec_in_code {
        found.spec.reason = format!("the spec is built in Python ({file})");
        found.spec.in_code = Some(file.to_owned());
    }
    found
}

fn schema_files(directory: &Directory<'_>, folder: &str, found: &mut Loaded) -> Arc<SchemaFiles> {
    let mut schemas = SchemaFiles::folder();
    let mut open = vec![String::new()];
    while let Some(inner) = open.pop() {
        for entry in directory.entries(&format!("{folder}{inner}"), &mut found.errors) {
            let file = format!("{inner}{}", entry.name);
            match &entry.kind {
                // A link may lead back up, and without one the schemas can be in their place.
                Ok(Kind::Folder) if entry.is_link => {
                    found.errors.push(InputError {
                        cause: ErrorCause::NotAFile,
                        artifact: Some(Artifact::Catalog),
                        file: format!("{folder}{file}"),
                        line: None,
                        message: "expected a folder, found a link to one: put a copy in its place".to_owned(),
                    });
                    continue;
                }
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
                Err(unread) if unread.cause == ErrorCause::NotAFile => {
                    let error = unread.of(Artifact::Catalog);
                    found.faults.push(LoadFault { error, pointer: None, kind: FaultKind::Unreadable });
                }
                Err(unread) => refuse(unread.of(Artifact::Catalog), found),
            }
        }
    }
    Arc::new(schemas)
}

/// Adds the streams of the manifest, and those that schema files show beside it. Beside the code is whether schema files
/// are all there is to read of streams, so that a folder without any says that there are none.
fn add_streams(
    directory: &Directory<'_>,
    schemas: &Arc<SchemaFiles>,
    folder: &str,
    (code, only_files): (&PythonCode, bool),
    found: &mut Loaded,
) {
    let manifest = found.catalog.manifest.clone().filter(|manifest| manifest.lists_streams());
    let claimed = manifest.map(|manifest| found.catalog.list(manifest.catalog())).unwrap_or_default();
    let from_manifest = found.catalog.catalog.is_some();
    let listed: BTreeSet<String> = found
        .catalog
        .catalog
        .iter()
        .flat_map(|catalog| &catalog.streams)
        .map(|stream| stream.id.name.to_string())
        .collect();
    let orphans: Vec<String> = schemas
        .names()
        .filter(|name| is_stream_schema(schemas, name) && !claimed.contains(*name))
        .filter(|name| !listed.contains(name.trim_end_matches(".json")))
        .map(str::to_owned)
        .collect();
    let streams = found.code.streams();
    if !from_manifest && !only_files && orphans.is_empty() && (streams.is_open || streams.streams.is_empty())
    {
        if code.words_found {
            found.catalog.reason = "streams and schemas are built in Python".to_owned();
        }
        return;
    }
    let catalog = found.catalog.catalog.get_or_insert_with(|| Catalog {
        streams: Vec::new(),
        status: CoverageStatus::Partial,
        reasons: vec![
            match found.words.has_python {
                true => "streams, keys and cursors are set in Python; only their schema files can be read",
                false => "streams, keys and cursors are set in code; only their schema files can be read",
            }
            .to_owned(),
        ],
        captured: false,
        has_open_sets: false,
        open_sets: Vec::new(),
    });
    let only_manifest = from_manifest && found.code.only_loads_a_manifest() == Some(true);
    if only_manifest {
        // Whatever files lie there, no code adds a stream.
    } else if from_manifest && code.defines_streams {
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
    let files = SchemaFolder { schemas, folder };
    let code = std::mem::take(&mut found.code);
    python_streams::add(directory, &orphans, &files, &code, &listed, &mut found.catalog);
    found.code = code;
    set_aside(&claimed, &listed, folder, found);
}

/// A schema file that cannot be read and that no stream is built from stops nobody.
fn set_aside(claimed: &BTreeSet<String>, listed: &BTreeSet<String>, folder: &str, found: &mut Loaded) {
    let is_unread = |fault: &LoadFault| fault.kind == FaultKind::Unreadable;
    if !found.faults.iter().any(is_unread) {
        return;
    }
    let words = found.words();
    let catalog = found.catalog.catalog.as_ref();
    let is_needed = |fault: &LoadFault| {
        let name = fault.error.file.strip_prefix(folder).filter(|name| !name.contains('/'));
        let stem = name.and_then(|name| name.strip_suffix(".json"));
        !is_unread(fault)
            || name.is_none_or(|name| claimed.contains(name))
            || stem.is_none_or(|stem| {
                listed.contains(stem)
                    || catalog.is_none_or(|catalog| may_be_a_stream(catalog, &found.code, &words, stem))
            })
    };
    let (needed, beside): (Vec<LoadFault>, Vec<LoadFault>) =
        std::mem::take(&mut found.faults).into_iter().partition(is_needed);
    found.faults = needed;
    found.unread_beside.extend(beside.into_iter().map(|fault| fault.error));
}

/// Whether the file of this name in `schemas/` may be a stream's beside those of a manifest: the code names it, or no
/// code was there to read.
pub(super) fn may_be_a_stream(catalog: &Catalog, code: &Code, words: &CodeWords, stem: &str) -> bool {
    let from_manifest = catalog.streams.iter().any(|stream| stream.standing().is_listed());
    !from_manifest || code.is_empty() || words.mention(stem)
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
