//! Low-code manifests: the spec and the catalog that the CDK would print, without running it.
//!
//! [`raw`] holds what is written, [`node`] follows references, [`component`] hands parameters down, [`interpolation`]
//! evaluates what needs no config, [`dynamic`] makes the streams that rows of the manifest describe, [`stream`] reads one
//! stream, and [`validation`] says what the CDK would refuse. What a config or the network decides is unknown and becomes
//! coverage.

mod behaviour;
mod component;
mod components;
mod construction;
mod cursor;
mod dynamic;
mod graph;
mod interpolation;
pub(crate) mod migrations;
mod node;
mod raw;
mod requests;
mod spec;
mod state;
mod stream;
mod validation;

use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use serde_json::Value;

use component::{Component, Parameters};
use graph::BuiltStream;
use node::{Exceeded, Node, Resolver, Unbounded};
pub(crate) use raw::Raw;
use raw::{At, Number};
use stream::{DerivedStream, Package};

use super::position::positions;
use crate::limits::{self, Limits};
use crate::model::{
    Artifact, BuildGraph, Catalog, CodeWords, CoverageStatus, CursorPlace, DerivedBody, Document, ErrorCause,
    FaultKind, InputError, LoadFault, Locate, Located, Pointer, RecordSchema, SchemaFiles, StatePlaces,
    StoredSchema, Stream, StreamBody, StreamFact, StreamId, StreamStanding, Undecided,
};
use crate::nesting;

/// From this major version on the CDK takes a manifest that names a newer version (`manifest_declarative_source.py` of
/// airbyte-cdk 6.61.0 refuses it, 7.0.0 does not ask).
const CHECKS_ITS_OWN_VERSION_BEFORE: u64 = 7;

/// A manifest that was parsed.
#[derive(Debug)]
pub(crate) struct Manifest {
    raw: Raw,
    /// How many values it has, without what aliases repeat.
    values: u64,
    document: Arc<Document>,
    schemas: Arc<SchemaFiles>,
    /// Reports name schema files with this in front.
    schema_folder: String,
    manifest_only: bool,
    limits: Limits,
    /// What its values grew past.
    exceeded: Exceeded,
}

/// The streams of a manifest.
pub(crate) struct ManifestCatalog {
    pub(crate) catalog: Catalog,
    /// Schema files that a stream is built from.
    pub(crate) claimed_files: BTreeSet<String>,
    pub(crate) faults: Vec<LoadFault>,
    /// Parts that are there and could not be read.
    pub(crate) errors: Vec<InputError>,
    pub(crate) graph: BuildGraph,
    /// The schemas of parents that are no streams of the catalog, by name.
    pub(crate) unlisted_parents: BTreeMap<String, RecordSchema>,
}

/// One stream component of the manifest, before it is read.
struct Listed<'m> {
    component: Component<'m>,
    standing: StreamStanding,
    /// A value in the row it was made for, where it was made for one.
    row: Option<At<'m>>,
    /// Fields whose values only the config could tell, with the expressions.
    unknown: Vec<(String, String)>,
}

/// The stream components of a manifest.
#[derive(Default)]
struct Listing<'m> {
    streams: Vec<Listed<'m>>,
    /// Why these may not be all.
    reasons: Vec<String>,
    /// What holds under a condition only.
    conditions: Vec<String>,
    faults: Vec<Fault<'m>>,
    /// Streams that stand for all of a set, with the name of the set and what makes it.
    sets: Vec<(String, String, Listed<'m>)>,
}

/// Something the CDK refuses.
struct Fault<'m> {
    message: String,
    place: Option<Place<'m>>,
}

/// What is refused, by a value of the document.
#[derive(Debug, Clone, Copy)]
enum Place<'m> {
    /// The value itself.
    At(At<'m>),
    /// The mapping the value stands in.
    Around(At<'m>),
}

impl<'m> Fault<'m> {
    fn of(component: &Component<'m>, message: String) -> Self {
        Self { message, place: component.map.any_value().map(Place::Around) }
    }
}

impl Manifest {
    pub(crate) fn new(
        raw: Raw,
        document: Arc<Document>,
        schemas: Arc<SchemaFiles>,
        schema_folder: String,
        manifest_only: bool,
        limits: Limits,
    ) -> Arc<Self> {
        // What aliases repeat is not written: a value takes two bytes at least, as in `[1,2]`.
        let values = raw.count().min(document.text.len() as u64 / 2 + 1);
        Arc::new(Self {
            raw,
            values,
            document,
            schemas,
            schema_folder,
            manifest_only,
            limits,
            exceeded: Exceeded::default(),
        })
    }

    fn resolver(&self) -> Resolver<'_> {
        Resolver::new(self.raw.root(), self.most_values(), &self.exceeded)
    }

    /// So many values a schema may have once its references are followed.
    fn most_values(&self) -> u64 {
        self.limits.ref_values.max(self.values)
    }

    /// What is said of the manifest once a part of it that was asked for grew past a limit: what was
    /// made of the rest may lack it.
    pub(crate) fn exceeding(&self) -> Option<InputError> {
        self.exceeded.any().map(|bound| InputError {
            cause: ErrorCause::Limit,
            artifact: Some(Artifact::Catalog),
            file: self.document.file.clone(),
            line: None,
            message: self.beyond("a part of the manifest", bound),
        })
    }

    /// What is said of a part that grows past a bound once its references are followed.
    fn beyond(&self, what: &str, bound: Unbounded) -> String {
        match bound {
            Unbounded::Values => {
                let more = format!("{what} has more values, once its references are followed,");
                limits::REF_VALUES.exceeded(&more, self.most_values(), None)
            }
            Unbounded::Depth => {
                nesting::exceeded(&format!("{what} nests deeper, once its references are followed,"))
            }
        }
    }

    /// Whether a value looks like a manifest at all.
    pub(crate) fn is_manifest(value: &Value) -> bool {
        value["type"] == "DeclarativeSource"
            || ["streams", "dynamic_streams"].iter().any(|key| value.get(key).is_some_and(Value::is_array))
                && value.get("check").is_some()
    }

    /// Whether it lists streams; some packages keep a manifest only for its spec.
    pub(crate) fn lists_streams(&self) -> bool {
        ["streams", "dynamic_streams"].iter().any(|key| self.raw.root().get(key).is_some())
    }

    /// The file, as reports name it.
    pub(crate) fn file(&self) -> &str {
        &self.document.file
    }

    fn written_version(&self) -> Option<&str> {
        self.raw.root().get("version")?.as_str()
    }

    /// The CDK it is written for.
    pub(crate) fn version(&self) -> Option<String> {
        self.written_version().map(str::to_owned)
    }

    /// What the CDK refuses before it looks at any stream. `cdk` is its version, where the side names it; `alone` is a
    /// manifest without code beside it, which has to list the streams.
    pub(crate) fn faults(&self, cdk: Option<&str>, alone: bool) -> Vec<LoadFault> {
        let mut faults: Vec<LoadFault> = self
            .resolver()
            .check()
            .into_iter()
            .map(|(reference, reason)| {
                let message = format!("the reference {reference} cannot be followed: {reason}");
                self.fault(&message, text_in(self.raw.root(), &reference), FaultKind::Refused)
            })
            .collect();
        if !self.lists_streams() {
            if alone {
                let message = "expected the key `streams` or `dynamic_streams` at the top of the manifest, found neither";
                faults.push(self.fault(message, Some(self.raw.root()), FaultKind::Refused));
            }
            return faults;
        }
        for key in ["version", "check"] {
            if self.raw.root().get(key).is_none() {
                let message = format!("expected the key `{key}` at the top of the manifest, found none");
                faults.push(self.fault(&message, Some(self.raw.root()), FaultKind::Refused));
            }
        }
        // Without its references a manifest cannot be held against anything.
        if let Some(source) = self.source().filter(|_| faults.is_empty()) {
            // A manifest newer than the CDK is refused, so its version is the least that the CDK has.
            let written = self.written_version().and_then(components::read_version);
            let image = cdk.and_then(components::read_version);
            if let (Some(image), Some(written)) = (image, written)
                && image[0] < CHECKS_ITS_OWN_VERSION_BEFORE
                && image[..2] < written[..2]
            {
                let message = format!(
                    "the manifest asks for version {}.{}, and the image runs CDK {}.{}, which refuses a newer manifest",
                    written[0], written[1], image[0], image[1],
                );
                faults.push(self.fault(&message, self.raw.root().get("version"), FaultKind::Disallowed));
            }
            let cdk = image.max(written);
            let found = validation::faults(&source, cdk).into_iter();
            faults.extend(found.map(|fault| self.located_fault(fault, FaultKind::Disallowed)));
        }
        faults
    }

    fn located_fault(&self, fault: Fault<'_>, kind: FaultKind) -> LoadFault {
        let place = fault.place.and_then(|place| match place {
            Place::At(value) => Some(value),
            Place::Around(value) => value.around(),
        });
        self.fault(&fault.message, place, kind)
    }

    fn fault(&self, message: &str, place: Option<At<'_>>, kind: FaultKind) -> LoadFault {
        let position = place.and_then(|place| {
            let known = place.position();
            known.or_else(|| positions(&[self.located(place).into()]).pop().flatten())
        });
        let error = InputError {
            cause: ErrorCause::Content,
            artifact: Some(Artifact::Catalog),
            file: self.document.file.clone(),
            line: position.map(|position| position.line),
            message: message.to_owned(),
        };
        LoadFault { error, pointer: place.map(At::pointer), kind }
    }

    fn source(&self) -> Option<Component<'_>> {
        let resolver = self.resolver();
        let map = resolver.root().as_map()?.clone();
        let mut source = Component::new(resolver, "", map, &Parameters::default());
        source.kind = Some("DeclarativeSource".to_owned());
        Some(source)
    }

    fn package(&self) -> Package<'_> {
        Package { schemas: &self.schemas, manifest_only: self.manifest_only }
    }

    /// Every stream component with its standing.
    fn listed(&self) -> Listing<'_> {
        let mut listing = Listing::default();
        let Some(source) = self.source() else { return listing };
        for component in source.components("streams") {
            list(component, &StreamStanding::Listed, &mut listing);
        }
        for dynamic in source.components("dynamic_streams") {
            dynamic::resolve(&dynamic, &mut listing);
        }
        listing
    }

    /// The stream that stands for all of a set.
    fn open_set(
        self: &Arc<Self>,
        (name, members, listed): &(String, String, Listed<'_>),
        place: usize,
    ) -> Option<Stream> {
        let Listed { component, standing, row, unknown } = listed;
        let DerivedStream { mut properties, schema_file, .. } = stream::derive(component, self.package())?;
        for (field, expression) in unknown {
            stream::forget(&mut properties, field, expression);
        }
        let members = Undecided { written: members.clone(), class: None };
        properties.undecided.insert(StreamFact::Members, members);
        Some(Stream {
            id: StreamId::named(name.as_str()),
            index: Stream::index_of_set(place),
            body: StreamBody::Derived(Box::new(DerivedBody {
                standing: standing.clone(),
                properties: Arc::new(properties),
                locate: Arc::new(StreamPlace::of(self, component, schema_file, *row)),
            })),
        })
    }

    /// Reads the streams.
    pub(crate) fn catalog(self: &Arc<Self>) -> ManifestCatalog {
        let Listing { streams: listed, mut reasons, mut conditions, faults, sets } = self.listed();
        let open_sets: Vec<Stream> =
            sets.iter().enumerate().filter_map(|(place, set)| self.open_set(set, place)).collect();
        let mut streams = Vec::with_capacity(listed.len());
        let mut claimed_files = BTreeSet::new();
        let refused = |fault: Fault<'_>| self.located_fault(fault, FaultKind::Refused);
        let mut faults: Vec<LoadFault> = faults.into_iter().map(refused).collect();
        let mut errors = Vec::new();
        let mut built = Vec::with_capacity(listed.len());
        for Listed { component, standing, row, unknown } in &listed {
            let met = match standing {
                StreamStanding::Conditional(condition) => format!(", where the condition {condition} holds"),
                _ => String::new(),
            };
            let Some(DerivedStream { name, mut properties, schema_file, faults: own, unbounded }) =
                stream::derive(component, self.package())
            else {
                match component.text("class_name") {
                    Some(class) => reasons.push(format!("a stream is built by the custom class {class}")),
                    None => faults.push(refused(Fault::of(component, format!("a stream has no name{met}")))),
                }
                continue;
            };
            for (field, expression) in unknown {
                stream::forget(&mut properties, field, expression);
            }
            faults.extend(own.into_iter().map(|message| refused(Fault::of(component, message + &met))));
            errors.extend(unbounded.map(|bound| {
                let message = self.beyond(&format!("the schema of stream {name}"), bound);
                let error = self.located_fault(Fault::of(component, message), FaultKind::Unreadable).error;
                InputError { cause: ErrorCause::Limit, ..error }
            }));
            claimed_files.extend(schema_file.clone());
            let name: Arc<str> = name.into();
            built.push(BuiltStream {
                name: name.clone(),
                component,
                schema_file: schema_file.clone(),
                row: *row,
            });
            let locate = Arc::new(StreamPlace::of(self, component, schema_file, *row));
            streams.push(Stream {
                id: StreamId::named(name),
                index: streams.len(),
                body: StreamBody::Derived(Box::new(DerivedBody {
                    standing: standing.clone(),
                    properties: Arc::new(properties),
                    locate,
                })),
            });
        }
        reasons.dedup();
        let has_open_sets = !reasons.is_empty();
        let status = if has_open_sets { CoverageStatus::Partial } else { CoverageStatus::Complete };
        // That a stream needs a condition to hold is known of it, and hides no other.
        conditions.dedup();
        reasons.append(&mut conditions);
        ManifestCatalog {
            catalog: Catalog { streams, status, reasons, captured: false, has_open_sets, open_sets },
            claimed_files,
            faults,
            errors,
            graph: graph::build(self, &built),
            unlisted_parents: self.unlisted_parents(&built),
        }
    }

    fn unlisted_parents(&self, built: &[BuiltStream<'_, '_>]) -> BTreeMap<String, RecordSchema> {
        let listed: BTreeSet<&str> = built.iter().map(|stream| &*stream.name).collect();
        let mut found: BTreeMap<String, Option<RecordSchema>> = BTreeMap::new();
        for parent in built.iter().flat_map(|stream| state::parent_streams(stream.component)) {
            let Some(name) = parent.text("name").filter(|name| !listed.contains(name.as_str())) else {
                continue;
            };
            let shown = stream::shown(&parent).unwrap_or_else(|| parent.clone());
            let read = stream::schema_of(&shown, &name, self.package());
            let schema = read.ok().and_then(|found| found.schema.known().map(StoredSchema::open));
            match found.entry(name) {
                Entry::Vacant(entry) => {
                    entry.insert(schema);
                }
                // Two of one name and of other fields tell nothing.
                Entry::Occupied(mut entry) => {
                    let text = |schema: &Option<RecordSchema>| schema.as_ref().map(RecordSchema::expanded);
                    if text(entry.get()) != text(&schema) {
                        entry.insert(None);
                    }
                }
            }
        }
        found.into_iter().filter_map(|(name, schema)| Some((name, schema?))).collect()
    }

    /// Adds every text and key of the manifest to the words that names are looked up in.
    pub(crate) fn add_words(&self, words: &mut CodeWords) {
        self.raw.texts().for_each(|text| words.add(text));
        self.raw.keys().for_each(|key| words.add_key(key));
    }

    /// Where a pointer below a node was written: as deep as the document has it.
    fn locate_below<'m>(&'m self, resolver: &Resolver<'m>, start: At<'m>, pointer: &Pointer) -> Located {
        let mut value = start;
        for segment in pointer.segments() {
            let next = match resolver.resolve(value) {
                Node::Map(map) => map.raw(segment),
                Node::List(items) => segment.parse::<usize>().ok().and_then(|index| items.item(index)),
                _ => None,
            };
            let Some(next) = next else { break };
            value = next;
        }
        self.located(value)
    }

    fn located(&self, place: At<'_>) -> Located {
        let pointer = place.pointer();
        let shared = match pointer.segments() {
            [first, second, ..] if !matches!(first.as_str(), "streams" | "dynamic_streams" | "spec") => {
                Some(format!("{}#/{first}/{second}", self.document.file))
            }
            _ => None,
        };
        let position = place.position();
        Located { shared, position, ..Located::in_document(self.document.clone(), pointer) }
    }
}

/// Where a text stands in a document, the first of its places.
fn text_in<'m>(value: At<'m>, text: &str) -> Option<At<'m>> {
    match value.as_str() {
        Some(own) => (own == text).then_some(value),
        None => value.children().find_map(|value| text_in(value, text)),
    }
}

fn list<'m>(component: Component<'m>, standing: &StreamStanding, listing: &mut Listing<'m>) {
    if !component.is("ConditionalStreams") {
        listing.streams.push(Listed {
            component,
            standing: standing.clone(),
            row: None,
            unknown: Vec::new(),
        });
        return;
    }
    let condition = component.text("condition").unwrap_or_default();
    let standing = match condition.trim().trim_start_matches("{{").trim_end_matches("}}").trim() {
        "true" | "True" => standing.clone(),
        "false" | "False" => return,
        _ => {
            listing.conditions.push(format!("streams under the condition {condition} depend on the config"));
            StreamStanding::Conditional(condition.clone())
        }
    };
    for inner in component.components("streams") {
        list(inner, &standing, listing);
    }
}

/// Where the facts of a stream were written, by the numbers of values: they become pointers when a finding is shown.
#[derive(Debug)]
struct StreamPlace {
    manifest: Arc<Manifest>,
    schema_file: Option<String>,
    name: Option<Number>,
    schema: Option<Number>,
    primary_key: Option<Number>,
    cursor: Option<Number>,
    sync: Option<Number>,
    request: Option<Number>,
    state: StateNumbers,
}

/// Where what is written of a stream's state stands.
#[derive(Debug)]
struct StateNumbers {
    /// The parents that lead to each cursor, its format, and its other formats.
    cursors: Vec<(Vec<String>, Number, Option<Number>)>,
    keeper: Option<Number>,
    migrations: Option<Number>,
}

impl StreamPlace {
    fn of(
        manifest: &Arc<Manifest>,
        component: &Component<'_>,
        schema_file: Option<String>,
        row: Option<At<'_>>,
    ) -> Self {
        let number = |value: Option<At<'_>>| value.map(At::number);
        let shown = stream::shown(component).unwrap_or_else(|| component.clone());
        let loader = shown.component("schema_loader");
        let incremental = shown.component("incremental_sync");
        let state = state::written(component);
        Self {
            manifest: manifest.clone(),
            schema_file,
            name: [&shown, component]
                .into_iter()
                .find_map(|stream| match stream.node("name")? {
                    Node::Scalar(value) => Some(value.number()),
                    _ => None,
                })
                .or_else(|| number(row)),
            schema: number(loader.as_ref().and_then(|loader| loader.map.raw("schema"))),
            primary_key: number(shown.map.raw("primary_key")),
            cursor: number(
                incremental
                    .as_ref()
                    .and_then(|incremental| incremental.map.raw("cursor_field"))
                    .or_else(|| shown.map.raw("incremental_sync")),
            ),
            sync: number(shown.map.raw("incremental_sync")),
            request: number(requests::written(&shown)),
            state: StateNumbers {
                cursors: state
                    .cursors
                    .into_iter()
                    .map(|cursor| (cursor.parents, cursor.format.number(), number(cursor.formats)))
                    .collect(),
                keeper: number(state.keeper),
                migrations: number(state.migrations),
            },
        }
    }
}

impl Locate for StreamPlace {
    fn locate(&self, pointer: &Pointer) -> Option<Located> {
        let manifest = &self.manifest;
        let (first, rest) = pointer.segments().split_first()?;
        let rest = Pointer::new(rest.iter().cloned());
        let at = |number: Option<Number>| Some(manifest.raw.at(number?));
        let found = match first.as_str() {
            "json_schema" => match &self.schema_file {
                Some(file) => {
                    return locate_in_folder(&manifest.schemas, &manifest.schema_folder, file, &rest);
                }
                None => {
                    at(self.schema).map(|start| manifest.locate_below(&manifest.resolver(), start, &rest))
                }
            },
            "request" => at(self.request).map(|place| manifest.located(place)),
            "incremental_sync" => at(self.sync).map(|place| manifest.located(place)),
            "source_defined_primary_key" => at(self.primary_key).map(|place| manifest.located(place)),
            "name" => None,
            _ => at(self.cursor).map(|place| manifest.located(place)),
        };
        found.or_else(|| Some(manifest.located(at(self.name)?)))
    }

    fn state_places(&self) -> Option<StatePlaces> {
        let manifest = &self.manifest;
        let around = |number: Number| Some(manifest.raw.at(number).around()?.pointer());
        let at = |number: Option<Number>| Some(manifest.raw.at(number?).pointer());
        let cursors = self.state.cursors.iter().filter_map(|(parents, format, formats)| {
            Some(CursorPlace { parents: parents.clone(), cursor: around(*format)?, formats: at(*formats) })
        });
        Some(StatePlaces {
            document: manifest.document.clone(),
            cursors: cursors.collect(),
            stream: self.state.keeper.and_then(around),
            migrations: at(self.state.migrations),
        })
    }
}

/// Where a place of a schema file's expanded schema was written.
pub(crate) fn locate_in_folder(
    schemas: &Arc<SchemaFiles>,
    folder: &str,
    file: &str,
    pointer: &Pointer,
) -> Option<Located> {
    let (name, document, pointer) = RecordSchema::file(schemas, file)?.locate(pointer);
    let shared = name.starts_with("shared/").then(|| format!("{folder}{name}"));
    Some(Located { shared, ..Located::in_document(document?, pointer) })
}

/// No folder, for a manifest that stands alone: nobody can say what lies beside it.
pub(crate) fn no_schemas() -> Arc<SchemaFiles> {
    Arc::new(SchemaFiles::default())
}
