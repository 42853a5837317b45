//! The streams of a catalog that Python builds, or may build, and the schema files they are built from.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use serde_json::Value;

use super::folder::Directory;
use super::loaded::FoundCatalog;
use super::manifest::locate_in_folder;
use super::schema_graph::add_schema_file;
use crate::model::{
    DerivedBody, Document, Fact, Locate, Located, PartKind, Pointer, RecordSchema, SchemaFiles, Stream,
    StreamBody, StreamFact, StreamId, StreamProperties, StreamStanding, Undecided, UndecidedFacts,
};
use crate::python::{Code, PythonStream, Told};

/// What a schema file that no manifest names is built into.
#[derive(Debug, PartialEq, Eq)]
enum Orphan<'s> {
    /// No code builds anything from it.
    Dead,
    /// A stream of its name, if any.
    Unsure,
    /// These streams, and perhaps others.
    Streams(BTreeMap<&'s str, &'s PythonStream>, bool),
}

/// The schema files of a package, and where they lie.
pub(super) struct SchemaFolder<'f> {
    pub(super) schemas: &'f Arc<SchemaFiles>,
    pub(super) folder: &'f str,
}

/// Adds the streams that Python builds, and those that it may build from schema files that no manifest claims. What the
/// manifest lists stays the manifest's.
///
/// A schema file is not a stream: where code can be read, it says which streams are built from the file, if any.
pub(super) fn add(
    directory: &Directory<'_>,
    orphans: &[String],
    files: &SchemaFolder<'_>,
    code: &Code,
    listed: &BTreeSet<String>,
    found: &mut FoundCatalog,
) {
    let mut added: BTreeSet<String> = listed.clone();
    let mut place = Places { directory, documents: BTreeMap::new() };
    for file in orphans {
        let stem = file.trim_end_matches(".json");
        match of_file(stem, code, found.manifest.is_some()) {
            Orphan::Dead => {}
            Orphan::Unsure => {
                if added.insert(stem.to_owned()) {
                    let names = [file.clone()];
                    add_stream(stem, &names, None, StreamStanding::SchemaFile, files, &mut place, found);
                }
            }
            Orphan::Streams(streams, others) => {
                for (name, stream) in streams {
                    if added.insert(name.to_owned()) {
                        let standing = StreamStanding::Python { schema_file: Some(file.clone()), others };
                        add_stream(
                            name,
                            &files_of(name, file, stream),
                            Some(stream),
                            standing,
                            files,
                            &mut place,
                            found,
                        );
                    }
                }
            }
        }
    }
    add_sets(code, files, &mut place, found);
    for stream in &code.streams().streams {
        if code.streams().is_open || stream.may_be_named_otherwise {
            continue;
        }
        for name in &stream.names {
            if added.insert(name.clone()) {
                let standing = StreamStanding::Python { schema_file: None, others: false };
                add_stream(name, &[], Some(stream), standing, files, &mut place, found);
            }
        }
    }
}

/// Adds the classes whose streams get their names while the code runs, each as a set.
fn add_sets(code: &Code, files: &SchemaFolder<'_>, places: &mut Places<'_, '_>, found: &mut FoundCatalog) {
    let Some(catalog) = &mut found.catalog else { return };
    let mut seen = BTreeSet::new();
    for stream in code.streams().streams.iter().filter(|stream| stream.may_be_named_otherwise) {
        if !seen.insert(&stream.class) {
            continue;
        }
        let locate = PythonPlace {
            schemas: files.schemas.clone(),
            folder: files.folder.to_owned(),
            files: Vec::new(),
            class: places.of(stream),
        };
        catalog.open_sets.push(Stream {
            id: StreamId::named(stream.class.as_str()),
            index: Stream::index_of_set(catalog.open_sets.len()),
            body: StreamBody::Derived(Box::new(DerivedBody {
                standing: StreamStanding::Set { from: "what it knows at run time" },
                properties: Arc::new(properties(None, Some(stream))),
                locate: Arc::new(locate),
            })),
        });
    }
}

fn of_file<'c>(stem: &str, code: &'c Code, from_manifest: bool) -> Orphan<'c> {
    if code.is_empty() {
        return Orphan::Unsure;
    }
    let is_manifest_read = from_manifest && !code.names_another_manifest();
    if is_manifest_read && code.only_loads_a_manifest() == Some(true) {
        return Orphan::Dead;
    }
    let streams = code.streams();
    let of_file = streams.of_file(stem);
    if !of_file.known.is_empty() {
        let known = of_file.known.iter().filter_map(|(name, streams)| Some((*name, *streams.first()?)));
        return Orphan::Streams(known.collect(), of_file.is_open);
    }
    // Code in which no stream is seen is not understood.
    let has_streams = is_manifest_read || !streams.streams.is_empty();
    let is_understood = !of_file.is_open && !of_file.may_have_own && has_streams;
    if is_understood && !code.has_text(stem) { Orphan::Dead } else { Orphan::Unsure }
}

/// The schema files that a stream is built from, the one at hand first.
fn files_of(name: &str, file: &str, stream: &PythonStream) -> Vec<String> {
    let own = stream.reads_its_name.then_some(name);
    let all = stream.schemas.iter().map(String::as_str).chain(own).map(|stem| format!("{stem}.json"));
    std::iter::once(file.to_owned()).chain(all.filter(|other| other != file)).collect()
}

/// The schema of a stream that is built from some files: the fields of all of them.
fn schema_of(names: &[String], files: &SchemaFolder<'_>) -> Option<RecordSchema> {
    let mut schemas = names.iter().filter_map(|name| RecordSchema::file(files.schemas, name));
    let first = schemas.next()?;
    let others: Vec<RecordSchema> = schemas.collect();
    if others.is_empty() {
        return Some(first);
    }
    let mut whole = first.expanded().clone();
    for other in others {
        let more = other.expanded().get("properties").and_then(Value::as_object).cloned().unwrap_or_default();
        if let Some(fields) = whole.get_mut("properties").and_then(Value::as_object_mut) {
            for (name, field) in more {
                fields.entry(name).or_insert(field);
            }
        }
    }
    Some(RecordSchema::inline(whole))
}

fn add_stream(
    name: &str,
    names: &[String],
    python: Option<&PythonStream>,
    standing: StreamStanding,
    files: &SchemaFolder<'_>,
    places: &mut Places<'_, '_>,
    found: &mut FoundCatalog,
) {
    let schema = schema_of(names, files);
    if schema.is_none() && !names.is_empty() {
        return;
    }
    if schema.is_some() {
        let part = found.graph.part(PartKind::Stream, name);
        for file in names.iter().filter(|file| files.schemas.schema(file).is_some()) {
            add_schema_file(&mut found.graph, part, files.schemas, files.folder, file);
        }
    }
    let locate = PythonPlace {
        schemas: files.schemas.clone(),
        folder: files.folder.to_owned(),
        files: names.to_vec(),
        class: python.and_then(|stream| places.of(stream)),
    };
    let Some(catalog) = &mut found.catalog else { return };
    catalog.streams.push(Stream {
        id: StreamId::named(name),
        index: catalog.streams.len(),
        body: StreamBody::Derived(Box::new(DerivedBody {
            standing,
            properties: Arc::new(properties(schema, python)),
            locate: Arc::new(locate),
        })),
    });
}

fn properties(schema: Option<RecordSchema>, python: Option<&PythonStream>) -> StreamProperties {
    fn unknown<T>() -> Fact<T> {
        Fact::Unknown("it is set in Python".to_owned())
    }
    fn fact<T: Clone>(told: Option<&Told<T>>) -> Fact<T> {
        told.and_then(Told::known).map_or_else(unknown, |value| Fact::Known(value.clone()))
    }
    StreamProperties {
        json_schema: schema.map_or_else(
            || Fact::Unknown("the schema is built in Python".to_owned()),
            |schema| Fact::Known(schema.into()),
        ),
        supported_sync_modes: unknown(),
        source_defined_cursor: unknown(),
        default_cursor_field: fact(python.map(|stream| &stream.cursor_field)),
        source_defined_primary_key: fact(python.map(|stream| &stream.primary_key)),
        is_resumable: unknown(),
        is_file_based: unknown(),
        state: None,
        handed_to: Vec::new(),
        records: None,
        undecided: python.map(undecided).unwrap_or_default(),
    }
}

fn undecided(stream: &PythonStream) -> UndecidedFacts {
    let facts = [
        (StreamFact::Schema, &stream.schema_code),
        (StreamFact::PrimaryKey, &stream.primary_key_code),
        (StreamFact::Cursor, &stream.cursor_field_code),
    ];
    facts
        .into_iter()
        .filter_map(|(fact, code)| Some((fact, Undecided { written: code.clone()?, class: None })))
        .collect()
}

/// The documents of classes, each read once.
struct Places<'p, 'd> {
    directory: &'p Directory<'d>,
    documents: BTreeMap<String, Option<Arc<Document>>>,
}

impl Places<'_, '_> {
    fn of(&mut self, stream: &PythonStream) -> Option<(Arc<Document>, usize)> {
        let directory = self.directory;
        let document = self
            .documents
            .entry(stream.file.clone())
            .or_insert_with(|| directory.document(&stream.file).ok());
        Some((document.clone()?, stream.offset))
    }
}

/// Places of a stream that Python builds: in its schema file, or its class.
#[derive(Debug)]
struct PythonPlace {
    schemas: Arc<SchemaFiles>,
    folder: String,
    /// The schema files.
    files: Vec<String>,
    /// The file of the class, and where the class starts in it.
    class: Option<(Arc<Document>, usize)>,
}

impl Locate for PythonPlace {
    fn locate(&self, pointer: &Pointer) -> Option<Located> {
        let in_file = |inner: &Pointer| {
            // The first that has the place.
            let holds = |file: &&String| {
                self.files.len() == 1
                    || self.schemas.schema(file).is_some_and(|schema| inner.get(schema).is_some())
            };
            let file = self.files.iter().find(holds).or(self.files.first())?;
            locate_in_folder(&self.schemas, &self.folder, file, inner)
        };
        match (pointer.segments().split_first(), &self.class) {
            (Some((first, rest)), _) if first == "json_schema" => {
                in_file(&Pointer::new(rest.iter().cloned()))
            }
            (_, Some((document, offset))) => Some(Located {
                offset: Some(*offset),
                ..Located::in_document(document.clone(), Pointer::root())
            }),
            (_, None) => in_file(&Pointer::root()),
        }
    }
}
