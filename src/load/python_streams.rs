//! The streams of a catalog that Python builds, or may build, and the schema files they are built from.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::folder::Directory;
use super::loaded::FoundCatalog;
use super::manifest::locate_in_folder;
use super::schema_graph::add_schema_file;
use crate::model::{
    Document, Fact, Locate, Located, PartKind, Pointer, RecordSchema, SchemaFiles, Stream, StreamBody,
    StreamFact, StreamId, StreamProperties, StreamStanding, Undecided, UndecidedFacts,
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
        match of_file(stem, code) {
            Orphan::Dead => {}
            Orphan::Unsure => {
                if added.insert(stem.to_owned()) {
                    add_stream(stem, file, None, StreamStanding::SchemaFile, files, &mut place, found);
                }
            }
            Orphan::Streams(streams, others) => {
                for (name, stream) in streams {
                    if added.insert(name.to_owned()) {
                        let standing = StreamStanding::Python { schema_file: Some(file.clone()), others };
                        add_stream(name, file, Some(stream), standing, files, &mut place, found);
                    }
                }
            }
        }
    }
    for stream in &code.streams().streams {
        // Whether a stream of several names is one of them is not known.
        let mut names = stream.names.iter();
        let (Some(name), None, false) = (names.next(), names.next(), stream.may_be_named_otherwise) else {
            continue;
        };
        if !code.streams().is_open && added.insert(name.clone()) {
            let standing = StreamStanding::Python { schema_file: None, others: false };
            add_stream(name, "", Some(stream), standing, files, &mut place, found);
        }
    }
}

fn of_file<'c>(stem: &str, code: &'c Code) -> Orphan<'c> {
    if code.is_empty() {
        return Orphan::Unsure;
    }
    if code.only_loads_a_manifest() == Some(true) {
        return Orphan::Dead;
    }
    let streams = code.streams();
    let of_file = streams.of_file(stem);
    if !of_file.known.is_empty() {
        let known = of_file.known.iter().filter_map(|(name, streams)| Some((*name, *streams.first()?)));
        return Orphan::Streams(known.collect(), of_file.is_open);
    }
    // Code in which no stream is seen is not understood.
    let is_understood = !of_file.is_open && !of_file.may_have_own && !streams.streams.is_empty();
    if is_understood && !code.has_text(stem) { Orphan::Dead } else { Orphan::Unsure }
}

fn add_stream(
    name: &str,
    file: &str,
    python: Option<&PythonStream>,
    standing: StreamStanding,
    files: &SchemaFolder<'_>,
    places: &mut Places<'_, '_>,
    found: &mut FoundCatalog,
) {
    let schema = RecordSchema::file(files.schemas, file);
    if schema.is_none() && !file.is_empty() {
        return;
    }
    if schema.is_some() {
        let part = found.graph.part(PartKind::Stream, name);
        add_schema_file(&mut found.graph, part, files.schemas, files.folder, file);
    }
    let locate = PythonPlace {
        schemas: files.schemas.clone(),
        folder: files.folder.to_owned(),
        file: file.to_owned(),
        class: python.and_then(|stream| places.of(stream)),
    };
    let Some(catalog) = &mut found.catalog else { return };
    catalog.streams.push(Stream {
        id: StreamId::named(name),
        index: catalog.streams.len(),
        standing,
        body: StreamBody::Derived {
            properties: Arc::new(properties(schema, python)),
            locate: Arc::new(locate),
        },
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
        json_schema: schema
            .map_or_else(|| Fact::Unknown("the schema is built in Python".to_owned()), Fact::Known),
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
    /// Empty where there is none.
    file: String,
    /// The file of the class, and where the class starts in it.
    class: Option<(Arc<Document>, usize)>,
}

impl Locate for PythonPlace {
    fn locate(&self, pointer: &Pointer) -> Option<Located> {
        let in_file = |inner: &Pointer| locate_in_folder(&self.schemas, &self.folder, &self.file, inner);
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
